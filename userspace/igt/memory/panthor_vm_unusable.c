// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU commands that time out (injected as as_stuck): the address space of a failed
 * change becomes unusable and the GPU is reset; a failed eviction leaves address
 * spaces usable; other address spaces are not affected.
 */

#include <errno.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test which address spaces become unusable when the MMU does not respond.");

#define VA		TEST_FREE_VA
#define PAGE		PANTHOR_PAGE_SIZE
#define HOLD		32
/* Upper bound of the number of MMU slots */
#define MAX_SLOTS	16

#define UPDATE		"count=1 only=0x2\n"
#define LOCK		"count=1 only=0x4\n"
#define FLUSH_PT	"count=1 only=0x10\n"

/*
 * Open a context and keep it busy, so that the GPU does not suspend and lose the
 * state of the MMU. Earlier changes are in effect when the function returns.
 */
static uint32_t open_busy(struct test_gpu *gpu)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job;
	uint32_t done;
	struct csb b;

	/* No time limit: the job runs until the end of the test. */
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	done = test_syncobj(gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA + 64, 1);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA + HOLD);
	csb_place(&b, &loop);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	test_emit_store(&b, TEST_DATA_VA + 68, 2);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	while (!test_read32(gpu, 64))
		usleep(1000);
	return done;
}

/* Open a context with an MMU slot and @value in its data, beside a busy one. */
static uint32_t open_beside_busy(struct test_gpu *gpu, struct test_gpu *other, uint32_t value)
{
	uint32_t done;

	test_gpu_open(gpu, 1);
	done = open_busy(other);
	igt_assert_eq(test_gpu_store(gpu, TEST_DATA_VA, value), 1);
	return done;
}

static void finish(struct test_gpu *gpu, uint32_t done)
{
	test_release(gpu, HOLD);
	igt_assert_eq(test_wait(gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(gpu, 68), 2);
}

/* Wait for the pending reset before the busy job is released, so that it sees it. */
static void wait_for_reset(unsigned int before)
{
	for (int ms = 0; test_reset_count() == before; ms++) {
		igt_assert_lt(ms, TEST_TIMEOUT / 1000000);
		usleep(1000);
	}
}

static uint32_t vm_state(struct test_gpu *gpu)
{
	uint32_t state;

	igt_assert_eq(panthor_vm_get_state(gpu->fd, gpu->vm, &state), 0);
	return state;
}

static void expect_unusable(struct test_gpu *gpu)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
		.bo_handle = gpu->data.handle,
		.va = VA,
		.size = PAGE,
	};

	igt_assert_eq_u32(vm_state(gpu), DRM_PANTHOR_VM_STATE_UNUSABLE);
	igt_assert_eq(panthor_vm_bind(gpu->fd, gpu->vm, &op, 1, NULL), -EINVAL);
	igt_assert_eq(panthor_vm_bind_async(gpu->fd, gpu->vm, &op, 1), -EINVAL);
}

/* A command times out in a synchronous change. */
static void test_sync(const char *command)
{
	struct test_gpu gpu, other;
	unsigned int resets;
	uint32_t done;

	done = open_beside_busy(&gpu, &other, 1);
	resets = test_reset_count();
	test_inject("as_stuck", command);
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_DATA_VA, PAGE), -ETIMEDOUT);
	expect_unusable(&gpu);
	wait_for_reset(resets);
	/* The job of the busy context survives the reset. */
	finish(&other, done);
	igt_assert_eq_u32(vm_state(&other), DRM_PANTHOR_VM_STATE_USABLE);
	igt_assert_eq(test_gpu_store(&other, TEST_DATA_VA, 3), 1);
	igt_assert_eq(panthor_vm_map(other.fd, other.vm, VA, other.data.handle, 0, PAGE, 0), 0);
	igt_assert_eq(test_gpu_store(&other, VA + 4, 4), 1);
	igt_assert_eq_u32(test_read32(&other, 4), 4);
	test_gpu_close(&gpu);
	test_gpu_close(&other);
}

/* A command times out in an asynchronous change: its fence returns the error. */
static void test_async(void)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = TEST_DATA_VA,
		.size = PAGE,
	};
	struct drm_panthor_sync_op sync = {
		.flags = DRM_PANTHOR_SYNC_OP_SIGNAL | DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ,
	};
	struct test_gpu gpu, other;
	uint32_t done;

	done = open_beside_busy(&gpu, &other, 1);
	sync.handle = test_syncobj(&gpu);
	op.syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &sync);
	test_inject("as_stuck", LOCK);
	igt_assert_eq(panthor_vm_bind_async(gpu.fd, gpu.vm, &op, 1), 0);
	igt_assert_eq(test_wait(&gpu, sync.handle, 0), -ETIMEDOUT);
	expect_unusable(&gpu);
	finish(&other, done);
	test_gpu_close(&gpu);
	test_gpu_close(&other);
}

/* A command times out in an eviction: the buffer stays and its users are unaffected. */
static void test_evict(const char *command)
{
	struct test_gpu gpu, other;
	unsigned int resets;
	char path[256];
	uint32_t done;

	done = open_beside_busy(&gpu, &other, 0x900d);
	resets = test_reset_count();
	test_inject("as_stuck", command);
	test_debugfs_path("shrink", path, sizeof(path));
	test_write_file(path, "1000000\n");
	wait_for_reset(resets);
	finish(&other, done);
	igt_assert_eq_u32(vm_state(&gpu), DRM_PANTHOR_VM_STATE_USABLE);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA + 4, 0x600d), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	igt_assert_eq_u32(test_read32(&gpu, 4), 0x600d);
	test_gpu_close(&gpu);
	test_gpu_close(&other);
}

