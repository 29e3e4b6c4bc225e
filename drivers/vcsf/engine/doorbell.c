// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Doorbells: the write of a doorbell page, and the interrupt that acts on it.
 *
 * A thread is slow to wake up, and on a kernel without forced preemption it has
 * to wait for the end of the system call that rang the doorbell. If the thread
 * sleeps or has yielded, the doorbell of a stream therefore interrupts the CPU
 * that rings it, and the interrupt (irq_work) runs the first batch of the
 * stream under &vcsf_engine.lock. It leaves everything else to the thread, and
 * does nothing if another request comes first or if the MCU could have to wait.
 *
 * The write itself works in any context and takes no lock.
 */

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/irq_work.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <vcsf/csf_regs.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "cores/cores.h"
#include "engine/engine.h"
#include "group/group.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "regs/ctl.h"
#include "trace/trace.h"

/* The thread takes the event, even if vcsf_doorbell_irq() has answered it. */
static void vcsf_doorbell_kick(struct vcsf *hw)
{
	if (test_and_set_bit(VCSF_EVENT_USER_DOORBELL, &hw->events.pending))
		return;
	if (READ_ONCE(hw->engine->asleep))
		irq_work_queue(&hw->engine->doorbell_work);
	else
		vcsf_engine_wake(hw);
}

/**
 * vcsf_doorbell - handle the write of a doorbell page
 * @hw: the GPU
 * @doorbell: number of the page
 *
 * Context: any.
 */
void vcsf_doorbell(struct vcsf *hw, unsigned int doorbell)
{
	bool global = doorbell == CSF_DOORBELL_GLOBAL;

	trace_vcsf_doorbell(hw, doorbell);
	if (vcsf_inject(hw, VCSF_INJECT_LOST_DOORBELL,
			global ? VCSF_INJECT_DOORBELL_GLOBAL :
				 VCSF_INJECT_DOORBELL_USER, NULL))
		return;
	if (global) {
		vcsf_event_raise(hw, VCSF_EVENT_GLB_DOORBELL);
		return;
	}
	if (doorbell >= CSF_DOORBELL_COUNT)
		return;
	atomic64_or(BIT_ULL(doorbell), &hw->engine->doorbells);
	vcsf_doorbell_kick(hw);
}

/* Return: true if no other request comes first and nothing can make the MCU wait. */
static bool vcsf_doorbell_may_run(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine->lock);

	return hw->engine->asleep && hw->mcu->running && !hw->mcu->error &&
	       READ_ONCE(hw->events.pending) == BIT(VCSF_EVENT_USER_DOORBELL) &&
	       !READ_ONCE(hw->inject->armed) && !READ_ONCE(hw->ctl->power_moving) &&
	       READ_ONCE(hw->ctl->power_changes) == hw->cores->power_changes &&
	       !hw->mmu->as[VCSF_MCU_AS].locked;
}

/*
 * Scan the rings of the doorbell, and run one batch of the first stream in
 * order. The thread does the rest, such as setting timers.
 */
static void vcsf_doorbell_irq(struct irq_work *work)
{
	struct vcsf *hw = container_of(work, struct vcsf_engine, doorbell_work)->hw;
	struct vcsf_duty *duty = &hw->engine->duty;
	unsigned long flags;
	u64 from;

	raw_spin_lock_irqsave(&hw->engine->lock, flags);
	if (vcsf_doorbell_may_run(hw)) {
		vcsf_engine_scan_doorbells(hw);
		if (hw->mcu->ready && !vcsf_engine_throttled(hw))
			vcsf_slice_first(hw);
		/* irq_work is last in, first out: the driver's interrupts run first. */
		irq_work_queue(&hw->engine->wake_work);
		from = vcsf_duty_clock(duty);
		vcsf_engine_report(hw);
		vcsf_duty_charge(duty, vcsf_duty_clock(duty) - from);
	} else {
		vcsf_engine_wake(hw);
	}
	raw_spin_unlock_irqrestore(&hw->engine->lock, flags);
}

static void vcsf_doorbell_wake(struct irq_work *work)
{
	struct vcsf *hw = container_of(work, struct vcsf_engine, wake_work)->hw;

	vcsf_engine_wake(hw);
}

/**
 * vcsf_doorbell_init - initialise the interrupt
 * @hw: the GPU
 */
void vcsf_doorbell_init(struct vcsf *hw)
{
	hw->engine->doorbell_work = IRQ_WORK_INIT_HARD(vcsf_doorbell_irq);
	hw->engine->wake_work = IRQ_WORK_INIT_HARD(vcsf_doorbell_wake);
}

/**
 * vcsf_doorbell_fini - wait until the interrupt has ended
 * @hw: the GPU; its doorbells are no longer rung
 *
 * Context: may sleep.
 */
void vcsf_doorbell_fini(struct vcsf *hw)
{
	/* As in vcsf_irq_fini(): each work may run on two CPUs. */
	irq_work_sync(&hw->engine->doorbell_work);
	synchronize_rcu();
	irq_work_sync(&hw->engine->wake_work);
	synchronize_rcu();
}
