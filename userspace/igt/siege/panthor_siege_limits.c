// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * What clients share by number rather than by bytes: offsets for mmap(), the walks of the
 * kernel over all buffers of a file, of an address space, or of the device, and the
 * memory that tiler heaps leave to others.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_client.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_memory.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("No number of buffers of one client holds up another.");

#define DATA		TEST_DATA_VA
#define HOLD		64
#define GIB		((uint64_t)1 << 30)
#define TIB		((uint64_t)1 << 40)

/* Documented: four times the RAM, or this if that is more; and that of 32-bit programs */
#define SHARE_MIN	(128 * GIB)
#define SHARE_32BIT	(8 * GIB)

/* More than DRM's range of 1 TiB has room for, and than the 4 TiB of all programs */
#define FILES		10
#define FILES_FULL	36
#define OFFSET_32BIT	(4 * TIB)
#define OFFSET_64BIT	(16 * TIB)

/* Documented limits of a user: so many shares of files, and of the part for 32-bit programs */
#define USER_FILES	512
#define USER_32BIT	(256 * GIB)
/* A user who is not the one who runs this */
#define OTHER_UID	12345

/* Reading fdinfo looks at each fence of each buffer. */
#define BUFFERS		6000
#define GROUPS		4
#define QUEUES		8
#define ROUNDS		5

/* Documented limit of buffers with their own reservation, in an address space */
#define SHARED_MAX	2000

/* One scan looks at this many in each of its two passes. */
#define SCANNED		1024
#define BUSY		(5 * SCANNED / 2)

static uint32_t create(int fd, uint64_t size, uint32_t flags, uint32_t vm)
{
	uint32_t handle;

	igt_assert_eq(panthor_bo_create(fd, &size, flags, vm, &handle), 0);
	return handle;
}

/* As large as a buffer can be for sure */
static uint64_t large(void)
{
	return test_meminfo("MemTotal") / 2 & ~(PANTHOR_BLOCK_SIZE - 1);
}

/* Create buffers of a size until there is an error. Return: bytes of all. */
static uint64_t fill(int fd, uint64_t size, uint64_t most, uint32_t *last)
{
	uint64_t made = 0;
	int ret = 0;

	while (made < most) {
		uint64_t one = size;

		ret = panthor_bo_create(fd, &one, 0, 0, last);
		if (ret)
			break;
		made += size;
	}
	igt_assert(!ret || ret == -ENOMEM);
	return made;
}

/* Take all that a file may have. */
static uint64_t fill_all(int fd)
{
	uint64_t made = 0;
	uint32_t last;

	for (uint64_t size = large(); size >= PANTHOR_PAGE_SIZE;
	     size = size / 2 & ~(PANTHOR_PAGE_SIZE - 1))
		made += fill(fd, size, 16 * TIB, &last);
	return made;
}

static uint64_t offset_of(int fd, uint32_t handle)
{
	uint64_t offset;

	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), 0);
	return offset;
}

static int open_32bit(void)
{
	struct drm_panthor_set_user_mmio_offset args = {
		.offset = DRM_PANTHOR_USER_MMIO_OFFSET_32BIT,
	};
	int fd = panthor_open();

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_ioctl(fd, DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, &args), 0);
	return fd;
}

/* The share is taken by buffers, not by handles, and is given back with them. */
static void test_mmap_share(void)
{
	uint64_t all = test_meminfo("MemTotal"), made, page = PANTHOR_PAGE_SIZE;
	int fd = panthor_open(), dmabuf;
	uint32_t last, other;

	igt_assert_lte(0, fd);
	made = fill(fd, large(), 2 * TIB, &last);
	igt_info("%" PRIu64 " GiB of buffers\n", made / GIB);
	igt_assert_lte_u64(made, 4 * all > SHARE_MIN ? 4 * all : SHARE_MIN);
	igt_assert_lte_u64(SHARE_MIN - large(), made);

	igt_assert_eq(panthor_bo_close(fd, last), 0);
	last = create(fd, large(), 0, 0);
	/* A dma-buf keeps the buffer. */
	igt_assert_eq(drmPrimeHandleToFD(fd, last, DRM_CLOEXEC | DRM_RDWR, &dmabuf), 0);
	igt_assert_eq(panthor_bo_close(fd, last), 0);
	igt_assert_eq_u64(fill(fd, large(), large(), &other), 0);
	/* Buffers that cannot be mapped are not counted. */
	create(fd, large(), DRM_PANTHOR_BO_NO_MMAP, 0);
	close(dmabuf);
	fill_all(fd);
	igt_assert_eq(panthor_bo_create(fd, &page, 0, 0, &last), -ENOMEM);
	close(fd);
}

