// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-fence.h>
#include <linux/jiffies.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "csg.h"
#include "device.h"
#include "group.h"
#include "queue.h"
#include "vm.h"

#define TIMESLICE	msecs_to_jiffies(10)

/* The one who holds &vpan_slots.lock sees nobody else change it. */
static struct vpan_group *slot_group(struct vpan_slots *slots, unsigned int i)
{
	return rcu_dereference_protected(slots->slot[i].group,
					 lockdep_is_held(&slots->lock));
}

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

/* Takes over the caller's reference. */
static void slots_wait(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting))
		list_add_tail(&group->waiting,
			      &slots->waiting[group->priority]);
	else
		vpan_group_put(group);
}

static void slots_unwait(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (list_empty(&group->waiting))
		return;
	list_del_init(&group->waiting);
	vpan_group_put(group);
}

/* What becomes of a group that has just left its slot, with its reference. */
static void slots_after_slot(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (!vpan_group_can_run(group)) {
		vpan_group_kill_queues(group);
		vpan_group_put(group);
	} else if (vpan_group_has_work(group)) {
		slots_wait(slots, group);
	} else {
		vpan_group_put(group);
	}
}

static void slots_clear(struct vpan_slots *slots, unsigned int i)
{
	struct vpan_group *group = slot_group(slots, i);

	RCU_INIT_POINTER(slots->slot[i].group, NULL);
	group_timeouts(group, false);
	vpan_as_put(group->vm);
	vpan_group_check_completion(group);
	slots_after_slot(slots, group);
}

static void slots_evict(struct vpan_device *vpan, unsigned int i)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group = slot_group(slots, i);
	int ret;

	/* From here on its doorbell is this work item. */
	WRITE_ONCE(group->slot, -1);
	group->started = true;

	if (vpan_group_can_run(group)) {
		/* It waits for another: no use in asking for it at once. */
		if (test_bit(VPAN_GROUP_IDLE, &group->flags))
			group->not_before = jiffies + TIMESLICE;
		ret = vpan_csg_suspend(group, i);
	} else {
		ret = vpan_csg_terminate(group, i);
	}
	if (ret) {
		/* The reset takes it off the slot. */
		set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
		vpan_reset_schedule(vpan);
		return;
	}
	slots_clear(slots, i);
}

static bool slots_bind(struct vpan_device *vpan, unsigned int i,
		       struct vpan_group *group)
{
	struct vpan_slots *slots = &vpan->slots;
	int as = vpan_as_get(group->vm);

	if (as < 0)
		return false;

	/* The reference goes from the list to the slot. */
	list_del_init(&group->waiting);
	slots->slot[i].since = jiffies;
	rcu_assign_pointer(slots->slot[i].group, group);
	clear_bit(VPAN_GROUP_IDLE, &group->flags);
	WRITE_ONCE(group->slot, i);
	/* Pairs with vpan_slots_ring_group(): one of us sees the other. */
	smp_mb();

	group_timeouts(group, true);
	if (vpan_csg_bind(group, i, as)) {
		set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
		vpan_reset_schedule(vpan);
	}
	return true;
}

static bool group_is_idle(const struct vpan_group *group)
{
	return test_bit(VPAN_GROUP_IDLE, &group->flags) ||
	       !vpan_group_has_work(group);
}

/* How willingly a group leaves its slot for @group; 0 is not at all. */
static unsigned int slot_rank(const struct vpan_slot *slot,
			      const struct vpan_group *owner,
			      const struct vpan_group *group)
{
	if (!owner)
		return 4;
	if (group_is_idle(owner))
		return 3;
	if (owner->priority < group->priority)
		return 2;
	if (owner->priority == group->priority &&
	    time_after_eq(jiffies, slot->since + TIMESLICE))
		return 1;
	return 0;
}

