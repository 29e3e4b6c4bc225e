// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: The part of libdrm that our tests use, for 32-bit programs
 *
 * 32-bit programs cannot link Debian's libdrm for amd64. These functions have the
 * names, arguments and results that xf86drm.h declares; they pass the kernel the
 * structures with the layout of a 32-bit program.
 */

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <xf86drm.h>

int drmIoctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do
		ret = ioctl(fd, request, arg);
	while (ret == -1 && (errno == EINTR || errno == EAGAIN));
	return ret;
}

/* --- The device ----------------------------------------------------------- */

void drmFreeVersion(drmVersionPtr version)
{
	if (!version)
		return;
	free(version->name);
	free(version->date);
	free(version->desc);
	free(version);
}

drmVersionPtr drmGetVersion(int fd)
{
	struct drm_version v = {};
	drmVersionPtr version;

	if (drmIoctl(fd, DRM_IOCTL_VERSION, &v))
		return NULL;
	version = calloc(1, sizeof(*version));
	if (!version)
		return NULL;
	/* One more byte each, for the terminating zero */
	version->name = calloc(1, v.name_len + 1);
	version->date = calloc(1, v.date_len + 1);
	version->desc = calloc(1, v.desc_len + 1);
	v.name = version->name;
	v.date = version->date;
	v.desc = version->desc;
	if (!v.name || !v.date || !v.desc || drmIoctl(fd, DRM_IOCTL_VERSION, &v)) {
		drmFreeVersion(version);
		return NULL;
	}
	version->version_major = v.version_major;
	version->version_minor = v.version_minor;
	version->version_patchlevel = v.version_patchlevel;
	version->name_len = v.name_len;
	version->date_len = v.date_len;
	version->desc_len = v.desc_len;
	return version;
}

int drmGetCap(int fd, uint64_t capability, uint64_t *value)
{
	struct drm_get_cap args = { .capability = capability };
	int ret = drmIoctl(fd, DRM_IOCTL_GET_CAP, &args);

	if (!ret)
		*value = args.value;
	return ret;
}

static bool is_platform_device(const char *sysfs)
{
	char path[128], bus[256];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/subsystem", sysfs);
	length = readlink(path, bus, sizeof(bus) - 1);
	if (length < 0)
		return false;
	bus[length] = '\0';
	return strrchr(bus, '/') && !strcmp(strrchr(bus, '/'), "/platform");
}

static int find_nodes(const char *sysfs)
{
	char path[128];
	struct dirent *entry;
	int nodes = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/drm", sysfs);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (!strncmp(entry->d_name, "renderD", 7))
			nodes |= 1 << DRM_NODE_RENDER;
		else if (!strncmp(entry->d_name, "card", 4))
			nodes |= 1 << DRM_NODE_PRIMARY;
	}
	closedir(dir);
	return nodes;
}

/* Fills in what our tests read: the bus type, if it is platform, and the nodes. */
int drmGetDevice2(int fd, uint32_t flags, drmDevicePtr *device)
{
	struct stat node;
	char sysfs[64];

	(void)flags;
	if (fstat(fd, &node))
		return -errno;
	snprintf(sysfs, sizeof(sysfs), "/sys/dev/char/%u:%u/device",
		 major(node.st_rdev), minor(node.st_rdev));
	if (!is_platform_device(sysfs))
		return -ENODEV;
	*device = calloc(1, sizeof(**device));
	if (!*device)
		return -ENOMEM;
	(*device)->bustype = DRM_BUS_PLATFORM;
	(*device)->available_nodes = find_nodes(sysfs);
	return 0;
}

void drmFreeDevice(drmDevicePtr *device)
{
	free(*device);
	*device = NULL;
}

/* --- Buffers -------------------------------------------------------------- */

int drmPrimeHandleToFD(int fd, uint32_t handle, uint32_t flags, int *prime_fd)
{
	struct drm_prime_handle args = { .handle = handle, .flags = flags, .fd = -1 };
	int ret = drmIoctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);

	if (!ret)
		*prime_fd = args.fd;
	return ret;
}