/* A file that has no more of its share imports a buffer and wants to map it. */
static void test_mmap_import(void)
{
	struct drm_mode_create_dumb dumb = { .width = 1024, .height = 4, .bpp = 32 };
	int fd = open_32bit(), vgem, dmabuf;
	uint32_t handle, small;
	uint64_t offset;

	vgem = panthor_open_driver("vgem", "/dev/dri/card", 0);
	igt_require_f(vgem >= 0, "no vgem device\n");
	igt_assert_eq(panthor_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &dumb), 0);
	igt_assert_eq(drmPrimeHandleToFD(vgem, dumb.handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf), 0);
	small = create(fd, dumb.size, 0, 0);
	igt_assert_eq_u64(fill_all(fd), SHARE_32BIT - dumb.size);
	igt_assert_eq(drmPrimeFDToHandle(fd, dmabuf, &handle), 0);
	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), -ENOMEM);
	igt_assert_eq(panthor_bo_close(fd, small), 0);
	offset = offset_of(fd, handle);
	/* Once only */
	igt_assert_eq_u64(offset_of(fd, handle), offset);
	close(dmabuf);
	close(vgem);
	close(fd);
}

/* All that some files may have, which is more than DRM's range */
static void test_mmap_others(void)
{
	int fds[FILES], other = panthor_open();
	uint64_t made = 0;
	uint32_t last;

	igt_assert_lte(0, other);
	for (unsigned int i = 0; i < FILES; i++) {
		fds[i] = panthor_open();
		igt_assert_lte(0, fds[i]);
		made += fill(fds[i], large(), 2 * TIB, &last);
	}
	igt_info("%" PRIu64 " GiB of buffers\n", made / GIB);
	igt_assert_lt_u64(TIB, made);
	offset_of(other, create(other, large(), 0, 0));
	for (unsigned int i = 0; i < FILES; i++)
		close(fds[i]);
	close(other);
}

/* Fill what is left between the largest buffers. */
static void fill_gaps(int fd)
{
	for (uint64_t size = large(); size >= PANTHOR_PAGE_SIZE;
	     size = size / 2 & ~(PANTHOR_PAGE_SIZE - 1)) {
		create(fd, size, 0, 0);
		create(fd, size, 0, 0);
	}
}

static void map_and_write(int fd, uint32_t handle)
{
	void *map;

	igt_assert_eq(panthor_bo_mmap(fd, handle, PANTHOR_PAGE_SIZE, &map), 0);
	*(volatile uint32_t *)map = 1;
	munmap(map, PANTHOR_PAGE_SIZE);
}

/* 64-bit programs take all that they can; a 32-bit one still gets what it can use. */
static void test_mmap_32bit(void)
{
	int fds[FILES_FULL], fd = open_32bit();
	uint32_t small = 0, last;
	uint64_t offset;

	for (unsigned int i = 0; i < FILES_FULL; i++) {
		fds[i] = panthor_open();
		igt_assert_lte(0, fds[i]);
		if (!i)
			small = create(fds[i], PANTHOR_PAGE_SIZE, 0, 0);
		fill(fds[i], large(), SHARE_MIN - 8 * large(), &last);
	}
	/* The first buffers of 64-bit programs have offsets that 32-bit programs can use. */
	igt_assert_lt_u64(offset_of(fds[0], small), OFFSET_32BIT);
	fill_gaps(fds[0]);
	small = create(fds[0], PANTHOR_PAGE_SIZE, 0, 0);
	offset = offset_of(fds[0], small);
	igt_info("the last offset is %#" PRIx64 "\n", offset);
	igt_assert_lte_u64(OFFSET_64BIT, offset);
	map_and_write(fds[0], small);

	offset = offset_of(fd, create(fd, large(), 0, 0));
	igt_assert_lte_u64(OFFSET_32BIT, offset);
	small = create(fd, PANTHOR_PAGE_SIZE, 0, 0);
	offset = offset_of(fd, small);
	igt_assert_lt_u64(offset, DRM_PANTHOR_USER_MMIO_OFFSET_32BIT);
	map_and_write(fd, small);
	for (unsigned int i = 0; i < FILES_FULL; i++)
		close(fds[i]);
	close(fd);
}

