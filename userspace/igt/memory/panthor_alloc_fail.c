// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures: with fault injection (fail-nth) each allocation of a system
 * call fails once, one per call, until the call runs without a failure. A failed
 * call must return -ENOMEM, change nothing, and leave everything usable.
 */

#include <unistd.h>

#include "igt.h"
#include "test_gems.h"
#include "test_fault.h"
#include "test_gpu.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Inject a failure into each allocation of each call, one per call.");

#define PAGE		PANTHOR_PAGE_SIZE
#define BLOCK		PANTHOR_BLOCK_SIZE
#define VA		TEST_FREE_VA
/* The mapping needs more page tables than an address space keeps in reserve. */
#define LARGE		(10 * BLOCK)
#define MAP_SIZE	(9 * BLOCK)
#define MAP_VA		(VA + (1ull << 40))
#define SPARSE_VA	(VA + (1ull << 39))

/**
 * struct fixture - objects that the calls use
 * @gpu: a context with two queues
 * @other: the device once more
 * @vm: an address space of @other
 * @bo: a buffer object of %LARGE bytes
 * @sync: a syncobj
 * @stream: GPU address of a stream
 * @stream_size: size of the stream
 * @made: handle of the object that a call created, the lowest free one each time
 */
struct fixture {
	struct test_gpu gpu;
	int other;
	uint32_t vm;
	uint32_t bo;
	uint32_t sync;
	uint64_t stream;
	uint32_t stream_size;
	uint32_t made;
};

static int do_vm_create(void *data)
{
	struct fixture *f = data;

	return panthor_vm_create(f->gpu.fd, 0, &f->made);
}

static void undo_vm_create(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_vm_destroy(f->gpu.fd, f->made), 0);
}

static int do_bo_create(void *data)
{
	struct fixture *f = data;
	uint64_t size = 5 * PAGE;

	return panthor_bo_create(f->gpu.fd, &size, 0, f->gpu.vm, &f->made);
}

static void undo_bo_create(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_bo_close(f->gpu.fd, f->made), 0);
}

static int do_mmap_offset(void *data)
{
	struct fixture *f = data;
	uint64_t offset;

	return panthor_bo_mmap_offset(f->gpu.fd, f->bo, &offset);
}

static int do_label(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_bo_set_label args = {
		.handle = f->bo,
		.label = (uintptr_t)"label",
	};

	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args);
}

static void undo_label(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_bo_set_label args = { .handle = f->bo };

	igt_assert_eq(panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args), 0);
}

static int do_bo_sync(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_bo_sync_op op = { .handle = f->bo, .size = PAGE };
	struct drm_panthor_bo_sync args = { .ops = DRM_PANTHOR_OBJ_ARRAY(1, &op) };

	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &args);
}

static int do_map(void *data)
{
	struct fixture *f = data;

	/* Misaligned for blocks, at an address without page tables */
	return panthor_vm_map(f->gpu.fd, f->gpu.vm, MAP_VA, f->bo, PAGE, MAP_SIZE, 0);
}

static void undo_map(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_vm_unmap(f->gpu.fd, f->gpu.vm, MAP_VA, MAP_SIZE), 0);
}

static int do_map_over(void *data)
{
	struct fixture *f = data;

	return panthor_vm_map(f->gpu.fd, f->gpu.vm, VA + PAGE, f->bo, 0, PAGE, 0);
}

static int do_unmap(void *data)
{
	struct fixture *f = data;

	return panthor_vm_unmap(f->gpu.fd, f->gpu.vm, VA + 4 * PAGE, PAGE);
}

/* Map the whole buffer again, which undoes any map or unmap. */
static void undo_unmap(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_vm_map(f->gpu.fd, f->gpu.vm, VA, f->bo, 0, LARGE, 0), 0);
}

static int do_bind_async(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_sync_op sync = {
		.flags = DRM_PANTHOR_SYNC_OP_SIGNAL |
			 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ,
		.handle = f->sync,
		.timeline_value = 1,
	};
	struct drm_panthor_vm_bind_op ops[2] = {
		{
			.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
			.bo_handle = f->bo,
			.va = VA,
			.size = LARGE,
		},
		{
			.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
			.va = VA + 8 * PAGE,
			.size = PAGE,
			.syncs = DRM_PANTHOR_OBJ_ARRAY(1, &sync),
		},
	};

	return panthor_vm_bind_async(f->gpu.fd, f->gpu.vm, ops, 2);
}

static void new_sync(struct fixture *f)
{
	igt_assert_eq(panthor_syncobj_destroy(f->gpu.fd, f->sync), 0);
	f->sync = test_syncobj(&f->gpu);
}

/* What the call does may be done twice. */
static void finish_bind_async(void *data, int ret)
{
	struct fixture *f = data;

	if (ret) {
		new_sync(f);
		igt_assert_eq(do_bind_async(f), 0);
	}
	igt_assert_eq(panthor_syncobj_wait(f->gpu.fd, f->sync, 1, TEST_TIMEOUT), 0);
	new_sync(f);
}

/* Two jobs on two queues, the second of which waits for the first. */
static int do_submit(void *data)
{
	struct fixture *f = data;
	struct panthor_job jobs[2];

	panthor_job_init(&jobs[0], 0, f->stream, f->stream_size);
	panthor_job_signal(&jobs[0], f->sync, 1);
	panthor_job_init(&jobs[1], 1, f->stream, f->stream_size);
	panthor_job_wait(&jobs[1], f->sync, 1);
	panthor_job_signal(&jobs[1], f->sync, 2);
	return panthor_submit(f->gpu.fd, f->gpu.group, jobs, 2);
}

