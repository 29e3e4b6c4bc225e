// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * Calls that come at a bad time: when the device is gone, and when a signal
 * comes. A device that is gone says ENODEV whatever it is asked, and a call that
 * a signal interrupts is restarted by the kernel.
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Calls when the device is gone, and when a signal comes.");

#define DATA		TEST_DATA_VA
/* Signals per second, and how long they come */
#define SIGNAL_US	500
#define SIGNAL_SECONDS	8
/* What the other threads keep busy with: it takes long to clear. */
#define LARGE		(4 * PANTHOR_BLOCK_SIZE)

static off_t flush_id_offset(void)
{
	return sizeof(long) < 8 ? DRM_PANTHOR_USER_MMIO_OFFSET_32BIT :
				  DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;
}

/* A mapping that is made when the device is gone is refused, not deadly. */
static void test_mmap_unplugged(bool buffer)
{
	uint64_t offset = flush_id_offset(), size = PANTHOR_PAGE_SIZE;
	uint32_t handle;
	int fd, error;
	void *page;

	fd = panthor_open();
	igt_assert_lte(0, fd);
	if (buffer) {
		igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &handle), 0);
		igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), 0);
	}
	test_unbind();
	page = mmap(NULL, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, fd, offset);
	error = errno;
	/* So that the next test has a device in any case */
	test_bind();
	close(fd);
	igt_assert(page == MAP_FAILED);
	igt_assert_eq(error, ENODEV);
}

/* Every call, with arguments that are good for nothing */
static void test_ioctls_unplugged(void)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_PANTHOR_DEV_QUERY, DRM_IOCTL_PANTHOR_VM_CREATE,
		DRM_IOCTL_PANTHOR_VM_DESTROY, DRM_IOCTL_PANTHOR_VM_BIND,
		DRM_IOCTL_PANTHOR_VM_GET_STATE, DRM_IOCTL_PANTHOR_BO_CREATE,
		DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, DRM_IOCTL_PANTHOR_GROUP_CREATE,
		DRM_IOCTL_PANTHOR_GROUP_DESTROY, DRM_IOCTL_PANTHOR_GROUP_SUBMIT,
		DRM_IOCTL_PANTHOR_GROUP_GET_STATE, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE,
		DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, DRM_IOCTL_PANTHOR_BO_SET_LABEL,
		DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, DRM_IOCTL_PANTHOR_BO_SYNC,
		DRM_IOCTL_PANTHOR_BO_QUERY_INFO,
	};
	int ret[ARRAY_SIZE(requests)], fd = panthor_open();
	uint8_t args[256];

	igt_assert_lte(0, fd);
	test_unbind();
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		memset(args, 0, sizeof(args));
		ret[i] = panthor_ioctl(fd, requests[i], args);
	}
	test_bind();
	close(fd);
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++)
		igt_assert_eq(ret[i], -ENODEV);
}

/* A file that was mapped before: reading it is SIGBUS, and nothing worse. */
static jmp_buf fault;

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

static void test_mapped_unplugged(void)
{
	const struct sigaction action = { .sa_handler = on_fault };
	volatile uint32_t *page;
	struct sigaction old;
	int fd, signal;

	fd = panthor_open();
	igt_assert_lte(0, fd);
	page = mmap(NULL, PANTHOR_PAGE_SIZE, PROT_READ, MAP_SHARED, fd, flush_id_offset());
	igt_assert(page != MAP_FAILED);
	test_unbind();
	igt_assert_eq(sigaction(SIGBUS, &action, &old), 0);
	signal = sigsetjmp(fault, 1);
	if (!signal)
		(void)*page;
	igt_assert_eq(sigaction(SIGBUS, &old, NULL), 0);
	test_bind();
	munmap((void *)page, PANTHOR_PAGE_SIZE);
	close(fd);
	igt_assert_eq(signal, SIGBUS);
}

/* Calls that are interrupted */
enum restart {
	HEAP_CREATE,
	GROUP_CREATE,
	SUBMIT,
	BIND,
	BIND_ASYNC,
	VM_CREATE,
};

/**
 * struct restart_test - a thread that makes calls, and a thread that interrupts them
 * @gpu: the context of both
 * @what: the calls
 * @stop: ends the second one
 */
struct restart_test {
	struct test_gpu gpu;
	enum restart what;
	atomic_bool stop;
};

/* Keeps the reservation of the address space locked while it clears memory. */
static void *hold_reservation(void *data)
{
	struct restart_test *t = data;
	uint64_t size;
	uint32_t bo;

	while (!t->stop) {
		size = LARGE;
		igt_assert_eq(panthor_bo_create(t->gpu.fd, &size, 0, t->gpu.vm, &bo), 0);
		igt_assert_eq(panthor_vm_map(t->gpu.fd, t->gpu.vm, 2 * TEST_FREE_VA, bo, 0, size,
					     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
		igt_assert_eq(panthor_vm_unmap(t->gpu.fd, t->gpu.vm, 2 * TEST_FREE_VA, size), 0);
		igt_assert_eq(panthor_bo_close(t->gpu.fd, bo), 0);
	}
	return NULL;
}

static int raw_ioctl(int fd, unsigned long request, void *args)
{
	return ioctl(fd, request, args) ? -errno : 0;
}

static int call_heap_create(struct test_gpu *gpu)
{
	struct drm_panthor_tiler_heap_create args = test_heap_args(gpu->vm);
	int ret = raw_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &args);

	if (!ret)
		test_heap_destroy(gpu->fd, args.handle);
	return ret;
}

static int call_group_create(struct test_gpu *gpu)
{
	struct drm_panthor_queue_create queue = { .ringbuf_size = TEST_RING_SIZE };
	struct drm_panthor_group_create args = {
		.queues = DRM_PANTHOR_OBJ_ARRAY(1, &queue),
		.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
		.vm_id = gpu->vm,
	};
	int ret = raw_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args);

	if (!ret)
		panthor_group_destroy(gpu->fd, args.group_handle);
	return ret;
}

