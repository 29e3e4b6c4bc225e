// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files in <debugfs>/dri/<device>/ that show buffers, and mappings by address space, and
 * trigger reclaim. That of mappings holds the list of open files locked while it prints, so
 * open() and close() of the device wait for a reader: only root can open them.
 */

#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/kref.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

#include <drm/drm_file.h>
#include <drm/drm_vma_manager.h>

#include "debug/debugfs.h"
#include "device/device.h"
#include "device/file.h"
#include "device/gem_list.h"
#include "mm/gem.h"
#include "mm/reclaim.h"
#include "mm/vm.h"
#include "uapi/vm_id.h"

/*
 * A client chooses how many objects and mappings there are. seq_file calls
 * again with a larger buffer if the text does not fit: do not hold the locks
 * for what is going to be thrown away.
 */
static bool show_is_over(struct seq_file *m)
{
	cond_resched();
	return seq_has_overflowed(m) || fatal_signal_pending(current);
}

/*
 * "gems" has the format of the kernel's panthor driver, see Documentation/vpanthor.rst. The
 * numbers of a line are read without locks, and need not fit together.
 */

/* Flags of the column "state", and of "usage" */
#define GEMS_IMPORTED	BIT(0)
#define GEMS_EXPORTED	BIT(1)
#define GEMS_EVICTED	BIT(2)
#define GEMS_KERNEL	BIT(0)
#define GEMS_FW_MAPPED	BIT(1)

/* Width of the header */
#define GEMS_WIDTH	148

/* A line of the file is a buffer: a label must not begin another one, nor move the cursor. */
#define GEMS_ESCAPE \
	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10" \
	"\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\\"

struct gems_totals {
	size_t size;
	size_t resident;
	size_t reclaimable;
};

static void show_gem_label(struct seq_file *m, struct vpan_bo *bo)
{
	mutex_lock(&bo->label_lock);
	if (bo->label)
		seq_escape(m, bo->label, GEMS_ESCAPE);
	mutex_unlock(&bo->label_lock);
	seq_putc(m, '\n');
}

static void show_gem(struct seq_file *m, const struct vpan_gem_entry *entry,
		     struct gems_totals *totals)
{
	struct drm_gem_object *obj = entry->gem;
	struct vpan_bo *bo = to_vpan_bo(obj);
	size_t resident = READ_ONCE(bo->base.pages) ? obj->size : 0;
	u32 evictions = READ_ONCE(bo->evictions), state = 0, usage = 0;
	char creator[32];

	if (READ_ONCE(obj->import_attach))
		state |= GEMS_IMPORTED;
	else if (!bo->reclaimable)
		usage |= GEMS_KERNEL;
	if (READ_ONCE(obj->dma_buf))
		state |= GEMS_EXPORTED;
	if (!(state & GEMS_IMPORTED) && !resident && evictions)
		state |= GEMS_EVICTED;
	if (bo->of_firmware)
		usage |= GEMS_FW_MAPPED;

	scnprintf(creator, sizeof(creator), "%s/%d", entry->creator.comm,
		  entry->creator.tgid);
	/* One of the references is that of the walk. */
	seq_printf(m, "%-32s%-16d%-11u%-11u%-16zu%-16zu0x%-16lx0x%-8x 0x%-10x",
		   creator, obj->name, kref_read(&obj->refcount) - 1, evictions,
		   obj->size, resident, drm_vma_node_start(&obj->vma_node),
		   state, usage);
	show_gem_label(m, bo);

	totals->size += obj->size;
	totals->resident += resident;
	if (bo->reclaimable && !READ_ONCE(bo->exported) &&
	    !atomic_read(&bo->pins))
		totals->reclaimable += resident;
}

static void show_rule(struct seq_file *m, char c)
{
	int i;

	for (i = 0; i < GEMS_WIDTH; i++)
		seq_putc(m, c);
	seq_putc(m, '\n');
}

