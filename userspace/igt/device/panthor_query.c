// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Identification of the driver and DEV_QUERY: version, bus, capabilities, and the
 * GPU and CSIF information with structures of other uAPI versions.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test what the driver reports about itself and the GPU.");

#define POISON	0xa5

static int query(int fd, uint32_t type, uint64_t pointer, uint32_t size)
{
	struct drm_panthor_dev_query args = {
		.type = type,
		.size = size,
		.pointer = pointer,
	};

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_DEV_QUERY, &args);
}

static void test_version(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	igt_assert(version);
	igt_assert(!strcmp(version->name, "panthor"));
	igt_assert_eq(version->version_major, 1);
	drmFreeVersion(version);
}

/* Mesa requires a platform device with a render node. */
static void test_bus(int fd)
{
	drmDevicePtr device;

	igt_assert_eq(drmGetDevice2(fd, 0, &device), 0);
	igt_assert_eq(device->bustype, DRM_BUS_PLATFORM);
	igt_assert(device->available_nodes & (1 << DRM_NODE_RENDER));
	drmFreeDevice(&device);
}

static void test_syncobj_caps(int fd)
{
	uint64_t value;

	igt_assert_eq(drmGetCap(fd, DRM_CAP_SYNCOBJ, &value), 0);
	igt_assert_eq_u64(value, 1);
	igt_assert_eq(drmGetCap(fd, DRM_CAP_SYNCOBJ_TIMELINE, &value), 0);
	igt_assert_eq_u64(value, 1);
}

static uint32_t query_size(int fd, uint32_t type)
{
	struct drm_panthor_dev_query args = { .type = type };

	igt_assert_eq(panthor_ioctl(fd, DRM_IOCTL_PANTHOR_DEV_QUERY, &args), 0);
	return args.size;
}

static void test_size(int fd)
{
	igt_assert_lte(sizeof(struct drm_panthor_gpu_info),
		       query_size(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO));
	igt_assert_lte(sizeof(struct drm_panthor_csif_info),
		       query_size(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO));
}

/* Room for more than a page cannot be meant. */
static void test_too_long(int fd)
{
	static unsigned char info[4096 + 1];
	const uint32_t types[] = {
		DRM_PANTHOR_DEV_QUERY_GPU_INFO,
		DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
		DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
		DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO,
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		memset(info, 0, sizeof(info));
		igt_assert_eq(query(fd, types[i], (uintptr_t)info, 4096), 0);
		igt_assert_eq(query(fd, types[i], (uintptr_t)info, 4097), -E2BIG);
		igt_assert_eq(query(fd, types[i], (uintptr_t)info, UINT32_MAX), -E2BIG);
	}
}

static void test_gpu_info(int fd)
{
	struct drm_panthor_gpu_info gpu;
	uint32_t va_bits;

	memset(&gpu, POISON, sizeof(gpu));
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu,
				    sizeof(gpu)), 0);
	/* The first CSF architecture is 10. */
	igt_assert_lte(10, DRM_PANTHOR_ARCH_MAJOR(gpu.gpu_id));
	va_bits = DRM_PANTHOR_MMU_VA_BITS(gpu.mmu_features);
	igt_assert_lte(32, va_bits);
	igt_assert_lte(va_bits, 48);

	igt_assert_neq_u64(gpu.shader_present, 0);
	igt_assert_neq_u64(gpu.l2_present, 0);
	igt_assert_neq_u64(gpu.tiler_present, 0);
	/* One address space for the firmware and at least one for user space */
	igt_assert_lte(2, __builtin_popcount(gpu.as_present));

	/* Mesa uses these as divisors. */
	igt_assert_lt(0, gpu.max_threads);
	igt_assert_lt(0, gpu.thread_max_workgroup_size);
	igt_assert_lt(0, gpu.thread_max_barrier_size);
	igt_assert_neq_u32(gpu.thread_features >> 24, 0);
	igt_assert_neq_u32(gpu.thread_features & 0x3fffff, 0);
	igt_assert_eq_u32(gpu.selected_coherency, DRM_PANTHOR_GPU_COHERENCY_ACE_LITE);
	igt_assert_eq_u32(gpu.pad, 0);
}

