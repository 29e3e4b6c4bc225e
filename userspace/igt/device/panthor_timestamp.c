// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Queries that were added after version 1.0 of the uAPI: TIMESTAMP_INFO in all of
 * its versions, GROUP_PRIORITIES_INFO and MMU_INFO.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test the queries added after version 1.0: clocks, priorities, MMU.");

#define T(flag)	DRM_PANTHOR_TIMESTAMP_ ## flag
/* Size of the structure in version 1.1 */
#define OLD_SIZE offsetof(struct drm_panthor_timestamp_info, flags)

static int query(int fd, uint32_t flags, struct drm_panthor_timestamp_info *info)
{
	memset(info, 0, sizeof(*info));
	info->flags = flags;
	return panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, info,
			     sizeof(*info));
}

static uint64_t cpu_ns(const struct drm_panthor_timestamp_info *info)
{
	return info->cpu_timestamp_sec * PANTHOR_SECOND + info->cpu_timestamp_nsec;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * PANTHOR_SECOND + now.tv_nsec;
}

static void test_version(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	igt_assert(version);
	igt_assert_eq(version->version_major, 1);
	igt_assert_eq(version->version_minor, 9);
	drmFreeVersion(version);
}

static void test_default(int fd)
{
	struct drm_panthor_timestamp_info first, second;

	igt_assert_eq(query(fd, 0, &first), 0);
	igt_assert_eq(query(fd, 0, &second), 0);
	igt_assert_lt_u64(0, first.timestamp_frequency);
	igt_assert_lt_u64(first.current_timestamp, second.current_timestamp);
	igt_assert_eq_u64(first.timestamp_offset, second.timestamp_offset);
	igt_assert_eq_u64(first.cycle_count, 0);
	igt_assert_eq_u64(cpu_ns(&first), 0);
	igt_assert_eq_u32(first.duration_nsec, 0);
}

/* Structures of version 1.1 are filled in, and nothing after them is written. */
static void test_old(int fd)
{
	struct {
		struct drm_panthor_timestamp_info info;
		unsigned char guard[16];
	} old;

	for (size_t size = OLD_SIZE - 8; size <= OLD_SIZE; size += 8) {
		unsigned char *raw = (unsigned char *)&old;

		/* The input is ignored, so it may be anything. */
		memset(&old, 0xa5, sizeof(old));
		igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
					    &old, size), 0);
		igt_assert_lt_u64(0, old.info.timestamp_frequency);
		for (size_t i = size; i < sizeof(old); i++)
			igt_assert_eq(raw[i], 0xa5);
	}
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &old,
				    15), -EINVAL);
}

static void test_flags(int fd)
{
	struct drm_panthor_timestamp_info info;

	igt_assert_eq(query(fd, T(GPU), &info), 0);
	igt_assert_lt_u64(0, info.current_timestamp);
	igt_assert_eq_u64(info.timestamp_frequency, 0);
	igt_assert_eq(query(fd, T(FREQ), &info), 0);
	igt_assert_lt_u64(0, info.timestamp_frequency);
	igt_assert_eq_u64(info.current_timestamp, 0);
	igt_assert_eq(query(fd, T(GPU_CYCLE_COUNT), &info), 0);
	igt_assert_lt_u64(0, info.cycle_count);
	igt_assert_eq_u64(info.current_timestamp, 0);
	igt_assert_eq(query(fd, T(GPU_OFFSET), &info), 0);
	igt_assert_eq_u64(info.current_timestamp, 0);
	igt_assert_eq(query(fd, T(GPU) | T(CPU_MONOTONIC) | T(DURATION), &info), 0);
	igt_assert_lt_u64(0, info.duration_nsec);
	igt_assert_lt_u64(info.duration_nsec, PANTHOR_SECOND);
	igt_assert_eq_u32(info.flags, T(GPU) | T(CPU_MONOTONIC) | T(DURATION));
}

/* The CPU timestamps are those of clock_gettime(). */
static void test_cpu(int fd)
{
	static const struct {
		uint32_t flag;
		clockid_t clock;
	} clocks[] = {
		{ T(CPU_MONOTONIC), CLOCK_MONOTONIC },
		{ T(CPU_MONOTONIC_RAW), CLOCK_MONOTONIC_RAW },
	};
	struct drm_panthor_timestamp_info info;
	uint64_t before, after;

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		before = clock_ns(clocks[i].clock);
		igt_assert_eq(query(fd, clocks[i].flag | T(GPU), &info), 0);
		after = clock_ns(clocks[i].clock);
		igt_assert_lte_u64(before, cpu_ns(&info));
		igt_assert_lte_u64(cpu_ns(&info), after);
		igt_assert_lt_u64(info.cpu_timestamp_nsec, PANTHOR_SECOND);
	}
}

/*
 * Both clocks advance at the same rate, given the reported frequency, apart from
 * the time that it took to read them.
 */
