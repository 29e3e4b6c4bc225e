// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Group slots
 *
 * The firmware runs groups that are on one of its group slots, of which there are
 * few. The scheduler of the driver assigns groups with work to slots. It is one
 * work item (sched.c) on an ordered workqueue, so it never runs twice at a time,
 * and whatever needs its attention kicks it: a group that gets work or an end, an
 * event of the firmware, an MMU fault, memory for a tiler heap, or the tick, a
 * delayed work item. Nothing that gives work to a group waits for the scheduler.
 *
 * A group is on a slot, or in one of these places: waiting (waiting.c) if it is
 * runnable and competes for a slot, blocked (blocked.c) if its streams would only
 * wait, and nowhere if it has no work. A slot and each list holds a reference to
 * the group. rotation.c decides which group gets which slot, csg.c talks to the
 * firmware, events.c handles what the firmware reports.
 *
 * &vpan_slots.lock protects all of this. It is on the fence signalling path: no
 * code allocates under it, waits for a fence, or takes a lock that a client can
 * hold for long. The holder may wait for the firmware, which is bounded by a
 * timeout. Where fences are signalled under it, the signalling section begins
 * outside the lock. Each pass of the scheduler does a limited amount of work and
 * continues in another pass, so that a client with many groups does not keep
 * others off free slots.
 *
 * run() of a job queue and the interrupt handler do not take the lock. They read
 * &vpan_group.slot and &vpan_slot.group under RCU: a slot that they have seen
 * stays valid for a doorbell, and a group is freed after a grace period. A group
 * that gets work while it loses its slot is not forgotten: run() writes the ring
 * and then looks for the slot, and the scheduler takes the slot away and then
 * looks at the ring.
 *
 * This file has the state and the entry points for the rest of the driver. None
 * of them moves a group on or off a slot.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include <drm/drm_drv.h>

#include <kunit/visibility.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "hw/regs.h"
#include "sched/group.h"
#include "sched/slots.h"

/**
 * vpan_slots_has - tell whether a group is on a slot, or failed to leave one
 * @vpan: the device
 * @group: the group
 *
 * Context: any, under &vpan_slots.lock.
 * Return: true if a slot belongs to the group.
 */
bool vpan_slots_has(struct vpan_device *vpan, const struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		if (vpan_slots_owner(vpan->slots, i) == group)
			return true;
	}
	return false;
}

/**
 * vpan_slots_leaves - tell whether a group has been asked to leave its slot
 * @vpan: the device
 * @group: the group
 *
 * Context: any, under &vpan_slots.lock.
 * Return: true if the group has not left the slot yet.
 */
bool vpan_slots_leaves(struct vpan_device *vpan, const struct vpan_group *group)
{
	unsigned int i;

	for_each_set_bit(i, &vpan->slots->leaving, CSF_GLB_GROUP_MAX) {
		if (vpan_slots_owner(vpan->slots, i) == group)
			return true;
	}
	return false;
}

/**
 * vpan_slots_are_busy - check if a group on a slot keeps the GPU busy
 * @vpan: the device
 *
 * Context: any, under &vpan_slots.lock.
 * Return: false if all groups on slots are idle.
 */
bool vpan_slots_are_busy(struct vpan_device *vpan)
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

/**
 * vpan_slots_ring_doorbell - ring the doorbell of a slot
 * @vpan: the device, powered
 * @slot: the slot
 *
 * Context: any.
 */
void vpan_slots_ring_doorbell(struct vpan_device *vpan, int slot)
{
	vpan_write32(vpan, CSF_DOORBELL(slot + 1), CSF_DOORBELL_RING);
}

/**
 * vpan_slots_kick_blocked - have blocked groups polled, as sync objects changed
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_slots_kick_blocked(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;

	/* A group that is just being added is polled with the next tick. */
	if (list_empty(&slots->blocked))
		return;
	set_bit(VPAN_SLOTS_SYNC_UPDATE, &slots->events);
	vpan_sched_kick(vpan);
}

/**
 * vpan_slots_kick_group - have the scheduler update a group
 * @group: group that has got work, or that is to end
 *
 * Context: any.
 */
