// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The shrinker: buffers of idle address spaces are evicted on request (debugfs
 * shrink) and restored by the next job or CPU access; buffers that a job may
 * use, and exported ones, are not.
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test eviction of idle buffers and their restoration.");

#define PAGE		PANTHOR_PAGE_SIZE
#define VA		TEST_FREE_VA
#define BIG		(3 * PANTHOR_BLOCK_SIZE)
/* The shrinker counts the CPU's pages. */
#define BIG_PAGES	((long long)(BIG / getpagesize()))
#define TILES		8192	/* mappings of one buffer */
#define TILE_OPS	512

static char text[1 << 16];

/* The buffers of the context itself are not in use either. */
static void evict_context(struct test_gpu *gpu)
{
	test_evict(gpu->fd, gpu->code.handle);
	test_evict(gpu->fd, gpu->data.handle);
}

static void fill(struct panthor_buf *buf, uint32_t seed)
{
	volatile uint32_t *words = buf->cpu;

	for (uint64_t i = 0; i < buf->size; i += PAGE)
		words[i / 4 + 7] = seed + i;
}

static void check(struct panthor_buf *buf, uint32_t seed)
{
	volatile uint32_t *words = buf->cpu;

	for (uint64_t i = 0; i < buf->size; i += PAGE)
		igt_assert_eq_u32(words[i / 4 + 7], seed + i);
}

static void test_restore(void)
{
	struct panthor_buf big;
	struct test_evict_counts before;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, BIG, 0, &big), 0);
	fill(&big, 0x1000);
	/* The group stays on its slot, and the address space in the MMU. */
	igt_assert_eq(test_gpu_store(&gpu, VA, 1), 1);
	before = test_evict_counts();
	igt_assert_lte(BIG_PAGES, before.pages);

	igt_assert_lte(BIG_PAGES, test_evict(gpu.fd, big.handle));
	evict_context(&gpu);
	igt_assert_eq(test_evict_counts().pages, 0);

	/* Loading the stream restores the code buffer, the job restores the rest. */
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + BIG - PAGE + 7 * 4), 0x1000 + BIG - PAGE);
	igt_assert(!test_is_evicted(gpu.fd, big.handle));
	igt_assert_eq(test_evict_counts().pages, before.pages);
	igt_assert_lte_u64(before.restored + before.pages, test_evict_counts().restored);
	check(&big, 0x1000);
	igt_assert_eq(test_gpu_store(&gpu, VA + BIG - 4, 0x600d), 1);
	igt_assert_eq_u32(((uint32_t *)big.cpu)[BIG / 4 - 1], 0x600d);
	panthor_buf_destroy(gpu.fd, gpu.vm, &big);
	test_gpu_close(&gpu);
}

/* A CPU access restores what the GPU wrote, without a job in between. */
static void test_cpu(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	for (uint32_t round = 1; round < 20; round++) {
		igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA + 64, round), 1);
		igt_assert_lt(0, test_evict(gpu.fd, gpu.data.handle));
		igt_assert_eq_u32(test_read32(&gpu, 64), round);
		igt_assert(!test_is_evicted(gpu.fd, gpu.data.handle));
		/* The buffer has pages, but the address space does not map them yet. */
		test_write32(&gpu, 68, ~round);
		igt_assert_eq_u32(test_gpu_read(&gpu, TEST_DATA_VA + 68), ~round);
	}
	test_gpu_close(&gpu);
}

static void test_part(void)
{
	struct panthor_buf bufs[4];
	char path[256], line[32], expected[32];
	unsigned int evicted = 0;
	struct test_gpu gpu;
	long long pages = 0, last, before = 0;

	test_gpu_open(&gpu, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(bufs); i++)
		igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA + i * BIG, BIG, 0,
						 &bufs[i]), 0);
	/* A scan may give up on any buffer. */
	for (int i = 0; i < 100 && pages < BIG_PAGES; i++) {
		if (test_own_driver())
			before = test_evict_counts().evicted;
		last = test_evict_scan(BIG_PAGES - pages);
		if (test_own_driver())
			igt_assert_eq(test_evict_counts().evicted - before, last);
		pages += last;
		/* It says so, as that of the kernel's driver does. */
		test_debugfs_path("shrink", path, sizeof(path));
		test_read_file(path, line, sizeof(line));
		snprintf(expected, sizeof(expected), "0x%08llx\n", last);
		igt_assert_f(!strcmp(line, expected), "%s instead of %s", line, expected);
	}
	igt_assert_lte(BIG_PAGES, pages);
	for (unsigned int i = 0; i < ARRAY_SIZE(bufs); i++)
		evicted += test_is_evicted(gpu.fd, bufs[i].handle);
	/* The context's own two buffers are older, but too small. */
	igt_assert_eq(evicted, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(bufs); i++)
		panthor_buf_destroy(gpu.fd, gpu.vm, &bufs[i]);
	test_gpu_close(&gpu);
}

