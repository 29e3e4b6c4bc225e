// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Explain in a sentence per job why it has not run, or has not completed.
 *
 * Called by drivers for debugfs, in process context. As in print.c, the sentences
 * are made from a snapshot that is taken under the queue's lock and printed
 * without it. The snapshot is bounded in jobs and in dependencies, so that a
 * queue of any length holds up neither its interrupts nor the reader.
 */

#include <linux/dma-fence-chain.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <drm/drm_print.h>

#include "api/print.h"
#include "base/state.h"
#include "engine/native.h"
#include "engine/wait.h"

/* Jobs in the ring, and jobs that did not run yet, that are explained */
#define RING_JOBS 4
#define WAITING_JOBS 12

/* Fences of a job that are named */
#define FENCES 2

/* Dependencies of a queue's jobs that are looked at under its lock */
#define DEPS_BUDGET 1024

/* Snapshot of a job. */
struct job_why {
	u64 seqno;
	u32 credits, pending;
	unsigned long pushed;
	int error;
	bool armed, complete, skipped, killed, native, gang;
	/* Some of the fences that it waits for, with references. */
	struct dma_fence *fences[FENCES];
	unsigned int nfences;
};

/* Snapshot of a queue. */
struct queue_why {
	u64 seqno, last_run;
	u32 credits, credits_used, stopped, suspended;
	unsigned long timeout;
	bool running, barrier;
	unsigned long ring_time;
	struct job_why ring[RING_JOBS], waiting[WAITING_JOBS];
	unsigned int nring, nwaiting, budget;
};

static void take_fences(struct drm_jobqueue_job *job, struct queue_why *s,
			struct job_why *why)
{
	struct drm_jobqueue_dep_iter iter;
	struct drm_jobqueue_dep *dep;

	lockdep_assert_held(&job->queue->lock);

	drm_jobqueue_dep_begin(&iter, job);
	while (s->budget && why->nfences < FENCES &&
	       (dep = drm_jobqueue_dep_next(&iter))) {
		s->budget--;
		if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &dep->fence->flags))
			why->fences[why->nfences++] = dma_fence_get(dep->fence);
	}
}

static void take_job(struct drm_jobqueue_job *job, struct job_why *why)
{
	why->seqno = drm_jobqueue_seqno_of(job);
	why->credits = job->credits;
	why->error = READ_ONCE(job->error);
	why->armed = job->state == DRM_JOBQUEUE_JOB_ARMED;
	why->gang = job->gang;
}

static void take_ring(struct drm_jobqueue *queue, struct queue_why *s)
{
	struct drm_jobqueue_job *job = drm_jobqueue_ring_head(queue);

	lockdep_assert_held(&queue->lock);

	if (job)
		s->ring_time = s->suspended ? queue->head_since :
			       jiffies - queue->head_since;
	for (; job && s->nring < RING_JOBS;
	     job = drm_jobqueue_ring_next(queue, job)) {
		struct job_why *why = &s->ring[s->nring++];

		take_job(job, why);
		why->complete = drm_jobqueue_is_complete(job);
		why->native = job->native;
	}
}

static void take_waiting(struct drm_jobqueue *queue, struct queue_why *s)
{
	struct drm_jobqueue_job *job = queue->next;

	lockdep_assert_held(&queue->lock);

	for (; job && s->nwaiting < WAITING_JOBS; job = job->next) {
		struct job_why *why = &s->waiting[s->nwaiting++];

		take_job(job, why);
		why->skipped = job->skip || why->error || queue->killed;
		/* A job with an error of its own keeps it. */
		why->killed = queue->killed && !why->error && !job->skip;
		if (why->killed)
			why->error = queue->kill_error;
		if (why->armed)
			continue;
		why->pushed = (u32)jiffies - job->pushed;
		/* The dependencies stay as they are while the job waits. */
		why->pending = max(atomic_read(&job->pending), 0);
		if (why->pending)
			take_fences(job, s, why);
		if (job->native && !why->skipped)
			why->pending +=
				drm_jobqueue_natives_take(job, why->fences,
							  FENCES,
							  &why->nfences);
	}
}

