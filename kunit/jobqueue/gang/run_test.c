// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: when the jobs of a gang enter their rings, and in what order.
 */

#include <drm/drm_print.h>

#include "engine/defer.h"
#include "gang/gang.h"

static void make_rings(struct kunit *test, struct jq_mock_ring **rings,
		       enum jq_mock_mode mode, u32 flags)
{
	unsigned int i;

	for (i = 0; i < JQ_GANG_RINGS; i++)
		rings[i] = jq_mock_ring_create(test, mode, JQ_MOCK_CREDITS,
					       flags, 0);
}

/* In all contexts, with members that become ready in any order. */
static void enters_together(struct kunit *test)
{
	unsigned int how, late;

	for (how = 0; how < ARRAY_SIZE(jq_mock_hows); how++) {
		for (late = 0; late < JQ_GANG_RINGS; late++) {
			struct dma_fence *dep = jq_mock_fence(test, 0, 1);
			struct jq_mock_ring *rings[JQ_GANG_RINGS];
			int ran = jq_gang_ran(test);
			struct jq_gang gang;
			unsigned int i;

			make_rings(test, rings, jq_mock_hows[how].mode,
				   jq_mock_hows[how].flags);
			jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
			KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[late]->base,
									  dma_fence_get(dep)));
			jq_gang_submit(&gang);
			jq_gang_settle(test, rings);
			KUNIT_EXPECT_EQ(test, jq_gang_ran(test), ran);
			for (i = 0; i < JQ_GANG_RINGS; i++)
				jq_mock_expect_pending(test, gang.fence[i]);

			dma_fence_signal(dep);
			dma_fence_put(dep);
			jq_gang_expect(test, &gang, 0);
			KUNIT_EXPECT_EQ(test, jq_gang_ran(test), ran + 1);
			for (i = 0; i < JQ_GANG_RINGS; i++)
				jq_mock_ring_put(rings[i]);
		}
	}
}

/* A gang that is ready when it is pushed runs before that returns. */
static void runs_within_push(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct drm_jobqueue_stats stats;
	struct jq_gang gang;
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
	jq_gang_submit(&gang);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		drm_jobqueue_get_stats(&rings[i]->queue, &stats);
		KUNIT_EXPECT_EQ(test, stats.run_inline, 1);
		KUNIT_EXPECT_EQ(test, drm_jobqueue_submitted(&rings[i]->queue), 1);
		jq_mock_advance(rings[i]);
	}
	jq_gang_expect(test, &gang, 0);
}

/* The credits of each member are needed, charged and returned. */
static void takes_credits_of_each(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct dma_fence *before, *behind;
	struct jq_gang gang;
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	before = jq_mock_submit_one(test, rings[1], 10);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 8);
	jq_gang_submit(&gang);
	behind = jq_mock_submit_one(test, rings[0], 1);
	jq_gang_settle(test, rings);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
	KUNIT_EXPECT_EQ(test, rings[0]->queue.credits_used, 0);

	jq_mock_advance(rings[1]);
	jq_mock_expect_signalled(test, before, 0);
	jq_mock_expect_order(test, rings[0], 2);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	KUNIT_EXPECT_EQ(test, rings[0]->queue.credits_used, 9);
	KUNIT_EXPECT_EQ(test, rings[1]->queue.credits_used, 8);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_advance(rings[i]);
	jq_gang_expect(test, &gang, 0);
	jq_mock_expect_signalled(test, behind, 0);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		KUNIT_EXPECT_EQ(test, rings[i]->queue.credits_used, 0);
}

/* Two gangs whose first members are on different queues. */
static void keeps_order_of_gangs(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS], *swapped[2];
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct jq_gang one, two;

	make_rings(test, rings, JQ_MOCK_HARDIRQ, JQ_MOCK_ANY_CONTEXT);
	swapped[0] = rings[1];
	swapped[1] = rings[0];
	jq_gang_prepare(test, &one, rings, 2, 16);
	jq_gang_prepare(test, &two, swapped, 2, 16);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&one.job[1]->base,
							  dma_fence_get(dep)));
	jq_gang_submit(&one);
	jq_gang_submit(&two);
	jq_gang_settle(test, rings);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_gang_expect(test, &one, 0);
	jq_gang_expect(test, &two, 0);
	jq_mock_expect_order(test, rings[0], 2);
	jq_mock_expect_order(test, rings[1], 2);
}

