// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Two processors push jobs at once, to one queue or to a queue each: the time of
 * a submission. With a back end that does not order arm and push by itself, the
 * submitters take a mutex, as drivers do.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "bench.h"

#define SUBMITTERS	2
#define JOBS		4000

struct submitter {
	struct task_struct *task;
	struct bench_run *run;
	struct bench_queue *queue;
	/* Serialises arm and push of the queue, if the back end needs that. */
	struct mutex *lock;
	/* Submitters that have not begun; all begin at once. */
	atomic_t *missing;
	struct completion done;
	int error;
	u64 samples[JOBS];
};

static int submit(struct submitter *sub, u64 *sample)
{
	const struct bench_backend *be = sub->run->be;
	struct bench_job *job;
	u64 begin = ktime_get_ns();

	job = be->job_create(sub->queue);
	if (!job)
		return -ENOMEM;
	if (be->serial)
		mutex_lock(sub->lock);
	be->job_arm(job);
	be->job_push(job);
	if (be->serial)
		mutex_unlock(sub->lock);
	*sample = ktime_get_ns() - begin;
	return 0;
}

static int submitter_thread(void *data)
{
	struct submitter *sub = data;
	unsigned int i;

	atomic_dec(sub->missing);
	while (atomic_read(sub->missing) > 0)
		cond_resched();
	for (i = 0; i < JOBS && !sub->error; i++) {
		sub->error = submit(sub, &sub->samples[i]);
		cond_resched();
	}
	complete(&sub->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int start(struct submitter *sub, unsigned int cpu)
{
	init_completion(&sub->done);
	sub->error = 0;
	sub->task = kthread_create(submitter_thread, sub, "bench-submit");
	if (IS_ERR(sub->task))
		return PTR_ERR(sub->task);
	kthread_bind(sub->task, cpu);
	wake_up_process(sub->task);
	return 0;
}

static int push_from_two(struct bench_run *run, struct seq_file *s,
			 struct submitter *subs, unsigned int queues)
{
	atomic_t missing = ATOMIC_INIT(SUBMITTERS);
	/* Order arm and push of a queue each. */
	struct mutex locks[SUBMITTERS];
	unsigned int i;
	u64 begin;
	int ret;

	for (i = 0; i < SUBMITTERS; i++) {
		mutex_init(&locks[i]);
		subs[i].run = run;
		subs[i].queue = run->queues[i % queues];
		subs[i].lock = &locks[i % queues];
		subs[i].missing = &missing;
		ret = start(&subs[i], i);
		if (WARN_ON(ret)) {
			/* Let the others go on, and wait for them. */
			atomic_set(&missing, 0);
			while (i--) {
				wait_for_completion(&subs[i].done);
				kthread_stop(subs[i].task);
			}
			return ret;
		}
	}
	begin = ktime_get_ns();
	for (i = 0; i < SUBMITTERS; i++) {
		wait_for_completion(&subs[i].done);
		kthread_stop(subs[i].task);
		ret = ret ?: subs[i].error;
	}
	if (ret)
		return ret;
	bench_wait_freed(SUBMITTERS * JOBS);
	begin = ktime_get_ns() - begin;

	/* One submitter's figures; the other one has the same. */
	sort(subs[0].samples, JOBS, sizeof(u64), by_value, NULL);
	seq_printf(s, "latency=two_push_to_%u impl=%s samples=%u p50=%llu p90=%llu p99=%llu max=%llu job=%llu\n",
		   queues, run->be->name, JOBS, subs[0].samples[JOBS / 2],
		   subs[0].samples[JOBS * 9 / 10],
		   subs[0].samples[JOBS * 99 / 100], subs[0].samples[JOBS - 1],
		   div_u64(begin, SUBMITTERS * JOBS));
	return 0;
}

int bench_contention(const struct bench_backend *be, struct seq_file *s)
{
	struct bench_run run = { .be = be };
	struct submitter *subs;
	int ret;

	if (num_online_cpus() < SUBMITTERS)
		return -ENODEV;
	subs = kvcalloc(SUBMITTERS, sizeof(*subs), GFP_KERNEL);
	if (!subs)
		return -ENOMEM;
	ret = be->start(be);
	if (ret)
		goto out;
	ret = bench_open(&run, SUBMITTERS, BENCH_CREDITS);
	if (!ret) {
		ret = push_from_two(&run, s, subs, 1) ?:
		      push_from_two(&run, s, subs, 2);
		bench_close(&run, SUBMITTERS);
	}
	be->stop(be);
out:
	kvfree(subs);
	return ret;
}
