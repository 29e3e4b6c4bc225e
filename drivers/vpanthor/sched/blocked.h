/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_BLOCKED_H_
#define _VPAN_BLOCKED_H_

#include <linux/types.h>

struct vpan_device;
struct vpan_group;
struct vpan_slots;

/* All under &vpan_slots.lock. */
bool vpan_blocked_add(struct vpan_slots *slots, struct vpan_group *group);
void vpan_blocked_remove(struct vpan_slots *slots, struct vpan_group *group);
void vpan_blocked_poll_group(struct vpan_slots *slots,
			     struct vpan_group *group);
void vpan_blocked_poll(struct vpan_device *vpan);

#endif /* _VPAN_BLOCKED_H_ */
