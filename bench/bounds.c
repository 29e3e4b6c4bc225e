// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Benchmark cases of what must not grow with the number of fences, jobs or
 * queues: the cost of dependencies, and the longest time for which interrupts
 * are off.
 */

#include <linux/delay.h>
#include <linux/dma-fence-chain.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "bench.h"

#define TIMELINE_ROUNDS	8
#define FEW_FENCES	64
#define FEW_ROUNDS	16
#define MANY_FENCES	512
#define MANY_ROUNDS	2
#define FAN_OUT		1000
#define BATCH		4000
#define CHAIN		20000
#define FULL_RING	200000
#define QUIET_MS	20

/* A timeline of which no point has signalled. Return: its last point. */
static struct dma_fence *create_timeline(struct dma_fence **fences,
					 unsigned int n)
{
	u64 context = dma_fence_context_alloc(1);
	struct dma_fence *last = NULL;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct dma_fence_chain *chain = dma_fence_chain_alloc();

		fences[i] = bench_point_create(context, i + 1);
		if (!chain || !fences[i])
			return NULL;
		dma_fence_chain_init(chain, last, dma_fence_get(fences[i]),
				     i + 1);
		last = &chain->base;
	}
	return last;
}

/*
 * A job waits for the last of @n points: its submission, and from the signal of
 * the last point to the job's own fence being seen.
 */
static int behind_timeline(struct bench_run *run, unsigned int n)
{
	const struct bench_backend *be = run->be;
	struct dma_fence **fences, *last, *fence;
	unsigned int i, round;
	u64 begin;

	fences = kvcalloc(n, sizeof(*fences), GFP_KERNEL);
	if (!fences)
		return -ENOMEM;
	for (round = 0; round < TIMELINE_ROUNDS; round++) {
		/* The benchmark requires memory for all fences. */
		last = create_timeline(fences, n);
		if (WARN_ON(!last))
			return -ENOMEM;
		begin = ktime_get_ns();
		fence = bench_submit(run, run->queues[0], last, true);
		run->pass.submit += ktime_get_ns() - begin;
		if (!fence)
			return -ENOMEM;
		if (be->settle)
			be->settle(run->queues[0]);
		for (i = 0; i < n; i++) {
			begin = ktime_get_ns();
			dma_fence_signal(fences[i]);
		}
		bench_wait_put(fence);
		run->pass.total += ktime_get_ns() - begin;
		for (i = 0; i < n; i++)
			dma_fence_put(fences[i]);
		cond_resched();
	}
	kvfree(fences);
	bench_wait_freed(TIMELINE_ROUNDS);
	run->pass.units = TIMELINE_ROUNDS;
	run->pass.jobs = TIMELINE_ROUNDS;
	return 0;
}

static int behind_1000_points(struct bench_run *run)
{
	return behind_timeline(run, 1000);
}

static int behind_10000_points(struct bench_run *run)
{
	return behind_timeline(run, 10000);
}

/*
 * A job waits for @n fences of as many contexts: its submission, and all from
 * there to the end.
 */
static int behind_many(struct bench_run *run, unsigned int n,
		       unsigned int rounds)
{
	const struct bench_backend *be = run->be;
	struct dma_fence **gates, *fence;
	struct bench_job *job;
	unsigned int i, round;
	u64 begin;

	gates = kcalloc(n, sizeof(*gates), GFP_KERNEL);
	if (!gates)
		return -ENOMEM;
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < n; i++) {
			gates[i] = bench_gate_create();
			if (!gates[i])
				return -ENOMEM;
		}
		begin = bench_now();
		job = be->job_create(run->queues[0]);
		if (WARN_ON(!job))
			return -ENOMEM;
		for (i = 0; i < n; i++)
			if (WARN_ON(be->job_add_dep(job, dma_fence_get(gates[i]))))
				return -ENOMEM;
		fence = dma_fence_get(be->job_arm(job));
		be->job_push(job);
		run->pass.submit += bench_now() - begin;
		for (i = 0; i < n; i++)
			dma_fence_signal(gates[i]);
		bench_wait_put(fence);
		run->pass.total += bench_now() - begin;
		for (i = 0; i < n; i++)
			dma_fence_put(gates[i]);
		cond_resched();
	}
	kfree(gates);
	bench_wait_freed(rounds);
	run->pass.units = rounds;
	run->pass.jobs = rounds;
	return 0;
}

static int behind_64(struct bench_run *run)
{
	return behind_many(run, FEW_FENCES, FEW_ROUNDS);
}

static int behind_512(struct bench_run *run)
{
	return behind_many(run, MANY_FENCES, MANY_ROUNDS);
}

/* One fence that a job in each of many queues waits for. */
static int fan_out(struct bench_run *run)
{
	const struct bench_backend *be = run->be;
	struct dma_fence *gate = bench_gate_create();
	u64 begin, inside;
	unsigned int i;

	if (!gate)
		return -ENOMEM;
	for (i = 0; i < FAN_OUT; i++)
		if (!bench_submit(run, run->queues[i], dma_fence_get(gate),
				  false))
			return -ENOMEM;
	if (be->settle)
		be->settle(run->queues[0]);
	begin = bench_now();
	/* The signal of the fence happens once, so it is measured directly. */
	local_irq_disable();
	inside = ktime_get_ns();
	dma_fence_signal(gate);
	inside = ktime_get_ns() - inside;
	local_irq_enable();
	bench_wait_freed(FAN_OUT);
	run->pass.total = bench_now() - begin;
	run->pass.worst = inside;
	dma_fence_put(gate);
	run->pass.units = FAN_OUT;
	run->pass.jobs = FAN_OUT;
	return 0;
}

