// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * DEV_QUERY: properties of GPU and firmware interface, which are constant from
 * probe on, permitted group priorities, and timestamps. Only timestamps access
 * the GPU; the others need no power and also work when the GPU is lost.
 */

#include <linux/capability.h>
#include <linux/sizes.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include <drm/drm_auth.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/panthor_uapi.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/file.h"
#include "device/runtime_pm.h"
#include "hw/regs.h"
#include "uapi/query.h"
#include "uapi/uobj.h"

/* For callers that do not choose: the members of version 1.0 */
#define TIMESTAMP_DEFAULT \
	(DRM_PANTHOR_TIMESTAMP_GPU | DRM_PANTHOR_TIMESTAMP_GPU_OFFSET | \
	 DRM_PANTHOR_TIMESTAMP_FREQ)
#define TIMESTAMP_FLAGS \
	(TIMESTAMP_DEFAULT | DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK | \
	 DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT | DRM_PANTHOR_TIMESTAMP_DURATION)

static const struct vpan_uobj_type uobj_gpu_info =
	VPAN_UOBJ_INIT(struct drm_panthor_gpu_info, tiler_present);
static const struct vpan_uobj_type uobj_csif_info =
	VPAN_UOBJ_INIT(struct drm_panthor_csif_info, pad);
static const struct vpan_uobj_type uobj_timestamp_info =
	VPAN_UOBJ_INIT(struct drm_panthor_timestamp_info, current_timestamp);
static const struct vpan_uobj_type uobj_priorities_info =
	VPAN_UOBJ_INIT(struct drm_panthor_group_priorities_info, pad);
static const struct vpan_uobj_type uobj_mmu_info =
	VPAN_UOBJ_INIT(struct drm_panthor_mmu_info, page_size_bitmap);

static int query_put(struct drm_panthor_dev_query *args,
		     const struct vpan_uobj_type *type, const void *info)
{
	if (!args->pointer) {
		args->size = type->size;
		return 0;
	}
	return vpan_uobj_put(args->pointer, args->size, type, info);
}

/**
 * vpan_priority_permitted - check whether a file may have groups of a priority
 * @file: open file
 * @priority: &enum drm_panthor_group_priority
 *
 * Context: process that makes the call.
 * Return: 0, -EINVAL if the priority does not exist, -EACCES if it takes
 * CAP_SYS_NICE or DRM master.
 */
int vpan_priority_permitted(struct drm_file *file, u8 priority)
{
	if (priority > PANTHOR_GROUP_PRIORITY_REALTIME)
		return -EINVAL;
	if (priority < PANTHOR_GROUP_PRIORITY_HIGH || capable(CAP_SYS_NICE) ||
	    drm_is_current_master(file))
		return 0;
	return -EACCES;
}

static int query_priorities(struct drm_file *file,
			    struct drm_panthor_dev_query *args)
{
	struct drm_panthor_group_priorities_info info = {};
	u8 priority;

	for (priority = 0; priority <= PANTHOR_GROUP_PRIORITY_REALTIME;
	     priority++) {
		if (!vpan_priority_permitted(file, priority))
			info.allowed_mask |= BIT(priority);
	}
	return query_put(args, &uobj_priorities_info, &info);
}

static int query_mmu(struct drm_panthor_dev_query *args)
{
	const struct drm_panthor_mmu_info info = {
		.page_size_bitmap = SZ_4K | SZ_2M,
	};

	return query_put(args, &uobj_mmu_info, &info);
}

static int timestamp_get_flags(const struct drm_panthor_dev_query *args,
			       u32 *flags)
{
	struct drm_panthor_timestamp_info info;
	int ret;

	if (args->size < uobj_timestamp_info.min_size)
		return -EINVAL;
	if (args->size > VPAN_UOBJ_STRIDE_MAX)
		return -E2BIG;
	ret = copy_struct_from_user(&info, sizeof(info),
				    u64_to_user_ptr(args->pointer), args->size);
	if (ret)
		return ret;

	*flags = info.flags ?: TIMESTAMP_DEFAULT;
	if (*flags & ~TIMESTAMP_FLAGS)
		return -EINVAL;

	switch (*flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK) {
	case DRM_PANTHOR_TIMESTAMP_CPU_NONE:
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC:
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW:
		return 0;
	default:
		return -EINVAL;
	}
}

