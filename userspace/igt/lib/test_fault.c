// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Sweeps of failing allocations, and the record of the points that they hit. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "test_fault.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_sysfs.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
/* More allocations than any call makes */
#define NTH_MAX		5000
#define NEVER		1000000000
#define WORKERS_MAX	128
#define STATE_SIZE	65536
#define STATE_SECONDS	30
/* The kernel's checkers allocate at any time, and tolerate a failure: try again. */
#define TRIES		2

/* Settings of fault injection, for this test and before */
static const struct {
	const char *path;
	const char *now;
	const char *before;
} knobs[] = {
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N", "Y" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N", "Y" },
	/* Single pages, too: page tables */
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0", "1" },
};

/* Of each of these only what the filters of stack traces let through fails. */
static const char * const injectors[] = { "failslab", "fail_page_alloc", "fail_usercopy" };

/* What debugfs shows before and after a call that succeeds */
struct states {
	char before[STATE_SIZE];
	char after[STATE_SIZE];
	bool know_after;
};

/* Opened before the first injection; belongs to this thread. */
static int fail_fd = -1;

/* The same files of the kernel's workers */
static int worker_fds[WORKERS_MAX];
static unsigned int worker_count;

static void arm(unsigned int nth, bool workers);

/* Where a call has no allocation that may fail, nothing else would tell. */
static void expect_injection(void)
{
	int fd;

	arm(1, false);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	arm(0, false);
	igt_assert_f(fd < 0, "no failure was injected\n");
}

/**
 * test_fault_open - prepare fault injection; skips without support in the kernel
 */
void test_fault_open(void)
{
	fail_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	igt_require_f(fail_fd >= 0, "no fault injection in this kernel\n");
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
		igt_require_f(!test_try_write_file(knobs[i].path, knobs[i].now),
			      "no %s\n", knobs[i].path);
	expect_injection();
}

/**
 * test_fault_close - undo test_fault_open()
 */
void test_fault_close(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
		test_try_write_file(knobs[i].path, knobs[i].before);
}

static void set_filter(const char *which, unsigned long start, unsigned long end)
{
	char path[128], number[32];

	for (size_t i = 0; i < ARRAY_SIZE(injectors); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s-start", injectors[i],
			 which);
		snprintf(number, sizeof(number), "%#lx", start);
		igt_require_f(!test_try_write_file(path, number), "no %s\n", path);
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s-end", injectors[i],
			 which);
		snprintf(number, sizeof(number), "%#lx", end);
		test_write_file(path, number);
	}
}

/* The addresses of a function of the kernel, up to the next symbol */
static void find_function(const char *function, unsigned long *start, unsigned long *end)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long address;
	char name[256];

	igt_assert(file);
	*start = 0;
	while (fscanf(file, "%lx %*c %255s%*[^\n]", &address, name) == 2) {
		if (!strcmp(name, function))
			*start = address;
	}
	igt_require_f(*start, "no %s() in this kernel\n", function);
	*end = ULONG_MAX;
	rewind(file);
	while (fscanf(file, "%lx %*c %255s%*[^\n]", &address, name) == 2) {
		if (address > *start && address < *end)
			*end = address;
	}
	fclose(file);
}

/**
 * test_fault_below - from now on, count and fail only allocations below a function
 * @function: a function of the kernel or of a module that stays; NULL: all allocations
 *
 * Skips without the kernel's filter of stack traces (CONFIG_FAULT_INJECTION_STACKTRACE_FILTER).
 * The trace has 32 functions.
 */
void test_fault_below(const char *function)
{
	unsigned long start = 0, end = ULONG_MAX;

	if (function)
		find_function(function, &start, &end);
	set_filter("require", start, end);
}

/**
 * test_fault_spare - from now on, leave alone the allocations below a function
 * @function: as for test_fault_below(), or NULL: none
 */
void test_fault_spare(const char *function)
{
	unsigned long start = 0, end = 0;

	if (function)
		find_function(function, &start, &end);
	set_filter("reject", start, end);
}

