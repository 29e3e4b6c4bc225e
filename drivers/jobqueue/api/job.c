// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A job until the queue may run it: init, arm, push or abort.
 *
 * Called by drivers. Everything that can fail is in init (and in deps.c);
 * arming gives the job its sequence number and its place in the queue in one
 * locked section, so that run order is sequence order whatever order jobs are
 * pushed in. From arm on, the caller is on the signalling path. The end of a
 * job is in reap.c.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include "api/job.h"
#include "engine/drain.h"
#include "base/fence.h"
#include "base/state.h"
#include "base/trace.h"
#include "engine/native.h"
#include "engine/wait.h"

/* Return: whether the limit of jobs leaves space for another one. */
static bool take_space(struct drm_jobqueue *queue)
{
	int n;

	if (!queue->max_jobs)
		return true;
	/* The number never exceeds the limit, since waiters read it. */
	n = atomic_read(&queue->njobs);
	do {
		if ((u32)n >= queue->max_jobs)
			return false;
	} while (!atomic_try_cmpxchg(&queue->njobs, &n, n + 1));
	return true;
}

/**
 * drm_jobqueue_job_init - prepare a job
 * @job: job embedded in the driver's job object; need not be zeroed
 * @queue: queue to run the job on; the job takes a reference
 * @credits: space that the job needs in the ring; may be 0
 * @client_id: &drm_file.client_id of the submitter, for traces; 0 for the
 *	kernel
 *
 * Everything that the rest of the job's life needs is allocated here, except
 * storage for more than two dependencies, which is allocated when they are
 * added.
 *
 * On success the caller has one reference to the job. It passes it on with
 * drm_jobqueue_job_push() or drops it with drm_jobqueue_job_put().
 *
 * Context: process context, may sleep.
 * Return: 0, -E2BIG if the job can never fit into the ring, -EAGAIN if the queue
 * has &drm_jobqueue_args.max_jobs jobs that did not retire (see
 * drm_jobqueue_wait_space()), -ENOMEM. On failure the job holds no references
 * and no memory.
 */
