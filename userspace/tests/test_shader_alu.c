// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Arithmetic instructions of shaders: each form with random modifiers, parts
 * and operands, against a model that computes from the text; transcendental
 * functions as Mesa composes them, against the C library.
 */

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_model.h"
#include "shader_model_parts.h"
#include "shader_rig.h"

/* Encodings of each form; 16 lanes each */
#define TRIES	1500

static u64 random_state = 88172645463325252ULL;

static u64 random64(void)
{
	/* Marsaglia's xorshift */
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static const u32 corners[] = {
	0x00000000, 0x00000001, 0x00000002, 0x0000007f, 0x00000080, 0x000000ff,
	0x00000100, 0x00007fff, 0x00008000, 0x0000ffff, 0x00010000, 0x7fffffff,
	0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 0x3f800000, 0xbf800000,
	0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f7fffff, 0x00800000,
	0x007fffff, 0x80000001, 0x3c003c00, 0xbc007c00, 0xfc007e00, 0x7bff0400,
	0x03ff0001, 0x80008000, 0x3f000000, 0x3fc00000, 0x4f000000, 0xcf000000,
	0x4b000001, 0x4b7fffff, 0x33800000, 0x37ff3801, 0x477fe000, 0x477ff000,
	0x38800000, 0x33000000, 0x33000001, 0x01010101, 0x80808080, 0x7f7f7f7f,
};

/* Corners, floats of similar size, small numbers, anything */
static u32 random_value(void)
{
	u64 r = random64();
	u32 value = r >> 32;

	switch (r % 8) {
	case 0:
	case 1:
	case 2:
		return corners[r / 8 % VSH_ARRAY_SIZE(corners)];
	case 3:
		return (value & 0x83ffffff) | 0x3c000000;
	case 4:
		return (value & 0x8fff8fff) | 0x30003000;
	case 5:
		return (s32)value >> (r / 8 % 32);
	default:
		return value;
	}
}

/* A word of a form that reads r0, r2, r4 and r6, and writes r8 */
static u64 random_word(const struct vsh_form *form)
{
	u64 word = (random64() & vsh_form_known(form) & ~vsh_form_mask(form) &
		    ((1ULL << 40) - 1)) | vsh_form_match(form) |
		   (u64)form->opcode << VSH_OPCODE_FIRST |
		   8ULL << VSH_DEST_FIRST | 3ULL << (VSH_DEST_FIRST + 6) |
		   (u64)VSH_FLOW_END << VSH_FLOW_FIRST;

	for (unsigned int i = 0; i < VSH_MAX_SRC; i++)
		if (form->src[i])
			word = (word & ~(0xffULL << (8 * i))) |
			       (u64)(2 * i) << (8 * i);
	return word;
}

static bool is_nan32(u32 bits)
{
	return (bits & 0x7fffffff) > 0x7f800000;
}

/* Half-precision NaNs are compared as such, half by half. */
static bool same(u64 got, u64 expected, bool any_nan)
{
	if (any_nan)
		return is_nan32(got) && is_nan32(expected);
	return got == expected;
}

static u64 without_nan16(u64 value)
{
	for (unsigned int i = 0; i < 32; i += 16)
		if ((value >> i & 0x7fff) > 0x7c00)
			value |= 0xffffULL << i;
	return value;
}

static bool check_word(struct rig *rig, u64 word, bool halves, bool *known)
{
	char text[VSH_DISASM_MAX];
	u64 sources[VSH_LANES][4];

	rig_load_words(rig, &word, 1);
	rig_start(rig, 16);
	for (unsigned int l = 0; l < VSH_LANES; l++)
		for (unsigned int i = 0; i < 4; i++) {
			rig->warps[0].r[2 * i][l] = random_value();
			rig->warps[0].r[2 * i + 1][l] = random_value();
			sources[l][i] = rig->warps[0].r[2 * i][l] |
				(u64)rig->warps[0].r[2 * i + 1][l] << 32;
		}
	vsh_disasm(word, text, sizeof(text));
	if (vsh_run(&rig->g, 10) != VSH_DONE) {
		printf("    # '%s' ended with %s\n", text,
		       vsh_fault_name(rig->g.fault.type));
		return false;
	}
	for (unsigned int l = 0; l < VSH_LANES; l++) {
		u64 got = rig->warps[0].r[8][l], expected;
		bool wide, any_nan;

		*known = shader_model(text, sources[l], &expected, &wide,
				      &any_nan);
		if (!*known)
			return true;
		if (wide)
			got |= (u64)rig->warps[0].r[9][l] << 32;
		else
			expected = (u32)expected;
		if (same(got, expected, any_nan))
			continue;
		if (halves && without_nan16(got) == without_nan16(expected))
			continue;
		printf("    # '%s' of %llx %llx %llx %llx is %llx, not %llx\n",
		       text, (unsigned long long)sources[l][0],
		       (unsigned long long)sources[l][1],
		       (unsigned long long)sources[l][2],
		       (unsigned long long)sources[l][3],
		       (unsigned long long)got, (unsigned long long)expected);
		return false;
	}
	return true;
}

/* Forms that the model leaves to other tests */
static bool elsewhere(const char *name)
{
	static const char *const names[] = {
		"WMASK", "CLPER.i32", "CLPER.s32", "FRCP.f32", "FRCP.f16",
		"FRSQ.f32", "FRSQ.f16", "FLOGD.f32", "FSIN_TABLE.u6",
		"FCOS_TABLE.u6", "FEXP.f32", "FADD_LSCALE.f32",
	};

	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void all_forms(void)
{
	unsigned int forms = 0, words = 0, failed = 0;
	struct rig *rig = rig_new();
	const struct vsh_form *form;
	struct vsh_insn insn;

	for (unsigned int i = 0; (form = vsh_form_at(i)); i++) {
		bool halves = strstr(form->name, "f16") || strstr(form->name, "F16");
		unsigned int checked = 0;

		if (!form->alu || elsewhere(form->name))
			continue;
		for (unsigned int n = 0; n < TRIES; n++) {
			u64 word = random_word(form);
			bool known;

			vsh_decode(&insn, word);
			if (insn.fault)
				continue;
			if (!check_word(rig, word, halves, &known)) {
				failed++;
				break;
			}
			if (!known) {
				printf("    # no model of %s\n", form->name);
				failed++;
				break;
			}
			checked++;
		}
		ktap_check(checked > 50);
		forms++;
		words += checked;
	}
	printf("    # %u forms, %u encodings in 16 lanes\n", forms, words);
	ktap_check(!failed);
	rig_free(rig);
}

/* --- Transcendental functions ------------------------------------------------------ */

static double value_of(u32 bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

/* The distance in units of the last place of a float */
static double ulps(double got, double expected)
{
	int e;

	if (isnan(expected))
		return isnan(got) ? 0 : INFINITY;
	if (isinf(expected) || isinf(got))
		return got == expected ? 0 : INFINITY;
	if (got == expected)
		return 0;
	frexp(expected, &e);
	if (e < -125)
		e = -125;
	return fabs(got - expected) / ldexp(1, e - 24);
}

static double worst_of(const char *text, double (*fn)(double), u32 first,
		       u32 last, bool absolute)
{
	struct rig *rig = rig_new();
	double worst = 0;

	rig_load(rig, text);
	for (unsigned int n = 0; n < 20000; n++) {
		u32 in[VSH_LANES];

		rig_start(rig, 16);
		for (unsigned int l = 0; l < VSH_LANES; l++) {
			in[l] = first + random64() % ((u64)last - first + 1);
			if (absolute && random64() & 1)
				in[l] |= 0x80000000;
			if (n < 3)
				in[l] = corners[n * 16 + l];
			if (absolute && (in[l] & 0x7fffffff) > last)
				in[l] = last;
			rig->warps[0].r[0][l] = in[l];
		}
		ktap_check(vsh_run(&rig->g, 100) == VSH_DONE);
		for (unsigned int l = 0; l < VSH_LANES; l++) {
			double got = value_of(rig->warps[0].r[8][l]);
			double expected = fn(value_of(in[l]));
			double error = absolute ? fabs(got - expected) :
				       ulps(got, (float)expected);

			if (error > worst)
				worst = error;
			if (isinf(error)) {
				printf("    # of %g: %g, not %g\n",
				       value_of(in[l]), got, expected);
				n = 20000;
				break;
			}
		}
	}
	rig_free(rig);
	return worst;
}

static double reciprocal(double a)
{
	return 1 / a;
}

static double reciprocal_sqrt(double a)
{
	return 1 / sqrt(a);
}

/* log2(a), but that the logarithm of a tiny difference to 1 loses digits */
#define LOG2	"FREXPE.f32.log r2, r0\n" \
		"S32_TO_F32 r2, r2\n" \
		"FADD_LSCALE.f32 r4, 0x3F800000.neg, r0\n" \
		"FLOGD.f32 r5, r0\n" \
		"FMA.f32.end r8, r5, r4, r2\n"

#define EXP2	"IADD_IMM.i32 r4, 0x0, #0x18\n" \
		"FMA_RSCALE.f32 r2, r0, 0x3F800000, 0x0.neg, r4\n" \
		"F32_TO_S32 r3, r2\n" \
		"FEXP.f32.end r8, r3, r2\n"

/* As Mesa's compiler composes it */
#define SINE_HEAD \
	"IADD_IMM.i32 r1, 0x0, #0x3f22f986\n" \
	"IADD_IMM.i32 r2, 0x0, #0x49400000\n" \
	"FMA.f32 r3, r0, r1, r2\n" \
	"FADD.f32 r4, r3, r2.neg\n" \
	"IADD_IMM.i32 r5, 0x0, #0xbfc90fd0\n" \
	"FMA.f32 r4, r4, r5, r0\n" \
	"FSIN_TABLE.u6 r5, r3\n" \
	"FCOS_TABLE.u6 r6, r3\n" \
	"FMA_RSCALE.f32 r7, r4, r4, 0x0.neg, 0xFFFFFFFF\n"

#define SINE	SINE_HEAD \
	"FMA.f32 r7, r7.neg, r5, 0x0.neg\n" \
	"FMA.f32.clamp_m1_1 r7, r4, r6, r7\n" \
	"FADD.f32.end r8, r7, r5\n"

#define COSINE	SINE_HEAD \
	"FMA.f32 r7, r7.neg, r6, 0x0.neg\n" \
	"FMA.f32.clamp_m1_1 r7, r4, r5.neg, r7\n" \
	"FADD.f32.end r8, r7, r6\n"

static void transcendental(void)
{
	double worst;

	worst = worst_of("FRCP.f32.end r8, r0\n", reciprocal, 0, ~0u, false);
	printf("    # FRCP: %.2f ulp\n", worst);
	ktap_check(worst <= 0.51);
	worst = worst_of("FRSQ.f32.end r8, r0\n", reciprocal_sqrt, 0, ~0u, false);
	printf("    # FRSQ: %.2f ulp\n", worst);
	ktap_check(worst <= 1);
	worst = worst_of(LOG2, log2, 0, ~0u, false);
	printf("    # log2: %.2f ulp\n", worst);
	/* Vulkan: 3 ulp outside of 0.5 to 2, an error of 2^-21 inside */
	ktap_check(worst <= 3);
	worst = worst_of(EXP2, exp2, 0xc3170000, 0xff7fffff, false);
	ktap_check(worst <= 1);
	worst = worst_of(EXP2, exp2, 0x00000000, 0x40000000, false);
	printf("    # exp2: %.2f ulp near 1\n", worst);
	ktap_check(worst <= 5);
	worst = worst_of(EXP2, exp2, 0x40000000, 0x42ffffff, false);
	printf("    # exp2: %.2f ulp up to 2^128\n", worst);
	ktap_check(worst <= 3 + 2 * 128);
	/* An absolute error of 2^-11 from -pi to pi */
	worst = worst_of(SINE, sin, 0, 0x40490fdb, true);
	printf("    # sin: %.2g\n", worst);
	ktap_check(worst <= 1.0 / 2048);
	worst = worst_of(COSINE, cos, 0, 0x40490fdb, true);
	printf("    # cos: %.2g\n", worst);
	ktap_check(worst <= 1.0 / 2048);
}

static void half_functions(void)
{
	struct rig *rig = rig_new();

	rig_load(rig, "FRCP.f16 r8, r0.h00\nFRSQ.f16.end r9, r0.h00\n");
	for (u32 h = 0; h < 0x10000; h += VSH_LANES) {
		rig_start(rig, 16);
		for (unsigned int l = 0; l < VSH_LANES; l++)
			rig->warps[0].r[0][l] = h + l;
		ktap_check(vsh_run(&rig->g, 10) == VSH_DONE);
		for (unsigned int l = 0; l < VSH_LANES; l++) {
			u32 bits = h + l, rcp, rsq;
			double a = model_half_value(bits);

			rcp = model_round_half(1 / a, FE_TONEAREST);
			rsq = model_round_half(1 / sqrt(a), FE_TONEAREST);
			ktap_check((u16)rig->warps[0].r[8][l] == rcp);
			ktap_check((u16)rig->warps[0].r[9][l] == rsq);
			if (ktap_failed) {
				printf("    # of %04x\n", bits);
				h = 0x10000;
				break;
			}
		}
	}
	rig_free(rig);
}

/* --- Between lanes ------------------------------------------------------------------ */

/* A register that gets the value that another lane had in it before */
static void clper_of_itself(struct rig *rig, const char *size, bool exclusive)
{
	char text[256];

	snprintf(text, sizeof(text), "CLPER.i32.%s%s.f1 r8, r0, r2.b11\n"
		 "CLPER.i32.%s%s.f1 r0, r0, r2.b11\nNOP.end\n", size,
		 exclusive ? ".xor" : "", size, exclusive ? ".xor" : "");
	rig_load(rig, text);
	rig_start(rig, 16);
	for (unsigned int l = 0; l < VSH_LANES; l++) {
		rig->warps[0].r[0][l] = 100 + l;
		rig->warps[0].r[2][l] = random64();
	}
	ktap_check(rig_finish(rig, 10, 1000) == VSH_DONE);
	ktap_check(!memcmp(rig->warps[0].r[0], rig->warps[0].r[8],
			   sizeof(rig->warps[0].r[0])));
}

static void lanes(void)
{
	static const char *const sizes[] = {
		"subgroup2", "subgroup4", "subgroup8", "subgroup16",
	};
	struct rig *rig = rig_new();
	char text[256];

	for (unsigned int s = 0; s < 4; s++) {
		for (unsigned int exclusive = 0; exclusive < 2; exclusive++) {
			snprintf(text, sizeof(text),
				 "ICMP_OR.u32.gt.m1.reconverge r1, r0, 0x7060504.b1, 0x0\n"
				 "BRANCHZ.eq.reconverge r1, offset:1\n"
				 "CLPER.i32.%s%s.f1 r8, r0, r2.b11\n"
				 "NOP.end\n", sizes[s], exclusive ? ".xor" : "");
			rig_load(rig, text);
			rig_start(rig, 16);
			for (unsigned int l = 0; l < VSH_LANES; l++) {
				rig->warps[0].r[0][l] = l;
				rig->warps[0].r[2][l] = random64();
			}
			ktap_check(rig_finish(rig, 10, 1000) == VSH_DONE);
			for (unsigned int l = 6; l < VSH_LANES; l++) {
				unsigned int size = 2 << s;
				unsigned int by = rig->warps[0].r[2][l] >> 8 & 0xff;
				unsigned int from = exclusive ? by ^ l : by;

				from = l / size * size + from % size;
				ktap_check(rig->warps[0].r[8][l] ==
					   (from > 5 ? from : 0x3f800000));
			}
			ktap_check(rig->warps[0].r[8][5] == 0);
			clper_of_itself(rig, sizes[s], exclusive);
		}
	}
	rig_free(rig);
}

/* Only the half that the destination names is written. */
static void halves_written(void)
{
	static const char text[] =
		"IADD_IMM.i32 r8, 0x0, #0x11112222\n"
		"IADD_IMM.i32 r9, 0x0, #0x11112222\n"
		"IADD_IMM.i32 r0, 0x0, #0x33334444\n"
		"IADD.v2u16 r8.h0, r0.h10, 0x0\n"
		"IADD.v2u16.end r9.h1, r0.h10, 0x0\n";
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[8][3] == 0x11113333);
	ktap_check(rig->warps[0].r[9][3] == 0x44442222);
	rig_free(rig);
}

static void flush_to_zero(void)
{
	struct rig *rig = rig_new();
	static const char text[] =
		"IADD_IMM.i32 r0, 0x0, #0x807fffff\n"
		"FADD.f32 r8, r0, 0x0.neg\n"
		"IADD_IMM.i32 r1, 0x0, #0x00800000\n"
		"IADD_IMM.i32 r2, 0x0, #0x3f000000\n"
		"FMA.f32 r9, r1, r2, 0x0\n"
		"IADD_IMM.i32 r3, 0x0, #0x800103ff\n"
		"FADD.v2f16.end r10, r3, 0x80002000.h00\n";

	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[8][0] == 0x807fffff);
	ktap_check(rig->warps[0].r[9][0] == 0x00400000);
	rig->g.ftz = VSH_FTZ_32;
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[8][0] == 0x80000000);
	ktap_check(rig->warps[0].r[9][0] == 0);
	rig->g.ftz = VSH_FTZ_16;
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[8][0] == 0x807fffff);
	ktap_check(rig->warps[0].r[10][0] == 0x20002000);
	rig_free(rig);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "all_forms", all_forms },
		{ "transcendental", transcendental },
		{ "half_functions", half_functions },
		{ "lanes", lanes },
		{ "halves_written", halves_written },
		{ "flush_to_zero", flush_to_zero },
	};

	return ktap_run("shader_alu", cases, ARRAY_SIZE(cases));
}
