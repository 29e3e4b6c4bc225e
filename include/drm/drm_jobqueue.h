/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_H_
#define _DRM_JOBQUEUE_H_

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct drm_file;
struct drm_gem_object;
struct drm_jobqueue;
struct drm_jobqueue_job;
struct drm_printer;

/**
 * DOC: Overview
 *
 * A GPU whose firmware schedules leaves little for the kernel to do: hold a
 * job until its dependencies have signalled and the ring has room, put it into
 * the ring, and signal its fence when the firmware says that it is done. A
 * &struct drm_jobqueue does this for one ring.
 *
 * All queues of a device belong to one &struct drm_jobqueue_group, which owns
 * the workqueues and whose end waits for theirs. Drivers embed a
 * &struct drm_jobqueue in what they keep per ring and a
 * &struct drm_jobqueue_job in what they keep per job. Both are reference
 * counted.
 */

/**
 * DOC: Life of a job
 *
 * ::
 *
 *   drm_jobqueue_job_init()      may fail, may sleep, allocates all there is
 *   drm_jobqueue_job_add_dep()   may fail, may sleep; as often as needed
 *   ---------------------------- nothing below can fail or allocates
 *   drm_jobqueue_job_arm()       sequence number, done fence, place in line
 *   drm_jobqueue_job_push()      runnable from here on
 *        ... dependencies signalled, is first in line, credits fit ...
 *   ops->run()                   writes it into the ring
 *   drm_jobqueue_complete()      the firmware is done with it
 *        ... done fence signals, credits return, successors run ...
 *   ops->free()                  last reference gone
 *
 * A job that was not armed is given up with drm_jobqueue_job_put(), an armed one
 * with drm_jobqueue_job_abort(). Jobs run in the order in which they were armed:
 * one that is not pushed yet holds up those behind it, so only finite code that
 * cannot fail belongs between the two.
 */

/**
 * DOC: Locking
 *
 * Each queue has one spinlock, which is held neither while the driver is
 * called nor while a fence is, so neither can deadlock with it. Order comes
 * from two tokens under it: one context at a time runs jobs of a queue, and one
 * signals their fences. Nobody but drm_jobqueue_stop() waits for a token.
 *
 * - &drm_jobqueue_ops.run and &drm_jobqueue_ops.timedout are on the signalling
 *   path. No lock that they take may be held by anybody who allocates memory
 *   that can be reclaimed for, locks a &struct dma_resv or waits for a fence.
 *   Lockdep is told, and complains at the first attempt.
 * - With %DRM_JOBQUEUE_RUN_INLINE, run() nests in what the caller of
 *   drm_jobqueue_job_push() holds, and with %DRM_JOBQUEUE_RUN_ANY_CONTEXT also
 *   in what callers of drm_jobqueue_complete() and its like hold.
 * - &drm_jobqueue_ops.free and &drm_jobqueue_ops.release are not on the
 *   signalling path, and are called with nothing held, except that free() with
 *   %DRM_JOBQUEUE_FREE_ANY_CONTEXT is called wherever a job ends.
 * - From run(), drm_jobqueue_stop() must not be called.
 */

/**
 * DOC: Fence rules
 *
 * A job has one fence, the done fence, and only its queue can signal it. It
 * signals exactly once, after those of all jobs that were armed before it on
 * the same queue, whatever becomes of the job. From drm_jobqueue_job_arm() on
 * nothing is allocated for that, and nothing is waited for but the job's
 * dependencies, its predecessors and the hardware, whom the timeout sees to.
 *
 * A job that is not run, because it was aborted or its queue was killed, signals
 * with the error only when its dependencies and predecessors have signalled:
 * who waits for it may be about to free what those use.
 *
 * A fence refers to nothing but the names of queue and device. It may outlive
 * everything else, and keeps drm_jobqueue.ko, not the driver's module, loaded.
 */

