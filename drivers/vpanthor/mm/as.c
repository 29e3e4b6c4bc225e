// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Address-space slots
 *
 * The MMU has a few slots (AS), each of which translates by the page tables of one
 * address space. Slot 0 belongs to the MCU. The scheduler takes a reference to a
 * slot for each group on a CSG slot, or about to get one (vpan_as_get()). An address
 * space without such users keeps its slot, and its translations in the TLB, until
 * another address space needs it: &vpan_mmu.idle lists the candidates, least recently
 * used first.
 *
 * An update makes a change of page tables atomic for the GPU:
 * vpan_as_begin_update() locks the region, the caller edits the tables, and
 * vpan_as_end_update() flushes and unlocks the region. &vpan_mmu.lock is held for
 * the commands only and not for the edit, whose length a client chooses: a long
 * edit keeps no other address space from its slot. The region is recorded in
 * &vpan_as.locked_va until then. If the address space gets a slot during the
 * update, the region is locked before the translation is enabled. If it loses its
 * slot, this flushes all of its translations, so that nothing is left to flush.
 * &vpan_vm.op_lock, which the caller holds from begin to end, serialises updates
 * of one address space.
 *
 * A fault is reported by interrupt. The scheduler decides (sched/events.c): if it
 * knows which group has caused the fault it keeps the slot enabled, otherwise the
 * slot is disabled until all groups that use it have left.
 *
 * If the MMU does not answer a command within 100 ms, a reset is requested.
 * Until the reset the GPU may use stale translations, so that memory and tables
 * that were unmapped are not freed (vpan_reset_flush()). A reset and a suspended
 * device have no slots: &vpan_mmu.stopped prevents register access, and address
 * spaces get slots again when groups are scheduled.
 *
 * &vpan_mmu.lock is on the signalling path and is taken in reclaim: nothing is
 * allocated under it, and it is innermost. It is a spinlock: clients take it in their
 * own tasks, and can keep these from running (SCHED_IDLE, cpu.max), but not while they
 * cannot be preempted. So the scheduler waits for commands only.
 */

#include <linux/device.h>
#include <linux/jiffies.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "debug/trace.h"
#include "device/device.h"
#include "hw/irq.h"
#include "hw/regs.h"
#include "mm/as.h"
#include "mm/as_hw.h"
#include "mm/vm.h"
#include "pt/pgtable.h"

/**
 * vpan_as_init - initialise the slot state of an address space: no slot
 * @as: slot state of the address space
 */
void vpan_as_init(struct vpan_as *as)
{
	INIT_LIST_HEAD(&as->link);
	as->id = -1;
	as->users = 0;
	as->faulted = false;
	as->locked_size = 0;
}

static int as_enable(struct vpan_vm *vm, int id)
{
	struct vpan_device *vpan = vm->vpan;
	int ret;

	ret = vpan_as_hw_enable(vpan, id, vpan_pt_root(&vm->pt),
				vm->as.locked_va, vm->as.locked_size);
	if (ret)
		return ret;

	vpan_write32(vpan, CSF_MMU_IRQ_CLEAR, CSF_MMU_IRQ_FAULT(id));
	clear_bit(id, &vpan->mmu->faults);
	vpan_irq_enable(&vpan->mmu->irq, CSF_MMU_IRQ_FAULT(id));
	return 0;
}

static int as_disable(struct vpan_device *vpan, int id)
{
	vpan_irq_disable(&vpan->mmu->irq, CSF_MMU_IRQ_FAULT(id));
	return vpan_as_hw_disable(vpan, id);
}

static void as_unassign(struct vpan_mmu *mmu, struct vpan_vm *vm)
{
	lockdep_assert_held(&mmu->lock);

	trace_vpanthor_as_off(vm, vm->as.id);
	mmu->vms[vm->as.id] = NULL;
	mmu->assigned[vm->as.id] = 0;
	vm->as.id = -1;
	list_del_init(&vm->as.link);
}

