// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who is on a slot, and for how long.
 */

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "debug/dump.h"
#include "debug/trace.h"
#include "device/device.h"
#include "fw/fw.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/blocked.h"
#include "sched/csg.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/rotation.h"
#include "sched/slots.h"
#include "sched/waiting.h"

#define COUNT_MAX_NS	(20ULL * NSEC_PER_MSEC)

/**
 * vpan_rotation_is_busy - does a group on a slot have anything to do?
 * @vpan: the device
 *
 * Context: any, under &vpan_slots.lock.
 * Return: false if all that are there only wait, or not even that.
 */
bool vpan_rotation_is_busy(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (group && !vpan_group_is_idle(group))
			return true;
	}
	return false;
}

/*
 * Who is on slots at the same time shares the GPU. Firmware that is asked for
 * more than that, on every switch, would be busy with nothing else.
 */
static void rotation_account_time(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	u64 now = ktime_get_ns(), passed;
	struct vpan_group *group;
	unsigned long busy = 0;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	/* A longer time is that of a machine which did something else. */
	passed = min(now - slots->counted, COUNT_MAX_NS);
	slots->counted = now;
	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		/* Once only: a job may come at any time. */
		if (group && !vpan_group_is_idle(group))
			__set_bit(i, &busy);
	}
	for_each_set_bit(i, &busy, CSF_GLB_GROUP_MAX)
		vpan_slots_owner(slots, i)->used +=
			div_u64(passed, hweight_long(busy));
}

/**
 * vpan_rotation_enqueue - let a group with new work compete for a slot
 * @slots: slots of the device
 * @group: group without a slot; takes over the caller's reference
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_enqueue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting)) {
		vpan_waiting_add_new(slots, group);
		return;
	}
	if (test_bit(VPAN_GROUP_BLOCKED, &group->flags))
		vpan_blocked_poll_group(slots, group);
	vpan_group_put(group);
}

/**
 * vpan_rotation_dequeue - stop a group from competing for a slot
 * @slots: slots of the device
 * @group: group without a slot
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_rotation_dequeue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting))
		return;
	if (test_bit(VPAN_GROUP_BLOCKED, &group->flags))
		vpan_blocked_remove(slots, group);
	else
		vpan_waiting_remove(slots, group);
	vpan_group_put(group);
}

/* A group that has no slot does not run any more; takes over a reference. */
static void rotation_end_group(struct vpan_group *group)
{
	vpan_dump_suspended(group);
	vpan_group_kill_queues(group);
	vpan_group_put(group);
}

/* What becomes of a group that has just left its slot, with its reference. */
static void rotation_requeue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (!vpan_group_can_run(group)) {
		rotation_end_group(group);
	} else if (!vpan_group_has_work(group)) {
		vpan_group_put(group);
	} else if (!vpan_blocked_add(slots, group)) {
		vpan_waiting_add(slots, group);
	}
}

/**
 * vpan_rotation_clear_slot - note that a group has left its slot
 * @slots: the slots
 * @i: the slot
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_clear_slot(struct vpan_slots *slots, unsigned int i)
{
	struct vpan_group *group = vpan_slots_owner(slots, i);

	lockdep_assert_held(&slots->lock);

	trace_vpanthor_group_off(group, i);
	RCU_INIT_POINTER(slots->slot[i].group, NULL);
	vpan_as_put(group->vm);
	vpan_group_check_completion(group);
	rotation_requeue(slots, group);
}

/*
 * A group did not do as it was told. Whether that is its fault or the
 * firmware's is for the reset to find out; no use in asking for more meanwhile.
 */
static void rotation_request_reset(struct vpan_device *vpan,
				   struct vpan_group *group, int error)
{
	lockdep_assert_held(&vpan->slots->lock);

	if (error == -ETIMEDOUT)
		set_bit(VPAN_GROUP_STUCK, &group->flags);
	vpan->slots->stopped = true;
	vpan_reset_schedule(vpan);
}

