/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_SEQNO_H
#define TEST_SEQNO_H

/**
 * DOC: Streams that report their own jobs as complete
 *
 * Our driver tells by a sync object per queue, in the group's address space, which
 * jobs have completed. Streams can write to it.
 */

#include <stdint.h>

#include "cs_builder.h"
#include "test_gpu.h"

/**
 * struct test_seqno - sync object of a group's first queue
 * @va: its address
 * @next: value that completes the next job
 */
struct test_seqno {
	uint64_t va;
	uint64_t next;
};

void test_seqno_find(struct test_gpu *gpu, unsigned int index, struct test_seqno *seqno);
void test_emit_seqno(struct csb *b, const struct test_seqno *seqno, bool event);

#endif /* TEST_SEQNO_H */
