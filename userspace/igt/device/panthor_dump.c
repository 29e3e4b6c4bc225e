// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Device coredumps: a job that times out or faults, and a reset, create one with
 * the reason, the process and the streams involved; destroying a group does not.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test that errors create device coredumps with the state of the GPU.");

#define DATA		TEST_DATA_VA
#define HOLD		32
#define FAIL		64

static char text[1 << 18];

static void expect_dump(const char *reason, const char *part)
{
	char group[64];

	test_take_dump(text, sizeof(text));
	igt_assert_eq(strncmp(text, "vpanthor dump 1\n", 16), 0);
	igt_assert_f(strstr(text, reason), "no '%s' in\n%s", reason, text);
	snprintf(group, sizeof(group), "process panthor_dump[%d]", getpid());
	igt_assert_f(strstr(text, group), "no '%s' in\n%s", group, text);
	igt_assert_f(strstr(text, part), "no '%s' in\n%s", part, text);
	igt_assert(strstr(text, "register MCU_STATUS: "));
}

/* The dump contains the stream of the group that was killed. */
static void test_timeout(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_param_set("job_timeout_ms", 500);
	test_gpu_open(&gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	test_clear_dumps();
	csb_init(&b);
	test_emit_forever(&b);
	igt_assert_eq(test_run(&gpu, 0, &b), -ETIMEDOUT);
	/* ADD_IMM32 of test_emit_forever() */
	expect_dump("reason: timeout\n", "0x104a4a0000000001");
	test_gpu_close(&gpu);
}

static void test_fatal(void)
{
	struct test_gpu gpu;
	char ring[32];
	struct csb b;

	test_gpu_open(&gpu, 1);
	test_clear_dumps();
	csb_init(&b);
	csb_emit(&b, 0xff00123456789abcull);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	expect_dump("reason: fatal error\n", "0xff00123456789abc");
	/* As asked for, even if the CPU's pages are larger */
	snprintf(ring, sizeof(ring), "size %u at", TEST_RING_SIZE);
	igt_assert(strstr(text, ring));
	test_gpu_close(&gpu);
}

static void test_reset(void)
{
	struct test_gpu gpu;
	char path[256];
	uint32_t done;

	test_gpu_open(&gpu, 1);
	test_clear_dumps();
	test_expect_works(&gpu);
	/* A busy group keeps its slot. */
	done = test_submit_held(&gpu, true);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
	expect_dump("reason: reset\n", "job 1 of 2 done");
	igt_assert(strstr(text, "\njob 2: in the ring, stream 0x"));
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* Destroying a group with a running job is no error and creates no dump. */
static void test_destroy(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	test_clear_dumps();
	csb_init(&b);
	test_emit_forever(&b);
	test_job(&gpu, 0, &b, &job);
	done = test_syncobj(&gpu);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), -ECANCELED);
	gpu.group = 0;
	/* The next dump must be that of another error. */
	test_gpu_new_group(&gpu, 1);
	csb_init(&b);
	csb_emit(&b, 0xff00123456789abdull);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	expect_dump("reason: fatal error\n", "0xff00123456789abd");
	test_gpu_close(&gpu);
}

/*
 * The interrupt that reports the error is lost. The driver notices the error with
 * the next interrupt, which reports that the group has left its slot as requested.
 * If that interrupt is lost, too, the driver has to check without one.
 */
static void test_suspended(const char *lost)
{
	uint32_t victim, failed, spinning;
	struct test_full full;
	struct test_gpu gpu;
	struct csb b;

	test_ping_postpone();
	test_gpu_open(&gpu, 0);
	test_clear_dumps();
	test_full_open(&full, &gpu, HOLD);
	victim = test_low_group(&gpu, 2);
	csb_init(&b);
	test_emit_spin(&b, DATA + FAIL);
	csb_move32(&b, TEST_REG_COUNT, 0x5a5ed);
	csb_emit(&b, 0xff00123456789abeull);
	failed = test_submit_spinning(&gpu, victim, 0, &b);
	/* Keep the group from becoming idle when the other stream has stopped. */
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	spinning = test_submit_spinning(&gpu, victim, 1, &b);

	test_inject("lost_irq", lost);
	test_release(&gpu, FAIL);
	test_wait_injected("lost_irq", 1);
	test_full_push(&full);
	igt_assert_eq(test_wait(&gpu, failed, 0), -EINVAL);
	igt_assert_eq(test_wait(&gpu, spinning, 0), -ECANCELED);
	expect_dump("reason: fatal error\n", "0xff00123456789abe");
	igt_assert(strstr(text, " slot -1 "));
	igt_assert(strstr(text, "suspended: va 0x"));
	/* The register that the stream loaded, in its word of the suspend buffer */
	igt_assert(strstr(text, "0005a5ed"));
	test_full_close(&full);
	gpu.group = victim;
	test_gpu_close(&gpu);
	test_ping_restore();
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A job that times out creates a dump.");
	igt_subtest("timeout")
		test_timeout();
	igt_describe("A job with a fatal error creates a dump.");
	igt_subtest("fatal")
		test_fatal();
	igt_describe("An error that is noticed after the group left its slot creates a dump.");
	igt_subtest("suspended")
		test_suspended("count=1 only=1\n");
	igt_describe("The same if the interrupt of leaving the slot is lost, too.");
	igt_subtest("suspended-lost")
		test_suspended("count=2 only=1\n");
	igt_describe("A reset creates a dump.");
	igt_subtest("reset")
		test_reset();
	igt_describe("Destroying a group creates no dump.");
	igt_subtest("destroy")
		test_destroy();

	igt_fixture() {
		test_inject("lost_irq", "0\n");
		test_ping_restore();
	}
}
