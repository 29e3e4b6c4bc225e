// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A step of the engine.
 *
 * A step first answers requests that do not concern the firmware alone: reset,
 * start and stop of the MCU, power. Then the firmware answers doorbells, wakes
 * the streams whose wait may be over, lets the cores work, and reports events.
 * Then one stream runs a slice. Everything that a stream does not have to wait
 * for comes after the slice: its events and the idle state of groups. The
 * result is the time until the next step.
 *
 * Each part of a step is bounded: by the number of slots, streams and
 * doorbells, and by the length of a slice and of the stages of jobs. The
 * thread calls a step without a lock; the watchdog's interrupt calls it under
 * &vcsf_engine.lock.
 */

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "cores/progress.h"
#include "engine/engine.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/gpu.h"
#include "regs/irq.h"
#include "regs/power.h"

/*
 * A CPU may write a sync object without ringing a doorbell. The engine
 * therefore polls sync objects: soon after the wait began, then at growing
 * intervals.
 */
#define VCSF_REPOLL_MIN_NS	(2 * NSEC_PER_MSEC)
#define VCSF_REPOLL_MAX_NS	(1024 * NSEC_PER_MSEC)

/* While a suspend waits for a workgroup, another group works in one of so many steps. */
#define VCSF_SUSPEND_STEPS	8

/* If several suspends wait, the longer workgroups execute in one of so many steps. */
#define VCSF_SUSPEND_TURNS	4

/* Requests that do not concern the firmware alone */
#define VCSF_EVENTS_CONTROL \
	(BIT(VCSF_EVENT_RESET) | BIT(VCSF_EVENT_MCU_STOP) | \
	 BIT(VCSF_EVENT_MCU_START) | BIT(VCSF_EVENT_POWER) | \
	 BIT(VCSF_EVENT_INJECT) | BIT(VCSF_EVENT_TIMER))

static void vcsf_engine_reset(struct vcsf *hw)
{
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_DISABLED);
	WRITE_ONCE(hw->mcu->control, CSF_MCU_CONTROL_DISABLE);
	if (vcsf_inject(hw, VCSF_INJECT_RESET_FAIL, 0, NULL))
		return;
	vcsf_mmu_reset(hw);
	vcsf_gpu_reset(hw, xchg(&hw->ctl->reset_hard, false));
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_RESET_COMPLETED);
}

/*
 * A reset cancels earlier requests to stop or start the MCU, and a start comes
 * last because it depends on the current value of MCU_CONTROL.
 */
static void vcsf_engine_control(struct vcsf *hw)
{
	clear_bit(VCSF_EVENT_INJECT, &hw->events.pending);
	if (vcsf_event_take(hw, VCSF_EVENT_TIMER) &&
	    hw->cores->clock_mhz != READ_ONCE(hw->ctl->clock_mhz))
		hw->mcu->jobs_changed = true;
	if (vcsf_event_take(hw, VCSF_EVENT_RESET)) {
		clear_bit(VCSF_EVENT_MCU_STOP, &hw->events.pending);
		clear_bit(VCSF_EVENT_MCU_START, &hw->events.pending);
		vcsf_engine_reset(hw);
	}
	if (vcsf_event_take(hw, VCSF_EVENT_MCU_STOP))
		vcsf_mcu_stop(hw, CSF_MCU_STATUS_DISABLED);
	if (vcsf_event_take(hw, VCSF_EVENT_MCU_START) &&
	    READ_ONCE(hw->mcu->control) != CSF_MCU_CONTROL_DISABLE)
		vcsf_mcu_start(hw);
	if (vcsf_event_take(hw, VCSF_EVENT_POWER) && hw->mcu->running &&
	    !vcsf_power_ready(hw, VCSF_DOMAIN_L2))
		vcsf_mcu_crash(hw);
}

static void vcsf_engine_for_groups(struct vcsf *hw, u32 groups,
				   void (*fn)(struct vcsf_csg *csg))
{
	unsigned int i;

	for (; groups; groups &= groups - 1) {
		i = __ffs(groups);
		if (i >= hw->mcu->groups)
			break;
		fn(&hw->mcu->csgs[i]);
	}
}

