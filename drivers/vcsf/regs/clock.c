// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Time as the GPU sees it. The system counter runs at 1 GHz, so nanoseconds and
 * ticks are the same; the GPU clock does so unless the host changes it.
 *
 * With the virtual clock, time stands still until it is advanced by hand. What
 * happens at which time then depends on nothing but the order of requests.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>
#include <linux/units.h>

#include <kunit/visibility.h>

#include <vcsf/vcsf_dev.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/power.h"

#define VCSF_CLOCK_MHZ		(VCSF_CLOCK_HZ / HZ_PER_MHZ)

/* Zero stands for "never" in places. */
#define VCSF_CLOCK_START	NSEC_PER_SEC

/**
 * vcsf_clock_init - start the clocks
 * @hw: the GPU
 */
void vcsf_clock_init(struct vcsf *hw)
{
	atomic64_set(&hw->ctl->virtual_ns, VCSF_CLOCK_START);
	hw->ctl->clock_mhz = VCSF_CLOCK_MHZ;
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
		return atomic64_read(&hw->ctl->virtual_ns);

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
	atomic64_add(ns, &hw->ctl->virtual_ns);
	vcsf_event_raise(hw, VCSF_EVENT_TIMER);

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
	       READ_ONCE(hw->ctl->store[VCSF_STORE_TIMESTAMP_OFFSET]);
}

/**
 * vcsf_clock_ticks - how often the GPU clock ticks in a time
 * @hw: the GPU
 * @ns: the time, in which the rate did not change
 *
 * Context: holds &vcsf_ctl.lock.
 * Return: cycles.
 */
u64 vcsf_clock_ticks(const struct vcsf *hw, u64 ns)
{
	lockdep_assert_held(&hw->ctl->lock);

	return mul_u64_u32_div(ns, hw->ctl->clock_mhz, VCSF_CLOCK_MHZ);
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
	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	cycles = hw->ctl->cycles;
	if (hw->ctl->power[VCSF_DOMAIN_L2].ready)
		cycles += vcsf_clock_ticks(hw, vcsf_clock_ns(hw) -
					       hw->ctl->powered_at);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	return cycles;
}

/**
 * vcsf_clock_set_rate - change the rate of the GPU clock
 * @win: register window
 * @hz: the rate
 *
 * See vcsf_set_clock().
 *
 * Context: any.
 * Return: 0, or -EINVAL if the rate is out of range.
 */
int vcsf_clock_set_rate(struct vcsf_window *win, unsigned long hz)
{
	struct vcsf *hw = vcsf_from_window(win);
	unsigned long flags;
	bool same;
	u64 now;

	if (hz < VCSF_CLOCK_MIN_HZ || hz > VCSF_CLOCK_MAX_HZ)
		return -EINVAL;

	vcsf_power_update(hw);
	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	if (hw->ctl->power[VCSF_DOMAIN_L2].ready) {
		now = vcsf_clock_ns(hw);
		hw->ctl->cycles += vcsf_clock_ticks(hw, now - hw->ctl->powered_at);
		hw->ctl->powered_at = now;
	}
	same = hw->ctl->clock_mhz == hz / HZ_PER_MHZ;
	WRITE_ONCE(hw->ctl->clock_mhz, hz / HZ_PER_MHZ);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);
	/* devfreq sets a rate many times a second, mostly the current one. */
	if (!same)
		vcsf_event_raise(hw, VCSF_EVENT_TIMER);

	return 0;
}

/**
 * vcsf_clock_rate - the rate of the GPU clock
 * @win: register window
 *
 * Context: any.
 * Return: the rate in Hz.
 */
unsigned long vcsf_clock_rate(struct vcsf_window *win)
{
	return READ_ONCE(vcsf_from_window(win)->ctl->clock_mhz) * HZ_PER_MHZ;
}
