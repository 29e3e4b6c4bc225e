/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_DEBUG_DEBUGFS_H_
#define _VCSF_DEBUG_DEBUGFS_H_

/* Files in debugfs */

#include <linux/types.h>

#include "inject/inject.h"

struct dentry;
struct vcsf;

void vcsf_debugfs_init(struct vcsf *hw);
void vcsf_debugfs_fini(struct vcsf *hw);

void vcsf_inject_set(struct vcsf *hw, enum vcsf_inject_point point,
		     const struct vcsf_inject_setting *setting);
void vcsf_inject_debugfs(struct vcsf *hw, struct dentry *parent);

#endif /* _VCSF_DEBUG_DEBUGFS_H_ */
