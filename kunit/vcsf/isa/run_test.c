// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Jobs on simulated cores: duration, endpoints, errors, scoreboards, suspend, and
 * sharing of cores between streams and groups.
 *
 * With the virtual clock, durations are exact. Streams store timestamps before and
 * after a job in the data page.
 */

#include <linux/bitfield.h>
#include <linux/platform_device.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group.h"

#define US	((u64)NSEC_PER_USEC)
#define MS	((u64)NSEC_PER_MSEC)

/* Words of the data page: sync object, timestamps before and after the job */
#define SEQNO	0
#define BEFORE	8
#define BEHIND	9

/* Number of cores in the model, and time that a workgroup and a tile take on one */
#define CORES		4
#define WORKGROUP	(1 * US)
#define TILE		250ULL

static void vcsf_run_setup(struct kunit *test, struct vcsf_group_fixture *f,
			   unsigned int queues)
{
	vcsf_group_setup(test, f, queues);
	f->host->hw->config.shaders = 0;
	EMIT(&f->group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE | CSF_RESOURCE_FRAGMENT));
}

static void vcsf_emit_timed(struct vcsf_host_group *group, unsigned int queue,
			    const u64 *words, unsigned int count)
{
	EMIT(group, queue, csf_move48(70, DATA),
	     csf_store_state(70, 8 * BEFORE, CSF_STATE_TIMESTAMP, 0, 0));
	vcsf_host_emit(group, queue, words, count);
	EMIT(group, queue, csf_wait(BIT(2)),
	     csf_store_state(70, 8 * BEHIND, CSF_STATE_TIMESTAMP, 0, 0));
}

/* Run a job on an idle GPU and return its duration. */
static u64 vcsf_run_time(struct kunit *test, struct vcsf_group_fixture *f,
			 u64 job)
{
	u64 seqno = f->data[SEQNO] + 1;

	vcsf_emit_timed(&f->group, 0, &job, 1);
	vcsf_group_signal(&f->group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->host, 100 * MS));
	KUNIT_EXPECT_EQ(test, seqno, READ_ONCE(f->data[SEQNO]));
	vcsf_host_group_ack(&f->group);

	return f->data[BEHIND] - f->data[BEFORE];
}

static void vcsf_emit_size(struct vcsf_group_fixture *f, unsigned int queue,
			   u32 x, u32 y, u32 z)
{
	EMIT(&f->group, queue, csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), x),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), y),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), z));
}

static void vcsf_run_compute(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 100, 20, 4);
	/* Proportional to the workgroups, on as many cores as there are tasks */
	KUNIT_EXPECT_EQ(test, 8000 * WORKGROUP / CORES,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	KUNIT_EXPECT_EQ(test, 8000 * WORKGROUP / CORES,
			vcsf_run_time(test, &f, csf_run_compute(5, 1, 0)));
	KUNIT_EXPECT_EQ(test, 8000 * WORKGROUP / 2,
			vcsf_run_time(test, &f, csf_run_compute(2, 2, 0)));
	KUNIT_EXPECT_EQ(test, 8000 * WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(100, 0, 0)));
	KUNIT_EXPECT_EQ(test, 8000 * WORKGROUP / 2,
			vcsf_run_time(test, &f,
				      csf_run_compute_indirect(4000, 0)));
	vcsf_emit_size(&f, 0, 4, 1, 1);
	KUNIT_EXPECT_EQ(test, WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	vcsf_emit_size(&f, 0, 4, 0, 1);
	KUNIT_EXPECT_EQ(test, 0,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
}

static void vcsf_run_speed(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 7, 1, 1);
	f.host->hw->config.speed = 25;
	KUNIT_EXPECT_EQ(test, 7 * WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	f.host->hw->config.speed = 700;
	KUNIT_EXPECT_EQ(test, WORKGROUP / CORES,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
}

/* A clock change applies from that moment on, also to the job that runs. */
static void vcsf_run_clock(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, CORES, 1, 1);
	KUNIT_EXPECT_EQ(test, 0,
			vcsf_set_clock(f.host->win, VCSF_CLOCK_HZ / 4));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 4 * WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));

	vcsf_emit_timed(&f.group, 0, (u64[]){ csf_run_compute(1, 0, 0) }, 1);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 2 * WORKGROUP));
	KUNIT_EXPECT_EQ(test, 0, vcsf_set_clock(f.host->win, VCSF_CLOCK_HZ));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, WORKGROUP));
	KUNIT_EXPECT_EQ(test, 2 * WORKGROUP + WORKGROUP / 2,
			f.data[BEHIND] - f.data[BEFORE]);
}

