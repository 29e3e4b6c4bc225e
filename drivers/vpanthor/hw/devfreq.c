// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Frequency scaling. The governor simple_ondemand of devfreq chooses the frequency; this
 * file reports to it how long the GPU was busy, and raises the frequency shortly before
 * the deadline of a fence. The scheduler reports when the GPU becomes busy or idle.
 *
 * Power management must not wait for the locks of devfreq, so a work item tells devfreq
 * that the device was powered on or off. &vpan_devfreq.lock is an irq-safe spinlock, so
 * that the scheduler and fences may report from any context.
 */

#include <linux/devfreq.h>
#include <linux/math64.h>
#include <linux/pm_opp.h>
#include <linux/units.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "device/device.h"
#include "hw/devfreq.h"
#include "../compat/workqueue.h"

/* Interval of the governor: about three frames */
#define DEVFREQ_POLL_MS		50
/* Time before a deadline at which the GPU is boosted: two polls */
#define DEVFREQ_BOOST_LEAD_MS	(2 * DEVFREQ_POLL_MS)

struct devfreq_point {
	unsigned long hz;
	unsigned long microvolt;
};

/* Voltages are those of boards; the software GPU has no supply. */
static const struct devfreq_point devfreq_points[] = {
	{ 200 * HZ_PER_MHZ, 675000 },
	{ 400 * HZ_PER_MHZ, 675000 },
	{ 600 * HZ_PER_MHZ, 700000 },
	{ 800 * HZ_PER_MHZ, 750000 },
	{ VCSF_CLOCK_MAX_HZ, 850000 },
};

static void devfreq_account(struct vpan_devfreq *devfreq)
{
	ktime_t now = ktime_get();
	u64 ns = ktime_to_ns(ktime_sub(now, devfreq->since));

	lockdep_assert_held(&devfreq->lock);

	if (devfreq->busy)
		devfreq->busy_ns += ns;
	else
		devfreq->idle_ns += ns;
	devfreq->since = now;
}

/* Return: cycles of the clock up to @now, in ns. */
static u64 devfreq_cycles_at(const struct vpan_devfreq *devfreq, u64 now)
{
	lockdep_assert_held(&devfreq->lock);

	/* The rate has changed since @now was read. */
	if (now < devfreq->total_since)
		now = devfreq->total_since;
	return devfreq->total_cycles +
	       mul_u64_u64_div_u64(now - devfreq->total_since, devfreq->hz,
				   NSEC_PER_SEC);
}

static int devfreq_set_clock(struct vpan_device *vpan, unsigned long hz)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	unsigned long flags;
	u64 now;
	int ret;

	spin_lock_irqsave(&devfreq->lock, flags);
	now = ktime_get_ns();
	ret = vcsf_set_clock(vpan->regs, hz);
	if (!ret && hz != devfreq->hz) {
		devfreq->total_cycles = devfreq_cycles_at(devfreq, now);
		devfreq->total_since = now;
		devfreq->hz = hz;
	}
	spin_unlock_irqrestore(&devfreq->lock, flags);
	return ret;
}

static int vpan_devfreq_target(struct device *dev, unsigned long *freq,
			       u32 flags)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	struct dev_pm_opp *opp;

	opp = devfreq_recommended_opp(dev, freq, flags);
	if (IS_ERR(opp))
		return PTR_ERR(opp);
	dev_pm_opp_put(opp);
	return devfreq_set_clock(vpan, *freq);
}

static int vpan_devfreq_get_status(struct device *dev,
				   struct devfreq_dev_status *status)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);
	struct vpan_devfreq *devfreq = vpan->devfreq;
	unsigned long flags;

	spin_lock_irqsave(&devfreq->lock, flags);
	devfreq_account(devfreq);
	status->total_time = devfreq->busy_ns + devfreq->idle_ns;
	status->busy_time = devfreq->urgent ? status->total_time :
					      devfreq->busy_ns;
	WRITE_ONCE(devfreq->urgent, false);
	devfreq->busy_ns = 0;
	devfreq->idle_ns = 0;
	spin_unlock_irqrestore(&devfreq->lock, flags);

	status->current_frequency = vcsf_get_clock(vpan->regs);
	return 0;
}

