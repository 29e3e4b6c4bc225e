/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CS_BUILDER_H
#define CS_BUILDER_H

/**
 * DOC: Building command streams
 *
 * A struct csb collects instructions in memory that it owns and grows. It
 * records the first error, which csb_finish() returns, so that callers need not
 * check each instruction. A branch may refer to a label before it is placed. The
 * finished words are position independent and can be copied to any address.
 *
 * There is one function per instruction. It checks what an encoder cannot: that
 * registers exist, that 64-bit operands are even pairs, that offsets fit.
 * csb_emit() takes any word, for tests that need an invalid one.
 */

#include <stddef.h>
#include <stdint.h>

#include <vcsf/csf_isa.h>

#define CSB_NO_POSITION	SIZE_MAX

/* Scoreboard entry that LOAD, STORE and FLUSH use in built streams */
#define CSB_SB_MEMORY	0
#define CSB_SB_ALL	0xff

/**
 * struct csb_label - a branch target in a stream
 * @target: index of the instruction after the label, or %CSB_NO_POSITION
 * @pending: the last branch to a label that is not placed yet, or %CSB_NO_POSITION
 */
struct csb_label {
	size_t target;
	size_t pending;
};

#define CSB_LABEL_INIT	{ .target = CSB_NO_POSITION, .pending = CSB_NO_POSITION }

/**
 * struct csb - a command stream under construction
 * @words: the instructions
 * @count: number of instructions
 * @capacity: number of instructions that fit before @words has to grow
 * @pending: number of branches whose label is not placed yet
 * @error: the first error, a negative errno
 */
struct csb {
	uint64_t *words;
	size_t count;
	size_t capacity;
	size_t pending;
	int error;
};

void csb_init(struct csb *b);
void csb_fini(struct csb *b);
int csb_finish(const struct csb *b);
size_t csb_size(const struct csb *b);

void csb_emit(struct csb *b, uint64_t word);
void csb_place(struct csb *b, struct csb_label *label);

void csb_move48(struct csb *b, unsigned int dst, uint64_t imm);
void csb_move32(struct csb *b, unsigned int dst, uint32_t imm);
void csb_add32(struct csb *b, unsigned int dst, unsigned int src, int32_t imm);
void csb_add64(struct csb *b, unsigned int dst, unsigned int src, int32_t imm);
void csb_load(struct csb *b, unsigned int base, unsigned int count,
	      unsigned int addr, int offset);
void csb_store(struct csb *b, unsigned int base, unsigned int count,
	       unsigned int addr, int offset);
void csb_wait(struct csb *b, unsigned int entries);
void csb_branch(struct csb *b, unsigned int cond, unsigned int reg,
		struct csb_label *label);
void csb_call(struct csb *b, unsigned int addr, unsigned int len);
void csb_jump(struct csb *b, unsigned int addr, unsigned int len);
void csb_flush(struct csb *b, unsigned int scratch);
void csb_sync_add32(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope);
void csb_sync_set32(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope);
void csb_sync_wait32(struct csb *b, unsigned int addr, unsigned int data,
		     unsigned int cond);
void csb_sync_add64(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope);
void csb_sync_set64(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope);
void csb_sync_wait64(struct csb *b, unsigned int addr, unsigned int data,
		     unsigned int cond);
void csb_store_state(struct csb *b, unsigned int addr, int offset,
		     unsigned int state);

#endif /* CS_BUILDER_H */
