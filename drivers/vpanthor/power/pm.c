// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Power: the GPU is switched off when it has had nothing to do for a while, and
 * when the system sleeps.
 *
 * A job that becomes ready waits until the device is on, and so for whatever
 * is done here: it is on the signalling path, but for taking register pages
 * from user space, which waits for nobody either.
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

/* Longer than a frame, so that a program that draws never pays for it. */
#define PM_AUTOSUSPEND_MS	50

/* The firmware is where it was, and goes on there. */
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
		drm_warn(&vpan->drm, "GPU does not wake up, starting it anew\n");
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
	/* Who has seen a slot is done with its doorbell then. */
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

/* Groups that are on slots leave them. */
static int pm_evict_groups(struct vpan_device *vpan)
{
	if (!vpan->pm->system_sleep)
		return vpan_sched_suspend(vpan);

	/* Whatever they do. Who does not go is lost. */
	if (vpan_fwif_is_alive(vpan))
		vpan_sched_evict_all(vpan);
	else
		vpan->pm->need_reset = true;
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
		/* Another time. */
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

	/* From here on nobody but us is at the hardware. */
	vpan_reset_disable(vpan);
	vpan_sched_stop(vpan);
	vpan->pm->system_sleep = true;
	/* It would be in the way, and has nothing to do without power. */
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
 * vpan_pm_init - prepare for power management
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
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
 * vpan_pm_enable - let the device be switched off from now on
 * @vpan: the device, powered
 *
 * The caller has a reference then, for vpan_pm_put().
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
 * vpan_pm_begin_remove - have the device on, if it can be, for the last time
 * @vpan: the device
 *
 * Context: may sleep.
 */
void vpan_pm_begin_remove(struct vpan_device *vpan)
{
	if (vpan_pm_get(vpan))
		pm_runtime_get_noresume(vpan->drm.dev);
}

/**
 * vpan_pm_finish_remove - power is none of our business any more
 * @vpan: the device, switched off
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
