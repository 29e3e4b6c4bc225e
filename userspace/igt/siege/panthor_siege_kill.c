// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * System calls that a process is in when it is killed, or when the device goes.
 * No argument makes a call so long that its process cannot be killed, and no
 * call that waits for user memory keeps the driver from being unbound.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Processes can be killed in any system call, and the driver unbound.");

#define MIB		((uint64_t)1 << 20)
#define STRIDE		(64 * MIB)
/* Of untouched memory, which takes page tables only: 128 GiB, 256 MiB of them */
#define STRIDES		2048

/* Contexts of fences: as many groups as a file may have */
#define GROUPS		128
#define QUEUES		8
#define FILES		2
/* Different ones, so that they cannot be looked up once */
#define POINTS		512
#define WAITS		4096

/* With the wait, as many operations as a call may have */
#define SIGNALS		4095

#define BIND_OPS	16384
#define SPARSE_SIZE	((uint64_t)1 << 34)

/* Arrays that are copied from user space */
enum array {
	SUBMITS,
	SUBMIT_SYNCS,
	BINDS,
	BIND_SYNCS,
	QUEUE_ARGS,
	BO_SYNCS,
};

static const char * const array_names[] = {
	[SUBMITS] = "submit",
	[SUBMIT_SYNCS] = "submit-syncs",
	[BINDS] = "bind",
	[BIND_SYNCS] = "bind-syncs",
	[QUEUE_ARGS] = "group-create",
	[BO_SYNCS] = "bo-sync",
};

/* Return: what the call says of @array; the rest of its arguments is good. */
static int call_with(struct test_gpu *gpu, enum array what, struct drm_panthor_obj_array array)
{
	struct drm_panthor_queue_submit submit = { .syncs = array };
	struct drm_panthor_group_submit submits = { .group_handle = gpu->group };
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY,
		.syncs = array,
	};
	struct drm_panthor_vm_bind bind = { .vm_id = gpu->vm };
	struct drm_panthor_group_create group = { .vm_id = gpu->vm, .queues = array };
	struct drm_panthor_bo_sync sync = { .ops = array };

	switch (what) {
	case SUBMITS:
		submits.queue_submits = array;
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submits);
	case SUBMIT_SYNCS:
		submits.queue_submits =
			(struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &submit);
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submits);
	case BINDS:
		bind.ops = array;
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	case BIND_SYNCS:
		bind.flags = DRM_PANTHOR_VM_BIND_ASYNC;
		bind.ops = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &op);
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &bind);
	case QUEUE_ARGS:
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &group);
	default:
		return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_BO_SYNC, &sync);
	}
}

static void *map_nothing(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	igt_assert(memory != MAP_FAILED);
	return memory;
}

/* Zeroes all over: nothing else is wrong with an element than its length. */
static struct drm_panthor_obj_array wide_array(void *memory, uint32_t count)
{
	return (struct drm_panthor_obj_array) {
		.stride = STRIDE,
		.count = count,
		.array = (uintptr_t)memory,
	};
}

static void test_stride(enum array what)
{
	void *memory = map_nothing(2 * STRIDE);
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(call_with(&gpu, what, wide_array(memory, 2)), -E2BIG);
	test_gpu_close(&gpu);
	munmap(memory, 2 * STRIDE);
}

static void stride_client(struct test_client *client, void *data)
{
	struct drm_panthor_obj_array array;
	struct test_gpu gpu;
	int ret;

	test_gpu_open(&gpu, 1);
	array = wide_array(map_nothing(STRIDE * STRIDES), STRIDES);
	test_client_step(client, 0);
	ret = call_with(&gpu, *(enum array *)data, array);
	igt_info("the call returned %d\n", ret);
}

/* A job that is held, and a syncobj for its end */
static uint32_t hold(struct test_gpu *gpu)
{
	uint32_t gate = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_hold(&b, TEST_DATA_VA);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, gate, 0);
	test_submit(gpu, &job, 1);
	return gate;
}

/* An empty job behind @gate on each queue of all groups that a file may have */
static void add_points(struct test_gpu *gpu, uint32_t gate, uint32_t timeline, uint64_t *point)
{
	struct panthor_job job;
	uint32_t group;

	for (unsigned int i = 1; i < GROUPS; i++) {
		igt_assert_eq(panthor_group_create(gpu->fd, gpu->vm, QUEUES, TEST_RING_SIZE,
						   &group), 0);
		for (unsigned int j = 0; j < QUEUES; j++) {
			panthor_job_init(&job, j, 0, 0);
			panthor_job_wait(&job, gate, 0);
			panthor_job_signal(&job, timeline, ++*point);
			igt_assert_eq(panthor_submit(gpu->fd, group, &job, 1), 0);
		}
	}
}

/*
 * A timeline in which each point is a fence of another queue. None of them
 * signals. Return: its handle in the first file.
 */
