// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Simulated cores: which job has how many of them, and for how long.
 *
 * The jobs of a stream run one after the other on each unit. The first one of
 * each is given cores; how much it has done follows from the time that it had
 * them. Whenever something changes, cores are handed out anew: to groups in
 * the order of their priority, to equals in an order that rotates.
 */

#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/units.h>

#include <kunit/visibility.h>

#include <vcsf/csf_fw.h>
#include <vcsf/vcsf_dev.h>

#include "base/vcsf.h"
#include "cores/cores.h"
#include "cores/fragment.h"
#include "cores/heap.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/power.h"

/* How long a stream waits for cores until the order is changed */
#define VCSF_QUANTUM_NS		NSEC_PER_MSEC

/* Every so many of them, priority does not count */
#define VCSF_FAIR_QUANTA	8

/* No work is accounted for more time than that at once. */
#define VCSF_SETTLE_MAX_NS	(3600ULL * NSEC_PER_SEC)

/**
 * vcsf_cores_init - prepare the cores
 * @hw: the GPU, whose clock is set
 * @ops: what is done with the results of jobs
 */
void vcsf_cores_init(struct vcsf *hw, const struct vcsf_cores_ops *ops)
{
	hw->cores->ops = ops;
	hw->cores->clock_mhz = hw->ctl->clock_mhz;
}

static enum vcsf_domain vcsf_unit_domain(enum vcsf_unit unit)
{
	return unit == VCSF_UNIT_TILER ? VCSF_DOMAIN_TILER : VCSF_DOMAIN_SHADER;
}

/* Cores that the host lets the firmware use */
static u64 vcsf_cores_enabled(struct vcsf *hw, enum vcsf_domain domain)
{
	u64 present = vcsf_power_present(hw, domain);

	return domain == VCSF_DOMAIN_SHADER ? present & hw->mcu->core_en_mask :
					      present;
}

static unsigned int vcsf_endpoint_count(const struct vcsf_csg *csg,
					enum vcsf_unit unit)
{
	switch (unit) {
	case VCSF_UNIT_COMPUTE:
		return FIELD_GET(CSF_CSG_EP_COMPUTE, csg->endpoint_req);
	case VCSF_UNIT_FRAGMENT:
		return FIELD_GET(CSF_CSG_EP_FRAGMENT, csg->endpoint_req);
	case VCSF_UNIT_TILER:
		return FIELD_GET(CSF_CSG_EP_TILER, csg->endpoint_req);
	default:
		return 0;
	}
}

/**
 * vcsf_cores_limit - how many cores a group may use at a time
 * @csg: the slot
 * @unit: for which kind of job
 *
 * Context: the engine's thread.
 * Return: what the host configured, no more than there are.
 */
unsigned int vcsf_cores_limit(const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	u64 enabled = vcsf_cores_enabled(csg->hw, vcsf_unit_domain(unit));
	unsigned int there = hweight64(csg->allow[unit] & enabled);

	return min(vcsf_endpoint_count(csg, unit), there);
}

/**
 * vcsf_cores_current - how many of them have power
 * @csg: the slot
 * @unit: for which kind of job
 *
 * Context: the engine's thread.
 * Return: the number.
 */
unsigned int vcsf_cores_current(const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	u64 ready = vcsf_power_ready(csg->hw, vcsf_unit_domain(unit));
	unsigned int there = hweight64(csg->allow[unit] & ready);

	return min(vcsf_cores_limit(csg, unit), there);
}

/**
 * vcsf_cores_power_up - see that the cores for a kind of job have power
 * @csg: the slot
 * @unit: the kind of job
 *
 * Context: the engine's thread.
 * Return: true if there is one now, false if they are on their way.
 */
bool vcsf_cores_power_up(struct vcsf_csg *csg, enum vcsf_unit unit)
{
	enum vcsf_domain domain = vcsf_unit_domain(unit);
	u64 enabled = vcsf_cores_enabled(csg->hw, domain);

	/* Cores that are asked for are going to be used: restart the idle time. */
	csg->hw->cores->idle_since = vcsf_clock_ns(csg->hw);
	if (enabled & vcsf_power_missing(csg->hw, domain))
		vcsf_power_up(csg->hw, domain, enabled);

	return vcsf_cores_current(csg, unit);
}

