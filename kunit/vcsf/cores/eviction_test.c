// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Suspends of groups whose workgroup does not end, or gets little time: the time that
 * it has, the cores that it has, and what the limit of the CPU time leaves to it.
 */

#include <linux/iopoll.h>
#include <linux/timekeeping.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "engine/engine.h"
#include "group/group.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "compute.h"

/* Instructions that a stage of a job executes */
#define VCSF_EVICTION_STAGE	128

static const u64 vcsf_eviction_loop[] = {
	0x001fc007ffffffc1,	/* BRANCHZ 0xFFFFFFFF, offset:-1 */
};

static void vcsf_eviction_suspend(struct vcsf_host_group *group)
{
	WRITE_ONCE(group->in->req, (group->in->req & ~CSF_CSG_STATE) |
				   CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_ring(group, 0);
}

static u32 vcsf_eviction_state(const struct vcsf_host_group *group)
{
	return READ_ONCE(group->out->ack) & CSF_CSG_STATE;
}

/*
 * Start a job of 5 workgroups, and let the first one begin. Instructions take 100 times
 * as long as usual, so that fewer of them are executed in the same virtual time.
 */
static void vcsf_eviction_begin(struct kunit *test,
				struct vcsf_compute_fixture *f, u32 lanes)
{
	f->g.host->hw->config.speed = 1;
	vcsf_compute_emit(f, 0, vcsf_compute_size(lanes, 1, 1), 5);
	vcsf_host_kick(&f->g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, 200 * US));
	KUNIT_ASSERT_EQ(test, 1, f->g.host->hw->cores->workgroups);
	KUNIT_ASSERT_NE(test, 0, f->g.host->hw->cores->instructions);
}

/* Let time pass, with one stage of the workgroup in each millisecond. */
static void vcsf_eviction_jump(struct kunit *test,
			       struct vcsf_compute_fixture *f, unsigned int ms)
{
	while (ms--) {
		vcsf_clock_advance(f->g.host->hw, MS);
		KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f->g.host));
	}
}

/*
 * A shader that never ends is dropped after 50 ms, in half of the time for which
 * drivers wait. The slot then executes the job of another group.
 */
static void vcsf_eviction_endless(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;
	struct vcsf_cores *cores;
	u64 instructions;

	vcsf_compute_setup(test, &f, 1);
	cores = f.g.host->hw->cores;
	PROGRAM_OF(&f, vcsf_eviction_loop);
	vcsf_eviction_begin(test, &f, 16);
	vcsf_eviction_suspend(group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.g.host));
	instructions = cores->instructions;
	vcsf_eviction_jump(test, &f, 49);
	KUNIT_EXPECT_LT(test, instructions, cores->instructions);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START, vcsf_eviction_state(group));
	vcsf_eviction_jump(test, &f, 1);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_eviction_state(group));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f.g, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_RES_EVICTION_TIMEOUT,
			group->queues[0].cs_out->fatal);
	KUNIT_EXPECT_EQ(test, 0, f.g.host->hw->mcu->suspending);

	instructions = cores->instructions;
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
	KUNIT_EXPECT_EQ(test, instructions, cores->instructions);
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO]);

	f.g.host->hw->config.speed = 100;
	vcsf_host_group_bind(group, 1);
	vcsf_host_group_state(group, CSF_CSG_STATE_START);
	PROGRAM_OF(&f, vcsf_compute_store_id);
	EMIT(group, 0, csf_set_sb_entry(ENTRY, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE));
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 2);
	vcsf_host_kick(group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 31, f.output[0][31]);
}

/*
 * A workgroup that other groups leave few stages has half of the time again, and no more.
 * Here it has one in 5 ms.
 */
static void vcsf_eviction_given(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;
	unsigned int ms;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_eviction_loop);
	vcsf_eviction_begin(test, &f, 16);
	vcsf_eviction_suspend(group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.g.host));
	for (ms = 0; ms < 75; ms += 5) {
		KUNIT_EXPECT_EQ_MSG(test, CSF_CSG_STATE_START,
				    vcsf_eviction_state(group), "%u ms", ms);
		vcsf_clock_advance(f.g.host->hw, 5 * MS);
		KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.g.host));
	}
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_eviction_state(group));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f.g, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_RES_EVICTION_TIMEOUT,
			group->queues[0].cs_out->fatal);
}

