/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FULL_STATE_H_
#define _VCSF_FULL_STATE_H_

/*
 * Fixture for tests of suspend and resume: a group whose streams hold every kind of
 * state. The GPU has the virtual clock. The streams, and the state of each when all
 * have come to rest:
 *
 * - COMPUTE: seven nested buffers, a job in flight, a chain of deferred instructions
 *   that wait for it and for each other; waits for the gate
 * - TILER: heap exhausted, an out-of-memory event pending
 * - HANDLER: the event was answered without a chunk; the exception handler waits for
 *   the gate
 * - PROGRESS: waits for the progress counter of COMPUTE
 * - FAULT: an error is pending; waits for the gate
 * - LOOP: runs a long loop, then waits for the gate
 * - FRAGMENT: waits for a clear that is half done
 * - PROTECTED: waits for protected mode, forever
 *
 * The gate is a sync object that the host writes. All streams but the last one store
 * their registers and signal a sync object at the end.
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
/* Number of nested buffers in COMPUTE, without the ring */
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
	/* Number of chunks that the host has provided */
	unsigned int given;
	/* All memory that the streams write to, for comparison */
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
