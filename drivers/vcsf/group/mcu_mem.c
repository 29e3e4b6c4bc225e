// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory accesses of the firmware: the shared section with the interface blocks,
 * ring pages, suspend buffers, and its own program.
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

/* Others rely on the order of what the MCU writes, and so does it on theirs. */
static void vcsf_mcu_move(void *p, unsigned int size, unsigned int access,
			  u64 *value)
{
	bool write = access == CSF_AS_ACCESS_WRITE;

	if (write && size == 8)
		/* after what was written before */
		smp_store_release((u64 *)p, *value);
	else if (write)
		/* after what was written before */
		smp_store_release((u32 *)p, *value);
	else if (size == 8)
		/* before what is read later */
		*value = smp_load_acquire((u64 *)p);
	else
		/* before what is read later */
		*value = smp_load_acquire((u32 *)p);
}

/* Run one access under the lock, as often as it stalls. */
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
 * vcsf_mcu_read32 - read a word as the firmware
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
 * vcsf_mcu_read64 - read a double word as the firmware
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
 * vcsf_mcu_write32 - write a word as the firmware
 * @hw: the GPU
 * @va: MCU address
 * @value: what to write
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_write32(struct vcsf *hw, u64 va, u32 value)
{
	vcsf_mcu_try(hw, va, 4, CSF_AS_ACCESS_WRITE, value);
}

/**
 * vcsf_mcu_write64 - write a double word as the firmware
 * @hw: the GPU
 * @va: MCU address
 * @value: what to write
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_write64(struct vcsf *hw, u64 va, u64 value)
{
	vcsf_mcu_try(hw, va, 8, CSF_AS_ACCESS_WRITE, value);
}

/**
 * vcsf_mcu_fetch32 - fetch a word of the firmware's program
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
 * vcsf_mcu_copy_in - read a block as the firmware
 * @hw: the GPU
 * @to: where to
 * @va: MCU address
 * @size: bytes, a multiple of 8
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
 * vcsf_mcu_copy_out - write a block as the firmware
 * @hw: the GPU
 * @va: MCU address
 * @from: where from
 * @size: bytes, a multiple of 8
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
