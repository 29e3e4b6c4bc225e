// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: stream interface
 *
 * The firmware's part of a command stream: it takes the configuration from the
 * stream's input block when the stream starts, reads the ring's insert position
 * at doorbells, acknowledges requests, and writes status words and events to
 * the output block. The instructions are executed elsewhere (isa/);
 * group/stream.c keeps the stream's state.
 *
 * A stream exists as long as the GPU; start, stop, suspend and resume only
 * change its state. vcsf_cs_start() starts a stream after a reset, or continues
 * a stream restored from a suspend buffer. Configuration and ring positions
 * come from the host and are validated: an invalid ring is a CS_CONFIG_FAULT,
 * which is fatal for the stream.
 *
 * Events (fault, fatal, tiler out-of-memory) are noted in &vcsf_cs.events when
 * they occur, and vcsf_cs_report() writes their words before it inverts the
 * bits of the ack word. An event that the host has not acknowledged yet stays
 * pending and is not reported again. Requests and the acknowledgments of events
 * are read when the host rings the stream's doorbell bit, and once more before
 * the group is saved.
 *
 * All functions run in the engine. They may wait for a locked region of the
 * MCU's address space, so no spinlock is held when they are called, except by
 * the interrupts that act for the thread, which exclude this case beforehand.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "cores/heap.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "trace/trace.h"

#define VCSF_RING_ALIGN		64

/* Acknowledge the requests; the host is interrupted if it has asked for that. */
static void vcsf_cs_ack_requests(struct vcsf_cs *cs)
{
	u32 changed = (cs->req ^ cs->ack) & CSF_CS_REQUESTS;
	struct vcsf *hw = cs->hw;

	if (!changed)
		return;
	trace_vcsf_request(hw, VCSF_TRACE_CS, cs->csg->id, cs->id, changed,
			   cs->req);
	if (!vcsf_ack_is_lost(hw, VCSF_INJECT_ACK_CS))
		vcsf_cs_ack(cs, changed);
}

static void vcsf_cs_set_doorbell(struct vcsf_cs *cs, unsigned int doorbell)
{
	if (doorbell == CSF_DOORBELL_GLOBAL || doorbell >= CSF_DOORBELL_COUNT)
		return;
	cs->doorbell = doorbell;
	cs->hw->mcu->doorbell_csgs[doorbell] |= BIT(cs->csg->id);
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
	       cs->csg->as && cs->csg->as < hw->mmu->count;
}

/**
 * vcsf_cs_start - start or continue a stream if the host requests it
 * @cs: the stream, reset or restored
 * @resume: true if it was restored
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

		/* A restored stream must not continue in a wrong address space. */
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
	/* It checks again what it waited for, except an answer of the host. */
	memset(&cs->wait, 0, sizeof(cs->wait));
	if (cs->state != VCSF_CS_HUNG && cs->state != VCSF_CS_FAULTED)
		vcsf_cs_set_state(cs, VCSF_CS_READY);
	vcsf_cs_scan_ring(cs);
}

/*
 * A host may count a job's part of the ring as free as soon as the job signals,
 * before the stream has consumed the commands behind the signal. That job lies
 * before the previous insert position, and no job is larger than the ring.
 */
static bool vcsf_ring_insert_valid(const struct vcsf_frame *ring, u64 insert)
{
	u64 size = ring->mask + 1;
	u64 unread = min(ring->end - ring->pc, size);

	return insert - ring->pc <= size + unread &&
	       !((insert | ring->pc) % CSF_CS_INSTR_SIZE);
}

/**
 * vcsf_cs_scan_ring - read the insert position of the ring
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
	if (!vcsf_ring_insert_valid(ring, insert)) {
		vcsf_cs_fatal(cs, CSF_EXC_CS_CONFIG_FAULT, insert);
		return;
	}
	ring->end = insert;
	/* The commands that are still to run may be more than the ring's size, see above. */
	ring->start = min(ring->pc, insert - min(insert, ring->mask + 1));
	if (cs->state == VCSF_CS_EMPTY && ring->pc != insert)
		vcsf_cs_set_state(cs, VCSF_CS_READY);
}

/**
 * vcsf_cs_doorbell - answer the stream's bit in the doorbell word of its group
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
	vcsf_oom_answer(cs);
	vcsf_cs_scan_ring(cs);
}

/**
 * vcsf_cs_latch_answers - read the host's answers before a stream is saved
 * @cs: the stream
 *
 * The host may have acknowledged an event without having rung yet, or the
 * request to suspend the group is answered first. The interface is not read
 * again for the stream after it is saved, so a chunk for the tiler would be
 * lost.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_latch_answers(struct vcsf_cs *cs)
{
	if (cs->state == VCSF_CS_STOPPED || cs->state == VCSF_CS_FATAL)
		return;
	cs->req = vcsf_in32(cs->hw, cs->input, csf_cs_input, req);
	vcsf_cs_leave_fault(cs);
	vcsf_oom_answer(cs);
}

static u32 vcsf_cs_blocked_reason(const struct vcsf_cs *cs)
{
	switch (cs->state) {
	case VCSF_CS_WAIT_SB:
		/* An instruction found no room for a deferred operation. */
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
 * vcsf_cs_write_status - write the status words to the interface
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

/* Write the words of an out-of-memory event. */
static void vcsf_cs_write_oom(struct vcsf_cs *cs)
{
	struct vcsf *hw = cs->hw;
	u32 out = cs->output;

	vcsf_out64(hw, out, csf_cs_output, heap_address, cs->oom.heap);
	vcsf_out32(hw, out, csf_cs_output, heap_vt_start, cs->oom.vt_start);
	vcsf_out32(hw, out, csf_cs_output, heap_vt_end, cs->oom.vt_end);
	vcsf_out32(hw, out, csf_cs_output, heap_frag_end, cs->oom.frag_end);
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
		vcsf_cs_write_oom(cs);
	vcsf_cs_write_status(cs);
	vcsf_cs_publish(cs);

	/* An event that is pending stays pending. */
	req = vcsf_in32(hw, cs->input, csf_cs_input, req);
	events = cs->events & ~(req ^ cs->ack);
	cs->events = 0;
	if (events)
		vcsf_cs_ack(cs, events);
}
