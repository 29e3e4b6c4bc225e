// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Synchronisation between streams by SYNC_ADD, SYNC_SET and SYNC_WAIT, and the
 * time stamps and cycle counts of STORE_STATE.
 */

#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test command stream instructions that synchronise and measure.");

#define DATA		TEST_DATA_VA
#define QUEUES		2

/* Registers that no helper uses */
#define R(n)		(n)

static void test_sync_write(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	test_write32(&gpu, 0, 0xffffffff);
	test_write32(&gpu, 64, 0xffffffff);
	csb_init(&b);
	csb_move48(&b, R(0), 2);
	csb_move48(&b, R(10), DATA);
	csb_sync_add32(&b, R(10), R(0), CSF_SYNC_SCOPE_GROUP);	/* wraps */
	csb_move48(&b, R(10), DATA + 64);
	csb_sync_add64(&b, R(10), R(0), CSF_SYNC_SCOPE_SYSTEM);	/* carries */
	csb_move48(&b, R(10), DATA + 128);
	csb_sync_set32(&b, R(10), R(0), CSF_SYNC_SCOPE_SYSTEM);
	csb_move48(&b, R(10), DATA + 192);
	csb_move48(&b, R(0), 0x876543210000ull);
	csb_sync_set64(&b, R(10), R(0), CSF_SYNC_SCOPE_GROUP);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq_u64(test_read64(&gpu, 64), 0x100000001ull);
	igt_assert_eq_u32(test_read32(&gpu, 128), 2);
	igt_assert_eq_u64(test_read64(&gpu, 192), 0x876543210000ull);
	/* Without an error the status words next to the counters stay 0. */
	igt_assert_eq_u32(test_read32(&gpu, 4), 0);
	igt_assert_eq_u32(test_read32(&gpu, 72), 0);
	test_gpu_close(&gpu);
}

/*
 * Two queues take turns in incrementing a counter. Each waits until the counter
 * shows that it is its turn.
 */
static void test_ping_pong(unsigned int bits, unsigned int scope)
{
	const uint32_t rounds = 20;
	struct panthor_job jobs[QUEUES];
	struct test_gpu gpu;
	uint32_t done;

	test_gpu_open(&gpu, QUEUES);
	done = test_syncobj(&gpu);
	for (unsigned int queue = 0; queue < QUEUES; queue++) {
		struct csb_label loop = CSB_LABEL_INIT;
		struct csb b;

		csb_init(&b);
		csb_move48(&b, R(10), DATA);
		csb_move48(&b, R(0), 1);
		/* Wait for a count above this, unsigned: above -1 would never end. */
		csb_move48(&b, R(2), queue);
		csb_move32(&b, R(4), rounds);
		csb_place(&b, &loop);
		if (bits == 64) {
			csb_sync_wait64(&b, R(10), R(2), CSF_COND_GT);
			csb_sync_add64(&b, R(10), R(0), scope);
		} else {
			csb_sync_wait32(&b, R(10), R(2), CSF_COND_GT);
			csb_sync_add32(&b, R(10), R(0), scope);
		}
		csb_add64(&b, R(2), R(2), 2);
		csb_add32(&b, R(4), R(4), -1);
		csb_branch(&b, CSF_COND_GT, R(4), &loop);
		test_job(&gpu, queue, &b, &jobs[queue]);
		panthor_job_signal(&jobs[queue], done, queue + 1);
	}
	test_write32(&gpu, 0, 1);
	test_submit(&gpu, jobs, QUEUES);
	for (unsigned int queue = 0; queue < QUEUES; queue++)
		igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, queue + 1,
						   TEST_TIMEOUT), 0);
	igt_assert_eq_u64(test_read64(&gpu, 0), 1 + QUEUES * rounds);
	test_gpu_close(&gpu);
}

