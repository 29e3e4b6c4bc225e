// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: group slots
 *
 * The firmware's part of a command stream group slot. The host starts, resumes,
 * suspends and terminates a group by the state field of the slot's request
 * word, configures its endpoints and priority, and requests status updates.
 * Requests are answered when the global doorbell rings with the slot's bit in
 * the global doorbell word; the slot's own doorbell word then names the streams
 * with requests.
 *
 * A slot (&struct vcsf_csg) exists as long as the GPU. While a group is on it,
 * the slot is resident. vcsf_csg_run() puts a group on a slot, from a suspend
 * buffer if it resumes; vcsf_csg_kill() takes it off and touches no memory, so
 * that it also works when the firmware stops. vcsf_csg_suspend() first reads
 * the host's latest answers, accounts for work on cores, writes status and
 * pending events, and saves the streams (suspend.c).
 *
 * A workgroup of a shader cannot be saved. If one is under way, the suspend is
 * pending until it ends: the group is held (vcsf_csg_hold()), and the engine
 * calls vcsf_csg_continue_suspend(). A workgroup that takes longer than
 * %VCSF_EVICTION_TICKS times %VCSF_EVICTION_NS is dropped, and its stream gets
 * a fatal error. If it has had few stages by then, because other groups took
 * the time, it has one tick more.
 *
 * The firmware reports an event of a group by inverting its bit in the ack
 * word. While the event is pending, the firmware latches the same event. The
 * host rings the doorbell after it has dealt with an event, and latched events
 * are reported then (see vcsf_csg_report_events()). doorbell_ack is written
 * before the requests are read, so that the host can tell whether a request
 * needs another ring; both orders pair with full barriers of the host.
 *
 * All functions run in the engine, which owns the slots; there is no lock. They
 * may wait for a locked region unless their description says otherwise.
 */

#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/preempt.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "regs/clock.h"
#include "trace/trace.h"

/*
 * A suspend waits 50 ms for a workgroup, in %VCSF_EVICTION_TICKS ticks, and 75 ms if
 * the workgroup has not had its stages. A tick is longer if the engine gets no CPU,
 * which then costs the workgroup no more than that tick. The kernel's panthor resets
 * the GPU after 100 ms, vpanthor after 1 s: with more ticks, pauses of the engine in
 * each of them would take longer than that.
 */
#define VCSF_EVICTION_NS	(25 * NSEC_PER_MSEC)
#define VCSF_EVICTION_EXTRA	1
#define VCSF_EVICTION_STAGES	32

/*
 * An event cannot be reported again before the host has acknowledged the
 * previous one. The host may have acknowledged that one, and checked its state,
 * just before this event occurred. The event is therefore latched until the
 * host rings, which it does after it has dealt with an event.
 */
static void vcsf_csg_report_events(struct vcsf_csg *csg)
{
	u32 req, pending;

	if (!csg->events)
		return;

	/* Pairs with the host's barrier between acknowledging and checking. */
	smp_mb();
	req = vcsf_in32(csg->hw, csg->input, csf_csg_input, req);
	pending = (req ^ csg->ack) & csg->events;
	csg->latched |= pending;
	if (csg->events & ~pending)
		vcsf_csg_ack(csg, csg->events & ~pending);
	csg->events = 0;
}

/**
 * vcsf_csg_report - write events to the interface and raise the interrupt
 * @csg: the slot
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_report(struct vcsf_csg *csg)
{
	unsigned long streams = csg->cs_events;
	unsigned int i;

	csg->cs_events = 0;
	for_each_set_bit(i, &streams, csg->hw->mcu->streams)
		vcsf_cs_report(&csg->cs[i]);
	vcsf_csg_report_events(csg);
}

/**
 * vcsf_csg_kill - take a group off its slot without saving it
 * @csg: the slot
 *
 * Context: the engine's thread; accesses no memory of the interface.
 */
