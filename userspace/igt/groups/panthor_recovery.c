// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Recovery: job timeouts, injected faults (hangs, lost interrupts and answers,
 * firmware crashes, failing resets), resets and unplugging. Each test checks which
 * group is blamed and that all others keep working.
 */

#include <errno.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test recovery from hangs, resets and unplugging, and which group is blamed.");

#define DATA		TEST_DATA_VA
/* A word that nothing sets */
#define NEVER		64

/* Time limits in milliseconds: of a job that must exceed it, and of others before that job */
#define SHORT		500
#define MODERATE	2000
/* Of jobs that must not exceed it, and for how long the longest are held */
#define AMPLE		5000
#define HELD_MS		1500
/* Held jobs across a reset: time in which their group is blocked counts. */
#define LONG		60000
#define PING_INTERVAL	12000
#define SLOTS_MAX	32

static uint32_t group_state(struct test_gpu *gpu)
{
	uint32_t state, queues;

	igt_assert_eq(panthor_group_get_state(gpu->fd, gpu->group, &state, &queues), 0);
	return state;
}

static void expect_dead(struct test_gpu *gpu, uint32_t state)
{
	struct panthor_job job;

	igt_assert_eq_u32(group_state(gpu), state);
	panthor_job_init(&job, 0, TEST_CODE_VA, 64);
	igt_assert_eq(panthor_submit(gpu->fd, gpu->group, &job, 1), -EINVAL);
}

static void expect_finishes(struct test_gpu *gpu, uint32_t done)
{
	test_finish_held(gpu, done);
	test_expect_works(gpu);
}

static uint32_t submit_forever(struct test_gpu *gpu)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_forever(&b);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

