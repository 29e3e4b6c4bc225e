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
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test the fdinfo keys and the profiling switch that nvtop and gputop use.");

#define DATA	TEST_DATA_VA
#define HOLD	64
#define QUEUES	4
#define ROUNDS	4

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

static void emit_loop(struct csb *b, uint32_t turns)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_init(b);
	csb_move32(b, TEST_REG_COUNT, turns);
	csb_place(b, &loop);
	csb_add32(b, TEST_REG_COUNT, TEST_REG_COUNT, -1);
	csb_branch(b, CSF_COND_GT, TEST_REG_COUNT, &loop);
}

static void run_loop(struct test_gpu *gpu, uint32_t turns)
{
	struct csb b;

	emit_loop(&b, turns);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

/**
 * struct reading - values of fdinfo
 * @before: time before the file was read
 * @after: time after that
 * @ns: time on the GPU
 * @cycles: cycles of the GPU
 */
struct reading {
	uint64_t before;
	uint64_t after;
	uint64_t ns;
	uint64_t cycles;
};

static struct reading take_reading(int fd)
{
	struct reading reading = { .before = now_ns() };
	const char *ns, *cycles;
	char text[4096];

	read_fdinfo(fd, text, sizeof(text));
	reading.after = now_ns();
	ns = find_key(text, "drm-engine-panthor");
	cycles = find_key(text, "drm-cycles-panthor");
	igt_assert_f(ns && cycles, "no time or cycles in:\n%s", text);
	reading.ns = strtoull(ns, NULL, 10);
	reading.cycles = strtoull(cycles, NULL, 10);
	return reading;
}

/* Time and cycles between two readings of a file do not exceed those of the clocks. */
static void expect_within(const struct reading *from, const struct reading *to, uint64_t hz)
{
	uint64_t most = to->after - from->before;

	igt_assert_lte_u64(from->ns, to->ns);
	igt_assert_lte_u64(from->cycles, to->cycles);
	igt_assert_lte_u64(to->ns - from->ns, most);
	igt_assert_lte_u64(to->cycles - from->cycles, hz / 1000000 * most / 1000);
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

/*
 * Jobs run side by side on the queues of two groups, for different times. Each reading in
 * between and the sum are within the clock.
 */
static void test_side_by_side(void)
{
	uint32_t groups[2], done[2 * QUEUES];
	struct reading first, last, now;
	struct panthor_job job;
	struct test_gpu gpu;
	uint64_t hz, stream;
	struct csb b;
	size_t size;

	set_profiling("3\n");
	test_gpu_open(&gpu, QUEUES);
	groups[0] = gpu.group;
	test_gpu_new_group(&gpu, QUEUES);
	groups[1] = gpu.group;
	hz = read_key(gpu.fd, "drm-maxfreq-panthor");
	for (unsigned int i = 0; i < ARRAY_SIZE(done); i++)
		done[i] = test_syncobj(&gpu);
	first = take_reading(gpu.fd);
	for (unsigned int i = 0; i < ARRAY_SIZE(done); i++) {
		emit_loop(&b, 4000 * (i + 1));
		size = csb_size(&b);
		stream = test_load(&gpu, &b);
		gpu.group = groups[i / QUEUES];
		for (unsigned int round = 1; round <= ROUNDS; round++) {
			panthor_job_init(&job, i % QUEUES, stream, size);
			panthor_job_signal(&job, done[i], round);
			test_submit(&gpu, &job, 1);
		}
	}
	last = first;
	for (unsigned int i = 0; i < ARRAY_SIZE(done); i++) {
		while (!test_is_signalled(&gpu, done[i], ROUNDS)) {
			usleep(2000);
			now = take_reading(gpu.fd);
			expect_within(&last, &now, hz);
			last = now;
		}
		igt_assert_eq(test_wait(&gpu, done[i], ROUNDS), 1);
	}
	now = take_reading(gpu.fd);
	expect_within(&last, &now, hz);
	expect_within(&first, &now, hz);
	igt_info("%llu of %llu ns, %llu cycles\n", (unsigned long long)(now.ns - first.ns),
		 (unsigned long long)(now.after - first.before),
		 (unsigned long long)(now.cycles - first.cycles));
	/* A job was in a ring for nearly all of the time. */
	igt_assert_lt_u64((now.before - first.after) / 4, now.ns - first.ns);
	igt_assert_lt_u64(0, now.cycles - first.cycles);
	set_profiling("0\n");
	igt_assert_eq(panthor_group_destroy(gpu.fd, groups[0]), 0);
	test_gpu_close(&gpu);
}

/* What a job uses is counted while it runs, and no more when its group has ended. */
static void test_long(void)
{
	struct reading begin, middle, end, later;
	struct test_gpu gpu;
	uint32_t done;
	uint64_t hz;

	set_profiling("3\n");
	test_gpu_open(&gpu, 1);
	hz = read_key(gpu.fd, "drm-maxfreq-panthor");
	done = test_submit_held(&gpu, true);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	begin = take_reading(gpu.fd);
	usleep(50000);
	middle = take_reading(gpu.fd);
	expect_within(&begin, &middle, hz);
	igt_assert_lte_u64(begin.ns + 25000000, middle.ns);
	igt_assert_lt_u64(begin.cycles, middle.cycles);
	test_finish_held(&gpu, done);
	end = take_reading(gpu.fd);
	expect_within(&middle, &end, hz);
	igt_assert_lt_u64(middle.ns, end.ns);

	done = test_submit_held(&gpu, true);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	gpu.group = 0;
	igt_assert_lt(test_wait(&gpu, done, 0), 0);
	end = take_reading(gpu.fd);
	usleep(20000);
	later = take_reading(gpu.fd);
	igt_assert_eq_u64(end.ns, later.ns);
	igt_assert_eq_u64(end.cycles, later.cycles);
	set_profiling("0\n");
	test_gpu_close(&gpu);
}

/*
 * gputop writes 1: there is no time then, so it divides cycles by those of the clock, which
 * a driver may print instead of the highest rate.
 */
static void test_total_cycles(void)
{
	uint64_t cycles, total, later;
	struct test_gpu gpu;

	set_profiling("1\n");
	test_gpu_open(&gpu, 1);
	igt_assert(!has_key(gpu.fd, "drm-engine-panthor"));
	igt_assert(!has_key(gpu.fd, "drm-maxfreq-panthor"));
	total = read_key(gpu.fd, "drm-total-cycles-panthor");
	run_loop(&gpu, 20000);
	cycles = read_key(gpu.fd, "drm-cycles-panthor");
	later = read_key(gpu.fd, "drm-total-cycles-panthor");
	igt_assert_lt_u64(0, cycles);
	igt_assert_lte_u64(cycles, later - total);
	/* The clock goes on without jobs, and without power. */
	usleep(20000);
	igt_assert_lt_u64(later, read_key(gpu.fd, "drm-total-cycles-panthor"));
	igt_assert_eq_u64(cycles, read_key(gpu.fd, "drm-cycles-panthor"));
	set_profiling("3\n");
	igt_assert(has_key(gpu.fd, "drm-maxfreq-panthor"));
	igt_assert(!has_key(gpu.fd, "drm-total-cycles-panthor"));
	set_profiling("0\n");
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

/* A monitor does not keep the GPU powered, however often it reads. */
static void test_suspends(void)
{
	struct test_gpu gpu;
	bool off = false;
	char text[4096];

	set_profiling("3\n");
	test_gpu_open(&gpu, 1);
	run_loop(&gpu, 20000);
	for (int i = 0; i < 20000 && !off; i++) {
		read_fdinfo(gpu.fd, text, sizeof(text));
		usleep(1000);
		off = test_is_suspended();
	}
	igt_assert_f(off, "timed out waiting for runtime suspend\n");
	set_profiling("0\n");
	test_gpu_close(&gpu);
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
	igt_describe("Time and cycles of jobs that run side by side do not exceed the clock's.");
	igt_subtest("side-by-side")
		test_side_by_side();
	igt_describe("A long job is counted while it runs, and not after its group's end.");
	igt_subtest("long")
		test_long();
	igt_describe("Without time, fdinfo has the cycles of the clock for comparison.");
	igt_subtest("total-cycles")
		test_total_cycles();
	igt_describe("The GPU is suspended although fdinfo is read all the time.");
	igt_subtest("suspends")
		test_suspends();
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
