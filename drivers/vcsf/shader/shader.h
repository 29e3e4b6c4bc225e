/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_H_
#define _VCSF_SHADER_H_

/**
 * DOC: Shader interpreter
 *
 * The interpreter executes Valhall (architecture 10) machine code. It is a
 * freestanding library: it allocates nothing, takes no lock, never sleeps and
 * knows no kernel header but those of types.h, so that the module, the tests
 * and the fuzzer compile the same source. All memory belongs to the caller.
 *
 * A &struct vsh_group is a workgroup: its warps of 16 lanes, and what the
 * launch gives to all of them (uniforms, resource table, local storage).
 * vsh_run() executes instructions up to a cost, to which memory accesses of
 * each lane add. It can be called again until it returns something other than
 * VSH_BUDGET or VSH_STALLED. Warps take turns, so that no warp can keep
 * another one from running.
 *
 * Memory is reached through &struct vsh_ops only. Each access returns 0,
 * -EAGAIN if it must be tried again later, or -EFAULT. The interpreter
 * remembers which lanes have had their access, so that a store or an atomic
 * happens once.
 *
 * An instruction that the interpreter does not know, or a modifier or an
 * operand whose meaning is not known, ends the workgroup with a fault. It
 * never guesses.
 *
 * Floating-point arithmetic is in fp.c only. A caller in the kernel calls
 * vsh_run() in an FPU section, with the default rounding mode and without
 * flushing of subnormal numbers.
 */

#include "shader/types.h"

#define VSH_LANES		16
#define VSH_REGS		64
#define VSH_ALL_LANES		0xffff
#define VSH_MAX_WARPS		64
#define VSH_SLOTS		3
#define VSH_PAGE		4096

/* 64 registers, or 16 low and 16 high ones */
#define VSH_REGS_64		(~0ULL)
#define VSH_REGS_32		0xffff00000000ffffULL

/* Formats of floats */
#define VSH_FTZ_32		1
#define VSH_FTZ_16		2

/* Offset of a resource handle's table, the index is below */
#define VSH_HANDLE_TABLE	24
/* The table of a handle whose index names a resource table, which is then a buffer */
#define VSH_TABLE_RESOURCES	62
#define VSH_RESOURCE_SIZE	16
#define VSH_DESCRIPTOR_SIZE	32

enum vsh_atomic {
	VSH_ATOMIC_ADD = 2,
	VSH_ATOMIC_SMIN = 8,
	VSH_ATOMIC_SMAX,
	VSH_ATOMIC_UMIN,
	VSH_ATOMIC_UMAX,
	VSH_ATOMIC_AND,
	VSH_ATOMIC_OR,
	VSH_ATOMIC_XOR,
	VSH_ATOMIC_XCHG,
	VSH_ATOMIC_CMPXCHG,
};

/**
 * struct vsh_ops - access to memory
 *
 * Each function but @page returns 0, -EAGAIN or -EFAULT.
 */
struct vsh_ops {
	/** @fetch: Read an instruction, at a multiple of 8. */
	int (*fetch)(void *data, u64 va, u64 *word);
	/** @load: Read @size bytes, 1 to 16, at any address. */
	int (*load)(void *data, u64 va, void *to, unsigned int size);
	/** @store: Write @size bytes, 1 to 16, at any address. */
	int (*store)(void *data, u64 va, const void *from, unsigned int size);
	/**
	 * @page: Find the %VSH_PAGE bytes that @va is in, to be read or
	 * written until vsh_run() returns. NULL if accesses have to be made by
	 * @load and @store: the page is not known, or has to be checked.
	 * There is none at an address with the top bit set.
	 */
	void *(*page)(void *data, u64 va, bool write);
	/**
	 * @atomic: Change 4 or 8 bytes, at a multiple of @size, and return the
	 * old value; vsh_atomic_result() computes the new one.
	 */
	int (*atomic)(void *data, u64 va, enum vsh_atomic op, unsigned int size,
		      u64 operand, u64 compare, u64 *old);
};

/* Why a workgroup ended early */
enum vsh_fault_type {
	VSH_FAULT_NONE,
	VSH_FAULT_FETCH,	/* no instruction could be read */
	VSH_FAULT_ENCODING,	/* no valid instruction */
	VSH_FAULT_UNSUPPORTED,	/* an instruction that is not implemented */
	VSH_FAULT_REGISTER,	/* a register that the program does not have */
	VSH_FAULT_UNIFORM,	/* a uniform that was not given */
	VSH_FAULT_WAIT,		/* a register whose message is under way */
	VSH_FAULT_DIVERGENCE,	/* lanes part without a reconverge */
	VSH_FAULT_ACCESS,	/* memory could not be accessed */
	VSH_FAULT_ALIGNMENT,	/* an atomic at an odd address */
	VSH_FAULT_DESCRIPTOR,	/* a resource or descriptor is invalid */
	VSH_FAULT_COUNT,
};

