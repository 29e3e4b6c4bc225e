// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Queues
 *
 * A queue is a ring in the address space of the group, with a &struct
 * drm_jobqueue in front of it. run() writes 16 instructions per job into the ring
 * (24 if the job is measured), which call the stream and then add to the sync
 * object of the queue. That counts up to the sequence number of the last completed
 * job, so the interrupt handler needs no list of jobs, and a job that never reaches
 * the ring leaves no gap: the next one adds the distance.
 *
 * run() is called by one context at a time, in any context, so the ring needs no
 * lock. Completion may be checked by several contexts at a time. Streams can write
 * to the sync object: its value is taken for what it is only if it is a number
 * that the ring has seen, and a stream can at most make its own jobs complete
 * early, or run into its timeout. Whether the GPU is busy with a queue is therefore
 * told by the position of the firmware in the ring, which streams cannot write:
 * vpan_queue_is_executed().
 *
 * A stream that meets a fault stops until it is told to continue. Before that the
 * error is noted for the job that the firmware is at, by its position in the ring;
 * the fence gets it when the job completes, whatever context reports that.
 *
 * A group and its queues are created together. A queue may outlive its group: jobs
 * hold a reference to the queue, and &drm_jobqueue_ops.release frees it.
 */

#include <linux/export.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/panthor_uapi.h>

#include <kunit/visibility.h>

#include "device/device.h"
#include "fw/fw_window.h"
#include "mm/kbo.h"
#include "pt/pgtable.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/profile.h"
#include "sched/queue.h"
#include "sched/ring.h"

/* The firmware's position is on the second page. */
#define QUEUE_IFACE_OUTPUT	SZ_4K

/*
 * Is an array of as many entries as the ring has jobs full? Jobs that complete by the
 * sync object leave the array, but streams can write to the sync object and make
 * jobs complete whose entries stay. The oldest entry is dropped then: it may be of a
 * job whose fence has signalled.
 */
static bool queue_jobs_full(const struct vpan_queue *queue, u32 head, u32 tail)
{
	return tail - head > queue->job_mask;
}

/* Let the client's usage know the oldest measured job. */
static void queue_watch_profiled(struct vpan_queue *queue)
{
	const struct vpan_profile_slot *slots = queue->profile_slots->vaddr;
	u32 head = queue->profile_head;

	lockdep_assert_held(&queue->profile_lock);

	vpan_usage_watch(queue->group->usage, &queue->usage_place,
			 head == queue->profile_tail ?
			 NULL : &slots[head & queue->job_mask]);
}

/* Return: GPU address to which the job writes its measurements. */
static u64 queue_profile(struct vpan_queue *queue, u32 mask, u64 seqno)
{
	struct vpan_profile_slot *slots = queue->profile_slots->vaddr;
	u32 i = queue->profile_tail & queue->job_mask;
	unsigned long flags;

	spin_lock_irqsave(&queue->profile_lock, flags);
	/* The usage must not look at this place any longer, see below. */
	if (queue_jobs_full(queue, queue->profile_head, queue->profile_tail)) {
		WRITE_ONCE(queue->profile_head, queue->profile_head + 1);
		queue_watch_profiled(queue);
	}
	/* The job has neither begun nor ended. */
	WRITE_ONCE(slots[i].time[0], 0);
	WRITE_ONCE(slots[i].time[1], 0);
	queue->profiled[i] = (struct vpan_profiled_job) {
		.seqno = seqno,
		.mask = mask,
	};
	WRITE_ONCE(queue->profile_tail, queue->profile_tail + 1);
	queue_watch_profiled(queue);
	spin_unlock_irqrestore(&queue->profile_lock, flags);
	return queue->profile_slots->va + i * sizeof(struct vpan_profile_slot);
}

/* A job may begin near the end of the ring and wrap around. */
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

/**
 * vpan_queue_write_job - write a job into the ring
 * @queue: queue with space for the job
 * @job: the job
 * @seqno: its sequence number
 *
 * Does not ring the doorbell.
 *
 * Context: any; one call at a time per queue, so the ring needs no lock.
 */
void vpan_queue_write_job(struct vpan_queue *queue, struct vpan_job *job,
			  u64 seqno)
{
	struct vpan_device *vpan = queue->vpan;
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
	WRITE_ONCE(queue->insert, queue->insert + bytes);
	/* The firmware may read the commands as soon as it sees this. */
	smp_store_release(&queue->input->insert, queue->insert);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_queue_write_job);

/* Job at the position of the firmware; meaningless if the ring is empty */
static u64 queue_seqno_at_extract(const struct vpan_queue *queue)
{
	u64 extract = READ_ONCE(queue->output->extract);
	u64 offset = extract & (queue->ring->size - 1);

	return READ_ONCE(queue->unit_seqnos[offset / VPAN_RING_UNIT_BYTES]);
}

/**
 * vpan_queue_record_fault - record that the job in execution has met a fault
 * @queue: queue whose stream has stopped
 *
 * The fence of the job signals with -EINVAL when the job completes. No effect if it
 * has completed: the stream has written to the sync object.
 *
 * Context: any, while the group is on a slot. Before the stream is told to
 * continue.
 */
void vpan_queue_record_fault(struct vpan_queue *queue)
{
	u64 seqno = queue_seqno_at_extract(queue);

	/* There is room for each job that fits into the ring. */
	drm_jobqueue_set_error(&queue->jq, seqno, seqno, -EINVAL);
}

/* Count what the completed jobs up to @seqno have used. */
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
	queue_watch_profiled(queue);
	spin_unlock_irqrestore(&queue->profile_lock, flags);
}

