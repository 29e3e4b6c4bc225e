// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: the interface of a stream: start, ring, status, events.
 */

#include <linux/bitfield.h>
#include <linux/log2.h>

#include "internal.h"
#include "debug/trace.h"

#define VCSF_RING_ALIGN		64

static void vcsf_assign_bit(u32 *mask, unsigned int bit, bool set)
{
	if (set)
		*mask |= BIT(bit);
	else
		*mask &= ~BIT(bit);
}

/**
 * vcsf_cs_set_state - change what a stream is doing
 * @cs: the stream
 * @state: what it is doing from now on
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_set_state(struct vcsf_cs *cs, enum vcsf_cs_state state)
{
	struct vcsf_csg *csg = cs->csg;
	struct vcsf_mcu *mcu = &cs->hw->mcu;
	enum vcsf_cs_state from = cs->state;
	u32 ready = mcu->ready;

	cs->state = state;
	if (state != from)
		trace_vcsf_stream(cs, from);
	csg->stirred |= state == VCSF_CS_READY;
	vcsf_assign_bit(&csg->ready, cs->id, state == VCSF_CS_READY);
	vcsf_assign_bit(&csg->hung, cs->id, state == VCSF_CS_HUNG);
	vcsf_assign_bit(&mcu->hung, csg->id, csg->hung);
	vcsf_assign_bit(&csg->sync_waiters, cs->id, state == VCSF_CS_WAIT_SYNC);
	vcsf_assign_bit(&mcu->sync_waiters, csg->id, csg->sync_waiters);
	vcsf_assign_bit(&ready, csg->id, csg->ready);
	WRITE_ONCE(mcu->ready, ready);
	mcu->dirty |= BIT(csg->id);
	/* The progress timer runs from now on. */
	if (state == VCSF_CS_HUNG && state != from)
		vcsf_cores_hung(csg);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_set_state);

/**
 * vcsf_cs_reset - the state of a stream that never ran
 * @cs: the stream
 *
 * Its interface and its acknowledged events stay.
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_reset(struct vcsf_cs *cs)
{
	memset(cs->regs, 0, sizeof(cs->regs));
	memset(cs->scoreboard, 0, sizeof(cs->scoreboard));
	memset(&cs->frames[0], 0, sizeof(cs->frames[0]));
	memset(&cs->wait, 0, sizeof(cs->wait));
	cs->frame = cs->frames;
	cs->fetch_va = VCSF_NO_PAGE;
	cs->busy = 0;
	cs->sb_endpoint = 0;
	cs->sb_other = 0;
	cs->error = 0;
	cs->resources = 0;
	vcsf_cores_drop(cs);
	cs->progress = 0;
	cs->heap = 0;
	cs->oom_handler = 0;
	cs->oom_handler_size = 0;
	cs->handler = 0;
	memset(&cs->oom, 0, sizeof(cs->oom));
	cs->doorbell = 0;
	cs->events = 0;
	/* A stream that is not to run is not configured: those were another's. */
	cs->ring_input = 0;
	cs->ring_output = 0;
	vcsf_cs_set_state(cs, VCSF_CS_STOPPED);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_reset);

/* Invert bits of the ack word. */
static void vcsf_cs_ack(struct vcsf_cs *cs, u32 changed)
{
	struct vcsf *hw = cs->hw;

	cs->ack ^= changed;
	trace_vcsf_ack(hw, VCSF_TRACE_CS, cs->csg->id, cs->id, changed,
		       cs->ack);
	vcsf_out32(hw, cs->output, csf_cs_output, ack, cs->ack);
	if (changed & vcsf_in32(hw, cs->input, csf_cs_input, ack_irq_mask))
		vcsf_csg_cs_irq(cs->csg, cs->id);
}

/* Take over the requests, quietly unless the host asked to be told. */
static void vcsf_cs_ack_requests(struct vcsf_cs *cs)
{
	u32 changed = (cs->req ^ cs->ack) & CSF_CS_REQUESTS;
	struct vcsf *hw = cs->hw;

	if (!changed)
		return;
	trace_vcsf_request(hw, VCSF_TRACE_CS, cs->csg->id, cs->id, changed,
			   cs->req);
	if (!vcsf_mcu_loses_ack(hw, VCSF_INJECT_ACK_CS))
		vcsf_cs_ack(cs, changed);
}

