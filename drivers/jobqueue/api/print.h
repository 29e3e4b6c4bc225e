/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_PRINT_H_
#define _DRM_JOBQUEUE_PRINT_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_report_hang(struct drm_jobqueue_group *group);
struct drm_jobqueue *
drm_jobqueue_next_queue(struct drm_jobqueue_group *group,
			struct drm_jobqueue *prev);

/* Room for the names of a fence */
#define DRM_JOBQUEUE_FENCE_TEXT 128

void drm_jobqueue_fence_text(struct dma_fence *fence, char *text);

#endif /* _DRM_JOBQUEUE_PRINT_H_ */
