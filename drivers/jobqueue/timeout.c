// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Timeouts.
 *
 * Only the job at the head of the ring can be too late, so a queue keeps one
 * time: when its head became it. The timer is lazy: it is started when a job
 * becomes the head of a ring and no timer runs, and no other job touches it.
 * When it fires it looks at how long the head of that moment has been there
 * and, mostly, goes to sleep for the rest.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include "internal.h"
#include "trace.h"

static void start_timer(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (queue->timer_armed || queue->timeout_paused)
		return;
	queue->timer_armed = true;
	mod_timer(&queue->timer, queue->head_since + queue->timeout);
}

/* Another job is at the ring's head, or will be in this locked section. */
void drm_jobqueue_timeout_new_head(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	queue->head_since = queue->timeout_paused ? 0 : jiffies;
	start_timer(queue);
}

static void suspend(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (!queue->timeout_paused++)
		queue->head_since = jiffies - queue->head_since;
}

static void queue_timer(struct timer_list *timer)
{
	struct drm_jobqueue *queue =
		container_of(timer, struct drm_jobqueue, timer);

	queue_work(queue->group->timeout_wq, &queue->timeout_work);
}

/*
 * Return: the job that is too late, with a reference, or NULL. With a job, time
 * stands still.
 */
static struct drm_jobqueue_job *late_job(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job;
	bool forced;

	spin_lock_irq(&queue->lock);
	queue->timer_armed = false;
	job = drm_jobqueue_ring_head(queue);
	forced = job && drm_jobqueue_seqno_of(job) == queue->timeout_forced;
	queue->timeout_forced = 0;
	/* One that is complete is no more than about to signal. */
	if (!job || queue->timeout_paused || drm_jobqueue_is_complete(job)) {
		job = NULL;
	} else if (!forced &&
		   time_before(jiffies, queue->head_since + queue->timeout)) {
		start_timer(queue);
		job = NULL;
	} else {
		drm_jobqueue_job_get(job);
		suspend(queue);
		queue->stats.timeouts++;
	}
	spin_unlock_irq(&queue->lock);
	return job;
}

/* The driver has stopped the hardware, and a run() under way may not know. */
static void kill_late(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	drm_jobqueue_kill(queue, -ETIME);
	drm_jobqueue_stop(queue);
	drm_jobqueue_job_complete(job, -ETIME);
	drm_jobqueue_complete_all(queue, -ECANCELED);
	drm_jobqueue_start(queue);
}

static void timeout_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(work, struct drm_jobqueue, timeout_work);
	bool cookie = dma_fence_begin_signalling();
	struct drm_jobqueue_job *job = late_job(queue);

	if (job) {
		trace_drm_jobqueue_timeout(job);
		switch (queue->ops->timedout(job)) {
		case DRM_JOBQUEUE_TIMEOUT_EXTEND:
			spin_lock_irq(&queue->lock);
			queue->head_since = 0;
			spin_unlock_irq(&queue->lock);
			drm_jobqueue_timeout_resume(queue);
			break;
		case DRM_JOBQUEUE_TIMEOUT_KILL:
			kill_late(queue, job);
			drm_jobqueue_timeout_resume(queue);
			break;
		case DRM_JOBQUEUE_TIMEOUT_RESET:
			/* The driver resumes. */
			break;
		}
		drm_jobqueue_job_put(job);
	}
	dma_fence_end_signalling(cookie);
}

void drm_jobqueue_timeout_init(struct drm_jobqueue *queue)
{
	timer_setup(&queue->timer, queue_timer, 0);
	INIT_WORK(&queue->timeout_work, timeout_work);
}

/* Context: may sleep; there are no jobs. */
void drm_jobqueue_timeout_fini(struct drm_jobqueue *queue)
{
	timer_shutdown_sync(&queue->timer);
	cancel_work_sync(&queue->timeout_work);
}

/**
 * drm_jobqueue_timeout_suspend - let no time pass for the job in the ring
 * @queue: the queue
 *
 * For a driver whose firmware has taken the ring off the hardware. Nests.
 *
 * Context: any.
 */
void drm_jobqueue_timeout_suspend(struct drm_jobqueue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	suspend(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_timeout_suspend);

/**
 * drm_jobqueue_timeout_resume - undo a drm_jobqueue_timeout_suspend()
 * @queue: the queue
 *
 * When this was called as often, time goes on, and the job at the ring's head
 * has as much left as it had before.
 *
 * Context: any.
 */
void drm_jobqueue_timeout_resume(struct drm_jobqueue *queue)
{
	unsigned long flags;
	bool suspended;

	spin_lock_irqsave(&queue->lock, flags);
	suspended = queue->timeout_paused;
	if (suspended && !--queue->timeout_paused) {
		queue->head_since = jiffies - queue->head_since;
		if (queue->timeout && drm_jobqueue_ring_head(queue))
			start_timer(queue);
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	drm_jobqueue_misuse(queue, !suspended,
			    "time resumed more often than suspended");
}
EXPORT_SYMBOL_GPL(drm_jobqueue_timeout_resume);

/**
 * drm_jobqueue_timeout_trigger - do not wait for the time to be over
 * @queue: the queue
 *
 * For a driver that was told of a hang. &drm_jobqueue_ops.timedout is called
 * as if the job at the ring's head had been there for too long. Nothing
 * happens if the ring is empty, time stands still, or the queue has no timeout.
 *
 * If that job is done before the call is made, nobody is blamed.
 *
 * Context: any. The queue need not be kept until the call is made.
 */
void drm_jobqueue_timeout_trigger(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	job = drm_jobqueue_ring_head(queue);
	if (queue->timeout && job) {
		queue->timeout_forced = drm_jobqueue_seqno_of(job);
		queue_work(queue->group->timeout_wq, &queue->timeout_work);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_timeout_trigger);
