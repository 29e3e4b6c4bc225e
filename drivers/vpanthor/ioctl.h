/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_IOCTL_H_
#define _VPAN_IOCTL_H_

#include <drm/drm_ioctl.h>

#include "../compat/panthor_uapi.h"

extern const struct drm_ioctl_desc
	vpan_ioctls[DRM_PANTHOR_GROUP_GET_STATE + 1];

#endif /* _VPAN_IOCTL_H_ */
