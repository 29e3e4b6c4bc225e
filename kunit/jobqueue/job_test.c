// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: life of jobs, order, credits and completion.
 */

#include "mock.h"
#include "../compat/kunit.h"

struct flags_param {
	const char *name;
	u32 flags;
};

static const struct flags_param flags_params[] = {
	{ "worker", 0 },
	{ "inline", DRM_JOBQUEUE_RUN_INLINE },
	{ "any-context run", DRM_JOBQUEUE_RUN_ANY_CONTEXT },
	{ "any-context run and free", DRM_JOBQUEUE_RUN_ANY_CONTEXT |
				      DRM_JOBQUEUE_FREE_ANY_CONTEXT },
};

KUNIT_ARRAY_PARAM_DESC(flags, flags_params, name);

static void run_one(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring;
	struct dma_fence *fence;

	ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				   param->flags, 0);
	fence = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_order(test, ring, 1);
	jq_mock_expect_pending(test, fence);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

/* Far more jobs than credits, completed in the context of the parameter. */
static void burst(struct kunit *test, enum jq_mock_mode mode)
{
	const struct flags_param *param = test->param_value;
	struct dma_fence *last = NULL;
	struct jq_mock_ring *ring;
	unsigned int i;

	ring = jq_mock_ring_create(test, mode, 4, param->flags, 0);
	for (i = 0; i < 500; i++) {
		dma_fence_put(last);
		last = jq_mock_submit_one(test, ring, 1 + i % 4);
	}
	jq_mock_expect_signalled(test, last, 0);
	jq_mock_expect_order(test, ring, 500);
}

static void race01_burst_done_within_run(struct kunit *test)
{
	burst(test, JQ_MOCK_IN_RUN);
}

static void burst_hardirq(struct kunit *test)
{
	burst(test, JQ_MOCK_HARDIRQ);
}

static void burst_softirq(struct kunit *test)
{
	burst(test, JQ_MOCK_SOFTIRQ);
}

static void burst_thread(struct kunit *test)
{
	burst(test, JQ_MOCK_THREAD);
}

static void drops_prepared_job(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS, 0, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);

	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       dma_fence_get(dep)), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dep->refcount), 2);
	drm_jobqueue_job_put(&job->base);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nfreed), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&dep->refcount), 1);
	dma_fence_signal(dep);
	dma_fence_put(dep);
}

static void race04_push_in_reverse(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS,
				    param->flags, 0);
	struct jq_mock_job *job[8];
	struct dma_fence *fence[8];
	int i;

	for (i = 0; i < 8; i++)
		job[i] = jq_mock_job(test, ring, 1);
	for (i = 0; i < 8; i++)
		fence[i] = dma_fence_get(drm_jobqueue_job_arm(&job[i]->base));
	for (i = 7; i > 0; i--)
		drm_jobqueue_job_push(&job[i]->base);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
	drm_jobqueue_job_push(&job[0]->base);
	for (i = 0; i < 8; i++)
		jq_mock_expect_signalled(test, fence[i], 0);
	jq_mock_expect_order(test, ring, 8);
}

static void seqnos_have_no_holes(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	u64 i, context = 0;

	for (i = 1; i <= 5; i++) {
		struct dma_fence *fence = jq_mock_submit_one(test, ring, 0);

		KUNIT_EXPECT_EQ(test, fence->seqno, i);
		if (context)
			KUNIT_EXPECT_EQ(test, fence->context, context);
		context = fence->context;
		dma_fence_put(fence);
	}
}

static void credits_block(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 10, param->flags, 0);
	struct dma_fence *fence[3];

	fence[0] = jq_mock_submit_one(test, ring, 6);
	fence[1] = jq_mock_submit_one(test, ring, 5);
	/* Would fit, but must not overtake. */
	fence[2] = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_order(test, ring, 1);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);

	drm_jobqueue_complete(&ring->queue, 1, 0);
	jq_mock_expect_order(test, ring, 3);
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_pending(test, fence[1]);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence[1], 0);
	jq_mock_expect_signalled(test, fence[2], 0);
}

static void race15_cost_up_to_capacity(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 10, JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *all, *none;

	KUNIT_EXPECT_EQ(test, PTR_ERR(jq_mock_job_try(ring, 11)), -E2BIG);
	KUNIT_EXPECT_EQ(test, PTR_ERR(jq_mock_job_try(ring, U32_MAX)), -E2BIG);

	all = jq_mock_submit_one(test, ring, 10);
	none = jq_mock_submit_one(test, ring, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, all, 0);
	jq_mock_expect_signalled(test, none, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
}

static void race16_stale_and_early_seqnos(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *fence[5];
	int i;

	for (i = 0; i < 5; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_complete(&ring->queue, 3, -EIO);
	/* The error is that of the third job only. */
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_signalled(test, fence[1], 0);
	jq_mock_expect_signalled(test, fence[2], -EIO);
	jq_mock_expect_pending(test, fence[3]);
	/* Stale and invalid numbers have no effect. */
	drm_jobqueue_complete(&ring->queue, 2, -EINVAL);
	drm_jobqueue_complete(&ring->queue, 6, 0);
	drm_jobqueue_complete(&ring->queue, U64_MAX, 0);
	jq_mock_expect_pending(test, fence[3]);
	drm_jobqueue_complete(&ring->queue, 5, 0);
	jq_mock_expect_signalled(test, fence[3], 0);
	jq_mock_expect_signalled(test, fence[4], 0);
}

static void race16_done_twice_and_out_of_order(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_job *job[3];
	struct dma_fence *fence[3];
	int i;

	for (i = 0; i < 3; i++) {
		job[i] = jq_mock_job(test, ring, 1);
		drm_jobqueue_job_get(&job[i]->base);
		fence[i] = jq_mock_submit(job[i]);
	}
	/* Out of order, and twice: signalled in order, once. */
	drm_jobqueue_job_complete(&job[2]->base, -EIO);
	drm_jobqueue_job_complete(&job[1]->base, 0);
	drm_jobqueue_job_complete(&job[2]->base, 0);
	for (i = 0; i < 3; i++)
		jq_mock_expect_pending(test, fence[i]);
	drm_jobqueue_job_complete(&job[0]->base, 0);
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_signalled(test, fence[1], 0);
	jq_mock_expect_signalled(test, fence[2], -EIO);
	drm_jobqueue_job_complete(&job[0]->base, -EIO);
	for (i = 0; i < 3; i++)
		drm_jobqueue_job_put(&job[i]->base);
}

static void hw_fence_completes(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_HW_FENCE, JQ_MOCK_CREDITS,
				    param->flags, 0);
	struct dma_fence *fence, *hw;

	fence = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_order(test, ring, 1);
	drm_jobqueue_stop(&ring->queue);
	hw = dma_fence_get(ring->hw_fence);
	drm_jobqueue_start(&ring->queue);
	jq_mock_expect_pending(test, fence);
	dma_fence_set_error(hw, -EIO);
	dma_fence_signal(hw);
	dma_fence_put(hw);
	jq_mock_expect_signalled(test, fence, -EIO);
}

static void run_fails(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    param->flags, 0);

	ring->run_error = -ENODEV;
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1),
				 -ENODEV);
}

