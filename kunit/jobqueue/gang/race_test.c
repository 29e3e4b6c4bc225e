// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: gangs against each other, and against other calls, on several CPUs.
 */

#include "gang/gang.h"
#include "race.h"

struct gang_race {
	struct jq_mock_ring *ring[JQ_GANG_RINGS];
	struct jq_gang gang[2];
	struct dma_fence *dep;
	int ran;
};

static struct gang_race *race_new(struct kunit *test, enum jq_mock_mode mode,
				  u32 first, u32 second)
{
	const u32 flags[JQ_GANG_RINGS] = { first, second, 0 };
	struct gang_race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		r->ring[i] = jq_mock_ring_create(test, mode, 2, flags[i], 0);
	return r;
}

/* Two gangs over the same queues, with different first members. */
static void before_two(struct kunit *test, void *data)
{
	struct gang_race *r = data;
	struct jq_mock_ring *turned[JQ_GANG_RINGS] = {
		r->ring[1], r->ring[0], r->ring[2],
	};

	r->ran = jq_gang_ran(test);
	jq_gang_prepare(test, &r->gang[0], r->ring, JQ_GANG_RINGS, 2);
	jq_gang_prepare(test, &r->gang[1], turned, JQ_GANG_RINGS, 2);
}

static void submit_first(void *data)
{
	jq_gang_submit(&((struct gang_race *)data)->gang[0]);
}

static void submit_second(void *data)
{
	jq_gang_submit(&((struct gang_race *)data)->gang[1]);
}

/* Alone, so that its jobs are between those of a gang. */
static void submit_alone(void *data)
{
	struct gang_race *r = data;
	struct jq_mock_job *job = jq_mock_job_try(r->ring[1], 1);

	if (!IS_ERR(job))
		dma_fence_put(jq_mock_submit(job));
}

static void after_two(struct kunit *test, void *data)
{
	struct gang_race *r = data;

	jq_gang_expect(test, &r->gang[0], 0);
	jq_gang_expect(test, &r->gang[1], 0);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), r->ran + 2);
}

static void two_gangs_at_once(struct kunit *test)
{
	static const struct jq_race race = {
		.before = before_two,
		.racers = { submit_first, submit_second, submit_alone },
		.after = after_two,
	};

	jq_race_run(test, &race, 100, race_new(test, JQ_MOCK_SOFTIRQ, JQ_MOCK_ANY_CONTEXT,
					       JQ_MOCK_ANY_CONTEXT));
	jq_race_run(test, &race, 100, race_new(test, JQ_MOCK_SOFTIRQ, 0,
					       DRM_JOBQUEUE_RUN_INLINE));
}

/* The last member becomes ready while another queue is stopped and started. */
static void before_stop(struct kunit *test, void *data)
{
	struct gang_race *r = data;

	r->ran = jq_gang_ran(test);
	r->dep = jq_mock_fence(test, 0, 1);
	jq_gang_prepare(test, &r->gang[0], r->ring, JQ_GANG_RINGS, 1);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&r->gang[0].job[1]->base,
							  dma_fence_get(r->dep)));
	jq_gang_submit(&r->gang[0]);
}

static void signal_it(void *data)
{
	dma_fence_signal(((struct gang_race *)data)->dep);
}

static void stop_third(void *data)
{
	struct drm_jobqueue *queue = &((struct gang_race *)data)->ring[2]->queue;

	drm_jobqueue_stop(queue);
	drm_jobqueue_start(queue);
}

static void stop_first(void *data)
{
	struct drm_jobqueue *queue = &((struct gang_race *)data)->ring[0]->queue;

	drm_jobqueue_stop(queue);
	drm_jobqueue_start(queue);
}

static void after_stop(struct kunit *test, void *data)
{
	struct gang_race *r = data;

	jq_gang_expect(test, &r->gang[0], 0);
	dma_fence_put(r->dep);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), r->ran + 1);
}

static void ready_vs_stop(struct kunit *test)
{
	static const struct jq_race race = {
		.before = before_stop,
		.racers = { signal_it, stop_third, stop_first },
		.after = after_stop,
	};

	jq_race_run(test, &race, 150, race_new(test, JQ_MOCK_HARDIRQ, JQ_MOCK_ANY_CONTEXT,
					       DRM_JOBQUEUE_RUN_INLINE));
}

/* The same, while a queue is killed: all members run, or none. */
static void before_kill(struct kunit *test, void *data)
{
	struct gang_race *r = data;
	unsigned int i;

	for (i = 0; i < JQ_GANG_RINGS; i++)
		r->ring[i] = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 2,
						 i ? 0 : JQ_MOCK_ANY_CONTEXT, 0);
	before_stop(test, data);
}