/* Find a free slot, or take the least recently used one. */
static int as_find_slot(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu = vpan->mmu;
	struct vpan_vm *victim;
	int id, ret;

	lockdep_assert_held(&mmu->lock);

	for (id = VPAN_AS_MCU + 1; id < CSF_AS_COUNT_MAX; id++) {
		if (vpan->gpu_info.as_present & BIT(id) && !mmu->vms[id])
			return id;
	}

	victim = list_first_entry_or_null(&mmu->idle, struct vpan_vm, as.link);
	if (!victim)
		return -EBUSY;
	id = victim->as.id;
	ret = as_disable(vpan, id);
	/* The victim keeps it until the reset: the GPU may still use it. */
	if (ret)
		return ret;
	as_unassign(mmu, victim);
	return id;
}

static int as_assign(struct vpan_vm *vm, int id)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret = as_enable(vm, id);

	if (ret)
		return ret;
	mmu->vms[id] = vm;
	mmu->assigned[id] = ++mmu->last_assigned;
	vm->as.id = id;
	vm->as.faulted = false;
	trace_vpanthor_as_on(vm, id);
	return 0;
}

/**
 * vpan_as_get_mcu - enable the slot of the MCU
 * @vm: address space of the MCU; may have the slot already
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_as_get_mcu(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret;

	spin_lock(&mmu->lock);
	vm->as.users = 1;
	ret = as_assign(vm, VPAN_AS_MCU);
	spin_unlock(&mmu->lock);
	return ret;
}

/**
 * vpan_as_get - take a reference to the slot of an address space
 * @vm: the address space
 *
 * Assigns a slot if the address space has none. Undone by vpan_as_put().
 *
 * Context: may sleep; on the signalling path.
 * Return: number of the slot, -EBUSY if all slots are in use, or if the address
 * space has faulted and its users have not left yet, or another negative errno.
 */
int vpan_as_get(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret = 0;

	spin_lock(&mmu->lock);
	if (mmu->stopped) {
		ret = -ENODEV;
	} else if (vm->as.faulted) {
		ret = -EBUSY;
	} else if (vm->as.id < 0) {
		ret = as_find_slot(vm->vpan);
		if (ret >= 0)
			ret = as_assign(vm, ret);
	}
	if (!ret) {
		vm->as.users++;
		list_del_init(&vm->as.link);
		ret = vm->as.id;
	}
	spin_unlock(&mmu->lock);
	return ret;
}

/**
 * vpan_as_slot_available - check if an address space has or can get a slot
 * @vm: the address space
 *
 * Context: may sleep; on the signalling path.
 * Return: false if all slots are used by groups in other address spaces.
 */
bool vpan_as_slot_available(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	bool available;
	int id;

	spin_lock(&mmu->lock);
	available = vm->as.id >= 0 || !list_empty(&mmu->idle);
	for (id = VPAN_AS_MCU + 1; !available && id < CSF_AS_COUNT_MAX; id++)
		available = vm->vpan->gpu_info.as_present & BIT(id) &&
			    !mmu->vms[id];
	spin_unlock(&mmu->lock);
	return available;
}

/**
 * vpan_as_put - drop a reference to the slot of an address space
 * @vm: the address space
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_as_put(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;

	spin_lock(&mmu->lock);
	if (!--vm->as.users && vm->as.id >= 0) {
		if (vm->as.faulted)
			as_unassign(mmu, vm);
		else
			list_add_tail(&vm->as.link, &mmu->idle);
	}
	if (!vm->as.users)
		vm->as.faulted = false;
	spin_unlock(&mmu->lock);
}

/**
 * vpan_as_release - take away the slot of an address space that is freed
 * @vm: the address space
 *
 * The GPU no longer walks its page tables when this returns. Waits for a pending
 * reset, which may be necessary for that.
 *
 * Context: may sleep; not on the signalling path.
 */
