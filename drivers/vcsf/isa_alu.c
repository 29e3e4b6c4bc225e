// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions that work on registers and on the stream's own state.
 */

#include <linux/minmax.h>

#include "isa.h"

enum vcsf_step vcsf_exec_nop(struct vcsf_cs *cs, u64 ins)
{
	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_move48(struct vcsf_cs *cs, u64 ins)
{
	vcsf_set_reg64(cs, vcsf_dst(ins), csf_get(ins, CSF_F_IMM48));

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_move32(struct vcsf_cs *cs, u64 ins)
{
	cs->regs[vcsf_dst(ins)] = csf_get(ins, CSF_F_IMM32);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_add_imm32(struct vcsf_cs *cs, u64 ins)
{
	cs->regs[vcsf_dst(ins)] = cs->regs[vcsf_src(ins)] +
				  (u32)csf_get(ins, CSF_F_IMM32);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_add_imm64(struct vcsf_cs *cs, u64 ins)
{
	s64 imm = (s32)csf_get(ins, CSF_F_IMM32);

	vcsf_set_reg64(cs, vcsf_dst(ins), vcsf_reg64(cs, vcsf_src(ins)) + imm);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_umin32(struct vcsf_cs *cs, u64 ins)
{
	cs->regs[vcsf_dst(ins)] = min(cs->regs[vcsf_src(ins)],
				      cs->regs[vcsf_src2(ins)]);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_set_sb_entry(struct vcsf_cs *cs, u64 ins)
{
	unsigned int endpoint = csf_get(ins, CSF_F_SB_ENDPOINT);
	unsigned int other = csf_get(ins, CSF_F_SB_OTHER);

	if (endpoint >= CSF_CS_SCOREBOARD_COUNT ||
	    other >= CSF_CS_SCOREBOARD_COUNT)
		return vcsf_invalid(cs, ins);
	cs->sb_endpoint = endpoint;
	cs->sb_other = other;

	return VCSF_STEP_NEXT;
}

/* There is nothing yet that uses endpoints, so they are always free. */
enum vcsf_step vcsf_exec_req_resource(struct vcsf_cs *cs, u64 ins)
{
	cs->resources = csf_get(ins, CSF_F_RESOURCES);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_error_barrier(struct vcsf_cs *cs, u64 ins)
{
	cs->error = CSF_EXC_OK;

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_heap_set(struct vcsf_cs *cs, u64 ins)
{
	cs->heap = vcsf_reg64(cs, vcsf_src(ins));

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_set_exception_handler(struct vcsf_cs *cs, u64 ins)
{
	if (csf_get(ins, CSF_F_EXCEPTION_TYPE) != CSF_EXCEPTION_TILER_OOM)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	cs->oom_handler = vcsf_reg64(cs, vcsf_src(ins));
	cs->oom_handler_size = cs->regs[vcsf_src2(ins)];

	return VCSF_STEP_NEXT;
}