static void open_workers(void)
{
	char text[64], path[128];
	glob_t found;

	worker_count = 0;
	igt_assert_eq(glob("/proc/[0-9]*/comm", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc && worker_count < WORKERS_MAX; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		close(fd);
		if (n < 7 || strncmp(text, "kworker", 7))
			continue;
		snprintf(path, sizeof(path), "%.*s/fail-nth",
			 (int)(strrchr(found.gl_pathv[i], '/') - found.gl_pathv[i]),
			 found.gl_pathv[i]);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			worker_fds[worker_count++] = fd;
	}
	globfree(&found);
	igt_assert_lt(0, worker_count);
}

/* Disarm all workers. Return: whether a failure was injected into one of them. */
static bool close_workers(void)
{
	bool hit = false;

	for (unsigned int i = 0; i < worker_count; i++) {
		char number[16] = {};

		/* A worker that has ended has no file to read. */
		if (pread(worker_fds[i], number, sizeof(number) - 1, 0) > 0)
			hit |= !atoi(number);
		if (pwrite(worker_fds[i], "0", 1, 0) < 0)
			errno = 0;
		close(worker_fds[i]);
	}
	return hit;
}

static void arm(unsigned int nth, bool workers)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", nth);
	if (!workers) {
		igt_assert_lt(0, pwrite(fail_fd, number, strlen(number), 0));
		return;
	}
	open_workers();
	for (unsigned int i = 0; i < worker_count; i++) {
		if (pwrite(worker_fds[i], number, strlen(number), 0) < 0)
			errno = 0;
	}
}

/*
 * Return: how many allocations from now on the next failure is, 0 if there was one. If
 * there was none, the read itself may fail.
 */
static unsigned int remaining(void)
{
	char number[16] = {};

	if (pread(fail_fd, number, sizeof(number) - 1, 0) <= 0)
		return 1;
	return strtoul(number, NULL, 10);
}

/* Return: whether a failure was injected. */
static bool disarm(bool workers)
{
	bool hit;

	if (workers)
		return close_workers();
	hit = !remaining();
	/* The write may fail, which disarms as well. */
	if (pwrite(fail_fd, "0", 1, 0) < 0)
		igt_assert_lt(0, pwrite(fail_fd, "0", 1, 0));
	return hit;
}

/* Cut the text from @key up to one of the characters @end out of all lines. */
static void cut(char *text, const char *key, const char *end)
{
	while ((text = strstr(text, key))) {
		text += strlen(key);
		memmove(text, text + strcspn(text, end),
			strlen(text + strcspn(text, end)) + 1);
	}
}

/*
 * The buffers of all clients, without what a call that failed may have changed: pages that it
 * has allocated stay, and work items may have references yet. Kernel objects are in gpuvas.
 * Return: the length of the text.
 */
static size_t read_buffers(char *state)
{
	struct test_gems gems;
	struct test_gem gem;
	size_t used = 0;

	test_gems_open(&gems);
	while (test_gems_next(&gems, &gem)) {
		if (gem.usage & TEST_GEM_KERNEL)
			continue;
		used += snprintf(state + used, STATE_SIZE - used,
				 "buffer of %s: size %llu state 0x%x label %s\n", gem.creator,
				 (unsigned long long)gem.size, gem.state, gem.label);
		igt_assert_lt(used, STATE_SIZE - 1);
	}
	test_gems_close(&gems);
	return used;
}

/*
 * The objects of all clients, without numbers that are never used again, and without the
 * slots of address spaces, which idle ones may lose at any time.
 */