/* A job gets no more cores than the group's endpoint count and mask allow. */
static void vcsf_run_endpoints(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	f.group.in->endpoint_req &= ~CSF_CSG_EP_COMPUTE;
	f.group.in->endpoint_req |= FIELD_PREP(CSF_CSG_EP_COMPUTE, 3);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	vcsf_emit_size(&f, 0, 300, 1, 1);
	KUNIT_EXPECT_EQ(test, 100 * WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	/* Of the model's cores at bits 0, 2, 16 and 18, the mask allows two. */
	f.group.in->allow_compute = 0xf;
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	KUNIT_EXPECT_EQ(test, 150 * WORKGROUP,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	/* A mask without any core is an error. */
	f.group.in->allow_compute = 0x2;
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	EMIT(&f.group, 0, csf_req_resource(CSF_RESOURCE_COMPUTE));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_ENDPOINT_FAULT,
			f.group.queues[0].cs_out->fatal);
}

static void vcsf_run_without_resource(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_run_compute(1, 0, 0));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_ENDPOINT_FAULT,
			f.group.queues[0].cs_out->fatal);
}

static void vcsf_run_expect_fault(struct kunit *test,
				  struct vcsf_group_fixture *f, u32 type,
				  u64 info)
{
	struct csf_cs_output *out = f->group.queues[0].cs_out;

	vcsf_host_kick(&f->group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(f, 0, CSF_CS_FAULT));
	KUNIT_EXPECT_EQ(test, type, out->fault);
	KUNIT_EXPECT_EQ(test, info, out->fault_info);
	vcsf_host_group_ack(&f->group);
}

static void vcsf_run_errors(struct kunit *test)
{
	const u64 bad[] = {
		csf_run_compute(0, 0, 0), csf_run_compute(1, 3, 0),
		csf_run_compute_indirect(0, 0),
	};
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 1, 1, 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EMIT(&f.group, 0, bad[i]);
		vcsf_run_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC,
				      bad[i]);
	}
	EMIT(&f.group, 0, csf_move32(CSF_REG_FRAGMENT_MIN, 16),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 15),
	     csf_run_fragment(0, 0, 0));
	vcsf_run_expect_fault(test, &f, CSF_EXC_TILE_RANGE_FAULT,
			      15ULL << 32 | 16);
	EMIT(&f.group, 0, csf_run_fragment(1, 0, 0));
	vcsf_run_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC,
			      csf_run_fragment(1, 0, 0));
	/* Jobs have no effect while an error is pending. */
	vcsf_emit_size(&f, 0, 1000, 1, 1);
	KUNIT_EXPECT_EQ(test, 0,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
	EMIT(&f.group, 0, csf_error_barrier());
	KUNIT_EXPECT_EQ(test, 1000 * WORKGROUP / CORES,
			vcsf_run_time(test, &f, csf_run_compute(1, 0, 0)));
}

/* Compute shaders fault, so that missing results are not taken for valid ones. */
static void vcsf_run_compute_faults(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	f.host->hw->config.shaders = VCSF_SHADERS_FAULT_COMPUTE;
	EMIT(&f.group, 0, csf_move48(CSF_REG_COMPUTE_SPD(0), 0x123456780));
	vcsf_emit_size(&f, 0, 1, 1, 1);
	EMIT(&f.group, 0, csf_run_compute(1, 0, 0));
	vcsf_run_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC, 0x123456780);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, SEQNO, 1));
	KUNIT_EXPECT_EQ(test, 1, f.data[SEQNO + 1]);
}

/* Streams of a group share the group's cores. */
static void vcsf_run_shared(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_run_setup(test, &f, 2);
	EMIT(&f.group, 1, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE));
	for (i = 0; i < 2; i++) {
		vcsf_emit_size(&f, i, 4000, 1, 1);
		EMIT(&f.group, i, csf_run_compute(1, 0, 0), csf_wait(BIT(2)));
		vcsf_group_emit_signal(&f.group, i, 2 * i);
	}
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 2 * MS - 1));
	KUNIT_EXPECT_EQ(test, 1, f.data[0] + f.data[2]);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 2, f.data[0] + f.data[2]);
}

