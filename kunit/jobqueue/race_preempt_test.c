// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: a real-time task takes the CPU from a context that makes progress on a
 * queue. The threads of a test are bound to one CPU.
 */

#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mock.h"

/* --- The holder of the run token is preempted by another pusher. ---------- */

#define FIFO_JOBS 20

struct fifo {
	struct jq_mock_ring *ring;
	struct jq_mock_job *job[FIFO_JOBS + 1];
	struct dma_fence *done[FIFO_JOBS + 1];
	struct completion inside;
	struct completion pushed;
	/* The pusher returned while the other was in run(). */
	bool all_pushed;
	bool came_in_time;
};

/* Busy on the CPU that the other thread is bound to. */
static void hold_the_token(struct jq_mock_ring *ring, u64 seqno)
{
	struct fifo *fifo = ring->priv;
	unsigned long end = jiffies + 10 * HZ;

	if (seqno != 1)
		return;
	complete(&fifo->inside);
	while (!READ_ONCE(fifo->all_pushed) && time_before(jiffies, end))
		cpu_relax();
	fifo->came_in_time = READ_ONCE(fifo->all_pushed);
}

static int fifo_holder(void *data)
{
	struct fifo *fifo = data;

	fifo->done[0] = jq_mock_submit(fifo->job[0]);
	return 0;
}

static int fifo_pusher(void *data)
{
	struct fifo *fifo = data;
	int i;

	wait_for_completion(&fifo->inside);
	for (i = 1; i <= FIFO_JOBS; i++)
		fifo->done[i] = jq_mock_submit(fifo->job[i]);
	WRITE_ONCE(fifo->all_pushed, true);
	complete(&fifo->pushed);
	return 0;
}

static struct task_struct *fifo_thread(struct kunit *test, void *data,
				       int (*function)(void *data))
{
	struct task_struct *task = kthread_create(function, data, "jq-fifo");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_bind(task, cpumask_first(cpu_online_mask));
	return get_task_struct(task);
}

static void race20_fifo_pusher_preempts_token_holder(struct kunit *test)
{
	struct fifo *fifo = kunit_kzalloc(test, sizeof(*fifo), GFP_KERNEL);
	struct task_struct *holder, *pusher;
	int i;

	if (!IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "run() cannot be preempted");
	KUNIT_ASSERT_NOT_NULL(test, fifo);
	init_completion(&fifo->inside);
	init_completion(&fifo->pushed);
	fifo->ring = jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 1,
					 DRM_JOBQUEUE_RUN_INLINE, 0);
	fifo->ring->on_run = hold_the_token;
	fifo->ring->priv = fifo;
	for (i = 0; i <= FIFO_JOBS; i++)
		fifo->job[i] = jq_mock_job(test, fifo->ring, 1);

	pusher = fifo_thread(test, fifo, fifo_pusher);
	holder = fifo_thread(test, fifo, fifo_holder);
	sched_set_fifo(pusher);
	wake_up_process(pusher);
	wake_up_process(holder);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &fifo->pushed));
	kthread_stop(pusher);
	kthread_stop(holder);
	put_task_struct(pusher);
	put_task_struct(holder);

	KUNIT_EXPECT_TRUE(test, fifo->came_in_time);
	for (i = 0; i <= FIFO_JOBS; i++)
		jq_mock_expect_signalled(test, fifo->done[i], 0);
	jq_mock_expect_order(test, fifo->ring, FIFO_JOBS + 1);
}

/* --- A task that makes progress is preempted where it lets interrupts in. --- */

/*
 * Time for which the hog keeps the CPU at most. Only a broken queue needs it. The
 * scheduler throttles a real-time task after 950 ms.
 */
#define HOG_LIMIT (HZ / 2)

/* Real-time task that keeps the CPU until the queue has got on without it. */
struct hog {
	struct task_struct *task;
	struct completion go, began;
	bool (*got_on)(struct hog *hog);
	bool in_time;
	struct jq_mock_ring *ring;
	/* Begins the time of the hog when it signals. */
	struct dma_fence_cb cb;
	struct dma_fence *last;
};

static int hog_main(void *data)
{
	struct hog *hog = data;
	unsigned long end;

	wait_for_completion(&hog->go);
	complete(&hog->began);
	end = jiffies + HOG_LIMIT;
	while (!hog->got_on(hog) && time_before(jiffies, end))
		cpu_relax();
	/* The host may have kept this CPU until the end of the time. */
	WRITE_ONCE(hog->in_time, hog->got_on(hog));
	return 0;
}

