// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shaders that run: divergence, waits, barriers, special values, budgets,
 * faults.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_rig.h"

/* r2:r3 = RIG_DATA + 4 * invocation */
#define ADDRESS	"IADD_IMM.i32 r2, 0x0, #0x100000\n" \
		"MOV.i32 r3, 0x0\n" \
		"SHADDX.u64 r2, r2, r60.w0, shift:0x2\n"

static void stores(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"IMUL.i32 r0, r60, r60\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n", 100) == VSH_DONE);
	for (u32 i = 0; i < 100; i++)
		ktap_check(*rig_word(rig, i) == i * i);
	/* Lanes that do not exist write nothing. */
	ktap_check(*rig_word(rig, 100) == 0);
	rig_free(rig);
}

/* Each lane counts to its number: the loop ends lane by lane. */
static void divergent_loop(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"MOV.i32 r0, 0x0\n"
		"MOV.i32.reconverge r1, r60\n"
		"BRANCHZ.eq.reconverge r1, offset:3\n"
		"IADD.u32 r0, r0, r1\n"
		"IADD_IMM.i32.reconverge r1, r1, #0xffffffff\n"
		"BRANCHZ.reconverge r1, offset:-3\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n", 64) == VSH_DONE);
	for (u32 i = 0; i < 64; i++)
		ktap_check(*rig_word(rig, i) == i * (i + 1) / 2);
	/* All lanes iterate together, as often as the last one needs. */
	rig_run(rig, ADDRESS
		"MOV.i32.reconverge r1, r60\n"
		"IADD_IMM.i32.reconverge r1, r1, #0xffffffff\n"
		"ICMP_OR.s32.gt.m1 r4, r1, 0x0, 0x0\n"
		"NOP.reconverge\n"
		"BRANCHZ.reconverge r4, offset:-4\n"
		"NOP.end\n", 16);
	ktap_check(rig->g.executed == 4 + 15 * 4 + 1);
	rig_free(rig);
}

/* Both sides of a branch, then all lanes together again */
static void divergent_branch(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"IADD_IMM.i32 r5, 0x0, #0x1\n"
		"LSHIFT_AND.i32.reconverge r1, r60, 0x0.b00, r5\n"
		"BRANCHZ.eq.reconverge r1, offset:3\n"
		"WMASK.subgroup16 r0, 0xFFFFFFFF\n"
		"NOP.reconverge\n"
		"BRANCHZ.reconverge 0xFFFFFFFF, offset:1\n"
		"WMASK.subgroup16.reconverge r0, 0xFFFFFFFF\n"
		"WMASK.subgroup16 r4, 0xFFFFFFFF\n"
		"STORE.i32.slot0 @r0, r2, offset:0\n"
		"STORE.i32.slot0.end @r4, r2, offset:256\n", 16) == VSH_DONE);
	for (u32 i = 0; i < 16; i++) {
		ktap_check(*rig_word(rig, i) == (i % 2 ? 0xaaaa : 0x5555));
		ktap_check(*rig_word(rig, 64 + i) == 0xffff);
	}
	rig_free(rig);
}

/* Lanes that end early leave the others. */
static void early_end(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"ICMP_OR.u32.gt.m1.reconverge r1, r60, 0x7060504.b0, 0x0\n"
		"BRANCHZ.reconverge r1, offset:1\n"
		"NOP.end\n"
		"WMASK.subgroup16 r0, 0xFFFFFFFF\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n", 16) == VSH_DONE);
	for (u32 i = 0; i < 16; i++)
		ktap_check(*rig_word(rig, i) == (i > 4 ? 0xffe0 : 0));
	rig_free(rig);
}

static enum vsh_fault_type fault_of(const char *text, unsigned int lanes)
{
	struct rig *rig = rig_new();
	enum vsh_fault_type type = VSH_FAULT_NONE;

