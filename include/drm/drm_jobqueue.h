/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_H_
#define _DRM_JOBQUEUE_H_

#include <linux/atomic.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/drm_jobqueue_ops.h>

struct drm_file;
struct drm_gem_object;
struct drm_printer;

/**
 * struct drm_jobqueue_group - all queues of one device; all members are private
 */
struct drm_jobqueue_group {
	/** @name: Copy of the device name, for traces and dumps. */
	const char *name;
	/** @wq: Workqueue that queues drain on by default. */
	struct workqueue_struct *wq;
	/** @unbound_wq: Takes the place of @wq on CPUs with real-time tasks. */
	struct workqueue_struct *unbound_wq;
	/** @own_wq: The group destroys @wq and @unbound_wq at its end. */
	bool own_wq;
	/** @reap_wq: Workqueue that frees jobs and releases queues. */
	struct workqueue_struct *reap_wq;
	/** @timeout_wq: Ordered workqueue that handles timeouts. */
	struct workqueue_struct *timeout_wq;
	/** @own_timeout_wq: The group destroys @timeout_wq at its end. */
	bool own_timeout_wq;
	/** @lock: Protects @queues. */
	spinlock_t lock;
	/** @queues: All queues that are not released yet. */
	struct list_head queues;
	/** @nqueues: Number of queues whose release has not returned yet. */
	atomic_t nqueues;
	/** @arm_lock: Held while a gang is armed. Around the locks of queues. */
	spinlock_t arm_lock;
};

/**
 * struct drm_jobqueue_stats - statistics of a queue
 *
 * Each run of a job, also after drm_jobqueue_requeue(), is counted in one of the
 * three run fields; a job that was not run is counted in @skipped. Each job is
 * counted once in @retired, when its fence signals.
 */
struct drm_jobqueue_stats {
	/** @armed: Jobs armed. */
	u64 armed;
	/** @run_inline: Jobs run by drm_jobqueue_job_push(). */
	u64 run_inline;
	/** @run_irq: Jobs run in the context that ended their wait. */
	u64 run_irq;
	/** @run_worker: Jobs run by the work item. */
	u64 run_worker;
	/** @skipped: Jobs not run: killed, aborted or by a failed dependency. */
	u64 skipped;
	/** @retired: Jobs whose done fence has signalled. */
	u64 retired;
	/** @failed: Jobs in @retired whose fence has an error. */
	u64 failed;
	/** @worker_runs: Executions of the work item. */
	u64 worker_runs;
	/** @timeouts: Calls of &drm_jobqueue_ops.timedout. */
	u64 timeouts;
	/**
	 * @busy_ns: Time in ns in which a job was in the ring and the clock of
	 * timeouts was not suspended. With %DRM_JOBQUEUE_JOB_TIMES.
	 */
	u64 busy_ns;
};

/* Private: error of jobs in the ring that did not retire yet. */
struct drm_jobqueue_result {
	u64 first;
	u64 last;
	int error;
};

#define DRM_JOBQUEUE_RESULTS 4U

/* Private: the wait of a queue for one prerequisite of one of its jobs. */
struct drm_jobqueue_native_wait {
	union {
		struct dma_fence_cb cb;		/* until the fence signals */
		struct rb_node node;		/* until the job is submitted */
	};
	struct drm_jobqueue *queue;
	struct dma_fence *fence;	/* without a reference */
	u64 seqno;
	bool armed;			/* has a reference to @queue; atomic */
	bool in_tree;
};

/**
 * struct drm_jobqueue - queue of jobs for one ring
 *
 * Embedded in the driver's ring object. All members are private, except that
 * @ops and @group may be read.
 */
