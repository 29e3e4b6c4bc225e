// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Workgroups and what is around them: suspend while one is under way, the progress
 * timer, streams and jobs that wait for one, flushes, the watchdog's interrupt.
 */

#include <linux/timekeeping.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "engine/engine.h"
#include "group/group.h"
#include "regs/clock.h"
#include "compute.h"

static void vcsf_workgroup_request(struct vcsf_host_group *group, u32 state)
{
	WRITE_ONCE(group->in->req, (group->in->req & ~CSF_CSG_STATE) | state);
	vcsf_host_group_ring(group, 0);
}

/* Set the progress timer, and let work take 100 times as long. */
static void vcsf_workgroup_timer(struct kunit *test,
				 struct vcsf_compute_fixture *f, u64 ns)
{
	struct vcsf_host *host = f->g.host;

	host->hw->config.speed = 1;
	host->glb_in->progress_timer = ns >> 10;
	KUNIT_ASSERT_TRUE(test,
			  vcsf_host_request(host, CSF_GLB_CFG_PROGRESS_TIMER,
					    ~host->glb_out->ack &
					    CSF_GLB_CFG_PROGRESS_TIMER));
}

static bool vcsf_workgroup_late(const struct vcsf_host_group *group)
{
	return (READ_ONCE(group->out->ack) ^ group->in->req) &
	       CSF_CSG_PROGRESS_TIMER;
}

static u32 vcsf_workgroup_state(const struct vcsf_host_group *group)
{
	return READ_ONCE(group->out->ack) & CSF_CSG_STATE;
}

/* Start a job of @groups workgroups that wait for a word, and let the first one begin. */
static void vcsf_workgroup_begin(struct kunit *test, struct vcsf_compute_fixture *f,
				 u32 lanes, u32 groups)
{
	vcsf_compute_setup(test, f, 1);
	PROGRAM_OF(f, vcsf_compute_wait);
	vcsf_compute_emit(f, 0, vcsf_compute_size(lanes, 1, 1), groups);
	vcsf_host_kick(&f->g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, 100 * US));
}

/* A suspend waits for the workgroup; the rest of the job runs after the resume. */
static void vcsf_workgroup_suspend(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_workgroup_begin(test, &f, 40, 5);
	KUNIT_EXPECT_EQ(test, ~0U, READ_ONCE(f.output[0][0]));
	vcsf_workgroup_request(group, CSF_CSG_STATE_SUSPEND);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 100 * US));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START, vcsf_workgroup_state(group));

	WRITE_ONCE(f.output[0][1], 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 100 * US));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_workgroup_state(group));
	KUNIT_EXPECT_EQ(test, 40, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 1, f.g.host->hw->cores->workgroups);

	vcsf_host_group_bind(group, 1);
	vcsf_host_group_state(group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 200, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, 5, f.g.host->hw->cores->workgroups);
}

/* The host may withdraw the request. */
static void vcsf_workgroup_suspend_cancel(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_workgroup_begin(test, &f, 40, 5);
	vcsf_workgroup_request(group, CSF_CSG_STATE_SUSPEND);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 100 * US));
	vcsf_workgroup_request(group, CSF_CSG_STATE_START);
	WRITE_ONCE(f.output[0][1], 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START, vcsf_workgroup_state(group));
	KUNIT_EXPECT_EQ(test, 200, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
}

/* A workgroup that does not end is dropped, and its stream does not continue. */
static void vcsf_workgroup_suspend_endless(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_workgroup_begin(test, &f, 16, 5);
	/* It takes no time of the test while it stalls, and is given no stage. */
	vcsf_host_lock(&f.g.vm, OUTPUT, 15);
	vcsf_workgroup_request(group, CSF_CSG_STATE_SUSPEND);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 74 * MS));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START, vcsf_workgroup_state(group));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_SUSPEND, vcsf_workgroup_state(group));
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f.g, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_RES_EVICTION_TIMEOUT,
			group->queues[0].cs_out->fatal);
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO]);
}

static const u64 vcsf_workgroup_loop[] = {
	0x001fc007ffffffc1,	/* BRANCHZ 0xFFFFFFFF, offset:-1 */
};

