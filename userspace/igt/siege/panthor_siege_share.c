// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * What one client leaves of the GPU to another: groups, time, and slots.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_seqno.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("A client gets its share of the GPU, whatever another one does.");

#define DATA		TEST_DATA_VA

/* As many groups as a file may have, and more than the firmware has room for */
#define GROUPS		128
#define FILES		8
#define QUEUES		8

/* Where in the data buffer group @i counts, and what stops all of them */
#define COUNTER(i)	(256 + 64 * (i))
#define STOP		0
#define HOLD		64

/* Fairness: what is measured at least, and given up after */
#define FAIR_MIN_SECONDS 5
#define FAIR_MAX_SECONDS 40

/* Mappings to unmap at once: as many as can be made in some time */
#define MAPPINGS_MAX	700000
#define MAPPINGS_SECONDS 25
#define BATCH		16384
/* Groups of the other client: each has lost its slot when it is its turn again */
#define PROBES		64

/**
 * enum beginning - what streams do before they count
 * @BEGIN_PLAIN: nothing
 * @BEGIN_EARLY: report their job as complete
 * @BEGIN_WOKEN: wait for what is at %HOLD
 */
enum beginning {
	BEGIN_PLAIN,
	BEGIN_EARLY,
	BEGIN_WOKEN,
};

/* A client with groups that count as fast as they can */
struct crowd {
	struct test_gpu gpu;
	enum beginning beginning;
	uint32_t groups[GROUPS];
	struct test_seqno seqnos[GROUPS];
	uint32_t done[GROUPS];
	uint32_t before[GROUPS];
	unsigned int count;
};

static void crowd_submit(struct crowd *crowd, unsigned int i)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	if (crowd->beginning == BEGIN_EARLY)
		test_emit_seqno(&b, &crowd->seqnos[i], true);
	else if (crowd->beginning == BEGIN_WOKEN)
		test_emit_hold(&b, DATA + HOLD);
	csb_move48(&b, TEST_REG_ADDR, DATA + STOP);
	csb_move48(&b, TEST_REG_ADDR2, DATA + COUNTER(i));
	csb_move32(&b, TEST_REG_COUNT, 0);
	csb_place(&b, &loop);
	csb_add32(&b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_store(&b, TEST_REG_COUNT, 1, TEST_REG_ADDR2, 0);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	crowd->done[i] = test_syncobj(&crowd->gpu);
	test_job(&crowd->gpu, 0, &b, &job);
	panthor_job_signal(&job, crowd->done[i], 0);
	igt_assert_eq(panthor_submit(crowd->gpu.fd, crowd->groups[i], &job, 1), 0);
}

/* Find the sync objects, for which each group runs a job. */
static void crowd_find_seqnos(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++) {
		crowd->gpu.group = crowd->groups[i];
		test_seqno_find(&crowd->gpu, i, &crowd->seqnos[i]);
	}
	crowd->gpu.group = 0;
	test_write32(&crowd->gpu, STOP, 0);
}

/* Groups of a crowd have no time limit. */
static void crowd_open(struct crowd *crowd, unsigned int count, enum beginning beginning)
{
	memset(crowd, 0, sizeof(*crowd));
	test_gpu_open(&crowd->gpu, 0);
	crowd->count = count;
	crowd->beginning = beginning;
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < count; i++)
		igt_assert_eq(panthor_group_create(crowd->gpu.fd, crowd->gpu.vm, 1,
						   TEST_RING_SIZE, &crowd->groups[i]), 0);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	if (beginning == BEGIN_EARLY)
		crowd_find_seqnos(crowd);
}

static void crowd_start(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++)
		crowd_submit(crowd, i);
}

static void crowd_close(struct crowd *crowd)
{
	test_release(&crowd->gpu, STOP);
	for (unsigned int i = 0; i < crowd->count; i++) {
		igt_assert_eq(test_wait(&crowd->gpu, crowd->done[i], 0), 1);
		igt_assert_eq(panthor_group_destroy(crowd->gpu.fd, crowd->groups[i]), 0);
	}
	test_gpu_close(&crowd->gpu);
}

