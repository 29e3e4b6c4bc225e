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
	/** @rcu: Names are read under RCU by some. */
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
	/** @base: The fence; not initialised before the job is armed. */
	struct dma_fence base;
	/** @lock: Of @base alone. Fences that share one invite deadlocks. */
	spinlock_t lock;
	/** @timeline: The timeline, with a reference. */
	struct drm_jobqueue_timeline *timeline;
	/** @client_id: Whom the job is for, see &drm_file.client_id. */
	u64 client_id;
};

/* Who drains; decides how much is done at once and what is counted. */
enum drm_jobqueue_context {
	DRM_JOBQUEUE_IN_PUSH,
	DRM_JOBQUEUE_IN_IRQ,
	DRM_JOBQUEUE_IN_WORKER,
};

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
drm_jobqueue_fence_alloc(struct drm_jobqueue_timeline *timeline, u64 client_id);
void drm_jobqueue_fence_discard(struct drm_jobqueue_fence *fence);
void drm_jobqueue_fence_arm(struct drm_jobqueue_fence *fence, u64 seqno);

/* deps.c */
void drm_jobqueue_deps_resolve(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job);

/* drain.c */
void drm_jobqueue_progress(struct drm_jobqueue *queue,
			   enum drm_jobqueue_context context,
			   unsigned long flags);

/* job.c */
void drm_jobqueue_job_reap(struct drm_jobqueue *queue);

/* queue.c */
void drm_jobqueue_lock_init(spinlock_t *lock);
void drm_jobqueue_queue_work(struct drm_jobqueue *queue);
void drm_jobqueue_kick_by_signal(struct drm_jobqueue *queue);

/* timeout.c */
void drm_jobqueue_timeout_init(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_fini(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_new_head(struct drm_jobqueue *queue);

static inline u64 drm_jobqueue_seqno_of(const struct drm_jobqueue_job *job)
{
	return job->fence->base.seqno;
}

#endif /* _DRM_JOBQUEUE_INTERNAL_H_ */
