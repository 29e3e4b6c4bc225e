// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * VM_BIND: copy and check the operations of a call, and execute them at once or
 * queue them as jobs.
 *
 * Synchronous operations are prepared and executed one by one; the call returns
 * how many were. An asynchronous call prepares all operations, which allocates
 * everything that they may need, and then queues all of them or none. From the
 * first armed job to the last push it is on the signalling path and neither
 * fails nor allocates; the reservations that take the jobs' fences are locked
 * during that. struct vpan_bind (mm/) is the change of the address space
 * itself, and takes the locks for that.
 */

#include <linux/dma-resv.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/panthor_uapi.h>

#include "mm/gem.h"
#include "mm/gem_pages.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "mm/vm_bind_job.h"
#include "pt/pgtable.h"
#include "uapi/enter.h"
#include "uapi/sync.h"
#include "uapi/uobj.h"
#include "uapi/vm_bind_ops.h"
#include "uapi/vm_id.h"

/* Bounds the memory and the time that one call takes. */
#define BIND_OPS_MAX	16384
static_assert(BIND_OPS_MAX <= VPAN_VM_BIND_JOBS_MAX);

#define BIND_FLAGS	((u32)DRM_PANTHOR_VM_BIND_ASYNC)
#define BIND_OP_TYPE	((u32)DRM_PANTHOR_VM_BIND_OP_TYPE_MASK)
#define BIND_SYNC_ONLY	((u32)DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY)
#define BIND_MAP_FLAGS \
	((u32)(DRM_PANTHOR_VM_BIND_OP_MAP_READONLY | \
	       DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC | \
	       DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED | \
	       DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE))

static const struct vpan_uobj_type uobj_bind_op =
	VPAN_UOBJ_INIT(struct drm_panthor_vm_bind_op, syncs);

/**
 * struct bind_source - the buffer that an operation maps
 */
struct bind_source {
	/** @bo: The buffer, with a reference; NULL if it is that of sparse mappings. */
	struct vpan_bo *bo;
	/** @pages: Its pages, until the operation has pinned them, if it had none. */
	struct vpan_gem_hold pages;
	/** @pinned: It had pages, and keeps them. */
	bool pinned;
};

/**
 * struct bind_batch - operations of one asynchronous call
 */
struct bind_batch {
	/** @vm: Address space. */
	struct vpan_vm *vm;
	/** @jobs: Jobs, one per operation, referenced until they are pushed. */
	struct vpan_bind_job **jobs;
	/** @count: Number of @jobs. */
	u32 count;
	/** @ops: Copies of the sync operations of each job. */
	struct drm_panthor_sync_op **ops;
	/** @syncs: Sync operations as dependencies and signals. */
	struct vpan_sync_batch syncs;
	/** @exec: Locked reservations, which take the fences. */
	struct drm_exec exec;
};

static u32 bind_prot(u32 flags)
{
	u32 prot = 0;

	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_READONLY)
		prot |= VPAN_PROT_READONLY;
	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC)
		prot |= VPAN_PROT_NOEXEC;
	if (flags & DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED)
		prot |= VPAN_PROT_UNCACHED;
	return prot;
}

static bool bind_range_ok(const struct vpan_vm *vm,
			  const struct drm_panthor_vm_bind_op *op)
{
	return IS_ALIGNED(op->va | op->size | op->bo_offset, SZ_4K) &&
	       op->va <= vm->user_end && op->size <= vm->user_end - op->va;
}

static u32 bind_type(const struct drm_panthor_vm_bind_op *op)
{
	return op->flags & BIND_OP_TYPE;
}

static bool bind_maps_buffer(const struct drm_panthor_vm_bind_op *op)
{
	return bind_type(op) == DRM_PANTHOR_VM_BIND_OP_TYPE_MAP &&
	       !(op->flags & DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE);
}

