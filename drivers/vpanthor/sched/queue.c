// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/panthor_uapi.h>

#include "debug/trace.h"
#include "device/device.h"
#include "fw/fw.h"
#include "hw/devfreq.h"
#include "mm/kbo.h"
#include "mm/pgtable.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/ring.h"
#include "sched/slots.h"

static unsigned int job_timeout_ms = 5000;
module_param(job_timeout_ms, uint, 0644);
MODULE_PARM_DESC(job_timeout_ms,
		 "Time that a job may take on the hardware, for groups made from now on (ms, 0 for ever)");

/* The firmware's page is the second one. */
#define QUEUE_IFACE_OUTPUT	SZ_4K
#define QUEUE_IFACE_SIZE	SZ_8K

/* Return: where the job shall write what it uses. */
static u64 queue_profile(struct vpan_queue *queue, u32 mask, u64 seqno)
{
	u32 i = queue->profile_tail & queue->job_mask;
	unsigned long flags;

	spin_lock_irqsave(&queue->profile_lock, flags);
	queue->profiled[i] = (struct vpan_profiled_job) {
		.seqno = seqno,
		.mask = mask,
	};
	WRITE_ONCE(queue->profile_tail, queue->profile_tail + 1);
	spin_unlock_irqrestore(&queue->profile_lock, flags);
	return queue->profile_slots->va + i * sizeof(struct vpan_profile_slot);
}

/* A job may begin near the end of the ring and go on at its start. */
static void queue_copy_to_ring(struct vpan_queue *queue, const u64 *instrs,
			       u32 bytes, u64 seqno)
{
	u32 offset, done;

	for (done = 0; done < bytes; done += VPAN_RING_UNIT_BYTES) {
		offset = (queue->insert + done) & (queue->ring->size - 1);
		memcpy(queue->ring->vaddr + offset, (void *)instrs + done,
		       VPAN_RING_UNIT_BYTES);
		queue->unit_seqnos[offset / VPAN_RING_UNIT_BYTES] = seqno;
	}
}

static void queue_write_ring(struct vpan_queue *queue, struct vpan_job *job,
			     u64 seqno)
{
	struct vpan_device *vpan = queue->group->vpan;
	struct vpan_ring_job ring_job = {
		.stream_va = job->stream_va,
		.stream_size = job->stream_size,
		.latest_flush = job->latest_flush,
		.syncobj_va = queue->syncobj_va,
		.increment = seqno - queue->last_seqno,
		.profile_mask = job->profile_mask,
		.first_reg = vpan->csif_info.cs_reg_count -
			     vpan->csif_info.unpreserved_cs_reg_count,
		.scoreboards = vpan->csif_info.scoreboard_slot_count,
	};
	u64 instrs[VPAN_RING_PROFILED_INSTRS];
	u32 bytes;

	if (job->profile_mask)
		ring_job.profile_va = queue_profile(queue, job->profile_mask,
						    seqno);
	bytes = vpan_ring_encode(instrs, &ring_job) * sizeof(*instrs);
	queue_copy_to_ring(queue, instrs, bytes, seqno);
	WRITE_ONCE(queue->last_seqno, seqno);
	queue->insert += bytes;
	/* The firmware may read the commands as soon as it sees this. */
	smp_store_release(&queue->input->insert, queue->insert);
}

/*
 * A ring write and a doorbell: safe in any context. One call at a time per
 * queue, so that the ring needs no lock.
 */
static struct dma_fence *queue_run(struct drm_jobqueue_job *base)
{
	struct vpan_queue *queue = to_vpan_queue(base->queue);
	struct vpan_job *job = to_vpan_job(base);

	if (!job->stream_size) {
		drm_jobqueue_job_complete(base, 0);
		return NULL;
	}

	queue_write_ring(queue, job, drm_jobqueue_job_seqno(base));
	trace_vpanthor_job_run(job);
	vpan_slots_ring_group(queue->group);
	return NULL;
}

static void queue_free_job(struct drm_jobqueue_job *base)
{
	struct vpan_job *job = to_vpan_job(base);

	vpan_group_put(job->group);
	kfree(job);
}

static enum drm_jobqueue_timeout_action
queue_timedout(struct drm_jobqueue_job *base)
{
	struct vpan_queue *queue = to_vpan_queue(base->queue);
	struct vpan_group *group = queue->group;

	/* The interrupt may have been lost, or we are late ourselves. */
	vpan_queue_check_completion(queue);
	if (dma_fence_is_signaled(drm_jobqueue_job_fence(base)))
		return DRM_JOBQUEUE_TIMEOUT_EXTEND;

	/* The work item takes the group off the slot, then ends its jobs. */
	set_bit(VPAN_GROUP_TIMEDOUT, &group->flags);
	vpan_slots_kick_group(group);
	return DRM_JOBQUEUE_TIMEOUT_RESET;
}

