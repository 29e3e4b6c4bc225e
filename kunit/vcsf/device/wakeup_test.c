// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The engine must not go to sleep while a stream can run.
 *
 * With the virtual clock, only the test can wake the engine. So the cases check the
 * result after a single event (a job's end, a write, an unlock) without a poll.
 */

#include <linux/platform_device.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "engine/engine.h"
#include "regs/clock.h"
#include "group.h"

#define MS	((u64)NSEC_PER_MSEC)

/* Words of the data page: sync objects for the host, and one between streams */
#define SEQNO(stream)	(2 * (stream))
#define BETWEEN		16
#define FBD		64

/* Emit a job of 1 ms on all cores to stream 0. */
static void vcsf_wakeup_emit_job(struct vcsf_group_fixture *f)
{
	EMIT(&f->group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 4000),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 1));
}

/*
 * At the end of its job, stream 0 has no instruction left, but other streams wait for
 * its deferred write and for its progress counter. They continue at that moment,
 * not at the next poll.
 */
static void vcsf_wakeup_by_job(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 3);
	f.host->hw->config.shaders = 0;
	vcsf_wakeup_emit_job(&f);
	EMIT(&f.group, 0, csf_move48(60, DATA + 8 * BETWEEN), csf_move48(62, 1),
	     csf_sync_add64(60, 62, 0, CSF_SYNC_SCOPE_GROUP, BIT(2), 4));
	EMIT(&f.group, 1, csf_move48(60, DATA + 8 * BETWEEN), csf_move48(62, 0),
	     csf_sync_wait64(60, 62, CSF_COND_GT, 0));
	vcsf_group_emit_signal(&f.group, 1, SEQNO(1));
	EMIT(&f.group, 2, csf_move48(60, 1), csf_progress_wait(0, 60));
	vcsf_group_signal(&f.group, 2, SEQNO(2));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS - 1));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[BETWEEN]));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO(1)]));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO(2)]));
	vcsf_clock_advance(f.host->hw, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[BETWEEN]));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO(1)]));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO(2)]));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.host->hw->engine->repolls));
}

/* The same for a group in another address space, due to the scope of the write */
static void vcsf_wakeup_by_group(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct vcsf_host_group other;
	struct vcsf_host_vm vm;

	vcsf_group_setup(test, &f, 1);
	vcsf_host_vm_init(f.host, &vm, 2);
	vcsf_host_map(&vm, DATA, virt_to_page(f.data), VCSF_HOST_PTE);
	vcsf_host_group_init(f.host, &vm, &other, 1);
	vcsf_host_enable(&vm);
	vcsf_host_group_bind(&other, 1);
	vcsf_host_group_state(&other, CSF_CSG_STATE_START);

	EMIT(&f.group, 0, csf_move48(60, DATA + 8 * BETWEEN), csf_move48(62, 0),
	     csf_sync_wait64(60, 62, CSF_COND_GT, 0));
	vcsf_group_signal(&f.group, 0, SEQNO(0));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO(0)]));
	vcsf_group_signal(&other, 0, BETWEEN);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO(0)]));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.host->hw->engine->repolls));
}

/* Start a job of stream 0 that stalls, so that the group makes no progress. */
static void vcsf_wakeup_stall_job(struct kunit *test,
				  struct vcsf_group_fixture *f)
{
	f->host->glb_in->progress_timer = 20 * MS >> 10;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f->host,
						  CSF_GLB_CFG_PROGRESS_TIMER,
						  CSF_GLB_CFG_PROGRESS_TIMER));
	EMIT(&f->group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 8 * FBD) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 0), csf_run_fragment(0, 0, 0));
	vcsf_host_lock(&f->vm, DATA, 15);
	vcsf_host_kick(&f->group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->host, MS));
}

static bool vcsf_wakeup_timer_expired(struct vcsf_group_fixture *f)
{
	return (READ_ONCE(f->group.out->ack) ^ f->group.in->req) &
	       CSF_CSG_PROGRESS_TIMER;
}

/*
 * The firmware stalls on a locked region of the MCU when another address space is
 * unlocked: streams that stall in the latter must be woken up nevertheless. The event
 * that the firmware reports is chosen so that it has nothing to do afterwards.
 */
static void vcsf_wakeup_by_unlock(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	vcsf_wakeup_stall_job(test, &f);
	vcsf_group_signal(&f.group, 1, SEQNO(1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO(1)]));

	vcsf_host_lock(&f.host->mcu, 0, 64);
	vcsf_clock_advance(f.host->hw, 20 * MS);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_FALSE(test, vcsf_wakeup_timer_expired(&f));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO(1)]));
	vcsf_host_command(&f.host->mcu, CSF_AS_COMMAND_UNLOCK);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_TRUE(test, vcsf_wakeup_timer_expired(&f));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO(1)]));
	/* The job continues, too, but takes time. */
	KUNIT_EXPECT_EQ(test, 1, f.group.queues[0].out->active);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS));
	KUNIT_EXPECT_EQ(test, 0, f.group.queues[0].out->active);
}

/*
 * A CPU writes the sync object without a doorbell. However long the first wait took,
 * the next wait for the same object starts with short poll intervals again.
 */
static void vcsf_wakeup_waits_again(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_move48(60, DATA + 8 * BETWEEN), csf_move48(62, 0));
	for (i = 0; i < 2; i++) {
		EMIT(&f.group, 0, csf_sync_wait64(60, 62, CSF_COND_GT, 0),
		     csf_sync_set64(60, 62, 0, CSF_SYNC_SCOPE_GROUP, 0, 0));
		vcsf_group_emit_signal(&f.group, 0, SEQNO(0));
	}
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1500 * MS));
	WRITE_ONCE(f.data[BETWEEN], 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1000 * MS));
	KUNIT_ASSERT_EQ(test, 1, READ_ONCE(f.data[SEQNO(0)]));
	KUNIT_ASSERT_EQ(test, 0, READ_ONCE(f.data[BETWEEN]));
	WRITE_ONCE(f.data[BETWEEN], 1);
	/* With the interval of the first wait, the next poll would be later. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 500 * MS));
	KUNIT_EXPECT_EQ(test, 2, READ_ONCE(f.data[SEQNO(0)]));
}

static int vcsf_wakeup_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_wakeup_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_wakeup_cases[] = {
	KUNIT_CASE(vcsf_wakeup_by_job),
	KUNIT_CASE(vcsf_wakeup_by_group),
	KUNIT_CASE(vcsf_wakeup_by_unlock),
	KUNIT_CASE(vcsf_wakeup_waits_again),
	{}
};

static struct kunit_suite vcsf_wakeup_suite = {
	.name = "vcsf_wakeup",
	.init = vcsf_wakeup_init_case,
	.exit = vcsf_wakeup_exit_case,
	.test_cases = vcsf_wakeup_cases,
};

kunit_test_suite(vcsf_wakeup_suite);
