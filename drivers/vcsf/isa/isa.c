// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The instruction table and the interpreter's loop.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/isa.h"
#include "isa/scoreboard.h"
#include "mmu/mmu.h"
#include "trace/trace.h"

/**
 * DOC: The interpreter
 *
 * vcsf_cs_run() executes a stream for a budget of instructions. The engine calls
 * it in slices (engine/slice.c), with &vcsf_mmu.lock held; nothing else changes
 * the stream in the meantime.
 *
 * A stream runs in buffers, &struct vcsf_frame: the ring, and buffers that it
 * calls. The loop works on pieces: the instructions from the program counter to
 * the end of the buffer, of the page or of the ring, whichever comes first.
 * Within a piece no translation is needed, and the word is read from memory for
 * each execution, because the host may write the ring at any time. The page is
 * kept between calls and looked up again when an AS command or an invalidation
 * has changed &vcsf_as.epoch.
 *
 * For each word, the table has the function and the bits that must be zero in
 * register fields. The function returns &enum vcsf_step: go on, branch, enter
 * another buffer, report an event, repeat the instruction later, or stop. An
 * instruction that must wait sets the stream's state and is repeated from its
 * start; nothing of it is done before.
 *
 * Asynchronous instructions only wait for scoreboard entries here (scoreboard.c)
 * and take effect in deferred.c. RUN_* become jobs for cores/.
 *
 * The interpreter never allocates or sleeps, and trusts no word: each invalid
 * one ends in an exception of the stream (group/fault.c). An endless
 * loop costs the budget, and the engine chooses again.
 */

/**
 * struct vcsf_instr - an instruction
 * @exec: function that executes it
 * @zero: bits of the word that must be zero: the highest bit of a register
 *	number, and the lowest one of a pair
 * @check: @zero, and bits that must not be set together with the next higher
 *	bit, where registers from 96 on do not exist
 */
struct vcsf_instr {
	vcsf_exec_fn exec;
	u64 zero;
	u64 check;
};

#define ANY	0	/* the field is not a register */
#define REG	U64_MAX

/* An odd register cannot name a pair. */
#define PAIR_DST	BIT_ULL(48)
#define PAIR_SRC	BIT_ULL(40)
#define PAIR_SRC2	BIT_ULL(32)

/* @check gets the fields that name registers; vcsf_isa_init() reduces it. */
#define OP(_op, _exec, _pairs, _dst, _src, _src2) \
	[CSF_OP_##_op] = { \
		.exec = vcsf_exec_##_exec, \
		.zero = (_pairs), \
		.check = (CSF_F_DST & (_dst)) | (CSF_F_SRC & (_src)) | \
			 (CSF_F_SRC2 & (_src2)), \
	}

static struct vcsf_instr vcsf_isa[256] __ro_after_init = {
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

/* Bits of all three register fields */
#define VCSF_REG_BIT5	0x0020202000000000ULL
#define VCSF_REG_BIT7	0x0080808000000000ULL

static_assert(CSF_CS_REG_COUNT == 0x60);
static_assert(CSF_CS_REG_COUNT_MAX == 0x80);

/**
 * vcsf_isa_init - complete the instruction table
 *
 * An opcode without a row is an invalid instruction.
 *
 * Context: module load, before any device exists.
 */
void __init vcsf_isa_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vcsf_isa); i++) {
		struct vcsf_instr *instr = &vcsf_isa[i];

		instr->zero |= instr->check & VCSF_REG_BIT7;
		instr->check = (instr->check & VCSF_REG_BIT5) | instr->zero;
		if (!instr->exec)
			instr->exec = vcsf_invalid;
	}
}

/**
 * vcsf_cs_set_reg_count - set the number of registers of a stream
 * @cs: the stream
 * @count: %CSF_CS_REG_COUNT or %CSF_CS_REG_COUNT_MAX
 *
 * Context: before the engine's thread runs.
 */
void vcsf_cs_set_reg_count(struct vcsf_cs *cs, u32 count)
{
	cs->reg_count = count;
	cs->reg_check = count == CSF_CS_REG_COUNT ? U64_MAX : ~VCSF_REG_BIT5;
}

static bool vcsf_operands_valid(const struct vcsf_cs *cs,
				const struct vcsf_instr *instr, u64 ins)
{
	return !(ins & ((ins >> 1) | instr->zero) & instr->check & cs->reg_check);
}

