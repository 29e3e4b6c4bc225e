// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Address spaces: commands, locked regions, TLB maintenance, fault reports.
 */

#include <linux/bitfield.h>
#include <linux/string.h>

#include "internal.h"
#include "debug/trace.h"

/**
 * vcsf_mmu_init - prepare all address spaces
 * @hw: the GPU
 */
void vcsf_mmu_init(struct vcsf *hw)
{
	raw_spin_lock_init(&hw->mmu.lock);
	hw->mmu.count = hw->config.address_spaces;
	hw->mmu.strict = hw->config.strict;
	vcsf_strict_init(hw);
	vcsf_mmu_reset(hw);
}

/**
 * vcsf_mmu_reset - forget all translations and settings
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_mmu_reset(struct vcsf *hw)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&hw->mmu.lock, flags);
	for (i = 0; i < ARRAY_SIZE(hw->mmu.as); i++) {
		struct vcsf_as *as = &hw->mmu.as[i];
		u32 epoch = as->epoch;

		memset(as, 0, sizeof(*as));
		as->transcfg = CSF_AS_MODE_UNMAPPED;
		as->active.transcfg = CSF_AS_MODE_UNMAPPED;
		as->epoch = epoch + 1;
		as->careful = hw->mmu.strict;
	}
	raw_spin_unlock_irqrestore(&hw->mmu.lock, flags);
}

/**
 * vcsf_mmu_forget - drop all translations that are known
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_mmu_forget(struct vcsf *hw)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&hw->mmu.lock, flags);
	for (i = 0; i < hw->mmu.count; i++) {
		memset(hw->mmu.as[i].tlb, 0, sizeof(hw->mmu.as[i].tlb));
		hw->mmu.as[i].epoch++;
	}
	raw_spin_unlock_irqrestore(&hw->mmu.lock, flags);
}

static void vcsf_as_region(const struct vcsf_as *as, u64 *start, u64 *last)
{
	unsigned int log2 = FIELD_GET(CSF_AS_LOCKADDR_SIZE, as->lockaddr) + 1;

	if (log2 > CSF_AS_LOCKADDR_ALL) {
		*start = 0;
		*last = U64_MAX;
		return;
	}
	log2 = max(log2, CSF_AS_LOCKADDR_MIN_LOG2);
	*start = as->lockaddr & ~(BIT_ULL(log2) - 1);
	*last = *start + BIT_ULL(log2) - 1;
}

static void vcsf_as_lock(struct vcsf *hw, struct vcsf_as *as)
{
	lockdep_assert_held(&hw->mmu.lock);

	vcsf_as_region(as, &as->lock_start, &as->lock_last);
	as->locked = true;
	as->careful = true;
}

static void vcsf_as_invalidate(struct vcsf_as *as, u64 start, u64 last)
{
	unsigned int i;

	for (i = 0; i < VCSF_TLB_ENTRIES; i++) {
		u64 va = as->tlb[i].tag & VCSF_PAGE_MASK;

		if (as->tlb[i].tag && va <= last && va + 0xfff >= start)
			as->tlb[i].tag = 0;
	}
}

/*
 * Ending a lock is what invalidates the TLB. A flush without a lock works on
 * the region that would be locked.
 */
static void vcsf_as_unlock(struct vcsf *hw, struct vcsf_as *as)
{
	lockdep_assert_held(&hw->mmu.lock);

	if (!as->locked)
		vcsf_as_region(as, &as->lock_start, &as->lock_last);
	vcsf_as_invalidate(as, as->lock_start, as->lock_last);
	if (as->locked)
		vcsf_engine_kick(hw, VCSF_EVENT_UNLOCK);
	as->locked = false;
	as->careful = hw->mmu.strict;
}

static void vcsf_as_update(struct vcsf *hw, struct vcsf_as *as)
{
	lockdep_assert_held(&hw->mmu.lock);

	if (as->active.transtab != as->transtab ||
	    as->active.memattr != as->memattr ||
	    as->active.transcfg != as->transcfg)
		as->updates++;
	as->active.transtab = as->transtab;
	as->active.memattr = as->memattr;
	as->active.transcfg = as->transcfg;
}

