// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A toy driver, third step: jobs that hang, and a reset. */

#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "toy_hw.h"

static unsigned int toy_timeout_ms = 1000;
module_param_named(timeout_ms, toy_timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "Time limit of a job, in ms (1000)");

struct toy_ring {
	struct drm_jobqueue queue;
	struct toy_hw hw;
	struct work_struct reset_work;
	/* Reason of the reset; has a reference to the queue, as each job. */
	struct drm_jobqueue_job *late;
};

struct toy_job {
	struct drm_jobqueue_job base;
	u32 command;
};

static struct workqueue_struct *toy_reset_wq;
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

/* The job at the head of the ring is late. */
static enum drm_jobqueue_timeout_action toy_timedout(struct drm_jobqueue_job *job)
{
	struct toy_ring *ring = to_ring(job->queue);

	ring->late = drm_jobqueue_job_get(job);
	queue_work(toy_reset_wq, &ring->reset_work);
	return DRM_JOBQUEUE_TIMEOUT_RESET;
}

/* On the signalling path, as toy_run() is: it must not allocate, or wait for a fence. */
static void toy_reset(struct work_struct *work)
{
	struct toy_ring *ring = container_of(work, struct toy_ring, reset_work);
	struct drm_jobqueue *queue = &ring->queue;

	drm_jobqueue_stop(queue);
	toy_hw_reset(&ring->hw);

	/* No effect if it has completed since. */
	drm_jobqueue_job_complete(ring->late, -ETIME);
	/* The jobs behind it are innocent. */
	drm_jobqueue_requeue(queue);

	drm_jobqueue_timeout_resume(queue);
	drm_jobqueue_start(queue);
	drm_jobqueue_job_put(ring->late);
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
	.timedout = toy_timedout,
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
		.timeout = msecs_to_jiffies(toy_timeout_ms),
	};
	struct toy_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	int ret;

	if (!ring)
		return ERR_PTR(-ENOMEM);
	toy_hw_init(&ring->hw, toy_interrupt);
	INIT_WORK(&ring->reset_work, toy_reset);
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

/* A job that hangs gets an error, the one behind it does not. */
static int toy_try(void)
{
	struct dma_fence *hung = toy_submit(toy_ring, TOY_HANG);
	struct dma_fence *innocent = toy_submit(toy_ring, TOY_NOP);
	int ret = -ENOMEM;

	if (!IS_ERR(hung) && !IS_ERR(innocent)) {
		dma_fence_wait(innocent, false);
		pr_info("toy: a job hung: %d, the next one ran: %d\n", hung->error,
			innocent->error);
		ret = hung->error == -ETIME ? innocent->error : -EIO;
	}
	if (!IS_ERR(hung))
		dma_fence_put(hung);
	if (!IS_ERR(innocent))
		dma_fence_put(innocent);
	return ret;
}

static int __init toy_init(void)
{
	struct drm_jobqueue_group_args args = { .name = "toy" };
	int ret;

	/* Resets and timeouts share it, so that they do not run at the same time. */
	toy_reset_wq = alloc_ordered_workqueue("toy-reset", WQ_MEM_RECLAIM);
	if (!toy_reset_wq)
		return -ENOMEM;
	args.timeout_wq = toy_reset_wq;
	ret = drm_jobqueue_group_init(&toy_group, &args);
	if (ret)
		goto err_wq;
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
err_wq:
	destroy_workqueue(toy_reset_wq);
	return ret;
}
module_init(toy_init);

static void __exit toy_exit(void)
{
	drm_jobqueue_put(&toy_ring->queue);
	/* Waits until all jobs are freed and all queues are released. */
	drm_jobqueue_group_fini(&toy_group);
	destroy_workqueue(toy_reset_wq);
}
module_exit(toy_exit);

MODULE_DESCRIPTION("A toy driver for drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
