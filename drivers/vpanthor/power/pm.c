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

#include <drm/drm_print.h>

#include "device/device.h"
#include "fw/fwif.h"
#include "power/pm.h"
#include "debug/trace.h"

/* Longer than a frame, so that a program that draws never pays for it. */
#define PM_AUTOSUSPEND_MS	50

/**
 * vpan_pm_get - have the device powered until vpan_pm_put()
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path. Under no lock of the driver's.
 * Return: 0, -EACCES if the system sleeps, or another negative errno if the
 * GPU does not come up, which is for ever.
 */
int vpan_pm_get(struct vpan_device *vpan)
{
	return pm_runtime_resume_and_get(vpan->drm.dev);
}

/**
 * vpan_pm_get_if_on - keep the device powered until vpan_pm_put(), if it is
 * @vpan: the device
 *
 * Context: any.
 * Return: whether it is.
 */
bool vpan_pm_get_if_on(struct vpan_device *vpan)
{
	return pm_runtime_get_if_active(vpan->drm.dev) > 0;
}

/**
 * vpan_pm_put - the caller does not need the device to be powered any more
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_pm_put(struct vpan_device *vpan)
{
	pm_runtime_mark_last_busy(vpan->drm.dev);
	pm_runtime_put_autosuspend(vpan->drm.dev);
}

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

	if (!vpan->pm.slow && !vpan_reset_is_pending(vpan)) {
		ret = pm_resume_fast(vpan);
		trace_vpanthor_power(vpan, VPAN_POWER_RESUME, ret);
		if (!ret)
			return 0;
		drm_warn(&vpan->drm, "GPU does not wake up, starting it anew\n");
	}
	vpan->pm.slow = false;
	vpan_reset_begin(vpan);
	ret = vpan_device_recover(vpan);
	trace_vpanthor_power(vpan, VPAN_POWER_RESTART, ret);
	return ret;
}

/* No group has a slot. */
static void pm_switch_off(struct vpan_device *vpan)
{
	/* Who has seen a slot is done with its doorbell then. */
	synchronize_rcu();
	vpan_irq_quiesce(&vpan->fw.irq);
	vpan_irq_quiesce(&vpan->mmu.irq);
	vpan_irq_quiesce(&vpan->hw.irq);
	if (vpan_hw_power_off(vpan))
		vpan->pm.slow = true;
	WRITE_ONCE(vpan->pm.on, false);
	vpan_devfreq_power(vpan);
}

static int vpan_pm_runtime_resume(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	bool cookie;
	int ret;

	if (READ_ONCE(vpan->lost))
		return -ENODEV;

	cookie = dma_fence_begin_signalling();
	WRITE_ONCE(vpan->pm.on, true);
	ret = pm_resume_hw(vpan);
	if (ret) {
		vpan_device_lose(vpan);
		pm_switch_off(vpan);
	}
	dma_fence_end_signalling(cookie);
	if (ret)
		return ret;
	vpan_user_mmio_on(vpan);
	vpan_devfreq_power(vpan);
	return 0;
}

/* Groups that are on slots leave them. */
static int pm_clear_slots(struct vpan_device *vpan)
{
	if (!vpan->pm.sleeping)
		return vpan_slots_sleep(vpan);

	/* Whatever they do. Who does not go is lost. */
	if (vpan_fwif_is_alive(vpan))
		vpan_slots_rescue(vpan);
	else
		vpan->pm.slow = true;
	return 0;
}

static void pm_suspend_hw(struct vpan_device *vpan)
{
	bool cookie;

	vpan_fwif_stop(vpan);
	cookie = dma_fence_begin_signalling();
	if (vpan_fw_halt(vpan))
		vpan->pm.slow = true;
	if (vpan->pm.sleeping)
		vpan_slots_lose(vpan);
	vpan_mmu_suspend(vpan);
	pm_switch_off(vpan);
	dma_fence_end_signalling(cookie);
}

static int vpan_pm_runtime_suspend(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret;

	if (READ_ONCE(vpan->lost)) {
		pm_switch_off(vpan);
		return 0;
	}

	ret = pm_clear_slots(vpan);
	if (!ret)
		ret = vpan_user_mmio_off(vpan);
	if (!ret)
		pm_suspend_hw(vpan);
	else
		/* Another time. */
		pm_runtime_mark_last_busy(dev);
	trace_vpanthor_power(vpan, VPAN_POWER_SUSPEND, ret);
	return ret;
}

static void pm_end_sleep(struct vpan_device *vpan)
{
	vpan->pm.sleeping = false;
	if (READ_ONCE(vpan->lost))
		return;
	vpan_slots_start(vpan);
	vpan_reset_enable(vpan);
}

static int vpan_pm_suspend(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret;

	/* From here on nobody but us is at the hardware. */
	vpan_reset_disable(vpan);
	vpan_slots_stop(vpan);
	vpan->pm.sleeping = true;
	/* It would be in the way, and has nothing to do without power. */
	vpan_user_mmio_stop(vpan);
	ret = pm_runtime_force_suspend(dev);
	if (!ret)
		return 0;
	if (READ_ONCE(vpan->pm.on))
		vpan_user_mmio_on(vpan);
	pm_end_sleep(vpan);
	return ret;
}

static int vpan_pm_resume(struct device *dev)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	int ret = pm_runtime_force_resume(dev);

	pm_end_sleep(vpan);
	return ret;
}

const struct dev_pm_ops vpan_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(vpan_pm_suspend, vpan_pm_resume)
	RUNTIME_PM_OPS(vpan_pm_runtime_suspend, vpan_pm_runtime_resume, NULL)
};

/**
 * vpan_pm_start - let the device be switched off from now on
 * @vpan: the device, powered
 *
 * The caller has a reference then, for vpan_pm_put().
 *
 * Context: may sleep.
 */
void vpan_pm_start(struct vpan_device *vpan)
{
	struct device *dev = vpan->drm.dev;

	pm_runtime_set_autosuspend_delay(dev, PM_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
}

/**
 * vpan_pm_begin_stop - have the device on, if it can be, for the last time
 * @vpan: the device
 *
 * Context: may sleep.
 */
void vpan_pm_begin_stop(struct vpan_device *vpan)
{
	if (vpan_pm_get(vpan))
		pm_runtime_get_noresume(vpan->drm.dev);
}

/**
 * vpan_pm_end_stop - power is none of our business any more
 * @vpan: the device, switched off
 *
 * Context: may sleep.
 */
void vpan_pm_end_stop(struct vpan_device *vpan)
{
	struct device *dev = vpan->drm.dev;

	pm_runtime_disable(dev);
	pm_runtime_dont_use_autosuspend(dev);
	pm_runtime_set_suspended(dev);
	pm_runtime_put_noidle(dev);
}
