/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_FULL_H
#define TEST_FULL_H

/**
 * DOC: A GPU whose slots are all busy
 *
 * Groups of medium priority that spin on all slots but one. A group of low
 * priority on the remaining slot is evicted as soon as one more of them becomes
 * runnable.
 */

#include "test_gpu.h"

#define TEST_FULL_MAX	31

/**
 * struct test_full - the groups
 * @gpu: the context that owns them
 * @hold: offset in its data buffer of the word that ends their loops
 * @count: number of groups, equal to the number of slots
 * @groups: group handles
 * @done: syncobjs that their jobs signal
 */
struct test_full {
	struct test_gpu *gpu;
	unsigned int hold;
	unsigned int count;
	uint32_t groups[TEST_FULL_MAX];
	uint32_t done[TEST_FULL_MAX];
};

void test_full_open(struct test_full *full, struct test_gpu *gpu, unsigned int hold);
void test_full_push(struct test_full *full);
void test_full_close(struct test_full *full);

uint32_t test_low_group(struct test_gpu *gpu, unsigned int queues);
void test_emit_spin(struct csb *b, uint64_t va);
uint32_t test_submit_spinning(struct test_gpu *gpu, uint32_t group, unsigned int queue,
			      struct csb *b);

#endif /* TEST_FULL_H */
