/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_DISASM_H_
#define _CSF_DISASM_H_

/**
 * DOC: Disassembler
 *
 * A table lists the fields of each instruction. Table and code are for both kernel and
 * user space: drivers/vcsf/debug/csf_disasm.c needs neither a C library nor the
 * kernel's. Names are those of Mesa's genxml.
 *
 * The text of an instruction is its name and its fields as name=value, where
 * registers are rN and pairs rN:rM. One-bit fields are printed as their name, and left
 * out if zero, as are scoreboard masks, slots and selectors. Bits outside of all
 * fields are printed as reserved=. So the text represents all bits of the word.
 */

#include <linux/types.h>

/* Buffer size that is sufficient for any instruction */
#define CSF_DISASM_TEXT_MAX	160
#define CSF_INSTR_FIELDS_MAX	11	/* RUN_IDVS has the most */

/**
 * enum csf_field_kind - format of a field
 * @CSF_FIELD_NONE: end of the list of fields
 * @CSF_FIELD_REG: register
 * @CSF_FIELD_PAIR: register pair, by its even register
 * @CSF_FIELD_HEX: hexadecimal number
 * @CSF_FIELD_DEC: decimal number
 * @CSF_FIELD_SIGNED: signed decimal number
 * @CSF_FIELD_MASK: hexadecimal number, left out if zero
 * @CSF_FIELD_INDEX: decimal number, left out if zero
 * @CSF_FIELD_FLAG: name of the field if it is set
 * @CSF_FIELD_ENUM: name from a list, or the number if the list has none for it
 */
enum csf_field_kind {
	CSF_FIELD_NONE,
	CSF_FIELD_REG,
	CSF_FIELD_PAIR,
	CSF_FIELD_HEX,
	CSF_FIELD_DEC,
	CSF_FIELD_SIGNED,
	CSF_FIELD_MASK,
	CSF_FIELD_INDEX,
	CSF_FIELD_FLAG,
	CSF_FIELD_ENUM,
};

/**
 * struct csf_field - field of an instruction
 * @name: name in the text
 * @mask: bits of the field
 * @kind: format in the text
 * @values: for %CSF_FIELD_ENUM: names of all values, NULL for unnamed ones
 */
struct csf_field {
	const char *name;
	__u64 mask;
	enum csf_field_kind kind;
	const char *const *values;
};

/**
 * struct csf_instr - description of an instruction
 * @name: name in the text, NULL if the opcode is not assigned
 * @fields: fields, ended by one of %CSF_FIELD_NONE
 */
struct csf_instr {
	const char *name;
	struct csf_field fields[CSF_INSTR_FIELDS_MAX + 1];
};

const struct csf_instr *csf_instr_find(__u64 ins);
__u64 csf_instr_reserved(__u64 ins);
int csf_instr_operands_valid(__u64 ins);
unsigned int csf_disasm(__u64 ins, char *text, unsigned int size);

#endif /* _CSF_DISASM_H_ */
