// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Limit of the CPU time that streams and jobs take.
 *
 * Clients choose what streams and jobs do, so the limit applies to them and not
 * to the firmware's answers, which the driver waits for. What streams and jobs
 * make the firmware do counts as well: it polls sync objects, wakes streams,
 * reports events and updates the idle state of groups. The limit does not hold
 * that work back, only the streams and jobs that cause it. Time is divided into
 * periods. In each, streams and jobs may run for a given percentage; after that
 * the engine holds them back until the next period begins. A slice or a stage
 * of a job is never cut short: what it takes beyond the limit is a debt to the
 * next periods.
 *
 * The engine measures time on the clock, which includes the time for which the
 * thread was preempted. The debt is limited, so that a thread that rarely gets
 * a CPU is not held back as well.
 *
 * A workgroup that a suspend waits for is exempt from being held back. It can take
 * far more than a period has, so its debt may grow larger: streams and jobs pay it
 * back before they run again. A second of debt is the most, well below the time after
 * which the host takes a job for hung.
 *
 * The functions are called by whatever acts as the engine, and take no lock.
 */

#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include "engine/duty.h"

/* The most periods that one excess can cost, and those that exempt work can cost */
#define VCSF_DUTY_DEBT_MAX	10
#define VCSF_DUTY_EXEMPT_MAX	100

static u64 vcsf_duty_quota(const struct vcsf_duty *duty)
{
	return VCSF_DUTY_PERIOD_NS / VCSF_DUTY_MAX * duty->percent;
}

/**
 * vcsf_duty_init - set the limit
 * @duty: the limit
 * @percent: part of one CPU, 1 to %VCSF_DUTY_MAX; %VCSF_DUTY_MAX for no limit
 */
void vcsf_duty_init(struct vcsf_duty *duty, unsigned int percent)
{
	*duty = (struct vcsf_duty){ .percent = percent };
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_duty_init);

/**
 * vcsf_duty_wait - calculate when streams and jobs may run
 * @duty: the limit
 * @now: result of vcsf_duty_clock()
 *
 * Context: as the engine, in any context.
 * Return: nanoseconds to wait, 0 if they may run now.
 */
u64 vcsf_duty_wait(struct vcsf_duty *duty, u64 now)
{
	u64 quota = vcsf_duty_quota(duty), periods;

	if (duty->percent >= VCSF_DUTY_MAX)
		return 0;

	periods = div_u64(now - duty->since, VCSF_DUTY_PERIOD_NS);
	duty->since += periods * VCSF_DUTY_PERIOD_NS;
	duty->used -= min(duty->used, periods * quota);
	if (duty->used < quota)
		return 0;
	WRITE_ONCE(duty->throttles, duty->throttles + 1);

	return duty->since + div64_u64(duty->used, quota) * VCSF_DUTY_PERIOD_NS - now;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_duty_wait);

static void vcsf_duty_add(struct vcsf_duty *duty, u64 ns, unsigned int periods)
{
	u64 most = periods * vcsf_duty_quota(duty);

	duty->used = max(duty->used, min(duty->used + ns, most));
}

/**
 * vcsf_duty_charge - account for time that streams and jobs took
 * @duty: the limit
 * @ns: time in nanoseconds
 *
 * Context: as the engine, in any context.
 */
void vcsf_duty_charge(struct vcsf_duty *duty, u64 ns)
{
	vcsf_duty_add(duty, ns, VCSF_DUTY_DEBT_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_duty_charge);

/**
 * vcsf_duty_charge_exempt - account for time of work that was not held back
 * @duty: the limit
 * @ns: time in nanoseconds of one step; if it is longer than a period, the thread
 *	was preempted, and the rest does not count
 *
 * Context: as the engine, in any context.
 */
void vcsf_duty_charge_exempt(struct vcsf_duty *duty, u64 ns)
{
	vcsf_duty_add(duty, min_t(u64, ns, VCSF_DUTY_PERIOD_NS),
		      VCSF_DUTY_EXEMPT_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_duty_charge_exempt);
