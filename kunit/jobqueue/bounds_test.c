// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: bounds of the work in one interrupt, and where the rest is done.
 */

#include <linux/sched/clock.h>

#include "engine/defer.h"
#include "mock.h"

/*
 * Units that one interrupt may spend if time renews its budget @n times, and a
 * batch by which it may exceed them. The jiffy in which the budget was last
 * renewed may have ended before.
 */
#define IRQ_LIMIT(n) (64 * (2 + (n)) + 32)

static void submit_many(struct kunit *test, struct jq_mock_ring *ring,
			unsigned int n, u32 credits)
{
	while (n--)
		dma_fence_put(jq_mock_submit_one(test, ring, credits));
}

/* Time of a call of complete_all() that cannot retire, the best of some. */
static u64 time_complete_all(struct kunit *test, unsigned int n)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	u64 start, best = U64_MAX;
	int i;

	submit_many(test, ring, n, 0);
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = true;
	spin_unlock_irq(&ring->queue.lock);
	for (i = 0; i < 8; i++) {
		local_irq_disable();
		start = local_clock();
		drm_jobqueue_complete_all(&ring->queue, -EIO);
		best = min(best, local_clock() - start);
		local_irq_enable();
	}
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = false;
	spin_unlock_irq(&ring->queue.lock);
	drm_jobqueue_complete_all(&ring->queue, -EIO);
	KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(&ring->queue,
						     jq_mock_patience(test)), 0);
	KUNIT_EXPECT_EQ(test, ring->queue.stats.failed, n);
	return best;
}

/* The time does not grow with the number of jobs in the ring. */
static void complete_all_is_flat(struct kunit *test)
{
	u64 few = time_complete_all(test, 10);
	u64 many = time_complete_all(test, 20000);

	kunit_info(test, "%llu ns for 10 jobs, %llu ns for 20000", few, many);
	/* A walk takes 2,000 times as long. */
	KUNIT_EXPECT_LT(test, many, 200 * few);
}

/* Errors of several jobs that retire later, and of none twice. */
static void errors_until_retired(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 64,
				    JQ_MOCK_ANY_CONTEXT, 0);
	static const int expect[16] = {
		0, -1, 0, -2, 0, -3, 0, -4, 0, -5, 0, -6, -7, -7, -8, -7,
	};
	struct jq_mock_job *job[16];
	struct dma_fence *fence[16];
	int i;

	for (i = 0; i < 16; i++) {
		job[i] = jq_mock_job(test, ring, 1);
		drm_jobqueue_job_get(&job[i]->base);
		fence[i] = jq_mock_submit(job[i]);
	}
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = true;
	spin_unlock_irq(&ring->queue.lock);
	/* More than the table of pending errors has entries. */
	for (i = 0; i < 6; i++)
		drm_jobqueue_complete(&ring->queue, 2 * (i + 1), -1 - i);
	drm_jobqueue_job_complete(&job[14]->base, -8);
	drm_jobqueue_complete_all(&ring->queue, -7);
	drm_jobqueue_complete_all(&ring->queue, -9);
	drm_jobqueue_job_complete(&job[15]->base, -9);
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = false;
	spin_unlock_irq(&ring->queue.lock);
	drm_jobqueue_complete(&ring->queue, 16, 0);
	for (i = 0; i < 16; i++) {
		jq_mock_expect_signalled(test, fence[i], expect[i]);
		drm_jobqueue_job_put(&job[i]->base);
	}
}

/* Errors of adjacent jobs are one entry of that table if they are equal. */
static void equal_errors_are_merged(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_MANUAL);
	struct dma_fence *fence[10];
	u32 nresults;
	u8 state;
	int i;

	for (i = 0; i < 10; i++)
		fence[i] = jq_mock_submit_one(test, ring, 1);
	spin_lock_irq(&ring->queue.lock);
	ring->queue.retiring = true;
	spin_unlock_irq(&ring->queue.lock);
	for (i = 1; i <= 6; i++)
		drm_jobqueue_complete(&ring->queue, i, -EIO);
	drm_jobqueue_complete(&ring->queue, 7, -ENOSPC);
	drm_jobqueue_complete(&ring->queue, 8, 0);
	drm_jobqueue_complete(&ring->queue, 9, -ENOSPC);
	drm_jobqueue_complete_all(&ring->queue, -ENOSPC);
	spin_lock_irq(&ring->queue.lock);
	nresults = ring->queue.nresults;
	state = ring->queue.tail->state;
	ring->queue.retiring = false;
	spin_unlock_irq(&ring->queue.lock);
	KUNIT_EXPECT_EQ(test, nresults, 3);
	/* The error is not in the job, so the ring was not walked. */
	KUNIT_EXPECT_EQ(test, state, DRM_JOBQUEUE_JOB_RUNNING);
	drm_jobqueue_complete(&ring->queue, 10, 0);
	for (i = 0; i < 10; i++)
		jq_mock_expect_signalled(test, fence[i], i < 6 ? -EIO :
					 i == 7 ? 0 : -ENOSPC);
}

