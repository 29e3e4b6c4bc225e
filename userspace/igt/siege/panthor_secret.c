// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Isolation of clients: one client writes a secret word wherever it can, and
 * another one looks for it: in the first one's address space, in new memory of
 * each kind, in the driver's memory that is mapped for it, in registers, behind
 * translations of mappings that have been removed; also after an eviction, a
 * system sleep and a reset.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Look for the data of another client wherever memory is shared or reused.");

#define PAGE		PANTHOR_PAGE_SIZE
#define VA		TEST_FREE_VA
#define SIZE		(16 * COPY_SIZE)
#define BLOCK		PANTHOR_BLOCK_SIZE
#define SPARSE_VA	(VA + (1ull << 36))
#define RING		(64 * 1024)

/* The part of the data buffer into which the GPU copies what is examined */
#define COPY		0x8000
#define COPY_SIZE	0x8000
/* Where the GPU stores its registers */
#define REGISTERS	0x4000

#define REGISTER_COUNT	96
#define LINE_REGISTERS	16
#define LINE		(4 * LINE_REGISTERS)

#define RANGES_MAX	64

/**
 * struct ranges - addresses of the driver's own memory in an address space
 * @start: first addresses
 * @size: bytes
 * @count: number of them
 */
struct ranges {
	uint64_t start[RANGES_MAX];
	uint64_t size[RANGES_MAX];
	unsigned int count;
};

static const uint32_t kinds[] = {
	0, DRM_PANTHOR_BO_NO_MMAP, DRM_PANTHOR_BO_WB_MMAP,
};

static char text[1 << 18];
static uint32_t secret;

/* --- Streams -------------------------------------------------------------- */

static void emit_next_line(struct csb *b, struct csb_label *loop, unsigned int reg)
{
	csb_wait(b, CSB_SB_ALL);
	csb_add64(b, reg, reg, LINE);
	csb_add32(b, TEST_REG_COUNT, TEST_REG_COUNT, -1);
	csb_branch(b, CSF_COND_GT, TEST_REG_COUNT, loop);
}

/* Write the secret to @size bytes at @va. Return: the status of the job. */
static int gpu_fill(struct test_gpu *gpu, uint64_t va, uint64_t size)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct csb b;

	gpu->code_used = 0;
	csb_init(&b);
	for (unsigned int i = 0; i < LINE_REGISTERS; i++)
		csb_move32(&b, i, secret);
	csb_move48(&b, TEST_REG_ADDR, va);
	csb_move32(&b, TEST_REG_COUNT, size / LINE);
	csb_place(&b, &loop);
	csb_store(&b, 0, LINE_REGISTERS, TEST_REG_ADDR, 0);
	emit_next_line(&b, &loop, TEST_REG_ADDR);
	csb_flush(&b, TEST_REG_VALUE);
	return test_run(gpu, 0, &b);
}

/* Copy @size bytes, at most %COPY_SIZE, to the data buffer. Return: as above. */
static int gpu_copy(struct test_gpu *gpu, uint64_t va, uint64_t size)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct csb b;

	gpu->code_used = 0;
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, va);
	csb_move48(&b, TEST_REG_ADDR2, TEST_DATA_VA + COPY);
	csb_move32(&b, TEST_REG_COUNT, size / LINE);
	csb_place(&b, &loop);
	csb_load(&b, 0, LINE_REGISTERS, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, 0, LINE_REGISTERS, TEST_REG_ADDR2, 0);
	csb_add64(&b, TEST_REG_ADDR, TEST_REG_ADDR, LINE);
	emit_next_line(&b, &loop, TEST_REG_ADDR2);
	csb_flush(&b, TEST_REG_VALUE);
	return test_run(gpu, 0, &b);
}

/* Return: number of words that are @value. */
static unsigned int count_words(const void *memory, uint64_t size, uint32_t value)
{
	const volatile uint32_t *words = memory;
	unsigned int found = 0;

	for (uint64_t i = 0; i < size / 4; i++)
		found += words[i] == value;
	return found;
}

