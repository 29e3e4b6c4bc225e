/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_DEFER_H_
#define _DRM_JOBQUEUE_DEFER_H_

#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include <drm/drm_jobqueue.h>

/*
 * What one interrupt of a CPU may do for all queues, in units of some 250
 * instructions: less than 20,000 in all.
 */
#define DRM_JOBQUEUE_IRQ_BUDGET 52U

/* What interrupts spend from here on depends on when they got here. */
#define DRM_JOBQUEUE_IRQ_HALF (DRM_JOBQUEUE_IRQ_BUDGET / 2)

/* Budget of the interrupts of a CPU. */
struct drm_jobqueue_irq_budget {
	unsigned int spent;
	/* Time at which DRM_JOBQUEUE_IRQ_HALF was reached, in jiffies. */
	unsigned long half;
	/* The same in ns, 0 if it was not. */
	u64 half_ns;
	/*
	 * This CPU looks at its list before it leaves the interrupt. The budget
	 * is not renewed before that.
	 */
	bool looking;
};

DECLARE_PER_CPU(struct drm_jobqueue_irq_budget, drm_jobqueue_irq_budgets);

int drm_jobqueue_defer_init(void (*progress)(struct drm_jobqueue *queue));
void drm_jobqueue_defer_fini(void);

void drm_jobqueue_queue_work(struct drm_jobqueue *queue);
void drm_jobqueue_queue_irq(struct drm_jobqueue *queue);
void drm_jobqueue_queue_reap(struct drm_jobqueue_job *job);
void drm_jobqueue_kick_by_dep(struct drm_jobqueue *queue,
			      const struct drm_jobqueue_job *job);

#if IS_ENABLED(CONFIG_KUNIT)
extern u64 drm_jobqueue_irq_pause, drm_jobqueue_irq_share;

void drm_jobqueue_sync_irq(void);
void drm_jobqueue_add_on_cpu(struct drm_jobqueue *queue, unsigned int cpu);
void drm_jobqueue_raise_on_cpu(unsigned int cpu);
#endif

void drm_jobqueue_irq_budget_renew_if_old(void);
bool drm_jobqueue_irq_budget_next_jiffy(void);
void drm_jobqueue_irq_budget_half(void);
void drm_jobqueue_collect_end(void);

/*
 * Whether this CPU may do more for queues in interrupts. A budget that is used
 * up is renewed by the CPU's irq_work or timer, which a caller that finds it used
 * up queues, and by the next jiffy.
 *
 * Context: any. Without migration being disabled the answer may be that of
 * another CPU, which does no harm.
 */
static inline bool drm_jobqueue_irq_budget_left(void)
{
	return likely(this_cpu_read(drm_jobqueue_irq_budgets.spent) <
		      DRM_JOBQUEUE_IRQ_BUDGET) ||
	       drm_jobqueue_irq_budget_next_jiffy();
}

/* What is left, after drm_jobqueue_irq_budget_left() has said that there is some. */
static inline unsigned int drm_jobqueue_irq_budget_units(void)
{
	unsigned int spent = this_cpu_read(drm_jobqueue_irq_budgets.spent);

	return DRM_JOBQUEUE_IRQ_BUDGET - min(spent, DRM_JOBQUEUE_IRQ_BUDGET);
}

static inline void drm_jobqueue_irq_budget_spend(unsigned int units)
{
	this_cpu_add(drm_jobqueue_irq_budgets.spent, units);
	if (unlikely(this_cpu_read(drm_jobqueue_irq_budgets.spent) >=
		     DRM_JOBQUEUE_IRQ_HALF))
		drm_jobqueue_irq_budget_half();
}

/*
 * An interrupt handler is about to signal fences: queues that become ready are
 * looked at by drm_jobqueue_collect_end() instead of another interrupt.
 *
 * Return: whether the caller is to call that.
 */
static inline bool drm_jobqueue_collect_begin(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !in_hardirq() ||
	    this_cpu_read(drm_jobqueue_irq_budgets.looking))
		return false;
	if (unlikely(this_cpu_read(drm_jobqueue_irq_budgets.spent) >=
		     DRM_JOBQUEUE_IRQ_HALF))
		drm_jobqueue_irq_budget_renew_if_old();
	this_cpu_write(drm_jobqueue_irq_budgets.looking, true);
	return true;
}

#endif /* _DRM_JOBQUEUE_DEFER_H_ */
