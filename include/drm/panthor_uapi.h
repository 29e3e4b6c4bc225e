/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _PANTHOR_UAPI_H_
#define _PANTHOR_UAPI_H_

/**
 * DOC: The panthor uAPI up to version 1.9
 *
 * Linux 6.12's <drm/panthor_drm.h> ends at version 1.0. What came later is
 * defined here, in one place, and the driver and all programs include this
 * file instead of that one. It works with headers that have some of it, or all:
 * structures of the same name get another one while the header is read, and
 * constants become macros of the same value.
 */

#include <linux/types.h>

#define drm_panthor_gpu_info			panthor_header_gpu_info
#define drm_panthor_timestamp_info		panthor_header_timestamp_info
#define drm_panthor_group_priorities_info	panthor_header_group_priorities_info
#define drm_panthor_mmu_info			panthor_header_mmu_info
#define drm_panthor_bo_set_label		panthor_header_bo_set_label
#define drm_panthor_set_user_mmio_offset	panthor_header_set_user_mmio_offset
#define drm_panthor_bo_sync_op			panthor_header_bo_sync_op
#define drm_panthor_bo_sync			panthor_header_bo_sync
#define drm_panthor_bo_query_info		panthor_header_bo_query_info
#include <drm/panthor_drm.h>
#undef drm_panthor_gpu_info
#undef drm_panthor_timestamp_info
#undef drm_panthor_group_priorities_info
#undef drm_panthor_mmu_info
#undef drm_panthor_bo_set_label
#undef drm_panthor_set_user_mmio_offset
#undef drm_panthor_bo_sync_op
#undef drm_panthor_bo_sync
#undef drm_panthor_bo_query_info

/* DRM_IOCTL_PANTHOR_DEV_QUERY */
#define DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO		2
#define DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO	3
#define DRM_PANTHOR_DEV_QUERY_MMU_INFO			4

/* &drm_panthor_timestamp_info.flags */
#define DRM_PANTHOR_TIMESTAMP_GPU			0x1
#define DRM_PANTHOR_TIMESTAMP_CPU_NONE			0x0
#define DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC		0x2
#define DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW		0x4
#define DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK		0xe
#define DRM_PANTHOR_TIMESTAMP_GPU_OFFSET		0x10
#define DRM_PANTHOR_TIMESTAMP_GPU_CYCLE_COUNT		0x20
#define DRM_PANTHOR_TIMESTAMP_FREQ			0x40
#define DRM_PANTHOR_TIMESTAMP_DURATION			0x80

/* &drm_panthor_gpu_info.selected_coherency */
#define DRM_PANTHOR_GPU_COHERENCY_ACE_LITE		0
#define DRM_PANTHOR_GPU_COHERENCY_ACE			1
#define DRM_PANTHOR_GPU_COHERENCY_NONE			31

/* Flags and values of ioctls that there were before */
#define DRM_PANTHOR_VM_BIND_OP_MAP_SPARSE		0x8
#define DRM_PANTHOR_BO_WB_MMAP				0x2
#define DRM_PANTHOR_BO_IS_IMPORTED			0x1
#define DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH		0
#define DRM_PANTHOR_BO_SYNC_CPU_CACHE_FLUSH_AND_INVALIDATE	1
#define PANTHOR_GROUP_PRIORITY_REALTIME			3
#define DRM_PANTHOR_GROUP_STATE_INNOCENT		0x4

/* Numbers of ioctls */
#define DRM_PANTHOR_BO_SET_LABEL			13
#define DRM_PANTHOR_SET_USER_MMIO_OFFSET		14
#define DRM_PANTHOR_BO_SYNC				15
#define DRM_PANTHOR_BO_QUERY_INFO			16

/**
 * struct drm_panthor_gpu_info - what the GPU is, as its registers say
 * @gpu_id: GPU_ID
 * @gpu_rev: REVID
 * @csf_id: CSF_ID
 * @l2_features: L2_FEATURES
 * @tiler_features: TILER_FEATURES
 * @mem_features: MEM_FEATURES
 * @mmu_features: MMU_FEATURES
 * @thread_features: THREAD_FEATURES
 * @max_threads: THREAD_MAX_THREADS
 * @thread_max_workgroup_size: THREAD_MAX_WORKGROUP_SIZE
 * @thread_max_barrier_size: THREAD_MAX_BARRIER_SIZE
 * @coherency_features: COHERENCY_FEATURES
 * @texture_features: TEXTURE_FEATURES
 * @as_present: AS_PRESENT
 * @selected_coherency: DRM_PANTHOR_GPU_COHERENCY, since 1.7
 * @shader_present: SHADER_PRESENT
 * @l2_present: L2_PRESENT
 * @tiler_present: TILER_PRESENT
 * @core_features: CORE_FEATURES
 * @pad: zero
 * @gpu_features: GPU_FEATURES, zero before architecture 11
 */
