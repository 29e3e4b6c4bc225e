// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The end of a job: release what it holds and call ops->free().
 *
 * The last reference may drop in any context. A driver's free() runs there only
 * with DRM_JOBQUEUE_FREE_ANY_CONTEXT or for a job that was never armed;
 * otherwise the job goes to a work item that frees all jobs which ended in the
 * last jiffy. So does a job that still has chunks of dependencies: putting
 * thousands of fences takes too long for an interrupt, so that is left to the
 * end of the job. The work item is not on the signalling path and so not on its
 * workqueue: free() may take locks under which others wait for fences.
 *
 * Owns the list of dead jobs and its work item. Takes no lock.
 */

#include <linux/export.h>
#include <linux/sched.h>

#include "engine/defer.h"
#include "engine/gang.h"
#include "engine/reap.h"
#include "engine/native.h"
#include "base/state.h"
#include "engine/wait.h"

/*
 * Stop waiting for the hardware fence. The job has no references, or is out of
 * reach of the drain and of completion.
 */
void drm_jobqueue_forget_hw_fence(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep *dep = &job->inline_deps[0];

	dma_fence_remove_callback(dep->fence, &dep->cb);
	dma_fence_put(dep->fence);
	job->hw_fence = false;
}

static __always_inline void job_free(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;

	if (job->hw_fence)
		drm_jobqueue_forget_hw_fence(job);
	if (drm_jobqueue_has_deps(job)) {
		drm_jobqueue_deps_drop(job);
		drm_jobqueue_natives_drop(job);
	}
	if (job->state == DRM_JOBQUEUE_JOB_INIT) {
		if (job->gang)
			drm_jobqueue_gang_leave(job, -ECANCELED);
		drm_jobqueue_release_space(queue);
	}
	dma_fence_put(&job->fence->base);
	job->fence = NULL;
	queue->ops->free(job);
	drm_jobqueue_put(queue);
}

/* Out-of-line part of drm_jobqueue_job_put(). */
void drm_jobqueue_job_last_put(struct kref *ref)
{
	struct drm_jobqueue_job *job =
		container_of(ref, struct drm_jobqueue_job, ref);
	struct drm_jobqueue *queue = job->queue;

	if (drm_jobqueue_misuse(queue,
				job->state != DRM_JOBQUEUE_JOB_INIT &&
				job->state != DRM_JOBQUEUE_JOB_RETIRED,
				"last reference to a job on its way dropped"))
		kref_init(&job->ref);
	else if (job->state == DRM_JOBQUEUE_JOB_INIT ||
		 (queue->flags & DRM_JOBQUEUE_FREE_ANY_CONTEXT &&
		  !job->dep_chunks))
		job_free(job);
	else
		drm_jobqueue_queue_reap(job);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_last_put);

static void reap_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(to_delayed_work(work), struct drm_jobqueue,
			     reap_work);
	struct drm_jobqueue_job *job, *next;
	struct llist_node *list;

	list = llist_reverse_order(llist_del_all(&queue->reap));
	llist_for_each_entry_safe(job, next, list, reap_link) {
		job_free(job);
		cond_resched();
	}
	drm_jobqueue_put(queue);
}

void drm_jobqueue_reap_init(struct drm_jobqueue *queue)
{
	init_llist_head(&queue->reap);
	INIT_DELAYED_WORK(&queue->reap_work, reap_work);
}
