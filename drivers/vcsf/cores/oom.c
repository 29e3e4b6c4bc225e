// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Out of memory
 *
 * A tiling job that finds no chunk is held, and its stream raises TILER_OOM
 * with the counters of the heap context (&enum vcsf_oom_state):
 *
 * - ASKED: the host has not answered. Its answer is the acknowledged event, with
 *   a chunk or without.
 * - FRAGMENTS: no chunk, but more render passes are tiled than rendered: wait
 *   until fragment work returns chunks.
 * - PENDING: no chunk and nothing to wait for: the exception is for a handler.
 *   That is the stream's own or, if it has none, that of another stream of the
 *   group with the same heap; user space may set the handler for a stream with
 *   fragment jobs, after tiling has begun on another. The exception is pending
 *   while such a stream has no handler yet, or executes it for another stream.
 * - HANDLER: a handler runs. It is expected to render what was tiled so far.
 * - HANDLED: the handler has run, or no stream can have one: the last attempt.
 *   If it fails, the job ends with an OOM exception.
 *
 * cores.c calls vcsf_oom_raise() when a stage finds no chunk, and
 * vcsf_oom_check() for held jobs when it assigns cores; the firmware calls
 * vcsf_oom_answer() and vcsf_oom_resume(), the interpreter
 * vcsf_oom_handler_set() and vcsf_oom_handler_done(), heap.c
 * vcsf_oom_chunks_freed(). All run in the engine's thread. A request that the
 * host has not answered when the group leaves its slot is made again on the next
 * one.
 */

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_fw.h>

#include "base/vcsf.h"
#include "cores/heap.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "mmu/mem.h"
#include "mmu/mmu.h"

static int vcsf_oom_counter(struct vcsf_cs *cs, size_t offset, u32 *counter)
{
	return vcsf_mem_read32(cs->hw, cs->csg->as, cs->oom.heap + offset,
			       counter);
}

static int vcsf_oom_counters(struct vcsf_cs *cs)
{
	int ret;

	cs->oom.vt_start = 0;
	cs->oom.vt_end = 0;
	cs->oom.frag_end = 0;
	if (!cs->oom.heap)
		return 0;
	ret = vcsf_oom_counter(cs, offsetof(struct csf_heap_context, vt_start),
			       &cs->oom.vt_start);
	if (!ret)
		ret = vcsf_oom_counter(cs, offsetof(struct csf_heap_context,
						    vt_end), &cs->oom.vt_end);
	if (!ret)
		ret = vcsf_oom_counter(cs, offsetof(struct csf_heap_context,
						    frag_end),
				       &cs->oom.frag_end);

	return ret;
}

/**
 * vcsf_oom_raise - handle the lack of a chunk for a tiling job
 * @cs: stream of the job
 * @op: the job
 *
 * Raises an out-of-memory event, unless the host and the exception handler had
 * their turn.
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: -EINPROGRESS if the host was asked, -EAGAIN if the job must stall, or
 * an error that ends the job.
 */
int vcsf_oom_raise(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	int ret;

	if (cs->oom.state == VCSF_OOM_HANDLED || cs->handler ||
	    cs->state == VCSF_CS_FATAL) {
		cs->oom.state = VCSF_OOM_NONE;
		return -ENOSPC;
	}

	cs->oom.heap = op->aux;
	ret = vcsf_oom_counters(cs);
	if (ret)
		return ret;
	op->hold = VCSF_JOB_NO_MEMORY;
	cs->oom.state = VCSF_OOM_ASKED;
	cs->events |= CSF_CS_TILER_OOM;
	vcsf_csg_raise_cs(cs->csg, cs->id);

	return -EINPROGRESS;
}

static void vcsf_oom_retry(struct vcsf_cs *cs, enum vcsf_oom_state state)
{
	struct vcsf_deferred *op = vcsf_jobs_head(cs, VCSF_UNIT_TILER);

	cs->oom.state = state;
	if (op && op->hold == VCSF_JOB_NO_MEMORY)
		op->hold = VCSF_JOB_FREE;
	cs->hw->mcu->jobs_changed = true;
}

