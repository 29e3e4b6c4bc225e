/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_CURSOR_H_
#define _DRM_JOBQUEUE_CURSOR_H_

/*
 * The cursor of a queue: which job is next, and the steps that move the cursor
 * past it. For the drain, and for gangs, which enter several rings at once.
 */

#include "base/state.h"
#include "engine/clock.h"
#include "engine/defer.h"
#include "engine/drain.h"
#include "engine/native.h"
#include "engine/times.h"

/* Units of the interrupt's budget that a job costs when it runs. */
#define DRM_JOBQUEUE_RUN_UNITS 1

static inline bool
drm_jobqueue_is_skipped(const struct drm_jobqueue_job *job)
{
	return job->skip || READ_ONCE(job->error) || job->queue->killed;
}

/* The job to run next, NULL if none is ready. */
static inline struct drm_jobqueue_job *
drm_jobqueue_next_ready(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job;

	lockdep_assert_held(&queue->lock);

	job = queue->next;
	if (!job || queue->stopped || job->state != DRM_JOBQUEUE_JOB_PUSHED)
		return NULL;
	if (unlikely(queue->barrier) && drm_jobqueue_at_barrier(queue))
		return NULL;
	/* Pairs with the decrement after each signal. */
	if (atomic_read_acquire(&job->pending))
		return NULL;
	if (job->credits &&
	    (u64)queue->credits_used + job->credits > queue->credits &&
	    /* More than there are now get the whole ring. */
	    queue->credits_used && !drm_jobqueue_is_skipped(job))
		return NULL;
	return job;
}

static inline void drm_jobqueue_count_run(struct drm_jobqueue *queue,
					  enum drm_jobqueue_context context)
{
	if (context == DRM_JOBQUEUE_IN_PUSH) {
		queue->stats.run_inline++;
	} else if (context == DRM_JOBQUEUE_IN_IRQ) {
		queue->stats.run_irq++;
		drm_jobqueue_irq_budget_spend(DRM_JOBQUEUE_RUN_UNITS);
	} else {
		queue->stats.run_worker++;
	}
}

/* Move the cursor past a job: the job is in the ring now. */
static inline void drm_jobqueue_advance(struct drm_jobqueue *queue,
					struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	WRITE_ONCE(queue->next, job->next);
	queue->last_run = drm_jobqueue_seqno_of(job);
}

/* The job that is next is about to run: charge its credits, start its time. */
static inline void drm_jobqueue_enter_ring(struct drm_jobqueue *queue,
					   struct drm_jobqueue_job *job,
					   enum drm_jobqueue_context context)
{
	lockdep_assert_held(&queue->lock);

	drm_jobqueue_advance(queue, job);
	job->state = DRM_JOBQUEUE_JOB_RUNNING;
	queue->credits_used += job->credits;
	if (queue->timeout && queue->head == job)
		drm_jobqueue_clock_new_head(queue);
	if (drm_jobqueue_has_times(queue))
		drm_jobqueue_times_enter(queue, job);
	drm_jobqueue_count_run(queue, context);
}

/* Wake the queues that wait for submitted jobs of this one. */
static inline void drm_jobqueue_wake_waiters(struct drm_jobqueue *queue,
					     enum drm_jobqueue_context context)
{
	unsigned int n = drm_jobqueue_natives_wake(queue);

	if (context == DRM_JOBQUEUE_IN_IRQ)
		drm_jobqueue_irq_budget_spend(n);
}

/* The jobs before the cursor are in the ring, or were skipped. */
static inline void
drm_jobqueue_update_submitted(struct drm_jobqueue *queue,
			      enum drm_jobqueue_context context)
{
	lockdep_assert_held(&queue->lock);

	/* Other queues read it without the lock: is_in_ring(). */
	smp_store_release(&queue->submitted, queue->last_run);
	if (unlikely(queue->submit_waits.rb_leftmost))
		drm_jobqueue_wake_waiters(queue, context);
}

#endif /* _DRM_JOBQUEUE_CURSOR_H_ */
