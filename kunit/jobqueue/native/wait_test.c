// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dependencies for which rings wait by themselves. The order of all
 * steps is the test's: commands are executed when it asks for it.
 */

#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "base/fence.h"
#include "engine/native.h"
#include "mock.h"
#include "native/hw.h"

static void ring_waits_with(struct kunit *test, u32 flags)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, flags, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	/* Both are in their rings, though neither was executed. */
	jq_hw_expect_ran(test, p.first, 1);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 1);
	jq_mock_expect_pending(test, p.prereq);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 2);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

static void ring_waits(struct kunit *test)
{
	ring_waits_with(test, 0);
	atomic_set(&((struct jq_hw *)test->priv)->nwaits, 0);
	ring_waits_with(test, DRM_JOBQUEUE_RUN_INLINE);
	atomic_set(&((struct jq_hw *)test->priv)->nwaits, 0);
	ring_waits_with(test, JQ_HW_ANY);
}

/* The prerequisite is held up by a fence, a stopped queue and credits in turn. */
static void runs_when_submitted(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *gate = jq_mock_fence(test, 0, 1), *full;
	struct jq_hw_pair p;

	p.first = jq_hw_ring(test, 1, JQ_HW_ANY, 0);
	p.second = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	full = jq_hw_submit(test, p.first, NULL);
	drm_jobqueue_stop(&p.first->queue);
	p.prereq = jq_hw_submit(test, p.first, gate);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.second, 0);
	dma_fence_signal(gate);
	dma_fence_put(gate);
	jq_hw_expect_ran(test, p.second, 0);
	drm_jobqueue_start(&p.first->queue);
	jq_hw_expect_ran(test, p.second, 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_submitted(&p.first->queue), 1);
	/* The first job ends, the prerequisite is submitted. */
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect_ran(test, p.first, 2);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_submitted(&p.first->queue), 2);
	jq_mock_expect_pending(test, p.prereq);
	jq_hw_execute(hw);
	jq_hw_expect(test, full, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

static void driver_declines(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.second->declines = true;
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 1);
	jq_hw_expect_ran(test, p.second, 0);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 0);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* A queue that no ring will read from ends, though the dependent job does not. */
static void declined_queue_ends(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.second->declines = true;
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	drm_jobqueue_put(&p.first->queue);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_settle(hw);
	flush_workqueue(hw->group.reap_wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nrings), 1);
	jq_mock_expect_pending(test, p.done);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.done, 0);
	drm_jobqueue_put(&p.second->queue);
}

/* Armed after the dependency was added, pushed after the dependent job was. */
static void prerequisite_is_armed_later(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_job *first, *second;
	struct jq_hw_pair p;
	int i;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	first = jq_hw_job(p.first);
	second = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	/* It counts once, however often it is added. */
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&second->base,
								   &first->base), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 0);
	p.prereq = jq_hw_arm(first);
	p.done = jq_hw_arm(second);
	drm_jobqueue_job_push(&second->base);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 1);
	jq_hw_expect_ran(test, p.second, 0);
	drm_jobqueue_job_push(&first->base);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 1);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* What was skipped is not reported by its ring: the kernel waits for its fence. */
static void prerequisite_is_killed_before(struct kunit *test)
{
	struct dma_fence *gate = jq_mock_fence(test, 0, 1);
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, gate);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	drm_jobqueue_kill(&p.first->queue, -EIO);
	jq_hw_expect_ran(test, p.second, 0);
	jq_mock_expect_pending(test, p.prereq);
	dma_fence_signal(gate);
	dma_fence_put(gate);
	jq_hw_expect(test, p.prereq, -EIO);
	jq_hw_expect_ran(test, p.first, 0);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 0);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* It is skipped, but its fence has to wait for a predecessor in the ring. */
static void skipped_behind_a_job_in_the_ring(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *ahead;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	ahead = jq_hw_submit(test, p.first, NULL);
	job = jq_hw_job(p.first);
	KUNIT_ASSERT_NOT_NULL(test, job);
	p.prereq = jq_hw_arm(job);
	drm_jobqueue_job_abort(&job->base, -EIO);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_submitted(&p.first->queue), 2);
	jq_hw_expect_ran(test, p.second, 0);
	KUNIT_EXPECT_EQ(test, jq_hw_execute(hw), 1);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 0);
	jq_hw_execute(hw);
	jq_hw_expect(test, ahead, 0);
	jq_hw_expect(test, p.prereq, -EIO);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

static void prerequisite_is_not_written(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *ahead;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	ahead = jq_hw_submit(test, p.first, NULL);
	p.first->run_error = -ENOSPC;
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	jq_hw_expect_ran(test, p.first, 2);
	jq_hw_expect_ran(test, p.second, 0);
	jq_hw_execute(hw);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 0);
	jq_hw_execute(hw);
	jq_hw_expect(test, ahead, 0);
	jq_hw_expect(test, p.prereq, -ENOSPC);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* The hardware of the second ring is reported first; jobs behind wait, too. */
