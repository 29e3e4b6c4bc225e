// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Simulated cores: assignment to jobs, execution of jobs in time, power of the
 * cores.
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
#include "cores/compute.h"
#include "cores/core_trace.h"
#include "cores/cores.h"
#include "cores/fragment.h"
#include "cores/heap.h"
#include "cores/progress.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/power.h"

/* Time after which the order among equal groups and streams rotates */
#define VCSF_QUANTUM_NS		NSEC_PER_MSEC

/* In one of so many quanta, priority is ignored */
#define VCSF_FAIR_QUANTA	8

/* Most time that is accounted for at once: keeps products within 64 bits */
#define VCSF_SETTLE_MAX_NS	(3600ULL * NSEC_PER_SEC)

/**
 * DOC: Simulated cores
 *
 * A job is an instruction of a stream with a unit (compute, fragment, tiler): an
 * entry of &vcsf_cs.deferred with an amount of work in nanoseconds of one core.
 * The jobs of a stream run one after the other on each unit; only the first one
 * of each unit gets cores.
 *
 * vcsf_cores_run() is called by the engine when a job was issued, completed or
 * released, or when &vcsf_cores.due has come. It subtracts the work done since
 * the last call (vcsf_cores_settle()), executes the end of each stage whose work
 * is done, assigns the cores anew and computes when to be called again. Work
 * thus takes no processor time, only the end of a stage does: a fragment job
 * clears tiles (fragment.c), a tiling job takes heap memory (heap.c), a compute
 * job executes instructions (compute.c).
 *
 * Cores go to groups in order of priority; among equals the order rotates each
 * millisecond in which a job waits for cores, and in every eighth of these
 * quanta priority is ignored, so that no group starves. The host limits a group
 * by endpoints and masks. An assignment ends at the next call: cores are
 * preempted without a cost.
 *
 * The end of a job is reported to the scoreboard by &struct vcsf_cores_ops,
 * with &vcsf_mmu.lock held. A stage may also stall on a locked region or wait for
 * heap memory: the job is then held (&enum vcsf_job_hold) and needs no cores.
 *
 * All is done by the engine's thread, so jobs need no lock; &vcsf_mmu.lock is
 * taken for the end of a stage. Jobs live in their stream and leave it with the
 * group (group/jobs.c). Nothing here allocates.
 */

/**
 * vcsf_cores_init - initialise the cores
 * @hw: the GPU, whose clock is initialised
 * @ops: handlers of events, from the owner of jobs
 */
void vcsf_cores_init(struct vcsf *hw, const struct vcsf_cores_ops *ops)
{
	hw->cores->ops = ops;
	hw->cores->clock_mhz = hw->ctl->clock_mhz;
	hw->cores->held_since = U64_MAX;
}

static enum vcsf_domain vcsf_unit_domain(enum vcsf_unit unit)
{
	return unit == VCSF_UNIT_TILER ? VCSF_DOMAIN_TILER : VCSF_DOMAIN_SHADER;
}

/* Cores that the host permits the firmware to use */
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
 * vcsf_cores_limit - get the number of cores that a group may use at a time
 * @csg: the slot
 * @unit: kind of job
 *
 * Context: the engine's thread.
 * Return: number that the host configured, at most the number of enabled cores.
 */
unsigned int vcsf_cores_limit(const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	u64 enabled = vcsf_cores_enabled(csg->hw, vcsf_unit_domain(unit));
	unsigned int available = hweight64(csg->allow[unit] & enabled);

	return min(vcsf_endpoint_count(csg, unit), available);
}

/**
 * vcsf_cores_current - get the number of powered cores that a group may use
 * @csg: the slot
 * @unit: kind of job
 *
 * Context: the engine's thread.
 * Return: number of cores.
 */
unsigned int vcsf_cores_current(const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	u64 ready = vcsf_power_ready(csg->hw, vcsf_unit_domain(unit));
	unsigned int available = hweight64(csg->allow[unit] & ready);

	return min(vcsf_cores_limit(csg, unit), available);
}

/**
 * vcsf_cores_power_up - power up the cores for a kind of job
 * @csg: the slot
 * @unit: kind of job
 *
 * Context: the engine's thread.
 * Return: true if at least one has power now, false while they power up.
 */
