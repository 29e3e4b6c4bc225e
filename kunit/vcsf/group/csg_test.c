// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Life of a group on a slot: start, run, wait, idle, suspend, resume, terminate.
 *
 * Each case boots the default firmware image on a software GPU of its own and
 * drives one or two groups through the shared interface blocks and doorbells, as
 * a driver does. The results are read from sync objects in the group's data page
 * and from the firmware's status words.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "group.h"

static void vcsf_csg_runs(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 1);
	/* Enough jobs to wrap around the ring many times */
	for (i = 1; i <= 400; i++) {
		vcsf_group_emit_signal(&f.group, 0, 0);
		EMIT(&f.group, 0, csf_error_barrier(), csf_nop(), csf_nop(),
		     csf_nop(), csf_nop());
		vcsf_host_kick(&f.group, 0);
		KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, i));
		KUNIT_EXPECT_EQ(test, i, f.data[0]);
		vcsf_host_group_ack(&f.group);
	}
	KUNIT_EXPECT_TRUE(test, vcsf_group_idle(&f, 0));
	KUNIT_EXPECT_EQ(test, 0, f.group.queues[0].out->active);
}

/* The sequence with which a kernel driver wraps a stream from user space */
static void vcsf_csg_job(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 *stream;

	vcsf_group_setup(test, &f, 1);
	stream = &f.data[64];
	stream[0] = csf_move48(10, DATA + 0x100);
	stream[1] = csf_move32(12, 0xcafe);
	stream[2] = csf_store_multiple(12, 10, 1, 0);
	stream[3] = csf_wait(0xff);
	EMIT(&f.group, 0, csf_move32(94, 0),
	     csf_flush_cache2(3, 3, 2, 94, 0, 0), csf_move48(92, DATA + 64 * 8),
	     csf_move32(94, 32), csf_wait(BIT(0)), csf_call(92, 94),
	     csf_move48(92, DATA), csf_move48(94, 1), csf_wait(0xff),
	     csf_sync_add64(92, 94, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0),
	     csf_error_barrier());
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_EQ(test, 0xcafe, f.data[32]);
	KUNIT_EXPECT_EQ(test, 0, f.data[1]);
}

/* Registers are zero at start and keep their values from job to job. */
static void vcsf_csg_registers(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	f.data[8] = ~0ULL;
	EMIT(&f.group, 0, csf_move48(80, DATA + 64),
	     csf_store_multiple(20, 80, 3, 0), csf_move48(20, 0x1234));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_EQ(test, 0, f.data[8]);
	EMIT(&f.group, 0, csf_move48(80, DATA + 64),
	     csf_store_multiple(20, 80, 3, 0));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 2));
	KUNIT_EXPECT_EQ(test, 0x1234, f.data[8]);
}

/* The firmware does not read the insert position without a doorbell. */
static void vcsf_csg_needs_doorbell(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_group_emit_signal(&f.group, 0, 0);
	vcsf_host_ping(f.host);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

static void vcsf_csg_streams_wait(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	/* The second queue waits for the first, then writes what it has read. */
	EMIT(&f.group, 1, csf_move48(10, DATA), csf_move48(12, 0),
	     csf_sync_wait64(10, 12, CSF_COND_GT, 0),
	     csf_move48(14, DATA + 0x100), csf_load_multiple(16, 14, 1, 0),
	     csf_store_multiple(16, 14, 1, 8));
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	EMIT(&f.group, 0, csf_move48(14, DATA + 0x100), csf_move32(16, 77),
	     csf_store_multiple(16, 14, 1, 0));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_EQ(test, 77, f.data[33]);
}

/* A write by the CPU wakes a waiting stream without a doorbell. */
static void vcsf_csg_host_signals(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 0),
	     csf_sync_wait64(10, 12, CSF_COND_GT, 0));
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	/* Release: the stream sees all earlier writes once it sees this one. */
	smp_store_release(&f.data[0], 1);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
}

