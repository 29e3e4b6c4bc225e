/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_JOB_LIMIT_H_
#define _VPAN_JOB_LIMIT_H_

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/wait.h>

/**
 * struct vpan_job_limit - limit of the jobs of a queue that exist
 */
struct vpan_job_limit {
	/** @count: Jobs that exist, at most @max. */
	atomic_t count;
	/** @max: The limit. Constant. */
	u32 max;
	/** @wait: Waiters for @count to decrease. */
	wait_queue_head_t wait;
};

void vpan_job_limit_init(struct vpan_job_limit *limit, u32 max);
int vpan_job_limit_take(struct vpan_job_limit *limit);
int vpan_job_limit_take_many(struct vpan_job_limit *limit, u32 count);
void vpan_job_limit_release(struct vpan_job_limit *limit, u32 count);
int vpan_job_limit_wait(struct vpan_job_limit *limit, u32 count);

#endif /* _VPAN_JOB_LIMIT_H_ */
