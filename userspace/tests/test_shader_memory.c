// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shaders and memory: loads, stores, addresses, atomics, buffers.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_rig.h"

static void loads_of(const char *load, u64 expected, u64 mask)
{
	struct rig *rig = rig_new();
	char text[512];

	snprintf(text, sizeof(text),
		 "IADD_IMM.i32 r2, 0x0, #0x100000\nMOV.i32 r3, 0x0\n"
		 "IADD_IMM.i32 r0, 0x0, #0x11223344\n"
		 "IADD_IMM.i32 r1, 0x0, #0x55667788\n%s\nNOP.end\n", load);
	for (unsigned int i = 0; i < 16; i++)
		rig->data[i] = 0x80 + i;
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	for (unsigned int l = 0; l < VSH_LANES; l++) {
		u64 got = rig->warps[0].r[0][l] |
			  (u64)rig->warps[0].r[1][l] << 32;

		if ((got ^ expected) & mask) {
			printf("    # %s: %llx, not %llx\n", load,
			       (unsigned long long)got,
			       (unsigned long long)expected);
			ktap_failed = true;
			break;
		}
	}
	rig_free(rig);
}

static void loads(void)
{
	u64 all = ~0ULL;

	loads_of("LOAD.i8.unsigned.slot0.wait0 @r0, r2, offset:1", 0x5566778811223381, all);
	loads_of("LOAD.i8.b2.unsigned.slot0.wait0 @r0, r2, offset:1", 0x5566778811813344, all);
	loads_of("LOAD.i8.h1.unsigned.slot0.wait0 @r0, r2, offset:1", 0x5566778800813344, all);
	loads_of("LOAD.i8.h0.slot0.wait0 @r0, r2, offset:1", 0x556677881122ff81, all);
	loads_of("LOAD.i8.w0.slot0.wait0 @r0, r2, offset:1", 0x55667788ffffff81, all);
	loads_of("LOAD.i8.w0.unsigned.slot0.wait0 @r0, r2, offset:1", 0x5566778800000081, all);
	loads_of("LOAD.i8.d0.slot0.wait0 @r0:r1, r2, offset:1", 0xffffffffffffff81, all);
	loads_of("LOAD.i8.d0.unsigned.slot0.wait0 @r0:r1, r2, offset:1", 0x81, all);
	loads_of("LOAD.i16.unsigned.slot0.wait0 @r0, r2, offset:2", 0x5566778811228382, all);
	loads_of("LOAD.i16.h1.unsigned.slot0.wait0 @r0, r2, offset:2", 0x5566778883823344, all);
	loads_of("LOAD.i16.w0.slot0.wait0 @r0, r2, offset:2", 0x55667788ffff8382, all);
	loads_of("LOAD.i16.d0.slot0.wait0 @r0:r1, r2, offset:2", 0xffffffffffff8382, all);
	loads_of("LOAD.i24.unsigned.slot0.wait0 @r0, r2, offset:0", 0x5566778800828180, all);
	loads_of("LOAD.i24.slot0.wait0 @r0, r2, offset:0", 0x55667788ff828180, all);
	loads_of("LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:4", 0x5566778887868584, all);
	loads_of("LOAD.i32.d0.slot0.wait0 @r0:r1, r2, offset:4", 0xffffffff87868584, all);
	loads_of("LOAD.i32.d0.unsigned.slot0.wait0 @r0:r1, r2, offset:4", 0x87868584, all);
	loads_of("LOAD.i48.unsigned.slot0.wait0 @r0:r1, r2, offset:0", 0x0000858483828180, all);
	loads_of("LOAD.i64.unsigned.slot0.wait0 @r0:r1, r2, offset:3", 0x8a89888786858483, all);
	loads_of("LOAD.i96.unsigned.slot0.wait0 @r0:r1:r2, r2, offset:0", 0x8786858483828180, all);
	loads_of("LOAD.i128.unsigned.slot0.wait0 @r0:r1:r2:r3, r2, offset:0",
		 0x8786858483828180, all);
	/* Without a reason to be at a multiple of the size */
	loads_of("LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:5", 0x5566778888878685, all);
}

