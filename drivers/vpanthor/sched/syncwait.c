// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Waits of streams for sync objects while their group has no slot. The firmware
 * does not evaluate these, so the driver does. It can read a sync object only in
 * memory of its own buffers.
 *
 * csg.c records the wait when a group leaves its slot, blocked.c polls it, both
 * under &vpan_slots.lock. The lock of the address space is only tried for, because
 * a client can keep it busy for long.
 */

#include <linux/bitfield.h>
#include <linux/highmem.h>

#include <vcsf/csf_fw.h>

#include "mm/vm.h"
#include "sched/syncwait.h"

/**
 * vpan_syncwait_read - get the wait of a suspended stream
 * @wait: returns the wait
 * @out: status of the stream
 *
 * Context: any.
 * Return: false if the stream does not wait for a sync object, or also waits for
 * a scoreboard.
 */
bool vpan_syncwait_read(struct vpan_syncwait *wait,
			const struct csf_cs_output *out)
{
	u32 status = READ_ONCE(out->status_wait);

	if (!(status & CSF_CS_WAIT_SYNC) || READ_ONCE(out->status_scoreboards))
		return false;

	wait->va = READ_ONCE(out->status_wait_sync_ptr);
	wait->ref = READ_ONCE(out->status_wait_sync_value);
	wait->wide = status & CSF_CS_WAIT_SYNC_64B;
	if (wait->wide)
		wait->ref |= (u64)READ_ONCE(out->status_wait_sync_value_hi)
			     << 32;
	wait->greater = FIELD_GET(CSF_CS_WAIT_SYNC_COND, status) ==
			CSF_CS_WAIT_SYNC_COND_GT;
	return true;
}

/**
 * vpan_syncwait_poll - check if a stream would continue
 * @vm: address space of the stream
 * @wait: wait of the stream
 *
 * Never waits for the lock of the address space.
 *
 * Context: may sleep; on the signalling path.
 * Return: &enum vpan_syncwait_state.
 */
enum vpan_syncwait_state vpan_syncwait_poll(struct vpan_vm *vm,
					    const struct vpan_syncwait *wait)
{
	enum vpan_syncwait_state state = VPAN_SYNCWAIT_UNKNOWN;
	struct page *page;
	u32 offset;
	void *map;
	u64 value;

	/* The firmware rejects unaligned addresses, but is not relied on. */
	if (!IS_ALIGNED(wait->va, wait->wide ? sizeof(u64) : sizeof(u32)))
		return state;

	/* A client can make a change of its address space last long. */
	if (!mutex_trylock(&vm->op_lock))
		return VPAN_SYNCWAIT_PENDING;
	page = vpan_vm_find_page(vm, wait->va, &offset);
	if (page) {
		map = kmap_local_page(page) + offset;
		value = wait->wide ? READ_ONCE(*(u64 *)map) :
				     READ_ONCE(*(u32 *)map);
		kunmap_local(map);
		state = (value > wait->ref) == wait->greater ?
			VPAN_SYNCWAIT_SATISFIED : VPAN_SYNCWAIT_PENDING;
	}
	mutex_unlock(&vm->op_lock);
	return state;
}
