/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_FW_H_
#define _CSF_FW_H_

/**
 * DOC: Firmware interface of a Mali CSF GPU
 *
 * Blocks in shared memory through which a driver and the firmware communicate. The
 * layout is that of the kernel's panthor driver (panthor_fw.h). The image that
 * contains the firmware is described in csf_image.h.
 *
 * The firmware fills the control blocks at the start of the shared section. They
 * hold the MCU addresses of the input blocks (written by the host only) and output
 * blocks (written by the firmware only) of the global interface, of each command
 * stream group slot (CSG) and of each command stream (CS).
 *
 * Requests: the host changes bits of an input block's req word and rings the global
 * doorbell. The firmware copies each bit to ack when the request is done. For CSG
 * and CS, the firmware examines the blocks whose bit differs between doorbell_req and
 * doorbell_ack one level above.
 *
 * Events: the firmware inverts a bit of ack, the host copies it to req. An event is
 * pending as long as the two differ.
 *
 * All structures are little-endian and naturally aligned.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <vcsf/csf_image.h>

#define CSF_FW_ASSERT_OFFSET(type, member, offset) \
	static_assert(offsetof(type, member) == (offset), \
		       #type "." #member)

/* --- Global interface (GLB) ------------------------------------------------- */

#define CSF_GLB_VERSION_MAJOR			GENMASK(31, 24)
#define CSF_GLB_VERSION_MINOR			GENMASK(23, 16)
#define CSF_GLB_VERSION_PATCH			GENMASK(15, 0)
#define CSF_GLB_GROUP_MIN			3
#define CSF_GLB_GROUP_MAX			31
#define CSF_CSG_STREAM_MIN			8
#define CSF_CSG_STREAM_MAX			32

/**
 * struct csf_glb_control - global capabilities, at the start of the shared section
 * @version: interface version, zero until the firmware has started
 * @features: optional features, none on G610
 * @input_va: MCU address of &struct csf_glb_input
 * @output_va: MCU address of &struct csf_glb_output
 * @group_num: number of CSG slots
 * @group_stride: bytes between the control blocks of two groups
 * @perfcnt_size: size of performance counter buffers
 * @instr_features: instrumentation features, since interface 1.1
 */
struct csf_glb_control {
	__u32 version;
	__u32 features;
	__u32 input_va;
	__u32 output_va;
	__u32 group_num;
	__u32 group_stride;
	__u32 perfcnt_size;
	__u32 instr_features;
};

/* Offset of the first group's control block in the shared section */
#define CSF_GLB_GROUP_CONTROL_OFFSET		0x1000

/* GLB req/ack: requests */
#define CSF_GLB_HALT				BIT(0)
#define CSF_GLB_CFG_PROGRESS_TIMER		BIT(1)
#define CSF_GLB_CFG_ALLOC_EN			BIT(2)
#define CSF_GLB_CFG_POWEROFF_TIMER		BIT(3)
#define CSF_GLB_PROTM_ENTER			BIT(4)
#define CSF_GLB_PERFCNT_EN			BIT(5)
#define CSF_GLB_PERFCNT_SAMPLE			BIT(6)
#define CSF_GLB_COUNTER_EN			BIT(7)
#define CSF_GLB_PING				BIT(8)
#define CSF_GLB_FWCFG_UPDATE			BIT(9)
#define CSF_GLB_IDLE_EN				BIT(10)
#define CSF_GLB_SLEEP				BIT(12)
/* GLB req/ack: events */
#define CSF_GLB_INACTIVE_COMPUTE		BIT(20)
#define CSF_GLB_INACTIVE_FRAGMENT		BIT(21)
#define CSF_GLB_INACTIVE_TILER			BIT(22)
#define CSF_GLB_PROTM_EXIT			BIT(23)
#define CSF_GLB_PERFCNT_THRESHOLD		BIT(24)
#define CSF_GLB_PERFCNT_OVERFLOW		BIT(25)
#define CSF_GLB_IDLE				BIT(26)
#define CSF_GLB_EVENTS				GENMASK(26, 20)
#define CSF_GLB_REQUESTS			GENMASK(12, 0)

/* progress_timer counts in units of 1024 cycles. */
#define CSF_GLB_PROGRESS_TIMER_SHIFT		10
#define CSF_GLB_TIMER_VALUE			GENMASK(30, 0)
#define CSF_GLB_TIMER_SOURCE_GPU_COUNTER	BIT(31)

