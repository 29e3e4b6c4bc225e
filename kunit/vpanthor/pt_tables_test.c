// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page tables: mappings of lists of chunks, and the life of tables.
 *
 * A table that a range covers is removed with all below it, keeps its content, and is
 * used again after the edit was flushed. No stale entry of it may be seen then. As in
 * pgtable_test.c, a walk of the test's own reads the tree.
 */

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include <kunit/test.h>
#include <vcsf/csf_regs.h>

#include "pt/chunks.h"
#include "pt/pgtable.h"

#define VA	0x123440000000ULL	/* a multiple of 1 GiB */
#define PA	0x000500000000ULL
#define SEED	0x7ab1e5

#define TABLES	24

struct tables_fixture {
	struct vpan_pgtable pt;
	struct vpan_pt_cache cache;
	struct sg_table sgt;
};

static int tables_test_init(struct kunit *test)
{
	struct tables_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_init(&f->pt, NULL));
	vpan_pt_cache_init(&f->cache, &f->pt);
	test->priv = f;
	return vpan_pt_cache_fill(&f->cache, TABLES);
}

static void tables_test_exit(struct kunit *test)
{
	struct tables_fixture *f = test->priv;

	if (!f)
		return;
	sg_free_table(&f->sgt);
	vpan_pt_cache_fini(&f->cache);
	vpan_pt_fini(&f->pt);
}

/* Return the table of @level for @va, or NULL. */
static u64 *table_of(struct kunit *test, u64 va, unsigned int level)
{
	struct tables_fixture *f = test->priv;
	u64 *table = phys_to_virt(vpan_pt_root(&f->pt));
	unsigned int l;

	for (l = 0; l < level; l++) {
		u64 entry = table[va >> CSF_PTE_LEVEL_SHIFT(l) & 511];

		if ((entry & CSF_PTE_TYPE) != CSF_PTE_TYPE_TABLE)
			return NULL;
		table = phys_to_virt(entry & CSF_PTE_ADDRESS);
	}
	return table;
}

/* Return the address that @va translates to, U64_MAX if it is not mapped. */
static u64 translate(struct kunit *test, u64 va)
{
	unsigned int level;

	for (level = 2; level < 4; level++) {
		u64 *table = table_of(test, va, level);
		u64 span = BIT_ULL(CSF_PTE_LEVEL_SHIFT(level)), entry;

		if (!table)
			return U64_MAX;
		entry = table[va >> CSF_PTE_LEVEL_SHIFT(level) & 511];
		if (!entry)
			return U64_MAX;
		if (level == 3 ||
		    (entry & CSF_PTE_TYPE) == CSF_PTE_TYPE_BLOCK)
			return (entry & CSF_PTE_ADDRESS & ~(span - 1)) |
			       (va & (span - 1));
	}
	return U64_MAX;
}

static void map(struct kunit *test, u64 va, u64 pa, u64 size)
{
	struct tables_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			vpan_pt_map(&f->pt, &f->cache, va, pa, size, 0));
}

static void unmap(struct kunit *test, u64 va, u64 size)
{
	struct tables_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0, vpan_pt_unmap(&f->pt, &f->cache, va, size));
}

/* End an edit, as after a flush, and begin another one. */
static void next_edit(struct kunit *test)
{
	struct tables_fixture *f = test->priv;

	vpan_pt_cache_fini(&f->cache);
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, TABLES));
}

static unsigned int dead(struct kunit *test)
{
	struct tables_fixture *f = test->priv;

	return list_count_nodes(&f->cache.dead);
}

static bool is_dead(struct kunit *test, u64 *table)
{
	struct tables_fixture *f = test->priv;
	struct page *page;

	list_for_each_entry(page, &f->cache.dead, lru)
		if (page_address(page) == table)
			return true;
	return false;
}

/* Make the chunks of a buffer: chunk i has @pages[i] pages; none is next to another. */
static void make_chunks(struct kunit *test, const unsigned int *pages,
			unsigned int count)
{
	struct tables_fixture *f = test->priv;
	struct scatterlist *sg;
	unsigned int i;

	sg_free_table(&f->sgt);
	KUNIT_ASSERT_EQ(test, 0, sg_alloc_table(&f->sgt, count, GFP_KERNEL));
	for_each_sgtable_sg(&f->sgt, sg, i) {
		sg_dma_address(sg) = PA + i * (u64)SZ_16M;
		sg_dma_len(sg) = pages[i] * SZ_4K;
	}
}

