// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Sparse mappings, which are backed by one 2 MiB buffer per file: access,
 * replacement, permissions, isolation and invalid arguments.
 */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test sparse mappings.");

#define PAGE	PANTHOR_PAGE_SIZE
#define BLOCK	PANTHOR_BLOCK_SIZE
#define VA	TEST_FREE_VA
#define NOEXEC	DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC
#define SPARSE	(DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE | NOEXEC)

static int map_sparse(struct test_gpu *gpu, uint64_t va, uint64_t size, uint32_t flags)
{
	return panthor_vm_map(gpu->fd, gpu->vm, va, 0, 0, size, flags);
}

/* The same memory repeats every 2 MiB, aligned to 2 MiB, wherever the mapping starts. */
static void test_access(void)
{
	const uint64_t va = VA + BLOCK - 3 * PAGE, size = 2 * BLOCK + 5 * PAGE;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(map_sparse(&gpu, va, size, SPARSE), 0);
	igt_assert_eq(test_gpu_store(&gpu, va, 1), 1);
	igt_assert_eq(test_gpu_store(&gpu, va + size - PAGE, 2), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + BLOCK, 3), 1);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 2 * BLOCK), 3);
	igt_assert_eq_u32(test_gpu_read(&gpu, va + BLOCK), 1);
	test_gpu_close(&gpu);
}

/* Replace parts by a buffer and by a sparse mapping again. */
static void test_replace(void)
{
	volatile uint32_t *cpu;
	uint64_t size = 4 * PAGE;
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, gpu.vm, &bo), 0);
	igt_assert_eq(panthor_bo_mmap(gpu.fd, bo, size, (void **)&cpu), 0);
	igt_assert_eq(map_sparse(&gpu, VA, 2 * BLOCK, SPARSE), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA + 8 * PAGE, bo, 0, size,
				     NOEXEC), 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 8 * PAGE, 7), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + 12 * PAGE, 8), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + 7 * PAGE, 9), 1);
	igt_assert_eq_u32(cpu[0], 7);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + BLOCK + 12 * PAGE), 8);

	igt_assert_eq(map_sparse(&gpu, VA + 8 * PAGE, PAGE, SPARSE), 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 8 * PAGE, 10), 1);
	igt_assert_eq_u32(cpu[0], 7);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + BLOCK + 8 * PAGE), 10);
	igt_assert_eq(test_gpu_store(&gpu, VA + 9 * PAGE, 11), 1);
	igt_assert_eq_u32(cpu[PAGE / 4], 11);

	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, VA + PAGE, BLOCK), 0);
	igt_assert_eq(test_gpu_store(&gpu, VA, 1), 1);
	igt_assert_lt(test_gpu_store(&gpu, VA + PAGE, 1), 0);
	close(gpu.fd);
}

static void test_read_only(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(map_sparse(&gpu, VA, BLOCK, SPARSE |
				 DRM_PANTHOR_VM_BIND_OP_MAP_READONLY), 0);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + PAGE), 0);
	igt_assert_lt(test_gpu_store(&gpu, VA + PAGE, 1), 0);
	close(gpu.fd);
}

/* Another file does not see what was written. */
static void test_isolation(void)
{
	struct test_gpu gpu, other;

	test_gpu_open(&gpu, 1);
	test_gpu_open(&other, 1);
	igt_assert_eq(map_sparse(&gpu, VA, PAGE, SPARSE), 0);
	igt_assert_eq(map_sparse(&other, VA, PAGE, SPARSE), 0);
	igt_assert_eq(test_gpu_store(&gpu, VA, 0x5ec2e7), 1);
	igt_assert_eq_u32(test_gpu_read(&other, VA), 0);
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

/* All address spaces of a file share the same 2 MiB. */
static void test_shared(void)
{
	struct test_gpu gpu, second = {};

	test_gpu_open(&gpu, 1);
	second.fd = gpu.fd;
	igt_assert_eq(panthor_vm_create(second.fd, 0, &second.vm), 0);
	igt_assert_eq(panthor_buf_create(second.fd, second.vm, TEST_CODE_VA, TEST_CODE_SIZE,
					 0, &second.code), 0);
	igt_assert_eq(panthor_buf_create(second.fd, second.vm, TEST_DATA_VA, TEST_DATA_SIZE,
					 NOEXEC, &second.data), 0);
	test_gpu_new_group(&second, 1);

	igt_assert_eq(map_sparse(&gpu, VA, BLOCK, SPARSE), 0);
	igt_assert_eq(map_sparse(&second, VA + 2 * BLOCK, BLOCK, SPARSE), 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + PAGE, 0x5a5e), 1);
	igt_assert_eq_u32(test_gpu_read(&second, VA + 2 * BLOCK + PAGE), 0x5a5e);
	/* The memory outlives the address space that wrote to it. */
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	igt_assert_eq(panthor_vm_destroy(gpu.fd, gpu.vm), 0);
	igt_assert_eq_u32(test_gpu_read(&second, VA + 2 * BLOCK + PAGE), 0x5a5e);
	close(gpu.fd);
}

static void test_invalid(void)
{
	uint64_t size = PAGE;
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 0);
	igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, 0, &bo), 0);
	igt_assert_eq(map_sparse(&gpu, VA, PAGE, DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE),
		      -EINVAL);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA, bo, 0, PAGE, SPARSE), -EINVAL);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA, 0, PAGE, PAGE, SPARSE), -EINVAL);
	igt_assert_eq(map_sparse(&gpu, VA + 1, PAGE, SPARSE), -EINVAL);
	igt_assert_eq(map_sparse(&gpu, VA, 1ull << 48, SPARSE), -EINVAL);
	igt_assert_eq(map_sparse(&gpu, VA, 0, SPARSE), 0);
	igt_assert_eq(panthor_bo_close(gpu.fd, bo), 0);
	test_gpu_close(&gpu);
}

/* Page tables exceed memory, in an address space that is large enough. */
static void test_no_memory(void)
{
	int fd = panthor_open();
	uint32_t vm;

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_vm_create(fd, 1ull << 47, &vm), 0);
	igt_assert_eq(panthor_vm_map(fd, vm, VA, 0, 0, 1ull << 46, SPARSE), -ENOMEM);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
	close(fd);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("All pages of a sparse mapping can be written and read.");
	igt_subtest("access")
		test_access();

	igt_describe("Parts of a sparse mapping can be replaced and unmapped.");
	igt_subtest("replace")
		test_replace();

	igt_describe("Sparse mappings can be read-only.");
	igt_subtest("read-only")
		test_read_only();

	igt_describe("Sparse mappings leak nothing between files.");
	igt_subtest("isolation")
		test_isolation();

	igt_describe("Address spaces of a file share the memory behind sparse mappings.");
	igt_subtest("shared")
		test_shared();

	igt_describe("A sparse mapping must be NOEXEC and have no buffer.");
	igt_subtest("invalid")
		test_invalid();

	igt_describe("A sparse mapping whose tables exceed memory fails with ENOMEM.");
	igt_subtest("no-memory")
		test_no_memory();
}
