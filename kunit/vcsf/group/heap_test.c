// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heaps: use of chunks, out-of-memory events and their answers, the exception
 * handler, invalid descriptors.
 *
 * The cases emit geometry that needs a known number of chunks, let virtual time pass
 * and check the heap and tiler contexts. With the virtual clock, a wait until nothing
 * is left to happen is exact.
 */

#include <linux/bitfield.h>
#include <linux/platform_device.h>
#include <linux/time64.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "heap.h"

static void vcsf_heap_expect_fault(struct kunit *test,
				   struct vcsf_heap_fixture *f, u32 type)
{
	vcsf_heap_advance(test, f);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_cs_event(&f->g, 0,
							 CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, type, f->g.group.queues[0].cs_out->fault);
	vcsf_host_group_ack(&f->g.group);
	vcsf_heap_advance(test, f);
}

/*
 * The tiler takes as many chunks as the geometry needs. Full ones are listed in the
 * tiler context, from which user space passes them to FINISH_FRAGMENT.
 */
static void vcsf_heap_takes_chunks(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 4);
	vcsf_heap_emit_idvs(&f, PER_CHUNK / 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, CHUNK(0) & ~0xfffULL, f.descriptor->base);
	KUNIT_EXPECT_EQ(test, 64 * (PER_CHUNK / 2) + CSF_CHUNK_HEADER_SIZE,
			f.descriptor->bottom - f.descriptor->base);
	KUNIT_EXPECT_EQ(test, 0, f.tiler->completed_top);

	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 2, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, CHUNK(2) & ~0xfffULL, f.descriptor->base);
	KUNIT_EXPECT_EQ(test, CHUNK(0), f.tiler->completed_top);
	KUNIT_EXPECT_EQ(test, CHUNK(1), f.tiler->completed_bottom);
	KUNIT_EXPECT_EQ(test, CHUNK(1), *f.chunks[0]);
	KUNIT_EXPECT_EQ(test, 0, *f.chunks[1]);
	KUNIT_EXPECT_EQ(test, CHUNK(3), *f.chunks[2]);
	KUNIT_EXPECT_EQ(test, 2, f.heap->vt_start);
	KUNIT_EXPECT_EQ(test, 2, f.heap->vt_end);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
}

static void vcsf_heap_emit_finish(struct vcsf_heap_fixture *f,
				  unsigned int queue, u64 first, u64 last)
{
	EMIT(&f->g.group, queue, csf_move48(64, first), csf_move48(66, last),
	     csf_finish_fragment(1, 64, 66, 0, 0));
}

/* The tiler uses chunks from the free list before it asks the host. */
static void vcsf_heap_reuses(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 3);
	vcsf_heap_emit_idvs(&f, 3 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, CHUNK(1), f.tiler->completed_bottom);
	/* FINISH_FRAGMENT without a chunk is valid, and counts as a job. */
	vcsf_heap_emit_finish(&f, 0, 0, 0);
	vcsf_heap_emit_finish(&f, 0, CHUNK(0), CHUNK(1));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 2, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, CHUNK(0), f.heap->free);
	KUNIT_EXPECT_EQ(test, 2, f.heap->frag_end);
	f.tiler->completed_top = 0;
	f.tiler->completed_bottom = 0;
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 3, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, 0, f.heap->free);
	KUNIT_EXPECT_EQ(test, CHUNK(2), f.tiler->completed_top);
	KUNIT_EXPECT_EQ(test, CHUNK(0), f.tiler->completed_bottom);
	KUNIT_EXPECT_EQ(test, CHUNK(1) & ~0xfffULL, f.descriptor->base);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
}

static void vcsf_heap_grows(struct kunit *test)
{
	struct vcsf_heap_fixture f;
	struct csf_cs_output *out;
	unsigned int i;

	vcsf_heap_setup(test, &f, 1, 1);
	out = f.g.group.queues[0].cs_out;
	f.heap->vt_start = 6;
	f.heap->vt_end = 5;
	f.heap->frag_end = 3;
	vcsf_heap_emit_idvs(&f, 4 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	for (i = 1; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, DATA + 8 * HEAP, out->heap_address);
		KUNIT_EXPECT_EQ(test, 7, out->heap_vt_start);
		KUNIT_EXPECT_EQ(test, 5, out->heap_vt_end);
		KUNIT_EXPECT_EQ(test, 3, out->heap_frag_end);
		KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
		vcsf_heap_answer_with(test, &f, CHUNK(i));
	}
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO + 1]);
	KUNIT_EXPECT_EQ(test, CHUNK(2), f.tiler->completed_bottom);
}

