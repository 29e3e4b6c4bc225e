// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Waits of streams for heap chunks. A stream that requests a chunk while the reserve
 * of its heap is empty waits for the work item that refills it, but only until an
 * allocation fails or %VPAN_HEAP_WAIT_MS have passed. Then the request is refused.
 * heap.c calls this under &vpan_heaps.lock; nothing here sleeps or has timers of its
 * own: the scheduler repeats the request.
 */

#include <linux/export.h>
#include <linux/jiffies.h>

#include <kunit/visibility.h>

#include "heap/heap_wait.h"

/**
 * vpan_heap_wait_poll - decide if a stream goes on waiting for a chunk
 * @wait: wait state of the stream, initially zero
 * @failures: number of failed allocations for the heap so far
 * @now: current time in jiffies
 *
 * Context: any; on the signalling path. Calls for one @wait are serialised by
 * the caller.
 * Return: true if the stream waits, false if the request is refused, which ends the
 * wait: the next request begins a new one.
 */
bool vpan_heap_wait_poll(struct vpan_heap_wait *wait, u32 failures,
			 unsigned long now)
{
	if (!wait->waiting) {
		wait->waiting = true;
		wait->failures = failures;
		wait->deadline = now + msecs_to_jiffies(VPAN_HEAP_WAIT_MS);
		return true;
	}
	if (wait->failures == failures && time_before(now, wait->deadline))
		return true;
	vpan_heap_wait_end(wait);
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_heap_wait_poll);

/**
 * vpan_heap_wait_end - end the wait of a stream that is answered
 * @wait: wait state of the stream
 *
 * Context: as vpan_heap_wait_poll().
 */
void vpan_heap_wait_end(struct vpan_heap_wait *wait)
{
	wait->waiting = false;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_heap_wait_end);
