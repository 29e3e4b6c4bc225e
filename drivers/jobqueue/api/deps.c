// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Collect the dependencies of a job while it is prepared.
 *
 * Called by drivers before they arm the job; may sleep, may allocate, may fail.
 * Dependencies that need no waiting are left out: signalled fences, earlier jobs
 * of the same queue, all but the latest fence of a context. The job is the
 * caller's alone, so there is no lock. Waiting is in wait.c.
 */

#include <linux/dma-fence-array.h>
#include <linux/dma-fence-chain.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "api/native.h"
#include "base/fence.h"
#include "base/state.h"
#include "engine/wait.h"

/* Bounds the work that one submission can cause. */
#define MAX_DEPS 4096

/* Up to this number of links or fences, a container is flattened. */
#define MAX_FLATTEN 8

/* Bytes of the first chunk of dependencies, and of the largest. */
#define MIN_CHUNK 256U
#define MAX_CHUNK 4096U

/* From this number of dependencies on, they are looked up in a table. */
#define TABLE_FROM 16

/*
 * Whether a fence serves for no other of its context. Chains of one context may
 * have forked, so that no point implies another, and jobs that are not armed have
 * no order yet.
 */
static bool stands_alone(const struct drm_jobqueue_job *job,
			 struct dma_fence *fence)
{
	return dma_fence_is_chain(fence) || drm_jobqueue_is_unarmed(fence);
}

/*
 * All points of a timeline have its context: what stands alone is looked up by its
 * address, or thousands of points would share a bucket.
 */
static struct drm_jobqueue_dep **bucket_of(const struct drm_jobqueue_job *job,
					   struct drm_jobqueue_dep **table,
					   struct dma_fence *fence)
{
	u32 bucket = stands_alone(job, fence) ?
		     hash_ptr(fence, DRM_JOBQUEUE_TABLE_BITS) :
		     hash_64(fence->context, DRM_JOBQUEUE_TABLE_BITS);

	return &table[bucket];
}

static void bucket_add(struct drm_jobqueue_dep **bucket,
		       struct drm_jobqueue_dep *dep)
{
	dep->bucket_next = *bucket;
	*bucket = dep;
}

static int table_create(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep **table;
	struct drm_jobqueue_dep *dep;

	table = kcalloc(DRM_JOBQUEUE_TABLE_SIZE, sizeof(*table),
			GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!table)
		return -ENOMEM;
	drm_jobqueue_dep_begin(&iter, job);
	while ((dep = drm_jobqueue_dep_next(&iter)))
		bucket_add(bucket_of(job, table, dep->fence), dep);
	job->dep_chunks->table = table;
	return 0;
}

/* Add a chunk, twice as large as the one before, up to a page. */
static int grow(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *old = job->dep_chunks, *chunk;
	u32 size = old && old->max ? min(2U * old->size, MAX_CHUNK) : MIN_CHUNK;

	chunk = kmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!chunk)
		return -ENOMEM;
	chunk->next = old;
	chunk->table = old ? old->table : NULL;
	/* Only the newest chunk owns the table: arming may remove chunks. */
	if (old)
		old->table = NULL;
	chunk->size = size;
	chunk->nnatives = 0;
	chunk->n = 0;
	chunk->max = (size - sizeof(*chunk)) / sizeof(chunk->deps[0]);
	job->dep_chunks = chunk;
	return 0;
}

/* Before a dependency is added that needs a chunk or the table. */
static noinline int make_room(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_dep_chunk *chunk = job->dep_chunks;
	int ret = 0;

	if (job->ndeps == MAX_DEPS)
		return -E2BIG;
	if (!chunk || chunk->n == chunk->max)
		ret = grow(job);
	if (!ret && job->ndeps == TABLE_FROM)
		ret = table_create(job);
	return ret;
}

/* @bucket: that of @fence, or NULL if there was no table when it was looked up. */
static __always_inline int append(struct drm_jobqueue_job *job,
				  struct dma_fence *fence,
				  struct drm_jobqueue_dep **bucket)
{
	struct drm_jobqueue_dep_chunk *chunk = job->dep_chunks;
	struct drm_jobqueue_dep *dep;
	u32 n = job->ndeps;
	int ret;

	if (n < DRM_JOBQUEUE_INLINE_DEPS) {
		job->inline_deps[n].fence = dma_fence_get(fence);
	} else {
		if (!chunk || chunk->n == chunk->max || n == TABLE_FROM ||
		    n == MAX_DEPS) {
			ret = make_room(job);
			if (ret)
				return ret;
			chunk = job->dep_chunks;
		}
		dep = &chunk->deps[chunk->n++];
		dep->fence = dma_fence_get(fence);
		if (!bucket && chunk->table)
			bucket = bucket_of(job, chunk->table, fence);
		if (bucket)
			bucket_add(bucket, dep);
	}
	job->ndeps = n + 1;
	job->has_deps = true;
	return 0;
}

