// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Distribution of shader cores between groups: endpoint counts, core masks, exclusive
 * use, priorities.
 *
 * With the virtual clock and a fixed cost per workgroup and tile, the duration of a
 * job tells how many cores it had. The last part compares how many instructions
 * streams of different priority execute.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/platform_device.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "group.h"

#define US	((u64)NSEC_PER_USEC)
#define MS	((u64)NSEC_PER_MSEC)

/* The core mask of the model has four bits with gaps between them. */
#define CORE_0		0x1ULL
#define CORE_1		0x4ULL
#define CORE_2		0x10000ULL
#define CORE_3		0x40000ULL
#define CORES		(CORE_0 | CORE_1 | CORE_2 | CORE_3)

/* A workgroup takes 1 us of one core, and so do four tiles. */
#define TILES(us)	((us) * 4)

/* Words of a group's data page */
#define SEQNO		0
#define BEFORE		8
#define BEHIND		9
#define FBD		64

#define EP(compute, fragment, tiler, priority) \
	(FIELD_PREP_CONST(CSF_CSG_EP_COMPUTE, compute) | \
	 FIELD_PREP_CONST(CSF_CSG_EP_FRAGMENT, fragment) | \
	 FIELD_PREP_CONST(CSF_CSG_EP_TILER, tiler) | \
	 FIELD_PREP_CONST(CSF_CSG_EP_PRIORITY, priority))

struct vcsf_ep_group {
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
	u64 *data;
};

struct vcsf_ep_fixture {
	struct vcsf_host *host;
	struct vcsf_ep_group groups[3];
};

static void vcsf_ep_setup(struct kunit *test, struct vcsf_ep_fixture *f)
{
	f->host = test->priv;
	vcsf_host_boot(f->host);
	f->host->hw->config.shaders = 0;
}

/* Program a slot, with core masks and counts other than those of group_bind(). */
static void vcsf_ep_bind(struct vcsf_ep_group *g, unsigned int slot, u64 cores,
			 u32 endpoints)
{
	vcsf_host_group_bind(&g->group, slot);
	g->group.in->allow_compute = cores;
	g->group.in->allow_fragment = cores;
	g->group.in->endpoint_req = endpoints;
}

static void vcsf_ep_create(struct vcsf_ep_fixture *f, unsigned int n,
			   unsigned int queues)
{
	struct vcsf_ep_group *g = &f->groups[n];

	vcsf_host_vm_init(f->host, &g->vm, n + 1);
	g->data = vcsf_host_map_new(&g->vm, DATA);
	vcsf_host_group_init(f->host, &g->vm, &g->group, queues);
	vcsf_host_enable(&g->vm);
}

/* Start group @n on slot @n and request the resources that it has endpoints for. */
static void vcsf_ep_start(struct vcsf_ep_fixture *f, unsigned int n, u64 cores,
			  u32 endpoints)
{
	struct vcsf_ep_group *g = &f->groups[n];
	u32 resources = 0;

	vcsf_ep_create(f, n, 1);
	vcsf_ep_bind(g, n, cores, endpoints);
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
	if (endpoints & CSF_CSG_EP_COMPUTE)
		resources |= CSF_RESOURCE_COMPUTE;
	if (endpoints & CSF_CSG_EP_FRAGMENT)
		resources |= CSF_RESOURCE_FRAGMENT;
	EMIT(&g->group, 0, csf_set_sb_entry(2, 1), csf_req_resource(resources));
}

static void vcsf_ep_emit_job(struct vcsf_ep_group *g, u64 job)
{
	EMIT(&g->group, 0, csf_move48(70, DATA),
	     csf_store_state(70, 8 * BEFORE, CSF_STATE_TIMESTAMP, 0, 0), job,
	     csf_wait(BIT(2)),
	     csf_store_state(70, 8 * BEHIND, CSF_STATE_TIMESTAMP, 0, 0));
	vcsf_group_emit_signal(&g->group, 0, SEQNO);
}

/* Emit a compute job that takes @us microseconds of one core. */
static void vcsf_ep_compute(struct vcsf_ep_group *g, u32 us)
{
	EMIT(&g->group, 0, csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), us),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1));
	vcsf_ep_emit_job(g, csf_run_compute(1, 0, 0));
}

/* Emit a fragment job of the same cost, without a render target to write to. */
static void vcsf_ep_fragment(struct vcsf_ep_group *g, u32 us)
{
	u32 rows = TILES(us) / 100;

	EMIT(&g->group, 0, csf_move48(CSF_REG_FRAGMENT_FBD,
				      (DATA + 8 * FBD) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, (16 * rows - 1) << 16 | 1599));
	vcsf_ep_emit_job(g, csf_run_fragment(0, 0, 0));
}

