/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Trace events of groups, address spaces, memory and power. Jobs are named by
 * their fence (context:seqno) as in the events of drm_jobqueue and dma_fence,
 * which show the rest of their life. Groups and address spaces have numbers
 * that the device does not reuse. Names and fields are stable. No field is a
 * kernel address.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vpanthor

#if !defined(_VPAN_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _VPAN_TRACE_H_

#include <linux/tracepoint.h>

/* The definitions of these are for trace_points.c only. */
struct vpan_bind;
struct vpan_bo;
struct vpan_device;
struct vpan_group;
struct vpan_job;
struct vpan_vm;

/*
 * Formats show these constants to user space, which cannot look up the names of
 * enumerators: perf and trace-cmd would take each for 0.
 */
TRACE_DEFINE_ENUM(VPAN_GROUP_IDLE);
TRACE_DEFINE_ENUM(VPAN_GROUP_BLOCKED);
TRACE_DEFINE_ENUM(VPAN_GROUP_TILER_OOM);
TRACE_DEFINE_ENUM(VPAN_GROUP_TIMEDOUT);
TRACE_DEFINE_ENUM(VPAN_GROUP_FATAL);
TRACE_DEFINE_ENUM(VPAN_GROUP_DESTROYED);
TRACE_DEFINE_ENUM(VPAN_GROUP_STUCK);
TRACE_DEFINE_ENUM(VPAN_GROUP_LOST);
TRACE_DEFINE_ENUM(VPAN_GROUP_DEAD);
TRACE_DEFINE_ENUM(VPAN_PROT_READONLY);
TRACE_DEFINE_ENUM(VPAN_PROT_NOEXEC);
TRACE_DEFINE_ENUM(VPAN_PROT_UNCACHED);
TRACE_DEFINE_ENUM(VPAN_POWER_SUSPEND);
TRACE_DEFINE_ENUM(VPAN_POWER_RESUME);
TRACE_DEFINE_ENUM(VPAN_POWER_RESTART);

DECLARE_EVENT_CLASS(vpanthor_job,
	TP_PROTO(struct vpan_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__string(device, dev_name(job->group->vpan->drm.dev))
		__field(u64, group)
		__field(u32, queue)
		__field(u64, context)
		__field(u64, seqno)
		__field(u64, stream)
		__field(u32, size)
	),
	TP_fast_assign(
		struct dma_fence *fence = drm_jobqueue_job_fence(&job->base);

		__assign_str(device);
		__entry->group = job->group->id;
		__entry->queue = to_vpan_queue(job->base.queue)->index;
		__entry->context = fence->context;
		__entry->seqno = fence->seqno;
		__entry->stream = job->stream_va;
		__entry->size = job->stream_size;
	),
	TP_printk("dev=%s group=%llu queue=%u fence=%llu:%llu stream=0x%llx size=%u",
		  __get_str(device), __entry->group, __entry->queue,
		  __entry->context, __entry->seqno, __entry->stream,
		  __entry->size)
);

/* The job is armed and will be pushed. */
DEFINE_EVENT(vpanthor_job, vpanthor_job_submit,
	TP_PROTO(struct vpan_job *job), TP_ARGS(job));

/* The job is in the ring; drm_jobqueue_job_done shows its completion. */
DEFINE_EVENT(vpanthor_job, vpanthor_job_run,
	TP_PROTO(struct vpan_job *job), TP_ARGS(job));

DECLARE_EVENT_CLASS(vpanthor_group,
	TP_PROTO(struct vpan_group *group, int slot),
	TP_ARGS(group, slot),
	TP_STRUCT__entry(
		__string(device, dev_name(group->vpan->drm.dev))
		__field(u64, group)
		__field(u64, vm)
		__field(u32, priority)
		__field(int, slot)
		__field(unsigned long, flags)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->group = group->id;
		__entry->vm = group->vm->id;
		__entry->priority = group->priority;
		__entry->slot = slot;
		__entry->flags = READ_ONCE(group->flags);
	),
	TP_printk("dev=%s group=%llu vm=%llu priority=%u slot=%d flags=%s",
		  __get_str(device), __entry->group, __entry->vm,
		  __entry->priority, __entry->slot,
		  __print_flags(__entry->flags, "|",
				{ BIT(VPAN_GROUP_IDLE), "idle" },
				{ BIT(VPAN_GROUP_BLOCKED), "blocked" },
				{ BIT(VPAN_GROUP_TILER_OOM), "starved" },
				{ BIT(VPAN_GROUP_TIMEDOUT), "timedout" },
				{ BIT(VPAN_GROUP_FATAL), "fatal" },
				{ BIT(VPAN_GROUP_DESTROYED), "destroyed" },
				{ BIT(VPAN_GROUP_STUCK), "stuck" },
				{ BIT(VPAN_GROUP_LOST), "lost" },
				{ BIT(VPAN_GROUP_DEAD), "dead" }))
);

