// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Firmware events
 *
 * The firmware reports events by toggling bits of acknowledge words and raising
 * the job interrupt: of a group that a sync object has changed, that it is idle,
 * or that it makes no progress; of a stream a fault, a fatal error, or a request
 * for tiler memory. They are handled in the interrupt handler, so that fences
 * signal without a detour through a work item. What may sleep is left to the
 * scheduler, which the handler kicks.
 *
 * An event is acknowledged before the handler looks for what has happened, so that
 * the firmware reports again what happens later. A stream that has met a fault or
 * requested memory stops until its event is acknowledged; all that the driver
 * needs to know is read before that.
 *
 * The handler finds the group of a slot under RCU. vpan_events_drain() calls it
 * for a group that has left its slot, with the slot still assigned, and waits for
 * the interrupt handler: events cannot be taken for those of the next group.
 *
 * The MMU reports in which address space a bad access was made, by an interrupt of
 * its own (mm/as_fault.c), and the firmware which stream made it. If a stream
 * reports it, its group is killed and the others in the address space continue;
 * else all of them are killed. Nothing waits here for the report of the stream,
 * which kicks the scheduler; only when it is overdue the firmware is asked once
 * more. The report of the stream can also be the first that is seen, if the CPU that
 * handles the interrupt of the MMU is slow: before a group that has ended leaves its
 * slot, the MMU is asked for faults.
 *
 * Request words are under &vpan_fw_csg.lock, which is taken in interrupts. Tiler
 * memory is taken from a reserve under &vpan_heaps.lock. Nothing is allocated
 * here, and the handler does not take &vpan_slots.lock.
 */

#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>

#include <drm/drm_print.h>

#include <vcsf/csf_regs.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/reset_request.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "heap/heap.h"
#include "hw/exception.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/sched.h"
#include "sched/slots.h"

/* MMU and stream report a bad access by two interrupts, about together. */
#define FAULT_REPORT_TIMEOUT	msecs_to_jiffies(50)

static void cs_fatal(struct vpan_group *group, unsigned int slot,
		     unsigned int i, const struct csf_cs_output *out)
{
	u32 type = FIELD_GET(CSF_CS_EXCEPTION_TYPE, READ_ONCE(out->fatal));

	trace_vpanthor_stream_error(group, i, type, READ_ONCE(out->fatal_info),
				    true);
	dev_warn_ratelimited(group->vpan->drm.dev,
			     "CSG%u CS%u: fatal error %s (0x%02x), info 0x%llx, at 0x%llx\n",
			     slot, i, vpan_exception_name(type), type,
			     READ_ONCE(out->fatal_info),
			     READ_ONCE(out->status_cmd_ptr));

	vpan_group_set_fatal(group, BIT(i));
	vpan_sched_kick(group->vpan);
	if (type == CSF_EXC_CS_UNRECOVERABLE)
		vpan_reset_schedule(group->vpan);
}

/*
 * The stream stops at the faulting job until it is told to continue, which does
 * not happen after a bad access.
 */
static void cs_fault(struct vpan_group *group, unsigned int slot,
		     unsigned int i, const struct csf_cs_output *out)
{
	u32 type = FIELD_GET(CSF_CS_EXCEPTION_TYPE, READ_ONCE(out->fault));
	struct vpan_queue *queue = group->queues[i];

	trace_vpanthor_stream_error(group, i, type, READ_ONCE(out->fault_info),
				    false);
	if (type == CSF_EXC_CS_BUS_FAULT) {
		vpan_group_set_fatal(group, BIT(i));
		vpan_sched_kick(group->vpan);
	}

	dev_warn_ratelimited(group->vpan->drm.dev,
			     "CSG%u CS%u: fault %s (0x%02x), info 0x%llx, at 0x%llx\n",
			     slot, i, vpan_exception_name(type), type,
			     READ_ONCE(out->fault_info),
			     READ_ONCE(out->status_cmd_ptr));

	vpan_queue_check_completion(queue);
	vpan_queue_record_fault(queue);
}