bool vcsf_cores_power_up(struct vcsf_csg *csg, enum vcsf_unit unit)
{
	enum vcsf_domain domain = vcsf_unit_domain(unit);
	u64 enabled = vcsf_cores_enabled(csg->hw, domain);

	/* A request restarts the idle time: the cores are about to be used. */
	csg->hw->cores->idle_since = vcsf_clock_ns(csg->hw);
	if (enabled & vcsf_power_missing(csg->hw, domain))
		vcsf_power_up(csg->hw, domain, enabled);

	return vcsf_cores_current(csg, unit);
}

/**
 * vcsf_cores_stop - power down the cores when the firmware stops
 * @hw: the GPU; all of its jobs are dropped
 *
 * Context: the engine's thread.
 */
void vcsf_cores_stop(struct vcsf *hw)
{
	vcsf_power_down(hw, VCSF_DOMAIN_SHADER, ~0ULL);
	vcsf_power_down(hw, VCSF_DOMAIN_TILER, ~0ULL);
	hw->cores->due = U64_MAX;
	hw->cores->suspend_due = U64_MAX;
	hw->cores->held_since = U64_MAX;
	hw->mcu->jobs_changed = false;
	hw->cores->active = 0;
	hw->cores->idle_since = 0;
	if (vcsf_core_trace_enabled())
		vcsf_core_trace_idle(hw, 0, 0);
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

/* Call @fn for the streams of a group, in an order that @turn rotates. */
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

static void vcsf_cores_for_groups(struct vcsf *hw, unsigned long groups,
				  vcsf_job_fn fn, void *data)
{
	unsigned int i;

	groups &= hw->mcu->jobs;

	for_each_set_bit(i, &groups, hw->mcu->groups)
		vcsf_cores_for_group(&hw->mcu->csgs[i], 0, fn, data);
}

/* --- Completed work ----------------------------------------------------------- */

/* Speed in percent; at least 1, as work must end. */
static u32 vcsf_cores_speed(const struct vcsf *hw)
{
	u64 speed = mul_u32_u32(hw->config.speed, hw->cores->clock_mhz);

	return max(div_u64(speed, VCSF_CLOCK_HZ / HZ_PER_MHZ), 1ULL);
}

static bool vcsf_job_executes(const struct vcsf_cs *cs,
			      const struct vcsf_deferred *op)
{
	return op->unit == VCSF_UNIT_COMPUTE && vcsf_compute_executes(cs->hw);
}

/* A job that can not run now, although nothing holds it, gets no cores. */
static bool vcsf_job_blocked(const struct vcsf_cs *cs,
			     const struct vcsf_deferred *op)
{
	if (!vcsf_job_executes(cs, op))
		return cs->csg->suspending;

	return vcsf_compute_blocked(cs) ||
	       (cs->csg->suspending && !cs->csg->workgroup);
}

static void vcsf_job_settle(struct vcsf_cs *cs, struct vcsf_deferred *op,
			    void *data)
{
	u64 elapsed = *(const u64 *)data;

	if (!op->cores || !elapsed)
		return;
	op->work -= min(op->work,
			elapsed * op->cores * vcsf_cores_speed(cs->hw));
	/* Time is no progress for a shader, which may never end. */
	if (!vcsf_job_executes(cs, op) && !cs->csg->workgroup)
		cs->csg->progress_at = U64_MAX;
}

/**
 * vcsf_cores_settle - account for the work done until now
 * @hw: the GPU
 *
 * Context: the engine's thread; takes no lock.
 * Return: current time in nanoseconds.
 */
u64 vcsf_cores_settle(struct vcsf *hw)
{
	u64 now = vcsf_clock_ns(hw);
	u64 elapsed = min(now - hw->cores->settled, VCSF_SETTLE_MAX_NS);

	hw->cores->settled = now;
	vcsf_cores_for_groups(hw, ~0UL, vcsf_job_settle, &elapsed);
	vcsf_progress_starved(hw, elapsed);

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

		return ret == -ENOSPC ? vcsf_oom_raise(cs, op) : ret;
	default:
		return 0;
	}
}

static void vcsf_job_end(struct vcsf_cs *cs, struct vcsf_deferred *op, int error)
{
	if (vcsf_core_trace_enabled())
		vcsf_core_trace_job_end(cs, op->unit);
	cs->hw->cores->ops->job_done(cs, op, error);
}

