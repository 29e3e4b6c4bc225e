// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * No kernel address in what the driver shows: trace events and their formats,
 * debugfs, sysfs, fdinfo, device coredumps and the log. An address would tell an
 * attacker where the kernel is.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test that no output of the driver contains a kernel address.");

#define EVENTS		"/sys/kernel/tracing/events/"
/* A trace instance of our own, independent of other users of tracing */
#define INSTANCE	"/sys/kernel/tracing/instances/panthor_disclosure"

/*
 * Addresses of the kernel on amd64 and arm64. Small negative numbers, which
 * masks and errors look like in hexadecimal, are none.
 */
#define KERNEL_FIRST	0xffff000000000000ull
#define KERNEL_LAST	0xffffffffffff0000ull

static const char * const systems[] = { "vpanthor", "drm_jobqueue", "vcsf" };

static char text[1 << 20];

/* Return: the first word of @string that is a number like a kernel address. */
static const char *find_address(const char *string)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t length;

	for (; *string; string += length) {
		string += strcspn(string, digits);
		length = strspn(string, digits);
		if (length == 16) {
			uint64_t value = strtoull(string, NULL, 16);

			if (value >= KERNEL_FIRST && value < KERNEL_LAST)
				return string;
		}
	}
	return NULL;
}

static void check_text(const char *what)
{
	const char *at = find_address(text);

	igt_assert_f(!at, "%s shows the kernel address %.16s\n", what, at);
}

/* Return: number of files that match @pattern and can be read. */
static unsigned int check_files(const char *pattern)
{
	unsigned int nread = 0;
	struct stat status;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (stat(found.gl_pathv[i], &status) || !S_ISREG(status.st_mode) ||
		    !(status.st_mode & 0400))
			continue;
		test_read_file(found.gl_pathv[i], text, sizeof(text));
		check_text(found.gl_pathv[i]);
		nread++;
	}
	globfree(&found);
	return nread;
}

static void check_folder(const char *folder)
{
	char pattern[512];

	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	igt_assert_lt(0, check_files(pattern));
}

/* A buffer with a label, a completed job, and a job that faults */
static void make_events(void)
{
	struct drm_panthor_bo_set_label label = { .label = (uintptr_t)"label" };
	struct test_gpu gpu;

	test_gpu_open(&gpu, 2);
	label.handle = gpu.data.handle;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label), 0);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	igt_assert_lt(test_gpu_store(&gpu, TEST_FREE_VA, 1), 0);
	test_gpu_close(&gpu);
}

static void reset_gpu(void)
{
	char path[256];

	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
}

static void enable_events(const char *value)
{
	char path[256];

	for (unsigned int i = 0; i < ARRAY_SIZE(systems); i++) {
		snprintf(path, sizeof(path), INSTANCE "/events/%s/enable", systems[i]);
		test_write_file(path, value);
	}
}

static void test_trace(void)
{
	igt_assert_f(!mkdir(INSTANCE, 0700) || errno == EEXIST, "%s: %s\n", INSTANCE,
		     strerror(errno));
	test_write_file(INSTANCE "/trace", "");
	enable_events("1");
	make_events();
	reset_gpu();
	enable_events("0");
	test_read_file(INSTANCE "/trace", text, sizeof(text));
	igt_assert_eq(rmdir(INSTANCE), 0);
	igt_assert(strstr(text, "vpanthor_job_run"));
	check_text("the trace");
}

/* Programs read the fields themselves, whatever the text shows. */
static void test_formats(void)
{
	char pattern[256];

	for (unsigned int i = 0; i < ARRAY_SIZE(systems); i++) {
		glob_t found;

		snprintf(pattern, sizeof(pattern), EVENTS "%s/*/format", systems[i]);
		igt_assert_eq(glob(pattern, 0, NULL, &found), 0);
		for (size_t j = 0; j < found.gl_pathc; j++) {
			test_read_file(found.gl_pathv[j], text, sizeof(text));
			igt_assert_f(!strstr(text, "%p"), "%s prints a pointer\n",
				     found.gl_pathv[j]);
			*strstr(text, "print fmt:") = '\0';
			igt_assert_f(!strchr(text, '*'), "%s has a pointer in\n%s",
				     found.gl_pathv[j], text);
		}
		globfree(&found);
	}
}

static void test_debugfs(void)
{
	struct test_gpu gpu;
	char path[256];

	test_gpu_open(&gpu, 2);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_debugfs_path("", path, sizeof(path));
	check_folder(path);
	check_folder("/sys/kernel/debug/vcsf-mali");
	test_gpu_close(&gpu);
}

static void test_sysfs(void)
{
	char path[256];

	test_device_path("", path, sizeof(path));
	check_folder(path);
	check_folder("/sys/module/vpanthor/parameters");
	check_folder("/sys/module/vcsf/parameters");
}

static void test_fdinfo(void)
{
	struct test_gpu gpu;
	char path[64];

	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu.fd);
	igt_assert_eq(check_files(path), 1);
	igt_assert(strstr(text, "panthor"));
	test_gpu_close(&gpu);
}

/* The dumps of a fault and of a reset with a group on a slot */
static void test_dump(void)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_clear_dumps();
	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_emit(&b, 0xff00123456789abcull);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	test_take_dump(text, sizeof(text));
	check_text("the dump of a fault");
	test_gpu_close(&gpu);

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA + 64, 1);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA);
	csb_place(&b, &loop);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	while (!test_read32(&gpu, 64))
		usleep(1000);
	reset_gpu();
	test_take_dump(text, sizeof(text));
	check_text("the dump of a reset");
	test_release(&gpu, 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	test_gpu_close(&gpu);
}

/* Messages of the modules, from their load on */
static void test_log(void)
{
	static char line[8192];
	bool any = false;
	ssize_t n;
	int fd;

	make_events();
	reset_gpu();
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	igt_assert_lte(0, fd);
	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		line[n] = '\0';
		if (!strstr(line, "vpanthor") && !strstr(line, "vcsf") &&
		    !strstr(line, "drm_jobqueue"))
			continue;
		any = true;
		igt_assert_f(!find_address(line), "a kernel address in: %s\n", line);
	}
	close(fd);
	igt_assert(any);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		igt_assert(find_address("x 0xffff888012345678,"));
		igt_assert(!find_address("0xfffffffffffffff2 0x123456789"));
	}

	igt_describe("Trace events show no kernel address.");
	igt_subtest("trace")
		test_trace();
	igt_describe("The fields of trace events are no pointers.");
	igt_subtest("formats")
		test_formats();
	igt_describe("Files in debugfs show no kernel address.");
	igt_subtest("debugfs")
		test_debugfs();
	igt_describe("Attributes and parameters show no kernel address.");
	igt_subtest("sysfs")
		test_sysfs();
	igt_describe("fdinfo shows no kernel address.");
	igt_subtest("fdinfo")
		test_fdinfo();
	igt_describe("Device coredumps show no kernel address.");
	igt_subtest("dump")
		test_dump();
	igt_describe("Messages show no kernel address.");
	igt_subtest("log")
		test_log();
}