static void test_busy(void)
{
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open_untimed(&gpu, 1);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA);
	test_emit_store(&b, TEST_DATA_VA + 64, 0xb54);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	for (int i = 0; i < 50; i++)
		igt_assert_eq(test_evict_scan(TEST_EVICT_ALL), 0);
	igt_assert(!test_is_evicted(gpu.fd, gpu.data.handle));
	test_release(&gpu, 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 64), 0xb54);
	igt_assert_lt(0, test_evict(gpu.fd, gpu.data.handle));
	test_gpu_close(&gpu);
}

/* A job that waits for a fence has not started, but will use the buffers. */
static void test_waiting(void)
{
	struct panthor_job job;
	struct cpu_fence fence;
	struct test_gpu gpu;
	uint32_t done, in;
	struct csb b;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	in = test_fence(&gpu, &fence);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 0xa17);
	test_job(&gpu, 0, &b, &job);
	panthor_job_wait(&job, in, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_evict_scan(TEST_EVICT_ALL), 0);
	cpu_fence_signal(&fence);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0xa17);
	cpu_fence_destroy(&fence);
	test_gpu_close(&gpu);
}

static uint32_t new_bo(struct test_gpu *gpu, uint64_t size, uint32_t vm)
{
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, vm, &bo), 0);
	return bo;
}

/* Two address spaces of one file share a buffer; one of them has a job. */
static void test_shared(void)
{
	struct test_gpu gpu, other;
	struct panthor_job job;
	uint32_t bo, done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	other = gpu;
	igt_assert_eq(panthor_vm_create(gpu.fd, 0, &other.vm), 0);
	bo = new_bo(&gpu, PAGE, 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA, bo, 0, PAGE, 0), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, other.vm, VA + PAGE, bo, 0, PAGE, 0), 0);
	other.code.handle = new_bo(&gpu, PAGE, other.vm);
	igt_assert_eq(panthor_vm_map(gpu.fd, other.vm, TEST_CODE_VA, other.code.handle, 0,
				     PAGE, 0), 0);
	igt_assert_eq(panthor_bo_mmap(gpu.fd, other.code.handle, PAGE, &other.code.cpu), 0);
	test_gpu_new_group(&other, 1);

	igt_assert_eq(test_gpu_store(&gpu, VA + 4, 0x51), 1);
	igt_assert_lt(0, test_evict(gpu.fd, bo));
	/* The first address space to restore the buffer leaves it unmapped in the other. */
	igt_assert_eq(test_gpu_store(&other, VA + PAGE + 8, 0x52), 1);
	igt_assert(!test_is_evicted(gpu.fd, bo));
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 4), 0x51);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 8), 0x52);

	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA + 256);
	test_emit_store(&b, VA + 12, 0x53);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	/* Only the private buffer of the idle address space is evicted. */
	igt_assert_eq(test_evict(gpu.fd, other.code.handle), 1);
	igt_assert(!test_is_evicted(gpu.fd, bo));
	test_release(&gpu, 256);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	igt_assert_eq(panthor_group_destroy(gpu.fd, other.group), 0);
	igt_assert_eq(panthor_vm_destroy(gpu.fd, other.vm), 0);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 12), 0x53);
	test_gpu_close(&gpu);
}

/* Split, move, duplicate and remove evicted mappings. */
static void test_change(void)
{
	struct panthor_buf buf, other;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, BIG, 0, &buf), 0);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA + 2 * BIG, PAGE, 0, &other), 0);
	fill(&buf, 0x2000);
	fill(&other, 0x3000);
	igt_assert_lt(0, test_evict(gpu.fd, buf.handle));
	test_evict(gpu.fd, other.handle);
	/* Replaces the middle of an evicted mapping */
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA + 8 * PAGE, other.handle, 0, PAGE,
				     0), 0);
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, VA + 16 * PAGE, PAGE), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA + 3 * BIG, buf.handle, 16 * PAGE,
				     PAGE, 0), 0);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 7 * 4), 0x2000);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 8 * PAGE + 7 * 4), 0x3000);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 9 * PAGE + 7 * 4), 0x2000 + 9 * PAGE);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 3 * BIG + 7 * 4), 0x2000 + 16 * PAGE);
	igt_assert_lt(0, test_evict(gpu.fd, buf.handle));
	test_evict(gpu.fd, other.handle);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + 2 * BIG + 7 * 4), 0x3000);
	check(&buf, 0x2000);
	/* The unmapped part is not restored. */
	igt_assert_lt(test_gpu_store(&gpu, VA + 16 * PAGE, 1), 0);
	panthor_buf_destroy(gpu.fd, gpu.vm, &other);
	panthor_buf_destroy(gpu.fd, gpu.vm, &buf);
	test_gpu_close(&gpu);
}

