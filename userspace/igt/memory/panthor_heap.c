// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heaps: arguments of the ioctls, limits, contents of context and chunks, and
 * growth by the tiler's out-of-memory events, up to each of its limits.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Test tiler heaps: arguments, limits, contents and growth.");

#define KIB		1024u
#define CHUNK		TEST_CHUNK
#define MIB		(1024 * KIB)
#define PER_VM		128
/* Minimum size of the kernel's part of an address space */
#define KERNEL_MIN	(256 * MIB)

/* Offset in the data buffer of a word for tests, after the tiler's structures */
#define MARK		0x1200
/* Documented limit */
#define MAX_CHUNKS	65536
/* Maximum size of a ring */
#define GROUP_RING	(64 * KIB)

struct heap {
	int fd;
	uint32_t vm;
	uint64_t range;
};

static void heap_open(struct heap *t)
{
	struct drm_panthor_vm_create vm = {};

	t->fd = panthor_open();
	igt_assert_lte(0, t->fd);
	igt_assert_eq(panthor_ioctl(t->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &vm), 0);
	t->vm = vm.id;
	t->range = vm.user_va_range;
}

static void test_create_destroy(void)
{
	static const struct {
		uint32_t initial, max, chunk;
	} sizes[] = {
		{ 1, 1, CHUNK },
		{ 5, 64, 2048 * KIB },
		{ 2, 2, 8192 * KIB },
		{ 1, 4, CHUNK + 4 * KIB },
		{ 1, MAX_CHUNKS, CHUNK },
	};
	struct drm_panthor_tiler_heap_create args;
	struct heap t;

	heap_open(&t);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		args = test_heap_args(t.vm);
		args.initial_chunk_count = sizes[i].initial;
		args.max_chunks = sizes[i].max;
		args.chunk_size = sizes[i].chunk;
		igt_assert_eq(test_heap_create(t.fd, &args), 0);
		igt_assert_eq_u32(args.handle >> 16, t.vm);
		/* Both are in the kernel's part. */
		igt_assert_lte_u64(t.range, args.tiler_heap_ctx_gpu_va);
		igt_assert_lte_u64(t.range, args.first_heap_chunk_gpu_va);
		igt_assert_eq_u64(args.tiler_heap_ctx_gpu_va % 64, 0);
		igt_assert_eq_u64(args.first_heap_chunk_gpu_va % PANTHOR_PAGE_SIZE, 0);
		igt_assert_eq(test_heap_destroy(t.fd, args.handle), 0);
	}
	close(t.fd);
}

static void test_create_invalid(void)
{
	static const uint32_t bad_chunks[] = {
		0, 4 * KIB, CHUNK - 4 * KIB, CHUNK + 1, CHUNK + 2 * KIB,
		8192 * KIB + 4 * KIB, 16384 * KIB, 0xfffff000,
	};
	struct drm_panthor_tiler_heap_create args;
	struct heap t;

	heap_open(&t);
	args = test_heap_args(t.vm);
	args.initial_chunk_count = 0;
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	args = test_heap_args(t.vm);
	args.initial_chunk_count = args.max_chunks + 1;
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	args = test_heap_args(t.vm);
	args.max_chunks = MAX_CHUNKS + 1;
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	args.max_chunks = UINT32_MAX;
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	args = test_heap_args(0);
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	args = test_heap_args(t.vm + 1);
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	/* The low half of this ID is valid. */
	args = test_heap_args(t.vm | 1 << 16);
	igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(bad_chunks); i++) {
		args = test_heap_args(t.vm);
		args.chunk_size = bad_chunks[i];
		igt_assert_eq(test_heap_create(t.fd, &args), -EINVAL);
	}
	close(t.fd);
}

