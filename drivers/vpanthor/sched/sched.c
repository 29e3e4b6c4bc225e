// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The scheduler's work item, and what power management and resets do to it. A
 * pass of the work item updates groups that were kicked, polls blocked groups,
 * powers the device if groups have work, handles MMU faults and requests for
 * tiler memory, takes groups off their slots that ended or run on without a job,
 * assigns slots, and drops the power reference if nothing is left to do.
 *
 * power/ calls the rest to stop and start the scheduler around a reset or a
 * suspend, to take groups off their slots, and to end all groups when the
 * hardware is gone. All functions take &vpan_slots.lock. Only sched_get_power()
 * drops it, because resuming the device may have to wait for a suspend, which
 * takes the lock.
 */

#include <linux/bitops.h>
#include <linux/dma-fence.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include <kunit/visibility.h>

#include "debug/dump.h"
#include "device/device.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "hw/devfreq.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/blocked.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/sched.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/* Interval of retries while a stream waits for tiler memory */
#define TILER_OOM_POLL	msecs_to_jiffies(10)

/* Time for which streams may run on after their jobs have completed */
#define OVERRUN_LIMIT	msecs_to_jiffies(100)

/* Time in ns for which one pass updates groups while others wait */
#define PASS_BUDGET_NS		(500ULL * NSEC_PER_USEC)

/* Retry requests of streams for tiler memory. */
static void sched_retry_tiler_oom(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	bool again = false;
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group || slots->leaving & BIT(i) ||
		    !vpan_group_can_run(group) ||
		    !test_and_clear_bit(VPAN_GROUP_TILER_OOM, &group->flags))
			continue;
		if (vpan_events_retry_tiler_oom(group, i)) {
			set_bit(VPAN_GROUP_TILER_OOM, &group->flags);
			again = true;
		}
	}
	if (again)
		queue_delayed_work(vpan->sched.wq, &slots->tick, TILER_OOM_POLL);
}

/* Evict groups that met an error, timed out or were destroyed. */
static void sched_evict_dead_groups(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	unsigned long dead = 0;
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (!group)
			continue;
		/* All queues, unless the firmware has reported one. */
		if (vpan_as_is_faulted(group->vm) &&
		    !READ_ONCE(group->fatal_queues))
			vpan_group_set_fatal(group,
					     GENMASK(group->nqueues - 1, 0));
		if (!vpan_group_can_run(group))
			__set_bit(i, &dead);
	}
	if (dead)
		vpan_evict_groups(vpan, dead);
}

/*
 * Evict groups whose streams have run on for too long. A stream that writes to the
 * sync object of its queue makes its job complete early, and no job timeout runs for
 * what it does from then on. The group continues when it gets another job, the
 * timeout of which runs as long as the stream is in its way.
 */
static void sched_evict_overruns(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	unsigned long evicted = 0;
	struct vpan_slot *slot;
	bool again = false;
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg && !slots->stopped; i++) {
		slot = &slots->slot[i];
		group = vpan_slots_owner(slots, i);
		if (!group || !vpan_group_overruns(group)) {
			slot->overruns = false;
			continue;
		}
		if (!slot->overruns)
			slot->overruns_since = jiffies;
		slot->overruns = true;
		if (time_after_eq(jiffies, slot->overruns_since + OVERRUN_LIMIT))
			__set_bit(i, &evicted);
		else
			again = true;
	}
	if (evicted)
		vpan_evict_groups(vpan, evicted);
	if (again)
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}

static void sched_update_group(struct vpan_device *vpan, struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;

	lockdep_assert_held(&slots->lock);

	clear_bit(VPAN_GROUP_KICKED, &group->flags);
	/* Pairs with vpan_slots_kick_group(). */
	smp_mb__after_atomic();

	if (group->slot >= 0) {
		/* It got work just before the device was resumed. */
		if (slots->power_held)
			vpan_slots_ring_doorbell(vpan, group->slot);
		vpan_group_put(group);
	} else if (vpan_slots_has(vpan, group)) {
		/* It failed to leave its slot: the reset handles it. */
		vpan_group_put(group);
	} else if (!vpan_group_can_run(group) || slots->killed) {
		vpan_rotation_dequeue(slots, group);
		/* Ended only once, also if it has just been kicked again. */
		if (test_and_set_bit(VPAN_GROUP_KICKED, &group->flags))
			vpan_group_put(group);
		else
			llist_add(&group->kick, &slots->ended);
	} else if (vpan_group_has_work(group)) {
		vpan_rotation_enqueue(slots, group);
	} else {
		vpan_group_put(group);
	}
}

