// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Runner of a table of test functions that prints nested KTAP. */

#include "ktap.h"

bool ktap_failed;

/**
 * ktap_run - run all tests of a suite
 * @suite: name of the suite
 * @cases: the tests
 * @count: number of tests
 *
 * Return: the exit status of the program, 1 if a test failed.
 */
int ktap_run(const char *suite, const struct ktap_case *cases, unsigned int count)
{
	int status = 0;

	printf("    KTAP version 1\n    # Subtest: %s\n    1..%u\n", suite, count);
	for (unsigned int i = 0; i < count; i++) {
		ktap_failed = false;
		cases[i].run();
		printf("    %sok %u %s\n", ktap_failed ? "not " : "", i + 1,
		       cases[i].name);
		fflush(stdout);
		status |= ktap_failed;
	}
	return status;
}