static void test_destroy_invalid(void)
{
	struct drm_panthor_tiler_heap_destroy destroy = { .pad = 1 };
	struct drm_panthor_tiler_heap_create args;
	struct heap t, other;

	heap_open(&t);
	igt_assert_eq(test_heap_destroy(t.fd, t.vm << 16), -ENOENT);
	igt_assert_eq(test_heap_destroy(t.fd, 0), -EINVAL);
	igt_assert_eq(test_heap_destroy(t.fd, (t.vm + 1) << 16), -EINVAL);

	args = test_heap_args(t.vm);
	igt_assert_eq(test_heap_create(t.fd, &args), 0);
	igt_assert_eq(test_heap_destroy(t.fd, args.handle + 1), -EINVAL);
	igt_assert_eq(test_heap_destroy(t.fd, args.handle + PER_VM), -EINVAL);
	igt_assert_eq(test_heap_destroy(t.fd, args.handle | 0xffff), -EINVAL);
	destroy.handle = args.handle;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY,
				    &destroy), -EINVAL);

	/* In another file the same handle refers to that file's own heaps. */
	heap_open(&other);
	igt_assert_eq_u32(other.vm, t.vm);
	igt_assert_eq(test_heap_destroy(other.fd, args.handle), -ENOENT);
	close(other.fd);

	igt_assert_eq(test_heap_destroy(t.fd, args.handle), 0);
	igt_assert_eq(test_heap_destroy(t.fd, args.handle), -EINVAL);

	igt_assert_eq(test_heap_create(t.fd, &args), 0);
	igt_assert_eq(panthor_vm_destroy(t.fd, t.vm), 0);
	igt_assert_eq(test_heap_destroy(t.fd, args.handle), -EINVAL);
	close(t.fd);
}

static void test_limit(void)
{
	struct drm_panthor_tiler_heap_create args;
	uint32_t handles[PER_VM];
	struct heap t;

	heap_open(&t);
	for (int i = 0; i < PER_VM; i++) {
		args = test_heap_args(t.vm);
		args.initial_chunk_count = 1;
		args.max_chunks = 1;
		igt_assert_eq(test_heap_create(t.fd, &args), 0);
		for (int j = 0; j < i; j++)
			igt_assert_neq_u32(handles[j], args.handle);
		handles[i] = args.handle;
	}
	igt_assert_eq(test_heap_create(t.fd, &args), -EBUSY);
	igt_assert_eq(test_heap_destroy(t.fd, handles[70]), 0);
	igt_assert_eq(test_heap_create(t.fd, &args), 0);
	igt_assert_eq_u32(args.handle, handles[70]);
	close(t.fd);
}

/* Copy @count words at @va to the start of the data buffer, by the GPU. */
static void read_words(struct test_gpu *gpu, uint64_t va, unsigned int count)
{
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, va);
	csb_move48(&b, TEST_REG_ADDR2, TEST_DATA_VA);
	csb_load(&b, 0, count, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, 0, count, TEST_REG_ADDR2, 0);
	csb_flush(&b, TEST_REG_VALUE);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

/* The chunks form a list; context and headers are zero except for the links. */
static void test_contents(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;
	uint64_t va;

	test_gpu_open(&gpu, 1);
	args = test_heap_args(gpu.vm);
	args.initial_chunk_count = 5;
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);

	read_words(&gpu, args.tiler_heap_ctx_gpu_va, 8);
	for (int i = 0; i < 8; i++)
		igt_assert_eq_u32(test_read32(&gpu, 4 * i), 0);

	va = args.first_heap_chunk_gpu_va;
	for (int chunk = 0; chunk < 5; chunk++) {
		uint64_t next;

		igt_assert_neq_u64(va, 0);
		read_words(&gpu, va, 16);
		for (int i = 2; i < 16; i++)
			igt_assert_eq_u32(test_read32(&gpu, 4 * i), 0);
		next = test_read64(&gpu, 0);
		if (chunk < 4)
			igt_assert_eq_u64(csf_chunk_size(next), CHUNK);
		/* The chunk is mapped up to its end. */
		read_words(&gpu, va + CHUNK - 64, 16);
		igt_assert_eq_u32(test_read32(&gpu, 60), 0);
		va = next & CSF_CHUNK_ADDRESS;
	}
	igt_assert_eq_u64(va, 0);

	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	test_gpu_close(&gpu);
}

