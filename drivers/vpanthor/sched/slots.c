// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/wait.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "device/device.h"
#include "sched/events.h"
#include "fw/fwif.h"
#include "sched/group.h"
#include "hw/regs.h"
#include "sched/rotation.h"
#include "mm/vm.h"

/* How often to look whether there is memory for the tiler by now. */
#define FEED_POLL	msecs_to_jiffies(10)

/* MMU and stream report a bad access by two interrupts, about together. */
#define BLAME_TIMEOUT	msecs_to_jiffies(50)

/* Is there a group in this address space that does not run any more? */
static bool slots_have_culprit(struct vpan_device *vpan, struct vpan_vm *vm)
{
	struct vpan_group *group;
	unsigned int i;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = vpan_slots_owner(&vpan->slots, i);
		if (group && group->vm == vm && !vpan_group_can_run(group))
			return true;
	}
	return false;
}

/*
 * The MMU says in which address space a bad access was made, and the firmware
 * which stream made it. If it does, that group goes and its neighbours in the
 * address space do not notice; else all of them go.
 */
static void slots_handle_faults(struct vpan_device *vpan)
{
	unsigned long faults = vpan_mmu_take_faults(vpan);
	struct vpan_vm *vm;
	unsigned int id;
	bool known;

	for_each_set_bit(id, &faults, CSF_AS_COUNT_MAX) {
		if (id == VPAN_AS_MCU) {
			/* The firmware itself went astray. */
			vpan_reset_schedule(vpan);
			continue;
		}
		vm = vpan_mmu_vm(vpan, id);
		known = wait_event_timeout(vpan->fw.wait,
					   slots_have_culprit(vpan, vm),
					   BLAME_TIMEOUT);
		vpan_mmu_end_fault(vpan, id, known);
	}
}

/* Answers streams that wait for memory for the tiler. */
static void slots_feed_groups(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group;
	bool again = false;
	unsigned int i;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group || !vpan_group_can_run(group) ||
		    !test_and_clear_bit(VPAN_GROUP_STARVED, &group->flags))
			continue;
		if (vpan_events_feed(group, i)) {
			set_bit(VPAN_GROUP_STARVED, &group->flags);
			again = true;
		}
	}
	if (again)
		queue_delayed_work(slots->wq, &slots->tick, FEED_POLL);
}

/* Ends groups that met an error, or were given up, on their slots. */
static void slots_end_groups(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group;
	unsigned int i;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group)
			continue;
		/* Unless the firmware knows which queue it was. */
		if (vpan_as_is_faulted(group->vm) &&
		    !READ_ONCE(group->fatal_queues))
			vpan_group_fatal(group,
					 GENMASK(group->nqueues - 1, 0));
		if (!vpan_group_can_run(group) && !slots->stopped)
			vpan_slots_evict(vpan, i);
	}
}

static void slots_ring(struct vpan_device *vpan, int slot)
{
	vpan_write32(vpan, CSF_DOORBELL(slot + 1), CSF_DOORBELL_RING);
}

static bool slots_have_group(struct vpan_device *vpan,
			     const struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < vpan->fw.ncsg; i++) {
		if (vpan_slots_owner(&vpan->slots, i) == group)
			return true;
	}
	return false;
}

static void slots_look_at(struct vpan_device *vpan, struct vpan_group *group)
{
	struct vpan_slots *slots = &vpan->slots;

	lockdep_assert_held(&slots->lock);

	clear_bit(VPAN_GROUP_KICKED, &group->flags);
	/* Pairs with vpan_slots_kick_group(). */
	smp_mb__after_atomic();

	if (group->slot >= 0) {
		/* It got work just before somebody else woke the device. */
		if (slots->awake)
			slots_ring(vpan, group->slot);
		vpan_group_put(group);
	} else if (slots_have_group(vpan, group)) {
		/* It did not go when asked to: the reset takes it from there. */
		vpan_group_put(group);
	} else if (!vpan_group_can_run(group) || slots->gone) {
		vpan_slots_unwait(slots, group);
		vpan_dump_suspended(group);
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_group_kill_queues(group);
		vpan_group_put(group);
	} else if (vpan_group_has_work(group)) {
		vpan_slots_wait(slots, group);
	} else {
		vpan_group_put(group);
	}
}

static bool slots_need_power(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	struct vpan_group *group;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	for (i = 0; i < VPAN_PRIORITIES; i++) {
		if (!list_empty(&slots->waiting[i]))
			return true;
	}
	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (group && (vpan_group_has_work(group) ||
			      !vpan_group_can_run(group)))
			return true;
	}
	return READ_ONCE(vpan->mmu.faults);
}

/* Drops the lock meanwhile: to wake up may mean to wait for a suspend. */
static void slots_wake(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	unsigned int i;
	int ret;

	lockdep_assert_held(&slots->lock);

	if (slots->awake || slots->stopped || !slots_need_power(vpan))
		return;
	mutex_unlock(&slots->lock);
	ret = vpan_pm_get(vpan);
	mutex_lock(&slots->lock);
	/* If it is not to be now, vpan_slots_start() has this done again. */
	if (ret)
		return;
	if (slots->stopped || slots->gone) {
		vpan_pm_put(vpan);
		return;
	}

	WRITE_ONCE(slots->awake, true);
	/* Pairs with vpan_slots_ring_group(): one of us sees the other. */
	smp_mb();
	for (i = 0; i < vpan->fw.ncsg; i++) {
		if (vpan_slots_owner(slots, i))
			slots_ring(vpan, i);
	}
}

