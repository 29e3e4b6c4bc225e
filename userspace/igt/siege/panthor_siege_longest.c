// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * The longest that each ioctl takes: the worst arguments that are known. The calls must do
 * what they are asked for; how long they took is printed, and Documentation/reliability.rst
 * has it.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Each ioctl with the arguments that take it longest.");

#define PAGE		PANTHOR_PAGE_SIZE
#define MIB		((uint64_t)1 << 20)
#define QUERY_SIZE	4096
#define LABEL_SIZE	4096

/* As many operations as a call may have */
#define BINDS		16384
#define ASYNC_BINDS	4096
#define BO_SYNCS	16384
#define JOBS		4096

/* A sixth of the guest's memory, for chunks of the smallest size */
#define HEAP_CHUNKS	2560
#define BO_SIZE		(256 * MIB)
#define SYNCED_SIZE	(64 * 1024)
#define SHARED_BUFFERS	1900
#define QUEUES		8
#define QUEUE_JOBS	8192
#define RING_SIZE	(64 * 1024)

/* Each in a page table of its own */
#define SPREAD_VA(i)	(TEST_FREE_VA + (i) * PANTHOR_BLOCK_SIZE)

static void took(const char *what, uint64_t begin)
{
	uint64_t us = (panthor_now_ns() - begin) / 1000;

	igt_info("%s: %" PRIu64 ".%03" PRIu64 " ms\n", what, us / 1000, us % 1000);
}

static void timed(const char *what, int fd, unsigned long request, void *args)
{
	uint64_t begin = panthor_now_ns();
	int ret = panthor_ioctl(fd, request, args);

	took(what, begin);
	igt_assert_eq(ret, 0);
}

static uint32_t create_bo(struct test_gpu *gpu, uint64_t size, uint32_t flags)
{
	uint32_t handle;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, flags, gpu->vm, &handle), 0);
	return handle;
}

/* Return: operations that map or unmap one page @count times, each with a table of its own. */
static struct drm_panthor_vm_bind_op *spread(uint32_t bo, uint32_t type, unsigned int count)
{
	struct drm_panthor_vm_bind_op *ops = calloc(count, sizeof(*ops));

	igt_assert(ops);
	for (unsigned int i = 0; i < count; i++) {
		ops[i].flags = type;
		ops[i].bo_handle = bo;
		ops[i].va = SPREAD_VA(i);
		ops[i].size = PAGE;
	}
	return ops;
}

static uint32_t map_spread(struct test_gpu *gpu)
{
	uint32_t bo = create_bo(gpu, PAGE, DRM_PANTHOR_BO_NO_MMAP);
	struct drm_panthor_vm_bind_op *ops = spread(bo, DRM_PANTHOR_VM_BIND_OP_TYPE_MAP, BINDS);
	uint32_t done;

	igt_assert_eq(panthor_vm_bind(gpu->fd, gpu->vm, ops, BINDS, &done), 0);
	free(ops);
	return bo;
}

static void test_dev_query(struct test_gpu *gpu)
{
	static uint8_t data[QUERY_SIZE];
	uint64_t begin;

	for (uint32_t type = 0; type <= DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO; type++) {
		memset(data, 0, sizeof(data));
		begin = panthor_now_ns();
		igt_assert_eq(panthor_query(gpu->fd, type, data, sizeof(data)), 0);
		took("DEV_QUERY", begin);
	}
}

static void test_vm_create(struct test_gpu *gpu)
{
	struct drm_panthor_vm_create args = {};

	timed("VM_CREATE", gpu->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args);
	igt_assert_eq(panthor_vm_destroy(gpu->fd, args.id), 0);
}

static void test_vm_destroy(struct test_gpu *gpu)
{
	struct drm_panthor_vm_destroy args = { .id = gpu->vm };

	map_spread(gpu);
	igt_assert_eq(panthor_group_destroy(gpu->fd, gpu->group), 0);
	timed("VM_DESTROY", gpu->fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &args);
}

static void test_vm_bind(struct test_gpu *gpu)
{
	uint32_t bo = create_bo(gpu, PAGE, DRM_PANTHOR_BO_NO_MMAP);
	struct drm_panthor_vm_bind args = {
		.vm_id = gpu->vm,
		.ops = DRM_PANTHOR_OBJ_ARRAY(BINDS, spread(bo, DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
							    BINDS)),
	};
	struct drm_panthor_vm_bind_op unmap = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = SPREAD_VA(0),
		.size = BINDS * PANTHOR_BLOCK_SIZE,
	};
	struct drm_panthor_vm_bind all = {
		.vm_id = gpu->vm,
		.ops = DRM_PANTHOR_OBJ_ARRAY(1, &unmap),
	};

	timed("VM_BIND, maps", gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
	timed("VM_BIND, an unmap of them", gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &all);
	free((void *)(uintptr_t)args.ops.array);
}