/* Be another user for the limits, and stay one who may open the device. */
static int open_as_other(int (*open_device)(void))
{
	int fd;

	igt_assert_eq(setresuid(OTHER_UID, 0, 0), 0);
	fd = open_device();
	igt_assert_eq(setresuid(0, 0, 0), 0);
	igt_assert_lte(0, fd);
	return fd;
}

/* Give the buffers of a file, whose handles are 1 to @count, to another one. */
static void pass_on(int from, int to, uint32_t count)
{
	for (uint32_t i = 1; i <= count; i++) {
		uint32_t handle;
		int dmabuf;

		igt_assert_eq(drmPrimeHandleToFD(from, i, DRM_CLOEXEC | DRM_RDWR, &dmabuf), 0);
		igt_assert_eq(drmPrimeFDToHandle(to, dmabuf, &handle), 0);
		close(dmabuf);
	}
}

/* As many files as there is room for. Another has the buffers of the first, which is closed. */
static void test_mmap_user(void)
{
	uint64_t all = test_meminfo("MemTotal"), made = 0, share = 0, one;
	int fds[2 * USER_FILES], keeper = panthor_open(), other;
	unsigned int count = 0;
	uint32_t last;

	igt_assert_lte(0, keeper);
	do {
		fds[count] = panthor_open();
		igt_assert_lte(0, fds[count]);
		one = fill(fds[count], large(), 2 * TIB, &last);
		share = share ?: one;
		made += one;
		if (!count++) {
			pass_on(fds[0], keeper, one / large());
			close(fds[0]);
		}
	} while (one == share && count < ARRAY_SIZE(fds));
	igt_info("%" PRIu64 " GiB of buffers, %u files\n", made / GIB, count);
	igt_assert_lte_u64(made, USER_FILES * (4 * all > SHARE_MIN ? 4 * all : SHARE_MIN));
	igt_assert_lte_u64((USER_FILES - 1) * share, made);

	other = open_as_other(panthor_open);
	igt_assert_eq_u64(fill(other, large(), 2 * TIB, &last), share);
	close(other);
	close(keeper);
	igt_assert_eq_u64(fill(fds[count - 1], large(), 2 * TIB, &last) + one, share);
	for (unsigned int i = 1; i < count; i++)
		close(fds[i]);
}

static bool is_for_32bit(uint64_t offset)
{
	return offset >= OFFSET_32BIT && offset < DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

/* A user has a part of the offsets for 32-bit programs, and then those for all programs. */
static void test_mmap_user_32bit(void)
{
	int fds[USER_32BIT / GIB + 1], other;
	const unsigned int count = ARRAY_SIZE(fds);
	uint64_t offset = 0;

	for (unsigned int i = 0; i < count; i++) {
		fds[i] = open_32bit();
		offset = offset_of(fds[i], create(fds[i], GIB, 0, 0));
		igt_assert_eq(is_for_32bit(offset), i < count - 1);
	}
	igt_assert_lt_u64(offset, OFFSET_32BIT);
	other = open_as_other(open_32bit);
	igt_assert(is_for_32bit(offset_of(other, create(other, GIB, 0, 0))));
	for (unsigned int i = 0; i < count; i++)
		close(fds[i]);
	/* What was given back can be taken again. */
	fds[0] = open_32bit();
	igt_assert(is_for_32bit(offset_of(fds[0], create(fds[0], GIB, 0, 0))));
	close(fds[0]);
	close(other);
}

static void read_fdinfo(int fd)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	test_read_file(path, text, sizeof(text));
	igt_assert(strstr(text, "drm-active-memory"));
}

/* Stay on one processor, at the scheduler's highest priority if @urgent. */
static void use_processor(bool urgent)
{
	const struct sched_param param = { .sched_priority = urgent };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	igt_assert_eq(sched_setaffinity(0, sizeof(set), &set), 0);
	if (urgent)
		igt_assert_eq(sched_setscheduler(0, SCHED_FIFO, &param), 0);
}

