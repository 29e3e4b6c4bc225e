// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: 32-bit completion, limit of jobs, error of a queue, calls, and the
 * wait for fences to be freed.
 */

#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "base/fence.h"
#include "mock.h"
#include "../compat/dma_fence.h"

/* As if that many jobs had run. */
static void forward_to(struct jq_mock_ring *ring, u64 seqno)
{
	spin_lock_irq(&ring->queue.lock);
	ring->queue.seqno = seqno;
	ring->queue.last_run = seqno;
	ring->queue.completed = seqno;
	spin_unlock_irq(&ring->queue.lock);
}

static void completes_by_32_bits(struct kunit *test)
{
	static const u64 begin[] = { 0, U32_MAX - 2ULL, 5 * BIT_ULL(32) - 3 };
	int i, j;

	for (i = 0; i < ARRAY_SIZE(begin); i++) {
		struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
		struct dma_fence *fence[6];

		forward_to(ring, begin[i]);
		for (j = 0; j < 6; j++)
			fence[j] = jq_mock_submit_one(test, ring, 1);
		drm_jobqueue_complete_u32(&ring->queue, begin[i] + 4, -EIO);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_completed(&ring->queue),
				begin[i] + 4);
		for (j = 0; j < 4; j++)
			jq_mock_expect_signalled(test, fence[j],
						 j == 3 ? -EIO : 0);
		/* Stale, not run yet, and more than 2^31 ahead. */
		drm_jobqueue_complete_u32(&ring->queue, begin[i] + 2, 0);
		drm_jobqueue_complete_u32(&ring->queue, begin[i] + 7, 0);
		drm_jobqueue_complete_u32(&ring->queue,
					  begin[i] + 4 + BIT(31), 0);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_completed(&ring->queue),
				begin[i] + 4);
		jq_mock_expect_pending(test, fence[4]);
		drm_jobqueue_complete_u32(&ring->queue, begin[i] + 6, 0);
		jq_mock_expect_signalled(test, fence[4], 0);
		jq_mock_expect_signalled(test, fence[5], 0);
	}
}

static void jobs_are_limited(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_ring *ring;
	struct jq_mock_job *prepared;
	struct dma_fence *fence[3];
	int i;

	dev->max_jobs = 4;
	ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
				   JQ_MOCK_ANY_CONTEXT, 0);
	prepared = jq_mock_job(test, ring, 0);
	for (i = 0; i < 3; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(jq_mock_job_try(ring, 1)), -EAGAIN);
	/* A dropped job makes space, and so does a retired job. */
	drm_jobqueue_job_put(&prepared->base);
	prepared = jq_mock_job(test, ring, 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(jq_mock_job_try(ring, 1)), -EAGAIN);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence[0], 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_wait_space(&ring->queue), 0);
	drm_jobqueue_job_put(&jq_mock_job(test, ring, 0)->base);
	drm_jobqueue_job_put(&prepared->base);
	jq_mock_advance(ring);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, fence[1], 0);
	jq_mock_expect_signalled(test, fence[2], 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->queue.njobs), 0);
}

struct waiter {
	struct jq_mock_ring *ring;
	struct completion done;
};

static int wait_thread(void *data)
{
	struct waiter *waiter = data;

	drm_jobqueue_wait_space(&waiter->ring->queue);
	complete(&waiter->done);
	return 0;
}

/* A submitter sleeps until a job has retired or was dropped. */
static void waits_for_space(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_job *job;
	struct dma_fence *fence;
	struct waiter waiter;
	int i;

	dev->max_jobs = 1;
	waiter.ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	for (i = 0; i < 2; i++) {
		job = jq_mock_job(test, waiter.ring, 1);
		init_completion(&waiter.done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
					     kthread_run(wait_thread, &waiter,
							 "jq-space"));
		schedule_timeout_uninterruptible(HZ / 20);
		KUNIT_EXPECT_FALSE(test, completion_done(&waiter.done));
		if (i) {
			drm_jobqueue_job_put(&job->base);
		} else {
			fence = jq_mock_submit(job);
			jq_mock_advance(waiter.ring);
			jq_mock_expect_signalled(test, fence, 0);
		}
		KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &waiter.done));
	}
}

static void killed_queue_has_error(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);

	KUNIT_EXPECT_EQ(test, drm_jobqueue_error(&ring->queue), 0);
	drm_jobqueue_kill(&ring->queue, -ENODEV);
	drm_jobqueue_kill(&ring->queue, -EIO);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_error(&ring->queue), -ENODEV);
}

struct call {
	struct jq_mock_ring *ring;
	struct completion entered, go, done;
	atomic_t inside, overlaps;
};

static void enter(struct call *call)
{
	if (atomic_inc_return(&call->inside) != 1)
		atomic_inc(&call->overlaps);
}

static void run_in_call_test(struct jq_mock_ring *ring, u64 seqno)
{
	struct call *call = ring->priv;

	enter(call);
	atomic_dec(&call->inside);
}

static void called(struct drm_jobqueue *queue, void *arg)
{
	struct call *call = arg;

	enter(call);
	complete(&call->entered);
	wait_for_completion(&call->go);
	atomic_dec(&call->inside);
}

static int call_thread(void *data)
{
	struct call *call = data;

	drm_jobqueue_call(&call->ring->queue, called, call);
	complete(&call->done);
	return 0;
}

