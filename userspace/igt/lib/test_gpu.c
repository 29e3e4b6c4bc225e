// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU context of the IGT tests: device, address space, buffers and group,
 * and helpers that build, submit and await small streams.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

/**
 * test_gpu_new_group - create the group of a context
 * @gpu: the context; the group that it had is neither destroyed nor changed
 * @queues: number of queues
 */
void test_gpu_new_group(struct test_gpu *gpu, unsigned int queues)
{
	gpu->queues = queues;
	igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, queues, TEST_RING_SIZE,
					   &gpu->group), 0);
}

/**
 * test_gpu_open - create a context
 * @gpu: the context
 * @queues: number of queues, 0 for no group
 */
void test_gpu_open(struct test_gpu *gpu, unsigned int queues)
{
	memset(gpu, 0, sizeof(*gpu));
	gpu->fd = panthor_open();
	igt_assert_lte(0, gpu->fd);
	igt_assert_eq(panthor_vm_create(gpu->fd, 0, &gpu->vm), 0);
	igt_assert_eq(panthor_buf_create(gpu->fd, gpu->vm, TEST_CODE_VA,
					 TEST_CODE_SIZE, 0, &gpu->code), 0);
	igt_assert_eq(panthor_buf_create(gpu->fd, gpu->vm, TEST_DATA_VA,
					 TEST_DATA_SIZE,
					 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC,
					 &gpu->data), 0);
	if (queues)
		test_gpu_new_group(gpu, queues);
}

/**
 * test_gpu_open_untimed - create a context whose group has no time limit
 * @gpu: the context
 * @queues: number of queues
 *
 * For jobs that are held while the CPU works, which takes long on a loaded machine.
 * With another driver than ours the group has that driver's limit.
 */
void test_gpu_open_untimed(struct test_gpu *gpu, unsigned int queues)
{
	bool own = test_own_driver();

	if (own)
		test_param_set("job_timeout_ms", 0);
	test_gpu_open(gpu, queues);
	if (own)
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

/**
 * test_gpu_close - undo test_gpu_open()
 * @gpu: the context
 */
void test_gpu_close(struct test_gpu *gpu)
{
	if (gpu->group)
		igt_assert_eq(panthor_group_destroy(gpu->fd, gpu->group), 0);
	panthor_buf_destroy(gpu->fd, gpu->vm, &gpu->data);
	panthor_buf_destroy(gpu->fd, gpu->vm, &gpu->code);
	igt_assert_eq(panthor_vm_destroy(gpu->fd, gpu->vm), 0);
	igt_assert_eq(close(gpu->fd), 0);
}

/**
 * test_read32 - read from the data buffer
 * @gpu: the context
 * @offset: byte in the buffer
 *
 * Return: the 32-bit word.
 */
uint32_t test_read32(const struct test_gpu *gpu, unsigned int offset)
{
	return *(volatile uint32_t *)((char *)gpu->data.cpu + offset);
}

/**
 * test_read64 - read from the data buffer
 * @gpu: the context
 * @offset: byte in the buffer
 *
 * Return: the 64-bit word.
 */
uint64_t test_read64(const struct test_gpu *gpu, unsigned int offset)
{
	return *(volatile uint64_t *)((char *)gpu->data.cpu + offset);
}

/**
 * test_write32 - write to the data buffer
 * @gpu: the context
 * @offset: byte in the buffer
 * @value: the word to write
 */
void test_write32(struct test_gpu *gpu, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)((char *)gpu->data.cpu + offset) = value;
}

/**
 * test_load - copy a stream into GPU memory
 * @gpu: the context
 * @b: the stream, freed on return
 *
 * Return: its GPU address.
 */
uint64_t test_load(struct test_gpu *gpu, struct csb *b)
{
	uint64_t at = gpu->code_used, size = csb_size(b);

	igt_assert_eq(csb_finish(b), 0);
	igt_assert_lte_u64(at + size, gpu->code.size);
	memcpy((char *)gpu->code.cpu + at, b->words, size);
	/* Streams start on a cache line. */
	gpu->code_used += (size + 63) & ~63ull;
	csb_fini(b);
	return gpu->code.va + at;
}

/**
 * test_job - create a job from a stream
 * @gpu: the context
 * @queue: index of its queue
 * @b: the stream, freed on return
 * @job: the job
 */
void test_job(struct test_gpu *gpu, unsigned int queue, struct csb *b,
	      struct panthor_job *job)
{
	uint32_t size = csb_size(b);

	panthor_job_init(job, queue, test_load(gpu, b), size);
}

/**
 * test_submit - submit jobs in one call, which must succeed
 * @gpu: the context
 * @jobs: the jobs
 * @count: number of them
 */
void test_submit(struct test_gpu *gpu, struct panthor_job *jobs, unsigned int count)
{
	igt_assert_eq(panthor_submit(gpu->fd, gpu->group, jobs, count), 0);
}

/**
 * test_run - run a stream and wait until it ends
 * @gpu: the context
 * @queue: index of the queue
 * @b: the stream, freed on return
 *
 * Return: the status of its fence: 1, or a negative errno.
 */