/* The group is started or resumed on the slot. */
DEFINE_EVENT(vpanthor_group, vpanthor_group_on,
	TP_PROTO(struct vpan_group *group, int slot), TP_ARGS(group, slot));

/* The group has left the slot. */
DEFINE_EVENT(vpanthor_group, vpanthor_group_off,
	TP_PROTO(struct vpan_group *group, int slot), TP_ARGS(group, slot));

/* The group's queues are killed; it does not run again. */
DEFINE_EVENT(vpanthor_group, vpanthor_group_end,
	TP_PROTO(struct vpan_group *group, int slot), TP_ARGS(group, slot));

/*
 * A stream reported an exception; type and info as in the firmware interface.
 */
TRACE_EVENT(vpanthor_stream_error,
	TP_PROTO(struct vpan_group *group, u32 queue, u32 type, u64 info,
		 bool fatal),
	TP_ARGS(group, queue, type, info, fatal),
	TP_STRUCT__entry(
		__string(device, dev_name(group->vpan->drm.dev))
		__field(u64, group)
		__field(u32, queue)
		__field(u32, type)
		__field(u64, info)
		__field(bool, fatal)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->group = group->id;
		__entry->queue = queue;
		__entry->type = type;
		__entry->info = info;
		__entry->fatal = fatal;
	),
	TP_printk("dev=%s group=%llu queue=%u type=0x%02x info=0x%llx fatal=%d",
		  __get_str(device), __entry->group, __entry->queue,
		  __entry->type, __entry->info, __entry->fatal)
);

/* A stream requested memory for the tiler; chunk 0: the request was refused. */
TRACE_EVENT(vpanthor_heap_grow,
	TP_PROTO(struct vpan_vm *vm, u64 heap, u64 chunk),
	TP_ARGS(vm, heap, chunk),
	TP_STRUCT__entry(
		__string(device, dev_name(vm->vpan->drm.dev))
		__field(u64, vm)
		__field(u64, heap)
		__field(u64, chunk)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->vm = vm->id;
		__entry->heap = heap;
		__entry->chunk = chunk;
	),
	TP_printk("dev=%s vm=%llu heap=0x%llx chunk=0x%llx", __get_str(device),
		  __entry->vm, __entry->heap, __entry->chunk)
);

/* A change of an address space was executed. */
TRACE_EVENT(vpanthor_vm_bind,
	TP_PROTO(const struct vpan_bind *bind, int error),
	TP_ARGS(bind, error),
	TP_STRUCT__entry(
		__string(device, dev_name(bind->vm->vpan->drm.dev))
		__field(u64, vm)
		__field(bool, map)
		__field(u64, va)
		__field(u64, size)
		__field(u64, offset)
		__field(u32, prot)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->vm = bind->vm->id;
		__entry->map = bind->bo;
		__entry->va = bind->va;
		__entry->size = bind->size;
		__entry->offset = bind->bo_offset;
		__entry->prot = bind->prot;
		__entry->error = error;
	),
	TP_printk("dev=%s vm=%llu %s va=0x%llx size=0x%llx offset=0x%llx prot=%s error=%d",
		  __get_str(device), __entry->vm,
		  __entry->map ? "map" : "unmap", __entry->va, __entry->size,
		  __entry->offset,
		  __print_flags(__entry->prot, "|",
				{ VPAN_PROT_READONLY, "readonly" },
				{ VPAN_PROT_NOEXEC, "noexec" },
				{ VPAN_PROT_UNCACHED, "uncached" }),
		  __entry->error)
);

DECLARE_EVENT_CLASS(vpanthor_as,
	TP_PROTO(struct vpan_vm *vm, int as),
	TP_ARGS(vm, as),
	TP_STRUCT__entry(
		__string(device, dev_name(vm->vpan->drm.dev))
		__field(u64, vm)
		__field(int, as)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->vm = vm->id;
		__entry->as = as;
	),
	TP_printk("dev=%s vm=%llu as=%d", __get_str(device), __entry->vm,
		  __entry->as)
);

/* The address space was assigned to an MMU slot. */
DEFINE_EVENT(vpanthor_as, vpanthor_as_on,
	TP_PROTO(struct vpan_vm *vm, int as), TP_ARGS(vm, as));

