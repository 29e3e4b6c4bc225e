// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Time as the GPU sees it. Both the system counter and the GPU clock run at
 * 1 GHz, so nanoseconds, ticks and cycles are the same.
 */

#include <linux/timekeeping.h>

#include "internal.h"

/**
 * vcsf_clock_ns - time for everything that takes or waits time
 * @hw: the GPU
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 vcsf_clock_ns(struct vcsf *hw)
{
	return ktime_get_mono_fast_ns();
}

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

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	cycles = hw->cycles;
	if (hw->power[VCSF_DOMAIN_L2])
		cycles += vcsf_clock_ns(hw) - hw->powered_at;
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);

	return cycles;
}
