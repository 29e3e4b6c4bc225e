// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Decodes instructions.
 *
 * vsh_decode() turns 64 bits into a struct vsh_insn once; the instruction
 * cache keeps it. Everything that can be wrong with an encoding is found
 * here and recorded as the fault that executing the instruction raises:
 * unknown opcodes, bits that mean nothing, reserved values of fields, pairs
 * that are not aligned, modifiers whose meaning is not known.
 */

#include "shader/exec.h"

static const u32 vsh_constants[] = {
	0x00000000, 0xffffffff, 0x7fffffff, 0xfafcfdfe,
	0x01000000, 0x80002000, 0x70605030, 0xc0b0a090,
	0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
	0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
	0x3f800000, 0x3dcccccd, 0x3ea2f983, 0x3f317218,
	0x40490fdb, 0x00000000, 0x477fff00, 0x5c005bf8,
	0x2e660000, 0x34000000, 0x38000000, 0x3c000000,
	0x40000000, 0x44000000, 0x48000000, 0x42480000,
};

/**
 * vsh_constant - get a constant of the table that instructions refer to
 * @index: its number, below 32
 *
 * Return: the constant.
 */
u32 vsh_constant(unsigned int index)
{
	return vsh_constants[index];
}

/* By page and pair; those that only graphics has are left out. */
static const struct {
	u8 page;
	u8 pair;
	u8 special;
	bool one_word;
} vsh_specials[] = {
	{ 1, 1, VSH_SPECIAL_TLS, false },
	{ 1, 3, VSH_SPECIAL_WLS, false },
	{ 1, 7, VSH_SPECIAL_RESOURCES, false },
	{ 3, 1, VSH_SPECIAL_LANE, true },
	{ 3, 3, VSH_SPECIAL_CORE, true },
	{ 3, 15, VSH_SPECIAL_PC, false },
};

#define VSH_BYTES(a, b, c, d)	{ a, b, c, d }

static const u8 vsh_swizzle8[][4] = {
	VSH_BYTES(0, 1, 2, 3), VSH_BYTES(3, 2, 1, 0), VSH_BYTES(0, 1, 0, 1),
	VSH_BYTES(2, 3, 2, 3), VSH_BYTES(0, 0, 0, 0), VSH_BYTES(1, 1, 1, 1),
	VSH_BYTES(2, 2, 2, 2), VSH_BYTES(3, 3, 3, 3), VSH_BYTES(2, 3, 0, 1),
	VSH_BYTES(1, 0, 3, 2), VSH_BYTES(0, 0, 1, 1), VSH_BYTES(2, 2, 3, 3),
};

/* The two bytes of values 4 to 13 of a 16-bit source */
static const u8 vsh_swizzle16[][2] = {
	{ 0, 0 }, { 2, 0 }, { 0, 2 }, { 2, 2 }, { 1, 1 },
	{ 3, 1 }, { 1, 3 }, { 3, 3 }, { 0, 1 }, { 2, 3 },
};

static void vsh_invalid(struct vsh_insn *insn)
{
	insn->fault = VSH_FAULT_ENCODING;
}

/* Something that has an encoding, but no meaning that is known */
static void vsh_unsupported(struct vsh_insn *insn)
{
	if (!insn->fault)
		insn->fault = VSH_FAULT_UNSUPPORTED;
}

static void vsh_decode_special(struct vsh_insn *insn, struct vsh_operand *o,
			       unsigned int value)
{
	unsigned int page = vsh_bits(insn->word, VSH_PAGE_FIRST, 2), i;

	o->from = VSH_FROM_SPECIAL;
	for (i = 0; i < VSH_ARRAY_SIZE(vsh_specials); i++) {
		if (vsh_specials[i].page != page ||
		    vsh_specials[i].pair != value / 2)
			continue;
		o->index = vsh_specials[i].special * 2 + value % 2;
		if (vsh_specials[i].one_word && value % 2)
			vsh_unsupported(insn);
		return;
	}
	vsh_unsupported(insn);
}