/* All 64 bits of an address count, and offsets are signed. */
static void addresses(void)
{
	struct rig *rig = rig_new();
	static const char *const accesses[] = {
		"LOAD.i32.unsigned.slot0 @r0, r2, offset:-32\n",
		"STORE.i32.slot0 @r0, r2, offset:-32\n",
		"ATOM.i32.slot0.aadd @r0, r2, offset:0x8\n",
	};
	char text[512];

	*rig_word(rig, 4) = 1234;
	ktap_check(rig_run(rig,
			   "IADD_IMM.i32 r2, 0x0, #0x100020\nMOV.i32 r3, 0x0\n"
			   "LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:-16\n"
			   "STORE.i32.slot0.end @r0, r2, offset:-20\n",
			   1) == VSH_DONE);
	ktap_check(*rig_word(rig, 3) == 1234);
	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(accesses); i++) {
		snprintf(text, sizeof(text),
			 "IADD_IMM.i32 r2, 0x0, #0x100020\n"
			 "IADD_IMM.i32 r3, 0x0, #0x1\n%sNOP.end\n",
			 accesses[i]);
		rig_load(rig, text);
		rig_start(rig, 1);
		ktap_check(vsh_run(&rig->g, 100) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_ACCESS);
		ktap_check(rig->g.fault.address ==
			   (i < 2 ? 0x100100000 : 0x100100028));
		ktap_check(rig->g.fault.name &&
			   !strncmp(rig->g.fault.name, accesses[i], 4));
		ktap_check(rig->g.fault.pc == RIG_PROGRAM + 16);
	}
	/* The offset borrows from the upper word. */
	ktap_check(rig_run(rig, "IADD_IMM.i32 r2, 0x0, #0x10\nIADD_IMM.i32 r3, 0x0, #0x1\n"
			   "LOAD.i32.unsigned.slot0.end @r0, r2, offset:-32\n", 1) == VSH_FAULTED);
	ktap_check(rig->g.fault.address == 0xfffffff0);
	ktap_check(rig_run(rig, "IADD_IMM.i32 r2, 0x0, #0x10\nIADD_IMM.i32 r3, 0x0, #0x1\n"
			   "LOAD.i64.unsigned.slot0.end @r0:r1, r2, offset:-32\n",
			   1) == VSH_FAULTED);
	ktap_check(rig->g.fault.address == 0xfffffff0);
	/* The last word of a page, and the first one of a page that is none */
	rig->uniforms[0] = RIG_DATA + RIG_DATA_SIZE - 4;
	ktap_check(rig_run(rig, "SHADDX.u64 r2, u0, r60.w0, shift:0x2\n"
			   "LOAD.i32.unsigned.slot0.end @r0, r2, offset:0\n", 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.address == RIG_DATA + RIG_DATA_SIZE && rig->g.fault.lane == 1);
	rig_free(rig);
}

static void store_sizes(void)
{
	static const struct {
		const char *text;
		unsigned int size;
	} sizes[] = {
		{ "STORE.i8.slot0.end @r4, r2, offset:7", 1 },
		{ "STORE.i16.slot0.end @r4, r2, offset:7", 2 },
		{ "STORE.i24.slot0.end @r4, r2, offset:7", 3 },
		{ "STORE.i32.slot0.end @r4, r2, offset:7", 4 },
		{ "STORE.i48.slot0.end @r4:r5, r2, offset:7", 6 },
		{ "STORE.i64.slot0.end @r4:r5, r2, offset:7", 8 },
		{ "STORE.i96.slot0.end @r4:r5:r6, r2, offset:7", 12 },
		{ "STORE.i128.slot0.end @r4:r5:r6:r7, r2, offset:7", 16 },
	};
	char text[512];

	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(sizes); i++) {
		struct rig *rig = rig_new();

		snprintf(text, sizeof(text),
			 "IADD_IMM.i32 r2, 0x0, #0x100000\nMOV.i32 r3, 0x0\n"
			 "IADD_IMM.i32 r4, 0x0, #0x04030201\n"
			 "IADD_IMM.i32 r5, 0x0, #0x08070605\n"
			 "IADD_IMM.i32 r6, 0x0, #0x0c0b0a09\n"
			 "IADD_IMM.i32 r7, 0x0, #0x100f0e0d\n%s\n",
			 sizes[i].text);
		ktap_check(rig_run(rig, text, 1) == VSH_DONE);
		for (unsigned int b = 0; b < 32; b++)
			ktap_check(rig->data[b] ==
				   (b >= 7 && b < 7 + sizes[i].size ? b - 6 : 0));
		rig_free(rig);
	}
}

