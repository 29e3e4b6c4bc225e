// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dependency-tracking queues for firmware-scheduled rings.
 *
 * The files form layers. A file includes headers and calls functions of lower
 * layers, and of files before it in its own line of the table; no two files
 * call each other.
 *
 * ===== ================== ====================================================
 * layer files              job
 * ===== ================== ====================================================
 * 7     main               module init and exit
 * 6     queue, group,      create and release queues and groups; print them
 *       print
 * 5     timeout            ask the driver about a late job, carry out the answer
 * 4     job, deps,         what drivers call: prepare, arm, push; complete;
 *       complete, control, kill, stop, start; recover the ring after a reset
 *       inflight
 * 3     drain              the engine: run ready jobs, retire complete ones
 * 2     wait, clock, reap  what the engine works with: pending dependencies,
 *                          time at the ring's head, jobs that have ended
 * 1     defer              hand work over to workers and interrupts
 * 0     fence, lockdep,    done fences and timelines, lock classes, predicates
 *       state.h, trace     and misuse reports, trace events
 * ===== ================== ====================================================
 *
 * Lower layers reach higher ones only by queueing a work item, an irq_work or a
 * timer, whose handler belongs to the higher layer.
 */

#include <linux/module.h>

#include "fence.h"
#include "lockdep.h"

static int __init drm_jobqueue_module_init(void)
{
	if (IS_ENABLED(CONFIG_LOCKDEP))
		drm_jobqueue_lockdep_prime();
	return drm_jobqueue_fence_cache_init();
}

static void __exit drm_jobqueue_module_exit(void)
{
	drm_jobqueue_fence_cache_fini();
}

module_init(drm_jobqueue_module_init);
module_exit(drm_jobqueue_module_exit);

MODULE_DESCRIPTION("DRM job queue for firmware-scheduled GPUs");
MODULE_LICENSE("Dual MIT/GPL");
