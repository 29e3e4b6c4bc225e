/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_GROUP_MCU_MEM_H_
#define _VCSF_GROUP_MCU_MEM_H_

/*
 * Memory accesses of the firmware. They wait while the region is locked. After
 * a failed access &vcsf_mcu.error is set, reads give zero and writes do
 * nothing, so that a sequence of accesses needs only one check.
 */
#include <linux/stddef.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>

struct vcsf;

u32 vcsf_mcu_read32(struct vcsf *hw, u64 va);
u64 vcsf_mcu_read64(struct vcsf *hw, u64 va);
void vcsf_mcu_write32(struct vcsf *hw, u64 va, u32 value);
void vcsf_mcu_write64(struct vcsf *hw, u64 va, u64 value);
u32 vcsf_mcu_fetch32(struct vcsf *hw, u64 va);
void vcsf_mcu_copy_in(struct vcsf *hw, void *to, u64 va, size_t size);
void vcsf_mcu_copy_out(struct vcsf *hw, u64 va, const void *from, size_t size);

#define vcsf_in32(hw, block, type, member) \
	vcsf_mcu_read32(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_in64(hw, block, type, member) \
	vcsf_mcu_read64(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_out32(hw, block, type, member, value) \
	vcsf_mcu_write32(hw, (u64)(block) + offsetof(struct type, member), value)
#define vcsf_out64(hw, block, type, member, value) \
	vcsf_mcu_write64(hw, (u64)(block) + offsetof(struct type, member), value)

#endif /* _VCSF_GROUP_MCU_MEM_H_ */