static void vsh_decode_from(struct vsh_insn *insn, struct vsh_operand *o,
			    u8 byte)
{
	u8 value = byte & 0x3f;

	switch (byte >> 6) {
	case 2:
		o->from = VSH_FROM_UNIFORM;
		o->index = value | vsh_bits(insn->word, VSH_PAGE_FIRST, 2) << 6;
		return;
	case 3:
		if (value >= VSH_ARRAY_SIZE(vsh_constants)) {
			vsh_decode_special(insn, o, value - 32);
			return;
		}
		o->from = VSH_FROM_CONST;
		o->index = value;
		o->value = vsh_constants[value];
		return;
	default:
		o->from = VSH_FROM_REG;
		o->index = value;
	}
}

static void vsh_part(struct vsh_operand *o, unsigned int bits, unsigned int i)
{
	o->shape = VSH_SHAPE_PART;
	o->bits = bits;
	o->first = bits * i;
}

/* Values of 32-bit sources: 0 the word, 2 and 3 halves, 4 to 7 bytes */
static void vsh_decode_widen32(struct vsh_insn *insn, struct vsh_operand *o,
			       unsigned int value)
{
	if (value >= 8 || value == 1)
		vsh_invalid(insn);
	else if (value >= 4)
		vsh_part(o, 8, value - 4);
	else if (value)
		vsh_part(o, 16, value - 2);
}

static void vsh_decode_widen64(struct vsh_insn *insn, struct vsh_operand *o,
			       unsigned int value)
{
	if (!value) {
		o->shape = VSH_SHAPE_PAIR;
		return;
	}
	if (value == 8)
		vsh_part(o, 32, 0);
	else
		vsh_decode_widen32(insn, o, value);
	o->shape = VSH_SHAPE_WIDE;
}

static void vsh_permute(struct vsh_operand *o, unsigned int lo, unsigned int hi)
{
	o->shape = VSH_SHAPE_BYTES;
	o->sel[0] = lo * 2;
	o->sel[1] = lo * 2 + 1;
	o->sel[2] = hi * 2;
	o->sel[3] = hi * 2 + 1;
	if (!lo && hi)
		o->shape = VSH_SHAPE_WORD;
}

static void vsh_decode_widen16(struct vsh_insn *insn, struct vsh_operand *o,
			       unsigned int value)
{
	if (value < 4) {
		vsh_permute(o, value & 1, value >> 1);
		return;
	}
	value -= 4;
	if (value >= VSH_ARRAY_SIZE(vsh_swizzle16)) {
		vsh_invalid(insn);
		return;
	}
	o->shape = VSH_SHAPE_HALVES;
	memcpy(o->sel, vsh_swizzle16[value], 2);
}

static void vsh_decode_shape(struct vsh_insn *insn, struct vsh_operand *o,
			     unsigned int kind, unsigned int value)
{
	switch (kind) {
	case VSH_SRC_R64:
		o->shape = VSH_SHAPE_PAIR;
		return;
	case VSH_SRC_WIDEN8:
		if (value >= VSH_ARRAY_SIZE(vsh_swizzle8)) {
			vsh_invalid(insn);
			return;
		}
		o->shape = value ? VSH_SHAPE_BYTES : VSH_SHAPE_WORD;
		memcpy(o->sel, vsh_swizzle8[value], 4);
		return;
	case VSH_SRC_WIDEN16:
		vsh_decode_widen16(insn, o, value);
		return;
	case VSH_SRC_WIDEN32:
		vsh_decode_widen32(insn, o, value);
		return;
	case VSH_SRC_WIDEN64:
		vsh_decode_widen64(insn, o, value);
		return;
	case VSH_SRC_SWZ16:
		vsh_permute(o, value & 1, value >> 1);
		return;
	case VSH_SRC_SWZ32:
		if (value == 3)
			vsh_invalid(insn);
		if (!value)
			return;
		vsh_part(o, 16, value - 1);
		o->shape = VSH_SHAPE_FLOAT;
		return;
	case VSH_SRC_HALVES:
		o->shape = VSH_SHAPE_HALVES;
		o->sel[0] = value & 3;
		o->sel[1] = value >> 2;
		return;
	case VSH_SRC_LANES:
		if (value < 4 || value > 7)
			vsh_invalid(insn);
		fallthrough;
	case VSH_SRC_BYTE:
	case VSH_SRC_LANE8:
		vsh_part(o, 8, value & 3);
		return;
	case VSH_SRC_LANE16:
		vsh_part(o, 16, value);
		return;
	case VSH_SRC_COMBINE:
		if (value > 4)
			vsh_invalid(insn);
		else if (value > 2)
			vsh_unsupported(insn);
		else if (value)
			vsh_part(o, 16, value - 1);
		return;
	}
}

