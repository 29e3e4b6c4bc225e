// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Requests to reset the device. Code that finds the GPU or its firmware not
 * responding requests a reset from any context; the work function, which is in
 * power/reset.c, performs it. Resuming the device performs a pending reset as
 * well.
 */

#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/reset_request.h"

/**
 * vpan_reset_schedule - request a reset of the device
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_reset_schedule(struct vpan_device *vpan)
{
	set_bit(VPAN_RESET_PENDING, &vpan->reset.flags);
	/* Pairs with vpan_reset_enable(). */
	smp_mb__after_atomic();
	/*
	 * Queue the work even if a reset was pending: the caller that set the
	 * flag may not have queued it yet, and vpan_reset_flush() has to wait
	 * for it.
	 */
	if (!test_bit(VPAN_RESET_DISABLED, &vpan->reset.flags))
		queue_work(vpan->reset.wq, &vpan->reset.work);
}

/**
 * vpan_reset_is_pending - check if a reset is requested or in progress
 * @vpan: the device
 *
 * Context: any.
 * Return: true if the GPU cannot be relied on.
 */
bool vpan_reset_is_pending(struct vpan_device *vpan)
{
	return test_bit(VPAN_RESET_PENDING, &vpan->reset.flags);
}

static bool reset_is_over(struct vpan_device *vpan)
{
	return !vpan_reset_is_pending(vpan) ||
	       test_bit(VPAN_RESET_ABANDONED, &vpan->reset.flags);
}

/**
 * vpan_reset_flush - wait for a reset that was requested before
 * @vpan: the device
 *
 * When this returns, the GPU has no access to memory that was unmapped before
 * the call. Losing the address space's slot on the way to a reset does not
 * ensure that, nor does suspending the device while resets are disabled: the
 * GPU may resume with stale translations. So this waits for the reset itself,
 * which the next resume performs in that case.
 *
 * Neither the reset nor the suspend path waits for callers of this. Removing
 * the device waits for ioctls, but not while resets are disabled.
 *
 * Context: may sleep; not on the signalling path.
 */
void vpan_reset_flush(struct vpan_device *vpan)
{
	wait_event(vpan->reset.wait, reset_is_over(vpan));
	/* The work item may be about to mark the GPU lost. */
	flush_work(&vpan->reset.work);
}

/**
 * vpan_reset_enable - allow resets
 * @vpan: the device, whose hardware works
 *
 * Context: any.
 */
void vpan_reset_enable(struct vpan_device *vpan)
{
	clear_bit(VPAN_RESET_ABANDONED, &vpan->reset.flags);
	clear_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	/* Pairs with vpan_reset_schedule(). */
	smp_mb__after_atomic();
	if (vpan_reset_is_pending(vpan))
		queue_work(vpan->reset.wq, &vpan->reset.work);
}

/**
 * vpan_reset_disable - prevent resets until vpan_reset_enable()
 * @vpan: the device
 *
 * No reset is in progress when this returns. Requests stay pending until resets are
 * enabled again.
 *
 * Context: may sleep.
 */
void vpan_reset_disable(struct vpan_device *vpan)
{
	set_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	cancel_work_sync(&vpan->reset.work);
}

/**
 * vpan_reset_complete - note that the requested reset has been performed
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_reset_complete(struct vpan_device *vpan)
{
	clear_bit(VPAN_RESET_PENDING, &vpan->reset.flags);
	wake_up_all(&vpan->reset.wait);
}

/**
 * vpan_reset_abandon - release all waiters for a reset
 * @vpan: the device, which is off or lost; resets are disabled
 *
 * Context: any.
 */
void vpan_reset_abandon(struct vpan_device *vpan)
{
	set_bit(VPAN_RESET_ABANDONED, &vpan->reset.flags);
	wake_up_all(&vpan->reset.wait);
}

static void reset_request_fini(struct drm_device *drm, void *data)
{
	struct vpan_reset_request *request = data;

	destroy_workqueue(request->wq);
}

/**
 * vpan_reset_request_init - prepare for requests to reset the device
 * @vpan: the device
 * @func: function of &vpan_reset_request.work
 *
 * Resets are disabled at first. Undone when the &struct drm_device is released.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_reset_request_init(struct vpan_device *vpan, work_func_t func)
{
	struct vpan_reset_request *request = &vpan->reset;

	INIT_WORK(&request->work, func);
	init_waitqueue_head(&request->wait);
	set_bit(VPAN_RESET_DISABLED, &request->flags);
	set_bit(VPAN_RESET_ABANDONED, &request->flags);
	request->wq = alloc_ordered_workqueue("vpan-reset", WQ_MEM_RECLAIM);
	if (!request->wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, reset_request_fini,
					request);
}