/**
 * struct csf_glb_input - global requests, written by the host
 * @req: request bits
 * @ack_irq_mask: bits of ack whose changes raise the global interrupt
 * @doorbell_req: one bit per CSG, inverted to make the firmware examine it
 * @rsvd_0c: not used
 * @progress_timer: cycles without progress until an event, in units of 1024
 * @poweroff_timer: idle time until shader cores are powered off
 * @core_en_mask: shader cores that may be used
 * @rsvd_20: not used
 * @perfcnt_as: address space of the performance counter buffers
 * @perfcnt_base: address of the performance counter buffers
 * @perfcnt_extract: number of buffers read so far
 * @rsvd_34: not used
 * @perfcnt_config: sample period and counter set
 * @perfcnt_csg_select: groups to count
 * @perfcnt_fw_en: enabled firmware counters
 * @perfcnt_csg_en: enabled group counters
 * @perfcnt_csf_en: enabled front end counters
 * @perfcnt_shader_en: enabled shader core counters
 * @perfcnt_tiler_en: enabled tiler counters
 * @perfcnt_mmu_l2_en: enabled MMU and L2 counters
 * @rsvd_60: not used
 * @idle_timer: idle time until an idle event
 */
struct csf_glb_input {
	__u32 req;
	__u32 ack_irq_mask;
	__u32 doorbell_req;
	__u32 rsvd_0c;
	__u32 progress_timer;
	__u32 poweroff_timer;
	__u64 core_en_mask;
	__u32 rsvd_20;
	__u32 perfcnt_as;
	__u64 perfcnt_base;
	__u32 perfcnt_extract;
	__u32 rsvd_34[3];
	__u32 perfcnt_config;
	__u32 perfcnt_csg_select;
	__u32 perfcnt_fw_en;
	__u32 perfcnt_csg_en;
	__u32 perfcnt_csf_en;
	__u32 perfcnt_shader_en;
	__u32 perfcnt_tiler_en;
	__u32 perfcnt_mmu_l2_en;
	__u32 rsvd_60[8];
	__u32 idle_timer;
};

CSF_FW_ASSERT_OFFSET(struct csf_glb_input, core_en_mask, 0x18);
CSF_FW_ASSERT_OFFSET(struct csf_glb_input, perfcnt_base, 0x28);
CSF_FW_ASSERT_OFFSET(struct csf_glb_input, perfcnt_config, 0x40);
CSF_FW_ASSERT_OFFSET(struct csf_glb_input, perfcnt_mmu_l2_en, 0x5c);
CSF_FW_ASSERT_OFFSET(struct csf_glb_input, idle_timer, 0x80);

#define CSF_HALT_STATUS_OK			0x00
#define CSF_HALT_STATUS_PANIC			0x4e
#define CSF_HALT_STATUS_WATCHDOG		0x4f

/**
 * struct csf_glb_output - global acknowledgments, written by the firmware
 * @ack: acknowledged request bits, and event bits
 * @rsvd_04: not used
 * @doorbell_ack: doorbell_req bits that the firmware has seen
 * @rsvd_0c: not used
 * @halt_status: reason for a halt of the MCU, zero for a requested one
 * @perfcnt_status: errors of the performance counters
 * @perfcnt_insert: number of buffers written so far
 */
struct csf_glb_output {
	__u32 ack;
	__u32 rsvd_04;
	__u32 doorbell_ack;
	__u32 rsvd_0c;
	__u32 halt_status;
	__u32 perfcnt_status;
	__u32 perfcnt_insert;
};

CSF_FW_ASSERT_OFFSET(struct csf_glb_output, halt_status, 0x10);
CSF_FW_ASSERT_OFFSET(struct csf_glb_output, perfcnt_insert, 0x18);

/* --- Command stream group interface (CSG) ------------------------------------ */

/**
 * struct csf_csg_control - capabilities of a CSG slot
 * @features: optional features
 * @input_va: MCU address of &struct csf_csg_input
 * @output_va: MCU address of &struct csf_csg_output
 * @suspend_size: size of a suspend buffer in bytes
 * @protm_suspend_size: size of a suspend buffer for protected mode in bytes
 * @stream_num: number of streams
 * @stream_stride: bytes between the control blocks of two streams
 */
