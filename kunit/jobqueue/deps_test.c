// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dependencies.
 */

#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>

#include "mock.h"
#include "../compat/dma_fence_array.h"

static struct jq_mock_ring *ring_create(struct kunit *test)
{
	return jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS,
				   DRM_JOBQUEUE_RUN_ANY_CONTEXT, 0);
}

static void add(struct kunit *test, struct jq_mock_job *job,
		struct dma_fence *fence)
{
	KUNIT_ASSERT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       dma_fence_get(fence)),
			0);
}

static void finish(struct dma_fence *fence)
{
	dma_fence_signal(fence);
	dma_fence_put(fence);
}

static void waits_for_all(struct kunit *test)
{
	static const unsigned int counts[] = { 1, 2, 3, 5, 64 };
	struct jq_mock_ring *ring = ring_create(test);
	unsigned int i, j;

	for (j = 0; j < ARRAY_SIZE(counts); j++) {
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);
		struct dma_fence *deps[64], *done;

		for (i = 0; i < counts[j]; i++) {
			deps[i] = jq_mock_fence(test, 0, 1);
			add(test, job, deps[i]);
		}
		KUNIT_EXPECT_EQ(test, job->base.ndeps, counts[j]);
		done = jq_mock_submit(job);
		for (i = 0; i < counts[j]; i++) {
			jq_mock_settle(test, ring);
			jq_mock_expect_pending(test, done);
			/* From the last to the first. */
			finish(deps[counts[j] - 1 - i]);
		}
		jq_mock_expect_signalled(test, done, 0);
	}
}

static void drops_signalled(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);

	dma_fence_signal(dep);
	add(test, job, dep);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dep->refcount), 1);
	dma_fence_put(dep);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base, NULL), 0);
	jq_mock_expect_signalled(test, jq_mock_submit(job), 0);
}

static void drops_own_queue(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    DRM_JOBQUEUE_RUN_ANY_CONTEXT, 0);
	struct dma_fence *first = jq_mock_submit_one(test, ring, 1);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *second;

	add(test, job, first);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 0);
	/* Both are in the ring at once, without waiting. */
	second = jq_mock_submit(job);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, second, 0);
}

static void keeps_latest_of_context(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	u64 context = dma_fence_context_alloc(1);
	struct dma_fence *dep[3], *done;
	int i;

	for (i = 0; i < 3; i++)
		dep[i] = jq_mock_fence(test, context, i + 1);
	add(test, job, dep[1]);
	add(test, job, dep[2]);
	add(test, job, dep[0]);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	KUNIT_EXPECT_PTR_EQ(test, job->base.inline_deps[0].fence, dep[2]);
	done = jq_mock_submit(job);
	finish(dep[0]);
	finish(dep[1]);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(dep[2]);
	jq_mock_expect_signalled(test, done, 0);
}

static void takes_arrays_apart(struct kunit *test)
{
	struct dma_fence **parts = kcalloc(3, sizeof(*parts), GFP_KERNEL);
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *part[3], *done;
	struct dma_fence_array *array;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, parts);
	for (i = 0; i < 3; i++) {
		part[i] = jq_mock_fence(test, 0, 1);
		parts[i] = dma_fence_get(part[i]);
	}
	dma_fence_signal(part[1]);
	array = compat_dma_fence_array_create(3, parts,
					      dma_fence_context_alloc(1), 1);
	KUNIT_ASSERT_NOT_NULL(test, array);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       &array->base), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 2);
	done = jq_mock_submit(job);
	finish(part[0]);
	dma_fence_put(part[1]);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(part[2]);
	jq_mock_expect_signalled(test, done, 0);
}

static void takes_chains_apart(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *point[3], *done, *prev = NULL;
	int i;

	for (i = 0; i < 3; i++) {
		struct dma_fence_chain *chain = dma_fence_chain_alloc();

		KUNIT_ASSERT_NOT_NULL(test, chain);
		point[i] = jq_mock_fence(test, 0, 1);
		dma_fence_chain_init(chain, prev, dma_fence_get(point[i]),
				     i + 1);
		prev = &chain->base;
	}
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base, prev), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 3);
	done = jq_mock_submit(job);
	finish(point[2]);
	finish(point[0]);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(point[1]);
	jq_mock_expect_signalled(test, done, 0);
}