/* Wait until each group has had a slot. */
static void crowd_wait_started(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++) {
		for (int n = 0; n < 60000 && !test_read32(&crowd->gpu, COUNTER(i)); n++)
			usleep(1000);
		igt_assert_f(test_read32(&crowd->gpu, COUNTER(i)), "group %u gets no slot\n", i);
	}
}

static void crowd_snapshot(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++)
		crowd->before[i] = test_read32(&crowd->gpu, COUNTER(i));
}

/* Return: turns of all loops since crowd_snapshot(). */
static uint64_t crowd_progress(const struct crowd *crowd)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < crowd->count; i++)
		sum += test_read32(&crowd->gpu, COUNTER(i)) - crowd->before[i];
	return sum;
}

/*
 * All loops are equal, so that their turns stand for the GPU's time. The clients
 * run until the second one has at least 45 % of it, and at most @most, or for so long
 * that it will not get there.
 */
static bool crowds_are_fair(struct crowd crowds[2], unsigned int most)
{
	uint64_t first, second, total, begin;
	int64_t passed;
	bool fair;

	crowd_snapshot(&crowds[0]);
	crowd_snapshot(&crowds[1]);
	begin = panthor_now_ns();
	do {
		usleep(100000);
		passed = panthor_now_ns() - begin;
		first = crowd_progress(&crowds[0]);
		second = crowd_progress(&crowds[1]);
		total = first + second;
		fair = second * 100 >= total * 45 && second * 100 <= total * most;
	} while (passed < (fair ? FAIR_MIN_SECONDS : FAIR_MAX_SECONDS) * PANTHOR_SECOND);
	igt_info("%u groups against %u: %" PRIu64 " turns against %" PRIu64 ", %.1f %% of all\n",
		 crowds[0].count, crowds[1].count, first, second, 100.0 * second / total);
	return fair;
}

static void test_fair(unsigned int few)
{
	struct crowd crowds[2];
	bool fair;

	crowd_open(&crowds[0], GROUPS, BEGIN_PLAIN);
	crowd_open(&crowds[1], few, BEGIN_PLAIN);
	for (int i = 0; i < 2; i++)
		crowd_start(&crowds[i]);
	for (int i = 0; i < 2; i++)
		crowd_wait_started(&crowds[i]);
	fair = crowds_are_fair(crowds, 55);
	crowd_close(&crowds[0]);
	crowd_close(&crowds[1]);
	igt_assert(fair);
}

/* As many groups as leave a slot to another client */
static unsigned int most_groups(void)
{
	struct drm_panthor_csif_info csif;
	int fd = panthor_open();

	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	close(fd);
	igt_assert_lt(1, csif.csg_slot_count);
	return csif.csg_slot_count - 1;
}

/*
 * Jobs that are complete as far as the driver can tell from memory that streams write
 * to. What their streams do from then on is the client's use of the GPU.
 */
static void test_fair_early(void)
{
	struct crowd crowds[2];
	bool fair;

	crowd_open(&crowds[0], most_groups(), BEGIN_EARLY);
	crowd_open(&crowds[1], 1, BEGIN_PLAIN);
	crowd_start(&crowds[1]);
	crowd_wait_started(&crowds[1]);
	crowd_start(&crowds[0]);
	crowd_wait_started(&crowds[0]);
	fair = crowds_are_fair(crowds, 100);
	crowd_close(&crowds[0]);
	crowd_close(&crowds[1]);
	igt_assert(fair);
}

/* Wait until the firmware has reported so many groups as idle with a job. */
static void wait_idle(unsigned int count)
{
	unsigned int found = 0;

	for (int i = 0; i < 60000 && found != count; i++) {
		found = test_debugfs_count("why", ", idle: its streams wait");
		usleep(1000);
	}
	igt_assert_eq_u32(found, count);
}

