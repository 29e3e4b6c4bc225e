// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures, as in panthor_alloc_fail, in calls that destroy or read, and
 * in system calls on files and mappings: open, close, mmap, page faults, exports.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_fault.h"
#include "test_gpu.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Inject failures into calls that destroy or read, and into file operations.");

#define PAGE		PANTHOR_PAGE_SIZE
#define SIZE		(16 * PAGE)
/* An address far from those that the kernel chooses */
#define LONELY		((void *)(1ul << 40))

/**
 * struct fixture - objects that the calls use
 * @gpu: a context
 * @other: the device once more
 * @zero: /dev/zero
 * @node: path of the device
 * @dmabuf: the buffer object, exported
 * @bo: a buffer object
 * @offset: its offset for mmap()
 * @map: a mapping of it
 * @victim: handle, id or file to destroy or close
 */
struct fixture {
	struct test_gpu gpu;
	int other;
	int zero;
	char node[256];
	int dmabuf;
	uint32_t bo;
	uint64_t offset;
	void *map;
	uint32_t victim;
};

/* --- Calls that destroy: a success is followed by the next object --------- */

/* With -EFAULT the object may exist or not. */
static void expect_destroyed(struct fixture *f, int (*destroy)(void *data), int ret)
{
	if (ret) {
		ret = destroy(f);
		igt_assert_f(!ret || ret == -EINVAL, "%d\n", ret);
	}
}

static int do_vm_destroy(void *data)
{
	struct fixture *f = data;

	return panthor_vm_destroy(f->gpu.fd, f->victim);
}

static void finish_vm_destroy(void *data, int ret)
{
	expect_destroyed(data, do_vm_destroy, ret);
}

static void make_vm(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_vm_create(f->gpu.fd, 0, &f->victim), 0);
}

static int do_group_destroy(void *data)
{
	struct fixture *f = data;

	return panthor_group_destroy(f->gpu.fd, f->victim);
}

static void finish_group_destroy(void *data, int ret)
{
	expect_destroyed(data, do_group_destroy, ret);
}

static void make_group(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_group_create(f->gpu.fd, f->gpu.vm, 1, TEST_RING_SIZE,
					   &f->victim), 0);
}

static int do_heap_destroy(void *data)
{
	struct fixture *f = data;

	return test_heap_destroy(f->gpu.fd, f->victim);
}

static void finish_heap_destroy(void *data, int ret)
{
	expect_destroyed(data, do_heap_destroy, ret);
}

static void make_heap(void *data)
{
	struct fixture *f = data;
	struct drm_panthor_tiler_heap_create args = test_heap_args(f->gpu.vm);

	igt_assert_eq(test_heap_create(f->gpu.fd, &args), 0);
	f->victim = args.handle;
}

static int do_bo_close(void *data)
{
	struct fixture *f = data;

	return panthor_bo_close(f->gpu.fd, f->victim);
}

static void finish_bo_close(void *data, int ret)
{
	expect_destroyed(data, do_bo_close, ret);
}

static void make_bo(void *data)
{
	struct fixture *f = data;
	uint64_t size = SIZE;

	igt_assert_eq(panthor_bo_create(f->gpu.fd, &size, 0, 0, &f->victim), 0);
}

/* A file with an address space, a group and a job that does not end */
static int do_close(void *data)
{
	struct fixture *f = data;

	return close(f->victim) ? -errno : 0;
}

static void make_file(void *data)
{
	struct fixture *f = data;
	struct panthor_job job;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA);
	test_job(&gpu, 0, &b, &job);
	test_submit(&gpu, &job, 1);
	munmap(gpu.code.cpu, gpu.code.size);
	munmap(gpu.data.cpu, gpu.data.size);
	f->victim = gpu.fd;
}

/* --- Calls that read ------------------------------------------------------ */

static int do_query(void *data)
{
	struct drm_panthor_gpu_info gpu;
	struct fixture *f = data;

	return panthor_query(f->gpu.fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu, sizeof(gpu));
}

