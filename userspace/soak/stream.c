// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The streams of the jobs. Each adds 1 to its counter when it has done its work. */

#include <string.h>

#include <vcsf/csf_desc.h>

#include "stream.h"

#define REG_ADDR	68	/* pair */
#define REG_VALUE	70	/* pair */
#define REG_COUNT	74

static void emit_spin(struct csb *b, uint32_t turns)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_move32(b, REG_COUNT, turns);
	csb_place(b, &loop);
	csb_add32(b, REG_COUNT, REG_COUNT, -1);
	csb_branch(b, CSF_COND_GT, REG_COUNT, &loop);
}

static void emit_forever(struct csb *b)
{
	struct csb_label loop = CSB_LABEL_INIT;

	csb_place(b, &loop);
	csb_add32(b, REG_COUNT, REG_COUNT, 1);
	csb_branch(b, CSF_COND_ALWAYS, REG_COUNT, &loop);
}

static void emit_wait(struct csb *b)
{
	csb_move48(b, REG_ADDR, DATA_VA + DATA_HOLD);
	csb_move32(b, REG_VALUE, 0);
	csb_sync_wait32(b, REG_ADDR, REG_VALUE, CSF_COND_GT);
}

/* A render pass that consumes heap memory and renders nothing */
static void emit_tiling(struct csb *b, uint64_t heap, uint32_t vertices)
{
	csb_emit(b, csf_set_sb_entry(2, 1));
	csb_emit(b, csf_req_resource(CSF_RESOURCE_IDVS | CSF_RESOURCE_TILER));
	csb_move48(b, REG_ADDR, heap);
	csb_emit(b, csf_heap_set(REG_ADDR));
	csb_move48(b, CSF_REG_TILER_CONTEXT, DATA_VA + DATA_TILER);
	csb_emit(b, csf_heap_operation(CSF_HEAP_VT_START, 0, 0));
	csb_move32(b, CSF_REG_IDVS_INDEX_COUNT, vertices);
	csb_move32(b, CSF_REG_IDVS_INSTANCE_COUNT, 1);
	csb_emit(b, csf_run_idvs(0, 0, 1));
	csb_emit(b, csf_finish_tiling(0));
	csb_wait(b, CSB_SB_ALL);
	csb_emit(b, csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0));
	csb_emit(b, csf_heap_operation(CSF_HEAP_FRAG_COMPLETE, 0, 0));
	csb_emit(b, csf_req_resource(0));
}

/**
 * stream_build - build the stream of a job
 * @b: the stream, initialized here
 * @kind: what the job does; it has a counter
 * @args: parameters
 */
void stream_build(struct csb *b, enum job_kind kind, const struct stream_args *args)
{
	csb_init(b);
	switch (kind) {
	case JOB_SPIN:
		emit_spin(b, args->length);
		break;
	case JOB_TILE:
		emit_tiling(b, args->heap, args->length);
		break;
	case JOB_WAIT:
		emit_wait(b);
		break;
	case JOB_FOREVER:
		emit_forever(b);
		break;
	case JOB_PAGE_FAULT:
		csb_move48(b, REG_ADDR, NOWHERE_VA);
		csb_load(b, REG_VALUE, 1, REG_ADDR, 0);
		csb_wait(b, CSB_SB_ALL);
		break;
	case JOB_INVALID:
		csb_emit(b, 0xff00123456789abcull);
		break;
	default:
		break;
	}
	csb_move48(b, REG_ADDR, args->counter);
	csb_move48(b, REG_VALUE, 1);
	csb_sync_add64(b, REG_ADDR, REG_VALUE, CSF_SYNC_SCOPE_SYSTEM);
}

/**
 * tiler_init - write the tiler's context and the descriptor of its heap
 * @data: the data buffer
 * @first_chunk: address of the heap's first chunk
 */
void tiler_init(void *data, uint64_t first_chunk)
{
	struct csf_tiler_context *tiler = (void *)((char *)data + DATA_TILER);
	struct csf_heap_descriptor *heap = (void *)((char *)data + DATA_TILER + 0x100);

	memset(tiler, 0, sizeof(*tiler));
	tiler->heap = DATA_VA + DATA_TILER + 0x100;
	heap->size = CHUNK;
	heap->base = first_chunk;
	heap->bottom = first_chunk + CSF_CHUNK_HEADER_SIZE;
	heap->top = first_chunk + CHUNK;
}
