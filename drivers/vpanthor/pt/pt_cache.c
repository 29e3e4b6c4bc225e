// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory of page tables: counting the tables that an edit may take, their allocation
 * before it, and the spare tables of a tree.
 *
 * The counts are upper limits: tables that exist already are counted as well. So nothing
 * reads the page tables for them, and no lock is needed.
 *
 * A tree keeps up to %PT_SPARE_MAX tables that an edit did not use or has removed, so
 * that a client which maps and unmaps pays neither for allocating nor for clearing them
 * each time. Memory of spare tables is charged to the client, as that of all tables; when
 * memory is short, vpan_pt_trim() frees them (reclaim.c).
 *
 * A removed table that still has entries is "dirty". It is cleared when it is taken,
 * unless the edit writes each of its entries anyway. Lists have the clean tables first.
 *
 * Locks: &vpan_pgtable.lock protects the spare tables of a tree, which reclaim takes
 * away at any time. The tables of a cache belong to the edit.
 */

#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm_drv.h>

#include <kunit/visibility.h>
#include <vcsf/csf_regs.h>

#include "device/gfp.h"
#include "pt/pgtable.h"

/* 64 MiB of single pages take 33 tables. */
#define PT_SPARE_MAX	64

/* Most that one edit may need */
#define PT_TABLES_MAX	16384UL

/* Levels of tables above those with leaf entries */
#define NEED_UPPER_LEVELS	(CSF_PTE_LEVELS - 2)

/*
 * Tables refer to each other by physical address. A device with other DMA addresses, or
 * with bounce buffers, is not supported.
 */
static int pt_map_dma(struct device *dev, struct page *page)
{
	dma_addr_t dma = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);

	if (dma_mapping_error(dev, dma))
		return -ENOMEM;
	if (dma == page_to_phys(page))
		return 0;
	dma_unmap_page(dev, dma, PAGE_SIZE, DMA_TO_DEVICE);
	return -ENOMEM;
}

/**
 * vpan_pt_alloc - allocate a table
 * @drm: device that walks it, NULL if none does
 *
 * The device is needed for the DMA mapping only. An unplug does not wait for the
 * allocation, which may sleep for long.
 *
 * Context: may sleep.
 * Return: a zeroed table, or an ERR_PTR(): -ENOMEM, -ENODEV if the device is unplugged.
 */
struct page *vpan_pt_alloc(struct drm_device *drm)
{
	struct page *page = alloc_page(VPAN_GFP_CLIENT | __GFP_ZERO);
	int ret = -ENODEV, idx;

	if (!page)
		return ERR_PTR(-ENOMEM);
	if (!drm)
		return page;

	if (drm_dev_enter(drm, &idx)) {
		ret = pt_map_dma(drm->dev, page);
		drm_dev_exit(idx);
	}
	if (!ret)
		return page;
	__free_page(page);
	return ERR_PTR(ret);
}

/**
 * vpan_pt_free - free a table
 * @dev: device for which it was allocated
 * @page: the table, to which no entry refers
 */
void vpan_pt_free(struct device *dev, struct page *page)
{
	if (dev)
		dma_unmap_page(dev, page_to_phys(page), PAGE_SIZE,
			       DMA_TO_DEVICE);
	set_page_private(page, 0);
	__free_page(page);
}

/**
 * vpan_pt_free_list - free tables
 * @dev: device for which they were allocated
 * @tables: list of tables
 *
 * Context: may sleep.
 */
void vpan_pt_free_list(struct device *dev, struct list_head *tables)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, tables, lru) {
		list_del(&page->lru);
		vpan_pt_free(dev, page);
		cond_resched();
	}
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_free_list);

/**
 * vpan_pt_cache_init - initialise an empty cache
 * @cache: the cache
 * @pt: the tree it belongs to
 */
void vpan_pt_cache_init(struct vpan_pt_cache *cache, struct vpan_pgtable *pt)
{
	cache->pt = pt;
	cache->nspare = 0;
	INIT_LIST_HEAD(&cache->spare);
	INIT_LIST_HEAD(&cache->dead);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_cache_init);

