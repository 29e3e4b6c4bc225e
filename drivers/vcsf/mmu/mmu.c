// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Address spaces: commands, locked regions, TLB maintenance. Table walk, faults,
 * accesses and strict mode are in the other files of this folder.
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
 * DOC: Address spaces and TLBs
 *
 * An address space (&struct vcsf_as) is the state behind one block of AS
 * registers: the registers as the driver wrote them, the configuration in force
 * since the last UPDATE, a locked region, the first fault, and a TLB with the
 * translations of up to %VCSF_TLB_ENTRIES pages of 4 KiB. Address space 0 is the
 * MCU's, the others are for groups.
 *
 * The register decoder executes commands (vcsf_mmu_command()). Instructions,
 * jobs and the firmware access memory: vcsf_mmu_page() returns the kernel
 * address of a page. Its inline part handles a TLB hit; vcsf_mmu_walk() handles
 * locked regions, misses and strict mode, and reports faults.
 *
 * Locks: &vcsf_mmu.lock protects all address spaces. The engine holds it while
 * it executes a batch of instructions, and a command takes it, so every access
 * after a completed command obeys it. A page that vcsf_mmu_page() returned may
 * be used until the lock is released. The interpreter keeps the page that it
 * fetches from for longer, and looks it up again when &vcsf_as.epoch has
 * changed: each command and each invalidation changes it. Under the lock, only
 * &vcsf_ctl.lock, interrupt lines and &vcsf_inject.lock are taken.
 *
 * A translation is dropped by the end of a lock of its region (UNLOCK,
 * FLUSH_PT, FLUSH_MEM), by UPDATE of its address space, by power-off of the L2
 * and by a reset. The TLB otherwise serves what the tables said before, as on
 * hardware: strict mode finds drivers that forget a flush.
 *
 * The MMU holds no reference to pages: the driver frees memory after a flush or
 * a reset only. Nothing here allocates, sleeps or waits: an access to a locked
 * region returns -EAGAIN, and its caller stalls the stream or the MCU.
 */

/**
 * vcsf_mmu_init - initialise all address spaces
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
 * vcsf_mmu_reset - reset all registers and drop all translations
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
 * vcsf_mmu_invalidate - drop the translations of all address spaces
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

		if (as->tlb[i].tag && va <= last && va + 0xfff >= start) {
			as->tlb[i].tag = 0;
			/* A speculative access must not reach it, either. */
			as->tlb[i].page = NULL;
		}
	}
}

/*
 * The end of a lock invalidates its region in the TLB. A flush without a lock
 * works on the region that LOCKADDR names.
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

/*
 * panthor switches an address space off and on by UPDATE and a cache flush
 * alone, so UPDATE drops its translations. None is looked up until the mode is
 * other than UNMAPPED again.
 */
static void vcsf_as_update(struct vcsf *hw, struct vcsf_as *as)
{
	lockdep_assert_held(&hw->mmu->lock);

	memset(as->tlb, 0, sizeof(as->tlb));
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

/* Return: true if the command has completed. */
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
 * vcsf_mmu_command - execute a write of an AS_COMMAND register
 * @hw: the GPU
 * @n: address space
 * @command: value written; unknown commands are ignored
 *
 * Commands take effect before this returns, so AS_STATUS shows no activity. The
 * exception is an injected fault: that command has no effect, and neither have
 * later ones until a reset.
 *
 * The caller holds &vcsf_engine.lock, so that the MCU does not find its region
 * locked while it acts in an interrupt. The caller raises the interrupt of a
 * completed command.
 *
 * Context: any. Waits until the engine has finished a batch of instructions.
 * Return: true if the command has completed.
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