/* Two streams whose waits depend on each other's progress counters */
static void vcsf_csg_progress(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	EMIT(&f.group, 0, csf_move48(10, 1), csf_progress_wait(1, 10),
	     csf_move48(10, 2), csf_progress_store(10));
	vcsf_group_signal(&f.group, 0, 0);
	EMIT(&f.group, 1, csf_move48(10, 1), csf_progress_store(10),
	     csf_move48(10, 2), csf_progress_wait(0, 10));
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
}

static void vcsf_csg_suspend_resume(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 *stream;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	/* Suspend inside a call, with state to save, in a wait for the host. */
	stream = &f.data[64];
	stream[0] = csf_move48(10, DATA);
	stream[1] = csf_move48(12, 41);
	stream[2] = csf_sync_wait64(10, 12, CSF_COND_GT, 0);
	stream[3] = csf_move48(14, DATA + 0x80);
	stream[4] = csf_store_multiple(20, 14, 3, 0);
	EMIT(&f.group, 0, csf_move48(20, 0xabcdef), csf_move48(60, 0x77),
	     csf_progress_store(60), csf_move48(30, DATA + 512),
	     csf_move32(32, 40), csf_call(30, 32), csf_progress_load(62),
	     csf_move48(14, DATA + 0x80), csf_store_multiple(62, 14, 3, 8));
	vcsf_group_signal(&f.group, 0, 2);
	vcsf_group_signal(&f.group, 1, 4);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 4, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_group_ack(&f.group);

	for (i = 1; i < 4; i++) {
		struct csf_cs_output *out = f.group.queues[0].cs_out;

		vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
		KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_SYNC_WAIT,
				out->status_blocked_reason);
		KUNIT_EXPECT_EQ(test, DATA, out->status_wait_sync_ptr);
		KUNIT_EXPECT_EQ(test, 41, out->status_wait_sync_value);
		KUNIT_EXPECT_EQ(test, 0, out->status_scoreboards);
		KUNIT_EXPECT_EQ(test, DATA + 528, out->status_cmd_ptr);
		/* A suspended group ignores the doorbell of its old slot. */
		vcsf_host_kick(&f.group, 0);

		vcsf_host_group_bind(&f.group, i);
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	}
	KUNIT_EXPECT_EQ(test, 0, f.data[16]);
	/* Release: the stream sees all earlier writes once it sees this one. */
	smp_store_release(&f.data[0], 42);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_EQ(test, 0xabcdef, f.data[16]);
	KUNIT_EXPECT_EQ(test, 0x77, f.data[17]);
	vcsf_group_signal(&f.group, 1, 4);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 4, 2));
}

/*
 * An endless stream does not keep the firmware from answering. The test counts
 * slices of the stream instead of time, so that the load of the machine does not
 * change the result.
 */
static void vcsf_csg_endless(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	EMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 0);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_LE(test, vcsf_host_ping(f.host), 2);
	/* The other stream of the group is not starved either. */
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_NONE,
			f.group.queues[0].cs_out->status_blocked_reason);
	KUNIT_EXPECT_EQ(test, VCSF_HOST_RING_VA(0),
			f.group.queues[0].cs_out->status_cmd_ptr);

	/* The endless stream can be suspended, resumed and terminated. */
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
}

/* A group of low priority gets a share beside an endless stream of a higher one. */
static void vcsf_csg_priority(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct vcsf_host_group low;
	struct vcsf_host_vm vm;
	u64 *data;

	vcsf_group_setup(test, &f, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	f.group.priority = 15;
	vcsf_host_group_bind(&f.group, 0);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	vcsf_host_vm_init(f.host, &vm, 2);
	data = vcsf_host_map_new(&vm, DATA);
	vcsf_host_group_init(f.host, &vm, &low, 1);
	vcsf_host_enable(&vm);
	low.priority = 0;
	vcsf_host_group_bind(&low, 1);
	vcsf_host_group_state(&low, CSF_CSG_STATE_START);

	EMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 0);
	vcsf_group_signal(&low, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&low, data, 1));
}

/* Accesses to a locked region stall, and do not prevent termination. */
static void vcsf_csg_locked_region(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	vcsf_host_lock(&f.vm, DATA, 15);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_MMU_IRQ_STATUS));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));

	vcsf_host_lock(&f.vm, 0, 64);
	vcsf_group_signal(&f.group, 0, 0);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
}