static void take_queue(struct drm_jobqueue *queue, struct queue_why *s)
{
	unsigned long flags;

	s->budget = DEPS_BUDGET;
	spin_lock_irqsave(&queue->lock, flags);
	s->seqno = queue->seqno;
	s->last_run = queue->last_run;
	s->credits = queue->credits;
	s->credits_used = queue->credits_used;
	s->timeout = queue->timeout;
	s->stopped = queue->stopped;
	s->suspended = queue->timeout_paused;
	s->running = queue->running;
	s->barrier = drm_jobqueue_at_barrier(queue);
	take_ring(queue, s);
	take_waiting(queue, s);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* Each sentence starts with the job, by queue and by fence as in traces. */
static void begin(struct drm_jobqueue *queue, const struct job_why *why,
		  struct drm_printer *p)
{
	drm_printf(p, "%s job %llu:%llu ", queue->timeline->name,
		   queue->timeline->context, why->seqno);
}

static void explain_ring(struct drm_jobqueue *queue, struct queue_why *s,
			 struct drm_printer *p)
{
	unsigned int i;

	for (i = 0; i < s->nring; i++) {
		const struct job_why *why = &s->ring[i];

		begin(queue, why, p);
		if (why->complete && i)
			drm_printf(p, "is complete and signals after job %llu\n",
				   s->ring[i - 1].seqno);
		else if (why->complete && why->native)
			drm_puts(p, "is complete and waits for jobs of other rings\n");
		else if (why->complete)
			drm_puts(p, "is complete and about to signal\n");
		else if (i)
			drm_printf(p, "is in the ring behind job %llu\n",
				   s->ring[i - 1].seqno);
		else if (s->timeout)
			drm_printf(p, "is at the head of the ring for %u of %u ms%s\n",
				   jiffies_to_msecs(s->ring_time),
				   jiffies_to_msecs(s->timeout),
				   s->suspended ? ", clock suspended" : "");
		else
			drm_puts(p, "is at the head of the ring\n");
	}
	if (s->nring && s->last_run > s->ring[s->nring - 1].seqno)
		drm_printf(p, "%s and %llu more jobs in the ring\n",
			   queue->timeline->name,
			   s->last_run - s->ring[s->nring - 1].seqno);
}

/* A chain of fences, such as a point of a timeline, is named by its last fence. */
static void explain_fence(struct dma_fence *fence, struct drm_printer *p)
{
	struct dma_fence *last = dma_fence_chain_contained(fence);
	char text[DRM_JOBQUEUE_FENCE_TEXT];

	if (last != fence &&
	    test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &last->flags))
		drm_puts(p, "an earlier fence of the chain that ends in ");
	drm_jobqueue_fence_text(last, text);
	drm_printf(p, "fence %s (context %llu)", text, last->context);
}

/* Name the fences that a job waits for, and drop them. */
static void explain_fences(struct job_why *why, const char *lead,
			   struct drm_printer *p)
{
	unsigned int i;

	if (!why->pending)
		return;
	drm_puts(p, lead);
	for (i = 0; i < why->nfences; i++) {
		if (i)
			drm_puts(p, ", ");
		explain_fence(why->fences[i], p);
		dma_fence_put(why->fences[i]);
	}
	if (why->pending > why->nfences)
		drm_printf(p, "%sup to %u %sfences", i ? " and " : "",
			   why->pending - why->nfences, i ? "more " : "");
}

/* Say what the job waits for that runs next. */
static void explain_next(struct queue_why *s, struct job_why *why,
			 struct drm_printer *p)
{
	/* The capacity may be less than what is used, after a change. */
	const u32 space = s->credits - min(s->credits, s->credits_used);
	const char *lead = ", and for ";

