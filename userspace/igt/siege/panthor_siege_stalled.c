// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A client whose task gets next to no time while it changes its address space: it is of the
 * lowest scheduling class, and another task keeps its processor busy. Its locks are then held
 * for as long as the client likes, which nothing else must notice: not an unbind, and not the
 * workers that execute the asynchronous changes of all clients, or free their objects.
 */

#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "test_client.h"
#include "test_gpu.h"
#include "test_memory.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Nothing waits for a client that is kept off the processors.");

#define PAGE		PANTHOR_PAGE_SIZE
#define VA		TEST_FREE_VA
#define BATCH		16384
/*
 * Unmapping them takes a processor 60 ms, and the client, with a 341st of it, 20 s. A kernel
 * that takes long to make them takes long to unmap fewer.
 */
#define MAPPINGS	(4 * BATCH)
#define MAP_SECONDS	2
/* The processor that the client and the spinner share */
#define CPU		1

/* More than there would be workers to free them, if there was a limit */
#define GROUPS		10

#define WORKERS		"/sys/devices/virtual/workqueue/vpan-bind-*/max_active"

/**
 * struct stalled - what the client and its parent share
 * @spinner: process that keeps the client off its processor
 * @push: the client is to destroy groups and to make an asynchronous change
 * @pushed: it has
 * @creates: then it is to create a group
 * @thread: the thread that does
 * @ended: the change that takes so long has ended
 */
struct stalled {
	pid_t spinner;
	atomic_bool push;
	atomic_bool pushed;
	bool creates;
	pid_t thread;
	atomic_bool ended;
};

/* A change of an address space with a fence */
struct change {
	struct drm_panthor_sync_op sync;
	struct drm_panthor_vm_bind_op op;
};

static struct stalled *stalled_open(void)
{
	struct stalled *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	igt_assert(s != MAP_FAILED);
	return s;
}

static void use_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(CPU, &set);
	igt_assert_eq(sched_setaffinity(0, sizeof(set), &set), 0);
}

static void spinner_start(struct stalled *s)
{
	pid_t pid = fork();

	igt_assert_lte(0, pid);
	if (!pid) {
		use_processor();
		for (;;)
			;
	}
	s->spinner = pid;
}

static void spinner_stop(struct stalled *s)
{
	igt_assert_eq(kill(s->spinner, SIGKILL), 0);
	igt_assert_eq(waitpid(s->spinner, NULL, 0), s->spinner);
}

static uint32_t new_bo(int fd)
{
	uint64_t size = PAGE;
	uint32_t bo;

	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &bo), 0);
	return bo;
}

static void map_many(struct test_gpu *gpu, uint32_t bo)
{
	static struct drm_panthor_vm_bind_op ops[BATCH];
	uint64_t va = VA, begin = panthor_now_ns();

	for (unsigned int done = 0; done < MAPPINGS; done += BATCH) {
		if (done && panthor_now_ns() - begin > MAP_SECONDS * PANTHOR_SECOND)
			break;
		for (unsigned int i = 0; i < BATCH; i++, va += PAGE) {
			ops[i] = (struct drm_panthor_vm_bind_op) {
				.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
				.bo_handle = bo,
				.va = va,
				.size = PAGE,
			};
		}
		igt_assert_eq(panthor_vm_bind(gpu->fd, gpu->vm, ops, BATCH, NULL), 0);
	}
}

/* Map @bo behind all that map_many() has mapped. */
static void change_push(struct test_gpu *gpu, struct change *change, uint32_t bo)
{
	change->sync = (struct drm_panthor_sync_op) {
		.flags = DRM_PANTHOR_SYNC_OP_SIGNAL,
		.handle = test_syncobj(gpu),
	};
	change->op = (struct drm_panthor_vm_bind_op) {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
		.bo_handle = bo,
		.va = VA + MAPPINGS * PAGE,
		.size = PAGE,
		.syncs = DRM_PANTHOR_OBJ_ARRAY(1, &change->sync),
	};
	igt_assert_eq(panthor_vm_bind_async(gpu->fd, gpu->vm, &change->op, 1), 0);
}

/* The client's other thread, which nothing keeps off the processors */
struct other {
	struct stalled *s;
	struct test_gpu *gpu;
	struct change change;
	uint32_t bo;
	uint32_t groups[GROUPS];
};

static void *push_when_asked(void *data)
{
	struct other *other = data;

	while (!atomic_load(&other->s->push))
		usleep(1000);
	/* Each has memory that is mapped. */
	for (unsigned int i = 0; i < GROUPS; i++)
		igt_assert_eq(panthor_group_destroy(other->gpu->fd, other->groups[i]), 0);
	change_push(other->gpu, &other->change, other->bo);
	other->s->thread = syscall(SYS_gettid);
	atomic_store(&other->s->pushed, true);
	if (other->s->creates)
		panthor_group_create(other->gpu->fd, other->gpu->vm, 1, TEST_RING_SIZE,
				     &other->groups[0]);
	return NULL;
}

