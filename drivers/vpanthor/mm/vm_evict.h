/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_EVICT_H_
#define _VPAN_VM_EVICT_H_

#include <linux/types.h>

struct drm_exec;
struct drm_gpuvm_bo;
struct vpan_bo;

bool vpan_vm_evict_bo(struct vpan_bo *bo, unsigned long unused,
		      unsigned int *vmas);
int vpan_vm_restore_bo(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec);

#endif /* _VPAN_VM_EVICT_H_ */
