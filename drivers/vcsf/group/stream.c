// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: stream state
 *
 * A command stream (&struct vcsf_cs) has a state: stopped, ready, empty, one of
 * several waits, stalled, hung, faulted, or fatal. Firmware, instructions,
 * cores and engine all change it, and only by vcsf_cs_set_state(), which also
 * keeps masks up to date: which streams of a group, and which groups, are
 * ready, hang or wait for a sync object. The engine decides by these masks what
 * to run and how long to sleep, without a scan of all streams.
 *
 * A ready stream runs until its slice ends, it reaches the end of the ring
 * (empty), or an instruction has to wait. An instruction that waits is executed
 * again when the wait may be over: waking a stream means to make it ready. A
 * stalled stream waits for a locked region. A faulted stream waits for the
 * host, and continues after the instruction; a fatal one never continues; a
 * hung one is the result of an injection. Both stay so until the group is
 * terminated and started.
 *
 * vcsf_cs_reset() makes a stream as if it had never run. Its interface blocks
 * and the ack word, which mirror memory, survive that.
 *
 * The streams of all slots are allocated with the GPU. They belong to the
 * engine; no lock protects them. vcsf_cs_set_state() takes none and works under
 * &vcsf_mmu.lock, which is held while instructions are executed.
 */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "trace/trace.h"

static void vcsf_assign_bit(u32 *mask, unsigned int bit, bool set)
{
	if (set)
		*mask |= BIT(bit);
	else
		*mask &= ~BIT(bit);
}

/**
 * vcsf_cs_set_state - change the state of a stream
 * @cs: the stream
 * @state: new state
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_set_state(struct vcsf_cs *cs, enum vcsf_cs_state state)
{
	struct vcsf_csg *csg = cs->csg;
	struct vcsf_mcu *mcu = cs->hw->mcu;
	enum vcsf_cs_state from = cs->state;
	u32 ready = mcu->ready;

	cs->state = state;
	if (state != from)
		trace_vcsf_stream(cs, from);
	csg->was_ready |= state == VCSF_CS_READY;
	vcsf_assign_bit(&csg->ready, cs->id, state == VCSF_CS_READY);
	vcsf_assign_bit(&csg->hung, cs->id, state == VCSF_CS_HUNG);
	vcsf_assign_bit(&mcu->hung, csg->id, csg->hung);
	vcsf_assign_bit(&csg->sync_waiters, cs->id, state == VCSF_CS_WAIT_SYNC);
	vcsf_assign_bit(&mcu->sync_waiters, csg->id, csg->sync_waiters);
	vcsf_assign_bit(&ready, csg->id, csg->ready && !csg->suspending);
	WRITE_ONCE(mcu->ready, ready);
	mcu->dirty |= BIT(csg->id);
	/* Its exception handler is no longer to be waited for. */
	mcu->jobs_changed |= state == VCSF_CS_FATAL;
	/* A hang starts the progress timer. */
	if (state == VCSF_CS_HUNG && state != from)
		vcsf_jobs_watch_progress(csg);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_set_state);

/**
 * vcsf_cs_reset - reset a stream to the state before its first start
 * @cs: the stream
 *
 * The addresses of its interface blocks and its ack word are preserved.
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_reset(struct vcsf_cs *cs)
{
	memset(cs->regs, 0, sizeof(cs->regs));
	memset(cs->scoreboard, 0, sizeof(cs->scoreboard));
	memset(&cs->frames[0], 0, sizeof(cs->frames[0]));
	memset(&cs->wait, 0, sizeof(cs->wait));
	cs->frame = cs->frames;
	cs->fetch_va = VCSF_NO_PAGE;
	cs->busy = 0;
	cs->sb_endpoint = 0;
	cs->sb_other = 0;
	cs->error = 0;
	cs->resources = 0;
	vcsf_jobs_drop(cs);
	memset(cs->dispatch, 0, sizeof(cs->dispatch));
	cs->progress = 0;
	cs->heap = 0;
	cs->oom_handler = 0;
	cs->oom_handler_size = 0;
	cs->handler = 0;
	memset(&cs->oom, 0, sizeof(cs->oom));
	cs->doorbell = 0;
	cs->events = 0;
	/* The ring belongs to the previous group: a stopped stream has none. */
	cs->ring_input = 0;
	cs->ring_output = 0;
	vcsf_cs_set_state(cs, VCSF_CS_STOPPED);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cs_reset);

/**
 * vcsf_cs_progress - set a stream's progress counter
 * @cs: the stream
 * @value: new value
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_cs_progress(struct vcsf_cs *cs, u64 value)
{
	cs->progress = value;
	cs->hw->mcu->progress_wake |= BIT(cs->csg->id);
}

/**
 * vcsf_cs_publish - write the extract position to the ring interface
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_cs_publish(struct vcsf_cs *cs)
{
	u64 extract = cs->frames[0].pc;
	u32 active = cs->state != VCSF_CS_EMPTY || cs->busy;
	struct vcsf *hw = cs->hw;

	if (cs->state == VCSF_CS_STOPPED || !cs->ring_output)
		return;
	if (extract == cs->published && active == cs->published_active)
		return;
	vcsf_out64(hw, cs->ring_output, csf_ring_output, extract, extract);
	vcsf_out32(hw, cs->ring_output, csf_ring_output, active, active);
	cs->published = extract;
	cs->published_active = active;
}