struct drm_jobqueue {
	/** @lock: Protects the members marked so. Irq-safe, innermost. */
	spinlock_t lock;
	/** @flags: Combination of &enum drm_jobqueue_flags. Constant. */
	u32 flags;
	/** @ops: Driver callbacks. Constant. */
	const struct drm_jobqueue_ops *ops;
	/**
	 * @head: List of armed jobs that did not retire, in order: first the
	 * jobs in the ring, which ran or were skipped, then, from @next on, the
	 * jobs that did not run. Jobs are appended at the tail and leave at the
	 * head. Under @lock.
	 */
	struct drm_jobqueue_job *head;
	/** @tail: Last job of the list. Under @lock. */
	struct drm_jobqueue_job *tail;
	/** @next: First job that did not run, or NULL. Under @lock. */
	struct drm_jobqueue_job *next;
	/** @seqno: Sequence number of the job armed last. Under @lock. */
	u64 seqno;
	/** @last_run: Sequence number of the last job in the ring. Under @lock. */
	u64 last_run;
	/** @submitted: Jobs up to this one ran or were skipped. Writes under @lock. */
	u64 submitted;
	/** @barrier: Jobs up to this one retire before another runs. Under @lock. */
	u64 barrier;
	/** @completed: Jobs up to this number are complete. Under @lock. */
	u64 completed;
	/** @nresults: Used entries of @results. Under @lock. */
	u32 nresults;
	/** @first_result: The first of them. Under @lock. */
	u32 first_result;
	/** @results: Errors of jobs in the ring, in order. Under @lock. */
	struct drm_jobqueue_result *results;
	/** @own_results: Storage of @results, unless the driver wants more. */
	struct drm_jobqueue_result own_results[DRM_JOBQUEUE_RESULTS + 1];
	/** @max_errors: Entries of @results, and there is one more. Constant. */
	u32 max_errors;
	/** @credits: Capacity of the ring. Writes under @lock. */
	u32 credits;
	/** @credits_used: Credits of the jobs in the ring. Under @lock. */
	u32 credits_used;
	/** @max_jobs: Limit of @njobs, 0 for none. Constant. */
	u32 max_jobs;
	/** @njobs: Jobs that did not retire, if there is a limit. */
	atomic_t njobs;
	/** @stopped: Number of stops not undone by a start. Under @lock. */
	u32 stopped;
	/** @running: Run token: a context is in run(). Under @lock. */
	bool running;
	/** @retiring: Retire token: a context signals. Under @lock. */
	bool retiring;
	/** @killed: See drm_jobqueue_kill(). Under @lock. */
	bool killed;
	/** @timer_armed: @timer or @timeout_work is pending. Under @lock. */
	bool timer_armed;
	/** @timeout_paused: Number of suspends not resumed. Under @lock. */
	u32 timeout_paused;
	/** @timeout_forced: Job declared late, whatever its time. Under @lock. */
	u64 timeout_forced;
	/** @kill_error: Error of killed jobs. Under @lock. */
	int kill_error;
	/**
	 * @head_since: Time in jiffies at which the job at the ring's head got
	 * there; while suspended, how long it had been there. Under @lock.
	 */
	unsigned long head_since;
	/**
	 * @busy_since: Time in ns since which &drm_jobqueue_stats.busy_ns grows; 0
	 * if it does not. Under @lock.
	 */
	u64 busy_since;
	/** @timeout: Time limit at the ring's head in jiffies; 0 for none. Under @lock. */
	unsigned long timeout;
	/** @ref: References to the queue. */
	struct kref ref;
	/** @timeline: Fence context and names. Constant. */
	struct drm_jobqueue_timeline *timeline;
	/** @reap: Jobs that @reap_work frees. */
	struct llist_head reap;
	/** @work: Drains and retires. Owns a reference while queued. */
	struct work_struct work;
	/** @reap_work: Frees jobs in batches. Owns a reference. */
	struct delayed_work reap_work;
	/** @wq: Workqueue of @work. Constant. */
	struct workqueue_struct *wq;
	/** @submit_waits: Waits of others for submission. Under @lock. */
	struct rb_root_cached submit_waits;
	/** @run_wait: What the next job waits for. With the run token. */
	struct drm_jobqueue_native_wait run_wait;
	/** @retire_wait: What the head waits for. With the retire token. */
	struct drm_jobqueue_native_wait retire_wait;
	/** @ready: Entry in a CPU's list of queues for its interrupt. */
	struct llist_node ready;
	/** @kicked: In such a list, which owns a reference. Atomic. */
	int kicked;
	/** @timer: Lazy timeout timer; shut down with the queue. */
	struct timer_list timer;
	/** @timeout_work: Handles @timer; cancelled with the queue. */
	struct work_struct timeout_work;
	/** @release_work: Releases the queue in process context. */
	struct work_struct release_work;
	/** @wait: Waiters in stop, call, wait_idle and wait_space. */
	wait_queue_head_t wait;
	/** @group: Group of the device. Constant. */
	struct drm_jobqueue_group *group;
	/** @group_link: Entry in &drm_jobqueue_group.queues. */
	struct list_head group_link;
	/** @stats: Under @lock. */
	struct drm_jobqueue_stats stats;
};

