// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A GPU with all CSG slots busy but one, and streams that spin until the test
 * releases them. The spinning groups run without a job timeout.
 */

#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_full.h"
#include "test_sysfs.h"

/* Offset in the data buffer of the word with which a stream reports that it runs */
#define RUNS		(TEST_DATA_SIZE - 64)

static uint32_t new_group(struct test_gpu *gpu, unsigned int queues, unsigned int priority)
{
	uint32_t group;

	/* No time limit: the test decides for how long the stream spins. */
	test_param_set("job_timeout_ms", 0);
	igt_assert_eq(panthor_group_create_priority(gpu->fd, gpu->vm, queues, TEST_RING_SIZE,
						    priority, &group), 0);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	return group;
}

/**
 * test_low_group - create a group of low priority
 * @gpu: the context; its own group is not changed
 * @queues: number of queues
 *
 * Return: the handle.
 */
uint32_t test_low_group(struct test_gpu *gpu, unsigned int queues)
{
	return new_group(gpu, queues, PANTHOR_GROUP_PRIORITY_LOW);
}

/**
 * test_emit_spin - report that the stream runs, and spin until a word is set
 * @b: the stream
 * @va: address of the word that ends the loop when it is not zero
 */
void test_emit_spin(struct csb *b, uint64_t va)
{
	struct csb_label loop = CSB_LABEL_INIT;

	test_emit_store(b, TEST_DATA_VA + RUNS, 1);
	csb_move48(b, TEST_REG_ADDR, va);
	csb_place(b, &loop);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(b, CSB_SB_ALL);
	csb_branch(b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
}

static uint32_t submit(struct test_gpu *gpu, uint32_t group, unsigned int queue, struct csb *b)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;

	test_job(gpu, queue, b, &job);
	panthor_job_signal(&job, done, 0);
	igt_assert_eq(panthor_submit(gpu->fd, group, &job, 1), 0);
	return done;
}

/**
 * test_submit_spinning - submit a stream and wait until it runs
 * @gpu: the context
 * @group: handle of a group
 * @queue: index of its queue
 * @b: the stream, which begins with test_emit_spin(); freed on return
 *
 * Return: a syncobj that the job signals.
 */
uint32_t test_submit_spinning(struct test_gpu *gpu, uint32_t group, unsigned int queue,
			      struct csb *b)
{
	uint32_t done;

	test_write32(gpu, RUNS, 0);
	done = submit(gpu, group, queue, b);
	for (int i = 0; i < 20000 && !test_read32(gpu, RUNS); i++)
		usleep(1000);
	igt_assert(test_read32(gpu, RUNS));
	return done;
}

/**
 * test_full_open - occupy all slots but one
 * @full: the groups
 * @gpu: the context
 * @hold: offset in its data buffer of a word that is zero
 */
void test_full_open(struct test_full *full, struct test_gpu *gpu, unsigned int hold)
{
	struct drm_panthor_csif_info csif;
	struct csb b;

	full->gpu = gpu;
	full->hold = hold;
	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	full->count = csif.csg_slot_count;
	igt_assert_lte(full->count, TEST_FULL_MAX);
	for (unsigned int i = 0; i < full->count; i++)
		full->groups[i] = new_group(gpu, 1, PANTHOR_GROUP_PRIORITY_MEDIUM);
	for (unsigned int i = 0; i + 1 < full->count; i++) {
		csb_init(&b);
		test_emit_spin(&b, TEST_DATA_VA + hold);
		full->done[i] = test_submit_spinning(gpu, full->groups[i], 0, &b);
	}
}

/**
 * test_full_push - submit a job to the last group, which then needs a slot
 * @full: the groups
 */
void test_full_push(struct test_full *full)
{
	struct csb b;

	csb_init(&b);
	test_emit_spin(&b, TEST_DATA_VA + full->hold);
	full->done[full->count - 1] = submit(full->gpu, full->groups[full->count - 1], 0, &b);
}

/**
 * test_full_close - release all streams; their jobs must succeed
 * @full: the groups, after test_full_push()
 */
void test_full_close(struct test_full *full)
{
	test_release(full->gpu, full->hold);
	for (unsigned int i = 0; i < full->count; i++) {
		igt_assert_eq(test_wait(full->gpu, full->done[i], 0), 1);
		igt_assert_eq(panthor_group_destroy(full->gpu->fd, full->groups[i]), 0);
	}
}