static bool vsh_src_is_half(const struct vsh_form *form, unsigned int i)
{
	unsigned int kind = form->src[i] & VSH_SRC_KIND;

	return kind == VSH_SRC_SWZ16 || kind == VSH_SRC_LANE16 ||
	       kind == VSH_SRC_R16;
}

static void vsh_decode_masks(struct vsh_insn *insn, struct vsh_operand *o,
			     unsigned int i)
{
	const struct vsh_form *form = insn->form;
	u32 sign = vsh_src_is_half(form, i) ? 0x80008000 : 0x80000000;

	o->and_mask = ~0u;
	if (form->src[i] & VSH_SRC_ABSNEG) {
		if (vsh_bits(insn->word, 35 + (2 - i) * 2, 1))
			o->and_mask = ~sign;
		if (vsh_bits(insn->word, 34 + (2 - i) * 2, 1))
			o->xor_mask = sign;
	}
	if (form->src[i] & VSH_SRC_NOT && vsh_bits(insn->word, 35, 1))
		o->xor_mask = ~0u;
}

/**
 * vsh_decode_src - decode a source
 * @insn: instruction with a form
 * @i: number of the source
 */
void vsh_decode_src(struct vsh_insn *insn, unsigned int i)
{
	struct vsh_operand *o = &insn->src[i];
	const struct vsh_form *form = insn->form;
	unsigned int bits, first = vsh_src_first(form, i, &bits);

	vsh_decode_from(insn, o, insn->word >> (8 * i));
	o->sign = form->flags & VSH_F_SIGNED;
	vsh_decode_shape(insn, o, form->src[i] & VSH_SRC_KIND,
			 bits ? vsh_bits(insn->word, first, bits) : 0);
	vsh_decode_masks(insn, o, i);
	if (o->shape == VSH_SHAPE_PAIR && o->from != VSH_FROM_CONST &&
	    o->index % 2)
		vsh_invalid(insn);
	if (o->from == VSH_FROM_REG)
		insn->touched |= (o->shape == VSH_SHAPE_PAIR ? 3ULL : 1ULL)
				 << o->index;
	o->direct = o->from == VSH_FROM_REG && o->shape == VSH_SHAPE_WORD &&
		    o->and_mask == ~0u && !o->xor_mask;
	if (o->from == VSH_FROM_CONST && o->shape != VSH_SHAPE_PAIR &&
	    o->shape != VSH_SHAPE_WIDE && !insn->fault)
		o->value = vsh_shape_word(o, o->value);
}

static void vsh_decode_flow(struct vsh_insn *insn)
{
	u8 flow = vsh_bits(insn->word, VSH_FLOW_FIRST, 4);

	insn->flow = flow;
	if (flow <= VSH_FLOW_WAIT_MAX)
		insn->waits = flow;
	else if (flow <= VSH_FLOW_WAIT)
		insn->waits = VSH_GENERAL_SLOTS;
	else if (flow != VSH_FLOW_RECONVERGE && flow != VSH_FLOW_DISCARD &&
		 flow != VSH_FLOW_END)
		vsh_invalid(insn);
	insn->plain = !flow;
}