void vcsf_csg_kill(struct vcsf_csg *csg)
{
	struct vcsf_mcu *mcu = csg->hw->mcu;
	unsigned int i;

	for (i = 0; i < mcu->streams; i++) {
		vcsf_cs_set_state(&csg->cs[i], VCSF_CS_STOPPED);
		csg->cs[i].doorbell = 0;
		/* Later answers of the host must have no effect. */
		csg->cs[i].oom.state = VCSF_OOM_NONE;
		vcsf_jobs_drop(&csg->cs[i]);
	}
	for (i = 0; i < CSF_DOORBELL_COUNT; i++)
		mcu->doorbell_csgs[i] &= ~BIT(csg->id);
	mcu->idle_timers &= ~BIT(csg->id);
	vcsf_csg_hold(csg, false);
	csg->resident = false;
	csg->idle = false;
	csg->was_ready = false;
	csg->idle_at = 0;
	csg->events = 0;
	csg->latched = 0;
	csg->cs_events = 0;
	csg->cs_irq_latched = 0;
}

static void vcsf_csg_run(struct vcsf_csg *csg, bool resume)
{
	struct vcsf *hw = csg->hw;
	unsigned int i;

	vcsf_csg_kill(csg);
	csg->as = FIELD_GET(CSF_CSG_CONFIG_AS,
			    vcsf_in32(hw, csg->input, csf_csg_input, config));
	csg->suspend_buf = vcsf_in64(hw, csg->input, csf_csg_input,
				     suspend_buf);
	csg->resident = true;
	hw->mcu->dirty |= BIT(csg->id);
	hw->mcu->idle_reported = false;
	vcsf_out32(hw, csg->output, csf_csg_output, status_state, 0);

	for (i = 0; i < hw->mcu->streams; i++)
		vcsf_cs_reset(&csg->cs[i]);
	if (resume)
		vcsf_csg_restore(csg);
	for (i = 0; i < hw->mcu->streams; i++)
		vcsf_cs_start(&csg->cs[i], resume);
}

/* Resources that streams have acquired, and those of jobs that go on after a release */
static u8 vcsf_csg_resources(struct vcsf_csg *csg)
{
	struct vcsf_cs *cs;
	unsigned int i;
	u8 held = 0;

	for (i = 0; i < csg->hw->mcu->streams; i++) {
		cs = &csg->cs[i];
		held |= cs->resources;
		if (vcsf_jobs_head(cs, VCSF_UNIT_COMPUTE))
			held |= CSF_RESOURCE_COMPUTE;
		if (vcsf_jobs_head(cs, VCSF_UNIT_FRAGMENT))
			held |= CSF_RESOURCE_FRAGMENT;
		if (vcsf_jobs_head(cs, VCSF_UNIT_TILER))
			held |= CSF_RESOURCE_TILER;
	}
	return held;
}

/* Endpoints that the group has: only those that it uses count. */
static u32 vcsf_csg_endpoints(struct vcsf_csg *csg)
{
	u32 endpoints = csg->endpoint_req & CSF_CSG_EP_PRIORITY;
	u8 held = vcsf_csg_resources(csg);

	if (held & CSF_RESOURCE_COMPUTE)
		endpoints |= FIELD_PREP(CSF_CSG_EP_COMPUTE,
			vcsf_cores_current(csg, VCSF_UNIT_COMPUTE));
	if (held & CSF_RESOURCE_FRAGMENT)
		endpoints |= FIELD_PREP(CSF_CSG_EP_FRAGMENT,
			vcsf_cores_current(csg, VCSF_UNIT_FRAGMENT));
	if (held & (CSF_RESOURCE_TILER | CSF_RESOURCE_IDVS))
		endpoints |= FIELD_PREP(CSF_CSG_EP_TILER,
			vcsf_cores_current(csg, VCSF_UNIT_TILER));

	return endpoints;
}

static void vcsf_csg_write_endpoints(struct vcsf_csg *csg)
{
	struct vcsf *hw = csg->hw;
	u32 waiting = 0;
	unsigned int i;

	for (i = 0; i < hw->mcu->streams; i++)
		if (csg->cs[i].state == VCSF_CS_WAIT_RESOURCE)
			waiting |= BIT(i);
	vcsf_out32(hw, csg->output, csf_csg_output, status_ep_req,
		   csg->endpoint_req);
	vcsf_out32(hw, csg->output, csf_csg_output, status_ep_current,
		   vcsf_csg_endpoints(csg));
	vcsf_out32(hw, csg->output, csf_csg_output, resource_dep, waiting);
}

