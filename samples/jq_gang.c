// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A driver whose jobs come in pairs: a geometry and a fragment job that enter their
 * two rings together.
 *
 * The hardware is a timer for each ring. It executes the fragment command of a pair
 * when it has executed the geometry command, and has an error if it finds that this is
 * not in the other ring: that is why pairs are gangs. Both rings have other jobs, too.
 *
 * On load the module submits pairs and single jobs. Then the geometry ring is killed
 * while a pair waits. The module fails to load if a job fails that should not, if the
 * hardware had an error, or if a job of the last pair ran.
 */

#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_jobqueue_gang.h>

#include "../drivers/compat/hrtimer.h"

enum { GEOMETRY, FRAGMENT, RINGS };

#define RING_SLOTS 16

static unsigned int pairs = 1000;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "Pairs to run on load (1000)");

static unsigned int job_ns = 10000;
module_param(job_ns, uint, 0444);
MODULE_PARM_DESC(job_ns, "Time that a ring needs per command, in ns (10000)");

/**
 * struct gang_command - command in a ring
 */
struct gang_command {
	/** @seqno: Number of the job. */
	u64 seqno;
	/** @partner: Number of its partner in the geometry ring, 0 for none. */
	u64 partner;
};

/**
 * struct gang_ring - ring and its queue
 */
struct gang_ring {
	/** @queue: Queue of jobs for the ring. */
	struct drm_jobqueue queue;
	/** @timer: The hardware; its expiry is the interrupt. */
	struct hrtimer timer;
	/** @commands: The ring. */
	struct gang_command commands[RING_SLOTS];
	/** @head: Number of commands that were executed. */
	u32 head;
	/** @tail: Number of commands that were written. */
	u32 tail;
	/** @done: Number of the last command that was executed. */
	u64 done;
	/** @written: Number of the last command that was written. */
	u64 written;
	/** @busy: The hardware is running and has a reference to @queue. */
	bool busy;
};

/**
 * struct gang_job - job, alone or one of a pair
 */
struct gang_job {
	/** @base: The job, which may be a member of a gang. */
	struct drm_jobqueue_gang_job base;
	/** @partner: As in the command. Constant once the job is pushed. */
	u64 partner;
};

static struct drm_jobqueue_group group;
static struct gang_ring *rings[RINGS];
/* Protects both rings, because a command is compared with the other ring. */
static DEFINE_SPINLOCK(rings_lock);
/* Pairs that were written, and those that the hardware had an error with. */
static unsigned int npairs, nlost;

static struct gang_ring *to_ring(struct drm_jobqueue *queue)
{
	return container_of(queue, struct gang_ring, queue);
}

static struct gang_job *to_job(struct drm_jobqueue_job *job)
{
	return container_of(job, struct gang_job, base.base);
}

/* Return: the number of the command that was executed, 0 if there is none. */
static u64 execute(struct gang_ring *ring)
{
	struct gang_command *command = &ring->commands[ring->head % RING_SLOTS];

	lockdep_assert_held(&rings_lock);

	if (ring->head == ring->tail)
		return 0;
	if (command->partner > rings[GEOMETRY]->written)
		nlost++;
	else if (command->partner > rings[GEOMETRY]->done)
		return 0;
	ring->head++;
	ring->done = command->seqno;
	return command->seqno;
}

/* No lock is held over drm_jobqueue_complete(). */
static enum hrtimer_restart gang_interrupt(struct hrtimer *timer)
{
	struct gang_ring *ring = container_of(timer, struct gang_ring, timer);
	unsigned long flags;
	u64 seqno;
	bool idle;

	spin_lock_irqsave(&rings_lock, flags);
	seqno = execute(ring);
	spin_unlock_irqrestore(&rings_lock, flags);
	if (seqno)
		drm_jobqueue_complete(&ring->queue, seqno, 0);