/* A queue that is stopped after its member has become ready holds all up. */
static void waits_for_stopped_queue(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_HARDIRQ, JQ_MOCK_ANY_CONTEXT);
	for (i = 0; i < JQ_GANG_RINGS; i++) {
		struct dma_fence *dep = jq_mock_fence(test, 0, 1);
		struct jq_gang gang;

		jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
		KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[!i]->base,
								  dma_fence_get(dep)));
		jq_gang_submit(&gang);
		jq_gang_settle(test, rings);
		drm_jobqueue_stop(&rings[i]->queue);
		dma_fence_signal(dep);
		dma_fence_put(dep);
		jq_gang_settle(test, rings);
		KUNIT_EXPECT_EQ(test, jq_gang_ran(test), i);
		drm_jobqueue_start(&rings[i]->queue);
		jq_gang_expect(test, &gang, 0);
	}
}

struct caller {
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct kunit *test;
	struct dma_fence *dep;
	int ran;
};

/* While it is called, the queue's run token is taken. */
static void becomes_ready(struct drm_jobqueue *queue, void *data)
{
	struct caller *c = data;

	dma_fence_signal(c->dep);
	drm_jobqueue_sync_irq();
	c->ran = jq_gang_ran(c->test);
}

/* The run token of a member's queue is taken when the last one becomes ready. */
static void waits_for_run_token(struct kunit *test)
{
	struct caller c = { .test = test };
	struct jq_gang gang;

	make_rings(test, c.rings, JQ_MOCK_HARDIRQ, JQ_MOCK_ANY_CONTEXT);
	c.dep = jq_mock_fence(test, 0, 1);
	jq_gang_prepare(test, &gang, c.rings, JQ_GANG_RINGS, 1);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[0]->base,
							  dma_fence_get(c.dep)));
	jq_gang_submit(&gang);
	jq_gang_settle(test, c.rings);
	drm_jobqueue_call(&c.rings[2]->queue, becomes_ready, &c);
	KUNIT_EXPECT_EQ(test, c.ran, 0);
	dma_fence_put(c.dep);
	jq_gang_expect(test, &gang, 0);
}

struct blocked_run {
	struct completion begun, may_end;
	struct kunit *test;
};

static void block_in_run(struct jq_mock_ring *ring, u64 seqno)
{
	struct blocked_run *b = ring->priv;

	if (seqno != 1)
		return;
	complete(&b->begun);
	KUNIT_EXPECT_TRUE(b->test, jq_mock_wait(b->test, &b->may_end));
}

/*
 * The same, while the queue is not stopped: the predecessor of a member runs again
 * after a requeue, and the member is next, and had become ready before.
 */
static void waits_for_run_of_predecessor(struct kunit *test)
{
	struct dma_fence *dep = jq_mock_fence(test, 0, 1), *before;
	struct blocked_run b = { .test = test };
	char *text = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = text, .remain = 4095 };
	struct drm_printer p = drm_coredump_printer(&iter);
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct jq_gang gang;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		rings[i] = jq_mock_ring_create(test, JQ_MOCK_MANUAL,
					       JQ_MOCK_CREDITS,
					       i == 1 ? 0 : JQ_MOCK_ANY_CONTEXT, 0);
	before = jq_mock_submit_one(test, rings[1], 1);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[0]->base,
							  dma_fence_get(dep)));
	jq_gang_submit(&gang);
	jq_gang_settle(test, rings);

	drm_jobqueue_stop(&rings[1]->queue);
	drm_jobqueue_requeue(&rings[1]->queue);
	init_completion(&b.begun);
	init_completion(&b.may_end);
	rings[1]->priv = &b;
	rings[1]->on_run = block_in_run;
	drm_jobqueue_start(&rings[1]->queue);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &b.begun));

	dma_fence_signal(dep);
	dma_fence_put(dep);
	drm_jobqueue_sync_irq();
	jq_mock_settle(test, rings[0]);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
	drm_jobqueue_explain(&rings[1]->queue, &p);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, " for run() of job 1 to return"),
				  "%s", text);
	complete(&b.may_end);
	jq_mock_expect_order(test, rings[0], 1);
	jq_gang_settle(test, rings);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_advance(rings[i]);
	jq_mock_expect_signalled(test, before, 0);
	jq_gang_expect(test, &gang, 0);
}

