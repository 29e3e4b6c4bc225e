// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory growth: after many jobs, groups and mappings the system's memory usage
 * must be the same as before, apart from noise.
 */

#include <inttypes.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_memory.h"

IGT_TEST_DESCRIPTION("Test that jobs, groups and mappings leak no memory.");

/* The driver's limit of groups per file */
#define GROUPS		128
#define FILES		2
#define BATCH		25
/* 102,400 jobs */
#define TURNS		16
#define BINDS		20000

/*
 * Variation that the rest of the system may cause: less than 24 bytes per job, or
 * three pages per group.
 */
#define SLACK		(2048 * 1024)

#define VA		TEST_FREE_VA

/**
 * struct user - a file with the maximum number of groups
 * @gpu: the context
 * @groups: group handles
 * @done: a timeline for each of @groups
 * @job: the job that all of them run
 */
struct user {
	struct test_gpu gpu;
	uint32_t groups[GROUPS];
	uint32_t done[GROUPS];
	struct panthor_job job;
};

static void user_open(struct user *u)
{
	struct csb b;

	test_gpu_open(&u->gpu, 0);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA);
	csb_move48(&b, TEST_REG_VALUE, 1);
	csb_sync_add64(&b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_SYNC_SCOPE_SYSTEM);
	test_job(&u->gpu, 0, &b, &u->job);
	for (unsigned int i = 0; i < GROUPS; i++) {
		test_gpu_new_group(&u->gpu, 1);
		u->groups[i] = u->gpu.group;
		u->done[i] = test_syncobj(&u->gpu);
	}
}

static void user_submit(struct user *u, unsigned int group, uint64_t *point)
{
	struct panthor_job jobs[BATCH];

	for (unsigned int i = 0; i < BATCH; i++) {
		jobs[i] = u->job;
		panthor_job_signal(&jobs[i], u->done[group], *point + i + 1);
	}
	u->gpu.group = u->groups[group];
	test_submit(&u->gpu, jobs, BATCH);
}

static void user_wait(struct user *u, uint64_t point)
{
	for (unsigned int i = 0; i < GROUPS; i++)
		igt_assert_eq(panthor_syncobj_wait(u->gpu.fd, u->done[i], point,
						   2 * TEST_TIMEOUT), 0);
}

/* Destroy three of four groups; the others are released with the file. */
static void user_close(struct user *u, uint64_t jobs)
{
	igt_assert_eq_u64(test_read64(&u->gpu, 0), jobs);
	for (unsigned int i = 0; i < GROUPS; i++) {
		if (i % 4)
			igt_assert_eq(panthor_group_destroy(u->gpu.fd, u->groups[i]), 0);
	}
	u->gpu.group = 0;
	test_gpu_close(&u->gpu);
}

static void run_jobs(unsigned int turns)
{
	static struct user users[FILES];
	uint64_t point = 0;

	for (unsigned int f = 0; f < FILES; f++)
		user_open(&users[f]);
	for (unsigned int turn = 0; turn < turns; turn++) {
		for (unsigned int i = 0; i < GROUPS * FILES; i++)
			user_submit(&users[i % FILES], i / FILES, &point);
		point += BATCH;
		for (unsigned int f = 0; f < FILES; f++)
			user_wait(&users[f], point);
	}
	for (unsigned int f = 0; f < FILES; f++)
		user_close(&users[f], GROUPS * point);
}

static void run_binds(unsigned int count)
{
	struct drm_panthor_vm_bind_op op = {};
	struct test_gpu gpu;
	uint32_t bo;
	uint64_t size = 16 * PANTHOR_PAGE_SIZE;

	test_gpu_open(&gpu, 0);
	igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, 0, &bo), 0);
	for (unsigned int i = 0; i < count; i++) {
		op.flags = i % 3 == 2 ? DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP :
					DRM_PANTHOR_VM_BIND_OP_TYPE_MAP;
		op.bo_handle = i % 3 == 2 ? 0 : bo;
		/* Splits and replaces mappings, and needs new page tables. */
		op.va = VA + i % 7 * PANTHOR_BLOCK_SIZE + i % 13 * PANTHOR_PAGE_SIZE;
		op.size = (1 + i % 5) * PANTHOR_PAGE_SIZE;
		igt_assert_eq(i & 1 ? panthor_vm_bind_async(gpu.fd, gpu.vm, &op, 1) :
				      panthor_vm_bind(gpu.fd, gpu.vm, &op, 1, NULL), 0);
	}
	igt_assert_eq(panthor_bo_close(gpu.fd, bo), 0);
	test_gpu_close(&gpu);
}

/* The first run fills caches that are never emptied. */
static void test_growth(void (*run)(unsigned int), unsigned int count)
{
	struct test_usage before, after;

	run(count / 5 + 1);
	before = test_usage_settled();
	run(count);
	after = test_usage_settled();
	igt_info("slabs: %" PRId64 " KiB, then %" PRId64 "; all: %" PRId64
		 " KiB, then %" PRId64 "\n", before.slabs / 1024, after.slabs / 1024,
		 before.all / 1024, after.all / 1024);
	igt_assert(after.slabs - before.slabs <= SLACK);
	igt_assert(after.all - before.all <= SLACK);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		/*
		 * The checkers of that kernel keep freed memory. The test bed reads
		 * kmemleak's report at the end instead.
		 */
		igt_require_f(access("/sys/kernel/debug/kmemleak", F_OK),
			      "memory usage is meaningless on a kernel with kmemleak\n");
	}

	igt_describe("100,000 jobs of 256 groups leak no memory.");
	igt_subtest("jobs")
		test_growth(run_jobs, TURNS);
	igt_describe("20,000 changes of an address space leak no memory.");
	igt_subtest("binds")
		test_growth(run_binds, BINDS);
}
