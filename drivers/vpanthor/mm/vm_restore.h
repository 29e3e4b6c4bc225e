/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_RESTORE_H_
#define _VPAN_VM_RESTORE_H_

#include <linux/types.h>
#include <linux/xarray.h>

#include "pt/pgtable.h"

struct drm_exec;
struct drm_gpuvm_bo;
struct vpan_bo;
struct vpan_vm;

/* Buffers that can be noted before memory is allocated for a longer list */
#define VPAN_RESTORE_BOS	16

/**
 * struct vpan_restore - what the evicted buffers of an address space need
 *
 * Belongs to one task.
 */
struct vpan_restore {
	/** @vm: The address space, borrowed; NULL before vpan_restore_init(). */
	struct vpan_vm *vm;
	/** @holds: &struct restore_hold by the address of the buffer. */
	struct xarray holds;
	/** @cache: Page tables. */
	struct vpan_pt_cache cache;
	/** @tables: Number of page tables that @cache should have. */
	unsigned int tables;
	/** @least: Number of those that the first mapping may take. */
	unsigned int least;
	/** @batch: Limit of @tables unless one mapping takes more. */
	unsigned int batch;
	/** @missing: Buffers whose pages are not held, with references. */
	struct vpan_bo **missing;
	/** @nmissing: Number of @missing. */
	unsigned int nmissing;
	/** @max_missing: Length of the array @missing. */
	unsigned int max_missing;
	/** @few_missing: Memory for @missing at first. */
	struct vpan_bo *few_missing[VPAN_RESTORE_BOS];
};

bool vpan_vm_has_evicted(struct vpan_vm *vm);
void vpan_restore_init(struct vpan_restore *restore, struct vpan_vm *vm);
int vpan_restore_run(struct vpan_restore *restore, struct drm_exec *exec);
int vpan_restore_alloc(struct vpan_restore *restore);
void vpan_restore_fini(struct vpan_restore *restore);

/* For &drm_gpuvm_ops.vm_bo_validate. */
int vpan_restore_bo(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec);

#endif /* _VPAN_VM_RESTORE_H_ */
