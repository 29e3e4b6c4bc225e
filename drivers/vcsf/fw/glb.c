// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: the global interface.
 *
 * The host's global request word configures timers and the mask of cores, halts
 * the firmware and pings it; its doorbell word names the group slots with
 * requests. The firmware answers when the global doorbell rings. Requests that
 * this firmware does not implement are never acknowledged. Everything runs in
 * the engine and may wait for a locked region.
 */

#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "trace/trace.h"

/* Global requests that this firmware answers */
#define VCSF_GLB_REQUESTS \
	(CSF_GLB_CFG_PROGRESS_TIMER | CSF_GLB_CFG_ALLOC_EN | \
	 CSF_GLB_CFG_POWEROFF_TIMER | CSF_GLB_COUNTER_EN | CSF_GLB_PING | \
	 CSF_GLB_IDLE_EN)

/**
 * vcsf_glb_inactive - report that units have run out of jobs
 * @hw: the GPU; nothing happens if its firmware does not run
 * @units: bits of enum vcsf_unit
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_inactive(struct vcsf *hw, unsigned long units)
{
	static const u32 events[VCSF_UNIT_COUNT] = {
		[VCSF_UNIT_COMPUTE] = CSF_GLB_INACTIVE_COMPUTE,
		[VCSF_UNIT_FRAGMENT] = CSF_GLB_INACTIVE_FRAGMENT,
		[VCSF_UNIT_TILER] = CSF_GLB_INACTIVE_TILER,
	};
	unsigned int i;

	if (!hw->mcu->running)
		return;
	for_each_set_bit(i, &units, VCSF_UNIT_COUNT)
		vcsf_glb_event(hw, events[i]);
}

/* Timers count units of 1024 ticks of 1 ns, for both clock sources. */
static u64 vcsf_timer_ns(u32 timer)
{
	return (u64)FIELD_GET(CSF_GLB_TIMER_VALUE, timer) << 10;
}

static void vcsf_glb_halt(struct vcsf *hw)
{
	vcsf_out32(hw, hw->mcu->glb_output, csf_glb_output, halt_status,
		   CSF_HALT_STATUS_OK);
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_HALT);
}

static void vcsf_glb_configure(struct vcsf *hw, u32 changed)
{
	struct vcsf_mcu *mcu = hw->mcu;
	u32 in = mcu->glb_input;

	if (changed & CSF_GLB_CFG_PROGRESS_TIMER)
		mcu->progress_ns =
			(u64)vcsf_in32(hw, in, csf_glb_input, progress_timer) <<
			CSF_GLB_PROGRESS_TIMER_SHIFT;
	if (changed & CSF_GLB_CFG_POWEROFF_TIMER)
		mcu->poweroff_ns = vcsf_timer_ns(vcsf_in32(hw, in, csf_glb_input,
							   poweroff_timer));
	if (changed & CSF_GLB_CFG_ALLOC_EN)
		mcu->core_en_mask = vcsf_in64(hw, in, csf_glb_input,
					      core_en_mask);
	hw->mcu->jobs_changed = true;
}

static void vcsf_glb_requests(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = hw->mcu;
	u32 req = vcsf_in32(hw, mcu->glb_input, csf_glb_input, req);
	u32 changed = (req ^ mcu->ack) & VCSF_GLB_REQUESTS;

	if (req & CSF_GLB_HALT) {
		vcsf_glb_halt(hw);
		return;
	}
	if (changed)
		trace_vcsf_request(hw, VCSF_TRACE_GLB, 0, 0, changed, req);
	if (changed & CSF_GLB_IDLE_EN)
		mcu->idle_ns = req & CSF_GLB_IDLE_EN ?
			vcsf_timer_ns(vcsf_in32(hw, mcu->glb_input,
						csf_glb_input, idle_timer)) : 0;
	if (changed & (CSF_GLB_CFG_PROGRESS_TIMER | CSF_GLB_CFG_POWEROFF_TIMER |
		       CSF_GLB_CFG_ALLOC_EN))
		vcsf_glb_configure(hw, changed);
	if (changed && !vcsf_ack_is_lost(hw, VCSF_INJECT_ACK_GLB))
		vcsf_glb_ack(hw, changed);
}

/**
 * vcsf_glb_doorbell - answer the global doorbell
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_doorbell(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = hw->mcu;
	unsigned long groups;
	unsigned int i;
	u32 doorbell;

	vcsf_glb_requests(hw);
	if (!mcu->running)
		return;

	doorbell = vcsf_in32(hw, mcu->glb_input, csf_glb_input, doorbell_req);
	groups = doorbell ^ mcu->doorbell_ack;
	if (!groups)
		return;

	/*
	 * Acknowledge first, then read the requests: a host that writes another
	 * request now must see that it has to ring again. Pairs with the host's
	 * barrier between writing a request and reading doorbell_ack.
	 */
	mcu->doorbell_ack = doorbell;
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, doorbell_ack, doorbell);
	smp_mb();	/* see above */
	for_each_set_bit(i, &groups, mcu->groups)
		vcsf_csg_doorbell(&mcu->csgs[i]);
}
