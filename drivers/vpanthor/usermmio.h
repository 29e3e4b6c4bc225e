/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_USERMMIO_H_
#define _VPAN_USERMMIO_H_

struct file;
struct vpan_file;
struct vm_area_struct;

int vpan_mmap(struct file *filp, struct vm_area_struct *vma);
void vpan_user_mmio_init(struct vpan_file *vfile);
int vpan_user_mmio_set_offset(struct vpan_file *vfile, u64 offset);

#endif /* _VPAN_USERMMIO_H_ */
