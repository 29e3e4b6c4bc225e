// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tests with the reference driver on the device that the vcsf module creates: group
 * switches on one slot, tiler out-of-memory events, resets.
 *
 * The cases fail if another driver is bound to that device.
 */

#include <kunit/test.h>

#include "reference.h"

/* Words of a group's data page */
#define SEQNO		0
#define GATE		8	/* sync object that the test signals */
#define HEAP		16
#define TILER		32
#define DESCRIPTOR	64

#define EMIT(g, ...) \
	ref_emit(g, ((const u64[]){ __VA_ARGS__ }), \
		 sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

static void ref_emit_signal(struct ref_group *g)
{
	EMIT(g, csf_move48(80, REF_DATA_VA), csf_move48(82, 1),
	     csf_sync_add64(80, 82, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0));
}

static void ref_expect_job(struct kunit *test, struct ref_driver *ref,
			   struct ref_group *g)
{
	u64 seqno = READ_ONCE(g->data[SEQNO]) + 1;

	ref_emit_signal(g);
	ref_kick(ref);
	KUNIT_EXPECT_EQ(test, 0, ref_wait_seqno(ref, &g->data[SEQNO], seqno));
	ref_ack(ref);
}

static struct ref_driver *ref_setup(struct kunit *test)
{
	struct ref_driver *ref = test->priv;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ref);
	KUNIT_ASSERT_EQ(test, 0, ref_boot(ref));
	for (i = 0; i < REF_GROUPS; i++)
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_init(ref, &ref->groups[i], i));

	return ref;
}

/* Switch one slot between two groups, one of which is suspended in a wait. */
static void ref_two_groups(struct kunit *test)
{
	struct ref_driver *ref = ref_setup(test);
	struct ref_group *a = &ref->groups[0], *b = &ref->groups[1];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, ref_group_run(ref, a, CSF_CSG_STATE_START));
	ref_expect_job(test, ref, a);
	EMIT(a, csf_move48(10, REF_DATA_VA + 8 * GATE), csf_move48(12, 0),
	     csf_move48(14, 0x1234), csf_sync_wait64(10, 12, CSF_COND_GT, 0),
	     csf_move48(16, REF_DATA_VA), csf_store_multiple(14, 16, 3, 0x20));
	ref_emit_signal(a);
	ref_kick(ref);
	KUNIT_ASSERT_EQ(test, 0, ref_group_stop(ref, CSF_CSG_STATE_SUSPEND));
	KUNIT_ASSERT_EQ(test, 0, ref_group_run(ref, b, CSF_CSG_STATE_START));
	for (i = 0; i < 3; i++) {
		ref_expect_job(test, ref, b);
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_stop(ref, CSF_CSG_STATE_SUSPEND));
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_run(ref, a, CSF_CSG_STATE_RESUME));
		KUNIT_EXPECT_EQ(test, 1, READ_ONCE(a->data[SEQNO]));
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_stop(ref, CSF_CSG_STATE_SUSPEND));
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_run(ref, b, CSF_CSG_STATE_RESUME));
	}
	KUNIT_ASSERT_EQ(test, 0, ref_group_stop(ref, CSF_CSG_STATE_TERMINATE));
	WRITE_ONCE(a->data[GATE], 1);
	KUNIT_ASSERT_EQ(test, 0, ref_group_run(ref, a, CSF_CSG_STATE_RESUME));
	KUNIT_EXPECT_EQ(test, 0, ref_wait_seqno(ref, &a->data[SEQNO], 2));
	KUNIT_EXPECT_EQ(test, 0x1234, a->data[4]);
	KUNIT_EXPECT_EQ(test, 3, b->data[SEQNO]);
}

