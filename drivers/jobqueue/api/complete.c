// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Completion: the driver reports which jobs the hardware is done with.
 *
 * By number from the interrupt handler, for a single job, or for the whole ring
 * when it was taken off the hardware; errors also before that. Each function notes
 * the result under the queue's lock and lets the engine retire what is complete.
 * Callable in any context, also within run(). Never calls the driver itself.
 */

#include <linux/export.h>
#include <linux/wordpart.h>

#include "engine/defer.h"
#include "engine/drain.h"
#include "engine/results.h"
#include "base/state.h"

/* Note the error in each job. Walks the ring, with the lock held. */
static void set_errors(struct drm_jobqueue *queue, u64 first, u64 last,
		       int error)
{
	struct drm_jobqueue_job *job;

	lockdep_assert_held(&queue->lock);

	for (job = drm_jobqueue_ring_head(queue); job;
	     job = drm_jobqueue_ring_next(queue, job)) {
		if (drm_jobqueue_seqno_of(job) > last)
			break;
		if (drm_jobqueue_seqno_of(job) >= first)
			drm_jobqueue_mark_done(job, error);
	}
}

/*
 * Complete all jobs up to @last, those from @first on with @error. The ring may
 * hold any number of jobs, so errors are kept as ranges, which the engine looks up
 * when it retires the jobs. The ring is walked only if the driver has more errors at
 * once than it asked for.
 */
static void complete_to(struct drm_jobqueue *queue, u64 first, u64 last,
			int error, u32 room)
{
	lockdep_assert_held(&queue->lock);

	if (error && !drm_jobqueue_results_add(queue, first, last, error, room))
		set_errors(queue, first, last, error);
	queue->completed = last;
	/* Perhaps the ring was given up while it waited for another one. */
	if (error && queue->ops->native_dep)
		drm_jobqueue_set_barrier(queue, last);
}

/**
 * drm_jobqueue_complete - complete all jobs up to a sequence number
 * @queue: the queue, to which the caller has a reference
 * @seqno: sequence number of the last job that the hardware is done with
 * @error: 0, or the negative errno of the job with exactly this number
 *
 * All jobs up to @seqno retire in order. Jobs before the last one have the errors
 * that drm_jobqueue_set_error() has noted, and so has the last one if there is
 * one for it. Numbers that were reported before and
 * numbers of jobs that did not run yet are ignored: the hardware may report
 * from memory that others can write to. The driver of such hardware compares
 * the number with what it has written to the ring, because a number is valid
 * for the queue while &drm_jobqueue_ops.run is still being called for it.
 *
 * Context: any, also inside run. Not with a lock that &drm_jobqueue_ops.run of
 * any queue with %DRM_JOBQUEUE_RUN_ANY_CONTEXT takes, or &drm_jobqueue_ops.free
 * of any queue with %DRM_JOBQUEUE_FREE_ANY_CONTEXT: in a hard interrupt, jobs of
 * other queues that become ready run before this returns.
 */
void drm_jobqueue_complete(struct drm_jobqueue *queue, u64 seqno, int error)
{
	bool cookie = dma_fence_begin_signalling();
	bool collecting = drm_jobqueue_collect_begin();
	unsigned long flags;

	if (error)
		error = drm_jobqueue_check_error(queue, error);

	spin_lock_irqsave(&queue->lock, flags);
	if (seqno > queue->completed && seqno <= queue->last_run)
		complete_to(queue, seqno, seqno, error, queue->max_errors);
	drm_jobqueue_progress_complete(queue, flags);
	if (collecting)
		drm_jobqueue_collect_end();
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_complete);

/**
 * drm_jobqueue_complete_u32 - complete all jobs up to a 32-bit sequence number
 * @queue: the queue, to which the caller has a reference
 * @seqno: lower half of the number of the last job that the hardware is done
 *	with
 * @error: 0, or the negative errno of the job with exactly this number
 *
 * For hardware that reports 32 bits. The number is taken as one of the 2^31
 * after the last completed one; numbers before that are stale and ignored.
 * Otherwise as drm_jobqueue_complete().
 *
 * Context: as drm_jobqueue_complete().
 */
void drm_jobqueue_complete_u32(struct drm_jobqueue *queue, u32 seqno,
			       int error)
{
	/* May be too small at once, by less than 2^31: then it is stale. */
	u64 completed = drm_jobqueue_completed(queue);
	s32 ahead = seqno - lower_32_bits(completed);

	drm_jobqueue_complete(queue, ahead > 0 ? completed + ahead : 0, error);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_complete_u32);

/**
 * drm_jobqueue_completed - get the number of the last job completed by number
 * @queue: the queue
 *
 * Context: any.
 * Return: the highest sequence number passed to drm_jobqueue_complete() that
 * was valid, or completed by drm_jobqueue_complete_all().
 */
u64 drm_jobqueue_completed(struct drm_jobqueue *queue)
{
	unsigned long flags;
	u64 completed;

	spin_lock_irqsave(&queue->lock, flags);
	completed = queue->completed;
	spin_unlock_irqrestore(&queue->lock, flags);
	return completed;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_completed);