static void vcsf_cs_set_doorbell(struct vcsf_cs *cs, unsigned int doorbell)
{
	if (doorbell == CSF_DOORBELL_GLOBAL || doorbell >= CSF_DOORBELL_COUNT)
		return;
	cs->doorbell = doorbell;
	cs->hw->mcu.doorbell_csgs[doorbell] |= BIT(cs->csg->id);
}

static bool vcsf_cs_configure(struct vcsf_cs *cs)
{
	struct vcsf_frame *ring = &cs->frames[0];
	struct vcsf *hw = cs->hw;
	u32 config, size;

	config = vcsf_in32(hw, cs->input, csf_cs_input, config);
	size = vcsf_in32(hw, cs->input, csf_cs_input, ringbuf_size);
	ring->base = vcsf_in64(hw, cs->input, csf_cs_input, ringbuf_base);
	ring->mask = size - 1;
	cs->priority = FIELD_GET(CSF_CS_CONFIG_PRIORITY, config);
	cs->ring_input = vcsf_in64(hw, cs->input, csf_cs_input, ringbuf_input);
	cs->ring_output = vcsf_in64(hw, cs->input, csf_cs_input,
				    ringbuf_output);
	vcsf_cs_set_doorbell(cs, FIELD_GET(CSF_CS_CONFIG_DOORBELL, config));

	return is_power_of_2(size) && size >= VCSF_RING_ALIGN &&
	       IS_ALIGNED(ring->base, VCSF_RING_ALIGN) &&
	       cs->csg->as && cs->csg->as < hw->mmu.count;
}

/**
 * vcsf_cs_start - let a stream run, or go on, if the host wants it
 * @cs: the stream, reset or restored
 * @resume: it was restored
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_start(struct vcsf_cs *cs, bool resume)
{
	struct vcsf *hw = cs->hw;

	cs->req = vcsf_in32(hw, cs->input, csf_cs_input, req);
	vcsf_cs_ack_requests(cs);
	if (FIELD_GET(CSF_CS_STATE, cs->req) != CSF_CS_STATE_START) {
		vcsf_cs_reset(cs);
		return;
	}
	if (cs->state == VCSF_CS_FATAL)
		return;

	cs->fetch_va = VCSF_NO_PAGE;
	cs->published = U64_MAX;
	if (!vcsf_cs_configure(cs)) {
		u64 base = cs->frames[0].base;

		/* What was restored must not go on in a wrong address space. */
		vcsf_cs_reset(cs);
		vcsf_cs_fatal(cs, CSF_EXC_CS_CONFIG_FAULT, base);
		return;
	}
	if (!resume || cs->state == VCSF_CS_STOPPED) {
		cs->frame = cs->frames;
		cs->frame->pc = vcsf_in64(hw, cs->ring_input, csf_ring_input,
					  extract_init);
		cs->frame->end = cs->frame->pc;
	}
	/* Whatever it waited for is looked at again, but for the host. */
	memset(&cs->wait, 0, sizeof(cs->wait));
	if (cs->state != VCSF_CS_HUNG && cs->state != VCSF_CS_FAULTED)
		vcsf_cs_set_state(cs, VCSF_CS_READY);
	vcsf_cs_scan_ring(cs);
}

