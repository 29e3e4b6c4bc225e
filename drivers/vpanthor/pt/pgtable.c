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
 * empty: until the flush, the GPU may walk them. A tree keeps some of them for the
 * next edit, since allocating, clearing and freeing tables is most of the cost of
 * mapping a page (pt_cache.c).
 *
 * page_private() of a table counts its entries in use; a table without any is
 * removed. If a range covers a table, the table is removed as a whole: neither it nor
 * the tables below it are visited entry by entry. The caller has locked the region,
 * thus the GPU does not read what removed tables still contain.
 *
 * A table that a mapping fills is written before an entry refers to it, in one go from
 * the list of the buffer's chunks, and need not be cleared before.
 *
 * Callers serialise the edits of a tree, for address spaces by &vpan_vm.op_lock.
 * A client chooses how much one edit maps or unmaps, so edits reschedule.
 */

#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm_device.h>

#include <kunit/visibility.h>
#include <vcsf/csf_regs.h>

#include "pt/chunks.h"
#include "pt/pgtable.h"

#define PT_LEAF_LEVEL	3
#define PT_BLOCK_LEVEL	2
#define PT_VA_LIMIT	BIT_ULL(48)

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

/**
 * vpan_pt_init - initialise an empty tree
 * @pt: the tree
 * @drm: device that walks it, NULL if none does
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ENODEV if the device is unplugged.
 */
int vpan_pt_init(struct vpan_pgtable *pt, struct drm_device *drm)
{
	struct page *page = vpan_pt_alloc(drm);

	if (IS_ERR(page))
		return PTR_ERR(page);

	pt->drm = drm;
	pt->dev = drm ? drm->dev : NULL;
	pt->root = page_address(page);
	spin_lock_init(&pt->lock);
	INIT_LIST_HEAD(&pt->spare);
	pt->nspare = 0;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_init);

