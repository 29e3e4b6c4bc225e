/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_BUS_REGS_H_
#define _VCSF_BUS_REGS_H_

/* The register decoder */

struct vcsf_window_ops;

extern const struct vcsf_window_ops vcsf_regs_ops;
void vcsf_regs_init(void);

#endif /* _VCSF_BUS_REGS_H_ */
