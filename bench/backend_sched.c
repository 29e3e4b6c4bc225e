// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Back ends: drm_gpu_scheduler, as drivers of firmware-scheduled GPUs use it:
 * one scheduler with one entity per ring, and a hardware fence per job that is
 * allocated with the job and signalled by the interrupt. Once with the
 * workqueues that the schedulers allocate, and once with one shared per-CPU
 * workqueue, which gives its best figures.
 */

#include <linux/slab.h>

#include <drm/gpu_scheduler.h>

#include "../drivers/compat/workqueue.h"
#include "bench.h"

/* All rings share a workqueue; otherwise each scheduler allocates its own. */
#define SHARED_WQ BIT(0)

struct sched_job {
	struct drm_sched_job base;
	struct dma_fence *hw_fence;
	struct bench_job job;
};

struct sched_queue {
	struct bench_queue base;
	struct drm_gpu_scheduler sched;
	struct drm_sched_entity entity;
	/* Lock of the hardware fences. */
	spinlock_t lock;
	u64 context;
	u64 seqno;
	unsigned int slots;
	struct dma_fence *ring[] __counted_by(slots);
};

static struct workqueue_struct *wq;
static struct kmem_cache *jobs;

static struct sched_job *to_sched_job(struct drm_sched_job *job)
{
	return container_of(job, struct sched_job, base);
}

static struct sched_queue *to_sched_queue(struct bench_queue *queue)
{
	return container_of(queue, struct sched_queue, base);
}

static const char *hw_fence_name(struct dma_fence *fence)
{
	return "bench";
}

/* Without a release operation, the fence is freed by kfree_rcu(). */
static const struct dma_fence_ops hw_fence_ops = {
	.get_driver_name = hw_fence_name,
	.get_timeline_name = hw_fence_name,
};

static struct dma_fence *sched_run(struct drm_sched_job *base)
{
	struct sched_job *job = to_sched_job(base);
	struct sched_queue *queue =
		container_of(base->sched, struct sched_queue, sched);
	u64 seqno = ++queue->seqno;

	bench_stamp_run(&job->job);
	dma_fence_init(job->hw_fence, &hw_fence_ops, &queue->lock,
		       queue->context, seqno);
	dma_fence_get(job->hw_fence);
	queue->ring[seqno % queue->slots] = job->hw_fence;
	bench_hw_doorbell(&queue->base.hw, seqno);
	return job->hw_fence;
}

static void sched_free(struct drm_sched_job *base)
{
	struct sched_job *job = to_sched_job(base);

	drm_sched_job_cleanup(base);
	if (job->hw_fence->ops)
		dma_fence_put(job->hw_fence);
	else
		kfree(job->hw_fence);
	kmem_cache_free(jobs, job);
	bench_job_freed();
}

static enum drm_gpu_sched_stat sched_timedout(struct drm_sched_job *job)
{
	return DRM_GPU_SCHED_STAT_NOMINAL;
}

static const struct drm_sched_backend_ops sched_ops = {
	.run_job = sched_run,
	.timedout_job = sched_timedout,
	.free_job = sched_free,
};

static void sched_complete(struct bench_hw *hw, u64 first, u64 last)
{
	struct sched_queue *queue =
		container_of(hw, struct sched_queue, base.hw);

	for (; first <= last; first++)
		dma_fence_signal(queue->ring[first % queue->slots]);
}

