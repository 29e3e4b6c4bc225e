/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SLOTS_H_
#define _VPAN_SLOTS_H_

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_regs.h>

#include "sched/waiting.h"

struct vpan_device;
struct vpan_group;
struct vpan_vm;

/* Time in jiffies that a group has on its slot before equals may take it. */
#define VPAN_TIMESLICE	msecs_to_jiffies(10)

/**
 * enum vpan_slots_event - bits of &vpan_slots.events
 * @VPAN_SLOTS_SYNC_UPDATE: sync objects may have changed
 */
enum vpan_slots_event {
	VPAN_SLOTS_SYNC_UPDATE,
};

/**
 * struct vpan_slot - one of the firmware's group slots
 */
struct vpan_slot {
	/** @group: Group on the slot, with a reference; NULL if it is free. */
	struct vpan_group __rcu *group;
	/** @since: Jiffies at which the group got the slot. */
	unsigned long since;
	/** @busy: The group was not idle when GPU time was accounted last. */
	bool busy;
	/** @priority: Priority of the group in the firmware. */
	u8 priority;
	/** @overruns: Streams run on after their jobs have completed. */
	bool overruns;
	/** @overruns_since: Jiffies since which @overruns is set. */
	unsigned long overruns_since;
	/** @leaving_since: Jiffies at which the group was asked to leave. */
	unsigned long leaving_since;
};

/**
 * struct vpan_as_fault - MMU fault of which the cause is not known yet
 */
struct vpan_as_fault {
	/** @assigned: From vpan_mmu_assignment(). */
	u64 assigned;
	/** @since: Jiffies at which the fault was found. */
	unsigned long since;
};

/**
 * struct vpan_slots - state of the scheduler
 *
 * See "Group slots" in slots.c.
 */
struct vpan_slots {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @lock: Protects all members but @kicked, @events and @last_id. */
	struct mutex lock;
	/** @tick: Kicks the scheduler when time has passed. */
	struct delayed_work tick;
	/** @kicked: Groups for the scheduler to update, each with a reference. */
	struct llist_head kicked;
	/** @updating: Rest of @kicked that the scheduler has taken. */
	struct llist_node *updating;
	/** @ended: Groups without a slot whose jobs are to end, as @kicked. */
	struct llist_head ended;
	/** @ending: Rest of @ended that the scheduler has taken. */
	struct llist_node *ending;
	/** @events: Bits of &enum vpan_slots_event; atomic. */
	unsigned long events;
	/**
	 * @waiting: Clients with groups that wait for a slot, by
	 * &vpan_share.used. Each group has a reference.
	 */
	struct rb_root_cached waiting[VPAN_PRIORITIES];
	/**
	 * @floor: Least &vpan_share.used of active clients by priority; never
	 * decreases, also while no client is active.
	 */
	u64 floor[VPAN_PRIORITIES];
	/** @counted: Time in ns up to which GPU time is accounted. */
	u64 counted;
	/**
	 * @blocked: Groups whose streams all wait, each with a reference. Those
	 * that are to be polled next come first.
	 */
	struct list_head blocked;
	/** @nblocked: Length of @blocked. */
	unsigned int nblocked;
	/** @npoll: Groups of @blocked that are to be polled. */
	unsigned int npoll;
	/** @faults: Valid entries of @fault. */
	unsigned long faults;
	/** @fault: MMU faults by address space slot. */
	struct vpan_as_fault fault[CSF_AS_COUNT_MAX];
	/**
	 * @groups_lock: Protects @groups; innermost. A spinlock, since clients take it
	 * in their own tasks, which they can keep from running (SCHED_IDLE, cpu.max),
	 * but not while these cannot be preempted.
	 */
	spinlock_t groups_lock;
	/** @groups: All groups of the device. */
	struct list_head groups;
	/** @last_id: &vpan_group.id of the newest group. */
	atomic64_t last_id;
	/** @slot: Group slots of the firmware. */
	struct vpan_slot slot[CSF_GLB_GROUP_MAX];
	/**
	 * @leaving: Slots whose groups have been asked to leave and take their
	 * time, mostly to end a workgroup. Also read without @lock.
	 */
	unsigned long leaving;
	/**
	 * @yielding: Address space whose groups leave to free its slot of the MMU;
	 * only compared, since it may be gone.
	 */
	const struct vpan_vm *yielding;
	/** @as_wanted: A group waits for @yielding, as this pass has found. */
	bool as_wanted;
	/**
	 * @power_held: The scheduler holds a runtime PM reference because groups
	 * have work. Also read without @lock when a group gets work.
	 */
	bool power_held;
	/** @stopped: No group gets or leaves a slot: a reset is in progress. */
	bool stopped;
	/**
	 * @killed: The hardware is gone or lost; no group runs again. Set under
	 * @groups_lock and @lock, read under one of them: no group is added then.
	 */
	bool killed;
};

