// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Asynchronous VM_BIND: order of operations, dependencies on and of jobs, invalid
 * arguments, and cancellation when the address space or the file goes away.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test order, fences and errors of asynchronous VM_BIND.");

#define PAGE	PANTHOR_PAGE_SIZE
#define VA	TEST_FREE_VA
#define MAP	DRM_PANTHOR_VM_BIND_OP_TYPE_MAP
#define UNMAP	DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP
#define ONLY	DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY
#define MAX_OPS	256

/* Operations of one call with up to two sync operations each */
struct call {
	struct drm_panthor_vm_bind_op ops[MAX_OPS];
	struct drm_panthor_sync_op syncs[MAX_OPS][2];
	unsigned int count;
};

static struct drm_panthor_vm_bind_op *call_add(struct call *call, uint32_t flags,
					       uint64_t va, uint64_t size, uint32_t bo)
{
	struct drm_panthor_vm_bind_op *op = &call->ops[call->count];

	igt_assert_lt(call->count, MAX_OPS);
	*op = (struct drm_panthor_vm_bind_op) {
		.flags = flags,
		.bo_handle = bo,
		.va = va,
		.size = size,
		.syncs = DRM_PANTHOR_OBJ_ARRAY(0, call->syncs[call->count]),
	};
	call->count++;
	return op;
}

/* Add a sync operation to the last operation. */
static void call_sync(struct call *call, uint32_t flags, uint32_t syncobj,
		      uint64_t point)
{
	struct drm_panthor_vm_bind_op *op = &call->ops[call->count - 1];

	if (point)
		flags |= DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ;
	igt_assert_lt(op->syncs.count, 2);
	call->syncs[call->count - 1][op->syncs.count++] = (struct drm_panthor_sync_op) {
		.flags = flags,
		.handle = syncobj,
		.timeline_value = point,
	};
}

static void call_wait(struct call *call, uint32_t syncobj)
{
	call_sync(call, DRM_PANTHOR_SYNC_OP_WAIT, syncobj, 0);
}

static void call_signal(struct call *call, uint32_t syncobj)
{
	call_sync(call, DRM_PANTHOR_SYNC_OP_SIGNAL, syncobj, 0);
}

static int call_do(struct test_gpu *gpu, struct call *call)
{
	int ret = panthor_vm_bind_async(gpu->fd, gpu->vm, call->ops, call->count);

	call->count = 0;
	return ret;
}

static uint32_t new_bo(struct test_gpu *gpu, volatile uint32_t **cpu)
{
	uint64_t size = PAGE;
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, 0, &bo), 0);
	if (cpu)
		igt_assert_eq(panthor_bo_mmap(gpu->fd, bo, size, (void **)cpu), 0);
	return bo;
}

static void test_map_unmap(void)
{
	struct call call = {};
	struct test_gpu gpu;
	volatile uint32_t *cpu;
	uint32_t bo, done;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, &cpu);
	done = test_syncobj(&gpu);

	call_add(&call, MAP, VA, PAGE, bo);
	call_signal(&call, done);
	igt_assert_eq(call_do(&gpu, &call), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA, 0x1234), 1);
	igt_assert_eq_u32(cpu[0], 0x1234);

	call_add(&call, UNMAP, VA, PAGE, 0);
	call_signal(&call, done);
	igt_assert_eq(call_do(&gpu, &call), 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_lt(test_gpu_store(&gpu, VA, 0x5678), 0);
	igt_assert_eq_u32(cpu[0], 0x1234);
	close(gpu.fd);
}

/* Operations run in order, whatever fences a later one waits for. */
static void test_order(void)
{
	uint32_t bo[2], gate, done[2];
	struct call call = {};
	struct cpu_fence fence;
	struct test_gpu gpu;
	volatile uint32_t *cpu[2];

	test_gpu_open(&gpu, 1);
	gate = test_fence(&gpu, &fence);
	for (int i = 0; i < 2; i++) {
		bo[i] = new_bo(&gpu, &cpu[i]);
		done[i] = test_syncobj(&gpu);
		call_add(&call, MAP, VA, PAGE, bo[i]);
		if (!i)
			call_wait(&call, gate);
		call_signal(&call, done[i]);
		igt_assert_eq(call_do(&gpu, &call), 0);
	}
	igt_assert(!test_is_signalled(&gpu, done[0], 0));
	igt_assert(!test_is_signalled(&gpu, done[1], 0));

	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, done[1], 0), 1);
	igt_assert(test_is_signalled(&gpu, done[0], 0));
	igt_assert_eq(test_gpu_store(&gpu, VA, 7), 1);
	igt_assert_eq_u32(cpu[0][0], 0);
	igt_assert_eq_u32(cpu[1][0], 7);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