void vpan_as_release(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;

	spin_lock(&mmu->lock);
	if (vm->as.id >= 0) {
		/* If this fails, a reset is pending. */
		if (!mmu->stopped)
			as_disable(vm->vpan, vm->as.id);
		as_unassign(mmu, vm);
	}
	spin_unlock(&mmu->lock);
	/* Also if it has lost its slot before, on the way to a reset. */
	vpan_reset_flush(vm->vpan);
}

/**
 * vpan_as_is_faulted - check if an address space is disabled after a fault
 * @vm: the address space
 *
 * Context: may sleep; on the signalling path.
 * Return: true until the groups that use it have left.
 */
bool vpan_as_is_faulted(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	bool faulted;

	spin_lock(&mmu->lock);
	faulted = vm->as.faulted;
	spin_unlock(&mmu->lock);
	return faulted;
}

static bool as_is_enabled(const struct vpan_vm *vm)
{
	lockdep_assert_held(&vm->vpan->mmu->lock);

	return vm->as.id >= 0 && !vm->as.faulted && !vm->vpan->mmu->stopped;
}

static int as_begin_update(struct vpan_vm *vm, u64 va, u64 size)
{
	lockdep_assert_held(&vm->op_lock);
	lockdep_assert_held(&vm->vpan->mmu->lock);

	vm->as.locked_va = va;
	vm->as.locked_size = size;
	if (!as_is_enabled(vm))
		return 0;
	return vpan_as_hw_lock(vm->vpan, vm->as.id, va, size);
}

/**
 * vpan_as_begin_update - stall the accesses of the GPU to a range
 * @vm: the address space
 * @va: first address
 * @size: bytes, not zero
 *
 * The page tables of the range may be edited until vpan_as_end_update(), which
 * must follow in any case. Jobs that access the range are stalled until then, so
 * that they see it before or after the edit, and nothing in between.
 *
 * The address space may lose its slot before the end, which flushes all of its
 * translations, and may get another one, in which the range is locked again.
 *
 * Context: may sleep; on the signalling path. Under &vpan_vm.op_lock until
 * vpan_as_end_update(); takes &vpan_mmu.lock.
 * Return: 0, -ETIMEDOUT if the MMU does not answer.
 */
int vpan_as_begin_update(struct vpan_vm *vm, u64 va, u64 size)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret;

	spin_lock(&mmu->lock);
	ret = as_begin_update(vm, va, size);
	spin_unlock(&mmu->lock);
	return ret;
}

/**
 * vpan_as_try_begin_update - vpan_as_begin_update() without waiting for locks
 * @vm: the address space
 * @va: first address
 * @size: bytes, not zero
 *
 * Context: may sleep; in reclaim. Under &vpan_vm.op_lock.
 * Return: as vpan_as_begin_update(), or -EBUSY, after which
 * vpan_as_end_update() must not follow.
 */
int vpan_as_try_begin_update(struct vpan_vm *vm, u64 va, u64 size)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret = -EBUSY;

	if (!spin_trylock(&mmu->lock))
		return -EBUSY;
	/*
	 * If the MMU is the reason for the reset, each command would take a
	 * second to time out.
	 */
	if (!vpan_reset_is_pending(vm->vpan))
		ret = as_begin_update(vm, va, size);
	spin_unlock(&mmu->lock);
	return ret;
}

/**
 * vpan_as_end_update - make the GPU see edited page tables
 * @vm: the address space
 *
 * If a reset is pending afterwards, the GPU may use what it knew before until
 * the reset: the address space may have lost its slot to it without a flush.
 *
 * Context: may sleep; on the signalling path and in reclaim. Under
 * &vpan_vm.op_lock since the beginning of the update; takes &vpan_mmu.lock,
 * under which nothing is allocated.
 * Return: 0, -ETIMEDOUT if the MMU does not answer.
 */
