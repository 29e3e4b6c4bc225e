// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fault injection: the syntax of a setting, and for each point, that a fault happens
 * if and only if it is armed, what it looks like, and how the GPU recovers from it.
 */

#include <linux/bitfield.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>

#include "base/vcsf.h"
#include "debug/debugfs.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "regs/irq.h"
#include "group.h"

static void vcsf_inject_arm(struct vcsf_host *host,
			    enum vcsf_inject_point point, const char *text)
{
	struct vcsf_inject_setting setting;
	char copy[64];

	strscpy(copy, text);
	KUNIT_ASSERT_EQ(host->test, 0,
			vcsf_inject_parse(point, copy, &setting));
	vcsf_inject_set(host->hw, point, &setting);
}

#define EXPECT_HITS(test, host, n, point) \
	KUNIT_EXPECT_EQ(test, n, vcsf_inject_hits((host)->hw, point))

static void vcsf_inject_parses(struct kunit *test)
{
	static const char *const bad[] = {
		"x", "1 2x", "count", "depth=1", "one_in=0", "arg=60000001",
		"only=-1", "count=4294967296", "=1", "arg=always",
	};
	struct vcsf_inject_setting s;
	unsigned int i;
	char text[64];

	strscpy(text, " 3\tskip=2 one_in=10  only=0x5 arg=17\n");
	KUNIT_ASSERT_EQ(test, 0, vcsf_inject_parse(VCSF_INJECT_SLOW, text, &s));
	KUNIT_EXPECT_EQ(test, 3, s.count);
	KUNIT_EXPECT_EQ(test, 2, s.skip);
	KUNIT_EXPECT_EQ(test, 10, s.one_in);
	KUNIT_EXPECT_EQ(test, 5, s.only);
	KUNIT_EXPECT_EQ(test, 17, s.arg);

	strscpy(text, "always");
	KUNIT_ASSERT_EQ(test, 0, vcsf_inject_parse(VCSF_INJECT_SLOW, text, &s));
	KUNIT_EXPECT_EQ(test, U32_MAX, s.count);
	KUNIT_EXPECT_EQ(test, 1, s.one_in);
	strscpy(text, "");
	KUNIT_ASSERT_EQ(test, 0, vcsf_inject_parse(VCSF_INJECT_SLOW, text, &s));
	KUNIT_EXPECT_EQ(test, 0, s.count);

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		strscpy(text, bad[i]);
		KUNIT_EXPECT_NE_MSG(test, 0,
				    vcsf_inject_parse(VCSF_INJECT_SLOW, text,
						      &s),
				    "\"%s\"", bad[i]);
	}
}

static u64 vcsf_inject_pattern(struct vcsf_host *host, u64 seed)
{
	u64 pattern = 0;
	unsigned int i;

	vcsf_inject_seed(host->hw, seed);
	vcsf_inject_arm(host, VCSF_INJECT_HANG, "count=always one_in=3 only=2");
	for (i = 0; i < 64; i++) {
		if (vcsf_inject(host->hw, VCSF_INJECT_HANG, 1, NULL))
			pattern |= BIT_ULL(i);
		KUNIT_EXPECT_FALSE(host->test, vcsf_inject(host->hw,
							   VCSF_INJECT_HANG, 0,
							   NULL));
	}

	return pattern;
}

/* skip, count and one_in are obeyed, and equal seeds give equal patterns. */
static void vcsf_inject_chance(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	u64 first = vcsf_inject_pattern(host, 42);
	unsigned int i, hits = 0;

	KUNIT_EXPECT_GT(test, hweight64(first), 8);
	KUNIT_EXPECT_LT(test, hweight64(first), 40);
	KUNIT_EXPECT_NE(test, first, vcsf_inject_pattern(host, 43));
	KUNIT_EXPECT_EQ(test, first, vcsf_inject_pattern(host, 42));
	EXPECT_HITS(test, host, hweight64(first), VCSF_INJECT_HANG);

	vcsf_inject_arm(host, VCSF_INJECT_HANG, "2 skip=3");
	for (i = 0; i < 10; i++)
		if (vcsf_inject(host->hw, VCSF_INJECT_HANG, 0, NULL))
			hits |= BIT(i);
	KUNIT_EXPECT_EQ(test, BIT(3) | BIT(4), hits);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(host->hw->inject->armed));
}