static void finish_submit(void *data, int ret)
{
	struct fixture *f = data;

	if (ret) {
		new_sync(f);
		igt_assert_eq(do_submit(f), 0);
	}
	igt_assert_eq(test_wait(&f->gpu, f->sync, 2), 1);
	new_sync(f);
}

/* A call that fails may have restored some of the buffers. */
static void evict_all(void *data)
{
	(void)data;
	test_evict_all(0);
}

static void close_other(struct fixture *f)
{
	if (f->other >= 0)
		igt_assert_eq(close(f->other), 0);
	f->other = -1;
}

/* The first sparse mapping of a file makes what the others share. So do heaps. */
static void open_other(void *data)
{
	struct fixture *f = data;

	close_other(f);
	f->other = panthor_open();
	igt_assert_lte(0, f->other);
	igt_assert_eq(panthor_vm_create(f->other, 0, &f->vm), 0);
}

static int do_sparse(void *data)
{
	struct fixture *f = data;

	return panthor_vm_map(f->other, f->vm, SPARSE_VA, 0, 0, BLOCK,
			      DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
			      DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC);
}

static void undo_sparse(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_vm_unmap(f->other, f->vm, SPARSE_VA, BLOCK), 0);
}

static int do_group_create(void *data)
{
	struct fixture *f = data;

	return panthor_group_create(f->gpu.fd, f->gpu.vm, 2, TEST_RING_SIZE, &f->made);
}

static void undo_group_create(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_group_destroy(f->gpu.fd, f->made), 0);
}

static int do_heap_create(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_tiler_heap_create args = test_heap_args(f->gpu.vm);
	int ret = test_heap_create(f->gpu.fd, &args);

	if (!ret)
		f->made = args.handle;
	return ret;
}

static void undo_heap_create(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(test_heap_destroy(f->gpu.fd, f->made), 0);
}

/* What the heaps of an address space share remains in it. */
static int do_first_heap(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_tiler_heap_create args = test_heap_args(f->vm);

	return test_heap_create(f->other, &args);
}

static const struct test_fault_call calls[] = {
	{ .name = "vm-create", .call = do_vm_create, .undo = undo_vm_create },
	{ .name = "bo-create", .call = do_bo_create, .undo = undo_bo_create },
	/* The offset is allocated with the object. */
	{ .name = "bo-mmap-offset", .call = do_mmap_offset, .may_hit_none = true },
	{ .name = "bo-set-label", .call = do_label, .undo = undo_label },
	{ .name = "bo-sync", .call = do_bo_sync },
	{ .name = "vm-bind-map", .call = do_map, .undo = undo_map },
	{ .name = "vm-bind-map-over", .call = do_map_over, .undo = undo_unmap },
	{ .name = "vm-bind-unmap", .call = do_unmap, .undo = undo_unmap },
	{ .name = "vm-bind-async", .call = do_bind_async, .finish = finish_bind_async,
	  .undo = undo_unmap },
	{ .name = "vm-bind-sparse", .call = do_sparse, .prepare = open_other,
	  .undo = undo_sparse, .most = 30 },
	{ .name = "group-submit", .call = do_submit, .finish = finish_submit },
	{ .name = "group-submit-evicted", .call = do_submit, .prepare = evict_all,
	  .finish = finish_submit, .stateless = true, .most = 30 },
	{ .name = "group-create", .call = do_group_create, .undo = undo_group_create },
	{ .name = "tiler-heap-create", .call = do_heap_create, .undo = undo_heap_create },
	{ .name = "tiler-heap-first", .call = do_first_heap, .prepare = open_other,
	  .stateless = true, .most = 30 },
};

/* The context must still work. The page is mapped whichever calls failed. */
static void check_works(struct fixture *f)
{
	uint32_t state;
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, VA + BLOCK, 0x900d);
	igt_assert_eq(test_run(&f->gpu, 0, &b), 1);
	igt_assert_eq(panthor_vm_get_state(f->gpu.fd, f->gpu.vm, &state), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_VM_STATE_USABLE);
}

static void run(const struct test_fault_call *what)
{
	uint64_t size = LARGE;
	struct fixture f = { .other = -1 };
	struct csb b;

	test_gpu_open(&f.gpu, 2);
	f.sync = test_syncobj(&f.gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 1);
	f.stream_size = csb_size(&b);
	f.stream = test_load(&f.gpu, &b);
	igt_assert_eq(panthor_bo_create(f.gpu.fd, &size, 0, 0, &f.bo), 0);
	igt_assert_eq(panthor_vm_map(f.gpu.fd, f.gpu.vm, VA, f.bo, 0, size, 0), 0);
	igt_assert_eq(do_heap_create(&f), 0);
	undo_heap_create(&f);
	test_fault_sweep(what, &f);
	close_other(&f);
	check_works(&f);
	test_gpu_close(&f.gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		test_fault_open();
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		igt_describe("Each allocation of the call fails once.");
		igt_subtest_f("%s", calls[i].name)
			run(&calls[i]);
	}

	igt_fixture()
		test_fault_close();
}
