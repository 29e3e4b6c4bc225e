/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Trace points: messages between driver and GPU, and events within the GPU.
 * Addresses are the GPU's, never the kernel's. Names and fields are stable.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vcsf

#if !defined(_VCSF_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _VCSF_TRACE_H_

#include <linux/tracepoint.h>

#include "trace/exception.h"

struct vcsf;
struct vcsf_core_task;
struct vcsf_cs;
struct vcsf_csg;

/*
 * The formats show these constants to user space, which cannot look up the
 * values of enumerators.
 */
TRACE_DEFINE_ENUM(VCSF_LINE_JOB);
TRACE_DEFINE_ENUM(VCSF_LINE_MMU);
TRACE_DEFINE_ENUM(VCSF_LINE_GPU);
TRACE_DEFINE_ENUM(VCSF_CS_STOPPED);
TRACE_DEFINE_ENUM(VCSF_CS_READY);
TRACE_DEFINE_ENUM(VCSF_CS_EMPTY);
TRACE_DEFINE_ENUM(VCSF_CS_WAIT_SB);
TRACE_DEFINE_ENUM(VCSF_CS_WAIT_SYNC);
TRACE_DEFINE_ENUM(VCSF_CS_WAIT_PROGRESS);
TRACE_DEFINE_ENUM(VCSF_CS_WAIT_PROTM);
TRACE_DEFINE_ENUM(VCSF_CS_WAIT_RESOURCE);
TRACE_DEFINE_ENUM(VCSF_CS_STALLED);
TRACE_DEFINE_ENUM(VCSF_CS_HUNG);
TRACE_DEFINE_ENUM(VCSF_CS_FAULTED);
TRACE_DEFINE_ENUM(VCSF_CS_FATAL);
TRACE_DEFINE_ENUM(VCSF_UNIT_COMPUTE);
TRACE_DEFINE_ENUM(VCSF_UNIT_FRAGMENT);
TRACE_DEFINE_ENUM(VCSF_UNIT_TILER);

/* Block of the firmware interface that a message is in */
#define VCSF_TRACE_GLB	0
#define VCSF_TRACE_CSG	1
#define VCSF_TRACE_CS	2

#define vcsf_show_block(block) \
	__print_symbolic(block, { VCSF_TRACE_GLB, "glb" }, \
			 { VCSF_TRACE_CSG, "csg" }, { VCSF_TRACE_CS, "cs" })

#define vcsf_show_line(line) \
	__print_symbolic(line, { VCSF_LINE_JOB, "job" }, \
			 { VCSF_LINE_MMU, "mmu" }, { VCSF_LINE_GPU, "gpu" })

#define vcsf_show_csg_state(state) \
	__print_symbolic(state, { CSF_CSG_STATE_TERMINATE, "terminate" }, \
			 { CSF_CSG_STATE_START, "start" }, \
			 { CSF_CSG_STATE_SUSPEND, "suspend" }, \
			 { CSF_CSG_STATE_RESUME, "resume" })

#define vcsf_show_cs_state(state) \
	__print_symbolic(state, { VCSF_CS_STOPPED, "stopped" }, \
			 { VCSF_CS_READY, "ready" }, \
			 { VCSF_CS_EMPTY, "empty" }, \
			 { VCSF_CS_WAIT_SB, "wait_sb" }, \
			 { VCSF_CS_WAIT_SYNC, "wait_sync" }, \
			 { VCSF_CS_WAIT_PROGRESS, "wait_progress" }, \
			 { VCSF_CS_WAIT_PROTM, "wait_protm" }, \
			 { VCSF_CS_WAIT_RESOURCE, "wait_resource" }, \
			 { VCSF_CS_STALLED, "stalled" }, \
			 { VCSF_CS_HUNG, "hung" }, \
			 { VCSF_CS_FAULTED, "faulted" }, \
			 { VCSF_CS_FATAL, "fatal" })

#define vcsf_show_unit(unit) \
	__print_symbolic(unit, { VCSF_UNIT_COMPUTE, "compute" }, \
			 { VCSF_UNIT_FRAGMENT, "fragment" }, \
			 { VCSF_UNIT_TILER, "tiler" })

#define vcsf_show_access(access) \
	__print_symbolic(access, { CSF_AS_ACCESS_ATOMIC, "atomic" }, \
			 { CSF_AS_ACCESS_EXECUTE, "execute" }, \
			 { CSF_AS_ACCESS_READ, "read" }, \
			 { CSF_AS_ACCESS_WRITE, "write" })

#define vcsf_show_exception(type) \
	vcsf_print_exception(__print_symbolic, type)