static void pt_count_spares(struct vpan_pgtable *pt, int n)
{
	lockdep_assert_held(&pt->lock);
	pt->nspare += n;
	if (pt->spares)
		atomic_long_add(n, pt->spares);
}

static void cache_take_spares(struct vpan_pt_cache *cache, unsigned int tables)
{
	struct vpan_pgtable *pt = cache->pt;

	spin_lock(&pt->lock);
	while (cache->nspare < tables && pt->nspare) {
		/* The clean ones are at the head of both lists. */
		list_move_tail(pt->spare.next, &cache->spare);
		pt_count_spares(pt, -1);
		cache->nspare++;
	}
	spin_unlock(&pt->lock);
}

/**
 * vpan_pt_cache_fill - allocate tables for an edit
 * @cache: the cache
 * @tables: number of tables that the edit may take
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EINTR if the task is being killed, or -ENODEV if the device
 * is unplugged; the cache must be drained in all cases.
 */
int vpan_pt_cache_fill(struct vpan_pt_cache *cache, unsigned int tables)
{
	/* A sparse mapping needs no memory that would bound its size. */
	if (tables > min(PT_TABLES_MAX, totalram_pages() / 8))
		return -ENOMEM;

	cache_take_spares(cache, tables);
	while (cache->nspare < tables) {
		struct page *page;

		/* A task that the OOM killer has chosen must not take more. */
		if (fatal_signal_pending(current))
			return -EINTR;
		page = vpan_pt_alloc(cache->pt->drm);
		if (IS_ERR(page))
			return PTR_ERR(page);
		list_add(&page->lru, &cache->spare);
		cache->nspare++;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_cache_fill);

static void pt_keep(struct vpan_pgtable *pt, struct page *page)
{
	if (page_private(page) & PT_DIRTY)
		list_move_tail(&page->lru, &pt->spare);
	else
		list_move(&page->lru, &pt->spare);
	pt_count_spares(pt, 1);
}

/**
 * vpan_pt_cache_fini - drain a cache
 * @cache: the cache; translation caches have been flushed since the edit
 *
 * Unused and removed tables are kept for the next edit or freed.
 *
 * Context: may sleep.
 */
void vpan_pt_cache_fini(struct vpan_pt_cache *cache)
{
	struct vpan_pgtable *pt = cache->pt;

	list_splice_tail_init(&cache->dead, &cache->spare);
	cache->nspare = 0;

	spin_lock(&pt->lock);
	while (pt->nspare < PT_SPARE_MAX && !list_empty(&cache->spare))
		pt_keep(pt, list_first_entry(&cache->spare, struct page, lru));
	spin_unlock(&pt->lock);
	vpan_pt_free_list(pt->dev, &cache->spare);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_cache_fini);

/**
 * vpan_pt_take - take a table from a cache
 * @cache: the cache
 * @overwrite: the caller writes all entries of the table before it is used
 *
 * Return: the table, without an entry in use unless @overwrite; NULL if the cache is
 * empty.
 */
u64 *vpan_pt_take(struct vpan_pt_cache *cache, bool overwrite)
{
	struct page *page;
	u64 *table;

	if (list_empty(&cache->spare))
		return NULL;
	page = overwrite ? list_last_entry(&cache->spare, struct page, lru) :
			   list_first_entry(&cache->spare, struct page, lru);
	list_del(&page->lru);
	cache->nspare--;

	table = page_address(page);
	if (page_private(page) & PT_DIRTY && !overwrite)
		memset(table, 0, CSF_PTE_ENTRIES * sizeof(*table));
	set_page_private(page, 0);
	return table;
}

/**
 * vpan_pt_trim - free spare tables of a tree
 * @pt: the tree
 * @max: most tables to free
 * @tables: receives the tables, for vpan_pt_free_list()
 *
 * Context: in reclaim; any.
 * Return: number of tables.
 */
unsigned long vpan_pt_trim(struct vpan_pgtable *pt, unsigned long max,
			   struct list_head *tables)
{
	unsigned long n = 0;

	spin_lock(&pt->lock);
	for (; n < max && pt->nspare; n++) {
		list_move(pt->spare.prev, tables);
		pt_count_spares(pt, -1);
	}
	spin_unlock(&pt->lock);
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_trim);

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
