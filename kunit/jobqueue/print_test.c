// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dumps, statistics and deadlines.
 */

#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_print.h>

#include "mock.h"

#define ROOM 8192

static __printf(2, 3) char *format(struct kunit *test, const char *fmt, ...)
{
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	va_list args;

	KUNIT_ASSERT_NOT_NULL(test, text);
	va_start(args, fmt);
	vscnprintf(text, ROOM, fmt, args);
	va_end(args);
	return text;
}

/* @text: ROOM bytes, all 0 */
static void print_into(char *text, struct jq_mock_ring *ring)
{
	struct drm_print_iterator iter = { .data = text, .remain = ROOM - 1 };
	struct drm_printer p = drm_coredump_printer(&iter);

	drm_jobqueue_print(&ring->queue, &p);
}

static char *print_queue(struct kunit *test, struct jq_mock_ring *ring)
{
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	print_into(text, ring);
	return text;
}

/* The dump starts with @expect. */
static void expect_print(struct kunit *test, struct jq_mock_ring *ring,
			 const char *expect)
{
	char *text = print_queue(test, ring);

	if (!strstarts(text, expect))
		KUNIT_EXPECT_STREQ(test, text, expect);
}

static void print_shows_all(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 7,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done[4], *dep = jq_mock_fence(test, 0, 1);
	struct jq_mock_job *job;
	u64 context;
	int i;

	ring->client_id = 42;
	done[0] = jq_mock_submit_one(test, ring, 1);
	context = done[0]->context;
	jq_mock_advance(ring);
	done[1] = jq_mock_submit_one(test, ring, 3);
	job = jq_mock_job(test, ring, 0);
	done[2] = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_abort(&job->base, -EIO);
	ring->client_id = 43;
	job = jq_mock_job(test, ring, 2);
	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	done[3] = jq_mock_submit(job);
	drm_jobqueue_stop(&ring->queue);
	expect_print(test, ring,
		     format(test,
			    "queue ring: context %llu stopped\n"
			    "  seqno: armed 4 run 3 completed 1\n"
			    "  credits: 3 of 7\n"
			    "  run: inline 2 irq 0 worker 0 skipped 1\n"
			    "  jobs: armed 4 retired 1 failed 0\n"
			    "  worker runs 0, timeouts 0\n"
			    "  job 2: running client 42 credits 3 pending 0 error 0\n"
			    "  job 3: done client 42 credits 0 pending 0 error -5\n"
			    "  job 4: pushed client 43 credits 2 pending 1 error 0\n",
			    context));

	drm_jobqueue_kill(&ring->queue, 0);
	drm_jobqueue_start(&ring->queue);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_advance(ring);
	for (i = 0; i < 4; i++)
		jq_mock_expect_signalled(test, done[i],
					 i == 2 ? -EIO :
					 i == 3 ? -ECANCELED : 0);
	jq_mock_settle(test, ring);
	expect_print(test, ring,
		     format(test,
			    "queue ring: context %llu killed\n"
			    "  seqno: armed 4 run 4 completed 2\n"
			    "  credits: 0 of 7\n"
			    "  run: inline 2 irq 0 worker 0 skipped 2\n"
			    "  jobs: armed 4 retired 4 failed 2\n",
			    context));
}

/* The number of printed jobs is bounded: the snapshot is taken under a lock. */
static void print_is_bounded(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 100,
				    JQ_MOCK_ANY_CONTEXT, 0);
	const char *text;
	int i;

	for (i = 0; i < 100; i++)
		dma_fence_put(jq_mock_submit_one(test, ring, 1));
	text = print_queue(test, ring);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "  job 16: running"));
	KUNIT_EXPECT_NULL(test, strstr(text, "  job 17:"));
	jq_mock_advance(ring);
}

/* The dump has a line with this text. */
static void expect_line(struct kunit *test, struct jq_mock_ring *ring,
			const char *line)
{
	char *text = print_queue(test, ring);

	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, line), "no %s in %s", line,
				  text);
}

