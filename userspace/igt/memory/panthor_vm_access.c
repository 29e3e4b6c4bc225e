// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings as the GPU sees them: offsets, aliases, remapping, permissions, splitting
 * of blocks, and isolation between address spaces.
 */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test GPU accesses to mappings, page by page.");

#define PAGE	PANTHOR_PAGE_SIZE
#define BLOCK	PANTHOR_BLOCK_SIZE
#define VA	TEST_FREE_VA
#define RDONLY	DRM_PANTHOR_VM_BIND_OP_MAP_READONLY
#define NOEXEC	DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC

/* Check that a job faulted and killed its group, and create another group. */
static void expect_fault(struct test_gpu *gpu, int status)
{
	uint32_t state, queues;

	igt_assert_lt(status, 0);
	igt_assert_eq(panthor_group_get_state(gpu->fd, gpu->group, &state, &queues), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_eq(panthor_group_destroy(gpu->fd, gpu->group), 0);
	test_gpu_new_group(gpu, gpu->queues);
}

static uint32_t new_bo(struct test_gpu *gpu, uint64_t size)
{
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, gpu->vm, &bo), 0);
	return bo;
}

static void *cpu_map(struct test_gpu *gpu, uint32_t bo, uint64_t size)
{
	void *cpu;

	igt_assert_eq(panthor_bo_mmap(gpu->fd, bo, size, &cpu), 0);
	return cpu;
}

static void map(struct test_gpu *gpu, uint64_t va, uint32_t bo, uint64_t offset,
		uint64_t size, uint32_t flags)
{
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, va, bo, offset, size, flags), 0);
}

static void unmap(struct test_gpu *gpu, uint64_t va, uint64_t size)
{
	igt_assert_eq(panthor_vm_unmap(gpu->fd, gpu->vm, va, size), 0);
}

static void test_offset(void)
{
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, 4 * PAGE);
	cpu = cpu_map(&gpu, bo, 4 * PAGE);
	map(&gpu, VA, bo, 2 * PAGE, 2 * PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 4, 0x1111), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + PAGE + 4, 0x2222), 1);
	igt_assert_eq_u32(cpu[2 * PAGE / 4 + 1], 0x1111);
	igt_assert_eq_u32(cpu[3 * PAGE / 4 + 1], 0x2222);
	igt_assert_eq_u32(cpu[1], 0);
	test_gpu_close(&gpu);
}

static void test_alias(void)
{
	struct test_gpu gpu;
	uint32_t bo, value;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE);
	map(&gpu, VA, bo, 0, PAGE, 0);
	map(&gpu, VA + PAGE, bo, 0, PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 8, 0xa11a5), 1);
	igt_assert_eq(test_gpu_load(&gpu, VA + PAGE + 8, &value), 1);
	igt_assert_eq_u32(value, 0xa11a5);
	test_gpu_close(&gpu);
}

/* The GPU must not use a stale translation after a remap. */
static void test_remap(void)
{
	volatile uint32_t *cpu[2];
	struct test_gpu gpu;
	uint32_t bo[2];

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 2; i++) {
		bo[i] = new_bo(&gpu, PAGE);
		cpu[i] = cpu_map(&gpu, bo[i], PAGE);
	}
	for (uint32_t round = 1; round < 9; round++) {
		map(&gpu, VA, bo[round & 1], 0, PAGE, 0);
		igt_assert_eq(test_gpu_store(&gpu, VA, round), 1);
		igt_assert_eq_u32(*cpu[round & 1], round);
		igt_assert_eq_u32(*cpu[~round & 1], round - 1);
	}
	test_gpu_close(&gpu);
}

static void test_unmap(void)
{
	struct test_gpu gpu;
	uint32_t value;

	test_gpu_open(&gpu, 1);
	map(&gpu, VA, new_bo(&gpu, PAGE), 0, PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA, 1), 1);
	unmap(&gpu, VA, PAGE);
	expect_fault(&gpu, test_gpu_store(&gpu, VA, 2));
	expect_fault(&gpu, test_gpu_load(&gpu, VA, &value));
	/* The rest of the address space is not affected. */
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA + 64, 3), 1);
	igt_assert_eq_u32(test_read32(&gpu, 64), 3);
	test_gpu_close(&gpu);
}

static void test_read_only(void)
{
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	uint32_t bo, value;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE);
	cpu = cpu_map(&gpu, bo, PAGE);
	*cpu = 0x900d;
	map(&gpu, VA, bo, 0, PAGE, RDONLY);
	igt_assert_eq(test_gpu_load(&gpu, VA, &value), 1);
	igt_assert_eq_u32(value, 0x900d);
	expect_fault(&gpu, test_gpu_store(&gpu, VA, 0xbad));
	igt_assert_eq_u32(*cpu, 0x900d);
	map(&gpu, VA, bo, 0, PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA, 0xf1ee), 1);
	igt_assert_eq_u32(*cpu, 0xf1ee);
	test_gpu_close(&gpu);
}

