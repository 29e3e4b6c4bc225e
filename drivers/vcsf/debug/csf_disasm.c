// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Disassembler of command streams.
 *
 * A table has the fields of each opcode; the text, the check of operands and the
 * bits that no field covers follow from it. The file is compiled into the
 * module (debugfs) and into user-space tools and tests, and so uses neither the
 * kernel nor libc. It has no state.
 */

#ifdef __KERNEL__
#include <linux/export.h>

#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)	struct symbol	/* nothing */
#endif

#include <vcsf/csf_disasm.h>
#include <vcsf/csf_isa.h>

static const char *const csf_conditions[8] = {
	[CSF_COND_LE] = "le",
	[CSF_COND_GT] = "gt",
	[CSF_COND_EQ] = "eq",
	[CSF_COND_NE] = "ne",
	[CSF_COND_LT] = "lt",
	[CSF_COND_GE] = "ge",
	[CSF_COND_ALWAYS] = "always",
};

static const char *const csf_sync_conditions[16] = {
	[CSF_COND_LE] = "le",
	[CSF_COND_GT] = "gt",
};

static const char *const csf_scopes[4] = {
	[CSF_SYNC_SCOPE_SYSTEM] = "system",
	[CSF_SYNC_SCOPE_GROUP] = "group",
};

static const char *const csf_cache_modes[16] = {
	[CSF_CACHE_NONE] = "none",
	[CSF_CACHE_CLEAN] = "clean",
	[CSF_CACHE_INV] = "inv",
	[CSF_CACHE_CLEAN_INV] = "clean_inv",
};

static const char *const csf_states[4] = {
	[CSF_STATE_TIMESTAMP] = "timestamp",
	[CSF_STATE_CYCLES] = "cycles",
	[CSF_STATE_DISJOINT] = "disjoint",
	[CSF_STATE_ERROR] = "error",
};

static const char *const csf_heap_ops[4] = {
	[CSF_HEAP_VT_START] = "vt_start",
	[CSF_HEAP_VT_COMPLETE] = "vt_complete",
	[CSF_HEAP_FRAG_COMPLETE] = "frag_complete",
};

static const char *const csf_axes[4] = { "x", "y", "z" };

static const char *const csf_tile_orders[16] = {
	[0] = "z",
	[1] = "horizontal",
	[2] = "vertical",
	[5] = "rev_horizontal",
	[6] = "rev_vertical",
};