struct drm_panthor_gpu_info {
	__u32 gpu_id;
	__u32 gpu_rev;
	__u32 csf_id;
	__u32 l2_features;
	__u32 tiler_features;
	__u32 mem_features;
	__u32 mmu_features;
	__u32 thread_features;
	__u32 max_threads;
	__u32 thread_max_workgroup_size;
	__u32 thread_max_barrier_size;
	__u32 coherency_features;
	__u32 texture_features[4];
	__u32 as_present;
	__u32 selected_coherency;
	__u64 shader_present;
	__u64 l2_present;
	__u64 tiler_present;
	__u32 core_features;
	__u32 pad;
	__u64 gpu_features;
};

/**
 * struct drm_panthor_timestamp_info - the GPU's clocks; since 1.1, from @flags on since 1.8
 * @timestamp_frequency: of the GPU's timestamps, in Hz; 0 if not known
 * @current_timestamp: now, as the GPU counts
 * @timestamp_offset: what the GPU adds to its timestamps
 * @flags: in: DRM_PANTHOR_TIMESTAMP, what is wanted
 * @duration_nsec: how long it took to read the others
 * @cycle_count: cycles of the GPU's clock
 * @cpu_timestamp_sec: seconds of the CPU's clock
 * @cpu_timestamp_nsec: nanoseconds of the CPU's clock
 */
struct drm_panthor_timestamp_info {
	__u64 timestamp_frequency;
	__u64 current_timestamp;
	__u64 timestamp_offset;
	__u32 flags;
	__u32 duration_nsec;
	__u64 cycle_count;
	__u64 cpu_timestamp_sec;
	__u64 cpu_timestamp_nsec;
};

/**
 * struct drm_panthor_group_priorities_info - what priorities are allowed; since 1.2
 * @allowed_mask: a bit per &enum drm_panthor_group_priority
 * @pad: zero
 */
struct drm_panthor_group_priorities_info {
	__u8 allowed_mask;
	__u8 pad[3];
};

/**
 * struct drm_panthor_mmu_info - what the MMU can; since 1.9
 * @page_size_bitmap: a bit per size of a page or block
 */
struct drm_panthor_mmu_info {
	__u64 page_size_bitmap;
};

/**
 * struct drm_panthor_bo_set_label - name a buffer; since 1.4
 * @handle: the buffer
 * @pad: must be zero
 * @label: pointer to a string, or 0 to take the name away
 */
struct drm_panthor_bo_set_label {
	__u32 handle;
	__u32 pad;
	__u64 label;
};

/**
 * struct drm_panthor_set_user_mmio_offset - move the register pages; since 1.5
 * @offset: where in the file they are to start
 */
struct drm_panthor_set_user_mmio_offset {
	__u64 offset;
};

/**
 * struct drm_panthor_bo_sync_op - a range of a buffer to write back
 * @handle: the buffer
 * @type: DRM_PANTHOR_BO_SYNC
 * @offset: first byte
 * @size: bytes
 */
struct drm_panthor_bo_sync_op {
	__u32 handle;
	__u32 type;
	__u64 offset;
	__u64 size;
};

/**
 * struct drm_panthor_bo_sync - write the CPU's caches back; since 1.7
 * @ops: array of &struct drm_panthor_bo_sync_op
 */
struct drm_panthor_bo_sync {
	struct drm_panthor_obj_array ops;
};

/**
 * struct drm_panthor_bo_query_info - what a buffer is; since 1.7
 * @handle: the buffer
 * @extra_flags: out: DRM_PANTHOR_BO_IS_IMPORTED
 * @create_flags: out: flags of DRM_IOCTL_PANTHOR_BO_CREATE
 * @pad: out: zero
 */
struct drm_panthor_bo_query_info {
	__u32 handle;
	__u32 extra_flags;
	__u32 create_flags;
	__u32 pad;
};

#undef DRM_IOCTL_PANTHOR_BO_SET_LABEL
#define DRM_IOCTL_PANTHOR_BO_SET_LABEL \
	DRM_IOCTL_PANTHOR(WR, BO_SET_LABEL, bo_set_label)
#undef DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET
#define DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET \
	DRM_IOCTL_PANTHOR(WR, SET_USER_MMIO_OFFSET, set_user_mmio_offset)
#undef DRM_IOCTL_PANTHOR_BO_SYNC
#define DRM_IOCTL_PANTHOR_BO_SYNC \
	DRM_IOCTL_PANTHOR(WR, BO_SYNC, bo_sync)
#undef DRM_IOCTL_PANTHOR_BO_QUERY_INFO
#define DRM_IOCTL_PANTHOR_BO_QUERY_INFO \
	DRM_IOCTL_PANTHOR(WR, BO_QUERY_INFO, bo_query_info)

#endif /* _PANTHOR_UAPI_H_ */
