// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Compute shaders that the GPU executes: results, faults, endless shaders, and
 * jobs of more groups than the GPU has slots.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>
#include <vcsf/csf_desc.h>

#include "igt.h"
#include "shader_asm.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Test compute shaders that the GPU executes.");

#define OUTPUT		TEST_DATA_VA

#define HOLD		4096
#define GROUPS		12	/* more than slots */

/* r2:r3 = output + 4 * global number */
#define ADDRESS		"SHADDX.u64 r2, u0, r60.w0, shift:0x2\n"

static void load_shader(struct test_gpu *gpu, const char *text)
{
	u64 words[TEST_SHADER_WORDS];
	unsigned int count;

	count = shader_assemble_all(text, words, TEST_SHADER_WORDS);
	igt_assert(count);
	test_load_shader(gpu, words, count);
}

static int run_shader(struct test_gpu *gpu, const char *text, uint32_t lanes,
		      uint32_t groups)
{
	struct csb b;

	load_shader(gpu, text);
	csb_init(&b);
	test_emit_compute(&b, lanes, groups);
	return test_run(gpu, 0, &b);
}

static void test_store(struct test_gpu *gpu)
{
	igt_assert_eq(run_shader(gpu, ADDRESS
				 "IMUL.i32 r0, r60, r60\n"
				 "STORE.i32.slot0.end @r0, r2, offset:0\n",
				 100, 90), 1);
	for (uint32_t i = 0; i < 9000; i++)
		igt_assert_eq_u32(test_read32(gpu, 4 * i), i * i);
	igt_assert_eq_u32(test_read32(gpu, 4 * 9000), 0);
}

static void test_shared(struct test_gpu *gpu)
{
	igt_assert_eq(run_shader(gpu,
				 "MOV.i32 r6, workgroup_local_pointer.w0\n"
				 "MOV.i32 r7, workgroup_local_pointer.w1\n"
				 "SHADDX.u64 r2, r6, r55.w0, shift:0x2\n"
				 "STORE.i32.slot0.wait0 @r60, r2, offset:0\n"
				 "BARRIER.slot7.wait\n"
				 "IADD_IMM.i32 r4, 0x0, #0xff\n"
				 "ISUB.u32 r4, r4, r55\n"
				 "SHADDX.u64 r2, r6, r4.w0, shift:0x2\n"
				 "LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0\n"
				 ADDRESS
				 "STORE.i32.slot0.end @r0, r2, offset:0\n",
				 256, 20), 1);
	for (uint32_t i = 0; i < 256 * 20; i++)
		igt_assert_eq_u32(test_read32(gpu, 4 * i),
				  i / 256 * 256 + 255 - i % 256);
}

/* Processors of the host add to the same word at the same time. */
static void test_atomic(struct test_gpu *gpu)
{
	uint32_t *word = gpu->data.cpu, added = 0, syncobj = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	load_shader(gpu, "MOV.i32 r2, u0\n"
			 "MOV.i32 r3, u1\n"
			 "ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x0\n");
	csb_init(&b);
	test_emit_compute(&b, 64, 500);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, syncobj, 1);
	test_submit(gpu, &job, 1);
	while (!test_is_signalled(gpu, syncobj, 1)) {
		__atomic_add_fetch(word, 0x10000, __ATOMIC_RELAXED);
		added += 0x10000;
	}
	igt_assert_eq(test_wait(gpu, syncobj, 1), 1);
	igt_assert_eq_u32(*word, added + 64 * 500);
}

/* The job fails, its group is dead, and a new one works. */
static void expect_fault(struct test_gpu *gpu, const char *text)
{
	igt_assert_lt(run_shader(gpu, text, 16, 1), 0);
	test_gpu_new_group(gpu, 1);
	test_store(gpu);
}

static void test_unmapped(struct test_gpu *gpu)
{
	expect_fault(gpu, "MOV.i32 r2, 0x0\n"
			  "IADD_IMM.i32 r3, 0x0, #0x1\n"
			  "STORE.i32.slot0.end @r60, r2, offset:0\n");
}

static void test_unsupported(struct test_gpu *gpu)
{
	expect_fault(gpu,
		     "TEX_FETCH.slot0.f.32.2d @r0:r1:r2:r3, @r60:r61, u0\n"
		     "NOP.end\n");
}

/* A timer ends it, of the GPU or of the driver, and leaves nothing on the slot. */
static void test_endless(struct test_gpu *gpu)
{
	expect_fault(gpu, "BRANCHZ 0xFFFFFFFF, offset:-1\n");
}

