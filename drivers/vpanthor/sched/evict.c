// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Groups that leave their slots
 *
 * Evicting a group asks the firmware to suspend it, or to terminate it if it has
 * ended, then handles all events that the firmware has reported for the group,
 * then frees the slot. A group that fails to leave keeps the slot, and a reset is
 * requested. After an eviction the group is blocked, waits for another slot, or
 * has nothing to do.
 *
 * Groups leave together, since each round trip to the firmware takes time from the
 * streams. But the firmware lets a group end its workgroup first, for up to a second.
 * Other groups do not wait for that: such a group leaves between passes of the scheduler
 * (&vpan_slots.leaving). It gets no other work until it has left, and its client is
 * charged for the time. Groups with workgroups leave one after the other, since they
 * share the cores, and with them the time that the firmware gives each.
 *
 * sched.c and rotation.c call this under &vpan_slots.lock.
 */

#include <linux/bitops.h>
#include <linux/jiffies.h>

#include <vcsf/csf_fw.h>

#include "debug/dump.h"
#include "debug/trace.h"
#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "fw/fwif.h"
#include "mm/as.h"
#include "sched/blocked.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/*
 * Time in jiffies that a pass waits for groups to leave. One with a workgroup can take
 * longer, in which other groups get slots.
 */
#define LEAVE_WAIT	(1 + msecs_to_jiffies(4))

/**
 * vpan_evict_end_group - end a group that has left its slot, or waits for another one
 * @group: the group; takes over a reference
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_evict_end_group(struct vpan_group *group)
{
	vpan_dump_suspended(group);
	vpan_group_kill_queues(group);
	vpan_group_put(group);
}

/* Put a group that has just left its slot where it belongs now. */
static void evict_requeue(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (!vpan_group_can_run(group))
		vpan_evict_end_group(group);
	else if (!vpan_group_has_work(group))
		vpan_group_put(group);
	else if (!vpan_blocked_add(slots, group))
		vpan_waiting_add(slots, group);
}

/**
 * vpan_evict_clear_slot - free a slot that its group has left
 * @slots: slots of the device
 * @i: index of the slot
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_evict_clear_slot(struct vpan_slots *slots, unsigned int i)
{
	struct vpan_group *group = vpan_slots_owner(slots, i);

	lockdep_assert_held(&slots->lock);

	trace_vpanthor_group_off(group, i);
	slots->slot[i].overruns = false;
	WRITE_ONCE(slots->leaving, slots->leaving & ~BIT(i));
	RCU_INIT_POINTER(slots->slot[i].group, NULL);
	vpan_fw_window_put(group->fw_buf);
	vpan_as_put(group->vm);
	vpan_group_check_completion(group);
	evict_requeue(slots, group);
}

/**
 * vpan_evict_request_reset - reset the GPU for a group that fails to leave, or to start
 * @vpan: the device
 * @group: the group
 * @stuck: the firmware has not acknowledged the request
 *
 * The reset finds out whether the group or the firmware is to blame. Until then the
 * firmware is not asked for anything else.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_evict_request_reset(struct vpan_device *vpan, struct vpan_group *group,
			      bool stuck)
{
	lockdep_assert_held(&vpan->slots->lock);

	if (stuck)
		set_bit(VPAN_GROUP_STUCK, &group->flags);
	vpan->slots->stopped = true;
	vpan_reset_schedule(vpan);
}

/* The firmware does not let groups leave in time. */
static void evict_give_up(struct vpan_device *vpan, unsigned long late)
{
	unsigned int i;

	vpan_fwif_csgs_late(vpan, late, CSF_CSG_STATE);
	for_each_set_bit(i, &late, CSF_GLB_GROUP_MAX)
		vpan_evict_request_reset(vpan, vpan_slots_owner(vpan->slots, i), true);
}

/* Free slots that their groups have left. */
static void evict_free_slots(struct vpan_device *vpan, unsigned long left)
{
	unsigned long free = left ? vpan_csg_left(vpan, left) : 0;
	unsigned int i;

	for_each_set_bit(i, &left, CSF_GLB_GROUP_MAX) {
		/* Otherwise the reset takes it off the slot. */
		if (!(free & BIT(i))) {
			vpan_evict_request_reset(vpan,
						 vpan_slots_owner(vpan->slots, i),
						 false);
			continue;
		}
		/* All events up to here are those of this group. */
		vpan_events_drain(vpan, i);
		vpan_evict_clear_slot(vpan->slots, i);
	}
}

