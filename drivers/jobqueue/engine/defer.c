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
 * it has to look at. It works off a budget for all of them and leaves the rest
 * to a timer a little later, so that other interrupts and tasks get in between:
 * an irq_work that raises itself again precedes them on some architectures. It
 * does not depend on a worker, whose CPU a real-time task may occupy. Completions
 * reported from a driver's own interrupts draw on the same budget, and work off
 * the list themselves before they return (drm_jobqueue_collect_begin()).
 *
 * Queues are added to a list without a lock, by callbacks of fences, of which
 * one fence may have thousands. They are taken from it under a raw lock that
 * nests inside every other lock.
 */

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include <kunit/visibility.h>

#include "../compat/hrtimer.h"
#include "engine/defer.h"

/*
 * Delay before jobs are freed, in jiffies. Nothing waits for the free, and a
 * work item per job would cost more than the rest of the job's life.
 */
#define REAP_DELAY 1

/*
 * Times in ns: until an interrupt that has used up its budget goes on, and for
 * which interrupts share a budget once half of it is spent. If that is longer in
 * proportion to the budget, a load of one short job after the other gets to the end of
 * it. Variables only because tests make them longer.
 */
VISIBLE_IF_KUNIT u64 drm_jobqueue_irq_pause = 20 * NSEC_PER_USEC;
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_pause);
VISIBLE_IF_KUNIT u64 drm_jobqueue_irq_share = 23 * NSEC_PER_USEC;
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_share);

struct ready_list {
	/* Queues that were added, newest first. */
	struct llist_head added;
	/* Queues to look at before those, oldest first. Under @lock. */
	struct llist_node *queues;
	raw_spinlock_t lock;
	struct irq_work irq_work;
	struct hrtimer timer;
};

DEFINE_PER_CPU(struct drm_jobqueue_irq_budget, drm_jobqueue_irq_budgets);
static DEFINE_PER_CPU(struct ready_list, ready_lists);
static void (*ready_progress)(struct drm_jobqueue *queue) __ro_after_init;
static int hotplug_state __ro_after_init;

/* An interrupt in between may leave the time unset, and the next one sets it. */
static void budget_renew(void)
{
	this_cpu_write(drm_jobqueue_irq_budgets.spent, 0);
	this_cpu_write(drm_jobqueue_irq_budgets.half_ns, 0);
}

/*
 * Interrupts may come often: renew the budget only if other work got its share of
 * this CPU since half was spent. With PREEMPT_RT other work need not wait.
 */
void drm_jobqueue_irq_budget_renew_if_old(void)
{
	u64 since = this_cpu_read(drm_jobqueue_irq_budgets.half_ns);

	if (IS_ENABLED(CONFIG_PREEMPT_RT) ||
	    ktime_get_mono_fast_ns() - since >= drm_jobqueue_irq_share)
		budget_renew();
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_budget_renew_if_old);

/* Out-of-line part of drm_jobqueue_irq_budget_left(): the budget is used up. */
bool drm_jobqueue_irq_budget_next_jiffy(void)
{
	if (this_cpu_read(drm_jobqueue_irq_budgets.looking) ||
	    !time_after(jiffies, this_cpu_read(drm_jobqueue_irq_budgets.half)))
		return false;
	budget_renew();
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_budget_next_jiffy);

/* Out-of-line part of drm_jobqueue_irq_budget_spend(): half of it is spent. */
void drm_jobqueue_irq_budget_half(void)
{
	if (this_cpu_read(drm_jobqueue_irq_budgets.half_ns))
		return;
	this_cpu_write(drm_jobqueue_irq_budgets.half, jiffies);
	this_cpu_write(drm_jobqueue_irq_budgets.half_ns,
		       ktime_get_mono_fast_ns());
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_budget_half);

/*
 * A real-time task may keep the worker of this CPU waiting for long: then leave
 * the choice of a CPU to the scheduler. A task that gets this CPU later can still
 * do so; a driver that must not wait passes a workqueue of its own.
 */
static struct workqueue_struct *choose_wq(struct drm_jobqueue *queue)
{
	struct drm_jobqueue_group *group = queue->group;

	if (queue->wq == group->wq && group->own_wq &&
	    unlikely(READ_ONCE(current->prio) < MAX_RT_PRIO))
		return group->unbound_wq;
	return queue->wq;
}

