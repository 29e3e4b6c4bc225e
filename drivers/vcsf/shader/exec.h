/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_EXEC_H_
#define _VCSF_SHADER_EXEC_H_

/* What the files of the interpreter share: decoded instructions, execution */

#include "shader/forms.h"
#include "shader/shader.h"

/* Where an operand comes from */
enum vsh_from {
	VSH_FROM_NONE,
	VSH_FROM_REG,
	VSH_FROM_CONST,
	VSH_FROM_UNIFORM,
	VSH_FROM_SPECIAL,
};

/* What is done with it */
enum vsh_shape {
	VSH_SHAPE_WORD,		/* unchanged */
	VSH_SHAPE_PART,		/* a byte or half, extended */
	VSH_SHAPE_BYTES,	/* bytes permuted */
	VSH_SHAPE_HALVES,	/* two bytes, each extended to a half */
	VSH_SHAPE_FLOAT,	/* a half-precision float, to single precision */
	VSH_SHAPE_PAIR,		/* two registers */
	VSH_SHAPE_WIDE,		/* a word, half or byte extended to 64 bits */
};

/**
 * struct vsh_operand - a decoded source
 */
struct vsh_operand {
	/** @from: Where it comes from. */
	u8 from;
	/** @index: Register, uniform or special value. */
	u8 index;
	/** @shape: What is done with it. */
	u8 shape;
	/** @sign: Parts are sign-extended. */
	bool sign;
	/** @first: First bit of a part. */
	u8 first;
	/** @bits: Bits of a part. */
	u8 bits;
	/** @sel: Byte that goes to each byte. */
	u8 sel[4];
	/** @value: The constant. */
	u32 value;
	/** @and_mask: Applied to the result, for an absolute value. */
	u32 and_mask;
	/** @xor_mask: Applied after that, for a negation. */
	u32 xor_mask;
	/** @direct: It is a register, unchanged. */
	bool direct;
};

/**
 * struct vsh_insn - a decoded instruction
 */
struct vsh_insn {
	/** @pc: Its address, odd if the entry is empty. */
	u64 pc;
	/**
	 * @generation: &vsh_icache.generation when memory had the encoding, the
	 * largest one if the entry is empty.
	 */
	u64 generation;
	/** @word: Its encoding. */
	u64 word;
	/** @form: Its form, NULL if it has none. */
	const struct vsh_form *form;
	/** @alu: Function of an arithmetic instruction. */
	void (*alu)(struct vsh_alu *x);
	/** @touched: Registers that it reads or writes. */
	u64 touched;
	/** @written: Registers that a message writes. */
	u64 written;
	/** @op: What executes it. */
	u8 op;
	/** @fault: Fault that it raises. */
	u8 fault;
	/** @waits: Slots that it waits for. */
	u8 waits;
	/** @flow: Flow control, VSH_FLOW_*. */
	u8 flow;
	/** @plain: Behind it are all lanes at the next instruction, without a wait. */
	bool plain;
	/** @in_place: The function may write the register itself, lane by lane. */
	bool in_place;
	/** @dest: Destination. */
	u8 dest;
	/** @dest_mask: Halves of it that are written. */
	u8 dest_mask;
	/** @wide: The destination is a pair. */
	bool wide;
	/** @halve: The result is converted to half precision. */
	bool halve;
	/** @format: Format of the floats that it computes with, VSH_FTZ_*. */
	u8 format;
	/** @weight: What it costs, without accesses to memory. */
	u8 weight;
	/** @sources: Number of sources of an arithmetic instruction. */
	u8 sources;
	/** @floats: Sources that are floats, as bits. */
	u8 floats;
	/** @slot: Slot of a message. */
	u8 slot;
	/** @sr: Staging registers at bit 40. */
	u8 sr;
	/** @sr_count: How many. */
	u8 sr_count;
	/** @sr2: Staging registers at bit 16. */
	u8 sr2;
	/** @size: Bytes of memory. */
	u8 size;
	/** @lane: Part of a register that is loaded. */
	u8 lane;
	/** @imm: Immediate value. */
	s32 imm;
	/** @handle: Handle of a descriptor that the instruction names. */
	u32 handle;
	/** @src: Sources. */
	struct vsh_operand src[VSH_MAX_SRC];
};

enum vsh_flow {
	VSH_FLOW_WAIT_MAX = 7,	/* up to here, a mask of slots */
	VSH_FLOW_WAIT0126,
	VSH_FLOW_WAIT,
	VSH_FLOW_RECONVERGE,
	VSH_FLOW_DISCARD = 13,
	VSH_FLOW_END = 15,
};

#define VSH_SLOT_BARRIER	7
#define VSH_GENERAL_SLOTS	0x07

/* Special values */
enum vsh_special {
	VSH_SPECIAL_TLS,
	VSH_SPECIAL_WLS,
	VSH_SPECIAL_RESOURCES,
	VSH_SPECIAL_LANE,
	VSH_SPECIAL_CORE,
	VSH_SPECIAL_PC,
};

#define VSH_ICACHE_ENTRIES	512

/**
 * struct vsh_icache - decoded instructions, by address and encoding
 */
struct vsh_icache {
	/** @generation: Counts invalidations. */
	u64 generation;
	/** @insn: The instructions. */
	struct vsh_insn insn[VSH_ICACHE_ENTRIES];
};

/**
 * struct vsh_alu - operands and results of an arithmetic instruction
 */
struct vsh_alu {
	/** @s: Sources, 16 lanes each. */
	const u32 *s[VSH_MAX_SRC];
	/** @hi: Upper halves of 64-bit sources. */
	const u32 *hi[VSH_MAX_SRC];
	/** @d: Result. */
	u32 *d;
	/** @d_hi: Upper half of a 64-bit result. */
	u32 *d_hi;
	/** @word: The instruction. */
	u64 word;
	/** @active: Lanes that execute. */
	u16 active;
};

