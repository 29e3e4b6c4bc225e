// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Faults of groups: invalid instructions, rings, address spaces and suspend buffers,
 * and a reset or removal of the GPU while a stream runs.
 *
 * Each case provokes one fault and checks what a driver reads after it: the event in
 * the stream's acknowledge word, exception type and information, the MMU's fault
 * registers, and the error in sync objects.
 */

#include <linux/bitfield.h>

#include "group.h"

/* Word of the data page that is zero until a stream may go on */
#define GATE	8

static void vcsf_fault_fatal(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 2);
	out = f.group.queues[0].cs_out;
	EMIT(&f.group, 0, csf_nop(), 0xffULL << 56);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_TRUE(test, out->ack & CSF_CS_FATAL);
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_INVALID_INSTRUCTION, out->fatal);
	KUNIT_EXPECT_EQ(test, 0xffULL << 56, out->fatal_info);
	KUNIT_EXPECT_EQ(test, VCSF_HOST_RING_VA(0) + 8, out->status_cmd_ptr);

	/* The other stream keeps running, the faulty stream does not continue. */
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, f.data[0]);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
}

/* After a recoverable fault, the stream waits for the acknowledgment and continues. */
static void vcsf_fault_recoverable(struct kunit *test)
{
	const u64 bad = 0x7000000;
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	EMIT(&f.group, 0, csf_move48(10, bad),
	     csf_store_multiple(12, 10, 1, 0));
	vcsf_group_emit_signal(&f.group, 0, 0);
	EMIT(&f.group, 0, csf_error_barrier());
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
	KUNIT_EXPECT_EQ(test, bad, vcsf_read64(f.host->win,
					       CSF_AS_FAULTADDRESS(1)));
	KUNIT_EXPECT_EQ(test, CSF_AS_ACCESS_WRITE,
			FIELD_GET(CSF_AS_FAULTSTATUS_ACCESS,
				  vcsf_host_read(f.host,
						 CSF_AS_FAULTSTATUS(1))));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, out->fault);
	KUNIT_EXPECT_EQ(test, bad, out->fault_info);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));

	vcsf_host_group_ack(&f.group);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	/* Sync objects carry the error until the next error barrier. */
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
	KUNIT_EXPECT_EQ(test, 1, (u32)f.data[1]);
	KUNIT_EXPECT_EQ(test, 0, (u32)f.data[3]);
}

static void vcsf_fault_bad_stream(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	EMIT(&f.group, 0, csf_move48(10, 0x7000000), csf_move32(12, 64),
	     csf_call(10, 12));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, out->fatal);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
}

/* Insert positions that are beyond the ring's size or not aligned */
static void vcsf_fault_bad_ring(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	f.group.queues[0].in->insert = VCSF_HOST_RING_SIZE + 8;
	f.group.queues[1].in->insert = 4;
	vcsf_host_kick(&f.group, 0);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, i,
								 CSF_CS_FATAL));
		KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT,
				f.group.queues[i].cs_out->fatal);
	}
}

/*
 * Let a stream signal the sync object @word, the end of a job, and wait in what comes
 * behind it. Return the number of words that are behind it.
 */
static unsigned int vcsf_fault_stop_in_tail(struct kunit *test,
					    struct vcsf_group_fixture *f,
					    unsigned int queue,
					    unsigned int word)
{
	vcsf_group_emit_signal(&f->group, queue, word);
	EMIT(&f->group, queue, csf_move48(10, DATA + 8 * GATE),
	     csf_move48(12, 0), csf_sync_wait64(10, 12, CSF_COND_GT, 1),
	     csf_nop(), csf_nop());
	vcsf_host_kick(&f->group, queue);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(f, word, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f->host));

	return 5;
}

/*
 * A host may give out the whole ring again when the last job has signalled, although
 * the stream has not consumed the rest of that job.
 */
static void vcsf_fault_ring_tail(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i, tail;

	vcsf_group_setup(test, &f, 2);
	tail = vcsf_fault_stop_in_tail(test, &f, 0, 0);
	for (i = 0; i < VCSF_HOST_RING_SIZE / 8 - tail - 3; i++)
		EMIT(&f.group, 0, csf_nop());
	vcsf_group_emit_signal(&f.group, 0, 2);
	for (i = 0; i < tail; i++)
		EMIT(&f.group, 0, csf_nop());
	KUNIT_ASSERT_GT(test, f.group.queues[0].in->insert -
			      f.group.queues[0].out->extract,
			(u64)VCSF_HOST_RING_SIZE);
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	WRITE_ONCE(f.data[GATE], 1);
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_group_idle(&f, 0));
	KUNIT_EXPECT_EQ(test, 0, f.group.queues[0].cs_out->ack & CSF_CS_FATAL);

	/* A word more than the ring has room for overwrites what was not run. */
	WRITE_ONCE(f.data[GATE], 0);
	vcsf_fault_stop_in_tail(test, &f, 1, 4);
	f.group.queues[1].in->insert += VCSF_HOST_RING_SIZE + 8;
	vcsf_host_kick(&f.group, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 1, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT,
			f.group.queues[1].cs_out->fatal);
}

