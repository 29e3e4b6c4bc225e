// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory accesses of the firmware: interface blocks in the shared section, ring
 * pages, suspend buffers, and the program.
 *
 * Each access translates its address in the MCU's address space and is
 * performed under &vcsf_mmu.lock, so that it completes before an AS command
 * that follows. If the region is locked, the thread sleeps without the lock
 * until the region is unlocked or the MCU must stop; the interrupts that act
 * for the thread exclude this case. Writes have release and reads have acquire
 * semantics. After a failure see &vcsf_mcu.error.
 */

#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "mmu/mmu.h"

/* The host relies on the order of the MCU's accesses, and the MCU on the host's. */
static void vcsf_mcu_move(void *p, unsigned int size, unsigned int access,
			  u64 *value)
{
	bool write = access == CSF_AS_ACCESS_WRITE;

	if (write && size == 8)
		/* after earlier writes */
		smp_store_release((u64 *)p, *value);
	else if (write)
		/* after earlier writes */
		smp_store_release((u32 *)p, *value);
	else if (size == 8)
		/* before later reads */
		*value = smp_load_acquire((u64 *)p);
	else
		/* before later reads */
		*value = smp_load_acquire((u32 *)p);
}

/* Perform one access under the lock; repeat it each time a stall ends. */
static int vcsf_mcu_access(struct vcsf *hw, u64 va, unsigned int size,
			   unsigned int access, u64 *value)
{
	unsigned long flags;
	void *p;
	int ret;

	for (;;) {
		raw_spin_lock_irqsave(&hw->mmu->lock, flags);
		ret = vcsf_mmu_page(hw, VCSF_MCU_AS, va, access, &p);
		if (!ret)
			vcsf_mcu_move(p + (va & 0xfff), size, access, value);
		raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
		if (ret != -EAGAIN || !vcsf_event_wait_unlock(hw))
			return ret;
		/* Streams may have stalled on the same region. */
		hw->mcu->unlocked = true;
	}
}

static u64 vcsf_mcu_try(struct vcsf *hw, u64 va, unsigned int size,
			unsigned int access, u64 value)
{
	int ret;

	if (hw->mcu->error)
		return 0;
	if (va & (size - 1))
		ret = -EINVAL;
	else
		ret = vcsf_mcu_access(hw, va, size, access, &value);
	if (!ret)
		return value;
	hw->mcu->error = ret;

	return 0;
}

/**
 * vcsf_mcu_read32 - read a 32-bit word
 * @hw: the GPU
 * @va: MCU address
 *
 * Context: the engine's thread; may sleep.
 * Return: the value; zero if it failed, see &vcsf_mcu.error.
 */
u32 vcsf_mcu_read32(struct vcsf *hw, u64 va)
{
	return vcsf_mcu_try(hw, va, 4, CSF_AS_ACCESS_READ, 0);
}

/**
 * vcsf_mcu_read64 - read a 64-bit word
 * @hw: the GPU
 * @va: MCU address
 *
 * Context: the engine's thread; may sleep.
 * Return: the value; zero if it failed, see &vcsf_mcu.error.
 */
u64 vcsf_mcu_read64(struct vcsf *hw, u64 va)
{
	return vcsf_mcu_try(hw, va, 8, CSF_AS_ACCESS_READ, 0);
}

/**
 * vcsf_mcu_write32 - write a 32-bit word
 * @hw: the GPU
 * @va: MCU address
 * @value: new value
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_write32(struct vcsf *hw, u64 va, u32 value)
{
	vcsf_mcu_try(hw, va, 4, CSF_AS_ACCESS_WRITE, value);
}

/**
 * vcsf_mcu_write64 - write a 64-bit word
 * @hw: the GPU
 * @va: MCU address
 * @value: new value
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_write64(struct vcsf *hw, u64 va, u64 value)
{
	vcsf_mcu_try(hw, va, 8, CSF_AS_ACCESS_WRITE, value);
}

/**
 * vcsf_mcu_fetch32 - read a word of the program, with execute permission
 * @hw: the GPU
 * @va: MCU address, a multiple of 4
 *
 * Context: the engine's thread; may sleep.
 * Return: the value; zero if it failed, see &vcsf_mcu.error.
 */
u32 vcsf_mcu_fetch32(struct vcsf *hw, u64 va)
{
	return vcsf_mcu_try(hw, va, 4, CSF_AS_ACCESS_EXECUTE, 0);
}

/**
 * vcsf_mcu_copy_in - read a block
 * @hw: the GPU
 * @to: destination
 * @va: MCU address
 * @size: size in bytes, a multiple of 8
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_copy_in(struct vcsf *hw, void *to, u64 va, size_t size)
{
	u64 *words = to;
	size_t i;

	for (i = 0; i < size / sizeof(u64); i++)
		words[i] = vcsf_mcu_read64(hw, va + i * sizeof(u64));
}

/**
 * vcsf_mcu_copy_out - write a block
 * @hw: the GPU
 * @va: MCU address
 * @from: source
 * @size: size in bytes, a multiple of 8
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_copy_out(struct vcsf *hw, u64 va, const void *from, size_t size)
{
	const u64 *words = from;
	size_t i;

	for (i = 0; i < size / sizeof(u64); i++)
		vcsf_mcu_write64(hw, va + i * sizeof(u64), words[i]);
}
