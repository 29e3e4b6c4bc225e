// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Dependencies on jobs of the same device for which the ring itself can wait.
 *
 * They have two rules. The job runs when those that the driver has accepted are
 * submitted: in their ring, so that the ring will report them. If they were skipped
 * instead, and if the driver has declined, it waits for their done fence. And the
 * job retires when all of them have signalled, whether it ran or was skipped.
 *
 * A queue waits for one prerequisite at a time, of the job that is next
 * (&drm_jobqueue.run_wait) and of the one at the head of the ring
 * (&drm_jobqueue.retire_wait), and looks again when that wait has ended. So jobs
 * have no storage for it. A wait for the submission is in a tree of the
 * prerequisite's queue; the one who submits ends it under that queue's lock. A
 * wait for the end is a callback of the done fence. Each owns a reference to the
 * queue that waits, which the kick takes over.
 *
 * Called by arm, by the engine with a token of the queue, which the wait belongs
 * to, by the clock, by requeue and for dumps. The locks of two queues are never
 * held at once: what is submitted is one number, which is read without the lock.
 */

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/slab.h>

#include "base/fence.h"
#include "engine/defer.h"
#include "engine/native.h"

/* The number of what is submitted is read without the lock. */
static_assert(BITS_PER_LONG == 64);

/* Queues that are woken in one locked section. */
#define WAKE_BATCH 32

static void put_native(struct drm_jobqueue_native *dep)
{
	dma_fence_put(dep->fence);
	if (dep->queue)
		drm_jobqueue_put(dep->queue);
}

/* Whether to keep the entry, with the driver's answer in it. */
static bool offer(struct drm_jobqueue_job *job, struct drm_jobqueue_native *dep)
{
	if (drm_jobqueue_is_armed_later(job, dep->fence)) {
		job->skip = true;
		job->error = -EINVAL;
		return false;
	}
	if (dma_fence_is_signaled(dep->fence))
		return false;
	dep->accepted = job->queue->ops->native_dep(job, dep);
	/* The wait for its end needs the fence only. */
	if (!dep->accepted) {
		drm_jobqueue_put(dep->queue);
		dep->queue = NULL;
	}
	return true;
}

static void move_to_front(struct drm_jobqueue_job *job,
			  struct drm_jobqueue_dep_chunk *chunk)
{
	struct drm_jobqueue_dep_chunk **link = &job->dep_chunks;

	if (*link == chunk)
		return;
	while (*link != chunk)
		link = &(*link)->next;
	*link = NULL;
	chunk->next = job->dep_chunks;
	job->dep_chunks = chunk;
}

/* Offer the dependencies to the driver. Context: that of arm. */
void drm_jobqueue_natives_offer(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	u32 i;

	if (!chunk)
		return;
	/* The last one first: what takes the place of another was offered. */
	for (i = chunk->nnatives; i--; ) {
		struct drm_jobqueue_native *dep = &chunk->natives[i];

		if (offer(job, dep))
			continue;
		put_native(dep);
		*dep = chunk->natives[--chunk->nnatives];
	}
	job->native = chunk->nnatives > 0;
	move_to_front(job, chunk);
}

static bool is_signalled(const struct drm_jobqueue_native *dep)
{
	return test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &dep->fence->flags);
}

/* Whether a wait is under way; else it may be used anew. */
static bool is_armed(const struct drm_jobqueue_native_wait *wait)
{
	/* Pairs with the release of end_wait(). */
	return smp_load_acquire(&wait->armed);
}

/* Whether the ring of the prerequisite has it, or had it. */
static bool is_in_ring(const struct drm_jobqueue_native *dep)
{
	/* Pairs with the release of the one who has submitted it. */
	return smp_load_acquire(&dep->queue->submitted) >= dep->fence->seqno &&
	       !test_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING, &dep->fence->flags);
}

/* Whether the job need not wait for @dep before it runs. */
static bool is_met(const struct drm_jobqueue_native *dep)
{
	return is_signalled(dep) || (dep->accepted && is_in_ring(dep));
}

