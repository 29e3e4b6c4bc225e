// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Command stream instructions one by one: moves, arithmetic, branches, loads and
 * stores, calls and jumps, scoreboard entries. Each test stores its results from
 * registers to memory.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test what command stream instructions do to registers and memory.");

#define DATA		TEST_DATA_VA
/* Queues of a group share its address space and thus the data buffer. */
#define QUEUES		2

/* Registers that no helper uses */
#define R(n)		(n)

/* Store @count registers from @base to the data buffer at the end of a stream. */
static void emit_result(struct csb *b, unsigned int base, unsigned int count)
{
	csb_move48(b, TEST_REG_ADDR, DATA);
	csb_wait(b, CSB_SB_ALL);
	csb_store(b, base, count, TEST_REG_ADDR, 0);
	csb_flush(b, TEST_REG_VALUE);
}

static void test_nop(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	for (int i = 0; i < 100; i++)
		csb_emit(&b, csf_nop());
	test_emit_store(&b, DATA, 0x900d);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	test_gpu_close(&gpu);
}

static void test_move(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move32(&b, R(0), 0xffffffff);
	csb_move32(&b, R(1), 0xffffffff);
	/* MOVE48 zero-extends the constant to 64 bits. */
	csb_move48(&b, R(0), 0x800000000001ull);
	csb_move32(&b, R(2), 0x12345678);
	csb_move32(&b, R(3), 0);
	emit_result(&b, R(0), 4);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u64(test_read64(&gpu, 0), 0x800000000001ull);
	igt_assert_eq_u64(test_read64(&gpu, 8), 0x12345678);
	test_gpu_close(&gpu);
}

static void test_add(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move32(&b, R(0), 0xfffffffe);
	csb_add32(&b, R(0), R(0), 3);		/* wraps at 32 bits */
	csb_move32(&b, R(1), 7);
	csb_add32(&b, R(1), R(1), -8);
	csb_move48(&b, R(2), 0xffffffff);
	csb_add64(&b, R(2), R(2), 1);		/* carries */
	csb_move48(&b, R(4), 0);
	csb_add64(&b, R(4), R(4), -2);		/* sign-extended */
	csb_add64(&b, R(6), R(4), INT32_MIN);	/* source kept */
	emit_result(&b, R(0), 8);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 4), 0xffffffff);
	igt_assert_eq_u64(test_read64(&gpu, 8), 0x100000000ull);
	igt_assert_eq_u64(test_read64(&gpu, 16), -2ull);
	igt_assert_eq_u64(test_read64(&gpu, 24), -2ull + INT32_MIN);
	test_gpu_close(&gpu);
}

/* Registers are initially zero and persist between jobs, except the last four. */
static void test_registers_persist(void)
{
	const unsigned int kept = CSF_CS_REG_COUNT - CSF_CS_UNPRESERVED_REG_COUNT;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, QUEUES);
	csb_init(&b);
	emit_result(&b, R(0), 16);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	for (int i = 0; i < 16; i++)
		igt_assert_eq_u32(test_read32(&gpu, 4 * i), 0);

	/* Each queue has its own registers. */
	for (unsigned int queue = 0; queue < QUEUES; queue++) {
		csb_init(&b);
		csb_move32(&b, R(5), 0x50 + queue);
		csb_move32(&b, kept - 1, 0x90 + queue);
		igt_assert_eq(test_run(&gpu, queue, &b), 1);
	}
	for (unsigned int queue = 0; queue < QUEUES; queue++) {
		csb_init(&b);
		csb_add32(&b, R(6), kept - 1, 0);
		emit_result(&b, R(5), 2);
		igt_assert_eq(test_run(&gpu, queue, &b), 1);
		igt_assert_eq_u32(test_read32(&gpu, 0), 0x50 + queue);
		igt_assert_eq_u32(test_read32(&gpu, 4), 0x90 + queue);
	}
	test_gpu_close(&gpu);
}

static const struct {
	const char *name;
	unsigned int cond;
	bool taken[3];		/* for -1, 0, 1 */
} conditions[] = {
	{ "le", CSF_COND_LE, { true, true, false } },
	{ "gt", CSF_COND_GT, { false, false, true } },
	{ "eq", CSF_COND_EQ, { false, true, false } },
	{ "ne", CSF_COND_NE, { true, false, true } },
	{ "lt", CSF_COND_LT, { true, false, false } },
	{ "ge", CSF_COND_GE, { false, true, true } },
	{ "always", CSF_COND_ALWAYS, { true, true, true } },
};

