// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings of parts of buffers: counting the page tables that one needs, and
 * writing one to the page tables. A buffer consists of physically contiguous
 * chunks, which a walk over its scatter list finds; for a sparse mapping the walk
 * repeats the buffer.
 *
 * vm_bind.c and vm_evict.c call this under &vpan_vm.op_lock. Nothing here
 * allocates.
 */

#include <linux/lockdep.h>
#include <linux/sizes.h>

#include "mm/gem.h"
#include "mm/vm.h"
#include "mm/vma.h"
#include "pt/chunks.h"
#include "pt/pgtable.h"

static bool vma_is_sparse(const struct vpan_vm *vm, const struct sg_table *sgt)
{
	const struct vpan_bo *bo = READ_ONCE(vm->sparse_bo);

	/* Another call may be about to populate that buffer. */
	return bo && READ_ONCE(bo->base.sgt) == sgt;
}

/**
 * vpan_vma_count_tables - count the tables that a mapping may take
 * @vm: the address space
 * @sgt: pages of the buffer, which stay in memory
 * @offset: offset in the buffer
 * @va: first address
 * @size: size in bytes
 * @need: count to which they are added
 *
 * Context: any; the pages must stay in memory.
 */
void vpan_vma_count_tables(struct vpan_vm *vm, struct sg_table *sgt, u64 offset,
			   u64 va, u64 size, struct vpan_pt_need *need)
{
	struct vpan_chunks chunks;
	u64 pages = 0;

	vpan_pt_need_range(need, va, size);
	/* A sparse mapping may be huge: do not walk all of its pages. */
	if (vma_is_sparse(vm, sgt)) {
		vpan_pt_need_leaves(need, va, size);
		return;
	}

	vpan_chunks_init(&chunks, sgt, offset, size, false);
	for (; vpan_chunks_get(&chunks); va += chunks.len, chunks.len = 0) {
		/* Smaller chunks have no block: count their tables together. */
		if (chunks.len < SZ_2M) {
			pages += chunks.len;
			continue;
		}
		vpan_pt_need_leaves(need, va - pages, pages);
		vpan_pt_need_chunk(need, va, chunks.pa, chunks.len);
		pages = 0;
	}
	vpan_pt_need_leaves(need, va - pages, pages);
}

/**
 * vpan_vma_map_pages - write a mapping to the page tables
 * @vm: the address space
 * @cache: cache with the tables that vpan_vma_count_tables() has counted
 * @sgt: pages of the buffer, which stay in memory
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
		       struct sg_table *sgt, u64 offset, u64 va, u64 size,
		       u32 prot)
{
	struct vpan_chunks chunks;

	lockdep_assert_held(&vm->op_lock);

	vpan_chunks_init(&chunks, sgt, offset, size,
			 vma_is_sparse(vm, sgt));
	return vpan_pt_map_chunks(&vm->pt, cache, va, &chunks, prot);
}
