// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: engine
 *
 * One kthread per GPU, the engine, acts as the MCU with its firmware and as the
 * command stream hardware. This file decides when the thread runs and at which
 * priority; the work itself is a step, see step.c. A step answers the requests
 * that register writes and lower rooms have raised (base/event.c), lets the
 * firmware do its part, and runs at most one slice of one stream. It returns
 * the time until there is more to do. The thread then runs the next step or
 * sleeps, with a timer for that time. An event ends the sleep. An idle GPU uses
 * no CPU time.
 *
 * A thread is slow compared to hardware. Two interrupts therefore act for it:
 *
 * - The doorbell of a stream interrupts the CPU that rings it, while the thread
 *   sleeps or lets other tasks run. The interrupt executes the first batch of
 *   instructions and reports events (doorbell.c).
 * - A watchdog timer executes one step each 10 ms while the thread is runnable
 *   and gets no CPU (watchdog.c). It does not act for a thread that a
 *   preemptible kernel has preempted within a step: the scheduler that
 *   preempted the thread also lets it continue.
 *
 * &vcsf_engine.lock decides between them. The thread sets &vcsf_engine.asleep
 * before it sleeps or yields, and clears it afterwards. An interrupt acts only
 * if @asleep is set, and holds the lock for that time; the thread does not hold
 * the lock during a step. The thread or interrupt that acts as the engine owns
 * groups, streams and the firmware's state, and needs no lock for them. An
 * interrupt never waits: it does not act while a region of the MCU's address
 * space is locked, or while an injected fault might demand a delay.
 *
 * The thread has the ordinary policy, SCHED_NORMAL: clients choose what streams
 * do, so the thread must not get CPU time at the expense of other processes.
 * Its nice value, and the part of a CPU that streams and jobs may use (duty.c),
 * are parameters. A real-time thread would not answer the driver sooner where
 * it matters: the interrupts cover the first batch of a job and long waits.
 *
 * The engine allocates no memory, and during a step it waits only for a locked
 * region or an injected delay: fences depend on it. It lives from
 * vcsf_engine_start() to vcsf_engine_stop(), which is later than any use by a
 * driver.
 */

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "regs/clock.h"
#include "../compat/hrtimer.h"

/* Hand the state of groups and streams to interrupts, or take it back. */
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
	 * The order matters: an interrupt that acts for the thread then either wakes
	 * it up or finds it awake.
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

/* Let other tasks run. The watchdog acts for the thread if they take long. */
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

	sched_set_normal(current, hw->config.nice);
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
 * vcsf_engine_start - start the engine's thread
 * @hw: the GPU; all other rooms are initialised
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
	hrtimer_setup(&hw->engine->alarm, vcsf_engine_alarm, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_HARD);
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
 * vcsf_engine_stop - stop the engine's thread
 * @hw: the GPU, which a driver no longer uses
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
