// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: races of the end of queues, and objects that outlive them.
 */

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "mock.h"
#include "race.h"
#include "../compat/dma_fence.h"

#define ROUNDS 80

static const u32 all_flags[] = {
	0,
	DRM_JOBQUEUE_RUN_INLINE,
	DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	DRM_JOBQUEUE_FREE_ANY_CONTEXT,
	JQ_MOCK_ANY_CONTEXT,
};

/* --- 7: where the last reference drops ------------------------------------- */

/* Apart from the job that it completes, the interrupt has the last reference. */
static void race07_last_put_from_irq(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
					    all_flags[i], 0);
		struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

		jq_mock_expect_order(test, ring, 1);
		jq_mock_settle(test, ring);
		drm_jobqueue_get(&ring->queue);
		jq_mock_ring_put(ring);
		irq_work_queue(&ring->irq_work);
		jq_mock_expect_signalled(test, fence, 0);
	}
}

/* The hook takes over the test's reference. */
static void hand_over(struct jq_mock_ring *ring)
{
	drm_jobqueue_get(&ring->queue);
	jq_mock_ring_put(ring);
}

static void put_handed_over(struct jq_mock_ring *ring)
{
	drm_jobqueue_put(&ring->queue);
}

static void put_in_run(struct jq_mock_ring *ring, u64 seqno)
{
	put_handed_over(ring);
}

static void race07_last_put_from_run(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 1,
					    all_flags[i], 0);
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);

		ring->on_run = put_in_run;
		hand_over(ring);
		jq_mock_expect_signalled(test, jq_mock_submit(job), 0);
	}
}

/* The late job has the last reference. */
static void race07_last_put_from_timedout(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
					    all_flags[i], 1000 * HZ);
		struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

		ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
		ring->on_timedout = put_handed_over;
		jq_mock_expect_order(test, ring, 1);
		hand_over(ring);
		drm_jobqueue_timeout_trigger(&ring->queue);
		jq_mock_expect_signalled(test, fence, -ETIME);
	}
}

/* In the worker that frees jobs. */
static void race07_last_put_from_free(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 1,
					    all_flags[i], 1000 * HZ);
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);

		ring->on_free = put_handed_over;
		hand_over(ring);
		jq_mock_expect_signalled(test, jq_mock_submit(job), 0);
	}
}

static void put_another(struct jq_mock_ring *ring)
{
	put_handed_over(ring->priv);
}

/* In the worker that releases another queue. */
static void race07_last_put_from_release(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		struct jq_mock_ring *ring[2];
		struct dma_fence *fence;
		int j;

		for (j = 0; j < 2; j++)
			ring[j] = jq_mock_ring_create(test, JQ_MOCK_THREAD, 1,
						      all_flags[i], 1000 * HZ);
		ring[0]->on_release = put_another;
		ring[0]->priv = ring[1];
		fence = jq_mock_submit_one(test, ring[1], 1);
		hand_over(ring[1]);
		jq_mock_expect_signalled(test, fence, 0);
		jq_mock_ring_put(ring[0]);
	}
}

/* Completion, the driver and a holder of the job put at the same time. */
struct put_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job;
	struct dma_fence *done;
	u32 flags;
};

static void put_before(struct kunit *test, void *data)
{
	struct put_race *r = data;

	r->ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1, r->flags, 0);
	r->job = jq_mock_job(test, r->ring, 1);
	drm_jobqueue_job_get(&r->job->base);
	r->done = jq_mock_submit(r->job);
	jq_mock_expect_order(test, r->ring, 1);
	drm_jobqueue_get(&r->ring->queue);
}

static void put_complete(void *data)
{
	struct put_race *r = data;

	jq_mock_advance(r->ring);
	drm_jobqueue_put(&r->ring->queue);
}

static void put_ring(void *data)
{
	struct put_race *r = data;

	jq_mock_ring_put(r->ring);
}

static void put_job(void *data)
{
	struct put_race *r = data;

	drm_jobqueue_job_put(&r->job->base);
}

static void put_after(struct kunit *test, void *data)
{
	struct put_race *r = data;

	jq_mock_expect_signalled(test, r->done, 0);
}

static void race07_all_put_at_once(struct kunit *test)
{
	static const struct jq_race race = {
		.before = put_before,
		.racers = { put_complete, put_ring, put_job },
		.after = put_after,
	};
	struct put_race r;
	int i;

	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		r.flags = all_flags[i];
		jq_race_run(test, &race, ROUNDS / 8, &r);
	}
}

/* --- 10: blocked jobs of a queue that was put ------------------------------- */

static void race10_put_with_half_a_chain_pending(struct kunit *test)
{
	struct jq_mock_ring *ring[2];
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct dma_fence *done[10];
	int i;

	for (i = 0; i < 2; i++)
		ring[i] = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	for (i = 0; i < 10; i++) {
		struct jq_mock_job *job = jq_mock_job(test, ring[i % 2], 1);

		drm_jobqueue_job_add_dep(&job->base,
					 dma_fence_get(i == 5 ? dep :
						       i ? done[i - 1] : NULL));
		done[i] = jq_mock_submit(job);
	}
	for (i = 0; i < 5; i++)
		jq_mock_expect_signalled(test, done[i], 0);
	for (i = 0; i < 2; i++) {
		drm_jobqueue_kill(&ring[i]->queue, -ECANCELED);
		jq_mock_ring_put(ring[i]);
	}
	for (i = 5; i < 10; i++)
		jq_mock_expect_pending(test, done[i]);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	for (i = 5; i < 10; i++)
		jq_mock_expect_signalled(test, done[i], -ECANCELED);
}