/**
 * DOC: Reset and teardown
 *
 * To reset the device a driver calls, for each queue, drm_jobqueue_stop(), so
 * that no run() is under way. When the hardware does not touch the ring any
 * more it calls drm_jobqueue_complete() for what is done after all, and for the
 * rest drm_jobqueue_complete_all() with an error or drm_jobqueue_requeue(); for a
 * queue that has no future also drm_jobqueue_kill(). It ends with
 * drm_jobqueue_timeout_resume(), if the reset came from
 * &drm_jobqueue_ops.timedout, and drm_jobqueue_start().
 *
 * Queues end by themselves: each job has a reference to its queue, so the last
 * one to drop, wherever that is, finds no jobs. A driver that is done with a
 * queue calls drm_jobqueue_kill() if jobs shall not run any more, takes the ring
 * off the hardware, completes what was in it, and calls drm_jobqueue_put(). Only
 * drm_jobqueue_group_fini() waits.
 */

/**
 * DOC: Examples
 *
 * Submit, with all that can fail before the first that cannot be undone::
 *
 *	ret = drm_jobqueue_job_init(&job->base, &ring->queue, words, client);
 *	if (ret)
 *		goto err_free;
 *	ret = drm_jobqueue_job_add_syncobj_dep(&job->base, file, handle, 0);
 *	if (ret)
 *		goto err_put;
 *	drm_syncobj_replace_fence(out, drm_jobqueue_job_arm(&job->base));
 *	drm_jobqueue_job_push(&job->base);
 *
 * Run, with no more than a ring write and a doorbell, and, in an interrupt
 * handler, hear of what is done::
 *
 *	my_ring_write(ring, job, drm_jobqueue_job_seqno(&job->base));
 *
 *	drm_jobqueue_complete(&ring->queue, READ_ONCE(ring->fw->seqno), 0);
 */

/**
 * enum drm_jobqueue_flags - what a driver's callbacks allow
 * @DRM_JOBQUEUE_RUN_INLINE: &drm_jobqueue_ops.run may be called by
 *	drm_jobqueue_job_push(), in the context and with the locks of its
 *	caller. A job that is ready at once then needs no thread hop.
 * @DRM_JOBQUEUE_RUN_ANY_CONTEXT: &drm_jobqueue_ops.run may be called in any
 *	context, hard-irq included: it is a ring write and a doorbell. Implies
 *	@DRM_JOBQUEUE_RUN_INLINE. Jobs that wait for a dependency or for credits
 *	then run from the interrupt that ends the wait. Locks that run() takes
 *	must not be held over drm_jobqueue_complete() and its like.
 * @DRM_JOBQUEUE_FREE_ANY_CONTEXT: &drm_jobqueue_ops.free may be called in any
 *	context, hard-irq included. Otherwise it is called from a work item,
 *	or by whoever drops the last reference to a job that was not armed.
 *	Jobs then must not be completed with the lock of a fence that run()
 *	has returned.
 * @DRM_JOBQUEUE_PROPAGATE_ERRORS: a job that depends on a fence with an error
 *	is not run, and its done fence signals with that error. Only fences that
 *	are waited for count: of several of one context the latest, and none of
 *	the same queue. Without this flag the error of a dependency is nobody's
 *	business but its owner's.
 */
enum drm_jobqueue_flags {
	DRM_JOBQUEUE_RUN_INLINE		= BIT(0),
	DRM_JOBQUEUE_RUN_ANY_CONTEXT	= BIT(1),
	DRM_JOBQUEUE_FREE_ANY_CONTEXT	= BIT(2),
	DRM_JOBQUEUE_PROPAGATE_ERRORS	= BIT(3),
};

/**
 * enum drm_jobqueue_timeout_action - what a driver says to a timeout
 * @DRM_JOBQUEUE_TIMEOUT_EXTEND: the job is still running and may go on: its
 *	time starts anew.
 * @DRM_JOBQUEUE_TIMEOUT_KILL: the driver has stopped the ring. The queue is
 *	killed with -ETIME and the jobs in the ring complete with -ETIME (the
 *	one that timed out) or -ECANCELED (those behind it).
 * @DRM_JOBQUEUE_TIMEOUT_RESET: the driver has begun a reset, or another form
 *	of recovery, and will complete the jobs itself. The time stands still
 *	until drm_jobqueue_timeout_resume().
 */
enum drm_jobqueue_timeout_action {
	DRM_JOBQUEUE_TIMEOUT_EXTEND,
	DRM_JOBQUEUE_TIMEOUT_KILL,
	DRM_JOBQUEUE_TIMEOUT_RESET,
};

/**
 * struct drm_jobqueue_ops - what a driver does for its queue
 */
