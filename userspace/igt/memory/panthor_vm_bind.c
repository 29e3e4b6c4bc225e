// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Synchronous VM_BIND: each argument with invalid values, one at a time, then
 * batches, strides, lifetimes, and restarts by signals.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test the arguments of synchronous VM_BIND.");

#define VA	TEST_FREE_VA
#define SIZE	(4 * PANTHOR_PAGE_SIZE)

/* An address space without a group, and a buffer object to map */
struct bind {
	int fd;
	uint32_t vm;
	uint32_t bo;
	uint64_t range;
};

static void bind_open(struct bind *t)
{
	struct drm_panthor_vm_create vm = {};
	uint64_t size = SIZE;

	t->fd = panthor_open();
	igt_assert_lte(0, t->fd);
	igt_assert_eq(panthor_ioctl(t->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &vm), 0);
	t->vm = vm.id;
	t->range = vm.user_va_range;
	igt_assert_eq(panthor_bo_create(t->fd, &size, 0, 0, &t->bo), 0);
}

static struct drm_panthor_vm_bind_op map_op(const struct bind *t)
{
	return (struct drm_panthor_vm_bind_op) {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
		.bo_handle = t->bo,
		.va = VA,
		.size = SIZE,
	};
}

static struct drm_panthor_vm_bind_op unmap_op(void)
{
	return (struct drm_panthor_vm_bind_op) {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = VA,
		.size = SIZE,
	};
}

static int bind_one(const struct bind *t, struct drm_panthor_vm_bind_op op)
{
	return panthor_vm_bind(t->fd, t->vm, &op, 1, NULL);
}

static void test_map_unmap(void)
{
	const uint32_t flags[] = {
		0,
		DRM_PANTHOR_VM_BIND_OP_MAP_READONLY,
		DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC,
		DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED,
		DRM_PANTHOR_VM_BIND_OP_MAP_READONLY | DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC |
		DRM_PANTHOR_VM_BIND_OP_MAP_UNCACHED,
	};
	struct bind t;

	bind_open(&t);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct drm_panthor_vm_bind_op op = map_op(&t);

		op.flags |= flags[i];
		igt_assert_eq(bind_one(&t, op), 0);
		igt_assert_eq(bind_one(&t, unmap_op()), 0);
	}
	/* Unmapping an unmapped range is not an error. */
	igt_assert_eq(bind_one(&t, unmap_op()), 0);
	close(t.fd);
}

static void test_map_invalid(void)
{
	struct drm_panthor_vm_bind_op good, op;
	struct bind t;

	bind_open(&t);
	good = map_op(&t);

	op = good;
	op.va++;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = good;
	op.size--;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = good;
	op.size = PANTHOR_PAGE_SIZE;
	op.bo_offset = 1;
	igt_assert_eq(bind_one(&t, op), -EINVAL);

	op = good;
	op.bo_handle = 0;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = good;
	op.bo_handle = 0xdeadbeef;
	igt_assert_eq(bind_one(&t, op), -EINVAL);

	op = good;
	op.size = 2 * SIZE;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = good;
	op.bo_offset = PANTHOR_PAGE_SIZE;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = good;
	op.bo_offset = -PANTHOR_PAGE_SIZE;
	igt_assert_eq(bind_one(&t, op), -EINVAL);

	igt_assert_eq(bind_one(&t, good), 0);
	close(t.fd);
}

static void test_flags_invalid(void)
{
	struct drm_panthor_vm_bind_op op;
	struct bind t;

	bind_open(&t);
	op = map_op(&t);
	op.flags |= 1 << 27;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = map_op(&t);
	op.flags = 0xfu << 28;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	/* SYNC_ONLY is for asynchronous calls; with a size of 0 it would be skipped. */
	op = (struct drm_panthor_vm_bind_op) {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY,
		.size = PANTHOR_PAGE_SIZE,
	};
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	close(t.fd);
}

