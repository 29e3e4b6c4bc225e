/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_DEV_H_
#define _VCSF_DEV_H_

/**
 * DOC: The boundary between driver and hardware
 *
 * The software GPU is a platform device named %VCSF_DEVICE_NAME. A driver
 * finds on it what it would find on a board, and nothing else:
 *
 * - three interrupts, by name: "job", "mmu" and "gpu"
 *   (platform_get_irq_byname()). They are real Linux interrupts whose
 *   handlers run in hard-irq context. Each is a level: asserted as long as
 *   RAWSTAT & MASK of its block is not zero.
 * - a register window, as &struct vcsf_window in the device's platform data.
 *   It stands for the MMIO resource; the offsets are those of csf_regs.h.
 * - its clock, in the same structure: what a board has as a struct clk.
 * - memory that both see: every physical address below 1 << 40 that is
 *   system RAM. The device is cache coherent.
 *
 * Modules on the two sides share no symbol. Removing the software GPU unbinds
 * the driver, as pulling a board would.
 */

#include <linux/device.h>
#include <linux/types.h>

#define VCSF_DEVICE_NAME "vcsf-mali"

/* The system counter's rate, and the GPU clock's to begin with, in Hz. */
#define VCSF_TIMESTAMP_HZ	1000000000U
#define VCSF_CLOCK_HZ		1000000000U

/* The GPU clock's range */
#define VCSF_CLOCK_MIN_HZ	100000000U
#define VCSF_CLOCK_MAX_HZ	VCSF_CLOCK_HZ

struct vcsf_window;

/**
 * struct vcsf_window_ops - access to the register window
 *
 * Context: all may be called from any context, hard-irq included, and none
 * sleeps. Offsets are bytes from the start of the window. 32-bit accesses are
 * 4-byte aligned and 64-bit ones 8-byte aligned; anything else, and offsets
 * outside of the map, read as zero and ignore writes as unassigned registers
 * do.
 */
struct vcsf_window_ops {
	/** @read32: Read a 32-bit register. */
	u32 (*read32)(struct vcsf_window *win, u32 offset);
	/** @write32: Write a 32-bit register. */
	void (*write32)(struct vcsf_window *win, u32 offset, u32 value);
	/** @read64: Read a pair of registers, tear-free. */
	u64 (*read64)(struct vcsf_window *win, u32 offset);
	/** @write64: Write a pair of registers, low half first. */
	void (*write64)(struct vcsf_window *win, u32 offset, u64 value);
	/**
	 * @user_pfn: Page frame behind the register page at @offset, for a
	 * driver to map into user space read-only. Only the page that holds
	 * LATEST_FLUSH_ID has one; zero for all others. The frame is valid
	 * until the device is gone.
	 */
	unsigned long (*user_pfn)(struct vcsf_window *win, u32 offset);
	/** @set_clock: Change the rate of the GPU clock. */
	int (*set_clock)(struct vcsf_window *win, unsigned long hz);
	/** @clock: The rate of the GPU clock. */
	unsigned long (*clock)(struct vcsf_window *win);
};

/**
 * struct vcsf_window - the register window of one device
 *
 * Lives as long as the platform device is registered, so between a driver's
 * probe and the return of its remove.
 */
struct vcsf_window {
	/** @ops: How to reach the registers. */
	const struct vcsf_window_ops *ops;
	/** @size: Length of the window in bytes. */
	u32 size;
};

/**
 * vcsf_window_of - the register window of a device
 * @dev: the platform device that a driver was bound to
 *
 * Return: the window, NULL if @dev is not a software GPU.
 */
static inline struct vcsf_window *vcsf_window_of(struct device *dev)
{
	return dev_get_platdata(dev);
}

/**
 * vcsf_read32 - read a 32-bit register
 * @win: register window
 * @offset: byte offset in the window
 *
 * Return: the value.
 */
static inline u32 vcsf_read32(struct vcsf_window *win, u32 offset)
{
	return win->ops->read32(win, offset);
}

/**
 * vcsf_write32 - write a 32-bit register
 * @win: register window
 * @offset: byte offset in the window
 * @value: what to write
 */
static inline void vcsf_write32(struct vcsf_window *win, u32 offset, u32 value)
{
	win->ops->write32(win, offset, value);
}

/**
 * vcsf_read64 - read a 64-bit register
 * @win: register window
 * @offset: byte offset of the low half
 *
 * Return: the value, both halves of one moment.
 */
static inline u64 vcsf_read64(struct vcsf_window *win, u32 offset)
{
	return win->ops->read64(win, offset);
}

/**
 * vcsf_write64 - write a 64-bit register
 * @win: register window
 * @offset: byte offset of the low half
 * @value: what to write
 */
static inline void vcsf_write64(struct vcsf_window *win, u32 offset, u64 value)
{
	win->ops->write64(win, offset, value);
}

/**
 * vcsf_user_pfn - page frame behind a register page
 * @win: register window
 * @offset: page-aligned byte offset in the window
 *
 * Return: the page frame number, 0 if that page cannot be mapped.
 */
static inline unsigned long vcsf_user_pfn(struct vcsf_window *win, u32 offset)
{
	return win->ops->user_pfn(win, offset);
}

/**
 * vcsf_set_clock - change the rate of the GPU clock
 * @win: register window
 * @hz: the rate, rounded down to whole MHz
 *
 * Takes effect at once for CYCLE_COUNT, and soon for the work on cores. The
 * system counter and all timers of the firmware stay as they are, and no reset
 * changes it.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the rate is out of range.
 */
static inline int vcsf_set_clock(struct vcsf_window *win, unsigned long hz)
{
	return win->ops->set_clock(win, hz);
}

/**
 * vcsf_get_clock - the rate of the GPU clock
 * @win: register window
 *
 * Context: any.
 * Return: the rate in Hz.
 */
static inline unsigned long vcsf_get_clock(struct vcsf_window *win)
{
	return win->ops->clock(win);
}

#endif /* _VCSF_DEV_H_ */
