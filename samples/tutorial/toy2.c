// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A toy driver, second step: a ring, its queue, and jobs. */

#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "toy_hw.h"

struct toy_ring {
	struct drm_jobqueue queue;
	struct toy_hw hw;
};

struct toy_job {
	struct drm_jobqueue_job base;
	u32 command;
};

static struct drm_jobqueue_group toy_group;
static struct toy_ring *toy_ring;

static struct toy_ring *to_ring(struct drm_jobqueue *queue)
{
	return container_of(queue, struct toy_ring, queue);
}

static struct toy_job *to_job(struct drm_jobqueue_job *job)
{
	return container_of(job, struct toy_job, base);
}

/* All dependencies have signalled, and the ring has space. */
static struct dma_fence *toy_run(struct drm_jobqueue_job *job)
{
	toy_hw_write(&to_ring(job->queue)->hw, to_job(job)->command,
		     drm_jobqueue_job_seqno(job));
	return NULL;
}

static void toy_interrupt(struct toy_hw *hw)
{
	struct toy_ring *ring = container_of(hw, struct toy_ring, hw);

	drm_jobqueue_complete_u32(&ring->queue, READ_ONCE(hw->done), 0);
}

static void toy_free(struct drm_jobqueue_job *job)
{
	kfree(to_job(job));
}

static void toy_release(struct drm_jobqueue *queue)
{
	toy_hw_reset(&to_ring(queue)->hw);
	kfree(to_ring(queue));
}

static const struct drm_jobqueue_ops toy_ops = {
	.run = toy_run,
	.free = toy_free,
	.release = toy_release,
};

static struct toy_ring *toy_ring_create(struct drm_jobqueue_group *group)
{
	const struct drm_jobqueue_args args = {
		.group = group,
		.ops = &toy_ops,
		.name = "ring0",
		.credits = TOY_HW_ENTRIES,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	};
	struct toy_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	int ret;

	if (!ring)
		return ERR_PTR(-ENOMEM);
	toy_hw_init(&ring->hw, toy_interrupt);
	ret = drm_jobqueue_init(&ring->queue, &args);
	if (ret) {
		kfree(ring);
		return ERR_PTR(ret);
	}
	return ring;
}

/* Return: the fence of a job, with a reference, or an error. */
static struct dma_fence *toy_submit(struct toy_ring *ring, u32 command)
{
	struct toy_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	struct dma_fence *fence;
	int ret;

	if (!job)
		return ERR_PTR(-ENOMEM);
	job->command = command;
	ret = drm_jobqueue_job_init(&job->base, &ring->queue, 1, 0);
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}

	/* Nothing below fails or allocates. */
	fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_push(&job->base);
	return fence;
}

static int toy_try(void)
{
	struct dma_fence *fence;
	int i, ret;

	for (i = 0; i < 100; i++) {
		fence = toy_submit(toy_ring, TOY_NOP);
		if (IS_ERR(fence))
			return PTR_ERR(fence);
		if (i < 99)
			dma_fence_put(fence);
	}
	dma_fence_wait(fence, false);
	ret = fence->error;
	dma_fence_put(fence);
	pr_info("toy: 100 jobs have run: %d\n", ret);
	return ret;
}

static int __init toy_init(void)
{
	const struct drm_jobqueue_group_args args = { .name = "toy" };
	int ret;

	ret = drm_jobqueue_group_init(&toy_group, &args);
	if (ret)
		return ret;
	toy_ring = toy_ring_create(&toy_group);
	if (IS_ERR(toy_ring)) {
		ret = PTR_ERR(toy_ring);
		goto err_group;
	}
	ret = toy_try();
	if (ret)
		goto err_ring;
	return 0;

err_ring:
	drm_jobqueue_put(&toy_ring->queue);
err_group:
	drm_jobqueue_group_fini(&toy_group);
	return ret;
}
module_init(toy_init);

static void __exit toy_exit(void)
{
	drm_jobqueue_put(&toy_ring->queue);
	/* Waits until all jobs are freed and all queues are released. */
	drm_jobqueue_group_fini(&toy_group);
}
module_exit(toy_exit);

MODULE_DESCRIPTION("A toy driver for drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