/* The driver wrote a doorbell page. Page 0 is the firmware's. */
TRACE_EVENT(vcsf_doorbell,
	TP_PROTO(struct vcsf *hw, unsigned int doorbell),
	TP_ARGS(hw, doorbell),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__field(u32, doorbell)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->doorbell = doorbell;
	),
	TP_printk("dev=%s doorbell=%u", __get_str(device), __entry->doorbell)
);

DECLARE_EVENT_CLASS(vcsf_message,
	TP_PROTO(struct vcsf *hw, unsigned int block, unsigned int csg,
		 unsigned int cs, u32 changed, u32 word),
	TP_ARGS(hw, block, csg, cs, changed, word),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__field(u8, block)
		__field(u8, csg)
		__field(u8, cs)
		__field(u32, changed)
		__field(u32, word)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->block = block;
		__entry->csg = csg;
		__entry->cs = cs;
		__entry->changed = changed;
		__entry->word = word;
	),
	TP_printk("dev=%s block=%s csg=%u cs=%u changed=%08x word=%08x",
		  __get_str(device), vcsf_show_block(__entry->block),
		  __entry->csg, __entry->cs, __entry->changed, __entry->word)
);

/* The firmware found requests that it has not executed yet; the word is req. */
DEFINE_EVENT(vcsf_message, vcsf_request,
	TP_PROTO(struct vcsf *hw, unsigned int block, unsigned int csg,
		 unsigned int cs, u32 changed, u32 word),
	TP_ARGS(hw, block, csg, cs, changed, word));

/* The firmware acknowledges requests or reports events; the word is ack. */
DEFINE_EVENT(vcsf_message, vcsf_ack,
	TP_PROTO(struct vcsf *hw, unsigned int block, unsigned int csg,
		 unsigned int cs, u32 changed, u32 word),
	TP_ARGS(hw, block, csg, cs, changed, word));

/* Causes were set in RAWSTAT. */
TRACE_EVENT(vcsf_irq,
	TP_PROTO(struct vcsf *hw, unsigned int line, u32 causes, u32 mask),
	TP_ARGS(hw, line, causes, mask),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__field(u8, line)
		__field(u32, causes)
		__field(u32, mask)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->line = line;
		__entry->causes = causes;
		__entry->mask = mask;
	),
	TP_printk("dev=%s line=%s causes=%08x mask=%08x", __get_str(device),
		  vcsf_show_line(__entry->line), __entry->causes,
		  __entry->mask)
);

/* A group was put on a slot or taken off it. */
TRACE_EVENT(vcsf_slot,
	TP_PROTO(struct vcsf_csg *csg, u32 state),
	TP_ARGS(csg, state),
	TP_STRUCT__entry(
		__string(device, csg->hw->config.device_name)
		__field(u8, csg)
		__field(u8, state)
		__field(u8, as)
		__field(u8, priority)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->csg = csg->id;
		__entry->state = state;
		__entry->as = csg->as;
		__entry->priority = csg->priority;
	),
	TP_printk("dev=%s csg=%u state=%s as=%u priority=%u",
		  __get_str(device), __entry->csg,
		  vcsf_show_csg_state(__entry->state), __entry->as,
		  __entry->priority)
);

/* A stream changed its state. */
TRACE_EVENT(vcsf_stream,
	TP_PROTO(struct vcsf_cs *cs, unsigned int from),
	TP_ARGS(cs, from),
	TP_STRUCT__entry(
		__string(device, cs->hw->config.device_name)
		__field(u8, csg)
		__field(u8, cs)
		__field(u8, from)
		__field(u8, to)
		__field(u64, pc)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->csg = cs->csg->id;
		__entry->cs = cs->id;
		__entry->from = from;
		__entry->to = cs->state;
		__entry->pc = vcsf_cs_pc(cs);
	),
	TP_printk("dev=%s csg=%u cs=%u from=%s to=%s pc=%llx",
		  __get_str(device), __entry->csg, __entry->cs,
		  vcsf_show_cs_state(__entry->from),
		  vcsf_show_cs_state(__entry->to), __entry->pc)
);

DECLARE_EVENT_CLASS(vcsf_core,
	TP_PROTO(struct vcsf *hw, unsigned int core,
		 const struct vcsf_core_task *task),
	TP_ARGS(hw, core, task),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__field(u8, core)
		__field(u8, unit)
		__field(u8, csg)
		__field(u8, cs)
		__field(u64, left)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->core = core;
		__entry->unit = task->unit;
		__entry->csg = task->csg;
		__entry->cs = task->cs;
		__entry->left = task->left;
	),
	TP_printk("dev=%s core=%u unit=%s csg=%u cs=%u left=%llu",
		  __get_str(device), __entry->core,
		  vcsf_show_unit(__entry->unit), __entry->csg, __entry->cs,
		  __entry->left)
);

