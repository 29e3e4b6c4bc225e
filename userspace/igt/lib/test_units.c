// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heaps: creation, and a tiler context with draws that consume heap memory
 * without rendering anything. Compute shaders.
 */

#include <stdio.h>
#include <string.h>

#include "igt.h"
#include "test_units.h"

#define DESCRIPTOR	(TEST_TILER + 0x100)

#define PARAMETER	"/sys/module/vcsf/parameters/shaders"
#define EXECUTES	8

/* Behind the streams */
#define PROGRAM_OFFSET	(TEST_CODE_SIZE / 2)
#define SHADER_OFFSET	(PROGRAM_OFFSET + 8 * TEST_SHADER_WORDS)
#define STORAGE_OFFSET	(SHADER_OFFSET + 64)
#define UNIFORM_OFFSET	(STORAGE_OFFSET + 64)

/* Memory that the lanes of a workgroup share */
#define SHARED		(TEST_DATA_VA + TEST_DATA_SIZE - 4096)

#define ENTRY		2

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

/**
 * test_executes_shaders - tell whether the GPU executes shaders
 *
 * Return: false if they are off, or on another GPU than vcsf.
 */
bool test_executes_shaders(void)
{
	FILE *file = fopen(PARAMETER, "r");
	unsigned int value = 0;

	if (!file)
		return false;
	if (fscanf(file, "%u", &value) != 1)
		value = 0;
	fclose(file);
	return value & EXECUTES;
}

static void *code_at(struct test_gpu *gpu, unsigned int offset)
{
	return (char *)gpu->code.cpu + offset;
}

/**
 * test_load_shader - place the program that test_emit_compute() starts
 * @gpu: the context
 * @words: its instructions, of 64 bits each
 * @count: number of instructions, less than %TEST_SHADER_WORDS
 */
void test_load_shader(struct test_gpu *gpu, const void *words, unsigned int count)
{
	struct csf_shader *shader = code_at(gpu, SHADER_OFFSET);
	struct csf_local_storage *storage = code_at(gpu, STORAGE_OFFSET);

	igt_assert_lt(count, TEST_SHADER_WORDS);
	memcpy(code_at(gpu, PROGRAM_OFFSET), words, 8 * count);
	memset(code_at(gpu, PROGRAM_OFFSET + 8 * count), 0, 8);
	*shader = (struct csf_shader) {
		.flags = CSF_DESCRIPTOR_SHADER | CSF_STAGE_COMPUTE << 4,
		.preload = 0x7f80,
		.binary = TEST_CODE_VA + PROGRAM_OFFSET,
	};
	*storage = (struct csf_local_storage) { .wls_base = SHARED };
	*(uint64_t *)code_at(gpu, UNIFORM_OFFSET) = TEST_DATA_VA;
}

/**
 * test_emit_compute - emit a compute job, and a wait for its end
 * @b: the stream
 * @lanes: lanes of a workgroup
 * @groups: number of workgroups
 */
void test_emit_compute(struct csb *b, uint32_t lanes, uint32_t groups)
{
	csb_emit(b, csf_set_sb_entry(ENTRY, 1));
	csb_emit(b, csf_req_resource(CSF_RESOURCE_COMPUTE));
	csb_move48(b, CSF_REG_COMPUTE_SRT(0), 0);
	csb_move48(b, CSF_REG_COMPUTE_FAU(0), TEST_CODE_VA + UNIFORM_OFFSET);
	csb_move32(b, CSF_REG_COMPUTE_FAU(0) + 1, 1 << 24);
	csb_move48(b, CSF_REG_COMPUTE_SPD(0), TEST_CODE_VA + SHADER_OFFSET);
	csb_move48(b, CSF_REG_COMPUTE_TSD(0), TEST_CODE_VA + STORAGE_OFFSET);
	csb_move32(b, CSF_REG_COMPUTE_WG_SIZE, lanes - 1);
	for (unsigned int axis = 0; axis < 3; axis++) {
		csb_move32(b, CSF_REG_COMPUTE_OFFSET(axis), 0);
		csb_move32(b, CSF_REG_COMPUTE_WG_COUNT(axis), axis ? 1 : groups);
	}
	csb_emit(b, csf_run_compute(1, 0, 0));
	/* As PanVK does: the job goes on. */
	csb_emit(b, csf_req_resource(0));
	csb_wait(b, 1 << ENTRY);
}