static void test_vm_bind_async(struct test_gpu *gpu)
{
	static struct drm_panthor_sync_op syncs[ASYNC_BINDS];
	uint32_t bo = create_bo(gpu, PAGE, DRM_PANTHOR_BO_NO_MMAP);
	struct drm_panthor_vm_bind_op *ops =
		spread(bo, DRM_PANTHOR_VM_BIND_OP_TYPE_MAP, ASYNC_BINDS);
	struct drm_panthor_vm_bind args = {
		.vm_id = gpu->vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = DRM_PANTHOR_OBJ_ARRAY(ASYNC_BINDS, ops),
	};

	for (unsigned int i = 0; i < ASYNC_BINDS; i++) {
		syncs[i].flags = DRM_PANTHOR_SYNC_OP_SIGNAL;
		syncs[i].handle = test_syncobj(gpu);
		ops[i].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &syncs[i]);
	}
	timed("VM_BIND, asynchronous", gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
	igt_assert_eq(test_wait(gpu, syncs[ASYNC_BINDS - 1].handle, 0), 1);
	free(ops);
}

static void test_vm_get_state(struct test_gpu *gpu)
{
	struct drm_panthor_vm_get_state args = { .vm_id = gpu->vm };

	timed("VM_GET_STATE", gpu->fd, DRM_IOCTL_PANTHOR_VM_GET_STATE, &args);
}

static void test_buffers(struct test_gpu *gpu)
{
	struct drm_panthor_bo_create create = { .size = BO_SIZE, .exclusive_vm_id = gpu->vm };
	static char text[LABEL_SIZE];
	struct drm_panthor_bo_mmap_offset offset = {};
	struct drm_panthor_bo_set_label label = { .label = (uintptr_t)text };
	struct drm_panthor_bo_query_info info = {};
	struct drm_gem_close close = {};

	timed("BO_CREATE", gpu->fd, DRM_IOCTL_PANTHOR_BO_CREATE, &create);
	offset.handle = create.handle;
	timed("BO_MMAP_OFFSET", gpu->fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &offset);
	memset(text, 'x', sizeof(text) - 1);
	label.handle = create.handle;
	timed("BO_SET_LABEL", gpu->fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &label);
	info.handle = create.handle;
	timed("BO_QUERY_INFO", gpu->fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &info);
	/* All its pages */
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, TEST_FREE_VA, create.handle, 0, BO_SIZE,
				     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	igt_assert_eq(panthor_vm_unmap(gpu->fd, gpu->vm, TEST_FREE_VA, BO_SIZE), 0);
	close.handle = create.handle;
	timed("GEM_CLOSE, of the pages", gpu->fd, DRM_IOCTL_GEM_CLOSE, &close);
	close.handle = map_spread(gpu);
	timed("GEM_CLOSE, of the mappings", gpu->fd, DRM_IOCTL_GEM_CLOSE, &close);
}

static void test_bo_sync(struct test_gpu *gpu)
{
	static struct drm_panthor_bo_sync_op ops[BO_SYNCS];
	struct drm_panthor_bo_sync args = { .ops = DRM_PANTHOR_OBJ_ARRAY(BO_SYNCS, ops) };

	for (unsigned int i = 0; i < BO_SYNCS; i++) {
		ops[i].type = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE;
		ops[i].handle = gpu->data.handle;
		ops[i].size = SYNCED_SIZE;
	}
	timed("BO_SYNC", gpu->fd, DRM_IOCTL_PANTHOR_BO_SYNC, &args);
}

static void test_group_create(struct test_gpu *gpu)
{
	uint64_t begin = panthor_now_ns();
	uint32_t group, state, queues;

	igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, QUEUES, RING_SIZE, &group), 0);
	took("GROUP_CREATE", begin);
	begin = panthor_now_ns();
	igt_assert_eq(panthor_group_get_state(gpu->fd, group, &state, &queues), 0);
	took("GROUP_GET_STATE", begin);
	begin = panthor_now_ns();
	igt_assert_eq(panthor_group_destroy(gpu->fd, group), 0);
	took("GROUP_DESTROY, idle", begin);
}

