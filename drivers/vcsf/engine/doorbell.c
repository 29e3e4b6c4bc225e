// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Doorbells: who hears them, and when.
 *
 * A thread is slow to wake up, and real-time or not it may have to wait until a
 * system call has come to its end. So the CPU that rings for a stream is
 * interrupted, and runs the first batch in the thread's place, if that sleeps or
 * lets others run.
 */

#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "internal.h"
#include "debug/trace.h"

/* The event is the thread's to take, even if vcsf_doorbell_hear() is faster. */
static void vcsf_doorbell_kick(struct vcsf *hw)
{
	if (test_and_set_bit(VCSF_EVENT_USER_DOORBELL, &hw->engine.events))
		return;
	if (READ_ONCE(hw->engine.asleep))
		irq_work_queue(&hw->engine.bell);
	else
		vcsf_engine_rouse(hw);
}

/**
 * vcsf_doorbell - write of a doorbell page
 * @hw: the GPU
 * @doorbell: its number
 *
 * Context: any.
 */
void vcsf_doorbell(struct vcsf *hw, unsigned int doorbell)
{
	bool global = doorbell == CSF_DOORBELL_GLOBAL;

	trace_vcsf_doorbell(hw, doorbell);
	if (vcsf_inject(hw, VCSF_INJECT_LOST_DOORBELL,
			global ? VCSF_INJECT_BELL_GLOBAL :
				 VCSF_INJECT_BELL_USER, NULL))
		return;
	if (global) {
		vcsf_engine_kick(hw, VCSF_EVENT_GLB_DOORBELL);
		return;
	}
	if (doorbell >= CSF_DOORBELL_COUNT)
		return;
	atomic64_or(BIT_ULL(doorbell), &hw->engine.doorbells);
	vcsf_doorbell_kick(hw);
}

/**
 * vcsf_doorbells - look at the streams whose doorbells rang
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_doorbells(struct vcsf *hw)
{
	u64 doorbells = atomic64_xchg(&hw->engine.doorbells, 0);

	for (; doorbells; doorbells &= doorbells - 1) {
		unsigned int n = __ffs64(doorbells);
		u32 csgs = hw->mcu.doorbell_csgs[n];

		for (; csgs; csgs &= csgs - 1)
			vcsf_csg_user_doorbell(&hw->mcu.csgs[__ffs(csgs)], n);
	}
}

/* Nothing is to be done first, nor can anything make the MCU wait. */
static bool vcsf_doorbell_can_hear(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine.lock);

	return hw->engine.asleep && hw->mcu.running && !hw->mcu.error &&
	       READ_ONCE(hw->engine.events) == BIT(VCSF_EVENT_USER_DOORBELL) &&
	       !READ_ONCE(hw->inject.armed) && !READ_ONCE(hw->power_moving) &&
	       READ_ONCE(hw->power_changes) == hw->cores.power_changes &&
	       !hw->mmu.as[VCSF_MCU_AS].locked;
}

/*
 * What the doorbell is about, and one batch of the first stream in order. All
 * else, such as timers that are to be set, is for the thread.
 */
static void vcsf_doorbell_hear(struct irq_work *work)
{
	struct vcsf *hw = container_of(work, struct vcsf, engine.bell);
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->engine.lock, flags);
	if (vcsf_doorbell_can_hear(hw)) {
		vcsf_doorbells(hw);
		if (hw->mcu.ready)
			vcsf_slice_first(hw);
		/* Last in is first out: the driver's interrupts are before it. */
		irq_work_queue(&hw->engine.rouse);
		vcsf_engine_report(hw);
	} else {
		vcsf_engine_rouse(hw);
	}
	raw_spin_unlock_irqrestore(&hw->engine.lock, flags);
}

static void vcsf_doorbell_rouse(struct irq_work *work)
{
	struct vcsf *hw = container_of(work, struct vcsf, engine.rouse);

	vcsf_engine_rouse(hw);
}

/**
 * vcsf_doorbell_init - prepare to hear
 * @hw: the GPU
 */
void vcsf_doorbell_init(struct vcsf *hw)
{
	hw->engine.bell = IRQ_WORK_INIT_HARD(vcsf_doorbell_hear);
	hw->engine.rouse = IRQ_WORK_INIT_HARD(vcsf_doorbell_rouse);
}

/**
 * vcsf_doorbell_fini - wait until nobody listens any more
 * @hw: the GPU; nothing may ring any more
 *
 * Context: may sleep.
 */
void vcsf_doorbell_fini(struct vcsf *hw)
{
	/* As in vcsf_irq_fini(): two CPUs may have been in each. */
	irq_work_sync(&hw->engine.bell);
	synchronize_rcu();
	irq_work_sync(&hw->engine.rouse);
	synchronize_rcu();
}
