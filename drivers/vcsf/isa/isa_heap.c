// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions on the tiler heap: its context, counters and free chunks, and the
 * handler of its out-of-memory exception.
 *
 * The interpreter calls these, see exec.h. They check operands and issue; the
 * effects are in deferred.c, cores/heap.c and cores/oom.c.
 */

#include <linux/align.h>
#include <linux/types.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>

#include "cores/heap.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "isa/scoreboard.h"

enum vcsf_step vcsf_exec_heap_set(struct vcsf_cs *cs, u64 ins)
{
	u64 heap = vcsf_reg64(cs, vcsf_src(ins));

	if (!IS_ALIGNED(heap, CSF_HEAP_CONTEXT_ALIGN))
		return vcsf_cs_fault(cs, CSF_EXC_ADDR_RANGE_FAULT, heap);
	cs->heap = heap;
	vcsf_oom_handler_set(cs);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_set_exception_handler(struct vcsf_cs *cs, u64 ins)
{
	u64 addr = vcsf_reg64(cs, vcsf_src(ins));
	u32 size = cs->regs[vcsf_src2(ins)];

	if (csf_get(ins, CSF_F_EXCEPTION_TYPE) != CSF_EXCEPTION_TILER_OOM)
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	if ((addr | size) % CSF_CS_INSTR_SIZE || addr + size < addr)
		return vcsf_invalid(cs, ins);
	cs->oom_handler = addr;
	cs->oom_handler_size = size;
	vcsf_oom_handler_set(cs);

	return VCSF_STEP_NEXT;
}

enum vcsf_step vcsf_exec_heap_operation(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = cs->heap,
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	switch (csf_get(ins, CSF_F_HEAP_OP)) {
	case CSF_HEAP_VT_START:
	case CSF_HEAP_VT_COMPLETE:
	case CSF_HEAP_FRAG_COMPLETE:
		return vcsf_cs_issue(cs, &op);
	default:
		return vcsf_cs_fault(cs, CSF_EXC_INSTR_INVALID_ENC, ins);
	}
}

enum vcsf_step vcsf_exec_finish_fragment(struct vcsf_cs *cs, u64 ins)
{
	struct vcsf_deferred op = {
		.ins = ins,
		.addr = cs->heap,
		.data = vcsf_reg64(cs, vcsf_src(ins)),
		.aux = vcsf_reg64(cs, vcsf_src2(ins)),
		.wait = csf_get(ins, CSF_F_WAIT_MASK),
		.slot = csf_get(ins, CSF_F_SLOT),
	};

	return vcsf_cs_issue(cs, &op);
}
