// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GROUP_SUBMIT: each argument with invalid values, one at a time, then batches, the
 * order of jobs in a queue, points of timelines, ring wraps and flush IDs.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test the arguments of GROUP_SUBMIT and the order of jobs in queues.");

/* Word to which the job of an invalid submission would write if it ran */
#define TRACE	0

/* A context, and a valid job that writes to TRACE */
struct submit {
	struct test_gpu gpu;
	struct panthor_job job;
};

static void submit_open(struct submit *t)
{
	struct csb b;

	test_gpu_open(&t->gpu, 2);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA + TRACE, 0xbad);
	test_job(&t->gpu, 0, &b, &t->job);
}

static int try(struct submit *t, struct panthor_job job)
{
	return panthor_submit(t->gpu.fd, t->gpu.group, &job, 1);
}

/* Check that nothing has run and that all queues still work. */
static void submit_close(struct submit *t)
{
	struct csb b;

	for (unsigned int queue = 0; queue < t->gpu.queues; queue++) {
		csb_init(&b);
		test_emit_store(&b, TEST_DATA_VA + 64, queue + 1);
		igt_assert_eq(test_run(&t->gpu, queue, &b), 1);
		igt_assert_eq_u32(test_read32(&t->gpu, 64), queue + 1);
	}
	igt_assert_eq_u32(test_read32(&t->gpu, TRACE), 0);
	test_gpu_close(&t->gpu);
}

/* The stream of IGT's own panthor test, word by word */
static void test_single(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move48(&b, 68, TEST_DATA_VA);
	csb_move32(&b, 70, 0xdeadbeef);
	csb_store(&b, 70, 1, 68, 0);
	csb_wait(&b, 0xff);
	csb_move32(&b, 70, 0);
	csb_emit(&b, csf_flush_cache2(CSF_CACHE_CLEAN_INV, CSF_CACHE_CLEAN_INV,
				      CSF_CACHE_INV, 70, 0, 1));
	csb_wait(&b, 0xff);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0xdeadbeef);
	igt_assert_eq_u32(test_read32(&gpu, 4), 0);
	test_gpu_close(&gpu);
}

static void test_nothing(void)
{
	struct submit t;

	submit_open(&t);
	igt_assert_eq(panthor_submit(t.gpu.fd, t.gpu.group, NULL, 0), 0);
	submit_close(&t);
}

static void test_stream_invalid(void)
{
	struct panthor_job job;
	struct submit t;

	submit_open(&t);
	job = t.job;
	job.submit.stream_size = 0;
	igt_assert_eq(try(&t, job), -EINVAL);
	job = t.job;
	job.submit.stream_addr = 0;
	igt_assert_eq(try(&t, job), -EINVAL);
	job = t.job;
	job.submit.stream_addr += 32;
	igt_assert_eq(try(&t, job), -EINVAL);
	job = t.job;
	job.submit.stream_size -= 4;
	igt_assert_eq(try(&t, job), -EINVAL);
	submit_close(&t);
}

static void test_element_invalid(void)
{
	struct panthor_job job;
	struct submit t;

	submit_open(&t);
	job = t.job;
	job.submit.pad = 1;
	igt_assert_eq(try(&t, job), -EINVAL);
	job = t.job;
	job.submit.queue_index = t.gpu.queues;
	igt_assert_eq(try(&t, job), -EINVAL);
	job = t.job;
	job.submit.queue_index = ~0u;
	igt_assert_eq(try(&t, job), -EINVAL);
	for (int bit = 24; bit < 31; bit++) {
		job = t.job;
		job.submit.latest_flush = 1u << bit;
		igt_assert_eq(try(&t, job), -EINVAL);
	}
	submit_close(&t);
}

static void test_group_invalid(void)
{
	struct submit t;
	int fd;

	submit_open(&t);
	fd = t.gpu.fd;
	igt_assert_eq(panthor_submit(fd, 0, &t.job, 1), -EINVAL);
	igt_assert_eq(panthor_submit(fd, 0xdeadbeef, &t.job, 1), -EINVAL);
	/* All bits of a handle are significant, not only the low 16. */
	igt_assert_eq(panthor_submit(fd, 0x10000 | t.gpu.group, &t.job, 1), -EINVAL);
	submit_close(&t);
}

