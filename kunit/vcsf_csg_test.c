// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups on slots, with firmware: run, wait, fault, suspend, resume, end.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "vcsf_host.h"

#define DATA	VCSF_HOST_DATA_VA

struct vcsf_csg_fixture {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
	u64 *data;
};

static void vcsf_csg_setup(struct kunit *test, struct vcsf_csg_fixture *f,
			   unsigned int queues)
{
	f->host = test->priv;
	vcsf_host_boot(f->host);
	f->data = vcsf_host_start_group(f->host, &f->vm, &f->group, queues);
}

#define SUBMIT(group, queue, ...) do { \
	const u64 words_[] = { __VA_ARGS__ }; \
	vcsf_host_emit(group, queue, words_, ARRAY_SIZE(words_)); \
	vcsf_host_kick(group, queue); \
} while (0)

/* Add one to the sync object in a word of the data page, and tell the host. */
#define SIGNAL(word) \
	csf_move48(80, DATA + 8 * (word)), csf_move48(82, 1), \
	csf_sync_add64(80, 82, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0)

static bool vcsf_csg_seqno(struct vcsf_csg_fixture *f, unsigned int word,
			   u64 seqno)
{
	return vcsf_host_wait_seqno(&f->group, &f->data[word], seqno);
}

static bool vcsf_csg_idle(struct vcsf_csg_fixture *f, unsigned int queue)
{
	struct vcsf_host_queue *q = &f->group.queues[queue];

	return vcsf_host_wait_engine(f->host) &&
	       READ_ONCE(q->out->extract) == q->in->insert;
}

static void vcsf_csg_runs(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	unsigned int i;

	vcsf_csg_setup(test, &f, 1);
	/* Many times around the ring */
	for (i = 1; i <= 400; i++) {
		SUBMIT(&f.group, 0, SIGNAL(0), csf_error_barrier(), csf_nop(),
		       csf_nop(), csf_nop(), csf_nop());
		KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, i));
		KUNIT_EXPECT_EQ(test, i, f.data[0]);
		vcsf_host_group_ack(&f.group);
	}
	KUNIT_EXPECT_TRUE(test, vcsf_csg_idle(&f, 0));
	KUNIT_EXPECT_EQ(test, 0, f.group.queues[0].out->active);
}

/* The sequence that a kernel puts around user space's stream */
static void vcsf_csg_job(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	u64 *stream;

	vcsf_csg_setup(test, &f, 1);
	stream = &f.data[64];
	stream[0] = csf_move48(10, DATA + 0x100);
	stream[1] = csf_move32(12, 0xcafe);
	stream[2] = csf_store_multiple(12, 10, 1, 0);
	stream[3] = csf_wait(0xff);
	SUBMIT(&f.group, 0, csf_move32(94, 0),
	       csf_flush_cache2(3, 3, 2, 94, 0, 0),
	       csf_move48(92, DATA + 64 * 8), csf_move32(94, 32),
	       csf_wait(BIT(0)), csf_call(92, 94), csf_move48(92, DATA),
	       csf_move48(94, 1), csf_wait(0xff),
	       csf_sync_add64(92, 94, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0),
	       csf_error_barrier());
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	KUNIT_EXPECT_EQ(test, 0xcafe, f.data[32]);
	KUNIT_EXPECT_EQ(test, 0, f.data[1]);
}

/* Registers start as zero and stay from job to job. */
static void vcsf_csg_registers(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	f.data[8] = ~0ULL;
	SUBMIT(&f.group, 0, csf_move48(80, DATA + 64),
	       csf_store_multiple(20, 80, 3, 0), csf_move48(20, 0x1234),
	       SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	KUNIT_EXPECT_EQ(test, 0, f.data[8]);
	SUBMIT(&f.group, 0, csf_move48(80, DATA + 64),
	       csf_store_multiple(20, 80, 3, 0), SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 2));
	KUNIT_EXPECT_EQ(test, 0x1234, f.data[8]);
}

/* What is in the ring is not looked at without a doorbell. */
static void vcsf_csg_needs_doorbell(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	const u64 words[] = { SIGNAL(0) };

	vcsf_csg_setup(test, &f, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_emit(&f.group, 0, words, ARRAY_SIZE(words));
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host, CSF_GLB_PING,
						  ~f.host->glb_out->ack &
						  CSF_GLB_PING));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
}

static void vcsf_csg_streams_wait(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 2);
	/* The second queue waits for the first, and writes after it. */
	SUBMIT(&f.group, 1, csf_move48(10, DATA), csf_move48(12, 0),
	       csf_sync_wait64(10, 12, CSF_COND_GT, 0),
	       csf_move48(14, DATA + 0x100), csf_load_multiple(16, 14, 1, 0),
	       csf_store_multiple(16, 14, 1, 8), SIGNAL(2));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	SUBMIT(&f.group, 0, csf_move48(14, DATA + 0x100), csf_move32(16, 77),
	       csf_store_multiple(16, 14, 1, 0), SIGNAL(0));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
	KUNIT_EXPECT_EQ(test, 77, f.data[33]);
}

