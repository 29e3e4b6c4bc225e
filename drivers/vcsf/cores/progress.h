/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_PROGRESS_H_
#define _VCSF_CORES_PROGRESS_H_

/* Progress timers of groups */

#include <linux/types.h>

struct vcsf;

void vcsf_progress_starved(struct vcsf *hw, u64 elapsed);
void vcsf_progress_hold(struct vcsf *hw, bool held);
u64 vcsf_progress_check(struct vcsf *hw, u64 now);

#endif /* _VCSF_CORES_PROGRESS_H_ */
