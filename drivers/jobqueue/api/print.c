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
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_print.h>

#include "api/print.h"
#include "base/fence.h"
#include "base/state.h"
#include "engine/native.h"
#include "engine/wait.h"

/* Bounds the time for which the lock of a long queue is held. */
#define PRINT_JOBS 16

/* Fences of the waiting job that are named. */
#define PRINT_FENCES 4

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

/* Snapshot of a queue. */
struct snapshot {
	struct drm_jobqueue_stats stats;
	u64 seqno, last_run, submitted, completed;
	u32 credits, credits_used, stopped, suspended;
	unsigned long timeout;
	bool killed, running;
	/* The first jobs, and the next to run if it is not among them. */
	struct job_line lines[PRINT_JOBS + 1];
	unsigned int nlines;
	/* The oldest job in the ring, 0 if there is none, and its time there. */
	u64 ring_head;
	unsigned long ring_time;
	/* The job to run next, with seqno 0 if there is none; since its push. */
	struct job_line next;
	unsigned long next_time;
	bool skipped, gang;
	/* Some of the fences that it waits for, with references. */
	struct dma_fence *fences[PRINT_FENCES];
	unsigned int nfences;
};

static struct job_line job_line(struct drm_jobqueue_job *job)
{
	return (struct job_line) {
		.seqno = drm_jobqueue_seqno_of(job),
		.client_id = job->client_id,
		.credits = job->credits,
		.pending = max(atomic_read(&job->pending), 0),
		.error = READ_ONCE(job->error),
		.state = job->state,
	};
}

static void take_jobs(struct drm_jobqueue *queue, struct snapshot *s)
{
	struct drm_jobqueue_job *job, *next = queue->next;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);

	for (job = queue->head; job && n < PRINT_JOBS; job = job->next) {
		s->lines[n++] = job_line(job);
		if (job == next)
			next = NULL;
	}
	if (next)
		s->lines[n++] = job_line(next);
	s->nlines = n;
}

/* The dependencies of a job stay as they are while it waits for one. */
static void take_fences(struct drm_jobqueue_job *job, struct snapshot *s)
{
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep *dep;

	lockdep_assert_held(&job->queue->lock);

	drm_jobqueue_dep_begin(&iter, job);
	while (s->nfences < PRINT_FENCES &&
	       (dep = drm_jobqueue_dep_next(&iter))) {
		if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &dep->fence->flags))
			s->fences[s->nfences++] = dma_fence_get(dep->fence);
	}
}

static void take_next(struct drm_jobqueue *queue, struct snapshot *s)
{
	struct drm_jobqueue_job *job = queue->next;

	lockdep_assert_held(&queue->lock);

	if (!job)
		return;
	s->next = job_line(job);
	s->skipped = job->skip || READ_ONCE(job->error) || queue->killed;
	s->gang = job->gang && !s->skipped;
	if (job->state != DRM_JOBQUEUE_JOB_PUSHED)
		return;
	s->next_time = (u32)jiffies - job->pushed;
	if (s->next.pending)
		take_fences(job, s);
	if (job->native && !s->skipped)
		s->next.pending +=
			drm_jobqueue_natives_take(job, s->fences, PRINT_FENCES,
						  &s->nfences);
}

