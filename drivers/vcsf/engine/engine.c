// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The thread that is the MCU and the command stream hardware.
 */

#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "internal.h"
#include "debug/trace.h"

/*
 * A CPU may write to a sync object without ringing a doorbell. So it is looked
 * at without a reason too: soon after the wait began, then ever more rarely.
 */
#define VCSF_REPOLL_MIN_NS	(2 * NSEC_PER_MSEC)
#define VCSF_REPOLL_MAX_NS	(1024 * NSEC_PER_MSEC)

/*
 * Hardware answers at once, however busy the machine's processors are: the
 * thread is a real-time one. But others must not starve when streams have much
 * to do. So it may run for that long, and gets a part of the time back for which
 * it sleeps. Once that is used up it is an ordinary thread until it has all back.
 */
#define VCSF_ENGINE_BURST_NS	(2 * NSEC_PER_MSEC)
#define VCSF_ENGINE_REST	4
#define VCSF_ENGINE_NICE	(-5)

/* Events that do not concern the firmware alone */
#define VCSF_EVENTS_CONTROL \
	(BIT(VCSF_EVENT_RESET) | BIT(VCSF_EVENT_MCU_STOP) | \
	 BIT(VCSF_EVENT_MCU_START) | BIT(VCSF_EVENT_POWER) | \
	 BIT(VCSF_EVENT_INJECT) | BIT(VCSF_EVENT_TIMER))

/**
 * vcsf_engine_kick - tell the engine that something happened
 * @hw: the GPU
 * @event: what
 *
 * Context: any.
 */
void vcsf_engine_kick(struct vcsf *hw, enum vcsf_event event)
{
	if (!test_and_set_bit(event, &hw->engine.events) && hw->engine.task)
		vcsf_engine_rouse(hw);
}

/**
 * vcsf_engine_rouse - have the engine look what there is to do
 * @hw: the GPU
 *
 * Context: any.
 */
void vcsf_engine_rouse(struct vcsf *hw)
{
	wake_up_process(hw->engine.task);
	vcsf_standin_watch(hw);
}

static bool vcsf_engine_take(struct vcsf *hw, enum vcsf_event event)
{
	return test_bit(event, &hw->engine.events) &&
	       test_and_clear_bit(event, &hw->engine.events);
}

/**
 * vcsf_engine_wait_unlock - let the MCU stall on a locked region
 * @hw: the GPU
 *
 * Context: the engine's thread.
 * Return: true if the access may be tried again, false if the MCU is to stop.
 */
bool vcsf_engine_wait_unlock(struct vcsf *hw)
{
	const unsigned long stop = BIT(VCSF_EVENT_RESET) |
				   BIT(VCSF_EVENT_MCU_STOP) |
				   BIT(VCSF_EVENT_POWER);
	unsigned long events;

	might_sleep();
	for (;;) {
		set_current_state(TASK_IDLE);
		events = READ_ONCE(hw->engine.events);
		if (kthread_should_stop() ||
		    (events & (stop | BIT(VCSF_EVENT_UNLOCK))))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);

	if (kthread_should_stop() || (events & stop))
		return false;

	/* Streams may have stalled on the same region. */
	clear_bit(VCSF_EVENT_UNLOCK, &hw->engine.events);
	hw->mcu.unlocked = true;

	return true;
}

/**
 * vcsf_engine_delay - let time pass
 * @hw: the GPU
 * @ns: how much
 * @events: bits of enum vcsf_event that end it early
 *
 * Context: the engine's thread.
 */
void vcsf_engine_delay(struct vcsf *hw, u64 ns, unsigned long events)
{
	ktime_t end = ktime_add_ns(ktime_get(), ns);

	might_sleep();
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop() ||
		    (READ_ONCE(hw->engine.events) & events) ||
		    !schedule_hrtimeout_range(&end, 0, HRTIMER_MODE_ABS))
			break;
	}
	__set_current_state(TASK_RUNNING);
}

static void vcsf_engine_reset(struct vcsf *hw)
{
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_DISABLED);
	WRITE_ONCE(hw->mcu.control, CSF_MCU_CONTROL_DISABLE);
	if (vcsf_inject(hw, VCSF_INJECT_RESET_FAIL, 0, NULL))
		return;
	vcsf_gpu_reset(hw, xchg(&hw->reset_hard, false));
	vcsf_irq_raise(hw, VCSF_LINE_GPU, CSF_GPU_IRQ_RESET_COMPLETED);
}

