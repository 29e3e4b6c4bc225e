// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Power management
 *
 * pm.c switches the GPU off when it has been idle for a while (runtime suspend)
 * and when the system sleeps. A runtime PM reference keeps it on; the scheduler
 * holds one while a group has work for the GPU, and calls that access registers
 * hold one while they do.
 *
 * Runtime suspend takes idle groups off their slots, and fails with -EBUSY if
 * there is work. System sleep does not ask: it stops the scheduler, suspends
 * the groups on slots, drops those that do not respond in time, and lets the
 * scheduler continue after resume. Both leave groups without a slot alone.
 *
 * Suspending halts the firmware, which keeps its state in memory, and resuming
 * continues it (fast resume). If a step of suspend or resume fails, the next
 * resume resets the GPU and loads the firmware again (restart, see reset.c). If
 * that fails as well, the device is lost: all jobs, present and future, fail.
 *
 * A ready job waits until the device is resumed, so resume is on the signalling
 * path, and so is suspend, which resume has to wait for: no allocation, no wait
 * for a fence, no lock under which memory is allocated. The exception is the
 * mapping of the flush id's page, which suspend removes from user space before
 * that section; it only tries to take the lock.
 *
 * The PM core serialises the callbacks, so struct vpan_pm has no lock.
 * "powered" in struct vpan_device tells interrupt handlers and others whether
 * registers may be accessed. Callbacks run until vpan_pm_finish_remove(); after
 * that the device is unbound and the power state is of no interest.
 */

#include <linux/dma-fence.h>
#include <linux/pm_runtime.h>
#include <linux/rcupdate.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "hw/devfreq.h"
#include "hw/hw.h"
#include "hw/irq.h"
#include "hw/usermmio.h"
#include "mm/as.h"
#include "power/pm.h"
#include "power/reset.h"
#include "sched/sched.h"

/*
 * Longer than a frame, so that the GPU stays on between the frames of a
 * program.
 */
#define PM_AUTOSUSPEND_MS	50

/* The firmware continues where it was halted. */
static int pm_resume_fast(struct vpan_device *vpan)
{
	int ret = vpan_hw_power_on(vpan);

	if (ret)
		return ret;
	vpan_mmu_start(vpan);
	ret = vpan_fw_boot(vpan);
	if (ret)
		vpan_mmu_stop(vpan);
	return ret;
}

static int pm_resume_hw(struct vpan_device *vpan)
{
	int ret;

	if (!vpan->pm->need_reset && !vpan_reset_is_pending(vpan)) {
		ret = pm_resume_fast(vpan);
		trace_vpanthor_power(vpan, VPAN_POWER_RESUME, ret);
		if (!ret)
			return 0;
		drm_warn(&vpan->drm, "failed to resume the GPU, resetting it: %pe\n",
			 ERR_PTR(ret));
	}
	vpan->pm->need_reset = false;
	vpan_reset_begin(vpan);
	ret = vpan_device_reset(vpan);
	trace_vpanthor_power(vpan, VPAN_POWER_RESTART, ret);
	return ret;
}

/* No group has a slot. */
static void pm_power_down(struct vpan_device *vpan)
{
	/*
	 * Wait for RCU readers that found a group on a slot and ring its
	 * doorbell.
	 */
	synchronize_rcu();
	vpan_irq_quiesce(&vpan->fw->irq);
	vpan_irq_quiesce(&vpan->mmu->irq);
	vpan_irq_quiesce(&vpan->hw->irq);
	if (vpan_hw_power_off(vpan))
		vpan->pm->need_reset = true;
	WRITE_ONCE(vpan->powered, false);
	vpan_devfreq_update_power(vpan);
}

static int vpan_pm_runtime_resume(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	bool cookie;
	int ret;

	if (READ_ONCE(vpan->lost))
		return -ENODEV;

	cookie = dma_fence_begin_signalling();
	WRITE_ONCE(vpan->powered, true);
	ret = pm_resume_hw(vpan);
	if (ret) {
		vpan_device_set_lost(vpan);
		pm_power_down(vpan);
	}
	dma_fence_end_signalling(cookie);
	if (ret)
		return ret;
	vpan_user_mmio_resume(vpan);
	vpan_devfreq_update_power(vpan);
	return 0;
}

