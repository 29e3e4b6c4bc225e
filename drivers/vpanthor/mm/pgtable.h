/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PGTABLE_H_
#define _VPAN_PGTABLE_H_

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct device;

/**
 * DOC: Page tables
 *
 * AArch64 stage 1 tables, 4 KiB granule, four levels, made of pages of 4 KiB
 * and blocks of 2 MiB. A block that is unmapped in part is split in place: the
 * rest of it never stops being mapped.
 *
 * Nothing here allocates while tables are edited. Callers fill a
 * &struct vpan_pt_cache beforehand, edit, flush the GPU's translation caches,
 * and then drain the cache, which frees the tables that fell empty. A tree
 * keeps a few of them for the next edit: to get, clear and free pages is most
 * of what mapping a page would take.
 *
 * Callers serialise edits of one tree.
 */

/**
 * enum vpan_prot - what a mapping allows
 * @VPAN_PROT_READONLY: no writes
 * @VPAN_PROT_NOEXEC: no command streams or shaders
 * @VPAN_PROT_UNCACHED: the GPU does not cache it
 */
enum vpan_prot {
	VPAN_PROT_READONLY = 1 << 0,
	VPAN_PROT_NOEXEC = 1 << 1,
	VPAN_PROT_UNCACHED = 1 << 2,
};

/**
 * struct vpan_pgtable - one tree of tables
 */
struct vpan_pgtable {
	/** @dev: Device that walks them; NULL if none does (tests). */
	struct device *dev;
	/** @root: Table of level 0. */
	u64 *root;
	/** @lock: Guards @spare and @nspare. */
	spinlock_t lock;
	/** @spare: Zeroed tables, for caches to take and to give back. */
	struct list_head spare;
	/** @nspare: Length of @spare. */
	unsigned int nspare;
};

/**
 * struct vpan_pt_cache - tables for one edit, and from it
 */
struct vpan_pt_cache {
	/** @pt: The tree. */
	struct vpan_pgtable *pt;
	/** @spare: Zeroed tables that may be used. */
	struct list_head spare;
	/** @dead: Tables that fell empty and that the GPU may still walk. */
	struct list_head dead;
	/** @nspare: Length of @spare. */
	unsigned int nspare;
};

/**
 * struct vpan_pt_need - how many tables an edit may take
 */
struct vpan_pt_need {
	/** @tables: Number of tables. */
	unsigned int tables;
	/** @last: Span of 2 MiB counted last, plus one. */
	u64 last;
};

/* An unmap splits at most the first and the last block that it touches. */
#define VPAN_PT_UNMAP_TABLES 2

int vpan_pt_init(struct vpan_pgtable *pt, struct device *dev);
void vpan_pt_fini(struct vpan_pgtable *pt);
u64 vpan_pt_root(const struct vpan_pgtable *pt);

void vpan_pt_need_range(struct vpan_pt_need *need, u64 va, u64 size);
void vpan_pt_need_leaves(struct vpan_pt_need *need, u64 va, u64 size);
void vpan_pt_need_chunk(struct vpan_pt_need *need, u64 va, u64 pa, u64 size);

void vpan_pt_cache_init(struct vpan_pt_cache *cache, struct vpan_pgtable *pt);
int vpan_pt_cache_fill(struct vpan_pt_cache *cache, unsigned int tables);
void vpan_pt_cache_fini(struct vpan_pt_cache *cache);

int vpan_pt_map(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		u64 pa, u64 size, u32 prot);
int vpan_pt_unmap(struct vpan_pgtable *pt, struct vpan_pt_cache *cache, u64 va,
		  u64 size);

#endif /* _VPAN_PGTABLE_H_ */