static int vpan_devfreq_get_freq(struct device *dev, unsigned long *freq)
{
	struct vpan_device *vpan = dev_get_drvdata(dev);

	*freq = vcsf_get_clock(vpan->regs);
	return 0;
}

static struct devfreq_dev_profile vpan_devfreq_profile = {
	.initial_freq = VCSF_CLOCK_MAX_HZ,
	.polling_ms = DEVFREQ_POLL_MS,
	.timer = DEVFREQ_TIMER_DELAYED,
	.target = vpan_devfreq_target,
	.get_dev_status = vpan_devfreq_get_status,
	.get_cur_freq = vpan_devfreq_get_freq,
};

/* The frequency rises above 45 % load and falls below 40 %. */
static struct devfreq_simple_ondemand_data vpan_devfreq_governor = {
	.upthreshold = 45,
	.downdifferential = 5,
};

static void devfreq_work(struct work_struct *work)
{
	struct vpan_devfreq *devfreq = container_of(work, struct vpan_devfreq,
						    work);
	struct devfreq *df = READ_ONCE(devfreq->df);
	bool on = READ_ONCE(devfreq->vpan->powered);

	if (!df)
		return;
	if (on && !devfreq->monitoring)
		devfreq_resume_device(df);
	else if (!on && devfreq->monitoring)
		devfreq_suspend_device(df);
	devfreq->monitoring = on;

	if (!on || !READ_ONCE(devfreq->urgent))
		return;
	mutex_lock(&df->lock);
	update_devfreq(df);
	mutex_unlock(&df->lock);
}

/* Queues nothing after vpan_devfreq_stop(). */
static void devfreq_queue_work(struct vpan_device *vpan)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;

	lockdep_assert_held(&devfreq->lock);

	if (devfreq->df)
		queue_work(system_dfl_wq, &devfreq->work);
}

/**
 * vpan_devfreq_total_cycles - count cycles of the GPU clock, also without power
 * @vpan: the device
 * @now: the time, from ktime_get_ns()
 *
 * Context: any.
 * Return: cycles at the rates that the clock had, since the device was created.
 */
u64 vpan_devfreq_total_cycles(struct vpan_device *vpan, u64 now)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	unsigned long flags;
	u64 cycles;

	spin_lock_irqsave(&devfreq->lock, flags);
	cycles = devfreq_cycles_at(devfreq, now);
	spin_unlock_irqrestore(&devfreq->lock, flags);
	return cycles;
}

/**
 * vpan_devfreq_update_power - report that the device was powered on or off
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_devfreq_update_power(struct vpan_device *vpan)
{
	unsigned long flags;

	spin_lock_irqsave(&vpan->devfreq->lock, flags);
	devfreq_queue_work(vpan);
	spin_unlock_irqrestore(&vpan->devfreq->lock, flags);
}

/**
 * vpan_devfreq_set_busy - report that the GPU becomes busy or idle
 * @vpan: the device
 * @busy: true if a group on a slot has work
 *
 * Context: any.
 */
void vpan_devfreq_set_busy(struct vpan_device *vpan, bool busy)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	unsigned long flags;

	spin_lock_irqsave(&devfreq->lock, flags);
	if (devfreq->busy != busy)
		devfreq_account(devfreq);
	devfreq->busy = busy;
	spin_unlock_irqrestore(&devfreq->lock, flags);
}

static void devfreq_boost(struct vpan_device *vpan)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;

	lockdep_assert_held(&devfreq->lock);

	/* The register window exists as long as @df. */
	if (devfreq->df && vcsf_get_clock(vpan->regs) < devfreq->max_hz) {
		WRITE_ONCE(devfreq->urgent, true);
		devfreq_queue_work(vpan);
	}
}

static void devfreq_boost_work(struct work_struct *work)
{
	struct vpan_devfreq *devfreq = container_of(to_delayed_work(work),
						    struct vpan_devfreq,
						    boost_work);

	spin_lock_irq(&devfreq->lock);
	devfreq_boost(devfreq->vpan);
	spin_unlock_irq(&devfreq->lock);
}

