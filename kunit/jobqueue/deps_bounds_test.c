// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: many dependencies, long timelines, and dependencies on jobs that
 * are not armed yet.
 */

#include <linux/dma-fence-chain.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "engine/wait.h"
#include "mock.h"
#include "../compat/dma_fence_array.h"

static struct jq_mock_ring *ring_create(struct kunit *test, u32 flags)
{
	return jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS,
				   DRM_JOBQUEUE_RUN_ANY_CONTEXT | flags, 0);
}

static void finish(struct dma_fence *fence)
{
	dma_fence_signal(fence);
	dma_fence_put(fence);
}

/* A timeline of @n points on fences of contexts of their own. */
static struct dma_fence *chain_create(struct kunit *test,
				      struct dma_fence **point, unsigned int n)
{
	struct dma_fence *prev = NULL;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct dma_fence_chain *chain = dma_fence_chain_alloc();

		KUNIT_ASSERT_NOT_NULL(test, chain);
		point[i] = jq_mock_fence(test, 0, 1);
		dma_fence_chain_init(chain, prev, dma_fence_get(point[i]),
				     i + 1);
		prev = &chain->base;
	}
	return prev;
}

/* The order of the queue contradicts the dependency: the job fails. */
static void same_queue_armed_later_fails(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_job *first = jq_mock_job(test, ring, 1);
	struct jq_mock_job *second = jq_mock_job(test, ring, 1);
	struct dma_fence *done[2];

	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&first->base,
							   &first->base),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&first->base,
							   &second->base), 0);
	done[0] = jq_mock_submit(first);
	done[1] = jq_mock_submit(second);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done[0], -EINVAL);
	jq_mock_expect_signalled(test, done[1], 0);
}

/* An older fence of its queue does not replace an unarmed job. */
static void unarmed_job_is_the_latest(struct kunit *test)
{
	struct jq_mock_ring *a = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_ring *b = ring_create(test, 0);
	struct dma_fence *older = jq_mock_submit_one(test, a, 1);
	struct jq_mock_job *first = jq_mock_job(test, a, 1);
	struct jq_mock_job *second = jq_mock_job(test, b, 1);
	struct dma_fence *done[2];

	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&second->base,
							   &first->base), 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&second->base,
						       dma_fence_get(older)),
			0);
	done[0] = jq_mock_submit(first);
	done[1] = jq_mock_submit(second);
	drm_jobqueue_complete(&a->queue, 1, 0);
	jq_mock_expect_signalled(test, older, 0);
	jq_mock_settle(test, b);
	jq_mock_expect_pending(test, done[1]);
	jq_mock_advance(a);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
}

/* However long a timeline is, waiting for it costs one dependency. */
static void long_chain_is_one_dependency(struct kunit *test)
{
	static const unsigned int lengths[] = { 64, 5000 };
	struct jq_mock_ring *ring = ring_create(test, 0);
	unsigned int i, j;

	for (j = 0; j < ARRAY_SIZE(lengths); j++) {
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);
		unsigned int n = lengths[j];
		struct dma_fence **point, *chain, *done;

		point = kunit_kcalloc(test, n, sizeof(*point), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, point);
		chain = chain_create(test, point, n);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
							       chain), 0);
		KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
		done = jq_mock_submit(job);
		/* The newest first: it alone is not enough. */
		finish(point[n - 1]);
		for (i = 0; i < n - 1; i++) {
			if (i == n - 2) {
				jq_mock_settle(test, ring);
				jq_mock_expect_pending(test, done);
			}
			finish(point[i]);
		}
		jq_mock_expect_signalled(test, done, 0);
	}
}

/* A point counts once, however often it is added; two points count twice. */
static void same_point_counts_once(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *point[40], *chain, *early, *done;
	int i;

	chain = chain_create(test, point, 40);
	early = dma_fence_get(chain);
	KUNIT_ASSERT_EQ(test, dma_fence_chain_find_seqno(&early, 20), 0);
	for (i = 0; i < 200; i++) {
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&job->base,
							 dma_fence_get(early)),
				0);
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&job->base,
							 dma_fence_get(chain)),
				0);
	}
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 2);
	dma_fence_put(early);
	dma_fence_put(chain);
	done = jq_mock_submit(job);
	for (i = 0; i < 40; i++) {
		jq_mock_expect_pending(test, done);
		finish(point[i]);
	}
	jq_mock_expect_signalled(test, done, 0);
}

