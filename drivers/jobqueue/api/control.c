// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Control of a queue as a whole: kill, change of capacity, stop and start, call, wait
 * until idle.
 *
 * Each is a flag or a counter under the queue's lock; the engine looks at it
 * before it runs a job. Called by drivers and by the handler of timeouts. Only
 * stop, call and the wait functions sleep. Nothing here runs a job or signals a fence: that is
 * left to the worker, because there may be many jobs.
 */

#include <linux/export.h>
#include <linux/sched.h>

#include "engine/defer.h"
#include "base/lockdep.h"
#include "base/state.h"
#include "base/trace.h"

/**
 * drm_jobqueue_kill - stop running jobs and complete the pending ones with an
 *	error
 * @queue: the queue
 * @error: negative errno for their fences; 0 for -ECANCELED
 *
 * Jobs that did not run yet and jobs pushed later go through the queue without
 * being run: their fences signal with @error, in order, after their
 * dependencies and their predecessors. Jobs in the ring belong to the driver:
 * it takes them off the hardware and calls drm_jobqueue_complete_all(). The
 * first kill counts; others have no effect. Jobs of a stopped queue are
 * completed only when the queue is started.
 *
 * A call of &drm_jobqueue_ops.run, or of the function of a gang, that is
 * executing or about to begin when this returns puts its jobs into the ring. To
 * exclude that, call drm_jobqueue_stop() after this.
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
	/* There may be many jobs, with callbacks on their fences. */
	drm_jobqueue_queue_work(queue);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_kill);

/**
 * drm_jobqueue_is_killed - check whether drm_jobqueue_kill() was called
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

/**
 * drm_jobqueue_error - get the error of a killed queue
 * @queue: the queue
 *
 * Context: any.
 * Return: the error passed to drm_jobqueue_kill(), -ECANCELED if that was 0; 0
 * if the queue was not killed.
 */
int drm_jobqueue_error(struct drm_jobqueue *queue)
{
	unsigned long flags;
	int error;

	spin_lock_irqsave(&queue->lock, flags);
	error = queue->kill_error;
	spin_unlock_irqrestore(&queue->lock, flags);
	return error;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_error);

/**
 * drm_jobqueue_set_credits - change the capacity of the ring
 * @queue: the queue
 * @credits: capacity as &drm_jobqueue_args.credits; not 0
 *
 * Jobs that fit now run, in the context of the worker. Jobs in the ring stay there if
 * it has less capacity than they use: others run when enough of them have retired. A
 * job that was prepared before and needs more credits than there are now runs when no
 * other job in the ring uses any. For a limit to what is in the ring at once; a driver
 * whose ring gets smaller must have no such jobs.
 *
 * Context: any.
 * Return: 0, or -EINVAL if @credits is 0; then nothing has changed.
 */
int drm_jobqueue_set_credits(struct drm_jobqueue *queue, u32 credits)
{
	unsigned long flags;

	if (!credits)
		return -EINVAL;

	spin_lock_irqsave(&queue->lock, flags);
	WRITE_ONCE(queue->credits, credits);
	spin_unlock_irqrestore(&queue->lock, flags);
	drm_jobqueue_queue_work(queue);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_set_credits);

static bool run_is_idle(struct drm_jobqueue *queue)
{
	bool running;

	spin_lock_irq(&queue->lock);
	running = queue->running;
	spin_unlock_irq(&queue->lock);
	return !running;
}

/**
 * drm_jobqueue_stop - stop running jobs
 * @queue: the queue
 *
 * When this returns, &drm_jobqueue_ops.run is not executing, and it is not
 * called until drm_jobqueue_start() was called as often as this. While the
 * queue is stopped, jobs can be pushed and completed, and fences of jobs in the
 * ring signal. The timeout of the job at the ring's head goes on.
 *
 * Context: process context, sleeps until run() has returned; not from run()
 * itself.
 */
