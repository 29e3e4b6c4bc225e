// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The workqueue that refills tiler heaps (heap.c).
 */

#include <linux/workqueue.h>

#include <drm/drm_managed.h>

#include "device/device.h"
#include "heap/heap.h"

static void heap_wq_fini(struct drm_device *drm, void *data)
{
	destroy_workqueue(data);
}

/**
 * vpan_heap_wq_init - create the workqueue that refills heaps
 * @vpan: the device
 *
 * An allocation sleeps for as long as the control group of the heap's owner is short of
 * memory. So that this holds up no heap of another client, and no work of the kernel, the
 * workqueue is not one of the kernel's, has as many workers as there can be, and an address
 * space has one work item for all of its heaps. Destroyed with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_heap_wq_init(struct vpan_device *vpan)
{
	vpan->heap_wq = alloc_workqueue("vpan-heap", WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!vpan->heap_wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, heap_wq_fini,
					vpan->heap_wq);
}
