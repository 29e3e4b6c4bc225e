/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_RESET_REQUEST_H_
#define _VPAN_RESET_REQUEST_H_

#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct vpan_device;

/**
 * enum vpan_reset_flag - bits of &vpan_reset_request.flags
 * @VPAN_RESET_PENDING: a reset is requested or in progress
 * @VPAN_RESET_DISABLED: requests are kept for later: the device is being
 *	probed, suspended or removed
 * @VPAN_RESET_ABANDONED: requests are never answered: nothing runs on the GPU,
 *	or it is lost
 */
enum vpan_reset_flag {
	VPAN_RESET_PENDING,
	VPAN_RESET_DISABLED,
	VPAN_RESET_ABANDONED,
};

/**
 * struct vpan_reset_request - requests to reset the device
 *
 * Any code may request a reset; the work function, given at initialisation,
 * performs it.
 */
struct vpan_reset_request {
	/** @wq: Runs @work and the timeouts of jobs, one at a time. */
	struct workqueue_struct *wq;
	/** @work: Resets the device. */
	struct work_struct work;
	/** @flags: Bits of &enum vpan_reset_flag; atomic. */
	unsigned long flags;
	/** @wait: Waiters for %VPAN_RESET_PENDING to be cleared. */
	wait_queue_head_t wait;
	/** @count: Resets so far. Written by vpan_reset_begin(). */
	unsigned int count;
};

int vpan_reset_request_init(struct vpan_device *vpan, work_func_t func);
void vpan_reset_schedule(struct vpan_device *vpan);
bool vpan_reset_is_pending(struct vpan_device *vpan);
void vpan_reset_flush(struct vpan_device *vpan);
void vpan_reset_enable(struct vpan_device *vpan);
void vpan_reset_disable(struct vpan_device *vpan);
void vpan_reset_complete(struct vpan_device *vpan);
void vpan_reset_abandon(struct vpan_device *vpan);

#endif /* _VPAN_RESET_REQUEST_H_ */