/* A reused context is cleared and has the same address. */
static void test_reuse(void)
{
	struct drm_panthor_tiler_heap_create args, again;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	args = test_heap_args(gpu.vm);
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	csb_init(&b);
	test_emit_store(&b, args.tiler_heap_ctx_gpu_va, 0xd1d1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);

	again = test_heap_args(gpu.vm);
	igt_assert_eq(test_heap_create(gpu.fd, &again), 0);
	igt_assert_eq_u64(again.tiler_heap_ctx_gpu_va, args.tiler_heap_ctx_gpu_va);
	read_words(&gpu, again.tiler_heap_ctx_gpu_va, 8);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0);
	test_gpu_close(&gpu);
}

/* A stream that uses a destroyed heap gets a fault, and nothing worse. */
static void test_destroy_in_use(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	args = test_heap_args(gpu.vm);
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	done = test_syncobj(&gpu);

	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA);
	test_emit_store(&b, args.first_heap_chunk_gpu_va + 64, 1);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	test_release(&gpu, 0);
	igt_assert_lt(test_wait(&gpu, done, 0), 0);
	test_gpu_close(&gpu);
}

/* Create a context with a heap, and initialize the tiler. */
static void tiler_open(struct test_gpu *gpu, uint32_t initial, uint32_t max,
		       uint32_t in_flight, struct drm_panthor_tiler_heap_create *args)
{
	test_gpu_open(gpu, 1);
	*args = test_heap_args(gpu->vm);
	args->initial_chunk_count = initial;
	args->max_chunks = max;
	args->target_in_flight = in_flight;
	igt_assert_eq(test_heap_create(gpu->fd, args), 0);
	test_tiler_init(gpu, args);
}

static void check_state(struct test_gpu *gpu, uint32_t expected)
{
	uint32_t state, queues;

	igt_assert_eq(panthor_group_get_state(gpu->fd, gpu->group, &state, &queues), 0);
	igt_assert_eq_u32(state, expected);
}

/* The heap starts with two chunks and ends with six: the kernel adds four. */
static void test_grow(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;

	tiler_open(&gpu, 2, 6, 1, &args);
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 2 * TEST_PER_CHUNK), 1);
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 4 * TEST_PER_CHUNK), 1);
	check_state(&gpu, 0);

	/* The heap is full and at its limit: further demand fails that job. */
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 1), 0);
	check_state(&gpu, 0);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	test_gpu_close(&gpu);
}

/* Each pass uses one chunk; the driver replenishes the reserve after each. */
static void test_grow_far(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;
	uint64_t base;

	tiler_open(&gpu, 1, 24, 1, &args);
	for (int chunk = 0; chunk < 24; chunk++) {
		base = test_tiler_base(&gpu);
		gpu.code_used = 0;
		igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, TEST_PER_CHUNK), 1);
		if (chunk)
			igt_assert_neq_u64(test_tiler_base(&gpu), base);
	}
	check_state(&gpu, 0);
	test_gpu_close(&gpu);
}

/* One pass exceeds the reserve: it waits, and gets chunks up to the limit. */
static void test_grow_burst(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;

	tiler_open(&gpu, 1, 64, 1, &args);
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 64 * TEST_PER_CHUNK), 1);
	check_state(&gpu, 0);
	/* The limit is reached. */
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 1), 0);
	check_state(&gpu, 0);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	test_gpu_close(&gpu);
}