static int sched_start(const struct bench_backend *be)
{
	jobs = KMEM_CACHE(sched_job, 0);
	if (!jobs)
		return -ENOMEM;
	wq = alloc_workqueue("bench-sched", WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	if (!wq) {
		kmem_cache_destroy(jobs);
		return -ENOMEM;
	}
	return 0;
}

static void sched_stop(const struct bench_backend *be)
{
	destroy_workqueue(wq);
	kmem_cache_destroy(jobs);
}

static struct bench_queue *sched_queue_create(const struct bench_backend *be,
					      unsigned int credits)
{
	const struct drm_sched_init_args args = {
		.ops = &sched_ops,
		.submit_wq = be->flags & SHARED_WQ ? wq : NULL,
		.num_rqs = 1,
		.credit_limit = credits,
		.timeout = MAX_SCHEDULE_TIMEOUT,
		.name = "bench",
	};
	struct sched_queue *queue = kzalloc(struct_size(queue, ring, credits),
					    GFP_KERNEL);
	struct drm_gpu_scheduler *sched;

	if (!queue)
		return NULL;
	queue->slots = credits;
	bench_hw_init(&queue->base.hw, sched_complete);
	spin_lock_init(&queue->lock);
	queue->context = dma_fence_context_alloc(1);
	sched = &queue->sched;
	if (drm_sched_init(sched, &args))
		goto err_free;
	if (drm_sched_entity_init(&queue->entity, 0, &sched, 1, NULL))
		goto err_fini;
	return &queue->base;

err_fini:
	drm_sched_fini(sched);
err_free:
	kfree(queue);
	return NULL;
}

static void sched_queue_destroy(struct bench_queue *base)
{
	struct sched_queue *queue = to_sched_queue(base);

	drm_sched_entity_destroy(&queue->entity);
	drm_sched_fini(&queue->sched);
	kfree(queue);
}

static struct bench_job *sched_job_create(struct bench_queue *queue)
{
	struct sched_job *job = kmem_cache_alloc(jobs, GFP_KERNEL);

	if (!job)
		return NULL;
	job->hw_fence = kzalloc(sizeof(*job->hw_fence), GFP_KERNEL);
	if (!job->hw_fence)
		goto err_job;
	if (drm_sched_job_init(&job->base, &to_sched_queue(queue)->entity, 1,
			       NULL, 0))
		goto err_fence;
	job->job.stamp = NULL;
	return &job->job;

err_fence:
	kfree(job->hw_fence);
err_job:
	kmem_cache_free(jobs, job);
	return NULL;
}

static int sched_job_add_dep(struct bench_job *job, struct dma_fence *fence)
{
	return drm_sched_job_add_dependency(&container_of(job, struct sched_job,
							  job)->base, fence);
}

static struct dma_fence *sched_job_arm(struct bench_job *job)
{
	struct drm_sched_job *base =
		&container_of(job, struct sched_job, job)->base;

	drm_sched_job_arm(base);
	return &base->s_fence->finished;
}

static void sched_job_push(struct bench_job *job)
{
	drm_sched_entity_push_job(&container_of(job, struct sched_job,
						job)->base);
}

static void sched_kill(struct bench_queue *base)
{
	struct sched_queue *queue = to_sched_queue(base);
	struct bench_hw *hw = &base->hw;

	drm_sched_entity_fini(&queue->entity);
	while (hw->done < hw->submitted) {
		struct dma_fence *fence =
			queue->ring[++hw->done % queue->slots];

		dma_fence_set_error(fence, -ECANCELED);
		dma_fence_signal(fence);
	}
}

static void sched_settle(struct bench_queue *queue)
{
	flush_workqueue(to_sched_queue(queue)->sched.submit_wq);
}

const struct bench_backend bench_sched = {
	.name = "drm_gpu_scheduler",
	.serial = true,
	.start = sched_start,
	.stop = sched_stop,
	.queue_create = sched_queue_create,
	.queue_destroy = sched_queue_destroy,
	.job_create = sched_job_create,
	.job_add_dep = sched_job_add_dep,
	.job_arm = sched_job_arm,
	.job_push = sched_job_push,
	.kill = sched_kill,
	.settle = sched_settle,
};

const struct bench_backend bench_sched_shared = {
	.name = "drm_gpu_scheduler_shared",
	.flags = SHARED_WQ,
	.serial = true,
	.start = sched_start,
	.stop = sched_stop,
	.queue_create = sched_queue_create,
	.queue_destroy = sched_queue_destroy,
	.job_create = sched_job_create,
	.job_add_dep = sched_job_add_dep,
	.job_arm = sched_job_arm,
	.job_push = sched_job_push,
	.kill = sched_kill,
	.settle = sched_settle,
};
