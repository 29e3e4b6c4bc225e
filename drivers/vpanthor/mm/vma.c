// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings of parts of buffers: counting the page tables that one needs, and
 * writing one to the page tables. A buffer consists of physically contiguous
 * pieces, which a walk over its scatter list finds; for a sparse mapping the walk
 * repeats the buffer.
 *
 * vm_bind.c and vm_evict.c call this under &vpan_vm.op_lock. Nothing here
 * allocates.
 */

#include <linux/scatterlist.h>
#include <linux/sched.h>

#include "mm/gem.h"
#include "mm/pgtable.h"
#include "mm/vm.h"
#include "mm/vma.h"

/* Walk over the physically contiguous pieces of a part of a buffer */
struct vma_walk {
	/* The whole buffer, and whether to begin again at its end */
	struct sg_table *sgt;
	bool wrap;
	/* Remaining part */
	struct scatterlist *sg;
	unsigned int nsgs;
	u64 skip;
	u64 left;
	/* Current piece */
	u64 pa;
	u64 len;
};

static void vma_walk_init(struct vma_walk *walk, struct sg_table *sgt,
			  u64 offset, u64 size, bool wrap)
{
	*walk = (struct vma_walk) {
		.sgt = sgt,
		.wrap = wrap,
		.sg = sgt->sgl,
		.nsgs = sgt->nents,
		.skip = offset,
		.left = size,
	};
}

static bool vma_walk_next(struct vma_walk *walk)
{
	walk->len = 0;
	while (!walk->len && walk->left && (walk->nsgs || walk->wrap)) {
		u64 len, skip;

		if (!walk->nsgs) {
			walk->sg = walk->sgt->sgl;
			walk->nsgs = walk->sgt->nents;
		}
		len = sg_dma_len(walk->sg);
		skip = min(walk->skip, len);
		walk->pa = sg_dma_address(walk->sg) + skip;
		walk->len = min(len - skip, walk->left);
		walk->skip -= skip;
		walk->left -= walk->len;
		walk->sg = sg_next(walk->sg);
		walk->nsgs--;
	}
	return walk->len;
}

static bool vma_is_sparse(const struct vpan_vm *vm, const struct vpan_bo *bo)
{
	return bo == READ_ONCE(vm->sparse_bo);
}

/**
 * vpan_vma_count_tables - count the tables that a mapping may take
 * @vm: the address space
 * @bo: the buffer, whose pages are in memory
 * @offset: offset in the buffer
 * @va: first address
 * @size: size in bytes
 * @need: count to which they are added
 *
 * Context: any; the pages must stay in memory.
 */
void vpan_vma_count_tables(struct vpan_vm *vm, struct vpan_bo *bo, u64 offset,
			   u64 va, u64 size, struct vpan_pt_need *need)
{
	struct vma_walk walk;

	vpan_pt_need_range(need, va, size);
	/* A sparse mapping may be huge: do not walk all of its pages. */
	if (vma_is_sparse(vm, bo)) {
		vpan_pt_need_leaves(need, va, size);
		return;
	}

	vma_walk_init(&walk, bo->base.sgt, offset, size, false);
	while (vma_walk_next(&walk)) {
		vpan_pt_need_chunk(need, va, walk.pa, walk.len);
		va += walk.len;
	}
}

/**
 * vpan_vma_map_pages - write a mapping to the page tables
 * @vm: the address space
 * @cache: cache with the tables that vpan_vma_count_tables() has counted
 * @bo: the buffer, whose pages are in memory
 * @offset: offset in the buffer
 * @va: first address; nothing is mapped there
 * @size: size in bytes
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep; under &vpan_vm.op_lock, inside of an update of the address
 * space.
 * Return: 0 or a negative errno, after which a part may be mapped.
 */
int vpan_vma_map_pages(struct vpan_vm *vm, struct vpan_pt_cache *cache,
		       struct vpan_bo *bo, u64 offset, u64 va, u64 size,
		       u32 prot)
{
	struct vma_walk walk;
	int ret;

	lockdep_assert_held(&vm->op_lock);

	vma_walk_init(&walk, bo->base.sgt, offset, size, vma_is_sparse(vm, bo));
	while (vma_walk_next(&walk)) {
		ret = vpan_pt_map(&vm->pt, cache, va, walk.pa, walk.len, prot);
		if (ret)
			return ret;
		va += walk.len;
		cond_resched();
	}
	return 0;
}
