/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SCHED_H_
#define _VPAN_SCHED_H_

struct vpan_device;

int vpan_sched_init(struct vpan_device *vpan);
void vpan_sched_update_groups(struct vpan_device *vpan);
void vpan_sched_stop(struct vpan_device *vpan);
int vpan_sched_suspend(struct vpan_device *vpan);
void vpan_sched_evict_all(struct vpan_device *vpan);
void vpan_sched_drop_all(struct vpan_device *vpan);
void vpan_sched_start(struct vpan_device *vpan);
void vpan_sched_kill_all(struct vpan_device *vpan);

#endif /* _VPAN_SCHED_H_ */
