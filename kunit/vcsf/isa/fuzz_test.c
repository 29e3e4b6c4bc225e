// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random streams, four at a time in one address space. They may end in completion, a
 * wait or a fault, must not get stuck otherwise, and must not write to memory that
 * is mapped read-only or not at all.
 *
 * The test takes the place of the engine: it steps the streams in turn, runs the
 * cores, advances virtual time and answers as a host does. So a seed determines the
 * result. Streams come from fuzz.c; the module parameters fuzz_streams, fuzz_seed
 * and fuzz_first select them.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "cores/heap.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "fuzz.h"
#include "host.h"

static unsigned int fuzz_streams = 100000;
module_param(fuzz_streams, uint, 0444);
MODULE_PARM_DESC(fuzz_streams, "Number of random streams to run");

static ulong fuzz_seed = 1;
module_param(fuzz_seed, ulong, 0444);
MODULE_PARM_DESC(fuzz_seed, "Seed of the random streams");

static unsigned int fuzz_first;
module_param(fuzz_first, uint, 0444);
MODULE_PARM_DESC(fuzz_first, "Number of the first stream, a multiple of 4");

/* Distance between the seeds of consecutive numbers: any large odd number */
#define FUZZ_STRIDE	0x9e3779b97f4a7c15ULL
/* Number of turns after which a stream that is still ready counts as endless */
#define FUZZ_TURNS	32
/* Number of cases to split the run into, so that none reaches the hung task timeout */
#define FUZZ_PARTS	4
/* Number of faults that a stream may recover from */
#define FUZZ_FAULTS	8

struct vcsf_fuzz {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_csg *csg;
	struct rnd_state random;
	struct vcsf_fuzz_program program;
	unsigned int faults[FUZZ_STREAMS];
	void *code[FUZZ_STREAMS];
	void *data;
	u64 *chunks[FUZZ_CHUNKS];
	/* Pages that are mapped read-only, and not mapped at all */
	void *guards[2];
	/* Statistics: streams by final state, and events */
	unsigned int ends[VCSF_CS_FATAL + 1];
	unsigned int recovered;
	unsigned int jobs;
	unsigned int exhausted;
	/* Streams that ended with a fatal error, by exception */
	unsigned int fatal[0x100];
};

static void vcsf_fuzz_setup(struct kunit *test, struct vcsf_fuzz *f)
{
	struct page *page;
	unsigned int i;

	f->host = test->priv;
	f->csg = &f->host->hw->mcu->csgs[0];
	vcsf_host_vm_init(f->host, &f->vm, 1);
	for (i = 0; i < FUZZ_STREAMS; i++)
		f->code[i] = vcsf_host_map_new(&f->vm, FUZZ_CODE(i));
	f->data = vcsf_host_map_new(&f->vm, FUZZ_DATA);
	for (i = 0; i < FUZZ_CHUNKS; i++)
		f->chunks[i] = vcsf_host_map_new(&f->vm, FUZZ_CHUNK(i));
	vcsf_host_map_new(&f->vm, FUZZ_TARGET);
	page = vcsf_host_page(f->host);
	vcsf_host_map(&f->vm, FUZZ_READONLY, page,
		      VCSF_HOST_PTE | CSF_PTE_READONLY);
	f->guards[0] = page_address(page);
	f->guards[1] = page_address(vcsf_host_page(f->host));
	vcsf_host_enable(&f->vm);

	/* Set the group's state as the firmware would for a slot. */
	f->host->hw->mcu->groups = 1;
	f->host->hw->mcu->streams = FUZZ_STREAMS;
	f->csg->as = 1;
	for (i = 0; i < VCSF_UNIT_COUNT; i++)
		f->csg->allow[i] = ~0ULL;
	f->csg->endpoint_req = FIELD_PREP(CSF_CSG_EP_COMPUTE, 4) |
			       FIELD_PREP(CSF_CSG_EP_FRAGMENT, 4) |
			       FIELD_PREP(CSF_CSG_EP_TILER, 1);
}

/* Write valid descriptors. Streams may overwrite them. */
static void vcsf_fuzz_memory(struct vcsf_fuzz *f)
{
	struct csf_fbd *fbd = f->data + FUZZ_FBD;
	struct csf_render_target *rt = (void *)(fbd + 1);
	struct csf_tiler_context *tiler = f->data + FUZZ_TILER;
	struct csf_heap_descriptor *d = f->data + FUZZ_DESCRIPTOR;
	unsigned int i;

	memset(f->data, 0, PAGE_SIZE);
	fbd->size = 31 << 16 | 31;
	fbd->bound_max = 31 << 16 | 31;
	rt->internal = FIELD_PREP(CSF_RT_INTERNAL_FORMAT, CSF_INTERNAL_RGBA8);
	rt->writeback = CSF_RT_WRITE | CSF_RT_CLEAN_PIXEL_WRITE |
			FIELD_PREP(CSF_RT_FORMAT, CSF_FORMAT_RGBA8) |
			FIELD_PREP(CSF_RT_BLOCK, CSF_BLOCK_LINEAR);
	rt->base = FUZZ_TARGET;
	rt->row_stride = 128;
	tiler->heap = FUZZ_DATA + FUZZ_DESCRIPTOR;
	d->base = FUZZ_CHUNK(0);
	d->bottom = d->base + CSF_CHUNK_HEADER_SIZE;
	d->top = d->base + PAGE_SIZE;
	for (i = 0; i < FUZZ_CHUNKS; i++)
		f->chunks[i][0] = 0;
}

