// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GPU control registers: commands, cache flushes, bus faults, reset of this state.
 *
 * The register decoder calls these in any context, instructions and the MMU in
 * the engine's thread. &vcsf_ctl.lock protects the state. The reset command only
 * requests the reset; the engine executes it, since it must stop the MCU first.
 */

#include <linux/bitfield.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <vcsf/csf_regs.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "inject/inject.h"
#include "regs/ctl.h"
#include "regs/gpu.h"
#include "regs/irq.h"
#include "regs/power.h"

/**
 * vcsf_gpu_init - initialise the control registers
 * @hw: the GPU
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vcsf_gpu_init(struct vcsf *hw)
{
	hw->ctl->user_page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	return hw->ctl->user_page ? 0 : -ENOMEM;
}

/**
 * vcsf_gpu_fini - free the memory of the control registers
 * @hw: the GPU; no driver may have the flush id page mapped
 */
void vcsf_gpu_fini(struct vcsf *hw)
{
	__free_page(hw->ctl->user_page);
}

/**
 * vcsf_flush_id - read the LATEST_FLUSH_ID register
 * @hw: the GPU
 *
 * Context: any.
 * Return: value of 24 bits, never zero.
 */
u32 vcsf_flush_id(struct vcsf *hw)
{
	return READ_ONCE(hw->ctl->flush_id);
}

static void vcsf_flush_id_set(struct vcsf *hw, u32 id)
{
	u32 *user = page_address(hw->ctl->user_page);

	lockdep_assert_held(&hw->ctl->lock);
	WRITE_ONCE(hw->ctl->flush_id, id);
	WRITE_ONCE(*user, id);
}

/**
 * vcsf_flush_caches - clean and invalidate caches
 * @hw: the GPU
 * @l2: CSF_FLUSH_* for the L2
 * @lsc: CSF_FLUSH_* for the load/store caches
 * @other: CSF_FLUSH_* for the other caches
 *
 * Memory is coherent and no cache is modelled. The only visible effect is
 * LATEST_FLUSH_ID, which counts flushes that clean and invalidate the L2.
 *
 * Context: any.
 */
void vcsf_flush_caches(struct vcsf *hw, unsigned int l2, unsigned int lsc,
		       unsigned int other)
{
	unsigned long flags;
	u32 id;

	if (l2 != CSF_FLUSH_CLEAN_INV)
		return;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	id = FIELD_GET(CSF_LATEST_FLUSH_ID_VALUE, hw->ctl->flush_id + 1);
	vcsf_flush_id_set(hw, id ? id : 1);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);
}

/**
 * vcsf_gpu_bus_fault - report an access to an address that is not memory
 * @hw: the GPU
 * @address: physical address
 *
 * The registers keep the first fault until the driver clears it.
 *
 * Context: any.
 */
void vcsf_gpu_bus_fault(struct vcsf *hw, u64 address)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	if (!hw->ctl->fault_status) {
		hw->ctl->fault_status = CSF_EXC_GPU_BUS_FAULT;
		hw->ctl->fault_address = address;
	}
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_FAULT);
}

static void vcsf_gpu_clear_fault(struct vcsf *hw)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	hw->ctl->fault_status = 0;
	hw->ctl->fault_address = 0;
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);
}

/**
 * vcsf_gpu_command - execute a write of GPU_COMMAND
 * @hw: the GPU
 * @command: value written; unknown commands are ignored
 *
 * Context: any. The engine executes a reset later.
 */
void vcsf_gpu_command(struct vcsf *hw, u32 command)
{
	u32 payload = FIELD_GET(CSF_GPU_COMMAND_PAYLOAD, command);

	switch (FIELD_GET(CSF_GPU_COMMAND_OP, command)) {
	case CSF_GPU_CMD_RESET:
		if (payload != CSF_GPU_RESET_SOFT &&
		    payload != CSF_GPU_RESET_HARD)
			return;
		if (payload == CSF_GPU_RESET_HARD)
			WRITE_ONCE(hw->ctl->reset_hard, true);
		WRITE_ONCE(hw->ctl->resetting, true);
		vcsf_event_raise(hw, VCSF_EVENT_RESET);
		return;
	case CSF_GPU_CMD_FLUSH_CACHES:
		if (vcsf_inject(hw, VCSF_INJECT_FLUSH_FAIL, 0, NULL))
			return;
		vcsf_flush_caches(hw, FIELD_GET(CSF_GPU_FLUSH_L2, command),
				  FIELD_GET(CSF_GPU_FLUSH_LSC, command),
				  FIELD_GET(CSF_GPU_FLUSH_OTHER, command));
		vcsf_irq_raise(hw, VCSF_LINE_GPU,
			       CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED);
		return;
	case CSF_GPU_CMD_CLEAR_FAULT:
		vcsf_gpu_clear_fault(hw);
		return;
	}
}

/**
 * vcsf_gpu_reset - reset the control registers and interrupt lines
 * @hw: the GPU
 * @hard: whether this is a hard reset
 *
 * A soft reset preserves the part that is always on: the timestamp's offset, and
 * GPU_IRQ_MASK, so that its completion can be signalled (chosen). A hard reset
 * loses everything.
 *
 * Context: the engine's thread, with the MCU stopped and the MMU reset; or before
 * the thread exists.
 */
void vcsf_gpu_reset(struct vcsf *hw, bool hard)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	for (i = 0; i < VCSF_STORE_COUNT; i++)
		if (hard || i != VCSF_STORE_TIMESTAMP_OFFSET)
			WRITE_ONCE(hw->ctl->store[i], 0);
	vcsf_power_reset(hw);
	hw->ctl->cycles = 0;
	hw->ctl->fault_status = 0;
	hw->ctl->fault_address = 0;
	vcsf_flush_id_set(hw, 1);
	WRITE_ONCE(hw->ctl->resetting, false);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);

	vcsf_irq_reset(hw, VCSF_LINE_JOB, false);
	vcsf_irq_reset(hw, VCSF_LINE_MMU, false);
	vcsf_irq_reset(hw, VCSF_LINE_GPU, !hard);
}