/* As the GPU loads them */
static unsigned int gpu_count(struct test_gpu *gpu, uint64_t va, uint64_t size,
			      uint32_t value)
{
	unsigned int found = 0;

	for (uint64_t at = 0; at < size; at += COPY_SIZE) {
		uint64_t part = size - at < COPY_SIZE ? size - at : COPY_SIZE;

		igt_assert_eq(gpu_copy(gpu, va + at, part), 1);
		found += count_words((char *)gpu->data.cpu + COPY, part, value);
	}
	return found;
}

static void cpu_fill(void *memory, uint64_t size)
{
	volatile uint32_t *words = memory;

	for (uint64_t i = 0; i < size / 4; i++)
		words[i] = secret;
}

/* Store what a new group finds in @count registers from @first on, using @reg. */
static void store_registers(struct test_gpu *gpu, unsigned int first, unsigned int count,
			    unsigned int reg)
{
	struct csb b;

	csb_init(&b);
	csb_move48(&b, reg, TEST_DATA_VA + REGISTERS);
	for (unsigned int i = first; i < first + count; i += LINE_REGISTERS)
		csb_store(&b, i, LINE_REGISTERS, reg, 4 * i);
	csb_wait(&b, CSB_SB_ALL);
	csb_flush(&b, reg);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

/* --- The driver's memory -------------------------------------------------- */

static void find_ranges(struct test_gpu *gpu, struct ranges *ranges)
{
	char path[256], start[64];
	uint64_t first, end;
	const char *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu->fd);
	test_read_file(path, text, sizeof(text));
	at = strstr(text, "drm-client-id:");
	igt_assert(at);
	snprintf(start, sizeof(start), "client %llu:\n",
		 strtoull(at + strlen("drm-client-id:"), NULL, 10));
	test_debugfs_path("gpuvas", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	at = strstr(text, start);
	igt_assert_f(at, "no %s in\n%s", start, text);

	memset(ranges, 0, sizeof(*ranges));
	for (at = strchr(at, '\n'); at && at[1] == ' '; at = strchr(at + 1, '\n')) {
		char what[8] = "";

		if (sscanf(at, " 0x%" SCNx64 "-0x%" SCNx64 ": %7s", &first, &end, what) < 3 ||
		    strcmp(what, "kernel"))
			continue;
		igt_assert_lt(ranges->count, RANGES_MAX);
		ranges->start[ranges->count] = first;
		ranges->size[ranges->count++] = end - first;
	}
}

static uint64_t ranges_end(const struct ranges *ranges)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < ranges->count; i++) {
		if (ranges->start[i] + ranges->size[i] > end)
			end = ranges->start[i] + ranges->size[i];
	}
	return end;
}

/* --- The two clients ------------------------------------------------------ */

/* A fault ends the group. */
static void new_group(struct test_gpu *gpu)
{
	panthor_group_destroy(gpu->fd, gpu->group);
	test_gpu_new_group(gpu, 1);
}

static void make_heap(struct test_gpu *gpu)
{
	struct drm_panthor_tiler_heap_create args = test_heap_args(gpu->vm);

	igt_assert_eq(test_heap_create(gpu->fd, &args), 0);
}

/* Overwrite what the driver has mapped: heaps, rings, sync objects of groups. */
static void fill_driver_memory(struct test_gpu *gpu)
{
	uint32_t groups[2] = { gpu->group };
	struct ranges ranges;

	igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, 4, RING, &groups[1]), 0);
	make_heap(gpu);
	find_ranges(gpu, &ranges);
	/* The memory of this group is not among them. */
	test_gpu_new_group(gpu, 1);
	for (unsigned int i = 0; i < ranges.count; i++)
		igt_assert_eq(gpu_fill(gpu, ranges.start[i], ranges.size[i]), 1);
	igt_info("%u ranges of the driver overwritten\n", ranges.count);
	igt_assert_lt(0, ranges.count);
	for (int i = 0; i < 2; i++)
		igt_assert_eq(panthor_group_destroy(gpu->fd, groups[i]), 0);
}

