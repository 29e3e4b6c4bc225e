// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: timeouts.
 */

#include <linux/wait_bit.h>

#include "mock.h"

/* Longer than the test; short enough to wait for. */
#define LONG (1000 * HZ)
#define SHORT (HZ / 20)

static void wait_for_timeouts(struct kunit *test, struct jq_mock_ring *ring,
			      int n)
{
	KUNIT_EXPECT_TRUE_MSG(test,
			      wait_var_event_timeout(&ring->timeouts,
						     atomic_read(&ring->timeouts) >= n,
						     jq_mock_patience(test)),
			      "%d of %d timeouts", atomic_read(&ring->timeouts),
			      n);
}

static void kills_the_queue(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2, JQ_MOCK_ANY_CONTEXT,
				    SHORT);
	struct dma_fence *fence[3];
	int i;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	for (i = 0; i < 3; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_signalled(test, fence[0], -ETIME);
	jq_mock_expect_signalled(test, fence[1], -ECANCELED);
	jq_mock_expect_signalled(test, fence[2], -ETIME);
	KUNIT_EXPECT_EQ(test, ring->timeout_seqno, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 1);
	KUNIT_EXPECT_TRUE(test, drm_jobqueue_is_killed(&ring->queue));
}

/* As a reset that ends before the driver has answered. */
static void requeue_in_timedout(struct jq_mock_ring *ring)
{
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
}

/* The late job has left the ring when the queue is killed. */
static void kills_a_requeued_job(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2, JQ_MOCK_ANY_CONTEXT,
				    SHORT);
	struct dma_fence *fence[3];
	int i;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	ring->on_timedout = requeue_in_timedout;
	for (i = 0; i < 3; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	wait_for_timeouts(test, ring, 1);
	flush_work(&ring->queue.timeout_work);
	drm_jobqueue_start(&ring->queue);
	for (i = 0; i < 3; i++)
		jq_mock_expect_signalled(test, fence[i], -ETIME);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 1);
}

static void race06_false_timeout(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, SHORT);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_EXTEND;
	wait_for_timeouts(test, ring, 3);
	jq_mock_expect_pending(test, fence);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
	KUNIT_EXPECT_FALSE(test, drm_jobqueue_is_killed(&ring->queue));
}

/* The time of the first job does not count for the second. */
static void each_job_has_its_time(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *first = jq_mock_submit_one(test, ring, 1);
	struct dma_fence *second = jq_mock_submit_one(test, ring, 1);
	unsigned long now;

	KUNIT_EXPECT_TRUE(test, ring->queue.timer_armed);
	/* As if the first had used nearly all of the time. */
	spin_lock_irq(&ring->queue.lock);
	ring->queue.head_since -= LONG - HZ;
	spin_unlock_irq(&ring->queue.lock);
	now = jiffies;
	drm_jobqueue_complete(&ring->queue, 1, 0);
	KUNIT_EXPECT_TRUE(test, time_after_eq(ring->queue.head_since, now));
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, second, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
}

static void trigger_does_not_wait(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *fence;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	/* The ring is empty. */
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);

	fence = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_timeout_trigger(&ring->queue);
	jq_mock_expect_signalled(test, fence, -ETIME);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 1);
}

/* A hang reported for one job does not apply to the next. */
static void trigger_is_for_one_job(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *first = jq_mock_submit_one(test, ring, 1);
	struct dma_fence *second = jq_mock_submit_one(test, ring, 1);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	/* As if the first was at the head when the trigger came. */
	spin_lock_irq(&ring->queue.lock);
	ring->queue.timeout_forced = first->seqno;
	spin_unlock_irq(&ring->queue.lock);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	queue_work(ring->queue.group->timeout_wq, &ring->queue.timeout_work);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	jq_mock_expect_pending(test, second);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, second, 0);
}

