// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Activity of the engine while the GPU is idle: no wake-ups, no CPU time, no
 * interrupts, and polling of sync objects that backs off.
 *
 * To see that something does not happen, the cases sleep for VCSF_IDLE_MS and compare
 * the engine's counters before and after.
 */

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/time64.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "group/group.h"
#include "group.h"

#define VCSF_IDLE_MS	300

/* Shortest and longest interval between two polls of sync objects */
#define VCSF_IDLE_REPOLL_MIN_NS	(2 * NSEC_PER_MSEC)
#define VCSF_IDLE_REPOLL_MAX_NS	(1024 * NSEC_PER_MSEC)
/* Polls after which the next one is 256 ms away */
#define VCSF_IDLE_FAR_POLLS	7
/* A poll may happen by chance in some attempts to do without. */
#define VCSF_IDLE_ATTEMPTS	5

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

/*
 * Most polls since @start, which is in nanoseconds. The first one may be due at once.
 * Each interval is twice as long as the one before, up to a limit.
 */
static u64 vcsf_idle_max_polls(u64 start)
{
	u64 left = ktime_get_ns() - start, interval = VCSF_IDLE_REPOLL_MIN_NS;
	u64 polls = 1;

	for (; left >= interval; polls++) {
		left -= interval;
		interval = min_t(u64, 2 * interval, VCSF_IDLE_REPOLL_MAX_NS);
	}

	return polls;
}

/* Polling of a sync object backs off and raises no interrupts. */
static void vcsf_idle_sync_wait(struct kunit *test)
{
	struct vcsf_idle_counters before, after;
	struct vcsf_group_fixture f;
	u64 start, polls;

	vcsf_group_setup(test, &f, 2);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	start = ktime_get_ns();
	before = vcsf_idle_counters(f.host);
	msleep(VCSF_IDLE_MS);
	after = vcsf_idle_counters(f.host);
	/* At most eight unless the sleep was longer */
	polls = vcsf_idle_max_polls(start);
	KUNIT_EXPECT_LE(test, after.repolls - before.repolls, polls);
	KUNIT_EXPECT_LE(test, after.wakeups - before.wakeups, polls);
	KUNIT_EXPECT_EQ(test, before.slices, after.slices);
	KUNIT_EXPECT_EQ(test, before.irqs, after.irqs);

	/* A doorbell of the group leads to a check at once. */
	WRITE_ONCE(f.data[0], 1);
	vcsf_host_kick(&f.group, 1);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
}

/* Return: whether a write by another stream leads to a check without a poll. */
static bool vcsf_idle_woken_by_add(struct vcsf_group_fixture *f, u64 seqno)
{
	struct vcsf_engine *engine = f->host->hw->engine;
	u64 repolls = READ_ONCE(engine->repolls);
	unsigned int i;

	WRITE_ONCE(f->data[0], 0);
	vcsf_idle_emit_wait(f, 0);
	vcsf_group_signal(&f->group, 0, 2);
	for (i = 0; i < 1000 && READ_ONCE(engine->repolls) - repolls <
				VCSF_IDLE_FAR_POLLS; i++)
		msleep(20);
	repolls = READ_ONCE(engine->repolls);
	vcsf_group_signal(&f->group, 1, 0);
	KUNIT_ASSERT_TRUE(f->host->test, vcsf_group_seqno(f, 2, seqno));

	return READ_ONCE(engine->repolls) == repolls;
}

/* A write by another stream leads to a check, too, without a poll. */
static void vcsf_idle_sync_add(struct kunit *test)
{
	struct vcsf_group_fixture f;
	bool woken = false;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	for (i = 1; i <= VCSF_IDLE_ATTEMPTS && !woken; i++)
		woken = vcsf_idle_woken_by_add(&f, i);
	KUNIT_EXPECT_TRUE(test, woken);
}

/* A locked region hides the sync object. The unlock leads to a check. */
static void vcsf_idle_sync_locked(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 start, repolls;

	vcsf_group_setup(test, &f, 1);
	vcsf_idle_emit_wait(&f, 0);
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	vcsf_host_lock(&f.vm, DATA, 15);
	WRITE_ONCE(f.data[0], 1);
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	start = ktime_get_ns();
	repolls = READ_ONCE(f.host->hw->engine->repolls);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	repolls = READ_ONCE(f.host->hw->engine->repolls) - repolls;
	KUNIT_EXPECT_LE(test, repolls, vcsf_idle_max_polls(start));
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
