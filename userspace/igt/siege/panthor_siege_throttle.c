// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A client whose allocations sleep, since its memory control group is beyond memory.high:
 * two seconds for each 256 KiB, minutes for a buffer. This is its own affair: nothing else
 * waits for it, not an unbind, not a client that has the same buffer, not the work items that
 * free objects of all clients, and not the process that kills it.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_client.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_memory.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Nothing else waits for a client whose allocations sleep.");

#define MIB		((uint64_t)1 << 20)
/* Takes minutes to allocate, and is small for the machine */
#define LARGE		(64 * MIB)
#define PAGE		PANTHOR_PAGE_SIZE
#define VA		TEST_FREE_VA
/* More than the workers that free objects */
#define MAPS		10
#define CHUNK		(8 * MIB)
/* Tables that are allocated in batches of two seconds each */
#define TABLES		2048
#define TABLE_SPAN	((uint64_t)PANTHOR_BLOCK_SIZE)
#define QUEUES		8
/* A ring of the largest size: with those of all queues, more than one batch of pages */
#define LARGE_RING	(64 * 1024)
/* Where the kernel lets an allocation sleep */
#define SLEEPS		"mem_cgroup_handle_over_high"
/* Vertices that fill more than a chunk */
#define VERTICES	(16 * MIB / TEST_VERTEX)

/**
 * struct throttled - a client that is throttled, and what it shares with the parent
 * @memcg: its control group
 * @ended: the call that sleeps has ended
 * @unbound: the device has been unbound
 * @fd: dma-buf to map, or -1
 */
struct throttled {
	struct test_memcg memcg;
	atomic_bool ended;
	atomic_bool unbound;
	int fd;
};

static struct throttled *throttled_open(void)
{
	struct throttled *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	igt_assert(t != MAP_FAILED);
	t->fd = -1;
	test_memcg_open(&t->memcg, 1024 * MIB);
	return t;
}

static void throttled_close(struct throttled *t)
{
	test_memcg_close(&t->memcg);
	munmap(t, sizeof(*t));
}

/* From now on, what the caller allocates makes it sleep. */
static void throttle(const struct throttled *t)
{
	test_memcg_join(&t->memcg);
	test_memcg_set_high(&t->memcg, PAGE);
}

static void await_throttled(const struct throttled *t)
{
	while (!test_memcg_event(&t->memcg, "high"))
		usleep(1000);
}

static uint32_t new_bo(struct test_gpu *gpu, uint64_t size, bool exclusive)
{
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, exclusive ? gpu->vm : 0, &bo), 0);
	return bo;
}

static struct drm_panthor_vm_bind_op map_op(uint32_t bo, uint64_t size)
{
	return (struct drm_panthor_vm_bind_op) {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
		.bo_handle = bo,
		.va = VA,
		.size = size,
	};
}

static void bind_client(struct test_client *client, void *data)
{
	struct drm_panthor_vm_bind_op op;
	struct throttled *t = data;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	op = map_op(new_bo(&gpu, LARGE, true), LARGE);
	test_client_step(client, 0);
	throttle(t);
	panthor_vm_bind(gpu.fd, gpu.vm, &op, 1, NULL);
	atomic_store(&t->ended, true);
}

/* The driver is unbound while a VM_BIND allocates the pages of its buffer. */
static void test_unbind_throttled(void)
{
	struct throttled *t = throttled_open();
	struct test_client client;
	uint64_t result;
	bool ended;

	test_client_start(&client, bind_client, t);
	igt_assert(test_client_next(&client, &result));
	test_client_go(&client);
	await_throttled(t);
	test_unbind();
	ended = atomic_load(&t->ended);
	test_client_end(&client);
	test_bind();
	throttled_close(t);
	igt_assert(!ended);
}

static void mmap_client(struct test_client *client, void *data)
{
	struct throttled *t = data;
	int fd = panthor_open();
	uint32_t bo;
	void *cpu;

	igt_assert_lte(0, fd);
	igt_assert_eq(drmPrimeFDToHandle(fd, t->fd, &bo), 0);
	test_client_step(client, 0);
	throttle(t);
	panthor_bo_mmap(fd, bo, LARGE, &cpu);
}