/**
 * vpan_slots_owner - get the group on a slot
 * @slots: the slots
 * @i: the slot
 *
 * Context: any, under &vpan_slots.lock.
 * Return: the group, or NULL.
 */
static inline struct vpan_group *vpan_slots_owner(struct vpan_slots *slots,
						  unsigned int i)
{
	return rcu_dereference_protected(slots->slot[i].group,
					 lockdep_is_held(&slots->lock));
}

bool vpan_slots_has(struct vpan_device *vpan, const struct vpan_group *group);
bool vpan_slots_leaves(struct vpan_device *vpan, const struct vpan_group *group);
bool vpan_slots_are_busy(struct vpan_device *vpan);
void vpan_slots_ring_doorbell(struct vpan_device *vpan, int slot);
int vpan_slots_add_group(struct vpan_group *group);
struct vpan_group *vpan_slots_next_group(struct vpan_slots *slots,
					 struct vpan_group *prev);
void vpan_slots_remove_group(struct vpan_group *group);
void vpan_slots_kick_blocked(struct vpan_device *vpan);
void vpan_slots_kick_group(struct vpan_group *group);
void vpan_slots_ring_group(struct vpan_group *group);

/* csg.c, for evict.c and rotation.c */
unsigned int vpan_csg_priority(unsigned int priority, bool behind);
bool vpan_csg_set_priority(struct vpan_group *group, unsigned int slot,
			   unsigned int priority);
void vpan_csg_bind(struct vpan_group *group, unsigned int slot, int as,
		   unsigned int priority);
unsigned long vpan_csg_start(struct vpan_device *vpan, unsigned long slots);
unsigned long vpan_csg_executing(struct vpan_device *vpan, unsigned long slots);
void vpan_csg_stop(struct vpan_device *vpan, unsigned long slots,
		   unsigned long ended);
unsigned long vpan_csg_left(struct vpan_device *vpan, unsigned long slots);

/* evict.c, for rotation.c and sched.c */
void vpan_evict_end_group(struct vpan_group *group);
void vpan_evict_clear_slot(struct vpan_slots *slots, unsigned int i);
void vpan_evict_request_reset(struct vpan_device *vpan, struct vpan_group *group,
			      bool stuck);
void vpan_evict_groups(struct vpan_device *vpan, unsigned long evicted);
void vpan_evict_continue(struct vpan_device *vpan);

/* rotation.c, for sched.c */
void vpan_rotation_enqueue(struct vpan_slots *slots, struct vpan_group *group);
void vpan_rotation_dequeue(struct vpan_slots *slots, struct vpan_group *group);
void vpan_rotation_assign(struct vpan_device *vpan);

/* share.c, for evict.c, rotation.c and sched.c */
void vpan_share_account_time(struct vpan_slots *slots);
void vpan_share_skip_time(struct vpan_slots *slots);
unsigned int vpan_share_priority(struct vpan_slots *slots,
				 const struct vpan_group *group,
				 bool *contended);
bool vpan_share_used_more(const struct vpan_group *group,
			  const struct vpan_group *other);
bool vpan_share_set_priorities(struct vpan_device *vpan);

#endif /* _VPAN_SLOTS_H_ */
