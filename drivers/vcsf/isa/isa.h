/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ISA_ISA_H_
#define _VCSF_ISA_ISA_H_

/* The interpreter of command streams */

#include <linux/types.h>

struct vcsf_cs;

void vcsf_isa_init(void);
void vcsf_cs_set_reg_count(struct vcsf_cs *cs, u32 count);
bool vcsf_cs_run(struct vcsf_cs *cs, unsigned int budget);
bool vcsf_cs_sync_wait_over(struct vcsf_cs *cs);

#endif /* _VCSF_ISA_ISA_H_ */
