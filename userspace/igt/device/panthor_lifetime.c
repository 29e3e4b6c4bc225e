// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Lifetimes: files that are closed and processes that are killed while their jobs
 * run, wait or hang, and while the GPU is reset, sleeps or is off. The jobs'
 * fences must signal to whatever still holds them.
 */

#include <stdlib.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Close files and kill processes while their jobs are pending.");

#define DATA	TEST_DATA_VA
#define HOLD	32

enum last_job { NOTHING, HELD, LOOPING, WAITING };

static void expect_gpu_works(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	test_emit_store(&b, DATA, 0x900d);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	test_gpu_close(&gpu);
}

static void submit_kind(struct test_gpu *gpu, enum last_job kind, uint32_t gate,
			uint32_t done)
{
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	if (kind == HELD)
		test_emit_hold(&b, DATA + HOLD);
	else if (kind == LOOPING)
		test_emit_forever(&b);
	test_emit_store(&b, DATA, 0xbad);
	test_job(gpu, 0, &b, &job);
	if (kind == WAITING)
		panthor_job_wait(&job, gate, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
}

/* Close the file of a pending job; its fence in a sync_file must signal. */
static void test_close(enum last_job kind)
{
	struct panthor_fence_info info;
	struct cpu_fence fence;
	uint32_t gate = 0, done;
	struct test_gpu gpu;
	int sync_file;

	test_gpu_open(&gpu, 2);
	if (kind == WAITING)
		gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	submit_kind(&gpu, kind, gate, done);
	sync_file = panthor_syncobj_export(gpu.fd, done, 0);
	igt_assert_lte(0, sync_file);
	munmap(gpu.code.cpu, gpu.code.size);
	munmap(gpu.data.cpu, gpu.data.size);
	close(gpu.fd);

	if (kind == WAITING)
		igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(panthor_fence_wait(sync_file, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(sync_file, &info), 0);
	if (kind == NOTHING)
		igt_assert(info.status == 1 || info.status == -ECANCELED);
	else
		igt_assert_eq(info.status, -ECANCELED);
	close(sync_file);
	if (kind == WAITING)
		cpu_fence_destroy(&fence);
	expect_gpu_works();
}

static void test_open_close(void)
{
	for (int i = 0; i < 30; i++)
		expect_gpu_works();
}

/* Closing the file releases its groups and address spaces. */
static void test_close_idle(void)
{
	for (int i = 0; i < 10; i++) {
		struct test_gpu gpu;
		struct csb b;

		test_gpu_open(&gpu, 8);
		csb_init(&b);
		test_emit_store(&b, DATA, i);
		igt_assert_eq(test_run(&gpu, i % 8, &b), 1);
		munmap(gpu.code.cpu, gpu.code.size);
		munmap(gpu.data.cpu, gpu.data.size);
		close(gpu.fd);
	}
	expect_gpu_works();
}

static void test_mapping_outlives(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	test_emit_store(&b, DATA, 0x900d);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	close(gpu.fd);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	test_write32(&gpu, 0, 1);
	munmap(gpu.code.cpu, gpu.code.size);
	munmap(gpu.data.cpu, gpu.data.size);
}

/* The status of a fence survives its group and file. */
static void test_fence_outlives(void)
{
	struct panthor_fence_info info;
	struct test_gpu gpu;
	uint32_t done;
	int sync_file;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	submit_kind(&gpu, NOTHING, 0, done);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	sync_file = panthor_syncobj_export(gpu.fd, done, 0);
	igt_assert_lte(0, sync_file);
	test_gpu_close(&gpu);
	igt_assert_eq(panthor_fence_info(sync_file, &info), 0);
	igt_assert_eq(info.status, 1);
	close(sync_file);
}

/*
 * Kill a process with a job; the parent holds that job's fence. With @off the GPU
 * is suspended at that time, so the job must be complete or not started.
 */
static void test_kill(enum last_job kind, bool off)
{
	struct igt_helper_process helper = { .use_SIGKILL = true };
	struct cpu_fence fence;
	uint32_t shared, gate;
	int shared_fd, ready[2];
	struct test_gpu gpu;
	char byte;

	test_gpu_open(&gpu, 1);
	shared = test_syncobj(&gpu);
	igt_assert_eq(drmSyncobjHandleToFD(gpu.fd, shared, &shared_fd), 0);
	if (kind == WAITING)
		test_fence(&gpu, &fence);
	igt_assert_eq(pipe(ready), 0);
	igt_fork_helper(&helper) {
		struct test_gpu victim;
		uint32_t done;

		test_gpu_open_untimed(&victim, 1);
		igt_assert_eq(drmSyncobjFDToHandle(victim.fd, shared_fd, &done), 0);
		gate = kind == WAITING ?
		       panthor_syncobj_import(victim.fd, fence.fence) : 0;
		submit_kind(&victim, kind, gate, done);
		if (kind == NOTHING)
			igt_assert_eq(test_wait(&victim, done, 0), 1);
		igt_assert_eq(write(ready[1], "r", 1), 1);
		pause();
	}
	close(ready[1]);
	igt_assert_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	if (off)
		test_wait_suspended();
	igt_stop_helper(&helper);
	if (kind == WAITING)
		igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, shared, 0), kind == NOTHING ? 1 : -ECANCELED);
	if (kind == WAITING)
		cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
	expect_gpu_works();
}

