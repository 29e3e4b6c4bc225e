// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Reclaim of buffers
 *
 * When memory is short the kernel calls the shrinker, which releases the pages of
 * buffers that no job uses: they are removed from the page tables of all address
 * spaces and can be swapped. They are restored before the next job of the address
 * space is armed (vm_evict.c) and before a CPU accesses them (gem.c).
 *
 * Buffers with pages are on an LRU list. A buffer that is populated or scanned moves
 * to its end. The first pass evicts buffers of address spaces without a job for a
 * second, the next pass those of all address spaces without a pending job. Each looks at
 * a limited number of buffers, since a client chooses how many there are. A buffer
 * stays if it is pinned, exported, or has an unsignalled fence in its reservation or
 * in that of an address space which maps it. Without free swap space there is
 * nothing to scan, since the pages would stay in memory.
 *
 * The shrinker first frees the spare page tables of address spaces (pt_cache.c), which
 * nothing needs. That does not depend on swap space.
 *
 * Locks: the shrinker runs in reclaim, where the caller may hold any lock under
 * which memory is allocated. Such locks, the reservations, are tried and never
 * waited for. The locks of the signalling path are never held over an allocation, so
 * that lockdep permits waiting for them; &vpan_vm.op_lock is tried nevertheless,
 * since it may be held for long. No fence is waited for, and the signalling path
 * waits for nothing in here.
 *
 * The last reference to a buffer is dropped by a work item: freeing a buffer sleeps, and
 * takes a reservation, which for lockdep is one of those that a task in reclaim may hold.
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
#include "pt/pgtable.h"

/* Time without a job after which the first pass evicts, in jiffies */
#define RECLAIM_UNUSED	HZ

/*
 * Most mappings that one scan removes, with a command of the MMU each. A client may
 * map a buffer hundreds of thousands of times, which must not delay the task in
 * reclaim for long.
 */
#define RECLAIM_VMAS	1024

/*
 * Most buffers that one pass of a scan looks at. Those behind them are looked at by the
 * next scan, since the list rotates.
 */
#define RECLAIM_BUFFERS	1024

/* Most address spaces whose spare tables one scan looks at, without being preempted */
#define RECLAIM_TREES	256

static void reclaim_put_work(struct work_struct *work)
{
	struct vpan_reclaim *reclaim = container_of(work, struct vpan_reclaim,
						    put_work);
	struct vpan_bo *bo, *next;

	llist_for_each_entry_safe(bo, next, llist_del_all(&reclaim->put), put)
		drm_gem_object_put(&bo->base.base);
}

/*
 * Freeing a buffer sleeps and takes a reservation: not in the task in reclaim. This is
 * why drm_gem_lru_scan() cannot be used.
 */
static void reclaim_put(struct vpan_reclaim *reclaim, struct vpan_bo *bo)
{
	if (refcount_dec_not_one(&bo->base.base.refcount.refcount))
		return;
	llist_add(&bo->put, &reclaim->put);
	queue_work(vpan_free_wq, &reclaim->put_work);
}

/*
 * Move the first buffer to the end of the list. Return: the buffer with a reference,
 * or NULL if there is none or it is being freed; then @pages tells them apart.
 */
static struct vpan_bo *reclaim_next(struct vpan_device *vpan,
				    unsigned long *pages)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;
	struct mutex *lock = compat_gem_lru_mutex(&reclaim->lock, &vpan->drm);
	struct drm_gem_object *gem;
	bool found = false;

	mutex_lock(lock);
	gem = list_first_entry_or_null(&reclaim->lru.list,
				       struct drm_gem_object, lru_node);
	if (gem) {
		/*
		 * Its list and the count do not change. Not
		 * drm_gem_lru_move_tail_locked(), which clears gem->lru for a
		 * moment: drm_gem_object_release() reads that without the lock,
		 * and would free the buffer without removing it from the list.
		 */
		list_move_tail(&gem->lru_node, &reclaim->lru.list);
		/* Also if its last reference has been dropped. */
		*pages = vpan_gem_pages(gem);
		found = kref_get_unless_zero(&gem->refcount);
	}
	mutex_unlock(lock);
	return found ? to_vpan_bo(gem) : NULL;
}

