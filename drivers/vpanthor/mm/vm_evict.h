/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_EVICT_H_
#define _VPAN_VM_EVICT_H_

#include <linux/types.h>

struct vpan_bo;

bool vpan_vm_evict_bo(struct vpan_bo *bo, unsigned long unused,
		      unsigned int *vmas);

#endif /* _VPAN_VM_EVICT_H_ */
