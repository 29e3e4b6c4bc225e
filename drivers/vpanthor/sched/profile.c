// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GPU usage of clients, for fdinfo. Jobs measure themselves: they store counters
 * before and after their stream, and the numbers are added up when jobs complete.
 * That costs each job eight instructions and some stores, so it is off unless the
 * "profiling" attribute of the device enables it.
 *
 * Counters are atomic, because jobs complete in any context. They are not used for
 * scheduling: streams can write to the measurements, and most systems do not
 * measure. The usage object also holds the client's shares of the GPU time, which
 * are the scheduler's (waiting.c).
 */

#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "device/device.h"
#include "device/file.h"
#include "hw/devfreq.h"
#include "mm/vm.h"
#include "sched/profile.h"

static void usage_release(struct kref *ref)
{
	kfree(container_of(ref, struct vpan_usage, ref));
}

/**
 * vpan_usage_create - create the usage object of a client
 * @client_id: &drm_file.client_id
 *
 * Context: may sleep.
 * Return: the object, with a reference, or NULL.
 */
struct vpan_usage *vpan_usage_create(u64 client_id)
{
	struct vpan_usage *usage;
	unsigned int i;

	usage = kzalloc(sizeof(*usage), GFP_KERNEL_ACCOUNT);
	if (!usage)
		return NULL;

	kref_init(&usage->ref);
	usage->client_id = client_id;
	for (i = 0; i < VPAN_PRIORITIES; i++)
		vpan_share_init(&usage->share[i]);
	return usage;
}

/**
 * vpan_usage_get - take a reference
 * @usage: usage of a client
 *
 * Context: any.
 * Return: @usage.
 */
struct vpan_usage *vpan_usage_get(struct vpan_usage *usage)
{
	kref_get(&usage->ref);
	return usage;
}

/**
 * vpan_usage_put - drop a reference
 * @usage: usage of a client, or NULL
 *
 * Context: any.
 */
void vpan_usage_put(struct vpan_usage *usage)
{
	if (usage)
		kref_put(&usage->ref, usage_release);
}

/**
 * vpan_usage_add - count the measurements of a job
 * @usage: usage of the client
 * @mask: VPAN_PROFILE bits: what was measured
 * @slot: measurements, which the stream may have overwritten
 *
 * Context: any.
 */
void vpan_usage_add(struct vpan_usage *usage, u32 mask,
		    const struct vpan_profile_slot *slot)
{
	if (mask & VPAN_PROFILE_CYCLES)
		atomic64_add(READ_ONCE(slot->cycles[1]) -
			     READ_ONCE(slot->cycles[0]), &usage->cycles);
	if (mask & VPAN_PROFILE_TIME)
		atomic64_add(READ_ONCE(slot->time[1]) -
			     READ_ONCE(slot->time[0]), &usage->ticks);
}

static ssize_t profiling_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vpan->profiling));
}

static ssize_t profiling_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t count)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	u32 mask;
	int ret;

	ret = kstrtou32(buf, 0, &mask);
	if (ret)
		return ret;
	if (mask & ~VPAN_PROFILE_ALL)
		return -EINVAL;

	/* For jobs created from now on */
	WRITE_ONCE(vpan->profiling, mask);
	return count;
}

static DEVICE_ATTR_RW(profiling);

static struct attribute *profile_attrs[] = {
	&dev_attr_profiling.attr,
	NULL
};

static const struct attribute_group profile_group = {
	.attrs = profile_attrs,
};

const struct attribute_group *vpan_profile_groups[] = {
	&profile_group,
	NULL
};

static void profile_show_memory(struct drm_printer *p, struct vpan_file *file)
{
	u64 resident = 0, active = 0, size;
	struct vpan_vm *vm;
	unsigned long id;

	xa_lock(&file->vms);
	xa_for_each(&file->vms, id, vm) {
		size = atomic64_read(&vm->kernel_bytes);
		resident += size;
		if (READ_ONCE(vm->as.users))
			active += size;
	}
	xa_unlock(&file->vms);
	drm_printf(p, "panthor-resident-memory:\t%llu KiB\n",
		   resident / SZ_1K);
	drm_printf(p, "panthor-active-memory:\t%llu KiB\n", active / SZ_1K);
}

/* The rate of the clock, with or without power */
static void profile_show_clock(struct drm_printer *p, struct vpan_device *vpan)
{
	int idx;

	drm_printf(p, "drm-maxfreq-panthor:\t%lu Hz\n", vpan->devfreq->max_hz);
	if (!drm_dev_enter(&vpan->drm, &idx))
		return;
	drm_printf(p, "drm-curfreq-panthor:\t%lu Hz\n",
		   vcsf_get_clock(vpan->regs));
	drm_dev_exit(idx);
}

/**
 * vpan_profile_show - print the usage of a client for fdinfo
 * @p: printer
 * @file: file of the client
 *
 * Context: may sleep.
 */
void vpan_profile_show(struct drm_printer *p, struct vpan_file *file)
{
	u32 mask = READ_ONCE(file->vpan->profiling);

	if (mask & VPAN_PROFILE_TIME)
		drm_printf(p, "drm-engine-panthor:\t%llu ns\n",
			   mul_u64_u32_div(atomic64_read(&file->usage->ticks),
					   NSEC_PER_SEC,
					   VCSF_TIMESTAMP_HZ));
	if (mask & VPAN_PROFILE_CYCLES)
		drm_printf(p, "drm-cycles-panthor:\t%llu\n",
			   atomic64_read(&file->usage->cycles));
	profile_show_clock(p, file->vpan);
	profile_show_memory(p, file);
}