struct csf_csg_control {
	__u32 features;
	__u32 input_va;
	__u32 output_va;
	__u32 suspend_size;
	__u32 protm_suspend_size;
	__u32 stream_num;
	__u32 stream_stride;
};

/* Offset of the first stream's control block in the group's control block */
#define CSF_CSG_STREAM_CONTROL_OFFSET		0x40

/* CSG req/ack */
#define CSF_CSG_STATE				GENMASK(2, 0)
#define   CSF_CSG_STATE_TERMINATE		0
#define   CSF_CSG_STATE_START			1
#define   CSF_CSG_STATE_SUSPEND			2
#define   CSF_CSG_STATE_RESUME			3
#define CSF_CSG_EP_CFG				BIT(4)
#define CSF_CSG_STATUS_UPDATE			BIT(5)
#define CSF_CSG_REQUESTS \
	(CSF_CSG_STATE | CSF_CSG_EP_CFG | CSF_CSG_STATUS_UPDATE)
#define CSF_CSG_SYNC_UPDATE			BIT(28)
#define CSF_CSG_IDLE				BIT(29)
#define CSF_CSG_DOORBELL			BIT(30)
#define CSF_CSG_PROGRESS_TIMER			BIT(31)
#define CSF_CSG_EVENTS				GENMASK(31, 28)

/* CSG endpoint_req */
#define CSF_CSG_EP_COMPUTE			GENMASK(7, 0)
#define CSF_CSG_EP_FRAGMENT			GENMASK(15, 8)
#define CSF_CSG_EP_TILER			GENMASK(19, 16)
#define CSF_CSG_EP_EXCLUSIVE_COMPUTE		BIT(20)
#define CSF_CSG_EP_EXCLUSIVE_FRAGMENT		BIT(21)
#define CSF_CSG_EP_PRIORITY			GENMASK(31, 28)	/* 15 is the highest */

/* CSG config: the group's address space */
#define CSF_CSG_CONFIG_AS			GENMASK(3, 0)

/* CSG status_state */
#define CSF_CSG_STATUS_IDLE			BIT(0)

/**
 * struct csf_csg_input - requests to a CSG slot, written by the host
 * @req: request bits
 * @ack_irq_mask: bits of ack whose changes raise the slot's interrupt
 * @doorbell_req: one bit per CS, inverted to make the firmware examine it
 * @cs_irq_ack: CS events that the host has seen
 * @rsvd_10: not used
 * @allow_compute: shader cores for compute work
 * @allow_fragment: shader cores for fragment work
 * @allow_other: tilers
 * @endpoint_req: number of endpoints, and priority
 * @endpoint_req2: the same, since interface 4.0
 * @suspend_buf: MCU address of the suspend buffer
 * @protm_suspend_buf: MCU address of the suspend buffer for protected mode
 * @config: address space
 * @trace_config: instruction trace
 */
struct csf_csg_input {
	__u32 req;
	__u32 ack_irq_mask;
	__u32 doorbell_req;
	__u32 cs_irq_ack;
	__u32 rsvd_10[4];
	__u64 allow_compute;
	__u64 allow_fragment;
	__u32 allow_other;
	__u32 endpoint_req;
	__u64 endpoint_req2;
	__u64 suspend_buf;
	__u64 protm_suspend_buf;
	__u32 config;
	__u32 trace_config;
};

CSF_FW_ASSERT_OFFSET(struct csf_csg_input, allow_compute, 0x20);
CSF_FW_ASSERT_OFFSET(struct csf_csg_input, endpoint_req, 0x34);
CSF_FW_ASSERT_OFFSET(struct csf_csg_input, suspend_buf, 0x40);
CSF_FW_ASSERT_OFFSET(struct csf_csg_input, config, 0x50);

/**
 * struct csf_csg_output - state of a CSG slot, written by the firmware
 * @ack: acknowledged request bits, and event bits
 * @rsvd_04: not used
 * @doorbell_ack: doorbell_req bits that the firmware has seen
 * @cs_irq_req: CS events, pending where it differs from cs_irq_ack
 * @status_ep_current: endpoints that the group has
 * @status_ep_req: endpoints that the group requests
 * @status_state: CSF_CSG_STATUS bits
 * @resource_dep: streams that wait for resources of another one
 */
struct csf_csg_output {
	__u32 ack;
	__u32 rsvd_04;
	__u32 doorbell_ack;
	__u32 cs_irq_req;
	__u32 status_ep_current;
	__u32 status_ep_req;
	__u32 status_state;
	__u32 resource_dep;
};

