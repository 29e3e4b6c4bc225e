/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SCENE_H_
#define _VCSF_SCENE_H_

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

enum vcsf_scene_stream {
	SCENE_COMPUTE,
	SCENE_TILER,
	SCENE_HANDLER,
	SCENE_PROGRESS,
	SCENE_FAULT,
	SCENE_LOOP,
	SCENE_FRAGMENT,
	SCENE_PROTECTED,
	SCENE_STREAMS,
};

#define SCENE_ALL		(BIT(SCENE_STREAMS) - 1)
/* Number of nested buffers in COMPUTE, without the ring */
#define SCENE_DEPTH		(CSF_CS_CALL_DEPTH - 1)
#define SCENE_CHUNKS		4
#define SCENE_TARGET_PAGES	64
#define SCENE_PAGES \
	(1 + SCENE_STREAMS + 2 * SCENE_CHUNKS + SCENE_TARGET_PAGES)

struct vcsf_scene_code {
	u64 *words;
	u64 va;
	unsigned int start;
	unsigned int count;
};

struct vcsf_scene {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
	struct vcsf_scene_code code[SCENE_STREAMS];
	/* Number of chunks that the host has provided */
	unsigned int given;
	/* All memory that the streams write to, for comparison */
	void *pages[SCENE_PAGES];
	unsigned int page_count;
	u64 *data;
};

void vcsf_scene_setup(struct kunit *test, struct vcsf_scene *s);
void vcsf_scene_begin(struct vcsf_scene *s);
void vcsf_scene_serve(struct kunit *test, struct vcsf_scene *s, u32 streams);
void vcsf_scene_open_gate(struct vcsf_scene *s);
bool vcsf_scene_done(const struct vcsf_scene *s);
void vcsf_scene_move(struct vcsf_scene *s, unsigned int slot);

#endif /* _VCSF_SCENE_H_ */
