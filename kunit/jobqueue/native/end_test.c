// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dependencies for which rings wait by themselves, when jobs and
 * rings are killed, reset or late.
 */

#include <linux/wait_bit.h>

#include "mock.h"
#include "native/hw.h"

/* The driver writes the word in the place of the ring. */
static void prerequisite_is_killed_in_its_ring(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	jq_hw_give_up(p.first);
	jq_hw_expect(test, p.prereq, -ECANCELED);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* One in the ring and one behind it: their fences do not signal first. */
static void dependent_is_killed(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *behind;
	struct jq_hw_pair p;

	p.first = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	p.second = jq_hw_ring(test, 1, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	behind = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	jq_hw_give_up(p.second);
	jq_hw_settle(hw);
	jq_mock_expect_pending(test, p.done);
	jq_mock_expect_pending(test, behind);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, -ECANCELED);
	jq_hw_expect(test, behind, -ECANCELED);
	jq_hw_put_pair(&p);
}

/* Killed while it waits for a job that is not in its ring. */
static void dependent_is_killed_before(struct kunit *test)
{
	struct dma_fence *gate = jq_mock_fence(test, 0, 1);
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, gate);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	drm_jobqueue_kill(&p.second->queue, 0);
	jq_hw_settle(hw);
	jq_mock_expect_pending(test, p.done);
	dma_fence_signal(gate);
	dma_fence_put(gate);
	jq_hw_settle(hw);
	/* Submitted, which is not enough for a job that is skipped. */
	jq_mock_expect_pending(test, p.done);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, -ECANCELED);
	jq_hw_expect_ran(test, p.second, 0);
	jq_hw_put_pair(&p);
}

static void dependent_is_aborted(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_abort(&job->base, 0);
	jq_hw_settle(hw);
	jq_mock_expect_pending(test, p.done);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, -ECANCELED);
	jq_hw_put_pair(&p);
}

static void stop_and_empty(struct jq_hw_ring *ring)
{
	drm_jobqueue_stop(&ring->queue);
	jq_hw_clear(ring);
}

/*
 * The dependent job ends without its ring having waited. The job behind it may
 * need what both depend on, which only the order of the queue tells.
 */
static void expect_order(struct kunit *test, struct jq_hw_pair *p, int ran,
			 int error)
{
	struct dma_fence *behind = jq_hw_submit(test, p->second, NULL);
	struct jq_hw *hw = test->priv;

	jq_hw_settle(hw);
	KUNIT_EXPECT_EQ(test, atomic_read(&p->second->nran), ran);
	jq_mock_expect_pending(test, p->done);
	jq_hw_execute(hw);
	jq_hw_expect(test, p->prereq, 0);
	jq_hw_expect(test, p->done, error);
	jq_hw_expect_ran(test, p->second, ran + 1);
	jq_hw_execute(hw);
	jq_hw_expect(test, behind, 0);
	jq_hw_put_pair(p);
}

static void order_behind_an_aborted_job(struct kunit *test)
{
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_abort(&job->base, 0);
	expect_order(test, &p, 0, -ECANCELED);
}

static void order_behind_a_ring_given_up(struct kunit *test)
{
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	stop_and_empty(p.second);
	drm_jobqueue_complete_all(&p.second->queue, -EIO);
	drm_jobqueue_start(&p.second->queue);
	expect_order(test, &p, 1, -EIO);
}

static void order_behind_a_failed_run(struct kunit *test)
{
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.second->run_error = -EIO;
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	p.second->run_error = 0;
	expect_order(test, &p, 1, -EIO);
}

/* An error of an earlier job does not take the rule back. */
static void order_behind_two_failed_jobs(struct kunit *test)
{
	struct dma_fence *other;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	other = jq_hw_submit(test, p.second, NULL);
	jq_hw_expect_ran(test, p.second, 1);
	p.second->run_error = -EIO;
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 2);
	p.second->run_error = 0;
	drm_jobqueue_complete(&p.second->queue, 1, -EINVAL);
	jq_hw_expect(test, other, -EINVAL);
	expect_order(test, &p, 2, -EIO);
}