/**
 * vpan_queue_end_profiled - forget the measured jobs that have not completed
 * @queue: queue whose ring the firmware does not execute
 *
 * Context: any.
 */
void vpan_queue_end_profiled(struct vpan_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->profile_lock, flags);
	WRITE_ONCE(queue->profile_head, queue->profile_tail);
	vpan_usage_watch(queue->group->usage, &queue->usage_place, NULL);
	spin_unlock_irqrestore(&queue->profile_lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vpan_queue_end_profiled);

/*
 * Several contexts may be here, and any may be the last: the sync object then has
 * the right value, unless a stream has written to it.
 */
static void queue_update_done(struct vpan_queue *queue, u64 seqno)
{
	/*
	 * A stream has written a value beyond the last job. Its own job
	 * is not complete then and runs into its timeout.
	 */
	if (seqno > READ_ONCE(queue->last_seqno))
		return;
	if (seqno > READ_ONCE(queue->done))
		WRITE_ONCE(queue->done, seqno);
}

/**
 * vpan_queue_check_completion - signal the fences of completed jobs
 * @queue: the queue
 *
 * Context: any.
 */
void vpan_queue_check_completion(struct vpan_queue *queue)
{
	/* The error of a job that has met a fault is noted before. */
	u64 seqno = smp_load_acquire(&queue->syncobj->seqno);

	/* Measurements must be read before their memory is reused. */
	if (READ_ONCE(queue->profile_head) != READ_ONCE(queue->profile_tail))
		queue_count_profiled(queue, seqno);
	drm_jobqueue_complete(&queue->jq, seqno, 0);
	queue_update_done(queue, seqno);
}

/* Jobs that fit into a ring of that many bytes */
static u32 queue_ring_jobs(u32 ring_size)
{
	return ring_size / (VPAN_RING_JOB_INSTRS * CSF_CS_INSTR_SIZE);
}

static int queue_alloc_memory(struct vpan_queue *queue, u32 ring_size)
{
	struct vpan_group *group = queue->group;
	u32 jobs = queue_ring_jobs(ring_size);
	void *iface;

	queue->job_mask = jobs - 1;
	queue->unit_seqnos = kcalloc(ring_size / VPAN_RING_UNIT_BYTES,
				     sizeof(*queue->unit_seqnos),
				     GFP_KERNEL_ACCOUNT);
	queue->profiled = kcalloc(jobs, sizeof(*queue->profiled),
				  GFP_KERNEL_ACCOUNT);
	if (!queue->unit_seqnos || !queue->profiled)
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

	iface = group->fw_buf->mem.vaddr +
		vpan_fw_buf_iface_offset(group->fw_buf, queue->index);
	queue->input = iface;
	queue->output = iface + QUEUE_IFACE_OUTPUT;
	return 0;
}

static void queue_free_memory(struct vpan_queue *queue)
{
	vpan_kbo_destroy(queue->ring);
	vpan_kbo_destroy(queue->profile_slots);
	kfree(queue->profiled);
	kfree(queue->unit_seqnos);
}

/**
 * vpan_queue_create - create the next queue of a group
 * @group: group with its buffers, not yet known to others
 * @index: index of the queue in the group, &vpan_group.nqueues
 * @args: properties, checked
 * @ops: operations of the jobs
 * @timeout: jiffies that a job may take at the head of the ring, 0 for no limit
 *
 * The group frees a queue that could not be completed.
 *
 * Context: may sleep and allocate.
 * Return: 0 or a negative errno.
 */
int vpan_queue_create(struct vpan_group *group, u32 index,
		      const struct drm_panthor_queue_create *args,
		      const struct drm_jobqueue_ops *ops, unsigned long timeout)
{
	struct drm_jobqueue_args jq_args = {
		.group = &group->vpan->jobqueues,
		.ops = ops,
		/*
		 * A job is complete before the firmware has left its part of
		 * the ring: keep the distance of one job.
		 */
		.credits = args->ringbuf_size / CSF_CS_INSTR_SIZE -
			   VPAN_RING_PROFILED_INSTRS,
		.flags = DRM_JOBQUEUE_RUN_ANY_CONTEXT,
		.timeout = timeout,
		.max_errors = queue_ring_jobs(args->ringbuf_size),
	};
	struct vpan_queue *queue;
	char name[VPAN_QUEUE_NAME];
	int ret;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return -ENOMEM;

	queue->group = group;
	queue->vpan = group->vpan;
	queue->index = index;
	queue->priority = args->priority;
	spin_lock_init(&queue->profile_lock);
	vpan_job_limit_init(&queue->limit, VPAN_QUEUE_JOBS_MAX);
	queue->syncobj = group->syncobjs->vaddr +
			 index * sizeof(*queue->syncobj);
	queue->syncobj_va = group->syncobjs->va +
			    index * sizeof(*queue->syncobj);

	snprintf(name, sizeof(name), "client%llu/group%llu/queue%u",
		 group->usage->client_id, group->id, index);
	jq_args.name = name;
	ret = drm_jobqueue_init(&queue->jq, &jq_args);
	if (ret) {
		kfree(queue);
		return ret;
	}
	group->queues[index] = queue;
	group->nqueues++;
	return queue_alloc_memory(queue, args->ringbuf_size);
}

/**
 * vpan_queue_destroy - free a queue
 * @queue: queue without jobs
 *
 * Context: may sleep.
 */
void vpan_queue_destroy(struct vpan_queue *queue)
{
	vpan_queue_end_profiled(queue);
	queue_free_memory(queue);
	drm_jobqueue_put(&queue->jq);
}