static void fill_registers(struct test_gpu *gpu)
{
	struct csb b;

	csb_init(&b);
	for (unsigned int i = 0; i < REGISTER_COUNT; i++)
		csb_move32(&b, i, secret);
	igt_assert_eq(test_run(gpu, 0, &b), 1);
}

static void fill_sparse(struct test_gpu *gpu)
{
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, SPARSE_VA, 0, 0, SIZE,
				     DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
				     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	igt_assert_eq(gpu_fill(gpu, SPARSE_VA, COPY_SIZE), 1);
}

/* A client with the secret in all its memory, and one buffer at %VA */
static void open_victim(struct test_gpu *gpu, struct panthor_buf *buf)
{
	test_gpu_open(gpu, 1);
	igt_assert_eq(panthor_buf_create(gpu->fd, gpu->vm, VA, SIZE, 0, buf), 0);
	cpu_fill(buf->cpu, SIZE / 2);
	igt_assert_eq(gpu_fill(gpu, VA + SIZE / 2, SIZE / 2), 1);
	igt_assert_eq_u32(gpu_count(gpu, VA, SIZE, secret), SIZE / 4);
	fill_sparse(gpu);
	fill_driver_memory(gpu);
	fill_registers(gpu);
}

/* New memory of all kinds is zero, as the CPU and the GPU see it. */
static void expect_new_memory_zero(struct test_gpu *gpu)
{
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(kinds); i++) {
		uint32_t flags = kinds[i / 2], vm = i % 2 ? gpu->vm : 0, bo;
		uint64_t size = SIZE;
		void *cpu;

		igt_assert_eq(panthor_bo_create(gpu->fd, &size, flags, vm, &bo), 0);
		igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, VA, bo, 0, size, 0), 0);
		if (!(flags & DRM_PANTHOR_BO_NO_MMAP)) {
			igt_assert_eq(panthor_bo_mmap(gpu->fd, bo, size, &cpu), 0);
			igt_assert_eq_u32(count_words(cpu, size, 0), size / 4);
			munmap(cpu, size);
		}
		igt_assert_eq_u32(gpu_count(gpu, VA, size, 0), size / 4);
		igt_assert_eq(panthor_vm_unmap(gpu->fd, gpu->vm, VA, size), 0);
		igt_assert_eq(panthor_bo_close(gpu->fd, bo), 0);
	}
}

static void expect_sparse_zero(struct test_gpu *gpu)
{
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, SPARSE_VA, 0, 0, SIZE,
				     DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
				     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	igt_assert_eq_u32(gpu_count(gpu, SPARSE_VA, SIZE, secret), 0);
	igt_assert_eq(panthor_vm_unmap(gpu->fd, gpu->vm, SPARSE_VA, SIZE), 0);
}

/* Nothing that the driver maps for a new client has the secret. */
static void expect_driver_memory_clean(void)
{
	struct ranges ranges;
	struct test_gpu gpu;
	uint32_t group;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_group_create(gpu.fd, gpu.vm, 4, RING, &group), 0);
	make_heap(&gpu);
	find_ranges(&gpu, &ranges);
	igt_assert_lt(0, ranges.count);
	for (unsigned int i = 0; i < ranges.count; i++)
		igt_assert_eq_u32(gpu_count(&gpu, ranges.start[i], ranges.size[i], secret), 0);
	igt_info("%u ranges of the driver examined\n", ranges.count);
	close(gpu.fd);
}

/* The first jobs of a group find no register with the secret. */
static void expect_registers_clean(struct test_gpu *gpu)
{
	/* The address takes a pair of registers: each is stored by one of two groups. */
	static const unsigned int first[] = { 0, 80 }, count[] = { 80, 16 }, reg[] = { 90, 0 };

	gpu->code_used = 0;
	for (int i = 0; i < 2; i++) {
		new_group(gpu);
		store_registers(gpu, first[i], count[i], reg[i]);
		igt_assert_eq_u32(count_words((char *)gpu->data.cpu + REGISTERS +
					      4 * first[i], 4 * count[i], secret), 0);
	}
}

