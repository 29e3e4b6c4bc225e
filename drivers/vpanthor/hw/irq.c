// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The three interrupt lines of the GPU: "job", "mmu" and "gpu". Each has a block of
 * four registers. The owner of a line (fw.c, as.c, hw.c) requests it with a handler
 * and enables and disables bits of its mask. A spinlock per line protects the mask,
 * so that this may be called in any context; the mask is kept while the device has
 * no power.
 */

#include <linux/interrupt.h>
#include <linux/platform_device.h>

#include "device/device.h"
#include "hw/irq.h"
#include "hw/regs.h"

#define IRQ_RAWSTAT	0x0
#define IRQ_CLEAR	0x4
#define IRQ_MASK	0x8
#define IRQ_STATUS	0xc

/*
 * Handlers run in hard-irq context: they are short, and fences signal from there
 * without delay. Longer work is left to the work item of the scheduler.
 */
static irqreturn_t vpan_irq_handler(int nr, void *data)
{
	struct vpan_irq *irq = data;
	u32 status;

	/* A late interrupt: the device may have lost power. */
	if (!READ_ONCE(irq->mask))
		return IRQ_NONE;
	status = vpan_read32(irq->vpan, irq->base + IRQ_STATUS);
	if (!status)
		return IRQ_NONE;

	/* Clear first, so that events during the handler raise it again. */
	vpan_write32(irq->vpan, irq->base + IRQ_CLEAR, status);
	irq->handle(irq->vpan, status);
	return IRQ_HANDLED;
}

/**
 * vpan_irq_request - request an interrupt line, with all bits masked
 * @vpan: the device
 * @irq: the line
 * @name: name of the line in the platform device
 * @base: offset of its RAWSTAT register
 * @handle: handler, called in hard-irq context with the bits that were set
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_irq_request(struct vpan_device *vpan, struct vpan_irq *irq,
		     const char *name, u32 base,
		     void (*handle)(struct vpan_device *vpan, u32 status))
{
	struct platform_device *pdev = to_platform_device(vpan->drm.dev);
	int ret;

	spin_lock_init(&irq->lock);
	irq->vpan = vpan;
	irq->handle = handle;
	irq->base = base;
	irq->mask = 0;
	vpan_write32(vpan, base + IRQ_MASK, 0);

	ret = platform_get_irq_byname(pdev, name);
	if (ret < 0)
		return ret;
	irq->irq = ret;

	ret = request_irq(irq->irq, vpan_irq_handler, 0, name, irq);
	if (ret)
		irq->irq = 0;
	return ret;
}

/**
 * vpan_irq_free - free an interrupt line
 * @irq: the line; nothing happens if it was not requested
 *
 * The handler is not running when this returns.
 *
 * Context: may sleep.
 */
void vpan_irq_free(struct vpan_irq *irq)
{
	if (!irq->irq)
		return;
	vpan_irq_disable(irq, ~0);
	free_irq(irq->irq, irq);
	irq->irq = 0;
}

/* A reset clears the register, so write it even if @mask does not change. */
static void vpan_irq_set_mask(struct vpan_irq *irq, u32 mask)
{
	lockdep_assert_held(&irq->lock);

	WRITE_ONCE(irq->mask, mask);
	if (READ_ONCE(irq->vpan->powered))
		vpan_write32(irq->vpan, irq->base + IRQ_MASK, mask);
}

static void vpan_irq_update(struct vpan_irq *irq, u32 clear, u32 set)
{
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	vpan_irq_set_mask(irq, (irq->mask & ~clear) | set);
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * vpan_irq_enable - enable bits that raise the line
 * @irq: the line
 * @bits: bits to add to the mask
 *
 * Context: any.
 */
void vpan_irq_enable(struct vpan_irq *irq, u32 bits)
{
	vpan_irq_update(irq, 0, bits);
}

/**
 * vpan_irq_enable_more - enable bits unless the whole line is disabled
 * @irq: the line
 * @bits: bits to add to the mask
 *
 * Context: any.
 */
void vpan_irq_enable_more(struct vpan_irq *irq, u32 bits)
{
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	if (irq->mask)
		vpan_irq_set_mask(irq, irq->mask | bits);
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * vpan_irq_disable - disable bits that raise the line
 * @irq: the line
 * @bits: bits to remove from the mask
 *
 * Context: any.
 */
void vpan_irq_disable(struct vpan_irq *irq, u32 bits)
{
	vpan_irq_update(irq, bits, 0);
}

/**
 * vpan_irq_quiesce - disable all bits and wait for the handler
 * @irq: the line
 *
 * The handler does not access registers when this returns.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_irq_quiesce(struct vpan_irq *irq)
{
	vpan_irq_disable(irq, ~0);
	synchronize_irq(irq->irq);
}
