// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files in <debugfs>/dri/<device>/ that show buffers by open file and mappings
 * by address space, and trigger reclaim. They hold the list of open files
 * locked while they print, so open() and close() of the device wait for a
 * reader: only root can open them.
 */

#include <linux/debugfs.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

#include <drm/drm_file.h>

#include "debug/debugfs.h"
#include "device/device.h"
#include "device/file.h"
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

static void show_gem(struct seq_file *m, struct drm_gem_object *obj, int handle)
{
	struct vpan_bo *bo = to_vpan_bo(obj);

	seq_printf(m, "  bo %d: size %zu flags 0x%x%s%s%s", handle, obj->size,
		   bo->flags,
		   bo->exclusive_root ? " exclusive" : "",
		   obj->import_attach ? " imported" : "",
		   READ_ONCE(bo->evicted) ? " evicted" : "");
	mutex_lock(&bo->label_lock);
	if (bo->label)
		seq_printf(m, " label \"%s\"", bo->label);
	mutex_unlock(&bo->label_lock);
	seq_putc(m, '\n');
}

static int gems_show(struct seq_file *m, void *unused)
{
	struct vpan_device *vpan = m->private;
	struct drm_gem_object *obj;
	struct drm_file *file;
	int handle;

	mutex_lock(&vpan->drm.filelist_mutex);
	list_for_each_entry(file, &vpan->drm.filelist, lhead) {
		seq_printf(m, "client %llu:\n", file->client_id);
		for (handle = 1; (obj = vpan_gem_next(file, &handle)); handle++) {
			show_gem(m, obj, handle);
			drm_gem_object_put(obj);
			if (show_is_over(m))
				break;
		}
	}
	mutex_unlock(&vpan->drm.filelist_mutex);
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
