/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_USERMMIO_H_
#define _VPAN_USERMMIO_H_

struct file;
struct vm_area_struct;

int vpan_mmap(struct file *filp, struct vm_area_struct *vma);

#endif /* _VPAN_USERMMIO_H_ */
