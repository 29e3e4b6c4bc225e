// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Page tables
 *
 * AArch64 stage 1 tables, 4 KiB granule, four levels, with pages of 4 KiB and
 * blocks of 2 MiB. A block that is unmapped in part is split in place: the rest of
 * it stays mapped all the time.
 *
 * Edits do not allocate, since they may be on the fence signalling path. The caller
 * fills a &struct vpan_pt_cache beforehand, edits, flushes the translation caches
 * of the GPU, and then drains the cache. Draining frees the tables that became
 * empty: until the flush, the GPU may walk them. A tree keeps a few empty tables for
 * the next edit, since allocating, clearing and freeing tables is most of the cost
 * of mapping a page.
 *
 * page_private() of a table is the number of its entries in use; a table without
 * any is removed. If a range covers a table, the table is removed as a whole
 * instead of entry by entry. Removed tables are zeroed at once, so that they are as
 * good as new ones: the caller has locked the region, thus the GPU does not read
 * them.
 *
 * Callers serialise the edits of a tree, for address spaces by &vpan_vm.op_lock.
 * A client chooses how much one edit maps or unmaps, so edits reschedule.
 */

#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <kunit/visibility.h>
#include <vcsf/csf_regs.h>

#include "device/gfp.h"
#include "mm/pgtable.h"

#define PT_LEAF_LEVEL	3
#define PT_BLOCK_LEVEL	2
#define PT_VA_LIMIT	BIT_ULL(48)

/* Tables for a page in an empty tree, and for a neighbour of it */
#define PT_SPARE_MAX	8

/* Most that one edit may need */
#define PT_TABLES_MAX	16384UL

static unsigned long pt_live(u64 *table)
{
	return page_private(virt_to_page(table));
}

static void pt_add_live(u64 *table, long n)
{
	struct page *page = virt_to_page(table);

	set_page_private(page, page_private(page) + n);
}

static u64 pt_index(u64 va, unsigned int level)
{
	return va >> CSF_PTE_LEVEL_SHIFT(level) & (CSF_PTE_ENTRIES - 1);
}

static u64 pt_span(unsigned int level)
{
	return BIT_ULL(CSF_PTE_LEVEL_SHIFT(level));
}

static u64 *pt_child(u64 entry)
{
	return phys_to_virt(entry & CSF_PTE_ADDRESS);
}

static bool pt_is_table(u64 entry, unsigned int level)
{
	return level < PT_LEAF_LEVEL &&
	       (entry & CSF_PTE_TYPE) == CSF_PTE_TYPE_TABLE;
}

/* The GPU may read the entry at the same time, so write it as a whole. */
static void pt_set(u64 *entry, u64 value)
{
	WRITE_ONCE(*entry, value);
}

static struct page *pt_alloc(struct device *dev)
{
	struct page *page = alloc_page(VPAN_GFP_CLIENT | __GFP_ZERO);
	dma_addr_t dma;

	if (!page || !dev)
		return page;

	/*
	 * Tables refer to each other by physical address. A device with other
	 * DMA addresses, or with bounce buffers, is not supported.
	 */
	dma = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, dma))
		goto err_free;
	if (dma != page_to_phys(page))
		goto err_unmap;

	return page;

err_unmap:
	dma_unmap_page(dev, dma, PAGE_SIZE, DMA_TO_DEVICE);
err_free:
	__free_page(page);
	return NULL;
}

static void pt_free(struct device *dev, struct page *page)
{
	if (dev)
		dma_unmap_page(dev, page_to_phys(page), PAGE_SIZE,
			       DMA_TO_DEVICE);
	set_page_private(page, 0);
	__free_page(page);
}