/*
 * A suspend does not wait for a shader that never ends: the firmware drops it and
 * blames its queue. Other groups are not affected, and there is no reset.
 */
static void test_evicted(void)
{
	unsigned int resets = test_reset_count();
	uint32_t syncobj, state, queues;
	struct panthor_job job;
	struct test_full full;
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 0);
	test_full_open(&full, &gpu, HOLD);
	gpu.group = test_low_group(&gpu, 1);
	load_shader(&gpu, "MOV.i32 r2, u0\n"
			  "MOV.i32 r3, u1\n"
			  "MOV.i32 r1, 0xFFFFFFFF\n"
			  "STORE.i32.slot0.wait0 @r1, r2, offset:0\n"
			  "BRANCHZ 0xFFFFFFFF, offset:-1\n");
	syncobj = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_compute(&b, 16, 5);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, syncobj, 0);
	test_submit(&gpu, &job, 1);
	test_wait_word(&gpu, 0);
	test_full_push(&full);
	igt_assert_lt(test_wait(&gpu, syncobj, 0), 0);
	igt_assert_eq(panthor_group_get_state(gpu.fd, gpu.group, &state, &queues), 0);
	igt_assert_eq_u32(state, DRM_PANTHOR_GROUP_STATE_FATAL_FAULT);
	igt_assert_eq_u32(queues, 1);
	test_full_close(&full);
	igt_assert_eq(resets, test_reset_count());
	test_gpu_new_group(&gpu, 1);
	test_store(&gpu);
	test_gpu_close(&gpu);
}

/**
 * struct rotation - groups that each execute one job, more than there are slots
 * @gpus: their contexts; word 0 becomes the sum of the numbers of all workgroups,
 *	in each lane, and word 1 the number of lanes
 * @syncobjs: what their jobs signal
 */
struct rotation {
	struct test_gpu gpus[GROUPS];
	uint32_t syncobjs[GROUPS];
};

static void rotation_submit(struct rotation *r, unsigned int i, uint32_t groups)
{
	struct test_gpu *gpu = &r->gpus[i];
	struct panthor_job job;
	struct csb b;

	test_gpu_open_untimed(gpu, 1);
	load_shader(gpu, "MOV.i32 r2, u0\n"
			 "MOV.i32 r3, u1\n"
			 "ATOM.i32.slot0.aadd.wait0 @r57, r2, offset:0x0\n"
			 "ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x4\n");
	r->syncobjs[i] = test_syncobj(gpu);
	csb_init(&b);
	test_emit_compute(&b, 16, groups);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, r->syncobjs[i], 0);
	test_submit(gpu, &job, 1);
}

/*
 * Wait until all jobs have begun. Return: whether there was a moment at which all had
 * begun and none had ended.
 */
static bool rotation_wait(const struct rotation *r, uint32_t groups)
{
	unsigned int begun, ended, n = 0;

	do {
		begun = 0;
		ended = 0;
		for (unsigned int i = 0; i < GROUPS; i++)
			begun += test_read32(&r->gpus[i], 4) != 0;
		for (unsigned int i = 0; i < GROUPS; i++)
			ended += test_read32(&r->gpus[i], 4) == 16 * groups;
		usleep(1000);
	} while (begun < GROUPS && !ended && ++n < 20000);

	return begun == GROUPS && !ended;
}

/*
 * Groups leave their slots and return in the middle of a job. If the jobs are too
 * short for that, they are repeated with more workgroups.
 */
static void test_rotation(void)
{
	struct drm_panthor_csif_info csif;
	uint32_t groups = 2000;
	struct rotation r;
	bool rotated;

	do {
		for (unsigned int i = 0; i < GROUPS; i++)
			rotation_submit(&r, i, groups);
		igt_assert_eq(panthor_query(r.gpus[0].fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO,
					    &csif, sizeof(csif)), 0);
		igt_assert_lt(csif.csg_slot_count, GROUPS);
		rotated = rotation_wait(&r, groups);
		for (unsigned int i = 0; i < GROUPS; i++) {
			igt_assert_eq(test_wait(&r.gpus[i], r.syncobjs[i], 0), 1);
			igt_assert_eq_u32(test_read32(&r.gpus[i], 4), 16 * groups);
			igt_assert_eq_u32(test_read32(&r.gpus[i], 0),
					  (uint64_t)groups * (groups - 1) * 8);
			test_gpu_close(&r.gpus[i]);
		}
		igt_info("%u workgroups: %s\n", groups, rotated ? "rotated" : "too few");
		groups *= 4;
	} while (!rotated && groups <= 32000);
	igt_assert(rotated);
}