/**
 * struct reclaim_scan - one scan of the buffers
 */
struct reclaim_scan {
	/** @wanted: Number of pages to release. */
	unsigned long wanted;
	/** @freed: Number of pages released. */
	unsigned long freed;
	/** @scanned: Number of pages of the buffers looked at. */
	unsigned long scanned;
	/** @vmas: Number of mappings that may still be removed. */
	unsigned int vmas;
	/** @cut: There may be buffers that were not looked at. */
	bool cut;
};

static bool reclaim_evict(struct vpan_bo *bo, unsigned long unused,
			  unsigned int *vmas)
{
	struct drm_gem_object *gem = &bo->base.base;
	bool gone;

	/* The task in reclaim may hold it, even for this buffer. */
	if (!dma_resv_trylock(gem->resv))
		return false;
	gone = vpan_bo_may_depopulate(bo) &&
	       vpan_vm_evict_bo(bo, unused, vmas);
	if (gone)
		vpan_bo_depopulate(bo);
	dma_resv_unlock(gem->resv);
	return gone;
}

/* Scan each buffer at most once. */
static void reclaim_pass(struct vpan_device *vpan, struct reclaim_scan *scan,
			 unsigned long unused)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;
	unsigned long left = READ_ONCE(reclaim->lru.count), pages;
	unsigned int buffers = RECLAIM_BUFFERS;
	struct vpan_bo *bo;

	while (scan->freed < scan->wanted && left && scan->vmas && buffers--) {
		pages = 0;
		bo = reclaim_next(vpan, &pages);
		if (!pages)
			return;
		left -= min(left, pages);
		scan->scanned += pages;
		if (!bo)
			continue;
		if (reclaim_evict(bo, unused, &scan->vmas))
			scan->freed += pages;
		reclaim_put(reclaim, bo);
	}
	/* Without the right to remove mappings, the next scan would not get further. */
	if (left && scan->freed < scan->wanted && scan->vmas)
		scan->cut = true;
}

static void reclaim_buffers(struct vpan_device *vpan, struct reclaim_scan *scan)
{
	scan->vmas = RECLAIM_VMAS;
	reclaim_pass(vpan, scan, RECLAIM_UNUSED);
	if (!scan->freed)
		reclaim_pass(vpan, scan, 0);
	atomic64_add(scan->freed, &vpan->reclaim->evicted);
	WRITE_ONCE(vpan->reclaim->last, scan->freed);
}

/**
 * vpan_reclaim_scan - release pages of unused buffers
 * @vpan: the device
 * @pages: number of pages to release
 *
 * Looks at a limited number of buffers, those which were not looked at for longest.
 *
 * Context: may sleep; in reclaim. Allocates nothing.
 * Return: number of pages released, which may be more, since buffers are released
 * as a whole.
 */
unsigned long vpan_reclaim_scan(struct vpan_device *vpan, unsigned long pages)
{
	struct reclaim_scan scan = { .wanted = pages };

	reclaim_buffers(vpan, &scan);
	return scan.freed;
}

/**
 * vpan_reclaim_add_tables - let reclaim free the spare tables of a tree
 * @vpan: the device
 * @pt: the tree
 */
void vpan_reclaim_add_tables(struct vpan_device *vpan, struct vpan_pgtable *pt)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;

	spin_lock(&pt->lock);
	pt->spares = &reclaim->spares;
	atomic_long_add(pt->nspare, pt->spares);
	spin_unlock(&pt->lock);
	spin_lock(&reclaim->trees_lock);
	list_add_tail(&pt->link, &reclaim->trees);
	spin_unlock(&reclaim->trees_lock);
}

