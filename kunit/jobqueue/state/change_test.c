// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: changes of timeout and credits while jobs are under way, and the
 * times of jobs.
 */

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include <drm/drm_print.h>

#include "mock.h"
#include "race.h"

/* Longer than the test; short enough to wait for. */
#define LONG (1000 * HZ)
#define SHORT (HZ / 20)

#define JOBS 16
#define ROUNDS 60

/* --- Timeout ------------------------------------------------------------------ */

static struct jq_mock_ring *timed_ring(struct kunit *test, unsigned long timeout)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2, JQ_MOCK_ANY_CONTEXT,
				    timeout);

	ring->answer = DRM_JOBQUEUE_TIMEOUT_KILL;
	return ring;
}

static void look_for_late_job(struct jq_mock_ring *ring)
{
	queue_work(ring->queue.group->timeout_wq, &ring->queue.timeout_work);
	flush_work(&ring->queue.timeout_work);
}

/* The timer that is pending comes too late. */
static void timeout_gets_shorter(struct kunit *test)
{
	struct jq_mock_ring *ring = timed_ring(test, LONG);
	struct dma_fence *done = jq_mock_submit_one(test, ring, 1);

	KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue, SHORT), 0);
	jq_mock_expect_signalled(test, done, -ETIME);
}

/* The timer of the job before is still pending. */
static void timeout_gets_shorter_with_empty_ring(struct kunit *test)
{
	struct jq_mock_ring *ring = timed_ring(test, LONG);
	struct dma_fence *done = jq_mock_submit_one(test, ring, 1);

	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue, SHORT), 0);
	done = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_signalled(test, done, -ETIME);
}

/* The time begins with the limit. */
static void timeout_begins(struct kunit *test)
{
	struct jq_mock_ring *ring = timed_ring(test, 0);
	struct dma_fence *done = jq_mock_submit_one(test, ring, 1);
	unsigned long now = jiffies;

	KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue, SHORT), 0);
	KUNIT_EXPECT_TRUE(test, time_after_eq(ring->queue.head_since, now));
	KUNIT_EXPECT_TRUE(test, time_before_eq(ring->queue.head_since, jiffies));
	jq_mock_expect_signalled(test, done, -ETIME);
}

static void timeout_ends(struct kunit *test)
{
	static const unsigned long none[] = { 0, MAX_SCHEDULE_TIMEOUT };
	struct dma_fence *done;
	int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		struct jq_mock_ring *ring = timed_ring(test, LONG);

		done = jq_mock_submit_one(test, ring, 1);
		/* Late, and declared so. */
		spin_lock_irq(&ring->queue.lock);
		ring->queue.head_since -= 2 * LONG;
		ring->queue.timeout_forced = 1;
		spin_unlock_irq(&ring->queue.lock);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue,
							       none[i]), 0);
		look_for_late_job(ring);
		drm_jobqueue_timeout_trigger(&ring->queue);
		flush_work(&ring->queue.timeout_work);
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
		jq_mock_expect_pending(test, done);
		/* It has its full time when there is a limit again. */
		drm_jobqueue_set_timeout(&ring->queue, LONG);
		look_for_late_job(ring);
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
		jq_mock_advance(ring);
		jq_mock_expect_signalled(test, done, 0);
	}
}

static void timeout_changes_while_suspended(struct kunit *test)
{
	struct jq_mock_ring *ring = timed_ring(test, 0);
	struct dma_fence *done;

	drm_jobqueue_timeout_suspend(&ring->queue);
	done = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_set_timeout(&ring->queue, SHORT);
	KUNIT_EXPECT_FALSE(test, ring->queue.timer_armed);
	look_for_late_job(ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->timeouts), 0);
	drm_jobqueue_timeout_resume(&ring->queue);
	jq_mock_expect_signalled(test, done, -ETIME);
}

static void timeout_needs_operation(struct kunit *test)
{
	struct jq_mock_ring *ring = timed_ring(test, 0);
	const struct drm_jobqueue_ops *ops = ring->queue.ops;
	struct drm_jobqueue_ops without = *ops;

	without.timedout = NULL;
	ring->queue.ops = &without;
	KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue, LONG),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ring->queue.timeout, 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_set_timeout(&ring->queue, 0), 0);
	ring->queue.ops = ops;
}

/* --- Credits ------------------------------------------------------------------ */

static void more_credits_let_jobs_run(struct kunit *test)
{
	static const u32 flags[] = { 0, JQ_MOCK_ANY_CONTEXT };
	struct dma_fence *done[3];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1, flags[i], 0);

		for (j = 0; j < 3; j++)
			done[j] = jq_mock_submit_one(test, ring, 1);
		jq_mock_settle(test, ring);
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_set_credits(&ring->queue, 0),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_set_credits(&ring->queue, 3),
				0);
		jq_mock_settle(test, ring);
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 3);
		jq_mock_advance(ring);
		for (j = 0; j < 3; j++)
			jq_mock_expect_signalled(test, done[j], 0);
	}
}

