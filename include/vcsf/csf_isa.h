/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_ISA_H_
#define _CSF_ISA_H_

/**
 * DOC: Command stream instructions of architecture 10
 *
 * A command stream is an array of 64-bit little-endian words with the opcode in the
 * top byte. There are 96 registers of 32 bits, r0 to r95, and r96 to r127
 * from architecture 12 on (Mesa 26.1 uses them there). A 64-bit operand is an even
 * register and the next one, low half first. Encodings are those of Mesa's
 * descriptions (src/panfrost/lib/genxml/v10.xml).
 *
 * This header is for both kernel and user space and needs nothing but linux/types.h.
 * Fields are masks, for csf_get() and csf_put() or for the table of a disassembler.
 * One encoder per instruction follows, which has its name.
 *
 * Scoreboards: an asynchronous instruction increments its scoreboard entry at issue
 * and decrements it on completion. FLUSH_CACHE2 and the instructions with a "wait"
 * mask wait for the entries in the mask and signal the entry "slot"; the latter run in
 * line if the mask is zero. RUN_* and FINISH_TILING signal the endpoint entry of
 * SET_SB_ENTRY. Operands are read at issue.
 */

#include <linux/types.h>

#define CSF_CS_REG_COUNT		96
/* From architecture 12 on */
#define CSF_CS_REG_COUNT_MAX		128
#define CSF_CS_SCOREBOARD_COUNT		8
/* Number of registers that a kernel may use between jobs: the last four */
#define CSF_CS_UNPRESERVED_REG_COUNT	4
#define CSF_CS_INSTR_SIZE		8
/* Number of nested buffers, including the ring (chosen, as Mesa assumes it) */
#define CSF_CS_CALL_DEPTH		8
/* One more frame for an exception handler */
#define CSF_CS_FRAME_COUNT		(CSF_CS_CALL_DEPTH + 1)

/**
 * enum csf_opcode - bits 63:56 of an instruction
 * @CSF_OP_NOP: do nothing
 * @CSF_OP_MOVE48: set a register pair to a zero-extended 48-bit constant
 * @CSF_OP_MOVE32: set a register to a 32-bit constant
 * @CSF_OP_WAIT: wait until a set of scoreboard entries is zero
 * @CSF_OP_RUN_COMPUTE: start a compute job
 * @CSF_OP_RUN_TILING: start tiling without vertex shading
 * @CSF_OP_RUN_IDVS: start vertex shading and tiling
 * @CSF_OP_RUN_FRAGMENT: start a fragment job
 * @CSF_OP_RUN_FULLSCREEN: start tiling of a full-screen draw
 * @CSF_OP_FINISH_TILING: flush the tiler
 * @CSF_OP_FINISH_FRAGMENT: return heap chunks to the heap context
 * @CSF_OP_ADD_IMM32: add a signed constant to a register
 * @CSF_OP_ADD_IMM64: add a signed constant to a register pair
 * @CSF_OP_UMIN32: set a register to the unsigned minimum of two registers
 * @CSF_OP_LOAD_MULTIPLE: load a set of registers from memory
 * @CSF_OP_STORE_MULTIPLE: store a set of registers to memory
 * @CSF_OP_BRANCH: jump within the buffer, depending on a signed register
 * @CSF_OP_SET_SB_ENTRY: select scoreboard entries for RUN_* and LOAD/STORE
 * @CSF_OP_PROGRESS_WAIT: wait for another queue's progress counter
 * @CSF_OP_SET_EXCEPTION_HANDLER: set the buffer to run on an exception
 * @CSF_OP_CALL: run another buffer and return
 * @CSF_OP_JUMP: continue in another buffer
 * @CSF_OP_REQ_RESOURCE: acquire endpoints
 * @CSF_OP_FLUSH_CACHE2: clean and invalidate caches
 * @CSF_OP_SYNC_ADD32: add to a 32-bit sync object
 * @CSF_OP_SYNC_SET32: set a 32-bit sync object
 * @CSF_OP_SYNC_WAIT32: wait for a 32-bit sync object
 * @CSF_OP_STORE_STATE: store a timestamp, cycle count or error state
 * @CSF_OP_PROT_REGION: begin instructions for protected mode
 * @CSF_OP_PROGRESS_STORE: set the queue's progress counter
 * @CSF_OP_PROGRESS_LOAD: read the queue's progress counter
 * @CSF_OP_RUN_COMPUTE_INDIRECT: start a compute job with its size in registers
 * @CSF_OP_ERROR_BARRIER: clear a pending error
 * @CSF_OP_HEAP_SET: set the tiler heap context
 * @CSF_OP_HEAP_OPERATION: count a heap event
 * @CSF_OP_TRACE_POINT: emit a trace record
 * @CSF_OP_SYNC_ADD64: add to a 64-bit sync object
 * @CSF_OP_SYNC_SET64: set a 64-bit sync object
 * @CSF_OP_SYNC_WAIT64: wait for a 64-bit sync object
 */
