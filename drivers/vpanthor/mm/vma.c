// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A part of a buffer, as the page tables show it.
 */

#include <linux/scatterlist.h>
#include <linux/sched.h>

#include "mm/gem.h"
#include "mm/pgtable.h"
#include "mm/vm.h"
#include "mm/vma.h"

/* Walks the physically contiguous pieces of a part of a buffer. */
struct vma_walk {
	/* All of it, to begin anew with if that is wanted. */
	struct sg_table *sgt;
	bool wrap;
	/* What is to come. */
	struct scatterlist *sg;
	unsigned int nsgs;
	u64 skip;
	u64 left;
	/* The piece. */
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
 * vpan_vma_count_tables - how many tables a mapping may take
 * @vm: the address space
 * @bo: the buffer, whose pages are in memory
 * @offset: where in it
 * @va: first address
 * @size: bytes
 * @need: the count, is added to
 *
 * Context: any; the pages must stay.
 */
void vpan_vma_count_tables(struct vpan_vm *vm, struct vpan_bo *bo, u64 offset,
			   u64 va, u64 size, struct vpan_pt_need *need)
{
	struct vma_walk walk;

	vpan_pt_need_range(need, va, size);
	/* As large as anybody likes, so do not look at all of its pages. */
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
 * @cache: filled with what vpan_vma_count_tables() says
 * @bo: the buffer, whose pages are in memory
 * @offset: where in it
 * @va: first address; nothing is mapped there
 * @size: bytes
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep; under &vpan_vm.op_lock, inside of an update of the address
 * space.
 * Return: 0 or a negative errno, after which part of it may be mapped.
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
