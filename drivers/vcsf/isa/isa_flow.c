// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Flow of control: calls, jumps, branches, waits for scoreboards.
 *
 * The interpreter calls these, see exec.h. Buffers nest in &vcsf_cs.frames; a
 * target is checked here for alignment and overflow, and its translation when
 * the interpreter fetches from it.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "cores/heap.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"

/**
 * vcsf_cs_return - leave a buffer at its end
 * @cs: the stream
 *
 * Context: the engine's thread.
 * Return: true if the stream continues in the calling buffer, false at the end
 * of the ring.
 */
bool vcsf_cs_return(struct vcsf_cs *cs)
{
	if (cs->frame == cs->frames) {
		vcsf_cs_set_state(cs, VCSF_CS_EMPTY);
		return false;
	}
	if (cs->frame == &cs->frames[cs->handler])
		vcsf_oom_handler_done(cs);
	cs->frame--;

	return true;
}

/*
 * The values that meet a condition are consecutive modulo 2^32: the first one,
 * and their number.
 */
static const u32 vcsf_condition_first[] = {
	[CSF_COND_LE] = S32_MIN,
	[CSF_COND_GT] = 1,
	[CSF_COND_EQ] = 0,
	[CSF_COND_NE] = 1,
	[CSF_COND_LT] = S32_MIN,
	[CSF_COND_GE] = 0,
	[CSF_COND_ALWAYS] = 0,
	[CSF_COND_ALWAYS + 1] = 0,
};

static const u64 vcsf_condition_count[] = {
	[CSF_COND_LE] = BIT_ULL(31) + 1,
	[CSF_COND_GT] = BIT_ULL(31) - 1,
	[CSF_COND_EQ] = 1,
	[CSF_COND_NE] = BIT_ULL(32) - 1,
	[CSF_COND_LT] = BIT_ULL(31),
	[CSF_COND_GE] = BIT_ULL(31),
	[CSF_COND_ALWAYS] = BIT_ULL(32),
	[CSF_COND_ALWAYS + 1] = 0,
};

static bool vcsf_condition(u32 value, unsigned int cond)
{
	return value - vcsf_condition_first[cond] < vcsf_condition_count[cond];
}

enum vcsf_step vcsf_exec_branch(struct vcsf_cs *cs, u64 ins)
{
	unsigned int cond = csf_get(ins, CSF_F_BRANCH_COND);

	if (!vcsf_condition(cs->regs[vcsf_src(ins)], cond))
		return likely(cond <= CSF_COND_ALWAYS) ? VCSF_STEP_NEXT :
							 vcsf_invalid(cs, ins);

	/* The caller checks whether the target is in the buffer. */
	cs->frame->pc += vcsf_offset16(ins) * CSF_CS_INSTR_SIZE;

	return VCSF_STEP_BRANCH;
}

static enum vcsf_step vcsf_enter(struct vcsf_cs *cs, u64 ins,
				 struct vcsf_frame *frame)
{
	u64 addr = vcsf_reg64(cs, vcsf_src(ins));
	u32 size = cs->regs[vcsf_src2(ins)];

	if ((addr | size) % CSF_CS_INSTR_SIZE || addr + size < addr)
		return vcsf_invalid(cs, ins);

	frame->pc = addr;
	frame->start = addr;
	frame->end = addr + size;
	frame->base = 0;
	frame->mask = U64_MAX;
	cs->frame = frame;

	return VCSF_STEP_ENTER;
}

enum vcsf_step vcsf_exec_call(struct vcsf_cs *cs, u64 ins)
{
	unsigned int frames = cs->handler ? CSF_CS_FRAME_COUNT :
					    CSF_CS_CALL_DEPTH;

	if (cs->frame >= &cs->frames[frames - 1])
		return vcsf_cs_fatal(cs, CSF_EXC_CS_CALL_STACK_OVERFLOW, ins);

	return vcsf_enter(cs, ins, cs->frame + 1);
}

enum vcsf_step vcsf_exec_jump(struct vcsf_cs *cs, u64 ins)
{
	if (cs->frame == cs->frames)
		return vcsf_invalid(cs, ins);

	return vcsf_enter(cs, ins, cs->frame);
}

enum vcsf_step vcsf_exec_wait(struct vcsf_cs *cs, u64 ins)
{
	u16 entries = csf_get(ins, CSF_F_WAIT_ENTRIES);

	if (cs->deferred_count)
		vcsf_cs_retire(cs);
	if (cs->state != VCSF_CS_READY)
		return VCSF_STEP_RETRY;
	if (cs->busy & entries) {
		cs->wait.status =
			FIELD_PREP(CSF_CS_WAIT_SB_MASK, entries) |
			FIELD_PREP(CSF_CS_WAIT_SB_SOURCE,
				   CSF_CS_WAIT_SB_SOURCE_WAIT);
		cs->wait.addr = 0;
		cs->wait.value = 0;
		vcsf_cs_set_state(cs, VCSF_CS_WAIT_SB);
		return VCSF_STEP_RETRY;
	}
	if (csf_get(ins, CSF_F_PROGRESS_INC))
		vcsf_cs_progress(cs, cs->progress + 1);

	return cs->csg->events ? VCSF_STEP_EVENT : VCSF_STEP_NEXT;
}
