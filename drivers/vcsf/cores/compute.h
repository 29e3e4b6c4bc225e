/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_COMPUTE_H_
#define _VCSF_CORES_COMPUTE_H_

/* Execution of compute shaders */

#include <linux/types.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "shader/shader.h"

struct vcsf_cs;
struct vcsf_csg;
struct vcsf_deferred;

#define VCSF_UNIFORMS_MAX	256

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
int vcsf_compute_step(struct vcsf_cs *cs, struct vcsf_deferred *op);

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
