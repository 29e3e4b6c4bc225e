/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_IOCTL_H_
#define _VPAN_IOCTL_H_

#include <drm/drm_ioctl.h>
#include <drm/panthor_uapi.h>

/* One more than the number of the last ioctl. */
#define VPAN_IOCTL_COUNT (DRM_PANTHOR_BO_QUERY_INFO + 1)

extern const struct drm_ioctl_desc vpan_ioctls[VPAN_IOCTL_COUNT];

long vpan_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
long vpan_compat_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
#else
#define vpan_compat_ioctl NULL
#endif

#endif /* _VPAN_IOCTL_H_ */
