// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions that issue jobs for shader cores and tiler, and the resources
 * that they need.
 *
 * The interpreter calls these, see exec.h. They turn registers into a job with
 * an amount of work and a width; cores/ assigns cores and executes it stage by
 * stage. An amount that overflows is saturated: such a job takes as long as a
 * job can.
 */

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "cores/fragment.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"

/* Time of one core for a workgroup (chosen) */
#define VCSF_WORKGROUP_NS	1000

/* Heap memory for a vertex: positions, varyings, lists (chosen) */
#define VCSF_VERTEX_BYTES	64
#define VCSF_QUAD_VERTICES	4

static u64 vcsf_saturating_mul(u64 a, u64 b)
{
	u64 product;

	return check_mul_overflow(a, b, &product) ? U64_MAX : product;
}

static u64 vcsf_work(u64 count, u32 ns)
{
	return min(vcsf_saturating_mul(count, ns * VCSF_WORK_PER_NS),
		   VCSF_WORK_MAX);
}

/* --- Resources ---------------------------------------------------------------- */

static const struct {
	u8 resource;
	u8 unit;
} vcsf_resource_units[] = {
	{ CSF_RESOURCE_COMPUTE, VCSF_UNIT_COMPUTE },
	{ CSF_RESOURCE_FRAGMENT, VCSF_UNIT_FRAGMENT },
	{ CSF_RESOURCE_TILER, VCSF_UNIT_TILER },
	{ CSF_RESOURCE_IDVS, VCSF_UNIT_TILER },
};

/*
 * A stream acquires the right to have jobs on a unit. Cores are assigned to jobs,
 * not to streams, so a stream waits for power here, never for another stream.
 */
enum vcsf_step vcsf_exec_req_resource(struct vcsf_cs *cs, u64 ins)
{
	u8 resources = csf_get(ins, CSF_F_RESOURCES);
	bool powered = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vcsf_resource_units); i++) {
		enum vcsf_unit unit = vcsf_resource_units[i].unit;

		if (!(resources & vcsf_resource_units[i].resource))
			continue;
		if (!vcsf_cores_limit(cs->csg, unit))
			return vcsf_cs_fatal(cs, CSF_EXC_CS_ENDPOINT_FAULT,
					     ins);
		powered &= vcsf_cores_power_up(cs->csg, unit);
	}
	if (!powered) {
		memset(&cs->wait, 0, sizeof(cs->wait));
		cs->wanted = resources;
		vcsf_cs_set_state(cs, VCSF_CS_WAIT_RESOURCE);
		return VCSF_STEP_RETRY;
	}
	cs->resources = resources;

	return VCSF_STEP_NEXT;
}

/*
 * Issue a job. It needs its resource, and does nothing while an error is
 * pending.
 */
static enum vcsf_step vcsf_run(struct vcsf_cs *cs, unsigned int resources,
			       struct vcsf_deferred *op)
{
	if (!(cs->resources & resources))
		return vcsf_cs_fatal(cs, CSF_EXC_CS_ENDPOINT_FAULT, op->ins);
	if (cs->error)
		return VCSF_STEP_NEXT;
	op->slot = cs->sb_endpoint;

	return vcsf_cs_issue_async(cs, op);
}

/* --- Compute ------------------------------------------------------------------- */

/* Number of tasks of a job; zero if the instruction's split is invalid */
static u64 vcsf_compute_tasks(const struct vcsf_cs *cs, u64 ins, u64 groups)
{
	u32 per_task, count;

	if (vcsf_opcode(ins) == CSF_OP_RUN_COMPUTE_INDIRECT) {
		per_task = csf_get(ins, CSF_F_WG_PER_TASK);
		return per_task ? DIV_ROUND_UP_ULL(groups, per_task) : 0;
	}
	per_task = csf_get(ins, CSF_F_TASK_INCREMENT);
	if (!per_task || csf_get(ins, CSF_F_TASK_AXIS) > CSF_AXIS_Z)
		return 0;
	count = cs->regs[CSF_REG_COMPUTE_WG_COUNT(csf_get(ins,
							  CSF_F_TASK_AXIS))];

	return count ? DIV_ROUND_UP_ULL(count, per_task) : 1;
}

static u64 vcsf_compute_groups(const struct vcsf_cs *cs)
{
	u64 xy = (u64)cs->regs[CSF_REG_COMPUTE_WG_COUNT(CSF_AXIS_X)] *
		 cs->regs[CSF_REG_COMPUTE_WG_COUNT(CSF_AXIS_Y)];

	return vcsf_saturating_mul(xy,
			cs->regs[CSF_REG_COMPUTE_WG_COUNT(CSF_AXIS_Z)]);
}

/*
 * Find room for the operands of a job whose shader is executed. Return: its
 * index, or %VCSF_DISPATCH_MAX if the stream has to wait for one of its jobs.
 */
static unsigned int vcsf_dispatch_find(const struct vcsf_cs *cs)
{
	unsigned int used = 0, i;

	for (i = 0; i < cs->deferred_count; i++)
		if (cs->deferred[i].unit == VCSF_UNIT_COMPUTE)
			used |= BIT(cs->deferred[i].aux);

	return min_t(unsigned int, ffz(used), VCSF_DISPATCH_MAX);
}

/* The stream may change its registers before the job runs. */
static void vcsf_dispatch_fill(const struct vcsf_cs *cs, u64 ins,
			       struct vcsf_dispatch *d)
{
	unsigned int srt = csf_get(ins, CSF_F_SRT_SELECT);
	unsigned int fau = csf_get(ins, CSF_F_FAU_SELECT);
	unsigned int spd = csf_get(ins, CSF_F_SPD_SELECT);
	unsigned int tsd = csf_get(ins, CSF_F_TSD_SELECT);
	unsigned int axis;