/**
 * vpan_reclaim_remove_tables - undo vpan_reclaim_add_tables()
 * @vpan: the device
 * @pt: the tree, which reclaim does not access when this returns
 */
void vpan_reclaim_remove_tables(struct vpan_device *vpan,
				struct vpan_pgtable *pt)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;

	spin_lock(&reclaim->trees_lock);
	list_del(&pt->link);
	spin_unlock(&reclaim->trees_lock);
	spin_lock(&pt->lock);
	atomic_long_sub(pt->nspare, pt->spares);
	pt->spares = NULL;
	spin_unlock(&pt->lock);
}

/* Return: number of tables freed. */
static unsigned long reclaim_tables(struct vpan_device *vpan,
				    unsigned long wanted)
{
	struct vpan_reclaim *reclaim = vpan->reclaim;
	struct vpan_pgtable *pt, *next;
	unsigned int left = RECLAIM_TREES;
	unsigned long freed = 0;
	LIST_HEAD(scanned);
	LIST_HEAD(tables);

	spin_lock(&reclaim->trees_lock);
	list_for_each_entry_safe(pt, next, &reclaim->trees, link) {
		if (freed >= wanted || !left--)
			break;
		freed += vpan_pt_trim(pt, wanted - freed, &tables);
		list_move_tail(&pt->link, &scanned);
	}
	list_splice_tail(&scanned, &reclaim->trees);
	spin_unlock(&reclaim->trees_lock);
	vpan_pt_free_list(vpan->drm.dev, &tables);
	return freed;
}

/* Without swap space the pages of buffers would stay in memory. */
static bool reclaim_can_evict(void)
{
	return get_nr_swap_pages() > 0;
}

static unsigned long reclaim_count(struct shrinker *shrinker,
				   struct shrink_control *sc)
{
	struct vpan_device *vpan = shrinker->private_data;
	unsigned long count = atomic_long_read(&vpan->reclaim->spares);

	if (reclaim_can_evict())
		count += READ_ONCE(vpan->reclaim->lru.count);
	return count;
}

static unsigned long reclaim_shrink(struct shrinker *shrinker,
				    struct shrink_control *sc)
{
	struct vpan_device *vpan = shrinker->private_data;
	unsigned long freed = reclaim_tables(vpan, sc->nr_to_scan);
	struct reclaim_scan scan = {};

	if (freed < sc->nr_to_scan && reclaim_can_evict()) {
		scan.wanted = sc->nr_to_scan - freed;
		reclaim_buffers(vpan, &scan);
		freed += scan.freed;
		/* Reclaim asks for the rest of what it wants looked at, if any. */
		sc->nr_scanned = max(sc->nr_scanned, scan.scanned);
	}
	return freed || scan.cut ? freed : SHRINK_STOP;
}

static void reclaim_fini(struct drm_device *drm, void *data)
{
	struct vpan_reclaim *reclaim = data;

	shrinker_free(reclaim->shrinker);
	flush_work(&reclaim->put_work);
	compat_gem_lru_fini(&reclaim->lock);
}

/* Teach lockdep the order before memory is short for the first time. */
static void reclaim_prime_lockdep(struct vpan_device *vpan)
{
	fs_reclaim_acquire(GFP_KERNEL);
	might_lock(compat_gem_lru_mutex(&vpan->reclaim->lock, &vpan->drm));
	fs_reclaim_release(GFP_KERNEL);
}

/**
 * vpan_reclaim_init - register the shrinker
 * @vpan: the device
 *
 * Undone when the &struct drm_device is released.
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
	compat_gem_lru_init(&reclaim->lru, &reclaim->lock);
	spin_lock_init(&reclaim->trees_lock);
	INIT_LIST_HEAD(&reclaim->trees);
	init_llist_head(&reclaim->put);
	INIT_WORK(&reclaim->put_work, reclaim_put_work);
	reclaim_prime_lockdep(vpan);
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