static void test_branch(size_t index)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	for (int i = 0; i < 3; i++) {
		struct csb_label taken = CSB_LABEL_INIT;

		csb_move32(&b, R(10), i - 1);
		csb_move32(&b, R(i), 1);
		csb_branch(&b, conditions[index].cond, R(10), &taken);
		csb_move32(&b, R(i), 2);
		csb_place(&b, &taken);
	}
	emit_result(&b, R(0), 3);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	for (int i = 0; i < 3; i++)
		igt_assert_eq_u32(test_read32(&gpu, 4 * i),
				  conditions[index].taken[i] ? 1 : 2);
	test_gpu_close(&gpu);
}

static void test_loop(void)
{
	struct csb_label outer = CSB_LABEL_INIT, inner = CSB_LABEL_INIT;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move32(&b, R(0), 0);
	csb_move32(&b, R(1), 20);
	csb_place(&b, &outer);
	csb_move32(&b, R(2), 30);
	csb_place(&b, &inner);
	csb_add32(&b, R(0), R(0), 1);
	csb_add32(&b, R(2), R(2), -1);
	csb_branch(&b, CSF_COND_GT, R(2), &inner);
	csb_add32(&b, R(1), R(1), -1);
	csb_branch(&b, CSF_COND_NE, R(1), &outer);
	emit_result(&b, R(0), 1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 20 * 30);
	test_gpu_close(&gpu);
}

static void test_load_store(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 16; i++)
		test_write32(&gpu, 1024 + 4 * i, 0x100 + i);
	csb_init(&b);
	csb_move48(&b, R(40), DATA + 1024);
	csb_load(&b, R(0), 16, R(40), 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, R(0), 16, R(40), 64);
	/* In descending order, one register at a time */
	for (int i = 0; i < 16; i++)
		csb_store(&b, R(i), 1, R(40), -4 * (i + 1));
	/* The offset is signed 16-bit; test both ends of its range. */
	csb_move48(&b, R(42), DATA + 32768);
	csb_store(&b, R(7), 1, R(42), -32768);
	csb_store(&b, R(8), 1, R(42), 32764);
	csb_flush(&b, R(50));
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	for (int i = 0; i < 16; i++) {
		igt_assert_eq_u32(test_read32(&gpu, 1024 + 64 + 4 * i), 0x100 + i);
		igt_assert_eq_u32(test_read32(&gpu, 1024 - 4 * (i + 1)), 0x100 + i);
	}
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x107);
	igt_assert_eq_u32(test_read32(&gpu, 65532), 0x108);
	test_gpu_close(&gpu);
}

/* A stream calls the same buffer several times. */
static void test_call(void)
{
	struct test_gpu gpu;
	uint64_t callee;
	size_t size;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_add32(&b, R(0), R(0), 5);
	size = csb_size(&b);
	callee = test_load(&gpu, &b);

	csb_init(&b);
	csb_move32(&b, R(0), 0);
	csb_move48(&b, R(20), callee);
	csb_move32(&b, R(22), size);
	for (int i = 0; i < 4; i++)
		csb_call(&b, R(20), R(22));
	csb_add32(&b, R(0), R(0), 100);
	emit_result(&b, R(0), 1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 120);
	test_gpu_close(&gpu);
}

/*
 * Build a chain of buffers, each of which calls the next, @depth calls deep, and
 * run it. Each level adds 1 before its call and 100 after it.
 */
static int run_call_chain(struct test_gpu *gpu, int depth)
{
	uint64_t next = 0;
	size_t size = 0;
	struct csb b;

	for (int level = 0; level < depth; level++) {
		csb_init(&b);
		csb_add32(&b, R(0), R(0), 1);
		if (next) {
			csb_move48(&b, R(20), next);
			csb_move32(&b, R(22), size);
			csb_call(&b, R(20), R(22));
		}
		csb_add32(&b, R(0), R(0), 100);
		size = csb_size(&b);
		next = test_load(gpu, &b);
	}
	csb_init(&b);
	csb_move32(&b, R(0), 0);
	csb_move48(&b, R(20), next);
	csb_move32(&b, R(22), size);
	csb_call(&b, R(20), R(22));
	emit_result(&b, R(0), 1);
	return test_run(gpu, 0, &b);
}

