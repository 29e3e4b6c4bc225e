// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Errors of jobs in the ring, by number.
 *
 * A driver knows numbers and not jobs, and to find a job in the list takes a walk
 * over the ring with interrupts off. So errors are kept in a table of ranges until
 * the jobs retire, which they do in order: the table is sorted, new ranges mostly
 * come at its end, and the drain takes them from its beginning. An error may be
 * noted before its job is complete.
 *
 * Owns the table, which is part of the queue or, if the driver wants a larger one,
 * an allocation of the queue. All functions but init and fini need the queue's lock.
 */

#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "engine/results.h"
#include "base/state.h"

/*
 * One entry more than the driver asks for, so that a ring can be given up when the
 * table is full.
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int drm_jobqueue_results_init(struct drm_jobqueue *queue, u32 max_errors)
{
	queue->max_errors = max(max_errors, DRM_JOBQUEUE_RESULTS);
	queue->results = queue->own_results;
	if (queue->max_errors == DRM_JOBQUEUE_RESULTS)
		return 0;
	queue->results = kvcalloc(size_add(queue->max_errors, 1),
				  sizeof(*queue->results),
				  GFP_KERNEL_ACCOUNT);
	return queue->results ? 0 : -ENOMEM;
}

/* Context: may sleep. The queue has no jobs. */
void drm_jobqueue_results_fini(struct drm_jobqueue *queue)
{
	if (queue->results != queue->own_results)
		kvfree(queue->results);
}

static struct drm_jobqueue_result *entry(const struct drm_jobqueue *queue,
					 u32 i)
{
	return &queue->results[queue->first_result + i];
}

/* Put a range before entry @i. There is room. */
static void insert(struct drm_jobqueue *queue, u32 i, u64 first, u64 last,
		   int error)
{
	lockdep_assert_held(&queue->lock);

	/* Entries that were taken from the beginning have left a gap there. */
	if (queue->first_result + queue->nresults > queue->max_errors) {
		memmove(queue->results, entry(queue, 0),
			queue->nresults * sizeof(*queue->results));
		queue->first_result = 0;
	}
	memmove(entry(queue, i + 1), entry(queue, i),
		(queue->nresults - i) * sizeof(*queue->results));
	*entry(queue, i) = (struct drm_jobqueue_result) {
		.first = first,
		.last = last,
		.error = error,
	};
	queue->nresults++;
}

/*
 * Give @error to those jobs of a range that have none, or, with error 0, only count
 * the entries that this needs.
 */
static u32 fill(struct drm_jobqueue *queue, u64 first, u64 last, int error)
{
	u32 i, n = 0;

	lockdep_assert_held(&queue->lock);

	for (i = 0; i < queue->nresults && first <= last; i++) {
		const struct drm_jobqueue_result at = *entry(queue, i);

		if (at.last < first)
			continue;
		if (at.first > last)
			break;
		if (at.first > first) {
			if (error)
				insert(queue, i++, first, at.first - 1, error);
			n++;
		}
		first = at.last + 1;
	}
	if (first <= last) {
		if (error)
			insert(queue, i, first, last, error);
		n++;
	}
	return n;
}

/*
 * Keep an error until the jobs of its range retire; those that have are left out. A
 * job that has one already keeps that. Adjacent ranges with the same error are one if
 * they are reported in order.
 * Of the table, @room entries may be used.
 *
 * Return: false if there is no room; then nothing has changed.
 */
bool drm_jobqueue_results_add(struct drm_jobqueue *queue, u64 first, u64 last,
			      int error, u32 room)
{
	const struct drm_jobqueue_job *head = drm_jobqueue_ring_head(queue);
	struct drm_jobqueue_result *newest;

	lockdep_assert_held(&queue->lock);

	/* Jobs before the ring's head have retired, some of them not by number. */
	if (head)
		first = max(first, drm_jobqueue_seqno_of(head));
	if (!head || first > last)
		return true;
	if (queue->nresults) {
		newest = entry(queue, queue->nresults - 1);
		if (newest->last + 1 == first && newest->error == error) {
			newest->last = last;
			return true;
		}
		if (newest->last >= first) {
			if (queue->nresults + fill(queue, first, last, 0) > room)
				return false;
			fill(queue, first, last, error);
			return true;
		}
	}
	if (queue->nresults >= room)
		return false;
	insert(queue, queue->nresults, first, last, error);
	return true;
}

/*
 * Forget the errors of jobs behind @last. A range of which only jobs are left that
 * have retired goes, too: no job would take it.
 */
void drm_jobqueue_results_cut(struct drm_jobqueue *queue, u64 last)
{
	const struct drm_jobqueue_job *head = drm_jobqueue_ring_head(queue);
	const u64 retired = head ? drm_jobqueue_seqno_of(head) - 1 : last;

	lockdep_assert_held(&queue->lock);

	while (queue->nresults) {
		struct drm_jobqueue_result *newest =
			entry(queue, queue->nresults - 1);

		newest->last = min(newest->last, last);
		if (newest->first <= newest->last && newest->last > retired)
			return;
		queue->nresults--;
	}
	queue->first_result = 0;
}

/*
 * Look up the error of a job that retires and has been completed by number. Jobs
 * retire in order, so only the first range can apply, and the last job of the range
 * ends its use. Ranges before it are of jobs that were not completed by number.
 */
int drm_jobqueue_results_take(struct drm_jobqueue *queue, u64 seqno)
{
	int error = 0;

	lockdep_assert_held(&queue->lock);

	while (queue->nresults) {
		const struct drm_jobqueue_result oldest = *entry(queue, 0);

		if (seqno < oldest.first)
			break;
		if (seqno <= oldest.last)
			error = oldest.error;
		if (seqno < oldest.last)
			break;
		queue->nresults--;
		queue->first_result = queue->nresults ?
				      queue->first_result + 1 : 0;
	}
	return error;
}

/* Return: the error kept for a job in the ring, 0 if there is none. */
int drm_jobqueue_results_find(const struct drm_jobqueue *queue, u64 seqno)
{
	u32 low = 0, high = queue->nresults;

	lockdep_assert_held(&queue->lock);

	/* The first entry that does not end before the job. */
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (entry(queue, middle)->last < seqno)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == queue->nresults || entry(queue, low)->first > seqno)
		return 0;
	return entry(queue, low)->error;
}
