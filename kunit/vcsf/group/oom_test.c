// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The tiler's out-of-memory exception in a group of several streams: which stream
 * executes its handler, how long the exception is pending, and what ends that. A stream
 * with vertices has the tiling job, another one the handler, as user space has them that
 * renders on a stream of its own.
 */

#include <linux/time64.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "heap.h"

/* A word in the data page that the handler waits for */
#define RELEASE		8

static struct vcsf_cs *vcsf_oom_stream(struct vcsf_heap_fixture *f,
				       unsigned int i)
{
	return &f->g.host->hw->mcu->csgs[f->g.group.slot].cs[i];
}

/* Tile more than the heap has room for, and refuse a chunk. */
static void vcsf_oom_refuse(struct kunit *test, struct vcsf_heap_fixture *f)
{
	vcsf_heap_emit_idvs(f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, f);
	vcsf_heap_answer_with(test, f, 0);
}

/*
 * Set a handler that counts its calls in r68, waits for a word that a test may have set,
 * and frees a chunk.
 */
static void vcsf_oom_handler(struct vcsf_heap_fixture *f, unsigned int queue)
{
	u64 *code = &f->g.data[HANDLER];

	code[0] = csf_add_imm32(68, 68, 1);
	code[1] = csf_move48(54, DATA + 8 * RELEASE);
	code[2] = csf_move48(56, 0);
	code[3] = csf_sync_wait64(54, 56, CSF_COND_GT, 0);
	code[4] = csf_move48(64, CHUNK(6));
	code[5] = csf_finish_fragment(0, 64, 64, 0, 0);
	EMIT(&f->g.group, queue, csf_move48(50, DATA + 8 * HANDLER),
	     csf_move32(52, 8 * 6),
	     csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 50, 52));
	vcsf_host_kick(&f->g.group, queue);
}

static void vcsf_oom_setup(struct kunit *test, struct vcsf_heap_fixture *f,
			   unsigned int queues)
{
	vcsf_heap_setup(test, f, queues, 1);
	f->g.data[RELEASE] = 1;
}

static void vcsf_oom_expect_done(struct kunit *test, struct vcsf_heap_fixture *f)
{
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f->g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, f->g.data[SEQNO + 1]);
	KUNIT_EXPECT_EQ(test, CHUNK(6) & ~0xfffULL, f->descriptor->base);
	KUNIT_EXPECT_EQ(test, 0, vcsf_oom_stream(f, 0)->handler);
}

static void vcsf_oom_expect_pending(struct kunit *test,
				    struct vcsf_heap_fixture *f)
{
	KUNIT_EXPECT_EQ(test, VCSF_OOM_PENDING, vcsf_oom_stream(f, 0)->oom.state);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f->g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, (f->g.group.queues[0].cs_out->ack ^
				  f->g.group.queues[0].cs_in->req) &
				 CSF_CS_FAULT);
}

static void vcsf_oom_expect_fault(struct kunit *test, struct vcsf_heap_fixture *f)
{
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_cs_event(&f->g, 0, CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, CSF_EXC_OOM, f->g.group.queues[0].cs_out->fault);
}

/* A stream that waits for the end of tiling executes its handler in the meantime. */
static void vcsf_oom_other_stream(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	vcsf_oom_handler(&f, 1);
	EMIT(&f.g.group, 1, csf_move48(54, DATA + 8 * SEQNO), csf_move48(56, 0),
	     csf_sync_wait64(54, 56, CSF_COND_GT, 0));
	vcsf_host_kick(&f.g.group, 1);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, vcsf_oom_stream(&f, 1)->regs[68]);
	KUNIT_EXPECT_EQ(test, 0, vcsf_oom_stream(&f, 1)->handler);
	KUNIT_EXPECT_EQ(test, VCSF_CS_EMPTY, vcsf_oom_stream(&f, 1)->state);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
}

/* A stream with a handler of its own executes that one. */
static void vcsf_oom_own_first(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	vcsf_oom_handler(&f, 1);
	vcsf_oom_handler(&f, 0);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, vcsf_oom_stream(&f, 0)->regs[68]);
	KUNIT_EXPECT_EQ(test, 0, vcsf_oom_stream(&f, 1)->regs[68]);
}

/* The exception is pending until a stream with the heap sets a handler. */
static void vcsf_oom_pending(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	vcsf_host_kick(&f.g.group, 1);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_expect_pending(test, &f);
	vcsf_oom_handler(&f, 1);
	vcsf_heap_advance(test, &f);
	vcsf_oom_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, vcsf_oom_stream(&f, 1)->regs[68]);
}

/* A handler of a stream with another heap is none; with this heap it is one. */
static void vcsf_oom_other_heap(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 3);
	vcsf_host_kick(&f.g.group, 2);
	EMIT(&f.g.group, 1, csf_move48(60, DATA + 8 * HEAP + 32),
	     csf_heap_set(60));
	vcsf_oom_handler(&f, 1);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_expect_pending(test, &f);
	EMIT(&f.g.group, 1, csf_move48(60, DATA + 8 * HEAP), csf_heap_set(60));
	vcsf_host_kick(&f.g.group, 1);
	vcsf_heap_advance(test, &f);
	vcsf_oom_expect_done(test, &f);
}