static void retires_after_the_prerequisite(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *behind;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	behind = jq_hw_submit(test, p.second, NULL);
	drm_jobqueue_complete(&p.second->queue, 2, 0);
	jq_hw_settle(hw);
	jq_mock_expect_pending(test, p.done);
	jq_mock_expect_pending(test, behind);
	/* Others still run. */
	dma_fence_put(jq_hw_submit(test, p.second, NULL));
	jq_hw_expect_ran(test, p.second, 3);
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_expect(test, behind, 0);
	jq_hw_execute(hw);
	jq_hw_put_pair(&p);
}

static void one_per_queue(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct dma_fence *early;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	early = jq_hw_submit(test, p.first, NULL);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, early), 0);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, early), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 0);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 1);
	/* Of the two, the later one: nothing is executed in between. */
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 1);
	KUNIT_EXPECT_EQ(test, p.second->cmds[0].value[0], 2);
	jq_hw_execute(hw);
	jq_hw_expect(test, early, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* Both are waited for, in the kernel and in the ring. */
static void two_prerequisites(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_ring *other = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	struct dma_fence *late;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	drm_jobqueue_stop(&other->queue);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	late = jq_hw_submit(test, other, NULL);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, late), 0);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	jq_hw_expect_ran(test, p.second, 0);
	drm_jobqueue_start(&other->queue);
	jq_hw_expect_ran(test, p.second, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), 2);
	/* Reported too early: the fence waits for both. */
	drm_jobqueue_complete(&p.second->queue, 1, 0);
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	jq_hw_settle(hw);
	jq_mock_expect_pending(test, p.done);
	jq_hw_execute(hw);
	jq_hw_expect(test, late, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	drm_jobqueue_put(&other->queue);
	jq_hw_put_pair(&p);
}

/* Complete ones and those of other groups are not offered. */
static void what_is_not_offered(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "other" };
	struct drm_jobqueue_group *others = kunit_kzalloc(test, sizeof(*others),
							  GFP_KERNEL);
	struct jq_hw *hw = test->priv;
	struct dma_fence *alien;
	struct jq_hw_ring *far;
	struct jq_hw_job *job;
	struct jq_hw_pair p;

	KUNIT_ASSERT_NOT_NULL(test, others);
	KUNIT_ASSERT_EQ(test, drm_jobqueue_group_init(others, &args), 0);
	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	hw->join = others;
	far = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	alien = jq_hw_submit(test, far, NULL);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, alien), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	/* It completes between the two. */
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 0);
	jq_hw_expect_ran(test, p.second, 0);
	jq_hw_execute(hw);
	jq_hw_expect_ran(test, p.second, 1);
	jq_hw_execute(hw);
	jq_hw_expect(test, alien, 0);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	drm_jobqueue_put(&far->queue);
	jq_hw_put_pair(&p);
	drm_jobqueue_group_fini(others);
}

/* More than can be offered, and more than are woken at once. */
static void many_rings(struct kunit *test)
{
	const unsigned int n = 40;
	struct dma_fence *gate = jq_mock_fence(test, 0, 1);
	struct jq_hw *hw = test->priv;
	struct dma_fence **fence;
	struct jq_hw_ring **ring;
	struct jq_hw_job *job;
	struct jq_hw_pair p;
	unsigned int i;

	fence = kunit_kcalloc(test, n, sizeof(*fence), GFP_KERNEL);
	ring = kunit_kcalloc(test, n, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fence);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, gate);
	for (i = 0; i < n; i++) {
		ring[i] = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
		fence[i] = jq_hw_submit(test, ring[i], p.prereq);
		jq_hw_expect_ran(test, ring[i], 0);
	}
	dma_fence_signal(gate);
	dma_fence_put(gate);
	for (i = 0; i < n; i++)
		jq_hw_expect_ran(test, ring[i], 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nwaits), n);

	/* 32 are offered, the driver declines, and all are waited for. */
	p.second->declines = true;
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, job);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_dep(&job->base,
							       dma_fence_get(fence[i])), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, n - 32);
	p.done = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	KUNIT_EXPECT_EQ(test, atomic_read(&p.second->asked), 32);
	jq_hw_expect_ran(test, p.second, 0);
	jq_hw_execute(hw);
	jq_hw_expect_ran(test, p.second, 1);
	jq_hw_execute(hw);
	for (i = 0; i < n; i++) {
		jq_hw_expect(test, fence[i], 0);
		drm_jobqueue_put(&ring[i]->queue);
	}
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_expect(test, p.done, 0);
	jq_hw_put_pair(&p);
}