/* Jobs wait for the function and then run; calls exclude each other. */
static void call_excludes_run(struct kunit *test)
{
	static const u32 flags[] = {
		0, DRM_JOBQUEUE_RUN_INLINE, JQ_MOCK_ANY_CONTEXT,
	};
	struct dma_fence *fence;
	struct call call;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		call.ring = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 1,
						flags[i], 0);
		call.ring->priv = &call;
		call.ring->on_run = run_in_call_test;
		init_completion(&call.entered);
		init_completion(&call.go);
		init_completion(&call.done);
		atomic_set(&call.inside, 0);
		atomic_set(&call.overlaps, 0);
		for (j = 0; j < 2; j++)
			KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
						     kthread_run(call_thread,
								 &call, "jq-call"));
		KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &call.entered));
		fence = jq_mock_submit_one(test, call.ring, 1);
		jq_mock_settle(test, call.ring);
		KUNIT_EXPECT_EQ(test, atomic_read(&call.ring->nran), 0);
		complete(&call.go);
		KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &call.entered));
		complete(&call.go);
		for (j = 0; j < 2; j++)
			KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &call.done));
		jq_mock_expect_signalled(test, fence, 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&call.overlaps), 0);
	}
}

/* A reset on the workqueue on which the queue drains. */
struct reset {
	struct work_struct work;
	struct jq_mock_ring *ring;
	struct completion done;
};

static void reset_work(struct work_struct *work)
{
	struct reset *reset = container_of(work, struct reset, work);

	drm_jobqueue_stop(&reset->ring->queue);
	drm_jobqueue_start(&reset->ring->queue);
	complete(&reset->done);
}

/* Return: whether a thread waits for the run token in time. */
static bool has_waiter(struct kunit *test, struct jq_mock_ring *ring)
{
	unsigned long end = jiffies + jq_mock_patience(test);

	/* The waiter does not go away, so no barrier is needed. */
	while (!waitqueue_active(&ring->queue.wait)) {
		if (time_after(jiffies, end))
			return false;
		schedule_timeout_uninterruptible(1);
	}
	return true;
}

/*
 * A stop waits for the end of a call on the ordered workqueue of the queue. Work
 * that the call queues is behind it, and cannot wake it.
 */
static void call_wakes_stop_on_own_workqueue(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct reset reset;
	struct call call;

	dev->wq = alloc_ordered_workqueue("jq-test", WQ_MEM_RECLAIM);
	KUNIT_ASSERT_NOT_NULL(test, dev->wq);
	call.ring = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 1, 0, 0);
	init_completion(&call.entered);
	init_completion(&call.go);
	init_completion(&call.done);
	atomic_set(&call.inside, 0);
	atomic_set(&call.overlaps, 0);
	reset.ring = call.ring;
	init_completion(&reset.done);
	INIT_WORK_ONSTACK(&reset.work, reset_work);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(call_thread, &call,
						       "jq-call"));
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &call.entered));
	queue_work(dev->wq, &reset.work);
	KUNIT_EXPECT_TRUE(test, has_waiter(test, call.ring));
	complete(&call.go);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &call.done));
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &reset.done));
	/* For the case that it hangs. */
	wake_up_all(&call.ring->queue.wait);
	flush_work(&reset.work);
	destroy_work_on_stack(&reset.work);
}

static int drain_thread(void *data)
{
	drm_jobqueue_fence_drain();
	complete(data);
	return 0;
}

/* While a task is preempted within the release of a fence, a drain sleeps. */
static void drain_lets_others_run(struct kunit *test)
{
	unsigned long end = jiffies + jq_mock_patience(test);
	DECLARE_COMPLETION_ONSTACK(done);
	struct task_struct *task;
	bool sleeps = false;

	if (COMPAT_DMA_FENCE_DETACHES)
		kunit_skip(test, "fences of this kernel are not the queue's to free");
	drm_jobqueue_fence_bin_hold(0);
	task = kthread_create(drain_thread, &done, "jq-drain");
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, task);
	if (IS_ERR(task)) {
		drm_jobqueue_fence_bin_release(0);
		return;
	}
	get_task_struct(task);
	/* Until then it sleeps, too. */
	wake_up_process(task);
	schedule_timeout_uninterruptible(HZ / 20);
	while (!sleeps && time_before(jiffies, end)) {
		sleeps = READ_ONCE(task->__state) == TASK_UNINTERRUPTIBLE;
		schedule_timeout_uninterruptible(sleeps ? 0 : 1);
	}
	KUNIT_EXPECT_TRUE(test, sleeps);
	KUNIT_EXPECT_FALSE(test, completion_done(&done));
	drm_jobqueue_fence_bin_release(0);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &done));
	put_task_struct(task);
}

static struct kunit_case api_cases[] = {
	KUNIT_CASE(completes_by_32_bits),
	KUNIT_CASE(jobs_are_limited),
	KUNIT_CASE(waits_for_space),
	KUNIT_CASE(killed_queue_has_error),
	KUNIT_CASE(call_excludes_run),
	KUNIT_CASE(call_wakes_stop_on_own_workqueue),
	KUNIT_CASE(drain_lets_others_run),
	{}
};

static struct kunit_suite api_suite = {
	.name = "drm_jobqueue_api",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = api_cases,
};

kunit_test_suite(api_suite);