/**
 * vpan_pt_init - initialise an empty tree
 * @pt: the tree
 * @dev: device that walks it, NULL if none does
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_pt_init(struct vpan_pgtable *pt, struct device *dev)
{
	struct page *page = pt_alloc(dev);

	if (!page)
		return -ENOMEM;

	pt->dev = dev;
	pt->root = page_address(page);
	spin_lock_init(&pt->lock);
	INIT_LIST_HEAD(&pt->spare);
	pt->nspare = 0;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_init);

static void pt_free_tree(struct vpan_pgtable *pt, u64 *table,
			 unsigned int level)
{
	unsigned int i;

	for (i = 0; level < PT_LEAF_LEVEL && i < CSF_PTE_ENTRIES; i++) {
		if (pt_is_table(table[i], level))
			pt_free_tree(pt, pt_child(table[i]), level + 1);
	}
	pt_free(pt->dev, virt_to_page(table));
	cond_resched();
}

static void pt_free_list(struct device *dev, struct list_head *tables)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, tables, lru) {
		list_del(&page->lru);
		pt_free(dev, page);
		cond_resched();
	}
}

/**
 * vpan_pt_fini - free all tables
 * @pt: the tree; no device walks it, and all caches for it are drained
 */
void vpan_pt_fini(struct vpan_pgtable *pt)
{
	if (!pt->root)
		return;
	pt_free_tree(pt, pt->root, 0);
	pt->root = NULL;
	pt_free_list(pt->dev, &pt->spare);
	pt->nspare = 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_fini);

/**
 * vpan_pt_root - get the value for the TRANSTAB register
 * @pt: the tree
 *
 * Return: DMA address of the level 0 table.
 */
u64 vpan_pt_root(const struct vpan_pgtable *pt)
{
	return virt_to_phys(pt->root);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_root);

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

/* Return: a zeroed table, or NULL. */
static struct page *pt_get(struct vpan_pgtable *pt)
{
	struct page *page;

	spin_lock(&pt->lock);
	page = list_first_entry_or_null(&pt->spare, struct page, lru);
	if (page) {
		list_del(&page->lru);
		pt->nspare--;
	}
	spin_unlock(&pt->lock);
	return page ?: pt_alloc(pt->dev);
}

/**
 * vpan_pt_cache_fill - allocate tables for an edit
 * @cache: the cache
 * @tables: number of tables that the edit may take
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -EINTR if the task is being killed; the cache must be
 * drained in all cases.
 */
int vpan_pt_cache_fill(struct vpan_pt_cache *cache, unsigned int tables)
{
	/* A sparse mapping needs no memory that would bound its size. */
	if (tables > min(PT_TABLES_MAX, totalram_pages() / 8))
		return -ENOMEM;

	while (cache->nspare < tables) {
		struct page *page;

		/* A task that the OOM killer has chosen must not take more. */
		if (fatal_signal_pending(current))
			return -EINTR;
		page = pt_get(cache->pt);
		if (!page)
			return -ENOMEM;
		list_add(&page->lru, &cache->spare);
		cache->nspare++;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_cache_fill);

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

	/* Removed tables are zero, as new ones. */
	list_splice_init(&cache->dead, &cache->spare);
	cache->nspare = 0;

	spin_lock(&pt->lock);
	while (pt->nspare < PT_SPARE_MAX && !list_empty(&cache->spare)) {
		list_move(cache->spare.next, &pt->spare);
		pt->nspare++;
	}
	spin_unlock(&pt->lock);
	pt_free_list(pt->dev, &cache->spare);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_cache_fini);

static u64 *pt_take(struct vpan_pt_cache *cache)
{
	struct page *page;

	page = list_first_entry_or_null(&cache->spare, struct page, lru);
	if (!page)
		return NULL;
	list_del(&page->lru);
	cache->nspare--;
	return page_address(page);
}