/**
 * struct vsh_fault - what ended a workgroup
 */
struct vsh_fault {
	/** @type: Kind of fault. */
	enum vsh_fault_type type;
	/** @name: Name of the instruction, NULL if it has none. */
	const char *name;
	/** @pc: Address of the instruction. */
	u64 pc;
	/** @word: The instruction. */
	u64 word;
	/** @address: Address of the memory access, if that failed. */
	u64 address;
	/** @warp: Warp. */
	u8 warp;
	/** @lane: First lane that is concerned. */
	u8 lane;
};

enum vsh_warp_state {
	VSH_WARP_READY,
	VSH_WARP_BARRIER,
	VSH_WARP_ENDED,
};

/**
 * struct vsh_warp - 16 lanes
 */
struct vsh_warp {
	/** @r: Registers, by number and lane. */
	u32 r[VSH_REGS][VSH_LANES];
	/** @pc: Where the active lanes are. */
	u64 pc;
	/** @lane_pc: Where each of the other live lanes waits. */
	u64 lane_pc[VSH_LANES];
	/** @live: Lanes that have not ended. */
	u16 live;
	/** @active: Lanes that execute. */
	u16 active;
	/** @done: Lanes whose access of the current message has happened. */
	u16 done;
	/** @state: Whether the warp can execute. */
	u8 state;
	/** @busy: Registers of any lane that a message is to write, by slot. */
	u64 busy[VSH_SLOTS];
	/** @lane_busy: The same by slot and lane. */
	u64 lane_busy[VSH_SLOTS][VSH_LANES];
};

struct vsh_icache;

/**
 * struct vsh_group - a workgroup
 */
struct vsh_group {
	/** @ops: Access to memory. */
	const struct vsh_ops *ops;
	/** @data: Handed to @ops. */
	void *data;
	/** @icache: Decoded instructions, shared by all groups of a core. */
	struct vsh_icache *icache;
	/** @uniforms: Uniforms. */
	const u32 *uniforms;
	/** @uniform_count: Number of 32-bit uniforms. */
	unsigned int uniform_count;
	/** @resources: Resource table, the number of entries in bits 5:0. */
	u64 resources;
	/** @tls: Thread-local storage of lane 0 of warp 0. */
	u64 tls;
	/** @tls_size: Bytes of it per lane. */
	u32 tls_size;
	/** @wls: Workgroup-local storage. */
	u64 wls;
	/** @core: Number of the core. */
	u32 core;
	/** @registers: Registers that the program has, VSH_REGS_*. */
	u64 registers;
	/** @ftz: Formats whose subnormal numbers are flushed to zero. */
	u8 ftz;
	/** @check_waits: Fault on registers whose message is under way. */
	bool check_waits;
	/** @warps: The warps. */
	struct vsh_warp *warps;
	/** @warp_count: Number of warps, 1 to VSH_MAX_WARPS. */
	unsigned int warp_count;
	/** @current_warp: Warp that executes next. */
	unsigned int current_warp;
	/** @executed: Instructions executed by all warps. */
	u64 executed;
	/** @cost: Instructions, and accesses to memory of each lane. */
	u64 cost;
	/** @decoded: Instructions decoded since the caller cleared it. */
	u64 decoded;
	/** @fault: What ended the group. */
	struct vsh_fault fault;
};

enum vsh_result {
	VSH_DONE,		/* all lanes have ended */
	VSH_BUDGET,		/* the instructions are used up */
	VSH_STALLED,		/* an access has to be repeated */
	VSH_FAULTED,		/* see &vsh_group.fault */
};

void vsh_group_start(struct vsh_group *g, u64 pc, unsigned int lanes);
enum vsh_result vsh_run(struct vsh_group *g, unsigned int max);

size_t vsh_icache_size(void);
void vsh_icache_init(struct vsh_icache *icache);
void vsh_icache_invalidate(struct vsh_icache *icache);

u64 vsh_atomic_result(enum vsh_atomic op, unsigned int size, u64 old,
		      u64 operand, u64 compare);

const char *vsh_fault_name(enum vsh_fault_type type);
unsigned int vsh_disasm(u64 word, char *text, unsigned int size);

#define VSH_DISASM_MAX		256

#endif /* _VCSF_SHADER_H_ */
