// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A firmware and a driver made up for tests of drm_jobqueue.
 */

#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "jq_mock.h"

static void complete_to_last(struct jq_mock_ring *ring)
{
	drm_jobqueue_complete(&ring->queue, atomic64_read(&ring->last), 0);
}

static void mock_irq_work(struct irq_work *work)
{
	complete_to_last(container_of(work, struct jq_mock_ring, irq_work));
}

static enum hrtimer_restart mock_timer(struct hrtimer *timer)
{
	complete_to_last(container_of(timer, struct jq_mock_ring, timer));
	return HRTIMER_NORESTART;
}

static void mock_work(struct work_struct *work)
{
	complete_to_last(container_of(work, struct jq_mock_ring, work));
}

static const char *mock_fence_name(struct dma_fence *fence)
{
	return "mock";
}

static const struct dma_fence_ops mock_fence_ops = {
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

static struct dma_fence *mock_run(struct drm_jobqueue_job *job)
{
	struct jq_mock_ring *ring = jq_mock_ring_of(job->queue);
	u64 seqno = drm_jobqueue_job_seqno(job);
	struct dma_fence *fence = NULL;
	int n;

	if (atomic_inc_return(&ring->inside) != 1)
		atomic_inc(&ring->dev->overlaps);

	if (ring->on_run)
		ring->on_run(ring, seqno);

	n = atomic_read(&ring->nran);
	if (n < JQ_MOCK_MAX)
		ring->ran[n] = seqno;
	/* Pairs with the acquire of those who look. */
	atomic_set_release(&ring->nran, n + 1);
	atomic64_set(&ring->last, seqno);

	if (ring->run_error) {
		fence = ERR_PTR(ring->run_error);
		goto out;
	}

	switch (ring->mode) {
	case JQ_MOCK_IN_RUN:
		complete_to_last(ring);
		break;
	case JQ_MOCK_HARDIRQ:
		irq_work_queue(&ring->irq_work);
		break;
	case JQ_MOCK_SOFTIRQ:
		hrtimer_start(&ring->timer, ns_to_ktime(20 * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_SOFT);
		break;
	case JQ_MOCK_THREAD:
		schedule_work(&ring->work);
		break;
	case JQ_MOCK_HW_FENCE:
		fence = mock_fence_new(1, seqno, NULL, GFP_ATOMIC);
		if (!fence) {
			fence = ERR_PTR(-ENOMEM);
			break;
		}
		dma_fence_put(ring->hw_fence);
		ring->hw_fence = dma_fence_get(fence);
		break;
	default:
		break;
	}
out:
	atomic_dec(&ring->inside);
	wake_up_var(&ring->nran);
	return fence;
}

static void mock_free(struct drm_jobqueue_job *base)
{
	struct jq_mock_job *job = container_of(base, struct jq_mock_job, base);
	struct jq_mock_dev *dev = job->ring->dev;

	atomic_inc(&job->ring->nfreed);
	wake_up_var(&job->ring->nfreed);
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

int jq_mock_init(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "mock" };
	struct jq_mock_dev *dev;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	test->priv = dev;
	return drm_jobqueue_group_init(&dev->group, &args);
}

/* Every job and every ring must be gone, without further help. */
void jq_mock_exit(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	bool jobs_gone, rings_gone;

	jobs_gone = wait_var_event_timeout(&dev->jobs,
					   !atomic_read(&dev->jobs),
					   JQ_MOCK_WAIT);
	KUNIT_EXPECT_TRUE_MSG(test, jobs_gone, "%d jobs were never freed",
			      atomic_read(&dev->jobs));
	rings_gone = wait_var_event_timeout(&dev->rings,
					    !atomic_read(&dev->rings),
					    JQ_MOCK_WAIT);
	KUNIT_EXPECT_TRUE_MSG(test, rings_gone,
			      "%d queues were never released",
			      atomic_read(&dev->rings));
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->overlaps), 0,
			    "two jobs of a queue were in run() at once");
	/* What still refers to it would be worse than the leak. */
	if (!jobs_gone || !rings_gone)
		return;
	drm_jobqueue_group_fini(&dev->group);
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
	};
	struct jq_mock_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->dev = dev;
	ring->mode = mode;
	init_irq_work(&ring->irq_work, mock_irq_work);
	hrtimer_init(&ring->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	ring->timer.function = mock_timer;
	INIT_WORK(&ring->work, mock_work);

	if (drm_jobqueue_init(&ring->queue, &args)) {
		kfree(ring);
		KUNIT_ASSERT_TRUE_MSG(test, false, "no queue");
	}
	atomic_inc(&dev->rings);
	return ring;
}

void jq_mock_ring_put(struct jq_mock_ring *ring)
{
	drm_jobqueue_put(&ring->queue);
}

struct jq_mock_job *jq_mock_job_try(struct jq_mock_ring *ring, u32 credits)
{
	struct jq_mock_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret;

	if (!job)
		return ERR_PTR(-ENOMEM);
	job->ring = ring;
	ret = drm_jobqueue_job_init(&job->base, &ring->queue, credits, 0);
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

/* The firmware is done with all that it was given. */
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

struct dma_fence *jq_mock_fence_locked(struct kunit *test, spinlock_t *lock)
{
	struct dma_fence *fence;

	fence = mock_fence_new(dma_fence_context_alloc(1), 1, lock,
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fence);
	return fence;
}

/* Waits, and puts the fence. */
void jq_mock_expect_signalled(struct kunit *test, struct dma_fence *fence,
			      int error)
{
	long left = dma_fence_wait_timeout(fence, false, JQ_MOCK_WAIT);

	KUNIT_EXPECT_GT_MSG(test, left, 0, "fence %llu did not signal",
			    fence->seqno);
	if (left > 0)
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

	KUNIT_EXPECT_TRUE_MSG(test,
			      wait_var_event_timeout(&ring->nran,
						     atomic_read_acquire(&ring->nran) >= n,
						     JQ_MOCK_WAIT),
			      "%d of %u jobs ran", atomic_read(&ring->nran), n);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), n);
	for (i = 1; i < n; i++)
		KUNIT_ASSERT_LT_MSG(test, ring->ran[i - 1], ring->ran[i],
				    "job %u ran out of order", i);
}

/* Whatever was going to happen by itself has happened. */
void jq_mock_settle(struct kunit *test, struct jq_mock_ring *ring)
{
	irq_work_sync(&ring->queue.irq_work);
	flush_work(&ring->queue.work);
	flush_delayed_work(&ring->queue.reap_work);
}
