// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Runtime power management of the GPU, controlled and observed through sysfs. */

#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_power.h"
#include "test_sysfs.h"

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
