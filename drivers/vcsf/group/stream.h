/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_GROUP_STREAM_H_
#define _VCSF_GROUP_STREAM_H_

/* Command streams: their state, and the functions by which all rooms change it */

#include <linux/time64.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>

struct vcsf;
struct vcsf_csg;

enum vcsf_cs_state {
	VCSF_CS_STOPPED,	/* not started */
	VCSF_CS_READY,		/* can run */
	VCSF_CS_EMPTY,		/* at the end of the ring */
	VCSF_CS_WAIT_SB,	/* scoreboards */
	VCSF_CS_WAIT_SYNC,	/* a sync object */
	VCSF_CS_WAIT_PROGRESS,	/* another stream's progress counter */
	VCSF_CS_WAIT_PROTM,	/* protected mode, which never comes */
	VCSF_CS_WAIT_RESOURCE,	/* cores to get power */
	VCSF_CS_STALLED,	/* access to a locked region */
	VCSF_CS_HUNG,		/* by an injection, until the group ends */
	VCSF_CS_FAULTED,	/* the host has not acknowledged the fault yet */
	VCSF_CS_FATAL,		/* fatal error, until the group ends */
};

/* Result of executing an instruction */
enum vcsf_step {
	VCSF_STEP_NEXT,		/* done */
	VCSF_STEP_BRANCH,	/* done, continue elsewhere in the buffer */
	VCSF_STEP_ENTER,	/* done, continue in another buffer */
	VCSF_STEP_EVENT,	/* done, and the firmware has an event to report */
	VCSF_STEP_RETRY,	/* not done, for the reason in the stream's state */
	VCSF_STEP_STOP,		/* done, and the stream cannot continue */
};

/**
 * struct vcsf_frame - a buffer of instructions that is being executed
 *
 * The instruction at position @pc lies at (@pc & @mask) + @base. For the ring,
 * positions are those of the ring interface; for a called buffer, addresses.
 */
struct vcsf_frame {
	/** @pc: Position of the next instruction. */
	u64 pc;
	/** @start: Lowest target of a branch. */
	u64 start;
	/** @end: Position of the end of the buffer. */
	u64 end;
	/** @base: Address of position zero. */
	u64 base;
	/** @mask: Significant bits of a position. */
	u64 mask;
};

/* Unit on which a job runs: RUN_* and the instructions that are ordered with them */
enum vcsf_unit {
	VCSF_UNIT_NONE,		/* not a job: executed by the front end */
	VCSF_UNIT_COMPUTE,
	VCSF_UNIT_FRAGMENT,
	VCSF_UNIT_TILER,
	VCSF_UNIT_COUNT,
};

/* Reason for which a job does not run even if there are cores */
enum vcsf_job_hold {
	VCSF_JOB_FREE,		/* none */
	VCSF_JOB_STALLED,	/* access to a locked region */
	VCSF_JOB_NO_MEMORY,	/* the tiler heap is exhausted */
};

/* Work is counted in hundredths of a nanosecond, so that speed can be in percent. */
#define VCSF_WORK_PER_NS	100

/* Longest stage; the host's job timeout is far shorter. */
#define VCSF_WORK_MAX		(24ULL * 3600 * NSEC_PER_SEC * VCSF_WORK_PER_NS)

/**
 * struct vcsf_deferred - an asynchronous instruction that was issued
 *
 * Instructions with a unit are jobs: they take time on cores, stage by stage,
 * and have an effect at the end of each stage.
 */
