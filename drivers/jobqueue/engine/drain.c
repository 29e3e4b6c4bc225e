// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The engine of a queue: run ready jobs and signal the fences of complete ones.
 */

#include <linux/jiffies.h>
#include <linux/preempt.h>

#include "engine/clock.h"
#include "engine/cursor.h"
#include "engine/defer.h"
#include "engine/drain.h"
#include "engine/gang.h"
#include "base/lockdep.h"
#include "base/state.h"
#include "base/trace.h"
#include "engine/native.h"
#include "engine/results.h"
#include "engine/times.h"
#include "engine/wait.h"

/**
 * DOC: The engine
 *
 * Only progress() runs jobs and signals their fences. It is compiled once for
 * each context. Each caller that changes the state of a queue (push, completion,
 * kill, start, a signalled dependency) makes its change under the queue's lock
 * and then calls it, or queues the worker or the irq_work that call it. One pass
 * retires what is complete and drains what is ready, until nothing is left or the
 * budget of the context is used up. The budget of interrupts is one per CPU for
 * all queues (defer.c). What is left goes to the next interrupt if the driver allows
 * to run jobs there, else to the worker; skipped jobs always go to the worker.
 *
 * Two tokens serialise the work. Each is a flag under the queue's lock:
 *
 * - The run token, &drm_jobqueue.running. Its holder calls
 *   &drm_jobqueue_ops.run with the lock dropped. So one job of a queue runs at
 *   a time, in the order of arming, although run() may sleep. Only
 *   drm_jobqueue_stop() waits for the token. If run() may be called in any
 *   context, interrupts stay off during the call: a preempted holder would delay the
 *   jobs that other contexts have made ready. Interrupts are let in between two
 *   batches of jobs, without preemption.
 * - The retire token, &drm_jobqueue.retiring. Its holder has taken a batch of
 *   complete jobs off the ring and signals their fences with the lock dropped
 *   and interrupts off, so that it cannot be preempted while others depend on
 *   it. So the fences of a queue signal in order.
 *
 * A wake-up cannot be lost: a context that finds a token taken has made its
 * change visible before it took the lock, and the holder looks for more work in
 * the same locked section in which it gives the token back. What it leaves to
 * another context is passed on in that section, too. A gang, which has the run
 * tokens of other queues too, kicks those instead (gang.c). Tasks that wait for
 * the run token are woken in that section, and never by the worker alone, since
 * one of them may occupy the worker's workqueue.
 *
 * The lock is a spinlock that interrupts take. It is not held while the driver
 * is called, nor while a fence is signalled or a callback is added to or
 * removed from a fence, so it nests inside every other lock, and only those
 * with which work is queued and waiters are woken nest inside it.
 *
 * The three contexts are push, interrupt and worker. A job runs in the first
 * two only if the driver allows it (&enum drm_jobqueue_flags). Every context is
 * on the fence signalling path: nothing here allocates, waits for a fence or
 * takes a lock under which memory is allocated.
 */

/*
 * Jobs that one call may run before it leaves the rest to others. A gang that
 * begins within it counts with all members.
 */
static const unsigned int drain_budget[] = {
	[DRM_JOBQUEUE_IN_PUSH] = 16,
	[DRM_JOBQUEUE_IN_IRQ] = 32,
	[DRM_JOBQUEUE_IN_WORKER] = 64,
};

/* Jobs that run in a row with interrupts off. A gang has up to 16. */
#define RUN_BATCH 8

/* Units of the interrupt's budget that a job costs when it retires. */
#define RETIRE_UNITS 2

/* Flag that the driver must have set for jobs to run in this context. */
static const u32 drain_needs[] = {
	[DRM_JOBQUEUE_IN_PUSH] = DRM_JOBQUEUE_RUN_INLINE,
	[DRM_JOBQUEUE_IN_IRQ] = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	[DRM_JOBQUEUE_IN_WORKER] = 0,
};

/*
 * Fences signalled in one batch with interrupts off, and batches per call. Tasks let
 * interrupts in earlier: those that are pending then follow each other, with a budget
 * of their own.
 */
