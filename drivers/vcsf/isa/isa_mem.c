// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Loads, stores, cache maintenance.
 *
 * The interpreter calls these, see exec.h. An access to a locked region stalls
 * the stream, and the whole instruction is repeated afterwards.
 */

#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/types.h>

#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"
#include "mmu/mem.h"

static u64 vcsf_address(const struct vcsf_cs *cs, u64 ins)
{
	return vcsf_reg64(cs, vcsf_src(ins)) + vcsf_offset16(ins);
}

/* Register i of the list is word i in memory, also behind holes in the mask. */
static bool vcsf_register_list(const struct vcsf_cs *cs, u64 ins, unsigned long *mask)
{
	*mask = csf_get(ins, CSF_F_REG_MASK);

	return !*mask || vcsf_dst(ins) + __fls(*mask) < cs->reg_count;
}

/*
 * Loads and stores complete at issue, so no wait for their scoreboard entry can
 * be observed. All words are read before the first register changes: a load may
 * overwrite its own address register, and may stall and be repeated.
 */
enum vcsf_step vcsf_exec_load_multiple(struct vcsf_cs *cs, u64 ins)
{
	u64 addr = vcsf_address(cs, ins);
	unsigned long mask;
	unsigned int i;
	u32 values[16];
	int ret;

	if (!vcsf_register_list(cs, ins, &mask))
		return vcsf_invalid(cs, ins);
	if (!IS_ALIGNED(addr, sizeof(u32)))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, addr);

	for_each_set_bit(i, &mask, 16) {
		ret = vcsf_mem_read32(cs->hw, cs->csg->as, addr + 4 * i,
				      &values[i]);
		if (ret)
			return vcsf_cs_mem_error(cs, ret, addr + 4 * i);
	}
	for_each_set_bit(i, &mask, 16)
		cs->regs[vcsf_dst(ins) + i] = values[i];

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_store_multiple(struct vcsf_cs *cs, u64 ins)
{
	u64 addr = vcsf_address(cs, ins);
	unsigned long mask;
	unsigned int i;
	int ret;

	if (!vcsf_register_list(cs, ins, &mask))
		return vcsf_invalid(cs, ins);
	if (!IS_ALIGNED(addr, sizeof(u32)))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, addr);

	for_each_set_bit(i, &mask, 16) {
		ret = vcsf_mem_write32(cs->hw, cs->csg->as, addr + 4 * i,
				       cs->regs[vcsf_dst(ins) + i]);
		if (ret)
			return vcsf_cs_mem_error(cs, ret, addr + 4 * i);
	}

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_flush_cache2(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.data = cs->regs[vcsf_src(ins)],
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	if (csf_get(ins, CSF_F_FLUSH_L2) > CSF_CACHE_CLEAN_INV ||
	    csf_get(ins, CSF_F_FLUSH_LSC) > CSF_CACHE_CLEAN_INV ||
	    csf_get(ins, CSF_F_FLUSH_OTHER) > CSF_CACHE_CLEAN_INV)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);

	return vcsf_cs_issue_async(cs, &op);
}

enum vcsf_step vcsf_exec_store_state(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = vcsf_address(cs, ins),
		.data = cs->error,
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	if (!IS_ALIGNED(op.addr, sizeof(u64)))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, op.addr);

	return vcsf_cs_issue(cs, &op);
}