/* What is in the ring may be more than fits. */
static void fewer_credits_hold_jobs(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done[6];
	int i;

	for (i = 0; i < 3; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_set_credits(&ring->queue, 2);
	for (; i < 6; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 3);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 3);
	drm_jobqueue_complete(&ring->queue, 2, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 4);
	drm_jobqueue_complete(&ring->queue, 4, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 6);
	jq_mock_advance(ring);
	for (i = 0; i < 6; i++)
		jq_mock_expect_signalled(test, done[i], 0);
}

/* Not even when more credits are in use than there are now. */
static void job_without_credits_never_waits(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done[2];
	int i;

	done[0] = jq_mock_submit_one(test, ring, 3);
	drm_jobqueue_set_credits(&ring->queue, 2);
	done[1] = jq_mock_submit_one(test, ring, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	jq_mock_advance(ring);
	for (i = 0; i < 2; i++)
		jq_mock_expect_signalled(test, done[i], 0);
}

/* Whether the dump has a line that contains @text. */
static bool prints(struct kunit *test, struct jq_mock_ring *ring,
		   const char *text)
{
	char *dump = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = dump, .remain = 4095 };
	struct drm_printer p = drm_coredump_printer(&iter);

	KUNIT_ASSERT_NOT_NULL(test, dump);
	drm_jobqueue_print(&ring->queue, &p);
	drm_jobqueue_explain(&ring->queue, &p);
	return strstr(dump, text);
}

/* A job that needs more than there is runs alone. */
static void larger_job_runs_alone(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct jq_mock_job *large = jq_mock_job(test, ring, 4);
	struct dma_fence *done[3];
	int i;

	done[0] = jq_mock_submit_one(test, ring, 2);
	drm_jobqueue_set_credits(&ring->queue, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(jq_mock_job_try(ring, 2)), -E2BIG);
	done[1] = jq_mock_submit(large);
	done[2] = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_TRUE(test, prints(test, ring, "credits: 2 of 1\n"));
	KUNIT_EXPECT_TRUE(test, prints(test, ring, "short of 2 credits"));
	KUNIT_EXPECT_TRUE(test, prints(test, ring, "it needs 4, and 0 of 1 are free"));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), i + 1);
		jq_mock_advance(ring);
		jq_mock_expect_signalled(test, done[i], 0);
	}
}

struct change {
	struct jq_mock_ring *ring;
	struct jq_mock_job *jobs[JOBS];
	struct dma_fence *done[JOBS];
};

static void change_before(struct kunit *test, void *data)
{
	struct change *change = data;
	int i;

	change->ring = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, 4,
					   JQ_MOCK_ANY_CONTEXT, 0);
	for (i = 0; i < JOBS; i++)
		change->jobs[i] = jq_mock_job(test, change->ring, i % 5);
}

static void submit_jobs(void *data)
{
	struct change *change = data;
	int i;

	for (i = 0; i < JOBS; i++)
		change->done[i] = jq_mock_submit(change->jobs[i]);
}

static void change_credits(void *data)
{
	struct change *change = data;
	int i;

	for (i = 0; i < JOBS; i++) {
		drm_jobqueue_set_credits(&change->ring->queue, 1 + i % 4);
		cond_resched();
	}
}

static void change_after(struct kunit *test, void *data)
{
	struct change *change = data;
	int i;

	for (i = 0; i < JOBS; i++)
		jq_mock_expect_signalled(test, change->done[i], 0);
	jq_mock_expect_order(test, change->ring, JOBS);
	KUNIT_EXPECT_EQ(test, change->ring->queue.credits_used, 0);
}

static void credits_vs_all(struct kunit *test)
{
	static const struct jq_race race = {
		.before = change_before,
		.racers = { submit_jobs, change_credits, change_credits },
		.after = change_after,
	};
	struct change *change = kunit_kzalloc(test, sizeof(*change), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, change);
	jq_race_run(test, &race, ROUNDS, change);
}

/* --- Times -------------------------------------------------------------------- */

static struct jq_mock_ring *ring_with_times(struct kunit *test)
{
	return jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2,
				   JQ_MOCK_ANY_CONTEXT | DRM_JOBQUEUE_JOB_TIMES, 0);
}

static u64 busy_ns(struct jq_mock_ring *ring)
{
	struct drm_jobqueue_stats stats;

	drm_jobqueue_get_stats(&ring->queue, &stats);
	return stats.busy_ns;
}

