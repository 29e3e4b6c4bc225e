// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Back end "floor": a fence, the interrupt that signals it, and the waiter,
 * without a queue. A job can have one dependency, whose callback rings the
 * doorbell directly or from a work item. This is the lower bound of the cost of
 * any queue, or of any queue with a worker.
 */

#include <linux/slab.h>

#include "../drivers/compat/workqueue.h"
#include "bench.h"

#define FLOOR_WORKER BIT(0)

/* Allocated for jobs that wait; freed when the doorbell was rung. */
struct floor_dep {
	struct dma_fence *fence;
	struct dma_fence_cb cb;
	struct work_struct work;
	struct floor_job *job;
};

struct floor_job {
	struct dma_fence fence;
	/* Lock of the fence. */
	spinlock_t lock;
	struct floor_queue *queue;
	struct floor_dep *dep;
	struct bench_job job;
};

struct floor_queue {
	struct bench_queue base;
	u64 context;
	u64 seqno;
	bool worker;
	struct floor_job *ring[BENCH_CREDITS];
};

static struct kmem_cache *jobs;
static struct workqueue_struct *worker;

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
	if (!jobs)
		return -ENOMEM;
	worker = alloc_workqueue("bench-floor", WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	if (!worker)
		kmem_cache_destroy(jobs);
	return worker ? 0 : -ENOMEM;
}

static void floor_stop(const struct bench_backend *be)
{
	destroy_workqueue(worker);
	rcu_barrier();
	kmem_cache_destroy(jobs);
}

/* The ring has BENCH_CREDITS slots in all cases of this back end. */
static struct bench_queue *floor_queue_create(const struct bench_backend *be,
					      unsigned int credits)
{
	struct floor_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	if (!queue)
		return NULL;
	bench_hw_init(&queue->base.hw, floor_complete);
	queue->context = dma_fence_context_alloc(1);
	queue->worker = be->flags & FLOOR_WORKER;
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
	job->dep = NULL;
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

static void floor_run(struct floor_job *job)
{
	struct floor_queue *queue = job->queue;
	u64 seqno = job->fence.seqno;

	bench_stamp_run(&job->job);
	queue->ring[seqno % BENCH_CREDITS] = job;
	bench_hw_doorbell(&queue->base.hw, seqno);
}

static void floor_dep_over(struct floor_dep *dep)
{
	struct floor_job *job = dep->job;

	dma_fence_put(dep->fence);
	kfree(dep);
	floor_run(job);
}

static void floor_work(struct work_struct *work)
{
	floor_dep_over(container_of(work, struct floor_dep, work));
}

static void floor_dep_signalled(struct dma_fence *fence,
				struct dma_fence_cb *cb)
{
	struct floor_dep *dep = container_of(cb, struct floor_dep, cb);

	if (dep->job->queue->worker)
		queue_work(worker, &dep->work);
	else
		floor_dep_over(dep);
}

static int floor_job_add_dep(struct bench_job *base, struct dma_fence *fence)
{
	struct floor_job *job = container_of(base, struct floor_job, job);
	struct floor_dep *dep = kmalloc(sizeof(*dep), GFP_KERNEL);

	if (!dep) {
		dma_fence_put(fence);
		return -ENOMEM;
	}
	INIT_WORK(&dep->work, floor_work);
	dep->fence = fence;
	dep->job = job;
	job->dep = dep;
	return 0;
}

static void floor_job_push(struct bench_job *base)
{
	struct floor_job *job = container_of(base, struct floor_job, job);
	struct floor_dep *dep = job->dep;

	if (!dep)
		floor_run(job);
	else if (dma_fence_add_callback(dep->fence, &dep->cb,
					floor_dep_signalled))
		floor_dep_over(dep);
}

#define FLOOR_BACKEND(backend_name, backend_flags) {	\
	.name = backend_name,				\
	.flags = backend_flags,				\
	.floor = true,					\
	.serial = true,					\
	.start = floor_start,				\
	.stop = floor_stop,				\
	.queue_create = floor_queue_create,		\
	.queue_destroy = floor_queue_destroy,		\
	.job_create = floor_job_create,			\
	.job_add_dep = floor_job_add_dep,		\
	.job_arm = floor_job_arm,			\
	.job_push = floor_job_push,			\
}

const struct bench_backend bench_floor = FLOOR_BACKEND("floor", 0);

const struct bench_backend bench_floor_worker =
	FLOOR_BACKEND("floor_worker", FLOOR_WORKER);