static void test_csif_info(int fd)
{
	struct drm_panthor_csif_info csif;
	struct drm_panthor_gpu_info gpu;

	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu, sizeof(gpu)), 0);
	memset(&csif, POISON, sizeof(csif));
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	igt_assert_lte(2, csif.csg_slot_count);
	igt_assert_lte(csif.csg_slot_count, 31);
	igt_assert_lte(8, csif.cs_slot_count);
	igt_assert_lte(csif.cs_slot_count, 32);
	igt_assert_eq_u32(csif.cs_reg_count, DRM_PANTHOR_ARCH_MAJOR(gpu.gpu_id) < 12 ?
			  CSF_CS_REG_COUNT : CSF_CS_REG_COUNT_MAX);
	igt_assert_eq_u32(csif.scoreboard_slot_count, CSF_CS_SCOREBOARD_COUNT);
	igt_assert_eq_u32(csif.unpreserved_cs_reg_count,
			  CSF_CS_UNPRESERVED_REG_COUNT);
	igt_assert_eq_u32(csif.pad, 0);
}

/* The structure of an older program is shorter: only that part is written. */
static void test_short(int fd)
{
	const size_t size = offsetof(struct drm_panthor_gpu_info, core_features);
	struct drm_panthor_gpu_info part, whole;
	unsigned char *tail = (unsigned char *)&part + size;

	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &whole,
				    sizeof(whole)), 0);
	memset(&part, POISON, sizeof(part));
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &part,
				    size), 0);
	igt_assert(!memcmp(&part, &whole, size));
	for (size_t i = 0; i < sizeof(part) - size; i++)
		igt_assert_eq(tail[i], POISON);
}

/* The structure of a newer program is longer: the rest is zeroed. */
static void test_long(int fd)
{
	uint32_t known = query_size(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO);
	unsigned char info[512];

	igt_assert_lt(known, sizeof(info));
	memset(info, POISON, sizeof(info));
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, info,
				    sizeof(info)), 0);
	for (size_t i = known; i < sizeof(info); i++)
		igt_assert_eq(info[i], 0);
}

static void test_too_short(int fd)
{
	unsigned char info[512];
	uint32_t type, min;

	type = DRM_PANTHOR_DEV_QUERY_GPU_INFO;
	min = offsetof(struct drm_panthor_gpu_info, core_features);
	memset(info, POISON, sizeof(info));
	igt_assert_eq(panthor_query(fd, type, info, 0), -EINVAL);
	igt_assert_eq(panthor_query(fd, type, info, min - 1), -EINVAL);
	igt_assert_eq(info[0], POISON);

	type = DRM_PANTHOR_DEV_QUERY_CSIF_INFO;
	min = sizeof(struct drm_panthor_csif_info);
	igt_assert_eq(panthor_query(fd, type, info, min - 1), -EINVAL);
	igt_assert_eq(info[0], POISON);
}

static void test_invalid(int fd)
{
	unsigned char info[512];

	igt_assert_eq(query(fd, 0xdead, 0, 0), -EINVAL);
	igt_assert_eq(query(fd, 0xdead, (uintptr_t)info, sizeof(info)), -EINVAL);
	igt_assert_eq(query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, 1ull << 63,
			    sizeof(struct drm_panthor_gpu_info)), -EFAULT);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("The DRM driver is named panthor and has major version 1.");
	igt_subtest("version")
		test_version(fd);

	igt_describe("libdrm finds the device on the platform bus, with a render node.");
	igt_subtest("bus")
		test_bus(fd);

	igt_describe("Binary and timeline syncobjs are supported.");
	igt_subtest("syncobj-caps")
		test_syncobj_caps(fd);

	igt_describe("A query without a buffer returns the size of the answer.");
	igt_subtest("size")
		test_size(fd);

	igt_describe("GPU_INFO is consistent.");
	igt_subtest("gpu-info")
		test_gpu_info(fd);

	igt_describe("CSIF_INFO is consistent.");
	igt_subtest("csif-info")
		test_csif_info(fd);

	igt_describe("A structure of an older uAPI is filled in up to its size.");
	igt_subtest("short")
		test_short(fd);

	igt_describe("A structure of a newer uAPI is padded with zeroes.");
	igt_subtest("long")
		test_long(fd);

	igt_describe("A structure shorter than that of the first uAPI is rejected.");
	igt_subtest("too-short")
		test_too_short(fd);

	igt_describe("A structure longer than 4096 bytes is rejected.");
	igt_subtest("too-long")
		test_too_long(fd);

	igt_describe("Unknown types and invalid pointers are rejected.");
	igt_subtest("invalid")
		test_invalid(fd);

	igt_fixture()
		close(fd);
}