static bool bind_may_map(const struct vpan_vm *vm, const struct vpan_bo *bo,
			 const struct drm_panthor_vm_bind_op *op)
{
	u64 size = bo->base.base.size;

	return op->size && op->size <= size && op->bo_offset <= size - op->size &&
	       bind_range_ok(vm, op) &&
	       !(op->flags & ~(BIND_OP_TYPE | BIND_MAP_FLAGS)) &&
	       (!bo->exclusive_root ||
		bo->exclusive_root == drm_gpuvm_resv_obj(&vm->base));
}

/* Whatever is reclaimed from now on, the operation can have the pages at once. */
static int bind_keep_pages(struct bind_source *source)
{
	struct vpan_bo *bo = source->bo;
	int ret = vpan_gem_lock_with_pages(bo, &source->pages);

	if (ret)
		return ret;
	source->pinned = bo->base.pages;
	if (source->pinned)
		vpan_bo_pin_locked(bo);
	dma_resv_unlock(bo->base.base.resv);
	return 0;
}

/*
 * Allocating the pages may take as long as the client likes, so it is done before anything
 * is locked. Undone by bind_put_source(), also after an error.
 */
static int bind_get_source(struct drm_file *file, struct vpan_vm *vm,
			   const struct drm_panthor_vm_bind_op *op,
			   struct bind_source *source)
{
	struct drm_gem_object *gem;

	*source = (struct bind_source) {};
	if (vpan_hw_is_gone(vm->vpan))
		return -ENODEV;
	if (!bind_maps_buffer(op))
		return 0;
	gem = drm_gem_object_lookup(file, op->bo_handle);
	if (!gem)
		return -EINVAL;
	source->bo = to_vpan_bo(gem);
	if (!bind_may_map(vm, source->bo, op))
		return -EINVAL;
	return bind_keep_pages(source);
}

static void bind_put_source(struct bind_source *source)
{
	if (source->pinned)
		vpan_bo_unpin(source->bo);
	vpan_gem_release_pages(&source->pages);
	if (source->bo)
		drm_gem_object_put(&source->bo->base.base);
}

static int bind_prepare_sparse(struct vpan_bind *bind, struct drm_file *file,
			       const struct drm_panthor_vm_bind_op *op)
{
	struct vpan_gem_hold hold;
	struct vpan_bo *bo;
	int ret;

	if (op->flags & ~(BIND_OP_TYPE | BIND_MAP_FLAGS) || op->bo_handle ||
	    op->bo_offset || !(op->flags & DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC))
		return -EINVAL;
	bo = vpan_vm_get_sparse_bo(bind->vm, file->driver_priv);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	ret = vpan_gem_hold_pages(bo, &hold, NULL);
	if (!ret)
		ret = vpan_bind_prepare_map(bind, bo, op->va % VPAN_VM_SPARSE_SIZE,
					    op->va, op->size,
					    bind_prot(op->flags));
	vpan_gem_release_pages(&hold);
	return ret;
}

static int bind_prepare_map(struct vpan_bind *bind, struct drm_file *file,
			    const struct drm_panthor_vm_bind_op *op,
			    const struct bind_source *source)
{
	if (!source->bo)
		return bind_prepare_sparse(bind, file, op);
	return vpan_bind_prepare_map(bind, source->bo, op->bo_offset, op->va,
				     op->size, bind_prot(op->flags));
}

static int bind_prepare_unmap(struct vpan_bind *bind,
			      const struct drm_panthor_vm_bind_op *op)
{
	if (op->flags & ~BIND_OP_TYPE || op->bo_handle || op->bo_offset)
		return -EINVAL;

	return vpan_bind_prepare_unmap(bind, op->va, op->size);
}

