// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Rotation
 *
 * A waiting group gets, in this order of preference, a free slot, the slot of a
 * group that is idle, that of a group that runs on although its jobs have completed, the
 * slot of a group of lower priority, or the slot of a group of the same priority that has
 * used up its time slice and has used at least as much GPU time.
 *
 * If the MMU has no slot left for the group's address space, the same rules apply
 * to address spaces instead: the groups of one of them are all evicted, with the
 * least preferred of its groups standing for it. The time slice is that of the
 * address space: it goes on when one of its groups follows another one, so that they
 * do not keep its slot for ever.
 *
 * GPU time is shared between clients first, then between the groups of a client,
 * within each priority; waiting.c keeps the order. GPU time is an estimate: the
 * time that passes is split among the groups that are busy on slots, which is told
 * by what the firmware reports, since streams can write to the sync objects that
 * tell which jobs have completed (share.c). While groups of several clients are on
 * slots, a client that has used more than another one is served second by the
 * firmware. A client with one group thus gets its share against a client with a group
 * on each other slot, and what it does not use goes to the other one.
 *
 * A pass plans first which group gets which slot, starts those for which one is free,
 * then has the firmware suspend the owners of the others together, and start the groups
 * that follow them together.
 *
 * Owners with workgroups take longer to leave (evict.c): the groups that follow them wait
 * on, and get the slots in later passes.
 *
 * sched.c calls this under &vpan_slots.lock. The functions that evict or start
 * groups wait for the firmware, for a second at most each time.
 */

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "debug/trace.h"
#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/blocked.h"
#include "sched/group.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/* Waiting groups of a priority that one pass tries to put onto slots */
#define CANDIDATES	64
static_assert(CANDIDATES >= CSF_GLB_GROUP_MAX);

/**
 * struct rotation_plan - groups that get slots together
 * @slots: bit mask of the slots, which are free or whose owners are evicted
 * @group: by slot: the group, which still waits
 * @as: by slot: slot of the group's address space, with a reference
 */
struct rotation_plan {
	unsigned long slots;
	struct vpan_group *group[CSF_GLB_GROUP_MAX];
	int as[CSF_GLB_GROUP_MAX];
};

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

/* Is a group on a slot that uses the address space? */
static bool rotation_uses_vm(struct vpan_device *vpan, const struct vpan_vm *vm)
{
	const struct vpan_group *owner;
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		owner = vpan_slots_owner(vpan->slots, i);
		if (owner && owner->vm == vm)
			return true;
	}
	return false;
}

static void rotation_bind(struct vpan_device *vpan, unsigned int i,
			  struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;

	/* The reference goes from the list to the slot. */
	vpan_waiting_remove(slots, group);
	if (!rotation_uses_vm(vpan, group->vm))
		group->vm->as.since = jiffies;
	slots->slot[i].since = jiffies;
	slots->slot[i].busy = true;
	rcu_assign_pointer(slots->slot[i].group, group);
	clear_bit(VPAN_GROUP_IDLE, &group->flags);
	WRITE_ONCE(group->slot, i);
	/* Pairs with vpan_slots_ring_group(): one sees the other's store. */
	smp_mb();
	trace_vpanthor_group_on(group, i);
}

/* Return: those of @granted whose groups can start; the others wait on. */
static unsigned long rotation_prepare(struct vpan_device *vpan,
				      const struct rotation_plan *plan,
				      unsigned long granted)
{
	unsigned long ready = 0, dropped;
	struct vpan_group *group;
	unsigned int i;

	for_each_set_bit(i, &granted, CSF_GLB_GROUP_MAX) {
		group = plan->group[i];
		/* The slot's owner has not left yet, or things have changed since. */
		if (vpan->slots->stopped || vpan_slots_owner(vpan->slots, i) ||
		    !vpan_group_can_run(group) || vpan_as_is_faulted(group->vm))
			continue;
		/* On failure a reset has been requested: none is started. */
		if (vpan_fw_window_get(group->fw_buf))
			vpan->slots->stopped = true;
		else
			__set_bit(i, &ready);
	}
	if (vpan->slots->stopped) {
		for_each_set_bit(i, &ready, CSF_GLB_GROUP_MAX)
			vpan_fw_window_put(plan->group[i]->fw_buf);
		ready = 0;
	}
	dropped = granted & ~ready;
	for_each_set_bit(i, &dropped, CSF_GLB_GROUP_MAX)
		vpan_as_put(plan->group[i]->vm);
	return ready;
}