/* The first prerequisite that @met does not hold for, or NULL. */
static struct drm_jobqueue_native *
first_not(struct drm_jobqueue_job *job,
	  bool (*met)(const struct drm_jobqueue_native *dep))
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	u32 i;

	lockdep_assert_held(&job->queue->lock);

	for (i = 0; i < chunk->nnatives; i++) {
		if (!met(&chunk->natives[i]))
			return &chunk->natives[i];
	}
	return NULL;
}

/* Whether the job that is next could run now. Begins no wait. */
bool drm_jobqueue_natives_met(struct drm_jobqueue_job *job)
{
	return !first_not(job, is_met);
}

/* Whether all have signalled. Then they matter no longer. */
bool drm_jobqueue_natives_done(struct drm_jobqueue_job *job)
{
	if (first_not(job, is_signalled))
		return false;
	job->native = false;
	return true;
}

/*
 * End a wait: the queue looks again. Consumes the reference of the wait, which
 * the queue may use anew from the release on.
 */
static void end_wait(struct drm_jobqueue_native_wait *wait)
{
	struct drm_jobqueue *queue = wait->queue;

	/* Pairs with the acquire of is_armed(). */
	smp_store_release(&wait->armed, false);
	drm_jobqueue_kick_by_dep(queue, NULL);
}

static void native_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	end_wait(container_of(cb, struct drm_jobqueue_native_wait, cb));
}

static bool is_earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct drm_jobqueue_native_wait, node)->seqno <
	       rb_entry(b, struct drm_jobqueue_native_wait, node)->seqno;
}

/* Wait until the prerequisite is submitted, unless it is. */
static bool wait_submitted(struct drm_jobqueue_native_wait *wait,
			   struct drm_jobqueue_native *dep)
{
	struct drm_jobqueue *prereq = dep->queue;
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&prereq->lock, flags);
	waits = prereq->submitted < dep->fence->seqno;
	if (waits) {
		wait->in_tree = true;
		rb_add_cached(&wait->node, &prereq->submit_waits, is_earlier);
	}
	spin_unlock_irqrestore(&prereq->lock, flags);
	return waits;
}

/*
 * Begin to wait, without the lock: for the submission, or for the end. What was
 * skipped is not reported by its ring.
 */
static void begin_wait(struct drm_jobqueue *queue,
		       struct drm_jobqueue_native_wait *wait,
		       struct drm_jobqueue_native *dep, bool submission)
{
	wait->queue = drm_jobqueue_get(queue);
	wait->fence = dep->fence;
	wait->seqno = dep->fence->seqno;
	wait->in_tree = false;
	WRITE_ONCE(wait->armed, true);
	if (submission && wait_submitted(wait, dep))
		return;
	if (!(submission && is_in_ring(dep)) &&
	    !dma_fence_add_callback(dep->fence, &wait->cb, native_signalled))
		return;
	WRITE_ONCE(wait->armed, false);
	drm_jobqueue_put(queue);
}

/*
 * Begin to wait with the lock dropped. Interrupts stay off: the holder of a token
 * must not be preempted.
 */
static void begin_wait_unlocked(struct drm_jobqueue *queue,
				struct drm_jobqueue_native_wait *wait,
				struct drm_jobqueue_native *dep,
				bool submission)
	__must_hold(&queue->lock)
{
	spin_unlock(&queue->lock);
	begin_wait(queue, wait, dep, submission);
	spin_lock(&queue->lock);
}

/*
 * Whether the job that is next may run. If not, the queue is kicked when it may
 * have changed.
 *
 * Return: 1 if so, 0 if not; -EAGAIN if the lock was dropped, with the run token
 * held, so that the caller has to look for the next job again.
 */
int drm_jobqueue_natives_run(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock)
{
	struct drm_jobqueue *queue = job->queue;
	struct drm_jobqueue_native *dep = first_not(job, is_met);

	if (!dep)
		return 1;
	if (is_armed(&queue->run_wait))
		return 0;
	queue->running = true;
	begin_wait_unlocked(queue, &queue->run_wait, dep, dep->accepted);
	queue->running = false;
	return -EAGAIN;
}