/* Reset and start of the MCU, in an order that gives the latest request. */
static void vcsf_engine_control(struct vcsf *hw)
{
	clear_bit(VCSF_EVENT_INJECT, &hw->engine.events);
	if (vcsf_engine_take(hw, VCSF_EVENT_TIMER) &&
	    hw->cores.clock_mhz != READ_ONCE(hw->clock_mhz))
		hw->cores.dirty = true;
	if (vcsf_engine_take(hw, VCSF_EVENT_RESET)) {
		clear_bit(VCSF_EVENT_MCU_STOP, &hw->engine.events);
		clear_bit(VCSF_EVENT_MCU_START, &hw->engine.events);
		vcsf_engine_reset(hw);
	}
	if (vcsf_engine_take(hw, VCSF_EVENT_MCU_STOP))
		vcsf_mcu_stop(hw, CSF_MCU_STATUS_DISABLED);
	if (vcsf_engine_take(hw, VCSF_EVENT_MCU_START) &&
	    READ_ONCE(hw->mcu.control) != CSF_MCU_CONTROL_DISABLE)
		vcsf_mcu_start(hw);
	if (vcsf_engine_take(hw, VCSF_EVENT_POWER) && hw->mcu.running &&
	    !vcsf_power_ready(hw, VCSF_DOMAIN_L2))
		vcsf_mcu_crash(hw);
}

static void vcsf_engine_for_groups(struct vcsf *hw, u32 groups,
				   void (*fn)(struct vcsf_csg *csg))
{
	unsigned int i;

	for (; groups; groups &= groups - 1) {
		i = __ffs(groups);
		if (i >= hw->mcu.groups)
			break;
		fn(&hw->mcu.csgs[i]);
	}
}

static void vcsf_engine_firmware_events(struct vcsf *hw)
{
	if (vcsf_engine_take(hw, VCSF_EVENT_UNLOCK))
		hw->mcu.unlocked = true;
	if (vcsf_engine_take(hw, VCSF_EVENT_GLB_DOORBELL))
		vcsf_glb_doorbell(hw);
	if (vcsf_engine_take(hw, VCSF_EVENT_USER_DOORBELL))
		vcsf_doorbells(hw);
}

/* What streams and jobs wait for may be there. */
static void vcsf_engine_wake(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	u32 groups;

	if (mcu->unlocked) {
		mcu->unlocked = false;
		vcsf_engine_for_groups(hw, ~0U, vcsf_csg_wake_stalled);
		mcu->sync_wake = ~0U;
	}
	groups = mcu->sync_wake & mcu->sync_waiters;
	mcu->sync_wake = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_wake_sync);
	groups = mcu->progress_wake;
	mcu->progress_wake = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_wake_progress);
}

/**
 * vcsf_engine_report - write the events of all groups to their interfaces
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_engine_report(struct vcsf *hw)
{
	u32 groups = hw->mcu.reports;

	hw->mcu.reports = 0;
	vcsf_engine_for_groups(hw, groups, vcsf_csg_report);
}

/* Everything that the firmware does before it lets a stream run */
static void vcsf_engine_firmware(struct vcsf *hw)
{
	if (vcsf_inject(hw, VCSF_INJECT_MCU_CRASH, 0, NULL)) {
		vcsf_mcu_crash(hw);
		return;
	}
	if (READ_ONCE(hw->engine.events))
		vcsf_engine_firmware_events(hw);
	vcsf_engine_wake(hw);
	if (hw->cores.dirty || (hw->cores.due != U64_MAX &&
				vcsf_clock_ns(hw) >= hw->cores.due))
		vcsf_cores_run(hw);
	vcsf_engine_report(hw);
}

/* And after that: nothing that the stream has to wait for */
static void vcsf_engine_afterwards(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;

	vcsf_engine_report(hw);
	if (mcu->dirty || mcu->idle_timers)
		vcsf_glb_update_idle(hw);
	if (mcu->error && mcu->running)
		vcsf_mcu_crash(hw);
}

/* Without firmware nobody hears a doorbell. */
static void vcsf_engine_drop_events(struct vcsf *hw)
{
	clear_bit(VCSF_EVENT_UNLOCK, &hw->engine.events);
	clear_bit(VCSF_EVENT_GLB_DOORBELL, &hw->engine.events);
	clear_bit(VCSF_EVENT_USER_DOORBELL, &hw->engine.events);
	atomic64_set(&hw->engine.doorbells, 0);
}

