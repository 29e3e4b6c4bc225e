// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The calls that Mesa makes, in its order and with its arguments: PanVK (device,
 * queue, empty submits) and the OpenGL driver (context, batch, deferred unmaps).
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"

IGT_TEST_DESCRIPTION("Replay the initial calls of Mesa's drivers.");

#define PAGE		PANTHOR_PAGE_SIZE
#define KIB		1024ull
#define VK_QUEUES	3
#define VK_RING		(64 * KIB)
#define VK_TRACE	(512 * KIB)
#define GL_RING		(64 * KIB)
#define FOREVER		INT64_MAX

/* The structure of a newer program is longer than that of the kernel's header. */
struct new_gpu_info {
	struct drm_panthor_gpu_info info;
	uint64_t more;
};

struct mesa {
	int fd;
	struct drm_panthor_gpu_info gpu;
	const volatile uint32_t *flush_id;
	uint32_t vm;
	uint64_t next_va;
	struct drm_panthor_tiler_heap_create heap;
	uint32_t group;
};

struct mesa_bo {
	uint32_t handle;
	uint64_t size;
	uint64_t va;
	void *cpu;
};

/* Find the device, and make all queries that both drivers make. */
static void mesa_open(struct mesa *m)
{
	struct drm_panthor_group_priorities_info priorities;
	struct drm_panthor_csif_info csif;
	struct drm_panthor_timestamp_info now = {};
	struct new_gpu_info gpu;
	drmDevicePtr device;
	drmVersionPtr version;
	uint64_t timeline = 0;

	memset(m, 0, sizeof(*m));
	m->fd = panthor_open();
	igt_assert_lte(0, m->fd);
	igt_assert_eq(drmGetDevice2(m->fd, 0, &device), 0);
	igt_assert_eq(device->bustype, DRM_BUS_PLATFORM);
	igt_assert(device->available_nodes & 1 << DRM_NODE_RENDER);
	drmFreeDevice(&device);
	version = drmGetVersion(m->fd);
	igt_assert(version && !strcmp(version->name, "panthor"));
	igt_assert_eq(version->version_major, 1);
	drmFreeVersion(version);
	igt_assert_eq(drmGetCap(m->fd, DRM_CAP_SYNCOBJ_TIMELINE, &timeline), 0);
	igt_assert_eq_u64(timeline, 1);

	memset(&gpu, 0xa5, sizeof(gpu));
	igt_assert_eq(panthor_query(m->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu,
				    sizeof(gpu)), 0);
	igt_assert_eq_u64(gpu.more, 0);
	m->gpu = gpu.info;
	igt_assert_eq(m->gpu.gpu_id >> 28, 10);
	igt_assert_neq_u32(m->gpu.thread_features >> 24, 0);
	igt_assert_eq(panthor_query(m->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	igt_assert_lte(VK_QUEUES, csif.cs_slot_count);
	igt_assert_eq(panthor_query(m->fd, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO, &now,
				    offsetof(struct drm_panthor_timestamp_info, flags)),
		      0);
	igt_assert_neq_u64(now.timestamp_frequency, 0);
	igt_assert_eq(panthor_query(m->fd, DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO,
				    &priorities, sizeof(priorities)), 0);
	igt_assert(priorities.allowed_mask & 1 << PANTHOR_GROUP_PRIORITY_MEDIUM);
	igt_assert_eq(panthor_flush_id_map(m->fd, &m->flush_id), 0);
}

static void mesa_close(struct mesa *m)
{
	struct drm_panthor_tiler_heap_destroy heap = { .handle = m->heap.handle };

	igt_assert_eq(panthor_group_destroy(m->fd, m->group), 0);
	igt_assert_eq(panthor_ioctl(m->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &heap),
		      0);
	igt_assert_eq(panthor_vm_destroy(m->fd, m->vm), 0);
	panthor_flush_id_unmap(m->flush_id);
	igt_assert_eq(close(m->fd), 0);
}

static void mesa_vm(struct mesa *m, uint64_t range)
{
	struct drm_panthor_vm_create args = { .user_va_range = range };

	igt_assert_eq(panthor_ioctl(m->fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args), 0);
	igt_assert_eq_u64(args.user_va_range, range);
	m->vm = args.id;
	/* Mesa leaves the low 32 MiB unused. */
	m->next_va = 32 << 20;
}

/* Create a private buffer: exclusive, mapped by a single operation, and mmap()ed. */
static void mesa_bo(struct mesa *m, uint64_t size, uint32_t map_flags, bool cpu,
		    struct mesa_bo *bo)
{
	*bo = (struct mesa_bo) { .size = size, .va = m->next_va };
	m->next_va += (size + 0xffff) & ~0xffffull;
	igt_assert_eq(panthor_bo_create(m->fd, &bo->size, cpu ? 0 : DRM_PANTHOR_BO_NO_MMAP,
					m->vm, &bo->handle), 0);
	igt_assert_eq(panthor_vm_map(m->fd, m->vm, bo->va, bo->handle, 0, bo->size,
				     map_flags), 0);
	if (cpu)
		igt_assert_eq(panthor_bo_mmap(m->fd, bo->handle, bo->size, &bo->cpu), 0);
}

static void mesa_heap(struct mesa *m)
{
	m->heap = (struct drm_panthor_tiler_heap_create) {
		.vm_id = m->vm,
		.initial_chunk_count = 5,
		.chunk_size = 2 << 20,
		.max_chunks = 64,
		.target_in_flight = 65535,
	};
	igt_assert_eq(panthor_ioctl(m->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &m->heap),
		      0);
}

static void mesa_group(struct mesa *m, unsigned int queues, uint32_t ring)
{
	struct drm_panthor_queue_create queue[VK_QUEUES];
	struct drm_panthor_group_create args = {
		.queues = DRM_PANTHOR_OBJ_ARRAY(queues, queue),
		.max_compute_cores = __builtin_popcountll(m->gpu.shader_present),
		.max_fragment_cores = __builtin_popcountll(m->gpu.shader_present),
		.max_tiler_cores = 1,
		.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
		.compute_core_mask = m->gpu.shader_present,
		.fragment_core_mask = m->gpu.shader_present,
		.tiler_core_mask = 1,
		.vm_id = m->vm,
	};

	for (unsigned int i = 0; i < queues; i++)
		queue[i] = (struct drm_panthor_queue_create) {
			.priority = 1,
			.ringbuf_size = ring,
		};
	igt_assert_eq(panthor_ioctl(m->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args), 0);
	m->group = args.group_handle;
}

static void check_alive(struct mesa *m)
{
	uint32_t state, queues;

	igt_assert_eq(panthor_group_get_state(m->fd, m->group, &state, &queues), 0);
	igt_assert_eq_u32(state, 0);
	igt_assert_eq_u32(queues, 0);
}

/* Submit one stream, wait for it without a time limit, and reset the syncobj. */
static void run_and_reset(struct mesa *m, unsigned int queue, struct csb *b,
			  struct mesa_bo *code, uint32_t syncobj)
{
	struct panthor_job job;

	igt_assert_eq(csb_finish(b), 0);
	igt_assert_lte_u64(csb_size(b), code->size);
	memcpy(code->cpu, b->words, csb_size(b));
	panthor_job_init(&job, queue, code->va, csb_size(b));
	job.submit.latest_flush = *m->flush_id;
	panthor_job_signal(&job, syncobj, 0);
	igt_assert_eq(panthor_submit(m->fd, m->group, &job, 1), 0);
	igt_assert_eq(drmSyncobjWait(m->fd, &syncobj, 1, FOREVER, 0, NULL), 0);
	igt_assert_eq(drmSyncobjReset(m->fd, &syncobj, 1), 0);
	csb_fini(b);
	check_alive(m);
}

static void emit_end_of_stream(struct csb *b, unsigned int other)
{
	csb_move32(b, TEST_REG_COUNT, 0);
	csb_wait(b, CSB_SB_ALL);
	csb_emit(b, csf_flush_cache2(CSF_CACHE_CLEAN, CSF_CACHE_CLEAN, other,
				     TEST_REG_COUNT, 0, 0));
	csb_wait(b, 1 << 0);
}

/*
 * vkQueueSubmit without a command buffer: waits and signals of all queues in one
 * call; afterwards the points are transferred to the application's syncobjs.
 */
static void vk_empty_submit(struct mesa *m, const uint32_t *timeline, uint64_t point,
			    uint32_t wait, uint32_t app)
{
	struct panthor_job jobs[2 * VK_QUEUES];

	for (int i = 0; i < VK_QUEUES; i++) {
		panthor_job_init(&jobs[i], i, 0, 0);
		if (wait)
			panthor_job_wait(&jobs[i], wait, 0);
		panthor_job_init(&jobs[VK_QUEUES + i], i, 0, 0);
		panthor_job_signal(&jobs[VK_QUEUES + i], timeline[i], point);
	}
	igt_assert_eq(panthor_submit(m->fd, m->group, jobs, 2 * VK_QUEUES), 0);
	for (int i = 0; i < VK_QUEUES; i++) {
		igt_assert_eq(drmSyncobjTransfer(m->fd, app, 0, timeline[i], point, 0), 0);
		igt_assert_eq(drmSyncobjWait(m->fd, &app, 1, FOREVER, 0, NULL), 0);
		igt_assert_eq(drmSyncobjReset(m->fd, &app, 1), 0);
	}
}

static void test_vulkan(void)
{
	struct mesa_bo samples, handlers, context, trace, code;
	uint32_t init, app, timeline[VK_QUEUES];
	struct drm_panthor_vm_bind_op op = {};
	struct mesa m;
	struct csb b;

	mesa_open(&m);
	mesa_vm(&m, 1ull << 32);
	mesa_bo(&m, 64 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, true, &samples);
	mesa_bo(&m, 64 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_READONLY, true, &handlers);

	/* The queue */
	igt_assert_eq(drmSyncobjCreate(m.fd, 0, &init), 0);
	igt_assert_eq(drmSyncobjCreate(m.fd, 0, &app), 0);
	for (int i = 0; i < VK_QUEUES; i++)
		igt_assert_eq(drmSyncobjCreate(m.fd, 0, &timeline[i]), 0);
	mesa_heap(&m);
	mesa_group(&m, VK_QUEUES, VK_RING);
	mesa_bo(&m, 4 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, true, &context);

	/* A ring buffer for descriptors is mapped twice in a row, so that it has no end. */
	m.next_va = (m.next_va + VK_TRACE - 1) & ~(VK_TRACE - 1);
	mesa_bo(&m, VK_TRACE, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, false, &trace);
	m.next_va += VK_TRACE;
	op.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
	op.bo_handle = trace.handle;
	op.va = trace.va + VK_TRACE;
	op.size = VK_TRACE;
	igt_assert_eq(panthor_vm_bind(m.fd, m.vm, &op, 1, NULL), 0);

	mesa_bo(&m, 64 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, true, &code);
	for (int i = 0; i < VK_QUEUES; i++) {
		csb_init(&b);
		csb_move48(&b, 90, context.va);
		csb_emit(&b, csf_set_sb_entry(3, 0));
		if (i < 2) {
			csb_move48(&b, 66, m.heap.tiler_heap_ctx_gpu_va);
			csb_emit(&b, csf_heap_set(66));
		}
		run_and_reset(&m, i, &b, &code, init);
	}

	/* The first empty submit, an empty submit that waits, an empty command buffer */
	vk_empty_submit(&m, timeline, 1, 0, app);
	igt_assert_eq(drmSyncobjSignal(m.fd, &init, 1), 0);
	vk_empty_submit(&m, timeline, 2, init, app);
	igt_assert_eq(drmSyncobjReset(m.fd, &init, 1), 0);
	for (int i = 0; i < VK_QUEUES; i++) {
		csb_init(&b);
		emit_end_of_stream(&b, 0);
		run_and_reset(&m, i, &b, &code, init);
	}
	vk_empty_submit(&m, timeline, 3, 0, app);
	mesa_close(&m);
}

/* Unmap after the current point of the timeline, and signal the next one. */
static void gl_unmap(struct mesa *m, struct mesa_bo *bo, uint32_t timeline,
		     uint64_t *point)
{
	struct drm_panthor_sync_op syncs[2] = {
		{
			.flags = DRM_PANTHOR_SYNC_OP_WAIT |
				 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ,
			.handle = timeline,
			.timeline_value = *point,
		},
		{
			.flags = DRM_PANTHOR_SYNC_OP_SIGNAL |
				 DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ,
			.handle = timeline,
			.timeline_value = *point + 1,
		},
	};
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = bo->va,
		.size = bo->size,
		.syncs = DRM_PANTHOR_OBJ_ARRAY(2, syncs),
	};

	igt_assert_eq(panthor_vm_bind_async(m->fd, m->vm, &op, 1), 0);
	++*point;
	munmap(bo->cpu, bo->size);
	igt_assert_eq(panthor_bo_close(m->fd, bo->handle), 0);
}

static void test_opengl(void)
{
	uint32_t binary, timeline;
	struct mesa_bo handler, code, scratch;
	struct panthor_job job;
	uint64_t point = 0;
	struct mesa m;
	struct csb b;

	mesa_open(&m);
	mesa_vm(&m, 1ull << 47);
	igt_assert_eq(drmSyncobjCreate(m.fd, DRM_SYNCOBJ_CREATE_SIGNALED, &timeline), 0);
	mesa_group(&m, 1, GL_RING);
	mesa_heap(&m);
	mesa_bo(&m, 4 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_READONLY, true, &handler);
	mesa_bo(&m, 64 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, true, &code);
	mesa_bo(&m, 64 * KIB, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, true, &scratch);
	igt_assert_eq(drmSyncobjCreate(m.fd, 0, &binary), 0);

	csb_init(&b);
	csb_move48(&b, 72, m.heap.tiler_heap_ctx_gpu_va);
	csb_emit(&b, csf_heap_set(72));
	csb_move48(&b, 86, handler.va);
	csb_move32(&b, 88, 64);
	csb_emit(&b, csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 86, 88));
	run_and_reset(&m, 0, &b, &code, binary);

	/* An empty batch, which also signals the address space's timeline */
	csb_init(&b);
	csb_emit(&b, csf_req_resource(CSF_RESOURCE_COMPUTE | CSF_RESOURCE_FRAGMENT |
				      CSF_RESOURCE_TILER | CSF_RESOURCE_IDVS));
	csb_emit(&b, csf_set_sb_entry(2, 0));
	emit_end_of_stream(&b, CSF_CACHE_INV);
	igt_assert_eq(csb_finish(&b), 0);
	memcpy(code.cpu, b.words, csb_size(&b));
	panthor_job_init(&job, 0, code.va, csb_size(&b));
	job.submit.latest_flush = *m.flush_id;
	panthor_job_signal(&job, binary, 0);
	panthor_job_signal(&job, timeline, ++point);
	igt_assert_eq(panthor_submit(m.fd, m.group, &job, 1), 0);
	csb_fini(&b);

	gl_unmap(&m, &scratch, timeline, &point);
	gl_unmap(&m, &code, timeline, &point);
	igt_assert_eq(drmSyncobjWait(m.fd, &binary, 1, FOREVER, 0, NULL), 0);
	igt_assert_eq(panthor_syncobj_wait(m.fd, timeline, point, TEST_TIMEOUT), 0);
	check_alive(&m);
	mesa_close(&m);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("PanVK: a device, an empty submit, an empty command buffer.");
	igt_subtest("vulkan")
		test_vulkan();

	igt_describe("The OpenGL driver: a context, an empty batch, deferred unmaps.");
	igt_subtest("opengl")
		test_opengl();
}
