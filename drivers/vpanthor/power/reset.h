/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RESET_H_
#define _VPAN_RESET_H_

#include <linux/types.h>

struct vpan_device;

int vpan_reset_init(struct vpan_device *vpan);
void vpan_reset_begin(struct vpan_device *vpan);

int vpan_device_power_up(struct vpan_device *vpan, bool hard);
int vpan_device_restart(struct vpan_device *vpan, bool hard);
int vpan_device_reset(struct vpan_device *vpan);
void vpan_device_set_lost(struct vpan_device *vpan);

#endif /* _VPAN_RESET_H_ */