/*
 * What this CPU does while its interrupts are off. At the same time the workers
 * of other CPUs continue with what it leaves to them.
 */
struct one_interrupt {
	int cpu;
	bool active;
	/* Fences that were signalled, jobs that were run. */
	unsigned int signalled, ran;
	unsigned long begin;
};

struct counted_fence {
	struct dma_fence_cb cb;
	struct one_interrupt *irq;
};

static void interrupt_begin(struct one_interrupt *irq)
{
	local_irq_disable();
	irq->cpu = smp_processor_id();
	irq->begin = jiffies;
	WRITE_ONCE(irq->active, true);
}

/* Return: how often time renewed the budget. Another CPU lets it pass. */
static unsigned long interrupt_end(struct one_interrupt *irq)
{
	unsigned long renewed = jiffies - irq->begin;

	WRITE_ONCE(irq->active, false);
	local_irq_enable();
	return renewed;
}

/* Interrupts are off on the CPU that is counted, so nothing else runs there. */
static bool in_interrupt_of(struct one_interrupt *irq)
{
	return READ_ONCE(irq->active) && raw_smp_processor_id() == irq->cpu;
}

static void count_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct one_interrupt *irq =
		container_of(cb, struct counted_fence, cb)->irq;

	if (in_interrupt_of(irq))
		irq->signalled++;
}

static void count_run(struct jq_mock_ring *ring, u64 seqno)
{
	struct one_interrupt *irq = ring->priv;

	if (in_interrupt_of(irq))
		irq->ran++;
}

static void submit_counted(struct kunit *test, struct jq_mock_ring *ring,
			   struct one_interrupt *irq, unsigned int n)
{
	struct counted_fence *counted =
		kunit_kcalloc(test, n, sizeof(*counted), GFP_KERNEL);
	struct dma_fence *fence;

	KUNIT_ASSERT_NOT_NULL(test, counted);
	while (n--) {
		fence = jq_mock_submit_one(test, ring, 1);
		counted[n].irq = irq;
		KUNIT_EXPECT_EQ(test, dma_fence_add_callback(fence,
							     &counted[n].cb,
							     count_signalled), 0);
		dma_fence_put(fence);
	}
}

/* 1,000 jobs complete in one interrupt: it signals some of the fences. */
static void completions_in_one_interrupt(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1000,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct one_interrupt irq = {};
	unsigned long renewed;

	submit_counted(test, ring, &irq, 1000);
	interrupt_begin(&irq);
	drm_jobqueue_complete(&ring->queue, 1000, 0);
	renewed = interrupt_end(&irq);
	KUNIT_EXPECT_GT(test, irq.signalled, 0);
	KUNIT_EXPECT_LE(test, irq.signalled, IRQ_LIMIT(renewed));
	KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(&ring->queue,
						     jq_mock_patience(test)), 0);
}

/* 200 jobs are ready behind a job that completes in an interrupt. */
static void runs_in_one_interrupt(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 200,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct one_interrupt irq = {};
	unsigned long renewed;

	submit_many(test, ring, 1, 200);
	submit_many(test, ring, 200, 1);
	ring->priv = &irq;
	ring->on_run = count_run;
	interrupt_begin(&irq);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	renewed = interrupt_end(&irq);
	KUNIT_EXPECT_GT(test, irq.ran, 0);
	KUNIT_EXPECT_LE(test, irq.ran, IRQ_LIMIT(renewed) / 2);
	jq_mock_expect_order(test, ring, 201);
	jq_mock_advance(ring);
}

