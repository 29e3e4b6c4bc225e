// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: kill, stop and start, requeue, idle, teardown.
 */

#include <linux/kthread.h>

#include "mock.h"
#include "base/fence.h"
#include "../compat/dma_fence.h"

static void kill_keeps_order(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct jq_mock_job *waits = jq_mock_job(test, ring, 1);
	struct dma_fence *in_ring, *blocked, *behind;
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);

	drm_jobqueue_job_add_dep(&waits->base, dma_fence_get(dep));
	in_ring = jq_mock_submit_one(test, ring, 1);
	blocked = jq_mock_submit(waits);
	behind = jq_mock_submit_one(test, ring, 1);

	drm_jobqueue_kill(&ring->queue, -ECANCELED);
	KUNIT_EXPECT_TRUE(test, drm_jobqueue_is_killed(&ring->queue));
	jq_mock_settle(test, ring);
	/* Neither before the dependency nor before the predecessor. */
	jq_mock_expect_pending(test, in_ring);
	jq_mock_expect_pending(test, blocked);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, in_ring, 0);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, blocked);
	jq_mock_expect_pending(test, behind);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_expect_signalled(test, blocked, -ECANCELED);
	jq_mock_expect_signalled(test, behind, -ECANCELED);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
}

static void kill_with_jobs_in_ring(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2, 0, 0);
	struct dma_fence *fence[4];
	int i;

	for (i = 0; i < 4; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	jq_mock_expect_order(test, ring, 2);
	drm_jobqueue_kill(&ring->queue, -ENODEV);
	/* The second kill does not count. */
	drm_jobqueue_kill(&ring->queue, -EIO);
	drm_jobqueue_complete_all(&ring->queue, -ETIME);
	jq_mock_expect_signalled(test, fence[0], -ETIME);
	jq_mock_expect_signalled(test, fence[1], -ETIME);
	jq_mock_expect_signalled(test, fence[2], -ENODEV);
	jq_mock_expect_signalled(test, fence[3], -ENODEV);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
}

static void race13_push_after_kill(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS, 0, 0);
	struct jq_mock_job *armed = jq_mock_job(test, ring, 1);
	struct dma_fence *fence;

	fence = dma_fence_get(drm_jobqueue_job_arm(&armed->base));
	drm_jobqueue_kill(&ring->queue, -ECANCELED);
	drm_jobqueue_job_push(&armed->base);
	jq_mock_expect_signalled(test, fence, -ECANCELED);
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1),
				 -ECANCELED);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);
}

static void kill_thousands(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1, 0, 0);
	struct dma_fence *first, *last = NULL;
	int i;

	first = jq_mock_submit_one(test, ring, 1);
	for (i = 0; i < 3000; i++) {
		dma_fence_put(last);
		last = jq_mock_submit_one(test, ring, 1);
	}
	jq_mock_expect_order(test, ring, 1);
	drm_jobqueue_kill(&ring->queue, -ECANCELED);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, first, 0);
	jq_mock_expect_signalled(test, last, -ECANCELED);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
}

static void race05_stops_nest(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *before, *during;

	before = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_stop(&ring->queue);
	during = jq_mock_submit_one(test, ring, 1);
	/* Jobs in the ring may complete. */
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, before, 0);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
	drm_jobqueue_start(&ring->queue);
	jq_mock_expect_order(test, ring, 2);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, during, 0);
}

struct slow_run {
	struct completion stopping;
	struct completion stopped;
	struct completion entered;
	struct completion go;
};

static void run_slowly(struct jq_mock_ring *ring, u64 seqno)
{
	struct slow_run *slow = ring->priv;

	complete(&slow->entered);
	wait_for_completion(&slow->go);
}

static int stop_thread(void *data)
{
	struct jq_mock_ring *ring = data;
	struct slow_run *slow = ring->priv;

	complete(&slow->stopping);
	drm_jobqueue_stop(&ring->queue);
	complete(&slow->stopped);
	return 0;
}

