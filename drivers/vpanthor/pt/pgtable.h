/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PGTABLE_H_
#define _VPAN_PGTABLE_H_

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct device;
struct drm_device;
struct vpan_chunks;

/**
 * enum vpan_prot - restrictions of a mapping
 * @VPAN_PROT_READONLY: no writes
 * @VPAN_PROT_NOEXEC: no command streams or shaders
 * @VPAN_PROT_UNCACHED: not cached by the GPU
 */
enum vpan_prot {
	VPAN_PROT_READONLY = 1 << 0,
	VPAN_PROT_NOEXEC = 1 << 1,
	VPAN_PROT_UNCACHED = 1 << 2,
};

/**
 * struct vpan_pgtable - tree of page tables
 */
struct vpan_pgtable {
	/** @drm: Device that walks the tables; NULL in tests. */
	struct drm_device *drm;
	/** @dev: Parent of @drm, which accesses memory; NULL in tests. */
	struct device *dev;
	/** @root: Level 0 table. */
	u64 *root;
	/** @lock: Protects @spare and @nspare. */
	spinlock_t lock;
	/** @spare: Tables that caches take and return. */
	struct list_head spare;
	/** @nspare: Length of @spare. */
	unsigned int nspare;
	/** @spares: Where reclaim counts @nspare of all trees, or NULL. Under @lock. */
	atomic_long_t *spares;
	/** @link: Entry in &vpan_reclaim.trees. */
	struct list_head link;
};

/**
 * struct vpan_pt_cache - tables for one edit, and tables that it removed
 */
struct vpan_pt_cache {
	/** @pt: The tree. */
	struct vpan_pgtable *pt;
	/** @spare: Tables that may be used. */
	struct list_head spare;
	/**
	 * @dead: Tables that are removed, and that the GPU may walk until the
	 * edit is flushed.
	 */
	struct list_head dead;
	/** @nspare: Length of @spare. */
	unsigned int nspare;
};

/**
 * struct vpan_pt_need - number of tables that an edit may take
 */
struct vpan_pt_need {
	/** @tables: Number of tables. */
	unsigned int tables;
	/** @last: Last span of 2 MiB that was counted, plus one. */
	u64 last;
};

/* An unmap splits at most the first and the last block of its range. */
#define VPAN_PT_UNMAP_TABLES 2

/* Return: size of the part of [va, va + size) before the first block. */
static inline u64 vpan_pt_size_before_block(u64 va, u64 pa, u64 size)
{
	u64 head;

	if ((va ^ pa) & (SZ_2M - 1))
		return size;
	head = -va & (SZ_2M - 1);
	return size >= head + SZ_2M ? head : size;
}

int vpan_pt_init(struct vpan_pgtable *pt, struct drm_device *drm);
void vpan_pt_fini(struct vpan_pgtable *pt);
u64 vpan_pt_root(const struct vpan_pgtable *pt);

void vpan_pt_need_range(struct vpan_pt_need *need, u64 va, u64 size);
void vpan_pt_need_leaves(struct vpan_pt_need *need, u64 va, u64 size);
void vpan_pt_need_chunk(struct vpan_pt_need *need, u64 va, u64 pa, u64 size);

void vpan_pt_cache_init(struct vpan_pt_cache *cache, struct vpan_pgtable *pt);
int vpan_pt_cache_fill(struct vpan_pt_cache *cache, unsigned int tables);
void vpan_pt_cache_fini(struct vpan_pt_cache *cache);
unsigned long vpan_pt_trim(struct vpan_pgtable *pt, unsigned long max,
			   struct list_head *tables);
void vpan_pt_free_list(struct device *dev, struct list_head *tables);

int vpan_pt_map(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		u64 pa, u64 size, u32 prot);
int vpan_pt_map_chunks(struct vpan_pgtable *pt, struct vpan_pt_cache *cache,
		       u64 va, struct vpan_chunks *chunks, u32 prot);
int vpan_pt_unmap(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		  u64 size);

/*
 * For pgtable.c and pt_cache.c: what page_private() of a table contains.
 *
 * Of a table in a tree, it is the number of entries in use, and, from PT_TABLE_ENTRY
 * upwards, how many of them refer to tables. Of a table in a list of spare or removed
 * ones, it is 0, or %PT_DIRTY if the table has entries that were in use.
 */
#define PT_LEAF_ENTRY	1L
#define PT_TABLE_ENTRY	(BIT(16) + 1L)
#define PT_LIVE_MASK	GENMASK(15, 0)
#define PT_TABLES_SHIFT	16

#define PT_DIRTY	1UL

static inline unsigned long pt_live(u64 *table)
{
	return page_private(virt_to_page(table)) & PT_LIVE_MASK;
}

static inline unsigned long pt_tables(u64 *table)
{
	return page_private(virt_to_page(table)) >> PT_TABLES_SHIFT;
}

/* @n: number of entries, times PT_LEAF_ENTRY or PT_TABLE_ENTRY */
static inline void pt_add_live(u64 *table, long n)
{
	struct page *page = virt_to_page(table);

	set_page_private(page, page_private(page) + n);
}

struct page *vpan_pt_alloc(struct drm_device *drm);
void vpan_pt_free(struct device *dev, struct page *page);
u64 *vpan_pt_take(struct vpan_pt_cache *cache, bool overwrite);

#endif /* _VPAN_PGTABLE_H_ */
