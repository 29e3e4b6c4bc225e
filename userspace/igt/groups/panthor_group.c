// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Groups: arguments and limits of GROUP_CREATE, state, destruction, priorities. */

#include <errno.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Test creation, limits, state and destruction of groups.");

/* Limit of the driver per file */
#define MAX_GROUPS	128

#define MAX_QUEUES	64

/* Valid arguments of GROUP_CREATE, for tests to modify */
struct create {
	struct drm_panthor_queue_create queues[MAX_QUEUES];
	struct drm_panthor_group_create args;
};

static void create_init(const struct test_gpu *gpu, struct create *c)
{
	struct drm_panthor_gpu_info info;

	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info,
				    sizeof(info)), 0);
	*c = (struct create) {
		.args = {
			.max_compute_cores = 1,
			.max_fragment_cores = 1,
			.max_tiler_cores = 1,
			.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
			.compute_core_mask = info.shader_present,
			.fragment_core_mask = info.shader_present,
			.tiler_core_mask = info.tiler_present,
			.vm_id = gpu->vm,
		},
	};
	c->args.queues = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(1, c->queues);
	for (size_t i = 0; i < ARRAY_SIZE(c->queues); i++)
		c->queues[i].ringbuf_size = TEST_RING_SIZE;
}

static int create(const struct test_gpu *gpu, struct create *c)
{
	/* The array moves when its structure is copied. */
	c->args.queues.array = (uintptr_t)c->queues;
	return panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &c->args);
}

static int create_destroy(const struct test_gpu *gpu, struct create *c)
{
	int ret = create(gpu, c);

	if (!ret)
		igt_assert_eq(panthor_group_destroy(gpu->fd, c->args.group_handle), 0);
	return ret;
}

static uint32_t queue_limit(const struct test_gpu *gpu)
{
	struct drm_panthor_csif_info csif;

	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	return csif.cs_slot_count;
}

static void test_create_destroy(void)
{
	struct create a, b;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &a);
	create_init(&gpu, &b);
	igt_assert_eq(create(&gpu, &a), 0);
	igt_assert_eq(create(&gpu, &b), 0);
	igt_assert_neq_u32(a.args.group_handle, 0);
	igt_assert_neq_u32(b.args.group_handle, 0);
	igt_assert_neq_u32(a.args.group_handle, b.args.group_handle);
	igt_assert_eq(panthor_group_destroy(gpu.fd, a.args.group_handle), 0);
	igt_assert_eq(panthor_group_destroy(gpu.fd, b.args.group_handle), 0);
	test_gpu_close(&gpu);
}

static void test_queue_count(void)
{
	struct test_gpu gpu;
	struct create c;
	uint32_t limit;

	test_gpu_open(&gpu, 0);
	limit = queue_limit(&gpu);
	create_init(&gpu, &c);
	c.args.queues.count = limit;
	igt_assert_eq(create_destroy(&gpu, &c), 0);
	c.args.queues.count = limit + 1;
	igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	c.args.queues.count = 33;
	igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	c.args.queues.count = 0;
	igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	test_gpu_close(&gpu);
}

static void test_ring_size(void)
{
	static const uint32_t bad[] = {
		0, 1, 2048, 4095, 4097, 12288, 65536 + 4096, 131072, 1u << 31,
	};
	struct test_gpu gpu;
	struct create c;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &c);
	c.args.queues.count = 2;
	for (uint32_t size = 4096; size <= 65536; size *= 2) {
		c.queues[1].ringbuf_size = size;
		igt_assert_eq(create_destroy(&gpu, &c), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		c.queues[1].ringbuf_size = bad[i];
		igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	}
	test_gpu_close(&gpu);
}

static void test_queue_invalid(void)
{
	struct test_gpu gpu;
	struct create c;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &c);
	c.queues[0].priority = 15;
	igt_assert_eq(create_destroy(&gpu, &c), 0);
	c.queues[0].priority = 16;
	igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(c.queues[0].pad); i++) {
		create_init(&gpu, &c);
		c.queues[0].pad[i] = 1;
		igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
	}
	test_gpu_close(&gpu);
}