#define FIELD(_name, _mask, _kind) \
	{ .name = _name, .mask = (_mask), .kind = CSF_FIELD_##_kind }
#define ENUM(_name, _mask, _values) \
	{ .name = #_name, .mask = CSF_F_##_mask, .kind = CSF_FIELD_ENUM, \
	  .values = (_values) }

#define REG(_name, _mask) FIELD(#_name, CSF_F_##_mask, REG)
#define PAIR(_name, _mask) FIELD(#_name, CSF_F_##_mask, PAIR)
#define HEX(_name, _mask) FIELD(#_name, CSF_F_##_mask, HEX)
#define DEC(_name, _mask) FIELD(#_name, CSF_F_##_mask, DEC)
#define SIGNED(_name, _mask) FIELD(#_name, CSF_F_##_mask, SIGNED)
#define SELECT(_name, _mask) FIELD(#_name, CSF_F_##_mask, INDEX)
#define FLAG(_name, _bit) FIELD(#_name, 1ULL << (_bit), FLAG)
#define WAIT FIELD("wait", CSF_F_WAIT_MASK, MASK)
#define SLOT FIELD("slot", CSF_F_SLOT, INDEX)

#define INSTR(_op, ...) \
	[CSF_OP_##_op] = { #_op, { __VA_ARGS__ } }

#define CSF_OP_LAST	CSF_OP_SYNC_WAIT64

static const struct csf_instr csf_instrs[CSF_OP_LAST + 1] = {
	INSTR(NOP),
	INSTR(MOVE48, PAIR(dst, DST), HEX(imm, IMM48)),
	INSTR(MOVE32, REG(dst, DST), HEX(imm, IMM32)),
	INSTR(WAIT, HEX(mask, WAIT_ENTRIES), FLAG(progress_inc, 32)),
	INSTR(RUN_COMPUTE, DEC(task_inc, TASK_INCREMENT),
	      ENUM(axis, TASK_AXIS, csf_axes), SELECT(srt, SRT_SELECT),
	      SELECT(spd, SPD_SELECT), SELECT(tsd, TSD_SELECT),
	      SELECT(fau, FAU_SELECT), FLAG(progress, 32)),
	INSTR(RUN_TILING, HEX(override, IMM32), SELECT(srt, SRT_SELECT),
	      SELECT(spd, SPD_SELECT), SELECT(tsd, TSD_SELECT),
	      SELECT(fau, FAU_SELECT), FLAG(progress, 32)),
	INSTR(RUN_IDVS, HEX(override, IMM32), REG(drawid, SRC),
	      FLAG(progress, 32), FLAG(malloc, 33), FLAG(drawid_en, 34),
	      FLAG(varying_srt, 35), FLAG(varying_fau, 36),
	      FLAG(varying_tsd, 37), FLAG(frag_srt, 38), FLAG(frag_tsd, 39)),
	INSTR(RUN_FRAGMENT, ENUM(order, TILE_ORDER, csf_tile_orders),
	      FLAG(tile_enable_map, 0), FLAG(progress, 32)),
	INSTR(RUN_FULLSCREEN, HEX(override, IMM32), PAIR(dcd, SRC),
	      FLAG(progress, 32)),
	INSTR(FINISH_TILING, FLAG(progress, 32)),
	INSTR(FINISH_FRAGMENT, PAIR(first, SRC), PAIR(last, SRC2), WAIT, SLOT,
	      FLAG(inc, 0)),
	INSTR(ADD_IMM32, REG(dst, DST), REG(src, SRC), SIGNED(imm, IMM32)),
	INSTR(ADD_IMM64, PAIR(dst, DST), PAIR(src, SRC), SIGNED(imm, IMM32)),
	INSTR(UMIN32, REG(dst, DST), REG(src0, SRC), REG(src1, SRC2)),
	INSTR(LOAD_MULTIPLE, REG(base, DST), HEX(mask, REG_MASK),
	      PAIR(addr, SRC), SIGNED(off, OFFSET16)),
	INSTR(STORE_MULTIPLE, REG(base, DST), HEX(mask, REG_MASK),
	      PAIR(addr, SRC), SIGNED(off, OFFSET16)),
	INSTR(BRANCH, ENUM(cond, BRANCH_COND, csf_conditions), REG(reg, SRC),
	      SIGNED(off, OFFSET16)),
	INSTR(SET_SB_ENTRY, DEC(endpoint, SB_ENDPOINT), DEC(other, SB_OTHER)),
	INSTR(PROGRESS_WAIT, DEC(queue, PROGRESS_QUEUE), PAIR(src, SRC)),
	INSTR(SET_EXCEPTION_HANDLER, DEC(type, EXCEPTION_TYPE),
	      PAIR(addr, SRC), REG(len, SRC2)),
	INSTR(CALL, PAIR(addr, SRC), REG(len, SRC2)),
	INSTR(JUMP, PAIR(addr, SRC), REG(len, SRC2)),
	INSTR(REQ_RESOURCE, FLAG(compute, 0), FLAG(fragment, 1), FLAG(tiler, 2),
	      FLAG(idvs, 3)),
	INSTR(FLUSH_CACHE2, ENUM(l2, FLUSH_L2, csf_cache_modes),
	      ENUM(lsc, FLUSH_LSC, csf_cache_modes),
	      ENUM(other, FLUSH_OTHER, csf_cache_modes), REG(id, SRC), WAIT,
	      SLOT),
	INSTR(SYNC_ADD32, PAIR(addr, SRC), REG(data, SRC2),
	      ENUM(scope, SYNC_SCOPE, csf_scopes), FLAG(propagate, 0), WAIT,
	      SLOT),
	INSTR(SYNC_SET32, PAIR(addr, SRC), REG(data, SRC2),
	      ENUM(scope, SYNC_SCOPE, csf_scopes), FLAG(propagate, 0), WAIT,
	      SLOT),
	INSTR(SYNC_WAIT32, PAIR(addr, SRC),
	      ENUM(cond, SYNC_COND, csf_sync_conditions), REG(data, SRC2),
	      FLAG(reject, 0)),
	INSTR(STORE_STATE, ENUM(state, STATE, csf_states), PAIR(addr, SRC),
	      SIGNED(off, OFFSET16), WAIT, SLOT),
	INSTR(PROT_REGION, DEC(size, PROT_SIZE)),
	INSTR(PROGRESS_STORE, PAIR(src, SRC)),
	INSTR(PROGRESS_LOAD, PAIR(dst, DST)),
	INSTR(RUN_COMPUTE_INDIRECT, DEC(wg_per_task, WG_PER_TASK),
	      SELECT(srt, SRT_SELECT), SELECT(spd, SPD_SELECT),
	      SELECT(tsd, TSD_SELECT), SELECT(fau, FAU_SELECT),
	      FLAG(progress, 32)),
	INSTR(ERROR_BARRIER),
	INSTR(HEAP_SET, PAIR(addr, SRC)),
	INSTR(HEAP_OPERATION, ENUM(op, HEAP_OP, csf_heap_ops), WAIT, SLOT),
	INSTR(TRACE_POINT, REG(base, SRC2), DEC(count, SRC), WAIT, SLOT),
	INSTR(SYNC_ADD64, PAIR(addr, SRC), PAIR(data, SRC2),
	      ENUM(scope, SYNC_SCOPE, csf_scopes), FLAG(propagate, 0), WAIT,
	      SLOT),
	INSTR(SYNC_SET64, PAIR(addr, SRC), PAIR(data, SRC2),
	      ENUM(scope, SYNC_SCOPE, csf_scopes), FLAG(propagate, 0), WAIT,
	      SLOT),
	INSTR(SYNC_WAIT64, PAIR(addr, SRC),
	      ENUM(cond, SYNC_COND, csf_sync_conditions), PAIR(data, SRC2),
	      FLAG(reject, 0)),
};

/**
 * csf_instr_find - look up the instruction of a word
 * @ins: the word
 *
 * Return: the instruction, one without a name if the opcode is unknown.
 */
const struct csf_instr *csf_instr_find(__u64 ins)
{
	static const struct csf_instr none;
	__u64 op = csf_get(ins, CSF_F_OPCODE);

	return op <= CSF_OP_LAST ? &csf_instrs[op] : &none;
}
EXPORT_SYMBOL_IF_KUNIT(csf_instr_find);

/**
 * csf_instr_reserved - get the bits of a word that no field covers
 * @ins: the word
 *
 * Return: the word with the bits of all fields cleared.
 */
__u64 csf_instr_reserved(__u64 ins)
{
	const struct csf_instr *instr = csf_instr_find(ins);
	__u64 reserved = ins & ~CSF_F_OPCODE;
	const struct csf_field *f;

	if (!instr->name)
		return 0;
	for (f = instr->fields; f->kind; f++)
		reserved &= ~f->mask;

	return reserved;
}
EXPORT_SYMBOL_IF_KUNIT(csf_instr_reserved);

/**
 * csf_instr_operands_valid - check the opcode and the register operands
 * @ins: the word
 *
 * Return: non-zero if the opcode is known, all registers that the word names
 * exist on architectures 10 and 11, and pairs begin with an even register.
 */
int csf_instr_operands_valid(__u64 ins)
{
	const struct csf_instr *instr = csf_instr_find(ins);
	const struct csf_field *f;

	if (!instr->name)
		return 0;
	for (f = instr->fields; f->kind; f++) {
		__u64 value = csf_get(ins, f->mask);

		if (f->kind != CSF_FIELD_REG && f->kind != CSF_FIELD_PAIR)
			continue;
		if (value >= CSF_CS_REG_COUNT ||
		    (f->kind == CSF_FIELD_PAIR && value & 1))
			return 0;
	}

	return 1;
}
EXPORT_SYMBOL_IF_KUNIT(csf_instr_operands_valid);

/* --- Text ------------------------------------------------------------------------ */

struct csf_text {
	char *text;
	unsigned int size;
	unsigned int length;
};

static void csf_put_char(struct csf_text *t, char c)
{
	if (t->length + 1 < t->size)
		t->text[t->length] = c;
	t->length++;
}

static void csf_put_text(struct csf_text *t, const char *s)
{
	while (*s)
		csf_put_char(t, *s++);
}

static void csf_put_number(struct csf_text *t, __u64 value, unsigned int base)
{
	char digits[20];
	unsigned int n = 0;

	do {
		/* Base 16, or a small number: needs no 64-bit division. */
		digits[n++] = "0123456789abcdef"[base == 16 ?
				value & 15 : (__u32)value % 10];
		value = base == 16 ? value >> 4 : (__u32)value / 10;
	} while (value);
	if (base == 16)
		csf_put_text(t, "0x");
	while (n)
		csf_put_char(t, digits[--n]);
}

static void csf_put_register(struct csf_text *t, unsigned int reg)
{
	csf_put_char(t, 'r');
	csf_put_number(t, reg, 10);
}

static void csf_put_signed(struct csf_text *t, __u64 value, __u64 mask)
{
	__u64 sign = (mask & ~(mask >> 1)) >> __builtin_ctzll(mask);

	csf_put_char(t, value & sign ? '-' : '+');
	csf_put_number(t, value & sign ? 2 * sign - value : value, 10);
}

static void csf_put_value(struct csf_text *t, const struct csf_field *f,
			  __u64 value)
{
	switch (f->kind) {
	case CSF_FIELD_REG:
		csf_put_register(t, value);
		break;
	case CSF_FIELD_PAIR:
		csf_put_register(t, value);
		csf_put_char(t, ':');
		csf_put_register(t, value + 1);
		break;
	case CSF_FIELD_SIGNED:
		csf_put_signed(t, value, f->mask);
		break;
	case CSF_FIELD_ENUM:
		if (f->values[value])
			csf_put_text(t, f->values[value]);
		else
			csf_put_number(t, value, 10);
		break;
	case CSF_FIELD_HEX:
	case CSF_FIELD_MASK:
		csf_put_number(t, value, 16);
		break;
	default:
		csf_put_number(t, value, 10);
		break;
	}
}

static void csf_put_field(struct csf_text *t, const struct csf_field *f,
			  __u64 value)
{
	if (!value && (f->kind == CSF_FIELD_FLAG ||
		       f->kind == CSF_FIELD_MASK ||
		       f->kind == CSF_FIELD_INDEX))
		return;
	csf_put_char(t, ' ');
	csf_put_text(t, f->name);
	if (f->kind == CSF_FIELD_FLAG)
		return;
	csf_put_char(t, '=');
	csf_put_value(t, f, value);
}

/**
 * csf_disasm - convert an instruction to text
 * @ins: the word
 * @text: buffer for the text, which gets a terminating zero
 * @size: size of the buffer; %CSF_DISASM_TEXT_MAX is sufficient
 *
 * A word with an unknown opcode becomes .word and its value.
 *
 * Return: length of the whole text, without the zero.
 */
unsigned int csf_disasm(__u64 ins, char *text, unsigned int size)
{
	const struct csf_instr *instr = csf_instr_find(ins);
	struct csf_text t = { .text = text, .size = size };
	__u64 reserved = csf_instr_reserved(ins);
	const struct csf_field *f;

	csf_put_text(&t, instr->name ? instr->name : ".word ");
	if (!instr->name)
		csf_put_number(&t, ins, 16);
	for (f = instr->fields; f->kind; f++)
		csf_put_field(&t, f, csf_get(ins, f->mask));
	if (reserved) {
		csf_put_text(&t, " reserved=");
		csf_put_number(&t, reserved, 16);
	}
	if (size)
		text[t.length < size ? t.length : size - 1] = 0;

	return t.length;
}
EXPORT_SYMBOL_IF_KUNIT(csf_disasm);
