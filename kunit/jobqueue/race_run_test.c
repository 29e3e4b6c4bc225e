// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: races of run() with completion, other pushers, stop and kill.
 */

#include <linux/slab.h>

#include "mock.h"
#include "race.h"

#define ROUNDS 60

KUNIT_ARRAY_PARAM_DESC(how, jq_mock_hows, name);

/* --- 1: the hardware is faster than run() --------------------------------- */

struct fast {
	struct work_struct work;
	struct completion done;
	struct jq_mock_ring *ring;
	struct dma_fence *fence;
	u64 seqno;
	bool signalled;
};

static void fast_work(struct work_struct *work)
{
	struct fast *fast = container_of(work, struct fast, work);

	drm_jobqueue_complete(&fast->ring->queue, fast->seqno, 0);
	complete(&fast->done);
}

/* Another thread completes the job while run() is executing. */
static void complete_elsewhere(struct jq_mock_ring *ring, u64 seqno)
{
	struct fast *fast = ring->priv;

	fast->ring = ring;
	fast->seqno = seqno;
	schedule_work(&fast->work);
	wait_for_completion(&fast->done);
	fast->signalled = dma_fence_is_signaled(fast->fence);
}

static void race01_done_before_run_returns(struct kunit *test)
{
	static const u32 flags[] = { 0, DRM_JOBQUEUE_RUN_INLINE };
	struct fast *fast;
	int i;

	fast = kunit_kzalloc(test, sizeof(*fast), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fast);
	INIT_WORK(&fast->work, fast_work);
	init_completion(&fast->done);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct jq_mock_ring *ring =
			jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1, flags[i],
					    0);
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);

		ring->on_run = complete_elsewhere;
		ring->priv = fast;
		fast->fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
		drm_jobqueue_job_push(&job->base);
		jq_mock_expect_order(test, ring, 1);
		flush_work(&fast->work);
		KUNIT_EXPECT_TRUE(test, fast->signalled);
		jq_mock_expect_signalled(test, fast->fence, 0);
		ring->on_run = NULL;
		ring->mode = JQ_MOCK_IN_RUN;
		jq_mock_expect_signalled(test,
					 jq_mock_submit_one(test, ring, 1), 0);
	}
}

/* The hardware fence has signalled before run() returns it. */
static void race01_hw_fence_signalled_in_run(struct kunit *test)
{
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_HW_FENCE, 1, how->flags, 0);
	struct dma_fence *fence[3];
	int i;

	ring->hw_fence_signalled = true;
	for (i = 0; i < 3; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	for (i = 0; i < 3; i++)
		jq_mock_expect_signalled(test, fence[i], 0);
	jq_mock_expect_order(test, ring, 3);
}

/* --- 3: push, worker and interrupt drain at once ---------------------------- */

#define PUSHED 4

struct push_race {
	struct jq_mock_ring *ring;
	struct rnd_state rnd;
	struct jq_mock_job *job[2][PUSHED];
	struct dma_fence *done[2][PUSHED];
	struct dma_fence *dep;
};

/* Keeps the run token. Only its holder executes this, so the state is its own. */
static void pause_in_run(struct jq_mock_ring *ring, u64 seqno)
{
	struct push_race *r = ring->priv;

	jq_race_pause(&r->rnd);
}

static void push_before(struct kunit *test, void *data)
{
	struct push_race *r = data;
	int i;

	r->dep = jq_mock_fence(test, 0, 1);
	for (i = 0; i < PUSHED; i++) {
		r->job[0][i] = jq_mock_job(test, r->ring, i % 3);
		r->job[1][i] = jq_mock_job(test, r->ring, i % 3);
	}
	drm_jobqueue_job_add_dep(&r->job[0][2]->base, dma_fence_get(r->dep));
}

static void push_all(struct push_race *r, int whose)
{
	int i;

	for (i = 0; i < PUSHED; i++)
		r->done[whose][i] = jq_mock_submit(r->job[whose][i]);
}

static void push_first(void *data)
{
	push_all(data, 0);
}

static void push_second(void *data)
{
	push_all(data, 1);
}

static void push_signal(void *data)
{
	struct push_race *r = data;

	dma_fence_signal(r->dep);
}

static void push_after(struct kunit *test, void *data)
{
	struct push_race *r = data;
	int i;

	for (i = 0; i < PUSHED; i++) {
		jq_mock_expect_signalled(test, r->done[0][i], 0);
		jq_mock_expect_signalled(test, r->done[1][i], 0);
	}
	KUNIT_EXPECT_EQ(test, r->ring->queue.credits_used, 0);
	dma_fence_put(r->dep);
}

