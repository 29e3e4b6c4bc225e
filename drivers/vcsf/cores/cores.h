/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_CORES_H_
#define _VCSF_CORES_CORES_H_

/* Shader cores and tilers: which jobs have them */

#include <linux/types.h>

#include "group/stream.h"

struct vcsf;
struct vcsf_csg;

/**
 * struct vcsf_cores_ops - events that cores report to the owner of jobs
 */
struct vcsf_cores_ops {
	/**
	 * @job_done: A job came to its end, with a negative errno or 0. The job
	 * is gone when this returns. Called with &vcsf_mmu.lock held.
	 */
	void (*job_done)(struct vcsf_cs *cs, struct vcsf_deferred *op,
			 int error);
};

/**
 * struct vcsf_cores - the simulated cores at work
 */
struct vcsf_cores {
	/** @ops: What the owner of jobs does with their results. */
	const struct vcsf_cores_ops *ops;
	/** @settled: Until when work that was done is subtracted. */
	u64 settled;
	/** @due: When to look again. */
	u64 due;
	/** @idle_since: When the last job ended, zero while there is one. */
	u64 idle_since;
	/** @clock_mhz: &vcsf.clock_mhz since @settled. */
	u32 clock_mhz;
	/** @active: Units that had jobs, as bits. */
	u8 active;
	/** @power_changes: &vcsf.power_changes when it was looked at. */
	u32 power_changes;
};

void vcsf_cores_init(struct vcsf *hw, const struct vcsf_cores_ops *ops);
u64 vcsf_cores_settle(struct vcsf *hw);
unsigned long vcsf_cores_run(struct vcsf *hw);
void vcsf_cores_stop(struct vcsf *hw);
bool vcsf_cores_power_up(struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_current(const struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_limit(const struct vcsf_csg *csg, enum vcsf_unit unit);

#endif /* _VCSF_CORES_CORES_H_ */
