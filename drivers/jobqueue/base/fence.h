/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_FENCE_H_
#define _DRM_JOBQUEUE_FENCE_H_

#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "../compat/dma_fence.h"

/**
 * struct drm_jobqueue_timeline - fence context and names of a queue
 *
 * Outlives the queue: a fence may be asked for its names long after its queue
 * and its driver are gone, so each fence holds a reference, unless the kernel
 * does not ask when the fence has signalled.
 */
struct drm_jobqueue_timeline {
	/** @ref: One reference of the queue and one of each fence, see @timeline there. */
	struct kref ref;
	/** @lock: Protects @queue. Irq-safe. */
	spinlock_t lock;
	/** @queue: The queue, NULL after its release. */
	struct drm_jobqueue *queue;
	/** @context: Fence context. */
	u64 context;
	/** @rcu: Defers the free; names are read under RCU. */
	struct rcu_head rcu;
	/** @device: Name of the group. */
	const char *device;
	/** @name: Name of the queue. */
	const char *name;
	/** @strings: Storage of both names. */
	char strings[];
};

/**
 * struct drm_jobqueue_fence - done fence of a job
 *
 * A slab object of its own, because it may live longer than the job, and small
 * enough that job and fence together fit into 256 bytes.
 */
struct drm_jobqueue_fence {
	/** @base: The fence; its seqno is 0 until the job is armed. */
	struct dma_fence base;
	/** @lock: Lock of @base alone. A lock shared by fences invites deadlocks. */
	struct compat_dma_fence_lock lock;
	/**
	 * @timeline: The timeline. Where %COMPAT_DMA_FENCE_DETACHES, without a reference
	 * and not to be used after the signal, once the job is armed.
	 */
	struct drm_jobqueue_timeline *timeline;
};

/*
 * Flag of a done fence: its job completes without having been in the ring, so
 * the ring does not report it. Set before the job is submitted.
 */
#define DRM_JOBQUEUE_FENCE_NOT_IN_RING	DMA_FENCE_FLAG_USER_BITS

#if IS_ENABLED(CONFIG_KUNIT)
void drm_jobqueue_fence_bin_hold(unsigned int cpu);
void drm_jobqueue_fence_bin_release(unsigned int cpu);
#endif

extern struct kmem_cache *drm_jobqueue_fence_cache;
extern const struct dma_fence_ops drm_jobqueue_fence_ops;
extern const struct dma_fence_ops drm_jobqueue_fence_armed_ops;

int drm_jobqueue_fence_cache_init(void);
void drm_jobqueue_fence_cache_fini(void);
struct drm_jobqueue_timeline *
drm_jobqueue_timeline_create(struct drm_jobqueue *queue, const char *device,
			     const char *name);
void drm_jobqueue_timeline_put(struct drm_jobqueue_timeline *timeline);
void drm_jobqueue_fence_disown(struct drm_jobqueue_fence *fence);
struct drm_jobqueue *drm_jobqueue_queue_of_fence(struct dma_fence *base);

/*
 * Allocate a fence. Other jobs of the driver may refer to it from now on, but
 * it is not a point of its timeline before its job is armed: its seqno is 0.
 *
 * Context: may sleep. Return: a fence with one reference, or NULL.
 */
static __always_inline struct drm_jobqueue_fence *
drm_jobqueue_fence_alloc(struct drm_jobqueue_timeline *timeline)
{
	struct drm_jobqueue_fence *fence;

	if (COMPAT_DMA_FENCE_DETACHES)
		fence = kmalloc(sizeof(*fence), GFP_KERNEL_ACCOUNT);
	else
		fence = kmem_cache_alloc(drm_jobqueue_fence_cache, GFP_KERNEL);
	if (!fence)
		return NULL;

	kref_get(&timeline->ref);
	fence->timeline = timeline;
	compat_dma_fence_init64(&fence->base, &drm_jobqueue_fence_ops,
				&fence->lock, timeline->context, 0);
	return fence;
}

/* Whether the fence is a done fence that has not signalled, or any done fence. */
static inline bool drm_jobqueue_is_fence(const struct dma_fence *fence)
{
	const struct dma_fence_ops *ops = compat_dma_fence_ops(fence);

	return ops == &drm_jobqueue_fence_ops ||
	       (COMPAT_DMA_FENCE_DETACHES && ops == &drm_jobqueue_fence_armed_ops);
}

static inline u64 drm_jobqueue_seqno_of(const struct drm_jobqueue_job *job)
{
	return job->fence->base.seqno;
}

#endif /* _DRM_JOBQUEUE_FENCE_H_ */
