// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffer object attributes: labels, creation flags, CPU cache maintenance
 * (BO_SYNC), BO_QUERY_INFO, and sharing by dma-buf with the same and with another
 * driver.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test labels, cache maintenance, queries and sharing of buffer objects.");

#define PAGE	PANTHOR_PAGE_SIZE
#define NO_MMAP	DRM_PANTHOR_BO_NO_MMAP
#define WB_MMAP	DRM_PANTHOR_BO_WB_MMAP
#define LABEL_MAX 4096

static int create(int fd, uint32_t flags, uint32_t vm, uint32_t *bo)
{
	uint64_t size = 4 * PAGE;

	return panthor_bo_create(fd, &size, flags, vm, bo);
}

static uint32_t new_bo(int fd, uint32_t flags)
{
	uint32_t bo;

	igt_assert_eq(create(fd, flags, 0, &bo), 0);
	return bo;
}

static int set_label(int fd, uint32_t bo, const char *label, uint32_t pad)
{
	struct drm_panthor_bo_set_label args = {
		.handle = bo,
		.pad = pad,
		.label = (uintptr_t)label,
	};

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args);
}

static int query(int fd, uint32_t bo, struct drm_panthor_bo_query_info *info)
{
	memset(info, 0xa5, sizeof(*info));
	info->handle = bo;
	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_QUERY_INFO, info);
}

static int sync_ops(int fd, const void *ops, uint32_t count, uint32_t stride)
{
	struct drm_panthor_bo_sync args = {
		.ops = { .stride = stride, .count = count, .array = (uintptr_t)ops },
	};

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_SYNC, &args);
}

static int sync_one(int fd, uint32_t bo, uint32_t type, uint64_t offset, uint64_t size)
{
	struct drm_panthor_bo_sync_op op = {
		.handle = bo,
		.type = type,
		.offset = offset,
		.size = size,
	};

	return sync_ops(fd, &op, 1, sizeof(op));
}

static void test_label(int fd)
{
	char label[LABEL_MAX + 2];
	uint32_t bo = new_bo(fd, 0);

	igt_assert_eq(set_label(fd, bo, "a buffer", 0), 0);
	igt_assert_eq(set_label(fd, bo, "", 0), 0);
	igt_assert_eq(set_label(fd, bo, NULL, 0), 0);
	igt_assert_eq(set_label(fd, bo, "another name", 0), 0);

	/* The terminating zero counts towards the limit. */
	memset(label, 'x', sizeof(label));
	label[LABEL_MAX - 1] = 0;
	igt_assert_eq(set_label(fd, bo, label, 0), 0);
	label[LABEL_MAX - 1] = 'x';
	label[LABEL_MAX] = 0;
	igt_assert_eq(set_label(fd, bo, label, 0), -E2BIG);

	igt_assert_eq(set_label(fd, bo, "x", 1), -EINVAL);
	igt_assert_eq(set_label(fd, bo + 1000, "x", 0), -ENOENT);
	igt_assert_eq(set_label(fd, 0, "x", 0), -ENOENT);
	igt_assert_eq(set_label(fd, bo, (char *)8, 0), -EFAULT);
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
}

static void test_flags(int fd)
{
	struct drm_panthor_bo_query_info info;
	uint32_t bo;

	for (uint32_t flags = 0; flags < 3; flags++) {
		bo = new_bo(fd, flags);
		igt_assert_eq(query(fd, bo, &info), 0);
		igt_assert_eq_u32(info.create_flags, flags);
		igt_assert_eq_u32(info.extra_flags, 0);
		igt_assert_eq_u32(info.pad, 0);
		igt_assert_eq(panthor_bo_close(fd, bo), 0);
	}
	igt_assert_eq(create(fd, NO_MMAP | WB_MMAP, 0, &bo), -EINVAL);
	igt_assert_eq(create(fd, 4, 0, &bo), -EINVAL);
	igt_assert_eq(query(fd, 0, &info), -ENOENT);
	igt_assert_eq(query(fd, 12345, &info), -ENOENT);
}

static void test_sync(int fd)
{
	const uint32_t flush = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH;
	const uint32_t both = DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE;
	uint32_t bo = new_bo(fd, WB_MMAP);

	igt_assert_eq(sync_one(fd, bo, flush, 0, 4 * PAGE), 0);
	igt_assert_eq(sync_one(fd, bo, both, 0, 4 * PAGE), 0);
	igt_assert_eq(sync_one(fd, bo, flush, 5, 7), 0);
	igt_assert_eq(sync_one(fd, bo, flush, 4 * PAGE, 0), 0);
	igt_assert_eq(sync_one(fd, bo, 2, 0, PAGE), -EINVAL);
	igt_assert_eq(sync_one(fd, bo, flush, 0, 4 * PAGE + 1), -EINVAL);
	igt_assert_eq(sync_one(fd, bo, flush, 4 * PAGE, 1), -EINVAL);
	igt_assert_eq(sync_one(fd, bo, flush, 4 * PAGE + 1, 0), -EINVAL);
	igt_assert_eq(sync_one(fd, bo, flush, PAGE, -1ull), -EINVAL);
	igt_assert_eq(sync_one(fd, bo, flush, -1ull, PAGE), -EINVAL);
	igt_assert_eq(sync_one(fd, bo + 1000, flush, 0, PAGE), -ENOENT);
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
}

