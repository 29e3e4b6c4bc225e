/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RING_H_
#define _VPAN_RING_H_

#include <linux/types.h>

/* Instructions that a job takes in the ring: plain, and if it is measured. */
#define VPAN_RING_JOB_INSTRS		16
#define VPAN_RING_PROFILED_INSTRS	24
/* Jobs begin and end at multiples of that. */
#define VPAN_RING_UNIT_BYTES		64

/**
 * struct vpan_ring_job - what a job's part of the ring says
 */
struct vpan_ring_job {
	/** @stream_va: Where the job's commands are. */
	u64 stream_va;
	/** @stream_size: Bytes of them. */
	u32 stream_size;
	/** @latest_flush: Flush id that they were built at. */
	u32 latest_flush;
	/** @syncobj_va: Sync object that counts finished jobs. */
	u64 syncobj_va;
	/** @increment: What to add to it. */
	u64 increment;
	/** @first_reg: First of the four registers that are the kernel's. */
	u32 first_reg;
	/** @profile_mask: What to measure: VPAN_PROFILE bits. */
	u32 profile_mask;
	/** @profile_va: Where to put it, see &struct vpan_profile_slot. */
	u64 profile_va;
	/** @scoreboards: Number of scoreboard entries. */
	u32 scoreboards;
};

unsigned int vpan_ring_encode(u64 *instrs, const struct vpan_ring_job *job);

#endif /* _VPAN_RING_H_ */
