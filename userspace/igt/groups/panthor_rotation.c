// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The rotation of groups over CSG slots: equal shares within a priority, strict
 * preference between priorities, and no slots for groups that wait on the GPU.
 * Groups count in a loop; their counts are their shares of the GPU.
 */

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test how more groups than slots share the GPU.");

#define DATA		TEST_DATA_VA
#define GROUPS_MAX	48

/* Offsets in the data buffer: the counter of group @i, the word that stops all loops */
#define COUNTER(i)	(256 + 64 * (i))
#define STOP		0
#define CHAIN		64

/**
 * struct peers - groups that compete for slots
 * @gpu: context of all of them
 * @groups: group handles
 * @done: syncobjs that their jobs signal
 * @count: number of groups
 * @slots: number of CSG slots
 */
struct peers {
	struct test_gpu gpu;
	uint32_t groups[GROUPS_MAX];
	uint32_t done[GROUPS_MAX];
	unsigned int count;
	unsigned int slots;
};

static void peers_open(struct peers *peers)
{
	struct drm_panthor_csif_info csif;

	memset(peers, 0, sizeof(*peers));
	/* No time limit: these jobs run as long as the test does. */
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&peers->gpu, 0);
	igt_assert_eq(panthor_query(peers->gpu.fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
				    &csif, sizeof(csif)), 0);
	peers->slots = csif.csg_slot_count;
}

static void peers_close(struct peers *peers)
{
	for (unsigned int i = 0; i < peers->count; i++)
		igt_assert_eq(panthor_group_destroy(peers->gpu.fd, peers->groups[i]), 0);
	peers->gpu.group = 0;
	test_gpu_close(&peers->gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

static void peers_submit(struct peers *peers, unsigned int i, struct csb *b)
{
	struct panthor_job job;

	peers->gpu.group = peers->groups[i];
	peers->done[i] = test_syncobj(&peers->gpu);
	test_job(&peers->gpu, 0, b, &job);
	panthor_job_signal(&job, peers->done[i], 0);
	test_submit(&peers->gpu, &job, 1);
}

static unsigned int peers_add(struct peers *peers, unsigned int priority)
{
	unsigned int i = peers->count++;

	igt_assert_lt(i, GROUPS_MAX);
	igt_assert_eq(panthor_group_create_priority(peers->gpu.fd, peers->gpu.vm, 1,
						    TEST_RING_SIZE, priority,
						    &peers->groups[i]), 0);
	return i;
}

/* Add a group that counts as fast as it can until it is stopped. */
static void peers_add_counting(struct peers *peers, unsigned int priority)
{
	struct csb_label loop = CSB_LABEL_INIT;
	unsigned int i = peers_add(peers, priority);
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
	peers_submit(peers, i, &b);
}

/* Add a group that waits until @counter exceeds @ref, and then increments it. */
static void peers_add_waiting(struct peers *peers, uint64_t counter, uint32_t ref)
{
	unsigned int i = peers_add(peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	struct csb b;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, counter);
	csb_move32(&b, TEST_REG_VALUE, ref);
	csb_sync_wait32(&b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_COND_GT);
	csb_move32(&b, TEST_REG_COUNT, 1);
	csb_sync_add32(&b, TEST_REG_ADDR, TEST_REG_COUNT, CSF_SYNC_SCOPE_SYSTEM);
	peers_submit(peers, i, &b);
}

static void peers_expect_done(struct peers *peers)
{
	for (unsigned int i = 0; i < peers->count; i++)
		igt_assert_eq(test_wait(&peers->gpu, peers->done[i], 0), 1);
}

static void peers_snapshot(const struct peers *peers, uint32_t *counts)
{
	for (unsigned int i = 0; i < peers->count; i++)
		counts[i] = test_read32(&peers->gpu, COUNTER(i));
}

/* Wait until each group has run; @counts returns the counters. */
static void peers_wait_started(const struct peers *peers, uint32_t *counts)
{
	for (unsigned int i = 0; i < peers->count; i++) {
		for (int n = 0; n < 20000 && !test_read32(&peers->gpu, COUNTER(i)); n++)
			usleep(1000);
		igt_assert_f(test_read32(&peers->gpu, COUNTER(i)),
			     "group %u did not run\n", i);
	}
	peers_snapshot(peers, counts);
}

/* Wait until the first @count groups have run since @before. */
static void peers_wait_advanced(const struct peers *peers, const uint32_t *before,
				unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		for (int n = 0; n < 20000 &&
		     test_read32(&peers->gpu, COUNTER(i)) == before[i]; n++)
			usleep(1000);
		igt_assert_neq_u32(test_read32(&peers->gpu, COUNTER(i)), before[i]);
	}
}

/**
 * struct shares - what the groups have counted
 * @total: sum of all groups
 * @least: smallest count of a group
 * @most: largest count of a group
 */
struct shares {
	uint64_t total;
	uint64_t least;
	uint64_t most;
};

static struct shares peers_shares(const struct peers *peers, const uint32_t *before)
{
	struct shares shares = { .least = UINT64_MAX };
	uint32_t after[GROUPS_MAX];

	peers_snapshot(peers, after);
	for (unsigned int i = 0; i < peers->count; i++) {
		uint64_t count = after[i] - before[i];

		shares.total += count;
		shares.most = count > shares.most ? count : shares.most;
		shares.least = count < shares.least ? count : shares.least;
	}
	return shares;
}

/* Return: whether each group's share is equal to within ten percent. */
static bool shares_are_fair(const struct shares *shares, unsigned int count)
{
	return shares->total * 90 <= shares->least * 100 * count &&
	       shares->most * 100 * count <= shares->total * 110;
}

/*
 * The length of a turn depends on the load of the machine, and the last turn of
 * each group matters less the longer they run. So run until the shares are equal,
 * and for a minimum time. With an unfair rotation they never become equal.
 */
static void test_fair(unsigned int extra)
{
	uint32_t before[GROUPS_MAX];
	struct shares shares;
	struct peers peers;

	peers_open(&peers);
	for (unsigned int i = 0; i < peers.slots + extra; i++)
		peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	peers_wait_started(&peers, before);
	for (int n = 0; n < 900; n++) {
		usleep(100000);
		shares = peers_shares(&peers, before);
		if (n >= 50 && shares_are_fair(&shares, peers.count))
			break;
	}
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);

	igt_info("%u groups on %u slots: mean %llu, least %llu, most %llu\n",
		 peers.count, peers.slots,
		 (unsigned long long)(shares.total / peers.count),
		 (unsigned long long)shares.least, (unsigned long long)shares.most);
	igt_assert(shares_are_fair(&shares, peers.count));
	peers_close(&peers);
}

