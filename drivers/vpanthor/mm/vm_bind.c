// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Changes of address spaces
 *
 * A &struct vpan_bind is one change of an address space: map a part of a buffer, or
 * unmap a range. It has three phases, since it may be executed on the fence
 * signalling path:
 *
 * - prepare allocates all that the execution may need: mappings (the new one and the
 *   remains of a mapping cut on both sides), the relation of buffer and
 *   address space, page tables. It pins the pages of the buffer.
 * - execute takes &vpan_vm.op_lock, locks the region, edits page tables and the tree
 *   of mappings, and flushes. It allocates nothing and waits for the MMU only.
 *   drm_gpuvm calls the steps below for each mapping that is added, cut or removed.
 * - finish frees what was not used and what was removed. If the MMU did not answer or
 *   a reset is pending, the GPU may still access what was unmapped: finish then
 *   waits for the reset before it frees anything.
 *
 * The ioctl runs all three for a synchronous change. For an asynchronous one it
 * prepares, a job of the queue of the address space executes, and a work item
 * finishes (vm_bind_job.c). The job does not wait for &vpan_vm.op_lock: if a
 * synchronous change has it, that executes the asynchronous one as well.
 *
 * An execution that fails leaves the address space unusable: it is unknown what is
 * mapped, and user space can only destroy it. Unmapping for vpan_vm_destroy() goes on
 * nevertheless, since mappings have references to the address space.
 *
 * Kernel objects are mapped without entries in the tree (vpan_vm_map_kernel()).
 *
 * A client may have mapped a page hundreds of thousands of times, all of which one
 * change can unmap. So the page tables of a range are cleared at once instead of by
 * mapping, and all loops reschedule.
 */

#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/gfp.h"
#include "mm/as.h"
#include "mm/gem.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "mm/vm_bind_job.h"
#include "mm/vma.h"
#include "pt/pgtable.h"

static int bind_fill_cache(struct vpan_bind *bind, struct sg_table *sgt)
{
	struct vpan_pt_need need = {};

	vpan_vma_count_tables(bind->vm, sgt, bind->bo_offset, bind->va,
			      bind->size, &need);
	return vpan_pt_cache_fill(&bind->cache,
				  need.tables + VPAN_PT_UNMAP_TABLES);
}

/**
 * vpan_bind_init - initialise a change that changes nothing
 * @bind: the change; the caller ends it by vpan_bind_finish()
 * @vm: the address space
 */
void vpan_bind_init(struct vpan_bind *bind, struct vpan_vm *vm)
{
	*bind = (struct vpan_bind) { .vm = vm };
	drm_gpuvm_get(&vm->base);
	INIT_LIST_HEAD(&bind->returned);
	vpan_pt_cache_init(&bind->cache, &vm->pt);
}

static int bind_alloc_vmas(struct vpan_bind *bind, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		bind->spare[i] = kzalloc(sizeof(*bind->spare[i]),
					 VPAN_GFP_CLIENT);
		if (!bind->spare[i])
			return -ENOMEM;
	}
	return 0;
}

static struct vpan_vma *bind_take_vma(struct vpan_bind *bind, u32 prot,
				      bool evicted)
{
	struct vpan_vma *vma = NULL;
	unsigned int i;

	for (i = 0; i < VPAN_BIND_VMAS && !vma; i++)
		swap(vma, bind->spare[i]);
	if (vma) {
		vma->prot = prot;
		vma->evicted = evicted;
	}
	return vma;
}

/* Add the relation of buffer and address space. */
static struct drm_gpuvm_bo *bind_create_vm_bo(struct vpan_bind *bind)
{
	struct drm_gem_object *gem = &bind->bo->base.base;
	bool shared = drm_gpuvm_is_extobj(&bind->vm->base, gem);
	struct drm_gpuvm_bo *vm_bo;