/* Stop() while run() sleeps. */
static void race05_stop_waits_for_run(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS, 0, 0);
	struct task_struct *stopper;
	struct dma_fence *fence[2];
	struct slow_run slow;

	init_completion(&slow.stopping);
	init_completion(&slow.stopped);
	init_completion(&slow.entered);
	init_completion(&slow.go);
	ring->on_run = run_slowly;
	ring->priv = &slow;
	fence[0] = jq_mock_submit_one(test, ring, 1);
	fence[1] = jq_mock_submit_one(test, ring, 1);
	wait_for_completion(&slow.entered);

	stopper = kthread_run(stop_thread, ring, "jq-stop");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, stopper);
	wait_for_completion(&slow.stopping);
	while (!READ_ONCE(ring->queue.stopped))
		cond_resched();
	KUNIT_EXPECT_FALSE(test, completion_done(&slow.stopped));
	complete(&slow.go);
	wait_for_completion(&slow.stopped);
	KUNIT_EXPECT_FALSE(test, ring->queue.running);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 1);
	complete_all(&slow.go);
	drm_jobqueue_start(&ring->queue);
	jq_mock_expect_order(test, ring, 2);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_signalled(test, fence[1], 0);
}

static int arm_and_push_thread(void *data)
{
	struct jq_mock_job *job = data;

	drm_jobqueue_job_arm(&job->base);
	drm_jobqueue_job_push(&job->base);
	return 0;
}

/* Stop() while run() sleeps in a push. */
static void race05_stop_waits_for_push(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS,
				    DRM_JOBQUEUE_RUN_INLINE, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct task_struct *stopper, *pusher;
	struct dma_fence *fence;
	struct slow_run slow;

	init_completion(&slow.stopping);
	init_completion(&slow.stopped);
	init_completion(&slow.entered);
	init_completion(&slow.go);
	ring->on_run = run_slowly;
	ring->priv = &slow;
	pusher = kthread_run(arm_and_push_thread, job, "jq-push");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pusher);
	wait_for_completion(&slow.entered);
	fence = dma_fence_get(drm_jobqueue_job_fence(&job->base));
	stopper = kthread_run(stop_thread, ring, "jq-stop");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, stopper);
	wait_for_completion(&slow.stopping);
	/* It sleeps in stop() by then, most likely. */
	schedule_timeout_uninterruptible(HZ / 20);
	KUNIT_EXPECT_FALSE(test, completion_done(&slow.stopped));
	complete(&slow.go);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &slow.stopped));
	drm_jobqueue_start(&ring->queue);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence, 0);
}

static void iterates_in_flight(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct drm_jobqueue_job *job = NULL;
	u64 expect = 2;
	int i;

	for (i = 0; i < 4; i++)
		dma_fence_put(jq_mock_submit_one(test, ring, 1));
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	while ((job = drm_jobqueue_next_inflight(&ring->queue, job))) {
		KUNIT_EXPECT_EQ(test, drm_jobqueue_job_seqno(job), expect++);
		/* Completed during the iteration. */
		if (expect == 4)
			drm_jobqueue_complete(&ring->queue, 3, 0);
	}
	KUNIT_EXPECT_EQ(test, expect, 5);
	drm_jobqueue_start(&ring->queue);
	jq_mock_advance(ring);
}

/* Requeue, then a completion from before the reset. */
static void race17_requeue_with_stale_completion(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	static const u64 expect[] = { 1, 2, 3, 4, 2, 4, 5 };
	struct jq_mock_job *job[5];
	struct dma_fence *fence[5];
	int i;

	for (i = 0; i < 5; i++)
		job[i] = jq_mock_job(test, ring, 1);
	for (i = 0; i < 4; i++)
		fence[i] = jq_mock_submit(job[i]);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	/* Done, but behind a job that is not. */
	drm_jobqueue_job_complete(&job[2]->base, 0);

	drm_jobqueue_stop(&ring->queue);
	fence[4] = jq_mock_submit(job[4]);
	drm_jobqueue_requeue(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
	/* A stale interrupt: these jobs are not in the ring. */
	drm_jobqueue_complete(&ring->queue, 4, 0);
	jq_mock_expect_pending(test, fence[1]);
	drm_jobqueue_start(&ring->queue);

	jq_mock_settle(test, ring);
	KUNIT_ASSERT_EQ(test, atomic_read(&ring->nran), ARRAY_SIZE(expect));
	for (i = 0; i < ARRAY_SIZE(expect); i++)
		KUNIT_EXPECT_EQ(test, ring->ran[i], expect[i]);
	jq_mock_expect_pending(test, fence[2]);
	jq_mock_advance(ring);
	for (i = 0; i < 5; i++)
		jq_mock_expect_signalled(test, fence[i], 0);
	KUNIT_EXPECT_EQ(test, ring->queue.credits_used, 0);
}

static void race17_requeue_with_stale_hw_fence(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_HW_FENCE);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);
	struct dma_fence *lost = dma_fence_get(ring->hw_fence);

	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
	/* The fence from before the reset has no effect. */
	dma_fence_signal(lost);
	dma_fence_put(lost);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, fence);
	dma_fence_signal(ring->hw_fence);
	jq_mock_expect_signalled(test, fence, 0);
}

