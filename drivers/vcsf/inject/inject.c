// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fault injection: the decision whether a fault occurs.
 *
 * Code at which a fault can be injected calls vcsf_inject() at each
 * opportunity, and implements the fault itself. The settings of each point
 * decide which opportunities become faults; a pseudo-random generator with a
 * seed makes sequences repeatable. debugfs sets them (debug/inject_files.c),
 * and tests do. &vcsf_inject.lock protects settings and generator; it is taken
 * in any context and nothing is taken inside it. A point that is not armed
 * costs the test of one bit. This room depends on no other room but base/.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "inject/inject.h"
#include "trace/trace.h"

#define VCSF_INJECT_SEED	1
/* Longest delay in microseconds */
#define VCSF_INJECT_DELAY_MAX	(60 * USEC_PER_SEC)

/**
 * struct vcsf_inject_info - constants of an injection point
 * @name: name of its file
 * @only: default of &vcsf_inject_setting.only
 * @arg: default of &vcsf_inject_setting.arg
 * @arg_max: largest valid &vcsf_inject_setting.arg
 */
struct vcsf_inject_info {
	const char *name;
	u32 only;
	u32 arg;
	u32 arg_max;
};

static const struct vcsf_inject_info vcsf_inject_infos[VCSF_INJECT_COUNT] = {
	[VCSF_INJECT_HANG] = { "hang", ~0U, 0, 0 },
	[VCSF_INJECT_LOST_IRQ] = { "lost_irq", ~0U, 0, 0 },
	[VCSF_INJECT_LOST_DOORBELL] = { "lost_doorbell", ~0U, 0, 0 },
	[VCSF_INJECT_DELAYED_ACK] = { "delayed_ack", ~0U, 10000,
				      VCSF_INJECT_DELAY_MAX },
	[VCSF_INJECT_DROPPED_ACK] = { "dropped_ack", ~0U, 0, 0 },
	[VCSF_INJECT_MCU_CRASH] = { "mcu_crash", ~0U, 0, 0 },
	[VCSF_INJECT_RESET_FAIL] = { "reset_fail", ~0U, 0, 0 },
	[VCSF_INJECT_FLUSH_FAIL] = { "flush_fail", ~0U, 0, 0 },
	/* A fault in the MCU's address space would crash the firmware. */
	[VCSF_INJECT_PAGE_FAULT] = { "page_fault", ~1U,
				     CSF_EXC_TRANSLATION_FAULT(3), 0xff },
	[VCSF_INJECT_SUSPEND_CORRUPT] = { "suspend_corrupt", ~0U, 0, U32_MAX },
	[VCSF_INJECT_SLOW] = { "slow", ~0U, 1000, VCSF_INJECT_DELAY_MAX },
	[VCSF_INJECT_POWER_FAIL] = { "power_fail", ~0U, 0, 0 },
	[VCSF_INJECT_AS_STUCK] = { "as_stuck", ~0U, 0, 0 },
};

/**
 * vcsf_inject_seed - seed the pseudo-random generator
 * @hw: the GPU
 * @seed: any number
 *
 * Context: any.
 */
void vcsf_inject_seed(struct vcsf *hw, u64 seed)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->inject->lock, flags);
	prandom_seed_state(&hw->inject->random, seed);
	raw_spin_unlock_irqrestore(&hw->inject->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_inject_seed);

static void vcsf_inject_defaults(enum vcsf_inject_point point,
				 struct vcsf_inject_setting *setting)
{
	*setting = (struct vcsf_inject_setting){
		.one_in = 1,
		.only = vcsf_inject_infos[point].only,
		.arg = vcsf_inject_infos[point].arg,
	};
}

/**
 * vcsf_inject_init - initialise fault injection with no fault armed
 * @hw: the GPU
 */
void vcsf_inject_init(struct vcsf *hw)
{
	struct vcsf_inject *inject = hw->inject;
	unsigned int i;

	raw_spin_lock_init(&inject->lock);
	vcsf_inject_seed(hw, VCSF_INJECT_SEED);
	for (i = 0; i < VCSF_INJECT_COUNT; i++) {
		vcsf_inject_defaults(i, &inject->points[i]);
		inject->files[i].hw = hw;
		inject->files[i].point = i;
	}
}

static int vcsf_inject_parse_one(struct vcsf_inject_setting *setting,
				 const char *name, const char *value)
{
	u32 *to;

	if (!strcmp(name, "count"))
		to = &setting->count;
	else if (!strcmp(name, "skip"))
		to = &setting->skip;
	else if (!strcmp(name, "one_in"))
		to = &setting->one_in;
	else if (!strcmp(name, "only"))
		to = &setting->only;
	else if (!strcmp(name, "arg"))
		to = &setting->arg;
	else
		return -EINVAL;
	if (to == &setting->count && !strcmp(value, "always")) {
		*to = VCSF_INJECT_ALWAYS;
		return 0;
	}

	return kstrtou32(value, 0, to);
}

