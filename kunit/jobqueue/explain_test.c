// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: what drm_jobqueue_explain() says about jobs that wait, one test
 * for each thing that a job can wait for.
 */

#include <linux/dma-fence-chain.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_print.h>

#include "mock.h"

#define ROOM 8192

/* Mock ring with @credits whose jobs complete when the test asks for it */
static struct jq_mock_ring *make_ring(struct kunit *test, u32 credits)
{
	return jq_mock_ring_create(test, JQ_MOCK_MANUAL, credits,
				   JQ_MOCK_ANY_CONTEXT, 1000 * HZ);
}

/* @text: ROOM bytes */
static void explain_into(char *text, struct jq_mock_ring *ring)
{
	struct drm_print_iterator iter = { .data = text, .remain = ROOM - 1 };
	struct drm_printer p = drm_coredump_printer(&iter);

	memset(text, 0, ROOM);
	drm_jobqueue_explain(&ring->queue, &p);
}

static char *explain(struct kunit *test, struct jq_mock_ring *ring)
{
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	explain_into(text, ring);
	return text;
}

/* Whether what follows a number says that it is one of milliseconds. */
static bool is_time(const char *text)
{
	if (strstarts(text, " of "))
		text += 4 + strspn(text + 4, "0123456789");
	return strstarts(text, " ms");
}

/*
 * The sentence about the job of @done, with each time replaced by T. An empty
 * text if there is none.
 */
static char *sentence(struct kunit *test, const char *text,
		      struct dma_fence *done)
{
	char *result = kunit_kzalloc(test, 512, GFP_KERNEL);
	char start[64];
	size_t n = 0;

	KUNIT_ASSERT_NOT_NULL(test, result);
	snprintf(start, sizeof(start), "ring job %llu:%llu ", done->context,
		 done->seqno);
	text = strstr(text, start);
	if (!text)
		return result;
	for (text += strlen(start); *text && *text != '\n' && n < 511; text++) {
		size_t digits = strspn(text, "0123456789");

		if (digits && is_time(text + digits)) {
			result[n++] = 'T';
			text += digits - 1;
		} else {
			result[n++] = *text;
		}
	}
	return result;
}

static void expect_sentence(struct kunit *test, struct jq_mock_ring *ring,
			    struct dma_fence *done, const char *expect)
{
	KUNIT_EXPECT_STREQ(test, sentence(test, explain(test, ring), done),
			   expect);
}

static char *fence_name(struct kunit *test, const char *before,
			struct dma_fence *fence)
{
	char *text = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(text, 512, "%sfence %s (context %llu)", before,
		 jq_mock_describe(test, fence), fence->context);
	return text;
}

static struct dma_fence *submit_after(struct kunit *test,
				      struct jq_mock_ring *ring,
				      struct dma_fence *dep)
{
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);

	drm_jobqueue_job_add_dep(&job->base, dma_fence_get(dep));
	return jq_mock_submit(job);
}

/* The end of each test: no sentence is left, and no reference to a fence. */
static void finish(struct kunit *test, struct jq_mock_ring *ring)
{
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_settle(test, ring);
	KUNIT_EXPECT_STREQ(test, explain(test, ring), "");
}

static void explain_foreign_fence(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000), *done;

	KUNIT_EXPECT_STREQ(test, explain(test, ring), "");
	done = submit_after(test, ring, dep);
	expect_sentence(test, ring, done,
			fence_name(test, "has waited T ms for ", dep));
	dma_fence_signal(dep);
	jq_mock_settle(test, ring);
	expect_sentence(test, ring, done,
			"is at the head of the ring for T of T ms");
	drm_jobqueue_timeout_suspend(&ring->queue);
	expect_sentence(test, ring, done,
			"is at the head of the ring for T of T ms, clock suspended");
	drm_jobqueue_timeout_resume(&ring->queue);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dep->refcount), 1);
	dma_fence_put(dep);
	finish(test, ring);
}

/* More links than a job takes apart into their fences */
#define LINKS 12

