/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_DRAIN_H_
#define _DRM_JOBQUEUE_DRAIN_H_

#include <drm/drm_jobqueue.h>

/* Calling context; decides the budget and the statistics. */
enum drm_jobqueue_context {
	DRM_JOBQUEUE_IN_PUSH,
	DRM_JOBQUEUE_IN_IRQ,
	DRM_JOBQUEUE_IN_WORKER,
};

void drm_jobqueue_drain_init(struct drm_jobqueue *queue);
void drm_jobqueue_progress_in_irq(struct drm_jobqueue *queue);
void drm_jobqueue_progress_push(struct drm_jobqueue *queue,
				unsigned long flags)
	__releases(&queue->lock);
void drm_jobqueue_progress_complete(struct drm_jobqueue *queue,
				    unsigned long flags)
	__releases(&queue->lock);

#endif /* _DRM_JOBQUEUE_DRAIN_H_ */