	/* Undone with the relation, even if there is one by now and it is not used. */
	if (shared && !atomic_add_unless(&bind->vm->nshared, 1, VPAN_VM_SHARED_MAX))
		return ERR_PTR(-ENOSPC);
	vm_bo = drm_gpuvm_bo_create(&bind->vm->base, gem);
	if (vm_bo)
		return compat_gpuvm_bo_obtain(vm_bo,
					      vpan_bo_gpuva_mutex(bind->bo));
	if (shared)
		atomic_dec(&bind->vm->nshared);
	return ERR_PTR(-ENOMEM);
}

static int bind_obtain_vm_bo(struct vpan_bind *bind)
{
	struct mutex *lock = vpan_bo_gpuva_mutex(bind->bo);
	struct drm_gpuvm_bo *vm_bo;

	mutex_lock(lock);
	vm_bo = drm_gpuvm_bo_find(&bind->vm->base, &bind->bo->base.base);
	mutex_unlock(lock);
	if (!vm_bo)
		vm_bo = bind_create_vm_bo(bind);
	if (IS_ERR(vm_bo))
		return PTR_ERR(vm_bo);
	bind->vm_bo = vm_bo;

	/* The buffer of sparse mappings is never evicted: jobs do not lock it. */
	if (bind->bo != READ_ONCE(bind->vm->sparse_bo))
		drm_gpuvm_bo_extobj_add(bind->vm_bo);
	return 0;
}

/*
 * A submit walks the lists of such relations under the reservation of the address
 * space, so the last reference must be dropped under it. The walk takes references of
 * its own, so a count above one does not show that this is not the last.
 */
static void vm_bo_put(struct vpan_vm *vm, struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gem_object *gem;

	if (!vm_bo)
		return;

	/* Keep the buffer, whose lock is taken. */
	gem = vm_bo->obj;
	drm_gem_object_get(gem);
	dma_resv_lock(drm_gpuvm_resv(&vm->base), NULL);
	mutex_lock(vpan_bo_gpuva_mutex(to_vpan_bo(gem)));
	drm_gpuvm_bo_put(vm_bo);
	mutex_unlock(vpan_bo_gpuva_mutex(to_vpan_bo(gem)));
	dma_resv_unlock(drm_gpuvm_resv(&vm->base));
	drm_gem_object_put(gem);
}

/* Free mappings. They may be many of one buffer, so locks are taken once for those. */
static void free_vmas(struct vpan_vm *vm, struct list_head *vmas)
{
	struct drm_gpuvm_bo *last = NULL;
	struct vpan_vma *vma, *next;

	list_for_each_entry_safe(vma, next, vmas, node) {
		struct drm_gpuvm_bo *vm_bo = vma->base.vm_bo;

		kfree(vma);
		if (vm_bo == last) {
			/* There is another reference, that of @last. */
			refcount_dec(&vm_bo->kref.refcount);
		} else {
			vm_bo_put(vm, last);
			last = vm_bo;
		}
		cond_resched();
	}
	vm_bo_put(vm, last);
}

/**
 * vpan_bind_prepare_map - allocate all that mapping a buffer may need
 * @bind: the change, initialised
 * @bo: the buffer; its pages stay in memory until the change is finished
 * @bo_offset: offset in the buffer, a multiple of 4 KiB
 * @va: first address, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB, not zero
 * @prot: combination of &enum vpan_prot
 *
 * A mapping of the buffer of vpan_vm_get_sparse_bo() repeats it.
 *
 * Context: may sleep and allocate.
 * Return: 0, -ENOSPC if the buffer has a reservation of its own and the address space
 * maps %VPAN_VM_SHARED_MAX such buffers, or another negative errno.
 */
int vpan_bind_prepare_map(struct vpan_bind *bind, struct vpan_bo *bo,
			  u64 bo_offset, u64 va, u64 size, u32 prot)
{
	int ret;

	bind->va = va;
	bind->size = size;
	drm_gem_object_get(&bo->base.base);
	bind->bo = bo;
	bind->bo_offset = bo_offset;
	bind->prot = prot;

	ret = vpan_bo_pin(bo);
	if (ret)
		return ret;
	bind->pinned = true;

	ret = bind_obtain_vm_bo(bind);
	if (!ret)
		ret = bind_alloc_vmas(bind, VPAN_BIND_VMAS);
	if (!ret)
		ret = bind_fill_cache(bind, bo->base.sgt);
	return ret;
}

