// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What redirect.h redirects to: the software GPU's register window, clock and
 * operating points. Linked into the panthor module.
 *
 * There is one software GPU, so the window is a global pointer. It is set when
 * panthor is bound, and panthor accesses no register after it was unbound.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

#include "redirect.h"

/*
 * Where the registers seem to be mapped. An access that redirect.h misses faults:
 * no address near it can be mapped.
 */
#define REGISTERS ((void __iomem *)POISON_POINTER_DELTA)

/* In Hz. Boards have about as many. */
static const unsigned long operating_points[] = {
	VCSF_CLOCK_MAX_HZ, VCSF_CLOCK_MAX_HZ / 10 * 8, VCSF_CLOCK_MAX_HZ / 10 * 6,
	VCSF_CLOCK_MAX_HZ / 10 * 4, VCSF_CLOCK_MAX_HZ / 10 * 2,
};

static struct vcsf_window *window;

static u32 offset_of(const void __iomem *addr)
{
	return addr - REGISTERS;
}

u32 shim_readl(const void __iomem *addr)
{
	return vcsf_read32(window, offset_of(addr));
}

void shim_writel(u32 value, void __iomem *addr)
{
	vcsf_write32(window, offset_of(addr), value);
}

u64 shim_readq(const void __iomem *addr)
{
	return vcsf_read64(window, offset_of(addr));
}

void shim_writeq(u64 value, void __iomem *addr)
{
	vcsf_write64(window, offset_of(addr), value);
}

/*
 * The resource is only used to find the page of LATEST_FLUSH_ID, which panthor maps
 * into user space.
 */
void __iomem *shim_ioremap(struct platform_device *pdev, unsigned int index,
			   struct resource **res)
{
	struct resource *mem;
	unsigned long pfn;

	window = vcsf_window_of(&pdev->dev);
	if (!window || index)
		return IOMEM_ERR_PTR(-ENODEV);
	mem = devm_kzalloc(&pdev->dev, sizeof(*mem), GFP_KERNEL);
	if (!mem)
		return IOMEM_ERR_PTR(-ENOMEM);
	pfn = vcsf_user_pfn(window, CSF_USER_PAGE);
	*mem = (struct resource)
		DEFINE_RES_MEM(PFN_PHYS(pfn) - CSF_USER_PAGE, window->size);
	if (res)
		*res = mem;
	return REGISTERS;
}

/* The window's clock: its address stands for it. */
struct clk *shim_clk_get(struct device *dev, const char *name)
{
	struct vcsf_window *win = vcsf_window_of(dev);

	if (name)
		return NULL;
	return win ? (struct clk *)win : ERR_PTR(-ENODEV);
}

unsigned long shim_clk_get_rate(struct clk *clk)
{
	return clk ? vcsf_get_clock((struct vcsf_window *)clk) : 0;
}

static void remove_table(void *dev)
{
	dev_pm_opp_remove_all_dynamic(dev);
}

int shim_opp_add_table(struct device *dev)
{
	unsigned int i;
	int ret;

	ret = devm_add_action(dev, remove_table, dev);
	for (i = 0; !ret && i < ARRAY_SIZE(operating_points); i++)
		ret = dev_pm_opp_add(dev, operating_points[i], 0);
	return ret;
}

int shim_opp_set_rate(struct device *dev, unsigned long hz)
{
	return vcsf_set_clock(vcsf_window_of(dev), hz);
}

int shim_opp_set(struct device *dev, struct dev_pm_opp *opp)
{
	return opp ? shim_opp_set_rate(dev, dev_pm_opp_get_freq(opp)) : 0;
}