/* Return the address of page @page of the buffer. */
static u64 chunk_page(struct kunit *test, u64 page)
{
	struct tables_fixture *f = test->priv;
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_dma_sg(&f->sgt, sg, i) {
		u64 n = sg_dma_len(sg) / SZ_4K;

		if (page < n)
			return sg_dma_address(sg) + page * SZ_4K;
		page -= n;
	}
	return U64_MAX;
}

static void map_chunks(struct kunit *test, u64 va, u64 first, u64 pages,
		       bool repeat)
{
	struct tables_fixture *f = test->priv;
	struct vpan_chunks chunks;

	vpan_chunks_init(&chunks, &f->sgt, first * SZ_4K, pages * SZ_4K, repeat);
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_map_chunks(&f->pt, &f->cache, va,
						    &chunks, 0));
}

static void expect_chunks(struct kunit *test, u64 va, u64 first, u64 pages)
{
	u64 i;

	for (i = 0; i < pages; i++)
		KUNIT_ASSERT_EQ(test, chunk_page(test, first + i),
				translate(test, va + i * SZ_4K));
}

static void expect_none(struct kunit *test, u64 va, u64 pages)
{
	u64 i;

	for (i = 0; i < pages; i++)
		KUNIT_ASSERT_EQ(test, U64_MAX, translate(test, va + i * SZ_4K));
}

/* Chunks that end inside of tables and at their ends, from any page on */
static void tables_chunks(struct kunit *test)
{
	static const unsigned int pages[] = { 1, 1, 3, 510, 509, 1, 512, 600, 7 };
	static const unsigned int starts[] = { 0, 1, 4, 5, 515, 1023, 1024 };
	unsigned int i, j;

	make_chunks(test, pages, ARRAY_SIZE(pages));
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (j = 0; j < ARRAY_SIZE(starts); j++) {
			u64 va = VA + starts[j] * (u64)SZ_4K;

			map_chunks(test, va, starts[i], 1100, false);
			expect_chunks(test, va, starts[i], 1100);
			expect_none(test, va - SZ_4K, 1);
			expect_none(test, va + 1100 * SZ_4K, 1);
			unmap(test, va, 1100 * SZ_4K);
			expect_none(test, va, 1100);
			next_edit(test);
		}
	}
}

/* A block between pages: its chunk is aligned as its address is. */
static void tables_chunks_block(struct kunit *test)
{
	static const unsigned int pages[] = { 500, 12, 1024 + 3, 5 };

	make_chunks(test, pages, ARRAY_SIZE(pages));
	map_chunks(test, VA, 0, 1544, false);
	expect_chunks(test, VA, 0, 1544);
	KUNIT_EXPECT_NOT_NULL(test, table_of(test, VA, 3));
	KUNIT_EXPECT_NULL(test, table_of(test, VA + SZ_2M, 3));
	KUNIT_EXPECT_NULL(test, table_of(test, VA + SZ_4M, 3));
	KUNIT_EXPECT_NOT_NULL(test, table_of(test, VA + 3 * SZ_2M, 3));
}

/* A sparse mapping repeats the buffer, from any page of it on. */
static void tables_chunks_repeat(struct kunit *test)
{
	static const unsigned int pages[] = { 2, 5 };
	u64 i;

	make_chunks(test, pages, ARRAY_SIZE(pages));
	map_chunks(test, VA + SZ_4K, 3, 1200, true);
	for (i = 0; i < 1200; i++)
		KUNIT_ASSERT_EQ(test, chunk_page(test, (3 + i) % 7),
				translate(test, VA + (1 + i) * SZ_4K));
}