/* Open a context with a group whose jobs time out after @ms milliseconds. */
static void open_with_timeout(struct test_gpu *gpu, unsigned int ms)
{
	test_param_set("job_timeout_ms", ms);
	test_gpu_open(gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

static void test_timeout(bool neighbour)
{
	struct test_gpu gpu, other;
	uint32_t done, held = 0;
	unsigned int resets;

	if (neighbour) {
		open_with_timeout(&other, LONG);
		held = test_submit_held(&other, true);
	}
	open_with_timeout(&gpu, SHORT);
	resets = test_reset_count();
	done = submit_forever(&gpu);
	igt_assert_eq(test_wait(&gpu, done, 0), -ETIMEDOUT);
	expect_dead(&gpu, DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
	/* Killing the group needs no reset, which would affect others. */
	igt_assert_eq(test_reset_count(), resets);
	if (neighbour) {
		expect_finishes(&other, held);
		test_gpu_close(&other);
	}
	test_gpu_close(&gpu);
}

static void test_timeout_behind(void)
{
	struct panthor_job jobs[3];
	struct test_gpu gpu;
	uint32_t done[3];

	/* The first job must not exceed the limit. */
	open_with_timeout(&gpu, MODERATE);
	for (int i = 0; i < 3; i++) {
		struct csb b;

		csb_init(&b);
		if (i == 1)
			test_emit_forever(&b);
		test_emit_store(&b, DATA + 4 * i, 1);
		test_job(&gpu, 0, &b, &jobs[i]);
		done[i] = test_syncobj(&gpu);
		panthor_job_signal(&jobs[i], done[i], 0);
	}
	test_submit(&gpu, jobs, 3);
	igt_assert_eq(test_wait(&gpu, done[0], 0), 1);
	igt_assert_eq(test_wait(&gpu, done[1], 0), -ETIMEDOUT);
	igt_assert_eq(test_wait(&gpu, done[2], 0), -ETIMEDOUT);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 8), 0);
	test_gpu_close(&gpu);
}

/* Several jobs, each below the time limit, together above it */
static void test_timeout_per_job(void)
{
	struct test_gpu gpu;

	open_with_timeout(&gpu, AMPLE);
	for (int i = 0; i * HELD_MS < AMPLE; i++) {
		uint32_t done = test_submit_held(&gpu, false);

		usleep(HELD_MS * 1000);
		expect_finishes(&gpu, done);
	}
	test_gpu_close(&gpu);
}

/*
 * A group of high priority whose only job waits for ever, which needs no slot. Return:
 * a syncobj that signals when the job has exceeded @limit.
 */
static uint32_t start_clock(struct test_gpu *gpu, unsigned int limit)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	test_param_set("job_timeout_ms", limit);
	igt_assert_eq(panthor_group_create_priority(gpu->fd, gpu->vm, 1, TEST_RING_SIZE,
						    PANTHOR_GROUP_PRIORITY_HIGH,
						    &gpu->group), 0);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	csb_init(&b);
	test_emit_hold(&b, DATA + NEVER);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

/*
 * The timer of a group without a slot is stopped: groups of a higher priority
 * occupy all slots for longer than the job's time limit.
 */
static void test_timeout_off_slot(void)
{
	struct drm_panthor_csif_info csif;
	struct test_gpu gpu, busy, groups[SLOTS_MAX];
	uint32_t done[SLOTS_MAX], held, over;

	open_with_timeout(&gpu, AMPLE);
	igt_assert_eq(panthor_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	igt_assert_lte(csif.csg_slot_count, SLOTS_MAX);
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&busy, 0);
	for (unsigned int i = 0; i < csif.csg_slot_count; i++) {
		groups[i] = busy;
		igt_assert_eq(panthor_group_create_priority(busy.fd, busy.vm, 1,
							    TEST_RING_SIZE,
							    PANTHOR_GROUP_PRIORITY_HIGH,
							    &groups[i].group), 0);
		done[i] = test_submit_held(&groups[i], true);
		busy.code_used = groups[i].code_used;
	}
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	held = test_submit_held(&gpu, true);
	over = start_clock(&busy, AMPLE + MODERATE);
	igt_assert_eq(test_wait(&busy, over, 0), -ETIMEDOUT);
	igt_assert(!test_is_signalled(&gpu, held, 0));
	/* Release the job before its group gets a slot, where its timer runs. */
	test_release(&gpu, TEST_HELD);
	test_release(&busy, TEST_HELD);
	for (unsigned int i = 0; i < csif.csg_slot_count; i++)
		igt_assert_eq(test_wait(&busy, done[i], 0), 1);
	expect_finishes(&gpu, held);
	for (unsigned int i = 0; i < csif.csg_slot_count; i++)
		igt_assert_eq(panthor_group_destroy(busy.fd, groups[i].group), 0);
	test_gpu_close(&busy);
	test_gpu_close(&gpu);
}

static void emit_misaligned(struct csb *b)
{
	csb_move48(b, TEST_REG_ADDR, DATA + 2);
	csb_store(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(b, CSB_SB_ALL);
}

/* Recoverable errors fail only the jobs that caused them. */
static void test_several_faults(void)
{
	struct panthor_job jobs[8];
	struct test_gpu gpu;
	uint32_t done[8];

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 8; i++) {
		struct csb b;

		csb_init(&b);
		/* Job 4 faults twice. */
		if (i % 3 == 1)
			emit_misaligned(&b);
		if (i == 4)
			emit_misaligned(&b);
		test_emit_store(&b, DATA + 64 + 4 * i, i + 1);
		test_job(&gpu, 0, &b, &jobs[i]);
		done[i] = test_syncobj(&gpu);
		panthor_job_signal(&jobs[i], done[i], 0);
	}
	test_submit(&gpu, jobs, 8);
	for (int i = 7; i >= 0; i--) {
		igt_assert_eq(test_wait(&gpu, done[i], 0), i % 3 == 1 ? -EINVAL : 1);
		igt_assert_eq_u32(test_read32(&gpu, 64 + 4 * i), i + 1);
	}
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

/* An MMU fault kills its group; a busy group of the same address space continues. */
static void test_fault_same_vm(void)
{
	struct test_gpu gpu, other;
	uint32_t held;
	struct csb b;

	test_gpu_open(&gpu, 1);
	other = gpu;
	test_gpu_new_group(&other, 1);
	held = test_submit_held(&other, true);
	gpu.code_used = other.code_used;
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, TEST_FREE_VA);
	csb_store(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	expect_dead(&gpu, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	other.code_used = gpu.code_used;
	expect_finishes(&other, held);
	igt_assert_eq(panthor_group_destroy(other.fd, other.group), 0);
	test_gpu_close(&gpu);
}

static void reset_gpu(void)
{
	unsigned int resets = test_reset_count();
	char path[256];

	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
	igt_assert_lt(resets, test_reset_count());
}

/* A healthy group continues after a reset. */
static void test_reset(bool busy)
{
	struct test_gpu gpu;
	uint32_t held;

	open_with_timeout(&gpu, LONG);
	held = test_submit_held(&gpu, busy);
	for (int i = 0; i < 3; i++)
		reset_gpu();
	igt_assert(!test_is_signalled(&gpu, held, 0));
	expect_finishes(&gpu, held);
	test_gpu_close(&gpu);
}

static void expect_cancelled(int sync_file)
{
	struct panthor_fence_info info;

	igt_assert_eq(panthor_fence_wait(sync_file, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(sync_file, &info), 0);
	igt_assert_eq(info.status, -ECANCELED);
	close(sync_file);
}

static void test_unbind_busy(void)
{
	struct test_gpu gpu, other;
	struct panthor_job job;
	int held, looping;
	uint32_t id;

	test_gpu_open(&gpu, 1);
	test_gpu_open(&other, 1);
	held = panthor_syncobj_export(gpu.fd, test_submit_held(&gpu, false), 0);
	looping = panthor_syncobj_export(other.fd, submit_forever(&other), 0);
	igt_assert_lte(0, held);
	igt_assert_lte(0, looping);
	test_unbind();
	expect_cancelled(held);
	expect_cancelled(looping);
	panthor_job_init(&job, 0, TEST_CODE_VA, 64);
	igt_assert_eq(panthor_submit(gpu.fd, gpu.group, &job, 1), -ENODEV);
	igt_assert_eq(panthor_vm_create(gpu.fd, 0, &id), -ENODEV);
	close(gpu.fd);
	test_bind();
	/* The other file belongs to the device that was unbound. */
	igt_assert_eq(panthor_vm_create(other.fd, 0, &id), -ENODEV);
	close(other.fd);
	test_gpu_open(&gpu, 1);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

/* Cancel injections that an earlier test has left pending. */
static void inject_nothing(void)
{
	static const char * const points[] = {
		"hang", "lost_irq", "dropped_ack", "mcu_crash", "reset_fail", "flush_fail",
	};

	for (size_t i = 0; i < ARRAY_SIZE(points); i++)
		test_inject(points[i], "0\n");
}

static void wait_for_reset(unsigned int before)
{
	for (int i = 0; i < 2000 && test_reset_count() == before; i++)
		usleep(10000);
	igt_assert_lt(before, test_reset_count());
}

/* A group that was on a slot is lost, marked as innocent, and can be replaced. */
static void expect_innocent(struct test_gpu *gpu, uint32_t done)
{
	igt_assert_eq(test_wait(gpu, done, 0), -ECANCELED);
	expect_dead(gpu, DRM_PANTHOR_GROUP_STATE_TIMEDOUT |
		    DRM_PANTHOR_GROUP_STATE_INNOCENT);
	igt_assert_eq(panthor_group_destroy(gpu->fd, gpu->group), 0);
	test_gpu_new_group(gpu, 1);
	test_expect_works(gpu);
}

static void test_hang(void)
{
	struct test_gpu gpu, other;
	uint32_t held;

	open_with_timeout(&gpu, SHORT);
	test_gpu_open(&other, 1);
	test_inject("hang", "1\n");
	held = test_submit_held(&gpu, true);
	igt_assert_eq(test_wait(&gpu, held, 0), -ETIMEDOUT);
	expect_dead(&gpu, DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
	test_expect_works(&other);
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

/* The job is complete; the timeout handler finds out without an interrupt. */
static void test_lost_interrupt(void)
{
	struct test_gpu gpu;
	uint32_t held;

	open_with_timeout(&gpu, AMPLE);
	test_expect_works(&gpu);
	held = test_submit_held(&gpu, true);
	/* The next interrupt is that of its end. */
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	test_inject("lost_irq", "count=1 only=1\n");
	expect_finishes(&gpu, held);
	test_gpu_close(&gpu);
}

static void test_mcu_crash(void)
{
	struct test_gpu gpu, idle;
	uint32_t held;

	test_gpu_open(&idle, 1);
	test_expect_works(&idle);
	/* The reset evicts the idle group, so that only the other one has a slot. */
	reset_gpu();
	test_gpu_open(&gpu, 1);
	test_expect_works(&gpu);
	held = test_submit_held(&gpu, true);
	/* From then on the group is on a slot. */
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	test_inject("mcu_crash", "1\n");
	expect_innocent(&gpu, held);
	test_expect_works(&idle);
	test_gpu_close(&gpu);
	test_gpu_close(&idle);
}

static void test_lost_ping(void)
{
	unsigned int resets;
	struct test_gpu gpu;
	uint32_t held;

	open_with_timeout(&gpu, LONG);
	/* The group is busy, so that the GPU stays powered. */
	held = test_submit_held(&gpu, true);
	test_param_set("ping_interval_ms", 100);
	reset_gpu();
	test_param_set("ping_interval_ms", PING_INTERVAL);
	resets = test_reset_count();
	test_inject("dropped_ack", "count=1 only=1\n");
	wait_for_reset(resets);
	/* The firmware answers again before the reset, so the group is suspended. */
	expect_finishes(&gpu, held);
	test_gpu_close(&gpu);
}

/* The firmware works, but one of two groups does not leave its slot. */
static void test_suspend_fails(void)
{
	struct test_gpu gpus[2];
	uint32_t held[2];
	int stuck;

	for (int i = 0; i < 2; i++) {
		open_with_timeout(&gpus[i], LONG);
		test_expect_works(&gpus[i]);
		held[i] = test_submit_held(&gpus[i], true);
		/* From then on the group is on a slot. */
		test_wait_word(&gpus[i], TEST_HELD_RUNNING);
	}
	test_inject("dropped_ack", "count=1 only=8\n");
	reset_gpu();
	/* Its fence signals soon after, and the other one not at all yet. */
	stuck = test_wait_any(gpus, held);
	igt_assert_eq(test_wait(&gpus[stuck], held[stuck], 0), -ETIMEDOUT);
	expect_dead(&gpus[stuck], DRM_PANTHOR_GROUP_STATE_TIMEDOUT);
	expect_finishes(&gpus[!stuck], held[!stuck]);
	test_gpu_close(&gpus[0]);
	test_gpu_close(&gpus[1]);
}

static void test_flush_fails(void)
{
	struct test_gpu gpu;
	uint32_t held;

	test_gpu_open(&gpu, 1);
	test_expect_works(&gpu);
	held = test_submit_held(&gpu, true);
	test_wait_word(&gpu, TEST_HELD_RUNNING);
	test_inject("flush_fail", "1\n");
	reset_gpu();
	expect_innocent(&gpu, held);
	test_gpu_close(&gpu);
}

static void test_reset_fails_once(void)
{
	struct test_gpu gpu;
	uint32_t held;

	open_with_timeout(&gpu, LONG);
	held = test_submit_held(&gpu, true);
	test_inject("reset_fail", "1\n");
	reset_gpu();
	expect_finishes(&gpu, held);
	test_gpu_close(&gpu);
}

/* The device is lost, and all later calls return an error at once. */
static void test_reset_fails(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	char path[256];
	uint32_t held;

	test_gpu_open(&gpu, 1);
	held = test_submit_held(&gpu, true);
	test_inject("reset_fail", "count=always\n");
	test_debugfs_path("reset", path, sizeof(path));
	igt_assert_eq(test_try_write_file(path, "1\n"), -ENODEV);
	igt_assert_eq(test_wait(&gpu, held, 0), -ECANCELED);
	panthor_job_init(&job, 0, TEST_CODE_VA, 64);
	igt_assert_eq(panthor_submit(gpu.fd, gpu.group, &job, 1), -ENODEV);
	close(gpu.fd);
	inject_nothing();
	test_unbind();
	test_bind();
	test_gpu_open(&gpu, 1);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

static void injection_subtests(void)
{
	igt_describe("A hanging stream times out; other groups continue.");
	igt_subtest("hang")
		test_hang();
	igt_describe("The interrupt of a completed job is lost.");
	igt_subtest("lost-interrupt")
		test_lost_interrupt();
	igt_describe("The firmware crashes: groups on slots are lost and innocent.");
	igt_subtest("mcu-crash")
		test_mcu_crash();
	igt_describe("The firmware does not answer a ping.");
	igt_subtest("lost-ping")
		test_lost_ping();
	igt_describe("A group cannot be suspended and is blamed.");
	igt_subtest("suspend-fails")
		test_suspend_fails();
	igt_describe("The cache flush fails: groups are lost and innocent.");
	igt_subtest("flush-fails")
		test_flush_fails();
	igt_describe("A soft reset fails; the hard reset succeeds.");
	igt_subtest("reset-fails-once")
		test_reset_fails_once();
	igt_describe("All resets fail: the device is lost.");
	igt_subtest("reset-fails")
		test_reset_fails();
}

static void timeout_subtests(void)
{
	igt_describe("A job that never ends times out, and its group is killed.");
	igt_subtest("timeout")
		test_timeout(false);
	igt_describe("The timeout of a group does not affect a busy group beside it.");
	igt_subtest("timeout-neighbour")
		test_timeout(true);
	igt_describe("Jobs before the timed-out one complete, those after it fail.");
	igt_subtest("timeout-behind")
		test_timeout_behind();
	igt_describe("The time limit applies to each job on its own.");
	igt_subtest("timeout-per-job")
		test_timeout_per_job();
	igt_describe("The timer is stopped while the group has no slot.");
	igt_subtest("timeout-off-slot")
		test_timeout_off_slot();
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
		test_param_set("ping_interval_ms", PING_INTERVAL);
		inject_nothing();
	}

	timeout_subtests();
	injection_subtests();
	igt_describe("Recoverable faults are attributed to the jobs that cause them.");
	igt_subtest("several-faults")
		test_several_faults();
	igt_describe("An MMU fault is attributed to one group of an address space.");
	igt_subtest("fault-same-vm")
		test_fault_same_vm();
	igt_describe("A waiting job survives resets.");
	igt_subtest("reset-held")
		test_reset(false);
	igt_describe("A running job survives resets.");
	igt_subtest("reset-busy")
		test_reset(true);
	igt_describe("The device is unbound while jobs run, and bound again.");
	igt_subtest("unbind-busy")
		test_unbind_busy();
}
