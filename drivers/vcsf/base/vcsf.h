/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_BASE_VCSF_H_
#define _VCSF_BASE_VCSF_H_

/**
 * DOC: Inside the software GPU
 *
 * Registers are accessed by the driver in any context; everything behind them
 * that takes time is done by one kthread, the engine, which is both the MCU
 * with its firmware and the command stream hardware. It sleeps unless a
 * register write kicked it, a stream can run or a timer is due. While it sleeps,
 * the interrupt that a doorbell causes acts for it, and a timer's interrupt while
 * it waits for a processor: "the engine's thread" stands for all of them, and what
 * may sleep does so only in the thread.
 *
 * Locks, all raw and taken with interrupts off, in this order:
 *
 * - &vcsf_engine.lock: whether the thread or an interrupt acts as the engine.
 * - &vcsf_mmu.lock: address spaces and their TLBs. The engine holds it while
 *   it executes a batch of instructions, so that an AS command which has
 *   completed is obeyed by every later access.
 * - &vcsf_ctl.lock: control registers: power, flush id, fault, counters.
 * - &vcsf_irq_line.lock: state of one interrupt line.
 * - &vcsf_inject.lock: faults that were asked for.
 *
 * Groups, streams and the firmware's state belong to the engine alone and need
 * no lock. The engine allocates nothing: it is on the way to a fence's signal.
 */

#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/types.h>

#include <vcsf/vcsf_dev.h>

#include "base/event.h"
#include "base/model.h"

struct dentry;
struct platform_device;
struct vcsf_cores;
struct vcsf_ctl;
struct vcsf_engine;
struct vcsf_inject;
struct vcsf_irq;
struct vcsf_mcu;
struct vcsf_mmu;

/**
 * struct vcsf_config - what can be chosen when a device is created
 */
struct vcsf_config {
	/** @device_name: Platform device name; decides what driver binds. */
	const char *device_name;
	/** @device_id: Platform device id. */
	int device_id;
	/** @model: Name of the model. */
	const char *model;
	/** @slots: CSG slots, 3 to 31. */
	unsigned int slots;
	/** @streams: Streams of each group, 8 to 32. */
	unsigned int streams;
	/** @address_spaces: 2 to 16. */
	unsigned int address_spaces;
	/** @cores: Shader cores; 0 for the model's own. */
	unsigned int cores;
	/** @virtual_clock: Time advances only by vcsf_clock_advance(). */
	bool virtual_clock;
	/** @power_ns: Nanoseconds that a power transition takes. */
	unsigned int power_ns;
	/** @speed: Of simulated work, in percent. */
	unsigned int speed;
	/** @shaders: What a job that needs a shader does: VCSF_SHADERS_*. */
	unsigned int shaders;
	/** @nice: Nice value of the engine's thread. */
	int nice;
	/** @duty: Part of one processor for streams and jobs, 1 to 100 percent. */
	unsigned int duty;
	/** @strict: What becomes of stale translations: enum vcsf_strict. */
	unsigned int strict;
};

#define VCSF_SPEED_MAX			100000U

/* The bits of jobs that fault; the others complete without effect. */
#define VCSF_SHADERS_FAULT_COMPUTE	BIT(0)
#define VCSF_SHADERS_FAULT_GEOMETRY	BIT(1)
#define VCSF_SHADERS_FAULT_FRAGMENT	BIT(2)

/**
 * struct vcsf - a software GPU
 *
 * What belongs to a room is behind a pointer: its type is known to those who
 * include the room's header. All of it is allocated at once, see
 * &struct vcsf_device.
 */
struct vcsf {
	/** @window: What the driver sees. */
	struct vcsf_window window;
	/** @model: Register values. */
	struct vcsf_model model;
	/** @config: As given at creation. */
	struct vcsf_config config;
	/** @events: Requests to the engine. */
	struct vcsf_events events;
	/** @inject: Faults that were asked for. */
	struct vcsf_inject *inject;
	/** @irq: Interrupt lines. */
	struct vcsf_irq *irq;
	/** @ctl: Control registers: power, clock, caches. */
	struct vcsf_ctl *ctl;
	/** @mmu: Address spaces. */
	struct vcsf_mmu *mmu;
	/** @mcu: The MCU and all group slots. */
	struct vcsf_mcu *mcu;
	/** @cores: Work on simulated cores. */
	struct vcsf_cores *cores;
	/** @engine: The thread. */
	struct vcsf_engine *engine;
	/** @pdev: The platform device. */
	struct platform_device *pdev;
	/** @debugfs: Folder of the device. */
	struct dentry *debugfs;
	/** @power_losses: How often the system's sleep took its power. */
	u32 power_losses;
};

static inline struct vcsf *vcsf_from_window(struct vcsf_window *win)
{
	return container_of(win, struct vcsf, window);
}

#endif /* _VCSF_BASE_VCSF_H_ */
