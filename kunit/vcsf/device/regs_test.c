// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Registers, interrupt lines, power and reset, as a driver sees them before it loads
 * firmware; and rejection of invalid configurations.
 */

#include <linux/delay.h>
#include <linux/mm.h>

#include "base/vcsf.h"
#include "device.h"
#include "regs/ctl.h"
#include "host.h"
#include "../compat/kunit.h"

static void vcsf_regs_identity(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_EQ(test, 0xa8670005, vcsf_host_read(host, CSF_GPU_ID));
	KUNIT_EXPECT_EQ(test, 0x040a0412, vcsf_host_read(host, CSF_CSF_ID));
	KUNIT_EXPECT_EQ(test, 0x07120306,
			vcsf_host_read(host, CSF_L2_FEATURES));
	KUNIT_EXPECT_EQ(test, 0x2830, vcsf_host_read(host, CSF_MMU_FEATURES));
	KUNIT_EXPECT_EQ(test, 0xff, vcsf_host_read(host, CSF_AS_PRESENT));
	KUNIT_EXPECT_EQ(test, 0x50005,
			vcsf_read64(host->win, CSF_SHADER_PRESENT));
	KUNIT_EXPECT_EQ(test, 0xc1ffff9e,
			vcsf_host_read(host, CSF_TEXTURE_FEATURES(0)));
}

static void vcsf_regs_unassigned(struct kunit *test)
{
	static const u32 offsets[] = { 0x06c, 0x7fc, 0x1010, 0x2010, 0x3000,
				       0x10004, 0x7fffc, 0x80004, 0x480000,
				       0xfffffffc };
	struct vcsf_host *host = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		vcsf_host_write(host, offsets[i], ~0U);
		KUNIT_EXPECT_EQ_MSG(test, 0, vcsf_host_read(host, offsets[i]),
				    "offset %x", offsets[i]);
		vcsf_write64(host->win, offsets[i] & ~7U, 0);
	}
	/* Writes to constants and unaligned accesses have no effect. */
	vcsf_host_write(host, CSF_GPU_ID, 0);
	KUNIT_EXPECT_EQ(test, 0xa8670005, vcsf_host_read(host, CSF_GPU_ID));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_ID + 1));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(host->win, CSF_GPU_ID + 4));
}

static void vcsf_regs_halves(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	const u64 value = 0x123456789abcdef0ULL;

	vcsf_write64(host->win, CSF_TIMESTAMP_OFFSET, value);
	KUNIT_EXPECT_EQ(test, 0x9abcdef0,
			vcsf_host_read(host, CSF_TIMESTAMP_OFFSET));
	KUNIT_EXPECT_EQ(test, 0x12345678,
			vcsf_host_read(host, CSF_TIMESTAMP_OFFSET + 4));
	vcsf_host_write(host, CSF_TIMESTAMP_OFFSET + 4, 1);
	KUNIT_EXPECT_EQ(test, 0x19abcdef0ULL,
			vcsf_read64(host->win, CSF_TIMESTAMP_OFFSET));

	vcsf_write64(host->win, CSF_AS_TRANSTAB(3), value);
	vcsf_host_write(host, CSF_AS_TRANSTAB(3), 7);
	KUNIT_EXPECT_EQ(test, 0x1234567800000007ULL,
			vcsf_read64(host->win, CSF_AS_TRANSTAB(3)));
	/* An address space beyond the configured number */
	vcsf_write64(host->win, CSF_AS_TRANSTAB(8), value);
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(host->win, CSF_AS_TRANSTAB(8)));
}

static void vcsf_regs_power(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_L2_READY));
	vcsf_host_write(host, CSF_L2_PWRON, ~0U);
	KUNIT_EXPECT_EQ(test, 1, vcsf_host_read(host, CSF_L2_READY));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_L2_PWRTRANS));
	vcsf_write64(host->win, CSF_SHADER_PWRON, 0x10004);
	KUNIT_EXPECT_EQ(test, 0x10004,
			vcsf_read64(host->win, CSF_SHADER_READY));
	vcsf_host_write(host, CSF_SHADER_PWROFF, 0x4);
	KUNIT_EXPECT_EQ(test, 0x10000,
			vcsf_host_read(host, CSF_SHADER_READY));
	KUNIT_EXPECT_TRUE(test, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT) &
				CSF_GPU_IRQ_POWER_CHANGED_ALL);
}

