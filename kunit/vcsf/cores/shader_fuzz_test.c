// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random compute jobs: random programs, descriptors and sizes of workgroups. A job
 * may end in completion or a fault, or be endless, but must not write to memory that
 * is mapped read-only or not at all, nor leave anything behind when it is dropped.
 *
 * As in fuzz_test.c, the test takes the place of the engine: it steps a stream, runs
 * the cores and advances virtual time, so that a seed determines the result. The
 * module parameters shader_fuzz_programs, shader_fuzz_seed and shader_fuzz_first
 * select the programs.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "compute.h"
#include "fuzz.h"

static unsigned int shader_fuzz_programs = 20000;
module_param(shader_fuzz_programs, uint, 0444);
MODULE_PARM_DESC(shader_fuzz_programs, "Number of random shader programs to run");

static ulong shader_fuzz_seed = 1;
module_param(shader_fuzz_seed, ulong, 0444);
MODULE_PARM_DESC(shader_fuzz_seed, "Seed of the random shader programs");

static unsigned int shader_fuzz_first;
module_param(shader_fuzz_first, uint, 0444);
MODULE_PARM_DESC(shader_fuzz_first, "Number of the first shader program");

/* Distance between the seeds of consecutive numbers: any large odd number */
#define FUZZ_STRIDE	0x9e3779b97f4a7c15ULL
/* Number of stages after which a job that has not ended counts as endless */
#define FUZZ_STAGES	24
/* Number of lengths of programs */
#define FUZZ_PROGRAM	24
/* Number of cases to split the run into, so that none reaches the hung task timeout */
#define FUZZ_PARTS	4

/* The program's page also has a resource table and a buffer. */
#define RESOURCES	(PROGRAM + 0xa00)
#define BUFFER		(PROGRAM + 0xa40)
#define READONLY	(OUTPUT + OUTPUT_PAGES * 0x1000)
/* The stream, in a page that programs cannot write to */
#define CODE		0x2040000ULL

struct vcsf_shader_fuzz {
	struct vcsf_compute_fixture c;
	struct vcsf_csg *csg;
	u64 *code;
	struct rnd_state random;
	/* Pages that are mapped read-only, and not mapped at all */
	void *guards[2];
	/* Statistics: jobs by how they ended */
	unsigned int completed;
	unsigned int endless;
	unsigned int stalled;
	unsigned int faults[0x100];
};

