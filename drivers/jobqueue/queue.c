// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Queues: beginning and end, stop and start, kill, and the ways in which work
 * gets to the engine from where it cannot be done.
 */

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/sched.h>

#include "internal.h"
#include "trace.h"

/*
 * How long jobs wait to be freed, in jiffies: nobody waits for it, and a work
 * item for each would cost more than the rest of the job's life.
 */
#define REAP_DELAY 1

#define KNOWN_FLAGS \
	(DRM_JOBQUEUE_RUN_INLINE | DRM_JOBQUEUE_RUN_ANY_CONTEXT | \
	 DRM_JOBQUEUE_FREE_ANY_CONTEXT | DRM_JOBQUEUE_PROPAGATE_ERRORS)

/* One place, so that all of them are one class to lockdep. */
void drm_jobqueue_lock_init(spinlock_t *lock)
{
	spin_lock_init(lock);
}

/* Only what dma_fence_set_error() takes, or 0, gets to a fence. */
int drm_jobqueue_check_error(struct drm_jobqueue *queue, int error)
{
	if (drm_jobqueue_misuse(queue, error > 0 || error < -MAX_ERRNO,
				"error that is no errno"))
		return -EINVAL;
	return error;
}

/*
 * Have the worker go on.
 *
 * Context: any. The caller has a reference, the queued work gets one more.
 */
void drm_jobqueue_queue_work(struct drm_jobqueue *queue)
{
	drm_jobqueue_get(queue);
	if (!queue_work(queue->group->wq, &queue->work))
		drm_jobqueue_put(queue);
}

/*
 * Have a job freed where that is allowed, with others that come meanwhile.
 *
 * Context: any. There is no reference to the job left.
 */
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;

	/* The job's reference goes with the job, as soon as it is in there. */
	drm_jobqueue_get(queue);
	if (!llist_add(&job->reap_link, &queue->reap) ||
	    !queue_delayed_work(queue->group->reap_wq, &queue->reap_work,
				REAP_DELAY))
		drm_jobqueue_put(queue);
}

/*
 * A fence that was waited for has signalled: go on, but not here, where a lock
 * of that fence is held. If there is likely a job to @run, and only the worker
 * may do that, an interrupt in between has nothing to add.
 *
 * Context: any. Consumes a reference, which goes to the queued work.
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

static void queue_irq_work(struct irq_work *irq_work)
{
	struct drm_jobqueue *queue =
		container_of(irq_work, struct drm_jobqueue, irq_work);
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_IRQ, flags);
	drm_jobqueue_put(queue);
	dma_fence_end_signalling(cookie);
}

static void queue_work_func(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(work, struct drm_jobqueue, work);
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->stats.worker_runs++;
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_WORKER, flags);
	drm_jobqueue_put(queue);
	dma_fence_end_signalling(cookie);
}

/*
 * Not on the signalling path, and so not on its workqueue: the driver may take
 * locks here under which others wait for fences.
 */
static void queue_reap_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(to_delayed_work(work), struct drm_jobqueue,
			     reap_work);

	drm_jobqueue_job_reap(queue);
	drm_jobqueue_put(queue);
}

static void queue_release_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(to_rcu_work(work), struct drm_jobqueue,
			     release_work);
	struct drm_jobqueue_group *group = queue->group;

	/* Both look for a job, and there is none. */
	drm_jobqueue_timeout_fini(queue);
	spin_lock_irq(&queue->timeline->lock);
	queue->timeline->queue = NULL;
	spin_unlock_irq(&queue->timeline->lock);

	spin_lock(&group->lock);
	list_del(&queue->group_link);
	spin_unlock(&group->lock);
	/* Whoever prints the group names the queue. */
	drm_jobqueue_timeline_put(queue->timeline);

	queue->ops->release(queue);

	if (atomic_dec_and_test(&group->nqueues))
		wake_up_var(&group->nqueues);
}

/* For drm_jobqueue_put(). */
void drm_jobqueue_last_put(struct kref *ref)
{
	struct drm_jobqueue *queue =
		container_of(ref, struct drm_jobqueue, ref);

	/*
	 * A handler of the irq_work that has put the queue may be on its way
	 * out, even several on as many CPUs, which irq_work_sync() does not
	 * know. Each is a read-side section of RCU.
	 */
	queue_rcu_work(queue->group->reap_wq, &queue->release_work);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_last_put);

