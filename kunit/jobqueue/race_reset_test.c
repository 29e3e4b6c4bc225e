// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: races of timeouts and resets, and the arithmetic of credits and
 * sequence numbers that both depend on.
 */

#include <linux/slab.h>

#include "mock.h"
#include "race.h"

#define ROUNDS 80
#define NEVER (1000 * HZ)

/* --- 6: timeout, completion and kill at the same time ----------------------- */

struct late_race {
	struct jq_mock_ring *ring;
	struct dma_fence *done, *behind;
	enum drm_jobqueue_timeout_action answer;
};

static void late_before(struct kunit *test, void *data)
{
	struct late_race *r = data;

	r->ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
				      JQ_MOCK_ANY_CONTEXT, NEVER);
	r->ring->answer = r->answer;
	r->done = jq_mock_submit_one(test, r->ring, 1);
	r->behind = jq_mock_submit_one(test, r->ring, 1);
}

static void late_trigger(void *data)
{
	struct late_race *r = data;

	drm_jobqueue_timeout_trigger(&r->ring->queue);
}

static void late_complete(void *data)
{
	struct late_race *r = data;

	drm_jobqueue_complete(&r->ring->queue, 1, 0);
}

static void late_kill(void *data)
{
	struct late_race *r = data;

	drm_jobqueue_kill(&r->ring->queue, -ENODEV);
}

static void late_after(struct kunit *test, void *data)
{
	struct late_race *r = data;
	struct jq_mock_ring *ring = r->ring;
	bool kills = r->answer == DRM_JOBQUEUE_TIMEOUT_KILL;
	int error;

	flush_work(&ring->queue.timeout_work);
	/* The second job may have entered the ring. */
	jq_mock_advance(ring);
	KUNIT_EXPECT_GT(test, dma_fence_wait_timeout(r->done, false,
						     jq_mock_patience(test)), 0);
	error = r->done->error;
	KUNIT_EXPECT_TRUE(test, !error || (kills && error == -ETIME));
	/* The error requires that a timeout was handled. */
	if (error)
		KUNIT_EXPECT_GE(test, atomic_read(&ring->timeouts), 1);
	KUNIT_EXPECT_GT(test, dma_fence_wait_timeout(r->behind, false,
						     jq_mock_patience(test)), 0);
	error = r->behind->error;
	/* -ECANCELED: in the ring when the driver answered about the first. */
	KUNIT_EXPECT_TRUE(test, !error || error == -ENODEV ||
			  (kills && (error == -ETIME || error == -ECANCELED)));
	KUNIT_EXPECT_TRUE(test, drm_jobqueue_is_killed(&ring->queue));
	KUNIT_EXPECT_EQ(test, ring->queue.timeout_paused, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.stopped, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	dma_fence_put(r->done);
	dma_fence_put(r->behind);
	jq_mock_ring_put(ring);
}

static void race06_timeout_vs_completion_vs_kill(struct kunit *test)
{
	static const struct jq_race race = {
		.before = late_before,
		.racers = { late_trigger, late_complete, late_kill },
		.after = late_after,
	};
	static const enum drm_jobqueue_timeout_action answers[] = {
		DRM_JOBQUEUE_TIMEOUT_KILL, DRM_JOBQUEUE_TIMEOUT_EXTEND,
	};
	struct late_race r;
	int i;

	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		r.answer = answers[i];
		jq_race_run(test, &race, ROUNDS, &r);
	}
}

/* The hardware completes the job while the driver is asked. */
static void complete_in_timedout(struct jq_mock_ring *ring)
{
	jq_mock_advance(ring);
}

static void race06_completion_within_timedout(struct kunit *test)
{
	static const enum drm_jobqueue_timeout_action answers[] = {
		DRM_JOBQUEUE_TIMEOUT_KILL, DRM_JOBQUEUE_TIMEOUT_EXTEND,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
					    JQ_MOCK_ANY_CONTEXT, NEVER);
		struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

		ring->answer = answers[i];
		ring->on_timedout = complete_in_timedout;
		drm_jobqueue_timeout_trigger(&ring->queue);
		flush_work(&ring->queue.timeout_work);
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 1);
		/* The job keeps its result, whatever the answer. */
		jq_mock_expect_signalled(test, fence, 0);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_is_killed(&ring->queue),
				answers[i] == DRM_JOBQUEUE_TIMEOUT_KILL);
	}
}

/* --- 15: credits ------------------------------------------------------------- */