static void vcsf_irq_masked(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	const u32 cause = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;

	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	KUNIT_EXPECT_EQ(test, cause, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_STATUS));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&host->irqs[HOST_GPU].count));

	/* Unmasking a pending cause asserts the line. */
	vcsf_host_write(host, CSF_GPU_IRQ_MASK, cause);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, cause));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&host->irqs[HOST_GPU].count));
}

/* A line stays asserted until its cause is cleared. */
static void vcsf_irq_level(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct vcsf_host_irq *line = &host->irqs[HOST_GPU];
	const u32 cause = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;
	unsigned int i;

	line->keep = true;
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	for (i = 1; i <= 3; i++) {
		vcsf_host_write(host, CSF_GPU_IRQ_MASK, cause);
		KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, cause));
		KUNIT_EXPECT_EQ(test, i, atomic_read(&line->count));
		KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_MASK));
	}
	vcsf_host_write(host, CSF_GPU_IRQ_CLEAR, cause);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT));
}

/* If the handler returns with the line asserted, the interrupt is raised again. */
static void vcsf_irq_repeats(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct vcsf_host_irq *line = &host->irqs[HOST_GPU];
	const u32 cause = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;

	line->ignore = 3;
	vcsf_host_write(host, CSF_GPU_IRQ_MASK, cause);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, cause));
	KUNIT_EXPECT_EQ(test, 4, atomic_read(&line->count));
}

static void vcsf_flush_counts(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	unsigned long pfn = vcsf_user_pfn(host->win, CSF_USER_PAGE);
	u32 *user;

	KUNIT_ASSERT_NE(test, 0, pfn);
	KUNIT_EXPECT_EQ(test, 0, vcsf_user_pfn(host->win, 0));
	user = page_address(pfn_to_page(pfn));
	KUNIT_EXPECT_EQ(test, 1, vcsf_host_read(host, CSF_LATEST_FLUSH_ID));
	/* Only a full flush changes the flush ID. */
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(1, 3, 2));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(*user));
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	KUNIT_EXPECT_EQ(test, 2, READ_ONCE(*user));
	KUNIT_EXPECT_EQ(test, 2, vcsf_host_read(host, CSF_LATEST_FLUSH_ID));
}

static void vcsf_flush_wraps(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	host->hw->ctl->flush_id = CSF_LATEST_FLUSH_ID_VALUE;
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_FLUSH_CACHES(3, 3, 2));
	KUNIT_EXPECT_EQ(test, 1, vcsf_host_read(host, CSF_LATEST_FLUSH_ID));
}

static void vcsf_clock_runs(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	u64 before, after;

	before = vcsf_read64(host->win, CSF_TIMESTAMP);
	vcsf_write64(host->win, CSF_TIMESTAMP_OFFSET, 1ULL << 60);
	after = vcsf_read64(host->win, CSF_TIMESTAMP);
	KUNIT_EXPECT_GE(test, after, before + (1ULL << 60));

	/* Cycles are counted while the L2 has power. */
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(host->win, CSF_CYCLE_COUNT));
	vcsf_host_write(host, CSF_L2_PWRON, 1);
	ndelay(100);
	vcsf_host_write(host, CSF_L2_PWROFF, 1);
	before = vcsf_read64(host->win, CSF_CYCLE_COUNT);
	KUNIT_EXPECT_NE(test, 0, before);
	KUNIT_EXPECT_EQ(test, before, vcsf_read64(host->win, CSF_CYCLE_COUNT));
}

