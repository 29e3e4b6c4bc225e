// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Frequency scaling: the operating points, the governor's choice for busy, waiting
 * and idle groups, limits from sysfs, cycle counters, and fence deadlines.
 */

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/sync_file.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test that devfreq selects the GPU frequency that the load needs.");

#define DATA		TEST_DATA_VA

#define MHZ		1000000ull
#define SLOWEST		(200 * MHZ)
#define FASTEST		(1000 * MHZ)

/* A distant deadline, and the time before a deadline at which it takes effect */
#define FAR_MS		600
#define NEAR_MS		110

/* Polls of the governor without a change of the frequency that count as settled */
#define SETTLED_POLLS	4

/* Missing in the headers of older systems */
#ifndef SYNC_IOC_SET_DEADLINE
struct sync_set_deadline {
	__u64 deadline_ns;
	__u64 pad;
};

#define SYNC_IOC_SET_DEADLINE _IOW(SYNC_IOC_MAGIC, 5, struct sync_set_deadline)
#endif

static void devfreq_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "/sys/class/devfreq/vcsf-mali/%s", name);
}

static void read_devfreq(const char *name, char *text, size_t size)
{
	char path[128];

	devfreq_path(name, path, sizeof(path));
	test_read_file(path, text, size);
}

static uint64_t read_rate(const char *name)
{
	char text[64];

	read_devfreq(name, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

static int set_rate(const char *name, uint64_t hz)
{
	char path[128], text[32];

	devfreq_path(name, path, sizeof(path));
	snprintf(text, sizeof(text), "%llu\n", (unsigned long long)hz);
	return test_try_write_file(path, text);
}

/* Set both limits, whatever values an earlier test has left. */
static void limit(uint64_t least, uint64_t most)
{
	igt_assert_eq(set_rate("min_freq", 0), 0);
	igt_assert_eq(set_rate("max_freq", most), 0);
	igt_assert_eq(set_rate("min_freq", least), 0);
}

static void wait_rate(uint64_t hz)
{
	for (int i = 0; i < 20000 && read_rate("cur_freq") != hz; i++)
		usleep(1000);
	igt_assert_eq_u64(read_rate("cur_freq"), hz);
}

static uint64_t fdinfo_rate(int fd, const char *key)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	test_read_file(path, text, sizeof(text));
	at = strstr(text, key);
	igt_assert_f(at, "no %s in:\n%s", key, text);
	return strtoull(at + strlen(key), NULL, 10);
}

static void test_points(void)
{
	char text[256];

	read_devfreq("governor", text, sizeof(text));
	igt_assert(!strcmp(text, "simple_ondemand\n"));
	read_devfreq("available_frequencies", text, sizeof(text));
	igt_assert(!strcmp(text, "200000000 400000000 600000000 800000000 1000000000\n"));
}

/* Busy groups get the highest frequency, idle ones the lowest; repeatedly. */
static void test_demand(void)
{
	struct test_gpu gpu;
	uint32_t done;

	limit(0, FASTEST);
	test_autosuspend_set(-1);
	test_gpu_open(&gpu, 1);
	/* An earlier test may have left the highest one. */
	wait_rate(SLOWEST);
	for (int i = 0; i < 2; i++) {
		done = test_submit_held(&gpu, true);
		wait_rate(FASTEST);
		igt_assert_eq_u64(fdinfo_rate(gpu.fd, "drm-curfreq-panthor:"), FASTEST);
		test_finish_held(&gpu, done);
		wait_rate(SLOWEST);
		igt_assert_eq_u64(fdinfo_rate(gpu.fd, "drm-curfreq-panthor:"), SLOWEST);
		igt_assert_eq_u64(fdinfo_rate(gpu.fd, "drm-maxfreq-panthor:"), FASTEST);
	}
	test_gpu_close(&gpu);
}

/* A job that only waits on its slot does not raise the frequency. */
static void test_waiting(void)
{
	struct test_gpu gpu;
	uint32_t done;

	limit(0, FASTEST);
	test_gpu_open(&gpu, 1);
	done = test_submit_held(&gpu, true);
	wait_rate(FASTEST);
	test_finish_held(&gpu, done);
	done = test_submit_held(&gpu, false);
	wait_rate(SLOWEST);
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

static void test_limits(void)
{
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 1);
	done = test_submit_held(&gpu, true);
	limit(0, 400 * MHZ);
	wait_rate(400 * MHZ);
	limit(600 * MHZ, 600 * MHZ);
	wait_rate(600 * MHZ);
	limit(0, FASTEST);
	wait_rate(FASTEST);
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* Read both counters; add the duration of the query to @took. */
static void read_clocks(struct test_gpu *gpu, uint64_t *ticks, uint64_t *cycles,
			uint64_t *took)
{
	struct drm_panthor_timestamp_info info = {
		.flags = DRM_PANTHOR_TIMESTAMP_GPU |
			 DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT |
			 DRM_PANTHOR_TIMESTAMP_FREQ | DRM_PANTHOR_TIMESTAMP_DURATION,
	};

	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				    &info, sizeof(info)), 0);
	igt_assert_eq_u64(info.timestamp_frequency, 1000 * MHZ);
	*ticks = info.current_timestamp;
	*cycles = info.cycle_count;
	*took += info.duration_nsec;
}