#define RETIRE_BATCH 26U
#define RETIRE_BATCH_IN_TASK 16U
static const unsigned int retire_budget[] = {
	[DRM_JOBQUEUE_IN_PUSH] = 7,
	[DRM_JOBQUEUE_IN_IRQ] = 4,
	[DRM_JOBQUEUE_IN_WORKER] = 28,
};

static void hw_fence_signalled(struct dma_fence *fence,
			       struct dma_fence_cb *cb)
{
	struct drm_jobqueue_dep *dep =
		container_of(cb, struct drm_jobqueue_dep, cb);
	struct drm_jobqueue_job *job = dep->job;
	struct drm_jobqueue *queue = drm_jobqueue_get(job->queue);

	/*
	 * From here on the job may retire. It cannot be freed: that removes
	 * this callback first and so waits for the fence's lock, which is held
	 * here. Because of that lock the rest is done by the irq_work.
	 */
	atomic_set_release(&job->pending, DRM_JOBQUEUE_HW_FENCE_SIGNALLED);
	drm_jobqueue_queue_irq(queue);
	drm_jobqueue_put(queue);
}

/* Return: whether the job is pending; otherwise the fence has signalled. */
static bool wait_for_hw_fence(struct drm_jobqueue_job *job,
			      struct dma_fence *fence)
{
	struct drm_jobqueue_dep *dep = &job->inline_deps[0];

	/* The dependencies were dropped, so their storage is free. */
	dep->fence = fence;
	dep->job = job;
	job->hw_fence = true;
	return !dma_fence_add_callback(fence, &dep->cb, hw_fence_signalled);
}

static __always_inline struct dma_fence *run(struct drm_jobqueue_job *job)
{
	drm_jobqueue_deps_end(job);
	trace_drm_jobqueue_job_run(job);
	return job->queue->ops->run(job);
}

/* The result of a job that ended within run(). */
static void set_result(struct drm_jobqueue_job *job, int error)
{
	struct drm_jobqueue *queue = job->queue;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	drm_jobqueue_mark_done(job, error);
	if (error && job->native)
		drm_jobqueue_set_barrier(queue, drm_jobqueue_seqno_of(job));
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* The driver has returned a fence, or an error. */
static noinline void ran_with(struct drm_jobqueue_job *job,
			      struct dma_fence *fence)
{
	if (drm_jobqueue_misuse(job->queue, fence == &job->fence->base,
				"a job's own fence came back from it")) {
		dma_fence_put(fence);
		fence = ERR_PTR(-EINVAL);
	}
	if (IS_ERR(fence)) {
		set_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING,
			&job->fence->base.flags);
		set_result(job, drm_jobqueue_check_error(job->queue,
							 PTR_ERR(fence)));
	} else if (!wait_for_hw_fence(job, fence)) {
		set_result(job, fence->error);
	}
}

/*
 * Let pending interrupts and the lock's waiters in, but no other task: work is
 * left, about which other contexts are not told before the end of this one's. With
 * PREEMPT_RT the lock sleeps, so there the task can be preempted.
 */
static noinline void let_interrupts_in(struct drm_jobqueue *queue,
				       unsigned long flags)
	__must_hold(&queue->lock)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	spin_unlock_irqrestore(&queue->lock, flags);
	spin_lock_irqsave(&queue->lock, flags);
	/* With the lock held this does not reschedule. */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/* With the run token: an interrupt that comes need not run the next jobs. */
static void pause_running(struct drm_jobqueue *queue, unsigned long flags)
	__must_hold(&queue->lock)
{
	queue->running = true;
	let_interrupts_in(queue, flags);
	queue->running = false;
}

/*
 * Complete up to a batch of skipped jobs without running them, so that their
 * fences signal in batches, too. A member of a gang is the last of its batch,
 * since it kicks up to 15 queues.
 */