static void test_cores_invalid(void)
{
	struct create good, bad;
	struct test_gpu gpu;
	uint64_t absent;
	int cores;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &good);
	absent = ~good.args.compute_core_mask;
	absent &= -absent;
	cores = __builtin_popcountll(good.args.compute_core_mask);

	good.args.max_compute_cores = cores;
	good.args.max_fragment_cores = cores;
	igt_assert_eq(create_destroy(&gpu, &good), 0);

	bad = good;
	bad.args.compute_core_mask |= absent;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.fragment_core_mask |= absent;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.tiler_core_mask |= 1ull << 63;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.max_compute_cores++;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.max_fragment_cores++;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.max_tiler_cores = __builtin_popcountll(good.args.tiler_core_mask) + 1;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	test_gpu_close(&gpu);
}

static void test_create_invalid(void)
{
	struct create good, bad;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &good);
	bad = good;
	bad.args.pad = 1;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.priority = 0xff;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.vm_id = 0;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.vm_id = 0xdeadbeef;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.queues.stride = 4;
	igt_assert_eq(create_destroy(&gpu, &bad), -EINVAL);
	bad = good;
	bad.args.queues.array = 8;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &bad.args),
		      -EFAULT);
	igt_assert_eq(create_destroy(&gpu, &good), 0);
	test_gpu_close(&gpu);
}

/* Priorities above medium require CAP_SYS_NICE or DRM master. */
static void test_priority(void)
{
	struct test_gpu gpu;
	struct create c;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &c);
	for (int p = PANTHOR_GROUP_PRIORITY_LOW; p <= PANTHOR_GROUP_PRIORITY_REALTIME; p++) {
		c.args.priority = p;
		igt_assert_eq(create_destroy(&gpu, &c), 0);
	}
	igt_fork(child, 1) {
		igt_drop_root();
		c.args.priority = PANTHOR_GROUP_PRIORITY_HIGH;
		igt_assert_eq(create_destroy(&gpu, &c), -EACCES);
		c.args.priority = PANTHOR_GROUP_PRIORITY_REALTIME;
		igt_assert_eq(create_destroy(&gpu, &c), -EACCES);
		c.args.priority = PANTHOR_GROUP_PRIORITY_REALTIME + 1;
		igt_assert_eq(create_destroy(&gpu, &c), -EINVAL);
		c.args.priority = PANTHOR_GROUP_PRIORITY_MEDIUM;
		igt_assert_eq(create_destroy(&gpu, &c), 0);
	}
	igt_waitchildren();
	test_gpu_close(&gpu);
}

static void test_limit(void)
{
	uint32_t handles[MAX_GROUPS];
	struct test_gpu gpu;
	struct create c;

	test_gpu_open(&gpu, 0);
	create_init(&gpu, &c);
	for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
		igt_assert_eq(create(&gpu, &c), 0);
		handles[i] = c.args.group_handle;
	}
	igt_assert_eq(create(&gpu, &c), -EBUSY);
	for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
		igt_assert_eq(panthor_group_destroy(gpu.fd, handles[i]), 0);
	igt_assert_eq(create_destroy(&gpu, &c), 0);
	test_gpu_close(&gpu);
}

static void test_destroy_invalid(void)
{
	struct drm_panthor_group_destroy args = { .pad = 1 };
	struct test_gpu gpu;
	uint32_t group;

	test_gpu_open(&gpu, 1);
	group = gpu.group;
	args.group_handle = group;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &args),
		      -EINVAL);
	igt_assert_eq(panthor_group_destroy(gpu.fd, 0), -EINVAL);
	igt_assert_eq(panthor_group_destroy(gpu.fd, 0xdeadbeef), -EINVAL);
	/* All bits of a handle are significant, not only the low 16. */
	igt_assert_eq(panthor_group_destroy(gpu.fd, 0x10000 | group), -EINVAL);
	igt_assert_eq(panthor_group_destroy(gpu.fd, group), 0);
	igt_assert_eq(panthor_group_destroy(gpu.fd, group), -EINVAL);
	gpu.group = 0;
	test_gpu_close(&gpu);
}

static void test_get_state(void)
{
	struct drm_panthor_group_get_state args = { .pad = 1 };
	uint32_t state = ~0u, queues = ~0u;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(panthor_group_get_state(gpu.fd, gpu.group, &state, &queues), 0);
	igt_assert_eq_u32(state, 0);
	igt_assert_eq_u32(queues, 0);
	args.group_handle = gpu.group;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, &args),
		      -EINVAL);
	igt_assert_eq(panthor_group_get_state(gpu.fd, 0, &state, &queues), -EINVAL);
	igt_assert_eq(panthor_group_get_state(gpu.fd, 0x10000 | gpu.group, &state,
					      &queues), -EINVAL);
	test_gpu_close(&gpu);
}

