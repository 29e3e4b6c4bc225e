// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Effects of asynchronous instructions.
 *
 * The scoreboard calls vcsf_deferred_exec() when the scoreboard entries that an
 * instruction waits for are zero, or at issue if it waits for none. Jobs of
 * cores (RUN_*) are not here: cores/ executes them.
 *
 * The engine's thread holds &vcsf_mmu.lock. An effect may meet a locked region
 * and be tried again, so an effect that must not happen twice comes after all
 * accesses that can stall.
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

/* No flush is needed if one has happened since the stream was built. */
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
		value = 0;	/* the counters are never disjoint */
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

/* The status goes first: a reader of the new count must find the new status. */
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

/*
 * The counter cannot stall if the list did not, as both are in the heap context,
 * which does not cross a page.
 */
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
 * vcsf_deferred_exec - execute the deferred part of an instruction
 * @cs: the stream
 * @op: the instruction, which waits for nothing any longer
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: 0, or the error of an access, see vcsf_mmu_page(). After -EAGAIN, the
 * call may be repeated.
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
