// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: gangs that do not run, and what cannot be a gang.
 */

#include <drm/drm_print.h>

#include "gang/gang.h"

struct rings {
	struct jq_mock_ring *ring[JQ_GANG_RINGS];
	/* The first member waits for this. */
	struct dma_fence *dep;
	struct jq_gang gang;
};

/*
 * A gang, of which the first job or the others wait for a fence. @flags: those of
 * its queues.
 */
static struct rings *prepare(struct kunit *test, u32 flags, bool first)
{
	struct rings *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		r->ring[i] = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ,
						 JQ_MOCK_CREDITS, flags, 0);
	r->dep = jq_mock_fence(test, 0, 1);
	jq_gang_prepare(test, &r->gang, r->ring, JQ_GANG_RINGS, 1);
	for (i = first ? 0 : 1; i < (first ? 1 : JQ_GANG_RINGS); i++)
		KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&r->gang.job[i]->base,
								  dma_fence_get(r->dep)));
	return r;
}

static void signal_dep(struct rings *r)
{
	dma_fence_signal(r->dep);
	dma_fence_put(r->dep);
}

/*
 * One queue is killed. Its member ends at once if it waits for no fence of its own,
 * though the others cannot: killed queues do not wait for other queues.
 */
static void kill_one(struct kunit *test, unsigned int killed, bool first)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, first);
	struct dma_fence *fence, *behind;
	unsigned int i;
	int ran = jq_gang_ran(test);

	jq_gang_submit(&r->gang);
	behind = jq_mock_submit_one(test, r->ring[!killed], 1);
	jq_gang_settle(test, r->ring);
	drm_jobqueue_kill(&r->ring[killed]->queue, -EOWNERDEAD);
	if (first == !!killed) {
		fence = dma_fence_get(r->gang.fence[killed]);
		jq_mock_expect_signalled(test, fence, -EOWNERDEAD);
	}
	jq_gang_settle(test, r->ring);
	/* Those that wait for a fence wait on. */
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		if (first == !i)
			jq_mock_expect_pending(test, r->gang.fence[i]);
	}
	signal_dep(r);
	jq_gang_expect(test, &r->gang, -EOWNERDEAD);
	jq_mock_expect_signalled(test, behind, 0);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), ran);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_ring_put(r->ring[i]);
}

static void killed_queue_skips_all(struct kunit *test)
{
	unsigned int killed, first;

	for (killed = 0; killed < JQ_GANG_RINGS; killed++) {
		for (first = 0; first < 2; first++)
			kill_one(test, killed, first);
	}
}

/* With PROPAGATE_ERRORS a dependency that fails ends the gang. */
static void failed_dependency_skips_all(struct kunit *test)
{
	unsigned int first;

	for (first = 0; first < 2; first++) {
		struct rings *r = prepare(test, DRM_JOBQUEUE_PROPAGATE_ERRORS,
					  first);

		jq_gang_submit(&r->gang);
		jq_gang_settle(test, r->ring);
		dma_fence_set_error(r->dep, -EILSEQ);
		signal_dep(r);
		jq_gang_expect(test, &r->gang, -EILSEQ);
	}
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
}

/* A queue that is killed before the gang is pushed. */
static void pushed_after_kill(struct kunit *test)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, true);

	drm_jobqueue_kill(&r->ring[2]->queue, -EOWNERDEAD);
	jq_gang_submit(&r->gang);
	signal_dep(r);
	jq_gang_expect(test, &r->gang, -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
}

static void abort_skips_all(struct kunit *test)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, false);

	jq_gang_arm(&r->gang);
	drm_jobqueue_gang_abort(jq_gang_first(&r->gang), -EDOM);
	jq_gang_settle(test, r->ring);
	jq_mock_expect_pending(test, r->gang.fence[1]);
	signal_dep(r);
	jq_gang_expect(test, &r->gang, -EDOM);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
}

/* The driver could not write it: all members fail, and their queues go on. */
static void failed_run_fails_all(struct kunit *test)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, true);
	struct jq_mock_dev *dev = test->priv;
	unsigned int i;

	dev->gang_error = -ENOSPC;
	jq_gang_submit(&r->gang);
	signal_dep(r);
	jq_gang_expect(test, &r->gang, -ENOSPC);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		jq_mock_expect_signalled(test, jq_mock_submit_one(test, r->ring[i],
								  JQ_MOCK_CREDITS), 0);
	}
}

/* Jobs that are dropped before they are armed. jq_mock_exit() misses none. */
static void dropped_before_arm(struct kunit *test)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, true);
	unsigned int i;

	for (i = 0; i < JQ_GANG_RINGS; i++)
		drm_jobqueue_job_put(&r->gang.job[i]->base);
	signal_dep(r);
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		jq_mock_expect_signalled(test, jq_mock_submit_one(test, r->ring[i],
								  1), 0);
	}
}