/* The address is not mapped here: a load and a store fault. */
static void expect_fault(struct test_gpu *gpu, uint64_t va)
{
	uint32_t value;

	igt_assert_lt(test_gpu_load(gpu, va, &value), 0);
	new_group(gpu);
	igt_assert_lt(test_gpu_store(gpu, va, ~secret), 0);
	new_group(gpu);
}

static void expect_no_secret(struct test_gpu *gpu)
{
	expect_fault(gpu, VA);
	expect_registers_clean(gpu);
	expect_driver_memory_clean();
	expect_sparse_zero(gpu);
	expect_new_memory_zero(gpu);
}

/* --- Tests ---------------------------------------------------------------- */

/* What one client maps does not exist for another one, whatever is there for it. */
static void test_address_space(bool same_file)
{
	struct panthor_buf buf, own;
	struct test_gpu gpu, other;

	open_victim(&gpu, &buf);
	test_gpu_open(&other, 1);
	if (same_file) {
		struct test_gpu spare = other;

		other.fd = gpu.fd;
		igt_assert_eq(panthor_vm_create(gpu.fd, 0, &other.vm), 0);
		igt_assert_eq(panthor_buf_create(gpu.fd, other.vm, TEST_CODE_VA,
						 TEST_CODE_SIZE, 0, &other.code), 0);
		igt_assert_eq(panthor_buf_create(gpu.fd, other.vm, TEST_DATA_VA,
						 TEST_DATA_SIZE, 0, &other.data), 0);
		test_gpu_new_group(&other, 1);
		test_gpu_close(&spare);
	}
	expect_fault(&other, VA);
	expect_fault(&other, VA + SIZE - PAGE);
	/* The same address in both */
	igt_assert_eq(panthor_buf_create(other.fd, other.vm, VA, SIZE, 0, &own), 0);
	igt_assert_eq_u32(gpu_count(&other, VA, SIZE, 0), SIZE / 4);
	for (uint64_t at = 0; at < SIZE; at += PAGE)
		((volatile uint32_t *)own.cpu)[at / 4] = ~secret;
	igt_assert_eq(test_gpu_store(&other, VA + 4, ~secret), 1);
	igt_assert_eq_u32(gpu_count(&gpu, VA, SIZE, secret), SIZE / 4);
	igt_assert_eq_u32(count_words(buf.cpu, SIZE, secret), SIZE / 4);
	close(other.fd);
	if (!same_file)
		close(gpu.fd);
}

/* Rings, sync objects and heaps of another client's groups */
static void test_groups(void)
{
	struct ranges theirs, ours;
	struct test_gpu gpu, other;
	unsigned int tried = 0;
	uint32_t group;

	test_gpu_open(&gpu, 4);
	for (int i = 0; i < 2; i++)
		igt_assert_eq(panthor_group_create(gpu.fd, gpu.vm, 4, RING, &group), 0);
	make_heap(&gpu);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	find_ranges(&gpu, &theirs);
	test_gpu_open(&other, 1);
	find_ranges(&other, &ours);
	for (unsigned int i = 0; i < theirs.count; i++) {
		/* Lower addresses are this client's own, also after a new group. */
		if (theirs.start[i] < ranges_end(&ours) + RING)
			continue;
		expect_fault(&other, theirs.start[i]);
		tried++;
	}
	igt_assert_lt(0, tried);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 2), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 2);
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

static void test_freed(void)
{
	struct test_gpu gpu, other;
	struct panthor_buf buf;

	for (int i = 0; i < 2; i++) {
		open_victim(&gpu, &buf);
		if (i % 2)
			test_gpu_close(&gpu);
		else
			close(gpu.fd);
		test_gpu_open(&other, 1);
		expect_no_secret(&other);
		test_gpu_close(&other);
	}
}

