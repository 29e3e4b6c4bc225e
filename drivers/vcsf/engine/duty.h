/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ENGINE_DUTY_H_
#define _VCSF_ENGINE_DUTY_H_

/* Limit of the CPU time that streams and jobs take */

#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#define VCSF_DUTY_PERIOD_NS	(10 * NSEC_PER_MSEC)
#define VCSF_DUTY_MAX		100U

/**
 * struct vcsf_duty - run time of streams and jobs
 */
struct vcsf_duty {
	/** @percent: Part of each period for which they may run. */
	unsigned int percent;
	/** @since: Start of the period. */
	u64 since;
	/** @used: Nanoseconds used, including the debt of earlier periods. */
	u64 used;
	/** @throttles: Counts checks that found the limit reached. */
	u64 throttles;
};

void vcsf_duty_init(struct vcsf_duty *duty, unsigned int percent);
u64 vcsf_duty_wait(struct vcsf_duty *duty, u64 now);
void vcsf_duty_charge(struct vcsf_duty *duty, u64 ns);
void vcsf_duty_charge_exempt(struct vcsf_duty *duty, u64 ns);

/**
 * vcsf_duty_clock - read the clock if there is a limit
 * @duty: the limit
 *
 * Without a limit nothing needs the time, and a slice does not pay for it.
 *
 * Context: any.
 * Return: nanoseconds, 0 if there is no limit.
 */
static inline u64 vcsf_duty_clock(const struct vcsf_duty *duty)
{
	return duty->percent < VCSF_DUTY_MAX ? ktime_get_ns() : 0;
}

#endif /* _VCSF_ENGINE_DUTY_H_ */
