// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The workqueue that frees groups, buffers and changes of address spaces. It
 * belongs to the module and not to a device, since these objects may hold the
 * last reference to their device, whose release waits for the workqueues of
 * the device.
 */

#include <linux/workqueue.h>

#include "device/free_wq.h"

struct workqueue_struct *vpan_free_wq;

/*
 * A work item may wait for locks that a client's task holds, which the client can keep
 * off the processors. So each address space has one item for all that it leaves behind
 * (vpan_vm_free_later()), and there are as many workers as there can be. A burst of frees
 * needs one of them. Also, the release of a device, which can happen in a work item, waits
 * for another item of this workqueue (reclaim_fini()).
 */
#define FREE_WQ_MAX_ACTIVE	WQ_MAX_ACTIVE

/**
 * vpan_free_wq_init - create the workqueue
 *
 * Context: may sleep; before the first device.
 * Return: 0 or -ENOMEM.
 */
int vpan_free_wq_init(void)
{
	vpan_free_wq = alloc_workqueue("vpan-free", WQ_UNBOUND,
				       FREE_WQ_MAX_ACTIVE);
	return vpan_free_wq ? 0 : -ENOMEM;
}

/**
 * vpan_free_wq_fini - destroy the workqueue
 *
 * Context: may sleep; after the last device.
 */
void vpan_free_wq_fini(void)
{
	destroy_workqueue(vpan_free_wq);
}