/* Sleep for a millisecond again and again; the result is the longest time that it took. */
static void sleeper(struct test_client *client, void *data)
{
	const uint64_t ms = *(uint64_t *)data;

	use_processor(true);
	for (;;) {
		uint64_t longest = 0, end, begin;

		test_client_step(client, 0);
		end = panthor_now_ns() + ms * PANTHOR_MILLISECOND;
		do {
			begin = panthor_now_ns();
			usleep(1000);
			begin = panthor_now_ns() - begin;
			longest = begin > longest ? begin : longest;
		} while (panthor_now_ns() < end);
		test_client_step(client, longest);
	}
}

/* Fences of all queues, which must exist at the same time: none replaces another. */
static void add_fences(struct test_gpu *gpu)
{
	uint32_t done = test_syncobj(gpu), group;
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	test_job(gpu, 0, &b, &job);
	for (unsigned int i = 0; i < GROUPS * QUEUES; i++) {
		struct panthor_job one = job;

		if (i % QUEUES == 0)
			igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, QUEUES,
							   TEST_RING_SIZE, &group), 0);
		one.submit.queue_index = i % QUEUES;
		panthor_job_signal(&one, done, i + 1);
		igt_assert_eq(panthor_submit(gpu->fd, group, &one, 1), 0);
	}
	test_release(gpu, HOLD);
	igt_assert_eq(test_wait(gpu, done, GROUPS * QUEUES), 1);
}

/*
 * A process that is more urgent than the reader of fdinfo gets its processor in a small
 * part of the time that a read takes.
 */
static void test_fdinfo(void)
{
	uint64_t read_ns, slept, best = UINT64_MAX, ms;
	struct test_client client;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	for (unsigned int i = 0; i < BUFFERS; i++)
		create(gpu.fd, PANTHOR_PAGE_SIZE, 0, gpu.vm);
	add_fences(&gpu);
	use_processor(false);
	read_fdinfo(gpu.fd);
	read_ns = panthor_now_ns();
	read_fdinfo(gpu.fd);
	read_ns = panthor_now_ns() - read_ns;
	ms = 2 * read_ns / PANTHOR_MILLISECOND;
	test_client_start(&client, sleeper, &ms);
	igt_assert(test_client_next(&client, &slept));
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t end = panthor_now_ns() + ms * PANTHOR_MILLISECOND;

		test_client_go(&client);
		do {
			read_fdinfo(gpu.fd);
		} while (panthor_now_ns() < end);
		igt_assert(test_client_next(&client, &slept));
		best = slept < best ? slept : best;
		test_client_go(&client);
		igt_assert(test_client_next(&client, &slept));
	}
	test_client_end(&client);
	igt_info("a read takes %" PRIu64 " us, a sleep of 1000 us at most %" PRIu64 " us\n",
		 read_ns / 1000, best / 1000);
	igt_require_f(4 * PANTHOR_MILLISECOND < read_ns, "too fast to see\n");
	igt_assert_lt_u64(best, read_ns / 2);
	test_gpu_close(&gpu);
}

/* A submit takes the reservation of each such buffer. */
static void test_shared_buffers(void)
{
	static uint32_t handles[SHARED_MAX + 1];
	const uint64_t page = PANTHOR_PAGE_SIZE;
	struct drm_panthor_vm_bind_op op = { .size = page };
	uint32_t done = 0, own;
	struct test_gpu gpu;
	unsigned int i;
	struct csb b;

	/* Code and data are exclusive to the address space. */
	test_gpu_open(&gpu, 1);
	for (i = 0; i <= SHARED_MAX; i++)
		handles[i] = create(gpu.fd, page, DRM_PANTHOR_BO_NO_MMAP, 0);
	own = create(gpu.fd, page, DRM_PANTHOR_BO_NO_MMAP, gpu.vm);
	for (i = 0; i <= SHARED_MAX; i++) {
		op.bo_handle = handles[i];
		op.va = TEST_FREE_VA + i * page;
		if (panthor_vm_bind(gpu.fd, gpu.vm, &op, 1, &done))
			break;
	}
	igt_info("%u buffers are mapped\n", i);
	igt_assert_eq_u32(i, SHARED_MAX);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, op.va, handles[i], 0, page, 0), -ENOSPC);
	igt_assert_eq(panthor_vm_bind_async(gpu.fd, gpu.vm, &op, 1), -ENOSPC);
	/* Not for those which are mapped, nor for buffers of the address space */
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, op.va, handles[0], 0, page, 0), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, op.va + page, own, 0, page, 0), 0);
	csb_init(&b);
	test_emit_store(&b, op.va, 1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	/* Both mappings of the first one */
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_FREE_VA, page), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, TEST_FREE_VA, handles[i], 0, page, 0),
		      -ENOSPC);
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, op.va, page), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, TEST_FREE_VA, handles[i], 0, page, 0), 0);
	test_gpu_close(&gpu);
}

