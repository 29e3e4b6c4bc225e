// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: ack words and interrupts.
 *
 * The global interface, each group and each stream have a request word, which
 * the host writes, and an ack word, which the firmware writes. A bit that
 * differs between the two is a pending request, or a pending event that the
 * host has not acknowledged. The firmware acknowledges a request, and reports
 * an event, by inverting the bit in the ack word. It raises the job interrupt
 * if the host has enabled the interrupt for this bit. The other files of this
 * room use these functions; a copy of each ack word is kept because the host
 * must not change it. Only the engine calls them; no lock is held.
 */

#include <linux/bits.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "regs/irq.h"
#include "trace/trace.h"

/**
 * vcsf_ack_is_lost - inject a late or a lost acknowledgment
 * @hw: the GPU
 * @kind: VCSF_INJECT_ACK_*
 *
 * A late acknowledgment delays the whole firmware, as if it were busy
 * elsewhere.
 *
 * Context: the engine's thread; may sleep.
 * Return: true if the acknowledgment must not be written.
 */
bool vcsf_ack_is_lost(struct vcsf *hw, unsigned int kind)
{
	u32 us;

	if (vcsf_inject(hw, VCSF_INJECT_DELAYED_ACK, kind, &us))
		vcsf_event_delay(hw, (u64)us * NSEC_PER_USEC,
				 BIT(VCSF_EVENT_RESET) |
				 BIT(VCSF_EVENT_MCU_STOP));

	return vcsf_inject(hw, VCSF_INJECT_DROPPED_ACK, kind, NULL);
}

/**
 * vcsf_glb_ack - invert bits of the global ack word
 * @hw: the GPU
 * @changed: bits to invert
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_ack(struct vcsf *hw, u32 changed)
{
	struct vcsf_mcu *mcu = hw->mcu;

	mcu->ack ^= changed;
	trace_vcsf_ack(hw, VCSF_TRACE_GLB, 0, 0, changed, mcu->ack);
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, ack, mcu->ack);
	if (changed & vcsf_in32(hw, mcu->glb_input, csf_glb_input,
				ack_irq_mask))
		vcsf_irq_raise(hw, VCSF_LINE_JOB, CSF_JOB_IRQ_GLOBAL);
}

static void vcsf_csg_irq(struct vcsf_csg *csg)
{
	vcsf_irq_raise(csg->hw, VCSF_LINE_JOB, CSF_JOB_IRQ_CSG(csg->id));
}

/**
 * vcsf_csg_ack - invert bits of a group's ack word
 * @csg: the slot
 * @changed: bits to invert
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_ack(struct vcsf_csg *csg, u32 changed)
{
	struct vcsf *hw = csg->hw;

	csg->ack ^= changed;
	trace_vcsf_ack(hw, VCSF_TRACE_CSG, csg->id, 0, changed, csg->ack);
	vcsf_out32(hw, csg->output, csf_csg_output, ack, csg->ack);
	if (changed & vcsf_in32(hw, csg->input, csf_csg_input, ack_irq_mask))
		vcsf_csg_irq(csg);
}

/**
 * vcsf_csg_cs_irq - interrupt the host because a stream's ack word has changed
 * @csg: the slot
 * @stream: index of the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_cs_irq(struct vcsf_csg *csg, unsigned int stream)
{
	struct vcsf *hw = csg->hw;
	u32 ack;

	smp_mb();	/* as in vcsf_csg_report_events() */
	ack = vcsf_in32(hw, csg->input, csf_csg_input, cs_irq_ack);
	if ((ack ^ csg->cs_irq_req) & BIT(stream)) {
		csg->cs_irq_latched |= BIT(stream);
		return;
	}
	csg->cs_irq_req ^= BIT(stream);
	vcsf_out32(hw, csg->output, csf_csg_output, cs_irq_req,
		   csg->cs_irq_req);
	vcsf_csg_irq(csg);
}

/**
 * vcsf_cs_ack - invert bits of a stream's ack word
 * @cs: the stream
 * @changed: bits to invert
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_ack(struct vcsf_cs *cs, u32 changed)
{
	struct vcsf *hw = cs->hw;

	cs->ack ^= changed;
	trace_vcsf_ack(hw, VCSF_TRACE_CS, cs->csg->id, cs->id, changed,
		       cs->ack);
	vcsf_out32(hw, cs->output, csf_cs_output, ack, cs->ack);
	if (changed & vcsf_in32(hw, cs->input, csf_cs_input, ack_irq_mask))
		vcsf_csg_cs_irq(cs->csg, cs->id);
}

/**
 * vcsf_glb_event - report a global event
 * @hw: the GPU
 * @event: CSF_GLB_EVENTS bit; dropped while the same event is pending
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_event(struct vcsf *hw, u32 event)
{
	struct vcsf_mcu *mcu = hw->mcu;
	u32 req = vcsf_in32(hw, mcu->glb_input, csf_glb_input, req);

	if (!((req ^ mcu->ack) & event))
		vcsf_glb_ack(hw, event);
}