/* A pause of the machine does not cost a workgroup all of its time. */
static void vcsf_eviction_pause(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_wait);
	vcsf_eviction_begin(test, &f, 1024);
	vcsf_eviction_suspend(group);
	vcsf_eviction_jump(test, &f, 1);
	vcsf_clock_advance(f.g.host->hw, 200 * MS);
	vcsf_eviction_jump(test, &f, 1);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START, vcsf_eviction_state(group));
	WRITE_ONCE(f.output[0][1], 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 2 * MS));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_eviction_state(group));
	KUNIT_EXPECT_EQ(test, 1024, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 0, (group->queues[0].cs_out->ack ^
				  group->queues[0].cs_in->req) & CSF_CS_FATAL);
}

/*
 * The limit of the CPU time does not hold back a workgroup that a suspend waits for,
 * and does hold back the job of another group. The debt lasts for 100 ms.
 */
static void vcsf_eviction_throttled(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;
	struct vcsf_duty *duty;

	vcsf_compute_setup(test, &f, 1);
	duty = &f.g.host->hw->engine->duty;
	PROGRAM_OF(&f, vcsf_compute_wait);
	vcsf_eviction_begin(test, &f, 1024);
	/* The engine sleeps. */
	vcsf_duty_init(duty, 1);
	vcsf_duty_wait(duty, vcsf_duty_clock(duty));
	vcsf_duty_charge(duty, NSEC_PER_SEC);
	WRITE_ONCE(f.output[0][1], 1);
	vcsf_eviction_suspend(group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 2 * MS));
	KUNIT_EXPECT_NE(test, 0, duty->throttles);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_eviction_state(group));
	KUNIT_EXPECT_EQ(test, 1024, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 1, f.g.host->hw->cores->workgroups);
	vcsf_duty_init(duty, VCSF_DUTY_MAX);

	vcsf_host_group_bind(group, 1);
	vcsf_host_group_state(group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, 5 * 1024, f.output[0][2]);
}

/* Start a group on another slot with the endless shader. */
static void vcsf_eviction_start_other(struct kunit *test,
				      struct vcsf_compute_fixture *f,
				      unsigned int slot)
{
	struct vcsf_host *host = test->priv;
	struct vcsf_host_group *group = &f->g.group;

	f->g.host = host;
	vcsf_host_vm_init(host, &f->g.vm, slot + 1);
	f->g.data = vcsf_host_map_new(&f->g.vm, DATA);
	vcsf_host_group_init(host, &f->g.vm, group, 1);
	vcsf_compute_map(f);
	vcsf_compute_describe(f);
	PROGRAM_OF(f, vcsf_eviction_loop);
	vcsf_host_enable(&f->g.vm);
	vcsf_host_group_bind(group, slot);
	vcsf_host_group_state(group, CSF_CSG_STATE_START);
	EMIT(group, 0, csf_set_sb_entry(ENTRY, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE));
	vcsf_compute_emit(f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_host_kick(group, 0);
}

/*
 * What the workgroups on slots 0 to @count - 1 have executed, at one moment: a batch
 * of theirs holds the lock.
 */
static void vcsf_eviction_executed(struct vcsf *hw, u64 *executed,
				   unsigned int count)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	while (count--)
		executed[count] = hw->cores->compute[count].group.executed;
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
}

/* Wait until a counter has reached a value; no interrupt tells. */
static bool vcsf_eviction_reaches(const u64 *counter, u64 value)
{
	u64 now;

	return !read_poll_timeout(READ_ONCE, now, now >= value, 10,
				  10 * USEC_PER_SEC, false, *counter);
}

static struct vcsf *vcsf_eviction_create(struct kunit *test,
					 struct vcsf_compute_fixture *f)
{
	struct vcsf_config config = vcsf_host_config;

