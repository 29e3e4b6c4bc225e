// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The clock of a queue: how long the job at the ring's head has been there.
 *
 * Only the job at the head can be late, so a queue keeps one time stamp: when
 * its head got there. The timer is lazy: it is started when a job becomes the
 * head and no timer is pending, and no other job touches it. On expiry the work
 * item (timeout.c) asks drm_jobqueue_clock_expire() how long the current head
 * has been there, which mostly restarts the timer for the rest.
 *
 * Owns the timer and the time stamp; both are under the queue's lock. Called by
 * the drain for each new head and by drivers to suspend, resume, trigger and change
 * the limit.
 * Never calls the driver.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include "engine/clock.h"
#include "engine/native.h"
#include "engine/times.h"
#include "base/state.h"

static void start_timer(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (queue->timer_armed || queue->timeout_paused)
		return;
	queue->timer_armed = true;
	mod_timer(&queue->timer, queue->head_since + queue->timeout);
}

/* Note that another job is the ring's head. */
void drm_jobqueue_clock_new_head(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *head = drm_jobqueue_ring_head(queue);

	/* If its ring waits for nothing, the time begins now. */
	if (unlikely(head->native))
		drm_jobqueue_natives_done(head);
	queue->head_since = queue->timeout_paused ? 0 : jiffies;
	start_timer(queue);
}

static void suspend(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (queue->timeout_paused++)
		return;
	queue->head_since = jiffies - queue->head_since;
	if (drm_jobqueue_has_times(queue))
		drm_jobqueue_times_pause(queue);
}

/*
 * Whether the job at the ring's head has time left. While its ring may wait for
 * a job of another ring its time does not begin, since that job has a time limit
 * of its own. When all of those are complete is only looked at here and when the
 * job gets to the head, so the time of a job that waits there may begin up to one
 * time limit too late.
 */
static bool time_left(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	if (time_before(jiffies, queue->head_since + queue->timeout))
		return true;
	if (!job->native)
		return false;
	drm_jobqueue_natives_done(job);
	queue->head_since = jiffies;
	return true;
}

/*
 * Look for a late job. Called when the timer has expired or was triggered.
 *
 * Return: the late job, with a reference and with the clock suspended, or NULL.
 */
struct drm_jobqueue_job *drm_jobqueue_clock_expire(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job;
	bool forced;

	spin_lock_irq(&queue->lock);
	queue->timer_armed = false;
	job = drm_jobqueue_ring_head(queue);
	forced = job && drm_jobqueue_seqno_of(job) == queue->timeout_forced;
	queue->timeout_forced = 0;
	/* A complete job is about to retire and not late. */
	if (!job || !queue->timeout || queue->timeout_paused ||
	    drm_jobqueue_is_complete(job)) {
		job = NULL;
	} else if (!forced && time_left(queue, job)) {
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

/* Forget the time that has passed. */
void drm_jobqueue_clock_restart(struct drm_jobqueue *queue)
{
	spin_lock_irq(&queue->lock);
	/* The driver may have resumed it already. */
	queue->head_since = queue->timeout_paused ? 0 : jiffies;
	spin_unlock_irq(&queue->lock);
}

static void queue_timer(struct timer_list *timer)
{
	struct drm_jobqueue *queue =
		container_of(timer, struct drm_jobqueue, timer);

	queue_work(queue->group->timeout_wq, &queue->timeout_work);
}

void drm_jobqueue_clock_init(struct drm_jobqueue *queue)
{
	timer_setup(&queue->timer, queue_timer, 0);
}

/**
 * drm_jobqueue_timeout_suspend - stop the clock of the job at the ring's head
 * @queue: the queue
 *
 * For a driver whose firmware has taken the ring off the hardware. Calls nest.
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
 * When resume was called as often as suspend, the clock goes on, and the job at
 * the ring's head has as much time left as before.
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
		if (drm_jobqueue_has_times(queue))
			drm_jobqueue_times_resume(queue);
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	drm_jobqueue_misuse(queue, !suspended,
			    "time resumed more often than suspended");
}
EXPORT_SYMBOL_GPL(drm_jobqueue_timeout_resume);

/**
 * drm_jobqueue_timeout_trigger - declare the job at the ring's head late
 * @queue: the queue
 *
 * For a driver that was told of a hang. &drm_jobqueue_ops.timedout is called
 * as if the job at the ring's head had exceeded its time. The call has no
 * effect if the ring is empty, the clock is suspended or the queue has no
 * timeout.
 *
 * If the job completes before &drm_jobqueue_ops.timedout is called, the call is
 * left out: the next job is not blamed.
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

/**
 * drm_jobqueue_set_timeout - change the time limit of jobs
 * @queue: the queue
 * @timeout: time limit as &drm_jobqueue_args.timeout; 0 or %MAX_SCHEDULE_TIMEOUT for
 *	none
 *
 * The new limit applies to the job at the ring's head, too: counted from when it got
 * there or, if there was no limit before, from this call. With no limit, what
 * drm_jobqueue_timeout_trigger() has declared late is forgotten. A call of
 * &drm_jobqueue_ops.timedout that has begun goes on.
 *
 * Context: any.
 * Return: 0, -EINVAL if there is no &drm_jobqueue_ops.timedout; then nothing has
 * changed.
 */
int drm_jobqueue_set_timeout(struct drm_jobqueue *queue, unsigned long timeout)
{
	unsigned long flags;

	if (timeout >= MAX_SCHEDULE_TIMEOUT)
		timeout = 0;
	if (timeout && !queue->ops->timedout)
		return -EINVAL;

	spin_lock_irqsave(&queue->lock, flags);
	if (!queue->timeout)
		queue->head_since = queue->timeout_paused ? 0 : jiffies;
	queue->timeout = timeout;
	/* The timer may be pending for a later time, also with an empty ring. */
	queue->timer_armed = false;
	if (!timeout)
		queue->timeout_forced = 0;
	else if (drm_jobqueue_ring_head(queue))
		start_timer(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_set_timeout);
