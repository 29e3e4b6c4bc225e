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
 * 6     api/ queue, print, create and release queues, print and explain them,
 *       explain, group     create and release groups
 * 5     api/ timeout       ask the driver about a late job, carry out the answer
 * 4     api/ native, deps, what drivers call: prepare, arm, push; complete;
 *       complete, control, kill, stop, start; recover the ring after a reset;
 *       inflight, walk,    look at jobs; jobs that run together
 *       job, gang
 * 3     engine/ drain      the engine: run ready jobs, retire complete ones
 * 2     engine/ wait,      what the engine works with: pending dependencies,
 *       native, times,     those that rings wait for, times of jobs in the ring,
 *       clock, results,    time at the ring's head, errors by number, jobs of
 *       gang, reap         several queues, jobs that have ended
 * 1     engine/ defer      hand work over to workers and interrupts
 * 0     base/ fence, trace done fences and timelines, lock classes, predicates
 *       lockdep, state.h   and misuse reports, trace events
 * ===== ================== ====================================================
 *
 * Lower layers reach higher ones only by queueing a work item, an irq_work or a
 * timer, whose handler belongs to the higher layer or is registered by it.
 */

#include <linux/module.h>
#include <linux/rcupdate.h>

#include "engine/defer.h"
#include "engine/drain.h"
#include "base/fence.h"
#include "base/lockdep.h"

/**
 * DOC: Overview
 *
 * With a GPU whose firmware schedules, the kernel holds a job until its
 * dependencies have signalled and the ring has space, writes it into the ring,
 * and signals its fence when the firmware reports completion. A
 * &struct drm_jobqueue does this for one ring.
 *
 * All queues of a device belong to one &struct drm_jobqueue_group, which owns
 * the workqueues and whose end waits for the end of all queues. Drivers embed
 * a &struct drm_jobqueue in their ring objects and a &struct drm_jobqueue_job
 * in their job objects. Both are reference counted.
 */

/**
 * DOC: Life of a job
 *
 * ::
 *
 *   drm_jobqueue_job_init()      may fail, may sleep, allocates everything
 *   drm_jobqueue_job_add_dep()   may fail, may sleep; as often as needed
 *   ---------------------------- nothing below fails or allocates
 *   drm_jobqueue_job_arm()       sequence number, done fence, place in queue
 *   drm_jobqueue_job_push()      runnable from here on
 *        ... dependencies signalled, head of the queue, credits fit ...
 *   ops->run()                   writes the job into the ring
 *   drm_jobqueue_complete()      the firmware has completed the job
 *        ... done fence signals, credits return, successors run ...
 *   ops->free()                  last reference dropped
 *
 * A job that is not armed is dropped with drm_jobqueue_job_put(), an armed job
 * is skipped with drm_jobqueue_job_abort(). Jobs run in the order in which they
 * were armed: an armed job that is not pushed blocks the jobs behind it, so only
 * finite code that cannot fail belongs between arm and push.
 */

/**
 * DOC: Locking
 *
 * Each queue has one spinlock. It is held neither while the driver is called
 * nor while a fence is accessed, so neither can deadlock with it. Two tokens
 * under the lock give the order: one context at a time runs jobs of a queue,
 * and one context at a time signals their fences. Only drm_jobqueue_stop()
 * waits for a token.
 *
 * - &drm_jobqueue_ops.run and &drm_jobqueue_ops.timedout are on the signalling
 *   path. A lock that they take must not be held elsewhere while memory is
 *   allocated with reclaim, a &struct dma_resv is locked or a fence is waited
 *   for. Lockdep knows this rule and reports the first violation.
 * - With %DRM_JOBQUEUE_RUN_INLINE, run() nests in the locks of the caller of
 *   drm_jobqueue_job_push(), and with %DRM_JOBQUEUE_RUN_ANY_CONTEXT also in
 *   those of callers of drm_jobqueue_complete() and the other completion
 *   functions.
 * - &drm_jobqueue_ops.free and &drm_jobqueue_ops.release are not on the
 *   signalling path and are called without locks held, except that free() with
 *   %DRM_JOBQUEUE_FREE_ANY_CONTEXT is called wherever a job ends.
 * - run() must not call drm_jobqueue_stop().
 */

