// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-fence.h>
#include <linux/wait.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "device/device.h"
#include "fw/fwif.h"
#include "power/reset.h"
#include "debug/trace.h"

/**
 * vpan_device_power_up - have the GPU powered, in a known state
 * @vpan: the device, in any state
 * @hard: do not wait for memory accesses that are under way
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -ETIMEDOUT if the GPU does not answer.
 */
int vpan_device_power_up(struct vpan_device *vpan, bool hard)
{
	int ret = vpan_hw_reset(vpan, hard);

	if (!ret)
		ret = vpan_hw_power_on(vpan);
	return ret;
}

/**
 * vpan_device_restart - start over after a reset
 * @vpan: the device; no group is on a slot
 * @hard: begin with a hard reset
 *
 * Context: may sleep; on the signalling path.
 * Return: 0 or a negative errno.
 */
int vpan_device_restart(struct vpan_device *vpan, bool hard)
{
	int ret = vpan_device_power_up(vpan, hard);

	if (ret)
		return ret;

	vpan_mmu_start(vpan);
	ret = vpan_fw_reload(vpan);
	if (!ret)
		ret = vpan_fw_boot(vpan);
	if (ret)
		vpan_mmu_stop(vpan);
	return ret;
}

/**
 * vpan_reset_begin - note that the GPU is going to be reset
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_reset_begin(struct vpan_device *vpan)
{
	WRITE_ONCE(vpan->reset.count, vpan->reset.count + 1);
	trace_vpanthor_reset_begin(vpan);
}

/**
 * vpan_device_recover - get the GPU to work again, whatever it takes
 * @vpan: the device, powered; no group is on a slot, the MMU is stopped
 *
 * After vpan_reset_begin().
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, or a negative errno if it takes more than that.
 */
int vpan_device_recover(struct vpan_device *vpan)
{
	int ret;

	ret = vpan_device_restart(vpan, false);
	if (ret)
		ret = vpan_device_restart(vpan, true);
	/* What went wrong up to here has been dealt with. */
	clear_bit(VPAN_RESET_PENDING, &vpan->reset.flags);
	wake_up_all(&vpan->reset.wait);
	trace_vpanthor_reset_end(vpan, ret);
	return ret;
}

/**
 * vpan_device_lose - give the GPU up
 * @vpan: the device, which does not come back
 *
 * All jobs end with an error, and so do those to come.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_device_lose(struct vpan_device *vpan)
{
	drm_err(&vpan->drm, "the GPU does not come back\n");
	WRITE_ONCE(vpan->lost, true);
	set_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	vpan_reset_end(vpan);
	vpan_slots_end(vpan);
}

static void reset_device(struct vpan_device *vpan)
{
	bool cookie;

	drm_warn(&vpan->drm, "resetting the GPU\n");
	vpan_reset_begin(vpan);
	vpan_fwif_stop(vpan);

	cookie = dma_fence_begin_signalling();
	vpan_slots_stop(vpan);
	vpan_dump_slots(vpan, "reset");
	if (vpan_fwif_is_alive(vpan))
		vpan_slots_rescue(vpan);
	vpan_fw_stop(vpan);
	vpan_slots_lose(vpan);
	vpan_mmu_stop(vpan);

	if (vpan_device_recover(vpan))
		vpan_device_lose(vpan);
	else
		vpan_slots_start(vpan);
	dma_fence_end_signalling(cookie);
}

static void reset_work(struct work_struct *work)
{
	struct vpan_device *vpan = container_of(work, struct vpan_device,
						reset.work);

	if (test_bit(VPAN_RESET_DISABLED, &vpan->reset.flags))
		return;
	if (vpan_pm_get(vpan))
		return;
	/* To wake up may have been a reset already. */
	if (vpan_reset_is_pending(vpan))
		reset_device(vpan);
	vpan_pm_put(vpan);
}

/**
 * vpan_reset_schedule - reset the device, soon
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
	 * Even if it was pending: who said so may not have come to here, and
	 * vpan_reset_flush() is to wait for it.
	 */
	if (!test_bit(VPAN_RESET_DISABLED, &vpan->reset.flags))
		queue_work(vpan->reset.wq, &vpan->reset.work);
}

/**
 * vpan_reset_is_pending - is a reset due, or going on?
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
	       test_bit(VPAN_RESET_NONE, &vpan->reset.flags);
}

/**
 * vpan_reset_flush - wait for a reset that was scheduled before
 * @vpan: the device
 *
 * The GPU has no access to what was unmapped before when this returns. That is
 * not so yet when address spaces have lost their slots on the way to a reset,
 * nor when the device goes to sleep and resets are put off: it may wake up with
 * what it has not been made to forget. So this waits for the reset itself, which
 * waking up is then.
 *
 * Nobody who resets or suspends the device waits for who waits here. Who removes
 * it does, for system calls, but not with resets disabled.
 *
 * Context: may sleep; not on the signalling path.
 */
void vpan_reset_flush(struct vpan_device *vpan)
{
	wait_event(vpan->reset.wait, reset_is_over(vpan));
	/* It may be about to give the GPU up. */
	flush_work(&vpan->reset.work);
}

/**
 * vpan_reset_enable - let resets happen from now on
 * @vpan: the device, whose hardware works
 *
 * Context: any.
 */
void vpan_reset_enable(struct vpan_device *vpan)
{
	clear_bit(VPAN_RESET_NONE, &vpan->reset.flags);
	clear_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	/* Pairs with vpan_reset_schedule(). */
	smp_mb__after_atomic();
	if (vpan_reset_is_pending(vpan))
		queue_work(vpan->reset.wq, &vpan->reset.work);
}

/**
 * vpan_reset_disable - no resets until vpan_reset_enable()
 * @vpan: the device
 *
 * None is going on when this returns. What is scheduled meanwhile comes later.
 *
 * Context: may sleep.
 */
void vpan_reset_disable(struct vpan_device *vpan)
{
	set_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	cancel_work_sync(&vpan->reset.work);
}

/**
 * vpan_reset_end - nobody has to wait for a reset any more
 * @vpan: the device, which is off or was given up; resets are disabled
 *
 * Context: any.
 */
void vpan_reset_end(struct vpan_device *vpan)
{
	set_bit(VPAN_RESET_NONE, &vpan->reset.flags);
	wake_up_all(&vpan->reset.wait);
}

static void reset_fini(struct drm_device *drm, void *data)
{
	struct vpan_reset *reset = data;

	destroy_workqueue(reset->wq);
}

/**
 * vpan_reset_init - prepare for resets
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_reset_init(struct vpan_device *vpan)
{
	struct vpan_reset *reset = &vpan->reset;

	INIT_WORK(&reset->work, reset_work);
	init_waitqueue_head(&reset->wait);
	set_bit(VPAN_RESET_DISABLED, &reset->flags);
	set_bit(VPAN_RESET_NONE, &reset->flags);
	reset->wq = alloc_ordered_workqueue("vpan-reset", WQ_MEM_RECLAIM);
	if (!reset->wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, reset_fini, reset);
}
