// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Cost of waking up a thread and switching to it: the lower bound for a software
 * GPU that is a thread to react to a doorbell.
 */

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sort.h>

#include "bench.h"

#define SAMPLES 31

struct wakeup {
	struct task_struct *task;
	struct completion seen;
	bool rung;
	u64 woken;
};

static int wakeup_thread(void *data)
{
	struct wakeup *w = data;

	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!READ_ONCE(w->rung) && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (!READ_ONCE(w->rung))
			continue;
		w->woken = ktime_get_mono_fast_ns();
		WRITE_ONCE(w->rung, false);
		complete(&w->seen);
	}
	return 0;
}

/* Let the thread sleep, wake it up and let it run, @rounds times. */
static void take(struct wakeup *w, u64 *samples)
{
	unsigned int i;

	for (i = 0; i < SAMPLES; i++) {
		u64 begin;

		while (READ_ONCE(w->task->__state) != TASK_IDLE ||
		       READ_ONCE(w->task->on_rq))
			cond_resched();
		begin = ktime_get_mono_fast_ns();
		WRITE_ONCE(w->rung, true);
		wake_up_process(w->task);
		cond_resched();
		wait_for_completion(&w->seen);
		samples[i] = w->woken - begin;
	}
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int measure(struct seq_file *s, bool fifo)
{
	struct wakeup w = { .rung = false };
	u64 samples[SAMPLES];

	init_completion(&w.seen);
	w.task = kthread_create(wakeup_thread, &w, "bench-wakeup");
	if (IS_ERR(w.task))
		return PTR_ERR(w.task);
	if (fifo)
		sched_set_fifo_low(w.task);
	wake_up_process(w.task);
	take(&w, samples);
	kthread_stop(w.task);

	sort(samples, SAMPLES, sizeof(*samples), by_value, NULL);
	seq_printf(s, "what=wake-up-%s cost=%llu\n", fifo ? "fifo" : "fair",
		   samples[SAMPLES / 2]);
	return 0;
}

int bench_wakeup(struct seq_file *s)
{
	return measure(s, true) ?: measure(s, false);
}
