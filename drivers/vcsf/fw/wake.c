// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: waking streams.
 *
 * The engine calls these functions when the wait of streams may be over: a sync
 * object or a progress counter was written, cores got power, a region was
 * unlocked. A stream becomes ready and executes its instruction again, which
 * may make it wait again. Where this can be checked beforehand (sync objects),
 * such a stream is not woken up. The engine owns the streams; only the check of
 * sync objects takes a lock, &vcsf_mmu.lock.
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
 * vcsf_cs_leave_fault - continue after a fault if the host has dealt with it
 * @cs: the stream, in any state
 *
 * The host must have acknowledged the stream's event and must have cleared the
 * MMU fault of the group's address space, if there is one: until then the
 * driver may be about to disable the address space.
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
 * vcsf_csg_wake_sync - wake the streams whose wait for a sync object is over
 * @csg: the slot
 *
 * Streams that would only wait again are not woken up, so that an idle group
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
 * vcsf_csg_wake_progress - wake the streams that wait for a progress counter
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
 * vcsf_csg_wake_resource - wake the streams that wait for cores
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
 * vcsf_csg_wake_stalled - continue streams and jobs that the MMU stopped
 * @csg: the slot; a region was unlocked, or a fault was cleared
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
