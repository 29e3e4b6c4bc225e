/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FDINFO_H_
#define _VPAN_FDINFO_H_

struct drm_file;
struct drm_printer;

void vpan_fdinfo_show_memory(struct drm_printer *p, struct drm_file *file);

#endif /* _VPAN_FDINFO_H_ */
