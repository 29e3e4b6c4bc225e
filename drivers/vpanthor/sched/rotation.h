/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_ROTATION_H_
#define _VPAN_ROTATION_H_

struct vpan_device;
struct vpan_group;
struct vpan_slots;

/* For slots.c only; all under &vpan_slots.lock. */
struct vpan_group *vpan_slots_owner(struct vpan_slots *slots, unsigned int i);
void vpan_slots_wait(struct vpan_slots *slots, struct vpan_group *group);
void vpan_slots_unwait(struct vpan_slots *slots, struct vpan_group *group);
void vpan_slots_clear(struct vpan_slots *slots, unsigned int i);
void vpan_slots_evict(struct vpan_device *vpan, unsigned int i);
bool vpan_slots_are_busy(struct vpan_device *vpan);
void vpan_slots_poll_blocked(struct vpan_device *vpan);
void vpan_slots_assign(struct vpan_device *vpan);

#endif /* _VPAN_ROTATION_H_ */
