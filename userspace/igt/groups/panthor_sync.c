// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Dependencies between jobs by binary and timeline syncobjs: across queues, groups,
 * processes and files, within one call, on fences of the CPU, and with jobs that
 * have no stream. Jobs take tickets from a counter, which show their order.
 */

#include <errno.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test dependencies between jobs by binary and timeline syncobjs.");

#define DATA	TEST_DATA_VA
/* Address of the counter, offset of the ticket of job @n */
#define COUNTER	(DATA + 0)
#define TICKET(n)	(64 + 4 * (n))
#define HOLD	32

/* Create a job that stores its position in the order of execution as a ticket. */
static void ticket_job(struct test_gpu *gpu, unsigned int queue, unsigned int index,
		       struct panthor_job *job)
{
	struct csb b;

	csb_init(&b);
	test_emit_ticket(&b, COUNTER, DATA + TICKET(index));
	test_job(gpu, queue, &b, job);
}

/* Create such a job that first waits for test_release(@gpu, HOLD). */
static void held_ticket_job(struct test_gpu *gpu, unsigned int queue,
			    unsigned int index, struct panthor_job *job)
{
	struct csb b;

	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	test_emit_ticket(&b, COUNTER, DATA + TICKET(index));
	test_job(gpu, queue, &b, job);
}

/* Run jobs on an unblocked queue, so that all jobs that are ready have run. */
static void settle(struct test_gpu *gpu, unsigned int queue)
{
	for (int i = 0; i < 3; i++) {
		struct csb b;

		csb_init(&b);
		test_emit_store(&b, DATA + 4096, i);
		igt_assert_eq(test_run(gpu, queue, &b), 1);
	}
}

static uint32_t ticket(const struct test_gpu *gpu, unsigned int index)
{
	return test_read32(gpu, TICKET(index));
}

static void test_across_queues(bool timeline)
{
	struct panthor_job first, second;
	uint32_t between, done;
	struct test_gpu gpu;
	uint64_t point = timeline ? 7 : 0;

	test_gpu_open(&gpu, 3);
	between = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	held_ticket_job(&gpu, 0, 0, &first);
	panthor_job_signal(&first, between, point);
	test_submit(&gpu, &first, 1);
	ticket_job(&gpu, 1, 1, &second);
	panthor_job_wait(&second, between, point);
	panthor_job_signal(&second, done, point);
	test_submit(&gpu, &second, 1);

	settle(&gpu, 2);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	igt_assert(!test_is_signalled(&gpu, between, point));
	igt_assert(!test_is_signalled(&gpu, done, point));
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, done, point), 1);
	igt_assert(test_is_signalled(&gpu, between, point));
	igt_assert_eq_u32(test_read32(&gpu, 0), 2);
	igt_assert_eq_u32(ticket(&gpu, 0), 0);
	igt_assert_eq_u32(ticket(&gpu, 1), 1);
	test_gpu_close(&gpu);
}

/* A later element can wait for the signal of an earlier one of the same call. */
static void test_in_batch(bool timeline)
{
	struct panthor_job jobs[8];
	struct test_gpu gpu;
	uint32_t chain;

	test_gpu_open(&gpu, 4);
	chain = test_syncobj(&gpu);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++) {
		/* Queues in descending order */
		unsigned int queue = (ARRAY_SIZE(jobs) - 1 - i) % gpu.queues;

		if (i == 0)
			held_ticket_job(&gpu, queue, i, &jobs[i]);
		else
			ticket_job(&gpu, queue, i, &jobs[i]);
		if (i > 0)
			panthor_job_wait(&jobs[i], chain, timeline ? i : 0);
		panthor_job_signal(&jobs[i], chain, timeline ? i + 1 : 0);
	}
	test_submit(&gpu, jobs, ARRAY_SIZE(jobs));
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, chain, timeline ? ARRAY_SIZE(jobs) : 0), 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		igt_assert_eq_u32(ticket(&gpu, i), i);
	test_gpu_close(&gpu);
}

/* An earlier element cannot wait for the signal of a later one. */
static void test_in_batch_backwards(void)
{
	struct panthor_job jobs[2];
	struct test_gpu gpu;
	uint32_t later;

	test_gpu_open(&gpu, 2);
	later = test_syncobj(&gpu);
	ticket_job(&gpu, 0, 0, &jobs[0]);
	panthor_job_wait(&jobs[0], later, 0);
	ticket_job(&gpu, 1, 1, &jobs[1]);
	panthor_job_signal(&jobs[1], later, 0);
	igt_assert_eq(panthor_submit(gpu.fd, gpu.group, jobs, 2), -EINVAL);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_gpu_close(&gpu);
}

