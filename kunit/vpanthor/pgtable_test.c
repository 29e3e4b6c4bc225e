// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page tables: map, unmap, split, permissions, count of tables.
 *
 * The cases edit a tree without a GPU and read it back by a walk of their own, as
 * the hardware does it. The last one compares random edits with a plain array.
 */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include <kunit/test.h>
#include <vcsf/csf_regs.h>

#include "pt/pgtable.h"
#include "../compat/kunit.h"

#define VA	0x123400000000ULL
#define PA	0x000500000000ULL
#define SEED	0x5eed

/* Number of spare tables, more than any case needs */
#define TABLES	64

struct pt_fixture {
	struct vpan_pgtable pt;
	struct vpan_pt_cache cache;
};

static int pt_test_init(struct kunit *test)
{
	struct pt_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_init(&f->pt, NULL));
	vpan_pt_cache_init(&f->cache, &f->pt);
	test->priv = f;
	return vpan_pt_cache_fill(&f->cache, TABLES);
}

static void pt_test_exit(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	if (!f)
		return;
	vpan_pt_cache_fini(&f->cache);
	vpan_pt_fini(&f->pt);
}

/* Return the leaf entry that translates @va, 0 if there is none. */
static u64 pt_leaf(struct pt_fixture *f, u64 va, unsigned int *leaf_level)
{
	const u64 *table = phys_to_virt(vpan_pt_root(&f->pt));
	unsigned int level;

	for (level = 0; level < CSF_PTE_LEVELS; level++) {
		u64 entry = table[va >> CSF_PTE_LEVEL_SHIFT(level) & 511];

		if (!(entry & 1))
			return 0;
		if (level == 3 ||
		    (entry & CSF_PTE_TYPE) == CSF_PTE_TYPE_BLOCK) {
			*leaf_level = level;
			return entry;
		}
		table = phys_to_virt(entry & CSF_PTE_ADDRESS);
	}
	return 0;
}

/* Return the address that @va translates to, U64_MAX if it is not mapped. */
static u64 pt_translate(struct pt_fixture *f, u64 va)
{
	unsigned int level;
	u64 entry = pt_leaf(f, va, &level), span;

	if (!entry)
		return U64_MAX;
	span = BIT_ULL(CSF_PTE_LEVEL_SHIFT(level));
	return (entry & CSF_PTE_ADDRESS & ~(span - 1)) | (va & (span - 1));
}

static unsigned int pt_level(struct pt_fixture *f, u64 va)
{
	unsigned int level = CSF_PTE_LEVELS;

	pt_leaf(f, va, &level);
	return level;
}

static unsigned int pt_dead(struct pt_fixture *f)
{
	return list_count_nodes(&f->cache.dead);
}

static void pt_map_ok(struct kunit *test, u64 va, u64 pa, u64 size)
{
	struct pt_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			vpan_pt_map(&f->pt, &f->cache, va, pa, size, 0));
}

static void pt_unmap_ok(struct kunit *test, u64 va, u64 size)
{
	struct pt_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0, vpan_pt_unmap(&f->pt, &f->cache, va, size));
}

/* Check that [va, va + size) maps to consecutive addresses from @pa, or is unmapped. */
static void pt_expect(struct kunit *test, u64 va, u64 pa, u64 size)
{
	struct pt_fixture *f = test->priv;
	u64 i;

	for (i = 0; i < size; i += SZ_4K)
		KUNIT_ASSERT_EQ(test, pa == U64_MAX ? pa : pa + i,
				pt_translate(f, va + i));
}

static void pt_page(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_map_ok(test, VA, PA, SZ_4K);
	pt_expect(test, VA, PA, SZ_4K);
	KUNIT_EXPECT_EQ(test, 3, pt_level(f, VA));
	pt_expect(test, VA - SZ_4K, U64_MAX, SZ_4K);
	pt_expect(test, VA + SZ_4K, U64_MAX, SZ_4K);
}

static void pt_offset_in_page(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_map_ok(test, VA, PA, SZ_2M);
	KUNIT_EXPECT_EQ(test, PA + 0x12345, pt_translate(f, VA + 0x12345));
}