/* Chunks that end before their range leave the rest unmapped, and it can be mapped. */
static void tables_chunks_short(struct kunit *test)
{
	static const unsigned int pages[] = { 700 };

	make_chunks(test, pages, ARRAY_SIZE(pages));
	map_chunks(test, VA + SZ_4K, 0, 511 + 512, false);
	unmap(test, VA, SZ_4M);
	next_edit(test);
	/* The second table has been in use. */
	map_chunks(test, VA, 0, 1024, false);
	expect_chunks(test, VA, 0, 700);
	expect_none(test, VA + 700 * SZ_4K, 324);
	map(test, VA + 700 * SZ_4K, PA, SZ_4K);
	unmap(test, VA, SZ_4M);
	KUNIT_EXPECT_NULL(test, table_of(test, VA, 1));
}

/* A mapping in the way, in the middle of what a chunk or a table would fill */
static void tables_chunks_in_use(struct kunit *test)
{
	static const unsigned int pages[] = { 300, 300 };
	struct tables_fixture *f = test->priv;
	struct vpan_chunks chunks;

	make_chunks(test, pages, ARRAY_SIZE(pages));
	map(test, VA + 400 * SZ_4K, PA + SZ_1G, SZ_4K);
	vpan_chunks_init(&chunks, &f->sgt, 0, 600 * SZ_4K, false);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			vpan_pt_map_chunks(&f->pt, &f->cache, VA, &chunks, 0));
	KUNIT_EXPECT_EQ(test, PA + SZ_1G, translate(test, VA + 400 * SZ_4K));
	unmap(test, VA, SZ_4M);
	KUNIT_EXPECT_NULL(test, table_of(test, VA, 1));
}

/* A range that is exactly a table takes it away, and no other. */
static void tables_exact(struct kunit *test)
{
	struct tables_fixture *f = test->priv;
	struct page *page;
	u64 *middle;

	map(test, VA, PA + SZ_4K, 3 * SZ_2M);
	middle = table_of(test, VA + SZ_2M, 3);
	KUNIT_ASSERT_NOT_NULL(test, middle);
	unmap(test, VA + SZ_2M, SZ_2M);
	KUNIT_EXPECT_EQ(test, 1, dead(test));
	KUNIT_EXPECT_TRUE(test, is_dead(test, middle));
	KUNIT_EXPECT_NULL(test, table_of(test, VA + SZ_2M, 3));
	KUNIT_EXPECT_EQ(test, PA + SZ_2M, translate(test, VA + SZ_2M - SZ_4K));
	KUNIT_EXPECT_EQ(test, PA + SZ_4K + SZ_4M, translate(test, VA + SZ_4M));

	/* The GPU may walk it until the flush: this edit must not use it. */
	list_for_each_entry(page, &f->cache.spare, lru)
		KUNIT_EXPECT_PTR_NE(test, middle, page_address(page));
	list_for_each_entry(page, &f->pt.spare, lru)
		KUNIT_EXPECT_PTR_NE(test, middle, page_address(page));
}

/* Both ends of the range are within tables: those stay, and lose entries only. */
static void tables_misaligned(struct kunit *test)
{
	u64 *first, *last;

	map(test, VA, PA + SZ_4K, 4 * SZ_2M);
	first = table_of(test, VA, 3);
	last = table_of(test, VA + 3 * SZ_2M, 3);
	unmap(test, VA + SZ_1M, 3 * SZ_2M);
	KUNIT_EXPECT_EQ(test, 2, dead(test));
	KUNIT_EXPECT_PTR_EQ(test, first, table_of(test, VA, 3));
	KUNIT_EXPECT_PTR_EQ(test, last, table_of(test, VA + 3 * SZ_2M, 3));
	expect_none(test, VA + SZ_1M, 3 * 512);
	KUNIT_EXPECT_EQ(test, PA + SZ_1M, translate(test, VA + SZ_1M - SZ_4K));
	KUNIT_EXPECT_EQ(test, PA + SZ_4K + 3 * SZ_2M + SZ_1M,
			translate(test, VA + 3 * SZ_2M + SZ_1M));

	/* The rest of the first one, then all of the last one */
	unmap(test, VA, SZ_1M);
	KUNIT_EXPECT_TRUE(test, is_dead(test, first));
	unmap(test, VA + 3 * SZ_2M, SZ_2M);
	KUNIT_EXPECT_TRUE(test, is_dead(test, last));
	KUNIT_EXPECT_NULL(test, table_of(test, VA, 1));
}

