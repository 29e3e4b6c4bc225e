// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Mock firmware and mock driver for the tests of drm_jobqueue.
 */

#include <linux/ktime.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "mock.h"
#include "engine/defer.h"
#include "../compat/hrtimer.h"

/* After this many failures the remaining tests are skipped to save time. */
#define ENOUGH_FAILURES 5
static unsigned int failures;

/* An event did not happen in time, so later waits are kept short. */
static bool out_of_patience;

/*
 * Time limit, in jiffies, for events that must happen. Only a broken queue
 * waits that long, and only once.
 */
long jq_mock_patience(struct kunit *test)
{
	if (READ_ONCE(test->status) == KUNIT_FAILURE)
		return HZ / 4;
	return READ_ONCE(out_of_patience) ? 3 * HZ : 20 * HZ;
}

static bool in_time(bool happened)
{
	if (!happened)
		WRITE_ONCE(out_of_patience, true);
	return happened;
}

/* Return: whether @done came in time. */
bool jq_mock_wait(struct kunit *test, struct completion *done)
{
	return in_time(wait_for_completion_timeout(done, jq_mock_patience(test)));
}

static void complete_to_last(struct jq_mock_ring *ring)
{
	drm_jobqueue_complete(&ring->queue, atomic64_read(&ring->last), 0);
}

/*
 * An interrupt has a reference to its queue. So the last reference often drops
 * in the context in which the mode completes jobs.
 */
static void complete_and_put(struct jq_mock_ring *ring)
{
	complete_to_last(ring);
	drm_jobqueue_put(&ring->queue);
}

static void mock_irq_work(struct irq_work *work)
{
	complete_and_put(container_of(work, struct jq_mock_ring, irq_work));
}

static enum hrtimer_restart mock_timer(struct hrtimer *timer)
{
	struct jq_mock_ring *ring =
		container_of(timer, struct jq_mock_ring, timer);

	/* From here on a job has to start the timer again. */
	atomic_set(&ring->timer_pending, 0);
	complete_and_put(ring);
	return HRTIMER_NORESTART;
}

static void mock_work(struct work_struct *work)
{
	complete_and_put(container_of(work, struct jq_mock_ring, work));
}

static const char *mock_fence_name(struct dma_fence *fence)
{
	return "mock";
}

static bool mock_enable_signaling(struct dma_fence *base)
{
	struct jq_mock_fence *fence =
		container_of(base, struct jq_mock_fence, base);

	return !fence->on_enable || fence->on_enable(fence);
}

static const struct dma_fence_ops mock_fence_ops = {
	.enable_signaling = mock_enable_signaling,
	.get_driver_name = mock_fence_name,
	.get_timeline_name = mock_fence_name,
};

static struct dma_fence *mock_fence_new(u64 context, u64 seqno,
					spinlock_t *lock, gfp_t gfp)
{
	struct jq_mock_fence *fence = kzalloc(sizeof(*fence), gfp);

	if (!fence)
		return NULL;
	spin_lock_init(&fence->own_lock);
	dma_fence_init(&fence->base, &mock_fence_ops,
		       lock ? lock : &fence->own_lock, context, seqno);
	return &fence->base;
}

/* Return: a fence for the job, or an error. */
static struct dma_fence *start_hw_fence(struct jq_mock_ring *ring, u64 seqno)
{
	struct dma_fence *fence = mock_fence_new(1, seqno, NULL, GFP_ATOMIC);

	if (!fence)
		return ERR_PTR(-ENOMEM);
	if (ring->hw_fence_signalled)
		dma_fence_signal(fence);
	dma_fence_put(ring->hw_fence);
	ring->hw_fence = dma_fence_get(fence);
	return fence;
}

static struct dma_fence *start_job(struct jq_mock_ring *ring, u64 seqno)
{
	struct drm_jobqueue *queue = &ring->queue;

