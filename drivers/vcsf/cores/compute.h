/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_COMPUTE_H_
#define _VCSF_CORES_COMPUTE_H_

/* Execution of compute shaders */

#include <linux/types.h>
#include <linux/workqueue.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "shader/shader.h"

struct vcsf_cs;
struct vcsf_csg;
struct vcsf_deferred;

#define VCSF_UNIFORMS_MAX	256

/**
 * struct vcsf_fault_log - a fault that waits for its line in the log
 */
struct vcsf_fault_log {
	/** @work: Prints it. */
	struct work_struct work;
	/** @pending: It has not been printed. Only the engine sets it. */
	bool pending;
	/** @cs: Stream of the job. */
	u8 cs;
	/** @fault: The fault. */
	struct vsh_fault fault;
};

/**
 * struct vcsf_compute - the workgroup that a group executes, and its job
 *
 * Each slot has one, allocated with the GPU. &vcsf_csg.loaded and
 * &vcsf_csg.workgroup say what is in it.
 */
struct vcsf_compute {
	/** @group: The workgroup. */
	struct vsh_group group;
	/** @csg: The slot. */
	struct vcsf_csg *csg;
	/** @pc: Address of the job's program. */
	u64 pc;
	/** @size: Size of a workgroup, by axis. */
	u32 size[3];
	/** @lanes: Number of lanes of a workgroup. */
	u32 lanes;
	/** @preload: Registers to preload, CSF_SHADER_PRELOAD. */
	u32 preload;
	/** @epoch: &vcsf_as.epoch when instructions were decoded. */
	u32 epoch;
	/** @flush: Flush id when instructions were decoded. */
	u32 flush;
	/** @log: The last fault. */
	struct vcsf_fault_log log;
	/** @contended: An atomic has lost against other processors, try again. */
	bool contended;
	/** @uniforms: Uniforms of the job. */
	u32 uniforms[VCSF_UNIFORMS_MAX];
	/** @warps: Warps of the workgroup. */
	struct vsh_warp warps[VSH_MAX_WARPS];
};

int vcsf_compute_init(struct vcsf *hw);
void vcsf_compute_fini(struct vcsf *hw);
bool vcsf_compute_blocked(const struct vcsf_cs *cs);
u32 vcsf_compute_shortest(const struct vcsf *hw, u32 groups);
int vcsf_compute_step(struct vcsf_cs *cs, struct vcsf_deferred *op);

/* Faults in the log: fault_log.c */
void vcsf_fault_log_init(struct vcsf_compute *c);
void vcsf_fault_log_fini(struct vcsf_compute *c);
void vcsf_fault_record(struct vcsf_compute *c, const struct vcsf_cs *cs,
		       const struct vsh_fault *fault);

/* Memory: access.c */
extern const struct vsh_ops vcsf_access_ops;

/* Jobs and their workgroups: dispatch.c */
int vcsf_dispatch_load(struct vcsf_compute *c, const struct vcsf_cs *cs,
		       struct vcsf_deferred *op);
void vcsf_dispatch_launch(struct vcsf_compute *c, const struct vcsf_cs *cs,
			  struct vcsf_deferred *op);

/**
 * vcsf_compute_executes - check whether compute shaders are executed
 * @hw: the GPU
 *
 * Return: false if jobs only take their time, or fault.
 */
static inline bool vcsf_compute_executes(const struct vcsf *hw)
{
	return hw->config.shaders & VCSF_SHADERS_RUN_COMPUTE &&
	       hw->cores->compute;
}

#endif /* _VCSF_CORES_COMPUTE_H_ */
