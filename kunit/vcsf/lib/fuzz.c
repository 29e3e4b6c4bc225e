// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Generator of random command streams for fuzz_test.c.
 *
 * Registers have fixed roles, so that most instructions find operands of the right
 * kind. Some use other registers, and a few words are entirely random. The state is
 * all in the caller's random generator: equal seeds make equal streams.
 */

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_isa.h>

#include "fuzz.h"

/* Register pairs with addresses */
#define R_SYNC		0
#define R_SYNC2		2
#define R_SCRATCH	4
#define R_SCRATCH2	6
#define R_LEAF		8
#define R_HEAP		10
#define R_ODD		12
#define R_CHUNK		14
/* Sizes and small numbers */
#define R_LEAF_SIZE	16
#define R_ZERO		18	/* pair */
#define R_SMALL		20	/* pair */
#define R_LOOP		22
#define R_FREE		50	/* from here on, any value */

u32 vcsf_fuzz_pick(struct rnd_state *random, u32 count)
{
	return prandom_u32_state(random) % count;
}

static u64 vcsf_fuzz_random64(struct rnd_state *random)
{
	return (u64)prandom_u32_state(random) << 32 | prandom_u32_state(random);
}

/* True once in @n calls on average */
static bool vcsf_fuzz_rarely(struct rnd_state *random, u32 n)
{
	return !vcsf_fuzz_pick(random, n);
}

static u64 vcsf_fuzz_sync(struct rnd_state *random)
{
	return FUZZ_DATA + 16 * vcsf_fuzz_pick(random, 4);
}

static u64 vcsf_fuzz_odd(struct rnd_state *random)
{
	static const u64 odd[] = {
		FUZZ_NOWHERE, FUZZ_READONLY, 0, 8, ~0ULL, ~7ULL, 1ULL << 47,
		FUZZ_DATA + 0xff8, FUZZ_CODE(0), FUZZ_CHUNK(0), FUZZ_TARGET,
		FUZZ_DATA + FUZZ_HEAP, FUZZ_DATA + FUZZ_DESCRIPTOR,
	};
	u64 base = odd[vcsf_fuzz_pick(random, ARRAY_SIZE(odd))];

	return vcsf_fuzz_rarely(random, 4) ?
		       base + vcsf_fuzz_pick(random, 16) : base;
}

static unsigned int vcsf_fuzz_sync_reg(struct rnd_state *random)
{
	if (vcsf_fuzz_rarely(random, 24))
		return R_ODD;

	return vcsf_fuzz_pick(random, 2) ? R_SYNC : R_SYNC2;
}

static unsigned int vcsf_fuzz_scratch_reg(struct rnd_state *random)
{
	if (vcsf_fuzz_rarely(random, 24))
		return R_ODD;

	return vcsf_fuzz_pick(random, 2) ? R_SCRATCH : R_SCRATCH2;
}

static unsigned int vcsf_fuzz_free_reg(struct rnd_state *random)
{
	return R_FREE + 2 * vcsf_fuzz_pick(random, 14);
}

/* Wait mask of a deferred instruction: mostly empty or one of the low scoreboards */
static unsigned int vcsf_fuzz_wait(struct rnd_state *random)
{
	switch (vcsf_fuzz_pick(random, 4)) {
	case 0:
		return BIT(vcsf_fuzz_pick(random, 4));
	case 1:
		return vcsf_fuzz_pick(random, 16);
	default:
		return 0;
	}
}

/* Scoreboard of a deferred instruction: none that vcsf_fuzz_wait() waits for */
static unsigned int vcsf_fuzz_slot(struct rnd_state *random)
{
	return 4 + vcsf_fuzz_pick(random, 4);
}

/* --- One instruction of each kind --------------------------------------------- */

static u64 fuzz_move32(struct rnd_state *r)
{
	return csf_move32(vcsf_fuzz_free_reg(r), prandom_u32_state(r));
}

static u64 fuzz_move48(struct rnd_state *r)
{
	return csf_move48(vcsf_fuzz_free_reg(r), vcsf_fuzz_odd(r));
}

