// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Looks up instruction forms.
 *
 * A form is found by the primary opcode and, where several share it, by the
 * secondary one, which is in different bits for different opcodes. Decoding
 * is done once per cached instruction, so a linear search through the tables
 * is good enough.
 */

#include "shader/forms.h"

static const struct {
	const struct vsh_form *forms;
	const unsigned int *count;
} vsh_tables[] = {
	{ vsh_forms_alu, &vsh_forms_alu_count },
	{ vsh_forms_convert, &vsh_forms_convert_count },
	{ vsh_forms_message, &vsh_forms_message_count },
};

/**
 * vsh_form_at - get a form by its position in the tables
 * @index: position, from zero
 *
 * Return: the form, NULL behind the last one.
 */
const struct vsh_form *vsh_form_at(unsigned int index)
{
	unsigned int t;

	for (t = 0; t < VSH_ARRAY_SIZE(vsh_tables); t++) {
		if (index < *vsh_tables[t].count)
			return &vsh_tables[t].forms[index];
		index -= *vsh_tables[t].count;
	}

	return NULL;
}

/**
 * vsh_form_find - find the form of an instruction
 * @word: the instruction
 *
 * Return: the form, NULL if there is none.
 */
const struct vsh_form *vsh_form_find(u64 word)
{
	u16 opcode = vsh_bits(word, VSH_OPCODE_FIRST, VSH_OPCODE_BITS);
	unsigned int t, i;

	for (t = 0; t < VSH_ARRAY_SIZE(vsh_tables); t++) {
		const struct vsh_form *form = vsh_tables[t].forms;

		for (i = 0; i < *vsh_tables[t].count; i++, form++)
			if (form->opcode == opcode &&
			    (word & vsh_form_mask(form)) == vsh_form_match(form))
				return form;
	}

	return NULL;
}

/**
 * vsh_form_has - tell whether a form has a modifier
 * @form: the form
 * @mod: the modifier
 *
 * Return: true if it has.
 */
bool vsh_form_has(const struct vsh_form *form, enum vsh_mod mod)
{
	unsigned int i;

	for (i = 0; i < VSH_MAX_MODS && form->mods[i]; i++)
		if (form->mods[i] == mod)
			return true;

	return false;
}

/**
 * vsh_src_first - find the bits that select a part of a source
 * @form: the form
 * @i: the source
 * @bits: where to store how many bits there are, zero for none
 *
 * Return: the first bit.
 */
unsigned int vsh_src_first(const struct vsh_form *form, unsigned int i,
			   unsigned int *bits)
{
	switch (form->src[i] & VSH_SRC_KIND) {
	case VSH_SRC_WIDEN8:
	case VSH_SRC_WIDEN16:
	case VSH_SRC_WIDEN32:
	case VSH_SRC_WIDEN64:
	case VSH_SRC_LANES:
	case VSH_SRC_HALVES:
		*bits = 4;
		return i == 1 ? 26 : 36;
	case VSH_SRC_SWZ16:
	case VSH_SRC_SWZ32:
		*bits = 2;
		return 24 + (2 - i) * 2;
	case VSH_SRC_LANE8:
		*bits = 2;
		return 28;
	case VSH_SRC_LANE16:
		*bits = 1;
		return 28;
	case VSH_SRC_BYTE:
		*bits = 2;
		return i ? 36 : 38;
	case VSH_SRC_COMBINE:
		*bits = 3;
		return 37;
	default:
		*bits = 0;
		return 0;
	}
}

static u64 vsh_field_mask(unsigned int first, unsigned int bits)
{
	return ((1ULL << bits) - 1) << first;
}

/**
 * vsh_form_known - find the bits of an instruction that mean something
 * @form: the form
 *
 * Return: the bits. The others are zero in a valid instruction.
 */
u64 vsh_form_known(const struct vsh_form *form)
{
	u64 known = vsh_form_mask(form) | vsh_field_mask(VSH_OPCODE_FIRST, 15);
	unsigned int i, bits, first;

	known |= vsh_field_mask(VSH_DEST_FIRST,
				form->flags & VSH_F_SR_PLAIN ? 6 : 8);
	if (form->flags & VSH_F_SR16)
		known |= vsh_field_mask(VSH_SR16_FIRST, 6);
	for (i = 0; i < VSH_MAX_SRC; i++) {
		if (!form->src[i])
			continue;
		known |= vsh_field_mask(8 * i, 8);
		first = vsh_src_first(form, i, &bits);
		known |= vsh_field_mask(first, bits);
		if (form->src[i] & VSH_SRC_ABSNEG)
			known |= vsh_field_mask(34 + (2 - i) * 2, 2);
		if (form->src[i] & VSH_SRC_NOT)
			known |= vsh_field_mask(35, 1);
	}
	for (i = 0; i < VSH_MAX_MODS && form->mods[i]; i++)
		known |= vsh_field_mask(vsh_mods[form->mods[i]].first,
					vsh_mods[form->mods[i]].bits);
	for (i = 0; i < VSH_MAX_IMMS && form->imms[i]; i++)
		known |= vsh_field_mask(vsh_imms[form->imms[i]].first,
					vsh_imms[form->imms[i]].bits);

	return known;
}
