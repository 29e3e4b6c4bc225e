// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Eviction removes a buffer from the page tables of address spaces without a job, so
 * that its pages can be reclaimed. The next job restores it.
 *
 * An address space has no job if all fences in its reservation have signalled: the
 * fences of jobs and of changes are added under the reservation, which is held here.
 * A group of the address space may be on a slot, or get one: its ring, suspend
 * buffers, sync objects and heaps are kernel objects, which are never evicted, and
 * without an unsignalled fence no stream of user space runs. A stream that accesses
 * evicted memory nevertheless faults as for any address that is not mapped.
 *
 * reclaim.c evicts, with locks that are only tried; vm_restore.c restores, before a
 * job is armed. Mappings keep their place in the tree; &vpan_vma.evicted says that
 * they are not in the page tables.
 */

#include <linux/dma-resv.h>
#include <linux/jiffies.h>

#include <drm/drm_gpuvm.h>

#include "device/device.h"
#include "mm/as.h"
#include "mm/gem.h"
#include "mm/vm.h"
#include "mm/vm_evict.h"
#include "mm/vma.h"
#include "pt/pgtable.h"

/*
 * Return: 0, -EBUSY if nothing was changed, or another negative errno, after which
 * the GPU may access the mapping until the pending reset.
 */
static int evict_vma(struct vpan_vm *vm, struct vpan_vma *vma,
		     struct vpan_pt_cache *cache)
{
	u64 va = vma->base.va.addr, size = vma->base.va.range;
	int ret, end;

	lockdep_assert_held(&vm->op_lock);

	ret = vpan_as_try_begin_update(vm, va, size);
	if (ret == -EBUSY)
		return ret;
	if (!ret) {
		/* Blocks do not extend beyond the mapping: none is split. */
		ret = vpan_pt_unmap(&vm->pt, cache, va, size);
		vma->evicted = true;
	}
	end = vpan_as_end_update(vm);
	ret = ret ?: end;
	/* The address space may have lost its slot to a reset, not flushed. */
	if (!ret && vpan_reset_is_pending(vm->vpan))
		ret = -ETIMEDOUT;
	return ret;
}

/*
 * The next scan continues where this one stops, since it skips mappings that have
 * been evicted.
 */
static bool evict_vm_bo_locked(struct vpan_vm *vm, struct drm_gpuvm_bo *vm_bo,
			       unsigned int *vmas)
{
	struct vpan_pt_cache cache;
	struct drm_gpuva *gpuva;
	int ret = 0;

	lockdep_assert_held(&vm->op_lock);
	lockdep_assert_held(vpan_bo_gpuva_mutex(to_vpan_bo(vm_bo->obj)));

	/* Mark it before anything is unmapped, so that a job restores it. */
	drm_gpuvm_bo_evict(vm_bo, true);
	vpan_pt_cache_init(&cache, &vm->pt);
	drm_gpuvm_bo_for_each_va(gpuva, vm_bo) {
		struct vpan_vma *vma = to_vpan_vma(gpuva);

		cond_resched();
		if (vma->evicted)
			continue;
		ret = *vmas ? evict_vma(vm, vma, &cache) : -EBUSY;
		if (ret)
			break;
		--*vmas;
	}
	if (ret && ret != -EBUSY)
		vpan_vm_defer_table_free(vm, &cache);
	/* Memory is short: they are not kept as spare tables. */
	vpan_pt_free_list(vm->pt.dev, &cache.dead);
	return !ret;
}

static bool evict_vm_bo(struct drm_gpuvm_bo *vm_bo, unsigned long unused,
			unsigned int *vmas)
{
	struct vpan_vm *vm = to_vpan_vm(vm_bo->vm);
	bool gone = false;

	if (!dma_resv_test_signaled(drm_gpuvm_resv(&vm->base),
				    DMA_RESV_USAGE_BOOKKEEP) ||
	    time_before(jiffies, READ_ONCE(vm->last_used) + unused))
		return false;

	if (!mutex_trylock(&vm->op_lock))
		return false;
	/*
	 * What was unmapped before, or was lost with the slot on the way to a
	 * reset, is out of the GPU's reach after the reset only.
	 */
	if (!vm->unusable && !vpan_reset_is_pending(vm->vpan))
		gone = evict_vm_bo_locked(vm, vm_bo, vmas);
	vpan_vm_unlock(vm);
	return gone;
}

/**
 * vpan_vm_evict_bo - remove a buffer from all page tables
 * @bo: the buffer
 * @unused: time in jiffies for which its address spaces must have had no job
 * @vmas: most mappings to remove; reduced by the number of those that are
 *
 * Waits for no lock but &vpan_mmu.lock, which is held for commands of the MMU
 * only.
 *
 * Context: may sleep; in reclaim; under the buffer's reservation. Allocates
 * nothing.
 * Return: true if the GPU can no longer access it.
 */
bool vpan_vm_evict_bo(struct vpan_bo *bo, unsigned long unused,
		      unsigned int *vmas)
{
	struct drm_gem_object *gem = &bo->base.base;
	struct drm_gpuvm_bo *vm_bo;
	struct dma_resv *resv;
	bool gone = true;

	dma_resv_assert_held(gem->resv);

	/* Keeps the relations, which keep their address spaces. */
	if (!mutex_trylock(vpan_bo_gpuva_mutex(bo)))
		return false;
	drm_gem_for_each_gpuvm_bo(vm_bo, gem) {
		resv = drm_gpuvm_resv(vm_bo->vm);
		/* Prevents that a job is armed. */
		if (resv != gem->resv && !dma_resv_trylock(resv)) {
			gone = false;
			break;
		}
		gone = evict_vm_bo(vm_bo, unused, vmas);
		if (resv != gem->resv)
			dma_resv_unlock(resv);
		if (!gone)
			break;
	}
	mutex_unlock(vpan_bo_gpuva_mutex(bo));
	return gone;
}
