/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PM_H_
#define _VPAN_PM_H_

#include <linux/pm.h>
#include <linux/types.h>

struct vpan_device;

/**
 * struct vpan_pm - state of power management
 *
 * For the callbacks of power management only, of which one runs at a time.
 */
struct vpan_pm {
	/** @system_sleep: The whole system suspends or resumes. */
	bool system_sleep;
	/** @need_reset: Suspending failed in part: the next resume resets. */
	bool need_reset;
};

/**
 * enum vpan_power_event - what happens to the GPU's power, for traces
 * @VPAN_POWER_SUSPEND: it is switched off, or is not
 * @VPAN_POWER_RESUME: it is switched on, and goes on where it was
 * @VPAN_POWER_RESTART: it is switched on by a reset
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