static uint64_t peers_total(const struct peers *peers)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < peers->count; i++)
		total += test_read32(&peers->gpu, COUNTER(i));
	return total;
}

/*
 * A group that was idle while others ran has no credit: it gets its share from
 * then on, and does not keep a slot until its usage equals that of the others.
 * Catching up would take four times as long as the others have run; the test
 * observes twice that time.
 */
static void test_late(void)
{
	uint32_t before[GROUPS_MAX];
	uint64_t early, part;
	struct shares shares;
	struct peers peers;
	unsigned int late;

	peers_open(&peers);
	for (unsigned int i = 0; i <= peers.slots; i++)
		peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	peers_wait_started(&peers, before);
	sleep(8);
	early = peers_total(&peers);
	peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	late = peers.count - 1;
	peers_wait_started(&peers, before);
	do {
		usleep(100000);
		shares = peers_shares(&peers, before);
		part = test_read32(&peers.gpu, COUNTER(late)) - before[late];
	} while (shares.total < early / 2 ||
		 (shares.total < 2 * early &&
		  part * 100 * peers.count > shares.total * 115));
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);

	igt_info("mean %llu, late group %llu\n",
		 (unsigned long long)(shares.total / peers.count),
		 (unsigned long long)part);
	igt_assert_lte_u64(part * 100 * peers.count, shares.total * 115);
	peers_close(&peers);
}

/* While groups of @high_priority fill the slots, none of @low_priority gets one. */
static void test_priority_slots(unsigned int high_priority, unsigned int low_priority)
{
	uint32_t before[GROUPS_MAX], after[GROUPS_MAX];
	struct peers peers;
	unsigned int high;

	peers_open(&peers);
	for (unsigned int i = 0; i < peers.slots; i++)
		peers_add_counting(&peers, high_priority);
	peers_wait_started(&peers, before);
	high = peers.count;
	for (int i = 0; i < 3; i++)
		peers_add_counting(&peers, low_priority);
	/* Time for several turns */
	sleep(1);
	peers_wait_advanced(&peers, before, high);
	peers_snapshot(&peers, after);
	for (unsigned int i = high; i < peers.count; i++)
		igt_assert_eq_u32(after[i], 0);
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);
	peers_close(&peers);
}

/* A runnable group of higher priority evicts one of lower priority from its slot. */
static void test_priority_preempts(unsigned int high_priority, unsigned int low_priority)
{
	uint32_t before[GROUPS_MAX];
	struct peers peers;
	unsigned int high;

	peers_open(&peers);
	for (unsigned int i = 0; i < peers.slots + 2; i++)
		peers_add_counting(&peers, low_priority);
	peers_wait_started(&peers, before);
	high = peers.count;
	for (unsigned int i = 0; i < peers.slots; i++)
		peers_add_counting(&peers, high_priority);
	peers_wait_started(&peers, before);
	igt_assert_lt_u64(0, before[high]);
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);
	peers_close(&peers);
}

