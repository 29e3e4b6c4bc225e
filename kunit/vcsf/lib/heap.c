// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture for tests of tiler heaps: build a heap, emit tiling jobs, and answer
 * out-of-memory events as a driver does.
 */

#include "heap.h"

static void vcsf_heap_emit_begin(struct vcsf_heap_fixture *f, unsigned int queue)
{
	EMIT(&f->g.group, queue, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_IDVS | CSF_RESOURCE_TILER |
			      CSF_RESOURCE_FRAGMENT),
	     csf_move48(60, DATA + 8 * HEAP), csf_heap_set(60),
	     csf_move48(CSF_REG_TILER_CONTEXT, DATA + 8 * TILER));
}

/* Create a heap of @count chunks, and make the streams ready to tile into it. */
void vcsf_heap_setup(struct kunit *test, struct vcsf_heap_fixture *f,
		     unsigned int queues, unsigned int count)
{
	u64 *data;
	unsigned int i;

	vcsf_group_setup(test, &f->g, queues);
	data = f->g.data;
	for (i = 0; i < CHUNKS; i++)
		f->chunks[i] = vcsf_host_map_new(&f->g.vm, CHUNK(i) & ~0xfffULL);
	for (i = 1; i < count; i++)
		*f->chunks[i - 1] = CHUNK(i);
	f->heap = (void *)&data[HEAP];
	f->tiler = (void *)&data[TILER];
	f->descriptor = (void *)&data[DESCRIPTOR];
	f->tiler->heap = DATA + 8 * DESCRIPTOR;
	f->descriptor->size = 0x1000;
	f->descriptor->base = CHUNK(0) & ~0xfffULL;
	f->descriptor->bottom = f->descriptor->base + CSF_CHUNK_HEADER_SIZE;
	f->descriptor->top = f->descriptor->base + 0x1000;
	for (i = 0; i < queues; i++)
		vcsf_heap_emit_begin(f, i);
}

void vcsf_heap_emit_idvs(struct vcsf_heap_fixture *f, u32 vertices)
{
	EMIT(&f->g.group, 0, csf_heap_operation(CSF_HEAP_VT_START, 0, 0),
	     csf_move32(CSF_REG_IDVS_INDEX_COUNT, vertices),
	     csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, 1), csf_run_idvs(0, 0, 1),
	     csf_finish_tiling(0), csf_wait(BIT(2)),
	     csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0));
	vcsf_group_signal(&f->g.group, 0, SEQNO);
}

void vcsf_heap_advance(struct kunit *test, struct vcsf_heap_fixture *f)
{
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, 10 * MS));
}

bool vcsf_heap_oom_reported(struct vcsf_heap_fixture *f)
{
	struct vcsf_host_queue *q = &f->g.group.queues[0];

	return (READ_ONCE(q->cs_out->ack) ^ q->cs_in->req) & CSF_CS_TILER_OOM;
}

/* Answer in a driver's order: the chunk, the acknowledgment, the doorbell. */
void vcsf_heap_answer_with(struct kunit *test, struct vcsf_heap_fixture *f,
			   u64 chunk)
{
	struct csf_cs_input *in = f->g.group.queues[0].cs_in;

	KUNIT_ASSERT_TRUE(test, vcsf_heap_oom_reported(f));
	in->heap_start = chunk;
	in->heap_end = chunk;
	vcsf_host_group_ack(&f->g.group);
	vcsf_heap_advance(test, f);
}

void vcsf_heap_emit_handler(struct vcsf_heap_fixture *f, unsigned int count)
{
	EMIT(&f->g.group, 0, csf_move48(50, DATA + 8 * HANDLER),
	     csf_move32(52, 8 * count),
	     csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 50, 52));
}