/* A table goes with all tables below it; what shares the upper levels stays. */
static void tables_shared(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		map(test, VA + i * (u64)SZ_64M, PA, SZ_4K);
		map(test, VA + i * (u64)SZ_64M + SZ_2M, PA, SZ_2M);
	}
	map(test, VA + SZ_1G, PA, SZ_4K);
	unmap(test, VA, SZ_1G);
	KUNIT_EXPECT_EQ(test, 4, dead(test));
	KUNIT_EXPECT_NULL(test, table_of(test, VA, 2));
	KUNIT_EXPECT_EQ(test, PA, translate(test, VA + SZ_1G));

	/* A block that was split is a table below, too. */
	map(test, VA, PA, SZ_2M);
	unmap(test, VA + SZ_4K, SZ_4K);
	unmap(test, VA, SZ_1G);
	KUNIT_EXPECT_EQ(test, 6, dead(test));
	unmap(test, 0, BIT_ULL(48));
	KUNIT_EXPECT_EQ(test, 9, dead(test));
}

/* As if each entry of all spare tables had been in use */
static void spoil_spares(struct kunit *test)
{
	struct tables_fixture *f = test->priv;
	struct page *page;

	list_for_each_entry(page, &f->pt.spare, lru) {
		memset64(page_address(page), PA | CSF_PTE_TYPE_TABLE, 512);
		set_page_private(page, PT_DIRTY);
	}
}

/* Nothing that a table contained can be seen when it is used again, on any level. */
static void tables_reused(struct kunit *test)
{
	struct tables_fixture *f = test->priv;
	unsigned int i;

	vpan_pt_cache_fini(&f->cache);
	vpan_pt_free_list(NULL, &f->pt.spare);
	f->pt.nspare = 0;
	KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, 4));
	for (i = 0; i < 4; i++) {
		/* Three tables in use, and a spare one. */
		map(test, VA, PA + SZ_4K, SZ_2M);
		map(test, VA + SZ_2M, PA, SZ_1G - SZ_2M);
		unmap(test, VA, SZ_1G);
		KUNIT_ASSERT_EQ(test, 3, dead(test));
		vpan_pt_cache_fini(&f->cache);
		KUNIT_ASSERT_EQ(test, 4, f->pt.nspare);
		spoil_spares(test);
		KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, 4));

		map(test, VA + 5 * SZ_4K, PA, SZ_4K);
		KUNIT_EXPECT_EQ(test, 1, f->cache.nspare);
		KUNIT_EXPECT_EQ(test, PA, translate(test, VA + 5 * SZ_4K));
		expect_none(test, VA, 5);
		expect_none(test, VA + 6 * SZ_4K, 1024);
		expect_none(test, VA + SZ_1G, 1);
		unmap(test, VA, SZ_1G);
		KUNIT_EXPECT_NULL(test, table_of(test, VA, 1));
		vpan_pt_cache_fini(&f->cache);
		KUNIT_ASSERT_EQ(test, 0, vpan_pt_cache_fill(&f->cache, 4));
	}
}

/* Reclaim takes spare tables, as many as it wants, and none of an edit. */
static void tables_trim(struct kunit *test)
{
	struct tables_fixture *f = test->priv;
	LIST_HEAD(freed);

	KUNIT_EXPECT_EQ(test, 0, vpan_pt_trim(&f->pt, 100, &freed));
	vpan_pt_cache_fini(&f->cache);
	KUNIT_EXPECT_EQ(test, TABLES, f->pt.nspare);
	KUNIT_EXPECT_EQ(test, 3, vpan_pt_trim(&f->pt, 3, &freed));
	KUNIT_EXPECT_EQ(test, 3, list_count_nodes(&freed));
	KUNIT_EXPECT_EQ(test, TABLES - 3, f->pt.nspare);
	KUNIT_EXPECT_EQ(test, TABLES - 3, list_count_nodes(&f->pt.spare));
	KUNIT_EXPECT_EQ(test, TABLES - 3, vpan_pt_trim(&f->pt, 100, &freed));
	KUNIT_EXPECT_TRUE(test, list_empty(&f->pt.spare));
	vpan_pt_free_list(NULL, &freed);
}