/*
 * Whether the job at the head of the ring, which is complete, may retire. If
 * not, the queue is kicked when it may have changed. May drop the lock, with the
 * retire token held.
 */
bool drm_jobqueue_natives_retire(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock)
{
	struct drm_jobqueue *queue = job->queue;
	struct drm_jobqueue_native *dep;

	while (!drm_jobqueue_natives_done(job)) {
		if (is_armed(&queue->retire_wait))
			return false;
		dep = first_not(job, is_signalled);
		if (!dep)
			continue;
		queue->retiring = true;
		begin_wait_unlocked(queue, &queue->retire_wait, dep, false);
		queue->retiring = false;
	}
	return true;
}

static bool leave_tree(struct drm_jobqueue_native_wait *wait,
		       struct drm_jobqueue *prereq)
{
	unsigned long flags;
	bool armed;

	spin_lock_irqsave(&prereq->lock, flags);
	armed = wait->armed;
	if (armed)
		rb_erase_cached(&wait->node, &prereq->submit_waits);
	spin_unlock_irqrestore(&prereq->lock, flags);
	return armed;
}

/*
 * Give up the wait of the job that is next, because the queue is requeued: jobs
 * before it are next, and what it waits for may depend on those. The queue is
 * stopped, so that no wait begins. A wait of a job that has run ends by itself,
 * before the prerequisite's queue is requeued: see drm_jobqueue_requeue().
 */
void drm_jobqueue_natives_cancel(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	struct drm_jobqueue *queue = job->queue;
	struct drm_jobqueue_native_wait *wait = &queue->run_wait;
	bool cancelled;
	u32 i;

	for (i = 0; chunk && i < chunk->nnatives; i++) {
		struct drm_jobqueue_native *dep = &chunk->natives[i];

		if (!is_armed(wait) || dep->fence != wait->fence)
			continue;
		if (wait->in_tree)
			cancelled = leave_tree(wait, dep->queue);
		else
			cancelled = dma_fence_remove_callback(dep->fence,
							      &wait->cb);
		if (cancelled) {
			WRITE_ONCE(wait->armed, false);
			drm_jobqueue_put(queue);
		}
	}
}

/*
 * End the waits for jobs that are submitted. There may be as many as there are
 * queues: what exceeds a batch is left to an interrupt. That has a reference to
 * this queue, and so have jobs that are not submitted, so the tree is empty when
 * the last one drops.
 *
 * Return: the number of those that it has ended.
 */
unsigned int drm_jobqueue_natives_wake(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_native_wait *wait;
	struct rb_node *node;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);

	while ((node = rb_first_cached(&queue->submit_waits))) {
		wait = rb_entry(node, struct drm_jobqueue_native_wait, node);
		if (wait->seqno > queue->submitted)
			break;
		if (n == WAKE_BATCH) {
			drm_jobqueue_queue_irq(queue);
			break;
		}
		rb_erase_cached(node, &queue->submit_waits);
		end_wait(wait);
		n++;
	}
	return n;
}

/*
 * Take references to the fences of up to @max prerequisites that the job waits
 * for before it runs; *@n of @fences are in use. For dumps. Return: the number
 * of prerequisites.
 */
u32 drm_jobqueue_natives_take(struct drm_jobqueue_job *job,
			      struct dma_fence **fences, unsigned int max,
			      unsigned int *n)
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	u32 i, waits = 0;

	lockdep_assert_held(&job->queue->lock);

	for (i = 0; chunk && i < chunk->nnatives; i++) {
		if (is_met(&chunk->natives[i]))
			continue;
		if (*n < max)
			fences[(*n)++] = dma_fence_get(chunk->natives[i].fence);
		waits++;
	}
	return waits;
}

/* Release the dependencies of a job that ends. Context: any. */
void drm_jobqueue_natives_drop(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);

	job->dep_chunks = NULL;
	if (!chunk)
		return;
	while (chunk->nnatives)
		put_native(&chunk->natives[--chunk->nnatives]);
	kfree(chunk);
}