/* The tiler needs three chunks: one at start, two from out-of-memory events. */
static void ref_tiler_oom(struct kunit *test)
{
	struct ref_driver *ref = ref_setup(test);
	struct ref_group *g = &ref->groups[0];
	struct csf_tiler_context *tiler = (void *)&g->data[TILER];
	struct csf_heap_descriptor *heap = (void *)&g->data[DESCRIPTOR];
	unsigned int i;

	tiler->heap = REF_DATA_VA + 8 * DESCRIPTOR;
	heap->size = PAGE_SIZE;
	heap->base = REF_CHUNK_VA(0);
	heap->bottom = heap->base + CSF_CHUNK_HEADER_SIZE;
	heap->top = heap->base + PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, 0, ref_group_run(ref, g, CSF_CSG_STATE_START));
	EMIT(g, csf_req_resource(CSF_RESOURCE_IDVS), csf_set_sb_entry(2, 1),
	     csf_move48(10, REF_DATA_VA + 8 * HEAP), csf_heap_set(10),
	     csf_heap_operation(CSF_HEAP_VT_START, 0, 0),
	     csf_move48(CSF_REG_TILER_CONTEXT, REF_DATA_VA + 8 * TILER),
	     csf_move32(CSF_REG_IDVS_INDEX_COUNT, 180),
	     csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, 1), csf_run_idvs(0, 0, 1),
	     csf_wait(BIT(2)));
	ref_emit_signal(g);
	ref_kick(ref);
	for (i = 1; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, 0, ref_wait_event(ref, CSF_CS_TILER_OOM));
		KUNIT_EXPECT_EQ(test, REF_DATA_VA + 8 * HEAP,
				ref->cs_out->heap_address);
		KUNIT_EXPECT_EQ(test, 1, ref->cs_out->heap_vt_start);
		ref->cs_in->heap_start = csf_chunk(REF_CHUNK_VA(i), PAGE_SIZE);
		ref->cs_in->heap_end = ref->cs_in->heap_start;
		ref_ack(ref);
	}
	KUNIT_EXPECT_EQ(test, 0, ref_wait_seqno(ref, &g->data[SEQNO], 1));
	KUNIT_EXPECT_EQ(test, 0, g->data[SEQNO + 1]);
	KUNIT_EXPECT_EQ(test, csf_chunk(REF_CHUNK_VA(0), PAGE_SIZE),
			tiler->completed_top);
	KUNIT_EXPECT_EQ(test, csf_chunk(REF_CHUNK_VA(1), PAGE_SIZE),
			tiler->completed_bottom);
}

/* Reset the GPU while an endless stream runs, twice. */
static void ref_survives_reset(struct kunit *test)
{
	struct ref_driver *ref = ref_setup(test);
	struct ref_group *g = &ref->groups[0];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, 0,
				ref_group_run(ref, g, CSF_CSG_STATE_START));
		ref_expect_job(test, ref, g);
		EMIT(g, csf_branch(CSF_COND_ALWAYS, 0, -1));
		ref_kick(ref);
		KUNIT_ASSERT_EQ(test, 0, ref_reset(ref));
			/* Drop the jobs that are still in the ring. */
		g->out->extract = g->in->insert;
	}
	KUNIT_ASSERT_EQ(test, 0, ref_group_run(ref, g, CSF_CSG_STATE_START));
	ref_expect_job(test, ref, g);
	KUNIT_EXPECT_EQ(test, 3, g->data[SEQNO]);
}

static int ref_init_case(struct kunit *test)
{
	struct ref_driver *ref;
	int ret = ref_register(&ref);

	if (!ret)
		test->priv = ref;

	return ret;
}

static void ref_exit_case(struct kunit *test)
{
	if (test->priv)
		ref_unregister();
}

static struct kunit_case ref_cases[] = {
	KUNIT_CASE(ref_two_groups),
	KUNIT_CASE(ref_tiler_oom),
	KUNIT_CASE(ref_survives_reset),
	{}
};

static struct kunit_suite ref_suite = {
	.name = "vcsf_reference",
	.init = ref_init_case,
	.exit = ref_exit_case,
	.test_cases = ref_cases,
};

kunit_test_suite(ref_suite);
