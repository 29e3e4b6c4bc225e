// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Streams that wait for a sync object while their group has no slot. The
 * firmware does not look at these, so the driver does.
 */

#include <linux/bitfield.h>
#include <linux/highmem.h>

#include <vcsf/csf_fw.h>

#include "mm/vm.h"
#include "sched/syncwait.h"

/**
 * vpan_syncwait_read - what a suspended stream waits for
 * @wait: returns it
 * @out: the stream's status
 *
 * Context: any.
 * Return: false if it does not wait for a sync object, or for more than that.
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
 * vpan_syncwait_poll - would the stream go on?
 * @vm: the stream's address space
 * @wait: what it waits for
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

	/* The firmware does not let others pass; but who knows. */
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
