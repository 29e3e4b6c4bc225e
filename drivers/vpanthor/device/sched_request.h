/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SCHED_REQUEST_H_
#define _VPAN_SCHED_REQUEST_H_

#include <linux/workqueue.h>

struct vpan_device;

/**
 * struct vpan_sched_request - requests to the scheduler of groups
 *
 * Code below the scheduler raises a request; the scheduler's work function,
 * given at initialisation, finds out what has changed.
 */
struct vpan_sched_request {
	/** @wq: Runs @work and other work of the signalling path. Ordered. */
	struct workqueue_struct *wq;
	/** @work: The scheduler. */
	struct work_struct work;
};

int vpan_sched_request_init(struct vpan_device *vpan, work_func_t func);
void vpan_sched_kick(struct vpan_device *vpan);
void vpan_sched_flush(struct vpan_device *vpan);

#endif /* _VPAN_SCHED_REQUEST_H_ */
