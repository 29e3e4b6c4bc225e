/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RECLAIM_H_
#define _VPAN_RECLAIM_H_

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include <drm/drm_gem.h>

struct shrinker;
struct vpan_device;

/**
 * struct vpan_reclaim - buffers whose pages the kernel may have back
 */
struct vpan_reclaim {
	/** @lock: Protects @lru. Taken in reclaim: no allocation under it. */
	struct mutex lock;
	/**
	 * @lru: User space's buffers that have pages; those looked at, or made
	 * to have some, last are at the end.
	 */
	struct drm_gem_lru lru;
	/** @shrinker: Asks for pages when memory is short. */
	struct shrinker *shrinker;
	/** @evicted: Pages given back since the start. */
	atomic64_t evicted;
	/** @restored: Pages brought back since the start. */
	atomic64_t restored;
	/** @put: Buffers to be freed by @put_work. */
	struct llist_head put;
	/** @put_work: Frees buffers where locks may be waited for. */
	struct work_struct put_work;
};

int vpan_reclaim_init(struct vpan_device *vpan);
unsigned long vpan_reclaim_scan(struct vpan_device *vpan, unsigned long pages);

#endif /* _VPAN_RECLAIM_H_ */