static u32 atomic_result(const char *text, u32 before, u32 *returned,
			 unsigned int lanes, unsigned int again_every)
{
	struct rig *rig = rig_new();
	char program[512];
	u32 after;

	snprintf(program, sizeof(program),
		 "IADD_IMM.i32 r2, 0x0, #0x100010\nMOV.i32 r3, 0x0\n"
		 "IADD_IMM.i32 r4, r60, #0x3\nIADD_IMM.i32 r5, 0x0, #0x5\n"
		 "%s\nNOP.end\n", text);
	*rig_word(rig, 6) = before;
	rig->again_every = again_every;
	ktap_check(rig_run(rig, program, lanes) == VSH_DONE);
	*returned = rig->warps[0].r[8][0];
	after = *rig_word(rig, 6);
	rig_free(rig);
	return after;
}

#define COMPARE	"ATOM_RETURN.i32.compare.slot0.axchg.wait0 @r8, @r4:r5, " \
		"r2, offset:0x8"

static void atomics(void)
{
	static const struct {
		const char *op;
		u32 before;
		u32 after;
	} ops[] = {
		{ "aadd", 5, 5 + 3 * 16 + 120 }, { "asmin", -7u, -7u },
		{ "asmin", 99, 3 }, { "asmax", -7u, 18 }, { "aumin", -7u, 3 },
		{ "aumax", 4, 18 }, { "aand", 0xff, 0 }, { "aor", 0x100, 0x11f },
		{ "axor", 0, 0x10 ^ 3 },
	};
	char text[256];
	u32 old;

	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(ops); i++) {
		u32 expected = ops[i].after;

		/* 3 ^ 4 ^ .. ^ 18 */
		if (!strcmp(ops[i].op, "axor")) {
			expected = 0;
			for (u32 l = 3; l <= 18; l++)
				expected ^= l;
		}
		snprintf(text, sizeof(text),
			 "ATOM_RETURN.i32.slot0.%s.wait0 @r8, @r4, r2, offset:0x8",
			 ops[i].op);
		ktap_check(atomic_result(text, ops[i].before, &old, 16, 0) == expected);
		ktap_check(old == ops[i].before);
		snprintf(text, sizeof(text),
			 "ATOM.i32.slot0.%s @r4, r2, offset:0x8", ops[i].op);
		/* Each lane once, however often it has to try */
		ktap_check(atomic_result(text, ops[i].before, &old, 16, 3) == expected);
	}
	ktap_check(atomic_result("ATOM_RETURN.i32.slot0.axchg.wait0 @r8, @r4, r2, offset:0x8",
				 77, &old, 1, 0) == 3 && old == 77);
	ktap_check(atomic_result(COMPARE, 5, &old, 1, 0) == 3 && old == 5);
	ktap_check(atomic_result(COMPARE, 6, &old, 1, 0) == 6 && old == 6);
	ktap_check(atomic_result("ATOM1_RETURN.i32.slot0.ainc.wait0 @r8, r2, offset:0x8",
				 ~0u, &old, 16, 0) == 15 && old == ~0u);
	ktap_check(atomic_result("ATOM1_RETURN.i32.slot0.adec.wait0 @r8, r2, offset:0x8",
				 0, &old, 1, 0) == ~0u && !old);
	ktap_check(atomic_result("ATOM1_RETURN.i32.slot0.aumax1.wait0 @, r2, offset:0x8",
				 0, &old, 1, 0) == 1);
	ktap_check(atomic_result("ATOM1_RETURN.i32.slot0.asmax1.wait0 @, r2, offset:0x8",
				 -3u, &old, 1, 0) == 1);
	ktap_check(atomic_result("ATOM1_RETURN.i32.slot0.aor1.wait0 @, r2, offset:0x8",
				 6, &old, 1, 0) == 7);
}