static void race03_push_vs_worker_vs_irq(struct kunit *test)
{
	static const struct jq_race race = {
		.before = push_before,
		.racers = { push_first, push_second, push_signal },
		.after = push_after,
	};
	const struct jq_mock_how *how = test->param_value;
	struct push_race *r;

	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	prandom_seed_state(&r->rnd, jq_race_seed(test));
	r->ring = jq_mock_ring_create(test, how->mode, 2, how->flags, 0);
	r->ring->on_run = pause_in_run;
	r->ring->priv = r;
	jq_race_run(test, &race, ROUNDS / 2, r);
	jq_mock_expect_order(test, r->ring, atomic_read(&r->ring->nran));
}

/* A completion while the fences of the previous one are being signalled. */
struct while_signalling {
	struct dma_fence_cb cb;
	struct jq_mock_ring *ring;
	struct dma_fence *second, *third;
	bool second_signalled, third_signalled;
};

static void complete_in_callback(struct dma_fence *fence,
				 struct dma_fence_cb *cb)
{
	struct while_signalling *w =
		container_of(cb, struct while_signalling, cb);

	drm_jobqueue_complete(&w->ring->queue, 3, 0);
	w->second_signalled = dma_fence_is_signaled(w->second);
	w->third_signalled = dma_fence_is_signaled(w->third);
}

static void race03_completion_while_signalling(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct while_signalling w = { .ring = ring };
	struct dma_fence *first = jq_mock_submit_one(test, ring, 1);

	w.second = jq_mock_submit_one(test, ring, 1);
	w.third = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_EQ(test, dma_fence_add_callback(first, &w.cb,
						     complete_in_callback), 0);
	drm_jobqueue_complete(&ring->queue, 2, 0);
	/* The second is in the same batch, and the third behind it. */
	KUNIT_EXPECT_FALSE(test, w.second_signalled);
	KUNIT_EXPECT_FALSE(test, w.third_signalled);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, w.second, 0);
	jq_mock_expect_signalled(test, w.third, 0);
}

#define ORDERED 12

struct order_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job[ORDERED];
	struct dma_fence *done[ORDERED];
	struct dma_fence_cb cb[ORDERED];
	/* Sequence numbers in the order in which the fences signalled. */
	u64 signalled[ORDERED];
	atomic_t nsignalled;
};

static struct order_race *order;

static void order_note(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	int n = atomic_inc_return(&order->nsignalled) - 1;

	if (n < ORDERED)
		order->signalled[n] = fence->seqno;
}

static void order_before(struct kunit *test, void *data)
{
	struct order_race *r = data;
	int i;

	atomic_set(&r->nsignalled, 0);
	for (i = 0; i < ORDERED; i++) {
		r->job[i] = jq_mock_job(test, r->ring, 1);
		drm_jobqueue_job_get(&r->job[i]->base);
		r->done[i] = jq_mock_submit(r->job[i]);
		KUNIT_EXPECT_EQ(test, dma_fence_add_callback(r->done[i],
							     &r->cb[i],
							     order_note), 0);
	}
}

static void order_complete(struct order_race *r, int first)
{
	int i;

	for (i = first; i < ORDERED; i += JQ_RACERS)
		drm_jobqueue_job_complete(&r->job[i]->base, 0);
}

static void order_complete_0(void *data)
{
	order_complete(data, 0);
}

static void order_complete_1(void *data)
{
	order_complete(data, 1);
}

static void order_complete_2(void *data)
{
	order_complete(data, 2);
}

static void order_after(struct kunit *test, void *data)
{
	struct order_race *r = data;
	int i;

	for (i = 0; i < ORDERED; i++) {
		jq_mock_expect_signalled(test, r->done[i], 0);
		drm_jobqueue_job_put(&r->job[i]->base);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&r->nsignalled), ORDERED);
	for (i = 1; i < ORDERED; i++)
		KUNIT_EXPECT_EQ(test, r->signalled[i], r->signalled[i - 1] + 1);
}

/* Three threads complete single jobs, each every third: the order stays. */
static void race03_fences_signal_in_order(struct kunit *test)
{
	static const struct jq_race race = {
		.before = order_before,
		.racers = { order_complete_0, order_complete_1,
			    order_complete_2 },
		.after = order_after,
	};

	order = kunit_kzalloc(test, sizeof(*order), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, order);
	order->ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	jq_race_run(test, &race, ROUNDS, order);
}

/* --- 4: armed by two threads, pushed crosswise, killed in between ----------- */

struct cross_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job[2];
	struct dma_fence *done[2];
	/* The thread has armed its job. */
	atomic_t armed[2];
};

static void cross_before(struct kunit *test, void *data)
{
	struct cross_race *r = data;
	int i;

	r->ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	for (i = 0; i < 2; i++) {
		r->job[i] = jq_mock_job(test, r->ring, 1);
		atomic_set(&r->armed[i], 0);
	}
}