/* Take all groups off their slots. */
static int pm_evict_groups(struct vpan_device *vpan)
{
	if (!vpan->pm->system_sleep)
		return vpan_sched_suspend(vpan);

	/* Even if they run. Groups that do not respond are lost. */
	if (vpan_fwif_is_lost(vpan))
		vpan->pm->need_reset = true;
	else
		vpan_sched_evict_all(vpan);
	return 0;
}

static void pm_suspend_hw(struct vpan_device *vpan)
{
	bool cookie;

	vpan_fwif_stop(vpan);
	cookie = dma_fence_begin_signalling();
	if (vpan_fw_halt(vpan))
		vpan->pm->need_reset = true;
	if (vpan->pm->system_sleep)
		vpan_sched_drop_all(vpan);
	vpan_mmu_suspend(vpan);
	pm_power_down(vpan);
	dma_fence_end_signalling(cookie);
}

static int vpan_pm_runtime_suspend(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret;

	if (READ_ONCE(vpan->lost)) {
		pm_power_down(vpan);
		return 0;
	}

	ret = pm_evict_groups(vpan);
	if (!ret)
		ret = vpan_user_mmio_suspend(vpan);
	if (!ret)
		pm_suspend_hw(vpan);
	else
		/* Busy: try again after the autosuspend delay. */
		pm_runtime_mark_last_busy(dev);
	trace_vpanthor_power(vpan, VPAN_POWER_SUSPEND, ret);
	return ret;
}

static void pm_end_system_sleep(struct vpan_device *vpan)
{
	vpan->pm->system_sleep = false;
	if (READ_ONCE(vpan->lost))
		return;
	vpan_sched_start(vpan);
	vpan_reset_enable(vpan);
}

static int vpan_pm_suspend(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret;

	/* From here on nothing else accesses the hardware. */
	vpan_reset_disable(vpan);
	vpan_sched_stop(vpan);
	vpan->pm->system_sleep = true;
	/* Its work item takes the lock that suspend tries to take. */
	vpan_user_mmio_stop(vpan);
	ret = pm_runtime_force_suspend(dev);
	if (!ret)
		return 0;
	if (READ_ONCE(vpan->powered))
		vpan_user_mmio_resume(vpan);
	pm_end_system_sleep(vpan);
	return ret;
}

static int vpan_pm_resume(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret = pm_runtime_force_resume(dev);

	pm_end_system_sleep(vpan);
	return ret;
}

const struct dev_pm_ops vpan_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(vpan_pm_suspend, vpan_pm_resume)
	RUNTIME_PM_OPS(vpan_pm_runtime_suspend, vpan_pm_runtime_resume, NULL)
};

/**
 * vpan_pm_init - allocate the state of power management
 * @vpan: device
 *
 * It is freed with the &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_pm_init(struct vpan_device *vpan)
{
	vpan->pm = drmm_kzalloc(&vpan->drm, sizeof(*vpan->pm), GFP_KERNEL);
	return vpan->pm ? 0 : -ENOMEM;
}

/**
 * vpan_pm_enable - enable runtime power management
 * @vpan: device, powered
 *
 * Takes a reference for the caller, who releases it with vpan_pm_put().
 *
 * Context: may sleep.
 */
void vpan_pm_enable(struct vpan_device *vpan)
{
	struct device *dev = vpan->drm.dev;

	pm_runtime_set_autosuspend_delay(dev, PM_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
}

/**
 * vpan_pm_begin_remove - resume the device for its removal
 * @vpan: device; stays off if it cannot be resumed
 *
 * Context: may sleep.
 */
void vpan_pm_begin_remove(struct vpan_device *vpan)
{
	if (vpan_pm_get(vpan))
		pm_runtime_get_noresume(vpan->drm.dev);
}

/**
 * vpan_pm_finish_remove - disable runtime power management
 * @vpan: device, switched off
 *
 * Context: may sleep.
 */
void vpan_pm_finish_remove(struct vpan_device *vpan)
{
	struct device *dev = vpan->drm.dev;

	pm_runtime_disable(dev);
	pm_runtime_dont_use_autosuspend(dev);
	pm_runtime_set_suspended(dev);
	pm_runtime_put_noidle(dev);
}
