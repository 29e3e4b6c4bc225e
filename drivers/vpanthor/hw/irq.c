// SPDX-License-Identifier: GPL-2.0 OR MIT

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
 * Everything is handled in hard-irq context: it is short, and fences want to
 * signal from there. What takes longer goes to the slots' work item.
 */
static irqreturn_t vpan_irq_handler(int nr, void *data)
{
	struct vpan_irq *irq = data;
	u32 status;

	/* A late one: there may be no power any more. */
	if (!READ_ONCE(irq->mask))
		return IRQ_NONE;
	status = vpan_read32(irq->vpan, irq->base + IRQ_STATUS);
	if (!status)
		return IRQ_NONE;

	/* First, so that what happens while we look raises it again. */
	vpan_write32(irq->vpan, irq->base + IRQ_CLEAR, status);
	irq->handle(irq->vpan, status);
	return IRQ_HANDLED;
}

/**
 * vpan_irq_request - take over an interrupt line, with all bits masked
 * @vpan: the device
 * @irq: the line
 * @name: the line's name in the platform device
 * @base: offset of its RAWSTAT register
 * @handle: what to call, in hard-irq context, with the bits that were set
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
 * vpan_irq_free - give an interrupt line back
 * @irq: the line; nothing happens if it was not requested
 *
 * No handler runs any more when this returns.
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

/* A reset clears the register: it is written even if @mask stays the same. */
static void vpan_irq_update(struct vpan_irq *irq, u32 clear, u32 set)
{
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	WRITE_ONCE(irq->mask, (irq->mask & ~clear) | set);
	if (READ_ONCE(irq->vpan->powered))
		vpan_write32(irq->vpan, irq->base + IRQ_MASK, irq->mask);
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * vpan_irq_enable - let bits raise the line
 * @irq: the line
 * @bits: the bits, in addition to those that may already
 *
 * Context: any.
 */
void vpan_irq_enable(struct vpan_irq *irq, u32 bits)
{
	vpan_irq_update(irq, 0, bits);
}

/**
 * vpan_irq_disable - keep bits from raising the line
 * @irq: the line
 * @bits: the bits
 *
 * Context: any.
 */
void vpan_irq_disable(struct vpan_irq *irq, u32 bits)
{
	vpan_irq_update(irq, bits, 0);
}

/**
 * vpan_irq_quiesce - keep all bits from raising the line
 * @irq: the line
 *
 * No handler is at the registers any more when this returns.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_irq_quiesce(struct vpan_irq *irq)
{
	vpan_irq_disable(irq, ~0);
	synchronize_irq(irq->irq);
}
