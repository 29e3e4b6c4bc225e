// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Gangs, as drivers see them: made of prepared jobs, armed, pushed.
 *
 * Called by drivers. All members are armed in one section under a lock of the group,
 * so that any two gangs have the same order in each queue that both use. Other jobs
 * with dependencies do not come between the members (job.c). That is why nothing waits
 * for itself: see `Gangs` in Documentation/jobqueue.rst. How gangs enter their rings is
 * in engine/gang.c.
 */

#include <linux/export.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue_gang.h>

#include "api/job.h"
#include "base/state.h"
#include "engine/gang.h"

/* Whether @jobs may form a gang. */
static bool is_valid(struct drm_jobqueue_gang_job **jobs, unsigned int n)
{
	unsigned int i, k;

	if (n < 2 || n > DRM_JOBQUEUE_GANG_MAX)
		return false;
	for (i = 0; i < n; i++) {
		struct drm_jobqueue_job *job = &jobs[i]->base;

		if (job->state != DRM_JOBQUEUE_JOB_INIT || job->gang ||
		    job->queue->group != jobs[0]->base.queue->group)
			return false;
		/* The function may sleep, with the run tokens of all queues. */
		if (job->queue->flags & ~jobs[0]->base.queue->flags &
		    DRM_JOBQUEUE_RUN_ANY_CONTEXT)
			return false;
		for (k = 0; k < i; k++) {
			if (jobs[k]->base.queue == job->queue)
				return false;
		}
	}
	return true;
}

/**
 * drm_jobqueue_gang_init - make prepared jobs a gang
 * @jobs: jobs of different queues of one group, that were initialised by
 *	drm_jobqueue_job_init() and are not armed
 * @n: number of jobs, 2 to %DRM_JOBQUEUE_GANG_MAX
 * @run: function that puts them into their rings
 *
 * The jobs will enter their rings together or not at all: see `Gangs` in the
 * manual. The first job's queue runs the gang; it must have
 * %DRM_JOBQUEUE_RUN_ANY_CONTEXT if another one has.
 *
 * From here on the jobs are armed and pushed by drm_jobqueue_gang_arm() and
 * drm_jobqueue_gang_push() only; other functions apply to each job as before.
 * Dependencies may still be added, but none on another member. A gang that is not
 * armed ends when all of its jobs are dropped with drm_jobqueue_job_put().
 *
 * Context: process context, may sleep.
 * Return: 0, -EINVAL if the jobs cannot form a gang, -ENOMEM. On failure the jobs
 * are as before.
 */
