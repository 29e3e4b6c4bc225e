/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_ROTATION_H_
#define _VPAN_ROTATION_H_

#include <linux/types.h>

struct vpan_device;
struct vpan_group;
struct vpan_slots;

/* For sched.c only, under &vpan_slots.lock. */
void vpan_rotation_enqueue(struct vpan_slots *slots, struct vpan_group *group);
void vpan_rotation_dequeue(struct vpan_slots *slots, struct vpan_group *group);
void vpan_rotation_clear_slot(struct vpan_slots *slots, unsigned int i);
void vpan_rotation_evict(struct vpan_device *vpan, unsigned long evicted);
bool vpan_rotation_is_busy(struct vpan_device *vpan);
void vpan_rotation_assign(struct vpan_device *vpan);

#endif /* _VPAN_ROTATION_H_ */
