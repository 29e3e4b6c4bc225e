// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: many threads and all contexts at once. The default is short;
 * jobs=250000 runs a million jobs.
 */

#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "gang/gang.h"
#include "mock.h"
#include "race.h"

static unsigned int jobs_param = 400;
module_param_named(jobs, jobs_param, uint, 0444);
MODULE_PARM_DESC(jobs, "Jobs per thread in the stress suites");

#define THREADS 4
#define RINGS 6

struct stress {
	struct jq_mock_ring *ring[RINGS];
	/* The last fence submitted to each ring. */
	struct dma_fence *last[RINGS];
	/* Protects @last. */
	spinlock_t lock;
	atomic_t bad;
	bool kill;
};

struct stress_thread {
	struct stress *stress;
	struct task_struct *task;
	struct completion done;
	struct rnd_state rnd;
};

static struct dma_fence *some_fence(struct stress *s, unsigned int i)
{
	struct dma_fence *fence;

	spin_lock(&s->lock);
	fence = dma_fence_get(s->last[i]);
	spin_unlock(&s->lock);
	return fence;
}

static void remember(struct stress *s, unsigned int i, struct dma_fence *fence)
{
	struct dma_fence *old;

	spin_lock(&s->lock);
	old = s->last[i];
	s->last[i] = fence;
	spin_unlock(&s->lock);
	dma_fence_put(old);
}

static bool is_any(struct stress *s, unsigned int i)
{
	return s->ring[i]->queue.flags & DRM_JOBQUEUE_RUN_ANY_CONTEXT;
}

/*
 * A gang on @to and the rings behind it, one of whose jobs has dependencies. A queue
 * that runs jobs in any context comes first.
 */
static void stress_gang(struct stress *s, struct rnd_state *rnd,
			unsigned int to)
{
	unsigned int r = prandom_u32_state(rnd), n = 2 + r % 2, i;
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	unsigned int on[JQ_GANG_RINGS];
	struct jq_gang gang;

	for (i = 0; i < n; i++) {
		on[i] = (to + i) % RINGS;
		if (is_any(s, on[i]) && !is_any(s, on[0]))
			swap(on[0], on[i]);
	}
	for (i = 0; i < n; i++)
		rings[i] = s->ring[on[i]];
	if (!jq_gang_try(&gang, rings, n, (r >> 4) % 5)) {
		atomic_inc(&s->bad);
		return;
	}
	for (i = 0; i < (r >> 8) % 3; i++) {
		unsigned int from = prandom_u32_state(rnd) % RINGS;

		if (drm_jobqueue_job_add_dep(&gang.job[(r >> 12) % n]->base,
					     some_fence(s, from)))
			atomic_inc(&s->bad);
	}
	jq_gang_arm(&gang);
	if ((r >> 16) % 16)
		drm_jobqueue_gang_push(jq_gang_first(&gang));
	else
		drm_jobqueue_gang_abort(jq_gang_first(&gang), -EAGAIN);
	for (i = 0; i < n; i++)
		remember(s, on[i], gang.fence[i]);
}

static void stress_one(struct stress *s, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);
	unsigned int to = r % RINGS, ndeps = (r >> 8) % 4, i;
	struct jq_mock_job *job;

	job = jq_mock_job_try(s->ring[to], (r >> 16) % 5);
	if (IS_ERR(job)) {
		atomic_inc(&s->bad);
		return;
	}
	for (i = 0; i < ndeps; i++) {
		unsigned int from = prandom_u32_state(rnd) % RINGS;

		if (drm_jobqueue_job_add_dep(&job->base, some_fence(s, from)))
			atomic_inc(&s->bad);
	}
	if ((r >> 20) % 16 == 0) {
		drm_jobqueue_job_put(&job->base);
	} else if ((r >> 20) % 16 == 1) {
		drm_jobqueue_job_arm(&job->base);
		drm_jobqueue_job_abort(&job->base, -EAGAIN);
	} else {
		remember(s, to, jq_mock_submit(job));
		if ((r >> 20) % 16 < 5)
			stress_gang(s, rnd, to);
	}
	if (s->kill && (r >> 24) == 0)
		drm_jobqueue_kill(&s->ring[to]->queue, -ECANCELED);
	if ((r >> 24) == 1) {
		drm_jobqueue_stop(&s->ring[to]->queue);
		drm_jobqueue_start(&s->ring[to]->queue);
	}
}

static int stress_main(void *data)
{
	struct stress_thread *thread = data;
	unsigned int i;

	for (i = 0; i < jobs_param; i++) {
		stress_one(thread->stress, &thread->rnd);
		cond_resched();
	}
	complete(&thread->done);
	return 0;
}