/* The bits of a leaf entry follow the flags of the mapping. */
static void pt_permissions(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	unsigned int level;
	u32 prot;

	for (prot = 0; prot < 8; prot++) {
		u64 va = VA + prot * SZ_2M;
		u64 size = prot & 1 ? SZ_2M : SZ_4K;
		bool cached = !(prot & VPAN_PROT_UNCACHED);
		u64 entry;

		KUNIT_ASSERT_EQ(test, 0, vpan_pt_map(&f->pt, &f->cache, va, PA,
						     size, prot));
		entry = pt_leaf(f, va, &level);
		KUNIT_EXPECT_EQ(test, !!(prot & VPAN_PROT_READONLY),
				!!(entry & CSF_PTE_READONLY));
		KUNIT_EXPECT_EQ(test, !!(prot & VPAN_PROT_NOEXEC),
				!!(entry & CSF_PTE_NO_EXEC));
		KUNIT_EXPECT_EQ(test, cached ? CSF_PTE_ATTR_INDEX_WB :
					       CSF_PTE_ATTR_INDEX_NC,
				entry & CSF_PTE_ATTR_INDEX);
		KUNIT_EXPECT_EQ(test, cached ? CSF_PTE_SHARE_INNER :
					       CSF_PTE_SHARE_OUTER,
				entry & CSF_PTE_SHARE);
		KUNIT_EXPECT_TRUE(test, entry & CSF_PTE_USER);
		KUNIT_EXPECT_TRUE(test, entry & CSF_PTE_ACCESSED);
		KUNIT_EXPECT_FALSE(test, entry & CSF_PTE_SOFTWARE);
	}
}

static void pt_block(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_map_ok(test, VA, PA, 2 * SZ_2M);
	KUNIT_EXPECT_EQ(test, 2, pt_level(f, VA));
	KUNIT_EXPECT_EQ(test, 2, pt_level(f, VA + SZ_2M));
	pt_expect(test, VA, PA, 2 * SZ_2M);
	pt_expect(test, VA + 2 * SZ_2M, U64_MAX, SZ_4K);
}

/* A block needs both addresses aligned, and all of its range. */
static void pt_no_block(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_map_ok(test, VA, PA + SZ_4K, SZ_2M);
	KUNIT_EXPECT_EQ(test, 3, pt_level(f, VA));
	pt_expect(test, VA, PA + SZ_4K, SZ_2M);

	pt_map_ok(test, VA + SZ_2M, PA, SZ_2M - SZ_4K);
	KUNIT_EXPECT_EQ(test, 3, pt_level(f, VA + SZ_2M));
	pt_expect(test, VA + 2 * SZ_2M - SZ_4K, U64_MAX, SZ_4K);
}

static void pt_pages_around_block(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	u64 head = SZ_2M - 3 * SZ_4K;

	pt_map_ok(test, VA + head, PA + head, 3 * SZ_4K + SZ_2M + SZ_4K);
	KUNIT_EXPECT_EQ(test, 3, pt_level(f, VA + head));
	KUNIT_EXPECT_EQ(test, 2, pt_level(f, VA + SZ_2M));
	KUNIT_EXPECT_EQ(test, 3, pt_level(f, VA + 2 * SZ_2M));
	pt_expect(test, VA + head, PA + head, 3 * SZ_4K + SZ_2M + SZ_4K);
	pt_expect(test, VA + head - SZ_4K, U64_MAX, SZ_4K);
	pt_expect(test, VA + 2 * SZ_2M + SZ_4K, U64_MAX, SZ_4K);
}

/* Ranges that cross from one table into the next, on each level */
static void pt_boundaries(struct kunit *test)
{
	static const u64 spans[] = { SZ_2M, SZ_1G, 512ULL * SZ_1G };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spans); i++) {
		u64 va = (4 + i) * 512ULL * SZ_1G + spans[i] - SZ_8K;

		pt_map_ok(test, va, PA, SZ_16K);
		pt_expect(test, va, PA, SZ_16K);
		pt_unmap_ok(test, va + SZ_4K, SZ_8K);
		pt_expect(test, va, PA, SZ_4K);
		pt_expect(test, va + SZ_4K, U64_MAX, SZ_8K);
		pt_expect(test, va + SZ_4K + SZ_8K, PA + SZ_4K + SZ_8K, SZ_4K);
	}
}

/* Unmap each single page of a block: the other pages stay mapped. */
static void pt_split_each_page(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	u64 page;

	for (page = 0; page < SZ_2M; page += SZ_4K) {
		pt_map_ok(test, VA, PA, SZ_2M);
		pt_unmap_ok(test, VA + page, SZ_4K);
		pt_expect(test, VA, PA, page);
		pt_expect(test, VA + page, U64_MAX, SZ_4K);
		pt_expect(test, VA + page + SZ_4K, PA + page + SZ_4K,
			  SZ_2M - page - SZ_4K);
		pt_unmap_ok(test, VA, SZ_2M);
		vpan_pt_cache_fini(&f->cache);
		KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, 8));
	}
}

