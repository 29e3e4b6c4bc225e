// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Runtime power management of the GPU, controlled and observed through sysfs, and the
 * driver's periodic ping to the firmware while the GPU is powered.
 */

#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_power.h"
#include "test_sysfs.h"

/* The driver's default of ping_interval_ms, and a time in which no test is still running */
#define PING_MS		12000
#define PING_LATE_MS	3600000

/**
 * test_autosuspend_set - set the autosuspend delay of the GPU
 * @ms: idle time in milliseconds after which it is suspended; -1 for never
 */
void test_autosuspend_set(int ms)
{
	char path[256], text[16];

	test_device_path("power/autosuspend_delay_ms", path, sizeof(path));
	snprintf(text, sizeof(text), "%d\n", ms);
	test_write_file(path, text);
}

/**
 * test_is_suspended - test whether the GPU is runtime suspended
 *
 * Return: true if it is; false also while it is suspending.
 */
bool test_is_suspended(void)
{
	char path[256], text[32];

	test_device_path("power/runtime_status", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	return !strcmp(text, "suspended\n");
}

/**
 * test_wait_suspended - wait until the GPU is runtime suspended
 */
void test_wait_suspended(void)
{
	bool off = test_is_suspended();

	for (int i = 0; i < 20000 && !off; i++) {
		usleep(1000);
		off = test_is_suspended();
	}
	igt_assert_f(off, "timed out waiting for runtime suspend\n");
}

/**
 * test_ping_postpone - let the driver not ping the firmware until test_ping_restore()
 *
 * A ping takes the injected fault that is meant for another request or interrupt. Resets
 * the GPU, as the interval is read when a ping is queued.
 */
void test_ping_postpone(void)
{
	char path[256];

	test_param_set("ping_interval_ms", PING_LATE_MS);
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
}

/**
 * test_ping_restore - undo test_ping_postpone(), after the next resume or reset
 */
void test_ping_restore(void)
{
	if (test_own_driver())
		test_param_set("ping_interval_ms", PING_MS);
}