static void long_array_is_one_dependency(struct kunit *test)
{
	struct dma_fence **parts = kcalloc(32, sizeof(*parts), GFP_KERNEL);
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *part[32], *done;
	struct dma_fence_array *array;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, parts);
	for (i = 0; i < 32; i++) {
		part[i] = jq_mock_fence(test, 0, 1);
		parts[i] = dma_fence_get(part[i]);
	}
	array = compat_dma_fence_array_create(32, parts,
					      dma_fence_context_alloc(1), 1);
	KUNIT_ASSERT_NOT_NULL(test, array);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       &array->base), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	done = jq_mock_submit(job);
	for (i = 0; i < 32; i++) {
		jq_mock_settle(test, ring);
		jq_mock_expect_pending(test, done);
		finish(part[i]);
	}
	jq_mock_expect_signalled(test, done, 0);
}

/* A chain drops the errors of its links, so it is flattened to see them. */
static void long_chain_propagates_errors(struct kunit *test)
{
	struct jq_mock_ring *ring =
		ring_create(test, DRM_JOBQUEUE_PROPAGATE_ERRORS);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *point[20], *done;
	int i;

	KUNIT_EXPECT_EQ(test,
			drm_jobqueue_job_add_dep(&job->base,
						 chain_create(test, point, 20)),
			0);
	done = jq_mock_submit(job);
	for (i = 0; i < 20; i++) {
		if (i == 7)
			dma_fence_set_error(point[i], -EIO);
		finish(point[i]);
	}
	jq_mock_expect_signalled(test, done, -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
}

/* A chain that is flattened may be of any length: a signal ends that. */
static void flattening_is_killable(struct kunit *test)
{
	struct jq_mock_ring *ring =
		ring_create(test, DRM_JOBQUEUE_PROPAGATE_ERRORS);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *point[20], *chain;
	int i;

	chain = chain_create(test, point, 20);
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base, chain),
			-EINTR);
	flush_signals(current);
	disallow_signal(SIGKILL);
	drm_jobqueue_job_put(&job->base);
	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, kref_read(&point[i]->refcount), 1);
		finish(point[i]);
	}
}

/* Duplicates are found among many, too. */
static void collapses_among_many(struct kunit *test)
{
	const unsigned int n = 600;
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	u64 context = dma_fence_context_alloc(n);
	struct dma_fence **dep, *done;
	unsigned int i, j;

	dep = kunit_kcalloc(test, 3 * n, sizeof(*dep), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dep);
	/* Of each context the middle one first, then the latest, the earliest. */
	for (j = 0; j < 3; j++) {
		for (i = 0; i < n; i++) {
			dep[j * n + i] = jq_mock_fence(test, context + i,
						       1 + (j + 1) % 3);
			KUNIT_ASSERT_EQ(test,
					drm_jobqueue_job_add_dep(&job->base,
								 dma_fence_get(dep[j * n + i])),
					0);
		}
		KUNIT_EXPECT_EQ(test, job->base.ndeps, n);
	}
	done = jq_mock_submit(job);
	for (i = 0; i < n; i++) {
		finish(dep[i]);
		finish(dep[2 * n + i]);
	}
	for (i = 0; i < n; i++) {
		jq_mock_expect_pending(test, done);
		finish(dep[n + n - 1 - i]);
	}
	jq_mock_expect_signalled(test, done, 0);
}

/* A dependency fails after it was added and before the wait begins. */
static void error_between_add_and_push(struct kunit *test)
{
	struct jq_mock_ring *ring =
		ring_create(test, DRM_JOBQUEUE_PROPAGATE_ERRORS);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);

	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
						       dma_fence_get(dep)), 0);
	dma_fence_set_error(dep, -EIO);
	finish(dep);
	jq_mock_expect_signalled(test, jq_mock_submit(job), -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
}