static void order_behind_a_job_given_up(struct kunit *test)
{
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	stop_and_empty(p.second);
	drm_jobqueue_complete(&p.second->queue, 1, -EIO);
	drm_jobqueue_start(&p.second->queue);
	expect_order(test, &p, 1, -EIO);
}

/* A reset of both, the dependent one first, which is started first, too. */
static void both_are_requeued(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 1);
	stop_and_empty(p.second);
	stop_and_empty(p.first);
	drm_jobqueue_requeue(&p.second->queue);
	drm_jobqueue_requeue(&p.first->queue);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_submitted(&p.first->queue), 0);
	drm_jobqueue_start(&p.second->queue);
	jq_hw_expect_ran(test, p.second, 1);
	drm_jobqueue_start(&p.first->queue);
	jq_hw_expect_ran(test, p.first, 2);
	jq_hw_expect_ran(test, p.second, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 2);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 2);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/*
 * The next job waits when its queue is requeued. Those in front of it that run
 * again have to wait, too, for something else.
 */
static void requeue_with(struct kunit *test, bool declines)
{
	struct dma_fence *gate = jq_mock_fence(test, 0, 1), *late, *next;
	struct jq_hw *hw = test->priv;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	job = jq_hw_job(p.first);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job, gate), 0);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job, p.done), 0);
	late = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	p.second->declines = declines;
	next = jq_hw_submit(test, p.second, late);
	jq_hw_expect_ran(test, p.second, 1);
	stop_and_empty(p.second);
	stop_and_empty(p.first);
	drm_jobqueue_requeue(&p.second->queue);
	drm_jobqueue_requeue(&p.first->queue);
	drm_jobqueue_start(&p.second->queue);
	jq_hw_expect_ran(test, p.second, 1);
	drm_jobqueue_start(&p.first->queue);
	jq_hw_expect_ran(test, p.second, 2);
	dma_fence_signal(gate);
	dma_fence_put(gate);
	jq_hw_settle(hw);
	jq_hw_execute(hw);
	jq_hw_settle(hw);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_expect(test, late, 0);
	jq_hw_expect(test, next, 0);
	jq_hw_put_pair(&p);
}

static void requeue_while_the_next_waits(struct kunit *test)
{
	requeue_with(test, false);
	requeue_with(test, true);
}

/* The prerequisite leaves its ring by a reset and is killed: it never returns. */
static void prerequisite_is_requeued_and_killed(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	stop_and_empty(p.first);
	drm_jobqueue_requeue(&p.first->queue);
	/* The rule for drivers: a ring that is given up satisfies all waits. */
	jq_hw_give_up(p.first);
	drm_jobqueue_start(&p.first->queue);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, -ECANCELED);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

static bool wait_for_timeouts(struct kunit *test, struct jq_hw_ring *ring, int n)
{
	return wait_var_event_timeout(&ring->timeouts,
				      atomic_read(&ring->timeouts) >= n,
				      jq_mock_patience(test));
}

/*
 * The dependent job is not late while the prerequisite is on its way, in the
 * ring or out of it, and has its whole time after that.
 */
static void time_begins_after_the_prerequisite(struct kunit *test)
{
	struct jq_hw_ring *clock = jq_hw_ring(test, 8, JQ_HW_ANY, HZ / 20);
	struct jq_hw *hw = test->priv;
	struct dma_fence *tick;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, HZ / 20);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	/* Another job that waits for nothing is late again and again. */
	tick = jq_hw_submit(test, clock, NULL);
	KUNIT_EXPECT_TRUE(test, wait_for_timeouts(test, clock, 5));
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->timeouts), 0);
	stop_and_empty(p.first);
	drm_jobqueue_requeue(&p.first->queue);
	KUNIT_EXPECT_TRUE(test, wait_for_timeouts(test, clock, 10));
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->timeouts), 0);
	drm_jobqueue_start(&p.first->queue);
	jq_hw_expect_ran(test, p.first, 2);
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	/* Now it can be late, and is. */
	KUNIT_EXPECT_TRUE(test, wait_for_timeouts(test, p.second, 1));
	jq_hw_execute(hw);
	jq_hw_expect(test, tick, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
	drm_jobqueue_put(&clock->queue);
}