struct vcsf_deferred {
	/** @addr: Address operand, offset included. */
	u64 addr;
	/** @data: Data operand. */
	u64 data;
	/** @aux: Another operand. */
	u64 aux;
	/** @ins: The instruction. */
	u64 ins;
	/** @work: Work left in the stage, in units of 1 / %VCSF_WORK_PER_NS ns of a core. */
	u64 work;
	/** @left: Work after the stage, in units of the job's kind. */
	u64 left;
	/** @stage: Work in the stage, in units of the job's kind. */
	u32 stage;
	/** @wait: Scoreboard entries that it still waits for. */
	u16 wait;
	/** @error: Error that was pending at issue. */
	u8 error;
	/** @slot: Scoreboard entry that it signals. */
	u8 slot;
	/** @unit: enum vcsf_unit. */
	u8 unit;
	/** @hold: enum vcsf_job_hold. */
	u8 hold;
	/** @width: Most cores that it can use. */
	u8 width;
	/** @cores: Cores that it has now. */
	u8 cores;
	/** @pad: Zero. */
	u8 pad[4];
};

/* Handling of an exhausted tiler heap */
enum vcsf_oom_state {
	VCSF_OOM_NONE,
	VCSF_OOM_ASKED,		/* a chunk is requested from the host */
	VCSF_OOM_FRAGMENTS,	/* waits for fragment jobs to free chunks */
	VCSF_OOM_PENDING,	/* waits for an exception handler */
	VCSF_OOM_HANDLER,	/* an exception handler runs */
	VCSF_OOM_HANDLED,	/* the handler has run: this is the last try */
};

#define VCSF_DEFERRED_MAX	16

/**
 * struct vcsf_dispatch - operands of a compute job whose shader is executed
 */
struct vcsf_dispatch {
	/** @resources: Resource table. */
	u64 resources;
	/** @uniforms: Uniforms, CSF_FAU_*. */
	u64 uniforms;
	/** @program: Shader program descriptor. */
	u64 program;
	/** @storage: Thread storage descriptor. */
	u64 storage;
	/** @size: Size of a workgroup, CSF_WG_SIZE_*. */
	u32 size;
	/** @offset: Added to global invocation numbers, by axis. */
	u32 offset[3];
	/** @count: Number of workgroups, by axis. */
	u32 count[3];
	/** @pad: Zero. */
	u32 pad;
};

/* Compute jobs in flight; what a stream saves must fit into a suspend buffer. */
#define VCSF_DISPATCH_MAX	4

/**
 * struct vcsf_cs - a command stream
 */
