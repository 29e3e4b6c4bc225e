// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: the walk over the jobs of a running queue, and the state of a job.
 */

#include <linux/slab.h>

#include "mock.h"
#include "race.h"

#define JOBS 40
#define ROUNDS 40

static struct drm_jobqueue_job_info info_of(struct drm_jobqueue_job *job)
{
	struct drm_jobqueue_job_info info;

	drm_jobqueue_job_get_info(job, &info);
	return info;
}

/* Each job in order, those that wait included. */
static void walks_over_all(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 3,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct drm_jobqueue_job_info info[7];
	struct drm_jobqueue_job *job = NULL;
	struct jq_mock_job *armed;
	struct dma_fence *done[6];
	unsigned int n = 0;
	int i;

	KUNIT_EXPECT_NULL(test, drm_jobqueue_next_job(&ring->queue, NULL));
	for (i = 0; i < 5; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	armed = jq_mock_job(test, ring, 1);
	done[5] = dma_fence_get(drm_jobqueue_job_arm(&armed->base));
	/* A check that fails allocates, which must not be while a job is armed. */
	while ((job = drm_jobqueue_next_job(&ring->queue, job)) && n < 7)
		info[n++] = info_of(job);
	drm_jobqueue_job_push(&armed->base);
	KUNIT_EXPECT_EQ(test, n, 6);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, info[i].seqno, i + 1);
		KUNIT_EXPECT_EQ(test, info[i].state,
				i < 3 ? DRM_JOBQUEUE_JOB_RUNNING :
				i < 5 ? DRM_JOBQUEUE_JOB_PUSHED :
					DRM_JOBQUEUE_JOB_ARMED);
	}
	jq_mock_advance(ring);
	jq_mock_advance(ring);
	for (i = 0; i < 6; i++)
		jq_mock_expect_signalled(test, done[i], 0);
	KUNIT_EXPECT_NULL(test, drm_jobqueue_next_job(&ring->queue, NULL));
}

/* The job that the walk is at retires, and others with it. */
static void goes_on_behind_retired(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 6,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct drm_jobqueue_job *job = NULL;
	struct dma_fence *done[6];
	int i;

	for (i = 0; i < 6; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	for (i = 0; i < 2; i++)
		job = drm_jobqueue_next_job(&ring->queue, job);
	drm_jobqueue_complete(&ring->queue, 4, 0);
	jq_mock_expect_signalled(test, done[3], 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_seqno(job), 2);
	KUNIT_EXPECT_EQ(test, info_of(job).state, DRM_JOBQUEUE_JOB_RETIRED);
	job = drm_jobqueue_next_job(&ring->queue, job);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_seqno(job), 5);
	/* The walk may end before its end. */
	drm_jobqueue_job_put(job);
	jq_mock_advance(ring);
	for (i = 0; i < 6; i++)
		if (i == 3)
			continue;
		else
			jq_mock_expect_signalled(test, done[i], 0);
}

/* All that is known about a job in each of its states. */
static void info_is_of_one_moment(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *first, *done, *dep = jq_mock_fence(test, 0, 1);
	struct drm_jobqueue_job_info info;
	struct jq_mock_job *job;

	ring->client_id = 42;
	first = jq_mock_submit_one(test, ring, 1);
	job = jq_mock_job(test, ring, 3);
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	drm_jobqueue_job_get(&job->base);
	info = info_of(&job->base);
	KUNIT_EXPECT_EQ(test, info.state, DRM_JOBQUEUE_JOB_INIT);
	KUNIT_EXPECT_EQ(test, info.seqno, 0);
	KUNIT_EXPECT_EQ(test, info.client_id, 42);
	KUNIT_EXPECT_EQ(test, info.credits, 3);
	KUNIT_EXPECT_EQ(test, info.pending, 0);
	KUNIT_EXPECT_EQ(test, info.waited, 0);

	done = jq_mock_submit(job);
	schedule_timeout_uninterruptible(2);
	info = info_of(&job->base);
	KUNIT_EXPECT_EQ(test, info.state, DRM_JOBQUEUE_JOB_PUSHED);
	KUNIT_EXPECT_EQ(test, info.seqno, 2);
	KUNIT_EXPECT_EQ(test, info.pending, 1);
	KUNIT_EXPECT_GE(test, info.waited, 2);
	KUNIT_EXPECT_LT(test, info.waited, 3600 * HZ);
	KUNIT_EXPECT_FALSE(test, info.complete);

	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	info = info_of(&job->base);
	KUNIT_EXPECT_EQ(test, info.state, DRM_JOBQUEUE_JOB_RUNNING);
	KUNIT_EXPECT_EQ(test, info.pending, 0);
	KUNIT_EXPECT_EQ(test, info.error, 0);
	drm_jobqueue_set_error(&ring->queue, 2, 2, -EIO);
	KUNIT_EXPECT_EQ(test, info_of(&job->base).error, -EIO);
	KUNIT_EXPECT_FALSE(test, info_of(&job->base).complete);

	drm_jobqueue_job_complete(&job->base, -ENOSPC);
	info = info_of(&job->base);
	KUNIT_EXPECT_EQ(test, info.state, DRM_JOBQUEUE_JOB_DONE);
	KUNIT_EXPECT_TRUE(test, info.complete);
	KUNIT_EXPECT_EQ(test, info.error, -ENOSPC);
	jq_mock_expect_pending(test, done);

	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, done, -ENOSPC);
	info = info_of(&job->base);
	KUNIT_EXPECT_EQ(test, info.state, DRM_JOBQUEUE_JOB_RETIRED);
	KUNIT_EXPECT_TRUE(test, info.complete);
	KUNIT_EXPECT_EQ(test, info.error, -ENOSPC);
	drm_jobqueue_job_put(&job->base);
}

