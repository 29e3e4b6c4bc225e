// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Read-only access to the jobs of a running queue: a walk, and the state of a job.
 *
 * Called by drivers for dumps and debugfs, in any context. Each step takes the
 * queue's lock for a moment, however many jobs there are. A reference keeps the job
 * that the walk is at, and with it the position: jobs leave the list at its head
 * only. Never changes a queue, other than that a put may free a job.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include "engine/results.h"
#include "engine/times.h"
#include "base/state.h"

/**
 * drm_jobqueue_next_job - iterate over the jobs of a queue
 * @queue: the queue, to which the caller has a reference
 * @prev: the job returned by the previous call, NULL to begin. Its reference is
 *	dropped.
 *
 * ::
 *
 *	struct drm_jobqueue_job *job = NULL;
 *
 *	while ((job = drm_jobqueue_next_job(queue, job)))
 *		...
 *
 * A caller that ends the loop before drops the reference with
 * drm_jobqueue_job_put().
 *
 * The queue goes on during the walk. Jobs are returned in the order in which they
 * were armed, and each at most once. A job that is armed when the walk begins and
 * does not retire during the walk is returned. Jobs that are armed
 * during the walk are returned, too: a caller that cannot take any number of jobs
 * counts them.
 *
 * What the driver has stored in its job before it was armed can be read without a
 * lock. A job that is armed and not pushed still belongs to the task that armed it,
 * and the others to run() and to whatever the driver protects them with.
 *
 * Context: any. May drop the last reference to @prev, so not with a lock that
 * &drm_jobqueue_ops.free takes if the queue has %DRM_JOBQUEUE_FREE_ANY_CONTEXT.
 * Return: the next job, with a reference, or NULL.
 */
struct drm_jobqueue_job *
drm_jobqueue_next_job(struct drm_jobqueue *queue,
		      struct drm_jobqueue_job *prev)
{
	struct drm_jobqueue_job *found = NULL;
	unsigned long flags;
	bool other = prev && prev->queue != queue;

	spin_lock_irqsave(&queue->lock, flags);
	if (!other) {
		/* Jobs retire in order: all that are left come after a retired one. */
		if (!prev || prev->state == DRM_JOBQUEUE_JOB_RETIRED)
			found = queue->head;
		else
			found = prev->next;
		if (found)
			drm_jobqueue_job_get(found);
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	drm_jobqueue_misuse(queue, other, "walk over jobs of another queue");

	if (prev)
		drm_jobqueue_job_put(prev);
	return found;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_next_job);

/* The error of a job in the ring that is not done by itself. */
static int ring_error(const struct drm_jobqueue_job *job)
{
	const struct drm_jobqueue *queue = job->queue;

	lockdep_assert_held(&queue->lock);

	/* The drain looks at it in the same order. */
	if (atomic_read_acquire(&job->pending) ==
	    DRM_JOBQUEUE_HW_FENCE_SIGNALLED)
		return job->inline_deps[0].fence->error;
	return drm_jobqueue_results_find(queue, drm_jobqueue_seqno_of(job));
}

/* The error with which the fence of a job has signalled or is going to. */
static int error_of(const struct drm_jobqueue_job *job)
{
	const struct drm_jobqueue *queue = job->queue;
	int error = READ_ONCE(job->error);

	lockdep_assert_held(&queue->lock);

	if (job->state == DRM_JOBQUEUE_JOB_RUNNING)
		return ring_error(job);
	if (job->state >= DRM_JOBQUEUE_JOB_DONE)
		return error;
	/*
	 * Until the push it is its owner's. A job that was done before a requeue
	 * keeps its result.
	 */
	if (job->state == DRM_JOBQUEUE_JOB_PUSHED && (job->skip || error))
		return error;
	return queue->killed ? queue->kill_error : 0;
}

/**
 * drm_jobqueue_job_get_info - get the state of a job
 * @job: a job, to which the caller has a reference
 * @info: result; all values are of the same moment
 *
 * Context: any.
 */
void drm_jobqueue_job_get_info(struct drm_jobqueue_job *job,
			       struct drm_jobqueue_job_info *info)
{
	struct drm_jobqueue *queue = job->queue;
	unsigned long flags;
	bool pushed;

	spin_lock_irqsave(&queue->lock, flags);
	pushed = job->state >= DRM_JOBQUEUE_JOB_PUSHED;
	*info = (struct drm_jobqueue_job_info) {
		.seqno = drm_jobqueue_seqno_of(job),
		.client_id = job->client_id,
		.credits = job->credits,
		.pending = pushed ? max(atomic_read(&job->pending), 0) : 0,
		.state = job->state,
		.complete = job->state == DRM_JOBQUEUE_JOB_RETIRED ||
			    (job->state >= DRM_JOBQUEUE_JOB_RUNNING &&
			     drm_jobqueue_is_complete(job)),
		.error = error_of(job),
		.waited = pushed ? (u32)jiffies - job->pushed : 0,
	};
	if (drm_jobqueue_has_times(queue) &&
	    job->state >= DRM_JOBQUEUE_JOB_RUNNING &&
	    !test_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING, &job->fence->base.flags)) {
		info->ran = ns_to_ktime(drm_jobqueue_times_of(job)->ran);
		info->head = ns_to_ktime(drm_jobqueue_times_of(job)->head);
	}
	/* Set after the other flag: dma_fence_timestamp() waits for it. */
	if (test_bit(DMA_FENCE_FLAG_TIMESTAMP_BIT, &job->fence->base.flags))
		info->ended = dma_fence_timestamp(&job->fence->base);
	spin_unlock_irqrestore(&queue->lock, flags);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_get_info);
