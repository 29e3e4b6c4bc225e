// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Writes instructions as text, in the syntax of Mesa's Valhall assembler.
 *
 * Everything comes from the table of forms, so that the text shows what the
 * decoder sees. Reserved values are written as "reserved".
 */

#include "shader/exec.h"

struct vsh_text {
	char *to;
	unsigned int size;
	unsigned int length;
};

static void vsh_put_char(struct vsh_text *t, char c)
{
	if (t->length + 1 < t->size)
		t->to[t->length] = c;
	t->length++;
}

static void vsh_put(struct vsh_text *t, const char *s)
{
	while (*s)
		vsh_put_char(t, *s++);
}

static void vsh_put_decimal(struct vsh_text *t, s64 value)
{
	char digits[20];
	unsigned int n = 0;

	if (value < 0) {
		vsh_put_char(t, '-');
		value = -value;
	}
	do {
		digits[n++] = '0' + value % 10;
		value /= 10;
	} while (value);
	while (n)
		vsh_put_char(t, digits[--n]);
}

static void vsh_put_hex(struct vsh_text *t, u64 value)
{
	unsigned int digits = 1;

	while (digits < 16 && value >> (4 * digits))
		digits++;
	vsh_put(t, "0x");
	while (digits--)
		vsh_put_char(t, "0123456789ABCDEF"[value >> (4 * digits) & 15]);
}

/* --- Sources --------------------------------------------------------------- */

static const char *const vsh_special_names[4][16] = {
	{
		[2] = "warp_id", [4] = "framebuffer_size", "atest_datum",
		"sample", [8] = "blend_descriptor_0", "blend_descriptor_1",
		"blend_descriptor_2", "blend_descriptor_3",
		"blend_descriptor_4", "blend_descriptor_5",
		"blend_descriptor_6", "blend_descriptor_7",
	},
	{
		[1] = "thread_local_pointer", [3] = "workgroup_local_pointer",
		[7] = "resource_table_pointer",
	},
	{ NULL },
	{
		[1] = "lane_id", [3] = "core_id", [15] = "program_counter",
	},
};

/**
 * vsh_special_name - get the name of a special value
 * @page: page, below 4
 * @pair: pair in the page, below 16
 *
 * Return: the name, NULL if there is no such value.
 */
const char *vsh_special_name(unsigned int page, unsigned int pair)
{
	return vsh_special_names[page][pair];
}

static void vsh_put_operand(struct vsh_text *t, u64 word, u8 byte)
{
	unsigned int value = byte & 0x3f;
	unsigned int page = vsh_bits(word, VSH_PAGE_FIRST, 2);
	const char *name;

	switch (byte >> 6) {
	case 3:
		if (value < 32) {
			vsh_put_hex(t, vsh_constant(value));
			return;
		}
		name = vsh_special_names[page][(value - 32) / 2];
		vsh_put(t, name ? name : "reserved");
		vsh_put(t, value % 2 ? ".w1" : ".w0");
		return;
	case 2:
		vsh_put(t, "u");
		vsh_put_decimal(t, value | page << 6);
		return;
	case 1:
		vsh_put(t, "^");
		fallthrough;
	default:
		vsh_put(t, "r");
		vsh_put_decimal(t, value);
	}
}

static const char *const vsh_names8[16] = {
	"", "b3210", "b0101", "b2323", "b0000", "b1111", "b2222", "b3333",
	"b2301", "b1032", "b0011", "b2233",
};

static const char *const vsh_names16[16] = {
	"h00", "h10", "", "h11", "b00", "b20", "b02", "b22", "b11", "b31",
	"b13", "b33", "b01", "b23",
};

static const char *const vsh_names64[16] = {
	"", NULL, "h0", "h1", "b0", "b1", "b2", "b3", "w0",
};

static const char *const vsh_names_lanes[16] = {
	[4] = "b00", "b11", "b22", "b33",
};