/*
 * Have sync objects looked at when it is time, however much there is to do.
 * Return: when that is next, 0 if it is now.
 */
static u64 vcsf_engine_repoll(struct vcsf *hw, u64 now)
{
	struct vcsf_mcu *mcu = &hw->mcu;

	if (mcu->sync_news) {
		mcu->sync_news = false;
		mcu->repoll_ns = VCSF_REPOLL_MIN_NS;
		mcu->repoll_at = now + mcu->repoll_ns;
	}
	if (now < mcu->repoll_at)
		return mcu->repoll_at;
	mcu->repoll_ns = min_t(u64, 2 * mcu->repoll_ns, VCSF_REPOLL_MAX_NS);
	mcu->repoll_at = now + mcu->repoll_ns;
	mcu->sync_wake = ~0U;
	WRITE_ONCE(hw->engine.repolls, hw->engine.repolls + 1);

	return 0;
}

/* Nanoseconds until a timer is due, U64_MAX if there is none */
static u64 vcsf_engine_timers(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	u64 next = U64_MAX, now = vcsf_clock_ns(hw);
	unsigned long groups = mcu->idle_timers;
	unsigned int i;

	for_each_set_bit(i, &groups, mcu->groups)
		next = min(next, mcu->csgs[i].idle_at);
	next = min(next, hw->cores.dirty ? 0 : hw->cores.due);

	if (mcu->sync_waiters)
		next = min(next, vcsf_engine_repoll(hw, now));
	if (next == U64_MAX)
		return next;

	return next > now ? next - now : 0;
}

/* Power changes by itself. Nanoseconds until it does, U64_MAX for never */
static u64 vcsf_engine_power(struct vcsf *hw)
{
	u64 next = U64_MAX, now;
	u32 changes;

	if (READ_ONCE(hw->power_moving))
		next = vcsf_power_update(hw);
	changes = READ_ONCE(hw->power_changes);
	if (hw->mcu.running && hw->cores.power_changes != changes) {
		hw->cores.power_changes = changes;
		hw->cores.dirty = true;
		vcsf_engine_for_groups(hw, ~0U, vcsf_csg_wake_resource);
	}
	if (next == U64_MAX)
		return next;
	now = vcsf_clock_ns(hw);

	return next > now ? next - now : 0;
}

/* Account for time that the thread has run. */
static void vcsf_engine_ran(struct vcsf_engine *engine)
{
	u64 now = ktime_get_mono_fast_ns();

	engine->burst = min(engine->burst + now - engine->since,
			    VCSF_ENGINE_BURST_NS);
	engine->since = now;
	if (engine->burst < VCSF_ENGINE_BURST_NS || engine->patient)
		return;
	sched_set_normal(current, VCSF_ENGINE_NICE);
	engine->patient = true;
}

/* Account for time that the thread has slept. */
static void vcsf_engine_slept(struct vcsf_engine *engine)
{
	u64 now = ktime_get_mono_fast_ns();

	engine->burst -= min(engine->burst,
			     (now - engine->since) / VCSF_ENGINE_REST);
	engine->since = now;
	if (engine->burst || !engine->patient)
		return;
	sched_set_fifo_low(current);
	engine->patient = false;
}

/* Give the state of groups and streams to interrupts, or take it back. */
static void vcsf_engine_set_asleep(struct vcsf_engine *engine, bool asleep)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&engine->lock, flags);
	WRITE_ONCE(engine->asleep, asleep);
	engine->turns++;
	raw_spin_unlock_irqrestore(&engine->lock, flags);
}

static enum hrtimer_restart vcsf_engine_alarm(struct hrtimer *timer)
{
	vcsf_engine_rouse(container_of(timer, struct vcsf, engine.alarm));

	return HRTIMER_NORESTART;
}