static void test_array_invalid(void)
{
	struct drm_panthor_group_submit args = {};
	struct {
		struct drm_panthor_queue_submit submit;
		uint64_t more;
	} element;
	struct submit t;

	submit_open(&t);
	element.submit = t.job.submit;
	element.more = 1;
	args.group_handle = t.gpu.group;
	args.queue_submits = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(1, &element);
	igt_assert_eq(panthor_ioctl(t.gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args),
		      -E2BIG);
	args.queue_submits.stride = sizeof(element.submit) - 8;
	igt_assert_eq(panthor_ioctl(t.gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args),
		      -EINVAL);
	args.queue_submits.stride = sizeof(element.submit);
	args.queue_submits.array = 8;
	igt_assert_eq(panthor_ioctl(t.gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args),
		      -EFAULT);
	args.queue_submits.array = (uintptr_t)&element;
	args.pad = 1;
	igt_assert_eq(panthor_ioctl(t.gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args),
		      -EINVAL);
	submit_close(&t);
}

/* Elements longer than the kernel's are accepted if the rest is zero. */
static void test_long_stride(void)
{
	struct drm_panthor_sync_op sync = { .flags = DRM_PANTHOR_SYNC_OP_SIGNAL };
	struct {
		struct drm_panthor_queue_submit submit;
		uint64_t more;
	} elements[2] = {};
	struct drm_panthor_group_submit args = {};
	struct csb b;
	struct panthor_job job;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 2; i++) {
		csb_init(&b);
		test_emit_store(&b, TEST_DATA_VA + 4 * i, i + 1);
		test_job(&gpu, 0, &b, &job);
		elements[i].submit = job.submit;
	}
	sync.handle = test_syncobj(&gpu);
	elements[1].submit.syncs = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(1, &sync);
	args.group_handle = gpu.group;
	args.queue_submits = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(2, elements);
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args), 0);
	igt_assert_eq(test_wait(&gpu, sync.handle, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 4), 2);
	test_gpu_close(&gpu);
}

static void expect_sync_error(struct submit *t, struct drm_panthor_sync_op op,
			      int error)
{
	struct panthor_job job = t->job;

	job.syncs[0] = op;
	job.sync_count = 1;
	igt_assert_eq(try(t, job), error);
}

static void test_sync_invalid(void)
{
	const uint32_t wait = DRM_PANTHOR_SYNC_OP_WAIT;
	const uint32_t signal = DRM_PANTHOR_SYNC_OP_SIGNAL;
	const uint32_t timeline = DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ;
	struct drm_panthor_sync_op op = {};
	struct submit t;
	uint32_t handle;

	submit_open(&t);
	handle = test_syncobj(&t.gpu);

	op = (struct drm_panthor_sync_op) { wait, 0xdeadbeef, 0 };
	expect_sync_error(&t, op, -ENOENT);
	op = (struct drm_panthor_sync_op) { signal, 0xdeadbeef, 0 };
	expect_sync_error(&t, op, -EINVAL);
	/* The syncobj has no fence to wait for. */
	op = (struct drm_panthor_sync_op) { wait, handle, 0 };
	expect_sync_error(&t, op, -EINVAL);
	op = (struct drm_panthor_sync_op) { wait | timeline, handle, 3 };
	expect_sync_error(&t, op, -EINVAL);
	/* A binary syncobj has no points. */
	op = (struct drm_panthor_sync_op) { signal, handle, 1 };
	expect_sync_error(&t, op, -EINVAL);
	op = (struct drm_panthor_sync_op) { signal | 2, handle, 0 };
	expect_sync_error(&t, op, -EINVAL);
	op = (struct drm_panthor_sync_op) { signal | 0x100, handle, 0 };
	expect_sync_error(&t, op, -EINVAL);
	op = (struct drm_panthor_sync_op) { signal | 0x40000000, handle, 0 };
	expect_sync_error(&t, op, -EINVAL);
	submit_close(&t);
}

