// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Jobs: calls of a user-space command stream from a ring. drm_jobqueue calls
 * the operations here, to put a job into the ring once its dependencies have
 * signalled, to free it, and when it has taken too long.
 */

#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "debug/trace.h"
#include "device/device.h"
#include "hw/devfreq.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/queue.h"
#include "sched/ring.h"
#include "sched/slots.h"

static unsigned int job_timeout_ms = 5000;
module_param(job_timeout_ms, uint, 0644);
MODULE_PARM_DESC(job_timeout_ms,
		 "Time limit of a job at the head of its ring, not counting waits for a slot, for groups created from now on (ms, 0 for no limit, default 5000)");

/*
 * A ring write and a doorbell: safe in any context. One call at a time per
 * queue.
 */
static struct dma_fence *job_run(struct drm_jobqueue_job *base)
{
	struct vpan_queue *queue = to_vpan_queue(base->queue);
	struct vpan_job *job = to_vpan_job(base);

	if (!job->stream_size) {
		drm_jobqueue_job_complete(base, 0);
		return NULL;
	}

	vpan_queue_write_job(queue, job, drm_jobqueue_job_seqno(base));
	trace_vpanthor_job_run(job);
	vpan_slots_ring_group(queue->group);
	return NULL;
}

static void job_free(struct drm_jobqueue_job *base)
{
	struct vpan_queue *queue = to_vpan_queue(base->queue);
	struct vpan_job *job = to_vpan_job(base);

	vpan_group_put(job->group);
	kfree(job);
	vpan_job_limit_release(&queue->limit, 1);
}

static enum drm_jobqueue_timeout_action
job_timedout(struct drm_jobqueue_job *base)
{
	struct vpan_queue *queue = to_vpan_queue(base->queue);
	struct vpan_group *group = queue->group;

	/* The interrupt may have been lost, or is late. */
	vpan_queue_check_completion(queue);
	if (dma_fence_is_signaled(drm_jobqueue_job_fence(base))) {
		/* The stream may run on: the scheduler limits that. */
		vpan_sched_kick(group->vpan);
		return DRM_JOBQUEUE_TIMEOUT_EXTEND;
	}

	/* The scheduler takes the group off its slot, if any, and ends its jobs. */
	set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
	vpan_slots_kick_group(group);
	return DRM_JOBQUEUE_TIMEOUT_RESET;
}

/* The queue may be about to be freed. */
static void job_set_deadline(struct drm_jobqueue *jq, u64 seqno,
			     ktime_t deadline)
{
	vpan_devfreq_set_deadline(to_vpan_queue(jq)->vpan, deadline);
}

static void job_queue_release(struct drm_jobqueue *jq)
{
	kfree(to_vpan_queue(jq));
}

const struct drm_jobqueue_ops vpan_job_ops = {
	.run = job_run,
	.free = job_free,
	.timedout = job_timedout,
	.release = job_queue_release,
	.set_deadline = job_set_deadline,
};

/**
 * vpan_job_timeout - get the time limit for jobs of new groups
 *
 * Context: any.
 * Return: jiffies that a job may take at the head of its ring, 0 for no limit.
 */
unsigned long vpan_job_timeout(void)
{
	return msecs_to_jiffies(READ_ONCE(job_timeout_ms));
}

/**
 * vpan_job_create - prepare a job
 * @queue: queue that the job is for
 * @stream_va: GPU address of the stream
 * @stream_size: size of the stream in bytes, 0 if the job only synchronises
 * @latest_flush: flush id at which the stream was built
 * @client_id: client, for traces
 *
 * Drop a job that is not pushed with drm_jobqueue_job_put().
 *
 * Context: may sleep and allocate.
 * Return: the job, ERR_PTR(-EAGAIN) if the queue is full (see
 * vpan_job_limit_wait()), or another ERR_PTR().
 */
struct vpan_job *vpan_job_create(struct vpan_queue *queue, u64 stream_va,
				 u32 stream_size, u32 latest_flush,
				 u64 client_id)
{
	u32 mask = READ_ONCE(queue->group->vpan->profiling);
	u32 credits = !stream_size ? 0 : mask ? VPAN_RING_PROFILED_INSTRS :
						VPAN_RING_JOB_INSTRS;
	struct vpan_job *job;
	int ret;

	ret = vpan_job_limit_take(&queue->limit);
	if (ret)
		return ERR_PTR(ret);

	job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);
	ret = job ? drm_jobqueue_job_init(&job->base, &queue->jq, credits,
					  client_id) : -ENOMEM;
	if (ret) {
		kfree(job);
		vpan_job_limit_release(&queue->limit, 1);
		return ERR_PTR(ret);
	}
	job->group = vpan_group_get(queue->group);
	job->stream_va = stream_va;
	job->stream_size = stream_size;
	job->latest_flush = latest_flush;
	job->profile_mask = mask;
	return job;
}
