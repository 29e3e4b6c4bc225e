// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * System suspend and resume with pending jobs, which continue afterwards, and with
 * groups, firmware or MMU that do not respond.
 *
 * With PANTHOR_SLEEP=STATE in the environment the whole system is suspended by
 * writing STATE (for example "mem") to /sys/power/state. Something must wake it up:
 * the alarm of the real-time clock, or /sys/power/pm_test, which makes the kernel
 * return just before the firmware would take over. Without PANTHOR_SLEEP only the
 * software GPU simulates the loss of power.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Suspend and resume the system while jobs are pending.");

#define DATA	TEST_DATA_VA
/* More groups than slots */
#define GROUPS	10

#define ALARM			"/sys/class/rtc/rtc0/wakealarm"
#define SLEEPS			"/sys/power/suspend_stats/success"
#define POWER_LOSSES		"/sys/kernel/debug/vcsf-mali/power_losses"
/* After an alarm that rang too early, the delay is doubled up to this. */
#define ALARM_SECONDS_MAX	64

static const char *system_state;

/* Return: whether something will wake the system up. */
static bool wakes_up(void)
{
	char text[128];

	if (!access(ALARM, W_OK))
		return true;
	test_read_file("/sys/power/pm_test", text, sizeof(text));
	return !strstr(text, "[none]");
}

static unsigned long read_count(const char *path)
{
	char text[32];

	test_read_file(path, text, sizeof(text));
	return strtoul(text, NULL, 10);
}

/*
 * Suspend by the kernel's wakeup_count protocol, so that an alarm that rings before
 * the system is suspended aborts the suspend.
 */
static int try_sleep(unsigned int seconds)
{
	char text[32];
	int ret;

	test_read_file("/sys/power/wakeup_count", text, sizeof(text));
	ret = test_try_write_file("/sys/power/wakeup_count", text);
	if (ret)
		return ret;
	if (!access(ALARM, W_OK)) {
		test_write_file(ALARM, "0");
		snprintf(text, sizeof(text), "+%u", seconds);
		test_write_file(ALARM, text);
	}
	return test_try_write_file("/sys/power/state", system_state);
}

static void system_sleep(void)
{
	unsigned long before = read_count(SLEEPS);
	int ret = -EBUSY;

	for (unsigned int s = 2; ret && s <= ALARM_SECONDS_MAX; s *= 2)
		ret = try_sleep(s);
	igt_assert_eq(ret, 0);
	igt_assert_eq_u64(read_count(SLEEPS), before + 1);
}

/* The GPU loses all state. A failed attempt to suspend may lose power, too. */
static void sleep_and_wake(void)
{
	unsigned long before = read_count(POWER_LOSSES);

	if (system_state)
		system_sleep();
	else
		test_write_file("/sys/kernel/debug/vcsf-mali/sleep", "1");
	igt_assert_lt_u64(before, read_count(POWER_LOSSES));
}

static void wait_counting(struct test_gpu *gpu)
{
	uint32_t before = test_read32(gpu, TEST_HELD_RUNNING);

	for (int i = 0; i < 20000 && test_read32(gpu, TEST_HELD_RUNNING) == before; i++)
		usleep(1000);
	igt_assert_neq_u32(test_read32(gpu, TEST_HELD_RUNNING), before);
}

static void run_store(struct test_gpu *gpu, uint32_t value)
{
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, DATA, value);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(gpu, 0), value);
}

static void test_idle(bool suspended)
{
	struct test_gpu gpu;

	test_autosuspend_set(suspended ? 1 : -1);
	test_gpu_open(&gpu, 1);
	for (uint32_t i = 1; i <= 3; i++) {
		run_store(&gpu, i);
		if (suspended)
			test_wait_suspended();
		sleep_and_wake();
		/* The resume does not power up a GPU that was runtime suspended. */
		if (suspended)
			igt_assert(test_is_suspended());
	}
	run_store(&gpu, 4);
	test_gpu_close(&gpu);
}

static void test_one(bool busy)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, 1);
	done = test_submit_held(&gpu, busy);
	for (int i = 0; i < 3; i++) {
		if (busy)
			wait_counting(&gpu);
		sleep_and_wake();
		igt_assert(!test_is_signalled(&gpu, done, 0));
	}
	if (busy)
		wait_counting(&gpu);
	test_finish_held(&gpu, done);
	igt_assert_eq_u32(test_reset_count(), resets);
	test_gpu_close(&gpu);
}

/* Groups on and off slots, spinning, blocked or not started: all jobs complete. */
static void test_many(void)
{
	struct test_gpu gpus[GROUPS];
	uint32_t done[GROUPS];

	for (int i = 0; i < GROUPS; i++) {
		test_gpu_open(&gpus[i], 1);
		done[i] = test_submit_held(&gpus[i], i % 2);
	}
	for (int i = 0; i < 2; i++) {
		sleep_and_wake();
		wait_counting(&gpus[1]);
	}
	for (int i = 0; i < GROUPS; i++) {
		igt_assert(!test_is_signalled(&gpus[i], done[i], 0));
		test_finish_held(&gpus[i], done[i]);
	}
	for (int i = 0; i < GROUPS; i++)
		test_gpu_close(&gpus[i]);
}

