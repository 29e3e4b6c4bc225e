// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mappings that change while jobs use them: a job reads a page in a loop while the
 * CPU replaces, splits and unmaps mappings at and around it.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Change mappings while jobs use them.");

#define PAGE	PANTHOR_PAGE_SIZE
#define BLOCK	PANTHOR_BLOCK_SIZE
#define VA	TEST_FREE_VA
#define MAP	DRM_PANTHOR_VM_BIND_OP_TYPE_MAP
#define UNMAP	DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP

/* Offsets in the data buffer: the reader's loop count, the word that ends its loop */
#define ROUNDS	0
#define STOP	64
/* Expected values; bit 16 distinguishes them from other memory contents */
#define VALUE(i)	(0x10000u + (i))

/* Number of readers that are run one after the other */
#define READERS	12

/*
 * Emit a loop that reads @va until the word at STOP is not zero. The value is
 * stored at offset 128, the loop count at ROUNDS.
 */
static void emit_reader(struct csb *b, uint64_t va)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_move48(b, TEST_REG_ADDR, va);
	csb_move48(b, TEST_REG_ADDR2, TEST_DATA_VA);
	csb_move32(b, TEST_REG_COUNT, 0);
	csb_place(b, &loop);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_add32(b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_wait(b, CSB_SB_ALL);
	csb_store(b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 128);
	csb_store(b, TEST_REG_COUNT, 1, TEST_REG_ADDR2, ROUNDS);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, STOP);
	csb_wait(b, CSB_SB_ALL);
	csb_branch(b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
}

static uint32_t start_reader(struct test_gpu *gpu, uint64_t va)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	test_write32(gpu, STOP, 0);
	csb_init(&b);
	emit_reader(&b, va);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

/* Wait for another iteration of the reader, which must not have failed. */
static void await_round(struct test_gpu *gpu, uint32_t done)
{
	uint32_t before = test_read32(gpu, ROUNDS);
	uint64_t end = panthor_now_ns() + TEST_TIMEOUT;

	while (test_read32(gpu, ROUNDS) - before < 2) {
		igt_assert(!test_is_signalled(gpu, done, 0));
		igt_assert_lt_u64(panthor_now_ns(), end);
		usleep(10);
	}
}

static void stop_reader(struct test_gpu *gpu, uint32_t done)
{
	test_write32(gpu, STOP, 1);
	igt_assert_eq(test_wait(gpu, done, 0), 1);
	igt_assert_eq(panthor_syncobj_destroy(gpu->fd, done), 0);
}

static uint32_t new_bo(struct test_gpu *gpu, uint64_t size, uint32_t value)
{
	uint32_t *cpu, bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, gpu->vm, &bo), 0);
	igt_assert_eq(panthor_bo_mmap(gpu->fd, bo, size, (void **)&cpu), 0);
	for (uint64_t i = 0; i < size / PAGE; i++)
		cpu[i * PAGE / 4] = value;
	munmap(cpu, size);
	return bo;
}

static void map(struct test_gpu *gpu, uint64_t va, uint32_t bo, uint64_t size, bool async)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = MAP,
		.bo_handle = bo,
		.va = va,
		.size = size,
	};

	if (async)
		igt_assert_eq(panthor_vm_bind_async(gpu->fd, gpu->vm, &op, 1), 0);
	else
		igt_assert_eq(panthor_vm_bind(gpu->fd, gpu->vm, &op, 1, NULL), 0);
}

static void unmap(struct test_gpu *gpu, uint64_t va, uint64_t size)
{
	igt_assert_eq(panthor_vm_unmap(gpu->fd, gpu->vm, va, size), 0);
}

/* Replace one buffer by another: the reader sees either of them, nothing else. */
static void test_remap(uint64_t size, bool async)
{
	struct test_gpu gpu;
	uint32_t bo[2], done, seen;
	bool both[2] = {};

	test_gpu_open(&gpu, 1);
	for (int i = 0; i < 2; i++)
		bo[i] = new_bo(&gpu, size, VALUE(i));
	map(&gpu, VA, bo[0], size, false);
	for (int reader = 0; reader < READERS; reader++) {
		done = start_reader(&gpu, VA + size - PAGE);
		for (int i = 0; i < 16; i++) {
			map(&gpu, VA, bo[i % 2], size, async);
			if (i % 8 < 6)
				continue;
			await_round(&gpu, done);
			seen = test_read32(&gpu, 128);
			igt_assert_eq_u32(seen & ~1u, VALUE(0));
			both[seen & 1] = true;
		}
		stop_reader(&gpu, done);
	}
	igt_assert(both[0] && both[1]);
	test_gpu_close(&gpu);
}

/* Split a block around the page that is read, and map it as a whole again. */
static void test_split(void)
{
	struct test_gpu gpu;
	uint32_t bo, done;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, 2 * BLOCK, VALUE(0));
	map(&gpu, VA, bo, 2 * BLOCK, false);
	for (int reader = 0; reader < READERS; reader++) {
		done = start_reader(&gpu, VA + BLOCK + 8 * PAGE);
		for (int i = 0; i < 8; i++) {
			unmap(&gpu, VA + PAGE, BLOCK + 4 * PAGE);
			unmap(&gpu, VA + BLOCK + 9 * PAGE, PAGE);
			if (!i)
				await_round(&gpu, done);
			map(&gpu, VA, bo, 2 * BLOCK, i % 2);
		}
		await_round(&gpu, done);
		igt_assert_eq_u32(test_read32(&gpu, 128), VALUE(0));
		stop_reader(&gpu, done);
	}
	test_gpu_close(&gpu);
}

