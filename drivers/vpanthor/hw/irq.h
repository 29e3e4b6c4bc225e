/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_IRQ_H_
#define _VPAN_IRQ_H_

#include <linux/spinlock.h>
#include <linux/types.h>

struct vpan_device;

/**
 * struct vpan_irq - one of the three interrupt lines of the GPU
 *
 * Each has a block of four registers: RAWSTAT, CLEAR, MASK, STATUS.
 */
struct vpan_irq {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @handle: Handler of new bits, in hard-irq context. */
	void (*handle)(struct vpan_device *vpan, u32 status);
	/** @lock: Protects @mask and the MASK register. */
	spinlock_t lock;
	/** @mask: Bits that raise the line. */
	u32 mask;
	/** @base: Offset of the RAWSTAT register. */
	u32 base;
	/** @irq: Linux interrupt number, 0 if not requested. */
	int irq;
};

int vpan_irq_request(struct vpan_device *vpan, struct vpan_irq *irq,
		     const char *name, u32 base,
		     void (*handle)(struct vpan_device *vpan, u32 status));
void vpan_irq_free(struct vpan_irq *irq);
void vpan_irq_enable(struct vpan_irq *irq, u32 bits);
void vpan_irq_enable_more(struct vpan_irq *irq, u32 bits);
void vpan_irq_disable(struct vpan_irq *irq, u32 bits);
void vpan_irq_quiesce(struct vpan_irq *irq);

#endif /* _VPAN_IRQ_H_ */