	rig_load(rig, text);
	rig_start(rig, lanes);
	rig->g.registers = VSH_REGS_32;
	rig->g.uniform_count = 8;
	if (rig_finish(rig, 1000, 100000) == VSH_FAULTED) {
		type = rig->g.fault.type;
		/* It stays so. */
		ktap_check(vsh_run(&rig->g, 10) == VSH_FAULTED);
	}
	rig_free(rig);
	return type;
}

static void faults(void)
{
	/* Lanes part without a reconverge. */
	ktap_check(fault_of("BRANCHZ r60, offset:0\nNOP.end\n", 16) ==
		   VSH_FAULT_DIVERGENCE);
	ktap_check(fault_of("BRANCHZ.reconverge r60, offset:0\nNOP.end\n", 16) ==
		   VSH_FAULT_NONE);
	ktap_check(fault_of("BRANCHZ 0xFFFFFFFF, offset:0\nNOP.end\n", 16) ==
		   VSH_FAULT_NONE);
	/* Behind the end of the program, and outside of memory */
	ktap_check(fault_of("NOP\n", 16) == VSH_FAULT_ENCODING);
	ktap_check(fault_of("BRANCHZ 0xFFFFFFFF, offset:100000\n", 16) ==
		   VSH_FAULT_FETCH);
	ktap_check(fault_of("STORE.i32.slot0.end @r0, r2, offset:0\n", 16) ==
		   VSH_FAULT_ACCESS);
	/* Registers and uniforms that the program does not have */
	ktap_check(fault_of("MOV.i32.end r16, r0\n", 16) == VSH_FAULT_REGISTER);
	ktap_check(fault_of("MOV.i32.end r15, r48\n", 16) == VSH_FAULT_NONE);
	ktap_check(fault_of("MOV.i32.end r0, u8\n", 16) == VSH_FAULT_UNIFORM);
	ktap_check(fault_of("MOV.i32.end r0, u7\n", 16) == VSH_FAULT_NONE);
	ktap_check(fault_of("IADD.u64.end r0, u6, u8\n", 16) == VSH_FAULT_UNIFORM);
	/* Known, and not executed */
	ktap_check(fault_of("FPCLASS.f32.end r0, r1\n", 16) ==
		   VSH_FAULT_UNSUPPORTED);
	ktap_check(fault_of("IADD_IMM.i32 r2, 0x0, #0x100002\nMOV.i32 r3, 0x0\n"
			    "ATOM.i32.slot0.aadd.end @r0, r2, offset:0x0\n", 16) ==
		   VSH_FAULT_ALIGNMENT);
}

/* The result of a message is used without, and with, a wait for its slot. */
static void waits(void)
{
#define LOAD_R0	"IADD_IMM.i32 r2, 0x0, #0x100000\nMOV.i32 r3, 0x0\n" \
		"LOAD.i32.unsigned.slot1 @r0, r2, offset:0\n"

	ktap_check(fault_of(LOAD_R0 "MOV.i32.end r1, r0\n", 16) == VSH_FAULT_WAIT);
	ktap_check(fault_of(LOAD_R0 "MOV.i32.end r0, r1\n", 16) == VSH_FAULT_WAIT);
	ktap_check(fault_of(LOAD_R0 "MOV.i32.wait02 r4, r5\nMOV.i32.end r1, r0\n",
			    16) == VSH_FAULT_WAIT);
	ktap_check(fault_of(LOAD_R0 "MOV.i32.wait12 r4, r5\nMOV.i32.end r1, r0\n",
			    16) == VSH_FAULT_NONE);
	ktap_check(fault_of(LOAD_R0 "MOV.i32.wait r4, r5\nMOV.i32.end r1, r0\n",
			    16) == VSH_FAULT_NONE);
	ktap_check(fault_of(LOAD_R0 "MOV.i32.wait0126 r4, r5\nMOV.i32.end r1, r0\n",
			    16) == VSH_FAULT_NONE);
	/* Other registers may be used, and the address as well. */
	ktap_check(fault_of(LOAD_R0 "MOV.i32.end r2, r3\n", 16) == VSH_FAULT_NONE);
	/* What one side of a branch loads is no matter of the other one. */
	ktap_check(fault_of("IADD_IMM.i32 r2, 0x0, #0x100000\n"
			    "MOV.i32.reconverge r3, 0x0\n"
			    "BRANCHZ.reconverge r60, offset:3\n"
			    "LOAD.i32.unsigned.slot1 @r0, r2, offset:0\n"
			    "NOP.reconverge\n"
			    "BRANCHZ.reconverge 0xFFFFFFFF, offset:1\n"
			    "MOV.i32.reconverge r0, r1\n"
			    "NOP.wait1\n"
			    "MOV.i32.end r1, r0\n", 16) == VSH_FAULT_NONE);
}