/* A syncobj ends up with the fence of the last job of a batch that signals it. */
static void test_last_signal_wins(void)
{
	struct panthor_job jobs[2];
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 2);
	done = test_syncobj(&gpu);
	ticket_job(&gpu, 0, 0, &jobs[0]);
	panthor_job_signal(&jobs[0], done, 0);
	held_ticket_job(&gpu, 1, 1, &jobs[1]);
	panthor_job_signal(&jobs[1], done, 0);
	test_submit(&gpu, jobs, 2);
	settle(&gpu, 0);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 2);
	test_gpu_close(&gpu);
}

static void test_cpu_fence(void)
{
	struct cpu_fence fence;
	struct panthor_job job;
	uint32_t gate, done;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 2);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	ticket_job(&gpu, 0, 0, &job);
	panthor_job_wait(&job, gate, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	settle(&gpu, 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

/* A waiting job holds up those after it in its queue, but not other queues. */
static void test_no_overtaking(void)
{
	struct panthor_job jobs[3];
	struct cpu_fence fence;
	uint32_t gate, done;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 2);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	for (unsigned int i = 0; i < 3; i++)
		ticket_job(&gpu, 0, i, &jobs[i]);
	panthor_job_wait(&jobs[1], gate, 0);
	panthor_job_signal(&jobs[0], done, 1);
	panthor_job_signal(&jobs[2], done, 2);
	test_submit(&gpu, jobs, 3);
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, 1, TEST_TIMEOUT), 0);
	settle(&gpu, 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, 2, TEST_TIMEOUT), 0);
	for (unsigned int i = 0; i < 3; i++)
		igt_assert_eq_u32(ticket(&gpu, i), i);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

/* One job waits for several; several wait for one. */
static void test_diamond(void)
{
	enum { TOP = 0, LEFT = 1, MIDDLE = 2, RIGHT = 3, BOTTOM = 4, COUNT };
	struct panthor_job jobs[COUNT];
	uint32_t syncobj[COUNT];
	struct test_gpu gpu;

	test_gpu_open(&gpu, COUNT);
	for (unsigned int i = 0; i < COUNT; i++) {
		syncobj[i] = test_syncobj(&gpu);
		if (i == TOP)
			held_ticket_job(&gpu, i, i, &jobs[i]);
		else
			ticket_job(&gpu, i, i, &jobs[i]);
		panthor_job_signal(&jobs[i], syncobj[i], 0);
		for (unsigned int dep = i == BOTTOM ? LEFT : TOP; dep < i; dep++) {
			if (dep == TOP || i == BOTTOM)
				panthor_job_wait(&jobs[i], syncobj[dep], 0);
		}
	}
	test_submit(&gpu, jobs, COUNT);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, syncobj[BOTTOM], 0), 1);
	igt_assert_eq_u32(ticket(&gpu, TOP), 0);
	igt_assert_eq_u32(ticket(&gpu, BOTTOM), COUNT - 1);
	for (unsigned int i = 0; i < COUNT; i++)
		igt_assert(test_is_signalled(&gpu, syncobj[i], 0));
	test_gpu_close(&gpu);
}

/* Repeated dependencies on the same, already signalled fence */
static void test_repeated(void)
{
	struct panthor_job job;
	uint32_t past, done;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 2);
	past = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	ticket_job(&gpu, 0, 0, &job);
	panthor_job_signal(&job, past, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, past, 0), 1);
	ticket_job(&gpu, 1, 1, &job);
	for (int i = 0; i < 10; i++)
		panthor_job_wait(&job, past, 0);
	panthor_job_signal(&job, done, 0);
	panthor_job_signal(&job, past, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq(test_wait(&gpu, past, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 2);
	test_gpu_close(&gpu);
}

/* A job without a stream on an unused queue completes at once. */
static void test_empty_unused(void)
{
	struct panthor_job jobs[2];
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 2);
	done = test_syncobj(&gpu);
	panthor_job_init(&jobs[0], 0, 0, 0);
	panthor_job_init(&jobs[1], 1, 0, 0);
	panthor_job_signal(&jobs[0], done, 1);
	panthor_job_signal(&jobs[1], done, 2);
	test_submit(&gpu, jobs, 2);
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, 2, TEST_TIMEOUT), 0);
	test_gpu_close(&gpu);
}

/* An empty job waits for the jobs before it in its queue and for its dependencies. */
static void test_empty_waits(void)
{
	struct panthor_job jobs[3];
	uint32_t done, other, gate;
	struct cpu_fence fence;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 3);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	other = test_syncobj(&gpu);
	held_ticket_job(&gpu, 0, 0, &jobs[0]);
	panthor_job_init(&jobs[1], 0, 0, 0);
	panthor_job_signal(&jobs[1], done, 0);
	panthor_job_init(&jobs[2], 1, 0, 0);
	panthor_job_wait(&jobs[2], gate, 0);
	panthor_job_signal(&jobs[2], other, 0);
	test_submit(&gpu, jobs, 3);
	settle(&gpu, 2);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	igt_assert(!test_is_signalled(&gpu, other, 0));
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, other, 0), 1);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

