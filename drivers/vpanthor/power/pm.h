/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PM_H_
#define _VPAN_PM_H_

#include <linux/pm.h>
#include <linux/types.h>

struct vpan_device;

/**
 * struct vpan_pm - whether the GPU has power
 *
 * All but @on is for the callbacks of power management only, of which one runs
 * at a time.
 */
struct vpan_pm {
	/** @on: The registers may be accessed. */
	bool on;
	/** @sleeping: The whole system goes to sleep, or is just waking up. */
	bool sleeping;
	/** @slow: Something did not come to rest: start over next time. */
	bool slow;
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

int vpan_pm_get(struct vpan_device *vpan);
bool vpan_pm_get_if_on(struct vpan_device *vpan);
void vpan_pm_put(struct vpan_device *vpan);

void vpan_pm_start(struct vpan_device *vpan);
void vpan_pm_begin_stop(struct vpan_device *vpan);
void vpan_pm_end_stop(struct vpan_device *vpan);

#endif /* _VPAN_PM_H_ */