	spin_lock_irqsave(&rings_lock, flags);
	idle = ring->head == ring->tail;
	ring->busy = !idle;
	if (!idle)
		hrtimer_forward_now(timer, ns_to_ktime(job_ns));
	spin_unlock_irqrestore(&rings_lock, flags);
	if (!idle)
		return HRTIMER_RESTART;
	drm_jobqueue_put(&ring->queue);
	return HRTIMER_NORESTART;
}

static void write_command(struct gang_ring *ring, struct drm_jobqueue_job *job)
{
	struct gang_command *command;

	lockdep_assert_held(&rings_lock);

	command = &ring->commands[ring->tail++ % RING_SLOTS];
	command->seqno = drm_jobqueue_job_seqno(job);
	command->partner = to_job(job)->partner;
	ring->written = command->seqno;
}

static void ring_doorbell(struct gang_ring *ring)
{
	lockdep_assert_held(&rings_lock);

	if (ring->busy)
		return;
	drm_jobqueue_get(&ring->queue);
	ring->busy = true;
	hrtimer_start(&ring->timer, ns_to_ktime(job_ns), HRTIMER_MODE_REL);
}

/* A job that is no member of a gang, or no longer one. */
static struct dma_fence *gang_run(struct drm_jobqueue_job *job)
{
	struct gang_ring *ring = to_ring(job->queue);
	unsigned long flags;

	spin_lock_irqsave(&rings_lock, flags);
	write_command(ring, job);
	ring_doorbell(ring);
	spin_unlock_irqrestore(&rings_lock, flags);
	return NULL;
}

/* Both rings have space, and no other job is written to either. */
static int gang_run_pair(struct drm_jobqueue_gang_job *geometry)
{
	struct drm_jobqueue_gang_job *fragment = drm_jobqueue_gang_next(geometry);
	unsigned long flags;

	spin_lock_irqsave(&rings_lock, flags);
	write_command(rings[FRAGMENT], &fragment->base);
	write_command(rings[GEOMETRY], &geometry->base);
	ring_doorbell(rings[GEOMETRY]);
	ring_doorbell(rings[FRAGMENT]);
	npairs++;
	spin_unlock_irqrestore(&rings_lock, flags);
	return 0;
}

static void gang_free(struct drm_jobqueue_job *job)
{
	kfree(to_job(job));
}

static void gang_release(struct drm_jobqueue *queue)
{
	struct gang_ring *ring = to_ring(queue);

	/* The handler has put the queue, but may not have returned. */
	hrtimer_cancel(&ring->timer);
}

static const struct drm_jobqueue_ops gang_ops = {
	.run = gang_run,
	.free = gang_free,
	.release = gang_release,
};

static struct gang_ring *ring_create(const char *name)
{
	const struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &gang_ops,
		.name = name,
		.credits = RING_SLOTS,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	};
	struct gang_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	int ret;

	if (!ring)
		return ERR_PTR(-ENOMEM);
	hrtimer_setup(&ring->timer, gang_interrupt, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);
	ret = drm_jobqueue_init(&ring->queue, &args);
	if (ret) {
		kfree(ring);
		return ERR_PTR(ret);
	}
	return ring;
}

static struct gang_job *job_create(struct gang_ring *ring)
{
	struct gang_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret;

	if (!job)
		return ERR_PTR(-ENOMEM);
	ret = drm_jobqueue_job_init(&job->base.base, &ring->queue, 1, 0);
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}
	return job;
}

/* Return: 0 or a negative errno. */
static int submit_alone(struct gang_ring *ring)
{
	struct gang_job *job = job_create(ring);

	if (IS_ERR(job))
		return PTR_ERR(job);
	drm_jobqueue_job_arm(&job->base.base);
	drm_jobqueue_job_push(&job->base.base);
	return 0;
}

/*
 * Submit a pair.
 * Return: 0, with references to the fences of both jobs, or a negative errno.
 */
