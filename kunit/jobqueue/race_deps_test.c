// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: races of dependencies with their registration, between two
 * queues, and with the owner of the fences.
 */

#include <linux/slab.h>

#include "mock.h"
#include "race.h"

#define ROUNDS 60

KUNIT_ARRAY_PARAM_DESC(how, jq_mock_hows, name);

/* --- 2: the last dependency signals during registration -------------------- */

static void race02_signal_between_add_and_push(struct kunit *test)
{
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, how->mode, 1, how->flags, 0);
	struct dma_fence *dep[2], *done;
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	int i;

	for (i = 0; i < 2; i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&job->base,
							 dma_fence_get(dep[i])),
				0);
	}
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 2);
	dma_fence_signal(dep[0]);
	done = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	dma_fence_signal(dep[1]);
	drm_jobqueue_job_push(&job->base);
	jq_mock_expect_signalled(test, done, 0);
	for (i = 0; i < 2; i++)
		dma_fence_put(dep[i]);
}

static bool has_signalled(struct jq_mock_fence *fence)
{
	return false;
}

static bool signal_other(struct jq_mock_fence *fence)
{
	dma_fence_signal(fence->priv);
	return true;
}

/* A dependency signals in its registration. */
static void race02_signal_in_registration(struct kunit *test)
{
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, how->mode, 1, how->flags, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[2], *done;
	int i;

	for (i = 0; i < 2; i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		container_of(dep[i], struct jq_mock_fence, base)->on_enable =
			has_signalled;
		KUNIT_EXPECT_EQ(test,
				drm_jobqueue_job_add_dep(&job->base,
							 dma_fence_get(dep[i])),
				0);
	}
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 2);
	done = jq_mock_submit(job);
	jq_mock_expect_signalled(test, done, 0);
	for (i = 0; i < 2; i++)
		dma_fence_put(dep[i]);
}

/* All registered dependencies have signalled; one is not registered yet. */
static void race02_signal_of_first_in_registration_of_second(struct kunit *test)
{
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, how->mode, 1, how->flags, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	spinlock_t *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	struct dma_fence *dep[2], *done;
	struct jq_mock_fence *second;

	KUNIT_ASSERT_NOT_NULL(test, lock);
	spin_lock_init(lock);
	dep[0] = jq_mock_fence(test, 0, 1);
	dep[1] = jq_mock_fence_locked(test, lock);
	second = container_of(dep[1], struct jq_mock_fence, base);
	second->on_enable = signal_other;
	second->priv = dep[0];
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep[0]));
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep[1]));
	done = jq_mock_submit(job);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(dep[0]));
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
	dma_fence_signal(dep[1]);
	jq_mock_expect_signalled(test, done, 0);
	dma_fence_put(dep[0]);
	dma_fence_put(dep[1]);
}

struct deps_race {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job;
	struct dma_fence *dep[2], *done;
};

static void deps_before(struct kunit *test, void *data)
{
	struct deps_race *r = data;
	int i;

	r->job = jq_mock_job(test, r->ring, 1);
	for (i = 0; i < 2; i++) {
		r->dep[i] = jq_mock_fence(test, 0, 1);
		drm_jobqueue_job_add_dep(&r->job->base,
					 dma_fence_get(r->dep[i]));
	}
}

static void deps_push(void *data)
{
	struct deps_race *r = data;

	r->done = jq_mock_submit(r->job);
}

static void deps_signal_0(void *data)
{
	struct deps_race *r = data;

	dma_fence_signal(r->dep[0]);
}

static void deps_signal_1(void *data)
{
	struct deps_race *r = data;

	dma_fence_signal(r->dep[1]);
}

static void deps_after(struct kunit *test, void *data)
{
	struct deps_race *r = data;

	jq_mock_expect_signalled(test, r->done, 0);
	dma_fence_put(r->dep[0]);
	dma_fence_put(r->dep[1]);
}

static void race02_signal_while_pushing(struct kunit *test)
{
	static const struct jq_race race = {
		.before = deps_before,
		.racers = { deps_push, deps_signal_0, deps_signal_1 },
		.after = deps_after,
	};
	const struct jq_mock_how *how = test->param_value;
	struct deps_race r;

	r.ring = jq_mock_ring_create(test, how->mode, 1, how->flags, 0);
	jq_race_run(test, &race, ROUNDS, &r);
	jq_mock_expect_order(test, r.ring, atomic_read(&r.ring->nran));
}

/* The guess whether a job is the next one may be wrong. */
static void race02_signal_with_wrong_guess(struct kunit *test)
{
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, how->mode, 1, how->flags, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1), *done;
	struct drm_jobqueue_job *next;

	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	done = jq_mock_submit(job);
	jq_mock_settle(test, ring);
	/* Nothing else looks at the queue. */
	local_irq_disable();
	next = ring->queue.next;
	WRITE_ONCE(ring->queue.next, NULL);
	dma_fence_signal(dep);
	WRITE_ONCE(ring->queue.next, next);
	local_irq_enable();
	jq_mock_expect_signalled(test, done, 0);
	dma_fence_put(dep);
}

/* --- 8: two queues that wait for each other's jobs -------------------------- */

#define LINKS 8

struct chain_race {
	struct jq_mock_ring *ring[2];
	struct dma_fence *last;
};

