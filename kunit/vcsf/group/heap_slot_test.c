// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heaps of groups that leave their slot while they wait for memory.
 *
 * The cases suspend or terminate a group in each phase of an out-of-memory event
 * (raised, answered, in the exception handler) and check that no event, chunk or
 * handler state is lost, and that nothing runs after the group has left.
 */

#include <linux/platform_device.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "heap.h"

static void vcsf_heap_move_to_slot(struct vcsf_heap_fixture *f,
				   unsigned int slot)
{
	vcsf_host_group_state(&f->g.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f->g.group, slot);
	vcsf_host_group_state(&f->g.group, CSF_CSG_STATE_RESUME);
}

/* An event that is not answered on one slot is raised again on the next. */
static void vcsf_heap_suspended_asking(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_TRUE(test, vcsf_heap_oom_reported(&f));
	vcsf_heap_move_to_slot(&f, 2);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, f.g.group.queues[0].cs_out->heap_vt_start);
	vcsf_heap_answer_with(test, &f, CHUNK(1));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
}

/* Answer the event and request @state with a single doorbell. */
static void vcsf_heap_answer_and_leave(struct kunit *test,
				       struct vcsf_heap_fixture *f, u64 chunk,
				       u32 state)
{
	struct vcsf_host_group *g = &f->g.group;
	struct csf_cs_input *in = g->queues[0].cs_in;

	KUNIT_ASSERT_TRUE(test, vcsf_heap_oom_reported(f));
	in->heap_start = chunk;
	in->heap_end = chunk;
	WRITE_ONCE(in->req, in->req ^ CSF_CS_TILER_OOM);
	WRITE_ONCE(g->in->doorbell_req, g->out->doorbell_ack ^ BIT(0));
	vcsf_host_group_state(g, state);
	vcsf_heap_advance(test, f);
}

/* A chunk that arrives together with the suspend request is used after resume. */
static void vcsf_heap_suspended_answered(struct kunit *test)
{
	struct vcsf_heap_fixture f;

	vcsf_heap_setup(test, &f, 1, 1);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_and_leave(test, &f, CHUNK(1), CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f.g.group, 2);
	vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_RESUME);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, CHUNK(1) & ~0xfffULL, f.descriptor->base);
}

/* An answer that comes after the group has left its slot starts nothing. */
static void vcsf_heap_answered_after(struct kunit *test, u32 state)
{
	struct vcsf_heap_fixture f;
	struct csf_cs_input *in;

	vcsf_heap_setup(test, &f, 1, 1);
	in = f.g.group.queues[0].cs_in;
	f.g.data[HANDLER] = csf_move48(62, DATA);
	f.g.data[HANDLER + 1] = csf_store_multiple(62, 62, 1, 0x20);
	vcsf_heap_emit_handler(&f, 2);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	KUNIT_ASSERT_TRUE(test, vcsf_heap_oom_reported(&f));
	vcsf_host_group_state(&f.g.group, state);
	in->heap_start = 0;
	WRITE_ONCE(in->req, in->req ^ CSF_CS_TILER_OOM);
	vcsf_host_group_ring(&f.g.group, BIT(0));
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 0, f.g.host->hw->mcu->ready);
	KUNIT_EXPECT_EQ(test, VCSF_CS_STOPPED,
			f.g.host->hw->mcu->csgs[0].cs[0].state);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[4]));
}

static void vcsf_heap_answered_suspended(struct kunit *test)
{
	vcsf_heap_answered_after(test, CSF_CSG_STATE_SUSPEND);
}

static void vcsf_heap_answered_terminated(struct kunit *test)
{
	vcsf_heap_answered_after(test, CSF_CSG_STATE_TERMINATE);
}

static void vcsf_heap_suspended_in_handler(struct kunit *test)
{
	struct vcsf_heap_fixture f;
	u64 *code;

	vcsf_heap_setup(test, &f, 1, 1);
	code = &f.g.data[HANDLER];
	code[0] = csf_move48(54, DATA + 0x40);
	code[1] = csf_move48(56, 0);
	code[2] = csf_sync_wait64(54, 56, CSF_COND_GT, 0);
	code[3] = csf_move48(64, CHUNK(6));
	code[4] = csf_finish_fragment(0, 64, 64, 0, 0);
	vcsf_heap_emit_handler(&f, 5);
	vcsf_heap_emit_idvs(&f, 2 * PER_CHUNK);
	vcsf_heap_advance(test, &f);
	vcsf_heap_answer_with(test, &f, 0);
	vcsf_heap_move_to_slot(&f, 1);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_FALSE(test, vcsf_heap_oom_reported(&f));
	/* Release: the stream sees all earlier writes once it sees this one. */
	smp_store_release(&f.g.data[8], 1);
	vcsf_heap_advance(test, &f);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO + 1]);
}

static int vcsf_heap_slot_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_heap_slot_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_heap_slot_cases[] = {
	KUNIT_CASE(vcsf_heap_suspended_asking),
	KUNIT_CASE(vcsf_heap_suspended_answered),
	KUNIT_CASE(vcsf_heap_answered_suspended),
	KUNIT_CASE(vcsf_heap_answered_terminated),
	KUNIT_CASE(vcsf_heap_suspended_in_handler),
	{}
};

static struct kunit_suite vcsf_heap_slot_suite = {
	.name = "vcsf_heap_slot",
	.init = vcsf_heap_slot_init_case,
	.exit = vcsf_heap_slot_exit_case,
	.test_cases = vcsf_heap_slot_cases,
};

kunit_test_suite(vcsf_heap_slot_suite);