struct drm_jobqueue_ops {
	/**
	 * @run: Put the job into the ring. Called once per job, one job at a
	 * time per queue and in the order of arming, when all dependencies have
	 * signalled and the job's credits are charged. Mandatory.
	 *
	 * This is on the fence signalling path: no allocation that can reclaim,
	 * no lock under which others allocate, no wait for a fence. It may
	 * sleep unless the queue has %DRM_JOBQUEUE_RUN_ANY_CONTEXT. The job may
	 * complete before this returns, and stays valid until it has returned.
	 *
	 * Return: NULL if completion is told through drm_jobqueue_complete() or
	 * drm_jobqueue_job_complete(); a fence, with its reference, if the job
	 * is complete when that signals; an ERR_PTR() if the job could not be
	 * put into the ring, which completes it with that error.
	 */
	struct dma_fence *(*run)(struct drm_jobqueue_job *job);

	/**
	 * @free: The last reference to the job is gone; free it. Nothing of the
	 * queue refers to it any more and &drm_jobqueue_job.queue is still
	 * valid. Called in process context, not on the signalling path, except
	 * with %DRM_JOBQUEUE_FREE_ANY_CONTEXT. Mandatory.
	 */
	void (*free)(struct drm_jobqueue_job *job);

	/**
	 * @timedout: The job at the ring's head has been there for longer than
	 * the queue's timeout. Called in process context, on the group's timeout
	 * workqueue, with a reference to the job, which may complete meanwhile.
	 * It is on the signalling path. Mandatory if there is a timeout.
	 */
	enum drm_jobqueue_timeout_action
		(*timedout)(struct drm_jobqueue_job *job);

	/**
	 * @release: The last reference to the queue is gone, and with it every
	 * job. Called in process context, not on the signalling path. The
	 * driver frees what it embeds the queue in. Mandatory.
	 */
	void (*release)(struct drm_jobqueue *queue);

	/**
	 * @native_dep: Offer of a dependency that the driver may take over, by
	 * making the ring itself wait for it. Called by
	 * drm_jobqueue_job_add_dep(), may sleep and allocate. If it returns
	 * true the driver has taken what it needs and the queue forgets the
	 * fence. Optional.
	 */
	bool (*native_dep)(struct drm_jobqueue_job *job,
			   struct dma_fence *fence);

	/**
	 * @set_deadline: Somebody wants the job with sequence number @seqno to
	 * be done by @deadline. Called in atomic context, maybe for a job that
	 * did not run yet, maybe for a queue whose last reference is gone
	 * already: take none. Optional.
	 */
	void (*set_deadline)(struct drm_jobqueue *queue, u64 seqno,
			     ktime_t deadline);
};

/**
 * struct drm_jobqueue_group - all queues of one device
 *
 * Embedded in the driver's device. All members are private.
 */
struct drm_jobqueue_group {
	/** @name: Name of the device in traces and dumps; a copy. */
	const char *name;
	/** @wq: Where queues drain. */
	struct workqueue_struct *wq;
	/** @reap_wq: Where jobs are freed and queues are released. */
	struct workqueue_struct *reap_wq;
	/** @timeout_wq: Where timeouts are handled, one at a time. */
	struct workqueue_struct *timeout_wq;
	/** @own_timeout_wq: @timeout_wq is to be destroyed at the end. */
	bool own_timeout_wq;
	/** @lock: Protects @queues. */
	spinlock_t lock;
	/** @queues: All queues that were not released yet. */
	struct list_head queues;
	/** @nqueues: Queues whose release is not over yet. */
	atomic_t nqueues;
};

/**
 * struct drm_jobqueue_stats - what a queue has done so far
 *
 * A job that ran is counted in one of the three run fields, each time if it ran
 * again after drm_jobqueue_requeue(), one that was armed and passed by in
 * @skipped; each is counted once in @retired, when its fence signals.
 */
struct drm_jobqueue_stats {
	/** @armed: Jobs armed. */
	u64 armed;
	/** @run_inline: Jobs run by drm_jobqueue_job_push(). */
	u64 run_inline;
	/** @run_irq: Jobs run where their wait ended. */
	u64 run_irq;
	/** @run_worker: Jobs run by the work item. */
	u64 run_worker;
	/** @skipped: Jobs not run: killed, aborted or by a failed dependency. */
	u64 skipped;
	/** @retired: Jobs whose done fence has signalled. */
	u64 retired;
	/** @failed: Those of @retired that signalled with an error. */
	u64 failed;
	/** @worker_runs: Executions of the work item. */
	u64 worker_runs;
	/** @timeouts: Calls of &drm_jobqueue_ops.timedout. */
	u64 timeouts;
};

