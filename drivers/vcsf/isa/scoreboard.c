// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Asynchronous instructions and scoreboards.
 *
 * Instructions issue in order into &vcsf_cs.deferred, and each counts in the
 * scoreboard entry that it signals until it completes. One that waits for
 * entries completes when they are zero, so completion may be out of order. The
 * jobs of cores are in the same list, but cores/ executes them and reports their
 * end by an ops table.
 *
 * The list has a fixed size; a stream that finds it full waits. All is done by
 * the engine's thread; functions that execute effects hold &vcsf_mmu.lock.
 */

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_isa.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "isa/deferred.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"
#include "mmu/mmu.h"

static void vcsf_sb_get(struct vcsf_cs *cs, unsigned int entry)
{
	cs->scoreboard[entry]++;
	cs->busy |= BIT(entry);
}

static void vcsf_sb_put(struct vcsf_cs *cs, unsigned int entry)
{
	unsigned int i;

	if (--cs->scoreboard[entry])
		return;
	cs->busy &= ~BIT(entry);
	for (i = 0; i < cs->deferred_count; i++)
		cs->deferred[i].wait &= ~BIT(entry);
}

/* Append an asynchronous instruction to the list, which has room for it. */
static void vcsf_cs_defer(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	struct vcsf_deferred *d = &cs->deferred[cs->deferred_count++];

	*d = *op;
	d->wait &= cs->busy;
	vcsf_sb_get(cs, op->slot);
	if (op->unit)
		vcsf_jobs_add(cs);
}

/**
 * vcsf_cs_restore_deferred - restore the asynchronous instructions of a stream
 * @cs: the stream, reset
 * @ops: validated instructions from the suspend buffer
 * @count: number of @ops
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_restore_deferred(struct vcsf_cs *cs,
			      const struct vcsf_deferred *ops,
			      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		vcsf_cs_defer(cs, &ops[i]);
	/* An instruction may also wait for entries that later ones signal. */
	for (i = 0; i < count; i++)
		cs->deferred[i].wait = ops[i].wait & cs->busy;
}

/*
 * Complete instruction @i, with a CSF_EXC_* if it failed, and remove it from the
 * list.
 */
static void vcsf_cs_complete(struct vcsf_cs *cs, unsigned int i,
			     unsigned int exception)
{
	struct vcsf_deferred op = cs->deferred[i];

	cs->deferred_count--;
	memmove(&cs->deferred[i], &cs->deferred[i + 1],
		(cs->deferred_count - i) * sizeof(op));
	vcsf_sb_put(cs, op.slot);
	if (exception)
		vcsf_cs_fault(cs, exception, op.addr);
}

/*
 * Execute an instruction that waits for nothing. Return: false if it stalls and
 * must be tried again.
 */
static bool vcsf_deferred_done(struct vcsf_cs *cs, unsigned int i)
{
	struct vcsf_deferred op = cs->deferred[i];
	int ret = vcsf_deferred_exec(cs, &op);

	if (ret == -EAGAIN)
		return false;
	vcsf_cs_complete(cs, i, vcsf_exception(ret));

	return true;
}

/**
 * vcsf_cs_retire - execute the asynchronous instructions that are not waiting
 * @cs: the stream
 *
 * Context: holds &vcsf_mmu.lock.
 */
void vcsf_cs_retire(struct vcsf_cs *cs)
{
	unsigned int i = 0;

	lockdep_assert_held(&cs->hw->mmu->lock);

	while (i < cs->deferred_count) {
		const struct vcsf_deferred *op = &cs->deferred[i];

		if (!op->unit && !op->wait && vcsf_deferred_done(cs, i))
			i = 0;	/* older ones may wait for it */
		else
			i++;
	}
}

/**
 * vcsf_cs_retire_unlocked - take the lock and call vcsf_cs_retire()
 * @cs: the stream
 *
 * Context: the engine's thread.
 */
void vcsf_cs_retire_unlocked(struct vcsf_cs *cs)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&cs->hw->mmu->lock, flags);
	vcsf_cs_retire(cs);
	raw_spin_unlock_irqrestore(&cs->hw->mmu->lock, flags);
}

/**
 * vcsf_cs_issue_async - issue an instruction that is always asynchronous
 * @cs: the stream
 * @op: the instruction with its operands
 *
 * An instruction must not wait for itself. With %VCSF_DEFERRED_MAX of them in
 * the list, the stream waits until one completes.
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: enum vcsf_step of the instruction.
 */
enum vcsf_step vcsf_cs_issue_async(struct vcsf_cs *cs,
				   const struct vcsf_deferred *op)
{
	if (op->slot >= CSF_CS_SCOREBOARD_COUNT || op->wait & BIT(op->slot))
		return vcsf_invalid(cs, op->ins);

	if (cs->deferred_count == VCSF_DEFERRED_MAX)
		vcsf_cs_retire(cs);
	if (cs->state != VCSF_CS_READY)
		return VCSF_STEP_RETRY;
	if (cs->deferred_count == VCSF_DEFERRED_MAX) {
		memset(&cs->wait, 0, sizeof(cs->wait));
		vcsf_cs_set_state(cs, VCSF_CS_WAIT_SB);
		return VCSF_STEP_RETRY;
	}
	vcsf_cs_defer(cs, op);

	return VCSF_STEP_NEXT;
}

/**
 * vcsf_cs_issue - issue an instruction that is asynchronous only if it waits
 * @cs: the stream
 * @op: the instruction with its operands
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: enum vcsf_step of the instruction.
 */
enum vcsf_step vcsf_cs_issue(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	int ret;

	if (op->wait)
		return vcsf_cs_issue_async(cs, op);

	ret = vcsf_deferred_exec(cs, op);
	if (ret)
		return vcsf_cs_mem_error(cs, ret, op->addr);

	return VCSF_STEP_EVENT;
}

/* Complete a job of cores, and retire the instructions that waited for it. */
static void vcsf_scoreboard_job_done(struct vcsf_cs *cs,
				     struct vcsf_deferred *op, int error)
{
	if (!error && csf_get(op->ins, CSF_F_PROGRESS))
		vcsf_cs_progress(cs, cs->progress + 1);
	vcsf_cs_complete(cs, op - cs->deferred, vcsf_exception(error));
	vcsf_jobs_update(cs);
	vcsf_cs_retire(cs);
	if (cs->state == VCSF_CS_WAIT_SB)
		vcsf_cs_set_state(cs, VCSF_CS_READY);
	cs->hw->mcu->dirty |= BIT(cs->csg->id);
}

const struct vcsf_cores_ops vcsf_scoreboard_ops = {
	.job_done = vcsf_scoreboard_job_done,
};