/**
 * vpan_bind_prepare_unmap - allocate all that unmapping a range may need
 * @bind: the change, initialised
 * @va: first address, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB, not zero
 *
 * Context: may sleep and allocate.
 * Return: 0 or a negative errno.
 */
int vpan_bind_prepare_unmap(struct vpan_bind *bind, u64 va, u64 size)
{
	int ret;

	bind->va = va;
	bind->size = size;
	/* There is no new mapping, only remains of old ones. */
	ret = bind_alloc_vmas(bind, VPAN_BIND_VMAS - 1);
	if (!ret)
		ret = vpan_pt_cache_fill(&bind->cache, VPAN_PT_UNMAP_TABLES);
	return ret;
}

static int bind_edit(struct vpan_bind *bind)
{
	struct drm_gpuvm *gpuvm = &bind->vm->base;

	lockdep_assert_held(&bind->vm->op_lock);

	if (!bind->bo)
		return drm_gpuvm_sm_unmap(gpuvm, bind, bind->va, bind->size);
	return compat_gpuvm_sm_map(gpuvm, bind, bind->va, bind->size,
				   &bind->bo->base.base, bind->bo_offset);
}

/**
 * vpan_bind_execute_locked - execute a change that was prepared
 * @bind: the change, which changes something
 *
 * The GPU sees the address space before or after the change, nothing in between.
 *
 * Context: may sleep; allocates nothing and may be on the signalling path. Under
 * &vpan_vm.op_lock.
 * Return: 0, -EINVAL if the address space is destroyed or unusable and the change
 * maps something, or another negative errno, after which the address space is
 * unusable.
 */
int vpan_bind_execute_locked(struct vpan_bind *bind)
{
	struct vpan_vm *vm = bind->vm;
	int begin, end, ret = 0;

	lockdep_assert_held(&vm->op_lock);

	if (bind->bo && (vm->destroyed || vm->unusable))
		return -EINVAL;

	begin = vpan_as_begin_update(vm, bind->va, bind->size);
	if (!begin || bind->force)
		ret = bind_edit(bind);
	end = vpan_as_end_update(vm);
	bind->wait_reset = begin || end || vpan_reset_is_pending(vm->vpan);
	ret = ret ?: begin ?: end;
	if (ret) {
		WRITE_ONCE(vm->unusable, true);
		vpan_vm_defer_table_free(vm, &bind->cache);
	}
	trace_vpanthor_vm_bind(bind, ret);
	return ret;
}

/**
 * vpan_bind_execute - execute a synchronous change that was prepared
 * @bind: the change
 *
 * Executes an asynchronous change as well that was to be executed at the same time. So
 * it takes as long as the client likes: not between drm_dev_enter() and drm_dev_exit(),
 * and under no lock but that of the change.
 *
 * Context: may sleep; allocates nothing.
 * Return: as vpan_bind_execute_locked().
 */
int vpan_bind_execute(struct vpan_bind *bind)
{
	bool cookie;
	int ret;

	if (!bind->size)
		return 0;

	cookie = dma_fence_begin_signalling();
	mutex_lock(&bind->vm->op_lock);
	ret = vpan_bind_execute_locked(bind);
	vpan_bind_unlock(bind->vm);
	dma_fence_end_signalling(cookie);
	return ret;
}

/**
 * vpan_bind_finish - free what a change has not used or has removed
 * @bind: the change, executed or not
 *
 * Waits for a pending reset if the GPU may access buffers until then.
 *
 * Context: may sleep; not on the signalling path, and not under a lock that is.
 */
void vpan_bind_finish(struct vpan_bind *bind)
{
	unsigned int i;

	if (bind->wait_reset)
		vpan_reset_flush(bind->vm->vpan);
	free_vmas(bind->vm, &bind->returned);
	for (i = 0; i < VPAN_BIND_VMAS; i++)
		kfree(bind->spare[i]);
	vm_bo_put(bind->vm, bind->vm_bo);
	vpan_pt_cache_fini(&bind->cache);
	if (bind->pinned)
		vpan_bo_unpin(bind->bo);
	if (bind->bo)
		drm_gem_object_put(&bind->bo->base.base);
	vpan_vm_put(bind->vm);
}

