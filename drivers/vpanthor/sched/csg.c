// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Group slots as the firmware sees them: programs a slot's interface and asks the
 * firmware to start, resume, suspend or terminate groups, then waits for the
 * acknowledgments, for a second at most. Many groups take as long as one: all are
 * asked for before the first is waited for. Reads the status of streams that have left
 * a slot.
 *
 * rotation.c, which decides which group gets which slot, calls this under
 * &vpan_slots.lock. Request words are under &vpan_fw_csg.lock as well, because the
 * interrupt handler writes to them.
 */

#include <linux/bitfield.h>
#include <linux/bitops.h>

#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "fw/fwif.h"
#include "hw/hw.h"
#include "mm/kbo.h"
#include "sched/blocked.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"

/* A stream that only waits, or has nothing to do, counts as idle. */
#define CS_IDLE_CONDITIONS \
	(CSF_CS_IDLE_SYNC_WAIT | CSF_CS_IDLE_EMPTY | CSF_CS_IDLE_PROTM_PENDING)

/* Priorities in the firmware for those of groups; 15 is the highest. */
static const u8 csg_priorities[VPAN_PRIORITIES] = { 3, 7, 11, 15 };

/**
 * vpan_csg_priority - get the priority in the firmware for a group
 * @priority: priority of the group
 * @behind: groups of the same priority go first
 *
 * Context: any.
 * Return: the priority.
 */
unsigned int vpan_csg_priority(unsigned int priority, bool behind)
{
	return csg_priorities[priority] - behind;
}

static void csg_program_stream(struct vpan_queue *queue, struct vpan_fw_cs *cs,
			       u32 doorbell)
{
	const struct vpan_fw_buf *buf = queue->group->fw_buf;
	struct csf_cs_input *in = cs->in;

	queue->input->extract_init = READ_ONCE(queue->output->extract);

	in->ringbuf_base = queue->ring->va;
	in->ringbuf_size = queue->ring->size;
	in->ringbuf_input = buf->va + ((void *)queue->input - buf->mem.vaddr);
	in->ringbuf_output = buf->va + ((void *)queue->output - buf->mem.vaddr);
	in->heap_start = 0;
	in->heap_end = 0;
	in->config = FIELD_PREP(CSF_CS_CONFIG_PRIORITY, queue->priority) |
		     FIELD_PREP(CSF_CS_CONFIG_DOORBELL, doorbell);
	in->ack_irq_mask = CSF_CS_EVENTS;
	/* Events of the slot's last group have been handled. */
	in->req = (READ_ONCE(cs->out->ack) & CSF_CS_EVENTS) |
		  CSF_CS_STATE_START | CS_IDLE_CONDITIONS;
}

static u32 csg_endpoints(const struct vpan_group *group, unsigned int priority)
{
	return FIELD_PREP(CSF_CSG_EP_COMPUTE, group->max_compute) |
	       FIELD_PREP(CSF_CSG_EP_FRAGMENT, group->max_fragment) |
	       FIELD_PREP(CSF_CSG_EP_TILER, group->max_tiler) |
	       FIELD_PREP(CSF_CSG_EP_PRIORITY, priority);
}

static void csg_program_group(struct vpan_group *group,
			      struct vpan_fw_csg *csg, int as,
			      unsigned int priority)
{
	struct csf_csg_input *in = csg->in;

	in->allow_compute = group->compute_mask;
	in->allow_fragment = group->fragment_mask;
	in->allow_other = group->tiler_mask;
	in->endpoint_req = csg_endpoints(group, priority);
	in->config = FIELD_PREP(CSF_CSG_CONFIG_AS, as);
	in->suspend_buf = group->fw_buf->va;
	in->protm_suspend_buf = group->fw_buf->va +
				vpan_fw_buf_protm_offset(group->fw_buf);
	in->ack_irq_mask = CSF_CSG_EVENTS | CSF_CSG_REQUESTS;
	in->cs_irq_ack = READ_ONCE(csg->out->cs_irq_req);
	in->req = (in->req & ~CSF_CSG_EVENTS) |
		  (READ_ONCE(csg->out->ack) & CSF_CSG_EVENTS);
}

