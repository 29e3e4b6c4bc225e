// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Back end: nothing. A fence, the interrupt that signals it, and the waiter: no
 * queue could take fewer instructions.
 */

#include <linux/slab.h>

#include "bench.h"

struct floor_job {
	struct dma_fence fence;
	/* Of the fence. */
	spinlock_t lock;
	struct floor_queue *queue;
	struct bench_job job;
};

struct floor_queue {
	struct bench_queue base;
	u64 context;
	u64 seqno;
	struct floor_job *ring[BENCH_CREDITS];
};

static struct kmem_cache *jobs;

static const char *floor_name(struct dma_fence *fence)
{
	return "bench";
}

static void floor_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(jobs, container_of(rcu, struct floor_job, fence.rcu));
}

static void floor_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, floor_free_rcu);
	bench_job_freed();
}

static const struct dma_fence_ops floor_fence_ops = {
	.get_driver_name = floor_name,
	.get_timeline_name = floor_name,
	.release = floor_release,
};

static void floor_complete(struct bench_hw *hw, u64 first, u64 last)
{
	struct floor_queue *queue =
		container_of(hw, struct floor_queue, base.hw);

	for (; first <= last; first++) {
		struct dma_fence *fence =
			&queue->ring[first % BENCH_CREDITS]->fence;

		dma_fence_signal(fence);
		dma_fence_put(fence);
	}
}

static int floor_start(const struct bench_backend *be)
{
	jobs = KMEM_CACHE(floor_job, 0);
	return jobs ? 0 : -ENOMEM;
}

static void floor_stop(const struct bench_backend *be)
{
	rcu_barrier();
	kmem_cache_destroy(jobs);
}

static struct bench_queue *floor_queue_create(const struct bench_backend *be)
{
	struct floor_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	if (!queue)
		return NULL;
	bench_hw_init(&queue->base.hw, floor_complete);
	queue->context = dma_fence_context_alloc(1);
	return &queue->base;
}

static void floor_queue_destroy(struct bench_queue *queue)
{
	kfree(container_of(queue, struct floor_queue, base));
}

static struct bench_job *floor_job_create(struct bench_queue *base)
{
	struct floor_queue *queue =
		container_of(base, struct floor_queue, base);
	struct floor_job *job = kmem_cache_alloc(jobs, GFP_KERNEL);

	if (!job)
		return NULL;
	job->queue = queue;
	job->job.stamp = NULL;
	return &job->job;
}

static struct dma_fence *floor_job_arm(struct bench_job *base)
{
	struct floor_job *job = container_of(base, struct floor_job, job);
	struct floor_queue *queue = job->queue;

	spin_lock_init(&job->lock);
	dma_fence_init(&job->fence, &floor_fence_ops, &job->lock,
		       queue->context, ++queue->seqno);
	return &job->fence;
}

static void floor_job_push(struct bench_job *base)
{
	struct floor_job *job = container_of(base, struct floor_job, job);
	struct floor_queue *queue = job->queue;
	u64 seqno = job->fence.seqno;

	bench_stamp_run(base);
	queue->ring[seqno % BENCH_CREDITS] = job;
	bench_hw_doorbell(&queue->base.hw, seqno);
}

const struct bench_backend bench_floor = {
	.name = "floor",
	.floor = true,
	.start = floor_start,
	.stop = floor_stop,
	.queue_create = floor_queue_create,
	.queue_destroy = floor_queue_destroy,
	.job_create = floor_job_create,
	.job_arm = floor_job_arm,
	.job_push = floor_job_push,
};
