/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REGS_IRQ_H_
#define _VCSF_REGS_IRQ_H_

/* Interrupt lines */

#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct irq_domain;
struct vcsf;

enum vcsf_line {
	VCSF_LINE_JOB,
	VCSF_LINE_MMU,
	VCSF_LINE_GPU,
	VCSF_LINE_COUNT,
};

/**
 * struct vcsf_irq_line - one level-triggered interrupt
 *
 * The line is asserted while @rawstat & @mask is not zero.
 */
struct vcsf_irq_line {
	/** @lock: Protects @rawstat, @mask and @unmasked. */
	raw_spinlock_t lock;
	/** @rawstat: Causes that are active. */
	u32 rawstat;
	/** @mask: Causes that may assert the line. */
	u32 mask;
	/** @clearable: Causes that writing CLEAR removes; constant. */
	u32 clearable;
	/** @unmasked: The line is not masked in the interrupt controller. */
	bool unmasked;
	/** @work: Delivers the interrupt in hard-irq context. */
	struct irq_work work;
	/** @domain: Interrupt domain the line belongs to. */
	struct irq_domain *domain;
	/** @virq: Linux interrupt number. */
	unsigned int virq;
	/** @hwirq: Number in @domain, an enum vcsf_line. */
	unsigned int hwirq;
};

/**
 * struct vcsf_irq - the interrupt lines of a GPU
 */
struct vcsf_irq {
	/** @domain: Interrupt domain of @lines. */
	struct irq_domain *domain;
	/** @lines: Interrupt lines. */
	struct vcsf_irq_line lines[VCSF_LINE_COUNT];
};

int vcsf_irq_init(struct vcsf *hw);
void vcsf_irq_fini(struct vcsf *hw);
void vcsf_irq_raise(struct vcsf *hw, enum vcsf_line line, u32 causes);
void vcsf_irq_clear(struct vcsf *hw, enum vcsf_line line, u32 causes);
void vcsf_irq_set_mask(struct vcsf *hw, enum vcsf_line line, u32 mask);
void vcsf_irq_reset(struct vcsf *hw, enum vcsf_line line, bool keep_mask);
u32 vcsf_irq_rawstat(struct vcsf *hw, enum vcsf_line line);
u32 vcsf_irq_mask(struct vcsf *hw, enum vcsf_line line);

#endif /* _VCSF_REGS_IRQ_H_ */
