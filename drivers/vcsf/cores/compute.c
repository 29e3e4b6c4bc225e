// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Compute shaders
 *
 * A compute job executes its workgroups one after the other, in the engine's
 * thread. Each slot has a context (&struct vcsf_compute), allocated with the
 * GPU, for the one workgroup that its group has under way and for the
 * descriptors of that workgroup's job. Streams of a group take turns after each
 * workgroup.
 *
 * A stage of a job executes instructions of warps up to %VCSF_STAGE_COST, and
 * then takes the time that the cores would have needed. An instruction costs 1,
 * or 8 if it takes the host long; each access of a lane to memory costs 1, or four
 * of them if they are to words of a page that the TLB has. The stage is cut into
 * batches, each of which is a section with the FPU and with &vcsf_mmu.lock held;
 * a stage ends early if a request or an event has come in. In an interrupt that
 * acts for the thread, a stage launches a workgroup or executes one batch. It does
 * neither if the interrupt has stopped a task that uses the FPU (on arm64: never).
 *
 * A group is suspended between two workgroups: the registers of a workgroup do
 * not fit into a suspend buffer. A suspend therefore waits for the workgroup
 * that is under way, see fw/csg.c. If several suspends wait, most of the time is
 * for the workgroup that has executed least since its launch: a short one then
 * ends soon, whatever long ones do. Only the end of a workgroup is progress for
 * the progress timer, so it ends a shader that never ends. Time in which the
 * group gets no cores because of other groups does not count.
 *
 * A fault ends the job, and is reported for its stream with the address of the
 * access or of the instruction; the log has the instruction.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "cores/fpu.h"
#include "group/group.h"
#include "group/jobs.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "regs/gpu.h"
#include "shader/shader.h"

/* Cost of a stage, and of what is executed between two checks for requests */
#define VCSF_STAGE_COST		128U
#define VCSF_BATCH_COST		32U

/* Time of one core for an instruction of a warp, and for a launch (chosen) */
#define VCSF_INSTRUCTION_NS	2
#define VCSF_LAUNCH_NS		100

/**
 * vcsf_compute_init - allocate the contexts of all slots
 * @hw: the GPU; nothing is allocated if shaders are not executed
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vcsf_compute_init(struct vcsf *hw)
{
	struct vcsf_compute *c;
	unsigned int i, j;

	if (!(hw->config.shaders & VCSF_SHADERS_RUN_COMPUTE))
		return 0;
	hw->cores->compute = kvcalloc(hw->config.slots, sizeof(*c), GFP_KERNEL);
	if (!hw->cores->compute)
		return -ENOMEM;
	for (i = 0; i < hw->config.slots; i++)
		vcsf_fault_log_init(&hw->cores->compute[i]);
	for (i = 0; i < hw->config.slots; i++) {
		c = &hw->cores->compute[i];
		c->group.ops = &vcsf_access_ops;
		c->group.data = c;
		c->group.check_waits = true;
		c->group.uniforms = c->uniforms;
		c->group.warps = c->warps;
		for (j = 0; j < VSH_MAX_WARPS; j++)
			c->warps[j].state = VSH_WARP_ENDED;
		c->group.icache = kvzalloc(vsh_icache_size(), GFP_KERNEL);
		if (!c->group.icache) {
			vcsf_compute_fini(hw);
			return -ENOMEM;
		}
		vsh_icache_init(c->group.icache);
	}

	return 0;
}

/**
 * vcsf_compute_fini - free the contexts of all slots
 * @hw: the GPU, whose engine has stopped
 *
 * Context: may sleep.
 */
void vcsf_compute_fini(struct vcsf *hw)
{
	unsigned int i;

	if (!hw->cores->compute)
		return;
	for (i = 0; i < hw->config.slots; i++) {
		vcsf_fault_log_fini(&hw->cores->compute[i]);
		kvfree(hw->cores->compute[i].group.icache);
	}
	kvfree(hw->cores->compute);
	hw->cores->compute = NULL;
}

