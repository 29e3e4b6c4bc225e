/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SYNCWAIT_H_
#define _VPAN_SYNCWAIT_H_

#include <linux/types.h>

struct csf_cs_output;
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

/**
 * enum vpan_syncwait_state - state of a wait
 * @VPAN_SYNCWAIT_UNKNOWN: the driver cannot read the sync object
 * @VPAN_SYNCWAIT_PENDING: the stream would wait, or the address space is being
 *	changed, so that the caller has to poll again
 * @VPAN_SYNCWAIT_SATISFIED: the stream would continue
 */
enum vpan_syncwait_state {
	VPAN_SYNCWAIT_UNKNOWN,
	VPAN_SYNCWAIT_PENDING,
	VPAN_SYNCWAIT_SATISFIED,
};

bool vpan_syncwait_read(struct vpan_syncwait *wait,
			const struct csf_cs_output *out);
enum vpan_syncwait_state vpan_syncwait_poll(struct vpan_vm *vm,
					    const struct vpan_syncwait *wait);

#endif /* _VPAN_SYNCWAIT_H_ */
