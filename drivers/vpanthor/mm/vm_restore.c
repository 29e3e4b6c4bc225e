// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Restoring evicted buffers (vm_evict.c) before a job is armed.
 *
 * A client beyond memory.high sleeps in its allocations, for seconds to minutes
 * (gem_pages.c). So what a buffer needs, its pages and page tables, is found out under the
 * reservations, and allocated without them: the caller runs vpan_restore_run() and
 * vpan_restore_alloc() by turns until nothing is missing. In between, pages are held, and
 * what has been restored is pinned: the allocations themselves may call the shrinker, which
 * would evict it again.
 */

#include <linux/dma-resv.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>

#include "device/device.h"
#include "device/gfp.h"
#include "mm/as.h"
#include "mm/gem.h"
#include "mm/gem_pages.h"
#include "mm/vm.h"
#include "mm/vm_restore.h"
#include "mm/vma.h"

/* Number of tables allocated at first, unless one mapping takes more */
#define RESTORE_TABLES		256UL
/* Limit of that number, which doubles with each round */
#define RESTORE_TABLES_MAX	8192UL

/**
 * struct restore_hold - a buffer that is being restored
 */
struct restore_hold {
	/** @bo: The buffer, with a reference. */
	struct vpan_bo *bo;
	/** @pages: Its pages, if it had none when they were asked for. */
	struct vpan_gem_hold pages;
	/** @pinned: It has been populated and pinned. */
	bool pinned;
};

/**
 * vpan_vm_has_evicted - does an address space have evicted buffers?
 * @vm: the address space
 *
 * Context: any; under its reservation, which keeps buffers from being evicted.
 * Return: whether vpan_restore_run() must be called before a job is armed.
 */
bool vpan_vm_has_evicted(struct vpan_vm *vm)
{
	dma_resv_assert_held(drm_gpuvm_resv(&vm->base));

	/* A concurrent deletion only makes the list shorter. */
	return !list_empty(&vm->base.evict.list);
}

/**
 * vpan_restore_init - prepare for restoring buffers
 * @restore: the structure to initialize
 * @vm: the address space, borrowed until vpan_restore_fini()
 *
 * Context: any.
 */
void vpan_restore_init(struct vpan_restore *restore, struct vpan_vm *vm)
{
	restore->vm = vm;
	restore->tables = 0;
	restore->batch = RESTORE_TABLES;
	restore->missing = restore->few_missing;
	restore->nmissing = 0;
	restore->max_missing = ARRAY_SIZE(restore->few_missing);
	xa_init_flags(&restore->holds, XA_FLAGS_ACCOUNT);
	vpan_pt_cache_init(&restore->cache, &vm->pt);
}

static void restore_count_tables(struct vpan_vm *vm, struct drm_gpuva *gpuva,
				 struct vpan_pt_need *need)
{
	lockdep_assert_held(&vm->op_lock);

	vpan_vma_count_tables(vm, to_vpan_bo(gpuva->gem.obj)->base.sgt,
			      gpuva->gem.offset, gpuva->va.addr,
			      gpuva->va.range, need);
}

static int restore_vma(struct vpan_vm *vm, struct vpan_vma *vma,
		       struct vpan_pt_cache *cache)
{
	u64 va = vma->base.va.addr, size = vma->base.va.range;
	struct vpan_bo *bo = to_vpan_bo(vma->base.gem.obj);
	int ret;

	lockdep_assert_held(&vm->op_lock);

	/*
	 * Nothing was mapped, so that no stale translation can exist, even if
	 * the MMU does not answer. Errors can be ignored: a reset follows.
	 */
	vpan_as_begin_update(vm, va, size);
	ret = vpan_vma_map_pages(vm, cache, bo->base.sgt, vma->base.gem.offset,
				 va, size, vma->prot);
	vpan_as_end_update(vm);
	if (ret)
		WRITE_ONCE(vm->unusable, true);
	else
		vma->evicted = false;
	return ret;
}

/*
 * A buffer may have very many mappings, and each takes a search for its part of the
 * buffer's pages. Others wait for the reservations.
 */
static int restore_go_on(struct vpan_vm *vm)
{
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	return drm_dev_is_unplugged(&vm->vpan->drm) ? -ENODEV : 0;
}

/*
 * Restore mappings until the cache has no tables for the next one, then count what the
 * others need. The count for all mappings at once, as if no two shared a table, would exceed
 * the limit of vpan_pt_cache_fill(), so it ends with a batch, or with one mapping.
 * Return: 0, also if some were counted; -EAGAIN if the batch is full; or another negative
 * errno.
 */
