// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Command stream builder: encodes instructions, checks their operands and
 * resolves branches to labels. Allocates only the stream's own memory and never
 * touches a device.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cs_builder.h"

#define CSB_FIRST_CAPACITY	64
/* LOAD_MULTIPLE and STORE_MULTIPLE have one mask bit per register. */
#define CSB_MAX_MULTIPLE	16

static void csb_fail(struct csb *b, int error)
{
	if (!b->error)
		b->error = error;
}

static void csb_check_reg(struct csb *b, unsigned int reg)
{
	if (reg >= CSF_CS_REG_COUNT)
		csb_fail(b, -EINVAL);
}

static void csb_check_pair(struct csb *b, unsigned int reg)
{
	if (reg & 1)
		csb_fail(b, -EINVAL);
	csb_check_reg(b, reg);
}

static bool fits_s16(long value)
{
	return value >= INT16_MIN && value <= INT16_MAX;
}

/**
 * csb_init - begin a stream
 * @b: the stream
 */
void csb_init(struct csb *b)
{
	memset(b, 0, sizeof(*b));
}

/**
 * csb_fini - free a stream's memory
 * @b: the stream, empty on return
 */
void csb_fini(struct csb *b)
{
	free(b->words);
	csb_init(b);
}

/**
 * csb_finish - check a stream that is complete
 * @b: the stream
 *
 * Return: 0, or the first error: -EINVAL for a bad operand, -ERANGE for an
 * offset or a distance that does not fit, -ENOMEM, -ENOENT for a branch to a
 * label that was never placed.
 */
int csb_finish(const struct csb *b)
{
	if (b->error)
		return b->error;
	return b->pending ? -ENOENT : 0;
}

/**
 * csb_size - return the size of a stream
 * @b: the stream
 *
 * Return: the size in bytes.
 */
size_t csb_size(const struct csb *b)
{
	return b->count * sizeof(*b->words);
}

/**
 * csb_emit - append a word without any check
 * @b: the stream
 * @word: the instruction
 */
void csb_emit(struct csb *b, uint64_t word)
{
	if (b->count == b->capacity) {
		size_t capacity = b->capacity ? 2 * b->capacity : CSB_FIRST_CAPACITY;
		uint64_t *words = realloc(b->words, capacity * sizeof(*words));

		if (!words) {
			csb_fail(b, -ENOMEM);
			return;
		}
		b->words = words;
		b->capacity = capacity;
	}
	b->words[b->count++] = word;
}

static void csb_set_branch(struct csb *b, size_t at, size_t target)
{
	long distance = (long)target - (long)(at + 1);

	if (!fits_s16(distance))
		csb_fail(b, -ERANGE);
	b->words[at] &= ~(uint64_t)CSF_F_OFFSET16;
	b->words[at] |= csf_put(CSF_F_OFFSET16, distance);
}

/**
 * csb_place - put a label before the next instruction
 * @b: the stream
 * @label: the label
 */
void csb_place(struct csb *b, struct csb_label *label)
{
	size_t at = label->pending;

	if (label->target != CSB_NO_POSITION || b->error) {
		csb_fail(b, -EINVAL);
		return;
	}
	label->target = b->count;

	/*
	 * Branches to a label that is not placed yet form a list: the offset
	 * field of each holds the distance back to the previous one, 0 for the
	 * last.
	 */
	while (at != CSB_NO_POSITION) {
		size_t back = csf_get(b->words[at], CSF_F_OFFSET16);

		csb_set_branch(b, at, label->target);
		b->pending--;
		at = back ? at - back : CSB_NO_POSITION;
	}
	label->pending = CSB_NO_POSITION;
}

/**
 * csb_branch - branch to a label
 * @b: the stream
 * @cond: CSF_COND_*, a signed comparison of @reg with zero
 * @reg: register to compare
 * @label: the target
 */
void csb_branch(struct csb *b, unsigned int cond, unsigned int reg,
		struct csb_label *label)
{
	size_t at = b->count, back = 0;

	csb_check_reg(b, reg);
	csb_emit(b, csf_branch(cond, reg, 0));
	if (b->error)
		return;
	if (label->target != CSB_NO_POSITION) {
		csb_set_branch(b, at, label->target);
		return;
	}
	if (label->pending != CSB_NO_POSITION)
		back = at - label->pending;
	if (!fits_s16(back))
		csb_fail(b, -ERANGE);
	b->words[at] |= csf_put(CSF_F_OFFSET16, back);
	b->pending++;
	label->pending = at;
}