static void vcsf_csg_write_status(struct vcsf_csg *csg)
{
	struct vcsf *hw = csg->hw;
	unsigned int i;

	for (i = 0; i < hw->mcu->streams; i++) {
		vcsf_cs_publish(&csg->cs[i]);
		vcsf_cs_write_status(&csg->cs[i]);
	}
	vcsf_csg_write_endpoints(csg);
	vcsf_out32(hw, csg->output, csf_csg_output, status_state,
		   vcsf_csg_is_idle(csg) ? CSF_CSG_STATUS_IDLE : 0);
}

static void vcsf_csg_suspend(struct vcsf_csg *csg)
{
	unsigned int i;

	if (!csg->resident)
		return;
	for (i = 0; i < csg->hw->mcu->streams; i++)
		vcsf_cs_latch_answers(&csg->cs[i]);
	vcsf_cores_settle(csg->hw);
	vcsf_csg_write_status(csg);
	vcsf_csg_report(csg);
	vcsf_csg_save(csg);
	vcsf_csg_kill(csg);
}

/*
 * Suspend a group, or begin to wait for its workgroup. Return: true if it is
 * suspended.
 */
static bool vcsf_csg_try_suspend(struct vcsf_csg *csg)
{
	if (!csg->workgroup) {
		vcsf_csg_suspend(csg);
		return true;
	}
	if (!csg->suspending) {
		csg->suspend_tick = vcsf_clock_ns(csg->hw) + VCSF_EVICTION_NS;
		csg->suspend_ticks = csg->hw->mcu->eviction_ticks +
				     VCSF_EVICTION_EXTRA;
		csg->suspend_stages = 0;
		vcsf_csg_hold(csg, true);
	}

	return false;
}

/* Return: true if the request has been executed. */
static bool vcsf_csg_set_state(struct vcsf_csg *csg, u32 state)
{
	if (state == CSF_CSG_STATE_SUSPEND) {
		if (!vcsf_csg_try_suspend(csg))
			return false;
	} else if (csg->suspending) {
		vcsf_csg_hold(csg, false);
	}
	switch (state) {
	case CSF_CSG_STATE_TERMINATE:
		vcsf_csg_kill(csg);
		break;
	case CSF_CSG_STATE_START:
	case CSF_CSG_STATE_RESUME:
		if (!csg->resident)
			vcsf_csg_run(csg, state == CSF_CSG_STATE_RESUME);
		break;
	}
	trace_vcsf_slot(csg, state);

	return true;
}

static void vcsf_csg_configure(struct vcsf_csg *csg)
{
	struct vcsf *hw = csg->hw;

	csg->endpoint_req = vcsf_in32(hw, csg->input, csf_csg_input,
				      endpoint_req);
	csg->allow[VCSF_UNIT_COMPUTE] =
		vcsf_in64(hw, csg->input, csf_csg_input, allow_compute);
	csg->allow[VCSF_UNIT_FRAGMENT] =
		vcsf_in64(hw, csg->input, csf_csg_input, allow_fragment);
	csg->allow[VCSF_UNIT_TILER] =
		vcsf_in32(hw, csg->input, csf_csg_input, allow_other);
	hw->mcu->jobs_changed = true;
	csg->priority = FIELD_GET(CSF_CSG_EP_PRIORITY, csg->endpoint_req);
	vcsf_csg_write_endpoints(csg);
}

static void vcsf_csg_requests(struct vcsf_csg *csg)
{
	u32 req = vcsf_in32(csg->hw, csg->input, csf_csg_input, req);
	u32 changed = (req ^ csg->ack) & CSF_CSG_REQUESTS;
	u32 state = FIELD_GET(CSF_CSG_STATE, req);
	unsigned int kind;

	if (changed)
		trace_vcsf_request(csg->hw, VCSF_TRACE_CSG, csg->id, 0,
				   changed, req);
	if (changed & CSF_CSG_EP_CFG)
		vcsf_csg_configure(csg);
	if (state > CSF_CSG_STATE_RESUME)
		changed &= ~CSF_CSG_STATE;
	else if (changed & CSF_CSG_STATE && !vcsf_csg_set_state(csg, state))
		changed &= ~CSF_CSG_STATE;
	/* A suspend has written the status before it stopped the streams. */
	if (changed & CSF_CSG_STATUS_UPDATE && csg->resident)
		vcsf_csg_write_status(csg);
	kind = changed & CSF_CSG_STATE ? VCSF_INJECT_ACK_STATE :
					 VCSF_INJECT_ACK_CSG;
	if (changed && !vcsf_ack_is_lost(csg->hw, kind))
		vcsf_csg_ack(csg, changed);
}

