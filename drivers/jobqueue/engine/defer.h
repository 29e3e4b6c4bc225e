/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_DEFER_H_
#define _DRM_JOBQUEUE_DEFER_H_

#include <drm/drm_jobqueue.h>

int drm_jobqueue_defer_init(void (*progress)(struct drm_jobqueue *queue));
void drm_jobqueue_defer_fini(void);

void drm_jobqueue_queue_work(struct drm_jobqueue *queue);
void drm_jobqueue_queue_irq(struct drm_jobqueue *queue);
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job);
void drm_jobqueue_kick_by_dep(struct drm_jobqueue *queue, bool is_next);

#if IS_ENABLED(CONFIG_KUNIT)
extern u64 drm_jobqueue_irq_pause, drm_jobqueue_irq_share;

void drm_jobqueue_sync_irq(void);
void drm_jobqueue_add_on_cpu(struct drm_jobqueue *queue, unsigned int cpu);
void drm_jobqueue_raise_on_cpu(unsigned int cpu);
#endif

bool drm_jobqueue_collect_begin(void);
void drm_jobqueue_collect_end(void);
bool drm_jobqueue_irq_budget_left(void);
void drm_jobqueue_irq_budget_spend(unsigned int units);

#endif /* _DRM_JOBQUEUE_DEFER_H_ */
