// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: The part of libigt that our tests use, for 32-bit programs
 *
 * 32-bit programs cannot link Debian's libigt for amd64, and its i386 packages
 * need a second architecture in the package manager. This file provides the
 * subset: running one subtest or all, with libigt's options, exit status and
 * output lines.
 */

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"

/* lib/igt_core.h of IGT */
#define EXIT_SKIP	77
#define EXIT_INVALID	79
#define EXIT_FAIL	98

#define MAX_CHILDREN	64
/* An unprivileged user and group ID: any but root's */
#define UNPRIVILEGED_ID	2

enum outcome { SUCCESS, SKIP, FAIL };

static const char * const words[] = { "SUCCESS", "SKIP", "FAIL" };

/*
 * @wanted: the only subtest to run, NULL for all
 * @subtest: the running subtest
 * @fixture: a fixture is running
 * @rest: outcome of all further subtests, which are not run unless it is SUCCESS
 * @count: number of subtests by outcome
 */
static struct {
	bool listing;
	const char *wanted;
	char subtest[256];
	bool fixture;
	enum outcome rest;
	struct timespec begin;
	unsigned int count[3];
	bool is_child;
	pid_t children[MAX_CHILDREN];
	unsigned int child_count;
} test;

jmp_buf igt_subtest_jmpbuf;

static _Noreturn void refuse_options(const char *program)
{
	fprintf(stderr, "usage: %s [--list-subtests | --run-subtest NAME]\n", program);
	exit(EXIT_INVALID);
}

int igt_subtest_init_parse_opts(int *argc, char **argv, const char *short_opts,
				const struct option *long_opts, const char *help,
				int (*handler)(int opt, int index, void *data),
				void *handler_data)
{
	(void)short_opts;
	(void)long_opts;
	(void)help;
	(void)handler;
	(void)handler_data;

	for (int i = 1; i < *argc; i++) {
		if (!strcmp(argv[i], "--list-subtests"))
			test.listing = true;
		else if (!strcmp(argv[i], "--run-subtest") && i + 1 < *argc)
			test.wanted = argv[++i];
		else
			refuse_options(argv[0]);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	return 0;
}

static void kill_children(void)
{
	for (unsigned int i = 0; i < test.child_count; i++)
		kill(test.children[i], SIGKILL);
	for (unsigned int i = 0; i < test.child_count; i++)
		waitpid(test.children[i], NULL, 0);
	test.child_count = 0;
}

void igt_exit(void)
{
	kill_children();
	if (test.listing)
		exit(EXIT_SUCCESS);
	if (test.count[FAIL] || test.rest == FAIL)
		exit(EXIT_FAIL);
	if (test.count[SUCCESS])
		exit(EXIT_SUCCESS);
	if (test.count[SKIP] || test.rest == SKIP)
		exit(EXIT_SKIP);
	fprintf(stderr, "Unknown subtest: %s\n", test.wanted ? test.wanted : "none");
	exit(EXIT_INVALID);
}

static void report(enum outcome outcome, double seconds)
{
	test.count[outcome]++;
	printf("Subtest %s: %s (%.3fs)\n", test.subtest, words[outcome], seconds);
}

/* Record the outcome and continue after the block of the subtest or fixture. */
static _Noreturn void leave(enum outcome outcome)
{
	struct timespec end;

	if (test.is_child)
		exit(EXIT_FAIL);
	kill_children();
	if (test.fixture) {
		test.fixture = false;
		test.rest = outcome;
	} else if (test.subtest[0]) {
		clock_gettime(CLOCK_MONOTONIC, &end);
		report(outcome, end.tv_sec - test.begin.tv_sec +
				(end.tv_nsec - test.begin.tv_nsec) / 1e9);
		test.subtest[0] = '\0';
	} else {
		fprintf(stderr, "Neither in a subtest nor in a fixture.\n");
		exit(EXIT_FAIL);
	}
	longjmp(igt_subtest_jmpbuf, 1);
}

bool __igt_fixture(void)
{
	if (test.listing || test.rest != SUCCESS)
		return false;
	test.fixture = true;
	return true;
}

void __igt_fixture_complete(void)
{
	test.fixture = false;
}

bool __igt_run_subtest(const char *name, const char *file, int line)
{
	(void)file;
	(void)line;

	if (test.listing) {
		puts(name);
		return false;
	}
	if (test.wanted && strcmp(test.wanted, name))
		return false;
	snprintf(test.subtest, sizeof(test.subtest), "%s", name);
	if (test.rest != SUCCESS) {
		report(test.rest, 0);
		test.subtest[0] = '\0';
		return false;
	}
	printf("Starting subtest: %s\n", name);
	clock_gettime(CLOCK_MONOTONIC, &test.begin);
	return true;
}

void __igt_subtest_group_save(int *save, int *desc)
{
	*save = test.rest;
	*desc = 0;
}

void __igt_subtest_group_restore(int save, int desc)
{
	(void)desc;
	test.rest = save;
}

void igt_describe_f(const char *format, ...)
{
	(void)format;
}

void igt_success(void)
{
	leave(SUCCESS);
}

static void print(FILE *to, const char *format, va_list args)
{
	if (format)
		vfprintf(to, format, args);
}

void __igt_fail_assert(const char *domain, const char *file, int line,
		       const char *func, const char *assertion,
		       const char *format, ...)
{
	va_list args;

	(void)domain;
	printf("Test assertion failure function %s, file %s:%i:\n", func, file, line);
	printf("Failed assertion: %s\n", assertion);
	va_start(args, format);
	print(stdout, format, args);
	va_end(args);
	leave(FAIL);
}

void __igt_skip_check(const char *file, int line, const char *func,
		      const char *check, const char *format, ...)
{
	va_list args;

	printf("Test requirement not met in function %s, file %s:%i:\n", func, file, line);
	printf("Test requirement: %s\n", check);
	va_start(args, format);
	print(stdout, format, args);
	va_end(args);
	leave(SKIP);
}

void igt_log(const char *domain, enum igt_log_level level, const char *format, ...)
{
	va_list args;

	(void)domain;
	if (level == IGT_LOG_DEBUG || level == IGT_LOG_NONE)
		return;
	va_start(args, format);
	print(level == IGT_LOG_INFO ? stdout : stderr, format, args);
	va_end(args);
}

/* The kernel kills the child when its parent dies. */
static pid_t fork_child(void)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAIL);
		test.is_child = true;
		test.child_count = 0;
		return 0;
	}
	return pid;
}

