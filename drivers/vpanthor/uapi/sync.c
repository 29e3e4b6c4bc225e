// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Sync operations of GROUP_SUBMIT and VM_BIND.
 *
 * A batch has the sync operations of all jobs of one call. Waits become
 * dependencies of the job at once. Signals are collected, with all memory that
 * they need, and published when all jobs of the call are pushed. Until then no
 * fence is in a sync object, so a wait for what an earlier job of the same call
 * signals is found in the batch and becomes a dependency on that job.
 *
 * A batch belongs to one call and needs no lock. It holds references to sync
 * objects, and borrows jobs and file.
 */

#include <linux/dma-fence-chain.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <drm/drm_jobqueue.h>
#include <drm/drm_syncobj.h>
#include <drm/panthor_uapi.h>

#include "uapi/sync.h"
#include "uapi/uobj.h"

const struct vpan_uobj_type vpan_sync_op_type =
	VPAN_UOBJ_INIT(struct drm_panthor_sync_op, timeline_value);

#define SYNC_OP_FLAGS \
	((u32)DRM_PANTHOR_SYNC_OP_SIGNAL | DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_MASK)

static bool sync_op_is_signal(const struct drm_panthor_sync_op *op)
{
	return op->flags & (u32)DRM_PANTHOR_SYNC_OP_SIGNAL;
}

static bool sync_op_ok(const struct drm_panthor_sync_op *op)
{
	if (op->flags & ~SYNC_OP_FLAGS)
		return false;

	switch (op->flags & DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_MASK) {
	case DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ:
		return !op->timeline_value;
	case DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ:
		return true;
	default:
		return false;
	}
}

static struct vpan_sync_signal *sync_find(struct vpan_sync_batch *batch,
					  const struct drm_panthor_sync_op *op)
{
	u32 i;

	for (i = 0; i < batch->nsignals; i++) {
		if (batch->signals[i].handle == op->handle &&
		    batch->signals[i].point == op->timeline_value)
			return &batch->signals[i];
	}
	return NULL;
}

/*
 * What an earlier job of the batch signals takes precedence over the fence that
 * the sync object has now: it will have replaced that fence.
 */
static int sync_add_wait(struct vpan_sync_batch *batch,
			 struct drm_jobqueue_job *job,
			 const struct drm_panthor_sync_op *op)
{
	struct vpan_sync_signal *signal = sync_find(batch, op);

	if (signal)
		return drm_jobqueue_job_add_job_dep(job, signal->job);

	return drm_jobqueue_job_add_syncobj_dep(job, batch->file, op->handle,
						op->timeline_value);
}

/*
 * dma_fence_chain_alloc() does not charge the link to the client, who may add
 * any number of them to a timeline.
 */
static struct dma_fence_chain *sync_chain_alloc(void)
{
	return kmalloc(sizeof(struct dma_fence_chain), GFP_KERNEL_ACCOUNT);
}

/*
 * If several jobs signal one object, or one point of it, the last one counts.
 */
static int sync_add_signal(struct vpan_sync_batch *batch,
			   struct drm_jobqueue_job *job,
			   const struct drm_panthor_sync_op *op)
{
	struct vpan_sync_signal *signal = sync_find(batch, op);

	if (signal) {
		signal->job = job;
		return 0;
	}

	if (batch->nsignals == batch->max)
		return -EINVAL;
	signal = &batch->signals[batch->nsignals];
	*signal = (struct vpan_sync_signal) {
		.handle = op->handle,
		.point = op->timeline_value,
		.job = job,
	};

	if (signal->point) {
		signal->chain = sync_chain_alloc();
		if (!signal->chain)
			return -ENOMEM;
	}
	signal->syncobj = drm_syncobj_find(batch->file, op->handle);
	if (!signal->syncobj) {
		dma_fence_chain_free(signal->chain);
		return -EINVAL;
	}
	batch->nsignals++;
	return 0;
}

static int sync_compare(const void *a, const void *b)
{
	const struct drm_panthor_sync_op *const *pa = a, *const *pb = b;
	const struct drm_panthor_sync_op *x = *pa, *y = *pb;

	if (x->handle != y->handle)
		return x->handle < y->handle ? -1 : 1;
	if (x->timeline_value != y->timeline_value)
		return x->timeline_value < y->timeline_value ? -1 : 1;
	return 0;
}

/* Return: number of waits, which are in @batch->waits, by handle and point. */
static u32 sync_sort_waits(struct vpan_sync_batch *batch,
			   const struct drm_panthor_sync_op *ops, u32 count)
{
	u32 i, nwaits = 0;

	for (i = 0; i < count; i++) {
		if (!sync_op_is_signal(&ops[i]))
			batch->waits[nwaits++] = &ops[i];
	}
	if (nwaits > 1)
		sort(batch->waits, nwaits, sizeof(*batch->waits), sync_compare,
		     NULL);
	return nwaits;
}

/*
 * Return: whether a wait for @a includes the wait for @b. Points of a timeline
 * signal in order. To look up a point is to walk the timeline, so a job looks
 * up only the last point of each object.
 */
static bool sync_implies(const struct drm_panthor_sync_op *a,
			 const struct drm_panthor_sync_op *b)
{
	return a->handle == b->handle &&
	       (a->timeline_value == b->timeline_value ||
		(b->timeline_value && a->timeline_value > b->timeline_value));
}