/* A later point of a fork does not contain the fence of the other branch. */
static void forked_timeline_keeps_both(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *point[20], *other[2], *chain, *done;
	struct dma_fence_chain *branch[2];
	int i;

	chain = chain_create(test, point, 20);
	for (i = 0; i < 2; i++) {
		other[i] = jq_mock_fence(test, 0, 1);
		branch[i] = dma_fence_chain_alloc();
		KUNIT_ASSERT_NOT_NULL(test, branch[i]);
		dma_fence_chain_init(branch[i], dma_fence_get(chain),
				     dma_fence_get(other[i]), 21 + i);
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&job->base,
							 &branch[i]->base), 0);
	}
	dma_fence_put(chain);
	done = jq_mock_submit(job);
	for (i = 0; i < 20; i++)
		finish(point[i]);
	finish(other[1]);
	jq_mock_expect_pending(test, done);
	finish(other[0]);
	jq_mock_expect_signalled(test, done, 0);
}

/* Arming drops a prerequisite of the same queue from the newest of the chunks. */
static void prerequisite_among_many(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *first = jq_mock_job(test, ring, 1);
	struct jq_mock_job *second = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[19], *done[2];
	int i;

	for (i = 0; i < ARRAY_SIZE(dep); i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&second->base,
							 dma_fence_get(dep[i])),
				0);
	}
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&second->base,
							   &first->base), 0);
	done[0] = jq_mock_submit(first);
	done[1] = jq_mock_submit(second);
	KUNIT_EXPECT_EQ(test, second->base.ndeps, ARRAY_SIZE(dep));
	for (i = 0; i < ARRAY_SIZE(dep); i++) {
		jq_mock_expect_pending(test, done[1]);
		finish(dep[i]);
	}
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
}

/* Arming drops prerequisites of the same queue from all chunks, and no other. */
static void prerequisites_in_all_chunks(struct kunit *test)
{
	const unsigned int n = 400;
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *last = jq_mock_job(test, ring, 1), **job;
	unsigned int i, others = 0;
	struct dma_fence **dep, *done;

	job = kunit_kcalloc(test, n, sizeof(*job), GFP_KERNEL);
	dep = kunit_kcalloc(test, n, sizeof(*dep), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_NOT_NULL(test, dep);
	for (i = 0; i < n; i++) {
		/* Runs of several, single ones, and all at the end. */
		if (i < 300 && i % 7 < 4) {
			dep[others] = jq_mock_fence(test, 0, 1);
			drm_jobqueue_job_add_dep(&last->base,
						 dma_fence_get(dep[others++]));
		}
		job[i] = jq_mock_job(test, ring, 0);
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_job_dep(&last->base,
							     &job[i]->base), 0);
	}
	KUNIT_EXPECT_EQ(test, last->base.ndeps, n + others);
	for (i = 0; i < n; i++)
		dma_fence_put(jq_mock_submit(job[i]));
	done = jq_mock_submit(last);
	KUNIT_EXPECT_EQ(test, last->base.ndeps, others);
	for (i = 0; i < others; i++) {
		jq_mock_expect_pending(test, done);
		finish(dep[i]);
	}
	jq_mock_expect_signalled(test, done, 0);
}

/* The longest list of the table in which dependencies are looked up. */
static unsigned int longest_bucket(struct jq_mock_job *job)
{
	struct drm_jobqueue_dep **table = job->base.dep_chunks->table, *dep;
	unsigned int i, n, longest = 0;

	for (i = 0; i < DRM_JOBQUEUE_TABLE_SIZE; i++) {
		n = 0;
		for (dep = table[i]; dep; dep = dep->bucket_next)
			n++;
		longest = max(longest, n);
	}
	return longest;
}

