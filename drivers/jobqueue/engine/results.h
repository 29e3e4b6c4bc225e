/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_ENGINE_RESULTS_H_
#define _DRM_JOBQUEUE_ENGINE_RESULTS_H_

#include <drm/drm_jobqueue.h>

int drm_jobqueue_results_init(struct drm_jobqueue *queue, u32 max_errors);
void drm_jobqueue_results_fini(struct drm_jobqueue *queue);
bool drm_jobqueue_results_add(struct drm_jobqueue *queue, u64 first, u64 last,
			      int error, u32 room);
void drm_jobqueue_results_cut(struct drm_jobqueue *queue, u64 last);
int drm_jobqueue_results_take(struct drm_jobqueue *queue, u64 seqno);
int drm_jobqueue_results_find(const struct drm_jobqueue *queue, u64 seqno);

#endif /* _DRM_JOBQUEUE_ENGINE_RESULTS_H_ */
