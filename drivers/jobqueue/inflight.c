// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Jobs in the ring, for a driver that recovers from a reset.
 */

#include <linux/export.h>

#include "internal.h"

/**
 * drm_jobqueue_next_inflight - iterate over the jobs in the ring
 * @queue: a stopped queue
 * @prev: the job that this returned last, NULL to begin. Its reference is
 *	dropped.
 *
 * ::
 *
 *	struct drm_jobqueue_job *job = NULL;
 *
 *	while ((job = drm_jobqueue_next_inflight(queue, job)))
 *		...
 *
 * Jobs come in order. They may complete meanwhile.
 *
 * Context: any.
 * Return: the next job, with a reference, or NULL.
 */
struct drm_jobqueue_job *
drm_jobqueue_next_inflight(struct drm_jobqueue *queue,
			   struct drm_jobqueue_job *prev)
{
	struct drm_jobqueue_job *found = NULL;
	unsigned long flags;
	bool stopped;

	spin_lock_irqsave(&queue->lock, flags);
	stopped = queue->stopped;
	if (stopped) {
		/* What retires does so from the head on. */
		if (!prev || prev->state == DRM_JOBQUEUE_JOB_RETIRED)
			found = drm_jobqueue_ring_head(queue);
		else if (prev->state >= DRM_JOBQUEUE_JOB_RUNNING)
			found = drm_jobqueue_ring_next(queue, prev);
		if (found)
			drm_jobqueue_job_get(found);
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	drm_jobqueue_misuse(queue, !stopped,
			    "look at the ring of a queue that is not stopped");
	if (prev)
		drm_jobqueue_job_put(prev);
	return found;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_next_inflight);

/*
 * Back into the line. A job that is done, but could not retire because of one
 * before it, passes by next time.
 */
static void unrun(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	if (job->state == DRM_JOBQUEUE_JOB_DONE)
		job->skip = true;
	job->state = DRM_JOBQUEUE_JOB_PUSHED;
	queue->credits_used -= job->credits;
}

/* Nobody runs the job: the queue is stopped. */
static void undo_hw_fence(struct drm_jobqueue_job *job)
{
	struct dma_fence *fence =
		dma_fence_get(job->inline_deps[0].fence);

	/* First no callback any more, then what it may have said. */
	drm_jobqueue_forget_hw_fence(job);
	if (!job->skip && dma_fence_is_signaled(fence)) {
		job->skip = true;
		job->error = fence->error;
	}
	dma_fence_put(fence);
	atomic_set(&job->pending, 0);
}

/**
 * drm_jobqueue_requeue - run again what the ring has lost
 * @queue: a stopped queue, whose ring the hardware does not touch
 *
 * Jobs in the ring that are not complete go back to where they came from, in
 * order and before all others, and &drm_jobqueue_ops.run is called for them
 * again after drm_jobqueue_start(). Their fences know nothing of it. Completions
 * that were under way when the hardware was stopped must be over.
 *
 * Whether a job may be run twice is for the driver to know, and so is when to
 * give up.
 *
 * Context: process context; does not sleep.
 */
void drm_jobqueue_requeue(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job, *first = NULL;
	unsigned int n = 0;
	bool stopped;

	spin_lock_irq(&queue->lock);
	stopped = queue->stopped;
	if (stopped) {
		for (job = drm_jobqueue_ring_head(queue); job;
		     job = drm_jobqueue_ring_next(queue, job)) {
			if (!first && drm_jobqueue_is_complete(job))
				continue;
			if (!first)
				first = job;
			unrun(queue, job);
			n++;
		}
	}
	if (first) {
		WRITE_ONCE(queue->next, first);
		queue->last_run = drm_jobqueue_seqno_of(first) - 1;
		/* Whoever was to be blamed begins anew. */
		queue->timeout_forced = 0;
	}
	spin_unlock_irq(&queue->lock);

	drm_jobqueue_misuse(queue, !stopped,
			    "requeue of a queue that is not stopped");
	/*
	 * Without the lock, for fences are called. None of these can leave; to
	 * the last of them others may be appended meanwhile.
	 */
	for (job = first; n; job = --n ? job->next : NULL)
		if (job->hw_fence)
			undo_hw_fence(job);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_requeue);