/* The pages that a split leaves have the block's permissions. */
static void pt_split_keeps_permissions(struct kunit *test)
{
	u32 prot = VPAN_PROT_READONLY | VPAN_PROT_NOEXEC | VPAN_PROT_UNCACHED;
	struct pt_fixture *f = test->priv;
	u64 block, page, same = ~(CSF_PTE_ADDRESS | CSF_PTE_TYPE);
	unsigned int level;

	KUNIT_ASSERT_EQ(test, 0, vpan_pt_map(&f->pt, &f->cache, VA, PA, SZ_2M,
					     prot));
	block = pt_leaf(f, VA, &level);
	pt_unmap_ok(test, VA, SZ_4K);
	page = pt_leaf(f, VA + SZ_4K, &level);
	KUNIT_EXPECT_EQ(test, 3, level);
	KUNIT_EXPECT_EQ(test, block & same, page & same);
}

/* Unmap from the middle of one block to the middle of the second after it. */
static void pt_split_two_blocks(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	unsigned int before;

	pt_map_ok(test, VA, PA, 3 * SZ_2M);
	before = f->cache.nspare;
	pt_unmap_ok(test, VA + SZ_1M, 2 * SZ_2M);
	KUNIT_EXPECT_EQ(test, VPAN_PT_UNMAP_TABLES, before - f->cache.nspare);
	pt_expect(test, VA, PA, SZ_1M);
	pt_expect(test, VA + SZ_1M, U64_MAX, 2 * SZ_2M);
	pt_expect(test, VA + SZ_1M + 2 * SZ_2M, PA + SZ_1M + 2 * SZ_2M, SZ_1M);
}

/* An unmap frees the tables that have become empty, all but the root. */
static void pt_unmap_frees_tables(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	u64 far = VA + SZ_1G;

	pt_map_ok(test, VA, PA, SZ_4M + SZ_4K);
	pt_map_ok(test, far, PA, SZ_4K);
	KUNIT_EXPECT_EQ(test, 5, TABLES - f->cache.nspare);

	pt_unmap_ok(test, far, SZ_4K);
	KUNIT_EXPECT_EQ(test, 2, pt_dead(f));
	pt_unmap_ok(test, VA, SZ_4M);
	KUNIT_EXPECT_EQ(test, 2, pt_dead(f));
	pt_unmap_ok(test, VA, SZ_8M);
	KUNIT_EXPECT_EQ(test, 5, pt_dead(f));
	pt_expect(test, VA, U64_MAX, SZ_8M);
}

/* A block can replace a table whose pages were unmapped one by one. */
static void pt_block_after_pages(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	u64 i;

	pt_map_ok(test, VA, PA + SZ_4K, SZ_2M);
	for (i = 0; i < SZ_2M; i += SZ_4K)
		pt_unmap_ok(test, VA + i, SZ_4K);
	pt_map_ok(test, VA, PA, SZ_2M);
	KUNIT_EXPECT_EQ(test, 2, pt_level(f, VA));
	pt_expect(test, VA, PA, SZ_2M);
}

static void pt_unmap_nothing(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_unmap_ok(test, 0, BIT_ULL(48));
	pt_map_ok(test, VA, PA, SZ_4K);
	pt_unmap_ok(test, VA + SZ_4K, SZ_2M);
	pt_unmap_ok(test, VA - SZ_1G, SZ_1G);
	pt_expect(test, VA, PA, SZ_4K);
	KUNIT_EXPECT_EQ(test, 0, pt_dead(f));
}

static void pt_map_twice(struct kunit *test)
{
	struct pt_fixture *f = test->priv;

	pt_map_ok(test, VA, PA, SZ_4K);
	pt_map_ok(test, VA + SZ_2M, PA, SZ_2M);
	KUNIT_EXPECT_EQ(test, -EEXIST, vpan_pt_map(&f->pt, &f->cache, VA, PA,
						   SZ_4K, 0));
	KUNIT_EXPECT_EQ(test, -EEXIST, vpan_pt_map(&f->pt, &f->cache, VA, PA,
						   SZ_2M, 0));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			vpan_pt_map(&f->pt, &f->cache, VA + SZ_2M, PA, SZ_4K,
				    0));
	pt_expect(test, VA, PA, SZ_4K);
	pt_expect(test, VA + SZ_2M, PA, SZ_2M);
}

