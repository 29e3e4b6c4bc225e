/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_API_NATIVE_H_
#define _DRM_JOBQUEUE_API_NATIVE_H_

#include <drm/drm_jobqueue.h>

int drm_jobqueue_native_add(struct drm_jobqueue_job *job,
			    struct dma_fence *fence);

#endif /* _DRM_JOBQUEUE_API_NATIVE_H_ */
