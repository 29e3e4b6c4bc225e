/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_KBO_H_
#define _VPAN_KBO_H_

#include <linux/scatterlist.h>

#include <drm/drm_mm.h>

struct device;
struct drm_device;
struct vpan_bo;
struct vpan_vm;

/* Choose a free address in the kernel's part of the address space. */
#define VPAN_KBO_AUTO_VA U64_MAX

/**
 * struct vpan_mem - memory that kernel and GPU access and that is never reclaimed
 */
struct vpan_mem {
	/** @dev: Device that accesses it. */
	struct device *dev;
	/** @vaddr: Kernel address, initially zero; NULL for no memory. */
	void *vaddr;
	/** @size: Size in bytes, a multiple of pages. */
	size_t size;
	/** @sgt: Its pages, mapped for @dev. */
	struct sg_table sgt;
};

int vpan_mem_alloc(struct vpan_mem *mem, struct drm_device *drm, size_t size);
void vpan_mem_free(struct vpan_mem *mem);

/**
 * struct vpan_kbo - memory that the kernel shares with the GPU or its firmware
 */
struct vpan_kbo {
	/** @mem: Its memory, if it is small. */
	struct vpan_mem mem;
	/** @bo: The buffer with its memory, with a reference, if it is large. */
	struct vpan_bo *bo;
	/** @vm: Address space it is mapped in, with a reference. */
	struct vpan_vm *vm;
	/** @node: Its range, if that is in the kernel's part of @vm. */
	struct drm_mm_node node;
	/** @va: GPU address. */
	u64 va;
	/** @size: Size that the GPU sees in bytes; its memory may be larger. */
	u64 size;
	/** @vaddr: Kernel mapping, initially zero; or NULL. */
	void *vaddr;
};

struct vpan_kbo *vpan_kbo_create_until(struct vpan_vm *vm, u64 va, u64 size,
				       u32 prot, const bool *stop);
struct vpan_kbo *vpan_kbo_create(struct vpan_vm *vm, u64 va, u64 size,
				 u32 prot);
void vpan_kbo_vunmap(struct vpan_kbo *kbo);
void vpan_kbo_destroy(struct vpan_kbo *kbo);

#endif /* _VPAN_KBO_H_ */
