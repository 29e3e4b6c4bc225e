/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_OPS_H_
#define _DRM_JOBQUEUE_OPS_H_

/*
 * What a driver tells a queue: flags, callbacks and their answers. Included by
 * drm_jobqueue.h.
 */

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/types.h>

struct dma_fence;
struct drm_jobqueue;
struct drm_jobqueue_job;
struct drm_jobqueue_native;

/**
 * enum drm_jobqueue_flags - contexts in which a driver's callbacks may be called
 * @DRM_JOBQUEUE_RUN_INLINE: &drm_jobqueue_ops.run may be called by
 *	drm_jobqueue_job_push(), in the context and with the locks of its
 *	caller. A job that is ready when it is pushed then needs no worker.
 * @DRM_JOBQUEUE_RUN_ANY_CONTEXT: &drm_jobqueue_ops.run may be called in any
 *	context including hard irq, because it only writes the ring and rings a
 *	doorbell. Implies @DRM_JOBQUEUE_RUN_INLINE. Jobs that wait for a
 *	dependency or for credits then run in the interrupt that ends the wait,
 *	also within the completion of a job of another queue. Locks that run()
 *	takes must not be held over drm_jobqueue_complete() and the other
 *	completion functions of any queue.
 * @DRM_JOBQUEUE_FREE_ANY_CONTEXT: &drm_jobqueue_ops.free may be called in any
 *	context including hard irq. Otherwise it is called from a work item,
 *	or by drm_jobqueue_job_put() for a job that was not armed. With this
 *	flag, jobs must not be completed with the lock of a fence held that
 *	run() has returned, and locks that free() takes must not be held over
 *	a push to any queue, nor over a completion function.
 * @DRM_JOBQUEUE_PROPAGATE_ERRORS: a job that depends on a fence with an error
 *	is not run, and its done fence signals with that error. Only fences that
 *	the job waits for count: the latest of each context, and none of the
 *	same queue. Without this flag, errors of dependencies are ignored.
 * @DRM_JOBQUEUE_JOB_TIMES: note when each job enters the ring and gets to its head,
 *	for &drm_jobqueue_job_info, and how long the ring holds jobs, for
 *	&drm_jobqueue_stats.busy_ns. Reads the clock twice or more per job.
 */
enum drm_jobqueue_flags {
	DRM_JOBQUEUE_RUN_INLINE		= BIT(0),
	DRM_JOBQUEUE_RUN_ANY_CONTEXT	= BIT(1),
	DRM_JOBQUEUE_FREE_ANY_CONTEXT	= BIT(2),
	DRM_JOBQUEUE_PROPAGATE_ERRORS	= BIT(3),
	DRM_JOBQUEUE_JOB_TIMES		= BIT(4),
};

/**
 * enum drm_jobqueue_timeout_action - driver's response to a timeout
 * @DRM_JOBQUEUE_TIMEOUT_EXTEND: the job is still making progress; its time
 *	starts anew.
 * @DRM_JOBQUEUE_TIMEOUT_KILL: the driver has stopped the ring. The queue is
 *	killed with -ETIME and the jobs in the ring complete with -ETIME (the
 *	job that timed out) or -ECANCELED (the jobs behind it). If the job
 *	completes while the driver is asked, it keeps its result, and the other
 *	jobs in the ring still complete with -ECANCELED.
 * @DRM_JOBQUEUE_TIMEOUT_RESET: the driver has begun a reset, or another form
 *	of recovery, and will complete the jobs itself. The clock stays suspended
 *	until drm_jobqueue_timeout_resume().
 */
enum drm_jobqueue_timeout_action {
	DRM_JOBQUEUE_TIMEOUT_EXTEND,
	DRM_JOBQUEUE_TIMEOUT_KILL,
	DRM_JOBQUEUE_TIMEOUT_RESET,
};

/**
 * struct drm_jobqueue_ops - driver callbacks of a queue
 */
struct drm_jobqueue_ops {
	/**
	 * @run: Put the job into the ring. Called once per job, and again after a
	 * requeue; for one job at a time per queue, in the order of arming, when
	 * all dependencies have signalled and its credits are charged. Mandatory.
	 *
	 * This is on the fence signalling path: no allocation that can reclaim,
	 * no lock under which others allocate, no wait for a fence. It may
	 * sleep unless the queue has %DRM_JOBQUEUE_RUN_ANY_CONTEXT. The job may
	 * complete before this returns, and stays valid until it has returned.
	 * With %DRM_JOBQUEUE_RUN_ANY_CONTEXT interrupts may be off. Not called
	 * when a gang enters its rings, see drm_jobqueue_gang_init().
	 *
	 * Return: NULL if the driver will call drm_jobqueue_complete() or
	 * drm_jobqueue_job_complete(); a fence, with a reference, if the job is
	 * complete when that fence signals; an ERR_PTR() if the job could not
	 * be written into the ring, which completes it with that error.
	 */
	struct dma_fence *(*run)(struct drm_jobqueue_job *job);

	/**
	 * @free: Free the job, whose last reference was dropped. The queue no
	 * longer refers to it, and &drm_jobqueue_job.queue is still
	 * valid. Called in process context, not on the signalling path, except
	 * with %DRM_JOBQUEUE_FREE_ANY_CONTEXT. Mandatory.
	 */
	void (*free)(struct drm_jobqueue_job *job);

	/**
	 * @timedout: Handle a job that has been at the ring's head for longer
	 * than the queue's timeout. Called in process context, on the group's
	 * timeout workqueue, with a reference to the job, which may complete
	 * during the call. On the signalling path. Mandatory if there is a
	 * timeout.
	 */
	enum drm_jobqueue_timeout_action
		(*timedout)(struct drm_jobqueue_job *job);

	/**
	 * @release: Free the object that embeds the queue. The last reference
	 * was dropped, so there are no jobs. Called in process context, not on
	 * the signalling path. Mandatory.
	 */
	void (*release)(struct drm_jobqueue *queue);

	/**
	 * @native_dep: Decide whether the ring itself can wait for a job of
	 * another queue of the group. If so, the job runs as soon as that one is
	 * in its ring, and @run makes the ring wait for what
	 * drm_jobqueue_next_native() returns. Called when the job, or its gang, is
	 * armed, for up to 32 incomplete dependencies: one per queue, and each job
	 * not armed when it was added. @job has no number yet. Does not sleep, is
	 * on the signalling path. Optional, not with %DRM_JOBQUEUE_PROPAGATE_ERRORS.
	 */
	bool (*native_dep)(struct drm_jobqueue_job *job,
			   const struct drm_jobqueue_native *dep);

	/**
	 * @set_deadline: A waiter wants the job with sequence number @seqno to
	 * be complete by @deadline. Called in atomic context, possibly for a job
	 * that did not run yet, possibly for a queue without references: do not
	 * take one. Optional.
	 */
	void (*set_deadline)(struct drm_jobqueue *queue, u64 seqno,
			     ktime_t deadline);
};

#endif /* _DRM_JOBQUEUE_OPS_H_ */
