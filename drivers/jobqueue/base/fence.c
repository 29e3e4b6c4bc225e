// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Done fences and timelines (fence context and names of a queue).
 *
 * A fence refers to its timeline and to nothing else, so it may outlive job,
 * queue, device and driver. Each timeline holds a reference to this module.
 *
 * Most kernels call into the module that created a fence for as long as the
 * fence exists, which therefore keeps its timeline. Where a fence that signals
 * forgets its operations (COMPAT_DMA_FENCE_DETACHES), only that of a job which
 * is not armed keeps it: until an armed one has signalled, its job holds the
 * queue, and with that the timeline. The memory is the kernel's to free there,
 * and comes from kmalloc(), because a slab would keep the module again.
 *
 * Owns the slab of fences and the timelines. Called by queue and job
 * initialisation and, through the fence operations, by anyone who has a fence,
 * in any context. The timeline's lock keeps the queue from being released while
 * a deadline is passed on. Signalling is done by the engine (drain.c), not here.
 */

#include <linux/llist.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <kunit/visibility.h>

#include "base/fence.h"
#include "../compat/workqueue.h"

/* Fences that are freed in one call. */
#define FREE_BATCH 32

/*
 * Fences without references, which wait for a grace period of RCU before they
 * are freed: one callback of RCU for all that were released during the previous
 * grace period, because one for each costs a tenth of a job.
 */
struct fence_bin {
	/* Released since @waiting. */
	struct llist_head added;
	/* Wait for the grace period of @work. */
	struct llist_node *waiting;
	struct rcu_work work;
	/* @work is queued or about to be; its owner may access @waiting. */
	int busy;
};

static DEFINE_PER_CPU(struct fence_bin, fence_bins);
struct kmem_cache *drm_jobqueue_fence_cache;

static struct drm_jobqueue_fence *to_jobqueue_fence(struct dma_fence *fence)
{
	return container_of(fence, struct drm_jobqueue_fence, base);
}

/* Freed after a grace period: names are read under RCU. */
static void timeline_last_put(struct kref *ref)
{
	struct drm_jobqueue_timeline *timeline =
		container_of(ref, struct drm_jobqueue_timeline, ref);

	kfree_rcu(timeline, rcu);
	/* Module exit waits for tasks that still execute this function. */
	module_put(THIS_MODULE);
}

/* Context: any. */
void drm_jobqueue_timeline_put(struct drm_jobqueue_timeline *timeline)
{
	kref_put(&timeline->ref, timeline_last_put);
}

/* Context: may sleep. Return: a timeline with one reference, or NULL. */
struct drm_jobqueue_timeline *
drm_jobqueue_timeline_create(struct drm_jobqueue *queue, const char *device,
			     const char *name)
{
	size_t device_size = strlen(device) + 1;
	size_t name_size = strlen(name) + 1;
	struct drm_jobqueue_timeline *timeline;

	timeline = kzalloc(struct_size(timeline, strings,
				       device_size + name_size),
			   GFP_KERNEL_ACCOUNT);
	if (!timeline)
		return NULL;

	kref_init(&timeline->ref);
	spin_lock_init(&timeline->lock);
	timeline->queue = queue;
	timeline->context = dma_fence_context_alloc(1);
	timeline->device = timeline->strings;
	timeline->name = timeline->strings + device_size;
	memcpy(timeline->strings, device, device_size);
	memcpy(timeline->strings + device_size, name, name_size);
	/* The caller uses this module, so its reference count is not 0. */
	__module_get(THIS_MODULE);
	return timeline;
}

static const char *fence_driver_name(struct dma_fence *fence)
{
	return to_jobqueue_fence(fence)->timeline->device;
}

static const char *fence_timeline_name(struct dma_fence *fence)
{
	return to_jobqueue_fence(fence)->timeline->name;
}

static void fence_set_deadline(struct dma_fence *base, ktime_t deadline)
{
	struct drm_jobqueue_timeline *timeline =
		to_jobqueue_fence(base)->timeline;
	struct drm_jobqueue *queue;
	unsigned long flags;

	/* The queue is not released while the lock is held. */
	spin_lock_irqsave(&timeline->lock, flags);
	queue = timeline->queue;
	if (queue && queue->ops->set_deadline)
		queue->ops->set_deadline(queue, base->seqno, deadline);
	spin_unlock_irqrestore(&timeline->lock, flags);
}

static void bin_wait(struct fence_bin *bin)
{
	bin->waiting = llist_del_all(&bin->added);
	queue_rcu_work(system_dfl_wq, &bin->work);
}

static void free_fences(struct llist_node *node)
{
	void *batch[FREE_BATCH];
	unsigned int n = 0;

	while (node) {
		struct dma_fence *base =
			container_of((struct callback_head *)node,
				     struct dma_fence, rcu);

		node = node->next;
		batch[n++] = to_jobqueue_fence(base);
		if (n == FREE_BATCH || !node) {
			kmem_cache_free_bulk(drm_jobqueue_fence_cache, n,
					     batch);
			n = 0;
			cond_resched();
		}
	}
}

static void bin_work(struct work_struct *work)
{
	struct fence_bin *bin =
		container_of(to_rcu_work(work), struct fence_bin, work);
	struct llist_node *list = bin->waiting;

	if (llist_empty(&bin->added))
		/* A full barrier, as that of fence_release(). */
		xchg(&bin->busy, 0);
	else
		bin_wait(bin);
	if (!llist_empty(&bin->added) && !xchg(&bin->busy, 1))
		bin_wait(bin);
	free_fences(list);
}