static const u64 vcsf_shader_fuzz_words[] = {
	0x00a0c00000000100,	/* IADD.u32 r0, r0, r1 */
	0x0110c4fffffff004,	/* IADD_IMM.i32 r4, r4, #0xfffffff0 */
	0x00a0c000000a3c3c,	/* IMUL.i32 r0, r60, r60 */
	0x00f0c10180c0043c,	/* ICMP_OR.u32.gt.m1 r1, r60, r4, 0x0 */
	0x00b4c50119c0c83c,	/* LSHIFT_OR.i32 r5, r60, 0x3020100.b22, 0x0 */
	0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
	0x01a3c20020570502,	/* SHADDX.u64 r2, r2, r5.w0, shift:0x5 */
	0x0091c20000000080,	/* MOV.i32 r2, u0 */
	0x0091c30000000081,	/* MOV.i32 r3, u1 */
	0x0291c600000000e6,	/* MOV.i32 r6, workgroup_local_pointer.w0 */
	0x0291c700000000e7,	/* MOV.i32 r7, workgroup_local_pointer.w1 */
	0x0291c600000000e2,	/* MOV.i32 r6, thread_local_pointer.w0 */
	0x0691c800000000e2,	/* MOV.i32 r8, lane_id.w0 */
	0x0090c0000009003c,	/* S32_TO_F32 r0, r60 */
	0x00a4c10000000000,	/* FADD.f32 r1, r0, r0 */
	0x00b2c00000000000,	/* FMA.f32 r0, r0, r0, r0 */
	0x00b3c5002a040100,	/* FMA.v2f16 r5, r0, r1, r4 */
	0x009cc90000000000,	/* FRCP.f32 r9, r0 */
	0x0095c93000000001,	/* WMASK.subgroup16 r9, r1 */
	0x501fc01000000301,	/* BRANCHZ.eq.reconverge r1, offset:3 */
	0x501fc007fffffd01,	/* BRANCHZ.reconverge r1, offset:-3 */
	0x001fc007fffffec1,	/* BRANCHZ 0xFFFFFFFF, offset:-2 */
	0x5000c00000000000,	/* NOP.reconverge */
	0x4845c001c0000000,	/* BARRIER.slot7.wait */
	0x086080a200000102,	/* LOAD.i8.b2.unsigned.slot0.wait0 @r0, r2, offset:1 */
	0x0860818218000006,	/* LOAD.i32.unsigned.slot0.wait0 @r1, r6, offset:0 */
	0x086080f428000302,	/* LOAD.i64.unsigned.slot0.wait0 @r0:r1, r2, offset:3 */
	0x086088f838000002,	/* LOAD.i128.unsigned.slot0.wait0 @r8:r9:r10:r11, r2, offset:0 */
	0x00617c0218000002,	/* STORE.i32.slot0 @r60, r2, offset:0 */
	0x0861400218000006,	/* STORE.i32.slot0.wait0 @r0, r6, offset:0 */
	0x0061480838fff002,	/* STORE.i128.slot0 @r8:r9:r10:r11, r2, offset:-16 */
	0x08687c0218800002,	/* ATOM.i32.slot0.aadd.wait0 @r60, r2, offset:0x0 */
	0x0869840218000802,	/* ATOM1_RETURN.i32.slot0.ainc.wait0 @r4, r2, offset:0x8 */
	/* ATOM_RETURN.i64.slot0.aadd.wait0 @r8:r9, @r4:r5, r2, offset:0x0 */
	0x0920c41428880002,
	/* ATOM_RETURN.i32.compare.slot0.axchg.wait0 @r8, @r4:r5, r2, offset:0x8 */
	0x0920c4041fc80802,
	0x186a868258000100,	/* LD_BUFFER.i32.unsigned.slot1.wait01 @r6, r0, r1 */
	0x086b840400000100,	/* LEA_BUFFER.slot0.wait0 @r4:r5, r0, r1 */
	0x7800c00000000000,	/* NOP.end */
};

/* Most programs begin with addresses in r2 and r6 that can be accessed. */
static const u64 vcsf_shader_fuzz_prologue[] = {
	0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
	0x0291c600000000e6,	/* MOV.i32 r6, workgroup_local_pointer.w0 */
	0x0291c700000000e7,	/* MOV.i32 r7, workgroup_local_pointer.w1 */
};

#define FUZZ_END	0x7800c00000000000ULL	/* NOP.end */

static void vcsf_shader_fuzz_setup(struct kunit *test, struct vcsf_shader_fuzz *f)
{
	struct vcsf_compute_fixture *c = &f->c;
	struct vcsf_host *host = test->priv;
	struct vcsf_host_vm *vm = &c->g.vm;
	struct page *page;
	unsigned int i;

	c->g.host = host;
	f->csg = &host->hw->mcu->csgs[0];
	vcsf_host_vm_init(host, vm, 1);
	vcsf_compute_map(c);
	page = vcsf_host_page(host);
	vcsf_host_map(vm, READONLY, page, VCSF_HOST_PTE | CSF_PTE_READONLY);
	f->guards[0] = page_address(page);
	f->guards[1] = page_address(vcsf_host_page(host));
	page = vcsf_host_page(host);
	vcsf_host_map(vm, CODE, page, VCSF_HOST_PTE | CSF_PTE_READONLY);
	f->code = page_address(page);
	vcsf_host_enable(vm);

	/* Set the group's state as the firmware would for a slot. */
	host->hw->mcu->groups = 1;
	host->hw->mcu->streams = 1;
	f->csg->as = 1;
	for (i = 0; i < VCSF_UNIT_COUNT; i++)
		f->csg->allow[i] = ~0ULL;
	f->csg->endpoint_req = FIELD_PREP(CSF_CSG_EP_COMPUTE, 4);
}

static bool vcsf_shader_fuzz_rarely(struct vcsf_shader_fuzz *f, u32 n)
{
	return !vcsf_fuzz_pick(&f->random, n);
}

static u64 vcsf_shader_fuzz_random64(struct vcsf_shader_fuzz *f)
{
	return (u64)prandom_u32_state(&f->random) << 32 |
	       prandom_u32_state(&f->random);
}

