/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RECLAIM_H_
#define _VPAN_RECLAIM_H_

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_gem.h>

#include "../compat/gem.h"

struct shrinker;
struct vpan_device;
struct vpan_pgtable;

/**
 * struct vpan_reclaim - buffers whose pages can be reclaimed
 */
struct vpan_reclaim {
	/**
	 * @lock: Protects @lru. Taken in reclaim: no allocation under it. See
	 * compat_gem_lru_mutex().
	 */
	struct compat_gem_lru_lock lock;
	/**
	 * @lru: Buffers of user space that have pages. Those populated or
	 * scanned last are at the end.
	 */
	struct drm_gem_lru lru;
	/**
	 * @trees_lock: Protects @trees. Taken in reclaim: only
	 * &vpan_pgtable.lock is inside.
	 */
	spinlock_t trees_lock;
	/** @trees: Page tables of all address spaces, those scanned last at the end. */
	struct list_head trees;
	/** @spares: Number of their spare tables. */
	atomic_long_t spares;
	/** @shrinker: Called by the kernel when memory is short. */
	struct shrinker *shrinker;
	/** @evicted: Number of pages reclaimed since the start. */
	atomic64_t evicted;
	/** @last: Number of pages that the last scan reclaimed. */
	unsigned long last;
	/** @restored: Number of pages restored since the start. */
	atomic64_t restored;
	/** @put: Buffers whose reference @put_work drops. */
	struct llist_head put;
	/** @put_work: Frees buffers outside of reclaim, where it may wait. */
	struct work_struct put_work;
};

int vpan_reclaim_init(struct vpan_device *vpan);
void vpan_reclaim_add_tables(struct vpan_device *vpan, struct vpan_pgtable *pt);
void vpan_reclaim_remove_tables(struct vpan_device *vpan,
				struct vpan_pgtable *pt);
unsigned long vpan_reclaim_scan(struct vpan_device *vpan, unsigned long pages);

#endif /* _VPAN_RECLAIM_H_ */