/* Remove or replace a mapping that the GPU has used, and give its pages away. */
static void test_stale(void)
{
	struct panthor_buf before, after, foreign;
	struct test_gpu gpu, other;

	test_gpu_open(&gpu, 1);
	test_gpu_open(&other, 1);
	for (int i = 0; i < 4; i++) {
		igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, BLOCK, 0, &before), 0);
		cpu_fill(before.cpu, BLOCK);
		igt_assert_eq_u32(gpu_count(&gpu, VA, BLOCK, secret), BLOCK / 4);
		if (i % 2) {
			panthor_buf_destroy(gpu.fd, gpu.vm, &before);
		} else {
			igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, BLOCK, 0,
							 &after), 0);
			munmap(before.cpu, BLOCK);
			igt_assert_eq(panthor_bo_close(gpu.fd, before.handle), 0);
		}
		igt_assert_eq(panthor_buf_create(other.fd, other.vm, VA, 4 * BLOCK, 0,
						 &foreign), 0);
		cpu_fill(foreign.cpu, 4 * BLOCK);
		if (i % 2) {
			expect_fault(&gpu, VA);
			expect_fault(&gpu, VA + BLOCK - PAGE);
		} else {
			igt_assert_eq_u32(gpu_count(&gpu, VA, BLOCK, 0), BLOCK / 4);
			panthor_buf_destroy(gpu.fd, gpu.vm, &after);
		}
		igt_assert_eq_u32(gpu_count(&other, VA, 4 * BLOCK, secret), BLOCK);
		panthor_buf_destroy(other.fd, other.vm, &foreign);
	}
	test_gpu_close(&other);
	test_gpu_close(&gpu);
}

static void evict(void)
{
	char path[256];

	test_debugfs_path("shrink", path, sizeof(path));
	test_write_file(path, "1000000\n");
}

static void sleep_and_wake(void)
{
	test_write_file("/sys/kernel/debug/vcsf-mali/sleep", "1");
}

static void reset(void)
{
	char path[256];

	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1\n");
}

/*
 * @event happens while both clients exist, and again when the one with the secret
 * has ended. The client with the secret keeps it in between.
 */
static void test_after(void (*event)(void))
{
	struct test_gpu gpu, other;
	struct panthor_buf buf;

	open_victim(&gpu, &buf);
	test_gpu_open(&other, 1);
	igt_assert_eq(test_gpu_store(&other, TEST_DATA_VA, 1), 1);
	event();
	expect_no_secret(&other);
	igt_assert_eq_u32(count_words(buf.cpu, SIZE, secret), SIZE / 4);
	igt_assert_eq_u32(gpu_count(&gpu, VA, SIZE, secret), SIZE / 4);
	fill_registers(&gpu);
	close(gpu.fd);
	event();
	expect_no_secret(&other);
	test_gpu_close(&other);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		/* No instruction, size or address of a test is this number. */
		secret = (panthor_now_ns() ^ getpid() * 0x9e3779b1u) | 0xc0000003u;
		igt_info("the secret is %#x\n", secret);
	}

	igt_describe("Addresses of another file's address space fault or are one's own.");
	igt_subtest("other-file")
		test_address_space(false);
	igt_describe("So do those of another address space of the same file.");
	igt_subtest("other-vm")
		test_address_space(true);
	igt_describe("Rings, sync objects and heaps of another client's groups are out of reach.");
	igt_subtest("groups")
		test_groups();
	igt_describe("No data of a client that has ended is in new memory or registers.");
	igt_subtest("freed")
		test_freed();
	igt_describe("A mapping that was removed or replaced is gone, also from the TLB.");
	igt_subtest("unmapped")
		test_stale();
	igt_describe("After an eviction clients still see their own data only.");
	igt_subtest("evicted")
		test_after(evict);
	igt_describe("After a system sleep clients still see their own data only.");
	igt_subtest("slept")
		test_after(sleep_and_wake);
	igt_describe("After a reset clients still see their own data only.");
	igt_subtest("reset")
		test_after(reset);
}
