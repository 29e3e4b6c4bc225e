// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tests of the disassembler's table, over all opcodes and all values of each
 * field that could make a difference. An assembler that uses only the table shows
 * that the text carries all bits of the word.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vcsf/csf_disasm.h>
#include <vcsf/csf_isa.h>

#include "ktap.h"

static const struct csf_instr *instr_of(unsigned int op)
{
	return csf_instr_find(csf_put(CSF_F_OPCODE, op));
}

/* Fields of an instruction do not overlap and have unique names. */
static void fields_apart(void)
{
	const struct csf_field *f, *g;
	unsigned int count = 0;

	for (unsigned int op = 0; op < 256; op++) {
		const struct csf_instr *instr = instr_of(op);
		uint64_t used = CSF_F_OPCODE;

		if (!instr->name)
			continue;
		count++;
		for (f = instr->fields; f->kind; f++) {
			ktap_check(f->mask);
			ktap_check(!(used & f->mask));
			used |= f->mask;
			ktap_check((f->kind == CSF_FIELD_ENUM) == !!f->values);
			for (g = instr->fields; g->kind; g++)
				ktap_check(f == g || strcmp(f->name, g->name));
		}
	}
	ktap_check(count == 39);
}

static const struct csf_field *field_named(const struct csf_instr *instr,
					   const char *name)
{
	const struct csf_field *f;

	for (f = instr->fields; f->kind; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static uint64_t parse_value(const struct csf_field *f, const char *text)
{
	uint64_t all = csf_get(~0ULL, f->mask);

	if (f->kind == CSF_FIELD_REG || f->kind == CSF_FIELD_PAIR)
		return strtoull(text + 1, NULL, 10);
	for (uint64_t v = 0; f->values && v <= all; v++)
		if (f->values[v] && !strcmp(f->values[v], text))
			return v;

	return strtoll(text, NULL, 0);
}

static uint64_t parse_field(const struct csf_instr *instr, char *word)
{
	char *value = strchr(word, '=');
	const struct csf_field *f;

	if (value)
		*value++ = 0;
	if (value && !strcmp(word, "reserved"))
		return strtoull(value, NULL, 0);
	f = field_named(instr, word);
	ktap_check(f);
	if (!f)
		return 0;
	ktap_check(!value == (f->kind == CSF_FIELD_FLAG));
	return csf_put(f->mask, value ? parse_value(f, value) : 1);
}

static uint64_t assemble(char *text)
{
	char *rest, *name = strtok_r(text, " ", &rest);
	uint64_t word = 0;

	if (!strcmp(name, ".word"))
		return strtoull(rest, NULL, 0);
	for (unsigned int op = 0; op < 256; op++) {
		const struct csf_instr *instr = instr_of(op);

		if (!instr->name || strcmp(instr->name, name))
			continue;
		word = csf_put(CSF_F_OPCODE, op);
		while ((name = strtok_r(NULL, " ", &rest)))
			word |= parse_field(instr, name);
		return word;
	}
	ktap_check(!"an instruction of this name");
	return 0;
}

static void check_word(uint64_t ins)
{
	char text[CSF_DISASM_TEXT_MAX], copy[CSF_DISASM_TEXT_MAX];
	unsigned int length = csf_disasm(ins, text, sizeof(text));

	ktap_check(length == strlen(text));
	ktap_check(length < sizeof(text));
	strcpy(copy, text);
	if (assemble(copy) != ins) {
		printf("    # %016llx is printed as '%s'\n", (unsigned long long)ins, text);
		ktap_check(!"the same word");
	}
}

/* Every opcode, with each single bit, and with each value of narrow fields */
static void each_field(void)
{
	const struct csf_field *f;

	for (unsigned int op = 0; op < 256; op++) {
		uint64_t word = csf_put(CSF_F_OPCODE, op);
		const struct csf_instr *instr = instr_of(op);

		check_word(word);
		check_word(word | ~CSF_F_OPCODE);
		for (unsigned int bit = 0; bit < 56; bit++) {
			check_word(word | 1ULL << bit);
			check_word((word | ~CSF_F_OPCODE) & ~(1ULL << bit));
		}
		if (!instr->name)
			continue;
		for (f = instr->fields; f->kind; f++) {
			uint64_t all = csf_get(~0ULL, f->mask);

			if (all > 0xffff)
				continue;
			for (uint64_t v = 0; v <= all; v++)
				check_word(word | csf_put(f->mask, v));
		}
	}
}

static void random_words(void)
{
	uint64_t x = 88172645463325252ULL;

	for (unsigned int i = 0; i < 1000000; i++) {
		/* Marsaglia's xorshift */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		/* Existing opcodes, most of the time */
		check_word(i % 4 ? (x & ~CSF_F_OPCODE) |
				   csf_put(CSF_F_OPCODE, i / 4 % 54) : x);
	}
}

/* Words from the encoders have no bit that the table does not define. */
static void check_text(uint64_t ins, const char *expected)
{
	char text[CSF_DISASM_TEXT_MAX];

	ktap_check(csf_instr_reserved(ins) == 0);
	ktap_check(csf_instr_operands_valid(ins));
	csf_disasm(ins, text, sizeof(text));
	if (strcmp(text, expected)) {
		printf("    # '%s', not '%s'\n", text, expected);
		ktap_check(!"the text");
	}
}

static void encoders(void)
{
	check_text(csf_nop(), "NOP");
	check_text(csf_move48(68, 0xffffffffffff),
		   "MOVE48 dst=r68:r69 imm=0xffffffffffff");
	check_text(csf_move32(70, 0xdeadbeef), "MOVE32 dst=r70 imm=0xdeadbeef");
	check_text(csf_wait(0xff), "WAIT mask=0xff");
	check_text(csf_add_imm32(1, 2, -1), "ADD_IMM32 dst=r1 src=r2 imm=-1");
	check_text(csf_add_imm64(2, 4, INT32_MIN),
		   "ADD_IMM64 dst=r2:r3 src=r4:r5 imm=-2147483648");
	check_text(csf_umin32(1, 2, 3), "UMIN32 dst=r1 src0=r2 src1=r3");
	check_text(csf_load_multiple(10, 20, 5, -8),
		   "LOAD_MULTIPLE base=r10 mask=0x5 addr=r20:r21 off=-8");
	check_text(csf_store_multiple(10, 20, 0xffff, 32767),
		   "STORE_MULTIPLE base=r10 mask=0xffff addr=r20:r21 off=+32767");
	check_text(csf_branch(CSF_COND_GE, 9, -32768),
		   "BRANCH cond=ge reg=r9 off=-32768");
	check_text(csf_set_sb_entry(2, 7), "SET_SB_ENTRY endpoint=2 other=7");
	check_text(csf_progress_wait(31, 6),
		   "PROGRESS_WAIT queue=31 src=r6:r7");
	check_text(csf_set_exception_handler(2, 86, 88),
		   "SET_EXCEPTION_HANDLER type=2 addr=r86:r87 len=r88");
	check_text(csf_call(92, 94), "CALL addr=r92:r93 len=r94");
	check_text(csf_jump(92, 94), "JUMP addr=r92:r93 len=r94");
	check_text(csf_req_resource(0xb), "REQ_RESOURCE compute fragment idvs");
	check_text(csf_flush_cache2(3, 1, 2, 94, 0x81, 5),
		   "FLUSH_CACHE2 l2=clean_inv lsc=clean other=inv id=r94 wait=0x81 slot=5");
	check_text(csf_sync_add32(10, 13, 1, 2, 3, 4),
		   "SYNC_ADD32 addr=r10:r11 data=r13 scope=group propagate wait=0x3 slot=4");
	check_text(csf_sync_set32(10, 13, 0, 0, 0, 0),
		   "SYNC_SET32 addr=r10:r11 data=r13 scope=system");
	check_text(csf_sync_add64(10, 12, 1, 0, 0, 0),
		   "SYNC_ADD64 addr=r10:r11 data=r12:r13 scope=system propagate");
	check_text(csf_sync_set64(10, 12, 1, 1, 0, 0),
		   "SYNC_SET64 addr=r10:r11 data=r12:r13 scope=1 propagate");
	check_text(csf_sync_wait32(10, 13, CSF_COND_GT, 1),
		   "SYNC_WAIT32 addr=r10:r11 cond=gt data=r13 reject");
	check_text(csf_sync_wait64(10, 12, CSF_COND_LE, 0),
		   "SYNC_WAIT64 addr=r10:r11 cond=le data=r12:r13");
	check_text(csf_store_state(10, -16, CSF_STATE_CYCLES, 0, 0),
		   "STORE_STATE state=cycles addr=r10:r11 off=-16");
	check_text(csf_progress_store(8), "PROGRESS_STORE src=r8:r9");
	check_text(csf_progress_load(8), "PROGRESS_LOAD dst=r8:r9");
	check_text(csf_error_barrier(), "ERROR_BARRIER");
	check_text(csf_heap_set(90), "HEAP_SET addr=r90:r91");
	check_text(csf_heap_operation(CSF_HEAP_FRAG_COMPLETE, 0xf, 15),
		   "HEAP_OPERATION op=frag_complete wait=0xf slot=15");
	check_text(csf_trace_point(20, 6, 0x80, 5),
		   "TRACE_POINT base=r20 count=6 wait=0x80 slot=5");
	check_text(csf_prot_region(7), "PROT_REGION size=7");
}

static void encoders_of_jobs(void)
{
	uint64_t select = csf_put(CSF_F_SRT_SELECT, 1) |
			  csf_put(CSF_F_SPD_SELECT, 2) |
			  csf_put(CSF_F_TSD_SELECT, 3) |
			  csf_put(CSF_F_FAU_SELECT, 1);

	check_text(csf_run_compute(16383, 2, 1) | select,
		   "RUN_COMPUTE task_inc=16383 axis=z srt=1 spd=2 tsd=3 fau=1 progress");
	check_text(csf_run_compute(1, 0, 0), "RUN_COMPUTE task_inc=1 axis=x");
	check_text(csf_run_compute_indirect(65535, 0) | select,
		   "RUN_COMPUTE_INDIRECT wg_per_task=65535 srt=1 spd=2 tsd=3 fau=1");
	check_text(csf_run_tiling(0x80000001, 1) | select,
		   "RUN_TILING override=0x80000001 srt=1 spd=2 tsd=3 fau=1 progress");
	check_text(csf_run_idvs(0, 0, 1), "RUN_IDVS override=0x0 drawid=r0 malloc");
	check_text(csf_run_idvs(5, 1, 0) | csf_put(CSF_F_SRC, 95) |
		   CSF_F_IDVS_DRAW_ID | CSF_F_IDVS_VARYING_SRT |
		   CSF_F_IDVS_FRAGMENT_TSD,
		   "RUN_IDVS override=0x5 drawid=r95 progress drawid_en varying_srt frag_tsd");
	check_text(csf_run_idvs(0, 0, 0) | CSF_F_IDVS_VARYING_FAU |
		   CSF_F_IDVS_VARYING_TSD | CSF_F_IDVS_FRAGMENT_SRT,
		   "RUN_IDVS override=0x0 drawid=r0 varying_fau varying_tsd frag_srt");
	check_text(csf_run_fragment(1, 6, 1),
		   "RUN_FRAGMENT order=rev_vertical tile_enable_map progress");
	check_text(csf_run_fullscreen(3, 94, 0),
		   "RUN_FULLSCREEN override=0x3 dcd=r94:r95");
	check_text(csf_finish_tiling(1), "FINISH_TILING progress");
	check_text(csf_finish_fragment(1, 52, 54, 0x80, 5),
		   "FINISH_FRAGMENT first=r52:r53 last=r54:r55 wait=0x80 slot=5 inc");
}

static void operands(void)
{
	ktap_check(!csf_instr_operands_valid(csf_move48(1, 0)));
	ktap_check(!csf_instr_operands_valid(csf_move48(96, 0)));
	ktap_check(csf_instr_operands_valid(csf_move48(94, 0)));
	ktap_check(!csf_instr_operands_valid(csf_move32(255, 0)));
	ktap_check(!csf_instr_operands_valid(csf_call(2, 96)));
	ktap_check(!csf_instr_operands_valid(csf_sync_add64(2, 3, 0, 0, 0, 0)));
	ktap_check(csf_instr_operands_valid(csf_sync_add32(2, 3, 0, 0, 0, 0)));
	ktap_check(!csf_instr_operands_valid(10ULL << 56));
	ktap_check(!csf_instr_operands_valid(~0ULL));
}

/* A short buffer receives the beginning of the text, and no byte beyond its end. */
static void truncation(void)
{
	char text[CSF_DISASM_TEXT_MAX], part[CSF_DISASM_TEXT_MAX];
	unsigned int length = csf_disasm(csf_call(92, 94), text, sizeof(text));

	for (unsigned int size = 0; size <= length + 1; size++) {
		memset(part, '#', sizeof(part));
		ktap_check(csf_disasm(csf_call(92, 94), part, size) == length);
		ktap_check(part[size] == '#');
		if (!size)
			continue;
		ktap_check(strlen(part) == size - 1);
		ktap_check(!strncmp(part, text, size - 1));
	}
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "fields_apart", fields_apart },
		{ "each_field", each_field },
		{ "random_words", random_words },
		{ "encoders", encoders },
		{ "encoders_of_jobs", encoders_of_jobs },
		{ "operands", operands },
		{ "truncation", truncation },
	};

	return ktap_run("disasm", cases, ARRAY_SIZE(cases));
}
