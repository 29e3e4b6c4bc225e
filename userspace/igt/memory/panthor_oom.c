// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory pressure: idle buffers are reclaimed if there is swap, and jobs keep
 * running and complete while another process consumes all memory.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_memory.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Run jobs under memory pressure and out of memory.");

#define CONTEXTS	6
#define SIZE		(8 * PANTHOR_BLOCK_SIZE)
#define VA		TEST_FREE_VA
#define PAGE		PANTHOR_PAGE_SIZE
#define HOG_STEP	(16ul << 20)
/* What the process that consumes all memory takes page by page */
#define HOG_LAST	(256ul << 20)

struct context {
	struct test_gpu gpu;
	struct panthor_buf buf;
	uint32_t jobs;
};

/*
 * With compressed memory to swap to, if the kernel supports it, buffers are
 * evicted; without swap, eviction gains nothing and must not happen.
 */
static bool swap;
static struct context contexts[CONTEXTS];

static long long evicted_pages(void)
{
	char path[256], text[256];
	long long n;
	int found;
	long pages;

	test_debugfs_path("reclaim", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	found = sscanf(text, "pages: %ld evicted: %lld", &pages, &n);
	igt_assert_eq(found, 2);
	return n;
}

static long long swapped_out(void)
{
	static char text[32768];
	char *line;

	test_read_file("/proc/vmstat", text, sizeof(text));
	line = strstr(text, "\npswpout ");
	return line ? atoll(line + 9) : 0;
}

static uint32_t word(unsigned int c, uint64_t offset)
{
	return (c + 1) * 0x1000001 + offset;
}

static void open_contexts(void)
{
	for (unsigned int c = 0; c < CONTEXTS; c++) {
		struct context *context = &contexts[c];
		volatile uint32_t *words;

		context->jobs = 0;
		test_gpu_open(&context->gpu, 1);
		igt_assert_eq(panthor_buf_create(context->gpu.fd, context->gpu.vm, VA, SIZE,
						 0, &context->buf), 0);
		words = context->buf.cpu;
		for (uint64_t i = 0; i < SIZE; i += PAGE)
			words[i / 4 + 1] = word(c, i);
	}
}

static void close_contexts(void)
{
	for (unsigned int c = 0; c < CONTEXTS; c++) {
		panthor_buf_destroy(contexts[c].gpu.fd, contexts[c].gpu.vm, &contexts[c].buf);
		test_gpu_close(&contexts[c].gpu);
	}
}

/* Run a job that reads a page of the buffer, and check what it read. */
static void run_job(unsigned int c)
{
	struct context *context = &contexts[c];
	uint64_t offset = context->jobs++ * 37 % (SIZE / PAGE) * PAGE;
	struct csb b;

	context->gpu.code_used = 0;
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, VA + offset + 4);
	csb_move48(&b, TEST_REG_ADDR2, TEST_DATA_VA);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 0);
	csb_flush(&b, TEST_REG_VALUE);
	igt_assert_eq(test_run(&context->gpu, 0, &b), 1);
	igt_assert_eq_u32(test_read32(&context->gpu, 0), word(c, offset));
}

static void check_contexts(void)
{
	for (unsigned int c = 0; c < CONTEXTS; c++) {
		volatile uint32_t *words = contexts[c].buf.cpu;

		run_job(c);
		for (uint64_t i = 0; i < SIZE; i += PAGE)
			igt_assert_eq_u32(words[i / 4 + 1], word(c, i));
	}
}

/*
 * Most of the memory, in large pages: a debug kernel takes a minute for as many small ones.
 * Locked, since the test is about what else can be reclaimed.
 */
static void take_most(void)
{
	size_t size = test_meminfo("MemAvailable");
	char *memory;

	if (size <= HOG_LAST)
		return;
	size = (size - HOG_LAST) / HOG_STEP * HOG_STEP;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		_exit(2);
	madvise(memory, size, MADV_HUGEPAGE);
	if (mlock(memory, size))
		_exit(3);
}

/* Start a process that allocates memory until the OOM killer, which prefers it, kills it. */
static pid_t start_hog(void)
{
	static long noise[8192];
	pid_t pid = fork();
	char *memory;

	igt_assert_lte(0, pid);
	if (pid)
		return pid;
	if (test_try_write_file("/proc/self/oom_score_adj", "1000") ||
	    mlockall(MCL_CURRENT))
		_exit(1);
	/* Data that does not compress well */
	for (unsigned int i = 0; i < ARRAY_SIZE(noise); i++)
		noise[i] = random() * random();
	take_most();
	for (;;) {
		memory = mmap(NULL, HOG_STEP, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			_exit(2);
		for (unsigned long i = 0; i < HOG_STEP; i += sizeof(noise))
			memcpy(memory + i, noise, sizeof(noise));
	}
}

static void test_drop_caches(void)
{
	long long before;

	open_contexts();
	run_job(0);
	before = evicted_pages();
	test_write_file("/proc/sys/vm/drop_caches", "2\n");
	if (swap)
		igt_assert_lt_u64(before, evicted_pages());
	else
		igt_assert_eq_u64(before, evicted_pages());
	check_contexts();
	close_contexts();
}

static void test_out_of_memory(void)
{
	long long before = evicted_pages(), out = swapped_out();
	unsigned int jobs = 0;
	int status;
	pid_t hog;

	open_contexts();
	/* Lock the program in memory, so that it is not paged in again and again. */
	igt_assert_eq(mlockall(MCL_CURRENT), 0);
	hog = start_hog();
	while (!waitpid(hog, &status, WNOHANG))
		run_job(jobs++ % 2);
	igt_info("%u jobs, %lld pages evicted, %lld swapped\n", jobs, evicted_pages() - before,
		 swapped_out() - out);
	igt_assert(WIFSIGNALED(status));
	igt_assert_eq(WTERMSIG(status), SIGKILL);
	igt_assert_lt(0, jobs);
	if (swap) {
		igt_assert_lt_u64(before, evicted_pages());
		igt_assert_lt_u64(out, swapped_out());
	}
	check_contexts();
	close_contexts();
	igt_assert_eq(munlockall(), 0);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		swap = test_swap_on();
	}

	igt_describe("Dropping caches evicts idle buffers if there is swap; jobs restore them.");
	igt_subtest("drop-caches")
		test_drop_caches();
	igt_describe("All fences signal while a process consumes all memory.");
	igt_subtest("out-of-memory")
		test_out_of_memory();

	igt_fixture() {
		if (swap)
			test_swap_off();
	}
}
