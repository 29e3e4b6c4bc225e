// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/export.h>
#include <linux/jiffies.h>

#include <kunit/visibility.h>

#include "heap/heap_wait.h"

/**
 * vpan_heap_wait_poll - a stream asks for a chunk, and there is none
 * @wait: its wait, all zero before the first
 * @failures: how often there has been no memory for a chunk of the heap
 * @now: jiffies
 *
 * Context: any; on the signalling path. Calls for one @wait are serialised by
 * the caller.
 * Return: true if it has to wait, false if the answer is no, which ends the
 * wait: who asks again has a new one.
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
 * vpan_heap_wait_end - a stream is answered
 * @wait: its wait, if it had to
 *
 * Context: as vpan_heap_wait_poll().
 */
void vpan_heap_wait_end(struct vpan_heap_wait *wait)
{
	wait->waiting = false;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_heap_wait_end);
