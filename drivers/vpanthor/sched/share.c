// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shares of the clients whose groups are on slots: charges them for GPU time, and has
 * the firmware serve those first that have used less. waiting.c keeps what each client
 * and group has used.
 *
 * rotation.c and sched.c call this under &vpan_slots.lock. Nothing here waits for the
 * firmware.
 */

#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include <vcsf/csf_fw.h>

#include "device/device.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "sched/group.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/* Most time that is accounted at once: the longest that the firmware takes to suspend */
#define COUNT_MAX_NS	(100ULL * NSEC_PER_MSEC)

/* Most time of a change of groups that is charged to no client */
#define CHANGE_NS	(10ULL * NSEC_PER_MSEC)

/* One part in so many of the GPU time goes to those that the firmware does not prefer. */
#define OTHERS_PART	8

/* Return: slots of the groups that were busy when share_update_busy() looked last. */
static unsigned long share_were_busy(struct vpan_slots *slots)
{
	unsigned long busy = 0;
	unsigned int i;

	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		if (vpan_slots_owner(slots, i) && slots->slot[i].busy)
			__set_bit(i, &busy);
	}
	return busy;
}

/* The state of a group is read once, because a job may come at any time. */
static void share_update_busy(struct vpan_slots *slots)
{
	struct vpan_group *group;
	unsigned int i;
	bool busy;

	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		group = vpan_slots_owner(slots, i);
		busy = group && !vpan_group_is_idle_on(group, i);
		if (busy && !slots->slot[i].busy)
			vpan_waiting_activate(slots, group);
		slots->slot[i].busy = busy;
	}
}

/* Slots of @busy with the highest priority in the firmware */
static unsigned long share_preferred(struct vpan_slots *slots,
				     unsigned long busy)
{
	unsigned long preferred = 0;
	unsigned int i, best = 0;

	for_each_set_bit(i, &busy, CSF_GLB_GROUP_MAX) {
		if (slots->slot[i].priority > best) {
			best = slots->slot[i].priority;
			preferred = 0;
		}
		if (slots->slot[i].priority == best)
			__set_bit(i, &preferred);
	}
	return preferred;
}

static void share_charge(struct vpan_slots *slots, unsigned long groups, u64 ns)
{
	unsigned int i;

	if (!groups)
		return;
	ns = div_u64(ns, hweight_long(groups));
	for_each_set_bit(i, &groups, CSF_GLB_GROUP_MAX)
		vpan_waiting_charge(slots, vpan_slots_owner(slots, i), ns);
}

/**
 * vpan_share_account_time - charge the groups on slots for the time that has passed
 * @slots: slots of the device
 *
 * Charges those that were busy at its beginning, then looks which are busy now. What
 * they have used is an estimate. Most of the time goes to those that the firmware
 * prefers. It starves none: now and then it serves the group that has waited longest,
 * which is one of the others; on cores, where these take turns with the preferred ones,
 * it serves them less. Asking the firmware on every switch would keep it busy
 * with nothing else.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_share_account_time(struct vpan_slots *slots)
{
	u64 now = ktime_get_ns(), passed, others_ns;
	unsigned long busy, preferred, others;

	lockdep_assert_held(&slots->lock);

	/* In a longer time the machine has done something else, or nothing contended. */
	passed = min(now - slots->counted, COUNT_MAX_NS);
	slots->counted = now;
	busy = share_were_busy(slots);
	if (busy) {
		preferred = share_preferred(slots, busy);
		others = busy & ~preferred;
		others_ns = others ? passed / OTHERS_PART : 0;
		share_charge(slots, others, others_ns);
		share_charge(slots, preferred, passed - others_ns);
	}
	/* Groups that become active begin with what others have used up to now. */
	share_update_busy(slots);
}

/**
 * vpan_share_skip_time - charge less for the time in which the firmware changed groups
 * @slots: slots of the device
 *
 * Call after the change, with vpan_share_account_time() before it. While groups move,
 * streams make little progress, and a client whose groups move all the time would pay
 * for more than it got. Not for groups with jobs on cores, which the firmware waits
 * for; the limit is for those that get their first job just then.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_share_skip_time(struct vpan_slots *slots)
{
	lockdep_assert_held(&slots->lock);

	slots->counted = min(ktime_get_ns(), slots->counted + CHANGE_NS);
}

/**
 * vpan_share_used_more - compare what two groups of the same priority have used
 * @group: the group
 * @other: the other group
 *
 * Context: any, under &vpan_slots.lock.
 * Return: true if @group, or its client, has used at least as much GPU time.
 */
bool vpan_share_used_more(const struct vpan_group *group,
			  const struct vpan_group *other)
{
	const struct vpan_share *share = vpan_group_share(group);
	const struct vpan_share *other_share = vpan_group_share(other);

	if (share != other_share)
		return share->used >= other_share->used;
	return group->used >= other->used;
}

/**
 * vpan_share_priority - choose the priority in the firmware for a group
 * @slots: slots of the device
 * @group: group on a slot, or about to get one
 * @contended: set if groups of other clients of the same priority are on slots
 *
 * Groups of clients that have used more than another client of the same priority come
 * second: a client with one group gets its share against one with many, and groups of
 * the other client use what it leaves.
 *
 * Context: any, under &vpan_slots.lock.
 * Return: the priority.
 */
unsigned int vpan_share_priority(struct vpan_slots *slots,
				 const struct vpan_group *group,
				 bool *contended)
{
	const struct vpan_share *share = vpan_group_share(group), *other_share;
	const struct vpan_group *other;
	bool behind = false;
	unsigned int i;

	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		other = vpan_slots_owner(slots, i);
		if (!other || other->priority != group->priority)
			continue;
		other_share = vpan_group_share(other);
		if (other_share == share)
			continue;
		/* Streams that wait may continue at any time, without an event. */
		if (slots->slot[i].busy || !vpan_group_is_done(other))
			*contended = true;
		if (slots->slot[i].busy && other_share->used < share->used)
			behind = true;
	}
	return vpan_csg_priority(group->priority, behind);
}

/**
 * vpan_share_set_priorities - have the firmware prefer clients that have used less
 * @vpan: the device
 *
 * Context: any, under &vpan_slots.lock.
 * Return: true if clients contend, so that this has to be done again.
 */
bool vpan_share_set_priorities(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	bool contended = false;
	unsigned int i, priority;
	u32 changed = 0;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group || !slots->slot[i].busy || slots->leaving & BIT(i))
			continue;
		priority = vpan_share_priority(slots, group, &contended);
		if (priority == slots->slot[i].priority ||
		    !vpan_csg_set_priority(group, i, priority))
			continue;
		slots->slot[i].priority = priority;
		changed |= BIT(i);
	}
	if (changed)
		vpan_fwif_ring_csgs(vpan, changed);
	return contended;
}
