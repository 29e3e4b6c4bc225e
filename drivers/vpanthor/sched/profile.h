/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_PROFILE_H_
#define _VPAN_PROFILE_H_

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/types.h>

#include "sched/waiting.h"

struct attribute_group;
struct drm_printer;
struct vpan_file;

/* Measurements of jobs, with the values of the "profiling" attribute */
#define VPAN_PROFILE_CYCLES	BIT(0)
#define VPAN_PROFILE_TIME	BIT(1)
#define VPAN_PROFILE_ALL	(VPAN_PROFILE_CYCLES | VPAN_PROFILE_TIME)

/**
 * struct vpan_profile_slot - measurements that a job writes
 */
struct vpan_profile_slot {
	/** @cycles: GPU cycle counter before and after the stream. */
	u64 cycles[2];
	/** @time: System counter before and after the stream. */
	u64 time[2];
};

/**
 * struct vpan_usage - what a client, which is an open file, has used of the GPU
 */
struct vpan_usage {
	/** @ref: References of the file and of its groups. */
	struct kref ref;
	/** @client_id: &drm_file.client_id, as in fdinfo. Constant. */
	u64 client_id;
	/** @ticks: Measured time in ticks of the system counter. */
	atomic64_t ticks;
	/** @cycles: Measured GPU cycles. */
	atomic64_t cycles;
	/** @share: Shares in the GPU time of each priority. */
	struct vpan_share share[VPAN_PRIORITIES];
};

extern const struct attribute_group *vpan_profile_groups[];

struct vpan_usage *vpan_usage_create(u64 client_id);
struct vpan_usage *vpan_usage_get(struct vpan_usage *usage);
void vpan_usage_put(struct vpan_usage *usage);
void vpan_usage_add(struct vpan_usage *usage, u32 mask,
		    const struct vpan_profile_slot *slot);

void vpan_profile_show(struct drm_printer *p, struct vpan_file *file);

#endif /* _VPAN_PROFILE_H_ */
