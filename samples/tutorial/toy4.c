// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A toy driver, fourth step: a DRM device with syncobjs, buffers, debugfs and unplug. */

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_jobqueue.h>
#include <drm/drm_print.h>
#include <drm/drm_syncobj.h>

#include "toy_drm.h"
#include "toy_hw.h"

static unsigned int toy_timeout_ms = 1000;
module_param_named(timeout_ms, toy_timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "Time limit of a job, in ms (1000)");

struct toy_device {
	struct drm_device drm;
	struct workqueue_struct *reset_wq;
	struct drm_jobqueue_group group;
	struct toy_ring *ring;
};

struct toy_ring {
	struct drm_jobqueue queue;
	struct toy_hw hw;
	struct workqueue_struct *reset_wq;
	struct work_struct reset_work;
	/* Reason of the reset; has a reference to the queue, as each job. */
	struct drm_jobqueue_job *late;
};

struct toy_job {
	struct drm_jobqueue_job base;
	u32 command;
};

static struct toy_device *to_toy(struct drm_device *drm)
{
	return container_of(drm, struct toy_device, drm);
}

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
	queue_work(ring->reset_wq, &ring->reset_work);
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

static struct toy_ring *toy_ring_create(struct toy_device *toy)
{
	const struct drm_jobqueue_args args = {
		.group = &toy->group,
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
	ring->reset_wq = toy->reset_wq;
	ret = drm_jobqueue_init(&ring->queue, &args);
	if (ret) {
		kfree(ring);
		return ERR_PTR(ret);
	}
	return ring;
}

/* Lock the buffer and add its fences to what the job waits for. */
static int toy_lock_bo(struct drm_exec *exec, struct toy_job *job, struct drm_gem_object *bo)
{
	int ret = 0;

	drm_exec_until_all_locked(exec) {
		ret = drm_exec_prepare_obj(exec, bo, 1);
		drm_exec_retry_on_contention(exec);
		if (ret)
			return ret;
	}
	return drm_jobqueue_job_add_gem_deps(&job->base, bo, true);
}

static int toy_submit_job(struct toy_job *job, struct drm_gem_object *bo,
			  struct drm_syncobj *signal)
{
	struct dma_fence *fence;
	struct drm_exec exec;
	int ret = 0;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 1);
	if (bo)
		ret = toy_lock_bo(&exec, job, bo);
	if (!ret) {
		/* Nothing from here to the push fails or allocates. */
		fence = drm_jobqueue_job_arm(&job->base);
		if (bo)
			dma_resv_add_fence(bo->resv, fence, DMA_RESV_USAGE_WRITE);
		drm_syncobj_replace_fence(signal, fence);
		drm_jobqueue_job_push(&job->base);
	}
	drm_exec_fini(&exec);
	return ret;
}

static int toy_submit(struct toy_device *toy, const struct drm_toy_submit *args,
		      struct drm_file *file)
{
	struct toy_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);
	struct drm_syncobj *signal = drm_syncobj_find(file, args->signal);
	struct drm_gem_object *bo = NULL;
	int ret = -ENOENT;

	if (args->bo)
		bo = drm_gem_object_lookup(file, args->bo);
	if (!job)
		ret = -ENOMEM;
	if (!job || !signal || (args->bo && !bo))
		goto err_job;

	job->command = args->command;
	ret = drm_jobqueue_job_init(&job->base, &toy->ring->queue, 1, file->client_id);
	if (ret)
		goto err_job;
	if (args->wait)
		ret = drm_jobqueue_job_add_syncobj_dep(&job->base, file, args->wait,
						       args->wait_point);
	if (!ret)
		ret = toy_submit_job(job, bo, signal);
	if (ret)
		drm_jobqueue_job_put(&job->base);	/* Calls toy_free(). */
	goto out;

err_job:
	kfree(job);
out:
	if (bo)
		drm_gem_object_put(bo);
	if (signal)
		drm_syncobj_put(signal);
	return ret;
}

static int toy_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file)
{
	const struct drm_toy_submit *args = data;
	int ret, idx;

	if (args->command != TOY_NOP && args->command != TOY_HANG)
		return -EINVAL;
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	ret = toy_submit(to_toy(drm), args, file);
	drm_dev_exit(idx);
	return ret;
}

static int toy_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_toy_bo_create *args = data;
	struct drm_gem_shmem_object *bo;
	int ret;

	if (!args->size || args->size > SZ_1G || args->pad)
		return -EINVAL;
	bo = drm_gem_shmem_create(drm, PAGE_ALIGN(args->size));
	if (IS_ERR(bo))
		return PTR_ERR(bo);
	ret = drm_gem_handle_create(file, &bo->base, &args->handle);
	drm_gem_object_put(&bo->base);
	return ret;
}

