// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Compute shaders that RUN_COMPUTE executes: results, duration, faults, stalls.
 */

#include <linux/bits.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "compute.h"

static void vcsf_compute_run(struct kunit *test, struct vcsf_compute_fixture *f,
			     u32 size, u32 groups)
{
	u64 seqno = f->g.data[SEQNO] + 1;

	vcsf_compute_emit(f, 0, size, groups);
	vcsf_host_kick(&f->g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, seqno, READ_ONCE(f->g.data[SEQNO]));
	/* No error was pending. */
	KUNIT_EXPECT_EQ(test, 0, f->g.data[SEQNO + 1]);
	vcsf_host_group_ack(&f->g.group);
}

static void vcsf_compute_expect_fault(struct kunit *test,
				      struct vcsf_compute_fixture *f, u32 size,
				      u32 type, u64 info)
{
	struct vcsf_host_group *group = &f->g.group;
	struct csf_cs_output *out = group->queues[0].cs_out;
	u64 seqno = f->g.data[SEQNO] + 1;

	vcsf_compute_emit(f, 0, size, 3);
	EMIT(group, 0, csf_error_barrier());
	vcsf_host_kick(group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, ENOUGH));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f->g, 0, CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, type, out->fault);
	KUNIT_EXPECT_EQ(test, info, out->fault_info);
	vcsf_host_group_ack(group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, seqno, READ_ONCE(f->g.data[SEQNO]));
	/* The job's error went to the sync object. */
	KUNIT_EXPECT_EQ(test, 1, f->g.data[SEQNO + 1]);
	f->g.data[SEQNO + 1] = 0;
	vcsf_host_group_ack(group);
}

/* --- Results ------------------------------------------------------------------ */

static void vcsf_compute_global_id(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_store_id);
	memset(f.output[0], 0xff, PAGE_SIZE);
	memset(f.output[1], 0xff, PAGE_SIZE);
	/* 41 workgroups of 33 lanes, the last warp of each with a single one */
	vcsf_compute_run(test, &f, vcsf_compute_size(33, 1, 1), 41);
	for (i = 0; i < 41 * 33; i++)
		KUNIT_ASSERT_EQ(test, i, f.output[i / 1024][i % 1024]);
	KUNIT_EXPECT_EQ(test, ~0U, f.output[1][i % 1024]);
	KUNIT_EXPECT_EQ(test, 41, f.g.host->hw->cores->workgroups);
	KUNIT_EXPECT_EQ(test, 41 * 3 * ARRAY_SIZE(vcsf_compute_store_id),
			f.g.host->hw->cores->instructions);
}

/* Each lane takes the next record and writes its preloaded registers to it. */
static void vcsf_compute_preload(struct kunit *test)
{
	static const u64 words[] = {
		0x0091c20000000082,	/* MOV.i32 r2, u2 */
		0x0091c30000000083,	/* MOV.i32 r3, u3 */
		0x0869840218000002,	/* ATOM1_RETURN.i32.slot0.ainc.wait0 @r4, r2, offset:0x0 */
		0x01a3c20020570480,	/* SHADDX.u64 r2, u0, r4.w0, shift:0x5 */
		0x0061770218000002,	/* STORE.i32.slot0 @r55, r2, offset:0 */
		0x0061780218000402,	/* STORE.i32.slot0 @r56, r2, offset:4 */
		0x0061790218000802,	/* STORE.i32.slot0 @r57, r2, offset:8 */
		0x00617a0218000c02,	/* STORE.i32.slot0 @r58, r2, offset:12 */
		0x00617b0218001002,	/* STORE.i32.slot0 @r59, r2, offset:16 */
		0x00617c0218001402,	/* STORE.i32.slot0 @r60, r2, offset:20 */
		0x00617d0218001802,	/* STORE.i32.slot0 @r61, r2, offset:24 */
		0x78617e0218001c02,	/* STORE.i32.slot0.end @r62, r2, offset:28 */
	};
	static const u32 size[] = { 2, 3, 2 }, count[] = { 2, 1, 2 };
	static const u32 offset[] = { 0, 0, 0x100 };
	struct vcsf_compute_fixture f;
	u64 seen = 0;
	unsigned int i, axis;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	f.uniforms[1] = SHARED;
	f.uniform_count = 2;
	vcsf_compute_emit(&f, 0, vcsf_compute_size(1, 1, 1), 0);
	EMIT(&f.g.group, 0,
	     csf_move32(CSF_REG_COMPUTE_WG_SIZE, vcsf_compute_size(2, 3, 2)),
	     csf_move32(CSF_REG_COMPUTE_OFFSET(2), offset[2]),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), count[0]),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), count[2]),
	     csf_run_compute_indirect(1, 0));
	/* The registers of a job are those at its issue. */
	EMIT(&f.g.group, 0, csf_move32(CSF_REG_COMPUTE_OFFSET(2), 0),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 77),
	     csf_move48(CSF_REG_COMPUTE_SPD(0), 0));
	vcsf_host_kick(&f.g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 48, f.shared[0]);
	for (i = 0; i < 48; i++) {
		const u32 *r = &f.output[0][8 * i];
		u32 local[] = { r[0] & 0xffff, r[0] >> 16, r[1] };

		for (axis = 0; axis < 3; axis++) {
			KUNIT_ASSERT_LT(test, local[axis], size[axis]);
			KUNIT_ASSERT_LT(test, r[2 + axis], count[axis]);
			KUNIT_EXPECT_EQ(test, r[5 + axis],
					offset[axis] + local[axis] +
					r[2 + axis] * size[axis]);
		}
		seen |= BIT_ULL(local[0] + 2 * (local[1] + 3 * (local[2] +
				2 * (r[2] + 2 * r[4]))));
	}
	KUNIT_EXPECT_EQ(test, GENMASK_ULL(47, 0), seen);
}

