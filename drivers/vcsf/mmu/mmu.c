// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Address spaces: commands, locked regions, TLB maintenance, fault reports.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "inject/inject.h"
#include "mmu/mmu.h"

/**
 * vcsf_mmu_init - prepare all address spaces
 * @hw: the GPU
 */
void vcsf_mmu_init(struct vcsf *hw)
{
	hw->mmu->hw = hw;
	raw_spin_lock_init(&hw->mmu->lock);
	hw->mmu->count = hw->config.address_spaces;
	hw->mmu->strict = hw->config.strict;
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

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	for (i = 0; i < ARRAY_SIZE(hw->mmu->as); i++) {
		struct vcsf_as *as = &hw->mmu->as[i];
		u32 epoch = as->epoch;

		memset(as, 0, sizeof(*as));
		as->transcfg = CSF_AS_MODE_UNMAPPED;
		as->active.transcfg = CSF_AS_MODE_UNMAPPED;
		as->epoch = epoch + 1;
		as->slow_path = hw->mmu->strict;
	}
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
}

/**
 * vcsf_mmu_invalidate - drop all translations that are known
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_mmu_invalidate(struct vcsf *hw)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	for (i = 0; i < hw->mmu->count; i++) {
		memset(hw->mmu->as[i].tlb, 0, sizeof(hw->mmu->as[i].tlb));
		hw->mmu->as[i].epoch++;
	}
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
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
	lockdep_assert_held(&hw->mmu->lock);

	vcsf_as_region(as, &as->lock_start, &as->lock_last);
	as->locked = true;
	as->slow_path = true;
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
	lockdep_assert_held(&hw->mmu->lock);

	if (!as->locked)
		vcsf_as_region(as, &as->lock_start, &as->lock_last);
	vcsf_as_invalidate(as, as->lock_start, as->lock_last);
	if (as->locked)
		vcsf_event_raise(hw, VCSF_EVENT_UNLOCK);
	as->locked = false;
	as->slow_path = hw->mmu->strict;
}

static void vcsf_as_update(struct vcsf *hw, struct vcsf_as *as)
{
	lockdep_assert_held(&hw->mmu->lock);

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
	lockdep_assert_held(&hw->mmu->lock);

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
 * The caller holds &vcsf_engine.lock, so that an MCU which acts in an interrupt
 * does not find its region locked, and raises the interrupt of a command that has
 * come to its end.
 *
 * Context: any. Waits until the engine has finished a batch of instructions.
 * Return: true if the command has come to its end.
 */
bool vcsf_mmu_command(struct vcsf *hw, unsigned int n, u32 command)
{
	unsigned long flags;
	bool done;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	done = vcsf_as_command(hw, &hw->mmu->as[n], command);
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return done;
}