/* A long chain is named by its last fence, also if only an earlier one is late. */
static void explain_chain(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep[LINKS], *done, *point = NULL;
	const char *text;
	int i;

	for (i = 0; i < LINKS; i++) {
		struct dma_fence_chain *chain = dma_fence_chain_alloc();

		KUNIT_ASSERT_NOT_NULL(test, chain);
		dep[i] = jq_mock_fence(test, 0, 1000 + i);
		dma_fence_chain_init(chain, point, dma_fence_get(dep[i]), i + 1);
		point = &chain->base;
	}
	done = submit_after(test, ring, point);
	dma_fence_put(point);
	expect_sentence(test, ring, done,
			fence_name(test, "has waited T ms for ", dep[LINKS - 1]));
	for (i = LINKS - 1; i > 0; i--)
		dma_fence_signal(dep[i]);
	text = explain(test, ring);
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(text, " of the chain that ends in fence "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, " seq 1011 signalled ("));
	dma_fence_signal(dep[0]);
	for (i = 0; i < LINKS; i++)
		dma_fence_put(dep[i]);
	/* The chain signals later; a killed job then needs no ring. */
	drm_jobqueue_kill(&ring->queue, -EIO);
	jq_mock_advance(ring);
	KUNIT_EXPECT_GT(test,
			dma_fence_wait_timeout(done, false,
					       jq_mock_patience(test)), 0);
	dma_fence_put(done);
	finish(test, ring);
}

static void explain_credits(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *done[3];

	done[0] = jq_mock_submit_one(test, ring, 2);
	done[1] = jq_mock_submit_one(test, ring, 1);
	done[2] = jq_mock_submit_one(test, ring, 3);
	expect_sentence(test, ring, done[1], "is in the ring behind job 1");
	expect_sentence(test, ring, done[2],
			"has waited T ms for credits: it needs 3, and 1 of 4 are free, behind job 1");
	jq_mock_advance(ring);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], 0);
	jq_mock_expect_signalled(test, done[2], 0);
	finish(test, ring);
}

static void explain_predecessor(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep[2], *done[3];
	int i;

	for (i = 0; i < 2; i++)
		dep[i] = jq_mock_fence(test, 0, 1000 + i);
	done[0] = submit_after(test, ring, dep[0]);
	done[1] = jq_mock_submit_one(test, ring, 1);
	done[2] = submit_after(test, ring, dep[1]);
	expect_sentence(test, ring, done[1],
			"has waited T ms for its predecessor, job 1");
	expect_sentence(test, ring, done[2],
			fence_name(test,
				   "has waited T ms for its predecessor, job 2, and for ",
				   dep[1]));
	for (i = 0; i < 2; i++)
		dma_fence_signal(dep[i]);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, kref_read(&dep[i]->refcount), 1);
		dma_fence_put(dep[i]);
	}
	for (i = 0; i < 3; i++)
		jq_mock_expect_signalled(test, done[i], 0);
	finish(test, ring);
}

static void explain_stopped(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000), *done;

	drm_jobqueue_stop(&ring->queue);
	drm_jobqueue_stop(&ring->queue);
	done = submit_after(test, ring, dep);
	expect_sentence(test, ring, done,
			fence_name(test,
				   "has waited T ms for its queue, which is stopped (2), and for ",
				   dep));
	dma_fence_signal(dep);
	dma_fence_put(dep);
	expect_sentence(test, ring, done,
			"has waited T ms for its queue, which is stopped (2)");
	drm_jobqueue_start(&ring->queue);
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
	finish(test, ring);
}

static void explain_killed(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000), *done[2];

	done[0] = submit_after(test, ring, dep);
	done[1] = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_kill(&ring->queue, -EIO);
	expect_sentence(test, ring, done[0],
			fence_name(test,
				   "was killed with error -5 and has waited T ms for ",
				   dep));
	expect_sentence(test, ring, done[1],
			"was killed with error -5 and has waited T ms for its predecessor, job 1");
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	jq_mock_expect_signalled(test, done[0], -EIO);
	jq_mock_expect_signalled(test, done[1], -EIO);
	finish(test, ring);
}

