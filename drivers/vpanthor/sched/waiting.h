/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_WAITING_H_
#define _VPAN_WAITING_H_

#include <linux/types.h>

struct vpan_group;
struct vpan_slots;

/* All under &vpan_slots.lock. */
void vpan_waiting_add(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_add_new(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_remove(struct vpan_slots *slots, struct vpan_group *group);
bool vpan_waiting_any(struct vpan_slots *slots);

#endif /* _VPAN_WAITING_H_ */