	if (s->stopped) {
		drm_printf(p, "for its queue, which is stopped (%u)",
			   s->stopped);
	} else if (why->pending) {
		lead = "for ";
	} else if (s->barrier) {
		drm_printf(p, "for job %llu to signal: its ring did not wait for its dependencies",
			   s->nring ? s->ring[0].seqno : s->last_run);
	} else if (why->credits > space && s->credits_used && !why->skipped) {
		drm_printf(p, "for credits: it needs %u, and %u of %u are free, behind job %llu",
			   why->credits, space, s->credits,
			   s->nring ? s->ring[0].seqno : s->last_run);
	} else if (s->running) {
		drm_printf(p, "for run() of job %llu to return", s->last_run);
	} else if (why->gang && !why->skipped) {
		drm_puts(p, "for the other jobs of its gang");
	} else {
		drm_puts(p, "for a worker or an interrupt: it is ready");
	}
	explain_fences(why, lead, p);
}

static void explain_job(struct queue_why *s, unsigned int i,
			struct drm_printer *p)
{
	struct job_why *why = &s->waiting[i];

	if (why->armed) {
		drm_puts(p, "is armed and not pushed");
		return;
	}
	if (why->killed)
		drm_printf(p, "was killed with error %d and ", why->error);
	else if (why->skipped)
		drm_printf(p, "will not run, has error %d and ", why->error);

	drm_printf(p, "has waited %u ms ", jiffies_to_msecs(why->pushed));
	if (!i) {
		explain_next(s, why, p);
		return;
	}
	drm_printf(p, "for its predecessor, job %llu", s->waiting[i - 1].seqno);
	explain_fences(why, ", and for ", p);
}

static void explain_waiting(struct drm_jobqueue *queue, struct queue_why *s,
			    struct drm_printer *p)
{
	unsigned int i;

	for (i = 0; i < s->nwaiting; i++) {
		begin(queue, &s->waiting[i], p);
		explain_job(s, i, p);
		drm_puts(p, "\n");
	}
	if (i && s->seqno > s->waiting[i - 1].seqno)
		drm_printf(p, "%s and %llu more jobs behind job %llu\n",
			   queue->timeline->name,
			   s->seqno - s->waiting[i - 1].seqno,
			   s->waiting[i - 1].seqno);
}

/**
 * drm_jobqueue_explain - print what the jobs of a queue wait for
 * @queue: the queue
 * @p: printer
 *
 * Prints a sentence for each of the first jobs in the ring and of the first jobs
 * that did not run yet: the fences (driver, timeline, sequence number), the
 * predecessor or the credits that the job waits for and since when, or that the
 * queue is stopped or killed. Prints nothing for an empty queue. The driver knows
 * what the head of the ring waits for.
 *
 * Context: any in which @p may be used and the fences that jobs depend on may
 * signal: not with a lock that their callbacks take. Allocates with GFP_NOWAIT
 * and prints nothing but a note if that fails.
 */
void drm_jobqueue_explain(struct drm_jobqueue *queue, struct drm_printer *p)
{
	/* Too large for the stack. */
	struct queue_why *s;

	s = kzalloc(sizeof(*s), GFP_NOWAIT | __GFP_NOWARN);
	if (!s) {
		drm_printf(p, "%s no memory\n", queue->timeline->name);
		return;
	}
	take_queue(queue, s);
	explain_ring(queue, s, p);
	explain_waiting(queue, s, p);
	kfree(s);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_explain);

/**
 * drm_jobqueue_group_explain - print what the jobs of a group's queues wait for
 * @group: the group
 * @p: printer; may sleep
 *
 * Calls drm_jobqueue_explain() for each queue.
 *
 * Context: process context, may sleep.
 */
void drm_jobqueue_group_explain(struct drm_jobqueue_group *group,
				struct drm_printer *p)
{
	struct drm_jobqueue *queue = NULL;

	while ((queue = drm_jobqueue_next_queue(group, queue))) {
		drm_jobqueue_explain(queue, p);
		cond_resched();
	}
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_explain);
