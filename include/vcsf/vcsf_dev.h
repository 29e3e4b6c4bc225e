/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_DEV_H_
#define _VCSF_DEV_H_

/**
 * DOC: The boundary between driver and hardware
 *
 * The software GPU is a platform device named %VCSF_DEVICE_NAME. It gives a driver the
 * same resources as a board, and nothing else:
 *
 * - three interrupts, by name: "job", "mmu" and "gpu"
 *   (platform_get_irq_byname()). They are real Linux interrupts whose
 *   handlers run in hard-irq context. Each is level-triggered: asserted as long as
 *   RAWSTAT & MASK of its block is not zero.
 * - a register window, as &struct vcsf_window in the device's platform data.
 *   It replaces the MMIO resource; offsets are those of csf_regs.h.
 * - its clock, in the same structure, in place of a board's struct clk.
 * - shared memory: every physical address below 1 << 40 that is system RAM.
 *   The device is cache coherent.
 *
 * Modules on the two sides share no symbol. Removal of the software GPU unbinds the
 * driver, as the removal of a board's device does.
 */

#include <linux/device.h>
#include <linux/types.h>

#define VCSF_DEVICE_NAME "vcsf-mali"

/* Rate of the system counter, and initial rate of the GPU clock, in Hz */
#define VCSF_TIMESTAMP_HZ	1000000000U
#define VCSF_CLOCK_HZ		1000000000U

/* Range of the GPU clock */
#define VCSF_CLOCK_MIN_HZ	100000000U
#define VCSF_CLOCK_MAX_HZ	VCSF_CLOCK_HZ

struct vcsf_window;

/**
 * struct vcsf_window_ops - access to the register window
 *
 * Offsets are in bytes from the start of the window. 32-bit accesses must be 4-byte
 * aligned and 64-bit accesses 8-byte aligned. Other accesses, and those outside of the
 * register map, read as zero and ignore writes, as unassigned registers do.
 *
 * Context: any, including hard-irq context. No operation sleeps.
 */
struct vcsf_window_ops {
	/** @read32: Read a 32-bit register. */
	u32 (*read32)(struct vcsf_window *win, u32 offset);
	/** @write32: Write a 32-bit register. */
	void (*write32)(struct vcsf_window *win, u32 offset, u32 value);
	/** @read64: Read a pair of registers without tearing. */
	u64 (*read64)(struct vcsf_window *win, u32 offset);
	/** @write64: Write a pair of registers, low half first. */
	void (*write64)(struct vcsf_window *win, u32 offset, u64 value);
	/**
	 * @user_pfn: Return the page frame behind the register page at @offset,
	 * for a driver to map into user space read-only. Only the page that
	 * holds LATEST_FLUSH_ID has one, the result is zero for all others. The
	 * frame is valid until the device is removed.
	 */
	unsigned long (*user_pfn)(struct vcsf_window *win, u32 offset);
	/** @set_clock: Change the rate of the GPU clock. */
	int (*set_clock)(struct vcsf_window *win, unsigned long hz);
	/** @clock: Return the rate of the GPU clock in Hz. */
	unsigned long (*clock)(struct vcsf_window *win);
};

/**
 * struct vcsf_window - register window of a device
 *
 * It is valid as long as the platform device is registered, so at least from a
 * driver's probe to the return of its remove.
 */
struct vcsf_window {
	/** @ops: Access operations. */
	const struct vcsf_window_ops *ops;
	/** @size: Length of the window in bytes. */
	u32 size;
};

/**
 * vcsf_window_of - return the register window of a device
 * @dev: platform device that the driver is bound to
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
 * @value: value to write
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
 * Return: the value, both halves read at the same moment.
 */
static inline u64 vcsf_read64(struct vcsf_window *win, u32 offset)
{
	return win->ops->read64(win, offset);
}

/**
 * vcsf_write64 - write a 64-bit register
 * @win: register window
 * @offset: byte offset of the low half
 * @value: value to write
 */
static inline void vcsf_write64(struct vcsf_window *win, u32 offset, u64 value)
{
	win->ops->write64(win, offset, value);
}

/**
 * vcsf_user_pfn - return the page frame behind a register page
 * @win: register window
 * @offset: page-aligned byte offset in the window
 *
 * Return: the page frame number, 0 if the page cannot be mapped.
 */
static inline unsigned long vcsf_user_pfn(struct vcsf_window *win, u32 offset)
{
	return win->ops->user_pfn(win, offset);
}

/**
 * vcsf_set_clock - change the rate of the GPU clock
 * @win: register window
 * @hz: rate in Hz, rounded down to whole MHz
 *
 * The new rate applies to CYCLE_COUNT at once and to work on cores soon after. It does
 * not affect the system counter and the firmware's timers. Resets do not change it.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the rate is out of range.
 */
static inline int vcsf_set_clock(struct vcsf_window *win, unsigned long hz)
{
	return win->ops->set_clock(win, hz);
}

/**
 * vcsf_get_clock - return the rate of the GPU clock
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
