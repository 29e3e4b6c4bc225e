// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Passes of the scheduler over groups that were kicked. A pass that stops in the
 * middle is put together by hand, so that no case depends on time. Groups have no
 * queues, thus no work: to update one is to clear its flag and to drop a reference.
 */

#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include <kunit/test.h>

#include "device/device.h"
#include "fw/fw.h"
#include "sched/group.h"
#include "sched/sched.h"
#include "sched/slots.h"

/**
 * struct fixture - a scheduler without a GPU
 * @vpan: the device
 * @groups: groups without a slot
 */
struct fixture {
	struct vpan_device *vpan;
	struct vpan_group *groups[3];
};

static void *zalloc(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

/* The part of a pass that is tested */
static void pass(struct work_struct *work)
{
	struct vpan_device *vpan = container_of(work, struct vpan_device,
						sched.work);

	mutex_lock(&vpan->slots->lock);
	vpan_sched_update_groups(vpan);
	mutex_unlock(&vpan->slots->lock);
}

static int sched_init(struct kunit *test)
{
	struct fixture *f = zalloc(test, sizeof(*f));
	struct vpan_device *vpan = zalloc(test, sizeof(*vpan));
	struct vpan_slots *slots = zalloc(test, sizeof(*slots));
	unsigned int i;

	f->vpan = vpan;
	vpan->slots = slots;
	vpan->fw = zalloc(test, sizeof(*vpan->fw));
	vpan->fw->ncsg = 2;
	slots->vpan = vpan;
	init_llist_head(&slots->kicked);
	init_llist_head(&slots->ended);
	for (i = 0; i < ARRAY_SIZE(f->groups); i++) {
		f->groups[i] = zalloc(test, sizeof(*f->groups[i]));
		/* Never dropped, so that no group is freed. */
		kref_init(&f->groups[i]->ref);
		INIT_LIST_HEAD(&f->groups[i]->waiting);
		f->groups[i]->vpan = vpan;
		f->groups[i]->slot = -1;
	}
	vpan->sched.wq = alloc_ordered_workqueue("vpan-sched-test", 0);
	KUNIT_ASSERT_NOT_NULL(test, vpan->sched.wq);
	INIT_WORK(&vpan->sched.work, pass);
	mutex_init(&slots->lock);
	test->priv = f;
	return 0;
}

static void sched_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	destroy_workqueue(f->vpan->sched.wq);
	mutex_destroy(&f->vpan->slots->lock);
}

/* The state after a pass that has taken some groups off the list, and stopped there */
static void leave_rest(struct fixture *f, struct vpan_group *group)
{
	__set_bit(VPAN_GROUP_KICKED, &group->flags);
	vpan_group_get(group);
	group->kick.next = NULL;
	f->vpan->slots->updating = &group->kick;
}

/* Nothing is left to do, and each reference of a list is dropped. */
static void expect_updated(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	drain_workqueue(f->vpan->sched.wq);
	for (i = 0; i < ARRAY_SIZE(f->groups); i++) {
		KUNIT_EXPECT_FALSE(test, test_bit(VPAN_GROUP_KICKED,
						  &f->groups[i]->flags));
		KUNIT_EXPECT_EQ(test, 1, kref_read(&f->groups[i]->ref));
	}
	KUNIT_EXPECT_TRUE(test, llist_empty(&f->vpan->slots->kicked));
	KUNIT_EXPECT_NULL(test, f->vpan->slots->updating);
}

static void sched_kicked(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->groups); i++)
		vpan_slots_kick_group(f->groups[i]);
	expect_updated(test);
}

/* Groups are kicked after a pass that left a rest, before the next one begins. */
static void sched_kicked_behind_rest(struct kunit *test)
{
	struct fixture *f = test->priv;

	mutex_lock(&f->vpan->slots->lock);
	leave_rest(f, f->groups[0]);
	vpan_slots_kick_group(f->groups[1]);
	vpan_slots_kick_group(f->groups[2]);
	mutex_unlock(&f->vpan->slots->lock);
	expect_updated(test);
}

/* A group that has ended goes to the other list, behind a rest of that one. */
static void sched_ended_behind_rest(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct vpan_slots *slots = f->vpan->slots;

	mutex_lock(&slots->lock);
	leave_rest(f, f->groups[0]);
	slots->ending = slots->updating;
	slots->updating = NULL;
	__set_bit(VPAN_GROUP_LOST, &f->groups[1]->flags);
	vpan_slots_kick_group(f->groups[1]);
	vpan_slots_kick_group(f->groups[2]);
	mutex_unlock(&slots->lock);
	expect_updated(test);
	KUNIT_EXPECT_TRUE(test, llist_empty(&slots->ended));
	KUNIT_EXPECT_NULL(test, slots->ending);
}

static struct kunit_case vpan_sched_cases[] = {
	KUNIT_CASE(sched_kicked),
	KUNIT_CASE(sched_kicked_behind_rest),
	KUNIT_CASE(sched_ended_behind_rest),
	{}
};

static struct kunit_suite vpan_sched_suite = {
	.name = "vpan_sched",
	.init = sched_init,
	.exit = sched_exit,
	.test_cases = vpan_sched_cases,
};

kunit_test_suite(vpan_sched_suite);
