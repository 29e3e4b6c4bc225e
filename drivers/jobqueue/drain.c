// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The engine: what makes jobs run and what makes their fences signal.
 *
 * There is one function that runs jobs, drain(), and one that signals fences,
 * retire(). Each is guarded by a token under the queue's lock, so that one
 * context at a time does it while the lock itself is free whenever the driver
 * or a fence is called. A holder looks once more for work in the locked
 * section in which it gives the token back, and whoever finds the token taken
 * has made its work visible before it took the lock. So no wake-up is lost.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include "internal.h"
#include "trace.h"

/* Jobs that may run on behalf of one caller before the worker goes on. */
static const unsigned int drain_budget[] = {
	[DRM_JOBQUEUE_IN_PUSH] = 16,
	[DRM_JOBQUEUE_IN_IRQ] = 64,
	[DRM_JOBQUEUE_IN_WORKER] = 64,
};

/* What a driver must have opted into for its jobs to be run there. */
static const u32 drain_needs[] = {
	[DRM_JOBQUEUE_IN_PUSH] = DRM_JOBQUEUE_RUN_INLINE,
	[DRM_JOBQUEUE_IN_IRQ] = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	[DRM_JOBQUEUE_IN_WORKER] = 0,
};

/* Fences that are signalled in a row with interrupts off, and such rows. */
#define RETIRE_BATCH 32
static const unsigned int retire_budget[] = {
	[DRM_JOBQUEUE_IN_PUSH] = 4,
	[DRM_JOBQUEUE_IN_IRQ] = 4,
	[DRM_JOBQUEUE_IN_WORKER] = 16,
};

static bool is_skipped(const struct drm_jobqueue_job *job)
{
	return job->skip || READ_ONCE(job->error) || job->queue->killed;
}

/* The job to run next, NULL if none can be. */
static struct drm_jobqueue_job *next_job(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job;

	lockdep_assert_held(&queue->lock);

	job = queue->next;
	if (!job || queue->stopped || job->state != DRM_JOBQUEUE_JOB_PUSHED)
		return NULL;
	/* Pairs with the decrement after each signal. */
	if (atomic_read_acquire(&job->pending))
		return NULL;
	if (job->credits > queue->credits - queue->credits_used &&
	    !is_skipped(job))
		return NULL;
	return job;
}

static void hw_fence_signalled(struct dma_fence *fence,
			       struct dma_fence_cb *cb)
{
	struct drm_jobqueue_dep *dep =
		container_of(cb, struct drm_jobqueue_dep, cb);
	struct drm_jobqueue_job *job = dep->job;
	struct drm_jobqueue *queue = drm_jobqueue_get(job->queue);

	/*
	 * With this the job may retire. It cannot be freed: that takes away
	 * this callback first, and so waits for the lock that is held here.
	 * For the same lock's sake go on from an irq_work.
	 */
	atomic_set_release(&job->pending, DRM_JOBQUEUE_HW_FENCE_SIGNALLED);
	drm_jobqueue_kick_by_signal(queue, false);
}

static void wait_for_hw_fence(struct drm_jobqueue_job *job,
			      struct dma_fence *fence)
{
	struct drm_jobqueue_dep *dep = &job->inline_deps[0];

	/* The dependencies are history, so one of their places is free. */
	dep->fence = fence;
	dep->job = job;
	job->hw_fence = true;
	if (dma_fence_add_callback(fence, &dep->cb, hw_fence_signalled))
		drm_jobqueue_job_complete(job, fence->error);
}

/* Nobody refers to the job, or it is out of everybody's reach. */
void drm_jobqueue_forget_hw_fence(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep *dep = &job->inline_deps[0];

	dma_fence_remove_callback(dep->fence, &dep->cb);
	dma_fence_put(dep->fence);
	job->hw_fence = false;
}

static void run(struct drm_jobqueue_job *job)
{
	struct dma_fence *fence;

	if (drm_jobqueue_has_deps(job))
		drm_jobqueue_deps_drop(job);
	trace_drm_jobqueue_job_run(job);

	fence = job->queue->ops->run(job);
	if (!fence)
		return;
	if (drm_jobqueue_misuse(job->queue, fence == &job->fence->base,
				"a job's own fence came back from it")) {
		dma_fence_put(fence);
		fence = ERR_PTR(-EINVAL);
	}
	if (IS_ERR(fence))
		drm_jobqueue_job_complete(job, PTR_ERR(fence));
	else
		wait_for_hw_fence(job, fence);
}

