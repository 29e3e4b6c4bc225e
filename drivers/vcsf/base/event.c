// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Requests to the engine: register writes, interrupts and lower rooms raise an
 * event bit and wake the engine's thread, which answers it in its next step.
 * Raising never takes a lock, so it works in any context. What waits or lets
 * time pass on behalf of the firmware is here too, as the events end it early.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "base/event.h"
#include "base/vcsf.h"

/**
 * vcsf_event_raise - request the engine's attention
 * @hw: the GPU
 * @event: what
 *
 * Context: any.
 */
void vcsf_event_raise(struct vcsf *hw, enum vcsf_event event)
{
	if (!test_and_set_bit(event, &hw->events.pending) && hw->events.task)
		hw->events.wake(hw);
}

/**
 * vcsf_event_take - take a request in order to answer it
 * @hw: the GPU
 * @event: which one
 *
 * Context: the engine's thread.
 * Return: true if it was raised since it was taken last.
 */
bool vcsf_event_take(struct vcsf *hw, enum vcsf_event event)
{
	return test_bit(event, &hw->events.pending) &&
	       test_and_clear_bit(event, &hw->events.pending);
}

/**
 * vcsf_event_wait_unlock - let the MCU stall on a locked region
 * @hw: the GPU
 *
 * Context: the engine's thread.
 * Return: true if the access may be tried again, false if the MCU is to stop.
 * The caller answers %VCSF_EVENT_UNLOCK for the streams, too.
 */
bool vcsf_event_wait_unlock(struct vcsf *hw)
{
	const unsigned long stop = BIT(VCSF_EVENT_RESET) |
				   BIT(VCSF_EVENT_MCU_STOP) |
				   BIT(VCSF_EVENT_POWER);
	unsigned long events;

	might_sleep();
	for (;;) {
		set_current_state(TASK_IDLE);
		events = READ_ONCE(hw->events.pending);
		if (kthread_should_stop() ||
		    (events & (stop | BIT(VCSF_EVENT_UNLOCK))))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);

	if (kthread_should_stop() || (events & stop))
		return false;

	clear_bit(VCSF_EVENT_UNLOCK, &hw->events.pending);

	return true;
}

/**
 * vcsf_event_delay - let time pass
 * @hw: the GPU
 * @ns: how much
 * @events: bits of enum vcsf_event that end it early
 *
 * Context: the engine's thread.
 */
void vcsf_event_delay(struct vcsf *hw, u64 ns, unsigned long events)
{
	ktime_t end = ktime_add_ns(ktime_get(), ns);

	might_sleep();
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop() ||
		    (READ_ONCE(hw->events.pending) & events) ||
		    !schedule_hrtimeout_range(&end, 0, HRTIMER_MODE_ABS))
			break;
	}
	__set_current_state(TASK_RUNNING);
}