/* It may be about to go. */
static void queue_set_deadline(struct drm_jobqueue *jq, u64 seqno,
			       ktime_t deadline)
{
	vpan_devfreq_set_deadline(to_vpan_queue(jq)->vpan, deadline);
}

static void queue_release(struct drm_jobqueue *jq)
{
	kfree(to_vpan_queue(jq));
}

static const struct drm_jobqueue_ops queue_ops = {
	.run = queue_run,
	.free = queue_free_job,
	.timedout = queue_timedout,
	.release = queue_release,
	.set_deadline = queue_set_deadline,
};

/* Of the job that the firmware is at; meaningless if the ring is empty. */
static u64 queue_seqno_at_extract(const struct vpan_queue *queue)
{
	u64 extract = READ_ONCE(queue->output->extract);
	u64 offset = extract & (queue->ring->size - 1);

	return READ_ONCE(queue->unit_seqnos[offset / VPAN_RING_UNIT_BYTES]);
}

/**
 * vpan_queue_record_fault - the job that the firmware is at has met a fault
 * @queue: the queue, whose stream stands still
 *
 * Its fence will signal with -EINVAL when the job is done.
 *
 * Context: any, while the group is on a slot. Before the stream is told to
 * go on.
 */
void vpan_queue_record_fault(struct vpan_queue *queue)
{
	u64 seqno = queue_seqno_at_extract(queue);
	unsigned long flags;
	u32 tail;

	spin_lock_irqsave(&queue->done_lock, flags);
	tail = queue->fault_tail;
	/* One job may meet several. */
	if (tail == queue->fault_head ||
	    queue->faults[(tail - 1) & queue->job_mask] != seqno) {
		queue->faults[tail & queue->job_mask] = seqno;
		WRITE_ONCE(queue->fault_tail, tail + 1);
	}
	spin_unlock_irqrestore(&queue->done_lock, flags);
}

/* All jobs up to @seqno are done: signal those that met a fault, in order. */
static void queue_complete_faults(struct vpan_queue *queue, u64 seqno)
{
	unsigned long flags;
	u64 fault;

	/* Held over the completion: nobody may overtake us with a success. */
	spin_lock_irqsave(&queue->done_lock, flags);
	while (queue->fault_head != queue->fault_tail) {
		fault = queue->faults[queue->fault_head & queue->job_mask];
		if (fault > seqno)
			break;
		drm_jobqueue_complete(&queue->jq, fault - 1, 0);
		drm_jobqueue_complete(&queue->jq, fault, -EINVAL);
		WRITE_ONCE(queue->fault_head, queue->fault_head + 1);
	}
	spin_unlock_irqrestore(&queue->done_lock, flags);
}

/* All jobs up to @seqno are done: count what they used. */
static void queue_count_profiled(struct vpan_queue *queue, u64 seqno)
{
	const struct vpan_profile_slot *slots = queue->profile_slots->vaddr;
	const struct vpan_profiled_job *job;
	unsigned long flags;
	u32 i;

	spin_lock_irqsave(&queue->profile_lock, flags);
	while (queue->profile_head != queue->profile_tail) {
		i = queue->profile_head & queue->job_mask;
		job = &queue->profiled[i];
		if (job->seqno > seqno)
			break;
		vpan_usage_add(queue->group->usage, job->mask, &slots[i]);
		WRITE_ONCE(queue->profile_head, queue->profile_head + 1);
	}
	spin_unlock_irqrestore(&queue->profile_lock, flags);
}

/*
 * Of several at a time any may be the last: then the sync object says what is
 * done, unless the stream has tampered with it.
 */
static void queue_update_done(struct vpan_queue *queue, u64 seqno)
{
	/*
	 * There cannot have been more jobs than this: one that says so is not
	 * done, and is on its slot until the time for it is over.
	 */
	if (seqno > READ_ONCE(queue->last_seqno))
		return;
	if (seqno > READ_ONCE(queue->done))
		WRITE_ONCE(queue->done, seqno);
}

/**
 * vpan_queue_check_completion - signal the fences of jobs that are done
 * @queue: the queue
 *
 * Context: any.
 */
void vpan_queue_check_completion(struct vpan_queue *queue)
{
	/* A job's fault is noted before the job can be done. */
	u64 seqno = smp_load_acquire(&queue->syncobj->seqno);

	/* What it measured must be read before its room is used again. */
	if (READ_ONCE(queue->profile_head) != READ_ONCE(queue->profile_tail))
		queue_count_profiled(queue, seqno);
	if (READ_ONCE(queue->fault_head) != READ_ONCE(queue->fault_tail))
		queue_complete_faults(queue, seqno);
	drm_jobqueue_complete(&queue->jq, seqno, 0);
	queue_update_done(queue, seqno);
}

