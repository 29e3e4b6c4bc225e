// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: errors by number, noted before the jobs are complete.
 */

#include <linux/delay.h>

#include "mock.h"
#include "race.h"

#define JOBS 12
#define ROUNDS 60

/* A ring with JOBS jobs in it, of which none is complete. */
struct filled {
	struct jq_mock_ring *ring;
	struct drm_jobqueue *queue;
	struct dma_fence *done[JOBS + 1];
};

static struct filled *fill(struct kunit *test, u32 max_errors)
{
	struct filled *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct jq_mock_dev *dev = test->priv;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	dev->max_errors = max_errors;
	f->ring = jq_mock_ring_create(test, JQ_MOCK_MANUAL, JOBS,
				      JQ_MOCK_ANY_CONTEXT, 0);
	f->queue = &f->ring->queue;
	for (i = 1; i <= JOBS; i++)
		f->done[i] = jq_mock_submit_one(test, f->ring, 1);
	return f;
}

static int note(struct filled *f, u64 first, u64 last, int error)
{
	return drm_jobqueue_set_error(f->queue, first, last, error);
}

/* Complete all jobs by their last number; @errors are those of their fences. */
static void expect_errors(struct kunit *test, struct filled *f,
			  const int errors[JOBS])
{
	int i;

	drm_jobqueue_complete(f->queue, JOBS, 0);
	for (i = 1; i <= JOBS; i++)
		jq_mock_expect_signalled(test, f->done[i], errors[i - 1]);
	KUNIT_EXPECT_EQ(test, f->queue->nresults, 0);
}

/* One number completes jobs with and without errors. */
static void one_number_for_all(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 4, 6, -ENOSPC), 0);
	KUNIT_EXPECT_EQ(test, note(f, 12, 12, -EINVAL), 0);
	jq_mock_expect_pending(test, f->done[2]);
	expect_errors(test, f, (const int[JOBS]) {
		0, -EIO, 0, -ENOSPC, -ENOSPC, -ENOSPC, 0, 0, 0, 0, 0, -EINVAL });
}

static void first_error_counts(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 3, 5, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 4, 4, -EINVAL), 0);
	/* The jobs on both sides have none. */
	KUNIT_EXPECT_EQ(test, note(f, 2, 8, -ENOSPC), 0);
	KUNIT_EXPECT_EQ(test, note(f, 12, 12, -EPERM), 0);
	drm_jobqueue_complete(f->queue, JOBS, -EINVAL);
	expect_errors(test, f, (const int[JOBS]) {
		0, -ENOSPC, -EIO, -EIO, -EIO, -ENOSPC, -ENOSPC, -ENOSPC, 0, 0, 0,
		-EPERM });
}

static void noted_in_any_order(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 9, 9, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -ENOSPC), 0);
	KUNIT_EXPECT_EQ(test, note(f, 6, 7, -EPERM), 0);
	KUNIT_EXPECT_EQ(test, note(f, 1, 1, -EINVAL), 0);
	expect_errors(test, f, (const int[JOBS]) {
		-EINVAL, -ENOSPC, 0, 0, 0, -EPERM, -EPERM, 0, -EIO, 0, 0, 0 });
}

/* What is complete, and what did not run, is left out. */
static void only_jobs_in_ring(struct kunit *test)
{
	struct filled *f = fill(test, 0);
	struct dma_fence *next = jq_mock_submit_one(test, f->ring, 1);

	drm_jobqueue_complete(f->queue, 2, 0);
	KUNIT_EXPECT_EQ(test, note(f, 1, 2, -EIO), 0);
	KUNIT_EXPECT_EQ(test, f->queue->nresults, 0);
	/* One job of them is in the ring; two others came into it. */
	KUNIT_EXPECT_EQ(test, note(f, 2, 3, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, JOBS + 2, U64_MAX, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 5, 4, -EIO), 0);
	KUNIT_EXPECT_EQ(test, f->queue->nresults, 1);
	expect_errors(test, f, (const int[JOBS]) { [2] = -EIO });
	jq_mock_advance(f->ring);
	jq_mock_expect_signalled(test, next, 0);
}

