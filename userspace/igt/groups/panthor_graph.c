// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Graphs of jobs across processes: three processes with two groups each submit
 * jobs that depend on each other through binary and timeline syncobjs. Each job
 * adds up the results of its dependencies, so that wrong order shows in the sum.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Run thousands of interdependent jobs of several processes.");

/* PANTHOR_SEED=N in the environment repeats a run of "random". */

#define PROCESSES	3
#define GROUPS		2
#define GROUP_QUEUES	2
#define QUEUES		(GROUPS * GROUP_QUEUES)
#define JOBS		2400
/* On a kernel with checkers, which slow it down */
#define JOBS_CHECKED	400
#define MAX_DEPS	4
#define MAX_BATCH	8

/* Shared buffer with a 64-bit sync object for the result of each job */
#define SHARED_VA	TEST_FREE_VA
#define SHARED_SIZE	(16 * JOBS)
#define RESULT(job)	(SHARED_VA + 16 * (job))

#define REG_ADDR	0
#define REG_SUM		2
#define REG_INPUT(i)	(4 + 2 * (i))

#define NO_JOB		JOBS

/**
 * struct node - one job of the graph
 * @process: process that submits it
 * @queue: queue of that process
 * @point: point of the queue's timeline that it signals
 * @empty: it has no stream
 * @binary: it signals a binary syncobj of its own as well
 * @dep_count: number of @deps
 * @deps: jobs that it waits for, all of them earlier
 * @by_binary: mask of the dependencies to wait for by their binary syncobj
 * @stands_for: job with a stream that is complete when this one is: itself, or
 *	the last one before an empty job in its queue; %NO_JOB if there is none
 * @result: the expected sum
 */
struct node {
	unsigned int process;
	unsigned int queue;
	uint64_t point;
	bool empty;
	bool binary;
	unsigned int dep_count;
	unsigned int deps[MAX_DEPS];
	unsigned int by_binary;
	unsigned int stands_for;
	uint64_t result;
};

/**
 * struct graph - the jobs, in a valid order of submission
 * @nodes: the jobs
 * @count: number of jobs
 * @seed: state of the random number generator, the same in all processes
 */
struct graph {
	struct node nodes[JOBS];
	unsigned int count;
	uint32_t seed;
};

/* xorshift: the same sequence on every machine */
static uint32_t draw(struct graph *g, uint32_t below)
{
	g->seed ^= g->seed << 13;
	g->seed ^= g->seed >> 17;
	g->seed ^= g->seed << 5;
	return g->seed % below;
}

static void make_deps(struct graph *g, unsigned int i)
{
	struct node *n = &g->nodes[i];

	n->dep_count = i ? draw(g, MAX_DEPS + 1) : 0;
	for (unsigned int d = 0; d < n->dep_count; d++) {
		/* Half of them are recent jobs, which are likely still pending. */
		unsigned int near = i < 16 ? i : 16;
		const struct node *dep;

		n->deps[d] = draw(g, 2) ? draw(g, i) : i - 1 - draw(g, near);
		dep = &g->nodes[n->deps[d]];
		if (dep->process == n->process && dep->binary)
			n->by_binary |= 1u << d;
	}
}

static void make_graph(struct graph *g, uint32_t seed, unsigned int count)
{
	unsigned int last[PROCESSES][QUEUES];
	uint64_t points[PROCESSES][QUEUES] = {};

	*g = (struct graph) { .count = count, .seed = seed };
	for (unsigned int q = 0; q < PROCESSES * QUEUES; q++)
		last[q / QUEUES][q % QUEUES] = NO_JOB;
	for (unsigned int i = 0; i < count; i++) {
		struct node *n = &g->nodes[i];

		n->process = draw(g, PROCESSES);
		n->queue = draw(g, QUEUES);
		n->point = ++points[n->process][n->queue];
		n->empty = !draw(g, 6);
		n->binary = !draw(g, 3);
		make_deps(g, i);
		if (!n->empty)
			last[n->process][n->queue] = i;
		n->stands_for = last[n->process][n->queue];
		n->result = i + 1;
		for (unsigned int d = 0; !n->empty && d < n->dep_count; d++) {
			unsigned int dep = g->nodes[n->deps[d]].stands_for;

			if (dep != NO_JOB)
				n->result += g->nodes[dep].result;
		}
	}
}