/* With one invalid element, no job of the batch runs or signals. */
static void test_batch_atomic(void)
{
	struct panthor_job jobs[3];
	struct submit t;
	uint32_t done;

	submit_open(&t);
	done = test_syncobj(&t.gpu);
	for (int i = 0; i < 3; i++)
		jobs[i] = t.job;
	panthor_job_signal(&jobs[0], done, 0);
	jobs[2].submit.queue_index = t.gpu.queues;
	igt_assert_eq(panthor_submit(t.gpu.fd, t.gpu.group, jobs, 3), -EINVAL);
	jobs[2] = t.job;
	panthor_job_wait(&jobs[2], 0xdeadbeef, 0);
	igt_assert_eq(panthor_submit(t.gpu.fd, t.gpu.group, jobs, 3), -ENOENT);
	igt_assert_lt(panthor_syncobj_export(t.gpu.fd, done, 0), 0);
	submit_close(&t);
}

static void test_batch_queues(void)
{
	struct panthor_job jobs[16];
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 8);
	done = test_syncobj(&gpu);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++) {
		struct csb b;

		csb_init(&b);
		test_emit_store(&b, TEST_DATA_VA + 4 * i, i + 1);
		test_job(&gpu, i % gpu.queues, &b, &jobs[i]);
		panthor_job_signal(&jobs[i], done, i + 1);
	}
	test_submit(&gpu, jobs, ARRAY_SIZE(jobs));
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++) {
		igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, i + 1, TEST_TIMEOUT), 0);
		igt_assert_eq_u32(test_read32(&gpu, 4 * i), i + 1);
	}
	test_gpu_close(&gpu);
}

/* Create a job that takes a ticket from a counter, which records its position. */
static void ticket_job(struct test_gpu *gpu, unsigned int index, struct panthor_job *job)
{
	struct csb b;

	csb_init(&b);
	test_emit_ticket(&b, TEST_DATA_VA, TEST_DATA_VA + 64 + 4 * index);
	test_job(gpu, 0, &b, job);
}

static void check_tickets(const struct test_gpu *gpu, unsigned int count)
{
	igt_assert_eq_u32(test_read32(gpu, 0), count);
	for (unsigned int i = 0; i < count; i++)
		igt_assert_eq_u32(test_read32(gpu, 64 + 4 * i), i);
}

static void test_order(void)
{
	struct panthor_job jobs[24];
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++)
		ticket_job(&gpu, i, &jobs[i]);
	panthor_job_signal(&jobs[ARRAY_SIZE(jobs) - 1], done, 0);
	test_submit(&gpu, jobs, ARRAY_SIZE(jobs));
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	check_tickets(&gpu, ARRAY_SIZE(jobs));
	test_gpu_close(&gpu);
}

/*
 * A 4 KiB ring has room for 32 jobs. While the first one is held, more jobs than
 * that must be accepted; afterwards the ring wraps many times.
 */
static void test_ring_wrap(void)
{
	const unsigned int count = 400;
	struct panthor_job job;
	struct test_gpu gpu;
	struct csb b;
	uint32_t done;

	test_gpu_open_untimed(&gpu, 1);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA + 32);
	test_job(&gpu, 0, &b, &job);
	test_submit(&gpu, &job, 1);
	for (unsigned int i = 0; i < count; i++) {
		ticket_job(&gpu, i, &job);
		panthor_job_signal(&job, done, i + 1);
		test_submit(&gpu, &job, 1);
		if (i == 100) {
			igt_assert_eq_u32(test_read32(&gpu, 0), 0);
			test_release(&gpu, 32);
		}
	}
	igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, count, TEST_TIMEOUT), 0);
	check_tickets(&gpu, count);
	test_gpu_close(&gpu);
}

/* A stream is not copied to the ring and may be larger than it. */
static void test_large_stream(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move32(&b, TEST_REG_VALUE, 0);
	for (int i = 0; i < 10000; i++)
		csb_add32(&b, TEST_REG_VALUE, TEST_REG_VALUE, 3);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA);
	csb_store(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_flush(&b, TEST_REG_VALUE);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 30000);
	test_gpu_close(&gpu);
}