static void bind_link(struct vpan_vma *vma, struct drm_gpuvm_bo *vm_bo)
{
	struct vpan_bo *bo = to_vpan_bo(vma->base.gem.obj);

	mutex_lock(vpan_bo_gpuva_mutex(bo));
	drm_gpuva_link(&vma->base, vm_bo);
	mutex_unlock(vpan_bo_gpuva_mutex(bo));
}

/* vpan_bind_finish() frees it, since that may free the buffer as well. */
static void bind_return(struct vpan_bind *bind, struct vpan_vma *vma)
{
	struct drm_gpuvm_bo *vm_bo = drm_gpuvm_bo_get(vma->base.vm_bo);
	struct vpan_bo *bo = to_vpan_bo(vma->base.gem.obj);

	mutex_lock(vpan_bo_gpuva_mutex(bo));
	drm_gpuva_unlink(&vma->base);
	mutex_unlock(vpan_bo_gpuva_mutex(bo));
	vma->base.vm_bo = vm_bo;
	list_add(&vma->node, &bind->returned);
}

/*
 * The first step that removes a mapping clears the whole range of the change at
 * once. The remains of mappings are outside of the range, so that at most the first
 * and the last block are split.
 */
static int bind_unmap_pages(struct vpan_bind *bind)
{
	if (bind->unmapped)
		return 0;
	bind->unmapped = true;
	return vpan_pt_unmap(&bind->vm->pt, &bind->cache, bind->va, bind->size);
}

/**
 * vpan_bind_step_map - add a mapping
 * @op: operation of drm_gpuvm_sm_map(); nothing is mapped in the range
 * @priv: the &struct vpan_bind
 *
 * Return: 0 or a negative errno.
 */
int vpan_bind_step_map(struct drm_gpuva_op *op, void *priv)
{
	struct vpan_bind *bind = priv;
	struct vpan_vma *vma;
	int ret;

	ret = vpan_vma_map_pages(bind->vm, &bind->cache, bind->bo->base.sgt,
				 op->map.gem.offset, op->map.va.addr,
				 op->map.va.range, bind->prot);
	if (ret)
		return ret;

	vma = bind_take_vma(bind, bind->prot, false);
	if (!vma)
		return -ENOMEM;
	drm_gpuva_map(&bind->vm->base, &vma->base, &op->map);
	bind_link(vma, bind->vm_bo);
	return 0;
}

/**
 * vpan_bind_step_remap - remove the middle or an end of a mapping
 * @op: operation of drm_gpuvm: the mapping and its remains
 * @priv: the &struct vpan_bind
 *
 * The page tables of the remains do not change.
 *
 * Return: 0 or a negative errno.
 */
int vpan_bind_step_remap(struct drm_gpuva_op *op, void *priv)
{
	struct vpan_vma *old = to_vpan_vma(op->remap.unmap->va);
	struct vpan_vma *before = NULL, *behind = NULL;
	struct vpan_bind *bind = priv;
	int ret;

	ret = bind_unmap_pages(bind);
	if (ret)
		return ret;

	if (op->remap.prev) {
		before = bind_take_vma(bind, old->prot, old->evicted);
		if (!before)
			return -ENOMEM;
	}
	if (op->remap.next) {
		behind = bind_take_vma(bind, old->prot, old->evicted);
		if (!behind) {
			kfree(before);
			return -ENOMEM;
		}
	}

	drm_gpuva_remap(before ? &before->base : NULL,
			behind ? &behind->base : NULL, &op->remap);
	if (before)
		bind_link(before, old->base.vm_bo);
	if (behind)
		bind_link(behind, old->base.vm_bo);
	bind_return(bind, old);
	return 0;
}

/**
 * vpan_bind_step_unmap - remove a mapping
 * @op: operation of drm_gpuvm: the mapping
 * @priv: the &struct vpan_bind
 *
 * Return: 0 or a negative errno.
 */
