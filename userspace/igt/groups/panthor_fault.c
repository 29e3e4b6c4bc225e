// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Faulting streams: invalid instructions and accesses to unmapped memory kill their
 * group and fail its jobs; other groups and address spaces are not affected.
 * Also destruction of groups whose jobs run or wait.
 */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test that faulting streams kill their group and no other.");

#define DATA		TEST_DATA_VA
#define HOLD		32
#define UNMAPPED	TEST_FREE_VA
#define QUEUES		2

#define R(n)		(n)

/* Registers that a stream of this GPU has */
static unsigned int reg_count;

static void emit_undefined(struct csb *b)
{
	csb_emit(b, 0xffull << 56);
}

static void emit_gap(struct csb *b)
{
	/* Opcode 10 is not assigned. */
	csb_emit(b, 10ull << 56);
}

static void emit_odd_pair(struct csb *b)
{
	csb_emit(b, csf_move48(R(1), 0));
}

static void emit_no_register(struct csb *b)
{
	csb_emit(b, csf_move32(reg_count, 0));
}

static void emit_registers_overrun(struct csb *b)
{
	csb_move48(b, R(10), DATA);
	csb_emit(b, csf_store_multiple(reg_count - 2, R(10), 0xf, 0));
}

static void emit_call_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_move32(b, R(12), 64);
	csb_call(b, R(10), R(12));
}

static void emit_call_length(struct csb *b)
{
	csb_move48(b, R(10), TEST_CODE_VA);
	csb_move32(b, R(12), 12);
	csb_call(b, R(10), R(12));
}

static void emit_jump_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_move32(b, R(12), 64);
	csb_jump(b, R(10), R(12));
}