/*
 * Warps hand values to each other through memory, behind a barrier: each lane
 * reads what the lane 16 further has written.
 */
static void barriers(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"IADD_IMM.i32 r0, r60, #0x1000\n"
		"STORE.i32.slot0.wait0 @r0, r2, offset:0\n"
		"BARRIER.slot7.wait\n"
		"IADD_IMM.i32 r4, r60, #0x10\n"
		"IADD_IMM.i32 r5, 0x0, #0xff\n"
		"LSHIFT_AND.i32 r4, r4, 0x0.b00, r5\n"
		"IADD_IMM.i32 r6, 0x0, #0x100000\n"
		"MOV.i32 r7, 0x0\n"
		"SHADDX.u64 r6, r6, r4.w0, shift:0x2\n"
		"LOAD.i32.unsigned.slot0.wait0 @r1, r6, offset:0\n"
		"STORE.i32.slot0.end @r1, r2, offset:4096\n", 256) == VSH_DONE);
	for (u32 i = 0; i < 256; i++)
		ktap_check(*rig_word(rig, 1024 + i) == 0x1000 + (i + 16) % 256);
	rig_free(rig);
}

/* Warps that end do not hold up those at a barrier; barriers in a loop work. */
static void barrier_and_end(void)
{
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, ADDRESS
		"IADD_IMM.i32 r5, 0x0, #0x20\n"
		"ICMP_OR.u32.ge.m1.reconverge r1, r60, r5, 0x0\n"
		"BRANCHZ.reconverge r1, offset:1\n"
		"NOP.end\n"
		"IADD_IMM.i32 r0, 0x0, #0x5\n"
		"BARRIER.slot7.wait\n"
		"IADD_IMM.i32.reconverge r0, r0, #0xffffffff\n"
		"BRANCHZ.reconverge r0, offset:-3\n"
		"IADD_IMM.i32 r0, 0x0, #0x7\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n", 80) == VSH_DONE);
	for (u32 i = 0; i < 80; i++)
		ktap_check(*rig_word(rig, i) == (i < 32 ? 0 : 7));
	rig_free(rig);
}

/* A warp that waits for another one in a loop, without a barrier */
static void turns(void)
{
	static const char text[] =
		"IADD_IMM.i32 r2, 0x0, #0x100000\n"
		"MOV.i32 r3, 0x0\n"
		"IADD_IMM.i32 r5, 0x0, #0x10\n"
		"ICMP_OR.u32.ge.m1 r1, r60, r5, 0x0\n"
		"BRANCHZ.reconverge r1, offset:3\n"
		"LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0\n"
		"NOP.reconverge\n"
		"BRANCHZ.eq.reconverge r0, offset:-3\n"
		"IADD_IMM.i32 r0, 0x0, #0x1\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n";
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, text, 32) == VSH_DONE);
	rig_free(rig);
}

