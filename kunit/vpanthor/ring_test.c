// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Ring contents of a job: the instructions that vpan_ring_encode() writes, decoded
 * with the field masks of the instruction set, without a GPU.
 */

#include <kunit/test.h>
#include <vcsf/csf_isa.h>

#include "sched/profile.h"
#include "sched/ring.h"

static const struct vpan_ring_job job = {
	.stream_va = 0x123456789ac0ULL,
	.stream_size = 0x1238,
	.latest_flush = 0xabcdef,
	.syncobj_va = 0xfedcba987650ULL,
	.increment = 3,
	.first_reg = 92,
	.scoreboards = 8,
};

/* Return the only instruction with this opcode, and its position in @at. */
static u64 ring_find_in(struct kunit *test, const u64 *code,
			unsigned int count, unsigned int op, unsigned int *at)
{
	unsigned int i, found = count;

	for (i = 0; i < count; i++) {
		if (csf_get(code[i], CSF_F_OPCODE) != op)
			continue;
		KUNIT_EXPECT_EQ(test, count, found);
		found = i;
	}
	KUNIT_ASSERT_LT(test, found, count);
	*at = found;
	return code[found];
}

static u64 ring_find(struct kunit *test, const u64 *code, unsigned int op,
		     unsigned int *at)
{
	return ring_find_in(test, code, VPAN_RING_JOB_INSTRS, op, at);
}

/* Return the value that a register pair has before instruction @at. */
static u64 ring_reg(const u64 *code, unsigned int at, unsigned int reg)
{
	u64 value = U64_MAX;
	unsigned int i;

	for (i = 0; i < at; i++) {
		if (csf_get(code[i], CSF_F_DST) != reg)
			continue;
		if (csf_get(code[i], CSF_F_OPCODE) == CSF_OP_MOVE48)
			value = csf_get(code[i], CSF_F_IMM48);
		if (csf_get(code[i], CSF_F_OPCODE) == CSF_OP_MOVE32)
			value = csf_get(code[i], CSF_F_IMM32);
	}
	return value;
}

static void ring_call(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS], call;
	unsigned int at;

	vpan_ring_encode(code, &job);
	call = ring_find(test, code, CSF_OP_CALL, &at);
	KUNIT_EXPECT_EQ(test, job.stream_va,
			ring_reg(code, at, csf_get(call, CSF_F_SRC)));
	KUNIT_EXPECT_EQ(test, job.stream_size,
			ring_reg(code, at, csf_get(call, CSF_F_SRC2)));
}

static void ring_flush(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS], flush;
	unsigned int at, call;

	vpan_ring_encode(code, &job);
	flush = ring_find(test, code, CSF_OP_FLUSH_CACHE2, &at);
	KUNIT_EXPECT_EQ(test, job.latest_flush,
			ring_reg(code, at, csf_get(flush, CSF_F_SRC)));
	KUNIT_EXPECT_EQ(test, CSF_CACHE_CLEAN_INV,
			csf_get(flush, CSF_F_FLUSH_L2));
	KUNIT_EXPECT_EQ(test, CSF_CACHE_CLEAN_INV,
			csf_get(flush, CSF_F_FLUSH_LSC));
	KUNIT_EXPECT_EQ(test, CSF_CACHE_INV, csf_get(flush, CSF_F_FLUSH_OTHER));

	/* The stream must not start before the flush is complete. */
	ring_find(test, code, CSF_OP_CALL, &call);
	KUNIT_EXPECT_LT(test, at, call);
	KUNIT_EXPECT_EQ(test, csf_wait(1 << csf_get(flush, CSF_F_SLOT)),
			code[call - 1]);
}

static void ring_signal(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS], add;
	unsigned int at, call;

	vpan_ring_encode(code, &job);
	ring_find(test, code, CSF_OP_CALL, &call);
	add = ring_find(test, code, CSF_OP_SYNC_ADD64, &at);
	KUNIT_EXPECT_LT(test, call, at);
	KUNIT_EXPECT_EQ(test, job.syncobj_va,
			ring_reg(code, at, csf_get(add, CSF_F_SRC)));
	KUNIT_EXPECT_EQ(test, job.increment,
			ring_reg(code, at, csf_get(add, CSF_F_SRC2)));
	KUNIT_EXPECT_EQ(test, CSF_SYNC_SCOPE_SYSTEM,
			csf_get(add, CSF_F_SYNC_SCOPE));
	KUNIT_EXPECT_EQ(test, 1, csf_get(add, CSF_F_SYNC_PROPAGATE));
	KUNIT_EXPECT_EQ(test, 0, csf_get(add, CSF_F_WAIT_MASK));
	/* All work of the stream must be complete. */
	KUNIT_EXPECT_EQ(test, csf_wait(0xff), code[at - 1]);
}

