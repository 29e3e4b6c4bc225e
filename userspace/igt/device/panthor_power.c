// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Runtime power management: the GPU suspends when idle and resumes for jobs, with
 * all state preserved; ioctls that do not need it leave it off; failures to
 * suspend and resume end in a reset or a lost device.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test runtime suspend and resume of the GPU.");

#define DATA	TEST_DATA_VA
#define HOLD	32
/* Autosuspend delay of tests that need a suspended GPU */
#define SHORT	1

static void run_store(struct test_gpu *gpu, uint32_t value)
{
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, DATA, value);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(gpu, 0), value);
}

static uint32_t submit_held(struct test_gpu *gpu)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	test_write32(gpu, HOLD, 0);
	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

static void release_held(struct test_gpu *gpu, uint32_t done)
{
	test_release(gpu, HOLD);
	igt_assert_eq(test_wait(gpu, done, 0), 1);
}

static void open_suspended(struct test_gpu *gpu)
{
	test_autosuspend_set(SHORT);
	test_gpu_open(gpu, 1);
	run_store(gpu, 1);
	test_wait_suspended();
}

static void test_autosuspend(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;

	test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	test_gpu_open(&gpu, 1);
	for (uint32_t i = 1; i <= 10; i++) {
		run_store(&gpu, i);
		test_wait_suspended();
	}
	test_gpu_close(&gpu);
	/* The firmware continued each time, without a reset. */
	igt_assert_eq_u32(test_reset_count(), resets);
}

/* Registers keep their values across suspends. */
static void test_registers(void)
{
	struct test_gpu gpu;
	struct csb b;

	open_suspended(&gpu);
	csb_init(&b);
	csb_move32(&b, 40, 0xcafe);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	for (int i = 0; i < 3; i++) {
		test_wait_suspended();
		csb_init(&b);
		csb_move48(&b, TEST_REG_ADDR, DATA);
		csb_add32(&b, 40, 40, 1);
		csb_store(&b, 40, 1, TEST_REG_ADDR, 0);
		csb_wait(&b, CSB_SB_ALL);
		igt_assert_eq(test_run(&gpu, 0, &b), 1);
		igt_assert_eq_u32(test_read32(&gpu, 0), 0xcaff + i);
	}
	test_gpu_close(&gpu);
}

static void test_busy(void)
{
	struct test_gpu gpu;
	uint32_t done;

	open_suspended(&gpu);
	done = submit_held(&gpu);
	/* A work item resumes it. */
	for (int i = 0; i < 20000 && test_is_suspended(); i++)
		usleep(1000);
	for (int i = 0; i < 100; i++) {
		usleep(1000 * SHORT);
		igt_assert(!test_is_suspended());
	}
	release_held(&gpu, done);
	test_wait_suspended();
	test_gpu_close(&gpu);
}

/* A job that becomes ready resumes the GPU, whichever context makes it ready. */
static void test_ready(void)
{
	struct cpu_fence fence;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t gate, done;
	struct csb b;

	open_suspended(&gpu);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_store(&b, DATA, 2);
	test_job(&gpu, 0, &b, &job);
	panthor_job_wait(&job, gate, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	/* Waiting needs no power. */
	igt_assert(test_is_suspended());
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 2);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

static void test_timestamp(void)
{
	struct drm_panthor_timestamp_info info = {}, later = {};
	struct test_gpu gpu;

	open_suspended(&gpu);
	igt_assert_eq(panthor_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				    &info, sizeof(info)), 0);
	test_wait_suspended();
	igt_assert_eq(panthor_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				    &later, sizeof(later)), 0);
	igt_assert_lt_u64(0, info.current_timestamp);
	igt_assert_lt_u64(info.current_timestamp, later.current_timestamp);
	test_wait_suspended();
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

static void read_all(const char *path)
{
	static char text[1 << 16];

	test_read_file(path, text, sizeof(text));
	igt_assert_neq(text[0], '\0');
}

/* None of these calls resumes the GPU. */
static void test_stays_off(void)
{
	static const char * const files[] = { "groups", "queues", "gems", "gpuvas", "reset" };
	struct drm_panthor_gpu_info info;
	struct panthor_buf buf;
	struct test_gpu gpu, other;
	char path[256];

	open_suspended(&gpu);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (test_debugfs_lacks(files[i]))
			continue;
		test_debugfs_path(files[i], path, sizeof(path));
		read_all(path);
	}
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu.fd);
	read_all(path);
	igt_assert_eq(panthor_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info,
				    sizeof(info)), 0);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, TEST_FREE_VA, PANTHOR_BLOCK_SIZE,
					 0, &buf), 0);
	panthor_buf_destroy(gpu.fd, gpu.vm, &buf);
	test_gpu_open(&other, 1);
	test_gpu_close(&other);
	igt_assert(test_is_suspended());
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