/* Whether one dependency serves for both fences: of one context the latest does. */
static bool is_same_dep(const struct drm_jobqueue_dep *dep,
			const struct dma_fence *fence, bool alone)
{
	return dep->fence == fence ||
	       (!alone && dep->fence->context == fence->context);
}

/*
 * Return: the dependency that serves for @fence or an earlier one, or NULL. One
 * that was added before its job was armed may not be found: then there are two.
 * In @bucket, that of the fence, or NULL if there is no table.
 */
static __always_inline struct drm_jobqueue_dep *
find_dep(struct drm_jobqueue_job *job, struct dma_fence *fence,
	 struct drm_jobqueue_dep ***bucket)
{
	bool alone = stands_alone(job, fence);
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep *dep;

	*bucket = NULL;
	if (job->dep_chunks && job->dep_chunks->table) {
		*bucket = bucket_of(job, job->dep_chunks->table, fence);
		dep = **bucket;
		while (dep && !is_same_dep(dep, fence, alone))
			dep = dep->bucket_next;
		return dep;
	}
	drm_jobqueue_dep_begin(&iter, job);
	while ((dep = drm_jobqueue_dep_next(&iter))) {
		if (is_same_dep(dep, fence, alone))
			return dep;
	}
	return NULL;
}

/* Does not consume the reference. */
static int deps_add(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	const struct drm_jobqueue *queue = job->queue;
	struct drm_jobqueue_dep **bucket = NULL;
	struct drm_jobqueue_dep *dep;
	int ret;

	if (fence->context == queue->timeline->context)
		return 0;

	if (dma_fence_is_signaled(fence)) {
		drm_jobqueue_deps_note_error(job, fence);
		return 0;
	}

	dep = job->ndeps ? find_dep(job, fence, &bucket) : NULL;
	if (dep) {
		/* An unarmed job is the latest. */
		if (!drm_jobqueue_is_unarmed(dep->fence) &&
		    dma_fence_is_later(fence, dep->fence)) {
			dma_fence_put(dep->fence);
			dep->fence = dma_fence_get(fence);
		}
		return 0;
	}

	ret = drm_jobqueue_native_add(job, fence);
	return ret <= 0 ? ret : append(job, fence, bucket);
}

/* @fence is not a chain; it may be an array. */
static __always_inline int add_part(struct drm_jobqueue_job *job,
				    struct dma_fence *fence)
{
	struct dma_fence_array *array = to_dma_fence_array(fence);
	unsigned int i;
	int ret;

