// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * record-client - what is difficult to record: a program for the test of vpan-record
 *
 * Each job adds 1 to a counter that the CPU has set. The program fails if a job does not.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define CODE_VA		0x01000000ull
#define DATA_VA		0x02000000ull
#define REG_ADDR	68
#define REG_COUNT	74
#define JOBS		50
/* Signals come as long after the begin of their job, at most. */
#define SIGNAL_US	2000

struct client {
	int fd;
	uint32_t vm;
	uint32_t group;
	uint32_t handle;
	uint64_t size;
	struct panthor_buf code;
	volatile uint32_t *counter;
	uint32_t expected;
};

static bool report(const char *what, int ret)
{
	if (ret)
		fprintf(stderr, "record-client: %s: %s\n", what, strerror(ret < 0 ? -ret : ret));
	return !ret;
}

static int map_counter(struct client *c)
{
	return panthor_vm_map(c->fd, c->vm, DATA_VA, c->handle, 0, c->size,
			      DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC);
}

/* All objects of a device file, with a buffer that can be exported. */
static bool begin(struct client *c, int fd, uint32_t value)
{
	void *cpu;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->size = PANTHOR_PAGE_SIZE;
	if (!report("address space", panthor_vm_create(fd, 0, &c->vm)) ||
	    !report("code", panthor_buf_create(fd, c->vm, CODE_VA, PANTHOR_PAGE_SIZE, 0,
					       &c->code)) ||
	    !report("buffer", panthor_bo_create(fd, &c->size, 0, 0, &c->handle)) ||
	    !report("mapping", panthor_bo_mmap(fd, c->handle, c->size, &cpu)) ||
	    !report("binding", map_counter(c)) ||
	    !report("group", panthor_group_create(fd, c->vm, 1, 16384, &c->group)))
		return false;
	c->counter = cpu;
	*c->counter = c->expected = value;
	return true;
}

/* Run a job. Return: whether it has counted. */
static bool count(struct client *c)
{
	struct panthor_job job;
	uint32_t done = 0;
	struct csb b;
	int ret;

	csb_init(&b);
	csb_move48(&b, REG_ADDR, DATA_VA);
	csb_move32(&b, REG_COUNT, 1);
	csb_sync_add32(&b, REG_ADDR, REG_COUNT, CSF_SYNC_SCOPE_SYSTEM);
	ret = csb_finish(&b);
	if (!ret)
		ret = panthor_syncobj_create(c->fd, 0, &done);
	if (!ret) {
		memcpy(c->code.cpu, b.words, csb_size(&b));
		panthor_job_init(&job, 0, CODE_VA, csb_size(&b));
		panthor_job_signal(&job, done, 0);
		ret = panthor_submit(c->fd, c->group, &job, 1);
	}
	if (!ret)
		ret = panthor_syncobj_wait(c->fd, done, 0, 60 * PANTHOR_SECOND);
	panthor_syncobj_destroy(c->fd, done);
	csb_fini(&b);
	if (!report("job", ret))
		return false;
	if (*c->counter != ++c->expected) {
		fprintf(stderr, "record-client: counter is %u, not %u\n", *c->counter,
			c->expected);
		return false;
	}
	return true;
}

/* The buffer is exported, closed, and imported again with its contents. */
static bool reimport(void)
{
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC };
	struct client c;

	if (!begin(&c, panthor_open(), 41) || !count(&c))
		return false;
	prime.handle = c.handle;
	if (!report("export", panthor_ioctl(c.fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime)) ||
	    !report("unbinding", panthor_vm_unmap(c.fd, c.vm, DATA_VA, c.size)) ||
	    !report("close", panthor_bo_close(c.fd, c.handle)) ||
	    !report("import", panthor_ioctl(c.fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime)))
		return false;
	close(prime.fd);
	c.handle = prime.handle;
	return report("binding", map_counter(&c)) && count(&c);
}

/*
 * The same number for four device files: a copy outlives its original, and is then
 * closed by dup2(), dup3() and close_range().
 */
static bool closed(void)
{
	int fd = panthor_open(), copy = dup(fd), null, next;
	struct client c;

	if (fd < 0 || copy < 0 || !begin(&c, fd, 41))
		return false;
	close(fd);
	null = open("/dev/null", O_RDWR);
	c.fd = copy;
	if (null != fd || !count(&c))
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		next = panthor_open();
		if (next < 0 || (i ? dup3(next, copy, O_CLOEXEC) : dup2(next, copy)) != copy)
			return false;
		close(next);
		if (!begin(&c, copy, 51 + i * 10) || !count(&c))
			return false;
	}
	if (close_range(copy, copy, 0) || panthor_open() != copy)
		return false;
	return begin(&c, copy, 71) && count(&c);
}

static int signalled_fd;
static volatile sig_atomic_t signals;

static void handler(int number)
{
	struct drm_panthor_gpu_info info = {};
	int error = errno;

	(void)number;
	close(open("/dev/null", O_RDONLY));
	if (!panthor_query(signalled_fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, sizeof(info)))
		signals++;
	errno = error;
}

/* A handler interrupts the calls, and makes some itself. */
static bool interrupted(void)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct client c;

	if (!begin(&c, panthor_open(), 41))
		return false;
	signalled_fd = c.fd;
	sigaction(SIGALRM, &action, NULL);
	for (int i = 0; i < JOBS; i++) {
		struct itimerval timer = {
			.it_value.tv_usec = 1 + i * SIGNAL_US / JOBS,
		};

		setitimer(ITIMER_REAL, &timer, NULL);
		if (!count(&c))
			return false;
		while (signals <= i)
			usleep(100);
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "reimport"))
		return !reimport();
	if (!strcmp(what, "closed"))
		return !closed();
	if (!strcmp(what, "signals"))
		return !interrupted();
	fputs("usage: record-client reimport|closed|signals\n", stderr);
	return 2;
}