static void specials(void)
{
	static const char text[] =
		"MOV.i32 r0, thread_local_pointer.w0\n"
		"MOV.i32 r1, thread_local_pointer.w1\n"
		"MOV.i32 r2, workgroup_local_pointer.w0\n"
		"MOV.i32 r3, workgroup_local_pointer.w1\n"
		"MOV.i32 r4, lane_id.w0\n"
		"MOV.i32 r5, core_id.w0\n"
		"MOV.i32 r6, resource_table_pointer.w0\n"
		"MOV.i32 r7, program_counter.w0\n"
		"MOV.i32.end r8, u70\n";
	struct rig *rig = rig_new();

	rig->g.tls = 0xfffffff0;
	rig->g.tls_size = 0x10;
	rig->g.wls = 0x123456789abcULL;
	rig->g.core = 5;
	rig->g.resources = 0x777000;
	rig->uniforms[70] = 0x1234;
	ktap_check(rig_run(rig, text, 32) == VSH_DONE);
	ktap_check(rig->warps[0].r[0][0] == 0xfffffff0 && !rig->warps[0].r[1][0]);
	ktap_check(rig->warps[1].r[0][2] == 0x110 && rig->warps[1].r[1][2] == 1);
	ktap_check(rig->warps[0].r[2][3] == 0x56789abc);
	ktap_check(rig->warps[0].r[3][3] == 0x1234);
	ktap_check(rig->warps[1].r[4][9] == 9);
	ktap_check(rig->warps[1].r[5][9] == 5);
	ktap_check(rig->warps[1].r[6][9] == 0x777000);
	ktap_check(rig->warps[1].r[7][9] == RIG_PROGRAM + 64);
	ktap_check(rig->warps[1].r[8][9] == 0x1234);
	rig_free(rig);
}

/* Whatever the slices are and whatever stalls, the result is the same. */
static void slices(void)
{
	static const char text[] = ADDRESS
		"MOV.i32 r0, 0x0\n"
		"MOV.i32.reconverge r1, r60\n"
		"IADD.u32 r0, r0, r1\n"
		"ATOM1_RETURN.i32.slot0.ainc.wait0 @r4, r2, offset:0x80\n"
		"BARRIER.slot7.wait\n"
		"IADD_IMM.i32.reconverge r1, r1, #0xffffffff\n"
		"ICMP_OR.s32.gt.m1.reconverge r5, r1, 0x0, 0x0\n"
		"BRANCHZ.reconverge r5, offset:-6\n"
		"STORE.i32.slot0.end @r0, r2, offset:0\n";
	struct rig *once = rig_new(), *rig = rig_new();

	ktap_check(rig_run(once, text, 48) == VSH_DONE);
	for (unsigned int slice = 1; slice < 20; slice++) {
		memset(rig->data, 0, sizeof(rig->data));
		rig_load(rig, text);
		rig_start(rig, 48);
		rig->again_every = slice % 5 ? slice % 5 + 1 : 0;
		ktap_check(rig_finish(rig, slice, 1000000) == VSH_DONE);
		ktap_check(!memcmp(rig->data, once->data, sizeof(rig->data)));
		ktap_check(rig->g.executed == once->g.executed);
	}
	/* A program without an end uses up each budget, and no more. */
	rig_load(rig, "BRANCHZ 0xFFFFFFFF, offset:-1\n");
	rig_start(rig, 48);
	for (unsigned int i = 1; i < 100; i++) {
		ktap_check(vsh_run(&rig->g, 1000) == VSH_BUDGET);
		ktap_check(rig->g.cost == 1000 * i);
		/* All but the fetch of the instruction */
		ktap_check(rig->g.executed == 1000 * i - 1);
	}
	rig_free(once);
	rig_free(rig);
}

/* The cost of a program that is NOP.end behind one instruction, without the two fetches */
static u64 cost_of(struct rig *rig, const char *instruction)
{
	char text[200];

	snprintf(text, sizeof(text), "%s\nNOP.end\n", instruction);
	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	return rig->g.cost - 2 - 1;
}

