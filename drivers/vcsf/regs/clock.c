// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Clocks and counters of the GPU.
 *
 * The system counter runs at 1 GHz, so a tick is a nanosecond; so does the GPU
 * clock, unless the driver changes its rate. All simulated durations are
 * measured by vcsf_clock_ns(). With the virtual clock, that time stands still
 * until a test advances it, so the time of each event depends only on the order
 * of requests.
 *
 * Called in any context. &vcsf_ctl.lock protects the rate and the cycle counter;
 * vcsf_clock_ns() takes no lock.
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

/* Not zero, which some users of the time take for "never" */
#define VCSF_CLOCK_START	NSEC_PER_SEC

/**
 * vcsf_clock_init - initialise the clocks
 * @hw: the GPU
 */
void vcsf_clock_init(struct vcsf *hw)
{
	atomic64_set(&hw->ctl->virtual_ns, VCSF_CLOCK_START);
	hw->ctl->clock_mhz = VCSF_CLOCK_MHZ;
}

/**
 * vcsf_clock_ns - get the time by which all durations of the GPU are measured
 * @hw: the GPU
 *
 * Context: any.
 * Return: time in nanoseconds.
 */
u64 vcsf_clock_ns(struct vcsf *hw)
{
	if (hw->config.virtual_clock)
		return atomic64_read(&hw->ctl->virtual_ns);

	return ktime_get_mono_fast_ns();
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_clock_ns);

/**
 * vcsf_clock_advance - advance the virtual clock
 * @hw: the GPU
 * @ns: nanoseconds to add
 *
 * The engine handles the events that become due, later.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the device has no virtual clock.
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
 * vcsf_clock_timestamp - read the TIMESTAMP register
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
 * vcsf_clock_ticks - convert a duration to cycles of the GPU clock
 * @hw: the GPU
 * @ns: duration in nanoseconds, during which the rate did not change
 *
 * Context: holds &vcsf_ctl.lock.
 * Return: number of cycles.
 */
u64 vcsf_clock_ticks(const struct vcsf *hw, u64 ns)
{
	lockdep_assert_held(&hw->ctl->lock);

	return mul_u64_u32_div(ns, hw->ctl->clock_mhz, VCSF_CLOCK_MHZ);
}

/**
 * vcsf_clock_cycles - read the CYCLE_COUNT register
 * @hw: the GPU
 *
 * The register counts while the L2 has power.
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
 * @hz: new rate in Hz
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
	/* devfreq sets the rate many times a second, mostly to the current one. */
	if (!same)
		vcsf_event_raise(hw, VCSF_EVENT_TIMER);

	return 0;
}

/**
 * vcsf_clock_rate - get the rate of the GPU clock
 * @win: register window
 *
 * Context: any.
 * Return: rate in Hz.
 */
unsigned long vcsf_clock_rate(struct vcsf_window *win)
{
	return READ_ONCE(vcsf_from_window(win)->ctl->clock_mhz) * HZ_PER_MHZ;
}