/* The dump names the job that waits, and says what for. */
static void print_says_why_it_waits(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 20,
				    JQ_MOCK_ANY_CONTEXT, 1000 * HZ);
	/* Nothing may be allocated while a job is armed. */
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct jq_mock_job *job[2];
	struct dma_fence *done[2];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < 20; i++)
		dma_fence_put(jq_mock_submit_one(test, ring, i ? 1 : 0));
	for (i = 0; i < 2; i++)
		job[i] = jq_mock_job(test, ring, 3);
	for (i = 0; i < 2; i++)
		done[i] = dma_fence_get(drm_jobqueue_job_arm(&job[i]->base));
	print_into(text, ring);
	drm_jobqueue_job_push(&job[1]->base);
	drm_jobqueue_job_push(&job[0]->base);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "  waiting: job 21 is armed and not pushed\n"));
	expect_line(test, ring, "  ring: head is job 1, for ");
	expect_line(test, ring, " of 1000000 ms\n");
	/* Also if there are many jobs before it. */
	expect_line(test, ring, "  job 21: pushed ");
	expect_line(test, ring, "  waiting: job 21 for ");
	expect_line(test, ring, " ms, short of 2 credits, behind job 1\n");
	drm_jobqueue_timeout_suspend(&ring->queue);
	expect_line(test, ring, " ms, clock suspended\n");
	drm_jobqueue_timeout_resume(&ring->queue);
	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_stop(&ring->queue);
	expect_line(test, ring, " ms, queue is stopped (2)\n");
	drm_jobqueue_start(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	for (i = 0; i < 3; i++) {
		jq_mock_settle(test, ring);
		jq_mock_advance(ring);
	}
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
	KUNIT_EXPECT_NULL(test, strstr(print_queue(test, ring), "waiting"));
}

static void print_in_call(struct drm_jobqueue *queue, void *arg)
{
	print_into(arg, jq_mock_ring_of(queue));
}

static void print_in_run(struct jq_mock_ring *ring, u64 seqno)
{
	if (seqno == 2)
		print_into(ring->priv, ring);
}

/* The run token is not always that of a job. */
static void print_tells_call_from_run(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1), 0);
	drm_jobqueue_call(&ring->queue, print_in_call, text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "  running: no job, "), "%s", text);
	KUNIT_EXPECT_NULL(test, strstr(text, "run() of job"));
	memset(text, 0, ROOM);
	ring->priv = text;
	ring->on_run = print_in_run;
	jq_mock_expect_signalled(test, jq_mock_submit_one(test, ring, 1), 0);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "run() of job 2 has not returned\n"),
				  "%s", text);
}

/* Some of the fences that a job waits for are named, and none that signalled. */
static void print_names_fences(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_IN_RUN, 4,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[7], *done;
	char *text;
	int i;

	for (i = 0; i < 7; i++) {
		dep[i] = jq_mock_fence(test, 0, 1000 + i);
		drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep[i]));
	}
	done = jq_mock_submit(job);
	dma_fence_signal(dep[1]);
	expect_line(test, ring, " ms, for 6 fences\n");
	text = print_queue(test, ring);
	for (i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test,
				!!strstr(text, format(test, "    context %llu: %s\n",
						      dep[i]->context,
						      jq_mock_describe(test, dep[i]))),
				i != 1 && i < 5);
	expect_line(test, ring, "    and up to 2 more\n");
	for (i = 0; i < 7; i++) {
		dma_fence_signal(dep[i]);
		/* The dump did not keep any. */
		jq_mock_settle(test, ring);
		dma_fence_put(dep[i]);
	}
	jq_mock_expect_signalled(test, done, 0);
}

static void group_prints_all_queues(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct drm_print_iterator iter = { .data = text, .remain = ROOM - 1 };
	struct drm_printer p = drm_coredump_printer(&iter);
	struct dma_fence *fence[3];
	int i, n = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < 3; i++) {
		struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);

		fence[i] = jq_mock_submit_one(test, ring, 1);
	}
	drm_jobqueue_group_print(&dev->group, &p);
	for (i = 0; i < 3; i++) {
		const char *line =
			format(test, "queue ring: context %llu\n",
			       fence[i]->context);

		n += !!strstr(text, line);
		dma_fence_put(fence[i]);
	}
	KUNIT_EXPECT_EQ(test, n, 3);
}

struct lock_check {
	struct drm_jobqueue_group *group;
	unsigned int lines;
	bool locked;
};

static void check_lock(struct drm_printer *p, struct va_format *vaf)
{
	struct lock_check *check = p->arg;

	check->lines++;
	if (spin_trylock(&check->group->lock))
		spin_unlock(&check->group->lock);
	else
		check->locked = true;
}