static u64 fuzz_small(struct rnd_state *r)
{
	return csf_move48(R_SMALL, vcsf_fuzz_pick(r, 4));
}

static u64 fuzz_add32(struct rnd_state *r)
{
	return csf_add_imm32(vcsf_fuzz_free_reg(r), vcsf_fuzz_pick(r, 96),
			     (s32)prandom_u32_state(r));
}

static u64 fuzz_add64(struct rnd_state *r)
{
	return csf_add_imm64(vcsf_fuzz_free_reg(r),
			     2 * vcsf_fuzz_pick(r, 48),
			     (s32)prandom_u32_state(r));
}

static u64 fuzz_umin(struct rnd_state *r)
{
	return csf_umin32(vcsf_fuzz_free_reg(r), vcsf_fuzz_pick(r, 96),
			  vcsf_fuzz_pick(r, 96));
}

static u64 fuzz_load(struct rnd_state *r)
{
	return csf_load_multiple(vcsf_fuzz_free_reg(r),
				 vcsf_fuzz_scratch_reg(r),
				 prandom_u32_state(r),
				 4 * vcsf_fuzz_pick(r, 64));
}

static u64 fuzz_store(struct rnd_state *r)
{
	return csf_store_multiple(vcsf_fuzz_free_reg(r),
				  vcsf_fuzz_scratch_reg(r),
				  prandom_u32_state(r),
				  4 * vcsf_fuzz_pick(r, 64));
}

static u64 fuzz_branch(struct rnd_state *r)
{
	return csf_branch(vcsf_fuzz_pick(r, 7), vcsf_fuzz_pick(r, 96),
			  vcsf_fuzz_pick(r, 4));
}

static u64 fuzz_wait(struct rnd_state *r)
{
	return csf_wait(vcsf_fuzz_rarely(r, 4) ? 0xff : BIT(vcsf_fuzz_pick(r, 8)));
}

static u64 fuzz_sb_entry(struct rnd_state *r)
{
	return csf_set_sb_entry(vcsf_fuzz_pick(r, 4), vcsf_fuzz_pick(r, 8));
}

static u64 fuzz_resource(struct rnd_state *r)
{
	return csf_req_resource(vcsf_fuzz_rarely(r, 32) ?
				vcsf_fuzz_pick(r, 16) : 15);
}

static u64 fuzz_flush(struct rnd_state *r)
{
	return csf_flush_cache2(vcsf_fuzz_pick(r, 4), vcsf_fuzz_pick(r, 4),
				vcsf_fuzz_pick(r, 4), vcsf_fuzz_free_reg(r),
				vcsf_fuzz_wait(r), vcsf_fuzz_slot(r));
}

static u64 fuzz_sync_write(struct rnd_state *r)
{
	static const enum csf_opcode ops[] = {
		CSF_OP_SYNC_ADD32, CSF_OP_SYNC_SET32, CSF_OP_SYNC_ADD64,
		CSF_OP_SYNC_SET64,
	};

	return csf_sync_write(ops[vcsf_fuzz_pick(r, ARRAY_SIZE(ops))],
			      vcsf_fuzz_sync_reg(r), R_SMALL,
			      vcsf_fuzz_rarely(r, 4),
			      vcsf_fuzz_pick(r, 2) ? CSF_SYNC_SCOPE_SYSTEM :
						     CSF_SYNC_SCOPE_GROUP,
			      vcsf_fuzz_wait(r), vcsf_fuzz_slot(r));
}

/* Rarely waits for a value that is possibly never written */
static u64 fuzz_sync_wait(struct rnd_state *r)
{
	unsigned int ref = vcsf_fuzz_rarely(r, 4) ? R_SMALL : R_ZERO;

	return vcsf_fuzz_pick(r, 2) ?
		csf_sync_wait32(vcsf_fuzz_sync_reg(r), ref, CSF_COND_GT,
				vcsf_fuzz_pick(r, 2)) :
		csf_sync_wait64(vcsf_fuzz_sync_reg(r), ref,
				vcsf_fuzz_rarely(r, 4), vcsf_fuzz_pick(r, 2));
}