static void atomics_64(void)
{
	static const char text[] =
		"IADD_IMM.i32 r2, 0x0, #0x100000\n"
		"MOV.i32 r3, 0x0\n"
		"IADD_IMM.i32 r4, 0x0, #0x1\n"
		"IADD_IMM.i32 r5, 0x0, #0x1\n"
		"ATOM_RETURN.i64.slot0.aadd.wait0 @r8:r9, @r4:r5, r2, offset:0x0\n"
		"ATOM1_RETURN.i64.slot0.ainc.wait0 @r10:r11, r2, offset:0x0\n"
		"NOP.end\n";
	struct rig *rig = rig_new();
	u64 value = 0xffffffffULL, after;

	memcpy(rig->data, &value, sizeof(value));
	ktap_check(rig_run(rig, text, 1) == VSH_DONE);
	memcpy(&after, rig->data, sizeof(after));
	ktap_check(after == 0xffffffffULL + 0x100000002ULL);
	ktap_check(rig->warps[0].r[8][0] == ~0u && !rig->warps[0].r[9][0]);
	ktap_check(rig->warps[0].r[11][0] == 2 && !rig->warps[0].r[10][0]);
	rig_free(rig);
}

/* Resource tables at the start of the data, a descriptor at 0x400 */
static void describe(struct rig *rig, u32 size)
{
	u64 entry[2] = { (RIG_DATA + 0x400) | 1ULL << 56, 64 };
	u64 buffer[4] = { 9 | 1 << 4 | (u64)size << 32, RIG_DATA + 0x800 };

	memcpy(rig->data + 16, entry, sizeof(entry));
	memcpy(rig->data + 0x400 + 32, buffer, sizeof(buffer));
	rig->g.resources = RIG_DATA | 2;
	for (unsigned int i = 0; i < 64; i++)
		*rig_word(rig, 0x200 + i) = 100 + i;
}

