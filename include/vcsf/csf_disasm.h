/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_DISASM_H_
#define _CSF_DISASM_H_

/**
 * DOC: Instructions as text
 *
 * A table says what fields each instruction has. It is for both kernel and user
 * space, as is the code: drivers/vcsf/debug/csf_disasm.c needs neither a C library
 * nor the kernel's.
 *
 * An instruction is printed as its name and its fields as name=value, where
 * registers are rN and pairs rN:rM. One-bit fields are just their name, and are
 * left out if zero, as are scoreboard masks, slots and selectors. Bits
 * that no field covers are printed as reserved=. So the text has all bits of
 * the word.
 */

#include <linux/types.h>

/* Enough for any instruction */
#define CSF_DISASM_TEXT_MAX	160
#define CSF_INSTR_FIELDS_MAX	11	/* of RUN_IDVS */

/**
 * enum csf_field_kind - how a field is printed
 * @CSF_FIELD_NONE: there is no such field
 * @CSF_FIELD_REG: a register
 * @CSF_FIELD_PAIR: a register pair, by its even register
 * @CSF_FIELD_HEX: a number, hexadecimal
 * @CSF_FIELD_DEC: a number, decimal
 * @CSF_FIELD_SIGNED: a number with a sign, decimal
 * @CSF_FIELD_MASK: hexadecimal, left out if zero
 * @CSF_FIELD_INDEX: decimal, left out if zero
 * @CSF_FIELD_FLAG: a name, if it is set
 * @CSF_FIELD_ENUM: a name of a list, a number if the list has none for it
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
 * struct csf_field - a field of an instruction
 * @name: as in the documentation
 * @mask: its bits
 * @kind: how it is printed
 * @values: for %CSF_FIELD_ENUM: names of all values, NULL where there is none
 */
struct csf_field {
	const char *name;
	__u64 mask;
	enum csf_field_kind kind;
	const char *const *values;
};

/**
 * struct csf_instr - an instruction
 * @name: as in the documentation; NULL if there is no such instruction
 * @fields: ends with a field of %CSF_FIELD_NONE
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
