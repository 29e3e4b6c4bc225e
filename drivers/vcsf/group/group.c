// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Events of a group that the firmware has to report to the host, and groups
 * that are held. The rooms below the firmware note events here, in any step of
 * the engine and under any lock; the engine lets the firmware report them
 * (fw/csg.c) before the next stream runs. Nothing is written to memory here.
 */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "group/group.h"

/**
 * vcsf_csg_raise - note events of a group for the next report
 * @csg: the slot
 * @events: CSF_CSG_EVENTS bits
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_csg_raise(struct vcsf_csg *csg, u32 events)
{
	csg->events |= events;
	csg->hw->mcu->reports |= BIT(csg->id);
}

/**
 * vcsf_csg_raise_cs - note that a stream has events for the next report
 * @csg: the slot
 * @stream: index of the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_csg_raise_cs(struct vcsf_csg *csg, unsigned int stream)
{
	csg->cs_events |= BIT(stream);
	csg->hw->mcu->reports |= BIT(csg->id);
}

/**
 * vcsf_csg_hold - hold a group for a suspend, or let it continue
 * @csg: the slot
 * @suspending: whether to hold the group
 *
 * The streams of a group that is held do not run, and its jobs get no cores,
 * except for the workgroup that is under way.
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_csg_hold(struct vcsf_csg *csg, bool suspending)
{
	struct vcsf_mcu *mcu = csg->hw->mcu;

	csg->suspending = suspending;
	if (suspending) {
		mcu->suspending |= BIT(csg->id);
		WRITE_ONCE(mcu->ready, mcu->ready & ~BIT(csg->id));
	} else {
		mcu->suspending &= ~BIT(csg->id);
		if (csg->ready)
			WRITE_ONCE(mcu->ready, mcu->ready | BIT(csg->id));
	}
	mcu->jobs_changed = true;
}
