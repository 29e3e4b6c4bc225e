// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files in <debugfs>/dri/<device>/ that show groups, slots and queues, and
 * trigger a reset. For people and tests: the format may change. debugfs removes
 * the files before the device goes, so their functions need not check for that;
 * the file "reset" does since it waits for the hardware.
 *
 * "groups" and "slots" hold the lock of the slots while they print, so the
 * scheduler waits for a reader: only root can open them.
 */

#include <linux/debugfs.h>
#include <linux/jiffies.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "debug/debugfs.h"
#include "device/device.h"
#include "fw/fw.h"
#include "mm/as.h"
#include "mm/vm.h"
#include "sched/group.h"
#include "sched/queue.h"
#include "sched/slots.h"

static int reset_get(void *data, u64 *value)
{
	struct vpan_device *vpan = data;

	*value = READ_ONCE(vpan->reset.count);
	return 0;
}

static int reset_set(void *data, u64 value)
{
	struct vpan_device *vpan = data;
	int idx;

	if (!drm_dev_enter(&vpan->drm, &idx))
		return -ENODEV;
	vpan_reset_schedule(vpan);
	vpan_reset_flush(vpan);
	drm_dev_exit(idx);
	return READ_ONCE(vpan->lost) ? -ENODEV : 0;
}
DEFINE_SIMPLE_ATTRIBUTE(reset_fops, reset_get, reset_set, "%llu\n");

/* Names of the priorities of groups */
const char * const vpan_debugfs_priorities[VPAN_PRIORITIES] = {
	"low", "medium", "high", "realtime",
};

static void show_group_state(struct seq_file *m, const struct vpan_group *group)
{
	if (group->slot >= 0)
		seq_printf(m, "%s on slot %d",
			   test_bit(VPAN_GROUP_IDLE, &group->flags) ?
			   "idle" : "runs", group->slot);
	else if (test_bit(VPAN_GROUP_DEAD, &group->flags))
		seq_puts(m, "dead");
	else if (test_bit(VPAN_GROUP_BLOCKED, &group->flags))
		seq_puts(m, "blocked");
	else if (list_empty(&group->waiting))
		seq_puts(m, "idle");
	else
		seq_puts(m, "waits for a slot");
}

static void show_group(struct seq_file *m, const struct vpan_group *group)
{
	static const char * const ends[] = {
		[VPAN_GROUP_TIMEDOUT] = "timed out",
		[VPAN_GROUP_FATAL] = "fatal error",
		[VPAN_GROUP_DESTROYED] = "destroyed",
		[VPAN_GROUP_STUCK] = "stuck",
		[VPAN_GROUP_LOST] = "lost",
	};
	unsigned int i;

	seq_printf(m, "group %llu: %s, ", group->id,
		   vpan_debugfs_priorities[group->priority]);
	show_group_state(m, group);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (ends[i] && test_bit(i, &group->flags))
			seq_printf(m, ", %s", ends[i]);
	}
	seq_putc(m, '\n');

	for (i = 0; i < group->nqueues; i++) {
		const struct vpan_queue *queue = group->queues[i];

		seq_printf(m, "  queue %u: insert %llu extract %llu, job %llu of %llu done",
			   i, READ_ONCE(queue->insert),
			   READ_ONCE(queue->output->extract),
			   READ_ONCE(queue->syncobj->seqno),
			   READ_ONCE(queue->last_seqno));
		if (test_bit(VPAN_GROUP_BLOCKED, &group->flags) &&
		    test_bit(i, &group->blocked))
			seq_printf(m, ", waits for 0x%llx %s 0x%llx",
				   queue->wait.va,
				   queue->wait.greater ? ">" : "<=",
				   queue->wait.ref);
		seq_putc(m, '\n');
	}
}

static int groups_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct vpan_slots *slots = vpan->slots;
	struct vpan_group *group = NULL;

	mutex_lock(&slots->lock);
	while ((group = vpan_slots_next_group(slots, group)))
		show_group(m, group);
	mutex_unlock(&slots->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(groups);

static void show_slot(struct seq_file *m, struct vpan_device *vpan,
		      unsigned int i)
{
	const struct vpan_slot *slot = &vpan->slots->slot[i];
	const struct vpan_fw_csg *csg = &vpan->fw->csg[i];
	struct vpan_group *group = vpan_slots_owner(vpan->slots, i);

	seq_printf(m, "slot %u: request 0x%08x acknowledged 0x%08x, ", i,
		   READ_ONCE(csg->in->req), READ_ONCE(csg->out->ack));
	if (group)
		seq_printf(m, "group %llu, vm %llu, for %u ms\n", group->id,
			   group->vm->id,
			   jiffies_to_msecs(jiffies - slot->since));
	else
		seq_puts(m, "free\n");
}

static void show_as(struct seq_file *m, const struct vpan_vm *vm)
{
	seq_printf(m, "as %d: ", vm->as.id);
	if (vm->as.id == VPAN_AS_MCU)
		seq_puts(m, "firmware\n");
	else
		seq_printf(m, "vm %llu, %u groups%s\n", vm->id, vm->as.users,
			   vm->as.faulted ? ", faulted" : "");
}

static int slots_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct vpan_mmu *mmu = vpan->mmu;
	unsigned int i;

	mutex_lock(&vpan->slots->lock);
	for (i = 0; i < vpan->fw->ncsg; i++)
		show_slot(m, vpan, i);
	mutex_unlock(&vpan->slots->lock);

	spin_lock(&mmu->lock);
	for (i = 0; i < CSF_AS_COUNT_MAX; i++) {
		if (mmu->vms[i])
			show_as(m, mmu->vms[i]);
	}
	spin_unlock(&mmu->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(slots);

static int queues_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct drm_printer p = drm_seq_file_printer(m);

	drm_jobqueue_group_print(&vpan->jobqueues, &p);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(queues);

/**
 * vpan_debugfs_init - create the driver's files
 * @minor: minor whose directory gets the files
 *
 * Context: may sleep.
 */
void vpan_debugfs_init(struct drm_minor *minor)
{
	struct vpan_device *vpan = to_vpan_device(minor->dev);

	debugfs_create_file("reset", 0600, minor->debugfs_root, vpan,
			    &reset_fops);
	debugfs_create_file("groups", 0400, minor->debugfs_root, vpan,
			    &groups_fops);
	debugfs_create_file("slots", 0400, minor->debugfs_root, vpan,
			    &slots_fops);
	debugfs_create_file("queues", 0400, minor->debugfs_root, vpan,
			    &queues_fops);
	vpan_debugfs_init_why(vpan, minor->debugfs_root);
	vpan_debugfs_init_mm(vpan, minor->debugfs_root);
}