static void count_run(struct drm_jobqueue *queue,
		      enum drm_jobqueue_context context)
{
	switch (context) {
	case DRM_JOBQUEUE_IN_PUSH:
		queue->stats.run_inline++;
		break;
	case DRM_JOBQUEUE_IN_IRQ:
		queue->stats.run_irq++;
		break;
	case DRM_JOBQUEUE_IN_WORKER:
		queue->stats.run_worker++;
		break;
	}
}

/* Move a job on to the ring. */
static void advance(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	WRITE_ONCE(queue->next, job->next);
	queue->last_run = drm_jobqueue_seqno_of(job);
}

/* Let skipped jobs pass, in rows, so that their fences signal in rows. */
static void pass_by(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);

	do {
		advance(queue, job);
		/* A job that was run before a reset and is done has no error. */
		if (!job->error && !job->skip)
			job->error = queue->kill_error;
		job->credits = 0;
		job->state = DRM_JOBQUEUE_JOB_DONE;
		queue->stats.skipped++;
		job = queue->next;
	} while (++n < RETIRE_BATCH && job &&
		 job->state == DRM_JOBQUEUE_JOB_PUSHED &&
		 !atomic_read_acquire(&job->pending) && is_skipped(job));
}

/* Run one job, or let some pass by. Drops the lock around run(). */
static void drain(struct drm_jobqueue *queue, struct drm_jobqueue_job *job,
		  enum drm_jobqueue_context context, unsigned long *flags)
	__must_hold(&queue->lock)
{
	lockdep_assert_held(&queue->lock);

	if (is_skipped(job)) {
		pass_by(queue, job);
		return;
	}

	advance(queue, job);
	job->state = DRM_JOBQUEUE_JOB_RUNNING;
	queue->credits_used += job->credits;
	if (queue->timeout && queue->head == job)
		drm_jobqueue_timeout_new_head(queue);
	count_run(queue, context);

	queue->running = true;
	drm_jobqueue_job_get(job);
	spin_unlock_irqrestore(&queue->lock, *flags);
	drm_jobqueue_run_map_acquire();
	run(job);
	drm_jobqueue_run_map_release();
	drm_jobqueue_job_put(job);
	spin_lock_irqsave(&queue->lock, *flags);
	queue->running = false;
}

static struct drm_jobqueue_job *complete_head(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job = drm_jobqueue_ring_head(queue);

	return job && drm_jobqueue_is_complete(job) ? job : NULL;
}

/* Take a row of complete jobs off the ring; there is one. Return: how many. */
static unsigned int collect(struct drm_jobqueue *queue,
			    struct drm_jobqueue_job **batch)
{
	struct drm_jobqueue_job *job = queue->head, *last;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);

	*batch = job;
	do {
		if (job->state == DRM_JOBQUEUE_JOB_RUNNING && !job->error &&
		    atomic_read(&job->pending) ==
				DRM_JOBQUEUE_HW_FENCE_SIGNALLED)
			job->error = job->inline_deps[0].fence->error;
		job->state = DRM_JOBQUEUE_JOB_RETIRED;
		queue->credits_used -= job->credits;
		queue->stats.retired++;
		if (job->error)
			queue->stats.failed++;
		last = job;
		queue->head = job->next;
		job = complete_head(queue);
	} while (++n < RETIRE_BATCH && job);
	last->next = NULL;

	if (queue->timeout && drm_jobqueue_ring_head(queue))
		drm_jobqueue_timeout_new_head(queue);
	return n;
}

static void signal(struct drm_jobqueue_job *batch)
{
	struct drm_jobqueue_job *job, *next;
	ktime_t now = ktime_get();

	for (job = batch; job; job = next) {
		struct drm_jobqueue_fence *fence = job->fence;

		next = job->next;
		trace_drm_jobqueue_job_done(job);
		if (job->error)
			dma_fence_set_error(&fence->base, job->error);
		spin_lock(&fence->lock);
		dma_fence_signal_timestamp_locked(&fence->base, now);
		spin_unlock(&fence->lock);
		drm_jobqueue_job_put(job);
	}
}

/*
 * Signal the fences of what is complete, in order. Drops the lock meanwhile.
 * Interrupts stay off: a holder of the token that is preempted would hold up
 * everybody's fences. (Under PREEMPT_RT they do not, and it can be.)
 */
static void retire(struct drm_jobqueue *queue, unsigned long *flags)
	__must_hold(&queue->lock)
{
	struct drm_jobqueue_job *batch;
	unsigned int n;

	lockdep_assert_held(&queue->lock);

	queue->retiring = true;
	n = collect(queue, &batch);
	spin_unlock(&queue->lock);
	signal(batch);
	spin_lock(&queue->lock);
	queue->retiring = false;

	if (n == RETIRE_BATCH) {
		/* There may be more; but first whoever has waited for long. */
		spin_unlock_irqrestore(&queue->lock, *flags);
		spin_lock_irqsave(&queue->lock, *flags);
	}
}

