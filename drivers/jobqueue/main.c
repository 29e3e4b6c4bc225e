// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/module.h>

#include "internal.h"

#ifdef CONFIG_LOCKDEP
static struct lock_class_key run_map_key;
struct lockdep_map drm_jobqueue_run_map =
	STATIC_LOCKDEP_MAP_INIT("drm_jobqueue_run", &run_map_key);
#endif

/*
 * Tell lockdep what order holds, on an idle machine at load, so that whoever
 * breaks it later is told at the first attempt and not on the unlucky one: run
 * and the queue's lock are inside of the signalling path. That reclaim waits
 * for fences lockdep has learnt from dma_resv.
 */
static void __init prime_lockdep(void)
{
	spinlock_t lock; /* of the same lockdep class as any queue's */
	unsigned long flags;
	bool cookie;

	drm_jobqueue_lock_init(&lock);
	cookie = dma_fence_begin_signalling();
	drm_jobqueue_run_map_acquire();
	drm_jobqueue_run_map_release();
	spin_lock_irqsave(&lock, flags);
	spin_unlock_irqrestore(&lock, flags);
	dma_fence_end_signalling(cookie);
}

static int __init drm_jobqueue_module_init(void)
{
	if (IS_ENABLED(CONFIG_LOCKDEP))
		prime_lockdep();
	return drm_jobqueue_fence_cache_init();
}

static void __exit drm_jobqueue_module_exit(void)
{
	drm_jobqueue_fence_cache_fini();
}

module_init(drm_jobqueue_module_init);
module_exit(drm_jobqueue_module_exit);

MODULE_DESCRIPTION("DRM job queue for GPUs whose firmware schedules");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_VERSION(__stringify(DRM_JOBQUEUE_VERSION));
