/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RUNTIME_PM_H_
#define _VPAN_RUNTIME_PM_H_

#include <linux/types.h>

struct vpan_device;

int vpan_pm_get(struct vpan_device *vpan);
bool vpan_pm_get_if_on(struct vpan_device *vpan);
void vpan_pm_put(struct vpan_device *vpan);
void vpan_pm_put_idle(struct vpan_device *vpan);

#endif /* _VPAN_RUNTIME_PM_H_ */