/* Replace a page under a running stream: lock, update the table, flush. */
static void vcsf_csg_remap(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct page *other;
	u64 *data;

	vcsf_group_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	other = vcsf_host_page(f.host);
	data = page_address(other);
	vcsf_host_lock(&f.vm, DATA, 15);
	vcsf_host_map(&f.vm, DATA, other, VCSF_HOST_PTE);
	vcsf_group_signal(&f.group, 0, 0);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_FLUSH_PT);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&f.group, data, 1));
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
}

/*
 * A group is also idle before it gets work, so an idle event may be outdated by the
 * time it is read. The firmware writes the status before it raises the event: check
 * the status, and wait for the next event if it does not say idle.
 */
static bool vcsf_group_wait_idle(struct vcsf_group_fixture *f)
{
	while (vcsf_group_wait_event(f, CSF_CSG_IDLE)) {
		if (READ_ONCE(f->group.out->status_state) ==
		    CSF_CSG_STATUS_IDLE)
			return true;
		vcsf_host_group_ack(&f->group);
	}
	return false;
}

static void vcsf_csg_idle_events(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	f.host->glb_in->idle_timer = 1;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host, CSF_GLB_IDLE_EN,
						  CSF_GLB_IDLE_EN));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_idle(&f));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_event(f.host, CSF_GLB_IDLE));

	/* Work after the acknowledged event leads to a second idle event. */
	vcsf_host_group_ack(&f.group);
	f.host->glb_in->req ^= CSF_GLB_IDLE;
	EMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 1),
	     csf_sync_wait64(10, 12, CSF_COND_GT, 0), csf_nop());
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
}

/* An event that comes while one is pending is reported after the acknowledgment. */
static void vcsf_csg_event_latched(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u32 ack;

	vcsf_group_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_SYNC_UPDATE));
	ack = f.group.out->ack;
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 2, f.data[0]);
	KUNIT_EXPECT_EQ(test, ack & CSF_CSG_SYNC_UPDATE,
			f.group.out->ack & CSF_CSG_SYNC_UPDATE);
	vcsf_host_group_ack(&f.group);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_SYNC_UPDATE));
}

/* Acknowledging an event does not raise another interrupt. */
static void vcsf_csg_quiet_acks(struct kunit *test)
{
	struct vcsf_group_fixture f;
	int count;

	vcsf_group_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	count = atomic_read(&f.host->irqs[HOST_JOB].count);
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, count,
			atomic_read(&f.host->irqs[HOST_JOB].count));
	KUNIT_EXPECT_EQ(test, f.group.in->doorbell_req,
			f.group.out->doorbell_ack);
	KUNIT_EXPECT_EQ(test, f.host->glb_in->doorbell_req,
			f.host->glb_out->doorbell_ack);
}

static int vcsf_csg_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_csg_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_csg_cases[] = {
	KUNIT_CASE(vcsf_csg_runs),
	KUNIT_CASE(vcsf_csg_job),
	KUNIT_CASE(vcsf_csg_registers),
	KUNIT_CASE(vcsf_csg_needs_doorbell),
	KUNIT_CASE(vcsf_csg_streams_wait),
	KUNIT_CASE(vcsf_csg_host_signals),
	KUNIT_CASE(vcsf_csg_progress),
	KUNIT_CASE(vcsf_csg_suspend_resume),
	KUNIT_CASE(vcsf_csg_endless),
	KUNIT_CASE(vcsf_csg_priority),
	KUNIT_CASE(vcsf_csg_locked_region),
	KUNIT_CASE(vcsf_csg_remap),
	KUNIT_CASE(vcsf_csg_idle_events),
	KUNIT_CASE(vcsf_csg_event_latched),
	KUNIT_CASE(vcsf_csg_quiet_acks),
	{}
};

static struct kunit_suite vcsf_csg_suite = {
	.name = "vcsf_csg",
	.init = vcsf_csg_init_case,
	.exit = vcsf_csg_exit_case,
	.test_cases = vcsf_csg_cases,
};

kunit_test_suite(vcsf_csg_suite);
