// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A real-time task occupies a processor while another one is idle: how long an
 * event in an interrupt of the first takes to have its effect. Needs two
 * processors, and measures time.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sort.h>

#include "bench.h"

#define ROUNDS		5
#define JOBS		1000
/* The processor that the task occupies, and for how long. */
#define HOG_CPU		1
#define HOG_NS		(500 * NSEC_PER_MSEC)

struct hog {
	struct task_struct *task;
	struct completion begun;
};

/* The time of an event, noted by the callback of a fence. */
struct last {
	struct dma_fence_cb cb;
	u64 signalled;
};

static int hog_thread(void *data)
{
	struct hog *hog = data;
	u64 end;

	sched_set_fifo(current);
	end = ktime_get_ns() + HOG_NS;
	complete(&hog->begun);
	while (ktime_get_ns() < end)
		cpu_relax();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* Return once the task occupies the processor. */
static int hog_start(struct hog *hog)
{
	init_completion(&hog->begun);
	hog->task = kthread_create(hog_thread, hog, "bench-hog");
	if (IS_ERR(hog->task))
		return PTR_ERR(hog->task);
	kthread_bind(hog->task, HOG_CPU);
	wake_up_process(hog->task);
	wait_for_completion(&hog->begun);
	return 0;
}

static void signal_gate(void *gate)
{
	dma_fence_signal(gate);
}

static void ring_doorbell(void *data)
{
	struct bench_hw *hw = data;

	irq_work_queue(&hw->irq);
}

static struct bench_job *create_job(struct bench_run *run,
				    struct bench_stamp *stamp,
				    struct dma_fence *dep)
{
	struct bench_job *job = run->be->job_create(run->queues[0]);

	if (WARN_ON(!job) || WARN_ON(dep && run->be->job_add_dep(job, dep)))
		return NULL;
	job->stamp = stamp;
	return job;
}

/* From the signal of a fence until the ring has the job that waits for it. */
static int gate_to_run(struct bench_run *run, u64 *sample)
{
	struct dma_fence *gate = bench_gate_create(), *fence;
	struct bench_stamp stamp;
	struct bench_job *job;
	struct hog hog;
	u64 begin;
	int ret;

	job = gate ? create_job(run, &stamp, dma_fence_get(gate)) : NULL;
	if (!job)
		return -ENOMEM;
	fence = dma_fence_get(run->be->job_arm(job));
	run->be->job_push(job);
	if (run->be->settle)
		run->be->settle(run->queues[0]);

	ret = hog_start(&hog);
	if (ret)
		return ret;
	begin = ktime_get_ns();
	smp_call_function_single(HOG_CPU, signal_gate, gate, true);
	bench_wait_put(fence);
	*sample = stamp.run - begin;
	kthread_stop(hog.task);
	dma_fence_put(gate);
	bench_wait_freed(1);
	return 0;
}

static void note_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	container_of(cb, struct last, cb)->signalled = ktime_get_ns();
}

/* From the interrupt that completes many jobs until the last fence signals. */
static int complete_to_last(struct bench_run *run, u64 *sample)
{
	struct bench_hw *hw = &run->queues[0]->hw;
	u64 target = hw->submitted + JOBS;
	struct dma_fence *fence = NULL;
	struct last last;
	struct hog hog;
	unsigned int i;
	int ret;

	hw->hung = true;
	hw->timed = true;
	for (i = 0; i < JOBS; i++) {
		fence = bench_submit(run, run->queues[0], NULL, i == JOBS - 1);
		if (!fence)
			return -ENOMEM;
	}
	while (READ_ONCE(hw->submitted) < target)
		schedule_timeout_interruptible(1);
	hw->hung = false;
	if (WARN_ON(dma_fence_add_callback(fence, &last.cb, note_signalled)))
		return -EINVAL;

	ret = hog_start(&hog);
	if (ret)
		return ret;
	smp_call_function_single(HOG_CPU, ring_doorbell, hw, true);
	bench_wait_put(fence);
	*sample = last.signalled - hw->told;
	kthread_stop(hog.task);
	bench_wait_freed(JOBS);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int take(struct bench_run *run, struct seq_file *s, const char *what,
		int (*measure)(struct bench_run *run, u64 *sample))
{
	u64 samples[ROUNDS];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ROUNDS && !ret; i++)
		ret = measure(run, &samples[i]);
	if (ret)
		return ret;
	sort(samples, ROUNDS, sizeof(*samples), by_value, NULL);
	seq_printf(s, "latency=%s impl=%s samples=%u p50=%llu p90=%llu p99=%llu max=%llu\n",
		   what, run->be->name, ROUNDS, samples[ROUNDS / 2],
		   samples[ROUNDS - 1], samples[ROUNDS - 1],
		   samples[ROUNDS - 1]);
	return 0;
}

int bench_fifo(const struct bench_backend *be, struct seq_file *s)
{
	struct bench_run run = { .be = be };
	int ret;

	if (num_online_cpus() <= HOG_CPU)
		return -ENODEV;
	ret = set_cpus_allowed_ptr(current, cpumask_of(0)) ?: be->start(be);
	if (ret)
		return ret;
	ret = bench_open(&run, 1, JOBS);
	if (!ret) {
		ret = take(&run, s, "fifo_gate_to_run", gate_to_run) ?:
		      take(&run, s, "fifo_last_of_1000", complete_to_last);
		bench_close(&run, 1);
	}
	be->stop(be);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	return ret;
}
