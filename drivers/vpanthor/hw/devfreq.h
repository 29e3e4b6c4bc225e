/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DEVFREQ_H_
#define _VPAN_DEVFREQ_H_

#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct devfreq;
struct vpan_device;

/**
 * struct vpan_devfreq - how fast the GPU is
 */
struct vpan_devfreq {
	/** @df: NULL if the clock's rate stays what it is. */
	struct devfreq *df;
	/** @max_hz: Rate of the fastest operating point. Constant. */
	unsigned long max_hz;
	/** @work: Has @df look at the device when it is on, and only then. */
	struct work_struct work;
	/** @hurry: Makes the GPU fast when @deadline comes near. */
	struct delayed_work hurry;
	/** @watched: @df looks at the device. By @work only. */
	bool watched;
	/** @lock: Protects what follows; irq-safe. */
	spinlock_t lock;
	/** @busy: A group on a slot has something to do. */
	bool busy;
	/** @urgent: Somebody waits for a job, and cannot for long. */
	bool urgent;
	/** @deadline: What @hurry is pending for. */
	ktime_t deadline;
	/** @since: Up to when the times are counted. */
	ktime_t since;
	/** @busy_ns: Time with something to do since @df looked last. */
	u64 busy_ns;
	/** @idle_ns: Time without. */
	u64 idle_ns;
};

void vpan_devfreq_init(struct vpan_device *vpan);
void vpan_devfreq_fini(struct vpan_device *vpan);
void vpan_devfreq_power(struct vpan_device *vpan);
void vpan_devfreq_set_busy(struct vpan_device *vpan, bool busy);
void vpan_devfreq_set_deadline(struct vpan_device *vpan, ktime_t deadline);

#endif /* _VPAN_DEVFREQ_H_ */
