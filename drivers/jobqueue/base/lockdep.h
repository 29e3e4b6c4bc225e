/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_LOCKDEP_H_
#define _DRM_JOBQUEUE_LOCKDEP_H_

#include <linux/init.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

void drm_jobqueue_lock_init(spinlock_t *lock);
void __init drm_jobqueue_lockdep_prime(void);

/*
 * Lockdep sees the run token as a lock that is held while ops->run() is called
 * and that drm_jobqueue_stop() waits for. All queues share one map. Only stop()
 * waits for the token, so the drain acquires the map as a trylock: it creates
 * dependencies on what run() takes, and none on what was held before. The
 * signalling path comes before it through drm_jobqueue_lockdep_prime().
 * Interrupts cannot wait for the token and leave the map out.
 */
#ifdef CONFIG_LOCKDEP
extern struct lockdep_map drm_jobqueue_run_map;
#endif

static inline void drm_jobqueue_run_map_acquire(void)
{
#ifdef CONFIG_LOCKDEP
	if (in_task())
		lock_acquire_exclusive(&drm_jobqueue_run_map, 0, 1, NULL,
				       _THIS_IP_);
#endif
}

static inline void drm_jobqueue_run_map_release(void)
{
#ifdef CONFIG_LOCKDEP
	if (in_task())
		lock_map_release(&drm_jobqueue_run_map);
#endif
}

static inline void drm_jobqueue_run_map_wait(void)
{
#ifdef CONFIG_LOCKDEP
	lock_map_acquire(&drm_jobqueue_run_map);
	lock_map_release(&drm_jobqueue_run_map);
#endif
}

#endif /* _DRM_JOBQUEUE_LOCKDEP_H_ */
