// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Dependencies of jobs.
 *
 * They are collected while a job is prepared and waited for all at once from
 * the moment it is pushed: one counter, one wake-up. A callback counts down
 * and does nothing else; it may run in hard-irq context with a lock held that
 * this code knows nothing of.
 */

#include <linux/dma-fence-unwrap.h>
#include <linux/export.h>
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "internal.h"

/* Bounds what a submission can make the kernel do. */
#define MAX_DEPS 4096

static int deps_grow(struct drm_jobqueue_job *job)
{
	u32 max_deps = job->max_deps * 2;
	struct drm_jobqueue_dep *deps;

	if (max_deps > MAX_DEPS)
		return -E2BIG;

	/* Not kvmalloc(): they are freed in whatever context the last one signals. */
	deps = kmalloc_array(max_deps, sizeof(*deps),
			     GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!deps)
		return -ENOMEM;

	memcpy(deps, job->deps, job->ndeps * sizeof(*deps));
	if (job->deps != job->inline_deps)
		kfree(job->deps);
	job->deps = deps;
	job->max_deps = max_deps;
	return 0;
}

static int deps_append(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	if (job->ndeps == job->max_deps) {
		int ret = deps_grow(job);

		if (ret)
			return ret;
	}
	job->deps[job->ndeps++].fence = dma_fence_get(fence);
	return 0;
}

static void note_error(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	if (job->queue->flags & DRM_JOBQUEUE_PROPAGATE_ERRORS && fence->error)
		cmpxchg(&job->error, 0, fence->error);
}

/* Does not consume the reference. @fence is no container. */
static int deps_add(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	const struct drm_jobqueue *queue = job->queue;
	u32 i;

	if (fence->context == queue->timeline->context)
		return 0;

	if (dma_fence_is_signaled(fence)) {
		note_error(job, fence);
		return 0;
	}

	for (i = 0; i < job->ndeps; i++) {
		struct drm_jobqueue_dep *dep = &job->deps[i];

		if (dep->fence->context != fence->context)
			continue;
		/* That of a job to be armed is later than any there is. */
		if (dep->fence->seqno &&
		    dma_fence_is_later(fence, dep->fence)) {
			dma_fence_put(dep->fence);
			dep->fence = dma_fence_get(fence);
		}
		return 0;
	}

	if (queue->ops->native_dep && queue->ops->native_dep(job, fence))
		return 0;

	return deps_append(job, fence);
}

/**
 * drm_jobqueue_job_add_dep - make a job wait for a fence
 * @job: a job that was not armed
 * @fence: what to wait for; may be NULL. The reference is consumed, also on
 *	failure.
 *
 * Fence chains and arrays are taken apart. Fences that have signalled, and
 * those of earlier jobs of the same queue, are dropped at once, and of several
 * fences of one context only the latest is kept: what is dropped needs no
 * waiting for.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM, -E2BIG if there are thousands, -EINVAL if the job is
 * armed. After a failure the job can only be given up.
 */
int drm_jobqueue_job_add_dep(struct drm_jobqueue_job *job,
			     struct dma_fence *fence)
{
	struct dma_fence_unwrap iter;
	struct dma_fence *part;
	int ret = 0;

	if (!fence)
		return 0;

	if (drm_jobqueue_misuse(job->queue,
				job->state != DRM_JOBQUEUE_JOB_INIT,
				"dependency of an armed job")) {
		ret = -EINVAL;
	} else if (fence->context == job->queue->timeline->context) {
		/* Comes before @job anyway. */
	} else if (dma_fence_is_container(fence)) {
		/* Leaving early must give up what the iterator holds. */
		dma_fence_unwrap_for_each(part, &iter, fence) {
			ret = deps_add(job, part);
			if (ret) {
				dma_fence_put(iter.chain);
				break;
			}
		}
	} else {
		ret = deps_add(job, fence);
	}

	dma_fence_put(fence);
	return ret;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_dep);