/* The answer is a list of one chunk, or of none. */
static void cs_reply_tiler_oom(struct vpan_fw_cs *cs, u64 chunk)
{
	WRITE_ONCE(cs->in->heap_start, chunk);
	WRITE_ONCE(cs->in->heap_end, chunk);
	/* The stream reads them when it sees this. */
	smp_store_release(&cs->in->req, cs->in->req ^ CSF_CS_TILER_OOM);
}

/*
 * The interrupt handler and the scheduler may be here at the same time: the second
 * one finds no request.
 *
 * Return: 0, -EAGAIN if the stream has to wait, -EINVAL if the request is invalid
 * and the stream is at its end.
 */
static int cs_tiler_oom(struct vpan_group *group, unsigned int slot,
			unsigned int i)
{
	struct vpan_fw_csg *csg = &group->vpan->fw->csg[slot];
	struct vpan_fw_cs *cs = &csg->cs[i];
	unsigned long flags;
	int ret = 0;
	u64 chunk;
	u32 asked;

	spin_lock_irqsave(&csg->lock, flags);
	/* The parameters are valid if the request is seen. */
	asked = (cs->in->req ^ smp_load_acquire(&cs->out->ack)) &
		CSF_CS_TILER_OOM;
	/* A group that is leaving its slot will ask again. */
	if (asked && READ_ONCE(group->slot) >= 0) {
		ret = vpan_heap_grow(group->vm, cs->out,
				     &group->queues[i]->heap_wait, &chunk);
		if (!ret)
			cs_reply_tiler_oom(cs, chunk);
	}
	spin_unlock_irqrestore(&csg->lock, flags);
	if (ret == -EINVAL)
		vpan_group_set_fatal(group, BIT(i));
	return ret;
}

/**
 * vpan_events_retry_tiler_oom - retry the requests of a group for tiler memory
 * @group: group that is alive
 * @slot: its slot
 *
 * Context: any; on the signalling path. Under &vpan_slots.lock.
 * Return: true if a stream still waits for memory.
 */
bool vpan_events_retry_tiler_oom(struct vpan_group *group, unsigned int slot)
{
	struct vpan_device *vpan = group->vpan;
	bool wait = false;
	unsigned int i;

	lockdep_assert_held(&vpan->slots->lock);

	for (i = 0; i < group->nqueues; i++) {
		if (cs_tiler_oom(group, slot, i) == -EAGAIN)
			wait = true;
	}
	vpan_fwif_csg_ring_streams(vpan, slot,
				   GENMASK(group->nqueues - 1, 0));
	vpan_fwif_ring_csgs(vpan, BIT(slot));
	return wait;
}

/* Acknowledge the events of @seen only: more may have been reported. */
static void cs_ack_events(struct vpan_fw_csg *csg, struct vpan_fw_cs *cs,
			  u32 seen)
{
	unsigned long flags;
	u32 events;

	spin_lock_irqsave(&csg->lock, flags);
	events = (cs->in->req ^ READ_ONCE(cs->out->ack)) & seen;
	/* The stream may continue as soon as it sees this. */
	smp_store_release(&cs->in->req, cs->in->req ^ events);
	spin_unlock_irqrestore(&csg->lock, flags);
}

static void cs_event(struct vpan_device *vpan, struct vpan_group *group,
		     unsigned int slot, unsigned int i)
{
	struct vpan_fw_csg *csg = &vpan->fw->csg[slot];
	struct vpan_fw_cs *cs = &csg->cs[i];
	u32 pending;

	/* Fault information must be read before the stream continues. */
	pending = (READ_ONCE(cs->in->req) ^ smp_load_acquire(&cs->out->ack)) &
		  CSF_CS_EVENTS;
	if (!group || i >= group->nqueues) {
		cs_ack_events(csg, cs, pending);
		return;
	}
	if (pending & CSF_CS_FATAL)
		cs_fatal(group, slot, i, cs->out);
	if (pending & CSF_CS_FAULT)
		cs_fault(group, slot, i, cs->out);
	if (!vpan_group_can_run(group))
		return;
	cs_ack_events(csg, cs, pending & ~CSF_CS_TILER_OOM);
	if (!(pending & CSF_CS_TILER_OOM))
		return;
	switch (cs_tiler_oom(group, slot, i)) {
	case -EAGAIN:
		set_bit(VPAN_GROUP_TILER_OOM, &group->flags);
		fallthrough;
	case -EINVAL:
		vpan_sched_kick(vpan);
		break;
	}
}

