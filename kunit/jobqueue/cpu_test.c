// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: which CPU and which context does the work: within an interrupt
 * that completes jobs, on CPUs with real-time tasks, on CPUs that go offline.
 */

#include <linux/cpu.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "engine/defer.h"
#include "mock.h"

/* A hard interrupt that completes the jobs of a ring. */
struct interrupt {
	struct irq_work irq_work;
	struct jq_mock_ring *ring;
	u64 seqno;
	bool active;
	/* Jobs that ran before the handler returned. */
	unsigned int ran;
};

static void interrupt_handler(struct irq_work *work)
{
	struct interrupt *irq = container_of(work, struct interrupt, irq_work);

	WRITE_ONCE(irq->active, true);
	drm_jobqueue_complete(&irq->ring->queue, irq->seqno, 0);
	WRITE_ONCE(irq->active, false);
}

static void interrupt_raise(struct interrupt *irq, struct jq_mock_ring *ring,
			    u64 seqno)
{
	init_irq_work(&irq->irq_work, interrupt_handler);
	irq->ring = ring;
	irq->seqno = seqno;
	irq_work_queue(&irq->irq_work);
	irq_work_sync(&irq->irq_work);
}

static void count_in_handler(struct jq_mock_ring *ring, u64 seqno)
{
	struct interrupt *irq = ring->priv;

	if (READ_ONCE(irq->active))
		irq->ran++;
}

/* Submit a job that waits for the fence. Consumes the reference to it. */
static struct dma_fence *submit_behind(struct kunit *test,
				       struct jq_mock_ring *ring,
				       struct dma_fence *dep)
{
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);

	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base, dep), 0);
	return jq_mock_submit(job);
}

/* A job of another queue runs in the interrupt that completes its prerequisite. */
static void dependent_runs_in_same_interrupt(struct kunit *test)
{
	struct jq_mock_ring *first =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct jq_mock_ring *second =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct interrupt irq = {};
	struct dma_fence *done;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "jobs do not run in hard interrupts");
	second->priv = &irq;
	second->on_run = count_in_handler;
	done = submit_behind(test, second, jq_mock_submit_one(test, first, 1));
	jq_mock_settle(test, second);
	interrupt_raise(&irq, first, 1);
	KUNIT_EXPECT_EQ(test, irq.ran, 1);
	jq_mock_advance(second);
	jq_mock_expect_signalled(test, done, 0);
}

/* Many queues become ready in one interrupt: it runs the jobs of some. */
static void dependents_share_the_budget(struct kunit *test)
{
	const unsigned int n = 300;
	struct jq_mock_ring *first =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *gate = jq_mock_submit_one(test, first, 1);
	struct interrupt irq = {};
	struct jq_mock_ring **ring;
	struct dma_fence **done;
	unsigned int i;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "jobs do not run in hard interrupts");
	ring = kunit_kcalloc(test, n, sizeof(*ring), GFP_KERNEL);
	done = kunit_kcalloc(test, n, sizeof(*done), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	KUNIT_ASSERT_NOT_NULL(test, done);
	for (i = 0; i < n; i++) {
		ring[i] = jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
					      JQ_MOCK_ANY_CONTEXT, 0);
		ring[i]->priv = &irq;
		ring[i]->on_run = count_in_handler;
		done[i] = submit_behind(test, ring[i], dma_fence_get(gate));
	}
	dma_fence_put(gate);
	jq_mock_settle(test, first);
	interrupt_raise(&irq, first, 1);
	KUNIT_EXPECT_GT(test, irq.ran, 0);
	KUNIT_EXPECT_LE(test, irq.ran, 64);
	for (i = 0; i < n; i++) {
		jq_mock_expect_order(test, ring[i], 1);
		jq_mock_advance(ring[i]);
		jq_mock_expect_signalled(test, done[i], 0);
	}
}

struct signaller {
	struct dma_fence *gate;
	bool fifo;
	struct completion done;
};

static int signaller_thread(void *data)
{
	struct signaller *s = data;

	if (s->fifo)
		sched_set_fifo(current);
	dma_fence_signal(s->gate);
	complete(&s->done);
	return 0;
}

static void note_cpus(struct jq_mock_ring *ring, u64 seqno)
{
	*(unsigned int *)ring->priv = current->nr_cpus_allowed;
}