/* A buffer that two clients have: one maps it for its CPU, the other for its GPU. */
static void test_shared(void)
{
	struct throttled *t = throttled_open();
	struct drm_panthor_vm_bind_op op;
	struct test_client client;
	struct test_gpu gpu;
	uint64_t result;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, LARGE, false);
	igt_assert_eq(drmPrimeHandleToFD(gpu.fd, bo, DRM_CLOEXEC | DRM_RDWR, &t->fd), 0);
	test_client_start(&client, mmap_client, t);
	igt_assert(test_client_next(&client, &result));
	test_client_go(&client);
	await_throttled(t);
	op = map_op(bo, LARGE);
	igt_assert_eq(panthor_vm_bind(gpu.fd, gpu.vm, &op, 1, NULL), 0);
	test_client_end(&client);
	close(t->fd);
	test_gpu_close(&gpu);
	throttled_close(t);
}

struct lock_holder {
	struct throttled *t;
	struct test_gpu gpu;
	uint32_t large;
};

static void *map_large(void *data)
{
	struct lock_holder *holder = data;
	void *cpu;

	throttle(holder->t);
	panthor_bo_mmap(holder->gpu.fd, holder->large, LARGE, &cpu);
	return NULL;
}

/*
 * One thread allocates the pages of an exclusive buffer. Another one prepares changes of the
 * same address space and then fails: work items free what it has prepared.
 */
static void free_client(struct test_client *client, void *data)
{
	struct drm_panthor_vm_bind_op ops[MAPS + 1];
	struct lock_holder holder = { .t = data };
	pthread_t thread;
	uint32_t small;

	test_gpu_open(&holder.gpu, 1);
	holder.large = new_bo(&holder.gpu, LARGE, true);
	small = new_bo(&holder.gpu, PAGE, false);
	for (int i = 0; i < MAPS; i++)
		ops[i] = map_op(small, PAGE);
	ops[MAPS] = map_op(0, PAGE);
	igt_assert_eq(pthread_create(&thread, NULL, map_large, &holder), 0);
	await_throttled(holder.t);
	igt_assert_eq(panthor_vm_bind_async(holder.gpu.fd, holder.gpu.vm, ops, MAPS + 1),
		      -EINVAL);
	test_client_step(client, 0);
}

/* The group of another client is freed. */
static void test_free(void)
{
	struct throttled *t = throttled_open();
	struct test_client client;
	struct test_gpu gpu;
	uint64_t result, before;

	test_client_start(&client, free_client, t);
	igt_assert(test_client_next(&client, &result));
	test_gpu_open(&gpu, 1);
	before = test_kernel_memory(gpu.fd);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	while (test_kernel_memory(gpu.fd) >= before)
		usleep(1000);
	test_gpu_new_group(&gpu, 1);
	test_expect_works(&gpu);
	test_gpu_close(&gpu);
	test_client_end(&client);
	throttled_close(t);
}

static void heap_client(struct test_client *client, void *data)
{
	struct drm_panthor_tiler_heap_create args;
	struct csf_heap_descriptor *descriptor;
	struct csf_tiler_context *tiler;
	struct throttled *t = data;
	struct panthor_job job;
	struct test_gpu gpu;
	struct csb b;

	test_memcg_join(&t->memcg);
	test_gpu_open(&gpu, 1);
	args = test_heap_args(gpu.vm);
	args.initial_chunk_count = 1;
	args.chunk_size = CHUNK;
	args.max_chunks = 16;
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	test_tiler_init(&gpu, &args);
	tiler = (void *)((char *)gpu.data.cpu + TEST_TILER);
	descriptor = (void *)((char *)gpu.data.cpu + (tiler->heap - TEST_DATA_VA));
	descriptor->size = CHUNK;
	descriptor->top = descriptor->base + CHUNK;
	csb_init(&b);
	test_emit_tiling(&b, args.tiler_heap_ctx_gpu_va, VERTICES);
	test_job(&gpu, 0, &b, &job);
	test_memcg_set_high(&t->memcg, PAGE);
	test_submit(&gpu, &job, 1);
	test_client_step(client, 0);
}

/* A heap is refilled when its owner is killed. */
static void test_kill_heap(void)
{
	struct throttled *t = throttled_open();
	struct test_client client;
	uint64_t result, before;

	test_client_start(&client, heap_client, t);
	igt_assert(test_client_next(&client, &result));
	/* The work item allocates, and sleeps. */
	before = test_memcg_event(&t->memcg, "high");
	while (test_memcg_event(&t->memcg, "high") == before)
		usleep(1000);
	test_client_end(&client);
	throttled_close(t);
}

