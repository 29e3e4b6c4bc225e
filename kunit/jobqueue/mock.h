/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _JQ_MOCK_H_
#define _JQ_MOCK_H_

#include <kunit/test.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include <drm/drm_jobqueue.h>
#include <drm/drm_jobqueue_gang.h>

/**
 * DOC: A mock firmware
 *
 * A ring that records the order of jobs and completes them in a context of the
 * test's choice. When a test ends, the rings that it did not put are put, and
 * then every job and every ring must end by itself.
 */

/* Context in which the mock firmware completes jobs. */
enum jq_mock_mode {
	JQ_MOCK_MANUAL,		/* when the test asks for it */
	JQ_MOCK_IN_RUN,		/* before run() has returned */
	JQ_MOCK_HARDIRQ,	/* an irq_work */
	JQ_MOCK_SOFTIRQ,	/* an hrtimer in soft-irq mode */
	JQ_MOCK_THREAD,		/* a work item */
	JQ_MOCK_HW_FENCE,	/* by hardware fences that the test signals */
	JQ_MOCK_MODES,
};

#define JQ_MOCK_MAX 4096
#define JQ_MOCK_CREDITS 16
#define JQ_MOCK_ANY_CONTEXT (DRM_JOBQUEUE_RUN_ANY_CONTEXT | \
			     DRM_JOBQUEUE_FREE_ANY_CONTEXT)

/* State shared by all rings of a test. */
struct jq_mock_dev {
	struct drm_jobqueue_group group;
	/* Jobs that exist: initialised and not freed. */
	atomic_t jobs;
	/* Rings that exist. */
	atomic_t rings;
	/* Number of times that run() was entered twice at once on a ring. */
	atomic_t overlaps;
	/* Number of gangs that ran; of members that did so out of turn. */
	atomic_t gangs, strays;
	/* Error that the run function of a gang returns. */
	int gang_error;
	/* Protects @owned. Any context. */
	spinlock_t lock;
	/* Rings that the test did not put. */
	struct list_head owned;
	/* Limit of jobs of the queues, 0 for none. */
	u32 max_jobs;
	/* Ranges of errors that the queues have room for, 0 for the default. */
	u32 max_errors;
	/* Workqueue for the queues, NULL for that of the group. */
	struct workqueue_struct *wq;
};

struct jq_mock_ring {
	struct drm_jobqueue queue;
	struct jq_mock_dev *dev;
	struct list_head link;
	enum jq_mock_mode mode;
	/* Submitter of its jobs. */
	u64 client_id;
	/* Sequence numbers in the order of run(). */
	u64 ran[JQ_MOCK_MAX];
	atomic_t nran;
	atomic_t nfreed;
	atomic_t inside;
	/* Last sequence number that the hardware has. */
	atomic64_t last;
	struct irq_work irq_work;
	struct hrtimer timer;
	atomic_t timer_pending;
	struct work_struct work;
	/* Answer of timedout(), number of calls, job of the last call. */
	enum drm_jobqueue_timeout_action answer;
	atomic_t timeouts;
	u64 timeout_seqno;
	/* Called from the operation of that name, if set. */
	void (*on_run)(struct jq_mock_ring *ring, u64 seqno);
	void (*on_free)(struct jq_mock_ring *ring);
	void (*on_timedout)(struct jq_mock_ring *ring);
	void (*on_release)(struct jq_mock_ring *ring);
	void *priv;
	/* Error that run() returns. */
	int run_error;
	/* With JQ_MOCK_HW_FENCE: fence of the job that ran last. */
	struct dma_fence *hw_fence;
	/* With JQ_MOCK_HW_FENCE: run() returns a signalled fence. */
	bool hw_fence_signalled;
	/* Arguments of the last call of set_deadline(). */
	ktime_t deadline;
	u64 deadline_seqno;
};

struct jq_mock_job {
	union {
		struct drm_jobqueue_job base;
		struct drm_jobqueue_gang_job member;
	};
	struct jq_mock_ring *ring;
};

/* A fence without a queue, to depend on. */
struct jq_mock_fence {
	struct dma_fence base;
	/* Lock of @base, unless the test passes another one. */
	spinlock_t own_lock;
	/*
	 * Called when a waiter registers, with the lock of @base held, if set.
	 * Return: false if the fence has signalled.
	 */
	bool (*on_enable)(struct jq_mock_fence *fence);
	void *priv;
};

/* Contexts in which jobs run and complete, for tests that cover all. */
struct jq_mock_how {
	const char *name;
	u32 flags;
	enum jq_mock_mode mode;
};

extern const struct jq_mock_how jq_mock_hows[7];

int jq_mock_init(struct kunit *test);
void jq_mock_exit(struct kunit *test);
void jq_mock_wait_gone(struct kunit *test);
long jq_mock_patience(struct kunit *test);
bool jq_mock_wait(struct kunit *test, struct completion *done);

struct jq_mock_ring *jq_mock_ring(struct kunit *test, enum jq_mock_mode mode);
struct jq_mock_ring *jq_mock_ring_create(struct kunit *test,
					 enum jq_mock_mode mode, u32 credits,
					 u32 flags, unsigned long timeout);
void jq_mock_ring_put(struct jq_mock_ring *ring);
struct jq_mock_job *jq_mock_job(struct kunit *test, struct jq_mock_ring *ring,
				u32 credits);
struct jq_mock_job *jq_mock_job_try(struct jq_mock_ring *ring, u32 credits);
struct dma_fence *jq_mock_submit(struct jq_mock_job *job);
int jq_mock_gang_run(struct drm_jobqueue_gang_job *first);
struct dma_fence *jq_mock_submit_one(struct kunit *test,
				     struct jq_mock_ring *ring, u32 credits);
void jq_mock_advance(struct jq_mock_ring *ring);

struct dma_fence *jq_mock_fence(struct kunit *test, u64 context, u64 seqno);
char *jq_mock_describe(struct kunit *test, struct dma_fence *fence);
struct dma_fence *jq_mock_fence_locked(struct kunit *test, spinlock_t *lock);

void jq_mock_expect_signalled(struct kunit *test, struct dma_fence *fence,
			      int error);
void jq_mock_expect_pending(struct kunit *test, struct dma_fence *fence);
void jq_mock_expect_order(struct kunit *test, struct jq_mock_ring *ring,
			  unsigned int n);
void jq_mock_settle(struct kunit *test, struct jq_mock_ring *ring);

static inline struct jq_mock_ring *jq_mock_ring_of(struct drm_jobqueue *queue)
{
	return container_of(queue, struct jq_mock_ring, queue);
}

#endif /* _JQ_MOCK_H_ */