static void test_sync_wait_le(void)
{
	struct panthor_job jobs[QUEUES];
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, QUEUES);
	done = test_syncobj(&gpu);
	test_write32(&gpu, 0, 0xffffffff);
	/* The comparison is unsigned: 0xffffffff is not below 5. */
	csb_init(&b);
	csb_move48(&b, R(10), DATA);
	csb_move32(&b, R(0), 5);
	csb_sync_wait32(&b, R(10), R(0), CSF_COND_LE);
	csb_load(&b, R(1), 1, R(10), 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, R(1), 1, R(10), 64);
	csb_flush(&b, R(2));
	test_job(&gpu, 0, &b, &jobs[0]);
	panthor_job_signal(&jobs[0], done, 0);
	csb_init(&b);
	csb_move48(&b, R(10), DATA);
	csb_move32(&b, R(0), 5);
	csb_sync_set32(&b, R(10), R(0), CSF_SYNC_SCOPE_GROUP);
	test_job(&gpu, 1, &b, &jobs[1]);
	test_submit(&gpu, jobs, QUEUES);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 64), 5);
	test_gpu_close(&gpu);
}

/* A CPU write to memory ends a wait even without a doorbell. */
static void test_sync_wait_cpu(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, QUEUES);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, DATA);
	test_emit_store(&b, DATA + 64, 2);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);

	/* The other queue can run a job in the meantime. */
	csb_init(&b);
	test_emit_store(&b, DATA + 128, 1);
	igt_assert_eq(test_run(&gpu, 1, &b), 1);
	igt_assert(!test_is_signalled(&gpu, done, 0));
	igt_assert_eq_u32(test_read32(&gpu, 64), 0);
	test_release(&gpu, 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 64), 2);
	test_gpu_close(&gpu);
}

/*
 * Timestamps and cycle counts increase within a stream and from job to job. The jobs are
 * submitted in one call: the GPU may lose its power, and with it the count, between others.
 */
static void test_store_state(void)
{
	struct panthor_job jobs[3];
	struct csb_label loop;
	struct test_gpu gpu;
	uint64_t last[2] = {};
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	for (int i = 0; i < 3; i++) {
		csb_init(&b);
		csb_move48(&b, R(10), DATA + 32 * i);
		csb_store_state(&b, R(10), 0, CSF_STATE_TIMESTAMP);
		csb_store_state(&b, R(10), 8, CSF_STATE_CYCLES);
		csb_move32(&b, R(0), 2000);
		loop = (struct csb_label)CSB_LABEL_INIT;
		csb_place(&b, &loop);
		csb_add32(&b, R(0), R(0), -1);
		csb_branch(&b, CSF_COND_GT, R(0), &loop);
		csb_store_state(&b, R(10), 16, CSF_STATE_TIMESTAMP);
		csb_store_state(&b, R(10), 24, CSF_STATE_CYCLES);
		test_job(&gpu, 0, &b, &jobs[i]);
	}
	panthor_job_signal(&jobs[2], done, 0);
	test_submit(&gpu, jobs, 3);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 2; k++) {
			uint64_t begin = test_read64(&gpu, 32 * i + 8 * k);

			igt_assert_lt_u64(last[k], begin);
			last[k] = test_read64(&gpu, 32 * i + 16 + 8 * k);
			igt_assert_lt_u64(begin, last[k]);
		}
	}
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("SYNC_ADD and SYNC_SET modify counters in memory.");
	igt_subtest("sync-write")
		test_sync_write();

	igt_describe("Two queues take turns with SYNC_ADD and SYNC_WAIT.");
	igt_subtest("sync-wait32-group")
		test_ping_pong(32, CSF_SYNC_SCOPE_GROUP);
	igt_subtest("sync-wait32-system")
		test_ping_pong(32, CSF_SYNC_SCOPE_SYSTEM);
	igt_subtest("sync-wait64-group")
		test_ping_pong(64, CSF_SYNC_SCOPE_GROUP);
	igt_subtest("sync-wait64-system")
		test_ping_pong(64, CSF_SYNC_SCOPE_SYSTEM);

	igt_describe("SYNC_WAIT waits for a counter to become less than or equal.");
	igt_subtest("sync-wait-le")
		test_sync_wait_le();

	igt_describe("SYNC_WAIT detects a write by the CPU.");
	igt_subtest("sync-wait-cpu")
		test_sync_wait_cpu();

	igt_describe("STORE_STATE returns increasing timestamps and cycle counts.");
	igt_subtest("store-state")
		test_store_state();
}
