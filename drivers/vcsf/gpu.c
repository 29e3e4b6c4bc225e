// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GPU control: power domains, commands, cache flushes, reset.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "internal.h"

/**
 * vcsf_power_present - cores of a domain
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Return: bitmap of the cores that exist.
 */
u64 vcsf_power_present(struct vcsf *hw, enum vcsf_domain domain)
{
	switch (domain) {
	case VCSF_DOMAIN_SHADER:
		return hw->model.shader_present;
	case VCSF_DOMAIN_TILER:
		return hw->model.tiler_present;
	default:
		return hw->model.l2_present;
	}
}

/**
 * vcsf_power_ready - powered cores of a domain
 * @hw: the GPU
 * @domain: shader, tiler or L2
 *
 * Context: any.
 * Return: bitmap of the cores that have power.
 */
u64 vcsf_power_ready(struct vcsf *hw, enum vcsf_domain domain)
{
	return READ_ONCE(hw->power[domain]);
}

static void vcsf_power_set(struct vcsf *hw, enum vcsf_domain domain, u64 ready)
{
	lockdep_assert_held(&hw->ctl_lock);

	if (domain == VCSF_DOMAIN_L2 && !hw->power[domain] && ready)
		hw->powered_at = vcsf_clock_ns(hw);
	if (domain == VCSF_DOMAIN_L2 && hw->power[domain] && !ready)
		hw->cycles += vcsf_clock_ns(hw) - hw->powered_at;
	WRITE_ONCE(hw->power[domain], ready);
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_POWER_CHANGED_SINGLE |
					  CSF_GPU_IRQ_POWER_CHANGED_ALL);
}

/**
 * vcsf_power_up - write of a PWRON register
 * @hw: the GPU
 * @domain: shader, tiler or L2
 * @cores: bitmap; cores that do not exist are ignored
 *
 * Transitions take no time.
 *
 * Context: any.
 */
void vcsf_power_up(struct vcsf *hw, enum vcsf_domain domain, u64 cores)
{
	unsigned long flags;

	if (vcsf_inject(hw, VCSF_INJECT_POWER_FAIL, domain, NULL))
		return;

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	cores &= vcsf_power_present(hw, domain);
	if (cores & ~hw->power[domain])
		vcsf_power_set(hw, domain, hw->power[domain] | cores);
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);
}

/**
 * vcsf_power_down - write of a PWROFF register
 * @hw: the GPU
 * @domain: shader, tiler or L2
 * @cores: bitmap
 *
 * Without L2 nothing can reach memory: the MCU crashes if it still runs.
 *
 * Context: any.
 */
void vcsf_power_down(struct vcsf *hw, enum vcsf_domain domain, u64 cores)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	if (cores & hw->power[domain])
		vcsf_power_set(hw, domain, hw->power[domain] & ~cores);
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);

	if (domain == VCSF_DOMAIN_L2 && !vcsf_power_ready(hw, domain))
		vcsf_engine_kick(hw, VCSF_EVENT_POWER);
}

/**
 * vcsf_flush_id - the LATEST_FLUSH_ID register
 * @hw: the GPU
 *
 * Context: any.
 * Return: its value, 24 bits, never zero.
 */
u32 vcsf_flush_id(struct vcsf *hw)
{
	return READ_ONCE(hw->flush_id);
}

static void vcsf_flush_id_set(struct vcsf *hw, u32 id)
{
	u32 *user = page_address(hw->user_page);

	lockdep_assert_held(&hw->ctl_lock);
	WRITE_ONCE(hw->flush_id, id);
	WRITE_ONCE(*user, id);
}

/**
 * vcsf_flush_caches - clean and invalidate
 * @hw: the GPU
 * @l2: CSF_FLUSH_* for L2
 * @lsc: for the load/store caches
 * @other: for the other caches
 *
 * Memory is coherent and no cache is modelled, all that can be seen is
 * LATEST_FLUSH_ID: it counts flushes that cleaned and invalidated L2.
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

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	id = FIELD_GET(CSF_LATEST_FLUSH_ID_VALUE, hw->flush_id + 1);
	vcsf_flush_id_set(hw, id ? id : 1);
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);
}

/**
 * vcsf_gpu_bus_fault - report an access to something that is not memory
 * @hw: the GPU
 * @address: physical address
 *
 * The first fault is kept until it is cleared.
 *
 * Context: any.
 */
void vcsf_gpu_bus_fault(struct vcsf *hw, u64 address)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	if (!hw->fault_status) {
		hw->fault_status = CSF_EXC_GPU_BUS_FAULT;
		hw->fault_address = address;
	}
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);

	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_FAULT);
}

static void vcsf_gpu_clear_fault(struct vcsf *hw)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	hw->fault_status = 0;
	hw->fault_address = 0;
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);
}

/**
 * vcsf_gpu_command - write of GPU_COMMAND
 * @hw: the GPU
 * @command: the value; unknown commands are ignored
 *
 * Context: any. A reset is done by the engine, later.
 */
void vcsf_gpu_command(struct vcsf *hw, u32 command)
{
	u32 payload = FIELD_GET(CSF_GPU_COMMAND_PAYLOAD, command);

	switch (FIELD_GET(CSF_GPU_COMMAND_OP, command)) {
	case CSF_GPU_CMD_RESET:
		if (payload != CSF_GPU_RESET_SOFT &&
		    payload != CSF_GPU_RESET_HARD)
			return;
		WRITE_ONCE(hw->resetting, true);
		vcsf_engine_kick(hw, VCSF_EVENT_RESET);
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
 * vcsf_gpu_reset - back to the state after power-on
 * @hw: the GPU
 *
 * Everything is lost but GPU_IRQ_MASK, without which RESET_COMPLETED could not
 * be delivered. Soft and hard reset differ on a bus only, not in a model.
 *
 * Context: the engine's thread, with the MCU stopped; or before it runs.
 */
void vcsf_gpu_reset(struct vcsf *hw)
{
	unsigned long flags;
	unsigned int i;

	vcsf_mmu_reset(hw);

	raw_spin_lock_irqsave(&hw->ctl_lock, flags);
	for (i = 0; i < VCSF_STORE_COUNT; i++)
		WRITE_ONCE(hw->store[i], 0);
	for (i = 0; i < VCSF_DOMAIN_COUNT; i++)
		WRITE_ONCE(hw->power[i], 0);
	hw->cycles = 0;
	hw->fault_status = 0;
	hw->fault_address = 0;
	vcsf_flush_id_set(hw, 1);
	WRITE_ONCE(hw->resetting, false);
	raw_spin_unlock_irqrestore(&hw->ctl_lock, flags);

	vcsf_irq_reset(hw, VCSF_LINE_JOB, false);
	vcsf_irq_reset(hw, VCSF_LINE_MMU, false);
	vcsf_irq_reset(hw, VCSF_LINE_GPU, true);
}
