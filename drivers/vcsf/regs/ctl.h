/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REGS_CTL_H_
#define _VCSF_REGS_CTL_H_

/* State behind the control registers: power, clock, caches, bus faults */

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct page;

/* Read-write registers without an effect of their own */
enum vcsf_store {
	VCSF_STORE_L2_CONFIG,
	VCSF_STORE_PWR_KEY,
	VCSF_STORE_PWR_OVERRIDE0,
	VCSF_STORE_PWR_OVERRIDE1,
	VCSF_STORE_COHERENCY_ENABLE,
	VCSF_STORE_TIMESTAMP_OFFSET,
	VCSF_STORE_COUNT,
};

enum vcsf_domain {
	VCSF_DOMAIN_SHADER,
	VCSF_DOMAIN_TILER,
	VCSF_DOMAIN_L2,
	VCSF_DOMAIN_COUNT,
};

/**
 * struct vcsf_power - a power domain
 */
struct vcsf_power {
	/** @ready: Cores that have power. */
	u64 ready;
	/** @rising: Cores that power up. */
	u64 rising;
	/** @falling: Cores that power down. */
	u64 falling;
	/** @due: Time at which the transition ends. */
	u64 due;
};

/**
 * struct vcsf_ctl - control registers
 */
struct vcsf_ctl {
	/** @lock: Protects the members up to @user_page. */
	raw_spinlock_t lock;
	/** @store: Values of registers without an effect of their own. */
	u64 store[VCSF_STORE_COUNT];
	/** @power: State of the power domains. */
	struct vcsf_power power[VCSF_DOMAIN_COUNT];
	/** @power_moving: A transition is in progress. */
	bool power_moving;
	/** @power_changes: Counts ends of transitions, and resets. */
	u32 power_changes;
	/** @reset_hard: The requested reset is a hard one. */
	bool reset_hard;
	/** @fault_status: GPU_FAULT_STATUS. */
	u32 fault_status;
	/** @fault_address: GPU_FAULT_ADDRESS. */
	u64 fault_address;
	/** @flush_id: LATEST_FLUSH_ID. */
	u32 flush_id;
	/** @clock_mhz: Rate of the GPU clock. */
	u32 clock_mhz;
	/** @cycles: Cycles counted until @powered_at. */
	u64 cycles;
	/** @powered_at: Time when the L2 got power, or the rate last changed. */
	u64 powered_at;
	/** @resetting: A reset was requested and has not completed. */
	bool resetting;
	/** @user_page: The page with LATEST_FLUSH_ID. */
	struct page *user_page;
	/** @virtual_ns: The virtual clock. */
	atomic64_t virtual_ns;
};

#endif /* _VCSF_REGS_CTL_H_ */
