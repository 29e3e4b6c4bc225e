/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_REAP_H_
#define _DRM_JOBQUEUE_REAP_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_forget_hw_fence(struct drm_jobqueue_job *job);
void drm_jobqueue_reap_init(struct drm_jobqueue *queue);

#endif /* _DRM_JOBQUEUE_REAP_H_ */