static void stress_rings(struct kunit *test, struct stress *s)
{
	static const enum jq_mock_mode modes[RINGS] = {
		JQ_MOCK_IN_RUN, JQ_MOCK_HARDIRQ, JQ_MOCK_SOFTIRQ,
		JQ_MOCK_THREAD, JQ_MOCK_HARDIRQ, JQ_MOCK_IN_RUN,
	};
	static const u32 flags[RINGS] = {
		DRM_JOBQUEUE_RUN_ANY_CONTEXT | DRM_JOBQUEUE_FREE_ANY_CONTEXT,
		DRM_JOBQUEUE_RUN_ANY_CONTEXT | DRM_JOBQUEUE_FREE_ANY_CONTEXT,
		DRM_JOBQUEUE_RUN_INLINE,
		0,
		DRM_JOBQUEUE_RUN_ANY_CONTEXT,
		DRM_JOBQUEUE_PROPAGATE_ERRORS,
	};
	int i;

	for (i = 0; i < RINGS; i++)
		s->ring[i] = jq_mock_ring_create(test, modes[i], 4 + i,
						 flags[i], 1000 * HZ);
}

static void stress_run(struct kunit *test, bool kill)
{
	u64 seed = jq_race_seed(test);
	struct stress_thread *threads;
	struct stress *s;
	int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	threads = kunit_kcalloc(test, THREADS, sizeof(*threads), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	spin_lock_init(&s->lock);
	s->kill = kill;
	stress_rings(test, s);

	for (i = 0; i < THREADS; i++) {
		threads[i].stress = s;
		prandom_seed_state(&threads[i].rnd, seed + i);
		init_completion(&threads[i].done);
		threads[i].task = kthread_create(stress_main, &threads[i],
						 "jq-stress-%d", i);
		if (IS_ERR(threads[i].task)) {
			KUNIT_FAIL(test, "no thread");
			complete(&threads[i].done);
			threads[i].task = NULL;
			continue;
		}
		get_task_struct(threads[i].task);
		wake_up_process(threads[i].task);
	}
	for (i = 0; i < THREADS; i++) {
		wait_for_completion(&threads[i].done);
		if (!threads[i].task)
			continue;
		kthread_stop(threads[i].task);
		put_task_struct(threads[i].task);
	}

	for (i = 0; i < RINGS; i++) {
		struct drm_jobqueue *queue = &s->ring[i]->queue;
		struct drm_jobqueue_stats stats;

		KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(queue,
							     jq_mock_patience(test)), 0);
		drm_jobqueue_get_stats(queue, &stats);
		KUNIT_EXPECT_GT(test, stats.armed, 0);
		KUNIT_EXPECT_EQ(test, stats.armed, stats.retired);
		KUNIT_EXPECT_EQ(test, stats.armed,
				stats.run_inline + stats.run_irq +
				stats.run_worker + stats.skipped);
		KUNIT_EXPECT_EQ(test, queue->credits_used, 0);
		jq_mock_expect_order(test, s->ring[i],
				     min(atomic_read(&s->ring[i]->nran),
					 JQ_MOCK_MAX));
		dma_fence_put(s->last[i]);
		jq_mock_ring_put(s->ring[i]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&s->bad), 0);
	KUNIT_EXPECT_GT(test, jq_gang_ran(test), 0);
}

static void race18_soak(struct kunit *test)
{
	stress_run(test, false);
}

static void race18_soak_with_kill(struct kunit *test)
{
	stress_run(test, true);
}

/* Chains that alternate between two queues. */
static void race08_chains_zigzag(struct kunit *test)
{
	struct jq_mock_ring *ring[2];
	struct dma_fence *last = NULL;
	int i;

	for (i = 0; i < 2; i++)
		ring[i] = jq_mock_ring_create(test, i ? JQ_MOCK_SOFTIRQ :
							JQ_MOCK_HARDIRQ,
					      4, DRM_JOBQUEUE_RUN_ANY_CONTEXT,
					      0);
	for (i = 0; i < 1000; i++) {
		struct jq_mock_job *job = jq_mock_job(test, ring[i % 2], 1);

		KUNIT_ASSERT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
							       last), 0);
		last = jq_mock_submit(job);
	}
	jq_mock_expect_signalled(test, last, 0);
	for (i = 0; i < 2; i++) {
		jq_mock_expect_order(test, ring[i], 500);
		jq_mock_ring_put(ring[i]);
	}
}

static struct kunit_case stress_cases[] = {
	KUNIT_CASE_SLOW(race18_soak),
	KUNIT_CASE_SLOW(race18_soak_with_kill),
	KUNIT_CASE(race08_chains_zigzag),
	{}
};

static struct kunit_suite stress_suite = {
	.name = "drm_jobqueue_stress",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = stress_cases,
};

kunit_test_suite(stress_suite);
