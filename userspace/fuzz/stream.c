// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random command streams. Registers have fixed roles, which a prologue sets, so that
 * most instructions of a valid stream find operands of the right kind. A nearly valid
 * stream has a few words with a flipped bit or odd operands; a random one has random
 * operands throughout. A tiling stream builds the descriptors of a render pass in
 * memory and runs it. The first two words load the addresses of the heap, which
 * fz_put_words() knows.
 */

#include <string.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_isa.h>

#include "prog.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Register pairs with addresses */
#define R_HEAP		10
#define R_CHUNK		14
#define R_SYNC		0
#define R_SYNC2		2
#define R_SCRATCH	4
#define R_OTHER		6
#define R_CODE		8
#define R_ODD		12
/* Sizes and small numbers */
#define R_SIZE		16
#define R_ZERO		18	/* pair */
#define R_SMALL		20	/* pair */
#define R_LOOP		22
#define R_FREE		50

#define SCRATCH		0x8000
#define TILER		0x9000
#define DESCRIPTOR	0x9100
#define FBD		0x9200

struct maker {
	struct fz_random random;
	uint64_t *words;
	unsigned int count;
	uint64_t base;
};

static uint64_t pick(struct maker *m, uint64_t count)
{
	return fz_pick(&m->random, count);
}

static void emit(struct maker *m, uint64_t word)
{
	if (m->count < FZ_WORDS)
		m->words[m->count++] = word;
}

static unsigned int free_reg(struct maker *m)
{
	return R_FREE + 2 * pick(m, 14);
}

static unsigned int sync_reg(struct maker *m)
{
	return pick(m, 2) ? R_SYNC : R_SYNC2;
}

static unsigned int data_reg(struct maker *m)
{
	return pick(m, 3) ? R_SCRATCH : R_OTHER;
}

static unsigned int wait_mask(struct maker *m)
{
	return pick(m, 4) ? 0 : 1u << pick(m, 4);
}

static unsigned int slot(struct maker *m)
{
	return 4 + pick(m, 4);
}

static void emit_data(struct maker *m)
{
	switch (pick(m, 8)) {
	case 0:
		emit(m, csf_load_multiple(free_reg(m), data_reg(m), pick(m, 65536),
					  4 * pick(m, 64)));
		break;
	case 1:
		emit(m, csf_store_multiple(free_reg(m), data_reg(m), pick(m, 65536),
					   4 * pick(m, 64)));
		break;
	case 2:
		emit(m, csf_move48(free_reg(m), m->base + SCRATCH + 8 * pick(m, 64)));
		break;
	case 3:
		emit(m, csf_add_imm32(free_reg(m), pick(m, 96), (int)fz_random(&m->random)));
		break;
	case 4:
		emit(m, csf_add_imm64(free_reg(m), 2 * pick(m, 48), pick(m, 65536)));
		break;
	case 5:
		emit(m, csf_umin32(free_reg(m), pick(m, 96), pick(m, 96)));
		break;
	case 6:
		emit(m, csf_store_state(data_reg(m), 8 * pick(m, 8), pick(m, 4), wait_mask(m),
					slot(m)));
		break;
	default:
		emit(m, csf_move32(free_reg(m), fz_random(&m->random)));
		break;
	}
}

static void emit_sync(struct maker *m)
{
	static const enum csf_opcode ops[] = {
		CSF_OP_SYNC_ADD32, CSF_OP_SYNC_SET32, CSF_OP_SYNC_ADD64, CSF_OP_SYNC_SET64,
	};

	switch (pick(m, 8)) {
	case 0:
		/* Mostly satisfied: the value is above zero */
		emit(m, csf_sync_wait64(sync_reg(m), pick(m, 6) ? R_ZERO : R_SMALL,
					pick(m, 8) ? CSF_COND_GT : CSF_COND_LE, pick(m, 2)));
		break;
	case 1:
		emit(m, csf_sync_wait32(sync_reg(m), R_ZERO, CSF_COND_GT, pick(m, 2)));
		break;
	case 2:
		emit(m, csf_progress_store(R_SMALL));
		break;
	case 3:
		emit(m, csf_progress_load(free_reg(m)));
		break;
	case 4:
		emit(m, csf_progress_wait(pick(m, 3), R_ZERO));
		break;
	default:
		emit(m, csf_sync_write(ops[pick(m, COUNT(ops))], sync_reg(m), R_SMALL,
				       pick(m, 2), pick(m, 2) ? CSF_SYNC_SCOPE_SYSTEM :
				       CSF_SYNC_SCOPE_GROUP, wait_mask(m), slot(m)));
		break;
	}
}

