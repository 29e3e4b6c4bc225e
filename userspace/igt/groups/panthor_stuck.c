// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups that do not leave their slots on request, lose the interrupts that report
 * faults, or tamper with the job count that the driver reads. The driver must
 * neither hang nor keep the GPU powered.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test groups that do not leave their slots or forge pending work.");

#define DATA		TEST_DATA_VA
#define HOLD		32
#define FAIL		64

/**
 * struct stuck - a group of low priority under eviction
 * @full: groups of higher priority that need its slot
 * @gpu: context of all groups
 * @group: handle of the group
 * @done: syncobj that its job signals
 * @second: another job, ready to be submitted
 * @second_done: syncobj that the other job signals
 */
struct stuck {
	struct test_full full;
	struct test_gpu gpu;
	uint32_t group;
	uint32_t done;
	struct panthor_job second;
	uint32_t second_done;
};

/*
 * Start a busy group, inject a fault, and request the eviction of the group. What
 * takes time comes first: the driver waits for the group for 1 s only.
 */
static void stuck_open(struct stuck *t, const char *point, const char *setting)
{
	struct csb b;

	test_gpu_open(&t->gpu, 0);
	test_full_open(&t->full, &t->gpu, HOLD);
	t->group = test_low_group(&t->gpu, 2);
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	t->done = test_submit_spinning(&t->gpu, t->group, 0, &b);
	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(&t->gpu, 1, &b, &t->second);
	t->second_done = test_syncobj(&t->gpu);
	panthor_job_signal(&t->second, t->second_done, 0);
	test_inject(point, setting);
	test_full_push(&t->full);
	test_wait_injected(point, 1);
}

/* All other groups complete, and then the GPU suspends. */
static void stuck_close(struct stuck *t)
{
	test_full_close(&t->full);
	test_wait_suspended();
	t->gpu.group = t->group;
	test_gpu_close(&t->gpu);
}

/* Return: false if it is too late because the group has been killed. */
static bool submit_second(struct stuck *t)
{
	int ret = panthor_submit(t->gpu.fd, t->group, &t->second, 1);

	if (ret)
		igt_assert_eq(ret, -EINVAL);
	return !ret;
}

/*
 * The group is suspended but never reports it: it is blamed and killed. Return: whether
 * the group got another job before.
 */
static bool no_answer_submit(void)
{
	struct stuck t;
	bool in_time;

	stuck_open(&t, "dropped_ack", "count=1 only=8\n");
	in_time = submit_second(&t);
	igt_assert_eq(test_wait(&t.gpu, t.done, 0), -ETIMEDOUT);
	if (in_time)
		igt_assert_eq(test_wait(&t.gpu, t.second_done, 0), -ETIMEDOUT);
	stuck_close(&t);
	return in_time;
}

static void test_no_answer_destroy(void)
{
	struct stuck t;

	stuck_open(&t, "dropped_ack", "count=1 only=8\n");
	igt_assert_eq(panthor_group_destroy(t.gpu.fd, t.group), 0);
	t.group = 0;
	/* -ETIMEDOUT or -ECANCELED, whichever comes first */
	igt_assert_lt(test_wait(&t.gpu, t.done, 0), 0);
	stuck_close(&t);
}

/*
 * The group reports its suspension for a reset later than the driver waits for it,
 * but before the firmware proves to be alive: it is not blamed and continues.
 */
static void test_late(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;
	char path[256];
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 0);
	test_param_set("job_timeout_ms", 0);
	gpu.group = test_low_group(&gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	done = test_submit_spinning(&gpu, gpu.group, 0, &b);
	/*
	 * Later than the 1 s for which the driver waits for the group, but not by much:
	 * it waits as long for the answer to the ping that follows.
	 */
	test_inject("delayed_ack", "count=1 only=8 arg=1050000\n");
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
	igt_assert_lt(resets, test_reset_count());
	igt_assert_eq(test_injected("delayed_ack"), 1);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	test_gpu_close(&gpu);
}

