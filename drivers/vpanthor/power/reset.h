/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RESET_H_
#define _VPAN_RESET_H_

#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct vpan_device;

/**
 * enum vpan_reset_flag - bits of &vpan_reset.flags
 * @VPAN_RESET_PENDING: a reset is to come or going on
 * @VPAN_RESET_DISABLED: no resets for now: the device comes, sleeps, or goes
 *	away
 * @VPAN_RESET_NONE: nor will there be any: nothing runs on the GPU, or it was
 *	given up
 */
enum vpan_reset_flag {
	VPAN_RESET_PENDING,
	VPAN_RESET_DISABLED,
	VPAN_RESET_NONE,
};

/**
 * struct vpan_reset - recovery of the whole device
 */
struct vpan_reset {
	/** @wq: Runs @work and the timeouts of jobs, one at a time. */
	struct workqueue_struct *wq;
	/** @work: Resets the device. */
	struct work_struct work;
	/** @flags: Bits of &enum vpan_reset_flag; atomic. */
	unsigned long flags;
	/** @wait: Who waits for %VPAN_RESET_PENDING to go. */
	wait_queue_head_t wait;
	/** @count: Resets so far. Written by vpan_reset_begin(). */
	unsigned int count;
};

int vpan_reset_init(struct vpan_device *vpan);
void vpan_reset_schedule(struct vpan_device *vpan);
void vpan_reset_begin(struct vpan_device *vpan);
bool vpan_reset_is_pending(struct vpan_device *vpan);
void vpan_reset_flush(struct vpan_device *vpan);
void vpan_reset_enable(struct vpan_device *vpan);
void vpan_reset_disable(struct vpan_device *vpan);
void vpan_reset_end(struct vpan_device *vpan);

int vpan_device_power_up(struct vpan_device *vpan, bool hard);
int vpan_device_restart(struct vpan_device *vpan, bool hard);
int vpan_device_recover(struct vpan_device *vpan);
void vpan_device_lose(struct vpan_device *vpan);

#endif /* _VPAN_RESET_H_ */