/* The GPU sees mappings that were made while it was off. */
static void test_remap(void)
{
	struct panthor_buf buf;
	struct test_gpu gpu;
	struct csb b;

	open_suspended(&gpu);
	for (uint32_t i = 0; i < 3; i++) {
		igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, TEST_FREE_VA,
						 PANTHOR_PAGE_SIZE, 0, &buf), 0);
		igt_assert(test_is_suspended());
		csb_init(&b);
		test_emit_store(&b, TEST_FREE_VA, i + 1);
		igt_assert_eq(test_run(&gpu, 0, &b), 1);
		igt_assert_eq_u32(*(volatile uint32_t *)buf.cpu, i + 1);
		test_wait_suspended();
		panthor_buf_destroy(gpu.fd, gpu.vm, &buf);
	}
	test_gpu_close(&gpu);
}

static uint32_t wait_flush_id(const volatile uint32_t *page, bool real)
{
	uint32_t id = *page;

	for (int i = 0; i < 20000 && (id > 1) != real; i++) {
		usleep(1000);
		id = *page;
	}
	return id;
}

/*
 * While the GPU is off, the page of LATEST_FLUSH_ID is a dummy page. The real one,
 * whose ID advances, is mapped as soon as possible after a resume.
 */
static void test_flush_id(void)
{
	const volatile uint32_t *page;
	uint32_t done, last = 1, id;
	struct test_gpu gpu;
	struct csb b;

	open_suspended(&gpu);
	igt_assert_eq(panthor_flush_id_map(gpu.fd, &page), 0);
	for (int i = 0; i < 3; i++) {
		test_wait_suspended();
		igt_assert_eq_u32(*page, 1);
		csb_init(&b);
		csb_flush(&b, TEST_REG_VALUE);
		igt_assert_eq(test_run(&gpu, 0, &b), 1);
		done = submit_held(&gpu);
		id = wait_flush_id(page, true);
		igt_assert_lt_u64(last, id);
		last = id;
		release_held(&gpu, done);
	}
	test_wait_suspended();
	igt_assert_eq_u32(*page, 1);
	panthor_flush_id_unmap(page);
	test_gpu_close(&gpu);
}

static void test_destroy(void)
{
	struct test_gpu gpu, other;

	open_suspended(&gpu);
	test_gpu_open(&other, 1);
	run_store(&other, 3);
	test_wait_suspended();
	igt_assert_eq(panthor_group_destroy(other.fd, other.group), 0);
	igt_assert_eq(panthor_vm_destroy(other.fd, other.vm), 0);
	close(other.fd);
	igt_assert(test_is_suspended());
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

static void test_reset(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;
	char path[256];

	open_suspended(&gpu);
	test_debugfs_path("reset", path, sizeof(path));
	for (unsigned int i = 1; i <= 3; i++) {
		test_write_file(path, "1\n");
		igt_assert_eq_u32(test_reset_count(), resets + i);
		test_wait_suspended();
	}
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

static void expect_gone(struct test_gpu *gpu)
{
	struct drm_panthor_timestamp_info info = {};
	struct panthor_job job;

	panthor_job_init(&job, 0, TEST_CODE_VA, 64);
	igt_assert_eq(panthor_submit(gpu->fd, gpu->group, &job, 1), -ENODEV);
	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				    &info, sizeof(info)), -ENODEV);
	close(gpu->fd);
}

static void expect_works(void)
{
	struct test_gpu gpu;

	open_suspended(&gpu);
	run_store(&gpu, 2);
	test_gpu_close(&gpu);
}

static void test_unbind_suspended(void)
{
	struct test_gpu gpu;

	open_suspended(&gpu);
	test_unbind();
	expect_gone(&gpu);
	test_bind();
	expect_works();
}

/* Resume fails once and succeeds after a reset. */
static void test_power_fails_once(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;

	open_suspended(&gpu);
	test_inject("power_fail", "count=1\n");
	run_store(&gpu, 2);
	igt_assert_eq_u32(test_reset_count(), resets + 1);
	test_wait_suspended();
	run_store(&gpu, 3);
	igt_assert_eq_u32(test_reset_count(), resets + 1);
	test_gpu_close(&gpu);
}

/* Resume always fails: pending jobs fail, and later calls return an error at once. */
static void test_power_fails(void)
{
	struct test_gpu gpu;
	struct csb b;

	open_suspended(&gpu);
	test_inject("power_fail", "count=always\n");
	csb_init(&b);
	test_emit_store(&b, DATA, 2);
	igt_assert_eq(test_run(&gpu, 0, &b), -ECANCELED);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	expect_gone(&gpu);
	test_inject("power_fail", "0\n");
	test_unbind();
	test_bind();
	expect_works();
}

/* The firmware boots, but the interrupt that reports it is lost. */
static void test_lost_interrupt(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;

	open_suspended(&gpu);
	test_inject("lost_irq", "count=1 only=1\n");
	run_store(&gpu, 2);
	igt_assert_eq_u32(test_reset_count(), resets);
	test_gpu_close(&gpu);
}

