// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "ktap.h"

bool ktap_failed;

/**
 * ktap_run - run all tests of a program
 * @suite: name of the suite
 * @cases: the tests
 * @count: number of them
 *
 * Return: the program's exit status, 1 if a test failed.
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