static void sched_end_group(struct vpan_device *vpan, struct vpan_group *group)
{
	clear_bit(VPAN_GROUP_KICKED, &group->flags);
	vpan_dump_suspended(group);
	set_bit(VPAN_GROUP_LOST, &group->flags);
	vpan_group_kill_queues(group);
	vpan_group_put(group);
}

/*
 * Call @func for groups on a list until the budget of a pass is used up.
 *
 * Return: the rest of the list.
 */
static struct llist_node *
sched_for_groups(struct vpan_device *vpan, struct llist_node *node,
		 void (*func)(struct vpan_device *vpan,
			      struct vpan_group *group))
{
	u64 end = ktime_get_ns() + PASS_BUDGET_NS;
	struct vpan_group *group;

	while (node) {
		group = llist_entry(node, struct vpan_group, kick);
		/* The group may go onto another list. */
		node = node->next;
		func(vpan, group);
		if (ktime_get_ns() >= end)
			break;
	}
	return node;
}

/**
 * vpan_sched_update_groups - update groups that were kicked, end the jobs of others
 * @vpan: the device
 *
 * Ends the jobs of groups that do not run again. A client can kick very many groups,
 * and ending one takes its time, so both are done in parts: other groups get slots
 * between the parts, and those with work do not wait for those that end. What is left,
 * or was kicked since the lists were taken, is for another pass, which is requested.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_sched_update_groups(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;

	lockdep_assert_held(&slots->lock);

	if (!slots->updating)
		slots->updating =
			llist_reverse_order(llist_del_all(&slots->kicked));
	slots->updating = sched_for_groups(vpan, slots->updating,
					   sched_update_group);
	if (!slots->ending)
		slots->ending =
			llist_reverse_order(llist_del_all(&slots->ended));
	slots->ending = sched_for_groups(vpan, slots->ending, sched_end_group);
	/*
	 * A group kicked before this pass began has requested no other one, and is
	 * still in its list if there was a rest of the last pass to do.
	 */
	if (slots->updating || !llist_empty(&slots->kicked) ||
	    slots->ending || !llist_empty(&slots->ended))
		vpan_sched_kick(vpan);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_sched_update_groups);

static bool sched_needs_power(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	if (vpan_waiting_any(slots) || slots->leaving)
		return true;
	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(slots, i);
		if (group && (vpan_group_has_work(group) ||
			      slots->slot[i].overruns ||
			      !vpan_group_can_run(group)))
			return true;
	}
	return slots->faults || READ_ONCE(vpan->mmu->faults);
}

/* Drops and retakes the lock: a resume may wait for a suspend. */
static void sched_get_power(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned int i;
	int ret;

	lockdep_assert_held(&slots->lock);

	if (slots->power_held || slots->stopped || !sched_needs_power(vpan))
		return;
	mutex_unlock(&slots->lock);
	ret = vpan_pm_get(vpan);
	mutex_lock(&slots->lock);
	/* On failure, vpan_sched_start() causes another attempt. */
	if (ret)
		return;
	if (slots->stopped || slots->killed) {
		vpan_pm_put(vpan);
		return;
	}

	WRITE_ONCE(slots->power_held, true);
	/* Pairs with vpan_slots_ring_group(): one sees the other's store. */
	smp_mb();
	for (i = 0; i < vpan->fw->ncsg; i++) {
		if (vpan_slots_owner(slots, i))
			vpan_slots_ring_doorbell(vpan, i);
	}
}

static void sched_put_power(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;

	lockdep_assert_held(&slots->lock);

	if (!slots->power_held || slots->stopped || sched_needs_power(vpan))
		return;
	WRITE_ONCE(slots->power_held, false);
	/* Pairs with vpan_slots_ring_group(): one sees the other's store. */
	smp_mb();
	if (sched_needs_power(vpan))
		WRITE_ONCE(slots->power_held, true);
	else
		vpan_pm_put(vpan);
}