	switch (ring->mode) {
	case JQ_MOCK_IN_RUN:
		complete_to_last(ring);
		break;
	case JQ_MOCK_HARDIRQ:
		drm_jobqueue_get(queue);
		if (!irq_work_queue(&ring->irq_work))
			drm_jobqueue_put(queue);
		break;
	case JQ_MOCK_SOFTIRQ:
		if (atomic_xchg(&ring->timer_pending, 1))
			break;
		drm_jobqueue_get(queue);
		hrtimer_start(&ring->timer, ns_to_ktime(20 * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_SOFT);
		break;
	case JQ_MOCK_THREAD:
		drm_jobqueue_get(queue);
		if (!schedule_work(&ring->work))
			drm_jobqueue_put(queue);
		break;
	case JQ_MOCK_HW_FENCE:
		return start_hw_fence(ring, seqno);
	default:
		break;
	}
	return NULL;
}

static struct dma_fence *mock_run(struct drm_jobqueue_job *job)
{
	struct jq_mock_ring *ring = jq_mock_ring_of(job->queue);
	u64 seqno = drm_jobqueue_job_seqno(job);
	struct dma_fence *fence;
	int n;

	if (atomic_inc_return(&ring->inside) != 1)
		atomic_inc(&ring->dev->overlaps);

	if (ring->on_run)
		ring->on_run(ring, seqno);

	n = atomic_read(&ring->nran);
	if (n < JQ_MOCK_MAX)
		ring->ran[n] = seqno;
	/* Pairs with the acquire in jq_mock_expect_order(). */
	atomic_set_release(&ring->nran, n + 1);
	atomic64_set(&ring->last, seqno);

	if (ring->run_error)
		fence = ERR_PTR(ring->run_error);
	else
		fence = start_job(ring, seqno);
	atomic_dec(&ring->inside);
	wake_up_var(&ring->nran);
	return fence;
}

/* Write a gang into the rings of its members. */
int jq_mock_gang_run(struct drm_jobqueue_gang_job *first)
{
	struct jq_mock_dev *dev = jq_mock_ring_of(first->base.queue)->dev;
	struct drm_jobqueue_gang_job *job;

	/* No ring is empty of it, and no other job runs on any of them. */
	for (job = first; job; job = drm_jobqueue_gang_next(job)) {
		if (!READ_ONCE(job->base.queue->running) ||
		    READ_ONCE(job->base.queue->last_run) !=
		    drm_jobqueue_job_seqno(&job->base))
			atomic_inc(&dev->strays);
	}
	atomic_inc(&dev->gangs);
	if (dev->gang_error)
		return dev->gang_error;
	for (job = first; job; job = drm_jobqueue_gang_next(job))
		mock_run(&job->base);
	return 0;
}

static void mock_free(struct drm_jobqueue_job *base)
{
	struct jq_mock_job *job = container_of(base, struct jq_mock_job, base);
	struct jq_mock_ring *ring = job->ring;
	struct jq_mock_dev *dev = ring->dev;

	atomic_inc(&ring->nfreed);
	wake_up_var(&ring->nfreed);
	if (ring->on_free)
		ring->on_free(ring);
	kfree(job);
	if (atomic_dec_and_test(&dev->jobs))
		wake_up_var(&dev->jobs);
}

static enum drm_jobqueue_timeout_action
mock_timedout(struct drm_jobqueue_job *job)
{
	struct jq_mock_ring *ring = jq_mock_ring_of(job->queue);

	ring->timeout_seqno = drm_jobqueue_job_seqno(job);
	atomic_inc(&ring->timeouts);
	wake_up_var(&ring->timeouts);
	if (ring->on_timedout)
		ring->on_timedout(ring);
	return ring->answer;
}

static void mock_release(struct drm_jobqueue *queue)
{
	struct jq_mock_ring *ring = jq_mock_ring_of(queue);
	struct jq_mock_dev *dev = ring->dev;

	irq_work_sync(&ring->irq_work);
	hrtimer_cancel(&ring->timer);
	cancel_work_sync(&ring->work);
	dma_fence_put(ring->hw_fence);
	if (ring->on_release)
		ring->on_release(ring);
	kfree(ring);
	if (atomic_dec_and_test(&dev->rings))
		wake_up_var(&dev->rings);
}

static void mock_set_deadline(struct drm_jobqueue *queue, u64 seqno,
			      ktime_t deadline)
{
	struct jq_mock_ring *ring = jq_mock_ring_of(queue);

	ring->deadline = deadline;
	ring->deadline_seqno = seqno;
}

static const struct drm_jobqueue_ops mock_ops = {
	.run = mock_run,
	.free = mock_free,
	.timedout = mock_timedout,
	.release = mock_release,
	.set_deadline = mock_set_deadline,
};

const struct jq_mock_how jq_mock_hows[] = {
	{ "worker, hard irq", 0, JQ_MOCK_HARDIRQ },
	{ "worker, soft irq", 0, JQ_MOCK_SOFTIRQ },
	{ "inline, thread", DRM_JOBQUEUE_RUN_INLINE, JQ_MOCK_THREAD },
	{ "inline, hard irq", DRM_JOBQUEUE_RUN_INLINE, JQ_MOCK_HARDIRQ },
	{ "any context, hard irq", JQ_MOCK_ANY_CONTEXT, JQ_MOCK_HARDIRQ },
	{ "any context, soft irq", JQ_MOCK_ANY_CONTEXT, JQ_MOCK_SOFTIRQ },
	{ "any context, in run", JQ_MOCK_ANY_CONTEXT, JQ_MOCK_IN_RUN },
};

int jq_mock_init(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "mock" };
	struct jq_mock_dev *dev;
	int ret;