static void complete_members(struct jq_mock_ring *ring, u64 seqno)
{
	struct jq_mock_ring **rings = ring->priv;
	unsigned int i;

	for (i = 0; i < JQ_GANG_RINGS; i++)
		drm_jobqueue_complete(&rings[i]->queue, 1, 0);
}

/* The jobs complete, and could be freed, before the run function returns. */
static void completes_within_run(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct jq_gang gang;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	rings[0]->on_run = complete_members;
	rings[0]->priv = rings;
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
	jq_gang_submit(&gang);
	jq_gang_expect(test, &gang, 0);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
}

/* A job that was in the ring before it runs again before the gang. */
static void requeued_jobs_precede(struct kunit *test)
{
	struct dma_fence *dep = jq_mock_fence(test, 0, 1), *before;
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct jq_gang gang;
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	before = jq_mock_submit_one(test, rings[1], 12);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 4);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[0]->base,
							  dma_fence_get(dep)));
	jq_gang_submit(&gang);
	jq_gang_settle(test, rings);
	drm_jobqueue_stop(&rings[1]->queue);
	drm_jobqueue_requeue(&rings[1]->queue);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_gang_settle(test, rings);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
	atomic_set(&rings[1]->nran, 0);
	drm_jobqueue_start(&rings[1]->queue);
	jq_mock_expect_order(test, rings[1], 2);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_advance(rings[i]);
	jq_mock_expect_signalled(test, before, 0);
	jq_gang_expect(test, &gang, 0);
}

/* Once it has entered, a member is requeued as any job. */
static void members_requeue_alone(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct jq_gang gang;
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
	jq_gang_submit(&gang);
	drm_jobqueue_stop(&rings[1]->queue);
	drm_jobqueue_requeue(&rings[1]->queue);
	atomic_set(&rings[1]->nran, 0);
	drm_jobqueue_start(&rings[1]->queue);
	jq_mock_expect_order(test, rings[1], 1);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&rings[0]->nran), 1);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_advance(rings[i]);
	jq_gang_expect(test, &gang, 0);
}

/* The time of a member begins when the gang enters its ring. */
static void time_begins_in_ring(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct jq_gang gang;
	unsigned int i;

	for (i = 0; i < 2; i++)
		rings[i] = jq_mock_ring_create(test, JQ_MOCK_MANUAL,
					       JQ_MOCK_CREDITS,
					       JQ_MOCK_ANY_CONTEXT, 1000 * HZ);
	jq_gang_prepare(test, &gang, rings, 2, 1);
	KUNIT_EXPECT_FALSE(test, rings[1]->queue.timer_armed);
	jq_gang_submit(&gang);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, rings[i]->queue.timer_armed);
		jq_mock_advance(rings[i]);
	}
	jq_gang_expect(test, &gang, 0);
}

/* The budget of a push is 16 jobs, and members count. */
static void members_count_in_budget(struct kunit *test)
{
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct drm_jobqueue_stats stats;
	struct dma_fence *fence;
	struct jq_gang gang[8];
	struct jq_mock_job *first;
	unsigned int i;

	make_rings(test, rings, JQ_MOCK_MANUAL, JQ_MOCK_ANY_CONTEXT);
	first = jq_mock_job(test, rings[0], 1);
	for (i = 0; i < ARRAY_SIZE(gang); i++)
		jq_gang_prepare(test, &gang[i], rings, JQ_GANG_RINGS, 1);
	/* Nothing may sleep until it is pushed. */
	fence = dma_fence_get(drm_jobqueue_job_arm(&first->base));
	for (i = 0; i < ARRAY_SIZE(gang); i++)
		jq_gang_submit(&gang[i]);
	drm_jobqueue_job_push(&first->base);
	jq_gang_settle(test, rings);
	drm_jobqueue_get_stats(&rings[0]->queue, &stats);
	/* The job, and gangs with 15 members. */
	KUNIT_EXPECT_EQ(test, stats.run_inline, 1 + 5);
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 8);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		jq_mock_advance(rings[i]);
	jq_mock_expect_signalled(test, fence, 0);
	for (i = 0; i < ARRAY_SIZE(gang); i++)
		jq_gang_expect(test, &gang[i], 0);
}