static u64 vcsf_shader_fuzz_word(struct vcsf_shader_fuzz *f)
{
	u64 word = vcsf_shader_fuzz_words[vcsf_fuzz_pick(&f->random,
					  ARRAY_SIZE(vcsf_shader_fuzz_words))];

	if (vcsf_shader_fuzz_rarely(f, 80))
		return vcsf_shader_fuzz_random64(f);
	while (vcsf_shader_fuzz_rarely(f, 12))
		word ^= BIT_ULL(vcsf_fuzz_pick(&f->random, 63));

	return word;
}

static u64 vcsf_shader_fuzz_address(struct vcsf_shader_fuzz *f)
{
	static const u64 addresses[] = {
		OUTPUT, OUTPUT, OUTPUT, OUTPUT, OUTPUT, OUTPUT, OUTPUT, OUTPUT,
		OUTPUT, OUTPUT, OUTPUT, OUTPUT, SHARED, OUTPUT + 0xff8,
		READONLY, READONLY - 8, NOWHERE, PROGRAM, SHADER, CODE, 0, ~0ULL,
	};
	u64 address = addresses[vcsf_fuzz_pick(&f->random,
					       ARRAY_SIZE(addresses))];

	return vcsf_shader_fuzz_rarely(f, 8) ?
	       address + vcsf_fuzz_pick(&f->random, 16) : address;
}

/* Flip bits of the descriptors, including the resource table, now and then. */
static void vcsf_shader_fuzz_mutate(struct vcsf_shader_fuzz *f)
{
	u8 *bytes = (u8 *)f->c.program;
	unsigned int at;

	while (vcsf_shader_fuzz_rarely(f, 8)) {
		at = SHADER - PROGRAM +
		     vcsf_fuzz_pick(&f->random, BUFFER + 32 - SHADER);
		bytes[at] ^= 1 << vcsf_fuzz_pick(&f->random, 8);
	}
}

static void vcsf_shader_fuzz_memory(struct vcsf_shader_fuzz *f)
{
	unsigned int count = 4 + vcsf_fuzz_pick(&f->random, FUZZ_PROGRAM), i;
	u64 *resources = (void *)f->c.program + (RESOURCES - PROGRAM);
	u64 *buffer = (void *)f->c.program + (BUFFER - PROGRAM);

	memset(f->c.program, 0, PAGE_SIZE);
	for (i = 0; i < OUTPUT_PAGES; i++)
		memset(f->c.output[i], 0, PAGE_SIZE);
	memset(f->c.shared, 0, PAGE_SIZE);
	vcsf_compute_describe(&f->c);
	for (i = 0; i < count; i++)
		f->c.program[i] = vcsf_shader_fuzz_word(f);
	f->c.program[i] = FUZZ_END;
	if (!vcsf_shader_fuzz_rarely(f, 8))
		memcpy(f->c.program, vcsf_shader_fuzz_prologue,
		       sizeof(vcsf_shader_fuzz_prologue));
	for (i = 0; i < 4; i++)
		f->c.uniforms[i] = vcsf_shader_fuzz_address(f);
	f->c.storage->tls = vcsf_fuzz_pick(&f->random, 4);
	f->c.storage->tls_base = OUTPUT;
	resources[0] = BUFFER | BIT_ULL(56);
	resources[1] = 32;
	buffer[0] = 0x19 | 0x40ULL << 32;
	buffer[1] = vcsf_shader_fuzz_address(f);
	vcsf_shader_fuzz_mutate(f);
}

/* A size whose lanes mostly fit into a workgroup */
static u32 vcsf_shader_fuzz_size(struct vcsf_shader_fuzz *f)
{
	u32 x = 1 + vcsf_fuzz_pick(&f->random, 40);

	if (vcsf_shader_fuzz_rarely(f, 40))
		return prandom_u32_state(&f->random);
	if (vcsf_shader_fuzz_rarely(f, 20))
		return vcsf_compute_size(1024 / 8, 4, 2);

	return vcsf_compute_size(x, 1 + vcsf_fuzz_pick(&f->random, 3),
				 1 + vcsf_fuzz_pick(&f->random, 2));
}