	test->priv = NULL;
	if (failures >= ENOUGH_FAILURES)
		kunit_skip(test, "%u tests have failed already", failures);

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	spin_lock_init(&dev->lock);
	INIT_LIST_HEAD(&dev->owned);
	ret = drm_jobqueue_group_init(&dev->group, &args);
	if (ret) {
		kfree(dev);
		return ret;
	}
	test->priv = dev;
	return 0;
}

static bool none_left(struct kunit *test, atomic_t *count)
{
	return in_time(wait_var_event_timeout(count, !atomic_read(count),
					      jq_mock_patience(test)));
}

/* Wait until all jobs have ended. */
void jq_mock_wait_gone(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;

	KUNIT_EXPECT_TRUE(test, none_left(test, &dev->jobs));
}

/* Every job and every ring must end by itself. */
void jq_mock_exit(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_ring *ring;
	bool jobs_gone, rings_gone;

	if (!dev)
		return;
	while ((ring = list_first_entry_or_null(&dev->owned,
						struct jq_mock_ring, link)))
		jq_mock_ring_put(ring);

	jobs_gone = none_left(test, &dev->jobs);
	KUNIT_EXPECT_TRUE_MSG(test, jobs_gone, "%d jobs were never freed",
			      atomic_read(&dev->jobs));
	rings_gone = none_left(test, &dev->rings);
	KUNIT_EXPECT_TRUE_MSG(test, rings_gone,
			      "%d queues were never released",
			      atomic_read(&dev->rings));
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->overlaps), 0,
			    "two jobs of a queue were in run() at once");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->strays), 0,
			    "a gang ran that had not entered all rings");
	if (READ_ONCE(test->status) == KUNIT_FAILURE)
		failures++;
	/* A use after free would be worse than the leak. */
	if (!jobs_gone || !rings_gone)
		return;
	drm_jobqueue_group_fini(&dev->group);
	if (dev->wq)
		destroy_workqueue(dev->wq);
	kfree(dev);
}

struct jq_mock_ring *jq_mock_ring_create(struct kunit *test,
					 enum jq_mock_mode mode, u32 credits,
					 u32 flags, unsigned long timeout)
{
	struct jq_mock_dev *dev = test->priv;
	const struct drm_jobqueue_args args = {
		.group = &dev->group,
		.ops = &mock_ops,
		.name = "ring",
		.credits = credits,
		.flags = flags,
		.timeout = timeout,
		.wq = dev->wq,
		.max_jobs = dev->max_jobs,
		.max_errors = dev->max_errors,
	};
	struct jq_mock_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->dev = dev;
	ring->mode = mode;
	init_irq_work(&ring->irq_work, mock_irq_work);
	hrtimer_setup(&ring->timer, mock_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_SOFT);
	INIT_WORK(&ring->work, mock_work);

	if (drm_jobqueue_init(&ring->queue, &args)) {
		kfree(ring);
		KUNIT_ASSERT_TRUE_MSG(test, false, "no queue");
	}
	atomic_inc(&dev->rings);
	spin_lock_irq(&dev->lock);
	list_add_tail(&ring->link, &dev->owned);
	spin_unlock_irq(&dev->lock);
	return ring;
}

/* A ring that runs jobs in any context and has no timeout. */
struct jq_mock_ring *jq_mock_ring(struct kunit *test, enum jq_mock_mode mode)
{
	return jq_mock_ring_create(test, mode, JQ_MOCK_CREDITS,
				   JQ_MOCK_ANY_CONTEXT, 0);
}

