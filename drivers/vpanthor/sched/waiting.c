// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups that wait for a slot: runnable groups without one, by priority and in
 * the order in which they get slots.
 *
 * GPU time is shared between clients first, then between the groups of a client,
 * so that a client gains nothing from having many groups. A client is an open
 * file. For each priority there is a tree of the clients with waiting groups,
 * ordered by the GPU time that their groups have used, and each client has a
 * list of its waiting groups in the same order. A client that was idle starts
 * with the usage of the least-served active client, and a group with that of the
 * least-served active group of its client: idle time earns no credit. If none is
 * active, a client starts with the usage that the least-served active one had
 * last, and so does a group: a new client must not get the GPU for as long as
 * others have used it before.
 *
 * The job timeouts of a group are suspended exactly as long as the group is
 * here. From the moment that a job is at the head of its ring, time in which the
 * group waits for a slot is free, because a client must not lose its jobs to the
 * load that others make. Time in which a job waits for anything else counts, on
 * a slot and off it, so that each fence signals.
 *
 * sched.c and rotation.c call this under &vpan_slots.lock. Nothing here sleeps,
 * allocates or talks to the firmware, and nothing walks all groups of others.
 */

#include <linux/export.h>

#include <kunit/visibility.h>

#include "device/device.h"
#include "fw/fw.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/**
 * vpan_share_init - initialise the share of a client
 * @share: the share
 */
void vpan_share_init(struct vpan_share *share)
{
	INIT_LIST_HEAD(&share->groups);
	RB_CLEAR_NODE(&share->node);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_share_init);

static bool share_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct vpan_share, node)->used <
	       rb_entry(b, struct vpan_share, node)->used;
}

static void waiting_suspend_timeouts(struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++)
		drm_jobqueue_timeout_suspend(&group->queues[i]->jq);
}

static void waiting_resume_timeouts(struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++)
		drm_jobqueue_timeout_resume(&group->queues[i]->jq);
}

/**
 * vpan_waiting_add - let a group that leaves its slot wait for another one
 * @slots: slots of the device
 * @group: runnable group, with the caller's reference, which is taken over
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_add(struct vpan_slots *slots, struct vpan_group *group)
{
	struct vpan_share *share = vpan_group_share(group);
	struct vpan_group *other;

	lockdep_assert_held(&slots->lock);

	/* A client has a limited number of groups. */
	list_for_each_entry_reverse(other, &share->groups, waiting) {
		if (other->used <= group->used)
			break;
	}
	list_add(&group->waiting, &other->waiting);
	if (RB_EMPTY_NODE(&share->node))
		rb_add_cached(&share->node, &slots->waiting[group->priority],
			      share_less);
	waiting_suspend_timeouts(group);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_add);

/**
 * vpan_waiting_add_new - let a group that was idle or blocked wait for a slot
 * @slots: slots of the device
 * @group: runnable group, with the caller's reference, which is taken over
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_add_new(struct vpan_slots *slots, struct vpan_group *group)
{
	vpan_waiting_activate(slots, group);
	vpan_waiting_add(slots, group);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_add_new);

/**
 * vpan_waiting_remove - take a group off the list of those that wait
 * @slots: slots of the device
 * @group: waiting group; its reference goes to the caller
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_remove(struct vpan_slots *slots, struct vpan_group *group)
{
	struct vpan_share *share = vpan_group_share(group);

	lockdep_assert_held(&slots->lock);

	list_del_init(&group->waiting);
	if (list_empty(&share->groups)) {
		rb_erase_cached(&share->node, &slots->waiting[group->priority]);
		RB_CLEAR_NODE(&share->node);
	}
	waiting_resume_timeouts(group);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_remove);

/* Group on a slot that competes for the GPU at a priority, or NULL */
static const struct vpan_group *waiting_busy_owner(struct vpan_slots *slots,
						   unsigned int i,
						   unsigned int priority)
{
	const struct vpan_group *group = vpan_slots_owner(slots, i);

	return group && slots->slot[i].busy && group->priority == priority ?
	       group : NULL;
}

