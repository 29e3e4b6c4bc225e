// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Address spaces
 *
 * An address space (VM) has three parts: a tree of mappings (drm_gpuvm), page
 * tables that show them to the GPU (pgtable.c), and possibly a slot of the MMU
 * (as.c). User space maps buffers below &vpan_vm.user_end by VM_BIND (vm_bind.c).
 * Kernel objects, such as rings and heap chunks, have addresses above, which
 * &vpan_vm.mm manages (kbo.c); they are in the page tables but not in the tree.
 * The MCU has an address space of its own, without a part for user space.
 *
 * A change locks its region in the MMU, edits the page tables, flushes the
 * region and thereby unlocks it. Accesses of jobs to the region are stalled
 * between, so that they see the state before or after the change.
 *
 * Locks: &vpan_vm.op_lock serialises changes. It is held for as long as a client's
 * change takes, which may be seconds, so that neither the scheduler nor a worker of
 * asynchronous changes ever waits for the op_lock of a client. &vpan_bo.gpuva_lock,
 * inside, protects the list of the mappings of a buffer. &vpan_mmu.lock is innermost
 * and held for commands of the MMU only. Asynchronous changes are fence work, and
 * reclaim takes these locks, so that nothing is allocated under them. Tables and
 * mappings for a change are allocated before.
 *
 * The reservation object of an address space is that of its exclusive buffers.
 * Jobs and changes add their fences to it; reclaim evicts buffers only from
 * address spaces whose fences have signalled (vm_evict.c).
 *
 * Lifetime: reference counted by drm_gpuvm. The file has a reference until
 * VM_DESTROY; groups, kernel objects, pending changes and the relation to each
 * mapped buffer have others. vpan_vm_destroy() unmaps what user space has mapped,
 * which drops the last kind, and jobs that still run then fault. Tables are freed
 * after the slot has been given up, and after a reset if one is pending.
 */

#include <linux/jiffies.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "device/device.h"
#include "device/file.h"
#include "device/free_wq.h"
#include "device/gfp.h"
#include "mm/as.h"
#include "mm/gem.h"
#include "mm/reclaim.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "mm/vm_bind_job.h"
#include "mm/vm_restore.h"
#include "mm/vma.h"
#include "pt/pgtable.h"

static void vpan_vm_free(struct drm_gpuvm *gpuvm)
{
	struct vpan_vm *vm = to_vpan_vm(gpuvm);
	struct drm_device *drm = &vm->vpan->drm;

	/* It may have been queued for a change that another context has executed. */
	cancel_work_sync(&vm->ready_work);
	if (vm->binds)
		drm_jobqueue_put(vm->binds);
	if (vm->sparse_bo)
		drm_gem_object_put(&vm->sparse_bo->base.base);
	vpan_as_release(vm);
	drm_mm_takedown(&vm->mm);
	vpan_reclaim_remove_tables(vm->vpan, &vm->pt);
	vpan_pt_cache_fini(&vm->stale);
	vpan_pt_fini(&vm->pt);
	kfree(vm->heaps);
	mutex_destroy(&vm->mm_lock);
	mutex_destroy(&vm->op_lock);
	kfree(vm);
	drm_dev_put(drm);
}

static void vm_free_work(struct work_struct *work)
{
	struct vpan_vm *vm = container_of(work, struct vpan_vm, free_work);
	struct vpan_vm_free *item, *next;

	/* What is in the list has references, the last of which may be dropped here. */
	drm_gpuvm_get(&vm->base);
	llist_for_each_entry_safe(item, next,
				  llist_reverse_order(llist_del_all(&vm->frees)),
				  node) {
		item->free(item);
		cond_resched();
	}
	vpan_vm_put(vm);
}

/**
 * vpan_vm_free_later - free an object in a work item of the address space
 * @vm: the address space
 * @item: the object, which has a reference to @vm
 *
 * For objects whose last reference can be dropped where nothing can be freed, or which
 * may have the last reference to the device, whose release waits for workqueues.
 *
 * Context: any.
 */