/* Return: the number of CPUs on which the worker could have run the job. */
static unsigned int cpus_of_worker(struct kunit *test, bool fifo)
{
	struct jq_mock_ring *ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL,
							4, 0, 0);
	struct signaller s = { .fifo = fifo };
	struct task_struct *task;
	struct dma_fence *done;
	unsigned int cpus = 0;

	ring->priv = &cpus;
	ring->on_run = note_cpus;
	init_completion(&s.done);
	s.gate = jq_mock_fence(test, 0, 1);
	done = submit_behind(test, ring, dma_fence_get(s.gate));
	jq_mock_settle(test, ring);
	task = kthread_run(signaller_thread, &s, "jq-signaller");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, jq_mock_wait(test, &s.done));
	jq_mock_expect_order(test, ring, 1);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
	dma_fence_put(s.gate);
	return cpus;
}

/* A job that becomes ready under a real-time task does not wait for its CPU. */
static void worker_avoids_realtime_tasks(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	KUNIT_EXPECT_EQ(test, cpus_of_worker(test, false), 1);
	KUNIT_EXPECT_GT(test, cpus_of_worker(test, true), 1);
}

struct flusher {
	struct work_struct work;
	struct work_struct target;
	struct task_struct *task;
};

static void flush_target(struct work_struct *work)
{
	struct flusher *f = container_of(work, struct flusher, work);

	/* Pairs with wait_until_flushed(). */
	smp_store_release(&f->task, current);
	flush_work(&f->target);
}

/* Return when the other work item waits for this one, which it is allowed to. */
static void wait_until_flushed(struct work_struct *work)
{
	struct flusher *f = container_of(work, struct flusher, target);
	struct task_struct *task;

	/* Pairs with flush_target(). */
	while (!(task = smp_load_acquire(&f->task)) || task_is_running(task))
		cond_resched();
}

/*
 * Memory reclaim may wait for the workqueues: the kernel warns if work that
 * serves reclaim flushes work of a workqueue without a rescuer.
 */
static void workqueues_serve_reclaim(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct workqueue_struct *queues[] = {
		dev->group.wq, dev->group.unbound_wq, dev->group.timeout_wq,
	};
	struct workqueue_struct *wq;
	struct flusher f;
	int i;

	wq = alloc_workqueue("jq-test-flush", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	KUNIT_ASSERT_NOT_NULL(test, wq);
	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		f.task = NULL;
		INIT_WORK_ONSTACK(&f.work, flush_target);
		INIT_WORK_ONSTACK(&f.target, wait_until_flushed);
		queue_work(queues[i], &f.target);
		queue_work(wq, &f.work);
		flush_work(&f.work);
		destroy_work_on_stack(&f.work);
		destroy_work_on_stack(&f.target);
	}
	destroy_workqueue(wq);
}

/* A queue in the list of a CPU that goes offline is looked at elsewhere. */
static void offline_cpu_leaves_nothing(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done;
	int ret;

	if (!cpu)
		kunit_skip(test, "needs two CPUs");
	/* A job that is ready, and that no kick makes run. */
	drm_jobqueue_stop(&ring->queue);
	done = jq_mock_submit_one(test, ring, 1);
	jq_mock_settle(test, ring);
	spin_lock_irq(&ring->queue.lock);
	ring->queue.stopped = 0;
	spin_unlock_irq(&ring->queue.lock);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), 0);

	drm_jobqueue_add_on_cpu(&ring->queue, cpu);
	ret = remove_cpu(cpu);
	if (ret)
		drm_jobqueue_raise_on_cpu(cpu);
	KUNIT_ASSERT_EQ(test, ret, 0);
	jq_mock_expect_order(test, ring, 1);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
}

static struct kunit_case cpu_cases[] = {
	KUNIT_CASE(dependent_runs_in_same_interrupt),
	KUNIT_CASE(dependents_share_the_budget),
	KUNIT_CASE(worker_avoids_realtime_tasks),
	KUNIT_CASE(workqueues_serve_reclaim),
	KUNIT_CASE(offline_cpu_leaves_nothing),
	{}
};

static struct kunit_suite cpu_suite = {
	.name = "drm_jobqueue_cpu",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = cpu_cases,
};

kunit_test_suite(cpu_suite);
