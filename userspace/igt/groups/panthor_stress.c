// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random graphs of jobs in one address space. A model on the CPU predicts the sum
 * that each job computes from the results of its dependencies.
 */

#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Compare the results of random graphs of jobs with a model.");

#define QUEUES		3
#define MAX_JOBS	160
#define MAX_DEPS	4
#define MAX_BATCH	16

/* Offset in the data buffer of a job's result, a 64-bit sync object */
#define RESULT(job)	(16 * (job))

#define REG_ADDR	0
#define REG_SUM		2
#define REG_INPUT(i)	(4 + 2 * (i))

struct node {
	unsigned int queue;
	unsigned int dep_count;
	unsigned int deps[MAX_DEPS];
	uint64_t expected;
};

/* xorshift: the same sequence on every machine */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % below;
}

/* A job's result is its index plus one, plus the results of its dependencies. */
static void make_graph(struct node *nodes, unsigned int count, uint32_t *seed)
{
	for (unsigned int i = 0; i < count; i++) {
		struct node *n = &nodes[i];

		n->queue = draw(seed, QUEUES);
		n->dep_count = i ? draw(seed, MAX_DEPS + 1) : 0;
		n->expected = i + 1;
		for (unsigned int d = 0; d < n->dep_count; d++) {
			n->deps[d] = draw(seed, i);
			n->expected += nodes[n->deps[d]].expected;
		}
	}
}

static void make_job(struct test_gpu *gpu, const struct node *nodes, unsigned int i,
		     const uint32_t *done, struct panthor_job *job)
{
	const struct node *n = &nodes[i];
	struct csb b;

	csb_init(&b);
	for (unsigned int d = 0; d < n->dep_count; d++) {
		csb_move48(&b, REG_ADDR, TEST_DATA_VA + RESULT(n->deps[d]));
		csb_load(&b, REG_INPUT(d), 2, REG_ADDR, 0);
	}
	csb_wait(&b, CSB_SB_ALL);
	csb_move48(&b, REG_ADDR, TEST_DATA_VA + RESULT(i));
	csb_move48(&b, REG_SUM, i + 1);
	csb_sync_add64(&b, REG_ADDR, REG_SUM, CSF_SYNC_SCOPE_GROUP);
	for (unsigned int d = 0; d < n->dep_count; d++)
		csb_sync_add64(&b, REG_ADDR, REG_INPUT(d), CSF_SYNC_SCOPE_GROUP);
	test_job(gpu, n->queue, &b, job);
	for (unsigned int d = 0; d < n->dep_count; d++)
		panthor_job_wait(job, done[n->deps[d]], 0);
	panthor_job_signal(job, done[i], 0);
}

/* Submit a random graph in batches, and check each job's fence and result. */
static void run_graph(uint32_t seed, unsigned int count, unsigned int batch)
{
	struct panthor_job jobs[MAX_BATCH];
	struct node nodes[MAX_JOBS];
	uint32_t done[MAX_JOBS];
	struct test_gpu gpu;

	igt_info("seed %u\n", seed);
	make_graph(nodes, count, &seed);
	test_gpu_open(&gpu, QUEUES);
	for (unsigned int i = 0; i < count; i++)
		done[i] = test_syncobj(&gpu);
	for (unsigned int i = 0; i < count; i += batch) {
		unsigned int n = count - i < batch ? count - i : batch;

		for (unsigned int k = 0; k < n; k++)
			make_job(&gpu, nodes, i + k, done, &jobs[k]);
		test_submit(&gpu, jobs, n);
	}
	for (unsigned int i = 0; i < count; i++) {
		igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
		igt_assert_eq_u64(test_read64(&gpu, RESULT(i)), nodes[i].expected);
	}
	test_gpu_close(&gpu);
}

/* Each job signals the next point of one timeline, which implies all earlier ones. */
static void test_timeline_burst(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t timeline;
	struct csb b;

	test_gpu_open(&gpu, QUEUES);
	timeline = test_syncobj(&gpu);
	csb_init(&b);
	csb_move48(&b, REG_ADDR, TEST_DATA_VA);
	csb_move48(&b, REG_SUM, 1);
	csb_sync_add64(&b, REG_ADDR, REG_SUM, CSF_SYNC_SCOPE_SYSTEM);
	test_job(&gpu, 0, &b, &job);
	for (unsigned int i = 1; i <= 300; i++) {
		job.submit.queue_index = i % QUEUES;
		job.sync_count = 0;
		panthor_job_signal(&job, timeline, i);
		test_submit(&gpu, &job, 1);
	}
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, timeline, 300, TEST_TIMEOUT), 0);
	igt_assert_eq_u64(test_read64(&gpu, 0), 300);
	test_gpu_close(&gpu);
}

/* Hundreds of sync points that all depend on one job */
static void test_empty_burst(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open_untimed(&gpu, QUEUES);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA);
	test_emit_store(&b, TEST_DATA_VA + 64, 1);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	for (unsigned int i = 0; i < 300; i++) {
		panthor_job_init(&job, i % QUEUES, 0, 0);
		panthor_job_wait(&job, done, 0);
		panthor_job_signal(&job, done, 0);
		test_submit(&gpu, &job, 1);
	}
	igt_assert(!test_is_signalled(&gpu, done, 0));
	test_release(&gpu, 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 64), 1);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Random graphs run with one job per call.");
	igt_subtest("graph-single")
		for (uint32_t seed = 1; seed <= 3; seed++)
			run_graph(seed, MAX_JOBS, 1);
	igt_describe("Random graphs run with several jobs per call, with dependencies in it.");
	igt_subtest("graph-batch")
		for (uint32_t seed = 11; seed <= 13; seed++)
			run_graph(seed, MAX_JOBS, MAX_BATCH);
	igt_describe("Random graphs run in more processes than the GPU has slots.");
	igt_subtest("graph-processes") {
		igt_fork(child, 12)
			run_graph(21 + child, MAX_JOBS / 2, 1 + child);
		igt_waitchildren();
	}

	igt_describe("Hundreds of points of one timeline signal in order.");
	igt_subtest("timeline-burst")
		test_timeline_burst();
	igt_describe("Hundreds of sync points wait for one job.");
	igt_subtest("empty-burst")
		test_empty_burst();
}