/**
 * struct shared - file descriptors that the processes inherit
 * @memory: dma-buf of the results
 * @timelines: syncobj of each queue of each process
 */
struct shared {
	int memory;
	int timelines[PROCESSES][QUEUES];
};

/**
 * struct worker - one process
 * @gpu: context
 * @me: index of the process
 * @graph: the whole graph
 * @groups: group handles
 * @timelines: handles of all queues' timelines
 * @own: binary syncobjs of its jobs that have one
 * @jobs: pending batch of submissions
 * @job_count: number of @jobs
 * @group: index in @groups of the batch's group
 */
struct worker {
	struct test_gpu gpu;
	unsigned int me;
	struct graph *graph;
	uint32_t groups[GROUPS];
	uint32_t timelines[PROCESSES][QUEUES];
	uint32_t own[JOBS];
	struct panthor_job jobs[MAX_BATCH];
	unsigned int job_count;
	unsigned int group;
};

static void worker_flush(struct worker *w)
{
	if (!w->job_count)
		return;
	w->gpu.group = w->groups[w->group];
	test_submit(&w->gpu, w->jobs, w->job_count);
	w->job_count = 0;
}

/* Emit the sum of all inputs. An input that is not complete makes it too small. */
static void emit_sum(struct csb *b, const struct graph *g, unsigned int i)
{
	const struct node *n = &g->nodes[i];
	unsigned int inputs = 0;

	for (unsigned int d = 0; d < n->dep_count; d++) {
		unsigned int dep = g->nodes[n->deps[d]].stands_for;

		if (dep == NO_JOB)
			continue;
		csb_move48(b, REG_ADDR, RESULT(dep));
		csb_load(b, REG_INPUT(inputs++), 2, REG_ADDR, 0);
	}
	csb_wait(b, CSB_SB_ALL);
	csb_move48(b, REG_ADDR, RESULT(i));
	csb_move48(b, REG_SUM, i + 1);
	csb_sync_add64(b, REG_ADDR, REG_SUM, CSF_SYNC_SCOPE_SYSTEM);
	while (inputs)
		csb_sync_add64(b, REG_ADDR, REG_INPUT(--inputs), CSF_SYNC_SCOPE_SYSTEM);
}

/* A job of another process must have been submitted before a job can wait for it. */
static void wait_for_others(struct worker *w, const struct node *n)
{
	for (unsigned int d = 0; d < n->dep_count; d++) {
		const struct node *dep = &w->graph->nodes[n->deps[d]];

		if (dep->process == w->me)
			continue;
			/* Submit the batch: the other process may wait for its jobs. */
		worker_flush(w);
		igt_assert_eq(panthor_syncobj_wait_submitted(w->gpu.fd,
							     w->timelines[dep->process][dep->queue],
							     dep->point,
							     3 * TEST_TIMEOUT), 0);
	}
}

static void worker_add(struct worker *w, unsigned int i)
{
	const struct node *n = &w->graph->nodes[i];
	struct panthor_job *job;
	struct csb b;

	wait_for_others(w, n);
	if (w->job_count == MAX_BATCH || n->queue / GROUP_QUEUES != w->group)
		worker_flush(w);
	w->group = n->queue / GROUP_QUEUES;
	job = &w->jobs[w->job_count++];
	if (n->empty) {
		panthor_job_init(job, n->queue % GROUP_QUEUES, 0, 0);
	} else {
		csb_init(&b);
		emit_sum(&b, w->graph, i);
		test_job(&w->gpu, n->queue % GROUP_QUEUES, &b, job);
	}
	for (unsigned int d = 0; d < n->dep_count; d++) {
		const struct node *dep = &w->graph->nodes[n->deps[d]];

		if (n->by_binary & 1u << d)
			panthor_job_wait(job, w->own[n->deps[d]], 0);
		else
			panthor_job_wait(job, w->timelines[dep->process][dep->queue],
					 dep->point);
	}
	panthor_job_signal(job, w->timelines[w->me][n->queue], n->point);
	if (n->binary) {
		w->own[i] = test_syncobj(&w->gpu);
		panthor_job_signal(job, w->own[i], 0);
	}
}