static void vcsf_fuzz_load(struct vcsf_fuzz *f, unsigned int i)
{
	struct vcsf_cs *cs = &f->csg->cs[i];

	vcsf_fuzz_generate(&f->random, i, &f->program);
	memcpy(f->code[i], f->program.words, sizeof(f->program.words));
	vcsf_cs_reset(cs);
	memcpy(cs->regs, f->program.regs, sizeof(cs->regs));
	cs->frame = &cs->frames[1];
	*cs->frame = (struct vcsf_frame){
		.pc = FUZZ_CODE(i), .start = FUZZ_CODE(i),
		.end = FUZZ_CODE(i) + FUZZ_WORDS * 8, .mask = U64_MAX,
	};
	f->faults[i] = 0;
	vcsf_cs_set_state(cs, VCSF_CS_READY);
}

static void vcsf_fuzz_step(struct vcsf_fuzz *f, struct vcsf_cs *cs)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&f->host->hw->mmu->lock, flags);
	vcsf_cs_run(cs, 64);
	raw_spin_unlock_irqrestore(&f->host->hw->mmu->lock, flags);
}

/* Answer as a host: acknowledge faults, provide a heap chunk or refuse. */
static void vcsf_fuzz_answer(struct vcsf_fuzz *f, unsigned int i)
{
	struct vcsf_cs *cs = &f->csg->cs[i];

	cs->events = 0;
	if (cs->oom.state == VCSF_OOM_ASKED) {
		f->exhausted++;
		if (vcsf_fuzz_pick(&f->random, 2)) {
			cs->oom.chunk = csf_chunk(FUZZ_CHUNK(1 +
				vcsf_fuzz_pick(&f->random, 3)), PAGE_SIZE);
			cs->oom.state = VCSF_OOM_NONE;
			vcsf_jobs_release(f->csg, VCSF_JOB_NO_MEMORY);
		} else {
			/* Without an MCU, the answer is read as zero. */
			vcsf_oom_answer(cs);
		}
	}
	if (cs->state == VCSF_CS_FAULTED && f->faults[i] < FUZZ_FAULTS) {
		f->faults[i]++;
		f->recovered++;
		vcsf_cs_set_state(cs, VCSF_CS_READY);
	}
}

/* Run the cores until the next job is due. */
static void vcsf_fuzz_cores(struct vcsf_fuzz *f)
{
	struct vcsf *hw = f->host->hw;

	if (!hw->mcu->jobs)
		return;
	f->jobs++;
	vcsf_cores_run(hw, ~0U);
	if (hw->cores->due != U64_MAX && hw->cores->due > vcsf_clock_ns(hw))
		atomic64_set(&hw->ctl->virtual_ns, hw->cores->due);
	vcsf_cores_run(hw, ~0U);
}

/* Run all streams and the cores once. Return false if nothing is left to run. */
static bool vcsf_fuzz_turn(struct vcsf_fuzz *f)
{
	struct vcsf_mcu *mcu = f->host->hw->mcu;
	unsigned int i;

	for (i = 0; i < FUZZ_STREAMS; i++)
		if (f->csg->cs[i].state == VCSF_CS_READY)
			vcsf_fuzz_step(f, &f->csg->cs[i]);
	vcsf_fuzz_cores(f);
	vcsf_csg_wake_sync(f->csg);
	vcsf_csg_wake_resource(f->csg);
	if (mcu->progress_wake)
		vcsf_csg_wake_progress(f->csg);
	mcu->progress_wake = 0;
	for (i = 0; i < FUZZ_STREAMS; i++)
		vcsf_fuzz_answer(f, i);
	f->csg->events = 0;
	f->csg->cs_events = 0;
	mcu->reports = 0;

	return f->csg->ready || mcu->jobs;
}

/* Stopped, hung and stalled streams need a host, an injection or a locked region. */
static bool vcsf_fuzz_may_end(enum vcsf_cs_state state)
{
	return state != VCSF_CS_STOPPED && state != VCSF_CS_HUNG &&
	       state != VCSF_CS_STALLED;
}

