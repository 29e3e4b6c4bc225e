/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_EVENTS_H_
#define _VPAN_EVENTS_H_

#include <linux/types.h>

struct vpan_device;
struct vpan_group;

void vpan_events_drain(struct vpan_device *vpan, unsigned int slot);
bool vpan_events_feed(struct vpan_group *group, unsigned int slot);
void vpan_job_irq(struct vpan_device *vpan, u32 status);

#endif /* _VPAN_EVENTS_H_ */