static void vsh_decode_mods(struct vsh_insn *insn)
{
	unsigned int i;

	for (i = 0; i < VSH_MAX_MODS && insn->form->mods[i]; i++) {
		const struct vsh_field *f = &vsh_mods[insn->form->mods[i]];
		u32 value = vsh_bits(insn->word, f->first, f->bits);

		if (f->names && !f->names[value])
			vsh_invalid(insn);
	}
}

static void vsh_decode_dest(struct vsh_insn *insn)
{
	u8 byte = insn->word >> VSH_DEST_FIRST;

	insn->dest = byte & 0x3f;
	insn->dest_mask = byte >> 6;
	insn->wide = insn->form->flags & VSH_F_DEST64;
	if (!insn->dest_mask)
		vsh_invalid(insn);
	if (insn->wide && (insn->dest % 2 || insn->dest_mask != 3))
		vsh_invalid(insn);
	/* Half a register gets the sum as a half-precision float. */
	insn->halve = insn->form->alu == vsh_fadd_f32 && insn->dest_mask != 3;
	insn->touched |= (insn->wide ? 3ULL : 1ULL) << (insn->dest & 0x3f);
	/* These look at other lanes, which must not have been written. */
	insn->in_place = insn->dest_mask == 3 && !insn->wide &&
			 insn->alu != vsh_clper_i32 && insn->alu != vsh_clper_s32 &&
			 insn->alu != vsh_wmask;
}

/* Registers @first to @first + @count - 1, which must exist */
static u64 vsh_staging(struct vsh_insn *insn, unsigned int first,
		       unsigned int count)
{
	if (first + count > VSH_REGS) {
		vsh_invalid(insn);
		return 0;
	}

	return ((1ULL << count) - 1) << first;
}

static void vsh_decode_staging(struct vsh_insn *insn)
{
	u16 flags = insn->form->flags;
	u8 byte = insn->word >> VSH_DEST_FIRST, control = byte >> 6, expected;
	u64 regs;

	if (!(flags & (VSH_F_SR_READ | VSH_F_SR_WRITE | VSH_F_SR_RW |
		       VSH_F_SR_PLAIN))) {
		/* Neither destination nor staging registers: a placeholder */
		if ((byte & ~(vsh_form_has(insn->form, VSH_MOD_ABSOLUTE) ? 1 : 0)) != 0xc0)
			vsh_invalid(insn);
		return;
	}
	insn->sr = byte & 0x3f;
	if (vsh_form_has(insn->form, VSH_MOD_SR_COUNT))
		insn->sr_count = vsh_mod(insn->word, VSH_MOD_SR_COUNT);
	else
		insn->sr_count = vsh_mod(insn->word, VSH_MOD_SR_WRITES) + 1;
	regs = vsh_staging(insn, insn->sr, insn->sr_count);
	insn->touched |= regs;
	if (flags & VSH_F_SR_WRITE)
		insn->written = regs;
	if (flags & VSH_F_SR16) {
		insn->sr2 = vsh_bits(insn->word, VSH_SR16_FIRST, 6);
		regs = vsh_staging(insn, insn->sr2,
				   vsh_mod(insn->word, VSH_MOD_SR_WRITES) + 1);
		insn->touched |= regs;
		insn->written = regs;
	}
	expected = flags & VSH_F_SR_RW ? 3 : flags & VSH_F_SR_WRITE ? 2 : 1;
	if (!(flags & VSH_F_SR_PLAIN) && control != expected &&
	    !(control == 3 && !insn->sr_count))
		vsh_invalid(insn);
}

static const u8 vsh_memory_size[] = { 1, 2, 3, 4, 6, 8, 12, 16 };

/* Number of registers that so many bytes take */
static unsigned int vsh_words(unsigned int bytes)
{
	return (bytes + 3) / 4;
}

static void vsh_decode_load(struct vsh_insn *insn)
{
	unsigned int count = vsh_words(insn->size);

	insn->lane = vsh_bits(insn->word, 36, 3);
	/* A byte, half or word that is extended to 64 bits takes a pair. */
	if ((insn->size == 1 && insn->lane == 7) ||
	    (insn->size == 2 && insn->lane == 3) ||
	    (insn->size == 4 && insn->lane == 1))
		count = 2;
	if (insn->sr_count != count)
		vsh_invalid(insn);
}

