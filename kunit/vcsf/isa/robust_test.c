// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Robustness against memory contents: corrupted suspend buffers, descriptors that
 * change during a job, and streams that hang with jobs in flight.
 *
 * The cases change memory at a chosen moment of virtual time and check that the worst
 * result is a fault of the group: stream state stays consistent and the firmware
 * answers.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/prandom.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "debug/debugfs.h"
#include "engine/engine.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "group.h"

#define MS		((u64)NSEC_PER_MSEC)
#define CODE		(DATA + 0x1000)
#define BAD		0x7000000ULL

/* Offsets in the data page in bytes, except SEQNO, a word */
#define SEQNO		0
#define FBD		0x400
#define TILER		0x800

/* Emit a fragment job of @tiles by @tiles tiles. */
static void vcsf_robust_emit_job(struct vcsf_group_fixture *f, u32 tiles)
{
	u32 last = 16 * tiles - 1;

	EMIT(&f->group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, last << 16 | last),
	     csf_run_fragment(0, 0, 0));
}

/* --- Suspend buffers ---------------------------------------------------------- */

/* Offset of the call stack's depth in struct vcsf_suspend_stream */
#define VCSF_SUSPEND_DEPTH	5

struct vcsf_robust_saved {
	struct vcsf_group_fixture g;
	u64 *words[1024];
	unsigned int count;
};

/* Suspend a group in nested calls, with a job in flight and others waiting for it. */
static void vcsf_robust_save(struct kunit *test, struct vcsf_robust_saved *s)
{
	struct vcsf_group_fixture *f = &s->g;
	unsigned int i;
	u64 *code, va;

	vcsf_group_setup(test, f, 2);
	code = vcsf_host_map_new(&f->vm, CODE);
	code[0] = csf_call(22, 24);
	code[8] = csf_wait(BIT(2) | BIT(3));
	vcsf_robust_emit_job(f, 6);
	EMIT(&f->group, 0, csf_move48(10, DATA), csf_move48(12, 1),
	     csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_SYSTEM, BIT(2), 3),
	     csf_store_state(10, 64, 0, BIT(3), 4), csf_move48(20, CODE),
	     csf_move48(22, CODE + 64), csf_move32(24, 64), csf_call(20, 24));
	vcsf_group_signal(&f->group, 0, 4);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f->host));
	KUNIT_ASSERT_TRUE(test, f->host->hw->mcu->jobs);
	vcsf_host_group_state(&f->group, CSF_CSG_STATE_SUSPEND);

	va = f->group.suspend_va + f->host->hw->mcu->program.suspend_base;
	s->count = vcsf_suspend_stream_size() / sizeof(u64);
	KUNIT_ASSERT_LE(test, s->count, ARRAY_SIZE(s->words));
	for (i = 0; i < s->count; i++)
		s->words[i] = vcsf_host_mcu_ptr(f->host, va + i * sizeof(u64));
}

/* Resume the group from the buffer and check that the stream is consistent. */
static struct vcsf_cs *vcsf_robust_resume(struct kunit *test,
					  struct vcsf_group_fixture *f)
{
	struct vcsf_host *host = f->host;
	struct vcsf_cs *cs = &host->hw->mcu->csgs[0].cs[0];

	vcsf_host_group_bind(&f->group, 0);
	vcsf_host_group_state(&f->group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_TRUE(test, vcsf_host_cs_valid(cs));

	return cs;
}

static void vcsf_robust_end(struct kunit *test, struct vcsf_group_fixture *f)
{
	vcsf_host_group_ack(&f->group);
	vcsf_host_write(f->host, CSF_MMU_IRQ_CLEAR, ~0U);
	/* The firmware must still answer. */
	vcsf_host_ping(f->host);
	vcsf_host_group_state(&f->group, CSF_CSG_STATE_TERMINATE);
}

/* Replace each word of a valid buffer, one at a time. */
static void vcsf_robust_words(struct kunit *test)
{
	struct vcsf_robust_saved *s = kunit_kzalloc(test, sizeof(*s),
						    GFP_KERNEL);
	struct rnd_state random;
	unsigned int i, j;

	KUNIT_ASSERT_NOT_NULL(test, s);
	prandom_seed_state(&random, 1);
	vcsf_robust_save(test, s);
	for (i = 0; i < s->count; i++) {
		u64 genuine = *s->words[i];
		const u64 others[] = {
			0, ~0ULL, genuine ^ BIT_ULL(prandom_u32_state(&random) % 64),
			genuine ^ 0x0808080808080808ULL, genuine + (8ULL << 32),
		};

		for (j = 0; j < ARRAY_SIZE(others); j++) {
			WRITE_ONCE(*s->words[i], others[j]);
			vcsf_robust_resume(test, &s->g);
			/* Let it run for a while, including the job. */
			KUNIT_ASSERT_TRUE(test, vcsf_host_advance(s->g.host,
								  10 * NSEC_PER_USEC));
			vcsf_robust_end(test, &s->g);
		}
		WRITE_ONCE(*s->words[i], genuine);
	}
	kunit_info(test, "%u words replaced", s->count);

	/* The unchanged buffer still resumes and completes. */
	WRITE_ONCE(s->g.data[SEQNO], 0);
	WRITE_ONCE(s->g.data[4], 0);
	vcsf_robust_resume(test, &s->g);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(s->g.host, 10 * MS));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(s->g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(s->g.data[4]));
}