static noinline void skip(struct drm_jobqueue *queue,
			  struct drm_jobqueue_job *job,
			  enum drm_jobqueue_context context,
			  unsigned long flags)
	__must_hold(&queue->lock)
{
	unsigned int n = 0;
	bool member;

	lockdep_assert_held(&queue->lock);

	do {
		drm_jobqueue_advance(queue, job);
		/*
		 * A job that was done before a requeue keeps its result. Other
		 * members of a gang may just set the error.
		 */
		if (!job->skip)
			cmpxchg(&job->error, 0, (s16)queue->kill_error);
		job->credits = 0;
		set_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING,
			&job->fence->base.flags);
		job->state = DRM_JOBQUEUE_JOB_DONE;
		if (job->native)
			drm_jobqueue_set_barrier(queue, queue->last_run);
		member = job->gang;
		if (member)
			drm_jobqueue_gang_leave(job, READ_ONCE(job->error));
		queue->stats.skipped++;
		job = queue->next;
	} while (!member && ++n < RETIRE_BATCH && job &&
		 job->state == DRM_JOBQUEUE_JOB_PUSHED &&
		 !atomic_read_acquire(&job->pending) && drm_jobqueue_is_skipped(job));
	drm_jobqueue_update_submitted(queue, context);
	if (member)
		pause_running(queue, flags);
}

/* Run one job. Drops the lock around run(). */
static __always_inline void drain(struct drm_jobqueue *queue,
				  struct drm_jobqueue_job *job,
				  enum drm_jobqueue_context context,
				  unsigned long flags)
	__must_hold(&queue->lock)
{
	const bool any = queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT;
	struct dma_fence *fence;

	lockdep_assert_held(&queue->lock);

	drm_jobqueue_enter_ring(queue, job, context);
	queue->running = true;
	drm_jobqueue_job_get(job);
	/* With interrupts off, a holder of the token cannot be preempted. */
	if (any)
		spin_unlock(&queue->lock);
	else
		spin_unlock_irqrestore(&queue->lock, flags);
	drm_jobqueue_run_map_acquire();
	fence = run(job);
	drm_jobqueue_run_map_release();
	if (unlikely(fence))
		ran_with(job, fence);
	drm_jobqueue_job_put(job);
	if (any)
		spin_lock(&queue->lock);
	else
		spin_lock_irqsave(&queue->lock, flags);
	queue->running = false;
	drm_jobqueue_update_submitted(queue, context);
}

static __always_inline struct drm_jobqueue_job *
complete_head(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *head = queue->head;

	lockdep_assert_held(&queue->lock);

	/* Without jobs, both are NULL. */
	return head != queue->next && drm_jobqueue_is_complete(head) ? head : NULL;
}

static __always_inline void settle(struct drm_jobqueue *queue,
				   struct drm_jobqueue_job *job)
{
	int error = 0;

	if (unlikely(queue->nresults))
		error = drm_jobqueue_results_take(queue,
						  drm_jobqueue_seqno_of(job));
	/* The first result counts: that of a job which was done by itself. */
	if (job->state != DRM_JOBQUEUE_JOB_RUNNING)
		return;
	/*
	 * Pairs with the release in hw_fence_signalled(). A job that is complete by
	 * number was not looked at for that.
	 */
	if (atomic_read_acquire(&job->pending) ==
	    DRM_JOBQUEUE_HW_FENCE_SIGNALLED)
		error = job->inline_deps[0].fence->error;
	job->error = error;
}

/* How many complete jobs a batch may have: no more than the budget has left. */
static unsigned int batch_limit(enum drm_jobqueue_context context)
{
	/* A driver may report completion in a task, too. */
	unsigned int limit = in_hardirq() ? RETIRE_BATCH : RETIRE_BATCH_IN_TASK;

	if (context != DRM_JOBQUEUE_IN_IRQ || IS_ENABLED(CONFIG_PREEMPT_RT))
		return limit;
	return min(drm_jobqueue_irq_budget_units() / RETIRE_UNITS, limit);
}

/* Take a batch of complete jobs off the ring; there is at least one. */
static __always_inline unsigned int collect(struct drm_jobqueue *queue,
					    enum drm_jobqueue_context context)
{
	struct drm_jobqueue_job *batch = queue->head, *job = batch, *last;
	unsigned int n = 0, limit = 0;

	lockdep_assert_held(&queue->lock);

