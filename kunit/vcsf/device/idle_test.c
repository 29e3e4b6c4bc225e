// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Activity of the engine while the GPU is idle: no wake-ups, no CPU time, no
 * interrupts, and polling of sync objects that backs off.
 *
 * To see that something does not happen, the cases sleep for VCSF_IDLE_MS and compare
 * the engine's counters before and after.
 */

#include <linux/delay.h>
#include <linux/sched.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "group/group.h"
#include "group.h"

#define VCSF_IDLE_MS	300

/* Counters of the engine's activity */
struct vcsf_idle_counters {
	u64 wakeups;
	u64 slices;
	u64 repolls;
	u64 runtime;
	int irqs;
};

static struct vcsf_idle_counters vcsf_idle_counters(struct vcsf_host *host)
{
	struct vcsf_engine *engine = host->hw->engine;

	return (struct vcsf_idle_counters){
		.wakeups = READ_ONCE(engine->wakeups),
		.slices = READ_ONCE(engine->slices),
		.repolls = READ_ONCE(engine->repolls),
		.runtime = READ_ONCE(engine->hw->events.task->se.sum_exec_runtime),
		.irqs = atomic_read(&host->irqs[HOST_JOB].count),
	};
}

static void vcsf_idle_expect_nothing(struct kunit *test,
				     struct vcsf_host *host)
{
	struct vcsf_idle_counters before, after;

	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	before = vcsf_idle_counters(host);
	msleep(VCSF_IDLE_MS);
	after = vcsf_idle_counters(host);
	KUNIT_EXPECT_EQ(test, before.wakeups, after.wakeups);
	KUNIT_EXPECT_EQ(test, before.slices, after.slices);
	KUNIT_EXPECT_EQ(test, before.runtime, after.runtime);
	KUNIT_EXPECT_EQ(test, before.irqs, after.irqs);
}

static void vcsf_idle_off(struct kunit *test)
{
	vcsf_idle_expect_nothing(test, test->priv);
}

static void vcsf_idle_booted(struct kunit *test)
{
	vcsf_host_boot(test->priv);
	vcsf_idle_expect_nothing(test, test->priv);
}

/* Setting the same clock rate again, as a governor does, does not wake the engine. */
static void vcsf_idle_same_clock(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	unsigned long hz;
	u64 wakeups;

	vcsf_host_boot(host);
	hz = vcsf_get_clock(host->win);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	wakeups = READ_ONCE(host->hw->engine->wakeups);
	KUNIT_EXPECT_EQ(test, 0, vcsf_set_clock(host->win, hz));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_EQ(test, wakeups, READ_ONCE(host->hw->engine->wakeups));
	KUNIT_EXPECT_EQ(test, 0, vcsf_set_clock(host->win, VCSF_CLOCK_MIN_HZ));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_NE(test, wakeups, READ_ONCE(host->hw->engine->wakeups));
}

/* Streams that have run, wait for each other, or are in fault need no attention. */
static void vcsf_idle_resident(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 4);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	EMIT(&f.group, 1, csf_move48(10, 1), csf_progress_wait(0, 10));
	vcsf_host_kick(&f.group, 1);
	EMIT(&f.group, 2, 0xffULL << 56);
	vcsf_host_kick(&f.group, 2);
	EMIT(&f.group, 3, csf_load_multiple(0, 10, 1, 0));
	vcsf_host_kick(&f.group, 3);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 2, CSF_CS_FATAL));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 3, CSF_CS_FAULT));
	vcsf_idle_expect_nothing(test, f.host);
}

static void vcsf_idle_emit_wait(struct vcsf_group_fixture *f,
				unsigned int queue)
{
	EMIT(&f->group, queue, csf_move48(10, DATA), csf_move48(12, 0),
	     csf_sync_wait64(10, 12, CSF_COND_GT, 0));
}

/* Polling of a sync object backs off and raises no interrupts. */
static void vcsf_idle_sync_wait(struct kunit *test)
{
	struct vcsf_idle_counters before, after;
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	before = vcsf_idle_counters(f.host);
	msleep(VCSF_IDLE_MS);
	after = vcsf_idle_counters(f.host);
	/* Intervals of 2, 4, 8, ... 256 ms make at most eight polls. */
	KUNIT_EXPECT_LE(test, after.repolls - before.repolls, 8);
	KUNIT_EXPECT_LE(test, after.wakeups - before.wakeups, 8);
	KUNIT_EXPECT_EQ(test, before.slices, after.slices);
	KUNIT_EXPECT_EQ(test, before.irqs, after.irqs);

	/* A doorbell of the group leads to a check at once. */
	WRITE_ONCE(f.data[0], 1);
	vcsf_host_kick(&f.group, 1);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
}

/* A write by another stream leads to a check, too, without a poll. */
static void vcsf_idle_sync_add(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 repolls;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	/* Wait until the next poll is far away. */
	for (i = 0; i < 200 && READ_ONCE(f.host->hw->mcu->repoll_ns) <
			       200 * NSEC_PER_MSEC; i++)
		msleep(20);
	repolls = READ_ONCE(f.host->hw->engine->repolls);
	vcsf_group_signal(&f.group, 1, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_LE(test, READ_ONCE(f.host->hw->engine->repolls) - repolls,
			1);
}

/* A locked region hides the sync object. The unlock leads to a check. */
static void vcsf_idle_sync_locked(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 repolls;

	vcsf_group_setup(test, &f, 1);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	vcsf_host_lock(&f.vm, DATA, 15);
	WRITE_ONCE(f.data[0], 1);
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	repolls = READ_ONCE(f.host->hw->engine->repolls);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_LE(test, READ_ONCE(f.host->hw->engine->repolls) - repolls,
			1);
}

/* Polling goes on while the engine is busy with another stream. */
static void vcsf_idle_sync_busy(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	EMIT(&f.group, 1, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 1);
	/* Wait until the last doorbells, which lead to checks, have been served. */
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_GE(test, vcsf_host_ping(f.host), 0);
	WRITE_ONCE(f.data[0], 1);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_for(f.host,
						   READ_ONCE(f.data[2])));
	KUNIT_EXPECT_TRUE(test, READ_ONCE(f.host->hw->mcu->ready));
}

static int vcsf_idle_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_idle_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_idle_cases[] = {
	KUNIT_CASE(vcsf_idle_off),
	KUNIT_CASE(vcsf_idle_booted),
	KUNIT_CASE(vcsf_idle_same_clock),
	KUNIT_CASE(vcsf_idle_resident),
	KUNIT_CASE(vcsf_idle_sync_wait),
	KUNIT_CASE(vcsf_idle_sync_add),
	KUNIT_CASE(vcsf_idle_sync_locked),
	KUNIT_CASE(vcsf_idle_sync_busy),
	{}
};

static struct kunit_suite vcsf_idle_suite = {
	.name = "vcsf_idle",
	.init = vcsf_idle_init_case,
	.exit = vcsf_idle_exit_case,
	.test_cases = vcsf_idle_cases,
};

kunit_test_suite(vcsf_idle_suite);
