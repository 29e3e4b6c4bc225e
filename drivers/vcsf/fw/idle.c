// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: idle groups.
 *
 * A group is idle while none of its streams can make progress, by the
 * conditions that the host has chosen for each stream. The firmware reports a
 * group that has been idle for the time in idle_timer, and reports the GPU as
 * idle when all resident groups are. The engine calls vcsf_glb_update_idle()
 * after a slice if a stream changed state or a timer runs. The functions write
 * status words, so they may wait for a locked region; no lock is held.
 */

#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "regs/clock.h"

static bool vcsf_cs_is_idle(const struct vcsf_cs *cs)
{
	if (cs->busy)
		return false;

	switch (cs->state) {
	case VCSF_CS_STOPPED:
	case VCSF_CS_FATAL:
		return true;
	case VCSF_CS_EMPTY:
		return cs->req & CSF_CS_IDLE_EMPTY;
	case VCSF_CS_WAIT_SYNC:
		return cs->req & CSF_CS_IDLE_SYNC_WAIT;
	case VCSF_CS_WAIT_PROTM:
		return cs->req & CSF_CS_IDLE_PROTM_PENDING;
	case VCSF_CS_WAIT_RESOURCE:
		return cs->req & CSF_CS_IDLE_RESOURCE_REQ;
	default:
		return false;
	}
}

/**
 * vcsf_csg_is_idle - check whether all streams of a group are idle
 * @csg: the slot
 *
 * Context: the engine's thread.
 * Return: true if they are, by the conditions that the host has chosen.
 */
bool vcsf_csg_is_idle(const struct vcsf_csg *csg)
{
	unsigned int i;

	for (i = 0; i < csg->hw->mcu->streams; i++)
		if (!vcsf_cs_is_idle(&csg->cs[i]))
			return false;

	return true;
}

/* Start, cancel or report the idle time of a group. */
static void vcsf_csg_update_idle(struct vcsf_csg *csg, u64 now)
{
	struct vcsf_mcu *mcu = csg->hw->mcu;
	bool idle = csg->resident && vcsf_csg_is_idle(csg);

	/* The group may have been busy since the last call, and be idle again. */
	if (!idle || csg->was_ready) {
		csg->was_ready = false;
		if (csg->resident)
			mcu->idle_reported = false;
		if (csg->idle && !csg->idle_at)
			vcsf_out32(csg->hw, csg->output, csf_csg_output,
				   status_state, 0);
		csg->idle = false;
		csg->idle_at = 0;
		mcu->idle_timers &= ~BIT(csg->id);
	}
	if (!idle)
		return;

	if (!csg->idle) {
		csg->idle = true;
		csg->idle_at = now + mcu->idle_ns;
		mcu->idle_timers |= BIT(csg->id);
	}
	if (csg->idle_at && now >= csg->idle_at) {
		csg->idle_at = 0;
		mcu->idle_timers &= ~BIT(csg->id);
		vcsf_out32(csg->hw, csg->output, csf_csg_output, status_state,
			   CSF_CSG_STATUS_IDLE);
		vcsf_csg_raise(csg, CSF_CSG_IDLE);
	}
}

/**
 * vcsf_glb_update_idle - update the idle state of groups and report it
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_update_idle(struct vcsf *hw)
{
	unsigned long groups = hw->mcu->dirty | hw->mcu->idle_timers;
	struct vcsf_mcu *mcu = hw->mcu;
	u64 now = vcsf_clock_ns(hw);
	unsigned int i;

	mcu->dirty = 0;
	for_each_set_bit(i, &groups, mcu->groups)
		vcsf_csg_update_idle(&mcu->csgs[i], now);

	if (mcu->idle_reported || mcu->idle_timers ||
	    !(mcu->ack & CSF_GLB_IDLE_EN))
		return;
	for (i = 0; i < mcu->groups; i++)
		if (mcu->csgs[i].resident && !mcu->csgs[i].idle)
			return;
	mcu->idle_reported = true;
	vcsf_glb_event(hw, CSF_GLB_IDLE);
}