/* The progress timer reports a shader that never ends; termination ends it. */
static void vcsf_workgroup_endless(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;
	u64 instructions;

	vcsf_compute_setup(test, &f, 1);
	vcsf_workgroup_timer(test, &f, 4 * MS);
	PROGRAM_OF(&f, vcsf_workgroup_loop);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_host_kick(group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 3 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_workgroup_late(group));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 2 * MS));
	KUNIT_EXPECT_TRUE(test,
			  vcsf_group_wait_event(&f.g, CSF_CSG_PROGRESS_TIMER));
	vcsf_host_group_state(group, CSF_CSG_STATE_TERMINATE);
	instructions = f.g.host->hw->cores->instructions;
	KUNIT_EXPECT_GT(test, instructions, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 20 * MS));
	KUNIT_EXPECT_EQ(test, instructions, f.g.host->hw->cores->instructions);
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO]);
}

/* Another job of the group is no progress of a shader that never ends. */
static void vcsf_workgroup_endless_beside(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_compute_setup(test, &f, 2);
	vcsf_workgroup_timer(test, &f, 4 * MS);
	PROGRAM_OF(&f, vcsf_workgroup_loop);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_host_kick(group, 0);
	/* 18 rows of 100 tiles, which take 25 us of a core each */
	EMIT(group, 1, csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 0x200) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, (16 * 18 - 1) << 16 | 1599),
	     csf_run_fragment(0, 0, 0));
	vcsf_host_kick(group, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 3 * MS));
	KUNIT_EXPECT_FALSE(test, vcsf_workgroup_late(group));
	/* The other job may have had all cores for the first quantum. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 4 * MS));
	KUNIT_EXPECT_TRUE(test, vcsf_workgroup_late(group));
	/* The other job is not over. */
	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(1), f.g.host->hw->mcu->csgs[0].jobs);
}

/*
 * A flush of the caches, which any client can request, lets a shader fetch its
 * instructions again, but not decode them.
 */
static void vcsf_workgroup_flushes(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_cores *cores;
	u64 decoded, instructions;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	cores = f.g.host->hw->cores;
	f.g.host->hw->config.speed = 1;
	PROGRAM_OF(&f, vcsf_compute_wait);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(40, 1, 1), 2);
	vcsf_host_kick(&f.g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 200 * US));
	decoded = READ_ONCE(cores->decoded);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(vcsf_compute_wait) - 1, decoded);
	for (i = 0; i < 5; i++) {
		instructions = READ_ONCE(cores->instructions);
		vcsf_host_write(f.g.host, CSF_GPU_COMMAND,
				CSF_GPU_FLUSH_CACHES(CSF_FLUSH_CLEAN_INV,
						     CSF_FLUSH_CLEAN_INV,
						     CSF_FLUSH_INV));
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 100 * US));
		KUNIT_EXPECT_LT(test, instructions, READ_ONCE(cores->instructions));
	}
	KUNIT_EXPECT_EQ(test, decoded, READ_ONCE(cores->decoded));
	/* The loop branches: with a flush, what has changed is seen. */
	f.program[5] = 0x00c0ULL << 40;		/* NOP */
	vcsf_host_write(f.g.host, CSF_GPU_COMMAND,
			CSF_GPU_FLUSH_CACHES(CSF_FLUSH_CLEAN_INV,
					     CSF_FLUSH_CLEAN_INV,
					     CSF_FLUSH_INV));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 80, f.output[0][2]);
	KUNIT_EXPECT_EQ(test, decoded + 2, READ_ONCE(cores->decoded));
}

/* Wait until the watchdog's interrupt has executed a step; false if it does not. */
static bool vcsf_workgroup_fallback(struct vcsf *hw)
{
	u64 end = ktime_get_mono_fast_ns() + 5ULL * NSEC_PER_SEC;
	u64 steps = READ_ONCE(hw->engine->fallback_steps);

	while (READ_ONCE(hw->engine->fallback_steps) == steps) {
		if (ktime_get_mono_fast_ns() > end)
			return false;
		cpu_relax();
	}

	return true;
}

