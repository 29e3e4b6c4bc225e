// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Which streams have jobs for cores, and which of them are next. Whatever changes
 * that asks the engine to hand out cores anew.
 */

#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"

/**
 * vcsf_jobs_head - the job of a stream that is next on a unit
 * @cs: the stream
 * @unit: where it runs
 *
 * Context: the engine's thread.
 * Return: the job, NULL if there is none.
 */
struct vcsf_deferred *vcsf_jobs_head(struct vcsf_cs *cs, enum vcsf_unit unit)
{
	unsigned int i;

	for (i = 0; i < cs->deferred_count; i++)
		if (cs->deferred[i].unit == unit)
			return &cs->deferred[i];

	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_jobs_head);

/* Does the stream have a job, or only instructions that the front end does? */
static bool vcsf_jobs_any(const struct vcsf_cs *cs)
{
	unsigned int i;

	for (i = 0; i < cs->deferred_count; i++)
		if (cs->deferred[i].unit)
			return true;

	return false;
}

static void vcsf_jobs_set(struct vcsf_csg *csg, u32 jobs)
{
	struct vcsf_mcu *mcu = csg->hw->mcu;

	if (!csg->jobs && !csg->hung)
		csg->progress_at = U64_MAX;
	csg->jobs = jobs;
	if (jobs)
		WRITE_ONCE(mcu->jobs, mcu->jobs | BIT(csg->id));
	else
		WRITE_ONCE(mcu->jobs, mcu->jobs & ~BIT(csg->id));
	mcu->jobs_changed = true;
}

/**
 * vcsf_jobs_add - a stream issued a job
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_add(struct vcsf_cs *cs)
{
	vcsf_jobs_set(cs->csg, cs->csg->jobs | BIT(cs->id));
}

/**
 * vcsf_jobs_update - a job of a stream is gone
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_update(struct vcsf_cs *cs)
{
	if (!vcsf_jobs_any(cs))
		vcsf_jobs_set(cs->csg, cs->csg->jobs & ~BIT(cs->id));
}

/**
 * vcsf_jobs_watch_progress - a stream hangs: the group's progress timer is to run
 * @csg: the slot
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_watch_progress(struct vcsf_csg *csg)
{
	if (!csg->jobs)
		csg->progress_at = U64_MAX;
	csg->hw->mcu->jobs_changed = true;
}

/**
 * vcsf_jobs_drop - forget all asynchronous instructions of a stream
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_drop(struct vcsf_cs *cs)
{
	cs->deferred_count = 0;
	vcsf_jobs_set(cs->csg, cs->csg->jobs & ~BIT(cs->id));
}

/**
 * vcsf_jobs_release - let the jobs of a group that were held try again
 * @csg: the slot
 * @hold: for that reason
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_release(struct vcsf_csg *csg, enum vcsf_job_hold hold)
{
	unsigned long streams = csg->jobs;
	unsigned int i, j;

	for_each_set_bit(i, &streams, csg->hw->mcu->streams) {
		struct vcsf_cs *cs = &csg->cs[i];

		for (j = 0; j < cs->deferred_count; j++)
			if (cs->deferred[j].hold == hold)
				cs->deferred[j].hold = VCSF_JOB_FREE;
	}
	if (streams)
		csg->hw->mcu->jobs_changed = true;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_jobs_release);