/* Several chunks in one answer, as a linked list */
static void vcsf_heap_grows_by_list(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	vcsf_heap_emit_idvs(&f, 4 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	*f.chunks[1] = CHUNK(2);
	*f.chunks[2] = CHUNK(3);
	vcsf_heap_answer_with(test, &f, CHUNK(1));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
}

static void vcsf_heap_refused(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_with(test, &f, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_OOM);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO + 1]);
}

/* With fragment jobs in flight, a refusal makes the tiler wait for their chunks. */
static void vcsf_heap_waits_for_fragments(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 2, 1);
	f.heap->vt_start = 1;
	f.heap->vt_end = 1;
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_with(test, &f, 0);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	/* A fragment job completes without a chunk: the event is raised again. */
	EMIT(&f.g.group, 1, csf_heap_operation(CSF_HEAP_FRAG_COMPLETE, 0, 0));
	vcsf_host_kick(&f.g.group, 1);
	vcsf_heap_advance(test, &f);
	f.heap->vt_end = 2;
	vcsf_heap_answer_with(test, &f, 0);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	/* The next one frees a chunk. */
	vcsf_heap_emit_finish(&f, 1, CHUNK(5), CHUNK(5));
	vcsf_host_kick(&f.g.group, 1);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, CHUNK(5) & ~0xfffULL, f.descriptor->base);
}

/* Job counters that a locked region hides do not count as zero. */
static void vcsf_heap_refused_locked(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 2, 1);
	f.heap->vt_start = 1;
	f.heap->vt_end = 1;
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_host_lock(&f.g.vm, DATA, 15);
	vcsf_heap_answer_with(test, &f, 0);
	vcsf_host_command(&f.g.vm, CSF_AS_COMMAND_UNLOCK);
	vcsf_heap_advance(test, &f);
	/* The event is raised again, and the second refusal makes the tiler wait. */
	vcsf_heap_answer_with(test, &f, 0);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, (f.g.group.queues[0].cs_out->ack ^
				  f.g.group.queues[0].cs_in->req) &
				 CSF_CS_FAULT);
	EMIT(&f.g.group, 1, csf_move48(64, CHUNK(5)),
	     csf_finish_fragment(1, 64, 64, 0, 0));
	vcsf_host_kick(&f.g.group, 1);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO + 1]);
}

/* The exception handler runs while the stream waits, which completes without error. */
static void vcsf_heap_handler(struct kunit *test)
{
	struct vcsf_heap_fixture f;
	u64 *code;

	vcsf_heap_setup(test, &f, 1, 1);
	code = &f.g.data[HANDLER];
	code[0] = csf_move48(64, CHUNK(6));
	code[1] = csf_add_imm32(68, 68, 1);
	code[2] = csf_move48(62, DATA);
	code[3] = csf_store_multiple(68, 62, 1, 0x20);
	code[4] = csf_finish_fragment(0, 64, 64, 0, 0);
	vcsf_heap_emit_handler(&f, 5);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_with(test, &f, 0);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO + 1]);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[4]);
	KUNIT_EXPECT_EQ(test, CHUNK(6) & ~0xfffULL, f.descriptor->base);
	KUNIT_EXPECT_EQ(test, 0, f.heap->frag_end);
}

/* A handler that frees nothing is not run again for the same chunk. */
static void vcsf_heap_handler_fails(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	f.g.data[HANDLER] = csf_add_imm32(68, 68, 1);
	vcsf_heap_emit_handler(&f, 1);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_with(test, &f, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_OOM);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 1, f.g.host->hw->mcu->csgs[0].cs[0].regs[68]);
}

/* Invalid descriptors, one after the other */
static void vcsf_heap_bad_descriptors(struct kunit *test)
{
	struct vcsf_heap_fixture f;
	u64 good = DATA + 8 * DESCRIPTOR;

	vcsf_heap_setup(test, &f, 1, 1);
	f.tiler->heap = 0;
	vcsf_heap_emit_idvs(&f, 1);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
	f.tiler->heap = good + 8;
	EMIT(&f.g.group, 0, csf_error_barrier());
	vcsf_heap_emit_idvs(&f, 1);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
	f.tiler->heap = good;
	f.descriptor->base += 8;
	EMIT(&f.g.group, 0, csf_error_barrier());
	vcsf_heap_emit_idvs(&f, 1);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
	f.descriptor->base -= 8;
	/* A chunk pointer with size zero */
	*f.chunks[0] = CHUNK(1) & ~0xfffULL;
	EMIT(&f.g.group, 0, csf_error_barrier());
	vcsf_heap_emit_idvs(&f, PER_CHUNK + 1);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
	/* A chunk pointer to an address that is not mapped */
	*f.chunks[0] = csf_chunk(0x7000000, 0x1000);
	EMIT(&f.g.group, 0, csf_error_barrier());
	vcsf_heap_emit_idvs(&f, 1);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_CS_BUS_FAULT);
	KUNIT_EXPECT_EQ(test, 0x7000000,
			vcsf_read64(f.g.host->win, CSF_AS_FAULTADDRESS(1)));
}

