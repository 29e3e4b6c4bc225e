/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_EVENTS_H_
#define _VPAN_EVENTS_H_

#include <linux/types.h>

struct vpan_device;
struct vpan_fw_ops;
struct vpan_group;

void vpan_events_handle_faults(struct vpan_device *vpan);
void vpan_events_drain(struct vpan_device *vpan, unsigned int slot);
bool vpan_events_retry_tiler_oom(struct vpan_group *group, unsigned int slot);

extern const struct vpan_fw_ops vpan_events_fw_ops;

#endif /* _VPAN_EVENTS_H_ */