/**
 * DOC: Fence rules
 *
 * A job has one fence, the done fence, which only its queue signals. It signals
 * exactly once, after the fences of all jobs that were armed before it on the
 * same queue, whatever happens to the job. From drm_jobqueue_job_arm() on,
 * signalling needs no allocation and depends only on the job's dependencies,
 * its predecessors and the hardware, which is bounded by the timeout.
 *
 * The fence of a job that is not run, because it was aborted or its queue was
 * killed, signals with an error, but not before its dependencies and
 * predecessors have signalled: a waiter may be about to free memory that those
 * use.
 *
 * A fence refers to the names of queue and device only. It may outlive
 * everything else. It does not keep the driver's module, and drm_jobqueue.ko only
 * on kernels on which a fence that has signalled still calls its operations.
 */

/**
 * DOC: Reset and teardown
 *
 * To reset the device a driver calls drm_jobqueue_stop() for each queue, so
 * that no run() is executing. When the hardware no longer accesses the ring, it
 * calls drm_jobqueue_complete() for the jobs that did complete, and for the rest
 * drm_jobqueue_complete_all() with an error or drm_jobqueue_requeue(); for a
 * queue that is given up also drm_jobqueue_kill(). It ends with
 * drm_jobqueue_timeout_resume(), if the reset came from
 * &drm_jobqueue_ops.timedout, and drm_jobqueue_start().
 *
 * Queues end asynchronously: each job has a reference to its queue, so when the
 * last reference drops, in whatever context, there are no jobs. To end a queue,
 * a driver calls drm_jobqueue_kill() to prevent pending jobs from running, takes
 * the ring off the hardware, completes the jobs in the ring, and calls
 * drm_jobqueue_put(). Only drm_jobqueue_group_fini() waits.
 */

/**
 * DOC: Examples
 *
 * Submit a job, with everything that can fail before it is armed::
 *
 *	ret = drm_jobqueue_job_init(&job->base, &ring->queue, words, client);
 *	if (ret)
 *		goto err_free;
 *	ret = drm_jobqueue_job_add_syncobj_dep(&job->base, file, handle, 0);
 *	if (ret)
 *		goto err_put;
 *	drm_syncobj_replace_fence(out, drm_jobqueue_job_arm(&job->base));
 *	drm_jobqueue_job_push(&job->base);
 *
 * Run it with a ring write and a doorbell, and report completion from an
 * interrupt handler::
 *
 *	my_ring_write(ring, job, drm_jobqueue_job_seqno(&job->base));
 *
 *	drm_jobqueue_complete(&ring->queue, READ_ONCE(ring->fw->seqno), 0);
 */

static int __init drm_jobqueue_module_init(void)
{
	int ret;

	if (IS_ENABLED(CONFIG_LOCKDEP))
		drm_jobqueue_lockdep_prime();
	ret = drm_jobqueue_fence_cache_init();
	if (ret)
		return ret;
	ret = drm_jobqueue_defer_init(drm_jobqueue_progress_in_irq);
	if (ret)
		drm_jobqueue_fence_cache_fini();
	return ret;
}

static void __exit drm_jobqueue_module_exit(void)
{
	/*
	 * Wait for tasks that were preempted at the end of a callback of a fence
	 * or of the last put of a timeline.
	 */
	synchronize_rcu_tasks();
	drm_jobqueue_defer_fini();
	drm_jobqueue_fence_cache_fini();
}

module_init(drm_jobqueue_module_init);
module_exit(drm_jobqueue_module_exit);

MODULE_DESCRIPTION("DRM job queue for firmware-scheduled GPUs");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_VERSION(__stringify(DRM_JOBQUEUE_VERSION));
