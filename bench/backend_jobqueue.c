// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Back ends: drm_jobqueue with the combinations of flags that drivers use.
 */

#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "bench.h"

struct jq_job {
	struct drm_jobqueue_job base;
	struct bench_job job;
};

struct jq_queue {
	struct bench_queue base;
	struct drm_jobqueue jq;
};

static struct drm_jobqueue_group group;
static struct kmem_cache *jobs;

static struct jq_job *to_jq_job(struct drm_jobqueue_job *job)
{
	return container_of(job, struct jq_job, base);
}

static struct jq_queue *to_jq_queue(struct bench_queue *queue)
{
	return container_of(queue, struct jq_queue, base);
}

static struct dma_fence *jq_run(struct drm_jobqueue_job *base)
{
	struct jq_job *job = to_jq_job(base);
	struct jq_queue *queue =
		container_of(base->queue, struct jq_queue, jq);

	bench_stamp_run(&job->job);
	bench_hw_doorbell(&queue->base.hw, drm_jobqueue_job_seqno(base));
	return NULL;
}

static void jq_free(struct drm_jobqueue_job *base)
{
	kmem_cache_free(jobs, to_jq_job(base));
	bench_job_freed();
}

static void jq_release(struct drm_jobqueue *jq)
{
	kfree(container_of(jq, struct jq_queue, jq));
}

static const struct drm_jobqueue_ops jq_ops = {
	.run = jq_run,
	.free = jq_free,
	.release = jq_release,
};

static void jq_complete(struct bench_hw *hw, u64 first, u64 last)
{
	struct jq_queue *queue = container_of(hw, struct jq_queue, base.hw);

	drm_jobqueue_complete(&queue->jq, last, 0);
}

static int jq_start(const struct bench_backend *be)
{
	const struct drm_jobqueue_group_args args = { .name = "bench" };
	int ret;

	jobs = KMEM_CACHE(jq_job, 0);
	if (!jobs)
		return -ENOMEM;
	ret = drm_jobqueue_group_init(&group, &args);
	if (ret)
		kmem_cache_destroy(jobs);
	return ret;
}

static void jq_stop(const struct bench_backend *be)
{
	drm_jobqueue_group_fini(&group);
	kmem_cache_destroy(jobs);
}

static struct bench_queue *jq_queue_create(const struct bench_backend *be,
					   unsigned int credits)
{
	const struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &jq_ops,
		.name = "bench",
		.credits = credits,
		.flags = be->flags,
	};
	struct jq_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	if (!queue)
		return NULL;
	bench_hw_init(&queue->base.hw, jq_complete);
	if (drm_jobqueue_init(&queue->jq, &args)) {
		kfree(queue);
		return NULL;
	}
	return &queue->base;
}

static void jq_queue_destroy(struct bench_queue *queue)
{
	drm_jobqueue_put(&to_jq_queue(queue)->jq);
}

static struct bench_job *jq_job_create(struct bench_queue *queue)
{
	struct jq_job *job = kmem_cache_alloc(jobs, GFP_KERNEL);

	if (!job)
		return NULL;
	if (drm_jobqueue_job_init(&job->base, &to_jq_queue(queue)->jq, 1, 0)) {
		kmem_cache_free(jobs, job);
		return NULL;
	}
	job->job.stamp = NULL;
	return &job->job;
}

static int jq_job_add_dep(struct bench_job *job, struct dma_fence *fence)
{
	return drm_jobqueue_job_add_dep(&container_of(job, struct jq_job,
						      job)->base, fence);
}

static struct dma_fence *jq_job_arm(struct bench_job *job)
{
	return drm_jobqueue_job_arm(&container_of(job, struct jq_job,
						  job)->base);
}

static void jq_job_push(struct bench_job *job)
{
	drm_jobqueue_job_push(&container_of(job, struct jq_job, job)->base);
}

static void jq_kill(struct bench_queue *queue)
{
	struct drm_jobqueue *jq = &to_jq_queue(queue)->jq;

	drm_jobqueue_kill(jq, -ECANCELED);
	drm_jobqueue_complete_all(jq, -ECANCELED);
}

static void jq_complete_all(struct bench_queue *queue)
{
	drm_jobqueue_complete_all(&to_jq_queue(queue)->jq, -EIO);
}

static void jq_requeue(struct bench_queue *queue)
{
	struct drm_jobqueue *jq = &to_jq_queue(queue)->jq;

	drm_jobqueue_stop(jq);
	drm_jobqueue_requeue(jq);
	drm_jobqueue_start(jq);
}

#define JQ_BACKEND(backend_name, backend_flags) {	\
	.name = backend_name,				\
	.flags = backend_flags,				\
	.start = jq_start,				\
	.stop = jq_stop,				\
	.queue_create = jq_queue_create,		\
	.queue_destroy = jq_queue_destroy,		\
	.job_create = jq_job_create,			\
	.job_add_dep = jq_job_add_dep,			\
	.job_arm = jq_job_arm,				\
	.job_push = jq_job_push,			\
	.kill = jq_kill,				\
	.complete_all = jq_complete_all,		\
	.requeue = jq_requeue,				\
}

const struct bench_backend bench_jobqueue =
	JQ_BACKEND("drm_jobqueue", DRM_JOBQUEUE_RUN_INLINE);

const struct bench_backend bench_jobqueue_worker =
	JQ_BACKEND("drm_jobqueue_worker", 0);

const struct bench_backend bench_jobqueue_any =
	JQ_BACKEND("drm_jobqueue_any", DRM_JOBQUEUE_RUN_ANY_CONTEXT |
				       DRM_JOBQUEUE_FREE_ANY_CONTEXT);