/**
 * vcsf_inject_parse - parse a setting
 * @point: injection point
 * @text: words "count" or "name=value"; modified
 * @setting: destination; fields that are not given get their defaults
 *
 * Context: any.
 * Return: 0, -EINVAL or -ERANGE.
 */
int vcsf_inject_parse(enum vcsf_inject_point point, char *text,
		      struct vcsf_inject_setting *setting)
{
	const struct vcsf_inject_info *info = &vcsf_inject_infos[point];
	char *word, *value;
	int ret;

	vcsf_inject_defaults(point, setting);
	while ((word = strsep(&text, " \t\n"))) {
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (value)
			*value++ = 0;
		ret = vcsf_inject_parse_one(setting, value ? word : "count",
					    value ? value : word);
		if (ret)
			return ret;
	}
	if (!setting->one_in || setting->arg > info->arg_max)
		return -ERANGE;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_inject_parse);

/**
 * vcsf_inject_hits - get the number of faults injected at a point
 * @hw: the GPU
 * @point: injection point
 *
 * Context: any.
 * Return: number of faults since the point was set.
 */
u32 vcsf_inject_hits(struct vcsf *hw, enum vcsf_inject_point point)
{
	unsigned long flags;
	u32 hits;

	raw_spin_lock_irqsave(&hw->inject->lock, flags);
	hits = hw->inject->hits[point];
	raw_spin_unlock_irqrestore(&hw->inject->lock, flags);

	return hits;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_inject_hits);

static bool vcsf_inject_decide(struct vcsf_inject *inject,
			       struct vcsf_inject_setting *setting,
			       unsigned int kind)
{
	lockdep_assert_held(&inject->lock);

	if (!setting->count || !(setting->only & BIT(kind)))
		return false;
	if (setting->skip) {
		setting->skip--;
		return false;
	}

	return setting->one_in == 1 ||
	       !reciprocal_scale(prandom_u32_state(&inject->random),
				 setting->one_in);
}

/**
 * vcsf_inject_hit - decide whether an opportunity becomes a fault
 * @hw: the GPU
 * @point: injection point
 * @kind: number of the bit in &vcsf_inject_setting.only that must be set
 * @arg: destination of the fault's parameter; NULL if not needed
 *
 * Callers use vcsf_inject().
 *
 * Context: any.
 * Return: true if the fault occurs.
 */
bool vcsf_inject_hit(struct vcsf *hw, enum vcsf_inject_point point,
		     unsigned int kind, u32 *arg)
{
	struct vcsf_inject_setting *setting = &hw->inject->points[point];
	struct vcsf_inject *inject = hw->inject;
	unsigned long flags;
	bool hit;

	raw_spin_lock_irqsave(&inject->lock, flags);
	hit = vcsf_inject_decide(inject, setting, kind);
	if (hit) {
		inject->hits[point]++;
		if (setting->count != VCSF_INJECT_ALWAYS && !--setting->count)
			clear_bit(point, &inject->armed);
		if (arg)
			*arg = setting->arg;
	}
	raw_spin_unlock_irqrestore(&inject->lock, flags);
	if (hit)
		trace_vcsf_injected(hw, vcsf_inject_infos[point].name);

	return hit;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_inject_hit);

/**
 * vcsf_inject_garbage - fill memory with bytes of the pseudo-random generator
 * @hw: the GPU
 * @to: destination
 * @size: size in bytes
 *
 * Context: any.
 */
void vcsf_inject_garbage(struct vcsf *hw, void *to, size_t size)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->inject->lock, flags);
	prandom_bytes_state(&hw->inject->random, to, size);
	raw_spin_unlock_irqrestore(&hw->inject->lock, flags);
}

/**
 * vcsf_inject_apply - change the setting of a point
 * @hw: the GPU
 * @point: injection point
 * @setting: new setting; a count of zero disarms the point
 *
 * The caller holds &vcsf_engine.lock, so that no setting changes while an
 * interrupt acts for the engine's thread.
 *
 * Context: any.
 */
void vcsf_inject_apply(struct vcsf *hw, enum vcsf_inject_point point,
		       const struct vcsf_inject_setting *setting)
{
	struct vcsf_inject *inject = hw->inject;
	unsigned long flags;

	raw_spin_lock_irqsave(&inject->lock, flags);
	inject->points[point] = *setting;
	inject->hits[point] = 0;
	if (setting->count)
		set_bit(point, &inject->armed);
	else
		clear_bit(point, &inject->armed);
	raw_spin_unlock_irqrestore(&inject->lock, flags);
}

/**
 * vcsf_inject_name - get the name of a point
 * @point: injection point
 *
 * Return: name of its file.
 */
const char *vcsf_inject_name(enum vcsf_inject_point point)
{
	return vcsf_inject_infos[point].name;
}
