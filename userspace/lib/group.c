// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups and submission: creation of groups whose queues are all alike, and
 * elements of GROUP_SUBMIT with their sync operations.
 */

#include <errno.h>
#include <string.h>

#include "panthor.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
/* More than any hardware has, so that a caller can ask for too many */
#define MAX_QUEUES	64

/**
 * panthor_group_create_priority - create a group of identical queues on all cores
 * @fd: the device
 * @vm: the group's address space
 * @queues: number of queues
 * @ringbuf_size: bytes of each queue's ring
 * @priority: enum drm_panthor_group_priority
 * @group: returns the handle
 *
 * Return: 0 or a negative errno.
 */
int panthor_group_create_priority(int fd, uint32_t vm, unsigned int queues,
				  uint32_t ringbuf_size, unsigned int priority,
				  uint32_t *group)
{
	struct drm_panthor_queue_create queue[MAX_QUEUES] = {};
	struct drm_panthor_group_create args = {
		.queues = DRM_PANTHOR_OBJ_ARRAY(queues, queue),
		.priority = priority,
		.vm_id = vm,
	};
	struct drm_panthor_gpu_info gpu;
	int ret;

	if (queues > ARRAY_SIZE(queue))
		return -EINVAL;
	ret = panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu, sizeof(gpu));
	if (ret)
		return ret;
	for (unsigned int i = 0; i < queues; i++) {
		queue[i].priority = 1;
		queue[i].ringbuf_size = ringbuf_size;
	}
	args.compute_core_mask = gpu.shader_present;
	args.fragment_core_mask = gpu.shader_present;
	args.tiler_core_mask = gpu.tiler_present;
	args.max_compute_cores = __builtin_popcountll(gpu.shader_present);
	args.max_fragment_cores = __builtin_popcountll(gpu.shader_present);
	args.max_tiler_cores = __builtin_popcountll(gpu.tiler_present);

	ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &args);
	if (!ret)
		*group = args.group_handle;
	return ret;
}

/**
 * panthor_group_create - create a group of medium priority
 * @fd: the device
 * @vm: the group's address space
 * @queues: number of queues
 * @ringbuf_size: bytes of each queue's ring
 * @group: returns the handle
 *
 * Return: 0 or a negative errno.
 */
int panthor_group_create(int fd, uint32_t vm, unsigned int queues,
			 uint32_t ringbuf_size, uint32_t *group)
{
	return panthor_group_create_priority(fd, vm, queues, ringbuf_size,
					     PANTHOR_GROUP_PRIORITY_MEDIUM, group);
}

/**
 * panthor_group_destroy - destroy a group and cancel its jobs
 * @fd: the device
 * @group: the group
 *
 * Return: 0 or a negative errno.
 */
int panthor_group_destroy(int fd, uint32_t group)
{
	struct drm_panthor_group_destroy args = { .group_handle = group };

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &args);
}

/**
 * panthor_group_get_state - read the state of a group
 * @fd: the device
 * @group: the group
 * @state: returns enum drm_panthor_group_state_flags
 * @fatal_queues: returns the mask of the queues that faulted
 *
 * Return: 0 or a negative errno.
 */
int panthor_group_get_state(int fd, uint32_t group, uint32_t *state,
			    uint32_t *fatal_queues)
{
	struct drm_panthor_group_get_state args = { .group_handle = group };
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_GET_STATE, &args);

	if (ret)
		return ret;
	*state = args.state;
	*fatal_queues = args.fatal_queues;
	return 0;
}

/**
 * panthor_job_init - initialize an element of a submission
 * @job: the element
 * @queue: index of the queue in its group
 * @va: GPU address of the stream, 0 with a @size of 0 for a sync point
 * @size: bytes of the stream
 */
void panthor_job_init(struct panthor_job *job, unsigned int queue, uint64_t va,
		      uint32_t size)
{
	memset(job, 0, sizeof(*job));
	job->submit.queue_index = queue;
	job->submit.stream_addr = va;
	job->submit.stream_size = size;
}

static void job_add_sync(struct panthor_job *job, uint32_t flags, uint32_t syncobj,
			 uint64_t point)
{
	struct drm_panthor_sync_op *op;

		/* Count excess operations, too: panthor_submit() refuses them. */
	if (job->sync_count++ >= ARRAY_SIZE(job->syncs))
		return;
	op = &job->syncs[job->sync_count - 1];
	op->flags = flags | (point ? DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ :
				     DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_SYNCOBJ);
	op->handle = syncobj;
	op->timeline_value = point;
}

/**
 * panthor_job_wait - make a job wait for a syncobj
 * @job: the job
 * @syncobj: handle of the syncobj
 * @point: timeline point, 0 for a binary syncobj
 */
void panthor_job_wait(struct panthor_job *job, uint32_t syncobj, uint64_t point)
{
	job_add_sync(job, DRM_PANTHOR_SYNC_OP_WAIT, syncobj, point);
}

/**
 * panthor_job_signal - make a job signal a syncobj
 * @job: the job
 * @syncobj: handle of the syncobj
 * @point: timeline point, 0 for a binary syncobj
 */
void panthor_job_signal(struct panthor_job *job, uint32_t syncobj, uint64_t point)
{
	job_add_sync(job, DRM_PANTHOR_SYNC_OP_SIGNAL, syncobj, point);
}

/**
 * panthor_submit - submit jobs to a group in one ioctl
 * @fd: the device
 * @group: the group
 * @jobs: the jobs, in order
 * @count: number of them, at most 64
 *
 * Return: 0 or a negative errno; -E2BIG if there are more jobs, or more sync
 * operations of a job, than this function has room for.
 */
int panthor_submit(int fd, uint32_t group, struct panthor_job *jobs,
		   unsigned int count)
{
	struct drm_panthor_queue_submit submits[64];
	struct drm_panthor_group_submit args = {
		.group_handle = group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(count, submits),
	};

	if (count > ARRAY_SIZE(submits))
		return -E2BIG;
	for (unsigned int i = 0; i < count; i++) {
		if (jobs[i].sync_count > ARRAY_SIZE(jobs[i].syncs))
			return -E2BIG;
		submits[i] = jobs[i].submit;
		submits[i].syncs = (struct drm_panthor_obj_array)
			DRM_PANTHOR_OBJ_ARRAY(jobs[i].sync_count, jobs[i].syncs);
	}
	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args);
}