static void pt_invalid(struct kunit *test)
{
	static const struct { u64 va, pa, size; } bad[] = {
		{ VA + 1, PA, SZ_4K },
		{ VA, PA + 1, SZ_4K },
		{ VA, PA, SZ_4K + 1 },
		{ BIT_ULL(48), PA, SZ_4K },
		{ BIT_ULL(48) - SZ_4K, PA, SZ_8K },
		{ 0, PA, BIT_ULL(48) + SZ_4K },
		{ -SZ_4K, PA, SZ_8K },
	};
	struct pt_fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, -EINVAL,
				vpan_pt_map(&f->pt, &f->cache, bad[i].va,
					    bad[i].pa, bad[i].size, 0));
		if (bad[i].pa != PA)
			continue;
		KUNIT_EXPECT_EQ(test, -EINVAL,
				vpan_pt_unmap(&f->pt, &f->cache, bad[i].va,
					      bad[i].size));
	}
	KUNIT_EXPECT_EQ(test, TABLES, f->cache.nspare);
}

/* If tables are missing, an edit fails and leaves the mapping as it was. */
static void pt_no_tables(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	struct vpan_pt_cache empty;

	vpan_pt_cache_init(&empty, &f->pt);
	KUNIT_EXPECT_EQ(test, -ENOMEM, vpan_pt_map(&f->pt, &empty, VA, PA,
						   SZ_4K, 0));
	pt_map_ok(test, VA, PA, SZ_2M);
	KUNIT_EXPECT_EQ(test, -ENOMEM, vpan_pt_unmap(&f->pt, &empty, VA,
						     SZ_4K));
	pt_expect(test, VA, PA, SZ_2M);
	/* An unmap of a whole block needs no table. */
	KUNIT_EXPECT_EQ(test, 0, vpan_pt_unmap(&f->pt, &empty, VA, SZ_2M));
	vpan_pt_cache_fini(&empty);
}

/* A tree keeps some tables for the next edit: clear ones, and ones marked dirty. */
static void pt_keeps_spare_tables(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	unsigned int kept, dirty = 0;
	struct page *page;

	pt_map_ok(test, VA, PA, SZ_2M + SZ_4K);
	pt_unmap_ok(test, VA, SZ_4K);
	pt_unmap_ok(test, VA, SZ_4M);
	vpan_pt_cache_fini(&f->cache);
	kept = f->pt.nspare;
	KUNIT_EXPECT_NE(test, 0, kept);
	KUNIT_EXPECT_LE(test, kept, TABLES);
	KUNIT_EXPECT_EQ(test, kept, list_count_nodes(&f->pt.spare));
	list_for_each_entry(page, &f->pt.spare, lru) {
		if (page_private(page)) {
			KUNIT_EXPECT_EQ(test, PT_DIRTY, page_private(page));
			dirty++;
			continue;
		}
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0,
						   PAGE_SIZE));
		/* Clean tables come first, and are taken first. */
		KUNIT_EXPECT_EQ(test, 0, dirty);
	}
	/* The block that was split and the page behind it; others became empty. */
	KUNIT_EXPECT_EQ(test, 2, dirty);

	KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, kept + 1));
	KUNIT_EXPECT_EQ(test, 0, f->pt.nspare);
	pt_map_ok(test, VA, PA, SZ_2M + SZ_4K);
}

/* The count of tables that a map needs is exact. */
static void pt_need(struct kunit *test)
{
	static const struct { u64 va, pa, size; unsigned int tables; } cases[] = {
		{ VA, PA, SZ_4K, 3 },
		{ VA, PA, SZ_2M, 2 },
		{ VA, PA, SZ_1G, 2 },
		{ VA, PA + SZ_4K, SZ_2M, 3 },
		{ VA, PA + SZ_4K, SZ_2M + SZ_4K, 4 },
		{ VA + SZ_4K, PA + SZ_4K, SZ_4M, 4 },
		{ VA + SZ_1G - SZ_4K, PA, SZ_8K, 5 },
		{ 512ULL * SZ_1G - SZ_4K, PA, SZ_8K, 6 },
	};
	struct pt_fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vpan_pt_need need = {};
		unsigned int before = f->cache.nspare;

		vpan_pt_need_range(&need, cases[i].va, cases[i].size);
		vpan_pt_need_chunk(&need, cases[i].va, cases[i].pa,
				   cases[i].size);
		KUNIT_EXPECT_EQ(test, cases[i].tables, need.tables);

		pt_map_ok(test, cases[i].va, cases[i].pa, cases[i].size);
		KUNIT_EXPECT_EQ(test, need.tables, before - f->cache.nspare);
		pt_unmap_ok(test, cases[i].va, cases[i].size);
	}
}