static void sched_work(struct work_struct *work)
{
	struct vpan_device *vpan = container_of(work, struct vpan_device,
						sched.work);
	struct vpan_slots *slots = vpan->slots;
	bool cookie;

	cookie = dma_fence_begin_signalling();
	mutex_lock(&slots->lock);
	/* Before groups become active, see vpan_share_account_time(). */
	vpan_share_account_time(slots);
	vpan_sched_update_groups(vpan);
	/*
	 * Needs no hardware. Also during a reset: the job timeouts of blocked
	 * groups run, those of runnable groups do not.
	 */
	if (!slots->killed)
		vpan_blocked_poll(vpan);
	sched_get_power(vpan);
	if (!slots->stopped && slots->power_held)
		vpan_evict_continue(vpan);
	if (!slots->stopped && slots->power_held) {
		vpan_events_handle_faults(vpan);
		sched_retry_tiler_oom(vpan);
		sched_evict_dead_groups(vpan);
		sched_evict_overruns(vpan);
		vpan_rotation_assign(vpan);
	}
	sched_put_power(vpan);
	if (!slots->stopped)
		vpan_devfreq_set_busy(vpan, vpan_slots_are_busy(vpan));
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
}

static void sched_tick_work(struct work_struct *work)
{
	struct vpan_slots *slots = container_of(work, struct vpan_slots,
						tick.work);

	/* A CPU may have written to sync objects, which is no event. */
	set_bit(VPAN_SLOTS_SYNC_UPDATE, &slots->events);
	vpan_sched_kick(slots->vpan);
}

/* The firmware has lost the groups on slots: they cannot be resumed. */
static void sched_clear_slots(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned int i;

	lockdep_assert_held(&slots->lock);

	slots->faults = 0;
	for (i = 0; i < CSF_GLB_GROUP_MAX; i++) {
		struct vpan_group *group = vpan_slots_owner(slots, i);

		if (!group)
			continue;
		WRITE_ONCE(group->slot, -1);
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_evict_clear_slot(slots, i);
	}
}

/**
 * vpan_sched_stop - stop assigning slots until vpan_sched_start()
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_sched_stop(struct vpan_device *vpan)
{
	mutex_lock(&vpan->slots->lock);
	vpan->slots->stopped = true;
	mutex_unlock(&vpan->slots->lock);
}

/**
 * vpan_sched_suspend - take idle groups off their slots for a runtime suspend
 * @vpan: the device, without PM references
 *
 * Doorbells of slots that were seen before may still be rung until a grace period
 * has passed.
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -EBUSY if a group has work or does not leave its slot.
 */
