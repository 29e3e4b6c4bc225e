// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The decoder and disassembler of shaders: against Mesa's test vectors, which
 * are read where they are found, and against the assembler of the tests.
 */

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shader/exec.h"
#include "ktap.h"
#include "shader_asm.h"

/* Where to find Mesa's assembler-cases.txt */
#define VECTORS_VARIABLE	"MESA_ASSEMBLER_CASES"
#define VECTORS_IN_MESA		"src/panfrost/compiler/valhall/test/assembler-cases.txt"

static u64 random_state = 88172645463325252ULL;

static u64 random64(void)
{
	/* Marsaglia's xorshift */
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* The vectors that are named, or those of a Mesa source in the cache */
static FILE *open_vectors(void)
{
	const char *path = getenv(VECTORS_VARIABLE), *home = getenv("HOME");
	char pattern[512];
	FILE *file = NULL;
	glob_t found;

	if (path)
		return fopen(path, "r");
	snprintf(pattern, sizeof(pattern),
		 "%s/.cache/drm-jobqueue/mesa*/" VECTORS_IN_MESA,
		 home ? home : "");
	if (!glob(pattern, 0, NULL, &found))
		file = fopen(found.gl_pathv[0], "r");
	globfree(&found);
	return file;
}

/* Bytes and text: "02 00 00 00 00 c1 91 00    MOV.i32 r1, r2" */
static bool parse_vector(char *line, u64 *word, char **text)
{
	unsigned int bytes[8];
	int end = 0;

	if (sscanf(line, "%x %x %x %x %x %x %x %x %n", &bytes[0], &bytes[1],
		   &bytes[2], &bytes[3], &bytes[4], &bytes[5], &bytes[6],
		   &bytes[7], &end) != 8)
		return false;
	*word = 0;
	for (unsigned int i = 0; i < 8; i++)
		*word |= (u64)bytes[i] << (8 * i);
	*text = line + end;
	(*text)[strcspn(*text, "\r\n")] = 0;
	while (**text && (*text)[strlen(*text) - 1] == ' ')
		(*text)[strlen(*text) - 1] = 0;
	return true;
}

/* The text of an instruction without the spaces at its end */
static void disassemble(u64 word, char text[VSH_DISASM_MAX])
{
	unsigned int length = vsh_disasm(word, text, VSH_DISASM_MAX);

	ktap_check(length < VSH_DISASM_MAX);
	while (length && text[length - 1] == ' ')
		text[--length] = 0;
}

static void mesa_vectors(void)
{
	char line[512], text[VSH_DISASM_MAX], *expected;
	unsigned int count = 0;
	FILE *file = open_vectors();
	struct vsh_insn insn;
	u64 word, again;

	if (!file) {
		printf("    # SKIP: no vectors, set %s to Mesa's assembler-cases.txt\n",
		       VECTORS_VARIABLE);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		if (!parse_vector(line, &word, &expected))
			continue;
		count++;
		disassemble(word, text);
		vsh_decode(&insn, word);
		if (strcmp(text, expected) || insn.fault == VSH_FAULT_ENCODING) {
			printf("    # %016llx is '%s' (%s), not '%s'\n",
			       (unsigned long long)word, text,
			       vsh_fault_name(insn.fault), expected);
			ktap_failed = true;
		}
		if (!shader_assemble(expected, &again) || again != word) {
			printf("    # '%s' is %016llx, not %016llx\n", expected,
			       (unsigned long long)again,
			       (unsigned long long)word);
			ktap_failed = true;
		}
	}
	fclose(file);
	printf("    # %u vectors\n", count);
	ktap_check(count > 200);
}

/* Forms differ, and have no two things in the same bits. */
static void table(void)
{
	const struct vsh_form *form, *other;
	unsigned int count = 0, done = 0;

	for (unsigned int i = 0; (form = vsh_form_at(i)); i++) {
		u64 word = vsh_form_match(form) | (u64)form->opcode << VSH_OPCODE_FIRST;

		count++;
		done += form->op != VSH_OP_NONE;
		ktap_check(vsh_form_find(word) == form);
		ktap_check((form->op == VSH_OP_ALU) == !!form->alu);
		for (unsigned int k = 0; (other = vsh_form_at(k)); k++)
			ktap_check(i == k || strcmp(form->name, other->name));
	}
	printf("    # %u forms, %u of them executed\n", count, done);
	ktap_check(count == 254);
}

/* A random word of a form, with all fields valid most of the time */
static u64 random_word(const struct vsh_form *form)
{
	u64 word = (random64() & vsh_form_known(form) & ~vsh_form_mask(form) &
		    ~(0x1ffULL << VSH_OPCODE_FIRST)) |
		   vsh_form_match(form) | (u64)form->opcode << VSH_OPCODE_FIRST;

	return word & ~(1ULL << VSH_RESERVED_BIT);
}

/*
 * Every instruction that is executed survives text and back, but for the
 * number of a staging register of which none is used, constants that are in
 * the table twice, and a page that nothing refers to.
 */
static void round_trip(void)
{
	const struct vsh_form *form;
	unsigned int accepted = 0;
	char text[VSH_DISASM_MAX];
	struct vsh_insn insn;
	u64 again = 0;

	for (unsigned int i = 0; (form = vsh_form_at(i)); i++) {
		for (unsigned int n = 0; n < 2000; n++) {
			u64 word = random_word(form);

			vsh_decode(&insn, word);
			if (insn.fault)
				continue;
			disassemble(word, text);
			if (strstr(text, "@,") || strstr(text, "@ ,"))
				continue;
			accepted++;
			if (shader_assemble(text, &again) &&
			    !((again ^ word) & ~0x600000000000000ULL))
				continue;
			if (strstr(text, "0x0"))
				continue;
			printf("    # %016llx is '%s', and that is %016llx\n",
			       (unsigned long long)word, text,
			       (unsigned long long)again);
			ktap_failed = true;
			break;
		}
	}
	printf("    # %u instructions\n", accepted);
	ktap_check(accepted > 10000);
}

/* Any 64 bits decode to something, with operands that exist. */
static void random_words(void)
{
	char text[VSH_DISASM_MAX];
	struct vsh_insn insn;

	for (unsigned int n = 0; n < 500000; n++) {
		u64 word = random64();

		vsh_decode(&insn, word);
		ktap_check(vsh_disasm(word, text, sizeof(text)) == strlen(text));
		if (insn.fault)
			continue;
		ktap_check(insn.form);
		ktap_check(insn.sr + insn.sr_count <= VSH_REGS);
	}
}

static u8 fault_of(const char *text, u64 change)
{
	struct vsh_insn insn;
	u64 word = 0;

	ktap_check(shader_assemble(text, &word));
	vsh_decode(&insn, word ^ change);
	return insn.fault;
}

static void refused(void)
{
	struct vsh_insn insn;

	vsh_decode(&insn, 0);
	ktap_check(insn.fault == VSH_FAULT_ENCODING);
	ktap_check(!fault_of("IADD.u32 r0, r1, r2", 0));
	/* A bit that means nothing, and the reserved one */
	ktap_check(fault_of("MOV.i32 r0, r1", 1ULL << 20) == VSH_FAULT_ENCODING);
	ktap_check(fault_of("MOV.i32 r0, r1", 1ULL << 63) == VSH_FAULT_ENCODING);
	/* A flow, a part, a write mask that do not exist */
	ktap_check(fault_of("MOV.i32 r0, r1", 11ULL << 59) == VSH_FAULT_ENCODING);
	ktap_check(fault_of("IADD.u32 r0, r1, r2", 1ULL << 26) == VSH_FAULT_ENCODING);
	ktap_check(fault_of("IADD.u32 r0, r1, r2", 3ULL << 46) == VSH_FAULT_ENCODING);
	/* Pairs that are not aligned */
	ktap_check(fault_of("IADD.u64 r0, r3, r2", 0) == VSH_FAULT_ENCODING);
	ktap_check(fault_of("IADD.u64 r1, r2, r2", 0) == VSH_FAULT_ENCODING);
	ktap_check(!fault_of("IADD.u64 r2, r3.w0, r2", 0));
	/* Staging registers: behind the last one, too few */
	ktap_check(fault_of("LOAD.i128.unsigned.slot0 @r62:r63:r64:r65, r0, offset:0", 0) ==
		   VSH_FAULT_ENCODING);
	ktap_check(fault_of("LOAD.i64.unsigned.slot0 @r0, r2, offset:0", 0) ==
		   VSH_FAULT_ENCODING);
	/* Known, and not executed */
	ktap_check(fault_of("FPCLASS.f32 r0, r1", 0) == VSH_FAULT_UNSUPPORTED);
	ktap_check(fault_of("CLPER.i32.shift r0, r1, r2.b00", 0) ==
		   VSH_FAULT_UNSUPPORTED);
	ktap_check(fault_of("MOV.i32 r0, warp_id.w0", 0) == VSH_FAULT_UNSUPPORTED);
	ktap_check(fault_of("MOV.i32 r0, lane_id.w1", 0) == VSH_FAULT_UNSUPPORTED);
	ktap_check(!fault_of("MOV.i32 r0, lane_id.w0", 0));
	ktap_check(fault_of("ICMP_OR.u32.gtlt.i1 r0, r1, r2, 0x0", 0) ==
		   VSH_FAULT_UNSUPPORTED);
	ktap_check(fault_of("BARRIER.slot0.wait", 0) == VSH_FAULT_ENCODING);
}

/* A buffer that is too small gets what fits, and nothing behind it. */
static void truncation(void)
{
	char text[VSH_DISASM_MAX], part[VSH_DISASM_MAX];
	u64 word = 0x0200040000001234ULL;
	unsigned int length = vsh_disasm(word, text, sizeof(text));

	for (unsigned int size = 0; size <= length + 1; size++) {
		memset(part, '#', sizeof(part));
		ktap_check(vsh_disasm(word, part, size) == length);
		ktap_check(part[size] == '#');
		if (size)
			ktap_check(!strncmp(part, text, size - 1));
	}
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "table", table },
		{ "mesa_vectors", mesa_vectors },
		{ "round_trip", round_trip },
		{ "random_words", random_words },
		{ "refused", refused },
		{ "truncation", truncation },
	};

	return ktap_run("shader_decode", cases, ARRAY_SIZE(cases));
}