static int bind_prepare(struct vpan_bind *bind, struct drm_file *file,
			const struct drm_panthor_vm_bind_op *op,
			const struct bind_source *source)
{
	if (!op->size || !bind_range_ok(bind->vm, op))
		return -EINVAL;

	switch (bind_type(op)) {
	case DRM_PANTHOR_VM_BIND_OP_TYPE_MAP:
		return bind_prepare_map(bind, file, op, source);
	case DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP:
		return bind_prepare_unmap(bind, op);
	default:
		return -EINVAL;
	}
}

static bool bind_is_sync_only(const struct drm_panthor_vm_bind_op *op)
{
	return bind_type(op) == BIND_SYNC_ONLY;
}

static int bind_execute_one(struct drm_file *file, struct vpan_vm *vm,
			    const struct drm_panthor_vm_bind_op *op)
{
	struct bind_source source;
	struct vpan_bind bind;
	int ret;

	/* Sync operations are for asynchronous operations only. */
	if (op->syncs.count || bind_is_sync_only(op))
		return -EINVAL;
	if (!op->size)
		return 0;

	ret = bind_get_source(file, vm, op, &source);
	if (ret)
		goto out;
	vpan_bind_init(&bind, vm);
	ret = bind_prepare(&bind, file, op, &source);
	/* As an asynchronous change, this may go on when the device is gone. */
	if (!ret && vpan_hw_is_gone(vm->vpan))
		ret = -ENODEV;
	if (!ret)
		ret = vpan_bind_execute(&bind);
	vpan_bind_finish(&bind);
out:
	bind_put_source(&source);
	return ret;
}

/* Returns in args->ops.count how many operations have been executed. */
static int bind_all_sync(struct drm_file *file, struct vpan_vm *vm,
			 struct drm_panthor_vm_bind *args,
			const struct drm_panthor_vm_bind_op *ops)
{
	int ret;
	u32 i;

	for (i = 0; i < args->ops.count; i++) {
		ret = fatal_signal_pending(current) ? -EINTR :
		      bind_execute_one(file, vm, &ops[i]);
		if (ret) {
			args->ops.count = i;
			return ret;
		}
		cond_resched();
	}
	return 0;
}

static int batch_prepare(struct bind_batch *batch, struct vpan_bind *bind,
			 const struct drm_panthor_vm_bind_op *op)
{
	struct drm_file *file = batch->syncs.file;
	struct bind_source source;
	int ret;

	ret = bind_get_source(file, batch->vm, op, &source);
	if (!ret)
		ret = bind_prepare(bind, file, op, &source);
	bind_put_source(&source);
	return ret;
}

static int batch_add(struct bind_batch *batch,
		     const struct drm_panthor_vm_bind_op *op)
{
	struct drm_panthor_sync_op *syncs = batch->ops[batch->count];
	struct drm_file *file = batch->syncs.file;
	struct vpan_bind_job *job;
	int ret = 0;

	job = vpan_bind_job_create(batch->vm, file->client_id);
	if (IS_ERR(job))
		return PTR_ERR(job);
	batch->jobs[batch->count++] = job;

	if (!bind_is_sync_only(op)) {
		ret = batch_prepare(batch, &job->bind, op);
	} else if (op->flags != BIND_SYNC_ONLY || op->bo_handle ||
		   op->bo_offset || op->va || op->size || !op->syncs.count) {
		ret = -EINVAL;
	}
	return ret ?: vpan_sync_batch_add_job(&batch->syncs, &job->base, syncs,
					      op->syncs.count);
}

/*
 * Each reservation reserves one fence: a later fence of the queue replaces it. User
 * space chooses how many are locked, from the start again after each contention.
 */
