// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/jiffies.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/panthor_uapi.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/file.h"
#include "device/free_wq.h"
#include "fw/fw.h"
#include "mm/kbo.h"
#include "mm/pgtable.h"
#include "mm/vm.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/slots.h"

#define GROUP_IDS	XA_LIMIT(1, 128)
#define RING_MIN	SZ_4K
#define RING_MAX	SZ_64K

static void group_free_members(struct vpan_group *group)
{
	unsigned int i;

	for (i = 0; i < group->nqueues; i++) {
		if (!IS_ERR_OR_NULL(group->queues[i]))
			vpan_queue_destroy(group->queues[i]);
	}
	vpan_kbo_destroy(group->syncobjs);
	vpan_kbo_destroy(group->protm_suspend_buf);
	vpan_kbo_destroy(group->suspend_buf);
	vpan_vm_put(group->vm);
	vpan_usage_put(group->usage);
}

static void group_free_work(struct work_struct *work)
{
	struct vpan_group *group = container_of(to_rcu_work(work),
						struct vpan_group, free_work);
	struct drm_device *drm = &group->vpan->drm;

	vpan_slots_remove_group(group);
	group_free_members(group);
	kfree(group);
	drm_dev_put(drm);
}

static void group_release(struct kref *ref)
{
	struct vpan_group *group = container_of(ref, struct vpan_group, ref);

	/* The job interrupt may still look at it. */
	queue_rcu_work(vpan_free_wq, &group->free_work);
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

static bool group_queue_args_ok(const struct drm_panthor_queue_create *args)
{
	return args->priority <= CSF_CS_CONFIG_PRIORITY &&
	       !args->pad[0] && !args->pad[1] && !args->pad[2] &&
	       args->ringbuf_size >= RING_MIN &&
	       args->ringbuf_size <= RING_MAX &&
	       is_power_of_2(args->ringbuf_size);
}

static bool group_args_ok(struct vpan_device *vpan,
			  const struct drm_panthor_group_create *args,
			  const struct drm_panthor_queue_create *queues)
{
	const struct drm_panthor_gpu_info *gpu = &vpan->gpu_info;
	unsigned int i;

	if (args->pad || !args->queues.count ||
	    args->queues.count > vpan->csif_info.cs_slot_count)
		return false;

	if (args->compute_core_mask & ~gpu->shader_present ||
	    args->fragment_core_mask & ~gpu->shader_present ||
	    args->tiler_core_mask & ~gpu->tiler_present ||
	    hweight64(args->compute_core_mask) < args->max_compute_cores ||
	    hweight64(args->fragment_core_mask) < args->max_fragment_cores ||
	    hweight64(args->tiler_core_mask) < args->max_tiler_cores)
		return false;

	for (i = 0; i < args->queues.count; i++) {
		if (!group_queue_args_ok(&queues[i]))
			return false;
	}
	return true;
}

static struct vpan_group *
group_alloc(struct vpan_device *vpan,
	    const struct drm_panthor_group_create *args)
{
	struct vpan_group *group;

	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return NULL;

	kref_init(&group->ref);
	INIT_RCU_WORK(&group->free_work, group_free_work);
	INIT_LIST_HEAD(&group->waiting);
	INIT_LIST_HEAD(&group->link);
	group->vpan = vpan;
	drm_dev_get(&vpan->drm);
	group->slot = -1;
	group->not_before = jiffies;
	group->pid = task_tgid_nr(current);
	get_task_comm(group->comm, current);
	group->priority = args->priority;
	group->compute_mask = args->compute_core_mask;
	group->fragment_mask = args->fragment_core_mask;
	group->tiler_mask = args->tiler_core_mask;
	group->max_compute = args->max_compute_cores;
	group->max_fragment = args->max_fragment_cores;
	group->max_tiler = args->max_tiler_cores;
	return group;
}

static int group_alloc_buffers(struct vpan_group *group, u32 nqueues)
{
	struct vpan_fw *fw = group->vpan->fw;

	group->suspend_buf = vpan_kbo_create(fw->vm, VPAN_KBO_AUTO_VA,
					     fw->suspend_size,
					     VPAN_PROT_NOEXEC);
	if (IS_ERR(group->suspend_buf))
		return PTR_ERR(group->suspend_buf);

	group->protm_suspend_buf = vpan_kbo_create(fw->vm, VPAN_KBO_AUTO_VA,
						   fw->protm_suspend_size,
						   VPAN_PROT_NOEXEC);
	if (IS_ERR(group->protm_suspend_buf))
		return PTR_ERR(group->protm_suspend_buf);

	group->syncobjs = vpan_kbo_create(group->vm, VPAN_KBO_AUTO_VA,
					  nqueues * sizeof(struct csf_sync64),
					  VPAN_PROT_NOEXEC);
	return PTR_ERR_OR_ZERO(group->syncobjs);
}

static int group_create_queues(struct vpan_group *group,
			       const struct drm_panthor_queue_create *args,
			       u32 nqueues)
{
	struct vpan_queue *queue;
	unsigned int i;

	for (i = 0; i < nqueues; i++) {
		queue = vpan_queue_create(group, i, &args[i]);
		if (IS_ERR(queue))
			return PTR_ERR(queue);
		group->queues[i] = queue;
		group->nqueues++;
	}
	return 0;
}

/**
 * vpan_group_create - create a group for user space
 * @file: its file
 * @vm: address space of its streams
 * @args: what it is to be like
 * @queues: what its queues are to be like
 * @handle: returns the handle
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if something is not as the hardware has it, -EBUSY if the
 * file has as many as it may have, or another negative errno.
 */
int vpan_group_create(struct vpan_file *file, struct vpan_vm *vm,
		      const struct drm_panthor_group_create *args,
		      const struct drm_panthor_queue_create *queues,
		      u32 *handle)
{
	struct vpan_device *vpan = file->vpan;
	struct vpan_group *group;
	int ret;

	if (!group_args_ok(vpan, args, queues))
		return -EINVAL;

	group = group_alloc(vpan, args);
	if (!group)
		return -ENOMEM;

	group->usage = vpan_usage_get(file->usage);
	group->vm = vm;
	drm_gpuvm_get(&vm->base);
	ret = group_alloc_buffers(group, args->queues.count);
	if (!ret)
		ret = group_create_queues(group, queues, args->queues.count);
	if (!ret)
		ret = vpan_slots_add_group(group);
	/* The handle goes last: it may be used, and destroyed, at once. */
	if (!ret)
		ret = xa_alloc(&file->groups, handle, group, GROUP_IDS,
			       GFP_KERNEL);
	if (ret)
		vpan_group_put(group);
	return ret;
}

/**
 * vpan_group_destroy - destroy a group for user space
 * @file: who asks for it
 * @handle: the handle
 *
 * The jobs that are left are cancelled.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is none of that handle.
 */
int vpan_group_destroy(struct vpan_file *file, u32 handle)
{
	struct vpan_group *group = xa_erase(&file->groups, handle);

	if (!group)
		return -EINVAL;

	set_bit(VPAN_GROUP_DESTROYED, &group->flags);
	vpan_slots_kick_group(group);
	vpan_group_put(group);
	return 0;
}

/**
 * vpan_group_destroy_all - destroy all groups of a file
 * @file: the file, being closed
 *
 * Context: may sleep.
 */
void vpan_group_destroy_all(struct vpan_file *file)
{
	struct vpan_group *group;
	unsigned long handle;

	xa_for_each(&file->groups, handle, group)
		vpan_group_destroy(file, handle);
	xa_destroy(&file->groups);
}

/**
 * vpan_group_get_by_handle - look a group up
 * @file: whose it is
 * @handle: the handle
 *
 * Context: any.
 * Return: the group, with a reference, or NULL.
 */
struct vpan_group *vpan_group_get_by_handle(struct vpan_file *file, u32 handle)
{
	struct vpan_group *group;

	xa_lock(&file->groups);
	group = xa_load(&file->groups, handle);
	if (group)
		vpan_group_get(group);
	xa_unlock(&file->groups);
	return group;
}

/**
 * vpan_group_get_state - tell user space how a group is
 * @file: who asks
 * @args: the handle; returns the state
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is none of that handle.
 */
int vpan_group_get_state(struct vpan_file *file,
			 struct drm_panthor_group_get_state *args)
{
	struct vpan_group *group;

	group = vpan_group_get_by_handle(file, args->group_handle);
	if (!group)
		return -EINVAL;

	args->state = 0;
	args->fatal_queues = READ_ONCE(group->fatal_queues);
	if (test_bit(VPAN_GROUP_TIMEDOUT, &group->flags))
		args->state |= DRM_PANTHOR_GROUP_STATE_TIMEDOUT;
	if (args->fatal_queues)
		args->state |= DRM_PANTHOR_GROUP_STATE_FATAL_FAULT;
	/* A reset took its jobs, and others are to blame for it. */
	if (!args->state && test_bit(VPAN_GROUP_LOST, &group->flags))
		args->state = DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
			      DRM_PANTHOR_GROUP_STATE_INNOCENT;
	vpan_group_put(group);
	return 0;
}

/**
 * vpan_group_can_run - is the group alive?
 * @group: the group
 *
 * Context: any.
 * Return: false if its jobs end with an error from now on.
 */
bool vpan_group_can_run(const struct vpan_group *group)
{
	return !(READ_ONCE(group->flags) & VPAN_GROUP_END_MASK);
}

/**
 * vpan_group_has_work - are there jobs in its rings that are not done?
 * @group: the group
 *
 * Context: any.
 * Return: true if there are.
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
 * vpan_group_set_fatal - note that queues met an error they cannot go on after
 * @group: the group
 * @queues: a bit per queue
 *
 * Nothing happens if the group ends for another reason already: what comes
 * after that says nothing any more.
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
 * vpan_group_check_completion - signal the fences of jobs that are done
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
 * vpan_group_kill_queues - end all jobs of a group that is no more
 * @group: the group; the hardware does not touch its memory
 *
 * All fences signal. Nothing happens if that was done before.
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

		/* A job that is being run counts as in the ring after that. */
		drm_jobqueue_stop(jq);
		drm_jobqueue_kill(jq, error);
		drm_jobqueue_complete_all(jq, error);
		drm_jobqueue_start(jq);
	}
}
