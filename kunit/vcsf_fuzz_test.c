// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Streams of random words. Whatever they do, they end in completion, a wait or
 * a fault, and harm nobody.
 */

#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "vcsf_stream.h"

static unsigned int fuzz_streams = 100000;
module_param(fuzz_streams, uint, 0444);
MODULE_PARM_DESC(fuzz_streams, "Random streams to run");

static ulong fuzz_seed = 1;
module_param(fuzz_seed, ulong, 0444);
MODULE_PARM_DESC(fuzz_seed, "What they are made from");

#define FUZZ_WORDS	24
/* Slices after which a stream may be said to be endless */
#define FUZZ_SLICES	8

/* A word that is likely to be executed: an opcode, small registers */
static u64 vcsf_fuzz_word(struct rnd_state *random)
{
	u64 word = (u64)prandom_u32_state(random) << 32 |
		   prandom_u32_state(random);
	u32 how = prandom_u32_state(random) % 16;

	if (how == 0)
		return word;
	word &= ~CSF_F_OPCODE;
	word |= csf_put(CSF_F_OPCODE,
			prandom_u32_state(random) % (CSF_OP_SYNC_WAIT64 + 1));
	if (how < 3)
		return word;
	/* Registers exist, and are mostly even and alike. */
	word &= ~(CSF_F_DST | CSF_F_SRC | CSF_F_SRC2);
	word |= csf_put(CSF_F_DST, prandom_u32_state(random) % 16 * 2) |
		csf_put(CSF_F_SRC, prandom_u32_state(random) % 16 * 2) |
		csf_put(CSF_F_SRC2, prandom_u32_state(random) % 16 * 2);
	if (how < 12)
		word &= ~(CSF_F_IMM32 & ~0xff00ffULL);

	return word;
}

/* Addresses that lead somewhere, and some that do not */
static u64 vcsf_fuzz_value(struct rnd_state *random)
{
	static const u64 bases[] = { CODE, DATA, DATA + 0xff8, NOWHERE, 0, 8,
				     ~0ULL, 1ULL << 47, CODE + 0xfc0 };
	u64 base = bases[prandom_u32_state(random) % ARRAY_SIZE(bases)];

	return base + prandom_u32_state(random) % 4 * 8;
}

static bool vcsf_fuzz_at_rest(const struct vcsf_cs *cs)
{
	switch (cs->state) {
	case VCSF_CS_STOPPED:
	case VCSF_CS_HUNG:
		return false;	/* nobody asked for it */
	default:
		return true;
	}
}

static void vcsf_fuzz_one(struct vcsf_stream *f, struct rnd_state *random)
{
	struct vcsf_cs *cs = f->cs;
	unsigned long flags;
	unsigned int i;

	vcsf_cs_reset(cs);
	for (i = 0; i < 32; i += 2) {
		u64 value = vcsf_fuzz_value(random);

		cs->regs[i] = lower_32_bits(value);
		cs->regs[i + 1] = upper_32_bits(value);
	}
	for (i = 0; i < FUZZ_WORDS; i++)
		f->code[i] = vcsf_fuzz_word(random);
	cs->frame = &cs->frames[1];
	*cs->frame = (struct vcsf_frame){
		.pc = CODE, .start = CODE, .end = CODE + FUZZ_WORDS * 8,
		.mask = U64_MAX,
	};
	cs->events = 0;
	vcsf_cs_set_state(cs, VCSF_CS_READY);
	for (i = 0; i < FUZZ_SLICES && cs->state == VCSF_CS_READY; i++) {
		raw_spin_lock_irqsave(&f->host->hw->mmu.lock, flags);
		vcsf_cs_run(cs, 64);
		raw_spin_unlock_irqrestore(&f->host->hw->mmu.lock, flags);
	}
}

static void vcsf_fuzz_streams(struct kunit *test)
{
	unsigned int i, ends[VCSF_CS_FATAL + 1] = {};
	struct rnd_state random;
	struct vcsf_stream f;
	u64 *guards[2];

	vcsf_stream_setup(test, &f);
	/* Not mapped: nothing may ever be written here. */
	guards[0] = page_address(vcsf_host_page(f.host));
	guards[1] = page_address(vcsf_host_page(f.host));
	kunit_info(test, "%u streams, seed %lu", fuzz_streams, fuzz_seed);
	prandom_seed_state(&random, fuzz_seed);

	for (i = 0; i < fuzz_streams; i++) {
		vcsf_fuzz_one(&f, &random);
		KUNIT_ASSERT_TRUE_MSG(test, vcsf_fuzz_at_rest(f.cs),
				      "stream %u is in state %u", i,
				      f.cs->state);
		KUNIT_ASSERT_TRUE_MSG(test, vcsf_host_cs_sane(f.cs),
				      "stream %u is not sane", i);
		ends[f.cs->state]++;
		vcsf_host_write(f.host, CSF_MMU_IRQ_CLEAR, ~0U);
		cond_resched();
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(guards[0], 0, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(guards[1], 0, PAGE_SIZE));
	kunit_info(test, "completed %u, still running %u, faulted %u, fatal %u",
		   ends[VCSF_CS_EMPTY], ends[VCSF_CS_READY],
		   ends[VCSF_CS_FAULTED], ends[VCSF_CS_FATAL]);
	/* They did different things, so the words were not all refused. */
	KUNIT_EXPECT_GT(test, ends[VCSF_CS_EMPTY], 0);
	KUNIT_EXPECT_GT(test, ends[VCSF_CS_FAULTED], 0);
	KUNIT_EXPECT_GT(test, ends[VCSF_CS_FATAL], 0);
}

static int vcsf_fuzz_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_fuzz_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_fuzz_cases[] = {
	KUNIT_CASE_SLOW(vcsf_fuzz_streams),
	{}
};

static struct kunit_suite vcsf_fuzz_suite = {
	.name = "vcsf_fuzz",
	.init = vcsf_fuzz_init_case,
	.exit = vcsf_fuzz_exit_case,
	.test_cases = vcsf_fuzz_cases,
};

kunit_test_suite(vcsf_fuzz_suite);
