// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: rings that wait for each other, by many threads at once. The
 * device checks each job when it runs and when its fence signals.
 */

#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "mock.h"
#include "native/hw.h"
#include "race.h"

#define THREADS 3
#define RINGS 5
#define JOBS 600

struct soak {
	struct jq_hw *hw;
	struct jq_hw_ring *ring[RINGS];
	struct dma_fence *last[RINGS];
	/* Protects @last. */
	spinlock_t lock;
	/* Serialises resets: a ring is emptied by one thread at a time. */
	struct mutex reset;
	atomic_t bad;
	bool kill;
};

struct soak_thread {
	struct soak *soak;
	struct task_struct *task;
	struct completion done;
	struct rnd_state rnd;
};

static const u32 ring_flags[RINGS] = {
	DRM_JOBQUEUE_RUN_ANY_CONTEXT | DRM_JOBQUEUE_FREE_ANY_CONTEXT,
	DRM_JOBQUEUE_RUN_ANY_CONTEXT,
	DRM_JOBQUEUE_RUN_INLINE,
	0,
	DRM_JOBQUEUE_RUN_ANY_CONTEXT | DRM_JOBQUEUE_FREE_ANY_CONTEXT,
};

static struct dma_fence *last_of(struct soak *s, unsigned int i)
{
	struct dma_fence *fence;

	spin_lock(&s->lock);
	fence = dma_fence_get(s->last[i]);
	spin_unlock(&s->lock);
	return fence;
}

static void remember(struct soak *s, unsigned int i, struct dma_fence *fence)
{
	struct dma_fence *old;

	spin_lock(&s->lock);
	old = s->last[i];
	s->last[i] = fence;
	spin_unlock(&s->lock);
	dma_fence_put(old);
}

/*
 * A reset of the device: stop all, empty the rings, run again what was in them,
 * start in another order.
 */
static void reset(struct soak *s)
{
	unsigned int i;

	mutex_lock(&s->reset);
	for (i = 0; i < RINGS; i++)
		drm_jobqueue_stop(&s->ring[i]->queue);
	jq_hw_sync(s->hw);
	for (i = 0; i < RINGS; i++)
		jq_hw_clear(s->ring[i]);
	for (i = RINGS; i--; )
		drm_jobqueue_requeue(&s->ring[i]->queue);
	for (i = RINGS; i--; )
		drm_jobqueue_start(&s->ring[i]->queue);
	irq_work_queue(&s->hw->irq_work);
	mutex_unlock(&s->reset);
}

static void soak_one(struct soak *s, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);
	unsigned int to = r % RINGS, ndeps = (r >> 8) % (JQ_HW_DEPS + 1), i;
	struct jq_hw_job *job = jq_hw_job(s->ring[to]);
	struct dma_fence *fence;

	if (!job) {
		atomic_inc(&s->bad);
		return;
	}
	for (i = 0; i < ndeps; i++) {
		fence = last_of(s, prandom_u32_state(rnd) % RINGS);
		if (jq_hw_dep(job, fence))
			atomic_inc(&s->bad);
		dma_fence_put(fence);
	}
	if ((r >> 16) % 16 == 0) {
		drm_jobqueue_job_put(&job->base);
	} else if ((r >> 16) % 16 == 1) {
		dma_fence_put(jq_hw_arm(job));
		drm_jobqueue_job_abort(&job->base, -EAGAIN);
	} else {
		fence = jq_hw_arm(job);
		drm_jobqueue_job_push(&job->base);
		remember(s, to, fence);
	}
	if ((r >> 20) % 8 == 1)
		irq_work_queue(&s->hw->irq_work);
	if ((r >> 20) % 64 == 0)
		reset(s);
	if (s->kill && (r >> 20) == 1) {
		mutex_lock(&s->reset);
		jq_hw_give_up(s->ring[to]);
		mutex_unlock(&s->reset);
	}
}

static int soak_main(void *data)
{
	struct soak_thread *thread = data;
	unsigned int i;

	for (i = 0; i < JOBS; i++) {
		soak_one(thread->soak, &thread->rnd);
		cond_resched();
	}
	complete(&thread->done);
	return 0;
}

