/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_HEAP_WAIT_H_
#define _VPAN_HEAP_WAIT_H_

#include <linux/types.h>

/* How long a stream waits for one chunk; nothing to what a job may take. */
#define VPAN_HEAP_WAIT_MS 500

/**
 * struct vpan_heap_wait - a stream that waits for memory for the tiler
 *
 * Each has its own: streams that share a heap neither cut each other's wait
 * short nor draw it out. A group that loses its slot meanwhile takes it along,
 * or else it would begin again and again.
 */
struct vpan_heap_wait {
	/** @waiting: It has asked, and got no answer yet. */
	bool waiting;
	/** @failures: How often there was no memory for the heap before. */
	u32 failures;
	/** @deadline: Jiffies until which. */
	unsigned long deadline;
};

bool vpan_heap_wait_poll(struct vpan_heap_wait *wait, u32 failures,
			 unsigned long now);
void vpan_heap_wait_end(struct vpan_heap_wait *wait);

#endif /* _VPAN_HEAP_WAIT_H_ */
