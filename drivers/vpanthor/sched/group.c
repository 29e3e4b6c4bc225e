// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Groups
 *
 * A group consists of queues, the memory that it shares with the firmware, sync
 * objects by which its queues report completed jobs, and a reference to the
 * address space in which its streams execute. Its handle, each of its jobs, the
 * slot that it is on and the list that it is on hold a reference.
 *
 * A group ends in one of several ways, each with a flag of &enum
 * vpan_group_flag: a fatal error of a stream, a timeout, the end of its handle, a
 * reset that loses its state, or the end of the hardware. It does not run again
 * then, and new jobs are refused. The scheduler takes the group off its slot if it
 * has one, and when the hardware does not access its memory any longer it ends all
 * jobs: vpan_group_kill_queues() completes what is complete and fails the rest, so
 * that all fences signal, in order, with the reason of the queue or of the group.
 *
 * Flags and @fatal_queues are atomic bits, because interrupt handlers set them.
 * Everything that concerns the place of a group is under &vpan_slots.lock. The
 * last reference may be dropped in any context. A work item frees the group after
 * a grace period, because the interrupt handler may still look at it, on a
 * workqueue of the module's own, because the group may hold the last reference to
 * the device.
 *
 * Nothing here decides whether or where a group runs.
 */

#include <linux/nospec.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/panthor_uapi.h>

#include "debug/trace.h"
#include "device/creator.h"
#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/slots.h"

static void group_free_members(struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++)
		vpan_queue_destroy(group->queues[i]);
	vpan_kbo_destroy(group->syncobjs);
	vpan_fw_buf_destroy(group->fw_buf);
	vpan_vm_put(group->vm);
	vpan_usage_put(group->usage);
}

static void group_free(struct vpan_vm_free *item)
{
	struct vpan_group *group = container_of(item, struct vpan_group, late);
	struct drm_device *drm = &group->vpan->drm;

	vpan_slots_remove_group(group);
	group_free_members(group);
	kfree(group);
	drm_dev_put(drm);
}

static void group_free_rcu(struct rcu_head *rcu)
{
	struct vpan_group *group = container_of(rcu, struct vpan_group, rcu);

	vpan_vm_free_later(group->vm, &group->late);
}

static void group_release(struct kref *ref)
{
	struct vpan_group *group = container_of(ref, struct vpan_group, ref);

	/* The job interrupt may still access the group. */
	call_rcu_hurry(&group->rcu, group_free_rcu);
}

/**
 * vpan_group_put - drop a reference
 * @group: the group, or NULL
 *
 * Context: any.
 */
void vpan_group_put(struct vpan_group *group)
{
	if (group)
		kref_put(&group->ref, group_release);
}

/**
 * vpan_group_alloc - allocate a group without queues
 * @vpan: the device
 * @args: properties, checked
 *
 * Context: may sleep and allocate.
 * Return: the group, with a reference, or NULL.
 */
struct vpan_group *
vpan_group_alloc(struct vpan_device *vpan,
		 const struct drm_panthor_group_create *args)
{
	struct vpan_group *group;

	group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;

	kref_init(&group->ref);
	group->late.free = group_free;
	INIT_LIST_HEAD(&group->waiting);
	INIT_LIST_HEAD(&group->link);
	group->vpan = vpan;
	drm_dev_get(&vpan->drm);
	group->id = atomic64_inc_return(&vpan->slots->last_id);
	group->slot = -1;
	vpan_creator_init(&group->creator);
	/* An index of arrays from here on */
	group->priority = array_index_nospec(args->priority, VPAN_PRIORITIES);
	group->compute_mask = args->compute_core_mask;
	group->fragment_mask = args->fragment_core_mask;
	group->tiler_mask = args->tiler_core_mask;
	group->max_compute = args->max_compute_cores;
	group->max_fragment = args->max_fragment_cores;
	group->max_tiler = args->max_tiler_cores;
	return group;
}

/**
 * vpan_group_can_run - check if a group is alive
 * @group: the group
 *
 * Context: any.
 * Return: false if the group has ended, so that its jobs fail.
 */
bool vpan_group_can_run(const struct vpan_group *group)
{
	return !(READ_ONCE(group->flags) & VPAN_GROUP_END_MASK);
}

/**
 * vpan_group_has_work - check if the rings of a group hold pending jobs
 * @group: the group
 *
 * Context: any.
 * Return: true if a job in a ring has not completed.
 */
bool vpan_group_has_work(const struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		if (vpan_queue_has_work(group->queues[i]))
			return true;
	}
	return false;
}

