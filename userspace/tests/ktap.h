/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_KTAP_H
#define TESTS_KTAP_H

/**
 * DOC: Tests of user-space code that need no GPU
 *
 * A test program is a table of functions. A function reports failures with
 * ktap_check() and continues. The results are printed as nested KTAP.
 */

#include <stdbool.h>
#include <stdio.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

/**
 * struct ktap_case - one test
 * @name: name of the test
 * @run: the test function
 */
struct ktap_case {
	const char *name;
	void (*run)(void);
};

extern bool ktap_failed;

#define ktap_check(condition) \
	do { \
		if (!(condition)) { \
			printf("    # %s:%d: check failed: %s\n", __FILE__, __LINE__, \
			       #condition); \
			ktap_failed = true; \
		} \
	} while (0)

int ktap_run(const char *suite, const struct ktap_case *cases, unsigned int count);

#endif /* TESTS_KTAP_H */