static void buffers(void)
{
	static const char text[] =
		"LSHIFT_OR.i32 r0, r60, 0x3020100.b22, 0x0\n"
		"IADD_IMM.i32 r1, 0x0, #0x1000001\n"
		"LEA_BUFFER.slot0 @r4:r5, r0, r1\n"
		"LD_BUFFER.i32.unsigned.slot1.wait01 @r6, r0, r1\n"
		"LOAD.i32.unsigned.slot0.wait0 @r8, r4, offset:0\n"
		"NOP.end\n";
	struct rig *rig = rig_new();

	describe(rig, 32);
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	for (u32 l = 0; l < 16; l++) {
		/* Beyond the end, the address is that of no memory. */
		ktap_check(rig->warps[0].r[4][l] == RIG_DATA + 0x800 + 4 * l);
		ktap_check(rig->warps[0].r[5][l] == (l < 8 ? 0 : 0x80000000));
		ktap_check(rig->warps[0].r[8][l] == (l < 8 ? 100 + l : 0));
		ktap_check(rig->warps[0].r[6][l] == (l < 8 ? 100 + l : 0));
	}
	/* A table and an index that do not exist, no descriptor at all */
	rig->g.resources = RIG_DATA | 1;
	ktap_check(rig_run(rig, text, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	rig->g.resources = RIG_DATA | 2;
	rig->data[0x420] = 0;
	ktap_check(rig_run(rig, text, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	describe(rig, 32);
	rig->data[24] = 32;
	ktap_check(rig_run(rig, text, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	rig_free(rig);
}

/* At addresses with the top bit set, loads give zero, and stores have no effect. */
static void nowhere(void)
{
	static const char text[] =
		"IADD_IMM.i32 r2, 0x0, #0x100000\n"
		"IADD_IMM.i32 r3, 0x0, #0x80000000\n"
		"IADD_IMM.i32 r0, 0x0, #0x11223344\n"
		"IADD_IMM.i32 r1, 0x0, #0x11223344\n"
		"STORE.i32.slot0 @r0, r2, offset:0\n"
		"STORE.i64.slot0 @r0:r1, r2, offset:3\n"
		"ATOM.i32.slot0.aadd.wait0 @r0, r2, offset:0x0\n"
		"MOV.i32 r4, r0\n"
		"ATOM_RETURN.i32.slot0.axchg.wait0 @r4, @r0, r2, offset:0x0\n"
		"MOV.i32 r5, r0\n"
		"MOV.i32 r8, r0\n"
		"MOV.i32 r9, r0\n"
		"MOV.i32 r10, r0\n"
		"MOV.i32 r11, r0\n"
		"LOAD.i32.unsigned.slot0 @r5, r2, offset:0\n"
		"LOAD.i8.b2.unsigned.slot1 @r0, r2, offset:1\n"
		"LOAD.i128.unsigned.slot2.wait012 @r8:r9:r10:r11, r2, offset:0\n"
		"NOP.end\n";
	struct rig *rig = rig_new();
	u8 *before = malloc(RIG_DATA_SIZE);

	for (unsigned int i = 0; i < RIG_DATA_SIZE; i++)
		rig->data[i] = i * 7 + 1;
	memcpy(before, rig->data, RIG_DATA_SIZE);
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(!memcmp(before, rig->data, RIG_DATA_SIZE));
	for (unsigned int l = 0; l < VSH_LANES; l++) {
		ktap_check(!rig->warps[0].r[4][l] && !rig->warps[0].r[5][l]);
		ktap_check(rig->warps[0].r[0][l] == 0x11003344);
		for (unsigned int i = 8; i < 12; i++)
			ktap_check(!rig->warps[0].r[i][l]);
	}
	free(before);
	rig_free(rig);
}

/* Structures of 12 bytes: their addresses, and a field of one; behind the end, too */
static void structures(void)
{
	static const char text[] =
		"IADD_IMM.i32 r1, 0x0, #0x1000001\n"
		"IADD.u32 r0, r60, r60\n"
		"LEA_BUF_IMM.slot0 @r4:r5, r60, table:0x1, index:0x1\n"
		"LEA_BUF.slot1.wait01 @r6:r7, r0, r1\n"
		"LOAD.i32.unsigned.slot0.wait0 @r8, r4, offset:4\n"
		"NOP.end\n";
	struct rig *rig = rig_new();
	u64 stride = 12;

	describe(rig, 96);
	rig->data[0x420] = 9 | 3 << 4;
	memcpy(rig->data + 0x430, &stride, sizeof(stride));
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	for (u32 l = 0; l < 16; l++) {
		ktap_check(rig->warps[0].r[4][l] == RIG_DATA + 0x800 + 12 * l);
		ktap_check(rig->warps[0].r[6][l] == RIG_DATA + 0x800 + 24 * l);
		ktap_check(!rig->warps[0].r[5][l] && !rig->warps[0].r[7][l]);
		ktap_check(rig->warps[0].r[8][l] == 100 + 3 * l + 1);
	}
	/* The product has more than 32 bits. */
	stride = 0x20000000;
	memcpy(rig->data + 0x430, &stride, sizeof(stride));
	ktap_check(rig_run(rig, "LEA_BUF_IMM.slot0.wait0 @r4:r5, r60, table:0x1, index:0x1\n"
			   "NOP.end\n", 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[5][15] == 1 &&
		   rig->warps[0].r[4][15] == 0xe0000000 + RIG_DATA + 0x800);
	/* A simple buffer has no structures. */
	describe(rig, 96);
	ktap_check(rig_run(rig, text, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	rig_free(rig);
}

/* A resource table that is read as a buffer: the size of a buffer, at 0x24 */
static void resource_tables(void)
{
	static const char text[] =
		"IADD_IMM.i32 r0, 0x0, #0x24\n"
		"IADD_IMM.i32 r1, 0x0, #0x3e000001\n"
		"LEA_BUFFER.slot0 @r4:r5, r0, r1\n"
		"LD_BUFFER.i32.unsigned.slot1.wait01 @r6, r0, r1\n"
		"IADD_IMM.i32 r0, 0x0, #0x40\n"
		"LD_BUFFER.i32.unsigned.slot1.wait1 @r7, r0, r1\n"
		"NOP.end\n";
	struct rig *rig = rig_new();

	describe(rig, 1234);
	*rig_word(rig, 0x440 / 4) = 77;
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[6][15] == 1234);
	ktap_check(rig->warps[0].r[4][15] == RIG_DATA + 0x424 && !rig->warps[0].r[5][15]);
	/* Behind the end of the table */
	ktap_check(!rig->warps[0].r[7][15]);
	rig->g.resources = RIG_DATA | 1;
	ktap_check(rig_run(rig, text, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	rig_free(rig);
}

/*
 * Accesses of each lane count, four to words of a known page as one: no more than one
 * instruction exceeds a budget.
 */
static void costs(void)
{
	static const struct {
		const char *text;
		unsigned int accesses;
	} cases[] = {
		{ "IADD.u32 r0, r0, r0\n", 0 },
		{ "LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0\n", 4 },
		{ "LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:1\n", 16 },
		{ "LOAD.i16.unsigned.slot0.wait0 @r0, r2, offset:0\n", 16 },
		{ "STORE.i32.slot0.wait0 @r0, r2, offset:0x40\n", 4 },
		{ "ATOM.i32.slot0.aadd.wait0 @r0, r2, offset:0x40\n", 16 },
		{ "LEA_BUFFER.slot0.wait0 @r4:r5, r60, r1\n", 32 },
		{ "LD_BUFFER.i32.unsigned.slot0.wait0 @r4, r60, r1\n", 48 },
	};
	struct rig *rig = rig_new();

	describe(rig, 64);
	for (unsigned int i = 0; i < VSH_ARRAY_SIZE(cases); i++) {
		unsigned int cost = 1 + cases[i].accesses;
		char text[256];

		snprintf(text, sizeof(text), "IADD_IMM.i32 r2, 0x0, #0x100000\n"
			 "MOV.i32 r3, 0x0\n"
			 "IADD_IMM.i32 r1, 0x0, #0x1000001\n"
			 "%sBRANCHZ 0xFFFFFFFF, offset:-2\n", cases[i].text);
		rig_load(rig, text);
		rig_start(rig, 16);
		/* The prologue, and the loop once: three, two, and five fetches */
		ktap_check(vsh_run(&rig->g, 8 + cost) == VSH_BUDGET);
		ktap_check(rig->g.executed == 5 && rig->g.cost == 9 + cost);
		for (unsigned int n = 0; n < 50; n++) {
			u64 before = rig->g.cost, executed = rig->g.executed;

			ktap_check(vsh_run(&rig->g, 32) == VSH_BUDGET);
			executed = rig->g.executed - executed;
			ktap_check(rig->g.cost - before >= 32);
			ktap_check(rig->g.cost - before < 32 + cost);
			ktap_check(executed <= 2 * (32 / (1 + cost)) + 2);
		}
	}
	rig_free(rig);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "loads", loads },
		{ "addresses", addresses },
		{ "store_sizes", store_sizes },
		{ "atomics", atomics },
		{ "atomics_64", atomics_64 },
		{ "buffers", buffers },
		{ "nowhere", nowhere },
		{ "structures", structures },
		{ "resource_tables", resource_tables },
		{ "costs", costs },
	};

	return ktap_run("shader_memory", cases, ARRAY_SIZE(cases));
}
