// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Statistics and dumps of queues.
 *
 * Called by drivers for debugfs and core dumps. Takes a snapshot under the
 * queue's lock and prints it without; never changes a queue.
 */

#define pr_fmt(fmt) "drm_jobqueue: " fmt

#include <linux/export.h>
#include <linux/jiffies.h>

#include <drm/drm_print.h>

#include "api/print.h"
#include "base/state.h"

/* Bounds the time for which the lock of a long queue is held. */
#define PRINT_JOBS 16

static const char * const state_names[] = {
	[DRM_JOBQUEUE_JOB_INIT] = "init",
	[DRM_JOBQUEUE_JOB_ARMED] = "armed",
	[DRM_JOBQUEUE_JOB_PUSHED] = "pushed",
	[DRM_JOBQUEUE_JOB_RUNNING] = "running",
	[DRM_JOBQUEUE_JOB_DONE] = "done",
	[DRM_JOBQUEUE_JOB_RETIRED] = "retired",
};

/* Snapshot of a job. */
struct job_line {
	u64 seqno;
	u64 client_id;
	u32 credits;
	int pending;
	int error;
	u8 state;
};

static unsigned int snapshot(struct drm_jobqueue *queue, struct job_line *lines)
{
	struct drm_jobqueue_job *job;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);

	for (job = queue->head; job && n < PRINT_JOBS; job = job->next) {
		lines[n++] = (struct job_line) {
			.seqno = drm_jobqueue_seqno_of(job),
			.client_id = job->client_id,
			.credits = job->credits,
			.pending = max(atomic_read(&job->pending), 0),
			.error = READ_ONCE(job->error),
			.state = job->state,
		};
	}
	return n;
}

/**
 * drm_jobqueue_get_stats - read the statistics of a queue
 * @queue: the queue
 * @stats: result; all values are of the same moment
 *
 * Context: any.
 */
void drm_jobqueue_get_stats(struct drm_jobqueue *queue,
			    struct drm_jobqueue_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	*stats = queue->stats;
	spin_unlock_irqrestore(&queue->lock, flags);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_get_stats);

/**
 * drm_jobqueue_print - print a queue
 * @queue: the queue
 * @p: printer
 *
 * Prints state, statistics and the first jobs, for debugfs and core dumps.
 *
 * Context: any in which @p may be used.
 */
void drm_jobqueue_print(struct drm_jobqueue *queue, struct drm_printer *p)
{
	struct job_line lines[PRINT_JOBS];
	struct drm_jobqueue_stats stats;
	u64 seqno, last_run, completed;
	bool killed, running;
	unsigned int i, n;
	u32 used, stopped;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	stats = queue->stats;
	seqno = queue->seqno;
	last_run = queue->last_run;
	completed = queue->completed;
	used = queue->credits_used;
	stopped = queue->stopped;
	killed = queue->killed;
	running = queue->running;
	n = snapshot(queue, lines);
	spin_unlock_irqrestore(&queue->lock, flags);

	drm_printf(p, "queue %s: context %llu%s%s%s\n", queue->timeline->name,
		   queue->timeline->context, killed ? " killed" : "",
		   stopped ? " stopped" : "", running ? " running" : "");
	drm_printf(p, "  seqno: armed %llu run %llu completed %llu\n",
		   seqno, last_run, completed);
	drm_printf(p, "  credits: %u of %u\n", used, queue->credits);
	drm_printf(p, "  run: inline %llu irq %llu worker %llu skipped %llu\n",
		   stats.run_inline, stats.run_irq, stats.run_worker,
		   stats.skipped);
	drm_printf(p, "  jobs: armed %llu retired %llu failed %llu\n",
		   stats.armed, stats.retired, stats.failed);
	drm_printf(p, "  worker runs %llu, timeouts %llu\n",
		   stats.worker_runs, stats.timeouts);
	for (i = 0; i < n; i++)
		drm_printf(p, "  job %llu: %s client %llu credits %u pending %d error %d\n",
			   lines[i].seqno, state_names[lines[i].state],
			   lines[i].client_id, lines[i].credits,
			   lines[i].pending, lines[i].error);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_print);

/* Return: the queue after @prev, with a reference. Puts @prev. */
static struct drm_jobqueue *next_queue(struct drm_jobqueue_group *group,
				       struct drm_jobqueue *prev)
{
	struct drm_jobqueue *queue;

	spin_lock(&group->lock);
	/* With a reference, @prev is still in the list. */
	queue = list_prepare_entry(prev, &group->queues, group_link);
	list_for_each_entry_continue(queue, &group->queues, group_link) {
		/* A queue without references is about to leave the list. */
		if (kref_get_unless_zero(&queue->ref))
			break;
	}
	if (list_entry_is_head(queue, &group->queues, group_link))
		queue = NULL;
	spin_unlock(&group->lock);
	if (prev)
		drm_jobqueue_put(prev);
	return queue;
}

/**
 * drm_jobqueue_group_print - print all queues of a group
 * @group: the group
 * @p: printer; may sleep
 *
 * Context: process context.
 */
void drm_jobqueue_group_print(struct drm_jobqueue_group *group,
			      struct drm_printer *p)
{
	struct drm_jobqueue *queue = NULL;

	while ((queue = next_queue(group, queue)))
		drm_jobqueue_print(queue, p);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_print);

static void print_to_log(struct drm_printer *p, struct va_format *vaf)
{
	pr_info("%s: %pV", (const char *)p->arg, vaf);
}

/* Print the queues that the end of a group waits for to the kernel log. */
void drm_jobqueue_report_hang(struct drm_jobqueue_group *group)
{
	struct drm_printer p = {
		.printfn = print_to_log,
		.arg = (void *)group->name,
	};
	struct drm_jobqueue *queue = NULL;

	pr_info("%s: waiting for queues to end\n", group->name);
	while ((queue = next_queue(group, queue))) {
		if (READ_ONCE(queue->stopped) && READ_ONCE(queue->head))
			pr_info("%s: queue %s has jobs and is stopped\n",
				group->name, queue->timeline->name);
		drm_jobqueue_print(queue, &p);
	}
}