static int sync_add_waits(struct vpan_sync_batch *batch,
			  struct drm_jobqueue_job *job, u32 nwaits)
{
	const struct drm_panthor_sync_op *op, *next;
	int ret;
	u32 i;

	for (i = 0; i < nwaits; i++) {
		/*
		 * Each look-up walks a timeline, whose length a client chooses.
		 */
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();

		op = batch->waits[i];
		next = i + 1 < nwaits ? batch->waits[i + 1] : NULL;
		if (next && sync_implies(next, op) && !sync_find(batch, op) &&
		    !sync_find(batch, next))
			continue;
		ret = sync_add_wait(batch, job, op);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vpan_sync_batch_init - begin a batch
 * @batch: batch, to be ended by vpan_sync_batch_fini() in all cases
 * @file: open file that the handles of sync objects belong to
 * @max: maximum number of operations
 *
 * Context: may sleep and allocate.
 * Return: 0, -E2BIG or -ENOMEM.
 */
int vpan_sync_batch_init(struct vpan_sync_batch *batch, struct drm_file *file,
			 u32 max)
{
	batch->file = file;
	batch->nsignals = 0;
	batch->max = max;
	batch->signals = batch->few_signals;
	batch->waits = batch->few_waits;
	if (max > VPAN_SYNC_OPS_MAX)
		return -E2BIG;
	if (max <= VPAN_SYNC_OPS_FEW)
		return 0;
	batch->signals = kvcalloc(max, sizeof(*batch->signals),
				  GFP_KERNEL_ACCOUNT);
	batch->waits = kvcalloc(max, sizeof(*batch->waits), GFP_KERNEL_ACCOUNT);
	return batch->signals && batch->waits ? 0 : -ENOMEM;
}

/**
 * vpan_sync_batch_fini - end a batch
 * @batch: batch, published or not
 *
 * Context: may sleep.
 */
void vpan_sync_batch_fini(struct vpan_sync_batch *batch)
{
	u32 i;

	for (i = 0; i < batch->nsignals; i++) {
		dma_fence_chain_free(batch->signals[i].chain);
		dma_fence_put(batch->signals[i].fence);
		drm_syncobj_put(batch->signals[i].syncobj);
	}
	if (batch->signals == batch->few_signals)
		return;
	kvfree(batch->waits);
	kvfree(batch->signals);
}

/**
 * vpan_sync_batch_add_job - add the sync operations of a job
 * @batch: batch
 * @job: job, not armed; will be armed after all jobs that were added before
 * @ops: sync operations
 * @count: number of operations
 *
 * A wait for what an earlier job of the batch signals becomes a dependency on
 * that job. Waits of a job come before its signals, whatever the order of @ops.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if an operation is invalid, an object to wait for has no
 * fence or an object to signal does not exist, -ENOENT if an object to wait for
 * does not exist, -ENOMEM, -EINTR if the process is being killed.
 */
int vpan_sync_batch_add_job(struct vpan_sync_batch *batch,
			    struct drm_jobqueue_job *job,
			    const struct drm_panthor_sync_op *ops, u32 count)
{
	int ret;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!sync_op_ok(&ops[i]))
			return -EINVAL;
	}
	ret = sync_add_waits(batch, job, sync_sort_waits(batch, ops, count));
	/* Each looks at all signals that were added before. */
	for (i = 0; !ret && i < count; i++) {
		if (fatal_signal_pending(current))
			ret = -EINTR;
		else if (sync_op_is_signal(&ops[i]))
			ret = sync_add_signal(batch, job, &ops[i]);
		cond_resched();
	}
	return ret;
}

/**
 * vpan_sync_batch_take_fences - get the fences that the batch signals
 * @batch: batch, whose jobs are armed and not pushed
 *
 * Context: on the signalling path.
 */
void vpan_sync_batch_take_fences(struct vpan_sync_batch *batch)
{
	struct vpan_sync_signal *signal;
	u32 i;

	for (i = 0; i < batch->nsignals; i++) {
		signal = &batch->signals[i];
		signal->fence =
			dma_fence_get(drm_jobqueue_job_fence(signal->job));
	}
}

/**
 * vpan_sync_batch_publish - put the fences of all jobs into sync objects
 * @batch: batch with its fences, whose jobs may be pushed
 *
 * DRM walks all points of the timeline that have not signalled and all waiters of the
 * object, of which clients make any number. Therefore neither a lock nor
 * drm_dev_enter() may be held here, and a process that is being killed publishes the
 * first %VPAN_SYNC_PUBLISH_MIN and no more. Other processes may wait for jobs that
 * execute, so a call that was killed after its jobs were pushed looks as if it had
 * returned, unless it has more signals than programs have.
 *
 * Context: may sleep.
 */
void vpan_sync_batch_publish(struct vpan_sync_batch *batch)
{
	struct vpan_sync_signal *signal;
	u32 i;

	for (i = 0; i < batch->nsignals; i++) {
		if (i >= VPAN_SYNC_PUBLISH_MIN && fatal_signal_pending(current))
			break;
		signal = &batch->signals[i];
		if (!signal->chain) {
			drm_syncobj_replace_fence(signal->syncobj,
						  signal->fence);
		} else {
			drm_syncobj_add_point(signal->syncobj, signal->chain,
					      signal->fence, signal->point);
			signal->chain = NULL;
		}
		cond_resched();
	}
}