/* A CPU's write is seen without any doorbell, in time. */
static void vcsf_csg_host_signals(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 0),
	       csf_sync_wait64(10, 12, CSF_COND_GT, 0), SIGNAL(2));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[2]));
	smp_store_release(&f.data[0], 1);
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
}

/* Two streams whose waits depend on each other's progress counters */
static void vcsf_csg_progress(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 2);
	SUBMIT(&f.group, 0, csf_move48(10, 1), csf_progress_wait(1, 10),
	       csf_move48(10, 2), csf_progress_store(10), SIGNAL(0));
	SUBMIT(&f.group, 1, csf_move48(10, 1), csf_progress_store(10),
	       csf_move48(10, 2), csf_progress_wait(0, 10), SIGNAL(2));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
}

static void vcsf_csg_fatal(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct csf_cs_output *out;

	vcsf_csg_setup(test, &f, 2);
	out = f.group.queues[0].cs_out;
	SUBMIT(&f.group, 0, csf_nop(), 0xffULL << 56, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(f.group.out->cs_irq_req) & BIT(0)));
	KUNIT_EXPECT_TRUE(test, out->ack & CSF_CS_FATAL);
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_INVALID_INSTRUCTION, out->fatal);
	KUNIT_EXPECT_EQ(test, 0xffULL << 56, out->fatal_info);
	KUNIT_EXPECT_EQ(test, VCSF_HOST_RING_VA(0) + 8, out->status_cmd_ptr);

	/* The other stream is not harmed, this one is at its end. */
	SUBMIT(&f.group, 1, SIGNAL(2));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, f.data[0]);
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_TERMINATE));
}

/* A recoverable error: the stream waits for the host, then goes on. */
static void vcsf_csg_fault(struct kunit *test)
{
	const u64 bad = 0x7000000;
	struct vcsf_csg_fixture f;
	struct csf_cs_output *out;

	vcsf_csg_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	SUBMIT(&f.group, 0, csf_move48(10, bad),
	       csf_store_multiple(12, 10, 1, 0), SIGNAL(0),
	       csf_error_barrier(), SIGNAL(2));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
	KUNIT_EXPECT_EQ(test, bad, vcsf_read64(f.host->win,
					       CSF_AS_FAULTADDRESS(1)));
	KUNIT_EXPECT_EQ(test, CSF_AS_ACCESS_WRITE,
			FIELD_GET(CSF_AS_FAULTSTATUS_ACCESS,
				  vcsf_host_read(f.host,
						 CSF_AS_FAULTSTATUS(1))));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(out->ack) & CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, out->fault);
	KUNIT_EXPECT_EQ(test, bad, out->fault_info);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));

	vcsf_host_group_ack(&f.group);
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
	/* Sync objects carry the error until the barrier. */
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
	KUNIT_EXPECT_EQ(test, 1, (u32)f.data[1]);
	KUNIT_EXPECT_EQ(test, 0, (u32)f.data[3]);
}

static void vcsf_csg_bad_stream(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct csf_cs_output *out;

	vcsf_csg_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	SUBMIT(&f.group, 0, csf_move48(10, 0x7000000), csf_move32(12, 64),
	       csf_call(10, 12));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(out->ack) & CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, out->fatal);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
}

/* Ring interface values that make no sense */
static void vcsf_csg_bad_ring(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct csf_cs_output *out;

	vcsf_csg_setup(test, &f, 2);
	f.group.queues[0].in->insert = VCSF_HOST_RING_SIZE + 8;
	f.group.queues[1].in->insert = 4;
	vcsf_host_kick(&f.group, 0);
	out = f.group.queues[1].cs_out;
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(out->ack) & CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT, out->fatal);
	out = f.group.queues[0].cs_out;
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(out->ack) & CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT, out->fatal);
}

/* A group may not run in the MCU's address space. */
static void vcsf_csg_bad_as(struct kunit *test)
{
	static const u32 spaces[] = { 0, 8, 15 };
	struct vcsf_csg_fixture f;
	unsigned int i;

	vcsf_csg_setup(test, &f, 1);
	for (i = 0; i < ARRAY_SIZE(spaces); i++) {
		struct csf_cs_output *out;
		u32 req;

		KUNIT_ASSERT_TRUE(test,
				  vcsf_host_group_state(&f.group,
					CSF_CSG_STATE_TERMINATE));
		vcsf_host_group_bind(&f.group, i + 1);
		f.group.in->config = spaces[i];
		out = f.group.queues[0].cs_out;
		req = f.group.queues[0].cs_in->req;
		KUNIT_ASSERT_TRUE(test,
				  vcsf_host_group_state(&f.group,
					CSF_CSG_STATE_START));
		KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
			(READ_ONCE(out->ack) ^ req) & CSF_CS_FATAL));
		KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT, out->fatal);
	}
}