static void singly_submit(struct test_gpu *gpu)
{
	struct panthor_job job;
	struct csb b;

	test_gpu_new_group(gpu, 1);
	csb_init(&b);
	test_emit_compute(&b, 16, 1 << 20);
	test_job(gpu, 0, &b, &job);
	test_submit(gpu, &job, 1);
}

/*
 * The firmware gives a group that leaves its slot some time to end its workgroup, in
 * which no other group may leave: their workgroups would use it up.
 */
static void test_singly(void)
{
	unsigned int together = 0, left = 0;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	load_shader(&gpu, "MOV.i32 r2, u0\nMOV.i32 r3, u1\n"
			  "ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x0\n");
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < GROUPS; i++)
		singly_submit(&gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	test_wait_word(&gpu, 0);
	/* The second time, all have begun. */
	for (int i = 0; i < 2; i++) {
		left = 0;
		test_moves_begin();
		for (int n = 0; n < 2000 && left < 4 * GROUPS; n++) {
			usleep(10000);
			together = test_moves_read(&left);
		}
		test_moves_end();
	}
	test_gpu_close(&gpu);
	igt_assert_lte(4 * GROUPS, left);
	igt_assert_eq_u32(together, 1);
}

/**
 * struct attack - endless shaders of one client, in more groups than there are slots
 * @gpu: its context
 * @groups: the groups
 * @syncobjs: what their jobs signal
 * @dropped: number of jobs that have ended, and were replaced
 */
struct attack {
	struct test_gpu gpu;
	uint32_t groups[GROUPS];
	uint32_t syncobjs[GROUPS];
	unsigned int dropped;
};

static void attack_begin_group(struct attack *attack, unsigned int i)
{
	struct test_gpu *gpu = &attack->gpu;
	struct panthor_job job;
	struct csb b;

	gpu->group = test_low_group(gpu, 1);
	attack->groups[i] = gpu->group;
	attack->syncobjs[i] = test_syncobj(gpu);
	/* The stream is the same for all groups. */
	gpu->code_used = 0;
	csb_init(&b);
	test_emit_compute(&b, 16, 1);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, attack->syncobjs[i], 0);
	test_submit(gpu, &job, 1);
}

static void attack_begin(struct attack *attack)
{
	memset(attack, 0, sizeof(*attack));
	test_gpu_open(&attack->gpu, 0);
	load_shader(&attack->gpu,
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "FEXP.f32 r0, r1, r2\n"
		    "BRANCHZ 0xFFFFFFFF, offset:-9\n");
	for (unsigned int i = 0; i < GROUPS; i++)
		attack_begin_group(attack, i);
}

static void attack_end_group(struct attack *attack, unsigned int i)
{
	struct test_gpu *gpu = &attack->gpu;

	igt_assert_eq(panthor_group_destroy(gpu->fd, attack->groups[i]), 0);
	igt_assert_eq(panthor_syncobj_destroy(gpu->fd, attack->syncobjs[i]), 0);
}

/* Replace each group whose shader has been dropped. */
static void attack_renew(struct attack *attack)
{
	for (unsigned int i = 0; i < GROUPS; i++) {
		if (!test_is_signalled(&attack->gpu, attack->syncobjs[i], 0))
			continue;
		attack_end_group(attack, i);
		attack_begin_group(attack, i);
		attack->dropped++;
	}
}

static void attack_end(struct attack *attack)
{
	for (unsigned int i = 0; i < GROUPS; i++)
		attack_end_group(attack, i);
	attack->gpu.group = 0;
	test_gpu_close(&attack->gpu);
}

/**
 * struct crowd - groups of higher priority, as many as there are slots, which all need
 * one at the same moment
 * @gpu: their context
 * @count: number of them
 * @groups: the groups
 * @go: their jobs wait for this fence
 */
struct crowd {
	struct test_gpu gpu;
	unsigned int count;
	uint32_t groups[TEST_FULL_MAX];
	struct cpu_fence go;
};

static void crowd_begin(struct crowd *crowd)
{
	struct test_gpu *gpu = &crowd->gpu;
	struct drm_panthor_csif_info csif;
	uint32_t go;

	memset(crowd, 0, sizeof(*crowd));
	test_gpu_open(gpu, 0);
	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	crowd->count = csif.csg_slot_count;
	igt_assert_lt(crowd->count, GROUPS + 1);
	go = test_fence(gpu, &crowd->go);
	for (unsigned int i = 0; i < crowd->count; i++) {
		struct panthor_job job;
		struct csb b;

		test_gpu_new_group(gpu, 1);
		crowd->groups[i] = gpu->group;
		csb_init(&b);
		test_emit_store(&b, TEST_DATA_VA + 4 * i, 1);
		test_job(gpu, 0, &b, &job);
		panthor_job_wait(&job, go, 0);
		test_submit(gpu, &job, 1);
	}
}