/*
 * The groups of a killed process are destroyed by work items. The system is
 * suspended before these have finished.
 */
static void test_killed(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (uint32_t i = 1; i <= 2; i++) {
		struct igt_helper_process victim = { .use_SIGKILL = true };
		int ready[2];
		char byte;

		igt_assert_eq(pipe(ready), 0);
		igt_fork_helper(&victim) {
			struct test_gpu gpus[GROUPS];

			for (int n = 0; n < GROUPS; n++) {
				test_gpu_open(&gpus[n], 1);
				test_submit_held(&gpus[n], n % 2);
			}
			wait_counting(&gpus[1]);
			igt_assert_eq(write(ready[1], "r", 1), 1);
			pause();
		}
		close(ready[1]);
		igt_assert_eq(read(ready[0], &byte, 1), 1);
		close(ready[0]);
		igt_assert_eq(kill(victim.pid, SIGKILL), 0);
		sleep_and_wake();
		igt_stop_helper(&victim);
		run_store(&gpu, i);
	}
	test_gpu_close(&gpu);
}

/* A group that does not leave its slot is lost; the other one is not affected. */
static void test_stuck_group(void)
{
	struct test_gpu gpus[2];
	uint32_t held[2];
	int stuck;

	for (int i = 0; i < 2; i++) {
		test_gpu_open(&gpus[i], 1);
		held[i] = test_submit_held(&gpus[i], true);
		wait_counting(&gpus[i]);
	}
	test_inject("dropped_ack", "count=1 only=8\n");
	sleep_and_wake();
	/* Its fence signals soon after, and the other one not at all yet. */
	stuck = test_wait_any(gpus, held);
	igt_assert_eq(test_wait(&gpus[stuck], held[stuck], 0), -ETIMEDOUT);
	test_finish_held(&gpus[!stuck], held[!stuck]);
	test_gpu_close(&gpus[0]);
	test_gpu_close(&gpus[1]);
}

/* The firmware does not answer on suspend and is lost. */
static void test_firmware_lost(void)
{
	struct test_gpu gpu;
	uint32_t done;

	test_ping_postpone();
	test_gpu_open(&gpu, 1);
	done = test_submit_held(&gpu, true);
	wait_counting(&gpu);
	/* The driver asks twice. */
	test_inject("dropped_ack", "count=2 only=1\n");
	sleep_and_wake();
	igt_assert_eq(test_wait(&gpu, done, 0), -ECANCELED);
	test_ping_restore();
	test_gpu_close(&gpu);
	test_gpu_open(&gpu, 1);
	run_store(&gpu, 1);
	test_gpu_close(&gpu);
}

/*
 * Memory that was unmapped while the MMU did not respond is not freed before the
 * GPU has lost its state: neither while a reset is pending, nor while the suspend
 * postpones it.
 */
static void test_stuck_unmap(void)
{
	unsigned int resets;
	struct test_gpu gpu;

	test_autosuspend_set(-1);
	test_gpu_open(&gpu, 1);
	run_store(&gpu, 1);
	resets = test_reset_count();
	test_inject("as_stuck", "count=1 only=0x4\n");
	igt_fork(child, 1) {
		igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, DATA, PANTHOR_PAGE_SIZE),
			      -ETIMEDOUT);
		igt_assert_lt_u64(resets, test_reset_count());
	}
	test_wait_injected("as_stuck", 1);
	sleep_and_wake();
	igt_waitchildren();
	test_gpu_close(&gpu);
	test_gpu_open(&gpu, 1);
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		system_state = getenv("PANTHOR_SLEEP");
		igt_require_f(!system_state || wakes_up(),
			      "no wake-up source for system suspend\n");
		test_inject("dropped_ack", "0\n");
		/* No time limit: the run time of jobs depends on the machine. */
		test_param_set("job_timeout_ms", 0);
	}

	igt_describe("A runtime suspended GPU stays off.");
	igt_subtest("suspended")
		test_idle(true);
	igt_describe("An idle GPU that is powered works after the resume.");
	igt_subtest("idle")
		test_idle(false);
	igt_describe("A waiting job continues.");
	igt_subtest("held")
		test_one(false);
	igt_describe("A running job continues.");
	igt_subtest("busy")
		test_one(true);
	igt_describe("Jobs of more groups than slots continue.");
	igt_subtest("many")
		test_many();
	igt_describe("Jobs of a process that was killed just before are cancelled.");
	igt_subtest("killed")
		test_killed();
	igt_describe("A group that does not leave its slot is lost.");
	igt_subtest("stuck-group")
		test_stuck_group();
	igt_describe("The firmware does not answer on suspend.");
	igt_subtest("firmware-lost")
		test_firmware_lost();

	igt_describe("The MMU does not respond to an unmap just before the suspend.");
	igt_subtest("stuck-unmap")
		test_stuck_unmap();

	igt_fixture() {
		test_inject("as_stuck", "0\n");
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
		test_ping_restore();
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	}
}