/* A printer may be slow, or sleep: no lock of the group is held. */
static void group_prints_without_lock(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;
	struct lock_check check = { .group = &dev->group };
	struct drm_printer p = { .printfn = check_lock, .arg = &check };
	int i;

	for (i = 0; i < 3; i++)
		jq_mock_ring(test, JQ_MOCK_IN_RUN);
	drm_jobqueue_group_print(&dev->group, &p);
	KUNIT_EXPECT_GE(test, check.lines, 3);
	KUNIT_EXPECT_FALSE(test, check.locked);
}

/* Each job is counted once where it ran and once when it retired. */
static void stats_add_up(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 2,
				    JQ_MOCK_ANY_CONTEXT, 1000 * HZ);
	struct drm_jobqueue_stats stats;
	struct dma_fence *done[4];
	int i;

	ring->answer = DRM_JOBQUEUE_TIMEOUT_EXTEND;
	for (i = 0; i < 3; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_timeout_trigger(&ring->queue);
	flush_work(&ring->queue.timeout_work);
	drm_jobqueue_complete(&ring->queue, 1, -EIO);
	ring->run_error = -ENOSPC;
	drm_jobqueue_complete(&ring->queue, 2, 0);
	done[3] = jq_mock_submit_one(test, ring, 1);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done[0], -EIO);
	jq_mock_expect_signalled(test, done[1], 0);
	jq_mock_expect_signalled(test, done[2], 0);
	jq_mock_expect_signalled(test, done[3], -ENOSPC);

	drm_jobqueue_get_stats(&ring->queue, &stats);
	KUNIT_EXPECT_EQ(test, stats.armed, 4);
	KUNIT_EXPECT_EQ(test, stats.run_inline, 3);
	KUNIT_EXPECT_EQ(test, stats.run_irq, 1);
	KUNIT_EXPECT_EQ(test, stats.run_worker, 0);
	KUNIT_EXPECT_EQ(test, stats.skipped, 0);
	KUNIT_EXPECT_EQ(test, stats.retired, 4);
	KUNIT_EXPECT_EQ(test, stats.failed, 2);
	KUNIT_EXPECT_EQ(test, stats.worker_runs, 0);
	KUNIT_EXPECT_EQ(test, stats.timeouts, 1);
}

static void deadlines_reach_the_driver(struct kunit *test)
{
	struct jq_mock_ring *ring =
		jq_mock_ring_create(test, JQ_MOCK_MANUAL, 1,
				    JQ_MOCK_ANY_CONTEXT, 0);
	struct dma_fence *done[3];
	int i;

	for (i = 0; i < 3; i++)
		done[i] = jq_mock_submit_one(test, ring, 1);
	/* For a running job, and for a job that did not run yet. */
	dma_fence_set_deadline(done[0], 4711);
	KUNIT_EXPECT_EQ(test, ring->deadline, 4711);
	KUNIT_EXPECT_EQ(test, ring->deadline_seqno, done[0]->seqno);
	dma_fence_set_deadline(done[2], 4712);
	KUNIT_EXPECT_EQ(test, ring->deadline, 4712);
	KUNIT_EXPECT_EQ(test, ring->deadline_seqno, done[2]->seqno);
	/* A signalled fence ignores deadlines. */
	drm_jobqueue_complete(&ring->queue, 1, 0);
	dma_fence_set_deadline(done[0], 4713);
	KUNIT_EXPECT_EQ(test, ring->deadline, 4712);

	jq_mock_advance(ring);
	jq_mock_advance(ring);
	for (i = 0; i < 3; i++)
		jq_mock_expect_signalled(test, done[i], 0);
}

static struct kunit_case print_cases[] = {
	KUNIT_CASE(print_shows_all),
	KUNIT_CASE(print_is_bounded),
	KUNIT_CASE(print_says_why_it_waits),
	KUNIT_CASE(print_tells_call_from_run),
	KUNIT_CASE(print_names_fences),
	KUNIT_CASE(group_prints_all_queues),
	KUNIT_CASE(group_prints_without_lock),
	KUNIT_CASE(stats_add_up),
	KUNIT_CASE(deadlines_reach_the_driver),
	{}
};

static struct kunit_suite print_suite = {
	.name = "drm_jobqueue_print",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = print_cases,
};

kunit_test_suite(print_suite);
