/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_BASE_VCSF_H_
#define _VCSF_BASE_VCSF_H_

/**
 * DOC: Inside the software GPU
 *
 * The driver accesses registers in any context. Everything behind the registers
 * that takes time is done by one kthread, the engine, which acts as both the
 * MCU with its firmware and the command stream hardware. It sleeps unless a
 * register write has woken it, a stream can run, or a timer is due. While it
 * sleeps, the interrupt of a doorbell acts for it; while it waits for a CPU,
 * the interrupt of a watchdog timer does. In "Context:" sections, "the engine's
 * thread" stands for all three; functions that may sleep do so only in the
 * thread.
 *
 * Locks, all raw and taken with interrupts disabled, in this order:
 *
 * - &vcsf_engine.lock: decides whether the thread or an interrupt acts as the
 *   engine.
 * - &vcsf_mmu.lock: protects address spaces and their TLBs. The engine holds it
 *   while it executes a batch of instructions, so that every access after the
 *   completion of an AS command obeys the command.
 * - &vcsf_ctl.lock: protects control registers: power, flush id, fault,
 *   counters.
 * - &vcsf_irq_line.lock: protects the state of one interrupt line.
 * - &vcsf_inject.lock: protects the settings of fault injection.
 *
 * Groups, streams and the firmware's state belong to the engine alone and need
 * no lock. The engine allocates no memory, because fences depend on it.
 */

#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/types.h>

#include <vcsf/vcsf_dev.h>

#include "base/event.h"
#include "base/model.h"

struct dentry;
struct platform_device;
struct vcsf_board;
struct vcsf_cores;
struct vcsf_ctl;
struct vcsf_engine;
struct vcsf_inject;
struct vcsf_irq;
struct vcsf_mcu;
struct vcsf_mmu;

/**
 * struct vcsf_config - configuration of a software GPU
 */
struct vcsf_config {
	/** @device_name: Platform device name; decides which driver binds. */
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
	/** @cores: Shader cores; 0 for the number that the model has. */
	unsigned int cores;
	/** @virtual_clock: Time advances only by vcsf_clock_advance(). */
	bool virtual_clock;
	/** @power_ns: Nanoseconds that a power transition takes. */
	u64 power_ns;
	/** @speed: Speed of simulated work, in percent. */
	unsigned int speed;
	/** @shaders: Handling of jobs with shaders: VCSF_SHADERS_*. */
	unsigned int shaders;
	/** @nice: Nice value of the engine's thread. */
	int nice;
	/** @duty: Part of one CPU for streams and jobs, 1 to 100 percent. */
	unsigned int duty;
	/** @strict: Handling of stale translations: enum vcsf_strict. */
	unsigned int strict;
	/** @board: Provide a memory resource and a clock, as a board does. */
	bool board;
};

#define VCSF_CORES_MAX			32
#define VCSF_SPEED_MAX			100000U

/*
 * Kinds of job that fault, and kinds whose shaders are executed; jobs of the
 * other kinds complete without effect.
 */
#define VCSF_SHADERS_FAULT_COMPUTE	BIT(0)
#define VCSF_SHADERS_FAULT_GEOMETRY	BIT(1)
#define VCSF_SHADERS_FAULT_FRAGMENT	BIT(2)
#define VCSF_SHADERS_RUN_COMPUTE	BIT(3)
#define VCSF_SHADERS_MAX		GENMASK(3, 0)

/**
 * struct vcsf - a software GPU
 *
 * The state of each room is behind a pointer; files that use it include the
 * header of the room. All of it is one allocation, see &struct vcsf_device.
 */
struct vcsf {
	/** @window: Register window of the driver. */
	struct vcsf_window window;
	/** @model: Register values. */
	struct vcsf_model model;
	/** @config: Configuration given at creation. */
	struct vcsf_config config;
	/** @events: Requests to the engine. */
	struct vcsf_events events;
	/** @inject: Fault injection. */
	struct vcsf_inject *inject;
	/** @irq: Interrupt lines. */
	struct vcsf_irq *irq;
	/** @ctl: Control registers: power, clock, caches. */
	struct vcsf_ctl *ctl;
	/** @mmu: Address spaces. */
	struct vcsf_mmu *mmu;
	/** @mcu: The MCU and all group slots. */
	struct vcsf_mcu *mcu;
	/** @cores: Simulated cores. */
	struct vcsf_cores *cores;
	/** @engine: The thread. */
	struct vcsf_engine *engine;
	/** @board: The clock, if &vcsf_config.board asks for it. */
	struct vcsf_board *board;
	/** @pdev: The platform device. */
	struct platform_device *pdev;
	/** @debugfs: Directory of the device. */
	struct dentry *debugfs;
	/** @power_losses: Number of times that system sleep cut the power. */
	u32 power_losses;
};

static inline struct vcsf *vcsf_from_window(struct vcsf_window *win)
{
	return container_of(win, struct vcsf, window);
}

#endif /* _VCSF_BASE_VCSF_H_ */