static void worker_run(struct graph *g, unsigned int me, const struct shared *shared)
{
	static struct worker w;
	uint64_t points[QUEUES] = {};
	uint32_t memory;

	w = (struct worker) { .me = me, .graph = g };
	test_gpu_open(&w.gpu, 0);
	for (unsigned int i = 0; i < GROUPS; i++) {
		test_gpu_new_group(&w.gpu, GROUP_QUEUES);
		w.groups[i] = w.gpu.group;
	}
	for (unsigned int q = 0; q < PROCESSES * QUEUES; q++)
		igt_assert_eq(drmSyncobjFDToHandle(w.gpu.fd,
						   shared->timelines[q / QUEUES][q % QUEUES],
						   &w.timelines[q / QUEUES][q % QUEUES]), 0);
	igt_assert_eq(drmPrimeFDToHandle(w.gpu.fd, shared->memory, &memory), 0);
	igt_assert_eq(panthor_vm_map(w.gpu.fd, w.gpu.vm, SHARED_VA, memory, 0,
				     (SHARED_SIZE + 4095) & ~4095ull,
				     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	for (unsigned int i = 0; i < g->count; i++) {
		if (g->nodes[i].process != me)
			continue;
		worker_add(&w, i);
		points[g->nodes[i].queue] = g->nodes[i].point;
	}
	worker_flush(&w);
	for (unsigned int q = 0; q < QUEUES; q++) {
		if (points[q])
			igt_assert_eq(panthor_syncobj_wait(w.gpu.fd, w.timelines[me][q],
							   points[q], 3 * TEST_TIMEOUT), 0);
	}
	test_gpu_close(&w.gpu);
}

static void share(struct test_gpu *gpu, struct panthor_buf *memory, struct shared *shared)
{
	uint64_t size = SHARED_SIZE;
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, 0, &bo), 0);
	igt_assert_eq(panthor_buf_attach(gpu->fd, gpu->vm, SHARED_VA, size,
					 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, bo, memory), 0);
	igt_assert_eq(drmPrimeHandleToFD(gpu->fd, bo, DRM_RDWR, &shared->memory), 0);
	for (unsigned int q = 0; q < PROCESSES * QUEUES; q++)
		igt_assert_eq(drmSyncobjHandleToFD(gpu->fd, test_syncobj(gpu),
						   &shared->timelines[q / QUEUES][q % QUEUES]),
			      0);
}

static void run(uint32_t seed)
{
	bool checked = !access("/sys/kernel/debug/kmemleak", F_OK);
	static struct graph graph;
	struct panthor_buf memory;
	struct shared shared;
	struct test_gpu gpu;

	igt_info("PANTHOR_SEED=%u\n", seed);
	make_graph(&graph, seed, checked ? JOBS_CHECKED : JOBS);
	test_gpu_open(&gpu, 0);
	share(&gpu, &memory, &shared);
	igt_fork(child, PROCESSES)
		worker_run(&graph, child, &shared);
	igt_waitchildren();

	for (unsigned int i = 0; i < graph.count; i++) {
		const struct node *n = &graph.nodes[i];
		uint64_t result = *(uint64_t *)((char *)memory.cpu + 16 * i);

		igt_assert_f(result == (n->empty ? 0 : n->result),
			     "job %u of process %u, queue %u: result %#llx, expected %#llx\n", i,
			     n->process, n->queue, (unsigned long long)result,
			     (unsigned long long)n->result);
	}
	close(shared.memory);
	for (unsigned int q = 0; q < PROCESSES * QUEUES; q++)
		close(shared.timelines[q / QUEUES][q % QUEUES]);
	panthor_buf_destroy(gpu.fd, gpu.vm, &memory);
	test_gpu_close(&gpu);
}

int igt_main()
{
	const char *seed = getenv("PANTHOR_SEED");

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Run the same graph each time.");
	igt_subtest("repeated")
		run(0x5eed);
	igt_describe("Run other graphs each time.");
	igt_subtest("random")
		for (uint32_t i = 0; i < (seed ? 1 : 3); i++)
			run(seed ? strtoul(seed, NULL, 0) : ((uint32_t)time(NULL) | 1) + 2 * i);
}
