/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_INJECT_INJECT_H_
#define _VCSF_INJECT_INJECT_H_

/* Fault injection */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/prandom.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "base/vcsf.h"

/**
 * enum vcsf_inject_point - faults that can be injected
 * @VCSF_INJECT_HANG: a stream that is about to run never runs again
 * @VCSF_INJECT_LOST_IRQ: a cause is in RAWSTAT, but the interrupt is not delivered
 * @VCSF_INJECT_LOST_DOORBELL: a doorbell has no effect
 * @VCSF_INJECT_DELAYED_ACK: the firmware waits before it acknowledges a request
 * @VCSF_INJECT_DROPPED_ACK: a request is executed and not acknowledged
 * @VCSF_INJECT_MCU_CRASH: the firmware ends in the fatal state
 * @VCSF_INJECT_RESET_FAIL: a reset does not complete
 * @VCSF_INJECT_FLUSH_FAIL: a cache flush by GPU_COMMAND does not complete
 * @VCSF_INJECT_PAGE_FAULT: a translation fails
 * @VCSF_INJECT_SUSPEND_CORRUPT: a stream's part of a suspend buffer is random
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

/* Value of &vcsf_inject_setting.count for a fault at every opportunity */
#define VCSF_INJECT_ALWAYS	U32_MAX

/* Bits of &vcsf_inject_setting.only */
#define VCSF_INJECT_DOORBELL_GLOBAL	0
#define VCSF_INJECT_DOORBELL_USER	1
#define VCSF_INJECT_ACK_GLB	0
#define VCSF_INJECT_ACK_CSG	1
#define VCSF_INJECT_ACK_CS	2
#define VCSF_INJECT_ACK_STATE	3

/**
 * struct vcsf_inject_setting - when and how a fault is injected
 *
 * An opportunity is a moment at which the fault could occur.
 */
struct vcsf_inject_setting {
	/** @count: Number of faults left; %VCSF_INJECT_ALWAYS for no limit. */
	u32 count;
	/** @skip: Opportunities to skip first. */
	u32 skip;
	/** @one_in: One of so many opportunities becomes a fault, at random. */
	u32 one_in;
	/** @only: Kinds of opportunity that count, as bits; depends on the point. */
	u32 only;
	/** @arg: Parameter of the fault; depends on the point. */
	u32 arg;
};

/**
 * struct vcsf_inject_file - private data of a debugfs file
 */
struct vcsf_inject_file {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @point: The injection point. */
	enum vcsf_inject_point point;
};

/**
 * struct vcsf_inject - settings of fault injection
 */
struct vcsf_inject {
	/** @armed: Points with a count left, as enum vcsf_inject_point bits. */
	unsigned long armed;
	/** @lock: Protects the members below. No lock is taken inside it. */
	raw_spinlock_t lock;
	/** @random: Pseudo-random generator. */
	struct rnd_state random;
	/** @points: Settings, by point. */
	struct vcsf_inject_setting points[VCSF_INJECT_COUNT];
	/** @hits: Number of faults, by point. */
	u32 hits[VCSF_INJECT_COUNT];
	/** @files: Data of the debugfs files, by point; constant. */
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
 * vcsf_inject - offer an opportunity for a fault
 * @hw: the GPU
 * @point: injection point
 * @kind: number of the bit in &vcsf_inject_setting.only that must be set
 * @arg: destination of the fault's parameter; NULL if not needed
 *
 * Costs the test of a bit while the point is not armed.
 *
 * Context: any.
 * Return: true if the fault occurs.
 */
static inline bool vcsf_inject(struct vcsf *hw, enum vcsf_inject_point point,
			       unsigned int kind, u32 *arg)
{
	return unlikely(READ_ONCE(hw->inject->armed) & BIT(point)) &&
	       vcsf_inject_hit(hw, point, kind, arg);
}

#endif /* _VCSF_INJECT_INJECT_H_ */
