// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heaps: creation, and a tiler context with draws that consume heap memory
 * without rendering anything.
 */

#include <string.h>

#include "igt.h"
#include "test_tiler.h"

#define DESCRIPTOR	(TEST_TILER + 0x100)

/**
 * test_heap_args - fill in the arguments of a default heap
 * @vm: its address space
 *
 * Return: the arguments.
 */
struct drm_panthor_tiler_heap_create test_heap_args(uint32_t vm)
{
	return (struct drm_panthor_tiler_heap_create) {
		.vm_id = vm,
		.initial_chunk_count = 3,
		.chunk_size = TEST_CHUNK,
		.max_chunks = 8,
		.target_in_flight = 65535,
	};
}

/**
 * test_heap_create - create a heap
 * @fd: the device
 * @args: heap parameters; returns handle and addresses
 *
 * Return: 0 or a negative errno.
 */
int test_heap_create(int fd, struct drm_panthor_tiler_heap_create *args)
{
	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, args);
}

/**
 * test_heap_destroy - destroy a heap
 * @fd: the device
 * @handle: its handle
 *
 * Return: 0 or a negative errno.
 */
int test_heap_destroy(int fd, uint32_t handle)
{
	struct drm_panthor_tiler_heap_destroy args = { .handle = handle };

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &args);
}

/**
 * test_tiler_init - write the tiler context and the descriptor of a heap
 * @gpu: the context
 * @heap: arguments of the heap, with chunks of %TEST_CHUNK, as returned
 */
void test_tiler_init(struct test_gpu *gpu,
		     const struct drm_panthor_tiler_heap_create *heap)
{
	struct csf_heap_descriptor *descriptor;
	struct csf_tiler_context *tiler;

	tiler = (void *)((char *)gpu->data.cpu + TEST_TILER);
	descriptor = (void *)((char *)gpu->data.cpu + DESCRIPTOR);
	memset(tiler, 0, sizeof(*tiler));
	tiler->heap = TEST_DATA_VA + DESCRIPTOR;
	descriptor->size = TEST_CHUNK;
	descriptor->base = heap->first_heap_chunk_gpu_va;
	descriptor->bottom = descriptor->base + CSF_CHUNK_HEADER_SIZE;
	descriptor->top = descriptor->base + TEST_CHUNK;
}

/**
 * test_tiler_base - read which chunk the tiler fills
 * @gpu: the context
 *
 * Return: GPU address of the chunk.
 */
uint64_t test_tiler_base(struct test_gpu *gpu)
{
	return test_read64(gpu, DESCRIPTOR + offsetof(struct csf_heap_descriptor, base));
}

/**
 * test_emit_tiling - emit a render pass that consumes heap memory
 * @b: the stream
 * @context: GPU address of the heap's context
 * @vertices: number of vertices; %TEST_PER_CHUNK of them fill a chunk
 */
void test_emit_tiling(struct csb *b, uint64_t context, uint32_t vertices)
{
	csb_emit(b, csf_set_sb_entry(2, 1));
	csb_emit(b, csf_req_resource(CSF_RESOURCE_IDVS | CSF_RESOURCE_TILER));
	csb_move48(b, TEST_REG_ADDR, context);
	csb_emit(b, csf_heap_set(TEST_REG_ADDR));
	csb_move48(b, CSF_REG_TILER_CONTEXT, TEST_DATA_VA + TEST_TILER);
	csb_emit(b, csf_heap_operation(CSF_HEAP_VT_START, 0, 0));
	csb_move32(b, CSF_REG_IDVS_INDEX_COUNT, vertices);
	csb_move32(b, CSF_REG_IDVS_INSTANCE_COUNT, 1);
	csb_emit(b, csf_run_idvs(0, 0, 1));
	csb_emit(b, csf_finish_tiling(0));
	csb_wait(b, CSB_SB_ALL);
	csb_emit(b, csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0));
	/* No fragment job uses the chunks, so the heap may release them at once. */
	csb_emit(b, csf_heap_operation(CSF_HEAP_FRAG_COMPLETE, 0, 0));
	csb_emit(b, csf_req_resource(0));
}

/**
 * test_run_tiling - run test_emit_tiling() in a job of its own on queue 0
 * @gpu: the context
 * @context: GPU address of the heap's context
 * @vertices: number of vertices
 *
 * Return: the status of the job's fence, as test_run() does.
 */
int test_run_tiling(struct test_gpu *gpu, uint64_t context, uint32_t vertices)
{
	struct csb b;

	csb_init(&b);
	test_emit_tiling(&b, context, vertices);
	return test_run(gpu, 0, &b);
}