static u64 fuzz_state(struct rnd_state *r)
{
	return csf_store_state(vcsf_fuzz_scratch_reg(r),
			       8 * vcsf_fuzz_pick(r, 8), vcsf_fuzz_pick(r, 4),
			       vcsf_fuzz_wait(r), vcsf_fuzz_slot(r));
}

static u64 fuzz_progress(struct rnd_state *r)
{
	switch (vcsf_fuzz_pick(r, 4)) {
	case 0:
		return csf_progress_load(vcsf_fuzz_free_reg(r));
	case 1:
		return csf_progress_wait(vcsf_fuzz_pick(r, FUZZ_STREAMS),
					 vcsf_fuzz_rarely(r, 4) ? R_SMALL :
								  R_ZERO);
	default:
		return csf_progress_store(R_SMALL);
	}
}

static u64 fuzz_barrier(struct rnd_state *r)
{
	return csf_error_barrier();
}

static u64 fuzz_heap(struct rnd_state *r)
{
	static const unsigned int ops[] = { CSF_HEAP_VT_START,
					    CSF_HEAP_VT_COMPLETE,
					    CSF_HEAP_FRAG_COMPLETE };

	if (vcsf_fuzz_pick(r, 3))
		return csf_heap_operation(ops[vcsf_fuzz_pick(r, 3)],
					  vcsf_fuzz_wait(r),
					  vcsf_fuzz_slot(r));

	return csf_heap_set(vcsf_fuzz_rarely(r, 16) ? R_ODD : R_HEAP);
}

static u64 fuzz_finish_fragment(struct rnd_state *r)
{
	unsigned int chunk = vcsf_fuzz_rarely(r, 8) ? R_CHUNK : R_ZERO;

	return csf_finish_fragment(vcsf_fuzz_pick(r, 2), chunk, chunk,
				   vcsf_fuzz_wait(r), vcsf_fuzz_slot(r));
}

static u64 fuzz_handler(struct rnd_state *r)
{
	return csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, R_LEAF,
					 R_LEAF_SIZE);
}

static u64 fuzz_trace(struct rnd_state *r)
{
	return csf_trace_point(vcsf_fuzz_pick(r, 80), vcsf_fuzz_pick(r, 16),
			       vcsf_fuzz_wait(r), vcsf_fuzz_slot(r));
}

static u64 fuzz_protected(struct rnd_state *r)
{
	return csf_prot_region(vcsf_fuzz_rarely(r, 16));
}

static u64 fuzz_jump(struct rnd_state *r)
{
	return csf_jump(R_LEAF, R_LEAF_SIZE);
}

static u64 fuzz_run(struct rnd_state *r)
{
	unsigned int progress = vcsf_fuzz_pick(r, 2);

	switch (vcsf_fuzz_pick(r, 8)) {
	case 0:
	case 1:
		return csf_run_compute(1 + vcsf_fuzz_pick(r, 4),
				       vcsf_fuzz_pick(r, 3), progress);
	case 2:
		return csf_run_compute_indirect(vcsf_fuzz_pick(r, 4), progress);
	case 3:
		return csf_run_fullscreen(0, R_SCRATCH, progress);
	case 4:
		return csf_run_tiling(0, progress);
	case 5:
		return csf_finish_tiling(progress);
	case 6:
		return csf_run_fragment(0, vcsf_fuzz_pick(r, 3), progress);
	default:
		return csf_run_idvs(0, progress, 1);
	}
}

/* A valid opcode with random operands */
static u64 fuzz_any_operands(struct rnd_state *r)
{
	return (vcsf_fuzz_random64(r) & ~CSF_F_OPCODE) |
	       csf_op(vcsf_fuzz_pick(r, CSF_OP_SYNC_WAIT64 + 1));
}

/* The sum of all weights */
#define FUZZ_WEIGHTS	870