/**
 * struct drm_jobqueue - jobs in front of one ring
 *
 * Embedded in what a driver keeps per ring. All members are private, except
 * that @ops and @group may be read.
 */
struct drm_jobqueue {
	/** @lock: Protects what says so below. Irq-safe, innermost. */
	spinlock_t lock;
	/** @flags: Combination of &enum drm_jobqueue_flags. Constant. */
	u32 flags;
	/** @ops: The driver's side. Constant. */
	const struct drm_jobqueue_ops *ops;
	/**
	 * @head: Armed jobs that did not retire, in order: first those in the
	 * ring, which ran or were skipped, then, from @next on, those that did
	 * not run. Jobs come at the tail and go from the head. Under @lock.
	 */
	struct drm_jobqueue_job *head;
	/** @tail: Last job from @head on. Under @lock. */
	struct drm_jobqueue_job *tail;
	/** @next: First job that did not run, or NULL. Under @lock. */
	struct drm_jobqueue_job *next;
	/** @seqno: Of the job armed last. Under @lock. */
	u64 seqno;
	/** @last_run: Of the job that came to the ring last. Under @lock. */
	u64 last_run;
	/** @completed: Jobs in the ring up to this one are done. Under @lock. */
	u64 completed;
	/** @credits: Capacity of the ring. Constant. */
	u32 credits;
	/** @credits_used: Sum over the jobs in the ring. Under @lock. */
	u32 credits_used;
	/** @stopped: How many more stops than starts. Under @lock. */
	u32 stopped;
	/** @running: The run token: somebody drains. Under @lock. */
	bool running;
	/** @retiring: The retire token: somebody signals. Under @lock. */
	bool retiring;
	/** @killed: See drm_jobqueue_kill(). Under @lock. */
	bool killed;
	/** @timer_armed: @timer is pending or its work is. Under @lock. */
	bool timer_armed;
	/** @timeout_paused: Reasons for time to stand still. Under @lock. */
	u32 timeout_paused;
	/** @timeout_forced: Job not to look at the time for. Under @lock. */
	u64 timeout_forced;
	/** @kill_error: What killed jobs complete with. Under @lock. */
	int kill_error;
	/**
	 * @head_since: Time in jiffies at which the job at the ring's head got
	 * there; while paused, how long it had been there. Under @lock.
	 */
	unsigned long head_since;
	/** @timeout: Time allowed at the ring's head in jiffies; 0 for ever. */
	unsigned long timeout;
	/** @ref: References to the queue. */
	struct kref ref;
	/** @timeline: What the fences keep of the queue. Constant. */
	struct drm_jobqueue_timeline *timeline;
	/** @reap: Jobs to be freed by @reap_work. */
	struct llist_head reap;
	/** @work: Drains and retires. Owns a reference while queued. */
	struct work_struct work;
	/** @reap_work: Frees jobs, a little later. Owns a reference. */
	struct delayed_work reap_work;
	/** @irq_work: Drains after a signal. Owns a reference while queued. */
	struct irq_work irq_work;
	/** @timer: Lazy timeout; ended with the queue. */
	struct timer_list timer;
	/** @timeout_work: Goes on for @timer; ended with the queue. */
	struct work_struct timeout_work;
	/** @release_work: Ends the queue, in process context. */
	struct rcu_work release_work;
	/** @wait: For stop and idle. */
	wait_queue_head_t wait;
	/** @group: The device's queues. Constant. */
	struct drm_jobqueue_group *group;
	/** @group_link: In &drm_jobqueue_group.queues. */
	struct list_head group_link;
	/** @stats: Under @lock. */
	struct drm_jobqueue_stats stats;
};

/* Private: one dependency of one job. */
struct drm_jobqueue_dep {
	struct dma_fence_cb cb;
	struct dma_fence *fence;
	struct drm_jobqueue_job *job;
};

#define DRM_JOBQUEUE_INLINE_DEPS 2

