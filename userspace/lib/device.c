// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The DRM device: opening it, ioctls in general, DEV_QUERY and the mapping of
 * the flush ID register.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "panthor.h"

/* DRM allocates at most this many minors per type. */
#define DRM_MINORS	64

/**
 * panthor_ioctl - issue an ioctl on a DRM device
 * @fd: the device
 * @request: DRM_IOCTL_*
 * @arg: its argument
 *
 * Return: 0 or a negative errno. A call interrupted by a signal is restarted.
 */
int panthor_ioctl(int fd, unsigned long request, void *arg)
{
	return drmIoctl(fd, request, arg) ? -errno : 0;
}

/**
 * panthor_open_driver - open the first device node of a DRM driver
 * @name: name of the driver
 * @prefix: device nodes to try, without the number
 * @first: number of the first node
 *
 * Return: a file descriptor, -ENODEV if no node belongs to that driver.
 */
int panthor_open_driver(const char *name, const char *prefix, unsigned int first)
{
	for (unsigned int i = first; i < first + DRM_MINORS; i++) {
		drmVersionPtr version;
		char path[64];
		int fd, match;

		snprintf(path, sizeof(path), "%s%u", prefix, i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		match = version && !strcmp(version->name, name);
		drmFreeVersion(version);
		if (match)
			return fd;
		close(fd);
	}
	return -ENODEV;
}

/**
 * panthor_open - open the render node of the first panthor device
 *
 * Return: a file descriptor, -ENODEV if there is none.
 */
int panthor_open(void)
{
	return panthor_open_driver("panthor", "/dev/dri/renderD", 128);
}

/**
 * panthor_query - issue DEV_QUERY
 * @fd: the device
 * @type: enum drm_panthor_dev_query_type
 * @data: destination of the answer
 * @size: size of @data in bytes
 *
 * Return: 0 or a negative errno.
 */
int panthor_query(int fd, uint32_t type, void *data, uint32_t size)
{
	struct drm_panthor_dev_query query = {
		.type = type,
		.size = size,
		.pointer = (uintptr_t)data,
	};

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_DEV_QUERY, &query);
}

/**
 * panthor_flush_id_map - map the page with LATEST_FLUSH_ID
 * @fd: the device
 * @page: returns the mapping, whose first word is the flush ID
 *
 * Return: 0 or a negative errno. Undo with panthor_flush_id_unmap().
 */
int panthor_flush_id_map(int fd, const volatile uint32_t **page)
{
	void *map = mmap(NULL, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, fd,
			 DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET);

	if (map == MAP_FAILED)
		return -errno;
	*page = map;
	return 0;
}

/**
 * panthor_flush_id_unmap - undo panthor_flush_id_map()
 * @page: the mapping
 */
void panthor_flush_id_unmap(const volatile uint32_t *page)
{
	munmap((void *)(uintptr_t)page, PANTHOR_PAGE_SIZE);
}