static int call_submit(struct test_gpu *gpu)
{
	struct drm_panthor_queue_submit submit = {};
	struct drm_panthor_group_submit args = {
		.group_handle = gpu->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(1, &submit),
	};

	return raw_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
}

static int call_bind(struct test_gpu *gpu, uint32_t flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC,
		.bo_handle = gpu->data.handle,
		.va = TEST_FREE_VA,
		.size = TEST_DATA_SIZE,
	};
	struct drm_panthor_vm_bind args = {
		.vm_id = gpu->vm,
		.flags = flags,
		.ops = DRM_PANTHOR_OBJ_ARRAY(1, &op),
	};

	return raw_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
}

static int call_vm_create(struct test_gpu *gpu)
{
	struct drm_panthor_vm_create args = {};
	int ret = raw_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args);

	if (!ret)
		panthor_vm_destroy(gpu->fd, args.id);
	return ret;
}

static int call(struct restart_test *t)
{
	switch (t->what) {
	case HEAP_CREATE:
		return call_heap_create(&t->gpu);
	case GROUP_CREATE:
		return call_group_create(&t->gpu);
	case SUBMIT:
		return call_submit(&t->gpu);
	case BIND:
		return call_bind(&t->gpu, 0);
	case BIND_ASYNC:
		return call_bind(&t->gpu, DRM_PANTHOR_VM_BIND_ASYNC);
	default:
		return call_vm_create(&t->gpu);
	}
}

static atomic_uint signals;

static void on_alarm(int signal)
{
	(void)signal;
	signals++;
}

static void send_signals(unsigned int interval_us)
{
	const struct itimerval every = {
		.it_value.tv_usec = interval_us,
		.it_interval.tv_usec = interval_us,
	};
	const struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	igt_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
	igt_assert_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/* Signals that want calls to be restarted: none returns for that. */
static void test_restart(enum restart what)
{
	struct restart_test t = { .what = what };
	unsigned int calls = 0;
	pthread_t holder;
	uint64_t begin;
	sigset_t alarm;
	int ret = 0;

	test_gpu_open(&t.gpu, 1);
	/* Only this thread is to get the signals. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	igt_assert_eq(pthread_sigmask(SIG_BLOCK, &alarm, NULL), 0);
	igt_assert_eq(pthread_create(&holder, NULL, hold_reservation, &t), 0);
	igt_assert_eq(pthread_sigmask(SIG_UNBLOCK, &alarm, NULL), 0);
	send_signals(SIGNAL_US);
	begin = panthor_now_ns();
	while (!ret && panthor_now_ns() - begin < SIGNAL_SECONDS * PANTHOR_SECOND) {
		ret = call(&t);
		/* A full queue is not what this is about. */
		if (ret == -EAGAIN)
			ret = 0;
		calls++;
	}
	send_signals(0);
	t.stop = true;
	igt_assert_eq(pthread_join(holder, NULL), 0);
	igt_info("%u calls, %u signals, the last call returned %d\n", calls, signals, ret);
	igt_assert_eq(ret, 0);
	panthor_vm_unmap(t.gpu.fd, t.gpu.vm, TEST_FREE_VA, TEST_DATA_SIZE);
	test_gpu_close(&t.gpu);
}

int igt_main()
{
	static const char * const restarts[] = {
		[HEAP_CREATE] = "heap-create",
		[GROUP_CREATE] = "group-create",
		[SUBMIT] = "submit",
		[BIND] = "bind",
		[BIND_ASYNC] = "bind-async",
		[VM_CREATE] = "vm-create",
	};

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("The flush id's page of a device that is gone cannot be mapped.");
	igt_subtest("mmap-flush-id")
		test_mmap_unplugged(false);
	igt_describe("Nor can a buffer.");
	igt_subtest("mmap-buffer")
		test_mmap_unplugged(true);
	igt_describe("The flush id's page that was mapped before says SIGBUS.");
	igt_subtest("mapped-flush-id")
		test_mapped_unplugged();
	igt_describe("All ioctls of a device that is gone say ENODEV.");
	igt_subtest("ioctls")
		test_ioctls_unplugged();
	igt_describe("A call that a signal interrupts is restarted.");
	for (unsigned int i = 0; i < ARRAY_SIZE(restarts); i++) {
		igt_subtest_f("restart-%s", restarts[i])
			test_restart(i);
	}
}
