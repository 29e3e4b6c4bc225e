// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Entry points of user space
 *
 * ioctl.c has the entry points of user space: each copies arrays from user
 * memory, checks what the implementation cannot check, resolves ids and handles
 * of the open file to objects with a reference, and calls the implementation.
 * The rest of this folder implements the calls that combine several objects
 * (submit.c, vm_bind_ops.c, sync.c); all others are implemented by the room of
 * their object. Documentation/uapi.rst specifies arguments and errors, and
 * compares them with panthor.
 *
 * A call either succeeds or changes nothing, except for a synchronous VM_BIND,
 * which returns how many operations it has executed. All memory that outlives
 * the call is allocated before the first change, and charged to the caller.
 *
 * Calls that need the GPU run between vpan_hw_enter() and drm_dev_exit(), and
 * unplugging the device waits for that. The section contains only what needs the GPU: it
 * begins after the last access to user memory, since a page fault may last forever, after
 * what is charged to the caller has been allocated, which sleeps for as long as the
 * caller's control group is short of memory, and after locks have been taken whose holders
 * clients can keep off the processors. What a call prepares before refers to memory only,
 * which needs the device for its DMA mapping (vpan_dma_map()); the section, or for a group
 * the device's list of groups, checks that the GPU is still there before anything is
 * published. Page tables are changed without it: that needs memory and, while the
 * device is there, commands of the MMU.
 *
 * Loops whose length user space chooses look for fatal signals and call
 * cond_resched(). A call that a signal interrupts is restarted.
 *
 * No lock is held across a call. Ids and handles are in xarrays of struct
 * vpan_file, whose lock is held to look up an object and take a reference.
 */

#include <linux/bitfield.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/panthor_uapi.h>

#include "device/device.h"
#include "device/mmap_offset.h"
#include "heap/heap.h"
#include "hw/usermmio.h"
#include "mm/gem.h"
#include "mm/vm.h"
#include "sched/group.h"
#include "uapi/enter.h"
#include "uapi/ioctl.h"
#include "uapi/query.h"
#include "uapi/submit.h"
#include "uapi/sync.h"
#include "uapi/uobj.h"
#include "uapi/vm_bind_ops.h"
#include "uapi/vm_id.h"

#define BO_FLAGS	((u32)DRM_PANTHOR_BO_NO_MMAP | DRM_PANTHOR_BO_WB_MMAP)
#define BO_LABEL_MAX	4096
#define BO_SYNC_OPS_MAX	16384
#define QUEUES_MAX	32

static const struct vpan_uobj_type uobj_queue_create =
	VPAN_UOBJ_INIT(struct drm_panthor_queue_create, ringbuf_size);
static const struct vpan_uobj_type uobj_queue_submit =
	VPAN_UOBJ_INIT(struct drm_panthor_queue_submit, syncs);
static const struct vpan_uobj_type uobj_bo_sync_op =
	VPAN_UOBJ_INIT(struct drm_panthor_bo_sync_op, size);

static int ioctl_dev_query(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	return vpan_dev_query(file, data);
}

static int ioctl_vm_create(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_panthor_vm_create *args = data;

	if (args->flags)
		return -EINVAL;

	return vpan_vm_create_id(file->driver_priv, &args->user_va_range,
				 &args->id);
}

static int ioctl_vm_destroy(struct drm_device *drm, void *data,
			    struct drm_file *file)
{
	struct drm_panthor_vm_destroy *args = data;

	if (args->pad)
		return -EINVAL;

	return vpan_vm_destroy_id(file->driver_priv, args->id);
}

static int ioctl_vm_get_state(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_panthor_vm_get_state *args = data;
	struct vpan_vm *vm;

	vm = vpan_vm_get_by_id(file->driver_priv, args->vm_id);
	if (!vm)
		return -EINVAL;

	args->state = vpan_vm_is_unusable(vm) ? DRM_PANTHOR_VM_STATE_UNUSABLE :
						DRM_PANTHOR_VM_STATE_USABLE;
	vpan_vm_put(vm);
	return 0;
}

static int ioctl_vm_bind(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	if (vpan_hw_is_gone(to_vpan_device(drm)))
		return -ENODEV;

	return vpan_vm_bind(file, data);
}

