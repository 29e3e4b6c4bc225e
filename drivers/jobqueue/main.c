// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/module.h>

#include "internal.h"

/*
 * Tell lockdep what order holds, on an idle machine at load, so that whoever
 * breaks it later is told at the first attempt and not on the unlucky one: the
 * queue's lock is taken while fences are on their way to signal, also in
 * interrupts. That reclaim waits for fences lockdep learns from dma_resv.
 */
static void __init prime_lockdep(void)
{
	spinlock_t lock; /* of the same lockdep class as any queue's */
	unsigned long flags;
	bool cookie;

	drm_jobqueue_lock_init(&lock);
	cookie = dma_fence_begin_signalling();
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