static int restore_vmas(struct vpan_restore *restore, struct drm_gpuvm_bo *vm_bo)
{
	struct vpan_pt_need left = { .tables = restore->tables };
	struct vpan_vm *vm = restore->vm;
	struct drm_gpuva *gpuva;
	int ret = 0;

	lockdep_assert_held(&vm->op_lock);

	drm_gpuvm_bo_for_each_va(gpuva, vm_bo) {
		struct vpan_vma *vma = to_vpan_vma(gpuva);
		struct vpan_pt_need need = {};

		ret = restore_go_on(vm);
		if (ret)
			break;
		if (!vma->evicted)
			continue;
		restore_count_tables(vm, gpuva, &need);
		if (left.tables && left.tables + need.tables > restore->batch) {
			ret = -EAGAIN;
			break;
		}
		if (left.tables || need.tables > restore->cache.nspare) {
			if (!left.tables)
				restore->least = need.tables;
			restore_count_tables(vm, gpuva, &left);
			continue;
		}
		ret = restore_vma(vm, vma, &restore->cache);
		if (ret)
			break;
	}
	restore->tables = left.tables;
	return ret;
}

/* Return: 0, or -EAGAIN if the list is full. */
static int restore_note_missing(struct vpan_restore *restore, struct vpan_bo *bo)
{
	if (restore->nmissing == restore->max_missing)
		return -EAGAIN;
	drm_gem_object_get(&bo->base.base);
	restore->missing[restore->nmissing++] = bo;
	return 0;
}

/* Give the buffer its pages, which are held or were never lost. */
static int restore_pages(struct restore_hold *hold)
{
	int ret = vpan_bo_populate(hold->bo);

	if (ret || hold->pinned)
		return ret;
	vpan_bo_pin_locked(hold->bo);
	hold->pinned = true;
	vpan_gem_release_pages(&hold->pages);
	return 0;
}

/**
 * vpan_restore_bo - restore a buffer, or note what it needs
 * @vm_bo: relation of the buffer and the address space
 * @exec: context that holds the reservations of both
 *
 * Context: may sleep; in vpan_restore_run().
 * Return: 0, also if something is missing; -EAGAIN if nothing more can be noted, or the
 * address space is being changed; or another negative errno, as vpan_restore_run().
 */
int vpan_restore_bo(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	struct vpan_vm *vm = to_vpan_vm(vm_bo->vm);
	struct vpan_bo *bo = to_vpan_bo(vm_bo->obj);
	struct vpan_restore *restore = vm->restore;
	unsigned int tables = restore->tables;
	struct restore_hold *hold;
	int ret;

	dma_resv_assert_held(drm_gpuvm_resv(&vm->base));

	hold = xa_load(&restore->holds, (unsigned long)bo);
	if (!hold || (!bo->base.pages && !hold->pages.count))
		return restore_note_missing(restore, bo);
	ret = restore_pages(hold);
	if (ret)
		return ret;
	/* Others may want the reservations: try again without them. */
	if (!vpan_vm_lock_soon(vm))
		return -EAGAIN;
	ret = vm->unusable ? -EINVAL : restore_vmas(restore, vm_bo);
	vpan_vm_unlock(vm);
	if (!ret && restore->tables == tables)
		drm_gpuvm_bo_evict(vm_bo, false);
	return ret;
}

/**
 * vpan_restore_run - restore the evicted buffers of the address space
 * @restore: what was allocated for them
 * @exec: context that holds the reservations of the address space and of all its
 *	buffers, or NULL if they share one
 *
 * Context: may sleep; before a job is armed. Allocates only what is not charged to the
 * client, or pages that were lost to reclaim a moment ago.
 * Return: 0; -EAGAIN if it must be called again after vpan_restore_alloc() without the
 * reservations; -EINVAL if the address space is unusable; -EINTR if the task is being
 * killed; -ENODEV if the device is unplugged; or another negative errno, after which the
 * next job tries again.
 */
int vpan_restore_run(struct vpan_restore *restore, struct drm_exec *exec)
{
	struct vpan_vm *vm = restore->vm;
	int ret;

	dma_resv_assert_held(drm_gpuvm_resv(&vm->base));

	vm->restore = restore;
	ret = drm_gpuvm_validate(&vm->base, exec);
	vm->restore = NULL;
	if (!ret && (restore->nmissing || restore->tables))
		ret = -EAGAIN;
	return ret;
}