/* What did not run when the queue was killed, and a hardware fence that failed. */
static void info_has_error_to_come(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_HW_FENCE, 1,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done[2], *dep = jq_mock_fence(test, 0, 1);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct drm_jobqueue_job *head;

	done[0] = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	drm_jobqueue_job_get(&job->base);
	done[1] = jq_mock_submit(job);
	head = drm_jobqueue_next_job(&ring->queue, NULL);
	KUNIT_EXPECT_EQ(test, info_of(head).error, 0);
	/* It waits for its turn, so that the job stays in the ring. */
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = true;
	spin_unlock_irq(&ring->queue.lock);
	dma_fence_set_error(ring->hw_fence, -EIO);
	dma_fence_signal(ring->hw_fence);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_TRUE(test, info_of(head).complete);
	KUNIT_EXPECT_EQ(test, info_of(head).error, -EIO);
	drm_jobqueue_job_put(head);
	drm_jobqueue_kill(&ring->queue, -ENODEV);
	KUNIT_EXPECT_EQ(test, info_of(&job->base).error, -ENODEV);
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = false;
	spin_unlock_irq(&ring->queue.lock);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_expect_signalled(test, done[0], -EIO);
	jq_mock_expect_signalled(test, done[1], -ENODEV);
	drm_jobqueue_job_put(&job->base);
}

/* --- A walk among submission, completion and the end of jobs. ---------------- */

struct walk {
	struct kunit *test;
	struct jq_mock_ring *ring;
	struct jq_mock_job *jobs[JOBS];
	struct dma_fence *done[JOBS];
	atomic_t ended;
};

static void walk_before(struct kunit *test, void *data)
{
	struct walk *walk = data;
	int i;

	walk->ring = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 3,
					 JQ_MOCK_ANY_CONTEXT, 0);
	atomic_set(&walk->ended, 0);
	for (i = 0; i < JOBS; i++)
		walk->jobs[i] = jq_mock_job(test, walk->ring, 1);
}

static void submit_jobs(void *data)
{
	struct walk *walk = data;
	int i;

	for (i = 0; i < JOBS; i++)
		walk->done[i] = jq_mock_submit(walk->jobs[i]);
	atomic_set(&walk->ended, 1);
}

/* In order and each once, of this queue, and none that has never been armed. */
static void walk_jobs(void *data)
{
	struct walk *walk = data;
	struct drm_jobqueue_job *job = NULL;
	u64 last;
	bool ended;

	do {
		ended = atomic_read(&walk->ended);
		last = 0;
		while ((job = drm_jobqueue_next_job(&walk->ring->queue, job))) {
			KUNIT_EXPECT_GT(walk->test, drm_jobqueue_job_seqno(job),
					last);
			last = drm_jobqueue_job_seqno(job);
			KUNIT_EXPECT_GE(walk->test, info_of(job).state,
					DRM_JOBQUEUE_JOB_ARMED);
		}
		cond_resched();
	} while (!ended);
}

static void walk_after(struct kunit *test, void *data)
{
	struct walk *walk = data;
	int i;

	for (i = 0; i < JOBS; i++)
		jq_mock_expect_signalled(test, walk->done[i], 0);
}

static void walk_vs_all(struct kunit *test)
{
	static const struct jq_race race = {
		.before = walk_before,
		.racers = { submit_jobs, walk_jobs, walk_jobs },
		.after = walk_after,
	};
	struct walk *walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, walk);
	walk->test = test;
	jq_race_run(test, &race, ROUNDS, walk);
}

static struct kunit_case walk_cases[] = {
	KUNIT_CASE(walks_over_all),
	KUNIT_CASE(goes_on_behind_retired),
	KUNIT_CASE(info_is_of_one_moment),
	KUNIT_CASE(info_has_error_to_come),
	KUNIT_CASE(walk_vs_all),
	{}
};

static struct kunit_suite walk_suite = {
	.name = "drm_jobqueue_walk",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = walk_cases,
};

kunit_test_suite(walk_suite);