/* A hardware fence signals behind a pending one: the job does not rerun. */
static void race17_requeue_behind_undone_hw_fence(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_HW_FENCE);
	struct dma_fence *done[2];

	done[0] = jq_mock_submit_one(test, ring, 1);
	done[1] = jq_mock_submit_one(test, ring, 1);
	dma_fence_signal(ring->hw_fence);
	jq_mock_settle(test, ring);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 3);
	dma_fence_signal(ring->hw_fence);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
}

/* Aborted jobs, with few and with many dependencies, are skipped again. */
static void requeue_of_skipped(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *fence[3], *dep[3];
	struct jq_mock_job *job;
	int i, j;

	for (i = 0; i < 3; i++)
		dep[i] = jq_mock_fence(test, 0, 1);
	fence[0] = jq_mock_submit_one(test, ring, 1);
	for (j = 1; j < 3; j++) {
		job = jq_mock_job(test, ring, 1);
		for (i = 0; i < (j == 1 ? 1 : 3); i++)
			drm_jobqueue_job_add_dep(&job->base,
						 dma_fence_get(dep[i]));
		fence[j] = dma_fence_get(drm_jobqueue_job_arm(&job->base));
		drm_jobqueue_job_abort(&job->base, -EIO);
	}
	for (i = 0; i < 3; i++) {
		dma_fence_signal(dep[i]);
		dma_fence_put(dep[i]);
	}
	jq_mock_settle(test, ring);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_requeue(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	for (j = 0; j < 3; j++)
		jq_mock_expect_pending(test, fence[j]);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence[0], 0);
	jq_mock_expect_signalled(test, fence[1], -EIO);
	jq_mock_expect_signalled(test, fence[2], -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 2);
}

/* complete_all() of a job whose hardware fence has not signalled. */
static void complete_all_with_hw_fence(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_HW_FENCE);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);
	struct dma_fence *hw = dma_fence_get(ring->hw_fence);

	drm_jobqueue_complete_all(&ring->queue, -ENODEV);
	jq_mock_expect_signalled(test, fence, -ENODEV);
	jq_mock_ring_put(ring);
	/* Job and queue have ended, and the fence may still signal. */
	dma_fence_signal(hw);
	dma_fence_put(hw);
}

static void idle_means_signalled(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, JQ_MOCK_CREDITS, 0, 0);
	struct dma_fence *fence;

	KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(&ring->queue, 1), 0);
	fence = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_wait_idle(&ring->queue, 1), 0);
	jq_mock_expect_order(test, ring, 1);
	drm_jobqueue_get(&ring->queue);
	schedule_work(&ring->work);
	KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(&ring->queue,
						     jq_mock_patience(test)), 0);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	dma_fence_put(fence);
}

/* The last reference of the driver drops while a job is blocked. */
static void race10_dep_that_never_signals(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct dma_fence *fence;

	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	fence = jq_mock_submit(job);
	drm_jobqueue_kill(&ring->queue, -ECANCELED);
	jq_mock_settle(test, ring);
	jq_mock_ring_put(ring);
	jq_mock_expect_pending(test, fence);
	/* From here on only the job refers to the queue. */
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_expect_signalled(test, fence, -ECANCELED);
}

/* Names of a fence after the release of queue and group. */
/* A fence that has forgotten its operations is not asked for names. */
static void expect_names(struct kunit *test, struct dma_fence *fence,
			 const char *device)
{
	const struct dma_fence_ops *ops = compat_dma_fence_ops(fence);

	if (!ops)
		return;
	KUNIT_EXPECT_STREQ(test, ops->get_driver_name(fence), device);
	KUNIT_EXPECT_STREQ(test, ops->get_timeline_name(fence), "ring");
}

/*
 * Where compat/dma_fence.h says so, and only there, a done fence forgets its operations
 * when it signals, whether its job ran or was skipped, and not before.
 */
