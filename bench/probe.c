// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Find the longest time for which the processor takes no interrupt, with a timer
 * that interrupts often: the time is by how much the timer was late at most. This
 * includes interrupt handlers that directly follow each other, because a pending
 * interrupt of higher priority precedes the timer's. Case QUIET measures what is
 * always there.
 */

#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "../drivers/compat/hrtimer.h"
#include "bench.h"

/*
 * By how much a result may be too low, if what is measured happens once. Shorter
 * periods make the kernel delay the timer, because its interrupts take too long.
 */
#define PERIOD_NS 40000

static struct hrtimer probe;
static u64 latest, earliest;

static enum hrtimer_restart probe_expired(struct hrtimer *timer)
{
	u64 late = ktime_get_ns() - hrtimer_get_expires_ns(timer);

	latest = max(latest, late);
	earliest = min(earliest, late);
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

/* The caller does not migrate to another CPU until bench_probe_stop(). */
void bench_probe_start(void)
{
	latest = 0;
	earliest = U64_MAX;
	hrtimer_setup(&probe, probe_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&probe, ns_to_ktime(PERIOD_NS),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/* Return: the longest time in ns without an interrupt since the start. */
u64 bench_probe_stop(void)
{
	u64 now = ktime_get_ns(), due = hrtimer_get_expires_ns(&probe);

	/* The time may end just now, before the timer. */
	if (now > due)
		latest = max(latest, now - due);
	hrtimer_cancel(&probe);
	if (earliest == U64_MAX)
		earliest = 0;
	return latest > earliest ? latest - earliest : 0;
}