/* The word that a ring waits for stays while the ring may read it. */
static void prerequisites_queue_stays(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	p.done = jq_hw_submit(test, p.second, p.prereq);
	drm_jobqueue_complete(&p.first->queue, 1, 0);
	jq_hw_expect(test, p.prereq, 0);
	drm_jobqueue_put(&p.first->queue);
	jq_hw_settle(hw);
	KUNIT_EXPECT_EQ(test, atomic_read(&hw->nrings), 2);
	spin_lock_irq(&hw->lock);
	p.first->word = 1;
	spin_unlock_irq(&hw->lock);
	jq_hw_execute(hw);
	jq_hw_expect(test, p.done, 0);
	drm_jobqueue_put(&p.second->queue);
}

static void from_fence(struct kunit *test)
{
	struct dma_fence *alien = jq_mock_fence(test, 0, 1), *fence;
	struct jq_hw_ring *ring = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	struct jq_hw *hw = test->priv;
	struct drm_jobqueue *queue;

	KUNIT_EXPECT_NULL(test, drm_jobqueue_from_fence(alien));
	dma_fence_signal(alien);
	dma_fence_put(alien);
	fence = jq_hw_submit(test, ring, NULL);
	queue = drm_jobqueue_from_fence(fence);
	KUNIT_EXPECT_PTR_EQ(test, queue, &ring->queue);
	KUNIT_EXPECT_EQ(test, fence->seqno, 1);
	jq_hw_execute(hw);
	if (queue)
		drm_jobqueue_put(queue);
	drm_jobqueue_put(&ring->queue);
	KUNIT_EXPECT_TRUE(test, wait_var_event_timeout(&hw->nrings,
						       !atomic_read(&hw->nrings),
						       jq_mock_patience(test)));
	KUNIT_EXPECT_NULL(test, drm_jobqueue_from_fence(fence));
	jq_hw_expect(test, fence, 0);
}

static bool accept(struct drm_jobqueue_job *job,
		   const struct drm_jobqueue_native *dep)
{
	return true;
}

static void nothing(struct drm_jobqueue *queue)
{
}

static void errors_cannot_be_propagated(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_ring *ring = jq_hw_ring(test, 8, JQ_HW_ANY, 0);
	/* A queue that is not refused uses them when this has returned. */
	static struct drm_jobqueue_ops ops;
	const struct drm_jobqueue_args args = {
		.group = &hw->group,
		.ops = &ops,
		.name = "hw",
		.credits = 1,
		.flags = DRM_JOBQUEUE_PROPAGATE_ERRORS,
	};
	struct drm_jobqueue *queue = kunit_kzalloc(test, sizeof(*queue),
						   GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, queue);
	ops = *ring->queue.ops;
	ops.native_dep = accept;
	ops.release = nothing;
	ret = drm_jobqueue_init(queue, &args);
	KUNIT_EXPECT_EQ(test, ret, -EINVAL);
	if (!ret)
		drm_jobqueue_put(queue);
	drm_jobqueue_put(&ring->queue);
}

/* A job that was prepared and is dropped leaves nothing behind. */
static void job_is_dropped(struct kunit *test)
{
	struct jq_hw *hw = test->priv;
	struct jq_hw_job *job, *other;
	struct jq_hw_pair p;

	jq_hw_make_pair(test, &p, JQ_HW_ANY, 0);
	p.prereq = jq_hw_submit(test, p.first, NULL);
	other = jq_hw_job(p.first);
	job = jq_hw_job(p.second);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_EXPECT_EQ(test, jq_hw_dep(job, p.prereq), 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_job_dep(&job->base,
							   &other->base), 0);
	drm_jobqueue_job_put(&job->base);
	drm_jobqueue_job_put(&other->base);
	jq_hw_execute(hw);
	KUNIT_EXPECT_EQ(test, kref_read(&p.first->queue.ref), 1);
	jq_hw_expect(test, p.prereq, 0);
	jq_hw_put_pair(&p);
}

static struct kunit_case native_cases[] = {
	KUNIT_CASE(ring_waits),
	KUNIT_CASE(runs_when_submitted),
	KUNIT_CASE(driver_declines),
	KUNIT_CASE(declined_queue_ends),
	KUNIT_CASE(prerequisite_is_armed_later),
	KUNIT_CASE(prerequisite_is_killed_before),
	KUNIT_CASE(skipped_behind_a_job_in_the_ring),
	KUNIT_CASE(prerequisite_is_not_written),
	KUNIT_CASE(retires_after_the_prerequisite),
	KUNIT_CASE(one_per_queue),
	KUNIT_CASE(two_prerequisites),
	KUNIT_CASE(what_is_not_offered),
	KUNIT_CASE(many_rings),
	KUNIT_CASE(prerequisites_queue_stays),
	KUNIT_CASE(from_fence),
	KUNIT_CASE(errors_cannot_be_propagated),
	KUNIT_CASE(job_is_dropped),
	{}
};

static struct kunit_suite native_suite = {
	.name = "drm_jobqueue_native",
	.init = jq_hw_init,
	.exit = jq_hw_exit,
	.test_cases = native_cases,
};

kunit_test_suite(native_suite);
