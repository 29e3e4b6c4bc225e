// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GPU usage of clients, for fdinfo. Jobs measure themselves: they store counters
 * before and after their stream, and the numbers are added up when jobs complete.
 * That costs each job eight instructions and some stores, so it is off unless the
 * "profiling" attribute of the device enables it.
 *
 * The time of a client is that in which at least one of its jobs ran, so it never
 * outruns the clock, whatever runs side by side. Intervals are added in the order of
 * time (&vpan_usage.until). When a job completes, the interval that is added begins
 * where the job has begun, or where a job of another queue has begun that still runs.
 * The client keeps a pointer to the oldest job of each queue, for a limited number of
 * queues; if that has ended and not completed yet, the time of the one behind it is
 * counted up to the next read. A read adds the time of the jobs that run, up
 * to now: the numbers grow while a long job runs. Streams can write to the measurements,
 * so a read also limits the growth to that of the clocks.
 *
 * Jobs complete in any context, so a spinlock protects the numbers. They are not used
 * for scheduling: most systems do not measure. The usage object also holds the
 * client's shares of the GPU time, which are the scheduler's (waiting.c).
 */

#include <linux/device.h>
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/kstrtox.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include <kunit/visibility.h>
#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/file.h"
#include "device/runtime_pm.h"
#include "hw/devfreq.h"
#include "hw/regs.h"
#include "mm/vm.h"
#include "sched/profile.h"

/* Measurements beyond these are not scaled: ticks (13 days), cycles per tick */
#define USAGE_TICKS_MAX		BIT_ULL(50)
#define USAGE_RATE_MAX		BIT_ULL(10)

static void usage_release(struct kref *ref)
{
	kfree(container_of(ref, struct vpan_usage, ref));
}

/**
 * vpan_usage_create - create the usage object of a client
 * @vpan: the device
 * @client_id: &drm_file.client_id
 *
 * Context: may sleep.
 * Return: the object, with a reference, or NULL.
 */
struct vpan_usage *vpan_usage_create(struct vpan_device *vpan, u64 client_id)
{
	struct vpan_usage *usage;
	unsigned int i;

	usage = kzalloc(sizeof(*usage), GFP_KERNEL_ACCOUNT);
	if (!usage)
		return NULL;

