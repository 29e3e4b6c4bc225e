// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Power of shader cores, tilers and L2.
 *
 * A transition takes the configured time. No timer ends it: a register access or
 * a step of the engine that comes later finds that its time has passed
 * (vcsf_power_settle()), and the engine asks vcsf_power_update() when to wake up
 * for that. The driver powers domains by registers, the firmware powers cores
 * for jobs (cores/). Called in any context; &vcsf_ctl.lock protects the state.
 */

#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "inject/inject.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/irq.h"
#include "regs/power.h"

/**
 * vcsf_power_present - get the cores that a domain has
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Return: bitmap of the cores that exist.
 */
u64 vcsf_power_present(struct vcsf *hw, enum vcsf_domain domain)
{
	switch (domain) {
	case VCSF_DOMAIN_SHADER:
		return hw->model.shader_present;
	case VCSF_DOMAIN_TILER:
		return hw->model.tiler_present;
	default:
		return hw->model.l2_present;
	}
}

static void vcsf_power_count_cycles(struct vcsf *hw, bool was_on, u64 now)
{
	bool on = hw->ctl->power[VCSF_DOMAIN_L2].ready;

	lockdep_assert_held(&hw->ctl->lock);

	if (on && !was_on)
		hw->ctl->powered_at = now;
	if (!on && was_on)
		hw->ctl->cycles += vcsf_clock_ticks(hw, now - hw->ctl->powered_at);
}

/* Update the flag that readers without the lock check. */
static void vcsf_power_set_moving(struct vcsf *hw)
{
	bool moving = false;
	unsigned int i;

	for (i = 0; i < VCSF_DOMAIN_COUNT; i++)
		moving |= hw->ctl->power[i].rising || hw->ctl->power[i].falling;
	WRITE_ONCE(hw->ctl->power_moving, moving);
}

static void vcsf_power_changed(struct vcsf *hw)
{
	lockdep_assert_held(&hw->ctl->lock);

	vcsf_power_set_moving(hw);
	WRITE_ONCE(hw->ctl->power_changes, hw->ctl->power_changes + 1);
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_POWER_CHANGED_SINGLE |
					  CSF_GPU_IRQ_POWER_CHANGED_ALL);
}

/* End the domain's transition if its time has passed. */
static void vcsf_power_settle(struct vcsf *hw, enum vcsf_domain domain)
{
	struct vcsf_power *power = &hw->ctl->power[domain];
	bool l2 = hw->ctl->power[VCSF_DOMAIN_L2].ready;

	lockdep_assert_held(&hw->ctl->lock);

	if (!(power->rising | power->falling) ||
	    vcsf_clock_ns(hw) < power->due)
		return;
	power->ready |= power->rising;
	power->rising = 0;
	power->falling = 0;
	vcsf_power_count_cycles(hw, l2, power->due);
	vcsf_power_changed(hw);
}

static void vcsf_power_begin(struct vcsf *hw, enum vcsf_domain domain)
{
	hw->ctl->power[domain].due = vcsf_clock_ns(hw) + hw->config.power_ns;
	vcsf_power_set_moving(hw);
	vcsf_power_settle(hw, domain);
}

/**
 * vcsf_power_ready - get the powered cores of a domain
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Context: any.
 * Return: bitmap of the cores that have power.
 */
u64 vcsf_power_ready(struct vcsf *hw, enum vcsf_domain domain)
{
	unsigned long flags;
	u64 ready;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	vcsf_power_settle(hw, domain);
	ready = hw->ctl->power[domain].ready;
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	return ready;
}

/**
 * vcsf_power_trans - get the cores of a domain that are in transition
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Context: any.
 * Return: bitmap of the cores.
 */
u64 vcsf_power_trans(struct vcsf *hw, enum vcsf_domain domain)
{
	unsigned long flags;
	u64 trans;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	vcsf_power_settle(hw, domain);
	trans = hw->ctl->power[domain].rising | hw->ctl->power[domain].falling;
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	return trans;
}

