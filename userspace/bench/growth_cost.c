// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * growth-cost - measure how the cost of a panthor driver grows with what is asked of it
 *
 * Runs on vpanthor and on the kernel's own panthor driver, as compare-cost does. Each
 * measurement does the same 1, 4, 16, ... times and reports the cost of all of them. A cost
 * that does not grow with the number of jobs, mappings or objects gives a straight line.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "bench_gpu.h"
#include "cpu_fence.h"

#define TIMES		3
#define STEP		4
#define MOST		4096

#define PAGE		PANTHOR_PAGE_SIZE

/* Costs of creating something and of removing it */
enum { MAKE, UNDO, PAIR };

/* --- Jobs ------------------------------------------------------------------------- */

/*
 * Jobs of one call that all wait for the first one, and that for a fence of the CPU's: the
 * call then runs none of them. The second cost is the time from the signal of that fence
 * until the fence of the last job is seen, of all threads and interrupts.
 */
static void submissions(struct gpu *g, unsigned int n, double *cost)
{
	static struct drm_panthor_queue_submit submits[MOST];
	struct drm_panthor_sync_op wait = {}, signal = {
		.flags = DRM_PANTHOR_SYNC_OP_SIGNAL,
		.handle = g->done,
	}, both[2];
	struct drm_panthor_group_submit args = {
		.group_handle = g->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(n, submits),
	};
	struct cpu_fence gate;
	double begin;
	int handle;

	need(!cpu_fence_create(&gate), "no fence of vgem");
	handle = panthor_syncobj_import(g->fd, gate.fence);
	need(handle > 0, "cannot import a fence");
	wait.handle = handle;
	both[0] = wait;
	both[1] = signal;
	for (unsigned int i = 0; i < n; i++)
		submits[i] = (struct drm_panthor_queue_submit) {
			.stream_addr = CODE_VA,
			.stream_size = g->point,
		};
	submits[0].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &wait);
	submits[n - 1].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &signal);
	if (n == 1)
		submits[0].syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(2, both);

	cost[MAKE] = call_cost(g, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
	begin = __rdtsc();
	need(!cpu_fence_signal(&gate), "cannot signal a fence");
	need(!panthor_syncobj_wait(g->fd, g->done, 0, 60 * PANTHOR_SECOND),
	     "timed out waiting for jobs");
	cost[UNDO] = __rdtsc() - begin;
	panthor_syncobj_destroy(g->fd, handle);
	cpu_fence_destroy(&gate);
}

/* --- VM_BIND ---------------------------------------------------------------------- */

static double bind_all(struct gpu *g, struct drm_panthor_vm_bind_op *ops, unsigned int n)
{
	struct drm_panthor_vm_bind args = {
		.vm_id = g->vm,
		.ops = DRM_PANTHOR_OBJ_ARRAY(n, ops),
	};

	return call_cost(g, DRM_IOCTL_PANTHOR_VM_BIND, &args);
}

static uint32_t new_bo(struct gpu *g, uint64_t size)
{
	uint32_t bo;

	need(!panthor_bo_create(g->fd, &size, 0, g->vm, &bo), "cannot create a buffer");
	/* Allocating its pages is not the driver's work. */
	need(!panthor_vm_map(g->fd, g->vm, FREE_VA / 2, bo, 0, PAGE, 0) &&
	     !panthor_vm_unmap(g->fd, g->vm, FREE_VA / 2, PAGE), "cannot populate a buffer");
	return bo;
}

/* One call with an operation for each page */
static void operations(struct gpu *g, unsigned int n, double *cost)
{
	static struct drm_panthor_vm_bind_op ops[MOST];
	uint32_t bo = new_bo(g, PAGE);

	for (unsigned int i = 0; i < n; i++)
		ops[i] = (struct drm_panthor_vm_bind_op) {
			.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
			.bo_handle = bo,
			.va = FREE_VA + i * PAGE,
			.size = PAGE,
		};
	cost[MAKE] = bind_all(g, ops, n);
	for (unsigned int i = 0; i < n; i++) {
		ops[i].flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
		ops[i].bo_handle = 0;
	}
	cost[UNDO] = bind_all(g, ops, n);
	panthor_bo_close(g->fd, bo);
}