/* Return: pending events of the slot, which are acknowledged. */
static u32 csg_ack_events(struct vpan_fw_csg *csg, u32 *streams)
{
	unsigned long flags;
	u32 events, cs_irq;

	spin_lock_irqsave(&csg->lock, flags);
	events = (csg->in->req ^ READ_ONCE(csg->out->ack)) & CSF_CSG_EVENTS;
	WRITE_ONCE(csg->in->req, csg->in->req ^ events);
	/* Pairs with the firmware's write after the events of streams. */
	cs_irq = smp_load_acquire(&csg->out->cs_irq_req);
	*streams = csg->in->cs_irq_ack ^ cs_irq;
	WRITE_ONCE(csg->in->cs_irq_ack, cs_irq);
	spin_unlock_irqrestore(&csg->lock, flags);

	/*
	 * Acknowledge first, then look: what the firmware does after the look
	 * raises the event again.
	 */
	smp_mb();
	return events;
}

static void csg_event(struct vpan_device *vpan, unsigned int slot)
{
	struct vpan_fw_csg *csg = &vpan->fw->csg[slot];
	struct vpan_group *group;
	unsigned long streams;
	u32 events, cs_irq;
	unsigned int i;

	events = csg_ack_events(csg, &cs_irq);
	streams = cs_irq;

	/* Perhaps it has left. Pairs with evict_wait_later(). */
	if (READ_ONCE(vpan->slots->leaving) & BIT(slot))
		vpan_sched_kick(vpan);

	rcu_read_lock();
	group = rcu_dereference(vpan->slots->slot[slot].group);
	for_each_set_bit(i, &streams, vpan->fw->ncs)
		cs_event(vpan, group, slot, i);
	if (!group)
		goto out;

	if (events & CSF_CSG_SYNC_UPDATE) {
		vpan_group_check_completion(group);
		vpan_slots_kick_blocked(vpan);
	}
	if (events & CSF_CSG_IDLE &&
	    READ_ONCE(csg->out->status_state) & CSF_CSG_STATUS_IDLE) {
		set_bit(VPAN_GROUP_IDLE, &group->flags);
		vpan_sched_kick(vpan);
	}
	if (events & CSF_CSG_PROGRESS_TIMER) {
		dev_warn_ratelimited(vpan->drm.dev, "CSG%u: progress timeout, killing group %llu\n",
				     slot, group->id);
		set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
		vpan_sched_kick(vpan);
	}
	/* No other event may come of streams that run on without a job. */
	if ((streams || events & CSF_CSG_SYNC_UPDATE) &&
	    vpan_group_overruns(group))
		queue_delayed_work(vpan->sched.wq, &vpan->slots->tick,
				   VPAN_TIMESLICE);
out:
	rcu_read_unlock();

	/* Streams that wait for an answer need a doorbell. */
	if (streams) {
		vpan_fwif_csg_ring_streams(vpan, slot, streams);
		vpan_fwif_ring_csgs(vpan, BIT(slot));
	}
}

/* Has a group on a slot that uses this address space slot ended? */
static bool find_faulty_group(struct vpan_device *vpan, int as)
{
	struct vpan_group *group;
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(vpan->slots, i);
		if (group && READ_ONCE(group->vm->as.id) == as &&
		    !vpan_group_can_run(group))
			return true;
	}
	return false;
}

