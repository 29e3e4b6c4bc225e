/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_HEAP_H_
#define _VCSF_CORES_HEAP_H_

/* The tiler heap */

#include <linux/types.h>

struct vcsf_cs;
struct vcsf_deferred;

int vcsf_heap_step(struct vcsf_cs *cs, struct vcsf_deferred *op);
int vcsf_heap_exhausted(struct vcsf_cs *cs, struct vcsf_deferred *op);
int vcsf_heap_count(struct vcsf_cs *cs, u64 heap, unsigned int what);
int vcsf_heap_free(struct vcsf_cs *cs, u64 heap, u64 first, u64 last);
void vcsf_heap_answer(struct vcsf_cs *cs);
void vcsf_heap_handler_done(struct vcsf_cs *cs);
void vcsf_heap_resume(struct vcsf_cs *cs);

#endif /* _VCSF_CORES_HEAP_H_ */
