/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_AS_H_
#define _VPAN_AS_H_

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <vcsf/csf_regs.h>

#include "hw/irq.h"

struct vpan_device;
struct vpan_vm;

/* Slot that the address space of the MCU always has */
#define VPAN_AS_MCU 0

/**
 * struct vpan_as - slot of an address space in the hardware
 *
 * Embedded in &struct vpan_vm; all but @since under &vpan_mmu.lock.
 */
struct vpan_as {
	/** @link: Entry in &vpan_mmu.idle if it has a slot and no users. */
	struct list_head link;
	/** @id: Number of the slot, -1 if it has none. */
	int id;
	/** @users: Number of groups that use it: on a CSG slot, or about to get one. */
	unsigned int users;
	/**
	 * @since: Time in jiffies since which a group on a CSG slot has used it; of
	 * the scheduler, under &vpan_slots.lock.
	 */
	unsigned long since;
	/** @faulted: Disabled after a fault, until the users have left. */
	bool faulted;
	/** @locked_va: First address of the region that an update has locked. */
	u64 locked_va;
	/** @locked_size: Size of that region in bytes, 0 outside of updates. */
	u64 locked_size;
};

/**
 * struct vpan_mmu - the address-space slots
 *
 * An address space keeps its slot until another one needs it. @lock is on the
 * signalling path: no allocation under it.
 */
struct vpan_mmu {
	/** @irq: The "mmu" interrupt line. */
	struct vpan_irq irq;
	/**
	 * @lock: Protects what follows, and the AS registers. Innermost, and
	 * held only for commands: edits of page tables, whose length a client
	 * chooses, are made without it.
	 */
	spinlock_t lock;
	/** @vms: Address space in each slot, or NULL. */
	struct vpan_vm *vms[CSF_AS_COUNT_MAX];
	/**
	 * @assigned: Number of the assignment in each slot, never used again; 0
	 * if the slot is free.
	 */
	u64 assigned[CSF_AS_COUNT_MAX];
	/** @last_assigned: Number of the newest assignment. */
	u64 last_assigned;
	/** @idle: Address spaces without users, least recently used first. */
	struct list_head idle;
	/** @faults: Slots with faults that are not handled yet; atomic bits. */
	unsigned long faults;
	/** @stopped: The hardware is gone or being reset: no register access. */
	bool stopped;
};

void vpan_as_init(struct vpan_as *as);

int vpan_mmu_init(struct vpan_device *vpan);
void vpan_mmu_fini(struct vpan_device *vpan);
void vpan_mmu_stop(struct vpan_device *vpan);
void vpan_mmu_suspend(struct vpan_device *vpan);
void vpan_mmu_start(struct vpan_device *vpan);

void vpan_mmu_handle_irq(struct vpan_device *vpan, u32 status);
void vpan_mmu_poll_faults(struct vpan_device *vpan);
unsigned long vpan_mmu_take_faults(struct vpan_device *vpan);
u64 vpan_mmu_assignment(struct vpan_device *vpan, unsigned int id);
void vpan_mmu_resolve_fault(struct vpan_device *vpan, unsigned int id,
			    bool keep_enabled);

int vpan_as_get_mcu(struct vpan_vm *vm);
int vpan_as_get(struct vpan_vm *vm);
bool vpan_as_slot_available(struct vpan_vm *vm);
void vpan_as_put(struct vpan_vm *vm);
void vpan_as_release(struct vpan_vm *vm);
bool vpan_as_is_faulted(struct vpan_vm *vm);

int vpan_as_begin_update(struct vpan_vm *vm, u64 va, u64 size);
int vpan_as_try_begin_update(struct vpan_vm *vm, u64 va, u64 size);
int vpan_as_end_update(struct vpan_vm *vm);

#endif /* _VPAN_AS_H_ */
