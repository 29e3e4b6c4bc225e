// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Execution of a program by its actors.
 *
 * The calling thread gives the calls to the actors in order. It waits for a call
 * before it gives the next one, unless the call is asynchronous. A call that sleeps
 * for STALL_ROUNDS * STALL_MS is left alone and the program goes on without it; one
 * that only waits for a processor is not, since a guest may be slow. A call for an
 * actor that is still busy is skipped. At the end the calling process kills the
 * other one and exits, whatever the actors do: the kernel has to cope with that.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "state.h"

#define STALL_MS	100
#define STALL_ROUNDS	3
/* Bound on the time for a call that does not sleep */
#define ROUNDS_MAX	100

static const struct fz_run *program;
static struct fz_process process;
static struct fz_actor actors[FZ_ACTORS];
static __thread struct fz_actor *self;

static void futex_wait(uint32_t *word, uint32_t value, unsigned int ms)
{
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000l };

	syscall(SYS_futex, word, FUTEX_WAIT, value, ms ? &limit : NULL, NULL, 0);
}

static void futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static void bad_access(int number)
{
	if (self && self->guarded) {
		self->guarded = false;
		siglongjmp(self->fault, number);
	}
	_exit(128 + number);
}

static void interrupted(int number)
{
	(void)number;
}

static void set_handlers(void)
{
	struct sigaction fault = { .sa_handler = bad_access, .sa_flags = SA_NODEFER };
	struct sigaction stop = { .sa_handler = interrupted };
	struct sigaction restart = { .sa_handler = interrupted, .sa_flags = SA_RESTART };

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGUSR1, &stop, NULL);
	sigaction(SIGUSR2, &restart, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void *actor_main(void *arg)
{
	struct fz_actor *a = arg;
	struct fz_shared *shared = a->shared;
	unsigned int n = a->number;
	uint32_t seen = 0;

	self = a;
	shared->tid[n] = syscall(SYS_gettid);
	if (program->start)
		program->start(a);
	while (!__atomic_load_n(&shared->over, __ATOMIC_ACQUIRE)) {
		uint32_t turn = __atomic_load_n(&shared->turn[n], __ATOMIC_ACQUIRE);
		uint32_t call = shared->call[n];
		long ret;

		if (turn == seen) {
			futex_wait(&shared->turn[n], seen, 1000);
			continue;
		}
		ret = call < program->count ? program->call(a, call, program->data) :
					      fz_close_all(a);
		if (program->end)
			program->end(a);
		if (call < program->count)
			shared->results[call] = ret;
		seen = turn;
		__atomic_store_n(&shared->done[n], turn, __ATOMIC_RELEASE);
		futex_wake(&shared->done[n]);
	}
	return NULL;
}

static void start_actor(struct fz_shared *shared, unsigned int number)
{
	struct fz_actor *a = &actors[number];
	pthread_t thread;

	a->shared = shared;
	a->process = &process;
	a->number = number;
	a->arena = mmap(NULL, FZ_ARENA, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->arena == MAP_FAILED || pthread_create(&thread, NULL, actor_main, a))
		_exit(FZ_EXIT_NO_ACTOR);
}

static bool uses_actor(const struct fz_run *run, unsigned int actor)
{
	for (unsigned int i = 0; i < run->count; i++)
		if (run->actor[i] == actor)
			return true;
	return false;
}

static void other_process(struct fz_shared *shared, int socket)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	process.number = 1;
	process.socket = socket;
	for (unsigned int i = 2; i < FZ_ACTORS; i++)
		if (uses_actor(program, i))
			start_actor(shared, i);
	while (!__atomic_load_n(&shared->over, __ATOMIC_ACQUIRE))
		futex_wait(&shared->over, 0, 1000);
	_exit(0);
}

static bool wait_idle(struct fz_shared *shared, unsigned int actor, unsigned int ms)
{
	uint64_t end = now_ms() + ms;

	for (;;) {
		uint32_t done = __atomic_load_n(&shared->done[actor], __ATOMIC_ACQUIRE);
		uint64_t now = now_ms();

		if (done == shared->turn[actor])
			return true;
		if (now >= end)
			return false;
		futex_wait(&shared->done[actor], done, end - now);
	}
}

static bool sleeps(int tid)
{
	char path[32], text[128] = "";
	const char *state;
	int fd;

	/* Not started yet */
	if (!tid)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	state = strrchr(text, ')');
	return !state || state[2] != 'R';
}

/* Wait for an actor unless its call blocks. */
static bool wait_call(struct fz_shared *shared, unsigned int actor)
{
	unsigned int quiet = 0;

	for (unsigned int i = 0; i < ROUNDS_MAX && quiet < STALL_ROUNDS; i++) {
		if (wait_idle(shared, actor, STALL_MS))
			return true;
		quiet = sleeps(shared->tid[actor]) ? quiet + 1 : 0;
	}
	return false;
}

static bool give(struct fz_shared *shared, unsigned int actor, unsigned int call)
{
	if (!wait_idle(shared, actor, 0))
		return false;
	shared->call[actor] = call;
	__atomic_store_n(&shared->turn[actor], shared->turn[actor] + 1, __ATOMIC_RELEASE);
	futex_wake(&shared->turn[actor]);
	return true;
}

/**
 * fz_shared_new - allocate the state of a program
 *
 * Return: zeroed memory that child processes share, NULL if there is none.
 */
struct fz_shared *fz_shared_new(void)
{
	void *at = mmap(NULL, sizeof(struct fz_shared), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void start_actors(const struct fz_run *run, struct fz_shared *shared)
{
	int sockets[2];

	program = run;
	memset(process.fds, 0xff, sizeof(process.fds));
	set_handlers();
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, sockets))
		_exit(FZ_EXIT_NO_ACTOR);
	if (uses_actor(run, 2) || uses_actor(run, 3)) {
		shared->child = fork();
		if (!shared->child)
			other_process(shared, sockets[1]);
	}
	process.socket = sockets[0];
	start_actor(shared, 0);
	if (uses_actor(run, 1))
		start_actor(shared, 1);
}

/**
 * fz_run - execute a program in this process and its child
 * @run: the program
 * @shared: zeroed state
 *
 * The caller exits afterwards, as threads may be left in the kernel.
 *
 * Return: number of calls that were given to an actor.
 */
long fz_run(const struct fz_run *run, struct fz_shared *shared)
{
	long given = 0;

	start_actors(run, shared);
	for (unsigned int i = 0; i < run->count; i++) {
		unsigned int actor = run->actor[i] % FZ_ACTORS;

		shared->results[i] = -EBUSY;
		if (!give(shared, actor, i))
			continue;
		given++;
		if (!run->async[i])
			wait_call(shared, actor);
	}
	for (unsigned int i = 0; i < FZ_ACTORS; i++)
		wait_idle(shared, i, STALL_MS);
	/* Close files here, where coverage counts, if the first actor can. */
	if (give(shared, 0, run->count))
		wait_call(shared, 0);
	__atomic_store_n(&shared->over, 1, __ATOMIC_RELEASE);
	if (shared->child > 0) {
		kill(shared->child, SIGKILL);
		waitpid(shared->child, NULL, 0);
	}
	return given;
}
