// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: contents of a suspend buffer.
 *
 * The buffer holds all state of a group, so that the group can continue in any
 * slot. Its format is that of &struct csf_suspend_header and &struct
 * csf_suspend_stream, followed by the asynchronous instructions of each stream.
 * The buffer is in memory that the host, and possibly a client, can write:
 * everything that is read is validated, so that no index is out of bounds, no
 * access is unaligned and no job lasts forever. A group gains no access that it
 * did not have before. The functions run in the engine, use one scratch buffer
 * (&vcsf_mcu.suspend), and may wait for a locked region.
 */

#include <linux/align.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>
#include <vcsf/csf_suspend.h>

#include "base/vcsf.h"
#include "cores/heap.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "inject/inject.h"
#include "isa/scoreboard.h"

/* State of a stream that the host's configuration does not provide again */
struct vcsf_suspend_stream {
	struct csf_suspend_stream base;
	struct vcsf_deferred deferred[VCSF_DEFERRED_MAX];
	struct vcsf_dispatch dispatch[VCSF_DISPATCH_MAX];
};

static_assert(sizeof(struct csf_suspend_stream) % sizeof(u64) == 0);
static_assert(sizeof(struct vcsf_suspend_stream) % sizeof(u64) == 0);
static_assert(sizeof(struct csf_suspend_header) == sizeof(u64));
/* Firmware images provide this much. */
static_assert(sizeof(struct vcsf_suspend_stream) <= 2304);

/**
 * vcsf_suspend_base_size - get the size of a group's part of a suspend buffer
 *
 * Return: the smallest valid value in the firmware image, in bytes.
 */
u32 vcsf_suspend_base_size(void)
{
	return sizeof(struct csf_suspend_header);
}

/**
 * vcsf_suspend_stream_size - get the size of a stream's part of a suspend
 * buffer
 *
 * Return: the smallest valid value in the firmware image, in bytes.
 */
u32 vcsf_suspend_stream_size(void)
{
	return sizeof(struct vcsf_suspend_stream);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_suspend_stream_size);

static void vcsf_suspend_pack(const struct vcsf_cs *cs,
			      struct vcsf_suspend_stream *stream)
{
	struct csf_suspend_stream *s = &stream->base;
	unsigned int i;

	memset(stream, 0, sizeof(*stream));
	s->magic = CSF_SUSPEND_MAGIC;
	s->state = cs->state;
	s->depth = cs->frame - cs->frames;
	s->deferred_count = cs->deferred_count;
	s->error = cs->error;
	s->sb_endpoint = cs->sb_endpoint;
	s->sb_other = cs->sb_other;
	s->resources = cs->resources;
	s->handler = cs->handler;
	s->oom_state = cs->oom.state;
	s->oom_server = cs->oom.server;
	s->oom_chunk = cs->oom.chunk;
	s->oom_heap = cs->oom.heap;
	s->progress = cs->progress;
	s->heap = cs->heap;
	s->oom_handler = cs->oom_handler;
	s->oom_handler_size = cs->oom_handler_size;
	s->fault_info = cs->fault.info;
	s->fatal_info = cs->fatal.info;
	s->fault = cs->fault.word;
	s->fatal = cs->fatal.word;
	memcpy(s->regs, cs->regs, sizeof(s->regs));
	for (i = 0; i <= s->depth; i++) {
		s->frames[i].pc = cs->frames[i].pc;
		s->frames[i].start = cs->frames[i].start;
		s->frames[i].end = cs->frames[i].end;
	}
	for (i = 0; i < s->deferred_count; i++) {
		stream->deferred[i] = cs->deferred[i];
		/* Cores belong to the slot, not to the group. */
		stream->deferred[i].cores = 0;
	}
	memcpy(stream->dispatch, cs->dispatch, sizeof(stream->dispatch));
}

/*
 * The execution does not check alignment again, and an access must not cross a
 * page; nor does it check the index of a compute job's operands.
 */