/* Each lane adds up the numbers below its own: the loop ends lane by lane. */
static void vcsf_compute_divergence(struct kunit *test)
{
	static const u64 words[] = {
		0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
		0x0091c000000000c0,	/* MOV.i32 r0, 0x0 */
		0x5091c1000000003c,	/* MOV.i32.reconverge r1, r60 */
		0x501fc01000000301,	/* BRANCHZ.eq.reconverge r1, offset:3 */
		0x00a0c00000000100,	/* IADD.u32 r0, r0, r1 */
		0x5110c1ffffffff01,	/* IADD_IMM.i32.reconverge r1, r1, #0xffffffff */
		0x501fc007fffffd01,	/* BRANCHZ.reconverge r1, offset:-3 */
		0x7861400218000002,	/* STORE.i32.slot0.end @r0, r2, offset:0 */
	};
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	vcsf_compute_run(test, &f, vcsf_compute_size(100, 1, 1), 2);
	for (i = 0; i < 200; i++)
		KUNIT_EXPECT_EQ(test, i * (i + 1) / 2, f.output[0][i]);
}

/* Lanes of all warps exchange values through shared memory, behind a barrier. */
static void vcsf_compute_barrier(struct kunit *test)
{
	static const u64 words[] = {
		0x0291c600000000e6,	/* MOV.i32 r6, workgroup_local_pointer.w0 */
		0x0291c700000000e7,	/* MOV.i32 r7, workgroup_local_pointer.w1 */
		0x01a3c20020273706,	/* SHADDX.u64 r2, r6, r55.w0, shift:0x2 */
		0x08617c0218000002,	/* STORE.i32.slot0.wait0 @r60, r2, offset:0 */
		0x4845c001c0000000,	/* BARRIER.slot7.wait */
		0x0110c40000007fc0,	/* IADD_IMM.i32 r4, 0x0, #0x7f */
		0x00a0c40000013704,	/* ISUB.u32 r4, r4, r55 */
		0x01a3c20020270406,	/* SHADDX.u64 r2, r6, r4.w0, shift:0x2 */
		0x0860808218000002,	/* LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0 */
		0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
		0x7861400218000002,	/* STORE.i32.slot0.end @r0, r2, offset:0 */
	};
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	vcsf_compute_run(test, &f, vcsf_compute_size(128, 1, 1), 3);
	for (i = 0; i < 3 * 128; i++)
		KUNIT_EXPECT_EQ(test, i / 128 * 128 + 127 - i % 128,
				f.output[0][i]);
}

static void vcsf_compute_atomics(struct kunit *test)
{
	static const u64 words[] = {
		0x0091c20000000080,	/* MOV.i32 r2, u0 */
		0x0091c30000000081,	/* MOV.i32 r3, u1 */
		0x08687c0218800002,	/* ATOM.i32.slot0.aadd.wait0 @r60, r2, offset:0x0 */
		0x0869800018000402,	/* ATOM1_RETURN.i32.slot0.ainc.wait0 @, r2, offset:0x4 */
		0x78687c021ac00802,	/* ATOM.i32.slot0.aumax.end @r60, r2, offset:0x8 */
	};
	struct vcsf_compute_fixture f;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	vcsf_compute_run(test, &f, vcsf_compute_size(100, 1, 1), 10);
	KUNIT_EXPECT_EQ(test, 999 * 1000 / 2, f.output[0][0]);
	KUNIT_EXPECT_EQ(test, 1000, f.output[0][1]);
	KUNIT_EXPECT_EQ(test, 999, f.output[0][2]);
}