static void vcsf_inject_hang(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_inject_arm(f.host, VCSF_INJECT_HANG, "1");
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_HANG);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));

	/* Other streams run, the firmware answers, and the group is not idle. */
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, 0, f.group.out->status_state);

	/* Neither a doorbell nor another slot ends the hang. */
	vcsf_host_kick(&f.group, 0);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	vcsf_group_signal(&f.group, 1, 2);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, 2));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));

	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

static void vcsf_inject_lost_irq(struct kunit *test)
{
	const u32 flush = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;
	struct vcsf_host *host = test->priv;
	struct vcsf_host_irq *irq = &host->irqs[HOST_GPU];

	vcsf_host_boot(host);
	irq_work_sync(&host->hw->irq->lines[VCSF_LINE_GPU].work);
	atomic_set(&irq->count, 0);
	vcsf_inject_arm(host, VCSF_INJECT_LOST_IRQ, "1 only=4");
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	irq_work_sync(&host->hw->irq->lines[VCSF_LINE_GPU].work);
	EXPECT_HITS(test, host, 1, VCSF_INJECT_LOST_IRQ);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&irq->count));
	KUNIT_EXPECT_EQ(test, flush, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT) &
				     flush);

	/* The level is still raised: a write of the mask evaluates it again. */
	vcsf_host_write(host, CSF_GPU_IRQ_MASK,
			vcsf_host_read(host, CSF_GPU_IRQ_MASK));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, flush));
}

static void vcsf_inject_lost_doorbell(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	vcsf_inject_arm(f.host, VCSF_INJECT_LOST_DOORBELL, "1 only=2");
	vcsf_host_ping(f.host);
	EXPECT_HITS(test, f.host, 0, VCSF_INJECT_LOST_DOORBELL);
	vcsf_group_signal(&f.group, 0, 0);
	vcsf_host_ping(f.host);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_LOST_DOORBELL);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

static void vcsf_inject_delayed_ack(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	ktime_t start;

	vcsf_host_boot(host);
	vcsf_inject_arm(host, VCSF_INJECT_DELAYED_ACK, "1 only=1 arg=20000");
	start = ktime_get();
	vcsf_host_ping(host);
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), start), 20000);
	EXPECT_HITS(test, host, 1, VCSF_INJECT_DELAYED_ACK);

	/* A stop of the MCU does not wait for a delay of a minute. */
	vcsf_inject_arm(host, VCSF_INJECT_DELAYED_ACK, "1 arg=60000000");
	WRITE_ONCE(host->glb_in->req, host->glb_in->req ^ CSF_GLB_PING);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_register(host, CSF_MCU_STATUS,
							CSF_MCU_STATUS_DISABLED));
}

static void vcsf_inject_dropped_ack(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	vcsf_inject_arm(f.host, VCSF_INJECT_DROPPED_ACK, "1 only=8");
	vcsf_host_ping(f.host);
	WRITE_ONCE(f.group.in->req, (f.group.in->req & ~CSF_CSG_STATE) |
				    CSF_CSG_STATE_TERMINATE);
	vcsf_host_group_ring(&f.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_DROPPED_ACK);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START,
			f.group.out->ack & CSF_CSG_STATE);
	/* Other requests are acknowledged, and so is the group's if it is repeated. */
	vcsf_host_ping(f.host);
	KUNIT_EXPECT_EQ(test, CSF_CSG_STATE_START,
			f.group.out->ack & CSF_CSG_STATE);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
}

static void vcsf_inject_mcu_crash(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_MCU_STATUS));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	vcsf_inject_arm(host, VCSF_INJECT_MCU_CRASH, "1");
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_MCU_STATUS));
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_FATAL,
			vcsf_host_read(host, CSF_MCU_STATUS));
	KUNIT_EXPECT_EQ(test, CSF_HALT_STATUS_PANIC,
			host->glb_out->halt_status);
	EXPECT_HITS(test, host, 1, VCSF_INJECT_MCU_CRASH);
}

static void vcsf_inject_reset_fail(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	vcsf_inject_arm(host, VCSF_INJECT_RESET_FAIL, "1");
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	EXPECT_HITS(test, host, 1, VCSF_INJECT_RESET_FAIL);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT) &
				 CSF_GPU_IRQ_RESET_COMPLETED);
	KUNIT_EXPECT_EQ(test, 0, (u32)atomic_read(&host->irqs[HOST_GPU].seen) &
				 CSF_GPU_IRQ_RESET_COMPLETED);
	KUNIT_EXPECT_TRUE(test, vcsf_host_read(host, CSF_GPU_STATUS) &
				CSF_GPU_STATUS_ACTIVE);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
}

