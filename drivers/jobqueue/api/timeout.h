/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_TIMEOUT_H_
#define _DRM_JOBQUEUE_TIMEOUT_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_timeout_init(struct drm_jobqueue *queue);
void drm_jobqueue_timeout_fini(struct drm_jobqueue *queue);

#endif /* _DRM_JOBQUEUE_TIMEOUT_H_ */
