// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Passes over a case: warm-up until two passes agree, then the measured ones.
 */

#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/tick.h>
#include <linux/wait.h>

#include <drm/drm_jobqueue.h>

#include "bench.h"

#define WARM_JOBS	8000
#define WARM_PASSES	20
#define AGREE_PERCENT	3
#define PASSES		5
#define FEW_PASSES	3

atomic_t bench_freed;
int bench_freed_target = -1;
static DECLARE_WAIT_QUEUE_HEAD(freed_wait);

void bench_all_freed(void)
{
	wake_up(&freed_wait);
}

/* Wait until @jobs jobs were freed since the last call. */
void bench_wait_freed(int jobs)
{
	WRITE_ONCE(bench_freed_target, jobs);
	/* Pairs with the increment in bench_job_freed(). */
	smp_mb();
	wait_event(freed_wait, atomic_read(&bench_freed) == jobs);
	WRITE_ONCE(bench_freed_target, -1);
	atomic_set(&bench_freed, 0);
}

static void hw_irq(struct irq_work *irq)
{
	struct bench_hw *hw = container_of(irq, struct bench_hw, irq);
	u64 first = hw->done + 1;

	if (hw->timed)
		hw->told = ktime_get_ns();
	hw->done = READ_ONCE(hw->submitted);
	if (first <= hw->done)
		hw->complete(hw, first, hw->done);
}

void bench_hw_init(struct bench_hw *hw,
		   void (*complete)(struct bench_hw *hw, u64 first, u64 last))
{
	hw->irq = IRQ_WORK_INIT_HARD(hw_irq);
	hw->complete = complete;
}

/* Wait for all deferred work of a pass, so that the next does not pay for it. */
void bench_drain(void)
{
	drm_jobqueue_fence_drain();
	kvfree_rcu_barrier();
	rcu_barrier();
}

int bench_open(struct bench_run *run, unsigned int queues,
	       unsigned int credits)
{
	unsigned int i;

	run->queues = kcalloc(queues, sizeof(*run->queues), GFP_KERNEL);
	if (!run->queues)
		return -ENOMEM;
	for (i = 0; i < queues; i++) {
		run->queues[i] = run->be->queue_create(run->be, credits);
		if (!run->queues[i]) {
			bench_close(run, i);
			return -ENOMEM;
		}
	}
	return 0;
}

void bench_close(struct bench_run *run, unsigned int queues)
{
	while (queues--) {
		irq_work_sync(&run->queues[queues]->hw.irq);
		run->be->queue_destroy(run->queues[queues]);
	}
	kfree(run->queues);
}

/* Idle time of this processor so far, in ns. */
static u64 idle_ns(void)
{
	u64 sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += get_cpu_idle_time_us(cpu, NULL) * NSEC_PER_USEC;
	return sum;
}

/* Time that was not idle: with icount, the number of instructions. */
u64 bench_now(void)
{
	return ktime_get_ns() - idle_ns();
}

struct figures {
	u64 submit;
	u64 total;
	u64 drained;
	u64 idle;
	u64 worst;
};

/* One pass; figures per unit, in thousandths. */
static int one_pass(struct bench_run *run, const struct bench_case *bc,
		    struct figures *f)
{
	u64 begin, idle;
	int ret;

	memset(&run->pass, 0, sizeof(run->pass));
	idle = idle_ns();
	begin = bench_now();
	ret = bc->pass(run);
	if (ret)
		return ret;
	f->idle = idle_ns() - idle;
	bench_drain();
	f->drained = div64_u64((bench_now() - begin) * 1000, run->pass.units);
	f->submit = div64_u64(run->pass.submit * 1000, run->pass.units);
	f->total = div64_u64(run->pass.total * 1000, run->pass.units);
	f->worst = run->pass.worst;
	return 0;
}

static bool agree(u64 a, u64 b)
{
	return max(a, b) - min(a, b) <= div_u64(min(a, b) * AGREE_PERCENT, 100);
}

static int warm_up(struct bench_run *run, const struct bench_case *bc,
		   unsigned int *passes)
{
	struct figures f = {}, last;
	u64 jobs = 0;
	int ret;

	for (*passes = 0; *passes < WARM_PASSES; ++*passes) {
		last = f;
		ret = one_pass(run, bc, &f);
		if (ret)
			return ret;
		jobs += run->pass.jobs;
		if (bc->few || (jobs >= WARM_JOBS && *passes > 1 &&
				agree(f.total, last.total)))
			break;
	}
	return 0;
}

static int by_total(const void *a, const void *b)
{
	const struct figures *fa = a, *fb = b;

	return fa->total < fb->total ? -1 : fa->total > fb->total;
}

static int measure(struct bench_run *run, const struct bench_case *bc,
		   struct seq_file *s)
{
	const unsigned int passes = bc->few ? FEW_PASSES : PASSES;
	struct figures f[PASSES];
	struct bench_counts counts;
	unsigned int i, warm;
	u64 worst = 0;
	int ret;

	ret = warm_up(run, bc, &warm);
	for (i = 0; !ret && i < passes; i++) {
		ret = one_pass(run, bc, &f[i]);
		worst = max(worst, f[i].worst);
	}
	if (ret)
		return ret;
	sort(f, passes, sizeof(f[0]), by_total, NULL);

	ret = bench_counters_start();
	if (ret)
		return ret;
	memset(&run->pass, 0, sizeof(run->pass));
	ret = bc->pass(run);
	bench_counters_stop(&counts);
	bench_drain();
	if (ret)
		return ret;

	seq_printf(s, "case=%s impl=%s units=%llu jobs=%llu warm=%u submit=%llu",
		   bc->name, run->be->name, run->pass.units, run->pass.jobs,
		   warm, f[passes / 2].submit);
	seq_printf(s, " total=%llu min=%llu max=%llu drained=%llu idle=%llu worst=%llu",
		   f[passes / 2].total, f[0].total, f[passes - 1].total,
		   f[passes / 2].drained, f[passes / 2].idle, worst);
	seq_printf(s, " switches=%llu works=%llu allocs=%llu bytes=%llu payload=%zu\n",
		   counts.switches, counts.works, counts.allocs, counts.bytes,
		   sizeof(struct bench_job));
	return 0;
}

int bench_measure(const struct bench_backend *be, const struct bench_case *bc,
		  struct seq_file *s)
{
	struct bench_run run = { .be = be };
	int ret;

	ret = be->start(be);
	if (ret)
		return ret;
	ret = bench_open(&run, bc->queues, bc->credits ?: BENCH_CREDITS);
	if (!ret) {
		ret = measure(&run, bc, s);
		bench_close(&run, bc->queues);
	}
	be->stop(be);
	bench_drain();
	return ret;
}
