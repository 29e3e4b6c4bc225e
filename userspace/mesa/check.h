/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_CHECK_H
#define MESA_CHECK_H

#include <stddef.h>

/**
 * struct check - one check, which runs in a process of its own
 * @name: name of its result: GROUP-WHAT
 * @run: returns if the check passes, and calls fail() or skip() otherwise
 * @data: argument of @run
 */
struct check {
	const char *name;
	void (*run)(const void *data);
	const void *data;
};

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2))) void skip(const char *format, ...);
void dump(const char *kind, const void *data, size_t size);
const char *check_name(void);

void checks_begin(int argc, char **argv);
void checks_run(const struct check *checks, size_t count);
int checks_end(void);

#endif
