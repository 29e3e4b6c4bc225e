// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GROUP_SUBMIT: create the jobs of a call, add their dependencies, and publish
 * and queue all of them or none.
 *
 * Everything that can fail comes first: creating jobs, looking up sync objects,
 * locking the reservations of the address space and of its shared buffers, and
 * restoring evicted buffers, which drops the locks again to allocate. Arming the
 * first job is the point of no return: from there to the last push the code is on
 * the signalling path and neither fails nor allocates. Reservations are locked
 * until all jobs are armed and their fences added, so that the shrinker sees the
 * fences of buffers that it may evict. No other lock is held.
 *
 * Nearly all calls have one job, few sync operations, and an address space without
 * buffers of other reservations. They allocate the job and its fence, and nothing
 * else.
 */

#include <linux/dma-resv.h>
#include <linux/jiffies.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_gpuvm.h>
#include <drm/panthor_uapi.h>

#include "debug/trace.h"
#include "device/device.h"
#include "mm/vm.h"
#include "mm/vm_restore.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/queue.h"
#include "uapi/enter.h"
#include "uapi/submit.h"
#include "uapi/sync.h"

static_assert(VPAN_QUEUE_JOBS_MAX / 2 >= VPAN_SUBMIT_JOBS_MAX);

#define FLUSH_ID_RESERVED	GENMASK(30, 24)

/* So many jobs need no memory for a list of them. */
#define SUBMIT_JOBS_FEW		4

/**
 * struct submit - jobs that are submitted together
 */
struct submit {
	/** @group: Group of all jobs. */
	struct vpan_group *group;
	/** @jobs: The jobs, with references until they are pushed. */
	struct vpan_job **jobs;
	/** @count: Number of @jobs. */
	u32 count;
	/** @syncs: Sync operations of @jobs. */
	struct vpan_sync_batch syncs;
	/** @shared: Reservations of other buffers are locked, too, in @exec. */
	bool shared;
	/** @exec: Locked reservations, which take the fences. */
	struct drm_gpuvm_exec exec;
	/** @restore: What evicted buffers need. */
	struct vpan_restore restore;
	/** @few_jobs: Memory for @jobs if there are few. */
	struct vpan_job *few_jobs[SUBMIT_JOBS_FEW];
	/**
	 * @last: Last fence of each queue of @group, borrowed; NULL for no job.
	 */
	struct dma_fence *last[CSF_CSG_STREAM_MAX];
};

static bool submit_args_ok(const struct vpan_group *group,
			   const struct drm_panthor_queue_submit *args)
{
	return !args->pad && args->queue_index < group->nqueues &&
	       !args->stream_size == !args->stream_addr &&
	       IS_ALIGNED(args->stream_addr, 64) &&
	       IS_ALIGNED(args->stream_size, CSF_CS_INSTR_SIZE) &&
	       !(args->latest_flush & FLUSH_ID_RESERVED);
}

/* Queue that the client names; the index has been checked. */
static struct vpan_queue *
submit_queue(const struct vpan_group *group,
	     const struct drm_panthor_queue_submit *args)
{
	return group->queues[array_index_nospec(args->queue_index,
						group->nqueues)];
}

static int submit_add_job(struct submit *submit,
			  const struct drm_panthor_queue_submit *args,
			  const struct drm_panthor_sync_op *syncs)
{
	struct vpan_group *group = submit->group;
	struct vpan_job *job;

	if (!submit_args_ok(group, args))
		return -EINVAL;

	job = vpan_job_create(submit_queue(group, args), args->stream_addr,
			      args->stream_size, args->latest_flush,
			      submit->syncs.file->client_id);
	if (IS_ERR(job))
		return PTR_ERR(job);

	submit->jobs[submit->count++] = job;
	return vpan_sync_batch_add_job(&submit->syncs, &job->base, syncs,
				       args->syncs.count);
}

/*
 * Lock the reservation of the address space, and those of buffers that have their
 * own. drm_exec allocates and clears a page for the list of them. Without any, which
 * is the case of most address spaces, it is left out: one lock needs no context.
 *
 * Walks over the list of these buffers, for which it is moved to another list, are
 * made under the reservation of the address space.
 */