/* An interrupt that completes jobs of many queues has one budget for all. */
static void budget_is_shared(struct kunit *test)
{
	const unsigned int n = 300;
	struct one_interrupt irq = {};
	struct jq_mock_ring **ring;
	unsigned long renewed;
	unsigned int i;

	ring = kunit_kcalloc(test, n, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	for (i = 0; i < n; i++) {
		ring[i] = jq_mock_ring(test, JQ_MOCK_MANUAL);
		submit_counted(test, ring[i], &irq, 1);
	}
	interrupt_begin(&irq);
	for (i = 0; i < n; i++)
		drm_jobqueue_complete(&ring[i]->queue, 1, 0);
	renewed = interrupt_end(&irq);
	KUNIT_EXPECT_GT(test, irq.signalled, 0);
	KUNIT_EXPECT_LE(test, irq.signalled, IRQ_LIMIT(renewed));
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_GT(test,
				drm_jobqueue_wait_idle(&ring[i]->queue,
						       jq_mock_patience(test)),
				0);
}

struct context_cb {
	struct dma_fence_cb cb;
	bool in_task;
};

static void note_context(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	container_of(cb, struct context_cb, cb)->in_task = in_task();
}

/* A chain over two killed queues is not worked off in interrupts. */
static void skips_in_process_context(struct kunit *test)
{
	struct jq_mock_ring *ring[2] = {
		jq_mock_ring(test, JQ_MOCK_MANUAL),
		jq_mock_ring(test, JQ_MOCK_MANUAL),
	};
	struct dma_fence *gate = jq_mock_fence(test, 0, 1);
	struct dma_fence *last = dma_fence_get(gate);
	struct context_cb noted = {};
	int i;

	for (i = 0; i < 100; i++) {
		struct jq_mock_job *job = jq_mock_job(test, ring[i % 2], 1);

		drm_jobqueue_job_add_dep(&job->base, last);
		last = jq_mock_submit(job);
		if (i == 50)
			dma_fence_add_callback(last, &noted.cb, note_context);
	}
	drm_jobqueue_kill(&ring[0]->queue, -ECANCELED);
	drm_jobqueue_kill(&ring[1]->queue, -ECANCELED);
	jq_mock_settle(test, ring[0]);
	jq_mock_settle(test, ring[1]);
	dma_fence_signal(gate);
	dma_fence_put(gate);
	jq_mock_expect_signalled(test, last, -ECANCELED);
	KUNIT_EXPECT_TRUE(test, noted.in_task);
}

static void note_free_context(struct jq_mock_ring *ring)
{
	*(bool *)ring->priv = in_task();
}

/* Thousands of fences are not put in an interrupt. */
static void many_deps_are_put_in_process_context(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_HARDIRQ);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[100], *done;
	bool in_task = false;
	int i;

	ring->priv = &in_task;
	ring->on_free = note_free_context;
	for (i = 0; i < 100; i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep[i]));
	}
	done = jq_mock_submit(job);
	for (i = 0; i < 100; i++)
		dma_fence_signal(dep[i]);
	jq_mock_expect_signalled(test, done, 0);
	jq_mock_ring_put(ring);
	jq_mock_wait_gone(test);
	KUNIT_EXPECT_TRUE(test, in_task);
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_EQ(test, kref_read(&dep[i]->refcount), 1);
		dma_fence_put(dep[i]);
	}
}

struct blocker {
	struct work_struct work;
	struct completion go;
};

static void block(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct blocker, work)->go);
}

static void block_workqueue(struct kunit *test, struct blocker *blocker)
{
	struct jq_mock_dev *dev = test->priv;

	dev->wq = alloc_ordered_workqueue("jq-test", WQ_MEM_RECLAIM);
	KUNIT_ASSERT_NOT_NULL(test, dev->wq);
	INIT_WORK_ONSTACK(&blocker->work, block);
	init_completion(&blocker->go);
	queue_work(dev->wq, &blocker->work);
}

/* jq_mock_exit() destroys the workqueue. */
static void unblock_workqueue(struct blocker *blocker)
{
	complete(&blocker->go);
	flush_work(&blocker->work);
	destroy_work_on_stack(&blocker->work);
}

/* Jobs run on the workqueue that the driver chose, and nowhere else. */
static void uses_workqueue_of_driver(struct kunit *test)
{
	struct jq_mock_ring *ring;
	struct blocker blocker;
	struct dma_fence *fence;

	block_workqueue(test, &blocker);
	ring = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 1, 0, 0);
	fence = jq_mock_submit_one(test, ring, 1);
	KUNIT_EXPECT_EQ(test, dma_fence_wait_timeout(fence, false, HZ / 20), 0);
	unblock_workqueue(&blocker);
	jq_mock_expect_signalled(test, fence, 0);
}

/* What exceeds the budget of an interrupt does not wait for a worker. */
static void irq_goes_on_without_worker(struct kunit *test)
{
	struct jq_mock_ring *ring;
	struct blocker blocker;
	struct dma_fence *last;

	block_workqueue(test, &blocker);
	ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1000,
				   JQ_MOCK_ANY_CONTEXT, 0);
	submit_many(test, ring, 1, 1000);
	submit_many(test, ring, 999, 1);
	last = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_complete(&ring->queue, 1, 0);
	jq_mock_expect_order(test, ring, 1001);
	drm_jobqueue_complete(&ring->queue, 1001, 0);
	jq_mock_expect_signalled(test, last, 0);
	KUNIT_EXPECT_EQ(test, ring->queue.stats.worker_runs, 0);
	unblock_workqueue(&blocker);
}

/* An interrupt of a driver, which finds the budget used up. */
struct driver_interrupt {
	struct irq_work work;
	bool left;
};

