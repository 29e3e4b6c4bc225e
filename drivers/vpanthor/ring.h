/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RING_H_
#define _VPAN_RING_H_

#include <linux/types.h>

/* Instructions that a job takes in the ring, and their bytes. */
#define VPAN_RING_JOB_INSTRS	16
#define VPAN_RING_JOB_BYTES	(VPAN_RING_JOB_INSTRS * 8)

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
	/** @scoreboards: Number of scoreboard entries. */
	u32 scoreboards;
};

void vpan_ring_encode(u64 *instrs, const struct vpan_ring_job *job);

#endif /* _VPAN_RING_H_ */
