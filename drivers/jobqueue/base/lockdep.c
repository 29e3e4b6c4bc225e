// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The locking rules of the queue, told to lockdep when the module is loaded.
 *
 * ops->run() and the queue's lock nest inside the signalling path. Lockdep
 * learns this on an idle machine, so that a driver that breaks the rule gets a
 * report at its first attempt, and not only when the race is lost. That memory
 * reclaim waits for fences lockdep knows from dma_resv.
 *
 * Owns the lock class of all queue locks and the map of the run token. Called
 * by queue initialisation and by module init. Takes no lock for longer than the
 * priming.
 */

#include <linux/dma-fence.h>

#include "base/lockdep.h"

#ifdef CONFIG_LOCKDEP
static struct lock_class_key run_map_key;
struct lockdep_map drm_jobqueue_run_map =
	STATIC_LOCKDEP_MAP_INIT("drm_jobqueue_run", &run_map_key);
#endif

/* The only place that initialises queue locks: they are one lockdep class. */
void drm_jobqueue_lock_init(spinlock_t *lock)
{
	spin_lock_init(lock);
}

void __init drm_jobqueue_lockdep_prime(void)
{
	spinlock_t lock; /* same lockdep class as every queue's lock */
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