/* The address space was removed from its MMU slot. */
DEFINE_EVENT(vpanthor_as, vpanthor_as_off,
	TP_PROTO(struct vpan_vm *vm, int as), TP_ARGS(vm, as));

/* An MMU command completed, or failed. */
TRACE_EVENT(vpanthor_as_command,
	TP_PROTO(struct vpan_device *vpan, int as, u32 command, int error),
	TP_ARGS(vpan, as, command, error),
	TP_STRUCT__entry(
		__string(device, dev_name(vpan->drm.dev))
		__field(int, as)
		__field(u32, command)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->as = as;
		__entry->command = command;
		__entry->error = error;
	),
	TP_printk("dev=%s as=%d command=%s error=%d", __get_str(device),
		  __entry->as,
		  __print_symbolic(__entry->command,
				   { CSF_AS_COMMAND_UPDATE, "update" },
				   { CSF_AS_COMMAND_LOCK, "lock" },
				   { CSF_AS_COMMAND_FLUSH_PT, "flush_pt" },
				   { CSF_AS_COMMAND_FLUSH_MEM, "flush_mem" }),
		  __entry->error)
);

/* MMU fault: an access that the page tables do not allow. */
TRACE_EVENT(vpanthor_mmu_fault,
	TP_PROTO(struct vpan_device *vpan, unsigned int as, u32 status,
		 u64 address),
	TP_ARGS(vpan, as, status, address),
	TP_STRUCT__entry(
		__string(device, dev_name(vpan->drm.dev))
		__field(unsigned int, as)
		__field(u32, status)
		__field(u64, address)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->as = as;
		__entry->status = status;
		__entry->address = address;
	),
	TP_printk("dev=%s as=%u status=0x%x address=0x%llx",
		  __get_str(device), __entry->as, __entry->status,
		  __entry->address)
);

DECLARE_EVENT_CLASS(vpanthor_bo,
	TP_PROTO(struct vpan_bo *bo),
	TP_ARGS(bo),
	TP_STRUCT__entry(
		__string(device, dev_name(bo->base.base.dev->dev))
		__field(u64, inode)
		__field(u64, size)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->inode = file_inode(bo->base.base.filp)->i_ino;
		__entry->size = bo->base.base.size;
	),
	TP_printk("dev=%s inode=%llu size=%llu", __get_str(device),
		  __entry->inode, __entry->size)
);

/* Reclaim takes the pages of a buffer. */
DEFINE_EVENT(vpanthor_bo, vpanthor_bo_evict,
	TP_PROTO(struct vpan_bo *bo), TP_ARGS(bo));

/* The buffer has pages again. */
DEFINE_EVENT(vpanthor_bo, vpanthor_bo_restore,
	TP_PROTO(struct vpan_bo *bo), TP_ARGS(bo));

/* A reset of the GPU begins; groups are taken off their slots after this. */
TRACE_EVENT(vpanthor_reset_begin,
	TP_PROTO(struct vpan_device *vpan),
	TP_ARGS(vpan),
	TP_STRUCT__entry(
		__string(device, dev_name(vpan->drm.dev))
		__field(u32, count)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->count = vpan->reset.count;
	),
	TP_printk("dev=%s count=%u", __get_str(device), __entry->count)
);

/* A reset is over; with an error the GPU is lost. */
TRACE_EVENT(vpanthor_reset_end,
	TP_PROTO(struct vpan_device *vpan, int error),
	TP_ARGS(vpan, error),
	TP_STRUCT__entry(
		__string(device, dev_name(vpan->drm.dev))
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->error = error;
	),
	TP_printk("dev=%s error=%d", __get_str(device), __entry->error)
);

/*
 * Attempts to switch the GPU off or on. A suspend fails if there is work. If a
 * resume fails, a restart follows; if that fails as well, the GPU is lost.
 * slow=1: the next resume will be a restart.
 */
TRACE_EVENT(vpanthor_power,
	TP_PROTO(struct vpan_device *vpan, unsigned int event, int error),
	TP_ARGS(vpan, event, error),
	TP_STRUCT__entry(
		__string(device, dev_name(vpan->drm.dev))
		__field(unsigned int, event)
		__field(int, error)
		__field(bool, slow)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->event = event;
		__entry->error = error;
		__entry->slow = vpan->pm->need_reset;
	),
	TP_printk("dev=%s event=%s error=%d slow=%d", __get_str(device),
		  __print_symbolic(__entry->event,
				   { VPAN_POWER_SUSPEND, "suspend" },
				   { VPAN_POWER_RESUME, "resume" },
				   { VPAN_POWER_RESTART, "restart" }),
		  __entry->error, __entry->slow)
);

#endif /* _VPAN_TRACE_H_ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