/* One operation for all pages of a buffer */
static void pages(struct gpu *g, unsigned int n, double *cost)
{
	uint32_t bo = new_bo(g, n * PAGE);
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP,
		.bo_handle = bo,
		.va = FREE_VA,
		.size = n * PAGE,
	};

	cost[MAKE] = bind_all(g, &op, 1);
	op.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP;
	op.bo_handle = 0;
	cost[UNDO] = bind_all(g, &op, 1);
	panthor_bo_close(g->fd, bo);
}

/* --- Objects ---------------------------------------------------------------------- */

static void bos(struct gpu *g, unsigned int n, double *cost)
{
	static uint32_t handles[MOST];

	for (unsigned int i = 0; i < n; i++) {
		struct drm_panthor_bo_create new = { .size = PAGE };

		cost[MAKE] += call_cost(g, DRM_IOCTL_PANTHOR_BO_CREATE, &new);
		handles[i] = new.handle;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct drm_gem_close old = { .handle = handles[i] };

		cost[UNDO] += call_cost(g, DRM_IOCTL_GEM_CLOSE, &old);
	}
}

static void groups(struct gpu *g, unsigned int n, double *cost)
{
	struct drm_panthor_queue_create queue = { .priority = 1, .ringbuf_size = RING_SIZE };
	uint32_t handles[MOST];

	for (unsigned int i = 0; i < n; i++) {
		struct drm_panthor_group_create new = {
			.queues = DRM_PANTHOR_OBJ_ARRAY(1, &queue),
			.max_compute_cores = 1,
			.max_fragment_cores = 1,
			.max_tiler_cores = 1,
			.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
			.compute_core_mask = 1,
			.fragment_core_mask = 1,
			.tiler_core_mask = 1,
			.vm_id = g->vm,
		};

		cost[MAKE] += call_cost(g, DRM_IOCTL_PANTHOR_GROUP_CREATE, &new);
		handles[i] = new.group_handle;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct drm_panthor_group_destroy old = { .group_handle = handles[i] };

		cost[UNDO] += call_cost(g, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &old);
	}
}

static void vms(struct gpu *g, unsigned int n, double *cost)
{
	uint32_t ids[MOST];

	for (unsigned int i = 0; i < n; i++) {
		struct drm_panthor_vm_create new = {};

		cost[MAKE] += call_cost(g, DRM_IOCTL_PANTHOR_VM_CREATE, &new);
		ids[i] = new.id;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct drm_panthor_vm_destroy old = { .id = ids[i] };

		cost[UNDO] += call_cost(g, DRM_IOCTL_PANTHOR_VM_DESTROY, &old);
	}
}

/* --- All -------------------------------------------------------------------------- */

/* A file of panthor's has at most 32 address spaces and 128 groups. */
static const struct {
	const char *names[PAIR];
	void (*run)(struct gpu *g, unsigned int n, double *cost);
	unsigned int most;
} parts[] = {
	{ { "submit", "signal" }, submissions, MOST },
	{ { "map-ops", "unmap-ops" }, operations, MOST },
	{ { "map-pages", "unmap-pages" }, pages, MOST },
	{ { "bo-create", "bo-destroy" }, bos, MOST },
	{ { "group-create", "group-destroy" }, groups, 64 },
	{ { "vm-create", "vm-destroy" }, vms, 16 },
};

static void measure(struct gpu *g, unsigned int part, unsigned int n)
{
	double costs[PAIR][TIMES];

	/* The first time is to warm up. */
	for (int i = -1; i < TIMES; i++) {
		double cost[PAIR] = {};

		parts[part].run(g, n, cost);
		for (unsigned int what = 0; i >= 0 && what < PAIR; what++)
			costs[what][i] = cost[what];
	}
	for (unsigned int what = 0; what < PAIR; what++)
		printf("what=%s n=%u cost=%.0f\n", parts[part].names[what], n,
		       median(costs[what], TIMES));
}

int main(int argc, char **argv)
{
	struct gpu g;
	struct csb b;

	need(argc <= 2, "usage: growth-cost [FIGURE]");
	gpu_open(&g);
	gpu_keep_power(&g);
	csb_init(&b);
	csb_move32(&b, 70, 1);
	/* No job of the context's own runs. */
	g.point = gpu_load(&g, &b);
	for (unsigned int part = 0; part < ARRAY_SIZE(parts); part++) {
		if (argc > 1 && strcmp(argv[1], parts[part].names[MAKE]))
			continue;
		for (unsigned int n = 1; n <= parts[part].most; n *= STEP)
			measure(&g, part, n);
	}

	return 0;
}
