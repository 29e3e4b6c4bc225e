// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Blocked groups: groups without a slot whose streams would only wait if they
 * had one. They do not compete for slots and need no power.
 *
 * The firmware does not evaluate waits of groups without a slot, so the driver
 * does: it reads the sync objects that the streams wait for, whenever a group
 * reports a sync update, and every 10 ms because a CPU may write to them as
 * well. It cannot evaluate all waits: the sync object may be in an imported
 * buffer, or the stream waits for protected mode or for a resource. Such a group
 * competes for a slot again every 10 ms, so that the firmware evaluates the
 * wait.
 *
 * The job timeouts of blocked groups run. When one expires the group is killed
 * where it is, without a slot and without power.
 *
 * csg.c records the wait of a stream when its group leaves its slot; sched.c and
 * rotation.c call the rest under &vpan_slots.lock. The lock of an address space is
 * only tried for, because a client can keep it busy for long.
 */

#include <linux/bitfield.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include <vcsf/csf_fw.h>

#include "device/device.h"
#include "mm/vm.h"
#include "sched/blocked.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "sched/waiting.h"

/* Time in ns for which one pass polls groups while others wait */
#define POLL_BUDGET_NS	(500ULL * NSEC_PER_USEC)

/**
 * enum blocked_state - result of evaluating the waits of a group
 * @BLOCKED_READY: a stream continues if the group gets a slot
 * @BLOCKED_PENDING: all streams with work would only wait
 * @BLOCKED_UNKNOWN: the same, as far as the driver can tell
 */
enum blocked_state {
	BLOCKED_READY,
	BLOCKED_PENDING,
	BLOCKED_UNKNOWN,
};

/**
 * enum syncwait_state - state of a wait
 * @SYNCWAIT_UNKNOWN: the driver cannot read the sync object
 * @SYNCWAIT_PENDING: the stream would wait, or the address space is being
 *	changed, so that the caller has to poll again
 * @SYNCWAIT_SATISFIED: the stream would continue
 */
enum syncwait_state {
	SYNCWAIT_UNKNOWN,
	SYNCWAIT_PENDING,
	SYNCWAIT_SATISFIED,
};

/**
 * vpan_syncwait_read - get the wait of a suspended stream
 * @wait: returns the wait
 * @out: status of the stream
 *
 * Context: any.
 * Return: false if the stream does not wait for a sync object, or also waits for
 * a scoreboard.
 */
bool vpan_syncwait_read(struct vpan_syncwait *wait,
			const struct csf_cs_output *out)
{
	u32 status = READ_ONCE(out->status_wait);

	if (!(status & CSF_CS_WAIT_SYNC) || READ_ONCE(out->status_scoreboards))
		return false;

	wait->va = READ_ONCE(out->status_wait_sync_ptr);
	wait->ref = READ_ONCE(out->status_wait_sync_value);
	wait->wide = status & CSF_CS_WAIT_SYNC_64B;
	if (wait->wide)
		wait->ref |= (u64)READ_ONCE(out->status_wait_sync_value_hi)
			     << 32;
	wait->greater = FIELD_GET(CSF_CS_WAIT_SYNC_COND, status) ==
			CSF_CS_WAIT_SYNC_COND_GT;
	return true;
}

/*
 * Read a sync object, without waiting for the lock of the address space: a client
 * can make a change last long.
 *
 * Return: 0, -EBUSY if the address space is being changed, -EFAULT if the driver
 * cannot read the sync object.
 */
static int syncwait_value(struct vpan_vm *vm, const struct vpan_syncwait *wait,
			  u64 *value)
{
	struct page *page;
	u32 offset;
	void *map;

	/* The firmware rejects unaligned addresses, but is not relied on. */
	if (!IS_ALIGNED(wait->va, wait->wide ? sizeof(u64) : sizeof(u32)))
		return -EFAULT;

	if (!mutex_trylock(&vm->op_lock))
		return -EBUSY;
	page = vpan_vm_find_page(vm, wait->va, &offset);
	if (page) {
		map = kmap_local_page(page) + offset;
		*value = wait->wide ? READ_ONCE(*(u64 *)map) :
				      READ_ONCE(*(u32 *)map);
		kunmap_local(map);
	}
	vpan_vm_unlock(vm);
	return page ? 0 : -EFAULT;
}

