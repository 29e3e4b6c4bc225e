// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Wait for the dependencies of a job, without blocking.
 *
 * A job waits for all its dependencies at once from the moment it is pushed:
 * one counter, one wake-up. A callback counts down and, at zero, kicks the
 * queue. It may run in hard-irq context, with a lock held that this code does
 * not know, so it does nothing else.
 *
 * Called by arm and push to begin, by the drain to drop what was waited for.
 * Takes no lock of the queue. Never allocates: what it needs was allocated when
 * the dependencies were added (deps.c).
 */

#include <linux/slab.h>

#include "engine/defer.h"
#include "base/state.h"
#include "engine/wait.h"

/* Keep the first error of a dependency if the queue propagates errors. */
void drm_jobqueue_deps_note_error(struct drm_jobqueue_job *job,
				  struct dma_fence *fence)
{
	if (job->queue->flags & DRM_JOBQUEUE_PROPAGATE_ERRORS && fence->error)
		cmpxchg(&job->error, 0, (s16)fence->error);
}

/* Whether the dependency is on a job that is armed after this one. */
bool drm_jobqueue_is_armed_later(struct drm_jobqueue_job *job,
				 struct dma_fence *fence)
{
	if (!drm_jobqueue_is_unarmed(fence))
		return false;
	/* On the same queue the order of arm calls may depend on user space. */
	drm_jobqueue_misuse(job->queue,
			    fence->context != job->fence->base.context,
			    "job armed before its prerequisite");
	return true;
}

/* Put @dep's fence and move the last dependency to its place. */
static void remove_dep(struct drm_jobqueue_job *job,
		       struct drm_jobqueue_dep *dep)
{
	struct drm_jobqueue_dep_chunk *chunk = job->dep_chunks;

	dma_fence_put(dep->fence);
	job->ndeps--;
	if (!chunk || !chunk->max) {
		dep->fence = job->inline_deps[job->ndeps].fence;
		return;
	}
	dep->fence = chunk->deps[--chunk->n].fence;
	if (!chunk->n) {
		job->dep_chunks = chunk->next;
		kfree(chunk);
	}
}

/* Remove a dependency that must not be waited for. */
static void check_dep(struct drm_jobqueue_job *job,
		      struct drm_jobqueue_dep *dep)
{
	if (drm_jobqueue_is_armed_later(job, dep->fence)) {
		job->skip = true;
		job->error = -EINVAL;
		remove_dep(job, dep);
	} else if (dep->fence->context == job->fence->base.context) {
		remove_dep(job, dep);
	}
}

/*
 * Check all dependencies once, the last one first: what takes the place of a
 * removed one was checked before.
 */
static void check_deps(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk, *next;
	u32 i;

	for (chunk = job->dep_chunks; chunk; chunk = next) {
		next = chunk->next;
		/* The removal of the first entry may free the chunk. */
		for (i = chunk->n; i--; )
			check_dep(job, &chunk->deps[i]);
	}
	for (i = min_t(u32, job->ndeps, DRM_JOBQUEUE_INLINE_DEPS); i--; )
		check_dep(job, &job->inline_deps[i]);
}

/*
 * Drop the dependencies for which the order of the queue suffices, and those
 * that cannot be waited for, because their job is not armed: then this job
 * fails. Also end the use of the table of contexts, whose links share memory
 * with the callbacks. Context: that of arm.
 */
void drm_jobqueue_deps_check(struct drm_jobqueue_job *job)
{
	if (job->dep_chunks) {
		kfree(job->dep_chunks->table);
		job->dep_chunks->table = NULL;
	}
	if (job->unarmed_deps)
		check_deps(job);
}

static void dep_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct drm_jobqueue_dep *dep =
		container_of(cb, struct drm_jobqueue_dep, cb);
	struct drm_jobqueue_job *job = dep->job;
	struct drm_jobqueue *queue = job->queue;

	drm_jobqueue_deps_note_error(job, fence);
	/*
	 * After the last decrement the job may run and be freed at once. The
	 * queue stays: drm_jobqueue_deps_attach() took a reference for this.
	 */
	if (atomic_dec_and_test(&job->pending))
		drm_jobqueue_kick_by_dep(queue, job);
}

static __always_inline void attach(struct drm_jobqueue_job *job,
				   struct drm_jobqueue_dep *dep)
{
	dep->job = job;
	if (dma_fence_add_callback(dep->fence, &dep->cb, dep_signalled)) {
		drm_jobqueue_deps_note_error(job, dep->fence);
		atomic_dec(&job->pending);
	}
}

/*
 * Begin to wait. The counter is left one too high, so that no callback can be
 * the last before the caller has made the job runnable. The caller takes that
 * one away and, if it was the last, puts the queue.
 *
 * Context: that of drm_jobqueue_job_push(). Signalling path.
 */
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep *dep;
	u32 i;

	drm_jobqueue_get(job->queue);
	atomic_set(&job->pending, job->ndeps + 1);
	if (likely(!job->dep_chunks)) {
		for (i = 0; i < job->ndeps; i++)
			attach(job, &job->inline_deps[i]);
		return;
	}
	drm_jobqueue_dep_begin(&iter, job);
	while ((dep = drm_jobqueue_dep_next(&iter)))
		attach(job, dep);
}

/*
 * Release the dependencies in the job itself, whose storage the hardware fence
 * reuses. Context: any, while no callback is pending.
 */
void drm_jobqueue_deps_drop_inline(struct drm_jobqueue_job *job)
{
	u32 i, n = min_t(u32, job->ndeps, DRM_JOBQUEUE_INLINE_DEPS);

	for (i = 0; i < n; i++)
		dma_fence_put(job->inline_deps[i].fence);
	job->ndeps = 0;
}

/*
 * Release the dependencies but for those that the ring waits for. Context: any,
 * while no callback is pending.
 */
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk **link = &job->dep_chunks, *chunk;

	drm_jobqueue_deps_drop_inline(job);
	/* That of an armed job stays where it is, see native.h. */
	if (*link && !(*link)->max)
		link = &(*link)->next;
	chunk = *link;
	if (chunk)
		kfree(chunk->table);
	while (chunk && chunk->max) {
		struct drm_jobqueue_dep_chunk *next = chunk->next;

		while (chunk->n)
			dma_fence_put(chunk->deps[--chunk->n].fence);
		kfree(chunk);
		chunk = next;
	}
	*link = chunk;
}