static u64 pt_leaf(u64 pa, u32 prot, unsigned int level)
{
	u64 entry = pa | CSF_PTE_USER | CSF_PTE_ACCESSED | CSF_PTE_NOT_GLOBAL;

	entry |= level == PT_LEAF_LEVEL ? CSF_PTE_TYPE_PAGE :
					  CSF_PTE_TYPE_BLOCK;
	if (prot & VPAN_PROT_READONLY)
		entry |= CSF_PTE_READONLY;
	if (prot & VPAN_PROT_NOEXEC)
		entry |= CSF_PTE_NO_EXEC | CSF_PTE_NO_EXEC_PRIVILEGED;
	if (prot & VPAN_PROT_UNCACHED)
		entry |= CSF_PTE_ATTR_INDEX_NC | CSF_PTE_SHARE_OUTER;
	else
		entry |= CSF_PTE_ATTR_INDEX_WB | CSF_PTE_SHARE_INNER;
	return entry;
}

/* Find the table of @level for @va; insert tables that are missing. */
static u64 *pt_table(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
		     u64 va, unsigned int level)
{
	u64 *table = pt->root;
	unsigned int l;

	for (l = 0; l < level; l++) {
		u64 *entry = &table[pt_index(va, l)];
		u64 *child;

		if (pt_is_table(*entry, l)) {
			table = pt_child(*entry);
			continue;
		}
		if (*entry)
			return ERR_PTR(-EEXIST);
		child = pt_take(cache);
		if (!child)
			return ERR_PTR(-ENOMEM);
		/* Make the zeroed table visible before the entry. */
		dma_wmb();
		pt_set(entry, virt_to_phys(child) | CSF_PTE_TYPE_TABLE);
		pt_add_live(table, 1);
		table = child;
	}
	return table;
}

/* Return: number of entries that were written: the next one is in use. */
static u64 pt_map_run(u64 *entries, u64 leaf, u64 span, u64 count)
{
	u64 i;

	for (i = 0; i < count && !entries[i]; i++)
		pt_set(&entries[i], leaf + i * span);
	return i;
}

/* Map @size bytes by entries of one level. */
static int pt_map_level(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
			u64 va, u64 pa, u64 size, u32 prot, unsigned int level)
{
	u64 span = pt_span(level);

	while (size) {
		u64 *table = pt_table(pt, cache, va, level);
		u64 i = pt_index(va, level), n;

		if (IS_ERR(table))
			return PTR_ERR(table);

		n = pt_map_run(&table[i], pt_leaf(pa, prot, level), span,
			       min(size / span, CSF_PTE_ENTRIES - i));
		pt_add_live(table, n);
		if (n < min(size / span, CSF_PTE_ENTRIES - i))
			return -EEXIST;
		va += n * span;
		pa += n * span;
		size -= n * span;
		if (size)
			cond_resched();
	}
	return 0;
}

/**
 * vpan_pt_map - map physically contiguous memory
 * @pt: the tree
 * @cache: cache with the tables that vpan_pt_need_range() and
 *	vpan_pt_need_chunk() have counted
 * @va: first address, a multiple of 4 KiB; nothing is mapped in the range
 * @pa: physical address, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep; callers serialise.
 * Return: 0, -EEXIST if part of the range was mapped, -ENOMEM if the cache was
 * too small, -EINVAL if something is not aligned or out of range. After an
 * error part of the range may be mapped.
 */
