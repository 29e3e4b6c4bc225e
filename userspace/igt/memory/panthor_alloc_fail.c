// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures: with fault injection (fail-nth) each allocation of an ioctl
 * fails once, one per call, until the call runs without a failure. A failed call
 * must return -ENOMEM and leave everything usable.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Inject a failure into each allocation of each ioctl, one per call.");

#define PAGE		PANTHOR_PAGE_SIZE
#define BLOCK		PANTHOR_BLOCK_SIZE
#define VA		TEST_FREE_VA
#define FAIL_NTH	"/proc/thread-self/fail-nth"
/* The mapping needs more page tables than an address space keeps in reserve. */
#define LARGE		(10 * BLOCK)
#define MAP_SIZE	(9 * BLOCK)
#define MAP_VA		(VA + (1ull << 40))
/* More allocations than any call makes */
#define NTH_MAX		2000

static const char * const knobs[] = {
	"/sys/kernel/debug/failslab/ignore-gfp-wait",
	"/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait",
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* Opened before the first injection; belongs to this thread. */
static int fail_fd = -1;

static void fail_nth(unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	igt_assert_lt(0, pwrite(fail_fd, text, strlen(text), 0));
}

/* Return: whether a failure was injected. If none was yet, the read itself may fail. */
static bool has_failed(void)
{
	char text[16] = {};

	return pread(fail_fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

/* The write itself may fail, which ends the injection as well. */
static void fail_never(void)
{
	if (pwrite(fail_fd, "0", 1, 0) < 0)
		igt_assert_lt(0, pwrite(fail_fd, "0", 1, 0));
}

/**
 * struct fixture - objects that the calls use
 * @gpu: a context with two queues
 * @bo: a buffer object of %LARGE bytes
 * @sync: a syncobj
 * @stream: GPU address of a stream
 * @stream_size: size of the stream
 * @made: handle of the object that a call created
 */
struct fixture {
	struct test_gpu gpu;
	uint32_t bo;
	uint32_t sync;
	uint64_t stream;
	uint32_t stream_size;
	uint32_t made;
};

static int do_vm_create(struct fixture *f)
{
	return panthor_vm_create(f->gpu.fd, 0, &f->made);
}

static void undo_vm_create(struct fixture *f)
{
	igt_assert_eq(panthor_vm_destroy(f->gpu.fd, f->made), 0);
}

static int do_bo_create(struct fixture *f)
{
	uint64_t size = 5 * PAGE;

	return panthor_bo_create(f->gpu.fd, &size, 0, f->gpu.vm, &f->made);
}

static void undo_bo_create(struct fixture *f)
{
	igt_assert_eq(panthor_bo_close(f->gpu.fd, f->made), 0);
}

static int do_mmap_offset(struct fixture *f)
{
	uint64_t offset;

	return panthor_bo_mmap_offset(f->gpu.fd, f->bo, &offset);
}

static int do_label(struct fixture *f)
{
	struct drm_panthor_bo_set_label args = {
		.handle = f->bo,
		.label = (uintptr_t)"label",
	};

	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args);
}

static int do_bo_sync(struct fixture *f)
{
	struct drm_panthor_bo_sync_op op = { .handle = f->bo, .size = PAGE };
	struct drm_panthor_bo_sync args = { .ops = DRM_PANTHOR_OBJ_ARRAY(1, &op) };

	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_SYNC, &args);
}

static int do_map(struct fixture *f)
{
	/* Misaligned for blocks, at an address without page tables */
	return panthor_vm_map(f->gpu.fd, f->gpu.vm, MAP_VA, f->bo, PAGE, MAP_SIZE, 0);
}

static void undo_map(struct fixture *f)
{
	igt_assert_eq(panthor_vm_unmap(f->gpu.fd, f->gpu.vm, MAP_VA, MAP_SIZE), 0);
}

static int do_map_over(struct fixture *f)
{
	return panthor_vm_map(f->gpu.fd, f->gpu.vm, VA + PAGE, f->bo, 0, PAGE, 0);
}

static int do_unmap(struct fixture *f)
{
	return panthor_vm_unmap(f->gpu.fd, f->gpu.vm, VA + 4 * PAGE, PAGE);
}

/* Map the whole buffer again, which undoes any map or unmap. */
static void undo_unmap(struct fixture *f)
{
	igt_assert_eq(panthor_vm_map(f->gpu.fd, f->gpu.vm, VA, f->bo, 0, LARGE, 0), 0);
}

static int do_bind_async(struct fixture *f)
{
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

static void undo_sync(struct fixture *f)
{
	igt_assert_eq(panthor_syncobj_wait(f->gpu.fd, f->sync, 1, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_syncobj_destroy(f->gpu.fd, f->sync), 0);
	f->sync = test_syncobj(&f->gpu);
}

/* Two jobs on two queues, the second of which waits for the first. */
static int do_submit(struct fixture *f)
{
	struct panthor_job jobs[2];

	panthor_job_init(&jobs[0], 0, f->stream, f->stream_size);
	panthor_job_signal(&jobs[0], f->sync, 1);
	panthor_job_init(&jobs[1], 1, f->stream, f->stream_size);
	panthor_job_wait(&jobs[1], f->sync, 1);
	panthor_job_signal(&jobs[1], f->sync, 2);
	return panthor_submit(f->gpu.fd, f->gpu.group, jobs, 2);
}

static void undo_submit(struct fixture *f)
{
	igt_assert_eq(test_wait(&f->gpu, f->sync, 2), 1);
	igt_assert_eq(panthor_syncobj_destroy(f->gpu.fd, f->sync), 0);
	f->sync = test_syncobj(&f->gpu);
}

static int do_sparse(struct fixture *f)
{
	return panthor_vm_map(f->gpu.fd, f->gpu.vm, VA + (1ull << 39), 0, 0, BLOCK,
			      DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
			      DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC);
}

static int do_group_create(struct fixture *f)
{
	return panthor_group_create(f->gpu.fd, f->gpu.vm, 2, TEST_RING_SIZE, &f->made);
}

static void undo_group_create(struct fixture *f)
{
	igt_assert_eq(panthor_group_destroy(f->gpu.fd, f->made), 0);
}

static int do_heap_create(struct fixture *f)
{
	struct drm_panthor_tiler_heap_create args = {
		.vm_id = f->gpu.vm,
		.initial_chunk_count = 2,
		.chunk_size = 128 * 1024,
		.max_chunks = 3,
	};
	int ret = panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &args);

	f->made = args.handle;
	return ret;
}

static void undo_heap_create(struct fixture *f)
{
	struct drm_panthor_tiler_heap_destroy args = { .handle = f->made };

	igt_assert_eq(panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY,
				    &args), 0);
}

static const struct {
	const char *name;
	int (*call)(struct fixture *f);
	void (*undo)(struct fixture *f);
} calls[] = {
	{ "vm-create", do_vm_create, undo_vm_create },
	{ "bo-create", do_bo_create, undo_bo_create },
	{ "bo-mmap-offset", do_mmap_offset, NULL },
	{ "bo-set-label", do_label, NULL },
	{ "bo-sync", do_bo_sync, NULL },
	{ "vm-bind-map", do_map, undo_map },
	{ "vm-bind-map-over", do_map_over, undo_unmap },
	{ "vm-bind-unmap", do_unmap, undo_unmap },
	{ "vm-bind-async", do_bind_async, undo_sync },
	{ "vm-bind-sparse", do_sparse, NULL },
	{ "group-submit", do_submit, undo_submit },
	{ "group-create", do_group_create, undo_group_create },
	{ "tiler-heap-create", do_heap_create, undo_heap_create },
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

static void run(unsigned int which)
{
	uint64_t size = LARGE;
	unsigned int nth, failed = 0;
	struct fixture f;
	struct csb b;
	int ret;

	test_gpu_open(&f.gpu, 2);
	f.sync = test_syncobj(&f.gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 1);
	f.stream_size = csb_size(&b);
	f.stream = test_load(&f.gpu, &b);
	igt_assert_eq(panthor_bo_create(f.gpu.fd, &size, 0, 0, &f.bo), 0);
	igt_assert_eq(panthor_vm_map(f.gpu.fd, f.gpu.vm, VA, f.bo, 0, size, 0), 0);

	for (nth = 1; nth < NTH_MAX; nth++) {
		bool hit;

		fail_nth(nth);
		ret = calls[which].call(&f);
		hit = has_failed();
		fail_never();
		if (!hit) {
			igt_assert_eq(ret, 0);
			break;
		}
		/*
		 * A call may succeed without the allocation, or fail with -EFAULT
		 * where it reads user memory.
		 */
		if (ret)
			igt_assert_f(ret == -ENOMEM || ret == -EFAULT, "%d\n", ret);
		failed += ret == -ENOMEM;
		if (!ret && calls[which].undo)
			calls[which].undo(&f);
	}
	igt_assert_lt(nth, NTH_MAX);
	igt_info("%u calls, %u failed with -ENOMEM\n", nth, failed);
	/*
	 * A sweep without a failure tests nothing. BO_MMAP_OFFSET is the exception: the
	 * offset is allocated with the object.
	 */
	igt_assert(failed || calls[which].call == do_mmap_offset);
	if (calls[which].undo)
		calls[which].undo(&f);
	check_works(&f);
	test_gpu_close(&f.gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		fail_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
		igt_require_f(fail_fd >= 0, "no fault injection in this kernel\n");
		for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
			igt_require_f(!write_file(knobs[i], "N"), "no %s\n", knobs[i]);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		igt_describe("Each allocation of the call fails once.");
		igt_subtest_f("%s", calls[i].name)
			run(i);
	}

	igt_fixture() {
		for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
			write_file(knobs[i], "Y");
	}
}