/* Groups that were idle on their slots continue without an event. */
static void test_fair_woken(void)
{
	struct crowd crowds[2];
	bool fair;

	crowd_open(&crowds[0], most_groups(), BEGIN_WOKEN);
	crowd_open(&crowds[1], 1, BEGIN_PLAIN);
	crowd_start(&crowds[0]);
	wait_idle(crowds[0].count);
	crowd_start(&crowds[1]);
	crowd_wait_started(&crowds[1]);
	test_release(&crowds[0].gpu, HOLD);
	crowd_wait_started(&crowds[0]);
	fair = crowds_are_fair(crowds, 55);
	crowd_close(&crowds[0]);
	crowd_close(&crowds[1]);
	igt_assert(fair);
}

static void groups_client(struct test_client *client, void *data)
{
	unsigned int count = 0;
	uint32_t vm, group;
	int fd, ret = 0;

	(void)data;
	for (unsigned int i = 0; i < FILES && !ret; i++) {
		fd = panthor_open();
		igt_assert_lte(0, fd);
		igt_assert_eq(panthor_vm_create(fd, 0, &vm), 0);
		for (unsigned int j = 0; j < GROUPS && !ret; j++) {
			ret = panthor_group_create(fd, vm, QUEUES, TEST_RING_SIZE, &group);
			count += !ret;
		}
	}
	igt_info("%u groups, then %s\n", count, ret ? strerror(-ret) : "stopped");
	test_client_step(client, count);
}

/* A client takes all the groups that it can get, and another one needs one. */
static void test_groups(void)
{
	struct test_client client;
	struct test_gpu gpu;
	uint64_t count;
	int ret;

	test_gpu_open(&gpu, 0);
	test_client_start(&client, groups_client, NULL);
	igt_assert(test_client_next(&client, &count));
	ret = panthor_group_create(gpu.fd, gpu.vm, 1, TEST_RING_SIZE, &gpu.group);
	if (!ret)
		ret = test_gpu_store(&gpu, DATA, 1);
	test_client_end(&client);
	igt_assert_lte_u64(GROUPS, count);
	igt_assert_eq(ret, 1);
	test_gpu_close(&gpu);
}

/* What the processes of test_unmap() share */
struct shared {
	volatile uint64_t begin;
	volatile uint64_t end;
};

struct unmap {
	struct shared *shared;
	bool blocked;
};

/* More groups than slots that all wait, so that the driver looks at sync objects */
static void add_blocked_groups(struct test_gpu *gpu)
{
	struct drm_panthor_csif_info csif;
	struct panthor_job job;
	uint32_t group;
	struct csb b;

	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	csb_init(&b);
	test_emit_hold(&b, DATA + HOLD);
	test_job(gpu, 0, &b, &job);
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < 2 * csif.csg_slot_count; i++) {
		igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, 1, TEST_RING_SIZE,
						   &group), 0);
		igt_assert_eq(panthor_submit(gpu->fd, group, &job, 1), 0);
	}
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

/* Return: how often a page was mapped. */
static uint32_t map_many(struct test_gpu *gpu)
{
	static struct drm_panthor_vm_bind_op ops[BATCH];
	uint64_t size = PANTHOR_PAGE_SIZE, begin = panthor_now_ns();
	uint32_t bo, count = 0;

	igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, gpu->vm, &bo), 0);
	while (count + BATCH <= MAPPINGS_MAX &&
	       panthor_now_ns() - begin < MAPPINGS_SECONDS * PANTHOR_SECOND) {
		for (unsigned int i = 0; i < BATCH; i++) {
			ops[i].bo_handle = bo;
			ops[i].va = TEST_FREE_VA + (count + i) * PANTHOR_PAGE_SIZE;
			ops[i].size = PANTHOR_PAGE_SIZE;
		}
		igt_assert_eq(panthor_vm_bind(gpu->fd, gpu->vm, ops, BATCH, NULL), 0);
		count += BATCH;
	}
	return count;
}

