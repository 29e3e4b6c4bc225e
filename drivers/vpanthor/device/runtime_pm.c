// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * References that keep the device powered. The callbacks that switch the GPU
 * on and off are in power/pm.c; runtime power management calls them.
 */

#include <linux/pm_runtime.h>

#include "device/device.h"
#include "device/runtime_pm.h"

/**
 * vpan_pm_get - keep the device powered until vpan_pm_put()
 * @vpan: the device
 *
 * Resumes the device if it is suspended, which may reset the GPU.
 *
 * Context: may sleep; on the signalling path. Under no lock of the driver's.
 * Return: 0, -EACCES if the system sleeps, or another negative errno if the
 * GPU does not resume, in which case it never will.
 */
int vpan_pm_get(struct vpan_device *vpan)
{
	return pm_runtime_resume_and_get(vpan->drm.dev);
}

/**
 * vpan_pm_get_if_on - keep the device powered until vpan_pm_put(), if it is
 * @vpan: the device
 *
 * Context: any.
 * Return: true if it is powered and a reference was taken.
 */
bool vpan_pm_get_if_on(struct vpan_device *vpan)
{
	return pm_runtime_get_if_active(vpan->drm.dev) > 0;
}

/**
 * vpan_pm_put - drop a reference that keeps the device powered
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_pm_put(struct vpan_device *vpan)
{
	pm_runtime_mark_last_busy(vpan->drm.dev);
	pm_runtime_put_autosuspend(vpan->drm.dev);
}

/**
 * vpan_pm_put_idle - drop a reference by which the device was not used
 * @vpan: the device
 *
 * The device stays powered for no longer than without the reference.
 *
 * Context: any.
 */
void vpan_pm_put_idle(struct vpan_device *vpan)
{
	/* Not pm_runtime_put_autosuspend(), which some kernels let mark the device busy. */
	__pm_runtime_put_autosuspend(vpan->drm.dev);
}