static void slots_rest(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;

	lockdep_assert_held(&slots->lock);

	if (!slots->awake || slots->stopped || slots_need_power(vpan))
		return;
	WRITE_ONCE(slots->awake, false);
	/* Pairs with vpan_slots_ring_group(): one of us sees the other. */
	smp_mb();
	if (slots_need_power(vpan))
		WRITE_ONCE(slots->awake, true);
	else
		vpan_pm_put(vpan);
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
	kicked = llist_reverse_order(llist_del_all(&slots->kicked));
	llist_for_each_entry_safe(group, next, kicked, kick)
		slots_look_at(vpan, group);

	if (!slots->stopped)
		vpan_slots_poll_blocked(vpan);
	slots_wake(vpan);
	if (!slots->stopped && slots->awake) {
		slots_handle_faults(vpan);
		slots_feed_groups(vpan);
		slots_end_groups(vpan);
		vpan_slots_assign(vpan);
	}
	slots_rest(vpan);
	if (!slots->stopped)
		vpan_devfreq_set_busy(vpan, vpan_slots_are_busy(vpan));
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
 * vpan_slots_kick_blocked - sync objects have changed
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_slots_kick_blocked(struct vpan_device *vpan)
{
	/* Who is put there just now is looked at with the next tick. */
	if (!list_empty(&vpan->slots.blocked))
		vpan_slots_kick(vpan);
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
	bool awake, idle, on = false;
	int slot, idx;

	idle = test_and_clear_bit(VPAN_GROUP_IDLE, &group->flags);
	/* The device does not lose power before this is over. */
	rcu_read_lock();
	/*
	 * Pairs with slots_bind(): either the firmware finds the work when it
	 * starts the group, or we find the slot. And with the lock and all
	 * that vpan_slots_evict() does: either it finds the work, or we no slot.
	 * With slots_rest() as well: either that finds the work, or we that the
	 * device is not kept powered.
	 */
	smp_mb();
	slot = READ_ONCE(group->slot);
	awake = READ_ONCE(vpan->slots.awake);
	/* The job first: what else there is to do does not hold it up. */
	if (slot >= 0 && drm_dev_enter(&vpan->drm, &idx)) {
		/* Nobody keeps it powered any more, but it still is, mostly. */
		on = !awake && vpan_pm_get_if_on(vpan);
		if (awake || on)
			slots_ring(vpan, slot);
		drm_dev_exit(idx);
	}
	/* The work item takes a reference of its own, while we have ours. */
	if (slot < 0 || !awake)
		vpan_slots_kick_group(group);
	else if (idle)
		vpan_slots_kick(vpan);
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
	struct vpan_slots *slots = &group->vpan->slots;
	int ret = 0;

	mutex_lock(&slots->lock);
	if (slots->gone) {
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
		struct vpan_group *group = vpan_slots_owner(slots, i);

		if (!group)
			continue;
		WRITE_ONCE(group->slot, -1);
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_slots_clear(slots, i);
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
 * vpan_slots_sleep - get groups off their slots so that power can go
 * @vpan: the device, which nobody keeps powered
 *
 * Whoever saw a slot before this may still ring its doorbell.
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -EBUSY if there is something to do.
 */
int vpan_slots_sleep(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	bool cookie = dma_fence_begin_signalling();
	unsigned int i;
	int ret = 0;

	mutex_lock(&slots->lock);
	if (slots->stopped || slots->awake || slots_need_power(vpan))
		ret = -EBUSY;
	for (i = 0; !ret && i < vpan->fw.ncsg; i++) {
		if (vpan_slots_owner(slots, i))
			vpan_slots_evict(vpan, i);
		if (vpan_slots_owner(slots, i))
			ret = -EBUSY;
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
	return ret;
}

/**
 * vpan_slots_rescue - get groups off their slots in good order before a reset
 * @vpan: the device; slots are stopped, the firmware answers
 *
 * Who is suspended goes on after the reset as if nothing had happened. Who does
 * not leave while the firmware is well has timed out.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_slots_rescue(struct vpan_device *vpan)
{
	struct vpan_slots *slots = &vpan->slots;
	bool cookie = dma_fence_begin_signalling();
	struct vpan_group *group;
	unsigned int i;

	mutex_lock(&slots->lock);
	for (i = 0; i < vpan->fw.ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group)
			continue;
		if (!test_bit(VPAN_GROUP_STUCK, &group->flags))
			vpan_slots_evict(vpan, i);
		if (!vpan_slots_owner(slots, i))
			continue;
		/* It is the group's fault, or nobody's. */
		if (!test_bit(VPAN_GROUP_STUCK, &group->flags) ||
		    !vpan_fwif_is_alive(vpan))
			break;
		set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
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
	if (slots->awake)
		vpan_pm_put(vpan);
	WRITE_ONCE(slots->awake, false);
	list_for_each_entry(group, &slots->groups, link) {
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_slots_unwait(slots, group);
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
	INIT_LIST_HEAD(&slots->blocked);
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
