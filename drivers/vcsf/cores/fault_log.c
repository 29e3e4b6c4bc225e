// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Log of compute jobs that end with a fault.
 *
 * The engine records a fault, also in an interrupt and while driver threads wait for
 * the engine's lock; a work item of the slot prints it, since a console can take
 * milliseconds for a line. A fault is not recorded while the one before it in the
 * same slot has not been printed.
 */

#include <linux/container_of.h>
#include <linux/printk.h>
#include <linux/workqueue.h>

#include <asm/barrier.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "group/group.h"
#include "group/stream.h"
#include "shader/shader.h"

static void vcsf_fault_print(struct work_struct *work)
{
	struct vcsf_compute *c = container_of(work, struct vcsf_compute,
					      log.work);
	const struct vsh_fault *f = &c->log.fault;
	const char *name = c->csg->hw->config.device_name;
	char text[VSH_DISASM_MAX];

	/* Paired with vcsf_fault_record() */
	if (!smp_load_acquire(&c->log.pending))
		return;
	if (f->type == VSH_FAULT_NONE) {
		pr_notice_ratelimited("%s: CSG%u CS%u: invalid operand of a compute job: 0x%llx\n",
				      name, c->csg->id, c->log.cs, f->address);
	} else {
		vsh_disasm(f->word, text, sizeof(text));
		pr_notice_ratelimited("%s: CSG%u CS%u: shader fault: %s, %s (0x%016llx) at 0x%llx, warp %u lane %u, address 0x%llx\n",
				      name, c->csg->id, c->log.cs,
				      vsh_fault_name(f->type),
				      f->name ? text : "no instruction",
				      f->word, f->pc, f->warp, f->lane,
				      f->address);
	}
	/* Paired with vcsf_fault_record() */
	smp_store_release(&c->log.pending, false);
}

/**
 * vcsf_fault_record - record the fault of a compute job
 * @c: context of the job's slot
 * @cs: stream of the job
 * @fault: the fault, copied; of no type, with an address, for an invalid operand
 *
 * Context: the engine's thread or its watchdog's interrupt.
 */
void vcsf_fault_record(struct vcsf_compute *c, const struct vcsf_cs *cs,
		       const struct vsh_fault *fault)
{
	/* Paired with vcsf_fault_print() */
	if (smp_load_acquire(&c->log.pending))
		return;
	c->log.cs = cs->id;
	c->log.fault = *fault;
	/* Paired with vcsf_fault_print() */
	smp_store_release(&c->log.pending, true);
	schedule_work(&c->log.work);
}

/**
 * vcsf_fault_log_init - initialise the log of a slot
 * @c: context of the slot
 */
void vcsf_fault_log_init(struct vcsf_compute *c)
{
	INIT_WORK(&c->log.work, vcsf_fault_print);
}

/**
 * vcsf_fault_log_fini - wait until the slot's faults are printed
 * @c: context of the slot, whose engine has stopped
 *
 * Context: may sleep.
 */
void vcsf_fault_log_fini(struct vcsf_compute *c)
{
	flush_work(&c->log.work);
}
