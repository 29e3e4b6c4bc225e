/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_BLOCKED_H_
#define _VPAN_BLOCKED_H_

#include <linux/types.h>

struct csf_cs_output;
struct vpan_device;
struct vpan_group;
struct vpan_slots;
struct vpan_vm;

/**
 * struct vpan_syncwait - wait of a stream for a sync object
 */
struct vpan_syncwait {
	/** @va: Address of the sync object. */
	u64 va;
	/** @ref: Value to compare the sync object with. */
	u64 ref;
	/** @greater: Wait for a greater value, else for one not greater. */
	bool greater;
	/** @wide: The sync object has 64 bits, else 32. */
	bool wide;
};

bool vpan_syncwait_read(struct vpan_syncwait *wait,
			const struct csf_cs_output *out);

/* All under &vpan_slots.lock. */
bool vpan_blocked_value(struct vpan_vm *vm, const struct vpan_syncwait *wait,
			u64 *value);
bool vpan_blocked_add(struct vpan_slots *slots, struct vpan_group *group);
void vpan_blocked_remove(struct vpan_slots *slots, struct vpan_group *group);
void vpan_blocked_poll_group(struct vpan_slots *slots,
			     struct vpan_group *group);
void vpan_blocked_poll(struct vpan_device *vpan);

#endif /* _VPAN_BLOCKED_H_ */
