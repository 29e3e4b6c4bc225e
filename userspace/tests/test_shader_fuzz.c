// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random shaders, built with sanitizers.
 *
 *   test_shader_fuzz [COUNT [SEED [PROGRAMS]]]
 *
 * Programs are made of valid instructions, of mutated ones and of any bits. With PROGRAMS, a
 * file that scripts/mesa --record wrote, half of them are mutated ones that Mesa compiled.
 * Each must end or use up its instructions, without touching anything but its
 * memory, and must do the same when it runs in small slices and accesses have
 * to be tried again.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_asm.h"
#include "shader_rig.h"

#define DEFAULT_COUNT	100000
#define MAX_WORDS	40
#define MAX_EXECUTED	600
/* Little memory, so that filling and comparing it is quick */
#define MEMORY		4096

static unsigned long count = DEFAULT_COUNT;
static u64 random_state = 88172645463325252ULL;

static u64 random64(void)
{
	/* Marsaglia's xorshift */
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static unsigned int below(unsigned int n)
{
	return random64() % n;
}

static const struct vsh_form *forms[256];
static unsigned int form_count;

static void find_forms(void)
{
	const struct vsh_form *form;

	for (unsigned int i = 0; (form = vsh_form_at(i)); i++)
		if (form->op)
			forms[form_count++] = form;
}

/* A program that does most things right, to be mutated */
static const char *const seeds[] = {
	"SHADDX.u64 r2, u0, r60.w0, shift:0x2\n"
	"LOAD.i32.unsigned.slot0.wait0 @r0, ^r2, offset:0\n"
	"IMUL.i32 r0, r0, r0\n"
	"ATOM_RETURN.i32.slot1.aadd.wait1 @r8, @r0, u0, offset:0x8\n"
	"BARRIER.slot7.wait\n"
	"ICMP_OR.u32.gt.m1.reconverge r1, r60, 0x7060504.b0, 0x0\n"
	"BRANCHZ.reconverge r1, offset:2\n"
	"FADD.f32 r5, r0, 0x3F800000\n"
	"MOV.i32.reconverge r0, r5\n"
	"STORE.i32.slot0.end @r0, u0, offset:64\n",
	"MOV.i32.reconverge r1, r60\n"
	"CLPER.i32.subgroup4.xor r4, r1, 0x3020100.b11\n"
	"WMASK.subgroup16 r5, r4\n"
	"IADD_IMM.i32.reconverge r1, r1, #0xffffffff\n"
	"BRANCHZ.reconverge r1, offset:-4\n"
	"SHADDX.u64 r2, u0, r60.w0, shift:0x4\n"
	"STORE.i128.slot0.end @r4:r5:r6:r7, r2, offset:0\n",
	"LEA_BUFFER.slot0.wait0 @r4:r5, 0x0, u2\n"
	"LD_BUFFER.i64.unsigned.slot1.wait1 @r6:r7, r60, u2\n"
	"FMA.f32 r0, r6, r7, 0x3F800000\n"
	"F32_TO_S32.rtn r0, r0\n"
	"STORE.i32.slot0.end @r0, r4, offset:0\n",
	"MOV.i32 r0, r60\n"
	"MOV.i32 r1, 0x0\n"
	"MOV.i32 r2, u3\n"
	"MOV.i32 r3, u4\n"
	"TEX_FETCH.slot0.reserved.32.rgba.2d.wide_indices.wait0 @r4:r5:r6:r7, @r0:r1, r2\n"
	"LEA_TEX_IMM.slot0.wait0 @r8:r9:r10, r60, 0x0, table:0x0, index:0x1\n"
	"ST_CVT.slot0.auto.v4.wait0 @r4:r5:r6:r7, r8, r10, offset:0x0\n"
	"LD_CVT.slot0.auto.v4.wait0 @r12:r13:r14:r15, r8, r10, offset:0x0\n"
	"STORE.i128.slot0.end @r12:r13:r14:r15, u0, offset:0\n",
};

/* Programs of the file */
static struct recorded {
	u64 words[RIG_PROGRAM_WORDS];
	unsigned int count;
} *recorded;

static unsigned int recorded_count;

/* Keep a program unless it is too long or has an instruction that is not known. */
static bool keep(const char *text)
{
	struct recorded *more = realloc(recorded, (recorded_count + 1) * sizeof(*recorded));

	if (!more)
		exit(1);
	recorded = more;
	more += recorded_count;
	more->count = shader_assemble_all(text, more->words, RIG_PROGRAM_WORDS - 1);
	recorded_count += !!more->count;
	return more->count;
}

/* Programs are behind a line each that begins with '#'. */
static void read_programs(const char *name)
{
	static char text[1 << 16];
	unsigned int left_out = 0;
	FILE *file = fopen(name, "r");
	char line[256];
	size_t at = 0;
	bool more;

	if (!file) {
		perror(name);
		exit(2);
	}
	do {
		more = fgets(line, sizeof(line), file);
		if (more && line[0] != '#') {
			if (at + strlen(line) < sizeof(text))
				at += sprintf(text + at, "%s", line);
			continue;
		}
		if (at && !keep(text))
			left_out++;
		at = 0;
	} while (more);
	fclose(file);
	printf("    # %u programs of %s, and %u that are too long or not known\n",
	       recorded_count, name, left_out);
	if (!recorded_count)
		exit(2);
}

static u64 valid_word(void)
{
	struct vsh_insn insn;
	u64 word = 0;

	for (unsigned int tries = 0; tries < 20; tries++) {
		const struct vsh_form *form = forms[below(form_count)];

		word = (random64() & vsh_form_known(form) & ~vsh_form_mask(form) &
			~(0x1ffULL << VSH_OPCODE_FIRST)) | vsh_form_match(form) |
		       (u64)form->opcode << VSH_OPCODE_FIRST;
		word &= ~(1ULL << VSH_RESERVED_BIT);
		/* Short branches, and the uniform that is an address */
		if (form->op == VSH_OP_BRANCHZ)
			word = (word & ~(0x7ffffffULL << 8)) |
			       (u64)((below(16) - 8) & 0x7ffffff) << 8;
		if ((form->src[0] & VSH_SRC_KIND) == VSH_SRC_R64 && below(4))
			word = (word & ~0x06000000000000ffULL) | 0x80;
		if (below(3))
			word &= ~(0xfULL << VSH_FLOW_FIRST);
		if (!below(3))
			word |= 10ULL << VSH_FLOW_FIRST;
		vsh_decode(&insn, word);
		if (!insn.fault)
			break;
	}
	return word;
}

static unsigned int make_program(u64 *words)
{
	unsigned int n = 1 + below(MAX_WORDS - 1);

	if (recorded_count && below(2)) {
		const struct recorded *from = &recorded[below(recorded_count)];

		n = from->count;
		memcpy(words, from->words, n * sizeof(*words));
		for (unsigned int i = below(6); i; i--)
			words[below(n)] ^= 1ULL << below(64);
		for (unsigned int i = below(3); i; i--)
			words[below(n)] = below(2) ? valid_word() : words[below(n)];
		return n;
	}
	if (below(3)) {
		for (unsigned int i = 0; i < n; i++)
			words[i] = below(50) ? valid_word() : random64();
	} else {
		n = shader_assemble_all(seeds[below(VSH_ARRAY_SIZE(seeds))],
					words, MAX_WORDS);
		for (unsigned int i = below(6); i; i--)
			words[below(n)] ^= 1ULL << below(64);
		for (unsigned int i = below(3); i; i--)
			words[below(n)] = valid_word();
	}
	if (below(4))
		words[n - 1] |= 15ULL << VSH_FLOW_FIRST;
	return n;
}

/*
 * A texture at index 1, of a few texels, and its plane: most fields are what some texture has,
 * and the memory behind the plane has its texels.
 */
static void describe_image(struct rig *rig, u64 seed)
{
	u64 texture[4] = {
		2 | (seed >> 4 & 3) << 4 | 15ULL << 32 | 7ULL << 48,
		0x688, RIG_DATA + 3584, 0,
	};
	u64 plane[4] = { 10 | 1 << 4 | (1 + (seed >> 20 & 1)) << 8, RIG_DATA + 512, 64, 512 };

	/* Packed formats, or those with channels of equal size, in one of the orders */
	texture[0] |= (seed >> 24 & 1 ? 0x40 | (seed >> 25 & 0x3f) : 0x80 | (seed >> 25 & 0x7f)) <<
		     22 | (seed >> 33 & 0x1e) << 10;
	if (!(seed >> 40 & 3))
		plane[0] = 10 | 6 << 4 | (seed >> 42 & 1) << 19 | 10ULL << 26;
	if (seed >> 43 & 1)
		plane[0] |= (seed >> 44 & 1 ? 20ULL : 22ULL) << 24;
	memcpy(rig->data + 288, texture, sizeof(texture));
	memcpy(rig->data + 3584, plane, sizeof(plane));
}

static void fill(struct rig *rig, u64 seed)
{
	u64 entry[2] = { (RIG_DATA + 256) | 1ULL << 56, 64 };
	u64 buffer[2] = { 9 | 1 << 4 | 200ULL << 32, RIG_DATA + 512 };

	for (unsigned int i = 0; i < MEMORY; i += 8) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		memcpy(rig->data + i, &seed, 8);
	}
	memcpy(rig->data + 128, entry, sizeof(entry));
	memcpy(rig->data + 256, buffer, sizeof(buffer));
	if (seed & 3)
		describe_image(rig, seed);
	rig->g.resources = (RIG_DATA + 128) & ~0x3fULL;
	rig->g.resources |= 1;
	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(rig->uniforms); i++)
		rig->uniforms[i] = seed >> (i % 32);
	rig->uniforms[0] = RIG_DATA + 1024;
	rig->uniforms[1] = 0;
	rig->uniforms[2] = 0;
	rig->uniforms[3] = 0;
	rig->uniforms[4] = 1;
	rig->g.wls = RIG_DATA + 2048;
	rig->g.tls = RIG_DATA + 3072;
	rig->g.tls_size = 16;
}

