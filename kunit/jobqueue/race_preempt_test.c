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

static struct task_struct *fifo_thread(struct kunit *test, struct fifo *fifo,
				       int (*function)(void *data))
{
	struct task_struct *task = kthread_create(function, fifo, "jq-fifo");

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

static struct kunit_case preempt_cases[] = {
	KUNIT_CASE(race20_fifo_pusher_preempts_token_holder),
	{}
};

static struct kunit_suite preempt_suite = {
	.name = "drm_jobqueue_race_preempt",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = preempt_cases,
};

kunit_test_suite(preempt_suite);
