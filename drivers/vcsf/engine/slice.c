// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Slices: which stream runs, and for how long.
 *
 * Groups and streams run in strict priority order, and among equals the stream
 * that has waited longest. Every eighth slice goes to the stream that has
 * waited longest whatever its priority, so that none starves. A slice is a
 * number of batches of 64 instructions. &vcsf_mmu.lock is held during a batch,
 * with interrupts disabled; between batches the slice ends if a request or an
 * event has come in. A slice that a client makes as long as it can is 512
 * instructions.
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

/* Instructions in a batch, that is, between two checks for requests: microseconds */
#define VCSF_SLICE_BUDGET	64

/* Batches in a slice, if there is no request */
#define VCSF_SLICE_BATCHES	8

/* One of so many slices goes to the stream that has waited longest */
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

/* Return: the first in order of the streams that can run, of which there is one. */
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

/* Run up to @batches batches, until a request or an event comes in. */
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
 * vcsf_slice_first - run a single batch in place of the engine's thread
 * @hw: the GPU, which has a stream that can run and no armed injection
 *
 * Context: any, under &vcsf_engine.lock.
 */
void vcsf_slice_first(struct vcsf *hw)
{
	lockdep_assert_held(&hw->engine->lock);

	vcsf_slice_run(hw, vcsf_slice_pick(hw), 1);
}

/**
 * vcsf_slice - run a slice of a stream
 * @hw: the GPU, which has a stream that can run
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
	/* An event ends the delay: it slows streams down, not the firmware. */
	if (vcsf_inject(hw, VCSF_INJECT_SLOW, 0, &us))
		vcsf_event_delay(hw, (u64)us * NSEC_PER_USEC, ~0UL);
	vcsf_slice_run(hw, cs, VCSF_SLICE_BATCHES);
}
