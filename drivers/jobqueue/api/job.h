/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_API_JOB_H_
#define _DRM_JOBQUEUE_API_JOB_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_job_prepare_arm(struct drm_jobqueue_job *job);
void drm_jobqueue_job_enqueue(struct drm_jobqueue_job *job);
void drm_jobqueue_job_trace_arm(struct drm_jobqueue_job *job);

#endif /* _DRM_JOBQUEUE_API_JOB_H_ */
