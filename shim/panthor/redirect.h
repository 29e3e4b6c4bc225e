/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _SHIM_PANTHOR_REDIRECT_H_
#define _SHIM_PANTHOR_REDIRECT_H_

/**
 * DOC: The kernel's panthor driver on the software GPU
 *
 * The compiler includes this header in front of each source file of panthor, none
 * of which changes. It replaces what a board and its device tree provide, and only
 * that:
 *
 * ============================================= ====================================
 * call of panthor                               a board has
 * ============================================= ====================================
 * readl(), writel() and their relaxed forms     device memory at the GPU's address
 * devm_platform_get_and_ioremap_resource()      a memory resource in the device tree
 * devm_clk_get() and the calls on a clock       a clock of the SoC's clock unit
 * devm_pm_opp_of_add_table() and the calls that operating points in the device tree,
 * apply an operating point                      a regulator, and the clock again
 * device_get_dma_attr()                         "dma-coherent" in the device tree
 * ============================================= ====================================
 *
 * Interrupts, DMA addresses, runtime PM and the firmware file need no replacement:
 * the device has them as a board has. Accesses go to the register window of
 * include/vcsf/vcsf_dev.h; window.c has the code.
 *
 * The kernel's headers that declare the calls are included first, so that the
 * macros do not change the declarations.
 */

#include <linux/clk.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/platform_device.h>
#include <linux/pm_opp.h>
#include <linux/property.h>
#include <linux/regulator/consumer.h>

u32 shim_readl(const void __iomem *addr);
void shim_writel(u32 value, void __iomem *addr);
u64 shim_readq(const void __iomem *addr);
void shim_writeq(u64 value, void __iomem *addr);
void __iomem *shim_ioremap(struct platform_device *pdev, unsigned int index,
			   struct resource **res);
struct clk *shim_clk_get(struct device *dev, const char *name);
unsigned long shim_clk_get_rate(struct clk *clk);
int shim_opp_add_table(struct device *dev);
int shim_opp_set_rate(struct device *dev, unsigned long hz);
int shim_opp_set(struct device *dev, struct dev_pm_opp *opp);

/* Registers. The GPU is coherent, so the relaxed accesses need no barrier. */
#undef readl
#undef readl_relaxed
#undef writel
#undef writel_relaxed
#undef readq
#undef readq_relaxed
#undef writeq
#undef writeq_relaxed
#define readl(addr)			shim_readl(addr)
#define readl_relaxed(addr)		shim_readl(addr)
#define writel(value, addr)		shim_writel(value, addr)
#define writel_relaxed(value, addr)	shim_writel(value, addr)
#define readq(addr)			shim_readq(addr)
#define readq_relaxed(addr)		shim_readq(addr)
#define writeq(value, addr)		shim_writeq(value, addr)
#define writeq_relaxed(value, addr)	shim_writeq(value, addr)
#define devm_platform_get_and_ioremap_resource(pdev, index, res) \
	shim_ioremap(pdev, index, res)

/* Clocks. Only the core clock exists; a missing optional clock is NULL. */
#define devm_clk_get(dev, name)			shim_clk_get(dev, name)
#define devm_clk_get_optional(dev, name)	shim_clk_get(dev, name)
#define clk_get_rate(clk)			shim_clk_get_rate(clk)
#define clk_prepare_enable(clk)			((void)(clk), 0)
#define clk_disable_unprepare(clk)		((void)(clk))

/* Operating points. There is no voltage. */
#define devm_pm_opp_of_add_table(dev)		shim_opp_add_table(dev)
#define devm_pm_opp_set_regulators(dev, names)	((void)(dev), (void)(names), 0)
#define devm_regulator_get_enable_optional(dev, name) \
	((void)(dev), (void)(name), -ENODEV)
#define dev_pm_opp_set_rate(dev, hz)		shim_opp_set_rate(dev, hz)
#define dev_pm_opp_set_opp(dev, opp)		shim_opp_set(dev, opp)

#define device_get_dma_attr(dev)		((void)(dev), DEV_DMA_COHERENT)

#endif /* _SHIM_PANTHOR_REDIRECT_H_ */
