// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("More groups than slots: they take turns, by priority and by need.");

#define DATA		TEST_DATA_VA
#define GROUPS_MAX	48

/* Where in the data buffer group @i counts, and what stops all of them */
#define COUNTER(i)	(256 + 64 * (i))
#define STOP		0
#define CHAIN		64

struct crowd {
	struct test_gpu gpu;
	uint32_t groups[GROUPS_MAX];
	uint32_t done[GROUPS_MAX];
	unsigned int count;
	unsigned int slots;
};

static void crowd_open(struct crowd *crowd)
{
	struct drm_panthor_csif_info csif;

	memset(crowd, 0, sizeof(*crowd));
	/* Turns are what is to be seen here, not the ends of too long jobs. */
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&crowd->gpu, 0);
	igt_assert_eq(panthor_query(crowd->gpu.fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
				    &csif, sizeof(csif)), 0);
	crowd->slots = csif.csg_slot_count;
}

static void crowd_close(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++)
		igt_assert_eq(panthor_group_destroy(crowd->gpu.fd, crowd->groups[i]), 0);
	crowd->gpu.group = 0;
	test_gpu_close(&crowd->gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

static void crowd_submit(struct crowd *crowd, unsigned int i, struct csb *b)
{
	struct panthor_job job;

	crowd->gpu.group = crowd->groups[i];
	crowd->done[i] = test_syncobj(&crowd->gpu);
	test_job(&crowd->gpu, 0, b, &job);
	panthor_job_signal(&job, crowd->done[i], 0);
	test_submit(&crowd->gpu, &job, 1);
}

static unsigned int crowd_add(struct crowd *crowd, unsigned int priority)
{
	unsigned int i = crowd->count++;

	igt_assert_lt(i, GROUPS_MAX);
	igt_assert_eq(panthor_group_create_priority(crowd->gpu.fd, crowd->gpu.vm, 1,
						    TEST_RING_SIZE, priority,
						    &crowd->groups[i]), 0);
	return i;
}

/* A group that counts, as fast as it can, until it is told to stop */
static void crowd_add_counting(struct crowd *crowd, unsigned int priority)
{
	struct csb_label loop = CSB_LABEL_INIT;
	unsigned int i = crowd_add(crowd, priority);
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, DATA + STOP);
	csb_move48(&b, TEST_REG_ADDR2, DATA + COUNTER(i));
	csb_move32(&b, TEST_REG_COUNT, 0);
	csb_place(&b, &loop);
	csb_add32(&b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_store(&b, TEST_REG_COUNT, 1, TEST_REG_ADDR2, 0);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	crowd_submit(crowd, i, &b);
}

/* A group that waits for @counter to get past @ref, then adds one to it */
static void crowd_add_waiting(struct crowd *crowd, uint64_t counter, uint32_t ref)
{
	unsigned int i = crowd_add(crowd, PANTHOR_GROUP_PRIORITY_MEDIUM);
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, counter);
	csb_move32(&b, TEST_REG_VALUE, ref);
	csb_sync_wait32(&b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_COND_GT);
	csb_move32(&b, TEST_REG_COUNT, 1);
	csb_sync_add32(&b, TEST_REG_ADDR, TEST_REG_COUNT, CSF_SYNC_SCOPE_SYSTEM);
	crowd_submit(crowd, i, &b);
}

static void crowd_expect_done(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++)
		igt_assert_eq(test_wait(&crowd->gpu, crowd->done[i], 0), 1);
}

static void crowd_snapshot(const struct crowd *crowd, uint32_t *counts)
{
	for (unsigned int i = 0; i < crowd->count; i++)
		counts[i] = test_read32(&crowd->gpu, COUNTER(i));
}

/* Until everybody has had a turn; returns the counts of that moment. */
static void crowd_wait_started(const struct crowd *crowd, uint32_t *counts)
{
	for (unsigned int i = 0; i < crowd->count; i++) {
		for (int n = 0; n < 20000 && !test_read32(&crowd->gpu, COUNTER(i)); n++)
			usleep(1000);
		igt_assert_f(test_read32(&crowd->gpu, COUNTER(i)),
			     "group %u gets no turn\n", i);
	}
	crowd_snapshot(crowd, counts);
}

/* Until the first @count groups have had more turns since @before */
static void crowd_wait_advanced(const struct crowd *crowd, const uint32_t *before,
				unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		for (int n = 0; n < 20000 &&
		     test_read32(&crowd->gpu, COUNTER(i)) == before[i]; n++)
			usleep(1000);
		igt_assert_neq_u32(test_read32(&crowd->gpu, COUNTER(i)), before[i]);
	}
}

/**
 * struct shares - what groups have counted
 * @total: all of them
 * @least: the one that counted least
 * @most: the one that counted most
 */
struct shares {
	uint64_t total;
	uint64_t least;
	uint64_t most;
};

static struct shares crowd_shares(const struct crowd *crowd, const uint32_t *before)
{
	struct shares shares = { .least = UINT64_MAX };
	uint32_t after[GROUPS_MAX];

