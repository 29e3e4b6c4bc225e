// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"

/**
 * test_client_start - start a client
 * @client: the client
 * @work: what it does; the client ends when this returns
 * @data: argument of @work
 */
void test_client_start(struct test_client *client,
		       void (*work)(struct test_client *client, void *data), void *data)
{
	/* A client that has ended is noticed by what a call returns. */
	signal(SIGPIPE, SIG_IGN);
	igt_assert_eq(pipe(client->up), 0);
	igt_assert_eq(pipe(client->down), 0);
	fflush(NULL);
	client->pid = fork();
	igt_assert_lte(0, client->pid);
	if (!client->pid) {
		close(client->up[0]);
		close(client->down[1]);
		/* A failed assertion must not go on with the parent's subtests. */
		if (!sigsetjmp(igt_subtest_jmpbuf, 1)) {
			work(client, data);
			fflush(NULL);
			_exit(0);
		}
		fflush(NULL);
		_exit(1);
	}
	close(client->up[1]);
	close(client->down[0]);
}

/**
 * test_client_next - wait for the end of a step
 * @client: the client
 * @result: returns the result of the step
 *
 * Return: false if the client has ended; it is gone then.
 */
bool test_client_next(struct test_client *client, uint64_t *result)
{
	if (read(client->up[0], result, sizeof(*result)) == sizeof(*result))
		return true;
	/* libigt aborts a test that leaves a child. */
	test_client_kill(client);
	return false;
}

/**
 * test_client_wait - wait for the end of a step, but not for ever
 * @client: the client
 *
 * Return: false if the step has not ended within %TEST_CLIENT_SECONDS.
 */
bool test_client_wait(struct test_client *client)
{
	struct pollfd up = { .fd = client->up[0], .events = POLLIN };

	return poll(&up, 1, TEST_CLIENT_SECONDS * 1000) == 1;
}

/**
 * test_client_go - let a client go on after a step
 * @client: the client
 */
void test_client_go(struct test_client *client)
{
	igt_assert_eq(write(client->down[1], "g", 1), 1);
}

/* Return: whether the process ended in time. */
static bool wait_end(pid_t pid)
{
	int status;

	for (int i = 0; i < TEST_CLIENT_SECONDS * 1000; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return true;
		usleep(1000);
	}
	return false;
}

/**
 * test_client_kill - kill a client
 * @client: the client
 *
 * Return: whether it ended within %TEST_CLIENT_SECONDS.
 */
bool test_client_kill(struct test_client *client)
{
	bool ended;

	kill(client->pid, SIGKILL);
	ended = wait_end(client->pid);
	close(client->up[0]);
	close(client->down[1]);
	return ended;
}

/**
 * test_client_end - kill a client, which must end
 * @client: the client
 */
void test_client_end(struct test_client *client)
{
	igt_assert(test_client_kill(client));
}

/**
 * test_client_step - end a step, in the client
 * @client: the client
 * @result: for test_client_next()
 *
 * Returns when the parent calls test_client_go().
 */
void test_client_step(struct test_client *client, uint64_t result)
{
	char byte;
	int ret;

	fflush(NULL);
	if (write(client->up[1], &result, sizeof(result)) != sizeof(result))
		_exit(1);
	do {
		ret = read(client->down[0], &byte, 1);
	} while (ret < 0 && errno == EINTR);
	if (ret != 1)
		_exit(1);
}

/**
 * test_task_in - tell whether a task is in a function of the kernel
 * @pid: the task
 * @function: name of the function, or a part of it
 * @below: the same of another function, which the first one has called; "" for any
 *
 * The caller is root.
 *
 * Return: whether the stack of the task has both.
 */
bool test_task_in(pid_t pid, const char *function, const char *below)
{
	char path[64], text[8192];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Fails if the task has just ended. */
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[size < 0 ? 0 : size] = 0;
	return strstr(text, function) && strstr(text, below);
}

/**
 * test_tasks_in - count the processes and kernel threads in a function of the kernel
 * @function: as for test_task_in()
 * @below: as for test_task_in()
 * @pid: returns one of them
 *
 * Return: their number.
 */
unsigned int test_tasks_in(const char *function, const char *below, pid_t *pid)
{
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir;

	dir = opendir("/proc");
	igt_assert(dir);
	while ((entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]) ||
		    !test_task_in(atoi(entry->d_name), function, below))
			continue;
		*pid = atoi(entry->d_name);
		count++;
	}
	closedir(dir);
	return count;
}
