// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Device coredumps
 *
 * dump.c records the state of a group that is killed for a fault or a timeout,
 * or of all groups on slots before a reset: registers, queues, their jobs, the end
 * of their rings, and the command stream around the current instruction. User space
 * reads it from /sys/class/devcoredump. It is text; userspace/tools/vpan-dump
 * disassembles the memory in it.
 *
 * A dump is written before the group is killed or the GPU reset, so on the
 * signalling path, which must not allocate. The text therefore goes to a buffer
 * that exists from probe to removal (&vpan_dump.text), and a work item copies
 * it and hands the copy to the devcoredump core, which frees it. Until the work
 * item has done that, further errors are not recorded: in most cases the first
 * error causes the others. The devcoredump core keeps one dump per device, the
 * first one, until user space releases it or five minutes have passed.
 *
 * &vpan_slots.lock serialises writers and keeps groups on their slots; "full"
 * passes the buffer to the work item and back (release and acquire). Reading
 * the command stream takes the lock of the address space that it is mapped in.
 *
 * Each group is recorded once. A dump contains the client's memory around a
 * faulting instruction, and GPU virtual addresses, but no address of the
 * kernel; only root can read it.
 */

#include <linux/bitfield.h>
#include <linux/devcoredump.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>

#include <vcsf/csf_regs.h>

#include <drm/drm_managed.h>

#include "debug/dump.h"
#include "device/device.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "fw/fwif.h"
#include "hw/regs.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/queue.h"
#include "sched/slots.h"
#include "../compat/workqueue.h"

#define DUMP_BYTES	SZ_256K
/* 64-bit words of memory before and after a position */
#define DUMP_WORDS	32
/* Jobs of each queue */
#define DUMP_JOBS	16

struct dump_register {
	const char *name;
	u32 offset;
};

static const struct dump_register dump_registers[] = {
	{ "GPU_ID", CSF_GPU_ID },
	{ "GPU_STATUS", CSF_GPU_STATUS },
	{ "GPU_IRQ_RAWSTAT", CSF_GPU_IRQ_RAWSTAT },
	{ "GPU_FAULT_STATUS", CSF_GPU_FAULT_STATUS },
	{ "MCU_CONTROL", CSF_MCU_CONTROL },
	{ "MCU_STATUS", CSF_MCU_STATUS },
	{ "JOB_IRQ_RAWSTAT", CSF_JOB_IRQ_RAWSTAT },
	{ "MMU_IRQ_RAWSTAT", CSF_MMU_IRQ_RAWSTAT },
};

static void dump_hw(struct vpan_device *vpan, struct seq_buf *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dump_registers); i++)
		seq_buf_printf(s, "register %s: 0x%08x\n",
			       dump_registers[i].name,
			       vpan_read32(vpan,
					   dump_registers[i].offset));
	for (i = 0; i < CSF_AS_COUNT_MAX; i++) {
		if (!(vpan->gpu_info.as_present & BIT(i)))
			continue;
		seq_buf_printf(s,
			       "as %u: transtab 0x%llx faultstatus 0x%08x faultaddress 0x%llx\n",
			       i, vpan_read64(vpan, CSF_AS_TRANSTAB(i)),
			       vpan_read32(vpan, CSF_AS_FAULTSTATUS(i)),
			       vpan_read64(vpan, CSF_AS_FAULTADDRESS(i)));
	}
}

static void dump_ring(struct seq_buf *s, const struct vpan_queue *queue,
		      u64 extract)
{
	u64 at = extract - min(extract, DUMP_WORDS * sizeof(u64));
	u64 end = min(extract + DUMP_WORDS * sizeof(u64),
		      READ_ONCE(queue->insert));

	seq_buf_printf(s, "ring: va 0x%llx size %llu at 0x%llx\n",
		       queue->ring->va, queue->ring->size,
		       queue->ring->va + (extract & (queue->ring->size - 1)));
	for (; at < end; at += sizeof(u64)) {
		u64 offset = at & (queue->ring->size - 1);

		seq_buf_printf(s, "word 0x%llx 0x%016llx\n",
			       queue->ring->va + offset,
			       *(u64 *)(queue->ring->vaddr + offset));
	}
}

/* Other contexts submit and complete jobs during the walk. */
static void dump_jobs(struct seq_buf *s, struct vpan_queue *queue)
{
	struct drm_jobqueue_job *base = NULL;
	struct drm_jobqueue_job_info info;
	const struct vpan_job *job;
	unsigned int n = 0;

	while ((base = drm_jobqueue_next_job(&queue->jq, base))) {
		if (n++ == DUMP_JOBS) {
			drm_jobqueue_job_put(base);
			break;
		}
		job = to_vpan_job(base);
		drm_jobqueue_job_get_info(base, &info);
		seq_buf_printf(s,
			       "job %llu: %s, stream 0x%llx size %u client %llu fences %u error %d age %u ms\n",
			       info.seqno,
			       info.complete ? "complete" :
			       info.state == DRM_JOBQUEUE_JOB_RUNNING ?
			       "in the ring" : "waits",
			       job->stream_va, job->stream_size, info.client_id,
			       info.pending, info.error,
			       jiffies_to_msecs(info.waited));
	}
}