/* Several groups exceed their heaps' reserves at once. */
static void test_grow_concurrent(void)
{
	struct drm_panthor_tiler_heap_create args[4];
	struct panthor_job job;
	struct test_gpu gpu[4];
	uint32_t done[4];
	struct csb b;

	for (int i = 0; i < 4; i++) {
		tiler_open(&gpu[i], 1, 32, 1, &args[i]);
		done[i] = test_syncobj(&gpu[i]);
	}
	for (int i = 0; i < 4; i++) {
		csb_init(&b);
		test_emit_tiling(&b, args[i].tiler_heap_ctx_gpu_va, 32 * TEST_PER_CHUNK);
		test_job(&gpu[i], 0, &b, &job);
		panthor_job_signal(&job, done[i], 0);
		test_submit(&gpu[i], &job, 1);
	}
	for (int i = 0; i < 4; i++) {
		igt_assert_eq(test_wait(&gpu[i], done[i], 0), 1);
		test_gpu_close(&gpu[i]);
	}
}

/* Growth is refused if more render passes are in flight than the target. */
static void test_in_flight(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;

	tiler_open(&gpu, 1, 8, 0, &args);
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, TEST_PER_CHUNK), 1);
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 1), 0);
	igt_assert_eq_u64(test_tiler_base(&gpu), args.first_heap_chunk_gpu_va);
	check_state(&gpu, 0);
	test_gpu_close(&gpu);
}

/* test_gpu_open() with the smallest possible kernel part of the address space */
static void narrow_open(struct test_gpu *gpu)
{
	struct drm_panthor_gpu_info info;
	uint64_t full;

	memset(gpu, 0, sizeof(*gpu));
	gpu->fd = panthor_open();
	igt_assert_lte(0, gpu->fd);
	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info,
				    sizeof(info)), 0);
	full = 1ull << DRM_PANTHOR_MMU_VA_BITS(info.mmu_features);
	igt_assert_eq(panthor_vm_create(gpu->fd, full - KERNEL_MIN, &gpu->vm), 0);
	igt_assert_eq(panthor_buf_create(gpu->fd, gpu->vm, TEST_CODE_VA, TEST_CODE_SIZE, 0,
					 &gpu->code), 0);
	igt_assert_eq(panthor_buf_create(gpu->fd, gpu->vm, TEST_DATA_VA, TEST_DATA_SIZE,
					 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &gpu->data), 0);
	test_gpu_new_group(gpu, 1);
}

/*
 * Fill the kernel's part with heaps until no chunk fits. Return: handle of the
 * largest of them.
 */
static uint32_t fill_kernel_part(struct test_gpu *gpu)
{
	struct drm_panthor_tiler_heap_create args = test_heap_args(gpu->vm);
	uint32_t largest = 0;
	int ret = 0;

	args.initial_chunk_count = 1;
	args.max_chunks = 1;
	for (args.chunk_size = 8 * MIB; args.chunk_size >= CHUNK; args.chunk_size /= 2) {
		for (;;) {
			ret = test_heap_create(gpu->fd, &args);
			if (ret)
				break;
			if (!largest)
				largest = args.handle;
		}
		igt_assert_eq(ret, -ENOSPC);
	}
	igt_assert_neq_u32(largest, 0);
	return largest;
}

/* No address space is left for a chunk: growth fails until there is some. */
static void test_no_room(void)
{
	struct drm_panthor_tiler_heap_create args;
	uint32_t largest, group;
	struct test_gpu gpu;
	int ret = 0;

	narrow_open(&gpu);
	args = test_heap_args(gpu.vm);
	args.initial_chunk_count = 1;
	args.max_chunks = 64;
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	test_tiler_init(&gpu, &args);
	largest = fill_kernel_part(&gpu);

	/* The first chunk, and those in reserve */
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 5 * TEST_PER_CHUNK), 1);
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 1), 0);
	check_state(&gpu, 0);
	/* Each pass requests memory again. */
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 1), 0);
	check_state(&gpu, 0);

	/* Nor for the memory of a group */
	for (unsigned int i = 0; !ret && i < PER_VM; i++)
		ret = panthor_group_create(gpu.fd, gpu.vm, 8, GROUP_RING, &group);
	igt_assert_eq(ret, -ENOSPC);

	igt_assert_eq(test_heap_destroy(gpu.fd, largest), 0);
	igt_assert_eq(panthor_group_create(gpu.fd, gpu.vm, 8, GROUP_RING, &group), 0);
	igt_assert_eq(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 8 * TEST_PER_CHUNK), 1);
	check_state(&gpu, 0);
	test_gpu_close(&gpu);
}