enum csf_opcode {
	CSF_OP_NOP = 0,
	CSF_OP_MOVE48 = 1,
	CSF_OP_MOVE32 = 2,
	CSF_OP_WAIT = 3,
	CSF_OP_RUN_COMPUTE = 4,
	CSF_OP_RUN_TILING = 5,
	CSF_OP_RUN_IDVS = 6,
	CSF_OP_RUN_FRAGMENT = 7,
	CSF_OP_RUN_FULLSCREEN = 8,
	CSF_OP_FINISH_TILING = 9,
	CSF_OP_FINISH_FRAGMENT = 11,
	CSF_OP_ADD_IMM32 = 16,
	CSF_OP_ADD_IMM64 = 17,
	CSF_OP_UMIN32 = 18,
	CSF_OP_LOAD_MULTIPLE = 20,
	CSF_OP_STORE_MULTIPLE = 21,
	CSF_OP_BRANCH = 22,
	CSF_OP_SET_SB_ENTRY = 23,
	CSF_OP_PROGRESS_WAIT = 24,
	CSF_OP_SET_EXCEPTION_HANDLER = 25,
	CSF_OP_CALL = 32,
	CSF_OP_JUMP = 33,
	CSF_OP_REQ_RESOURCE = 34,
	CSF_OP_FLUSH_CACHE2 = 36,
	CSF_OP_SYNC_ADD32 = 37,
	CSF_OP_SYNC_SET32 = 38,
	CSF_OP_SYNC_WAIT32 = 39,
	CSF_OP_STORE_STATE = 40,
	CSF_OP_PROT_REGION = 41,
	CSF_OP_PROGRESS_STORE = 42,
	CSF_OP_PROGRESS_LOAD = 43,
	CSF_OP_RUN_COMPUTE_INDIRECT = 44,
	CSF_OP_ERROR_BARRIER = 47,
	CSF_OP_HEAP_SET = 48,
	CSF_OP_HEAP_OPERATION = 49,
	CSF_OP_TRACE_POINT = 50,
	CSF_OP_SYNC_ADD64 = 51,
	CSF_OP_SYNC_SET64 = 52,
	CSF_OP_SYNC_WAIT64 = 53,
};

/* Conditions of BRANCH. SYNC_WAIT has the first two only. */
#define CSF_COND_LE			0
#define CSF_COND_GT			1
#define CSF_COND_EQ			2
#define CSF_COND_NE			3
#define CSF_COND_LT			4
#define CSF_COND_GE			5
#define CSF_COND_ALWAYS			6

/* Scope of SYNC_ADD and SYNC_SET: the host as well, or the group only */
#define CSF_SYNC_SCOPE_SYSTEM		0
#define CSF_SYNC_SCOPE_GROUP		2

/* FLUSH_CACHE2 modes for each of the three caches, as in GPU_COMMAND */
#define CSF_CACHE_NONE			0
#define CSF_CACHE_CLEAN			1
#define CSF_CACHE_INV			2
#define CSF_CACHE_CLEAN_INV		3

/* States that STORE_STATE stores */
#define CSF_STATE_TIMESTAMP		0
#define CSF_STATE_CYCLES		1
#define CSF_STATE_DISJOINT		2
#define CSF_STATE_ERROR			3