	memset(d, 0, sizeof(*d));
	d->resources = vcsf_reg64(cs, CSF_REG_COMPUTE_SRT(srt));
	d->uniforms = vcsf_reg64(cs, CSF_REG_COMPUTE_FAU(fau));
	d->program = vcsf_reg64(cs, CSF_REG_COMPUTE_SPD(spd));
	d->storage = vcsf_reg64(cs, CSF_REG_COMPUTE_TSD(tsd));
	d->size = cs->regs[CSF_REG_COMPUTE_WG_SIZE];
	for (axis = 0; axis < ARRAY_SIZE(d->count); axis++) {
		d->offset[axis] = cs->regs[CSF_REG_COMPUTE_OFFSET(axis)];
		d->count[axis] = cs->regs[CSF_REG_COMPUTE_WG_COUNT(axis)];
	}
}

/* Issue a job whose shader is executed: its work is known only afterwards. */
static enum vcsf_step vcsf_run_dispatch(struct vcsf_cs *cs,
					struct vcsf_deferred *op, u64 groups)
{
	unsigned int i = vcsf_dispatch_find(cs);

	if (i == VCSF_DISPATCH_MAX) {
		memset(&cs->wait, 0, sizeof(cs->wait));
		vcsf_cs_set_state(cs, VCSF_CS_WAIT_SB);
		return VCSF_STEP_RETRY;
	}
	vcsf_dispatch_fill(cs, op->ins, &cs->dispatch[i]);
	op->aux = i;
	op->left = groups;
	op->work = 0;

	return vcsf_run(cs, CSF_RESOURCE_COMPUTE, op);
}

/* The shader is executed, or the job faults or has no effect, as configured. */
enum vcsf_step vcsf_exec_run_compute(struct vcsf_cs *cs, u64 ins)
{
	u64 groups = vcsf_compute_groups(cs);
	u64 tasks = vcsf_compute_tasks(cs, ins, groups);
	unsigned int spd = CSF_REG_COMPUTE_SPD(csf_get(ins, CSF_F_SPD_SELECT));
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = vcsf_reg64(cs, spd),
		.unit = VCSF_UNIT_COMPUTE,
		.work = vcsf_work(groups, VCSF_WORKGROUP_NS),
		.width = min_t(u64, max_t(u64, tasks, 1), U8_MAX),
	};

	if (groups && !tasks)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	if (groups && !cs->error && cs->resources & CSF_RESOURCE_COMPUTE &&
	    cs->hw->config.shaders & VCSF_SHADERS_FAULT_COMPUTE)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, op.addr);
	if (vcsf_compute_executes(cs->hw))
		return vcsf_run_dispatch(cs, &op, groups);

	return vcsf_run(cs, CSF_RESOURCE_COMPUTE, &op);
}

/* --- Fragment ------------------------------------------------------------------ */

enum vcsf_step vcsf_exec_run_fragment(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_area area = vcsf_area(cs->regs[CSF_REG_FRAGMENT_MIN],
					  cs->regs[CSF_REG_FRAGMENT_MAX]);
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = vcsf_reg64(cs, CSF_REG_FRAGMENT_FBD),
		.data = cs->regs[CSF_REG_FRAGMENT_MIN] |
			(u64)cs->regs[CSF_REG_FRAGMENT_MAX] << 32,
		.unit = VCSF_UNIT_FRAGMENT,
	};

	if (ins & CSF_F_TILE_MAP)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	if (area.max_x < area.min_x || area.max_y < area.min_y)
		return vcsf_cs_fault(cs, CSF_EXC_TILE_RANGE_FAULT, op.data);
	op.left = vcsf_area_tiles(&area);
	op.width = min_t(u64, op.left, U8_MAX);

	return vcsf_run(cs, CSF_RESOURCE_FRAGMENT, &op);
}

/* --- Geometry ------------------------------------------------------------------ */

static enum vcsf_step vcsf_run_tiler(struct vcsf_cs *cs, u64 ins, u64 vertices)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = vcsf_reg64(cs, CSF_REG_TILER_CONTEXT),
		.aux = cs->heap,
		.unit = VCSF_UNIT_TILER,
		.left = vcsf_saturating_mul(vertices, VCSF_VERTEX_BYTES),
		.width = 1,
	};

	if (!IS_ALIGNED(op.addr, CSF_TILER_CONTEXT_ALIGN))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, op.addr);

	return vcsf_run(cs, CSF_RESOURCE_TILER | CSF_RESOURCE_IDVS, &op);
}

/* RUN_IDVS shades vertices, too; that is part of the tiler's time. */
enum vcsf_step vcsf_exec_run_idvs(struct vcsf_cs *cs, u64 ins)
{
	if (vcsf_opcode(ins) == CSF_OP_RUN_IDVS &&
	    ins & CSF_F_IDVS_DRAW_ID && vcsf_src(ins) >= cs->reg_count)
		return vcsf_invalid(cs, ins);

	return vcsf_run_tiler(cs, ins,
			      (u64)cs->regs[CSF_REG_IDVS_INDEX_COUNT] *
			      cs->regs[CSF_REG_IDVS_INSTANCE_COUNT]);
}

enum vcsf_step vcsf_exec_run_fullscreen(struct vcsf_cs *cs, u64 ins)
{
	return vcsf_run_tiler(cs, ins, VCSF_QUAD_VERTICES);
}

/* Completes after all earlier tiling, as the jobs of a unit stay in order */
enum vcsf_step vcsf_exec_finish_tiling(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.unit = VCSF_UNIT_TILER,
		.width = 1,
	};

	return vcsf_run(cs, CSF_RESOURCE_TILER | CSF_RESOURCE_IDVS, &op);
}
