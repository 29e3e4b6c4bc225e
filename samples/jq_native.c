// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A driver for two rings that wait for each other without the kernel.
 *
 * The hardware is a timer for each ring. A command waits until the word of
 * another ring has reached a number, and is executed then, which writes its own
 * number to the word of its ring. With native_dep() the jobs of both rings are in
 * their rings long before what they depend on is complete.
 *
 * On load the module submits jobs to both rings, each of which waits for the
 * previous job in the other ring. Then the hardware of the first ring hangs, and
 * the ring is killed while the second one waits for it. The module fails to load
 * if a job fails that should not, or if the rings did not wait.
 */

#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue.h>

#include "../drivers/compat/hrtimer.h"

#define RINGS 2
#define RING_SLOTS 64

static unsigned int jobs = 2000;
module_param(jobs, uint, 0444);
MODULE_PARM_DESC(jobs, "Jobs to run on load (2000)");

static unsigned int job_ns = 10000;
module_param(job_ns, uint, 0444);
MODULE_PARM_DESC(job_ns, "Time that a ring needs per command, in ns (10000)");

/**
 * struct native_command - command in a ring
 */
struct native_command {
	/** @seqno: Number that is written when it has been executed. */
	u64 seqno;
	/** @word: Word that it waits for, NULL if it does not wait. */
	u64 *word;
	/** @value: Number that @word must have reached. */
	u64 value;
};

/**
 * struct native_ring - ring and its queue
 */
struct native_ring {
	/** @queue: Queue of jobs for the ring. */
	struct drm_jobqueue queue;
	/** @timer: The hardware; its expiry is the interrupt. */
	struct hrtimer timer;
	/** @word: Word in memory, with the number of the last command. */
	u64 word;
	/** @lock: Protects the members below. Taken in hard interrupts. */
	spinlock_t lock;
	/** @commands: The ring. */
	struct native_command commands[RING_SLOTS];
	/** @head: Number of commands that were executed. */
	u32 head;
	/** @tail: Number of commands that were written. */
	u32 tail;
	/** @busy: The hardware is running and has a reference to @queue. */
	bool busy;
	/** @hangs: The hardware does not execute anything. */
	bool hangs;
};

static struct drm_jobqueue_group group;
static atomic_t waits;

static struct native_ring *to_ring(struct drm_jobqueue *queue)
{
	return container_of(queue, struct native_ring, queue);
}

/* Return: the number of the command that was executed, 0 if there is none. */
static u64 execute(struct native_ring *ring)
{
	struct native_command *command =
		&ring->commands[ring->head % RING_SLOTS];

	lockdep_assert_held(&ring->lock);

	if (ring->hangs || ring->head == ring->tail ||
	    (command->word && READ_ONCE(*command->word) < command->value))
		return 0;
	ring->head++;
	WRITE_ONCE(ring->word, command->seqno);
	return command->seqno;
}

/* No lock is held over drm_jobqueue_complete(). */
static enum hrtimer_restart native_interrupt(struct hrtimer *timer)
{
	struct native_ring *ring =
		container_of(timer, struct native_ring, timer);
	unsigned long flags;
	u64 seqno;
	bool idle;

	spin_lock_irqsave(&ring->lock, flags);
	seqno = execute(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
	if (seqno)
		drm_jobqueue_complete(&ring->queue, seqno, 0);

	spin_lock_irqsave(&ring->lock, flags);
	idle = ring->head == ring->tail;
	ring->busy = !idle;
	if (!idle)
		hrtimer_forward_now(timer, ns_to_ktime(job_ns));
	spin_unlock_irqrestore(&ring->lock, flags);
	if (!idle)
		return HRTIMER_RESTART;
	drm_jobqueue_put(&ring->queue);
	return HRTIMER_NORESTART;
}

/*
 * Any ring can wait for any other. A job of this sample has one dependency at most,
 * for which a command has space: a driver whose jobs may have more has to decline
 * the second one.
 */
static bool native_native_dep(struct drm_jobqueue_job *job,
			      const struct drm_jobqueue_native *dep)
{
	return true;
}

/* What is returned by drm_jobqueue_next_native() is in its ring already. */
static struct dma_fence *native_run(struct drm_jobqueue_job *job)
{
	const struct drm_jobqueue_native *dep =
		drm_jobqueue_next_native(job, NULL);
	struct native_ring *ring = to_ring(job->queue);
	struct native_command *command;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	command = &ring->commands[ring->tail++ % RING_SLOTS];
	command->seqno = drm_jobqueue_job_seqno(job);
	command->word = dep ? &to_ring(dep->queue)->word : NULL;
	command->value = dep ? dep->fence->seqno : 0;
	if (dep)
		atomic_inc(&waits);
	if (!ring->busy) {
		drm_jobqueue_get(&ring->queue);
		ring->busy = true;
		hrtimer_start(&ring->timer, ns_to_ktime(job_ns),
			      HRTIMER_MODE_REL);
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	return NULL;
}

static void native_free(struct drm_jobqueue_job *job)
{
	kfree(job);
}

/* The word goes with the ring. No other ring waits for it: see the manual. */
static void native_release(struct drm_jobqueue *queue)
{
	struct native_ring *ring = to_ring(queue);

	/* The handler has put the queue, but may not have returned. */
	hrtimer_cancel(&ring->timer);
	kfree(ring);
}

static const struct drm_jobqueue_ops native_ops = {
	.run = native_run,
	.free = native_free,
	.release = native_release,
	.native_dep = native_native_dep,
};

/*
 * The end of a ring. The jobs that its word never reaches end here, so the driver
 * writes the word: other rings that wait for them go on.
 */
static void ring_kill(struct native_ring *ring)
{
	unsigned long flags;

	drm_jobqueue_kill(&ring->queue, 0);
	drm_jobqueue_stop(&ring->queue);
	spin_lock_irqsave(&ring->lock, flags);
	/* The interrupt finds the ring empty and does not come again. */
	ring->head = ring->tail;
	WRITE_ONCE(ring->word, U64_MAX);
	spin_unlock_irqrestore(&ring->lock, flags);
	drm_jobqueue_complete_all(&ring->queue, -ECANCELED);
	drm_jobqueue_start(&ring->queue);
}

static struct native_ring *ring_create(const char *name)
{
	const struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &native_ops,
		.name = name,
		.credits = RING_SLOTS,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	};
	struct native_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	int ret;

