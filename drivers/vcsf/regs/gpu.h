/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REGS_GPU_H_
#define _VCSF_REGS_GPU_H_

/* GPU control: commands, cache flushes, reset */

#include <linux/types.h>

struct vcsf;

int vcsf_gpu_init(struct vcsf *hw);
void vcsf_gpu_fini(struct vcsf *hw);
void vcsf_gpu_command(struct vcsf *hw, u32 command);
void vcsf_gpu_bus_fault(struct vcsf *hw, u64 address);
void vcsf_gpu_reset(struct vcsf *hw, bool hard);
u32 vcsf_flush_id(struct vcsf *hw);
void vcsf_flush_caches(struct vcsf *hw, unsigned int l2, unsigned int lsc,
		       unsigned int other);

#endif /* _VCSF_REGS_GPU_H_ */
