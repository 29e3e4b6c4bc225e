// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The mapping of the register page with LATEST_FLUSH_ID: its contents, its
 * permissions, and its mmap() offset.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test the user mapping of the LATEST_FLUSH_ID register.");

#define FLUSH_ID_OFFSET	DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET

static int try_mmap(int fd, size_t size, int prot, int flags, uint64_t offset)
{
	void *map = mmap(NULL, size, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, size);
	return 0;
}

static void test_read(int fd)
{
	const volatile uint32_t *page;

	igt_assert_eq(panthor_flush_id_map(fd, &page), 0);
	/* In a submission 0 means "always flush", so it is never a valid ID. */
	igt_assert_neq_u32(*page, 0);
	igt_assert_eq_u32(*page & 0x7f000000, 0);
	panthor_flush_id_unmap(page);
}

/* A flush by a stream advances the ID. */
static void test_advances(void)
{
	const volatile uint32_t *page;
	struct test_gpu gpu;
	struct csb b;
	uint32_t before;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_flush_id_map(gpu.fd, &page), 0);
	before = *page;
	csb_init(&b);
	csb_flush(&b, TEST_REG_VALUE);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_neq_u32(*page, before);
	panthor_flush_id_unmap(page);
	test_gpu_close(&gpu);
}

static void test_invalid(int fd)
{
	const int shared = MAP_SHARED, ro = PROT_READ;
	const size_t page = getpagesize();

	igt_assert_eq(try_mmap(fd, page, ro, shared, FLUSH_ID_OFFSET), 0);

	igt_assert_eq(try_mmap(fd, page, ro, MAP_PRIVATE, FLUSH_ID_OFFSET), -EINVAL);
	igt_assert_eq(try_mmap(fd, 2 * page, ro, shared, FLUSH_ID_OFFSET), -EINVAL);
	igt_assert_eq(try_mmap(fd, page, ro | PROT_WRITE, shared, FLUSH_ID_OFFSET),
		      -EINVAL);
	igt_assert_eq(try_mmap(fd, page, ro | PROT_EXEC, shared, FLUSH_ID_OFFSET),
		      -EINVAL);
	igt_assert_eq(try_mmap(fd, page, ro, shared, FLUSH_ID_OFFSET + page), -EINVAL);
}

static void test_stays_read_only(int fd)
{
	const volatile uint32_t *page;
	void *map;

	igt_assert_eq(panthor_flush_id_map(fd, &page), 0);
	map = (void *)(uintptr_t)page;
	igt_assert(mprotect(map, PANTHOR_PAGE_SIZE, PROT_READ | PROT_WRITE));
	igt_assert_eq(errno, EACCES);
	panthor_flush_id_unmap(page);
}

/*
 * A file maps its register pages at the offset that it has set, or else at the
 * default for programs of its word size. mmap() of a 32-bit program cannot express
 * @high.
 */
static void test_offset(int fd)
{
	const uint64_t native = DRM_PANTHOR_USER_MMIO_OFFSET;
	const uint64_t low = DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
	const uint64_t high = DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;
	const uint64_t bad[] = { 0, 1, low + 1, low << 1, high - 1, high << 1, -1ull };
	struct drm_panthor_set_user_mmio_offset args = {};
	int moved = panthor_open();

	igt_assert_lte(0, moved);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		args.offset = bad[i];
		igt_assert_eq(panthor_ioctl(moved, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET,
					    &args), -EINVAL);
	}
	igt_assert_eq(try_mmap(moved, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, native), 0);

	args.offset = low;
	igt_assert_eq(panthor_ioctl(moved, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET,
				    &args), 0);
	igt_assert_eq(try_mmap(moved, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, low), 0);
	igt_assert_eq(try_mmap(moved, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, high),
		      -EINVAL);
	/* Other files keep their offset. */
	igt_assert_eq(try_mmap(fd, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, native), 0);

	args.offset = high;
	igt_assert_eq(panthor_ioctl(moved, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET,
				    &args), 0);
	igt_assert_eq(try_mmap(moved, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, low),
		      -EINVAL);
	igt_assert_eq(try_mmap(moved, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, high),
		      native == high ? 0 : -EINVAL);
	close(moved);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("The page can be mapped and holds an ID in range.");
	igt_subtest("read")
		test_read(fd);

	igt_describe("The ID changes when a stream flushes the caches.");
	igt_subtest("advances")
		test_advances();

	igt_describe("The page can only be mapped as one page, shared and read-only.");
	igt_subtest("invalid")
		test_invalid(fd);

	igt_describe("The mapping cannot be made writable later.");
	igt_subtest("stays-read-only")
		test_stays_read_only(fd);

	igt_describe("A file can move its register pages to an offset of 32 bits.");
	igt_subtest("offset")
		test_offset(fd);

	igt_fixture()
		close(fd);
}
