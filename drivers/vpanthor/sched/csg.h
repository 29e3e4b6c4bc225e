/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_CSG_H_
#define _VPAN_CSG_H_

#include <linux/types.h>

struct vpan_group;

unsigned int vpan_csg_priority(unsigned int priority, bool behind);
bool vpan_csg_set_priority(struct vpan_group *group, unsigned int slot,
			   unsigned int priority);
int vpan_csg_bind(struct vpan_group *group, unsigned int slot, int as);
int vpan_csg_suspend(struct vpan_group *group, unsigned int slot);
int vpan_csg_terminate(struct vpan_group *group, unsigned int slot);

#endif /* _VPAN_CSG_H_ */