int vpan_as_end_update(struct vpan_vm *vm)
{
	struct vpan_mmu *mmu = vm->vpan->mmu;
	int ret = 0;

	lockdep_assert_held(&vm->op_lock);

	spin_lock(&mmu->lock);
	vm->as.locked_size = 0;
	if (as_is_enabled(vm))
		ret = vpan_as_hw_command(vm->vpan, vm->as.id,
					 CSF_AS_COMMAND_FLUSH_PT);
	spin_unlock(&mmu->lock);
	return ret;
}

/**
 * vpan_mmu_resolve_fault - keep or disable a slot that has faulted
 * @vpan: the device
 * @id: number of the slot, not that of the MCU
 * @keep_enabled: the group that caused the fault is known, so the slot stays in
 *	use; otherwise it is disabled until the groups that use it have left
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_mmu_resolve_fault(struct vpan_device *vpan, unsigned int id,
			    bool keep_enabled)
{
	struct vpan_mmu *mmu = vpan->mmu;
	struct vpan_vm *vm;

	spin_lock(&mmu->lock);
	vm = mmu->vms[id];
	if (!vm || mmu->stopped) {
		spin_unlock(&mmu->lock);
		return;
	}
	if (keep_enabled) {
		vpan_irq_enable(&mmu->irq, CSF_MMU_IRQ_FAULT(id));
	} else if (!as_disable(vpan, id)) {
		/* On failure it is still enabled, and the reset clears all. */
		if (vm->as.users)
			vm->as.faulted = true;
		else
			as_unassign(mmu, vm);
	}
	spin_unlock(&mmu->lock);
}

/**
 * vpan_mmu_init - initialise the slots and request the interrupt of the MMU
 * @vpan: the device
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_mmu_init(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu;

	mmu = drmm_kzalloc(&vpan->drm, sizeof(*mmu), GFP_KERNEL);
	if (!mmu)
		return -ENOMEM;

	vpan->mmu = mmu;
	spin_lock_init(&mmu->lock);
	INIT_LIST_HEAD(&mmu->idle);
	return vpan_irq_request(vpan, &mmu->irq, "mmu", CSF_MMU_IRQ_RAWSTAT,
				vpan_mmu_handle_irq);
}

/**
 * vpan_mmu_fini - free the interrupt of the MMU
 * @vpan: the device
 */
void vpan_mmu_fini(struct vpan_device *vpan)
{
	vpan_irq_free(&vpan->mmu->irq);
}

/**
 * vpan_mmu_stop - take away all slots without register access, and prevent it
 * @vpan: the device, before a reset or when it is gone
 *
 * No group is on a CSG slot.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_mmu_stop(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu = vpan->mmu;
	int id;

	spin_lock(&mmu->lock);
	/* Under the lock: see vpan_mmu_poll_faults(). */
	vpan_irq_disable(&mmu->irq, ~0);
	mmu->stopped = true;
	mmu->faults = 0;
	for (id = 0; id < CSF_AS_COUNT_MAX; id++) {
		if (mmu->vms[id])
			as_unassign(mmu, mmu->vms[id]);
	}
	spin_unlock(&mmu->lock);
}

/**
 * vpan_mmu_suspend - disable all slots and prevent register access
 * @vpan: the device, before it loses power
 *
 * No group is on a CSG slot, the MCU is stopped.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_mmu_suspend(struct vpan_device *vpan)
{
	struct vpan_mmu *mmu = vpan->mmu;
	int id;

	/* Each may take as long as a command may: let others in between. */
	for (id = 0; id < CSF_AS_COUNT_MAX; id++) {
		spin_lock(&mmu->lock);
		if (mmu->vms[id])
			as_disable(vpan, id);
		spin_unlock(&mmu->lock);
	}
	vpan_mmu_stop(vpan);
}

/**
 * vpan_mmu_start - allow register access after a reset
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_mmu_start(struct vpan_device *vpan)
{
	spin_lock(&vpan->mmu->lock);
	vpan->mmu->stopped = false;
	spin_unlock(&vpan->mmu->lock);
}
