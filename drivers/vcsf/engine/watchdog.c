// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The watchdog of the engine's thread: a timer whose interrupt does the work of the
 * thread while that gets no processor.
 *
 * A GPU goes on whatever the machine's processors do. On a kernel without forced
 * preemption a system call that needs memory can keep one for seconds, real-time
 * threads or not, and there may be one on each; drivers take a firmware for dead
 * that does not answer for so long. So once the thread has been woken up and has
 * had to wait, an interrupt does what it would do, a piece at a time.
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

/* The thread waits for at least that long, and then once more for each piece. */
#define VCSF_WATCHDOG_NS	(10 * NSEC_PER_MSEC)

/* Is the thread to run, and does not? It may be on its way to another CPU. */
static bool vcsf_watchdog_is_needed(const struct vcsf_engine *engine)
{
	return READ_ONCE(engine->asleep) &&
	       READ_ONCE(engine->hw->events.task->__state) != TASK_IDLE;
}

/* An interrupt cannot wait, neither for a region nor because of a fault on demand. */
static bool vcsf_watchdog_may_step(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine->lock);

	return !READ_ONCE(hw->inject->armed) && !hw->mmu->as[VCSF_MCU_AS].locked;
}

/* Return: the thread still does not run. */
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
	/* From now on: others are to have the time in between, however long it took. */
	hrtimer_set_expires(timer, ktime_add_ns(hrtimer_cb_get_time(timer),
						VCSF_WATCHDOG_NS));

	return HRTIMER_RESTART;
}

/**
 * vcsf_watchdog_arm - see to it that the thread gets to run
 * @hw: the GPU, whose thread was woken up or gives way to others
 *
 * Context: any.
 */
void vcsf_watchdog_arm(struct vcsf *hw)
{
	struct vcsf_engine *engine = hw->engine;

	/* Who ends the watch sees that the thread is to run, or we that it ended. */
	smp_mb();
	if (!atomic_read(&engine->watchdog_armed) &&
	    !atomic_xchg(&engine->watchdog_armed, 1))
		hrtimer_start(&engine->watchdog, VCSF_WATCHDOG_NS,
			      HRTIMER_MODE_REL_HARD);
}

/**
 * vcsf_watchdog_init - prepare to watch
 * @hw: the GPU
 */
void vcsf_watchdog_init(struct vcsf *hw)
{
	hrtimer_init(&hw->engine->watchdog, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hw->engine->watchdog.function = vcsf_watchdog_timer;
}

/**
 * vcsf_watchdog_fini - do not watch any more
 * @hw: the GPU, whose thread has ended and which nobody kicks
 *
 * Context: may sleep.
 */
void vcsf_watchdog_fini(struct vcsf *hw)
{
	hrtimer_cancel(&hw->engine->watchdog);
}

/**
 * vcsf_engine_wake - have the engine look what there is to do
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_engine_wake(struct vcsf *hw)
{
	wake_up_process(hw->events.task);
	vcsf_watchdog_arm(hw);
}
