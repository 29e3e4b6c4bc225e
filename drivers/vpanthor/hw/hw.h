/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_HW_H_
#define _VPAN_HW_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "hw/irq.h"

struct drm_panthor_gpu_info;
struct vpan_device;

/**
 * struct vpan_hw - the GPU control block: identity, reset, power, caches
 */
struct vpan_hw {
	/** @node: Element of the list of devices. */
	struct list_head node;
	/** @irq: The "gpu" interrupt line. */
	struct vpan_irq irq;
	/** @flush_lock: Serialises cache flushes. */
	struct mutex flush_lock;
	/** @wait: Waiters for bits of @done. */
	wait_queue_head_t wait;
	/** @done: Interrupt bits of commands that are complete; atomic bits. */
	unsigned long done;
};

const char *vpan_hw_unsupported(const struct drm_panthor_gpu_info *info);
int vpan_hw_init(struct vpan_device *vpan);
void vpan_hw_fini(struct vpan_device *vpan);
int vpan_hw_reset(struct vpan_device *vpan, bool hard);
int vpan_hw_power_on(struct vpan_device *vpan);
int vpan_hw_power_off(struct vpan_device *vpan);
int vpan_hw_flush_caches(struct vpan_device *vpan);
int vpan_hw_power_trace_on(void);
void vpan_hw_power_trace_off(void);

#endif /* _VPAN_HW_H_ */
