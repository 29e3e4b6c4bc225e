/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_FORMS_H_
#define _VCSF_SHADER_FORMS_H_

/* The table of instruction forms: encoding, operands, modifiers, execution */

#include "shader/alu.h"
#include "shader/types.h"

#define VSH_OPCODE_FIRST	48
#define VSH_OPCODE_BITS		9
#define VSH_PAGE_FIRST		57
#define VSH_FLOW_FIRST		59
#define VSH_RESERVED_BIT	63
#define VSH_DEST_FIRST		40
#define VSH_SR16_FIRST		16

#define VSH_MAX_SRC		4
#define VSH_MAX_MODS		14
#define VSH_MAX_IMMS		2

enum vsh_mod {
	VSH_MOD_NONE,
	VSH_MOD_CONSERVATIVE,
	VSH_MOD_EQ,
	VSH_MOD_COND,
	VSH_MOD_ABSOLUTE,
	VSH_MOD_SLOT,
	VSH_MOD_VECTOR_SIZE,
	VSH_MOD_REG_FORMAT,
	VSH_MOD_SAMPLE_MODE,
	VSH_MOD_UPDATE_MODE,
	VSH_MOD_SOURCE_FORMAT,
	VSH_MOD_MEMORY_ACCESS,
	VSH_MOD_LOAD_LANE_8_BIT,
	VSH_MOD_UNSIGNED,
	VSH_MOD_LOAD_LANE_16_BIT,
	VSH_MOD_LOAD_LANE_24_BIT,
	VSH_MOD_LOAD_LANE_32_BIT,
	VSH_MOD_LOAD_LANE_48_BIT,
	VSH_MOD_LOAD_LANE_64_BIT,
	VSH_MOD_LOAD_LANE_96_BIT,
	VSH_MOD_LOAD_LANE_128_BIT,
	VSH_MOD_ATOMIC,
	VSH_MOD_ATOMIC1,
	VSH_MOD_MEMORY_ACCESS_CVT,
	VSH_MOD_Z,
	VSH_MOD_STENCIL,
	VSH_MOD_ROUND_MODE,
	VSH_MOD_SUBGROUP_SIZE,
	VSH_MOD_NAN_MODE,
	VSH_MOD_FTZ,
	VSH_MOD_FLUSH_INF,
	VSH_MOD_SQRT,
	VSH_MOD_LOG,
	VSH_MOD_SATURATE,
	VSH_MOD_RHADD,
	VSH_MOD_LANE_OP,
	VSH_MOD_INACTIVE_RESULT,
	VSH_MOD_CLAMP,
	VSH_MOD_SECOND,
	VSH_MOD_NOT_RESULT,
	VSH_MOD_SIGNED,
	VSH_MOD_MUX,
	VSH_MOD_RESULT_TYPE,
	VSH_MOD_COMPARE,
	VSH_MOD_SKIP,
	VSH_MOD_REG_TYPE,
	VSH_MOD_REG_WIDTH,
	VSH_MOD_WRITE_MASK,
	VSH_MOD_DIMENSION,
	VSH_MOD_WIDE_INDICES,
	VSH_MOD_ARRAY_ENABLE,
	VSH_MOD_TEXEL_OFFSET,
	VSH_MOD_SHADOW,
	VSH_MOD_LOD_MODE,
	VSH_MOD_INT_COORDS,
	VSH_MOD_FETCH_COMPONENT,
	VSH_MOD_LOD_BIAS_DISABLE,
	VSH_MOD_LOD_CLAMP_DISABLE,
	VSH_MOD_SECOND_WIDTH,
	VSH_MOD_SAMPLE_UPDATE,
	VSH_MOD_VARTEX_WIDTH,
	VSH_MOD_NEG,
	VSH_MOD_PRESERVE_NULL,
	VSH_MOD_SR_COUNT,
	VSH_MOD_SR_WRITES,
	VSH_MOD_COUNT,
};

enum vsh_imm_id {
	VSH_IMM_NONE,
	VSH_IMM_OFFSET27,
	VSH_IMM_OFFSET16,
	VSH_IMM_OFFSET8,
	VSH_IMM_CONSTANT,
	VSH_IMM_TARGET,
	VSH_IMM_TABLE8,
	VSH_IMM_TABLE16,
	VSH_IMM_INDEX12,
	VSH_IMM_INDEX16,
	VSH_IMM_INDEX12_4,
	VSH_IMM_INDEX20,
	VSH_IMM_SHIFT,
	VSH_IMM_COUNT,
};

/**
 * struct vsh_field - a modifier
 */
struct vsh_field {
	/** @name: Name; the text of a flag that is set. */
	const char *name;
	/** @first: First bit. */
	u8 first;
	/** @bits: Number of bits. */
	u8 bits;
	/** @hidden: Value that the text leaves out, VSH_NO_DEFAULT for none. */
	u8 hidden;
	/**
	 * @names: Names by value, NULL for those that are reserved; NULL for a
	 * flag or a number.
	 */
	const char *const *names;
};

#define VSH_NO_DEFAULT		0xff

/**
 * struct vsh_imm - an immediate value
 */
struct vsh_imm {
	/** @name: Name; "constant" is written without it. */
	const char *name;
	/** @first: First bit. */
	u8 first;
	/** @bits: Number of bits. */
	u8 bits;
	/** @sign: The value is signed. */
	bool sign;
};