static void remember_child(pid_t pid)
{
	if (test.child_count == MAX_CHILDREN)
		kill(pid, SIGKILL);
	igt_assert(test.child_count < MAX_CHILDREN);
	test.children[test.child_count++] = pid;
}

static void forget_child(pid_t pid)
{
	for (unsigned int i = 0; i < test.child_count; i++) {
		if (test.children[i] == pid)
			test.children[i] = test.children[--test.child_count];
	}
}

bool __igt_fork(void)
{
	pid_t pid = fork_child();

	if (pid)
		remember_child(pid);
	return !pid;
}

void igt_waitchildren(void)
{
	int status, failed = 0;

	while (test.child_count) {
		pid_t pid = test.children[test.child_count - 1];

		igt_assert_eq(waitpid(pid, &status, 0), pid);
		test.child_count--;
		failed += status != 0;
	}
	igt_assert_eq(failed, 0);
}

bool __igt_fork_helper(struct igt_helper_process *process)
{
	pid_t pid;

	igt_assert(!process->running);
	pid = fork_child();
	if (!pid)
		return true;
	remember_child(pid);
	process->running = true;
	process->pid = pid;
	return false;
}

void igt_stop_helper(struct igt_helper_process *process)
{
	int signal = process->use_SIGKILL ? SIGKILL : SIGTERM, status;

	if (!process->running)
		return;
	kill(process->pid, signal);
	igt_assert_eq(waitpid(process->pid, &status, 0), process->pid);
	forget_child(process->pid);
	process->running = false;
	igt_assert_f(WIFSIGNALED(status) && WTERMSIG(status) == signal,
		     "the helper exited before it was stopped\n");
}

void igt_drop_root(void)
{
	igt_assert_eq(setgroups(0, NULL), 0);
	igt_assert_eq(setgid(UNPRIVILEGED_ID), 0);
	igt_assert_eq(setuid(UNPRIVILEGED_ID), 0);
}
