// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Rings that wait for each other's word in memory, for the tests of native
 * dependencies.
 */

#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "base/fence.h"
#include "engine/defer.h"
#include "mock.h"
#include "native/hw.h"

static struct jq_hw_ring *to_ring(struct drm_jobqueue *queue)
{
	return container_of(queue, struct jq_hw_ring, queue);
}

static bool is_satisfied(const struct jq_hw_cmd *cmd)
{
	unsigned int i;

	for (i = 0; i < cmd->nwaits; i++) {
		if (cmd->on[i]->word < cmd->value[i])
			return false;
	}
	return true;
}

/* Execute what can be. Return: number of commands. */
static unsigned int execute_ring(struct jq_hw_ring *ring)
{
	unsigned int n = 0;

	lockdep_assert_held(&ring->hw->lock);

	while (ring->head != ring->tail) {
		struct jq_hw_cmd *cmd = &ring->cmds[ring->head % JQ_HW_RING_SIZE];

		if (!is_satisfied(cmd))
			break;
		ring->word = max(ring->word, cmd->seqno);
		ring->last = cmd->seqno;
		ring->head++;
		n++;
	}
	return n;
}

/*
 * Execute what is in the rings, until all wait, and then report it. Return:
 * number of commands.
 */
unsigned int jq_hw_execute(struct jq_hw *hw)
{
	unsigned int i, before, n = 0;
	unsigned long flags;

	spin_lock_irqsave(&hw->lock, flags);
	do {
		before = n;
		for (i = 0; i < JQ_HW_RINGS; i++) {
			if (hw->ring[i])
				n += execute_ring(hw->ring[i]);
		}
	} while (n != before);

	for (i = 0; i < JQ_HW_RINGS; i++) {
		struct jq_hw_ring *ring = hw->ring[i];
		u64 last = ring ? ring->last : 0;

		if (!last)
			continue;
		/* Its job is not complete, so it has a reference. */
		ring->last = 0;
		drm_jobqueue_get(&ring->queue);
		spin_unlock_irqrestore(&hw->lock, flags);
		drm_jobqueue_complete(&ring->queue, last, 0);
		drm_jobqueue_put(&ring->queue);
		spin_lock_irqsave(&hw->lock, flags);
	}
	spin_unlock_irqrestore(&hw->lock, flags);
	return n;
}

/* One at a time: an irq_work may be executed by two CPUs at once. */
static void hw_irq_work(struct irq_work *work)
{
	struct jq_hw *hw = container_of(work, struct jq_hw, irq_work);

	if (atomic_inc_return(&hw->executing) != 1)
		return;
	do {
		atomic_set(&hw->executing, 1);
		jq_hw_execute(hw);
	} while (atomic_dec_return(&hw->executing));
}

/* Wait until no completion is under way, with all queues stopped. */
void jq_hw_sync(struct jq_hw *hw)
{
	irq_work_sync(&hw->irq_work);
	while (atomic_read(&hw->executing))
		cond_resched();
}

/* Write a command. Each prerequisite must be in its ring, or have been. */
static void write_command(struct jq_hw_ring *ring, struct drm_jobqueue_job *job)
{
	const struct drm_jobqueue_native *dep = NULL;
	struct jq_hw *hw = ring->hw;
	struct jq_hw_cmd *cmd;
	unsigned long flags;

	spin_lock_irqsave(&hw->lock, flags);
	cmd = &ring->cmds[ring->tail++ % JQ_HW_RING_SIZE];
	cmd->seqno = drm_jobqueue_job_seqno(job);
	cmd->nwaits = 0;
	while ((dep = drm_jobqueue_next_native(job, dep))) {
		struct jq_hw_ring *on = to_ring(dep->queue);

		if (on->written < dep->fence->seqno &&
		    on->word < dep->fence->seqno)
			atomic_inc(&hw->ran_early);
		cmd->on[cmd->nwaits] = on;
		cmd->value[cmd->nwaits++] = dep->fence->seqno;
		atomic_inc(&hw->nwaits);
	}
	ring->written = cmd->seqno;
	spin_unlock_irqrestore(&hw->lock, flags);
}

static bool is_native(struct drm_jobqueue_job *job, struct dma_fence *fence)
{
	const struct drm_jobqueue_native *dep = NULL;

	while ((dep = drm_jobqueue_next_native(job, dep))) {
		if (dep->fence->context == fence->context &&
		    dep->fence->seqno >= fence->seqno)
			return true;
	}
	return false;
}

static struct dma_fence *hw_run(struct drm_jobqueue_job *base)
{
	struct jq_hw_job *job = container_of(base, struct jq_hw_job, base);
	struct jq_hw_ring *ring = to_ring(base->queue);
	struct jq_hw *hw = ring->hw;
	unsigned int i;