static int submit_pair(struct dma_fence **fences)
{
	struct drm_jobqueue_gang_job *members[RINGS];
	struct gang_job *pair[RINGS];
	int i, ret = 0;

	for (i = 0; i < RINGS; i++) {
		pair[i] = job_create(rings[i]);
		if (IS_ERR(pair[i])) {
			ret = PTR_ERR(pair[i]);
			break;
		}
		members[i] = &pair[i]->base;
	}
	if (!ret)
		ret = drm_jobqueue_gang_init(members, RINGS, gang_run_pair);
	if (ret) {
		while (i--)
			drm_jobqueue_job_put(&pair[i]->base.base);
		return ret;
	}

	drm_jobqueue_gang_arm(members[0]);
	pair[FRAGMENT]->partner = drm_jobqueue_job_seqno(&members[GEOMETRY]->base);
	for (i = 0; i < RINGS; i++)
		fences[i] = dma_fence_get(drm_jobqueue_job_fence(&members[i]->base));
	drm_jobqueue_gang_push(members[0]);
	return 0;
}

/* Wait for both jobs. Puts the fences. Return: whether both end with @error. */
static bool finish(struct dma_fence **fences, int error)
{
	bool expected = true;
	int i;

	for (i = 0; i < RINGS; i++) {
		dma_fence_wait(fences[i], false);
		if (fences[i]->error != error)
			expected = false;
		dma_fence_put(fences[i]);
	}
	return expected;
}

/* Pairs, with jobs that have no partner in between. */
static int run_pairs(void)
{
	struct dma_fence *fences[RINGS] = {};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < pairs && !ret; i++) {
		if (i % 3)
			ret = submit_alone(rings[i % 3 - 1]);
		if (ret)
			break;
		dma_fence_put(fences[GEOMETRY]);
		dma_fence_put(fences[FRAGMENT]);
		fences[GEOMETRY] = NULL;
		fences[FRAGMENT] = NULL;
		ret = submit_pair(fences);
	}
	if (!ret && fences[GEOMETRY])
		return finish(fences, 0) ? 0 : -EIO;
	dma_fence_put(fences[GEOMETRY]);
	dma_fence_put(fences[FRAGMENT]);
	return ret;
}

/*
 * The geometry ring is killed while its half of a pair is ready, and the other half is
 * not, because its queue is stopped.
 * Return: 0 if both jobs were cancelled, and none was written.
 */
static int kill_pair(void)
{
	struct dma_fence *fences[RINGS];
	unsigned int before = npairs;
	int ret;

	drm_jobqueue_stop(&rings[FRAGMENT]->queue);
	ret = submit_pair(fences);
	drm_jobqueue_kill(&rings[GEOMETRY]->queue, 0);
	drm_jobqueue_start(&rings[FRAGMENT]->queue);
	if (ret)
		return ret;
	return finish(fences, -ECANCELED) && npairs == before ? 0 : -EIO;
}

static int __init gang_init(void)
{
	const struct drm_jobqueue_group_args args = { .name = "jq_gang" };
	static const char * const names[RINGS] = { "geometry", "fragment" };
	int i, n, ret;

	ret = drm_jobqueue_group_init(&group, &args);
	if (ret)
		return ret;

	for (n = 0; n < RINGS && !ret; n++) {
		rings[n] = ring_create(names[n]);
		if (IS_ERR(rings[n])) {
			ret = PTR_ERR(rings[n]);
			break;
		}
	}
	if (!ret)
		ret = run_pairs();
	if (!ret)
		ret = kill_pair();
	for (i = 0; i < n; i++)
		drm_jobqueue_put(&rings[i]->queue);

	/* Waits until all jobs are freed and both rings are released. */
	drm_jobqueue_group_fini(&group);
	for (i = 0; i < n; i++)
		kfree(rings[i]);
	if (nlost)
		ret = -EIO;
	pr_info("jq_gang: %u pairs ran, %u without a partner, result %d\n", npairs,
		nlost, ret);
	return ret;
}
module_init(gang_init);

static void __exit gang_exit(void)
{
}
module_exit(gang_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Pairs of jobs on two rings with drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