#define LONG_TIME (1000 * HZ)

/* As if the job at the head of the ring had been there for its whole time. */
static void pass_time(struct jq_hw_ring *ring)
{
	struct drm_jobqueue *queue = &ring->queue;

	spin_lock_irq(&queue->lock);
	queue->head_since -= queue->timeout;
	spin_unlock_irq(&queue->lock);
	queue_work(queue->group->timeout_wq, &queue->timeout_work);
	flush_work(&queue->timeout_work);
}

/* The job at the head waits for nothing: it is late after its time, not twice that. */
static void expect_late(struct kunit *test, struct jq_hw_pair *p)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&p->second->timeouts), 0);
	pass_time(p->second);
	KUNIT_EXPECT_EQ(test, atomic_read(&p->second->timeouts), 1);
	jq_hw_execute(test->priv);
	jq_hw_expect(test, p->prereq, 0);
	jq_hw_expect(test, p->done, 0);
	jq_hw_put_pair(p);
}

/* The ring does not wait for a dependency that the driver has declined. */
static void declined_dependency_keeps_the_limit(struct kunit *test)
{
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, LONG_TIME);
	p.second->declines = true;
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(test->priv), 1);
	jq_hw_expect_ran(test, p.second, 1);
	expect_late(test, &p);
}

/* The prerequisite signals before the job runs. */
static void signalled_before_the_run_keeps_the_limit(struct kunit *test)
{
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, LONG_TIME);
	drm_jobqueue_stop(&p.second->queue);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(test->priv), 1);
	drm_jobqueue_start(&p.second->queue);
	jq_hw_expect_ran(test, p.second, 1);
	expect_late(test, &p);
}

/* The prerequisite signals before the job is at the head of the ring. */
static void signalled_before_the_head_keeps_the_limit(struct kunit *test)
{
	struct dma_fence *ahead;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, LONG_TIME);
	ahead = jq_hw_submit(test, p.second, NULL);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 2);
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	drm_jobqueue_complete(&p.second->queue, 1, 0);
	jq_hw_expect(test, ahead, 0);
	expect_late(test, &p);
}

static struct kunit_case native_end_cases[] = {
	KUNIT_CASE(prerequisite_is_killed_in_its_ring),
	KUNIT_CASE(dependent_is_killed),
	KUNIT_CASE(dependent_is_killed_before),
	KUNIT_CASE(dependent_is_aborted),
	KUNIT_CASE(order_behind_an_aborted_job),
	KUNIT_CASE(order_behind_a_ring_given_up),
	KUNIT_CASE(order_behind_a_job_given_up),
	KUNIT_CASE(order_behind_a_failed_run),
	KUNIT_CASE(order_behind_two_failed_jobs),
	KUNIT_CASE(both_are_requeued),
	KUNIT_CASE(requeue_while_the_next_waits),
	KUNIT_CASE(prerequisite_is_requeued_and_killed),
	KUNIT_CASE(time_begins_after_the_prerequisite),
	KUNIT_CASE(declined_dependency_keeps_the_limit),
	KUNIT_CASE(signalled_before_the_run_keeps_the_limit),
	KUNIT_CASE(signalled_before_the_head_keeps_the_limit),
	{}
};

static struct kunit_suite native_end_suite = {
	.name = "drm_jobqueue_native_end",
	.init = jq_hw_init,
	.exit = jq_hw_exit,
	.test_cases = native_end_cases,
};

kunit_test_suite(native_end_suite);
