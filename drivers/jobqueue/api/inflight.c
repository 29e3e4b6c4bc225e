// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Access to the jobs in the ring for a driver that recovers from a reset.
 *
 * Both functions need a stopped queue: then no job is run, jobs leave the ring
 * only at its head, and the driver knows what the ring holds. Called in the
 * driver's reset path, under the queue's lock for the list and without it for
 * hardware fences. Never runs a job and never signals a fence.
 */

#include <linux/export.h>

#include "engine/native.h"
#include "engine/reap.h"
#include "engine/results.h"
#include "engine/times.h"
#include "base/state.h"

/**
 * drm_jobqueue_next_inflight - iterate over the jobs in the ring
 * @queue: a stopped queue
 * @prev: the job returned by the previous call, NULL to begin. Its reference is
 *	dropped.
 *
 * ::
 *
 *	struct drm_jobqueue_job *job = NULL;
 *
 *	while ((job = drm_jobqueue_next_inflight(queue, job)))
 *		...
 *
 * Jobs are returned in order. They may complete during the iteration.
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
		/* Jobs retire from the head on. */
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
 * Take a job out of the ring. A job that is done, but could not retire because
 * of a job before it, is skipped when its turn comes again.
 */
static void unrun(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	if (job->state == DRM_JOBQUEUE_JOB_DONE)
		job->skip = true;
	job->state = DRM_JOBQUEUE_JOB_PUSHED;
	queue->credits_used -= job->credits;
}

/* The queue is stopped, so the job does not run. */
static void undo_hw_fence(struct drm_jobqueue_job *job)
{
	struct dma_fence *fence =
		dma_fence_get(job->inline_deps[0].fence);

	/* Remove the callback first, then see whether the fence signalled. */
	drm_jobqueue_forget_hw_fence(job);
	if (!job->skip && dma_fence_is_signaled(fence)) {
		job->skip = true;
		job->error = fence->error;
	}
	dma_fence_put(fence);
	atomic_set(&job->pending, 0);
}

/*
 * Empty the ring but for complete jobs at its head. Return: the first job that
 * was taken out, with a reference, or NULL; @last is the number of the last.
 */
static struct drm_jobqueue_job *rewind_ring(struct drm_jobqueue *queue,
					    u64 *last)
{
	struct drm_jobqueue_job *job = NULL;
	bool found = false;

	/* One locked section per job: there may be many complete ones. */
	while (!found && (job = drm_jobqueue_next_inflight(queue, job))) {
		spin_lock_irq(&queue->lock);
		if (!drm_jobqueue_is_complete(job) &&
		    job->state == DRM_JOBQUEUE_JOB_RUNNING) {
			found = true;
			*last = queue->last_run;
			WRITE_ONCE(queue->next, job);
			queue->last_run = drm_jobqueue_seqno_of(job) - 1;
			/* Those behind it are not submitted any longer. */
			smp_store_release(&queue->submitted, queue->last_run);
			queue->barrier = min(queue->barrier, queue->last_run);
			drm_jobqueue_results_cut(queue, queue->last_run);
			if (drm_jobqueue_has_times(queue) &&
			    !drm_jobqueue_ring_head(queue))
				drm_jobqueue_times_pause(queue);
			/* The head starts anew, so it is not late. */
			queue->timeout_forced = 0;
		}
		spin_unlock_irq(&queue->lock);
		cond_resched();
	}
	return job;
}

/*
 * End the waits for what is submitted. They would wait for the jobs to be submitted
 * again, which may depend on the queues that wait.
 */
static void end_waits(struct drm_jobqueue *queue)
{
	unsigned int n;

	do {
		spin_lock_irq(&queue->lock);
		n = drm_jobqueue_natives_wake(queue);
		spin_unlock_irq(&queue->lock);
		cond_resched();
	} while (n);
}

/**
 * drm_jobqueue_requeue - run the incomplete jobs of the ring again
 * @queue: a stopped queue, whose ring the hardware does not access
 *
 * Jobs in the ring that are not complete leave the ring and are runnable again,
 * in order and before all others; &drm_jobqueue_ops.run is called for them
 * again after drm_jobqueue_start(), also for those that were members of a gang and
 * that the gang's function had put into the ring. Their fences stay as they are. Completions
 * that were under way when the hardware was stopped must have returned.
 *
 * The driver decides whether a job may run twice and how often to retry. The
 * queue must stay stopped during the call.
 *
 * Context: process context, may sleep.
 */
void drm_jobqueue_requeue(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *first, *job, *next;
	bool stopped, more, waits;
	u64 last;

	spin_lock_irq(&queue->lock);
	stopped = queue->stopped;
	next = queue->next;
	waits = next && next->native;
	spin_unlock_irq(&queue->lock);
	if (drm_jobqueue_misuse(queue, !stopped,
				"requeue of a queue that is not stopped"))
		return;

	/* It did not run, and does not while the queue is stopped. */
	if (waits)
		drm_jobqueue_natives_cancel(next);
	end_waits(queue);
	first = rewind_ring(queue, &last);
	/*
	 * The jobs are out of the ring and cannot leave the queue. Others may
	 * be appended behind the last of them. Hardware fences are called
	 * without the lock.
	 */
	for (job = first, more = first; more; job = next) {
		spin_lock_irq(&queue->lock);
		unrun(queue, job);
		next = job->next;
		more = drm_jobqueue_seqno_of(job) < last;
		spin_unlock_irq(&queue->lock);
		if (job->hw_fence)
			undo_hw_fence(job);
		cond_resched();
	}
	if (first)
		drm_jobqueue_job_put(first);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_requeue);
