// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Syncobjs and sync_files: creation, waiting with relative time-outs, conversion
 * into each other, and the status of the fences in them.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/sync_file.h>

#include <xf86drm.h>

#include "panthor_sync.h"

/* Upper bound of fences in a sync_file; the kernel returns an error above it. */
#define MAX_FENCES	64

/**
 * panthor_now_ns - read the clock that fences and syncobj time-outs use
 *
 * Return: CLOCK_MONOTONIC in nanoseconds.
 */
uint64_t panthor_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (uint64_t)PANTHOR_SECOND + now.tv_nsec;
}

/**
 * panthor_syncobj_create - create a syncobj
 * @fd: the device
 * @flags: DRM_SYNCOBJ_CREATE_*
 * @handle: returns the handle
 *
 * Return: 0 or a negative errno.
 */
int panthor_syncobj_create(int fd, uint32_t flags, uint32_t *handle)
{
	return drmSyncobjCreate(fd, flags, handle) ? -errno : 0;
}

/**
 * panthor_syncobj_destroy - drop a syncobj's handle
 * @fd: the device
 * @handle: the syncobj
 *
 * Return: 0 or a negative errno.
 */
int panthor_syncobj_destroy(int fd, uint32_t handle)
{
	return drmSyncobjDestroy(fd, handle) ? -errno : 0;
}

static int syncobj_wait(int fd, uint32_t handle, uint64_t point,
			int64_t timeout_ns, uint32_t flags)
{
	int64_t deadline = panthor_now_ns() + timeout_ns;
	uint32_t first;

	if (point || flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE)
		return drmSyncobjTimelineWait(fd, &handle, &point, 1, deadline,
					      flags, &first);
	return drmSyncobjWait(fd, &handle, 1, deadline, flags, &first);
}

/**
 * panthor_syncobj_wait - wait until a syncobj's fence has signalled
 * @fd: the device
 * @handle: the syncobj
 * @point: point of its timeline, 0 for a binary syncobj
 * @timeout_ns: how long to wait
 *
 * The wait also ends if the fence signals with an error.
 *
 * Return: 0, -ETIME after the time-out, or another negative errno.
 */
int panthor_syncobj_wait(int fd, uint32_t handle, uint64_t point,
			 int64_t timeout_ns)
{
	return syncobj_wait(fd, handle, point, timeout_ns, 0);
}

/**
 * panthor_syncobj_wait_submitted - wait until a syncobj has a fence
 * @fd: the device
 * @handle: the syncobj
 * @point: point of its timeline, 0 for a binary syncobj
 * @timeout_ns: how long to wait
 *
 * Return: 0, -ETIME after the time-out, or another negative errno.
 */
int panthor_syncobj_wait_submitted(int fd, uint32_t handle, uint64_t point,
				   int64_t timeout_ns)
{
	return syncobj_wait(fd, handle, point, timeout_ns,
			    DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT |
			    DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE);
}

/**
 * panthor_syncobj_export - export the fence of a syncobj as a sync_file
 * @fd: the device
 * @handle: the syncobj
 * @point: point of its timeline, 0 for a binary syncobj
 *
 * Return: a file descriptor or a negative errno.
 */
int panthor_syncobj_export(int fd, uint32_t handle, uint64_t point)
{
	uint32_t binary;
	int fence, ret;

	if (!point)
		return drmSyncobjExportSyncFile(fd, handle, &fence) ? -errno : fence;

	ret = panthor_syncobj_create(fd, 0, &binary);
	if (ret)
		return ret;
	if (drmSyncobjTransfer(fd, binary, 0, handle, point, 0) ||
	    drmSyncobjExportSyncFile(fd, binary, &fence))
		fence = -errno;
	panthor_syncobj_destroy(fd, binary);
	return fence;
}

/**
 * panthor_syncobj_import - create a syncobj from a sync_file
 * @fd: the device
 * @fence: the sync_file, which stays open
 *
 * Return: a handle (positive) or a negative errno.
 */
int panthor_syncobj_import(int fd, int fence)
{
	uint32_t handle;
	int ret;

	ret = panthor_syncobj_create(fd, 0, &handle);
	if (ret)
		return ret;
	if (drmSyncobjImportSyncFile(fd, handle, fence)) {
		ret = -errno;
		panthor_syncobj_destroy(fd, handle);
		return ret;
	}
	return handle;
}

/**
 * panthor_syncobj_info - read the state of a syncobj's fence
 * @fd: the device
 * @handle: the syncobj
 * @point: point of its timeline, 0 for a binary syncobj
 * @info: returns the state
 *
 * Return: 0 or a negative errno.
 */
int panthor_syncobj_info(int fd, uint32_t handle, uint64_t point,
			 struct panthor_fence_info *info)
{
	int fence = panthor_syncobj_export(fd, handle, point);
	int ret;

	if (fence < 0)
		return fence;
	ret = panthor_fence_info(fence, info);
	close(fence);
	return ret;
}

/**
 * panthor_fence_wait - wait until a sync_file has signalled
 * @fence: the sync_file
 * @timeout_ns: how long to wait, rounded up to milliseconds
 *
 * Return: 0, -ETIME after the time-out, or another negative errno.
 */
int panthor_fence_wait(int fence, int64_t timeout_ns)
{
	struct pollfd pfd = { .fd = fence, .events = POLLIN };
	uint64_t deadline = panthor_now_ns() + timeout_ns;

	for (;;) {
		int64_t left = deadline - panthor_now_ns();
		int ret;

		if (left < 0)
			left = 0;
		ret = poll(&pfd, 1, (left + PANTHOR_MILLISECOND - 1) / PANTHOR_MILLISECOND);
		if (ret > 0)
			return pfd.revents & POLLNVAL ? -EBADF : 0;
		if (!ret)
			return -ETIME;
		if (errno != EINTR)
			return -errno;
	}
}

/**
 * panthor_fence_info - read the state of a sync_file
 * @fence: the sync_file
 * @info: returns the state
 *
 * For a sync_file with several fences (for example all points of a timeline up to
 * one), this is the state of the first, which is the latest point.
 *
 * Return: 0 or a negative errno.
 */
int panthor_fence_info(int fence, struct panthor_fence_info *info)
{
	struct sync_fence_info fences[MAX_FENCES] = {};
	struct sync_file_info file = {
		.num_fences = MAX_FENCES,
		.sync_fence_info = (uintptr_t)fences,
	};

	if (ioctl(fence, SYNC_IOC_FILE_INFO, &file))
		return -errno;
	/* A timeline whose points have all signalled exports no fence. */
	info->status = file.num_fences ? fences[0].status : file.status;
	info->timestamp_ns = fences[0].timestamp_ns;
	return 0;
}

/**
 * panthor_fence_words - say what the state of a job's fence means
 * @status: &panthor_fence_info.status, or the error of an operation on a group
 *
 * Return: what happened to the job, in a few words.
 */
const char *panthor_fence_words(int status)
{
	switch (status) {
	case 1:
		return "done";
	case 0:
		return "not done";
	case -EINVAL:
		return "stream killed: it met a fatal fault";
	case -ETIMEDOUT:
		return "group killed: a job ran longer than its limit";
	case -ECANCELED:
		return "cancelled: its group was killed or destroyed";
	case -ENODEV:
		return "the GPU is gone";
	default:
		return strerror(-status);
	}
}
