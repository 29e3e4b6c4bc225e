// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions on registers and on the state of the stream.
 *
 * The interpreter calls them, see exec.h. None accesses memory, so none can
 * stall; only PROT_REGION waits.
 */

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"

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

enum vcsf_step vcsf_exec_error_barrier(struct vcsf_cs *cs, u64 ins)
{
	cs->error = CSF_EXC_OK;

	return VCSF_STEP_NEXT;
}

/* No trace record is written, but the instruction waits and signals in order. */
enum vcsf_step vcsf_exec_trace_point(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	if (vcsf_src2(ins) + vcsf_src(ins) > cs->reg_count)
		return vcsf_invalid(cs, ins);

	return vcsf_cs_issue(cs, &op);
}

/*
 * There is no protected mode. As on hardware whose driver never enters it, the
 * stream reports the event and waits.
 */
enum vcsf_step vcsf_exec_prot_region(struct vcsf_cs *cs, u64 ins)
{
	if (!csf_get(ins, CSF_F_PROT_SIZE))
		return VCSF_STEP_NEXT;

	memset(&cs->wait, 0, sizeof(cs->wait));
	cs->wait.status = CSF_CS_WAIT_PROTM;
	cs->events |= CSF_CS_PROTM_PENDING;
	vcsf_csg_raise_cs(cs->csg, cs->id);
	vcsf_cs_set_state(cs, VCSF_CS_WAIT_PROTM);

	return VCSF_STEP_RETRY;
}