static void test_rate(int fd)
{
	const uint32_t flags = T(GPU) | T(FREQ) | T(CPU_MONOTONIC_RAW) | T(DURATION);
	struct drm_panthor_timestamp_info a, b;
	uint64_t cpu, gpu, slack;

	igt_assert_eq(query(fd, flags, &a), 0);
	usleep(100 * 1000);
	igt_assert_eq(query(fd, flags, &b), 0);
	cpu = cpu_ns(&b) - cpu_ns(&a);
	gpu = (b.current_timestamp - a.current_timestamp) *
	      (PANTHOR_SECOND / a.timestamp_frequency);
	slack = cpu / 100 + a.duration_nsec + b.duration_nsec;
	igt_assert_lte_u64(cpu, gpu + slack);
	igt_assert_lte_u64(gpu, cpu + slack);
}

/* STORE_STATE stores the time of the same counter. */
static void test_stream(void)
{
	struct drm_panthor_timestamp_info before, after;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA);
	csb_store_state(&b, TEST_REG_ADDR, 0, CSF_STATE_TIMESTAMP);
	csb_flush(&b, TEST_REG_VALUE);
	igt_assert_eq(query(gpu.fd, T(GPU), &before), 0);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq(query(gpu.fd, T(GPU), &after), 0);
	igt_assert_lt_u64(before.current_timestamp, test_read64(&gpu, 0));
	igt_assert_lt_u64(test_read64(&gpu, 0), after.current_timestamp);
	test_gpu_close(&gpu);
}

static void test_invalid(int fd)
{
	struct {
		struct drm_panthor_timestamp_info info;
		uint64_t more;
	} large = {};
	struct drm_panthor_timestamp_info info;

	for (int bit = 8; bit < 32; bit++)
		igt_assert_eq(query(fd, 1u << bit, &info), -EINVAL);
	for (uint32_t type = 3; type < 8; type++)
		igt_assert_eq(query(fd, T(GPU) | type << 1, &info), -EINVAL);

	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &large,
				    sizeof(large)), 0);
	large.info.flags = 0;
	large.more = 1;
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &large,
				    sizeof(large)), -E2BIG);
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
				    (void *)8, sizeof(info)), -EFAULT);
}

static void test_priorities(int fd)
{
	struct drm_panthor_group_priorities_info info;
	const uint32_t type = DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO;

	memset(&info, 0xa5, sizeof(info));
	igt_assert_eq(panthor_query(fd, type, &info, sizeof(info)), 0);
	igt_assert_eq_u32(info.allowed_mask, 0xf);
	igt_assert_eq(info.pad[0] | info.pad[1] | info.pad[2], 0);
	igt_assert_eq(panthor_query(fd, type, &info, sizeof(info) - 1), -EINVAL);

	igt_fork(child, 1) {
		igt_drop_root();
		igt_assert_eq(panthor_query(fd, type, &info, sizeof(info)), 0);
		igt_assert_eq_u32(info.allowed_mask, 0x3);
	}
	igt_waitchildren();
}

static void test_mmu(int fd)
{
	struct drm_panthor_mmu_info info = {};
	const uint32_t type = DRM_PANTHOR_DEV_QUERY_MMU_INFO;

	igt_assert_eq(panthor_query(fd, type, &info, sizeof(info)), 0);
	igt_assert_eq_u64(info.page_size_bitmap, PANTHOR_PAGE_SIZE | PANTHOR_BLOCK_SIZE);
	igt_assert_eq(panthor_query(fd, type, &info, sizeof(info) - 1), -EINVAL);
}

int igt_main()
{
	int fd = -1;

	igt_fixture() {
		fd = panthor_open();
		igt_require_f(fd >= 0, "no panthor device\n");
	}

	igt_describe("The driver reports version 1.9.");
	igt_subtest("version")
		test_version(fd);

	igt_describe("Without flags the query returns what version 1.1 did.");
	igt_subtest("default")
		test_default(fd);

	igt_describe("Structures of version 1.1 are supported.");
	igt_subtest("old")
		test_old(fd);

	igt_describe("Only the requested values are returned.");
	igt_subtest("flags")
		test_flags(fd);

	igt_describe("CPU timestamps match clock_gettime().");
	igt_subtest("cpu")
		test_cpu(fd);

	igt_describe("The GPU clock runs at the reported frequency.");
	igt_subtest("rate")
		test_rate(fd);

	igt_describe("Command streams read the same clock.");
	igt_subtest("stream")
		test_stream();

	igt_describe("Unknown flags and invalid sizes are rejected.");
	igt_subtest("invalid")
		test_invalid(fd);

	igt_describe("The allowed priorities depend on privileges.");
	igt_subtest("priorities")
		test_priorities(fd);

	igt_describe("The MMU's page sizes are returned.");
	igt_subtest("mmu")
		test_mmu(fd);

	igt_fixture()
		close(fd);
}