/* The sum of credits does not wrap at 32 bits. */
static void race15_credits_do_not_wrap(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, U32_MAX,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *large, *small, *all;

	large = jq_mock_submit_one(test, ring, U32_MAX - 1);
	small = jq_mock_submit_one(test, ring, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
	jq_mock_advance(ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	all = jq_mock_submit_one(test, ring, U32_MAX);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	jq_mock_advance(ring);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, U32_MAX);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, large, 0);
	jq_mock_expect_signalled(test, small, 0);
	jq_mock_expect_signalled(test, all, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
}

static void race15_credits_come_back_once(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 10,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct jq_mock_job *job[4];
	struct dma_fence *fence[4];
	int i;

	for (i = 0; i < 4; i++)
		job[i] = jq_mock_job(test, ring, 3);
	for (i = 0; i < 4; i++)
		fence[i] = jq_mock_submit(job[i]);
	/* 1, 2 and 3 are in the ring; 3 completes out of order. */
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 9);
	drm_jobqueue_job_complete(&job[2]->base, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 9);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 6);
	drm_jobqueue_requeue(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	drm_jobqueue_requeue(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	/* 2 and 4; 3 is done and does not run again. */
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 6);
	drm_jobqueue_kill(&ring->queue, -EIO);
	drm_jobqueue_complete_all(&ring->queue, -EIO);
	drm_jobqueue_complete_all(&ring->queue, -EIO);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_signalled(test, fence[1], -EIO);
	jq_mock_expect_signalled(test, fence[2], 0);
	jq_mock_expect_signalled(test, fence[3], -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 5);
}

