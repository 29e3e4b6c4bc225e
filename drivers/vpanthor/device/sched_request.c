// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Requests to the scheduler. MMU faults, tiler heaps with new memory, firmware
 * events and groups with work or an error kick it; its work item, which is in
 * sched/sched.c, answers. The workqueue is ordered, so work items on it never
 * run at the same time.
 */

#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/sched_request.h"

/**
 * vpan_sched_kick - request an update of all slots by the scheduler
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_sched_kick(struct vpan_device *vpan)
{
	queue_work(vpan->sched.wq, &vpan->sched.work);
}

/**
 * vpan_sched_flush - wait until the scheduler has handled earlier requests
 * @vpan: the device
 *
 * Context: may sleep.
 */
void vpan_sched_flush(struct vpan_device *vpan)
{
	flush_work(&vpan->sched.work);
}

static void sched_request_fini(struct drm_device *drm, void *data)
{
	struct vpan_sched_request *request = data;

	destroy_workqueue(request->wq);
}

/**
 * vpan_sched_request_init - prepare for requests to the scheduler
 * @vpan: the device
 * @func: function of &vpan_sched_request.work
 *
 * Undone when the &struct drm_device is released.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_sched_request_init(struct vpan_device *vpan, work_func_t func)
{
	struct vpan_sched_request *request = &vpan->sched;

	INIT_WORK(&request->work, func);
	request->wq = alloc_ordered_workqueue("vpan-slots",
					      WQ_MEM_RECLAIM | WQ_HIGHPRI);
	if (!request->wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, sched_request_fini,
					request);
}