	/* Whatever may have signalled is asked first. */
	for (i = 0; i < job->ndeps; i++) {
		/* Jobs of a queue are executed in order. */
		if (job->dep[i]->context != base->fence->base.context &&
		    !is_native(base, job->dep[i]) &&
		    !dma_fence_is_signaled(job->dep[i]))
			atomic_inc(&hw->ran_early);
	}
	if (!ring->run_error)
		write_command(ring, base);
	atomic_inc(&ring->nran);
	wake_up_var(&ring->nran);
	if (ring->run_error)
		return ERR_PTR(ring->run_error);
	/* Not always at once: rings shall have something to wait for. */
	if (hw->automatic && atomic_read(&ring->nran) % 4 == 0)
		irq_work_queue(&hw->irq_work);
	return NULL;
}

int jq_hw_gang_run(struct drm_jobqueue_gang_job *first)
{
	struct drm_jobqueue_gang_job *job;

	for (job = first; job; job = drm_jobqueue_gang_next(job))
		hw_run(&job->base);
	return 0;
}

static void hw_free(struct drm_jobqueue_job *base)
{
	struct jq_hw_job *job = container_of(base, struct jq_hw_job, base);
	struct jq_hw *hw = to_ring(base->queue)->hw;

	while (job->ndeps)
		dma_fence_put(job->dep[--job->ndeps]);
	kfree(job);
	if (atomic_dec_and_test(&hw->njobs))
		wake_up_var(&hw->njobs);
}

static enum drm_jobqueue_timeout_action
hw_timedout(struct drm_jobqueue_job *job)
{
	struct jq_hw_ring *ring = to_ring(job->queue);

	atomic_inc(&ring->timeouts);
	wake_up_var(&ring->timeouts);
	return ring->answer;
}

static void hw_release(struct drm_jobqueue *queue)
{
	struct jq_hw_ring *ring = to_ring(queue);
	struct jq_hw *hw = ring->hw;

	spin_lock_irq(&hw->lock);
	hw->ring[ring->index] = NULL;
	spin_unlock_irq(&hw->lock);
	kfree(ring);
	if (atomic_dec_and_test(&hw->nrings))
		wake_up_var(&hw->nrings);
}

static bool hw_native_dep(struct drm_jobqueue_job *job,
			  const struct drm_jobqueue_native *dep)
{
	struct jq_hw_ring *ring = to_ring(job->queue);

	/* The space in a command is limited. */
	return atomic_inc_return(&ring->asked) && !ring->declines;
}

static const struct drm_jobqueue_ops hw_ops = {
	.run = hw_run,
	.free = hw_free,
	.timedout = hw_timedout,
	.release = hw_release,
	.native_dep = hw_native_dep,
};

int jq_hw_init(struct kunit *test)
{
	const struct drm_jobqueue_group_args args = { .name = "hw" };
	struct jq_hw *hw;
	int ret;

	hw = kzalloc(sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return -ENOMEM;
	spin_lock_init(&hw->lock);
	init_irq_work(&hw->irq_work, hw_irq_work);
	ret = drm_jobqueue_group_init(&hw->group, &args);
	if (ret) {
		kfree(hw);
		return ret;
	}
	hw->join = &hw->group;
	test->priv = hw;
	return 0;
}

static bool none_left(struct kunit *test, atomic_t *count)
{
	return wait_var_event_timeout(count, !atomic_read(count),
				      jq_mock_patience(test));
}

/* The tests have put their rings: all must end. */
void jq_hw_exit(struct kunit *test)
{
	struct jq_hw *hw = test->priv;

	if (!hw)
		return;
	KUNIT_EXPECT_TRUE_MSG(test, none_left(test, &hw->njobs),
			      "%d jobs were never freed",
			      atomic_read(&hw->njobs));
	KUNIT_EXPECT_TRUE_MSG(test, none_left(test, &hw->nrings),
			      "%d queues were never released",
			      atomic_read(&hw->nrings));
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&hw->ran_early), 0,
			    "jobs ran before their dependencies let them");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&hw->signalled_early), 0,
			    "fences signalled before dependencies had");
	/* A use after free would be worse than the leak. */
	if (atomic_read(&hw->njobs) || atomic_read(&hw->nrings))
		return;
	irq_work_sync(&hw->irq_work);
	drm_jobqueue_group_fini(&hw->group);
	kfree(hw);
}