int drm_jobqueue_job_init(struct drm_jobqueue_job *job,
			  struct drm_jobqueue *queue, u32 credits,
			  u64 client_id)
{
	struct drm_jobqueue_fence *fence;

	if (credits > READ_ONCE(queue->credits))
		return -E2BIG;

	if (!take_space(queue))
		return -EAGAIN;

	fence = drm_jobqueue_fence_alloc(queue->timeline);
	if (!fence) {
		drm_jobqueue_release_space(queue);
		return -ENOMEM;
	}

	job->queue = drm_jobqueue_get(queue);
	job->fence = fence;
	job->client_id = client_id;
	kref_init(&job->ref);
	atomic_set(&job->pending, 0);
	job->credits = credits;
	job->pushed = 0;
	job->error = 0;
	job->ndeps = 0;
	job->state = DRM_JOBQUEUE_JOB_INIT;
	job->skip = false;
	job->hw_fence = false;
	job->unarmed_deps = false;
	job->has_deps = false;
	job->cookie = false;
	job->native = false;
	job->gang = false;
	job->dep_chunks = NULL;
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

static void trace_deps(struct drm_jobqueue_job *job)
{
	const struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep *dep;
	unsigned int i;

	drm_jobqueue_dep_begin(&iter, job);
	while ((dep = drm_jobqueue_dep_next(&iter)))
		trace_drm_jobqueue_job_dep(job, dep->fence);
	for (i = 0; chunk && i < chunk->nnatives; i++)
		trace_drm_jobqueue_job_dep(job, chunk->natives[i].fence);
}

/* Before a job is armed. Context: that of arm. */
void drm_jobqueue_job_prepare_arm(struct drm_jobqueue_job *job)
{
	drm_jobqueue_deps_check(job);
	drm_jobqueue_natives_offer(job);
}

/* Give a job its number and its place in the queue. */
static __always_inline void enqueue(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;
	unsigned long flags;

	if (COMPAT_DMA_FENCE_DETACHES)
		drm_jobqueue_fence_disown(job->fence);
	spin_lock_irqsave(&queue->lock, flags);
	job->fence->base.seqno = ++queue->seqno;
	job->state = DRM_JOBQUEUE_JOB_ARMED;
	append(queue, job);
	queue->stats.armed++;
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* The same for a member of a gang. */
void drm_jobqueue_job_enqueue(struct drm_jobqueue_job *job)
{
	enqueue(job);
}

void drm_jobqueue_job_trace_arm(struct drm_jobqueue_job *job)
{
	trace_drm_jobqueue_job_arm(job);
	if (trace_drm_jobqueue_job_dep_enabled())
		trace_deps(job);
}

/*
 * A job with dependencies comes behind all members of a gang that is being armed.
 * Otherwise it could be before one of them and depend on a job that is behind another
 * one: then the gang would wait for itself.
 *
 * What the job depends on was armed before. So if that is behind a member, this reads
 * that the lock is taken, or finds all members in their queues.
 */
static void wait_for_gang(struct drm_jobqueue_group *group)
{
	unsigned long flags;

	/*
	 * Not before the load by which the caller knows that the dependency is
	 * armed. Pairs with the unlock of the queue in which a member is in front of
	 * it: the group's lock was taken before that.
	 */
	smp_rmb();
	if (likely(!spin_is_locked(&group->arm_lock))) {
		/* Pairs with the release of the lock. */
		smp_acquire__after_ctrl_dep();
		return;
	}
	spin_lock_irqsave(&group->arm_lock, flags);
	spin_unlock_irqrestore(&group->arm_lock, flags);
}

/* A member that is armed by itself would wait for the others for ever. */
static void check_gang(struct drm_jobqueue_job *job)
{
	if (drm_jobqueue_misuse(job->queue, job->gang,
				"member of a gang armed by itself")) {
		job->skip = true;
		job->error = -EINVAL;
	}
}

/**
 * drm_jobqueue_job_arm - commit to a job
 * @job: a prepared job
 *
 * Assigns the job's sequence number and its place in the queue, and makes its
 * done fence valid, which may now be published. From here until
 * drm_jobqueue_job_push() or drm_jobqueue_job_abort(), which the same task must
 * call soon, the caller is on the signalling path.
 *
 * Context: any but hard irq; does not sleep.
 * Return: the done fence. The job keeps the reference to it; the job is the
 * caller's until it is pushed.
 */
struct dma_fence *drm_jobqueue_job_arm(struct drm_jobqueue_job *job)
{
	if (drm_jobqueue_misuse(job->queue, job->state != DRM_JOBQUEUE_JOB_INIT,
				"job armed twice"))
		return &job->fence->base;

	job->cookie = dma_fence_begin_signalling();
	if (job->unarmed_deps || job->has_deps) {
		if (job->unarmed_deps || job->dep_chunks) {
			check_gang(job);
			drm_jobqueue_job_prepare_arm(job);
		}
		wait_for_gang(job->queue->group);
	}
	enqueue(job);

	trace_drm_jobqueue_job_arm(job);
	if (trace_drm_jobqueue_job_dep_enabled())
		trace_deps(job);
	return &job->fence->base;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_arm);

/* Make an armed job runnable, or skip it with an error. */
static __always_inline void push(struct drm_jobqueue_job *job, int error)
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

	/* With several armed jobs, the first push ends the section of its arm. */
	cookie = dma_fence_begin_signalling();
	/* The job's own reference may drop with the job. */
	drm_jobqueue_get(queue);
	if (error) {
		job->skip = true;
		job->error = error;
	}
	if (waits)
		drm_jobqueue_deps_attach(job);

	spin_lock_irqsave(&queue->lock, flags);
	job->pushed = jiffies;
	job->state = DRM_JOBQUEUE_JOB_PUSHED;
	if (waits)
		put = atomic_dec_and_test(&job->pending);
	drm_jobqueue_progress_push(queue, flags);

	dma_fence_end_signalling(cookie);
	dma_fence_end_signalling(arm_cookie);
	if (put)
		drm_jobqueue_put(queue);
	drm_jobqueue_put(queue);
}

/**
 * drm_jobqueue_job_push - make an armed job runnable
 * @job: an armed job; the queue takes over the caller's reference
 *
 * If the job is ready and the queue allows it (see &enum drm_jobqueue_flags),
 * it runs before this returns, together with other ready jobs of the queue.
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
 * drm_jobqueue_job_abort - push an armed job without running it
 * @job: an armed job; the queue takes over the caller's reference
 * @error: negative errno for its fence; 0 for -ECANCELED
 *
 * The job goes through the queue like any other, so its fence signals after its
 * dependencies and its predecessors, but &drm_jobqueue_ops.run is not called.
 *
 * Context: that of drm_jobqueue_job_arm().
 */
void drm_jobqueue_job_abort(struct drm_jobqueue_job *job, int error)
{
	push(job, drm_jobqueue_check_error(job->queue, error) ?: -ECANCELED);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_abort);

/**
 * drm_jobqueue_job_fence - get the done fence of a job
 * @job: an armed job, to which the caller has a reference
 *
 * Context: any.
 * Return: the fence, without a reference of its own.
 */
struct dma_fence *drm_jobqueue_job_fence(struct drm_jobqueue_job *job)
{
	return &job->fence->base;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_fence);

/**
 * drm_jobqueue_job_seqno - get the sequence number of a job
 * @job: an armed job, to which the caller has a reference
 *
 * Sequence numbers of a queue start at 1 and have no holes.
 *
 * Context: any.
 * Return: the sequence number to pass to drm_jobqueue_complete(); 0 if the job
 * is not armed.
 */
u64 drm_jobqueue_job_seqno(struct drm_jobqueue_job *job)
{
	return drm_jobqueue_seqno_of(job);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_seqno);
