// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: firmware
 *
 * The MCU and its firmware. The firmware is C code of this module and runs in
 * the engine; the image in memory supplies only version and limits (boot.c).
 * &struct vcsf_mcu holds its state, and the group slots and streams, which are
 * allocated once for the whole life of the GPU: the firmware allocates nothing,
 * because fences depend on it.
 *
 * MCU_CONTROL starts and stops the MCU by events that the engine answers.
 * MCU_STATUS is one of four states:
 *
 * - disabled: after a reset, or when the host has disabled the MCU;
 * - enabled: the firmware runs and answers doorbells;
 * - halt: the host has requested a halt, and the firmware has stopped;
 * - fatal: the firmware cannot boot or has crashed. An access to its memory
 *   that fails is such a crash, and so is the loss of power of the L2.
 *   Disabling the MCU or a reset ends this state.
 *
 * Each way to stop takes all groups off their slots without saving them.
 *
 * Memory is accessed through the MCU's address space (group/mcu_mem.c). The
 * first access that fails sets &vcsf_mcu.error; later reads give zero and later
 * writes do nothing, so that code need not check each access. The engine stops
 * the firmware after the step. Nothing that the host writes to this memory may
 * lead out of bounds or into an unbounded loop. Accesses wait while the host
 * has locked a region.
 *
 * The state belongs to the engine and has no lock. Registers read
 * &vcsf_mcu.status and debugfs reads more, without a lock, so writes of shared
 * words use WRITE_ONCE().
 */

#include <linux/bitfield.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "regs/ctl.h"
#include "regs/irq.h"
#include "regs/power.h"

/**
 * vcsf_mcu_set_status - change MCU_STATUS
 * @hw: the GPU
 * @status: new value; raises the interrupt if it differs from the present one
 *
 * Context: the engine's thread.
 */
void vcsf_mcu_set_status(struct vcsf *hw, u32 status)
{
	if (hw->mcu->status == status)
		return;
	WRITE_ONCE(hw->mcu->status, status);
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_MCU_STATUS);
}

/**
 * vcsf_mcu_stop - stop the firmware at once
 * @hw: the GPU
 * @status: new value of MCU_STATUS
 *
 * Groups on slots lose all state that was not saved.
 *
 * Context: the engine's thread.
 */
void vcsf_mcu_stop(struct vcsf *hw, u32 status)
{
	struct vcsf_mcu *mcu = hw->mcu;
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
 * vcsf_mcu_crash - stop the firmware because it cannot continue
 * @hw: the GPU
 *
 * The firmware writes "panic" to halt_status if it was running and can access
 * its memory. Only disabling the MCU or a reset ends the fatal state.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_crash(struct vcsf *hw)
{
	if (hw->mcu->running && vcsf_power_ready(hw, VCSF_DOMAIN_L2)) {
		hw->mcu->error = 0;
		vcsf_out32(hw, hw->mcu->glb_output, csf_glb_output, halt_status,
			   CSF_HALT_STATUS_PANIC);
	}
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_FATAL);
}

static u32 vcsf_reg_count(const struct vcsf *hw)
{
	return FIELD_GET(CSF_GPU_ID_ARCH_MAJOR, hw->model.gpu_id) < 12 ?
		CSF_CS_REG_COUNT : CSF_CS_REG_COUNT_MAX;
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
	struct vcsf_mcu *mcu = hw->mcu;
	unsigned int i, j;

	mcu->core_en_mask = ~0ULL;
	mcu->eviction_ticks = VCSF_EVICTION_TICKS;
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
			vcsf_cs_set_reg_count(&csg->cs[j], vcsf_reg_count(hw));
			vcsf_cs_reset(&csg->cs[j]);
		}
	}

	return 0;
}

/**
 * vcsf_mcu_fini - free the state of all slots
 * @hw: the GPU; its engine has stopped
 */
void vcsf_mcu_fini(struct vcsf *hw)
{
	kvfree(hw->mcu->suspend);
	kvfree(hw->mcu->streams_all);
	kvfree(hw->mcu->csgs);
}