/* Exception types of SET_EXCEPTION_HANDLER */
#define CSF_EXCEPTION_TILER_OOM		2

/* REQ_RESOURCE mask */
#define CSF_RESOURCE_COMPUTE		0x1
#define CSF_RESOURCE_FRAGMENT		0x2
#define CSF_RESOURCE_TILER		0x4
#define CSF_RESOURCE_IDVS		0x8

/* Axis along which RUN_COMPUTE splits a job */
#define CSF_AXIS_X			0
#define CSF_AXIS_Y			1
#define CSF_AXIS_Z			2

/* Tile order of RUN_FRAGMENT */
#define CSF_TILE_ORDER_Z		0
#define CSF_TILE_ORDER_HORIZONTAL	1
#define CSF_TILE_ORDER_VERTICAL		2
#define CSF_TILE_ORDER_REV_HORIZONTAL	5
#define CSF_TILE_ORDER_REV_VERTICAL	6

/* HEAP_OPERATION operations */
#define CSF_HEAP_VT_START		0
#define CSF_HEAP_VT_COMPLETE		1
#define CSF_HEAP_FRAG_COMPLETE		3

/**
 * struct csf_sync32 - sync object of SYNC_*32
 * @seqno: counter
 * @status: non-zero if the last writer was a stream with a pending error
 */
struct csf_sync32 {
	__u32 seqno;
	__u32 status;
};

/**
 * struct csf_sync64 - sync object of SYNC_*64
 * @seqno: counter
 * @status: non-zero if the last writer was a stream with a pending error
 * @pad: zero
 */
struct csf_sync64 {
	__u64 seqno;
	__u32 status;
	__u32 pad;
};

/* --- Fields: masks of an instruction word ----------------------------------- */

#define CSF_MASK(high, low) \
	((~0ULL >> (63 - (high))) & (~0ULL << (low)))