static void emit_run(struct maker *m)
{
	unsigned int progress = pick(m, 2);

	switch (pick(m, 8)) {
	case 0:
	case 1:
		emit(m, csf_run_compute(1 + pick(m, 4), pick(m, 3), progress));
		break;
	case 2:
		emit(m, csf_run_compute_indirect(pick(m, 4), progress));
		break;
	case 3:
		emit(m, csf_run_fullscreen(0, R_SCRATCH, progress));
		break;
	case 4:
		emit(m, csf_run_tiling(0, progress));
		break;
	case 5:
		emit(m, csf_run_fragment(pick(m, 2), pick(m, 7), progress));
		break;
	case 6:
		emit(m, csf_finish_tiling(progress));
		break;
	default:
		emit(m, csf_run_idvs(0, progress, 1));
		break;
	}
}

static void emit_control(struct maker *m)
{
	switch (pick(m, 12)) {
	case 0:
		emit(m, csf_branch(pick(m, 7), pick(m, 96), pick(m, 4)));
		break;
	case 1:
		emit(m, csf_move32(R_LOOP, 1 + pick(m, 5)));
		emit_data(m);
		emit(m, csf_add_imm32(R_LOOP, R_LOOP, -1));
		emit(m, csf_branch(CSF_COND_GT, R_LOOP, -3));
		break;
	case 2:
		emit(m, csf_call(R_CODE, R_SIZE));
		break;
	case 3:
		emit(m, csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, R_CODE, R_SIZE));
		break;
	case 4:
		emit(m, csf_req_resource(pick(m, 16)));
		break;
	case 5:
		emit(m, csf_flush_cache2(pick(m, 4), pick(m, 4), pick(m, 4), R_ZERO, wait_mask(m),
					 slot(m)));
		break;
	case 6:
		emit(m, csf_error_barrier());
		break;
	case 7:
		emit(m, csf_trace_point(pick(m, 80), pick(m, 16), wait_mask(m), slot(m)));
		break;
	case 8:
		emit(m, csf_prot_region(pick(m, 8) ? 0 : pick(m, 4)));
		break;
	case 9:
		emit(m, csf_heap_operation(pick(m, 4), wait_mask(m), slot(m)));
		break;
	case 10:
		emit(m, csf_finish_fragment(pick(m, 2), R_CHUNK, R_CHUNK, wait_mask(m), slot(m)));
		break;
	default:
		emit(m, csf_wait(pick(m, 4) ? 0xff : pick(m, 256)));
		break;
	}
}

static void emit_any(struct maker *m)
{
	switch (pick(m, 8)) {
	case 0:
	case 1:
	case 2:
		emit_data(m);
		break;
	case 3:
	case 4:
		emit_sync(m);
		break;
	case 5:
		emit_run(m);
		break;
	default:
		emit_control(m);
		break;
	}
}

static void emit_prologue(struct maker *m)
{
	static const uint64_t odd[] = {
		0, 8, 1ull << 47, (1ull << 48) - 8, 0x1000, 0xfffff000,
	};
	uint64_t other = fz_va_of(pick(m, FZ_SLOTS));

	emit(m, csf_move48(R_HEAP, 0));
	emit(m, csf_move48(R_CHUNK, 0));
	emit(m, csf_move48(R_SYNC, m->base + SCRATCH + 16 * pick(m, 4)));
	emit(m, csf_move48(R_SYNC2, (pick(m, 3) ? m->base : other) + SCRATCH));
	emit(m, csf_move48(R_SCRATCH, m->base + SCRATCH + 0x100));
	emit(m, csf_move48(R_OTHER, other + 0x1000 * pick(m, 16)));
	emit(m, csf_move48(R_CODE, m->base + 0x400 * pick(m, 4)));
	emit(m, csf_move48(R_ODD, odd[pick(m, COUNT(odd))]));
	emit(m, csf_move32(R_SIZE, 8 * (1 + pick(m, FZ_WORDS))));
	emit(m, csf_move48(R_ZERO, 0));
	emit(m, csf_move48(R_SMALL, 1 + pick(m, 2)));
	emit(m, csf_set_sb_entry(pick(m, 4), pick(m, 4)));
	if (pick(m, 8))
		emit(m, csf_req_resource(15));
	if (pick(m, 2))
		emit(m, csf_heap_set(R_HEAP));
}

/* Store a constant: 64 bits at an offset of R_SCRATCH. */
static void emit_store64(struct maker *m, unsigned int offset, uint64_t value)
{
	emit(m, csf_move32(R_FREE, (uint32_t)value));
	emit(m, csf_move32(R_FREE + 1, value >> 32));
	emit(m, csf_store_multiple(R_FREE, R_SCRATCH, 3, offset));
}