static int submit_lock(struct submit *submit)
{
	struct drm_gpuvm *vm = &submit->group->vm->base;
	/* A later fence of a queue replaces an earlier one. */
	u32 fences = min(submit->count, submit->group->nqueues);
	struct dma_resv *resv = drm_gpuvm_resv(vm);
	/* What has been allocated for evicted buffers would be lost with a signal. */
	bool interruptible = !submit->restore.vm ||
			     fatal_signal_pending(current);
	int ret;

	ret = interruptible ? dma_resv_lock_interruptible(resv, NULL) :
	      dma_resv_lock(resv, NULL);
	if (ret)
		return ret;
	submit->shared = !list_empty(&vm->extobj.list);
	if (!submit->shared) {
		ret = dma_resv_reserve_fences(resv, fences);
		if (ret)
			dma_resv_unlock(resv);
		return ret;
	}

	dma_resv_unlock(resv);
	submit->exec = (struct drm_gpuvm_exec) {
		.vm = vm,
		.flags = DRM_EXEC_IGNORE_DUPLICATES |
			 (interruptible ? DRM_EXEC_INTERRUPTIBLE_WAIT : 0),
		.num_fences = fences,
	};
	return drm_gpuvm_exec_lock(&submit->exec);
}

static void submit_unlock(struct submit *submit)
{
	if (submit->shared)
		drm_gpuvm_exec_unlock(&submit->exec);
	else
		dma_resv_unlock(drm_gpuvm_resv(&submit->group->vm->base));
}

static void submit_add_fence(struct submit *submit, struct dma_fence *fence)
{
	if (submit->shared)
		drm_gpuvm_exec_resv_add_fence(&submit->exec, fence,
					      DMA_RESV_USAGE_BOOKKEEP,
					      DMA_RESV_USAGE_BOOKKEEP);
	else
		dma_resv_add_fence(drm_gpuvm_resv(&submit->group->vm->base),
				   fence, DMA_RESV_USAGE_BOOKKEEP);
}

/*
 * Restore evicted buffers. The jobs' fences keep them from being evicted again.
 * Return: 0, -EAGAIN if that takes memory, or another negative errno.
 */
static int submit_validate(struct submit *submit)
{
	struct vpan_vm *vm = submit->group->vm;

	WRITE_ONCE(vm->last_used, jiffies);
	if (likely(!vpan_vm_has_evicted(vm)))
		return 0;
	if (!submit->restore.vm)
		vpan_restore_init(&submit->restore, vm);
	return vpan_restore_run(&submit->restore,
				submit->shared ? &submit->exec.exec : NULL);
}

/* Signalling path: does not fail and does not allocate. */
static void submit_commit(struct submit *submit)
{
	struct vpan_queue *queue;
	u32 i;

	for (i = 0; i < submit->count; i++) {
		queue = to_vpan_queue(submit->jobs[i]->base.queue);
		submit->last[queue->index] =
			drm_jobqueue_job_arm(&submit->jobs[i]->base);
		trace_vpanthor_job_submit(submit->jobs[i]);
	}

	for (i = 0; i < submit->group->nqueues; i++) {
		if (submit->last[i])
			submit_add_fence(submit, submit->last[i]);
	}
	vpan_sync_batch_take_fences(&submit->syncs);

	for (i = 0; i < submit->count; i++)
		drm_jobqueue_job_push(&submit->jobs[i]->base);
	submit->count = 0;
}

/*
 * Creating jobs may take long: check again that the device is there. Not before the
 * reservations are locked, since clients can keep their holders off the processors.
 */
static int submit_lock_and_commit(struct submit *submit)
{
	int ret, idx;

	ret = submit_lock(submit);
	if (ret)
		return ret;
	ret = submit_validate(submit);
	if (!ret)
		ret = vpan_hw_enter(submit->group->vpan, &idx);
	if (!ret) {
		submit_commit(submit);
		drm_dev_exit(idx);
	}
	submit_unlock(submit);
	return ret;
}

static int submit_check_group(const struct vpan_group *group)
{
	if (vpan_group_can_run(group))
		return 0;
	return vpan_hw_is_gone(group->vpan) ? -ENODEV : -EINVAL;
}

