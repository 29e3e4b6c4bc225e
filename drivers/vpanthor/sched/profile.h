/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PROFILE_H_
#define _VPAN_PROFILE_H_

#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "sched/waiting.h"

struct attribute_group;
struct drm_printer;
struct vpan_device;
struct vpan_file;

/* Measurements of jobs, with the values of the "profiling" attribute */
#define VPAN_PROFILE_CYCLES	BIT(0)
#define VPAN_PROFILE_TIME	BIT(1)
#define VPAN_PROFILE_ALL	(VPAN_PROFILE_CYCLES | VPAN_PROFILE_TIME)

/* Queues of a client whose jobs are known to run side by side */
#define VPAN_USAGE_QUEUES	16

/**
 * struct vpan_profile_slot - measurements that a job writes
 */
struct vpan_profile_slot {
	/** @cycles: GPU cycle counter before and after the stream. */
	u64 cycles[2];
	/** @time: System counter before and after the stream, 0 before that. */
	u64 time[2];
};

/**
 * struct vpan_usage_clock - clocks at the time of a read
 */
struct vpan_usage_clock {
	/** @ns: CLOCK_MONOTONIC. */
	u64 ns;
	/** @total: Cycles that the GPU clock would have counted with power. */
	u64 total;
	/** @timestamp: System counter, 0 without power: no job runs then. */
	u64 timestamp;
	/** @hz: Rate of the GPU clock, 0 if no cycles are measured. */
	unsigned long hz;
};

/**
 * struct vpan_usage - what a client, which is an open file, has used of the GPU
 */
struct vpan_usage {
	/** @ref: References of the file and of its groups. */
	struct kref ref;
	/** @client_id: &drm_file.client_id, as in fdinfo. Constant. */
	u64 client_id;
	/** @lock: Protects what follows, except @share; irq-safe. */
	spinlock_t lock;
	/** @ticks: Time in which a job ran, in ticks of the system counter. */
	u64 ticks;
	/** @cycles: GPU cycles of that time. */
	u64 cycles;
	/** @until: Timestamp up to which time is counted. */
	u64 until;
	/** @read_ns: CLOCK_MONOTONIC at the last read. */
	u64 read_ns;
	/** @read_total: &vpan_usage_clock.total at the last read. */
	u64 read_total;
	/** @read_ticks: @ticks at the last read. */
	u64 read_ticks;
	/** @read_cycles: @cycles at the last read. */
	u64 read_cycles;
	/** @oldest: Oldest measured job in the ring of each queue, or NULL. */
	const struct vpan_profile_slot *oldest[VPAN_USAGE_QUEUES];
	/** @share: Shares in the GPU time of each priority. */
	struct vpan_share share[VPAN_PRIORITIES];
};

extern const struct attribute_group *vpan_profile_groups[];

struct vpan_usage *vpan_usage_create(struct vpan_device *vpan, u64 client_id);
struct vpan_usage *vpan_usage_get(struct vpan_usage *usage);
void vpan_usage_put(struct vpan_usage *usage);
void vpan_usage_watch(struct vpan_usage *usage, u32 *place,
		      const struct vpan_profile_slot *slot);
void vpan_usage_add(struct vpan_usage *usage, u32 mask,
		    const struct vpan_profile_slot *slot);
void vpan_usage_read(struct vpan_usage *usage,
		     const struct vpan_usage_clock *clock, u64 *ticks,
		     u64 *cycles);

void vpan_profile_show(struct drm_printer *p, struct vpan_file *file);

#endif /* _VPAN_PROFILE_H_ */