static void test_range_invalid(void)
{
	struct drm_panthor_vm_bind_op op;
	struct bind t;

	bind_open(&t);
	for (int unmap = 0; unmap < 2; unmap++) {
		op = unmap ? unmap_op() : map_op(&t);
		op.va = t.range & ~(PANTHOR_PAGE_SIZE - 1);
		igt_assert_eq(bind_one(&t, op), -EINVAL);
		op.va -= SIZE - PANTHOR_PAGE_SIZE;
		igt_assert_eq(bind_one(&t, op), -EINVAL);
		/* The end of this range overflows 64 bits. */
		op.va = -(uint64_t)SIZE;
		igt_assert_eq(bind_one(&t, op), -EINVAL);
		op.va += PANTHOR_PAGE_SIZE;
		igt_assert_eq(bind_one(&t, op), -EINVAL);
	}
	close(t.fd);
}

/* The kernel's part starts at the next block boundary at the latest. */
static void test_intersect_kernel(void)
{
	uint64_t size = PANTHOR_BLOCK_SIZE, va;
	struct bind t;
	uint32_t bo;

	bind_open(&t);
	va = (t.range + size - 1) & ~(size - 1);
	igt_assert_eq(panthor_bo_create(t.fd, &size, 0, t.vm, &bo), 0);
	igt_assert_eq(panthor_vm_map(t.fd, t.vm, va, bo, 0, size, 0), -EINVAL);
	igt_assert_eq(panthor_vm_unmap(t.fd, t.vm, va, size), -EINVAL);
	close(t.fd);
}

static void test_unmap_invalid(void)
{
	struct drm_panthor_vm_bind_op op;
	struct bind t;

	bind_open(&t);
	igt_assert_eq(bind_one(&t, map_op(&t)), 0);
	op = unmap_op();
	op.bo_handle = t.bo;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = unmap_op();
	op.bo_offset = PANTHOR_PAGE_SIZE;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = unmap_op();
	op.flags |= DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	op = unmap_op();
	op.va++;
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	igt_assert_eq(bind_one(&t, unmap_op()), 0);
	close(t.fd);
}

static void test_vm_invalid(void)
{
	struct drm_panthor_vm_bind_op op;
	struct drm_panthor_vm_bind args = {
		.ops = DRM_PANTHOR_OBJ_ARRAY(1, &op),
	};
	struct bind t;

	bind_open(&t);
	op = map_op(&t);
	args.vm_id = 0xdeadbeef;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -EINVAL);
	args.vm_id = t.vm;
	args.flags = 1u << 31;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -EINVAL);
	close(t.fd);
}

/* Synchronous calls do not take sync operations. */
static void test_sync_with_syncs(void)
{
	struct drm_panthor_sync_op sync = { .flags = DRM_PANTHOR_SYNC_OP_SIGNAL };
	struct drm_panthor_vm_bind_op op;
	struct bind t;

	bind_open(&t);
	igt_assert_eq(panthor_syncobj_create(t.fd, 0, &sync.handle), 0);
	op = map_op(&t);
	op.syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &sync);
	igt_assert_eq(bind_one(&t, op), -EINVAL);
	close(t.fd);
}

static void test_exclusive(void)
{
	uint64_t size = SIZE;
	uint32_t other, bo;
	struct bind t;

	bind_open(&t);
	igt_assert_eq(panthor_vm_create(t.fd, 0, &other), 0);
	igt_assert_eq(panthor_bo_create(t.fd, &size, 0, t.vm, &bo), 0);
	igt_assert_eq(panthor_vm_map(t.fd, other, VA, bo, 0, size, 0), -EINVAL);
	igt_assert_eq(panthor_vm_map(t.fd, t.vm, VA, bo, 0, size, 0), 0);
	/* A shared object can be mapped in both address spaces. */
	igt_assert_eq(panthor_vm_map(t.fd, other, VA, t.bo, 0, size, 0), 0);
	igt_assert_eq(panthor_vm_map(t.fd, t.vm, VA, t.bo, 0, size, 0), 0);
	close(t.fd);
}

