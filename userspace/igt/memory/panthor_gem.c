// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Buffer objects: BO_CREATE, CPU mappings, handles, and sharing by dma-buf. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test creation, CPU mappings and sharing of buffer objects.");

static int bo_create(int fd, struct drm_panthor_bo_create args)
{
	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_CREATE, &args);
}

static uint32_t create(int fd, uint64_t size, uint32_t flags, uint32_t vm)
{
	uint32_t handle;

	igt_assert_eq(panthor_bo_create(fd, &size, flags, vm, &handle), 0);
	igt_assert_neq_u32(handle, 0);
	return handle;
}

static void *map(int fd, uint32_t handle, uint64_t size)
{
	void *cpu;

	igt_assert_eq(panthor_bo_mmap(fd, handle, size, &cpu), 0);
	return cpu;
}

/* Sizes are rounded up to the CPU's pages. */
static void test_round_size(int fd)
{
	const uint64_t page = getpagesize();
	const struct {
		uint64_t asked, got;
	} sizes[] = {
		{ 1, page },
		{ page - 1, page },
		{ page, page },
		{ page + 1, 2 * page },
		{ page + 904, 2 * page },
		{ (2 << 20) + 1, (2 << 20) + page },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t size = sizes[i].asked;
		uint32_t handle;

		igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &handle), 0);
		igt_assert_eq_u64(size, sizes[i].got);
		igt_assert_eq(panthor_bo_close(fd, handle), 0);
	}
}

static void test_create_invalid(int fd)
{
	struct drm_panthor_bo_create good = { .size = 4096 }, bad;

	igt_assert_eq(bo_create(fd, good), 0);

	bad = good;
	bad.size = 0;
	igt_assert_eq(bo_create(fd, bad), -EINVAL);
	bad = good;
	bad.pad = 1;
	igt_assert_eq(bo_create(fd, bad), -EINVAL);
	bad = good;
	bad.flags = 1u << 31;
	igt_assert_eq(bo_create(fd, bad), -EINVAL);
	bad = good;
	bad.exclusive_vm_id = 0xdeadbeef;
	igt_assert_eq(bo_create(fd, bad), -EINVAL);
}

/* Rounding this size up to pages overflows to 0. */
static void test_create_huge(int fd)
{
	struct drm_panthor_bo_create args = { .size = UINT64_MAX };

	igt_assert_lt(bo_create(fd, args), 0);
	args.size = 1ull << 62;
	igt_assert_lt(bo_create(fd, args), 0);
}

static void test_zeroed(int fd)
{
	const uint64_t size = 64 * 4096;

	/* The second round gets pages that the first one dirtied. */
	for (int round = 0; round < 2; round++) {
		uint32_t handle = create(fd, size, 0, 0);
		uint64_t *cpu = map(fd, handle, size);

		for (size_t i = 0; i < size / sizeof(*cpu); i++)
			igt_assert_eq_u64(cpu[i], 0);
		memset(cpu, 0xff, size);
		munmap(cpu, size);
		igt_assert_eq(panthor_bo_close(fd, handle), 0);
	}
}

/* All mappings show the same memory; they outlive the handle. */
static void test_mmap(int fd)
{
	const uint64_t size = 3 * 4096;
	uint32_t handle = create(fd, size, 0, 0);
	unsigned char *a = map(fd, handle, size), *b = map(fd, handle, size);
	uint64_t offset;

	for (uint64_t i = 0; i < size; i += 512)
		a[i] = i / 512 + 1;
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
	for (uint64_t i = 0; i < size; i += 512)
		igt_assert_eq(b[i], (int)(i / 512 + 1));
	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), -ENOENT);
	munmap(a, size);
	munmap(b, size);
}

/* After a part is unmapped, the rest of a mapping shows the same pages as before. */
static void test_mmap_cut(int fd)
{
	const size_t bytes = getpagesize(), words = bytes / sizeof(uint32_t);
	const uint64_t size = 4 * bytes;
	uint32_t handle = create(fd, size, 0, 0);
	uint32_t *whole = map(fd, handle, size), *cut = map(fd, handle, size);
	char path[256];

	for (uint32_t page = 0; page < 4; page++)
		whole[page * words] = page + 1;
	/* No page of this mapping has been accessed yet. */
	munmap(cut, bytes);
	igt_assert_eq(mprotect(cut + 2 * words, bytes, PROT_READ), 0);
	for (uint32_t page = 1; page < 4; page++)
		igt_assert_eq_u32(cut[page * words], page + 1);
	/* The same after the pages were evicted and restored */
	test_debugfs_path("shrink", path, sizeof(path));
	test_write_file(path, "1000000\n");
	for (uint32_t page = 1; page < 4; page++)
		igt_assert_eq_u32(cut[page * words], page + 1);
	munmap(cut + words, size - bytes);
	munmap(whole, size);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
}

static void test_mmap_beyond(int fd)
{
	uint32_t handle = create(fd, 4096, 0, 0);
	uint64_t offset;
	void *cpu;

	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), 0);
	cpu = mmap(NULL, 2 * getpagesize(), PROT_READ, MAP_SHARED, fd, offset);
	igt_assert(cpu == MAP_FAILED && errno == EINVAL);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
}

