/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The toy's hardware: a ring of commands, firmware that executes one per tick of a timer,
 * and an interrupt. In your driver this is a GPU.
 */
#ifndef _TOY_HW_H_
#define _TOY_HW_H_

#include <linux/spinlock.h>
#include <linux/timer.h>

#define TOY_HW_ENTRIES 16

enum toy_command {
	TOY_NOP,	/* Does nothing, and ends. */
	TOY_HANG,	/* Never ends. */
};

struct toy_hw {
	struct timer_list timer;
	/* Protects the members below. */
	spinlock_t lock;
	struct {
		u32 command;
		u32 number;
	} ring[TOY_HW_ENTRIES];
	u32 insert;
	u32 extract;
	/* Number of the last command that has ended. */
	u32 done;
	void (*interrupt)(struct toy_hw *hw);
};

static inline void toy_hw_tick(struct timer_list *timer)
{
	struct toy_hw *hw = container_of(timer, struct toy_hw, timer);
	bool ended = false;

	spin_lock_irq(&hw->lock);
	if (hw->extract != hw->insert) {
		u32 at = hw->extract % TOY_HW_ENTRIES;

		ended = hw->ring[at].command == TOY_NOP;
		if (ended) {
			hw->done = hw->ring[at].number;
			hw->extract++;
			mod_timer(&hw->timer, jiffies + 1);
		}
	}
	spin_unlock_irq(&hw->lock);
	if (ended)
		hw->interrupt(hw);
}

static inline void toy_hw_init(struct toy_hw *hw, void (*interrupt)(struct toy_hw *hw))
{
	spin_lock_init(&hw->lock);
	hw->interrupt = interrupt;
	timer_setup(&hw->timer, toy_hw_tick, 0);
}

/* Write a command into the ring, which must have space, and ring the doorbell. */
static inline void toy_hw_write(struct toy_hw *hw, u32 command, u32 number)
{
	unsigned long flags;
	u32 at;

	spin_lock_irqsave(&hw->lock, flags);
	at = hw->insert++ % TOY_HW_ENTRIES;
	hw->ring[at].command = command;
	hw->ring[at].number = number;
	if (!timer_pending(&hw->timer))
		mod_timer(&hw->timer, jiffies + 1);
	spin_unlock_irqrestore(&hw->lock, flags);
}

/*
 * Reset: nothing is executing, no interrupt handler is running, and the ring is empty when
 * this returns. Nothing may write to the ring until then. May sleep.
 */
static inline void toy_hw_reset(struct toy_hw *hw)
{
	timer_delete_sync(&hw->timer);
	hw->extract = hw->insert;
}

#endif /* _TOY_HW_H_ */
