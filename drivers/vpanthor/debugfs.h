/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DEBUGFS_H_
#define _VPAN_DEBUGFS_H_

struct drm_minor;

void vpan_debugfs_init(struct drm_minor *minor);

#endif /* _VPAN_DEBUGFS_H_ */