/**
 * csb_move48 - load a constant into a register pair
 * @b: the stream
 * @dst: the pair
 * @imm: the constant, below 1 << 48
 */
void csb_move48(struct csb *b, unsigned int dst, uint64_t imm)
{
	csb_check_pair(b, dst);
	if (imm >> 48)
		csb_fail(b, -ERANGE);
	csb_emit(b, csf_move48(dst, imm));
}

/**
 * csb_move32 - load a constant into a register
 * @b: the stream
 * @dst: the register
 * @imm: the constant
 */
void csb_move32(struct csb *b, unsigned int dst, uint32_t imm)
{
	csb_check_reg(b, dst);
	csb_emit(b, csf_move32(dst, imm));
}

/**
 * csb_add32 - add a constant to a register
 * @b: the stream
 * @dst: the sum
 * @src: the register
 * @imm: the constant
 */
void csb_add32(struct csb *b, unsigned int dst, unsigned int src, int32_t imm)
{
	csb_check_reg(b, dst);
	csb_check_reg(b, src);
	csb_emit(b, csf_add_imm32(dst, src, imm));
}

/**
 * csb_add64 - add a constant to a register pair
 * @b: the stream
 * @dst: the sum, a pair
 * @src: the pair
 * @imm: the constant
 */
void csb_add64(struct csb *b, unsigned int dst, unsigned int src, int32_t imm)
{
	csb_check_pair(b, dst);
	csb_check_pair(b, src);
	csb_emit(b, csf_add_imm64(dst, src, imm));
}

static unsigned int csb_multiple(struct csb *b, unsigned int base,
				 unsigned int count, unsigned int addr, int offset)
{
	csb_check_pair(b, addr);
	if (!fits_s16(offset))
		csb_fail(b, -ERANGE);
	if (!count || count > CSB_MAX_MULTIPLE) {
		csb_fail(b, -EINVAL);
		return 0;
	}
	csb_check_reg(b, base + count - 1);
	return (1u << count) - 1;
}

/**
 * csb_load - load registers from memory
 * @b: the stream
 * @base: the first register
 * @count: number of registers, 1 to 16
 * @addr: pair with the address
 * @offset: bytes to add to the address
 *
 * The registers are valid after the next csb_wait() for %CSB_SB_MEMORY.
 */
void csb_load(struct csb *b, unsigned int base, unsigned int count,
	      unsigned int addr, int offset)
{
	unsigned int mask = csb_multiple(b, base, count, addr, offset);

	csb_emit(b, csf_load_multiple(base, addr, mask, offset));
}

/**
 * csb_store - store registers to memory
 * @b: the stream
 * @base: the first register
 * @count: number of registers, 1 to 16
 * @addr: pair with the address
 * @offset: bytes to add to the address
 */
void csb_store(struct csb *b, unsigned int base, unsigned int count,
	       unsigned int addr, int offset)
{
	unsigned int mask = csb_multiple(b, base, count, addr, offset);

	csb_emit(b, csf_store_multiple(base, addr, mask, offset));
}

/**
 * csb_wait - wait for scoreboard entries
 * @b: the stream
 * @entries: mask of them
 */
void csb_wait(struct csb *b, unsigned int entries)
{
	csb_emit(b, csf_wait(entries));
}

static void csb_check_target(struct csb *b, unsigned int addr, unsigned int len)
{
	csb_check_pair(b, addr);
	csb_check_reg(b, len);
}

/**
 * csb_call - call a stream in another buffer
 * @b: the stream
 * @addr: pair with the buffer's address
 * @len: register with its size in bytes
 */
void csb_call(struct csb *b, unsigned int addr, unsigned int len)
{
	csb_check_target(b, addr, len);
	csb_emit(b, csf_call(addr, len));
}

/**
 * csb_jump - continue in another buffer without returning
 * @b: the stream
 * @addr: pair with the buffer's address
 * @len: register with its size in bytes
 */
void csb_jump(struct csb *b, unsigned int addr, unsigned int len)
{
	csb_check_target(b, addr, len);
	csb_emit(b, csf_jump(addr, len));
}

/**
 * csb_flush - wait for memory accesses and write back all caches
 * @b: the stream
 * @scratch: register to clobber, 0 when the stream continues
 */