static int batch_lock(struct bind_batch *batch)
{
	struct drm_gem_object *root = drm_gpuvm_resv_obj(&batch->vm->base);
	struct drm_exec *exec = &batch->exec;
	struct vpan_bo *bo;
	int ret;
	u32 i;

	drm_exec_init(exec, DRM_EXEC_INTERRUPTIBLE_WAIT |
		      DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(exec) {
		ret = drm_exec_prepare_obj(exec, root, 1);
		drm_exec_retry_on_contention(exec);
		for (i = 0; !ret && i < batch->count; i++) {
			bo = batch->jobs[i]->bind.bo;
			if (!bo || bo->exclusive_root)
				continue;
			ret = fatal_signal_pending(current) ? -EINTR :
			      drm_exec_prepare_obj(exec, &bo->base.base, 1);
			drm_exec_retry_on_contention(exec);
			cond_resched();
		}
		if (ret)
			break;
	}
	if (ret)
		drm_exec_fini(exec);
	return ret;
}

/* Signalling path: does not fail and does not allocate. */
static void batch_commit(struct bind_batch *batch)
{
	struct dma_resv *resv = drm_gpuvm_resv(&batch->vm->base);
	struct dma_fence *fence;
	struct vpan_bo *bo;
	u32 i;

	for (i = 0; i < batch->count; i++) {
		fence = drm_jobqueue_job_arm(&batch->jobs[i]->base);
		/* Replaces the fence of the previous job. */
		dma_resv_add_fence(resv, fence, DMA_RESV_USAGE_BOOKKEEP);
		bo = batch->jobs[i]->bind.bo;
		if (bo && !bo->exclusive_root)
			dma_resv_add_fence(bo->base.base.resv, fence,
					   DMA_RESV_USAGE_BOOKKEEP);
	}
	vpan_sync_batch_take_fences(&batch->syncs);

	for (i = 0; i < batch->count; i++)
		drm_jobqueue_job_push(&batch->jobs[i]->base);
	batch->count = 0;
}

/* Count the sync operations; the limit applies to those of all operations. */
static int batch_count_syncs(const struct drm_panthor_vm_bind_op *ops,
			     u32 count, u32 *nsyncs)
{
	u32 i, left = VPAN_SYNC_OPS_MAX;
	int ret;

	for (i = 0; i < count; i++) {
		ret = vpan_uobj_check_array(&ops[i].syncs, &vpan_sync_op_type,
					    left);
		if (ret)
			return ret;
		left -= ops[i].syncs.count;
	}
	*nsyncs = VPAN_SYNC_OPS_MAX - left;
	return 0;
}

/* Access user memory before any job exists. */
static int batch_get_syncs(struct bind_batch *batch,
			   const struct drm_panthor_vm_bind_op *ops, u32 count)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < count; i++) {
		ret = vpan_uobj_get_array(&ops[i].syncs, &vpan_sync_op_type,
					  VPAN_SYNC_OPS_MAX,
					  (void **)&batch->ops[i]);
		if (fatal_signal_pending(current))
			ret = ret ?: -EINTR;
		cond_resched();
	}
	return ret;
}

static int batch_init(struct bind_batch *batch, struct drm_file *file,
		      const struct drm_panthor_vm_bind_op *ops, u32 count)
{
	u32 nsyncs;
	int ret;

	ret = batch_count_syncs(ops, count, &nsyncs);
	if (ret)
		return ret;

	batch->jobs = kvcalloc(count, sizeof(*batch->jobs), GFP_KERNEL_ACCOUNT);
	batch->ops = kvcalloc(count, sizeof(*batch->ops), GFP_KERNEL_ACCOUNT);
	if (!batch->jobs || !batch->ops)
		return -ENOMEM;
	ret = vpan_sync_batch_init(&batch->syncs, file, nsyncs);
	return ret ?: batch_get_syncs(batch, ops, count);
}

static void batch_fini(struct bind_batch *batch, u32 count)
{
	u32 i;

	for (i = 0; i < batch->count; i++)
		drm_jobqueue_job_put(&batch->jobs[i]->base);
	vpan_sync_batch_fini(&batch->syncs);
	for (i = 0; batch->ops && i < count; i++)
		kvfree(batch->ops[i]);
	kvfree(batch->ops);
	kvfree(batch->jobs);
}

