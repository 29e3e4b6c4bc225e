/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_ENTER_H_
#define _VPAN_ENTER_H_

#include <linux/errno.h>

#include <drm/drm_drv.h>

#include "device/device.h"

/**
 * vpan_hw_is_gone - check whether calls that need the GPU must fail
 * @vpan: device
 *
 * For checks ahead of the work of a call, so that such a call returns -ENODEV
 * whatever its arguments are. The answer may change at any time:
 * vpan_hw_enter() decides.
 *
 * Context: any.
 * Return: whether the device is unplugged or lost.
 */
static inline bool vpan_hw_is_gone(struct vpan_device *vpan)
{
	return drm_dev_is_unplugged(&vpan->drm) || READ_ONCE(vpan->lost);
}

/**
 * vpan_hw_enter - begin a section that needs the GPU
 * @vpan: device
 * @idx: returns the argument of drm_dev_exit(), which ends the section
 *
 * Unplugging waits for the section. It must therefore not copy from or to user
 * memory, which may take forever (userfaultfd, FUSE), not allocate what is charged to the
 * client, which sleeps beyond memory.high, not wait for a job or for a lock of a client,
 * and not repeat anything as often as user space asks for.
 *
 * Context: any; the section may sleep.
 * Return: 0, -ENODEV if the device is unplugged or lost.
 */
static inline int vpan_hw_enter(struct vpan_device *vpan, int *idx)
{
	if (!drm_dev_enter(&vpan->drm, idx))
		return -ENODEV;
	if (!READ_ONCE(vpan->lost))
		return 0;
	drm_dev_exit(*idx);
	return -ENODEV;
}

#endif /* _VPAN_ENTER_H_ */