#define CSF_F_OPCODE			CSF_MASK(63, 56)
/* Register operands by position */
#define CSF_F_DST			CSF_MASK(55, 48)
#define CSF_F_SRC			CSF_MASK(47, 40)	/* address, source */
#define CSF_F_SRC2			CSF_MASK(39, 32)	/* data, length, second source */
#define CSF_F_IMM32			CSF_MASK(31, 0)
#define CSF_F_IMM48			CSF_MASK(47, 0)
/* Deferred instructions */
#define CSF_F_WAIT_MASK			CSF_MASK(31, 16)
#define CSF_F_SLOT			CSF_MASK(51, 48)
/* WAIT */
#define CSF_F_WAIT_ENTRIES		CSF_MASK(31, 16)
#define CSF_F_PROGRESS_INC		CSF_MASK(32, 32)
/* LOAD_MULTIPLE, STORE_MULTIPLE, BRANCH, STORE_STATE */
#define CSF_F_OFFSET16			CSF_MASK(15, 0)	/* signed */
#define CSF_F_REG_MASK			CSF_MASK(31, 16)
/* BRANCH */
#define CSF_F_BRANCH_COND		CSF_MASK(30, 28)
/* SET_SB_ENTRY */
#define CSF_F_SB_ENDPOINT		CSF_MASK(3, 0)
#define CSF_F_SB_OTHER			CSF_MASK(7, 4)
/* PROGRESS_WAIT */
#define CSF_F_PROGRESS_QUEUE		CSF_MASK(4, 0)
/* SET_EXCEPTION_HANDLER */
#define CSF_F_EXCEPTION_TYPE		CSF_MASK(7, 0)
/* REQ_RESOURCE */
#define CSF_F_RESOURCES			CSF_MASK(3, 0)
/* FLUSH_CACHE2 */
#define CSF_F_FLUSH_L2			CSF_MASK(3, 0)
#define CSF_F_FLUSH_LSC			CSF_MASK(7, 4)
#define CSF_F_FLUSH_OTHER		CSF_MASK(11, 8)
/* SYNC_* */
#define CSF_F_SYNC_PROPAGATE		CSF_MASK(0, 0)	/* ADD, SET */
#define CSF_F_SYNC_SCOPE		CSF_MASK(2, 1)	/* ADD, SET */
#define CSF_F_SYNC_REJECT		CSF_MASK(0, 0)	/* WAIT */
#define CSF_F_SYNC_COND			CSF_MASK(31, 28)	/* WAIT */
/* STORE_STATE, HEAP_OPERATION, PROT_REGION */
#define CSF_F_STATE			CSF_MASK(33, 32)
#define CSF_F_HEAP_OP			CSF_MASK(33, 32)
#define CSF_F_PROT_SIZE			CSF_MASK(15, 0)
/* RUN_COMPUTE and RUN_COMPUTE_INDIRECT */
#define CSF_F_PROGRESS			CSF_MASK(32, 32)
#define CSF_F_TASK_INCREMENT		CSF_MASK(13, 0)
#define CSF_F_TASK_AXIS			CSF_MASK(15, 14)
#define CSF_F_WG_PER_TASK		CSF_MASK(15, 0)
#define CSF_F_SRT_SELECT		CSF_MASK(41, 40)
#define CSF_F_SPD_SELECT		CSF_MASK(43, 42)
#define CSF_F_TSD_SELECT		CSF_MASK(45, 44)
#define CSF_F_FAU_SELECT		CSF_MASK(47, 46)
/* RUN_IDVS, RUN_TILING and RUN_FULLSCREEN */
#define CSF_F_FLAGS_OVERRIDE		CSF_MASK(31, 0)
#define CSF_F_IDVS_MALLOC		CSF_MASK(33, 33)
#define CSF_F_IDVS_DRAW_ID		CSF_MASK(34, 34)	/* SRC is a register */
#define CSF_F_IDVS_VARYING_SRT		CSF_MASK(35, 35)
#define CSF_F_IDVS_VARYING_FAU		CSF_MASK(36, 36)
#define CSF_F_IDVS_VARYING_TSD		CSF_MASK(37, 37)
#define CSF_F_IDVS_FRAGMENT_SRT		CSF_MASK(38, 38)
#define CSF_F_IDVS_FRAGMENT_TSD		CSF_MASK(39, 39)
/* RUN_FRAGMENT */
#define CSF_F_TILE_MAP			CSF_MASK(0, 0)
#define CSF_F_TILE_ORDER		CSF_MASK(7, 4)
/* FINISH_FRAGMENT */
#define CSF_F_FRAG_INCREMENT		CSF_MASK(0, 0)

/**
 * csf_get - extract a field of an instruction
 * @ins: instruction word
 * @field: mask of the field, not zero
 *
 * Return: the value, not sign-extended.
 */
static inline __u64 csf_get(__u64 ins, __u64 field)
{
	return (ins & field) >> __builtin_ctzll(field);
}

/**
 * csf_put - place a value in a field
 * @field: mask of the field, not zero
 * @value: value, of which bits beyond the field are dropped
 *
 * Return: an instruction word with only this field set.
 */
static inline __u64 csf_put(__u64 field, __u64 value)
{
	return value << __builtin_ctzll(field) & field;
}

static inline __u64 csf_op(enum csf_opcode op)
{
	return csf_put(CSF_F_OPCODE, op);
}

/* --- Encoders, one per instruction ------------------------------------------ */

static inline __u64 csf_nop(void)
{
	return csf_op(CSF_OP_NOP);
}

static inline __u64 csf_move48(unsigned int dst, __u64 imm)
{
	return csf_op(CSF_OP_MOVE48) | csf_put(CSF_F_DST, dst) |
	       csf_put(CSF_F_IMM48, imm);
}

static inline __u64 csf_move32(unsigned int dst, __u32 imm)
{
	return csf_op(CSF_OP_MOVE32) | csf_put(CSF_F_DST, dst) |
	       csf_put(CSF_F_IMM32, imm);
}

/* @entries: mask of scoreboard entries */
static inline __u64 csf_wait(unsigned int entries)
{
	return csf_op(CSF_OP_WAIT) | csf_put(CSF_F_WAIT_ENTRIES, entries);
}