static void crowd_end(struct crowd *crowd)
{
	for (unsigned int i = 0; i < crowd->count; i++) {
		test_wait_word(&crowd->gpu, 4 * i);
		igt_assert_eq(panthor_group_destroy(crowd->gpu.fd, crowd->groups[i]), 0);
	}
	crowd->gpu.group = 0;
	cpu_fence_destroy(&crowd->go);
	test_gpu_close(&crowd->gpu);
}

#define HONEST_WORKGROUPS	20

/*
 * 5,000 iterations are 10,000 instructions, or 80 stages: a few milliseconds even on an
 * emulated machine, a small part of the time for which a suspend waits.
 */
static void honest_load(struct test_gpu *gpu)
{
	load_shader(gpu, "MOV.i32 r2, u0\n"
			 "MOV.i32 r3, u1\n"
			 "MOV.i32 r1, 0xFFFFFFFF\n"
			 "STORE.i32.slot0.wait0 @r1, r2, offset:4\n"
			 "IADD_IMM.i32 r0, 0x0, #0x1388\n"
			 "IADD_IMM.i32.reconverge r0, r0, #0xffffffff\n"
			 "BRANCHZ.reconverge r0, offset:-2\n"
			 "ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x0\n");
}

/*
 * All groups have to leave their slots at the same moment: those of a client with endless
 * shaders, and that of a client whose workgroups are short. The firmware drops the former
 * only.
 */
static void test_fair(void)
{
	unsigned int resets = test_reset_count();
	struct panthor_job job;
	struct attack attack;
	struct crowd crowd;
	struct test_gpu gpu;
	uint32_t syncobj;
	struct csb b;

	test_gpu_open_untimed(&gpu, 1);
	honest_load(&gpu);
	gpu.group = test_low_group(&gpu, 1);
	syncobj = test_syncobj(&gpu);
	attack_begin(&attack);
	crowd_begin(&crowd);
	csb_init(&b);
	test_emit_compute(&b, 16, HONEST_WORKGROUPS);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, syncobj, 0);
	test_submit(&gpu, &job, 1);
	while (!test_read32(&gpu, 4)) {
		attack_renew(&attack);
		usleep(100);
	}
	/* It has signalled by itself if that took ten seconds. */
	cpu_fence_signal(&crowd.go);
	while (!test_is_signalled(&gpu, syncobj, 0)) {
		attack_renew(&attack);
		usleep(1000);
	}
	igt_info("%u endless shaders dropped\n", attack.dropped);
	igt_assert_eq(test_wait(&gpu, syncobj, 0), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 16 * HONEST_WORKGROUPS);
	igt_assert(attack.dropped);
	igt_assert_eq(resets, test_reset_count());
	attack_end(&attack);
	crowd_end(&crowd);
	test_gpu_close(&gpu);
}

static const struct {
	const char *name;
	const char *what;
	void (*run)(struct test_gpu *gpu);
} tests[] = {
	{ "store", "all lanes of all workgroups store", test_store },
	{ "shared-memory", "lanes exchange values behind a barrier", test_shared },
	{ "atomic", "atomics of lanes and of the host", test_atomic },
	{ "unmapped", "an access to unmapped memory fails the job", test_unmapped },
	{ "unsupported", "an instruction that is not executed fails the job",
	  test_unsupported },
	{ "endless", "an endless shader is ended", test_endless },
};

int igt_main()
{
	struct test_gpu gpu;

	igt_fixture()
		igt_require(test_executes_shaders());

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		igt_describe(tests[i].what);
		igt_subtest(tests[i].name) {
			test_gpu_open(&gpu, 1);
			tests[i].run(&gpu);
			test_gpu_close(&gpu);
		}
	}

	igt_describe("An endless shader is dropped when its group has to leave its slot");
	igt_subtest("evicted")
		test_evicted();

	igt_describe("Endless shaders in many groups do not drop the job of another client");
	igt_subtest("fair")
		test_fair();

	igt_describe("Groups with workgroups leave their slots one after the other");
	igt_subtest("singly")
		test_singly();

	igt_describe("Jobs of more groups than the GPU has slots");
	igt_subtest("rotation")
		test_rotation();
}
