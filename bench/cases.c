// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Benchmark cases. Each makes the same calls on every back end, in one task that
 * also waits for the fences, and ends when all of its jobs were freed.
 */

#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "bench.h"

#define ONE_BY_ONE	4000
#define BURST		2000
#define FAN_IN		63
#define FAN_IN_ROUNDS	64
#define MANY_QUEUES	1024
#define MANY_JOBS	16
#define DEEP		100000
#define SHALLOW		100
#define KILLED		10000
#define BEHIND_ONE	1000

static DEFINE_SPINLOCK(gate_lock);

static const char *gate_name(struct dma_fence *fence)
{
	return "gate";
}

static const struct dma_fence_ops gate_ops = {
	.get_driver_name = gate_name,
	.get_timeline_name = gate_name,
};

/* A fence of a timeline that the case signals itself. */
struct dma_fence *bench_point_create(u64 context, u64 seqno)
{
	struct dma_fence *gate = kzalloc(sizeof(*gate), GFP_KERNEL);

	if (gate)
		dma_fence_init(gate, &gate_ops, &gate_lock, context, seqno);
	return gate;
}

/* A fence that the case signals itself. */
struct dma_fence *bench_gate_create(void)
{
	return bench_point_create(dma_fence_context_alloc(1), 1);
}

/*
 * Submit a job as a driver does. @dep may be NULL, its reference is
 * consumed. Return: the done fence, with a reference if @get; NULL on failure.
 */
struct dma_fence *bench_submit(struct bench_run *run, struct bench_queue *queue,
			       struct dma_fence *dep, bool get)
{
	const struct bench_backend *be = run->be;
	struct bench_job *job = be->job_create(queue);
	struct dma_fence *fence;

	/* The benchmark requires memory for some ten thousand jobs. */
	if (WARN_ON(!job) || (dep && WARN_ON(be->job_add_dep(job, dep))))
		return NULL;
	fence = be->job_arm(job);
	if (get)
		dma_fence_get(fence);
	be->job_push(job);
	return fence;
}

void bench_wait_put(struct dma_fence *fence)
{
	dma_fence_wait(fence, false);
	dma_fence_put(fence);
}

/* One job at a time, no dependency. */
static int one_by_one(struct bench_run *run)
{
	struct dma_fence *fence;
	unsigned int i;
	u64 begin = bench_now();

	for (i = 0; i < ONE_BY_ONE; i++) {
		fence = bench_submit(run, run->queues[0], NULL, true);
		if (!fence)
			return -ENOMEM;
		bench_wait_put(fence);
		/* As on the return to user space. */
		cond_resched();
	}
	bench_wait_freed(ONE_BY_ONE);
	run->pass.total = bench_now() - begin;
	run->pass.units = ONE_BY_ONE;
	run->pass.jobs = ONE_BY_ONE;
	return 0;
}

/* Many at once, no dependency. */
static int burst(struct bench_run *run)
{
	struct dma_fence *fence;
	unsigned int i;
	u64 begin = bench_now();

	for (i = 0; i < BURST; i++) {
		fence = bench_submit(run, run->queues[0], NULL, i == BURST - 1);
		if (!fence)
			return -ENOMEM;
	}
	run->pass.submit = bench_now() - begin;
	bench_wait_put(fence);
	bench_wait_freed(BURST);
	run->pass.total = bench_now() - begin;
	run->pass.units = BURST;
	run->pass.jobs = BURST;
	return 0;
}

/*
 * Each job depends on the one before, over @queues queues in turn. With a gate
 * the first one waits until all were submitted.
 */
static int chain(struct bench_run *run, unsigned int queues, bool gated)
{
	struct dma_fence *fence = NULL, *gate = NULL;
	unsigned int i;
	u64 begin;

	if (gated) {
		gate = bench_gate_create();
		if (!gate)
			return -ENOMEM;
		fence = dma_fence_get(gate);
	}
	begin = bench_now();
	for (i = 0; i < BURST; i++) {
		fence = bench_submit(run, run->queues[i % queues], fence, true);
		if (!fence)
			return -ENOMEM;
	}
	if (gate) {
		dma_fence_signal(gate);
		dma_fence_put(gate);
	}
	bench_wait_put(fence);
	bench_wait_freed(BURST);
	run->pass.total = bench_now() - begin;
	run->pass.units = BURST;
	run->pass.jobs = BURST;
	return 0;
}

