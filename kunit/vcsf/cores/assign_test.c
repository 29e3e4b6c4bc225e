// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Assignment of cores to the streams of groups, and to a group that is being suspended.
 */

#include "base/vcsf.h"
#include "cores/cores.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "compute.h"

#define QUEUES	2
#define QUANTUM	MS

struct vcsf_assign_group {
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
};

/* Start a group on slot @n that has resources for fragment jobs. */
static void vcsf_assign_start(struct vcsf_host *host,
			      struct vcsf_assign_group *g, unsigned int n,
			      unsigned int priority)
{
	unsigned int i;

	vcsf_host_vm_init(host, &g->vm, n + 1);
	vcsf_host_map_new(&g->vm, DATA);
	vcsf_host_group_init(host, &g->vm, &g->group, QUEUES);
	g->group.priority = priority;
	vcsf_host_enable(&g->vm);
	vcsf_host_group_bind(&g->group, n);
	vcsf_host_group_state(&g->group, CSF_CSG_STATE_START);
	for (i = 0; i < QUEUES; i++)
		EMIT(&g->group, i, csf_set_sb_entry(ENTRY, 1),
		     csf_req_resource(CSF_RESOURCE_FRAGMENT));
}

/* Emit a job of @rows rows of 100 tiles, each of which takes 25 us of one core. */
static void vcsf_assign_job(struct vcsf_assign_group *g, unsigned int queue,
			    u32 rows)
{
	EMIT(&g->group, queue,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 0x200) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, (16 * rows - 1) << 16 | 1599),
	     csf_run_fragment(0, 0, 0));
	vcsf_host_kick(&g->group, queue);
}

/* Tiles of the job of a stream that are left */
static u64 vcsf_assign_left(struct vcsf_host *host, unsigned int slot,
			    unsigned int queue)
{
	const struct vcsf_deferred *op =
		vcsf_jobs_head(&host->hw->mcu->csgs[slot].cs[queue],
			       VCSF_UNIT_FRAGMENT);

	return op ? op->left + op->stage : 0;
}

/*
 * Groups of the same priority, of several streams each, that all want all cores: in
 * as many turns as there are streams, and as many quanta again that ignore the
 * priority, each stream is the first one.
 */
static void vcsf_assign_turns(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	u64 left[2][QUEUES], part, whole;
	struct vcsf_assign_group g[2];
	unsigned int i, j;

	vcsf_host_boot(host);
	host->hw->config.speed = 1;
	for (i = 0; i < ARRAY_SIZE(g); i++)
		vcsf_assign_start(host, &g[i], i, 8);
	for (i = 0; i < ARRAY_SIZE(g); i++)
		for (j = 0; j < QUEUES; j++)
			vcsf_assign_job(&g[i], j, 60);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 100 * US));
	for (i = 0; i < ARRAY_SIZE(g); i++)
		for (j = 0; j < QUEUES; j++)
			left[i][j] = vcsf_assign_left(host, i, j);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 64 * QUANTUM));
	/* Each quantum, 4 cores have time for 160 tiles. */
	whole = 64 * 160;
	for (i = 0; i < ARRAY_SIZE(g); i++) {
		for (j = 0; j < QUEUES; j++) {
			part = left[i][j] - vcsf_assign_left(host, i, j);
			KUNIT_EXPECT_GT_MSG(test, part, whole / 8,
					    "group %u stream %u", i, j);
		}
	}
}

/*
 * A workgroup that a suspend waits for has one core. A job of higher priority has
 * the others.
 */
static void vcsf_assign_suspending(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_assign_group other;
	struct vcsf_host_group *group = &f.g.group;
	struct vcsf *hw;
	u64 instructions;

	vcsf_compute_setup(test, &f, 1);
	hw = f.g.host->hw;
	hw->config.speed = 1;
	PROGRAM_OF(&f, vcsf_compute_wait);
	/* A width of 4 cores */
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 4);
	vcsf_host_kick(group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 200 * US));
	WRITE_ONCE(group->in->req, (group->in->req & ~CSF_CSG_STATE) |
				   CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_ring(group, 0);
	vcsf_assign_start(f.g.host, &other, 1, 15);
	instructions = hw->cores->instructions;
	/* 3.1 ms of all four cores, or 4.2 ms of three */
	vcsf_assign_job(&other, 0, 5);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 4 * MS));
	KUNIT_EXPECT_NE(test, 0, vcsf_assign_left(f.g.host, 1, 0));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
	KUNIT_EXPECT_EQ(test, 0, vcsf_assign_left(f.g.host, 1, 0));
	/* Neither starves. */
	KUNIT_EXPECT_LT(test, instructions, hw->cores->instructions);
	KUNIT_EXPECT_TRUE(test, hw->mcu->csgs[0].suspending);
	WRITE_ONCE(f.output[0][1], 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_FALSE(test, hw->mcu->csgs[0].resident);
}

static struct kunit_case vcsf_assign_cases[] = {
	KUNIT_CASE(vcsf_assign_turns),
	KUNIT_CASE(vcsf_assign_suspending),
	{}
};

static struct kunit_suite vcsf_assign_suite = {
	.name = "vcsf_assign",
	.init = vcsf_compute_init_case,
	.exit = vcsf_compute_exit_case,
	.test_cases = vcsf_assign_cases,
};

kunit_test_suite(vcsf_assign_suite);