#define WINDOW_PAGES	(3 * 512)
#define CHUNKS		24
#define RANDOM_STEPS	200

/* Random edits with random chunks, by tables that are used again and again */
static void tables_random(struct kunit *test)
{
	unsigned int pages[CHUNKS], step, i;
	struct rnd_state rnd;
	u64 *shadow;

	shadow = kunit_kmalloc_array(test, WINDOW_PAGES, sizeof(*shadow),
				     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shadow);
	prandom_seed_state(&rnd, SEED);
	memset64(shadow, U64_MAX, WINDOW_PAGES);

	for (step = 0; step < RANDOM_STEPS; step++) {
		u32 first = prandom_u32_state(&rnd) % WINDOW_PAGES;
		u32 n = 1 + prandom_u32_state(&rnd) % (WINDOW_PAGES - first);
		u64 va = VA + first * (u64)SZ_4K;
		u32 total = 0, begin;

		next_edit(test);
		unmap(test, va, n * (u64)SZ_4K);
		memset64(&shadow[first], U64_MAX, n);
		/* Short chunks, and a few that have blocks */
		for (i = 0; i < CHUNKS; i++) {
			pages[i] = 1 + prandom_u32_state(&rnd) %
				       (prandom_u32_state(&rnd) % 8 ? 9 : 1600);
			total += pages[i];
		}
		make_chunks(test, pages, CHUNKS);
		begin = prandom_u32_state(&rnd) % total;
		n = min(n, total - begin);
		if (step % 4) {
			map_chunks(test, va, begin, n, false);
			for (i = 0; i < n; i++)
				shadow[first + i] = chunk_page(test, begin + i);
		}
		for (i = 0; i < WINDOW_PAGES; i++)
			KUNIT_ASSERT_EQ_MSG(test, shadow[i],
					    translate(test, VA + i * SZ_4K),
					    "seed 0x%x, step %u, page %u",
					    SEED, step, i);
	}
}

/*
 * A chunk of half a page, such as an importer may be given, is refused wherever it is,
 * and nothing is mapped from it on, in a new table as well as in a table that is there.
 */
static void tables_chunks_half(struct kunit *test)
{
	static const unsigned int pages[] = { 100, 100, 600 };
	struct tables_fixture *f = test->priv;
	unsigned int half, there;

	for (half = 1; half < ARRAY_SIZE(pages); half++) {
		for (there = 0; there < 2; there++) {
			struct vpan_chunks chunks;
			u64 first = 100 * half;

			make_chunks(test, pages, ARRAY_SIZE(pages));
			sg_dma_len(&f->sgt.sgl[half]) = SZ_4K / 2;
			if (there)
				map(test, VA + SZ_2M - SZ_4K, PA, SZ_4K);
			vpan_chunks_init(&chunks, &f->sgt, 0,
					 there ? SZ_2M - SZ_4K : SZ_2M, false);
			KUNIT_EXPECT_EQ(test, -EINVAL,
					vpan_pt_map_chunks(&f->pt, &f->cache,
							   VA, &chunks, 0));
			expect_chunks(test, VA, 0, first);
			expect_none(test, VA + first * SZ_4K, 511 - first);
			unmap(test, VA, SZ_2M);
			next_edit(test);
		}
	}
}

static struct kunit_case vpan_pt_tables_cases[] = {
	KUNIT_CASE(tables_chunks),
	KUNIT_CASE(tables_chunks_block),
	KUNIT_CASE(tables_chunks_repeat),
	KUNIT_CASE(tables_chunks_short),
	KUNIT_CASE(tables_chunks_in_use),
	KUNIT_CASE(tables_chunks_half),
	KUNIT_CASE(tables_exact),
	KUNIT_CASE(tables_misaligned),
	KUNIT_CASE(tables_shared),
	KUNIT_CASE(tables_reused),
	KUNIT_CASE(tables_trim),
	KUNIT_CASE(tables_random),
	{}
};

static struct kunit_suite vpan_pt_tables_suite = {
	.name = "vpan_pt_tables",
	.init = tables_test_init,
	.exit = tables_test_exit,
	.test_cases = vpan_pt_tables_cases,
};

kunit_test_suite(vpan_pt_tables_suite);