/* The cycle counter follows the clock frequency, the timestamp does not. */
static void test_cycles(void)
{
	static const uint64_t rates[] = { 200 * MHZ, 600 * MHZ, 1000 * MHZ };
	uint64_t ticks[2], cycles[2], expected, counted, slack;
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 1);
	done = test_submit_held(&gpu, false);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		limit(rates[i], rates[i]);
		wait_rate(rates[i]);
		slack = 0;
		read_clocks(&gpu, &ticks[0], &cycles[0], &slack);
		usleep(200000);
		read_clocks(&gpu, &ticks[1], &cycles[1], &slack);
		/* The counters are not sampled at exactly the same time. */
		slack += (ticks[1] - ticks[0]) / 100;
		expected = (ticks[1] - ticks[0]) * (rates[i] / MHZ) / 1000;
		counted = cycles[1] - cycles[0];
		slack = slack * (rates[i] / MHZ) / 1000;
		igt_assert_lte_u64(expected, counted + slack);
		igt_assert_lte_u64(counted, expected + slack);
	}
	limit(0, FASTEST);
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* A fence deadline raises the frequency even while the job only waits. */
static void test_deadline(void)
{
	struct sync_set_deadline deadline = {};
	struct test_gpu gpu;
	bool fast = false;
	int sync_file;
	uint32_t done;

	limit(0, FASTEST);
	test_autosuspend_set(-1);
	test_gpu_open_untimed(&gpu, 1);
	done = test_submit_held(&gpu, false);
	wait_rate(SLOWEST);
	sync_file = panthor_syncobj_export(gpu.fd, done, 0);
	igt_assert_lte(0, sync_file);
	/* The governor may lower it again before it is read. */
	for (int i = 0; i < 200 && !fast; i++) {
		igt_assert_eq(ioctl(sync_file, SYNC_IOC_SET_DEADLINE, &deadline), 0);
		usleep(2000);
		fast = read_rate("cur_freq") == FASTEST;
	}
	igt_assert(fast);
	wait_rate(SLOWEST);
	close(sync_file);
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* Number of frequency changes since the driver was bound */
static int changes(void)
{
	char text[4096], *total;

	read_devfreq("trans_stat", text, sizeof(text));
	total = strstr(text, "Total transition : ");
	igt_assert(total);
	return strtoul(strchr(total, ':') + 1, NULL, 10);
}

static bool runs_on_slot(void)
{
	static char text[1 << 16];
	char path[256];

	test_debugfs_path("groups", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	return strstr(text, " runs on slot ");
}

/*
 * Wait until no group is busy, and until the governor has seen that: its last look may
 * include the time in which one was.
 */
static void wait_settled(void)
{
	uint64_t poll_ms = read_rate("polling_interval");
	unsigned int polls = 0;

	for (int i = 0; i < 20000 && runs_on_slot(); i++)
		usleep(1000);
	igt_assert(!runs_on_slot());
	for (int i = 0; i < 400 && polls < SETTLED_POLLS; i++) {
		int before = changes();

		usleep(1000 * poll_ms);
		if (changes() == before && read_rate("cur_freq") == SLOWEST)
			polls++;
		else
			polls = 0;
	}
	igt_assert_eq(polls, SETTLED_POLLS);
}

/* A distant deadline takes effect only when it is near. */
static void test_deadline_far(void)
{
	struct sync_set_deadline deadline = {};
	uint64_t start, passed;
	struct test_gpu gpu;
	int before, sync_file;
	uint32_t done;

	limit(0, FASTEST);
	test_autosuspend_set(-1);
	test_gpu_open_untimed(&gpu, 1);
	done = test_submit_held(&gpu, false);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	wait_rate(SLOWEST);
	wait_settled();
	sync_file = panthor_syncobj_export(gpu.fd, done, 0);
	igt_assert_lte(0, sync_file);
	before = changes();
	start = panthor_now_ns();
	deadline.deadline_ns = start + FAR_MS * 1000000ull;
	igt_assert_eq(ioctl(sync_file, SYNC_IOC_SET_DEADLINE, &deadline), 0);
	for (int i = 0; i < 20000 && changes() == before; i++)
		usleep(1000);
	passed = panthor_now_ns() - start;
	igt_assert_lt(before, changes());
	igt_assert_lte_u64((FAR_MS - NEAR_MS) * 1000000ull, passed);
	close(sync_file);
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* Unbind and bind the device while it is being suspended and resumed. */
static void test_unbind_bind(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_autosuspend_set(0);
	for (int i = 0; i < 5; i++) {
		test_gpu_open(&gpu, 1);
		csb_init(&b);
		test_emit_store(&b, DATA, i + 1);
		igt_assert_eq(test_run(&gpu, 0, &b), 1);
		test_wait_suspended();
		test_gpu_close(&gpu);
		test_unbind();
		test_bind();
		test_points();
		test_autosuspend_set(0);
	}
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("devfreq has the expected operating points and governor.");
	igt_subtest("points")
		test_points();
	igt_describe("The frequency is high while busy and low while idle.");
	igt_subtest("demand")
		test_demand();
	igt_describe("The frequency is low while a job only waits.");
	igt_subtest("waiting")
		test_waiting();
	igt_describe("Limits from sysfs are respected.");
	igt_subtest("limits")
		test_limits();
	igt_describe("The cycle counter follows the clock frequency.");
	igt_subtest("cycles")
		test_cycles();
	igt_describe("A fence deadline raises the frequency.");
	igt_subtest("deadline")
		test_deadline();
	igt_describe("A fence deadline has no effect before it is near.");
	igt_subtest("deadline-far")
		test_deadline_far();
	igt_describe("devfreq works again after unbind and bind.");
	igt_subtest("unbind")
		test_unbind_bind();

	igt_fixture()
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
}