/* Its second step tells what became of the asynchronous change. */
static void stalled_client(struct test_client *client, void *data)
{
	const struct sched_param param = {};
	struct other other = { .s = data };
	struct test_gpu gpu;
	pthread_t thread;

	test_gpu_open(&gpu, 1);
	other.gpu = &gpu;
	other.bo = new_bo(gpu.fd);
	for (unsigned int i = 0; i < GROUPS; i++)
		igt_assert_eq(panthor_group_create(gpu.fd, gpu.vm, 1, TEST_RING_SIZE,
						   &other.groups[i]), 0);
	map_many(&gpu, other.bo);
	igt_assert_eq(pthread_create(&thread, NULL, push_when_asked, &other), 0);
	test_client_step(client, 0);
	use_processor();
	igt_assert_eq(sched_setscheduler(0, SCHED_IDLE, &param), 0);
	panthor_vm_unmap(gpu.fd, gpu.vm, VA, MAPPINGS * PAGE);
	atomic_store(&other.s->ended, true);
	igt_assert_eq(pthread_join(thread, NULL), 0);
	test_client_step(client, test_wait(&gpu, other.change.sync.handle, 0));
}

/* Wait until the client's main thread, which has its process's number, is there or behind it. */
static bool is_changing(const struct stalled *s, const struct test_client *client)
{
	char path[64], text[8192];

	snprintf(path, sizeof(path), "/proc/%d/stack", client->pid);
	while (!atomic_load(&s->ended)) {
		test_read_file(path, text, sizeof(text));
		/* With the lock of the address space */
		if (strstr(text, "drm_gpuvm_sm_unmap"))
			return true;
		if (strstr(text, "vpan_bind_finish"))
			return false;
		usleep(1000);
	}
	return false;
}

static void stalled_start(struct stalled *s, struct test_client *client)
{
	uint64_t result;

	test_client_start(client, stalled_client, s);
	igt_assert(test_client_next(client, &result));
	spinner_start(s);
	test_client_go(client);
	igt_assert(is_changing(s, client));
}

/* Let the other thread of the client do its part. */
static void client_push(struct stalled *s)
{
	atomic_store(&s->push, true);
	while (!atomic_load(&s->pushed))
		usleep(1000);
}

/* Wait until the other thread waits to map the memory of its group. */
static void await_create(const struct stalled *s, const struct test_client *client)
{
	char path[64], text[8192];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", client->pid, s->thread);
	do {
		usleep(1000);
		test_read_file(path, text, sizeof(text));
	} while (!strstr(text, "vpan_vm_map_kernel"));
}

/*
 * The driver is unbound in the middle of the change, for which another call may wait that
 * needs the device.
 */
static void test_unbind_stalled(bool create)
{
	struct stalled *s = stalled_open();
	struct test_client client;
	bool changing;

	s->creates = create;
	stalled_start(s, &client);
	if (create) {
		client_push(s);
		await_create(s, &client);
	}
	test_unbind();
	changing = is_changing(s, &client);
	spinner_stop(s);
	test_client_end(&client);
	test_bind();
	munmap(s, sizeof(*s));
	igt_assert(changing);
}

static char workers_path[128];

static void find_workers(void)
{
	glob_t found;

	igt_require_f(!glob(WORKERS, 0, NULL, &found), "no such workqueue\n");
	igt_assert_eq(found.gl_pathc, 1);
	snprintf(workers_path, sizeof(workers_path), "%s", found.gl_pathv[0]);
	globfree(&found);
}

/*
 * There is one worker for all clients, and an asynchronous change of the stalled client comes
 * first. That one is executed with the change that takes so long.
 */
static void test_workers(void)
{
	struct stalled *s = stalled_open();
	struct test_client client;
	struct change change;
	struct test_gpu gpu;
	char before[32];
	uint64_t result;
	bool changing;
	int status;

	find_workers();
	test_read_file(workers_path, before, sizeof(before));
	test_gpu_open(&gpu, 1);
	stalled_start(s, &client);
	test_write_file(workers_path, "1");
	client_push(s);
	change_push(&gpu, &change, new_bo(gpu.fd));
	status = test_wait(&gpu, change.sync.handle, 0);
	changing = is_changing(s, &client);
	test_write_file(workers_path, before);
	spinner_stop(s);
	igt_assert(test_client_next(&client, &result));
	test_client_end(&client);
	test_gpu_close(&gpu);
	munmap(s, sizeof(*s));
	igt_assert_eq(status, 1);
	igt_assert(changing);
	igt_assert_eq((int)result, 1);
}

/* The groups of the stalled client and that of another are freed. */
static void test_frees(void)
{
	struct stalled *s = stalled_open();
	struct test_client client;
	uint64_t result, before;
	struct test_gpu gpu;
	bool changing;

	test_gpu_open(&gpu, 1);
	stalled_start(s, &client);
	before = test_kernel_memory(gpu.fd);
	client_push(s);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	while (test_kernel_memory(gpu.fd) >= before)
		usleep(1000);
	changing = is_changing(s, &client);
	spinner_stop(s);
	igt_assert(test_client_next(&client, &result));
	test_client_end(&client);
	test_gpu_new_group(&gpu, 1);
	test_gpu_close(&gpu);
	munmap(s, sizeof(*s));
	igt_assert(changing);
	igt_assert_eq((int)result, 1);
}

int igt_main()
{
	igt_fixture() {
		test_require_own_driver();
		igt_require_f(sysconf(_SC_NPROCESSORS_ONLN) > CPU, "one processor\n");
	}

	igt_describe("An unbind does not wait for a change of an address space.");
	igt_subtest("unbind")
		test_unbind_stalled(false);
	igt_describe("Nor for a group that is created after the change.");
	igt_subtest("unbind-create")
		test_unbind_stalled(true);
	igt_describe("Nor does the worker that executes changes of all clients.");
	igt_subtest("workers")
		test_workers();
	igt_describe("Nor do those that free objects of all clients.");
	igt_subtest("frees")
		test_frees();
}