/* --- 12: names are read during teardown -------------------------------------- */

struct name_race {
	struct jq_mock_ring *ring;
	struct dma_fence *done;
	/* A pointer without a reference, read under RCU. */
	struct dma_fence __rcu *shared;
	atomic_t bad;
};

static void name_before(struct kunit *test, void *data)
{
	struct name_race *r = data;

	r->ring = jq_mock_ring(test, JQ_MOCK_HARDIRQ);
	r->done = jq_mock_submit_one(test, r->ring, 1);
	rcu_assign_pointer(r->shared, dma_fence_get(r->done));
}

static void name_end(void *data)
{
	struct name_race *r = data;

	jq_mock_ring_put(r->ring);
}

static void name_drop(void *data)
{
	struct name_race *r = data;
	struct dma_fence *fence = r->done;

	dma_fence_wait(fence, false);
	RCU_INIT_POINTER(r->shared, NULL);
	dma_fence_put(fence);
	dma_fence_put(fence);
}

/* As code that lists fences does: no reference, an RCU section. */
static void name_read(void *data)
{
	struct name_race *r = data;
	const struct dma_fence_ops *ops;
	struct dma_fence *fence;
	int i;

	for (i = 0; i < 20; i++) {
		rcu_read_lock();
		fence = rcu_dereference(r->shared);
		ops = fence ? compat_dma_fence_ops(fence) : NULL;
		if (ops && (strcmp(ops->get_driver_name(fence), "mock") ||
			    strcmp(ops->get_timeline_name(fence), "ring")))
			atomic_inc(&r->bad);
		rcu_read_unlock();
	}
}

static void name_after(struct kunit *test, void *data)
{
	struct name_race *r = data;

	KUNIT_EXPECT_EQ(test, atomic_read(&r->bad), 0);
}

static void race12_names_are_read_while_all_goes(struct kunit *test)
{
	static const struct jq_race race = {
		.before = name_before,
		.racers = { name_drop, name_read, name_end },
		.after = name_after,
	};
	struct name_race r = {};

	jq_race_run(test, &race, ROUNDS, &r);
}

/* --- 13: push to a queue that is being killed -------------------------------- */

#define PUSHED 4

struct kill_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job[2][PUSHED];
	struct dma_fence *done[2][PUSHED];
	u32 flags;
};

static void kill_before(struct kunit *test, void *data)
{
	struct kill_race *r = data;
	int i;

	r->ring = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 2, r->flags, 0);
	for (i = 0; i < PUSHED; i++) {
		r->job[0][i] = jq_mock_job(test, r->ring, 1);
		r->job[1][i] = jq_mock_job(test, r->ring, 1);
	}
}

static void kill_push(struct kill_race *r, int whose)
{
	int i;

	for (i = 0; i < PUSHED; i++)
		r->done[whose][i] = jq_mock_submit(r->job[whose][i]);
}

static void kill_push_first(void *data)
{
	kill_push(data, 0);
}

static void kill_push_second(void *data)
{
	kill_push(data, 1);
}

static void kill_kill(void *data)
{
	struct kill_race *r = data;

	drm_jobqueue_kill(&r->ring->queue, -ENODEV);
}

static void kill_after(struct kunit *test, void *data)
{
	struct kill_race *r = data;
	struct drm_jobqueue_stats stats;
	int i, j, failed = 0;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < PUSHED; j++) {
			long left;

			left = dma_fence_wait_timeout(r->done[i][j], false,
						      jq_mock_patience(test));
			KUNIT_EXPECT_GT(test, left, 0);
			if (r->done[i][j]->error) {
				KUNIT_EXPECT_EQ(test, r->done[i][j]->error,
						-ENODEV);
				failed++;
			}
			dma_fence_put(r->done[i][j]);
		}
	}
	drm_jobqueue_get_stats(&r->ring->queue, &stats);
	KUNIT_EXPECT_EQ(test, stats.armed, 2 * PUSHED);
	KUNIT_EXPECT_EQ(test, stats.retired, 2 * PUSHED);
	KUNIT_EXPECT_EQ(test, stats.skipped, failed);
	KUNIT_EXPECT_EQ(test, stats.failed, failed);
	KUNIT_EXPECT_EQ(test, atomic_read(&r->ring->nran),
			2 * PUSHED - failed);
	KUNIT_EXPECT_EQ(test, r->ring->queue.credits_used, 0);
	/* And later jobs. */
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, r->ring, 1),
				 -ENODEV);
	jq_mock_ring_put(r->ring);
}

static void race13_push_while_killed(struct kunit *test)
{
	static const struct jq_race race = {
		.before = kill_before,
		.racers = { kill_push_first, kill_push_second, kill_kill },
		.after = kill_after,
	};
	struct kill_race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < ARRAY_SIZE(all_flags); i++) {
		r->flags = all_flags[i];
		jq_race_run(test, &race, ROUNDS / 4, r);
	}
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(race07_last_put_from_irq),
	KUNIT_CASE(race07_last_put_from_run),
	KUNIT_CASE(race07_last_put_from_timedout),
	KUNIT_CASE(race07_last_put_from_free),
	KUNIT_CASE(race07_last_put_from_release),
	KUNIT_CASE(race07_all_put_at_once),
	KUNIT_CASE(race10_put_with_half_a_chain_pending),
	KUNIT_CASE(race12_names_are_read_while_all_goes),
	KUNIT_CASE(race13_push_while_killed),
	{}
};

static struct kunit_suite life_suite = {
	.name = "drm_jobqueue_race_life",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