/* The second is armed after the first and pushed at any time. */
static void cross_push(struct cross_race *r, int i)
{
	while (i && !atomic_read(&r->armed[0]))
		cpu_relax();
	r->done[i] = dma_fence_get(drm_jobqueue_job_arm(&r->job[i]->base));
	atomic_set(&r->armed[i], 1);
	while (!i && !atomic_read(&r->armed[1]))
		cpu_relax();
	drm_jobqueue_job_push(&r->job[i]->base);
}

static void cross_first(void *data)
{
	cross_push(data, 0);
}

static void cross_second(void *data)
{
	cross_push(data, 1);
}

static void cross_kill(void *data)
{
	struct cross_race *r = data;

	drm_jobqueue_kill(&r->ring->queue, -EOWNERDEAD);
}

static void cross_after(struct kunit *test, void *data)
{
	struct cross_race *r = data;
	int i, error[2];

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_GT(test, dma_fence_wait_timeout(r->done[i], false,
							     jq_mock_patience(test)),
				0);
		error[i] = r->done[i]->error;
		KUNIT_EXPECT_TRUE(test, !error[i] || error[i] == -EOWNERDEAD);
		dma_fence_put(r->done[i]);
	}
	/* The successor of a killed job was killed. */
	KUNIT_EXPECT_FALSE(test, error[0] && !error[1]);
	KUNIT_EXPECT_EQ(test, atomic_read(&r->ring->nran),
			!error[0] + !error[1]);
	jq_mock_expect_order(test, r->ring, atomic_read(&r->ring->nran));
	jq_mock_ring_put(r->ring);
}

static void race04_push_crosswise_and_kill(struct kunit *test)
{
	static const struct jq_race race = {
		.before = cross_before,
		.racers = { cross_first, cross_second, cross_kill },
		.after = cross_after,
	};
	struct cross_race r;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	jq_race_run(test, &race, ROUNDS, &r);
}

/* --- 5: stop and start against completion and push -------------------------- */

struct stop_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job[4];
	struct dma_fence *done[4];
	/* run() was executing while the queue was stopped. */
	atomic_t bad;
};

static void stop_before(struct kunit *test, void *data)
{
	struct stop_race *r = data;
	int i;

	for (i = 0; i < ARRAY_SIZE(r->job); i++)
		r->job[i] = jq_mock_job(test, r->ring, 1);
}

static void stop_push(void *data)
{
	struct stop_race *r = data;
	int i;

	for (i = 0; i < ARRAY_SIZE(r->job); i++)
		r->done[i] = jq_mock_submit(r->job[i]);
}

static void stop_and_start(void *data)
{
	struct stop_race *r = data;
	int nran, i;

	drm_jobqueue_stop(&r->ring->queue);
	if (atomic_read(&r->ring->inside))
		atomic_inc(&r->bad);
	nran = atomic_read(&r->ring->nran);
	for (i = 0; i < 50; i++)
		cpu_relax();
	if (atomic_read(&r->ring->nran) != nran)
		atomic_inc(&r->bad);
	drm_jobqueue_start(&r->ring->queue);
}

static void stop_after(struct kunit *test, void *data)
{
	struct stop_race *r = data;
	int i;

	for (i = 0; i < ARRAY_SIZE(r->job); i++)
		jq_mock_expect_signalled(test, r->done[i], 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&r->bad), 0);
	KUNIT_EXPECT_EQ(test, r->ring->queue.stopped, 0);
}

static void race05_stop_and_start_vs_completion(struct kunit *test)
{
	static const struct jq_race race = {
		.before = stop_before,
		.racers = { stop_push, stop_and_start, stop_and_start },
		.after = stop_after,
	};
	const struct jq_mock_how *how = test->param_value;
	struct stop_race r = {};

	r.ring = jq_mock_ring_create(test, how->mode, 2, how->flags, 0);
	jq_race_run(test, &race, ROUNDS / 2, &r);
	jq_mock_expect_order(test, r.ring, atomic_read(&r.ring->nran));
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(race01_done_before_run_returns),
	KUNIT_CASE_PARAM(race01_hw_fence_signalled_in_run, how_gen_params),
	KUNIT_CASE_PARAM(race03_push_vs_worker_vs_irq, how_gen_params),
	KUNIT_CASE(race03_completion_while_signalling),
	KUNIT_CASE(race03_fences_signal_in_order),
	KUNIT_CASE(race04_push_crosswise_and_kill),
	KUNIT_CASE_PARAM(race05_stop_and_start_vs_completion, how_gen_params),
	{}
};

static struct kunit_suite run_suite = {
	.name = "drm_jobqueue_race_run",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = run_cases,
};

kunit_test_suite(run_suite);