static int ioctl_bo_create(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_panthor_bo_create *args = data;
	struct vpan_vm *vm = NULL;
	int ret;

	/* WB_MMAP selects how a buffer is mapped, NO_MMAP that it is not. */
	if (!args->size || args->pad || args->flags & ~BO_FLAGS ||
	    args->flags == BO_FLAGS)
		return -EINVAL;

	if (args->exclusive_vm_id) {
		vm = vpan_vm_get_by_id(file->driver_priv,
				       args->exclusive_vm_id);
		if (!vm)
			return -EINVAL;
	}
	ret = vpan_bo_create_handle(file, &args->size, args->flags, vm,
				    &args->handle);
	vpan_vm_put(vm);
	return ret;
}

static int ioctl_bo_mmap_offset(struct drm_device *drm, void *data,
				struct drm_file *file)
{
	struct drm_panthor_bo_mmap_offset *args = data;
	struct drm_gem_object *gem;
	int ret;

	if (args->pad)
		return -EINVAL;
	gem = drm_gem_object_lookup(file, args->handle);
	if (!gem)
		return -ENOENT;

	ret = -EPERM;
	if (!(to_vpan_bo(gem)->flags & DRM_PANTHOR_BO_NO_MMAP))
		ret = vpan_mmap_offset_add(file->driver_priv, gem,
					   &to_vpan_bo(gem)->mmap_share);
	if (!ret)
		args->offset = drm_vma_node_offset_addr(&gem->vma_node);
	drm_gem_object_put(gem);
	return ret;
}

static int ioctl_group_create(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_panthor_group_create *args = data;
	struct drm_panthor_queue_create *queues;
	struct vpan_vm *vm;
	int ret;

	if (!args->queues.count || args->queues.count > QUEUES_MAX)
		return -EINVAL;

	if (vpan_hw_is_gone(to_vpan_device(drm)))
		return -ENODEV;
	ret = vpan_uobj_get_array(&args->queues, &uobj_queue_create, QUEUES_MAX,
				  (void **)&queues);
	if (ret)
		return ret;

	ret = vpan_priority_permitted(file, args->priority);
	if (!ret) {
		vm = vpan_vm_get_by_id(file->driver_priv, args->vm_id);
		ret = vm ? vpan_group_create(file->driver_priv, vm, args, queues,
					     &args->group_handle) : -EINVAL;
		vpan_vm_put(vm);
	}
	kvfree(queues);
	return ret;
}

static int ioctl_group_destroy(struct drm_device *drm, void *data,
			       struct drm_file *file)
{
	struct drm_panthor_group_destroy *args = data;

	if (args->pad)
		return -EINVAL;

	return vpan_group_destroy(file->driver_priv, args->group_handle);
}

static int ioctl_group_get_state(struct drm_device *drm, void *data,
				 struct drm_file *file)
{
	struct drm_panthor_group_get_state *args = data;

	if (args->pad)
		return -EINVAL;

	return vpan_group_get_state(file->driver_priv, args);
}

/*
 * The limit applies to the sync operations of all jobs. Return: their number, or a
 * negative errno.
 */
static int submit_count_syncs(const struct drm_panthor_queue_submit *submits,
			      u32 count)
{
	u32 i, left = VPAN_SYNC_OPS_MAX;
	int ret;

	for (i = 0; i < count; i++) {
		ret = vpan_uobj_check_array(&submits[i].syncs, &vpan_sync_op_type,
					    left);
		if (ret)
			return ret;
		left -= submits[i].syncs.count;
	}
	return VPAN_SYNC_OPS_MAX - left;
}

static int submit_copy_syncs(const struct drm_panthor_queue_submit *submits,
			     u32 count, struct drm_panthor_sync_op *syncs)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < count; i++) {
		ret = vpan_uobj_copy_array(&submits[i].syncs, &vpan_sync_op_type,
					   syncs);
		syncs += submits[i].syncs.count;
		if (fatal_signal_pending(current))
			ret = ret ?: -EINTR;
		cond_resched();
	}
	return ret;
}