/* Words that are not mapped are left out. */
static void dump_stream(struct seq_buf *s, struct vpan_vm *vm, u64 va)
{
	u64 at = va - min(va, DUMP_WORDS * sizeof(u64));
	u64 end = va + DUMP_WORDS * sizeof(u64);
	struct page *page;
	u32 offset;
	void *map;

	seq_buf_printf(s, "stream: at 0x%llx\n", va);
	/* The client may hold it for long, and the scheduler waits for the dump. */
	if (!mutex_trylock(&vm->op_lock)) {
		seq_buf_puts(s, "stream: address space busy\n");
		return;
	}
	for (; at < end; at += sizeof(u64)) {
		page = vpan_vm_find_page(vm, at, &offset);
		if (!page)
			continue;
		map = kmap_local_page(page);
		seq_buf_printf(s, "word 0x%llx 0x%016llx\n", at,
			       READ_ONCE(*(u64 *)(map + offset)));
		kunmap_local(map);
	}
	vpan_vm_unlock(vm);
}

static void dump_queue(struct seq_buf *s, struct vpan_queue *queue,
		       const struct csf_cs_output *out)
{
	u64 extract = READ_ONCE(queue->output->extract);
	u64 pc = READ_ONCE(out->status_cmd_ptr) & ~7ULL;

	seq_buf_printf(s,
		       "queue %u: insert %llu extract %llu, job %llu of %llu done\n",
		       queue->index, READ_ONCE(queue->insert), extract,
		       READ_ONCE(queue->syncobj->seqno),
		       READ_ONCE(queue->last_seqno));
	seq_buf_printf(s,
		       "status: at 0x%llx wait 0x%08x sync 0x%llx value 0x%x scoreboards 0x%x blocked %u resources 0x%x\n",
		       pc, READ_ONCE(out->status_wait),
		       READ_ONCE(out->status_wait_sync_ptr),
		       READ_ONCE(out->status_wait_sync_value),
		       READ_ONCE(out->status_scoreboards),
		       READ_ONCE(out->status_blocked_reason),
		       READ_ONCE(out->status_req_resource));
	seq_buf_printf(s,
		       "error: fault 0x%08x info 0x%llx fatal 0x%08x info 0x%llx\n",
		       READ_ONCE(out->fault), READ_ONCE(out->fault_info),
		       READ_ONCE(out->fatal), READ_ONCE(out->fatal_info));
	dump_jobs(s, queue);
	dump_ring(s, queue, extract);
	/* Within the ring, no stream of user space is being executed. */
	if (pc - queue->ring->va >= queue->ring->size)
		dump_stream(s, queue->group->vm, pc);
}

/*
 * The format is the firmware's: words in hexadecimal, without those that are
 * zero.
 */
static void dump_suspend_buf(struct seq_buf *s, const struct vpan_fw_buf *buf)
{
	u32 size = vpan_fw_buf_protm_offset(buf), i;
	const u64 *words = buf->mem.vaddr;

	seq_buf_printf(s, "suspended: va 0x%x size %u\n", buf->va, size);
	for (i = 0; i < size / sizeof(*words); i++) {
		if (words[i])
			seq_buf_printf(s, "saved 0x%llx 0x%016llx\n",
				       (u64)i * sizeof(*words), words[i]);
	}
}

/* @slot is -1 for a group that was suspended. */
static void dump_group(struct seq_buf *s, struct vpan_group *group, int slot)
{
	struct vpan_fw_csg *csg = &group->vpan->fw->csg[max(slot, 0)];
	unsigned int i;

	seq_buf_printf(s,
		       "group %llu: process %s[%d] slot %d priority %u flags 0x%lx fatal queues 0x%lx as %d\n",
		       group->id, group->creator.comm, group->creator.tgid,
		       slot, group->priority, group->flags, group->fatal_queues,
		       READ_ONCE(group->vm->as.id));
	for (i = 0; i < group->nqueues; i++)
		dump_queue(s, group->queues[i],
			   slot < 0 ? &group->queues[i]->saved_status :
				      csg->cs[i].out);
	if (slot < 0)
		dump_suspend_buf(s, group->fw_buf);
}

/* Return: buffer to write to, NULL if it holds a dump already. */
static struct seq_buf *dump_begin(struct vpan_device *vpan, const char *reason)
{
	struct vpan_dump *dump = vpan->dump;

	lockdep_assert_held(&vpan->slots->lock);

	/* Pairs with dump_work(). */
	if (!dump->text || smp_load_acquire(&dump->full))
		return NULL;

	seq_buf_init(&dump->buf, dump->text, DUMP_BYTES);
	seq_buf_printf(&dump->buf, "vpanthor dump 1\nreason: %s\n", reason);
	seq_buf_printf(&dump->buf, "kernel: %s\ntime: %llu ns\n",
		       init_utsname()->release, ktime_get_boottime_ns());
	return &dump->buf;
}

static void dump_end(struct vpan_device *vpan)
{
	vpan->dump->full = true;
	queue_work(system_dfl_wq, &vpan->dump->work);
}