/* The firmware does not answer the ping before a reset, but the second one. */
static void test_slow_firmware(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;
	char path[256];
	uint32_t done;

	test_ping_postpone();
	test_gpu_open_untimed(&gpu, 1);
	done = test_submit_held(&gpu, true);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	test_inject("dropped_ack", "count=1 only=1\n");
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
	test_wait_injected("dropped_ack", 1);
	igt_assert_lt(resets, test_reset_count());
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* The cache flush fails: no group is to blame, and the group leaves in the end. */
static bool no_flush_submit(void)
{
	struct stuck t;
	bool in_time;

	stuck_open(&t, "flush_fail", "count=1\n");
	in_time = submit_second(&t);
	/* The group may continue or be lost with the reset; both are correct. */
	test_release(&t.gpu, HOLD);
	test_wait(&t.gpu, t.done, 0);
	if (in_time)
		test_wait(&t.gpu, t.second_done, 0);
	for (unsigned int i = 0; i < t.full.count; i++) {
		test_wait(&t.gpu, t.full.done[i], 0);
		igt_assert_eq(panthor_group_destroy(t.gpu.fd, t.full.groups[i]), 0);
	}
	test_wait_suspended();
	t.gpu.group = t.group;
	test_gpu_close(&t.gpu);
	return in_time;
}

/* Repeat a scenario until the group gets its job in time. */
static void test_submit_in_time(bool (*scenario)(void))
{
	bool in_time = false;

	for (int i = 0; i < 5 && !in_time; i++)
		in_time = scenario();
	igt_assert(in_time);
}

/*
 * A job has a recoverable fault, and its group leaves its slot and returns to it.
 * The interrupts that report both are lost; the fence must report the fault.
 */
static void test_fault_lost(void)
{
	struct test_full full;
	struct test_gpu gpu;
	uint32_t group, done[2];
	struct csb b;

	test_ping_postpone();
	test_gpu_open(&gpu, 0);
	test_full_open(&full, &gpu, HOLD);
	group = test_low_group(&gpu, 2);
	csb_init(&b);
	test_emit_spin(&b, DATA + FAIL);
	csb_move48(&b, TEST_REG_ADDR, DATA + 1);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	done[0] = test_submit_spinning(&gpu, group, 0, &b);
	/* Keep the group from becoming idle. */
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	done[1] = test_submit_spinning(&gpu, group, 1, &b);

	test_inject("lost_irq", "count=2 only=1\n");
	test_release(&gpu, FAIL);
	test_wait_injected("lost_irq", 1);
	test_full_push(&full);
	test_wait_injected("lost_irq", 2);
	test_full_close(&full);
	igt_assert_eq(test_wait(&gpu, done[0], 0), -EINVAL);
	igt_assert_eq(test_wait(&gpu, done[1], 0), 1);
	gpu.group = group;
	test_gpu_close(&gpu);
	test_ping_restore();
}

static void load64(struct test_gpu *gpu, uint64_t va)
{
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, va);
	csb_move48(&b, TEST_REG_ADDR2, DATA);
	csb_load(&b, TEST_REG_VALUE, 2, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, TEST_REG_VALUE, 2, TEST_REG_ADDR2, 0);
	csb_flush(&b, TEST_REG_COUNT);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

/*
 * Find the word in which the GPU counts completed jobs: a page of the driver that
 * begins with the number of jobs before the reading one.
 */
static uint64_t find_count(struct test_gpu *gpu)
{
	static char text[1 << 16];
	uint64_t start, end, jobs = 0;
	char path[256];

	test_debugfs_path("gpuvas", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	/* Raise the count first, as many pages begin with zero. */
	for (; jobs < 7; jobs++)
		load64(gpu, DATA + 64);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strstr(line, ": kernel") ||
		    sscanf(line, " 0x%" SCNx64 "-0x%" SCNx64, &start, &end) != 2)
			continue;
		load64(gpu, start);
		if (test_read64(gpu, 0) == jobs++)
			return start;
	}
	igt_assert_f(false, "job count of the queue not found\n");
	return 0;
}

/* A group that forges pending jobs does not keep the GPU powered. */
static void test_forged(void)
{
	struct test_gpu gpu;
	uint64_t count;
	struct csb b;

	test_gpu_open(&gpu, 2);
	count = find_count(&gpu);
	/* All fences of the first queue have signalled, so nothing is pending. */
	csb_init(&b);
	test_emit_store(&b, count, 0);
	igt_assert_eq(test_run(&gpu, 1, &b), 1);
	test_wait_suspended();
	test_gpu_close(&gpu);
}

/* A count beyond the submitted jobs does not complete the job that forges it. */
static void test_forged_high(void)
{
	struct test_gpu gpu;
	uint64_t count;
	struct csb b;

	/* Of all jobs only the last one must exceed the limit. */
	test_param_set("job_timeout_ms", 2000);
	test_gpu_open(&gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	count = find_count(&gpu);
	csb_init(&b);
	test_emit_store(&b, count + 4, 1 << 30);
	igt_assert_eq(test_run(&gpu, 0, &b), -ETIMEDOUT);
	test_wait_suspended();
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		test_autosuspend_set(1);
	}

	igt_describe("The group gets another job while it does not report its suspension.");
	igt_subtest("submit")
		test_submit_in_time(no_answer_submit);
	igt_describe("The group is destroyed while it does not report its suspension.");
	igt_subtest("destroyed")
		test_no_answer_destroy();
	igt_describe("The group gets another job while the cache flush fails.");
	igt_subtest("submit-no-flush")
		test_submit_in_time(no_flush_submit);
	igt_describe("The group reports its suspension for a reset late.");
	igt_subtest("late")
		test_late();
	igt_describe("The firmware does not answer the ping before a reset, but the next one.");
	igt_subtest("slow-firmware")
		test_slow_firmware();
	igt_describe("The interrupts of a fault and of leaving the slot are lost.");
	igt_subtest("fault-lost")
		test_fault_lost();
	igt_describe("A group reports pending jobs that do not exist.");
	igt_subtest("forged")
		test_forged();
	igt_describe("A job reports more completed jobs than were submitted.");
	igt_subtest("forged-high")
		test_forged_high();

	igt_fixture() {
		test_inject("dropped_ack", "0\n");
		test_inject("delayed_ack", "0\n");
		test_inject("flush_fail", "0\n");
		test_inject("lost_irq", "0\n");
		test_ping_restore();
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	}
}
