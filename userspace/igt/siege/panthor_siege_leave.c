// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A client whose groups take their time to leave their slots: the firmware lets each of
 * them end a workgroup first. Jobs of other clients, for which there is a slot, must not
 * wait for that.
 */

#include <unistd.h>

#include "igt.h"
#include "shader_asm.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_seqno.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("A client's groups take their time to leave their slots.");

#define DATA	TEST_DATA_VA
/* More groups than slots that the attack leaves, so that each has to get one */
#define PROBES	4

/**
 * struct attack - groups on all slots but one, which run on after their jobs are complete
 * @gpu: their context
 * @count: number of groups
 * @groups: the groups
 */
struct attack {
	struct test_gpu gpu;
	unsigned int count;
	uint32_t groups[TEST_FULL_MAX];
};

static void load_endless(struct test_gpu *gpu)
{
	u64 words[TEST_SHADER_WORDS];
	unsigned int count;

	count = shader_assemble_all("FEXP.f32 r0, r1, r2\n"
				    "BRANCHZ 0xFFFFFFFF, offset:-2\n",
				    words, TEST_SHADER_WORDS);
	igt_assert(count);
	test_load_shader(gpu, words, count);
}

static void attack_begin(struct attack *attack)
{
	struct test_seqno seqnos[TEST_FULL_MAX];
	struct test_gpu *gpu = &attack->gpu;
	struct drm_panthor_csif_info csif;

	test_gpu_open(gpu, 0);
	load_endless(gpu);
	igt_assert_eq(panthor_query(gpu->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif,
				    sizeof(csif)), 0);
	attack->count = csif.csg_slot_count - 1;
	igt_assert_lte(attack->count, TEST_FULL_MAX);
	for (unsigned int i = 0; i < attack->count; i++) {
		test_gpu_new_group(gpu, 1);
		attack->groups[i] = gpu->group;
		test_seqno_find(gpu, i, &seqnos[i]);
	}
	for (unsigned int i = 0; i < attack->count; i++) {
		struct panthor_job job;
		struct csb b;

		csb_init(&b);
		test_emit_seqno(&b, &seqnos[i], true);
		test_emit_compute(&b, 16, 1);
		test_job(gpu, 0, &b, &job);
		gpu->group = attack->groups[i];
		test_submit(gpu, &job, 1);
	}
}

/* Return: number of groups that run on their slots. */
static unsigned int attack_running(void)
{
	return test_debugfs_count("groups", "runs on slot ");
}

static void attack_end(struct attack *attack)
{
	for (unsigned int i = 0; i < attack->count; i++)
		igt_assert_eq(panthor_group_destroy(attack->gpu.fd, attack->groups[i]), 0);
	attack->gpu.group = 0;
	test_gpu_close(&attack->gpu);
}

/**
 * struct probes - groups whose jobs each need a slot
 * @gpu: their context
 * @groups: the groups
 * @job: what each does in its turn
 * @next: index of the next group
 */
struct probes {
	struct test_gpu gpu;
	uint32_t groups[PROBES];
	struct panthor_job job;
	unsigned int next;
};

static void probes_open(struct probes *p)
{
	struct csb b;

	p->next = 0;
	test_gpu_open(&p->gpu, 0);
	for (unsigned int i = 0; i < PROBES; i++) {
		test_gpu_new_group(&p->gpu, 1);
		p->groups[i] = p->gpu.group;
	}
	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(&p->gpu, 0, &b, &p->job);
}

static void probes_close(struct probes *p)
{
	for (unsigned int i = 0; i < PROBES; i++)
		igt_assert_eq(panthor_group_destroy(p->gpu.fd, p->groups[i]), 0);
	p->gpu.group = 0;
	test_gpu_close(&p->gpu);
}

/* Return: time in ns from the submission to the end of the next group's job. */
static uint64_t probes_run(struct probes *p)
{
	uint32_t done = test_syncobj(&p->gpu);
	struct panthor_job job = p->job;
	uint64_t begin;

	panthor_job_signal(&job, done, 0);
	begin = panthor_now_ns();
	igt_assert_eq(panthor_submit(p->gpu.fd, p->groups[p->next++ % PROBES], &job, 1), 0);
	igt_assert_eq(test_wait(&p->gpu, done, 0), 1);
	return panthor_now_ns() - begin;
}

/*
 * The driver has all groups of the attack leave their slots. While the firmware waits
 * for the workgroup of each, the jobs of the other client get the slot that is left: a
 * job or more for each group. If they waited, it would be one or two in all.
 */
static void test_workgroups(void)
{
	uint64_t begin = 0, took, worst = 0;
	unsigned int running, jobs = 0;
	struct attack attack;
	struct probes probes;

	probes_open(&probes);
	attack_begin(&attack);
	do {
		uint64_t ns = probes_run(&probes);

		running = attack_running();
		/* The driver has looked at all groups when the first one leaves. */
		if (running >= attack.count)
			continue;
		if (!begin)
			begin = panthor_now_ns() - ns;
		if (ns > worst)
			worst = ns;
		jobs++;
	} while (running);
	took = panthor_now_ns() - begin;
	igt_info("%u groups left their slots in %.1f ms; of %u jobs the slowest took %.1f ms\n",
		 attack.count, took / 1e6, jobs, worst / 1e6);
	attack_end(&attack);
	probes_close(&probes);
	igt_assert_lt(attack.count, jobs);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		igt_require_f(test_own_driver(), "the sync object is our driver's own\n");
		igt_require_f(test_executes_shaders(), "the GPU executes no shaders\n");
	}

	igt_describe("Jobs do not wait for workgroups of groups that leave their slots.");
	igt_subtest("workgroups")
		test_workgroups();
}
