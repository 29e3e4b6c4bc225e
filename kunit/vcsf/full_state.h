/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FULL_STATE_H_
#define _VCSF_FULL_STATE_H_

/*
 * A group whose streams have all the state that there is: for tests of what
 * becomes of it. The clock must be virtual. What each stream does, and where it
 * is when all are at rest:
 *
 * - COMPUTE: seven buffers deep, a job under way, a chain of instructions that
 *   wait for it and for each other; waits for the gate
 * - TILER: its heap is exhausted and the host was asked for a chunk
 * - HANDLER: got none, and its exception handler waits for the gate
 * - PROGRESS: waits for the progress counter of COMPUTE
 * - FAULT: has an error pending, and waits for the gate
 * - LOOP: counts for long, then waits for the gate
 * - FRAGMENT: waits for a clear that is half done
 * - PROTECTED: waits for protected mode, for ever
 *
 * The gate is a sync object that the host writes. Each stream but the last
 * stores all its registers at the end.
 */

#include "group.h"

enum vcsf_full_stream {
	FULL_COMPUTE,
	FULL_TILER,
	FULL_HANDLER,
	FULL_PROGRESS,
	FULL_FAULT,
	FULL_LOOP,
	FULL_FRAGMENT,
	FULL_PROTECTED,
	FULL_STREAMS,
};

#define FULL_ALL		(BIT(FULL_STREAMS) - 1)
/* Buffers that COMPUTE is in, the ring not counted */
#define FULL_DEPTH		(CSF_CS_CALL_DEPTH - 1)
#define FULL_CHUNKS		4
#define FULL_TARGET_PAGES	64
#define FULL_PAGES \
	(1 + FULL_STREAMS + 2 * FULL_CHUNKS + FULL_TARGET_PAGES)

struct vcsf_full_code {
	u64 *words;
	u64 va;
	unsigned int start;
	unsigned int count;
};

struct vcsf_full {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
	struct vcsf_full_code code[FULL_STREAMS];
	/* Chunks that the host has given */
	unsigned int given;
	/* All memory that the streams write to */
	void *pages[FULL_PAGES];
	unsigned int page_count;
	u64 *data;
};

void vcsf_full_setup(struct kunit *test, struct vcsf_full *s);
void vcsf_full_begin(struct vcsf_full *s);
void vcsf_full_serve(struct kunit *test, struct vcsf_full *s, u32 streams);
void vcsf_full_open_gate(struct vcsf_full *s);
bool vcsf_full_done(const struct vcsf_full *s);
void vcsf_full_move(struct vcsf_full *s, unsigned int slot);

#endif /* _VCSF_FULL_STATE_H_ */