static struct hog *hog_create(struct kunit *test, bool (*got_on)(struct hog *hog),
			      u32 credits)
{
	struct hog *hog = kunit_kzalloc(test, sizeof(*hog), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hog);
	init_completion(&hog->go);
	init_completion(&hog->began);
	hog->got_on = got_on;
	hog->ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, credits,
					JQ_MOCK_ANY_CONTEXT, 0);
	hog->ring->priv = hog;
	hog->task = fifo_thread(test, hog, hog_main);
	sched_set_fifo(hog->task);
	wake_up_process(hog->task);
	return hog;
}

static void hog_end(struct kunit *test, struct hog *hog)
{
	/* In case that it never began. */
	complete(&hog->go);
	kthread_stop(hog->task);
	put_task_struct(hog->task);
	KUNIT_EXPECT_TRUE_MSG(test, hog->in_time,
			      "the queue has waited for a preempted task");
}

/* Jobs that run in a row before interrupts are let in, and some more. */
#define RUN_BATCH 8
#define RUN_JOBS 20

static bool next_batch_ran(struct hog *hog)
{
	return atomic_read(&hog->ring->nran) > RUN_BATCH;
}

static void wake_hog_in_run(struct jq_mock_ring *ring, u64 seqno)
{
	struct hog *hog = ring->priv;

	if (seqno == RUN_BATCH)
		complete(&hog->go);
}

/* The worker runs on this CPU. */
static int start_here(void *data)
{
	struct hog *hog = data;

	drm_jobqueue_start(&hog->ring->queue);
	return 0;
}

/* The worker is preempted between two batches of jobs. */
static void race20_fifo_preempts_between_batches(struct kunit *test)
{
	struct hog *hog = hog_create(test, next_batch_ran, RUN_JOBS + 1);
	struct task_struct *starter = fifo_thread(test, hog, start_here);
	struct jq_mock_ring *ring = hog->ring;
	struct dma_fence *done[RUN_JOBS + 1];
	int i;

	ring->on_run = wake_hog_in_run;
	drm_jobqueue_stop(&ring->queue);
	for (i = 0; i < RUN_JOBS; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	wake_up_process(starter);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &hog->began));
	/* This push must not find a token whose holder has lost the CPU. */
	done[RUN_JOBS] = jq_mock_submit_one(test, ring, 1);
	hog_end(test, hog);
	kthread_stop(starter);
	put_task_struct(starter);
	jq_mock_expect_order(test, ring, RUN_JOBS + 1);
	jq_mock_advance(ring);
	for (i = 0; i <= RUN_JOBS; i++)
		jq_mock_expect_signalled(test, done[i], 0);
}

/* Fences that a task signals before it lets interrupts in; more than one call signals. */
#define RETIRE_BATCH 16
#define RETIRE_JOBS 100

static bool last_has_signalled(struct hog *hog)
{
	return test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &hog->last->flags);
}

static void wake_hog_by_fence(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	complete(&container_of(cb, struct hog, cb)->go);
}

static int complete_here(void *data)
{
	struct hog *hog = data;

	drm_jobqueue_complete(&hog->ring->queue, RETIRE_JOBS, 0);
	return 0;
}

/* A task that completes jobs is preempted with fences left to be signalled. */
static void race20_fifo_preempts_completer(struct kunit *test)
{
	struct hog *hog = hog_create(test, last_has_signalled, RETIRE_JOBS);
	struct task_struct *completer = fifo_thread(test, hog, complete_here);
	struct dma_fence *done[RETIRE_JOBS];
	int i;

	for (i = 0; i < RETIRE_JOBS; i++)
		done[i] = jq_mock_submit_one(test, hog->ring, 1);
	hog->last = done[RETIRE_JOBS - 1];
	KUNIT_EXPECT_EQ(test, dma_fence_add_callback(done[RETIRE_BATCH - 1], &hog->cb,
						     wake_hog_by_fence), 0);
	wake_up_process(completer);
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &hog->began));
	hog_end(test, hog);
	kthread_stop(completer);
	put_task_struct(completer);
	for (i = 0; i < RETIRE_JOBS; i++)
		jq_mock_expect_signalled(test, done[i], 0);
}

static struct kunit_case preempt_cases[] = {
	KUNIT_CASE(race20_fifo_pusher_preempts_token_holder),
	KUNIT_CASE(race20_fifo_preempts_between_batches),
	KUNIT_CASE(race20_fifo_preempts_completer),
	{}
};

static struct kunit_suite preempt_suite = {
	.name = "drm_jobqueue_race_preempt",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = preempt_cases,
};

kunit_test_suite(preempt_suite);