static int do_query_timestamp(void *data)
{
	struct drm_panthor_timestamp_info info = {};
	struct fixture *f = data;

	return panthor_query(f->gpu.fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &info,
			     sizeof(info));
}

static int do_vm_state(void *data)
{
	struct fixture *f = data;
	uint32_t state;

	return panthor_vm_get_state(f->gpu.fd, f->gpu.vm, &state);
}

static int do_group_state(void *data)
{
	struct fixture *f = data;
	uint32_t state, queues;

	return panthor_group_get_state(f->gpu.fd, f->gpu.group, &state, &queues);
}

static int do_bo_info(void *data)
{
	struct drm_panthor_bo_query_info args = {};
	struct fixture *f = data;

	args.handle = f->bo;
	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, &args);
}

/* --- Files and mappings --------------------------------------------------- */

static int do_open(void *data)
{
	struct fixture *f = data;
	int fd = open(f->node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	f->victim = fd;
	return 0;
}

static void undo_open(void *data)
{
	struct fixture *f = data;

	close(f->victim);
}

static int map(struct fixture *f, size_t size, int prot, off_t offset)
{
	void *at = mmap(NULL, size, prot, MAP_SHARED, f->gpu.fd, offset);

	if (at == MAP_FAILED)
		return -errno;
	f->map = at;
	return 0;
}

static int do_mmap(void *data)
{
	struct fixture *f = data;

	return map(f, SIZE, PROT_READ | PROT_WRITE, f->offset);
}

static void undo_mmap(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(munmap(f->map, SIZE), 0);
	f->map = NULL;
}

static int do_mmap_flush_id(void *data)
{
	return map(data, PAGE, PROT_READ, DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET);
}

static void undo_mmap_flush_id(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(munmap(f->map, PAGE), 0);
	f->map = NULL;
}

/*
 * Page faults of a system call, which returns what it has written before a fault
 * failed, where the process itself would get a signal
 */
static int do_page_fault(void *data)
{
	struct fixture *f = data;
	ssize_t ret = read(f->zero, f->map, SIZE);

	if (ret < 0)
		return -errno;
	return ret == SIZE ? 0 : -ENOMEM;
}

static void drop_mapping(struct fixture *f)
{
	undo_mmap(f);
	igt_assert_eq(panthor_bo_close(f->gpu.fd, f->victim), 0);
}

/* A mapping of a new buffer, without page tables */
static void make_mapping(void *data)
{
	struct fixture *f = data;
	uint64_t offset;

	if (f->map)
		drop_mapping(f);
	make_bo(f);
	igt_assert_eq(panthor_bo_mmap_offset(f->gpu.fd, f->victim, &offset), 0);
	f->map = mmap(LONELY, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		      f->gpu.fd, offset);
	igt_assert(f->map == LONELY);
}

static int do_export(void *data)
{
	struct fixture *f = data;
	int fd;

	if (drmPrimeHandleToFD(f->gpu.fd, f->bo, DRM_CLOEXEC, &fd))
		return -errno;
	f->victim = fd;
	return 0;
}

static int do_import(void *data)
{
	struct fixture *f = data;

	if (drmPrimeFDToHandle(f->other, f->dmabuf, &f->victim))
		return -errno;
	return 0;
}

static void undo_import(void *data)
{
	struct fixture *f = data;

	igt_assert_eq(panthor_bo_close(f->other, f->victim), 0);
}

static int do_mmio_offset(void *data)
{
	struct drm_panthor_set_user_mmio_offset args = {
		.offset = DRM_PANTHOR_USER_MMIO_OFFSET,
	};
	struct fixture *f = data;

	return panthor_ioctl(f->gpu.fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &args);
}

/* Destroying has to succeed, so none of its allocations may matter. */
static const struct test_fault_call destroying[] = {
	{ .name = "vm-destroy", .call = do_vm_destroy, .finish = finish_vm_destroy,
	  .undo = make_vm, .undo_first = true, .may_hit_none = true },
	{ .name = "group-destroy", .call = do_group_destroy, .finish = finish_group_destroy,
	  .undo = make_group, .undo_first = true, .may_hit_none = true },
	{ .name = "tiler-heap-destroy", .call = do_heap_destroy,
	  .finish = finish_heap_destroy, .undo = make_heap, .undo_first = true,
	  .may_hit_none = true },
	{ .name = "gem-close", .call = do_bo_close, .finish = finish_bo_close,
	  .undo = make_bo, .undo_first = true, .may_hit_none = true },
	{ .name = "close", .call = do_close, .undo = make_file, .undo_first = true,
	  .may_hit_none = true },
};

/* The ioctls among them access user memory. */
static const struct test_fault_call reading[] = {
	{ .name = "dev-query", .call = do_query },
	{ .name = "dev-query-timestamp", .call = do_query_timestamp },
	{ .name = "vm-get-state", .call = do_vm_state },
	{ .name = "group-get-state", .call = do_group_state },
	{ .name = "bo-query-info", .call = do_bo_info },
	{ .name = "set-user-mmio-offset", .call = do_mmio_offset },
};

static const struct test_fault_call files[] = {
	{ .name = "open", .call = do_open, .undo = undo_open },
	{ .name = "mmap", .call = do_mmap, .undo = undo_mmap },
	{ .name = "mmap-flush-id", .call = do_mmap_flush_id, .undo = undo_mmap_flush_id },
	/* The system call repeats a page fault that failed. */
	{ .name = "page-fault", .call = do_page_fault, .prepare = make_mapping,
	  .may_hit_none = true },
	{ .name = "prime-export", .call = do_export, .undo = undo_open },
	{ .name = "prime-import", .call = do_import, .undo = undo_import },
};

static void run(const struct test_fault_call *calls, unsigned int count)
{
	uint64_t size = SIZE;
	struct fixture f = {};
	char *node;

	test_gpu_open(&f.gpu, 1);
	f.other = panthor_open();
	igt_assert_lte(0, f.other);
	f.zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	igt_assert_lte(0, f.zero);
	node = drmGetDeviceNameFromFd2(f.gpu.fd);
	igt_assert(node);
	snprintf(f.node, sizeof(f.node), "%s", node);
	drmFree(node);
	igt_assert_eq(panthor_bo_create(f.gpu.fd, &size, 0, 0, &f.bo), 0);
	igt_assert_eq(panthor_bo_mmap_offset(f.gpu.fd, f.bo, &f.offset), 0);
	igt_assert_eq(drmPrimeHandleToFD(f.gpu.fd, f.bo, DRM_CLOEXEC, &f.dmabuf), 0);
	/* What all heaps of an address space share stays with it. */
	make_heap(&f);
	igt_assert_eq(do_heap_destroy(&f), 0);
	for (unsigned int i = 0; i < count; i++) {
		test_fault_sweep(&calls[i], &f);
		/* The sweep of a call that destroys leaves an object. */
		if (calls[i].call == do_close)
			close(f.victim);
		if (calls[i].call == do_page_fault)
			drop_mapping(&f);
		igt_assert_eq(test_gpu_store(&f.gpu, TEST_DATA_VA, 0x900d), 1);
		igt_assert_eq_u32(test_read32(&f.gpu, 0), 0x900d);
		test_write32(&f.gpu, 0, 0);
	}
	close(f.dmabuf);
	close(f.zero);
	close(f.other);
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

	igt_describe("Each allocation of ioctls that destroy, and of close(), fails once.");
	igt_subtest("destroy")
		run(destroying, ARRAY_SIZE(destroying));
	igt_describe("Each access to user memory of ioctls that read fails once.");
	igt_subtest("read")
		run(reading, ARRAY_SIZE(reading));
	igt_describe("Each allocation of open(), mmap(), a page fault, export, import fails once.");
	igt_subtest("files")
		run(files, ARRAY_SIZE(files));

	igt_fixture()
		test_fault_close();
}