/* A call depth in the frame reserved for the exception handler is an error. */
static void vcsf_robust_depth(struct kunit *test)
{
	struct vcsf_robust_saved *s = kunit_kzalloc(test, sizeof(*s),
						    GFP_KERNEL);
	struct vcsf_cs *cs;
	unsigned int depth;

	KUNIT_ASSERT_NOT_NULL(test, s);
	vcsf_robust_save(test, s);
	for (depth = CSF_CS_CALL_DEPTH - 1; depth <= U8_MAX; depth++) {
		((u8 *)s->words[0])[VCSF_SUSPEND_DEPTH] = depth;
		cs = vcsf_robust_resume(test, &s->g);
		KUNIT_EXPECT_EQ(test, depth >= CSF_CS_CALL_DEPTH,
				cs->state == VCSF_CS_FATAL &&
				cs->error == CSF_EXC_FW_INTERNAL_ERROR);
		vcsf_robust_end(test, &s->g);
	}
}

/* Resume in the MCU's address space, which a group must not use */
static void vcsf_robust_wrong_space(struct kunit *test)
{
	struct vcsf_robust_saved *s = kunit_kzalloc(test, sizeof(*s),
						    GFP_KERNEL);
	struct vcsf_host *host = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, s);
	vcsf_robust_save(test, s);
	vcsf_host_group_bind(&s->g.group, 0);
	s->g.group.in->config = 0;
	vcsf_host_group_state(&s->g.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&s->g, 0,
							 CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT,
			s->g.group.queues[0].cs_out->fatal);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 10 * MS));
	/* Neither the job nor deferred instructions ran in that address space. */
	KUNIT_EXPECT_EQ(test, 0, host->hw->mcu->jobs);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_MMU_IRQ_RAWSTAT) &
				 CSF_MMU_IRQ_FAULT(0));
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_ENABLED,
			vcsf_host_read(host, CSF_MCU_STATUS));
	vcsf_robust_end(test, &s->g);
}

/* --- Jobs ------------------------------------------------------------------------ */

/*
 * A job that is not a clear when it starts takes its time in one step. If its
 * descriptors make it a clear by its end, the clear must be done in batches,
 * because a single step would take too much time of the host's CPU.
 */
static void vcsf_robust_turns_clear(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_fbd *fbd;
	unsigned int looks;

	vcsf_group_setup(test, &f, 1);
	fbd = (void *)f.data + FBD;
	fbd->tiler = DATA + TILER;
	WRITE_ONCE(f.data[TILER / 8], 1);
	vcsf_robust_emit_job(&f, 64);
	EMIT(&f.group, 0, csf_wait(BIT(2)));
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	WRITE_ONCE(f.data[TILER / 8], 0);
	/* 64 x 64 tiles of 250 ns on 4 cores take 256 us. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 256 * NSEC_PER_USEC));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO]));
	for (looks = 0; looks < 256 && !READ_ONCE(f.data[SEQNO]); looks++)
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, NSEC_PER_USEC));
	/* A batch of 16 tiles takes 1 us. */
	KUNIT_EXPECT_EQ(test, 256, looks);
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO + 1]));
}

/* A stream blocks if it issues more deferred instructions than can be queued. */
static void vcsf_robust_no_room(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;
	unsigned int i;

	vcsf_group_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	vcsf_robust_emit_job(&f, 64);
	EMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 1));
	for (i = 0; i < VCSF_DEFERRED_MAX; i++)
		EMIT(&f.group, 0, csf_sync_add64(10, 12, 0,
						 CSF_SYNC_SCOPE_SYSTEM, BIT(2),
						 3));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_DEFERRED,
			out->status_blocked_reason);
	KUNIT_EXPECT_EQ(test, 0, out->status_wait);
	KUNIT_EXPECT_EQ(test, BIT(2) | BIT(3), out->status_scoreboards);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS));
	KUNIT_EXPECT_EQ(test, VCSF_DEFERRED_MAX, READ_ONCE(f.data[SEQNO]));
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_NONE, out->status_blocked_reason);
}