/* Run a call with the jobs' descriptions in kernel memory. */
static int submit_jobs(struct drm_file *file, u32 handle,
		       const struct drm_panthor_queue_submit *submits,
		       u32 count)
{
	/* Most calls have few: then nothing is allocated for them. */
	struct drm_panthor_sync_op few[VPAN_SYNC_OPS_FEW], *syncs = few;
	struct vpan_group *group;
	int ret, nsyncs;

	nsyncs = submit_count_syncs(submits, count);
	if (nsyncs < 0)
		return nsyncs;
	if (nsyncs > ARRAY_SIZE(few)) {
		syncs = kvmalloc_array(nsyncs, sizeof(*syncs),
				       GFP_KERNEL_ACCOUNT);
		if (!syncs)
			return -ENOMEM;
	}

	ret = submit_copy_syncs(submits, count, syncs);
	if (!ret) {
		group = vpan_group_get_by_handle(file->driver_priv, handle);
		ret = group ? vpan_submit(file, group, submits, count, syncs,
					  nsyncs) : -EINVAL;
		vpan_group_put(group);
	}
	if (syncs != few)
		kvfree(syncs);
	return ret;
}

static int submit_all(struct drm_file *file,
		      struct drm_panthor_group_submit *args)
{
	struct drm_panthor_queue_submit one, *submits;
	u32 count = args->queue_submits.count;
	int ret;

	if (count == 1) {
		ret = vpan_uobj_check_array(&args->queue_submits,
					    &uobj_queue_submit, 1) ?:
		      vpan_uobj_copy_array(&args->queue_submits,
					   &uobj_queue_submit, &one);
		return ret ?: submit_jobs(file, args->group_handle, &one, 1);
	}

	ret = vpan_uobj_get_array(&args->queue_submits, &uobj_queue_submit,
				  VPAN_SUBMIT_JOBS_MAX, (void **)&submits);
	if (ret)
		return ret;
	ret = submit_jobs(file, args->group_handle, submits, count);
	kvfree(submits);
	return ret;
}

static int ioctl_group_submit(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_panthor_group_submit *args = data;

	if (args->pad)
		return -EINVAL;
	if (!args->queue_submits.count)
		return 0;
	if (vpan_hw_is_gone(to_vpan_device(drm)))
		return -ENODEV;

	return submit_all(file, args);
}

static int ioctl_tiler_heap_create(struct drm_device *drm, void *data,
				   struct drm_file *file)
{
	struct drm_panthor_tiler_heap_create *args = data;
	struct vpan_vm *vm;
	int ret;

	if (vpan_hw_is_gone(to_vpan_device(drm)))
		return -ENODEV;
	vm = vpan_vm_get_by_id(file->driver_priv, args->vm_id);
	ret = vm ? vpan_heap_create(vm, args) : -EINVAL;
	vpan_vm_put(vm);
	return ret;
}

static int ioctl_tiler_heap_destroy(struct drm_device *drm, void *data,
				    struct drm_file *file)
{
	struct drm_panthor_tiler_heap_destroy *args = data;
	struct vpan_vm *vm;
	int ret;

	if (args->pad)
		return -EINVAL;

	vm = vpan_vm_get_by_id(file->driver_priv,
			       FIELD_GET(VPAN_HEAP_HANDLE_VM, args->handle));
	if (!vm)
		return -EINVAL;
	ret = vpan_heap_destroy(vm, args->handle);
	vpan_vm_put(vm);
	return ret;
}

/*
 * The copy stays with the buffer, so it is charged to the client, which
 * strndup_user() does not do.
 */
static char *label_dup(u64 user)
{
	char *copy = strndup_user(u64_to_user_ptr(user), BO_LABEL_MAX);
	char *label;

	/* strndup_user() returns -EINVAL for a string that is too long. */
	if (IS_ERR(copy))
		return copy == ERR_PTR(-EINVAL) ? ERR_PTR(-E2BIG) : copy;
	label = kstrdup(copy, GFP_KERNEL_ACCOUNT);
	kfree(copy);
	return label ?: ERR_PTR(-ENOMEM);
}

static int ioctl_bo_set_label(struct drm_device *drm, void *data,
			      struct drm_file *file)
{
	struct drm_panthor_bo_set_label *args = data;
	struct drm_gem_object *gem;
	char *label = NULL;

	if (args->pad)
		return -EINVAL;
	gem = drm_gem_object_lookup(file, args->handle);
	if (!gem)
		return -ENOENT;

	if (args->label)
		label = label_dup(args->label);
	if (!IS_ERR(label))
		vpan_bo_set_label(to_vpan_bo(gem), label);
	drm_gem_object_put(gem);
	return PTR_ERR_OR_ZERO(label);
}

static int ioctl_set_user_mmio_offset(struct drm_device *drm, void *data,
				      struct drm_file *file)
{
	struct drm_panthor_set_user_mmio_offset *args = data;

	return vpan_user_mmio_set_offset(file->driver_priv, args->offset);
}