/* A submit takes and adds a fence to the reservation of each buffer. */
static void map_shared(struct test_gpu *gpu)
{
	for (unsigned int i = 0; i < SHARED_BUFFERS; i++) {
		uint64_t size = PAGE;
		uint32_t handle;

		igt_assert_eq(panthor_bo_create(gpu->fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0,
						&handle), 0);
		igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, TEST_FREE_VA + i * PAGE, handle, 0,
					     PAGE, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	}
}

/* As many empty jobs as a call may have, behind @gate, and as many signals */
static uint32_t submit_most(struct test_gpu *gpu, unsigned int queue, uint32_t gate,
			    const char *what)
{
	static struct drm_panthor_queue_submit submits[JOBS];
	static struct drm_panthor_sync_op syncs[JOBS];
	struct drm_panthor_group_submit args = {
		.group_handle = gpu->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(JOBS, submits),
	};

	for (unsigned int i = 0; i < JOBS; i++) {
		syncs[i].flags = i ? DRM_PANTHOR_SYNC_OP_SIGNAL : 0;
		syncs[i].handle = i ? test_syncobj(gpu) : gate;
		submits[i].queue_index = queue;
		submits[i].syncs = (struct drm_panthor_obj_array)
				   DRM_PANTHOR_OBJ_ARRAY(1, &syncs[i]);
	}
	timed(what, gpu->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
	return syncs[JOBS - 1].handle;
}

static void test_group_submit(struct test_gpu *gpu)
{
	uint32_t gate, last;

	map_shared(gpu);
	gate = test_submit_held(gpu, false);
	last = submit_most(gpu, 1, gate, "GROUP_SUBMIT");
	test_finish_held(gpu, gate);
	igt_assert_eq(test_wait(gpu, last, 0), 1);
}

static void test_group_destroy(struct test_gpu *gpu)
{
	struct drm_panthor_group_destroy args = { .group_handle = gpu->group };
	uint32_t gate = test_submit_held(gpu, false), last = 0;

	for (unsigned int i = 1; i < QUEUES; i++) {
		for (unsigned int jobs = 0; jobs < QUEUE_JOBS; jobs += JOBS)
			last = submit_most(gpu, i, gate, "GROUP_SUBMIT, without buffers");
	}
	timed("GROUP_DESTROY, of waiting jobs", gpu->fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &args);
	igt_assert_eq(test_wait(gpu, last, 0), -ECANCELED);
}

static void test_heaps(struct test_gpu *gpu)
{
	struct drm_panthor_tiler_heap_create args = test_heap_args(gpu->vm);
	struct drm_panthor_tiler_heap_destroy destroy = {};

	args.initial_chunk_count = HEAP_CHUNKS;
	args.max_chunks = HEAP_CHUNKS;
	timed("TILER_HEAP_CREATE", gpu->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &args);
	destroy.handle = args.handle;
	timed("TILER_HEAP_DESTROY", gpu->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &destroy);
}

static void test_mmio_offset(struct test_gpu *gpu)
{
	struct drm_panthor_set_user_mmio_offset args = {
		.offset = DRM_PANTHOR_USER_MMIO_OFFSET,
	};

	timed("SET_USER_MMIO_OFFSET", gpu->fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &args);
}

int igt_main()
{
	static const struct {
		const char *name;
		void (*run)(struct test_gpu *gpu);
	} tests[] = {
		{ "dev-query", test_dev_query },
		{ "vm-create", test_vm_create },
		{ "vm-destroy", test_vm_destroy },
		{ "vm-bind", test_vm_bind },
		{ "vm-bind-async", test_vm_bind_async },
		{ "vm-get-state", test_vm_get_state },
		{ "buffers", test_buffers },
		{ "bo-sync", test_bo_sync },
		{ "group-create", test_group_create },
		{ "group-submit", test_group_submit },
		{ "group-destroy", test_group_destroy },
		{ "heaps", test_heaps },
		{ "mmio-offset", test_mmio_offset },
	};

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("The call succeeds, and the time it takes is printed.");
	for (unsigned int i = 0; i < ARRAY_SIZE(tests); i++) {
		igt_subtest(tests[i].name) {
			struct test_gpu gpu;

			test_gpu_open_untimed(&gpu, QUEUES);
			tests[i].run(&gpu);
			close(gpu.fd);
		}
	}
}