static void bin_add(struct dma_fence *base)
{
	struct fence_bin *bin = raw_cpu_ptr(&fence_bins);

	BUILD_BUG_ON(sizeof(base->rcu) < sizeof(struct llist_node));
	llist_add((struct llist_node *)&base->rcu, &bin->added);
	/*
	 * The work item looks again after it has given up the bin. The task that
	 * added the first fence may be preempted before it gets here.
	 */
	if (!READ_ONCE(bin->busy) && !xchg(&bin->busy, 1))
		bin_wait(bin);
}

static void fence_release(struct dma_fence *base)
{
	struct drm_jobqueue_timeline *timeline =
		to_jobqueue_fence(base)->timeline;

	if (COMPAT_DMA_FENCE_DETACHES)
		dma_fence_free(base);
	else
		bin_add(base);
	/* Last: now the module may go, whose exit empties the bins. */
	drm_jobqueue_timeline_put(timeline);
}

const struct dma_fence_ops drm_jobqueue_fence_ops = {
	COMPAT_DMA_FENCE_OPS_SEQNO64
	.get_driver_name = fence_driver_name,
	.get_timeline_name = fence_timeline_name,
	.set_deadline = fence_set_deadline,
	.release = fence_release,
};

/* Of the fence of an armed job, where the kernel detaches it at the signal */
const struct dma_fence_ops drm_jobqueue_fence_armed_ops = {
	COMPAT_DMA_FENCE_OPS_SEQNO64
	.get_driver_name = fence_driver_name,
	.get_timeline_name = fence_timeline_name,
	.set_deadline = fence_set_deadline,
};

/*
 * The job of the fence is about to be armed: it will signal the fence, and holds the
 * queue until it has. From now on the fence does without its timeline; those that read
 * the names at the moment of the signal do so under RCU.
 *
 * Only where COMPAT_DMA_FENCE_DETACHES. Context: any.
 */
void drm_jobqueue_fence_disown(struct drm_jobqueue_fence *fence)
{
	compat_dma_fence_set_ops(&fence->base, &drm_jobqueue_fence_armed_ops);
	drm_jobqueue_timeline_put(fence->timeline);
}

/*
 * Context: any. Return: the queue of a done fence, with a reference; NULL for
 * fences of others and for a queue that has ended, whose fences have signalled. Where
 * COMPAT_DMA_FENCE_DETACHES, also for a fence that has.
 */
struct drm_jobqueue *drm_jobqueue_queue_of_fence(struct dma_fence *base)
{
	struct drm_jobqueue_timeline *timeline;
	struct drm_jobqueue *queue = NULL;
	unsigned long flags;

	/* A fence that has its operations has its timeline: see the top. */
	rcu_read_lock();
	if (!drm_jobqueue_is_fence(base))
		goto out;
	timeline = to_jobqueue_fence(base)->timeline;
	/* The queue is not released while the lock is held. */
	spin_lock_irqsave(&timeline->lock, flags);
	queue = timeline->queue;
	if (queue && !kref_get_unless_zero(&queue->ref))
		queue = NULL;
	spin_unlock_irqrestore(&timeline->lock, flags);
out:
	rcu_read_unlock();
	return queue;
}

static void fence_construct(void *object)
{
	struct drm_jobqueue_fence *fence = object;

	compat_dma_fence_lock_init(&fence->lock);
}

int drm_jobqueue_fence_cache_init(void)
{
	int cpu;

	if (COMPAT_DMA_FENCE_DETACHES)
		return 0;

	for_each_possible_cpu(cpu) {
		struct fence_bin *bin = per_cpu_ptr(&fence_bins, cpu);

		init_llist_head(&bin->added);
		INIT_RCU_WORK(&bin->work, bin_work);
	}
	drm_jobqueue_fence_cache =
		kmem_cache_create("drm_jobqueue_fence",
				  sizeof(struct drm_jobqueue_fence), 0,
				  SLAB_ACCOUNT, fence_construct);
	return drm_jobqueue_fence_cache ? 0 : -ENOMEM;
}

/**
 * drm_jobqueue_fence_drain - wait until all fences released before are freed
 *
 * For module exit, and for measurements that must not pay for it later. Where the kernel
 * frees fences (%COMPAT_DMA_FENCE_DETACHES), it may still do so after this grace period.
 *
 * Context: may sleep.
 */
void drm_jobqueue_fence_drain(void)
{
	int cpu;

	if (COMPAT_DMA_FENCE_DETACHES) {
		/* After it, nothing executes operations of a fence that has signalled. */
		synchronize_rcu();
		return;
	}
	for_each_possible_cpu(cpu) {
		struct fence_bin *bin = per_cpu_ptr(&fence_bins, cpu);

		/*
		 * A task that is preempted in fence_release() may be about to
		 * queue the work: sleep, so that it gets the CPU whatever the
		 * priority of this one.
		 */
		while (READ_ONCE(bin->busy)) {
			if (!flush_rcu_work(&bin->work))
				schedule_timeout_uninterruptible(1);
		}
		flush_rcu_work(&bin->work);
	}
}
EXPORT_SYMBOL_GPL(drm_jobqueue_fence_drain);

/* As a task that was preempted in fence_release() on that CPU. For tests. */
VISIBLE_IF_KUNIT __maybe_unused void
drm_jobqueue_fence_bin_hold(unsigned int cpu)
{
	while (xchg(&per_cpu(fence_bins, cpu).busy, 1))
		schedule_timeout_uninterruptible(1);
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_fence_bin_hold);

VISIBLE_IF_KUNIT __maybe_unused void
drm_jobqueue_fence_bin_release(unsigned int cpu)
{
	bin_wait(per_cpu_ptr(&fence_bins, cpu));
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_fence_bin_release);

void drm_jobqueue_fence_cache_fini(void)
{
	drm_jobqueue_fence_drain();
	kmem_cache_destroy(drm_jobqueue_fence_cache);
}