/* One scan does not look at all buffers, but the next ones look at the others. */
static void test_scan(void)
{
	uint32_t done, free_one;
	struct test_gpu gpu;
	unsigned int scans;

	test_gpu_open(&gpu, 1);
	for (unsigned int i = 0; i < BUSY; i++)
		map_and_write(gpu.fd, create(gpu.fd, PANTHOR_PAGE_SIZE, 0, gpu.vm));
	free_one = create(gpu.fd, PANTHOR_PAGE_SIZE, 0, 0);
	map_and_write(gpu.fd, free_one);
	/* Its fence keeps all buffers of the address space. */
	done = test_submit_held(&gpu, false);
	for (scans = 0; scans < 2 * BUSY / SCANNED && !test_is_evicted(gpu.fd, free_one); scans++)
		test_evict_scan(1);
	igt_info("evicted by scan %u\n", scans);
	igt_assert_lt(1, scans);
	igt_assert(test_is_evicted(gpu.fd, free_one));
	test_finish_held(&gpu, done);
	test_gpu_close(&gpu);
}

/* Chunks of an address space that are allowed if memory is short */
#define ALLOWED		(16u << 20)

/* Use memory until a tenth is available. */
static void eater(struct test_client *client, void *data)
{
	const size_t step = 8 << 20;

	(void)data;
	while (test_meminfo("MemAvailable") > test_meminfo("MemTotal") / 10) {
		void *memory = mmap(NULL, step, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		igt_assert(memory != MAP_FAILED);
	}
	test_client_step(client, test_meminfo("MemAvailable"));
}

/* A heap whose chunks would be part of the last eighth of memory */
static void test_heap_memory(void)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_client client;
	struct test_gpu gpu;
	uint64_t left;
	int ret;

	test_gpu_open(&gpu, 0);
	args = test_heap_args(gpu.vm);
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	igt_assert_eq(test_heap_destroy(gpu.fd, args.handle), 0);
	test_client_start(&client, eater, NULL);
	igt_assert(test_client_next(&client, &left));
	args = test_heap_args(gpu.vm);
	/* Some chunks an address space gets in any case. */
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	args.initial_chunk_count = ALLOWED / args.chunk_size;
	args.max_chunks = args.initial_chunk_count;
	ret = test_heap_create(gpu.fd, &args);
	test_client_end(&client);
	igt_info("%" PRIu64 " MiB are available: %s\n", left >> 20, strerror(-ret));
	igt_assert_eq(ret, -ENOMEM);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A file has a share of the offsets for mmap().");
	igt_subtest("mmap-share")
		test_mmap_share();
	igt_describe("Offsets of imported buffers are part of the share.");
	igt_subtest("mmap-import")
		test_mmap_import();
	igt_describe("Files that take all of their shares leave offsets to others.");
	igt_subtest("mmap-others")
		test_mmap_others();
	igt_describe("64-bit programs leave offsets to 32-bit ones.");
	igt_subtest("mmap-32bit")
		test_mmap_32bit();
	igt_describe("A user has a share, too, whatever files there are.");
	igt_subtest("mmap-user")
		test_mmap_user();
	igt_subtest("mmap-user-32bit")
		test_mmap_user_32bit();
	igt_describe("Others are not kept off a processor by a read of fdinfo.");
	igt_subtest("fdinfo")
		test_fdinfo();
	igt_describe("An address space maps a limited number of shared buffers.");
	igt_subtest("shared-buffers")
		test_shared_buffers();
	igt_describe("A scan of the shrinker looks at a limited number of buffers.");
	igt_subtest("scan")
		test_scan();
	igt_describe("A tiler heap is not created of the last memory.");
	igt_subtest("heap-memory")
		test_heap_memory();
}