/* A job that restores what has been evicted, while the client is throttled */
static void submit_throttled(struct test_client *client, struct throttled *t,
			     struct test_gpu *gpu, long exported)
{
	struct panthor_job job;

	test_evict_all(exported);
	panthor_job_init(&job, 0, 0, 0);
	test_client_step(client, 0);
	throttle(t);
	panthor_submit(gpu->fd, gpu->group, &job, 1);
	atomic_store(&t->ended, true);
}

static void restore_pages_client(struct test_client *client, void *data)
{
	struct throttled *t = data;
	struct panthor_buf large;
	struct test_gpu gpu;

	test_memcg_join(&t->memcg);
	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, VA, LARGE, 0, &large), 0);
	memset(large.cpu, 1, LARGE);
	submit_throttled(client, t, &gpu, 0);
}

/* The driver is unbound while a job reads the pages of an evicted buffer from swap. */
static void test_restore_pages(void)
{
	struct throttled *t;
	struct test_client client;
	uint64_t result, before;
	bool ended;

	igt_require_f(test_swap_on(), "no zram\n");
	t = throttled_open();
	test_memcg_set_swap(&t->memcg, 2 * LARGE);
	test_client_start(&client, restore_pages_client, t);
	igt_assert(test_client_next(&client, &result));
	before = test_vmstat("pswpin");
	test_client_go(&client);
	while (test_vmstat("pswpin") == before)
		usleep(1000);
	test_unbind();
	ended = atomic_load(&t->ended);
	test_client_end(&client);
	test_bind();
	throttled_close(t);
	test_swap_off();
	igt_assert(!ended);
}

static void restore_tables_client(struct test_client *client, void *data)
{
	static struct drm_panthor_vm_bind_op ops[TABLES];
	struct throttled *t = data;
	struct test_gpu gpu;
	uint32_t shared, own;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(drmPrimeFDToHandle(gpu.fd, t->fd, &shared), 0);
	own = new_bo(&gpu, PAGE, true);
	ops[0] = map_op(shared, PAGE);
	for (unsigned int i = 1; i < TABLES; i++) {
		ops[i] = map_op(own, PAGE);
		ops[i].va += i * TABLE_SPAN;
	}
	igt_assert_eq(panthor_vm_bind(gpu.fd, gpu.vm, ops, TABLES, NULL), 0);
	submit_throttled(client, t, &gpu, 1);
}

/* A job allocates page tables for evicted buffers, in an address space with a shared one. */
static void test_restore_tables(void)
{
	struct throttled *t = throttled_open();
	struct drm_panthor_vm_bind_op op;
	struct test_client client;
	struct test_gpu gpu;
	uint64_t result, before;
	uint32_t bo;
	bool ended;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE, false);
	igt_assert_eq(drmPrimeHandleToFD(gpu.fd, bo, DRM_CLOEXEC | DRM_RDWR, &t->fd), 0);
	test_client_start(&client, restore_tables_client, t);
	igt_assert(test_client_next(&client, &result));
	before = test_memcg_charged(&t->memcg);
	test_client_go(&client);
	while (test_memcg_charged(&t->memcg) < before + MIB)
		usleep(1000);
	op = map_op(bo, PAGE);
	igt_assert_eq(panthor_vm_bind(gpu.fd, gpu.vm, &op, 1, NULL), 0);
	ended = atomic_load(&t->ended);
	test_client_end(&client);
	close(t->fd);
	test_gpu_close(&gpu);
	throttled_close(t);
	igt_assert(!ended);
}

static void unbind_client(struct test_client *client, void *data)
{
	struct throttled *t = data;

	test_unbind();
	atomic_store(&t->unbound, true);
	test_client_step(client, 0);
}

/* Has the unbind waited for all that unplugging the device waits for? */
static bool is_unplugged(const struct throttled *t, const struct test_client *unbinder)
{
	return atomic_load(&t->unbound) ||
	       (test_task_in(unbinder->pid, "vpan_remove", "") &&
		!test_task_in(unbinder->pid, "vpan_remove", "drm_dev_unplug"));
}

/*
 * Unbind the driver while the task @pid sleeps in an allocation in @function. It sleeps for up
 * to two seconds, which an unplug that does not wait for it is done in.
 */
