/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_INJECT_INJECT_H_
#define _VCSF_INJECT_INJECT_H_

/* Faults on demand */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/prandom.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "base/vcsf.h"

/**
 * enum vcsf_inject_point - what can be made to go wrong
 * @VCSF_INJECT_HANG: a stream that was to run never runs again
 * @VCSF_INJECT_LOST_IRQ: a cause is in RAWSTAT, but the interrupt is not delivered
 * @VCSF_INJECT_LOST_DOORBELL: a doorbell has no effect
 * @VCSF_INJECT_DELAYED_ACK: the firmware takes its time before it acknowledges
 * @VCSF_INJECT_DROPPED_ACK: what was requested is done, and not acknowledged
 * @VCSF_INJECT_MCU_CRASH: the firmware ends in the fatal state
 * @VCSF_INJECT_RESET_FAIL: a reset does not complete
 * @VCSF_INJECT_FLUSH_FAIL: a cache flush by GPU_COMMAND does not complete
 * @VCSF_INJECT_PAGE_FAULT: a translation fails
 * @VCSF_INJECT_SUSPEND_CORRUPT: a stream's part of a suspend buffer is garbage
 * @VCSF_INJECT_SLOW: streams are slow
 * @VCSF_INJECT_POWER_FAIL: cores do not power up
 * @VCSF_INJECT_AS_STUCK: a command to an address space never ends
 * @VCSF_INJECT_COUNT: number of points
 */
enum vcsf_inject_point {
	VCSF_INJECT_HANG,
	VCSF_INJECT_LOST_IRQ,
	VCSF_INJECT_LOST_DOORBELL,
	VCSF_INJECT_DELAYED_ACK,
	VCSF_INJECT_DROPPED_ACK,
	VCSF_INJECT_MCU_CRASH,
	VCSF_INJECT_RESET_FAIL,
	VCSF_INJECT_FLUSH_FAIL,
	VCSF_INJECT_PAGE_FAULT,
	VCSF_INJECT_SUSPEND_CORRUPT,
	VCSF_INJECT_SLOW,
	VCSF_INJECT_POWER_FAIL,
	VCSF_INJECT_AS_STUCK,
	VCSF_INJECT_COUNT,
};

/* &vcsf_inject_setting.count that does not count down */
#define VCSF_INJECT_ALWAYS	U32_MAX

/* Bits of &vcsf_inject_setting.only */
#define VCSF_INJECT_DOORBELL_GLOBAL	0
#define VCSF_INJECT_DOORBELL_USER	1
#define VCSF_INJECT_ACK_GLB	0
#define VCSF_INJECT_ACK_CSG	1
#define VCSF_INJECT_ACK_CS	2

/**
 * struct vcsf_inject_setting - when and how something goes wrong
 *
 * An opportunity is a moment at which it could.
 */
struct vcsf_inject_setting {
	/** @count: How often it is still to happen; U32_MAX for always. */
	u32 count;
	/** @skip: Opportunities to let pass before. */
	u32 skip;
	/** @one_in: Of so many opportunities one is taken, by chance. */
	u32 one_in;
	/** @only: Bit per kind of opportunity that counts, by point. */
	u32 only;
	/** @arg: How, by point. */
	u32 arg;
};

/**
 * struct vcsf_inject_file - what a file in debugfs is about
 */
struct vcsf_inject_file {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @point: What can be made to go wrong. */
	enum vcsf_inject_point point;
};

/**
 * struct vcsf_inject - faults that were asked for
 */
struct vcsf_inject {
	/** @armed: Bit per enum vcsf_inject_point with a count left. */
	unsigned long armed;
	/** @lock: Protects what follows. Nothing is taken inside of it. */
	raw_spinlock_t lock;
	/** @random: Source of all chance. */
	struct rnd_state random;
	/** @points: What was asked for. */
	struct vcsf_inject_setting points[VCSF_INJECT_COUNT];
	/** @hits: How often it happened. */
	u32 hits[VCSF_INJECT_COUNT];
	/** @files: Of each point; constant. */
	struct vcsf_inject_file files[VCSF_INJECT_COUNT];
};

void vcsf_inject_init(struct vcsf *hw);
void vcsf_inject_seed(struct vcsf *hw, u64 seed);
int vcsf_inject_parse(enum vcsf_inject_point point, char *text,
		      struct vcsf_inject_setting *setting);
void vcsf_inject_apply(struct vcsf *hw, enum vcsf_inject_point point,
		       const struct vcsf_inject_setting *setting);
u32 vcsf_inject_hits(struct vcsf *hw, enum vcsf_inject_point point);
bool vcsf_inject_hit(struct vcsf *hw, enum vcsf_inject_point point,
		     unsigned int kind, u32 *arg);
void vcsf_inject_garbage(struct vcsf *hw, void *to, size_t size);
const char *vcsf_inject_name(enum vcsf_inject_point point);

/**
 * vcsf_inject - an opportunity for something to go wrong
 * @hw: the GPU
 * @point: what could
 * @kind: number of the bit in &vcsf_inject_setting.only that must be set
 * @arg: where to store how; NULL if not needed
 *
 * Costs the test of a bit as long as the point is not armed.
 *
 * Context: any.
 * Return: true if it does go wrong.
 */
static inline bool vcsf_inject(struct vcsf *hw, enum vcsf_inject_point point,
			       unsigned int kind, u32 *arg)
{
	return unlikely(READ_ONCE(hw->inject->armed) & BIT(point)) &&
	       vcsf_inject_hit(hw, point, kind, arg);
}

#endif /* _VCSF_INJECT_INJECT_H_ */