/*
 * Preparing may take long: check again that the device is there. Not before the
 * reservations are locked, since clients can keep their holders off the processors.
 */
static int batch_run(struct bind_batch *batch)
{
	int ret, idx;

	ret = batch_lock(batch);
	if (ret)
		return ret;
	ret = vpan_hw_enter(batch->vm->vpan, &idx);
	if (!ret) {
		batch_commit(batch);
		drm_dev_exit(idx);
	}
	drm_exec_fini(&batch->exec);
	return ret;
}

/*
 * Return: 0, -EAGAIN if @full returns true because there is no room for the jobs,
 * or another negative errno.
 */
static int bind_try_async(struct drm_file *file, struct vpan_vm *vm,
			  const struct drm_panthor_vm_bind_op *ops, u32 count,
			  bool *full)
{
	struct bind_batch batch = { .vm = vm };
	int ret;
	u32 i;

	ret = vpan_job_limit_take_many(&vm->bind_limit, count);
	*full = ret;
	if (ret)
		return ret;

	ret = batch_init(&batch, file, ops, count);
	for (i = 0; !ret && i < count; i++) {
		ret = fatal_signal_pending(current) ? -EINTR :
		      batch_add(&batch, &ops[i]);
		cond_resched();
	}
	/* Jobs that exist give their room back when they are freed. */
	if (batch.count < count)
		vpan_job_limit_release(&vm->bind_limit, count - batch.count);
	if (!ret)
		ret = batch_run(&batch);
	if (!ret)
		vpan_sync_batch_publish(&batch.syncs);
	batch_fini(&batch, count);
	return ret;
}

static int bind_check_vm(struct vpan_vm *vm)
{
	if (vpan_hw_is_gone(vm->vpan))
		return -ENODEV;
	return vpan_vm_can_map(vm) ? 0 : -EINVAL;
}

/* Return: -EAGAIN if there is room again, or another negative errno. */
static int bind_wait(struct vpan_vm *vm, u32 count)
{
	int ret;

	do {
		ret = vpan_job_limit_wait(&vm->bind_limit, count);
		if (!ret)
			ret = bind_check_vm(vm);
	} while (!ret);
	return ret < 0 ? ret : -EAGAIN;
}

/* Either all are queued, or none. Waits while the queue is full. */
static int bind_all_async(struct drm_file *file, struct vpan_vm *vm,
			  const struct drm_panthor_vm_bind_op *ops, u32 count)
{
	bool full;
	int ret;

	do {
		ret = bind_check_vm(vm);
		if (ret || !count)
			return ret;
		ret = bind_try_async(file, vm, ops, count, &full);
		/* No jobs are held here. */
		if (ret == -EAGAIN && full)
			ret = bind_wait(vm, count);
		cond_resched();
	} while (ret == -EAGAIN && full);
	return ret;
}

/**
 * vpan_vm_bind - change the mappings of an address space
 * @file: open file of the caller
 * @args: operations; returns the number of executed ones if a synchronous call
 *	fails
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if an argument is invalid, -ENODEV if the device is
 * unplugged or lost, or another negative errno.
 */
int vpan_vm_bind(struct drm_file *file, struct drm_panthor_vm_bind *args)
{
	struct drm_panthor_vm_bind_op *ops;
	struct vpan_vm *vm;
	int ret;

	if (args->flags & ~BIND_FLAGS)
		return -EINVAL;
	vm = vpan_vm_get_by_id(file->driver_priv, args->vm_id);
	if (!vm)
		return -EINVAL;

	ret = vpan_uobj_get_array(&args->ops, &uobj_bind_op, BIND_OPS_MAX,
				  (void **)&ops);
	if (ret)
		goto out;
	if (args->flags & BIND_FLAGS)
		ret = bind_all_async(file, vm, ops, args->ops.count);
	else
		ret = bind_all_sync(file, vm, args, ops);
	kvfree(ops);
out:
	vpan_vm_put(vm);
	return ret;
}
