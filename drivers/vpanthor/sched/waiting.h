/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_WAITING_H_
#define _VPAN_WAITING_H_

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct vpan_group;
struct vpan_slots;
struct vpan_usage;

/* Priorities of groups: low, medium, high, realtime. */
#define VPAN_PRIORITIES 4

/**
 * struct vpan_share - share of a client in the GPU time of one priority
 *
 * All under &vpan_slots.lock.
 */
struct vpan_share {
	/** @used: Estimate in ns of the GPU time that its groups have used. */
	u64 used;
	/** @floor: Least &vpan_group.used of active groups; never decreases. */
	u64 floor;
	/** @groups: Groups that wait for a slot, by &vpan_group.used. */
	struct list_head groups;
	/** @node: In &vpan_slots.waiting unless @groups is empty. */
	struct rb_node node;
};

void vpan_share_init(struct vpan_share *share);

/* All under &vpan_slots.lock. */
void vpan_waiting_add(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_add_new(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_remove(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_activate(struct vpan_slots *slots, struct vpan_group *group);
void vpan_waiting_charge(struct vpan_slots *slots, struct vpan_group *group,
			 u64 ns);
unsigned int vpan_waiting_collect(struct vpan_slots *slots,
				  unsigned int priority,
				  struct vpan_group **groups, unsigned int max);
bool vpan_waiting_any(struct vpan_slots *slots);

#endif /* _VPAN_WAITING_H_ */