/*
 * Ring the doorbells, group 0 last, and let virtual time pass. In one millisecond of
 * eight, the cores are handed out in rotation, whatever the priorities. Begin after
 * that millisecond, so that only priorities decide in the next 7 ms.
 */
static void vcsf_ep_run(struct kunit *test, struct vcsf_ep_fixture *f,
			unsigned int count, u64 ns)
{
	u64 now = vcsf_clock_ns(f->host->hw);

	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->host,
						  9 * MS - now % (8 * MS)));
	while (count--)
		vcsf_host_kick(&f->groups[count].group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->host, ns));
}

/* Duration of the group's job in microseconds */
static u64 vcsf_ep_time(struct kunit *test, struct vcsf_ep_group *g)
{
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(g->data[SEQNO]));

	return div_u64(g->data[BEHIND] - g->data[BEFORE], NSEC_PER_USEC);
}

/* With enough cores for both, each group has as many as it requests. */
static void vcsf_ep_counts(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(3, 0, 0, 9));
	vcsf_ep_start(&f, 1, CORES, EP(1, 0, 0, 3));
	vcsf_ep_compute(&f.groups[0], 3000);
	vcsf_ep_compute(&f.groups[1], 1500);
	vcsf_ep_run(test, &f, 2, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 1500, vcsf_ep_time(test, &f.groups[1]));
}

/* A group's compute and fragment endpoint counts are independent. */
static void vcsf_ep_counts_by_kind(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(1, 2, 0, 9));
	vcsf_ep_compute(&f.groups[0], 1000);
	vcsf_ep_run(test, &f, 1, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[0]));
	f.groups[0].data[SEQNO] = 0;
	vcsf_ep_fragment(&f.groups[0], 1000);
	vcsf_ep_run(test, &f, 1, 7 * MS);
	KUNIT_EXPECT_EQ(test, 500, vcsf_ep_time(test, &f.groups[0]));
}

/*
 * With too few cores, the group of higher priority has the three that it requests and
 * the other one has the rest until the first is done.
 */
static void vcsf_ep_priority(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(3, 0, 0, 3));
	vcsf_ep_start(&f, 1, CORES, EP(3, 0, 0, 9));
	vcsf_ep_compute(&f.groups[0], 4000);
	vcsf_ep_compute(&f.groups[1], 3000);
	vcsf_ep_run(test, &f, 2, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[1]));
	KUNIT_EXPECT_EQ(test, 2000, vcsf_ep_time(test, &f.groups[0]));
}

/* A core that only one group's mask allows is not given to another group. */
static void vcsf_ep_masks_apart(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORE_0 | CORE_1 | CORE_2, EP(4, 0, 0, 9));
	vcsf_ep_start(&f, 1, CORE_3, EP(4, 0, 0, 3));
	vcsf_ep_compute(&f.groups[0], 3000);
	vcsf_ep_compute(&f.groups[1], 500);
	vcsf_ep_run(test, &f, 2, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 500, vcsf_ep_time(test, &f.groups[1]));
}

/* Cores that both masks allow go to the higher priority, the rest to the lower. */
static void vcsf_ep_masks_overlap(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORE_0 | CORE_1, EP(4, 0, 0, 9));
	vcsf_ep_start(&f, 1, CORE_0 | CORE_1 | CORE_2, EP(4, 0, 0, 3));
	vcsf_ep_compute(&f.groups[0], 2000);
	vcsf_ep_compute(&f.groups[1], 4000);
	vcsf_ep_run(test, &f, 2, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 2000, vcsf_ep_time(test, &f.groups[1]));
}

/*
 * A group with exclusive compute endpoints leaves other cores unused by that kind of
 * work. Other kinds may use them.
 */
static void vcsf_ep_exclusive(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES,
		      EP(1, 0, 0, 9) | CSF_CSG_EP_EXCLUSIVE_COMPUTE);
	vcsf_ep_start(&f, 1, CORES, EP(4, 0, 0, 3));
	vcsf_ep_start(&f, 2, CORES, EP(0, 2, 0, 1));
	vcsf_ep_compute(&f.groups[0], 2000);
	vcsf_ep_compute(&f.groups[1], 4000);
	vcsf_ep_fragment(&f.groups[2], 2000);
	vcsf_ep_run(test, &f, 3, 7 * MS);
	KUNIT_EXPECT_EQ(test, 2000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 3000, vcsf_ep_time(test, &f.groups[1]));
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[2]));
}

