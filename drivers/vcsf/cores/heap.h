/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_HEAP_H_
#define _VCSF_CORES_HEAP_H_

/* The tiler heap, and what happens when it is exhausted */

#include <linux/types.h>

struct vcsf_cs;
struct vcsf_csg;
struct vcsf_deferred;

/* Chunks: heap.c */
int vcsf_heap_step(struct vcsf_cs *cs, struct vcsf_deferred *op);
int vcsf_heap_count(struct vcsf_cs *cs, u64 heap, unsigned int what);
int vcsf_heap_free(struct vcsf_cs *cs, u64 heap, u64 first, u64 last);

/* Out of memory: oom.c */
int vcsf_oom_raise(struct vcsf_cs *cs, struct vcsf_deferred *op);
void vcsf_oom_answer(struct vcsf_cs *cs);
void vcsf_oom_check(struct vcsf_cs *cs);
void vcsf_oom_handler_set(struct vcsf_cs *cs);
void vcsf_oom_handler_done(struct vcsf_cs *cs);
void vcsf_oom_resume(struct vcsf_cs *cs);
void vcsf_oom_chunks_freed(struct vcsf_csg *csg);

#endif /* _VCSF_CORES_HEAP_H_ */