static void vcsf_fuzz_batch(struct kunit *test, struct vcsf_fuzz *f,
			    unsigned int number)
{
	unsigned int i, turn;

		/* Start from a known state, so that a batch does not depend on others. */
	prandom_seed_state(&f->random, fuzz_seed + number * FUZZ_STRIDE);
	atomic64_set(&f->host->hw->ctl->virtual_ns, NSEC_PER_SEC);
	vcsf_fuzz_memory(f);
	for (i = 0; i < FUZZ_STREAMS; i++)
		vcsf_fuzz_load(f, i);
	for (turn = 0; turn < FUZZ_TURNS && vcsf_fuzz_turn(f); turn++)
		;
	for (i = 0; i < FUZZ_STREAMS; i++) {
		const struct vcsf_cs *cs = &f->csg->cs[i];

		KUNIT_ASSERT_TRUE_MSG(test, vcsf_host_cs_valid(cs),
				      "stream %u has inconsistent state", number + i);
		KUNIT_ASSERT_TRUE_MSG(test, vcsf_fuzz_may_end(cs->state),
				      "stream %u ended in invalid state %u", number + i,
				      cs->state);
		f->ends[cs->state]++;
		if (cs->state == VCSF_CS_FATAL)
			f->fatal[cs->error]++;
		vcsf_cs_reset(&f->csg->cs[i]);
	}
	vcsf_host_write(f->host, CSF_MMU_IRQ_CLEAR, ~0U);
	vcsf_host_write(f->host, CSF_GPU_COMMAND, CSF_GPU_CMD_CLEAR_FAULT);
}

static void vcsf_fuzz_report(struct kunit *test, const struct vcsf_fuzz *f)
{
	const unsigned int *ends = f->ends;
	unsigned int i;

	kunit_info(test, "final states: completed %u, endless %u, fatal %u, too many faults %u",
		   ends[VCSF_CS_EMPTY], ends[VCSF_CS_READY],
		   ends[VCSF_CS_FATAL], ends[VCSF_CS_FAULTED]);
	kunit_info(test, "final waits: scoreboard %u, sync object %u, progress %u, protected mode %u, resource %u",
		   ends[VCSF_CS_WAIT_SB], ends[VCSF_CS_WAIT_SYNC],
		   ends[VCSF_CS_WAIT_PROGRESS], ends[VCSF_CS_WAIT_PROTM],
		   ends[VCSF_CS_WAIT_RESOURCE]);
	kunit_info(test, "events: %u faults recovered from, %u turns with jobs, %u times out of tiler memory",
		   f->recovered, f->jobs, f->exhausted);
	for (i = 0; i < ARRAY_SIZE(f->fatal); i++)
		if (f->fatal[i])
			kunit_info(test, "fatal with exception %02x: %u", i,
				   f->fatal[i]);
}

/* First stream of a part. Parts add up to the total, in multiples of a batch. */
static unsigned int vcsf_fuzz_part(unsigned int part)
{
	return fuzz_streams * (u64)part / FUZZ_PARTS / FUZZ_STREAMS *
	       FUZZ_STREAMS;
}

static void vcsf_fuzz_streams(struct kunit *test)
{
	struct vcsf_fuzz *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int part = *(const unsigned int *)test->param_value;
	unsigned int first = fuzz_first + vcsf_fuzz_part(part);
	unsigned int end = fuzz_first + vcsf_fuzz_part(part + 1);
	unsigned int count = end - first, i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	vcsf_fuzz_setup(test, f);
	kunit_info(test, "%u streams from %u, seed %lu", count, first,
		   fuzz_seed);
	for (i = first; i < end; i += FUZZ_STREAMS) {
		vcsf_fuzz_batch(test, f, i);
		cond_resched();
	}
	vcsf_fuzz_report(test, f);
	KUNIT_EXPECT_NULL(test, memchr_inv(f->guards[0], 0, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(f->guards[1], 0, PAGE_SIZE));
	if (count < 1000)
		return;
	/* Check that the streams reached many states, and most ran to the end. */
	KUNIT_EXPECT_GT(test, f->ends[VCSF_CS_EMPTY], count / 4);
	KUNIT_EXPECT_LT(test, f->ends[VCSF_CS_FATAL], count / 4);
	KUNIT_EXPECT_GT(test, f->ends[VCSF_CS_FATAL], 0);
	KUNIT_EXPECT_GT(test, f->ends[VCSF_CS_WAIT_SYNC], 0);
	KUNIT_EXPECT_GT(test, f->ends[VCSF_CS_READY], 0);
	KUNIT_EXPECT_GT(test, f->recovered, 0);
	KUNIT_EXPECT_GT(test, f->jobs, 0);
	KUNIT_EXPECT_GT(test, f->exhausted, 0);
}

static int vcsf_fuzz_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	config.shaders = 0;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_fuzz_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static const unsigned int vcsf_fuzz_parts[FUZZ_PARTS] = { 0, 1, 2, 3 };

static void vcsf_fuzz_part_name(const unsigned int *part, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "part %u", *part);
}

KUNIT_ARRAY_PARAM(vcsf_fuzz_parts, vcsf_fuzz_parts, vcsf_fuzz_part_name);

static struct kunit_case vcsf_fuzz_cases[] = {
	KUNIT_CASE_PARAM_ATTR(vcsf_fuzz_streams, vcsf_fuzz_parts_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite vcsf_fuzz_suite = {
	.name = "vcsf_fuzz",
	.init = vcsf_fuzz_init_case,
	.exit = vcsf_fuzz_exit_case,
	.test_cases = vcsf_fuzz_cases,
};

kunit_test_suite(vcsf_fuzz_suite);