static void emit_load_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_load(b, R(0), 4, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

static void emit_store_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_store(b, R(0), 4, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

static void emit_store_null(struct csb *b)
{
	csb_move48(b, R(10), 0);
	csb_store(b, R(0), 1, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

/* The first register fits into the mapping, the last does not. */
static void emit_store_over_end(struct csb *b)
{
	csb_move48(b, R(10), DATA + TEST_DATA_SIZE - 8);
	csb_store(b, R(0), 4, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

/* The kernel's part of the address space; its bounds are internal to the driver. */
static void emit_store_kernel(struct csb *b)
{
	csb_move48(b, R(10), (1ull << 48) - PANTHOR_PAGE_SIZE);
	csb_store(b, R(0), 1, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

static void emit_store_beyond_va(struct csb *b)
{
	csb_move48(b, R(10), (1ull << 48) - PANTHOR_PAGE_SIZE);
	csb_add64(b, R(10), R(10), PANTHOR_PAGE_SIZE);
	csb_store(b, R(0), 1, R(10), 0);
	csb_wait(b, CSB_SB_ALL);
}

static void emit_sync_add_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_sync_add64(b, R(10), R(0), CSF_SYNC_SCOPE_SYSTEM);
}

static void emit_sync_wait_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_sync_wait32(b, R(10), R(0), CSF_COND_GT);
}

static void emit_store_state_unmapped(struct csb *b)
{
	csb_move48(b, R(10), UNMAPPED);
	csb_store_state(b, R(10), 0, CSF_STATE_TIMESTAMP);
}

/*
 * The stream stops at an invalid instruction. After a bad access to data it may
 * continue until the driver has killed the group.
 */
struct fault {
	const char *name;
	const char *what;
	void (*emit)(struct csb *b);
	bool goes_on;
};

static const struct fault faults[] = {
	{ "undefined", "An opcode beyond the assigned range faults.", emit_undefined, false },
	{ "undefined-gap", "An unassigned opcode between assigned ones faults.", emit_gap, false },
	{ "odd-pair", "A pair that begins with an odd register faults.", emit_odd_pair, false },
	{ "no-register", "A register that does not exist faults.", emit_no_register, false },
	{ "registers-overrun", "A store of registers beyond the last one faults.",
	  emit_registers_overrun, false },
	{ "call-unmapped", "A call to unmapped memory faults.", emit_call_unmapped, false },
	{ "call-length", "A call of one and a half instructions faults.", emit_call_length, false },
	{ "jump-unmapped", "A jump to unmapped memory faults.", emit_jump_unmapped, false },
	{ "load-unmapped", "A load from unmapped memory faults.", emit_load_unmapped, true },
	{ "store-unmapped", "A store to unmapped memory faults.", emit_store_unmapped, true },
	{ "store-null", "A store to address zero faults.", emit_store_null, true },
	{ "store-over-end", "A store across the end of a mapping faults.",
	  emit_store_over_end, true },
	{ "store-kernel", "A store to the kernel's part faults.", emit_store_kernel, true },
	{ "store-beyond-va", "A store beyond the address space faults.",
	  emit_store_beyond_va, true },
	{ "sync-add-unmapped", "A SYNC_ADD to unmapped memory faults.",
	  emit_sync_add_unmapped, true },
	{ "sync-wait-unmapped", "A SYNC_WAIT on unmapped memory faults.",
	  emit_sync_wait_unmapped, true },
	{ "store-state-unmapped", "A STORE_STATE to unmapped memory faults.",
	  emit_store_state_unmapped, true },
};

static void expect_dead(struct test_gpu *gpu, unsigned int queue)
{
	uint32_t state, queues;
	struct panthor_job job;

	igt_assert_eq(panthor_group_get_state(gpu->fd, gpu->group, &state, &queues), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_neq_u32(queues & (1 << queue), 0);
	panthor_job_init(&job, queue, TEST_CODE_VA, 64);
	igt_assert_eq(panthor_submit(gpu->fd, gpu->group, &job, 1), -EINVAL);
}

static void test_fault(const struct fault *fault)
{
	struct test_gpu gpu;
	uint32_t value;
	struct csb b;

	test_gpu_open(&gpu, QUEUES);
	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	fault->emit(&b);
	test_emit_store(&b, DATA, 2);
	igt_assert_eq(test_run(&gpu, 1, &b), -EINVAL);
	expect_dead(&gpu, 1);
	value = test_read32(&gpu, 0);
	igt_assert(value == 1 || (fault->goes_on && value == 2));
	/* A new group works in the same address space; the memory is unchanged. */
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	test_gpu_new_group(&gpu, QUEUES);
	test_expect_works(&gpu);
	igt_assert_eq_u32(test_read32(&gpu, 0), value);
	test_gpu_close(&gpu);
}

static void test_bad_stream(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, QUEUES);
	done = test_syncobj(&gpu);
	panthor_job_init(&job, 0, UNMAPPED, 64);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, done, 0), -EINVAL);
	expect_dead(&gpu, 0);
	test_gpu_close(&gpu);
}

/* A branch out of the buffer does not execute what lies at its target. */
static void test_branch_out(void)
{
	const unsigned int nops = 8;
	struct test_gpu gpu;
	size_t distance;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	for (unsigned int i = 0; i < nops; i++)
		csb_emit(&b, csf_nop());
	test_emit_store(&b, DATA, 0xbad);
	distance = test_load(&gpu, &b) - TEST_CODE_VA;
	igt_assert_eq(distance, 0);
	/* The next stream follows; distance back into the first one */
	distance = gpu.code_used / CSF_CS_INSTR_SIZE - nops / 2;
	csb_init(&b);
	csb_emit(&b, csf_branch(CSF_COND_ALWAYS, R(0), -(int)distance));
	igt_assert_lt(test_run(&gpu, 0, &b), 0);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_gpu_close(&gpu);
}

/* Create a job whose stream is emitted by @emit. */
static void make_job(struct test_gpu *gpu, unsigned int queue,
		     void (*emit)(struct csb *b), struct panthor_job *job)
{
	struct csb b;

	csb_init(&b);
	emit(&b);
	test_job(gpu, queue, &b, job);
}

static void emit_held_store(struct csb *b)
{
	test_emit_hold(b, DATA + HOLD);
	test_emit_store(b, DATA, 0xbad);
}

static void emit_forever(struct csb *b)
{
	test_emit_forever(b);
}

static void emit_bad_store(struct csb *b)
{
	test_emit_store(b, DATA, 0xbad);
}

/* Jobs after the faulting one in its queue fail as well, those before it do not. */
static void test_jobs_behind(void)
{
	struct panthor_job jobs[6];
	uint32_t done[6];
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 6; i++) {
		struct csb b;

		csb_init(&b);
		if (i == 2)
			emit_undefined(&b);
		test_emit_store(&b, DATA + 4 * i, 1);
		test_job(&gpu, 0, &b, &jobs[i]);
		done[i] = test_syncobj(&gpu);
		panthor_job_signal(&jobs[i], done[i], 0);
	}
	test_submit(&gpu, jobs, 6);
	for (int i = 0; i < 6; i++) {
		if (i < 2)
			igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
		else
			igt_assert_lt(test_wait(&gpu, done[i], 0), 0);
		igt_assert_eq_u32(test_read32(&gpu, 4 * i), i < 2);
	}
	expect_dead(&gpu, 0);
	test_gpu_close(&gpu);
}

/* The fault of one queue kills all queues of the group. */
static void test_other_queue(void)
{
	struct panthor_job jobs[QUEUES];
	uint32_t done[QUEUES];
	struct test_gpu gpu;

	test_gpu_open(&gpu, QUEUES);
	make_job(&gpu, 0, emit_held_store, &jobs[0]);
	make_job(&gpu, 1, emit_undefined, &jobs[1]);
	for (int i = 0; i < QUEUES; i++) {
		done[i] = test_syncobj(&gpu);
		panthor_job_signal(&jobs[i], done[i], 0);
		test_submit(&gpu, &jobs[i], 1);
	}
	igt_assert_eq(test_wait(&gpu, done[1], 0), -EINVAL);
	igt_assert_lt(test_wait(&gpu, done[0], 0), 0);
	expect_dead(&gpu, 1);
	test_release(&gpu, HOLD);
	test_gpu_close(&gpu);
}

/* Another group is not affected, in another address space or in the same one. */
static void test_other_group(bool same_vm)
{
	struct test_gpu gpu, other;
	struct panthor_job job;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	if (same_vm) {
		other = gpu;
		test_gpu_new_group(&other, 1);
	} else {
		test_gpu_open(&other, 1);
	}
	done = test_syncobj(&other);
	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	test_emit_store(&b, DATA, 0x900d);
	test_job(&other, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&other, &job, 1);

	gpu.code_used = other.code_used;
	csb_init(&b);
	if (same_vm)
		emit_undefined(&b);
	else
		emit_store_unmapped(&b);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	expect_dead(&gpu, 0);

	test_release(&other, HOLD);
	igt_assert_eq(test_wait(&other, done, 0), 1);
	igt_assert_eq_u32(test_read32(&other, 0), 0x900d);
	other.code_used = gpu.code_used;
	test_expect_works(&other);
	if (same_vm)
		igt_assert_eq(panthor_group_destroy(other.fd, other.group), 0);
	else
		test_gpu_close(&other);
	test_gpu_close(&gpu);
}

/* For how long the driver may wait for the report of a stream, and some more */
#define REPORT_NS	(200 * PANTHOR_MILLISECOND)

/*
 * The interrupt of the MMU arrives when the group that has caused the fault is gone:
 * no other group in its address space is to blame.
 */
static void test_late_interrupt(void)
{
	struct test_gpu gpu, held, other;
	uint64_t start;
	uint32_t done;
	struct csb b;

	test_gpu_open_untimed(&held, 1);
	test_gpu_open(&other, 1);
	gpu = held;
	test_gpu_new_group(&gpu, 1);
	done = test_submit_held(&held, false);
	test_wait_word(&held, TEST_HELD_RUNNING);

	gpu.code_used = held.code_used;
	test_inject("lost_irq", "count=1 only=2\n");
	csb_init(&b);
	emit_store_unmapped(&b);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	expect_dead(&gpu, 0);
	test_wait_injected("lost_irq", 1);

	/*
	 * The first job of another address space changes the interrupt's mask, which
	 * delivers it. The driver waits 50 ms for the report of a stream.
	 */
	start = panthor_now_ns();
	do {
		other.code_used = 0;
		test_expect_works(&other);
		usleep(1000);
	} while (panthor_now_ns() - start < REPORT_NS);
	test_finish_held(&held, done);
	test_expect_works(&held);
	igt_assert_eq(panthor_group_destroy(held.fd, held.group), 0);
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

/*
 * The interrupts for the report of the stream are lost: the driver asks the firmware
 * before it kills all groups of the address space.
 */
static void test_lost_report(void)
{
	struct test_gpu gpu, held;
	uint32_t done;
	struct csb b;

	test_gpu_open_untimed(&held, 1);
	gpu = held;
	test_gpu_new_group(&gpu, 1);
	test_expect_works(&gpu);
	held.code_used = gpu.code_used;
	done = test_submit_held(&held, false);
	test_wait_word(&held, TEST_HELD_RUNNING);

	gpu.code_used = held.code_used;
	test_inject("lost_irq", "count=always only=1\n");
	csb_init(&b);
	emit_store_unmapped(&b);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	igt_assert_lt(0, test_injected("lost_irq"));
	test_inject("lost_irq", "0\n");
	expect_dead(&gpu, 0);

	test_finish_held(&held, done);
	igt_assert_eq(panthor_group_destroy(held.fd, held.group), 0);
	test_gpu_close(&gpu);
}

/* A job that depends on a failed one is not left waiting. */
static void test_dependent(void)
{
	struct panthor_job jobs[QUEUES];
	struct test_gpu gpu, other;
	uint32_t failed, done;

	test_gpu_open(&gpu, 1);
	other = gpu;
	test_gpu_new_group(&other, 1);
	failed = test_syncobj(&gpu);
	done = test_syncobj(&gpu);
	make_job(&gpu, 0, emit_undefined, &jobs[0]);
	panthor_job_signal(&jobs[0], failed, 0);
	test_submit(&gpu, &jobs[0], 1);
	other.code_used = gpu.code_used;
	make_job(&other, 0, emit_gap, &jobs[1]);
	panthor_job_wait(&jobs[1], failed, 0);
	panthor_job_signal(&jobs[1], done, 0);
	test_submit(&other, &jobs[1], 1);
	igt_assert_eq(test_wait(&gpu, failed, 0), -EINVAL);
	igt_assert_lt(test_wait(&gpu, done, 0), 0);
	igt_assert_eq(panthor_group_destroy(other.fd, other.group), 0);
	test_gpu_close(&gpu);
}

/* Destroying a group cancels its running and its waiting jobs. */
static void test_destroy(void (*emit)(struct csb *b))
{
	struct panthor_job jobs[3];
	struct test_gpu gpu;
	uint32_t done[3];

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 3; i++) {
		make_job(&gpu, 0, i ? emit_bad_store : emit, &jobs[i]);
		done[i] = test_syncobj(&gpu);
		panthor_job_signal(&jobs[i], done[i], 0);
	}
	test_submit(&gpu, jobs, 3);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	for (int i = 0; i < 3; i++)
		igt_assert_eq(test_wait(&gpu, done[i], 0), -ECANCELED);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_gpu_new_group(&gpu, 1);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

static void test_destroy_waiting(void)
{
	struct cpu_fence fence;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t gate, done;

	test_gpu_open(&gpu, 1);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	make_job(&gpu, 0, emit_bad_store, &job);
	panthor_job_wait(&job, gate, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), -ECANCELED);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	cpu_fence_destroy(&fence);
	gpu.group = 0;
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		struct drm_panthor_csif_info csif;
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
					    sizeof(csif)), 0);
		reg_count = csif.cs_reg_count;
		close(fd);
	}

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		igt_describe(faults[i].what);
		igt_subtest(faults[i].name)
			test_fault(&faults[i]);
	}

	igt_describe("A job whose stream is not mapped faults.");
	igt_subtest("bad-stream")
		test_bad_stream();
	igt_describe("A branch out of the buffer faults.");
	igt_subtest("branch-out")
		test_branch_out();
	igt_describe("Jobs after the faulting one fail, those before it do not.");
	igt_subtest("jobs-behind")
		test_jobs_behind();
	igt_describe("All queues of the faulting group fail.");
	igt_subtest("other-queue")
		test_other_queue();
	igt_describe("A group in another address space survives an MMU fault.");
	igt_subtest("other-vm")
		test_other_group(false);
	igt_describe("A group in the same address space survives an invalid instruction.");
	igt_subtest("other-group")
		test_other_group(true);
	igt_describe("A late interrupt of a fault kills no other group.");
	igt_subtest("late-interrupt")
		test_late_interrupt();
	igt_describe("A lost interrupt for a stream's fault kills no other group.");
	igt_subtest("lost-report")
		test_lost_report();
	igt_fixture()
		test_inject("lost_irq", "0\n");
	igt_describe("Jobs that depend on a failed one do not wait forever.");
	igt_subtest("dependent")
		test_dependent();

	igt_describe("A group whose job waits on the GPU can be destroyed.");
	igt_subtest("destroy-held")
		test_destroy(emit_held_store);
	igt_describe("A group whose job loops forever can be destroyed.");
	igt_subtest("destroy-looping")
		test_destroy(emit_forever);
	igt_describe("A group whose job waits for a fence can be destroyed.");
	igt_subtest("destroy-waiting")
		test_destroy_waiting();
}