static void vcsf_reset_expect_cleared(struct kunit *test, u32 command)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_write(host, CSF_L2_PWRON, 1);
	vcsf_host_write(host, CSF_L2_CONFIG, CSF_L2_CONFIG_ASN_HASH_ENABLE);
	vcsf_write64(host->win, CSF_TIMESTAMP_OFFSET, 77);
	vcsf_write64(host->win, CSF_AS_TRANSTAB(1), 0x1000);
	vcsf_host_write(host, CSF_JOB_IRQ_MASK, ~0U);
	vcsf_host_write(host, CSF_MMU_IRQ_MASK, ~0U);
	vcsf_host_write(host, CSF_GPU_IRQ_MASK, CSF_GPU_IRQ_RESET_COMPLETED);
	/* Keep the raw status, which shows completion even if the mask is lost. */
	host->irqs[HOST_GPU].keep = true;
	vcsf_host_write(host, CSF_GPU_COMMAND, command);
	KUNIT_ASSERT_TRUE(test,
			  vcsf_host_wait_register(host, CSF_GPU_IRQ_RAWSTAT,
						  CSF_GPU_IRQ_RESET_COMPLETED));

	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_L2_READY));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_L2_CONFIG));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_JOB_IRQ_MASK));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_MMU_IRQ_MASK));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(host->win, CSF_AS_TRANSTAB(1)));
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_DISABLED,
			vcsf_host_read(host, CSF_MCU_STATUS));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_STATUS));
}

/* A soft reset keeps the always-on part, which includes the GPU interrupt mask. */
static void vcsf_reset_soft(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_reset_expect_cleared(test, CSF_GPU_SOFT_RESET);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	KUNIT_EXPECT_EQ(test, 77, vcsf_read64(host->win, CSF_TIMESTAMP_OFFSET));
}

/* A hard reset clears the mask, too: completion shows in the raw status only. */
static void vcsf_reset_hard(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_reset_expect_cleared(test, CSF_GPU_HARD_RESET);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_MASK));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&host->irqs[HOST_GPU].count));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(host->win, CSF_TIMESTAMP_OFFSET));
}

/* Invalid configurations are rejected and leave nothing behind. */
static void vcsf_config_refused(struct kunit *test)
{
	const struct vcsf_config good = {
		.device_name = "vcsf-test", .device_id = -2, .model = "g610",
		.slots = 8, .streams = 8, .address_spaces = 8, .speed = 100,
		.duty = 100,
	};
	struct vcsf_config config = good;

	config.slots = 2;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config.slots = 32;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.streams = 7;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.address_spaces = 17;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.model = "g31";
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.cores = 33;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.speed = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config.speed = VCSF_SPEED_MAX + 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.power_ns = NSEC_PER_SEC + 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.nice = -21;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config.nice = 20;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config = good;
	config.duty = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
	config.duty = 101;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(vcsf_create(&config)));
}

static int vcsf_regs_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_regs_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_regs_cases[] = {
	KUNIT_CASE(vcsf_regs_identity),
	KUNIT_CASE(vcsf_regs_unassigned),
	KUNIT_CASE(vcsf_regs_halves),
	KUNIT_CASE(vcsf_regs_power),
	KUNIT_CASE(vcsf_irq_masked),
	KUNIT_CASE(vcsf_irq_level),
	KUNIT_CASE(vcsf_irq_repeats),
	KUNIT_CASE(vcsf_flush_counts),
	KUNIT_CASE(vcsf_flush_wraps),
	KUNIT_CASE(vcsf_clock_runs),
	KUNIT_CASE(vcsf_reset_soft),
	KUNIT_CASE(vcsf_reset_hard),
	KUNIT_CASE(vcsf_config_refused),
	{}
};

static struct kunit_suite vcsf_regs_suite = {
	.name = "vcsf_regs",
	.init = vcsf_regs_init_case,
	.exit = vcsf_regs_exit_case,
	.test_cases = vcsf_regs_cases,
};

kunit_test_suite(vcsf_regs_suite);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Tests of the software Mali CSF GPU");
MODULE_LICENSE("Dual MIT/GPL");
COMPAT_IMPORT_KUNIT_SYMBOLS;