/* The calls that Mesa makes for a submission without command buffers */
static void test_empty_batch(void)
{
	struct panthor_job jobs[6];
	uint32_t queue_sync[3], gate;
	struct cpu_fence fence;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 3);
	gate = test_fence(&gpu, &fence);
	for (unsigned int i = 0; i < 3; i++) {
		queue_sync[i] = test_syncobj(&gpu);
		panthor_job_init(&jobs[i], i, 0, 0);
		panthor_job_wait(&jobs[i], gate, 0);
		panthor_job_init(&jobs[3 + i], i, 0, 0);
		panthor_job_signal(&jobs[3 + i], queue_sync[i], 1);
	}
	test_submit(&gpu, jobs, 6);
	for (unsigned int i = 0; i < 3; i++)
		igt_assert(!test_is_signalled(&gpu, queue_sync[i], 1));
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	for (unsigned int i = 0; i < 3; i++)
		igt_assert_eq(panthor_syncobj_wait(gpu.fd, queue_sync[i], 1,
						   TEST_TIMEOUT), 0);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

static void test_across_groups(void)
{
	struct panthor_job first, second;
	struct test_gpu gpu, other;
	uint32_t between, done;

	test_gpu_open(&gpu, 1);
	between = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	held_ticket_job(&gpu, 0, 0, &first);
	panthor_job_signal(&first, between, 0);
	test_submit(&gpu, &first, 1);

	/* The same file and address space, another group */
	other = gpu;
	test_gpu_new_group(&other, 1);
	ticket_job(&other, 0, 1, &second);
	panthor_job_wait(&second, between, 0);
	panthor_job_signal(&second, done, 0);
	test_submit(&other, &second, 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(ticket(&gpu, 0), 0);
	igt_assert_eq_u32(ticket(&gpu, 1), 1);
	igt_assert_eq(panthor_group_destroy(other.fd, other.group), 0);
	test_gpu_close(&gpu);
}

/* A chain that alternates between two queues, one call per job */
static void test_chain(void)
{
	const unsigned int count = 64;
	struct test_gpu gpu;
	uint32_t chain;

	test_gpu_open(&gpu, 2);
	chain = test_syncobj(&gpu);
	for (unsigned int i = 0; i < count; i++) {
		struct panthor_job job;

		ticket_job(&gpu, i % 2, i, &job);
		if (i)
			panthor_job_wait(&job, chain, i);
		panthor_job_signal(&job, chain, i + 1);
		test_submit(&gpu, &job, 1);
	}
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, chain, count, TEST_TIMEOUT), 0);
	for (unsigned int i = 0; i < count; i++)
		igt_assert_eq_u32(ticket(&gpu, i), i);
	test_gpu_close(&gpu);
}

/* Other processes wait for our job by a syncobj that they have inherited as an fd. */
static void test_across_processes(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	int shared, waiting[2];
	uint32_t between;
	char byte;

	test_gpu_open(&gpu, 1);
	between = test_syncobj(&gpu);
	igt_assert_eq(drmSyncobjHandleToFD(gpu.fd, between, &shared), 0);
	igt_assert_eq(pipe(waiting), 0);
	igt_fork(child, 2) {
		uint32_t imported, done;
		struct test_gpu mine;

		test_gpu_open(&mine, 1);
		igt_assert_eq(drmSyncobjFDToHandle(mine.fd, shared, &imported), 0);
		igt_assert_eq(panthor_syncobj_wait_submitted(mine.fd, imported, 1,
							     TEST_TIMEOUT), 0);
		done = test_syncobj(&mine);
		ticket_job(&mine, 0, 0, &job);
		panthor_job_wait(&job, imported, 1);
		panthor_job_signal(&job, done, 0);
		test_submit(&mine, &job, 1);
		/* The parent releases its job when both children wait for it. */
		igt_assert_eq(test_read32(&mine, 0), 0);
		igt_assert_eq(write(waiting[1], "w", 1), 1);
		igt_assert_eq(test_wait(&mine, done, 0), 1);
		igt_assert_eq_u32(test_read32(&mine, 0), 1);
		/* The parent's job has run before. */
		igt_assert_eq_u32(test_read32(&gpu, 0), 1);
		test_gpu_close(&mine);
	}
	held_ticket_job(&gpu, 0, 0, &job);
	panthor_job_signal(&job, between, 1);
	test_submit(&gpu, &job, 1);
	close(waiting[1]);
	for (int i = 0; i < 2; i++)
		igt_assert_eq(read(waiting[0], &byte, 1), 1);
	test_release(&gpu, HOLD);
	igt_waitchildren();
	close(waiting[0]);
	test_gpu_close(&gpu);
}