/* In the order in which the steps of three jobs happened. */
static void times_are_in_order(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_with_times(test);
	struct dma_fence *done[3], *dep = jq_mock_fence(test, 0, 1);
	struct drm_jobqueue_job_info info[3];
	struct jq_mock_job *jobs[3];
	ktime_t begin = ktime_get();
	u64 busy;
	int i;

	for (i = 0; i < 3; i++) {
		jobs[i] = jq_mock_job(test, ring, 1);
		drm_jobqueue_job_add_dep(&jobs[i]->base, dma_fence_get(dep));
		drm_jobqueue_job_add_dep(&jobs[i]->base,
					 jq_mock_fence(test, 0, 1));
		dma_fence_signal(jobs[i]->base.inline_deps[1].fence);
		drm_jobqueue_job_get(&jobs[i]->base);
		done[i] = jq_mock_submit(jobs[i]);
	}
	drm_jobqueue_job_get_info(&jobs[0]->base, &info[0]);
	KUNIT_EXPECT_EQ(test, info[0].ran, 0);
	KUNIT_EXPECT_EQ(test, busy_ns(ring), 0);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	drm_jobqueue_job_get_info(&jobs[1]->base, &info[1]);
	KUNIT_EXPECT_GT(test, info[1].ran, begin);
	KUNIT_EXPECT_EQ(test, info[1].head, 0);
	KUNIT_EXPECT_EQ(test, info[1].ended, 0);
	busy = busy_ns(ring);
	KUNIT_EXPECT_GT(test, busy, 0);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	drm_jobqueue_complete(&ring->queue, 3, 0);
	for (i = 0; i < 3; i++) {
		jq_mock_expect_signalled(test, done[i], 0);
		drm_jobqueue_job_get_info(&jobs[i]->base, &info[i]);
		KUNIT_EXPECT_GE(test, info[i].head, info[i].ran);
		KUNIT_EXPECT_GE(test, info[i].ended, info[i].head);
		drm_jobqueue_job_put(&jobs[i]->base);
	}
	KUNIT_EXPECT_EQ(test, info[0].head, info[0].ran);
	/* The third came into the ring when the first had left it. */
	KUNIT_EXPECT_GE(test, info[2].ran, info[1].head);
	KUNIT_EXPECT_GE(test, info[2].head, info[2].ran);
	/* The ring was busy from the first to the last, and is not now. */
	busy = busy_ns(ring);
	KUNIT_EXPECT_GE(test, busy, info[2].head - info[0].ran);
	KUNIT_EXPECT_LE(test, busy, info[2].ended - info[0].ran);
	KUNIT_EXPECT_EQ(test, busy_ns(ring), busy);
}

/* Neither while it is off the hardware nor while it is empty. */
static void ring_is_busy_on_hardware_only(struct kunit *test)
{
	struct jq_mock_ring *ring = ring_with_times(test);
	struct dma_fence *done = jq_mock_submit_one(test, ring, 1);
	u64 busy;

	drm_jobqueue_timeout_suspend(&ring->queue);
	busy = busy_ns(ring);
	KUNIT_EXPECT_GT(test, busy, 0);
	KUNIT_EXPECT_EQ(test, busy_ns(ring), busy);
	drm_jobqueue_timeout_resume(&ring->queue);
	KUNIT_EXPECT_GT(test, busy_ns(ring), busy);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	busy = busy_ns(ring);
	KUNIT_EXPECT_EQ(test, busy_ns(ring), busy);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_GT(test, busy_ns(ring), busy);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
}

/* What was not in the ring has no times there, and so has a queue without them. */
static void no_times(struct kunit *test)
{
	struct jq_mock_ring *ring[2] = {
		ring_with_times(test), jq_mock_ring(test, JQ_MOCK_MANUAL),
	};
	struct drm_jobqueue_job_info info;
	struct jq_mock_job *job;
	struct dma_fence *done;
	int i;

	for (i = 0; i < 2; i++) {
		job = jq_mock_job(test, ring[i], 1);
		drm_jobqueue_job_get(&job->base);
		done = dma_fence_get(drm_jobqueue_job_arm(&job->base));
		if (i)
			drm_jobqueue_job_push(&job->base);
		else
			drm_jobqueue_job_abort(&job->base, -EIO);
		jq_mock_settle(test, ring[i]);
		jq_mock_advance(ring[i]);
		jq_mock_expect_signalled(test, done, i ? 0 : -EIO);
		drm_jobqueue_job_get_info(&job->base, &info);
		KUNIT_EXPECT_EQ(test, info.ran, 0);
		KUNIT_EXPECT_EQ(test, info.head, 0);
		KUNIT_EXPECT_GT(test, info.ended, 0);
		KUNIT_EXPECT_EQ(test, busy_ns(ring[i]), 0);
		drm_jobqueue_job_put(&job->base);
	}
}

static struct kunit_case change_cases[] = {
	KUNIT_CASE(timeout_gets_shorter),
	KUNIT_CASE(timeout_gets_shorter_with_empty_ring),
	KUNIT_CASE(timeout_begins),
	KUNIT_CASE(timeout_ends),
	KUNIT_CASE(timeout_changes_while_suspended),
	KUNIT_CASE(timeout_needs_operation),
	KUNIT_CASE(more_credits_let_jobs_run),
	KUNIT_CASE(fewer_credits_hold_jobs),
	KUNIT_CASE(job_without_credits_never_waits),
	KUNIT_CASE(larger_job_runs_alone),
	KUNIT_CASE(credits_vs_all),
	KUNIT_CASE(times_are_in_order),
	KUNIT_CASE(ring_is_busy_on_hardware_only),
	KUNIT_CASE(no_times),
	{}
};

static struct kunit_suite change_suite = {
	.name = "drm_jobqueue_change",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = change_cases,
};

kunit_test_suite(change_suite);
