// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation of the pages of a buffer while nothing is locked.
 *
 * Where a client is beyond its share of memory (memory.high of its control group), the
 * kernel lets an allocation that is charged to it sleep, for up to two seconds per batch of
 * 64 pages. Under a reservation, or between drm_dev_enter() and drm_dev_exit(), that would be
 * a delay for all who wait for these: other clients that have the buffer, work items that
 * free objects of all clients, an unbind. So pages are allocated, or read from swap, before,
 * and held: what is done under the reservation then finds them.
 */

#include <linux/dma-resv.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>

#include <drm/drm_drv.h>

#include "device/gfp.h"
#include "mm/gem.h"
#include "mm/gem_pages.h"

/*
 * Return: 0, -EINTR if the task is being killed, -ECANCELED if @stop is set, -ENODEV if the
 * buffer is of the kernel and the device was unplugged, so that it is of no use.
 */
static int pages_go_on(struct drm_gem_object *gem, const bool *stop)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	if (stop && READ_ONCE(*stop))
		return -ECANCELED;
	if (!to_vpan_bo(gem)->reclaimable && drm_dev_is_unplugged(gem->dev))
		return -ENODEV;
	cond_resched();
	return 0;
}

static int pages_read(struct drm_gem_object *gem, struct vpan_gem_hold *hold,
		      const bool *stop)
{
	struct address_space *mapping = gem->filp->f_mapping;
	struct folio *folio;
	pgoff_t page = 0;
	int ret;

	while (page < vpan_gem_pages(gem)) {
		ret = pages_go_on(gem, stop);
		if (ret)
			return ret;
		folio = shmem_read_folio_gfp(mapping, page,
					     mapping_gfp_mask(mapping));
		if (IS_ERR(folio))
			return PTR_ERR(folio);
		page = folio_next_index(folio);
		if (hold)
			hold->folios[hold->count++] = folio;
		else
			folio_put(folio);
	}
	return 0;
}

/**
 * vpan_gem_alloc_pages - make shmem allocate the pages of a buffer
 * @bo: the buffer, not imported
 *
 * For what is under a reservation already: the helper that collects the pages cannot be
 * interrupted.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINTR if the task is being killed, or another negative errno.
 */
int vpan_gem_alloc_pages(struct vpan_bo *bo)
{
	return pages_read(&bo->base.base, NULL, NULL);
}

/**
 * vpan_gem_hold_pages - allocate the pages of a buffer and hold them in memory
 * @bo: the buffer
 * @hold: the pages; the caller ends the hold by vpan_gem_release_pages(), also after an
 *	error
 * @stop: set to end the allocation, or NULL
 *
 * Does nothing if the buffer has its pages. If it loses them to reclaim after that, they are
 * allocated under its reservation. The caller holds no lock that others wait for.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINTR if the task is being killed, -ECANCELED if @stop is set, -ENODEV if the
 * device was unplugged and the buffer is a kernel object, or another negative errno.
 */
int vpan_gem_hold_pages(struct vpan_bo *bo, struct vpan_gem_hold *hold,
			const bool *stop)
{
	struct drm_gem_object *gem = &bo->base.base;

	*hold = (struct vpan_gem_hold) {};
	/* A hint, which needs no lock */
	if (gem->import_attach || READ_ONCE(bo->base.pages))
		return 0;
	hold->folios = kvmalloc_array(vpan_gem_pages(gem), sizeof(*hold->folios),
				      VPAN_GFP_CLIENT);
	if (!hold->folios)
		return -ENOMEM;
	return pages_read(gem, hold, stop);
}

/**
 * vpan_gem_lock_with_pages - lock the reservation of a buffer whose pages can be had at once
 * @bo: the buffer; an imported one has no pages of its own
 * @hold: the pages, as for vpan_gem_hold_pages()
 *
 * Context: may sleep and allocate; the caller holds no lock that others wait for.
 * Return: 0, and the reservation is locked; or an error of vpan_gem_hold_pages().
 */
int vpan_gem_lock_with_pages(struct vpan_bo *bo, struct vpan_gem_hold *hold)
{
	struct dma_resv *resv = bo->base.base.resv;
	int ret;

	for (;;) {
		ret = vpan_gem_hold_pages(bo, hold, NULL);
		if (ret)
			return ret;
		dma_resv_lock(resv, NULL);
		if (bo->base.pages || hold->count || bo->base.base.import_attach)
			return 0;
		/* They were reclaimed before the lock. */
		dma_resv_unlock(resv);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
}

/**
 * vpan_gem_release_pages - end a hold
 * @hold: the pages
 *
 * Context: may sleep.
 */
void vpan_gem_release_pages(struct vpan_gem_hold *hold)
{
	unsigned long i;

	for (i = 0; i < hold->count; i++) {
		folio_put(hold->folios[i]);
		cond_resched();
	}
	kvfree(hold->folios);
	*hold = (struct vpan_gem_hold) {};
}