/* Return: the buffer's entry, which is new or exists; takes a reference then. */
static struct restore_hold *restore_get_hold(struct vpan_restore *restore,
					     struct vpan_bo *bo)
{
	unsigned long index = (unsigned long)bo;
	struct restore_hold *hold = xa_load(&restore->holds, index);

	if (hold)
		return hold;
	hold = kzalloc(sizeof(*hold), VPAN_GFP_CLIENT);
	if (!hold)
		return NULL;
	if (xa_insert(&restore->holds, index, hold, VPAN_GFP_CLIENT)) {
		kfree(hold);
		return NULL;
	}
	drm_gem_object_get(&bo->base.base);
	hold->bo = bo;
	return hold;
}

/* The pages end up empty if another task populates the buffer first. */
static int restore_hold_pages(struct vpan_restore *restore, struct vpan_bo *bo)
{
	struct restore_hold *hold = restore_get_hold(restore, bo);
	int ret;

	if (!hold)
		return -ENOMEM;
	vpan_gem_release_pages(&hold->pages);
	ret = vpan_gem_hold_pages(bo, &hold->pages,
				  &restore->vm->vpan->drm.unplugged);
	return ret == -ECANCELED ? -ENODEV : ret;
}

/* Without memory the list stays short, and there are more rounds. */
static void restore_grow_missing(struct vpan_restore *restore)
{
	unsigned int max = 2 * restore->max_missing;
	struct vpan_bo **missing;

	missing = kvmalloc_array(max, sizeof(*missing), VPAN_GFP_CLIENT);
	if (!missing)
		return;
	if (restore->missing != restore->few_missing)
		kvfree(restore->missing);
	restore->missing = missing;
	restore->max_missing = max;
}

/* Half of what vpan_pt_cache_fill() permits, if memory is small. */
static unsigned int restore_next_batch(unsigned int batch)
{
	unsigned long limit = min(RESTORE_TABLES_MAX, totalram_pages() / 16);

	return clamp(2UL * batch, RESTORE_TABLES, max(limit, RESTORE_TABLES));
}

/* With little memory a part of the tables has to do. */
static int restore_fill_cache(struct vpan_restore *restore)
{
	int ret;

	if (!restore->tables)
		return 0;
	ret = vpan_pt_cache_fill(&restore->cache, restore->tables);
	restore->tables = 0;
	if (!ret)
		restore->batch = restore_next_batch(restore->batch);
	if (ret != -ENOMEM || restore->cache.nspare < restore->least)
		return ret;
	restore->batch = RESTORE_TABLES;
	return 0;
}

/**
 * vpan_restore_alloc - allocate what vpan_restore_run() lacked
 * @restore: what is needed
 *
 * Each round of restoring walks over all buffers and mappings, so batches grow to keep the
 * number of rounds small.
 *
 * Context: may sleep and allocate; the caller holds no lock that others wait for.
 * Return: 0, -EINTR if the task is being killed, -ENODEV if the device is unplugged, or
 * another negative errno.
 */
int vpan_restore_alloc(struct vpan_restore *restore)
{
	bool full = restore->nmissing == restore->max_missing;
	struct vpan_bo *bo;
	int ret;

	/* Also if nothing is missing: the caller repeats this. */
	if (fatal_signal_pending(current))
		return -EINTR;
	while (restore->nmissing) {
		if (fatal_signal_pending(current))
			return -EINTR;
		bo = restore->missing[--restore->nmissing];
		ret = restore_hold_pages(restore, bo);
		drm_gem_object_put(&bo->base.base);
		if (ret)
			return ret;
	}
	if (full)
		restore_grow_missing(restore);
	return restore_fill_cache(restore);
}

/**
 * vpan_restore_fini - release what was allocated
 * @restore: the structure; nothing happens without vpan_restore_init()
 *
 * Context: may sleep.
 */
void vpan_restore_fini(struct vpan_restore *restore)
{
	struct restore_hold *hold;
	unsigned long index;

	if (!restore->vm)
		return;
	while (restore->nmissing)
		drm_gem_object_put(&restore->missing[--restore->nmissing]->base.base);
	if (restore->missing != restore->few_missing)
		kvfree(restore->missing);
	xa_for_each(&restore->holds, index, hold) {
		if (hold->pinned)
			vpan_bo_unpin(hold->bo);
		vpan_gem_release_pages(&hold->pages);
		drm_gem_object_put(&hold->bo->base.base);
		kfree(hold);
	}
	xa_destroy(&restore->holds);
	vpan_pt_cache_fini(&restore->cache);
}
