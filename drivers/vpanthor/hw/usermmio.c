// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Register pages that user space may map: only the one with the id of the
 * latest cache flush, to be read.
 */

#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_managed.h>
#include <drm/panthor_uapi.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "device/file.h"
#include "hw/usermmio.h"

/*
 * What the dummy page says. Without power there is nothing in the caches, so a
 * stream needs no flush that was built then: any old id does. With power it is
 * seen until it has been taken away: always flush.
 */
#define FLUSH_ID_OLD	1
#define FLUSH_ID_NONE	0

static vm_fault_t usermmio_fault(struct vm_fault *vmf)
{
	struct vpan_device *vpan = vmf->vma->vm_private_data;
	struct vpan_user_mmio *mmio = vpan->user_mmio;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	unsigned long pfn;
	int idx;

	if (!drm_dev_enter(&vpan->drm, &idx))
		return VM_FAULT_SIGBUS;
	mutex_lock(&mmio->lock);
	if (READ_ONCE(mmio->suspended))
		pfn = page_to_pfn(mmio->dummy);
	else
		pfn = vcsf_user_pfn(vpan->regs, CSF_USER_PAGE);
	if (pfn)
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK, pfn);
	mutex_unlock(&mmio->lock);
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

/* From all processes; the next access is a fault. */
static void usermmio_unmap(struct vpan_device *vpan)
{
	struct address_space *mapping = vpan->drm.anon_inode->i_mapping;

	lockdep_assert_held(&vpan->user_mmio->lock);

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
 * vpan_user_mmio_suspend - keep user space from the registers
 * @vpan: the device, which is going to lose power
 *
 * Does not wait for anybody who may be short of memory.
 *
 * Context: may sleep.
 * Return: 0, -EBUSY if somebody is being given a register page just now.
 */
int vpan_user_mmio_suspend(struct vpan_device *vpan)
{
	struct vpan_user_mmio *mmio = vpan->user_mmio;

	if (!mutex_trylock(&mmio->lock))
		return -EBUSY;
	usermmio_write_dummy(mmio, FLUSH_ID_OLD);
	WRITE_ONCE(mmio->suspended, true);
	usermmio_unmap(vpan);
	mutex_unlock(&mmio->lock);
	return 0;
}

/**
 * vpan_user_mmio_resume - let user space get at the registers
 * @vpan: the device, powered
 *
 * Context: any; on the signalling path. Before any job runs.
 */
void vpan_user_mmio_resume(struct vpan_device *vpan)
{
	struct vpan_user_mmio *mmio = vpan->user_mmio;

	usermmio_write_dummy(mmio, FLUSH_ID_NONE);
	WRITE_ONCE(mmio->suspended, false);
	queue_work(system_unbound_wq, &mmio->work);
}

static void usermmio_work(struct work_struct *work)
{
	struct vpan_user_mmio *mmio = container_of(work, struct vpan_user_mmio,
						   work);

	mutex_lock(&mmio->lock);
	if (!READ_ONCE(mmio->suspended))
		usermmio_unmap(mmio->vpan);
	mutex_unlock(&mmio->lock);
}

/**
 * vpan_user_mmio_stop - leave it at what user space sees now
 * @vpan: the device; its power does not come back before this is over
 *
 * Context: may sleep.
 */
void vpan_user_mmio_stop(struct vpan_device *vpan)
{
	cancel_work_sync(&vpan->user_mmio->work);
}

static void usermmio_fini(struct drm_device *drm, void *data)
{
	struct vpan_user_mmio *mmio = data;

	__free_page(mmio->dummy);
	mutex_destroy(&mmio->lock);
}

/**
 * vpan_user_mmio_init - prepare for user space that looks at registers
 * @vpan: the device
 *
 * Ends by itself with the &struct drm_device.
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
	mutex_init(&mmio->lock);
	INIT_WORK(&mmio->work, usermmio_work);
	mmio->dummy = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!mmio->dummy)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, usermmio_fini, mmio);
}

/**
 * vpan_user_mmio_open - have the register pages where a process expects them
 * @vfile: the file, being opened by it
 */
void vpan_user_mmio_open(struct vpan_file *vfile)
{
	vfile->mmio_offset = in_compat_syscall() ?
			     DRM_PANTHOR_USER_MMIO_OFFSET_32BIT :
			     DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;
}

/**
 * vpan_user_mmio_set_offset - move the register pages
 * @vfile: the file
 * @offset: where to
 *
 * For a process whose idea of how wide file offsets are is not the kernel's.
 *
 * Return: 0, -EINVAL if that is no place for them.
 */
int vpan_user_mmio_set_offset(struct vpan_file *vfile, u64 offset)
{
	if (offset != DRM_PANTHOR_USER_MMIO_OFFSET_32BIT &&
	    offset != DRM_PANTHOR_USER_MMIO_OFFSET_64BIT)
		return -EINVAL;

	/* Mappings look at it once. */
	WRITE_ONCE(vfile->mmio_offset, offset);
	return 0;
}

/**
 * vpan_mmap - map a buffer or a register page
 * @filp: the open file, which keeps the device as long as it is mapped
 * @vma: where to
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
