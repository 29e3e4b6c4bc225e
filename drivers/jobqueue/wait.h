/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_WAIT_H_
#define _DRM_JOBQUEUE_WAIT_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_deps_note_error(struct drm_jobqueue_job *job,
				  struct dma_fence *fence);
void drm_jobqueue_deps_check(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job);

/* Whether drm_jobqueue_deps_drop() has anything to release. */
static inline bool drm_jobqueue_has_deps(const struct drm_jobqueue_job *job)
{
	return job->ndeps || job->deps != job->inline_deps;
}

#endif /* _DRM_JOBQUEUE_WAIT_H_ */