static const char *const vsh_names_part[] = {
	"b0", "b1", "b2", "b3",
};

static const char *const vsh_names_combine[8] = {
	"", "h0", "h1", "and", "lowbits",
};

static const char *const vsh_names_float[] = {
	"", "h0", "h1", NULL,
};

/**
 * vsh_part_name - get the name of a part of a source
 * @kind: how the source is read, of &enum vsh_src
 * @value: value of the bits that select the part
 * @text: room for three characters and the end
 *
 * Return: the name, empty for the default, NULL if the value is reserved.
 */
const char *vsh_part_name(unsigned int kind, unsigned int value, char text[4])
{
	switch (kind) {
	case VSH_SRC_WIDEN8:
		return vsh_names8[value];
	case VSH_SRC_WIDEN16:
	case VSH_SRC_SWZ16:
		return vsh_names16[value];
	case VSH_SRC_WIDEN32:
		return value < 8 ? vsh_names64[value] : NULL;
	case VSH_SRC_WIDEN64:
		return vsh_names64[value];
	case VSH_SRC_SWZ32:
		return vsh_names_float[value];
	case VSH_SRC_LANES:
		return vsh_names_lanes[value];
	case VSH_SRC_LANE8:
	case VSH_SRC_BYTE:
		return vsh_names_part[value];
	case VSH_SRC_LANE16:
		return value ? "h1" : "h0";
	case VSH_SRC_COMBINE:
		return vsh_names_combine[value];
	case VSH_SRC_HALVES:
		text[0] = 'b';
		text[1] = '0' + (value & 3);
		text[2] = '0' + (value >> 2);
		text[3] = 0;
		return text;
	default:
		return "";
	}
}

static void vsh_put_suffix(struct vsh_text *t, const char *name)
{
	if (name && !*name)
		return;
	vsh_put_char(t, '.');
	vsh_put(t, name ? name : "reserved");
}

static void vsh_put_source(struct vsh_text *t, u64 word,
			   const struct vsh_form *form, unsigned int i)
{
	unsigned int bits, first = vsh_src_first(form, i, &bits);
	char text[4];

	vsh_put_operand(t, word, word >> (8 * i));
	if (form->src[i] & VSH_SRC_ABSNEG) {
		if (vsh_bits(word, 34 + (2 - i) * 2, 1))
			vsh_put(t, ".neg");
		if (vsh_bits(word, 35 + (2 - i) * 2, 1))
			vsh_put(t, ".abs");
	}
	if (bits)
		vsh_put_suffix(t, vsh_part_name(form->src[i] & VSH_SRC_KIND,
						vsh_bits(word, first, bits),
						text));
	if (form->src[i] & VSH_SRC_NOT && vsh_bits(word, 35, 1))
		vsh_put(t, ".not");
}

/* --- Instructions ------------------------------------------------------------ */

/**
 * vsh_flow_name - get the name of a flow
 * @flow: value of the field
 *
 * Return: the name, empty for none, NULL if the value is reserved.
 */
const char *vsh_flow_name(unsigned int flow)
{
	static const char *const names[16] = {
		"", "wait0", "wait1", "wait01", "wait2", "wait02", "wait12",
		"wait012", "wait0126", "wait", "reconverge", NULL, NULL,
		"discard", NULL, "end",
	};

	return names[flow & 15];
}

static void vsh_put_mods(struct vsh_text *t, u64 word,
			 const struct vsh_form *form)
{
	unsigned int i;

	for (i = 0; i < VSH_MAX_MODS && form->mods[i]; i++) {
		const struct vsh_field *f = &vsh_mods[form->mods[i]];
		u32 value = vsh_bits(word, f->first, f->bits);

		if (form->mods[i] == VSH_MOD_SR_COUNT ||
		    form->mods[i] == VSH_MOD_SR_WRITES || value == f->hidden)
			continue;
		vsh_put_suffix(t, f->names ? f->names[value] : f->name);
	}
}

