// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Gangs: jobs of several queues that enter their rings together, or not at all.
 *
 * A member is ready when it is the next job of its queue and could run alone. From
 * then on its queue runs nothing, so its credits are reserved although nothing was
 * taken. Each member but the first reports that once (drm_jobqueue_gang_ready()),
 * and the last one kicks the queue of the first, which alone decides.
 *
 * To decide is to claim: the context with the run token of the first queue takes
 * that of each other queue in turn, without waiting, and looks at its member again:
 * since then the queue may have been stopped, requeued or killed. If one of them
 * fails, it gives back what it has, and the member that failed reports again. If none
 * does, no queue can be stopped, and nothing can be skipped, until all members are
 * in their rings.
 *
 * A member that is skipped leaves the gang and makes the others be skipped, each in
 * its own queue and as soon as that allows. So a killed queue never waits for
 * another one.
 *
 * Called by the engine with the lock of the member's queue, and for jobs that are
 * dropped. The locks of two queues are never held at once; that of the gang nests
 * inside them, and under it other queues are kicked only. A member that is in the
 * gang has not left its queue, so it exists, and so does its queue.
 */

#include <linux/slab.h>

#include "base/lockdep.h"
#include "base/trace.h"
#include "engine/cursor.h"
#include "engine/defer.h"
#include "engine/gang.h"
#include "engine/native.h"
#include "engine/wait.h"

/* Have the queue of a member looked at. Context: any. */
static void kick(struct drm_jobqueue_gang_job *member)
{
	drm_jobqueue_kick_by_dep(drm_jobqueue_get(member->base.queue), NULL);
}

/*
 * Whether the gang may enter its rings, for a member that could run alone. If
 * not, the queue of the first member is kicked when it may have changed.
 */
bool drm_jobqueue_gang_ready(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock)
{
	struct drm_jobqueue_gang_job *member = drm_jobqueue_gang_job_of(job);
	struct drm_jobqueue_gang *gang = member->gang;
	bool ready = false;

	lockdep_assert_held(&job->queue->lock);

	spin_lock(&gang->lock);
	if (!member->index) {
		ready = !gang->missing;
		gang->waits = !ready;
	} else if (!member->ready) {
		member->ready = true;
		if (!--gang->missing && gang->waits && gang->members[0]) {
			gang->waits = false;
			kick(gang->members[0]);
		}
	}
	spin_unlock(&gang->lock);
	return ready;
}

/*
 * A member is skipped with @error, or was dropped before it was armed: all others
 * are skipped. Called with the lock of its queue if it is armed.
 */
void drm_jobqueue_gang_leave(struct drm_jobqueue_job *job, int error)
{
	struct drm_jobqueue_gang_job *member = drm_jobqueue_gang_job_of(job);
	struct drm_jobqueue_gang *gang = member->gang;
	unsigned long flags;
	bool last;
	u32 i;

	job->gang = false;
	spin_lock_irqsave(&gang->lock, flags);
	gang->members[member->index] = NULL;
	last = !--gang->left;
	for (i = 0; i < gang->n; i++) {
		struct drm_jobqueue_gang_job *other = gang->members[i];

		/* The first error counts, and tells who was told already. */
		if (other && !cmpxchg(&other->base.error, 0, (s16)error))
			kick(other);
	}
	spin_unlock_irqrestore(&gang->lock, flags);
	if (last)
		kfree(gang);
}

/* Return: a member with a reference, or NULL if it has left. */
static struct drm_jobqueue_gang_job *
get_member(struct drm_jobqueue_gang *gang, u32 i)
{
	struct drm_jobqueue_gang_job *member;

	spin_lock(&gang->lock);
	member = gang->members[i];
	if (member)
		drm_jobqueue_job_get(&member->base);
	spin_unlock(&gang->lock);
	return member;
}

static bool could_run(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	return !queue->running && drm_jobqueue_next_ready(queue) == job &&
	       !drm_jobqueue_is_skipped(job) &&
	       (!job->native || drm_jobqueue_natives_met(job));
}

/* Take the run token of a member's queue, and a reference to the member. */
static bool claim(struct drm_jobqueue_gang *gang, u32 i)
{
	struct drm_jobqueue_gang_job *member = get_member(gang, i);
	struct drm_jobqueue *queue;
	bool claimed;

	if (!member)
		return false;
	queue = member->base.queue;
	spin_lock(&queue->lock);
	claimed = could_run(queue, &member->base);
	if (claimed) {
		queue->running = true;
	} else {
		member->ready = false;
		spin_lock(&gang->lock);
		gang->missing++;
		spin_unlock(&gang->lock);
	}
	spin_unlock(&queue->lock);
	if (claimed)
		return true;
	/* It may have become ready before this has changed its mind. */
	kick(member);
	drm_jobqueue_job_put(&member->base);
	return false;
}

