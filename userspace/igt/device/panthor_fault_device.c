// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures, as in panthor_alloc_fail, while the device is unbound, and while
 * the GPU resumes and is reset, which the kernel's workers do. After a failure the next
 * attempt must succeed. panthor_fault_probe does the same with the probe.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_fault.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Inject failures into unbind, resume and reset.");

#define DRIVER		"/sys/bus/platform/drivers/vpanthor/"
#define DEVICE		"vcsf-mali"
/* Failures of a sweep that has many points */
#define MOST		10

static int do_unbind(void *data)
{
	(void)data;
	return test_try_write_file(DRIVER "unbind", DEVICE);
}

static void undo_unbind(void *data)
{
	(void)data;
	test_bind();
}

/* @data: power/control, open */
static int do_resume(void *data)
{
	return pwrite(*(int *)data, "on", 2, 0) < 0 ? -errno : 0;
}

static void undo_resume(void *data)
{
	igt_assert_eq(pwrite(*(int *)data, "auto", 4, 0), 4);
	test_wait_suspended();
}

/* Of several resets only the first takes a dump, until that is read. */
static void prepare_reset(void *data)
{
	(void)data;
	test_clear_dumps();
}

/* A reset is a work item: return when it is over. */
static int do_reset(void *data)
{
	unsigned int before = test_reset_count();
	char path[256];

	(void)data;
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
	for (int i = 0; i < 20000 && test_reset_count() == before; i++)
		usleep(1000);
	igt_assert_lt(before, test_reset_count());
	return 0;
}

static void expect_works(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 0x900d), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	test_gpu_close(&gpu);
}

/* An unbind has to succeed. */
static void test_remove(void)
{
	const struct test_fault_call what = {
		.name = "unbind", .call = do_unbind, .undo = undo_unbind, .stateless = true,
		.may_hit_none = true, .most = MOST,
	};

	test_fault_sweep(&what, NULL);
	expect_works();
}

/* The resume is on the signalling path, and must not depend on memory. */
static void test_resume(void)
{
	const struct test_fault_call what = {
		.name = "resume", .call = do_resume, .undo = undo_resume,
		.may_hit_none = true,
	};

	char path[256];
	int control;

	test_device_path("power/control", path, sizeof(path));
	control = open(path, O_WRONLY | O_CLOEXEC);
	igt_assert_lte(0, control);
	test_autosuspend_set(1);
	undo_resume(&control);
	test_fault_sweep(&what, &control);
	test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	close(control);
	expect_works();
}

/* So is the reset, which takes a dump if there is memory for it. */
static void test_reset(void)
{
	const struct test_fault_call what = {
		.name = "reset", .prepare = prepare_reset, .call = do_reset,
		.stateless = true, .workers = true, .may_hit_none = true, .most = MOST,
	};

	test_fault_sweep(&what, NULL);
	expect_works();
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		test_fault_open();
	}

	igt_describe("Each allocation of an unbind fails once; it succeeds.");
	igt_subtest("unbind")
		test_remove();
	igt_describe("Each allocation of a resume fails once; it succeeds.");
	igt_subtest("resume")
		test_resume();
	igt_describe("Each allocation of the worker that resets the GPU fails once.");
	igt_subtest("reset")
		test_reset();

	igt_fixture()
		test_fault_close();
}
