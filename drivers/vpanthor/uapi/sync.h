/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SYNC_H_
#define _VPAN_SYNC_H_

#include <linux/types.h>

struct dma_fence_chain;
struct drm_file;
struct drm_jobqueue_job;
struct drm_panthor_sync_op;
struct drm_syncobj;
struct vpan_uobj_type;

/* Sync operations in one batch; the search among them is linear. */
#define VPAN_SYNC_OPS_MAX 4096

/* What user space passes arrays of. */
extern const struct vpan_uobj_type vpan_sync_op_type;

/**
 * struct vpan_sync_signal - one sync object, or point of it, to be signalled
 */
struct vpan_sync_signal {
	/** @handle: As user space calls it. */
	u32 handle;
	/** @point: On its timeline, 0 if it has none. */
	u64 point;
	/** @syncobj: The object, with a reference. */
	struct drm_syncobj *syncobj;
	/** @chain: Link for its timeline, until it is used. */
	struct dma_fence_chain *chain;
	/** @job: The last job of the batch that signals it; borrowed. */
	struct drm_jobqueue_job *job;
};

/**
 * struct vpan_sync_batch - sync operations of jobs that are submitted together
 */
struct vpan_sync_batch {
	/** @file: Whose the sync objects are. */
	struct drm_file *file;
	/** @signals: What is to be signalled. */
	struct vpan_sync_signal *signals;
	/** @waits: Scratch memory: the waits of one job, sorted. */
	const struct drm_panthor_sync_op **waits;
	/** @nsignals: Used entries of @signals. */
	u32 nsignals;
	/** @max: Entries of @signals and of @waits. */
	u32 max;
};

int vpan_sync_batch_init(struct vpan_sync_batch *batch, struct drm_file *file,
			 u32 max);
void vpan_sync_batch_fini(struct vpan_sync_batch *batch);
int vpan_sync_batch_add_job(struct vpan_sync_batch *batch,
			    struct drm_jobqueue_job *job,
			    const struct drm_panthor_sync_op *ops, u32 count);
void vpan_sync_batch_publish(struct vpan_sync_batch *batch);

#endif /* _VPAN_SYNC_H_ */