static void fence_forgets_module(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *ran = jq_mock_submit_one(test, ring, 1);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *skipped;

	skipped = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	KUNIT_EXPECT_NOT_NULL(test, compat_dma_fence_ops(ran));
	KUNIT_EXPECT_NOT_NULL(test, compat_dma_fence_ops(skipped));
	drm_jobqueue_job_abort(&job->base, -ECANCELED);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(ran));
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(skipped));
	KUNIT_EXPECT_EQ(test, !compat_dma_fence_ops(ran), COMPAT_DMA_FENCE_DETACHES);
	KUNIT_EXPECT_EQ(test, !compat_dma_fence_ops(skipped), COMPAT_DMA_FENCE_DETACHES);
	/* These put the fences. */
	jq_mock_expect_signalled(test, ran, 0);
	jq_mock_expect_signalled(test, skipped, -ECANCELED);
}

/* Queues of the device are in a group of their own, "short-lived". Ended by group_end(). */
static struct drm_jobqueue_group *group_begin(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "short-lived" };
	struct jq_mock_dev *dev = test->priv;
	struct drm_jobqueue_group *group;

	group = kunit_kzalloc(test, sizeof(*group), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, group);
	KUNIT_ASSERT_EQ(test, drm_jobqueue_group_init(group, &args), 0);
	swap(*group, dev->group);
	INIT_LIST_HEAD(&group->queues);
	INIT_LIST_HEAD(&dev->group.queues);
	return group;
}

/* Waits until all queues of the group are released. */
static void group_end(struct kunit *test, struct drm_jobqueue_group *group)
{
	struct jq_mock_dev *dev = test->priv;

	drm_jobqueue_group_fini(&dev->group);
	swap(*group, dev->group);
	INIT_LIST_HEAD(&dev->group.queues);
}

static void race12_names_outlive_the_queue(struct kunit *test)
{
	struct drm_jobqueue_group *group = group_begin(test);
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct dma_fence *fence = jq_mock_submit_one(test, ring, 1);

	jq_mock_ring_put(ring);
	group_end(test, group);

	expect_names(test, fence, "short-lived");
	dma_fence_set_deadline(fence, ktime_get());
	KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(fence));
	dma_fence_put(fence);
}

/* The fence of a job that ends without being armed has names as long as it lives. */
static void race12_names_of_unarmed_fence(struct kunit *test)
{
	struct drm_jobqueue_group *group = group_begin(test);
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *fence = dma_fence_get(&job->base.fence->base);

	drm_jobqueue_job_put(&job->base);
	jq_mock_ring_put(ring);
	group_end(test, group);

	KUNIT_EXPECT_NOT_NULL(test, compat_dma_fence_ops(fence));
	expect_names(test, fence, "short-lived");
	dma_fence_set_deadline(fence, ktime_get());
	dma_fence_put(fence);
}

static void rejects_invalid_args(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, JQ_MOCK_CREDITS, 0, 0);
	const struct drm_jobqueue_args good = {
		.group = &dev->group,
		.ops = ring->queue.ops,
		.name = "nonsense",
		.credits = 1,
	};
	struct drm_jobqueue_args bad[6];
	struct drm_jobqueue *queue;
	struct drm_jobqueue_ops ops = *ring->queue.ops;
	int i;

	queue = kunit_kzalloc(test, sizeof(*queue), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, queue);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = good;
	bad[0].group = NULL;
	bad[1].ops = NULL;
	bad[2].name = NULL;
	bad[3].credits = 0;
	ops.timedout = NULL;
	bad[4].ops = &ops;
	bad[4].timeout = HZ;
	bad[5].flags = BIT(31);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, drm_jobqueue_init(queue, &bad[i]),
				    -EINVAL, "bad arguments %d", i);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(kill_keeps_order),
	KUNIT_CASE(kill_with_jobs_in_ring),
	KUNIT_CASE(race13_push_after_kill),
	KUNIT_CASE(kill_thousands),
	KUNIT_CASE(race05_stops_nest),
	KUNIT_CASE(race05_stop_waits_for_run),
	KUNIT_CASE(race05_stop_waits_for_push),
	KUNIT_CASE(iterates_in_flight),
	KUNIT_CASE(race17_requeue_with_stale_completion),
	KUNIT_CASE(race17_requeue_with_stale_hw_fence),
	KUNIT_CASE(race17_requeue_behind_undone_hw_fence),
	KUNIT_CASE(requeue_of_skipped),
	KUNIT_CASE(complete_all_with_hw_fence),
	KUNIT_CASE(idle_means_signalled),
	KUNIT_CASE(race10_dep_that_never_signals),
	KUNIT_CASE(race12_names_outlive_the_queue),
	KUNIT_CASE(fence_forgets_module),
	KUNIT_CASE(race12_names_of_unarmed_fence),
	KUNIT_CASE(rejects_invalid_args),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "drm_jobqueue_queue",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