/**
 * vpan_rotation_evict - take a group off its slot
 * @vpan: the device
 * @i: the slot, not free
 *
 * It is still there afterwards if it did not go; a reset takes it off then.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_evict(struct vpan_device *vpan, unsigned int i)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group = vpan_slots_owner(slots, i);
	int ret;

	rotation_account_time(vpan);
	/* From here on its doorbell is this work item. */
	WRITE_ONCE(group->slot, -1);
	group->started = true;

	if (vpan_group_can_run(group)) {
		ret = vpan_csg_suspend(group, i);
	} else {
		vpan_dump_group(group, i);
		ret = vpan_csg_terminate(group, i);
	}
	/* Otherwise the reset takes it off the slot. */
	if (ret) {
		rotation_request_reset(vpan, group, ret);
		return;
	}
	/* What the firmware said up to then is about this group. */
	vpan_events_drain(vpan, i);
	vpan_rotation_clear_slot(slots, i);
}

static bool rotation_bind(struct vpan_device *vpan, unsigned int i,
			  struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	int as = vpan_as_get(group->vm), ret;

	if (as < 0)
		return false;

	rotation_account_time(vpan);
	/* The reference goes from the list to the slot. */
	vpan_waiting_remove(slots, group);
	slots->slot[i].since = jiffies;
	rcu_assign_pointer(slots->slot[i].group, group);
	clear_bit(VPAN_GROUP_IDLE, &group->flags);
	WRITE_ONCE(group->slot, i);
	/* Pairs with vpan_slots_ring_group(): one of us sees the other. */
	smp_mb();

	trace_vpanthor_group_on(group, i);
	ret = vpan_csg_bind(group, i, as);
	if (ret)
		rotation_request_reset(vpan, group, ret);
	return true;
}

/*
 * How willingly a group leaves its slot for @group; 0 is not at all. If it is
 * address spaces that are short, one has to become free by that.
 */
static unsigned int slot_rank(const struct vpan_slot *slot,
			      const struct vpan_group *owner,
			      const struct vpan_group *group, bool as_short)
{
	if (as_short && (!owner || READ_ONCE(owner->vm->as.users) > 1))
		return 0;
	if (!owner)
		return 4;
	if (vpan_group_is_idle(owner))
		return 3;
	if (owner->priority < group->priority)
		return 2;
	if (owner->priority == group->priority &&
	    owner->used >= group->used &&
	    time_after_eq(jiffies, slot->since + VPAN_TIMESLICE))
		return 1;
	return 0;
}

/*
 * The best slot for a group; among equals that of who had most of the GPU. -1
 * if there is none.
 */
static int rotation_choose_slot(struct vpan_device *vpan,
				const struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	bool as_short = !vpan_as_slot_available(group->vm);
	unsigned int i, rank, best_rank = 0;
	struct vpan_group *owner;
	u64 best_used = 0, used;
	int best = -1;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		owner = vpan_slots_owner(slots, i);
		rank = slot_rank(&slots->slot[i], owner, group, as_short);
		used = owner ? owner->used : 0;
		if (rank > best_rank ||
		    (rank && rank == best_rank && used > best_used)) {
			best = i;
			best_rank = rank;
			best_used = used;
		}
	}
	return best;
}

/* Return: whether the group does not wait any more. */
static bool rotation_try_bind(struct vpan_device *vpan, struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	int i;

	if (slots->stopped)
		return false;
	/* What ended it may have come after it left its last slot. */
	if (!vpan_group_can_run(group)) {
		vpan_waiting_remove(slots, group);
		rotation_end_group(group);
		return true;
	}
	i = rotation_choose_slot(vpan, group);
	if (i < 0)
		return false;
	if (vpan_slots_owner(slots, i))
		vpan_rotation_evict(vpan, i);
	if (vpan_slots_owner(slots, i))
		return false;
	return rotation_bind(vpan, i, group);
}

/**
 * vpan_rotation_assign - give slots to those who wait, as it is their turn
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_assign(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group, *next;
	LIST_HEAD(todo);
	bool again = false;
	int prio;

	lockdep_assert_held(&slots->lock);

	rotation_account_time(vpan);
	for (prio = VPAN_PRIORITIES - 1; prio >= 0; prio--) {
		/* Who is pushed off a slot meanwhile waits for the next turn. */
		list_splice_init(&slots->waiting[prio], &todo);
		list_for_each_entry_safe(group, next, &todo, waiting) {
			if (rotation_try_bind(vpan, group))
				continue;
			vpan_waiting_remove(slots, group);
			vpan_waiting_add(slots, group);
		}
		if (!list_empty(&slots->waiting[prio]))
			again = true;
	}
	if (again || !list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick, VPAN_TIMESLICE);
}