void vpan_vm_free_later(struct vpan_vm *vm, struct vpan_vm_free *item)
{
	/*
	 * If the list was not empty, its items are freed by the work item that the first
	 * of them queues. From here on they may be, so @vm may be gone.
	 */
	if (llist_add(&item->node, &vm->frees))
		queue_work(vpan_free_wq, &vm->free_work);
}

static struct drm_gpuvm_bo *vpan_vm_bo_alloc(void)
{
	return kzalloc(sizeof(struct drm_gpuvm_bo), VPAN_GFP_CLIENT);
}

static void vpan_vm_bo_free(struct drm_gpuvm_bo *vm_bo)
{
	/* Counted by vpan_bind_prepare_map() */
	if (drm_gpuvm_is_extobj(vm_bo->vm, vm_bo->obj))
		atomic_dec(&to_vpan_vm(vm_bo->vm)->nshared);
	kfree(vm_bo);
}

static const struct drm_gpuvm_ops vpan_gpuvm_ops = {
	.vm_free = vpan_vm_free,
	.vm_bo_alloc = vpan_vm_bo_alloc,
	.vm_bo_free = vpan_vm_bo_free,
	.vm_bo_validate = vpan_restore_bo,
	.sm_step_map = vpan_bind_step_map,
	.sm_step_remap = vpan_bind_step_remap,
	.sm_step_unmap = vpan_bind_step_unmap,
};

/**
 * vpan_vm_create - create an address space
 * @vpan: the device
 * @user_end: end of the range in which user space may map; 0 if there is none
 * @kernel_start: start of the range for kernel objects
 * @kernel_size: size of that range in bytes
 *
 * Context: may sleep.
 * Return: the address space, with a reference, or an ERR_PTR().
 */
