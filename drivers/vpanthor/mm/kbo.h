/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_KBO_H_
#define _VPAN_KBO_H_

#include <drm/drm_mm.h>

struct vpan_bo;
struct vpan_vm;

/* Choose a free address in the kernel's part of the address space. */
#define VPAN_KBO_AUTO_VA U64_MAX

/**
 * struct vpan_kbo - memory that the kernel shares with the GPU or its firmware
 */
struct vpan_kbo {
	/** @bo: The buffer, with a reference. */
	struct vpan_bo *bo;
	/** @vm: Address space it is mapped in, with a reference. */
	struct vpan_vm *vm;
	/** @node: Its range, if that is in the kernel's part of @vm. */
	struct drm_mm_node node;
	/** @va: GPU address. */
	u64 va;
	/** @size: Size that the GPU sees in bytes; @bo may be larger. */
	u64 size;
	/** @vaddr: Kernel mapping, initially zero; or NULL. */
	void *vaddr;
};

struct vpan_kbo *vpan_kbo_create(struct vpan_vm *vm, u64 va, u64 size,
				 u32 prot);
void vpan_kbo_vunmap(struct vpan_kbo *kbo);
void vpan_kbo_destroy(struct vpan_kbo *kbo);

#endif /* _VPAN_KBO_H_ */