/* Least usage of the active clients of a priority, U64_MAX if there is none */
static u64 waiting_least_client(struct vpan_slots *slots, unsigned int priority)
{
	struct rb_node *node = rb_first_cached(&slots->waiting[priority]);
	const struct vpan_group *group;
	u64 least = U64_MAX;
	unsigned int i;

	if (node)
		least = rb_entry(node, struct vpan_share, node)->used;
	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		group = waiting_busy_owner(slots, i, priority);
		if (group)
			least = min(least, vpan_group_share(group)->used);
	}
	return least;
}

/* Least usage of the active groups of a client, U64_MAX if there is none */
static u64 waiting_least_group(struct vpan_slots *slots,
			       struct vpan_share *share,
			       unsigned int priority)
{
	const struct vpan_group *group;
	u64 least = U64_MAX;
	unsigned int i;

	group = list_first_entry_or_null(&share->groups, struct vpan_group,
					 waiting);
	if (group)
		least = group->used;
	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		group = waiting_busy_owner(slots, i, priority);
		if (group && vpan_group_share(group) == share)
			least = min(least, group->used);
	}
	return least;
}

/**
 * vpan_waiting_activate - take away what idle time has saved up
 * @slots: slots of the device
 * @group: group that was idle or blocked and now has something to do, not active
 *	yet: it does not wait, and its slot, if it has one, is not busy
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_activate(struct vpan_slots *slots, struct vpan_group *group)
{
	struct vpan_share *share = vpan_group_share(group);
	u64 least;

	lockdep_assert_held(&slots->lock);

	least = waiting_least_group(slots, share, group->priority);
	if (least != U64_MAX) {
		group->used = max(group->used, least);
		return;
	}
	/* The client becomes active with its group. */
	group->used = max(group->used, share->floor);
	least = waiting_least_client(slots, group->priority);
	if (least == U64_MAX)
		least = slots->floor[group->priority];
	share->used = max(share->used, least);
}

/**
 * vpan_waiting_charge - add to the GPU time that a group has used
 * @slots: slots of the device
 * @group: group on a busy slot
 * @ns: time in ns
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_charge(struct vpan_slots *slots, struct vpan_group *group,
			 u64 ns)
{
	struct rb_root_cached *waiting = &slots->waiting[group->priority];
	u64 *floor = &slots->floor[group->priority];
	struct vpan_share *share = vpan_group_share(group);
	bool queued = !RB_EMPTY_NODE(&share->node);

	lockdep_assert_held(&slots->lock);

	group->used += ns;
	if (queued)
		rb_erase_cached(&share->node, waiting);
	share->used += ns;
	if (queued)
		rb_add_cached(&share->node, waiting, share_less);
	/* At least this group is active. */
	share->floor = max(share->floor,
			   waiting_least_group(slots, share, group->priority));
	*floor = max(*floor, waiting_least_client(slots, group->priority));
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_charge);

/**
 * vpan_waiting_collect - get the groups of a priority whose turn it is
 * @slots: slots of the device
 * @priority: the priority
 * @groups: returns the groups, in order; they stay on their list
 * @max: size of @groups, at least the number of slots
 *
 * Context: any, under &vpan_slots.lock.
 * Return: number of groups.
 */
unsigned int vpan_waiting_collect(struct vpan_slots *slots,
				  unsigned int priority,
				  struct vpan_group **groups, unsigned int max)
{
	unsigned int ncsg = slots->vpan->fw->ncsg, count = 0, left;
	struct vpan_group *group;
	struct vpan_share *share;
	struct rb_node *node;

	lockdep_assert_held(&slots->lock);

	for (node = rb_first_cached(&slots->waiting[priority]);
	     node && count < max; node = rb_next(node)) {
		share = rb_entry(node, struct vpan_share, node);
		/* No client can use more slots than there are. */
		left = min(ncsg, max - count);
		list_for_each_entry(group, &share->groups, waiting) {
			groups[count++] = group;
			if (!--left)
				break;
		}
	}
	return count;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_collect);

/**
 * vpan_waiting_any - check if a group waits for a slot
 * @slots: slots of the device
 *
 * Context: any, under &vpan_slots.lock.
 * Return: true if there is one.
 */
bool vpan_waiting_any(struct vpan_slots *slots)
{
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	for (i = 0; i < VPAN_PRIORITIES; i++) {
		if (!RB_EMPTY_ROOT(&slots->waiting[i].rb_root))
			return true;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_waiting_any);