/**
 * enum drm_jobqueue_job_state - where a job is
 * @DRM_JOBQUEUE_JOB_INIT: being prepared; may still be given up
 * @DRM_JOBQUEUE_JOB_ARMED: has its place and its fence; must be pushed
 * @DRM_JOBQUEUE_JOB_PUSHED: waits for dependencies, predecessors and credits
 * @DRM_JOBQUEUE_JOB_RUNNING: in the ring
 * @DRM_JOBQUEUE_JOB_DONE: complete, but its predecessors may not be
 * @DRM_JOBQUEUE_JOB_RETIRED: its fence has signalled or is about to
 */
enum drm_jobqueue_job_state {
	DRM_JOBQUEUE_JOB_INIT,
	DRM_JOBQUEUE_JOB_ARMED,
	DRM_JOBQUEUE_JOB_PUSHED,
	DRM_JOBQUEUE_JOB_RUNNING,
	DRM_JOBQUEUE_JOB_DONE,
	DRM_JOBQUEUE_JOB_RETIRED,
};

/**
 * struct drm_jobqueue_job - one job
 *
 * Embedded in what a driver keeps per job. Everything but @queue is private.
 */
struct drm_jobqueue_job {
	/** @queue: The queue, with a reference. Constant. */
	struct drm_jobqueue *queue;
	/** @fence: The done fence, with a reference. */
	struct drm_jobqueue_fence *fence;
	union {
		/** @next: The job armed after this one. Under the queue's lock. */
		struct drm_jobqueue_job *next;
		/** @reap_link: In &drm_jobqueue.reap. */
		struct llist_node reap_link;
	};
	/** @client_id: Whom it is for, see &drm_file.client_id. Constant. */
	u64 client_id;
	/** @ref: References to the job. */
	struct kref ref;
	/** @pending: Dependencies that did not signal yet. */
	atomic_t pending;
	/** @credits: Room it takes in the ring. */
	u32 credits;
	/** @error: What the fence signals with; 0 or a negative errno. */
	int error;
	/** @state: &enum drm_jobqueue_job_state, under the queue's lock. */
	u8 state;
	/** @skip: Pass through without being run. */
	bool skip;
	/** @hw_fence: @inline_deps has what run returned. */
	bool hw_fence;
	/** @cookie: Of dma_fence_begin_signalling(). */
	bool cookie;
	/** @ndeps: Used entries of @deps. */
	u32 ndeps;
	/** @max_deps: Entries of @deps. */
	u32 max_deps;
	/** @deps: @inline_deps or an allocation. */
	struct drm_jobqueue_dep *deps;
	/** @inline_deps: Spares most jobs an allocation. */
	struct drm_jobqueue_dep inline_deps[DRM_JOBQUEUE_INLINE_DEPS];
};

/**
 * struct drm_jobqueue_group_args - how a group is to be
 * @name: name of the device, as in dev_name(); is copied
 * @timeout_wq: ordered workqueue with %WQ_MEM_RECLAIM for timeouts, to share
 *	one with the driver's own reset work; NULL to have one made
 */
struct drm_jobqueue_group_args {
	const char *name;
	struct workqueue_struct *timeout_wq;
};

/**
 * struct drm_jobqueue_args - how a queue is to be
 * @group: the device's queues
 * @ops: the driver's side
 * @name: of the timeline, for fences, traces and dumps; is copied
 * @credits: capacity of the ring, in units of the driver's choice; not 0
 * @flags: combination of &enum drm_jobqueue_flags
 * @timeout: how long a job may be at the head of the ring, in jiffies;
 *	0 or %MAX_SCHEDULE_TIMEOUT for ever
 */
struct drm_jobqueue_args {
	struct drm_jobqueue_group *group;
	const struct drm_jobqueue_ops *ops;
	const char *name;
	u32 credits;
	u32 flags;
	unsigned long timeout;
};

int drm_jobqueue_group_init(struct drm_jobqueue_group *group,
			    const struct drm_jobqueue_group_args *args);
void drm_jobqueue_group_fini(struct drm_jobqueue_group *group);
void drm_jobqueue_group_print(struct drm_jobqueue_group *group,
			      struct drm_printer *p);

int drm_jobqueue_init(struct drm_jobqueue *queue,
		      const struct drm_jobqueue_args *args);
void drm_jobqueue_last_put(struct kref *ref);

