/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DEVICE_H_
#define _VPAN_DEVICE_H_

#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_jobqueue.h>
#include <drm/panthor_uapi.h>

#include <vcsf/vcsf_dev.h>

#include "mm/as.h"
#include "hw/devfreq.h"
#include "debug/dump.h"
#include "fw/fw.h"
#include "hw/hw.h"
#include "power/pm.h"
#include "sched/profile.h"
#include "mm/reclaim.h"
#include "power/reset.h"
#include "sched/slots.h"
#include "hw/usermmio.h"

struct drm_file;
struct vpan_bo;
struct workqueue_struct;

/**
 * struct vpan_device - one GPU
 *
 * Lives until the last file, buffer and group are gone, which may be long after
 * the GPU itself.
 */
struct vpan_device {
	/** @drm: Base class. */
	struct drm_device drm;
	/** @regs: Register window; not to be used once the device is unplugged. */
	struct vcsf_window *regs;
	/** @gpu_info: What DEV_QUERY tells of the GPU. Constant. */
	struct drm_panthor_gpu_info gpu_info;
	/** @csif_info: What DEV_QUERY tells of the firmware. Constant. */
	struct drm_panthor_csif_info csif_info;
	/** @profiling: What is measured of new jobs: VPAN_PROFILE bits. */
	u32 profiling;
	/** @lost: The GPU did not come back from a reset. */
	bool lost;
	/** @va_bits: Width of GPU virtual addresses. */
	u32 va_bits;
	/** @pa_bits: Width of physical addresses. */
	u32 pa_bits;
	/** @pm: Power. */
	struct vpan_pm pm;
	/** @devfreq: How fast the GPU is. */
	struct vpan_devfreq devfreq;
	/** @hw: GPU control. */
	struct vpan_hw hw;
	/** @mmu: Address-space slots. */
	struct vpan_mmu mmu;
	/** @fw: Firmware and its interface. */
	struct vpan_fw fw;
	/** @slots: Groups on, and waiting for, the firmware's slots. */
	struct vpan_slots slots;
	/** @reset: Recovery of the whole device. */
	struct vpan_reset reset;
	/** @user_mmio: Register pages in user space. */
	struct vpan_user_mmio user_mmio;
	/** @dump: What there was when something went wrong. */
	struct vpan_dump dump;
	/** @reclaim: Memory that others may have. */
	struct vpan_reclaim reclaim;
	/** @last_vm: &vpan_vm.id of the newest address space. */
	atomic64_t last_vm;
	/** @jobqueues: All queues of all groups. */
	struct drm_jobqueue_group jobqueues;
};

#define to_vpan_device(drm_dev) \
	container_of(drm_dev, struct vpan_device, drm)

/**
 * struct vpan_file - what an open file owns
 */
struct vpan_file {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @vms: Address spaces by id. */
	struct xarray vms;
	/** @groups: Groups by handle. */
	struct xarray groups;
	/** @usage: What its jobs have used, with a reference. */
	struct vpan_usage *usage;
	/** @sparse_bo: What sparse mappings show, once there is any. */
	struct vpan_bo *sparse_bo;
	/** @mmio_offset: Where in the file the register pages start. */
	u64 mmio_offset;
};

/*
 * Where groups and changes of address spaces are freed: not on a workqueue of
 * the device, since they may be the last to hold that.
 */
extern struct workqueue_struct *vpan_free_wq;

#endif /* _VPAN_DEVICE_H_ */