/* The FPU is in its section: x * x + x, of 32-bit floats. */
static void vcsf_compute_floats(struct kunit *test)
{
	static const u64 words[] = {
		0x0090c0000009003c,	/* S32_TO_F32 r0, r60 */
		0x00b2c00000000000,	/* FMA.f32 r0, r0, r0, r0 */
		0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
		0x7861400218000002,	/* STORE.i32.slot0.end @r0, r2, offset:0 */
	};
	/* 0, 2, 6, 12, 20, 30, 42, 56 as floats */
	static const u32 expected[] = {
		0x00000000, 0x40000000, 0x40c00000, 0x41400000,
		0x41a00000, 0x41f00000, 0x42280000, 0x42600000,
	};
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	vcsf_compute_run(test, &f, vcsf_compute_size(8, 1, 1), 1);
	for (i = 0; i < ARRAY_SIZE(expected); i++)
		KUNIT_EXPECT_EQ(test, expected[i], f.output[0][i]);
}

/* Bytes become floats, in memory and in registers, and bytes again. */
static void vcsf_compute_texels(struct kunit *test)
{
	static const u64 words[] = {
		0x0091c20000000082,	/* MOV.i32 r2, u2 */
		0x0091c30000000083,	/* MOV.i32 r3, u3 */
		0x0110c4000bb000c0,	/* IADD_IMM.i32 r4, 0x0, #0xbb000 */
		/* LD_CVT.slot0.f32.v4.wait0 @r8:r9:r10:r11, r2, r4, offset:0x0 */
		0x0870880832040002,
		/* ST_CVT.slot0.f32.v4.wait0 @r8:r9:r10:r11, r2, r4, offset:0x4 */
		0x0871480832040402,
		0x7861480838000080,	/* STORE.i128.slot0.end @r8:r9:r10:r11, u0, offset:0 */
	};
	struct vcsf_compute_fixture f;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, words);
	f.uniforms[1] = SHARED;
	f.uniform_count = 2;
	f.shared[0] = 0x8033ff00;
	f.shared[2] = 0x5a5a5a5a;
	vcsf_compute_run(test, &f, vcsf_compute_size(1, 1, 1), 1);
	KUNIT_EXPECT_EQ(test, 0, f.output[0][0]);
	KUNIT_EXPECT_EQ(test, 0x3f800000, f.output[0][1]);
	/* 0x33 is a fifth of 0xff. */
	KUNIT_EXPECT_EQ(test, 0x3e4ccccd, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 0x3f008081, f.output[0][3]);
	KUNIT_EXPECT_EQ(test, 0x8033ff00, f.shared[1]);
	KUNIT_EXPECT_EQ(test, 0x5a5a5a5a, f.shared[2]);
}

/* A program that was written after the last job is executed. */
static void vcsf_compute_new_program(struct kunit *test)
{
	struct vcsf_compute_fixture f;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_load_first);
	vcsf_compute_run(test, &f, vcsf_compute_size(16, 1, 1), 1);
	KUNIT_EXPECT_EQ(test, 0, f.output[0][5]);
	PROGRAM_OF(&f, vcsf_compute_store_id);
	vcsf_compute_run(test, &f, vcsf_compute_size(16, 1, 1), 1);
	KUNIT_EXPECT_EQ(test, 5, f.output[0][5]);
}

/* Time passes in proportion to the instructions. */
static void vcsf_compute_time(struct kunit *test)
{
	static const u32 groups[] = { 200, 400 };
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_load_first);
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		/* 100 ns and three instructions of 2 ns, on 4 cores */
		u64 expected = groups[i] * (100 + 6) / 4;

		vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), groups[i]);
		vcsf_host_kick(&f.g.group, 0);
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, expected - 1));
		KUNIT_EXPECT_EQ(test, i, READ_ONCE(f.g.data[SEQNO]));
		/* Each stage rounds its time up. */
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, US));
		KUNIT_EXPECT_EQ(test, i + 1, READ_ONCE(f.g.data[SEQNO]));
		vcsf_host_group_ack(&f.g.group);
	}
}

/* --- Faults ------------------------------------------------------------------- */