/* The ring is the first level, the job's stream the second. */
static void test_call_depth(void)
{
	const int deepest = CSF_CS_CALL_DEPTH - 2;
	uint32_t state, queues;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(run_call_chain(&gpu, deepest), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 101 * deepest);
	/* The hardware's exact limit is not known; this depth exceeds any. */
	igt_assert_lt(run_call_chain(&gpu, 4 * CSF_CS_CALL_DEPTH), 0);
	igt_assert_eq(panthor_group_get_state(gpu.fd, gpu.group, &state, &queues), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_eq_u32(queues, 1);
	test_gpu_close(&gpu);
}

/* JUMP replaces the current buffer: the rest of it does not run. */
static void test_jump(void)
{
	struct test_gpu gpu;
	uint64_t target;
	size_t size;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_add32(&b, R(0), R(0), 1);
	emit_result(&b, R(0), 1);
	size = csb_size(&b);
	target = test_load(&gpu, &b);

	csb_init(&b);
	csb_move32(&b, R(0), 0x40);
	csb_move48(&b, R(20), target);
	csb_move32(&b, R(22), size);
	csb_jump(&b, R(20), R(22));
	csb_move32(&b, R(0), 0xbad);
	emit_result(&b, R(0), 1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x41);
	test_gpu_close(&gpu);
}

static void test_set_sb_entry(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	for (unsigned int slot = 0; slot < CSF_CS_SCOREBOARD_COUNT; slot++) {
		csb_emit(&b, csf_set_sb_entry(0, slot));
		csb_move48(&b, TEST_REG_ADDR, DATA + 4 * slot);
		csb_move32(&b, R(0), slot + 1);
		csb_store(&b, R(0), 1, TEST_REG_ADDR, 0);
		csb_wait(&b, 1 << slot);
		csb_load(&b, R(1), 1, TEST_REG_ADDR, 0);
		csb_wait(&b, 1 << slot);
		csb_store(&b, R(1), 1, TEST_REG_ADDR, 64);
	}
	csb_emit(&b, csf_set_sb_entry(0, 0));
	csb_flush(&b, R(2));
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	for (unsigned int slot = 0; slot < CSF_CS_SCOREBOARD_COUNT; slot++) {
		igt_assert_eq_u32(test_read32(&gpu, 4 * slot), slot + 1);
		igt_assert_eq_u32(test_read32(&gpu, 64 + 4 * slot), slot + 1);
	}
	test_gpu_close(&gpu);
}

static void test_error_barrier(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_emit(&b, csf_error_barrier());
	test_emit_store(&b, DATA, 1);
	csb_emit(&b, csf_error_barrier());
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("NOP does nothing.");
	igt_subtest("nop")
		test_nop();

	igt_describe("MOVE32 and MOVE48 load constants.");
	igt_subtest("move")
		test_move();

	igt_describe("ADD_IMM32 and ADD_IMM64 add, wrap and carry.");
	igt_subtest("add")
		test_add();

	igt_describe("Registers are initially zero, separate per queue, and persist.");
	igt_subtest("registers-persist")
		test_registers_persist();

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		igt_describe("BRANCH compares a register with zero, signed.");
		igt_subtest_f("branch-%s", conditions[i].name)
			test_branch(i);
	}

	igt_describe("Branches form nested loops.");
	igt_subtest("loop")
		test_loop();

	igt_describe("LOAD_MULTIPLE and STORE_MULTIPLE move up to 16 registers.");
	igt_subtest("load-store")
		test_load_store();

	igt_describe("CALL runs another buffer and returns.");
	igt_subtest("call")
		test_call();

	igt_describe("Calls nest as deep as Mesa needs, but not without limit.");
	igt_subtest("call-depth")
		test_call_depth();

	igt_describe("JUMP continues in another buffer and does not return.");
	igt_subtest("jump")
		test_jump();

	igt_describe("Loads and stores work with each scoreboard entry.");
	igt_subtest("set-sb-entry")
		test_set_sb_entry();

	igt_describe("ERROR_BARRIER has no effect without an error.");
	igt_subtest("error-barrier")
		test_error_barrier();
}