/* Operations run in order up to the failing one, whose index is returned. */
static void test_batch_error(void)
{
	struct drm_panthor_vm_bind_op ops[4];
	struct bind t;
	uint32_t done;

	bind_open(&t);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		ops[i] = map_op(&t);
		ops[i].va += i * SIZE;
	}
	igt_assert_eq(panthor_vm_bind(t.fd, t.vm, ops, 4, &done), 0);
	igt_assert_eq_u32(done, 4);
	ops[2].va++;
	igt_assert_eq(panthor_vm_bind(t.fd, t.vm, ops, 4, &done), -EINVAL);
	igt_assert_eq_u32(done, 2);
	ops[0].bo_handle = 0;
	igt_assert_eq(panthor_vm_bind(t.fd, t.vm, ops, 4, &done), -EINVAL);
	igt_assert_eq_u32(done, 0);
	close(t.fd);
}

static void test_empty(void)
{
	struct drm_panthor_vm_bind_op op;
	struct bind t;

	bind_open(&t);
	igt_assert_eq(panthor_vm_bind(t.fd, t.vm, NULL, 0, NULL), 0);
	op = map_op(&t);
	op.size = 0;
	igt_assert_eq(bind_one(&t, op), 0);
	close(t.fd);
}

/* Array elements may be longer than the kernel's if the rest is zero. */
static void test_stride(void)
{
	struct {
		struct drm_panthor_vm_bind_op op;
		uint64_t more;
	} ops[2] = {};
	struct drm_panthor_vm_bind args = {
		.ops = DRM_PANTHOR_OBJ_ARRAY(2, ops),
	};
	struct bind t;

	bind_open(&t);
	args.vm_id = t.vm;
	ops[0].op = map_op(&t);
	ops[1].op = map_op(&t);
	ops[1].op.va += SIZE;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), 0);
	ops[1].more = 1;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -E2BIG);
	args.ops.stride = sizeof(ops[0].op) - 8;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -EINVAL);
	args.ops.stride = 0;
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -EINVAL);
	args.ops = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(1, (struct drm_panthor_vm_bind_op *)8);
	igt_assert_eq(panthor_ioctl(t.fd, DRM_IOCTL_PANTHOR_VM_BIND, &args), -EFAULT);
	close(t.fd);
}

/* A mapping holds a reference to its object after the handle is closed. */
static void test_lifetime(void)
{
	struct bind t;

	bind_open(&t);
	igt_assert_eq(bind_one(&t, map_op(&t)), 0);
	igt_assert_eq(panthor_bo_close(t.fd, t.bo), 0);
	igt_assert_eq(bind_one(&t, map_op(&t)), -EINVAL);
	igt_assert_eq(bind_one(&t, unmap_op()), 0);
	igt_assert_eq(panthor_vm_destroy(t.fd, t.vm), 0);
	igt_assert_eq(bind_one(&t, unmap_op()), -EINVAL);
	close(t.fd);
}

/* Signal test: each call maps different pages over each other at a few addresses. */
#define STORM_PAGES	32
#define STORM_PLACES	4
#define STORM_OPS	(6 * STORM_PLACES)
#define STORM_ALARMS	10
#define STORM_US	2000
/* A large buffer: populating it keeps the address space's reservation locked. */
#define STORM_BIG	PANTHOR_BLOCK_SIZE

static volatile sig_atomic_t storm_alarms;

static void storm_alarm(int signo)
{
	(void)signo;
	storm_alarms++;
}