/**
 * vcsf_cs_scan_ring - see how far the host has filled the ring
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_scan_ring(struct vcsf_cs *cs)
{
	struct vcsf_frame *ring = &cs->frames[0];
	u64 insert;

	if (cs->state == VCSF_CS_STOPPED || cs->state == VCSF_CS_FATAL)
		return;

	insert = vcsf_in64(cs->hw, cs->ring_input, csf_ring_input, insert);
	if (insert - ring->pc > ring->mask + 1 ||
	    (insert | ring->pc) % CSF_CS_INSTR_SIZE) {
		vcsf_cs_fatal(cs, CSF_EXC_CS_CONFIG_FAULT, insert);
		return;
	}
	ring->end = insert;
	ring->start = insert - min(insert, ring->mask + 1);
	if (cs->state == VCSF_CS_EMPTY && ring->pc != insert)
		vcsf_cs_set_state(cs, VCSF_CS_READY);
}

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
 * vcsf_cs_doorbell - the host wants a stream's interface to be looked at
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_doorbell(struct vcsf_cs *cs)
{
	bool start;

	cs->req = vcsf_in32(cs->hw, cs->input, csf_cs_input, req);
	start = FIELD_GET(CSF_CS_STATE, cs->req) == CSF_CS_STATE_START;

	if (start && cs->csg->resident && cs->state == VCSF_CS_STOPPED) {
		vcsf_cs_reset(cs);
		vcsf_cs_start(cs, false);
		return;
	}
	vcsf_cs_ack_requests(cs);
	if (!start) {
		vcsf_cs_reset(cs);
		return;
	}
	if (!cs->csg->resident)
		return;
	vcsf_cs_leave_fault(cs);
	vcsf_heap_answer(cs);
	vcsf_cs_scan_ring(cs);
}

/**
 * vcsf_cs_last_look - see what the host has answered before a stream is saved
 * @cs: the stream
 *
 * The host may have acknowledged an event and not have rung yet, or what it asked
 * of the group comes first: nobody will look at this interface again.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_last_look(struct vcsf_cs *cs)
{
	if (cs->state == VCSF_CS_STOPPED || cs->state == VCSF_CS_FATAL)
		return;
	cs->req = vcsf_in32(cs->hw, cs->input, csf_cs_input, req);
	vcsf_cs_leave_fault(cs);
	vcsf_heap_answer(cs);
}

/**
 * vcsf_cs_publish - write the extract position to the ring interface
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_publish(struct vcsf_cs *cs)
{
	u64 extract = cs->frames[0].pc;
	u32 active = cs->state != VCSF_CS_EMPTY || cs->busy;
	struct vcsf *hw = cs->hw;

	if (cs->state == VCSF_CS_STOPPED || !cs->ring_output)
		return;
	if (extract == cs->published && active == cs->published_active)
		return;
	vcsf_out64(hw, cs->ring_output, csf_ring_output, extract, extract);
	vcsf_out32(hw, cs->ring_output, csf_ring_output, active, active);
	cs->published = extract;
	cs->published_active = active;
}

static u32 vcsf_cs_blocked_reason(const struct vcsf_cs *cs)
{
	switch (cs->state) {
	case VCSF_CS_WAIT_SB:
		/* Not by WAIT, but by an instruction that found no room */
		if (!cs->wait.status)
			return CSF_CS_BLOCKED_DEFERRED;
		return CSF_CS_BLOCKED_SB_WAIT;
	case VCSF_CS_WAIT_SYNC:
		return CSF_CS_BLOCKED_SYNC_WAIT;
	case VCSF_CS_WAIT_PROGRESS:
		return CSF_CS_BLOCKED_PROGRESS_WAIT;
	case VCSF_CS_WAIT_RESOURCE:
		return CSF_CS_BLOCKED_RESOURCE;
	default:
		return CSF_CS_BLOCKED_NONE;
	}
}

/**
 * vcsf_cs_write_status - refresh the status words of the interface
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_write_status(struct vcsf_cs *cs)
{
	u32 reason = vcsf_cs_blocked_reason(cs);
	bool waits = reason != CSF_CS_BLOCKED_NONE ||
		     cs->state == VCSF_CS_WAIT_PROTM;
	struct vcsf *hw = cs->hw;
	u32 out = cs->output;

	vcsf_out64(hw, out, csf_cs_output, status_cmd_ptr, vcsf_cs_pc(cs));
	vcsf_out32(hw, out, csf_cs_output, status_wait,
		   waits ? cs->wait.status : 0);
	vcsf_out32(hw, out, csf_cs_output, status_req_resource,
		   cs->state == VCSF_CS_WAIT_RESOURCE ? cs->wanted :
							cs->resources);
	vcsf_out64(hw, out, csf_cs_output, status_wait_sync_ptr,
		   waits ? cs->wait.addr : 0);
	vcsf_out32(hw, out, csf_cs_output, status_wait_sync_value,
		   waits ? lower_32_bits(cs->wait.value) : 0);
	vcsf_out32(hw, out, csf_cs_output, status_wait_sync_value_hi,
		   waits ? upper_32_bits(cs->wait.value) : 0);
	vcsf_out32(hw, out, csf_cs_output, status_scoreboards, cs->busy);
	vcsf_out32(hw, out, csf_cs_output, status_blocked_reason, reason);
}

/**
 * vcsf_cs_report - write a stream's events to its interface
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_report(struct vcsf_cs *cs)
{
	struct vcsf *hw = cs->hw;
	u32 req, events;

	if (cs->events & CSF_CS_FAULT) {
		vcsf_out32(hw, cs->output, csf_cs_output, fault,
			   cs->fault.word);
		vcsf_out64(hw, cs->output, csf_cs_output, fault_info,
			   cs->fault.info);
	}
	if (cs->events & CSF_CS_FATAL) {
		vcsf_out32(hw, cs->output, csf_cs_output, fatal,
			   cs->fatal.word);
		vcsf_out64(hw, cs->output, csf_cs_output, fatal_info,
			   cs->fatal.info);
	}
	if (cs->events & CSF_CS_TILER_OOM)
		vcsf_heap_publish(cs);
	vcsf_cs_write_status(cs);
	vcsf_cs_publish(cs);

	/* One that is pending already stays pending. */
	req = vcsf_in32(hw, cs->input, csf_cs_input, req);
	events = cs->events & ~(req ^ cs->ack);
	cs->events = 0;
	if (events)
		vcsf_cs_ack(cs, events);
}