/* A table that several chunks share is counted once. */
static void pt_need_chunks(struct kunit *test)
{
	struct vpan_pt_need need = {};
	u64 i;

	vpan_pt_need_range(&need, VA, SZ_4M);
	for (i = 0; i < SZ_4M; i += SZ_4K)
		vpan_pt_need_chunk(&need, VA + i, PA + SZ_4M - i, SZ_4K);
	KUNIT_EXPECT_EQ(test, 4, need.tables);
}

#define WINDOW_PAGES	(3 * 512)
#define RANDOM_STEPS	300

struct pt_shadow {
	struct rnd_state rnd;
	u64 pa[WINDOW_PAGES];
};

static void pt_random_step(struct kunit *test, struct pt_shadow *shadow)
{
	struct pt_fixture *f = test->priv;
	u32 first = prandom_u32_state(&shadow->rnd) % WINDOW_PAGES;
	u32 n = 1 + prandom_u32_state(&shadow->rnd) % (WINDOW_PAGES - first);
	u64 va = VA + first * (u64)SZ_4K, size = n * (u64)SZ_4K, pa = U64_MAX;
	u32 i;

	/* One third unmaps, one third can use blocks, one third cannot. */
	if (prandom_u32_state(&shadow->rnd) % 3) {
		pa = PA + (va & (SZ_2M - 1));
		if (prandom_u32_state(&shadow->rnd) % 2)
			pa += SZ_4K;
	}

	vpan_pt_cache_fini(&f->cache);
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, 8));
	pt_unmap_ok(test, va, size);
	if (pa != U64_MAX)
		pt_map_ok(test, va, pa, size);
	for (i = 0; i < n; i++)
		shadow->pa[first + i] = pa == U64_MAX ? pa : pa + i * SZ_4K;
}

/* After any sequence of edits, the tree is equal to a plain array. */
static void pt_random(struct kunit *test)
{
	struct pt_fixture *f = test->priv;
	struct pt_shadow *shadow;
	unsigned int step, i;

	shadow = kunit_kzalloc(test, sizeof(*shadow), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shadow);
	prandom_seed_state(&shadow->rnd, SEED);
	memset64(shadow->pa, U64_MAX, WINDOW_PAGES);

	for (step = 0; step < RANDOM_STEPS; step++) {
		pt_random_step(test, shadow);
		for (i = 0; i < WINDOW_PAGES; i++)
			KUNIT_ASSERT_EQ_MSG(test, shadow->pa[i],
					    pt_translate(f, VA + i * SZ_4K),
					    "seed 0x%x, step %u, page %u",
					    SEED, step, i);
		if (test->status == KUNIT_FAILURE)
			return;
	}
}

static struct kunit_case vpan_pgtable_cases[] = {
	KUNIT_CASE(pt_page),
	KUNIT_CASE(pt_offset_in_page),
	KUNIT_CASE(pt_permissions),
	KUNIT_CASE(pt_block),
	KUNIT_CASE(pt_no_block),
	KUNIT_CASE(pt_pages_around_block),
	KUNIT_CASE(pt_boundaries),
	KUNIT_CASE(pt_split_each_page),
	KUNIT_CASE(pt_split_keeps_permissions),
	KUNIT_CASE(pt_split_two_blocks),
	KUNIT_CASE(pt_unmap_frees_tables),
	KUNIT_CASE(pt_block_after_pages),
	KUNIT_CASE(pt_unmap_nothing),
	KUNIT_CASE(pt_map_twice),
	KUNIT_CASE(pt_invalid),
	KUNIT_CASE(pt_no_tables),
	KUNIT_CASE(pt_keeps_spare_tables),
	KUNIT_CASE(pt_need),
	KUNIT_CASE(pt_need_chunks),
	KUNIT_CASE(pt_random),
	{}
};

static struct kunit_suite vpan_pgtable_suite = {
	.name = "vpan_pgtable",
	.init = pt_test_init,
	.exit = pt_test_exit,
	.test_cases = vpan_pgtable_cases,
};

kunit_test_suite(vpan_pgtable_suite);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Tests of vpanthor");
MODULE_LICENSE("Dual MIT/GPL");
COMPAT_IMPORT_KUNIT_SYMBOLS;
