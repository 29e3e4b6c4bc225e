/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_CLOCK_H_
#define _DRM_JOBQUEUE_CLOCK_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_clock_init(struct drm_jobqueue *queue);
void drm_jobqueue_clock_new_head(struct drm_jobqueue *queue);
struct drm_jobqueue_job *drm_jobqueue_clock_expire(struct drm_jobqueue *queue);
void drm_jobqueue_clock_restart(struct drm_jobqueue *queue);

#endif /* _DRM_JOBQUEUE_CLOCK_H_ */
