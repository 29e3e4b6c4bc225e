// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Time as the GPU sees it. Both the system counter and the GPU clock run at
 * 1 GHz, so nanoseconds, ticks and cycles are the same.
 *
 * With the virtual clock, time stands still until somebody advances it. What
 * happens at which time then depends on nothing but the order of requests.
 */

#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "internal.h"

/* Zero stands for "never" in places. */
#define VCSF_CLOCK_START	NSEC_PER_SEC

/**
 * vcsf_clock_init - start the virtual clock
 * @hw: the GPU
 */
void vcsf_clock_init(struct vcsf *hw)
{
	atomic64_set(&hw->virtual_ns, VCSF_CLOCK_START);
}

/**
 * vcsf_clock_ns - time for everything that takes or waits time
 * @hw: the GPU
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 vcsf_clock_ns(struct vcsf *hw)
{
	if (hw->config.virtual_clock)
		return atomic64_read(&hw->virtual_ns);

	return ktime_get_mono_fast_ns();
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_clock_ns);

/**
 * vcsf_clock_advance - move the virtual clock
 * @hw: the GPU
 * @ns: nanoseconds to add
 *
 * What becomes due is done by the engine, later.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the clock is not a virtual one.
 */
int vcsf_clock_advance(struct vcsf *hw, u64 ns)
{
	if (!hw->config.virtual_clock)
		return -EINVAL;
	atomic64_add(ns, &hw->virtual_ns);
	vcsf_engine_kick(hw, VCSF_EVENT_TIMER);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_clock_advance);

/**
 * vcsf_clock_timestamp - the TIMESTAMP register
 * @hw: the GPU
 *
 * Context: any.
 * Return: ticks of the system counter with TIMESTAMP_OFFSET added.
 */
u64 vcsf_clock_timestamp(struct vcsf *hw)
{
	return vcsf_clock_ns(hw) +
	       READ_ONCE(hw->store[VCSF_STORE_TIMESTAMP_OFFSET]);
}

/**
 * vcsf_clock_cycles - the CYCLE_COUNT register
 * @hw: the GPU
 *
 * It counts while L2 is powered.
 *
 * Context: any.
 * Return: cycles since the last reset.
 */
u64 vcsf_clock_cycles(struct vcsf *hw)
{
	unsigned long flags;
	u64 cycles;

	vcsf_power_update(hw);
	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	cycles = hw->cycles;
	if (hw->power[VCSF_DOMAIN_L2].ready)
		cycles += vcsf_clock_ns(hw) - hw->powered_at;
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);

	return cycles;
}