/* The stream no longer responds to requests when its process is killed. */
static void test_kill_hung(void)
{
	struct igt_helper_process helper = { .use_SIGKILL = true };
	struct test_gpu gpu;
	uint32_t shared;
	int shared_fd;

	test_gpu_open(&gpu, 1);
	shared = test_syncobj(&gpu);
	igt_assert_eq(drmSyncobjHandleToFD(gpu.fd, shared, &shared_fd), 0);
	test_inject("hang", "1\n");
	igt_fork_helper(&helper) {
		struct test_gpu victim;
		uint32_t done;

		test_gpu_open_untimed(&victim, 1);
		igt_assert_eq(drmSyncobjFDToHandle(victim.fd, shared_fd, &done), 0);
		submit_kind(&victim, NOTHING, 0, done);
		pause();
	}
	test_wait_injected("hang", 1);
	igt_stop_helper(&helper);
	igt_assert_eq(test_wait(&gpu, shared, 0), -ECANCELED);
	close(shared_fd);
	test_gpu_close(&gpu);
	expect_gpu_works();
}

static void submit_forever(int ready)
{
	struct panthor_job jobs[16];
	struct test_gpu victim;
	uint32_t done;

	test_gpu_open(&victim, 2);
	done = test_syncobj(&victim);
	for (int i = 0; i < 16; i++) {
		struct csb b;

		csb_init(&b);
		test_emit_store(&b, DATA + 4 * i, i);
		test_job(&victim, i % 2, &b, &jobs[i]);
		panthor_job_signal(&jobs[i], done, 0);
	}
	for (;;) {
		test_submit(&victim, jobs, 16);
		igt_assert_eq(write(ready, "r", 1), 1);
	}
}

/* Change mappings synchronously and asynchronously, over existing ones. */
static void bind_forever(int ready)
{
	struct drm_panthor_vm_bind_op ops[2] = {};
	uint64_t size = PANTHOR_BLOCK_SIZE;
	struct test_gpu victim;

	test_gpu_open(&victim, 1);
	igt_assert_eq(panthor_bo_create(victim.fd, &size, 0, 0, &ops[0].bo_handle), 0);
	ops[0].va = TEST_FREE_VA;
	ops[0].size = size;
	ops[1].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
	ops[1].va = TEST_FREE_VA + PANTHOR_PAGE_SIZE;
	ops[1].size = PANTHOR_PAGE_SIZE;
	for (;;) {
		igt_assert_eq(panthor_vm_bind_async(victim.fd, victim.vm, ops, 2), 0);
		igt_assert_eq(panthor_vm_bind(victim.fd, victim.vm, ops, 2, NULL), 0);
		igt_assert_eq(write(ready, "r", 1), 1);
	}
}

/* Kill a process in the middle of an endless sequence of calls. */
static void kill_busy(void (*busy)(int ready), int rounds)
{
	for (int round = 0; round < rounds; round++) {
		struct igt_helper_process helper = { .use_SIGKILL = true };
		int ready[2];
		char byte;

		igt_assert_eq(pipe(ready), 0);
		igt_fork_helper(&helper)
			busy(ready[1]);
		close(ready[1]);
		for (int i = 0; i <= 3 * round; i++)
			igt_assert_eq(read(ready[0], &byte, 1), 1);
		igt_stop_helper(&helper);
		close(ready[0]);
	}
	expect_gpu_works();
}

static void write_forever(const char *path, int wrote)
{
	for (;;) {
		test_write_file(path, "1\n");
		igt_assert_eq(write(wrote, "w", 1), 1);
	}
}

/*
 * Kill busy processes while another one writes to a debugfs file repeatedly. At
 * least one write completes before each kill.
 */
