// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: each allocation fails once, and none is made after arm.
 *
 * Uses the kernel's fault injection for one task (fail-nth). It must be allowed
 * to fail allocations that may reclaim: the test bed sets
 * failslab/ignore-gfp-wait; otherwise the first test fails with a hint.
 *
 * The kernel's own checkers allocate as well, at any time (debug objects refill
 * their pool). They tolerate failures, but then the injected failure is used
 * up, or one allocation fails twice; so a pass without a failure is repeated,
 * and there can be more failures than allocations.
 */

#include <linux/dma-resv.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mock.h"
#include "engine/defer.h"

#define DEPS 20
/* More than the number of allocations of any of these calls. */
#define MAX_ALLOCATIONS 1024
#define TRIES 8

#ifdef CONFIG_FAULT_INJECTION

static void fail_allocation(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* Return: number of allocations that were missing for a failure. */
static unsigned int allocation_failed_not(void)
{
	unsigned int left = READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return left;
}

struct prepare {
	struct jq_mock_ring *ring, *other;
	struct dma_fence *dep[DEPS];
	struct dma_resv resv;
};

/* All calls that may allocate for a job. Return: 0 or -ENOMEM. */
static int prepare_job(struct prepare *p, struct jq_mock_job **result)
{
	struct jq_mock_job *job, *prereq;
	int i, ret = 0;

	*result = NULL;
	prereq = jq_mock_job_try(p->other, 1);
	if (IS_ERR(prereq))
		return PTR_ERR(prereq);
	job = jq_mock_job_try(p->ring, 1);
	if (IS_ERR(job)) {
		drm_jobqueue_job_put(&prereq->base);
		return PTR_ERR(job);
	}

	for (i = 0; i < DEPS && !ret; i++)
		ret = drm_jobqueue_job_add_dep(&job->base,
					       dma_fence_get(p->dep[i]));
	if (!ret)
		ret = drm_jobqueue_job_add_job_dep(&job->base, &prereq->base);
	if (!ret)
		ret = drm_jobqueue_job_add_resv_deps(&job->base, &p->resv,
						     DMA_RESV_USAGE_READ);
	drm_jobqueue_job_put(&prereq->base);
	if (ret)
		drm_jobqueue_job_put(&job->base);
	else
		*result = job;
	return ret;
}

static void race14_prepare_fails(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	unsigned int n = 1, tries = 0, left, failures = 0;
	struct dma_fence *resv_fence;
	struct jq_mock_job *job;
	struct prepare *p;
	int i, ret;

	p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	p->ring = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS, 0, 0);
	p->other = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS, 0, 0);
	for (i = 0; i < DEPS; i++)
		p->dep[i] = jq_mock_fence(test, 0, 1);
	resv_fence = jq_mock_fence(test, 0, 1);
	dma_resv_init(&p->resv);
	KUNIT_ASSERT_EQ(test, dma_resv_lock(&p->resv, NULL), 0);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&p->resv, 1), 0);
	dma_resv_add_fence(&p->resv, resv_fence, DMA_RESV_USAGE_WRITE);

	while (n < MAX_ALLOCATIONS) {
		fail_allocation(n);
		ret = prepare_job(p, &job);
		left = allocation_failed_not();
		if (left) {
			KUNIT_EXPECT_EQ(test, ret, 0);
			drm_jobqueue_job_put(&job->base);
			break;
		}
		if (ret)
			failures++;
		else
			drm_jobqueue_job_put(&job->base);
		KUNIT_EXPECT_TRUE_MSG(test, !ret || ret == -ENOMEM,
				      "error %d at allocation %u", ret, n);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->jobs), 0,
				    "jobs left after allocation %u", n);
		for (i = 0; i < DEPS; i++)
			KUNIT_EXPECT_EQ(test, kref_read(&p->dep[i]->refcount),
					1);
		if (ret || ++tries == TRIES) {
			n++;
			tries = 0;
		}
	}
	/* Two jobs with their fences, three chunks, a table of contexts. */
	KUNIT_EXPECT_GE_MSG(test, failures, 8,
			    "is failslab/ignore-gfp-wait set to N?");
	kunit_info(test, "%u allocations failed", failures);

	dma_resv_unlock(&p->resv);
	dma_fence_signal(resv_fence);
	dma_fence_put(resv_fence);
	dma_resv_fini(&p->resv);
	for (i = 0; i < DEPS; i++) {
		dma_fence_signal(p->dep[i]);
		dma_fence_put(p->dep[i]);
	}
	KUNIT_EXPECT_EQ(test, p->ring->queue.seqno, 0);
	jq_mock_ring_put(p->ring);
	jq_mock_ring_put(p->other);
}