static void test_sync_array(int fd)
{
	struct {
		struct drm_panthor_bo_sync_op op;
		uint64_t more;
	} ops[3] = {};
	uint32_t bo = new_bo(fd, 0);

	for (int i = 0; i < 3; i++)
		ops[i].op = (struct drm_panthor_bo_sync_op) { .handle = bo, .size = PAGE };
	igt_assert_eq(sync_ops(fd, NULL, 0, 0), 0);
	igt_assert_eq(sync_ops(fd, ops, 3, sizeof(ops[0])), 0);
	igt_assert_eq(sync_ops(fd, ops, 1, sizeof(ops[0].op) - 8), -EINVAL);
	igt_assert_eq(sync_ops(fd, NULL, 1, sizeof(ops[0].op)), -EFAULT);
	igt_assert_eq(sync_ops(fd, ops, 16385, sizeof(ops[0])), -E2BIG);
	ops[2].more = 1;
	igt_assert_eq(sync_ops(fd, ops, 3, sizeof(ops[0])), -E2BIG);
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
}

/* A shared buffer shows writes through one file to the other, by GPU and CPU. */
static void test_share(int fd)
{
	struct drm_panthor_bo_query_info info;
	uint32_t bo = new_bo(fd, 0), again, imported;
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	struct csb b;
	int dmabuf;

	igt_assert_eq(panthor_bo_mmap(fd, bo, 4 * PAGE, (void **)&cpu), 0);
	igt_assert_eq(drmPrimeHandleToFD(fd, bo, DRM_CLOEXEC | DRM_RDWR, &dmabuf), 0);

	/* Importing into the exporting file returns the same handle. */
	igt_assert_eq(drmPrimeFDToHandle(fd, dmabuf, &again), 0);
	igt_assert_eq_u32(again, bo);

	test_gpu_open(&gpu, 1);
	igt_assert_eq(drmPrimeFDToHandle(gpu.fd, dmabuf, &imported), 0);
	close(dmabuf);
	/* A buffer of the same driver does not count as imported. */
	igt_assert_eq(query(gpu.fd, imported, &info), 0);
	igt_assert_eq_u32(info.extra_flags, 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, TEST_FREE_VA, imported, 0,
				     4 * PAGE, 0), 0);
	/* The mapping holds a reference after the creator closes its handle. */
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
	csb_init(&b);
	test_emit_store(&b, TEST_FREE_VA + PAGE, 0x5ea);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(cpu[PAGE / 4], 0x5ea);
	test_gpu_close(&gpu);
}

static void test_export_exclusive(int fd)
{
	uint32_t vm, bo;
	int dmabuf;

	igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
	igt_assert_eq(create(fd, 0, vm, &bo), 0);
	igt_assert_eq(drmPrimeHandleToFD(fd, bo, DRM_CLOEXEC, &dmabuf), -1);
	igt_assert_eq(errno, EINVAL);
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
}

/* Map and use a buffer of another driver, also after its handles are closed. */
static void test_import(void)
{
	struct drm_mode_create_dumb dumb = { .width = 1024, .height = 4, .bpp = 32 };
	struct drm_panthor_bo_query_info info;
	struct drm_mode_map_dumb map = {};
	uint64_t offset = 123;
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	uint32_t imported;
	int vgem, dmabuf;
	struct csb b;

	vgem = panthor_open_driver("vgem", "/dev/dri/card", 0);
	igt_require_f(vgem >= 0, "no vgem device\n");
	igt_assert_eq(panthor_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &dumb), 0);
	map.handle = dumb.handle;
	igt_assert_eq(panthor_ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &map), 0);
	cpu = mmap(NULL, dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, vgem, map.offset);
	igt_assert(cpu != MAP_FAILED);
	igt_assert_eq(drmPrimeHandleToFD(vgem, dumb.handle, DRM_CLOEXEC | DRM_RDWR,
					 &dmabuf), 0);

	test_gpu_open(&gpu, 1);
	igt_assert_eq(drmPrimeFDToHandle(gpu.fd, dmabuf, &imported), 0);
	close(dmabuf);
	igt_assert_eq(query(gpu.fd, imported, &info), 0);
	igt_assert_eq_u32(info.extra_flags, DRM_PANTHOR_BO_IS_IMPORTED);
	igt_assert_eq(sync_one(gpu.fd, imported, 0, 0, PAGE), -EINVAL);
	igt_assert_eq(set_label(gpu.fd, imported, "from elsewhere", 0), 0);
	igt_assert_eq(panthor_bo_mmap_offset(gpu.fd, imported, &offset), 0);

	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, TEST_FREE_VA, imported, PAGE,
				     2 * PAGE, 0), 0);
	csb_init(&b);
	test_emit_store(&b, TEST_FREE_VA + PAGE, 0x1337);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(cpu[2 * PAGE / 4], 0x1337);
	igt_assert_eq(panthor_bo_close(gpu.fd, imported), 0);
	close(vgem);
	csb_init(&b);
	test_emit_store(&b, TEST_FREE_VA, 0x1338);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq_u32(cpu[PAGE / 4], 0x1338);
	test_gpu_close(&gpu);
	munmap((void *)cpu, dumb.size);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("Labels are accepted up to the maximum length.");
	igt_subtest("label")
		test_label(fd);

	igt_describe("BO_QUERY_INFO returns the creation flags.");
	igt_subtest("flags")
		test_flags(fd);

	igt_describe("BO_SYNC accepts ranges inside the buffer and rejects others.");
	igt_subtest("sync")
		test_sync(fd);

	igt_describe("BO_SYNC accepts operation arrays of any stride.");
	igt_subtest("sync-array")
		test_sync_array(fd);

	igt_describe("Two files share a buffer by dma-buf.");
	igt_subtest("share")
		test_share(fd);

	igt_describe("A buffer that is exclusive to an address space cannot be exported.");
	igt_subtest("export-exclusive")
		test_export_exclusive(fd);

	igt_describe("A buffer of another driver can be imported, mapped and used.");
	igt_subtest("import")
		test_import();

	igt_fixture()
		close(fd);
}