/* A job that was done before the requeue keeps its result when killed. */
static void race15_done_requeued_killed(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_job *job[2];
	struct dma_fence *fence[2];
	int i;

	for (i = 0; i < 2; i++)
		job[i] = jq_mock_job(test, ring, 1);
	for (i = 0; i < 2; i++)
		fence[i] = jq_mock_submit(job[i]);
	drm_jobqueue_job_complete(&job[1]->base, 0);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_kill(&ring->queue, -EIO);
	drm_jobqueue_start(&ring->queue);
	jq_mock_expect_signalled(test, fence[0], -EIO);
	jq_mock_expect_signalled(test, fence[1], 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
}

struct overwrite_cb {
	struct dma_fence_cb cb;
	struct drm_jobqueue_job *job;
};

static void complete_with_error(struct dma_fence *fence,
				struct dma_fence_cb *cb)
{
	drm_jobqueue_job_complete(container_of(cb, struct overwrite_cb, cb)->job,
				  -EIO);
}

/* A result by number counts before that of a later call, also while retiring. */
static void race16_number_before_job(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *fence[40];
	const unsigned int n = ARRAY_SIZE(fence);
	struct overwrite_cb overwrite;
	struct jq_mock_job *job;
	unsigned int i;

	/* So many that the last is not in the same batch as the first. */
	for (i = 0; i < n; i++) {
		job = jq_mock_job(test, ring, 0);
		if (i == n - 1)
			overwrite.job = drm_jobqueue_job_get(&job->base);
		fence[i] = jq_mock_submit(job);
	}
	dma_fence_add_callback(fence[0], &overwrite.cb, complete_with_error);
	drm_jobqueue_complete(&ring->queue, n, 0);
	for (i = 0; i < n; i++)
		jq_mock_expect_signalled(test, fence[i], 0);
	drm_jobqueue_job_put(overwrite.job);
}

/* --- 16: sequence numbers ---------------------------------------------------- */

/* As if that many jobs had run. */
static void forward_to(struct jq_mock_ring *ring, u64 seqno)
{
	spin_lock_irq(&ring->queue.lock);
	ring->queue.seqno = seqno;
	ring->queue.last_run = seqno;
	ring->queue.completed = seqno;
	spin_unlock_irq(&ring->queue.lock);
}

static void race16_seqno_beyond_any_width(struct kunit *test)
{
	static const u64 begin[] = {
		S32_MAX - 4ULL, U32_MAX - 4ULL, S64_MAX - 4ULL, U64_MAX - 8,
	};
	int i, j;

	for (i = 0; i < ARRAY_SIZE(begin); i++) {
		struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
		struct jq_mock_ring *other = jq_mock_ring(test, JQ_MOCK_IN_RUN);
		struct dma_fence *fence[8], *done;
		u64 end = begin[i] + 8;
		struct jq_mock_job *last;

		forward_to(ring, begin[i]);
		for (j = 0; j < 8; j++) {
			fence[j] = jq_mock_submit_one(test, ring, 1);
			KUNIT_EXPECT_EQ(test, fence[j]->seqno,
					begin[i] + 1 + j);
		}
		/* The later fence is kept at any width. */
		last = jq_mock_job(test, other, 1);
		drm_jobqueue_job_add_dep(&last->base, dma_fence_get(fence[7]));
		drm_jobqueue_job_add_dep(&last->base, dma_fence_get(fence[0]));
		KUNIT_EXPECT_EQ(test, last->base.ndeps, 1);
		KUNIT_EXPECT_PTR_EQ(test, last->base.inline_deps[0].fence, fence[7]);
		done = jq_mock_submit(last);

		drm_jobqueue_complete(&ring->queue, begin[i] + 6, -EIO);
		for (j = 0; j < 5; j++)
			jq_mock_expect_signalled(test, fence[j], 0);
		jq_mock_expect_signalled(test, fence[5], -EIO);
		/* Both would be valid with 32-bit numbers. */
		drm_jobqueue_complete(&ring->queue, 7, 0);
		if (upper_32_bits(end))
			drm_jobqueue_complete(&ring->queue,
					      lower_32_bits(end), 0);
		jq_mock_expect_pending(test, fence[6]);
		jq_mock_expect_pending(test, done);
		drm_jobqueue_complete(&ring->queue, end, 0);
		jq_mock_expect_signalled(test, fence[6], 0);
		jq_mock_expect_signalled(test, fence[7], 0);
		jq_mock_expect_signalled(test, done, 0);
	}
}

/* --- 17: requeue and stale completions ---------------------------------------- */

struct requeue_race {
	struct jq_mock_ring *ring;
	struct dma_fence *done, *hw;
};

static void requeue_before(struct kunit *test, void *data)
{
	struct requeue_race *r = data;

	r->ring = jq_mock_ring(test, JQ_MOCK_HW_FENCE);
	r->done = jq_mock_submit_one(test, r->ring, 1);
	r->hw = dma_fence_get(r->ring->hw_fence);
	drm_jobqueue_stop(&r->ring->queue);
}

static void requeue_requeue(void *data)
{
	struct requeue_race *r = data;

	drm_jobqueue_requeue(&r->ring->queue);
}

static void requeue_signal(void *data)
{
	struct requeue_race *r = data;

	dma_fence_set_error(r->hw, -EIO);
	dma_fence_signal(r->hw);
}

/* Either it was done before the requeue or it runs again; it ends once. */
static void requeue_after(struct kunit *test, void *data)
{
	struct requeue_race *r = data;
	struct jq_mock_ring *ring = r->ring;
	int nran;

	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	nran = atomic_read(&ring->nran);
	if (nran == 1) {
		jq_mock_expect_signalled(test, r->done, -EIO);
	} else {
		KUNIT_EXPECT_EQ(test, nran, 2);
		jq_mock_expect_pending(test, r->done);
		KUNIT_EXPECT_PTR_NE(test, r->hw, ring->hw_fence);
		dma_fence_signal(ring->hw_fence);
		jq_mock_expect_signalled(test, r->done, 0);
	}
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	dma_fence_put(r->hw);
	jq_mock_ring_put(ring);
}

static void race17_requeue_vs_hw_fence(struct kunit *test)
{
	static const struct jq_race race = {
		.before = requeue_before,
		.racers = { requeue_requeue, requeue_signal },
		.after = requeue_after,
	};
	struct requeue_race r;

	jq_race_run(test, &race, ROUNDS, &r);
}

struct blocker {
	struct work_struct work;
	struct completion go;
};

static void block(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct blocker, work)->go);
}

/*
 * A job is reported to hang, but before the driver is asked a reset, which may
 * run on the same ordered workqueue, restarts the job.
 */
static void race17_requeue_clears_trigger(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
				    JQ_MOCK_ANY_CONTEXT, NEVER);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);
	struct blocker *blocker;

	blocker = kunit_kzalloc(test, sizeof(*blocker), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, blocker);
	INIT_WORK(&blocker->work, block);
	init_completion(&blocker->go);
	queue_work(dev->group.timeout_wq, &blocker->work);
	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	drm_jobqueue_timeout_trigger(&ring->queue);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	complete(&blocker->go);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	jq_mock_expect_pending(test, fence);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(race06_timeout_vs_completion_vs_kill),
	KUNIT_CASE(race06_completion_within_timedout),
	KUNIT_CASE(race15_credits_do_not_wrap),
	KUNIT_CASE(race15_credits_come_back_once),
	KUNIT_CASE(race15_done_requeued_killed),
	KUNIT_CASE(race16_number_before_job),
	KUNIT_CASE(race16_seqno_beyond_any_width),
	KUNIT_CASE(race17_requeue_vs_hw_fence),
	KUNIT_CASE(race17_requeue_clears_trigger),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "drm_jobqueue_race_reset",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);
