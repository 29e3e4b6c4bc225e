// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory for others. When it is short the kernel asks each cache, and here it
 * gets the pages of buffers that no job uses: they are taken out of the page
 * tables and can be swapped. Before the next job of the address space is armed
 * they are brought back, see vm_evict.c, and before the CPU touches them, see
 * gem.c.
 *
 * Nobody who has to signal a fence waits for any of that, and nothing here waits
 * for a fence, nor for a lock under which anybody allocates: those are tried.
 */

#include <linux/dma-resv.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/swap.h>

#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/free_wq.h"
#include "mm/gem.h"
#include "mm/reclaim.h"
#include "mm/vm_evict.h"

/* At first those of address spaces that had no job for so long. */
#define RECLAIM_UNUSED	HZ

static void reclaim_put_work(struct work_struct *work)
{
	struct vpan_reclaim *reclaim = container_of(work, struct vpan_reclaim,
						    put_work);
	struct vpan_bo *bo, *next;

	llist_for_each_entry_safe(bo, next, llist_del_all(&reclaim->put), put)
		drm_gem_object_put(&bo->base.base);
}

/*
 * To free a buffer takes its reservation, which whoever needs memory here may
 * hold. This is why drm_gem_lru_scan() cannot be used.
 */
static void reclaim_put(struct vpan_reclaim *reclaim, struct vpan_bo *bo)
{
	if (refcount_dec_not_one(&bo->base.base.refcount.refcount))
		return;
	llist_add(&bo->put, &reclaim->put);
	queue_work(vpan_free_wq, &reclaim->put_work);
}

/* Return: the first buffer, which becomes the last, referenced; or NULL. */
static struct vpan_bo *reclaim_next(struct vpan_reclaim *reclaim,
				    unsigned long *pages)
{
	struct drm_gem_object *gem;
	bool found = false;

	mutex_lock(&reclaim->lock);
	gem = list_first_entry_or_null(&reclaim->lru.list,
				       struct drm_gem_object, lru_node);
	if (gem) {
		drm_gem_lru_move_tail_locked(&reclaim->lru, gem);
		/* Even if somebody is about to free it. */
		*pages = vpan_gem_pages(gem);
		found = kref_get_unless_zero(&gem->refcount);
	}
	mutex_unlock(&reclaim->lock);
	return found ? to_vpan_bo(gem) : NULL;
}

static bool reclaim_evict(struct vpan_bo *bo, unsigned long unused)
{
	struct drm_gem_object *gem = &bo->base.base;
	bool gone;

	/* Who asks for memory may hold it, for this very buffer. */
	if (!dma_resv_trylock(gem->resv))
		return false;
	gone = vpan_bo_may_depopulate(bo) && vpan_vm_evict_bo(bo, unused);
	if (gone)
		vpan_bo_depopulate(bo);
	dma_resv_unlock(gem->resv);
	return gone;
}

/* Each buffer is looked at once, at most. */
static unsigned long reclaim_pass(struct vpan_reclaim *reclaim,
				  unsigned long wanted, unsigned long unused)
{
	unsigned long left = READ_ONCE(reclaim->lru.count), freed = 0, pages;
	struct vpan_bo *bo;

	while (freed < wanted && left) {
		pages = 0;
		bo = reclaim_next(reclaim, &pages);
		if (!pages)
			break;
		left -= min(left, pages);
		if (!bo)
			continue;
		if (reclaim_evict(bo, unused))
			freed += pages;
		reclaim_put(reclaim, bo);
	}
	return freed;
}

/**
 * vpan_reclaim_scan - give pages back
 * @vpan: the device
 * @pages: how many are wanted
 *
 * Context: may sleep; in reclaim. Allocates nothing.
 * Return: how many it were; more if a buffer is larger.
 */
unsigned long vpan_reclaim_scan(struct vpan_device *vpan, unsigned long pages)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;
	unsigned long freed;

	freed = reclaim_pass(reclaim, pages, RECLAIM_UNUSED);
	if (!freed)
		freed = reclaim_pass(reclaim, pages, 0);
	atomic64_add(freed, &reclaim->evicted);
	return freed;
}

static unsigned long reclaim_count(struct shrinker *shrinker,
				   struct shrink_control *sc)
{
	struct vpan_device *vpan = shrinker->private_data;

	/* What cannot be swapped would be in memory just the same. */
	if (get_nr_swap_pages() <= 0)
		return 0;
	return READ_ONCE(vpan->reclaim->lru.count);
}

static unsigned long reclaim_shrink(struct shrinker *shrinker,
				    struct shrink_control *sc)
{
	unsigned long freed;

	freed = vpan_reclaim_scan(shrinker->private_data, sc->nr_to_scan);
	return freed ?: SHRINK_STOP;
}

static void reclaim_fini(struct drm_device *drm, void *data)
{
	struct vpan_reclaim *reclaim = data;

	shrinker_free(reclaim->shrinker);
	flush_work(&reclaim->put_work);
	mutex_destroy(&reclaim->lock);
}

/* Lockdep is to know before memory is short for the first time. */
static void reclaim_prime_lockdep(struct vpan_reclaim *reclaim)
{
	fs_reclaim_acquire(GFP_KERNEL);
	might_lock(&reclaim->lock);
	fs_reclaim_release(GFP_KERNEL);
}

/**
 * vpan_reclaim_init - let the kernel ask for memory
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
 *
 * Context: may sleep and allocate.
 * Return: 0 or a negative errno.
 */
int vpan_reclaim_init(struct vpan_device *vpan)
{
	struct vpan_reclaim *reclaim;
	int ret;

	reclaim = drmm_kzalloc(&vpan->drm, sizeof(*reclaim), GFP_KERNEL);
	if (!reclaim)
		return -ENOMEM;

	vpan->reclaim = reclaim;
	mutex_init(&reclaim->lock);
	drm_gem_lru_init(&reclaim->lru, &reclaim->lock);
	init_llist_head(&reclaim->put);
	INIT_WORK(&reclaim->put_work, reclaim_put_work);
	reclaim_prime_lockdep(reclaim);
	reclaim->shrinker = shrinker_alloc(0, "drm-vpanthor:%s",
					   dev_name(vpan->drm.dev));
	if (!reclaim->shrinker)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(&vpan->drm, reclaim_fini, reclaim);
	if (ret)
		return ret;

	reclaim->shrinker->count_objects = reclaim_count;
	reclaim->shrinker->scan_objects = reclaim_shrink;
	reclaim->shrinker->private_data = vpan;
	shrinker_register(reclaim->shrinker);
	return 0;
}
