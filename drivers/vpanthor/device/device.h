/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DEVICE_H_
#define _VPAN_DEVICE_H_

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_jobqueue.h>
#include <drm/panthor_uapi.h>

#include <vcsf/vcsf_dev.h>

#include "device/reset_request.h"
#include "device/sched_request.h"

struct vpan_devfreq;
struct vpan_dump;
struct vpan_fw;
struct vpan_gem_list;
struct vpan_hw;
struct vpan_mmu;
struct vpan_pm;
struct vpan_reclaim;
struct vpan_slots;
struct vpan_user_mmio;

/**
 * struct vpan_device - one GPU
 *
 * Every part of the driver sees this struct, so it is a leaf: it embeds only
 * what belongs to no part in particular and points to the rest. Each part
 * defines its struct in its own header and allocates it with drmm_kzalloc().
 *
 * Exists until the last file, buffer and group are freed, which may be long after
 * the GPU is unplugged.
 */
struct vpan_device {
	/** @drm: Base class. */
	struct drm_device drm;
	/** @regs: Register window; not accessible once the device is unplugged. */
	struct vcsf_window *regs;
	/** @powered: The registers may be accessed. Written by power management. */
	bool powered;
	/** @lost: The GPU did not come back from a reset. */
	bool lost;
	/** @profiling: Measurements for new jobs: VPAN_PROFILE bits. */
	u32 profiling;
	/** @va_bits: Width of GPU virtual addresses. */
	u32 va_bits;
	/** @pa_bits: Width of physical addresses. */
	u32 pa_bits;
	/** @sched: Requests to the scheduler. */
	struct vpan_sched_request sched;
	/** @reset: Requests to reset the GPU. */
	struct vpan_reset_request reset;
	/** @slots: Groups on, and waiting for, the firmware's slots. */
	struct vpan_slots *slots;
	/** @fw: Firmware and its interface. */
	struct vpan_fw *fw;
	/** @mmu: Address-space slots. */
	struct vpan_mmu *mmu;
	/** @hw: GPU control block. */
	struct vpan_hw *hw;
	/** @devfreq: Frequency scaling. */
	struct vpan_devfreq *devfreq;
	/** @pm: State of power management. */
	struct vpan_pm *pm;
	/** @user_mmio: Register pages in user space. */
	struct vpan_user_mmio *user_mmio;
	/** @dump: Device coredumps. */
	struct vpan_dump *dump;
	/** @reclaim: Buffers whose pages the shrinker may take. */
	struct vpan_reclaim *reclaim;
	/** @gems: All buffers. */
	struct vpan_gem_list *gems;
	/** @mmap_users: &struct vpan_mmap_user by user id, see mmap_offset.c. */
	struct xarray mmap_users;
	/** @last_vm: &vpan_vm.id of the newest address space. */
	atomic64_t last_vm;
	/** @jobqueues: All queues of all groups. */
	struct drm_jobqueue_group jobqueues;
	/** @bind_wq: Executes asynchronous changes of address spaces. */
	struct workqueue_struct *bind_wq;
	/** @heap_wq: Refills heaps. */
	struct workqueue_struct *heap_wq;
	/** @gpu_info: GPU properties as DEV_QUERY returns them. Constant. */
	struct drm_panthor_gpu_info gpu_info;
	/**
	 * @csif_info: Firmware interface properties as DEV_QUERY returns them.
	 * Constant.
	 */
	struct drm_panthor_csif_info csif_info;
};

#define to_vpan_device(drm_dev) \
	container_of(drm_dev, struct vpan_device, drm)

#endif /* _VPAN_DEVICE_H_ */
