// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The debugfs file "why": what each group waits for, in a sentence per group, and
 * what each job waits for, by drm_jobqueue_group_explain(). The names of queues
 * contain the number of their group. For people and tests: the text may change.
 *
 * The lock of the slots is held for one group at a time, so that the scheduler
 * does not wait long for a reader; only root can open the file.
 */

#include <linux/debugfs.h>
#include <linux/jiffies.h>
#include <linux/seq_file.h>

#include <drm/drm_print.h>

#include "debug/debugfs.h"
#include "device/device.h"
#include "fw/fw.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/blocked.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"

static void show_end(struct seq_file *m, const struct vpan_group *group)
{
	static const struct {
		enum vpan_group_flag flag;
		const char *why;
	} ends[] = {
		{ VPAN_GROUP_FATAL, "a fatal error" },
		{ VPAN_GROUP_TIMEDOUT, "a timeout" },
		{ VPAN_GROUP_DESTROYED, "its destruction" },
		{ VPAN_GROUP_LOST, "a reset that lost its state" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (test_bit(ends[i].flag, &group->flags)) {
			seq_printf(m, "ended by %s", ends[i].why);
			return;
		}
	}
	seq_puts(m, "ended");
}

static void show_syncwait(struct seq_file *m, const struct vpan_group *group,
			  unsigned int i)
{
	const struct vpan_syncwait *wait = &group->queues[i]->wait;
	u64 value;

	seq_printf(m, "queue %u waits until the value at 0x%llx is %s %llu",
		   i, wait->va, wait->greater ? "above" : "at most", wait->ref);
	if (vpan_blocked_value(group->vm, wait, &value))
		seq_printf(m, ", it is %llu", value);
	else
		seq_puts(m, ", which the driver cannot read now");
}

static void show_blocked(struct seq_file *m, const struct vpan_group *group)
{
	const char *lead = ": ";
	unsigned int i;

	seq_puts(m, "blocked");
	for (i = 0; i < group->nqueues; i++) {
		if (test_bit(i, &group->blocked)) {
			seq_puts(m, lead);
			show_syncwait(m, group, i);
		} else if (test_bit(i, &group->stalled)) {
			seq_printf(m, "%squeue %u waits for protected mode or a resource",
				   lead, i);
		} else {
			continue;
		}
		lead = "; ";
	}
	/* Blocked groups need no power. */
	if (!READ_ONCE(group->vpan->powered))
		seq_puts(m, "; the GPU is powered off");
}

static void show_on_slot(struct seq_file *m, const struct vpan_group *group,
			 const struct vpan_slots *slots)
{
	unsigned long since = slots->slot[group->slot].since;

	seq_printf(m, "on slot %d for %u ms", group->slot,
		   jiffies_to_msecs(jiffies - since));
	if (test_bit(VPAN_GROUP_TILER_OOM, &group->flags))
		seq_puts(m, ", a stream waits for tiler memory");
	else if (vpan_group_overruns(group))
		seq_puts(m, ", a stream runs on after its job has completed");
	else if (!vpan_group_has_work(group))
		seq_puts(m, ", without jobs in its rings");
	else if (vpan_group_is_idle(group))
		seq_puts(m, ", idle: its streams wait");
	else
		seq_puts(m, ", runs");
}

/* Name the groups on the slots. */
static void show_owners(struct seq_file *m, struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;
	const char *lead = " behind ";
	unsigned int i;

	for (i = 0; i < vpan->fw->ncsg; i++) {
		const struct vpan_group *owner = vpan_slots_owner(slots, i);

		if (!owner)
			continue;
		seq_printf(m, "%sgroup %llu (%s, slot %u for %u ms)", lead,
			   owner->id, vpan_debugfs_priorities[owner->priority],
			   i, jiffies_to_msecs(jiffies - slots->slot[i].since));
		lead = ", ";
	}
}

static void show_waiting(struct seq_file *m, struct vpan_device *vpan,
			 const struct vpan_group *group)
{
	if (list_empty(&group->waiting)) {
		seq_puts(m, "runnable, the scheduler has yet to look at it");
		return;
	}
	if (!vpan->slots->power_held)
		seq_puts(m, "runnable, waits for the GPU's power");
	else if (!vpan_as_slot_available(group->vm))
		seq_puts(m, "runnable, waits for an address space slot of the MMU");
	else
		seq_puts(m, "runnable, waits for a slot");
	show_owners(m, vpan);
}

static void show_group(struct seq_file *m, struct vpan_device *vpan,
		       const struct vpan_group *group)
{
	struct vpan_slots *slots = vpan->slots;

	mutex_lock(&slots->lock);
	seq_printf(m, "client%llu/group%llu of %s[%d], %s: ",
		   group->usage->client_id, group->id, group->creator.comm,
		   group->creator.tgid,
		   vpan_debugfs_priorities[group->priority]);
	if (!vpan_group_can_run(group))
		show_end(m, group);
	else if (vpan_slots_leaves(vpan, group))
		seq_puts(m, "leaves its slot when its workgroup has ended");
	else if (test_bit(VPAN_GROUP_STUCK, &group->flags) ||
		 (group->slot < 0 && vpan_slots_has(vpan, group)))
		seq_puts(m, "waits for a reset: it did not leave its slot, or did not start on it");
	else if (group->slot >= 0)
		show_on_slot(m, group, slots);
	else if (test_bit(VPAN_GROUP_BLOCKED, &group->flags))
		show_blocked(m, group);
	else if (vpan_group_has_work(group) || !list_empty(&group->waiting))
		show_waiting(m, vpan, group);
	else
		seq_puts(m, "idle, without jobs in its rings");
	mutex_unlock(&slots->lock);
	seq_putc(m, '\n');
}

static void show_device(struct seq_file *m, struct vpan_device *vpan)
{
	struct vpan_slots *slots = vpan->slots;

	mutex_lock(&slots->lock);
	seq_printf(m, "GPU: %s%s\n",
		   READ_ONCE(vpan->lost) ? "lost" :
		   READ_ONCE(vpan->powered) ? "powered on" : "powered off",
		   slots->stopped ? ", scheduler stopped" : "");
	mutex_unlock(&slots->lock);
}

static int why_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct drm_printer p = drm_seq_file_printer(m);
	struct vpan_group *group = NULL;

	show_device(m, vpan);
	while ((group = vpan_slots_next_group(vpan->slots, group))) {
		/* seq_file repeats all in a larger buffer: do not print in vain. */
		if (seq_has_overflowed(m)) {
			vpan_group_put(group);
			return 0;
		}
		show_group(m, vpan, group);
		cond_resched();
	}
	drm_jobqueue_group_explain(&vpan->jobqueues, &p);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(why);

/**
 * vpan_debugfs_init_why - create the file "why"
 * @vpan: the device
 * @root: its directory in debugfs
 *
 * Context: may sleep.
 */
void vpan_debugfs_init_why(struct vpan_device *vpan, struct dentry *root)
{
	debugfs_create_file("why", 0400, root, vpan, &why_fops);
}
