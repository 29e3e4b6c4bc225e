// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Order of groups that wait for a slot. The cases charge GPU time themselves, so they
 * need no GPU. Groups have no queues: nothing here looks at jobs.
 */

#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include <kunit/test.h>

#include "device/device.h"
#include "fw/fw.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/slots.h"
#include "sched/waiting.h"

#define PRIORITY	1
#define SECOND		((u64)NSEC_PER_SEC)

/**
 * struct fixture - a scheduler without a GPU
 * @slots: its state; a case holds the lock
 * @clients: open files
 * @groups: groups; group i belongs to client i / 2
 */
struct fixture {
	struct vpan_slots *slots;
	struct vpan_usage *clients[2];
	struct vpan_group *groups[4];
};

static void *zalloc(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

static int waiting_init(struct kunit *test)
{
	struct fixture *f = zalloc(test, sizeof(*f));
	struct vpan_device *vpan = zalloc(test, sizeof(*vpan));
	unsigned int i, j;

	f->slots = zalloc(test, sizeof(*f->slots));
	f->slots->vpan = vpan;
	vpan->slots = f->slots;
	vpan->fw = zalloc(test, sizeof(*vpan->fw));
	vpan->fw->ncsg = 2;
	mutex_init(&f->slots->lock);
	for (i = 0; i < VPAN_PRIORITIES; i++)
		f->slots->waiting[i] = RB_ROOT_CACHED;
	for (i = 0; i < ARRAY_SIZE(f->clients); i++) {
		f->clients[i] = zalloc(test, sizeof(*f->clients[i]));
		for (j = 0; j < VPAN_PRIORITIES; j++)
			vpan_share_init(&f->clients[i]->share[j]);
	}
	for (i = 0; i < ARRAY_SIZE(f->groups); i++) {
		f->groups[i] = zalloc(test, sizeof(*f->groups[i]));
		INIT_LIST_HEAD(&f->groups[i]->waiting);
		f->groups[i]->vpan = vpan;
		f->groups[i]->usage = f->clients[i / 2];
		f->groups[i]->priority = PRIORITY;
	}
	test->priv = f;
	return 0;
}

static void waiting_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f)
		mutex_destroy(&f->slots->lock);
}

/* Make a group busy on a slot, or free the slot. */
static void occupy(struct fixture *f, unsigned int slot,
		   struct vpan_group *group)
{
	rcu_assign_pointer(f->slots->slot[slot].group, group);
	f->slots->slot[slot].busy = group;
}

static void expect_order(struct kunit *test, const unsigned int *groups,
			 unsigned int count)
{
	struct fixture *f = test->priv;
	struct vpan_group *got[4];
	unsigned int i, n;

	n = vpan_waiting_collect(f->slots, PRIORITY, got, ARRAY_SIZE(got));
	KUNIT_EXPECT_EQ(test, count, n);
	for (i = 0; i < min(count, n); i++)
		KUNIT_EXPECT_PTR_EQ(test, f->groups[groups[i]], got[i]);
}

/* A client that slept competes with what the active one has used. */
static void waiting_client_slept(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vpan_group *active = f->groups[0], *slept = f->groups[2];

	mutex_lock(&f->slots->lock);
	occupy(f, 0, active);
	vpan_waiting_charge(f->slots, active, 10 * SECOND);
	vpan_waiting_add_new(f->slots, slept);
	KUNIT_EXPECT_EQ(test, 10 * SECOND,
			vpan_group_share(slept)->used);
	vpan_waiting_remove(f->slots, slept);

	/* After a turn on the slot it comes second: it does not get all. */
	occupy(f, 0, slept);
	vpan_waiting_charge(f->slots, slept, SECOND);
	occupy(f, 0, NULL);
	vpan_waiting_add(f->slots, slept);
	vpan_waiting_add(f->slots, active);
	expect_order(test, (const unsigned int []){ 0, 2 }, 2);
	vpan_waiting_remove(f->slots, slept);
	vpan_waiting_remove(f->slots, active);
	mutex_unlock(&f->slots->lock);
}

