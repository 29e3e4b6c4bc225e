// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Requests to the engine. Register writes, interrupts and the rooms below the
 * engine raise an event bit and wake the engine's thread, which answers the
 * event in its next step. Raising an event takes no lock and works in any
 * context.
 *
 * The functions that wait on behalf of the firmware are here as well, because
 * events end the wait early. They sleep, and only the thread calls them.
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
 * vcsf_event_raise - raise an event and wake the engine's thread
 * @hw: the GPU
 * @event: the event
 *
 * Context: any.
 */
void vcsf_event_raise(struct vcsf *hw, enum vcsf_event event)
{
	if (!test_and_set_bit(event, &hw->events.pending) && hw->events.task)
		hw->events.wake(hw);
}

/**
 * vcsf_event_take - clear an event in order to answer it
 * @hw: the GPU
 * @event: the event
 *
 * Context: the engine's thread.
 * Return: true if the event was raised since the previous call.
 */
bool vcsf_event_take(struct vcsf *hw, enum vcsf_event event)
{
	return test_bit(event, &hw->events.pending) &&
	       test_and_clear_bit(event, &hw->events.pending);
}

/**
 * vcsf_event_wait_unlock - stall the MCU until a locked region is unlocked
 * @hw: the GPU
 *
 * The caller must also answer %VCSF_EVENT_UNLOCK for the streams, because this
 * clears it.
 *
 * Context: the engine's thread; sleeps.
 * Return: true if the access may be tried again, false if the MCU must stop.
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
 * vcsf_event_delay - sleep for some time
 * @hw: the GPU
 * @ns: duration in nanoseconds
 * @events: bits of enum vcsf_event that end the delay early
 *
 * Context: the engine's thread; sleeps.
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
