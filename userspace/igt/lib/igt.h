/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef IGT_H
#define IGT_H

/**
 * DOC: Declarations of libigt
 *
 * Debian ships IGT's library without its headers. This file declares the part
 * that our tests use, so that they are ordinary IGT tests: the same .c files
 * compile inside an IGT tree, against IGT's own igt.h. Functions have the ABI
 * of release 1.27.1; macros are used with parentheses, as IGT does since 2.4.
 * IGT's documentation describes each of them.
 */

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define IGT_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))

#define igt_join_(a, b)		a ## b
#define igt_join(a, b)		igt_join_(a, b)
#define igt_unique(name)	igt_join(name, __LINE__)

/* --- A test program ------------------------------------------------------- */

struct option;

int igt_subtest_init_parse_opts(int *argc, char **argv, const char *short_opts,
				const struct option *long_opts, const char *help,
				int (*handler)(int opt, int index, void *data),
				void *handler_data);
_Noreturn void igt_exit(void);

/* The library looks up this symbol if it is defined. */
#define IGT_TEST_DESCRIPTION(text) \
	const char *__igt_test_description = text

/* Used as "int igt_main() { ... }" */
#define igt_main() \
	main(int argc, char **argv); \
	static void igt_unique(igt_body_)(void); \
	int main(int argc, char **argv) \
	{ \
		igt_subtest_init_parse_opts(&argc, argv, NULL, NULL, NULL, \
					    NULL, NULL); \
		igt_unique(igt_body_)(); \
		igt_exit(); \
	} \
	static void igt_unique(igt_body_)(void)

/* --- Subtests, fixtures, groups ------------------------------------------- */

/* Where execution continues after a subtest or fixture fails or skips */
extern jmp_buf igt_subtest_jmpbuf;

bool __igt_fixture(void);
void __igt_fixture_complete(void);
bool __igt_run_subtest(const char *name, const char *file, int line);
void __igt_subtest_group_save(int *save, int *desc);
void __igt_subtest_group_restore(int save, int desc);
void igt_describe_f(const char *format, ...) IGT_PRINTF(1, 2);
void igt_success(void);

#define igt_describe(text)	igt_describe_f("%s", text)

#define igt_fixture() \
	for (volatile int igt_unique(once_) = 0; \
	     igt_unique(once_) < 1 && __igt_fixture() && \
	     sigsetjmp(igt_subtest_jmpbuf, 1) == 0; \
	     igt_unique(once_)++, __igt_fixture_complete())

#define igt_subtest(name) \
	for (; __igt_run_subtest(name, __FILE__, __LINE__) && \
	     sigsetjmp(igt_subtest_jmpbuf, 1) == 0; igt_success())

#define igt_subtest_f(format...) \
	igt_subtest_named_(igt_unique(name_), format)
#define igt_subtest_named_(buf, format...) \
	for (char buf[256]; \
	     snprintf(buf, sizeof(buf), format), \
	     __igt_run_subtest(buf, __FILE__, __LINE__) && \
	     sigsetjmp(igt_subtest_jmpbuf, 1) == 0; igt_success())

#define igt_subtest_group() \
	for (int igt_unique(once_) = 0, igt_unique(save_) = 0, igt_unique(desc_) = 0; \
	     igt_unique(once_) < 1 && \
	     (__igt_subtest_group_save(&igt_unique(save_), &igt_unique(desc_)), true); \
	     igt_unique(once_)++, \
	     __igt_subtest_group_restore(igt_unique(save_), igt_unique(desc_)))

/* --- Checks --------------------------------------------------------------- */

_Noreturn void __igt_fail_assert(const char *domain, const char *file, int line,
				 const char *func, const char *assertion,
				 const char *format, ...) IGT_PRINTF(6, 7);
_Noreturn void __igt_skip_check(const char *file, int line, const char *func,
				const char *check,
				const char *format, ...) IGT_PRINTF(5, 6);

#define igt_fail_(what, message...) \
	__igt_fail_assert(NULL, __FILE__, __LINE__, __func__, what, message)

#define igt_assert(expr) \
	do { \
		if (!(expr)) \
			igt_fail_(#expr, NULL); \
	} while (0)

#define igt_assert_f(expr, message...) \
	do { \
		if (!(expr)) \
			igt_fail_(#expr, message); \
	} while (0)

#define igt_assert_cmp_(type, format, a, op, not_op, b) \
	do { \
		type a_ = (a), b_ = (b); \
		if (!(a_ op b_)) \
			igt_fail_(#a " " #op " " #b, \
				  "error: " format " " #not_op " " format "\n", \
				  a_, b_); \
	} while (0)

#define igt_assert_eq(a, b)	igt_assert_cmp_(int, "%d", a, ==, !=, b)
#define igt_assert_neq(a, b)	igt_assert_cmp_(int, "%d", a, !=, ==, b)
#define igt_assert_lt(a, b)	igt_assert_cmp_(int, "%d", a, <, >=, b)
#define igt_assert_lte(a, b)	igt_assert_cmp_(int, "%d", a, <=, >, b)
#define igt_assert_eq_u32(a, b) \
	igt_assert_cmp_(uint32_t, "%#x", a, ==, !=, b)
#define igt_assert_neq_u32(a, b) \
	igt_assert_cmp_(uint32_t, "%#x", a, !=, ==, b)
#define igt_assert_eq_u64(a, b) \
	igt_assert_cmp_(unsigned long long, "%#llx", a, ==, !=, b)
#define igt_assert_neq_u64(a, b) \
	igt_assert_cmp_(unsigned long long, "%#llx", a, !=, ==, b)
#define igt_assert_lt_u64(a, b) \
	igt_assert_cmp_(unsigned long long, "%#llx", a, <, >=, b)
#define igt_assert_lte_u64(a, b) \
	igt_assert_cmp_(unsigned long long, "%#llx", a, <=, >, b)

#define igt_require(expr) \
	do { \
		if (!(expr)) \
			__igt_skip_check(__FILE__, __LINE__, __func__, #expr, NULL); \
	} while (0)

#define igt_require_f(expr, message...) \
	do { \
		if (!(expr)) \
			__igt_skip_check(__FILE__, __LINE__, __func__, #expr, message); \
	} while (0)

/* --- Messages ------------------------------------------------------------- */

enum igt_log_level {
	IGT_LOG_DEBUG,
	IGT_LOG_INFO,
	IGT_LOG_WARN,
	IGT_LOG_CRITICAL,
	IGT_LOG_NONE,
};

void igt_log(const char *domain, enum igt_log_level level, const char *format, ...)
	IGT_PRINTF(3, 4);

#define igt_debug(message...)	igt_log(NULL, IGT_LOG_DEBUG, message)
#define igt_info(message...)	igt_log(NULL, IGT_LOG_INFO, message)

/* --- Children ------------------------------------------------------------- */

bool __igt_fork(void);
void igt_waitchildren(void);
void igt_drop_root(void);

/* Run the block in @count processes; igt_waitchildren() collects their failures. */
#define igt_fork(child, count) \
	for (int child = 0; child < (count); child++) \
		for (; __igt_fork(); exit(0))

struct igt_helper_process {
	bool running;
	bool use_SIGKILL;
	pid_t pid;
	int id;
};

bool __igt_fork_helper(struct igt_helper_process *process);
void igt_stop_helper(struct igt_helper_process *process);

/* Run the block in a process until igt_stop_helper(). */
#define igt_fork_helper(process) \
	for (; __igt_fork_helper(process); exit(0))

#endif /* IGT_H */