static void vcsf_shader_fuzz_load(struct vcsf_shader_fuzz *f)
{
	struct vcsf_cs *cs = &f->csg->cs[0];
	unsigned int axis;

	vcsf_shader_fuzz_memory(f);
	f->code[0] = csf_set_sb_entry(ENTRY, 1);
	f->code[1] = csf_run_compute(1, 0, 0);
	f->code[2] = csf_wait(BIT(ENTRY));
	vcsf_cs_reset(cs);
	cs->resources = CSF_RESOURCE_COMPUTE;
	cs->regs[CSF_REG_COMPUTE_SRT(0)] = RESOURCES | 1;
	cs->regs[CSF_REG_COMPUTE_FAU(0)] = UNIFORMS;
	cs->regs[CSF_REG_COMPUTE_FAU(0) + 1] =
		(vcsf_shader_fuzz_rarely(f, 20) ? 0 : 4) << 24;
	cs->regs[CSF_REG_COMPUTE_SPD(0)] = SHADER;
	cs->regs[CSF_REG_COMPUTE_TSD(0)] = STORAGE;
	cs->regs[CSF_REG_COMPUTE_WG_SIZE] = vcsf_shader_fuzz_size(f);
	for (axis = 0; axis < 3; axis++)
		cs->regs[CSF_REG_COMPUTE_WG_COUNT(axis)] =
			1 + vcsf_shader_fuzz_rarely(f, 4);
	if (vcsf_shader_fuzz_rarely(f, 16))
		cs->regs[vcsf_fuzz_pick(&f->random, 40)] =
			prandom_u32_state(&f->random);
	cs->frame = &cs->frames[1];
	*cs->frame = (struct vcsf_frame){
		.pc = CODE, .start = CODE, .end = CODE + 3 * 8, .mask = U64_MAX,
	};
	vcsf_cs_set_state(cs, VCSF_CS_READY);
}

/* Run the stream and a stage of its job. Return: false if nothing is left to run. */
static bool vcsf_shader_fuzz_turn(struct vcsf_shader_fuzz *f)
{
	struct vcsf *hw = f->c.g.host->hw;
	struct vcsf_cs *cs = &f->csg->cs[0];
	unsigned long flags;

	if (cs->state == VCSF_CS_READY) {
		raw_spin_lock_irqsave(&hw->mmu->lock, flags);
		vcsf_cs_run(cs, 64);
		raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
	}
	if (hw->mcu->jobs) {
		vcsf_cores_run(hw, ~0U);
		if (hw->cores->due != U64_MAX &&
		    hw->cores->due > vcsf_clock_ns(hw))
			atomic64_set(&hw->ctl->virtual_ns, hw->cores->due);
	}
	hw->mcu->reports = 0;

	return f->csg->ready || hw->mcu->jobs;
}

static void vcsf_shader_fuzz_count(struct kunit *test,
				   struct vcsf_shader_fuzz *f, unsigned int number)
{
	const struct vcsf_cs *cs = &f->csg->cs[0];

	KUNIT_ASSERT_TRUE_MSG(test, vcsf_host_cs_valid(cs),
			      "program %u leaves an inconsistent state", number);
	switch (cs->state) {
	case VCSF_CS_EMPTY:
		f->completed++;
		break;
	case VCSF_CS_FAULTED:
		f->faults[cs->error]++;
		break;
	default:
		KUNIT_ASSERT_EQ_MSG(test, VCSF_CS_WAIT_SB, cs->state,
				    "program %u ends in an invalid state", number);
		KUNIT_ASSERT_NE_MSG(test, 0, f->csg->jobs,
				    "the end of program %u is lost", number);
		f->endless++;
	}
}

/* Drop the job as the termination of its group does. */
static void vcsf_shader_fuzz_drop(struct kunit *test, struct vcsf_shader_fuzz *f,
				  unsigned int number)
{
	struct vcsf_host *host = f->c.g.host;
	struct vcsf_csg *csg = f->csg;

	vcsf_cs_reset(&csg->cs[0]);
	csg->events = 0;
	csg->cs_events = 0;
	KUNIT_ASSERT_EQ_MSG(test, 0, csg->loaded + csg->workgroup + csg->jobs,
			    "a workgroup of program %u is left", number);
	vcsf_host_write(host, CSF_MMU_IRQ_CLEAR, ~0U);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_CMD_CLEAR_FAULT);
}