struct vcsf_cs {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @csg: The group slot it belongs to. */
	struct vcsf_csg *csg;
	/** @frame: Innermost buffer, in @frames. */
	struct vcsf_frame *frame;
	/** @fetch_va: Page that instructions were last fetched from. */
	u64 fetch_va;
	/** @fetch_page: Kernel address of that page. */
	const void *fetch_page;
	/** @fetch_epoch: &vcsf_as.epoch at the look-up of that page. */
	u32 fetch_epoch;
	/** @state: State; set only by vcsf_cs_set_state(). */
	enum vcsf_cs_state state;
	/** @reg_count: Registers that an instruction can name. Constant. */
	u32 reg_count;
	/** @reg_check: The bits of &vcsf_instr.check that apply then. Constant. */
	u64 reg_check;
	/** @regs: Registers. */
	u32 regs[CSF_CS_REG_COUNT_MAX] __aligned(8);
	/** @scoreboard: Operations in flight per entry. */
	u8 scoreboard[CSF_CS_SCOREBOARD_COUNT];
	/** @busy: Bit per entry of @scoreboard that is not zero. */
	u16 busy;
	/** @sb_endpoint: Entry for RUN_* instructions. */
	u8 sb_endpoint;
	/** @sb_other: Entry for loads and stores. */
	u8 sb_other;
	/** @id: Index in the group. */
	u8 id;
	/** @priority: In the group, 15 is the highest. */
	u8 priority;
	/** @doorbell: Doorbell page, 0 for none. */
	u8 doorbell;
	/** @error: Exception that is pending until the next ERROR_BARRIER. */
	u8 error;
	/** @resources: Resources acquired by REQ_RESOURCE. */
	u8 resources;
	/** @wanted: Resources it waits for, valid in VCSF_CS_WAIT_RESOURCE. */
	u8 wanted;
	/** @deferred_count: Entries of @deferred in use, oldest first. */
	u8 deferred_count;
	/** @deferred: Asynchronous instructions that are not complete. */
	struct vcsf_deferred deferred[VCSF_DEFERRED_MAX];
	/** @dispatch: Operands of compute jobs, by &vcsf_deferred.aux. */
	struct vcsf_dispatch dispatch[VCSF_DISPATCH_MAX];
	/** @frames: The ring and the buffers called from it. */
	struct vcsf_frame frames[CSF_CS_FRAME_COUNT];
	/** @handler: Index in @frames of a running exception handler, or 0. */
	u8 handler;
	/** @oom: The tiler's out-of-memory condition. */
	struct {
		/** @oom.state: enum vcsf_oom_state. */
		u8 state;
		/** @oom.server: Stream that executes the handler. */
		u8 server;
		/** @oom.chunk: Chunk from the host, zero if it was used. */
		u64 chunk;
		/** @oom.heap: Heap context that is exhausted. */
		u64 heap;
		/** @oom.vt_start: Counter of that context, to be published. */
		u32 vt_start;
		/** @oom.vt_end: As above. */
		u32 vt_end;
		/** @oom.frag_end: As above. */
		u32 frag_end;
	} oom;
	/** @wait: Condition it waits for, valid in the VCSF_CS_WAIT states. */
	struct {
		u64 addr;
		u64 value;
		u32 status;
	} wait;
	/** @last_run: Number of its latest slice. */
	u64 last_run;
	/** @progress: Progress counter. */
	u64 progress;
	/** @heap: Heap context set by HEAP_SET. */
	u64 heap;
	/** @oom_handler: Address of SET_EXCEPTION_HANDLER, zero for none. */
	u64 oom_handler;
	/** @oom_handler_size: Size of that buffer in bytes. */
	u32 oom_handler_size;
	/** @published: Extract position last written to the ring interface. */
	u64 published;
	/** @published_active: Active word last written to the ring interface. */
	u32 published_active;
	/** @fault: Words to publish with a fault event. */
	struct {
		u32 word;
		u64 info;
	} fault;
	/** @fatal: Words to publish with a fatal event. */
	struct {
		u32 word;
		u64 info;
	} fatal;
	/** @events: CSF_CS_EVENTS to report to the host. */
	u32 events;
	/** @ack: The ack word in memory. */
	u32 ack;
	/** @req: Request word as read last. */
	u32 req;
	/** @input: MCU address of the input block. */
	u32 input;
	/** @output: MCU address of the output block. */
	u32 output;
	/** @ring_input: MCU address of the host's ring page. */
	u64 ring_input;
	/** @ring_output: MCU address of the firmware's ring page. */
	u64 ring_output;
};

void vcsf_cs_set_state(struct vcsf_cs *cs, enum vcsf_cs_state state);
void vcsf_cs_reset(struct vcsf_cs *cs);
void vcsf_cs_progress(struct vcsf_cs *cs, u64 value);
void vcsf_cs_publish(struct vcsf_cs *cs);

/* Exceptions: fault.c */
enum vcsf_step vcsf_cs_fault(struct vcsf_cs *cs, unsigned int type, u64 info);
enum vcsf_step vcsf_cs_fatal(struct vcsf_cs *cs, unsigned int type, u64 info);
unsigned int vcsf_exception(int error);
enum vcsf_step vcsf_cs_mem_error(struct vcsf_cs *cs, int error, u64 va);

static inline u64 vcsf_frame_va(const struct vcsf_frame *frame)
{
	return (frame->pc & frame->mask) + frame->base;
}

/**
 * vcsf_cs_pc - get the address of a stream's current instruction
 * @cs: the stream
 *
 * Return: address of the instruction that it executes next or waits at.
 */
static inline u64 vcsf_cs_pc(const struct vcsf_cs *cs)
{
	return vcsf_frame_va(cs->frame);
}

#endif /* _VCSF_GROUP_STREAM_H_ */