static void vcsf_ep_exclusive_fragment(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES,
		      EP(0, 1, 0, 9) | CSF_CSG_EP_EXCLUSIVE_FRAGMENT);
	vcsf_ep_start(&f, 1, CORES, EP(0, 4, 0, 3));
	vcsf_ep_start(&f, 2, CORES, EP(2, 0, 0, 1));
	vcsf_ep_fragment(&f.groups[0], 2000);
	vcsf_ep_fragment(&f.groups[1], 4000);
	vcsf_ep_compute(&f.groups[2], 2000);
	vcsf_ep_run(test, &f, 3, 7 * MS);
	KUNIT_EXPECT_EQ(test, 2000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 3000, vcsf_ep_time(test, &f.groups[1]));
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[2]));
}

/* A group with exclusive endpoints waits until no other group uses that kind. */
static void vcsf_ep_exclusive_waits(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(1, 0, 0, 9));
	vcsf_ep_start(&f, 1, CORES,
		      EP(4, 0, 0, 3) | CSF_CSG_EP_EXCLUSIVE_COMPUTE);
	vcsf_ep_compute(&f.groups[0], 3000);
	vcsf_ep_compute(&f.groups[1], 4000);
	vcsf_ep_run(test, &f, 2, 7 * MS);
	KUNIT_EXPECT_EQ(test, 3000, vcsf_ep_time(test, &f.groups[0]));
	KUNIT_EXPECT_EQ(test, 4000, vcsf_ep_time(test, &f.groups[1]));
}

/* An endless job with exclusive endpoints does not starve other groups. */
static void vcsf_ep_no_starvation(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES,
		      EP(4, 0, 0, 15) | CSF_CSG_EP_EXCLUSIVE_COMPUTE);
	vcsf_ep_start(&f, 1, CORES, EP(1, 0, 0, 0));
	vcsf_ep_start(&f, 2, CORES,
		      EP(1, 0, 0, 0) | CSF_CSG_EP_EXCLUSIVE_COMPUTE);
	vcsf_ep_compute(&f.groups[0], U32_MAX);
	vcsf_ep_compute(&f.groups[1], 2000);
	vcsf_ep_compute(&f.groups[2], 2000);
	vcsf_ep_run(test, &f, 3, 7 * MS);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.groups[1].data[SEQNO]));
	/* In rotation, each of the three groups comes first in one ms of 24. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 48 * MS));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.groups[0].data[SEQNO]));
	KUNIT_EXPECT_LE(test, vcsf_ep_time(test, &f.groups[1]), 49000);
	KUNIT_EXPECT_LE(test, vcsf_ep_time(test, &f.groups[2]), 49000);
}

/* A new endpoint request of a running group takes effect at once. */
static void vcsf_ep_changed(struct kunit *test)
{
	struct vcsf_ep_fixture f;
	struct vcsf_ep_group *g = &f.groups[0];

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(4, 0, 0, 9));
	vcsf_ep_compute(g, 9000);
	vcsf_ep_run(test, &f, 1, 1 * MS);
	g->group.in->endpoint_req = EP(1, 0, 0, 9);
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
	KUNIT_EXPECT_EQ(test, EP(1, 0, 0, 9), g->group.out->status_ep_req);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1 * MS));
	/* The same for a smaller core mask */
	g->group.in->endpoint_req = EP(4, 0, 0, 9);
	g->group.in->allow_compute = CORE_1 | CORE_2;
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 5 * MS));
	KUNIT_EXPECT_EQ(test, 4000, vcsf_ep_time(test, g));
}

/* CFG_ALLOC_EN limits all groups to the cores that the host enables. */
static void vcsf_ep_core_en_mask(struct kunit *test)
{
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORES, EP(4, 0, 0, 9));
	f.host->glb_in->core_en_mask = CORE_2 | 0x2;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host, CSF_GLB_CFG_ALLOC_EN,
						  CSF_GLB_CFG_ALLOC_EN));
	vcsf_ep_compute(&f.groups[0], 1000);
	vcsf_ep_run(test, &f, 1, 7 * MS);
	KUNIT_EXPECT_EQ(test, 1000, vcsf_ep_time(test, &f.groups[0]));
}

