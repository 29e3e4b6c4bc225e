/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_BIND_OPS_H_
#define _VPAN_VM_BIND_OPS_H_

struct drm_file;
struct drm_panthor_vm_bind;

int vpan_vm_bind(struct drm_file *file, struct drm_panthor_vm_bind *args);

#endif /* _VPAN_VM_BIND_OPS_H_ */
