// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Power: transitions that take time, of the L2 by the driver and of the cores by the
 * firmware, and the clock that counts cycles.
 *
 * The virtual clock and a fixed transition time make the moment of each change exact.
 */

#include <linux/bitfield.h>
#include <linux/platform_device.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "group.h"

/* Duration of a power transition and of a workgroup, in ns */
#define POWER		5000
#define WORKGROUP	1000

#define POWER_IRQS \
	(CSF_GPU_IRQ_POWER_CHANGED_SINGLE | CSF_GPU_IRQ_POWER_CHANGED_ALL)

static void vcsf_power_expect(struct kunit *test, u64 ready, u64 trans)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_EQ(test, ready, vcsf_read64(host->win, CSF_L2_READY));
	KUNIT_EXPECT_EQ(test, trans, vcsf_read64(host->win, CSF_L2_PWRTRANS));
	KUNIT_EXPECT_EQ(test, trans ? CSF_GPU_STATUS_PWR_ACTIVE : 0,
			vcsf_host_read(host, CSF_GPU_STATUS));
}

static void vcsf_power_transitions(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_write(host, CSF_GPU_IRQ_MASK, POWER_IRQS);
	vcsf_write64(host->win, CSF_L2_PWRON, 3);
	vcsf_power_expect(test, 0, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER - 1));
	vcsf_power_expect(test, 0, 1);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT));
	/* A second request changes nothing. */
	vcsf_write64(host->win, CSF_L2_PWRON, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 1));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, POWER_IRQS));
	vcsf_power_expect(test, 1, 0);

	vcsf_write64(host->win, CSF_L2_PWROFF, 1);
	vcsf_power_expect(test, 0, 1);
	/* Power-on during power-off takes a whole transition. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER - 1));
	vcsf_write64(host->win, CSF_L2_PWRON, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER - 1));
	vcsf_power_expect(test, 0, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 1));
	vcsf_power_expect(test, 1, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, POWER_IRQS));
	vcsf_write64(host->win, CSF_L2_PWROFF, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER));
	vcsf_power_expect(test, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU, POWER_IRQS));
}

/* Cycles are counted from the end of power-on to the start of power-off. */
static void vcsf_power_cycles(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_write64(host->win, CSF_L2_PWRON, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER + 300));
	KUNIT_EXPECT_EQ(test, 300, vcsf_read64(host->win, CSF_CYCLE_COUNT));
	vcsf_write64(host->win, CSF_L2_PWROFF, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 2 * POWER));
	KUNIT_EXPECT_EQ(test, 300, vcsf_read64(host->win, CSF_CYCLE_COUNT));
}

static void vcsf_power_clock(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_EQ(test, VCSF_CLOCK_HZ, vcsf_get_clock(host->win));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			vcsf_set_clock(host->win, VCSF_CLOCK_MIN_HZ - 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			vcsf_set_clock(host->win, VCSF_CLOCK_MAX_HZ + 1));
	vcsf_write64(host->win, CSF_L2_PWRON, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, POWER + 300));
	KUNIT_EXPECT_EQ(test, 0, vcsf_set_clock(host->win, VCSF_CLOCK_HZ / 5));
	KUNIT_EXPECT_EQ(test, VCSF_CLOCK_HZ / 5, vcsf_get_clock(host->win));
	/* Counted cycles stay, the new rate applies from now on. */
	KUNIT_EXPECT_EQ(test, 300, vcsf_read64(host->win, CSF_CYCLE_COUNT));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 500));
	KUNIT_EXPECT_EQ(test, 400, vcsf_read64(host->win, CSF_CYCLE_COUNT));
	vcsf_write64(host->win, CSF_L2_PWROFF, 1);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(host, 2 * POWER));
	KUNIT_EXPECT_EQ(test, 400, vcsf_read64(host->win, CSF_CYCLE_COUNT));
}

static void vcsf_power_emit_job(struct vcsf_group_fixture *f, u32 groups)
{
	EMIT(&f->group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_COMPUTE),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), groups),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 0), csf_wait(BIT(2)));
	vcsf_group_signal(&f->group, 0, 0);
}

static u64 vcsf_power_shaders(struct vcsf_group_fixture *f)
{
	return vcsf_read64(f->host->win, CSF_SHADER_READY);
}

