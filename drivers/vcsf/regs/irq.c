// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Interrupt lines: an interrupt controller with three level-triggered inputs.
 *
 * Each line is a Linux interrupt of an irq domain. An irq_work delivers it in
 * hard-irq context, so that drivers and lockdep see what they would see on a
 * board. Causes are raised and cleared in any context; &vcsf_irq_line.lock is
 * the innermost lock but for &vcsf_inject.lock, and is not held while handlers
 * run.
 */

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "inject/inject.h"
#include "regs/irq.h"
#include "trace/trace.h"

static bool vcsf_line_asserted(const struct vcsf_irq_line *line)
{
	lockdep_assert_held(&line->lock);
	return line->unmasked && (line->rawstat & line->mask);
}

/* RAWSTAT and MASK are read without the lock, hence WRITE_ONCE(). */
static void vcsf_line_update(struct vcsf_irq_line *line, u32 rawstat, u32 mask)
{
	lockdep_assert_held(&line->lock);

	WRITE_ONCE(line->rawstat, rawstat);
	WRITE_ONCE(line->mask, mask);
	if (vcsf_line_asserted(line))
		irq_work_queue(&line->work);
}

/*
 * The line is level-triggered: after the handlers have run, the flow handler
 * unmasks the line, which queues the work again if a cause is left.
 */
static void vcsf_line_deliver(struct irq_work *work)
{
	struct vcsf_irq_line *line =
		container_of(work, struct vcsf_irq_line, work);
	struct vcsf *hw = line->domain->host_data;
	unsigned long flags;
	bool asserted;

	raw_spin_lock_irqsave(&line->lock, flags);
	asserted = vcsf_line_asserted(line);
	raw_spin_unlock_irqrestore(&line->lock, flags);

	/*
	 * Not generic_handle_domain_irq(): the pending work of a CPU that goes
	 * offline runs with interrupts off, but not in an interrupt.
	 */
	if (asserted && !vcsf_inject(hw, VCSF_INJECT_LOST_IRQ, line->hwirq,
				     NULL))
		generic_handle_domain_irq_safe(line->domain, line->hwirq);
}