int drmPrimeFDToHandle(int fd, int prime_fd, uint32_t *handle)
{
	struct drm_prime_handle args = { .fd = prime_fd };
	int ret = drmIoctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args);

	if (!ret)
		*handle = args.handle;
	return ret;
}

/* --- Sync objects --------------------------------------------------------- */

int drmSyncobjCreate(int fd, uint32_t flags, uint32_t *handle)
{
	struct drm_syncobj_create args = { .flags = flags };
	int ret = drmIoctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &args);

	if (!ret)
		*handle = args.handle;
	return ret;
}

int drmSyncobjDestroy(int fd, uint32_t handle)
{
	struct drm_syncobj_destroy args = { .handle = handle };

	return drmIoctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &args);
}

static int handle_to_fd(int fd, uint32_t handle, uint32_t flags, int *obj_fd)
{
	struct drm_syncobj_handle args = { .handle = handle, .flags = flags, .fd = -1 };
	int ret = drmIoctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);

	if (!ret)
		*obj_fd = args.fd;
	return ret;
}

static int fd_to_handle(int fd, int obj_fd, uint32_t flags, uint32_t *handle)
{
	struct drm_syncobj_handle args = {
		.handle = *handle,
		.flags = flags,
		.fd = obj_fd,
	};
	int ret = drmIoctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args);

	if (!ret)
		*handle = args.handle;
	return ret;
}

int drmSyncobjHandleToFD(int fd, uint32_t handle, int *obj_fd)
{
	return handle_to_fd(fd, handle, 0, obj_fd);
}

int drmSyncobjFDToHandle(int fd, int obj_fd, uint32_t *handle)
{
	*handle = 0;
	return fd_to_handle(fd, obj_fd, 0, handle);
}

int drmSyncobjExportSyncFile(int fd, uint32_t handle, int *sync_file_fd)
{
	return handle_to_fd(fd, handle, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
			    sync_file_fd);
}

int drmSyncobjImportSyncFile(int fd, uint32_t handle, int sync_file_fd)
{
	return fd_to_handle(fd, sync_file_fd,
			    DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE, &handle);
}

int drmSyncobjWait(int fd, uint32_t *handles, unsigned int num_handles,
		   int64_t timeout_nsec, unsigned int flags, uint32_t *first_signaled)
{
	struct drm_syncobj_wait args = {
		.handles = (uintptr_t)handles,
		.count_handles = num_handles,
		.timeout_nsec = timeout_nsec,
		.flags = flags,
	};

	if (drmIoctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &args))
		return -errno;
	if (first_signaled)
		*first_signaled = args.first_signaled;
	return 0;
}

int drmSyncobjTimelineWait(int fd, uint32_t *handles, uint64_t *points,
			   unsigned int num_handles, int64_t timeout_nsec,
			   unsigned int flags, uint32_t *first_signaled)
{
	struct drm_syncobj_timeline_wait args = {
		.handles = (uintptr_t)handles,
		.points = (uintptr_t)points,
		.count_handles = num_handles,
		.timeout_nsec = timeout_nsec,
		.flags = flags,
	};

	if (drmIoctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args))
		return -errno;
	if (first_signaled)
		*first_signaled = args.first_signaled;
	return 0;
}

int drmSyncobjReset(int fd, const uint32_t *handles, uint32_t handle_count)
{
	struct drm_syncobj_array args = {
		.handles = (uintptr_t)handles,
		.count_handles = handle_count,
	};

	return drmIoctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &args);
}

int drmSyncobjSignal(int fd, const uint32_t *handles, uint32_t handle_count)
{
	struct drm_syncobj_array args = {
		.handles = (uintptr_t)handles,
		.count_handles = handle_count,
	};

	return drmIoctl(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &args);
}

int drmSyncobjTransfer(int fd, uint32_t dst_handle, uint64_t dst_point,
		       uint32_t src_handle, uint64_t src_point, uint32_t flags)
{
	struct drm_syncobj_transfer args = {
		.src_handle = src_handle,
		.dst_handle = dst_handle,
		.src_point = src_point,
		.dst_point = dst_point,
		.flags = flags,
	};

	return drmIoctl(fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &args);
}