static void vcsf_engine_firmware_events(struct vcsf *hw)
{
	if (vcsf_event_take(hw, VCSF_EVENT_UNLOCK))
		hw->mcu->unlocked = true;
	if (vcsf_event_take(hw, VCSF_EVENT_GLB_DOORBELL))
		vcsf_glb_doorbell(hw);
	if (vcsf_event_take(hw, VCSF_EVENT_USER_DOORBELL))
		vcsf_engine_scan_doorbells(hw);
}

/* Wake the streams and jobs whose wait may be over. */
static void vcsf_engine_wake_streams(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = hw->mcu;
	u32 groups;

	if (mcu->unlocked) {
		mcu->unlocked = false;
		vcsf_engine_for_groups(hw, ~0U, vcsf_csg_wake_stalled);
		mcu->sync_wake = ~0U;
	}
	groups = mcu->sync_wake & mcu->sync_waiters;
	mcu->sync_wake = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_wake_sync);
	groups = mcu->progress_wake;
	mcu->progress_wake = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_wake_progress);
}

/**
 * vcsf_engine_report - write the events of all groups to their interfaces
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_engine_report(struct vcsf *hw)
{
	u32 groups = hw->mcu->reports;

	hw->mcu->reports = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_report);
}

/**
 * vcsf_engine_throttled - check the limit of the CPU time
 * @hw: the GPU
 *
 * Context: as the engine, in any context.
 * Return: nanoseconds until streams and jobs may run, 0 if they may run now.
 */
u64 vcsf_engine_throttled(struct vcsf *hw)
{
	struct vcsf_duty *duty = &hw->engine->duty;

	return vcsf_duty_wait(duty, vcsf_duty_clock(duty));
}

/* The groups that have jobs, in turn, without those that a suspend waits for */
static u32 vcsf_engine_next_group(struct vcsf *hw)
{
	u32 groups = hw->mcu->jobs & ~hw->mcu->suspending;
	u32 after = groups & ~(BIT(hw->engine->suspend_turn + 1) - 1);

	if (!groups)
		return 0;
	hw->engine->suspend_turn = __ffs(after ? after : groups);

	return BIT(hw->engine->suspend_turn);
}

/*
 * Groups whose jobs may do their work in this step. All jobs share the engine's
 * thread. Those that a suspend waits for have little time left (fw/csg.c), so most
 * steps are for them, and most of these for the workgroup that has executed least.
 * What other groups get does not grow with their number.
 */
static u32 vcsf_engine_job_groups(struct vcsf *hw, bool throttled)
{
	u32 suspending = hw->mcu->suspending;
	unsigned int step;

	if (!suspending)
		return throttled ? 0 : ~0U;
	step = ++hw->engine->suspend_steps;
	if (!throttled && step % VCSF_SUSPEND_STEPS == 0)
		return suspending | vcsf_engine_next_group(hw);
	if (step % VCSF_SUSPEND_TURNS == 0)
		return suspending;

	return vcsf_compute_shortest(hw, suspending);
}

/* Let the cores work if it is time. */
static void vcsf_engine_jobs(struct vcsf *hw, bool throttled)
{
	u32 groups = vcsf_engine_job_groups(hw, throttled);
	u64 due = groups & ~hw->mcu->suspending ? hw->cores->due :
						  hw->cores->suspend_due;

	vcsf_progress_hold(hw, throttled);
	if (!groups)
		return;
	if (hw->mcu->jobs_changed ||
	    (due != U64_MAX && vcsf_clock_ns(hw) >= due))
		vcsf_glb_inactive(hw, vcsf_cores_run(hw, groups));
}

/*
 * Charge the firmware's work to the limit of the CPU time: what it does for a
 * suspend while all else is held back with a larger debt.
 */