/* How a source is read: one of these, and flags */
enum vsh_src {
	VSH_SRC_NONE,
	VSH_SRC_R32,		/* 32 bits as they are */
	VSH_SRC_R64,		/* a pair */
	VSH_SRC_R16,		/* two halves as they are */
	VSH_SRC_WIDEN8,		/* four bytes, permuted */
	VSH_SRC_WIDEN16,	/* two halves, from halves or bytes */
	VSH_SRC_WIDEN32,	/* 32 bits, from a word, half or byte */
	VSH_SRC_WIDEN64,	/* 64 bits, from a pair, word, half or byte */
	VSH_SRC_SWZ16,		/* two halves, permuted */
	VSH_SRC_SWZ32,		/* a 32-bit float, from one or from a half */
	VSH_SRC_HALVES,		/* two halves, from two bytes */
	VSH_SRC_LANES,		/* one byte */
	VSH_SRC_LANE8,		/* one byte, extended to 32 bits */
	VSH_SRC_LANE16,		/* one half */
	VSH_SRC_BYTE,		/* one byte, of the first or second source */
	VSH_SRC_COMBINE,	/* a condition, word or half */
	VSH_SRC_KIND = 0xf,
	VSH_SRC_ABSNEG = 0x10,
	VSH_SRC_NOT = 0x20,
	VSH_SRC_FLOAT = 0x40,
};

/* What executes a form */
enum vsh_opkind {
	VSH_OP_NONE,		/* nothing: a fault with the form's name */
	VSH_OP_NOP,
	VSH_OP_ALU,
	VSH_OP_BRANCHZ,
	VSH_OP_BARRIER,
	VSH_OP_LOAD,
	VSH_OP_STORE,
	VSH_OP_LD_BUFFER,
	VSH_OP_LEA_BUFFER,
	VSH_OP_LEA_BUF,
	VSH_OP_ATOM,
	VSH_OP_ATOM_RETURN,
	VSH_OP_ATOM1,
	VSH_OP_TEX_FETCH,	/* this and all below: image.c */
	VSH_OP_LD_TEX,
	VSH_OP_LEA_TEX,
	VSH_OP_LD_CVT,
	VSH_OP_ST_CVT,
};

#define VSH_F_DEST		0x001	/* writes a register */
#define VSH_F_DEST64		0x002	/* writes a pair */
#define VSH_F_SIGNED		0x004	/* sources are sign-extended */
#define VSH_F_SR_READ		0x008	/* staging registers at 40 are read */
#define VSH_F_SR_WRITE		0x010	/* staging registers at 40 are written */
#define VSH_F_SR_RW		0x020	/* staging at 40 is read, at 16 written */
#define VSH_F_SR_PLAIN		0x040	/* staging at 40 is read, without flags */
#define VSH_F_SR16		0x080	/* staging registers at 16 are written */

/**
 * struct vsh_form - a form of an instruction
 */
struct vsh_form {
	/** @name: Name in Mesa's assembler. */
	const char *name;
	/** @opcode: Primary opcode. */
	u16 opcode;
	/** @secondary: Secondary opcode and where it is, SEC(). */
	u32 secondary;
	/** @flags: VSH_F_*. */
	u16 flags;
	/** @src: How each source is read; a hole follows a pair in messages. */
	u8 src[VSH_MAX_SRC];
	/** @mods: Modifiers, in the order of the text. */
	u8 mods[VSH_MAX_MODS];
	/** @imms: Immediates. */
	u8 imms[VSH_MAX_IMMS];
	/** @op: What executes it. */
	u8 op;
	/** @weight: What it costs, without accesses to memory; 0 for 1. */
	u8 weight;
	/** @alu: The function, for VSH_OP_ALU. */
	void (*alu)(struct vsh_alu *x);
};

/* A secondary opcode: its value, first bit, and the bits that count */
#define SEC(value, first, mask)	((value) | (first) << 9 | (mask) << 15)
#define ANY			0

static inline u64 vsh_form_mask(const struct vsh_form *form)
{
	return (u64)(form->secondary >> 15) << (form->secondary >> 9 & 0x3f);
}

static inline u64 vsh_form_match(const struct vsh_form *form)
{
	return (u64)(form->secondary & 0x1ff) << (form->secondary >> 9 & 0x3f);
}

extern const struct vsh_form vsh_forms_alu[], vsh_forms_convert[];
extern const struct vsh_form vsh_forms_message[];
extern const unsigned int vsh_forms_alu_count, vsh_forms_convert_count;
extern const unsigned int vsh_forms_message_count;
extern const struct vsh_field vsh_mods[VSH_MOD_COUNT];
extern const struct vsh_imm vsh_imms[VSH_IMM_COUNT];

const struct vsh_form *vsh_form_find(u64 word);
const struct vsh_form *vsh_form_at(unsigned int index);
u64 vsh_form_known(const struct vsh_form *form);
unsigned int vsh_src_first(const struct vsh_form *form, unsigned int i,
			   unsigned int *bits);

static inline u32 vsh_mod(u64 word, enum vsh_mod mod)
{
	return vsh_bits(word, vsh_mods[mod].first, vsh_mods[mod].bits);
}

u32 vsh_constant(unsigned int index);
const char *vsh_part_name(unsigned int kind, unsigned int value, char text[4]);
const char *vsh_flow_name(unsigned int flow);
const char *vsh_special_name(unsigned int page, unsigned int pair);
bool vsh_form_has(const struct vsh_form *form, enum vsh_mod mod);

static inline s64 vsh_imm_value(u64 word, enum vsh_imm_id id)
{
	u64 value = vsh_bits(word, vsh_imms[id].first, vsh_imms[id].bits);

	return vsh_imms[id].sign ? vsh_sext(value, vsh_imms[id].bits) :
				   (s64)value;
}

#endif /* _VCSF_SHADER_FORMS_H_ */
