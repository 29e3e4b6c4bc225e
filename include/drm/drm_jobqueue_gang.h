/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_GANG_H_
#define _DRM_JOBQUEUE_GANG_H_

#include <drm/drm_jobqueue.h>

struct drm_jobqueue_gang;

/* Members that a gang has at most. Bounds the work with interrupts off. */
#define DRM_JOBQUEUE_GANG_MAX 16U

/**
 * struct drm_jobqueue_gang_job - job that may be a member of a gang
 *
 * Embedded in the driver's job object in place of &struct drm_jobqueue_job. It is
 * an ordinary job until drm_jobqueue_gang_init().
 */
struct drm_jobqueue_gang_job {
	/** @base: The job. */
	struct drm_jobqueue_job base;
	/** @gang: Private: the gang, until it has entered its rings. Constant. */
	struct drm_jobqueue_gang *gang;
	/** @index: Private: place in the gang. Constant. */
	u32 index;
	/** @ready: Private: counted as ready. Under the queue's lock. */
	bool ready;
};

/**
 * typedef drm_jobqueue_gang_run_t - put the jobs of a gang into their rings
 * @first: first member; drm_jobqueue_gang_next() returns the others
 *
 * Called once per gang, in the place of &drm_jobqueue_ops.run of each member, when
 * all members are ready. No run() of any of their queues is executing, and the
 * credits of all members are charged. Called in the contexts in which run() of
 * the first member's queue may be called, and under the rules of run().
 *
 * Members may complete before this returns, and stay valid until it has returned.
 *
 * Return: 0 if all jobs are in their rings. A negative errno if none is, which
 * completes all members with that error: the function must have undone what it
 * had written.
 */
typedef int (*drm_jobqueue_gang_run_t)(struct drm_jobqueue_gang_job *first);

int drm_jobqueue_gang_init(struct drm_jobqueue_gang_job **jobs, unsigned int n,
			   drm_jobqueue_gang_run_t run);
void drm_jobqueue_gang_arm(struct drm_jobqueue_gang_job *first);
void drm_jobqueue_gang_push(struct drm_jobqueue_gang_job *first);
void drm_jobqueue_gang_abort(struct drm_jobqueue_gang_job *first, int error);
struct drm_jobqueue_gang_job *
drm_jobqueue_gang_next(const struct drm_jobqueue_gang_job *job);

#endif /* _DRM_JOBQUEUE_GANG_H_ */