static void vsh_decode_message(struct vsh_insn *insn)
{
	unsigned int size = vsh_memory_size[vsh_bits(insn->word, 27, 3)];

	if (insn->op >= VSH_OP_TEX_FETCH) {
		if (!vsh_image_decode(insn))
			vsh_unsupported(insn);
		return;
	}
	switch (insn->op) {
	case VSH_OP_LOAD:
		insn->size = size;
		insn->imm = vsh_imm_value(insn->word, VSH_IMM_OFFSET16);
		vsh_decode_load(insn);
		return;
	case VSH_OP_LD_BUFFER:
		insn->size = size;
		vsh_decode_load(insn);
		return;
	case VSH_OP_STORE:
		insn->size = size;
		insn->imm = vsh_imm_value(insn->word, VSH_IMM_OFFSET16);
		if (insn->sr_count != vsh_words(size))
			vsh_invalid(insn);
		return;
	case VSH_OP_LEA_BUF:
	case VSH_OP_LEA_BUFFER:
		if (insn->sr_count != 2)
			vsh_invalid(insn);
		return;
	case VSH_OP_ATOM_RETURN:
		if (vsh_mod(insn->word, VSH_MOD_COMPARE)) {
			if (vsh_mod(insn->word, VSH_MOD_ATOMIC) != VSH_ATOMIC_XCHG)
				vsh_invalid(insn);
			size *= 2;
		}
		if (vsh_mod(insn->word, VSH_MOD_SR_WRITES) + 1 !=
		    vsh_words(vsh_memory_size[vsh_bits(insn->word, 27, 3)]))
			vsh_invalid(insn);
		fallthrough;
	case VSH_OP_ATOM:
		if (insn->sr_count != vsh_words(size))
			vsh_invalid(insn);
		fallthrough;
	case VSH_OP_ATOM1:
		if (insn->op == VSH_OP_ATOM1 && insn->sr_count &&
		    insn->sr_count != vsh_words(size))
			vsh_invalid(insn);
		/* An exchange without a return of the old value is a store. */
		if (insn->op == VSH_OP_ATOM &&
		    vsh_mod(insn->word, VSH_MOD_ATOMIC) == VSH_ATOMIC_XCHG)
			vsh_unsupported(insn);
		insn->size = vsh_memory_size[vsh_bits(insn->word, 27, 3)];
		insn->imm = vsh_imm_value(insn->word, VSH_IMM_OFFSET8);
		return;
	}
}

/*
 * Find out which format's subnormal numbers an instruction flushes. Compare
 * and select instructions have another kind of result, and FLUSH says itself
 * what it does.
 */
static void vsh_decode_format(struct vsh_insn *insn)
{
	const struct vsh_form *form = insn->form;
	size_t length = strlen(form->name), i;

	if (insn->op != VSH_OP_ALU || vsh_form_has(form, VSH_MOD_COND) ||
	    vsh_form_has(form, VSH_MOD_FTZ) || length < 4)
		return;
	if (!strcmp(form->name + length - 4, ".f32"))
		insn->format = VSH_FTZ_32;
	else if (!strcmp(form->name + length - 3, "f16") &&
		 !strstr(form->name, "_TO_"))
		insn->format = VSH_FTZ_16;
	for (i = 0; i < VSH_MAX_SRC; i++)
		if (form->src[i] & (VSH_SRC_ABSNEG | VSH_SRC_FLOAT))
			insn->floats |= 1u << i;
	if (insn->alu == vsh_fadd_imm_f32)
		insn->floats = 1;
}