/*
 * Return: buffer to write to, NULL if the group has been recorded before or was
 * destroyed by user space.
 */
static struct seq_buf *dump_begin_group(struct vpan_group *group)
{
	bool fatal = test_bit(VPAN_GROUP_FATAL, &group->flags);

	if (!fatal && !test_bit(VPAN_GROUP_TIMEDOUT, &group->flags))
		return NULL;
	if (test_and_set_bit(VPAN_GROUP_DUMPED, &group->flags))
		return NULL;
	return dump_begin(group->vpan, fatal ? "fatal error" : "timeout");
}

/**
 * vpan_dump_group - record the state of a group that is about to be killed
 * @group: group
 * @slot: slot of the group
 *
 * Groups that user space destroyed are not recorded.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_dump_group(struct vpan_group *group, unsigned int slot)
{
	struct vpan_device *vpan = group->vpan;
	struct seq_buf *s = dump_begin_group(group);

	if (!s)
		return;

	/* Update the streams' status; on a timeout, record the previous one. */
	vpan_fwif_csg_request(vpan, slot, 0, 0, CSF_CSG_STATUS_UPDATE);
	vpan_fwif_ring_csgs(vpan, BIT(slot));
	vpan_fwif_csgs_wait(vpan, BIT(slot), CSF_CSG_STATUS_UPDATE);
	dump_hw(vpan, s);
	dump_group(s, group, slot);
	dump_end(vpan);
}

/**
 * vpan_dump_suspended - record the state of a suspended group
 * @group: group, not on a slot
 *
 * For groups whose error was reported while they left their slot, or later. The
 * state of a group that lost its slot to a reset is unknown and not recorded.
 *
 * Context: may sleep; on the signalling path. Under &vpan_slots.lock.
 */
void vpan_dump_suspended(struct vpan_group *group)
{
	struct vpan_device *vpan = group->vpan;
	struct seq_buf *s;

	lockdep_assert_held(&vpan->slots->lock);

	/* The suspend buffer is freed with the hardware. */
	if (vpan->slots->killed || !group->started ||
	    test_bit(VPAN_GROUP_LOST, &group->flags) ||
	    test_bit(VPAN_GROUP_DESTROYED, &group->flags))
		return;
	s = dump_begin_group(group);
	if (!s)
		return;

	if (vpan_pm_get_if_on(vpan)) {
		dump_hw(vpan, s);
		vpan_pm_put(vpan);
	}
	dump_group(s, group, -1);
	dump_end(vpan);
}

/**
 * vpan_dump_slots - record the state of all groups on slots
 * @vpan: device
 * @reason: first line of the dump
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_dump_slots(struct vpan_device *vpan, const char *reason)
{
	struct vpan_group *group;
	struct seq_buf *s;
	unsigned int i;

	mutex_lock(&vpan->slots->lock);
	s = dump_begin(vpan, reason);
	if (s) {
		dump_hw(vpan, s);
		for (i = 0; i < vpan->fw->ncsg; i++) {
			group = vpan_slots_owner(vpan->slots, i);
			if (group)
				dump_group(s, group, i);
		}
		dump_end(vpan);
	}
	mutex_unlock(&vpan->slots->lock);
}

/* Not on the signalling path: may allocate. */
static void dump_work(struct work_struct *work)
{
	struct vpan_dump *dump = container_of(work, struct vpan_dump, work);
	size_t size = seq_buf_used(&dump->buf);
	/*
	 * A client's fault is the cause, but this is not its context: do not
	 * make the OOM killer look for a victim.
	 */
	void *copy = __vmalloc(size, GFP_KERNEL | __GFP_RETRY_MAYFAIL |
			       __GFP_NOWARN);

	if (copy) {
		memcpy(copy, dump->text, size);
		/*
		 * Takes over the copy; frees it if an earlier dump is pending.
		 */
		dev_coredumpv(dump->vpan->drm.dev, copy, size, GFP_KERNEL);
	}
	/* Pairs with dump_begin(). */
	smp_store_release(&dump->full, false);
}

static void dump_fini(struct drm_device *drm, void *data)
{
	struct vpan_dump *dump = data;

	vfree(dump->text);
}

/**
 * vpan_dump_init - allocate the buffer for a dump
 * @vpan: device
 *
 * If there is no memory for it, nothing is recorded. It is freed with the
 * &struct drm_device.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_dump_init(struct vpan_device *vpan)
{
	struct vpan_dump *dump;

	dump = drmm_kzalloc(&vpan->drm, sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;

	vpan->dump = dump;
	dump->vpan = vpan;
	INIT_WORK(&dump->work, dump_work);
	dump->text = vmalloc(DUMP_BYTES);
	return drmm_add_action_or_reset(&vpan->drm, dump_fini, dump);
}

/**
 * vpan_dump_stop - hand over a pending dump, and free the buffer
 * @vpan: device without groups on slots
 *
 * Context: may sleep.
 */
void vpan_dump_stop(struct vpan_device *vpan)
{
	flush_work(&vpan->dump->work);
	vfree(vpan->dump->text);
	vpan->dump->text = NULL;
}