/*
 * An interrupt that acts for the engine launches a workgroup, or executes a batch
 * of instructions, but not both.
 */
static void vcsf_workgroup_interrupt(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	u64 launched, executed, most = 0;
	unsigned int both = 0, i;
	struct vcsf_cores *cores;
	bool steps = true;

	vcsf_compute_setup(test, &f, 1);
	cores = f.g.host->hw->cores;
	PROGRAM_OF(&f, vcsf_compute_store_id);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 100 * US));
	vcsf_compute_emit(&f, 0, vcsf_compute_size(512, 1, 1), 3);
	vcsf_host_hold_engine(f.g.host);
	vcsf_host_kick(&f.g.group, 0);
	for (i = 0; i < 30 && steps; i++) {
		launched = READ_ONCE(cores->workgroups);
		executed = READ_ONCE(cores->instructions);
		vcsf_clock_advance(f.g.host->hw, 100 * US);
		steps = vcsf_workgroup_fallback(f.g.host->hw);
		executed = READ_ONCE(cores->instructions) - executed;
		both += executed && READ_ONCE(cores->workgroups) != launched;
		most = max(most, executed);
	}
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, steps);
	KUNIT_EXPECT_NE(test, 0, cores->workgroups);
	KUNIT_EXPECT_EQ(test, 0, both);
	KUNIT_EXPECT_NE(test, 0, most);
	KUNIT_EXPECT_LE(test, most, 32);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, 3 * 512 - 1, f.output[1][3 * 512 - 1 - 1024]);
}

/* Workgroups that end are progress, however long the job takes. */
static void vcsf_workgroup_progress(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	struct vcsf_host_group *group = &f.g.group;

	vcsf_compute_setup(test, &f, 1);
	vcsf_workgroup_timer(test, &f, 2 * MS);
	PROGRAM_OF(&f, vcsf_compute_load_first);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 4000);
	vcsf_host_kick(group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 9 * MS));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO]);
	KUNIT_EXPECT_FALSE(test, vcsf_workgroup_late(group));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO]);
	KUNIT_EXPECT_FALSE(test, vcsf_workgroup_late(group));
}

/* A shader that stalls again and again, as its address space changes, gets no time. */
static void vcsf_workgroup_stalls(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 1);
	vcsf_workgroup_timer(test, &f, 4 * MS);
	PROGRAM_OF(&f, vcsf_compute_wait);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_host_kick(&f.g.group, 0);
	for (i = 0; i < 6; i++) {
		vcsf_host_lock(&f.g.vm, OUTPUT, 15);
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS / 2));
		vcsf_host_command(&f.g.vm, CSF_AS_COMMAND_UNLOCK);
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS / 2));
	}
	KUNIT_EXPECT_TRUE(test, vcsf_workgroup_late(&f.g.group));
}

/* Start a group with a high priority that occupies all cores for about 12 ms. */
static void vcsf_workgroup_occupy(struct kunit *test, struct vcsf_host *host,
				  struct vcsf_host_vm *vm,
				  struct vcsf_host_group *group)
{
	vcsf_host_vm_init(host, vm, 2);
	vcsf_host_map_new(vm, DATA);
	vcsf_host_group_init(host, vm, group, 1);
	vcsf_host_enable(vm);
	vcsf_host_group_bind(group, 1);
	group->in->endpoint_req |= CSF_CSG_EP_PRIORITY;
	vcsf_host_group_state(group, CSF_CSG_STATE_START);
	/* 18 rows of 100 tiles, each of which takes 25 us of one of 4 cores */
	EMIT(group, 0, csf_set_sb_entry(ENTRY, 1),
	     csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + 0x200) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, (16 * 18 - 1) << 16 | 1599),
	     csf_run_fragment(0, 0, 0));
	vcsf_host_kick(group, 0);
}