	do {
		settle(queue, job);
		job->state = DRM_JOBQUEUE_JOB_RETIRED;
		queue->credits_used -= job->credits;
		queue->stats.retired++;
		if (job->error)
			queue->stats.failed++;
		last = job;
		queue->head = job->next;
		job = complete_head(queue);
		n++;
		/* In most cases there is no second one. */
		if (job && !limit)
			limit = batch_limit(context);
	} while (job && n < limit &&
		 (!job->native || drm_jobqueue_natives_done(job)));
	last->next = NULL;
	if (queue->max_jobs)
		atomic_sub(n, &queue->njobs);

	if (queue->timeout && drm_jobqueue_ring_head(queue))
		drm_jobqueue_clock_new_head(queue);
	if (drm_jobqueue_has_times(queue))
		drm_jobqueue_times_retire(queue, batch);
	return n;
}

static __always_inline void signal(struct drm_jobqueue_job *batch)
{
	struct drm_jobqueue_job *job, *next;
	ktime_t now = ktime_get();

	for (job = batch; job; job = next) {
		struct drm_jobqueue_fence *fence = job->fence;
		spinlock_t *lock = compat_dma_fence_spinlock(&fence->base,
							     &fence->lock);

		next = job->next;
		trace_drm_jobqueue_job_done(job);
		if (job->error)
			dma_fence_set_error(&fence->base, job->error);
		spin_lock(lock);
		dma_fence_signal_timestamp_locked(&fence->base, now);
		spin_unlock(lock);
		drm_jobqueue_job_put(job);
	}
}

/*
 * Signal the fences of a batch of complete jobs, in order, with the lock
 * dropped. Interrupts stay off: a preempted holder of the token would delay the
 * fences of the whole queue. (PREEMPT_RT does not turn them off, so there the
 * holder can be preempted.)
 */
static __always_inline void retire(struct drm_jobqueue *queue,
				   enum drm_jobqueue_context context,
				   unsigned long flags)
	__must_hold(&queue->lock)
{
	struct drm_jobqueue_job *batch = queue->head;
	unsigned int n;

	lockdep_assert_held(&queue->lock);

	queue->retiring = true;
	n = collect(queue, context);
	if (context == DRM_JOBQUEUE_IN_IRQ)
		drm_jobqueue_irq_budget_spend(RETIRE_UNITS * n);
	spin_unlock(&queue->lock);
	signal(batch);
	spin_lock(&queue->lock);
	queue->retiring = false;

	/* More may follow. */
	if (unlikely(n >= RETIRE_BATCH_IN_TASK))
		let_interrupts_in(queue, flags);
}

static __always_inline bool may_drain(struct drm_jobqueue *queue,
				      enum drm_jobqueue_context context,
				      bool skipped)
{
	if (~queue->flags & drain_needs[context])
		return false;
	/* There may be any number of skipped jobs, and none is urgent. */
	return context != DRM_JOBQUEUE_IN_IRQ || !skipped;
}

/*
 * Whether the interrupts of this CPU may do more. PREEMPT_RT needs no such bound,
 * since interrupts stay on: there the budgets of a call suffice. To renew the
 * interrupts' budget it would depend on a thread of the lowest real-time priority.
 */
static __always_inline bool budget_left(enum drm_jobqueue_context context)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ||
	       context != DRM_JOBQUEUE_IN_IRQ || drm_jobqueue_irq_budget_left();
}

/*
 * Leave the rest to another context. An interrupt does what it may do: a worker
 * may not get the CPU for long.
 */
static noinline void pass_on(struct drm_jobqueue *queue,
			     enum drm_jobqueue_context context, bool irq)
{
	if (irq && context != DRM_JOBQUEUE_IN_WORKER)
		drm_jobqueue_queue_irq(queue);
	else
		drm_jobqueue_queue_work(queue);
}

/*
 * Whether jobs of other queues let this one run: those that its ring waits for, and
 * those of its gang. Return: as drm_jobqueue_natives_run().
 */
static noinline int others_ready(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock)
{
	int ready = job->native ? drm_jobqueue_natives_run(job) : 1;

	if (ready > 0 && job->gang)
		ready = drm_jobqueue_gang_ready(job);
	return ready;
}