static int gems_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct gems_totals totals = {};
	struct vpan_gem_entry *entry = NULL;

	seq_printf(m, "GEM state flags: imported (0x%lx), exported (0x%lx), evicted (0x%lx)\n",
		   GEMS_IMPORTED, GEMS_EXPORTED, GEMS_EVICTED);
	seq_printf(m, "GEM usage flags: kernel (0x%lx), fw-mapped (0x%lx)\n\n",
		   GEMS_KERNEL, GEMS_FW_MAPPED);
	seq_printf(m, "%-32s%-16s%-11s%-11s%-16s%-16s%-18s%-11s%-12s%s\n",
		   "created-by", "global-name", "refcount", "evictions", "size",
		   "resident-size", "file-offset", "state", "usage", "label");
	show_rule(m, '-');
	while ((entry = vpan_gem_list_next(vpan, entry))) {
		show_gem(m, entry, &totals);
		if (show_is_over(m)) {
			drm_gem_object_put(entry->gem);
			return 0;
		}
		cond_resched();
	}
	show_rule(m, '=');
	seq_printf(m, "Total size: %zu, Total resident: %zu, Total reclaimable: %zu\n",
		   totals.size, totals.resident, totals.reclaimable);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(gems);

static void show_vm(struct seq_file *m, struct vpan_vm *vm, unsigned long id)
{
	struct drm_mm_node *node;
	struct drm_gpuva *va;

	seq_printf(m, "  vm %lu: user part ends at 0x%llx, as %d, in traces %llu\n",
		   id, vm->user_end, READ_ONCE(vm->as.id), vm->id);
	/* No open() and no close() of the device goes on at that time. */
	if (!vpan_vm_lock_soon(vm)) {
		seq_puts(m, "    is being changed\n");
		return;
	}
	drm_gpuvm_for_each_va(va, &vm->base) {
		if (va == &vm->base.kernel_alloc_node)
			continue;
		seq_printf(m, "    0x%llx-0x%llx: user bo of %zu from 0x%llx\n",
			   va->va.addr, va->va.addr + va->va.range,
			   va->gem.obj ? va->gem.obj->size : 0,
			   va->gem.offset);
		if (show_is_over(m))
			break;
	}
	vpan_vm_unlock(vm);

	/*
	 * Kernel objects have addresses, but no entry in the tree of mappings.
	 */
	mutex_lock(&vm->mm_lock);
	drm_mm_for_each_node(node, &vm->mm) {
		seq_printf(m, "    0x%llx-0x%llx: kernel\n", node->start,
			   node->start + node->size);
		if (show_is_over(m))
			break;
	}
	mutex_unlock(&vm->mm_lock);
}

static int gpuvas_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct drm_file *file;
	unsigned long id;
	void *entry;

	mutex_lock(&vpan->drm.filelist_mutex);
	list_for_each_entry(file, &vpan->drm.filelist, lhead) {
		struct vpan_file *vfile = file->driver_priv;

		seq_printf(m, "client %llu:\n", file->client_id);
		xa_for_each(&vfile->vms, id, entry) {
			struct vpan_vm *vm = vpan_vm_get_by_id(vfile, id);

			if (vm)
				show_vm(m, vm, id);
			vpan_vm_put(vm);
		}
	}
	mutex_unlock(&vpan->drm.filelist_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(gpuvas);

static int reclaim_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct vpan_reclaim *reclaim = vpan->reclaim;

	seq_printf(m, "pages: %ld evicted: %lld restored: %lld\n",
		   READ_ONCE(reclaim->lru.count),
		   atomic64_read(&reclaim->evicted),
		   atomic64_read(&reclaim->restored));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reclaim);

static int shrink_get(void *data, u64 *pages)
{
	struct vpan_device *vpan = data;

	*pages = READ_ONCE(vpan->reclaim->last);
	return 0;
}

/* Reclaim as many pages as written; tell lockdep that this is reclaim. */
static int shrink_set(void *data, u64 pages)
{
	fs_reclaim_acquire(GFP_KERNEL);
	vpan_reclaim_scan(data, pages);
	fs_reclaim_release(GFP_KERNEL);
	return 0;
}

/* As in the kernel's panthor */
DEFINE_DEBUGFS_ATTRIBUTE(shrink_fops, shrink_get, shrink_set, "0x%08llx\n");

/**
 * vpan_debugfs_init_mm - create the files about memory
 * @vpan: device
 * @root: directory of the device
 *
 * Context: may sleep.
 */
void vpan_debugfs_init_mm(struct vpan_device *vpan, struct dentry *root)
{
	debugfs_create_file("gems", 0400, root, vpan, &gems_fops);
	debugfs_create_file("gpuvas", 0400, root, vpan, &gpuvas_fops);
	debugfs_create_file("reclaim", 0400, root, vpan, &reclaim_fops);
	debugfs_create_file("shrink", 0600, root, vpan, &shrink_fops);
}
