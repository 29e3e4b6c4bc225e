// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions one by one: sync objects, scoreboards, deferred instructions.
 *
 * As in isa_test.c, each case runs a few words in a stream without firmware.
 */

#include <linux/bitfield.h>

#include "group/group.h"
#include "group/stream.h"
#include "stream.h"

static void vcsf_sync_obj_write(struct kunit *test)
{
	struct vcsf_stream f;
	struct csf_sync64 *s64;
	struct csf_sync32 *s32;

	vcsf_stream_setup(test, &f);
	s64 = (void *)f.data;
	s32 = (void *)f.data + 0x100;
	s64->seqno = 0xffffffff;
	s32->seqno = 0xffffffff;
	s64->status = 7;
	RUN(&f, csf_move48(10, DATA), csf_move48(12, 2),
	    csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP, 0, 0),
	    csf_move48(10, DATA + 0x100),
	    csf_sync_add32(10, 12, 0, CSF_SYNC_SCOPE_GROUP, 0, 0));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 0x100000001ULL, s64->seqno);
	KUNIT_EXPECT_EQ(test, 7, s64->status);
	KUNIT_EXPECT_EQ(test, 1, s32->seqno);
	KUNIT_EXPECT_EQ(test, 0, s32->status);
	KUNIT_EXPECT_EQ(test, 0, f.cs->csg->events & CSF_CSG_SYNC_UPDATE);

	RUN(&f, csf_move48(10, DATA), csf_move48(12, 5),
	    csf_sync_set64(10, 12, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0),
	    csf_move48(10, DATA + 0x100),
	    csf_sync_set32(10, 12, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 5, s64->seqno);
	KUNIT_EXPECT_EQ(test, 0, s64->status);
	KUNIT_EXPECT_EQ(test, 5, s32->seqno);
	KUNIT_EXPECT_TRUE(test, f.cs->csg->events & CSF_CSG_SYNC_UPDATE);
	RUN(&f, csf_sync_set32(10, 12, 1, 1, 0, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC);
}

static void vcsf_sync_obj_error(struct kunit *test)
{
	struct vcsf_stream f;
	struct csf_sync64 *s64;

	vcsf_stream_setup(test, &f);
	s64 = (void *)f.data;
	RUN(&f, csf_move48(10, NOWHERE), csf_load_multiple(0, 10, 1, 0));
	RUN(&f, csf_move48(10, DATA), csf_move48(12, 1),
	    csf_sync_add64(10, 12, 1, CSF_SYNC_SCOPE_GROUP, 0, 0));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, s64->status);
	/* A wait for the object inherits the error, unless it rejects errors. */
	RUN(&f, csf_move48(12, 0), csf_error_barrier(),
	    csf_sync_wait64(10, 12, CSF_COND_GT, 1));
	vcsf_stream_expect_done(test, &f);
	RUN(&f, csf_sync_wait64(10, 12, CSF_COND_GT, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_CS_INHERIT_FAULT);
	/* The error barrier has ended the error. */
	RUN(&f, csf_move48(12, 1), csf_error_barrier(),
	    csf_sync_add64(10, 12, 1, CSF_SYNC_SCOPE_GROUP, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, s64->status);
}

static void vcsf_sync_obj_wait(struct kunit *test)
{
	struct vcsf_stream f;
	struct csf_sync64 *s64;

	vcsf_stream_setup(test, &f);
	s64 = (void *)f.data;
	s64->seqno = 0x100000000ULL;
	RUN(&f, csf_move48(10, DATA), csf_move48(12, 0x100000000ULL),
	    csf_sync_wait64(10, 12, CSF_COND_LE, 0));
	vcsf_stream_expect_done(test, &f);
	RUN(&f, csf_sync_wait64(10, 12, CSF_COND_GT, 0));
	KUNIT_EXPECT_EQ(test, VCSF_CS_WAIT_SYNC, f.cs->state);
	KUNIT_EXPECT_EQ(test, DATA, f.cs->wait.addr);
	KUNIT_EXPECT_EQ(test, 0x100000000ULL, f.cs->wait.value);
	KUNIT_EXPECT_EQ(test, CSF_CS_WAIT_SYNC | CSF_CS_WAIT_SYNC_64B |
			      FIELD_PREP(CSF_CS_WAIT_SYNC_COND,
					 CSF_CS_WAIT_SYNC_COND_GT),
			f.cs->wait.status);
	KUNIT_EXPECT_EQ(test, CODE, f.cs->frame->pc);
	/* The low 32 bits are zero. */
	RUN(&f, csf_sync_wait32(10, 12, CSF_COND_LE, 1));
	vcsf_stream_expect_done(test, &f);
	RUN(&f, csf_sync_wait64(10, 12, 2, 0));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
}

/* Deferred instructions execute in the order that their scoreboard entries demand. */
static void vcsf_sync_deferred(struct kunit *test)
{
	struct vcsf_stream f;
	struct csf_sync64 *s64;

	vcsf_stream_setup(test, &f);
	s64 = (void *)f.data;
	RUN(&f, csf_move48(10, DATA), csf_move48(12, 3), csf_move32(14, 0),
	    csf_flush_cache2(3, 3, 2, 14, 0, 1),
	    csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP, BIT(1), 2),
		    /* Operands are read at issue. */
	    csf_move48(10, NOWHERE), csf_move48(12, 0), csf_wait(BIT(2)));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 3, s64->seqno);
	KUNIT_EXPECT_EQ(test, 0, f.cs->busy);
	KUNIT_EXPECT_EQ(test, 2, vcsf_host_read(f.host, CSF_LATEST_FLUSH_ID));
	/* An instruction must not wait for its own entry, which would never end. */
	RUN(&f, csf_flush_cache2(3, 3, 2, 14, BIT(1), 1));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	RUN(&f, csf_flush_cache2(3, 3, 2, 14, 0, 8));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	RUN(&f, csf_flush_cache2(4, 3, 2, 14, 0, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC);
}

/* More deferred instructions than can be queued */
static void vcsf_sync_deferred_many(struct kunit *test)
{
	u64 words[70];
	struct vcsf_stream f;
	unsigned int i;

	vcsf_stream_setup(test, &f);
	words[0] = csf_move48(10, DATA);
	words[1] = csf_move48(12, 1);
	for (i = 2; i < 68; i += 2) {
		words[i] = csf_flush_cache2(3, 3, 2, 20, 0, i / 2 % 4);
		words[i + 1] = csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP,
					      BIT(i / 2 % 4), 4 + i / 2 % 4);
	}
	words[68] = csf_wait(0xff);
	words[69] = csf_nop();
	vcsf_stream_run(&f, words, 70);
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 33, f.data[0]);
	KUNIT_EXPECT_EQ(test, 0, f.cs->busy);
}

