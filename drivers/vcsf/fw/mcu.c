// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The microcontroller: start, stop, crash, and its way to memory.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "regs/ctl.h"
#include "regs/irq.h"
#include "regs/power.h"

/**
 * vcsf_mcu_set_status - change MCU_STATUS
 * @hw: the GPU
 * @status: the value; a new one raises the interrupt
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
	if (hw->mcu->running && vcsf_power_ready(hw, VCSF_DOMAIN_L2)) {
		hw->mcu->error = 0;
		vcsf_out32(hw, hw->mcu->glb_output, csf_glb_output, halt_status,
			   CSF_HALT_STATUS_PANIC);
	}
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_FATAL);
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
	kvfree(hw->mcu->suspend);
	kvfree(hw->mcu->streams_all);
	kvfree(hw->mcu->csgs);
}