static const struct {
	unsigned int weight;
	u64 (*make)(struct rnd_state *random);
} vcsf_fuzz_kinds[] = {
	{ 40, fuzz_move32 }, { 20, fuzz_move48 }, { 40, fuzz_small },
	{ 40, fuzz_add32 }, { 40, fuzz_add64 }, { 20, fuzz_umin },
	{ 50, fuzz_load }, { 50, fuzz_store }, { 40, fuzz_branch },
	{ 60, fuzz_wait }, { 30, fuzz_sb_entry }, { 30, fuzz_resource },
	{ 40, fuzz_flush }, { 90, fuzz_sync_write }, { 14, fuzz_sync_wait },
	{ 40, fuzz_state }, { 30, fuzz_progress }, { 60, fuzz_barrier },
	{ 30, fuzz_heap }, { 12, fuzz_finish_fragment }, { 12, fuzz_handler },
	{ 12, fuzz_trace }, { 4, fuzz_protected }, { 4, fuzz_jump },
	{ 60, fuzz_run }, { 1, fuzz_any_operands },
	{ 1, vcsf_fuzz_random64 },
};

static u64 vcsf_fuzz_word(struct rnd_state *random)
{
	unsigned int at = vcsf_fuzz_pick(random, FUZZ_WEIGHTS), i = 0;
	const unsigned int last = ARRAY_SIZE(vcsf_fuzz_kinds) - 1;
	u64 word;

	/* The last kind takes what is left. */
	while (i < last && at >= vcsf_fuzz_kinds[i].weight)
		at -= vcsf_fuzz_kinds[i++].weight;
	word = vcsf_fuzz_kinds[i].make(random);
	/* Flip a random bit now and then. */
	if (vcsf_fuzz_rarely(random, 400))
		word ^= BIT_ULL(vcsf_fuzz_pick(random, 64));

	return word;
}

/* --- Composition into streams -------------------------------------------------- */

/* A loop of a few rounds, rarely an endless one */
static unsigned int vcsf_fuzz_loop(struct rnd_state *random, u64 *words)
{
	unsigned int body = 1 + vcsf_fuzz_pick(random, 4), n = 0, i;
	bool endless = vcsf_fuzz_rarely(random, 100);

	words[n++] = csf_move32(R_LOOP, 1 + vcsf_fuzz_pick(random, 6));
	for (i = 0; i < body; i++)
		words[n++] = vcsf_fuzz_word(random);
	words[n++] = csf_add_imm32(R_LOOP, R_LOOP, endless ? 0 : -1);
	words[n++] = csf_branch(CSF_COND_GT, R_LOOP, -(int)(body + 2));

	return n;
}

static unsigned int vcsf_fuzz_call(struct rnd_state *random,
				   unsigned int stream, u64 *words)
{
	unsigned int leaf = vcsf_fuzz_pick(random, FUZZ_LEAVES);

	words[0] = csf_move48(R_LEAF, FUZZ_LEAF(stream, leaf));
	words[1] = csf_move32(R_LEAF_SIZE, 8 * FUZZ_LEAF_WORDS);
	words[2] = csf_call(R_LEAF, R_LEAF_SIZE);

	return 3;
}

/* A job for cores with the resources and registers that it needs */
static unsigned int vcsf_fuzz_job(struct rnd_state *random, u64 *words)
{
	bool fragment = vcsf_fuzz_pick(random, 2);
	unsigned int n = 0;

	words[n++] = csf_req_resource(15);
	words[n++] = fuzz_sb_entry(random);
	words[n++] = csf_heap_set(R_HEAP);
	words[n++] = csf_move48(CSF_REG_TILER_CONTEXT, fragment ?
		(FUZZ_DATA + FUZZ_FBD) | CSF_FBD_POINTER_VALID :
		FUZZ_DATA + FUZZ_TILER);
	words[n++] = csf_move32(CSF_REG_FRAGMENT_MIN, 0);
	words[n++] = csf_move32(CSF_REG_FRAGMENT_MAX, 0x001f001f);
	words[n++] = fragment ? csf_run_fragment(0, 0, 1) :
				csf_run_idvs(0, 1, 1);
	if (vcsf_fuzz_pick(random, 2))
		words[n++] = csf_wait(0xf);

	return n;
}

#define FUZZ_PIECE_MAX	9