static void abort_keeps_order(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    param->flags, 0);
	struct dma_fence *first, *aborted, *dep = jq_mock_fence(test, 0, 1);
	struct jq_mock_job *job = jq_mock_job(test, ring, JQ_MOCK_CREDITS);

	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	first = jq_mock_submit_one(test, ring, 1);
	aborted = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_abort(&job->base, -EFAULT);
	jq_mock_expect_order(test, ring, 1);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, aborted);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, aborted, -EFAULT);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
}

static void counts_where_jobs_ran(struct kunit *test)
{
	const struct flags_param *param = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1, param->flags, 0);
	struct dma_fence *first, *second;
	struct drm_jobqueue_stats stats;
	bool runs_inline, runs_irq;

	runs_inline = ring->queue.flags & DRM_JOBQUEUE_RUN_INLINE;
	runs_irq = ring->queue.flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT;
	first = jq_mock_submit_one(test, ring, 1);
	second = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_order(test, ring, 1);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_expect_order(test, ring, 2);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, second, 0);
	drm_jobqueue_get_stats(&ring->queue, &stats);
	KUNIT_EXPECT_EQ(test, stats.armed, 2);
	KUNIT_EXPECT_EQ(test, stats.retired, 2);
	KUNIT_EXPECT_EQ(test, stats.failed, 0);
	KUNIT_EXPECT_EQ(test, stats.run_inline, runs_inline ? 1 : 0);
	KUNIT_EXPECT_EQ(test, stats.run_irq, runs_irq ? 1 : 0);
	KUNIT_EXPECT_EQ(test, stats.run_worker,
			2 - (runs_inline ? 1 : 0) - (runs_irq ? 1 : 0));
	if (param->flags == JQ_MOCK_ANY_CONTEXT)
		KUNIT_EXPECT_EQ(test, stats.worker_runs, 0);
}

/* run() without flags is called in process context. */
static void check_free_context(struct jq_mock_ring *ring, u64 seqno)
{
	*(bool *)ring->priv = in_task() && !irqs_disabled();
}

static void runs_in_process_context(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 1, 0, 0);
	struct dma_fence *fence;
	bool good = false;

	ring->on_run = check_free_context;
	ring->priv = &good;
	dma_fence_put(jq_mock_submit_one(test, ring, 1));
	fence = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_signalled(test, fence, 0);
	KUNIT_EXPECT_TRUE(test, good);
}

static struct kunit_case job_cases[] = {
	KUNIT_CASE_PARAM(run_one, flags_gen_params),
	KUNIT_CASE_PARAM(race01_burst_done_within_run, flags_gen_params),
	KUNIT_CASE_PARAM(burst_hardirq, flags_gen_params),
	KUNIT_CASE_PARAM(burst_softirq, flags_gen_params),
	KUNIT_CASE_PARAM(burst_thread, flags_gen_params),
	KUNIT_CASE(drops_prepared_job),
	KUNIT_CASE_PARAM(race04_push_in_reverse, flags_gen_params),
	KUNIT_CASE(seqnos_have_no_holes),
	KUNIT_CASE_PARAM(credits_block, flags_gen_params),
	KUNIT_CASE(race15_cost_up_to_capacity),
	KUNIT_CASE(race16_stale_and_early_seqnos),
	KUNIT_CASE(race16_done_twice_and_out_of_order),
	KUNIT_CASE_PARAM(hw_fence_completes, flags_gen_params),
	KUNIT_CASE_PARAM(run_fails, flags_gen_params),
	KUNIT_CASE_PARAM(abort_keeps_order, flags_gen_params),
	KUNIT_CASE_PARAM(counts_where_jobs_ran, flags_gen_params),
	KUNIT_CASE(runs_in_process_context),
	{}
};

static struct kunit_suite job_suite = {
	.name = "drm_jobqueue_job",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = job_cases,
};

kunit_test_suite(job_suite);

COMPAT_IMPORT_KUNIT_SYMBOLS;
MODULE_DESCRIPTION("KUnit tests of drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_AUTHOR("drm-jobqueue contributors");