static void vcsf_inject_flush_fail(struct kunit *test)
{
	const u32 flush = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;
	struct vcsf_host *host = test->priv;
	u32 id;

	vcsf_host_boot(host);
	id = vcsf_host_read(host, CSF_LATEST_FLUSH_ID);
	vcsf_inject_arm(host, VCSF_INJECT_FLUSH_FAIL, "1");
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	EXPECT_HITS(test, host, 1, VCSF_INJECT_FLUSH_FAIL);
	KUNIT_EXPECT_EQ(test, id, vcsf_host_read(host, CSF_LATEST_FLUSH_ID));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT) &
				 flush);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, flush));
}

static void vcsf_inject_page_fault(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u32 status;

	vcsf_group_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	/* The first translation is of the ring, the second of the data. */
	vcsf_inject_arm(f.host, VCSF_INJECT_PAGE_FAULT, "1 skip=1");
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_PAGE_FAULT);
	status = vcsf_host_read(f.host, CSF_AS_FAULTSTATUS(1));
	KUNIT_EXPECT_EQ(test, CSF_EXC_TRANSLATION_FAULT(3),
			FIELD_GET(CSF_AS_FAULTSTATUS_TYPE, status));
	/* An addition writes the sync object's status before its value. */
	KUNIT_EXPECT_EQ(test, DATA + 8, vcsf_read64(f.host->win,
						    CSF_AS_FAULTADDRESS(1)));
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FAULT));
}

static void vcsf_inject_suspend_corrupt(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 1);
	vcsf_inject_arm(f.host, VCSF_INJECT_SUSPEND_CORRUPT, "1");
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_SUSPEND_CORRUPT);
	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	out = f.group.queues[0].cs_out;
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_FW_INTERNAL_ERROR, out->fatal);
}

/* A group that fails to resume does not write to the slot's previous group. */
static void vcsf_inject_suspend_corrupt_other_group(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct vcsf_host_group other;
	struct vcsf_host_vm vm;

	vcsf_group_setup(test, &f, 1);
	vcsf_inject_arm(f.host, VCSF_INJECT_SUSPEND_CORRUPT, "1");
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);

	vcsf_host_vm_init(f.host, &vm, 2);
	vcsf_host_group_init(f.host, &vm, &other, 1);
	vcsf_host_enable(&vm);
	vcsf_host_group_bind(&other, 1);
	vcsf_host_group_state(&other, CSF_CSG_STATE_START);
	EMIT(&other, 0, csf_nop());
	vcsf_host_kick(&other, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_ASSERT_EQ(test, 8, READ_ONCE(other.queues[0].out->extract));
	vcsf_host_group_state(&other, CSF_CSG_STATE_TERMINATE);
	WRITE_ONCE(other.queues[0].out->extract, 0x5eed);

	vcsf_host_group_bind(&f.group, 1);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0x5eed, READ_ONCE(other.queues[0].out->extract));
}

/* Garbage that looks valid must not harm anything but the group. */
static void vcsf_inject_suspend_garbage(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;
	char text[64];

	vcsf_group_setup(test, &f, 8);
	for (i = 0; i < 100; i++) {
		/* Keep more and more of the part that is checked first. */
		snprintf(text, sizeof(text), "count=always arg=%u",
			 4 + i % 48);
		vcsf_inject_seed(f.host->hw, i);
		vcsf_inject_arm(f.host, VCSF_INJECT_SUSPEND_CORRUPT, text);
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
		vcsf_host_group_bind(&f.group, i % 3);
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
		vcsf_host_group_ack(&f.group);
		vcsf_host_ping(f.host);
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_TERMINATE);
		vcsf_host_group_bind(&f.group, i % 3);
		vcsf_host_group_state(&f.group, CSF_CSG_STATE_START);
	}
	vcsf_inject_arm(f.host, VCSF_INJECT_SUSPEND_CORRUPT, "0");
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

static void vcsf_inject_slow(struct kunit *test)
{
	struct vcsf_group_fixture f;
	ktime_t start;
	unsigned int i;

	vcsf_group_setup(test, &f, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	/* Firmware requests end an injected delay early: leave none pending. */
	vcsf_host_group_ack(&f.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	for (i = 0; i < 300; i++)
		EMIT(&f.group, 0, csf_nop());
	vcsf_group_emit_signal(&f.group, 0, 0);
	vcsf_inject_arm(f.host, VCSF_INJECT_SLOW, "1 arg=20000");
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	start = ktime_get();
	vcsf_host_kick(&f.group, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), start), 20000);
	EXPECT_HITS(test, f.host, 1, VCSF_INJECT_SLOW);
}