	crowd_snapshot(crowd, after);
	for (unsigned int i = 0; i < crowd->count; i++) {
		uint64_t count = after[i] - before[i];

		shares.total += count;
		shares.most = count > shares.most ? count : shares.most;
		shares.least = count < shares.least ? count : shares.least;
	}
	return shares;
}

/* Has each got its part of what all of them counted, give or take ten percent? */
static bool shares_are_fair(const struct shares *shares, unsigned int count)
{
	return shares->total * 90 <= shares->least * 100 * count &&
	       shares->most * 100 * count <= shares->total * 110;
}

/*
 * How long a turn is depends on what else the machine does, and the last turn of
 * each matters the less the longer they run. So they run until all have got the
 * same, and for some turns at least. Who is unfair never gets there.
 */
static void test_fair(unsigned int extra)
{
	uint32_t before[GROUPS_MAX];
	struct shares shares;
	struct crowd crowd;

	crowd_open(&crowd);
	for (unsigned int i = 0; i < crowd.slots + extra; i++)
		crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_MEDIUM);
	crowd_wait_started(&crowd, before);
	for (int n = 0; n < 900; n++) {
		usleep(100000);
		shares = crowd_shares(&crowd, before);
		if (n >= 50 && shares_are_fair(&shares, crowd.count))
			break;
	}
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);

	igt_info("%u groups on %u slots: mean %llu, least %llu, most %llu\n",
		 crowd.count, crowd.slots,
		 (unsigned long long)(shares.total / crowd.count),
		 (unsigned long long)shares.least, (unsigned long long)shares.most);
	igt_assert(shares_are_fair(&shares, crowd.count));
	crowd_close(&crowd);
}

static uint64_t crowd_total(const struct crowd *crowd)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < crowd->count; i++)
		total += test_read32(&crowd->gpu, COUNTER(i));
	return total;
}

/*
 * Who wanted nothing while others ran has nothing to its credit: it gets its part,
 * and does not keep a slot until it has as much as they have. That would take it
 * four times as long as they have run, and is looked at for twice.
 */
static void test_late(void)
{
	uint32_t before[GROUPS_MAX];
	uint64_t early, part;
	struct shares shares;
	struct crowd crowd;
	unsigned int late;

	crowd_open(&crowd);
	for (unsigned int i = 0; i <= crowd.slots; i++)
		crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_MEDIUM);
	crowd_wait_started(&crowd, before);
	sleep(8);
	early = crowd_total(&crowd);
	crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_MEDIUM);
	late = crowd.count - 1;
	crowd_wait_started(&crowd, before);
	do {
		usleep(100000);
		shares = crowd_shares(&crowd, before);
		part = test_read32(&crowd.gpu, COUNTER(late)) - before[late];
	} while (shares.total < early / 2 ||
		 (shares.total < 2 * early &&
		  part * 100 * crowd.count > shares.total * 115));
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);

	igt_info("mean %llu, who came late %llu\n",
		 (unsigned long long)(shares.total / crowd.count),
		 (unsigned long long)part);
	igt_assert_lte_u64(part * 100 * crowd.count, shares.total * 115);
	crowd_close(&crowd);
}

/* As long as those of @high_priority fill the slots, none of @low_priority gets one. */
static void test_priority_slots(unsigned int high_priority, unsigned int low_priority)
{
	uint32_t before[GROUPS_MAX], after[GROUPS_MAX];
	struct crowd crowd;
	unsigned int high;

	crowd_open(&crowd);
	for (unsigned int i = 0; i < crowd.slots; i++)
		crowd_add_counting(&crowd, high_priority);
	crowd_wait_started(&crowd, before);
	high = crowd.count;
	for (int i = 0; i < 3; i++)
		crowd_add_counting(&crowd, low_priority);
	/* Some turns for whoever would get one */
	sleep(1);
	crowd_wait_advanced(&crowd, before, high);
	crowd_snapshot(&crowd, after);
	for (unsigned int i = high; i < crowd.count; i++)
		igt_assert_eq_u32(after[i], 0);
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);
	crowd_close(&crowd);
}

/* Who comes with a higher priority pushes one of a lower one off its slot. */
static void test_priority_preempts(unsigned int high_priority, unsigned int low_priority)
{
	uint32_t before[GROUPS_MAX];
	struct crowd crowd;
	unsigned int high;

	crowd_open(&crowd);
	for (unsigned int i = 0; i < crowd.slots + 2; i++)
		crowd_add_counting(&crowd, low_priority);
	crowd_wait_started(&crowd, before);
	high = crowd.count;
	for (unsigned int i = 0; i < crowd.slots; i++)
		crowd_add_counting(&crowd, high_priority);
	crowd_wait_started(&crowd, before);
	igt_assert_lt_u64(0, before[high]);
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);
	crowd_close(&crowd);
}

