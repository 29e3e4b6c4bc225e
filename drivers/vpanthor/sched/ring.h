/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RING_H_
#define _VPAN_RING_H_

#include <linux/types.h>

/* Instructions of a job in the ring: plain, and with measurements */
#define VPAN_RING_JOB_INSTRS		16
#define VPAN_RING_PROFILED_INSTRS	24
/* Jobs begin and end at multiples of this. */
#define VPAN_RING_UNIT_BYTES		64

/**
 * struct vpan_ring_job - parameters of a job's part of the ring
 */
struct vpan_ring_job {
	/** @stream_va: GPU address of the job's stream. */
	u64 stream_va;
	/** @stream_size: Size of the stream in bytes. */
	u32 stream_size;
	/** @latest_flush: Flush id at which the stream was built. */
	u32 latest_flush;
	/** @syncobj_va: GPU address of the queue's sync object. */
	u64 syncobj_va;
	/** @increment: Number to add to the sync object. */
	u64 increment;
	/** @first_reg: First of the four registers that belong to the kernel. */
	u32 first_reg;
	/** @profile_mask: VPAN_PROFILE bits: what is measured. */
	u32 profile_mask;
	/** @profile_va: GPU address of the &struct vpan_profile_slot. */
	u64 profile_va;
	/** @scoreboards: Number of scoreboard entries. */
	u32 scoreboards;
};

unsigned int vpan_ring_encode(u64 *instrs, const struct vpan_ring_job *job);

#endif /* _VPAN_RING_H_ */
