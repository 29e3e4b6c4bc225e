// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups that wait for a slot: runnable groups without one, by priority and in
 * the order in which they get slots.
 *
 * The job timeouts of a group are suspended exactly as long as the group is
 * here. From the moment that a job is at the head of its ring, time in which the
 * group waits for a slot is free, because a client must not lose its jobs to the
 * load that others make. Time in which a job waits for anything else counts, on
 * a slot and off it, so that each fence signals.
 *
 * sched.c and rotation.c call this under &vpan_slots.lock. Nothing here sleeps,
 * allocates or talks to the firmware.
 */

#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "sched/waiting.h"

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
	struct list_head *waiting = &slots->waiting[group->priority];
	struct vpan_group *other;

	lockdep_assert_held(&slots->lock);

	list_for_each_entry_reverse(other, waiting, waiting) {
		if (other->used <= group->used)
			break;
	}
	list_add(&group->waiting, &other->waiting);
	waiting_suspend_timeouts(group);
}

/* Least GPU time used by a runnable group of a priority, 0 if there is none */
static u64 waiting_least_used(struct vpan_slots *slots, unsigned int priority)
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
		    !vpan_group_is_idle(group))
			least = min(least, group->used);
	}
	return least == U64_MAX ? 0 : least;
}

/**
 * vpan_waiting_add_new - let a group that was idle or blocked wait for a slot
 * @slots: slots of the device
 * @group: runnable group, with the caller's reference, which is taken over
 *
 * The group starts with the usage of the least-served group, so that idle time
 * earns no credit.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_add_new(struct vpan_slots *slots, struct vpan_group *group)
{
	group->used = max(group->used,
			  waiting_least_used(slots, group->priority));
	vpan_waiting_add(slots, group);
}

/**
 * vpan_waiting_remove - take a group off the list of those that wait
 * @slots: slots of the device
 * @group: waiting group; its reference goes to the caller
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_waiting_remove(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	list_del_init(&group->waiting);
	waiting_resume_timeouts(group);
}

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
		if (!list_empty(&slots->waiting[i]))
			return true;
	}
	return false;
}
