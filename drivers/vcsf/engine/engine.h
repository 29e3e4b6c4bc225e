/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ENGINE_ENGINE_H_
#define _VCSF_ENGINE_ENGINE_H_

/* The thread that is the MCU and the command stream hardware */

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "engine/duty.h"

struct vcsf;

/**
 * struct vcsf_engine - the thread, and the interrupts that act for it
 */
struct vcsf_engine {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @doorbells: Doorbells of streams that rang, as bits. */
	atomic64_t doorbells;
	/**
	 * @lock: Held by an interrupt while it acts for the thread, and to change
	 * @asleep or anything that could make the MCU wait.
	 */
	raw_spinlock_t lock;
	/** @asleep: The thread sleeps, is about to sleep, or has yielded. */
	bool asleep;
	/** @asleep_changes: Counts changes of @asleep. */
	u64 asleep_changes;
	/** @asleep_changes_seen: @asleep_changes at the last run of @watchdog. */
	u64 asleep_changes_seen;
	/** @watchdog_checks: Counts runs of @watchdog. */
	u64 watchdog_checks;
	/** @fallback_steps: Counts engine steps executed by @watchdog. */
	u64 fallback_steps;
	/** @watchdog: Timer that checks whether the thread gets to run. */
	struct hrtimer watchdog;
	/** @watchdog_armed: @watchdog is started. */
	atomic_t watchdog_armed;
	/** @alarm: Timer that wakes the thread up when work is due. */
	struct hrtimer alarm;
	/** @doorbell_work: Interrupt of a stream's doorbell. */
	struct irq_work doorbell_work;
	/** @wake_work: Wakes the thread up after @doorbell_work. */
	struct irq_work wake_work;
	/** @slices: Counts slices given to streams. */
	u64 slices;
	/** @suspend_steps: Counts steps while a suspend waits for a workgroup. */
	unsigned int suspend_steps;
	/** @suspend_turn: Slot of the last other group whose jobs did work then. */
	unsigned int suspend_turn;
	/** @duty: Limit of the CPU time of streams and jobs. */
	struct vcsf_duty duty;
	/** @wakeups: Counts wake-ups of the thread. */
	u64 wakeups;
	/** @repolls: Counts polls of sync objects. */
	u64 repolls;
	/** @due: Time at which work is due, U64_MAX for never. */
	u64 due;
};

/* The thread: thread.c */
int vcsf_engine_start(struct vcsf *hw);
void vcsf_engine_stop(struct vcsf *hw);

/* Its work: step.c */
u64 vcsf_engine_step(struct vcsf *hw);
u64 vcsf_engine_throttled(struct vcsf *hw);
void vcsf_engine_report(struct vcsf *hw);
void vcsf_engine_scan_doorbells(struct vcsf *hw);

/* The interrupt of a doorbell: doorbell.c */
void vcsf_doorbell_init(struct vcsf *hw);
void vcsf_doorbell_fini(struct vcsf *hw);
void vcsf_doorbell(struct vcsf *hw, unsigned int doorbell);

/* The interrupt while the thread has no CPU: watchdog.c */
void vcsf_engine_wake(struct vcsf *hw);
void vcsf_watchdog_init(struct vcsf *hw);
void vcsf_watchdog_fini(struct vcsf *hw);
void vcsf_watchdog_arm(struct vcsf *hw);

/* Selection of the stream that runs: slice.c */
void vcsf_slice(struct vcsf *hw);
void vcsf_slice_first(struct vcsf *hw);

#endif /* _VCSF_ENGINE_ENGINE_H_ */
