// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: The kernel's Tyr driver on the software GPU
 *
 * Tyr is linked with this object into one module, and none of its files changes. A
 * Rust driver reaches registers by functions that the kernel exports for it, such as
 * rust_helper_readl(). The linker finds the functions of this object first:
 *
 * =============================================== ===================================
 * symbol of Tyr                                   here
 * =============================================== ===================================
 * rust_helper_readl(), rust_helper_writel(), the  access to the register window of
 * 64-bit and the relaxed forms                    include/vcsf/vcsf_dev.h
 * ioremap() or rust_helper_ioremap()              the window of the software GPU
 *                                                 whose memory resource it is
 * iounmap() or rust_helper_iounmap()              nothing
 * =============================================== ===================================
 *
 * All else is what a board has: vcsf with the parameter board=1 provides the memory
 * resource and the clock that Tyr looks up, and always interrupts and DMA. Without
 * CONFIG_REGULATOR, regulators are dummies.
 *
 * There is one software GPU, so the window is a global pointer. It is set when Tyr is
 * bound, and Tyr accesses no register after it was unbound. A kernel with
 * CONFIG_RUST_INLINE_HELPERS has no such symbols in its drivers.
 */

#include <linux/device.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/types.h>

#include <vcsf/vcsf_dev.h>

/*
 * Where the registers seem to be mapped. An access by a function that is missing here
 * faults: no address near it can be mapped.
 */
#define REGISTERS ((void __iomem *)POISON_POINTER_DELTA)

static struct vcsf_window *window;

static u32 offset_of(const void __iomem *addr)
{
	return addr - REGISTERS;
}

u32 rust_helper_readl(const void __iomem *addr);
u32 rust_helper_readl(const void __iomem *addr)
{
	return vcsf_read32(window, offset_of(addr));
}

u32 rust_helper_readl_relaxed(const void __iomem *addr);
u32 rust_helper_readl_relaxed(const void __iomem *addr)
{
	return vcsf_read32(window, offset_of(addr));
}

u64 rust_helper_readq(const void __iomem *addr);
u64 rust_helper_readq(const void __iomem *addr)
{
	return vcsf_read64(window, offset_of(addr));
}

u64 rust_helper_readq_relaxed(const void __iomem *addr);
u64 rust_helper_readq_relaxed(const void __iomem *addr)
{
	return vcsf_read64(window, offset_of(addr));
}

void rust_helper_writel(u32 value, void __iomem *addr);
void rust_helper_writel(u32 value, void __iomem *addr)
{
	vcsf_write32(window, offset_of(addr), value);
}

void rust_helper_writel_relaxed(u32 value, void __iomem *addr);
void rust_helper_writel_relaxed(u32 value, void __iomem *addr)
{
	vcsf_write32(window, offset_of(addr), value);
}

void rust_helper_writeq(u64 value, void __iomem *addr);
void rust_helper_writeq(u64 value, void __iomem *addr)
{
	vcsf_write64(window, offset_of(addr), value);
}

void rust_helper_writeq_relaxed(u64 value, void __iomem *addr);
void rust_helper_writeq_relaxed(u64 value, void __iomem *addr)
{
	vcsf_write64(window, offset_of(addr), value);
}

void __iomem *rust_helper_ioremap(phys_addr_t start, size_t size);
void __iomem *rust_helper_ioremap(phys_addr_t start, size_t size)
{
	struct platform_device *pdev;
	struct resource *res;
	struct device *dev;

	dev = bus_find_device_by_name(&platform_bus_type, NULL, VCSF_DEVICE_NAME);
	if (!dev)
		return NULL;
	pdev = to_platform_device(dev);
	res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	window = vcsf_window_of(dev);
	put_device(dev);
	if (!window || !res || res->start != start || resource_size(res) != size)
		return NULL;

	return REGISTERS;
}

/* For a resource whose writes must not be posted, which the GPU's is not. */
void __iomem *rust_helper_ioremap_np(phys_addr_t start, size_t size);
void __iomem *rust_helper_ioremap_np(phys_addr_t start, size_t size)
{
	return NULL;
}

void rust_helper_iounmap(void __iomem *addr);
void rust_helper_iounmap(void __iomem *addr)
{
}

/* The same under the names that are used where these are functions of the kernel. */
void __iomem *shim_ioremap(resource_size_t start, unsigned long size) __asm__("ioremap");
void __iomem *shim_ioremap(resource_size_t start, unsigned long size)
{
	return rust_helper_ioremap(start, size);
}

void shim_iounmap(void __iomem *addr) __asm__("iounmap");
void shim_iounmap(void __iomem *addr)
{
}
