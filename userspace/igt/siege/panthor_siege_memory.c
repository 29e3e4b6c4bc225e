// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * What one client can take of the machine's memory. Each client is a process of
 * its own, mostly in a memory control group: what the driver allocates for it
 * must be charged to that group, wherever it is allocated, and must be bounded
 * where there is no group.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_memory.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Memory that a client takes is charged to it, and is bounded.");

#define DATA		TEST_DATA_VA
#define HOLD		64
#define MIB		((uint64_t)1 << 20)
#define GIB		((uint64_t)1 << 30)

#define CHUNK		(8 * MIB)
#define GROWTH_SECONDS	80
#define PER_CHUNK	((CHUNK - CSF_CHUNK_HEADER_SIZE) / TEST_VERTEX)

/* In one call; a bounded queue has room for them when it is empty. */
#define BATCH		64
/* A call that has not returned by then waits for room. */
#define BLOCKED_MS	500

#define QUEUES		8
#define GROUPS		16
#define HELD_JOBS	(GROUPS * QUEUES)
#define JOBS		1600
/* Jobs of a queue that wait for others; a call may have 4096 sync operations */
#define WAITING_JOBS	64
#define WAITS		(4096 / BATCH)
/* As many as a file may have */
#define IDLE_GROUPS	128
#define VMS		8
#define BINDS		9600
#define MAPPINGS	64000
#define TABLES		6400
#define LABELS		8000

/**
 * struct flood - something that a client makes many of
 * @name: of the subtest
 * @memcg: the client's control group, or NULL
 * @gpu: its context
 * @held: signal after test_release(), one for each queue of @groups
 * @bo: a buffer of one page
 * @prepare: what is not counted
 * @make: make them all
 */
struct flood {
	const char *name;
	const struct test_memcg *memcg;
	struct test_gpu gpu;
	uint32_t held[HELD_JOBS];
	uint32_t bo;
	uint32_t groups[GROUPS];
	uint32_t vms[VMS];
	void (*prepare)(struct flood *flood);
	uint64_t (*make)(struct flood *flood);
};

static void on_alarm(int signal)
{
	(void)signal;
}

