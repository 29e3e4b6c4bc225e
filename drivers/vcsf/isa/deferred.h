/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ISA_DEFERRED_H_
#define _VCSF_ISA_DEFERRED_H_

/* Effects of asynchronous instructions */

struct vcsf_cs;
struct vcsf_deferred;

int vcsf_deferred_exec(struct vcsf_cs *cs, const struct vcsf_deferred *op);

#endif /* _VCSF_ISA_DEFERRED_H_ */
