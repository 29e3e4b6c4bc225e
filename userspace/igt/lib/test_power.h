/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_POWER_H
#define TEST_POWER_H

/**
 * DOC: Runtime power management through sysfs
 *
 * All functions fail the subtest if sysfs refuses access or the GPU does not
 * reach the expected state within %TEST_TIMEOUT.
 */

#include <stdbool.h>

/* The driver's default */
#define TEST_AUTOSUSPEND_MS	50

void test_autosuspend_set(int ms);
bool test_is_suspended(void);
void test_wait_suspended(void);

void test_ping_postpone(void);
void test_ping_restore(void);

#endif /* TEST_POWER_H */
