// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The list that a queue keeps of measured jobs in its ring. A client's streams can
 * write to the sync object by which jobs leave the list, so no job leaves it here.
 * The queue has no group and no GPU.
 */

#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/test.h>

#include "device/device.h"
#include "mm/kbo.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/ring.h"

#define RING_SIZE	4096
#define JOBS		(RING_SIZE / (VPAN_RING_JOB_INSTRS * 8))

static void *zalloc(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

static int queue_init(struct kunit *test)
{
	struct vpan_queue *queue = zalloc(test, sizeof(*queue));
	struct vpan_device *vpan = zalloc(test, sizeof(*vpan));

	vpan->csif_info.cs_reg_count = 96;
	vpan->csif_info.unpreserved_cs_reg_count = 4;
	vpan->csif_info.scoreboard_slot_count = 8;
	queue->vpan = vpan;
	queue->job_mask = JOBS - 1;
	queue->input = zalloc(test, sizeof(*queue->input));
	queue->output = zalloc(test, sizeof(*queue->output));
	queue->unit_seqnos = zalloc(test, RING_SIZE / VPAN_RING_UNIT_BYTES *
				    sizeof(*queue->unit_seqnos));
	queue->profiled = zalloc(test, JOBS * sizeof(*queue->profiled));
	queue->profile_slots = zalloc(test, sizeof(*queue->profile_slots));
	queue->profile_slots->vaddr =
		zalloc(test, JOBS * sizeof(struct vpan_profile_slot));
	queue->group = zalloc(test, sizeof(*queue->group));
	queue->group->usage = zalloc(test, sizeof(*queue->group->usage));
	spin_lock_init(&queue->group->usage->lock);
	queue->ring = zalloc(test, sizeof(*queue->ring));
	queue->ring->vaddr = zalloc(test, RING_SIZE);
	queue->ring->size = RING_SIZE;
	spin_lock_init(&queue->profile_lock);
	test->priv = queue;
	return 0;
}

/* The list has the last jobs, and no more than the ring. */
static void queue_profiled_bounded(struct kunit *test)
{
	struct vpan_queue *queue = test->priv;
	struct vpan_job *job = zalloc(test, sizeof(*job));
	const struct vpan_profile_slot *slots = queue->profile_slots->vaddr;
	u64 seqno;

	job->profile_mask = VPAN_PROFILE_CYCLES;
	for (seqno = 1; seqno <= 3 * JOBS; seqno++) {
		vpan_queue_write_job(queue, job, seqno);
		KUNIT_ASSERT_EQ(test, min_t(u64, seqno, JOBS),
				queue->profile_tail - queue->profile_head);
	}
	KUNIT_EXPECT_EQ(test, 2 * JOBS + 1,
			queue->profiled[queue->profile_head % JOBS].seqno);
	/* The client knows the oldest one. */
	KUNIT_EXPECT_PTR_EQ(test, &slots[queue->profile_head % JOBS],
			    queue->group->usage->oldest[0]);
	vpan_queue_end_profiled(queue);
	KUNIT_EXPECT_NULL(test, queue->group->usage->oldest[0]);
}

static struct kunit_case vpan_queue_cases[] = {
	KUNIT_CASE(queue_profiled_bounded),
	{}
};

static struct kunit_suite vpan_queue_suite = {
	.name = "vpan_queue",
	.init = queue_init,
	.test_cases = vpan_queue_cases,
};

kunit_test_suite(vpan_queue_suite);