void csb_flush(struct csb *b, unsigned int scratch)
{
	csb_wait(b, CSB_SB_ALL);
	csb_move32(b, scratch, 0);
	csb_emit(b, csf_flush_cache2(CSF_CACHE_CLEAN_INV, CSF_CACHE_CLEAN_INV,
				     CSF_CACHE_INV, scratch, 0, CSB_SB_MEMORY));
	csb_wait(b, 1u << CSB_SB_MEMORY);
}

static void csb_sync_write(struct csb *b, enum csf_opcode op, unsigned int addr,
			   unsigned int data, unsigned int scope)
{
	csb_check_pair(b, addr);
	if (op == CSF_OP_SYNC_ADD64 || op == CSF_OP_SYNC_SET64)
		csb_check_pair(b, data);
	else
		csb_check_reg(b, data);
	csb_emit(b, csf_sync_write(op, addr, data, 0, scope, 0, 0));
}

/**
 * csb_sync_add32 - add to a 32-bit sync object, in stream order
 * @b: the stream
 * @addr: pair with its address
 * @data: register to add
 * @scope: CSF_SYNC_SCOPE_*
 */
void csb_sync_add32(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope)
{
	csb_sync_write(b, CSF_OP_SYNC_ADD32, addr, data, scope);
}

/**
 * csb_sync_set32 - set a 32-bit sync object, in stream order
 * @b: the stream
 * @addr: pair with its address
 * @data: register with the value
 * @scope: CSF_SYNC_SCOPE_*
 */
void csb_sync_set32(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope)
{
	csb_sync_write(b, CSF_OP_SYNC_SET32, addr, data, scope);
}

/**
 * csb_sync_add64 - add to a 64-bit sync object, in stream order
 * @b: the stream
 * @addr: pair with its address
 * @data: pair to add
 * @scope: CSF_SYNC_SCOPE_*
 */
void csb_sync_add64(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope)
{
	csb_sync_write(b, CSF_OP_SYNC_ADD64, addr, data, scope);
}

/**
 * csb_sync_set64 - set a 64-bit sync object, in stream order
 * @b: the stream
 * @addr: pair with its address
 * @data: pair with the value
 * @scope: CSF_SYNC_SCOPE_*
 */
void csb_sync_set64(struct csb *b, unsigned int addr, unsigned int data,
		    unsigned int scope)
{
	csb_sync_write(b, CSF_OP_SYNC_SET64, addr, data, scope);
}

static void csb_check_wait_cond(struct csb *b, unsigned int cond)
{
	if (cond != CSF_COND_LE && cond != CSF_COND_GT)
		csb_fail(b, -EINVAL);
}

/**
 * csb_sync_wait32 - wait for a 32-bit sync object
 * @b: the stream
 * @addr: pair with its address
 * @data: register to compare it with, unsigned
 * @cond: %CSF_COND_LE or %CSF_COND_GT
 */
void csb_sync_wait32(struct csb *b, unsigned int addr, unsigned int data,
		     unsigned int cond)
{
	csb_check_pair(b, addr);
	csb_check_reg(b, data);
	csb_check_wait_cond(b, cond);
	csb_emit(b, csf_sync_wait32(addr, data, cond, 0));
}

/**
 * csb_sync_wait64 - wait for a 64-bit sync object
 * @b: the stream
 * @addr: pair with its address
 * @data: pair to compare it with, unsigned
 * @cond: %CSF_COND_LE or %CSF_COND_GT
 */
void csb_sync_wait64(struct csb *b, unsigned int addr, unsigned int data,
		     unsigned int cond)
{
	csb_check_pair(b, addr);
	csb_check_pair(b, data);
	csb_check_wait_cond(b, cond);
	csb_emit(b, csf_sync_wait64(addr, data, cond, 0));
}

/**
 * csb_store_state - store a GPU counter to memory, in stream order
 * @b: the stream
 * @addr: pair with the address
 * @offset: bytes to add to the address
 * @state: CSF_STATE_*
 */
void csb_store_state(struct csb *b, unsigned int addr, int offset,
		     unsigned int state)
{
	csb_check_pair(b, addr);
	if (!fits_s16(offset))
		csb_fail(b, -ERANGE);
	csb_emit(b, csf_store_state(addr, offset, state, 0, 0));
}