static bool vcsf_as_is_stuck(struct vcsf *hw, struct vcsf_as *as, u32 command)
{
	lockdep_assert_held(&hw->mmu.lock);

	if (command != CSF_AS_COMMAND_NOP && command <= CSF_AS_COMMAND_FLUSH_MEM)
		as->stuck |= vcsf_inject(hw, VCSF_INJECT_AS_STUCK, command,
					 NULL);

	return as->stuck;
}

/* Return: the command has come to its end. */
static bool vcsf_as_command(struct vcsf *hw, struct vcsf_as *as, u32 command)
{
	if (vcsf_as_is_stuck(hw, as, command))
		return false;

	switch (command) {
	case CSF_AS_COMMAND_UPDATE:
		vcsf_as_update(hw, as);
		break;
	case CSF_AS_COMMAND_LOCK:
		vcsf_as_lock(hw, as);
		break;
	case CSF_AS_COMMAND_UNLOCK:
		if (as->locked)
			vcsf_as_unlock(hw, as);
		break;
	case CSF_AS_COMMAND_FLUSH_PT:
	case CSF_AS_COMMAND_FLUSH_MEM:
		vcsf_as_unlock(hw, as);
		break;
	default:
		return false;
	}
	as->epoch++;

	return true;
}

/**
 * vcsf_mmu_command - write of an AS_COMMAND register
 * @hw: the GPU
 * @n: address space
 * @command: the value; unknown commands are ignored
 *
 * Commands have taken effect when this returns, so AS_STATUS does not show
 * activity, unless that was asked for: such a command has no effect, and what
 * comes after it is lost until a reset. UPDATE alone does not touch the TLB.
 *
 * Context: any. Waits until the engine has finished a batch of instructions, or
 * an interrupt what it does in its place.
 */
void vcsf_mmu_command(struct vcsf *hw, unsigned int n, u32 command)
{
	unsigned long flags;
	bool done;

	/* An MCU that acts in an interrupt must not find its region locked. */
	raw_spin_lock_irqsave(&hw->engine.lock, flags);
	raw_spin_lock(&hw->mmu.lock);
	done = vcsf_as_command(hw, &hw->mmu.as[n], command);
	raw_spin_unlock(&hw->mmu.lock);
	raw_spin_unlock_irqrestore(&hw->engine.lock, flags);

	if (done)
		vcsf_irq_raise(hw, VCSF_LINE_MMU,
			       CSF_MMU_IRQ_COMMAND_COMPLETED(n));
}

/**
 * vcsf_mmu_fault - report a failed access
 * @hw: the GPU
 * @n: address space
 * @va: address
 * @access: CSF_AS_ACCESS_*
 * @type: CSF_EXC_* of the MMU
 *
 * Only the first fault of an address space is kept until the driver clears
 * its interrupt.
 *
 * Context: holds &vcsf_mmu.lock.
 */
void vcsf_mmu_fault(struct vcsf *hw, unsigned int n, u64 va,
		    unsigned int access, unsigned int type)
{
	struct vcsf_as *as = &hw->mmu.as[n];

	lockdep_assert_held(&hw->mmu.lock);

	trace_vcsf_mmu_fault(hw, n, va, access, type);
	if (!(vcsf_irq_rawstat(hw, VCSF_LINE_MMU) & CSF_MMU_IRQ_FAULT(n))) {
		as->fault_status =
			FIELD_PREP(CSF_AS_FAULTSTATUS_TYPE, type) |
			FIELD_PREP(CSF_AS_FAULTSTATUS_ACCESS, access) |
			FIELD_PREP(CSF_AS_FAULTSTATUS_SOURCE,
				   VCSF_FAULT_SOURCE);
		as->fault_address = va;
		as->fault_extra = 0;
	}
	vcsf_irq_raise(hw, VCSF_LINE_MMU, CSF_MMU_IRQ_FAULT(n));
}
