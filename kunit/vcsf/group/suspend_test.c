// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Suspend and resume of a group, on any slot, preserve all of its state.
 *
 * One case suspends eight streams in the middle of their work and compares stream
 * state, status words and suspend buffer, bit by bit. The other one suspends the group
 * over and over during its work and compares the memory that it has written with
 * that of an undisturbed run. The virtual clock makes the moments repeatable.
 */

#include <linux/mm.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "full_state.h"

#define US	((u64)NSEC_PER_USEC)
#define MS	((u64)NSEC_PER_MSEC)

/* At this time, both jobs have had cores and neither is done. */
#define CAUGHT_AT	(1300 * US)

/* Limit for streams that take 5 ms of work */
#define LIMIT		(60 * MS)

/* --- State at one moment ------------------------------------------------------ */

/* Suspend buffer and status words of a suspended group */
struct vcsf_suspended {
	u64 *words;
	size_t size;
	struct csf_cs_output status[FULL_STREAMS];
};

static struct vcsf_suspended *vcsf_suspended_alloc(struct kunit *test,
						   struct vcsf_full *s)
{
	struct csf_csg_control *control =
		vcsf_host_mcu_ptr(s->host, CSF_FW_SHARED_START +
					   CSF_GLB_GROUP_CONTROL_OFFSET);
	struct vcsf_suspended *to = kunit_kzalloc(test, sizeof(*to),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	to->size = control->suspend_size;
	to->words = kunit_kzalloc(test, to->size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, to->words);

	return to;
}

static void vcsf_suspended_copy(struct vcsf_full *s, struct vcsf_suspended *to)
{
	size_t i, step;

	for (i = 0; i < to->size; i += step) {
		u32 va = s->group.suspend_va + i;

		step = min_t(size_t, to->size - i, PAGE_SIZE);
		memcpy((void *)to->words + i, vcsf_host_mcu_ptr(s->host, va),
		       step);
	}
	for (i = 0; i < FULL_STREAMS; i++)
		to->status[i] = *s->group.queues[i].cs_out;
}

static void vcsf_suspended_expect(struct kunit *test,
				  const struct vcsf_suspended *a,
				  const struct vcsf_suspended *b)
{
	const size_t status = offsetof(struct csf_cs_output, status_cmd_ptr);
	size_t i, differ = 0;

	for (i = 0; i < a->size / sizeof(u64); i++) {
		if (a->words[i] == b->words[i])
			continue;
		differ++;
		kunit_info(test, "suspend buffer differs at %#zx: %#llx, was %#llx", 8 * i,
			   b->words[i], a->words[i]);
	}
	KUNIT_EXPECT_EQ(test, 0, differ);
	for (i = 0; i < FULL_STREAMS; i++)
		KUNIT_EXPECT_MEMEQ(test, (void *)&a->status[i] + status,
				   (void *)&b->status[i] + status,
				   offsetof(struct csf_cs_output, rsvd_68) -
				   status);
}

/* Copy the engine's stream state, without the cores that a job has at the moment. */
static struct vcsf_cs *vcsf_suspend_streams(struct kunit *test,
					    struct vcsf_full *s)
{
	const struct vcsf_cs *from = s->host->hw->mcu->csgs[s->group.slot].cs;
	struct vcsf_cs *to;
	unsigned int i, j;

	to = kunit_kmalloc_array(test, FULL_STREAMS, sizeof(*to), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, to);
	memcpy(to, from, FULL_STREAMS * sizeof(*to));
	for (i = 0; i < FULL_STREAMS; i++) {
		to[i].frame = to[i].frames + (from[i].frame - from[i].frames);
		for (j = 0; j < to[i].deferred_count; j++)
			to[i].deferred[j].cores = 0;
	}