/**
 * vpan_blocked_value - read the sync object that a stream waits for, for debugfs
 * @vm: address space of the stream
 * @wait: wait of the stream
 * @value: returns the value
 *
 * Context: may sleep, under &vpan_slots.lock.
 * Return: false if it cannot be read now.
 */
bool vpan_blocked_value(struct vpan_vm *vm, const struct vpan_syncwait *wait,
			u64 *value)
{
	return !syncwait_value(vm, wait, value);
}

static enum syncwait_state syncwait_poll(struct vpan_vm *vm,
					 const struct vpan_syncwait *wait)
{
	u64 value;

	switch (syncwait_value(vm, wait, &value)) {
	case 0:
		return (value > wait->ref) == wait->greater ?
			SYNCWAIT_SATISFIED : SYNCWAIT_PENDING;
	case -EBUSY:
		return SYNCWAIT_PENDING;
	default:
		return SYNCWAIT_UNKNOWN;
	}
}

static enum blocked_state blocked_evaluate(struct vpan_group *group)
{
	enum blocked_state state = BLOCKED_PENDING;
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		struct vpan_queue *queue = group->queues[i];

		if (!vpan_queue_has_work(queue))
			continue;
		if (test_bit(i, &group->stalled)) {
			state = BLOCKED_UNKNOWN;
			continue;
		}
		if (!test_bit(i, &group->blocked))
			return BLOCKED_READY;
		switch (syncwait_poll(group->vm, &queue->wait)) {
		case SYNCWAIT_SATISFIED:
			return BLOCKED_READY;
		case SYNCWAIT_UNKNOWN:
			state = BLOCKED_UNKNOWN;
			break;
		case SYNCWAIT_PENDING:
			break;
		}
	}
	return state;
}

/**
 * vpan_blocked_add - add a group that leaves its slot if it is blocked
 * @slots: slots of the device
 * @group: group with work and with the caller's reference, which is taken over
 *	if the group is blocked
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 * Return: true if the group is blocked.
 */
bool vpan_blocked_add(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	if (blocked_evaluate(group) == BLOCKED_READY)
		return false;
	group->retry_at = jiffies + VPAN_TIMESLICE;
	set_bit(VPAN_GROUP_BLOCKED, &group->flags);
	list_add_tail(&group->waiting, &slots->blocked);
	slots->nblocked++;
	return true;
}

/**
 * vpan_blocked_remove - take a group off the list of blocked groups
 * @slots: slots of the device
 * @group: blocked group; its reference goes to the caller
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_blocked_remove(struct vpan_slots *slots, struct vpan_group *group)
{
	lockdep_assert_held(&slots->lock);

	clear_bit(VPAN_GROUP_BLOCKED, &group->flags);
	list_del_init(&group->waiting);
	slots->nblocked--;
}

/**
 * vpan_blocked_poll_group - let a group wait for a slot if it is runnable again
 * @slots: slots of the device
 * @group: blocked group
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_blocked_poll_group(struct vpan_slots *slots,
			     struct vpan_group *group)
{
	switch (blocked_evaluate(group)) {
	case BLOCKED_PENDING:
		return;
	case BLOCKED_UNKNOWN:
		if (time_before(jiffies, group->retry_at))
			return;
		break;
	case BLOCKED_READY:
		break;
	}
	vpan_blocked_remove(slots, group);
	vpan_waiting_add_new(slots, group);
}

/**
 * vpan_blocked_poll - let groups wait for a slot that are runnable again
 * @vpan: the device
 *
 * Polls part of the groups if there are many; the next pass of the scheduler,
 * which is requested, continues.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_blocked_poll(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	u64 end = ktime_get_ns() + POLL_BUDGET_NS;
	struct vpan_group *group;

	lockdep_assert_held(&slots->lock);

	if (test_and_clear_bit(VPAN_SLOTS_SYNC_UPDATE, &slots->events))
		slots->npoll = slots->nblocked;
	slots->npoll = min(slots->npoll, slots->nblocked);
	while (slots->npoll && ktime_get_ns() < end) {
		slots->npoll--;
		group = list_first_entry(&slots->blocked, struct vpan_group,
					 waiting);
		list_move_tail(&group->waiting, &slots->blocked);
		vpan_blocked_poll_group(slots, group);
	}
	if (slots->npoll)
		vpan_sched_kick(vpan);
	/* A CPU may write to a sync object, and that is no event. */
	if (!list_empty(&slots->blocked))
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}
