// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Collect the dependencies of a job while it is prepared.
 *
 * Called by drivers before they arm the job; may sleep, may allocate, may fail.
 * Dependencies that need no waiting are left out: signalled fences, earlier jobs
 * of the same queue, all but the latest fence of a context. The job is the
 * caller's alone, so there is no lock. Waiting is in wait.c.
 */

#include <linux/dma-fence-unwrap.h>
#include <linux/export.h>
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "fence.h"
#include "state.h"
#include "wait.h"

/* Bounds the work that one submission can cause. */
#define MAX_DEPS 4096

static int deps_grow(struct drm_jobqueue_job *job)
{
	u32 max_deps = job->max_deps * 2;
	struct drm_jobqueue_dep *deps;

	if (max_deps > MAX_DEPS)
		return -E2BIG;

	/* Not kvmalloc(): freed in the context in which the job runs or ends. */
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

/* Does not consume the reference. @fence is not a container. */
static int deps_add(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	const struct drm_jobqueue *queue = job->queue;
	u32 i;

	if (fence->context == queue->timeline->context)
		return 0;

	if (dma_fence_is_signaled(fence)) {
		drm_jobqueue_deps_note_error(job, fence);
		return 0;
	}

	for (i = 0; i < job->ndeps; i++) {
		struct drm_jobqueue_dep *dep = &job->deps[i];

		if (dep->fence->context != fence->context)
			continue;
		/* A fence without a number is of an unarmed job: the latest. */
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
 * @job: a job that is not armed
 * @fence: fence to wait for; may be NULL. The reference is consumed, also on
 *	failure.
 *
 * Fence chains and arrays are flattened. Fences that have signalled, fences of
 * earlier jobs of the same queue and all but the latest fence of one context
 * are dropped at once, as the job need not wait for them.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM, -E2BIG above 4,096 dependencies, -EINVAL if the job is
 * armed. After a failure the job can only be dropped.
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
		/* Order of the queue suffices. */
	} else if (dma_fence_is_container(fence)) {
		/* Leaving the loop early must drop the iterator's reference. */
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
 * @job: a job that is not armed
 * @file: file that the handle belongs to
 * @handle: handle of the sync object
 * @point: timeline point, 0 for a binary sync object
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if the handle does not exist, -EINVAL if it has no fence
 * at that point, or as drm_jobqueue_job_add_dep().
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
 * @job: a job that is not armed
 * @resv: reservation object, locked by the caller
 * @usage: class of fences to wait for, see &enum dma_resv_usage
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
 * drm_jobqueue_job_add_gem_deps - add the dependencies of implicit sync
 * @job: a job that is not armed
 * @obj: GEM object, its reservation locked by the caller
 * @write: whether the job writes to the object
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
 * drm_jobqueue_job_add_job_dep - make a job wait for a job without a fence yet
 * @job: a job that is not armed
 * @prereq: another job, of any queue, that is armed before @job
 *
 * For drivers that submit several jobs at once, some of which wait for others:
 * everything that can fail is done for all jobs before the first is armed. If
 * @prereq is dropped without being armed, so must be @job.
 *
 * If @job is armed first after all, it cannot wait for @prereq; if both are of
 * the same queue, that would be a deadlock. @job is then not run, and its fence
 * signals with -EINVAL.
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep(); -EINVAL if both jobs are the same.
 */
int drm_jobqueue_job_add_job_dep(struct drm_jobqueue_job *job,
				 struct drm_jobqueue_job *prereq)
{
	struct dma_fence *fence = &prereq->fence->base;

	if (drm_jobqueue_misuse(job->queue,
				job->state != DRM_JOBQUEUE_JOB_INIT,
				"dependency of an armed job"))
		return -EINVAL;

	if (prereq == job)
		return -EINVAL;

	if (fence->seqno)
		return deps_add(job, fence);

	/* Also for a job of the same queue: arm checks which one comes first. */
	job->unarmed_deps = true;
	return deps_append(job, fence);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_job_dep);