/**
 * vcsf_cores_stop - the firmware ends, and with it what it powers
 * @hw: the GPU, all jobs are dropped
 *
 * Context: the engine's thread.
 */
void vcsf_cores_stop(struct vcsf *hw)
{
	vcsf_power_down(hw, VCSF_DOMAIN_SHADER, ~0ULL);
	vcsf_power_down(hw, VCSF_DOMAIN_TILER, ~0ULL);
	hw->cores->due = U64_MAX;
	hw->mcu->jobs_changed = false;
	hw->cores->active = 0;
	hw->cores->idle_since = 0;
}

typedef void (*vcsf_job_fn)(struct vcsf_cs *cs, struct vcsf_deferred *op,
			    void *data);

static void vcsf_cores_for_stream(struct vcsf_cs *cs, vcsf_job_fn fn,
				  void *data)
{
	unsigned int unit;

	for (unit = VCSF_UNIT_COMPUTE; unit < VCSF_UNIT_COUNT; unit++) {
		struct vcsf_deferred *op = vcsf_jobs_head(cs, unit);

		if (op)
			fn(cs, op, data);
	}
}

/* For the streams of a group in an order that @turn rotates */
static void vcsf_cores_for_group(struct vcsf_csg *csg, unsigned int turn,
				 vcsf_job_fn fn, void *data)
{
	unsigned int left = hweight32(csg->jobs), i;
	unsigned long streams = csg->jobs;

	if (!left)
		return;
	i = find_nth_bit(&streams, BITS_PER_LONG, turn % left);
	for (; left; left--) {
		vcsf_cores_for_stream(&csg->cs[i], fn, data);
		i = find_next_bit_wrap(&streams, BITS_PER_LONG, i + 1);
	}
}

static void vcsf_cores_for_all(struct vcsf *hw, vcsf_job_fn fn, void *data)
{
	unsigned long groups = hw->mcu->jobs;
	unsigned int i;

	for_each_set_bit(i, &groups, hw->mcu->groups)
		vcsf_cores_for_group(&hw->mcu->csgs[i], 0, fn, data);
}

/* --- What was done ------------------------------------------------------------ */

/* In percent, and never none at all */
static u32 vcsf_cores_speed(const struct vcsf *hw)
{
	u64 speed = mul_u32_u32(hw->config.speed, hw->cores->clock_mhz);

	return max(div_u64(speed, VCSF_CLOCK_HZ / HZ_PER_MHZ), 1ULL);
}

static void vcsf_job_settle(struct vcsf_cs *cs, struct vcsf_deferred *op,
			    void *data)
{
	u64 elapsed = *(const u64 *)data;

	if (!op->cores || !elapsed)
		return;
	op->work -= min(op->work,
			elapsed * op->cores * vcsf_cores_speed(cs->hw));
	cs->csg->progress_at = U64_MAX;
}

/**
 * vcsf_cores_settle - account for the work done until now
 * @hw: the GPU
 *
 * Context: the engine's thread; takes no lock.
 * Return: the time.
 */
u64 vcsf_cores_settle(struct vcsf *hw)
{
	u64 now = vcsf_clock_ns(hw);
	u64 elapsed = min(now - hw->cores->settled, VCSF_SETTLE_MAX_NS);

	hw->cores->settled = now;
	vcsf_cores_for_all(hw, vcsf_job_settle, &elapsed);

	return now;
}

static int vcsf_job_stage(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	int ret;

	switch (op->unit) {
	case VCSF_UNIT_FRAGMENT:
		return vcsf_fragment_step(cs, op);
	case VCSF_UNIT_TILER:
		ret = vcsf_heap_step(cs, op);

		return ret == -ENOSPC ? vcsf_heap_exhausted(cs, op) : ret;
	default:
		return 0;
	}
}