static void vcsf_oom_stop(struct kunit *test, struct vcsf_heap_fixture *f,
			  unsigned int queue)
{
	struct csf_cs_input *in = f->g.group.queues[queue].cs_in;

	WRITE_ONCE(in->req, in->req & ~CSF_CS_STATE);
	vcsf_host_group_ring(&f->g.group, BIT(queue));
	vcsf_heap_advance(test, f);
}

/* The only other stream with the heap is stopped: no stream can have a handler. */
static void vcsf_oom_no_stream(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	vcsf_host_kick(&f.g.group, 1);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_expect_pending(test, &f);
	vcsf_oom_stop(test, &f, 1);
	vcsf_oom_expect_fault(test, &f);
}

/* The stream whose handler runs is stopped, or gets a fatal error. */
static void vcsf_oom_server_ends(struct kunit *test, bool fatal)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	f.g.data[RELEASE] = 0;
	vcsf_oom_handler(&f, 1);
	vcsf_oom_refuse(test, &f);
	KUNIT_EXPECT_EQ(test, VCSF_OOM_HANDLER,
			vcsf_oom_stream(&f, 0)->oom.state);
	KUNIT_EXPECT_NE(test, 0, vcsf_oom_stream(&f, 1)->handler);
	if (fatal) {
		/* A ring whose positions are invalid is fatal at the next doorbell. */
		f.g.group.queues[1].in->insert += 1 << 30;
		vcsf_host_kick(&f.g.group, 1);
		vcsf_heap_advance(test, &f);
		KUNIT_EXPECT_EQ(test, VCSF_CS_FATAL,
				vcsf_oom_stream(&f, 1)->state);
	} else {
		vcsf_oom_stop(test, &f, 1);
	}
	vcsf_oom_expect_fault(test, &f);
}

static void vcsf_oom_server_stops(struct kunit *test)
{
	vcsf_oom_server_ends(test, false);
}

static void vcsf_oom_server_fails(struct kunit *test)
{
	vcsf_oom_server_ends(test, true);
}

static void vcsf_oom_move_to_slot(struct vcsf_heap_fixture *f, unsigned int slot)
{
	vcsf_host_group_state(&f->g.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f->g.group, slot);
	vcsf_host_group_state(&f->g.group, CSF_CSG_STATE_RESUME);
}

/* Both the pending exception and the handler that runs for another stream move. */
static void vcsf_oom_suspended(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_oom_setup(test, &f, 2);
	f.g.data[RELEASE] = 0;
	vcsf_host_kick(&f.g.group, 1);
	vcsf_oom_refuse(test, &f);
	vcsf_oom_move_to_slot(&f, 1);
	vcsf_heap_advance(test, &f);
	vcsf_oom_expect_pending(test, &f);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	vcsf_oom_handler(&f, 1);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_NE(test, 0, vcsf_oom_stream(&f, 1)->handler);
	vcsf_oom_move_to_slot(&f, 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	/* Release: the stream sees all earlier writes once it sees this one. */
	smp_store_release(&f.g.data[RELEASE], 1);
	vcsf_heap_advance(test, &f);
	vcsf_oom_expect_done(test, &f);
}

/* The polygon list tells whether a render pass has geometry. */
static void vcsf_oom_polygon_list(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 2);
	vcsf_heap_emit_idvs(&f, 0);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 0, f.tiler->polygon_list);
	vcsf_heap_emit_idvs(&f, 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, (CHUNK(0) & ~0xfffULL) + CSF_CHUNK_HEADER_SIZE,
			f.tiler->polygon_list);
	vcsf_heap_emit_idvs(&f, 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, (CHUNK(0) & ~0xfffULL) + CSF_CHUNK_HEADER_SIZE,
			f.tiler->polygon_list);
	/* An exception handler clears it when it has rendered. */
	f.tiler->polygon_list = 0;
	vcsf_heap_emit_idvs(&f, 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, (CHUNK(0) & ~0xfffULL) + CSF_CHUNK_HEADER_SIZE +
			      4 * 64, f.tiler->polygon_list);
}

static int vcsf_oom_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_oom_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_oom_cases[] = {
	KUNIT_CASE(vcsf_oom_other_stream),
	KUNIT_CASE(vcsf_oom_own_first),
	KUNIT_CASE(vcsf_oom_pending),
	KUNIT_CASE(vcsf_oom_other_heap),
	KUNIT_CASE(vcsf_oom_no_stream),
	KUNIT_CASE(vcsf_oom_server_stops),
	KUNIT_CASE(vcsf_oom_server_fails),
	KUNIT_CASE(vcsf_oom_suspended),
	KUNIT_CASE(vcsf_oom_polygon_list),
	{}
};

static struct kunit_suite vcsf_oom_suite = {
	.name = "vcsf_oom",
	.init = vcsf_oom_init_case,
	.exit = vcsf_oom_exit_case,
	.test_cases = vcsf_oom_cases,
};

kunit_test_suite(vcsf_oom_suite);