struct jq_hw_ring *jq_hw_ring(struct kunit *test, u32 credits, u32 flags,
			      unsigned long timeout)
{
	struct jq_hw *hw = test->priv;
	const struct drm_jobqueue_args args = {
		.group = hw->join,
		.ops = &hw_ops,
		.name = "hw",
		.credits = credits,
		.flags = flags,
		.timeout = timeout,
	};
	struct jq_hw_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->hw = hw;
	ring->answer = DRM_JOBQUEUE_TIMEOUT_EXTEND;
	if (drm_jobqueue_init(&ring->queue, &args)) {
		kfree(ring);
		KUNIT_ASSERT_TRUE_MSG(test, false, "no queue");
	}
	spin_lock_irq(&hw->lock);
	while (hw->ring[ring->index])
		ring->index++;
	hw->ring[ring->index] = ring;
	spin_unlock_irq(&hw->lock);
	atomic_inc(&hw->nrings);
	return ring;
}

/* Return: a job, or NULL. */
struct jq_hw_job *jq_hw_job(struct jq_hw_ring *ring)
{
	struct jq_hw_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	if (drm_jobqueue_job_init(&job->base, &ring->queue, 1, 0)) {
		kfree(job);
		return NULL;
	}
	atomic_inc(&ring->hw->njobs);
	return job;
}

/* Add a dependency, of which a reference is kept to check it. */
int jq_hw_dep(struct jq_hw_job *job, struct dma_fence *fence)
{
	if (fence)
		job->dep[job->ndeps++] = dma_fence_get(fence);
	return drm_jobqueue_job_add_dep(&job->base, dma_fence_get(fence));
}

static void check_deps(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct jq_hw_job *job = container_of(cb, struct jq_hw_job, cb);
	unsigned int i;

	for (i = 0; i < job->ndeps; i++) {
		if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &job->dep[i]->flags))
			atomic_inc(&to_ring(job->base.queue)->hw->signalled_early);
	}
}

/* Arm, and have the dependencies checked when the fence signals. */
struct dma_fence *jq_hw_arm(struct jq_hw_job *job)
{
	struct dma_fence *fence = drm_jobqueue_job_arm(&job->base);

	dma_fence_add_callback(fence, &job->cb, check_deps);
	return dma_fence_get(fence);
}

struct dma_fence *jq_hw_submit(struct kunit *test, struct jq_hw_ring *ring,
			       struct dma_fence *dep)
{
	struct jq_hw_job *job = jq_hw_job(ring);
	struct dma_fence *fence;

	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_EQ(test, jq_hw_dep(job, dep), 0);
	fence = jq_hw_arm(job);
	drm_jobqueue_job_push(&job->base);
	return fence;
}

/* Only the second ring has a time limit. */
void jq_hw_make_pair(struct kunit *test, struct jq_hw_pair *pair, u32 flags,
		     unsigned long timeout)
{
	pair->first = jq_hw_ring(test, 8, flags, 0);
	pair->second = jq_hw_ring(test, 8, flags, timeout);
}

void jq_hw_put_pair(struct jq_hw_pair *pair)
{
	drm_jobqueue_put(&pair->first->queue);
	drm_jobqueue_put(&pair->second->queue);
}

/* Empty a ring whose queue is stopped. */
void jq_hw_clear(struct jq_hw_ring *ring)
{
	spin_lock_irq(&ring->hw->lock);
	ring->head = ring->tail;
	ring->written = ring->word;
	spin_unlock_irq(&ring->hw->lock);
}

/* The end of a ring: nothing that waits for it waits any longer. */
void jq_hw_give_up(struct jq_hw_ring *ring)
{
	drm_jobqueue_kill(&ring->queue, 0);
	drm_jobqueue_stop(&ring->queue);
	spin_lock_irq(&ring->hw->lock);
	ring->head = ring->tail;
	ring->word = U64_MAX;
	spin_unlock_irq(&ring->hw->lock);
	drm_jobqueue_complete_all(&ring->queue, -ECANCELED);
	drm_jobqueue_start(&ring->queue);
	if (ring->hw->automatic)
		irq_work_queue(&ring->hw->irq_work);
}

/* Wait for all work that is queued. */
void jq_hw_settle(struct jq_hw *hw)
{
	unsigned int i;

	for (i = 0; i < 2 * JQ_HW_RINGS; i++) {
		struct jq_hw_ring *ring;

		drm_jobqueue_sync_irq();
		spin_lock_irq(&hw->lock);
		ring = hw->ring[i % JQ_HW_RINGS];
		if (ring && !kref_get_unless_zero(&ring->queue.ref))
			ring = NULL;
		spin_unlock_irq(&hw->lock);
		if (!ring)
			continue;
		flush_work(&ring->queue.work);
		drm_jobqueue_put(&ring->queue);
	}
}

void jq_hw_expect_ran(struct kunit *test, struct jq_hw_ring *ring, int n)
{
	jq_hw_settle(test->priv);
	KUNIT_EXPECT_EQ(test, atomic_read(&ring->nran), n);
}

/* Wait for the fence, check its error and put it. */
void jq_hw_expect(struct kunit *test, struct dma_fence *fence, int error)
{
	jq_mock_expect_signalled(test, fence, error);
}