int drm_jobqueue_gang_init(struct drm_jobqueue_gang_job **jobs, unsigned int n,
			   drm_jobqueue_gang_run_t run)
{
	struct drm_jobqueue_gang *gang;
	unsigned int i;

	if (!run || !is_valid(jobs, n))
		return -EINVAL;
	gang = kzalloc(struct_size(gang, members, n), GFP_KERNEL_ACCOUNT);
	if (!gang)
		return -ENOMEM;
	spin_lock_init(&gang->lock);
	gang->missing = n - 1;
	gang->left = n;
	gang->n = n;
	gang->run = run;
	for (i = 0; i < n; i++) {
		struct drm_jobqueue_gang_job *member = jobs[i];

		gang->members[i] = member;
		member->gang = gang;
		member->index = i;
		member->ready = false;
		member->base.gang = true;
		/* Have arm look for dependencies on other members. */
		member->base.unarmed_deps = true;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_gang_init);

/**
 * drm_jobqueue_gang_next - iterate over the members of a gang
 * @job: a member
 *
 * ::
 *
 *	for (job = first; job; job = drm_jobqueue_gang_next(job))
 *		...
 *
 * Context: any, from drm_jobqueue_gang_init() until the gang is pushed, and within
 * the gang's run function.
 * Return: the next member in the order of drm_jobqueue_gang_init(), or NULL.
 */
struct drm_jobqueue_gang_job *
drm_jobqueue_gang_next(const struct drm_jobqueue_gang_job *job)
{
	const struct drm_jobqueue_gang *gang = job->gang;

	return job->index + 1 < gang->n ? gang->members[job->index + 1] : NULL;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_gang_next);

static bool is_whole(struct drm_jobqueue_gang_job *first)
{
	return first->base.gang && !first->index &&
	       first->base.state == DRM_JOBQUEUE_JOB_INIT &&
	       first->gang->left == first->gang->n;
}

/**
 * drm_jobqueue_gang_arm - commit to the jobs of a gang
 * @first: first job of the gang
 *
 * Arms all jobs, as drm_jobqueue_job_arm() does for one. Their fences are those of
 * drm_jobqueue_job_fence(). If a job depends on another member, none is run, as with
 * a job that is armed before its prerequisite: their fences signal with -EINVAL.
 *
 * Context: any but hard irq; does not sleep.
 */
void drm_jobqueue_gang_arm(struct drm_jobqueue_gang_job *first)
{
	spinlock_t *arm_lock = &first->base.queue->group->arm_lock;
	struct drm_jobqueue_gang_job *job;
	unsigned long flags;

	if (drm_jobqueue_misuse(first->base.queue, !is_whole(first),
				"gang armed that is not whole, or twice"))
		return;

	/* None has a number yet, so what depends on another one is found. */
	for (job = first; job; job = drm_jobqueue_gang_next(job)) {
		/* The others' are nested in that of the first, see push. */
		job->base.cookie = dma_fence_begin_signalling();
		drm_jobqueue_job_prepare_arm(&job->base);
	}

	spin_lock_irqsave(arm_lock, flags);
	for (job = first; job; job = drm_jobqueue_gang_next(job))
		drm_jobqueue_job_enqueue(&job->base);
	spin_unlock_irqrestore(arm_lock, flags);

	for (job = first; job; job = drm_jobqueue_gang_next(job))
		drm_jobqueue_job_trace_arm(&job->base);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_gang_arm);

/**
 * drm_jobqueue_gang_push - make the jobs of an armed gang runnable
 * @first: first job of the gang; the queues take over the caller's references to
 *	all jobs
 *
 * Context: that of drm_jobqueue_gang_arm(). Sleeps only if one of the queues has
 * %DRM_JOBQUEUE_RUN_INLINE and what runs its jobs sleeps: &drm_jobqueue_ops.run, or
 * the function of a gang of which it is the first queue.
 */
void drm_jobqueue_gang_push(struct drm_jobqueue_gang_job *first)
{
	const struct drm_jobqueue_gang *gang = first->gang;
	u32 i;

	if (drm_jobqueue_misuse(first->base.queue,
				first->base.state != DRM_JOBQUEUE_JOB_ARMED,
				"gang pushed that is not armed"))
		return;
	/*
	 * The first one last: it finds the others ready, its push ends the section
	 * that arm has begun, and until then it keeps the gang.
	 */
	for (i = gang->n; i--; )
		drm_jobqueue_job_push(&gang->members[i]->base);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_gang_push);

/**
 * drm_jobqueue_gang_abort - push an armed gang without running it
 * @first: first job of the gang; the queues take over the caller's references to
 *	all jobs
 * @error: negative errno for the fences; 0 for -ECANCELED
 *
 * As drm_jobqueue_job_abort() for all jobs.
 *
 * Context: that of drm_jobqueue_gang_arm().
 */
void drm_jobqueue_gang_abort(struct drm_jobqueue_gang_job *first, int error)
{
	struct drm_jobqueue_gang_job *job;

	if (drm_jobqueue_misuse(first->base.queue,
				first->base.state != DRM_JOBQUEUE_JOB_ARMED,
				"gang aborted that is not armed"))
		return;
	error = drm_jobqueue_check_error(first->base.queue, error) ?: -ECANCELED;
	/* Before the first push: then jobs that are skipped set the others' error. */
	for (job = first; job; job = drm_jobqueue_gang_next(job)) {
		job->base.skip = true;
		job->base.error = error;
	}
	drm_jobqueue_gang_push(first);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_gang_abort);