/**
 * vpan_devfreq_set_deadline - boost the GPU for the deadline of a job
 * @vpan: the device
 * @deadline: deadline by CLOCK_MONOTONIC
 *
 * Shortly before it, the frequency rises to the maximum for a while. Of several
 * deadlines in the future the earliest counts.
 *
 * Context: any.
 */
void vpan_devfreq_set_deadline(struct vpan_device *vpan, ktime_t deadline)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	s64 ms = ktime_ms_delta(deadline, ktime_get()) - DEVFREQ_BOOST_LEAD_MS;
	unsigned long flags;

	spin_lock_irqsave(&devfreq->lock, flags);
	if (ms <= 0) {
		devfreq_boost(vpan);
	} else if (devfreq->df && (!delayed_work_pending(&devfreq->boost_work) ||
				   ktime_before(deadline, devfreq->deadline))) {
		devfreq->deadline = deadline;
		mod_delayed_work(system_dfl_wq, &devfreq->boost_work,
				 msecs_to_jiffies(min_t(s64, ms, INT_MAX)));
	}
	spin_unlock_irqrestore(&devfreq->lock, flags);
}

static int devfreq_add_points(struct device *dev)
{
	struct dev_pm_opp_data data = {};
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(devfreq_points); i++) {
		data.freq = devfreq_points[i].hz;
		data.u_volt = devfreq_points[i].microvolt;
		ret = dev_pm_opp_add_dynamic(dev, &data);
	}
	return ret;
}

/**
 * vpan_devfreq_init - initialise frequency scaling
 * @vpan: the device
 *
 * Undone when the &struct drm_device is released.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_devfreq_init(struct vpan_device *vpan)
{
	struct vpan_devfreq *devfreq;

	devfreq = drmm_kzalloc(&vpan->drm, sizeof(*devfreq), GFP_KERNEL);
	if (!devfreq)
		return -ENOMEM;

	devfreq->vpan = vpan;
	devfreq->hz = VCSF_CLOCK_HZ;
	devfreq->total_since = ktime_get_ns();
	spin_lock_init(&devfreq->lock);
	INIT_WORK(&devfreq->work, devfreq_work);
	INIT_DELAYED_WORK(&devfreq->boost_work, devfreq_boost_work);
	vpan->devfreq = devfreq;
	return 0;
}

/**
 * vpan_devfreq_start - start frequency scaling
 * @vpan: the device, powered
 *
 * If the kernel does not support it, the frequency stays at the maximum.
 *
 * Context: may sleep.
 */
void vpan_devfreq_start(struct vpan_device *vpan)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	struct device *dev = vpan->drm.dev;
	struct devfreq *df;
	int ret;

	devfreq->since = ktime_get();
	devfreq->max_hz = VCSF_CLOCK_MAX_HZ;
	ret = devfreq_set_clock(vpan, devfreq->max_hz);
	if (!ret)
		ret = devfreq_add_points(dev);
	df = ret ? ERR_PTR(ret) :
		   devfreq_add_device(dev, &vpan_devfreq_profile,
				      DEVFREQ_GOV_SIMPLE_ONDEMAND,
				      &vpan_devfreq_governor);
	if (IS_ERR(df)) {
		drm_info(&vpan->drm, "devfreq not available, using a fixed frequency: %pe\n", df);
		dev_pm_opp_remove_all_dynamic(dev);
		return;
	}
	devfreq->monitoring = true;
	spin_lock_irq(&devfreq->lock);
	WRITE_ONCE(devfreq->df, df);
	spin_unlock_irq(&devfreq->lock);
}

/**
 * vpan_devfreq_stop - stop frequency scaling
 * @vpan: the device, without jobs
 *
 * Context: may sleep.
 */
void vpan_devfreq_stop(struct vpan_device *vpan)
{
	struct vpan_devfreq *devfreq = vpan->devfreq;
	struct devfreq *df = devfreq->df;

	if (!df)
		return;
	spin_lock_irq(&devfreq->lock);
	WRITE_ONCE(devfreq->df, NULL);
	spin_unlock_irq(&devfreq->lock);
	cancel_delayed_work_sync(&devfreq->boost_work);
	cancel_work_sync(&devfreq->work);
	devfreq_remove_device(df);
	dev_pm_opp_remove_all_dynamic(vpan->drm.dev);
}