void vsh_decode(struct vsh_insn *insn, u64 word);
void vsh_decode_src(struct vsh_insn *insn, unsigned int i);
u32 vsh_shape_word(const struct vsh_operand *o, u32 value);

int vsh_fetch_word(struct vsh_group *g, struct vsh_warp *w,
		   const struct vsh_operand *o, u32 *to);
int vsh_fetch_wide(struct vsh_group *g, struct vsh_warp *w,
		   const struct vsh_operand *o, u32 *lo, u32 *hi);

u32 vsh_halve(u32 a);

/* What a channel of a texel is; the kinds from UNORM on are floats in registers. */
enum vsh_texel_kind {
	VSH_TEXEL_UINT,
	VSH_TEXEL_SINT,
	VSH_TEXEL_UNORM,
	VSH_TEXEL_SNORM,
	VSH_TEXEL_FLOAT,
};

/* Formats of registers, as instructions have them; AUTO16 stands for those of TEX_FETCH. */
enum vsh_reg {
	VSH_REG_AUTO,
	VSH_REG_AUTO16,
	VSH_REG_F32,
	VSH_REG_F16,
	VSH_REG_S32,
	VSH_REG_S16,
	VSH_REG_U32,
	VSH_REG_U16,
};

static inline bool vsh_reg_is_16(u32 reg)
{
	return reg & 1;
}

/* Component @n of registers from @reg on, where one of 16 bits has a half */
static inline u32 vsh_get_component(const struct vsh_warp *w, unsigned int lane,
				    unsigned int reg, bool half, unsigned int n)
{
	return half ? w->r[reg + n / 2][lane] >> (16 * (n & 1)) & 0xffff : w->r[reg + n][lane];
}

/* Components behind those of a texel */
#define VSH_TEXEL_ZERO	4
#define VSH_TEXEL_ONE	5

/**
 * struct vsh_texels - how a texel is stored
 */
struct vsh_texels {
	/** @kind: What its channels are, enum vsh_texel_kind. */
	u8 kind;
	/** @channels: Number of channels in memory. */
	u8 channels;
	/** @size: Bytes of a texel. */
	u8 size;
	/** @stencil: The plane says where it is. */
	bool stencil;
	/** @srgb: Channels but alpha are sRGB. */
	bool srgb;
	/** @bits: Width of each channel, from the low end on. */
	u8 bits[4];
	/** @order: Channel of memory for each of R, G, B, A. */
	u8 order[4];
};

bool vsh_texels_of(u32 format, struct vsh_texels *t);
bool vsh_texels_fit(const struct vsh_texels *t, u32 reg);
bool vsh_texels_can_store(const struct vsh_texels *t);
void vsh_texel_load(const struct vsh_texels *t, const u64 *memory, u32 reg, u32 *to);
void vsh_texel_store(const struct vsh_texels *t, const u32 *from, u32 reg, u64 *memory);

int vsh_fail(struct vsh_group *g, enum vsh_fault_type type, unsigned int lane,
	     u64 address);
int vsh_message(struct vsh_group *g, struct vsh_warp *w,
		const struct vsh_insn *insn);
int vsh_image_message(struct vsh_group *g, struct vsh_warp *w,
		      const struct vsh_insn *insn);
bool vsh_image_decode(struct vsh_insn *insn);
int vsh_access(struct vsh_group *g, int ret, unsigned int lane, u64 va);
int vsh_descriptor(struct vsh_group *g, u32 handle, unsigned int lane,
		   u64 *address);

static __always_inline int vsh_read(struct vsh_group *g, u64 va, void *to,
				    unsigned int size)
{
	g->cost++;

	return g->ops->load(g->data, va, to, size);
}

/*
 * Shaders load zero from addresses with this bit, and stores to them have no effect. It is the
 * address that LEA_BUFFER gives for what a buffer does not have.
 */
#define VSH_NOWHERE	0x8000000000000000ULL

static __always_inline int vsh_load_bytes(struct vsh_group *g, u64 va, void *to,
					  unsigned int size)
{
	if (!(va & VSH_NOWHERE))
		return vsh_read(g, va, to, size);
	g->cost++;
	memset(to, 0, size);

	return 0;
}

static __always_inline int vsh_store_bytes(struct vsh_group *g, u64 va, const void *from,
					   unsigned int size)
{
	g->cost++;

	return va & VSH_NOWHERE ? 0 : g->ops->store(g->data, va, from, size);
}

/* A handle that an instruction has in few bits: tables from 12 on are 60 to 63. */
static inline u32 vsh_narrow_handle(u32 table, u32 index)
{
	return (table < 12 ? table : table + 48) << VSH_HANDLE_TABLE | index;
}

static inline u64 vsh_wide(const u32 *lo, const u32 *hi, unsigned int l)
{
	return lo[l] | (u64)hi[l] << 32;
}

/* Convert a half-precision float to single precision; exact, without FPU */
static inline u32 vsh_half_to_float(u32 h)
{
	u32 sign = (h & 0x8000) << 16, magnitude = h & 0x7fff;
	u32 shift;

	if (magnitude >= 0x7c00)
		return sign | 0x7f800000 | (magnitude & 0x3ff) << 13;
	if (magnitude >= 0x0400)
		return sign | ((magnitude << 13) + (112u << 23));
	if (!magnitude)
		return sign;
	/* Subnormal: move the leading one to bit 10 */
	shift = __builtin_clz(magnitude) - 21;

	return sign | (((magnitude << shift) & 0x3ff) << 13) |
	       (113 - shift) << 23;
}

#endif /* _VCSF_SHADER_EXEC_H_ */