/* Give back the run tokens of the first @n members but one. */
static void unclaim(struct drm_jobqueue_gang *gang, u32 n)
{
	u32 i;

	for (i = 1; i < n; i++) {
		struct drm_jobqueue_gang_job *member = gang->members[i];
		struct drm_jobqueue *queue = member->base.queue;

		spin_lock(&queue->lock);
		queue->running = false;
		/* Others have found the token taken. */
		kick(member);
		/* The kick may queue work behind a waiter on its workqueue. */
		drm_jobqueue_wake(queue);
		spin_unlock(&queue->lock);
		drm_jobqueue_job_put(&member->base);
	}
}

static bool claim_all(struct drm_jobqueue_gang *gang)
{
	u32 i;

	for (i = 1; i < gang->n; i++) {
		if (claim(gang, i))
			continue;
		unclaim(gang, i);
		return false;
	}
	return true;
}

/* The member is an ordinary job from here on. */
static void enter(struct drm_jobqueue *queue, struct drm_jobqueue_job *job,
		  enum drm_jobqueue_context context)
{
	lockdep_assert_held(&queue->lock);

	drm_jobqueue_enter_ring(queue, job, context);
	job->gang = false;
}

/* Call the driver. Return: 0 or a negative errno. */
static int run(struct drm_jobqueue_gang *gang)
{
	struct drm_jobqueue_gang_job *first = gang->members[0];
	u32 i;
	int error;

	for (i = 0; i < gang->n; i++) {
		/* For all members more are too many: left to the reaper. */
		drm_jobqueue_deps_drop_inline(&gang->members[i]->base);
		trace_drm_jobqueue_job_run(&gang->members[i]->base);
	}
	error = gang->run(first);
	return drm_jobqueue_check_error(first->base.queue, error);
}

/* The driver could not write the gang into the rings. */
static void fail(struct drm_jobqueue_job *job, int error)
{
	lockdep_assert_held(&job->queue->lock);

	set_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING, &job->fence->base.flags);
	drm_jobqueue_mark_done(job, error);
	if (job->native)
		drm_jobqueue_set_barrier(job->queue,
					 drm_jobqueue_seqno_of(job));
}

/*
 * Give back the run tokens of all queues but the first, and the references to
 * their members.
 */
static void leave_all(struct drm_jobqueue_gang *gang, int error,
		      enum drm_jobqueue_context context)
{
	unsigned long flags;
	u32 i;

	for (i = 1; i < gang->n; i++) {
		struct drm_jobqueue_gang_job *member = gang->members[i];
		struct drm_jobqueue *queue = member->base.queue;

		spin_lock_irqsave(&queue->lock, flags);
		if (error)
			fail(&member->base, error);
		queue->running = false;
		drm_jobqueue_update_submitted(queue, context);
		/* Before the unlock, as in progress(). */
		if (error || drm_jobqueue_next_ready(queue))
			kick(member);
		drm_jobqueue_wake(queue);
		spin_unlock_irqrestore(&queue->lock, flags);
		drm_jobqueue_job_put(&member->base);
	}
}

/*
 * Let the gang whose first member is @job, which is ready, enter its rings,
 * unless another member is no longer ready. Drops the lock.
 *
 * Return: the number of members.
 */
u32 drm_jobqueue_gang_run(struct drm_jobqueue_job *job,
			  enum drm_jobqueue_context context,
			  unsigned long *flags)
	__must_hold(&job->queue->lock)
{
	struct drm_jobqueue_gang *gang = drm_jobqueue_gang_job_of(job)->gang;
	struct drm_jobqueue *queue = job->queue;
	const bool any = queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT;
	const u32 n = gang->n;
	bool claimed;
	int error;
	u32 i;

	lockdep_assert_held(&queue->lock);

	/* Interrupts stay off while tokens are held, but for run(). */
	queue->running = true;
	spin_unlock(&queue->lock);
	claimed = claim_all(gang);
	for (i = 1; claimed && i < n; i++) {
		struct drm_jobqueue_job *other = &gang->members[i]->base;

		spin_lock(&other->queue->lock);
		enter(other->queue, other, context);
		spin_unlock(&other->queue->lock);
	}
	spin_lock(&queue->lock);
	if (!claimed) {
		queue->running = false;
		return n;
	}
	enter(queue, job, context);
	drm_jobqueue_job_get(job);
	if (any)
		spin_unlock(&queue->lock);
	else
		spin_unlock_irqrestore(&queue->lock, *flags);

	drm_jobqueue_run_map_acquire();
	error = run(gang);
	drm_jobqueue_run_map_release();
	leave_all(gang, error, context);
	kfree(gang);

	if (error) {
		unsigned long irq_flags;

		spin_lock_irqsave(&queue->lock, irq_flags);
		fail(job, error);
		spin_unlock_irqrestore(&queue->lock, irq_flags);
	}
	drm_jobqueue_job_put(job);
	if (any)
		spin_lock(&queue->lock);
	else
		spin_lock_irqsave(&queue->lock, *flags);
	queue->running = false;
	drm_jobqueue_update_submitted(queue, context);
	return n;
}
