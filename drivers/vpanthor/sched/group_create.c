// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups as user space creates, names and destroys them: argument checks, the
 * memory and queues of a new group, and its handle in the open file.
 */

#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/xarray.h>

#include <drm/drm_drv.h>
#include <drm/panthor_uapi.h>

#include "device/device.h"
#include "device/file.h"
#include "fw/fw_window.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "pt/pgtable.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/slots.h"

#define GROUP_IDS	XA_LIMIT(1, 128)
#define RING_MIN	SZ_4K
#define RING_MAX	SZ_64K

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

static int group_alloc_buffers(struct vpan_group *group, u32 nqueues)
{
	group->fw_buf = vpan_fw_buf_create(group->vpan, nqueues);
	if (IS_ERR(group->fw_buf))
		return PTR_ERR(group->fw_buf);

	group->syncobjs = vpan_kbo_create(group->vm, VPAN_KBO_AUTO_VA,
					  nqueues * sizeof(struct csf_sync64),
					  VPAN_PROT_NOEXEC);
	return PTR_ERR_OR_ZERO(group->syncobjs);
}

static int group_create_queues(struct vpan_group *group,
			       const struct drm_panthor_queue_create *args,
			       u32 nqueues)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nqueues; i++) {
		/* Memory may be short for each. */
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = vpan_queue_create(group, i, &args[i], &vpan_job_ops,
					vpan_job_timeout());
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vpan_group_create - create a group for user space
 * @file: file of the client
 * @vm: address space of the group's streams
 * @args: properties of the group
 * @queues: properties of its queues
 * @handle: returns the handle
 *
 * Allocates for as long as the client's control group is short of memory, so not between
 * drm_dev_enter() and drm_dev_exit(). A device that is gone by the end has no groups
 * (vpan_slots_add_group()); a group that is added before that ends with the others.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if the hardware does not permit the properties, -EBUSY if
 * the file has the largest number of groups, -ENOSPC if the kernel's part of the address
 * space has no room for it, -ENODEV if the device is unplugged, -EINTR if the task is
 * being killed, or another negative errno.
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

	group = vpan_group_alloc(vpan, args);
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
	/* The handle comes last: user space may use and destroy it at once. */
	if (!ret)
		ret = xa_alloc(&file->groups, handle, group, GROUP_IDS,
			       GFP_KERNEL_ACCOUNT);
	if (ret)
		vpan_group_put(group);
	return ret;
}

/**
 * vpan_group_destroy - destroy a group for user space
 * @file: file of the client
 * @handle: handle of the group
 *
 * Pending jobs are cancelled.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is no such group.
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
 * @file: file that is being closed
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
 * vpan_group_get_by_handle - look up a group
 * @file: file of the client
 * @handle: handle of the group
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
 * vpan_group_get_state - get the state of a group for user space
 * @file: file of the client
 * @args: handle; returns the state
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is no such group.
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
	/* A reset has lost the jobs, and the group did not cause it. */
	if (!args->state && test_bit(VPAN_GROUP_LOST, &group->flags))
		args->state = DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
			      DRM_PANTHOR_GROUP_STATE_INNOCENT;
	vpan_group_put(group);
	return 0;
}