/* @increment: workgroups per task along @axis */
static inline __u64 csf_run_compute(unsigned int increment, unsigned int axis,
				    unsigned int progress)
{
	return csf_op(CSF_OP_RUN_COMPUTE) |
	       csf_put(CSF_F_TASK_INCREMENT, increment) |
	       csf_put(CSF_F_TASK_AXIS, axis) |
	       csf_put(CSF_F_PROGRESS, progress);
}

static inline __u64 csf_run_compute_indirect(unsigned int wg_per_task,
					     unsigned int progress)
{
	return csf_op(CSF_OP_RUN_COMPUTE_INDIRECT) |
	       csf_put(CSF_F_WG_PER_TASK, wg_per_task) |
	       csf_put(CSF_F_PROGRESS, progress);
}

static inline __u64 csf_run_tiling(__u32 flags, unsigned int progress)
{
	return csf_op(CSF_OP_RUN_TILING) |
	       csf_put(CSF_F_FLAGS_OVERRIDE, flags) |
	       csf_put(CSF_F_PROGRESS, progress);
}

static inline __u64 csf_run_idvs(__u32 flags, unsigned int progress,
				 unsigned int malloc)
{
	return csf_op(CSF_OP_RUN_IDVS) | csf_put(CSF_F_FLAGS_OVERRIDE, flags) |
	       csf_put(CSF_F_PROGRESS, progress) |
	       csf_put(CSF_F_IDVS_MALLOC, malloc);
}

static inline __u64 csf_run_fragment(unsigned int tile_map, unsigned int order,
				     unsigned int progress)
{
	return csf_op(CSF_OP_RUN_FRAGMENT) | csf_put(CSF_F_TILE_MAP, tile_map) |
	       csf_put(CSF_F_TILE_ORDER, order) |
	       csf_put(CSF_F_PROGRESS, progress);
}

/* @dcd: register pair with the address of the draw call descriptor */
static inline __u64 csf_run_fullscreen(__u32 flags, unsigned int dcd,
				       unsigned int progress)
{
	return csf_op(CSF_OP_RUN_FULLSCREEN) |
	       csf_put(CSF_F_FLAGS_OVERRIDE, flags) | csf_put(CSF_F_SRC, dcd) |
	       csf_put(CSF_F_PROGRESS, progress);
}

static inline __u64 csf_finish_tiling(unsigned int progress)
{
	return csf_op(CSF_OP_FINISH_TILING) | csf_put(CSF_F_PROGRESS, progress);
}

/* @first, @last: register pairs with the first and last chunk of a list */
static inline __u64 csf_finish_fragment(unsigned int increment,
					unsigned int first, unsigned int last,
					unsigned int wait, unsigned int slot)
{
	return csf_op(CSF_OP_FINISH_FRAGMENT) |
	       csf_put(CSF_F_FRAG_INCREMENT, increment) |
	       csf_put(CSF_F_SRC, first) | csf_put(CSF_F_SRC2, last) |
	       csf_put(CSF_F_WAIT_MASK, wait) | csf_put(CSF_F_SLOT, slot);
}

static inline __u64 csf_add_imm32(unsigned int dst, unsigned int src, __s32 imm)
{
	return csf_op(CSF_OP_ADD_IMM32) | csf_put(CSF_F_DST, dst) |
	       csf_put(CSF_F_SRC, src) | csf_put(CSF_F_IMM32, (__u32)imm);
}

static inline __u64 csf_add_imm64(unsigned int dst, unsigned int src, __s32 imm)
{
	return csf_op(CSF_OP_ADD_IMM64) | csf_put(CSF_F_DST, dst) |
	       csf_put(CSF_F_SRC, src) | csf_put(CSF_F_IMM32, (__u32)imm);
}

static inline __u64 csf_umin32(unsigned int dst, unsigned int a, unsigned int b)
{
	return csf_op(CSF_OP_UMIN32) | csf_put(CSF_F_DST, dst) |
	       csf_put(CSF_F_SRC, a) | csf_put(CSF_F_SRC2, b);
}