void vpan_slots_kick_group(struct vpan_group *group)
{
	struct vpan_slots *slots = group->vpan->slots;

	if (!test_and_set_bit(VPAN_GROUP_KICKED, &group->flags)) {
		vpan_group_get(group);
		llist_add(&group->kick, &slots->kicked);
	}
	vpan_sched_kick(group->vpan);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_slots_kick_group);

/**
 * vpan_slots_ring_group - make the firmware execute new work of a group
 * @group: group whose rings have got work
 *
 * Rings the doorbell if the group has a slot, or kicks the scheduler.
 *
 * Context: any.
 */
void vpan_slots_ring_group(struct vpan_group *group)
{
	struct vpan_device *vpan = group->vpan;
	bool power_held, idle, on = false;
	int slot, idx;

	idle = test_and_clear_bit(VPAN_GROUP_IDLE, &group->flags);
	/* Keeps the power from going: suspend waits for a grace period. */
	rcu_read_lock();
	/*
	 * Pairs with rotation_bind(): either the firmware finds the work when it
	 * starts the group, or this finds the slot. Pairs with the barriers of
	 * the lock in evict_together(): either that finds the work, or this
	 * finds no slot. Pairs with sched_put_power(): either that finds the
	 * work, or this finds that the device is not kept powered.
	 */
	smp_mb();
	slot = READ_ONCE(group->slot);
	power_held = READ_ONCE(vpan->slots->power_held);
	/* The doorbell comes first, so that nothing else delays the job. */
	if (slot >= 0 && drm_dev_enter(&vpan->drm, &idx)) {
		/* The device is mostly still on when its reference is gone. */
		on = !power_held && vpan_pm_get_if_on(vpan);
		if (power_held || on)
			vpan_slots_ring_doorbell(vpan, slot);
		drm_dev_exit(idx);
	}
	/* The scheduler takes a PM reference while this holds one. */
	if (slot < 0 || !power_held)
		vpan_slots_kick_group(group);
	else if (idle)
		vpan_sched_kick(vpan);
	if (on)
		vpan_pm_put(vpan);
	rcu_read_unlock();
}

/**
 * vpan_slots_add_group - add a new group to those of the device
 * @group: the group
 *
 * Context: may sleep.
 * Return: 0, -ENODEV if the hardware is gone.
 */
int vpan_slots_add_group(struct vpan_group *group)
{
	struct vpan_slots *slots = group->vpan->slots;
	int ret = 0;

	spin_lock(&slots->groups_lock);
	if (slots->killed)
		ret = -ENODEV;
	else
		list_add_tail(&group->link, &slots->groups);
	spin_unlock(&slots->groups_lock);
	return ret;
}

/**
 * vpan_slots_next_group - walk over the groups of the device
 * @slots: the slots
 * @prev: what the last call returned, of which the reference is dropped; NULL to begin
 *
 * Groups without references are left out: they have no jobs and are about to be removed.
 *
 * Context: any but interrupts.
 * Return: the next group, with a reference, or NULL.
 */
struct vpan_group *vpan_slots_next_group(struct vpan_slots *slots,
					 struct vpan_group *prev)
{
	struct vpan_group *group = prev;

	spin_lock(&slots->groups_lock);
	/* With a reference, @prev is still in the list. */
	group = list_prepare_entry(group, &slots->groups, link);
	list_for_each_entry_continue(group, &slots->groups, link) {
		if (kref_get_unless_zero(&group->ref))
			break;
	}
	if (list_entry_is_head(group, &slots->groups, link))
		group = NULL;
	spin_unlock(&slots->groups_lock);
	vpan_group_put(prev);
	return group;
}

/**
 * vpan_slots_remove_group - remove a group from those of the device
 * @group: group without references
 *
 * Context: may sleep.
 */
void vpan_slots_remove_group(struct vpan_group *group)
{
	struct vpan_slots *slots = group->vpan->slots;

	spin_lock(&slots->groups_lock);
	list_del_init(&group->link);
	spin_unlock(&slots->groups_lock);

	/* The scheduler may be about to end a pass that has put the last reference. */
	mutex_lock(&slots->lock);
	mutex_unlock(&slots->lock);
}