static void vcsf_compute_faults(struct kunit *test)
{
	static const u64 not_done[] = {
		0x01257c3417c00080,	/* TEX_FETCH.slot0.f.32.2d @r0:r1:r2:r3, @r60:r61, u0 */
	};
	static const u64 odd[] = {
		0x0091c20000000080,	/* MOV.i32 r2, u0 */
		0x0091c30000000081,	/* MOV.i32 r3, u1 */
		0x78687c0218800202,	/* ATOM.i32.slot0.aadd.end @r60, r2, offset:0x2 */
	};
	static const u64 uniform[] = {
		0x78a0c0000000823c,	/* IADD.u32.end r0, r60, u2 */
	};
	u32 size = vcsf_compute_size(16, 1, 1);
	struct vcsf_compute_fixture f;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, not_done);
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_INSTR_INVALID_ENC,
				  PROGRAM);
	PROGRAM_OF(&f, odd);
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_ADDR_RANGE_FAULT,
				  OUTPUT + 2);
	PROGRAM_OF(&f, uniform);
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_INSTR_INVALID_ENC,
				  PROGRAM);
	f.shader->binary = NOWHERE;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_INSTR_INVALID_PC,
				  NOWHERE);
	f.shader->binary = PROGRAM;
	/* The next job is not affected. */
	PROGRAM_OF(&f, vcsf_compute_store_id);
	vcsf_compute_run(test, &f, size, 1);
	KUNIT_EXPECT_EQ(test, 15, f.output[0][15]);
}

static void vcsf_compute_descriptors(struct kunit *test)
{
	u32 size = vcsf_compute_size(16, 1, 1);
	struct vcsf_compute_fixture f;
	u32 flags;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_store_id);
	flags = f.shader->flags;
	f.shader->flags = flags & ~CSF_SHADER_TYPE;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_DATA_INVALID_FAULT,
				  SHADER);
	f.shader->flags = flags | CSF_SHADER_FTZ;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_DATA_INVALID_FAULT,
				  SHADER);
	f.shader->flags = flags;
	f.shader->preload |= 1;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_DATA_INVALID_FAULT,
				  SHADER);
	f.shader->preload &= ~1;
	f.storage->tls_base = CSF_LOCAL_TLS_MODE;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_DATA_INVALID_FAULT,
				  STORAGE);
	f.storage->tls_base = 0;
	/* 1,025 lanes */
	size = vcsf_compute_size(205, 5, 1);
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_DATA_INVALID_FAULT,
				  size);
	vcsf_compute_run(test, &f, vcsf_compute_size(1024, 1, 1), 1);
	KUNIT_EXPECT_EQ(test, 1023, f.output[0][1023]);
}

/* An access goes through the address space of the group, and nowhere else. */
static void vcsf_compute_foreign(struct kunit *test)
{
	u32 size = vcsf_compute_size(16, 1, 1);
	struct vcsf_compute_fixture f;
	struct vcsf_host_vm other;
	u32 *foreign;

	vcsf_compute_setup(test, &f, 1);
	vcsf_host_vm_init(f.g.host, &other, 2);
	foreign = vcsf_host_map_new(&other, NOWHERE);
	vcsf_host_enable(&other);
	f.uniforms[0] = NOWHERE;
	PROGRAM_OF(&f, vcsf_compute_load_first);
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_CS_BUS_FAULT, NOWHERE);
	PROGRAM_OF(&f, vcsf_compute_store_id);
	foreign[1] = 0x1234;
	vcsf_compute_expect_fault(test, &f, size, CSF_EXC_CS_BUS_FAULT, NOWHERE);
	KUNIT_EXPECT_EQ(test, 0x1234, foreign[1]);
	KUNIT_EXPECT_EQ(test, NOWHERE,
			vcsf_read64(f.g.host->win,
				    CSF_AS_FAULTADDRESS(f.g.vm.as)));
}

/* A store to a locked region waits for the unlock, and happens once. */
static void vcsf_compute_stall(struct kunit *test)
{
	struct vcsf_compute_fixture f;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_wait);
	f.output[0][1] = 1;
	vcsf_host_lock(&f.g.vm, OUTPUT, 15);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(40, 1, 1), 2);
	vcsf_host_kick(&f.g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 0, f.output[0][2]);
	vcsf_host_command(&f.g.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 80, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
}

static struct kunit_case vcsf_compute_cases[] = {
	KUNIT_CASE(vcsf_compute_global_id),
	KUNIT_CASE(vcsf_compute_preload),
	KUNIT_CASE(vcsf_compute_divergence),
	KUNIT_CASE(vcsf_compute_barrier),
	KUNIT_CASE(vcsf_compute_atomics),
	KUNIT_CASE(vcsf_compute_floats),
	KUNIT_CASE(vcsf_compute_texels),
	KUNIT_CASE(vcsf_compute_new_program),
	KUNIT_CASE(vcsf_compute_time),
	KUNIT_CASE(vcsf_compute_faults),
	KUNIT_CASE(vcsf_compute_descriptors),
	KUNIT_CASE(vcsf_compute_foreign),
	KUNIT_CASE(vcsf_compute_stall),
	{}
};

static struct kunit_suite vcsf_compute_suite = {
	.name = "vcsf_compute",
	.init = vcsf_compute_init_case,
	.exit = vcsf_compute_exit_case,
	.test_cases = vcsf_compute_cases,
};

kunit_test_suite(vcsf_compute_suite);
