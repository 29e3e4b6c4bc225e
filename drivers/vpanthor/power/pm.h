/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PM_H_
#define _VPAN_PM_H_

#include <linux/pm.h>
#include <linux/types.h>

struct vpan_device;

/**
 * struct vpan_pm - state of power management
 *
 * Used by the callbacks of the PM core only, of which one runs at a time.
 */
struct vpan_pm {
	/** @system_sleep: The system suspends or resumes. */
	bool system_sleep;
	/** @need_reset: A step of suspend failed: resume by a reset. */
	bool need_reset;
};

/**
 * enum vpan_power_event - power events for traces
 * @VPAN_POWER_SUSPEND: attempt to switch the GPU off
 * @VPAN_POWER_RESUME: fast resume, the firmware continues
 * @VPAN_POWER_RESTART: resume by a reset
 */
enum vpan_power_event {
	VPAN_POWER_SUSPEND,
	VPAN_POWER_RESUME,
	VPAN_POWER_RESTART,
};

extern const struct dev_pm_ops vpan_pm_ops;

int vpan_pm_init(struct vpan_device *vpan);
void vpan_pm_enable(struct vpan_device *vpan);
void vpan_pm_begin_remove(struct vpan_device *vpan);
void vpan_pm_finish_remove(struct vpan_device *vpan);

#endif /* _VPAN_PM_H_ */