/* End a stage: execute its effect, and begin the next stage or end the job. */
static void vcsf_job_step(struct vcsf_cs *cs, struct vcsf_deferred *op,
			  void *data)
{
	bool executes = vcsf_job_executes(cs, op);
	struct vcsf *hw = cs->hw;
	unsigned long flags;
	int ret = 0;

	if (op->work || op->hold || vcsf_job_blocked(cs, op))
		return;

	/* Takes the lock and the FPU for a part of the stage at a time. */
	if (executes)
		ret = vcsf_compute_step(cs, op);
	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	if (!executes)
		ret = vcsf_job_stage(cs, op);
	if (ret == -EAGAIN)
		op->hold = VCSF_JOB_STALLED;
	else if (ret != -EINPROGRESS)
		vcsf_job_end(cs, op, ret);
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	/*
	 * A shader can stall as often as the host changes the address space, and
	 * other jobs of its group may run all the time.
	 */
	if (!cs->csg->workgroup &&
	    (!executes || (ret != -EINPROGRESS && ret != -EAGAIN)))
		cs->csg->progress_at = U64_MAX;
	hw->mcu->jobs_changed = true;
	vcsf_cs_publish(cs);
}

/* --- Distribution of cores ------------------------------------------------------ */

/**
 * struct vcsf_assignment - state of one assignment of cores to jobs
 * @hw: the GPU
 * @shaders: bitmap of unassigned shader cores
 * @tilers: bitmap of unassigned tilers
 * @left: number of cores that the current group may still get, by unit
 * @user: last group that got cores, by unit
 * @exclusive: whether @user does not share the unit, by unit
 * @busy: units that have jobs, as bits of enum vcsf_unit
 * @next: time in ns until the next assignment is due
 * @suspend_next: the same for jobs of groups that are being suspended
 * @starved: whether a job that could run got no core
 * @served: whether a job of the current group got a core
 * @denied: whether one got none although it could use a core that has power
 */
struct vcsf_assignment {
	struct vcsf *hw;
	u64 shaders;
	u64 tilers;
	unsigned int left[VCSF_UNIT_COUNT];
	struct vcsf_csg *user[VCSF_UNIT_COUNT];
	bool exclusive[VCSF_UNIT_COUNT];
	u8 busy;
	u64 next;
	u64 suspend_next;
	bool starved;
	bool served;
	bool denied;
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

static bool vcsf_unit_available(const struct vcsf_assignment *a,
				const struct vcsf_csg *csg, enum vcsf_unit unit)
{
	return !a->user[unit] || a->user[unit] == csg ||
	       (!a->exclusive[unit] && !vcsf_csg_exclusive(csg, unit));
}

static void vcsf_job_assign(struct vcsf_cs *cs, struct vcsf_deferred *op,
			    void *data)
{
	struct vcsf_assignment *a = data;
	u64 *pool = op->unit == VCSF_UNIT_TILER ? &a->tilers : &a->shaders;
	u64 mask = *pool & cs->csg->allow[op->unit];
	u64 before = *pool;
	unsigned int want = min_t(unsigned int, op->width, a->left[op->unit]);
	u64 next;

	/* A group that is being suspended has a single workgroup left to run. */
	if (cs->csg->suspending)
		want = min(want, 1U);
	a->busy |= BIT(op->unit);
	op->cores = 0;
	if (op->hold == VCSF_JOB_NO_MEMORY)
		vcsf_oom_check(cs);
	if (op->hold || vcsf_job_blocked(cs, op))
		return;
	vcsf_cores_power_up(cs->csg, op->unit);
	if (vcsf_unit_available(a, cs->csg, op->unit)) {
		for (; mask && op->cores < want; op->cores++) {
			*pool &= ~(mask & -mask);
			mask &= mask - 1;
		}
	}
	if (!op->cores) {
		a->starved = true;
		a->denied |= vcsf_cores_current(cs->csg, op->unit);
		return;
	}
	if (vcsf_core_trace_enabled())
		vcsf_core_trace_begin(cs, op, before & ~*pool);
	a->served = true;
	a->left[op->unit] -= op->cores;
	a->user[op->unit] = cs->csg;
	a->exclusive[op->unit] = vcsf_csg_exclusive(cs->csg, op->unit);
	next = DIV64_U64_ROUND_UP(op->work,
				  op->cores * vcsf_cores_speed(a->hw));
	a->next = min(a->next, next);
	if (cs->csg->suspending)
		a->suspend_next = min(a->suspend_next, next);
}

static void vcsf_cores_assign_group(struct vcsf_assignment *a,
				    struct vcsf_csg *csg, unsigned int turn)
{
	unsigned int unit;