/* The stream's exception handler runs when the kernel refuses memory. */
static void test_handler(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;
	uint64_t handler;
	struct csb b;

	tiler_open(&gpu, 1, 1, 1, &args);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR2, TEST_DATA_VA + MARK);
	csb_move32(&b, TEST_REG_VALUE, 0x00c);
	csb_store(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 0);
	csb_wait(&b, CSB_SB_ALL & ~(1 << 2));
	handler = csb_size(&b);
	handler = test_load(&gpu, &b) | handler << 48;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR2, handler & ((1ull << 48) - 1));
	csb_move32(&b, TEST_REG_COUNT, handler >> 48);
	csb_emit(&b, csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, TEST_REG_ADDR2,
					       TEST_REG_COUNT));
	test_emit_tiling(&b, args.tiler_heap_ctx_gpu_va, 2 * TEST_PER_CHUNK);
	/* The handler frees nothing, so that the draw fails in the end. */
	igt_assert_lt(test_run(&gpu, 0, &b), 0);
	igt_assert_eq_u32(test_read32(&gpu, MARK), 0x00c);
	test_gpu_close(&gpu);
}

/* Out-of-memory events for an address that is not the context of a heap */
static void test_no_heap(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;

	tiler_open(&gpu, 1, 8, 1, &args);
	igt_assert_lt(test_run_tiling(&gpu, TEST_DATA_VA, 2 * TEST_PER_CHUNK), 0);
	check_state(&gpu, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);

	/* An address between two contexts */
	test_gpu_new_group(&gpu, 1);
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va + 32,
				      2 * TEST_PER_CHUNK), 0);
	check_state(&gpu, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);

	/* The context of a destroyed heap */
	test_gpu_new_group(&gpu, 1);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	igt_assert_lt(test_run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, 2 * TEST_PER_CHUNK), 0);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Heaps of all sizes can be created and destroyed.");
	igt_subtest("create-destroy")
		test_create_destroy();

	igt_describe("Invalid counts, sizes and address spaces are rejected.");
	igt_subtest("create-invalid")
		test_create_invalid();

	igt_describe("Only existing heaps can be destroyed, and only once.");
	igt_subtest("destroy-invalid")
		test_destroy_invalid();

	igt_describe("An address space is limited to 128 heaps.");
	igt_subtest("limit")
		test_limit();

	igt_describe("The context is cleared and the chunks form a list.");
	igt_subtest("contents")
		test_contents();

	igt_describe("A new heap shows nothing of a previous one.");
	igt_subtest("reuse")
		test_reuse();

	igt_describe("A heap can be destroyed while a job is about to use it.");
	igt_subtest("destroy-in-use")
		test_destroy_in_use();

	igt_describe("A heap grows up to its maximum number of chunks.");
	igt_subtest("grow")
		test_grow();

	igt_describe("A heap grows repeatedly, one chunk per render pass.");
	igt_subtest("grow-far")
		test_grow_far();

	igt_describe("A heap grows far beyond its reserve within one render pass.");
	igt_subtest("grow-burst")
		test_grow_burst();

	igt_describe("Heaps of several groups grow beyond their reserves at once.");
	igt_subtest("grow-concurrent")
		test_grow_concurrent();

	igt_describe("A heap does not grow with too many render passes in flight.");
	igt_subtest("grow-in-flight")
		test_in_flight();

	igt_describe("A heap does not grow without space in the kernel's part.");
	igt_subtest("grow-no-room")
		test_no_room();

	igt_describe("The stream's exception handler is called if growth is refused.");
	igt_subtest("handler")
		test_handler();

	igt_describe("An out-of-memory event without a valid heap kills the group.");
	igt_subtest("grow-invalid")
		test_no_heap();
}