/**
 * drm_jobqueue_job_add_syncobj_dep - make a job wait for a sync object
 * @job: a job that was not armed
 * @file: whose handle it is
 * @handle: the sync object
 * @point: timeline point, 0 for a binary sync object
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if there is no such handle, -EINVAL if it has no fence at
 * that point, or as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_syncobj_dep(struct drm_jobqueue_job *job,
				     struct drm_file *file, u32 handle,
				     u64 point)
{
	struct dma_fence *fence;
	int ret;

	ret = drm_syncobj_find_fence(file, handle, point, 0, &fence);
	if (ret)
		return ret;

	return drm_jobqueue_job_add_dep(job, fence);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_syncobj_dep);

/**
 * drm_jobqueue_job_add_resv_deps - make a job wait for a reservation object
 * @job: a job that was not armed
 * @resv: the reservation object, locked by the caller
 * @usage: which of its fences, see &enum dma_resv_usage
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_resv_deps(struct drm_jobqueue_job *job,
				   struct dma_resv *resv,
				   enum dma_resv_usage usage)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	int ret;

	dma_resv_assert_held(resv);

	dma_resv_for_each_fence(&cursor, resv, usage, fence) {
		ret = drm_jobqueue_job_add_dep(job, dma_fence_get(fence));
		if (ret)
			return ret;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_resv_deps);

/**
 * drm_jobqueue_job_add_gem_deps - make a job wait as implicit sync demands
 * @job: a job that was not armed
 * @obj: the GEM object, its reservation locked by the caller
 * @write: whether the job writes to it
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_gem_deps(struct drm_jobqueue_job *job,
				  struct drm_gem_object *obj, bool write)
{
	return drm_jobqueue_job_add_resv_deps(job, obj->resv,
					      dma_resv_usage_rw(write));
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_gem_deps);

/**
 * drm_jobqueue_job_add_job_dep - make a job wait for one that has no fence yet
 * @job: a job that was not armed
 * @prereq: another one, of any queue; it must be armed before @job is
 *
 * For drivers that submit several jobs at once, some of which wait for others:
 * all that can fail is done for all of them before the first is armed. If
 * @prereq is given up, so must be @job.
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_job_dep(struct drm_jobqueue_job *job,
				 struct drm_jobqueue_job *prereq)
{
	struct dma_fence *fence = &prereq->fence->base;

	if (drm_jobqueue_misuse(job->queue,
				job->state != DRM_JOBQUEUE_JOB_INIT,
				"dependency of an armed job"))
		return -EINVAL;

	if (prereq->queue == job->queue)
		return 0;

	return fence->seqno ? deps_add(job, fence) : deps_append(job, fence);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_job_dep);

/* The last look before the wait begins. Context: that of arming. */
void drm_jobqueue_deps_check(struct drm_jobqueue_job *job)
{
	u32 i, n = 0;

	for (i = 0; i < job->ndeps; i++) {
		struct dma_fence *fence = job->deps[i].fence;

		if (fence->ops == job->fence->base.ops &&
		    drm_jobqueue_misuse(job->queue, !fence->seqno,
					"job armed before one that it waits for"))
			dma_fence_put(fence);
		else
			job->deps[n++].fence = fence;
	}
	job->ndeps = n;
}

static void dep_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct drm_jobqueue_dep *dep =
		container_of(cb, struct drm_jobqueue_dep, cb);
	struct drm_jobqueue_job *job = dep->job;
	struct drm_jobqueue *queue = job->queue;
	/* A guess: without the lock this may change at any time. */
	bool is_next = READ_ONCE(queue->next) == job;

	note_error(job, fence);
	/*
	 * With the last one the job may run and be freed at once. The queue
	 * stays: drm_jobqueue_deps_attach() took a reference for this.
	 */
	if (atomic_dec_and_test(&job->pending))
		drm_jobqueue_kick_by_signal(queue, is_next);
}

/*
 * Begin to wait. The counter is left one too high, so that no callback can be
 * the last before the caller has made the job runnable; the caller takes one
 * away, and if that leaves none, puts the queue.
 *
 * Context: that of drm_jobqueue_job_push(). Signalling path.
 */
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job)
{
	u32 i;

	drm_jobqueue_get(job->queue);
	atomic_set(&job->pending, job->ndeps + 1);
	for (i = 0; i < job->ndeps; i++) {
		struct drm_jobqueue_dep *dep = &job->deps[i];

		dep->job = job;
		if (dma_fence_add_callback(dep->fence, &dep->cb,
					   dep_signalled)) {
			note_error(job, dep->fence);
			atomic_dec(&job->pending);
		}
	}
}

/* Forget what was waited for. Context: any, when nothing is waited for. */
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job)
{
	u32 i;

	for (i = 0; i < job->ndeps; i++)
		dma_fence_put(job->deps[i].fence);
	job->ndeps = 0;
	if (job->deps != job->inline_deps) {
		kfree(job->deps);
		job->deps = job->inline_deps;
		job->max_deps = DRM_JOBQUEUE_INLINE_DEPS;
	}
}
