// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Which stream runs, and for how long.
 */

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "engine/engine.h"
#include "group/group.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "isa/isa.h"
#include "mmu/mmu.h"

/* Instructions between two looks at what the driver wants: microseconds */
#define VCSF_SLICE_BUDGET	64

/* If it wants nothing, a slice of a stream is up to so many times that. */
#define VCSF_SLICE_BATCHES	8

/* Every so many slices the stream that waited longest runs, whatever its rank */
#define VCSF_FAIR_SLICES	8

static bool vcsf_cs_precedes(const struct vcsf_cs *a, const struct vcsf_cs *b,
			     bool fair)
{
	if (!fair && a->csg->priority != b->csg->priority)
		return a->csg->priority > b->csg->priority;
	if (!fair && a->csg == b->csg && a->priority != b->priority)
		return a->priority > b->priority;

	return a->last_run < b->last_run;
}

/* The first in order of those that can run; there is one. */
static struct vcsf_cs *vcsf_slice_pick(struct vcsf *hw)
{
	bool fair = hw->engine->slices % VCSF_FAIR_SLICES == 0;
	struct vcsf_cs *best = NULL;
	u32 groups, streams;

	for (groups = hw->mcu->ready; groups; groups &= groups - 1) {
		struct vcsf_csg *csg = &hw->mcu->csgs[__ffs(groups)];

		for (streams = csg->ready; streams; streams &= streams - 1) {
			struct vcsf_cs *cs = &csg->cs[__ffs(streams)];

			if (!best || vcsf_cs_precedes(cs, best, fair))
				best = cs;
		}
	}

	return best;
}

/* Run up to @batches batches, as long as no request and no event comes in. */
static void vcsf_slice_run(struct vcsf *hw, struct vcsf_cs *cs,
			   unsigned int batches)
{
	struct vcsf_duty *duty = &hw->engine->duty;
	u64 from = vcsf_duty_clock(duty);
	unsigned long flags;
	bool more;

	cs->last_run = hw->engine->slices + 1;
	WRITE_ONCE(hw->engine->slices, cs->last_run);
	do {
		raw_spin_lock_irqsave(&hw->mmu->lock, flags);
		more = vcsf_cs_run(cs, VCSF_SLICE_BUDGET) &&
		       cs->state == VCSF_CS_READY &&
		       !READ_ONCE(hw->events.pending) && !hw->mcu->reports;
		raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
	} while (more && --batches);
	vcsf_cs_publish(cs);
	vcsf_duty_charge(duty, vcsf_duty_clock(duty) - from);
}

/**
 * vcsf_slice_first - run a single batch in the place of the engine's thread
 * @hw: the GPU; a stream of it can run, and no injection is armed
 *
 * Context: any, under &vcsf_engine.lock.
 */
void vcsf_slice_first(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine->lock);

	vcsf_slice_run(hw, vcsf_slice_pick(hw), 1);
}

/**
 * vcsf_slice - let a stream run
 * @hw: the GPU; a stream of it can run
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_slice(struct vcsf *hw)
{
	struct vcsf_cs *cs = vcsf_slice_pick(hw);
	u32 us;

	if (vcsf_inject(hw, VCSF_INJECT_HANG, 0, NULL)) {
		vcsf_cs_set_state(cs, VCSF_CS_HUNG);
		return;
	}
	/* The firmware is as quick as ever. */
	if (vcsf_inject(hw, VCSF_INJECT_SLOW, 0, &us))
		vcsf_event_delay(hw, (u64)us * NSEC_PER_USEC, ~0UL);
	vcsf_slice_run(hw, cs, VCSF_SLICE_BATCHES);
}
