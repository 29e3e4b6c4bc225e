// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Streams that run on after their jobs have completed: a stream writes to the sync
 * object by which the driver tells that its job has completed, and does not end. No
 * time limit applies to the job any longer, but the stream must not keep the GPU.
 */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_seqno.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Streams report their jobs as complete and run on.");

#define DATA	TEST_DATA_VA
/* Words of the data buffer: the stream runs; it may write to the sync object */
#define RUNNING	32
#define HOLD	64
/* Autosuspend delay in ms */
#define SHORT	1

/* A loop, since the firmware would report a stream that waits as idle */
static void emit_poll(struct csb *b, uint64_t va)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_move48(b, TEST_REG_ADDR, va);
	csb_place(b, &loop);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(b, CSB_SB_ALL);
	csb_branch(b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
}

/* Return when the fence of a job has signalled whose stream runs on. */
static void run_overrun(struct test_gpu *gpu, bool event)
{
	uint32_t done = test_syncobj(gpu);
	struct test_seqno seqno;
	struct panthor_job job;
	struct csb b;

	test_seqno_find(gpu, 0, &seqno);
	csb_init(&b);
	test_emit_store(&b, DATA + RUNNING, 1);
	emit_poll(&b, DATA + HOLD);
	test_emit_seqno(&b, &seqno, event);
	test_emit_forever(&b);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	test_wait_word(gpu, RUNNING);
	test_release(gpu, HOLD);
	igt_assert_eq(test_wait(gpu, done, 0), 1);
}

/*
 * The GPU suspends although the stream does not end. The next job, which the stream is
 * in the way of, reaches its time limit.
 */
static void test_suspends(bool event)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	run_overrun(&gpu, event);
	test_wait_suspended();
	igt_assert_eq(test_gpu_store(&gpu, DATA, 1), -ETIMEDOUT);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	test_gpu_new_group(&gpu, 1);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

static unsigned int groups_on_slots(void)
{
	return test_debugfs_count("groups", " on slot ");
}

/* The job of another client keeps the GPU on: the stream leaves its slot anyway. */
static void test_leaves_slot(void)
{
	struct test_gpu gpu, other;
	int64_t begin;
	uint32_t done;

	test_gpu_open_untimed(&other, 1);
	done = test_submit_held(&other, true);
	test_gpu_open(&gpu, 1);
	run_overrun(&gpu, true);
	begin = panthor_now_ns();
	while (groups_on_slots() > 1 && panthor_now_ns() - begin < TEST_TIMEOUT)
		usleep(1000);
	igt_assert_eq_u32(groups_on_slots(), 1);
	test_finish_held(&other, done);
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		igt_require_f(test_own_driver(), "the sync object is our driver's own\n");
		test_autosuspend_set(SHORT);
	}

	igt_describe("The GPU suspends; the next job of the group reaches its time limit.");
	igt_subtest("suspends")
		test_suspends(true);
	igt_describe("The same, without an event: the driver looks when the time is over.");
	igt_subtest("suspends-unseen")
		test_suspends(false);
	igt_describe("The group leaves its slot while the job of another client runs.");
	igt_subtest("leaves-slot")
		test_leaves_slot();

	igt_fixture()
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
}