/* Map and unmap neighbours of the page in the same page tables and blocks. */
static void test_neighbours(void)
{
	struct test_gpu gpu;
	uint32_t bo, other, done;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE, VALUE(1));
	other = new_bo(&gpu, BLOCK, 0);
	map(&gpu, VA + 8 * PAGE, bo, PAGE, false);
	for (int reader = 0; reader < READERS; reader++) {
		done = start_reader(&gpu, VA + 8 * PAGE);
		for (int i = 0; i < 16; i++) {
			uint64_t va = i & 1 ? VA + 9 * PAGE : VA;

			map(&gpu, va, other, (1 + i % 8) * PAGE, i & 2);
			if (!i)
				await_round(&gpu, done);
			unmap(&gpu, va, 8 * PAGE);
		}
		await_round(&gpu, done);
		igt_assert_eq_u32(test_read32(&gpu, 128), VALUE(1));
		stop_reader(&gpu, done);
	}
	test_gpu_close(&gpu);
}

#define SPACES	12

/*
 * More address spaces than MMU slots. Their mappings change while they have no
 * slot; each job must find the latest ones.
 */
static void test_more_than_slots(void)
{
	struct drm_panthor_gpu_info info;
	struct test_gpu gpu[SPACES];
	uint32_t bo[SPACES][2];
	struct csb b;

	for (int i = 0; i < SPACES; i++) {
		test_gpu_open(&gpu[i], 1);
		for (int j = 0; j < 2; j++)
			bo[i][j] = new_bo(&gpu[i], PAGE, VALUE(2 * i + j));
	}
	igt_assert_eq(panthor_query(gpu[0].fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info,
				    sizeof(info)), 0);
	igt_assert_lt(__builtin_popcount(info.as_present), SPACES);

	for (int round = 0; round < 6; round++) {
		for (int i = 0; i < SPACES; i++)
			map(&gpu[i], VA, bo[i][round % 2], PAGE, false);
		for (int i = 0; i < SPACES; i++) {
			test_write32(&gpu[i], STOP, 1);
			csb_init(&b);
			emit_reader(&b, VA);
			igt_assert_eq(test_run(&gpu[i], 0, &b), 1);
			igt_assert_eq_u32(test_read32(&gpu[i], 128),
					  VALUE(2 * i + round % 2));
		}
	}
	for (int i = 0; i < SPACES; i++)
		test_gpu_close(&gpu[i]);
}

/* Buffers that do not belong to one address space: a submit walks the list of them. */
#define SHARED	48
#define TURNS	20

struct relations {
	struct test_gpu *gpu;
	uint32_t bo[SHARED];
	atomic_bool end;
};

static void *change_relations(void *data)
{
	struct relations *r = data;

	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < SHARED; i++)
			map(r->gpu, VA + i * PAGE, r->bo[i], PAGE, false);
		for (int i = 0; i < SHARED; i++)
			unmap(r->gpu, VA + i * PAGE, PAGE);
	}
	atomic_store(&r->end, true);
	return NULL;
}

/*
 * The last mapping of a shared buffer goes while a submit looks at the relation of the
 * buffer and the address space: who drops the last reference to it must hold its lock, which
 * the kernel checks with lockdep.
 */
static void test_relations(void)
{
	struct relations r = {};
	struct panthor_job job;
	struct test_gpu gpu;
	pthread_t changer;
	uint32_t done;
	uint64_t size;
	struct csb b;

	test_gpu_open(&gpu, 1);
	r.gpu = &gpu;
	for (int i = 0; i < SHARED; i++) {
		size = PAGE;
		igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, 0, &r.bo[i]), 0);
	}
	igt_assert_eq(pthread_create(&changer, NULL, change_relations, &r), 0);
	done = test_syncobj(&gpu);
	csb_init(&b);
	csb_move32(&b, TEST_REG_VALUE, 0);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	while (!atomic_load(&r.end)) {
		test_submit(&gpu, &job, 1);
		igt_assert_eq(test_wait(&gpu, done, 0), 1);
	}
	igt_assert_eq(pthread_join(changer, NULL), 0);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		/* No time limit: a reader runs as long as the CPU's part takes. */
		test_param_set("job_timeout_ms", 0);
	}

	igt_describe("A page is replaced while a job reads it.");
	igt_subtest("remap-page")
		test_remap(PAGE, false);

	igt_describe("A block is replaced while a job reads it.");
	igt_subtest("remap-block")
		test_remap(BLOCK, false);

	igt_describe("Pages are replaced asynchronously while a job reads them.");
	igt_subtest("remap-async")
		test_remap(4 * PAGE, true);

	igt_describe("A block is split around a page that a job reads.");
	igt_subtest("split-block")
		test_split();

	igt_describe("Neighbours of a page that a job reads are mapped and unmapped.");
	igt_subtest("neighbours")
		test_neighbours();

	igt_describe("Shared buffers lose their last mapping while jobs are submitted.");
	igt_subtest("relations")
		test_relations();

	igt_describe("Address spaces take turns on MMU slots.");
	igt_subtest("more-than-slots")
		test_more_than_slots();

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