struct drm_jobqueue_dep_chunk;

/* Private: when a job entered the ring and got to its head, in ns; 0 if not yet. */
struct drm_jobqueue_times {
	u64 ran;
	u64 head;
};

/* Private: one dependency of one job. */
struct drm_jobqueue_dep {
	union {
		struct dma_fence_cb cb;		/* while the job waits */
		/* While the job is prepared: bucket of the table of contexts. */
		struct drm_jobqueue_dep *bucket_next;
		/* While the job is in the ring, in the second dependency. */
		struct drm_jobqueue_times times;
	};
	struct dma_fence *fence;
	struct drm_jobqueue_job *job;
};

#define DRM_JOBQUEUE_INLINE_DEPS 2U

/**
 * struct drm_jobqueue_native - dependency that a ring can wait for by itself
 * @queue: queue of the prerequisite. The dependent job has a reference until it
 *	is freed, if the dependency was accepted
 * @fence: done fence of the prerequisite; its seqno is the number of the job in
 *	@queue
 * @accepted: &drm_jobqueue_ops.native_dep has returned true
 */
struct drm_jobqueue_native {
	struct drm_jobqueue *queue;
	struct dma_fence *fence;
	bool accepted;
};

/**
 * enum drm_jobqueue_job_state - state of a job
 * @DRM_JOBQUEUE_JOB_INIT: being prepared; may still be dropped
 * @DRM_JOBQUEUE_JOB_ARMED: has its sequence number; must be pushed
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
 * struct drm_jobqueue_job - job
 *
 * Embedded in the driver's job object. All members but @queue are private.
 */
struct drm_jobqueue_job {
	/** @queue: The queue, with a reference. Constant. */
	struct drm_jobqueue *queue;
	/** @fence: The done fence, with a reference. */
	struct drm_jobqueue_fence *fence;
	union {
		/** @next: Job armed after this one. Under the queue's lock. */
		struct drm_jobqueue_job *next;
		/** @reap_link: Entry in &drm_jobqueue.reap. */
		struct llist_node reap_link;
	};
	/** @client_id: Submitter, see &drm_file.client_id. Constant. */
	u64 client_id;
	/** @ref: References to the job. */
	struct kref ref;
	/** @pending: Number of dependencies that did not signal yet. */
	atomic_t pending;
	/** @credits: Space that the job needs in the ring. */
	u32 credits;
	/** @pushed: Time of the push, lower half of jiffies. For dumps. */
	u32 pushed;
	/** @error: Error of the fence; 0 or a negative errno. */
	s16 error;
	/** @ndeps: Number of dependencies, in @inline_deps and @dep_chunks. */
	u16 ndeps;
	/** @state: &enum drm_jobqueue_job_state, under the queue's lock. */
	u8 state;
	/** @skip: Go through the queue without being run. */
	bool skip;
	/** @hw_fence: @inline_deps holds the fence that run() returned. */
	bool hw_fence;
	/** @unarmed_deps: Some dependencies had no number yet. Until the push. */
	u8 unarmed_deps:1;
	/** @has_deps: Dependencies were added. Until the push. */
	u8 has_deps:1;
	/** @cookie: Cookie of dma_fence_begin_signalling(). Until the push. */
	u8 cookie:1;
	/** @native: Dependencies for the ring may still be incomplete. */
	u8 native:1;
	/** @gang: The others of its gang count, see drm_jobqueue_gang.h. */
	u8 gang:1;
	/** @dep_chunks: Storage of further dependencies, newest first. */
	struct drm_jobqueue_dep_chunk *dep_chunks;
	/** @inline_deps: Storage of the first dependencies. */
	struct drm_jobqueue_dep inline_deps[DRM_JOBQUEUE_INLINE_DEPS];
};