	vcsf_host_destroy(test->priv);
	config.shaders = VCSF_SHADERS_RUN_COMPUTE;
	vcsf_host_create_with(test, &config);
	vcsf_compute_setup(test, f, 1);
	/* The test may get no CPU for longer than a suspend waits. */
	f->g.host->hw->mcu->eviction_ticks = INT_MAX;
	PROGRAM_OF(f, vcsf_eviction_loop);
	vcsf_compute_emit(f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_host_kick(&f->g.group, 0);

	return f->g.host->hw;
}

/*
 * A workgroup that a suspend waits for executes most of the instructions, although
 * another group has a shader that never ends. Without the virtual clock: the engine
 * has no time to spare.
 */
static void vcsf_eviction_beside(struct kunit *test)
{
	struct vcsf_compute_fixture f, other;
	const u64 *own, *others;
	u64 before[2], after[2];
	struct vcsf *hw;

	hw = vcsf_eviction_create(test, &f);
	own = &hw->cores->compute[0].group.executed;
	others = &hw->cores->compute[1].group.executed;
	vcsf_eviction_start_other(test, &other, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_eviction_reaches(own, 1));
	KUNIT_ASSERT_TRUE(test, vcsf_eviction_reaches(others, 1));

	vcsf_eviction_suspend(&f.g.group);
	vcsf_eviction_reaches(own, READ_ONCE(*own) + VCSF_EVICTION_STAGE);
	KUNIT_ASSERT_TRUE(test, READ_ONCE(hw->mcu->csgs[0].suspending));
	vcsf_eviction_executed(hw, before, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_eviction_reaches(others, before[1] +
						      10 * VCSF_EVICTION_STAGE));
	vcsf_eviction_executed(hw, after, 2);
	KUNIT_EXPECT_GT(test, after[0] - before[0], 3 * (after[1] - before[1]));
}

/* The more groups have endless shaders, the less each of them has beside a suspend. */
static void vcsf_eviction_many(struct kunit *test)
{
	struct vcsf_compute_fixture f, *others;
	u64 before[4], after[4], sum = 0;
	const u64 *executed[4];
	struct vcsf *hw;
	unsigned int i;

	others = kunit_kcalloc(test, 3, sizeof(*others), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, others);
	hw = vcsf_eviction_create(test, &f);
	for (i = 1; i < 4; i++)
		vcsf_eviction_start_other(test, &others[i - 1], i);
	for (i = 0; i < 4; i++) {
		executed[i] = &hw->cores->compute[i].group.executed;
		KUNIT_ASSERT_TRUE(test, vcsf_eviction_reaches(executed[i], 1));
	}
	vcsf_eviction_suspend(&f.g.group);
	vcsf_eviction_reaches(executed[0],
			      READ_ONCE(*executed[0]) + VCSF_EVICTION_STAGE);
	KUNIT_ASSERT_TRUE(test, READ_ONCE(hw->mcu->csgs[0].suspending));
	vcsf_eviction_executed(hw, before, 4);
	KUNIT_EXPECT_TRUE(test, vcsf_eviction_reaches(executed[1], before[1] +
						      5 * VCSF_EVICTION_STAGE));
	vcsf_eviction_executed(hw, after, 4);
	for (i = 1; i < 4; i++) {
		KUNIT_EXPECT_GT(test, after[i], before[i]);
		sum += after[i] - before[i];
	}
	KUNIT_EXPECT_GT(test, after[0] - before[0], 4 * sum);
}

/*
 * Of two workgroups that suspends wait for, the shorter has most of the time, by what
 * they have executed: an endless shader cannot take it from a shader that has just begun.
 */
static void vcsf_eviction_shortest(struct kunit *test)
{
	struct vcsf_compute_fixture f, other;
	const u64 *own, *others;
	u64 before[2], after[2];
	unsigned long flags;
	struct vcsf *hw;
	u32 both;

	hw = vcsf_eviction_create(test, &f);
	own = &hw->cores->compute[0].group.executed;
	others = &hw->cores->compute[1].group.executed;
	KUNIT_ASSERT_TRUE(test, vcsf_eviction_reaches(own, 1));
	/* As if it had executed for years: the other cannot catch up with it. */
	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	hw->cores->compute[0].group.cost += 1ULL << 48;
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
	vcsf_eviction_start_other(test, &other, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_eviction_reaches(others, 1));
	vcsf_eviction_suspend(&f.g.group);
	vcsf_eviction_suspend(&other.g.group);
	KUNIT_ASSERT_EQ(test, 0, read_poll_timeout(READ_ONCE, both, both == 3, 10,
						   10 * USEC_PER_SEC, false,
						   hw->mcu->suspending));
	vcsf_eviction_executed(hw, before, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_eviction_reaches(others, before[1] +
						      40 * VCSF_EVICTION_STAGE));
	vcsf_eviction_executed(hw, after, 2);
	KUNIT_EXPECT_GT(test, after[1] - before[1], 2 * (after[0] - before[0]));
	KUNIT_EXPECT_GT(test, after[0], before[0]);
}

static struct kunit_case vcsf_eviction_cases[] = {
	KUNIT_CASE(vcsf_eviction_beside),
	KUNIT_CASE(vcsf_eviction_many),
	KUNIT_CASE(vcsf_eviction_shortest),
	KUNIT_CASE(vcsf_eviction_endless),
	KUNIT_CASE(vcsf_eviction_given),
	KUNIT_CASE(vcsf_eviction_pause),
	KUNIT_CASE(vcsf_eviction_throttled),
	{}
};

static struct kunit_suite vcsf_eviction_suite = {
	.name = "vcsf_eviction",
	.init = vcsf_compute_init_case,
	.exit = vcsf_compute_exit_case,
	.test_cases = vcsf_eviction_cases,
};

kunit_test_suite(vcsf_eviction_suite);