/* Modifiers that encode something whose effect is not known */
static void vsh_decode_unknown(struct vsh_insn *insn)
{
	const struct vsh_form *form = insn->form;
	u64 word = insn->word;

	if (vsh_form_has(form, VSH_MOD_COND) && insn->op == VSH_OP_ALU) {
		u32 cond = vsh_mod(word, VSH_MOD_COND);
		bool is_float = form->src[0] & (VSH_SRC_ABSNEG | VSH_SRC_FLOAT);

		if (cond == 7 || (cond == 6 && !is_float))
			vsh_unsupported(insn);
	}
	if (vsh_form_has(form, VSH_MOD_RESULT_TYPE) &&
	    vsh_mod(word, VSH_MOD_RESULT_TYPE) == 3 &&
	    form->alu != vsh_icmp_multi_u32 && form->alu != vsh_icmp_multi_s32)
		vsh_unsupported(insn);
	if (vsh_form_has(form, VSH_MOD_LANE_OP) &&
	    vsh_mod(word, VSH_MOD_LANE_OP) > 1)
		vsh_unsupported(insn);
	if (form->alu == vsh_wmask && vsh_mod(word, VSH_MOD_SUBGROUP_SIZE) != 3)
		vsh_unsupported(insn);
	if (vsh_form_has(form, VSH_MOD_SQRT) && vsh_mod(word, VSH_MOD_SQRT))
		vsh_unsupported(insn);
	if (form->alu == vsh_seg_add_u64 &&
	    vsh_mod(word, VSH_MOD_PRESERVE_NULL))
		vsh_unsupported(insn);
	if (form->alu == vsh_mux_v4i8 && vsh_mod(word, VSH_MOD_MUX) == 2)
		vsh_unsupported(insn);
	/* Whether a part is sign-extended before an arithmetic shift */
	if (vsh_form_has(form, VSH_MOD_SIGNED) &&
	    vsh_mod(word, VSH_MOD_SIGNED) &&
	    (insn->src[0].shape == VSH_SHAPE_PART ||
	     insn->src[0].shape == VSH_SHAPE_WIDE ||
	     insn->src[0].shape == VSH_SHAPE_HALVES))
		vsh_unsupported(insn);
}

/**
 * vsh_decode - decode an instruction
 * @insn: where to store the result
 * @word: the instruction
 *
 * An instruction that cannot be executed has &vsh_insn.fault set.
 */
void vsh_decode(struct vsh_insn *insn, u64 word)
{
	const struct vsh_form *form = vsh_form_find(word);
	unsigned int i;

	memset(insn, 0, sizeof(*insn));
	insn->word = word;
	insn->form = form;
	if (!form || word & ~vsh_form_known(form)) {
		vsh_invalid(insn);
		return;
	}
	insn->op = form->op;
	insn->alu = form->alu;
	vsh_decode_flow(insn);
	vsh_decode_mods(insn);
	if (form->flags & VSH_F_DEST)
		vsh_decode_dest(insn);
	else
		vsh_decode_staging(insn);
	for (i = 0; i < VSH_MAX_SRC; i++)
		if (form->src[i])
			vsh_decode_src(insn, i);
	if (vsh_form_has(form, VSH_MOD_SLOT)) {
		insn->slot = vsh_mod(word, VSH_MOD_SLOT);
		if (insn->op == VSH_OP_BARRIER ?
		    insn->slot != VSH_SLOT_BARRIER : insn->slot >= VSH_SLOTS)
			vsh_invalid(insn);
	}
	if (insn->op == VSH_OP_BRANCHZ)
		insn->imm = vsh_imm_value(word, VSH_IMM_OFFSET27);
	while (insn->sources < VSH_MAX_SRC && insn->src[insn->sources].from)
		insn->sources++;
	vsh_decode_message(insn);
	vsh_decode_format(insn);
	/* What takes the host as long as several others costs more. */
	insn->weight = insn->form->weight ? insn->form->weight : 1;
	vsh_decode_unknown(insn);
	if (insn->alu == vsh_fma_f32 && !vsh_mod(word, VSH_MOD_CLAMP))
		insn->alu = vsh_fma_f32_unclamped;
	if (!insn->op)
		vsh_unsupported(insn);
}