static int bo_sync(struct drm_file *file,
		   const struct drm_panthor_bo_sync_op *op)
{
	struct drm_gem_object *gem;
	int ret = 0;

	if (op->type > DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE)
		return -EINVAL;
	gem = drm_gem_object_lookup(file, op->handle);
	if (!gem)
		return -ENOENT;

	/*
	 * The GPU is coherent with the CPU's caches: nothing has to be written
	 * back. That may not be true for imported buffers.
	 */
	if (gem->import_attach || op->offset > gem->size ||
	    op->size > gem->size - op->offset)
		ret = -EINVAL;
	drm_gem_object_put(gem);
	return ret;
}

static int ioctl_bo_sync(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	struct drm_panthor_bo_sync *args = data;
	struct drm_panthor_bo_sync_op *ops;
	int ret;
	u32 i;

	ret = vpan_uobj_get_array(&args->ops, &uobj_bo_sync_op, BO_SYNC_OPS_MAX,
				  (void **)&ops);
	for (i = 0; !ret && i < args->ops.count; i++) {
		ret = bo_sync(file, &ops[i]);
		if (fatal_signal_pending(current))
			ret = ret ?: -EINTR;
		cond_resched();
	}
	kvfree(ops);
	return ret;
}

static int ioctl_bo_query_info(struct drm_device *drm, void *data,
			       struct drm_file *file)
{
	struct drm_panthor_bo_query_info *args = data;
	struct drm_gem_object *gem;

	gem = drm_gem_object_lookup(file, args->handle);
	if (!gem)
		return -ENOENT;

	args->extra_flags = gem->import_attach ? DRM_PANTHOR_BO_IS_IMPORTED : 0;
	args->create_flags = to_vpan_bo(gem)->flags;
	args->pad = 0;
	drm_gem_object_put(gem);
	return 0;
}

/**
 * vpan_ioctl - handle an ioctl of the device file
 * @filp: open file
 * @cmd: command
 * @arg: user pointer
 *
 * drm_exec returns -EINTR if a signal comes while it waits for a reservation.
 * Ask for a restart instead, as drm_syncobj and others do: user space sees EINTR
 * only if its handler was installed without SA_RESTART.
 *
 * Return: as drm_ioctl().
 */
long vpan_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	long ret = drm_ioctl(filp, cmd, arg);

	return ret == -EINTR ? -ERESTARTSYS : ret;
}

#ifdef CONFIG_COMPAT
/**
 * vpan_compat_ioctl - handle an ioctl of a 32-bit program
 * @filp: open file
 * @cmd: command
 * @arg: user pointer
 *
 * Return: as vpan_ioctl().
 */
long vpan_compat_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	long ret = drm_compat_ioctl(filp, cmd, arg);

	return ret == -EINTR ? -ERESTARTSYS : ret;
}
#endif

#define VPAN_IOCTL(name, func) \
	DRM_IOCTL_DEF_DRV(PANTHOR_ ## name, ioctl_ ## func, DRM_RENDER_ALLOW)

const struct drm_ioctl_desc vpan_ioctls[VPAN_IOCTL_COUNT] = {
	VPAN_IOCTL(DEV_QUERY, dev_query),
	VPAN_IOCTL(VM_CREATE, vm_create),
	VPAN_IOCTL(VM_DESTROY, vm_destroy),
	VPAN_IOCTL(VM_BIND, vm_bind),
	VPAN_IOCTL(VM_GET_STATE, vm_get_state),
	VPAN_IOCTL(BO_CREATE, bo_create),
	VPAN_IOCTL(BO_MMAP_OFFSET, bo_mmap_offset),
	VPAN_IOCTL(GROUP_CREATE, group_create),
	VPAN_IOCTL(GROUP_DESTROY, group_destroy),
	VPAN_IOCTL(GROUP_SUBMIT, group_submit),
	VPAN_IOCTL(GROUP_GET_STATE, group_get_state),
	VPAN_IOCTL(TILER_HEAP_CREATE, tiler_heap_create),
	VPAN_IOCTL(TILER_HEAP_DESTROY, tiler_heap_destroy),
	VPAN_IOCTL(BO_SET_LABEL, bo_set_label),
	VPAN_IOCTL(SET_USER_MMIO_OFFSET, set_user_mmio_offset),
	VPAN_IOCTL(BO_SYNC, bo_sync),
	VPAN_IOCTL(BO_QUERY_INFO, bo_query_info),
};
