/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Trace events of jobs. A job is identified by device, queue and fence
 * (context:seqno), never by address, so that a reader can join these events
 * with other events on the same fence. Names and fields are stable.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM drm_jobqueue

#if !defined(_DRM_JOBQUEUE_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _DRM_JOBQUEUE_TRACE_H_

#include <linux/tracepoint.h>

#include "base/fence.h"

DECLARE_EVENT_CLASS(drm_jobqueue_job,
	TP_PROTO(struct drm_jobqueue_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__string(device, job->fence->timeline->device)
		__string(queue, job->fence->timeline->name)
		__field(u64, context)
		__field(u64, seqno)
		__field(u64, client)
		__field(u32, credits)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(queue);
		__entry->context = job->fence->timeline->context;
		__entry->seqno = job->fence->base.seqno;
		__entry->client = job->client_id;
		__entry->credits = job->credits;
		__entry->error = job->error;
	),
	TP_printk("dev=%s queue=%s fence=%llu:%llu client=%llu credits=%u error=%d",
		  __get_str(device), __get_str(queue), __entry->context,
		  __entry->seqno, __entry->client, __entry->credits,
		  __entry->error)
);

/* The job has its place in the queue and its sequence number. */
DEFINE_EVENT(drm_jobqueue_job, drm_jobqueue_job_arm,
	TP_PROTO(struct drm_jobqueue_job *job), TP_ARGS(job));

/* The job is about to be written into the ring. */
DEFINE_EVENT(drm_jobqueue_job, drm_jobqueue_job_run,
	TP_PROTO(struct drm_jobqueue_job *job), TP_ARGS(job));

/* The job's fence is about to signal, with this error. */
DEFINE_EVENT(drm_jobqueue_job, drm_jobqueue_job_done,
	TP_PROTO(struct drm_jobqueue_job *job), TP_ARGS(job));

/* The job exceeded its time at the ring's head; the driver is about to be asked. */
DEFINE_EVENT(drm_jobqueue_job, drm_jobqueue_timeout,
	TP_PROTO(struct drm_jobqueue_job *job), TP_ARGS(job));

/* A job that has just been armed waits for this fence. */
TRACE_EVENT(drm_jobqueue_job_dep,
	TP_PROTO(struct drm_jobqueue_job *job, struct dma_fence *dep),
	TP_ARGS(job, dep),
	TP_STRUCT__entry(
		__string(device, job->fence->timeline->device)
		__string(queue, job->fence->timeline->name)
		__field(u64, context)
		__field(u64, seqno)
		__field(u64, client)
		__field(u64, dep_context)
		__field(u64, dep_seqno)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(queue);
		__entry->context = job->fence->timeline->context;
		__entry->seqno = job->fence->base.seqno;
		__entry->client = job->client_id;
		__entry->dep_context = dep->context;
		__entry->dep_seqno = dep->seqno;
	),
	TP_printk("dev=%s queue=%s fence=%llu:%llu client=%llu depends on fence=%llu:%llu",
		  __get_str(device), __get_str(queue), __entry->context,
		  __entry->seqno, __entry->client, __entry->dep_context,
		  __entry->dep_seqno)
);

/* The queue was killed: no more jobs will run. */
TRACE_EVENT(drm_jobqueue_kill,
	TP_PROTO(struct drm_jobqueue *queue, int error),
	TP_ARGS(queue, error),
	TP_STRUCT__entry(
		__string(device, queue->timeline->device)
		__string(queue, queue->timeline->name)
		__field(u64, context)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(queue);
		__entry->context = queue->timeline->context;
		__entry->error = error;
	),
	TP_printk("dev=%s queue=%s context=%llu error=%d",
		  __get_str(device), __get_str(queue), __entry->context,
		  __entry->error)
);

#endif /* _DRM_JOBQUEUE_TRACE_H_ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
