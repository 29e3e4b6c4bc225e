/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_DEVICE_H_
#define _VCSF_DEVICE_H_

/* Creation and removal of a software GPU */

struct dentry;
struct vcsf;
struct vcsf_config;

struct vcsf *vcsf_create(const struct vcsf_config *config);
void vcsf_destroy(struct vcsf *hw);

/* Sleep of the board: sleep.c */
void vcsf_sleep_attach(struct vcsf *hw);
void vcsf_sleep_debugfs(struct vcsf *hw, struct dentry *dir);

#endif /* _VCSF_DEVICE_H_ */
