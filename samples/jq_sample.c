// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A driver for two rings, with a timer in place of the hardware.
 *
 * It shows everything that a driver needs to use drm_jobqueue. A ring takes
 * sequence numbers and reports, from a hard interrupt, the last completed one.
 * On load the module submits jobs to both rings, each of which waits for the
 * previous job in the other ring; it fails to load if a job fails or is lost.
 */

#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "../drivers/compat/hrtimer.h"

#define RINGS 2
#define RING_SLOTS 64

static unsigned int jobs = 10000;
module_param(jobs, uint, 0444);
MODULE_PARM_DESC(jobs, "Jobs to run on load (10000)");

static unsigned int job_ns = 10000;
module_param(job_ns, uint, 0444);
MODULE_PARM_DESC(job_ns, "Time that a ring needs per batch of jobs, in ns (10000)");

/**
 * struct sample_ring - ring and its queue
 */
struct sample_ring {
	/** @queue: Queue of jobs for the ring. */
	struct drm_jobqueue queue;
	/** @timer: The hardware; its expiry is the interrupt. */
	struct hrtimer timer;
	/** @lock: Protects the members below. Taken in hard interrupts. */
	spinlock_t lock;
	/** @written: Number of the last job written into the ring. */
	u64 written;
	/** @started: Value of @written when the hardware was started. */
	u64 started;
	/** @busy: The hardware is running and has a reference to @queue. */
	bool busy;
};

/**
 * struct sample_job - a job; a real one has a command stream
 */
struct sample_job {
	/** @base: Part of drm_jobqueue. */
	struct drm_jobqueue_job base;
};

static struct drm_jobqueue_group group;
static atomic_t jobs_freed;

static struct sample_ring *to_ring(struct drm_jobqueue *queue)
{
	return container_of(queue, struct sample_ring, queue);
}

static void start_hardware(struct sample_ring *ring)
{
	lockdep_assert_held(&ring->lock);

	ring->busy = true;
	ring->started = ring->written;
	hrtimer_start(&ring->timer, ns_to_ktime(job_ns), HRTIMER_MODE_REL);
}

/*
 * The interrupt. No lock is held over drm_jobqueue_complete(): the queue may
 * call sample_run() from there, which takes it.
 */
static enum hrtimer_restart sample_interrupt(struct hrtimer *timer)
{
	struct sample_ring *ring = container_of(timer, struct sample_ring, timer);
	unsigned long flags;
	bool idle;

	drm_jobqueue_complete(&ring->queue, READ_ONCE(ring->started), 0);

	spin_lock_irqsave(&ring->lock, flags);
	idle = ring->written == ring->started;
	if (idle)
		ring->busy = false;
	else
		start_hardware(ring);
	spin_unlock_irqrestore(&ring->lock, flags);

	if (idle)
		drm_jobqueue_put(&ring->queue);
	return HRTIMER_NORESTART;
}

/* A ring write and a doorbell: safe in any context. */
static struct dma_fence *sample_run(struct drm_jobqueue_job *job)
{
	struct sample_ring *ring = to_ring(job->queue);
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	ring->written = drm_jobqueue_job_seqno(job);
	if (!ring->busy) {
		drm_jobqueue_get(&ring->queue);
		start_hardware(ring);
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	return NULL;
}

static void sample_free(struct drm_jobqueue_job *job)
{
	kfree(container_of(job, struct sample_job, base));
	atomic_inc(&jobs_freed);
}

/* Stop the hardware by stopping the timer; there is nothing to reset. */
static enum drm_jobqueue_timeout_action
sample_timedout(struct drm_jobqueue_job *job)
{
	struct sample_ring *ring = to_ring(job->queue);

	if (hrtimer_cancel(&ring->timer))
		drm_jobqueue_put(&ring->queue);
	return DRM_JOBQUEUE_TIMEOUT_KILL;
}

static void sample_release(struct drm_jobqueue *queue)
{
	struct sample_ring *ring = to_ring(queue);

	/* The handler has put the queue, but may not have returned. */
	hrtimer_cancel(&ring->timer);
	kfree(ring);
}

static const struct drm_jobqueue_ops sample_ops = {
	.run = sample_run,
	.free = sample_free,
	.timedout = sample_timedout,
	.release = sample_release,
};

static struct sample_ring *ring_create(const char *name)
{
	const struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &sample_ops,
		.name = name,
		.credits = RING_SLOTS,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
		.timeout = 10 * HZ,
	};
	struct sample_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	int ret;

	if (!ring)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&ring->lock);
	hrtimer_setup(&ring->timer, sample_interrupt, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);

	ret = drm_jobqueue_init(&ring->queue, &args);
	if (ret) {
		kfree(ring);
		return ERR_PTR(ret);
	}
	return ring;
}

/*
 * Submit one job that waits for @after, whose reference is consumed.
 * Return: its fence with a reference, or an error.
 */
static struct dma_fence *submit(struct sample_ring *ring,
				struct dma_fence *after)
{
	struct sample_job *job = kmalloc(sizeof(*job), GFP_KERNEL);
	struct dma_fence *fence;
	int ret;

	if (!job) {
		dma_fence_put(after);
		return ERR_PTR(-ENOMEM);
	}

	ret = drm_jobqueue_job_init(&job->base, &ring->queue, 1, 0);
	if (ret) {
		kfree(job);
		dma_fence_put(after);
		return ERR_PTR(ret);
	}
	ret = drm_jobqueue_job_add_dep(&job->base, after);
	if (ret) {
		/* Calls sample_free(). */
		drm_jobqueue_job_put(&job->base);
		return ERR_PTR(ret);
	}

	/* Nothing below can fail. */
	fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_push(&job->base);
	return fence;
}

/* Return: 0 if all jobs ran and none failed. */
static int run_jobs(struct sample_ring *rings[RINGS])
{
	struct dma_fence *last = NULL;
	struct drm_jobqueue_stats stats;
	u64 ran = 0;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < jobs; i++) {
		last = submit(rings[i % RINGS], last);
		if (IS_ERR(last))
			return PTR_ERR(last);
	}
	if (last) {
		dma_fence_wait(last, false);
		ret = last->error;
		dma_fence_put(last);
	}

	for (i = 0; i < RINGS; i++) {
		drm_jobqueue_get_stats(&rings[i]->queue, &stats);
		ran += stats.run_inline + stats.run_irq + stats.run_worker;
		if (stats.failed)
			ret = -EIO;
	}
	return ret ?: ran == jobs ? 0 : -EIO;
}

static int __init sample_init(void)
{
	const struct drm_jobqueue_group_args args = { .name = "jq_sample" };
	static const char * const names[RINGS] = { "ping", "pong" };
	struct sample_ring *rings[RINGS];
	int i, ret;

	ret = drm_jobqueue_group_init(&group, &args);
	if (ret)
		return ret;

	for (i = 0; i < RINGS; i++) {
		rings[i] = ring_create(names[i]);
		if (IS_ERR(rings[i])) {
			ret = PTR_ERR(rings[i]);
			break;
		}
	}
	if (!ret)
		ret = run_jobs(rings);
	while (i--)
		drm_jobqueue_put(&rings[i]->queue);

	/* Waits until all jobs are freed and both rings are released. */
	drm_jobqueue_group_fini(&group);
	pr_info("jq_sample: %u jobs, %d freed, result %d\n", jobs,
		atomic_read(&jobs_freed), ret);
	return ret;
}
module_init(sample_init);

static void __exit sample_exit(void)
{
}
module_exit(sample_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("A sample driver for drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
