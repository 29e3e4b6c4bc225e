/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_HEAP_H_
#define _VCSF_HEAP_H_

/*
 * Fixture for tests of tiler heaps: a group with a heap of small chunks. The GPU has
 * the virtual clock, so that a test can wait until nothing is left to happen.
 */

#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "group.h"

#define MS	((u64)NSEC_PER_MSEC)

/* Chunks of 4 KiB, and the number of vertices that one of them holds */
#define CHUNK(n)	csf_chunk(0x2000000ULL + (n) * 0x1000ULL, 0x1000)
#define CHUNKS		8
#define PER_CHUNK	((0x1000 - CSF_CHUNK_HEADER_SIZE) / 64)

/* Offsets in the data page, in words of 8 bytes */
#define SEQNO		0
#define HEAP		16	/* heap context */
#define TILER		32	/* tiler context */
#define DESCRIPTOR	64	/* heap descriptor */
#define HANDLER		128	/* code of the exception handler */

struct vcsf_heap_fixture {
	struct vcsf_group_fixture g;
	struct csf_heap_context *heap;
	struct csf_tiler_context *tiler;
	struct csf_heap_descriptor *descriptor;
	u64 *chunks[CHUNKS];
};

void vcsf_heap_setup(struct kunit *test, struct vcsf_heap_fixture *f,
		     unsigned int queues, unsigned int count);
void vcsf_heap_emit_idvs(struct vcsf_heap_fixture *f, u32 vertices);
void vcsf_heap_emit_handler(struct vcsf_heap_fixture *f, unsigned int count);
void vcsf_heap_advance(struct kunit *test, struct vcsf_heap_fixture *f);
bool vcsf_heap_oom_reported(struct vcsf_heap_fixture *f);
void vcsf_heap_answer_with(struct kunit *test, struct vcsf_heap_fixture *f,
			   u64 chunk);

#endif /* _VCSF_HEAP_H_ */
