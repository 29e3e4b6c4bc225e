// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Robustness of the firmware interface against a broken driver.
 *
 * The test writes random and plausible values to the memory that it shares with the
 * firmware, and rings doorbells. The firmware may stop, but a reset must bring it
 * back and each stream must complete a job after it.
 */

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/prandom.h>

#include "group.h"

#define IFACE_ROUNDS	40
#define IFACE_POKES	150
/* Control, input and output blocks of four groups */
#define IFACE_PAGES	8

struct vcsf_iface {
	struct vcsf_group_fixture g;
	struct rnd_state random;
	u32 *pages[IFACE_PAGES];
	unsigned int ended;
	unsigned int irqs;
};

static u32 vcsf_iface_pick(struct vcsf_iface *f, u32 count)
{
	return prandom_u32_state(&f->random) % count;
}

/* Random values, and others that are valid in some place */
static u32 vcsf_iface_value(struct vcsf_iface *f, u32 before)
{
	const struct vcsf_host_queue *q = &f->g.group.queues[0];

	switch (vcsf_iface_pick(f, 8)) {
	case 0:
		return prandom_u32_state(&f->random);
	case 1:
		return 0;
	case 2:
		return ~0U;
	case 3:
		return q->in_va + vcsf_iface_pick(f, 3) * 4;
	case 4:
		return VCSF_HOST_RING_VA(0) + vcsf_iface_pick(f, 2) * 8;
	case 5:
		return PAGE_SIZE << vcsf_iface_pick(f, 3);
	default:
		return before ^ BIT(vcsf_iface_pick(f, 32));
	}
}

/* Prefer request words, on which the use of most other words depends. */
static u32 *vcsf_iface_word(struct vcsf_iface *f)
{
	struct vcsf_host_queue *q = &f->g.group.queues[vcsf_iface_pick(f, 4)];
	unsigned int any = vcsf_iface_pick(f, 0x100 / 4);

	switch (vcsf_iface_pick(f, 12)) {
	case 0:
		return &f->g.host->glb_in->doorbell_req;
	case 1:
		return &f->g.group.in->req;
	case 2:
		return &f->g.group.in->doorbell_req;
	case 3:
		return &q->cs_in->req;
	case 4:
		return (u32 *)&q->in->insert;
	case 5:
		return (u32 *)&q->ring[vcsf_iface_pick(f, 64)];
	case 6:
		return (u32 *)q->cs_in + any;
	case 7:
		return (u32 *)f->g.group.in + any;
	case 8:
		return (u32 *)f->g.host->glb_in + any;
	case 9:
		return (u32 *)q->in + vcsf_iface_pick(f, 4);
	default:
		return &f->pages[vcsf_iface_pick(f, IFACE_PAGES)]
				[vcsf_iface_pick(f, PAGE_SIZE / 4)];
	}
}

static void vcsf_iface_poke(struct vcsf_iface *f)
{
	u32 *word = vcsf_iface_word(f);

	WRITE_ONCE(*word, vcsf_iface_value(f, READ_ONCE(*word)));
	if (vcsf_iface_pick(f, 3))
		return;
	if (vcsf_iface_pick(f, 2))
		vcsf_host_group_ring(&f->g.group, vcsf_iface_pick(f, 16));
	else
		vcsf_host_write(f->g.host, CSF_DOORBELL(vcsf_iface_pick(f, 4)),
				CSF_DOORBELL_RING);
	if (!vcsf_iface_pick(f, 4))
		usleep_range(20, 50);
}

/* Recover as a driver does: reset, clear the shared memory, boot, start a group. */
static void vcsf_iface_recover(struct kunit *test, struct vcsf_iface *f)
{
	struct vcsf_host *host = f->g.host;
	unsigned int i;

	atomic_set(&host->irqs[HOST_GPU].seen, 0);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	for (i = 0; i < IFACE_PAGES; i++)
		memset(f->pages[i], 0, PAGE_SIZE);
	for (i = 0; i < 4; i++) {
		memset(f->g.group.queues[i].in, 0, PAGE_SIZE);
		memset(f->g.group.queues[i].out, 0, PAGE_SIZE);
	}
	memset(f->g.data, 0, PAGE_SIZE);
	atomic_set(&host->irqs[HOST_JOB].seen, 0);
	vcsf_host_start_mcu(host);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(host, HOST_JOB,
					       CSF_JOB_IRQ_GLOBAL));
	KUNIT_ASSERT_NE(test, 0, host->glb->version);
	WRITE_ONCE(host->glb_in->ack_irq_mask, ~0U);
	vcsf_host_enable(&f->g.vm);
	vcsf_host_group_bind(&f->g.group, vcsf_iface_pick(f, 4));
	vcsf_host_group_state(&f->g.group, CSF_CSG_STATE_START);
}

static void vcsf_iface_garbage(struct kunit *test)
{
	struct vcsf_iface *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i, round, queue, before;

	KUNIT_ASSERT_NOT_NULL(test, f);
	prandom_seed_state(&f->random, 1);
	vcsf_group_setup(test, &f->g, 4);
	for (i = 0; i < IFACE_PAGES; i++)
		f->pages[i] = vcsf_host_mcu_ptr(f->g.host, CSF_FW_SHARED_START +
							   i * PAGE_SIZE);

	for (round = 0; round < IFACE_ROUNDS; round++) {
		before = atomic_read(&f->g.host->irqs[HOST_JOB].count);
		for (i = 0; i < IFACE_POKES; i++)
			vcsf_iface_poke(f);
		f->irqs += atomic_read(&f->g.host->irqs[HOST_JOB].count) -
			   before;
		f->ended += vcsf_host_read(f->g.host, CSF_MCU_STATUS) !=
			    CSF_MCU_STATUS_ENABLED;
		vcsf_iface_recover(test, f);
		for (queue = 0; queue < 4; queue++) {
			vcsf_group_signal(&f->g.group, queue, 2 * queue);
			KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f->g,
								 2 * queue, 1));
		}
	}
	kunit_info(test, "firmware stopped in %u of %u rounds, %u interrupts",
		   f->ended, IFACE_ROUNDS, f->irqs);
	/* Without interrupts, the firmware has not processed what was written. */
	KUNIT_EXPECT_GT(test, f->irqs, IFACE_ROUNDS / 4);
}

static int vcsf_iface_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_iface_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_iface_cases[] = {
	KUNIT_CASE_SLOW(vcsf_iface_garbage),
	{}
};

static struct kunit_suite vcsf_iface_suite = {
	.name = "vcsf_iface",
	.init = vcsf_iface_init_case,
	.exit = vcsf_iface_exit_case,
	.test_cases = vcsf_iface_cases,
};

kunit_test_suite(vcsf_iface_suite);