static void vsh_put_staging(struct vsh_text *t, unsigned int first,
			    unsigned int count)
{
	unsigned int i;

	vsh_put_char(t, '@');
	for (i = 0; i < count; i++) {
		vsh_put(t, i ? ":r" : "r");
		vsh_put_decimal(t, first + i);
	}
}

/* Writes what separates operands, but before the first one */
static void vsh_put_comma(struct vsh_text *t, bool *first)
{
	if (!*first)
		vsh_put(t, ", ");
	*first = false;
}

static void vsh_put_results(struct vsh_text *t, u64 word,
			    const struct vsh_form *form, bool *first)
{
	unsigned int reg = vsh_bits(word, VSH_DEST_FIRST, 6);
	unsigned int writes = vsh_mod(word, VSH_MOD_SR_WRITES) + 1;

	if (form->flags & VSH_F_DEST) {
		vsh_put_comma(t, first);
		vsh_put(t, "r");
		vsh_put_decimal(t, reg);
		if (vsh_bits(word, VSH_DEST_FIRST + 6, 2) != 3)
			vsh_put(t, vsh_bits(word, VSH_DEST_FIRST + 6, 1) ?
				   ".h0" : ".h1");
	}
	if (form->flags & VSH_F_SR16) {
		vsh_put_comma(t, first);
		vsh_put_staging(t, vsh_bits(word, VSH_SR16_FIRST, 6), writes);
	}
	if (form->flags & (VSH_F_SR_READ | VSH_F_SR_WRITE | VSH_F_SR_RW |
			   VSH_F_SR_PLAIN)) {
		vsh_put_comma(t, first);
		vsh_put_staging(t, reg, vsh_form_has(form, VSH_MOD_SR_COUNT) ?
				vsh_mod(word, VSH_MOD_SR_COUNT) : writes);
	}
}

static void vsh_put_imms(struct vsh_text *t, u64 word,
			 const struct vsh_form *form, bool *first)
{
	unsigned int i;

	for (i = 0; i < VSH_MAX_IMMS && form->imms[i]; i++) {
		const struct vsh_imm *imm = &vsh_imms[form->imms[i]];

		vsh_put_comma(t, first);
		if (form->imms[i] == VSH_IMM_CONSTANT) {
			vsh_put(t, "#");
		} else {
			vsh_put(t, imm->name);
			vsh_put(t, ":");
		}
		if (imm->sign)
			vsh_put_decimal(t, vsh_imm_value(word, form->imms[i]));
		else
			vsh_put_hex(t, vsh_imm_value(word, form->imms[i]));
	}
}

/**
 * vsh_disasm - write an instruction as text
 * @word: the instruction
 * @text: where to write it
 * @size: size of @text; VSH_DISASM_MAX is always enough
 *
 * Return: the length of the whole text.
 */
unsigned int vsh_disasm(u64 word, char *text, unsigned int size)
{
	const struct vsh_form *form = vsh_form_find(word);
	struct vsh_text t = { .to = text, .size = size };
	bool first = true;
	unsigned int i;

	if (form) {
		vsh_put(&t, form->name);
		vsh_put_mods(&t, word, form);
		vsh_put_suffix(&t, vsh_flow_name(vsh_bits(word, VSH_FLOW_FIRST,
							  4)));
		vsh_put(&t, " ");
		vsh_put_results(&t, word, form, &first);
		for (i = 0; i < VSH_MAX_SRC; i++) {
			if (!form->src[i])
				continue;
			vsh_put_comma(&t, &first);
			vsh_put_source(&t, word, form, i);
		}
		vsh_put_imms(&t, word, form, &first);
	} else {
		vsh_put(&t, ".word ");
		vsh_put_hex(&t, word);
	}
	if (size)
		text[t.length < size ? t.length : size - 1] = 0;

	return t.length;
}