static bool vcsf_suspend_op_aligned(const struct vcsf_deferred *op)
{
	switch (op->unit) {
	case VCSF_UNIT_COMPUTE:
		return op->aux < VCSF_DISPATCH_MAX;
	case VCSF_UNIT_FRAGMENT:
		return true;
	case VCSF_UNIT_TILER:
		return IS_ALIGNED(op->addr, CSF_TILER_CONTEXT_ALIGN) &&
		       IS_ALIGNED(op->aux, CSF_HEAP_CONTEXT_ALIGN);
	}
	switch (csf_get(op->ins, CSF_F_OPCODE)) {
	case CSF_OP_SYNC_ADD32:
	case CSF_OP_SYNC_SET32:
		return IS_ALIGNED(op->addr, sizeof(u32));
	default:
		return IS_ALIGNED(op->addr, sizeof(u64));
	}
}

static bool vcsf_suspend_op_valid(const struct vcsf_deferred *op)
{
	if (op->slot >= CSF_CS_SCOREBOARD_COUNT ||
	    op->unit >= VCSF_UNIT_COUNT || op->work > VCSF_WORK_MAX ||
	    op->wait & BIT(op->slot))
		return false;
	/* A job that can get no core, or that is never released, would never end. */
	if (op->unit && !op->width)
		return false;
	if (op->hold > (op->unit == VCSF_UNIT_TILER ? VCSF_JOB_NO_MEMORY :
						      VCSF_JOB_STALLED))
		return false;

	return vcsf_suspend_op_aligned(op);
}

/* Positions in the ring (frame 0) are validated when the ring is scanned. */
static bool vcsf_suspend_frames_valid(const struct csf_suspend_stream *s)
{
	unsigned int i;

	/* An exception handler adds one frame. */
	if (s->depth >= (s->handler ? CSF_CS_FRAME_COUNT : CSF_CS_CALL_DEPTH) ||
	    s->handler > s->depth)
		return false;
	for (i = 0; i <= s->depth; i++) {
		u64 pc = s->frames[i].pc, end = s->frames[i].end;

		if ((pc | end) % CSF_CS_INSTR_SIZE)
			return false;
		if (i && (pc < s->frames[i].start || pc > end))
			return false;
	}

	return true;
}

static bool vcsf_suspend_handler_valid(const struct csf_suspend_stream *s)
{
	u64 addr = s->oom_handler, size = s->oom_handler_size;

	return !((addr | size) % CSF_CS_INSTR_SIZE) && size <= U32_MAX &&
	       addr + size >= addr;
}

/* Validate everything that is read from memory. */
static bool vcsf_suspend_valid(const struct vcsf_suspend_stream *stream)
{
	const struct csf_suspend_stream *s = &stream->base;
	unsigned int i;

	if (s->magic != CSF_SUSPEND_MAGIC || s->state > VCSF_CS_FATAL ||
	    !vcsf_suspend_frames_valid(s) || !vcsf_suspend_handler_valid(s) ||
	    s->oom_state > VCSF_OOM_HANDLED ||
	    (s->heap | s->oom_heap) % CSF_HEAP_CONTEXT_ALIGN ||
	    s->deferred_count > VCSF_DEFERRED_MAX ||
	    s->sb_endpoint >= CSF_CS_SCOREBOARD_COUNT ||
	    s->sb_other >= CSF_CS_SCOREBOARD_COUNT)
		return false;
	for (i = 0; i < s->deferred_count; i++)
		if (!vcsf_suspend_op_valid(&stream->deferred[i]))
			return false;

	return true;
}

/* Report again what stopped a stream: the slot may be another one. */
static void vcsf_suspend_report(struct vcsf_cs *cs)
{
	if (cs->state == VCSF_CS_FAULTED)
		cs->events |= CSF_CS_FAULT;
	else if (cs->state == VCSF_CS_FATAL)
		cs->events |= CSF_CS_FATAL;
	else
		return;
	vcsf_csg_raise_cs(cs->csg, cs->id);
}