/* Nor does it get all if the other one is idle at the time when it wakes up. */
static void waiting_client_alone(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vpan_group *first = f->groups[0], *late = f->groups[2];

	mutex_lock(&f->slots->lock);
	occupy(f, 0, first);
	vpan_waiting_charge(f->slots, first, 10 * SECOND);
	occupy(f, 0, NULL);
	vpan_waiting_add_new(f->slots, late);
	KUNIT_EXPECT_EQ(test, 10 * SECOND, vpan_group_share(late)->used);
	KUNIT_EXPECT_TRUE(test, vpan_waiting_any(f->slots));
	vpan_waiting_remove(f->slots, late);
	KUNIT_EXPECT_FALSE(test, vpan_waiting_any(f->slots));
	mutex_unlock(&f->slots->lock);
}

/* A client that has used more keeps that, although a less-served one is active. */
static void waiting_client_used_more(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vpan_group *more = f->groups[0], *less = f->groups[2];

	mutex_lock(&f->slots->lock);
	occupy(f, 0, more);
	vpan_waiting_charge(f->slots, more, 10 * SECOND);
	occupy(f, 0, less);
	vpan_waiting_charge(f->slots, less, SECOND);
	vpan_waiting_add_new(f->slots, more);
	KUNIT_EXPECT_EQ(test, 10 * SECOND, vpan_group_share(more)->used);
	vpan_waiting_remove(f->slots, more);
	mutex_unlock(&f->slots->lock);
}

/* The same within a client */
static void waiting_group_slept(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vpan_group *active = f->groups[0], *slept = f->groups[1];

	mutex_lock(&f->slots->lock);
	occupy(f, 0, active);
	vpan_waiting_charge(f->slots, active, 10 * SECOND);
	vpan_waiting_add_new(f->slots, slept);
	KUNIT_EXPECT_EQ(test, 10 * SECOND, slept->used);
	vpan_waiting_remove(f->slots, slept);
	occupy(f, 0, NULL);
	slept->used = 0;
	vpan_waiting_add_new(f->slots, slept);
	KUNIT_EXPECT_EQ(test, 10 * SECOND, slept->used);
	vpan_waiting_remove(f->slots, slept);
	mutex_unlock(&f->slots->lock);
}

/* Clients by their usage, and the groups of each by theirs */
static void waiting_order(struct kunit *test)
{
	static const u64 used[] = { 4 * SECOND, 3 * SECOND, SECOND, 2 * SECOND };
	struct fixture *f = test->priv;
	unsigned int i;

	mutex_lock(&f->slots->lock);
	for (i = 0; i < 4; i++)
		vpan_waiting_charge(f->slots, f->groups[i], used[i]);
	for (i = 0; i < 4; i++)
		vpan_waiting_add(f->slots, f->groups[i]);
	expect_order(test, (const unsigned int []){ 2, 3, 1, 0 }, 4);
	/* Also when a client that waits uses more on another slot. */
	vpan_waiting_charge(f->slots, f->groups[2], 10 * SECOND);
	expect_order(test, (const unsigned int []){ 1, 0, 2, 3 }, 4);
	for (i = 0; i < 4; i++)
		vpan_waiting_remove(f->slots, f->groups[i]);
	mutex_unlock(&f->slots->lock);
}

static struct kunit_case vpan_waiting_cases[] = {
	KUNIT_CASE(waiting_client_slept),
	KUNIT_CASE(waiting_client_alone),
	KUNIT_CASE(waiting_client_used_more),
	KUNIT_CASE(waiting_group_slept),
	KUNIT_CASE(waiting_order),
	{}
};

static struct kunit_suite vpan_waiting_suite = {
	.name = "vpan_waiting",
	.init = waiting_init,
	.exit = waiting_exit,
	.test_cases = vpan_waiting_cases,
};

kunit_test_suite(vpan_waiting_suite);
