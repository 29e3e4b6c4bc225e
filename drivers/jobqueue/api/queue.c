// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Creation and release of queues.
 *
 * A queue is initialised with the parts of each file that it uses, and joins
 * its group. Its end is asynchronous: each job and each queued work item has a
 * reference, so when the last reference drops there are no jobs, and a work
 * item on the group's reap workqueue ends the timeout, leaves the group and
 * calls ops->release(). Nothing waits here but drm_jobqueue_group_fini(), which
 * is in group.c.
 */

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/wait_bit.h>

#include "engine/drain.h"
#include "base/fence.h"
#include "base/lockdep.h"
#include "engine/reap.h"
#include "engine/results.h"
#include "api/timeout.h"

#define KNOWN_FLAGS \
	(DRM_JOBQUEUE_RUN_INLINE | DRM_JOBQUEUE_RUN_ANY_CONTEXT | \
	 DRM_JOBQUEUE_FREE_ANY_CONTEXT | DRM_JOBQUEUE_PROPAGATE_ERRORS | \
	 DRM_JOBQUEUE_JOB_TIMES)

static void queue_release_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(work, struct drm_jobqueue, release_work);
	struct drm_jobqueue_group *group = queue->group;

	/* Neither can find a job any longer. */
	drm_jobqueue_timeout_fini(queue);
	spin_lock_irq(&queue->timeline->lock);
	queue->timeline->queue = NULL;
	spin_unlock_irq(&queue->timeline->lock);

	spin_lock(&group->lock);
	list_del(&queue->group_link);
	spin_unlock(&group->lock);
	/* Not before: printing the group uses the name. */
	drm_jobqueue_timeline_put(queue->timeline);
	drm_jobqueue_results_fini(queue);

	queue->ops->release(queue);

	if (atomic_dec_and_test(&group->nqueues))
		wake_up_var(&group->nqueues);
}

/**
 * drm_jobqueue_init - initialise a queue
 * @queue: queue embedded in the driver's ring object; need not be zeroed
 * @args: queue parameters
 *
 * The caller gets the first reference. &drm_jobqueue_ops.release is called
 * after the last one was dropped; until then the memory must stay.
 *
 * Context: process context, may sleep.
 * Return: 0, -EINVAL if @args are invalid, -ENOMEM. On failure @queue may be
 * freed at once.
 */
int drm_jobqueue_init(struct drm_jobqueue *queue,
		      const struct drm_jobqueue_args *args)
{
	const struct drm_jobqueue_ops *ops = args->ops;
	struct drm_jobqueue_group *group = args->group;
	bool timeout = args->timeout &&
		       args->timeout < MAX_SCHEDULE_TIMEOUT;

	if (!group || !ops || !args->name || !args->credits ||
	    args->flags & ~KNOWN_FLAGS ||
	    !ops->run || !ops->free || !ops->release ||
	    (timeout && !ops->timedout) ||
	    (ops->native_dep && args->flags & DRM_JOBQUEUE_PROPAGATE_ERRORS))
		return -EINVAL;

	memset(queue, 0, sizeof(*queue));
	if (drm_jobqueue_results_init(queue, args->max_errors))
		return -ENOMEM;
	queue->timeline = drm_jobqueue_timeline_create(queue, group->name,
						       args->name);
	if (!queue->timeline) {
		drm_jobqueue_results_fini(queue);
		return -ENOMEM;
	}

	drm_jobqueue_lock_init(&queue->lock);
	queue->flags = args->flags;
	if (queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT)
		queue->flags |= DRM_JOBQUEUE_RUN_INLINE;
	queue->ops = ops;
	queue->group = group;
	queue->credits = args->credits;
	queue->timeout = timeout ? args->timeout : 0;
	queue->max_jobs = args->max_jobs;
	kref_init(&queue->ref);
	queue->wq = args->wq ?: group->wq;
	INIT_WORK(&queue->release_work, queue_release_work);
	drm_jobqueue_drain_init(queue);
	drm_jobqueue_reap_init(queue);
	drm_jobqueue_timeout_init(queue);

	atomic_inc(&group->nqueues);
	spin_lock(&group->lock);
	list_add_tail(&queue->group_link, &group->queues);
	spin_unlock(&group->lock);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_init);

