// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Hand over work on a queue to another context: to the worker that drains, to
 * an interrupt, to the work item that frees jobs, to the work item that ends
 * the queue.
 *
 * Called by every file that meets work which its own context must not do. All
 * functions work in any context; each queued item owns a reference to the
 * queue. Handlers belong to higher layers, which initialise the work items and
 * register the function that an interrupt calls.
 *
 * There is one interrupt per CPU, an irq_work, with a list of the queues that
 * it has to look at. It works off a budget for all of them and then raises
 * itself again, so that other interrupts get in between; it does not depend on
 * a worker, whose CPU a real-time task may occupy. Completions reported from a
 * driver's own interrupts draw on the same budget. The raw lock of a list nests
 * inside every other lock.
 */

#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>

#include <kunit/visibility.h>

#include "engine/defer.h"

/*
 * Delay before jobs are freed, in jiffies. Nothing waits for the free, and a
 * work item per job would cost more than the rest of the job's life.
 */
#define REAP_DELAY 1

/*
 * What one interrupt of a CPU may do for all queues: a fence that is signalled
 * is one unit. Some 30,000 instructions.
 */
#define IRQ_BUDGET 64

struct ready_list {
	raw_spinlock_t lock;
	/* Queues to look at, oldest first. Under @lock. */
	struct list_head queues;
	struct irq_work irq_work;
};

struct irq_budget {
	unsigned int spent;
	/* Time in jiffies at which @spent was 0. */
	unsigned long since;
	/* The irq_work executes, which ends before the budget is renewed. */
	bool busy;
};

static DEFINE_PER_CPU(struct ready_list, ready_lists);
static DEFINE_PER_CPU(struct irq_budget, irq_budgets);
static void (*ready_progress)(struct drm_jobqueue *queue) __ro_after_init;

/*
 * Whether this CPU may do more for queues in interrupts. A budget that is used
 * up is renewed by the CPU's next irq_work, which a caller that finds it used up
 * queues, and by the next jiffy.
 *
 * Context: any. Without migration being disabled the answer may be that of
 * another CPU, which does no harm.
 */
bool drm_jobqueue_irq_budget_left(void)
{
	if (likely(this_cpu_read(irq_budgets.spent) < IRQ_BUDGET))
		return true;
	if (this_cpu_read(irq_budgets.busy) ||
	    !time_after(jiffies, this_cpu_read(irq_budgets.since)))
		return false;
	this_cpu_write(irq_budgets.since, jiffies);
	this_cpu_write(irq_budgets.spent, 0);
	return true;
}

void drm_jobqueue_irq_budget_spend(unsigned int units)
{
	this_cpu_add(irq_budgets.spent, units);
}

/* Consumes a reference, which the queued work takes over. */
static void queue_work_or_put(struct drm_jobqueue *queue)
{
	if (!queue_work(queue->wq, &queue->work))
		drm_jobqueue_put(queue);
}

/*
 * Queue the worker. The caller has a reference; the queued work gets its own.
 *
 * Context: any.
 */
void drm_jobqueue_queue_work(struct drm_jobqueue *queue)
{
	drm_jobqueue_get(queue);
	queue_work_or_put(queue);
}

/* Consumes a reference, which the list takes over. */
static void ready_add(struct drm_jobqueue *queue)
{
	struct ready_list *list;
	unsigned long flags;

	preempt_disable();
	/* A CPU that goes offline has no further interrupts: ready_irq_work(). */
	if (unlikely(!cpu_active(smp_processor_id()))) {
		preempt_enable();
		queue_work_or_put(queue);
		return;
	}
	/* A full barrier, paired with that of ready_pop(). */
	if (xchg(&queue->kicked, 1)) {
		preempt_enable();
		drm_jobqueue_put(queue);
		return;
	}
	list = this_cpu_ptr(&ready_lists);
	raw_spin_lock_irqsave(&list->lock, flags);
	list_add_tail(&queue->ready, &list->queues);
	raw_spin_unlock_irqrestore(&list->lock, flags);
	irq_work_queue(&list->irq_work);
	preempt_enable();
}

/* Return: the oldest queue, with the reference of the list, or NULL. */
static struct drm_jobqueue *ready_pop(struct ready_list *list)
{
	struct drm_jobqueue *queue;
	unsigned long flags;

