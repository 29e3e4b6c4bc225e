/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_STATE_H_
#define _DRM_JOBQUEUE_STATE_H_

/*
 * Predicates on queues and jobs that several files share, and the reports of
 * driver mistakes. Only drm_jobqueue_set_barrier(),
 * drm_jobqueue_release_space() and drm_jobqueue_mark_done() change anything.
 */

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/wait.h>

#include <drm/drm_jobqueue.h>

#include "base/fence.h"

/* &drm_jobqueue_job.pending of a running job whose hardware fence signalled. */
#define DRM_JOBQUEUE_HW_FENCE_SIGNALLED (-1)

/*
 * Report a mistake of the driver, once, with the name of the queue. The
 * function that reports it has no further effect. Evaluates to @condition.
 */
#define drm_jobqueue_misuse(queue, condition, what) \
	WARN_ONCE(condition, "drm_jobqueue: %s: %s\n", \
		  (queue)->timeline->name, what)

/* Replace what dma_fence_set_error() does not take by -EINVAL. 0 is valid. */
static inline int drm_jobqueue_check_error(struct drm_jobqueue *queue,
					   int error)
{
	if (drm_jobqueue_misuse(queue, error > 0 || error < -MAX_ERRNO,
				"error that is no errno"))
		return -EINVAL;
	return error;
}

/* The oldest job in the ring, NULL if the ring is empty. */
static inline struct drm_jobqueue_job *
drm_jobqueue_ring_head(const struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	return queue->head != queue->next ? queue->head : NULL;
}

/* The job behind @job in the ring, NULL if @job is the last. */
static inline struct drm_jobqueue_job *
drm_jobqueue_ring_next(const struct drm_jobqueue *queue,
		       const struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	return job->next != queue->next ? job->next : NULL;
}

/* Whether a job in the ring is complete. */
static inline bool
drm_jobqueue_is_complete(const struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&job->queue->lock);

	return drm_jobqueue_seqno_of(job) <= job->queue->completed ||
	       job->state == DRM_JOBQUEUE_JOB_DONE ||
	       atomic_read_acquire(&job->pending) ==
			DRM_JOBQUEUE_HW_FENCE_SIGNALLED;
}

/*
 * Let no job run before those up to @seqno have retired. The last of them ends
 * without its ring having waited, so what it depends on may be under way, and the
 * jobs behind it rely on the order of the queue.
 */
static inline void drm_jobqueue_set_barrier(struct drm_jobqueue *queue,
					    u64 seqno)
{
	lockdep_assert_held(&queue->lock);

	queue->barrier = max(queue->barrier, seqno);
}

/* Whether the next job has to wait for the head of the ring to retire. */
static inline bool drm_jobqueue_at_barrier(const struct drm_jobqueue *queue)
{
	const struct drm_jobqueue_job *head = drm_jobqueue_ring_head(queue);

	return head && !queue->killed &&
	       drm_jobqueue_seqno_of(head) <= queue->barrier;
}

/* Wake the tasks that wait for a change, which was made under the lock. */
static inline void drm_jobqueue_wake(struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	/* A waiter adds itself to the list before it looks under the lock. */
	if (waitqueue_active(&queue->wait))
		wake_up_all(&queue->wait);
}

/* Make space for another job, when a job ends that never retires. */
static inline void drm_jobqueue_release_space(struct drm_jobqueue *queue)
{
	if (!queue->max_jobs)
		return;
	atomic_dec(&queue->njobs);
	/* With the barrier that the lock is for those that retire. */
	if (wq_has_sleeper(&queue->wait))
		wake_up_all(&queue->wait);
}

/* Complete a job with @error. The first result counts. */
static inline void drm_jobqueue_mark_done(struct drm_jobqueue_job *job,
					  int error)
{
	lockdep_assert_held(&job->queue->lock);

	if (job->state == DRM_JOBQUEUE_JOB_RUNNING &&
	    !drm_jobqueue_is_complete(job)) {
		job->state = DRM_JOBQUEUE_JOB_DONE;
		job->error = error;
	}
}

#endif /* _DRM_JOBQUEUE_STATE_H_ */