/* A render pass: a tiler context, the descriptor of its heap, optionally fragments */
static void emit_tiling(struct maker *m)
{
	static const uint32_t chunks[] = { 0x20000, 0x40000, 0x200000, 0x800000 };
	uint32_t chunk = chunks[pick(m, COUNT(chunks))];
	uint64_t tiler = m->base + TILER;

	emit(m, csf_move48(R_SCRATCH, tiler));
	for (unsigned int i = 0; i < 8; i++)
		emit(m, csf_store_multiple(R_ZERO, R_SCRATCH, 3, 8 * i));
	emit_store64(m, offsetof(struct csf_tiler_context, heap), m->base + DESCRIPTOR);
	emit_store64(m, DESCRIPTOR - TILER, (uint64_t)chunk << 32);
	emit(m, csf_store_multiple(R_CHUNK, R_SCRATCH, 3, DESCRIPTOR - TILER + 8));
	emit(m, csf_add_imm64(R_FREE, R_CHUNK, CSF_CHUNK_HEADER_SIZE));
	emit(m, csf_store_multiple(R_FREE, R_SCRATCH, 3, DESCRIPTOR - TILER + 16));
	emit(m, csf_add_imm64(R_FREE, R_CHUNK, chunk));
	emit(m, csf_store_multiple(R_FREE, R_SCRATCH, 3, DESCRIPTOR - TILER + 24));
	emit(m, csf_wait(0xff));
	emit(m, csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, R_CODE, R_SIZE));
	emit(m, csf_heap_set(R_HEAP));
	emit(m, csf_req_resource(15));
	emit(m, csf_move48(CSF_REG_TILER_CONTEXT, tiler));
	emit(m, csf_heap_operation(CSF_HEAP_VT_START, 0, 0));
	emit(m, csf_move32(CSF_REG_IDVS_INDEX_COUNT,
			   pick(m, 4) ? pick(m, 4096) : 1u << pick(m, 28)));
	emit(m, csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, pick(m, 3)));
	emit(m, csf_run_idvs(0, pick(m, 2), 1));
	emit(m, csf_finish_tiling(0));
	emit(m, csf_wait(0xff));
	emit(m, csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0));
	if (pick(m, 2)) {
		emit(m, csf_move48(CSF_REG_FRAGMENT_FBD,
				   (m->base + FBD) | CSF_FBD_POINTER_VALID));
		emit(m, csf_move32(CSF_REG_FRAGMENT_MIN, 0));
		emit(m, csf_move32(CSF_REG_FRAGMENT_MAX, pick(m, 2) ? 0x001f001f : 0xffffffff));
		emit(m, csf_run_fragment(0, pick(m, 3), 1));
		emit(m, csf_wait(0xff));
	}
	emit(m, csf_load_multiple(R_FREE, R_SCRATCH, 0xf,
				  offsetof(struct csf_tiler_context, completed_top)));
	emit(m, csf_wait(0xff));
	emit(m, csf_finish_fragment(1, R_FREE, R_FREE + 2, 0, 4));
	emit(m, csf_wait(0xff));
}

static void disturb(struct maker *m)
{
	for (unsigned int n = 1 + pick(m, 3); n; n--) {
		uint64_t *word = &m->words[2 + pick(m, m->count - 2)];

		switch (pick(m, 3)) {
		case 0:
			*word ^= 1ull << pick(m, 64);
			break;
		case 1:
			*word = (*word & ~CSF_F_SRC) | csf_put(CSF_F_SRC, R_ODD);
			break;
		default:
			*word = (fz_random(&m->random) & ~CSF_F_OPCODE) |
				(*word & CSF_F_OPCODE);
			break;
		}
	}
}

/**
 * fz_make_stream - make a command stream
 * @kind: how valid it is
 * @seed: equal seeds make equal streams
 * @words: returns %FZ_WORDS instructions
 *
 * Return: number of instructions, always %FZ_WORDS.
 */
unsigned int fz_make_stream(enum fz_stream_kind kind, uint64_t seed, uint64_t *words)
{
	struct maker m = {
		.random.state = seed, .words = words, .base = fz_va_of(0),
	};

	emit_prologue(&m);
	if (kind % FZ_STREAM_KINDS == FZ_STREAM_TILING)
		emit_tiling(&m);
	while (m.count < FZ_WORDS) {
		if (kind % FZ_STREAM_KINDS == FZ_STREAM_RANDOM)
			emit(&m, (fz_random(&m.random) & ~CSF_F_OPCODE) |
				 csf_op(pick(&m, CSF_OP_SYNC_WAIT64 + 1)));
		else
			emit_any(&m);
	}
	if (kind % FZ_STREAM_KINDS == FZ_STREAM_NEARLY)
		disturb(&m);
	return m.count;
}