/* The best slot for a group, the longest occupied among equals; -1 if none. */
static int slots_choose(struct vpan_device *vpan,
			const struct vpan_group *group)
{
	struct vpan_slots *slots = &vpan->slots;
	unsigned int i, rank, best_rank = 0;
	int best = -1;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		rank = slot_rank(&slots->slot[i], slot_group(slots, i), group);
		if (rank > best_rank ||
		    (rank && rank == best_rank &&
		     time_before(slots->slot[i].since,
				 slots->slot[best].since))) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

/* Return: whether the group has its slot. */
static bool slots_place(struct vpan_device *vpan, struct vpan_group *group)
{
	struct vpan_slots *slots = &vpan->slots;
	int i;

	if (time_before(jiffies, group->not_before))
		return false;
	i = slots_choose(vpan, group);
	if (i < 0)
		return false;
	if (slot_group(slots, i))
		slots_evict(vpan, i);
	if (slot_group(slots, i))
		return false;
	return slots_bind(vpan, i, group);
}

static void slots_assign(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group, *next;
	LIST_HEAD(todo);
	bool again = false;
	int prio;

	for (prio = VPAN_PRIORITIES - 1; prio >= 0; prio--) {
		/* Who is pushed off a slot meanwhile waits for the next turn. */
		list_splice_init(&slots->waiting[prio], &todo);
		list_for_each_entry_safe(group, next, &todo, waiting) {
			if (!slots_place(vpan, group))
				again = true;
		}
		if (!list_empty(&slots->waiting[prio]))
			again = true;
		list_splice_init(&todo, &slots->waiting[prio]);
	}
	if (again)
		queue_delayed_work(slots->wq, &slots->tick, TIMESLICE);
}

/* Ends groups that met an error, or were given up, on their slots. */
static void slots_end_groups(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group;
	unsigned int i;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = slot_group(slots, i);
		if (!group)
			continue;
		/* Unless the firmware knows which queue it was. */
		if (vpan_as_is_faulted(group->vm) &&
		    !READ_ONCE(group->fatal_queues))
			vpan_group_fatal(group,
					 GENMASK(group->nqueues - 1, 0));
		if (!vpan_group_can_run(group))
			slots_evict(vpan, i);
	}
}

static void slots_look_at(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	clear_bit(VPAN_GROUP_KICKED, &group->flags);
	/* Pairs with vpan_slots_kick_group(). */
	smp_mb__after_atomic();

	if (group->slot >= 0) {
		vpan_group_put(group);
	} else if (!vpan_group_can_run(group) || slots->gone) {
		slots_unwait(slots, group);
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_group_kill_queues(group);
		vpan_group_put(group);
	} else if (vpan_group_has_work(group)) {
		slots_wait(slots, group);
	} else {
		vpan_group_put(group);
	}
}

static void slots_work(struct work_struct *work)
{
	struct vpan_device *vpan = container_of(work, struct vpan_device,
						slots.work);
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group, *next;
	struct llist_node *kicked;
	bool cookie;

	cookie = dma_fence_begin_signalling();
	mutex_lock(&slots->lock);
	if (!slots->stopped)
		vpan_mmu_handle_faults(vpan);

	kicked = llist_reverse_order(llist_del_all(&slots->kicked));
	llist_for_each_entry_safe(group, next, kicked, kick)
		slots_look_at(slots, group);

	if (!slots->stopped) {
		slots_end_groups(vpan);
		slots_assign(vpan);
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
}

static void slots_tick(struct work_struct *work)
{
	struct vpan_slots *slots = container_of(work, struct vpan_slots,
						tick.work);

	queue_work(slots->wq, &slots->work);
}

/**
 * vpan_slots_kick - have a look at all slots
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_slots_kick(struct vpan_device *vpan)
{
	queue_work(vpan->slots.wq, &vpan->slots.work);
}

/**
 * vpan_slots_flush - wait until what was kicked before has been looked at
 * @vpan: the device
 *
 * Context: may sleep.
 */
void vpan_slots_flush(struct vpan_device *vpan)
{
	flush_work(&vpan->slots.work);
}

/**
 * vpan_slots_kick_group - have a look at a group
 * @group: the group, which has got work or an end
 *
 * Context: any.
 */
void vpan_slots_kick_group(struct vpan_group *group)
{
	struct vpan_slots *slots = &group->vpan->slots;

	if (!test_and_set_bit(VPAN_GROUP_KICKED, &group->flags)) {
		vpan_group_get(group);
		llist_add(&group->kick, &slots->kicked);
	}
	queue_work(slots->wq, &slots->work);
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
	int slot, idx;

	clear_bit(VPAN_GROUP_IDLE, &group->flags);
	/*
	 * Pairs with slots_bind(): either the firmware finds the work when it
	 * starts the group, or we find the slot. And with the lock and all
	 * that slots_evict() does: either it finds the work, or we no slot.
	 */
	smp_mb();
	slot = READ_ONCE(group->slot);
	if (slot < 0) {
		vpan_slots_kick_group(group);
	} else if (drm_dev_enter(&vpan->drm, &idx)) {
		vcsf_write32(vpan->regs, CSF_DOORBELL(slot + 1),
			     CSF_DOORBELL_RING);
		drm_dev_exit(idx);
	}
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
	struct vpan_slots *slots = &group->vpan->slots;
	int ret = 0;

	mutex_lock(&slots->lock);
	if (slots->gone)
		ret = -ENODEV;
	else
		list_add_tail(&group->link, &slots->groups);
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
	struct vpan_slots *slots = &group->vpan->slots;

	mutex_lock(&slots->lock);
	list_del_init(&group->link);
	mutex_unlock(&slots->lock);
}

/* The firmware lost them; whoever is on a slot does not come back. */
static void slots_lose_all(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		struct vpan_group *group = slot_group(slots, i);

		if (!group)
			continue;
		WRITE_ONCE(group->slot, -1);
		set_bit(VPAN_GROUP_LOST, &group->flags);
		slots_clear(slots, i);
	}
}