/*
 * A shader core, or the tiler if the unit is the tiler's, begins a part of a
 * job: a workgroup, some tiles, some geometry. Left is what the job has not
 * begun yet, in workgroups, tiles or bytes.
 */
DEFINE_EVENT(vcsf_core, vcsf_core_begin,
	TP_PROTO(struct vcsf *hw, unsigned int core,
		 const struct vcsf_core_task *task),
	TP_ARGS(hw, core, task));

/* It has ended that, or the job has lost the core. */
DEFINE_EVENT(vcsf_core, vcsf_core_end,
	TP_PROTO(struct vcsf *hw, unsigned int core,
		 const struct vcsf_core_task *task),
	TP_ARGS(hw, core, task));

/* An exception stopped a stream. */
TRACE_EVENT(vcsf_fault,
	TP_PROTO(struct vcsf_cs *cs, bool fatal, unsigned int type, u64 info),
	TP_ARGS(cs, fatal, type, info),
	TP_STRUCT__entry(
		__string(device, cs->hw->config.device_name)
		__field(u8, csg)
		__field(u8, cs)
		__field(bool, fatal)
		__field(u8, type)
		__field(u64, info)
		__field(u64, pc)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->csg = cs->csg->id;
		__entry->cs = cs->id;
		__entry->fatal = fatal;
		__entry->type = type;
		__entry->info = info;
		__entry->pc = vcsf_cs_pc(cs);
	),
	TP_printk("dev=%s csg=%u cs=%u fatal=%d type=%s(0x%02x) info=0x%llx pc=0x%llx",
		  __get_str(device), __entry->csg, __entry->cs,
		  __entry->fatal, vcsf_show_exception(__entry->type),
		  __entry->type, __entry->info, __entry->pc)
);

/* The translation of an address failed. */
TRACE_EVENT(vcsf_mmu_fault,
	TP_PROTO(struct vcsf *hw, unsigned int as, u64 va, unsigned int access,
		 unsigned int type),
	TP_ARGS(hw, as, va, access, type),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__field(u8, as)
		__field(u8, access)
		__field(u8, type)
		__field(u64, va)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->as = as;
		__entry->access = access;
		__entry->type = type;
		__entry->va = va;
	),
	TP_printk("dev=%s as=%u va=0x%llx access=%s type=%s(0x%02x)",
		  __get_str(device), __entry->as, __entry->va,
		  vcsf_show_access(__entry->access),
		  vcsf_show_exception(__entry->type), __entry->type)
);

/* A stale translation was used: see strict_tlb in debugfs. */
TRACE_EVENT(vcsf_stale,
	TP_PROTO(struct vcsf *hw, unsigned int as, u64 va, unsigned int access,
		 const char *why),
	TP_ARGS(hw, as, va, access, why),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__string(why, why)
		__field(u8, as)
		__field(u8, access)
		__field(u64, va)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(why);
		__entry->as = as;
		__entry->access = access;
		__entry->va = va;
	),
	TP_printk("dev=%s as=%u va=%llx access=%s why=%s",
		  __get_str(device), __entry->as, __entry->va,
		  vcsf_show_access(__entry->access), __get_str(why))
);

/* A fault was injected: see inject/ in debugfs. */
TRACE_EVENT(vcsf_injected,
	TP_PROTO(struct vcsf *hw, const char *name),
	TP_ARGS(hw, name),
	TP_STRUCT__entry(
		__string(device, hw->config.device_name)
		__string(name, name)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(name);
	),
	TP_printk("dev=%s point=%s", __get_str(device), __get_str(name))
);

/* Each instruction, before it is executed; csdis prints the word as text. */
TRACE_EVENT(vcsf_instr,
	TP_PROTO(struct vcsf_cs *cs, u64 ins),
	TP_ARGS(cs, ins),
	TP_STRUCT__entry(
		__field(u8, csg)
		__field(u8, cs)
		__field(u64, pc)
		__field(u64, ins)
	),
	TP_fast_assign(
		__entry->csg = cs->csg->id;
		__entry->cs = cs->id;
		__entry->pc = vcsf_cs_pc(cs);
		__entry->ins = ins;
	),
	TP_printk("csg=%u cs=%u pc=%llx ins=%016llx", __entry->csg,
		  __entry->cs, __entry->pc, __entry->ins)
);

#endif /* _VCSF_TRACE_H_ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