/**
 * vcsf_power_missing - get the cores of a domain that have no power
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Context: any.
 * Return: bitmap of the cores.
 */
u64 vcsf_power_missing(struct vcsf *hw, enum vcsf_domain domain)
{
	unsigned long flags;
	u64 missing;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	vcsf_power_settle(hw, domain);
	missing = vcsf_power_present(hw, domain) &
		  ~(hw->ctl->power[domain].ready | hw->ctl->power[domain].rising);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	return missing;
}

/**
 * vcsf_power_up - begin to power up cores, for a PWRON register or the firmware
 * @hw: the GPU
 * @domain: shader, tiler or L2
 * @cores: bitmap; cores that do not exist are ignored
 *
 * Context: any.
 */
void vcsf_power_up(struct vcsf *hw, enum vcsf_domain domain, u64 cores)
{
	struct vcsf_power *power = &hw->ctl->power[domain];
	unsigned long flags;

	if (vcsf_inject(hw, VCSF_INJECT_POWER_FAIL, domain, NULL))
		return;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	vcsf_power_settle(hw, domain);
	cores &= vcsf_power_present(hw, domain) &
		 ~(power->ready | power->rising);
	if (cores) {
		power->rising |= cores;
		power->falling &= ~cores;
		vcsf_power_begin(hw, domain);
	}
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	if (cores)
		vcsf_event_raise(hw, VCSF_EVENT_TIMER);
}

/**
 * vcsf_power_down - power down cores, for a PWROFF register or the firmware
 * @hw: the GPU
 * @domain: shader, tiler or L2
 * @cores: bitmap
 *
 * A core is not ready from the beginning of the transition. Without the L2
 * nothing reaches memory: the MCU crashes if it still runs.
 *
 * Context: any.
 */
void vcsf_power_down(struct vcsf *hw, enum vcsf_domain domain, u64 cores)
{
	struct vcsf_power *power = &hw->ctl->power[domain];
	bool l2, lost;
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	vcsf_power_settle(hw, domain);
	l2 = hw->ctl->power[VCSF_DOMAIN_L2].ready;
	cores &= power->ready | power->rising;
	if (cores) {
		power->ready &= ~cores;
		power->rising &= ~cores;
		power->falling |= cores;
		vcsf_power_count_cycles(hw, l2, vcsf_clock_ns(hw));
		vcsf_power_begin(hw, domain);
	}
	lost = cores && !hw->ctl->power[VCSF_DOMAIN_L2].ready;
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	if (lost)
		vcsf_event_raise(hw, VCSF_EVENT_POWER);
	else if (cores)
		vcsf_event_raise(hw, VCSF_EVENT_TIMER);
}

/**
 * vcsf_power_reset - power down all domains at once
 * @hw: the GPU
 *
 * Context: holds &vcsf_ctl.lock.
 */
void vcsf_power_reset(struct vcsf *hw)
{
	lockdep_assert_held(&hw->ctl->lock);

	memset(hw->ctl->power, 0, sizeof(hw->ctl->power));
	vcsf_power_set_moving(hw);
	WRITE_ONCE(hw->ctl->power_changes, hw->ctl->power_changes + 1);
}

/**
 * vcsf_power_update - end transitions whose time has passed
 * @hw: the GPU
 *
 * Context: any.
 * Return: time at which the next transition ends, U64_MAX if there is none.
 */
u64 vcsf_power_update(struct vcsf *hw)
{
	unsigned long flags;
	unsigned int i;
	u64 next = U64_MAX;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	for (i = 0; i < VCSF_DOMAIN_COUNT; i++) {
		struct vcsf_power *power = &hw->ctl->power[i];

		vcsf_power_settle(hw, i);
		if (power->rising | power->falling)
			next = min(next, power->due);
	}
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	return next;
}