CSF_FW_ASSERT_OFFSET(struct csf_csg_output, status_state, 0x18);

/* --- Command stream interface (CS) ------------------------------------------- */

/**
 * struct csf_cs_control - capabilities of a stream
 * @features: CSF_CS_FEATURES fields
 * @input_va: MCU address of &struct csf_cs_input
 * @output_va: MCU address of &struct csf_cs_output
 * @rsvd_0c: not used
 */
struct csf_cs_control {
	__u32 features;
	__u32 input_va;
	__u32 output_va;
	__u32 rsvd_0c;
};

#define CSF_CS_FEATURES_REGS_MINUS_1		GENMASK(7, 0)
#define CSF_CS_FEATURES_SCOREBOARDS		GENMASK(15, 8)
#define CSF_CS_FEATURES_COMPUTE			BIT(16)
#define CSF_CS_FEATURES_FRAGMENT		BIT(17)
#define CSF_CS_FEATURES_TILER			BIT(18)

/* CS req/ack */
#define CSF_CS_STATE				GENMASK(2, 0)
#define   CSF_CS_STATE_STOP			0
#define   CSF_CS_STATE_START			1
#define CSF_CS_EXTRACT_EVENT			BIT(4)
/* Conditions under which the stream counts as idle */
#define CSF_CS_IDLE_SYNC_WAIT			BIT(8)
#define CSF_CS_IDLE_PROTM_PENDING		BIT(9)
#define CSF_CS_IDLE_EMPTY			BIT(10)
#define CSF_CS_IDLE_RESOURCE_REQ		BIT(11)
#define CSF_CS_REQUESTS				GENMASK(11, 0)
#define CSF_CS_TILER_OOM			BIT(26)
#define CSF_CS_PROTM_PENDING			BIT(27)
#define CSF_CS_FATAL				BIT(30)
#define CSF_CS_FAULT				BIT(31)
#define CSF_CS_EVENTS \
	(CSF_CS_TILER_OOM | CSF_CS_PROTM_PENDING | CSF_CS_FATAL | CSF_CS_FAULT)

/* CS config */
#define CSF_CS_CONFIG_PRIORITY			GENMASK(3, 0)
#define CSF_CS_CONFIG_DOORBELL			GENMASK(15, 8)

/* CS status_wait */
#define CSF_CS_WAIT_SB_MASK			GENMASK(15, 0)
#define CSF_CS_WAIT_SB_SOURCE			GENMASK(19, 16)
#define   CSF_CS_WAIT_SB_SOURCE_NONE		0
#define   CSF_CS_WAIT_SB_SOURCE_WAIT		8
#define CSF_CS_WAIT_SYNC_COND			GENMASK(27, 24)
#define   CSF_CS_WAIT_SYNC_COND_LE		0
#define   CSF_CS_WAIT_SYNC_COND_GT		1
#define CSF_CS_WAIT_PROGRESS			BIT(28)
#define CSF_CS_WAIT_PROTM			BIT(29)
#define CSF_CS_WAIT_SYNC_64B			BIT(30)
#define CSF_CS_WAIT_SYNC			BIT(31)

/* CS status_blocked_reason */
#define CSF_CS_BLOCKED_REASON			GENMASK(3, 0)
#define   CSF_CS_BLOCKED_NONE			0
#define   CSF_CS_BLOCKED_SB_WAIT		1
#define   CSF_CS_BLOCKED_PROGRESS_WAIT		2
#define   CSF_CS_BLOCKED_SYNC_WAIT		3
#define   CSF_CS_BLOCKED_DEFERRED		4
#define   CSF_CS_BLOCKED_RESOURCE		5
#define   CSF_CS_BLOCKED_FLUSH			6

/* CS fault and fatal words: the type is a CSF_EXC code */
#define CSF_CS_EXCEPTION_TYPE			GENMASK(7, 0)
#define CSF_CS_EXCEPTION_DATA			GENMASK(31, 8)

