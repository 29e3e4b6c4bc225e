/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DEBUGFS_H_
#define _VPAN_DEBUGFS_H_

#include "sched/waiting.h"

struct dentry;
struct drm_minor;
struct vpan_device;

extern const char * const vpan_debugfs_priorities[VPAN_PRIORITIES];

void vpan_debugfs_init(struct drm_minor *minor);
void vpan_debugfs_init_why(struct vpan_device *vpan, struct dentry *root);
void vpan_debugfs_init_mm(struct vpan_device *vpan, struct dentry *root);

#endif /* _VPAN_DEBUGFS_H_ */