/* The end of a stage: its effect, and the next stage or the end of the job */
static void vcsf_job_step(struct vcsf_cs *cs, struct vcsf_deferred *op,
			  void *data)
{
	struct vcsf *hw = cs->hw;
	unsigned long flags;
	int ret;

	if (op->work || op->hold)
		return;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	ret = vcsf_job_stage(cs, op);
	if (ret == -EAGAIN)
		op->hold = VCSF_JOB_STALLED;
	else if (ret != -EINPROGRESS)
		hw->cores->ops->job_done(cs, op, ret);
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	cs->csg->progress_at = U64_MAX;
	hw->mcu->jobs_changed = true;
	vcsf_cs_publish(cs);
}

/* --- Distribution of cores ------------------------------------------------------ */

/**
 * struct vcsf_handout - cores being handed out
 * @hw: the GPU
 * @shaders: shader cores that are left
 * @tilers: tilers that are left
 * @left: cores that the group may still have, by unit
 * @user: group that has cores of a unit, by unit
 * @exclusive: and does not share the unit
 * @busy: units that have jobs, as bits
 * @next: when to look again, counted from now
 * @starved: a job got nothing
 */
struct vcsf_handout {
	struct vcsf *hw;
	u64 shaders;
	u64 tilers;
	unsigned int left[VCSF_UNIT_COUNT];
	struct vcsf_csg *user[VCSF_UNIT_COUNT];
	bool exclusive[VCSF_UNIT_COUNT];
	u8 busy;
	u64 next;
	bool starved;
};

static bool vcsf_csg_exclusive(const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	switch (unit) {
	case VCSF_UNIT_COMPUTE:
		return csg->endpoint_req & CSF_CSG_EP_EXCLUSIVE_COMPUTE;
	case VCSF_UNIT_FRAGMENT:
		return csg->endpoint_req & CSF_CSG_EP_EXCLUSIVE_FRAGMENT;
	default:
		return false;
	}
}

static bool vcsf_unit_available(const struct vcsf_handout *h,
				const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	return !h->user[unit] || h->user[unit] == csg ||
	       (!h->exclusive[unit] && !vcsf_csg_exclusive(csg, unit));
}

static void vcsf_job_handout(struct vcsf_cs *cs, struct vcsf_deferred *op,
			     void *data)
{
	struct vcsf_handout *h = data;
	u64 *pool = op->unit == VCSF_UNIT_TILER ? &h->tilers : &h->shaders;
	u64 mask = *pool & cs->csg->allow[op->unit];
	unsigned int want = min_t(unsigned int, op->width, h->left[op->unit]);

	h->busy |= BIT(op->unit);
	op->cores = 0;
	if (op->hold)
		return;
	vcsf_cores_power_up(cs->csg, op->unit);
	if (vcsf_unit_available(h, cs->csg, op->unit)) {
		for (; mask && op->cores < want; op->cores++) {
			*pool &= ~(mask & -mask);
			mask &= mask - 1;
		}
	}
	if (!op->cores) {
		h->starved = true;
		return;
	}
	h->left[op->unit] -= op->cores;
	h->user[op->unit] = cs->csg;
	h->exclusive[op->unit] = vcsf_csg_exclusive(cs->csg, op->unit);
	h->next = min(h->next, DIV64_U64_ROUND_UP(op->work, op->cores *
						  vcsf_cores_speed(h->hw)));
}

static void vcsf_cores_group_handout(struct vcsf_handout *h,
				     struct vcsf_csg *csg, unsigned int turn)
{
	unsigned int unit;

	for (unit = VCSF_UNIT_COMPUTE; unit < VCSF_UNIT_COUNT; unit++)
		h->left[unit] = vcsf_cores_limit(csg, unit);
	vcsf_cores_for_group(csg, turn, vcsf_job_handout, h);
}

/* For groups among which nothing but the turn decides */
static void vcsf_cores_handout_equals(struct vcsf_handout *h,
				      unsigned long groups, unsigned int turn)
{
	unsigned int left = hweight_long(groups), i;

	if (!left)
		return;
	i = find_nth_bit(&groups, BITS_PER_LONG, turn % left);
	for (; left; left--) {
		vcsf_cores_group_handout(h, &h->hw->mcu->csgs[i], turn);
		i = find_next_bit_wrap(&groups, BITS_PER_LONG, i + 1);
	}
}