/* A fence is exported as a sync_file and imported into another device file. */
static void test_sync_file(void)
{
	struct panthor_job first, second;
	struct test_gpu a, b;
	uint32_t syncobj, done;
	int fence, imported;

	test_gpu_open(&a, 1);
	test_gpu_open(&b, 1);
	syncobj = test_syncobj(&a);
	done = test_syncobj(&b);
	held_ticket_job(&a, 0, 0, &first);
	panthor_job_signal(&first, syncobj, 0);
	test_submit(&a, &first, 1);
	fence = panthor_syncobj_export(a.fd, syncobj, 0);
	igt_assert_lte(0, fence);
	imported = panthor_syncobj_import(b.fd, fence);
	igt_assert_lt(0, imported);
	ticket_job(&b, 0, 0, &second);
	panthor_job_wait(&second, imported, 0);
	panthor_job_signal(&second, done, 0);
	test_submit(&b, &second, 1);
	igt_assert_eq(panthor_fence_wait(fence, 0), -ETIME);
	igt_assert(!test_is_signalled(&b, done, 0));
	test_release(&a, HOLD);
	igt_assert_eq(panthor_fence_wait(fence, TEST_TIMEOUT), 0);
	igt_assert_eq(test_wait(&b, done, 0), 1);
	igt_assert_eq_u32(test_read32(&b, 0), 1);
	close(fence);
	test_gpu_close(&b);
	test_gpu_close(&a);
}

/* Fence timestamps lie between submission and now, in order of completion. */
static void test_timestamps(void)
{
	struct panthor_fence_info info[2];
	struct panthor_job jobs[2];
	struct test_gpu gpu;
	uint32_t done[2];
	uint64_t before;

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 2; i++) {
		done[i] = test_syncobj(&gpu);
		ticket_job(&gpu, 0, i, &jobs[i]);
		panthor_job_signal(&jobs[i], done[i], 0);
	}
	before = panthor_now_ns();
	test_submit(&gpu, jobs, 2);
	for (int i = 0; i < 2; i++) {
		igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
		igt_assert_eq(panthor_syncobj_info(gpu.fd, done[i], 0, &info[i]), 0);
	}
	igt_assert_lte_u64(before, info[0].timestamp_ns);
	igt_assert_lte_u64(info[0].timestamp_ns, info[1].timestamp_ns);
	igt_assert_lte_u64(info[1].timestamp_ns, panthor_now_ns());
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A job waits for one of another queue by a binary syncobj.");
	igt_subtest("across-queues-binary")
		test_across_queues(false);
	igt_describe("A job waits for one of another queue by a timeline.");
	igt_subtest("across-queues-timeline")
		test_across_queues(true);

	igt_describe("Elements of one call wait for each other by a binary syncobj.");
	igt_subtest("in-batch-binary")
		test_in_batch(false);
	igt_describe("Elements of one call wait for each other by a timeline.");
	igt_subtest("in-batch-timeline")
		test_in_batch(true);
	igt_describe("An element cannot wait for a later one of the same call.");
	igt_subtest("in-batch-backwards")
		test_in_batch_backwards();
	igt_describe("The last job of a call that signals a syncobj determines its fence.");
	igt_subtest("last-signal-wins")
		test_last_signal_wins();

	igt_describe("A job waits for a fence that the CPU signals.");
	igt_subtest("cpu-fence")
		test_cpu_fence();
	igt_describe("Jobs of a queue do not overtake each other.");
	igt_subtest("no-overtaking")
		test_no_overtaking();
	igt_describe("A job may have several dependencies and several dependents.");
	igt_subtest("diamond")
		test_diamond();
	igt_describe("A dependency may be repeated and may have signalled already.");
	igt_subtest("repeated")
		test_repeated();
	igt_describe("A long chain between two queues keeps its order.");
	igt_subtest("chain")
		test_chain();

	igt_describe("A sync point on an unused queue completes at once.");
	igt_subtest("empty-unused-queue")
		test_empty_unused();
	igt_describe("A sync point waits for its queue and its dependencies.");
	igt_subtest("empty-waits")
		test_empty_waits();
	igt_describe("A submission of sync points only is valid, as Mesa makes them.");
	igt_subtest("empty-batch")
		test_empty_batch();

	igt_describe("A job waits for one of another group.");
	igt_subtest("across-groups")
		test_across_groups();
	igt_describe("A job waits for one of another process.");
	igt_subtest("across-processes")
		test_across_processes();
	igt_describe("Fences can be passed on as sync_files.");
	igt_subtest("sync-file")
		test_sync_file();
	igt_describe("Fence timestamps are those of the completion.");
	igt_subtest("timestamps")
		test_timestamps();
}
