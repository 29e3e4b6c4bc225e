/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FIRMWARE_H_
#define _VCSF_FIRMWARE_H_

/* The MCU, its firmware and the group slots */

#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_regs.h>

#include "fw/cs.h"

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
	/** @latched: CSF_CSG_EVENTS that came while the last was pending. */
	u32 latched;
	/** @cs_events: Streams with events to report. */
	u32 cs_events;
	/** @cs_irq_latched: Streams whose events came while one was pending. */
	u32 cs_irq_latched;
	/** @idle: The group was found idle. */
	bool idle;
	/** @stirred: A stream could run since idleness was looked at. */
	bool stirred;
	/** @idle_at: When to report that, zero if done. */
	u64 idle_at;
	/** @suspend_buf: MCU address of the suspend buffer. */
	u64 suspend_buf;
	/** @endpoint_req: Endpoints and priority as configured. */
	u32 endpoint_req;
	/** @jobs: Streams with jobs on cores, or waiting for some. */
	u32 jobs;
	/** @progress_at: When the group last made progress, or got hung. */
	u64 progress_at;
	/** @progress_late: That was too long ago, and was reported. */
	bool progress_late;
	/** @allow: Cores that each unit's jobs may use. */
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

void vcsf_csg_doorbell(struct vcsf_csg *csg);
void vcsf_csg_user_doorbell(struct vcsf_csg *csg, unsigned int doorbell);
void vcsf_csg_wake_sync(struct vcsf_csg *csg);
void vcsf_csg_wake_stalled(struct vcsf_csg *csg);
void vcsf_csg_wake_resource(struct vcsf_csg *csg);
void vcsf_csg_wake_progress(struct vcsf_csg *csg);
void vcsf_csg_raise(struct vcsf_csg *csg, u32 events);
void vcsf_csg_raise_cs(struct vcsf_csg *csg, unsigned int stream);
void vcsf_csg_cs_irq(struct vcsf_csg *csg, unsigned int stream);
void vcsf_csg_report(struct vcsf_csg *csg);
bool vcsf_csg_is_idle(const struct vcsf_csg *csg);
void vcsf_csg_update_idle(struct vcsf_csg *csg, u64 now);
void vcsf_csg_kill(struct vcsf_csg *csg);
void vcsf_csg_save(struct vcsf_csg *csg);
void vcsf_csg_restore(struct vcsf_csg *csg);
u32 vcsf_suspend_base_size(void);
u32 vcsf_suspend_stream_size(void);

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
	/** @unlocked: A region was unlocked while the MCU waited for it. */
	bool unlocked;
	/** @groups: Slots that the firmware uses. */
	unsigned int groups;
	/** @streams: Streams per group that it uses. */
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
	/** @jobs: Groups with jobs on cores, or waiting for some. */
	u32 jobs;
	/** @progress_wake: Groups where a progress counter changed. */
	u32 progress_wake;
	/** @idle_timers: Groups with &vcsf_csg.idle_at set. */
	u32 idle_timers;
	/** @idle_reported: GLB_IDLE was reported since a group was busy. */
	bool idle_reported;
	/** @sync_news: A stream waits for something else than before. */
	bool sync_news;
	/** @repoll_at: When to look at sync objects without a reason. */
	u64 repoll_at;
	/** @repoll_ns: Time between two such looks, grows. */
	u64 repoll_ns;
	/** @idle_ns: Idle time until a group is reported. */
	u64 idle_ns;
	/** @poweroff_ns: Time without jobs until cores lose power, 0 for never. */
	u64 poweroff_ns;
	/** @core_en_mask: Shader cores that the host lets us use. */
	u64 core_en_mask;
	/** @progress_ns: The same for jobs without progress, 0 for never. */
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
	/** @program: What the image in memory says. */
	struct csf_mcu_program program;
	/** @csgs: The slots. */
	struct vcsf_csg *csgs;
	/** @streams_all: Streams of all slots. */
	struct vcsf_cs *streams_all;
	/** @suspend: Scratch memory for a stream in a suspend buffer. */
	void *suspend;
};

int vcsf_mcu_init(struct vcsf *hw);
void vcsf_mcu_fini(struct vcsf *hw);
void vcsf_mcu_start(struct vcsf *hw);
void vcsf_mcu_stop(struct vcsf *hw, u32 status);
void vcsf_mcu_crash(struct vcsf *hw);
bool vcsf_mcu_loses_ack(struct vcsf *hw, unsigned int kind);

/*
 * Memory accesses of the firmware. They wait while the region is locked. After
 * one failed, &vcsf_mcu.error is set, reads give zero and writes do nothing,
 * so that a sequence needs to look only once.
 */
u32 vcsf_mcu_read32(struct vcsf *hw, u64 va);
u64 vcsf_mcu_read64(struct vcsf *hw, u64 va);
void vcsf_mcu_write32(struct vcsf *hw, u64 va, u32 value);
void vcsf_mcu_write64(struct vcsf *hw, u64 va, u64 value);
u32 vcsf_mcu_fetch32(struct vcsf *hw, u64 va);
void vcsf_mcu_copy_in(struct vcsf *hw, void *to, u64 va, size_t size);
void vcsf_mcu_copy_out(struct vcsf *hw, u64 va, const void *from, size_t size);

#define vcsf_in32(hw, block, type, member) \
	vcsf_mcu_read32(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_in64(hw, block, type, member) \
	vcsf_mcu_read64(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_out32(hw, block, type, member, value) \
	vcsf_mcu_write32(hw, (u64)(block) + offsetof(struct type, member), value)
#define vcsf_out64(hw, block, type, member, value) \
	vcsf_mcu_write64(hw, (u64)(block) + offsetof(struct type, member), value)

bool vcsf_glb_boot(struct vcsf *hw);
void vcsf_glb_doorbell(struct vcsf *hw);
void vcsf_glb_event(struct vcsf *hw, u32 event);
void vcsf_glb_update_idle(struct vcsf *hw);
void vcsf_glb_inactive(struct vcsf *hw, unsigned long units);

#endif /* _VCSF_FIRMWARE_H_ */
