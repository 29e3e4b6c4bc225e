/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_UNITS_H
#define TEST_UNITS_H

/**
 * DOC: Work for the tiler and for the cores
 *
 * Draws that render nothing but consume memory of a tiler heap, and compute shaders. The
 * program of a shader lies behind the streams in the code buffer, with what describes it. Its
 * first uniform is the address of the data buffer.
 */

#include <stdbool.h>
#include <stdint.h>

#include <vcsf/csf_desc.h>

#include "cs_builder.h"
#include "test_gpu.h"

/* The smallest chunk size that the uAPI allows */
#define TEST_CHUNK	(128u * 1024)
/* Heap memory per vertex, see Documentation/vcsf.rst */
#define TEST_VERTEX	64
#define TEST_PER_CHUNK	((TEST_CHUNK - CSF_CHUNK_HEADER_SIZE) / TEST_VERTEX)

/* Offset in the data buffer of the tiler context and heap descriptor, 0x140 bytes */
#define TEST_TILER	0x1000

/* Most instructions of a shader */
#define TEST_SHADER_WORDS	256

struct drm_panthor_tiler_heap_create test_heap_args(uint32_t vm);
int test_heap_create(int fd, struct drm_panthor_tiler_heap_create *args);
int test_heap_destroy(int fd, uint32_t handle);

void test_tiler_init(struct test_gpu *gpu,
		     const struct drm_panthor_tiler_heap_create *heap);
uint64_t test_tiler_base(struct test_gpu *gpu);
void test_emit_tiling(struct csb *b, uint64_t context, uint32_t vertices);
int test_run_tiling(struct test_gpu *gpu, uint64_t context, uint32_t vertices);

bool test_executes_shaders(void);
void test_load_shader(struct test_gpu *gpu, const void *words, unsigned int count);
void test_emit_compute(struct csb *b, uint32_t lanes, uint32_t groups);

#endif /* TEST_UNITS_H */