/**
 * vpan_slots_stop - let no group on or off a slot until vpan_slots_start()
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_slots_stop(struct vpan_device *vpan)
{
	mutex_lock(&vpan->slots.lock);
	vpan->slots.stopped = true;
	mutex_unlock(&vpan->slots.lock);
}

/**
 * vpan_slots_lose - take all groups off slots that do not exist any more
 * @vpan: the device; slots and MCU are stopped
 *
 * Groups that were on a slot end. The others wait for vpan_slots_start().
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_slots_lose(struct vpan_device *vpan)
{
	bool cookie = dma_fence_begin_signalling();

	mutex_lock(&vpan->slots.lock);
	slots_lose_all(vpan);
	mutex_unlock(&vpan->slots.lock);
	dma_fence_end_signalling(cookie);
}

/**
 * vpan_slots_start - let groups go on slots
 * @vpan: the device; the firmware runs
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_slots_start(struct vpan_device *vpan)
{
	mutex_lock(&vpan->slots.lock);
	vpan->slots.stopped = false;
	mutex_unlock(&vpan->slots.lock);
	vpan_slots_kick(vpan);
}

/**
 * vpan_slots_end - end all groups, for there is no hardware any more
 * @vpan: the device; the MCU is stopped, or gone
 *
 * All fences signal.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_slots_end(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group;
	bool cookie;

	cookie = dma_fence_begin_signalling();
	mutex_lock(&slots->lock);
	slots->stopped = true;
	slots->gone = true;
	slots_lose_all(vpan);
	list_for_each_entry(group, &slots->groups, link) {
		set_bit(VPAN_GROUP_LOST, &group->flags);
		slots_unwait(slots, group);
		vpan_group_kill_queues(group);
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
}

static void slots_fini(struct drm_device *drm, void *data)
{
	struct vpan_slots *slots = data;

	cancel_delayed_work_sync(&slots->tick);
	destroy_workqueue(slots->wq);
	mutex_destroy(&slots->lock);
}

/**
 * vpan_slots_init - prepare the slots
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_slots_init(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	unsigned int i;

	mutex_init(&slots->lock);
	INIT_WORK(&slots->work, slots_work);
	INIT_DELAYED_WORK(&slots->tick, slots_tick);
	init_llist_head(&slots->kicked);
	INIT_LIST_HEAD(&slots->groups);
	for (i = 0; i < VPAN_PRIORITIES; i++)
		INIT_LIST_HEAD(&slots->waiting[i]);
	slots->stopped = true;

	slots->wq = alloc_ordered_workqueue("vpan-slots",
					    WQ_MEM_RECLAIM | WQ_HIGHPRI);
	if (!slots->wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, slots_fini, slots);
}