static void test_mmap_offset_invalid(int fd)
{
	struct drm_panthor_bo_mmap_offset args = {};
	uint64_t offset;

	igt_assert_eq(panthor_bo_mmap_offset(fd, 0xdeadbeef, &offset), -ENOENT);
	igt_assert_eq_u64(offset, 0);
	igt_assert_eq(panthor_bo_mmap_offset(fd, 0, &offset), -ENOENT);

	args.handle = create(fd, 4096, 0, 0);
	args.pad = 1;
	igt_assert_eq(panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &args),
		      -EINVAL);
	igt_assert_eq(panthor_bo_close(fd, args.handle), 0);
}

/* Linux 6.12 returns an offset here, and fails the mmap() with EINVAL. */
static void test_no_mmap(int fd)
{
	uint32_t handle = create(fd, 4096, DRM_PANTHOR_BO_NO_MMAP, 0);
	void *cpu;
	int ret = panthor_bo_mmap(fd, handle, 4096, &cpu);

	igt_assert_eq(ret, -EPERM);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
}

static void test_other_file(int fd)
{
	uint32_t handle = create(fd, 4096, 0, 0);
	int other = panthor_open();
	uint64_t offset;
	void *cpu;

	igt_assert_lte(0, other);
	igt_assert_eq(panthor_bo_mmap_offset(other, handle, &offset), -ENOENT);
	/* The offset of one file does not give another access to the memory. */
	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), 0);
	cpu = mmap(NULL, 4096, PROT_READ, MAP_SHARED, other, offset);
	igt_assert(cpu == MAP_FAILED && errno == EACCES);
	close(other);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
}

static void test_close_invalid(int fd)
{
	uint32_t handle = create(fd, 4096, 0, 0);

	igt_assert_eq(panthor_bo_close(fd, handle), 0);
	igt_assert_eq(panthor_bo_close(fd, handle), -EINVAL);
}

static void test_prime(int fd)
{
	const size_t bytes = getpagesize(), words = bytes / sizeof(uint32_t);
	uint32_t handle = create(fd, 2 * bytes, 0, 0), imported;
	uint32_t *here = map(fd, handle, 2 * bytes), *there, *second;
	int other = panthor_open(), dmabuf;

	igt_assert_lte(0, other);
	igt_assert_eq(drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR,
					 &dmabuf), 0);
	igt_assert_eq(drmPrimeFDToHandle(other, dmabuf, &imported), 0);
	there = map(other, imported, 2 * bytes);
	here[0] = 0xbeef;
	here[words] = 0xcafe;
	igt_assert_eq_u32(there[words], 0xcafe);

	/* The dma-buf can be mapped as well, from any offset. */
	second = mmap(NULL, bytes, PROT_READ, MAP_SHARED, dmabuf, bytes);
	igt_assert(second != MAP_FAILED);
	igt_assert_eq_u32(second[0], 0xcafe);
	munmap(second, bytes);
	close(dmabuf);

	/* The memory exists as long as one of the two files references it. */
	munmap(here, 2 * bytes);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
	igt_assert_eq_u32(there[words], 0xcafe);
	munmap(there, 2 * bytes);
	close(other);
}

static void test_exclusive_export(int fd)
{
	uint32_t vm, handle;
	int dmabuf;

	igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
	handle = create(fd, 4096, 0, vm);
	igt_assert_neq(drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC, &dmabuf), 0);
	igt_assert_eq(errno, EINVAL);
	igt_assert_eq(panthor_bo_close(fd, handle), 0);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
}

static void test_many(int fd)
{
	uint32_t handles[256];

	for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
		handles[i] = create(fd, 4096, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
		igt_assert_eq(panthor_bo_close(fd, handles[i]), 0);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("BO_CREATE rounds sizes up to pages and returns the result.");
	igt_subtest("create-round-size")
		test_round_size(fd);

	igt_describe("Invalid arguments of BO_CREATE are rejected.");
	igt_subtest("create-invalid")
		test_create_invalid(fd);

	igt_describe("Excessive sizes are rejected without an overflow.");
	igt_subtest("create-huge")
		test_create_huge(fd);

	igt_describe("New buffers are zeroed, even if their pages are reused.");
	igt_subtest("zeroed")
		test_zeroed(fd);

	igt_describe("CPU mappings share memory and outlive the handle.");
	igt_subtest("mmap")
		test_mmap(fd);

	igt_describe("A partially unmapped mapping still shows the same pages.");
	igt_subtest("mmap-cut")
		test_mmap_cut(fd);

	igt_describe("A mapping cannot exceed the object.");
	igt_subtest("mmap-beyond-end")
		test_mmap_beyond(fd);

	igt_describe("Invalid arguments of BO_MMAP_OFFSET are rejected.");
	igt_subtest("mmap-offset-invalid")
		test_mmap_offset_invalid(fd);

	igt_describe("An object created with NO_MMAP cannot be mapped.");
	igt_subtest("no-mmap")
		test_no_mmap(fd);

	igt_describe("Handles and offsets of one file are not valid in another.");
	igt_subtest("other-file")
		test_other_file(fd);

	igt_describe("A handle cannot be closed twice.");
	igt_subtest("close-invalid")
		test_close_invalid(fd);

	igt_describe("An object can be shared with another file by dma-buf.");
	igt_subtest("prime")
		test_prime(fd);

	igt_describe("An object exclusive to an address space cannot be exported.");
	igt_subtest("exclusive-export")
		test_exclusive_export(fd);

	igt_describe("Hundreds of objects can exist at a time.");
	igt_subtest("many")
		test_many(fd);

	igt_fixture()
		close(fd);
}
