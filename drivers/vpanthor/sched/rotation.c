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
#include "sched/csg.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/rotation.h"
#include "sched/slots.h"
#include "sched/syncwait.h"

#define TIMESLICE	msecs_to_jiffies(10)
#define COUNT_MAX_NS	(20ULL * NSEC_PER_MSEC)

static void group_timeouts(struct vpan_group *group, bool running)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		if (running)
			drm_jobqueue_timeout_resume(&group->queues[i]->jq);
		else
			drm_jobqueue_timeout_suspend(&group->queues[i]->jq);
	}
}

static bool group_is_idle(const struct vpan_group *group)
{
	return test_bit(VPAN_GROUP_IDLE, &group->flags) ||
	       !vpan_group_has_work(group);
}

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
		if (group && !group_is_idle(group))
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
		if (group && !group_is_idle(group))
			__set_bit(i, &busy);
	}
	for_each_set_bit(i, &busy, CSF_GLB_GROUP_MAX)
		vpan_slots_owner(slots, i)->used +=
			div_u64(passed, hweight_long(busy));
}

/* Puts a group, with its reference, among those that want a slot. */
static void rotation_insert(struct vpan_slots *slots, struct vpan_group *group)
{
	struct list_head *waiting = &slots->waiting[group->priority];
	struct vpan_group *other;

	list_for_each_entry_reverse(other, waiting, waiting) {
		if (other->used <= group->used)
			break;
	}
	list_add(&group->waiting, &other->waiting);
}

/* What the one of a priority has got who got least; 0 if nobody wants any. */
static u64 rotation_least_used(struct vpan_slots *slots, unsigned int priority)
{
	struct vpan_group *group;
	u64 least = U64_MAX;
	unsigned int i;

	group = list_first_entry_or_null(&slots->waiting[priority],
					 struct vpan_group, waiting);
	if (group)
		least = group->used;
	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		group = vpan_slots_owner(slots, i);
		if (group && group->priority == priority &&
		    !group_is_idle(group))
			least = min(least, group->used);
	}
	return least == U64_MAX ? 0 : least;
}

/* The same for one that did not want a slot up to now. */
static void rotation_insert_new(struct vpan_slots *slots,
				struct vpan_group *group)
{
	/* Nobody saves up time by not wanting any. */
	group->used = max(group->used,
			  rotation_least_used(slots, group->priority));
	rotation_insert(slots, group);
}

/**
 * vpan_rotation_enqueue - have a group wait for a slot
 * @slots: the slots
 * @group: the group; takes over the caller's reference
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_rotation_enqueue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting))
		rotation_insert_new(slots, group);
	else
		vpan_group_put(group);
}

/**
 * vpan_rotation_dequeue - a group does not want a slot any more
 * @slots: the slots
 * @group: the group
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_rotation_dequeue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting))
		return;
	clear_bit(VPAN_GROUP_BLOCKED, &group->flags);
	list_del_init(&group->waiting);
	vpan_group_put(group);
}

/* Do all of its streams that have work wait for a sync object? */
static bool group_is_blocked(struct vpan_group *group)
{
	bool unknown = false;
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		struct vpan_queue *queue = group->queues[i];

		if (!vpan_queue_has_work(queue))
			continue;
		if (!test_bit(i, &group->blocked))
			return false;
		switch (vpan_syncwait_poll(group->vm, &queue->wait)) {
		case VPAN_SYNCWAIT_SATISFIED:
			return false;
		case VPAN_SYNCWAIT_UNKNOWN:
			unknown = true;
			break;
		case VPAN_SYNCWAIT_PENDING:
			break;
		}
	}
	if (!unknown)
		return true;
	/* The firmware has to look. No use in asking it all the time. */
	group->not_before = jiffies + TIMESLICE;
	return false;
}

/**
 * vpan_rotation_poll_blocked - look which groups would go on if they had a slot
 * @vpan: the device
 *
 * They wait for one from then on.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_poll_blocked(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group, *next;

	lockdep_assert_held(&slots->lock);

	list_for_each_entry_safe(group, next, &slots->blocked, waiting) {
		if (group_is_blocked(group))
			continue;
		clear_bit(VPAN_GROUP_BLOCKED, &group->flags);
		list_del(&group->waiting);
		rotation_insert_new(slots, group);
	}
	/* A CPU may write to a sync object, and that is no event. */
	if (!list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick, TIMESLICE);
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
	} else if (group_is_blocked(group)) {
		set_bit(VPAN_GROUP_BLOCKED, &group->flags);
		list_add_tail(&group->waiting, &slots->blocked);
	} else {
		rotation_insert(slots, group);
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
	group_timeouts(group, false);
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
	list_del_init(&group->waiting);
	slots->slot[i].since = jiffies;
	rcu_assign_pointer(slots->slot[i].group, group);
	clear_bit(VPAN_GROUP_IDLE, &group->flags);
	WRITE_ONCE(group->slot, i);
	/* Pairs with vpan_slots_ring_group(): one of us sees the other. */
	smp_mb();

	group_timeouts(group, true);
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
	if (group_is_idle(owner))
		return 3;
	if (owner->priority < group->priority)
		return 2;
	if (owner->priority == group->priority &&
	    owner->used >= group->used &&
	    time_after_eq(jiffies, slot->since + TIMESLICE))
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
		list_del_init(&group->waiting);
		rotation_end_group(group);
		return true;
	}
	if (time_before(jiffies, group->not_before))
		return false;
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
			list_del(&group->waiting);
			rotation_insert(slots, group);
		}
		if (!list_empty(&slots->waiting[prio]))
			again = true;
	}
	if (again || !list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick, TIMESLICE);
}