int vpan_pt_map(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		u64 pa, u64 size, u32 prot)
{
	int ret;

	if (!IS_ALIGNED(va | pa | size, SZ_4K) || va >= PT_VA_LIMIT ||
	    size > PT_VA_LIMIT - va)
		return -EINVAL;

	while (size) {
		u64 len = vpan_pt_size_before_block(va, pa, size);
		unsigned int level = PT_LEAF_LEVEL;

		if (!len) {
			len = ALIGN_DOWN(size, SZ_2M);
			level = PT_BLOCK_LEVEL;
		}
		ret = pt_map_level(pt, cache, va, pa, len, prot, level);
		if (ret)
			return ret;
		va += len;
		pa += len;
		size -= len;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_map);

/* Replace a block by a table of pages with the same translation. */
static int pt_split_block(struct vpan_pt_cache *cache, u64 *entry)
{
	u64 attr = *entry & ~(CSF_PTE_ADDRESS | CSF_PTE_TYPE);
	u64 pa = *entry & CSF_PTE_ADDRESS;
	u64 *child = pt_take(cache);
	unsigned int i;

	if (!child)
		return -ENOMEM;

	for (i = 0; i < CSF_PTE_ENTRIES; i++)
		child[i] = (pa + i * SZ_4K) | attr | CSF_PTE_TYPE_PAGE;
	pt_add_live(child, CSF_PTE_ENTRIES);
	dma_wmb();
	pt_set(entry, virt_to_phys(child) | CSF_PTE_TYPE_TABLE);
	return 0;
}

static void pt_clear(u64 *table, u64 *entry)
{
	pt_set(entry, 0);
	pt_add_live(table, -1);
}

/* Remove a table to which no entry refers, and all tables below it. */
static void pt_drop(struct vpan_pt_cache *cache, u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; level < PT_LEAF_LEVEL && i < CSF_PTE_ENTRIES; i++) {
		if (pt_is_table(table[i], level))
			pt_drop(cache, pt_child(table[i]), level + 1);
	}
	memset(table, 0, CSF_PTE_ENTRIES * sizeof(*table));
	set_page_private(virt_to_page(table), 0);
	list_add(&virt_to_page(table)->lru, &cache->dead);
	cond_resched();
}

static void pt_unmap_leaves(u64 *table, u64 va, u64 end)
{
	u64 i = pt_index(va, PT_LEAF_LEVEL);
	u64 last = pt_index(end - 1, PT_LEAF_LEVEL);
	long n = 0;

	for (; i <= last; i++) {
		if (!table[i])
			continue;
		pt_set(&table[i], 0);
		n++;
	}
	pt_add_live(table, -n);
}

static int pt_unmap_level(struct vpan_pt_cache *cache, u64 *table,
			  unsigned int level, u64 va, u64 end)
{
	u64 span = pt_span(level);

	if (level == PT_LEAF_LEVEL) {
		pt_unmap_leaves(table, va, end);
		return 0;
	}

	while (va < end) {
		u64 *entry = &table[pt_index(va, level)];
		u64 next = min(ALIGN_DOWN(va, span) + span, end);
		u64 *child;
		int ret;

		if (!*entry)
			goto next;
		if (next - va == span) {
			child = pt_is_table(*entry, level) ?
				pt_child(*entry) : NULL;
			pt_clear(table, entry);
			if (child)
				pt_drop(cache, child, level + 1);
			goto next;
		}
		if (!pt_is_table(*entry, level)) {
			ret = pt_split_block(cache, entry);
			if (ret)
				return ret;
		}

		child = pt_child(*entry);
		ret = pt_unmap_level(cache, child, level + 1, va, next);
		if (ret)
			return ret;
		if (!pt_live(child)) {
			pt_clear(table, entry);
			list_add(&virt_to_page(child)->lru, &cache->dead);
		}
next:
		va = next;
	}
	return 0;
}

/**
 * vpan_pt_unmap - unmap a range, of which parts may not be mapped
 * @pt: the tree
 * @cache: cache with %VPAN_PT_UNMAP_TABLES tables; receives removed tables
 * @va: first address, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB
 *
 * Context: may sleep; callers serialise.
 * Return: 0, -ENOMEM if the cache was too small (part of the range may be
 * unmapped), -EINVAL if something is not aligned or out of range.
 */
int vpan_pt_unmap(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		  u64 size)
{
	if (!IS_ALIGNED(va | size, SZ_4K) || va >= PT_VA_LIMIT ||
	    size > PT_VA_LIMIT - va)
		return -EINVAL;

	return pt_unmap_level(cache, pt->root, 0, va, va + size);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_unmap);