static void test_other_file(void)
{
	struct test_gpu a, b;
	struct panthor_job job;
	uint32_t state, queues;

	test_gpu_open(&a, 1);
	test_gpu_open(&b, 0);
	panthor_job_init(&job, 0, 0, 0);
	igt_assert_eq(panthor_submit(b.fd, a.group, &job, 1), -EINVAL);
	igt_assert_eq(panthor_group_get_state(b.fd, a.group, &state, &queues), -EINVAL);
	igt_assert_eq(panthor_group_destroy(b.fd, a.group), -EINVAL);
	test_gpu_close(&b);
	test_gpu_close(&a);
}

/* VM_DESTROY unmaps everything, but a group keeps its address space alive. */
static void test_vm_destroyed(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 1);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 1);
	igt_assert_eq(test_run(&gpu, 0, &b), 1);
	igt_assert_eq(panthor_vm_destroy(gpu.fd, gpu.vm), 0);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 2);
	igt_assert_lt(test_run(&gpu, 0, &b), 0);
	igt_assert_eq_u32(test_read32(&gpu, 0), 1);
	igt_assert_eq(panthor_group_destroy(gpu.fd, gpu.group), 0);
	close(gpu.fd);
}

/* More groups with jobs than the GPU has slots */
static void test_more_than_slots(void)
{
	struct drm_panthor_csif_info csif;
	struct panthor_job job;
	struct test_gpu gpu;
	unsigned int count;
	uint32_t done;

	test_gpu_open(&gpu, 0);
	igt_assert_eq(panthor_query(gpu.fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	count = csif.csg_slot_count + 3;
	done = test_syncobj(&gpu);
	for (unsigned int i = 0; i < count; i++) {
		struct csb b;

		test_gpu_new_group(&gpu, 1);
		csb_init(&b);
		test_emit_store(&b, TEST_DATA_VA + 4 * i, i + 1);
		test_job(&gpu, 0, &b, &job);
		panthor_job_signal(&job, done, i + 1);
		test_submit(&gpu, &job, 1);
	}
	for (unsigned int i = 0; i < count; i++) {
		igt_assert_eq(panthor_syncobj_wait(gpu.fd, done, i + 1, TEST_TIMEOUT), 0);
		igt_assert_eq_u32(test_read32(&gpu, 4 * i), i + 1);
	}
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("Each group has its own handle.");
	igt_subtest("create-destroy")
		test_create_destroy();

	igt_describe("A group has from one to the GPU's maximum number of queues.");
	igt_subtest("queue-count")
		test_queue_count();

	igt_describe("Ring sizes are powers of two from 4 to 64 KiB.");
	igt_subtest("ring-size")
		test_ring_size();

	igt_describe("Invalid priorities and padding of queues are rejected.");
	igt_subtest("queue-invalid")
		test_queue_invalid();

	igt_describe("Core masks and counts beyond the present cores are rejected.");
	igt_subtest("cores-invalid")
		test_cores_invalid();

	igt_describe("Other invalid arguments of GROUP_CREATE are rejected.");
	igt_subtest("create-invalid")
		test_create_invalid();

	igt_describe("Priorities above medium need privileges.");
	igt_subtest("priority")
		test_priority();

	igt_describe("The number of groups per file is limited.");
	igt_subtest("limit")
		test_limit();

	igt_describe("Invalid arguments of GROUP_DESTROY are rejected.");
	igt_subtest("destroy-invalid")
		test_destroy_invalid();

	igt_describe("A new group has a clean state; unknown handles are rejected.");
	igt_subtest("get-state")
		test_get_state();

	igt_describe("Handles of one file are not valid in another.");
	igt_subtest("other-file")
		test_other_file();

	igt_describe("Jobs fault after their address space is destroyed.");
	igt_subtest("vm-destroyed")
		test_vm_destroyed();

	igt_describe("All of more groups than slots run.");
	igt_subtest("more-than-slots")
		test_more_than_slots();
}
