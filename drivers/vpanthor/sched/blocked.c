// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Blocked groups: groups without a slot whose streams would only wait if they
 * had one. They do not compete for slots and need no power.
 *
 * The firmware does not evaluate waits of groups without a slot, so the driver
 * does: it reads the sync objects that the streams wait for, whenever a group
 * reports a sync update, and every 10 ms because a CPU may write to them as
 * well. It cannot evaluate all waits: the sync object may be in an imported
 * buffer, or the stream waits for protected mode or for a resource. Such a group
 * competes for a slot again every 10 ms, so that the firmware evaluates the
 * wait.
 *
 * The job timeouts of blocked groups run. When one expires the group is killed
 * where it is, without a slot and without power.
 *
 * sched.c and rotation.c call this under &vpan_slots.lock.
 */

#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "device/device.h"
#include "sched/blocked.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "sched/syncwait.h"
#include "sched/waiting.h"

/* Time in ns for which one pass polls groups while others wait */
#define POLL_BUDGET_NS	(500ULL * NSEC_PER_USEC)

/**
 * enum blocked_state - result of evaluating the waits of a group
 * @BLOCKED_READY: a stream continues if the group gets a slot
 * @BLOCKED_PENDING: all streams with work would only wait
 * @BLOCKED_UNKNOWN: the same, as far as the driver can tell
 */
enum blocked_state {
	BLOCKED_READY,
	BLOCKED_PENDING,
	BLOCKED_UNKNOWN,
};

static enum blocked_state blocked_evaluate(struct vpan_group *group)
{
	enum blocked_state state = BLOCKED_PENDING;
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		struct vpan_queue *queue = group->queues[i];

		if (!vpan_queue_has_work(queue))
			continue;
		if (test_bit(i, &group->stalled)) {
			state = BLOCKED_UNKNOWN;
			continue;
		}
		if (!test_bit(i, &group->blocked))
			return BLOCKED_READY;
		switch (vpan_syncwait_poll(group->vm, &queue->wait)) {
		case VPAN_SYNCWAIT_SATISFIED:
			return BLOCKED_READY;
		case VPAN_SYNCWAIT_UNKNOWN:
			state = BLOCKED_UNKNOWN;
			break;
		case VPAN_SYNCWAIT_PENDING:
			break;
		}
	}
	return state;
}

/**
 * vpan_blocked_add - add a group that leaves its slot if it is blocked
 * @slots: slots of the device
 * @group: group with work and with the caller's reference, which is taken over
 *	if the group is blocked
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 * Return: true if the group is blocked.
 */
bool vpan_blocked_add(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (blocked_evaluate(group) == BLOCKED_READY)
		return false;
	group->retry_at = jiffies + VPAN_TIMESLICE;
	set_bit(VPAN_GROUP_BLOCKED, &group->flags);
	list_add_tail(&group->waiting, &slots->blocked);
	slots->nblocked++;
	return true;
}

/**
 * vpan_blocked_remove - take a group off the list of blocked groups
 * @slots: slots of the device
 * @group: blocked group; its reference goes to the caller
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_blocked_remove(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	clear_bit(VPAN_GROUP_BLOCKED, &group->flags);
	list_del_init(&group->waiting);
	slots->nblocked--;
}

/**
 * vpan_blocked_poll_group - let a group wait for a slot if it is runnable again
 * @slots: slots of the device
 * @group: blocked group
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_blocked_poll_group(struct vpan_slots *slots,
			     struct vpan_group *group)
{
	switch (blocked_evaluate(group)) {
	case BLOCKED_PENDING:
		return;
	case BLOCKED_UNKNOWN:
		if (time_before(jiffies, group->retry_at))
			return;
		break;
	case BLOCKED_READY:
		break;
	}
	vpan_blocked_remove(slots, group);
	vpan_waiting_add_new(slots, group);
}

/**
 * vpan_blocked_poll - let groups wait for a slot that are runnable again
 * @vpan: the device
 *
 * Polls part of the groups if there are many; the next pass of the scheduler,
 * which is requested, continues.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_blocked_poll(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	u64 end = ktime_get_ns() + POLL_BUDGET_NS;
	struct vpan_group *group;

	lockdep_assert_held(&slots->lock);

	if (test_and_clear_bit(VPAN_SLOTS_SYNC_UPDATE, &slots->events))
		slots->npoll = slots->nblocked;
	slots->npoll = min(slots->npoll, slots->nblocked);
	while (slots->npoll && ktime_get_ns() < end) {
		slots->npoll--;
		group = list_first_entry(&slots->blocked, struct vpan_group,
					 waiting);
		list_move_tail(&group->waiting, &slots->blocked);
		vpan_blocked_poll_group(slots, group);
	}
	if (slots->npoll)
		vpan_sched_kick(vpan);
	/* A CPU may write to a sync object, and that is no event. */
	if (!list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}