/* Among groups on slots, too, high priority gets most of the GPU. */
static void test_priority_share(void)
{
	uint32_t before[GROUPS_MAX], after[GROUPS_MAX];
	uint64_t low, high;
	struct peers peers;

	peers_open(&peers);
	peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_LOW);
	peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_HIGH);
	peers_wait_started(&peers, before);
	/* Without an effect of priority the ratio would stay constant. */
	for (int n = 0; n < 900; n++) {
		usleep(100000);
		peers_snapshot(&peers, after);
		low = after[0] - before[0];
		high = after[1] - before[1];
		if (n >= 10 && high > 3 * low)
			break;
	}
	igt_info("low %llu, high %llu\n", (unsigned long long)low,
		 (unsigned long long)high);
	igt_assert_lt_u64(3 * low, high);
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);
	peers_close(&peers);
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
 * Groups that wait on the GPU do not keep runnable ones from running, and do not
 * return to a slot before they are runnable.
 */
static void test_blocked(void)
{
	unsigned int blocked = 0, i;
	uint32_t before[GROUPS_MAX];
	struct peers peers;

	peers_open(&peers);
	for (i = 0; i < peers.slots; i++)
		peers_add_waiting(&peers, DATA + CHAIN, i);
	for (i = 0; i < peers.slots; i++)
		peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	for (i = 0; i < peers.slots; i++) {
		for (int n = 0; n < 20000 &&
		     !test_read32(&peers.gpu, COUNTER(peers.slots + i)); n++)
			usleep(1000);
	}
	for (int n = 0; n < 2000 && blocked != peers.slots; n++) {
		usleep(10000);
		blocked = count_groups("blocked");
	}
	igt_assert_eq_u32(blocked, peers.slots);
	peers_snapshot(&peers, before);
	/* The CPU's write raises no event, but the SYNC_ADDs that follow from it do. */
	test_write32(&peers.gpu, CHAIN, 1);
	for (i = 0; i < peers.slots; i++)
		igt_assert_eq(test_wait(&peers.gpu, peers.done[i], 0), 1);
	igt_assert_eq_u32(test_read32(&peers.gpu, CHAIN), peers.slots + 1);
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);
	peers_close(&peers);
}

/* Each group waits for the group added after it. */
static void test_chain(void)
{
	struct peers peers;
	unsigned int n;

	peers_open(&peers);
	n = 2 * peers.slots + 1;
	for (unsigned int i = 0; i < n; i++)
		peers_add_waiting(&peers, DATA + CHAIN, n - 1 - i);
	test_write32(&peers.gpu, CHAIN, 1);
	peers_expect_done(&peers);
	igt_assert_eq_u32(test_read32(&peers.gpu, CHAIN), n + 1);
	peers_close(&peers);
}

/* Groups change slots together: the firmware is asked for all of them at once. */
static void test_together(void)
{
	unsigned int together = 0, left = 0;
	uint32_t counts[GROUPS_MAX];
	struct peers peers;

	test_moves_begin();
	peers_open(&peers);
	for (unsigned int i = 0; i < 2 * peers.slots; i++)
		peers_add_counting(&peers, PANTHOR_GROUP_PRIORITY_MEDIUM);
	peers_wait_started(&peers, counts);
	for (int n = 0; n < 2000 && left < 4 * peers.slots; n++) {
		usleep(10000);
		together = test_moves_read(&left);
	}
	igt_assert_lte(4 * peers.slots, left);
	test_release(&peers.gpu, STOP);
	peers_expect_done(&peers);
	peers_close(&peers);
	test_moves_end();
	igt_assert_lt(1, together);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Groups that fit the slots get equal shares.");
	igt_subtest("fair-fitting")
		test_fair(0);
	igt_describe("One group more than slots: all get equal shares.");
	igt_subtest("fair-one-more")
		test_fair(1);
	igt_describe("Many groups more than slots: all get equal shares.");
	igt_subtest("fair-many")
		test_fair(12);
	igt_describe("A group that starts late gets its share from then on, and no more.");
	igt_subtest("late")
		test_late();
	igt_describe("Low priority gets no slot while high priority fills them.");
	igt_subtest("priority-slots")
		test_priority_slots(PANTHOR_GROUP_PRIORITY_HIGH,
				    PANTHOR_GROUP_PRIORITY_LOW);
	igt_describe("High priority gets no slot while realtime fills them.");
	igt_subtest("realtime-slots")
		test_priority_slots(PANTHOR_GROUP_PRIORITY_REALTIME,
				    PANTHOR_GROUP_PRIORITY_HIGH);
	igt_describe("High priority evicts low priority from slots.");
	igt_subtest("priority-preempts")
		test_priority_preempts(PANTHOR_GROUP_PRIORITY_HIGH,
				       PANTHOR_GROUP_PRIORITY_LOW);
	igt_describe("Realtime evicts high priority from slots.");
	igt_subtest("realtime-preempts")
		test_priority_preempts(PANTHOR_GROUP_PRIORITY_REALTIME,
				       PANTHOR_GROUP_PRIORITY_HIGH);
	igt_describe("High priority gets most of the GPU.");
	igt_subtest("priority-share")
		test_priority_share();
	igt_describe("Groups that wait on the GPU leave their slots to others.");
	igt_subtest("blocked")
		test_blocked();
	igt_describe("A chain of more groups than slots completes in reverse order.");
	igt_subtest("chain")
		test_chain();
	igt_describe("Groups that execute no jobs on cores change slots together.");
	igt_subtest("together")
		test_together();
}