/* Free a table and all tables below it. */
static void pt_free_tree(struct vpan_pgtable *pt, u64 *table,
			 unsigned int level)
{
	unsigned long tables = pt_tables(table);
	unsigned int i;

	for (i = 0; tables; i++) {
		if (!pt_is_table(table[i], level))
			continue;
		pt_free_tree(pt, pt_child(table[i]), level + 1);
		tables--;
	}
	vpan_pt_free(pt->dev, virt_to_page(table));
	cond_resched();
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
	vpan_pt_free_list(pt->dev, &pt->spare);
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

/* Return: a leaf entry without its address. */
static u64 pt_leaf(u32 prot, unsigned int level)
{
	u64 entry = CSF_PTE_USER | CSF_PTE_ACCESSED | CSF_PTE_NOT_GLOBAL;

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

/* Make an entry refer to a table, whose content becomes visible before. */
static void pt_link(u64 *table, u64 *entry, u64 *child)
{
	dma_wmb();
	pt_set(entry, virt_to_phys(child) | CSF_PTE_TYPE_TABLE);
	pt_add_live(table, PT_TABLE_ENTRY);
}

/* Find the table below an entry of @table; insert it if it is missing. */
static u64 *pt_step(struct vpan_pt_cache *cache, u64 *table, u64 *entry,
		    unsigned int level)
{
	u64 *child;

	if (pt_is_table(*entry, level))
		return pt_child(*entry);
	if (*entry)
		return ERR_PTR(-EEXIST);
	child = vpan_pt_take(cache, false);
	if (!child)
		return ERR_PTR(-ENOMEM);
	pt_link(table, entry, child);
	return child;
}

/* Find the table of @level for @va; insert tables that are missing. */
static u64 *pt_table(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
		     u64 va, unsigned int level)
{
	u64 *table = pt->root;
	unsigned int l;

	for (l = 0; l < level && !IS_ERR(table); l++)
		table = pt_step(cache, table, &table[pt_index(va, l)], l);
	return table;
}

/*
 * Map the blocks at the beginning of the current chunk, up to the end of their table.
 * Return: number of bytes or a negative errno.
 */
static s64 pt_map_blocks(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
			 u64 va, struct vpan_chunks *chunks, u32 prot)
{
	u64 *table = pt_table(pt, cache, va, PT_BLOCK_LEVEL);
	u64 leaf = chunks->pa | pt_leaf(prot, PT_BLOCK_LEVEL);
	u64 first = pt_index(va, PT_BLOCK_LEVEL), i, n;

	if (IS_ERR(table))
		return PTR_ERR(table);

	n = min(chunks->len / SZ_2M, CSF_PTE_ENTRIES - first);
	for (i = 0; i < n && !table[first + i]; i++)
		pt_set(&table[first + i], leaf + i * SZ_2M);
	pt_add_live(table, i * PT_LEAF_ENTRY);
	if (i < n)
		return -EEXIST;
	vpan_chunks_skip(chunks, n * SZ_2M);
	return n * SZ_2M;
}

/* Whether the current chunk, or the next one, consists of pages of the GPU. */
static bool pt_has_page(struct vpan_chunks *chunks)
{
	return vpan_chunks_get(chunks) &&
	       IS_ALIGNED(chunks->pa | chunks->len, SZ_4K);
}

/*
 * Write the next @n pages to a table that no entry refers to yet, which is not clear.
 * Return: number of pages; below @n at the end of the chunks, or at a chunk that does
 * not consist of pages.
 */
static unsigned int pt_fill_new(u64 *entries, unsigned int n,
				struct vpan_chunks *chunks, u64 attr)
{
	unsigned int i = 0;

	while (i < n && pt_has_page(chunks)) {
		unsigned int end = i + min_t(u64, n - i, chunks->len / SZ_4K);
		u64 leaf = chunks->pa | attr;

		vpan_chunks_skip(chunks, (end - i) * (u64)SZ_4K);
		for (; i < end; i++, leaf += SZ_4K)
			entries[i] = leaf;
	}
	memset(&entries[i], 0, (n - i) * sizeof(*entries));
	return i;
}

/*
 * Write the next @n pages to entries that the GPU may read. Return: number of pages;
 * below @n as in pt_fill_new(), or if an entry is in use.
 */
static unsigned int pt_fill_live(u64 *entries, unsigned int n,
				 struct vpan_chunks *chunks, u64 attr)
{
	unsigned int i;

	for (i = 0; i < n && !entries[i] && pt_has_page(chunks); i++) {
		pt_set(&entries[i], chunks->pa | attr);
		vpan_chunks_skip(chunks, SZ_4K);
	}
	return i;
}

/*
 * Map pages up to the end of their table. A table that they fill as a whole is
 * filled before anything refers to it. Return: number of bytes or a negative errno.
 */
static s64 pt_map_pages(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
			u64 va, struct vpan_chunks *chunks, u32 prot)
{
	u64 *upper = pt_table(pt, cache, va, PT_BLOCK_LEVEL), *entry, *table;
	u64 first = pt_index(va, PT_LEAF_LEVEL), attr;
	unsigned int n, done;

	if (IS_ERR(upper))
		return PTR_ERR(upper);

	attr = pt_leaf(prot, PT_LEAF_LEVEL);
	entry = &upper[pt_index(va, PT_BLOCK_LEVEL)];
	n = min((chunks->len + chunks->left) / SZ_4K, CSF_PTE_ENTRIES - first);
	if (n == CSF_PTE_ENTRIES && !*entry) {
		table = vpan_pt_take(cache, true);
		if (!table)
			return -ENOMEM;
		done = pt_fill_new(table, n, chunks, attr);
		pt_add_live(table, done * PT_LEAF_ENTRY);
		pt_link(upper, entry, table);
		return done * (s64)SZ_4K;
	}

	table = pt_step(cache, upper, entry, PT_BLOCK_LEVEL);
	if (IS_ERR(table))
		return PTR_ERR(table);
	done = pt_fill_live(&table[first], n, chunks, attr);
	pt_add_live(table, done * PT_LEAF_ENTRY);
	if (done < n && table[first + done])
		return -EEXIST;
	return done * (s64)SZ_4K;
}

static bool pt_is_block(u64 va, const struct vpan_chunks *chunks)
{
	return IS_ALIGNED(va | chunks->pa, SZ_2M) && chunks->len >= SZ_2M;
}

/**
 * vpan_pt_map_chunks - map the chunks of a buffer
 * @pt: the tree
 * @cache: cache with the tables that vpan_pt_need_range() and
 *	vpan_pt_need_chunk() have counted
 * @va: first address, a multiple of 4 KiB; nothing is mapped in the range
 * @chunks: the walk at its beginning; addresses and sizes are multiples of 4 KiB
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep; callers serialise.
 * Return: 0, -EEXIST if part of the range was mapped, -ENOMEM if the cache was
 * too small, -EINVAL if something is not aligned or out of range. After an
 * error part of the range may be mapped.
 */
int vpan_pt_map_chunks(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
		       u64 va, struct vpan_chunks *chunks, u32 prot)
{
	u64 size = chunks->len + chunks->left;

	if (!IS_ALIGNED(va | size, SZ_4K) || va >= PT_VA_LIMIT ||
	    size > PT_VA_LIMIT - va)
		return -EINVAL;

	while (vpan_chunks_get(chunks)) {
		s64 done;

		if (!IS_ALIGNED(chunks->pa | chunks->len, SZ_4K))
			return -EINVAL;
		done = pt_is_block(va, chunks) ?
		       pt_map_blocks(pt, cache, va, chunks, prot) :
		       pt_map_pages(pt, cache, va, chunks, prot);
		if (done < 0)
			return done;
		va += done;
		cond_resched();
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_map_chunks);

/**
 * vpan_pt_map - map physically contiguous memory
 * @pt: the tree
 * @cache: as for vpan_pt_map_chunks()
 * @va: first address, a multiple of 4 KiB; nothing is mapped in the range
 * @pa: physical address, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep; callers serialise.
 * Return: as vpan_pt_map_chunks().
 */
int vpan_pt_map(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		u64 pa, u64 size, u32 prot)
{
	struct vpan_chunks chunks;

	vpan_chunks_init_one(&chunks, pa, size);
	return vpan_pt_map_chunks(pt, cache, va, &chunks, prot);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_pt_map);

/* Replace a block by a table of pages with the same translation. */
static int pt_split_block(struct vpan_pt_cache *cache, u64 *table, u64 *entry)
{
	u64 attr = *entry & ~(CSF_PTE_ADDRESS | CSF_PTE_TYPE);
	u64 pa = *entry & CSF_PTE_ADDRESS;
	u64 *child = vpan_pt_take(cache, true);
	unsigned int i;

	if (!child)
		return -ENOMEM;

	for (i = 0; i < CSF_PTE_ENTRIES; i++)
		child[i] = (pa + i * SZ_4K) | attr | CSF_PTE_TYPE_PAGE;
	pt_add_live(child, CSF_PTE_ENTRIES * PT_LEAF_ENTRY);
	pt_link(table, entry, child);
	/* It was counted as a block. */
	pt_add_live(table, -PT_LEAF_ENTRY);
	return 0;
}

/* Hand over a table to which no entry refers. */
static void pt_bury(struct vpan_pt_cache *cache, u64 *table)
{
	struct page *page = virt_to_page(table);

	set_page_private(page, page_private(page) ? PT_DIRTY : 0);
	list_add_tail(&page->lru, &cache->dead);
}

/* Remove a table to which no entry refers, and all tables below it. */
static void pt_drop(struct vpan_pt_cache *cache, u64 *table, unsigned int level)
{
	unsigned long tables = pt_tables(table);
	unsigned int i;

	for (i = 0; tables; i++) {
		if (!pt_is_table(table[i], level))
			continue;
		pt_drop(cache, pt_child(table[i]), level + 1);
		tables--;
	}
	pt_bury(cache, table);
	cond_resched();
}

/* Clear an entry, and remove the table that it refers to. */
static void pt_clear(struct vpan_pt_cache *cache, u64 *table, u64 *entry,
		     unsigned int level)
{
	u64 *child = pt_is_table(*entry, level) ? pt_child(*entry) : NULL;

	pt_set(entry, 0);
	pt_add_live(table, child ? -PT_TABLE_ENTRY : -PT_LEAF_ENTRY);
	if (child)
		pt_drop(cache, child, level + 1);
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
	pt_add_live(table, -n * PT_LEAF_ENTRY);
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
			pt_clear(cache, table, entry, level);
			goto next;
		}
		if (!pt_is_table(*entry, level)) {
			ret = pt_split_block(cache, table, entry);
			if (ret)
				return ret;
		}

		child = pt_child(*entry);
		ret = pt_unmap_level(cache, child, level + 1, va, next);
		if (ret)
			return ret;
		if (!pt_live(child))
			pt_clear(cache, table, entry, level);
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
