/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _JQ_NATIVE_HW_H_
#define _JQ_NATIVE_HW_H_

#include <kunit/test.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>

#include <drm/drm_jobqueue.h>
#include <drm/drm_jobqueue_gang.h>

/**
 * DOC: Rings that wait for each other
 *
 * A device whose rings have a word in memory each. A command waits until words of
 * other rings have reached a number, and then writes its own number into the
 * word of its ring. Commands are executed when the test asks for it, or by an
 * interrupt after each job that is written into a ring. The device notes when a
 * job is in a ring, or signals its fence, too early.
 */

#define JQ_HW_RINGS 48
#define JQ_HW_RING_SIZE 64
#define JQ_HW_WAITS 8
#define JQ_HW_DEPS 4

struct jq_hw_ring;

struct jq_hw_cmd {
	u64 seqno;
	unsigned int nwaits;
	struct jq_hw_ring *on[JQ_HW_WAITS];
	u64 value[JQ_HW_WAITS];
};

struct jq_hw {
	struct drm_jobqueue_group group;
	/* Group of the rings that are made. */
	struct drm_jobqueue_group *join;
	/* Rings execute by themselves. */
	bool automatic;
	/* Protects the commands, the words and @ring. Any context. */
	spinlock_t lock;
	/* The rings that are not released, with holes. */
	struct jq_hw_ring *ring[JQ_HW_RINGS];
	struct irq_work irq_work;
	/* The irq_work is executing, or has to once more. */
	atomic_t executing;
	atomic_t nrings, njobs;
	/* Jobs that ran, or signalled, before what they depend on let them. */
	atomic_t ran_early, signalled_early;
	/* Waits that were written into rings. */
	atomic_t nwaits;
};

struct jq_hw_ring {
	struct drm_jobqueue queue;
	struct jq_hw *hw;
	unsigned int index;
	/* What native_dep() returns, and how often it was asked. */
	bool declines;
	atomic_t asked;
	/* Error that run() returns. */
	int run_error;
	/* Answer of timedout(), and the number of calls. */
	enum drm_jobqueue_timeout_action answer;
	atomic_t timeouts;
	/* Under the device's lock: number of the last command executed. */
	u64 word;
	/* Number of the last command in the ring, and of one to be reported. */
	u64 written, last;
	struct jq_hw_cmd cmds[JQ_HW_RING_SIZE];
	unsigned int head, tail;
	/* Calls of run(). */
	atomic_t nran;
};

struct jq_hw_job {
	union {
		struct drm_jobqueue_job base;
		struct drm_jobqueue_gang_job member;
	};
	/* What it depends on, with references, to be checked. */
	struct dma_fence *dep[JQ_HW_DEPS];
	unsigned int ndeps;
	struct dma_fence_cb cb;
};

/* Two rings, and a job in each: the second depends on the first. */
struct jq_hw_pair {
	struct jq_hw_ring *first, *second;
	struct dma_fence *prereq, *done;
};

#define JQ_HW_ANY (DRM_JOBQUEUE_RUN_ANY_CONTEXT | \
		   DRM_JOBQUEUE_FREE_ANY_CONTEXT)

int jq_hw_init(struct kunit *test);
void jq_hw_exit(struct kunit *test);
struct jq_hw_ring *jq_hw_ring(struct kunit *test, u32 credits, u32 flags,
			      unsigned long timeout);
struct jq_hw_job *jq_hw_job(struct jq_hw_ring *ring);
int jq_hw_dep(struct jq_hw_job *job, struct dma_fence *fence);
struct dma_fence *jq_hw_arm(struct jq_hw_job *job);
struct dma_fence *jq_hw_submit(struct kunit *test, struct jq_hw_ring *ring,
			       struct dma_fence *dep);
int jq_hw_gang_run(struct drm_jobqueue_gang_job *first);
unsigned int jq_hw_execute(struct jq_hw *hw);
void jq_hw_make_pair(struct kunit *test, struct jq_hw_pair *pair, u32 flags,
		     unsigned long timeout);
void jq_hw_put_pair(struct jq_hw_pair *pair);
void jq_hw_give_up(struct jq_hw_ring *ring);
void jq_hw_clear(struct jq_hw_ring *ring);
void jq_hw_sync(struct jq_hw *hw);
void jq_hw_settle(struct jq_hw *hw);
void jq_hw_expect_ran(struct kunit *test, struct jq_hw_ring *ring, int n);
void jq_hw_expect(struct kunit *test, struct dma_fence *fence, int error);

#endif /* _JQ_NATIVE_HW_H_ */
