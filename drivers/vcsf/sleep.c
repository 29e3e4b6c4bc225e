// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * System sleep: the GPU loses its power when the system is suspended.
 *
 * A PM domain resets the GPU after the driver's suspend callbacks, so that
 * register contents are lost. A debugfs file does the same to the GPU and its
 * driver only, without suspending the system: virtual machines have other
 * devices that do not resume. Both run in process context; the debugfs file
 * holds the device's lock while it calls the driver, as the PM core does.
 */

#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/iopoll.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

#include "base/vcsf.h"
#include "device.h"

#define VCSF_SLEEP_MAX_MS	10000
#define VCSF_SLEEP_POLL_US	50
#define VCSF_SLEEP_RESET_US	(1 * USEC_PER_SEC)

static int vcsf_sleep_call(struct device *dev, bool suspend)
{
	const struct dev_pm_ops *ops = dev->bus->pm;
	int (*call)(struct device *dev);

	call = suspend ? ops->suspend : ops->resume;

	return call ? call(dev) : 0;
}

/* Lose all register contents, as a board without power does. */
static int vcsf_sleep_lose_state(struct vcsf *hw)
{
	struct vcsf_window *win = &hw->window;
	u32 status;
	int ret;

	vcsf_write32(win, CSF_GPU_IRQ_CLEAR, CSF_GPU_IRQ_RESET_COMPLETED);
	vcsf_write32(win, CSF_GPU_COMMAND, CSF_GPU_HARD_RESET);
	ret = read_poll_timeout(vcsf_read32, status,
				status & CSF_GPU_IRQ_RESET_COMPLETED,
				VCSF_SLEEP_POLL_US, VCSF_SLEEP_RESET_US, false,
				win, CSF_GPU_IRQ_RAWSTAT);
	vcsf_write32(win, CSF_GPU_IRQ_CLEAR, CSF_GPU_IRQ_RESET_COMPLETED);
	if (!ret)
		WRITE_ONCE(hw->power_losses, hw->power_losses + 1);

	return ret;
}

/* The noirq phase comes last: the driver's callbacks have run. */
static int vcsf_sleep_cut_power(struct device *dev)
{
	return vcsf_sleep_lose_state(vcsf_from_window(dev_get_platdata(dev)));
}

static struct dev_pm_domain vcsf_sleep_domain = {
	.ops = {
		/* For other callbacks, the PM core falls back to the driver. */
		NOIRQ_SYSTEM_SLEEP_PM_OPS(vcsf_sleep_cut_power, NULL)
	},
};

/**
 * vcsf_sleep_attach - make a GPU lose its power when the system sleeps
 * @hw: the GPU; its device is not registered yet
 */
void vcsf_sleep_attach(struct vcsf *hw)
{
	dev_pm_domain_set(&hw->pdev->dev, &vcsf_sleep_domain);
}

/* Suspend and resume the device in the same way as the PM core. */
static int vcsf_sleep(struct vcsf *hw, u64 ms)
{
	struct device *dev = &hw->pdev->dev;
	int ret, woken;

	pm_runtime_get_noresume(dev);
	pm_runtime_barrier(dev);
	device_lock(dev);
	ret = vcsf_sleep_call(dev, true);
	if (!ret) {
		ret = vcsf_sleep_lose_state(hw);
		msleep(ms);
		woken = vcsf_sleep_call(dev, false);
		ret = ret ?: woken;
	}
	device_unlock(dev);
	pm_runtime_put(dev);

	return ret;
}

static int vcsf_sleep_set(void *data, u64 ms)
{
	return ms > VCSF_SLEEP_MAX_MS ? -EINVAL : vcsf_sleep(data, ms);
}
DEFINE_DEBUGFS_ATTRIBUTE(vcsf_sleep_fops, NULL, vcsf_sleep_set, "%llu\n");

/**
 * vcsf_sleep_debugfs - create the debugfs files for system sleep
 * @hw: the GPU
 * @dir: parent directory
 */
void vcsf_sleep_debugfs(struct vcsf *hw, struct dentry *dir)
{
	debugfs_create_file("sleep", 0200, dir, hw, &vcsf_sleep_fops);
	debugfs_create_u32("power_losses", 0444, dir, &hw->power_losses);
}
