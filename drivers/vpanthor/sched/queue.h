/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_QUEUE_H_
#define _VPAN_QUEUE_H_

#include <drm/drm_jobqueue.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>

#include "device/job_limit.h"
#include "heap/heap_wait.h"
#include "sched/blocked.h"

struct drm_panthor_queue_create;
struct vpan_group;
struct vpan_job;
struct vpan_kbo;

/*
 * Jobs that a queue holds at most, in its ring and in front of it: a limit of the
 * kernel memory behind one queue that no program reaches that waits for its jobs
 * now and then. One GROUP_SUBMIT call must fit.
 */
#define VPAN_QUEUE_JOBS_MAX	8192

/* Room for the name of a queue, from the numbers of client, group and queue */
#define VPAN_QUEUE_NAME		64

/**
 * struct vpan_profiled_job - job in the ring whose GPU time is measured
 */
struct vpan_profiled_job {
	/** @seqno: Sequence number of the job. */
	u64 seqno;
	/** @mask: VPAN_PROFILE bits. */
	u32 mask;
};

/**
 * struct vpan_queue - ring of a group, and the jobs in front of it
 */
struct vpan_queue {
	/** @jq: Base class. */
	struct drm_jobqueue jq;
	/** @group: Owner. */
	struct vpan_group *group;
	/** @vpan: The device; outlives the queue even if @group does not. */
	struct vpan_device *vpan;
	/** @index: Index in the group. */
	u32 index;
	/** @priority: Priority in the group, 15 is the highest. */
	u32 priority;
	/** @ring: The ring, in the group's address space. */
	struct vpan_kbo *ring;
	/** @input: The host's position. */
	struct csf_ring_input *input;
	/** @output: The firmware's position. */
	const struct csf_ring_output *output;
	/** @syncobj: Sequence number of the last completed job. */
	const struct csf_sync64 *syncobj;
	/** @syncobj_va: GPU address of @syncobj. */
	u64 syncobj_va;
	/** @wait: Wait of the stream if it is in &vpan_group.blocked. */
	struct vpan_syncwait wait;
	/**
	 * @heap_wait: Wait of the stream for tiler memory. Under
	 * &vpan_heaps.lock of the group's address space.
	 */
	struct vpan_heap_wait heap_wait;
	/**
	 * @saved_status: Status of the stream when the group left its slot. Under
	 * &vpan_slots.lock.
	 */
	struct csf_cs_output saved_status;
	/** @insert: Bytes written to the ring so far. Written by run() only. */
	u64 insert;
	/** @last_seqno: Last job put into the ring. Written by run() only. */
	u64 last_seqno;
	/**
	 * @done: Sequence number of the last job that was found complete. Never
	 * decreases, as @syncobj may: streams can write to it.
	 */
	u64 done;
	/** @unit_seqnos: Job in each unit of the ring. Written by run(). */
	u64 *unit_seqnos;
	/**
	 * @profile_lock: Protects @profiled and its positions; irq-safe. Taken by
	 * run(), so it must not be held while jobs complete.
	 */
	spinlock_t profile_lock;
	/** @job_mask: Largest number of jobs in the ring minus one. */
	u32 job_mask;
	/**
	 * @profiled: Measured jobs in the ring, in order, from
	 * @profile_head to @profile_tail modulo @job_mask + 1.
	 */
	struct vpan_profiled_job *profiled;
	/** @profile_head: First entry of @profiled that has not been counted. */
	u32 profile_head;
	/** @profile_tail: End of @profiled. */
	u32 profile_tail;
	/** @profile_slots: &struct vpan_profile_slot, one per @profiled. */
	struct vpan_kbo *profile_slots;
	/** @usage_place: See vpan_usage_watch(). Under @profile_lock. */
	u32 usage_place;
	/** @limit: Limit of jobs, %VPAN_QUEUE_JOBS_MAX. */
	struct vpan_job_limit limit;
};

#define to_vpan_queue(queue) container_of(queue, struct vpan_queue, jq)

int vpan_queue_create(struct vpan_group *group, u32 index,
		      const struct drm_panthor_queue_create *args,
		      const struct drm_jobqueue_ops *ops, unsigned long timeout);
void vpan_queue_destroy(struct vpan_queue *queue);
void vpan_queue_write_job(struct vpan_queue *queue, struct vpan_job *job,
			  u64 seqno);
void vpan_queue_record_fault(struct vpan_queue *queue);
void vpan_queue_check_completion(struct vpan_queue *queue);
void vpan_queue_end_profiled(struct vpan_queue *queue);

/**
 * vpan_queue_has_work - check if the ring holds a job that has not completed
 * @queue: the queue
 *
 * Streams can write to the sync object: the result tells for which jobs the client
 * waits, and not whether the GPU is busy with the queue.
 *
 * Context: any.
 * Return: true if it does, by the sync object or by what was found before.
 */
static inline bool vpan_queue_has_work(const struct vpan_queue *queue)
{
	u64 last = READ_ONCE(queue->last_seqno);

	return last != READ_ONCE(queue->syncobj->seqno) &&
	       last != READ_ONCE(queue->done);
}

/**
 * vpan_queue_is_executed - check if the firmware has executed all of the ring
 * @queue: the queue
 *
 * Streams cannot write to the memory that this reads. Off a slot it is the state in
 * which the group left its last one.
 *
 * Context: any.
 * Return: true if it has, as far as it has reported.
 */
static inline bool vpan_queue_is_executed(const struct vpan_queue *queue)
{
	return READ_ONCE(queue->output->extract) == READ_ONCE(queue->insert) &&
	       !READ_ONCE(queue->output->active);
}

#endif /* _VPAN_QUEUE_H_ */