/* A locked region stalls a deferred store, and nothing else. */
static void vcsf_sync_deferred_stalls(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	/* The smallest region is 32 KiB, and the code is outside of it. */
	vcsf_host_lock(&f.vm, DATA, 15);
	RUN(&f, csf_move48(10, DATA), csf_move48(12, 9), csf_move32(14, 0),
	    csf_flush_cache2(3, 3, 2, 14, 0, 1),
	    csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP, BIT(1), 2),
	    csf_wait(BIT(1)), csf_move32(30, 1), csf_wait(BIT(2)));
	KUNIT_EXPECT_EQ(test, VCSF_CS_WAIT_SB, f.cs->state);
	KUNIT_EXPECT_EQ(test, BIT(2), f.cs->busy);
	KUNIT_EXPECT_EQ(test, 1, f.cs->regs[30]);
	KUNIT_EXPECT_EQ(test, 0, f.data[0]);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	RUN(&f, csf_wait(BIT(2)));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 9, f.data[0]);
}

static int vcsf_sync_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_sync_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_sync_cases[] = {
	KUNIT_CASE(vcsf_sync_obj_write),
	KUNIT_CASE(vcsf_sync_obj_error),
	KUNIT_CASE(vcsf_sync_obj_wait),
	KUNIT_CASE(vcsf_sync_deferred),
	KUNIT_CASE(vcsf_sync_deferred_many),
	KUNIT_CASE(vcsf_sync_deferred_stalls),
	{}
};

static struct kunit_suite vcsf_sync_suite = {
	.name = "vcsf_sync",
	.init = vcsf_sync_init_case,
	.exit = vcsf_sync_exit_case,
	.test_cases = vcsf_sync_cases,
};

kunit_test_suite(vcsf_sync_suite);
