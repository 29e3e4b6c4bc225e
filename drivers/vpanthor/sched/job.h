/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_JOB_H_
#define _VPAN_JOB_H_

#include <drm/drm_jobqueue.h>

struct vpan_group;
struct vpan_queue;

/**
 * struct vpan_job - command stream that is called from a ring
 */
struct vpan_job {
	/** @base: Base class. */
	struct drm_jobqueue_job base;
	/** @group: The group, with a reference. */
	struct vpan_group *group;
	/** @stream_va: GPU address of the stream. */
	u64 stream_va;
	/** @stream_size: Size in bytes; 0 if the job only synchronises. */
	u32 stream_size;
	/** @latest_flush: Flush id at which the stream was built. */
	u32 latest_flush;
	/** @profile_mask: VPAN_PROFILE bits: what is measured. */
	u32 profile_mask;
};

#define to_vpan_job(job) container_of(job, struct vpan_job, base)

extern const struct drm_jobqueue_ops vpan_job_ops;

unsigned long vpan_job_timeout(void);
struct vpan_job *vpan_job_create(struct vpan_queue *queue, u64 stream_va,
				 u32 stream_size, u32 latest_flush,
				 u64 client_id);

#endif /* _VPAN_JOB_H_ */
