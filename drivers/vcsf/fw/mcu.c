// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The microcontroller: start, stop, crash, and its way to memory.
 */

#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"

static void vcsf_mcu_set_status(struct vcsf *hw, u32 status)
{
	if (hw->mcu.status == status)
		return;
	WRITE_ONCE(hw->mcu.status, status);
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_MCU_STATUS);
}

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

	do {
		raw_spin_lock_irqsave(&hw->mmu.lock, flags);
		ret = vcsf_mmu_page(hw, VCSF_MCU_AS, va, access, &p);
		if (!ret)
			vcsf_mcu_move(p + (va & 0xfff), size, access, value);
		raw_spin_unlock_irqrestore(&hw->mmu.lock, flags);
	} while (ret == -EAGAIN && vcsf_engine_wait_unlock(hw));

	return ret;
}

static u64 vcsf_mcu_try(struct vcsf *hw, u64 va, unsigned int size,
			unsigned int access, u64 value)
{
	int ret;

	if (hw->mcu.error)
		return 0;
	if (va & (size - 1))
		ret = -EINVAL;
	else
		ret = vcsf_mcu_access(hw, va, size, access, &value);
	if (!ret)
		return value;
	hw->mcu.error = ret;

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

static bool vcsf_mcu_load_program(struct vcsf *hw)
{
	struct csf_mcu_program *program = &hw->mcu.program;
	u32 *words = (u32 *)program;
	unsigned int i;

	for (i = 0; i < sizeof(*program) / sizeof(u32); i++)
		words[i] = vcsf_mcu_fetch32(hw, CSF_MCU_PROGRAM_VA + 4 * i);

	return program->magic == CSF_MCU_PROGRAM_MAGIC &&
	       program->abi == CSF_MCU_PROGRAM_ABI &&
	       program->interface_version &&
	       program->suspend_per_stream >= vcsf_suspend_stream_size() &&
	       program->suspend_base >= vcsf_suspend_base_size() &&
	       program->suspend_per_stream <= SZ_64K &&
	       program->suspend_base <= SZ_64K;
}

/**
 * vcsf_mcu_start - boot
 * @hw: the GPU
 *
 * Ends in the enabled state with the control blocks filled and the global
 * interrupt raised, or in the fatal state.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_start(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;

	if (mcu->status != CSF_MCU_STATUS_DISABLED)
		return;

	mcu->error = 0;
	if (!vcsf_power_ready(hw, VCSF_DOMAIN_L2) ||
	    !vcsf_mcu_load_program(hw) || !vcsf_glb_boot(hw)) {
		vcsf_mcu_crash(hw);
		return;
	}

	mcu->running = true;
	vcsf_mcu_set_status(hw, CSF_MCU_STATUS_ENABLED);
	vcsf_irq_raise(hw, VCSF_LINE_JOB, CSF_JOB_IRQ_GLOBAL);
}

/**
 * vcsf_mcu_stop - end the firmware where it is
 * @hw: the GPU
 * @status: MCU_STATUS from now on
 *
 * Groups on slots lose what was not saved.
 *
 * Context: the engine's thread.
 */
void vcsf_mcu_stop(struct vcsf *hw, u32 status)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	unsigned int i;

	for (i = 0; i < mcu->groups; i++)
		vcsf_csg_kill(&mcu->csgs[i]);
	mcu->running = false;
	mcu->dirty = 0;
	mcu->reports = 0;
	mcu->idle_timers = 0;
	mcu->sync_wake = 0;
	mcu->progress_wake = 0;
	mcu->unlocked = false;
	vcsf_cores_stop(hw);
	vcsf_mcu_set_status(hw, status);
}

/**
 * vcsf_mcu_crash - the firmware cannot go on
 * @hw: the GPU
 *
 * It says so in halt_status, if it was up and can reach its memory. Only
 * disabling the MCU or a reset gets it out of the fatal state.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_crash(struct vcsf *hw)
{
	if (hw->mcu.running && vcsf_power_ready(hw, VCSF_DOMAIN_L2)) {
		hw->mcu.error = 0;
		vcsf_out32(hw, hw->mcu.glb_output, csf_glb_output, halt_status,
			   CSF_HALT_STATUS_PANIC);
	}
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_FATAL);
}

/**
 * vcsf_mcu_loses_ack - is an acknowledgment late, or lost
 * @hw: the GPU
 * @kind: VCSF_INJECT_ACK_*
 *
 * A late one makes the whole firmware wait, as if it were busy elsewhere.
 *
 * Context: the engine's thread; may sleep.
 * Return: true if it must not be written.
 */
bool vcsf_mcu_loses_ack(struct vcsf *hw, unsigned int kind)
{
	u32 us;

	if (vcsf_inject(hw, VCSF_INJECT_DELAYED_ACK, kind, &us))
		vcsf_engine_delay(hw, (u64)us * NSEC_PER_USEC,
				  BIT(VCSF_EVENT_RESET) |
				  BIT(VCSF_EVENT_MCU_STOP));

	return vcsf_inject(hw, VCSF_INJECT_DROPPED_ACK, kind, NULL);
}

/**
 * vcsf_mcu_init - allocate the state of all slots
 * @hw: the GPU
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vcsf_mcu_init(struct vcsf *hw)
{
	unsigned int slots = hw->config.slots, streams = hw->config.streams;
	struct vcsf_mcu *mcu = &hw->mcu;
	unsigned int i, j;

	mcu->core_en_mask = ~0ULL;
	mcu->csgs = kvcalloc(slots, sizeof(*mcu->csgs), GFP_KERNEL);
	mcu->streams_all = kvcalloc(slots * streams, sizeof(*mcu->streams_all),
				    GFP_KERNEL);
	mcu->suspend = kvzalloc(vcsf_suspend_stream_size(), GFP_KERNEL);
	if (!mcu->csgs || !mcu->streams_all || !mcu->suspend) {
		vcsf_mcu_fini(hw);
		return -ENOMEM;
	}

	for (i = 0; i < slots; i++) {
		struct vcsf_csg *csg = &mcu->csgs[i];

		csg->hw = hw;
		csg->id = i;
		csg->cs = &mcu->streams_all[i * streams];
		for (j = 0; j < streams; j++) {
			csg->cs[j].hw = hw;
			csg->cs[j].csg = csg;
			csg->cs[j].id = j;
			vcsf_cs_reset(&csg->cs[j]);
		}
	}

	return 0;
}

/**
 * vcsf_mcu_fini - free the state of all slots
 * @hw: the GPU; its engine is stopped
 */
void vcsf_mcu_fini(struct vcsf *hw)
{
	kvfree(hw->mcu.suspend);
	kvfree(hw->mcu.streams_all);
	kvfree(hw->mcu.csgs);
}
