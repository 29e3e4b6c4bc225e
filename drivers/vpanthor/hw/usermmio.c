// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Register pages that user space can map: only the page with the id of the latest
 * cache flush, read-only. While the GPU has no power a dummy page is mapped instead;
 * suspend and resume unmap the old page, and the next access faults in the other.
 *
 * &vpan_user_mmio.lock serialises faults and suspend. Page faults may allocate under it, and
 * clients can keep their tasks from running, so that a fault waits for no other. Suspend,
 * which others may wait for in order to signal a fence, only tries to lock, and resume leaves
 * the unmapping to a work item, which only tries, too: behind a writer that waits, all other
 * faults would wait.
 */

#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_managed.h>
#include <drm/panthor_uapi.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/fault.h"
#include "device/file.h"
#include "hw/usermmio.h"
#include "../compat/workqueue.h"

/*
 * Flush ids in the dummy page. Without power the caches are empty, so that a stream
 * which is built then needs no flush: any old id is right. With power, until the dummy
 * page is unmapped, a stream has to flush always.
 */
#define FLUSH_ID_OLD	1
#define FLUSH_ID_NONE	0

/* Jiffies between attempts to unmap the dummy page beside page faults */
#define USERMMIO_RETRY	max(HZ / 100, 1)

static vm_fault_t usermmio_fault(struct vm_fault *vmf)
{
	struct vpan_device *vpan = vmf->vma->vm_private_data;
	struct vpan_user_mmio *mmio = vpan->user_mmio;
	vm_fault_t ret = vpan_fault_alloc(vmf);
	unsigned long pfn;
	int idx;

	if (ret)
		return ret;
	if (!drm_dev_enter(&vpan->drm, &idx))
		return VM_FAULT_SIGBUS;
	ret = VM_FAULT_SIGBUS;
	down_read(&mmio->lock);
	if (READ_ONCE(mmio->suspended))
		pfn = page_to_pfn(mmio->dummy);
	else
		pfn = vcsf_user_pfn(vpan->regs, CSF_USER_PAGE);
	if (pfn)
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK, pfn);
	up_read(&mmio->lock);
	drm_dev_exit(idx);
	return ret;
}

static const struct vm_operations_struct usermmio_vm_ops = {
	.fault = usermmio_fault,
};