	for (unit = VCSF_UNIT_COMPUTE; unit < VCSF_UNIT_COUNT; unit++)
		a->left[unit] = vcsf_cores_limit(csg, unit);
	a->served = false;
	a->denied = false;
	vcsf_cores_for_group(csg, turn, vcsf_job_assign, a);
	csg->starved = a->denied && !a->served;
}

/*
 * Assign cores to groups of equal rank, in an order that @turn rotates. The
 * streams of a group rotate when each group has been the first.
 */
static void vcsf_cores_assign_equals(struct vcsf_assignment *a,
				     unsigned long groups, unsigned int turn)
{
	unsigned int count = hweight_long(groups), left, i;

	if (!count)
		return;
	i = find_nth_bit(&groups, BITS_PER_LONG, turn % count);
	for (left = count; left; left--) {
		vcsf_cores_assign_group(a, &a->hw->mcu->csgs[i], turn / count);
		i = find_next_bit_wrap(&groups, BITS_PER_LONG, i + 1);
	}
}

static void vcsf_cores_assign(struct vcsf_assignment *a, unsigned int quantum)
{
	unsigned long first = a->hw->mcu->jobs & a->hw->mcu->suspending;
	unsigned long groups = a->hw->mcu->jobs & ~first;
	unsigned int fair = quantum / VCSF_FAIR_QUANTA;
	int priority = FIELD_MAX(CSF_CSG_EP_PRIORITY);
	unsigned int i;

	/* The host waits for these. */
	vcsf_cores_assign_equals(a, first, quantum);
	if (quantum % VCSF_FAIR_QUANTA == 0) {
		vcsf_cores_assign_equals(a, groups, fair);
		return;
	}
	/* Turns are counted without those of the fair quanta. */
	quantum -= fair;
	for (; priority >= 0; priority--) {
		unsigned long equals = 0;

		for_each_set_bit(i, &groups, a->hw->mcu->groups)
			if (a->hw->mcu->csgs[i].priority == priority)
				equals |= BIT(i);
		vcsf_cores_assign_equals(a, equals, quantum);
	}
}

/* Power down cores that had no job for the host's time. Return: ns until then. */
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
 * vcsf_cores_run - account for completed work and assign the cores anew
 * @hw: the GPU
 * @groups: groups whose jobs may do their work; for others it remains due
 *
 * Context: the engine's thread; may sleep.
 * Return: units whose last job has ended, as bits of enum vcsf_unit, to be
 * reported to the host.
 */
unsigned long vcsf_cores_run(struct vcsf *hw, u32 groups)
{
	struct vcsf_cores *cores = hw->cores;
	struct vcsf_assignment a = { .hw = hw, .next = U64_MAX,
				     .suspend_next = U64_MAX };
	u64 now = vcsf_cores_settle(hw);
	u64 quantum = div_u64(now, VCSF_QUANTUM_NS);
	unsigned long inactive;
	u64 shaders, tilers;

	hw->mcu->jobs_changed = false;
	cores->clock_mhz = READ_ONCE(hw->ctl->clock_mhz);
	vcsf_cores_for_groups(hw, groups, vcsf_job_step, NULL);

	shaders = vcsf_power_ready(hw, VCSF_DOMAIN_SHADER) &
		  hw->mcu->core_en_mask;
	tilers = vcsf_power_ready(hw, VCSF_DOMAIN_TILER);
	a.shaders = shaders;
	a.tilers = tilers;
	vcsf_cores_assign(&a, quantum);
	if (vcsf_core_trace_enabled())
		vcsf_core_trace_idle(hw, shaders & ~a.shaders,
				     tilers & ~a.tilers);
	if (a.starved)
		a.next = min(a.next,
			     (quantum + 1) * VCSF_QUANTUM_NS - now);
	a.next = min(a.next, vcsf_progress_check(hw, now));
	a.next = min(a.next, vcsf_cores_idle(hw, now));
	cores->due = a.next == U64_MAX ? U64_MAX : now + a.next;
	cores->suspend_due = a.suspend_next == U64_MAX ? U64_MAX :
							 now + a.suspend_next;

	inactive = cores->active & ~a.busy;
	cores->active = a.busy;

	return inactive;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_cores_run);