/* A job does not block its stream or instructions that wait for other entries. */
static void vcsf_run_is_async(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 4000, 1, 1);
	EMIT(&f.group, 0, csf_run_compute(1, 0, 0), csf_wait(0xff & ~BIT(2)),
	     csf_move48(60, DATA), csf_move48(62, 1),
	     csf_sync_add64(60, 62, 1, CSF_SYNC_SCOPE_SYSTEM, BIT(2), 4),
	     csf_wait(BIT(2)));
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, BIT(2) | BIT(4),
			f.group.queues[0].cs_out->status_scoreboards);
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_SB_WAIT,
			f.group.queues[0].cs_out->status_blocked_reason);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS - 1));
	KUNIT_EXPECT_EQ(test, 0, f.data[0] + f.data[2]);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 1, f.data[0]);
	KUNIT_EXPECT_EQ(test, 1, f.data[2]);
}

/* More jobs than can be queued run one after the other. */
static void vcsf_run_many(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 4, 1, 1);
	for (i = 0; i < 40; i++)
		EMIT(&f.group, 0, csf_run_compute(1, 0, 1));
	EMIT(&f.group, 0, csf_wait(BIT(2)), csf_progress_load(60),
	     csf_move48(62, DATA), csf_store_multiple(60, 62, 3, 16));
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 40 * WORKGROUP - 1));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO]));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO]));
	/* Each job has incremented the progress counter. */
	KUNIT_EXPECT_EQ(test, 40, f.data[2]);
}

static void vcsf_run_fragment(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	/* 1920x1088 pixels in tiles of 16x16, without a render target to write */
	EMIT(&f.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 0x400) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 1087 << 16 | 1919));
	KUNIT_EXPECT_EQ(test, 120 * 68 * TILE / CORES,
			vcsf_run_time(test, &f, csf_run_fragment(0, 0, 0)));
	/* One pixel in each of two tiles */
	EMIT(&f.group, 0, csf_move32(CSF_REG_FRAGMENT_MIN, 15),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 16));
	KUNIT_EXPECT_EQ(test, TILE,
			vcsf_run_time(test, &f, csf_run_fragment(0, 0, 0)));
}

/* Suspend a job a quarter of the way. It takes the remaining time after resume. */
static void vcsf_run_suspended(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u64 job = csf_run_compute(1, 0, 0);
	struct csf_cs_output *out;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 8000, 1, 1);
	vcsf_emit_timed(&f.group, 0, &job, 1);
	vcsf_group_signal(&f.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 500 * US));
	out = f.group.queues[0].cs_out;
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	KUNIT_EXPECT_EQ(test, BIT(2), out->status_scoreboards);
	/* No work is done off the slot. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 10 * MS));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO]));
	vcsf_host_group_bind(&f.group, 3);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1500 * US - 1));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[SEQNO]));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[SEQNO]));
}

static u32 vcsf_run_inactive_events(struct vcsf_group_fixture *f)
{
	return (READ_ONCE(f->host->glb_out->ack) ^ f->host->glb_in->req) &
	       (CSF_GLB_INACTIVE_COMPUTE | CSF_GLB_INACTIVE_FRAGMENT |
		CSF_GLB_INACTIVE_TILER);
}

/* The host gets an event when the last job of a kind is done, in any group. */
static void vcsf_run_inactive(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, 4000, 1, 1);
	EMIT(&f.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 0x400) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 0), csf_run_compute(4, 0, 0),
	     csf_run_compute(1, 0, 0), csf_wait(BIT(2)),
	     csf_run_fragment(0, 0, 0));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 2 * MS - 1));
	KUNIT_EXPECT_EQ(test, 0, vcsf_run_inactive_events(&f));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, CSF_GLB_INACTIVE_COMPUTE,
			vcsf_run_inactive_events(&f));
	WRITE_ONCE(f.host->glb_in->req,
		   f.host->glb_in->req ^ CSF_GLB_INACTIVE_COMPUTE);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, MS));
	KUNIT_EXPECT_EQ(test, CSF_GLB_INACTIVE_FRAGMENT,
			vcsf_run_inactive_events(&f));
	/* Termination counts as done. The fragment event is still pending. */
	EMIT(&f.group, 0, csf_run_compute(1, 0, 0), csf_run_fragment(0, 0, 0));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test,
			CSF_GLB_INACTIVE_COMPUTE | CSF_GLB_INACTIVE_FRAGMENT,
			vcsf_run_inactive_events(&f));
}