	kref_init(&usage->ref);
	spin_lock_init(&usage->lock);
	usage->read_ns = ktime_get_ns();
	usage->read_total = vpan_devfreq_total_cycles(vpan, usage->read_ns);
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
 * vpan_usage_watch - set the oldest measured job of a queue
 * @usage: usage of the client
 * @place: the queue's place in &vpan_usage.oldest plus one; 0 if it has none
 * @slot: measurements of the job, or NULL: the place is then free for others
 *
 * A queue gets no place if the client has many. The time of its jobs is then counted when
 * they complete, from the end of the last interval on.
 *
 * Context: any. The caller serialises calls for one queue.
 */
void vpan_usage_watch(struct vpan_usage *usage, u32 *place,
		      const struct vpan_profile_slot *slot)
{
	unsigned long flags;
	u32 i;

	if (!slot && !*place)
		return;
	spin_lock_irqsave(&usage->lock, flags);
	for (i = 0; !*place && i < VPAN_USAGE_QUEUES; i++) {
		if (!usage->oldest[i])
			*place = i + 1;
	}
	if (*place)
		usage->oldest[*place - 1] = slot;
	if (!slot)
		*place = 0;
	spin_unlock_irqrestore(&usage->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_usage_watch);

/* Return: the part of the interval that was not counted before. */
static u64 usage_extend(struct vpan_usage *usage, u64 begin, u64 end)
{
	u64 ticks;

	begin = max(begin, usage->until);
	if (end <= begin)
		return 0;
	ticks = end - begin;
	usage->until = end;
	usage->ticks += ticks;
	return ticks;
}

/*
 * Return: when the oldest job of a queue began, U64_MAX if that was not before @end.
 * @ended: when it ended, U64_MAX if it runs
 */
static u64 usage_begun(const struct vpan_profile_slot *slot, u64 end, u64 *ended)
{
	u64 last = slot ? READ_ONCE(slot->time[1]) : 0;
	u64 first = slot ? READ_ONCE(slot->time[0]) : 0;

	*ended = last ?: U64_MAX;
	return first && first < end ? first : U64_MAX;
}

/* Return: the beginning of an interval up to @end in which there was always a job. */
static u64 usage_reach_back(const struct vpan_usage *usage, u64 begin, u64 end)
{
	unsigned int i, n = 0;
	u64 first, last;

	/* Each round that changes anything adds another queue. */
	for (i = 0; i < VPAN_USAGE_QUEUES && n < VPAN_USAGE_QUEUES; i++) {
		first = usage_begun(usage->oldest[i], end, &last);
		if (first < begin && last >= begin) {
			begin = first;
			i = -1;
			n++;
		}
	}
	return begin;
}

/*
 * Count the time from @begin to @end in which a job ran, and the earlier time of the oldest
 * jobs of all queues, which complete later.
 *
 * Return: the time that was not counted before.
 */
static u64 usage_count(struct vpan_usage *usage, u64 begin, u64 end)
{
	u64 first, last, next, next_last = 0, ticks = 0;
	unsigned int i, n;

	begin = usage_reach_back(usage, begin, end);
	/* The others have ended before. In the order of time: the earliest that is left */
	for (n = 0; n < VPAN_USAGE_QUEUES; n++) {
		next = U64_MAX;
		for (i = 0; i < VPAN_USAGE_QUEUES; i++) {
			first = usage_begun(usage->oldest[i], end, &last);
			if (first < next && last < begin && last > usage->until) {
				next = first;
				next_last = last;
			}
		}
		if (next == U64_MAX)
			break;
		ticks += usage_extend(usage, next, next_last);
	}
	return ticks + usage_extend(usage, begin, end);
}

/* Return: cycles of @ticks for a job that has used @cycles in @duration. */
static u64 usage_scale(u64 cycles, u64 duration, u64 ticks)
{
	if (ticks == duration)
		return cycles;
	/* Streams can write any number, and a quotient beyond 64 bits traps. */
	if (ticks > USAGE_TICKS_MAX || cycles / USAGE_RATE_MAX > duration)
		return 0;
	return mul_u64_u64_div_u64(ticks, cycles, duration);
}

/**
 * vpan_usage_add - count the measurements of a job that has completed
 * @usage: usage of the client
 * @mask: VPAN_PROFILE bits: what was measured
 * @slot: measurements, which the stream may have overwritten
 *
 * Cycles are counted for the time that is added, at the average rate of the job.
 *
 * Context: any.
 */
void vpan_usage_add(struct vpan_usage *usage, u32 mask,
		    const struct vpan_profile_slot *slot)
{
	u64 begin = READ_ONCE(slot->time[0]), end = READ_ONCE(slot->time[1]);
	u64 first = READ_ONCE(slot->cycles[0]), last = READ_ONCE(slot->cycles[1]);
	unsigned long flags;
	u64 ticks;

	/* The job did not get that far, or its stream has written here. */
	if (!begin || begin >= end)
		return;
	spin_lock_irqsave(&usage->lock, flags);
	ticks = usage_count(usage, begin, end);
	if (ticks && (mask & VPAN_PROFILE_CYCLES) && first < last)
		usage->cycles += usage_scale(last - first, end - begin, ticks);
	spin_unlock_irqrestore(&usage->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_usage_add);

/* Since the last read, time and cycles cannot have grown by more than the clocks. */
static void usage_limit(struct vpan_usage *usage,
			const struct vpan_usage_clock *clock)
{
	u64 ticks, cycles;

	/* Another read has been faster. */
	if (clock->ns <= usage->read_ns || clock->total < usage->read_total)
		return;
	ticks = mul_u64_u32_div(clock->ns - usage->read_ns, VCSF_TIMESTAMP_HZ,
				NSEC_PER_SEC);
	cycles = clock->total - usage->read_total;
	usage->ticks = usage->read_ticks +
		       min(usage->ticks - usage->read_ticks, ticks);
	usage->cycles = usage->read_cycles +
			min(usage->cycles - usage->read_cycles, cycles);
	usage->read_ns = clock->ns;
	usage->read_total = clock->total;
	usage->read_ticks = usage->ticks;
	usage->read_cycles = usage->cycles;
}

/**
 * vpan_usage_read - read what a client has used, up to now
 * @usage: usage of the client
 * @clock: the time
 * @ticks: returns the time in ticks of the system counter
 * @cycles: returns the GPU cycles
 *
 * The rate of jobs that run is known when they complete; until then it is that of the
 * clock. Neither result ever decreases.
 *
 * Context: any.
 */
void vpan_usage_read(struct vpan_usage *usage,
		     const struct vpan_usage_clock *clock, u64 *ticks,
		     u64 *cycles)
{
	unsigned long flags;
	u64 added;

	spin_lock_irqsave(&usage->lock, flags);
	/* A stream has written that: nothing would count any longer. */
	if (clock->timestamp &&
	    usage->until > clock->timestamp + VCSF_TIMESTAMP_HZ)
		usage->until = clock->timestamp;
	added = usage_count(usage, clock->timestamp, clock->timestamp);
	usage->cycles += mul_u64_u64_div_u64(added, clock->hz,
					     VCSF_TIMESTAMP_HZ);
	/* Intervals that are added later lie behind this read. */
	usage->until = max(usage->until, clock->timestamp);
	usage_limit(usage, clock);
	*ticks = usage->read_ticks;
	*cycles = usage->read_cycles;
	spin_unlock_irqrestore(&usage->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_usage_read);

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

	if (!drm_dev_enter(&vpan->drm, &idx))
		return;
	drm_printf(p, "drm-curfreq-panthor:\t%lu Hz\n",
		   vcsf_get_clock(vpan->regs));
	drm_dev_exit(idx);
}

/*
 * The clocks are read together: what passes between them would be clipped, or count twice.
 * A read does not keep the GPU powered, and leaves it alone if nothing is measured.
 */
static void profile_read_clock(struct vpan_device *vpan, u32 mask,
			       struct vpan_usage_clock *clock)
{
	unsigned long flags;
	bool on = false;
	int idx;

	if (mask && drm_dev_enter(&vpan->drm, &idx)) {
		on = vpan_pm_get_if_on(vpan);
		if (on) {
			local_irq_save(flags);
			clock->timestamp = vpan_read64(vpan, CSF_TIMESTAMP);
			clock->ns = ktime_get_ns();
			local_irq_restore(flags);
			if (mask & VPAN_PROFILE_CYCLES)
				clock->hz = vcsf_get_clock(vpan->regs);
			vpan_pm_put_idle(vpan);
		}
		drm_dev_exit(idx);
	}
	if (!on)
		clock->ns = ktime_get_ns();
	clock->total = vpan_devfreq_total_cycles(vpan, clock->ns);
}

/**
 * vpan_profile_show - print the usage of a client for fdinfo
 * @p: printer
 * @file: file of the client
 *
 * By the kernel's Documentation/gpu/drm-usage-stats.rst a driver prints drm-maxfreq or
 * drm-total-cycles, not both. If cycles are all that is measured, monitors need the latter
 * to divide them by: gputop writes 1 to "profiling".
 *
 * Context: may sleep.
 */
void vpan_profile_show(struct drm_printer *p, struct vpan_file *file)
{
	u32 mask = READ_ONCE(file->vpan->profiling);
	struct vpan_usage_clock clock = {};
	u64 ticks, cycles;

	profile_read_clock(file->vpan, mask, &clock);
	vpan_usage_read(file->usage, &clock, &ticks, &cycles);
	if (mask & VPAN_PROFILE_TIME)
		drm_printf(p, "drm-engine-panthor:\t%llu ns\n",
			   mul_u64_u32_div(ticks, NSEC_PER_SEC,
					   VCSF_TIMESTAMP_HZ));
	if (mask & VPAN_PROFILE_CYCLES)
		drm_printf(p, "drm-cycles-panthor:\t%llu\n", cycles);
	if (mask == VPAN_PROFILE_CYCLES)
		drm_printf(p, "drm-total-cycles-panthor:\t%llu\n",
			   clock.total);
	else
		drm_printf(p, "drm-maxfreq-panthor:\t%lu Hz\n",
			   file->vpan->devfreq->max_hz);
	profile_show_clock(p, file->vpan);
	profile_show_memory(p, file);
}