/**
 * struct drm_jobqueue_job_info - a job at one moment
 * @seqno: sequence number; 0 if the job is not armed
 * @client_id: submitter, see drm_jobqueue_job_init()
 * @credits: space that the job needs in the ring; 0 if it was skipped
 * @pending: fences that the job waits for, without those that its ring waits for;
 *	0 before the push
 * @state: state of the job
 * @complete: the ring is done with the job; its fence has signalled, or signals after
 *	those of its predecessors
 * @error: error with which its fence has signalled, or will if nothing else happens;
 *	0 or a negative errno
 * @waited: time in jiffies since the push; 0 before it
 * @ran: time of ktime_get() at which the job entered the ring, after a requeue that of
 *	the last time; 0 if it is not in the ring, or without %DRM_JOBQUEUE_JOB_TIMES
 * @head: time at which it got to the head of the ring, where it can be late; 0 if it
 *	did not yet, or without %DRM_JOBQUEUE_JOB_TIMES
 * @ended: time at which its fence signalled; 0 before that
 */
struct drm_jobqueue_job_info {
	u64 seqno;
	u64 client_id;
	u32 credits;
	u32 pending;
	enum drm_jobqueue_job_state state;
	bool complete;
	int error;
	unsigned long waited;
	ktime_t ran;
	ktime_t head;
	ktime_t ended;
};

/**
 * struct drm_jobqueue_group_args - group parameters
 * @name: name of the device, as in dev_name(); copied
 * @timeout_wq: ordered workqueue with %WQ_MEM_RECLAIM for timeouts, shared with
 *	the driver's reset work; NULL to allocate one
 * @wq: workqueue with %WQ_MEM_RECLAIM that runs and retires jobs; NULL to
 *	allocate one of ordinary priority that is bound to the CPU of the event,
 *	and an unbound one for events on CPUs that run a real-time task. An
 *	unbound one costs more per job, but never depends on one CPU.
 *	Workqueues of the driver must outlive the group
 */
struct drm_jobqueue_group_args {
	const char *name;
	struct workqueue_struct *timeout_wq;
	struct workqueue_struct *wq;
};

/**
 * struct drm_jobqueue_args - queue parameters
 * @group: group of the device
 * @ops: driver callbacks
 * @name: name of the timeline, for fences, traces and dumps; copied. It should
 *	be unique in the group and contain no spaces
 * @credits: capacity of the ring, in units of the driver's choice; not 0. See
 *	drm_jobqueue_set_credits()
 * @flags: combination of &enum drm_jobqueue_flags
 * @timeout: time limit of a job at the head of the ring, in jiffies, without the
 *	time in which its ring may wait; 0 or %MAX_SCHEDULE_TIMEOUT for none. See
 *	drm_jobqueue_set_timeout()
 * @wq: as &drm_jobqueue_group_args.wq, for this queue; NULL for that of the
 *	group
 * @max_jobs: limit of jobs that are prepared, pending or running; 0 for none.
 *	See drm_jobqueue_job_init()
 * @max_errors: number of ranges of jobs with an error that may be in the ring at
 *	once, see drm_jobqueue_set_error(); at least 4. Takes 24 bytes each
 */