static void unbind_beside(struct throttled *t, pid_t pid, const char *function)
{
	struct test_client unbinder;
	uint64_t result;
	bool sleeps;

	test_client_start(&unbinder, unbind_client, t);
	while (!is_unplugged(t, &unbinder))
		usleep(1000);
	sleeps = test_task_in(pid, function, SLEEPS);
	igt_assert(test_client_next(&unbinder, &result));
	test_client_end(&unbinder);
	test_bind();
	igt_assert(sleeps);
}

static void group_client(struct test_client *client, void *data)
{
	struct test_gpu gpu;
	uint32_t group;

	test_gpu_open(&gpu, 1);
	test_client_step(client, 0);
	throttle(data);
	panthor_group_create(gpu.fd, gpu.vm, QUEUES, LARGE_RING, &group);
	test_client_step(client, 0);
}

static void new_heap_client(struct test_client *client, void *data)
{
	struct drm_panthor_tiler_heap_create args;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	args = test_heap_args(gpu.vm);
	args.chunk_size = CHUNK;
	test_client_step(client, 0);
	throttle(data);
	test_heap_create(gpu.fd, &args);
	test_client_step(client, 0);
}

/* Maps a page so often that this takes many page tables. */
static void tables_client(struct test_client *client, void *data)
{
	static struct drm_panthor_vm_bind_op ops[TABLES];
	struct test_gpu gpu;
	uint32_t bo;

	test_gpu_open(&gpu, 1);
	bo = new_bo(&gpu, PAGE, true);
	for (unsigned int i = 0; i < TABLES; i++) {
		ops[i] = map_op(bo, PAGE);
		ops[i].va += i * TABLE_SPAN;
	}
	/* The buffer has its page from here on. */
	igt_assert_eq(panthor_vm_bind(gpu.fd, gpu.vm, ops, 1, NULL), 0);
	test_client_step(client, 0);
	throttle(data);
	panthor_vm_bind(gpu.fd, gpu.vm, ops, TABLES, NULL);
	test_client_step(client, 0);
}

/* The driver is unbound while a call of the client, in @function, allocates. */
static void test_unbind_call(void (*work)(struct test_client *client, void *data),
			     const char *function)
{
	struct throttled *t = throttled_open();
	struct test_client client;
	uint64_t result;

	test_client_start(&client, work, t);
	igt_assert(test_client_next(&client, &result));
	test_client_go(&client);
	while (!test_task_in(client.pid, function, SLEEPS))
		usleep(1000);
	unbind_beside(t, client.pid, function);
	test_client_end(&client);
	throttled_close(t);
}

/* The driver is unbound while a work item allocates a chunk for the client's heap. */
static void test_unbind_refill(void)
{
	static const char function[] = "vpan_heap_chunk_create_remote";
	struct throttled *t = throttled_open();
	struct test_client client;
	pid_t worker;

	test_client_start(&client, heap_client, t);
	/* The client itself may sleep for longer than the work item. */
	while (!test_tasks_in(function, SLEEPS, &worker))
		usleep(1000);
	unbind_beside(t, worker, function);
	test_client_end(&client);
	throttled_close(t);
}

int igt_main()
{
	igt_fixture() {
		test_require_own_driver();
	}

	igt_describe("An unbind does not wait for a client that allocates.");
	igt_subtest("unbind")
		test_unbind_throttled();
	igt_describe("An unbind does not wait for a group that is being created.");
	igt_subtest("unbind-group")
		test_unbind_call(group_client, "vpan_group_create");
	igt_describe("An unbind does not wait for a tiler heap that is being created.");
	igt_subtest("unbind-heap")
		test_unbind_call(new_heap_client, "vpan_heap_create");
	igt_describe("An unbind does not wait for page tables that are being allocated.");
	igt_subtest("unbind-tables")
		test_unbind_call(tables_client, "vpan_bind_prepare_map");
	igt_describe("An unbind does not wait for a tiler heap that is being refilled.");
	igt_subtest("unbind-refill")
		test_unbind_refill();
	igt_describe("A client does not wait for another which allocates their buffer.");
	igt_subtest("shared")
		test_shared();
	igt_describe("Objects are freed while a client allocates that has some to be freed.");
	igt_subtest("free")
		test_free();
	igt_describe("A client can be killed while its tiler heap is refilled.");
	igt_subtest("kill-heap")
		test_kill_heap();
	igt_describe("An unbind does not wait for a job that reads its buffers from swap.");
	igt_subtest("restore-pages")
		test_restore_pages();
	igt_describe("A client does not wait for a job of another which restores page tables.");
	igt_subtest("restore-tables")
		test_restore_tables();
}