/* On slots as well, high priority gets most of the GPU. */
static void test_priority_share(void)
{
	uint32_t before[GROUPS_MAX], after[GROUPS_MAX];
	uint64_t low, high;
	struct crowd crowd;

	crowd_open(&crowd);
	crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_LOW);
	crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_HIGH);
	crowd_wait_started(&crowd, before);
	/* If priority made no difference, that would not change with time. */
	for (int n = 0; n < 900; n++) {
		usleep(100000);
		crowd_snapshot(&crowd, after);
		low = after[0] - before[0];
		high = after[1] - before[1];
		if (n >= 10 && high > 3 * low)
			break;
	}
	igt_info("low %llu, high %llu\n", (unsigned long long)low,
		 (unsigned long long)high);
	igt_assert_lt_u64(3 * low, high);
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);
	crowd_close(&crowd);
}

static unsigned int count_groups(const char *state)
{
	char path[256], text[16384];
	unsigned int n = 0;

	test_debugfs_path("groups", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	for (const char *at = text; (at = strstr(at, state)); at++)
		n++;
	return n;
}

/*
 * Groups that wait in the GPU do not keep those from running that could, and do
 * not come back before there is something to do.
 */
static void test_blocked(void)
{
	unsigned int blocked = 0, i;
	uint32_t before[GROUPS_MAX];
	struct crowd crowd;

	crowd_open(&crowd);
	for (i = 0; i < crowd.slots; i++)
		crowd_add_waiting(&crowd, DATA + CHAIN, i);
	for (i = 0; i < crowd.slots; i++)
		crowd_add_counting(&crowd, PANTHOR_GROUP_PRIORITY_MEDIUM);
	for (i = 0; i < crowd.slots; i++) {
		for (int n = 0; n < 20000 &&
		     !test_read32(&crowd.gpu, COUNTER(crowd.slots + i)); n++)
			usleep(1000);
	}
	for (int n = 0; n < 2000 && blocked != crowd.slots; n++) {
		usleep(10000);
		blocked = count_groups("blocked");
	}
	igt_assert_eq_u32(blocked, crowd.slots);
	crowd_snapshot(&crowd, before);
	/* The CPU's write is no event, those that follow from it are. */
	test_write32(&crowd.gpu, CHAIN, 1);
	for (i = 0; i < crowd.slots; i++)
		igt_assert_eq(test_wait(&crowd.gpu, crowd.done[i], 0), 1);
	igt_assert_eq_u32(test_read32(&crowd.gpu, CHAIN), crowd.slots + 1);
	test_release(&crowd.gpu, STOP);
	crowd_expect_done(&crowd);
	crowd_close(&crowd);
}

/* Each waits for the one before; the first comes last. */
static void test_chain(void)
{
	struct crowd crowd;
	unsigned int n;

	crowd_open(&crowd);
	n = 2 * crowd.slots + 1;
	for (unsigned int i = 0; i < n; i++)
		crowd_add_waiting(&crowd, DATA + CHAIN, n - 1 - i);
	test_write32(&crowd.gpu, CHAIN, 1);
	crowd_expect_done(&crowd);
	igt_assert_eq_u32(test_read32(&crowd.gpu, CHAIN), n + 1);
	crowd_close(&crowd);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Groups that fit have equal parts of the GPU.");
	igt_subtest("fair-fitting")
		test_fair(0);
	igt_describe("One group more than slots: equal parts of the GPU.");
	igt_subtest("fair-one-more")
		test_fair(1);
	igt_describe("Many groups more than slots: equal parts of the GPU.");
	igt_subtest("fair-many")
		test_fair(12);
	igt_describe("Who comes late gets its part from then on, and no more.");
	igt_subtest("late")
		test_late();
	igt_describe("Low priority gets no slot that high priority wants.");
	igt_subtest("priority-slots")
		test_priority_slots(PANTHOR_GROUP_PRIORITY_HIGH,
				    PANTHOR_GROUP_PRIORITY_LOW);
	igt_describe("High priority gets no slot that realtime wants.");
	igt_subtest("realtime-slots")
		test_priority_slots(PANTHOR_GROUP_PRIORITY_REALTIME,
				    PANTHOR_GROUP_PRIORITY_HIGH);
	igt_describe("High priority takes slots of low priority.");
	igt_subtest("priority-preempts")
		test_priority_preempts(PANTHOR_GROUP_PRIORITY_HIGH,
				       PANTHOR_GROUP_PRIORITY_LOW);
	igt_describe("Realtime takes slots of high priority.");
	igt_subtest("realtime-preempts")
		test_priority_preempts(PANTHOR_GROUP_PRIORITY_REALTIME,
				       PANTHOR_GROUP_PRIORITY_HIGH);
	igt_describe("High priority gets most of the GPU.");
	igt_subtest("priority-share")
		test_priority_share();
	igt_describe("Groups that wait in the GPU leave their slots to others.");
	igt_subtest("blocked")
		test_blocked();
	igt_describe("A chain of groups, longer than there are slots, in reverse.");
	igt_subtest("chain")
		test_chain();
}
