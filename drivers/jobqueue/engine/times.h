/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_ENGINE_TIMES_H_
#define _DRM_JOBQUEUE_ENGINE_TIMES_H_

#include <drm/drm_jobqueue.h>

#include "base/fence.h"

void drm_jobqueue_times_enter(struct drm_jobqueue *queue,
			      struct drm_jobqueue_job *job);
void drm_jobqueue_times_retire(struct drm_jobqueue *queue,
			       struct drm_jobqueue_job *batch);
void drm_jobqueue_times_pause(struct drm_jobqueue *queue);
void drm_jobqueue_times_resume(struct drm_jobqueue *queue);

static inline bool drm_jobqueue_has_times(const struct drm_jobqueue *queue)
{
	return unlikely(queue->flags & DRM_JOBQUEUE_JOB_TIMES);
}

/*
 * The times of a job in the ring. They are stored in place of a dependency's
 * callback: that was called, or never added, before the job entered the ring.
 */
static inline struct drm_jobqueue_times *
drm_jobqueue_times_of(struct drm_jobqueue_job *job)
{
	return &job->inline_deps[1].times;
}

#endif /* _DRM_JOBQUEUE_ENGINE_TIMES_H_ */
