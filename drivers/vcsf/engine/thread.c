// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The thread that is the MCU and the command stream hardware: when it runs, and
 * with which priority. What it does is in step.c.
 */

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <uapi/linux/sched/types.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "regs/clock.h"

/*
 * Slice of the thread. A short one lets it run soon after a wake-up, without a larger
 * share of the processor.
 */
#define VCSF_ENGINE_SLICE_NS	(100 * NSEC_PER_USEC)

static void vcsf_engine_set_priority(const struct vcsf *hw)
{
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_NORMAL,
		.sched_nice = hw->config.nice,
		.sched_runtime = VCSF_ENGINE_SLICE_NS,
	};

	WARN_ON_ONCE(sched_setattr_nocheck(current, &attr));
}

/* Give the state of groups and streams to interrupts, or take it back. */
static void vcsf_engine_set_asleep(struct vcsf_engine *engine, bool asleep)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&engine->lock, flags);
	WRITE_ONCE(engine->asleep, asleep);
	engine->asleep_changes++;
	raw_spin_unlock_irqrestore(&engine->lock, flags);
}

static enum hrtimer_restart vcsf_engine_alarm(struct hrtimer *timer)
{
	vcsf_engine_wake(container_of(timer, struct vcsf_engine, alarm)->hw);

	return HRTIMER_NORESTART;
}

static void vcsf_engine_sleep(struct vcsf *hw, u64 ns)
{
	bool alarm = ns != U64_MAX && !hw->config.virtual_clock;

	WRITE_ONCE(hw->engine->due,
		   ns == U64_MAX ? U64_MAX : vcsf_clock_ns(hw) + ns);
	/*
	 * In this order: an interrupt that acts for the thread either wakes it up or
	 * finds it awake.
	 */
	set_current_state(TASK_IDLE);
	vcsf_engine_set_asleep(hw->engine, true);
	if (READ_ONCE(hw->events.pending) || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		vcsf_engine_set_asleep(hw->engine, false);
		return;
	}
	if (alarm)
		hrtimer_start_range_ns(&hw->engine->alarm, ns_to_ktime(ns),
				       ns / 8, HRTIMER_MODE_REL_HARD);
	schedule();
	if (alarm)
		hrtimer_cancel(&hw->engine->alarm);
	__set_current_state(TASK_RUNNING);
	vcsf_engine_set_asleep(hw->engine, false);
	WRITE_ONCE(hw->engine->wakeups, hw->engine->wakeups + 1);
}

/* Let others run. They may have much to do, and must not be waited for. */
static void vcsf_engine_yield(struct vcsf *hw)
{
	if (!need_resched())
		return;
	vcsf_engine_set_asleep(hw->engine, true);
	vcsf_watchdog_arm(hw);
	cond_resched();
	vcsf_engine_set_asleep(hw->engine, false);
}

static int vcsf_engine_thread(void *data)
{
	struct vcsf *hw = data;

	vcsf_engine_set_priority(hw);
	while (!kthread_should_stop()) {
		u64 ns = vcsf_engine_step(hw);

		if (ns)
			vcsf_engine_sleep(hw, ns);
		else
			vcsf_engine_yield(hw);
	}

	return 0;
}

/**
 * vcsf_engine_start - start the thread
 * @hw: the GPU, otherwise complete
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vcsf_engine_start(struct vcsf *hw)
{
	struct task_struct *task;

	hw->engine->hw = hw;
	raw_spin_lock_init(&hw->engine->lock);
	vcsf_duty_init(&hw->engine->duty, hw->config.virtual_clock ? VCSF_DUTY_MAX :
								    hw->config.duty);
	vcsf_doorbell_init(hw);
	vcsf_watchdog_init(hw);
	hrtimer_init(&hw->engine->alarm, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hw->engine->alarm.function = vcsf_engine_alarm;
	task = kthread_create(vcsf_engine_thread, hw, "%s",
			      hw->config.device_name);
	if (IS_ERR(task))
		return PTR_ERR(task);

	hw->events.wake = vcsf_engine_wake;
	hw->events.task = task;
	wake_up_process(task);

	return 0;
}

/**
 * vcsf_engine_stop - stop the thread
 * @hw: the GPU, no longer used by a driver
 *
 * Context: may sleep.
 */
void vcsf_engine_stop(struct vcsf *hw)
{
	vcsf_doorbell_fini(hw);
	kthread_stop(hw->events.task);
	vcsf_watchdog_fini(hw);
	hw->events.task = NULL;
}