/* For each bit i of @mask: register base + i := word at [addr] + offset + 4 * i */
static inline __u64 csf_load_multiple(unsigned int base, unsigned int addr,
				      unsigned int mask, int offset)
{
	return csf_op(CSF_OP_LOAD_MULTIPLE) | csf_put(CSF_F_DST, base) |
	       csf_put(CSF_F_SRC, addr) | csf_put(CSF_F_REG_MASK, mask) |
	       csf_put(CSF_F_OFFSET16, (__u64)offset);
}

static inline __u64 csf_store_multiple(unsigned int base, unsigned int addr,
				       unsigned int mask, int offset)
{
	return csf_op(CSF_OP_STORE_MULTIPLE) | csf_put(CSF_F_DST, base) |
	       csf_put(CSF_F_SRC, addr) | csf_put(CSF_F_REG_MASK, mask) |
	       csf_put(CSF_F_OFFSET16, (__u64)offset);
}

/* @offset: number of instructions, counted from the one after the branch */
static inline __u64 csf_branch(unsigned int cond, unsigned int reg, int offset)
{
	return csf_op(CSF_OP_BRANCH) | csf_put(CSF_F_BRANCH_COND, cond) |
	       csf_put(CSF_F_SRC, reg) | csf_put(CSF_F_OFFSET16, (__u64)offset);
}

static inline __u64 csf_set_sb_entry(unsigned int endpoint, unsigned int other)
{
	return csf_op(CSF_OP_SET_SB_ENTRY) |
	       csf_put(CSF_F_SB_ENDPOINT, endpoint) |
	       csf_put(CSF_F_SB_OTHER, other);
}

static inline __u64 csf_progress_wait(unsigned int queue, unsigned int src)
{
	return csf_op(CSF_OP_PROGRESS_WAIT) |
	       csf_put(CSF_F_PROGRESS_QUEUE, queue) | csf_put(CSF_F_SRC, src);
}

static inline __u64 csf_set_exception_handler(unsigned int type,
					      unsigned int addr,
					      unsigned int len)
{
	return csf_op(CSF_OP_SET_EXCEPTION_HANDLER) |
	       csf_put(CSF_F_EXCEPTION_TYPE, type) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, len);
}

/* @addr: register pair with the address, @len: register with the size in bytes */
static inline __u64 csf_call(unsigned int addr, unsigned int len)
{
	return csf_op(CSF_OP_CALL) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, len);
}

static inline __u64 csf_jump(unsigned int addr, unsigned int len)
{
	return csf_op(CSF_OP_JUMP) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, len);
}

static inline __u64 csf_req_resource(unsigned int mask)
{
	return csf_op(CSF_OP_REQ_RESOURCE) | csf_put(CSF_F_RESOURCES, mask);
}

/* @id: register with the flush ID from when the stream was built, or zero */
static inline __u64 csf_flush_cache2(unsigned int l2, unsigned int lsc,
				     unsigned int other, unsigned int id,
				     unsigned int wait, unsigned int slot)
{
	return csf_op(CSF_OP_FLUSH_CACHE2) | csf_put(CSF_F_FLUSH_L2, l2) |
	       csf_put(CSF_F_FLUSH_LSC, lsc) |
	       csf_put(CSF_F_FLUSH_OTHER, other) | csf_put(CSF_F_SRC, id) |
	       csf_put(CSF_F_WAIT_MASK, wait) | csf_put(CSF_F_SLOT, slot);
}

static inline __u64 csf_sync_write(enum csf_opcode op, unsigned int addr,
				   unsigned int data, unsigned int propagate,
				   unsigned int scope, unsigned int wait,
				   unsigned int slot)
{
	return csf_op(op) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, data) |
	       csf_put(CSF_F_SYNC_PROPAGATE, propagate) |
	       csf_put(CSF_F_SYNC_SCOPE, scope) |
	       csf_put(CSF_F_WAIT_MASK, wait) | csf_put(CSF_F_SLOT, slot);
}