static void start(struct rig *rig, const u64 *words, unsigned int n,
		  unsigned int lanes, u64 seed)
{
	rig_load_words(rig, words, n);
	fill(rig, seed);
	rig_start(rig, lanes);
	rig->accesses = 0;
}

static void show(unsigned long number, const u64 *words, unsigned int n)
{
	char text[VSH_DISASM_MAX];

	printf("    # program %lu:\n", number);
	for (unsigned int i = 0; i < n; i++) {
		vsh_disasm(words[i], text, sizeof(text));
		printf("    #   %016llx  %s\n", (unsigned long long)words[i],
		       text);
	}
}

static void random_programs(void)
{
	struct rig *rig = rig_new(), *sliced = rig_new();
	unsigned long done = 0, faulted = 0, endless = 0, by_type[VSH_FAULT_COUNT] = { 0 };
	u64 words[RIG_PROGRAM_WORDS], executed = 0;
	enum vsh_result result, again;

	rig->data_size = MEMORY;
	sliced->data_size = MEMORY;
	rig->g.check_waits = false;
	sliced->g.check_waits = false;
	for (unsigned long i = 0; i < count && !ktap_failed; i++) {
		unsigned int n = make_program(words);
		bool compare = i % 4;
		unsigned int lanes = compare ? 1 + below(16) : 1 + below(200);
		u64 seed = random64();

		start(rig, words, n, lanes, seed);
		result = rig_finish(rig, MAX_EXECUTED, MAX_EXECUTED);
		executed += rig->g.executed;
		ktap_check(rig->g.executed <= MAX_EXECUTED);
		done += result == VSH_DONE;
		faulted += result == VSH_FAULTED;
		endless += result == VSH_BUDGET;
		if (result == VSH_FAULTED)
			by_type[rig->g.fault.type]++;
		if (!compare)
			continue;
		/* One warp: its instructions have one order. */
		start(sliced, words, n, lanes, seed);
		sliced->again_every = 2 + below(9);
		again = rig_finish(sliced, MAX_EXECUTED / 100, MAX_EXECUTED);
		ktap_check(result == again ||
			   (result == VSH_BUDGET && again == VSH_STALLED));
		ktap_check(!memcmp(rig->data, sliced->data, MEMORY));
		if (result != VSH_BUDGET)
			ktap_check(!memcmp(rig->warps[0].r, sliced->warps[0].r,
					   sizeof(rig->warps[0].r)));
		ktap_check(rig->g.fault.pc == sliced->g.fault.pc);
		if (ktap_failed)
			show(i, words, n);
	}
	printf("    # %lu programs, %llu instructions: %lu ended, %lu faulted, %lu went on\n",
	       count, (unsigned long long)executed, done, faulted, endless);
	for (unsigned int t = 1; t < VSH_FAULT_COUNT; t++)
		printf("    # %7lu %s\n", by_type[t], vsh_fault_name(t));
	ktap_check(done > count / 20);
	rig_free(rig);
	rig_free(sliced);
}

int main(int argc, char **argv)
{
	static const struct ktap_case cases[] = {
		{ "random_programs", random_programs },
	};

	if (argc > 1)
		count = strtoul(argv[1], NULL, 0);
	if (argc > 3)
		read_programs(argv[3]);
	if (argc > 2)
		random_state ^= strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15ULL;
	find_forms();

	return ktap_run("shader_fuzz", cases, ARRAY_SIZE(cases));
}