/* --- Streams that hang ------------------------------------------------------------ */

static void vcsf_robust_hang(struct vcsf_host *host)
{
	const struct vcsf_inject_setting once = {
		.count = 1, .one_in = 1, .only = ~0U,
	};

	vcsf_inject_set(host->hw, VCSF_INJECT_HANG, &once);
}

/* The fault of an earlier deferred instruction, once acknowledged, ends no hang. */
static void vcsf_robust_hung_fault(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct vcsf_cs *cs;

	vcsf_group_setup(test, &f, 1);
	cs = &f.host->hw->mcu->csgs[0].cs[0];
	vcsf_robust_emit_job(&f, 64);
	EMIT(&f.group, 0, csf_move48(10, BAD), csf_move48(12, 1),
	     csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_SYSTEM, BIT(2), 3));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_robust_hang(f.host);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_ASSERT_EQ(test, VCSF_CS_HUNG, cs->state);

	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT,
			f.group.queues[0].cs_out->fault);
	vcsf_host_group_ack(&f.group);
	vcsf_host_write(f.host, CSF_MMU_IRQ_CLEAR, ~0U);
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, VCSF_CS_HUNG, cs->state);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO]));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
}

static bool vcsf_robust_timer_expired(struct vcsf_group_fixture *f)
{
	return (f->group.out->ack ^ f->group.in->req) & CSF_CSG_PROGRESS_TIMER;
}

/* A group with a hung stream makes no progress, even without a job. */
static void vcsf_robust_hung_progress(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	f.host->glb_in->progress_timer = 20 * MS >> 10;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host,
						  CSF_GLB_CFG_PROGRESS_TIMER,
						  CSF_GLB_CFG_PROGRESS_TIMER));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 100 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_robust_timer_expired(&f));

	vcsf_robust_hang(f.host);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 19 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_robust_timer_expired(&f));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 2 * MS));
	KUNIT_EXPECT_TRUE(test, vcsf_robust_timer_expired(&f));
	/* The event is raised once. */
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 100 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_robust_timer_expired(&f));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	KUNIT_EXPECT_EQ(test, 0, f.host->hw->mcu->hung);
}

/* Time in which the limit of the CPU time holds streams and jobs back does not count. */
static void vcsf_robust_held_progress(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct vcsf_duty *duty;

	vcsf_group_setup(test, &f, 1);
	duty = &f.host->hw->engine->duty;
	f.host->glb_in->progress_timer = 20 * MS >> 10;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host,
						  CSF_GLB_CFG_PROGRESS_TIMER,
						  CSF_GLB_CFG_PROGRESS_TIMER));
	vcsf_robust_hang(f.host);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 10 * MS));

	/* The engine sleeps. Its debt is larger than what the test takes. */
	vcsf_duty_init(duty, 1);
	vcsf_duty_wait(duty, vcsf_duty_clock(duty));
	duty->used = NSEC_PER_SEC;
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 100 * MS));
	KUNIT_EXPECT_NE(test, 0, duty->throttles);
	KUNIT_EXPECT_FALSE(test, vcsf_robust_timer_expired(&f));

	vcsf_duty_init(duty, VCSF_DUTY_MAX);
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 8 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_robust_timer_expired(&f));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 3 * MS));
	KUNIT_EXPECT_TRUE(test, vcsf_robust_timer_expired(&f));
	vcsf_host_group_ack(&f.group);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
}

static int vcsf_robust_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_robust_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_robust_cases[] = {
	KUNIT_CASE_SLOW(vcsf_robust_words),
	KUNIT_CASE(vcsf_robust_depth),
	KUNIT_CASE(vcsf_robust_wrong_space),
	KUNIT_CASE(vcsf_robust_turns_clear),
	KUNIT_CASE(vcsf_robust_no_room),
	KUNIT_CASE(vcsf_robust_hung_fault),
	KUNIT_CASE(vcsf_robust_hung_progress),
	KUNIT_CASE(vcsf_robust_held_progress),
	{}
};

static struct kunit_suite vcsf_robust_suite = {
	.name = "vcsf_robust",
	.init = vcsf_robust_init_case,
	.exit = vcsf_robust_exit_case,
	.test_cases = vcsf_robust_cases,
};

kunit_test_suite(vcsf_robust_suite);