/* Queue a mapping, a job that uses it, and the unmapping, without waiting. */
static void test_around_job(void)
{
	uint32_t bo, mapped, ran, unmapped;
	struct call call = {};
	struct cpu_fence fence;
	struct panthor_job job;
	struct test_gpu gpu;
	volatile uint32_t *cpu;
	struct csb b;
	uint32_t gate;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, &cpu);
	gate = test_fence(&gpu, &fence);
	mapped = test_syncobj(&gpu);
	ran = test_syncobj(&gpu);
	unmapped = test_syncobj(&gpu);

	call_add(&call, MAP, VA, PAGE, bo);
	call_wait(&call, gate);
	call_signal(&call, mapped);
	igt_assert_eq(call_do(&gpu, &call), 0);

	csb_init(&b);
	test_emit_store(&b, VA, 0xcafe);
	test_job(&gpu, 0, &b, &job);
	panthor_job_wait(&job, mapped, 0);
	panthor_job_signal(&job, ran, 0);
	test_submit(&gpu, &job, 1);

	call_add(&call, UNMAP, VA, PAGE, 0);
	call_wait(&call, ran);
	call_signal(&call, unmapped);
	igt_assert_eq(call_do(&gpu, &call), 0);
	/* The mappings keep the object alive. */
	igt_assert_eq(panthor_bo_close(gpu.fd, bo), 0);

	igt_assert(!test_is_signalled(&gpu, ran, 0));
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(test_wait(&gpu, unmapped, 0), 1);
	igt_assert_eq(test_wait(&gpu, ran, 0), 1);
	igt_assert_eq_u32(cpu[0], 0xcafe);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

/* Operations can wait for earlier ones of the same call, also by timeline points. */
static void test_batch(void)
{
	uint32_t bo, binary, timeline;
	struct call call = {};
	struct test_gpu gpu;
	volatile uint32_t *cpu;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, &cpu);
	binary = test_syncobj(&gpu);
	timeline = test_syncobj(&gpu);

	call_add(&call, MAP, VA, PAGE, bo);
	call_signal(&call, binary);
	call_add(&call, ONLY, 0, 0, 0);
	call_wait(&call, binary);
	call_sync(&call, DRM_PANTHOR_SYNC_OP_SIGNAL, timeline, 1);
	call_add(&call, MAP, VA + PAGE, PAGE, bo);
	call_sync(&call, DRM_PANTHOR_SYNC_OP_WAIT, timeline, 1);
	call_sync(&call, DRM_PANTHOR_SYNC_OP_SIGNAL, timeline, 2);
	igt_assert_eq(call_do(&gpu, &call), 0);

	igt_assert_eq(test_wait(&gpu, timeline, 2), 1);
	igt_assert(test_is_signalled(&gpu, binary, 0));
	igt_assert(test_is_signalled(&gpu, timeline, 1));
	igt_assert_eq(test_gpu_store(&gpu, VA + PAGE + 4, 3), 1);
	igt_assert_eq_u32(cpu[1], 3);
	test_gpu_close(&gpu);
}

/* The last of many operations on one page determines the mapping. */
static void test_many(void)
{
	struct test_gpu gpu;
	volatile uint32_t *cpu[2];
	struct call call = {};
	uint32_t bo[2], done;

	test_gpu_open(&gpu, 1);
	bo[0] = new_bo(&gpu, &cpu[0]);
	bo[1] = new_bo(&gpu, &cpu[1]);
	done = test_syncobj(&gpu);
	for (int round = 0; round < 8; round++) {
		for (int i = 0; i < MAX_OPS - 1; i++)
			call_add(&call, i % 3 == 2 ? UNMAP : MAP, VA, PAGE,
				 i % 3 == 2 ? 0 : bo[i % 2]);
		call_add(&call, MAP, VA, PAGE, bo[round % 2]);
		call_signal(&call, done);
		igt_assert_eq(call_do(&gpu, &call), 0);
		igt_assert_eq(test_wait(&gpu, done, 0), 1);
		igt_assert_eq(test_gpu_store(&gpu, VA + 4 * round, 1 + round), 1);
		igt_assert_eq_u32(cpu[round % 2][round], 1 + round);
		igt_assert_eq_u32(cpu[!(round % 2)][round], 0);
	}
	test_gpu_close(&gpu);
}