/* Calls that block return EINTR from now on. */
static void interrupt_blocked_calls(void)
{
	const struct itimerval every = {
		.it_value.tv_usec = BLOCKED_MS * 1000,
		.it_interval.tv_usec = BLOCKED_MS * 1000,
	};
	const struct sigaction action = { .sa_handler = on_alarm };

	igt_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	igt_assert_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/*
 * Return: 0, or the error that says that the queue is full. drmIoctl() would
 * repeat a call for which there is no room.
 */
static int call(int fd, unsigned long request, void *args)
{
	uint64_t begin = panthor_now_ns();

	while (ioctl(fd, request, args)) {
		if (errno != EINTR)
			return -errno;
		if (panthor_now_ns() - begin > BLOCKED_MS * PANTHOR_MILLISECOND)
			return -EINTR;
	}
	return 0;
}

/* Jobs that wait for so many of those that are held */
static int submit_empty(struct flood *flood, uint32_t group, uint32_t queue, unsigned int waits)
{
	struct drm_panthor_queue_submit submits[BATCH] = {};
	struct drm_panthor_sync_op syncs[WAITS] = {};
	struct drm_panthor_group_submit args = {
		.group_handle = group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(BATCH, submits),
	};

	for (unsigned int i = 0; i < waits; i++)
		syncs[i].handle = flood->held[i];
	for (unsigned int i = 0; i < BATCH; i++) {
		submits[i].queue_index = queue;
		submits[i].syncs = (struct drm_panthor_obj_array)
				   DRM_PANTHOR_OBJ_ARRAY(waits, syncs);
	}
	return call(flood->gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
}

/* A job on each queue of a group that does not end before test_release() */
static void hold_group(struct flood *flood, uint32_t group, uint32_t *held)
{
	static uint64_t va;
	static uint32_t size;
	struct panthor_job job;
	struct csb b;

	if (!va) {
		csb_init(&b);
		test_emit_hold(&b, DATA + HOLD);
		size = csb_size(&b);
		va = test_load(&flood->gpu, &b);
	}
	for (unsigned int i = 0; i < QUEUES; i++) {
		panthor_job_init(&job, i, va, size);
		held[i] = test_syncobj(&flood->gpu);
		panthor_job_signal(&job, held[i], 0);
		igt_assert_eq(panthor_submit(flood->gpu.fd, group, &job, 1), 0);
	}
}

static void prepare_groups(struct flood *flood, unsigned int count)
{
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < count; i++) {
		igt_assert_eq(panthor_group_create(flood->gpu.fd, flood->gpu.vm, QUEUES,
						   TEST_RING_SIZE, &flood->groups[i]), 0);
		hold_group(flood, flood->groups[i], &flood->held[i * QUEUES]);
	}
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

static void prepare_jobs(struct flood *flood)
{
	prepare_groups(flood, GROUPS);
}

static uint64_t fill_queues(struct flood *flood, unsigned int jobs, unsigned int waits)
{
	uint64_t made = 0;

	for (unsigned int i = 0; i < HELD_JOBS; i++) {
		for (unsigned int j = 0; j < jobs; j += BATCH) {
			if (submit_empty(flood, flood->groups[i / QUEUES], i % QUEUES, waits))
				break;
			made += BATCH;
		}
	}
	return made;
}

static uint64_t make_jobs(struct flood *flood)
{
	return fill_queues(flood, JOBS, 0);
}

/* Their arrays of dependencies are larger than the jobs. */
static uint64_t make_waits(struct flood *flood)
{
	return WAITS * fill_queues(flood, WAITING_JOBS, WAITS);
}

/* Groups that never get a slot */
static uint64_t make_groups(struct flood *flood)
{
	uint32_t group;

	for (unsigned int i = 0; i < IDLE_GROUPS; i++)
		igt_assert_eq(panthor_group_create(flood->gpu.fd, flood->gpu.vm, QUEUES,
						   TEST_RING_SIZE, &group), 0);
	return IDLE_GROUPS;
}

static void prepare_page(struct flood *flood)
{
	uint64_t size = PANTHOR_PAGE_SIZE;

	igt_assert_eq(panthor_bo_create(flood->gpu.fd, &size, 0, 0, &flood->bo), 0);
}

static void prepare_binds(struct flood *flood)
{
	prepare_groups(flood, 1);
	for (unsigned int i = 0; i < VMS; i++)
		igt_assert_eq(panthor_vm_create(flood->gpu.fd, 0, &flood->vms[i]), 0);
}

/* Changes that only wait */
static int bind_waiting(struct flood *flood, uint32_t vm)
{
	struct drm_panthor_sync_op wait = { .handle = flood->held[0] };
	struct drm_panthor_vm_bind_op ops[BATCH] = {};
	struct drm_panthor_vm_bind args = {
		.vm_id = vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = DRM_PANTHOR_OBJ_ARRAY(BATCH, ops),
	};

	for (unsigned int i = 0; i < BATCH; i++) {
		ops[i].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY;
		ops[i].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &wait);
	}
	return call(flood->gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
}

static uint64_t make_binds(struct flood *flood)
{
	uint64_t made = 0;

	for (unsigned int i = 0; i < VMS; i++) {
		for (unsigned int j = 0; j < BINDS; j += BATCH) {
			if (bind_waiting(flood, flood->vms[i]))
				break;
			made += BATCH;
		}
	}
	return made;
}

static uint64_t map_page(struct flood *flood, unsigned int count, uint64_t stride)
{
	struct drm_panthor_vm_bind_op ops[BATCH] = {};
	uint64_t va = TEST_FREE_VA;

	for (unsigned int i = 0; i < count; i += BATCH) {
		for (unsigned int j = 0; j < BATCH; j++) {
			ops[j].bo_handle = flood->bo;
			ops[j].va = va;
			ops[j].size = PANTHOR_PAGE_SIZE;
			va += stride;
		}
		igt_assert_eq(panthor_vm_bind(flood->gpu.fd, flood->gpu.vm, ops, BATCH,
					      NULL), 0);
	}
	return count;
}

/* Many in one page table */
static uint64_t make_mappings(struct flood *flood)
{
	return map_page(flood, MAPPINGS, PANTHOR_PAGE_SIZE);
}

/* Each in a page table of its own */
static uint64_t make_tables(struct flood *flood)
{
	return map_page(flood, TABLES, PANTHOR_BLOCK_SIZE);
}

static void prepare_nothing(struct flood *flood)
{
	(void)flood;
}

static uint64_t make_labels(struct flood *flood)
{
	struct drm_panthor_bo_set_label args = {};
	uint64_t size = PANTHOR_PAGE_SIZE;
	char label[4095];

	memset(label, 'l', sizeof(label));
	label[sizeof(label) - 1] = '\0';
	args.label = (uintptr_t)label;
	for (unsigned int i = 0; i < LABELS; i++) {
		igt_assert_eq(panthor_bo_create(flood->gpu.fd, &size, 0, 0, &args.handle), 0);
		igt_assert_eq(panthor_ioctl(flood->gpu.fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL,
					    &args), 0);
	}
	return LABELS;
}

static void flood_client(struct test_client *client, void *data)
{
	struct flood *flood = data;
	uint64_t made;

	test_memcg_join(flood->memcg);
	test_gpu_open(&flood->gpu, 0);
	flood->prepare(flood);
	test_client_step(client, 0);
	interrupt_blocked_calls();
	made = flood->make(flood);
	test_client_step(client, made);
}

/* What the machine loses is what the client is charged, but for a quarter. */
static void test_charged(struct flood *flood)
{
	int64_t used, charged;
	struct test_client client;
	struct test_memcg memcg;
	uint64_t made;

	igt_require_f(access("/sys/kernel/debug/kmemleak", F_OK),
		      "kmemleak uses memory for each allocation, and charges none\n");
	test_memcg_open(&memcg, GIB);
	flood->memcg = &memcg;
	test_client_start(&client, flood_client, flood);
	igt_assert(test_client_next(&client, &made));
	/* Memory that an earlier client has left is not free at once. */
	used = test_usage_settled().all;
	charged = test_memcg_charged(&memcg);
	test_client_go(&client);
	igt_assert(test_client_next(&client, &made));
	used = test_usage_settled().all - used;
	charged = test_memcg_charged(&memcg) - charged;
	test_client_end(&client);
	test_memcg_close(&memcg);
	igt_info("%" PRIu64 " %s: %" PRId64 " KiB used, %" PRId64 " KiB charged\n",
		 made, flood->name, used / 1024, charged / 1024);
	igt_assert((int64_t)(2 * MIB) < used);
	igt_assert(used * 3 / 4 <= charged + (int64_t)MIB);
}

/**
 * struct growth - a client whose tiler heap grows
 * @memcg: its control group, or NULL
 * @chunks: limit of its heap
 * @leave: leave @memcg when the heap has been created, which stays charged to it
 */
struct growth {
	const struct test_memcg *memcg;
	uint32_t chunks;
	bool leave;
};

/* test_run_tiling() with the time that it takes to clear all memory */
static int run_tiling(struct test_gpu *gpu, uint64_t context, uint32_t vertices)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_tiling(&b, context, vertices);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	for (int i = 0; i < GROWTH_SECONDS * 100 && !test_is_signalled(gpu, done, 0); i++)
		usleep(10000);
	return test_wait(gpu, done, 0);
}

static void growth_client(struct test_client *client, void *data)
{
	struct drm_panthor_tiler_heap_create args;
	struct csf_heap_descriptor *descriptor;
	struct csf_tiler_context *tiler;
	struct growth *growth = data;
	struct test_gpu gpu;
	int status;

	if (growth->memcg)
		test_memcg_join(growth->memcg);
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	args = test_heap_args(gpu.vm);
	args.initial_chunk_count = 1;
	args.chunk_size = CHUNK;
	args.max_chunks = growth->chunks;
	igt_assert_eq(test_heap_create(gpu.fd, &args), 0);
	test_tiler_init(&gpu, &args);
	tiler = (void *)((char *)gpu.data.cpu + TEST_TILER);
	descriptor = (void *)((char *)gpu.data.cpu + (tiler->heap - DATA));
	descriptor->size = CHUNK;
	descriptor->top = descriptor->base + CHUNK;
	if (growth->leave)
		test_memcg_leave();
	test_client_step(client, test_kernel_memory(gpu.fd));
	/* It ends well if the heap is large enough for it, else with an error. */
	status = run_tiling(&gpu, args.tiler_heap_ctx_gpu_va, growth->chunks * PER_CHUNK);
	igt_info("the job ends with %d, the heap has %" PRIu64 " MiB\n", status,
		 test_kernel_memory(gpu.fd) / MIB);
	test_client_step(client, test_kernel_memory(gpu.fd));
}

/* Return: what the kernel holds for the client at the end. */
static uint64_t run_growth(const struct test_memcg *memcg, uint32_t chunks, uint64_t *charged)
{
	struct growth growth = { .memcg = memcg, .chunks = chunks };
	uint64_t killed = test_vmstat("oom_kill"), bytes;
	struct test_client client;

	test_client_start(&client, growth_client, &growth);
	igt_assert(test_client_next(&client, &bytes));
	test_client_go(&client);
	igt_assert(test_client_next(&client, &bytes));
	if (charged)
		*charged = test_memcg_charged(memcg);
	test_client_end(&client);
	/* An allocation of a work item does not call the OOM killer. */
	igt_assert_eq_u64(test_vmstat("oom_kill"), killed);
	return bytes;
}

/* A heap within what its owner may have */
static void test_heap_charged(void)
{
	struct test_memcg memcg;
	uint64_t bytes, charged;

	test_memcg_open(&memcg, 64 * MIB);
	/*
	 * Less than the limit: a process whose group is full is killed when it
	 * allocates memory itself.
	 */
	bytes = run_growth(&memcg, 48 * MIB / CHUNK, &charged);
	test_memcg_close(&memcg);
	igt_info("%" PRIu64 " KiB held, %" PRIu64 " KiB charged\n", bytes / 1024, charged / 1024);
	igt_assert_lte_u64(24 * MIB, bytes);
	/* All: the first chunk and those in reserve are allocated in the owner's calls. */
	igt_assert_lte_u64(bytes, charged + MIB);
}

static void idle_client(struct test_client *client, void *data)
{
	test_memcg_join(data);
	test_client_step(client, 0);
}

/*
 * A heap that may become eight times as large as its owner's control group. The
 * owner itself leaves that group before the heap grows: a process whose group is
 * full is killed, and rightly so, when it needs memory for itself. Another process
 * stays there, which an OOM killer called by the growth would find.
 */
static void test_heap_refused(void)
{
	struct growth growth = { .chunks = 512 * MIB / CHUNK, .leave = true };
	struct test_client client, idle;
	uint64_t before, bytes, charged;
	struct test_memcg memcg;

	test_memcg_open(&memcg, 64 * MIB);
	growth.memcg = &memcg;
	test_client_start(&idle, idle_client, &memcg);
	igt_assert(test_client_next(&idle, &bytes));
	test_client_start(&client, growth_client, &growth);
	igt_assert(test_client_next(&client, &before));
	test_client_go(&client);
	igt_assert(test_client_next(&client, &bytes));
	charged = test_memcg_charged(&memcg);
	igt_info("%" PRIu64 " KiB before, %" PRIu64 " KiB held, %" PRIu64 " KiB charged\n",
		 before / 1024, bytes / 1024, charged / 1024);
	/* It has grown, and stopped at the limit. */
	igt_assert_lt_u64(before, bytes);
	igt_assert_lte_u64(bytes, 64 * MIB);
	igt_assert_lte_u64(64 * MIB, charged + 2 * CHUNK);
	igt_assert_lt_u64(0, test_memcg_event(&memcg, "max"));
	igt_assert_eq_u64(test_memcg_event(&memcg, "oom"), 0);
	igt_assert_eq_u64(test_memcg_event(&memcg, "oom_kill"), 0);
	test_client_end(&client);
	test_client_end(&idle);
	test_memcg_close(&memcg);
}

/* A heap that may become larger than the machine's memory */
static void test_heap_bounded(void)
{
	uint64_t total = test_meminfo("MemTotal");

	igt_assert_lte_u64(run_growth(NULL, total / CHUNK + 64, NULL), total / 2);
}

/* Pages that cannot all be had, so that a fault on one may take for ever */
static void test_too_large(void)
{
	uint64_t all = test_meminfo("MemTotal") + test_meminfo("SwapTotal");
	uint64_t size = all + GIB;
	int fd = panthor_open();
	uint32_t handle;

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &handle), -ENOMEM);
	size = all + GIB;
	igt_assert_eq(panthor_bo_create(fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &handle), -ENOMEM);
	size = 600 * GIB;
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &handle), -ENOMEM);
	size = all / 2;
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &handle), 0);
	close(fd);
}

