// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * How much a client can queue behind a fence that does not signal: jobs of a queue,
 * and changes of an address space. A call for which there is no room waits. What is
 * waited for here is that the kernel puts the caller to sleep, and not that time
 * passes.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("What is queued behind a fence is bounded, and the wait for room ends.");

/* In one call */
#define BATCH		64
/* More than any queue may hold */
#define DEPTH_MAX	50000

/* Limits in Documentation/uapi.rst */
#define JOBS_MAX	8192
#define BINDS_MAX	16384

/* What the processes of a test share */
struct shared {
	volatile unsigned int begun;
	volatile unsigned int done;
	volatile unsigned int count;
	volatile bool stop;
};

/**
 * struct depth - a queue that a client fills
 * @name: of its subtests
 * @limit: how many it may hold
 * @fill: call that queues %BATCH more, does not repeat an interrupted call
 * @end: ends the queue
 * @gpu: context of both processes, with a group whose job is held
 * @held: signals after test_release()
 * @hold: where test_release() has to write
 * @group: group with one queue
 * @vm: address space
 * @shared: state of the client
 * @client: the client
 */
struct depth {
	const char *name;
	unsigned int limit;
	int (*fill)(struct depth *depth);
	void (*end)(struct depth *depth);
	struct test_gpu gpu;
	uint32_t held;
	unsigned int hold;
	uint32_t group;
	uint32_t vm;
	struct shared *shared;
	struct test_client client;
};

static int fill_jobs(struct depth *depth)
{
	struct drm_panthor_sync_op wait = { .handle = depth->held };
	struct drm_panthor_queue_submit submits[BATCH] = {};
	struct drm_panthor_group_submit args = {
		.group_handle = depth->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(BATCH, submits),
	};

	submits[0].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &wait);
	return ioctl(depth->gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args) ? -errno : 0;
}

static void end_jobs(struct depth *depth)
{
	igt_assert_eq(panthor_group_destroy(depth->gpu.fd, depth->group), 0);
}

static int fill_binds(struct depth *depth)
{
	struct drm_panthor_sync_op wait = { .handle = depth->held };
	struct drm_panthor_vm_bind_op ops[BATCH] = {};
	struct drm_panthor_vm_bind args = {
		.vm_id = depth->vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = DRM_PANTHOR_OBJ_ARRAY(BATCH, ops),
	};

	for (unsigned int i = 0; i < BATCH; i++) {
		ops[i].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY;
		ops[i].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &wait);
	}
	return ioctl(depth->gpu.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args) ? -errno : 0;
}

static void end_binds(struct depth *depth)
{
	igt_assert_eq(panthor_vm_destroy(depth->gpu.fd, depth->vm), 0);
}

static void on_signal(int signal)
{
	(void)signal;
}

/* Each step fills the queue until a call fails or the parent says stop. */
static void depth_client(struct test_client *client, void *data)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct depth *depth = data;
	struct shared *shared = depth->shared;
	int error = 0;

	igt_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
	for (;;) {
		test_client_step(client, -error);
		shared->begun++;
		do {
			error = depth->fill(depth);
			if (!error)
				shared->count += BATCH;
		} while (!error && !shared->stop && shared->count < DEPTH_MAX);
		shared->done++;
	}
}

static char process_state(pid_t pid)
{
	char path[64], text[512], *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	test_read_file(path, text, sizeof(text));
	at = strrchr(text, ')');
	igt_assert(at);
	return at[2];
}

/*
 * Let the client fill the queue.
 *
 * Return: true if it sleeps in a call, false if its step is done.
 */
static bool fill_queue(struct depth *depth)
{
	struct shared *shared = depth->shared;
	unsigned int step = shared->done + 1;
	char state;

	test_client_go(&depth->client);
	while (shared->begun != step) {
		igt_assert_neq(process_state(depth->client.pid), 'Z');
		usleep(1000);
	}
	do {
		usleep(1000);
		state = process_state(depth->client.pid);
		igt_assert_neq(state, 'Z');
	} while (shared->done != step && state != 'S');
	/* Between steps it sleeps as well. */
	return shared->done != step;
}

static void hold(struct depth *depth)
{
	struct panthor_job job;
	struct csb b;

	depth->hold += 64;
	depth->held = test_syncobj(&depth->gpu);
	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA + depth->hold);
	test_job(&depth->gpu, 0, &b, &job);
	panthor_job_signal(&job, depth->held, 0);
	test_submit(&depth->gpu, &job, 1);
}

/* Ends with the client asleep, as its queue is full. */
static void depth_open(struct depth *depth)
{
	uint64_t result;

	depth->shared = mmap(NULL, sizeof(*depth->shared), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	igt_assert(depth->shared != MAP_FAILED);
	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&depth->gpu, 1);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	igt_assert_eq(panthor_group_create(depth->gpu.fd, depth->gpu.vm, 1, TEST_RING_SIZE,
					   &depth->group), 0);
	igt_assert_eq(panthor_vm_create(depth->gpu.fd, 0, &depth->vm), 0);
	hold(depth);
	test_client_start(&depth->client, depth_client, depth);
	igt_assert(test_client_next(&depth->client, &result));
	igt_assert_f(fill_queue(depth), "%u queued and no end\n", depth->shared->count);
	igt_assert_eq(depth->shared->count, depth->limit / BATCH * BATCH);
}

static void depth_close(struct depth *depth)
{
	test_client_end(&depth->client);
	test_release(&depth->gpu, depth->hold);
	test_gpu_close(&depth->gpu);
	munmap(depth->shared, sizeof(*depth->shared));
	depth->hold = 0;
}

static void test_bounded(struct depth *depth)
{
	uint64_t result;

	depth_open(depth);
	/* A signal interrupts the wait, which changes nothing. */
	kill(depth->client.pid, SIGUSR1);
	igt_assert(test_client_next(&depth->client, &result));
	igt_assert_eq_u64(result, EINTR);
	igt_assert(fill_queue(depth));
	igt_assert_eq(depth->shared->count, depth->limit / BATCH * BATCH);
	/* There is room again when what was queued is done. */
	depth->shared->stop = true;
	test_release(&depth->gpu, depth->hold);
	igt_assert(test_client_next(&depth->client, &result));
	igt_assert_eq_u64(result, 0);
	depth_close(depth);
}

/* The fence that all else waits for does not signal, but the queue ends. */
static void test_ended(struct depth *depth)
{
	uint64_t result;

	depth_open(depth);
	depth->end(depth);
	igt_assert(test_client_next(&depth->client, &result));
	igt_assert_eq_u64(result, EINVAL);
	depth_close(depth);
}

static void test_killed(struct depth *depth)
{
	depth_open(depth);
	depth_close(depth);
}

static struct depth depths[] = {
	{ .name = "jobs", .limit = JOBS_MAX, .fill = fill_jobs, .end = end_jobs },
	{ .name = "binds", .limit = BINDS_MAX, .fill = fill_binds, .end = end_binds },
};

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(depths); i++) {
		igt_describe("So many are queued; then a call waits, until a signal or the fence.");
		igt_subtest_f("%s-bounded", depths[i].name)
			test_bounded(&depths[i]);
		igt_describe("A call that waits fails when the queue ends.");
		igt_subtest_f("%s-ended", depths[i].name)
			test_ended(&depths[i]);
		igt_describe("A process that waits for room can be killed.");
		igt_subtest_f("%s-killed", depths[i].name)
			test_killed(&depths[i]);
	}

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
