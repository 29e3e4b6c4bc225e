/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_DEFER_H_
#define _DRM_JOBQUEUE_DEFER_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_queue_work(struct drm_jobqueue *queue);
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job);
void drm_jobqueue_kick_by_signal(struct drm_jobqueue *queue, bool run);

#endif /* _DRM_JOBQUEUE_DEFER_H_ */