static void vcsf_engine_sleep(struct vcsf *hw, u64 ns)
{
	bool alarm = ns != U64_MAX && !hw->config.virtual_clock;

	WRITE_ONCE(hw->engine.due,
		   ns == U64_MAX ? U64_MAX : vcsf_clock_ns(hw) + ns);
	vcsf_engine_ran(&hw->engine);
	/* In this order: whoever acts for the thread wakes it up, or finds it awake. */
	set_current_state(TASK_IDLE);
	vcsf_engine_set_asleep(&hw->engine, true);
	if (READ_ONCE(hw->engine.events) || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		vcsf_engine_set_asleep(&hw->engine, false);
		return;
	}
	if (alarm)
		hrtimer_start_range_ns(&hw->engine.alarm, ns_to_ktime(ns),
				       ns / 8, HRTIMER_MODE_REL_HARD);
	schedule();
	if (alarm)
		hrtimer_cancel(&hw->engine.alarm);
	__set_current_state(TASK_RUNNING);
	vcsf_engine_set_asleep(&hw->engine, false);
	vcsf_engine_slept(&hw->engine);
	WRITE_ONCE(hw->engine.wakeups, hw->engine.wakeups + 1);
}

/* What was done left something to do, of which no event tells. */
static bool vcsf_engine_busy(const struct vcsf_mcu *mcu)
{
	return mcu->reports || mcu->progress_wake || mcu->unlocked ||
	       (mcu->sync_wake & mcu->sync_waiters);
}

/* Let others run. They may have much to do, and must not be waited for. */
static void vcsf_engine_yield(struct vcsf *hw)
{
	vcsf_engine_ran(&hw->engine);
	if (!need_resched())
		return;
	vcsf_engine_set_asleep(&hw->engine, true);
	vcsf_standin_watch(hw);
	cond_resched();
	vcsf_engine_set_asleep(&hw->engine, false);
}

/**
 * vcsf_engine_step - do what is to be done, up to a slice of one stream
 * @hw: the GPU
 *
 * Context: the engine's thread, may sleep; or any, in its place, under
 * &vcsf_engine.lock, if no fault on demand is armed and no region of the MCU is
 * locked.
 * Return: nanoseconds until there is more to do, U64_MAX if only an event brings
 * that.
 */
u64 vcsf_engine_step(struct vcsf *hw)
{
	u64 ns;

	if (READ_ONCE(hw->engine.events) & VCSF_EVENTS_CONTROL)
		vcsf_engine_control(hw);
	ns = vcsf_engine_power(hw);
	if (!hw->mcu.running) {
		vcsf_engine_drop_events(hw);
		return vcsf_engine_busy(&hw->mcu) ? 0 : ns;
	}

	vcsf_engine_firmware(hw);
	if (hw->mcu.running && hw->mcu.ready) {
		vcsf_slice(hw);
		vcsf_engine_afterwards(hw);
		if (hw->mcu.sync_waiters)
			vcsf_engine_repoll(hw, vcsf_clock_ns(hw));
		return 0;
	}
	vcsf_engine_afterwards(hw);
	ns = min(ns, vcsf_engine_timers(hw));

	return vcsf_engine_busy(&hw->mcu) ? 0 : ns;
}

static int vcsf_engine_thread(void *data)
{
	struct vcsf *hw = data;

	sched_set_fifo_low(current);
	hw->engine.since = ktime_get_mono_fast_ns();
	while (!kthread_should_stop()) {
		u64 ns = vcsf_engine_step(hw);

		if (ns)
			vcsf_engine_sleep(hw, ns);
		else
			vcsf_engine_yield(hw);
	}

	return 0;
}

/**
 * vcsf_engine_start - start the thread
 * @hw: the GPU, otherwise complete
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vcsf_engine_start(struct vcsf *hw)
{
	struct task_struct *task;

	raw_spin_lock_init(&hw->engine.lock);
	vcsf_doorbell_init(hw);
	vcsf_standin_init(hw);
	hrtimer_init(&hw->engine.alarm, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hw->engine.alarm.function = vcsf_engine_alarm;
	task = kthread_create(vcsf_engine_thread, hw, "%s",
			      hw->config.device_name);
	if (IS_ERR(task))
		return PTR_ERR(task);

	hw->engine.task = task;
	wake_up_process(task);

	return 0;
}

/**
 * vcsf_engine_stop - end the thread
 * @hw: the GPU; no driver may use it any more
 *
 * Context: may sleep.
 */
void vcsf_engine_stop(struct vcsf *hw)
{
	vcsf_doorbell_fini(hw);
	kthread_stop(hw->engine.task);
	vcsf_standin_fini(hw);
	hw->engine.task = NULL;
}
