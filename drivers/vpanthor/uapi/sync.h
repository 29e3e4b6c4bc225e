/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SYNC_H_
#define _VPAN_SYNC_H_

#include <linux/types.h>

struct dma_fence;
struct dma_fence_chain;
struct drm_file;
struct drm_jobqueue_job;
struct drm_panthor_sync_op;
struct drm_syncobj;
struct vpan_uobj_type;

/* Sync operations of one call; the search among them is linear. */
#define VPAN_SYNC_OPS_MAX 4096

/* Signals that a call publishes even if the process is being killed */
#define VPAN_SYNC_PUBLISH_MIN 16

/* So many need no memory of their own. */
#define VPAN_SYNC_OPS_FEW 4

/* Element of the arrays that user space passes. */
extern const struct vpan_uobj_type vpan_sync_op_type;

/**
 * struct vpan_sync_signal - signal of one sync object or timeline point
 */
struct vpan_sync_signal {
	/** @handle: Handle of the object. */
	u32 handle;
	/** @point: Timeline point, 0 for a binary object. */
	u64 point;
	/** @syncobj: Object, referenced. */
	struct drm_syncobj *syncobj;
	/** @chain: Link for the timeline, NULL once it is published. */
	struct dma_fence_chain *chain;
	/** @job: Last job of the batch that signals the object; borrowed. */
	struct drm_jobqueue_job *job;
	/** @fence: Its fence, referenced, from vpan_sync_batch_take_fences() on. */
	struct dma_fence *fence;
};

/**
 * struct vpan_sync_batch - sync operations of the jobs of one call
 *
 * Must not be copied or moved: it may point into itself.
 */
struct vpan_sync_batch {
	/** @file: Open file that handles belong to. */
	struct drm_file *file;
	/** @signals: Signals of all jobs. */
	struct vpan_sync_signal *signals;
	/** @waits: Waits of the job that is being added, sorted. */
	const struct drm_panthor_sync_op **waits;
	/** @nsignals: Used entries of @signals. */
	u32 nsignals;
	/** @max: Entries of @signals and of @waits. */
	u32 max;
	/** @few_signals: Memory for @signals if there are few. */
	struct vpan_sync_signal few_signals[VPAN_SYNC_OPS_FEW];
	/** @few_waits: Memory for @waits if there are few. */
	const struct drm_panthor_sync_op *few_waits[VPAN_SYNC_OPS_FEW];
};

int vpan_sync_batch_init(struct vpan_sync_batch *batch, struct drm_file *file,
			 u32 max);
void vpan_sync_batch_fini(struct vpan_sync_batch *batch);
int vpan_sync_batch_add_job(struct vpan_sync_batch *batch,
			    struct drm_jobqueue_job *job,
			    const struct drm_panthor_sync_op *ops, u32 count);
void vpan_sync_batch_take_fences(struct vpan_sync_batch *batch);
void vpan_sync_batch_publish(struct vpan_sync_batch *batch);

#endif /* _VPAN_SYNC_H_ */