/* With one invalid operation, none of the call is executed. */
static void check_refused(struct test_gpu *gpu, struct call *call, int error)
{
	struct panthor_fence_info info;
	uint32_t done = test_syncobj(gpu);
	struct drm_panthor_vm_bind_op bad = call->ops[0];
	struct drm_panthor_sync_op sync = call->syncs[0][0];

	call->count = 0;
	call_add(call, UNMAP, TEST_DATA_VA, PAGE, 0);
	call_signal(call, done);
	call_add(call, 0, 0, 0, 0);
	call->ops[1] = bad;
	call->syncs[1][0] = sync;
	if (bad.syncs.array)
		call->ops[1].syncs.array = (uintptr_t)call->syncs[1];
	igt_assert_eq(call_do(gpu, call), error);
	/* The syncobj has no fence: the first operation was not queued. */
	igt_assert_eq(panthor_syncobj_info(gpu->fd, done, 0, &info), -EINVAL);
	igt_assert_eq(panthor_syncobj_destroy(gpu->fd, done), 0);
}

static void test_invalid(void)
{
	struct drm_panthor_vm_bind_op *op;
	struct call call = {};
	struct test_gpu gpu;
	uint32_t bo, vm;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, NULL);

	call_add(&call, MAP, VA, 0, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP, VA, 0, 0);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, MAP, VA + 1, PAGE, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, MAP, VA, PAGE + 1, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, MAP, VA, getpagesize() + PAGE, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, MAP, VA, PAGE, bo + 1000);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, MAP | 1 << 27, VA, PAGE, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP, VA, PAGE, bo);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP | DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, VA, PAGE, 0);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, 3u << 28, VA, PAGE, 0);
	check_refused(&gpu, &call, -EINVAL);
	op = call_add(&call, MAP, VA, PAGE, bo);
	op->bo_offset = getpagesize();
	check_refused(&gpu, &call, -EINVAL);

	/* An object that is exclusive to another address space */
	igt_assert_eq(panthor_vm_create(gpu.fd, 0, &vm), 0);
	igt_assert_eq(panthor_bo_create(gpu.fd, &(uint64_t){ PAGE }, 0, vm, &bo), 0);
	call_add(&call, MAP, VA, PAGE, bo);
	check_refused(&gpu, &call, -EINVAL);

	/* The first operation of each of these calls was not executed. */
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	call_add(&call, UNMAP, VA, PAGE, 0);
	igt_assert_eq(panthor_vm_bind_async(gpu.fd, 33, call.ops, 1), -EINVAL);
	igt_assert_eq(panthor_vm_bind_async(gpu.fd, 0, call.ops, 1), -EINVAL);
	test_gpu_close(&gpu);
}

static void test_sync_only_invalid(void)
{
	struct drm_panthor_vm_bind_op *op;
	struct call call = {};
	struct test_gpu gpu;
	uint32_t bo, sync;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, NULL);
	sync = test_syncobj(&gpu);

	call_add(&call, ONLY, 0, 0, 0);
	check_refused(&gpu, &call, -EINVAL);
	for (int i = 0; i < 5; i++) {
		op = call_add(&call, ONLY, 0, 0, 0);
		call_signal(&call, sync);
		switch (i) {
		case 0:
			op->va = PAGE;
			break;
		case 1:
			op->size = PAGE;
			break;
		case 2:
			op->bo_handle = bo;
			break;
		case 3:
			op->bo_offset = PAGE;
			break;
		case 4:
			op->flags |= DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
			break;
		}
		check_refused(&gpu, &call, -EINVAL);
	}
	test_gpu_close(&gpu);
}

