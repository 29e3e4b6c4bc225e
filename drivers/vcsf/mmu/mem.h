/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_MMU_MEM_H_
#define _VCSF_MMU_MEM_H_

/* Accesses of naturally aligned words; for return values see vcsf_mmu_page() */

#include <linux/types.h>

struct vcsf;

int vcsf_mem_read32(struct vcsf *hw, unsigned int as, u64 va, u32 *value);
int vcsf_mem_read64(struct vcsf *hw, unsigned int as, u64 va, u64 *value);
int vcsf_mem_write32(struct vcsf *hw, unsigned int as, u64 va, u32 value);
int vcsf_mem_write64(struct vcsf *hw, unsigned int as, u64 va, u64 value);
int vcsf_mem_add32(struct vcsf *hw, unsigned int as, u64 va, u32 value);
int vcsf_mem_add64(struct vcsf *hw, unsigned int as, u64 va, u64 value);

#endif /* _VCSF_MMU_MEM_H_ */
