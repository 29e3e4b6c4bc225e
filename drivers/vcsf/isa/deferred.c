// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Effects of asynchronous instructions, once what they wait for is done.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "cores/heap.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/deferred.h"
#include "isa/exec.h"
#include "mmu/mem.h"
#include "regs/clock.h"
#include "regs/gpu.h"

/* A flush that happened after the stream was built makes this one needless. */
static bool vcsf_flush_needed(u32 latest, u32 seen)
{
	u32 newer = FIELD_GET(CSF_LATEST_FLUSH_ID_VALUE, latest - seen);

	return !seen || !newer || newer > CSF_LATEST_FLUSH_ID_VALUE / 2;
}

static int vcsf_deferred_flush(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	if (vcsf_flush_needed(vcsf_flush_id(cs->hw), op->data))
		vcsf_flush_caches(cs->hw, csf_get(op->ins, CSF_F_FLUSH_L2),
				  csf_get(op->ins, CSF_F_FLUSH_LSC),
				  csf_get(op->ins, CSF_F_FLUSH_OTHER));

	return 0;
}

static int vcsf_deferred_state(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	u64 value;

	switch (csf_get(op->ins, CSF_F_STATE)) {
	case CSF_STATE_TIMESTAMP:
		value = vcsf_clock_timestamp(cs->hw);
		break;
	case CSF_STATE_CYCLES:
		value = vcsf_clock_cycles(cs->hw);
		break;
	case CSF_STATE_ERROR:
		value = op->data;
		break;
	default:
		value = 0;	/* the counters never were disjoint */
		break;
	}

	return vcsf_mem_write64(cs->hw, cs->csg->as, op->addr, value);
}

static int vcsf_sync_store(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	unsigned int as = cs->csg->as;
	struct vcsf *hw = cs->hw;

	switch (vcsf_opcode(op->ins)) {
	case CSF_OP_SYNC_ADD32:
		return vcsf_mem_add32(hw, as, op->addr, op->data);
	case CSF_OP_SYNC_SET32:
		return vcsf_mem_write32(hw, as, op->addr, op->data);
	case CSF_OP_SYNC_ADD64:
		return vcsf_mem_add64(hw, as, op->addr, op->data);
	default:
		return vcsf_mem_write64(hw, as, op->addr, op->data);
	}
}

/* The status goes first: who sees the new count must see the status with it. */
static int vcsf_deferred_sync(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	struct vcsf_mcu *mcu = cs->hw->mcu;
	int ret;

	if (csf_get(op->ins, CSF_F_SYNC_PROPAGATE)) {
		ret = vcsf_mem_write32(cs->hw, cs->csg->as,
				       vcsf_sync_status_addr(op->ins, op->addr),
				       op->error != CSF_EXC_OK);
		if (ret)
			return ret;
	}
	ret = vcsf_sync_store(cs, op);
	if (ret)
		return ret;

	if (csf_get(op->ins, CSF_F_SYNC_SCOPE) == CSF_SYNC_SCOPE_SYSTEM) {
		mcu->sync_wake = ~0U;
		vcsf_csg_raise(cs->csg, CSF_CSG_SYNC_UPDATE);
	} else {
		mcu->sync_wake |= BIT(cs->csg->id);
	}

	return 0;
}

static int vcsf_deferred_heap(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	return vcsf_heap_count(cs, op->addr, csf_get(op->ins, CSF_F_HEAP_OP));
}

/* The counter is next to the list, so it cannot stall when that did not. */
static int vcsf_deferred_finish_fragment(struct vcsf_cs *cs,
					 const struct vcsf_deferred *op)
{
	int ret = 0;

	if (op->data)
		ret = vcsf_heap_free(cs, op->addr, op->data, op->aux);
	if (!ret && csf_get(op->ins, CSF_F_FRAG_INCREMENT))
		ret = vcsf_heap_count(cs, op->addr, CSF_HEAP_FRAG_COMPLETE);

	return ret;
}

/**
 * vcsf_deferred_exec - do the deferred part of an instruction
 * @cs: the stream
 * @op: the instruction, which waits for nothing
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: 0, or as of vcsf_mmu_page() with nothing that may not be repeated done.
 */
int vcsf_deferred_exec(struct vcsf_cs *cs, const struct vcsf_deferred *op)
{
	switch (vcsf_opcode(op->ins)) {
	case CSF_OP_FLUSH_CACHE2:
		return vcsf_deferred_flush(cs, op);
	case CSF_OP_STORE_STATE:
		return vcsf_deferred_state(cs, op);
	case CSF_OP_FINISH_FRAGMENT:
		return vcsf_deferred_finish_fragment(cs, op);
	case CSF_OP_HEAP_OPERATION:
		return vcsf_deferred_heap(cs, op);
	case CSF_OP_TRACE_POINT:
		return 0;
	default:
		return vcsf_deferred_sync(cs, op);
	}
}