static void rotation_start(struct vpan_device *vpan,
			   const struct rotation_plan *plan, unsigned long granted)
{
	unsigned long ready = rotation_prepare(vpan, plan, granted), stuck;
	struct vpan_slots *slots = vpan->slots;
	bool contended = false;
	unsigned int i;

	if (!ready)
		return;
	vpan_share_account_time(slots);
	for_each_set_bit(i, &ready, CSF_GLB_GROUP_MAX)
		rotation_bind(vpan, i, plan->group[i]);
	/* Depends on all groups on slots. */
	for_each_set_bit(i, &ready, CSF_GLB_GROUP_MAX) {
		slots->slot[i].priority =
			vpan_share_priority(slots, plan->group[i], &contended);
		vpan_csg_bind(plan->group[i], i, plan->as[i],
			      slots->slot[i].priority);
	}
	stuck = vpan_csg_start(vpan, ready);
	vpan_share_skip_time(slots);
	for_each_set_bit(i, &stuck, CSF_GLB_GROUP_MAX)
		vpan_evict_request_reset(vpan, vpan_slots_owner(slots, i), true);
}

#define RANK_FREE 5

/*
 * Rank the slot of @owner for @group: the higher, the better; 0 if the owner
 * keeps it. @since is the time at which the owner's time slice began.
 */
static unsigned int slot_rank(const struct vpan_group *owner,
			      const struct vpan_group *group, unsigned long since)
{
	if (!owner)
		return RANK_FREE;
	if (vpan_group_is_idle(owner))
		return 4;
	/* No client waits for what it does, but it can take time to leave. */
	if (!vpan_group_has_work(owner))
		return 3;
	if (owner->priority < group->priority)
		return 2;
	if (owner->priority == group->priority &&
	    vpan_share_used_more(owner, group) &&
	    time_after_eq(jiffies, since + VPAN_TIMESLICE))
		return 1;
	return 0;
}

/*
 * Give the slots to the groups that are to have them. What the firmware is asked for is
 * asked for at once, since each round trip takes time from the streams. A group whose
 * slot is free waits for no other one to leave. For an owner that takes its time, the
 * group waits on, and gets the slot in a later pass.
 */
static void rotation_carry_out(struct vpan_device *vpan,
			       struct rotation_plan *plan)
{
	unsigned long granted = plan->slots, taken = 0;
	unsigned int i;

	plan->slots = 0;
	for_each_set_bit(i, &granted, CSF_GLB_GROUP_MAX) {
		if (vpan_slots_owner(vpan->slots, i))
			__set_bit(i, &taken);
	}
	rotation_start(vpan, plan, granted & ~taken);
	if (taken && !vpan->slots->stopped)
		vpan_evict_groups(vpan, taken);
	rotation_start(vpan, plan, taken);
}

/*
 * Rank an address space with groups on slots like a slot, by all of these but those that
 * leave anyway.
 */
static unsigned int vm_rank(struct vpan_device *vpan, const struct vpan_vm *vm,
			    const struct vpan_group *group)
{
	unsigned int i, rank = RANK_FREE;
	const struct vpan_group *owner;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		owner = vpan_slots_owner(vpan->slots, i);
		if (owner && owner->vm == vm && !(vpan->slots->leaving & BIT(i)))
			rank = min(rank, slot_rank(owner, group, vm->as.since));
	}
	return rank;
}

/*
 * Return: the address space whose slot of the MMU a group may take over; among
 * equals that of a group that has used most of the GPU. NULL if there is none.
 */
static const struct vpan_vm *
rotation_choose_vm(struct vpan_device *vpan, const struct vpan_group *group)
{
	const struct vpan_group *owner, *victim = NULL;
	unsigned int i, rank, best_rank = 0;
	int id;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		owner = vpan_slots_owner(vpan->slots, i);
		if (!owner || (victim && owner->vm == victim->vm))
			continue;
		/* Not while it is open which group has caused a fault. */
		id = READ_ONCE(owner->vm->as.id);
		if (id >= 0 && test_bit(id, &vpan->slots->faults))
			continue;
		rank = vm_rank(vpan, owner->vm, group);
		if (rank > best_rank || (rank && rank == best_rank &&
					 vpan_share_used_more(owner, victim))) {
			best_rank = rank;
			victim = owner;
		}
	}
	return victim ? victim->vm : NULL;
}

