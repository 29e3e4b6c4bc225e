// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * fdinfo and the sysfs attribute "profiling", which nvtop and gputop use: memory
 * and frequency keys, and engine time and cycles of jobs that are profiled.
 */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test the fdinfo keys and the profiling switch that nvtop and gputop use.");

#define DATA	TEST_DATA_VA
#define HOLD	64

static void read_fdinfo(int fd, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	test_read_file(path, text, size);
}

/* Return: the text after "@key:", NULL if the key is missing. */
static const char *find_key(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, key, length) && at[length] == ':')
			return at + length + 1 + strspn(at + length + 1, " \t");
	}
	return NULL;
}

static uint64_t read_key(int fd, const char *key)
{
	char text[4096];
	const char *value;

	read_fdinfo(fd, text, sizeof(text));
	value = find_key(text, key);
	igt_assert_f(value, "no %s in:\n%s", key, text);
	return strtoull(value, NULL, 10);
}

static bool has_key(int fd, const char *key)
{
	char text[4096];

	read_fdinfo(fd, text, sizeof(text));
	return find_key(text, key);
}

static void set_profiling(const char *mask)
{
	char path[256];

	test_device_path("profiling", path, sizeof(path));
	test_write_file(path, mask);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void run_loop(struct test_gpu *gpu, uint32_t turns)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct csb b;

	csb_init(&b);
	csb_move32(&b, TEST_REG_COUNT, turns);
	csb_place(&b, &loop);
	csb_add32(&b, TEST_REG_COUNT, TEST_REG_COUNT, -1);
	csb_branch(&b, CSF_COND_GT, TEST_REG_COUNT, &loop);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

static void test_keys(void)
{
	struct test_gpu gpu;
	char text[4096];
	uint64_t before;

	test_gpu_open(&gpu, 0);
	read_fdinfo(gpu.fd, text, sizeof(text));
	igt_assert(find_key(text, "drm-driver"));
	igt_assert(!strncmp(find_key(text, "drm-driver"), "panthor\n", 8));
	igt_assert(has_key(gpu.fd, "drm-client-id"));
	igt_assert_lt_u64(0, read_key(gpu.fd, "drm-maxfreq-panthor"));
	igt_assert_lte_u64(read_key(gpu.fd, "drm-curfreq-panthor"),
			   read_key(gpu.fd, "drm-maxfreq-panthor"));
	igt_assert_lte_u64((TEST_CODE_SIZE + TEST_DATA_SIZE) / 1024,
			   read_key(gpu.fd, "drm-total-memory"));
	/* A group's ring and other kernel buffers count as panthor-resident-memory. */
	before = read_key(gpu.fd, "panthor-resident-memory");
	test_gpu_new_group(&gpu, 4);
	igt_assert_lte_u64(before + 4 * TEST_RING_SIZE / 1024,
			   read_key(gpu.fd, "panthor-resident-memory"));
	igt_assert(has_key(gpu.fd, "panthor-active-memory"));
	test_gpu_close(&gpu);
}

static void test_off(void)
{
	struct test_gpu gpu;

	set_profiling("0\n");
	test_gpu_open(&gpu, 1);
	run_loop(&gpu, 100);
	igt_assert(!has_key(gpu.fd, "drm-engine-panthor"));
	igt_assert(!has_key(gpu.fd, "drm-cycles-panthor"));
	set_profiling("1\n");
	igt_assert(!has_key(gpu.fd, "drm-engine-panthor"));
	igt_assert_eq_u64(read_key(gpu.fd, "drm-cycles-panthor"), 0);
	set_profiling("2\n");
	igt_assert_eq_u64(read_key(gpu.fd, "drm-engine-panthor"), 0);
	igt_assert(!has_key(gpu.fd, "drm-cycles-panthor"));
	set_profiling("0\n");
	test_gpu_close(&gpu);
}

/* Time and cycles count the jobs of this file only. */
static void test_engine(void)
{
	uint64_t began, passed, ns, cycles;
	struct test_gpu gpu, other;

	set_profiling("3\n");
	test_gpu_open(&gpu, 1);
	test_gpu_open(&other, 1);
	began = now_ns();
	run_loop(&gpu, 20000);
	passed = now_ns() - began;
	ns = read_key(gpu.fd, "drm-engine-panthor");
	cycles = read_key(gpu.fd, "drm-cycles-panthor");
	igt_info("%llu ns, %llu cycles, of %llu ns\n", (unsigned long long)ns,
		 (unsigned long long)cycles, (unsigned long long)passed);
	igt_assert_lt_u64(0, ns);
	igt_assert_lt_u64(0, cycles);
	igt_assert_lte_u64(ns, passed);
	/* They survive the group, and do not grow without jobs. */
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	gpu.group = 0;
	igt_assert_eq_u64(read_key(gpu.fd, "drm-engine-panthor"), ns);
	igt_assert_eq_u64(read_key(other.fd, "drm-engine-panthor"), 0);
	test_gpu_new_group(&gpu, 1);
	run_loop(&gpu, 20000);
	igt_assert_lt_u64(ns, read_key(gpu.fd, "drm-engine-panthor"));
	igt_assert_lt_u64(cycles, read_key(gpu.fd, "drm-cycles-panthor"));
	set_profiling("0\n");
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

/* Profiled jobs take more ring space than others; mix both across ring wraps. */
static void test_mixed(void)
{
	static const char * const masks[] = { "0\n", "1\n", "3\n", "2\n" };
	struct panthor_job job;
	struct test_gpu gpu;
	uint64_t stream;
	uint32_t done;
	struct csb b;
	size_t size;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, DATA);
	csb_move32(&b, TEST_REG_COUNT, 1);
	csb_sync_add32(&b, TEST_REG_ADDR, TEST_REG_COUNT, CSF_SYNC_SCOPE_GROUP);
	size = csb_size(&b);
	stream = test_load(&gpu, &b);
	done = test_syncobj(&gpu);
	for (unsigned int i = 1; i <= 500; i++) {
		/* Runs of both kinds, with lengths that do not divide the ring */
		set_profiling(masks[i / 7 % ARRAY_SIZE(masks)]);
		panthor_job_init(&job, 0, stream, size);
		panthor_job_signal(&job, done, i);
		test_submit(&gpu, &job, 1);
	}
	set_profiling("0\n");
	igt_assert_eq(test_wait(&gpu, done, 500), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 500);
	test_gpu_close(&gpu);
}

/*
 * The fault of a job is attributed when ring space is reclaimed. The jobs after it
 * wait for that space and are profiled, too.
 */
static void test_faults(void)
{
	const unsigned int count = 3 * TEST_RING_SIZE / 64;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t failed, done;
	struct csb b;

	set_profiling("3\n");
	test_gpu_open(&gpu, 1);
	failed = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	csb_move48(&b, TEST_REG_ADDR, DATA + 2);
	csb_sync_add32(&b, TEST_REG_ADDR, TEST_REG_COUNT, CSF_SYNC_SCOPE_GROUP);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, failed, 0);
	test_submit(&gpu, &job, 1);
	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	for (unsigned int i = 0; i < count; i++)
		test_submit(&gpu, &job, 1);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, failed, 0), -EINVAL);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_lt_u64(0, read_key(gpu.fd, "drm-engine-panthor"));
	set_profiling("0\n");
	test_gpu_close(&gpu);
}

static void test_invalid(void)
{
	static const char * const bad[] = { "4\n", "-1\n", "all\n", "0x100000000\n" };
	char path[256], text[32];

	test_device_path("profiling", path, sizeof(path));
	set_profiling("3\n");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		igt_assert_lt(test_try_write_file(path, bad[i]), 0);
	igt_assert_eq(test_try_write_file(path, "4\n"), -EINVAL);
	test_read_file(path, text, sizeof(text));
	igt_assert_eq(strcmp(text, "3\n"), 0);
	set_profiling("0\n");
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		set_profiling("0\n");
	}

	igt_describe("fdinfo has the keys that do not depend on profiling.");
	igt_subtest("keys")
		test_keys();
	igt_describe("fdinfo lacks the keys of values that are not profiled.");
	igt_subtest("off")
		test_off();
	igt_describe("Engine time and cycles count the file's own jobs.");
	igt_subtest("engine")
		test_engine();
	igt_describe("Profiled and unprofiled jobs mix in a ring.");
	igt_subtest("mixed")
		test_mixed();
	igt_describe("Profiled jobs run after a faulting one.");
	igt_subtest("faults")
		test_faults();
	igt_describe("Invalid profiling masks are rejected.");
	igt_subtest("invalid")
		test_invalid();
}