/* Time in which other groups have all cores is not the fault of a shader. */
static void vcsf_workgroup_starved(struct kunit *test)
{
	struct vcsf_host_group other;
	struct vcsf_compute_fixture f;
	struct vcsf_host_vm vm;

	vcsf_compute_setup(test, &f, 1);
	vcsf_workgroup_timer(test, &f, 4 * MS);
	PROGRAM_OF(&f, vcsf_compute_wait);
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 1);
	vcsf_workgroup_occupy(test, f.g.host, &vm, &other);
	vcsf_host_kick(&f.g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 10 * MS));
	KUNIT_EXPECT_NE(test, 0, f.g.host->hw->cores->instructions);
	KUNIT_EXPECT_FALSE(test, vcsf_workgroup_late(&f.g.group));
	/* The other group's job ends, and the shader does not. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 10 * MS));
	KUNIT_EXPECT_TRUE(test, vcsf_workgroup_late(&f.g.group));
}

/*
 * Streams of a group take turns after each workgroup. Here most stages end within
 * one: a stream that kept the cores until a stage ends with a workgroup would have
 * 64 workgroups in a row.
 */
static void vcsf_workgroup_turns(struct kunit *test)
{
	static const u64 words[] = {
		0x0091c20000000080,	/* MOV.i32 r2, u0 */
		0x0091c30000000081,	/* MOV.i32 r3, u1 */
		0x0860808218000002,	/* LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0 */
		0x7800c00000000000,	/* NOP.end */
	};
	struct vcsf_compute_fixture f;
	unsigned int i;

	vcsf_compute_setup(test, &f, 2);
	PROGRAM_OF(&f, words);
	for (i = 0; i < 2; i++)
		vcsf_compute_emit(&f, i, vcsf_compute_size(16, 1, 1),
				  i ? 3 : 60000);
	vcsf_host_kick(&f.g.group, 0);
	for (i = 0; i < 1000 && !READ_ONCE(f.g.data[SEQNO + 2]); i++)
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, US / 10));
	KUNIT_EXPECT_EQ(test, 0, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, 1, f.g.data[SEQNO + 2]);
	/* The first stream begins with a stage or two of its own. */
	KUNIT_EXPECT_LE(test, f.g.host->hw->cores->workgroups, 50);
}

/* A stream waits when it has as many jobs as it can have. */
static void vcsf_workgroup_many_jobs(struct kunit *test)
{
	struct vcsf_compute_fixture f;
	unsigned int groups = 1, i;

	vcsf_compute_setup(test, &f, 1);
	PROGRAM_OF(&f, vcsf_compute_wait);
	f.output[0][1] = 1;
	vcsf_compute_emit(&f, 0, vcsf_compute_size(16, 1, 1), 1);
	for (i = 0; i < 19; i++) {
		EMIT(&f.g.group, 0,
		     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 1 + i % 3),
		     csf_run_compute(1, 0, 0));
		groups += 1 + i % 3;
	}
	EMIT(&f.g.group, 0, csf_wait(BIT(ENTRY)));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, ENOUGH));
	KUNIT_EXPECT_EQ(test, 2, f.g.data[SEQNO]);
	KUNIT_EXPECT_EQ(test, groups * 16, f.output[0][2]);
}

static struct kunit_case vcsf_workgroup_cases[] = {
	KUNIT_CASE(vcsf_workgroup_suspend),
	KUNIT_CASE(vcsf_workgroup_suspend_cancel),
	KUNIT_CASE(vcsf_workgroup_suspend_endless),
	KUNIT_CASE(vcsf_workgroup_endless),
	KUNIT_CASE(vcsf_workgroup_endless_beside),
	KUNIT_CASE(vcsf_workgroup_flushes),
	KUNIT_CASE(vcsf_workgroup_interrupt),
	KUNIT_CASE(vcsf_workgroup_progress),
	KUNIT_CASE(vcsf_workgroup_stalls),
	KUNIT_CASE(vcsf_workgroup_starved),
	KUNIT_CASE(vcsf_workgroup_turns),
	KUNIT_CASE(vcsf_workgroup_many_jobs),
	{}
};

static struct kunit_suite vcsf_workgroup_suite = {
	.name = "vcsf_workgroup",
	.init = vcsf_compute_init_case,
	.exit = vcsf_compute_exit_case,
	.test_cases = vcsf_workgroup_cases,
};

kunit_test_suite(vcsf_workgroup_suite);