static void kill_busy_while(const char *path, void (*busy)(int ready))
{
	for (int round = 0; round < 5; round++) {
		struct igt_helper_process writer = {}, victim = { .use_SIGKILL = true };
		int ready[2], wrote[2];
		char byte;

		igt_assert_eq(pipe(ready), 0);
		igt_assert_eq(pipe(wrote), 0);
		igt_fork_helper(&victim)
			busy(ready[1]);
		igt_assert_eq(read(ready[0], &byte, 1), 1);
		igt_fork_helper(&writer)
			write_forever(path, wrote[1]);
		for (int i = 0; i <= round; i++)
			igt_assert_eq(read(wrote[0], &byte, 1), 1);
		igt_stop_helper(&victim);
		igt_stop_helper(&writer);
		for (int i = 0; i < 2; i++) {
			close(ready[i]);
			close(wrote[i]);
		}
	}
	expect_gpu_works();
}

/* Kill processes while the GPU is being reset. */
static void test_kill_resetting(void)
{
	unsigned int before = test_reset_count();
	char path[128];

	test_debugfs_path("reset", path, sizeof(path));
	kill_busy_while(path, submit_forever);
	igt_assert_lt(before, test_reset_count());
}

/* Kill processes while the GPU suspends and resumes with the system. */
static void test_kill_sleeping(void)
{
	kill_busy_while("/sys/kernel/debug/vcsf-mali/sleep", submit_forever);
	kill_busy_while("/sys/kernel/debug/vcsf-mali/sleep", bind_forever);
}

/* Kill a process whose job is done or waits for a fence while the GPU is off. */
static void test_kill_off(void)
{
	test_autosuspend_set(1);
	test_kill(NOTHING, true);
	test_kill(WAITING, true);
}

/* Parent and children share one file and submit to the same group. */
static void test_fork(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 4);
	igt_fork(child, 4) {
		/* Each child uses its own part of the code buffer. */
		gpu.code_used = child * (TEST_CODE_SIZE / 4);
		for (int i = 0; i < 20; i++) {
			struct csb b;

			csb_init(&b);
			test_emit_store(&b, DATA + 64 * child, i);
			igt_assert_eq(test_run(&gpu, child, &b), 1);
			igt_assert_eq_u32(test_read32(&gpu, 64 * child), i);
		}
	}
	igt_waitchildren();
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Contexts can be opened and closed repeatedly.");
	igt_subtest("open-close")
		test_open_close();
	igt_describe("A file is closed while its groups are idle.");
	igt_subtest("close-idle")
		test_close_idle();
	igt_describe("A file is closed right after a submission.");
	igt_subtest("close-busy")
		test_close(NOTHING);
	igt_describe("A file is closed while its job waits on the GPU.");
	igt_subtest("close-held")
		test_close(HELD);
	igt_describe("A file is closed while its job loops.");
	igt_subtest("close-looping")
		test_close(LOOPING);
	igt_describe("A file is closed while its job waits for a fence.");
	igt_subtest("close-waiting")
		test_close(WAITING);

	igt_describe("CPU mappings outlive the file.");
	igt_subtest("mapping-outlives")
		test_mapping_outlives();
	igt_describe("Fences outlive the file.");
	igt_subtest("fence-outlives")
		test_fence_outlives();

	igt_describe("A process is killed while its job waits on the GPU.");
	igt_subtest("kill-held")
		test_kill(HELD, false);
	igt_describe("A process is killed while its job loops.");
	igt_subtest("kill-looping")
		test_kill(LOOPING, false);
	igt_describe("A process is killed while its job waits for a fence.");
	igt_subtest("kill-waiting")
		test_kill(WAITING, false);
	igt_describe("A process is killed during submission.");
	igt_subtest("kill-submitting")
		kill_busy(submit_forever, 5);
	igt_describe("A process is killed during VM_BIND.");
	igt_subtest("kill-binding")
		kill_busy(bind_forever, 5);
	igt_describe("A process is killed while its job does not respond.");
	igt_subtest("kill-hung")
		test_kill_hung();
	igt_describe("Processes are killed while the GPU is reset.");
	igt_subtest("kill-resetting")
		test_kill_resetting();
	igt_describe("Processes are killed while the GPU suspends and resumes with the system.");
	igt_subtest("kill-sleeping")
		test_kill_sleeping();
	igt_describe("Processes are killed while the GPU is runtime suspended.");
	igt_subtest("kill-off")
		test_kill_off();

	igt_describe("Several processes use one file concurrently.");
	igt_subtest("fork")
		test_fork();

	igt_fixture()
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
}