/*
 * Look up the page to fetch from. The access is a read: drivers commonly map
 * rings and streams without execute permission, which is for shaders.
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

static enum vcsf_step vcsf_cs_step(struct vcsf_cs *cs, struct vcsf_frame *frame,
				   u64 ins)
{
	const struct vcsf_instr *instr = &vcsf_isa[vcsf_opcode(ins)];

	trace_vcsf_instr(cs, ins);
	frame->pc += CSF_CS_INSTR_SIZE;
	if (unlikely(!vcsf_operands_valid(cs, instr, ins)))
		return vcsf_invalid(cs, ins);

	return instr->exec(cs, ins);
}

/*
 * Handle a branch that leaves the current piece, and perhaps the buffer. @behind
 * is the position after the branch.
 */
static enum vcsf_step vcsf_cs_branch_out(struct vcsf_cs *cs,
					 struct vcsf_frame *frame, u64 behind)
{
	u64 target = frame->pc;

	if (target >= frame->start && target <= frame->end)
		return VCSF_STEP_BRANCH;
	frame->pc = behind;

	return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_PC, target);
}

/* Instructions up to the end of the buffer, of the page, or of the ring */
static u64 vcsf_frame_run(const struct vcsf_frame *frame, u64 va)
{
	u64 page = ~VCSF_PAGE_MASK - (va & ~VCSF_PAGE_MASK);
	u64 ring = frame->mask - (frame->pc & frame->mask);
	u64 left = frame->end - frame->pc - 1;

	return min3(left, page, ring) / CSF_CS_INSTR_SIZE + 1;
}

/* Execute instructions of one piece. Return: the budget that is left. */
static unsigned int vcsf_cs_run_piece(struct vcsf_cs *cs, unsigned int budget,
				      enum vcsf_step *stopped)
{
	struct vcsf_frame *frame = cs->frame;
	u64 va = vcsf_frame_va(frame), start = frame->pc, size;
	const void *first, *word, *end;
	enum vcsf_step step;

	if (unlikely((va & VCSF_PAGE_MASK) != cs->fetch_va)) {
		*stopped = vcsf_cs_fetch_page(cs, va);
		if (*stopped != VCSF_STEP_NEXT)
			return budget;
	}
	first = cs->fetch_page + (va & ~VCSF_PAGE_MASK);
	size = vcsf_frame_run(frame, va) * CSF_CS_INSTR_SIZE;

	end = first + size;
	word = first;
	do {
		step = vcsf_cs_step(cs, frame, READ_ONCE(*(const u64 *)word));
		budget--;
		word += CSF_CS_INSTR_SIZE;
		if (likely(step == VCSF_STEP_NEXT)) {
			if (likely(word < end))
				continue;
			break;
		}
		if (step != VCSF_STEP_BRANCH)
			break;
		/* The difference is unsigned: covers targets before the piece. */
		if (frame->pc - start >= size) {
			step = vcsf_cs_branch_out(cs, frame,
						  start + (word - first));
			break;
		}
		word = first + (frame->pc - start);
	} while (budget);

	if (step == VCSF_STEP_RETRY ||
	    (step == VCSF_STEP_STOP && cs->state == VCSF_CS_FATAL))
		frame->pc -= CSF_CS_INSTR_SIZE;
	*stopped = step;

	return budget;
}

/**
 * vcsf_cs_run - execute instructions of a stream
 * @cs: the stream, in VCSF_CS_READY
 * @budget: maximum number of instructions
 *
 * Execution ends early if the stream cannot continue, or to report an event.
 *
 * Context: holds &vcsf_mmu.lock; nothing else changes the stream.
 * Return: true if the budget ended execution.
 */
bool vcsf_cs_run(struct vcsf_cs *cs, unsigned int budget)
{
	u32 epoch = cs->hw->mmu->as[cs->csg->as].epoch;
	enum vcsf_step step = VCSF_STEP_NEXT;

	lockdep_assert_held(&cs->hw->mmu->lock);

	/* The page to fetch from is a translation, too: drop it with the others. */
	if (cs->fetch_epoch != epoch || unlikely(cs->hw->mmu->strict)) {
		cs->fetch_epoch = epoch;
		cs->fetch_va = VCSF_NO_PAGE;
	}

	while (budget && step <= VCSF_STEP_ENTER) {
		if (unlikely(cs->frame->pc == cs->frame->end)) {
			if (!vcsf_cs_return(cs))
				break;
			budget--;
			continue;
		}
		budget = vcsf_cs_run_piece(cs, budget, &step);
	}

	if (cs->deferred_count)
		vcsf_cs_retire(cs);

	return !budget && step <= VCSF_STEP_ENTER;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_run);
