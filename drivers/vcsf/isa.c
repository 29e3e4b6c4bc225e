// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The instruction table and the loop that runs a stream.
 */

#include <linux/kernel.h>

#include "isa.h"
#include "trace.h"

/**
 * struct vcsf_instr - an instruction
 * @exec: what it does; NULL if there is no such instruction
 * @pairs: lowest bits of the register fields that name pairs
 * @dst: registers that the DST field may name, from r0 on
 * @src: the same for SRC
 * @src2: the same for SRC2
 */
struct vcsf_instr {
	vcsf_exec_fn exec;
	u64 pairs;
	u16 dst;
	u16 src;
	u16 src2;
};

#define ANY	256	/* the field is not a register */
#define REG	CSF_CS_REG_COUNT

/* An odd register cannot name a pair. */
#define PAIR_DST	BIT_ULL(48)
#define PAIR_SRC	BIT_ULL(40)
#define PAIR_SRC2	BIT_ULL(32)

#define OP(_op, _exec, _pairs, _dst, _src, _src2) \
	[CSF_OP_##_op] = { .exec = vcsf_exec_##_exec, .pairs = (_pairs), \
			   .dst = (_dst), .src = (_src), .src2 = (_src2) }

static const struct vcsf_instr vcsf_isa[256] = {
	OP(NOP, nop, 0, ANY, ANY, ANY),
	OP(MOVE48, move48, PAIR_DST, REG, ANY, ANY),
	OP(MOVE32, move32, 0, REG, ANY, ANY),
	OP(WAIT, wait, 0, ANY, ANY, ANY),
	OP(RUN_COMPUTE, run_compute, 0, ANY, ANY, ANY),
	OP(RUN_TILING, run_idvs, 0, ANY, ANY, ANY),
	OP(RUN_IDVS, run_idvs, 0, ANY, ANY, ANY),
	OP(RUN_FRAGMENT, run_fragment, 0, ANY, ANY, ANY),
	OP(RUN_FULLSCREEN, run_fullscreen, PAIR_SRC, ANY, REG, ANY),
	OP(FINISH_TILING, finish_tiling, 0, ANY, ANY, ANY),
	OP(FINISH_FRAGMENT, finish_fragment, PAIR_SRC | PAIR_SRC2, ANY, REG,
	   REG),
	OP(ADD_IMM32, add_imm32, 0, REG, REG, ANY),
	OP(ADD_IMM64, add_imm64, PAIR_DST | PAIR_SRC, REG, REG, ANY),
	OP(UMIN32, umin32, 0, REG, REG, REG),
	OP(LOAD_MULTIPLE, load_multiple, PAIR_SRC, REG, REG, ANY),
	OP(STORE_MULTIPLE, store_multiple, PAIR_SRC, REG, REG, ANY),
	OP(BRANCH, branch, 0, ANY, REG, ANY),
	OP(SET_SB_ENTRY, set_sb_entry, 0, ANY, ANY, ANY),
	OP(PROGRESS_WAIT, progress_wait, PAIR_SRC, ANY, REG, ANY),
	OP(SET_EXCEPTION_HANDLER, set_exception_handler, PAIR_SRC, ANY, REG,
	   REG),
	OP(CALL, call, PAIR_SRC, ANY, REG, REG),
	OP(JUMP, jump, PAIR_SRC, ANY, REG, REG),
	OP(REQ_RESOURCE, req_resource, 0, ANY, ANY, ANY),
	OP(FLUSH_CACHE2, flush_cache2, 0, ANY, REG, ANY),
	OP(SYNC_ADD32, sync_write, PAIR_SRC, ANY, REG, REG),
	OP(SYNC_SET32, sync_write, PAIR_SRC, ANY, REG, REG),
	OP(SYNC_WAIT32, sync_wait, PAIR_SRC, ANY, REG, REG),
	OP(STORE_STATE, store_state, PAIR_SRC, ANY, REG, ANY),
	OP(PROT_REGION, prot_region, 0, ANY, ANY, ANY),
	OP(PROGRESS_STORE, progress_store, PAIR_SRC, ANY, REG, ANY),
	OP(PROGRESS_LOAD, progress_load, PAIR_DST, REG, ANY, ANY),
	OP(RUN_COMPUTE_INDIRECT, run_compute, 0, ANY, ANY, ANY),
	OP(ERROR_BARRIER, error_barrier, 0, ANY, ANY, ANY),
	OP(HEAP_SET, heap_set, PAIR_SRC, ANY, REG, ANY),
	OP(HEAP_OPERATION, heap_operation, 0, ANY, ANY, ANY),
	OP(TRACE_POINT, trace_point, 0, ANY, ANY, REG),
	OP(SYNC_ADD64, sync_write, PAIR_SRC | PAIR_SRC2, ANY, REG, REG),
	OP(SYNC_SET64, sync_write, PAIR_SRC | PAIR_SRC2, ANY, REG, REG),
	OP(SYNC_WAIT64, sync_wait, PAIR_SRC | PAIR_SRC2, ANY, REG, REG),
};

