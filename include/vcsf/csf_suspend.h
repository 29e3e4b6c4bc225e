/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_SUSPEND_H_
#define _CSF_SUSPEND_H_

/**
 * DOC: Suspend buffers
 *
 * Format of suspend buffers that vcsf's firmware writes. The format of real firmware is
 * not public, and to a driver the contents are opaque. So this header is for the
 * firmware and for tools that decode a dump.
 *
 * A suspend buffer starts with a header, followed by the streams at a stride that only
 * the firmware knows. Each stream starts at a multiple of eight bytes, with the magic.
 */

#include <linux/types.h>

#include <vcsf/csf_isa.h>

#define CSF_SUSPEND_MAGIC	0x50535543	/* "CUSP" */

/**
 * struct csf_suspend_header - start of a suspend buffer
 * @magic: %CSF_SUSPEND_MAGIC
 * @streams: number of streams
 */
struct csf_suspend_header {
	__u32 magic;
	__u32 streams;
};

/**
 * struct csf_suspend_frame - frame of a stream's call stack
 * @pc: address of the next instruction in the buffer
 * @start: address of the buffer
 * @end: address of the buffer's end
 */
struct csf_suspend_frame {
	__u64 pc;
	__u64 start;
	__u64 end;
};

/**
 * struct csf_suspend_stream - state of a stream, without deferred instructions
 * @magic: %CSF_SUSPEND_MAGIC
 * @state: state number, internal to the firmware
 * @depth: index of the current frame in @frames, 0 is the ring
 * @deferred_count: number of deferred instructions, which follow this structure
 * @error: type of the pending error, 0 for none
 * @sb_endpoint: scoreboard entry of endpoint jobs
 * @sb_other: scoreboard entry of other operations
 * @resources: resources that the stream holds
 * @handler: frame of the exception handler, 0 if it does not run
 * @oom_state: state of an out-of-memory event, internal to the firmware
 * @oom_server: number of the stream that executes the exception handler for it
 * @pad: zero
 * @progress: progress counter
 * @heap: address of the heap context
 * @oom_handler: address of the exception handler
 * @oom_handler_size: size of the exception handler in bytes
 * @oom_chunk: chunk that the host has provided and the stream has not used yet
 * @oom_heap: heap context of the out-of-memory event
 * @fault_info: details of the last fault
 * @fatal_info: details of the fatal error
 * @fault: type of the last fault, as reported to the host
 * @fatal: type of the fatal error, as reported to the host
 * @regs: registers
 * @frames: call stack
 */
struct csf_suspend_stream {
	__u32 magic;
	__u8 state;
	__u8 depth;
	__u8 deferred_count;
	__u8 error;
	__u8 sb_endpoint;
	__u8 sb_other;
	__u8 resources;
	__u8 handler;
	__u8 oom_state;
	__u8 oom_server;
	__u8 pad[2];
	__u64 progress;
	__u64 heap;
	__u64 oom_handler;
	__u64 oom_handler_size;
	__u64 oom_chunk;
	__u64 oom_heap;
	__u64 fault_info;
	__u64 fatal_info;
	__u32 fault;
	__u32 fatal;
	__u32 regs[CSF_CS_REG_COUNT_MAX];
	struct csf_suspend_frame frames[CSF_CS_FRAME_COUNT];
};

#endif /* _CSF_SUSPEND_H_ */
