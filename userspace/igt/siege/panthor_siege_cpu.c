// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * Processor time that the software GPU leaves to other tasks. It executes the
 * command streams of clients in kernel threads, so a stream that never ends must not
 * take more than any other process would get.
 */

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Streams without an end leave the processors to others.");

#define DATA		TEST_DATA_VA
#define STOP		0
#define SPINNERS_MAX	64
#define SECONDS		10
#define GROUPS		8

/* Return: processor time in ns of a thread of the kernel, 0 if it is another one. */
static uint64_t thread_time(const char *stat, const char *name)
{
	unsigned long user, system;
	char text[1024], *at;

	test_read_file(stat, text, sizeof(text));
	at = strchr(text, '(');
	if (!at || strncmp(at + 1, name, strlen(name)))
		return 0;
	at = strrchr(text, ')');
	igt_assert(at);
	if (sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		   &system) != 2)
		return 0;
	return (user + system) * (PANTHOR_SECOND / sysconf(_SC_CLK_TCK));
}

/* Return: processor time in ns that the software GPU has had. */
static uint64_t gpu_time(void)
{
	uint64_t sum = 0;
	glob_t found;

	igt_assert_eq(glob("/proc/[0-9]*/stat", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		/* It may have ended. */
		if (!access(found.gl_pathv[i], R_OK))
			sum += thread_time(found.gl_pathv[i], "vcsf");
	}
	globfree(&found);
	return sum;
}

static uint64_t cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Spin; the result is the processor time that it got. */
static void spinner(struct test_client *client, void *data)
{
	uint64_t begin, end;

	(void)data;
	test_client_step(client, 0);
	begin = cpu_time();
	end = panthor_now_ns() + SECONDS * PANTHOR_SECOND;
	while (panthor_now_ns() < end)
		;
	test_client_step(client, cpu_time() - begin);
}

/* Streams that run until the data buffer says otherwise, on all slots */
static void start_streams(struct test_gpu *gpu, uint32_t *done)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job, one;
	uint32_t group;
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, DATA + STOP);
	csb_place(&b, &loop);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	test_job(gpu, 0, &b, &job);
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < GROUPS; i++) {
		igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, 1, TEST_RING_SIZE,
						   &group), 0);
		done[i] = test_syncobj(gpu);
		one = job;
		panthor_job_signal(&one, done[i], 0);
		igt_assert_eq(panthor_submit(gpu->fd, group, &one, 1), 0);
	}
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

/* With autogroups, all processes of a session share the weight of one thread. */
static void set_autogroup(bool on)
{
	const char *path = "/proc/sys/kernel/sched_autogroup_enabled";

	if (!access(path, F_OK))
		test_write_file(path, on ? "1\n" : "0\n");
}

/*
 * Two spinning processes for each processor, and streams without an end: the GPU
 * gets no more than one and a half times what a process gets.
 */
static void test_spinners(void)
{
	unsigned int count = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	struct test_client clients[SPINNERS_MAX];
	uint64_t gpu_ns, spun = 0, result;
	uint32_t done[GROUPS];
	struct test_gpu gpu;

	igt_assert_lte(count, SPINNERS_MAX);
	test_gpu_open(&gpu, 0);
	start_streams(&gpu, done);
	set_autogroup(false);
	for (unsigned int i = 0; i < count; i++) {
		test_client_start(&clients[i], spinner, NULL);
		igt_assert(test_client_next(&clients[i], &result));
	}
	gpu_ns = gpu_time();
	for (unsigned int i = 0; i < count; i++)
		test_client_go(&clients[i]);
	for (unsigned int i = 0; i < count; i++) {
		igt_assert(test_client_next(&clients[i], &result));
		spun += result;
	}
	gpu_ns = gpu_time() - gpu_ns;
	for (unsigned int i = 0; i < count; i++)
		test_client_end(&clients[i]);
	set_autogroup(true);
	test_release(&gpu, STOP);
	for (unsigned int i = 0; i < GROUPS; i++)
		igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
	igt_info("processor time: the GPU %.2f s, each of %u processes %.2f s\n", gpu_ns / 1e9,
		 count, spun / count / 1e9);
	igt_assert_lt_u64(0, gpu_ns);
	igt_assert_lte_u64(gpu_ns, spun / count * 3 / 2);
	test_gpu_close(&gpu);
}

/**
 * struct sleeps - what a task got that sleeps again and again
 * @count: how often it woke up within %SECONDS
 * @worst_ns: longest sleep
 */
struct sleeps {
	uint64_t count;
	uint64_t worst_ns;
};

static struct sleeps run_sleeper(const char *beside)
{
	const struct timespec millisecond = { .tv_nsec = PANTHOR_MILLISECOND };
	uint64_t begin = panthor_now_ns(), now = begin, last;
	struct sleeps sleeps = {};

	while (now - begin < SECONDS * PANTHOR_SECOND) {
		last = now;
		nanosleep(&millisecond, NULL);
		now = panthor_now_ns();
		sleeps.count++;
		if (now - last > sleeps.worst_ns)
			sleeps.worst_ns = now - last;
	}
	igt_info("1 ms sleeper beside %s: %" PRIu64 " sleeps of %.2f ms, longest %.1f ms\n",
		 beside, sleeps.count, (now - begin) / 1e6 / sleeps.count, sleeps.worst_ns / 1e6);
	return sleeps;
}

static struct sleeps run_sleeper_beside_streams(void)
{
	uint32_t done[GROUPS];
	struct sleeps sleeps;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	start_streams(&gpu, done);
	sleeps = run_sleeper("streams without an end");
	test_release(&gpu, STOP);
	for (unsigned int i = 0; i < GROUPS; i++)
		igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
	test_gpu_close(&gpu);
	return sleeps;
}

static void endless_spinner(struct test_client *client, void *data)
{
	(void)data;
	test_client_step(client, 0);
	for (;;)
		;
}

static struct sleeps run_sleeper_beside_spinners(void)
{
	unsigned int count = sysconf(_SC_NPROCESSORS_ONLN);
	struct test_client clients[SPINNERS_MAX];
	struct sleeps sleeps;
	uint64_t result;

	igt_assert_lte(count, SPINNERS_MAX);
	for (unsigned int i = 0; i < count; i++) {
		test_client_start(&clients[i], endless_spinner, NULL);
		igt_assert(test_client_next(&clients[i], &result));
		test_client_go(&clients[i]);
	}
	sleeps = run_sleeper("a spinning process on each processor");
	for (unsigned int i = 0; i < count; i++)
		test_client_end(&clients[i]);
	return sleeps;
}

/*
 * Streams without an end delay a task that sleeps for a millisecond at a time no more
 * than twice as much as one spinning process for each processor does.
 */
static void test_sleeper(void)
{
	struct sleeps idle, streams, spinners;

	set_autogroup(false);
	idle = run_sleeper("an idle GPU");
	streams = run_sleeper_beside_streams();
	spinners = run_sleeper_beside_spinners();
	set_autogroup(true);
	igt_info("lost to the GPU: %.1f %% of the sleeps, to the processes: %.1f %%\n",
		 100 - 100.0 * streams.count / idle.count,
		 100 - 100.0 * spinners.count / idle.count);
	igt_assert_lt_u64(0, spinners.count);
	igt_assert_lte_u64(spinners.count, 2 * streams.count);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Processes that spin get as much of the processors as the GPU.");
	igt_subtest("spinners")
		test_spinners();
	igt_describe("A task that sleeps for short times wakes up beside endless streams.");
	igt_subtest("sleeper")
		test_sleeper();

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
