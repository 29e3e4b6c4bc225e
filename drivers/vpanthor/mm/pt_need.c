// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Counting the page tables that an edit may take, so that they can be allocated before
 * it. The counts are upper limits: tables that exist already are counted as well.
 * Nothing here reads the page tables, so no lock is needed.
 */

#include <linux/log2.h>
#include <linux/sizes.h>

#include <kunit/visibility.h>
#include <vcsf/csf_regs.h>

#include "mm/pgtable.h"

/* Levels of tables above those with leaf entries */
#define NEED_UPPER_LEVELS	(CSF_PTE_LEVELS - 2)

/**
 * vpan_pt_need_range - count the upper tables that a mapping may take
 * @need: count to which they are added
 * @va: first address
 * @size: size in bytes
 *
 * Called once for the whole range, before vpan_pt_need_chunk() for each of its
 * pieces.
 */
void vpan_pt_need_range(struct vpan_pt_need *need, u64 va, u64 size)
{
	u64 last = va + size - 1;
	unsigned int level;

	for (level = 0; level < NEED_UPPER_LEVELS; level++) {
		unsigned int shift = CSF_PTE_LEVEL_SHIFT(level);

		need->tables += (last >> shift) - (va >> shift) + 1;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_need_range);

/**
 * vpan_pt_need_leaves - count the leaf tables of a range without blocks
 * @need: count to which they are added
 * @va: first address
 * @size: size in bytes
 */
void vpan_pt_need_leaves(struct vpan_pt_need *need, u64 va, u64 size)
{
	u64 first = va >> ilog2(SZ_2M);
	u64 last = (va + size - 1) >> ilog2(SZ_2M);

	if (!size)
		return;
	need->tables += last - first + 1;
	if (need->last == first + 1)
		need->tables--;
	need->last = last + 1;
}

/**
 * vpan_pt_need_chunk - count the leaf tables that a mapping may take
 * @need: count to which they are added
 * @va: first address
 * @pa: physical address of the first byte
 * @size: size in bytes, physically contiguous
 *
 * Called for chunks in the order of their addresses.
 */
void vpan_pt_need_chunk(struct vpan_pt_need *need, u64 va, u64 pa, u64 size)
{
	u64 head = vpan_pt_size_before_block(va, pa, size);
	u64 tail = (size - head) & (SZ_2M - 1);

	vpan_pt_need_leaves(need, va, head);
	vpan_pt_need_leaves(need, va + size - tail, tail);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_need_chunk);