	raw_spin_lock_irqsave(&list->lock, flags);
	queue = list_first_entry_or_null(&list->queues, struct drm_jobqueue,
					 ready);
	if (queue)
		list_del(&queue->ready);
	raw_spin_unlock_irqrestore(&list->lock, flags);
	/*
	 * A kick that still finds the flag set has made its change visible
	 * before, and this CPU looks at the queue after.
	 */
	if (queue)
		xchg(&queue->kicked, 0);
	return queue;
}

static bool ready_empty(struct ready_list *list)
{
	unsigned long flags;
	bool empty;

	raw_spin_lock_irqsave(&list->lock, flags);
	empty = list_empty(&list->queues);
	raw_spin_unlock_irqrestore(&list->lock, flags);
	return empty;
}

static void ready_irq_work(struct irq_work *irq_work)
{
	struct ready_list *list =
		container_of(irq_work, struct ready_list, irq_work);
	bool cookie = dma_fence_begin_signalling();
	struct drm_jobqueue *queue;

	this_cpu_write(irq_budgets.spent, 0);
	this_cpu_write(irq_budgets.busy, true);
	while (drm_jobqueue_irq_budget_left() && (queue = ready_pop(list))) {
		ready_progress(queue);
		drm_jobqueue_put(queue);
		drm_jobqueue_irq_budget_spend(1);
	}
	this_cpu_write(irq_budgets.busy, false);
	dma_fence_end_signalling(cookie);

	if (likely(cpu_active(raw_smp_processor_id()))) {
		if (!ready_empty(list))
			irq_work_queue(&list->irq_work);
		return;
	}
	/* The last flush of a CPU that goes offline is one pass: leave nothing. */
	while ((queue = ready_pop(list)))
		queue_work_or_put(queue);
}

/*
 * Have the queue looked at in an interrupt. The caller has a reference; the
 * list gets its own.
 *
 * Context: any.
 */
void drm_jobqueue_queue_irq(struct drm_jobqueue *queue)
{
	ready_add(drm_jobqueue_get(queue));
}

/*
 * Queue a job without references to be freed in process context, together with
 * the others that end before the work item runs.
 *
 * Context: any.
 */
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue *queue = job->queue;

	/* Once the job is in the list, it and its reference may go at any time. */
	drm_jobqueue_get(queue);
	if (!llist_add(&job->reap_link, &queue->reap) ||
	    !queue_delayed_work(queue->group->reap_wq, &queue->reap_work,
				REAP_DELAY))
		drm_jobqueue_put(queue);
}

/*
 * Make progress after the last dependency of a job has signalled. The caller is
 * that fence's callback, with the fence's lock held, so nothing is run here.
 * The worker is queued without an interrupt in between if the job is likely the
 * next one and only the worker may run it, and for a killed queue, whose jobs
 * are skipped: a chain of them must not turn into a chain of interrupts.
 *
 * Context: any. Consumes a reference, which the queued work takes over.
 */
void drm_jobqueue_kick_by_dep(struct drm_jobqueue *queue, bool is_next)
{
	if (READ_ONCE(queue->killed) ||
	    (is_next && !(queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT))) {
		queue_work_or_put(queue);
	} else {
		ready_add(queue);
	}
}

/* Out-of-line part of drm_jobqueue_put(). */
void drm_jobqueue_last_put(struct kref *ref)
{
	struct drm_jobqueue *queue =
		container_of(ref, struct drm_jobqueue, ref);

	queue_work(queue->group->reap_wq, &queue->release_work);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_last_put);

#if IS_ENABLED(CONFIG_KUNIT)
/* Wait until no queue is in a list and no interrupt is executing. For tests. */
void drm_jobqueue_sync_irq(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ready_list *list = per_cpu_ptr(&ready_lists, cpu);

		do {
			irq_work_sync(&list->irq_work);
		} while (!ready_empty(list));
		irq_work_sync(&list->irq_work);
	}
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_sync_irq);
#endif

/* @progress: function that makes progress on a queue in an interrupt. */
void __init drm_jobqueue_defer_init(void (*progress)(struct drm_jobqueue *queue))
{
	int cpu;

	ready_progress = progress;
	for_each_possible_cpu(cpu) {
		struct ready_list *list = per_cpu_ptr(&ready_lists, cpu);

		raw_spin_lock_init(&list->lock);
		INIT_LIST_HEAD(&list->queues);
		init_irq_work(&list->irq_work, ready_irq_work);
	}
}

/* There are no queues, but an interrupt may still be about to return. */
void drm_jobqueue_defer_fini(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(&ready_lists, cpu)->irq_work);
}