static uint32_t make_timeline(struct test_gpu *gpus, uint64_t *last)
{
	uint32_t timeline = 0, handle;
	int fd = -1;

	*last = 0;
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < FILES; i++) {
		test_gpu_open(&gpus[i], 1);
		if (!i) {
			handle = test_syncobj(&gpus[i]);
			timeline = handle;
			igt_assert_eq(drmSyncobjHandleToFD(gpus[i].fd, handle, &fd), 0);
		} else {
			igt_assert_eq(drmSyncobjFDToHandle(gpus[i].fd, fd, &handle), 0);
		}
		add_points(&gpus[i], hold(&gpus[i]), handle, last);
	}
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	close(fd);
	return timeline;
}

/* One job that waits for as many points as a call may */
static void timeline_client(struct test_client *client, void *data)
{
	static struct drm_panthor_sync_op waits[WAITS];
	struct drm_panthor_queue_submit submit = {};
	struct drm_panthor_group_submit args = {};
	struct test_gpu gpus[FILES];
	uint32_t timeline;
	uint64_t last;
	int ret;

	(void)data;
	timeline = make_timeline(gpus, &last);
	for (unsigned int i = 0; i < WAITS; i++) {
		waits[i].flags = DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ;
		waits[i].handle = timeline;
		waits[i].timeline_value = last - i % POINTS;
	}
	submit.syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(WAITS, waits);
	args.group_handle = gpus[0].group;
	args.queue_submits = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &submit);
	test_client_step(client, 0);
	ret = panthor_ioctl(gpus[0].fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
	igt_info("the call returned %d\n", ret);
}

/* As many changes as a call may have, each of which may take 32 MiB of page tables */
static void bind_client(struct test_client *client, void *data)
{
	static struct drm_panthor_vm_bind_op ops[BIND_OPS];
	struct test_gpu gpu;
	uint32_t done = 0;
	int ret;

	(void)data;
	test_gpu_open(&gpu, 0);
	for (unsigned int i = 0; i < BIND_OPS; i++) {
		ops[i].flags = DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE |
			       DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
		ops[i].va = SPARSE_SIZE;
		ops[i].size = SPARSE_SIZE;
	}
	test_client_step(client, 0);
	ret = panthor_vm_bind(gpu.fd, gpu.vm, ops, BIND_OPS, &done);
	igt_info("the call returned %d after %u\n", ret, done);
}

/* The client is killed while it is in its call, or just after that. */
static void test_kill(void (*work)(struct test_client *client, void *data), void *data)
{
	struct test_client client;
	uint64_t begin, result;

	test_client_start(&client, work, data);
	igt_assert(test_client_next(&client, &result));
	test_client_go(&client);
	usleep(200000);
	begin = panthor_now_ns();
	if (!test_client_kill(&client))
		igt_assert_f(false, "still in its call %d s after SIGKILL\n", TEST_CLIENT_SECONDS);
	igt_info("ended %llu ms after SIGKILL\n",
		 (unsigned long long)(panthor_now_ns() - begin) / PANTHOR_MILLISECOND);
}

/**
 * struct signaller - a client that signals many points of a timeline in one call
 * @fd: the timeline, as a file
 * @bind: by a bind that changes nothing, else by a job
 */
struct signaller {
	int fd;
	bool bind;
};

/* None of the points signals, so that each walks those before it. */
static void signal_client(struct test_client *client, void *data)
{
	static struct drm_panthor_sync_op ops[1 + SIGNALS];
	struct drm_panthor_obj_array syncs = DRM_PANTHOR_OBJ_ARRAY(1 + SIGNALS, ops);
	struct drm_panthor_queue_submit submit = { .syncs = syncs };
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY,
		.syncs = syncs,
	};
	struct drm_panthor_group_submit args = {
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(1, &submit),
	};
	struct signaller *signaller = data;
	struct test_gpu gpu;
	uint32_t timeline;

	test_gpu_open_untimed(&gpu, 1);
	igt_assert_eq(drmSyncobjFDToHandle(gpu.fd, signaller->fd, &timeline), 0);
	args.group_handle = gpu.group;
	ops[0].handle = hold(&gpu);
	for (unsigned int i = 1; i <= SIGNALS; i++) {
		ops[i].flags = DRM_PANTHOR_SYNC_OP_SIGNAL |
			       DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ;
		ops[i].handle = timeline;
		ops[i].timeline_value = i;
	}
	test_client_step(client, 0);
	if (signaller->bind)
		panthor_vm_bind_async(gpu.fd, gpu.vm, &op, 1);
	else
		panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
}

