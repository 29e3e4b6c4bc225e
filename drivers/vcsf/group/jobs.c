// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Jobs of streams: which streams have jobs for cores, and which job is next on
 * each unit.
 *
 * A job is an asynchronous instruction with a unit, in the stream's list of
 * deferred instructions. Masks in the group and in &struct vcsf_mcu tell where
 * jobs are; each change sets &vcsf_mcu.jobs_changed, so that the engine assigns
 * the cores again (cores/cores.c). The functions only change state of the
 * engine, take no lock and may be called with &vcsf_mmu.lock held.
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
 * vcsf_jobs_head - get the job of a stream that is next on a unit
 * @cs: the stream
 * @unit: unit on which the job runs
 *
 * Context: the engine's thread.
 * Return: the job, or NULL if there is none.
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

/* Return: true if a deferred instruction is a job, and not for the front end. */
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
 * vcsf_jobs_add - note that a stream has issued a job
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_add(struct vcsf_cs *cs)
{
	vcsf_jobs_set(cs->csg, cs->csg->jobs | BIT(cs->id));
}

/**
 * vcsf_jobs_update - note that a job of a stream is gone
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
 * vcsf_jobs_watch_progress - run the progress timer of a group with a stream
 * that hangs
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
 * vcsf_jobs_unload - forget the compute job in the slot's context
 * @cs: the stream; nothing happens if the job is another stream's
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_unload(struct vcsf_cs *cs)
{
	struct vcsf_csg *csg = cs->csg;

	if (csg->loaded != cs->id + 1)
		return;
	csg->loaded = 0;
	csg->workgroup = false;
}

/**
 * vcsf_jobs_drop - drop all asynchronous instructions of a stream
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_jobs_drop(struct vcsf_cs *cs)
{
	cs->deferred_count = 0;
	vcsf_jobs_unload(cs);
	vcsf_jobs_set(cs->csg, cs->csg->jobs & ~BIT(cs->id));
}

/**
 * vcsf_jobs_release - release the held jobs of a group
 * @csg: the slot
 * @hold: reason of the holds that end
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