static void vcsf_cores_handout(struct vcsf_handout *h, unsigned int quantum)
{
	unsigned long groups = h->hw->mcu->jobs;
	int priority = FIELD_MAX(CSF_CSG_EP_PRIORITY);
	unsigned int i;

	if (quantum % VCSF_FAIR_QUANTA == 0) {
		vcsf_cores_handout_equals(h, groups,
					  quantum / VCSF_FAIR_QUANTA);
		return;
	}
	for (; priority >= 0; priority--) {
		unsigned long equals = 0;

		for_each_set_bit(i, &groups, h->hw->mcu->groups)
			if (h->hw->mcu->csgs[i].priority == priority)
				equals |= BIT(i);
		vcsf_cores_handout_equals(h, equals, quantum);
	}
}

/* --- The group's progress timer --------------------------------------------------- */

static u64 vcsf_cores_progress(struct vcsf *hw, u64 now)
{
	unsigned long groups = hw->mcu->jobs | hw->mcu->hung;
	u64 timeout = hw->mcu->progress_ns;
	u64 next = U64_MAX;
	unsigned int i;

	for_each_set_bit(i, &groups, hw->mcu->groups) {
		struct vcsf_csg *csg = &hw->mcu->csgs[i];

		if (csg->progress_at == U64_MAX) {
			csg->progress_at = now;
			csg->progress_late = false;
		}
		if (!timeout || csg->progress_late)
			continue;
		if (now - csg->progress_at >= timeout) {
			csg->progress_late = true;
			vcsf_csg_raise(csg, CSF_CSG_PROGRESS_TIMER);
			continue;
		}
		next = min(next, csg->progress_at + timeout - now);
	}

	return next;
}

/* Without jobs, cores lose power after a while. Return: when. */
static u64 vcsf_cores_idle(struct vcsf *hw, u64 now)
{
	struct vcsf_cores *cores = hw->cores;
	u64 timeout = hw->mcu->poweroff_ns;

	if (hw->mcu->jobs) {
		cores->idle_since = 0;
		return U64_MAX;
	}
	if (!cores->idle_since)
		cores->idle_since = now;
	if (!timeout || (!vcsf_power_ready(hw, VCSF_DOMAIN_SHADER) &&
			 !vcsf_power_ready(hw, VCSF_DOMAIN_TILER)))
		return U64_MAX;
	if (now - cores->idle_since < timeout)
		return cores->idle_since + timeout - now;
	vcsf_power_down(hw, VCSF_DOMAIN_SHADER, ~0ULL);
	vcsf_power_down(hw, VCSF_DOMAIN_TILER, ~0ULL);

	return U64_MAX;
}

/**
 * vcsf_cores_run - let the cores work
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 * Return: units that have run out of jobs, as bits of enum vcsf_unit; for the host
 * to be told.
 */
unsigned long vcsf_cores_run(struct vcsf *hw)
{
	struct vcsf_cores *cores = hw->cores;
	struct vcsf_handout h = { .hw = hw, .next = U64_MAX };
	u64 now = vcsf_cores_settle(hw);
	u64 quantum = div_u64(now, VCSF_QUANTUM_NS);
	unsigned long inactive;

	hw->mcu->jobs_changed = false;
	cores->clock_mhz = READ_ONCE(hw->ctl->clock_mhz);
	vcsf_cores_for_all(hw, vcsf_job_step, NULL);

	h.shaders = vcsf_power_ready(hw, VCSF_DOMAIN_SHADER) &
		    hw->mcu->core_en_mask;
	h.tilers = vcsf_power_ready(hw, VCSF_DOMAIN_TILER);
	vcsf_cores_handout(&h, quantum);
	if (h.starved)
		h.next = min(h.next,
			     (quantum + 1) * VCSF_QUANTUM_NS - now);
	h.next = min(h.next, vcsf_cores_progress(hw, now));
	h.next = min(h.next, vcsf_cores_idle(hw, now));
	cores->due = h.next == U64_MAX ? U64_MAX : now + h.next;

	inactive = cores->active & ~h.busy;
	cores->active = h.busy;

	return inactive;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cores_run);
