// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Progress timers of groups: a group with jobs of which none ends a stage for the
 * host's time is reported.
 *
 * Time in which a group cannot make progress, because others have the cores or the
 * limit of the CPU time holds all jobs back, does not count.
 *
 * The functions are called on the engine's thread and take no lock.
 */

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "cores/progress.h"
#include "group/group.h"
#include "regs/clock.h"

static void vcsf_progress_defer(struct vcsf_csg *csg, u64 elapsed, u64 now)
{
	if (csg->progress_at != U64_MAX)
		csg->progress_at = min(csg->progress_at + elapsed, now);
}

/**
 * vcsf_progress_starved - do not count time for groups that other ones left no core
 * @hw: the GPU
 * @elapsed: the time, in nanoseconds until now
 */
void vcsf_progress_starved(struct vcsf *hw, u64 elapsed)
{
	unsigned long groups = hw->mcu->jobs;
	u64 now = vcsf_clock_ns(hw);
	unsigned int i;

	for_each_set_bit(i, &groups, hw->mcu->groups)
		if (hw->mcu->csgs[i].starved)
			vcsf_progress_defer(&hw->mcu->csgs[i], elapsed, now);
}

/**
 * vcsf_progress_hold - do not count time in which jobs are held back
 * @hw: the GPU
 * @held: whether they are held back from now on; called again while they are
 *
 * A group that is being suspended is not held back.
 */
void vcsf_progress_hold(struct vcsf *hw, bool held)
{
	unsigned long groups = (hw->mcu->jobs | hw->mcu->hung) & ~hw->mcu->suspending;
	u64 now = vcsf_clock_ns(hw), since = hw->cores->held_since;
	unsigned int i;

	hw->cores->held_since = held ? now : U64_MAX;
	if (since == U64_MAX || now <= since)
		return;
	for_each_set_bit(i, &groups, hw->mcu->groups)
		vcsf_progress_defer(&hw->mcu->csgs[i], now - since, now);
}

/**
 * vcsf_progress_check - report groups without progress
 * @hw: the GPU
 * @now: the time in nanoseconds
 *
 * Return: nanoseconds until the next check is due, U64_MAX for never.
 */
u64 vcsf_progress_check(struct vcsf *hw, u64 now)
{
	unsigned long groups = hw->mcu->jobs | hw->mcu->hung;
	u64 timeout = hw->mcu->progress_ns;
	u64 next = U64_MAX;
	unsigned int i;

	for_each_set_bit(i, &groups, hw->mcu->groups) {
		struct vcsf_csg *csg = &hw->mcu->csgs[i];

		if (csg->progress_at == U64_MAX) {
			csg->progress_at = now;
			csg->progress_late = false;
		}
		if (!timeout || csg->progress_late)
			continue;
		if (now - csg->progress_at >= timeout) {
			csg->progress_late = true;
			vcsf_csg_raise(csg, CSF_CSG_PROGRESS_TIMER);
			continue;
		}
		next = min(next, csg->progress_at + timeout - now);
	}

	return next;
}
