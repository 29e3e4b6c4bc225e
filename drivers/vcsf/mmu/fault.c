// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU fault reports: the fault registers of an address space and its interrupt.
 *
 * Table walk and strict mode call this with &vcsf_mmu.lock held when an access
 * fails. The registers keep the first fault until the driver clears the
 * interrupt. What a fault means for the stream that made the access is decided
 * in group/fault.c.
 */

#include <linux/bitfield.h>
#include <linux/lockdep.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "mmu/mmu.h"
#include "regs/irq.h"
#include "trace/trace.h"

/**
 * vcsf_mmu_fault - report a failed access
 * @hw: the GPU
 * @n: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* of the access
 * @type: CSF_EXC_* of the MMU
 *
 * The registers keep the first fault of an address space until the driver
 * clears its interrupt.
 *
 * Context: holds &vcsf_mmu.lock.
 */
void vcsf_mmu_fault(struct vcsf *hw, unsigned int n, u64 va,
		    unsigned int access, unsigned int type)
{
	struct vcsf_as *as = &hw->mmu->as[n];

	lockdep_assert_held(&hw->mmu->lock);

	trace_vcsf_mmu_fault(hw, n, va, access, type);
	if (!(vcsf_irq_rawstat(hw, VCSF_LINE_MMU) & CSF_MMU_IRQ_FAULT(n))) {
		as->fault_status =
			FIELD_PREP(CSF_AS_FAULTSTATUS_TYPE, type) |
			FIELD_PREP(CSF_AS_FAULTSTATUS_ACCESS, access) |
			FIELD_PREP(CSF_AS_FAULTSTATUS_SOURCE,
				   VCSF_FAULT_SOURCE);
		as->fault_address = va;
		as->fault_extra = 0;
	}
	vcsf_irq_raise(hw, VCSF_LINE_MMU, CSF_MMU_IRQ_FAULT(n));
}