static int usermmio_mmap(struct vpan_device *vpan, struct vm_area_struct *vma,
			 u64 offset)
{
	if (offset != (DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET &
		       (DRM_PANTHOR_USER_MMIO_OFFSET_32BIT - 1)))
		return -EINVAL;
	if (vma->vm_end - vma->vm_start != PAGE_SIZE ||
	    !(vma->vm_flags & VM_SHARED) ||
	    vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EINVAL;

	vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTCOPY | VM_DONTEXPAND |
		     VM_DONTDUMP | VM_NORESERVE, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_private_data = vpan;
	vma->vm_ops = &usermmio_vm_ops;
	return 0;
}

/* Unmap the page from all processes; the next access faults. */
static void usermmio_unmap(struct vpan_device *vpan)
{
	struct address_space *mapping = vpan->drm.anon_inode->i_mapping;

	lockdep_assert_held_write(&vpan->user_mmio->lock);

	unmap_mapping_range(mapping, DRM_PANTHOR_USER_MMIO_OFFSET_32BIT,
			    PAGE_SIZE, 1);
	unmap_mapping_range(mapping, DRM_PANTHOR_USER_MMIO_OFFSET_64BIT,
			    PAGE_SIZE, 1);
}

static void usermmio_write_dummy(struct vpan_user_mmio *mmio, u32 id)
{
	u32 *dummy = page_address(mmio->dummy);

	WRITE_ONCE(*dummy, id);
}

/**
 * vpan_user_mmio_suspend - map the dummy page instead of the registers
 * @vpan: the device, before it loses power
 *
 * Does not wait for page faults, whose tasks clients may keep from running.
 *
 * Context: may sleep.
 * Return: 0, -EBUSY if a page fault is being handled.
 */
int vpan_user_mmio_suspend(struct vpan_device *vpan)
{
	struct vpan_user_mmio *mmio = vpan->user_mmio;

	if (!down_write_trylock(&mmio->lock))
		return -EBUSY;
	usermmio_write_dummy(mmio, FLUSH_ID_OLD);
	WRITE_ONCE(mmio->suspended, true);
	usermmio_unmap(vpan);
	up_write(&mmio->lock);
	return 0;
}

/**
 * vpan_user_mmio_resume - map the registers again
 * @vpan: the device, powered
 *
 * Context: any; on the signalling path. Before any job runs.
 */
void vpan_user_mmio_resume(struct vpan_device *vpan)
{
	struct vpan_user_mmio *mmio = vpan->user_mmio;

	usermmio_write_dummy(mmio, FLUSH_ID_NONE);
	WRITE_ONCE(mmio->suspended, false);
	queue_delayed_work(system_dfl_wq, &mmio->work, 0);
}

static void usermmio_work(struct work_struct *work)
{
	struct vpan_user_mmio *mmio = container_of(work, struct vpan_user_mmio,
						   work.work);

	/* The dummy page is right until then, streams only flush more often. */
	if (!down_write_trylock(&mmio->lock)) {
		queue_delayed_work(system_dfl_wq, &mmio->work, USERMMIO_RETRY);
		return;
	}
	if (!READ_ONCE(mmio->suspended))
		usermmio_unmap(mmio->vpan);
	up_write(&mmio->lock);
}

/**
 * vpan_user_mmio_stop - stop changing what user space has mapped
 * @vpan: the device, which is not resumed before this returns
 *
 * Context: may sleep.
 */
void vpan_user_mmio_stop(struct vpan_device *vpan)
{
	cancel_delayed_work_sync(&vpan->user_mmio->work);
}

static void usermmio_fini(struct drm_device *drm, void *data)
{
	struct vpan_user_mmio *mmio = data;

	__free_page(mmio->dummy);
}

/**
 * vpan_user_mmio_init - initialise the mappings of register pages
 * @vpan: the device
 *
 * Undone when the &struct drm_device is released.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_user_mmio_init(struct vpan_device *vpan)
{
	struct vpan_user_mmio *mmio;

	mmio = drmm_kzalloc(&vpan->drm, sizeof(*mmio), GFP_KERNEL);
	if (!mmio)
		return -ENOMEM;

	vpan->user_mmio = mmio;
	mmio->vpan = vpan;
	init_rwsem(&mmio->lock);
	INIT_DELAYED_WORK(&mmio->work, usermmio_work);
	mmio->dummy = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!mmio->dummy)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, usermmio_fini, mmio);
}

/**
 * vpan_user_mmio_open - set the offset of the register pages for a process
 * @vfile: file that the process opens
 */
void vpan_user_mmio_open(struct vpan_file *vfile)
{
	vfile->mmio_offset = in_compat_syscall() ?
			     DRM_PANTHOR_USER_MMIO_OFFSET_32BIT :
			     DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;
}

/**
 * vpan_user_mmio_set_offset - change the offset of the register pages
 * @vfile: the file
 * @offset: one of the two offsets in the uAPI header
 *
 * For a process with file offsets of another width than the kernel assumes.
 *
 * Return: 0, -EINVAL for other offsets.
 */
int vpan_user_mmio_set_offset(struct vpan_file *vfile, u64 offset)
{
	if (offset != DRM_PANTHOR_USER_MMIO_OFFSET_32BIT &&
	    offset != DRM_PANTHOR_USER_MMIO_OFFSET_64BIT)
		return -EINVAL;

	/* mmap() reads it once. */
	WRITE_ONCE(vfile->mmio_offset, offset);
	return 0;
}

/**
 * vpan_mmap - map a buffer or a register page
 * @filp: open file, which keeps the device while it is mapped
 * @vma: area of the process
 *
 * Return: 0, -ENODEV if the device is unplugged, or another negative errno.
 */
int vpan_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct vpan_file *vfile = file->driver_priv;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 base = READ_ONCE(vfile->mmio_offset);

	if (drm_dev_is_unplugged(&vfile->vpan->drm))
		return -ENODEV;
	if (offset >= base)
		return usermmio_mmap(vfile->vpan, vma, offset - base);

	return drm_gem_mmap(filp, vma);
}