/* The firmware does not answer to its configuration and is reloaded. */
static void test_lost_answer(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;

	open_suspended(&gpu);
	test_inject("dropped_ack", "count=1 only=1\n");
	run_store(&gpu, 2);
	igt_assert_eq_u32(test_reset_count(), resets + 1);
	test_gpu_close(&gpu);
}

/* Suspending the group fails; the reset finds that the group can continue. */
static void test_suspend_fails(void)
{
	unsigned int resets = test_reset_count();
	struct test_gpu gpu;
	uint32_t done;

	test_autosuspend_set(-1);
	test_gpu_open(&gpu, 1);
	run_store(&gpu, 1);
	done = submit_held(&gpu);
	release_held(&gpu, done);
	test_inject("flush_fail", "count=1\n");
	test_autosuspend_set(SHORT);
	for (int i = 0; i < 2000 && test_reset_count() == resets; i++)
		usleep(10000);
	igt_assert_eq_u32(test_reset_count(), resets + 1);
	test_wait_suspended();
	test_gpu_close(&gpu);
	expect_works();
}

static void work_until_killed(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (uint32_t i = 1;; i++) {
		run_store(&gpu, i);
		usleep(rand() % 2000);
	}
}

static void test_kill(void)
{
	test_autosuspend_set(0);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();
		int status;

		igt_assert_lte(0, pid);
		if (!pid) {
			srand(i);
			work_until_killed();
		}
		usleep(20000 + 7001 * i);
		igt_assert_eq(kill(pid, SIGKILL), 0);
		igt_assert_eq(waitpid(pid, &status, 0), pid);
		igt_assert(WIFSIGNALED(status));
	}
	expect_works();
}

/* Work arrives while the GPU is on, off or in between. */
static void test_race(void)
{
	test_autosuspend_set(0);
	igt_fork(child, 3) {
		struct drm_panthor_timestamp_info info = {};
		struct panthor_buf buf;
		struct test_gpu gpu;

		srand(child);
		test_gpu_open(&gpu, 2);
		for (uint32_t i = 1; i <= 60; i++) {
			run_store(&gpu, i);
			if (i % 4 == 0)
				igt_assert_eq(panthor_query(gpu.fd,
							    DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
							    &info, sizeof(info)), 0);
			if (i % 4 == 1) {
				igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, TEST_FREE_VA,
								 PANTHOR_PAGE_SIZE, 0, &buf), 0);
				panthor_buf_destroy(gpu.fd, gpu.vm, &buf);
			}
			usleep(rand() % 8000);
		}
		test_gpu_close(&gpu);
	}
	igt_waitchildren();
	test_wait_suspended();
}

static void failure_subtests(void)
{
	igt_describe("The device is unbound while it is suspended.");
	igt_subtest("unbind-suspended")
		test_unbind_suspended();
	igt_describe("Resume succeeds after a reset.");
	igt_subtest("power-fails-once")
		test_power_fails_once();
	igt_describe("Resume fails: the device is lost.");
	igt_subtest("power-fails")
		test_power_fails();
	igt_describe("The boot interrupt of the firmware is lost.");
	igt_subtest("lost-interrupt")
		test_lost_interrupt();
	igt_describe("The firmware does not answer on resume and is reloaded.");
	igt_subtest("lost-answer")
		test_lost_answer();
	igt_describe("Suspend fails and the GPU is reset.");
	igt_subtest("suspend-fails")
		test_suspend_fails();
	igt_describe("Processes are killed while the GPU suspends and resumes.");
	igt_subtest("kill")
		test_kill();
	igt_describe("Work arrives at random times.");
	igt_subtest("race")
		test_race();
}

static void quiet_subtests(void)
{
	igt_describe("Queries and mappings do not resume the GPU.");
	igt_subtest("stays-off")
		test_stays_off();
	igt_describe("Mappings made while the GPU is off are seen by the next job.");
	igt_subtest("remap")
		test_remap();
	igt_describe("The flush ID page is a dummy while the GPU is off.");
	igt_subtest("flush-id")
		test_flush_id();
	igt_describe("Groups and address spaces are destroyed while the GPU is off.");
	igt_subtest("destroy")
		test_destroy();
	igt_describe("The GPU is reset while it is off.");
	igt_subtest("reset")
		test_reset();
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		test_inject("power_fail", "0\n");
		test_inject("lost_irq", "0\n");
		test_inject("dropped_ack", "0\n");
		test_inject("flush_fail", "0\n");
	}

	igt_describe("The GPU suspends when idle and resumes for jobs.");
	igt_subtest("autosuspend")
		test_autosuspend();
	igt_describe("Streams keep their registers across suspends.");
	igt_subtest("registers")
		test_registers();
	igt_describe("The GPU stays on as long as a job runs.");
	igt_subtest("busy")
		test_busy();
	igt_describe("A fence makes a job ready while the GPU is off.");
	igt_subtest("ready")
		test_ready();
	igt_describe("The GPU's clock can be read while the GPU is off.");
	igt_subtest("timestamp")
		test_timestamp();
	quiet_subtests();
	failure_subtests();

	igt_fixture()
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
}