	return to;
}

static void vcsf_suspend_expect_stream(struct kunit *test,
				       const struct vcsf_cs *a,
				       const struct vcsf_cs *b)
{
	size_t depth = a->frame - a->frames;

	KUNIT_EXPECT_EQ(test, a->state, b->state);
	KUNIT_EXPECT_MEMEQ(test, a->regs, b->regs, sizeof(a->regs));
	KUNIT_EXPECT_MEMEQ(test, a->scoreboard, b->scoreboard,
			   sizeof(a->scoreboard));
	KUNIT_EXPECT_EQ(test, a->busy, b->busy);
	KUNIT_EXPECT_EQ(test, a->sb_endpoint, b->sb_endpoint);
	KUNIT_EXPECT_EQ(test, a->sb_other, b->sb_other);
	KUNIT_EXPECT_EQ(test, a->error, b->error);
	KUNIT_EXPECT_EQ(test, a->resources, b->resources);
	KUNIT_EXPECT_EQ(test, a->progress, b->progress);
	KUNIT_EXPECT_EQ(test, a->heap, b->heap);
	KUNIT_EXPECT_EQ(test, a->oom_handler, b->oom_handler);
	KUNIT_EXPECT_EQ(test, a->oom_handler_size, b->oom_handler_size);
	KUNIT_EXPECT_EQ(test, a->handler, b->handler);
	KUNIT_EXPECT_EQ(test, a->oom.state, b->oom.state);
	KUNIT_EXPECT_EQ(test, a->oom.chunk, b->oom.chunk);
	KUNIT_EXPECT_EQ(test, a->oom.heap, b->oom.heap);
	KUNIT_EXPECT_EQ(test, a->wait.addr, b->wait.addr);
	KUNIT_EXPECT_EQ(test, a->wait.value, b->wait.value);
	KUNIT_EXPECT_EQ(test, a->wait.status, b->wait.status);
	KUNIT_ASSERT_EQ(test, depth, b->frame - b->frames);
	KUNIT_EXPECT_MEMEQ(test, a->frames, b->frames,
			   (depth + 1) * sizeof(a->frames[0]));
	KUNIT_ASSERT_EQ(test, a->deferred_count, b->deferred_count);
	KUNIT_EXPECT_MEMEQ(test, a->deferred, b->deferred,
			   a->deferred_count * sizeof(a->deferred[0]));
}

/* Overwrite the state that is left on a slot, which a resume must not use. */
static void vcsf_suspend_spoil(struct vcsf_full *s, unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < FULL_STREAMS; i++) {
		struct vcsf_cs *cs = &s->host->hw->mcu->csgs[slot].cs[i];

		memset(cs->regs, 0xa5, sizeof(cs->regs));
		memset(cs->frames, 0xa5, sizeof(cs->frames));
		memset(cs->deferred, 0xa5, sizeof(cs->deferred));
		memset(&cs->wait, 0xa5, sizeof(cs->wait));
		cs->sb_endpoint = 6;
		cs->sb_other = 6;
		cs->error = CSF_EXC_KABOOM;
		cs->resources = 0xf;
		cs->progress = ~0ULL;
		cs->heap = 0xa5a5a500;
		cs->oom_handler = 0xa5a5a5a0;
		cs->oom_handler_size = 0xa50;
		cs->oom.chunk = 0xa5a5a5a5;
	}
}

/* Check that the state to compare is there, so that the comparison means something. */
static void vcsf_suspend_expect_full(struct kunit *test,
				     struct vcsf_cs *streams)
{
	static const enum vcsf_cs_state states[FULL_STREAMS] = {
		[FULL_COMPUTE] = VCSF_CS_WAIT_SYNC,
		[FULL_TILER] = VCSF_CS_WAIT_SB,
		[FULL_HANDLER] = VCSF_CS_WAIT_SYNC,
		[FULL_PROGRESS] = VCSF_CS_WAIT_PROGRESS,
		[FULL_FAULT] = VCSF_CS_WAIT_SYNC,
		[FULL_LOOP] = VCSF_CS_WAIT_SYNC,
		[FULL_FRAGMENT] = VCSF_CS_WAIT_SB,
		[FULL_PROTECTED] = VCSF_CS_WAIT_PROTM,
	};
	struct vcsf_cs *compute = &streams[FULL_COMPUTE];
	struct vcsf_deferred *op;
	unsigned int i;

	for (i = 0; i < FULL_STREAMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, states[i], streams[i].state,
				    "stream %u", i);
	KUNIT_EXPECT_PTR_EQ(test, &compute->frames[FULL_DEPTH],
			    compute->frame);
	KUNIT_EXPECT_EQ(test, 5, compute->deferred_count);
	/* The short job is done, and the long one was issued after this instruction. */
	KUNIT_EXPECT_EQ(test, 0, compute->deferred[0].unit);
	KUNIT_EXPECT_EQ(test, BIT(3), compute->deferred[0].wait);
	KUNIT_EXPECT_EQ(test, 0x77, compute->progress);
	op = vcsf_jobs_head(compute, VCSF_UNIT_COMPUTE);
	KUNIT_ASSERT_NOT_NULL(test, op);
	KUNIT_EXPECT_GT(test, op->work, 0);
	KUNIT_EXPECT_LT(test, op->work, 80 * US * VCSF_WORK_PER_NS);
	op = vcsf_jobs_head(&streams[FULL_FRAGMENT], VCSF_UNIT_FRAGMENT);
	KUNIT_ASSERT_NOT_NULL(test, op);
	KUNIT_EXPECT_GT(test, op->work, 0);
	KUNIT_EXPECT_EQ(test, VCSF_OOM_ASKED, streams[FULL_TILER].oom.state);
	KUNIT_EXPECT_EQ(test, VCSF_OOM_HANDLER,
			streams[FULL_HANDLER].oom.state);
	KUNIT_EXPECT_NE(test, 0, streams[FULL_HANDLER].handler);
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, streams[FULL_FAULT].error);
}