/*
 * There are offsets for 1 TiB of mappings. Buffers that cannot be mapped need
 * none, so that others still get theirs.
 */
static void test_mmap_offsets(void)
{
	uint64_t size, step = test_meminfo("MemTotal") / 2 & ~(PANTHOR_BLOCK_SIZE - 1);
	int fd = panthor_open(), other = panthor_open(), ret = 0;
	uint64_t made = 0;
	uint32_t handle;

	igt_assert_lte(0, fd);
	igt_assert_lte(0, other);
	while (!ret && made < 1100 * GIB) {
		size = step;
		ret = panthor_bo_create(fd, &size, DRM_PANTHOR_BO_NO_MMAP, 0, &handle);
		if (!ret)
			made += size;
	}
	igt_info("%" PRIu64 " GiB of buffers, then %s\n", made / GIB,
		 ret ? strerror(-ret) : "stopped");
	size = step;
	igt_assert_eq(panthor_bo_create(other, &size, 0, 0, &handle), 0);
	igt_assert_eq(panthor_bo_mmap_offset(other, handle, &size), 0);
	close(fd);
	close(other);
}

static struct flood floods[] = {
	{ .name = "jobs", .prepare = prepare_jobs, .make = make_jobs },
	{ .name = "waits", .prepare = prepare_jobs, .make = make_waits },
	{ .name = "groups", .prepare = prepare_nothing, .make = make_groups },
	{ .name = "binds", .prepare = prepare_binds, .make = make_binds },
	{ .name = "mappings", .prepare = prepare_page, .make = make_mappings },
	{ .name = "tables", .prepare = prepare_page, .make = make_tables },
	{ .name = "labels", .prepare = prepare_nothing, .make = make_labels },
};

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Kernel memory is charged to the client's control group.");
	for (unsigned int i = 0; i < ARRAY_SIZE(floods); i++) {
		igt_subtest_f("%s-charged", floods[i].name)
			test_charged(&floods[i]);
	}
	igt_describe("A tiler heap grows within its owner's control group.");
	igt_subtest("heap-charged")
		test_heap_charged();
	igt_describe("A tiler heap stops to grow at the limit of its owner's control group.");
	igt_subtest("heap-refused")
		test_heap_refused();
	igt_describe("A tiler heap leaves memory to others.");
	igt_subtest("heap-bounded")
		test_heap_bounded();
	igt_describe("A buffer larger than all memory is refused.");
	igt_subtest("too-large")
		test_too_large();
	igt_describe("Buffers that cannot be mapped take no offsets for mappings.");
	igt_subtest("mmap-offsets")
		test_mmap_offsets();

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