struct drm_jobqueue_args {
	struct drm_jobqueue_group *group;
	const struct drm_jobqueue_ops *ops;
	const char *name;
	u32 credits;
	u32 flags;
	unsigned long timeout;
	struct workqueue_struct *wq;
	u32 max_jobs;
	u32 max_errors;
};

int drm_jobqueue_group_init(struct drm_jobqueue_group *group,
			    const struct drm_jobqueue_group_args *args);
void drm_jobqueue_group_fini(struct drm_jobqueue_group *group);
void drm_jobqueue_fence_drain(void);
void drm_jobqueue_group_print(struct drm_jobqueue_group *group,
			      struct drm_printer *p);
void drm_jobqueue_group_explain(struct drm_jobqueue_group *group,
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
 * Each job has a reference to its queue, so dropping one neither loses jobs nor
 * waits for them. To prevent pending jobs from running, call
 * drm_jobqueue_kill() first. &drm_jobqueue_ops.release is called after the last
 * reference was dropped, in process context.
 *
 * Context: any.
 */
static inline void drm_jobqueue_put(struct drm_jobqueue *queue)
{
	kref_put(&queue->ref, drm_jobqueue_last_put);
}

void drm_jobqueue_complete(struct drm_jobqueue *queue, u64 seqno, int error);
void drm_jobqueue_complete_u32(struct drm_jobqueue *queue, u32 seqno,
			       int error);
void drm_jobqueue_complete_all(struct drm_jobqueue *queue, int error);
int drm_jobqueue_set_error(struct drm_jobqueue *queue, u64 first, u64 last,
			   int error);
u64 drm_jobqueue_completed(struct drm_jobqueue *queue);
u64 drm_jobqueue_submitted(struct drm_jobqueue *queue);
struct drm_jobqueue *drm_jobqueue_from_fence(struct dma_fence *fence);
const struct drm_jobqueue_native *
drm_jobqueue_next_native(struct drm_jobqueue_job *job,
			 const struct drm_jobqueue_native *prev);
void drm_jobqueue_kill(struct drm_jobqueue *queue, int error);
bool drm_jobqueue_is_killed(struct drm_jobqueue *queue);
int drm_jobqueue_error(struct drm_jobqueue *queue);
int drm_jobqueue_set_credits(struct drm_jobqueue *queue, u32 credits);
int drm_jobqueue_wait_space(struct drm_jobqueue *queue);
void drm_jobqueue_stop(struct drm_jobqueue *queue);
void drm_jobqueue_start(struct drm_jobqueue *queue);
void drm_jobqueue_call(struct drm_jobqueue *queue,
		       void (*function)(struct drm_jobqueue *queue, void *arg),
		       void *arg);
long drm_jobqueue_wait_idle(struct drm_jobqueue *queue, long timeout);
void drm_jobqueue_requeue(struct drm_jobqueue *queue);
struct drm_jobqueue_job *
drm_jobqueue_next_inflight(struct drm_jobqueue *queue,
			   struct drm_jobqueue_job *prev);
struct drm_jobqueue_job *
drm_jobqueue_next_job(struct drm_jobqueue *queue,
		      struct drm_jobqueue_job *prev);
void drm_jobqueue_job_get_info(struct drm_jobqueue_job *job,
			       struct drm_jobqueue_job_info *info);

void drm_jobqueue_timeout_suspend(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_resume(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_trigger(struct drm_jobqueue *queue);
int drm_jobqueue_set_timeout(struct drm_jobqueue *queue, unsigned long timeout);

void drm_jobqueue_get_stats(struct drm_jobqueue *queue,
			    struct drm_jobqueue_stats *stats);
void drm_jobqueue_print(struct drm_jobqueue *queue, struct drm_printer *p);
void drm_jobqueue_explain(struct drm_jobqueue *queue, struct drm_printer *p);

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
 * Dropping the last reference to a job that is not armed calls
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