/* Prepare for the next group: the firmware looks when it starts that. */
static void csg_stop_streams(struct vpan_group *group, unsigned int slot)
{
	struct vpan_fw_csg *csg = &group->vpan->fw->csg[slot];
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&csg->lock, flags);
	for (i = 0; i < group->nqueues; i++)
		csg->cs[i].in->req = (csg->cs[i].in->req & ~CSF_CS_STATE) |
				     CSF_CS_STATE_STOP;
	spin_unlock_irqrestore(&csg->lock, flags);
}

/**
 * vpan_csg_bind - prepare to start or resume a group on a slot
 * @group: the group
 * @slot: free slot
 * @as: MMU slot of the group's address space
 * @priority: priority in the firmware
 *
 * vpan_csg_start() starts it.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_csg_bind(struct vpan_group *group, unsigned int slot, int as,
		   unsigned int priority)
{
	u32 state = group->started ? CSF_CSG_STATE_RESUME :
				     CSF_CSG_STATE_START;
	struct vpan_device *vpan = group->vpan;
	struct vpan_fw_csg *csg = &vpan->fw->csg[slot];
	unsigned long flags;
	unsigned int i;

	lockdep_assert_held(&vpan->slots->lock);

	spin_lock_irqsave(&csg->lock, flags);
	for (i = 0; i < group->nqueues; i++)
		csg_program_stream(group->queues[i], &csg->cs[i], slot + 1);
	csg_program_group(group, csg, as, priority);
	spin_unlock_irqrestore(&csg->lock, flags);

	vpan_fwif_csg_ring_streams(vpan, slot, GENMASK(group->nqueues - 1, 0));
	vpan_fwif_csg_request(vpan, slot, state, CSF_CSG_STATE, CSF_CSG_EP_CFG);
}

/**
 * vpan_csg_start - start or resume groups
 * @vpan: the device
 * @slots: bit mask of slots for which vpan_csg_bind() has been called
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 * Return: bit mask of the slots for which the firmware does not respond.
 */
unsigned long vpan_csg_start(struct vpan_device *vpan, unsigned long slots)
{
	lockdep_assert_held(&vpan->slots->lock);

	vpan_fwif_ring_csgs(vpan, slots);
	return vpan_fwif_csgs_wait(vpan, slots, CSF_CSG_STATE | CSF_CSG_EP_CFG);
}

/**
 * vpan_csg_set_priority - change the priority of a group on a slot
 * @group: the group
 * @slot: its slot
 * @priority: the new priority in the firmware
 *
 * Takes effect with vpan_fwif_ring_csgs().
 *
 * Context: any, under &vpan_slots.lock.
 * Return: false if the firmware has not acknowledged the last change yet.
 */
bool vpan_csg_set_priority(struct vpan_group *group, unsigned int slot,
			   unsigned int priority)
{
	struct vpan_device *vpan = group->vpan;
	struct vpan_fw_csg *csg = &vpan->fw->csg[slot];

	lockdep_assert_held(&vpan->slots->lock);

	/* Only holders of &vpan_slots.lock change the bit and the word. */
	if ((READ_ONCE(csg->in->req) ^ READ_ONCE(csg->out->ack)) &
	    CSF_CSG_EP_CFG)
		return false;
	WRITE_ONCE(csg->in->endpoint_req, csg_endpoints(group, priority));
	vpan_fwif_csg_request(vpan, slot, 0, 0, CSF_CSG_EP_CFG);
	return true;
}

/* Does a stream wait for what only the firmware can evaluate? */
static bool csg_stream_stalled(const struct csf_cs_output *out)
{
	return out->status_wait & CSF_CS_WAIT_PROTM ||
	       FIELD_GET(CSF_CS_BLOCKED_REASON, out->status_blocked_reason) ==
	       CSF_CS_BLOCKED_RESOURCE;
}