/**
 * struct csf_cs_input - requests to a stream, written by the host
 * @req: request bits
 * @config: priority within the group, and doorbell page
 * @rsvd_08: not used
 * @ack_irq_mask: bits of ack whose changes raise the stream's event
 * @ringbuf_base: address of the ring in the group's address space
 * @ringbuf_size: size of the ring in bytes, a power of two
 * @rsvd_1c: not used
 * @heap_start: first chunk in the answer to a tiler out-of-memory event
 * @heap_end: last chunk in that answer
 * @ringbuf_input: MCU address of &struct csf_ring_input
 * @ringbuf_output: MCU address of &struct csf_ring_output
 * @instr_config: instrumentation
 * @instrbuf_size: size of the instrumentation buffer
 * @instrbuf_base: address of the instrumentation buffer
 * @instrbuf_offset_ptr: address of the offset in the instrumentation buffer
 */
struct csf_cs_input {
	__u32 req;
	__u32 config;
	__u32 rsvd_08;
	__u32 ack_irq_mask;
	__u64 ringbuf_base;
	__u32 ringbuf_size;
	__u32 rsvd_1c;
	__u64 heap_start;
	__u64 heap_end;
	__u64 ringbuf_input;
	__u64 ringbuf_output;
	__u32 instr_config;
	__u32 instrbuf_size;
	__u64 instrbuf_base;
	__u64 instrbuf_offset_ptr;
};

CSF_FW_ASSERT_OFFSET(struct csf_cs_input, ringbuf_base, 0x10);
CSF_FW_ASSERT_OFFSET(struct csf_cs_input, ringbuf_output, 0x38);

/**
 * struct csf_cs_output - state of a stream, written by the firmware
 * @ack: acknowledged request bits, and event bits
 * @rsvd_04: not used
 * @status_cmd_ptr: address of the current instruction
 * @status_wait: conditions that the stream waits for
 * @status_req_resource: resources that the stream holds or waits for
 * @status_wait_sync_ptr: address of the sync object that the stream waits for
 * @status_wait_sync_value: value to compare the sync object with, low half
 * @status_scoreboards: scoreboard entries that are not zero
 * @status_blocked_reason: reason why the stream does not run
 * @status_wait_sync_value_hi: value to compare the sync object with, high half
 * @rsvd_68: not used
 * @fault: last recoverable error
 * @fatal: error that stopped the stream
 * @fault_info: details of @fault, mostly an address
 * @fatal_info: details of @fatal, mostly an address
 * @rsvd_98: not used
 * @heap_vt_start: number of render passes started
 * @heap_vt_end: number of render passes with complete vertex and tiling work
 * @rsvd_c8: not used
 * @heap_frag_end: number of render passes with complete fragment work
 * @heap_address: heap context of a tiler out-of-memory event
 */
struct csf_cs_output {
	__u32 ack;
	__u32 rsvd_04[15];
	__u64 status_cmd_ptr;
	__u32 status_wait;
	__u32 status_req_resource;
	__u64 status_wait_sync_ptr;
	__u32 status_wait_sync_value;
	__u32 status_scoreboards;
	__u32 status_blocked_reason;
	__u32 status_wait_sync_value_hi;
	__u32 rsvd_68[6];
	__u32 fault;
	__u32 fatal;
	__u64 fault_info;
	__u64 fatal_info;
	__u32 rsvd_98[10];
	__u32 heap_vt_start;
	__u32 heap_vt_end;
	__u32 rsvd_c8;
	__u32 heap_frag_end;
	__u64 heap_address;
};

CSF_FW_ASSERT_OFFSET(struct csf_cs_output, status_cmd_ptr, 0x40);
CSF_FW_ASSERT_OFFSET(struct csf_cs_output, status_wait_sync_value_hi, 0x64);
CSF_FW_ASSERT_OFFSET(struct csf_cs_output, fault, 0x80);
CSF_FW_ASSERT_OFFSET(struct csf_cs_output, heap_vt_start, 0xc0);
CSF_FW_ASSERT_OFFSET(struct csf_cs_output, heap_address, 0xd0);

/* --- Ring -------------------------------------------------------------------
 *
 * Each ring has two pages in the MCU's address space. Positions count bytes and never
 * wrap. The offset in the ring is the position modulo the ring's size.
 */

/**
 * struct csf_ring_input - positions written by the host
 * @insert: position that the host writes next
 * @extract_init: position to start at, read when the stream is started
 */
struct csf_ring_input {
	__u64 insert;
	__u64 extract_init;
};

/**
 * struct csf_ring_output - positions written by the firmware
 * @extract: position of the next instruction to run
 * @active: non-zero while the stream has work
 */
struct csf_ring_output {
	__u64 extract;
	__u32 active;
};

#endif /* _CSF_FW_H_ */
