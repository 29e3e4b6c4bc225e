// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The life of a job up to the point where the queue may run it, and its end.
 */

#include <linux/export.h>

#include "internal.h"
#include "trace.h"

/**
 * drm_jobqueue_job_init - prepare a job
 * @job: the job, embedded in the driver's; need not be zeroed
 * @queue: the queue to run it on; the job takes a reference
 * @credits: room that it takes in the ring, 0 for none
 * @client_id: &drm_file.client_id of whom it is for, for traces; 0 for nobody
 *
 * Everything that the rest of the job's life needs is allocated here, and for
 * more than two dependencies when they are added.
 *
 * On success the caller has one reference to the job, to be passed on with
 * drm_jobqueue_job_push() or given up with drm_jobqueue_job_put().
 *
 * Context: process context, may sleep.
 * Return: 0, -E2BIG if the job can never fit into the ring, -ENOMEM. On failure
 * the job is as if nothing had been done to it.
 */
int drm_jobqueue_job_init(struct drm_jobqueue_job *job,
			  struct drm_jobqueue *queue, u32 credits,
			  u64 client_id)
{
	struct drm_jobqueue_fence *fence;

	if (credits > queue->credits)
		return -E2BIG;

	fence = drm_jobqueue_fence_alloc(queue->timeline);
	if (!fence)
		return -ENOMEM;

	job->queue = drm_jobqueue_get(queue);
	job->fence = fence;
	job->client_id = client_id;
	kref_init(&job->ref);
	atomic_set(&job->pending, 0);
	job->credits = credits;
	job->error = 0;
	job->state = DRM_JOBQUEUE_JOB_INIT;
	job->skip = false;
	job->hw_fence = false;
	job->cookie = false;
	job->ndeps = 0;
	job->max_deps = DRM_JOBQUEUE_INLINE_DEPS;
	job->deps = job->inline_deps;
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_init);

static void append(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	lockdep_assert_held(&queue->lock);

	job->next = NULL;
	if (queue->head)
		queue->tail->next = job;
	else
		queue->head = job;
	queue->tail = job;
	if (!queue->next)
		WRITE_ONCE(queue->next, job);
}

/**
 * drm_jobqueue_job_arm - the point of no return
 * @job: a prepared job
 *
 * Gives the job its sequence number, its done fence and its place in the
 * queue. The fence may be published. From here until
 * drm_jobqueue_job_push() or drm_jobqueue_job_abort(), which must be called by
 * the same task and soon, the caller is on the signalling path.
 *
 * Context: any but hard irq; does not sleep.
 * Return: the done fence; the reference stays with the job, which is the
 * caller's until it is pushed.
 */
struct dma_fence *drm_jobqueue_job_arm(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;
	unsigned long flags;

	if (drm_jobqueue_misuse(queue, job->state != DRM_JOBQUEUE_JOB_INIT,
				"job armed twice"))
		return &job->fence->base;

	job->cookie = dma_fence_begin_signalling();
	if (job->ndeps)
		drm_jobqueue_deps_check(job);

	spin_lock_irqsave(&queue->lock, flags);
	job->fence->base.seqno = ++queue->seqno;
	job->state = DRM_JOBQUEUE_JOB_ARMED;
	append(queue, job);
	queue->stats.armed++;
	spin_unlock_irqrestore(&queue->lock, flags);

	trace_drm_jobqueue_job_arm(job);
	if (trace_drm_jobqueue_job_dep_enabled()) {
		u32 i;

		for (i = 0; i < job->ndeps; i++)
			trace_drm_jobqueue_job_dep(job, job->deps[i].fence);
	}
	return &job->fence->base;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_arm);

/* Both ways out of being armed. */
static void push(struct drm_jobqueue_job *job, int error)
{
	struct drm_jobqueue *queue = job->queue;
	bool arm_cookie = job->cookie;
	bool waits = job->ndeps;
	bool put = false;
	unsigned long flags;
	bool cookie;

	if (drm_jobqueue_misuse(queue, job->state != DRM_JOBQUEUE_JOB_ARMED,
				"job pushed that is not armed"))
		return;

	/* Of several jobs armed, the first that is pushed ends its arming. */
	cookie = dma_fence_begin_signalling();
	/* The job's own may go with the job. */
	drm_jobqueue_get(queue);
	if (error) {
		job->skip = true;
		job->error = error;
	}
	if (waits)
		drm_jobqueue_deps_attach(job);

	spin_lock_irqsave(&queue->lock, flags);
	job->state = DRM_JOBQUEUE_JOB_PUSHED;
	if (waits)
		put = atomic_dec_and_test(&job->pending);
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_PUSH, flags);

	dma_fence_end_signalling(cookie);
	dma_fence_end_signalling(arm_cookie);
	if (put)
		drm_jobqueue_put(queue);
	drm_jobqueue_put(queue);
}