	if (!ring)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&ring->lock);
	hrtimer_setup(&ring->timer, native_interrupt, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);

	ret = drm_jobqueue_init(&ring->queue, &args);
	if (ret) {
		kfree(ring);
		return ERR_PTR(ret);
	}
	return ring;
}

/*
 * Submit one job that waits for @after, which may be NULL.
 * Return: its fence with a reference, or an error.
 */
static struct dma_fence *submit(struct native_ring *ring,
				struct dma_fence *after)
{
	struct drm_jobqueue_job *job = kmalloc(sizeof(*job), GFP_KERNEL);
	struct dma_fence *fence;
	int ret;

	if (!job)
		return ERR_PTR(-ENOMEM);

	ret = drm_jobqueue_job_init(job, &ring->queue, 1, 0);
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}
	ret = drm_jobqueue_job_add_dep(job, dma_fence_get(after));
	if (ret) {
		drm_jobqueue_job_put(job);
		return ERR_PTR(ret);
	}
	/* Calls native_native_dep(). */
	fence = dma_fence_get(drm_jobqueue_job_arm(job));
	drm_jobqueue_job_push(job);
	return fence;
}

static int finish(struct dma_fence *fence)
{
	int error;

	if (IS_ERR_OR_NULL(fence))
		return PTR_ERR(fence);
	dma_fence_wait(fence, false);
	error = fence->error;
	dma_fence_put(fence);
	return error;
}

/* Return: 0 if no job failed and rings have waited for each other. */
static int run_jobs(struct native_ring *rings[RINGS])
{
	struct dma_fence *last = NULL, *fence;
	unsigned int i;
	int ret;

	for (i = 0; i < jobs; i++) {
		fence = submit(rings[i % RINGS], last);
		dma_fence_put(last);
		if (IS_ERR(fence))
			return PTR_ERR(fence);
		last = fence;
	}
	ret = finish(last);
	return ret ?: jobs > 1 && !atomic_read(&waits) ? -EIO : 0;
}

/*
 * The first ring hangs with a job, for which the second waits, and is killed.
 * Return: 0 if the job in the first ring was cancelled, and that in the second
 * completed.
 */
static int kill_first(struct native_ring *rings[RINGS])
{
	struct dma_fence *first, *second;
	int cancelled, ret;

	WRITE_ONCE(rings[0]->hangs, true);
	first = submit(rings[0], NULL);
	if (IS_ERR(first))
		return PTR_ERR(first);
	second = submit(rings[1], first);
	ring_kill(rings[0]);
	cancelled = finish(first);
	ret = finish(second);
	return ret ?: cancelled == -ECANCELED ? 0 : -EIO;
}

static int __init native_init(void)
{
	const struct drm_jobqueue_group_args args = { .name = "jq_native" };
	static const char * const names[RINGS] = { "ping", "pong" };
	struct native_ring *rings[RINGS];
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
	if (!ret)
		ret = kill_first(rings);
	while (i--)
		drm_jobqueue_put(&rings[i]->queue);

	/* Waits until all jobs are freed and both rings are released. */
	drm_jobqueue_group_fini(&group);
	pr_info("jq_native: %u jobs, %d waits of rings, result %d\n", jobs,
		atomic_read(&waits), ret);
	return ret;
}
module_init(native_init);

static void __exit native_exit(void)
{
}
module_exit(native_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Rings that wait for each other with drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
