// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU faults, from the interrupt to the scheduler, which looks for the group that has
 * caused one (sched/events.c) and keeps or disables the slot by
 * vpan_mmu_resolve_fault() (as.c).
 */

#include <linux/bitfield.h>
#include <linux/interrupt.h>

#include <drm/drm_print.h>

#include "debug/trace.h"
#include "device/device.h"
#include "hw/exception.h"
#include "hw/irq.h"
#include "hw/regs.h"
#include "mm/as.h"
#include "mm/vm.h"

static const char * const as_access_names[] = {
	[CSF_AS_ACCESS_ATOMIC] = "atomic",
	[CSF_AS_ACCESS_EXECUTE] = "execute",
	[CSF_AS_ACCESS_READ] = "read",
	[CSF_AS_ACCESS_WRITE] = "write",
};

static const char *as_access_name(u32 fault)
{
	return as_access_names[FIELD_GET(CSF_AS_FAULTSTATUS_ACCESS, fault)];
}

/**
 * vpan_mmu_handle_irq - handle new faults
 * @vpan: the device
 * @status: faults that the caller has cleared, a bit per slot
 *
 * The interrupt of a slot stays disabled until vpan_mmu_resolve_fault().
 *
 * Context: hard interrupt, or any in which it is not called concurrently.
 */
void vpan_mmu_handle_irq(struct vpan_device *vpan, u32 status)
{
	unsigned long faults = status & CSF_MMU_IRQ_FAULTS;
	unsigned int id;

	for_each_set_bit(id, &faults, CSF_AS_COUNT_MAX) {
		u32 fault = vpan_read32(vpan, CSF_AS_FAULTSTATUS(id));
		u64 addr = vpan_read64(vpan, CSF_AS_FAULTADDRESS(id));
		u32 type = FIELD_GET(CSF_AS_FAULTSTATUS_TYPE, fault);

		dev_warn_ratelimited(vpan->drm.dev,
				     "AS%u: fault %s (0x%02x), %s at 0x%016llx\n",
				     id, vpan_exception_name(type), type,
				     as_access_name(fault), addr);
		trace_vpanthor_mmu_fault(vpan, id, fault, addr);
		vpan_irq_disable(&vpan->mmu->irq, CSF_MMU_IRQ_FAULT(id));
		set_bit(id, &vpan->mmu->faults);
	}
	if (faults)
		vpan_sched_kick(vpan);
}

/* Slots on which the MMU translates and may fault; a bit per slot */
static u32 mmu_enabled_slots(struct vpan_mmu *mmu)
{
	u32 enabled = 0;
	unsigned int id;

	lockdep_assert_held(&mmu->lock);

	for (id = 0; id < CSF_AS_COUNT_MAX; id++) {
		if (mmu->vms[id] && !mmu->vms[id]->as.faulted)
			enabled |= CSF_MMU_IRQ_FAULT(id);
	}
	return enabled;
}

/**
 * vpan_mmu_poll_faults - find faults whose interrupt has not been handled yet
 * @vpan: the device, which has power
 *
 * Afterwards vpan_mmu_take_faults() returns every fault that the MMU has raised
 * before the call, also if the CPU that handles its interrupt is slow.
 *
 * Context: may sleep, waits for the handler of the interrupt; on the signalling
 * path. Serialised with vpan_mmu_take_faults() and vpan_mmu_resolve_fault() by the
 * caller, under &vpan_slots.lock: a slot whose fault has been taken stays masked.
 */
void vpan_mmu_poll_faults(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu = vpan->mmu;
	u32 mask, enabled, faults;

	mask = READ_ONCE(mmu->irq.mask);
	vpan_irq_quiesce(&mmu->irq);

	spin_lock(&mmu->lock);
	if (!mmu->stopped) {
		enabled = mmu_enabled_slots(mmu);
		/* Those of masked slots too: a fault is pending there, this is one more. */
		faults = vpan_read32(vpan, CSF_MMU_IRQ_RAWSTAT) & enabled;
		if (faults) {
			vpan_write32(vpan, CSF_MMU_IRQ_CLEAR, faults);
			vpan_mmu_handle_irq(vpan, faults);
		}
		/*
		 * The handler may have masked more before it was stopped, and an
		 * address space may have been freed.
		 */
		vpan_irq_enable(&mmu->irq, mask & enabled & ~faults &
				~READ_ONCE(mmu->faults));
	}
	spin_unlock(&mmu->lock);
}

/**
 * vpan_mmu_take_faults - get the slots that have faulted since the last call
 * @vpan: the device
 *
 * The caller calls vpan_mmu_resolve_fault() for each of them.
 *
 * Context: any.
 * Return: a bit per slot.
 */
unsigned long vpan_mmu_take_faults(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu = vpan->mmu;

	return READ_ONCE(mmu->faults) ? xchg(&mmu->faults, 0) : 0;
}

/**
 * vpan_mmu_assignment - tell whether a slot still belongs to the same address space
 * @vpan: the device
 * @id: number of the slot
 *
 * Context: may sleep; on the signalling path.
 * Return: a number that changes whenever an address space gets the slot, 0 if none
 * has it.
 */
u64 vpan_mmu_assignment(struct vpan_device *vpan, unsigned int id)
{
	struct vpan_mmu *mmu = vpan->mmu;
	u64 assigned;

	spin_lock(&mmu->lock);
	assigned = mmu->assigned[id];
	spin_unlock(&mmu->lock);
	return assigned;
}