static int queue_alloc_memory(struct vpan_queue *queue, u32 ring_size)
{
	struct vpan_group *group = queue->group;
	u32 jobs = ring_size / (VPAN_RING_JOB_INSTRS * CSF_CS_INSTR_SIZE);

	queue->job_mask = jobs - 1;
	queue->unit_seqnos = kcalloc(ring_size / VPAN_RING_UNIT_BYTES,
				     sizeof(*queue->unit_seqnos), GFP_KERNEL);
	queue->faults = kcalloc(jobs, sizeof(*queue->faults), GFP_KERNEL);
	queue->profiled = kcalloc(jobs, sizeof(*queue->profiled), GFP_KERNEL);
	if (!queue->unit_seqnos || !queue->faults || !queue->profiled)
		return -ENOMEM;

	queue->profile_slots =
		vpan_kbo_create(group->vm, VPAN_KBO_AUTO_VA,
				jobs * sizeof(struct vpan_profile_slot),
				VPAN_PROT_NOEXEC);
	if (IS_ERR(queue->profile_slots))
		return PTR_ERR(queue->profile_slots);

	queue->ring = vpan_kbo_create(group->vm, VPAN_KBO_AUTO_VA, ring_size,
				      VPAN_PROT_NOEXEC | VPAN_PROT_UNCACHED);
	if (IS_ERR(queue->ring))
		return PTR_ERR(queue->ring);

	queue->iface = vpan_kbo_create(group->vpan->fw->vm, VPAN_KBO_AUTO_VA,
				       QUEUE_IFACE_SIZE, VPAN_PROT_NOEXEC |
				       VPAN_PROT_UNCACHED);
	if (IS_ERR(queue->iface))
		return PTR_ERR(queue->iface);

	queue->input = queue->iface->vaddr;
	queue->output = queue->iface->vaddr + QUEUE_IFACE_OUTPUT;
	return 0;
}

static void queue_free_memory(struct vpan_queue *queue)
{
	vpan_kbo_destroy(queue->iface);
	vpan_kbo_destroy(queue->ring);
	vpan_kbo_destroy(queue->profile_slots);
	kfree(queue->profiled);
	kfree(queue->faults);
	kfree(queue->unit_seqnos);
}

/**
 * vpan_queue_create - create a queue of a group
 * @group: the group, with its sync objects
 * @index: number of the queue in it
 * @args: what it is to be like, checked
 *
 * Context: may sleep and allocate.
 * Return: the queue or an ERR_PTR().
 */
struct vpan_queue *vpan_queue_create(struct vpan_group *group, u32 index,
				     const struct drm_panthor_queue_create *args)
{
	struct drm_jobqueue_args jq_args = {
		.group = &group->vpan->jobqueues,
		.ops = &queue_ops,
		/*
		 * A job is done before the firmware has left its part of the
		 * ring: keep one job's distance.
		 */
		.credits = args->ringbuf_size / CSF_CS_INSTR_SIZE -
			   VPAN_RING_PROFILED_INSTRS,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
		.timeout = msecs_to_jiffies(READ_ONCE(job_timeout_ms)),
	};
	struct vpan_queue *queue;
	char name[16];
	int ret;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	if (!queue)
		return ERR_PTR(-ENOMEM);

	queue->group = group;
	queue->vpan = group->vpan;
	queue->index = index;
	queue->priority = args->priority;
	spin_lock_init(&queue->done_lock);
	spin_lock_init(&queue->profile_lock);
	queue->syncobj = group->syncobjs->vaddr +
			 index * sizeof(*queue->syncobj);
	queue->syncobj_va = group->syncobjs->va +
			    index * sizeof(*queue->syncobj);
	ret = queue_alloc_memory(queue, args->ringbuf_size);
	if (ret)
		goto err_free;

	snprintf(name, sizeof(name), "queue%u", index);
	jq_args.name = name;
	ret = drm_jobqueue_init(&queue->jq, &jq_args);
	if (ret)
		goto err_free;

	/* Time counts on a slot only. */
	drm_jobqueue_timeout_suspend(&queue->jq);
	return queue;

err_free:
	queue_free_memory(queue);
	kfree(queue);
	return ERR_PTR(ret);
}

/**
 * vpan_queue_destroy - free a queue
 * @queue: the queue, without jobs
 *
 * Context: may sleep.
 */
void vpan_queue_destroy(struct vpan_queue *queue)
{
	queue_free_memory(queue);
	drm_jobqueue_put(&queue->jq);
}

/**
 * vpan_job_create - prepare a job
 * @queue: the queue that it is for
 * @stream_va: where its commands are
 * @stream_size: bytes of them, 0 if it only synchronises
 * @latest_flush: flush id that they were built at
 * @client_id: whose it is
 *
 * To be given up with drm_jobqueue_job_put().
 *
 * Context: may sleep and allocate.
 * Return: the job or an ERR_PTR().
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

	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return ERR_PTR(-ENOMEM);

	ret = drm_jobqueue_job_init(&job->base, &queue->jq, credits, client_id);
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}
	job->group = vpan_group_get(queue->group);
	job->stream_va = stream_va;
	job->stream_size = stream_size;
	job->latest_flush = latest_flush;
	job->profile_mask = mask;
	return job;
}