/* The job completes before its timeout is handled. */
static void race06_completion_wins(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	jq_mock_advance(ring);
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	jq_mock_expect_signalled(test, fence, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	KUNIT_EXPECT_FALSE(test, drm_jobqueue_is_killed(&ring->queue));
}

static void race06_timeout_while_suspended(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, SHORT);
	struct dma_fence *fence;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	drm_jobqueue_timeout_suspend(&ring->queue);
	drm_jobqueue_timeout_suspend(&ring->queue);
	fence = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_FALSE(test, ring->queue.timer_armed);
	/* Not even when triggered. */
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	drm_jobqueue_timeout_resume(&ring->queue);
	KUNIT_EXPECT_FALSE(test, ring->queue.timer_armed);
	drm_jobqueue_timeout_resume(&ring->queue);
	wait_for_timeouts(test, ring, 1);
	jq_mock_expect_signalled(test, fence, -ETIME);
}

static void suspend_preserves_time(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);
	unsigned long used;

	spin_lock_irq(&ring->queue.lock);
	ring->queue.head_since -= 100 * HZ;
	spin_unlock_irq(&ring->queue.lock);
	drm_jobqueue_timeout_suspend(&ring->queue);
	drm_jobqueue_timeout_resume(&ring->queue);
	used = jiffies - ring->queue.head_since;
	KUNIT_EXPECT_GE(test, used, 100 * HZ);
	KUNIT_EXPECT_LT(test, used, 200 * HZ);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

static void reset_keeps_clock_suspended(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, SHORT);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_RESET;
	wait_for_timeouts(test, ring, 1);
	flush_work(&ring->queue.timeout_work);
	jq_mock_expect_pending(test, fence);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_timeout_resume(&ring->queue);
	ring->mode = JQ_MOCK_IN_RUN;
	drm_jobqueue_start(&ring->queue);
	jq_mock_expect_signalled(test, fence, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
}

/* A pending timer does not keep an idle queue alive. */
static void ends_with_timer_pending(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);

	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1), 0);
}

static void trigger_without_timeout(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	jq_mock_expect_pending(test, fence);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

static void extend_restarts_the_clock(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);
	unsigned long now = jiffies;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_EXTEND;
	spin_lock_irq(&ring->queue.lock);
	ring->queue.head_since -= LONG - HZ;
	spin_unlock_irq(&ring->queue.lock);
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 1);
	KUNIT_EXPECT_TRUE(test, time_after_eq(ring->queue.head_since, now));
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

/* A job that becomes the head while the clock is suspended has its full time. */
static void new_head_while_suspended(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    JQ_MOCK_ANY_CONTEXT, LONG);
	struct dma_fence *first = jq_mock_submit_one(test, ring, 1);
	struct dma_fence *second = jq_mock_submit_one(test, ring, 1);
	unsigned long now;

	drm_jobqueue_timeout_suspend(&ring->queue);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	schedule_timeout_uninterruptible(SHORT);
	now = jiffies;
	drm_jobqueue_timeout_resume(&ring->queue);
	KUNIT_EXPECT_TRUE(test, time_after_eq(ring->queue.head_since, now));
	KUNIT_EXPECT_TRUE(test, time_before_eq(ring->queue.head_since, jiffies));
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, second, 0);
}

static struct kunit_case timeout_cases[] = {
	KUNIT_CASE(trigger_without_timeout),
	KUNIT_CASE(extend_restarts_the_clock),
	KUNIT_CASE(new_head_while_suspended),
	KUNIT_CASE(kills_the_queue),
	KUNIT_CASE(kills_a_requeued_job),
	KUNIT_CASE(race06_false_timeout),
	KUNIT_CASE(each_job_has_its_time),
	KUNIT_CASE(trigger_does_not_wait),
	KUNIT_CASE(trigger_is_for_one_job),
	KUNIT_CASE(race06_completion_wins),
	KUNIT_CASE(race06_timeout_while_suspended),
	KUNIT_CASE(suspend_preserves_time),
	KUNIT_CASE(reset_keeps_clock_suspended),
	KUNIT_CASE(ends_with_timer_pending),
	{}
};

static struct kunit_suite timeout_suite = {
	.name = "drm_jobqueue_timeout",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = timeout_cases,
};

kunit_test_suite(timeout_suite);