/* Fill the ring of a queue whose hardware does not react. */
static struct dma_fence *fill(struct bench_run *run, struct bench_queue *queue,
			      unsigned int n)
{
	const u64 target = queue->hw.submitted + n;
	struct dma_fence *fence = NULL;
	unsigned int i;

	queue->hw.hung = true;
	for (i = 0; i < n; i++) {
		fence = bench_submit(run, queue, NULL, i == n - 1);
		if (!fence)
			return NULL;
		cond_resched();
	}
	if (run->be->settle)
		run->be->settle(queue);
	while (READ_ONCE(queue->hw.submitted) != target)
		usleep_range(100, 200);
	queue->hw.hung = false;
	return fence;
}

/* An interrupt completes a full ring. */
static int batch(struct bench_run *run)
{
	struct bench_queue *queue = run->queues[0];
	struct dma_fence *fence = fill(run, queue, BATCH);
	u64 begin;

	if (!fence)
		return -ENOMEM;
	bench_probe_start();
	begin = bench_now();
	irq_work_queue(&queue->hw.irq);
	bench_wait_put(fence);
	bench_wait_freed(BATCH);
	run->pass.total = bench_now() - begin;
	run->pass.worst = bench_probe_stop();
	run->pass.units = BATCH;
	run->pass.jobs = BATCH;
	return 0;
}

/* The ring is full when the driver gives up the jobs in it. */
static int complete_full_ring(struct bench_run *run)
{
	struct bench_queue *queue = run->queues[0];
	struct dma_fence *fence = fill(run, queue, FULL_RING);

	if (!fence)
		return -ENOMEM;
	bench_probe_start();
	run->be->complete_all(queue);
	bench_wait_put(fence);
	bench_wait_freed(FULL_RING);
	run->pass.worst = bench_probe_stop();
	queue->hw.done = queue->hw.submitted;
	run->pass.units = FULL_RING;
	run->pass.jobs = FULL_RING;
	return 0;
}

/* The ring is full when the driver runs the jobs in it again. */
static int requeue_full_ring(struct bench_run *run)
{
	struct bench_queue *queue = run->queues[0];
	struct dma_fence *fence = fill(run, queue, FULL_RING);

	if (!fence)
		return -ENOMEM;
	queue->hw.submitted = queue->hw.done;
	bench_probe_start();
	run->be->requeue(queue);
	bench_wait_put(fence);
	bench_wait_freed(FULL_RING);
	run->pass.worst = bench_probe_stop();
	run->pass.units = FULL_RING;
	run->pass.jobs = FULL_RING;
	return 0;
}

/* A chain over two queues that were killed: inside the signal of the gate. */
static int kill_chain(struct bench_run *run)
{
	const struct bench_backend *be = run->be;
	struct bench_queue *queues[2] = {
		be->queue_create(be, BENCH_CREDITS),
		be->queue_create(be, BENCH_CREDITS),
	};
	struct dma_fence *gate = bench_gate_create(), *fence;
	unsigned int i;
	u64 begin;

	if (!gate || !queues[0] || !queues[1])
		return -ENOMEM;
	fence = dma_fence_get(gate);
	for (i = 0; i < CHAIN; i++) {
		fence = bench_submit(run, queues[i % 2], fence, true);
		if (!fence)
			return -ENOMEM;
	}
	be->kill(queues[0]);
	be->kill(queues[1]);
	/* Let the workers see that there is nothing to do yet. */
	usleep_range(1000, 2000);
	begin = ktime_get_ns();
	dma_fence_signal(gate);
	run->pass.total = ktime_get_ns() - begin;
	bench_wait_put(fence);
	dma_fence_put(gate);
	bench_wait_freed(CHAIN);
	be->queue_destroy(queues[0]);
	be->queue_destroy(queues[1]);
	/* The time is that of one signal, not per job. */
	run->pass.units = 1;
	run->pass.jobs = CHAIN;
	return 0;
}

/* What the probe measures when nothing happens. */
static int quiet(struct bench_run *run)
{
	u64 end;

	bench_probe_start();
	end = ktime_get_ns() + QUIET_MS * NSEC_PER_MSEC;
	while (ktime_get_ns() < end)
		cond_resched();
	run->pass.worst = bench_probe_stop();
	run->pass.units = 1;
	run->pass.jobs = 1;
	return 0;
}

const struct bench_case bench_bounds[] = {
	{ .name = "T-1000", .queues = 1, .few = true,
	  .pass = behind_1000_points },
	{ .name = "T-10000", .queues = 1, .few = true,
	  .pass = behind_10000_points },
	{ .name = "N-64", .queues = 1, .few = true, .pass = behind_64 },
	{ .name = "N-512", .queues = 1, .few = true, .pass = behind_512 },
	{ .name = "FAN", .queues = FAN_OUT, .few = true, .pass = fan_out },
	{ .name = "BATCH", .queues = 1, .credits = BATCH, .few = true,
	  .pass = batch },
	{ .name = "CHAINKILL", .on = BENCH_ON_JOBQUEUE, .few = true,
	  .pass = kill_chain },
	{ .name = "COMPLETE-ALL", .queues = 1, .credits = FULL_RING,
	  .on = BENCH_ON_JOBQUEUE, .few = true, .pass = complete_full_ring },
	{ .name = "REQUEUE", .queues = 1, .credits = FULL_RING,
	  .on = BENCH_ON_JOBQUEUE, .few = true, .pass = requeue_full_ring },
	{ .name = "QUIET", .on = BENCH_ON_FLOOR, .few = true, .pass = quiet },
};

const unsigned int bench_num_bounds = ARRAY_SIZE(bench_bounds);