/*
 * Before all groups of an address space are killed for a fault, make sure that no
 * report of a stream is under way: the interrupt may be lost, or the firmware slow.
 * It answers a ping after it has reported what it had found before.
 */
static bool find_late_report(struct vpan_device *vpan, unsigned int id)
{
	struct vpan_group *group;
	unsigned int i;

	if (!vpan_fwif_is_alive(vpan))
		return false;
	for (i = 0; i < vpan->fw->ncsg; i++) {
		group = vpan_slots_owner(vpan->slots, i);
		if (group && READ_ONCE(group->vm->as.id) == (int)id)
			csg_event(vpan, i);
	}
	/* The interrupt handler may be handling the event on another CPU. */
	synchronize_irq(vpan->fw->irq.irq);
	return find_faulty_group(vpan, id);
}

/* Return: true if it is not known yet which group has caused the fault. */
static bool resolve_fault(struct vpan_device *vpan, unsigned int id)
{
	struct vpan_slots *slots = vpan->slots;
	struct vpan_as_fault *fault = &slots->fault[id];
	bool known;

	/* The address space has lost the slot and the fault with it. */
	if (vpan_mmu_assignment(vpan, id) != fault->assigned)
		return false;
	known = find_faulty_group(vpan, id);
	if (!known &&
	    time_before(jiffies, fault->since + FAULT_REPORT_TIMEOUT))
		return true;
	known = known || find_late_report(vpan, id);
	vpan_mmu_resolve_fault(vpan, id, known);
	/* The groups of a disabled slot end in the next pass, if not in this one. */
	if (!known)
		vpan_sched_kick(vpan);
	return false;
}

/* Take the faults that the MMU has reported since the last pass. */
static void take_faults(struct vpan_device *vpan)
{
	unsigned long faults = vpan_mmu_take_faults(vpan);
	struct vpan_slots *slots = vpan->slots;
	unsigned int id;
	u64 assigned;

	for_each_set_bit(id, &faults, CSF_AS_COUNT_MAX) {
		if (id == VPAN_AS_MCU) {
			/* The firmware itself has made a bad access. */
			vpan_reset_schedule(vpan);
			continue;
		}
		assigned = vpan_mmu_assignment(vpan, id);
		/* One more does not extend the wait for the report of the first. */
		if (__test_and_set_bit(id, &slots->faults) &&
		    slots->fault[id].assigned == assigned)
			continue;
		slots->fault[id].assigned = assigned;
		slots->fault[id].since = jiffies;
	}
}

/**
 * vpan_events_handle_faults - look for the groups that have caused MMU faults
 * @vpan: the device, which has power
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_events_handle_faults(struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	unsigned long faults;
	unsigned int id;

	lockdep_assert_held(&slots->lock);

	take_faults(vpan);
	faults = slots->faults;
	for_each_set_bit(id, &faults, CSF_AS_COUNT_MAX) {
		if (!resolve_fault(vpan, id))
			__clear_bit(id, &slots->faults);
	}
	if (slots->faults)
		queue_delayed_work(vpan->sched.wq, &slots->tick,
				   VPAN_TIMESLICE);
}

/**
 * vpan_events_drain - handle all that has been reported of the group on a slot
 * @vpan: the device
 * @slot: slot that its group has left and that is still assigned to it
 *
 * The interrupts may be late or lost. Events must not be taken for those of the
 * next group. A group that has ended may have caused an MMU fault, for which the
 * other groups in its address space would be killed later.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_events_drain(struct vpan_device *vpan, unsigned int slot)
{
	lockdep_assert_held(&vpan->slots->lock);

	csg_event(vpan, slot);
	/* The interrupt handler may be handling an event on another CPU. */
	synchronize_irq(vpan->fw->irq.irq);
	if (!vpan_group_can_run(vpan_slots_owner(vpan->slots, slot))) {
		vpan_mmu_poll_faults(vpan);
		vpan_events_handle_faults(vpan);
	}
}

const struct vpan_fw_ops vpan_events_fw_ops = {
	.csg_event = csg_event,
};
