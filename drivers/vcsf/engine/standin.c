// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who is the engine while its thread gets no processor.
 *
 * A GPU goes on whatever the machine's processors do. On a kernel without forced
 * preemption a system call that needs memory can keep one for seconds, real-time
 * threads or not, and there may be one on each; drivers take a firmware for dead
 * that does not answer for so long. So once the thread has been woken up and has
 * had to wait, an interrupt does what it would do, a piece at a time.
 */

#include <linux/hrtimer.h>
#include <linux/sched.h>

#include "internal.h"

/* The thread waits for at least that long, and then once more for each piece. */
#define VCSF_STANDIN_NS		(10 * NSEC_PER_MSEC)

/* Is the thread to run, and does not? It may be on its way to another CPU. */
static bool vcsf_standin_is_needed(const struct vcsf_engine *engine)
{
	return READ_ONCE(engine->asleep) &&
	       READ_ONCE(engine->task->__state) != TASK_IDLE;
}

/* An interrupt cannot wait, neither for a region nor because of a fault on demand. */
static bool vcsf_standin_may_act(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine.lock);

	return !READ_ONCE(hw->inject.armed) && !hw->mmu.as[VCSF_MCU_AS].locked;
}

/* Return: the thread still does not run. */
static bool vcsf_standin_look(struct vcsf *hw)
{
	struct vcsf_engine *engine = &hw->engine;
	unsigned long flags;
	bool needed;

	raw_spin_lock_irqsave(&engine->lock, flags);
	needed = vcsf_standin_is_needed(engine);
	if (needed && engine->turns == engine->turns_seen &&
	    vcsf_standin_may_act(hw)) {
		vcsf_engine_step(hw);
		WRITE_ONCE(engine->stood_in, engine->stood_in + 1);
	}
	engine->turns_seen = engine->turns;
	WRITE_ONCE(engine->looks, engine->looks + 1);
	raw_spin_unlock_irqrestore(&engine->lock, flags);

	return needed;
}

static enum hrtimer_restart vcsf_standin_timer(struct hrtimer *timer)
{
	struct vcsf *hw = container_of(timer, struct vcsf, engine.standin);
	struct vcsf_engine *engine = &hw->engine;

	if (!vcsf_standin_look(hw)) {
		atomic_set(&engine->watched, 0);
		/* Pairs with vcsf_standin_watch(). */
		smp_mb();
		if (!vcsf_standin_is_needed(engine) ||
		    atomic_xchg(&engine->watched, 1))
			return HRTIMER_NORESTART;
	}
	/* From now on: others are to have the time in between, however long it took. */
	hrtimer_set_expires(timer, ktime_add_ns(hrtimer_cb_get_time(timer),
						VCSF_STANDIN_NS));

	return HRTIMER_RESTART;
}

/**
 * vcsf_standin_watch - see to it that the thread gets to run
 * @hw: the GPU, whose thread was woken up or gives way to others
 *
 * Context: any.
 */
void vcsf_standin_watch(struct vcsf *hw)
{
	struct vcsf_engine *engine = &hw->engine;

	/* Who ends the watch sees that the thread is to run, or we that it ended. */
	smp_mb();
	if (!atomic_read(&engine->watched) && !atomic_xchg(&engine->watched, 1))
		hrtimer_start(&engine->standin, VCSF_STANDIN_NS,
			      HRTIMER_MODE_REL_HARD);
}

/**
 * vcsf_standin_init - prepare to watch
 * @hw: the GPU
 */
void vcsf_standin_init(struct vcsf *hw)
{
	hrtimer_init(&hw->engine.standin, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hw->engine.standin.function = vcsf_standin_timer;
}

/**
 * vcsf_standin_fini - do not watch any more
 * @hw: the GPU, whose thread has ended and which nobody kicks
 *
 * Context: may sleep.
 */
void vcsf_standin_fini(struct vcsf *hw)
{
	hrtimer_cancel(&hw->engine.standin);
}