/* Is the slot of an address space being freed, which takes more than a pass? */
static bool rotation_is_yielding(struct vpan_device *vpan,
				 const struct vpan_vm *vm)
{
	return vm && vm == vpan->slots->yielding && rotation_uses_vm(vpan, vm);
}

/*
 * Free a slot of the MMU for a group, and the slots of the groups that used it. These
 * can leave one after the other, and none of them returns until all have left.
 */
static void rotation_free_as(struct vpan_device *vpan,
			     const struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	const struct vpan_vm *vm = slots->yielding;
	const struct vpan_group *owner;
	unsigned long evicted = 0;
	unsigned int i;

	if (!rotation_is_yielding(vpan, vm))
		vm = rotation_choose_vm(vpan, group);
	else if (!vm_rank(vpan, vm, group))
		vm = NULL;
	if (!vm)
		return;
	slots->yielding = vm;
	slots->as_wanted = true;
	for (i = 0; i < vpan->fw->ncsg; i++) {
		owner = vpan_slots_owner(slots, i);
		if (owner && owner->vm == vm)
			__set_bit(i, &evicted);
	}
	if (evicted)
		vpan_evict_groups(vpan, evicted);
}

/*
 * Return: the best slot for a group, but none of those that the plan gives to others;
 * among equals that of the owner that has used most of the GPU. -1 if there is none.
 */
static int rotation_choose_slot(struct vpan_device *vpan,
				const struct rotation_plan *plan,
				const struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *owner, *victim = NULL;
	unsigned int i, rank, best_rank = 0;
	int best = -1;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		if ((plan->slots | slots->leaving) & BIT(i))
			continue;
		owner = vpan_slots_owner(slots, i);
		rank = slot_rank(owner, group, slots->slot[i].since);
		if (rank > best_rank ||
		    (rank && rank == best_rank && owner && victim &&
		     vpan_share_used_more(owner, victim))) {
			best = i;
			best_rank = rank;
			victim = owner;
		}
	}
	return best;
}

/* Plan to put a waiting group onto a slot if there is one for it. */
static void rotation_plan_group(struct vpan_device *vpan,
				struct rotation_plan *plan,
				struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;
	int as, i;

	if (slots->stopped)
		return;
	/* It may have ended since it left its last slot. */
	if (!vpan_group_can_run(group)) {
		vpan_waiting_remove(slots, group);
		vpan_evict_end_group(group);
		return;
	}
	if (rotation_is_yielding(vpan, group->vm))
		return;
	if (!vpan_as_slot_available(group->vm)) {
		rotation_carry_out(vpan, plan);
		if (!slots->stopped && !vpan_as_slot_available(group->vm))
			rotation_free_as(vpan, group);
		if (slots->stopped || !vpan_as_slot_available(group->vm))
			return;
	}
	i = rotation_choose_slot(vpan, plan, group);
	if (i < 0)
		return;
	as = vpan_as_get(group->vm);
	if (as < 0) {
		/* Otherwise the MMU does not answer, and a reset has been requested. */
		if (as != -EBUSY)
			slots->stopped = true;
		return;
	}
	__set_bit(i, &plan->slots);
	plan->group[i] = group;
	plan->as[i] = as;
}

static void rotation_assign_priority(struct vpan_device *vpan,
				     unsigned int priority)
{
	struct vpan_group *candidates[CANDIDATES];
	struct vpan_slots *slots = vpan->slots;
	struct rotation_plan plan = {};
	unsigned int i, count;

	/* Groups that are evicted for others wait for the next pass. */
	count = vpan_waiting_collect(slots, priority, candidates, CANDIDATES);
	for (i = 0; i < count; i++)
		rotation_plan_group(vpan, &plan, candidates[i]);
	rotation_carry_out(vpan, &plan);
}

/**
 * vpan_rotation_assign - assign slots to waiting groups whose turn it is
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_rotation_assign(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	bool contended = false;
	int priority;

	lockdep_assert_held(&slots->lock);

	vpan_share_account_time(slots);
	slots->as_wanted = false;
	for (priority = VPAN_PRIORITIES - 1; priority >= 0; priority--)
		rotation_assign_priority(vpan, priority);
	/* The groups that needed it have got one, or have ended. */
	if (!slots->as_wanted)
		slots->yielding = NULL;
	if (!slots->stopped) {
		vpan_share_account_time(slots);
		contended = vpan_share_set_priorities(vpan);
	}
	if (contended || vpan_waiting_any(slots) || !list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}