/**
 * drm_jobqueue_job_push - let an armed job run
 * @job: an armed job; the caller's reference is handed over to the queue
 *
 * If the job is ready and the queue allows it (see &enum drm_jobqueue_flags),
 * it is run before this returns, and others that are ready with it.
 *
 * Context: that of drm_jobqueue_job_arm(). Sleeps only if the driver's run
 * does and the queue has %DRM_JOBQUEUE_RUN_INLINE.
 */
void drm_jobqueue_job_push(struct drm_jobqueue_job *job)
{
	push(job, 0);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_push);

/**
 * drm_jobqueue_job_abort - push an armed job that shall not run
 * @job: an armed job; the caller's reference is handed over to the queue
 * @error: negative errno that its fence is to signal with; 0 for -ECANCELED
 *
 * The job takes its way through the queue, so its fence signals after its
 * dependencies and its predecessors, but it is not run.
 *
 * Context: that of drm_jobqueue_job_arm().
 */
void drm_jobqueue_job_abort(struct drm_jobqueue_job *job, int error)
{
	push(job, drm_jobqueue_check_error(job->queue, error) ?: -ECANCELED);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_abort);

/**
 * drm_jobqueue_job_complete - the hardware is done with a job
 * @job: a job that was given to &drm_jobqueue_ops.run; the caller must know
 *	that it is still there
 * @error: 0 or a negative errno
 *
 * The job's fence signals when those of all its predecessors have. Completing
 * it again changes nothing.
 *
 * Context: any, also inside run. Not with a lock that
 * &drm_jobqueue_ops.run takes, if the queue has
 * %DRM_JOBQUEUE_RUN_ANY_CONTEXT.
 */
void drm_jobqueue_job_complete(struct drm_jobqueue_job *job, int error)
{
	struct drm_jobqueue *queue = job->queue;
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;
	u8 state;

	error = drm_jobqueue_check_error(queue, error);
	/* The caller's reference may be one that goes with completion. */
	drm_jobqueue_get(queue);

	spin_lock_irqsave(&queue->lock, flags);
	state = job->state;
	if (state == DRM_JOBQUEUE_JOB_RUNNING &&
	    !drm_jobqueue_is_complete(job)) {
		job->state = DRM_JOBQUEUE_JOB_DONE;
		job->error = error;
	}
	drm_jobqueue_progress(queue, DRM_JOBQUEUE_IN_IRQ, flags);

	drm_jobqueue_misuse(queue, state < DRM_JOBQUEUE_JOB_RUNNING,
			    "job completed that is not running");
	drm_jobqueue_put(queue);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_complete);

/* Give back all that a job has. */
static void job_free(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;

	if (job->hw_fence)
		drm_jobqueue_forget_hw_fence(job);
	if (drm_jobqueue_has_deps(job))
		drm_jobqueue_deps_drop(job);
	dma_fence_put(&job->fence->base);
	job->fence = NULL;
	queue->ops->free(job);
	drm_jobqueue_put(queue);
}

/* For drm_jobqueue_job_put(). */
void drm_jobqueue_job_last_put(struct kref *ref)
{
	struct drm_jobqueue_job *job =
		container_of(ref, struct drm_jobqueue_job, ref);
	struct drm_jobqueue *queue = job->queue;

	if (drm_jobqueue_misuse(queue,
				job->state != DRM_JOBQUEUE_JOB_INIT &&
				job->state != DRM_JOBQUEUE_JOB_RETIRED,
				"last reference to a job on its way dropped"))
		kref_init(&job->ref);
	else if (job->state == DRM_JOBQUEUE_JOB_INIT ||
		 queue->flags & DRM_JOBQUEUE_FREE_ANY_CONTEXT)
		job_free(job);
	else
		drm_jobqueue_queue_reap(job);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_last_put);

/* Free the jobs whose last reference went where they could not be freed. */
void drm_jobqueue_job_reap(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_job *job, *next;
	struct llist_node *list;

	list = llist_reverse_order(llist_del_all(&queue->reap));
	llist_for_each_entry_safe(job, next, list, reap_link)
		job_free(job);
}

/**
 * drm_jobqueue_job_fence - the done fence of a job
 * @job: an armed job, to which the caller has a reference
 *
 * Context: any.
 * Return: the fence; the reference stays with the job.
 */
struct dma_fence *drm_jobqueue_job_fence(struct drm_jobqueue_job *job)
{
	return &job->fence->base;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_fence);

/**
 * drm_jobqueue_job_seqno - the sequence number of a job
 * @job: an armed job, to which the caller has a reference
 *
 * Sequence numbers of a queue start at 1 and have no holes.
 *
 * Context: any.
 * Return: the sequence number, as drm_jobqueue_complete() takes it; 0 if the
 * job was not armed.
 */
u64 drm_jobqueue_job_seqno(struct drm_jobqueue_job *job)
{
	return drm_jobqueue_seqno_of(job);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_seqno);