/* A killed queue completes its jobs only when it is started. */
static void explain_killed_and_stopped(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *done;

	drm_jobqueue_stop(&ring->queue);
	done = jq_mock_submit_one(test, ring, 1);
	drm_jobqueue_kill(&ring->queue, 0);
	expect_sentence(test, ring, done,
			"was killed with error -125 and has waited T ms for its queue, which is stopped (1)");
	drm_jobqueue_start(&ring->queue);
	jq_mock_settle(test, ring);
	jq_mock_expect_signalled(test, done, -ECANCELED);
	finish(test, ring);
}

static void explain_not_pushed(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	/* Nothing may be allocated while a job is armed. */
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct dma_fence *done;

	KUNIT_ASSERT_NOT_NULL(test, text);
	done = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	explain_into(text, ring);
	drm_jobqueue_job_push(&job->base);
	KUNIT_EXPECT_STREQ(test, sentence(test, text, done),
			   "is armed and not pushed");
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done, 0);
	finish(test, ring);
}

/* A job that its driver has aborted waits like others, and does not run. */
static void explain_aborted(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000), *done[2];
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);

	done[0] = submit_after(test, ring, dep);
	done[1] = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_abort(&job->base, -EIO);
	expect_sentence(test, ring, done[1],
			"will not run, has error -5 and has waited T ms for its predecessor, job 1");
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	expect_sentence(test, ring, done[1],
			"is complete and signals after job 1");
	jq_mock_advance(ring);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_signalled(test, done[1], -EIO);
	finish(test, ring);
}

/* A job that had an error before its queue was killed keeps that error. */
static void explain_aborted_then_killed(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 4);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000), *done[2];
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);

	done[0] = submit_after(test, ring, dep);
	done[1] = dma_fence_get(drm_jobqueue_job_arm(&job->base));
	drm_jobqueue_job_abort(&job->base, -ENODATA);
	drm_jobqueue_kill(&ring->queue, -EIO);
	expect_sentence(test, ring, done[1],
			"will not run, has error -61 and has waited T ms for its predecessor, job 1");
	dma_fence_signal(dep);
	dma_fence_put(dep);
	jq_mock_settle(test, ring);
	jq_mock_expect_signalled(test, done[0], -EIO);
	jq_mock_expect_signalled(test, done[1], -ENODATA);
	finish(test, ring);
}

/* The number of sentences and of dependencies that are looked at is bounded. */
static void explain_is_bounded(struct kunit *test)
{
	struct jq_mock_ring *ring = make_ring(test, 50);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1000);
	const char *text;
	unsigned int lines = 0;
	int i;

	for (i = 0; i < 50; i++)
		dma_fence_put(jq_mock_submit_one(test, ring, 1));
	for (i = 0; i < 50; i++)
		dma_fence_put(submit_after(test, ring, dep));
	text = explain(test, ring);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "ring and 46 more jobs in the ring\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "ring and 38 more jobs behind job 62\n"));
	for (; *text; text++)
		lines += *text == '\n';
	KUNIT_EXPECT_EQ(test, lines, 4 + 1 + 12 + 1);
	dma_fence_signal(dep);
	dma_fence_put(dep);
	finish(test, ring);
}

static struct kunit_case explain_cases[] = {
	KUNIT_CASE(explain_foreign_fence),
	KUNIT_CASE(explain_chain),
	KUNIT_CASE(explain_credits),
	KUNIT_CASE(explain_predecessor),
	KUNIT_CASE(explain_stopped),
	KUNIT_CASE(explain_killed),
	KUNIT_CASE(explain_killed_and_stopped),
	KUNIT_CASE(explain_not_pushed),
	KUNIT_CASE(explain_aborted),
	KUNIT_CASE(explain_aborted_then_killed),
	KUNIT_CASE(explain_is_bounded),
	{}
};

static struct kunit_suite explain_suite = {
	.name = "drm_jobqueue_explain",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = explain_cases,
};

kunit_test_suite(explain_suite);