/* Points of one timeline do not share one list of the table. */
static void points_spread_over_table(struct kunit *test)
{
	const unsigned int n = 2048, first = 16;
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence **point, *chain, *link;
	unsigned int i = n;

	point = kunit_kcalloc(test, n, sizeof(*point), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, point);
	chain = chain_create(test, point, n);
	dma_fence_chain_for_each(link, chain) {
		if (i-- > first)
			KUNIT_EXPECT_EQ(test, 0,
					drm_jobqueue_job_add_dep(&job->base,
								 dma_fence_get(link)));
	}
	dma_fence_put(chain);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, n - first);
	/* On average it is 8. */
	KUNIT_EXPECT_LE(test, longest_bucket(job), 64);
	drm_jobqueue_job_put(&job->base);
	for (i = 0; i < n; i++)
		finish(point[i]);
}

/* A job that is not armed counts once, however often it is added. */
static void unarmed_job_counts_once(struct kunit *test)
{
	struct jq_mock_ring *a = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_ring *b = ring_create(test, 0);
	struct jq_mock_job *prereq[2], *job = jq_mock_job(test, b, 1);
	struct dma_fence *dep[40], *done[3];
	unsigned int i, j;

	for (j = 0; j < 2; j++)
		prereq[j] = jq_mock_job(test, a, 1);
	/* Before there is a table and after. */
	for (i = 0; i < ARRAY_SIZE(dep); i++) {
		for (j = 0; j < 200; j++)
			KUNIT_ASSERT_EQ(test, 0,
					drm_jobqueue_job_add_job_dep(&job->base,
								     &prereq[j % 2]->base));
		KUNIT_EXPECT_EQ(test, job->base.ndeps, i + 2);
		dep[i] = jq_mock_fence(test, 0, 1);
		drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep[i]));
	}
	for (j = 0; j < 2; j++)
		done[j] = jq_mock_submit(prereq[j]);
	done[2] = jq_mock_submit(job);
	for (i = 0; i < ARRAY_SIZE(dep); i++)
		finish(dep[i]);
	for (j = 0; j < 2; j++) {
		jq_mock_settle(test, b);
		jq_mock_expect_pending(test, done[2]);
		drm_jobqueue_complete(&a->queue, j + 1, 0);
		jq_mock_expect_signalled(test, done[j], 0);
	}
	jq_mock_expect_signalled(test, done[2], 0);
}

/* A fence of another driver whose timeline begins with 0 is not an unarmed job. */
static void foreign_fence_zero_is_not_the_latest(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_create(test, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	u64 context = dma_fence_context_alloc(1);
	struct dma_fence *dep[2], *done;
	int i;

	for (i = 0; i < 2; i++) {
		dep[i] = jq_mock_fence(test, context, i);
		KUNIT_EXPECT_EQ(test, 0,
				drm_jobqueue_job_add_dep(&job->base,
							 dma_fence_get(dep[i])));
	}
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	done = jq_mock_submit(job);
	finish(dep[0]);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(dep[1]);
	jq_mock_expect_signalled(test, done, 0);
}

static struct kunit_case deps_bounds_cases[] = {
	KUNIT_CASE(prerequisites_in_all_chunks),
	KUNIT_CASE(same_queue_armed_later_fails),
	KUNIT_CASE(unarmed_job_is_the_latest),
	KUNIT_CASE(long_chain_is_one_dependency),
	KUNIT_CASE(forked_timeline_keeps_both),
	KUNIT_CASE(same_point_counts_once),
	KUNIT_CASE(points_spread_over_table),
	KUNIT_CASE(unarmed_job_counts_once),
	KUNIT_CASE(foreign_fence_zero_is_not_the_latest),
	KUNIT_CASE(prerequisite_among_many),
	KUNIT_CASE(long_array_is_one_dependency),
	KUNIT_CASE(long_chain_propagates_errors),
	KUNIT_CASE(flattening_is_killable),
	KUNIT_CASE(collapses_among_many),
	KUNIT_CASE(error_between_add_and_push),
	{}
};

static struct kunit_suite deps_bounds_suite = {
	.name = "drm_jobqueue_deps_bounds",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = deps_bounds_cases,
};

kunit_test_suite(deps_bounds_suite);