/* A request for a resource that the group has no endpoint for is an endpoint fault. */
static void vcsf_ep_none(struct kunit *test)
{
	static const struct {
		u32 endpoints;
		u32 resource;
	} without[] = {
		{ EP(0, 4, 1, 9), CSF_RESOURCE_COMPUTE },
		{ EP(4, 0, 1, 9), CSF_RESOURCE_FRAGMENT },
		{ EP(4, 4, 0, 9), CSF_RESOURCE_TILER },
		{ EP(4, 4, 0, 9), CSF_RESOURCE_IDVS },
	};
	struct vcsf_ep_group *g;
	struct vcsf_ep_fixture f;
	unsigned int i;

	vcsf_ep_setup(test, &f);
	vcsf_ep_create(&f, 0, ARRAY_SIZE(without));
	g = &f.groups[0];
	for (i = 0; i < ARRAY_SIZE(without); i++) {
		struct vcsf_host_queue *q = &g->group.queues[i];

		EMIT(&g->group, i,
		     csf_req_resource(0xf & ~without[i].resource &
				      ~(i > 1 ? 0xc : 0)),
		     csf_req_resource(without[i].resource));
		vcsf_ep_bind(g, 0, CORES, without[i].endpoints);
		vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
		KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
		KUNIT_EXPECT_EQ(test, CSF_CS_FATAL,
				(q->cs_out->ack ^ q->cs_in->req) &
				CSF_CS_EVENTS);
		KUNIT_EXPECT_EQ(test, CSF_EXC_CS_ENDPOINT_FAULT,
				q->cs_out->fatal);
		KUNIT_EXPECT_EQ(test, csf_req_resource(without[i].resource),
				q->cs_out->fatal_info);
		vcsf_host_group_state(&g->group, CSF_CSG_STATE_TERMINATE);
	}
}

/* STATUS_EP_REQ is the group's request, STATUS_EP_CURRENT what its streams hold. */
static void vcsf_ep_status(struct kunit *test)
{
	struct vcsf_ep_fixture f;
	struct csf_csg_output *out;

	vcsf_ep_setup(test, &f);
	vcsf_ep_start(&f, 0, CORE_0 | CORE_2 | CORE_3, EP(4, 2, 1, 9));
	out = f.groups[0].group.out;
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.groups[0].group));
	KUNIT_EXPECT_EQ(test, EP(4, 2, 1, 9), out->status_ep_req);
	KUNIT_EXPECT_EQ(test, EP(0, 0, 0, 9), out->status_ep_current);
	vcsf_ep_run(test, &f, 1, MS);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.groups[0].group));
	KUNIT_EXPECT_EQ(test, EP(3, 2, 0, 9), out->status_ep_current);
	EMIT(&f.groups[0].group, 0, csf_req_resource(CSF_RESOURCE_TILER));
	vcsf_ep_run(test, &f, 1, MS);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.groups[0].group));
	KUNIT_EXPECT_EQ(test, EP(0, 0, 1, 9), out->status_ep_current);

	/* A job goes on with its cores when its stream releases them. */
	EMIT(&f.groups[0].group, 0, csf_req_resource(CSF_RESOURCE_COMPUTE),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 6000),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 0), csf_req_resource(0));
	vcsf_ep_run(test, &f, 1, MS);
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.groups[0].group));
	KUNIT_EXPECT_EQ(test, EP(3, 0, 0, 9), out->status_ep_current);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 2 * MS));
	KUNIT_ASSERT_TRUE(test, vcsf_host_group_status(&f.groups[0].group));
	KUNIT_EXPECT_EQ(test, EP(0, 0, 0, 9), out->status_ep_current);
}

/* --- Instructions --------------------------------------------------------------- */

#define COUNT_END	100000

/* Emit an endless loop that counts in r20. */
static void vcsf_ep_emit_count(struct vcsf_host_group *g, unsigned int queue)
{
	EMIT(g, queue, csf_add_imm32(20, 20, 1), csf_nop(),
	     csf_branch(CSF_COND_ALWAYS, 0, -3));
}

/* Emit the same loop, with a signal once r20 has reached COUNT_END. */
static void vcsf_ep_emit_count_to(struct vcsf_host_group *g, unsigned int queue)
{
	EMIT(g, queue, csf_move32(21, COUNT_END), csf_add_imm32(20, 20, 1),
	     csf_add_imm32(21, 21, -1), csf_branch(CSF_COND_GT, 21, -3));
	vcsf_group_emit_signal(g, queue, SEQNO);
	vcsf_ep_emit_count(g, queue);
}