static void driver_interrupt(struct irq_work *work)
{
	struct driver_interrupt *irq =
		container_of(work, struct driver_interrupt, work);
	bool collecting;

	/* As if queues that became ready had used it up just before. */
	drm_jobqueue_irq_budget_spend(1000);
	collecting = drm_jobqueue_collect_begin();
	irq->left = drm_jobqueue_irq_budget_left();
	if (collecting)
		drm_jobqueue_collect_end();
}

/* Have the budget of this CPU renewed, however recent it is. */
static void renew_budget(void)
{
	drm_jobqueue_irq_share = 0;
	drm_jobqueue_raise_on_cpu(raw_smp_processor_id());
	drm_jobqueue_sync_irq();
	/* Longer than a slow machine takes for what follows. */
	drm_jobqueue_irq_share = NSEC_PER_SEC;
	drm_jobqueue_irq_pause = NSEC_PER_SEC / 10;
}

static void restore_times(u64 share, u64 pause)
{
	drm_jobqueue_irq_share = share;
	drm_jobqueue_irq_pause = pause;
}

/* An interrupt of a driver has no budget of its own after another interrupt. */
static void driver_shares_budget_with_irq_work(struct kunit *test)
{
	const u64 share = drm_jobqueue_irq_share, pause = drm_jobqueue_irq_pause;
	struct driver_interrupt irq = {};

	init_irq_work(&irq.work, driver_interrupt);
	/* No interrupt of a driver was recent. */
	schedule_timeout_uninterruptible(3 * HZ / 2);
	migrate_disable();
	renew_budget();
	irq_work_queue(&irq.work);
	irq_work_sync(&irq.work);
	migrate_enable();
	KUNIT_EXPECT_FALSE(test, irq.left);
	restore_times(share, pause);
}

static void note_time(struct jq_mock_ring *ring, u64 seqno)
{
	*(ktime_t *)ring->priv = ktime_get();
}

/* A queue that becomes ready waits for the pause if the budget is used up. */
static void irq_work_shares_budget_with_driver(struct kunit *test)
{
	const u64 share = drm_jobqueue_irq_share, pause = drm_jobqueue_irq_pause;
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *gate = jq_mock_fence(test, 0, 1), *done;
	ktime_t begin, ran = 0;

	ring->priv = &ran;
	ring->on_run = note_time;
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(gate));
	done = jq_mock_submit(job);
	migrate_disable();
	renew_budget();
	local_irq_disable();
	drm_jobqueue_irq_budget_spend(1000);
	begin = ktime_get();
	dma_fence_signal(gate);
	local_irq_enable();
	migrate_enable();
	jq_mock_expect_signalled(test, done, 0);
	KUNIT_EXPECT_GE(test, ktime_sub(ran, begin), drm_jobqueue_irq_pause);
	restore_times(share, pause);
	dma_fence_put(gate);
}

/* A batch of fences signals no more than the budget has left. */
static void batch_stays_within_budget(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 30,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct one_interrupt irq = {};
	unsigned long renewed;
	u64 done = 0;

	/* Once more if the budget was renewed because time went on. */
	do {
		irq.signalled = 0;
		submit_counted(test, ring, &irq, 30);
		done += 30;
		interrupt_begin(&irq);
		this_cpu_write(drm_jobqueue_irq_budgets.spent, 0);
		this_cpu_write(drm_jobqueue_irq_budgets.half_ns, 0);
		drm_jobqueue_irq_budget_spend(DRM_JOBQUEUE_IRQ_BUDGET - 10);
		drm_jobqueue_complete(&ring->queue, done, 0);
		renewed = interrupt_end(&irq);
		KUNIT_EXPECT_GT(test, drm_jobqueue_wait_idle(&ring->queue,
							     jq_mock_patience(test)),
				0);
	} while (renewed);
	KUNIT_EXPECT_GT(test, irq.signalled, 0);
	KUNIT_EXPECT_LE(test, irq.signalled, 5);
}

static struct kunit_case bounds_cases[] = {
	KUNIT_CASE(complete_all_is_flat),
	KUNIT_CASE(errors_until_retired),
	KUNIT_CASE(equal_errors_are_merged),
	KUNIT_CASE(completions_in_one_interrupt),
	KUNIT_CASE(runs_in_one_interrupt),
	KUNIT_CASE(batch_stays_within_budget),
	KUNIT_CASE(budget_is_shared),
	KUNIT_CASE(driver_shares_budget_with_irq_work),
	KUNIT_CASE(irq_work_shares_budget_with_driver),
	KUNIT_CASE(skips_in_process_context),
	KUNIT_CASE(many_deps_are_put_in_process_context),
	KUNIT_CASE(uses_workqueue_of_driver),
	KUNIT_CASE(irq_goes_on_without_worker),
	{}
};

static struct kunit_suite bounds_suite = {
	.name = "drm_jobqueue_bounds",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = bounds_cases,
};

kunit_test_suite(bounds_suite);