static void test_flush_id(void)
{
	const volatile uint32_t *page;
	struct panthor_job job;
	struct test_gpu gpu;
	struct csb b;
	uint32_t done;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	igt_assert_eq(panthor_flush_id_map(gpu.fd, &page), 0);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 0xf1a5);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	job.submit.latest_flush = *page;
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	job.submit.latest_flush = 0x80ffffff;
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0xf1a5);
	panthor_flush_id_unmap(page);
	test_gpu_close(&gpu);
}

/*
 * A job waits for several points of one timeline, given in any order, of which the
 * driver looks up the last one. The points' jobs are in one call or in several.
 */
static void test_timeline_points(bool together)
{
	static const uint64_t waits[] = { 2, 4, 1, 4, 3 };
	struct panthor_job jobs[5];
	uint32_t timeline, done;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 5);
	timeline = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	for (unsigned int i = 0; i < ARRAY_SIZE(jobs); i++) {
		csb_init(&b);
		/* The first point holds up the timeline, and nothing else does. */
		if (i == 0)
			test_emit_hold(&b, TEST_DATA_VA + 64);
		test_emit_store(&b, TEST_DATA_VA + 4 * i, 1);
		test_job(&gpu, i, &b, &jobs[i]);
		if (i < 4)
			panthor_job_signal(&jobs[i], timeline, i + 1);
		for (unsigned int j = 0; i == 4 && j < ARRAY_SIZE(waits); j++)
			panthor_job_wait(&jobs[i], timeline, waits[j]);
	}
	panthor_job_signal(&jobs[4], done, 0);
	test_submit(&gpu, jobs, together ? 5 : 4);
	if (!together)
		test_submit(&gpu, &jobs[4], 1);
	while (!test_read32(&gpu, 4) || !test_read32(&gpu, 8) || !test_read32(&gpu, 12))
		usleep(1000);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	igt_assert_eq_u32(test_read32(&gpu, 16), 0);

	/* A point that has no fence yet is an error, whatever the others are. */
	panthor_job_init(&jobs[0], 4, 0, 0);
	panthor_job_wait(&jobs[0], timeline, 5);
	panthor_job_wait(&jobs[0], timeline, 1);
	igt_assert_eq(panthor_submit(gpu.fd, gpu.group, &jobs[0], 1), -EINVAL);

	test_release(&gpu, 64);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 16), 1);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("One job writes one word.");
	igt_subtest("single")
		test_single();

	igt_describe("An empty array is accepted.");
	igt_subtest("nothing")
		test_nothing();

	igt_describe("Streams with an invalid size or address are rejected.");
	igt_subtest("stream-invalid")
		test_stream_invalid();

	igt_describe("Invalid queues, padding and flush IDs are rejected.");
	igt_subtest("element-invalid")
		test_element_invalid();

	igt_describe("Unknown groups are rejected.");
	igt_subtest("group-invalid")
		test_group_invalid();

	igt_describe("Invalid arrays are rejected.");
	igt_subtest("array-invalid")
		test_array_invalid();

	igt_describe("Elements of a newer uAPI are accepted if the new part is zero.");
	igt_subtest("long-stride")
		test_long_stride();

	igt_describe("Invalid sync operations are rejected.");
	igt_subtest("sync-invalid")
		test_sync_invalid();

	igt_describe("A batch with one invalid element has no effect.");
	igt_subtest("batch-atomic")
		test_batch_atomic();

	igt_describe("A job waits for several points of a timeline.");
	igt_subtest("timeline-points")
		test_timeline_points(false);
	igt_describe("A job waits for several points that jobs of the same call signal.");
	igt_subtest("timeline-points-batch")
		test_timeline_points(true);

	igt_describe("A batch can contain jobs for all queues of a group.");
	igt_subtest("batch-queues")
		test_batch_queues();

	igt_describe("Jobs of a queue run in the order of submission.");
	igt_subtest("order")
		test_order();

	igt_describe("More jobs than the ring has room for are accepted and run in order.");
	igt_subtest("ring-wrap")
		test_ring_wrap();

	igt_describe("A stream can be larger than a ring.");
	igt_subtest("large-stream")
		test_large_stream();

	igt_describe("Jobs run with any valid flush ID.");
	igt_subtest("flush-id")
		test_flush_id();
}