static int chain_in_one(struct bench_run *run)
{
	return chain(run, 1, false);
}

static int chain_in_two(struct bench_run *run)
{
	return chain(run, 2, false);
}

static int gated_chain_in_two(struct bench_run *run)
{
	return chain(run, 2, true);
}

static int fan_in_round(struct bench_run *run, struct dma_fence *gate)
{
	const struct bench_backend *be = run->be;
	struct dma_fence *fences[FAN_IN], *fence;
	struct bench_job *job;
	unsigned int i;

	for (i = 0; i < FAN_IN; i++) {
		fences[i] = bench_submit(run, run->queues[i],
					 gate ? dma_fence_get(gate) : NULL, true);
		if (!fences[i])
			return -ENOMEM;
	}
	job = be->job_create(run->queues[FAN_IN]);
	if (WARN_ON(!job))
		return -ENOMEM;
	for (i = 0; i < FAN_IN; i++)
		if (WARN_ON(be->job_add_dep(job, fences[i])))
			return -ENOMEM;
	fence = dma_fence_get(be->job_arm(job));
	be->job_push(job);
	if (gate)
		dma_fence_signal(gate);
	bench_wait_put(fence);
	return 0;
}

/* One job behind 63 others in 63 queues; the unit is the whole round. */
static int do_fan_in(struct bench_run *run, bool gated)
{
	unsigned int i;
	u64 begin = bench_now();
	int ret;

	for (i = 0; i < FAN_IN_ROUNDS; i++) {
		struct dma_fence *gate = gated ? bench_gate_create() : NULL;

		if (gated && !gate)
			return -ENOMEM;
		ret = fan_in_round(run, gate);
		if (ret)
			return ret;
		dma_fence_put(gate);
	}
	run->pass.units = FAN_IN_ROUNDS;
	run->pass.jobs = FAN_IN_ROUNDS * (FAN_IN + 1);
	bench_wait_freed(run->pass.jobs);
	run->pass.total = bench_now() - begin;
	return 0;
}

static int fan_in(struct bench_run *run)
{
	return do_fan_in(run, false);
}

static int gated_fan_in(struct bench_run *run)
{
	return do_fan_in(run, true);
}

/* Many queues on one workqueue. */
static int many_queues(struct bench_run *run)
{
	struct dma_fence **last;
	unsigned int i, q;
	int ret = -ENOMEM;
	u64 begin;

	last = kcalloc(MANY_QUEUES, sizeof(*last), GFP_KERNEL);
	if (!last)
		return -ENOMEM;
	begin = bench_now();
	for (i = 0; i < MANY_JOBS; i++) {
		for (q = 0; q < MANY_QUEUES; q++) {
			last[q] = bench_submit(run, run->queues[q], NULL,
					       i == MANY_JOBS - 1);
			if (!last[q])
				goto out;
		}
	}
	for (q = 0; q < MANY_QUEUES; q++)
		bench_wait_put(last[q]);
	bench_wait_freed(MANY_QUEUES * MANY_JOBS);
	run->pass.total = bench_now() - begin;
	run->pass.units = MANY_QUEUES * MANY_JOBS;
	run->pass.jobs = run->pass.units;
	ret = 0;
out:
	kfree(last);
	return ret;
}

