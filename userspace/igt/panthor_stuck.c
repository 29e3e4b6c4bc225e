// SPDX-License-Identifier: GPL-2.0 OR MIT

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

IGT_TEST_DESCRIPTION("Groups that do not leave their slots, or seem to have work.");

#define DATA		TEST_DATA_VA
#define HOLD		32
#define FAIL		64

/* While the driver waits in vain for the group to leave, somebody does this. */
enum meanwhile {
	FEED,
	DESTROY,
};

struct stuck {
	struct test_full full;
	struct test_gpu gpu;
	uint32_t group;
	uint32_t done;
};

/* A busy group of low priority, and one that drives it from its slot */
static void stuck_open(struct stuck *t, const char *point, const char *setting)
{
	struct csb b;

	test_gpu_open(&t->gpu, 0);
	test_full_open(&t->full, &t->gpu, HOLD);
	t->group = test_low_group(&t->gpu, 2);
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	t->done = test_submit_spinning(&t->gpu, t->group, 0, &b);
	test_inject(point, setting);
	test_full_push(&t->full);
	test_wait_injected(point, 1);
}

/* All others go on; and when they are done, nobody keeps the GPU from sleeping. */
static void stuck_close(struct stuck *t)
{
	test_full_close(&t->full);
	test_wait_suspended();
	t->gpu.group = t->group;
	test_gpu_close(&t->gpu);
}

static uint32_t feed(struct stuck *t)
{
	uint32_t done = test_syncobj(&t->gpu);
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(&t->gpu, 1, &b, &job);
	panthor_job_signal(&job, done, 0);
	igt_assert_eq(panthor_submit(t->gpu.fd, t->group, &job, 1), 0);
	return done;
}

/* It is suspended and does not say so: that is its fault, and its end. */
static void test_no_answer(enum meanwhile meanwhile)
{
	struct stuck t;
	uint32_t fed;

	stuck_open(&t, "dropped_ack", "count=1 only=2\n");
	switch (meanwhile) {
	case FEED:
		fed = feed(&t);
		igt_assert_eq(test_wait(&t.gpu, t.done, 0), -ETIMEDOUT);
		igt_assert_eq(test_wait(&t.gpu, fed, 0), -ETIMEDOUT);
		break;
	case DESTROY:
		igt_assert_eq(panthor_group_destroy(t.gpu.fd, t.group), 0);
		t.group = 0;
		/* Whichever came first */
		igt_assert_lt(test_wait(&t.gpu, t.done, 0), 0);
		break;
	}
	stuck_close(&t);
}

/* The caches are not flushed: it is nobody's fault, and it leaves in the end. */
static void test_no_flush(void)
{
	struct stuck t;
	uint32_t fed;

	stuck_open(&t, "flush_fail", "count=1\n");
	fed = feed(&t);
	/* Whether it goes on, or is lost with the reset, does not matter here. */
	test_release(&t.gpu, HOLD);
	test_wait(&t.gpu, t.done, 0);
	test_wait(&t.gpu, fed, 0);
	for (unsigned int i = 0; i < t.full.count; i++) {
		test_wait(&t.gpu, t.full.done[i], 0);
		igt_assert_eq(panthor_group_destroy(t.gpu.fd, t.full.groups[i]), 0);
	}
	test_wait_suspended();
	t.gpu.group = t.group;
	test_gpu_close(&t.gpu);
}

/*
 * A job meets a fault that it survives, and the group leaves its slot and comes
 * back, without an interrupt that tells of either: its fence does.
 */
static void test_fault_lost(void)
{
	struct test_full full;
	struct test_gpu gpu;
	uint32_t group, done[2];
	struct csb b;

	test_gpu_open(&gpu, 0);
	test_full_open(&full, &gpu, HOLD);
	group = test_low_group(&gpu, 2);
	csb_init(&b);
	test_emit_spin(&b, DATA + FAIL);
	csb_move48(&b, TEST_REG_ADDR, DATA + 1);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	done[0] = test_submit_spinning(&gpu, group, 0, &b);
	/* So that the group is not idle */
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
 * Where the driver has the GPU count the jobs that are done: in a page of its own
 * that begins with the number of those before this one.
 */
static uint64_t find_count(struct test_gpu *gpu)
{
	static char text[1 << 16];
	uint64_t start, end, jobs = 0;
	char path[256];

	test_debugfs_path("gpuvas", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	/* Zero is everywhere. */
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
	igt_assert_f(false, "no count of jobs\n");
	return 0;
}

/* Who tampers with what the driver looks at does not keep the GPU awake. */
static void test_forged(void)
{
	struct test_gpu gpu;
	uint64_t count;
	struct csb b;

	test_gpu_open(&gpu, 2);
	count = find_count(&gpu);
	/* All of the first queue's jobs have signalled. */
	csb_init(&b);
	test_emit_store(&b, count, 0);
	igt_assert_eq(test_run(&gpu, 1, &b), 1);
	test_wait_suspended();
	test_gpu_close(&gpu);
}

/* A job that says that there were more than there can be does not end by that. */
static void test_forged_high(void)
{
	struct test_gpu gpu;
	uint64_t count;
	struct csb b;

	test_param_set("job_timeout_ms", 500);
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

	igt_describe("It gets another job.");
	igt_subtest("fed")
		test_no_answer(FEED);
	igt_describe("It is destroyed.");
	igt_subtest("destroyed")
		test_no_answer(DESTROY);
	igt_describe("It gets another job while the caches are not flushed.");
	igt_subtest("fed-no-flush")
		test_no_flush();
	igt_describe("No interrupt tells of its fault before it leaves.");
	igt_subtest("fault-lost")
		test_fault_lost();
	igt_describe("It says by itself that there are jobs left.");
	igt_subtest("forged")
		test_forged();
	igt_describe("A job says that more are done than there were.");
	igt_subtest("forged-high")
		test_forged_high();

	igt_fixture() {
		test_inject("dropped_ack", "0\n");
		test_inject("flush_fail", "0\n");
		test_inject("lost_irq", "0\n");
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	}
}
