// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Cases for vpan-record that need no GPU: the library is loaded into this program together
 * with record_fake.c, see tests/run.
 *
 * Usage: record-host CASE
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

static int fd;
static volatile sig_atomic_t signals;

static bool create(void)
{
	struct drm_panthor_vm_create args = {};

	return !ioctl(fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args);
}

static bool blocks_until_signal(void)
{
	struct drm_panthor_vm_destroy args = {};

	return ioctl(fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &args) < 0 && errno == EINTR;
}

/* Records a call in the middle of another one. */
static void handler(int number)
{
	int error = errno;

	(void)number;
	if (create())
		signals++;
	errno = error;
}

/* A timer that repeats: the first signal may come before the call. */
static bool arm(void)
{
	struct itimerval timer = { .it_value.tv_usec = 1000, .it_interval.tv_usec = 1000 };
	struct sigaction action = { .sa_handler = handler };

	return !sigaction(SIGALRM, &action, NULL) && !setitimer(ITIMER_REAL, &timer, NULL);
}

/* A signal ends a call that waits. */
static bool blocked(void)
{
	return arm() && blocks_until_signal() && signals;
}

static void *wait_for_other(void *data)
{
	(void)data;
	return create() ? NULL : &fd;
}

/* It also does while another thread waits for the lock, and that thread goes on. */
static bool threads(void)
{
	pthread_t thread;
	void *failed;

	return !pthread_create(&thread, NULL, wait_for_other, NULL) && arm() &&
	       blocks_until_signal() && !pthread_join(thread, &failed) && !failed;
}

static off_t size(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : st.st_size;
}

/* The number that the library's own file has */
static int own_file(const char *name)
{
	struct stat st, other;

	if (stat(name, &st))
		return -1;
	for (int i = 3; i < 1024; i++) {
		if (!fstat(i, &other) && st.st_ino == other.st_ino && st.st_dev == other.st_dev)
			return i;
	}
	return -1;
}

/* A child of vfork() replaces the file of the record: the parent's is another one. */
static bool replaced(void)
{
	const char *name = getenv("VPAN_RECORD");
	int status, null = open("/dev/null", O_WRONLY | O_CLOEXEC), file;
	off_t before;
	pid_t pid;

	if (!create())
		return false;
	file = own_file(name);
	before = size(name);
	pid = vfork();
	if (!pid) {
		dup2(null, file);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status || file < 0)
		return false;
	return create() && size(name) > before;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(void);
	} cases[] = {
		{ "blocked", blocked },
		{ "threads", threads },
		{ "replaced", replaced },
	};

	fd = open("/dev/null", O_RDWR);
	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], cases[i].name))
			continue;
		if (!cases[i].run())
			return 1;
		printf("%s as expected\n", argv[1]);
		return 0;
	}
	fputs("usage: record-host blocked|threads|replaced\n", stderr);
	return 2;
}