/*
 * NOEXEC applies to shader code only; streams are read. The kernel maps rings the
 * same way.
 */
static void test_no_exec(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 0x5ead);
	test_job(&gpu, 0, &b, &job);
	map(&gpu, VA, gpu.code.handle, 0, gpu.code.size, RDONLY | NOEXEC);
	job.submit.stream_addr += VA - TEST_CODE_VA;
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x5ead);
	test_gpu_close(&gpu);
}

/* The highest and the lowest page of the user's part */
static void test_extremes(void)
{
	struct drm_panthor_vm_create vm = {};
	struct test_gpu gpu;
	volatile uint32_t *cpu;
	uint64_t top;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_VM_CREATE, &vm), 0);
	top = (vm.user_va_range & ~(PAGE - 1)) - PAGE;
	bo = new_bo(&gpu, 2 * PAGE);
	cpu = cpu_map(&gpu, bo, 2 * PAGE);
	map(&gpu, top, bo, 0, PAGE, 0);
	map(&gpu, 0, bo, PAGE, PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, top + PAGE - 4, 0x709), 1);
	igt_assert_eq(test_gpu_store(&gpu, 64, 0x10), 1);
	igt_assert_eq_u32(cpu[PAGE / 4 - 1], 0x709);
	igt_assert_eq_u32(cpu[PAGE / 4 + 16], 0x10);
	test_gpu_close(&gpu);
}

/* Address spaces do not see each other's mappings. */
static void test_isolation(void)
{
	struct test_gpu a, b;

	test_gpu_open(&a, 1);
	test_gpu_open(&b, 1);
	map(&a, VA, new_bo(&a, PAGE), 0, PAGE, 0);
	igt_assert_eq(test_gpu_store(&a, VA, 1), 1);
	igt_assert_eq(test_gpu_store(&a, TEST_DATA_VA, 0xaaaa), 1);
	igt_assert_eq(test_gpu_store(&b, TEST_DATA_VA, 0xbbbb), 1);
	igt_assert_eq_u32(test_read32(&a, 0), 0xaaaa);
	igt_assert_eq_u32(test_read32(&b, 0), 0xbbbb);
	expect_fault(&b, test_gpu_store(&b, VA, 1));
	igt_assert_eq(test_gpu_store(&a, VA, 2), 1);
	test_gpu_close(&a);
	test_gpu_close(&b);
}

/*
 * Map @size bytes at VA + @at, unmap @hole_size bytes at VA + @hole. The pages before
 * and after the hole must still work, with the same memory, and the last page of
 * the hole must be unmapped.
 */
struct split {
	const char *name;
	const char *what;
	uint64_t at, size;
	uint64_t hole, hole_size;
};

static const struct split splits[] = {
	{ "page-middle", "A hole in the middle of 4 KiB pages is unmapped.",
	  0, 4 * PAGE, PAGE, 2 * PAGE },
	{ "hugepage-single", "One block is unmapped as a whole.",
	  0, BLOCK, 0, BLOCK },
	{ "hugepage-single-partial", "Half of a block is unmapped.",
	  0, BLOCK, BLOCK / 2, BLOCK / 2 },
	{ "hugepage-multiple", "Several blocks are unmapped at once.",
	  0, 3 * BLOCK, 0, 3 * BLOCK },
	{ "hugepage-middle-block", "The middle one of three blocks is unmapped.",
	  0, 3 * BLOCK, BLOCK, BLOCK },
	{ "hugepage-offset", "A hole across the border of two blocks is unmapped.",
	  0, 2 * BLOCK, BLOCK - PAGE, 2 * PAGE },
	{ "hugepage-leftaligned", "The first page of a block is unmapped.",
	  0, BLOCK, 0, PAGE },
	{ "hugepage-rightaligned", "The last page of a block is unmapped.",
	  0, BLOCK, BLOCK - PAGE, PAGE },
	{ "hugepage-subset", "A page in the middle of a block is unmapped.",
	  0, BLOCK, 5 * PAGE, PAGE },
	{ "hugepage-superset", "A range larger than the mapping is unmapped.",
	  BLOCK, BLOCK, 0, 3 * BLOCK },
	{ "hugepage-unaligned", "A part of a mapping that is not aligned to blocks is unmapped.",
	  PAGE, 2 * BLOCK, BLOCK - PAGE, BLOCK },
};

static bool is_mapped(const struct split *s, uint64_t at)
{
	return at >= s->at && at < s->at + s->size &&
	       !(at >= s->hole && at < s->hole + s->hole_size);
}