static void vcsf_shader_fuzz_program(struct kunit *test,
				     struct vcsf_shader_fuzz *f,
				     unsigned int number)
{
	struct vcsf_host_vm *vm = &f->c.g.vm;
	unsigned int turn;
	bool locked;

	/* Start from a known state, so that a program does not depend on others. */
	prandom_seed_state(&f->random, shader_fuzz_seed + number * FUZZ_STRIDE);
	atomic64_set(&f->c.g.host->hw->ctl->virtual_ns, NSEC_PER_SEC);
	vcsf_shader_fuzz_load(f);
	locked = vcsf_shader_fuzz_rarely(f, 8);
	if (locked)
		vcsf_host_lock(vm, OUTPUT, 15);
	for (turn = 0; turn < FUZZ_STAGES && vcsf_shader_fuzz_turn(f); turn++) {
		if (!locked || turn != FUZZ_STAGES / 2)
			continue;
		locked = false;
		f->stalled++;
		vcsf_host_command(vm, CSF_AS_COMMAND_UNLOCK);
		vcsf_jobs_release(f->csg, VCSF_JOB_STALLED);
	}
	if (locked)
		vcsf_host_command(vm, CSF_AS_COMMAND_UNLOCK);
	/* The job may have ended in the last turn. */
	if (f->csg->ready)
		vcsf_shader_fuzz_turn(f);
	vcsf_shader_fuzz_count(test, f, number);
	vcsf_shader_fuzz_drop(test, f, number);
}

static void vcsf_shader_fuzz_report(struct kunit *test,
				    const struct vcsf_shader_fuzz *f)
{
	unsigned int i;

	kunit_info(test, "completed %u, endless %u, stalled %u", f->completed,
		   f->endless, f->stalled);
	for (i = 0; i < ARRAY_SIZE(f->faults); i++)
		if (f->faults[i])
			kunit_info(test, "fault %02x: %u", i, f->faults[i]);
}

static void vcsf_shader_fuzz_run(struct kunit *test)
{
	struct vcsf_shader_fuzz *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int part = *(const unsigned int *)test->param_value;
	unsigned int count = shader_fuzz_programs / FUZZ_PARTS;
	unsigned int first = shader_fuzz_first + count * part, i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	vcsf_shader_fuzz_setup(test, f);
	kunit_info(test, "%u programs from %u, seed %lu", count, first,
		   shader_fuzz_seed);
	for (i = first; i < first + count; i++) {
		vcsf_shader_fuzz_program(test, f, i);
		cond_resched();
	}
	vcsf_shader_fuzz_report(test, f);
	KUNIT_EXPECT_NULL(test, memchr_inv(f->guards[0], 0, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(f->guards[1], 0, PAGE_SIZE));
	if (count < 1000)
		return;
	/* Check that the programs reached many ends, and many ran to the last one. */
	KUNIT_EXPECT_GT(test, f->completed, count / 10);
	KUNIT_EXPECT_GT(test, f->endless, 0);
	KUNIT_EXPECT_GT(test, f->stalled, 0);
	KUNIT_EXPECT_GT(test, f->faults[CSF_EXC_CS_BUS_FAULT], 0);
	KUNIT_EXPECT_GT(test, f->faults[CSF_EXC_INSTR_INVALID_ENC], 0);
	KUNIT_EXPECT_GT(test, f->faults[CSF_EXC_ADDR_RANGE_FAULT], 0);
	KUNIT_EXPECT_GT(test, f->faults[CSF_EXC_DATA_INVALID_FAULT], 0);
}

static const unsigned int vcsf_shader_fuzz_parts[FUZZ_PARTS] = { 0, 1, 2, 3 };

static void vcsf_shader_fuzz_part_name(const unsigned int *part, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "part %u", *part);
}

KUNIT_ARRAY_PARAM(vcsf_shader_fuzz_parts, vcsf_shader_fuzz_parts,
		  vcsf_shader_fuzz_part_name);

static struct kunit_case vcsf_shader_fuzz_cases[] = {
	KUNIT_CASE_PARAM_ATTR(vcsf_shader_fuzz_run,
			      vcsf_shader_fuzz_parts_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite vcsf_shader_fuzz_suite = {
	.name = "vcsf_shader_fuzz",
	.init = vcsf_compute_init_case,
	.exit = vcsf_compute_exit_case,
	.test_cases = vcsf_shader_fuzz_cases,
};

kunit_test_suite(vcsf_shader_fuzz_suite);