	/* An array keeps the first error of its fences. */
	if (!array || array->num_fences > MAX_FLATTEN)
		return deps_add(job, fence);
	for (i = 0; i < array->num_fences; i++) {
		ret = deps_add(job, array->fences[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Whether a chain has so many links, signalled or not, that it is kept as one
 * dependency. Then adding it costs the same whatever its length. Links are
 * counted under RCU without references: a stale count does no harm.
 */
static bool is_long_chain(struct dma_fence *fence)
{
	struct dma_fence_chain *chain;
	unsigned int n = 0;

	rcu_read_lock();
	while (fence && n <= MAX_FLATTEN) {
		chain = to_dma_fence_chain(fence);
		fence = chain ? rcu_dereference(chain->prev) : NULL;
		n++;
	}
	rcu_read_unlock();
	return n > MAX_FLATTEN;
}

static int add_chain(struct drm_jobqueue_job *job, struct dma_fence *chain)
{
	struct dma_fence *link;
	int ret;

	/* A chain drops the errors of its links. */
	if (!(job->queue->flags & DRM_JOBQUEUE_PROPAGATE_ERRORS) &&
	    is_long_chain(chain))
		return deps_add(job, chain);

	dma_fence_chain_for_each(link, chain) {
		/* The chain may have any number of links. */
		cond_resched();
		ret = fatal_signal_pending(current) ? -EINTR :
		      add_part(job, dma_fence_chain_contained(link));
		if (ret) {
			/* Leaving the loop early keeps the reference. */
			dma_fence_put(link);
			return ret;
		}
	}
	return 0;
}

/**
 * drm_jobqueue_job_add_dep - make a job wait for a fence
 * @job: a job that is not armed
 * @fence: fence to wait for; may be NULL. The reference is consumed, also on
 *	failure.
 *
 * Fences that have signalled, fences of earlier jobs of the same queue and all
 * but the latest fence of one context are dropped at once, as the job need not
 * wait for them.
 *
 * Short fence chains and arrays (up to 8 fences) are flattened and their fences
 * treated so. Longer ones are one dependency each, whatever their length, and
 * are not offered to &drm_jobqueue_ops.native_dep; the same point counts once,
 * different points of a timeline each, as timelines may fork. With
 * %DRM_JOBQUEUE_PROPAGATE_ERRORS chains of any length are flattened, because a
 * chain drops the errors of its links.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM, -E2BIG above 4,096 dependencies, -EINVAL if the job is
 * armed, -EINTR if the task is being killed while a chain is flattened. After a
 * failure the job can only be dropped.
 */
int drm_jobqueue_job_add_dep(struct drm_jobqueue_job *job,
			     struct dma_fence *fence)
{
	int ret;

	if (!fence)
		return 0;

	if (drm_jobqueue_misuse(job->queue,
				job->state != DRM_JOBQUEUE_JOB_INIT,
				"dependency of an armed job"))
		ret = -EINVAL;
	else if (dma_fence_is_chain(fence))
		ret = add_chain(job, fence);
	else
		ret = add_part(job, fence);

	dma_fence_put(fence);
	return ret;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_dep);

/**
 * drm_jobqueue_job_add_syncobj_dep - make a job wait for a sync object
 * @job: a job that is not armed
 * @file: file that the handle belongs to
 * @handle: handle of the sync object
 * @point: timeline point, 0 for a binary sync object
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if the handle does not exist, -EINVAL if it has no fence
 * at that point, or as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_syncobj_dep(struct drm_jobqueue_job *job,
				     struct drm_file *file, u32 handle,
				     u64 point)
{
	struct dma_fence *fence;
	int ret;

	ret = drm_syncobj_find_fence(file, handle, point, 0, &fence);
	if (ret)
		return ret;

	return drm_jobqueue_job_add_dep(job, fence);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_syncobj_dep);

/**
 * drm_jobqueue_job_add_resv_deps - make a job wait for a reservation object
 * @job: a job that is not armed
 * @resv: reservation object, locked by the caller
 * @usage: class of fences to wait for, see &enum dma_resv_usage
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_resv_deps(struct drm_jobqueue_job *job,
				   struct dma_resv *resv,
				   enum dma_resv_usage usage)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	int ret;

	dma_resv_assert_held(resv);

	dma_resv_for_each_fence(&cursor, resv, usage, fence) {
		ret = drm_jobqueue_job_add_dep(job, dma_fence_get(fence));
		if (ret)
			return ret;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_resv_deps);

/**
 * drm_jobqueue_job_add_gem_deps - add the dependencies of implicit sync
 * @job: a job that is not armed
 * @obj: GEM object, its reservation locked by the caller
 * @write: whether the job writes to the object
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep().
 */
int drm_jobqueue_job_add_gem_deps(struct drm_jobqueue_job *job,
				  struct drm_gem_object *obj, bool write)
{
	return drm_jobqueue_job_add_resv_deps(job, obj->resv,
					      dma_resv_usage_rw(write));
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_gem_deps);

/**
 * drm_jobqueue_job_add_job_dep - make a job wait for a job without a fence yet
 * @job: a job that is not armed
 * @prereq: another job, of any queue, that is armed before @job
 *
 * For drivers that submit several jobs at once, some of which wait for others:
 * everything that can fail is done for all jobs before the first is armed. If
 * @prereq is dropped without being armed, so must be @job.
 *
 * If @job is armed first after all, it cannot wait for @prereq; if both are of
 * the same queue, that would be a deadlock. @job is then not run, and its fence
 * signals with -EINVAL.
 *
 * Context: process context, may sleep.
 * Return: as drm_jobqueue_job_add_dep(); -EINVAL if both jobs are the same.
 */
int drm_jobqueue_job_add_job_dep(struct drm_jobqueue_job *job,
				 struct drm_jobqueue_job *prereq)
{
	struct dma_fence *fence = &prereq->fence->base;
	struct drm_jobqueue_dep **bucket;
	struct drm_jobqueue_dep *dep;
	int ret;

	if (drm_jobqueue_misuse(job->queue,
				job->state != DRM_JOBQUEUE_JOB_INIT,
				"dependency of an armed job"))
		return -EINVAL;

	if (prereq == job)
		return -EINVAL;

	if (fence->seqno)
		return deps_add(job, fence);

	/* Also for a job of the same queue: arm checks which one comes first. */
	job->unarmed_deps = true;
	dep = find_dep(job, fence, &bucket);
	/* If it has just been armed, this can be an earlier job of its queue. */
	if (dep && dep->fence == fence)
		return 0;
	ret = drm_jobqueue_native_add(job, fence);
	return ret <= 0 ? ret : append(job, fence, bucket);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_job_add_job_dep);