/* An error is cleared after the sync object has it, and before the next job. */
static void ring_barrier(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS];
	unsigned int at, add, i;

	vpan_ring_encode(code, &job);
	ring_find(test, code, CSF_OP_SYNC_ADD64, &add);
	ring_find(test, code, CSF_OP_ERROR_BARRIER, &at);
	KUNIT_EXPECT_LT(test, add, at);
	for (i = at + 1; i < VPAN_RING_JOB_INSTRS; i++)
		KUNIT_EXPECT_EQ(test, csf_nop(), code[i]);
}

/* Registers of user space are left alone. */
static void ring_registers(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS];
	unsigned int i;

	vpan_ring_encode(code, &job);
	for (i = 0; i < VPAN_RING_JOB_INSTRS; i++) {
		unsigned int op = csf_get(code[i], CSF_F_OPCODE);

		if (op == CSF_OP_MOVE48 || op == CSF_OP_MOVE32)
			KUNIT_EXPECT_GE(test, csf_get(code[i], CSF_F_DST),
					job.first_reg);
	}
}

/* Profiling adds stores before and after the call, and nothing else. */
static void ring_profiled(struct kunit *test)
{
	u64 code[VPAN_RING_PROFILED_INSTRS], plain[VPAN_RING_PROFILED_INSTRS];
	struct vpan_ring_job other = job;
	unsigned int call, add, i, stores;
	u32 mask, stored;

	vpan_ring_encode(plain, &job);
	other.profile_va = 0x13579bdf2468ULL;
	for (mask = 1; mask <= VPAN_PROFILE_ALL; mask++) {
		other.profile_mask = mask;
		stored = mask | VPAN_PROFILE_TIME;
		KUNIT_ASSERT_EQ(test, VPAN_RING_PROFILED_INSTRS,
				vpan_ring_encode(code, &other));
		ring_find_in(test, code, ARRAY_SIZE(code), CSF_OP_CALL,
			     &call);
		ring_find_in(test, code, ARRAY_SIZE(code), CSF_OP_SYNC_ADD64,
			     &add);
		for (i = 0, stores = 0; i < ARRAY_SIZE(code); i++) {
			if (csf_get(code[i], CSF_F_OPCODE) !=
			    CSF_OP_STORE_STATE)
				continue;
			stores++;
			KUNIT_EXPECT_LT(test, i, add);
			KUNIT_EXPECT_EQ(test, other.profile_va,
					ring_reg(code, i,
						 csf_get(code[i], CSF_F_SRC)));
			KUNIT_EXPECT_EQ(test, i > call,
					stores > hweight32(stored));
		}
		KUNIT_EXPECT_EQ(test, 2 * hweight32(stored), stores);
		KUNIT_EXPECT_EQ(test, job.syncobj_va,
				ring_reg(code, add,
					 csf_get(code[add], CSF_F_SRC)));
	}
	other.profile_mask = 0;
	KUNIT_EXPECT_EQ(test, VPAN_RING_JOB_INSTRS,
			vpan_ring_encode(code, &other));
	KUNIT_EXPECT_MEMEQ(test, code, plain,
			   VPAN_RING_JOB_INSTRS * sizeof(*code));
}

static void ring_scoreboards(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS];
	struct vpan_ring_job other = job;
	unsigned int n, at;

	for (n = 1; n <= 16; n++) {
		other.scoreboards = n;
		vpan_ring_encode(code, &other);
		ring_find(test, code, CSF_OP_SYNC_ADD64, &at);
		KUNIT_EXPECT_EQ(test, csf_wait((1 << n) - 1), code[at - 1]);
	}
}

/* The largest increment skips a long run of jobs that were not executed. */
static void ring_big_increment(struct kunit *test)
{
	u64 code[VPAN_RING_JOB_INSTRS], add;
	struct vpan_ring_job other = job;
	unsigned int at;

	other.increment = 0x800000000001ULL;
	vpan_ring_encode(code, &other);
	add = ring_find(test, code, CSF_OP_SYNC_ADD64, &at);
	KUNIT_EXPECT_EQ(test, other.increment,
			ring_reg(code, at, csf_get(add, CSF_F_SRC2)));
}

static struct kunit_case vpan_ring_cases[] = {
	KUNIT_CASE(ring_call),
	KUNIT_CASE(ring_flush),
	KUNIT_CASE(ring_signal),
	KUNIT_CASE(ring_barrier),
	KUNIT_CASE(ring_registers),
	KUNIT_CASE(ring_profiled),
	KUNIT_CASE(ring_scoreboards),
	KUNIT_CASE(ring_big_increment),
	{}
};

static struct kunit_suite vpan_ring_suite = {
	.name = "vpan_ring",
	.test_cases = vpan_ring_cases,
};

kunit_test_suite(vpan_ring_suite);
