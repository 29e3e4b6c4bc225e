/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_CORES_H_
#define _VCSF_CORES_CORES_H_

/* Assignment of shader cores and tilers to jobs */

#include <linux/types.h>

#include "base/vcsf.h"
#include "group/stream.h"

struct vcsf;
struct vcsf_compute;
struct vcsf_csg;

/**
 * struct vcsf_cores_ops - events that cores report to the owner of jobs
 */
struct vcsf_cores_ops {
	/**
	 * @job_done: Remove a job that has ended, with 0 or a negative errno.
	 * Called with &vcsf_mmu.lock held.
	 */
	void (*job_done)(struct vcsf_cs *cs, struct vcsf_deferred *op,
			 int error);
};

/**
 * struct vcsf_core_task - what a core does, for trace points
 */
struct vcsf_core_task {
	/** @left: &vcsf_deferred.left of the job. */
	u64 left;
	/** @unit: enum vcsf_unit; none if the core is idle. */
	u8 unit;
	/** @csg: Slot of the job. */
	u8 csg;
	/** @cs: Stream of the job. */
	u8 cs;
};

/**
 * struct vcsf_cores - the simulated cores
 */
struct vcsf_cores {
	/** @ops: Handlers of events, from the owner of jobs. */
	const struct vcsf_cores_ops *ops;
	/** @compute: Contexts of the slots, NULL if no shaders are executed. */
	struct vcsf_compute *compute;
	/** @workgroups: Number of workgroups launched. */
	u64 workgroups;
	/** @instructions: Number of instructions that warps have executed. */
	u64 instructions;
	/** @decoded: Number of instructions that were decoded for that. */
	u64 decoded;
	/** @settled: Time until which completed work is accounted for. */
	u64 settled;
	/** @due: Time of the next vcsf_cores_run(), U64_MAX for none. */
	u64 due;
	/** @suspend_due: The same for jobs of groups that are being suspended. */
	u64 suspend_due;
	/** @idle_since: Time when the last job ended, zero while there is one. */
	u64 idle_since;
	/** @held_since: Jobs are held back, since this time is accounted for; U64_MAX: not. */
	u64 held_since;
	/** @clock_mhz: &vcsf_ctl.clock_mhz since @settled. */
	u32 clock_mhz;
	/** @active: Units that had jobs, as bits. */
	u8 active;
	/**
	 * @tasks: What the shader cores do; the last one is the tiler's. Only
	 * written while a trace point of cores is enabled.
	 */
	struct vcsf_core_task tasks[VCSF_CORES_MAX + 1];
	/** @power_changes: &vcsf_ctl.power_changes when the engine last read it. */
	u32 power_changes;
};

void vcsf_cores_init(struct vcsf *hw, const struct vcsf_cores_ops *ops);
u64 vcsf_cores_settle(struct vcsf *hw);
unsigned long vcsf_cores_run(struct vcsf *hw, u32 groups);
void vcsf_cores_stop(struct vcsf *hw);
bool vcsf_cores_power_up(struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_current(const struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_limit(const struct vcsf_csg *csg, enum vcsf_unit unit);

#endif /* _VCSF_CORES_CORES_H_ */