static void resv_by_usage(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *writer = jq_mock_job(test, ring, 1);
	struct jq_mock_job *reader = jq_mock_job(test, ring, 1);
	struct dma_fence *wrote = jq_mock_fence(test, 0, 1);
	struct dma_fence *reads = jq_mock_fence(test, 0, 1);
	struct dma_fence *done_reader, *done_writer;
	struct dma_resv resv;

	dma_resv_init(&resv);
	KUNIT_ASSERT_EQ(test, dma_resv_lock(&resv, NULL), 0);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&resv, 2), 0);
	dma_resv_add_fence(&resv, wrote, DMA_RESV_USAGE_WRITE);
	dma_resv_add_fence(&resv, reads, DMA_RESV_USAGE_READ);
	KUNIT_EXPECT_EQ(test,
			drm_jobqueue_job_add_resv_deps(&reader->base, &resv,
						       DMA_RESV_USAGE_WRITE),
			0);
	KUNIT_EXPECT_EQ(test,
			drm_jobqueue_job_add_resv_deps(&writer->base, &resv,
						       DMA_RESV_USAGE_READ),
			0);
	dma_resv_unlock(&resv);
	KUNIT_EXPECT_EQ(test, reader->base.ndeps, 1);
	KUNIT_EXPECT_EQ(test, writer->base.ndeps, 2);
	done_reader = jq_mock_submit(reader);
	done_writer = jq_mock_submit(writer);
	finish(wrote);
	jq_mock_expect_signalled(test, done_reader, 0);
	jq_mock_expect_pending(test, done_writer);
	finish(reads);
	jq_mock_expect_signalled(test, done_writer, 0);
	dma_resv_fini(&resv);
}

static void job_without_fence(struct kunit *test)
{
	struct jq_mock_ring *a = ring_create(test);
	struct jq_mock_ring *b = ring_create(test);
	struct jq_mock_job *first = jq_mock_job(test, a, 1);
	struct jq_mock_job *second = jq_mock_job(test, b, 1);
	struct jq_mock_job *third = jq_mock_job(test, b, 1);
	struct jq_mock_job *given_up = jq_mock_job(test, b, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct dma_fence *done[3];

	add(test, first, dep);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&second->base,
							   &first->base), 0);
	/* The order of the queue suffices. */
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&third->base,
							   &second->base), 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&given_up->base,
							   &first->base), 0);
	drm_jobqueue_job_put(&given_up->base);

	done[0] = jq_mock_submit(first);
	done[1] = jq_mock_submit(second);
	done[2] = dma_fence_get(drm_jobqueue_job_arm(&third->base));
	KUNIT_EXPECT_EQ(test, third->base.ndeps, 0);
	drm_jobqueue_job_push(&third->base);
	jq_mock_settle(test, b);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->nran), 0);
	finish(dep);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
	jq_mock_expect_signalled(test, done[2], 0);
}

/* Two fences that share one lock, as in many drivers. */
static void race09_deps_share_a_lock(struct kunit *test)
{
	spinlock_t *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[2], *done;

	KUNIT_ASSERT_NOT_NULL(test, lock);
	spin_lock_init(lock);
	dep[0] = jq_mock_fence_locked(test, lock);
	dep[1] = jq_mock_fence_locked(test, lock);
	add(test, job, dep[0]);
	add(test, job, dep[1]);
	done = jq_mock_submit(job);
	drm_jobqueue_kill(&ring->queue, -ECANCELED);
	finish(dep[0]);
	finish(dep[1]);
	jq_mock_expect_signalled(test, done, -ECANCELED);
}

static void errors_are_ignored(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1), *done;

	add(test, job, dep);
	done = jq_mock_submit(job);
	dma_fence_set_error(dep, -EIO);
	finish(dep);
	jq_mock_expect_signalled(test, done, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
}

static void errors_are_passed_on(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS,
				    DRM_JOBQUEUE_RUN_ANY_CONTEXT |
				    DRM_JOBQUEUE_PROPAGATE_ERRORS, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct dma_fence *done;

	/* A dependency that fails later ... */
	add(test, job, dep);
	done = jq_mock_submit(job);
	dma_fence_set_error(dep, -EIO);
	dma_fence_signal(dep);
	jq_mock_expect_signalled(test, done, -EIO);

	/* ... and a dependency that has failed already. */
	job = jq_mock_job(test, ring, 1);
	add(test, job, dep);
	jq_mock_expect_signalled(test, jq_mock_submit(job), -EIO);
	dma_fence_put(dep);

	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
	/* The next job is not affected. */
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1), 0);
}

static struct kunit_case deps_cases[] = {
	KUNIT_CASE(waits_for_all),
	KUNIT_CASE(drops_signalled),
	KUNIT_CASE(drops_own_queue),
	KUNIT_CASE(keeps_latest_of_context),
	KUNIT_CASE(takes_arrays_apart),
	KUNIT_CASE(takes_chains_apart),
	KUNIT_CASE(resv_by_usage),
	KUNIT_CASE(job_without_fence),
	KUNIT_CASE(race09_deps_share_a_lock),
	KUNIT_CASE(errors_are_ignored),
	KUNIT_CASE(errors_are_passed_on),
	{}
};

static struct kunit_suite deps_suite = {
	.name = "drm_jobqueue_deps",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = deps_cases,
};

kunit_test_suite(deps_suite);
