// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Limit of the CPU time that streams and jobs take, and the priority of the
 * engine's thread. The accounting is tested with times of the test's own choice.
 */

#include <linux/iopoll.h>
#include <linux/sched.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "engine/duty.h"
#include "engine/engine.h"
#include "group.h"

#define PERIOD	VCSF_DUTY_PERIOD_NS
#define US	((u64)NSEC_PER_USEC)

/* A tenth of each period may be used; what is beyond that is paid back. */
static void vcsf_duty_periods(struct kunit *test)
{
	u64 now = 5 * PERIOD;
	struct vcsf_duty duty;

	vcsf_duty_init(&duty, 10);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now));
	vcsf_duty_charge(&duty, 400 * US);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now + 500 * US));
	vcsf_duty_charge(&duty, 700 * US);
	KUNIT_EXPECT_EQ(test, PERIOD - 2000 * US,
			vcsf_duty_wait(&duty, now + 2000 * US));
	KUNIT_EXPECT_EQ(test, 1, vcsf_duty_wait(&duty, now + PERIOD - 1));
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now + PERIOD));

	/* 0.1 ms is left of the debt. */
	vcsf_duty_charge(&duty, 3000 * US);
	now += PERIOD;
	KUNIT_EXPECT_EQ(test, 3 * PERIOD, vcsf_duty_wait(&duty, now));
	KUNIT_EXPECT_EQ(test, PERIOD / 2,
			vcsf_duty_wait(&duty, now + 2 * PERIOD + PERIOD / 2));
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now + 3 * PERIOD));
	KUNIT_EXPECT_EQ(test, 4, duty.throttles);
}

/* A long pause leaves no more than the quota of one period. */
static void vcsf_duty_pause(struct kunit *test)
{
	u64 now = 3600ULL * NSEC_PER_SEC;
	struct vcsf_duty duty;

	vcsf_duty_init(&duty, 50);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now));
	vcsf_duty_charge(&duty, PERIOD / 2);
	KUNIT_EXPECT_LT(test, 0, vcsf_duty_wait(&duty, now));
}

/* The debt of one excess is limited. */
static void vcsf_duty_debt(struct kunit *test)
{
	u64 now = 5 * PERIOD;
	struct vcsf_duty duty;

	vcsf_duty_init(&duty, 1);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now));
	vcsf_duty_charge(&duty, 3600ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 10 * PERIOD, vcsf_duty_wait(&duty, now));
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now + 10 * PERIOD));
}

/* Work that is not held back is paid back in full: suspends in a row keep the limit. */
static void vcsf_duty_exempt(struct kunit *test)
{
	u64 now = 5 * PERIOD;
	struct vcsf_duty duty;
	unsigned int i;

	vcsf_duty_init(&duty, 1);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now));
	for (i = 0; i < 4; i++)
		vcsf_duty_charge_exempt(&duty, 1000 * US);
	KUNIT_EXPECT_EQ(test, 40 * PERIOD, vcsf_duty_wait(&duty, now));
	/* Other work in this debt costs nothing, and does not end the debt. */
	vcsf_duty_charge(&duty, 3600ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 40 * PERIOD, vcsf_duty_wait(&duty, now));
	KUNIT_EXPECT_EQ(test, 1, vcsf_duty_wait(&duty, now + 40 * PERIOD - 1));
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, now + 40 * PERIOD));

	/* A step in which the thread is preempted costs a period, and there is a limit. */
	now += 40 * PERIOD;
	vcsf_duty_charge_exempt(&duty, 1000 * US);
	KUNIT_EXPECT_EQ(test, 10 * PERIOD, vcsf_duty_wait(&duty, now));
	vcsf_duty_charge_exempt(&duty, 3600ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 100 * PERIOD, vcsf_duty_wait(&duty, now));
	for (i = 0; i < 10; i++)
		vcsf_duty_charge_exempt(&duty, PERIOD);
	KUNIT_EXPECT_EQ(test, 100 * PERIOD, vcsf_duty_wait(&duty, now));
}

static void vcsf_duty_unlimited(struct kunit *test)
{
	struct vcsf_duty duty;

	vcsf_duty_init(&duty, VCSF_DUTY_MAX);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_clock(&duty));
	vcsf_duty_charge(&duty, 3600ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, 0));
	KUNIT_EXPECT_EQ(test, 0, vcsf_duty_wait(&duty, PERIOD));
}

/*
 * A stream that never ends is held back, and the firmware answers all the same. A
 * stream beside it, and its job, come to their end.
 */
static void vcsf_duty_holds(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;
	struct vcsf_group_fixture f;
	u64 throttles, seen;
	unsigned int i;

	config.duty = 1;
	config.shaders = 0;
	vcsf_host_create_with(test, &config);
	vcsf_group_setup(test, &f, 2);
	EMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 0);
	throttles = READ_ONCE(f.host->hw->engine->duty.throttles);
	for (i = 0; i < 20; i++)
		vcsf_host_ping(f.host);
	/* The loop uses up its share of several periods. */
	KUNIT_EXPECT_EQ(test, 0,
			read_poll_timeout(READ_ONCE, seen, seen > throttles + 2,
					  PERIOD / NSEC_PER_USEC,
					  10 * USEC_PER_SEC, false,
					  f.host->hw->engine->duty.throttles));
	vcsf_host_ping(f.host);

	EMIT(&f.group, 1, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 0), csf_wait(BIT(2)));
	vcsf_group_signal(&f.group, 1, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
}

/* The thread is an ordinary one, with the nice value of the configuration. */
static void vcsf_duty_priority(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;
	struct vcsf_host *host;

	config.nice = 7;
	host = vcsf_host_create_with(test, &config);
	vcsf_host_boot(host);
	KUNIT_EXPECT_EQ(test, SCHED_NORMAL, host->hw->events.task->policy);
	KUNIT_EXPECT_EQ(test, 7, task_nice(host->hw->events.task));
}

static void vcsf_duty_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_duty_cases[] = {
	KUNIT_CASE(vcsf_duty_periods),
	KUNIT_CASE(vcsf_duty_pause),
	KUNIT_CASE(vcsf_duty_debt),
	KUNIT_CASE(vcsf_duty_exempt),
	KUNIT_CASE(vcsf_duty_unlimited),
	KUNIT_CASE(vcsf_duty_holds),
	KUNIT_CASE(vcsf_duty_priority),
	{}
};

static struct kunit_suite vcsf_duty_suite = {
	.name = "vcsf_duty",
	.exit = vcsf_duty_exit_case,
	.test_cases = vcsf_duty_cases,
};

kunit_test_suite(vcsf_duty_suite);
