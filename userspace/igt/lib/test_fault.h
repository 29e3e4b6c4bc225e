/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_FAULT_H
#define TEST_FAULT_H

/**
 * DOC: Allocations that fail
 *
 * The kernel's fault injection for one task (fail-nth) makes the n-th allocation, or
 * access to user memory, of a call fail. test_fault_sweep() repeats a call with n = 1, 2,
 * ... until it runs without a failure. After a failed call, what debugfs shows of the
 * driver's objects must be the same as before; after a success, the same each time.
 *
 * One call is different: an ioctl whose results cannot be written to user memory returns
 * -EFAULT after it has done its work. That is the ioctl of all DRM drivers.
 */

#include <stdbool.h>

/**
 * struct test_fault_call - a call to sweep
 * @name: name of the subtest
 * @call: makes the call with @data; returns 0 or a negative errno
 * @prepare: called before each call, or NULL
 * @finish: completes a call of the given result, which is 0, or -EFAULT for a call that
 *	has taken effect or not; or NULL
 * @undo: undoes a successful call, or NULL
 * @undo_first: the call destroys; @undo makes the object, also before the first call
 * @may_hit_none: nothing is allocated, or nothing whose failure matters
 * @stateless: there is no device whose state could be compared
 * @workers: failures are injected into the kernel's workers, not into this task
 * @also: an error with which the kernel itself reports a lack of memory, besides -ENOMEM and
 *	-EFAULT; or 0
 * @most: number of failures to inject, or 0 for all: the first half of them at the first
 *	points, the others spread over the rest; PANTHOR_FAULTS in the environment
 *	overrides a number other than 0
 */
struct test_fault_call {
	const char *name;
	int (*call)(void *data);
	void (*prepare)(void *data);
	void (*finish)(void *data, int ret);
	void (*undo)(void *data);
	bool undo_first;
	bool may_hit_none;
	bool stateless;
	bool workers;
	int also;
	unsigned int most;
};

void test_fault_open(void);
void test_fault_close(void);
void test_fault_below(const char *function);
void test_fault_spare(const char *function);
unsigned int test_fault_sweep(const struct test_fault_call *what, void *data);

#endif /* TEST_FAULT_H */