static void vcsf_engine_charge(struct vcsf *hw, u64 from, bool exempt)
{
	struct vcsf_duty *duty = &hw->engine->duty;
	u64 ns = vcsf_duty_clock(duty) - from;

	if (exempt)
		vcsf_duty_charge_exempt(duty, ns);
	else
		vcsf_duty_charge(duty, ns);
}

/*
 * Everything that the firmware does before it lets a stream run. The limit of
 * the CPU time does not apply to the answers to the driver's requests, which
 * come first.
 */
static void vcsf_engine_firmware(struct vcsf *hw, bool throttled)
{
	bool exempt;
	u64 from;

	if (vcsf_inject(hw, VCSF_INJECT_MCU_CRASH, 0, NULL)) {
		vcsf_mcu_crash(hw);
		return;
	}
	if (READ_ONCE(hw->events.pending))
		vcsf_engine_firmware_events(hw);

	from = vcsf_duty_clock(&hw->engine->duty);
	exempt = throttled && hw->mcu->suspending;
	vcsf_engine_wake_streams(hw);
	vcsf_engine_jobs(hw, throttled);
	if (hw->mcu->suspending)
		vcsf_engine_for_groups(hw, hw->mcu->suspending,
				       vcsf_csg_continue_suspend);
	vcsf_engine_report(hw);
	vcsf_engine_charge(hw, from, exempt);
}

/* Everything after a slice, which the stream does not have to wait for */
static void vcsf_engine_after_slice(struct vcsf *hw)
{
	struct vcsf_duty *duty = &hw->engine->duty;
	u64 from = vcsf_duty_clock(duty);
	struct vcsf_mcu *mcu = hw->mcu;

	vcsf_engine_report(hw);
	if (mcu->dirty || mcu->idle_timers)
		vcsf_glb_update_idle(hw);
	vcsf_duty_charge(duty, vcsf_duty_clock(duty) - from);
	if (mcu->error && mcu->running)
		vcsf_mcu_crash(hw);
}

/* Doorbells have no effect while the firmware does not run. */
static void vcsf_engine_drop_events(struct vcsf *hw)
{
	clear_bit(VCSF_EVENT_UNLOCK, &hw->events.pending);
	clear_bit(VCSF_EVENT_GLB_DOORBELL, &hw->events.pending);
	clear_bit(VCSF_EVENT_USER_DOORBELL, &hw->events.pending);
	atomic64_set(&hw->engine->doorbells, 0);
}

/*
 * Poll sync objects when it is time, whatever else there is to do. The next step
 * reads them, and charges that to the limit of the CPU time.
 * Return: time of the next poll, 0 for now.
 */
static u64 vcsf_engine_repoll(struct vcsf *hw, u64 now)
{
	struct vcsf_mcu *mcu = hw->mcu;

	if (mcu->sync_wait_changed) {
		mcu->sync_wait_changed = false;
		mcu->repoll_ns = VCSF_REPOLL_MIN_NS;
		mcu->repoll_at = now + mcu->repoll_ns;
	}
	if (now < mcu->repoll_at)
		return mcu->repoll_at;
	mcu->repoll_ns = min_t(u64, 2 * mcu->repoll_ns, VCSF_REPOLL_MAX_NS);
	mcu->repoll_at = now + mcu->repoll_ns;
	mcu->sync_wake = ~0U;
	WRITE_ONCE(hw->engine->repolls, hw->engine->repolls + 1);

	return 0;
}

/* Time at which the cores have to be looked at, U64_MAX for never */
static u64 vcsf_engine_jobs_due(struct vcsf *hw, u64 earliest)
{
	u64 due = max(hw->mcu->jobs_changed ? 0 : hw->cores->due, earliest);

	if (!hw->mcu->suspending)
		return due;

	return min(due, hw->mcu->jobs_changed ? 0 : hw->cores->suspend_due);
}

/*
 * Nanoseconds until a timer is due, U64_MAX if there is none. Streams and jobs
 * are held back for @throttled nanoseconds.
 */
