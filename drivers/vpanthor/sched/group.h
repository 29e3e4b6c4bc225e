/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GROUP_H_
#define _VPAN_GROUP_H_

#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>

#include <vcsf/csf_fw.h>

#include "device/creator.h"
#include "mm/vm.h"
#include "sched/profile.h"

struct drm_panthor_group_create;
struct drm_panthor_group_get_state;
struct drm_panthor_queue_create;
struct vpan_device;
struct vpan_file;
struct vpan_fw_buf;
struct vpan_kbo;
struct vpan_queue;
struct vpan_vm;

/**
 * enum vpan_group_flag - bits of &vpan_group.flags
 * @VPAN_GROUP_KICKED: the group is on a list for the scheduler's work item
 * @VPAN_GROUP_IDLE: the firmware has reported the group as idle since it last
 *	got work
 * @VPAN_GROUP_BLOCKED: the group is in &vpan_slots.blocked
 * @VPAN_GROUP_TILER_OOM: a stream waits for tiler memory
 * @VPAN_GROUP_TIMEDOUT: a job, or the firmware, exceeded its time limit
 * @VPAN_GROUP_FATAL: a queue met a fatal error
 * @VPAN_GROUP_DESTROYED: user space has destroyed the group
 * @VPAN_GROUP_STUCK: the group failed to leave its slot or to start on it; the
 *	reset that follows finds out what is to blame
 * @VPAN_GROUP_LOST: a reset or an unplug has lost the state of the group
 * @VPAN_GROUP_DEAD: all queues of the group are killed
 * @VPAN_GROUP_DUMPED: the state of the killed group has been recorded
 */
enum vpan_group_flag {
	VPAN_GROUP_KICKED,
	VPAN_GROUP_IDLE,
	VPAN_GROUP_BLOCKED,
	VPAN_GROUP_TILER_OOM,
	VPAN_GROUP_TIMEDOUT,
	VPAN_GROUP_FATAL,
	VPAN_GROUP_DESTROYED,
	VPAN_GROUP_STUCK,
	VPAN_GROUP_LOST,
	VPAN_GROUP_DEAD,
	VPAN_GROUP_DUMPED,
};

/* A group with any of these flags does not run again. */
#define VPAN_GROUP_END_MASK \
	(BIT(VPAN_GROUP_TIMEDOUT) | BIT(VPAN_GROUP_FATAL) | \
	 BIT(VPAN_GROUP_DESTROYED) | BIT(VPAN_GROUP_LOST) | \
	 BIT(VPAN_GROUP_DEAD))

/**
 * struct vpan_group - queues that are scheduled onto the hardware together
 */