/* Suspend and resume all streams in the middle of their work, on each slot in turn. */
static void vcsf_suspend_bit_exact(struct kunit *test)
{
	struct vcsf_suspended *first, *again;
	struct vcsf_cs *streams;
	struct vcsf_full *s;
	unsigned int slot, i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	vcsf_full_setup(test, s);
	vcsf_full_begin(s);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(s->host, CAUGHT_AT));
	vcsf_full_serve(test, s, FULL_ALL & ~BIT(FULL_TILER));
	/* The endpoint request makes the cores account for the work done so far. */
	vcsf_host_group_state(&s->group, CSF_CSG_STATE_START);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(s->host));
	streams = vcsf_suspend_streams(test, s);
	vcsf_suspend_expect_full(test, streams);

	first = vcsf_suspended_alloc(test, s);
	again = vcsf_suspended_alloc(test, s);
	vcsf_host_group_state(&s->group, CSF_CSG_STATE_SUSPEND);
	vcsf_suspended_copy(s, first);
	for (slot = 1; slot < 8; slot++) {
		struct vcsf_cs *now;

		/* No work is done off the slot. */
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(s->host, 3 * MS));
		vcsf_suspend_spoil(s, slot % 4);
		vcsf_host_group_bind(&s->group, slot % 4);
		vcsf_host_group_state(&s->group, CSF_CSG_STATE_RESUME);
		KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(s->host));
		now = vcsf_suspend_streams(test, s);
		for (i = 0; i < FULL_STREAMS; i++)
			vcsf_suspend_expect_stream(test, &streams[i], &now[i]);
		vcsf_host_group_state(&s->group, CSF_CSG_STATE_SUSPEND);
		vcsf_suspended_copy(s, again);
		vcsf_suspended_expect(test, first, again);
	}
}

/* --- State at many moments ---------------------------------------------------- */

/*
 * Run the streams to their end and return a copy of the pages that they have written.
 * With an @interval, move the group to another slot each time that @interval has
 * passed, and before that some times while streams run.
 */
static void *vcsf_suspend_play(struct kunit *test, u64 interval)
{
	u64 step = interval ?: 100 * US, passed = 0;
	struct vcsf_full *s;
	unsigned int i;
	u8 *image;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	image = kunit_kzalloc(test, FULL_PAGES * PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, image);
	vcsf_full_setup(test, s);
	vcsf_full_begin(s);
	for (i = 0; interval && i < 20; i++)
		vcsf_full_move(s, (s->group.slot + 1) % 4);
	while (!vcsf_full_done(s) && passed < LIMIT) {
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(s->host, step));
		passed += step;
		if (passed >= 2 * CAUGHT_AT)
			vcsf_full_open_gate(s);
		vcsf_full_serve(test, s, FULL_ALL);
		if (interval)
			vcsf_full_move(s, (s->group.slot + 1) % 4);
	}
	KUNIT_EXPECT_TRUE(test, vcsf_full_done(s));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(s->host));
	for (i = 0; i < FULL_PAGES; i++)
		memcpy(image + i * PAGE_SIZE, s->pages[i], PAGE_SIZE);
	vcsf_host_destroy(s->host);
	test->priv = NULL;

	return image;
}

/* Results do not depend on how often the group was suspended. */
static void vcsf_suspend_same_results(struct kunit *test)
{
	static const u64 intervals[] = { 37 * US, 211 * US };
	u8 *expected = vcsf_suspend_play(test, 0);
	unsigned int i, page;

	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		u8 *image = vcsf_suspend_play(test, intervals[i]);

		for (page = 0; page < FULL_PAGES; page++)
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(expected + page * PAGE_SIZE,
						   image + page * PAGE_SIZE,
						   PAGE_SIZE),
					    "page %u", page);
	}
	/* Something was written, up to the last pixel of the render target. */
	page = FULL_PAGES - 1;
	KUNIT_EXPECT_EQ(test, 0x44332211,
			*(u32 *)(expected + page * PAGE_SIZE - 4));
}

static void vcsf_suspend_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_suspend_cases[] = {
	KUNIT_CASE(vcsf_suspend_bit_exact),
	KUNIT_CASE(vcsf_suspend_same_results),
	{}
};

static struct kunit_suite vcsf_suspend_suite = {
	.name = "vcsf_suspend",
	.exit = vcsf_suspend_exit_case,
	.test_cases = vcsf_suspend_cases,
};

kunit_test_suite(vcsf_suspend_suite);