/**
 * vpan_group_is_done - check if the rings of a group hold nothing to execute
 * @group: the group
 *
 * Context: any.
 * Return: true if all jobs have completed and the streams are at the ends of their
 * rings.
 */
bool vpan_group_is_done(const struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		if (vpan_queue_has_work(group->queues[i]) ||
		    !vpan_queue_is_executed(group->queues[i]))
			return false;
	}
	return true;
}

/*
 * A stream that waited for a sync object continues without an event when that
 * changes, so the report counts only as long as the firmware has not revoked it.
 */
static bool group_is_reported_idle(const struct vpan_group *group, int slot)
{
	return test_bit(VPAN_GROUP_IDLE, &group->flags) &&
	       (slot < 0 || READ_ONCE(group->vpan->fw->csg[slot].out->status_state) &
			    CSF_CSG_STATUS_IDLE);
}

/**
 * vpan_group_is_idle - check if a group on a slot has nothing to do
 * @group: the group
 *
 * Depends on nothing that streams can write to, other than that the group counts as
 * busy for longer: clients are charged for the time in which their groups are busy.
 *
 * Context: any.
 * Return: true if its streams have no work or only wait, as far as the firmware
 * has reported.
 */
bool vpan_group_is_idle(const struct vpan_group *group)
{
	return vpan_group_is_idle_on(group, READ_ONCE(group->slot));
}

/**
 * vpan_group_is_idle_on - check if a group, which may be leaving, has nothing to do
 * @group: the group
 * @slot: its slot, also while it leaves
 *
 * See vpan_group_is_idle().
 *
 * Context: any.
 * Return: true if its streams have no work or only wait.
 */
bool vpan_group_is_idle_on(const struct vpan_group *group, int slot)
{
	return group_is_reported_idle(group, slot) || vpan_group_is_done(group);
}

/**
 * vpan_group_overruns - check if streams run on after their jobs have completed
 * @group: group on a slot
 *
 * For a moment each group does, with the instructions behind the last write to the
 * sync object. A stream that itself writes to the sync object may do so for ever.
 *
 * Context: any.
 * Return: true if the group is not idle and no job is pending.
 */
bool vpan_group_overruns(const struct vpan_group *group)
{
	return !vpan_group_has_work(group) && !vpan_group_is_idle(group);
}

/**
 * vpan_group_set_fatal - mark queues that have met a fatal error
 * @group: the group
 * @queues: bit mask of queues
 *
 * Does nothing if the group has ended for another reason: errors that follow from
 * that are not the cause.
 *
 * Context: any.
 */
void vpan_group_set_fatal(struct vpan_group *group, u32 queues)
{
	unsigned long bits = queues;
	unsigned int i;

	if (READ_ONCE(group->flags) & VPAN_GROUP_END_MASK &
	    ~BIT(VPAN_GROUP_FATAL))
		return;
	for_each_set_bit(i, &bits, group->nqueues)
		set_bit(i, &group->fatal_queues);
	set_bit(VPAN_GROUP_FATAL, &group->flags);
}

/**
 * vpan_group_check_completion - signal the fences of completed jobs
 * @group: the group
 *
 * Context: any.
 */
void vpan_group_check_completion(struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++)
		vpan_queue_check_completion(group->queues[i]);
}

static int group_error(const struct vpan_group *group, unsigned int queue)
{
	if (test_bit(queue, &group->fatal_queues))
		return -EINVAL;
	if (test_bit(VPAN_GROUP_TIMEDOUT, &group->flags))
		return -ETIMEDOUT;
	return -ECANCELED;
}

/**
 * vpan_group_kill_queues - end all jobs of a group that has ended
 * @group: the group; the hardware does not access its memory
 *
 * All fences signal. Does nothing if the queues have been killed before.
 *
 * Context: may sleep; on the signalling path. The caller serialises.
 */
void vpan_group_kill_queues(struct vpan_group *group)
{
	unsigned int i;

	if (test_and_set_bit(VPAN_GROUP_DEAD, &group->flags))
		return;

	trace_vpanthor_group_end(group, group->slot);
	vpan_group_check_completion(group);
	for (i = 0; i < group->nqueues; i++) {
		struct drm_jobqueue *jq = &group->queues[i]->jq;
		int error = group_error(group, i);

		/* After this a job whose run() was in progress is in the ring. */
		drm_jobqueue_stop(jq);
		vpan_queue_end_profiled(group->queues[i]);
		drm_jobqueue_kill(jq, error);
		drm_jobqueue_complete_all(jq, error);
		drm_jobqueue_start(jq);
	}
}