/**
 * drm_jobqueue_get - take a reference to a queue
 * @queue: the queue
 *
 * Context: any.
 * Return: @queue.
 */
static inline struct drm_jobqueue *drm_jobqueue_get(struct drm_jobqueue *queue)
{
	kref_get(&queue->ref);
	return queue;
}

/**
 * drm_jobqueue_put - drop a reference to a queue
 * @queue: the queue
 *
 * Each job has a reference, so with the last one every job is gone: putting a
 * queue neither loses jobs nor waits for them. Whoever does not want them to
 * run any more calls drm_jobqueue_kill() first.
 * &drm_jobqueue_ops.release is called later, in process context.
 *
 * Context: any.
 */
static inline void drm_jobqueue_put(struct drm_jobqueue *queue)
{
	kref_put(&queue->ref, drm_jobqueue_last_put);
}

void drm_jobqueue_complete(struct drm_jobqueue *queue, u64 seqno, int error);
void drm_jobqueue_complete_all(struct drm_jobqueue *queue, int error);
void drm_jobqueue_kill(struct drm_jobqueue *queue, int error);
bool drm_jobqueue_is_killed(struct drm_jobqueue *queue);
void drm_jobqueue_stop(struct drm_jobqueue *queue);
void drm_jobqueue_start(struct drm_jobqueue *queue);
long drm_jobqueue_wait_idle(struct drm_jobqueue *queue, long timeout);
void drm_jobqueue_requeue(struct drm_jobqueue *queue);
struct drm_jobqueue_job *
drm_jobqueue_next_inflight(struct drm_jobqueue *queue,
			   struct drm_jobqueue_job *prev);

void drm_jobqueue_timeout_suspend(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_resume(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_trigger(struct drm_jobqueue *queue);

void drm_jobqueue_get_stats(struct drm_jobqueue *queue,
			    struct drm_jobqueue_stats *stats);
void drm_jobqueue_print(struct drm_jobqueue *queue, struct drm_printer *p);

int drm_jobqueue_job_init(struct drm_jobqueue_job *job,
			  struct drm_jobqueue *queue, u32 credits,
			  u64 client_id);
int drm_jobqueue_job_add_dep(struct drm_jobqueue_job *job,
			     struct dma_fence *fence);
int drm_jobqueue_job_add_job_dep(struct drm_jobqueue_job *job,
				 struct drm_jobqueue_job *prereq);
int drm_jobqueue_job_add_syncobj_dep(struct drm_jobqueue_job *job,
				     struct drm_file *file, u32 handle,
				     u64 point);
int drm_jobqueue_job_add_resv_deps(struct drm_jobqueue_job *job,
				   struct dma_resv *resv,
				   enum dma_resv_usage usage);
int drm_jobqueue_job_add_gem_deps(struct drm_jobqueue_job *job,
				  struct drm_gem_object *obj, bool write);
struct dma_fence *drm_jobqueue_job_arm(struct drm_jobqueue_job *job);
void drm_jobqueue_job_push(struct drm_jobqueue_job *job);
void drm_jobqueue_job_abort(struct drm_jobqueue_job *job, int error);
void drm_jobqueue_job_complete(struct drm_jobqueue_job *job, int error);
void drm_jobqueue_job_last_put(struct kref *ref);
struct dma_fence *drm_jobqueue_job_fence(struct drm_jobqueue_job *job);
u64 drm_jobqueue_job_seqno(struct drm_jobqueue_job *job);

/**
 * drm_jobqueue_job_get - take a reference to a job
 * @job: the job
 *
 * Context: any.
 * Return: @job.
 */
static inline struct drm_jobqueue_job *
drm_jobqueue_job_get(struct drm_jobqueue_job *job)
{
	kref_get(&job->ref);
	return job;
}

/**
 * drm_jobqueue_job_put - drop a reference to a job
 * @job: the job
 *
 * Dropping the last one gives up a job that was not armed, which calls
 * &drm_jobqueue_ops.free.
 *
 * Context: any; process context for a job that was not armed, unless the queue
 * has %DRM_JOBQUEUE_FREE_ANY_CONTEXT.
 */
static inline void drm_jobqueue_job_put(struct drm_jobqueue_job *job)
{
	kref_put(&job->ref, drm_jobqueue_job_last_put);
}

#endif /* _DRM_JOBQUEUE_H_ */