static void vcsf_csg_suspend_resume(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	u64 *stream;
	unsigned int i;

	vcsf_csg_setup(test, &f, 2);
	/* Inside a call, with state everywhere, waiting for the host */
	stream = &f.data[64];
	stream[0] = csf_move48(10, DATA);
	stream[1] = csf_move48(12, 41);
	stream[2] = csf_sync_wait64(10, 12, CSF_COND_GT, 0);
	stream[3] = csf_move48(14, DATA + 0x80);
	stream[4] = csf_store_multiple(20, 14, 3, 0);
	SUBMIT(&f.group, 0, csf_move48(20, 0xabcdef), csf_move48(60, 0x77),
	       csf_progress_store(60), csf_move48(30, DATA + 512),
	       csf_move32(32, 40), csf_call(30, 32), csf_progress_load(62),
	       csf_move48(14, DATA + 0x80), csf_store_multiple(62, 14, 3, 8),
	       SIGNAL(2));
	SUBMIT(&f.group, 1, SIGNAL(4));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 4, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_group_ack(&f.group);

	for (i = 1; i < 4; i++) {
		struct csf_cs_output *out = f.group.queues[0].cs_out;

		KUNIT_ASSERT_TRUE(test,
				  vcsf_host_group_state(&f.group,
					CSF_CSG_STATE_SUSPEND));
		KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_SYNC_WAIT,
				out->status_blocked_reason);
		KUNIT_EXPECT_EQ(test, DATA, out->status_wait_sync_ptr);
		KUNIT_EXPECT_EQ(test, 41, out->status_wait_sync_value);
		KUNIT_EXPECT_EQ(test, 0, out->status_scoreboards);
		KUNIT_EXPECT_EQ(test, DATA + 528, out->status_cmd_ptr);
		/* Off the slot it hears no doorbell. */
		vcsf_host_kick(&f.group, 0);

		vcsf_host_group_bind(&f.group, i);
		KUNIT_ASSERT_TRUE(test,
				  vcsf_host_group_state(&f.group,
					CSF_CSG_STATE_RESUME));
	}
	KUNIT_EXPECT_EQ(test, 0, f.data[16]);
	smp_store_release(&f.data[0], 42);
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
	KUNIT_EXPECT_EQ(test, 0xabcdef, f.data[16]);
	KUNIT_EXPECT_EQ(test, 0x77, f.data[17]);
	SUBMIT(&f.group, 1, SIGNAL(4));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 4, 2));
}

/* A suspend buffer with something else in it */
static void vcsf_csg_bad_suspend_buffer(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct csf_cs_output *out;

	vcsf_csg_setup(test, &f, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_SUSPEND));
	memset(vcsf_host_mcu_ptr(f.host, f.group.suspend_va), 0x5a, 0x800);
	vcsf_host_group_bind(&f.group, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_RESUME));
	out = f.group.queues[0].cs_out;
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		READ_ONCE(out->ack) & CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_FW_INTERNAL_ERROR, out->fatal);
}

/* A stream that never ends does not keep the firmware from answering. */
static void vcsf_csg_endless(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	unsigned int i;
	u64 before;

	vcsf_csg_setup(test, &f, 2);
	SUBMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	for (i = 0; i < 20; i++) {
		before = ktime_get_ns();
		KUNIT_ASSERT_TRUE(test,
				  vcsf_host_request(f.host, CSF_GLB_PING,
						    ~f.host->glb_out->ack &
						    CSF_GLB_PING));
		KUNIT_EXPECT_LT(test, ktime_get_ns() - before,
				100 * NSEC_PER_MSEC);
	}
	/* Nor does it starve its neighbour. */
	SUBMIT(&f.group, 1, SIGNAL(2));
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 2, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_NONE,
			f.group.queues[0].cs_out->status_blocked_reason);
	KUNIT_EXPECT_EQ(test, VCSF_HOST_RING_VA(0),
			f.group.queues[0].cs_out->status_cmd_ptr);

	/* It can be suspended, goes on, and can be ended. */
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_SUSPEND));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_RESUME));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_TERMINATE));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
}

/* A lower priority gets its share beside an endless stream of a higher one. */
static void vcsf_csg_priority(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct vcsf_host_group low;
	struct vcsf_host_vm vm;
	u64 *data;

	vcsf_csg_setup(test, &f, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_TERMINATE));
	f.group.priority = 15;
	vcsf_host_group_bind(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_START));
	vcsf_host_vm_init(f.host, &vm, 2);
	data = vcsf_host_map_new(&vm, DATA);
	vcsf_host_group_init(f.host, &vm, &low, 1);
	vcsf_host_enable(&vm);
	low.priority = 0;
	vcsf_host_group_bind(&low, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_state(&low,
						      CSF_CSG_STATE_START));

	SUBMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	SUBMIT(&low, 0, SIGNAL(0));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&low, data, 1));
}