/* The host gave no chunk: wait for fragment work, or for a handler. */
static void vcsf_oom_refused(struct vcsf_cs *cs)
{
	unsigned long flags;
	int ret;

	raw_spin_lock_irqsave(&cs->hw->mmu->lock, flags);
	ret = vcsf_oom_counters(cs);
	raw_spin_unlock_irqrestore(&cs->hw->mmu->lock, flags);
	if (ret == -EAGAIN) {
		/* The job stalls on it as well, and asks again afterwards. */
		vcsf_oom_retry(cs, VCSF_OOM_NONE);
		return;
	}

	if ((s32)(cs->oom.vt_end - cs->oom.frag_end) > 0) {
		cs->oom.state = VCSF_OOM_FRAGMENTS;
		return;
	}
	cs->oom.state = VCSF_OOM_PENDING;
	cs->hw->mcu->jobs_changed = true;
}

/**
 * vcsf_oom_answer - take the host's answer to an out-of-memory event, if any
 * @cs: the stream
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_oom_answer(struct vcsf_cs *cs)
{
	if (cs->oom.state != VCSF_OOM_ASKED ||
	    (cs->events | (cs->req ^ cs->ack)) & CSF_CS_TILER_OOM)
		return;

	cs->oom.chunk = vcsf_in64(cs->hw, cs->input, csf_cs_input, heap_start);
	if (cs->oom.chunk)
		vcsf_oom_retry(cs, VCSF_OOM_NONE);
	else
		vcsf_oom_refused(cs);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_oom_answer);

/* --- The exception handler -------------------------------------------------------- */

static bool vcsf_oom_alive(const struct vcsf_cs *cs)
{
	return cs->state != VCSF_CS_STOPPED && cs->state != VCSF_CS_FATAL;
}

static bool vcsf_oom_has_handler(const struct vcsf_cs *cs)
{
	return vcsf_oom_alive(cs) && cs->oom_handler && cs->oom_handler_size;
}

/* Return: true if a stream has the heap that another one finds exhausted. */
static bool vcsf_oom_has_heap(const struct vcsf_cs *cs,
			      const struct vcsf_cs *tiling)
{
	return cs != tiling && vcsf_oom_alive(cs) && tiling->oom.heap &&
	       cs->heap == tiling->oom.heap;
}

/*
 * Find the stream whose handler is for an exception. Return: NULL if there is
 * none, or it is busy; @pending tells whether there may be one later.
 */
static struct vcsf_cs *vcsf_oom_find_server(struct vcsf_cs *cs, bool *pending)
{
	struct vcsf_csg *csg = cs->csg;
	unsigned int i;

	*pending = false;
	if (vcsf_oom_has_handler(cs)) {
		*pending = cs->handler;
		return cs->handler ? NULL : cs;
	}
	for (i = 0; i < cs->hw->mcu->streams; i++) {
		struct vcsf_cs *server = &csg->cs[i];

		if (!vcsf_oom_has_heap(server, cs))
			continue;
		if (vcsf_oom_has_handler(server) && !server->handler)
			return server;
		*pending = true;
	}

	return NULL;
}

/* Enter the exception handler, whatever the stream is waiting for. */
static void vcsf_oom_call_handler(struct vcsf_cs *cs, struct vcsf_cs *server)
{
	struct vcsf_frame *frame = ++server->frame;

	cs->oom.state = VCSF_OOM_HANDLER;
	cs->oom.server = server->id;
	server->handler = frame - server->frames;
	frame->pc = server->oom_handler;
	frame->start = frame->pc;
	frame->end = frame->pc + server->oom_handler_size;
	frame->base = 0;
	frame->mask = U64_MAX;
	if (server->state != VCSF_CS_FAULTED && server->state != VCSF_CS_HUNG)
		vcsf_cs_set_state(server, VCSF_CS_READY);
}

