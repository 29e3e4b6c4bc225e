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
	u64 seqno = prev ? drm_jobqueue_seqno_of(prev) : 0;
	struct drm_jobqueue_job *job, *found = NULL;
	unsigned long flags;
	bool stopped;

	spin_lock_irqsave(&queue->lock, flags);
	stopped = queue->stopped;
	list_for_each_entry(job, &queue->ring, link) {
		if (stopped && drm_jobqueue_seqno_of(job) > seqno) {
			found = drm_jobqueue_job_get(job);
			break;
		}
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

/* Nobody else touches the job: it is on no list of the queue. */
static void forget_hw_fence(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep *dep = &job->inline_deps[0];

	if (!job->ndeps)
		return;

	if (dma_fence_remove_callback(dep->fence, &dep->cb)) {
		drm_jobqueue_job_put(job);
	} else {
		/* It was faster. */
		job->skip = true;
		job->error = dep->fence->error;
	}
	atomic_set(&job->pending, 0);
	drm_jobqueue_deps_drop(job);
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
	struct drm_jobqueue_job *job, *next;
	LIST_HEAD(jobs);
	bool stopped;

	spin_lock_irq(&queue->lock);
	stopped = queue->stopped;
	if (stopped) {
		list_for_each_entry_safe(job, next, &queue->ring, link) {
			if (list_empty(&jobs) &&
			    (job->state == DRM_JOBQUEUE_JOB_DONE ||
			     drm_jobqueue_seqno_of(job) <= queue->completed))
				continue;
			if (list_empty(&jobs))
				queue->last_run = drm_jobqueue_seqno_of(job) - 1;
			unrun(queue, job);
			list_move_tail(&job->link, &jobs);
		}
	}
	spin_unlock_irq(&queue->lock);
	drm_jobqueue_misuse(queue, !stopped,
			    "requeue of a queue that is not stopped");

	list_for_each_entry(job, &jobs, link)
		forget_hw_fence(job);

	spin_lock_irq(&queue->lock);
	list_splice(&jobs, &queue->fifo);
	spin_unlock_irq(&queue->lock);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_requeue);
