/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_POWER_H
#define TEST_POWER_H

/**
 * DOC: The GPU's power, as sysfs has it
 *
 * All fail the subtest if something is not as it should be within
 * %TEST_TIMEOUT.
 */

#include <stdbool.h>

/* The driver's own */
#define TEST_AUTOSUSPEND_MS	50

void test_autosuspend_set(int ms);
bool test_is_suspended(void);
void test_wait_suspended(void);

#endif /* TEST_POWER_H */