void drm_jobqueue_stop(struct drm_jobqueue *queue)
{
	spin_lock_irq(&queue->lock);
	queue->stopped++;
	spin_unlock_irq(&queue->lock);

	drm_jobqueue_run_map_wait();
	wait_event(queue->wait, run_is_idle(queue));
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

static bool take_run_token(struct drm_jobqueue *queue)
{
	bool taken;

	spin_lock_irq(&queue->lock);
	taken = !queue->running;
	queue->running = true;
	spin_unlock_irq(&queue->lock);
	return taken;
}

/**
 * drm_jobqueue_call - call a function while no job runs
 * @queue: the queue, to which the caller has a reference
 * @function: function of the driver
 * @arg: argument of the function
 *
 * Waits until &drm_jobqueue_ops.run is not executing, calls @function, and only
 * then lets jobs run again. Calls exclude each other. Works on a stopped queue,
 * too. For state of the driver that run() and other paths change, without a
 * lock that run() would need.
 *
 * Jobs of the queue wait for @function, so it is on the signalling path, and the
 * rules of run() apply to it. It must not call drm_jobqueue_stop() or this
 * function for the same queue.
 *
 * Context: process context, may sleep; not from run() and not with a lock that
 * run() takes.
 */
void drm_jobqueue_call(struct drm_jobqueue *queue,
		       void (*function)(struct drm_jobqueue *queue, void *arg),
		       void *arg)
{
	bool cookie;

	/* No further run() begins, so the wait is for one call at most. */
	spin_lock_irq(&queue->lock);
	queue->stopped++;
	spin_unlock_irq(&queue->lock);
	drm_jobqueue_run_map_wait();
	wait_event(queue->wait, take_run_token(queue));

	cookie = dma_fence_begin_signalling();
	drm_jobqueue_run_map_acquire();
	function(queue, arg);
	drm_jobqueue_run_map_release();

	spin_lock_irq(&queue->lock);
	queue->running = false;
	queue->stopped--;
	/*
	 * Other waiters for the token are not left to the worker: one of them may
	 * occupy its workqueue, as a reset on an ordered one does.
	 */
	drm_jobqueue_wake(queue);
	/* Run jobs that became ready. */
	drm_jobqueue_queue_work(queue);
	spin_unlock_irq(&queue->lock);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_call);

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
 * @timeout: maximum time to wait, in jiffies
 *
 * Context: process context, may sleep; not on the signalling path.
 * Return: remaining jiffies, at least 1; 0 on timeout; -ERESTARTSYS if the task
 * is being killed.
 */
long drm_jobqueue_wait_idle(struct drm_jobqueue *queue, long timeout)
{
	return wait_event_killable_timeout(queue->wait, is_idle(queue),
					   timeout);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_wait_idle);

static bool has_space(struct drm_jobqueue *queue)
{
	bool space;

	/* Under the lock, so that a job that retires wakes this waiter. */
	spin_lock_irq(&queue->lock);
	space = !queue->max_jobs ||
		atomic_read(&queue->njobs) < queue->max_jobs;
	spin_unlock_irq(&queue->lock);
	return space;
}

/**
 * drm_jobqueue_wait_space - wait until another job may be prepared
 * @queue: the queue
 *
 * For a queue with &drm_jobqueue_args.max_jobs, when drm_jobqueue_job_init() has
 * returned -EAGAIN. Does not reserve space: try again and expect to lose races
 * with other submitters.
 *
 * Context: process context, may sleep; not on the signalling path, not with a
 * lock that jobs of the queue need to complete, and not while the caller holds
 * prepared jobs of the queue, which count.
 * Return: 0, or -ERESTARTSYS if a signal is pending.
 */
int drm_jobqueue_wait_space(struct drm_jobqueue *queue)
{
	return wait_event_interruptible(queue->wait, has_space(queue));
}
EXPORT_SYMBOL_GPL(drm_jobqueue_wait_space);