/* Consumes a reference, which the queued work takes over. */
static void queue_work_or_put(struct drm_jobqueue *queue)
{
	if (!queue_work(choose_wq(queue), &queue->work))
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

/*
 * As llist_add(), which is a call on some kernels: one fence may have thousands of
 * callbacks that come here. Return: whether the list was empty.
 */
static __always_inline bool list_add_first(struct llist_node *node,
					   struct llist_head *list)
{
	struct llist_node *first = READ_ONCE(list->first);

	do {
		WRITE_ONCE(node->next, first);
	} while (!try_cmpxchg(&list->first, &first, node));
	return !first;
}

/* Consumes a reference, which the list takes over. */
static __always_inline void ready_add(struct drm_jobqueue *queue)
{
	struct ready_list *list;
	bool added;

	/*
	 * Others rely on a queue that is marked as kicked being in a list, and on
	 * the interrupt that is raised when the first one is added. With PREEMPT_RT
	 * the lock of a fence does not keep its callbacks from being preempted in
	 * between.
	 */
	preempt_disable();
	/* A full barrier, paired with that of ready_pop(). */
	added = !xchg(&queue->kicked, 1);
	if (added) {
		list = this_cpu_ptr(&ready_lists);
		if (list_add_first(&queue->ready, &list->added) &&
		    !raw_cpu_read(drm_jobqueue_irq_budgets.looking))
			irq_work_queue(&list->irq_work);
	}
	preempt_enable();
	if (!added)
		drm_jobqueue_put(queue);
}

/*
 * Whether the list is empty. Needs no lock: a queue that is added after this raises
 * an interrupt, or is found by the look that follows the end of @looking. A CPU that
 * takes queues off the list answers for the rest itself.
 */
static bool ready_empty(const struct ready_list *list)
{
	return !READ_ONCE(list->queues) && llist_empty(&list->added);
}

/*
 * Called with interrupts off. With PREEMPT_RT they may be on: no interrupt takes the
 * lock there.
 *
 * Return: the oldest queue, with the reference of the list, or NULL.
 */
static struct drm_jobqueue *ready_pop(struct ready_list *list)
{
	struct llist_node *node;

	if (ready_empty(list))
		return NULL;
	raw_spin_lock(&list->lock);
	node = list->queues;
	if (!node && !llist_empty(&list->added))
		node = llist_reverse_order(llist_del_all(&list->added));
	if (node)
		WRITE_ONCE(list->queues, node->next);
	raw_spin_unlock(&list->lock);
	if (!node)
		return NULL;
	/*
	 * A kick that still finds the flag set has made its change visible
	 * before, and this CPU looks at the queue after.
	 */
	xchg(&llist_entry(node, struct drm_jobqueue, ready)->kicked, 0);
	return llist_entry(node, struct drm_jobqueue, ready);
}

/* Leave what is in the list to workers. */
static void ready_give_up(struct ready_list *list)
{
	struct drm_jobqueue *queue;
	unsigned long flags;

	do {
		local_irq_save(flags);
		queue = ready_pop(list);
		local_irq_restore(flags);
		if (queue)
			queue_work_or_put(queue);
	} while (queue);
}

/*
 * Look at the queues in the list, within the budget of this CPU. Then have a
 * timer go on. Called with interrupts off or, with PREEMPT_RT, from the threads
 * of irq_work and timers.
 */
static void ready_work_off(struct ready_list *list)
{
	struct ready_list *own = this_cpu_ptr(&ready_lists);
	struct drm_jobqueue *queue;

	this_cpu_write(drm_jobqueue_irq_budgets.looking, true);
	while (drm_jobqueue_irq_budget_left() && (queue = ready_pop(list))) {
		ready_progress(queue);
		drm_jobqueue_put(queue);
		drm_jobqueue_irq_budget_spend(1);
	}
	this_cpu_write(drm_jobqueue_irq_budgets.looking, false);
	/* The timer of a CPU that went offline has moved to this one. */
	if (unlikely(own != list) && !llist_empty(&own->added))
		irq_work_queue(&own->irq_work);
	/* After that: with PREEMPT_RT, queues may be added at any time. */
	if (ready_empty(list))
		return;
	/* The last flush of a CPU that goes offline is one pass: leave nothing. */
	if (likely(cpu_active(raw_smp_processor_id())))
		hrtimer_start(&list->timer, ns_to_ktime(drm_jobqueue_irq_pause),
			      HRTIMER_MODE_REL_PINNED);
	else
		ready_give_up(list);
}

static void ready_interrupt(struct ready_list *list)
{
	bool cookie = dma_fence_begin_signalling();

	ready_work_off(list);
	dma_fence_end_signalling(cookie);
}

static void ready_irq_work(struct irq_work *irq_work)
{
	struct ready_list *list =
		container_of(irq_work, struct ready_list, irq_work);

	/* A timer that is pending goes on soon enough, and not too soon. */
	if (hrtimer_is_queued(&list->timer))
		return;
	/* If nothing is left of it, the timer is started. */
	if (this_cpu_read(drm_jobqueue_irq_budgets.spent) >= DRM_JOBQUEUE_IRQ_HALF)
		drm_jobqueue_irq_budget_renew_if_old();
	ready_interrupt(list);
}

static enum hrtimer_restart ready_timer(struct hrtimer *timer)
{
	/* Whatever interrupts of drivers spend: they must not starve the list. */
	budget_renew();
	ready_interrupt(container_of(timer, struct ready_list, timer));
	return HRTIMER_NORESTART;
}

/* Context: the interrupt of drm_jobqueue_collect_begin(), without the queue's lock. */
void drm_jobqueue_collect_end(void)
{
	struct ready_list *list = this_cpu_ptr(&ready_lists);

	if (!llist_empty(&list->added) && !hrtimer_is_queued(&list->timer))
		ready_work_off(list);
	else
		this_cpu_write(drm_jobqueue_irq_budgets.looking, false);
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_collect_end);

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
 * that fence's callback, with the fence's lock held, or submits what a queue waits
 * for, with the lock of its own queue held, so nothing is run here.
 * The worker is queued without an interrupt in between if the job is likely the
 * next one and only the worker may run it, and for a killed queue, whose jobs
 * are skipped: a chain of them must not turn into a chain of interrupts.
 *
 * @job: job that waits no longer, which may be gone, or NULL for the next one. Without
 * the queue's lock it is a guess whether that is the next one.
 *
 * Context: any. Consumes a reference, which the queued work takes over.
 */
void drm_jobqueue_kick_by_dep(struct drm_jobqueue *queue,
			      const struct drm_jobqueue_job *job)
{
	if (READ_ONCE(queue->killed) ||
	    (!(queue->flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT) &&
	     (!job || READ_ONCE(queue->next) == job))) {
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
#define SYNC_LIMIT (60 * HZ)

/* As ready_empty(), but not in the middle of ready_pop(). */
static bool ready_empty_locked(struct ready_list *list)
{
	unsigned long flags;
	bool empty;

	raw_spin_lock_irqsave(&list->lock, flags);
	empty = ready_empty(list);
	raw_spin_unlock_irqrestore(&list->lock, flags);
	return empty;
}

/* Wait until no queue is in a list and no interrupt is executing. For tests. */
void drm_jobqueue_sync_irq(void)
{
	unsigned long end = jiffies + SYNC_LIMIT;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ready_list *list = per_cpu_ptr(&ready_lists, cpu);

		do {
			irq_work_sync(&list->irq_work);
			while (hrtimer_active(&list->timer))
				cond_resched();
			cond_resched();
			/* A list that no interrupt works off would take for ever. */
			if (WARN_ONCE(time_after(jiffies, end),
				      "list of CPU%d is not worked off\n", cpu))
				return;
		} while (!ready_empty_locked(list) ||
			 READ_ONCE(per_cpu(drm_jobqueue_irq_budgets, cpu).looking));
		irq_work_sync(&list->irq_work);
	}
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_sync_irq);

/*
 * Add a queue to the list of a CPU without an interrupt, as a callback that is
 * called after the CPU's last one. For tests. The caller has a reference.
 */
void drm_jobqueue_add_on_cpu(struct drm_jobqueue *queue, unsigned int cpu)
{
	drm_jobqueue_get(queue);
	if (xchg(&queue->kicked, 1))
		drm_jobqueue_put(queue);
	else
		llist_add(&queue->ready, &per_cpu_ptr(&ready_lists, cpu)->added);
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_add_on_cpu);

static void raise_here(void *data)
{
	irq_work_queue(&this_cpu_ptr(&ready_lists)->irq_work);
}

/* Work off the list of a CPU that stayed online after all. For tests. */
void drm_jobqueue_raise_on_cpu(unsigned int cpu)
{
	smp_call_function_single(cpu, raise_here, NULL, 1);
}
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_raise_on_cpu);
#endif

/*
 * A CPU went offline. With PREEMPT_RT its threads stop before its last flush,
 * and in any case a callback may have been called after that.
 */
static int ready_cpu_dead(unsigned int cpu)
{
	bool cookie = dma_fence_begin_signalling();

	ready_give_up(per_cpu_ptr(&ready_lists, cpu));
	dma_fence_end_signalling(cookie);
	return 0;
}

/*
 * @progress: function that makes progress on a queue in an interrupt.
 *
 * Return: 0 or a negative errno.
 */
int __init drm_jobqueue_defer_init(void (*progress)(struct drm_jobqueue *queue))
{
	int cpu;

	ready_progress = progress;
	for_each_possible_cpu(cpu) {
		struct ready_list *list = per_cpu_ptr(&ready_lists, cpu);

		raw_spin_lock_init(&list->lock);
		init_llist_head(&list->added);
		init_irq_work(&list->irq_work, ready_irq_work);
		/* With PREEMPT_RT the handler is called by a thread. */
		hrtimer_setup(&list->timer, ready_timer, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_PINNED);
	}
	hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
						  "drm/jobqueue:ready", NULL,
						  ready_cpu_dead);
	return min(hotplug_state, 0);
}

/* There are no queues, but an interrupt may still be about to return. */
void drm_jobqueue_defer_fini(void)
{
	int cpu;

	cpuhp_remove_state_nocalls(hotplug_state);
	for_each_possible_cpu(cpu) {
		hrtimer_cancel(&per_cpu_ptr(&ready_lists, cpu)->timer);
		irq_work_sync(&per_cpu_ptr(&ready_lists, cpu)->irq_work);
	}
}

/* Here, since after an export sparse takes the variable for one of no CPU. */
EXPORT_SYMBOL_IF_KUNIT(drm_jobqueue_irq_budgets);