/* A call ends when its process is killed, although its jobs are submitted. */
static void test_kill_signals(bool bind)
{
	struct signaller signaller = { .bind = bind };
	uint64_t result, point = 1;
	struct test_client client;
	uint32_t timeline;
	int fd = panthor_open();

	igt_assert_lte(0, fd);
	igt_assert_eq(drmSyncobjCreate(fd, 0, &timeline), 0);
	igt_assert_eq(drmSyncobjHandleToFD(fd, timeline, &signaller.fd), 0);
	test_client_start(&client, signal_client, &signaller);
	igt_assert(test_client_next(&client, &result));
	test_client_go(&client);
	igt_assert_eq(drmSyncobjTimelineWait(fd, &timeline, &point, 1, INT64_MAX,
					     DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT |
					     DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE, NULL), 0);
	igt_assert(test_client_kill(&client));
	igt_assert_eq(drmSyncobjQuery2(fd, &timeline, &point, 1,
				       DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED), 0);
	igt_info("%llu of %u points\n", (unsigned long long)point, SIGNALS);
	igt_assert_lt_u64(point, SIGNALS);
	close(signaller.fd);
	close(fd);
}

static int open_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	return uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api) ? uffd : -1;
}

/**
 * struct stuck - a process in a call whose argument is not there yet
 * @client: the process
 * @what: the argument
 * @uffd: tells when the kernel reads it, and never lets it
 */
struct stuck {
	struct test_client client;
	enum array what;
	int uffd;
};

/* Return: a page that nothing fills: to read it is to wait. */
static void *map_stuck(int uffd)
{
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *page = map_nothing(PANTHOR_PAGE_SIZE);

	range.range.start = (uintptr_t)page;
	range.range.len = PANTHOR_PAGE_SIZE;
	igt_assert_eq(ioctl(uffd, UFFDIO_REGISTER, &range), 0);
	return page;
}

static void *watch_stuck(void *data)
{
	struct stuck *stuck = data;
	struct uffd_msg message;

	if (read(stuck->uffd, &message, sizeof(message)) == sizeof(message))
		test_client_step(&stuck->client, message.event);
	return NULL;
}

static void stuck_client(struct test_client *client, void *data)
{
	struct drm_panthor_obj_array array;
	struct stuck *stuck = data;
	struct test_gpu gpu;
	pthread_t watcher;

	stuck->client = *client;
	test_gpu_open(&gpu, 1);
	stuck->uffd = open_uffd();
	array = wide_array(map_stuck(stuck->uffd), 1);
	array.stride = PANTHOR_PAGE_SIZE / 8;
	igt_assert_eq(pthread_create(&watcher, NULL, watch_stuck, stuck), 0);
	call_with(&gpu, stuck->what, array);
}

static void unbind_client(struct test_client *client, void *data)
{
	(void)data;
	test_unbind();
	test_client_step(client, 0);
}

/* The driver is unbound while a call waits for its argument forever. */
static void test_unbind_in(enum array what)
{
	struct stuck stuck = { .what = what };
	struct test_client caller, unbinder;
	uint64_t result;
	bool unbound;
	int uffd;

	uffd = open_uffd();
	igt_require_f(uffd >= 0, "no userfaultfd\n");
	close(uffd);
	test_client_start(&caller, stuck_client, &stuck);
	igt_assert(test_client_next(&caller, &result));
	test_client_start(&unbinder, unbind_client, NULL);
	unbound = test_client_wait(&unbinder);
	/* So that the next test has a device in any case */
	test_client_end(&caller);
	igt_assert(test_client_next(&unbinder, &result));
	test_client_end(&unbinder);
	test_bind();
	igt_assert(unbound);
}

int igt_main()
{
	static enum array submits = SUBMITS, binds = BINDS, bo_syncs = BO_SYNCS;

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(array_names); i++) {
		igt_describe("Elements of 64 MiB are too large.");
		igt_subtest_f("stride-%s", array_names[i])
			test_stride(i);
		igt_describe("The driver is unbound while a call waits for its argument.");
		igt_subtest_f("unbind-%s", array_names[i])
			test_unbind_in(i);
	}
	igt_describe("A process is killed while its jobs are copied.");
	igt_subtest("kill-submit")
		test_kill(stride_client, &submits);
	igt_describe("A process is killed while its changes are copied.");
	igt_subtest("kill-bind")
		test_kill(stride_client, &binds);
	igt_describe("A process is killed while its ranges of buffers are copied.");
	igt_subtest("kill-bo-sync")
		test_kill(stride_client, &bo_syncs);
	igt_describe("A process is killed while a job collects its dependencies.");
	igt_subtest("kill-timeline")
		test_kill(timeline_client, NULL);
	igt_describe("A process can be killed while it signals sync objects.");
	igt_subtest("kill-signals-submit")
		test_kill_signals(false);
	igt_describe("A process can be killed while a bind signals sync objects.");
	igt_subtest("kill-signals-bind")
		test_kill_signals(true);
	igt_describe("A process is killed while it maps.");
	igt_subtest("kill-map")
		test_kill(bind_client, NULL);

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