static void storm_set(unsigned int us)
{
	const struct itimerval timer = { .it_interval.tv_usec = us, .it_value.tv_usec = us };

	igt_assert_eq(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* Hold the reservation lock most of the time, so that VM_BIND has to wait for it. */
static void storm_populate(struct test_gpu *gpu)
{
	uint64_t size = STORM_BIG;
	uint32_t bo;
	void *cpu;

	for (;;) {
		igt_assert_eq(panthor_bo_create(gpu->fd, &size, 0, gpu->vm, &bo), 0);
		igt_assert_eq(panthor_bo_mmap(gpu->fd, bo, size, &cpu), 0);
		munmap(cpu, size);
		igt_assert_eq(panthor_bo_close(gpu->fd, bo), 0);
	}
}

/* Page that operation @op of a round maps; always differs from the previous one there. */
static unsigned int storm_page(unsigned int op, unsigned int round)
{
	return (op * 5 + round * 7) % STORM_PAGES;
}

static void storm_round(struct test_gpu *gpu, uint32_t bo, unsigned int round)
{
	struct drm_panthor_vm_bind_op ops[STORM_OPS] = {};
	uint32_t done;
	int ret;

	for (unsigned int i = 0; i < STORM_OPS; i++)
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
			.bo_handle = bo,
			.bo_offset = storm_page(i, round) * PANTHOR_PAGE_SIZE,
			.va = VA + i % STORM_PLACES * PANTHOR_PAGE_SIZE,
			.size = PANTHOR_PAGE_SIZE,
		};
	storm_set(STORM_US);
	/* drmIoctl() restarts an interrupted call with the arguments as the kernel left them. */
	ret = panthor_vm_bind(gpu->fd, gpu->vm, ops, STORM_OPS, &done);
	storm_set(0);
	igt_assert_eq(ret, 0);
	igt_assert_eq_u32(done, STORM_OPS);

	/* The last operation at each address must win: none is skipped or repeated late. */
	gpu->code_used = 0;
	for (unsigned int i = STORM_OPS - STORM_PLACES; i < STORM_OPS; i++)
		igt_assert_eq_u32(test_gpu_read(gpu, ops[i].va), 0x1000 + storm_page(i, round));
}

/* VM_BIND is interrupted by signals while it waits for locks. */
static void test_signals(void)
{
	const struct sigaction alarm = { .sa_handler = storm_alarm };
	struct igt_helper_process helper = { .use_SIGKILL = true };
	uint64_t size = STORM_PAGES * PANTHOR_PAGE_SIZE;
	unsigned int round = 0;
	struct sigaction before;
	struct test_gpu gpu;
	uint32_t *cpu, bo;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, gpu.vm, &bo), 0);
	igt_assert_eq(panthor_bo_mmap(gpu.fd, bo, size, (void **)&cpu), 0);
	for (unsigned int i = 0; i < STORM_PAGES; i++)
		cpu[i * PANTHOR_PAGE_SIZE / 4] = 0x1000 + i;

	/* Without SA_RESTART, so that the ioctl returns EINTR */
	igt_assert_eq(sigaction(SIGALRM, &alarm, &before), 0);
	igt_fork_helper(&helper)
		storm_populate(&gpu);
	storm_alarms = 0;
	while (storm_alarms < STORM_ALARMS)
		storm_round(&gpu, bo, round++);
	igt_stop_helper(&helper);
	igt_assert_eq(sigaction(SIGALRM, &before, NULL), 0);
	igt_info("%u rounds, %u signals\n", round, (unsigned int)storm_alarms);
	munmap(cpu, size);
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Objects can be mapped with each flag, and unmapped.");
	igt_subtest("map-unmap")
		test_map_unmap();

	igt_describe("MAP rejects invalid addresses, sizes and objects.");
	igt_subtest("map-invalid")
		test_map_invalid();

	igt_describe("Unknown flags and operations are rejected.");
	igt_subtest("flags-invalid")
		test_flags_invalid();

	igt_describe("Ranges beyond the user's part are rejected.");
	igt_subtest("range-invalid")
		test_range_invalid();

	igt_describe("Mappings in the kernel's part are rejected.");
	igt_subtest("intersect-kernel-range")
		test_intersect_kernel();

	igt_describe("UNMAP rejects the arguments of MAP.");
	igt_subtest("unmap-invalid")
		test_unmap_invalid();

	igt_describe("Unknown address spaces and call flags are rejected.");
	igt_subtest("vm-invalid")
		test_vm_invalid();

	igt_describe("A synchronous call rejects sync operations.");
	igt_subtest("sync-with-syncs")
		test_sync_with_syncs();

	igt_describe("An exclusive object can only be mapped in its address space.");
	igt_subtest("exclusive")
		test_exclusive();

	igt_describe("A batch stops at the first error and returns its index.");
	igt_subtest("batch-error")
		test_batch_error();

	igt_describe("A batch is executed exactly once and completely in spite of signals.");
	igt_subtest("signals")
		test_signals();

	igt_describe("Empty arrays and operations of size 0 are accepted.");
	igt_subtest("empty")
		test_empty();

	igt_describe("Strides that differ from the kernel's are supported.");
	igt_subtest("stride")
		test_stride();

	igt_describe("Mappings keep objects alive; a destroyed address space takes no more.");
	igt_subtest("lifetime")
		test_lifetime();
}
