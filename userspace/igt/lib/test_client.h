/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

/**
 * DOC: A client in a process of its own
 *
 * A child process that works in steps: it tells the parent when a step is done
 * and waits until the parent lets it go on. A client that fails or is killed
 * ends the parent's wait. A killed client that stays in a system call is noticed.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A system call must end within this many seconds of SIGKILL, or of an unbind. */
#define TEST_CLIENT_SECONDS	20

/**
 * struct test_client - the client
 * @pid: its process
 * @up: pipe to the parent
 * @down: pipe to the client
 */
struct test_client {
	pid_t pid;
	int up[2];
	int down[2];
};

void test_client_start(struct test_client *client,
		       void (*work)(struct test_client *client, void *data), void *data);
bool test_client_next(struct test_client *client, uint64_t *result);
bool test_client_wait(struct test_client *client);
void test_client_go(struct test_client *client);
bool test_client_kill(struct test_client *client);
void test_client_end(struct test_client *client);
void test_client_step(struct test_client *client, uint64_t result);

bool test_task_in(pid_t pid, const char *function, const char *below);
unsigned int test_tasks_in(const char *function, const char *below, pid_t *pid);

#endif /* TEST_CLIENT_H */
