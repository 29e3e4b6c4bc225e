// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Recording errors that the kernel returns
 *
 * With PANTHOR_RECORD=FILE in the environment, each error that the kernel
 * returns to a test is a line in that file, "CALL ERRNO", once per process. The
 * test bed compares them with the errors that the documentation says a test
 * provokes.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "test_record.h"

#define ERRNOS		256

static const char * const calls[] = {
	[DRM_PANTHOR_DEV_QUERY] = "DEV_QUERY",
	[DRM_PANTHOR_VM_CREATE] = "VM_CREATE",
	[DRM_PANTHOR_VM_DESTROY] = "VM_DESTROY",
	[DRM_PANTHOR_VM_BIND] = "VM_BIND",
	[DRM_PANTHOR_VM_GET_STATE] = "VM_GET_STATE",
	[DRM_PANTHOR_BO_CREATE] = "BO_CREATE",
	[DRM_PANTHOR_BO_MMAP_OFFSET] = "BO_MMAP_OFFSET",
	[DRM_PANTHOR_GROUP_CREATE] = "GROUP_CREATE",
	[DRM_PANTHOR_GROUP_DESTROY] = "GROUP_DESTROY",
	[DRM_PANTHOR_GROUP_SUBMIT] = "GROUP_SUBMIT",
	[DRM_PANTHOR_GROUP_GET_STATE] = "GROUP_GET_STATE",
	[DRM_PANTHOR_TILER_HEAP_CREATE] = "TILER_HEAP_CREATE",
	[DRM_PANTHOR_TILER_HEAP_DESTROY] = "TILER_HEAP_DESTROY",
	[DRM_PANTHOR_BO_SET_LABEL] = "BO_SET_LABEL",
	[DRM_PANTHOR_SET_USER_MMIO_OFFSET] = "SET_USER_MMIO_OFFSET",
	[DRM_PANTHOR_BO_SYNC] = "BO_SYNC",
	[DRM_PANTHOR_BO_QUERY_INFO] = "BO_QUERY_INFO",
};

#define CALLS		(sizeof(calls) / sizeof(calls[0]))
#define CALL_MMAP	CALLS
#define CALL_FENCE	(CALLS + 1)

static bool seen[CALLS + 2][ERRNOS];
static int file = -1;

/* In a constructor, as a test may drop the permission to open the file. */
static void __attribute__((constructor)) open_file(void)
{
	const char *name = getenv("PANTHOR_RECORD");

	if (name)
		file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static void record(unsigned int call, int error)
{
	char line[64];

	if (file < 0 || error < 0 || error >= ERRNOS || seen[call][error])
		return;
	seen[call][error] = true;
	snprintf(line, sizeof(line), "%s %s\n",
		 call == CALL_MMAP ? "mmap()" : call == CALL_FENCE ? "fence" : calls[call],
		 strerrorname_np(error));
	/* Write at once: the process may be killed. */
	if (write(file, line, strlen(line)) < 0)
		abort();
}

int __wrap_drmIoctl(int fd, unsigned long request, void *arg)
{
	unsigned int call = _IOC_NR(request) - DRM_COMMAND_BASE;
	int ret = __real_drmIoctl(fd, request, arg), error = errno;

	if (ret && _IOC_TYPE(request) == DRM_IOCTL_BASE && call < CALLS && calls[call])
		record(call, error);
	errno = error;
	return ret;
}

void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *map = __real_mmap(addr, size, prot, flags, fd, offset);
	int error = errno;

	if (map == MAP_FAILED)
		record(CALL_MMAP, error);
	errno = error;
	return map;
}

int __wrap_panthor_fence_info(int fence, struct panthor_fence_info *info)
{
	int ret = __real_panthor_fence_info(fence, info);

	if (!ret && info->status < 0)
		record(CALL_FENCE, -info->status);
	return ret;
}