/* For each waiting job, why it waits. */
static int toy_why(struct seq_file *m, void *data)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	drm_jobqueue_group_explain(&to_toy(entry->dev)->group, &p);
	return 0;
}

static const struct drm_ioctl_desc toy_ioctls[] = {
	DRM_IOCTL_DEF_DRV(TOY_BO_CREATE, toy_ioctl_bo_create, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(TOY_SUBMIT, toy_ioctl_submit, DRM_RENDER_ALLOW),
};

DEFINE_DRM_GEM_FOPS(toy_fops);

static const struct drm_driver toy_driver = {
	.driver_features = DRIVER_RENDER | DRIVER_GEM | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE,
	DRM_GEM_SHMEM_DRIVER_OPS,
	.ioctls = toy_ioctls,
	.num_ioctls = ARRAY_SIZE(toy_ioctls),
	.fops = &toy_fops,
	.name = "toy",
	.desc = "A toy driver for drm_jobqueue",
	.major = 1,
};

static int toy_queue_init(struct toy_device *toy)
{
	struct drm_jobqueue_group_args args = { .name = dev_name(toy->drm.dev) };
	int ret;

	/* Resets and timeouts share it, so that they do not run at the same time. */
	toy->reset_wq = alloc_ordered_workqueue("toy-reset", WQ_MEM_RECLAIM);
	if (!toy->reset_wq)
		return -ENOMEM;
	args.timeout_wq = toy->reset_wq;
	ret = drm_jobqueue_group_init(&toy->group, &args);
	if (ret)
		goto err_wq;
	toy->ring = toy_ring_create(toy);
	if (IS_ERR(toy->ring)) {
		ret = PTR_ERR(toy->ring);
		goto err_group;
	}
	return 0;

err_group:
	drm_jobqueue_group_fini(&toy->group);
err_wq:
	destroy_workqueue(toy->reset_wq);
	return ret;
}

/* No ioctl is executing. Fences that others hold stay valid after this. */
static void toy_queue_fini(struct toy_device *toy)
{
	struct drm_jobqueue *queue = &toy->ring->queue;

	/* Jobs that wait do not run from here on. */
	drm_jobqueue_kill(queue, -ENODEV);
	drm_jobqueue_stop(queue);
	toy_hw_reset(&toy->ring->hw);
	drm_jobqueue_complete_all(queue, -ENODEV);
	drm_jobqueue_start(queue);
	drm_jobqueue_put(queue);
	/* Waits until all jobs are freed and all queues are released. */
	drm_jobqueue_group_fini(&toy->group);
	destroy_workqueue(toy->reset_wq);
}

static int toy_probe(struct platform_device *pdev)
{
	struct toy_device *toy;
	int ret;

	toy = devm_drm_dev_alloc(&pdev->dev, &toy_driver, struct toy_device, drm);
	if (IS_ERR(toy))
		return PTR_ERR(toy);
	platform_set_drvdata(pdev, toy);
	ret = toy_queue_init(toy);
	if (ret)
		return ret;
	drm_debugfs_add_file(&toy->drm, "why", toy_why, NULL);
	ret = drm_dev_register(&toy->drm, 0);
	if (ret)
		toy_queue_fini(toy);
	return ret;
}

static void toy_remove(struct platform_device *pdev)
{
	struct toy_device *toy = platform_get_drvdata(pdev);

	/* Waits for ioctls that are inside drm_dev_enter(). */
	drm_dev_unplug(&toy->drm);
	toy_queue_fini(toy);
}

static struct platform_driver toy_platform_driver = {
	.probe = toy_probe,
	.remove = toy_remove,
	.driver.name = "toy",
};

static struct platform_device *toy_pdev;

static int __init toy_init(void)
{
	int ret = platform_driver_register(&toy_platform_driver);

	if (ret)
		return ret;
	toy_pdev = platform_device_register_simple("toy", -1, NULL, 0);
	if (IS_ERR(toy_pdev)) {
		platform_driver_unregister(&toy_platform_driver);
		return PTR_ERR(toy_pdev);
	}
	return 0;
}
module_init(toy_init);

static void __exit toy_exit(void)
{
	platform_device_unregister(toy_pdev);
	platform_driver_unregister(&toy_platform_driver);
}
module_exit(toy_exit);

MODULE_DESCRIPTION("A toy driver for drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
