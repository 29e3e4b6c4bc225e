/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_ENGINE_GANG_H_
#define _DRM_JOBQUEUE_ENGINE_GANG_H_

#include <linux/container_of.h>

#include <drm/drm_jobqueue_gang.h>

#include "engine/drain.h"

/**
 * struct drm_jobqueue_gang - jobs that enter their rings together
 *
 * Freed when the last member has entered its ring, is skipped or is dropped.
 */
struct drm_jobqueue_gang {
	/** @lock: Protects the members below. Nests inside a queue's lock. */
	spinlock_t lock;
	/** @missing: Members other than the first that are not ready. */
	u32 missing;
	/** @waits: The first member is ready and waits for the others. */
	bool waits;
	/** @left: Number of members in @members. */
	u32 left;
	/** @n: Number of members at the beginning. Constant. */
	u32 n;
	/** @run: Function of the driver. Constant. */
	drm_jobqueue_gang_run_t run;
	/** @members: Members that did not leave, else NULL; the first decides. */
	struct drm_jobqueue_gang_job *members[];
};

static inline struct drm_jobqueue_gang_job *
drm_jobqueue_gang_job_of(struct drm_jobqueue_job *job)
{
	return container_of(job, struct drm_jobqueue_gang_job, base);
}

bool drm_jobqueue_gang_ready(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock);
u32 drm_jobqueue_gang_run(struct drm_jobqueue_job *job,
			  enum drm_jobqueue_context context,
			  unsigned long *flags)
	__must_hold(&job->queue->lock);
void drm_jobqueue_gang_leave(struct drm_jobqueue_job *job, int error);

#endif /* _DRM_JOBQUEUE_ENGINE_GANG_H_ */
