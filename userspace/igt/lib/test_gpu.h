/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_GPU_H
#define TEST_GPU_H

/**
 * DOC: A GPU context for tests
 *
 * A device file, an address space with a code and a data buffer, and a group.
 * Each test opens its own, so that a failed test leaves no state behind that the
 * next one depends on. All functions fail the subtest on an error, and every wait
 * is bounded.
 */

#include <stdint.h>

#include "cpu_fence.h"
#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* Long enough for a debug kernel in an emulator, short enough to catch a hang */
#define TEST_TIMEOUT		(20 * PANTHOR_SECOND)

#define TEST_CODE_VA		0x01000000ull
#define TEST_CODE_SIZE		(256 * 1024)
#define TEST_DATA_VA		0x02000000ull
#define TEST_DATA_SIZE		(64 * 1024)
/* test_gpu_open() maps nothing from here on. */
#define TEST_FREE_VA		0x10000000ull

#define TEST_RING_SIZE		4096

/*
 * Words of the data buffer that test_submit_held() uses: a sync object for test_release(),
 * of which the second word is an error, and another word.
 */
#define TEST_HELD		32
#define TEST_HELD_RUNNING	40

/* Registers by use, so that streams can be combined from pieces */
#define TEST_REG_ADDR		68	/* pair */
#define TEST_REG_VALUE		70	/* pair */
#define TEST_REG_ADDR2		72	/* pair */
#define TEST_REG_COUNT		74

/**
 * struct test_gpu - the context
 * @fd: the device
 * @vm: address space
 * @group: group handle
 * @queues: number of queues of @group
 * @code: buffer for streams, at %TEST_CODE_VA
 * @code_used: bytes of @code in use
 * @data: zeroed buffer, at %TEST_DATA_VA
 */
struct test_gpu {
	int fd;
	uint32_t vm;
	uint32_t group;
	unsigned int queues;
	struct panthor_buf code;
	uint64_t code_used;
	struct panthor_buf data;
};

void test_gpu_open(struct test_gpu *gpu, unsigned int queues);
void test_gpu_open_untimed(struct test_gpu *gpu, unsigned int queues);
void test_gpu_close(struct test_gpu *gpu);
void test_gpu_new_group(struct test_gpu *gpu, unsigned int queues);

uint32_t test_read32(const struct test_gpu *gpu, unsigned int offset);
uint64_t test_read64(const struct test_gpu *gpu, unsigned int offset);
void test_write32(struct test_gpu *gpu, unsigned int offset, uint32_t value);

uint64_t test_load(struct test_gpu *gpu, struct csb *b);
void test_job(struct test_gpu *gpu, unsigned int queue, struct csb *b,
	      struct panthor_job *job);
void test_submit(struct test_gpu *gpu, struct panthor_job *jobs, unsigned int count);
int test_run(struct test_gpu *gpu, unsigned int queue, struct csb *b);

uint32_t test_syncobj(struct test_gpu *gpu);
int test_wait(struct test_gpu *gpu, uint32_t syncobj, uint64_t point);
void test_wait_word(struct test_gpu *gpu, unsigned int offset);
int test_wait_any(struct test_gpu gpus[2], const uint32_t syncobjs[2]);
bool test_is_signalled(struct test_gpu *gpu, uint32_t syncobj, uint64_t point);
uint32_t test_fence(struct test_gpu *gpu, struct cpu_fence *fence);

int test_gpu_store(struct test_gpu *gpu, uint64_t va, uint32_t value);
int test_gpu_load(struct test_gpu *gpu, uint64_t va, uint32_t *value);
uint32_t test_gpu_read(struct test_gpu *gpu, uint64_t va);

void test_emit_store(struct csb *b, uint64_t va, uint32_t value);
void test_emit_hold(struct csb *b, uint64_t va);
void test_release(struct test_gpu *gpu, unsigned int offset);
void test_emit_ticket(struct csb *b, uint64_t counter, uint64_t slot);
void test_emit_forever(struct csb *b);

void test_expect_works(struct test_gpu *gpu);
uint32_t test_submit_held(struct test_gpu *gpu, bool busy);
void test_finish_held(struct test_gpu *gpu, uint32_t done);

#endif /* TEST_GPU_H */