static void costs(void)
{
	struct rig *rig = rig_new();

	rig->uniforms[0] = RIG_DATA;
	ktap_check(cost_of(rig, "IADD.u32 r0, r0, r1") == 1);
	ktap_check(cost_of(rig, "FMA.f32 r0, r0, r1, r2") == 1);
	ktap_check(cost_of(rig, "FMA.v2f16 r0, r0, r1, r2") == 8);
	ktap_check(cost_of(rig, "FEXP.f32 r0, r0, r1") == 8);
	ktap_check(cost_of(rig, "FRSQ.f32 r0, r0") == 4);
	ktap_check(cost_of(rig, "FRSQ.f16 r0, r0") == 8);
	ktap_check(cost_of(rig, "FRCP.f32 r0, r0") == 1);
	ktap_check(cost_of(rig, "FROUND.f32.rtn r0, r0") == 8);
	ktap_check(cost_of(rig, "F32_TO_S32.rtn r0, r0") == 4);
	ktap_check(cost_of(rig, "LOAD.i32.unsigned.slot0.wait0 @r0, u0, offset:0") == 5);
	ktap_check(cost_of(rig, "STORE.i32.slot0.wait0 @r0, u0, offset:1") == 17);
	rig_free(rig);
}

/*
 * New code at the same address is seen when the cache has been invalidated, and
 * code that is the same is not decoded again.
 */
static void instruction_cache(void)
{
	struct rig *rig = rig_new();

	for (unsigned int i = 0; i < RIG_PROGRAM_WORDS - 1; i++)
		rig->program[i] = 0x00c0ULL << 40;
	rig->program[RIG_PROGRAM_WORDS - 1] = 0x7800c0ULL << 40;
	rig_start(rig, 16);
	ktap_check(rig_finish(rig, 10, 10000) == VSH_DONE);
	ktap_check(rig->g.executed == RIG_PROGRAM_WORDS);
	ktap_check(rig->g.decoded == RIG_PROGRAM_WORDS);
	ktap_check(rig_run(rig, "NOP\nNOP.end\n", 16) == VSH_DONE);
	ktap_check(rig->g.executed == 2);
	/* The first instruction is the same as before. */
	ktap_check(rig->g.decoded == RIG_PROGRAM_WORDS + 1);
	ktap_check(rig_run(rig, "NOP\nNOP.end\n", 16) == VSH_DONE);
	ktap_check(rig->g.decoded == RIG_PROGRAM_WORDS + 1);
	rig_free(rig);
}

/* A sum of floats of 32 bits in half of a register has 16 bits; the other half stays. */
static void halves(void)
{
	static const char text[] =
		"MOV.i32 r2, 0xFFFFFFFF\n"
		"MOV.i32 r3, 0xFFFFFFFF\n"
		"IADD_IMM.i32 r0, 0x0, #0x3ebd70a4\n"
		"FADD.f32 r2.h0, r0, 0x0.neg\n"
		"FADD.f32 r3.h1, r0, 0x0.neg\n"
		"FADD.f32 r4, r0, 0x0.neg\n"
		"NOP.end\n";
	struct rig *rig = rig_new();

	ktap_check(rig_run(rig, text, 16) == VSH_DONE);
	ktap_check(rig->warps[0].r[2][3] == 0xffff35ec);
	ktap_check(rig->warps[0].r[3][3] == 0x35ecffff);
	ktap_check(rig->warps[0].r[4][3] == 0x3ebd70a4);
	rig_free(rig);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "stores", stores },
		{ "divergent_loop", divergent_loop },
		{ "divergent_branch", divergent_branch },
		{ "early_end", early_end },
		{ "faults", faults },
		{ "waits", waits },
		{ "barriers", barriers },
		{ "barrier_and_end", barrier_and_end },
		{ "turns", turns },
		{ "specials", specials },
		{ "halves", halves },
		{ "slices", slices },
		{ "costs", costs },
		{ "instruction_cache", instruction_cache },
	};

	return ktap_run("shader_programs", cases, ARRAY_SIZE(cases));
}
