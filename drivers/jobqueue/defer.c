// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Hand over work on a queue to another context: to the worker that drains, to
 * an interrupt, to the work item that frees jobs, to the one that ends the
 * queue.
 *
 * Called by every file that meets work which its own context must not do. All
 * functions work in any context and take no lock. Each queued item owns a
 * reference to the queue. The handlers belong to the files that initialise the
 * items; no handler is called from here.
 */

#include <linux/export.h>

#include "defer.h"

/*
 * Delay before jobs are freed, in jiffies. Nothing waits for the free, and a
 * work item per job would cost more than the rest of the job's life.
 */
#define REAP_DELAY 1

/*
 * Queue the worker. The caller has a reference; the queued work gets its own.
 *
 * Context: any.
 */
void drm_jobqueue_queue_work(struct drm_jobqueue *queue)
{
	drm_jobqueue_get(queue);
	if (!queue_work(queue->group->wq, &queue->work))
		drm_jobqueue_put(queue);
}

/*
 * Queue a job without references to be freed in process context, together with
 * the others that end before the work item runs.
 *
 * Context: any.
 */
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;

	/* Once the job is in the list, it and its reference may go at any time. */
	drm_jobqueue_get(queue);
	if (!llist_add(&job->reap_link, &queue->reap) ||
	    !queue_delayed_work(queue->group->reap_wq, &queue->reap_work,
				REAP_DELAY))
		drm_jobqueue_put(queue);
}

/*
 * Make progress after a fence of another component has signalled. The caller is
 * that fence's callback, with the fence's lock held, so nothing is run here. If
 * a job is likely ready to @run and only the worker may run it, the worker is
 * queued without an interrupt in between.
 *
 * Context: any. Consumes a reference, which the queued work takes over.
 */
void drm_jobqueue_kick_by_signal(struct drm_jobqueue *queue, bool run)
{
	bool queued;

	if (run && !(queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT))
		queued = queue_work(queue->group->wq, &queue->work);
	else
		queued = irq_work_queue(&queue->irq_work);
	if (!queued)
		drm_jobqueue_put(queue);
}

/* Out-of-line part of drm_jobqueue_put(). */
void drm_jobqueue_last_put(struct kref *ref)
{
	struct drm_jobqueue *queue =
		container_of(ref, struct drm_jobqueue, ref);

	/*
	 * Handlers of the irq_work that have put the queue may still be about
	 * to return, even on several CPUs, which irq_work_sync() does not
	 * cover. Each handler is a read-side section of RCU.
	 */
	queue_rcu_work(queue->group->reap_wq, &queue->release_work);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_last_put);