static void take_snapshot(struct drm_jobqueue *queue, struct snapshot *s)
{
	struct drm_jobqueue_job *head;
	unsigned long flags;

	memset(s, 0, sizeof(*s));
	spin_lock_irqsave(&queue->lock, flags);
	s->stats = queue->stats;
	s->seqno = queue->seqno;
	s->last_run = queue->last_run;
	s->submitted = queue->submitted;
	s->completed = queue->completed;
	s->credits = queue->credits;
	s->credits_used = queue->credits_used;
	s->timeout = queue->timeout;
	s->stopped = queue->stopped;
	s->suspended = queue->timeout_paused;
	s->killed = queue->killed;
	s->running = queue->running;
	head = drm_jobqueue_ring_head(queue);
	if (head) {
		s->ring_head = drm_jobqueue_seqno_of(head);
		s->ring_time = s->suspended ? queue->head_since :
			       jiffies - queue->head_since;
	}
	take_jobs(queue, s);
	take_next(queue, s);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/*
 * Describe a fence: driver, timeline, sequence number and state. @text has
 * DRM_JOBQUEUE_FENCE_TEXT bytes. The module that has made a fence may be gone when
 * the fence has signalled, and the names with it.
 */
void drm_jobqueue_fence_text(struct dma_fence *fence, char *text)
{
	int size;

	if (dma_fence_is_signaled(fence)) {
		scnprintf(text, DRM_JOBQUEUE_FENCE_TEXT, "seq %llu signalled",
			  fence->seqno);
		return;
	}
	/* Not dma_fence_describe(), whose text differs among kernels */
	rcu_read_lock();
	size = snprintf(text, DRM_JOBQUEUE_FENCE_TEXT, "%s %s seq %llu unsignalled",
			compat_dma_fence_driver_name(fence),
			compat_dma_fence_timeline_name(fence), fence->seqno);
	rcu_read_unlock();
	if (size >= DRM_JOBQUEUE_FENCE_TEXT)
		strscpy(text, "name too long", DRM_JOBQUEUE_FENCE_TEXT);
}

static void print_fences(struct snapshot *s, struct drm_printer *p)
{
	unsigned int i;

	for (i = 0; i < s->nfences; i++) {
		char text[DRM_JOBQUEUE_FENCE_TEXT];

		drm_jobqueue_fence_text(s->fences[i], text);
		drm_printf(p, "    context %llu: %s\n", s->fences[i]->context,
			   text);
		dma_fence_put(s->fences[i]);
	}
	if (s->nfences && s->next.pending > s->nfences)
		drm_printf(p, "    and up to %u more\n",
			   s->next.pending - s->nfences);
}

/* Return: credits that others must give back before the next job can run. */
static u32 credits_short(const struct snapshot *s)
{
	u64 wanted = (u64)s->credits_used + s->next.credits;

	/* A job that needs more than the ring has gets all of it. */
	return min_t(u64, wanted - s->credits, s->credits_used);
}

/* Say why the next job does not run, and what the ring's head waits for. */
static void print_reason(struct snapshot *s, struct drm_printer *p)
{
	/* The capacity may be less than what is used, after a change. */
	const u32 space = s->credits - min(s->credits, s->credits_used);

	if (s->ring_head && s->timeout)
		drm_printf(p, "  ring: head is job %llu, for %u of %u ms%s\n",
			   s->ring_head, jiffies_to_msecs(s->ring_time),
			   jiffies_to_msecs(s->timeout),
			   s->suspended ? ", clock suspended" : "");
	else if (s->ring_head)
		drm_printf(p, "  ring: head is job %llu\n", s->ring_head);
	/* A job is submitted when run() returns, so the token may be another's. */
	if (s->running && s->submitted != s->last_run)
		drm_printf(p, "  running: run() of job %llu has not returned\n",
			   s->last_run);
	else if (s->running)
		drm_puts(p, "  running: no job, the token is held as by drm_jobqueue_call()\n");
	if (!s->next.seqno)
		return;

	drm_printf(p, "  waiting: job %llu ", s->next.seqno);
	if (s->next.state == DRM_JOBQUEUE_JOB_ARMED)
		drm_puts(p, "is armed and not pushed\n");
	else if (s->stopped)
		drm_printf(p, "for %u ms, queue is stopped (%u)\n",
			   jiffies_to_msecs(s->next_time), s->stopped);
	else if (s->next.pending)
		drm_printf(p, "for %u ms, for %u fences\n",
			   jiffies_to_msecs(s->next_time), s->next.pending);
	else if (s->next.credits > space && s->credits_used && !s->skipped)
		drm_printf(p, "for %u ms, short of %u credits, behind job %llu\n",
			   jiffies_to_msecs(s->next_time),
			   credits_short(s), s->ring_head);
	else
		drm_printf(p, "for %u ms, %s\n", jiffies_to_msecs(s->next_time),
			   s->gang ? "for its gang" : "ready");
	print_fences(s, p);
}

/**
 * drm_jobqueue_get_stats - read the statistics of a queue
 * @queue: the queue
 * @stats: result; all values are of the same moment, and times up to now
 *
 * Context: any.
 */
void drm_jobqueue_get_stats(struct drm_jobqueue *queue,
			    struct drm_jobqueue_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	*stats = queue->stats;
	if (queue->busy_since)
		stats->busy_ns += ktime_get_ns() - queue->busy_since;
	spin_unlock_irqrestore(&queue->lock, flags);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_get_stats);

static void print_snapshot(struct drm_jobqueue *queue, struct snapshot *s,
			   struct drm_printer *p)
{
	unsigned int i;

	drm_printf(p, "queue %s: context %llu%s%s%s\n", queue->timeline->name,
		   queue->timeline->context, s->killed ? " killed" : "",
		   s->stopped ? " stopped" : "", s->running ? " running" : "");
	drm_printf(p, "  seqno: armed %llu run %llu completed %llu\n",
		   s->seqno, s->last_run, s->completed);
	drm_printf(p, "  credits: %u of %u\n", s->credits_used, s->credits);
	drm_printf(p, "  run: inline %llu irq %llu worker %llu skipped %llu\n",
		   s->stats.run_inline, s->stats.run_irq, s->stats.run_worker,
		   s->stats.skipped);
	drm_printf(p, "  jobs: armed %llu retired %llu failed %llu\n",
		   s->stats.armed, s->stats.retired, s->stats.failed);
	drm_printf(p, "  worker runs %llu, timeouts %llu\n",
		   s->stats.worker_runs, s->stats.timeouts);
	for (i = 0; i < s->nlines; i++)
		drm_printf(p, "  job %llu: %s client %llu credits %u pending %d error %d\n",
			   s->lines[i].seqno, state_names[s->lines[i].state],
			   s->lines[i].client_id, s->lines[i].credits,
			   s->lines[i].pending, s->lines[i].error);
	print_reason(s, p);
}

/**
 * drm_jobqueue_print - print a queue
 * @queue: the queue
 * @p: printer
 *
 * Prints state, statistics, the first jobs and the job that is to run next, for
 * debugfs and core dumps, and why that job does not run: it is not pushed, the
 * queue is stopped, it waits for fences (some of which are named) or for credits.
 *
 * Context: any in which @p may be used and the fences that jobs depend on may
 * signal: not with a lock that their callbacks take. Allocates with GFP_NOWAIT
 * and prints nothing but a note if that fails.
 */
void drm_jobqueue_print(struct drm_jobqueue *queue, struct drm_printer *p)
{
	/* Too large for the stack. */
	struct snapshot *s = kmalloc(sizeof(*s), GFP_NOWAIT | __GFP_NOWARN);

	if (!s) {
		drm_printf(p, "queue %s: no memory\n", queue->timeline->name);
		return;
	}
	take_snapshot(queue, s);
	print_snapshot(queue, s, p);
	kfree(s);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_print);

/* Return: the queue after @prev, with a reference. Puts @prev. */
struct drm_jobqueue *
drm_jobqueue_next_queue(struct drm_jobqueue_group *group,
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

	while ((queue = drm_jobqueue_next_queue(group, queue)))
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
	while ((queue = drm_jobqueue_next_queue(group, queue))) {
		if (READ_ONCE(queue->stopped) && READ_ONCE(queue->head))
			pr_info("%s: queue %s has jobs and is stopped\n",
				group->name, queue->timeline->name);
		drm_jobqueue_print(queue, &p);
	}
}