int test_run(struct test_gpu *gpu, unsigned int queue, struct csb *b)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	int status;

	test_job(gpu, queue, b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	status = test_wait(gpu, done, 0);
	igt_assert_eq(panthor_syncobj_destroy(gpu->fd, done), 0);
	return status;
}

/**
 * test_syncobj - create a syncobj
 * @gpu: the context
 *
 * Return: the handle.
 */
uint32_t test_syncobj(struct test_gpu *gpu)
{
	uint32_t handle;

	igt_assert_eq(panthor_syncobj_create(gpu->fd, 0, &handle), 0);
	return handle;
}

/**
 * test_wait - wait for a syncobj
 * @gpu: the context
 * @syncobj: its handle
 * @point: timeline point, 0 for a binary syncobj
 *
 * Return: the status of its fence: 1, or a negative errno.
 */
int test_wait(struct test_gpu *gpu, uint32_t syncobj, uint64_t point)
{
	struct panthor_fence_info info;
	int fence = panthor_syncobj_export(gpu->fd, syncobj, point);

	igt_assert_lte(0, fence);
	igt_assert_eq(panthor_fence_wait(fence, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(fence, &info), 0);
	close(fence);
	return info.status;
}

/**
 * test_wait_word - wait until the GPU has written a word
 * @gpu: the context
 * @offset: offset in the data buffer, where the word is 0 before
 */
void test_wait_word(struct test_gpu *gpu, unsigned int offset)
{
	for (int i = 0; i < 20000 && !test_read32(gpu, offset); i++)
		usleep(1000);
	igt_assert(test_read32(gpu, offset));
}

/**
 * test_wait_any - wait for the first of two fences of different contexts
 * @gpus: two contexts
 * @syncobjs: a binary syncobj of each
 *
 * Return: the index of a fence that has signalled.
 */
int test_wait_any(struct test_gpu gpus[2], const uint32_t syncobjs[2])
{
	struct pollfd fds[2];
	int first;

	for (int i = 0; i < 2; i++) {
		fds[i].fd = panthor_syncobj_export(gpus[i].fd, syncobjs[i], 0);
		fds[i].events = POLLIN;
		igt_assert_lte(0, fds[i].fd);
	}
	igt_assert_lt(0, poll(fds, 2, TEST_TIMEOUT / PANTHOR_MILLISECOND));
	first = fds[0].revents ? 0 : 1;
	close(fds[0].fd);
	close(fds[1].fd);
	return first;
}

/**
 * test_is_signalled - test a syncobj without waiting
 * @gpu: the context
 * @syncobj: its handle
 * @point: timeline point, 0 for a binary syncobj
 *
 * Return: whether its fence has signalled.
 */
bool test_is_signalled(struct test_gpu *gpu, uint32_t syncobj, uint64_t point)
{
	struct panthor_fence_info info;

	igt_assert_eq(panthor_syncobj_info(gpu->fd, syncobj, point, &info), 0);
	return info.status;
}

/**
 * test_fence - create a fence that the CPU signals
 * @gpu: the context
 * @fence: the fence
 *
 * Skips the subtest if the kernel has no vgem driver.
 *
 * Return: a syncobj that holds the fence.
 */
uint32_t test_fence(struct test_gpu *gpu, struct cpu_fence *fence)
{
	int ret = cpu_fence_create(fence);

	igt_require_f(ret != -ENODEV, "no vgem device\n");
	igt_assert_eq(ret, 0);
	ret = panthor_syncobj_import(gpu->fd, fence->fence);
	igt_assert_lt(0, ret);
	return ret;
}

/**
 * test_emit_store - emit a store of a constant
 * @b: the stream
 * @va: GPU address
 * @value: the constant
 */
void test_emit_store(struct csb *b, uint64_t va, uint32_t value)
{
	csb_move48(b, TEST_REG_ADDR, va);
	csb_move32(b, TEST_REG_VALUE, value);
	csb_store(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_flush(b, TEST_REG_VALUE);
}

/**
 * test_gpu_store - write a word in a job of its own on queue 0
 * @gpu: the context
 * @va: GPU address
 * @value: the word
 *
 * Return: the status of the job's fence, as test_run() does.
 */
int test_gpu_store(struct test_gpu *gpu, uint64_t va, uint32_t value)
{
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, va, value);
	return test_run(gpu, 0, &b);
}

/**
 * test_gpu_load - read a word in a job of its own on queue 0
 * @gpu: the context; the first word of its data buffer is overwritten
 * @va: GPU address
 * @value: returns the word if the job succeeds
 *
 * Return: the status of the job's fence, as test_run() does.
 */
int test_gpu_load(struct test_gpu *gpu, uint64_t va, uint32_t *value)
{
	struct csb b;
	int ret;

	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, va);
	csb_move48(&b, TEST_REG_ADDR2, TEST_DATA_VA);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_store(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 0);
	csb_flush(&b, TEST_REG_VALUE);
	ret = test_run(gpu, 0, &b);
	*value = test_read32(gpu, 0);
	return ret;
}