static void kill_third(void *data)
{
	drm_jobqueue_kill(&((struct gang_race *)data)->ring[2]->queue, 0);
}

static void after_kill(struct kunit *test, void *data)
{
	struct gang_race *r = data;
	struct jq_gang *gang = &r->gang[0];
	unsigned int i;
	bool ran;

	for (i = 0; i < JQ_GANG_RINGS; i++) {
		/* A gang that has run cannot fail. */
		KUNIT_EXPECT_GT(test, dma_fence_wait_timeout(gang->fence[i], false,
							     jq_mock_patience(test)), 0);
	}
	ran = jq_gang_ran(test) > r->ran;
	jq_gang_expect(test, gang, ran ? 0 : -ECANCELED);
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&r->ring[i]->nran), ran);
		jq_mock_ring_put(r->ring[i]);
	}
	dma_fence_put(r->dep);
}

static void ready_vs_kill(struct kunit *test)
{
	static const struct jq_race race = {
		.before = before_kill,
		.racers = { signal_it, kill_third },
		.after = after_kill,
	};
	struct gang_race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	jq_race_run(test, &race, 100, r);
}

/*
 * Other jobs are armed while a gang is: one on the queue that the gang is appended to
 * first, and then a dependent job on the queue that comes last. The queues in between
 * only make that take longer.
 */
struct arm_race {
	struct jq_mock_ring *ring[DRM_JOBQUEUE_GANG_MAX];
	struct jq_mock_job *member[DRM_JOBQUEUE_GANG_MAX];
	struct jq_mock_job *prereq, *dependent;
	/* Of the first queue, before the gang is armed. */
	u64 seqno;
	struct dma_fence *fence[2];
};

static void before_arm(struct kunit *test, void *data)
{
	struct drm_jobqueue_gang_job *members[DRM_JOBQUEUE_GANG_MAX];
	struct arm_race *r = data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		r->member[i] = jq_mock_job(test, r->ring[i], 1);
		members[i] = &r->member[i]->member;
	}
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_gang_init(members, ARRAY_SIZE(members),
							jq_mock_gang_run));
	r->seqno = r->ring[0]->queue.seqno;
	r->prereq = jq_mock_job(test, r->ring[0], 1);
	r->dependent = jq_mock_job(test, r->ring[i - 1], 1);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_job_dep(&r->dependent->base,
							      &r->prereq->base));
}

static void arm_gang(void *data)
{
	struct arm_race *r = data;

	drm_jobqueue_gang_arm(&r->member[0]->member);
	drm_jobqueue_gang_push(&r->member[0]->member);
}

static void arm_others(void *data)
{
	struct arm_race *r = data;
	unsigned int i;

	/* Have the gang wait behind its first member, if it comes in time. */
	spin_lock_irq(&r->ring[1]->queue.lock);
	for (i = 0; i < 10000; i++) {
		/* Written under its lock: any value will do. */
		if (data_race(READ_ONCE(r->ring[0]->queue.seqno)) != r->seqno)
			break;
		cpu_relax();
	}
	spin_unlock_irq(&r->ring[1]->queue.lock);
	r->fence[0] = dma_fence_get(drm_jobqueue_job_arm(&r->prereq->base));
	r->fence[1] = dma_fence_get(drm_jobqueue_job_arm(&r->dependent->base));
	drm_jobqueue_job_push(&r->prereq->base);
	drm_jobqueue_job_push(&r->dependent->base);
}

/* A job behind the gang ends, so the gang has ended. */
static void after_arm(struct kunit *test, void *data)
{
	struct arm_race *r = data;
	unsigned int i;

	jq_mock_expect_signalled(test, r->fence[0], 0);
	jq_mock_expect_signalled(test, r->fence[1], 0);
	for (i = 0; i < ARRAY_SIZE(r->ring); i++)
		jq_mock_expect_signalled(test, jq_mock_submit_one(test, r->ring[i], 1),
					 0);
}

static void arms_gang_as_a_whole(struct kunit *test)
{
	static const struct jq_race race = {
		.before = before_arm,
		.racers = { arm_gang, arm_others },
		.after = after_arm,
	};
	struct arm_race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < ARRAY_SIZE(r->ring); i++)
		r->ring[i] = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ,
						 JQ_MOCK_CREDITS,
						 JQ_MOCK_ANY_CONTEXT, 0);
	jq_race_run(test, &race, 100, r);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(two_gangs_at_once),
	KUNIT_CASE(ready_vs_stop),
	KUNIT_CASE(ready_vs_kill),
	KUNIT_CASE(arms_gang_as_a_whole),
	{}
};

static struct kunit_suite race_suite = {
	.name = "drm_jobqueue_gang_race",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