/* The firmware powers cores up on request and down after the power-off timer. */
static void vcsf_power_by_firmware(struct kunit *test)
{
	struct vcsf_group_fixture f;
	struct csf_cs_output *out;

	vcsf_group_setup(test, &f, 1);
	out = f.group.queues[0].cs_out;
	f.host->hw->config.shaders = 0;
	f.host->glb_in->poweroff_timer = 100;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host,
						  CSF_GLB_CFG_POWEROFF_TIMER,
						  CSF_GLB_CFG_POWEROFF_TIMER));
	KUNIT_EXPECT_EQ(test, 0, vcsf_power_shaders(&f));

	vcsf_power_emit_job(&f, 400);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_RESOURCE,
			out->status_blocked_reason);
	KUNIT_EXPECT_EQ(test, CSF_RESOURCE_COMPUTE, out->status_req_resource);
	KUNIT_EXPECT_EQ(test, 1, f.group.out->resource_dep);
	KUNIT_EXPECT_EQ(test, 0, FIELD_GET(CSF_CSG_EP_COMPUTE,
					   f.group.out->status_ep_current));
	KUNIT_EXPECT_EQ(test, 4, FIELD_GET(CSF_CSG_EP_COMPUTE,
					   f.group.out->status_ep_req));
	KUNIT_EXPECT_EQ(test, 0x50005,
			vcsf_read64(f.host->win, CSF_SHADER_PWRTRANS));

	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, POWER));
	KUNIT_EXPECT_EQ(test, 0x50005, vcsf_power_shaders(&f));
	KUNIT_EXPECT_EQ(test, 0, vcsf_read64(f.host->win, CSF_TILER_READY));
	KUNIT_EXPECT_TRUE(test, vcsf_host_group_status(&f.group));
	KUNIT_EXPECT_EQ(test, CSF_CS_BLOCKED_SB_WAIT,
			out->status_blocked_reason);
	KUNIT_EXPECT_EQ(test, 0, f.group.out->resource_dep);
	KUNIT_EXPECT_EQ(test, 4, FIELD_GET(CSF_CSG_EP_COMPUTE,
					   f.group.out->status_ep_current));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 100 * WORKGROUP));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[0]));

	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, (100 << 10) - 1));
	KUNIT_EXPECT_EQ(test, 0x50005, vcsf_power_shaders(&f));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 0, vcsf_power_shaders(&f));
	vcsf_host_group_ack(&f.group);
	/* The next job powers them up again. */
	vcsf_power_emit_job(&f, 4);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, POWER + WORKGROUP));
	KUNIT_EXPECT_EQ(test, 2, READ_ONCE(f.data[0]));
}

/* The firmware powers up only cores that the host has enabled. */
static void vcsf_power_core_mask(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	f.host->hw->config.shaders = 0;
	f.host->glb_in->core_en_mask = 0x10004;
	KUNIT_ASSERT_TRUE(test, vcsf_host_request(f.host, CSF_GLB_CFG_ALLOC_EN,
						  CSF_GLB_CFG_ALLOC_EN));
	vcsf_power_emit_job(&f, 400);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, POWER +
						       200 * WORKGROUP - 1));
	KUNIT_EXPECT_EQ(test, 0x10004, vcsf_power_shaders(&f));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, 1));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.data[0]));
}

/* A stop of the MCU powers down all cores, but not the L2. */
static void vcsf_power_stopped(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	vcsf_power_emit_job(&f, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.host, POWER));
	KUNIT_EXPECT_EQ(test, 0x50005, vcsf_power_shaders(&f));
	vcsf_host_write(f.host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, vcsf_power_shaders(&f));
	KUNIT_EXPECT_EQ(test, 1, vcsf_read64(f.host->win, CSF_L2_READY));
}

static int vcsf_power_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	config.power_ns = POWER;
	vcsf_host_create_with(test, &config);

	return 0;
}

static void vcsf_power_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_power_cases[] = {
	KUNIT_CASE(vcsf_power_transitions),
	KUNIT_CASE(vcsf_power_cycles),
	KUNIT_CASE(vcsf_power_clock),
	KUNIT_CASE(vcsf_power_by_firmware),
	KUNIT_CASE(vcsf_power_core_mask),
	KUNIT_CASE(vcsf_power_stopped),
	{}
};

static struct kunit_suite vcsf_power_suite = {
	.name = "vcsf_power",
	.init = vcsf_power_init_case,
	.exit = vcsf_power_exit_case,
	.test_cases = vcsf_power_cases,
};

kunit_test_suite(vcsf_power_suite);