/* Put address spaces in all MMU slots except @used. Return: their number. */
static unsigned int fill_slots(struct test_gpu *gpus, unsigned int max, unsigned int used)
{
	struct drm_panthor_gpu_info info;
	unsigned int n;

	test_gpu_open(&gpus[0], 1);
	igt_assert_eq(panthor_query(gpus[0].fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info,
				    sizeof(info)), 0);
	/* One slot is the firmware's. */
	n = __builtin_popcount(info.as_present) - 1 - used;
	igt_assert_lte_u64(n, max);
	for (unsigned int i = 1; i < n; i++)
		test_gpu_open(&gpus[i], 1);
	for (unsigned int i = 0; i < n; i++)
		igt_assert_eq(test_gpu_store(&gpus[i], TEST_DATA_VA, 1), 1);
	return n;
}

/* Unmap in an address space that has, or had, a slot: returns only after the reset. */
static void unmap_late(struct test_gpu *gpu, unsigned int resets)
{
	int ret = panthor_vm_unmap(gpu->fd, gpu->vm, TEST_DATA_VA + PAGE, PAGE);

	igt_assert(!ret || ret == -ETIMEDOUT);
	igt_assert_lt_u64(resets, test_reset_count());
}

/*
 * Disabling the address space of a slot times out when another one needs the slot.
 * It keeps the slot until the reset; afterwards the other one gets a slot.
 */
static void test_steal(void)
{
	struct test_gpu other, next, gpus[MAX_SLOTS];
	unsigned int n, resets, unusable = 0;
	uint32_t done;

	done = open_busy(&other);
	n = fill_slots(gpus, ARRAY_SIZE(gpus), 1);
	test_gpu_open(&next, 1);
	resets = test_reset_count();
	test_inject("as_stuck", UPDATE);
	igt_fork(child, 1)
		igt_assert_eq(test_gpu_store(&next, TEST_DATA_VA, 2), 1);
	test_wait_injected("as_stuck", 1);
	igt_fork(child, (int)n)
		unmap_late(&gpus[child], resets);
	igt_waitchildren();
	igt_assert_eq_u32(test_read32(&next, 0), 2);
	finish(&other, done);
	for (unsigned int i = 0; i < n; i++) {
		if (vm_state(&gpus[i]) == DRM_PANTHOR_VM_STATE_UNUSABLE)
			unusable++;
		else
			igt_assert_eq(test_gpu_store(&gpus[i], TEST_DATA_VA, 3), 1);
		test_gpu_close(&gpus[i]);
	}
	/* At most the one whose slot was to be taken */
	igt_assert_lte_u64(unusable, 1);
	test_gpu_close(&next);
	test_gpu_close(&other);
}

/* Disabling an address space times out when it is destroyed. */
static void test_release_stuck(void)
{
	struct test_gpu gpu, other;
	unsigned int resets;
	uint32_t done;

	done = open_beside_busy(&gpu, &other, 1);
	resets = test_reset_count();
	test_inject("as_stuck", UPDATE);
	test_gpu_close(&gpu);
	test_wait_injected("as_stuck", 1);
	wait_for_reset(resets);
	finish(&other, done);
	igt_assert_eq(test_gpu_store(&other, TEST_DATA_VA, 3), 1);
	test_gpu_close(&other);
}

/* Unbinding the device ends the wait for a reset. */
static void test_unbind_stuck(void)
{
	struct test_gpu gpu, other;

	open_beside_busy(&gpu, &other, 1);
	test_inject("as_stuck", LOCK);
	igt_fork(child, 1)
		igt_assert_eq(panthor_vm_destroy(gpu.fd, gpu.vm), 0);
	test_wait_injected("as_stuck", 1);
	test_unbind();
	igt_waitchildren();
	close(gpu.fd);
	close(other.fd);
	test_bind();
	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("The MMU does not complete the lock of a range to unmap.");
	igt_subtest("lock")
		test_sync(LOCK);
	igt_describe("The MMU does not complete the flush of an unmapped range.");
	igt_subtest("flush")
		test_sync(FLUSH_PT);
	igt_describe("The MMU does not complete the lock of an asynchronous change.");
	igt_subtest("async")
		test_async();
	igt_describe("The MMU does not complete the lock of a buffer to evict.");
	igt_subtest("evict-lock")
		test_evict(LOCK);
	igt_describe("The MMU does not complete the flush of an evicted buffer.");
	igt_subtest("evict-flush")
		test_evict(FLUSH_PT);

	igt_describe("The MMU does not disable an address space whose slot is needed.");
	igt_subtest("steal")
		test_steal();
	igt_describe("The MMU does not disable an address space that is destroyed.");
	igt_subtest("release")
		test_release_stuck();
	igt_describe("The device is unbound while an address space waits to be destroyed.");
	igt_subtest("unbind")
		test_unbind_stuck();

	igt_fixture()
		test_inject("as_stuck", "0\n");
}
