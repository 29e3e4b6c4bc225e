/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REGS_POWER_H_
#define _VCSF_REGS_POWER_H_

/* Power of shader cores, tilers and L2 */

#include <linux/types.h>

#include "regs/ctl.h"

struct vcsf;

void vcsf_power_reset(struct vcsf *hw);
u64 vcsf_power_update(struct vcsf *hw);
u64 vcsf_power_trans(struct vcsf *hw, enum vcsf_domain domain);
u64 vcsf_power_missing(struct vcsf *hw, enum vcsf_domain domain);
void vcsf_power_up(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
void vcsf_power_down(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
u64 vcsf_power_ready(struct vcsf *hw, enum vcsf_domain domain);
u64 vcsf_power_present(struct vcsf *hw, enum vcsf_domain domain);

#endif /* _VCSF_REGS_POWER_H_ */
