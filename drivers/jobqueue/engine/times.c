// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * When jobs enter the ring and get to its head, and how long the ring holds jobs.
 *
 * Only with DRM_JOBQUEUE_JOB_TIMES, because to read the clock costs more than the
 * rest of a step. Owns the times of jobs in the ring and the sum in the queue's
 * statistics, all under the queue's lock. Called by the drain when a job enters the
 * ring and when jobs retire, when the clock of timeouts is suspended, since the ring
 * is off the hardware then, and by a requeue, which empties the ring.
 */

#include <linux/ktime.h>

#include "engine/times.h"
#include "base/state.h"

static void count_from(struct drm_jobqueue *queue, u64 now)
{
	lockdep_assert_held(&queue->lock);

	if (!queue->busy_since && !queue->timeout_paused)
		queue->busy_since = now;
}

static void count_to(struct drm_jobqueue *queue, u64 now)
{
	lockdep_assert_held(&queue->lock);

	if (queue->busy_since)
		queue->stats.busy_ns += now - queue->busy_since;
	queue->busy_since = 0;
}

/* The job is about to run. */
void drm_jobqueue_times_enter(struct drm_jobqueue *queue,
			      struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_times *times = drm_jobqueue_times_of(job);
	u64 now = ktime_get_ns();

	times->ran = now;
	times->head = 0;
	if (queue->head == job)
		times->head = now;
	count_from(queue, now);
}

/* A batch of jobs has left the ring. All but the first were complete before that. */
void drm_jobqueue_times_retire(struct drm_jobqueue *queue,
			       struct drm_jobqueue_job *batch)
{
	struct drm_jobqueue_job *job, *head = drm_jobqueue_ring_head(queue);
	u64 now = ktime_get_ns();

	for (job = batch; job; job = job->next)
		drm_jobqueue_times_of(job)->head =
			drm_jobqueue_times_of(job)->head ?: now;
	if (head)
		drm_jobqueue_times_of(head)->head = now;
	else
		count_to(queue, now);
}

/* The clock is suspended, or the ring is emptied. */
void drm_jobqueue_times_pause(struct drm_jobqueue *queue)
{
	count_to(queue, ktime_get_ns());
}

/* The clock goes on. */
void drm_jobqueue_times_resume(struct drm_jobqueue *queue)
{
	if (drm_jobqueue_ring_head(queue))
		count_from(queue, ktime_get_ns());
}