/* Without room nothing is noted. */
static void room_for_four(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 4, 4, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 7, 7, -EIO), 0);
	/* This takes two entries: the jobs before 4, and those behind. */
	KUNIT_EXPECT_EQ(test, note(f, 3, 5, -EPERM), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->queue->nresults, 3);
	KUNIT_EXPECT_EQ(test, note(f, 9, 9, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 11, 11, -EIO), -ENOSPC);
	KUNIT_EXPECT_EQ(test, note(f, 5, 5, -EIO), -ENOSPC);
	/* Noted before, and adjacent to the last one. */
	KUNIT_EXPECT_EQ(test, note(f, 4, 4, -EPERM), 0);
	KUNIT_EXPECT_EQ(test, note(f, 10, 10, -EIO), 0);
	/* By completion there is always a way. */
	drm_jobqueue_complete(f->queue, JOBS, -EPERM);
	expect_errors(test, f, (const int[JOBS]) {
		0, -EIO, 0, -EIO, 0, 0, -EIO, 0, -EIO, -EIO, 0, -EPERM });
}

/* As many as the driver has asked for, again and again. */
static void room_for_more(struct kunit *test)
{
	struct filled *f = fill(test, 6);
	struct dma_fence *done[JOBS];
	int i, round;

	for (i = 1; i <= JOBS; i += 2)
		KUNIT_EXPECT_EQ(test, note(f, i, i, -i), 0);
	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -EIO), -ENOSPC);
	for (round = 1; round < 20; round++) {
		/* Two retire, so there is room for one, in a ring of other jobs. */
		drm_jobqueue_complete(f->queue, round * 2, 0);
		for (i = 0; i < 2; i++)
			done[i] = jq_mock_submit_one(test, f->ring, 1);
		KUNIT_EXPECT_EQ(test, f->queue->nresults, 5);
		KUNIT_EXPECT_EQ(test, note(f, done[0]->seqno, done[0]->seqno,
					   -EIO), 0);
		KUNIT_EXPECT_EQ(test, note(f, done[1]->seqno, done[1]->seqno,
					   -EPERM), -ENOSPC);
		for (i = 0; i < 2; i++)
			dma_fence_put(done[i]);
	}
	drm_jobqueue_complete_all(f->queue, 0);
	expect_errors(test, f, (const int[JOBS]) {
		-1, 0, -3, 0, -5, 0, -7, 0, -9, 0, -11, 0 });
}

/* The result of a single job counts, and so does the end of the ring. */
static void others_results_count(struct kunit *test)
{
	struct drm_jobqueue_job *job = NULL;
	struct filled *f = fill(test, 0);
	int i;

	KUNIT_EXPECT_EQ(test, note(f, 1, 1, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 4, 6, -EIO), 0);
	drm_jobqueue_stop(f->queue);
	for (i = 0; i < 2; i++)
		job = drm_jobqueue_next_inflight(f->queue, job);
	drm_jobqueue_start(f->queue);
	drm_jobqueue_job_complete(job, 0);
	drm_jobqueue_job_put(job);
	drm_jobqueue_complete(f->queue, 4, 0);
	/* With an error, this replaces what was noted. */
	drm_jobqueue_complete_all(f->queue, -ECANCELED);
	expect_errors(test, f, (const int[JOBS]) {
		-EIO, 0, 0, -EIO, [4 ... 11] = -ECANCELED });
}