static void timestamp_read_cpu(struct drm_panthor_timestamp_info *info,
			       u32 flags)
{
	struct timespec64 now;

	switch (flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK) {
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC:
		ktime_get_ts64(&now);
		break;
	case DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW:
		ktime_get_raw_ts64(&now);
		break;
	default:
		return;
	}
	timens_add_monotonic(&now);
	info->cpu_timestamp_sec = now.tv_sec;
	info->cpu_timestamp_nsec = now.tv_nsec;
}

/*
 * Interrupts are off, so that the clocks are read as closely together as
 * possible.
 */
static void timestamp_read(struct vpan_device *vpan,
			   struct drm_panthor_timestamp_info *info, u32 flags)
{
	unsigned long irqs;
	u64 begin;

	local_irq_save(irqs);
	begin = ktime_get_raw_ns();
	timestamp_read_cpu(info, flags);
	if (flags & DRM_PANTHOR_TIMESTAMP_GPU)
		info->current_timestamp = vpan_read64(vpan,
						      CSF_TIMESTAMP);
	if (flags & DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT)
		info->cycle_count = vpan_read64(vpan, CSF_CYCLE_COUNT);
	if (flags & DRM_PANTHOR_TIMESTAMP_DURATION)
		info->duration_nsec = ktime_get_raw_ns() - begin;
	local_irq_restore(irqs);

	if (flags & DRM_PANTHOR_TIMESTAMP_GPU_OFFSET)
		info->timestamp_offset = vpan_read64(vpan,
						     CSF_TIMESTAMP_OFFSET);
	if (flags & DRM_PANTHOR_TIMESTAMP_FREQ)
		info->timestamp_frequency = VCSF_TIMESTAMP_HZ;
}

static int query_timestamp(struct vpan_device *vpan,
			   struct drm_panthor_dev_query *args)
{
	struct drm_panthor_timestamp_info info = {};
	u32 flags = 0;
	int ret, idx;

	if (args->pointer) {
		ret = timestamp_get_flags(args, &flags);
		if (ret)
			return ret;
		if (!drm_dev_enter(&vpan->drm, &idx))
			return -ENODEV;
		ret = vpan_pm_get(vpan);
		if (!ret) {
			timestamp_read(vpan, &info, flags);
			vpan_pm_put(vpan);
		}
		drm_dev_exit(idx);
		if (ret)
			return -ENODEV;
		info.flags = flags;
	}
	return query_put(args, &uobj_timestamp_info, &info);
}

/**
 * vpan_dev_query - return properties of the device to user space
 * @file: open file of the caller
 * @args: query; returns the size if there is no pointer
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if the query is unknown or the size too small, -E2BIG if it
 * is too large or a member that the kernel does not know is not zero, -EFAULT,
 * -ENODEV.
 */
int vpan_dev_query(struct drm_file *file, struct drm_panthor_dev_query *args)
{
	struct vpan_file *vfile = file->driver_priv;
	struct vpan_device *vpan = vfile->vpan;

	switch (args->type) {
	case DRM_PANTHOR_DEV_QUERY_GPU_INFO:
		return query_put(args, &uobj_gpu_info, &vpan->gpu_info);
	case DRM_PANTHOR_DEV_QUERY_CSIF_INFO:
		return query_put(args, &uobj_csif_info, &vpan->csif_info);
	case DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO:
		return query_timestamp(vpan, args);
	case DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO:
		return query_priorities(file, args);
	case DRM_PANTHOR_DEV_QUERY_MMU_INFO:
		return query_mmu(args);
	default:
		return -EINVAL;
	}
}
