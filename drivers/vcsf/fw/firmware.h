/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FW_FIRMWARE_H_
#define _VCSF_FW_FIRMWARE_H_

/* The firmware: answers to requests, and reports of events */

#include <linux/types.h>

struct vcsf;
struct vcsf_cs;
struct vcsf_csg;

/* Ticks of the firmware for which a suspend waits for a workgroup: csg.c */
#define VCSF_EVICTION_TICKS	2

/* The microcontroller: mcu.c, boot.c */
int vcsf_mcu_init(struct vcsf *hw);
void vcsf_mcu_fini(struct vcsf *hw);
void vcsf_mcu_set_status(struct vcsf *hw, u32 status);
void vcsf_mcu_start(struct vcsf *hw);
void vcsf_mcu_stop(struct vcsf *hw, u32 status);
void vcsf_mcu_crash(struct vcsf *hw);

/* Global interface: glb.c */
void vcsf_glb_doorbell(struct vcsf *hw);
void vcsf_glb_inactive(struct vcsf *hw, unsigned long units);

/* Group slots: csg.c */
void vcsf_csg_doorbell(struct vcsf_csg *csg);
void vcsf_csg_user_doorbell(struct vcsf_csg *csg, unsigned int doorbell);
void vcsf_csg_report(struct vcsf_csg *csg);
void vcsf_csg_continue_suspend(struct vcsf_csg *csg);
void vcsf_csg_kill(struct vcsf_csg *csg);

/* Streams: cs.c */
void vcsf_cs_start(struct vcsf_cs *cs, bool resume);
void vcsf_cs_doorbell(struct vcsf_cs *cs);
void vcsf_cs_latch_answers(struct vcsf_cs *cs);
void vcsf_cs_scan_ring(struct vcsf_cs *cs);
void vcsf_cs_write_status(struct vcsf_cs *cs);
void vcsf_cs_report(struct vcsf_cs *cs);

/* Suspend buffers: suspend.c */
void vcsf_csg_save(struct vcsf_csg *csg);
void vcsf_csg_restore(struct vcsf_csg *csg);
u32 vcsf_suspend_base_size(void);
u32 vcsf_suspend_stream_size(void);

/* Streams whose wait may be over: wake.c */
void vcsf_cs_leave_fault(struct vcsf_cs *cs);
void vcsf_csg_wake_sync(struct vcsf_csg *csg);
void vcsf_csg_wake_stalled(struct vcsf_csg *csg);
void vcsf_csg_wake_resource(struct vcsf_csg *csg);
void vcsf_csg_wake_progress(struct vcsf_csg *csg);

/* Idle groups: idle.c */
bool vcsf_csg_is_idle(const struct vcsf_csg *csg);
void vcsf_glb_update_idle(struct vcsf *hw);

/* Acknowledgments and events: ack.c */
bool vcsf_ack_is_lost(struct vcsf *hw, unsigned int kind);
void vcsf_glb_ack(struct vcsf *hw, u32 changed);
void vcsf_glb_event(struct vcsf *hw, u32 event);
void vcsf_csg_ack(struct vcsf_csg *csg, u32 changed);
void vcsf_csg_cs_irq(struct vcsf_csg *csg, unsigned int stream);
void vcsf_cs_ack(struct vcsf_cs *cs, u32 changed);

#endif /* _VCSF_FW_FIRMWARE_H_ */
