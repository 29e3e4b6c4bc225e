/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_SUSPEND_H_
#define _CSF_SUSPEND_H_

/**
 * DOC: Suspend buffers
 *
 * How vcsf's firmware writes them; that of real GPUs keeps it to itself. So this
 * is for the firmware and for who wants to read a dump, and not for drivers: to
 * these, a suspend buffer is so many bytes.
 *
 * A header comes first, then the streams, in places of a size that only the
 * firmware knows; each begins on a multiple of eight bytes, with the magic.
 */

#include <linux/types.h>

#include <vcsf/csf_isa.h>

#define CSF_SUSPEND_MAGIC	0x50535543	/* "CUSP" */

/**
 * struct csf_suspend_header - what a suspend buffer begins with
 * @magic: %CSF_SUSPEND_MAGIC
 * @streams: number of streams
 */
struct csf_suspend_header {
	__u32 magic;
	__u32 streams;
};

/**
 * struct csf_suspend_frame - a buffer that a stream is in
 * @pc: address of the next instruction in it
 * @start: where it begins
 * @end: where it ends
 */
struct csf_suspend_frame {
	__u64 pc;
	__u64 start;
	__u64 end;
};

/**
 * struct csf_suspend_stream - a stream, but for what it has issued
 * @magic: %CSF_SUSPEND_MAGIC
 * @state: what it is doing, the firmware's own number
 * @depth: which of @frames it is in; 0 is the ring
 * @deferred_count: number of operations that it has issued, which come behind
 * @error: type of the error that it met, 0 for none
 * @sb_endpoint: scoreboard entry of endpoint jobs
 * @sb_other: scoreboard entry of other operations
 * @resources: endpoints that it holds
 * @handler: frame of its exception handler, 0 if that does not run
 * @oom_state: where it is in asking for tiler memory, the firmware's own number
 * @pad: zero
 * @progress: its progress counter
 * @heap: address of its heap context
 * @oom_handler: address of its exception handler
 * @oom_handler_size: bytes there
 * @oom_chunk: chunk that the host gave and it has not taken yet
 * @oom_heap: heap context that it asks for
 * @fault_info: what the last fault was about
 * @fatal_info: what the fatal error was about
 * @fault: its type, as told to the host
 * @fatal: its type, as told to the host
 * @regs: registers
 * @frames: buffers that it is in
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
	__u8 pad[3];
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
	__u32 regs[CSF_CS_REG_COUNT];
	struct csf_suspend_frame frames[CSF_CS_FRAME_COUNT];
};

#endif /* _CSF_SUSPEND_H_ */