static inline __u64 csf_sync_add32(unsigned int addr, unsigned int data,
				   unsigned int propagate, unsigned int scope,
				   unsigned int wait, unsigned int slot)
{
	return csf_sync_write(CSF_OP_SYNC_ADD32, addr, data, propagate, scope,
			      wait, slot);
}

static inline __u64 csf_sync_set32(unsigned int addr, unsigned int data,
				   unsigned int propagate, unsigned int scope,
				   unsigned int wait, unsigned int slot)
{
	return csf_sync_write(CSF_OP_SYNC_SET32, addr, data, propagate, scope,
			      wait, slot);
}

static inline __u64 csf_sync_add64(unsigned int addr, unsigned int data,
				   unsigned int propagate, unsigned int scope,
				   unsigned int wait, unsigned int slot)
{
	return csf_sync_write(CSF_OP_SYNC_ADD64, addr, data, propagate, scope,
			      wait, slot);
}

static inline __u64 csf_sync_set64(unsigned int addr, unsigned int data,
				   unsigned int propagate, unsigned int scope,
				   unsigned int wait, unsigned int slot)
{
	return csf_sync_write(CSF_OP_SYNC_SET64, addr, data, propagate, scope,
			      wait, slot);
}

static inline __u64 csf_sync_wait32(unsigned int addr, unsigned int data,
				    unsigned int cond, unsigned int reject)
{
	return csf_op(CSF_OP_SYNC_WAIT32) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, data) | csf_put(CSF_F_SYNC_COND, cond) |
	       csf_put(CSF_F_SYNC_REJECT, reject);
}

static inline __u64 csf_sync_wait64(unsigned int addr, unsigned int data,
				    unsigned int cond, unsigned int reject)
{
	return csf_op(CSF_OP_SYNC_WAIT64) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_SRC2, data) | csf_put(CSF_F_SYNC_COND, cond) |
	       csf_put(CSF_F_SYNC_REJECT, reject);
}

static inline __u64 csf_store_state(unsigned int addr, int offset,
				    unsigned int state, unsigned int wait,
				    unsigned int slot)
{
	return csf_op(CSF_OP_STORE_STATE) | csf_put(CSF_F_SRC, addr) |
	       csf_put(CSF_F_OFFSET16, (__u64)offset) |
	       csf_put(CSF_F_STATE, state) | csf_put(CSF_F_WAIT_MASK, wait) |
	       csf_put(CSF_F_SLOT, slot);
}

static inline __u64 csf_progress_store(unsigned int src)
{
	return csf_op(CSF_OP_PROGRESS_STORE) | csf_put(CSF_F_SRC, src);
}

static inline __u64 csf_progress_load(unsigned int dst)
{
	return csf_op(CSF_OP_PROGRESS_LOAD) | csf_put(CSF_F_DST, dst);
}

static inline __u64 csf_error_barrier(void)
{
	return csf_op(CSF_OP_ERROR_BARRIER);
}

static inline __u64 csf_heap_set(unsigned int addr)
{
	return csf_op(CSF_OP_HEAP_SET) | csf_put(CSF_F_SRC, addr);
}

static inline __u64 csf_heap_operation(unsigned int op, unsigned int wait,
				       unsigned int slot)
{
	return csf_op(CSF_OP_HEAP_OPERATION) | csf_put(CSF_F_HEAP_OP, op) |
	       csf_put(CSF_F_WAIT_MASK, wait) | csf_put(CSF_F_SLOT, slot);
}

/* @base: first of @count registers to record */
static inline __u64 csf_trace_point(unsigned int base, unsigned int count,
				    unsigned int wait, unsigned int slot)
{
	return csf_op(CSF_OP_TRACE_POINT) | csf_put(CSF_F_SRC2, base) |
	       csf_put(CSF_F_SRC, count) | csf_put(CSF_F_WAIT_MASK, wait) |
	       csf_put(CSF_F_SLOT, slot);
}

/* @count: number of following instructions that run in protected mode */
static inline __u64 csf_prot_region(unsigned int count)
{
	return csf_op(CSF_OP_PROT_REGION) | csf_put(CSF_F_PROT_SIZE, count);
}

#endif /* _CSF_ISA_H_ */
