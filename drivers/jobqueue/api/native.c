// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Dependencies for rings, as drivers see them: collected while a job is prepared,
 * and listed when it runs.
 *
 * Called by deps.c for each dependency of a queue whose driver has native_dep(),
 * and by drivers. What is on the done fence of another queue of the group is kept
 * apart from other dependencies, in a chunk of its own that stays until the job
 * is freed. The offer, and the waiting, are in engine/native.c.
 */

#include <linux/export.h>
#include <linux/slab.h>

#include "api/native.h"
#include "base/fence.h"
#include "engine/native.h"

/* Bounds the work on them with the queue's lock held. */
#define MAX_NATIVES 32

/* Entries of the first chunk. */
#define MIN_NATIVES 4

/* Return: the chunk with room for one more, or NULL. */
static struct drm_jobqueue_dep_chunk *make_room(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk **link = &job->dep_chunks, *chunk;
	u32 n, max;

	/* It is the last one. */
	while (*link && (*link)->max)
		link = &(*link)->next;
	n = *link ? (*link)->nnatives : 0;
	max = n ? 2 * n : MIN_NATIVES;
	/* Powers of 2: it is full when it has doubled. */
	if (n && (n < MIN_NATIVES || n & (n - 1)))
		return *link;

	chunk = krealloc(*link, struct_size(chunk, natives, max),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!chunk)
		return NULL;
	chunk->next = NULL;
	chunk->table = NULL;
	chunk->size = struct_size(chunk, natives, max);
	chunk->nnatives = n;
	chunk->n = 0;
	chunk->max = 0;
	*link = chunk;
	return chunk;
}

/*
 * Of one context the latest serves for all. An unarmed job serves for itself only: it
 * may have predecessors that are not in the queue yet. Return: whether there is one.
 */
static bool replace(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	struct drm_jobqueue_dep_chunk *chunk = drm_jobqueue_natives(job);
	u32 i;

	for (i = 0; chunk && i < chunk->nnatives; i++) {
		struct drm_jobqueue_native *dep = &chunk->natives[i];

		if (fence->seqno ? dep->fence->context != fence->context :
				   dep->fence != fence)
			continue;
		/* A fence without a number is of an unarmed job: the latest. */
		if (dep->fence->seqno &&
		    dma_fence_is_later(fence, dep->fence)) {
			dma_fence_put(dep->fence);
			dep->fence = dma_fence_get(fence);
		}
		return true;
	}
	return false;
}

/*
 * Keep a dependency to be offered to the driver. Does not consume the reference.
 *
 * Context: may sleep. Return: 0, 1 if the driver cannot be offered it, -ENOMEM.
 */
int drm_jobqueue_native_add(struct drm_jobqueue_job *job,
			    struct dma_fence *fence)
{
	struct drm_jobqueue_dep_chunk *chunk;
	struct drm_jobqueue *prereq;

	if (!job->queue->ops->native_dep ||
	    fence->context == job->fence->base.context)
		return 1;
	if (replace(job, fence))
		return 0;
	chunk = drm_jobqueue_natives(job);
	if (chunk && chunk->nnatives == MAX_NATIVES)
		return 1;

	prereq = drm_jobqueue_queue_of_fence(fence);
	if (!prereq)
		return 1;
	if (prereq->group != job->queue->group) {
		drm_jobqueue_put(prereq);
		return 1;
	}
	chunk = make_room(job);
	if (!chunk) {
		drm_jobqueue_put(prereq);
		return -ENOMEM;
	}
	chunk->natives[chunk->nnatives++] = (struct drm_jobqueue_native) {
		.queue = prereq,
		.fence = dma_fence_get(fence),
	};
	job->has_deps = true;
	return 0;
}

/**
 * drm_jobqueue_next_native - iterate over what the ring has to wait for
 * @job: a job that was passed to &drm_jobqueue_ops.run or
 *	&drm_jobqueue_ops.timedout, or whose reference the caller has after that
 * @prev: what the previous call has returned, NULL to begin
 *
 * ::
 *
 *	const struct drm_jobqueue_native *dep = NULL;
 *
 *	while ((dep = drm_jobqueue_next_native(job, dep)))
 *		my_ring_wait(ring, my_word(dep->queue), dep->fence->seqno);
 *
 * Returns the dependencies that &drm_jobqueue_ops.native_dep has accepted and
 * that have not signalled. In run(), and in the function of a gang of which the job
 * is a member, each of them is in its ring or has been:
 * that ring, or the driver in its place, will report the number. Queue and fence
 * stay until the job is freed.
 *
 * Context: any.
 * Return: the next dependency, or NULL.
 */
const struct drm_jobqueue_native *
drm_jobqueue_next_native(struct drm_jobqueue_job *job,
			 const struct drm_jobqueue_native *prev)
{
	const struct drm_jobqueue_dep_chunk *chunk;
	const struct drm_jobqueue_native *dep;

	/* The queue may just have found that all have signalled. */
	if (!data_race((bool)job->native))
		return NULL;
	chunk = drm_jobqueue_natives(job);
	for (dep = prev ? prev + 1 : chunk->natives;
	     dep < chunk->natives + chunk->nnatives; dep++) {
		if (dep->accepted && !dma_fence_is_signaled(dep->fence))
			return dep;
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_next_native);

/**
 * drm_jobqueue_from_fence - get the queue of a done fence
 * @fence: any fence
 *
 * The job is identified by the fence's seqno, see drm_jobqueue_job_seqno(). The
 * queue may be that of another driver: compare its group.
 *
 * Context: any.
 * Return: the queue, with a reference; NULL if @fence is none of drm_jobqueue, or
 * has signalled and its queue has ended. Where signalled fences forget their
 * operations (Linux 7.2 and later), NULL for each of these.
 */
struct drm_jobqueue *drm_jobqueue_from_fence(struct dma_fence *fence)
{
	return drm_jobqueue_queue_of_fence(fence);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_from_fence);

/**
 * drm_jobqueue_submitted - get the number of the last job that was submitted
 * @queue: the queue
 *
 * A job is submitted when &drm_jobqueue_ops.run has returned for it, or when it
 * is skipped. Jobs are submitted in order; drm_jobqueue_requeue() takes it back.
 *
 * Context: any.
 * Return: its sequence number, 0 if there is none.
 */
u64 drm_jobqueue_submitted(struct drm_jobqueue *queue)
{
	/* Pairs with the release of the context that has submitted it. */
	return smp_load_acquire(&queue->submitted);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_submitted);