/* Other groups use the slot's interface from now on. */
static void csg_read_status(struct vpan_group *group, unsigned int slot)
{
	struct vpan_fw_csg *csg = &group->vpan->fw->csg[slot];
	unsigned int i;

	group->blocked = 0;
	group->stalled = 0;
	for (i = 0; i < group->nqueues; i++) {
		struct vpan_queue *queue = group->queues[i];

		queue->saved_status = *csg->cs[i].out;
		if (vpan_syncwait_read(&queue->wait, &queue->saved_status))
			__set_bit(i, &group->blocked);
		else if (csg_stream_stalled(&queue->saved_status))
			__set_bit(i, &group->stalled);
	}
}

/**
 * vpan_csg_executing - tell which groups can have workgroups under way
 * @vpan: the device
 * @slots: bit mask of slots, none of which is free
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 * Return: bit mask of slots, with those for which the firmware does not respond. A group
 * may get its first job after the firmware has looked.
 */
unsigned long vpan_csg_executing(struct vpan_device *vpan, unsigned long slots)
{
	unsigned long executing, answered;
	unsigned int i;

	lockdep_assert_held(&vpan->slots->lock);

	for_each_set_bit(i, &slots, CSF_GLB_GROUP_MAX)
		vpan_fwif_csg_request(vpan, i, 0, 0, CSF_CSG_STATUS_UPDATE);
	vpan_fwif_ring_csgs(vpan, slots);
	executing = vpan_fwif_csgs_wait(vpan, slots, CSF_CSG_STATUS_UPDATE);
	answered = slots & ~executing;
	for_each_set_bit(i, &answered, CSF_GLB_GROUP_MAX) {
		if (READ_ONCE(vpan->fw->csg[i].out->status_ep_current) &
		    CSF_CSG_EP_COMPUTE)
			__set_bit(i, &executing);
	}
	return executing;
}

/**
 * vpan_csg_stop - ask the firmware to suspend or terminate groups
 * @vpan: the device
 * @slots: bit mask of slots, none of which is free
 * @ended: those of @slots whose groups do not run again; they are terminated
 *
 * The groups have left their slots when the firmware has acknowledged %CSF_CSG_STATE.
 *
 * Context: any, under &vpan_slots.lock.
 */
void vpan_csg_stop(struct vpan_device *vpan, unsigned long slots,
		   unsigned long ended)
{
	unsigned int i;

	lockdep_assert_held(&vpan->slots->lock);

	for_each_set_bit(i, &slots, CSF_GLB_GROUP_MAX)
		vpan_fwif_csg_request(vpan, i, ended & BIT(i) ?
				      CSF_CSG_STATE_TERMINATE :
				      CSF_CSG_STATE_SUSPEND, CSF_CSG_STATE, 0);
	vpan_fwif_ring_csgs(vpan, slots);
}

/**
 * vpan_csg_left - take over what groups have left behind on their slots
 * @vpan: the device
 * @slots: bit mask of slots for which the firmware has acknowledged vpan_csg_stop()
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 * Return: bit mask of the slots that are free for other groups: @slots, without those
 * of suspended groups if the GPU did not complete a flush of its caches.
 */
unsigned long vpan_csg_left(struct vpan_device *vpan, unsigned long slots)
{
	unsigned long suspended = 0, failed = 0;
	unsigned int i;

	lockdep_assert_held(&vpan->slots->lock);

	for_each_set_bit(i, &slots, CSF_GLB_GROUP_MAX) {
		if ((READ_ONCE(vpan->fw->csg[i].in->req) & CSF_CSG_STATE) ==
		    CSF_CSG_STATE_SUSPEND)
			__set_bit(i, &suspended);
	}
	if (suspended && vpan_hw_flush_caches(vpan))
		failed = suspended;
	suspended &= ~failed;
	for_each_set_bit(i, &suspended, CSF_GLB_GROUP_MAX)
		csg_read_status(vpan_slots_owner(vpan->slots, i), i);
	for_each_set_bit(i, &slots, CSF_GLB_GROUP_MAX)
		csg_stop_streams(vpan_slots_owner(vpan->slots, i), i);
	return slots & ~failed;
}