/* Accesses to a locked region wait, and do not keep a group from its end. */
static void vcsf_csg_locked_region(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	vcsf_host_lock(&f.vm, DATA, 15);
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_MMU_IRQ_STATUS));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));

	vcsf_host_lock(&f.vm, 0, 64);
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_state(&f.group,
						      CSF_CSG_STATE_TERMINATE));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
}

/* A page that moves under a running stream, as a driver does it */
static void vcsf_csg_remap(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	struct page *other;
	u64 *data;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	other = vcsf_host_page(f.host);
	data = page_address(other);
	vcsf_host_lock(&f.vm, DATA, 15);
	vcsf_host_map(&f.vm, DATA, other, VCSF_HOST_PTE);
	SUBMIT(&f.group, 0, SIGNAL(0));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_FLUSH_PT);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&f.group, data, 1));
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
}

static void vcsf_csg_idle_events(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	f.host->glb_in->idle_timer = 1;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host, CSF_GLB_IDLE_EN,
						  CSF_GLB_IDLE_EN));
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_for(f.host,
		(READ_ONCE(f.group.out->ack) ^ f.group.in->req) &
		CSF_CSG_IDLE));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATUS_IDLE, f.group.out->status_state);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_for(f.host,
		(READ_ONCE(f.host->glb_out->ack) ^ f.host->glb_in->req) &
		CSF_GLB_IDLE));

	/* Busy again: the status goes, and the next event comes. */
	vcsf_host_group_ack(&f.group);
	f.host->glb_in->req ^= CSF_GLB_IDLE;
	SUBMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 1),
	       csf_sync_wait64(10, 12, CSF_COND_GT, 0), csf_nop());
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_for(f.host,
		(READ_ONCE(f.group.out->ack) ^ f.group.in->req) &
		CSF_CSG_IDLE));
}

/* Events that come while one is pending are not lost. */
static void vcsf_csg_event_latched(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	u32 ack;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_for(f.host,
		(READ_ONCE(f.group.out->ack) ^ f.group.in->req) &
		CSF_CSG_SYNC_UPDATE));
	ack = f.group.out->ack;
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 2, f.data[0]);
	KUNIT_EXPECT_EQ(test, ack & CSF_CSG_SYNC_UPDATE,
			f.group.out->ack & CSF_CSG_SYNC_UPDATE);
	vcsf_host_group_ack(&f.group);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_for(f.host,
		(READ_ONCE(f.group.out->ack) ^ f.group.in->req) &
		CSF_CSG_SYNC_UPDATE));
}

/* Ringing back after an event is answered without another interrupt. */
static void vcsf_csg_quiet_acks(struct kunit *test)
{
	struct vcsf_csg_fixture f;
	int count;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, SIGNAL(0));
	KUNIT_ASSERT_TRUE(test, vcsf_csg_seqno(&f, 0, 1));
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

/* The device goes away under an endless stream. */
static void vcsf_csg_removed_busy(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
}

static void vcsf_csg_reset_busy(struct kunit *test)
{
	struct vcsf_csg_fixture f;

	vcsf_csg_setup(test, &f, 1);
	SUBMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_write(f.host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(f.host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_GPU_STATUS));
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
	KUNIT_CASE(vcsf_csg_fatal),
	KUNIT_CASE(vcsf_csg_fault),
	KUNIT_CASE(vcsf_csg_bad_stream),
	KUNIT_CASE(vcsf_csg_bad_ring),
	KUNIT_CASE(vcsf_csg_bad_as),
	KUNIT_CASE(vcsf_csg_suspend_resume),
	KUNIT_CASE(vcsf_csg_bad_suspend_buffer),
	KUNIT_CASE(vcsf_csg_endless),
	KUNIT_CASE(vcsf_csg_priority),
	KUNIT_CASE(vcsf_csg_locked_region),
	KUNIT_CASE(vcsf_csg_remap),
	KUNIT_CASE(vcsf_csg_idle_events),
	KUNIT_CASE(vcsf_csg_event_latched),
	KUNIT_CASE(vcsf_csg_quiet_acks),
	KUNIT_CASE(vcsf_csg_removed_busy),
	KUNIT_CASE(vcsf_csg_reset_busy),
	{}
};

static struct kunit_suite vcsf_csg_suite = {
	.name = "vcsf_csg",
	.init = vcsf_csg_init_case,
	.exit = vcsf_csg_exit_case,
	.test_cases = vcsf_csg_cases,
};

kunit_test_suite(vcsf_csg_suite);
