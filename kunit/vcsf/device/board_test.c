// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the device has of a board: nothing but interrupts by default; with the parameter
 * "board" a memory resource of its own, and the clock "core", which is the GPU's.
 */

#include <linux/clk.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "base/vcsf.h"
#include "device.h"
#include "host.h"

static struct vcsf_host *create_board(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.board = true;
	config.device_id = 76;

	return vcsf_host_create_with(test, &config);
}

static struct resource *memory_of(struct vcsf *hw)
{
	return platform_get_resource(hw->pdev, IORESOURCE_MEM, 0);
}

/* By default there are three interrupts, and no clock. */
static void vcsf_board_off(struct kunit *test)
{
	struct vcsf_host *host = vcsf_host_create(test);

	KUNIT_EXPECT_EQ(test, 3, host->hw->pdev->num_resources);
	KUNIT_EXPECT_NULL(test, memory_of(host->hw));
	KUNIT_EXPECT_NULL(test, host->hw->board);
}

/* The resource is as large as the window; a driver can request it, and only one. */
static void vcsf_board_memory(struct kunit *test)
{
	struct vcsf_host *host = create_board(test);
	struct resource *mem = memory_of(host->hw);
	resource_size_t start, size;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	start = mem->start;
	size = resource_size(mem);
	KUNIT_EXPECT_EQ(test, 4, host->hw->pdev->num_resources);
	KUNIT_EXPECT_EQ(test, host->win->size, size);
	KUNIT_EXPECT_EQ(test, REGION_DISJOINT,
			region_intersects(start, size, IORESOURCE_SYSTEM_RAM,
					  IORES_DESC_NONE));
	KUNIT_ASSERT_NOT_NULL(test, request_mem_region(start, size, "test"));
	KUNIT_EXPECT_NULL(test, request_mem_region(start, size, "other"));
	release_mem_region(start, size);
	/* The interrupts are found as before. */
	KUNIT_EXPECT_GT(test, platform_get_irq_byname(host->hw->pdev, "gpu"), 0);
}

/* Two GPUs have addresses of their own, and give them back. */
static void vcsf_board_two(struct kunit *test)
{
	struct vcsf_host *host = create_board(test);
	struct vcsf_config config = vcsf_host_config;
	resource_size_t start, other;
	struct vcsf *hw;

	KUNIT_ASSERT_NOT_NULL(test, memory_of(host->hw));
	start = memory_of(host->hw)->start;
	config.board = true;
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(vcsf_create(&config)));
	config.device_id = 77;
	hw = vcsf_create(&config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(hw));
	other = memory_of(hw)->start;
	KUNIT_EXPECT_NE(test, start, other);
	KUNIT_EXPECT_NE(test, REGION_DISJOINT,
			region_intersects(other, SZ_2M, IORESOURCE_MEM, IORES_DESC_NONE));
	vcsf_destroy(hw);
	KUNIT_EXPECT_EQ(test, REGION_DISJOINT,
			region_intersects(other, SZ_2M, IORESOURCE_MEM, IORES_DESC_NONE));
}

/* The clock is the GPU's: its rate changes by either interface. */
static void vcsf_board_clock(struct kunit *test)
{
	struct vcsf_host *host = create_board(test);
	struct device *dev = &host->hw->pdev->dev;
	struct clk *clk;

	if (!IS_ENABLED(CONFIG_COMMON_CLK))
		kunit_skip(test, "this kernel has no common clock framework");
	clk = clk_get(dev, "core");
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(clk));
	KUNIT_EXPECT_EQ(test, VCSF_CLOCK_HZ, clk_get_rate(clk));
	KUNIT_EXPECT_EQ(test, 0, clk_prepare_enable(clk));
	KUNIT_EXPECT_EQ(test, 0, clk_set_rate(clk, 300000999));
	KUNIT_EXPECT_EQ(test, 300000000, vcsf_get_clock(host->win));
	KUNIT_EXPECT_EQ(test, 0, vcsf_set_clock(host->win, 500000000));
	KUNIT_EXPECT_EQ(test, 500000000, clk_get_rate(clk));
	KUNIT_EXPECT_EQ(test, 0, clk_set_rate(clk, 1));
	KUNIT_EXPECT_EQ(test, VCSF_CLOCK_MIN_HZ, clk_get_rate(clk));
	KUNIT_EXPECT_EQ(test, -ENOENT, PTR_ERR_OR_ZERO(clk_get(dev, "stacks")));
	clk_disable_unprepare(clk);
	clk_put(clk);
}

static void vcsf_board_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_board_cases[] = {
	KUNIT_CASE(vcsf_board_off),
	KUNIT_CASE(vcsf_board_memory),
	KUNIT_CASE(vcsf_board_two),
	KUNIT_CASE(vcsf_board_clock),
	{}
};

static struct kunit_suite vcsf_board_suite = {
	.name = "vcsf_board",
	.exit = vcsf_board_exit_case,
	.test_cases = vcsf_board_cases,
};

kunit_test_suite(vcsf_board_suite);
