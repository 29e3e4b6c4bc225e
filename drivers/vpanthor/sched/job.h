/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_JOB_H_
#define _VPAN_JOB_H_

#include <drm/drm_jobqueue.h>

struct vpan_group;
struct vpan_queue;

/**
 * struct vpan_job - one stream of commands to be called from a ring
 */
struct vpan_job {
	/** @base: Base class. */
	struct drm_jobqueue_job base;
	/** @group: The group, with a reference. */
	struct vpan_group *group;
	/** @stream_va: Where the commands are. */
	u64 stream_va;
	/** @stream_size: Bytes; 0 if it only synchronises. */
	u32 stream_size;
	/** @latest_flush: Flush id that the stream was built at. */
	u32 latest_flush;
	/** @profile_mask: What to measure: VPAN_PROFILE bits. */
	u32 profile_mask;
};

#define to_vpan_job(job) container_of(job, struct vpan_job, base)

extern const struct drm_jobqueue_ops vpan_job_ops;

unsigned long vpan_job_timeout(void);
struct vpan_job *vpan_job_create(struct vpan_queue *queue, u64 stream_va,
				 u32 stream_size, u32 latest_flush,
				 u64 client_id);

#endif /* _VPAN_JOB_H_ */
