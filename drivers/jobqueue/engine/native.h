/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_ENGINE_NATIVE_H_
#define _DRM_JOBQUEUE_ENGINE_NATIVE_H_

#include <drm/drm_jobqueue.h>

#include "engine/wait.h"

/*
 * The chunk with the dependencies of a job that its ring may wait for, or NULL.
 * It is the last one until the job is armed, and the first one from then on: others
 * look at it while run() is about to be called and the other chunks are freed. Then
 * only to be called if &drm_jobqueue_job.native was set at arm.
 */
static inline struct drm_jobqueue_dep_chunk *
drm_jobqueue_natives(const struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk = job->dep_chunks;

	while (chunk && chunk->max)
		chunk = chunk->next;
	return chunk;
}

void drm_jobqueue_natives_offer(struct drm_jobqueue_job *job);
bool drm_jobqueue_natives_done(struct drm_jobqueue_job *job);
bool drm_jobqueue_natives_met(struct drm_jobqueue_job *job);
int drm_jobqueue_natives_run(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock);
bool drm_jobqueue_natives_retire(struct drm_jobqueue_job *job)
	__must_hold(&job->queue->lock);
void drm_jobqueue_natives_cancel(struct drm_jobqueue_job *job);
unsigned int drm_jobqueue_natives_wake(struct drm_jobqueue *queue);
u32 drm_jobqueue_natives_take(struct drm_jobqueue_job *job,
			      struct dma_fence **fences, unsigned int max,
			      unsigned int *n);
void drm_jobqueue_natives_drop(struct drm_jobqueue_job *job);

#endif /* _DRM_JOBQUEUE_ENGINE_NATIVE_H_ */