int vpan_bind_step_unmap(struct drm_gpuva_op *op, void *priv)
{
	struct vpan_vma *vma = to_vpan_vma(op->unmap.va);
	struct vpan_bind *bind = priv;
	int ret;

	ret = bind_unmap_pages(bind);
	if (ret)
		return ret;

	drm_gpuva_unmap(&op->unmap);
	bind_return(bind, vma);
	/* One change may unmap as many mappings as a client could make. */
	cond_resched();
	return 0;
}

/**
 * vpan_vm_unmap_all - unmap all that user space has mapped
 * @vm: the address space
 *
 * Allocates nothing, since no mapping is cut.
 *
 * Context: may sleep.
 */
void vpan_vm_unmap_all(struct vpan_vm *vm)
{
	struct vpan_bind bind;

	if (vm->user_end < SZ_4K)
		return;
	vpan_bind_init(&bind, vm);
	bind.size = ALIGN_DOWN(vm->user_end, SZ_4K);
	/* Remaining mappings would keep the address space for ever. */
	bind.force = true;
	vpan_bind_execute(&bind);
	vpan_bind_finish(&bind);
}

/**
 * vpan_vm_map_kernel - map a kernel object
 * @vm: the address space
 * @sgt: its pages, which stay in memory
 * @va: first address, a multiple of 4 KiB, not mapped, above the user's range
 * @size: bytes to map, a multiple of 4 KiB
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep and allocate.
 * Return: 0, -ENODEV or -EINTR if the device was unplugged or the task was killed while
 * a client's change was waited for, or another negative errno.
 */
int vpan_vm_map_kernel(struct vpan_vm *vm, struct sg_table *sgt, u64 va,
		       u64 size, u32 prot)
{
	struct vpan_bind bind;
	int ret, begin, end;

	vpan_bind_init(&bind, vm);
	bind.va = va;
	bind.size = size;
	ret = bind_fill_cache(&bind, sgt);
	if (ret)
		goto out;

	ret = vpan_vm_lock_wait(vm);
	if (ret)
		goto out;
	begin = vpan_as_begin_update(vm, va, size);
	ret = begin ?: vpan_vma_map_pages(vm, &bind.cache, sgt, 0, va, size,
					  prot);
	/* Here, since to lock again may take long. */
	if (ret)
		vpan_pt_unmap(&vm->pt, &bind.cache, va, size);
	end = vpan_as_end_update(vm);
	if (end && !ret) {
		ret = end;
		/* Again as a change: a reset may be over, and the address space have a slot. */
		vpan_as_begin_update(vm, va, size);
		vpan_pt_unmap(&vm->pt, &bind.cache, va, size);
		vpan_as_end_update(vm);
	}
	/* Errors of the MMU lead to a reset, after which nothing is cached. */
	bind.wait_reset = ret && (begin || end || vpan_reset_is_pending(vm->vpan));
	vpan_vm_unlock(vm);
out:
	vpan_bind_finish(&bind);
	return ret;
}

/**
 * vpan_vm_unmap_kernel - unmap a kernel object
 * @vm: the address space
 * @va: first address
 * @size: size of the object in bytes
 *
 * Allocates nothing, since no block is split. Takes as long as vpan_bind_execute(): not
 * between drm_dev_enter() and drm_dev_exit().
 *
 * Context: may sleep.
 */
void vpan_vm_unmap_kernel(struct vpan_vm *vm, u64 va, u64 size)
{
	struct vpan_bind bind;
	bool cookie;

	vpan_bind_init(&bind, vm);
	cookie = dma_fence_begin_signalling();
	mutex_lock(&vm->op_lock);
	/* Errors lead to a reset, after which nothing is cached. */
	bind.wait_reset = vpan_as_begin_update(vm, va, size);
	vpan_pt_unmap(&vm->pt, &bind.cache, va, size);
	if (vpan_as_end_update(vm) || vpan_reset_is_pending(vm->vpan))
		bind.wait_reset = true;
	vpan_bind_unlock(vm);
	dma_fence_end_signalling(cookie);
	vpan_bind_finish(&bind);
}