struct vpan_group {
	/** @ref: References: the handle, jobs, a slot, lists of the scheduler. */
	struct kref ref;
	/** @vpan: The device, with a reference to its &struct drm_device. */
	struct vpan_device *vpan;
	/** @vm: Address space of the streams, with a reference. */
	struct vpan_vm *vm;
	/** @id: Number in traces and dumps, never reused. Constant. */
	u64 id;
	/** @creator: Process that created the group, for dumps. */
	struct vpan_creator creator;
	/** @usage: Its client, with a reference. */
	struct vpan_usage *usage;
	/** @flags: Bits of &enum vpan_group_flag; atomic. */
	unsigned long flags;
	/** @fatal_queues: Queues that met a fatal error; atomic bits. */
	unsigned long fatal_queues;
	/** @compute_mask: Shader cores for compute work. */
	u64 compute_mask;
	/** @fragment_mask: Shader cores for fragment work. */
	u64 fragment_mask;
	/** @tiler_mask: Tilers. */
	u64 tiler_mask;
	/** @max_compute: Limit of cores of @compute_mask used at a time. */
	u8 max_compute;
	/** @max_fragment: Limit of cores of @fragment_mask used at a time. */
	u8 max_fragment;
	/** @max_tiler: Limit of tilers of @tiler_mask used at a time. */
	u8 max_tiler;
	/** @priority: &enum drm_panthor_group_priority. */
	u8 priority;
	/** @fw_buf: Suspend buffers and interface pages of the streams. */
	struct vpan_fw_buf *fw_buf;
	/** @syncobjs: One &struct csf_sync64 per queue. */
	struct vpan_kbo *syncobjs;
	/** @nqueues: Number of queues. */
	u32 nqueues;
	/** @queues: The queues, each with a reference. */
	struct vpan_queue *queues[CSF_CSG_STREAM_MAX];
	/** @slot: CSG slot, -1 if none. Written under &vpan_slots.lock. */
	int slot;
	/**
	 * @started: The group has been on a slot, so the firmware resumes it.
	 * &vpan_slots.lock.
	 */
	bool started;
	/**
	 * @blocked: Queues that waited for a sync object, see &vpan_queue.wait,
	 * when the group left its slot. &vpan_slots.lock.
	 */
	unsigned long blocked;
	/**
	 * @stalled: Queues that waited for protected mode or for a resource when
	 * the group left its slot. &vpan_slots.lock.
	 */
	unsigned long stalled;
	/**
	 * @used: Estimate in ns of the GPU time that it has used, by which the
	 * groups of a client are ordered. &vpan_slots.lock.
	 */
	u64 used;
	/**
	 * @retry_at: Jiffies at which the blocked group competes for a slot if
	 * the driver cannot tell what its streams wait for. &vpan_slots.lock.
	 */
	unsigned long retry_at;
	/**
	 * @waiting: In &vpan_share.groups or &vpan_slots.blocked.
	 * &vpan_slots.lock.
	 */
	struct list_head waiting;
	/** @link: In &vpan_slots.groups. */
	struct list_head link;
	/** @kick: In &vpan_slots.kicked. */
	struct llist_node kick;
	/** @rcu: Keeps the group for an RCU grace period. */
	struct rcu_head rcu;
	/** @late: Frees it then. */
	struct vpan_vm_free late;
};

struct vpan_group *
vpan_group_alloc(struct vpan_device *vpan,
		 const struct drm_panthor_group_create *args);
void vpan_group_put(struct vpan_group *group);

bool vpan_group_can_run(const struct vpan_group *group);
bool vpan_group_has_work(const struct vpan_group *group);
bool vpan_group_is_done(const struct vpan_group *group);
bool vpan_group_is_idle(const struct vpan_group *group);
bool vpan_group_is_idle_on(const struct vpan_group *group, int slot);
bool vpan_group_overruns(const struct vpan_group *group);
void vpan_group_set_fatal(struct vpan_group *group, u32 queues);
void vpan_group_check_completion(struct vpan_group *group);
void vpan_group_kill_queues(struct vpan_group *group);

/**
 * vpan_group_get - take a reference
 * @group: the group
 *
 * Context: any.
 * Return: @group.
 */
static inline struct vpan_group *vpan_group_get(struct vpan_group *group)
{
	kref_get(&group->ref);
	return group;
}

/**
 * vpan_group_share - get the share of a group's client in the GPU time
 * @group: the group
 *
 * Context: any.
 * Return: the share, which lives as long as the group.
 */
static inline struct vpan_share *vpan_group_share(const struct vpan_group *group)
{
	return &group->usage->share[group->priority];
}

/* group_create.c, for uapi/ */
int vpan_group_create(struct vpan_file *file, struct vpan_vm *vm,
		      const struct drm_panthor_group_create *args,
		      const struct drm_panthor_queue_create *queues,
		      u32 *handle);
int vpan_group_destroy(struct vpan_file *file, u32 handle);
void vpan_group_destroy_all(struct vpan_file *file);
int vpan_group_get_state(struct vpan_file *file,
			 struct drm_panthor_group_get_state *args);
struct vpan_group *vpan_group_get_by_handle(struct vpan_file *file, u32 handle);

#endif /* _VPAN_GROUP_H_ */