static void test_free(void)
{
	struct panthor_buf big;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, BIG, 0, &big), 0);
	fill(&big, 1);
	igt_assert_lt(0, test_evict(gpu.fd, big.handle));
	evict_context(&gpu);
	panthor_buf_destroy(gpu.fd, gpu.vm, &big);
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_DATA_VA, TEST_DATA_SIZE), 0);
	igt_assert_lt(test_gpu_store(&gpu, TEST_DATA_VA, 1), 0);
	igt_assert_lt(0, test_evict(gpu.fd, gpu.code.handle));
	/* The remaining buffers are evicted when the file is closed. */
	close(gpu.fd);
	igt_assert_eq(test_evict_counts().pages, 0);
}

/* Map one page at many addresses, each with a page table of its own. */
static void test_many_mappings(void)
{
	struct drm_panthor_vm_bind_op ops[TILE_OPS];
	struct test_gpu gpu;
	uint64_t va = VA;
	uint32_t bo, done;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE, gpu.vm);
	for (unsigned int i = 0; i < TILES; i += TILE_OPS) {
		memset(ops, 0, sizeof(ops));
		for (unsigned int j = 0; j < TILE_OPS; j++, va += PANTHOR_BLOCK_SIZE) {
			ops[j].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP;
			ops[j].bo_handle = bo;
			ops[j].va = va;
			ops[j].size = PAGE;
		}
		igt_assert_eq(panthor_vm_bind(gpu.fd, gpu.vm, ops, TILE_OPS, &done), 0);
	}
	igt_assert_eq(test_gpu_store(&gpu, VA, 0x71e), 1);
	/* In many scans, each of which may give up on any mapping */
	igt_assert_lt(0, test_evict(gpu.fd, bo));
	igt_assert_eq_u32(test_gpu_read(&gpu, va - PANTHOR_BLOCK_SIZE), 0x71e);
	igt_assert_eq_u32(test_gpu_read(&gpu, VA + TILES / 2 * PANTHOR_BLOCK_SIZE), 0x71e);
	test_gpu_close(&gpu);
}

static void test_exported(void)
{
	struct test_gpu gpu;
	uint32_t bo;
	int fd;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE, 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, VA, bo, 0, PAGE, 0), 0);
	igt_assert_eq(drmPrimeHandleToFD(gpu.fd, bo, DRM_RDWR, &fd), 0);
	evict_context(&gpu);
	igt_assert(!test_is_evicted(gpu.fd, bo));
	igt_assert_eq(test_evict_counts().pages, 1);
	/* Not even after the fd is closed: the driver cannot know all mappings of it. */
	close(fd);
	test_evict_scan(TEST_EVICT_ALL);
	igt_assert(!test_is_evicted(gpu.fd, bo));
	test_gpu_close(&gpu);
}

static void test_fdinfo(void)
{
	char path[64], wanted[64], active[64];
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu.fd);
	snprintf(wanted, sizeof(wanted), "drm-resident-memory:\t%u KiB\n",
		 (TEST_CODE_SIZE + TEST_DATA_SIZE) / 1024);
	test_read_file(path, text, sizeof(text));
	igt_assert_f(strstr(text, wanted), "no '%s' in\n%s", wanted, text);
	evict_context(&gpu);
	test_read_file(path, text, sizeof(text));
	igt_assert_f(strstr(text, "drm-resident-memory:\t0"), "%s", text);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_read_file(path, text, sizeof(text));
	igt_assert_f(strstr(text, wanted), "no '%s' in\n%s", wanted, text);

	/* Memory that a pending job may use is active. */
	igt_assert(strstr(text, "drm-active-memory:\t0"));
	snprintf(active, sizeof(active), "drm-active-memory:\t%u KiB\n",
		 (TEST_CODE_SIZE + TEST_DATA_SIZE) / 1024);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA + 256);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	test_read_file(path, text, sizeof(text));
	igt_assert_f(strstr(text, active), "no '%s' in\n%s", active, text);
	test_release(&gpu, 256);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("All buffers of an idle address space are evicted and restored by a job.");
	igt_subtest("restore")
		test_restore();
	igt_describe("A CPU access restores a buffer.");
	igt_subtest("cpu")
		test_cpu();
	igt_describe("Eviction stops at the requested amount, rounded up to a buffer.");
	igt_subtest("part")
		test_part();
	igt_describe("Buffers of a running job are not evicted.");
	igt_subtest("busy")
		test_busy();
	igt_describe("Buffers of a waiting job are not evicted.");
	igt_subtest("waiting")
		test_waiting();
	igt_describe("A shared buffer is evicted only if no address space has a job.");
	igt_subtest("shared")
		test_shared();
	igt_describe("Evicted mappings can be changed.");
	igt_subtest("change")
		test_change();
	igt_describe("Evicted buffers, address spaces and files can be destroyed.");
	igt_subtest("free")
		test_free();
	igt_describe("A buffer with thousands of mappings is restored.");
	igt_subtest("many-mappings")
		test_many_mappings();
	igt_describe("Exported buffers are not evicted.");
	igt_subtest("exported")
		test_exported();
	igt_describe("fdinfo counts evicted buffers as not resident.");
	igt_subtest("fdinfo")
		test_fdinfo();
}