int vpan_sched_suspend(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	bool cookie = dma_fence_begin_signalling();
	unsigned long idle = 0;
	unsigned int i;
	int ret = 0;

	mutex_lock(&slots->lock);
	if (slots->stopped || slots->power_held || sched_needs_power(vpan))
		ret = -EBUSY;
	for (i = 0; !ret && i < vpan->fw->ncsg; i++) {
		if (vpan_slots_owner(slots, i))
			__set_bit(i, &idle);
	}
	if (idle) {
		vpan_evict_groups(vpan, idle);
		for_each_set_bit(i, &idle, CSF_GLB_GROUP_MAX) {
			if (vpan_slots_owner(slots, i))
				ret = -EBUSY;
		}
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
	return ret;
}

/*
 * Take a group off its slot, or blame it. The second attempt is for an
 * acknowledgment that was only late, as on busy CPUs: the first request, if it
 * was to leave, is done by then.
 *
 * Return: false if the firmware, or the flush of the caches, is to blame.
 */
static bool sched_evict_for_reset(struct vpan_device *vpan, unsigned int i)
{
	struct vpan_group *group = vpan_slots_owner(vpan->slots, i);
	unsigned int attempts = 2;

	while (attempts--) {
		if (!test_bit(VPAN_GROUP_STUCK, &group->flags))
			vpan_evict_groups(vpan, BIT(i));
		if (!vpan_slots_owner(vpan->slots, i))
			return true;
		/* Blame the group only if the firmware still responds. */
		if (!test_bit(VPAN_GROUP_STUCK, &group->flags) ||
		    !vpan_fwif_is_alive(vpan))
			return false;
		if (!vpan_fwif_csg_is_acked(vpan, i, CSF_CSG_STATE))
			break;
		/* The last attempt leaves it set. */
		if (attempts)
			clear_bit(VPAN_GROUP_STUCK, &group->flags);
	}
	set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
	return true;
}

/**
 * vpan_sched_evict_all - suspend groups on slots before a reset
 * @vpan: the device; the scheduler is stopped, the firmware responds
 *
 * Groups that are suspended continue after the reset. A group that fails to
 * suspend although the firmware responds has timed out.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_sched_evict_all(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	bool cookie = dma_fence_begin_signalling();
	unsigned int i;

	mutex_lock(&slots->lock);
	for (i = 0; i < vpan->fw->ncsg; i++) {
		if (vpan_slots_owner(slots, i) &&
		    !sched_evict_for_reset(vpan, i))
			break;
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
}

/**
 * vpan_sched_drop_all - end the groups that are still on slots
 * @vpan: the device; the scheduler and the MCU are stopped
 *
 * Other groups are not affected and continue after vpan_sched_start().
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_sched_drop_all(struct vpan_device *vpan)
{
	bool cookie = dma_fence_begin_signalling();

	mutex_lock(&vpan->slots->lock);
	sched_clear_slots(vpan);
	mutex_unlock(&vpan->slots->lock);
	dma_fence_end_signalling(cookie);
}

/**
 * vpan_sched_start - assign slots again
 * @vpan: the device; the firmware runs
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_sched_start(struct vpan_device *vpan)
{
	mutex_lock(&vpan->slots->lock);
	vpan->slots->stopped = false;
	mutex_unlock(&vpan->slots->lock);
	vpan_sched_kick(vpan);
}

/**
 * vpan_sched_kill_all - end all groups for good
 * @vpan: the device, gone or lost; the MCU does not run
 *
 * All fences signal.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_sched_kill_all(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group = NULL;
	bool cookie;

	cookie = dma_fence_begin_signalling();
	mutex_lock(&slots->lock);
	slots->stopped = true;
	spin_lock(&slots->groups_lock);
	slots->killed = true;
	spin_unlock(&slots->groups_lock);
	sched_clear_slots(vpan);
	if (slots->power_held)
		vpan_pm_put(vpan);
	WRITE_ONCE(slots->power_held, false);
	/* None is added. Each is in the list for as long as it has jobs. */
	while ((group = vpan_slots_next_group(slots, group))) {
		set_bit(VPAN_GROUP_LOST, &group->flags);
		vpan_rotation_dequeue(slots, group);
		vpan_group_kill_queues(group);
	}
	mutex_unlock(&slots->lock);
	dma_fence_end_signalling(cookie);
}

static void sched_fini(struct drm_device *drm, void *data)
{
	struct vpan_slots *slots = data;

	cancel_delayed_work_sync(&slots->tick);
}

/**
 * vpan_sched_init - create the scheduler
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_sched_init(struct vpan_device *vpan)
{
	struct vpan_slots *slots;
	unsigned int i;
	int ret;

	slots = drmm_kzalloc(&vpan->drm, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;

	vpan->slots = slots;
	slots->vpan = vpan;
	ret = drmm_mutex_init(&vpan->drm, &slots->lock);
	if (ret)
		return ret;
	spin_lock_init(&slots->groups_lock);
	INIT_DELAYED_WORK(&slots->tick, sched_tick_work);
	init_llist_head(&slots->kicked);
	init_llist_head(&slots->ended);
	INIT_LIST_HEAD(&slots->blocked);
	INIT_LIST_HEAD(&slots->groups);
	for (i = 0; i < VPAN_PRIORITIES; i++)
		slots->waiting[i] = RB_ROOT_CACHED;
	slots->stopped = true;

	ret = vpan_sched_request_init(vpan, sched_work);
	if (ret)
		return ret;
	return drmm_add_action_or_reset(&vpan->drm, sched_fini, slots);
}
