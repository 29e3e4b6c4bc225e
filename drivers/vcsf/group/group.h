/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_GROUP_GROUP_H_
#define _VCSF_GROUP_GROUP_H_

/* State of group slots and of the MCU, which the engine and the firmware change */

#include <linux/types.h>

#include <vcsf/csf_image.h>
#include <vcsf/csf_regs.h>

#include "group/stream.h"

struct vcsf;

/**
 * struct vcsf_csg - a command stream group slot
 */
struct vcsf_csg {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @cs: The streams. */
	struct vcsf_cs *cs;
	/** @id: Slot number. */
	u8 id;
	/** @resident: A group was started or resumed on the slot. */
	bool resident;
	/** @priority: 15 is the highest. */
	u8 priority;
	/** @as: Address space of the group. */
	u8 as;
	/** @ready: Streams in VCSF_CS_READY. */
	u32 ready;
	/** @hung: Streams in VCSF_CS_HUNG. */
	u32 hung;
	/** @sync_waiters: Streams in VCSF_CS_WAIT_SYNC. */
	u32 sync_waiters;
	/** @events: CSF_CSG_EVENTS to report to the host. */
	u32 events;
	/** @latched: CSF_CSG_EVENTS that occurred while the same event was pending. */
	u32 latched;
	/** @cs_events: Streams with events to report. */
	u32 cs_events;
	/** @cs_irq_latched: Streams whose events occurred while one was pending. */
	u32 cs_irq_latched;
	/** @idle: The group was idle at the last check. */
	bool idle;
	/** @was_ready: A stream was ready since the last check for idleness. */
	bool was_ready;
	/** @idle_at: Time to report the group as idle, zero if reported. */
	u64 idle_at;
	/** @suspend_buf: MCU address of the suspend buffer. */
	u64 suspend_buf;
	/** @endpoint_req: Endpoints and priority as configured. */
	u32 endpoint_req;
	/** @jobs: Streams with jobs that have cores or wait for cores. */
	u32 jobs;
	/** @loaded: 1 + stream whose compute job is loaded into the slot's context. */
	u8 loaded;
	/** @workgroup: A workgroup of that job is under way. */
	bool workgroup;
	/** @suspending: A suspend waits for the end of that workgroup. */
	bool suspending;
	/** @suspend_tick: End of a tick of the time for which the suspend waits. */
	u64 suspend_tick;
	/** @suspend_ticks: Ticks for which it waits at most. */
	u32 suspend_ticks;
	/** @suspend_stages: Stages that the workgroup has executed since then. */
	u32 suspend_stages;
	/** @starved: Its jobs have no cores because other groups have them. */
	bool starved;
	/** @progress_at: Start of the progress timer, U64_MAX to restart it. */
	u64 progress_at;
	/** @progress_late: The progress timer has expired and was reported. */
	bool progress_late;
	/** @allow: Mask of cores that jobs may use, by unit. */
	u64 allow[VCSF_UNIT_COUNT];
	/** @ack: The ack word in memory. */
	u32 ack;
	/** @doorbell_ack: The doorbell_ack word in memory. */
	u32 doorbell_ack;
	/** @cs_irq_req: The cs_irq_req word in memory. */
	u32 cs_irq_req;
	/** @input: MCU address of the input block. */
	u32 input;
	/** @output: MCU address of the output block. */
	u32 output;
};

/**
 * struct vcsf_mcu - the microcontroller and the state of its firmware
 */
struct vcsf_mcu {
	/** @control: MCU_CONTROL as written. */
	u32 control;
	/** @status: MCU_STATUS. */
	u32 status;
	/** @running: Firmware is up. */
	bool running;
	/** @error: An access failed; nothing works until the MCU is restarted. */
	int error;
	/** @unlocked: A region was unlocked; stalled streams are to be woken. */
	bool unlocked;
	/** @groups: Slots that the firmware uses. */
	unsigned int groups;
	/** @streams: Streams per group that the firmware uses. */
	unsigned int streams;
	/** @ready: Groups with a stream that can run. */
	u32 ready;
	/** @dirty: Groups where a stream changed state. */
	u32 dirty;
	/** @reports: Groups with events to report. */
	u32 reports;
	/** @hung: Groups with a stream that hangs. */
	u32 hung;
	/** @sync_waiters: Groups with a stream that waits for a sync object. */
	u32 sync_waiters;
	/** @sync_wake: Groups that a sync object operation may wake. */
	u32 sync_wake;
	/** @jobs: Groups with jobs that have cores or wait for cores. */
	u32 jobs;
	/** @suspending: Groups with &vcsf_csg.suspending set. */
	u32 suspending;
	/** @eviction_ticks: Ticks for which a suspend waits for a workgroup. */
	u32 eviction_ticks;
	/** @progress_wake: Groups where a progress counter changed. */
	u32 progress_wake;
	/** @jobs_changed: Cores must be assigned again: a job came, went or may continue. */
	bool jobs_changed;
	/** @idle_timers: Groups with &vcsf_csg.idle_at set. */
	u32 idle_timers;
	/** @idle_reported: GLB_IDLE was reported since a group was busy. */
	bool idle_reported;
	/** @sync_wait_changed: A stream began another wait for a sync object. */
	bool sync_wait_changed;
	/** @repoll_at: Time of the next poll of sync objects. */
	u64 repoll_at;
	/** @repoll_ns: Interval between two polls, which grows. */
	u64 repoll_ns;
	/** @idle_ns: Time for which a group must be idle to be reported. */
	u64 idle_ns;
	/** @poweroff_ns: Time without jobs until cores lose power, 0 for never. */
	u64 poweroff_ns;
	/** @core_en_mask: Shader cores that the host allows the firmware to use. */
	u64 core_en_mask;
	/** @progress_ns: Limit of the progress timer, 0 for none. */
	u64 progress_ns;
	/** @glb_input: MCU address of the global input block. */
	u32 glb_input;
	/** @glb_output: MCU address of the global output block. */
	u32 glb_output;
	/** @ack: The global ack word in memory. */
	u32 ack;
	/** @doorbell_ack: The global doorbell_ack word in memory. */
	u32 doorbell_ack;
	/** @doorbell_csgs: Groups that use a doorbell. */
	u32 doorbell_csgs[CSF_DOORBELL_COUNT];
	/** @program: Version and limits from the image in memory. */
	struct csf_mcu_program program;
	/** @csgs: The slots. */
	struct vcsf_csg *csgs;
	/** @streams_all: Streams of all slots. */
	struct vcsf_cs *streams_all;
	/** @suspend: Scratch memory for a stream in a suspend buffer. */
	void *suspend;
};

void vcsf_csg_hold(struct vcsf_csg *csg, bool suspending);
void vcsf_csg_raise(struct vcsf_csg *csg, u32 events);
void vcsf_csg_raise_cs(struct vcsf_csg *csg, unsigned int stream);

#endif /* _VCSF_GROUP_GROUP_H_ */