/* A group's address space must exist and must not be the MCU's. */
static void vcsf_fault_bad_as(struct kunit *test)
{
	static const u32 spaces[] = { 0, 8, 15 };
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 1);
	for (i = 0; i < ARRAY_SIZE(spaces); i++) {
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
		vcsf_host_group_bind(&f.group, i + 1);
		f.group.in->config = spaces[i];
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
		KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0,
								 CSF_CS_FATAL));
		KUNIT_EXPECT_EQ(test, CSF_EXC_CS_CONFIG_FAULT,
				f.group.queues[0].cs_out->fatal);
	}
}

/* Resume from a suspend buffer that the host has overwritten. */
static void vcsf_fault_bad_suspend_buffer(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	memset(vcsf_host_mcu_ptr(f.host, f.group.suspend_va), 0x5a, 0x800);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	out = f.group.queues[0].cs_out;
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_FW_INTERNAL_ERROR, out->fatal);
}

/* Put stream 0 into a recoverable fault and stream 1 into a fatal one. */
static void vcsf_fault_two(struct kunit *test, struct vcsf_group_fixture *f)
{
	EMIT(&f->group, 0, csf_move48(10, DATA + 4),
	     csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP, 0, 0));
	vcsf_group_emit_signal(&f->group, 0, 0);
	EMIT(&f->group, 1, csf_nop(), 0xffULL << 56);
	vcsf_host_kick(&f->group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(f, 0, CSF_CS_FAULT));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(f, 1, CSF_CS_FATAL));
}

/* An event that is not acknowledged at suspend is raised again after resume. */
static void vcsf_fault_resumed(struct kunit *test)
{
	struct csf_cs_output *fault, *fatal;
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	vcsf_fault_two(test, &f);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FAULT));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 1, CSF_CS_FATAL));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	fault = f.group.queues[0].cs_out;
	fatal = f.group.queues[1].cs_out;
	KUNIT_EXPECT_EQ(test, CSF_EXC_ADDR_RANGE_FAULT, fault->fault);
	KUNIT_EXPECT_EQ(test, DATA + 4, fault->fault_info);
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_INVALID_INSTRUCTION, fatal->fatal);
	KUNIT_EXPECT_EQ(test, 0xffULL << 56, fatal->fatal_info);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	vcsf_host_group_ack(&f.group);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_EQ(test, 1, (u32)f.data[1]);
}

/* An event that is acknowledged without a doorbell before suspend is not. */
static void vcsf_fault_acknowledged(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_input *in;

	vcsf_group_setup(test, &f, 2);
	vcsf_fault_two(test, &f);
	in = f.group.queues[0].cs_in;
	WRITE_ONCE(in->req, in->req ^ CSF_CS_FAULT);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[0]));
	KUNIT_EXPECT_EQ(test, 0, (f.group.queues[0].cs_out->ack ^
				  f.group.queues[0].cs_in->req) &
				 CSF_CS_EVENTS);
}

/* Removal of the device while an endless stream runs (in the case's exit) */
static void vcsf_fault_removed_busy(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
}

static void vcsf_fault_reset_busy(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_branch(CSF_COND_ALWAYS, 0, -1));
	vcsf_host_kick(&f.group, 0);
	vcsf_host_write(f.host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(f.host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_GPU_STATUS));
}

static int vcsf_fault_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_fault_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_fault_cases[] = {
	KUNIT_CASE(vcsf_fault_fatal),
	KUNIT_CASE(vcsf_fault_recoverable),
	KUNIT_CASE(vcsf_fault_bad_stream),
	KUNIT_CASE(vcsf_fault_bad_ring),
	KUNIT_CASE(vcsf_fault_ring_tail),
	KUNIT_CASE(vcsf_fault_bad_as),
	KUNIT_CASE(vcsf_fault_bad_suspend_buffer),
	KUNIT_CASE(vcsf_fault_resumed),
	KUNIT_CASE(vcsf_fault_acknowledged),
	KUNIT_CASE(vcsf_fault_removed_busy),
	KUNIT_CASE(vcsf_fault_reset_busy),
	{}
};

static struct kunit_suite vcsf_fault_suite = {
	.name = "vcsf_fault",
	.init = vcsf_fault_init_case,
	.exit = vcsf_fault_exit_case,
	.test_cases = vcsf_fault_cases,
};

kunit_test_suite(vcsf_fault_suite);