/* A1 <- B1 <- A2 <- B2 ..., all in the rings' queues before the first ends. */
static void chain_before(struct kunit *test, void *data)
{
	struct chain_race *r = data;
	struct dma_fence *start = jq_mock_fence(test, 0, 1);
	int i;

	r->last = dma_fence_get(start);
	for (i = 0; i < LINKS; i++) {
		struct jq_mock_job *job = jq_mock_job(test, r->ring[i % 2], 1);

		drm_jobqueue_job_add_dep(&job->base, r->last);
		r->last = jq_mock_submit(job);
	}
	dma_fence_signal(start);
	dma_fence_put(start);
}

/* Each completes the jobs of its ring until the last job has ended. */
static void chain_complete(struct chain_race *r, int i)
{
	unsigned long end = jiffies + 20 * HZ;

	while (!dma_fence_is_signaled(r->last) && time_before(jiffies, end)) {
		jq_mock_advance(r->ring[i]);
		cond_resched();
	}
}

static void chain_first(void *data)
{
	chain_complete(data, 0);
}

static void chain_second(void *data)
{
	chain_complete(data, 1);
}

static void chain_after(struct kunit *test, void *data)
{
	struct chain_race *r = data;

	jq_mock_expect_signalled(test, r->last, 0);
}

static void race08_two_queues_two_completers(struct kunit *test)
{
	static const struct jq_race race = {
		.before = chain_before,
		.racers = { chain_first, chain_second },
		.after = chain_after,
	};
	static const u32 flags[] = {
		0, DRM_JOBQUEUE_RUN_INLINE, JQ_MOCK_ANY_CONTEXT,
	};
	struct chain_race r;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		for (j = 0; j < 2; j++)
			r.ring[j] = jq_mock_ring_create(test, JQ_MOCK_MANUAL,
							2, flags[i], 0);
		jq_race_run(test, &race, ROUNDS / 10, &r);
		for (j = 0; j < 2; j++)
			jq_mock_expect_order(test, r.ring[j],
					     atomic_read(&r.ring[j]->nran));
	}
}

/* --- 11: a dependency that is freed as early as possible -------------------- */

struct short_lived {
	struct dma_fence base;
	/* Lock that many drivers share between fences and free with the ring. */
	spinlock_t *lock;
	bool *released;
};

static const char *short_lived_name(struct dma_fence *fence)
{
	return "short-lived";
}

/*
 * Frees lock and fence at once, without a grace period: KASAN reports accesses
 * without a reference.
 */
static void short_lived_release(struct dma_fence *base)
{
	struct short_lived *fence =
		container_of(base, struct short_lived, base);

	*fence->released = true;
	kfree(fence->lock);
	kfree(fence);
}

static const struct dma_fence_ops short_lived_ops = {
	.get_driver_name = short_lived_name,
	.get_timeline_name = short_lived_name,
	.release = short_lived_release,
};

static struct dma_fence *short_lived_create(struct kunit *test, bool *released)
{
	struct short_lived *fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	spinlock_t *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fence);
	KUNIT_ASSERT_NOT_NULL(test, lock);
	spin_lock_init(lock);
	fence->lock = lock;
	fence->released = released;
	*released = false;
	dma_fence_init(&fence->base, &short_lived_ops, lock,
		       dma_fence_context_alloc(1), 1);
	return &fence->base;
}

/* The queue has the last reference and puts it when the wait ends. */
static void race11_dep_is_freed_at_once(struct kunit *test)
{
	static const unsigned int counts[] = { 1, 2, 5 };
	const struct jq_mock_how *how = test->param_value;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    how->flags, 0);
	struct dma_fence *dep[5], *done;
	bool released[5];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct jq_mock_job *job = jq_mock_job(test, ring, 1);

		for (j = 0; j < counts[i]; j++) {
			dep[j] = short_lived_create(test, &released[j]);
			drm_jobqueue_job_add_dep(&job->base,
						 dma_fence_get(dep[j]));
		}
		done = jq_mock_submit(job);
		for (j = 0; j < counts[i]; j++) {
			dma_fence_signal(dep[j]);
			dma_fence_put(dep[j]);
		}
		jq_mock_expect_order(test, ring, i + 1);
		/* The job is still in the ring. */
		for (j = 0; j < counts[i]; j++)
			KUNIT_EXPECT_TRUE(test, READ_ONCE(released[j]));
		jq_mock_advance(ring);
		jq_mock_expect_signalled(test, done, 0);
	}
}

static struct kunit_case deps_cases[] = {
	KUNIT_CASE_PARAM(race02_signal_with_wrong_guess, how_gen_params),
	KUNIT_CASE_PARAM(race02_signal_between_add_and_push, how_gen_params),
	KUNIT_CASE_PARAM(race02_signal_in_registration, how_gen_params),
	KUNIT_CASE_PARAM(race02_signal_of_first_in_registration_of_second,
			 how_gen_params),
	KUNIT_CASE_PARAM(race02_signal_while_pushing, how_gen_params),
	KUNIT_CASE(race08_two_queues_two_completers),
	KUNIT_CASE_PARAM(race11_dep_is_freed_at_once, how_gen_params),
	{}
};

static struct kunit_suite deps_suite = {
	.name = "drm_jobqueue_race_deps",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = deps_cases,
};

kunit_test_suite(deps_suite);
