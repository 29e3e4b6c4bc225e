// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Several subtests, each in a process of its own
 *
 * To start a test program takes seconds in a guest with a debug kernel, most of them for the
 * 43 libraries behind libigt. With PANTHOR_SUBTESTS="NAME..." in the environment, the
 * arguments "--run-subtest each" run these subtests one after the other: this constructor
 * forks before main(), and each child goes on as if its subtest had been asked for. So each
 * subtest has its own process and fixtures, and nothing of those before it is left.
 *
 * PANTHOR_LIMIT is a time limit in seconds for each. The output of a subtest is between two
 * lines, "=== subtest NAME" and "=== status N after SECONDS s", or "=== limit after
 * SECONDS s". The kernel log and the file of PANTHOR_RECORD have a line for its begin as
 * well. The first failure or expired limit is the end, since it may affect what follows.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SUCCESS		0
#define SKIP		77

static void append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	close(fd);
}

/* So that the log and the record of errors can be told apart by subtests */
static void mark(const char *name)
{
	const char *record = getenv("PANTHOR_RECORD");
	char line[128];

	dprintf(STDOUT_FILENO, "\n=== subtest %s\n", name);
	snprintf(line, sizeof(line), "<5>testbed: subtest %s\n", name);
	append("/dev/kmsg", line);
	snprintf(line, sizeof(line), "subtest %s\n", name);
	if (record)
		append(record, line);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Return: the exit status as a shell has it. The processes that it has left are killed. */
static int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return 126;
	}
	kill(-pid, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Return: whether the next subtest may run. */
static bool supervise(pid_t pid, int limit_s)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	double begin = now_s();
	int status, ready;

	do {
		ready = poll(&end, 1, limit_s * 1000);
	} while (ready < 0 && errno == EINTR);
	if (!ready) {
		/* The log gets the stacks of blocked tasks; the guest is of no more use. */
		append("/proc/sysrq-trigger", "w");
		dprintf(STDOUT_FILENO, "\n=== limit after %.3f s\n", now_s() - begin);
		return false;
	}
	close(end.fd);
	status = reap(pid);
	dprintf(STDOUT_FILENO, "\n=== status %d after %.3f s\n", status, now_s() - begin);
	return status == SUCCESS || status == SKIP;
}

/* The child is in a group of its own, and must not outlive its parent. */
static void leave(pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

/* Return: in a child, with @argv changed to name its subtest. */
static void run_each(char **argv, char *names, int limit_s)
{
	pid_t pid, parent = getpid();
	char *name, *rest;

	for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
		mark(name);
		pid = fork();
		if (!pid) {
			leave(parent);
			argv[2] = name;
			return;
		}
		if (pid < 0) {
			perror("fork");
			exit(1);
		}
		/* Whichever of the two is first. */
		setpgid(pid, pid);
		if (!supervise(pid, limit_s))
			exit(1);
	}
	exit(0);
}

static void __attribute__((constructor)) each(int argc, char **argv)
{
	const char *names = getenv("PANTHOR_SUBTESTS"), *limit = getenv("PANTHOR_LIMIT");

	if (argc != 3 || strcmp(argv[1], "--run-subtest") || strcmp(argv[2], "each"))
		return;
	if (!names || !limit) {
		fprintf(stderr, "each: PANTHOR_SUBTESTS and PANTHOR_LIMIT are needed\n");
		exit(2);
	}
	/* The children keep the whole environment, and use the copy. */
	run_each(argv, strdup(names), atoi(limit));
}
