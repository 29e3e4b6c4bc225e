/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The toy's ioctls, for the driver and for programs. */
#ifndef _TOY_DRM_H_
#define _TOY_DRM_H_

#ifdef __KERNEL__
#include <drm/drm.h>
#else
#include <drm.h>
#endif

#define DRM_TOY_BO_CREATE 0
#define DRM_TOY_SUBMIT 1

/* struct drm_toy_bo_create - create a buffer of @size bytes, get its @handle */
struct drm_toy_bo_create {
	__u64 size;
	__u32 handle;
	__u32 pad;
};

/*
 * struct drm_toy_submit - submit @command
 *
 * It runs when @wait_point of the syncobj @wait has signalled (@wait 0: at once), and all
 * that was submitted before for buffer @bo (0: none). @signal is a syncobj that gets its
 * fence.
 */
struct drm_toy_submit {
	__u64 wait_point;
	__u32 wait;
	__u32 signal;
	__u32 bo;
	__u32 command;
};

#define DRM_IOCTL_TOY_BO_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_TOY_BO_CREATE, struct drm_toy_bo_create)
#define DRM_IOCTL_TOY_SUBMIT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_TOY_SUBMIT, struct drm_toy_submit)

#endif /* _TOY_DRM_H_ */