/* Return: the number of members. */
static noinline unsigned int run_gang(struct drm_jobqueue_job *job,
				      enum drm_jobqueue_context context,
				      unsigned long flags)
	__must_hold(&job->queue->lock)
{
	struct drm_jobqueue *queue = job->queue;
	unsigned int n = drm_jobqueue_gang_run(job, context, &flags);

	pause_running(queue, flags);
	return n;
}

/*
 * Retire what is complete and drain what is ready, as far as the context
 * allows, and leave the rest to another one.
 *
 * Called with the queue's lock held, inside dma_fence_begin_signalling() (which
 * has no effect under a lock and so cannot be called here), and with a
 * reference to the queue that does not depend on any job. Releases the lock,
 * which was taken with @flags.
 */
static __always_inline void progress(struct drm_jobqueue *queue,
				     enum drm_jobqueue_context context,
				     unsigned long flags)
	__releases(&queue->lock)
{
	unsigned int retired = 0, ran = 0;
	bool more = false, irq = true;
	struct drm_jobqueue_job *job;
	bool skipped;
	int ready;

	/* Retiring returns credits, and skipped jobs are complete at once. */
	for (;;) {
		job = queue->retiring ? NULL : complete_head(queue);
		if (job && (likely(!job->native) ||
			    drm_jobqueue_natives_retire(job))) {
			more = retired++ == retire_budget[context] ||
			       !budget_left(context);
			if (more)
				break;
			retire(queue, context, flags);
			continue;
		}
		job = queue->running ? NULL : drm_jobqueue_next_ready(queue);
		if (!job)
			break;
		skipped = drm_jobqueue_is_skipped(job);
		if (unlikely(job->native || job->gang) && !skipped) {
			ready = others_ready(job);
			if (ready == -EAGAIN)
				continue;
			if (!ready)
				break;
		}
		more = !may_drain(queue, context, skipped) ||
		       ran++ >= drain_budget[context] || !budget_left(context);
		if (more) {
			irq = may_drain(queue, DRM_JOBQUEUE_IN_IRQ, skipped);
			break;
		}
		if (unlikely(skipped)) {
			skip(queue, job, context, flags);
		} else if (unlikely(job->gang)) {
			ran += run_gang(job, context, flags) - 1;
			continue;
		} else {
			drain(queue, job, context, flags);
		}
		if (ran % RUN_BATCH == 0)
			pause_running(queue, flags);
	}
	/* Before the unlock: after it, this task may be preempted for long. */
	if (unlikely(more))
		pass_on(queue, context, irq);
	drm_jobqueue_wake(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* For a job that was pushed. */
void drm_jobqueue_progress_push(struct drm_jobqueue *queue,
				unsigned long flags)
	__releases(&queue->lock)
{
	progress(queue, DRM_JOBQUEUE_IN_PUSH, flags);
}

/* For jobs that the driver has reported complete. */
void drm_jobqueue_progress_complete(struct drm_jobqueue *queue,
				    unsigned long flags)
	__releases(&queue->lock)
{
	progress(queue, DRM_JOBQUEUE_IN_IRQ, flags);
}

/* For the CPU's irq_work, which has a reference. */
void drm_jobqueue_progress_in_irq(struct drm_jobqueue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	if (unlikely(queue->submit_waits.rb_leftmost))
		drm_jobqueue_wake_waiters(queue, DRM_JOBQUEUE_IN_IRQ);
	drm_jobqueue_progress_complete(queue, flags);
}

static void queue_work_func(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(work, struct drm_jobqueue, work);
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->stats.worker_runs++;
	/* Of a CPU that went offline the list is left to workers. */
	if (unlikely(queue->submit_waits.rb_leftmost))
		drm_jobqueue_wake_waiters(queue, DRM_JOBQUEUE_IN_WORKER);
	progress(queue, DRM_JOBQUEUE_IN_WORKER, flags);
	drm_jobqueue_put(queue);
	dma_fence_end_signalling(cookie);
}

void drm_jobqueue_drain_init(struct drm_jobqueue *queue)
{
	INIT_WORK(&queue->work, queue_work_func);
	init_waitqueue_head(&queue->wait);
}
