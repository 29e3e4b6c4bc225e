// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Reset
 *
 * reset.c brings the GPU back to work when it or its firmware does not respond.
 * Any part of the driver requests a reset with vpan_reset_schedule()
 * (device/reset_request.c), in any context; a work item executes it, and all
 * requests up to then are answered by one reset. Job timeouts run on the same
 * ordered workqueue, so that a timeout and a reset never overlap.
 *
 * Order of a reset: stop the firmware interface and the scheduler; record what
 * the groups on slots were doing (debug/dump.c); suspend the groups if the
 * firmware still responds, so that their jobs continue later; stop the
 * firmware; end the groups that are still on slots, whose state is lost, as
 * innocent unless they are to blame; disable the MMU. Then power up by a soft
 * reset, load and boot the firmware; if any of that fails, again by a hard
 * reset, which does not wait for outstanding memory accesses. Last, start the
 * scheduler. Memory that the GPU may still access is not freed before the MMU
 * is disabled: vpan_reset_flush() waits for that.
 *
 * If the hard reset fails as well, the device is lost: its groups are killed,
 * and so is each new one; the state lasts until the driver is bound again.
 *
 * Fences of jobs depend on the reset, so it is on the signalling path: it does
 * not allocate, wait for a fence or take a lock under which memory is
 * allocated. It holds a runtime PM reference. Resume may reset the GPU itself
 * (power/pm.c), with the same functions, and that answers pending requests,
 * too. No reset runs between vpan_reset_disable() and vpan_reset_enable(), in
 * system sleep and in removal.
 */

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
 * vpan_device_power_up - reset the GPU and power it up
 * @vpan: device, in any state
 * @hard: hard reset, which does not wait for outstanding memory accesses
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -ETIMEDOUT if the GPU does not respond.
 */
int vpan_device_power_up(struct vpan_device *vpan, bool hard)
{
	int ret = vpan_hw_reset(vpan, hard);

	if (!ret)
		ret = vpan_hw_power_on(vpan);
	return ret;
}

/**
 * vpan_device_restart - reset the GPU, load and boot the firmware
 * @vpan: device; no group is on a slot
 * @hard: hard reset
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
 * vpan_reset_begin - count and trace the beginning of a reset
 * @vpan: device
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_reset_begin(struct vpan_device *vpan)
{
	WRITE_ONCE(vpan->reset.count, vpan->reset.count + 1);
	trace_vpanthor_reset_begin(vpan);
}

/**
 * vpan_device_reset - restart the GPU by a soft reset, or else a hard reset
 * @vpan: device, powered; no group is on a slot, the MMU is stopped
 *
 * To be called after vpan_reset_begin(). Answers all pending requests.
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, or a negative errno if both failed.
 */
int vpan_device_reset(struct vpan_device *vpan)
{
	int ret;

	ret = vpan_device_restart(vpan, false);
	if (ret)
		ret = vpan_device_restart(vpan, true);
	/* Requests up to here are answered by this reset. */
	vpan_reset_complete(vpan);
	trace_vpanthor_reset_end(vpan, ret);
	return ret;
}

/**
 * vpan_device_set_lost - give up the GPU
 * @vpan: device, which could not be reset
 *
 * All jobs complete with an error, present and future ones.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_device_set_lost(struct vpan_device *vpan)
{
	drm_err(&vpan->drm, "GPU reset failed, device is lost\n");
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
	if (!vpan_fwif_is_lost(vpan))
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
	/* Resume may have reset the GPU already. */
	if (vpan_reset_is_pending(vpan))
		reset_device(vpan);
	vpan_pm_put(vpan);
}

/**
 * vpan_reset_init - set up the work item of resets
 * @vpan: device
 *
 * It is destroyed with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_reset_init(struct vpan_device *vpan)
{
	return vpan_reset_request_init(vpan, reset_work);
}