static u64 vcsf_engine_timers(struct vcsf *hw, u64 throttled)
{
	u64 now = vcsf_clock_ns(hw), earliest = throttled ? now + throttled : 0;
	struct vcsf_mcu *mcu = hw->mcu;
	u64 next = mcu->ready ? earliest : U64_MAX;
	unsigned long groups = mcu->idle_timers;
	unsigned int i;

	for_each_set_bit(i, &groups, mcu->groups)
		next = min(next, mcu->csgs[i].idle_at);
	groups = mcu->suspending;
	for_each_set_bit(i, &groups, mcu->groups)
		next = min(next, mcu->csgs[i].suspend_tick);
	next = min(next, vcsf_engine_jobs_due(hw, earliest));

	if (mcu->sync_waiters)
		next = min(next, vcsf_engine_repoll(hw, now));
	if (next == U64_MAX)
		return next;

	return next > now ? next - now : 0;
}

/*
 * Complete power transitions, and wake the streams that wait for power.
 * Return: nanoseconds until the next transition ends, U64_MAX if there is none.
 */
static u64 vcsf_engine_power(struct vcsf *hw)
{
	u64 next = U64_MAX, now;
	u32 changes;

	if (READ_ONCE(hw->ctl->power_moving))
		next = vcsf_power_update(hw);
	changes = READ_ONCE(hw->ctl->power_changes);
	if (hw->mcu->running && hw->cores->power_changes != changes) {
		hw->cores->power_changes = changes;
		hw->mcu->jobs_changed = true;
		vcsf_engine_for_groups(hw, ~0U, vcsf_csg_wake_resource);
	}
	if (next == U64_MAX)
		return next;
	now = vcsf_clock_ns(hw);

	return next > now ? next - now : 0;
}

/* Return: true if the step left work for the next one, for which there is no event. */
static bool vcsf_engine_busy(const struct vcsf_mcu *mcu)
{
	return mcu->reports || mcu->progress_wake || mcu->unlocked ||
	       (mcu->sync_wake & mcu->sync_waiters);
}

/**
 * vcsf_engine_step - answer requests and run a slice of at most one stream
 * @hw: the GPU
 *
 * Context: the engine's thread, may sleep; or any context in its place, under
 * &vcsf_engine.lock, if no injection is armed and no region of the MCU's
 * address space is locked.
 * Return: nanoseconds until the next step, U64_MAX if it waits for an event.
 */
u64 vcsf_engine_step(struct vcsf *hw)
{
	u64 ns, throttled;

	if (READ_ONCE(hw->events.pending) & VCSF_EVENTS_CONTROL)
		vcsf_engine_control(hw);
	ns = vcsf_engine_power(hw);
	if (!hw->mcu->running) {
		vcsf_engine_drop_events(hw);
		return vcsf_engine_busy(hw->mcu) ? 0 : ns;
	}

	throttled = vcsf_engine_throttled(hw);
	vcsf_engine_firmware(hw, throttled);
	if (hw->mcu->running && hw->mcu->ready && !throttled) {
		vcsf_slice(hw);
		vcsf_engine_after_slice(hw);
		if (hw->mcu->sync_waiters)
			vcsf_engine_repoll(hw, vcsf_clock_ns(hw));
		return 0;
	}
	vcsf_engine_after_slice(hw);
	ns = min(ns, vcsf_engine_timers(hw, throttled));

	return vcsf_engine_busy(hw->mcu) ? 0 : ns;
}

/**
 * vcsf_engine_scan_doorbells - scan the rings of the streams whose doorbells
 * rang
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_engine_scan_doorbells(struct vcsf *hw)
{
	u64 doorbells = atomic64_xchg(&hw->engine->doorbells, 0);

	for (; doorbells; doorbells &= doorbells - 1) {
		unsigned int n = __ffs64(doorbells);
		u32 csgs = hw->mcu->doorbell_csgs[n];

		for (; csgs; csgs &= csgs - 1)
			vcsf_csg_user_doorbell(&hw->mcu->csgs[__ffs(csgs)], n);
	}
}