/**
 * vcsf_compute_blocked - check whether a stream's job waits for a workgroup of
 * another stream of the group
 * @cs: the stream
 *
 * Context: the engine's thread.
 * Return: true if it does, and needs no cores until then.
 */
bool vcsf_compute_blocked(const struct vcsf_cs *cs)
{
	return cs->csg->workgroup && cs->csg->loaded != cs->id + 1;
}

/**
 * vcsf_compute_shortest - find the workgroup that has executed least
 * @hw: the GPU
 * @groups: groups to choose from, as bits
 *
 * Context: the engine's thread.
 * Return: its group as a bit, or @groups if no workgroup is under way in them.
 */
u32 vcsf_compute_shortest(const struct vcsf *hw, u32 groups)
{
	u32 left = groups, shortest = groups;
	u64 least = U64_MAX;

	for (; left; left &= left - 1) {
		unsigned int i = __ffs(left);
		u64 cost = hw->cores->compute[i].group.cost;

		if (!hw->mcu->csgs[i].workgroup || cost >= least)
			continue;
		least = cost;
		shortest = BIT(i);
	}

	return shortest;
}

/* --- Faults ------------------------------------------------------------------- */

/* Report what ended the workgroup. Return: the error that ends the job. */
static int vcsf_compute_fault(struct vcsf_compute *c, const struct vcsf_cs *cs,
			      struct vcsf_deferred *op)
{
	const struct vsh_fault *f = &c->group.fault;

	vcsf_fault_record(c, cs, f);
	op->addr = f->address;
	switch (f->type) {
	case VSH_FAULT_ACCESS:
		return -EFAULT;
	case VSH_FAULT_ALIGNMENT:
		return -ERANGE;
	case VSH_FAULT_DESCRIPTOR:
		return -EINVAL;
	case VSH_FAULT_FETCH:
		op->addr = f->pc;
		return -ENXIO;
	default:
		op->addr = f->pc;
		return -ENOEXEC;
	}
}

/* --- Stages ------------------------------------------------------------------- */

/* Load the job if it is not, and launch its next workgroup. */
static int vcsf_compute_launch(struct vcsf_compute *c, struct vcsf_cs *cs,
			       struct vcsf_deferred *op)
{
	struct vcsf_csg *csg = cs->csg;
	unsigned long flags;
	int ret;

	if (csg->loaded != cs->id + 1) {
		csg->loaded = 0;
		raw_spin_lock_irqsave(&cs->hw->mmu->lock, flags);
		ret = vcsf_dispatch_load(c, cs, op);
		raw_spin_unlock_irqrestore(&cs->hw->mmu->lock, flags);
		if (ret == -EINVAL)
			vcsf_fault_record(c, cs, &(struct vsh_fault){
						 .address = op->addr });
		if (ret)
			return ret;
		csg->loaded = cs->id + 1;
	}
	vcsf_dispatch_launch(c, cs, op);
	csg->workgroup = true;
	WRITE_ONCE(cs->hw->cores->workgroups, cs->hw->cores->workgroups + 1);

	return 0;
}

/* Instructions are fetched again when memory may have changed or moved. */
static void vcsf_compute_refresh(struct vcsf_compute *c, struct vcsf *hw)
{
	u32 epoch = hw->mmu->as[c->csg->as].epoch;
	u32 flush = vcsf_flush_id(hw);

	if (c->epoch == epoch && c->flush == flush)
		return;
	c->epoch = epoch;
	c->flush = flush;
	vsh_icache_invalidate(c->group.icache);
}

/* Execute instructions up to a cost. */
static enum vsh_result vcsf_compute_batch(struct vcsf_compute *c,
					  struct vcsf *hw, unsigned int max)
{
	enum vsh_result result;
	unsigned long flags;

	vcsf_fpu_begin();
	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	vcsf_compute_refresh(c, hw);
	result = vsh_run(&c->group, max);
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
	vcsf_fpu_end();
	if (result == VSH_STALLED && c->contended) {
		c->contended = false;
		result = VSH_BUDGET;
	}

