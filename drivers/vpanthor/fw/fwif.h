/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FWIF_H_
#define _VPAN_FWIF_H_

#include <linux/jiffies.h>
#include <linux/types.h>

struct vpan_device;

/**
 * DOC: Requests to the firmware
 *
 * A request is a change of bits in a request word in shared memory. The
 * firmware acts and copies them to its acknowledge word. Some bits carry a
 * value, others count as requested whenever they differ from the acknowledge
 * word; these are toggled.
 */

/* Time limit in jiffies for an acknowledgment of the firmware */
#define VPAN_FWIF_TIMEOUT	(1 * HZ)

void vpan_fwif_init(struct vpan_device *vpan);
int vpan_fwif_start(struct vpan_device *vpan);
void vpan_fwif_stop(struct vpan_device *vpan);
bool vpan_fwif_is_alive(struct vpan_device *vpan);
bool vpan_fwif_is_lost(struct vpan_device *vpan);
void vpan_fwif_set_halt(struct vpan_device *vpan, bool halt);

void vpan_fwif_ring_glb(struct vpan_device *vpan);
void vpan_fwif_ring_csgs(struct vpan_device *vpan, u32 csgs);
void vpan_fwif_csg_request(struct vpan_device *vpan, unsigned int csg,
			   u32 value, u32 mask, u32 toggle);
u32 vpan_fwif_csgs_wait(struct vpan_device *vpan, u32 csgs, u32 mask);
u32 vpan_fwif_csgs_wait_for(struct vpan_device *vpan, u32 csgs, u32 mask,
			    unsigned long timeout);
void vpan_fwif_csgs_late(struct vpan_device *vpan, u32 csgs, u32 mask);
bool vpan_fwif_csg_is_acked(struct vpan_device *vpan, unsigned int csg,
			    u32 mask);
void vpan_fwif_csg_ring_streams(struct vpan_device *vpan, unsigned int csg,
				u32 streams);

#endif /* _VPAN_FWIF_H_ */