static void refuses_what_is_no_gang(struct kunit *test)
{
	struct drm_jobqueue_gang_job *members[3];
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, true);
	struct jq_mock_job *job = jq_mock_job(test, r->ring[0], 1);
	struct jq_mock_job *twin = jq_mock_job(test, r->ring[0], 1);
	struct jq_mock_job *other = jq_mock_job(test, r->ring[1], 1);
	struct dma_fence *fence;

	members[0] = &job->member;
	members[1] = &other->member;
	members[2] = &other->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 1, jq_mock_gang_run),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 3, jq_mock_gang_run),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, NULL), -EINVAL);
	/* Of one queue, and of another gang. */
	members[1] = &twin->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run),
			-EINVAL);
	members[1] = &r->gang.job[1]->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run),
			-EINVAL);

	/* With a job that is armed. */
	fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	members[1] = &other->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run),
			-EINVAL);

	/* They are ordinary jobs still. */
	drm_jobqueue_job_push(&job->base);
	jq_mock_expect_signalled(test, fence, 0);
	drm_jobqueue_job_put(&twin->base);
	jq_mock_expect_signalled(test, jq_mock_submit(other), 0);
	jq_gang_submit(&r->gang);
	signal_dep(r);
	jq_gang_expect(test, &r->gang, 0);
}

/* A gang has at most 16 members. */
static void refuses_too_many(struct kunit *test)
{
	struct drm_jobqueue_gang_job *members[DRM_JOBQUEUE_GANG_MAX + 1];
	struct jq_mock_job *job;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		job = jq_mock_job(test, jq_mock_ring(test, JQ_MOCK_HARDIRQ), 1);
		members[i] = &job->member;
	}
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, ARRAY_SIZE(members),
						     jq_mock_gang_run), -EINVAL);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, DRM_JOBQUEUE_GANG_MAX,
						     jq_mock_gang_run), 0);
	for (i = 0; i < ARRAY_SIZE(members); i++)
		drm_jobqueue_job_put(&members[i]->base);
}

/* All queues of a gang are of one group. */
static void refuses_other_group(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "other" };
	struct jq_mock_ring *ring[2] = {
		jq_mock_ring(test, JQ_MOCK_HARDIRQ),
		jq_mock_ring(test, JQ_MOCK_HARDIRQ),
	};
	struct drm_jobqueue_gang_job *members[2];
	struct drm_jobqueue_group *group, other;
	struct jq_mock_job *job[2];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, drm_jobqueue_group_init(&other, &args), 0);
	for (i = 0; i < 2; i++) {
		job[i] = jq_mock_job(test, ring[i], 1);
		members[i] = &job[i]->member;
	}
	/* It looks at nothing else in the group. */
	group = ring[1]->queue.group;
	ring[1]->queue.group = &other;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run),
			-EINVAL);
	ring[1]->queue.group = group;
	for (i = 0; i < 2; i++)
		drm_jobqueue_job_put(&job[i]->base);
	drm_jobqueue_group_fini(&other);
}

/*
 * The function of a gang may sleep if the first queue's run() may. It must not do so
 * with the token of a queue whose holder must not be preempted.
 */
static void refuses_mixed_contexts(struct kunit *test)
{
	static const u32 flags[2] = { DRM_JOBQUEUE_RUN_INLINE, JQ_MOCK_ANY_CONTEXT };
	struct drm_jobqueue_gang_job *members[2];
	struct jq_mock_job *job[2];
	unsigned int i;

	for (i = 0; i < 2; i++)
		job[i] = jq_mock_job(test, jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 1,
							       flags[i], 0), 1);
	members[0] = &job[0]->member;
	members[1] = &job[1]->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run),
			-EINVAL);
	/* In the other order it does not sleep. */
	members[0] = &job[1]->member;
	members[1] = &job[0]->member;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_gang_init(members, 2, jq_mock_gang_run), 0);
	for (i = 0; i < 2; i++)
		drm_jobqueue_job_put(&job[i]->base);
}

/* Dumps say that a job waits for its gang. */
static void dumps_name_the_gang(struct kunit *test)
{
	struct rings *r = prepare(test, JQ_MOCK_ANY_CONTEXT, true);
	char *text = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = text, .remain = 4095 };
	struct drm_printer p = drm_coredump_printer(&iter);

	KUNIT_ASSERT_NOT_NULL(test, text);
	jq_gang_submit(&r->gang);
	jq_gang_settle(test, r->ring);
	drm_jobqueue_explain(&r->ring[1]->queue, &p);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, " for the other jobs of its gang"),
				  "%s", text);
	drm_jobqueue_print(&r->ring[2]->queue, &p);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, " ms, for its gang\n"), "%s",
				  text);
	signal_dep(r);
	jq_gang_expect(test, &r->gang, 0);
}

static struct kunit_case end_cases[] = {
	KUNIT_CASE(killed_queue_skips_all),
	KUNIT_CASE(failed_dependency_skips_all),
	KUNIT_CASE(pushed_after_kill),
	KUNIT_CASE(abort_skips_all),
	KUNIT_CASE(failed_run_fails_all),
	KUNIT_CASE(dropped_before_arm),
	KUNIT_CASE(refuses_what_is_no_gang),
	KUNIT_CASE(refuses_too_many),
	KUNIT_CASE(refuses_other_group),
	KUNIT_CASE(refuses_mixed_contexts),
	KUNIT_CASE(dumps_name_the_gang),
	{}
};

static struct kunit_suite end_suite = {
	.name = "drm_jobqueue_gang_end",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = end_cases,
};

kunit_test_suite(end_suite);
