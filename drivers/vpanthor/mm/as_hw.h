/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_AS_HW_H_
#define _VPAN_AS_HW_H_

#include <linux/types.h>

struct vpan_device;

int vpan_as_hw_command(struct vpan_device *vpan, int id, u32 command);
int vpan_as_hw_lock(struct vpan_device *vpan, int id, u64 va, u64 size);
int vpan_as_hw_enable(struct vpan_device *vpan, int id, u64 root,
		      u64 locked_va, u64 locked_size);
int vpan_as_hw_disable(struct vpan_device *vpan, int id);

#endif /* _VPAN_AS_HW_H_ */