static void unmap_client(struct test_client *client, void *data)
{
	struct unmap *unmap = data;
	struct test_gpu gpu;
	uint32_t count;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, DATA, 1), 1);
	if (unmap->blocked)
		add_blocked_groups(&gpu);
	count = map_many(&gpu);
	test_client_step(client, count);
	unmap->shared->begin = panthor_now_ns();
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_FREE_VA, count * PANTHOR_PAGE_SIZE), 0);
	unmap->shared->end = panthor_now_ns();
	test_client_step(client, count);
}

/**
 * struct probes - groups of the other client
 * @gpu: its context
 * @groups: with nothing to do
 * @job: what each does in its turn
 * @worst_ns: longest time that it took one to do it
 * @count: number of jobs
 */
struct probes {
	struct test_gpu gpu;
	uint32_t groups[PROBES];
	struct panthor_job job;
	uint64_t worst_ns;
	unsigned int count;
};

static void probes_open(struct probes *p)
{
	struct csb b;

	memset(p, 0, sizeof(*p));
	test_gpu_open(&p->gpu, 0);
	for (unsigned int i = 0; i < PROBES; i++)
		igt_assert_eq(panthor_group_create(p->gpu.fd, p->gpu.vm, 1, TEST_RING_SIZE,
						   &p->groups[i]), 0);
	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(&p->gpu, 0, &b, &p->job);
}

/* Ready jobs of groups without a slot, one after the other, until the unmap is over */
static void probes_run(struct probes *p, const struct shared *shared)
{
	while (!shared->end) {
		struct panthor_job job = p->job;
		uint32_t done = test_syncobj(&p->gpu);
		uint64_t begin;

		panthor_job_signal(&job, done, 0);
		begin = panthor_now_ns();
		igt_assert_eq(panthor_submit(p->gpu.fd, p->groups[p->count++ % PROBES], &job,
					     1), 0);
		igt_assert_eq(test_wait(&p->gpu, done, 0), 1);
		begin = panthor_now_ns() - begin;
		if (begin > p->worst_ns)
			p->worst_ns = begin;
		/* Spread them over the unmap. */
		usleep(5000);
	}
}

/*
 * A client unmaps very much in one change while another one gets slots. How long
 * that takes must not depend on the unmap: a quarter of its time is too much.
 */
static void test_unmap(bool blocked)
{
	struct unmap unmap = { .blocked = blocked };
	struct test_client client;
	struct probes probes;
	uint64_t count, took;

	unmap.shared = mmap(NULL, sizeof(*unmap.shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	igt_assert(unmap.shared != MAP_FAILED);
	probes_open(&probes);
	test_client_start(&client, unmap_client, &unmap);
	igt_assert(test_client_next(&client, &count));
	test_client_go(&client);
	while (!unmap.shared->begin)
		usleep(100);
	probes_run(&probes, unmap.shared);
	igt_assert(test_client_next(&client, &count));
	took = unmap.shared->end - unmap.shared->begin;
	test_client_end(&client);
	igt_info("%" PRIu64 " mappings unmapped in %.1f ms; of %u jobs the slowest took %.1f ms\n",
		 count, took / 1e6, probes.count, probes.worst_ns / 1e6);
	igt_assert_lt_u64(probes.worst_ns, took / 4);
	test_gpu_close(&probes.gpu);
	munmap(unmap.shared, sizeof(*unmap.shared));
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A client makes all groups that it can get: another one gets its group.");
	igt_subtest("groups")
		test_groups();
	igt_describe("Two clients share the GPU's time, one with 128 groups, one with 1.");
	igt_subtest("fair-one")
		test_fair(1);
	igt_describe("Two clients share the GPU's time, one with 128 groups, one with 8.");
	igt_subtest("fair-eight")
		test_fair(8);
	igt_describe("Jobs that report themselves as complete and run on are not free of charge.");
	igt_subtest("fair-early")
		test_fair_early();
	igt_describe("Nor are those that were idle on their slots before.");
	igt_subtest("fair-woken")
		test_fair_woken();
	igt_describe("A large unmap does not keep another client's job off a slot.");
	igt_subtest("unmap")
		test_unmap(false);
	igt_describe("Nor does one in an address space with groups that wait for a sync object.");
	igt_subtest("unmap-blocked")
		test_unmap(true);

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
