// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The state of the scheduler, and how groups and queues reach it: a group with
 * new work rings the doorbell of its slot, or asks the scheduler for a slot.
 * Nothing here moves a group on or off a slot; that is sched.c and rotation.c.
 */

#include <linux/jiffies.h>

#include <drm/drm_drv.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/runtime_pm.h"
#include "hw/regs.h"
#include "sched/group.h"
#include "sched/slots.h"

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
 * vpan_slots_kick_blocked - sync objects have changed
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
 * vpan_slots_kick_group - have a look at a group
 * @group: the group, which has got work or an end
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

/**
 * vpan_slots_ring_group - the rings of a group have got something
 * @group: the group
 *
 * Context: any.
 */
void vpan_slots_ring_group(struct vpan_group *group)
{
	struct vpan_device *vpan = group->vpan;
	bool power_held, idle, on = false;
	int slot, idx;

	idle = test_and_clear_bit(VPAN_GROUP_IDLE, &group->flags);
	/* The device does not lose power before this is over. */
	rcu_read_lock();
	/*
	 * Pairs with rotation_bind(): either the firmware finds the work when it
	 * starts the group, or we find the slot. And with the lock and all
	 * that vpan_rotation_evict() does: either it finds the work, or we no slot.
	 * With sched_put_power() as well: either that finds the work, or we that the
	 * device is not kept powered.
	 */
	smp_mb();
	slot = READ_ONCE(group->slot);
	power_held = READ_ONCE(vpan->slots->power_held);
	/* The job first: what else there is to do does not hold it up. */
	if (slot >= 0 && drm_dev_enter(&vpan->drm, &idx)) {
		/* Nobody keeps it powered any more, but it still is, mostly. */
		on = !power_held && vpan_pm_get_if_on(vpan);
		if (power_held || on)
			vpan_slots_ring_doorbell(vpan, slot);
		drm_dev_exit(idx);
	}
	/* The work item takes a reference of its own, while we have ours. */
	if (slot < 0 || !power_held)
		vpan_slots_kick_group(group);
	else if (idle)
		vpan_sched_kick(vpan);
	if (on)
		vpan_pm_put(vpan);
	rcu_read_unlock();
}

/**
 * vpan_slots_add_group - make a new group known
 * @group: the group
 *
 * Context: may sleep.
 * Return: 0, -ENODEV if there is no hardware any more.
 */
int vpan_slots_add_group(struct vpan_group *group)
{
	struct vpan_slots *slots = group->vpan->slots;
	int ret = 0;

	mutex_lock(&slots->lock);
	if (slots->killed) {
		ret = -ENODEV;
	} else {
		group->id = ++slots->last_id;
		list_add_tail(&group->link, &slots->groups);
	}
	mutex_unlock(&slots->lock);
	return ret;
}

/**
 * vpan_slots_remove_group - forget a group without references
 * @group: the group
 *
 * Context: may sleep.
 */
void vpan_slots_remove_group(struct vpan_group *group)
{
	struct vpan_slots *slots = group->vpan->slots;

	mutex_lock(&slots->lock);
	list_del_init(&group->link);
	mutex_unlock(&slots->lock);
}