static void check_page(struct test_gpu *gpu, const struct split *s,
		       volatile uint32_t *cpu, uint64_t at)
{
	uint32_t value;

	if (!is_mapped(s, at)) {
		expect_fault(gpu, test_gpu_store(gpu, VA + at, 0xbad));
		return;
	}
	cpu[(at - s->at) / 4] = at / PAGE;
	igt_assert_eq(test_gpu_load(gpu, VA + at, &value), 1);
	igt_assert_eq_u32(value, at / PAGE);
	igt_assert_eq(test_gpu_store(gpu, VA + at, at / PAGE + 1), 1);
	igt_assert_eq_u32(cpu[(at - s->at) / 4], at / PAGE + 1);
}

static void test_split(const struct split *s)
{
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, s->size);
	cpu = cpu_map(&gpu, bo, s->size);
	map(&gpu, VA + s->at, bo, 0, s->size, 0);
	/* Fill the TLB, so that a missing flush is noticed. */
	igt_assert_eq(test_gpu_store(&gpu, VA + s->at, 1), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + s->at + s->size - PAGE, 1), 1);
	unmap(&gpu, VA + s->hole, s->hole_size);

	check_page(&gpu, s, cpu, s->at);
	check_page(&gpu, s, cpu, s->at + s->size - PAGE);
	if (s->hole > s->at)
		check_page(&gpu, s, cpu, s->hole - PAGE);
	if (s->hole + s->hole_size < s->at + s->size)
		check_page(&gpu, s, cpu, s->hole + s->hole_size);
	check_page(&gpu, s, cpu, s->hole + s->hole_size - PAGE);
	test_gpu_close(&gpu);
}

/* Unmap a block page by page until nothing is left. */
static void test_split_successive(void)
{
	static const struct split whole = { .size = BLOCK };
	volatile uint32_t *cpu;
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, BLOCK);
	cpu = cpu_map(&gpu, bo, BLOCK);
	map(&gpu, VA, bo, 0, BLOCK, 0);
	for (uint64_t at = 0; at < BLOCK; at += PAGE) {
		if (at % (64 * PAGE) == 0)
			check_page(&gpu, &whole, cpu, at);
		unmap(&gpu, VA + at, PAGE);
	}
	expect_fault(&gpu, test_gpu_store(&gpu, VA, 1));
	expect_fault(&gpu, test_gpu_store(&gpu, VA + BLOCK - PAGE, 1));
	test_gpu_close(&gpu);
}

/* Mapping over a part of an existing mapping replaces that part only. */
static void test_map_over(void)
{
	volatile uint32_t *old, *new;
	struct test_gpu gpu;
	uint32_t a, b;

	test_gpu_open(&gpu, 1);
	a = new_bo(&gpu, BLOCK);
	b = new_bo(&gpu, PAGE);
	old = cpu_map(&gpu, a, BLOCK);
	new = cpu_map(&gpu, b, PAGE);
	map(&gpu, VA, a, 0, BLOCK, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 7 * PAGE, 1), 1);
	map(&gpu, VA + 7 * PAGE, b, 0, PAGE, 0);
	igt_assert_eq(test_gpu_store(&gpu, VA + 6 * PAGE, 2), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + 7 * PAGE, 3), 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + 8 * PAGE, 4), 1);
	igt_assert_eq_u32(old[6 * PAGE / 4], 2);
	igt_assert_eq_u32(old[7 * PAGE / 4], 1);
	igt_assert_eq_u32(*new, 3);
	igt_assert_eq_u32(old[8 * PAGE / 4], 4);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A part of an object can be mapped.");
	igt_subtest("offset")
		test_offset();

	igt_describe("An object can be mapped twice.");
	igt_subtest("alias")
		test_alias();

	igt_describe("A new mapping takes effect before the call returns.");
	igt_subtest("remap")
		test_remap();

	igt_describe("An access to an unmapped page faults; other pages are not affected.");
	igt_subtest("unmap")
		test_unmap();

	igt_describe("The GPU can read but not write a read-only mapping.");
	igt_subtest("read-only")
		test_read_only();

	igt_describe("Streams run from read-only mappings that are not executable.");
	igt_subtest("no-exec")
		test_no_exec();

	igt_describe("The first and the last page of the user's part can be mapped.");
	igt_subtest("extremes")
		test_extremes();

	igt_describe("Address spaces are isolated from each other.");
	igt_subtest("isolation")
		test_isolation();

	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		igt_describe(splits[i].what);
		igt_subtest_f("unmap-%s", splits[i].name)
			test_split(&splits[i]);
	}

	igt_describe("The pages of a block can be unmapped one by one.");
	igt_subtest("unmap-hugepage-successive")
		test_split_successive();

	igt_describe("Mapping over a part of a block replaces that part.");
	igt_subtest("map-over-hugepage")
		test_map_over();
}