static void soak_threads(struct kunit *test, struct soak *s)
{
	u64 seed = jq_race_seed(test);
	struct soak_thread *threads;
	int i;

	threads = kunit_kcalloc(test, THREADS, sizeof(*threads), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < THREADS; i++) {
		threads[i].soak = s;
		prandom_seed_state(&threads[i].rnd, seed + i);
		init_completion(&threads[i].done);
		threads[i].task = kthread_create(soak_main, &threads[i],
						 "jq-native-%d", i);
		if (IS_ERR(threads[i].task)) {
			KUNIT_FAIL(test, "no thread");
			threads[i].task = NULL;
			continue;
		}
		get_task_struct(threads[i].task);
		wake_up_process(threads[i].task);
	}
	for (i = 0; i < THREADS; i++) {
		if (!threads[i].task)
			continue;
		wait_for_completion(&threads[i].done);
		kthread_stop(threads[i].task);
		put_task_struct(threads[i].task);
	}
}

/* The hardware has to be asked to go on. */
static bool wait_idle(struct kunit *test, struct jq_hw *hw,
		      struct drm_jobqueue *queue)
{
	unsigned long end = jiffies + jq_mock_patience(test);

	do {
		irq_work_queue(&hw->irq_work);
		if (drm_jobqueue_wait_idle(queue, HZ / 50) > 0)
			return true;
	} while (time_before(jiffies, end));
	return false;
}

static void soak_run(struct kunit *test, bool kill)
{
	struct jq_hw *hw = test->priv;
	struct soak *s;
	unsigned int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->hw = hw;
	s->kill = kill;
	hw->automatic = true;
	spin_lock_init(&s->lock);
	mutex_init(&s->reset);
	for (i = 0; i < RINGS; i++) {
		s->ring[i] = jq_hw_ring(test, 4 + i, ring_flags[i], 1000 * HZ);
		s->ring[i]->declines = i == 1;
	}
	soak_threads(test, s);
	for (i = 0; i < RINGS; i++) {
		struct drm_jobqueue *queue = &s->ring[i]->queue;
		struct drm_jobqueue_stats stats;

		KUNIT_EXPECT_TRUE(test, wait_idle(test, hw, queue));
		drm_jobqueue_get_stats(queue, &stats);
		KUNIT_EXPECT_GT(test, stats.armed, 0);
		KUNIT_EXPECT_EQ(test, stats.armed, stats.retired);
		KUNIT_EXPECT_EQ(test, queue->credits_used, 0);
		KUNIT_EXPECT_TRUE(test,
				  RB_EMPTY_ROOT(&queue->submit_waits.rb_root));
	}
	/* Otherwise nothing was tried. */
	KUNIT_EXPECT_GT(test, atomic_read(&hw->nwaits), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->bad), 0);
	kunit_info(test, "%d waits of rings", atomic_read(&hw->nwaits));
	for (i = 0; i < RINGS; i++) {
		dma_fence_put(s->last[i]);
		drm_jobqueue_put(&s->ring[i]->queue);
	}
}

static void native_soak(struct kunit *test)
{
	soak_run(test, false);
}

static void native_soak_with_kill(struct kunit *test)
{
	soak_run(test, true);
}

/* Two rings, each of whose jobs waits for the last one of the other. */
static void native_zigzag(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_ring *ring[2];
	struct dma_fence *last = NULL, *fence;
	unsigned int i;

	for (i = 0; i < 2; i++)
		ring[i] = jq_hw_ring(test, 8, ring_flags[i], 0);
	for (i = 0; i < 1000; i++) {
		fence = jq_hw_submit(test, ring[i % 2], last);
		dma_fence_put(last);
		last = fence;
		/* Eight are in each ring, and wait for each other. */
		if (i % 16 == 15) {
			jq_hw_settle(hw);
			KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 16);
		}
	}
	jq_hw_settle(hw);
	jq_hw_execute(hw);
	jq_hw_expect(test, last, 0);
	KUNIT_EXPECT_GE(test, atomic_read(&hw->nwaits), 900);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&ring[i]->nran), 500);
		drm_jobqueue_put(&ring[i]->queue);
	}
}

static struct kunit_case native_race_cases[] = {
	KUNIT_CASE_SLOW(native_soak),
	KUNIT_CASE_SLOW(native_soak_with_kill),
	KUNIT_CASE(native_zigzag),
	{}
};

static struct kunit_suite native_race_suite = {
	.name = "drm_jobqueue_native_race",
	.init = jq_hw_init,
	.exit = jq_hw_exit,
	.test_cases = native_race_cases,
};

kunit_test_suite(native_race_suite);
