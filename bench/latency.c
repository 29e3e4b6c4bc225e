// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Latency from a push until the ring has the job, and from the interrupt that
 * completes a job until the ring has the job that depends on it.
 */

#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "bench.h"

#define SAMPLES 1000

struct samples {
	u64 push_to_run[SAMPLES];
	u64 complete_to_run[SAMPLES];
};

static void pause(void)
{
	usleep_range(100, 200);
}

/* Submit a job that records its times. Return: its fence, with a reference. */
static struct dma_fence *submit(const struct bench_backend *be,
				struct bench_queue *queue,
				struct dma_fence *dep, struct bench_stamp *stamp)
{
	struct bench_job *job = be->job_create(queue);
	struct dma_fence *fence;

	if (WARN_ON(!job) || (dep && WARN_ON(be->job_add_dep(job, dep))))
		return NULL;
	job->stamp = stamp;
	fence = dma_fence_get(be->job_arm(job));
	stamp->pushed = ktime_get_ns();
	be->job_push(job);
	return fence;
}

static int push_to_run(struct bench_run *run, u64 *sample)
{
	struct bench_stamp stamp;
	struct dma_fence *fence;

	fence = submit(run->be, run->queues[0], NULL, &stamp);
	if (!fence)
		return -ENOMEM;
	dma_fence_wait(fence, false);
	dma_fence_put(fence);
	*sample = stamp.run - stamp.pushed;
	return 0;
}

static int complete_to_run(struct bench_run *run, u64 *sample)
{
	struct bench_hw *hw = &run->queues[0]->hw;
	struct dma_fence *first, *second;
	struct bench_stamp stamps[2];
	u64 seqno = hw->submitted + 1;

	hw->hung = true;
	hw->timed = true;
	first = submit(run->be, run->queues[0], NULL, &stamps[0]);
	if (!first)
		return -ENOMEM;
	second = submit(run->be, run->queues[1], dma_fence_get(first),
			&stamps[1]);
	if (!second)
		return -ENOMEM;
	while (READ_ONCE(hw->submitted) < seqno)
		pause();
	/* Let the back end process the second job, too. */
	pause();

	hw->hung = false;
	irq_work_queue(&hw->irq);
	dma_fence_wait(second, false);
	*sample = stamps[1].run - hw->told;
	dma_fence_put(first);
	dma_fence_put(second);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void print(struct seq_file *s, const struct bench_backend *be,
		  const char *what, u64 *samples)
{
	sort(samples, SAMPLES, sizeof(*samples), by_value, NULL);
	seq_printf(s, "latency=%s impl=%s samples=%u p50=%llu p90=%llu p99=%llu max=%llu\n",
		   what, be->name, SAMPLES, samples[SAMPLES / 2],
		   samples[SAMPLES * 9 / 10], samples[SAMPLES * 99 / 100],
		   samples[SAMPLES - 1]);
}

static int take_samples(struct bench_run *run, struct samples *samples)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < SAMPLES && !ret; i++) {
		ret = push_to_run(run, &samples->push_to_run[i]);
		pause();
	}
	for (i = 0; i < SAMPLES && !ret; i++) {
		ret = complete_to_run(run, &samples->complete_to_run[i]);
		pause();
	}
	return ret;
}

int bench_latency(const struct bench_backend *be, struct seq_file *s)
{
	struct bench_run run = { .be = be };
	struct samples *samples;
	int ret;

	samples = kvmalloc(sizeof(*samples), GFP_KERNEL);
	if (!samples)
		return -ENOMEM;
	ret = be->start(be);
	if (ret)
		goto out;
	ret = bench_open(&run, 2, BENCH_CREDITS);
	if (!ret) {
		ret = take_samples(&run, samples);
		bench_wait_freed(3 * SAMPLES);
		bench_close(&run, 2);
	}
	be->stop(be);
	if (!ret) {
		print(s, be, "push_to_run", samples->push_to_run);
		print(s, be, "complete_to_run", samples->complete_to_run);
	}
out:
	kvfree(samples);
	return ret;
}