/* What is noted for jobs that have retired in another way concerns no other job. */
static void retired_otherwise(struct kunit *test)
{
	struct filled *f = fill(test, 0);
	struct drm_jobqueue_job *first;
	struct jq_mock_job *aborted;
	struct dma_fence *done[2];

	drm_jobqueue_stop(f->queue);
	first = drm_jobqueue_next_inflight(f->queue, NULL);
	drm_jobqueue_start(f->queue);
	drm_jobqueue_job_complete(first, 0);
	drm_jobqueue_job_put(first);
	KUNIT_EXPECT_EQ(test, note(f, 1, 1, -EIO), 0);
	KUNIT_EXPECT_EQ(test, f->queue->nresults, 0);
	/* This one has not retired when its error is noted. */
	KUNIT_EXPECT_EQ(test, note(f, 2, 2, -EIO), 0);
	expect_errors(test, f, (const int[JOBS]) { [1] = -EIO });

	/* The ring is given up when it is empty. */
	aborted = jq_mock_job(test, f->ring, 1);
	done[0] = dma_fence_get(drm_jobqueue_job_arm(&aborted->base));
	drm_jobqueue_job_abort(&aborted->base, -ECANCELED);
	jq_mock_expect_signalled(test, done[0], -ECANCELED);
	drm_jobqueue_complete_all(f->queue, -EIO);
	done[1] = jq_mock_submit_one(test, f->ring, 1);
	drm_jobqueue_complete(f->queue, JOBS + 2, 0);
	jq_mock_expect_signalled(test, done[1], 0);
}

static void given_up_without_error(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 3, 4, -EIO), 0);
	drm_jobqueue_complete_all(f->queue, 0);
	expect_errors(test, f, (const int[JOBS]) { [2] = -EIO, [3] = -EIO });
}

/* A job that runs again may succeed. */
static void requeue_forgets(struct kunit *test)
{
	struct filled *f = fill(test, 0);

	KUNIT_EXPECT_EQ(test, note(f, 2, 5, -EIO), 0);
	KUNIT_EXPECT_EQ(test, note(f, 8, 8, -EIO), 0);
	drm_jobqueue_stop(f->queue);
	drm_jobqueue_complete(f->queue, 3, 0);
	drm_jobqueue_requeue(f->queue);
	drm_jobqueue_start(f->queue);
	jq_mock_settle(test, f->ring);
	expect_errors(test, f, (const int[JOBS]) { 0, -EIO, -EIO });
}

/* --- Errors and completion are reported by different contexts. -------------- */

struct reports {
	struct filled *f;
	/* What the hardware has written to memory. */
	u64 done;
};

static void reports_before(struct kunit *test, void *data)
{
	struct reports *reports = data;

	reports->f = fill(test, JOBS);
	reports->done = 0;
}

/* Each third job fails: its error is noted before its number is written. */
static void hardware(void *data)
{
	struct reports *reports = data;
	u64 i;

	for (i = 1; i <= JOBS; i++) {
		if (i % 3 == 0)
			drm_jobqueue_set_error(reports->f->queue, i, i, -EIO);
		/* Pairs with the load in report_completion(). */
		smp_store_release(&reports->done, i);
		ndelay(500);
	}
}

static void report_completion(void *data)
{
	struct reports *reports = data;
	u64 done;

	do {
		/* Pairs with the store in hardware(). */
		done = smp_load_acquire(&reports->done);
		drm_jobqueue_complete(reports->f->queue, done, 0);
		cond_resched();
	} while (done != JOBS);
}

static void reports_after(struct kunit *test, void *data)
{
	struct reports *reports = data;
	struct filled *f = reports->f;
	int i;

	for (i = 1; i <= JOBS; i++)
		jq_mock_expect_signalled(test, f->done[i], i % 3 ? 0 : -EIO);
	kunit_kfree(test, f);
}

static void noted_vs_completed(struct kunit *test)
{
	static const struct jq_race race = {
		.before = reports_before,
		.racers = { hardware, report_completion, report_completion },
		.after = reports_after,
	};
	struct reports reports;

	jq_race_run(test, &race, ROUNDS, &reports);
}

static struct kunit_case errors_cases[] = {
	KUNIT_CASE(one_number_for_all),
	KUNIT_CASE(first_error_counts),
	KUNIT_CASE(noted_in_any_order),
	KUNIT_CASE(only_jobs_in_ring),
	KUNIT_CASE(room_for_four),
	KUNIT_CASE(room_for_more),
	KUNIT_CASE(others_results_count),
	KUNIT_CASE(retired_otherwise),
	KUNIT_CASE(given_up_without_error),
	KUNIT_CASE(requeue_forgets),
	KUNIT_CASE(noted_vs_completed),
	{}
};

static struct kunit_suite errors_suite = {
	.name = "drm_jobqueue_errors",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = errors_cases,
};

kunit_test_suite(errors_suite);
