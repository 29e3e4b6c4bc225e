// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings of single pages of the GPU. A page of the CPU may hold several of them, and
 * the last one of a buffer may be full only in part.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_gems.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test mappings of parts of the CPU's pages.");

#define PAGE	PANTHOR_PAGE_SIZE
#define WORDS	(PAGE / sizeof(uint32_t))
#define VA	TEST_FREE_VA
#define NOEXEC	DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC
/* Pages of a buffer: no multiple of a CPU page's number, unless that is 1 */
#define COUNT	13u

/*
 * @handle: handle of the buffer
 * @size: its size, at least COUNT pages
 * @cpu: its mapping for the CPU
 */
struct buffer {
	uint32_t handle;
	uint64_t size;
	volatile uint32_t *cpu;
};

static void open_buffer(struct test_gpu *gpu, struct buffer *buf)
{
	void *cpu;

	buf->size = COUNT * PAGE;
	igt_assert_eq(panthor_bo_create(gpu->fd, &buf->size, 0, gpu->vm, &buf->handle), 0);
	igt_assert_eq(panthor_bo_mmap(gpu->fd, buf->handle, buf->size, &cpu), 0);
	buf->cpu = cpu;
}

static void close_buffer(struct test_gpu *gpu, struct buffer *buf)
{
	munmap((void *)buf->cpu, buf->size);
	igt_assert_eq(panthor_bo_close(gpu->fd, buf->handle), 0);
}

static void map_pages(struct test_gpu *gpu, struct buffer *buf, uint64_t va,
		      unsigned int first, unsigned int count)
{
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, va, buf->handle, first * PAGE,
				     count * PAGE, NOEXEC), 0);
}

/* Word of page @page that a test with the number @round uses: another for each page */
static unsigned int word_of(unsigned int page, unsigned int round)
{
	return page * WORDS + (37 * page + 101 * round) % WORDS;
}

static uint32_t value_of(unsigned int page, unsigned int round)
{
	return round << 16 | (page + 1);
}

/* Check that @buf has what rounds 1 to @rounds have stored to each page, and no more. */
static void expect_words(struct buffer *buf, unsigned int rounds)
{
	unsigned int total = 0;

	for (unsigned int round = 1; round <= rounds; round++) {
		for (unsigned int page = 0; page < COUNT; page++)
			igt_assert_eq_u32(buf->cpu[word_of(page, round)],
					  value_of(page, round));
	}
	for (size_t i = 0; i < buf->size / sizeof(uint32_t); i++)
		total += buf->cpu[i] != 0;
	igt_assert_eq_u32(total, rounds * COUNT);
}

/* Address of page @page when two buffers alternate and both are in reverse order */
static uint64_t turned_va(unsigned int page, unsigned int which)
{
	return VA + (2 * (COUNT - 1 - page) + which) * PAGE;
}

static void store_turned(struct test_gpu *gpu, unsigned int round)
{
	struct csb b;

	csb_init(&b);
	for (unsigned int page = 0; page < COUNT; page++) {
		for (unsigned int which = 0; which < 2; which++)
			test_emit_store(&b, turned_va(page, which) +
					word_of(page, round) % WORDS * sizeof(uint32_t),
					value_of(page, round));
	}
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

/* Pages of two buffers alternate: each store reaches its page, and no other one. */
static void test_turned(bool evict)
{
	struct buffer bufs[2];
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (unsigned int which = 0; which < 2; which++) {
		open_buffer(&gpu, &bufs[which]);
		for (unsigned int page = 0; page < COUNT; page++)
			map_pages(&gpu, &bufs[which], turned_va(page, which), page, 1);
	}
	for (unsigned int round = 1; round <= 2; round++) {
		store_turned(&gpu, round);
		for (unsigned int which = 0; which < 2; which++) {
			expect_words(&bufs[which], round);
			if (evict)
				test_evict(gpu.fd, bufs[which].handle);
		}
	}
	for (unsigned int which = 0; which < 2; which++) {
		expect_words(&bufs[which], 2);
		close_buffer(&gpu, &bufs[which]);
	}
	test_gpu_close(&gpu);
}

/* Unmap single pages: the pages beside them stay what they were. */
static void test_cut(void)
{
	static const unsigned int cut[] = { 1, 6, 7, COUNT - 1 };
	struct test_gpu gpu;
	struct buffer buf;

	test_gpu_open(&gpu, 1);
	open_buffer(&gpu, &buf);
	map_pages(&gpu, &buf, VA + PAGE, 0, COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(cut); i++)
		igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, VA + PAGE + cut[i] * PAGE,
					       PAGE), 0);
	for (unsigned int page = 0, at = 0; page < COUNT; page++) {
		uint64_t va = VA + PAGE + page * PAGE;

		if (page == cut[at]) {
			at++;
			igt_assert_lt(test_gpu_store(&gpu, va, page + 1), 0);
			igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
			test_gpu_new_group(&gpu, 1);
			igt_assert_eq_u32(buf.cpu[page * WORDS], 0);
		} else {
			igt_assert_eq(test_gpu_store(&gpu, va, page + 1), 1);
			igt_assert_eq_u32(buf.cpu[page * WORDS], page + 1);
		}
	}
	close_buffer(&gpu, &buf);
	test_gpu_close(&gpu);
}

/* A buffer can be mapped up to its last page, whatever its size was rounded up to. */
static void test_end(void)
{
	struct test_gpu gpu;
	struct buffer buf;
	uint64_t last;

	test_gpu_open(&gpu, 1);
	open_buffer(&gpu, &buf);
	igt_assert_eq_u64(buf.size % getpagesize(), 0);
	igt_assert_lt_u64(buf.size - COUNT * PAGE, getpagesize());
	last = buf.size / PAGE - 1;
	map_pages(&gpu, &buf, VA, last, 1);
	igt_assert_eq(test_gpu_store(&gpu, VA + PAGE - sizeof(uint32_t), 0xe4d), 1);
	igt_assert_eq_u32(buf.cpu[buf.size / sizeof(uint32_t) - 1], 0xe4d);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA, buf.handle, last * PAGE,
				     2 * PAGE, NOEXEC), -EINVAL);
	igt_assert_lt(test_gpu_store(&gpu, VA + PAGE, 1), 0);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	test_gpu_new_group(&gpu, 1);
	close_buffer(&gpu, &buf);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Single pages of two buffers, in another order.");
	igt_subtest("turned")
		test_turned(false);
	igt_describe("The same with evictions in between.");
	igt_subtest("evict")
		test_turned(true);
	igt_describe("Unmap single pages of a mapping.");
	igt_subtest("cut")
		test_cut();
	igt_describe("The end of a buffer of an odd size.");
	igt_subtest("end")
		test_end();
}