/**
 * drm_jobqueue_init - make a queue
 * @queue: the queue, embedded in the driver's object; need not be zeroed
 * @args: how it is to be
 *
 * The caller gets the first reference. When the last is gone
 * &drm_jobqueue_ops.release is called; until then the memory must stay.
 *
 * Context: process context, may sleep.
 * Return: 0, -EINVAL if @args make no sense, -ENOMEM. On failure @queue may be
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
	    (timeout && !ops->timedout))
		return -EINVAL;

	memset(queue, 0, sizeof(*queue));
	queue->timeline = drm_jobqueue_timeline_create(queue, group->name,
						       args->name);
	if (!queue->timeline)
		return -ENOMEM;

	drm_jobqueue_lock_init(&queue->lock);
	queue->flags = args->flags;
	if (queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT)
		queue->flags |= DRM_JOBQUEUE_RUN_INLINE;
	queue->ops = ops;
	queue->group = group;
	queue->credits = args->credits;
	queue->timeout = timeout ? args->timeout : 0;
	kref_init(&queue->ref);
	init_llist_head(&queue->reap);
	INIT_WORK(&queue->work, queue_work_func);
	INIT_DELAYED_WORK(&queue->reap_work, queue_reap_work);
	INIT_RCU_WORK(&queue->release_work, queue_release_work);
	init_irq_work(&queue->irq_work, queue_irq_work);
	drm_jobqueue_timeout_init(queue);
	init_waitqueue_head(&queue->wait);

	atomic_inc(&group->nqueues);
	spin_lock(&group->lock);
	list_add_tail(&queue->group_link, &group->queues);
	spin_unlock(&group->lock);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_init);

/**
 * drm_jobqueue_kill - let no more jobs run
 * @queue: the queue
 * @error: negative errno that their fences signal with; 0 for -ECANCELED
 *
 * Jobs that did not run yet, and those pushed later, take their way through
 * the queue without being run: their fences signal with @error, in order,
 * after their dependencies and their predecessors. Jobs in the ring are the
 * driver's: it takes them off the hardware and calls
 * drm_jobqueue_complete_all(). Only the first kill counts. A queue that is
 * stopped lets killed jobs pass only when it is started.
 *
 * Context: any.
 */
void drm_jobqueue_kill(struct drm_jobqueue *queue, int error)
{
	unsigned long flags;
	bool first;

	error = drm_jobqueue_check_error(queue, error) ?: -ECANCELED;

	spin_lock_irqsave(&queue->lock, flags);
	first = !queue->killed;
	if (first) {
		WRITE_ONCE(queue->killed, true);
		queue->kill_error = error;
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	if (!first)
		return;
	trace_drm_jobqueue_kill(queue, error);
	/* There may be many, and their owners' callbacks with them. */
	drm_jobqueue_queue_work(queue);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_kill);

/**
 * drm_jobqueue_is_killed - whether drm_jobqueue_kill() was called
 * @queue: the queue
 *
 * Context: any.
 * Return: true if so.
 */
bool drm_jobqueue_is_killed(struct drm_jobqueue *queue)
{
	return READ_ONCE(queue->killed);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_is_killed);

static bool nobody_runs(struct drm_jobqueue *queue)
{
	bool running;

	spin_lock_irq(&queue->lock);
	running = queue->running;
	spin_unlock_irq(&queue->lock);
	return !running;
}

/**
 * drm_jobqueue_stop - keep jobs from being run
 * @queue: the queue
 *
 * When this returns &drm_jobqueue_ops.run is not being called, and will not be
 * before drm_jobqueue_start() was called as often as this. Jobs can be pushed
 * and completed meanwhile, and fences of those in the ring signal. The time of
 * the job at the ring's head runs on.
 *
 * Context: process context, may sleep until run() has returned; so not from
 * run() itself.
 */
void drm_jobqueue_stop(struct drm_jobqueue *queue)
{
	spin_lock_irq(&queue->lock);
	queue->stopped++;
	spin_unlock_irq(&queue->lock);

	drm_jobqueue_run_map_wait();
	wait_event(queue->wait, nobody_runs(queue));
}
EXPORT_SYMBOL_GPL(drm_jobqueue_stop);

/**
 * drm_jobqueue_start - undo a drm_jobqueue_stop()
 * @queue: the queue
 *
 * Context: any.
 */
void drm_jobqueue_start(struct drm_jobqueue *queue)
{
	unsigned long flags;
	bool start;

	spin_lock_irqsave(&queue->lock, flags);
	start = queue->stopped;
	if (start)
		queue->stopped--;
	spin_unlock_irqrestore(&queue->lock, flags);

	if (!drm_jobqueue_misuse(queue, !start, "started more than stopped"))
		drm_jobqueue_queue_work(queue);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_start);

static bool is_idle(struct drm_jobqueue *queue)
{
	bool idle;

	spin_lock_irq(&queue->lock);
	idle = !queue->head && !queue->retiring;
	spin_unlock_irq(&queue->lock);
	return idle;
}

/**
 * drm_jobqueue_wait_idle - wait until the fences of all jobs have signalled
 * @queue: the queue
 * @timeout: how long at most, in jiffies
 *
 * Context: process context, may sleep; not on the signalling path.
 * Return: jiffies left, at least 1; 0 if the time is over; -ERESTARTSYS if the
 * task is being killed.
 */
long drm_jobqueue_wait_idle(struct drm_jobqueue *queue, long timeout)
{
	return wait_event_killable_timeout(queue->wait, is_idle(queue),
					   timeout);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_wait_idle);
