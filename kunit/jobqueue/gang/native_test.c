// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: a gang with a member whose ring waits for a job of another ring.
 */

#include "gang/gang.h"
#include "native/hw.h"

struct gang_hw {
	/* The prerequisite's ring, and those of the members. */
	struct jq_hw_ring *prereq, *first, *second;
	struct dma_fence *gate, *done[3];
};

/* The first member waits for a fence, the second one's ring for the prerequisite. */
static void submit(struct kunit *test, struct gang_hw *g,
		   drm_jobqueue_gang_run_t run)
{
	struct drm_jobqueue_gang_job *members[2];
	struct jq_hw_job *job[2];
	unsigned int i;

	g->prereq = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	g->first = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	g->second = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	g->gate = jq_mock_fence(test, 0, 1);
	drm_jobqueue_stop(&g->prereq->queue);
	g->done[2] = jq_hw_submit(test, g->prereq, NULL);

	job[0] = jq_hw_job(g->first);
	job[1] = jq_hw_job(g->second);
	KUNIT_ASSERT_NOT_NULL(test, job[0]);
	KUNIT_ASSERT_NOT_NULL(test, job[1]);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job[0], g->gate), 0);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job[1], g->done[2]), 0);
	for (i = 0; i < 2; i++)
		members[i] = &job[i]->member;
	KUNIT_ASSERT_EQ(test, drm_jobqueue_gang_init(members, 2, run), 0);
	drm_jobqueue_gang_arm(members[0]);
	for (i = 0; i < 2; i++)
		g->done[i] = dma_fence_get(drm_jobqueue_job_fence(&job[i]->base));
	drm_jobqueue_gang_push(members[0]);
}

static void put(struct gang_hw *g)
{
	dma_fence_put(g->gate);
	drm_jobqueue_put(&g->prereq->queue);
	drm_jobqueue_put(&g->first->queue);
	drm_jobqueue_put(&g->second->queue);
}

static void finish(struct kunit *test, struct gang_hw *g)
{
	struct jq_hw *hw = test->priv;
	unsigned int i;

	jq_hw_expect_ran(test, g->first, 1);
	jq_hw_expect_ran(test, g->second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 1);
	jq_hw_execute(hw);
	for (i = 0; i < 3; i++)
		jq_hw_expect(test, g->done[i], 0);
	put(g);
}

/* The gang enters its rings when the prerequisite is in its ring. */
static void gang_waits_for_submission(struct kunit *test)
{
	struct gang_hw g;

	submit(test, &g, jq_hw_gang_run);
	dma_fence_signal(g.gate);
	jq_hw_expect_ran(test, g.first, 0);
	drm_jobqueue_start(&g.prereq->queue);
	finish(test, &g);
}

/* A reset takes the prerequisite out of its ring again. */
static void prerequisite_leaves_its_ring(struct kunit *test)
{
	struct gang_hw g;

	submit(test, &g, jq_hw_gang_run);
	drm_jobqueue_start(&g.prereq->queue);
	jq_hw_expect_ran(test, g.prereq, 1);
	jq_hw_expect_ran(test, g.second, 0);

	drm_jobqueue_stop(&g.second->queue);
	drm_jobqueue_stop(&g.prereq->queue);
	jq_hw_clear(g.prereq);
	drm_jobqueue_requeue(&g.second->queue);
	drm_jobqueue_requeue(&g.prereq->queue);
	drm_jobqueue_start(&g.second->queue);
	dma_fence_signal(g.gate);
	jq_hw_expect_ran(test, g.first, 0);
	jq_hw_expect_ran(test, g.second, 0);
	drm_jobqueue_start(&g.prereq->queue);
	jq_hw_expect_ran(test, g.prereq, 2);
	finish(test, &g);
}

static int fail_to_run(struct drm_jobqueue_gang_job *first)
{
	return -ENOSPC;
}

/*
 * The driver cannot write the gang. The member whose ring would have waited ends
 * after its prerequisite, and the job behind that member runs when it has ended.
 */
static void failed_run_with_natives(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *behind;
	struct gang_hw g;

	submit(test, &g, fail_to_run);
	drm_jobqueue_start(&g.prereq->queue);
	jq_hw_expect_ran(test, g.prereq, 1);
	behind = jq_hw_submit(test, g.second, NULL);
	dma_fence_signal(g.gate);
	jq_hw_expect(test, g.done[0], -ENOSPC);
	jq_hw_expect_ran(test, g.first, 0);
	jq_hw_expect_ran(test, g.second, 0);
	jq_mock_expect_pending(test, g.done[1]);

	/* The command of the prerequisite is the only one in the rings. */
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect(test, g.done[2], 0);
	jq_hw_expect(test, g.done[1], -ENOSPC);
	jq_hw_expect_ran(test, g.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 0);
	jq_hw_execute(hw);
	jq_hw_expect(test, behind, 0);
	put(&g);
}

static struct kunit_case gang_native_cases[] = {
	KUNIT_CASE(gang_waits_for_submission),
	KUNIT_CASE(prerequisite_leaves_its_ring),
	KUNIT_CASE(failed_run_with_natives),
	{}
};

static struct kunit_suite gang_native_suite = {
	.name = "drm_jobqueue_gang_native",
	.init = jq_hw_init,
	.exit = jq_hw_exit,
	.test_cases = gang_native_cases,
};

kunit_test_suite(gang_native_suite);
