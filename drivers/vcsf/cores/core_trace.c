// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Trace points of cores: what each of them does.
 *
 * cores.c assigns cores to jobs whenever something has changed, and mostly gives
 * a job the cores that it had before. &vcsf_cores.tasks therefore has what each
 * core did at the last assignment, and only a difference is an event: another
 * job, another workgroup or other tiles of it, or nothing.
 *
 * A caller checks vcsf_core_trace_enabled() first. The table is not written while
 * the trace points are off. When they are switched on, the first events of a core
 * may end what it did when they were switched off. All is done by who acts as the
 * engine, its thread or the watchdog's interrupt, and takes no lock.
 */

#include <linux/bits.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "cores/core_trace.h"
#include "cores/cores.h"
#include "group/group.h"
#include "group/stream.h"

/* Place of the tiler in the table; models have one at most. */
#define VCSF_CORE_TILER		VCSF_CORES_MAX

static unsigned int vcsf_core_number(unsigned int place)
{
	return place == VCSF_CORE_TILER ? 0 : place;
}

static void vcsf_core_trace_end(struct vcsf *hw, unsigned int place)
{
	struct vcsf_core_task *task = &hw->cores->tasks[place];

	if (task->unit == VCSF_UNIT_NONE)
		return;
	trace_vcsf_core_end(hw, vcsf_core_number(place), task);
	task->unit = VCSF_UNIT_NONE;
}

/**
 * vcsf_core_trace_begin - note that a job has cores until the next assignment
 * @cs: stream of the job
 * @op: the job
 * @cores: its cores, as bits
 *
 * Context: as the engine, in any context.
 */
void vcsf_core_trace_begin(struct vcsf_cs *cs, const struct vcsf_deferred *op,
			   u64 cores)
{
	const struct vcsf_core_task task = {
		.left = op->left,
		.unit = op->unit,
		.csg = cs->csg->id,
		.cs = cs->id,
	};
	bool tiler = op->unit == VCSF_UNIT_TILER;
	unsigned int place;

	for (place = 0; place <= VCSF_CORE_TILER; place++) {
		struct vcsf_core_task *last = &cs->hw->cores->tasks[place];
		bool is_tiler = place == VCSF_CORE_TILER;

		if (tiler != is_tiler)
			continue;
		if (!(cores & BIT_ULL(vcsf_core_number(place))))
			continue;
		if (last->unit == task.unit && last->csg == task.csg &&
		    last->cs == task.cs && last->left == task.left)
			continue;
		vcsf_core_trace_end(cs->hw, place);
		*last = task;
		trace_vcsf_core_begin(cs->hw, vcsf_core_number(place), last);
	}
}

/**
 * vcsf_core_trace_job_end - note that a job has ended
 * @cs: its stream
 * @unit: kind of job; a stream runs one of each kind at a time
 *
 * Context: as the engine, in any context.
 */
void vcsf_core_trace_job_end(struct vcsf_cs *cs, enum vcsf_unit unit)
{
	unsigned int place;

	for (place = 0; place <= VCSF_CORE_TILER; place++) {
		const struct vcsf_core_task *task = &cs->hw->cores->tasks[place];

		if (task->unit == unit && task->csg == cs->csg->id &&
		    task->cs == cs->id)
			vcsf_core_trace_end(cs->hw, place);
	}
}

/**
 * vcsf_core_trace_idle - note the cores that no job has
 * @hw: the GPU
 * @shaders: shader cores that have a job, as bits
 * @tilers: the same for the tiler
 *
 * Context: as the engine, in any context.
 */
void vcsf_core_trace_idle(struct vcsf *hw, u64 shaders, u64 tilers)
{
	unsigned int place;

	for (place = 0; place < VCSF_CORE_TILER; place++)
		if (!(shaders & BIT_ULL(place)))
			vcsf_core_trace_end(hw, place);
	if (!(tilers & BIT_ULL(vcsf_core_number(VCSF_CORE_TILER))))
		vcsf_core_trace_end(hw, VCSF_CORE_TILER);
}
