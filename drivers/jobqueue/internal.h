/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_INTERNAL_H_
#define _DRM_JOBQUEUE_INTERNAL_H_

#include <linux/bug.h>
#include <linux/lockdep.h>

#include <drm/drm_jobqueue.h>

/**
 * struct drm_jobqueue_timeline - what outlives a queue
 *
 * A fence may be asked for its names long after its queue and even its driver
 * are gone, so they are kept here, with a reference from each fence.
 */
struct drm_jobqueue_timeline {
	/** @ref: One of the queue and one of each fence. */
	struct kref ref;
	/** @lock: Protects @queue. Irq-safe. */
	spinlock_t lock;
	/** @queue: The queue, NULL when that was released. */
	struct drm_jobqueue *queue;
	/** @context: Fence context. */
	u64 context;
	/** @rcu: For being freed. */
	struct rcu_head rcu;
	/** @device: Name of the group. */
	const char *device;
	/** @name: Name of the queue. */
	const char *name;
	/** @strings: Room for both. */
	char strings[];
};

/**
 * struct drm_jobqueue_fence - the done fence of a job
 *
 * A slab object of its own, because it may live longer than the job, and so
 * small that the two fit into 256 bytes.
 */
struct drm_jobqueue_fence {
	/** @base: The fence; its number is 0 before the job is armed. */
	struct dma_fence base;
	/** @lock: Of @base alone. Fences that share one invite deadlocks. */
	spinlock_t lock;
	/** @timeline: The timeline, with a reference. */
	struct drm_jobqueue_timeline *timeline;
};

/* Who drains; decides how much is done at once and what is counted. */
enum drm_jobqueue_context {
	DRM_JOBQUEUE_IN_PUSH,
	DRM_JOBQUEUE_IN_IRQ,
	DRM_JOBQUEUE_IN_WORKER,
};

/* &drm_jobqueue_job.pending of a running job whose hardware fence signalled. */
#define DRM_JOBQUEUE_HW_FENCE_SIGNALLED (-1)

/*
 * A mistake of the driver. Said once, with the name of the queue, and then
 * the call does nothing.
 */
#define drm_jobqueue_misuse(queue, condition, what) \
	WARN_ONCE(condition, "drm_jobqueue: %s: %s\n", \
		  (queue)->timeline->name, what)

/* fence.c */
int drm_jobqueue_fence_cache_init(void);
void drm_jobqueue_fence_cache_fini(void);
struct drm_jobqueue_timeline *
drm_jobqueue_timeline_create(struct drm_jobqueue *queue, const char *device,
			     const char *name);
void drm_jobqueue_timeline_put(struct drm_jobqueue_timeline *timeline);
struct drm_jobqueue_fence *
drm_jobqueue_fence_alloc(struct drm_jobqueue_timeline *timeline);

/* deps.c */
void drm_jobqueue_deps_check(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job);

/*
 * To lockdep, the run token is a lock that is held while the driver's run is
 * called, and that drm_jobqueue_stop() waits for. One for all queues. Nobody
 * else waits for it, so it is tried for, and what comes after it connects to
 * what was held before, above all to the signalling path. In interrupts nobody
 * can wait for it, so there it is left out.
 */
#ifdef CONFIG_LOCKDEP
extern struct lockdep_map drm_jobqueue_run_map;
#endif

static inline void drm_jobqueue_run_map_acquire(void)
{
#ifdef CONFIG_LOCKDEP
	if (in_task())
		lock_acquire_exclusive(&drm_jobqueue_run_map, 0, 1, NULL,
				       _THIS_IP_);
#endif
}

static inline void drm_jobqueue_run_map_release(void)
{
#ifdef CONFIG_LOCKDEP
	if (in_task())
		lock_map_release(&drm_jobqueue_run_map);
#endif
}

static inline void drm_jobqueue_run_map_wait(void)
{
#ifdef CONFIG_LOCKDEP
	lock_map_acquire(&drm_jobqueue_run_map);
	lock_map_release(&drm_jobqueue_run_map);
#endif
}

/* drain.c */
void drm_jobqueue_progress(struct drm_jobqueue *queue,
			   enum drm_jobqueue_context context,
			   unsigned long flags)
	__releases(&queue->lock);

void drm_jobqueue_forget_hw_fence(struct drm_jobqueue_job *job);

/* job.c */
void drm_jobqueue_job_reap(struct drm_jobqueue *queue);

/* queue.c */
void drm_jobqueue_lock_init(spinlock_t *lock);
int drm_jobqueue_check_error(struct drm_jobqueue *queue, int error);
void drm_jobqueue_queue_work(struct drm_jobqueue *queue);
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job);
void drm_jobqueue_kick_by_signal(struct drm_jobqueue *queue, bool run);

/* timeout.c */
void drm_jobqueue_timeout_init(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_fini(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_new_head(struct drm_jobqueue *queue);

static inline u64 drm_jobqueue_seqno_of(const struct drm_jobqueue_job *job)
{
	return job->fence->base.seqno;
}

/* Whether there is anything for drm_jobqueue_deps_drop() to do. */
static inline bool drm_jobqueue_has_deps(const struct drm_jobqueue_job *job)
{
	return job->ndeps || job->deps != job->inline_deps;
}

/* The ring's oldest job, NULL if the ring is empty. */
static inline struct drm_jobqueue_job *
drm_jobqueue_ring_head(const struct drm_jobqueue *queue)
{
	lockdep_assert_held(&queue->lock);

	return queue->head != queue->next ? queue->head : NULL;
}

/* The job behind @job in the ring, NULL if it is the last. */
static inline struct drm_jobqueue_job *
drm_jobqueue_ring_next(const struct drm_jobqueue *queue,
		       const struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	return job->next != queue->next ? job->next : NULL;
}

/* Whether a job in the ring is done. With the queue's lock. */
static inline bool
drm_jobqueue_is_complete(const struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&job->queue->lock);

	return job->state == DRM_JOBQUEUE_JOB_DONE ||
	       drm_jobqueue_seqno_of(job) <= job->queue->completed ||
	       atomic_read_acquire(&job->pending) ==
			DRM_JOBQUEUE_HW_FENCE_SIGNALLED;
}

#endif /* _DRM_JOBQUEUE_INTERNAL_H_ */
