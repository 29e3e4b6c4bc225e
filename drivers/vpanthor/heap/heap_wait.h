/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_HEAP_WAIT_H_
#define _VPAN_HEAP_WAIT_H_

#include <linux/types.h>

/*
 * Time for which a stream waits for one chunk: below the time limit of a job, and long
 * enough for a worker on a machine without a free processor to clear the chunk.
 */
#define VPAN_HEAP_WAIT_MS 2000

/**
 * struct vpan_heap_wait - a stream that waits for memory for the tiler
 *
 * Each stream has its own: streams that share a heap neither shorten nor extend
 * each other's wait. A group that loses its slot keeps it, or else the wait would
 * begin again with each slot.
 */
struct vpan_heap_wait {
	/** @waiting: The stream has requested a chunk and has no answer yet. */
	bool waiting;
	/** @failures: &vpan_heap.failures when the wait began. */
	u32 failures;
	/** @deadline: End of the wait, in jiffies. */
	unsigned long deadline;
};

bool vpan_heap_wait_poll(struct vpan_heap_wait *wait, u32 failures,
			 unsigned long now);
void vpan_heap_wait_end(struct vpan_heap_wait *wait);

#endif /* _VPAN_HEAP_WAIT_H_ */