static void vcsf_line_set_unmasked(struct irq_data *data, bool unmasked)
{
	struct vcsf_irq_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	line->unmasked = unmasked;
	vcsf_line_update(line, line->rawstat, line->mask);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

static void vcsf_line_mask(struct irq_data *data)
{
	vcsf_line_set_unmasked(data, false);
}

static void vcsf_line_unmask(struct irq_data *data)
{
	vcsf_line_set_unmasked(data, true);
}

static struct irq_chip vcsf_irq_chip = {
	.name = "vcsf",
	.irq_mask = vcsf_line_mask,
	.irq_unmask = vcsf_line_unmask,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static int vcsf_irq_map(struct irq_domain *domain, unsigned int virq,
			irq_hw_number_t hwirq)
{
	struct vcsf *hw = domain->host_data;

	irq_set_chip_data(virq, &hw->irq->lines[hwirq]);
	irq_set_chip_and_handler_name(virq, &vcsf_irq_chip, handle_level_irq,
				      "level");
	irq_set_status_flags(virq, IRQ_LEVEL | IRQ_NOPROBE);

	return 0;
}

static const struct irq_domain_ops vcsf_irq_domain_ops = {
	.map = vcsf_irq_map,
};

/**
 * vcsf_irq_init - create the interrupt lines
 * @hw: the GPU
 *
 * Context: may sleep.
 * Return: 0 or a negative errno, with nothing to undo.
 */
int vcsf_irq_init(struct vcsf *hw)
{
	struct fwnode_handle *fwnode;
	unsigned int i;

	fwnode = irq_domain_alloc_named_id_fwnode("vcsf", hw->config.device_id);
	if (!fwnode)
		return -ENOMEM;

	hw->irq->domain = irq_domain_create_linear(fwnode, VCSF_LINE_COUNT,
						   &vcsf_irq_domain_ops, hw);
	if (!hw->irq->domain) {
		irq_domain_free_fwnode(fwnode);
		return -ENOMEM;
	}

	for (i = 0; i < VCSF_LINE_COUNT; i++) {
		struct vcsf_irq_line *line = &hw->irq->lines[i];

		raw_spin_lock_init(&line->lock);
		line->work = IRQ_WORK_INIT_HARD(vcsf_line_deliver);
		line->domain = hw->irq->domain;
		line->hwirq = i;
		line->clearable = ~0U;
		line->virq = irq_create_mapping(hw->irq->domain, i);
		if (!line->virq) {
			vcsf_irq_fini(hw);
			return -ENOMEM;
		}
	}
	hw->irq->lines[VCSF_LINE_GPU].clearable = (u32)~CSF_GPU_IRQ_DOORBELL_MIRROR;

	return 0;
}

/**
 * vcsf_irq_fini - remove the interrupt lines
 * @hw: the GPU; drivers have freed their interrupts, and nothing raises one
 *
 * Context: may sleep.
 */
void vcsf_irq_fini(struct vcsf *hw)
{
	struct fwnode_handle *fwnode = hw->irq->domain->fwnode;
	unsigned int i;

	for (i = 0; i < VCSF_LINE_COUNT; i++)
		if (hw->irq->lines[i].virq)
			irq_work_sync(&hw->irq->lines[i].work);
	/*
	 * Two CPUs may have run the same work at once, and irq_work_sync()
	 * returns when the later one has left: wait for the other's interrupt.
	 */
	synchronize_rcu();
	for (i = 0; i < VCSF_LINE_COUNT; i++)
		if (hw->irq->lines[i].virq)
			irq_dispose_mapping(hw->irq->lines[i].virq);
	irq_domain_remove(hw->irq->domain);
	irq_domain_free_fwnode(fwnode);
	hw->irq->domain = NULL;
}

/**
 * vcsf_irq_raise - set causes of an interrupt
 * @hw: the GPU
 * @n: line
 * @causes: bits to set in RAWSTAT
 *
 * Context: any.
 */
void vcsf_irq_raise(struct vcsf *hw, enum vcsf_line n, u32 causes)
{
	struct vcsf_irq_line *line = &hw->irq->lines[n];
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	trace_vcsf_irq(hw, n, causes, line->mask);
	vcsf_line_update(line, line->rawstat | causes, line->mask);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

/**
 * vcsf_irq_clear - execute a write of a CLEAR register
 * @hw: the GPU
 * @n: line
 * @causes: bits to clear in RAWSTAT
 *
 * Context: any.
 */
void vcsf_irq_clear(struct vcsf *hw, enum vcsf_line n, u32 causes)
{
	struct vcsf_irq_line *line = &hw->irq->lines[n];
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	vcsf_line_update(line, line->rawstat & ~(causes & line->clearable),
			 line->mask);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

/**
 * vcsf_irq_set_mask - execute a write of a MASK register
 * @hw: the GPU
 * @n: line
 * @mask: causes that may assert the line
 *
 * Context: any.
 */
void vcsf_irq_set_mask(struct vcsf *hw, enum vcsf_line n, u32 mask)
{
	struct vcsf_irq_line *line = &hw->irq->lines[n];
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	vcsf_line_update(line, line->rawstat, mask);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

/**
 * vcsf_irq_reset - clear all causes of a line
 * @hw: the GPU
 * @n: line
 * @keep_mask: whether to keep the value of MASK
 *
 * Context: any.
 */
void vcsf_irq_reset(struct vcsf *hw, enum vcsf_line n, bool keep_mask)
{
	struct vcsf_irq_line *line = &hw->irq->lines[n];
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	vcsf_line_update(line, 0, keep_mask ? line->mask : 0);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

/**
 * vcsf_irq_rawstat - read a RAWSTAT register
 * @hw: the GPU
 * @n: line
 *
 * Context: any.
 * Return: causes that are set.
 */
u32 vcsf_irq_rawstat(struct vcsf *hw, enum vcsf_line n)
{
	return READ_ONCE(hw->irq->lines[n].rawstat);
}

/**
 * vcsf_irq_mask - read a MASK register
 * @hw: the GPU
 * @n: line
 *
 * Context: any.
 * Return: causes that may assert the line.
 */
u32 vcsf_irq_mask(struct vcsf *hw, enum vcsf_line n)
{
	return READ_ONCE(hw->irq->lines[n].mask);
}