static void read_state(char *state)
{
	size_t used = read_buffers(state);
	char path[256];

	test_debugfs_path("gpuvas", path, sizeof(path));
	test_read_file(path, state + used, STATE_SIZE - used);
	used += strlen(state + used);
	igt_assert_lt(used, STATE_SIZE - 1);
	cut(state, "client ", ":");
	cut(state, ", as ", ",");
	cut(state, ", in traces ", "\n");
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Work items may have to free what a call has destroyed, or allocated before it failed. */
static void wait_state(const struct test_fault_call *what, const char *wanted,
		       const char *when, unsigned int nth)
{
	double end = now_s() + STATE_SECONDS;
	static char now[STATE_SIZE];

	do {
		read_state(now);
		if (!strcmp(wanted, now))
			return;
		usleep(1000);
	} while (now_s() < end);
	igt_assert_f(false, "%s: failure %u, %s: the state should be\n%s\nbut is\n%s",
		     what->name, nth, when, wanted, now);
}

/*
 * Whether a call has taken effect that returned -EFAULT: the kernel copies the results of
 * an ioctl to user memory after the driver has done all of its work.
 */
static bool took_effect(const struct test_fault_call *what, const struct states *states)
{
	static char now[STATE_SIZE];

	if (what->stateless)
		return false;
	read_state(now);
	return strcmp(now, states->before);
}

/* Complete, check and undo a call that has taken effect, or may have if it is finished. */
static void finish(const struct test_fault_call *what, void *data, struct states *states,
		   unsigned int nth, int ret)
{
	if (what->finish)
		what->finish(data, ret);
	if (!what->stateless && !states->know_after)
		read_state(states->after);
	states->know_after = true;
	if (!what->stateless)
		wait_state(what, states->after, "after a call that succeeded", nth);
	if (what->undo)
		what->undo(data);
	if (!what->stateless)
		wait_state(what, states->before, "after a call was undone", nth);
}

/* One call with one failure. Return: its result; *@hit tells if there was a failure. */
static int try_one(const struct test_fault_call *what, void *data, struct states *states,
		   unsigned int nth, bool *hit)
{
	int ret;

	if (what->prepare)
		what->prepare(data);
	arm(nth, what->workers);
	ret = what->call(data);
	*hit = disarm(what->workers);
	if (ret)
		igt_assert_f(*hit && (ret == -ENOMEM || ret == -EFAULT || ret == what->also),
			     "%s: failure %u, the call returned %d\n", what->name, nth, ret);
	if (!ret || (ret == -EFAULT && (what->finish || took_effect(what, states))))
		finish(what, data, states, nth, ret);
	else if (!what->stateless)
		wait_state(what, states->before, "after a call that failed", nth);
	return ret;
}

/* Make the call once without a failure. Return: the number of its allocations. */
static unsigned int count_points(const struct test_fault_call *what, void *data,
				 struct states *states)
{
	unsigned int points;
	int ret;

	arm(NEVER, what->workers);
	ret = what->call(data);
	points = what->workers ? 0 : NEVER - remaining();
	disarm(what->workers);
	igt_assert_f(!ret, "%s without a failure returned %d\n", what->name, ret);
	finish(what, data, states, 0, 0);
	return points;
}

/* One line per sweep, for the table of all of them */
static void record(const char *name, unsigned int points, unsigned int hit,
		   unsigned int failed)
{
	const char *path = getenv("PANTHOR_POINTS");
	FILE *file;

	igt_info("%s: %u points, %u failures injected, %u calls failed\n", name, points, hit,
		 failed);
	file = path ? fopen(path, "a") : NULL;
	if (file) {
		fprintf(file, "%s %u %u %u\n", name, points, hit, failed);
		fclose(file);
	}
}

/* Number of failures to inject, 0 for all */
static unsigned int limit(const struct test_fault_call *what)
{
	const char *number = what->most ? getenv("PANTHOR_FAULTS") : NULL;

	return number ? strtoul(number, NULL, 10) : what->most;
}

/**
 * test_fault_sweep - make each allocation of a call fail once
 * @what: the call
 * @data: its argument
 *
 * A call may succeed without an allocation, or fail with -EFAULT where it reads or
 * writes user memory. If &test_fault_call.most failures do not make any call fail, more
 * are injected until one fails.
 *
 * Return: the number of calls that failed.
 */
unsigned int test_fault_sweep(const struct test_fault_call *what, void *data)
{
	static struct states states;
	unsigned int points = 0, most = limit(what), tries = most ? 1 : TRIES;
	unsigned int hits = 0, failed = 0, step = 1, nth;
	bool hit = true;

	states.know_after = what->undo_first;
	if (what->undo_first) {
		if (!what->stateless)
			read_state(states.after);
		what->undo(data);
	}
	if (what->prepare)
		what->prepare(data);
	if (!what->stateless)
		read_state(states.before);
	if (most)
		points = count_points(what, data, &states);
	if (most && points > most)
		step = (points - most / 2) / (most - most / 2);
	for (nth = 1; hit && nth < NTH_MAX + points && (!most || hits < most);
	     nth += 2 * nth < most ? 1 : step) {
		int ret = 0;

		for (unsigned int i = 0; i < tries && hit && !ret; i++)
			ret = try_one(what, data, &states, nth, &hit);
		hits += hit;
		failed += !!ret;
	}
	igt_assert_lt(nth, NTH_MAX + points);
	/* The call may survive all of a few failures: go on until it fails. */
	for (nth = 2; most && !failed && !what->may_hit_none && nth <= points; nth++) {
		failed += !!try_one(what, data, &states, nth, &hit);
		hits += hit;
	}
	record(what->name, points > hits ? points : hits, hits, failed);
	/* A sweep without a failure tests nothing. */
	igt_assert_f(failed || what->may_hit_none, "%s: no call failed\n", what->name);
	return failed;
}