/* Return: true if the handler that runs for a stream can still end. */
static bool vcsf_oom_is_served(const struct vcsf_cs *cs)
{
	const struct vcsf_cs *server;

	/* The number may come from a suspend buffer. */
	if (cs->oom.server >= cs->hw->mcu->streams)
		return false;
	server = &cs->csg->cs[cs->oom.server];

	return server->handler && vcsf_oom_alive(server);
}

/**
 * vcsf_oom_check - call a handler for a stream with a pending exception
 * @cs: the stream, which has a job that is held for lack of memory
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_oom_check(struct vcsf_cs *cs)
{
	struct vcsf_cs *server;
	bool pending;

	if (cs->oom.state == VCSF_OOM_HANDLER && !vcsf_oom_is_served(cs))
		vcsf_oom_retry(cs, VCSF_OOM_HANDLED);
	if (cs->oom.state != VCSF_OOM_PENDING || cs->csg->suspending)
		return;
	server = vcsf_oom_find_server(cs, &pending);
	if (server)
		vcsf_oom_call_handler(cs, server);
	else if (!pending)
		vcsf_oom_retry(cs, VCSF_OOM_HANDLED);
}

/**
 * vcsf_oom_handler_set - note that a stream has another handler or heap
 * @cs: the stream
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_oom_handler_set(struct vcsf_cs *cs)
{
	unsigned long streams = cs->csg->jobs;
	unsigned int i;

	for_each_set_bit(i, &streams, cs->hw->mcu->streams)
		if (cs->csg->cs[i].oom.state == VCSF_OOM_PENDING)
			cs->hw->mcu->jobs_changed = true;
}

/**
 * vcsf_oom_handler_done - continue after the end of the exception handler
 * @cs: the stream that has executed it
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_oom_handler_done(struct vcsf_cs *cs)
{
	unsigned long streams = cs->csg->jobs;
	unsigned int i;

	cs->handler = 0;
	for_each_set_bit(i, &streams, cs->hw->mcu->streams) {
		struct vcsf_cs *tiling = &cs->csg->cs[i];

		if (tiling->oom.state == VCSF_OOM_HANDLER &&
		    tiling->oom.server == cs->id)
			vcsf_oom_retry(tiling, VCSF_OOM_HANDLED);
	}
	/* Another exception may be pending. */
	vcsf_oom_handler_set(cs);
}

/* --- Continuation ----------------------------------------------------------------- */

/**
 * vcsf_oom_resume - continue the jobs of a stream that is back on a slot
 * @cs: the stream, restored
 *
 * A request that the host has not answered is made again.
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_oom_resume(struct vcsf_cs *cs)
{
	unsigned int i;

	for (i = 0; i < cs->deferred_count; i++) {
		cs->deferred[i].cores = 0;
		if (cs->deferred[i].hold == VCSF_JOB_STALLED)
			cs->deferred[i].hold = VCSF_JOB_FREE;
	}
	switch (cs->oom.state) {
	case VCSF_OOM_PENDING:
	case VCSF_OOM_HANDLER:
		cs->hw->mcu->jobs_changed = true;
		break;
	case VCSF_OOM_HANDLED:
		vcsf_oom_retry(cs, VCSF_OOM_HANDLED);
		break;
	default:
		vcsf_oom_retry(cs, VCSF_OOM_NONE);
		break;
	}
}

/**
 * vcsf_oom_chunks_freed - let tiling jobs of a group try again
 * @csg: the slot; fragment work may have freed chunks
 *
 * Context: the engine's thread; takes no lock.
 */
void vcsf_oom_chunks_freed(struct vcsf_csg *csg)
{
	unsigned long streams = csg->jobs;
	unsigned int i;

	for_each_set_bit(i, &streams, csg->hw->mcu->streams)
		if (csg->cs[i].oom.state == VCSF_OOM_FRAGMENTS)
			vcsf_oom_retry(&csg->cs[i], VCSF_OOM_NONE);
}