struct vpan_vm *vpan_vm_create(struct vpan_device *vpan, u64 user_end,
			       u64 kernel_start, u64 kernel_size)
{
	u64 full = BIT_ULL(vpan->va_bits);
	struct drm_gem_object *root;
	struct vpan_vm *vm;
	int ret;

	vm = kzalloc(sizeof(*vm), VPAN_GFP_CLIENT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	vm->id = atomic64_inc_return(&vpan->last_vm);

	root = drm_gpuvm_resv_object_alloc(&vpan->drm);
	if (!root) {
		ret = -ENOMEM;
		goto err_free;
	}

	ret = vpan_pt_init(&vm->pt, &vpan->drm);
	if (ret)
		goto err_put_root;

	drm_dev_get(&vpan->drm);
	vm->vpan = vpan;
	vpan_job_limit_init(&vm->bind_limit, VPAN_VM_BIND_JOBS_MAX);
	vpan_bind_init_ready(vm);
	INIT_WORK(&vm->free_work, vm_free_work);
	vm->user_end = user_end;
	vm->kernel_start = kernel_start;
	mutex_init(&vm->op_lock);
	init_waitqueue_head(&vm->unlocked);
	vpan_pt_cache_init(&vm->stale, &vm->pt);
	vm->last_used = jiffies;
	mutex_init(&vm->mm_lock);
	drm_mm_init(&vm->mm, kernel_start, kernel_size);
	vpan_as_init(&vm->as);
	vpan_reclaim_add_tables(vpan, &vm->pt);
	drm_gpuvm_init(&vm->base, "vpanthor", COMPAT_GPUVM_FLAGS, &vpan->drm,
		       root, 0, full, user_end, full - user_end,
		       &vpan_gpuvm_ops);
	drm_gem_object_put(root);
	return vm;

err_put_root:
	drm_gem_object_put(root);
err_free:
	kfree(vm);
	return ERR_PTR(ret);
}

/**
 * vpan_vm_destroy - unmap all that user space has mapped, and prevent new mappings
 * @vm: the address space
 *
 * Kernel objects other than heaps stay, so that remaining jobs may run and fault.
 * The caller keeps its reference.
 *
 * Context: may sleep.
 */
void vpan_vm_destroy(struct vpan_vm *vm)
{
	mutex_lock(&vm->op_lock);
	WRITE_ONCE(vm->destroyed, true);
	vpan_vm_unlock(vm);

	/* Changes that have not run have nothing left to change. */
	vpan_bind_queue_kill(vm);

	/* Destroyed groups leave the address space before they would fault. */
	vpan_sched_flush(vm->vpan);
	vpan_vm_unmap_all(vm);
}

/**
 * vpan_vm_find_page - find the page behind an address
 * @vm: the address space
 * @va: the address
 * @offset: returns the offset in the page
 *
 * Context: any; on the signalling path. Under &vpan_vm.op_lock as long as the page
 * is used. Code on the signalling path must take that lock with mutex_trylock(),
 * since a change by a client may hold it for long, and look again later.
 * Return: the page, NULL if nothing is mapped there, or if the mapping is evicted
 * or of an imported buffer.
 */
struct page *vpan_vm_find_page(struct vpan_vm *vm, u64 va, u32 *offset)
{
	struct drm_gem_shmem_object *shmem;
	struct drm_gpuva *gpuva;
	u64 start;

	lockdep_assert_held(&vm->op_lock);

	gpuva = drm_gpuva_find_first(&vm->base, va, 1);
	if (!gpuva || !gpuva->gem.obj || to_vpan_vma(gpuva)->evicted)
		return NULL;
	shmem = to_drm_gem_shmem_obj(gpuva->gem.obj);
	start = gpuva->gem.offset + (va - gpuva->va.addr);
	if (!shmem->pages || start >= gpuva->gem.obj->size)
		return NULL;
	/* Streams choose the address. */
	start = array_index_nospec(start, gpuva->gem.obj->size);
	*offset = offset_in_page(start);
	return shmem->pages[start >> PAGE_SHIFT];
}

/**
 * vpan_vm_is_unusable - check if an edit of the page tables has failed half way
 * @vm: the address space
 *
 * Context: any.
 * Return: true if it has.
 */
bool vpan_vm_is_unusable(struct vpan_vm *vm)
{
	return READ_ONCE(vm->unusable);
}

/* Return: the buffer; the file has the reference. */
static struct vpan_bo *vm_get_file_sparse_bo(struct vpan_file *file)
{
	struct vpan_bo *bo = READ_ONCE(file->sparse_bo);
	struct vpan_bo *other;

	if (bo)
		return bo;
	bo = vpan_bo_create(file->vpan, VPAN_VM_SPARSE_SIZE,
			    DRM_PANTHOR_BO_NO_MMAP, NULL);
	if (IS_ERR(bo))
		return bo;

	other = cmpxchg(&file->sparse_bo, NULL, bo);
	if (!other)
		return bo;
	drm_gem_object_put(&bo->base.base);
	return other;
}

/**
 * vpan_vm_get_sparse_bo - get the buffer that sparse mappings repeat
 * @vm: the address space
 * @file: the file that it belongs to
 *
 * All address spaces of a file share it. Files do not, since jobs may write to it.
 *
 * Context: may sleep and allocate.
 * Return: a buffer of %VPAN_VM_SPARSE_SIZE, which exists as long as the address
 * space, or an ERR_PTR().
 */
struct vpan_bo *vpan_vm_get_sparse_bo(struct vpan_vm *vm,
				      struct vpan_file *file)
{
	struct vpan_bo *bo = READ_ONCE(vm->sparse_bo);

	if (bo)
		return bo;
	bo = vm_get_file_sparse_bo(file);
	if (IS_ERR(bo))
		return bo;

	drm_gem_object_get(&bo->base.base);
	if (cmpxchg(&vm->sparse_bo, NULL, bo))
		drm_gem_object_put(&bo->base.base);
	return bo;
}

/**
 * vpan_vm_can_map - check if user space may create mappings
 * @vm: the address space
 *
 * Context: any.
 * Return: false if the address space was destroyed or is unusable.
 */
bool vpan_vm_can_map(struct vpan_vm *vm)
{
	return !READ_ONCE(vm->destroyed) && !READ_ONCE(vm->unusable);
}