/* Holds up what is queued behind it on an ordered workqueue. */
struct blocker {
	struct work_struct work;
	struct completion go;
};

static void block(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct blocker, work)->go);
}

struct token_waiter {
	struct wait_queue_entry entry;
	struct drm_jobqueue *queue;
	/* It was woken when the token was free. */
	bool woken;
};

/* Called with the lock of the queue. */
static int note_wake(struct wait_queue_entry *entry, unsigned int mode, int flags,
		     void *key)
{
	struct token_waiter *waiter =
		container_of(entry, struct token_waiter, entry);

	if (!waiter->queue->running)
		WRITE_ONCE(waiter->woken, true);
	return 0;
}

/*
 * A gang takes the run token of a member and then fails to take that of another. A
 * stop that waits for the first one is woken although no worker runs: it may be on the
 * workqueue of the queues itself.
 */
static void failed_claim_wakes(struct kunit *test)
{
	struct dma_fence *dep = jq_mock_fence(test, 0, 1);
	struct jq_mock_dev *dev = test->priv;
	struct jq_mock_ring *rings[JQ_GANG_RINGS];
	struct token_waiter waiter = {};
	struct blocker blocker;
	struct jq_gang gang;
	unsigned int i;

	dev->wq = alloc_ordered_workqueue("jq-test", WQ_MEM_RECLAIM);
	KUNIT_ASSERT_NOT_NULL(test, dev->wq);
	for (i = 0; i < JQ_GANG_RINGS; i++)
		rings[i] = jq_mock_ring_create(test, JQ_MOCK_HARDIRQ, JQ_MOCK_CREDITS,
					       i ? 0 : JQ_MOCK_ANY_CONTEXT, 0);
	jq_gang_prepare(test, &gang, rings, JQ_GANG_RINGS, 1);
	KUNIT_ASSERT_EQ(test, 0, drm_jobqueue_job_add_dep(&gang.job[0]->base,
							  dma_fence_get(dep)));
	jq_gang_submit(&gang);
	jq_gang_settle(test, rings);
	/* All but the first are ready; the last one is not any longer. */
	drm_jobqueue_stop(&rings[2]->queue);
	jq_gang_settle(test, rings);
	waiter.queue = &rings[1]->queue;
	init_waitqueue_func_entry(&waiter.entry, note_wake);
	/* Work of the queues is queued from here on, and not executed. */
	INIT_WORK_ONSTACK(&blocker.work, block);
	init_completion(&blocker.go);
	queue_work(dev->wq, &blocker.work);
	add_wait_queue(&waiter.queue->wait, &waiter.entry);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	drm_jobqueue_sync_irq();
	KUNIT_EXPECT_EQ(test, jq_gang_ran(test), 0);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(waiter.woken));
	remove_wait_queue(&waiter.queue->wait, &waiter.entry);
	complete(&blocker.go);
	flush_work(&blocker.work);
	destroy_work_on_stack(&blocker.work);
	drm_jobqueue_start(&rings[2]->queue);
	jq_gang_expect(test, &gang, 0);
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(enters_together),
	KUNIT_CASE(runs_within_push),
	KUNIT_CASE(takes_credits_of_each),
	KUNIT_CASE(keeps_order_of_gangs),
	KUNIT_CASE(waits_for_stopped_queue),
	KUNIT_CASE(waits_for_run_token),
	KUNIT_CASE(waits_for_run_of_predecessor),
	KUNIT_CASE(completes_within_run),
	KUNIT_CASE(requeued_jobs_precede),
	KUNIT_CASE(members_requeue_alone),
	KUNIT_CASE(time_begins_in_ring),
	KUNIT_CASE(members_count_in_budget),
	KUNIT_CASE(failed_claim_wakes),
	{}
};

static struct kunit_suite run_suite = {
	.name = "drm_jobqueue_gang",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = run_cases,
};

kunit_test_suite(run_suite);