static void vcsf_fuzz_body(struct rnd_state *random, unsigned int stream,
			   u64 *words)
{
	unsigned int n = 0;

	/* Mostly hold all resources, without which RUN_* faults. */
	if (!vcsf_fuzz_rarely(random, 32))
		words[n++] = csf_req_resource(15);
	while (n + FUZZ_PIECE_MAX <= FUZZ_WORDS) {
		switch (vcsf_fuzz_pick(random, 16)) {
		case 0:
			n += vcsf_fuzz_loop(random, &words[n]);
			break;
		case 1:
			n += vcsf_fuzz_call(random, stream, &words[n]);
			break;
		case 2:
			n += vcsf_fuzz_job(random, &words[n]);
			break;
		default:
			words[n++] = vcsf_fuzz_word(random);
			break;
		}
	}
	while (n < FUZZ_WORDS)
		words[n++] = vcsf_fuzz_word(random);
}

static void vcsf_fuzz_leaf(struct rnd_state *random, unsigned int stream,
			   u64 *words)
{
	unsigned int n = 0;

	/* Some leaves call another one, or themselves: recursion up to the limit. */
	if (vcsf_fuzz_rarely(random, 8))
		n = vcsf_fuzz_call(random, stream, words);
	while (n < FUZZ_LEAF_WORDS)
		words[n++] = vcsf_fuzz_word(random);
}

static void vcsf_fuzz_set(struct vcsf_fuzz_program *program, unsigned int reg,
			  u64 value)
{
	program->regs[reg] = lower_32_bits(value);
	program->regs[reg + 1] = upper_32_bits(value);
}

static void vcsf_fuzz_registers(struct rnd_state *random, unsigned int stream,
				struct vcsf_fuzz_program *program)
{
	const u64 data = FUZZ_DATA;
	unsigned int i;

	memset(program->regs, 0, sizeof(program->regs));
	vcsf_fuzz_set(program, R_SYNC, vcsf_fuzz_sync(random));
	vcsf_fuzz_set(program, R_SYNC2, vcsf_fuzz_sync(random));
	vcsf_fuzz_set(program, R_SCRATCH, data + FUZZ_SCRATCH);
	vcsf_fuzz_set(program, R_SCRATCH2, data + 2 * FUZZ_SCRATCH);
	vcsf_fuzz_set(program, R_LEAF, FUZZ_LEAF(stream, 0));
	vcsf_fuzz_set(program, R_HEAP, data + FUZZ_HEAP);
	vcsf_fuzz_set(program, R_ODD, vcsf_fuzz_odd(random));
	vcsf_fuzz_set(program, R_CHUNK, csf_chunk(FUZZ_CHUNK(3), 0x1000));
	program->regs[R_LEAF_SIZE] = 8 * FUZZ_LEAF_WORDS;
	program->regs[R_SMALL] = 1;
	program->regs[CSF_REG_IDVS_INDEX_COUNT] = vcsf_fuzz_pick(random, 100);
	program->regs[CSF_REG_IDVS_INSTANCE_COUNT] = vcsf_fuzz_pick(random, 3);
	for (i = CSF_AXIS_X; i <= CSF_AXIS_Z; i++)
		program->regs[CSF_REG_COMPUTE_WG_COUNT(i)] =
			vcsf_fuzz_pick(random, 4);
	vcsf_fuzz_set(program, CSF_REG_TILER_CONTEXT, data + FUZZ_TILER);
	program->regs[CSF_REG_FRAGMENT_MAX] = 0x001f001f;
}

/* Generate a stream: initial registers, body, and the leaves that it calls. */
void vcsf_fuzz_generate(struct rnd_state *random, unsigned int stream,
			struct vcsf_fuzz_program *program)
{
	unsigned int i;

	vcsf_fuzz_registers(random, stream, program);
	vcsf_fuzz_body(random, stream, program->words);
	for (i = 0; i < FUZZ_LEAVES; i++)
		vcsf_fuzz_leaf(random, stream,
			       &program->words[(FUZZ_LEAF(stream, i) -
						FUZZ_CODE(stream)) / 8]);
}
