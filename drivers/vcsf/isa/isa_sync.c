// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Synchronisation of streams with each other and with the host: sync objects in
 * memory, progress counters.
 *
 * The interpreter calls these, see exec.h. A wait that is not over sets the
 * stream's state and is repeated when the engine has a reason; the engine asks
 * vcsf_cs_sync_wait_over() first. Writes take effect in deferred.c.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/isa.h"
#include "isa/scoreboard.h"
#include "mmu/mem.h"
#include "mmu/mmu.h"

static u64 vcsf_sync_data(const struct vcsf_cs *cs, u64 ins)
{
	return vcsf_sync_is64(ins) ? vcsf_reg64(cs, vcsf_src2(ins)) :
				     cs->regs[vcsf_src2(ins)];
}

static bool vcsf_sync_aligned(u64 ins, u64 addr)
{
	return IS_ALIGNED(addr, vcsf_sync_is64(ins) ? sizeof(u64) :
						      sizeof(u32));
}

enum vcsf_step vcsf_exec_sync_write(struct vcsf_cs *cs, u64 ins)
{
	unsigned int scope = csf_get(ins, CSF_F_SYNC_SCOPE);
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = vcsf_reg64(cs, vcsf_src(ins)),
		.data = vcsf_sync_data(cs, ins),
		.error = cs->error,
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	if (scope != CSF_SYNC_SCOPE_SYSTEM && scope != CSF_SYNC_SCOPE_GROUP)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	if (!vcsf_sync_aligned(ins, op.addr))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, op.addr);

	return vcsf_cs_issue(cs, &op);
}

static int vcsf_sync_read(struct vcsf_cs *cs, bool is64, u64 addr, u64 *seqno)
{
	u32 low;
	int ret;

	if (is64)
		return vcsf_mem_read64(cs->hw, cs->csg->as, addr, seqno);
	ret = vcsf_mem_read32(cs->hw, cs->csg->as, addr, &low);
	if (!ret)
		*seqno = low;

	return ret;
}

static bool vcsf_sync_condition_met(u64 seqno, u64 ref, unsigned int cond)
{
	return cond == CSF_COND_GT ? seqno > ref : seqno <= ref;
}

/**
 * vcsf_cs_sync_wait_over - check whether a wait for a sync object is over
 * @cs: the stream, in VCSF_CS_WAIT_SYNC
 *
 * An access that stalls does not end the wait: the end of the region lock wakes
 * the stream.
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: true if the stream would continue, possibly with a fault.
 */
bool vcsf_cs_sync_wait_over(struct vcsf_cs *cs)
{
	u64 seqno;
	int ret;

	lockdep_assert_held(&cs->hw->mmu->lock);

	ret = vcsf_sync_read(cs, cs->wait.status & CSF_CS_WAIT_SYNC_64B,
			     cs->wait.addr, &seqno);
	if (ret)
		return ret != -EAGAIN;

	return vcsf_sync_condition_met(seqno, cs->wait.value,
				       FIELD_GET(CSF_CS_WAIT_SYNC_COND,
						 cs->wait.status));
}

static enum vcsf_step vcsf_sync_block(struct vcsf_cs *cs, u64 ins, u64 addr,
				      u64 ref)
{
	if (cs->wait.addr != addr || cs->wait.value != ref)
		cs->hw->mcu->sync_wait_changed = true;
	cs->wait.addr = addr;
	cs->wait.value = ref;
	cs->wait.status = CSF_CS_WAIT_SYNC |
			  FIELD_PREP(CSF_CS_WAIT_SYNC_COND,
				     csf_get(ins, CSF_F_SYNC_COND));
	if (vcsf_sync_is64(ins))
		cs->wait.status |= CSF_CS_WAIT_SYNC_64B;
	vcsf_cs_set_state(cs, VCSF_CS_WAIT_SYNC);

	return VCSF_STEP_RETRY;
}

/* Continue, fault or block, depending on the sync object's count and status. */
static enum vcsf_step vcsf_sync_check(struct vcsf_cs *cs, u64 ins, u64 addr,
				      u64 seqno)
{
	unsigned int cond = csf_get(ins, CSF_F_SYNC_COND);
	u64 ref = vcsf_sync_data(cs, ins);
	u32 status;
	int ret;

	if (cond != CSF_COND_LE && cond != CSF_COND_GT)
		return vcsf_invalid(cs, ins);
	if (!vcsf_sync_condition_met(seqno, ref, cond))
		return vcsf_sync_block(cs, ins, addr, ref);

	/* A later wait is a new one, even for the same object and value. */
	memset(&cs->wait, 0, sizeof(cs->wait));
	if (csf_get(ins, CSF_F_SYNC_REJECT))
		return VCSF_STEP_NEXT;
	addr = vcsf_sync_status_addr(ins, addr);
	ret = vcsf_mem_read32(cs->hw, cs->csg->as, addr, &status);
	if (ret)
		return vcsf_cs_mem_error(cs, ret, addr);
	if (status)
		return vcsf_cs_fault(cs, CSF_EXC_CS_INHERIT_FAULT, addr);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_sync_wait(struct vcsf_cs *cs, u64 ins)
{
	u64 addr = vcsf_reg64(cs, vcsf_src(ins));
	u64 seqno;
	int ret;

	if (!vcsf_sync_aligned(ins, addr))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, addr);
	ret = vcsf_sync_read(cs, vcsf_sync_is64(ins), addr, &seqno);
	if (ret)
		return vcsf_cs_mem_error(cs, ret, addr);

	return vcsf_sync_check(cs, ins, addr, seqno);
}

enum vcsf_step vcsf_exec_progress_store(struct vcsf_cs *cs, u64 ins)
{
	vcsf_cs_progress(cs, vcsf_reg64(cs, vcsf_src(ins)));

	return VCSF_STEP_EVENT;
}

enum vcsf_step vcsf_exec_progress_load(struct vcsf_cs *cs, u64 ins)
{
	vcsf_set_reg64(cs, vcsf_dst(ins), cs->progress);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_progress_wait(struct vcsf_cs *cs, u64 ins)
{
	unsigned int queue = csf_get(ins, CSF_F_PROGRESS_QUEUE);
	u64 ref = vcsf_reg64(cs, vcsf_src(ins));

	if (queue >= cs->hw->mcu->streams)
		return vcsf_invalid(cs, ins);
	if (cs->csg->cs[queue].progress >= ref)
		return VCSF_STEP_NEXT;

	cs->wait.addr = 0;
	cs->wait.value = ref;
	cs->wait.status = CSF_CS_WAIT_PROGRESS;
	vcsf_cs_set_state(cs, VCSF_CS_WAIT_PROGRESS);

	return VCSF_STEP_RETRY;
}
