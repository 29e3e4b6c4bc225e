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
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @df: NULL if the clock's rate stays what it is. */
	struct devfreq *df;
	/** @max_hz: Rate of the fastest operating point. Constant. */
	unsigned long max_hz;
	/** @work: Has @df look at the device when it is on, and only then. */
	struct work_struct work;
	/** @boost_work: Makes the GPU fast shortly before @deadline. */
	struct delayed_work boost_work;
	/** @monitoring: @df polls the device. By @work only. */
	bool monitoring;
	/** @lock: Protects what follows; irq-safe. */
	spinlock_t lock;
	/** @busy: A group on a slot has something to do. */
	bool busy;
	/** @urgent: Somebody waits for a job, and cannot for long. */
	bool urgent;
	/** @deadline: What @boost_work is pending for. */
	ktime_t deadline;
	/** @since: Up to when the times are counted. */
	ktime_t since;
	/** @busy_ns: Time with something to do since @df looked last. */
	u64 busy_ns;
	/** @idle_ns: Time without. */
	u64 idle_ns;
};

int vpan_devfreq_init(struct vpan_device *vpan);
void vpan_devfreq_start(struct vpan_device *vpan);
void vpan_devfreq_stop(struct vpan_device *vpan);
void vpan_devfreq_update_power(struct vpan_device *vpan);
void vpan_devfreq_set_busy(struct vpan_device *vpan, bool busy);
void vpan_devfreq_set_deadline(struct vpan_device *vpan, ktime_t deadline);

#endif /* _VPAN_DEVFREQ_H_ */