/* An endless job does not prevent termination of its group. */
static void vcsf_run_terminated(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_run_setup(test, &f, 1);
	vcsf_emit_size(&f, 0, U32_MAX, U32_MAX, U32_MAX);
	EMIT(&f.group, 0, csf_run_compute(1, 0, 0));
	vcsf_host_kick(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 100 * MS));
	KUNIT_EXPECT_EQ(test, f.group.queues[0].in->insert,
			f.group.queues[0].out->extract);
	KUNIT_EXPECT_EQ(test, 1, f.group.queues[0].out->active);
	KUNIT_EXPECT_EQ(test, 0, f.group.out->status_state);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	KUNIT_EXPECT_EQ(test, 0, f.host->hw->mcu->jobs);
}

/* Run two groups that want all cores, and return the durations of their jobs. */
static void vcsf_run_two_groups(struct kunit *test, unsigned int a,
				unsigned int b, u64 *first, u64 *second)
{
	struct vcsf_host_group *groups[2];
	struct vcsf_group_fixture f;
	struct vcsf_host_group other;
	struct vcsf_host_vm vm;
	u64 *data[2], job = csf_run_compute(1, 0, 0);
	unsigned int i;

	vcsf_run_setup(test, &f, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	f.group.priority = a;
	vcsf_host_group_bind(&f.group, 0);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	vcsf_host_vm_init(f.host, &vm, 2);
	data[0] = f.data;
	data[1] = vcsf_host_map_new(&vm, DATA);
	vcsf_host_group_init(f.host, &vm, &other, 1);
	vcsf_host_enable(&vm);
	other.priority = b;
	vcsf_host_group_bind(&other, 1);
	vcsf_host_group_state(&other, CSF_CSG_STATE_START);
	groups[0] = &f.group;
	groups[1] = &other;

	for (i = 0; i < 2; i++) {
		EMIT(groups[i], 0, csf_set_sb_entry(2, 1),
		     csf_req_resource(CSF_RESOURCE_COMPUTE),
		     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 80000),
		     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
		     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1));
		vcsf_emit_timed(groups[i], 0, &job, 1);
	}
	vcsf_group_signal(&f.group, 0, SEQNO);
	vcsf_group_signal(&other, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 40 * MS));
	KUNIT_EXPECT_EQ(test, 1, data[0][SEQNO]);
	KUNIT_EXPECT_EQ(test, 1, data[1][SEQNO]);
	*first = data[0][BEHIND] - data[0][BEFORE];
	*second = data[1][BEHIND] - data[1][BEFORE];
}

static void vcsf_run_priority(struct kunit *test)
{
	u64 low, high;

	vcsf_run_two_groups(test, 3, 9, &low, &high);
	KUNIT_EXPECT_EQ(test, 40 * MS, low);
	/* All of the time but the quanta that prevent starvation */
	KUNIT_EXPECT_LE(test, high, 24 * MS);
}

static void vcsf_run_equals(struct kunit *test)
{
	u64 a, b;

	vcsf_run_two_groups(test, 5, 5, &a, &b);
	KUNIT_EXPECT_EQ(test, 40 * MS, max(a, b));
	KUNIT_EXPECT_GE(test, min(a, b), 30 * MS);
}

static int vcsf_run_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_run_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_run_cases[] = {
	KUNIT_CASE(vcsf_run_compute),
	KUNIT_CASE(vcsf_run_speed),
	KUNIT_CASE(vcsf_run_clock),
	KUNIT_CASE(vcsf_run_endpoints),
	KUNIT_CASE(vcsf_run_without_resource),
	KUNIT_CASE(vcsf_run_errors),
	KUNIT_CASE(vcsf_run_compute_faults),
	KUNIT_CASE(vcsf_run_shared),
	KUNIT_CASE(vcsf_run_is_async),
	KUNIT_CASE(vcsf_run_many),
	KUNIT_CASE(vcsf_run_fragment),
	KUNIT_CASE(vcsf_run_suspended),
	KUNIT_CASE(vcsf_run_inactive),
	KUNIT_CASE(vcsf_run_terminated),
	KUNIT_CASE(vcsf_run_priority),
	KUNIT_CASE(vcsf_run_equals),
	{}
};

static struct kunit_suite vcsf_run_suite = {
	.name = "vcsf_run",
	.init = vcsf_run_init_case,
	.exit = vcsf_run_exit_case,
	.test_cases = vcsf_run_cases,
};

kunit_test_suite(vcsf_run_suite);