/**
 * vcsf_cs_fault - a recoverable error
 * @cs: the stream; it goes on when the host has seen the event, unless it was
 *	hung or at its end before
 * @type: CSF_EXC_*
 * @info: for the fault_info word
 *
 * Context: the engine's thread; takes no lock.
 * Return: VCSF_STEP_STOP.
 */
enum vcsf_step vcsf_cs_fault(struct vcsf_cs *cs, unsigned int type, u64 info)
{
	trace_vcsf_fault(cs, false, type, info);
	cs->error = type;
	cs->fault.word = FIELD_PREP(CSF_CS_EXCEPTION_TYPE, type);
	cs->fault.info = info;
	cs->events |= CSF_CS_FAULT;
	vcsf_csg_raise_cs(cs->csg, cs->id);
	if (cs->state != VCSF_CS_FATAL && cs->state != VCSF_CS_HUNG)
		vcsf_cs_set_state(cs, VCSF_CS_FAULTED);

	return VCSF_STEP_STOP;
}

/**
 * vcsf_cs_fatal - an error that ends the stream
 * @cs: the stream
 * @type: CSF_EXC_*
 * @info: for the fatal_info word
 *
 * Context: the engine's thread; takes no lock.
 * Return: VCSF_STEP_STOP.
 */
enum vcsf_step vcsf_cs_fatal(struct vcsf_cs *cs, unsigned int type, u64 info)
{
	trace_vcsf_fault(cs, true, type, info);
	cs->error = type;
	cs->fatal.word = FIELD_PREP(CSF_CS_EXCEPTION_TYPE, type);
	cs->fatal.info = info;
	cs->events |= CSF_CS_FATAL;
	vcsf_csg_raise_cs(cs->csg, cs->id);
	vcsf_cs_set_state(cs, VCSF_CS_FATAL);

	return VCSF_STEP_STOP;
}

/**
 * vcsf_exception - what an error is reported as
 * @error: result of an access or of a job
 *
 * Return: CSF_EXC_*
 */
unsigned int vcsf_exception(int error)
{
	switch (error) {
	case 0:
		return CSF_EXC_OK;
	case -EINVAL:
		return CSF_EXC_DATA_INVALID_FAULT;
	case -ENOEXEC:
		return CSF_EXC_INSTR_INVALID_ENC;
	case -ENOSPC:
		return CSF_EXC_OOM;
	default:
		return CSF_EXC_CS_BUS_FAULT;
	}
}

/**
 * vcsf_cs_mem_error - an access of a stream did not work
 * @cs: the stream
 * @error: result of the access, not zero
 * @va: its address
 *
 * Context: the engine's thread.
 * Return: VCSF_STEP_RETRY if the access stalls, VCSF_STEP_STOP after a fault.
 */
enum vcsf_step vcsf_cs_mem_error(struct vcsf_cs *cs, int error, u64 va)
{
	if (error == -EAGAIN) {
		vcsf_cs_set_state(cs, VCSF_CS_STALLED);
		return VCSF_STEP_RETRY;
	}

	return vcsf_cs_fault(cs, vcsf_exception(error), va);
}