static void no_release(struct drm_jobqueue *queue)
{
}

static void race14_init_fails(struct kunit *test)
{
	const struct drm_jobqueue_group_args group_args = { .name = "alloc" };
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS, 0, 0);
	struct drm_jobqueue_ops ops = *ring->queue.ops;
	struct drm_jobqueue_args args = {
		.ops = &ops,
		.name = "alloc",
		.credits = 1,
	};
	struct drm_jobqueue_group *group;
	struct drm_jobqueue *queue;
	unsigned int n, left, failures = 0;
	int ret;

	group = kunit_kzalloc(test, sizeof(*group), GFP_KERNEL);
	queue = kunit_kzalloc(test, sizeof(*queue), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, group);
	KUNIT_ASSERT_NOT_NULL(test, queue);
	args.group = group;
	ops.release = no_release;

	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		fail_allocation(n);
		ret = drm_jobqueue_group_init(group, &group_args);
		if (!ret) {
			ret = drm_jobqueue_init(queue, &args);
			left = allocation_failed_not();
			if (!ret)
				drm_jobqueue_put(queue);
			drm_jobqueue_group_fini(group);
		} else {
			left = allocation_failed_not();
		}
		if (left)
			break;
		/* The kernel tolerates the failure of some of its own. */
		KUNIT_EXPECT_TRUE_MSG(test, !ret || ret == -ENOMEM,
				      "error %d at allocation %u", ret, n);
		if (ret)
			failures++;
	}
	kunit_info(test, "%u allocations failed", failures);
	/* A name, three workqueues, a timeline. */
	KUNIT_EXPECT_GE_MSG(test, failures, 5,
			    "is failslab/ignore-gfp-wait set to N?");
	KUNIT_EXPECT_EQ(test, ret, 0);
}

/* From arm to signal. Return: whether anything was allocated. */
static bool allocates_after_arm(struct kunit *test, struct jq_mock_ring *ring)
{
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct dma_fence *fence;
	unsigned int left;

	KUNIT_ASSERT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       dma_fence_get(dep)), 0);
	fail_allocation(1);
	fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_push(&job->base);
	dma_fence_signal(dep);
	drm_jobqueue_sync_irq();
	jq_mock_advance(ring);
	left = allocation_failed_not();
	jq_mock_expect_signalled(test, fence, 0);
	dma_fence_put(dep);
	return !left;
}

static void race14_no_allocation_after_arm(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    DRM_JOBQUEUE_RUN_ANY_CONTEXT |
				    DRM_JOBQUEUE_FREE_ANY_CONTEXT, HZ * 1000);
	unsigned int tries = 1;

	/* An allocation of the path itself would show each time. */
	while (allocates_after_arm(test, ring) && tries < TRIES)
		tries++;
	KUNIT_EXPECT_LT_MSG(test, tries, TRIES,
			    "an allocation on the signalling path");
}

#else

static void race14_prepare_fails(struct kunit *test)
{
	kunit_skip(test, "this kernel cannot make allocations fail");
}

static void race14_init_fails(struct kunit *test)
{
	kunit_skip(test, "this kernel cannot make allocations fail");
}

static void race14_no_allocation_after_arm(struct kunit *test)
{
	kunit_skip(test, "this kernel cannot make allocations fail");
}

#endif

static struct kunit_case alloc_cases[] = {
	KUNIT_CASE(race14_prepare_fails),
	KUNIT_CASE_SLOW(race14_init_fails),
	KUNIT_CASE(race14_no_allocation_after_arm),
	{}
};

static struct kunit_suite alloc_suite = {
	.name = "drm_jobqueue_alloc",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = alloc_cases,
};

kunit_test_suite(alloc_suite);