static void vcsf_heap_bad_operands(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	EMIT(&f.g.group, 0, csf_heap_operation(2, 0, 0));
	vcsf_host_kick(&f.g.group, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC);
	vcsf_heap_emit_finish(&f, 0, CHUNK(0), 0);
	vcsf_host_kick(&f.g.group, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
	EMIT(&f.g.group, 0, csf_move48(CSF_REG_TILER_CONTEXT, DATA + 32),
	     csf_error_barrier(), csf_run_idvs(0, 0, 0));
	vcsf_host_kick(&f.g.group, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_ADDR_RANGE_FAULT);
	EMIT(&f.g.group, 0, csf_move48(60, 0), csf_heap_set(60),
	     csf_heap_operation(CSF_HEAP_VT_START, 0, 0));
	vcsf_host_kick(&f.g.group, 0);
	vcsf_heap_expect_fault(test, &f, CSF_EXC_DATA_INVALID_FAULT);
}

/* RUN_TILING and RUN_FULLSCREEN take heap space, too. */
static void vcsf_heap_other_tiling(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	EMIT(&f.g.group, 0, csf_move32(CSF_REG_IDVS_INDEX_COUNT, 3),
	     csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, 2), csf_run_tiling(0, 1),
	     csf_run_fullscreen(0, 50, 1), csf_finish_tiling(1),
	     csf_wait(BIT(2)));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, CSF_CHUNK_HEADER_SIZE + (6 + 4) * 64,
			f.descriptor->bottom - f.descriptor->base);
	KUNIT_EXPECT_EQ(test, 3, f.g.host->hw->mcu->csgs[0].cs[0].progress);
}

/* The tiler stalls on a locked region and continues after the unlock. */
static void vcsf_heap_stalls(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 2);
	EMIT(&f.g.group, 0, csf_move32(CSF_REG_IDVS_INDEX_COUNT, PER_CHUNK + 1),
	     csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, 1), csf_nop());
	vcsf_host_kick(&f.g.group, 0);
	vcsf_heap_advance(test, &f);
	vcsf_host_lock(&f.g.vm, CHUNK(0), 15);
	EMIT(&f.g.group, 0, csf_run_idvs(0, 0, 1), csf_wait(BIT(2)));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.g.host, CSF_MMU_IRQ_STATUS));
	vcsf_host_command(&f.g.vm, CSF_AS_COMMAND_UNLOCK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, CHUNK(0), f.tiler->completed_bottom);
}

/* A group that waits for an answer makes no progress: one progress timer event. */
static void vcsf_heap_progress_timer(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	f.g.host->glb_in->progress_timer = 20 * MS >> 10;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.g.host,
						  CSF_GLB_CFG_PROGRESS_TIMER,
						  CSF_GLB_CFG_PROGRESS_TIMER));
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_FALSE(test, (f.g.group.out->ack ^ f.g.group.in->req) &
				 CSF_CSG_PROGRESS_TIMER);
	vcsf_heap_advance(test, &f);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_TRUE(test, (f.g.group.out->ack ^ f.g.group.in->req) &
				CSF_CSG_PROGRESS_TIMER);
	vcsf_host_group_ack(&f.g.group);
	vcsf_heap_advance(test, &f);
	vcsf_heap_advance(test, &f);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_FALSE(test, (f.g.group.out->ack ^ f.g.group.in->req) &
				 CSF_CSG_PROGRESS_TIMER);
}

static int vcsf_heap_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_heap_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_heap_cases[] = {
	KUNIT_CASE(vcsf_heap_takes_chunks),
	KUNIT_CASE(vcsf_heap_reuses),
	KUNIT_CASE(vcsf_heap_grows),
	KUNIT_CASE(vcsf_heap_grows_by_list),
	KUNIT_CASE(vcsf_heap_refused),
	KUNIT_CASE(vcsf_heap_waits_for_fragments),
	KUNIT_CASE(vcsf_heap_refused_locked),
	KUNIT_CASE(vcsf_heap_handler),
	KUNIT_CASE(vcsf_heap_handler_fails),
	KUNIT_CASE(vcsf_heap_bad_descriptors),
	KUNIT_CASE(vcsf_heap_bad_operands),
	KUNIT_CASE(vcsf_heap_other_tiling),
	KUNIT_CASE(vcsf_heap_stalls),
	KUNIT_CASE(vcsf_heap_progress_timer),
	{}
};

static struct kunit_suite vcsf_heap_suite = {
	.name = "vcsf_heap",
	.init = vcsf_heap_init_case,
	.exit = vcsf_heap_exit_case,
	.test_cases = vcsf_heap_cases,
};

kunit_test_suite(vcsf_heap_suite);
