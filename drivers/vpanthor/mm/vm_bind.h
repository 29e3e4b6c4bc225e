/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_BIND_H_
#define _VPAN_VM_BIND_H_

#include <drm/drm_gpuvm.h>

#include "pt/pgtable.h"

struct vpan_bo;
struct vpan_vm;
struct vpan_vma;

/* The new mapping, and what remains of old ones before and behind it */
#define VPAN_BIND_VMAS 3

/**
 * struct vpan_bind - one change to an address space
 *
 * It is prepared where memory may be allocated, executed where it may not, and
 * finished where it may be freed. A change that is initialised but not prepared
 * changes nothing.
 */
struct vpan_bind {
	/** @vm: The address space, with a reference. */
	struct vpan_vm *vm;
	/** @va: First address. */
	u64 va;
	/** @size: Size in bytes, 0 if it changes nothing. */
	u64 size;
	/** @force: Execute it even if the MMU does not answer. */
	bool force;
	/**
	 * @wait_reset: The MMU did not answer, or was not told because a reset
	 * is pending: until the reset, the GPU may access what was unmapped.
	 */
	bool wait_reset;
	/** @bo: Buffer to map, with a reference; NULL to unmap. */
	struct vpan_bo *bo;
	/** @pinned: @bo was pinned by vpan_bo_pin(). */
	bool pinned;
	/** @bo_offset: Offset in @bo. */
	u64 bo_offset;
	/** @prot: Combination of &enum vpan_prot. */
	u32 prot;
	/** @vm_bo: Relation of @vm and @bo, with a reference. */
	struct drm_gpuvm_bo *vm_bo;
	/** @spare: Mappings that the steps may use. */
	struct vpan_vma *spare[VPAN_BIND_VMAS];
	/** @returned: Mappings that were removed. */
	struct list_head returned;
	/** @unmapped: The range has been cleared in the page tables. */
	bool unmapped;
	/** @cache: Page tables for the edit. */
	struct vpan_pt_cache cache;
};

void vpan_bind_init(struct vpan_bind *bind, struct vpan_vm *vm);
int vpan_bind_prepare_map(struct vpan_bind *bind, struct vpan_bo *bo,
			  u64 bo_offset, u64 va, u64 size, u32 prot);
int vpan_bind_prepare_unmap(struct vpan_bind *bind, u64 va, u64 size);
int vpan_bind_execute(struct vpan_bind *bind);
int vpan_bind_execute_locked(struct vpan_bind *bind);
void vpan_bind_finish(struct vpan_bind *bind);

int vpan_bind_step_map(struct drm_gpuva_op *op, void *priv);
int vpan_bind_step_remap(struct drm_gpuva_op *op, void *priv);
int vpan_bind_step_unmap(struct drm_gpuva_op *op, void *priv);

#endif /* _VPAN_VM_BIND_H_ */
