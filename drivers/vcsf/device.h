/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_DEVICE_H_
#define _VCSF_DEVICE_H_

/* Creation and removal of a software GPU */

#include <linux/kconfig.h>

struct dentry;
struct resource;
struct vcsf;
struct vcsf_config;

struct vcsf *vcsf_create(const struct vcsf_config *config);
void vcsf_destroy(struct vcsf *hw);

/* Sleep of the board: sleep.c */
void vcsf_sleep_attach(struct vcsf *hw);
void vcsf_sleep_debugfs(struct vcsf *hw, struct dentry *dir);

/* What a driver looks up on a board: board.c, board_clock.c */
int vcsf_board_find_memory(struct vcsf *hw, struct resource *res);
#if IS_ENABLED(CONFIG_COMMON_CLK)
int vcsf_board_init(struct vcsf *hw);
void vcsf_board_fini(struct vcsf *hw);
#else
static inline int vcsf_board_init(struct vcsf *hw)
{
	return 0;
}

static inline void vcsf_board_fini(struct vcsf *hw)
{
}
#endif

#endif /* _VCSF_DEVICE_H_ */