/**
 * drm_jobqueue_complete_all - complete all jobs in the ring
 * @queue: the queue, to which the caller has a reference
 * @error: 0 or a negative errno for the jobs that are not complete yet; another
 *	one than 0 replaces those that drm_jobqueue_set_error() has noted
 *
 * For a driver that has taken the ring off the hardware. This includes a job
 * for which &drm_jobqueue_ops.run is being called; to exclude that run() writes
 * to the ring after this returns, call drm_jobqueue_stop() before and
 * drm_jobqueue_start() after. A queue that has members of gangs must be stopped:
 * otherwise a member that is about to enter the ring is left out. A job whose
 * hardware fence signals before the job retires keeps the error of that fence.
 *
 * Context: as drm_jobqueue_complete().
 */
void drm_jobqueue_complete_all(struct drm_jobqueue *queue, int error)
{
	bool cookie = dma_fence_begin_signalling();
	bool collecting = drm_jobqueue_collect_begin();
	unsigned long flags;

	if (error)
		error = drm_jobqueue_check_error(queue, error);

	spin_lock_irqsave(&queue->lock, flags);
	if (queue->last_run > queue->completed) {
		if (error)
			drm_jobqueue_results_cut(queue, queue->completed);
		complete_to(queue, queue->completed + 1, queue->last_run,
			    error, queue->max_errors + 1);
	}
	if (queue->ops->native_dep)
		drm_jobqueue_set_barrier(queue, queue->last_run);
	drm_jobqueue_progress_complete(queue, flags);
	if (collecting)
		drm_jobqueue_collect_end();
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_complete_all);

/**
 * drm_jobqueue_set_error - note the error of jobs that are not complete yet
 * @queue: the queue, to which the caller has a reference
 * @first: sequence number of the first of the jobs
 * @last: sequence number of the last of them
 * @error: negative errno
 *
 * The fences of these jobs signal with @error when the jobs are completed by number,
 * by whatever context. So handlers that report errors and handlers that report
 * completion need no lock of the driver between them, and one number completes any
 * number of jobs with and without errors. It suffices that an error is noted before
 * the hardware is told to go on: before any context can read the number by which the
 * job is complete.
 *
 * Jobs of the range that are complete, or that did not run yet, are left out. A job
 * for which an error was noted before keeps that. The result of a job that is
 * completed by drm_jobqueue_job_complete(), by a hardware fence or by
 * drm_jobqueue_complete_all() with an error counts in place of what was noted, and
 * drm_jobqueue_requeue() forgets what was noted for the jobs that it takes out of the
 * ring.
 *
 * Adjacent ranges with the same error are one if they are reported in order.
 * &drm_jobqueue_args.max_errors others can be in the ring at once. A driver that
 * reports single jobs and has as many entries as jobs fit into its ring has always
 * room.
 *
 * Context: any. Never calls the driver and never signals a fence. Interrupts are off
 * for a time that may grow with &drm_jobqueue_args.max_errors, and with its square if
 * the range has gaps to fill between that many other errors.
 * Return: 0; -ENOSPC if there is no room, -EINVAL if @error is no negative errno: then
 * nothing has changed.
 */
int drm_jobqueue_set_error(struct drm_jobqueue *queue, u64 first, u64 last,
			   int error)
{
	unsigned long flags;
	int ret = 0;

	if (drm_jobqueue_misuse(queue, error >= 0 || error < -MAX_ERRNO,
				"error noted that is no negative errno"))
		return -EINVAL;

	spin_lock_irqsave(&queue->lock, flags);
	first = max(first, queue->completed + 1);
	last = min(last, queue->last_run);
	if (first <= last) {
		if (!drm_jobqueue_results_add(queue, first, last, error,
					      queue->max_errors))
			ret = -ENOSPC;
		else if (queue->ops->native_dep)
			drm_jobqueue_set_barrier(queue, last);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return ret;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_set_error);

/**
 * drm_jobqueue_job_complete - complete a single job
 * @job: a job that was passed to &drm_jobqueue_ops.run, and that the caller
 *	knows to exist
 * @error: 0 or a negative errno
 *
 * The job's fence signals after those of all its predecessors. The first
 * completion of a job counts; others have no effect.
 *
 * Context: as drm_jobqueue_complete().
 */
void drm_jobqueue_job_complete(struct drm_jobqueue_job *job, int error)
{
	struct drm_jobqueue *queue = job->queue;
	bool cookie = dma_fence_begin_signalling();
	bool collecting = drm_jobqueue_collect_begin();
	unsigned long flags;
	u8 state;

	error = drm_jobqueue_check_error(queue, error);
	/* Completion may drop the reference that the caller relies on. */
	drm_jobqueue_get(queue);

	spin_lock_irqsave(&queue->lock, flags);
	state = job->state;
	drm_jobqueue_mark_done(job, error);
	if (error && job->native && state >= DRM_JOBQUEUE_JOB_RUNNING)
		drm_jobqueue_set_barrier(queue, drm_jobqueue_seqno_of(job));
	drm_jobqueue_progress_complete(queue, flags);
	if (collecting)
		drm_jobqueue_collect_end();

	drm_jobqueue_misuse(queue, state < DRM_JOBQUEUE_JOB_RUNNING,
			    "job completed that is not running");
	drm_jobqueue_put(queue);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_complete);