/* A queue that fills up behind one fence, then runs empty. */
static int deep(struct bench_run *run, unsigned int depth, unsigned int rounds)
{
	struct dma_fence *fence, *gate;
	unsigned int i, round;
	u64 begin = bench_now();

	for (round = 0; round < rounds; round++) {
		gate = bench_gate_create();
		if (!gate)
			return -ENOMEM;
		for (i = 0; i < depth; i++) {
			fence = bench_submit(run, run->queues[0],
					     i ? NULL : dma_fence_get(gate),
					     i == depth - 1);
			if (!fence)
				return -ENOMEM;
		}
		dma_fence_signal(gate);
		bench_wait_put(fence);
		dma_fence_put(gate);
	}
	run->pass.units = depth * rounds;
	run->pass.jobs = depth * rounds;
	bench_wait_freed(run->pass.jobs);
	run->pass.total = bench_now() - begin;
	return 0;
}

static int shallow_queue(struct bench_run *run)
{
	return deep(run, SHALLOW, DEEP / SHALLOW);
}

static int deep_queue(struct bench_run *run)
{
	return deep(run, DEEP, 1);
}

/* The hardware hangs with a full ring and many jobs behind it. */
static int kill_queue(struct bench_run *run)
{
	const unsigned int n = KILLED + BENCH_CREDITS;
	const struct bench_backend *be = run->be;
	struct bench_queue *queue = be->queue_create(be, BENCH_CREDITS);
	struct dma_fence *fence;
	unsigned int i;
	u64 begin;

	if (!queue)
		return -ENOMEM;
	queue->hw.hung = true;
	for (i = 0; i < n; i++) {
		fence = bench_submit(run, queue, NULL, i == n - 1);
		if (!fence)
			return -ENOMEM;
	}
	if (be->settle)
		be->settle(queue);
	begin = bench_now();
	be->kill(queue);
	bench_wait_put(fence);
	bench_wait_freed(n);
	run->pass.total = bench_now() - begin;
	be->queue_destroy(queue);
	run->pass.units = n;
	run->pass.jobs = n;
	return 0;
}

/*
 * One job behind one fence that did not signal: submission, and from that
 * signal to the job's own being seen.
 */
static int behind_one(struct bench_run *run)
{
	const struct bench_backend *be = run->be;
	struct dma_fence *fence, *gate;
	unsigned int i;
	u64 begin;

	for (i = 0; i < BEHIND_ONE; i++) {
		gate = bench_gate_create();
		if (!gate)
			return -ENOMEM;
		begin = ktime_get_ns();
		fence = bench_submit(run, run->queues[0], dma_fence_get(gate),
				     true);
		run->pass.submit += ktime_get_ns() - begin;
		if (!fence)
			return -ENOMEM;
		if (be->settle)
			be->settle(run->queues[0]);
		begin = ktime_get_ns();
		dma_fence_signal(gate);
		bench_wait_put(fence);
		run->pass.total += ktime_get_ns() - begin;
		dma_fence_put(gate);
	}
	bench_wait_freed(BEHIND_ONE);
	run->pass.units = BEHIND_ONE;
	run->pass.jobs = BEHIND_ONE;
	return 0;
}

const struct bench_case bench_cases[] = {
	{ .name = "A", .queues = 1, .on = BENCH_ON_ALL, .pass = one_by_one },
	{ .name = "B", .queues = 1, .on = BENCH_ON_ALL, .pass = burst },
	{ .name = "C", .queues = 1, .pass = chain_in_one },
	{ .name = "D", .queues = 2, .pass = chain_in_two },
	{ .name = "D-gated", .queues = 2, .pass = gated_chain_in_two },
	{ .name = "E", .queues = FAN_IN + 1, .pass = fan_in },
	{ .name = "E-gated", .queues = FAN_IN + 1, .pass = gated_fan_in },
	{ .name = "F", .queues = MANY_QUEUES, .pass = many_queues },
	{ .name = "G-100", .queues = 1, .pass = shallow_queue },
	{ .name = "G-100000", .queues = 1, .pass = deep_queue },
	{ .name = "H", .queues = 1, .pass = kill_queue },
	{ .name = "I", .queues = 1, .on = BENCH_ON_ALL, .pass = behind_one },
};

const unsigned int bench_num_cases = ARRAY_SIZE(bench_cases);