/**
 * test_gpu_read - read a word as test_gpu_load() does; the job must succeed
 * @gpu: the context; the first word of its data buffer is overwritten
 * @va: GPU address
 *
 * Return: the word.
 */
uint32_t test_gpu_read(struct test_gpu *gpu, uint64_t va)
{
	uint32_t value;

	igt_assert_eq(test_gpu_load(gpu, va, &value), 1);
	return value;
}

/**
 * test_emit_hold - emit a wait for test_release()
 * @b: the stream
 * @va: address of a 32-bit sync object
 */
void test_emit_hold(struct csb *b, uint64_t va)
{
	csb_move48(b, TEST_REG_ADDR, va);
	csb_move32(b, TEST_REG_VALUE, 0);
	csb_sync_wait32(b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_COND_GT);
}

/**
 * test_release - let a stream pass test_emit_hold()
 * @gpu: the context
 * @offset: offset of the sync object in the data buffer
 */
void test_release(struct test_gpu *gpu, unsigned int offset)
{
	test_write32(gpu, offset, 1);
}

/**
 * test_emit_ticket - record the position of a stream in the order of execution
 * @b: the stream
 * @counter: address of a 32-bit sync object that counts streams
 * @slot: address at which to store the count before this stream
 */
void test_emit_ticket(struct csb *b, uint64_t counter, uint64_t slot)
{
	csb_move48(b, TEST_REG_ADDR, counter);
	csb_move48(b, TEST_REG_ADDR2, slot);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(b, CSB_SB_ALL);
	csb_store(b, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 0);
	csb_move32(b, TEST_REG_COUNT, 1);
	csb_wait(b, CSB_SB_ALL);
	csb_sync_add32(b, TEST_REG_ADDR, TEST_REG_COUNT, CSF_SYNC_SCOPE_GROUP);
}

/**
 * test_emit_forever - emit an endless loop
 * @b: the stream
 */
void test_emit_forever(struct csb *b)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_place(b, &loop);
	csb_add32(b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_branch(b, CSF_COND_ALWAYS, TEST_REG_COUNT, &loop);
}

/* Written by test_expect_works(), and by the jobs of test_submit_held() as their last */
#define WORKS		1024
#define HELD_DONE	0
#define HELD_VALUE	0x900d

/**
 * test_expect_works - run a job on queue 0, which must succeed
 * @gpu: the context
 */
void test_expect_works(struct test_gpu *gpu)
{
	uint32_t value = test_read32(gpu, WORKS) + 1, state, queues;

	igt_assert_eq(test_gpu_store(gpu, TEST_DATA_VA + WORKS, value), 1);
	igt_assert_eq_u32(test_read32(gpu, WORKS), value);
	igt_assert_eq(panthor_group_get_state(gpu->fd, gpu->group, &state, &queues), 0);
	igt_assert_eq_u32(state, 0);
}

/* Count in a word of the data buffer until another one is set. */
static void emit_counting(struct csb *b)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_move48(b, TEST_REG_ADDR, TEST_DATA_VA + TEST_HELD);
	csb_move48(b, TEST_REG_ADDR2, TEST_DATA_VA + TEST_HELD_RUNNING);
	csb_move32(b, TEST_REG_COUNT, 0);
	csb_place(b, &loop);
	csb_add32(b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_store(b, TEST_REG_COUNT, 1, TEST_REG_ADDR2, 0);
	csb_load(b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(b, CSB_SB_ALL);
	csb_branch(b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
}

/**
 * test_submit_held - submit a job to queue 0 that runs until it is released
 * @gpu: the context
 * @busy: the job counts in a loop; otherwise it waits for a sync object
 *
 * The job writes %TEST_HELD_RUNNING when it runs: once, or in each turn of the loop.
 *
 * Return: a syncobj that the job signals, for test_finish_held().
 */
uint32_t test_submit_held(struct test_gpu *gpu, bool busy)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	test_write32(gpu, TEST_HELD, 0);
	test_write32(gpu, TEST_HELD_RUNNING, 0);
	test_write32(gpu, HELD_DONE, 0);
	csb_init(&b);
	if (busy) {
		emit_counting(&b);
	} else {
		test_emit_store(&b, TEST_DATA_VA + TEST_HELD_RUNNING, 1);
		test_emit_hold(&b, TEST_DATA_VA + TEST_HELD);
	}
	test_emit_store(&b, TEST_DATA_VA + HELD_DONE, HELD_VALUE);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

/**
 * test_finish_held - release the job of test_submit_held(), which must succeed
 * @gpu: the context
 * @done: the job's syncobj
 */
void test_finish_held(struct test_gpu *gpu, uint32_t done)
{
	test_release(gpu, TEST_HELD);
	igt_assert_eq(test_wait(gpu, done, 0), 1);
	igt_assert_eq_u32(test_read32(gpu, HELD_DONE), HELD_VALUE);
}
