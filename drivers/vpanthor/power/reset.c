// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-fence.h>
#include <linux/wait.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "debug/dump.h"
#include "debug/trace.h"
#include "device/device.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "hw/hw.h"
#include "mm/as.h"
#include "power/reset.h"
#include "sched/sched.h"

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
 * vpan_device_reset - get the GPU to work again, whatever it takes
 * @vpan: the device, powered; no group is on a slot, the MMU is stopped
 *
 * After vpan_reset_begin().
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, or a negative errno if it takes more than that.
 */
int vpan_device_reset(struct vpan_device *vpan)
{
	int ret;

	ret = vpan_device_restart(vpan, false);
	if (ret)
		ret = vpan_device_restart(vpan, true);
	/* What went wrong up to here has been dealt with. */
	vpan_reset_complete(vpan);
	trace_vpanthor_reset_end(vpan, ret);
	return ret;
}

/**
 * vpan_device_set_lost - give the GPU up
 * @vpan: the device, which does not come back
 *
 * All jobs end with an error, and so do those to come.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_device_set_lost(struct vpan_device *vpan)
{
	drm_err(&vpan->drm, "the GPU does not come back\n");
	WRITE_ONCE(vpan->lost, true);
	set_bit(VPAN_RESET_DISABLED, &vpan->reset.flags);
	vpan_reset_abandon(vpan);
	vpan_sched_kill_all(vpan);
}

static void reset_device(struct vpan_device *vpan)
{
	bool cookie;

	drm_warn(&vpan->drm, "resetting the GPU\n");
	vpan_reset_begin(vpan);
	vpan_fwif_stop(vpan);

	cookie = dma_fence_begin_signalling();
	vpan_sched_stop(vpan);
	vpan_dump_slots(vpan, "reset");
	if (vpan_fwif_is_alive(vpan))
		vpan_sched_evict_all(vpan);
	vpan_fw_stop(vpan);
	vpan_sched_drop_all(vpan);
	vpan_mmu_stop(vpan);

	if (vpan_device_reset(vpan))
		vpan_device_set_lost(vpan);
	else
		vpan_sched_start(vpan);
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
	return vpan_reset_request_init(vpan, reset_work);
}
