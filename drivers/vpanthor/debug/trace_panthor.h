/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Trace events with system, names and fields of the kernel's panthor (Linux 7.x), for
 * tools that know these. What they do not tell is in trace.h.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM panthor

#if !defined(_VPAN_TRACE_PANTHOR_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _VPAN_TRACE_PANTHOR_H_

#include <linux/tracepoint.h>
#include <linux/types.h>

/*
 * Units of the GPU were powered on or off; a bit for each unit that has power. While
 * the event is enabled, the GPU raises an interrupt for that.
 */
TRACE_EVENT_FN(gpu_power_status,
	TP_PROTO(const struct device *dev, u64 shader_bitmap, u64 tiler_bitmap,
		 u64 l2_bitmap),
	TP_ARGS(dev, shader_bitmap, tiler_bitmap, l2_bitmap),
	TP_STRUCT__entry(
		__string(dev_name, dev_name(dev))
		__field(u64, shader_bitmap)
		__field(u64, tiler_bitmap)
		__field(u64, l2_bitmap)
	),
	TP_fast_assign(
		__assign_str(dev_name);
		__entry->shader_bitmap = shader_bitmap;
		__entry->tiler_bitmap = tiler_bitmap;
		__entry->l2_bitmap = l2_bitmap;
	),
	TP_printk("%s: shader_bitmap=0x%llx tiler_bitmap=0x%llx l2_bitmap=0x%llx",
		  __get_str(dev_name), __entry->shader_bitmap,
		  __entry->tiler_bitmap, __entry->l2_bitmap),
	vpan_hw_power_trace_on, vpan_hw_power_trace_off
);

/*
 * The handler of the "job" interrupt has run for duration_ns. events has a bit for each
 * group slot, and bit 31 for the global interface.
 */
TRACE_EVENT(gpu_job_irq,
	TP_PROTO(const struct device *dev, u32 events, u32 duration_ns),
	TP_ARGS(dev, events, duration_ns),
	TP_STRUCT__entry(
		__string(dev_name, dev_name(dev))
		__field(u32, events)
		__field(u32, duration_ns)
	),
	TP_fast_assign(
		__assign_str(dev_name);
		__entry->events = events;
		__entry->duration_ns = duration_ns;
	),
	TP_printk("%s: events=0x%x duration_ns=%u", __get_str(dev_name),
		  __entry->events, __entry->duration_ns)
);

#endif /* _VPAN_TRACE_PANTHOR_H_ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_panthor
#include <trace/define_trace.h>