/* Return: true if the workgroup has not ended in time, and has had its stages. */
static bool vcsf_csg_is_overdue(struct vcsf_csg *csg)
{
	u64 now = vcsf_clock_ns(csg->hw);

	/* The watchdog's interrupt executes next to nothing of the workgroup. */
	if (now < csg->suspend_tick || in_hardirq())
		return false;
	csg->suspend_tick = now + VCSF_EVICTION_NS;
	csg->suspend_ticks--;

	return !csg->suspend_ticks ||
	       (csg->suspend_ticks <= VCSF_EVICTION_EXTRA &&
		csg->suspend_stages >= VCSF_EVICTION_STAGES);
}

/* The workgroup has not ended in time: its stream can not continue. */
static void vcsf_csg_evict(struct vcsf_csg *csg)
{
	struct vcsf_cs *cs = &csg->cs[csg->loaded - 1];

	vcsf_jobs_drop(cs);
	vcsf_cs_fatal(cs, CSF_EXC_RES_EVICTION_TIMEOUT, vcsf_cs_pc(cs));
}

/**
 * vcsf_csg_continue_suspend - suspend a group whose workgroup has ended
 * @csg: the slot, whose suspend is pending
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_continue_suspend(struct vcsf_csg *csg)
{
	u32 req, changed;

	if (csg->workgroup && !vcsf_csg_is_overdue(csg))
		return;
	req = vcsf_in32(csg->hw, csg->input, csf_csg_input, req);
	if (FIELD_GET(CSF_CSG_STATE, req) != CSF_CSG_STATE_SUSPEND) {
		/* The host has changed its mind; it rings for the new request. */
		vcsf_csg_hold(csg, false);
		return;
	}
	if (csg->workgroup)
		vcsf_csg_evict(csg);
	vcsf_csg_suspend(csg);
	trace_vcsf_slot(csg, CSF_CSG_STATE_SUSPEND);
	changed = (csg->ack ^ req) & CSF_CSG_STATE;
	if (changed && !vcsf_ack_is_lost(csg->hw, VCSF_INJECT_ACK_STATE))
		vcsf_csg_ack(csg, changed);
}

static void vcsf_csg_stream_doorbells(struct vcsf_csg *csg)
{
	struct vcsf *hw = csg->hw;
	u32 doorbell = vcsf_in32(hw, csg->input, csf_csg_input, doorbell_req);
	unsigned long streams = doorbell ^ csg->doorbell_ack;
	unsigned int i;

	if (!streams)
		return;

	csg->doorbell_ack = doorbell;
	vcsf_out32(hw, csg->output, csf_csg_output, doorbell_ack, doorbell);
	smp_mb();	/* as in vcsf_glb_doorbell() */
	for_each_set_bit(i, &streams, hw->mcu->streams)
		vcsf_cs_doorbell(&csg->cs[i]);
}

/* The host has rung, so it has seen the pending events: report the latched ones. */
static void vcsf_csg_unlatch(struct vcsf_csg *csg)
{
	unsigned long streams = csg->cs_irq_latched;
	unsigned int i;

	csg->cs_irq_latched = 0;
	for_each_set_bit(i, &streams, csg->hw->mcu->streams)
		vcsf_csg_cs_irq(csg, i);
	if (csg->latched)
		vcsf_csg_raise(csg, csg->latched);
	csg->latched = 0;
}

/**
 * vcsf_csg_doorbell - answer the global doorbell for a group slot
 * @csg: the slot
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_doorbell(struct vcsf_csg *csg)
{
	vcsf_csg_unlatch(csg);
	vcsf_csg_requests(csg);
	vcsf_csg_stream_doorbells(csg);
	if (csg->resident)
		vcsf_csg_wake_sync(csg);
}

/**
 * vcsf_csg_user_doorbell - answer a doorbell of a group's streams
 * @csg: the slot
 * @doorbell: number of the doorbell
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_user_doorbell(struct vcsf_csg *csg, unsigned int doorbell)
{
	unsigned int i;

	for (i = 0; i < csg->hw->mcu->streams; i++)
		if (csg->cs[i].doorbell == doorbell)
			vcsf_cs_scan_ring(&csg->cs[i]);
	vcsf_csg_wake_sync(csg);
}
