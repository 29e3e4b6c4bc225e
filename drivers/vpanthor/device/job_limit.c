// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A limit of the jobs of a queue: of the kernel memory behind it that a client
 * can make. sched/ has one per queue of a group, mm/ one per address space.
 *
 * A job counts from its creation until its memory is freed, and not only until
 * its fence has signalled, as &drm_jobqueue_args.max_jobs counts: jobs that are
 * done at once could otherwise be made faster than they are freed.
 *
 * A call that finds its queue full drops the jobs that it has created and then
 * waits, so that it holds nothing that another call waits for. It waits until
 * half of the jobs are gone, as a call that continued with each job that ends
 * would create its jobs over and over.
 */

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "device/job_limit.h"

/**
 * vpan_job_limit_init - initialise a limit
 * @limit: the limit
 * @max: jobs that may exist
 */
void vpan_job_limit_init(struct vpan_job_limit *limit, u32 max)
{
	atomic_set(&limit->count, 0);
	limit->max = max;
	init_waitqueue_head(&limit->wait);
}

/**
 * vpan_job_limit_take - count a new job
 * @limit: limit of the job's queue
 *
 * Context: any.
 * Return: 0, or -EAGAIN if there are as many jobs as there may be.
 */
int vpan_job_limit_take(struct vpan_job_limit *limit)
{
	return atomic_add_unless(&limit->count, 1, limit->max) ? 0 : -EAGAIN;
}

/**
 * vpan_job_limit_take_many - note that jobs are about to be created
 * @limit: limit of their queue
 * @count: their number, at most &vpan_job_limit.max
 *
 * Either all are noted or none: of two callers that want more together than there
 * is room for, one gets it.
 *
 * Context: any.
 * Return: 0, or -EAGAIN if there is not enough room.
 */
int vpan_job_limit_take_many(struct vpan_job_limit *limit, u32 count)
{
	int have = atomic_read(&limit->count);

	do {
		if (have > (int)(limit->max - count))
			return -EAGAIN;
	} while (!atomic_try_cmpxchg(&limit->count, &have, have + count));
	return 0;
}

/**
 * vpan_job_limit_release - note that jobs are gone
 * @limit: limit of their queue
 * @count: their number
 *
 * Context: any.
 */
void vpan_job_limit_release(struct vpan_job_limit *limit, u32 count)
{
	int left = atomic_sub_return(count, &limit->count);
	int half = limit->max / 2;

	/*
	 * Waiters add themselves and then look at the number. A caller that waits
	 * for a number between these two looks again by itself.
	 */
	if ((!left || (left < half && left + (int)count >= half)) &&
	    wq_has_sleeper(&limit->wait))
		wake_up_all(&limit->wait);
}

/**
 * vpan_job_limit_wait - wait a moment for half of the jobs to be gone
 * @limit: the limit
 * @count: number of jobs to create, at most &vpan_job_limit.max
 *
 * The caller holds no jobs of the queue. It repeats the call until something else
 * has ended its wait, such as the end of the queue or of the device, which do not
 * wake it up.
 *
 * Context: may sleep; not on the signalling path.
 * Return: 1 if there is room, 0 if there is none yet, -ERESTARTSYS if a signal is
 * pending.
 */
int vpan_job_limit_wait(struct vpan_job_limit *limit, u32 count)
{
	int low = min(limit->max - count, limit->max / 2 - 1);
	long ret;

	/* Without a wait there is no check: space may come and go for long. */
	if (signal_pending(current))
		return -ERESTARTSYS;
	ret = wait_event_interruptible_timeout(limit->wait,
					       atomic_read(&limit->count) <= low,
					       HZ / 10);
	return ret > 0 ? 1 : ret;
}
