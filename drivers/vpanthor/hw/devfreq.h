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
 * struct vpan_devfreq - frequency scaling
 */
struct vpan_devfreq {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @df: Device of the devfreq core, NULL if the frequency is fixed. */
	struct devfreq *df;
	/** @max_hz: Rate of the fastest operating point. Constant. */
	unsigned long max_hz;
	/** @work: Starts and stops the polls of @df with the power. */
	struct work_struct work;
	/** @boost_work: Raises the frequency shortly before @deadline. */
	struct delayed_work boost_work;
	/** @monitoring: @df polls the device. Accessed by @work only. */
	bool monitoring;
	/** @lock: Protects what follows; irq-safe. */
	spinlock_t lock;
	/** @busy: A group on a slot has work. */
	bool busy;
	/** @urgent: The deadline of a job is near. */
	bool urgent;
	/** @deadline: Deadline for which @boost_work is pending. */
	ktime_t deadline;
	/** @since: Time up to which @busy_ns and @idle_ns are counted. */
	ktime_t since;
	/** @busy_ns: Busy time since the last poll. */
	u64 busy_ns;
	/** @idle_ns: Idle time since the last poll. */
	u64 idle_ns;
	/** @hz: Rate of the clock. */
	unsigned long hz;
	/** @total_cycles: Cycles of the clock, with or without power. */
	u64 total_cycles;
	/** @total_since: Time in ns up to which @total_cycles is counted. */
	u64 total_since;
};

int vpan_devfreq_init(struct vpan_device *vpan);
void vpan_devfreq_start(struct vpan_device *vpan);
void vpan_devfreq_stop(struct vpan_device *vpan);
u64 vpan_devfreq_total_cycles(struct vpan_device *vpan, u64 now);
void vpan_devfreq_update_power(struct vpan_device *vpan);
void vpan_devfreq_set_busy(struct vpan_device *vpan, bool busy);
void vpan_devfreq_set_deadline(struct vpan_device *vpan, ktime_t deadline);

#endif /* _VPAN_DEVFREQ_H_ */