static void vcsf_inject_power_fail(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_inject_arm(host, VCSF_INJECT_POWER_FAIL, "1 only=4");
	vcsf_host_write(host, CSF_TILER_PWRON, 1);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_register(host, CSF_TILER_READY,
							1));
	vcsf_host_write(host, CSF_L2_PWRON, 1);
	EXPECT_HITS(test, host, 1, VCSF_INJECT_POWER_FAIL);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_L2_READY));
	vcsf_host_write(host, CSF_L2_PWRON, 1);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_register(host, CSF_L2_READY, 1));
}

static void vcsf_inject_as_stuck(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct vcsf_window *win = host->win;

	/* Neither the first command of this kind nor other kinds get stuck. */
	vcsf_inject_arm(host, VCSF_INJECT_AS_STUCK, "1 skip=1 only=0x4");
	vcsf_write32(win, CSF_AS_COMMAND(1), CSF_AS_COMMAND_UPDATE);
	vcsf_write32(win, CSF_AS_COMMAND(1), CSF_AS_COMMAND_LOCK);
	KUNIT_EXPECT_TRUE(test, host->hw->mmu->as[1].locked);
	vcsf_write32(win, CSF_AS_COMMAND(1), CSF_AS_COMMAND_FLUSH_PT);
	KUNIT_EXPECT_EQ(test, 0, vcsf_read32(win, CSF_AS_STATUS(1)));
	EXPECT_HITS(test, host, 0, VCSF_INJECT_AS_STUCK);
	vcsf_write32(win, CSF_AS_COMMAND(1), CSF_AS_COMMAND_LOCK);
	EXPECT_HITS(test, host, 1, VCSF_INJECT_AS_STUCK);
	KUNIT_EXPECT_FALSE(test, host->hw->mmu->as[1].locked);
	KUNIT_EXPECT_EQ(test, CSF_AS_STATUS_ACTIVE,
			vcsf_read32(win, CSF_AS_STATUS(1)));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read32(win, CSF_AS_STATUS(2)));
	/* Only a reset makes the address space usable again. */
	vcsf_write64(win, CSF_AS_TRANSTAB(1), 0x1000);
	vcsf_write32(win, CSF_AS_COMMAND(1), CSF_AS_COMMAND_UPDATE);
	KUNIT_EXPECT_EQ(test, 0, host->hw->mmu->as[1].active.transtab);
	vcsf_host_write(host, CSF_GPU_IRQ_MASK, CSF_GPU_IRQ_RESET_COMPLETED);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read32(win, CSF_AS_STATUS(1)));
}

static int vcsf_inject_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_inject_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_inject_cases[] = {
	KUNIT_CASE(vcsf_inject_parses),
	KUNIT_CASE(vcsf_inject_chance),
	KUNIT_CASE(vcsf_inject_hang),
	KUNIT_CASE(vcsf_inject_lost_irq),
	KUNIT_CASE(vcsf_inject_lost_doorbell),
	KUNIT_CASE(vcsf_inject_delayed_ack),
	KUNIT_CASE(vcsf_inject_dropped_ack),
	KUNIT_CASE(vcsf_inject_mcu_crash),
	KUNIT_CASE(vcsf_inject_reset_fail),
	KUNIT_CASE(vcsf_inject_flush_fail),
	KUNIT_CASE(vcsf_inject_page_fault),
	KUNIT_CASE(vcsf_inject_suspend_corrupt),
	KUNIT_CASE(vcsf_inject_suspend_corrupt_other_group),
	KUNIT_CASE(vcsf_inject_suspend_garbage),
	KUNIT_CASE(vcsf_inject_slow),
	KUNIT_CASE(vcsf_inject_power_fail),
	KUNIT_CASE(vcsf_inject_as_stuck),
	{}
};

static struct kunit_suite vcsf_inject_suite = {
	.name = "vcsf_inject",
	.init = vcsf_inject_init_case,
	.exit = vcsf_inject_exit_case,
	.test_cases = vcsf_inject_cases,
};

kunit_test_suite(vcsf_inject_suite);