/*
 * Whatever happened, go on: signal what is complete and run what is ready, as
 * far as the context allows, and leave the rest to the worker.
 *
 * Called with the queue's lock held, inside of dma_fence_begin_signalling()
 * (which does nothing under a lock, so it cannot be called here), and with a
 * reference to the queue that does not depend on any job. Releases the lock;
 * @flags are those of taking it.
 */
void drm_jobqueue_progress(struct drm_jobqueue *queue,
			   enum drm_jobqueue_context context,
			   unsigned long flags)
	__releases(&queue->lock)
{
	unsigned int retired = 0, ran = 0;
	struct drm_jobqueue_job *job;
	bool more;

	/* Signalling returns credits, and what was skipped is complete. */
	for (;;) {
		more = true;
		if (!queue->retiring && complete_head(queue)) {
			if (retired++ == retire_budget[context])
				break;
			retire(queue, &flags);
			continue;
		}
		job = queue->running ? NULL : next_job(queue);
		more = job;
		if (!job || ~queue->flags & drain_needs[context] ||
		    ran++ == drain_budget[context])
			break;
		drain(queue, job, context, &flags);
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	if (more)
		drm_jobqueue_queue_work(queue);
	/* A waiter is in the list before it takes the lock to look. */
	if (waitqueue_active(&queue->wait))
		wake_up_all(&queue->wait);
}

static void set_error(struct drm_jobqueue *queue, u64 seqno, int error)
{
	struct drm_jobqueue_job *job;

	lockdep_assert_held(&queue->lock);

	for (job = drm_jobqueue_ring_head(queue); job;
	     job = drm_jobqueue_ring_next(queue, job)) {
		if (drm_jobqueue_seqno_of(job) < seqno)
			continue;
		if (drm_jobqueue_seqno_of(job) == seqno &&
		    !drm_jobqueue_is_complete(job))
			job->error = error;
		break;
	}
}

/**
 * drm_jobqueue_complete - the hardware is done with all jobs up to one
 * @queue: the queue, to which the caller has a reference
 * @seqno: sequence number of the last job that is done
 * @error: 0, or the negative errno of the job with just this number
 *
 * All jobs up to @seqno retire in order and in one batch. Numbers that were
 * reported before are ignored, and so are those of jobs that did not run yet:
 * hardware may read its answer from memory that others can write to. A driver
 * of such hardware checks against what it has really written: a number may be
 * right for the queue while &drm_jobqueue_ops.run is still being called for it.
 *
 * Context: any, also inside run. Not with a lock that
 * &drm_jobqueue_ops.run takes, if the queue has
 * %DRM_JOBQUEUE_RUN_ANY_CONTEXT.
 */
void drm_jobqueue_complete(struct drm_jobqueue *queue, u64 seqno, int error)
{
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;

	if (error)
		error = drm_jobqueue_check_error(queue, error);

	spin_lock_irqsave(&queue->lock, flags);
	if (seqno > queue->completed && seqno <= queue->last_run) {
		if (error)
			set_error(queue, seqno, error);
		queue->completed = seqno;
	}
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_IRQ, flags);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_complete);

/**
 * drm_jobqueue_complete_all - the hardware will not touch the ring any more
 * @queue: the queue, to which the caller has a reference
 * @error: what the jobs in the ring complete with; 0 or a negative errno
 *
 * For a driver that has taken the ring off the hardware. A job that is just
 * being run is among them; to be sure that &drm_jobqueue_ops.run does not touch
 * the ring any more, call drm_jobqueue_stop() before and drm_jobqueue_start()
 * after.
 *
 * Context: as drm_jobqueue_complete().
 */
void drm_jobqueue_complete_all(struct drm_jobqueue *queue, int error)
{
	bool cookie = dma_fence_begin_signalling();
	struct drm_jobqueue_job *job;
	unsigned long flags;

	if (error)
		error = drm_jobqueue_check_error(queue, error);

	spin_lock_irqsave(&queue->lock, flags);
	for (job = drm_jobqueue_ring_head(queue); job;
	     job = drm_jobqueue_ring_next(queue, job)) {
		if (drm_jobqueue_is_complete(job))
			continue;
		job->state = DRM_JOBQUEUE_JOB_DONE;
		job->error = error;
	}
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_IRQ, flags);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_complete_all);
