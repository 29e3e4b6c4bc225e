// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: streams that may go on. What they waited for may be there; those
 * that would only wait again are left alone where that can be told.
 */

#include <linux/bitmap.h>
#include <linux/spinlock.h>

#include <kunit/visibility.h>

#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "isa/scoreboard.h"
#include "mmu/mmu.h"
#include "regs/irq.h"

/**
 * vcsf_cs_leave_fault - go on after a fault if the host has dealt with it
 * @cs: the stream, in any state
 *
 * The host must have acknowledged the stream's event and, if an address space
 * of it is in fault, have cleared that too: until then the driver may be on
 * its way to take the address space away.
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_leave_fault(struct vcsf_cs *cs)
{
	if (cs->state != VCSF_CS_FAULTED || (cs->events & CSF_CS_FAULT) ||
	    ((cs->req ^ cs->ack) & CSF_CS_FAULT) ||
	    (vcsf_irq_rawstat(cs->hw, VCSF_LINE_MMU) &
	     CSF_MMU_IRQ_FAULT(cs->csg->as)))
		return;
	vcsf_cs_set_state(cs, VCSF_CS_READY);
}

/**
 * vcsf_csg_wake_sync - look at sync objects again
 * @csg: the slot
 *
 * Streams that would only wait again are not disturbed: a group that is idle
 * stays idle.
 *
 * Context: the engine's thread.
 */
void vcsf_csg_wake_sync(struct vcsf_csg *csg)
{
	unsigned long streams = csg->sync_waiters;
	struct vcsf *hw = csg->hw;
	unsigned long flags;
	unsigned int i;

	if (!streams)
		return;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	for_each_set_bit(i, &streams, hw->mcu->streams)
		if (vcsf_cs_sync_wait_over(&csg->cs[i]))
			vcsf_cs_set_state(&csg->cs[i], VCSF_CS_READY);
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_csg_wake_sync);

/**
 * vcsf_csg_wake_progress - look at progress counters again
 * @csg: the slot
 *
 * Context: the engine's thread.
 */
void vcsf_csg_wake_progress(struct vcsf_csg *csg)
{
	unsigned int i;

	for (i = 0; i < csg->hw->mcu->streams; i++)
		if (csg->cs[i].state == VCSF_CS_WAIT_PROGRESS)
			vcsf_cs_set_state(&csg->cs[i], VCSF_CS_READY);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_csg_wake_progress);

/**
 * vcsf_csg_wake_resource - look again whether there are cores
 * @csg: the slot
 *
 * Context: the engine's thread.
 */
void vcsf_csg_wake_resource(struct vcsf_csg *csg)
{
	unsigned int i;

	for (i = 0; i < csg->hw->mcu->streams; i++)
		if (csg->cs[i].state == VCSF_CS_WAIT_RESOURCE)
			vcsf_cs_set_state(&csg->cs[i], VCSF_CS_READY);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_csg_wake_resource);

/**
 * vcsf_csg_wake_stalled - go on where the MMU was in the way
 * @csg: the slot; a region was unlocked or a fault cleared
 *
 * Context: the engine's thread.
 */
void vcsf_csg_wake_stalled(struct vcsf_csg *csg)
{
	unsigned int i;

	for (i = 0; i < csg->hw->mcu->streams; i++) {
		struct vcsf_cs *cs = &csg->cs[i];

		if (cs->deferred_count)
			vcsf_cs_retire_unlocked(cs);
		if (cs->state == VCSF_CS_STALLED ||
		    cs->state == VCSF_CS_WAIT_SB)
			vcsf_cs_set_state(cs, VCSF_CS_READY);
		vcsf_cs_leave_fault(cs);
	}
	vcsf_jobs_release(csg, VCSF_JOB_STALLED);
}
