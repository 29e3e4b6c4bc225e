// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Watchdog of the engine's thread: a timer whose interrupt does the work of the
 * thread while the thread gets no CPU.
 *
 * A GPU makes progress whatever the machine's CPUs do. On a kernel without
 * forced preemption, a system call that allocates memory under memory pressure
 * can occupy a CPU for seconds, whatever the priority of a runnable thread, and
 * there may be such a call on each CPU. A driver would declare the firmware
 * dead long before that. The timer is armed when the thread is woken up or
 * yields. If the thread has not run for 10 ms, the interrupt executes one step
 * of the engine each 10 ms under &vcsf_engine.lock, and stops when the thread
 * runs.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/hrtimer.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "../compat/hrtimer.h"

/* Time for which the thread has to wait before the first step, and between steps */
#define VCSF_WATCHDOG_NS	(10 * NSEC_PER_MSEC)

/*
 * Return: true if the thread is runnable and does not run. It may be migrating to
 * another CPU.
 */
static bool vcsf_watchdog_is_needed(const struct vcsf_engine *engine)
{
	return READ_ONCE(engine->asleep) &&
	       READ_ONCE(engine->hw->events.task->__state) != TASK_IDLE;
}

/* An interrupt can wait neither for a locked region nor for an injected delay. */
static bool vcsf_watchdog_may_step(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine->lock);

	return !READ_ONCE(hw->inject->armed) && !hw->mmu->as[VCSF_MCU_AS].locked;
}

/* Return: true if the thread still does not run. */
static bool vcsf_watchdog_check(struct vcsf *hw)
{
	struct vcsf_engine *engine = hw->engine;
	unsigned long flags;
	bool needed;

	raw_spin_lock_irqsave(&engine->lock, flags);
	needed = vcsf_watchdog_is_needed(engine);
	if (needed && engine->asleep_changes == engine->asleep_changes_seen &&
	    vcsf_watchdog_may_step(hw)) {
		vcsf_engine_step(hw);
		WRITE_ONCE(engine->fallback_steps, engine->fallback_steps + 1);
	}
	engine->asleep_changes_seen = engine->asleep_changes;
	WRITE_ONCE(engine->watchdog_checks, engine->watchdog_checks + 1);
	raw_spin_unlock_irqrestore(&engine->lock, flags);

	return needed;
}

static enum hrtimer_restart vcsf_watchdog_timer(struct hrtimer *timer)
{
	struct vcsf_engine *engine = container_of(timer, struct vcsf_engine,
						  watchdog);

	if (!vcsf_watchdog_check(engine->hw)) {
		atomic_set(&engine->watchdog_armed, 0);
		/* Pairs with vcsf_watchdog_arm(). */
		smp_mb();
		if (!vcsf_watchdog_is_needed(engine) ||
		    atomic_xchg(&engine->watchdog_armed, 1))
			return HRTIMER_NORESTART;
	}
	/* Count from now, so that long steps leave the CPU to other work in between. */
	hrtimer_set_expires(timer, ktime_add_ns(hrtimer_cb_get_time(timer),
						VCSF_WATCHDOG_NS));

	return HRTIMER_RESTART;
}

/**
 * vcsf_watchdog_arm - start the timer unless it is running
 * @hw: the GPU; its thread was woken up, or yields
 *
 * Context: any.
 */
void vcsf_watchdog_arm(struct vcsf *hw)
{
	struct vcsf_engine *engine = hw->engine;

	/*
	 * Pairs with vcsf_watchdog_timer(): either the timer sees that the thread has
	 * been woken up, or this sees that the timer is not armed.
	 */
	smp_mb();
	if (!atomic_read(&engine->watchdog_armed) &&
	    !atomic_xchg(&engine->watchdog_armed, 1))
		hrtimer_start(&engine->watchdog, VCSF_WATCHDOG_NS,
			      HRTIMER_MODE_REL_HARD);
}

/**
 * vcsf_watchdog_init - initialise the timer
 * @hw: the GPU
 */
void vcsf_watchdog_init(struct vcsf *hw)
{
	hrtimer_setup(&hw->engine->watchdog, vcsf_watchdog_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_HARD);
}

/**
 * vcsf_watchdog_fini - stop the timer
 * @hw: the GPU; its thread has ended and no more requests are raised
 *
 * Context: may sleep.
 */
void vcsf_watchdog_fini(struct vcsf *hw)
{
	hrtimer_cancel(&hw->engine->watchdog);
}

/**
 * vcsf_engine_wake - wake the engine's thread and arm the watchdog
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_engine_wake(struct vcsf *hw)
{
	wake_up_process(hw->events.task);
	vcsf_watchdog_arm(hw);
}