/* Drop the test's reference. Context: any. */
void jq_mock_ring_put(struct jq_mock_ring *ring)
{
	struct jq_mock_dev *dev = ring->dev;
	unsigned long flags;

	spin_lock_irqsave(&dev->lock, flags);
	list_del(&ring->link);
	spin_unlock_irqrestore(&dev->lock, flags);
	drm_jobqueue_put(&ring->queue);
}

struct jq_mock_job *jq_mock_job_try(struct jq_mock_ring *ring, u32 credits)
{
	struct jq_mock_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret;

	if (!job)
		return ERR_PTR(-ENOMEM);
	job->ring = ring;
	ret = drm_jobqueue_job_init(&job->base, &ring->queue, credits,
				    ring->client_id);
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}
	atomic_inc(&ring->dev->jobs);
	return job;
}

struct jq_mock_job *jq_mock_job(struct kunit *test, struct jq_mock_ring *ring,
				u32 credits)
{
	struct jq_mock_job *job = jq_mock_job_try(ring, credits);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, job);
	return job;
}

/* Return: the done fence, with a reference. */
struct dma_fence *jq_mock_submit(struct jq_mock_job *job)
{
	struct dma_fence *fence;

	fence = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_push(&job->base);
	return fence;
}

struct dma_fence *jq_mock_submit_one(struct kunit *test,
				     struct jq_mock_ring *ring, u32 credits)
{
	return jq_mock_submit(jq_mock_job(test, ring, credits));
}

/* The firmware completes all jobs in the ring. */
void jq_mock_advance(struct jq_mock_ring *ring)
{
	complete_to_last(ring);
}

struct dma_fence *jq_mock_fence(struct kunit *test, u64 context, u64 seqno)
{
	struct dma_fence *fence;

	fence = mock_fence_new(context ? context : dma_fence_context_alloc(1),
			       seqno, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fence);
	return fence;
}

/**
 * jq_mock_describe - get the kernel's description of a fence
 * @test: the test, to which the text belongs
 * @fence: a fence
 *
 * It is in what the queue prints, and differs between kernels.
 *
 * Return: the text, without a newline.
 */
char *jq_mock_describe(struct kunit *test, struct dma_fence *fence)
{
	struct seq_file file = { .size = 256 };

	file.buf = kunit_kzalloc(test, file.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, file.buf);
	dma_fence_describe(fence, &file);
	KUNIT_ASSERT_NE(test, file.count, 0);
	return strim(file.buf);
}

struct dma_fence *jq_mock_fence_locked(struct kunit *test, spinlock_t *lock)
{
	struct dma_fence *fence;

	fence = mock_fence_new(dma_fence_context_alloc(1), 1, lock,
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fence);
	return fence;
}

/* Wait for the fence, check its error and put it. */
void jq_mock_expect_signalled(struct kunit *test, struct dma_fence *fence,
			      int error)
{
	bool signalled = in_time(dma_fence_wait_timeout(fence, false,
							jq_mock_patience(test)) > 0);

	KUNIT_EXPECT_TRUE_MSG(test, signalled, "fence %llu did not signal",
			      fence->seqno);
	if (signalled)
		KUNIT_EXPECT_EQ_MSG(test, fence->error, error,
				    "error of fence %llu", fence->seqno);
	dma_fence_put(fence);
}

void jq_mock_expect_pending(struct kunit *test, struct dma_fence *fence)
{
	KUNIT_EXPECT_FALSE_MSG(test, dma_fence_is_signaled(fence),
			       "fence %llu signalled too early", fence->seqno);
}

/* The first @n jobs that ran did so in the order of arming. */
void jq_mock_expect_order(struct kunit *test, struct jq_mock_ring *ring,
			  unsigned int n)
{
	unsigned int i;
	bool ran;

	ran = in_time(wait_var_event_timeout(&ring->nran,
					     atomic_read_acquire(&ring->nran) >= n,
					     jq_mock_patience(test)));
	KUNIT_EXPECT_TRUE_MSG(test, ran, "%d of %u jobs ran",
			      atomic_read(&ring->nran), n);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), n);
	for (i = 1; i < n; i++)
		KUNIT_ASSERT_LT_MSG(test, ring->ran[i - 1], ring->ran[i],
				    "job %u ran out of order", i);
}

/* Wait for all work that is queued for the queue. */
void jq_mock_settle(struct kunit *test, struct jq_mock_ring *ring)
{
	drm_jobqueue_sync_irq();
	flush_work(&ring->queue.work);
	flush_delayed_work(&ring->queue.reap_work);
}