	return result;
}

static void vcsf_compute_ended(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	cs->csg->workgroup = false;
	cs->csg->progress_at = U64_MAX;
	if (op->left)
		op->work += VCSF_LAUNCH_NS * VCSF_WORK_PER_NS;
}

/*
 * Execute a batch of the job, of whose stage the cost @left is left. A launch
 * costs 1 for each warp. Return: 0, or what ends the stage: -EINPROGRESS,
 * -EAGAIN, or the error of the job.
 */
static int vcsf_compute_advance(struct vcsf_compute *c, struct vcsf_cs *cs,
				struct vcsf_deferred *op, unsigned int *left)
{
	struct vcsf_csg *csg = cs->csg;
	enum vsh_result result;
	u64 executed, cost;
	int ret;

	if (!csg->workgroup) {
		if (!op->left || csg->suspending)
			return -EINPROGRESS;
		ret = vcsf_compute_launch(c, cs, op);
		if (ret)
			return ret;
		*left -= min(*left, c->group.warp_count);
		if (!*left || in_hardirq())
			return -EINPROGRESS;
	}
	executed = c->group.executed;
	cost = c->group.cost;
	result = vcsf_compute_batch(c, cs->hw, min(*left, VCSF_BATCH_COST));
	executed = c->group.executed - executed;
	cost = c->group.cost - cost;
	*left -= min_t(u64, *left, max_t(u64, cost, 1));
	op->work += executed * VCSF_INSTRUCTION_NS * VCSF_WORK_PER_NS;
	WRITE_ONCE(cs->hw->cores->instructions,
		   cs->hw->cores->instructions + executed);
	WRITE_ONCE(cs->hw->cores->decoded,
		   cs->hw->cores->decoded + c->group.decoded);
	c->group.decoded = 0;

	switch (result) {
	case VSH_BUDGET:
		return 0;
	case VSH_STALLED:
		return -EAGAIN;
	case VSH_FAULTED:
		return vcsf_compute_fault(c, cs, op);
	default:
		vcsf_compute_ended(cs, op);
		/* It is the turn of another stream of the group, if any. */
		return csg->jobs == BIT(cs->id) && !in_hardirq() ? 0 : -EINPROGRESS;
	}
}

/**
 * vcsf_compute_step - execute a stage of a compute job
 * @cs: stream of the job
 * @op: the job, whose previous stage has taken its time
 *
 * Context: the engine's thread or its watchdog's interrupt; takes &vcsf_mmu.lock.
 * Return: 0 at the end of the job, -EINPROGRESS if another stage follows,
 * -EAGAIN if the job must stall, or another error that ends the job.
 */
int vcsf_compute_step(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	struct vcsf_compute *c = &cs->hw->cores->compute[cs->csg->id];
	unsigned int left = in_hardirq() ? VCSF_BATCH_COST : VCSF_STAGE_COST;
	int ret;

	c->csg = cs->csg;
	if (!op->left && !cs->csg->workgroup) {
		vcsf_jobs_unload(cs);
		return 0;
	}
	if (!op->stage) {
		/* The launch takes its time before the first workgroup. */
		op->stage = 1;
		op->work = VCSF_LAUNCH_NS * VCSF_WORK_PER_NS;
		return -EINPROGRESS;
	}
	if (!vcsf_fpu_usable())
		return -EINPROGRESS;
	if (cs->csg->suspending && !in_hardirq())
		cs->csg->suspend_stages++;

	do {
		ret = vcsf_compute_advance(c, cs, op, &left);
	} while (!ret && left && !READ_ONCE(cs->hw->events.pending) &&
		 !cs->hw->mcu->reports);
	if (!ret || ret == -EINPROGRESS)
		return -EINPROGRESS;
	if (ret != -EAGAIN)
		vcsf_jobs_unload(cs);

	return ret;
}
