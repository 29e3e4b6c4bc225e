/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_ID_H_
#define _VPAN_VM_ID_H_

#include <linux/types.h>

struct vpan_file;
struct vpan_vm;

int vpan_vm_create_id(struct vpan_file *file, u64 *user_va_range, u32 *id);
int vpan_vm_destroy_id(struct vpan_file *file, u32 id);
void vpan_vm_destroy_all(struct vpan_file *file);
struct vpan_vm *vpan_vm_get_by_id(struct vpan_file *file, u32 id);

#endif /* _VPAN_VM_ID_H_ */