static int submit_run(struct submit *submit)
{
	int ret;

	do {
		ret = submit_lock_and_commit(submit);
		if (ret != -EAGAIN || !submit->restore.vm)
			return ret;
		ret = vpan_restore_alloc(&submit->restore);
		if (!ret)
			ret = submit_check_group(submit->group);
	} while (!ret);
	return ret;
}

static void submit_fini(struct submit *submit)
{
	u32 i;

	for (i = 0; i < submit->count; i++)
		drm_jobqueue_job_put(&submit->jobs[i]->base);
	vpan_sync_batch_fini(&submit->syncs);
	vpan_restore_fini(&submit->restore);
	if (submit->jobs != submit->few_jobs)
		kvfree(submit->jobs);
}

/* Clearing all of the structure would take longer than the rest. */
static int submit_init(struct submit *submit, struct vpan_group *group,
		       struct drm_file *file, u32 count, u32 nsyncs)
{
	u32 i;
	int ret;

	submit->group = group;
	submit->count = 0;
	submit->restore.vm = NULL;
	for (i = 0; i < group->nqueues; i++)
		submit->last[i] = NULL;
	submit->jobs = submit->few_jobs;
	ret = vpan_sync_batch_init(&submit->syncs, file, nsyncs);
	if (!ret && count > ARRAY_SIZE(submit->few_jobs)) {
		submit->jobs = kvmalloc_array(count, sizeof(*submit->jobs),
					      GFP_KERNEL_ACCOUNT);
		ret = submit->jobs ? 0 : -ENOMEM;
	}
	return ret;
}

/*
 * Return: 0, -EAGAIN if @full returns a queue that has no space for the jobs, or
 * another negative errno.
 */
static int submit_try(struct drm_file *file, struct vpan_group *group,
		      const struct drm_panthor_queue_submit *args, u32 count,
		      const struct drm_panthor_sync_op *syncs, u32 nsyncs,
		      struct vpan_queue **full)
{
	struct submit submit;
	int ret;
	u32 i;

	ret = submit_init(&submit, group, file, count, nsyncs);
	for (i = 0; !ret && i < count; i++) {
		ret = fatal_signal_pending(current) ? -EINTR :
		      submit_add_job(&submit, &args[i], syncs);
		cond_resched();
		syncs += args[i].syncs.count;
		if (ret == -EAGAIN)
			*full = submit_queue(group, &args[i]);
	}
	if (!ret)
		ret = submit_run(&submit);
	if (!ret)
		vpan_sync_batch_publish(&submit.syncs);
	submit_fini(&submit);
	return ret;
}

/* Return: -EAGAIN if the queue has space again, or another negative errno. */
static int submit_wait(struct vpan_group *group, struct vpan_queue *full,
		       u32 count)
{
	int ret;

	do {
		ret = vpan_job_limit_wait(&full->limit, count);
		if (!ret)
			ret = submit_check_group(group);
	} while (!ret);
	return ret < 0 ? ret : -EAGAIN;
}

/**
 * vpan_submit - submit jobs to queues of a group
 * @file: open file of the caller
 * @group: group
 * @args: descriptions of the jobs
 * @count: number of jobs, from 1 to %VPAN_SUBMIT_JOBS_MAX
 * @syncs: sync operations of all jobs, one job after the other
 * @nsyncs: number of sync operations
 *
 * Either all jobs are submitted, or none. Waits while one of the queues is full.
 * That is what programs expect: Mesa treats errors other than EINTR as a lost
 * device, and libdrm repeats a call that returns EAGAIN at once, which would only
 * burn time.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if the group is not alive or an argument is invalid,
 * -ENODEV if the device is unplugged or lost, or another negative errno.
 */
int vpan_submit(struct drm_file *file, struct vpan_group *group,
		const struct drm_panthor_queue_submit *args, u32 count,
		const struct drm_panthor_sync_op *syncs, u32 nsyncs)
{
	struct vpan_queue *full;
	int ret;

	do {
		ret = submit_check_group(group);
		if (ret)
			return ret;
		full = NULL;
		ret = submit_try(file, group, args, count, syncs, nsyncs,
				 &full);
		if (ret != -EAGAIN || !full)
			return ret;
		/* No jobs are held here. */
		ret = submit_wait(group, full, count);
		cond_resched();
	} while (ret == -EAGAIN);
	return ret;
}