static void vcsf_suspend_unpack(struct vcsf_cs *cs,
				const struct vcsf_suspend_stream *stream)
{
	const struct csf_suspend_stream *s = &stream->base;
	unsigned int i;

	cs->frame = &cs->frames[s->depth];
	cs->error = s->error;
	cs->sb_endpoint = s->sb_endpoint;
	cs->sb_other = s->sb_other;
	cs->resources = s->resources;
	cs->handler = s->handler;
	cs->oom.state = s->oom_state;
	cs->oom.server = s->oom_server;
	cs->oom.chunk = s->oom_chunk;
	cs->oom.heap = s->oom_heap;
	cs->progress = s->progress;
	cs->heap = s->heap;
	cs->oom_handler = s->oom_handler;
	cs->oom_handler_size = s->oom_handler_size;
	cs->fault.info = s->fault_info;
	cs->fatal.info = s->fatal_info;
	cs->fault.word = s->fault;
	cs->fatal.word = s->fatal;
	memcpy(cs->regs, s->regs, sizeof(cs->regs));
	for (i = 0; i <= s->depth; i++) {
		cs->frames[i].pc = s->frames[i].pc;
		cs->frames[i].start = s->frames[i].start;
		cs->frames[i].end = s->frames[i].end;
		cs->frames[i].base = 0;
		cs->frames[i].mask = U64_MAX;
	}
	memcpy(cs->dispatch, stream->dispatch, sizeof(cs->dispatch));
	vcsf_cs_restore_deferred(cs, stream->deferred, s->deferred_count);
	vcsf_oom_resume(cs);
	vcsf_cs_set_state(cs, s->state);
	vcsf_suspend_report(cs);
}

/* Inject corruption of the buffer, except for a number of bytes at its start. */
static void vcsf_suspend_corrupt(struct vcsf *hw, struct vcsf_suspend_stream *s)
{
	u32 keep;

	if (vcsf_inject(hw, VCSF_INJECT_SUSPEND_CORRUPT, 0, &keep) &&
	    keep < sizeof(*s))
		vcsf_inject_garbage(hw, (void *)s + keep, sizeof(*s) - keep);
}

static u64 vcsf_suspend_va(const struct vcsf_csg *csg, unsigned int stream)
{
	return csg->suspend_buf + csg->hw->mcu->program.suspend_base +
	       stream * csg->hw->mcu->program.suspend_per_stream;
}

/**
 * vcsf_csg_save - save a group to its suspend buffer
 * @csg: the slot
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_save(struct vcsf_csg *csg)
{
	struct vcsf_suspend_stream *s = csg->hw->mcu->suspend;
	struct csf_suspend_header header = {
		.magic = CSF_SUSPEND_MAGIC,
		.streams = csg->hw->mcu->streams,
	};
	unsigned int i;

	vcsf_mcu_copy_out(csg->hw, csg->suspend_buf, &header, sizeof(header));
	for (i = 0; i < csg->hw->mcu->streams; i++) {
		vcsf_suspend_pack(&csg->cs[i], s);
		vcsf_suspend_corrupt(csg->hw, s);
		vcsf_mcu_copy_out(csg->hw, vcsf_suspend_va(csg, i), s,
				  sizeof(*s));
	}
}

/**
 * vcsf_csg_restore - restore a group from its suspend buffer
 * @csg: the slot; its streams are reset
 *
 * A stream with invalid state gets a fatal error, CSF_EXC_FW_INTERNAL_ERROR.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_csg_restore(struct vcsf_csg *csg)
{
	struct vcsf_suspend_stream *s = csg->hw->mcu->suspend;
	struct csf_suspend_header header;
	bool valid;
	unsigned int i;

	vcsf_mcu_copy_in(csg->hw, &header, csg->suspend_buf, sizeof(header));
	valid = header.magic == CSF_SUSPEND_MAGIC &&
		header.streams == csg->hw->mcu->streams;

	for (i = 0; i < csg->hw->mcu->streams; i++) {
		if (valid)
			vcsf_mcu_copy_in(csg->hw, s, vcsf_suspend_va(csg, i),
					 sizeof(*s));
		if (valid && vcsf_suspend_valid(s))
			vcsf_suspend_unpack(&csg->cs[i], s);
		else
			vcsf_cs_fatal(&csg->cs[i], CSF_EXC_FW_INTERNAL_ERROR,
				      csg->suspend_buf);
	}
}