static bool vcsf_operands_valid(const struct vcsf_instr *instr, u64 ins)
{
	return instr->exec && !(ins & instr->pairs) &&
	       vcsf_dst(ins) < instr->dst && vcsf_src(ins) < instr->src &&
	       vcsf_src2(ins) < instr->src2;
}

static u64 vcsf_frame_va(const struct vcsf_frame *frame)
{
	return (frame->pc & frame->mask) + frame->base;
}

/**
 * vcsf_cs_pc - where a stream is
 * @cs: the stream
 *
 * Return: address of the instruction that it runs next or waits at.
 */
u64 vcsf_cs_pc(const struct vcsf_cs *cs)
{
	return vcsf_frame_va(cs->frame);
}

/*
 * Look up the page to fetch from. Rings and streams are commonly mapped
 * without the right to execute, that is for shaders: fetching is a read.
 */
static enum vcsf_step vcsf_cs_fetch_page(struct vcsf_cs *cs, u64 va)
{
	void *page;
	int ret;

	ret = vcsf_mmu_page(cs->hw, cs->csg->as, va, CSF_AS_ACCESS_READ, &page);
	if (ret == -EAGAIN)
		return vcsf_cs_mem_error(cs, ret, va);
	if (ret)
		return vcsf_cs_fatal(cs, CSF_EXC_CS_BUS_FAULT, va);

	cs->fetch_va = va & VCSF_PAGE_MASK;
	cs->fetch_page = page;

	return VCSF_STEP_NEXT;
}

static enum vcsf_step vcsf_cs_step(struct vcsf_cs *cs)
{
	struct vcsf_frame *frame = cs->frame;
	const struct vcsf_instr *instr;
	enum vcsf_step step;
	u64 va, ins;

	if (frame->pc == frame->end)
		return vcsf_cs_return(cs) ? VCSF_STEP_NEXT : VCSF_STEP_STOP;

	va = vcsf_frame_va(frame);
	if (unlikely((va & VCSF_PAGE_MASK) != cs->fetch_va)) {
		step = vcsf_cs_fetch_page(cs, va);
		if (step != VCSF_STEP_NEXT)
			return step;
	}

	ins = READ_ONCE(*(const u64 *)(cs->fetch_page + (va & 0xfff)));
	trace_vcsf_instr(cs, va, ins);
	instr = &vcsf_isa[vcsf_opcode(ins)];
	if (unlikely(!vcsf_operands_valid(instr, ins)))
		return vcsf_invalid(cs, ins);

	frame->pc += CSF_CS_INSTR_SIZE;
	step = instr->exec(cs, ins);
	if (step == VCSF_STEP_RETRY ||
	    (step == VCSF_STEP_STOP && cs->state == VCSF_CS_FATAL))
		frame->pc -= CSF_CS_INSTR_SIZE;

	return step;
}

/**
 * vcsf_cs_run - run a stream
 * @cs: the stream, in VCSF_CS_READY
 * @budget: how many instructions at most
 *
 * Ends early if the stream cannot go on, or if there is an event to report.
 *
 * Context: holds &vcsf_mmu.lock; nothing else touches the stream.
 */
void vcsf_cs_run(struct vcsf_cs *cs, unsigned int budget)
{
	u32 epoch = cs->hw->mmu.as[cs->csg->as].epoch;

	lockdep_assert_held(&cs->hw->mmu.lock);

	if (cs->fetch_epoch != epoch) {
		cs->fetch_epoch = epoch;
		cs->fetch_va = VCSF_NO_PAGE;
	}

	while (budget-- && vcsf_cs_step(cs) == VCSF_STEP_NEXT)
		;

	if (cs->deferred_count)
		vcsf_cs_retire(cs);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_run);
