// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Calls of programs that are neither ioctls nor files or mappings: the other process,
 * signals, control groups, fault injection, debugfs; and what surrounds an ioctl.
 * Arguments are as in plain.c.
 */

#include <drm/panthor_uapi.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state.h"

#define DRIVER		"/sys/bus/platform/drivers/vpanthor/"
#define DEVICE		"vcsf-mali"
#define GPU		"/sys/kernel/debug/vcsf-mali/"
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static long read_path(const char *path)
{
	char data[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, data, sizeof(data));
	while (n > 0);
	n = fz_result(n);
	close(fd);
	return n;
}

static long write_path(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long ret;

	if (fd < 0)
		return -errno;
	ret = fz_result(write(fd, text, strlen(text)));
	close(fd);
	return ret;
}

FZ_PLAIN(fdinfo)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fz_fd(a, FZ_FD, v[0]));
	return read_path(path);
}

/* --- The other process, signals ------------------------------------------------- */

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

/* kind of file, slot */
FZ_PLAIN(send)
{
	union control control = {};
	char byte = v[0] & 1;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd = fz_fd(a, byte ? FZ_XFD : FZ_FD, v[1]);

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return fz_result(sendmsg(a->process->socket, &message, MSG_DONTWAIT));
}

/* slot, of the kind that was sent */
FZ_PLAIN(recv)
{
	union control control = {};
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(a->process->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	if (control.head.cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fz_set_fd(a, byte ? FZ_XFD : FZ_FD, v[0], fd);
}

FZ_PLAIN(kill)
{
	(void)v;
	return a->shared->child > 0 ? fz_result(kill(a->shared->child, SIGKILL)) : -ESRCH;
}

/* actor, 1 for a handler with SA_RESTART */
FZ_PLAIN(signal)
{
	int tid = a->shared->tid[v[0] % FZ_ACTORS];

	return tid ? fz_result(syscall(SYS_tkill, tid, v[1] & 1 ? SIGUSR2 : SIGUSR1)) : -ESRCH;
}

/* milliseconds: a child has all files and mappings until it is killed */
FZ_PLAIN(forked)
{
	pid_t child = fork();

	(void)a;
	if (child < 0)
		return -errno;
	if (!child) {
		usleep(100000);
		_exit(0);
	}
	usleep(v[0] % 8 * 1000);
	kill(child, SIGKILL);
	return fz_result(waitpid(child, NULL, 0));
}

/* --- Control groups --------------------------------------------------------------- */

#define CGROUPS		"/run/fuzz-cgroup"
/* Enough for the process itself, so that what exceeds the limit are its calls */
#define MEMCG_MIN_MIB	8

static long make_dir(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

/*
 * MiB beyond a minimum: this process joins the group of its number, in which it can be
 * charged so much. The groups stay for the next programs.
 */
FZ_PLAIN(memcg)
{
	char path[64], file[96], text[32];
	long ret = make_dir(CGROUPS);

	if (!ret && access(CGROUPS "/cgroup.procs", F_OK))
		ret = fz_result(mount("none", CGROUPS, "cgroup2", 0, NULL));
	/* Another actor may have mounted it since. */
	if (ret && ret != -EBUSY)
		return ret;
	ret = write_path(CGROUPS "/cgroup.subtree_control", "+memory");
	if (ret)
		return ret;
	snprintf(path, sizeof(path), CGROUPS "/%u", a->process->number);
	ret = make_dir(path);
	if (ret)
		return ret;
	/* A kernel without swap space has no such file. */
	snprintf(file, sizeof(file), "%s/memory.swap.max", path);
	write_path(file, "0");
	snprintf(file, sizeof(file), "%s/memory.max", path);
	snprintf(text, sizeof(text), "%u", (MEMCG_MIN_MIB + (unsigned int)v[0] % 64) << 20);
	ret = write_path(file, text);
	if (ret)
		return ret;
	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	return write_path(file, "0");
}

/* --- Faults, debugfs ------------------------------------------------------------- */

/* point, count, skip, one in, only, argument */
FZ_PLAIN(inject)
{
	static const char * const names[] = {
		"hang", "lost_irq", "lost_doorbell", "delayed_ack", "dropped_ack",
		"mcu_crash", "reset_fail", "flush_fail", "page_fault", "suspend_corrupt",
		"slow", "power_fail", "as_stuck",
	};
	char path[96], text[96];

	(void)a;
	snprintf(path, sizeof(path), GPU "inject/%s", names[v[0] % COUNT(names)]);
	snprintf(text, sizeof(text), "count=%u skip=%u one_in=%u only=%#x arg=%u",
		 (unsigned int)v[1] % 5, (unsigned int)v[2] % 64,
		 1 + (unsigned int)v[3] % 8, (unsigned int)v[4], (unsigned int)v[5] % 50000);
	return write_path(path, text);
}

static long dri_file(const char *name, const char *text)
{
	char path[128];
	glob_t found;
	long ret = -ENOENT;

	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/*/%s", name);
	if (glob(path, 0, NULL, &found))
		return ret;
	/* Render and card node have the same files. */
	ret = text ? write_path(found.gl_pathv[0], text) : read_path(found.gl_pathv[0]);
	globfree(&found);
	return ret;
}

FZ_PLAIN(reset)
{
	(void)a;
	(void)v;
	return dri_file("reset", "1");
}

/* pages */
FZ_PLAIN(shrink)
{
	char text[32];

	(void)a;
	snprintf(text, sizeof(text), "%u", (unsigned int)v[0]);
	return dri_file("shrink", text);
}

/* file */
FZ_PLAIN(debugfs)
{
	static const char * const names[] = {
		"gems", "gpuvas", "groups", "slots", "queues", "reset", "clients", "name",
	};

	(void)a;
	if (v[0] % 16 == 15)
		return read_path(GPU "state");
	return dri_file(names[v[0] % COUNT(names)], NULL);
}

static void fail_nth(unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	write_path("/proc/thread-self/fail-nth", text);
}

/* number of the allocation that fails in the next ioctl of this actor */
FZ_PLAIN(failnth)
{
	a->fail_nth = v[0];
	return 0;
}

/**
 * fz_ioctl - issue an ioctl
 * @a: actor
 * @fd: file descriptor
 * @request: number of the ioctl
 * @arg: its argument
 *
 * Return: 0 or a negative errno.
 */
long fz_ioctl(struct fz_actor *a, int fd, unsigned long request, void *arg)
{
	unsigned int nth = a->fail_nth;
	long ret;

	if (nth)
		fail_nth(nth);
	ret = fz_result(ioctl(fd, request, arg));
	if (nth)
		fail_nth(0);
	a->fail_nth = 0;
	return ret;
}

/**
 * fz_note - remember what later calls need of a successful ioctl
 * @a: actor
 * @request: number of the ioctl
 * @arg: its argument, after the handles were stored in slots
 */
void fz_note(struct fz_actor *a, unsigned long request, const void *arg)
{
	const struct drm_panthor_bo_create *create = arg;
	const struct drm_panthor_bo_mmap_offset *offset = arg;
	const struct drm_panthor_tiler_heap_create *heap = arg;
	const struct drm_prime_handle *prime = arg;
	struct fz_shared *s = a->shared;

	for (unsigned int i = 0; i < FZ_SLOTS; i++) {
		uint64_t bo = s->handles[FZ_BO][i];

		if (request == DRM_IOCTL_PANTHOR_BO_CREATE && bo == create->handle) {
			s->bo_size[i] = create->size;
		} else if (request == DRM_IOCTL_PRIME_FD_TO_HANDLE && bo == prime->handle) {
			s->bo_size[i] = 65536;
		} else if (request == DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET && bo == offset->handle) {
			s->bo_offset[i] = offset->offset;
		} else if (request == DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE &&
			   s->handles[FZ_HEAP][i] == heap->handle) {
			s->heap_context[i] = heap->tiler_heap_ctx_gpu_va;
			s->heap_chunk[i] = heap->first_heap_chunk_gpu_va;
		}
	}
}

/* milliseconds */
FZ_PLAIN(nap)
{
	(void)a;
	return fz_result(usleep(v[0] % 32 * 1000));
}

/* milliseconds */
FZ_PLAIN(gpusleep)
{
	char text[16];

	(void)a;
	snprintf(text, sizeof(text), "%u", (unsigned int)v[0] % 16);
	return write_path(GPU "sleep", text);
}

FZ_PLAIN(unbind)
{
	(void)a;
	(void)v;
	return write_path(DRIVER "unbind", DEVICE);
}

FZ_PLAIN(bind)
{
	(void)a;
	(void)v;
	return write_path(DRIVER "bind", DEVICE);
}
