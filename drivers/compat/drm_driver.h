/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_DRM_DRIVER_H_
#define _COMPAT_DRM_DRIVER_H_

/* Members and feature flags of a &struct drm_driver that later kernels dropped */

#include <drm/drm_drv.h>

#include "generated/features.h"

/* Initialiser in a &struct drm_driver; the argument is the date of the last change */
#ifdef COMPAT_HAVE_DRM_DRIVER_DATE
#define COMPAT_DRM_DRIVER_DATE(text)	.date = (text),
#else
#define COMPAT_DRM_DRIVER_DATE(...)
#endif

#ifndef COMPAT_HAVE_DRIVER_GEM_GPUVA
#define DRIVER_GEM_GPUVA	0
#endif

#endif /* _COMPAT_DRM_DRIVER_H_ */