/* The lower priority gets an eighth of the turns, here within a factor of about two. */
static void vcsf_ep_expect_share(struct kunit *test, u32 low, u32 high)
{
	KUNIT_EXPECT_GE(test, high, COUNT_END);
	KUNIT_EXPECT_GE(test, low, high / 20);
	KUNIT_EXPECT_LE(test, low, high / 4);
}

struct vcsf_ep_sample {
	u32 low;
	u32 high;
};

/* Read both counters under the lock that a running stream holds. */
static struct vcsf_ep_sample vcsf_ep_sample(struct vcsf *hw,
					    const struct vcsf_cs *low,
					    const struct vcsf_cs *high)
{
	struct vcsf_ep_sample counts;
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	counts.low = low->regs[20];
	counts.high = high->regs[20];
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return counts;
}

static bool vcsf_ep_wait_count(const struct vcsf_cs *cs, u32 count)
{
	unsigned long end = jiffies + VCSF_HOST_TIMEOUT;

	while (READ_ONCE(cs->regs[20]) < count) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(100, 200);
	}

	return true;
}

/* Sample while both streams run, so that the duration of the set-up does not matter. */
static void vcsf_ep_group_priority(struct kunit *test)
{
	struct vcsf_ep_sample from, to;
	struct vcsf_cs *low, *high;
	struct vcsf_ep_fixture f;

	vcsf_ep_setup(test, &f);
	high = &f.host->hw->mcu->csgs[0].cs[0];
	low = &f.host->hw->mcu->csgs[1].cs[0];
	vcsf_ep_start(&f, 0, CORES, EP(4, 4, 1, 5));
	vcsf_ep_start(&f, 1, CORES, EP(4, 4, 1, 4));
	vcsf_ep_emit_count(&f.groups[0].group, 0);
	vcsf_ep_emit_count(&f.groups[1].group, 0);
	vcsf_host_kick(&f.groups[0].group, 0);
	vcsf_host_kick(&f.groups[1].group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_ep_wait_count(low, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_ep_wait_count(high, 1));

	from = vcsf_ep_sample(f.host->hw, low, high);
	KUNIT_ASSERT_TRUE(test, vcsf_ep_wait_count(high,
						   from.high + COUNT_END));
	to = vcsf_ep_sample(f.host->hw, low, high);
	vcsf_ep_expect_share(test, to.low - from.low, to.high - from.high);
}

/* The same for two streams of one group */
static void vcsf_ep_stream_priority(struct kunit *test)
{
	struct vcsf_ep_group *g;
	struct vcsf_ep_fixture f;
	struct vcsf_cs *cs;

	vcsf_ep_setup(test, &f);
	vcsf_ep_create(&f, 0, 2);
	g = &f.groups[0];
	vcsf_ep_emit_count(&g->group, 0);
	vcsf_ep_emit_count_to(&g->group, 1);
	vcsf_ep_bind(g, 0, CORES, EP(4, 4, 1, 9));
	g->group.queues[1].cs_in->config |=
		FIELD_PREP(CSF_CS_CONFIG_PRIORITY, 15);
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&g->group, g->data, 1));
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_SUSPEND);
	cs = f.host->hw->mcu->csgs[0].cs;
	vcsf_ep_expect_share(test, cs[0].regs[20], cs[1].regs[20]);
}

static int vcsf_ep_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_ep_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_ep_cases[] = {
	KUNIT_CASE(vcsf_ep_counts),
	KUNIT_CASE(vcsf_ep_counts_by_kind),
	KUNIT_CASE(vcsf_ep_priority),
	KUNIT_CASE(vcsf_ep_masks_apart),
	KUNIT_CASE(vcsf_ep_masks_overlap),
	KUNIT_CASE(vcsf_ep_exclusive),
	KUNIT_CASE(vcsf_ep_exclusive_fragment),
	KUNIT_CASE(vcsf_ep_exclusive_waits),
	KUNIT_CASE(vcsf_ep_no_starvation),
	KUNIT_CASE(vcsf_ep_changed),
	KUNIT_CASE(vcsf_ep_core_en_mask),
	KUNIT_CASE(vcsf_ep_none),
	KUNIT_CASE(vcsf_ep_status),
	KUNIT_CASE(vcsf_ep_group_priority),
	KUNIT_CASE(vcsf_ep_stream_priority),
	{}
};

static struct kunit_suite vcsf_ep_suite = {
	.name = "vcsf_endpoint",
	.init = vcsf_ep_init_case,
	.exit = vcsf_ep_exit_case,
	.test_cases = vcsf_ep_cases,
};

kunit_test_suite(vcsf_ep_suite);
