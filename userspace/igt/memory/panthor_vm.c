// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Address spaces: VM_CREATE, VM_DESTROY, VM_GET_STATE, ranges and limits. */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test creation, limits and state of address spaces.");

/* Limit of the driver per file */
#define MAX_VMS		32
/* Minimum size of the kernel's part of each address space */
#define MIN_KERNEL_RANGE (256ull << 20)

static int vm_create(int fd, struct drm_panthor_vm_create *args)
{
	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_CREATE, args);
}

static uint64_t full_range(int fd)
{
	struct drm_panthor_gpu_info gpu;

	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu,
				    sizeof(gpu)), 0);
	return 1ull << DRM_PANTHOR_MMU_VA_BITS(gpu.mmu_features);
}

static void test_create_destroy(int fd)
{
	uint32_t first, second;

	igt_assert_eq(panthor_vm_create(fd, 0, &first), 0);
	igt_assert_eq(panthor_vm_create(fd, 0, &second), 0);
	igt_assert_neq_u32(first, 0);
	igt_assert_neq_u32(second, 0);
	igt_assert_neq_u32(first, second);
	igt_assert_eq(panthor_vm_destroy(fd, first), 0);
	igt_assert_eq(panthor_vm_destroy(fd, second), 0);
}

static void test_create_invalid(int fd)
{
	struct drm_panthor_vm_create args = { .flags = 1 };

	igt_assert_eq(vm_create(fd, &args), -EINVAL);
	igt_assert_eq_u32(args.id, 0);
}

static void test_range(int fd)
{
	const uint64_t most = full_range(fd) - MIN_KERNEL_RANGE;
	const uint64_t ranges[] = { 1ull << 30, 4ull << 30, most };
	struct drm_panthor_vm_create args;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		args = (struct drm_panthor_vm_create){ .user_va_range = ranges[i] };
		igt_assert_eq(vm_create(fd, &args), 0);
		igt_assert_eq_u64(args.user_va_range, ranges[i]);
		igt_assert_eq(panthor_vm_destroy(fd, args.id), 0);
	}

	args = (struct drm_panthor_vm_create){ .user_va_range = most + 1 };
	igt_assert_eq(vm_create(fd, &args), -EINVAL);
	args = (struct drm_panthor_vm_create){ .user_va_range = UINT64_MAX };
	igt_assert_eq(vm_create(fd, &args), -EINVAL);
}

/*
 * By default the user's part is a large range, beside the kernel's part. For a
 * 32-bit program it is the range of a pointer, of which the kernel may keep a part.
 */
static void test_default_range(int fd)
{
	const bool narrow = sizeof(void *) == 4;
	const uint64_t least = narrow ? 3ull << 30 : full_range(fd) / 2 - PANTHOR_PAGE_SIZE;
	const uint64_t most = narrow ? 4ull << 30 : full_range(fd) - MIN_KERNEL_RANGE;
	struct drm_panthor_vm_create args = {};

	igt_assert_eq(vm_create(fd, &args), 0);
	igt_assert_lte_u64(least, args.user_va_range);
	igt_assert_lte_u64(args.user_va_range, most);
	igt_assert_eq(panthor_vm_destroy(fd, args.id), 0);
}

/* Mappings are limited to the range that VM_CREATE returned. */
static void test_range_is_enforced(int fd)
{
	struct drm_panthor_vm_create args = { .user_va_range = 1ull << 30 };
	uint64_t size = 4096;
	uint32_t bo;

	igt_assert_eq(vm_create(fd, &args), 0);
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &bo), 0);
	igt_assert_eq(panthor_vm_map(fd, args.id, (1ull << 30) - size, bo, 0, size, 0),
		      0);
	igt_assert_eq(panthor_vm_map(fd, args.id, 1ull << 30, bo, 0, size, 0), -EINVAL);
	igt_assert_eq(panthor_bo_close(fd, bo), 0);
	igt_assert_eq(panthor_vm_destroy(fd, args.id), 0);
}

static void test_destroy_invalid(int fd)
{
	struct drm_panthor_vm_destroy args = { .pad = 1 };
	uint32_t vm;

	igt_assert_eq(panthor_vm_destroy(fd, 0), -EINVAL);
	igt_assert_eq(panthor_vm_destroy(fd, 0xdeadbeef), -EINVAL);

	igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
	args.id = vm;
	igt_assert_eq(panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &args), -EINVAL);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
	igt_assert_eq(panthor_vm_destroy(fd, vm), -EINVAL);
}

static void test_get_state(int fd)
{
	uint32_t vm, state = ~0u;

	igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
	igt_assert_eq(panthor_vm_get_state(fd, vm, &state), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_VM_STATE_USABLE);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
	igt_assert_eq(panthor_vm_get_state(fd, vm, &state), -EINVAL);
	igt_assert_eq(panthor_vm_get_state(fd, 0, &state), -EINVAL);
}

/* The limit is per file, and destroying an address space makes room for another. */
static void test_limit(int fd)
{
	uint32_t vms[MAX_VMS], extra;
	int ret, other = panthor_open();

	igt_assert_lte(0, other);
	for (size_t i = 0; i < ARRAY_SIZE(vms); i++)
		igt_assert_eq(panthor_vm_create(other, 0, &vms[i]), 0);
	ret = panthor_vm_create(other, 0, &extra);
	igt_assert_eq(ret, -EBUSY);
	igt_assert_eq(panthor_vm_create(fd, 0, &extra), 0);
	igt_assert_eq(panthor_vm_destroy(fd, extra), 0);
	igt_assert_eq(panthor_vm_destroy(other, vms[MAX_VMS / 2]), 0);
	igt_assert_eq(panthor_vm_create(other, 0, &extra), 0);
	close(other);
}

static void test_other_file(int fd)
{
	int other = panthor_open();
	uint32_t vm, state;

	igt_assert_lte(0, other);
	igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
	igt_assert_eq(panthor_vm_get_state(other, vm, &state), -EINVAL);
	igt_assert_eq(panthor_vm_destroy(other, vm), -EINVAL);
	close(other);
	igt_assert_eq(panthor_vm_destroy(fd, vm), 0);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("Each address space has its own ID.");
	igt_subtest("create-destroy")
		test_create_destroy(fd);

	igt_describe("Unknown flags are rejected.");
	igt_subtest("create-invalid")
		test_create_invalid(fd);

	igt_describe("The user's part can be chosen up to a limit.");
	igt_subtest("range")
		test_range(fd);

	igt_describe("The default size of the user's part is in the expected range.");
	igt_subtest("default-range")
		test_default_range(fd);

	igt_describe("Mappings must stay inside the user's part.");
	igt_subtest("range-is-enforced")
		test_range_is_enforced(fd);

	igt_describe("Invalid arguments of VM_DESTROY are rejected.");
	igt_subtest("destroy-invalid")
		test_destroy_invalid(fd);

	igt_describe("A new address space is usable; unknown IDs are rejected.");
	igt_subtest("get-state")
		test_get_state(fd);

	igt_describe("The number of address spaces per file is limited.");
	igt_subtest("limit")
		test_limit(fd);

	igt_describe("IDs of one file are not valid in another.");
	igt_subtest("other-file")
		test_other_file(fd);

	igt_fixture()
		close(fd);
}
