/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VMA_H_
#define _VPAN_VMA_H_

#include <linux/list.h>

#include <drm/drm_gpuvm.h>

struct sg_table;
struct vpan_pt_cache;
struct vpan_pt_need;
struct vpan_vm;

/**
 * struct vpan_vma - one mapping in an address space
 */
struct vpan_vma {
	/** @base: Base class. */
	struct drm_gpuva base;
	/** @node: Entry in &vpan_bind.returned. */
	struct list_head node;
	/** @prot: Combination of &enum vpan_prot. */
	u32 prot;
	/**
	 * @evicted: It is not in the page tables until the next submit, since its
	 * pages may have been reclaimed. Under &vpan_vm.op_lock.
	 */
	bool evicted;
};

#define to_vpan_vma(va) container_of(va, struct vpan_vma, base)

void vpan_vma_count_tables(struct vpan_vm *vm, struct sg_table *sgt, u64 offset,
			   u64 va, u64 size, struct vpan_pt_need *need);
int vpan_vma_map_pages(struct vpan_vm *vm, struct vpan_pt_cache *cache,
		       struct sg_table *sgt, u64 offset, u64 va, u64 size,
		       u32 prot);

#endif /* _VPAN_VMA_H_ */