/* Let later passes wait for groups to leave. */
static void evict_wait_later(struct vpan_device *vpan, unsigned long late)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned int i;

	for_each_set_bit(i, &late, CSF_GLB_GROUP_MAX)
		slots->slot[i].leaving_since = jiffies;
	WRITE_ONCE(slots->leaving, slots->leaving | late);
	/* Pairs with csg_event(): that sees the bit, or this what it is called for. */
	smp_mb();
	if (vpan_fwif_csgs_wait_for(vpan, late, CSF_CSG_STATE, 0) != late)
		vpan_sched_kick(vpan);
	/* The interrupt can be lost. */
	queue_delayed_work(vpan->sched.wq, &slots->tick, VPAN_TIMESLICE);
}

/*
 * Take groups off their slots together. Those that take longer than @wait leave later;
 * they keep their slots until then, or until the reset if they fail to leave.
 */
static void evict_together(struct vpan_device *vpan, unsigned long evicted,
			   unsigned long wait)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned long ended = 0, late;
	struct vpan_group *group;
	unsigned int i;

	for_each_set_bit(i, &evicted, CSF_GLB_GROUP_MAX) {
		group = vpan_slots_owner(slots, i);
		/* New work kicks the scheduler from here on. */
		WRITE_ONCE(group->slot, -1);
		group->started = true;
		if (vpan_group_can_run(group))
			continue;
		__set_bit(i, &ended);
		vpan_dump_group(group, i);
	}
	vpan_share_account_time(slots);
	vpan_csg_stop(vpan, evicted, ended);
	late = vpan_fwif_csgs_wait_for(vpan, evicted, CSF_CSG_STATE, wait);
	/* A group that leaves alone can have made the firmware wait. */
	if (hweight_long(evicted & ~ended) != 1)
		vpan_share_skip_time(slots);
	vpan_share_account_time(slots);
	evict_free_slots(vpan, evicted & ~late);
	if (!late)
		return;
	if (wait == VPAN_FWIF_TIMEOUT)
		evict_give_up(vpan, late);
	else
		evict_wait_later(vpan, late);
}

/**
 * vpan_evict_continue - free the slots that groups have left since they were asked to
 * @vpan: the device, which has power
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_evict_continue(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned long leaving = slots->leaving, left = 0, late = 0;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	for_each_set_bit(i, &leaving, CSF_GLB_GROUP_MAX) {
		if (vpan_fwif_csg_is_acked(vpan, i, CSF_CSG_STATE))
			__set_bit(i, &left);
		else if (time_after_eq(jiffies, slots->slot[i].leaving_since +
						VPAN_FWIF_TIMEOUT))
			__set_bit(i, &late);
	}
	evict_free_slots(vpan, left);
	if (late)
		evict_give_up(vpan, late);
	if (slots->leaving)
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}

/*
 * Return: those of @slots whose groups leave one after the other. The firmware gives
 * a group some time to end its workgroup: other groups, perhaps those of an attacker,
 * must not use it up. It does not wait for those that have ended.
 */
static unsigned long evict_slow(struct vpan_device *vpan, unsigned long slots)
{
	unsigned long suspended = slots;
	unsigned int i;

	for_each_set_bit(i, &slots, CSF_GLB_GROUP_MAX) {
		if (!vpan_group_can_run(vpan_slots_owner(vpan->slots, i)))
			__clear_bit(i, &suspended);
	}
	if (!suspended || (hweight_long(suspended) == 1 && !vpan->slots->leaving))
		return 0;
	return vpan_csg_executing(vpan, suspended);
}

/**
 * vpan_evict_groups - take groups off their slots
 * @vpan: the device
 * @evicted: bit mask of slots, none of which is free
 *
 * Groups with workgroups leave in later passes, one after the other: call this again for
 * those that are still on their slots then. A group that fails to leave keeps the slot
 * until the reset.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_evict_groups(struct vpan_device *vpan, unsigned long evicted)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned long slow;

	/* A reset needs an answer, and keeps all others waiting anyway. */
	if (slots->stopped) {
		evict_together(vpan, evicted, VPAN_FWIF_TIMEOUT);
		return;
	}
	evicted &= ~slots->leaving;
	slow = evict_slow(vpan, evicted);
	if (evicted & ~slow)
		evict_together(vpan, evicted & ~slow, LEAVE_WAIT);
	if (slow && !slots->leaving && !slots->stopped)
		evict_together(vpan, BIT(__ffs(slow)), 0);
	/* It has left at once: the others' turn. */
	if (hweight_long(slow) > 1 && !slots->leaving && !slots->stopped)
		vpan_sched_kick(vpan);
}
