// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Events of a group that the firmware has to report to the host. They are only
 * noted here; the engine reports them before the next stream runs.
 */

#include <linux/bits.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "group/group.h"

/**
 * vcsf_csg_raise - have an event reported
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
 * vcsf_csg_raise_cs - have a stream's events reported
 * @csg: the slot
 * @stream: which stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_csg_raise_cs(struct vcsf_csg *csg, unsigned int stream)
{
	csg->cs_events |= BIT(stream);
	csg->hw->mcu->reports |= BIT(csg->id);
}
