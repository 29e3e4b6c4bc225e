/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_WAIT_H_
#define _DRM_JOBQUEUE_WAIT_H_

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/stddef.h>

#include <drm/drm_jobqueue.h>

#include "base/fence.h"

/* Lists of the table in which many dependencies are looked up. */
#define DRM_JOBQUEUE_TABLE_BITS 8
#define DRM_JOBQUEUE_TABLE_SIZE BIT(DRM_JOBQUEUE_TABLE_BITS)

/**
 * struct drm_jobqueue_dep_chunk - storage of dependencies
 *
 * One slab object of 256 bytes to 4 KiB. Chunks do not move, because callbacks
 * are embedded in dependencies, and are freed in the context in which the job
 * runs or ends, which excludes vmalloc(). The last one may hold dependencies for
 * rings instead: see native.h.
 */
struct drm_jobqueue_dep_chunk {
	/** @next: Older chunk. */
	struct drm_jobqueue_dep_chunk *next;
	/**
	 * @table: Hash table of the dependencies, if there are many and the job
	 * is not armed. Valid in the newest chunk.
	 */
	struct drm_jobqueue_dep **table;
	/** @size: Size of the chunk in bytes. */
	u16 size;
	/** @nnatives: Used entries of @natives. */
	u16 nnatives;
	/** @n: Used entries of @deps. */
	u16 n;
	/** @max: Entries of @deps; 0 for a chunk that has @natives. */
	u16 max;
	union {
		/** @deps: Dependencies that the job waits for. */
		DECLARE_FLEX_ARRAY(struct drm_jobqueue_dep, deps);
		/** @natives: Dependencies that were offered to the driver. */
		DECLARE_FLEX_ARRAY(struct drm_jobqueue_native, natives);
	};
};

/* Position in the dependencies of a job. */
struct drm_jobqueue_dep_iter {
	struct drm_jobqueue_dep *dep, *end;
	struct drm_jobqueue_dep_chunk *chunk;
};

static inline struct drm_jobqueue_dep *
drm_jobqueue_dep_next(struct drm_jobqueue_dep_iter *iter)
{
	while (iter->dep == iter->end) {
		if (!iter->chunk)
			return NULL;
		iter->dep = iter->chunk->deps;
		iter->end = iter->dep + iter->chunk->n;
		iter->chunk = iter->chunk->next;
	}
	return iter->dep++;
}

static inline void drm_jobqueue_dep_begin(struct drm_jobqueue_dep_iter *iter,
					  struct drm_jobqueue_job *job)
{
	iter->dep = job->inline_deps;
	iter->end = iter->dep + min_t(u32, job->ndeps, DRM_JOBQUEUE_INLINE_DEPS);
	iter->chunk = job->dep_chunks;
}

void drm_jobqueue_deps_note_error(struct drm_jobqueue_job *job,
				  struct dma_fence *fence);
/*
 * Whether the fence is that of a job which is not armed yet. Timelines of others
 * may begin with 0.
 */
static inline bool
drm_jobqueue_is_unarmed(const struct dma_fence *fence)
{
	/* A fence that is being armed has other operations before it has a number. */
	return !fence->seqno && drm_jobqueue_is_fence(fence);
}

bool drm_jobqueue_is_armed_later(struct drm_jobqueue_job *job,
				 struct dma_fence *fence);
void drm_jobqueue_deps_check(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_attach(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_drop(struct drm_jobqueue_job *job);
void drm_jobqueue_deps_drop_inline(struct drm_jobqueue_job *job);

/* Whether drm_jobqueue_deps_drop() has anything to release. */
static inline bool drm_jobqueue_has_deps(const struct drm_jobqueue_job *job)
{
	return job->ndeps || job->dep_chunks;
}

/* Dependencies that are put when the job runs; more are left to the reaper. */
#define DRM_JOBQUEUE_MAX_PUTS 32

/* Release the dependencies of a job that is about to run. */
static inline void drm_jobqueue_deps_end(struct drm_jobqueue_job *job)
{
	if (!job->ndeps)
		return;
	/* Thousands of fences are too many for an interrupt: see reap.c. */
	if (!job->dep_chunks || job->ndeps > DRM_JOBQUEUE_MAX_PUTS)
		drm_jobqueue_deps_drop_inline(job);
	else
		drm_jobqueue_deps_drop(job);
}

#endif /* _DRM_JOBQUEUE_WAIT_H_ */