static void test_syncs_invalid(void)
{
	struct drm_panthor_vm_bind_op *op;
	struct call call = {};
	struct test_gpu gpu;
	uint32_t empty;

	test_gpu_open(&gpu, 1);
	empty = test_syncobj(&gpu);

	call_add(&call, UNMAP, VA, PAGE, 0);
	call_wait(&call, empty);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP, VA, PAGE, 0);
	call_wait(&call, 0xdead);
	check_refused(&gpu, &call, -ENOENT);
	call_add(&call, UNMAP, VA, PAGE, 0);
	call_signal(&call, 0xdead);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP, VA, PAGE, 0);
	call_sync(&call, 2, empty, 0);
	check_refused(&gpu, &call, -EINVAL);
	call_add(&call, UNMAP, VA, PAGE, 0);
	call_signal(&call, empty);
	call.syncs[0][0].timeline_value = 1;
	check_refused(&gpu, &call, -EINVAL);

	op = call_add(&call, UNMAP, VA, PAGE, 0);
	op->syncs.count = 1;
	op->syncs.stride = 8;
	check_refused(&gpu, &call, -EINVAL);
	op = call_add(&call, UNMAP, VA, PAGE, 0);
	op->syncs.count = 4097;
	check_refused(&gpu, &call, -E2BIG);
	op = call_add(&call, UNMAP, VA, PAGE, 0);
	op->syncs.count = 1;
	op->syncs.array = 0;
	check_refused(&gpu, &call, -EFAULT);
	test_gpu_close(&gpu);
}

static void test_empty(void)
{
	struct drm_panthor_vm_bind args = {
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = { .stride = sizeof(struct drm_panthor_vm_bind_op) },
	};
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	args.vm_id = gpu.vm;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), 0);
	args.ops.count = 16385;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -E2BIG);
	igt_assert_eq_u32(args.ops.count, 16385);
	test_gpu_close(&gpu);
}

/* Operations that wait when their address space goes away are cancelled. */
static void test_destroyed(bool close_file)
{
	uint32_t bo, gate, done, again;
	struct panthor_fence_info info;
	struct call call = {};
	struct cpu_fence fence;
	struct test_gpu gpu;
	int exported, other = -1;

	test_gpu_open(&gpu, 0);
	bo = new_bo(&gpu, NULL);
	gate = test_fence(&gpu, &fence);
	done = test_syncobj(&gpu);
	again = test_syncobj(&gpu);
	call_add(&call, MAP, VA, PAGE, bo);
	call_wait(&call, gate);
	call_signal(&call, done);
	call_add(&call, ONLY, 0, 0, 0);
	call_signal(&call, again);
	igt_assert_eq(call_do(&gpu, &call), 0);
	exported = panthor_syncobj_export(gpu.fd, done, 0);
	igt_assert_lte(0, exported);
	other = panthor_syncobj_export(gpu.fd, again, 0);
	igt_assert_lte(0, other);

	if (close_file) {
		/* The CPU mappings hold references to the file. */
		munmap(gpu.code.cpu, gpu.code.size);
		munmap(gpu.data.cpu, gpu.data.size);
		close(gpu.fd);
	} else {
		igt_assert_eq(panthor_vm_destroy(gpu.fd, gpu.vm), 0);
		call_add(&call, MAP, VA, PAGE, bo);
		igt_assert_eq(call_do(&gpu, &call), -EINVAL);
	}
	/* Cancelled operations still signal after their dependencies. */
	igt_assert_eq(panthor_fence_wait(exported, 0), -ETIME);
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	igt_assert_eq(panthor_fence_wait(exported, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(exported, &info), 0);
	igt_assert_eq(info.status, -ECANCELED);
	igt_assert_eq(panthor_fence_wait(other, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(other, &info), 0);
	igt_assert_eq(info.status, -ECANCELED);
	close(exported);
	close(other);
	cpu_fence_destroy(&fence);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Mappings are in effect when their fences signal.");
	igt_subtest("map-unmap")
		test_map_unmap();

	igt_describe("Operations wait for fences and for earlier operations.");
	igt_subtest("order")
		test_order();

	igt_describe("Map, use and unmap are queued without waiting in between.");
	igt_subtest("around-job")
		test_around_job();

	igt_describe("Operations wait for earlier ones of the same call.");
	igt_subtest("batch")
		test_batch();

	igt_describe("Many operations on one page are executed in order.");
	igt_subtest("many")
		test_many();

	igt_describe("An invalid operation makes the whole call fail.");
	igt_subtest("invalid")
		test_invalid();

	igt_describe("SYNC_ONLY accepts nothing but sync operations.");
	igt_subtest("sync-only-invalid")
		test_sync_only_invalid();

	igt_describe("Invalid sync operations are rejected.");
	igt_subtest("syncs-invalid")
		test_syncs_invalid();

	igt_describe("Calls without operations are accepted, oversized ones are rejected.");
	igt_subtest("count")
		test_empty();

	igt_describe("Operations are cancelled with their address space.");
	igt_subtest("destroy-waiting")
		test_destroyed(false);

	igt_describe("Operations are cancelled when the file is closed.");
	igt_subtest("close-waiting")
		test_destroyed(true);
}
