// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A library that answers ioctl() in place of a GPU, for record_host.c: each file is one of
 * panthor. VM_CREATE succeeds at once; VM_DESTROY waits until a signal has come.
 */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

#include <drm/panthor_uapi.h>

int ioctl(int fd, unsigned long request, ...)
{
	struct drm_version *version;
	va_list list;
	void *arg;

	(void)fd;
	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	if (request == DRM_IOCTL_VERSION) {
		version = arg;
		snprintf(version->name, version->name_len + 1, "panthor");
		return 0;
	}
	if (request == DRM_IOCTL_PANTHOR_VM_CREATE)
		return 0;
	if (request == DRM_IOCTL_PANTHOR_VM_DESTROY)
		return poll(NULL, 0, -1);
	errno = ENOTTY;
	return -1;
}
